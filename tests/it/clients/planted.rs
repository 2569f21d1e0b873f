//! Requests of every protocol with secrets in them: in each text, in the place of each name, and in all of them at once.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use decantr::base::clock::Clock;
use decantr::model::catalog::{Catalog, EventSpec};
use flate2::read::MultiGzDecoder;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::given;
use super::secrets::Secret;

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Post {
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Members that make an event one that is stored; without them nothing could leak. Each is planted, too, but not with all others.
const NEEDED: [&str; 14] = [
    "name",
    "event",
    "type",
    "source",
    "decantr_source",
    "schemaVersion",
    "decantr_schema_version",
    "timestamp",
    "sent_at",
    "created_at",
    "id",
    "uuid",
    "api_key",
    "token",
];

/// What is planted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Planting {
    /// Each text that is not needed, and a member more in each object.
    Texts,
    /// The same in the place of numbers and other values, too.
    Values,
    /// The text or the name at one place only, whether it is needed or not.
    Place(usize),
}

/// Puts a secret into a value.
pub(super) fn plant(value: &Value, secret: &str, planting: Planting) -> Value {
    let mut planter = Planter {
        secret,
        planting,
        place: 0,
    };
    planter.planted(value)
}

struct Planter<'a> {
    secret: &'a str,
    planting: Planting,
    /// How many places were passed.
    place: usize,
}

impl Planter<'_> {
    fn is_everywhere(&self) -> bool {
        !matches!(self.planting, Planting::Place(_))
    }

    /// Whether the next place is the one.
    fn is_here(&mut self) -> bool {
        self.place += 1;
        matches!(self.planting, Planting::Place(wanted) if wanted + 1 == self.place)
    }

    fn planted(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(members) => self.object(members),
            Value::Array(values) => values.iter().map(|value| self.planted(value)).collect(),
            Value::String(_) if self.is_here() || self.is_everywhere() => self.secret.into(),
            Value::String(_) => value.clone(),
            _ if matches!(self.planting, Planting::Values) => self.secret.into(),
            _ => value.clone(),
        }
    }

    fn object(&mut self, members: &Map<String, Value>) -> Value {
        let mut changed = Map::new();
        for (name, value) in members {
            let is_needed = self.is_everywhere() && NEEDED.contains(&&**name) && value.is_string();
            let name = if self.is_here() { self.secret } else { name };
            let value = if is_needed {
                value.clone()
            } else {
                self.planted(value)
            };
            changed.insert(name.to_owned(), value);
        }
        if self.is_everywhere() {
            changed.insert(self.secret.to_owned(), self.secret.into());
        }
        Value::Object(changed)
    }
}

/// How many places a value has: texts and names.
pub(super) fn places(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(values) => values.iter().map(places).sum(),
        Value::Object(members) => members.values().map(|value| 1 + places(value)).sum(),
        _ => 0,
    }
}

/// Gives every event its own id and time, so that none is taken for another.
pub(super) fn renew(value: &mut Value, turn: usize) {
    let now = Clock::system().now();
    let earlier = SignedDuration::from_millis(i64::try_from(turn).unwrap());
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| renew(value, turn)),
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match (&**name, &*value) {
                    ("timestamp", Value::String(_)) => *value = (now - earlier).to_string().into(),
                    ("sent_at" | "created_at", Value::String(_)) => *value = now.to_string().into(),
                    ("id" | "uuid", Value::String(_)) => *value = Uuid::now_v7().to_string().into(),
                    _ => renew(value, turn),
                }
            }
        }
        _ => {}
    }
}

/// An example of an event as decantr's clients send it, with all that it can hold.
fn example(spec: &EventSpec, source: &str) -> Value {
    let mut properties = given::whole(spec, source);
    for property in spec.properties.iter().filter(|p| p.public_only) {
        properties.insert(property.name.to_string(), "example".into());
    }
    json!({
        "id": "",
        "name": spec.name,
        "context": {
            "source": source, "actorType": "customer", "environment": "production", "serviceName": "service",
            "serviceVersion": "1.0.0", "decantrVersion": "3.8.1", "registrySource": "official", "anonymousId": "anon_1",
            "installId": "inst_1", "projectId": "proj_1", "sessionId": "sess_1", "userId": "user_1", "orgId": "org_1",
            "sampleRate": 0.5,
        },
        "properties": properties,
        "timestamp": "",
    })
}

/// Batches of the decantr protocol, for the routes of a catalog: each event with each secret everywhere, and with some at each place.
pub(super) fn batches(id: &str, secrets: &[Secret]) -> Vec<Post> {
    let catalog = Catalog::embedded(id).unwrap();
    let examples: Vec<Value> = catalog
        .events
        .iter()
        .flat_map(|spec| spec.sources.iter().map(move |source| example(spec, source)))
        .collect();
    let mut events = Vec::new();
    let mut turns = secrets.iter().enumerate().cycle();
    for example in &examples {
        for (at, secret) in secrets.iter().enumerate() {
            let kind = if (at / 3) % 4 == 3 {
                Planting::Values
            } else {
                Planting::Texts
            };
            events.push((example, &secret.text, kind));
        }
        for place in 0..places(example) {
            let (_, secret) = turns.next().unwrap();
            events.push((example, &secret.text, Planting::Place(place)));
        }
    }
    let batch = |(turn, events): (usize, &[(&Value, &String, Planting)])| {
        let events: Vec<Value> = events
            .iter()
            .map(|(example, secret, kind)| {
                let mut event = (*example).clone();
                renew(&mut event, turn);
                plant(&event, secret, *kind)
            })
            .collect();
        let version = &catalog.schema_version;
        let body = json!({ "schemaVersion": version, "catalog": id, "batchId": Uuid::now_v7(), "events": events });
        Post::json(&format!("/catalogs/{id}/v1/telemetry/events"), &body)
    };
    events.chunks(100).enumerate().map(batch).collect()
}

impl Post {
    fn json(path: &str, body: &Value) -> Self {
        Self {
            path: path.to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
        }
    }

    /// The same request with each secret everywhere in its body, and one at each place of it.
    pub(super) fn with(&self, secrets: &[Secret]) -> Vec<Self> {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let everywhere = secrets.iter().map(|secret| (secret, Planting::Texts));
        let places = (0..places(&body)).map(Planting::Place);
        let places = secrets.iter().rev().cycle().zip(places);
        let planted = everywhere.chain(places).enumerate();
        planted
            .map(|(turn, (secret, planting))| {
                let mut body = body.clone();
                renew(&mut body, turn);
                let body = plant(&body, &secret.text, planting).to_string();
                Self {
                    body: body.into_bytes(),
                    ..self.clone()
                }
            })
            .collect()
    }
}

/// One request of each protocol, where no recorded one serves.
pub(super) fn own() -> Vec<Post> {
    let decantr = Catalog::decantr();
    let single = example(
        decantr.event("marketing_web.page_viewed").unwrap(),
        "marketing-web",
    );
    let click = example(
        decantr.event("marketing_web.cta_clicked").unwrap(),
        "marketing-web",
    );
    let conversations = Catalog::embedded("conversations").unwrap();
    let track = conversations
        .events
        .iter()
        .find(|spec| spec.public_ingest)
        .unwrap();
    let track = json!({
        "name": track.name,
        "properties": given::whole(track, track.sources.first().unwrap()),
        "sessionId": "1", "userId": "2", "timestamp": "",
    });
    let feedback = json!({
        "benchmark": "demo-backend", "tool": "drift", "score": 62.8, "levels": { "perception": { "score": 50 } },
        "durationMs": 1900, "parse_time_ms": 240.5, "timestamp": "", "installationId": "1", "driftVersion": "0.9.1",
    });
    let events = "/v1/telemetry/events";
    vec![
        Post::json(
            events,
            &json!({ "schemaVersion": "0.3.0", "event": single }),
        ),
        Post::json(
            events,
            &json!({
                "schemaVersion": "0.3.0", "catalog": "decantr", "batchId": Uuid::now_v7(), "events": [click],
                "losses": { "spool_full": 1 },
            }),
        ),
        Post::json("/v1/track", &track),
        Post::json(
            "/v1/feedback",
            &json!({ "results": [feedback], "tool": "drift" }),
        ),
    ]
}

/// Requests of real clients that were recorded, about events that the server knows.
pub(super) fn recorded() -> Vec<Post> {
    const RECORDED: [&str; 12] = [
        "decantr-004",
        "decantr-005",
        "decantr-006",
        "drift-001",
        "node-001",
        "node-002",
        "node-v1-003",
        "python-001",
        "python-002",
        "python-v1-001",
        "rust-v0-001",
        "rust-v1-001",
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/server/samples");
    let read = |name: &&str| fs::read(folder.join(format!("{name}.http"))).unwrap();
    RECORDED.iter().map(|name| request(&read(name))).collect()
}

/// Headers that belong to one connection, and to the body as it was sent.
const OF_THE_CONNECTION: [&str; 5] = [
    "host",
    "connection",
    "content-length",
    "content-encoding",
    "accept-encoding",
];

fn request(bytes: &[u8]) -> Post {
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let (head, body) = (
        std::str::from_utf8(&bytes[..end]).unwrap(),
        &bytes[end + 4..],
    );
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let headers = headers.filter(|(name, _)| !OF_THE_CONNECTION.contains(&&**name));
    let headers = headers.map(|(name, value)| match &*name {
        "posthog-request-timestamp" => (name, Clock::system().now().to_string()),
        _ => (name, value),
    });
    let mut text = Vec::new();
    if body.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(body).read_to_end(&mut text).unwrap();
    } else {
        text = body.to_vec();
    }
    let mut body: Value = serde_json::from_slice(&text).unwrap();
    known(&mut body);
    Post {
        path,
        headers: headers.collect(),
        body: body.to_string().into_bytes(),
    }
}

/// Makes the events of a recorded request ones of the catalog.
fn known(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(known),
        Value::Object(members) => {
            if members.contains_key("event") {
                members.insert("event".to_owned(), "marketing_web.cta_clicked".into());
                let properties = members.entry("properties").or_insert_with(|| json!({}));
                let properties = properties.as_object_mut().unwrap();
                for name in [
                    "surface",
                    "destination",
                    "label",
                    "utmSource",
                    "$ip",
                    "$current_url",
                ] {
                    properties.insert(name.to_owned(), "example".into());
                }
                properties.insert("decantr_source".to_owned(), "marketing-web".into());
                properties.insert(
                    "$groups".to_owned(),
                    json!({ "project": "a", "company": "b" }),
                );
                properties.insert(
                    "$set".to_owned(),
                    json!({ "email": "a", "$initial": { "b": "c" } }),
                );
            }
            members.values_mut().for_each(known);
        }
        _ => {}
    }
}
