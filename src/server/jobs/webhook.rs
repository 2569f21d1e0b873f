//! Delivery of messages to webhooks: which service an address belongs to, and how it is told.
//!
//! The address of a webhook is a secret: whoever has it can post. So nothing here shows more of it than the service's own name.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use super::message::{Form, Message};
use crate::base::clock::Clock;
use crate::base::http::{self, Answer, Http, HttpError, Request};
use crate::base::secret::Secret;

/// How long a service may take.
const LIMIT: Duration = Duration::from_secs(20);

/// How often a message is tried, first time included, while the service asks to wait.
const TRIES: usize = 4;

/// The longest wait that is obeyed.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// The wait when a service gives none, and before the second try of a connection.
const PAUSE: Duration = Duration::from_secs(1);

/// The hosts of services, the forms they take, and whether they have hosts below.
const HOSTS: [(&str, Form, bool); 7] = [
    ("discord.com", Form::Discord, true),
    ("discordapp.com", Form::Discord, true),
    ("hooks.slack.com", Form::Slack, false),
    ("hooks.slack-gov.com", Form::Slack, false),
    ("webhook.office.com", Form::Teams, true),
    ("logic.azure.com", Form::Teams, true),
    ("powerplatform.com", Form::Teams, true),
];

/// Where Discord's webhooks are.
const DISCORD_PATH: &str = "/api/webhooks/";

/// An address that cannot be a webhook's. The text holds nothing of the address.
#[derive(Debug, thiserror::Error)]
#[error("it is no address of a webhook")]
pub struct BadWebhook(#[source] HttpError);

/// A message that was not delivered, or of which nobody knows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// The client could not be built.
    #[error("cannot post to the {to}")]
    Setup {
        /// The webhook's name.
        to: String,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// No connection; nothing was posted.
    #[error("no connection to the {to}; nothing was posted")]
    Unreachable {
        /// The webhook's name.
        to: String,
    },
    /// The connection broke, or there was no answer in time.
    #[error("no answer from the {to}; the message may have been posted, so it is not tried again")]
    Silent {
        /// The webhook's name.
        to: String,
    },
    /// 404 or 410.
    #[error("the {to} is gone (HTTP {status})")]
    Gone {
        /// The webhook's name.
        to: String,
        /// The HTTP status.
        status: u16,
    },
    /// 401 or 403.
    #[error("the {to} does not take messages from here (HTTP {status})")]
    Forbidden {
        /// The webhook's name.
        to: String,
        /// The HTTP status.
        status: u16,
    },
    /// 429, with a longer wait than is obeyed, or again and again.
    #[error("the {to} takes no more messages now; it asks to wait {seconds} s")]
    Limited {
        /// The webhook's name.
        to: String,
        /// The wait it asked for last, in whole seconds.
        seconds: u64,
    },
    /// Any other answer that is none of success.
    #[error("the {to} answered HTTP {status}{detail}")]
    Refused {
        /// The webhook's name.
        to: String,
        /// The HTTP status.
        status: u16,
        /// The service's own code, if it gave one, with a separator.
        detail: String,
    },
    /// A success that does not look like the service's.
    #[error("the answer is not the one of the {to}; the message was probably not posted")]
    Strange {
        /// The webhook's name.
        to: String,
    },
}

/// A webhook and the form it takes.
#[derive(Clone)]
pub struct Webhook {
    url: Url,
    form: Form,
    /// The known service's host and form.
    service: Option<(&'static str, Form)>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({})", self.name())
    }
}

impl Webhook {
    /// The webhook at `url`. Its form is the one that was `forced`, else that of the service at its host, else plain JSON.
    ///
    /// # Errors
    /// When it is no https URL (or http to this machine).
    pub fn parse(url: &Secret, forced: Option<Form>) -> Result<Self, BadWebhook> {
        let mut url = http::parse_url(url.expose()).map_err(BadWebhook)?;
        let service = service(&url);
        let form = forced.or(service.map(|(_, form)| form));
        let form = form.unwrap_or(Form::Json);
        let has_wait = url.query_pairs().any(|(key, _)| key == "wait");
        if form == Form::Discord && !has_wait {
            // Without it Discord reports no error for a message that it does not keep.
            url.query_pairs_mut().append_pair("wait", "true");
        }
        Ok(Self { url, form, service })
    }

    /// The form of its messages.
    pub fn form(&self) -> Form {
        self.form
    }

    /// The host of the service, if it is a known one.
    pub fn host(&self) -> Option<&'static str> {
        self.service.map(|(host, _)| host)
    }

    /// How people hear of it: `Discord webhook (discord.com)`, or just `webhook`.
    pub fn name(&self) -> String {
        match self.service {
            Some((host, Form::Discord)) => format!("Discord webhook ({host})"),
            Some((host, Form::Slack)) => format!("Slack webhook ({host})"),
            Some((host, _)) => format!("Teams webhook ({host})"),
            None => "webhook".to_owned(),
        }
    }

    /// What it is, and what it would be sent, for a reader that is a machine.
    pub fn described(&self, payload: Option<&Value>) -> Value {
        let mut value = json!({ "service": self.form.as_str(), "host": self.host() });
        if let (Value::Object(members), Some(payload)) = (&mut value, payload) {
            members.insert("payload".to_owned(), payload.clone());
        }
        value
    }

    /// The body of a message.
    pub fn payload(&self, message: &Message) -> Value {
        message.payload(self.form)
    }

    /// Posts a body. It waits and tries again where the service asks for that, and once more where no connection was made; after
    /// anything else the message could be there already, and twice is worse than late.
    ///
    /// # Errors
    /// When it was not posted, or nobody knows.
    pub async fn post(&self, payload: &Value, clock: &Clock) -> Result<(), PostError> {
        let to = || self.name();
        let http = Http::new_for(&self.url, LIMIT)
            .map_err(|source| PostError::Setup { to: to(), source })?;
        let body = payload.to_string().into_bytes();
        let mut is_second = false;
        for tried in 1.. {
            let request = Request {
                headers: vec![("content-type", "application/json".to_owned())],
                body: Some(body.clone()),
            };
            let pause = match http.post(&self.url, request).await {
                Ok(answer) if answer.status == 429 => {
                    let pause = pause(&answer, clock);
                    if tried >= TRIES || pause > MAX_PAUSE {
                        let seconds = pause.as_secs_f64().ceil();
                        return Err(self.limited(seconds));
                    }
                    pause
                }
                Ok(answer) => return self.judge(&answer),
                Err(HttpError::Unreachable { source, .. }) if source.is_connect() => {
                    if is_second {
                        return Err(PostError::Unreachable { to: to() });
                    }
                    is_second = true;
                    PAUSE
                }
                Err(source @ (HttpError::Setup(_) | HttpError::BadUrl { .. })) => {
                    return Err(PostError::Setup { to: to(), source });
                }
                Err(_broken) => return Err(PostError::Silent { to: to() }),
            };
            tokio::time::sleep(pause).await;
        }
        Err(PostError::Silent { to: to() })
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and a wait is not negative"
    )]
    fn limited(&self, seconds: f64) -> PostError {
        PostError::Limited {
            to: self.name(),
            seconds: seconds as u64,
        }
    }

    fn judge(&self, answer: &Answer) -> Result<(), PostError> {
        let (to, status) = (self.name(), answer.status);
        match status {
            200..=299 if self.is_confirmed(answer) => Ok(()),
            200..=299 => Err(PostError::Strange { to }),
            404 | 410 => Err(PostError::Gone { to, status }),
            401 | 403 => Err(PostError::Forbidden { to, status }),
            _ => Err(PostError::Refused {
                to,
                status,
                detail: self.detail(answer),
            }),
        }
    }

    /// Whether a success is the service's own, and not that of something on the way there.
    fn is_confirmed(&self, answer: &Answer) -> bool {
        match self.service {
            Some((_, Form::Discord)) => {
                serde_json::from_slice::<Value>(&answer.body).is_ok_and(|body| body.is_object())
            }
            Some((_, Form::Slack)) => answer.body.trim_ascii() == b"ok",
            _ => true,
        }
    }

    /// The service's own code, where it is surely nothing else: Slack's are words, Discord's are numbers.
    fn detail(&self, answer: &Answer) -> String {
        let text = String::from_utf8_lossy(&answer.body);
        let is_word = |text: &str| {
            (1..=40).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        match self.service {
            Some((_, Form::Slack)) if is_word(text.trim()) => format!(": {}", text.trim()),
            Some((_, Form::Discord)) => {
                let body: Value = serde_json::from_str(&text).unwrap_or_default();
                let code = body.get("code").and_then(Value::as_u64);
                code.map_or_else(String::new, |code| format!(": code {code}"))
            }
            _ => String::new(),
        }
    }
}

/// The service that has this address.
fn service(url: &Url) -> Option<(&'static str, Form)> {
    let host = url.host_str()?.trim_end_matches('.');
    let (known, form, _) = HOSTS.into_iter().find(|(known, _, has_below)| {
        let above = host.strip_suffix(known);
        above.is_some_and(|above| above.is_empty() || (*has_below && above.ends_with('.')))
    })?;
    let is_webhook = form != Form::Discord || url.path().starts_with(DISCORD_PATH);
    is_webhook.then_some((known, form))
}

/// The wait that an answer asks for: the header, or the number in Discord's body, which is finer.
fn pause(answer: &Answer, clock: &Clock) -> Duration {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let fine = body.get("retry_after").and_then(Value::as_f64);
    let fine = fine.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let coarse = answer.pause(clock.now()).map(Duration::from_secs);
    fine.or(coarse).unwrap_or(PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(url: &str) -> Webhook {
        Webhook::parse(&Secret::new(url), None).unwrap()
    }

    #[test]
    fn the_host_tells_the_form_and_only_the_service_is_named() {
        for (url, form, name) in [
            (
                "https://discord.com/api/webhooks/1/s3cret",
                Form::Discord,
                "Discord webhook (discord.com)",
            ),
            (
                "https://ptb.discord.com/api/webhooks/1/s3cret?thread_id=2",
                Form::Discord,
                "Discord webhook (discord.com)",
            ),
            (
                "https://discordapp.com/api/webhooks/1/s3cret",
                Form::Discord,
                "Discord webhook (discordapp.com)",
            ),
            (
                "https://hooks.slack.com/services/T/B/s3cret",
                Form::Slack,
                "Slack webhook (hooks.slack.com)",
            ),
            (
                "https://s3cret.webhook.office.com/webhookb2/x",
                Form::Teams,
                "Teams webhook (webhook.office.com)",
            ),
            (
                "https://prod-1.westus.logic.azure.com:443/s3cret?sig=x",
                Form::Teams,
                "Teams webhook (logic.azure.com)",
            ),
            (
                "https://s3cret.api.powerplatform.com:443/x",
                Form::Teams,
                "Teams webhook (powerplatform.com)",
            ),
            ("https://discord.com/s3cret", Form::Json, "webhook"),
            (
                "https://evildiscord.com/api/webhooks/1/s3cret",
                Form::Json,
                "webhook",
            ),
            (
                "https://discord.com.s3cret.example/api/webhooks/1",
                Form::Json,
                "webhook",
            ),
            ("http://127.0.0.1:9/s3cret", Form::Json, "webhook"),
        ] {
            let webhook = webhook(url);
            assert_eq!(
                (webhook.form, webhook.name()),
                (form, name.to_owned()),
                "{url}"
            );
            let said = format!("{webhook:?} {}", webhook.described(None));
            assert!(!said.contains("s3cret"), "{said}");
            assert_eq!(
                webhook.url.as_str().contains("wait=true"),
                form == Form::Discord
            );
        }
        let forced = Webhook::parse(&Secret::new("https://chat.example/hook"), Some(Form::Slack));
        assert_eq!(forced.unwrap().form, Form::Slack);
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for bad in [
            "s3cret",
            "http://s3cret.example/x",
            "ftp://s3cret.example",
            "https://",
            "",
        ] {
            let error = Webhook::parse(&Secret::new(bad), None).unwrap_err();
            let said = crate::base::error::chain(&error);
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
