//! The load: made-up events of many machines, as rows and as request bodies.

use std::fmt::Write as _;
use std::sync::LazyLock;

use decantr::model::protocol::MAX_BATCH_EVENTS;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const INSTALLS: usize = 20_000;

/// Whether every event is from another machine; otherwise a batch is from one, as clients send them.
fn scattered() -> bool {
    static SCATTERED: LazyLock<bool> =
        LazyLock::new(|| std::env::args().any(|arg| arg == "scattered"));
    *SCATTERED
}

/// One made-up event of the stream.
pub(crate) struct Made {
    pub(crate) id: Uuid,
    pub(crate) name: &'static str,
    pub(crate) install: usize,
    pub(crate) session: usize,
    pub(crate) at: Timestamp,
    pub(crate) properties: String,
}

pub(crate) fn made(number: usize, now: Timestamp) -> Made {
    let spread = number.wrapping_mul(2_654_435_761);
    let ms = spread % 90_000;
    let (name, properties) = if number.is_multiple_of(3) {
        let name = "decantr.analyze.completed";
        let properties = format!(
            r#"{{"command":"analyze","success":true,"durationMs":{ms},"targetFramework":"next","pageCount":{},"componentCount":{},"routeCount":{}}}"#,
            spread % 40,
            spread % 300,
            spread % 41
        );
        (name, properties)
    } else {
        let name = "cli.command.completed";
        let success = !number.is_multiple_of(50);
        let properties = format!(
            r#"{{"command":"check","success":{success},"durationMs":{ms},"offline":false,"registrySource":"official","targetFramework":"next"}}"#
        );
        (name, properties)
    };
    Made {
        id: id(number, now),
        name,
        install: install(number),
        session: number / 8,
        at: now - SignedDuration::from_millis(i64::try_from(spread % 43_200_000).unwrap()),
        properties,
    }
}

fn install(number: usize) -> usize {
    let machine = if scattered() {
        number
    } else {
        number / MAX_BATCH_EVENTS
    };
    machine.wrapping_mul(2_654_435_761) % INSTALLS
}

/// A UUIDv7 of about now, whose random part is the number.
fn id(number: usize, now: Timestamp) -> Uuid {
    let mut random = [0; 10];
    let bytes = u64::try_from(number).unwrap().to_be_bytes();
    random
        .iter_mut()
        .skip(2)
        .zip(bytes)
        .for_each(|(to, from)| *to = from);
    let ms = u64::try_from(now.as_millisecond()).unwrap() + u64::try_from(number / 1000).unwrap();
    uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
}

/// A request of so many events: a batch of ours, or, when it has more than one may have, one of a PostHog SDK.
fn body(events: usize, now: Timestamp) -> String {
    let mut body = String::with_capacity(64 * 1024);
    let is_posthog = is_posthog(events);
    if is_posthog {
        body.push_str(r#"{"api_key":"phc_bench","batch":["#);
    } else {
        let id = Uuid::now_v7();
        write!(
            body,
            r#"{{"schemaVersion":"0.3.0","catalog":"decantr","batchId":"{id}","events":["#
        )
        .unwrap();
    }
    for event in 0..events {
        let comma = if event == 0 { "" } else { "," };
        body.push_str(comma);
        let made = made(event, now);
        let Made {
            id,
            name,
            install,
            session,
            at,
            properties,
        } = made;
        let install = format!("install_8a6e0804-2bd0-4672-b79d-d97027f9{install:05}");
        let project = format!(
            "project_0f3b1a52-6b0e-4c89-9f5e-5e2f6a1c{:05}",
            made.install
        );
        if is_posthog {
            let own = properties.trim_matches(['{', '}']);
            write!(
                body,
                r#"{{"uuid":"{id}","event":"{name}","distinct_id":"bench","properties":{{{own},"decantr_source":"cli","decantr_install_id":"{install}","decantr_project_id":"{project}","decantr_session_id":"sess_{session:012}","decantr_version":"3.8.1","decantr_environment":"production","$lib":"bench"}},"timestamp":"{at:.3}"}}"#
            )
            .unwrap();
        } else {
            write!(
                body,
                r#"{{"id":"{id}","name":"{name}","context":{{"source":"cli","installId":"{install}","projectId":"{project}","sessionId":"sess_{session:012}","decantrVersion":"3.8.1","environment":"production"}},"properties":{properties},"timestamp":"{at:.3}"}}"#
            )
            .unwrap();
        }
    }
    body.push_str("]}");
    body
}

/// Whether a request of so many events goes the way of PostHog's SDKs: a batch of ours has fewer.
pub(crate) fn is_posthog(events: usize) -> bool {
    events > MAX_BATCH_EVENTS
}

/// A batch whose fixed-width parts are overwritten for every request: making load must not become the load.
pub(crate) struct Template {
    bytes: Vec<u8>,
    /// Where each event begins: its id, its install's and its project's digits, its session's digits.
    places: Vec<[usize; 4]>,
}

impl Template {
    /// Of so many events, with the head of a request to `path`: what is sent in one piece arrives in one.
    pub(crate) fn new(path: &str, events: usize, now: Timestamp) -> Self {
        let body = body(events, now);
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let after = |mark: &str| -> Vec<usize> {
            text.match_indices(mark)
                .map(|(at, _)| at + mark.len())
                .collect()
        };
        let id = if is_posthog(events) {
            r#"{"uuid":""#
        } else {
            r#"{"id":""#
        };
        let ids = after(id);
        let installs = after(r#""install_8a6e0804-2bd0-4672-b79d-d97027f9"#);
        let projects = after(r#""project_0f3b1a52-6b0e-4c89-9f5e-5e2f6a1c"#);
        let sessions = after(r#""sess_"#);
        let places = ids.into_iter().zip(installs).zip(projects).zip(sessions);
        Self {
            places: places
                .map(|(((id, install), project), session)| [id, install, project, session])
                .collect(),
            bytes: text.into_bytes(),
        }
    }

    pub(crate) fn batch(&mut self, batch: usize, now: Timestamp) -> &[u8] {
        let first = batch * self.places.len();
        for (event, [at_id, at_install, at_project, at_session]) in self.places.iter().enumerate() {
            let number = first + event;
            let mut text = [0; 36];
            id(number, now).hyphenated().encode_lower(&mut text);
            overwrite(&mut self.bytes, *at_id, &text);
            let install = digits::<5>(install(number));
            overwrite(&mut self.bytes, *at_install, &install);
            overwrite(&mut self.bytes, *at_project, &install);
            overwrite(&mut self.bytes, *at_session, &digits::<12>(number / 8));
        }
        &self.bytes
    }
}

fn overwrite(bytes: &mut [u8], at: usize, with: &[u8]) {
    bytes
        .iter_mut()
        .skip(at)
        .zip(with)
        .for_each(|(to, from)| *to = *from);
}

fn digits<const N: usize>(mut number: usize) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap();
        number /= 10;
    }
    digits
}
