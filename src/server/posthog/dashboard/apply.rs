//! Applying a plan, in an order in which every cut leaves something that the next run can finish.
//!
//! Dashboard, insights, places of tiles, cohorts, alerts, removals; then everything is read again and compared.

use serde_json::{Map, Value, json};

use super::diff::changed;
use super::kind::{ALERT, COHORT, DASHBOARD, INSIGHT, Kind, id_of};
use super::live::{Live, key_of};
use super::plan::{self, Action, Part, Plan, Skip, dashboard_id, dashboards_of};
use super::{DashboardError, Done, Options, Prepared, layout};
use crate::server::posthog::error::PostHogError;
use crate::server::posthog::rest::{Client, Topic, unreadable};
use crate::server::posthog::spec::{Item, Spec};

/// Shown beside the mark, for people. PostHog drops it silently where the plan has no tags, so nothing rests on it.
const TAG: &str = "decantr";

/// What an apply did.
#[derive(Debug)]
pub struct Applied {
    /// What was written, in order.
    pub done: Vec<Done>,
    /// What was not done, and why.
    pub skipped: Vec<Skip>,
    /// What is still different, although everything was written; absent when it could not be read again.
    pub remaining: Option<Plan>,
    /// What ended it early.
    pub error: Option<DashboardError>,
}

impl Prepared {
    /// Does what is planned and looks at the result. An error does not hide what was done before it.
    pub async fn apply(self, client: &Client, spec: &Spec) -> Applied {
        let mut work = Work {
            client,
            spec,
            options: self.options,
            live: self.live,
            done: Vec::new(),
            skipped: self.plan.skipped.clone(),
        };
        let error = work.all(&self.plan).await.err();
        let (remaining, error) = match error {
            Some(error) => (None, Some(error.into())),
            None => match work.look_again().await {
                Ok(plan) => (Some(plan), None),
                Err(error) => (None, Some(error)),
            },
        };
        Applied {
            done: work.done,
            skipped: work.skipped,
            remaining,
            error,
        }
    }
}

struct Work<'a> {
    client: &'a Client,
    spec: &'a Spec,
    options: Options,
    /// What is there, kept up to date with what is written.
    live: Live,
    done: Vec<Done>,
    skipped: Vec<Skip>,
}

impl Work<'_> {
    async fn all(&mut self, plan: &Plan) -> Result<(), PostHogError> {
        let is_touched = |part: Part| plan.changes.iter().any(|change| change.part == part);
        for part in [
            Part::Dashboard,
            Part::Insights,
            Part::Layout,
            Part::Cohorts,
            Part::Alerts,
        ] {
            if !is_touched(part) || self.is_skipped(part) {
                continue;
            }
            let done = match part {
                Part::Dashboard => self.dashboard().await,
                Part::Insights => self.insights().await,
                Part::Layout => self.layout().await,
                Part::Cohorts => self.cohorts().await,
                Part::Alerts => self.alerts().await,
            };
            self.pass_over(part, done)?;
        }
        if self.options.prune {
            self.prune().await?;
        }
        Ok(())
    }

    fn is_skipped(&self, part: Part) -> bool {
        self.skipped.iter().any(|skip| skip.part == part)
    }

    /// A missing scope ends a part and not the whole.
    fn pass_over(
        &mut self,
        part: Part,
        done: Result<(), PostHogError>,
    ) -> Result<(), PostHogError> {
        match done {
            Err(error) if error.missing_scope().is_some() => {
                self.skipped.push(Skip::of(part, &error));
                Ok(())
            }
            done => done,
        }
    }

    fn note(&mut self, part: Part, name: &str, action: Action) {
        self.done.push(Done {
            part,
            name: name.to_owned(),
            action,
        });
    }

    async fn dashboard(&mut self) -> Result<(), PostHogError> {
        let item = &self.spec.dashboard;
        if let Some(live) = self.live.dashboard.clone() {
            return self
                .update(DASHBOARD, item.name(), changed(&item.fields, &live), &live)
                .await;
        }
        let made = self.make(DASHBOARD, item, [("tags", json!([TAG]))]).await?;
        self.live.dashboard = Some(made);
        Ok(())
    }

    async fn insights(&mut self) -> Result<(), PostHogError> {
        for item in &self.spec.insights {
            let dashboard = dashboard_id(&self.live);
            let Some(live) = self.live.insights.get(item.key).cloned() else {
                let on: Vec<u64> = dashboard.into_iter().collect();
                let more = [("tags", json!([TAG])), ("dashboards", json!(on))];
                let made = self.make(INSIGHT, item, more).await?;
                drop(self.live.insights.insert(item.key.to_owned(), made));
                continue;
            };
            let mut body = changed(&item.fields, &live);
            let is_missing = |id: &u64| !dashboards_of(&live).contains(id);
            if let (Some(dashboard), Some(id)) = (dashboard.filter(is_missing), id_of(&live)) {
                // The list that is written replaces the one that is there, so it is read at the last moment.
                let mut on = dashboards_of(&INSIGHT.get(self.client, &id).await?);
                if !on.contains(&dashboard) {
                    on.push(dashboard);
                }
                drop(body.insert("dashboards".to_owned(), json!(on)));
            }
            self.update(INSIGHT, item.name(), body, &live).await?;
        }
        Ok(())
    }

    /// Tiles are made by PostHog when an insight joins a dashboard; only then they have ids to be placed by. Nothing but places is
    /// written: PostHog drops what else a tile is given, and a tile without an id is a new one every time.
    async fn layout(&mut self) -> Result<(), PostHogError> {
        let Some(id) = self.live.dashboard.as_ref().and_then(id_of) else {
            return Ok(());
        };
        let dashboard = DASHBOARD.get(self.client, &id).await?;
        let moves = layout::moves(self.spec, &self.live, &dashboard, self.options);
        if moves.is_empty() {
            return Ok(());
        }
        let tiles: Vec<&Value> = moves.iter().map(|one| &one.tile).collect();
        drop(
            DASHBOARD
                .set(self.client, &id, &json!({ "tiles": tiles }))
                .await?,
        );
        self.note(
            Part::Layout,
            &format!("{} tiles", tiles.len()),
            Action::Update,
        );
        self.order(&id).await
    }

    /// Some versions of PostHog accept places and keep none; those put tiles in two columns when they are told the order. That
    /// moves every tile, so it is done only where all are ours and may be moved.
    async fn order(&self, id: &str) -> Result<(), PostHogError> {
        let dashboard = DASHBOARD.get(self.client, id).await?;
        let is_placed = layout::moves(self.spec, &self.live, &dashboard, self.options).is_empty();
        if is_placed || self.options.keep_layout {
            return Ok(());
        }
        let Some(order) = layout::order(self.spec, &self.live, &dashboard) else {
            return Ok(());
        };
        let path = self
            .client
            .project_path(&format!("dashboards/{id}/reorder_tiles/"));
        let topic = Topic {
            action: "put the tiles in order",
            scope: "dashboard:write",
            path: &path,
        };
        match self
            .client
            .act(topic, &json!({ "tile_order": order }))
            .await
        {
            // Older versions have no such action; the last look tells that the places are not kept.
            Err(PostHogError::NotFound { .. } | PostHogError::Refused { .. }) => Ok(()),
            done => done.map(drop),
        }
    }

    async fn cohorts(&mut self) -> Result<(), PostHogError> {
        for item in &self.spec.cohorts {
            match self.live.cohorts.get(item.key).cloned() {
                None => drop(self.make(COHORT, item, []).await?),
                // Every write makes PostHog count the cohort anew, so there is none without a difference.
                Some(live) => {
                    let body = changed(&item.fields, &live);
                    self.update(COHORT, item.name(), body, &live).await?;
                }
            }
        }
        Ok(())
    }

    async fn alerts(&mut self) -> Result<(), PostHogError> {
        for alert in &self.spec.alerts {
            let insight = self
                .live
                .insights
                .get(alert.insight)
                .and_then(|live| live.get("id"))
                .and_then(Value::as_u64);
            let Some(insight) = insight else {
                self.skipped.push(Skip {
                    part: Part::Alerts,
                    scope: None,
                    reason: format!("the alert {:?} waits for its insight", alert.name()),
                });
                continue;
            };
            let id = insight.to_string();
            let found = self.live.alerts_named(&id, alert.name()).next().cloned();
            if let Some(live) = found {
                self.update(ALERT, alert.name(), changed(&alert.fields, &live), &live)
                    .await?;
                continue;
            }
            let mut body = alert.fields.clone();
            // PostHog requires the list; who is told is the operator's to say.
            let more = [
                ("insight", json!(insight)),
                ("subscribed_users", json!([])),
                ("enabled", json!(true)),
            ];
            body.extend(more.map(|(name, value)| (name.to_owned(), value)));
            match ALERT
                .make(self.client, alert.name(), &Value::Object(body))
                .await
            {
                Err(error @ PostHogError::Unknown { .. }) => {
                    self.live.alerts = ALERT.list(self.client).await?;
                    if self.live.alerts_named(&id, alert.name()).next().is_none() {
                        return Err(error);
                    }
                }
                made => drop(made?),
            }
            self.note(Part::Alerts, alert.name(), Action::Create);
        }
        Ok(())
    }

    async fn prune(&mut self) -> Result<(), PostHogError> {
        for orphan in self.live.orphans.clone() {
            let part = orphan.kind.part;
            let Some(id) = id_of(&orphan.object).filter(|_| !self.is_skipped(part)) else {
                continue;
            };
            let removed = orphan
                .kind
                .set(self.client, &id, &json!({ "deleted": true }))
                .await;
            if removed.is_ok() {
                self.note(part, &orphan.key, Action::Delete);
            }
            self.pass_over(part, removed.map(drop))?;
        }
        Ok(())
    }

    /// Makes an object. When it is not known whether it was made it is looked for, and never made again.
    async fn make<const N: usize>(
        &mut self,
        kind: Kind,
        item: &Item,
        more: [(&str, Value); N],
    ) -> Result<Value, PostHogError> {
        let mut body = item.fields.clone();
        body.extend(more.map(|(name, value)| (name.to_owned(), value)));
        let made = match kind
            .make(self.client, item.name(), &Value::Object(body))
            .await
        {
            Err(error @ PostHogError::Unknown { .. }) => {
                let mut there = kind.list(self.client).await?;
                there.retain(|object| key_of(kind, object).as_deref() == Some(item.key));
                match (there.pop(), there.is_empty()) {
                    (Some(made), true) => made,
                    _ => return Err(error),
                }
            }
            made => made?,
        };
        if id_of(&made).is_none() {
            let action = format!("make the {} {:?}", kind.noun, item.name());
            return Err(unreadable(&action, "no id"));
        }
        self.note(kind.part, item.name(), Action::Create);
        Ok(made)
    }

    /// Writes what has changed; nothing when nothing has.
    async fn update(
        &mut self,
        kind: Kind,
        name: &str,
        body: Map<String, Value>,
        live: &Value,
    ) -> Result<(), PostHogError> {
        if let (false, Some(id)) = (body.is_empty(), id_of(live)) {
            drop(kind.set(self.client, &id, &Value::Object(body)).await?);
            self.note(kind.part, name, Action::Update);
        }
        Ok(())
    }

    /// Reads everything again: an answer of 200 says that PostHog has understood, and not that it has done it.
    async fn look_again(&self) -> Result<Plan, DashboardError> {
        let mut live = Live::read(self.client, self.spec).await?;
        live.skipped.clone_from(&self.skipped);
        Ok(plan::plan(self.spec, &live, self.options))
    }
}
