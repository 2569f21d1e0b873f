//! The kinds of objects: where PostHog keeps them, and which scopes they need.

use serde_json::Value;

use super::plan::Part;
use crate::server::posthog::error::PostHogError;
use crate::server::posthog::rest::{Client, Topic};

/// A kind of object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) part: Part,
    /// What it is called in marks, scopes and sentences.
    pub(super) noun: &'static str,
    /// Below the project, or for alerts below the environment, which is where PostHog documents them.
    folder: &'static str,
}

pub(super) const DASHBOARD: Kind = Kind {
    part: Part::Dashboard,
    noun: "dashboard",
    folder: "dashboards/",
};

pub(super) const INSIGHT: Kind = Kind {
    part: Part::Insights,
    noun: "insight",
    folder: "insights/",
};

pub(super) const COHORT: Kind = Kind {
    part: Part::Cohorts,
    noun: "cohort",
    folder: "cohorts/",
};

pub(super) const ALERT: Kind = Kind {
    part: Part::Alerts,
    noun: "alert",
    folder: "alerts/",
};

impl Kind {
    fn path(self, client: &Client, id: &str) -> String {
        let rest = if id.is_empty() {
            self.folder.to_owned()
        } else {
            format!("{}{id}/", self.folder)
        };
        match self.part {
            Part::Alerts => client.environment_path(&rest),
            _ => client.project_path(&rest),
        }
    }

    /// All that are there; those that were removed are not.
    pub(super) async fn list(self, client: &Client) -> Result<Vec<Value>, PostHogError> {
        let path = self.path(client, "");
        let (action, scope) = (
            format!("list {}s", self.noun),
            format!("{}:read", self.noun),
        );
        let topic = Topic {
            action: &action,
            scope: &scope,
            path: &path,
        };
        // Without `basic` PostHog computes the results of every insight.
        let query: &[(&str, &str)] = match self.part {
            Part::Insights => &[("basic", "true")],
            _ => &[],
        };
        let mut all = client.list(topic, query).await?;
        all.retain(|object| object.get("deleted").and_then(Value::as_bool) != Some(true));
        Ok(all)
    }

    /// One object, as it is now.
    pub(super) async fn get(self, client: &Client, id: &str) -> Result<Value, PostHogError> {
        let path = self.path(client, id);
        let (action, scope) = (
            format!("read the {} {id}", self.noun),
            format!("{}:read", self.noun),
        );
        let topic = Topic {
            action: &action,
            scope: &scope,
            path: &path,
        };
        client.get(topic, &[]).await
    }

    pub(super) async fn make(
        self,
        client: &Client,
        name: &str,
        body: &Value,
    ) -> Result<Value, PostHogError> {
        let path = self.path(client, "");
        let action = format!("make the {} {name:?}", self.noun);
        let topic = Topic {
            action: &action,
            scope: &format!("{}:write", self.noun),
            path: &path,
        };
        client.make(topic, body).await
    }

    pub(super) async fn set(
        self,
        client: &Client,
        id: &str,
        body: &Value,
    ) -> Result<Value, PostHogError> {
        let path = self.path(client, id);
        let action = format!("change the {} {id}", self.noun);
        let topic = Topic {
            action: &action,
            scope: &format!("{}:write", self.noun),
            path: &path,
        };
        client.set(topic, body).await
    }
}

/// The id of an object, as it stands in paths: numbers for most, UUIDs for alerts. Anything else is none.
pub(super) fn id_of(object: &Value) -> Option<String> {
    match object.get("id")? {
        Value::Number(id) => id.as_u64().map(|id| id.to_string()),
        Value::String(id) => {
            let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            let is_id = !id.is_empty() && id.bytes().all(is_plain);
            is_id.then(|| id.clone())
        }
        _ => None,
    }
}
