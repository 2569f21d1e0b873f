//! A service against a server that is a closure.

mod leaving;
mod losing;

use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::{Value, json};

use super::*;
use crate::base::http::Answer;
use crate::base::secret::Secret;
use crate::client::spool::inflate;

const HOUR: Duration = Duration::from_hours(1);
const SOON: Duration = Duration::from_secs(20);
const GUILD: u64 = 317_465_478_312_886_273;

/// A server that is a function.
struct Fake<F>(F);

#[async_trait::async_trait]
impl<F: Fn(Vec<u8>) -> Result<Answer, String> + Send + Sync> Wire for Fake<F> {
    async fn post(&self, bytes: Vec<u8>) -> Result<Answer, String> {
        (self.0)(bytes)
    }
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer {
        status,
        retry_after: None,
        retry_at: None,
        body: body.to_string().into_bytes(),
    }
}

fn body_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(&inflate(bytes).unwrap()).unwrap()
}

/// What a decantr server answers when it takes everything.
fn accept(bytes: &[u8]) -> Answer {
    let body = body_of(bytes);
    let results = body["events"].as_array().unwrap().iter();
    let results: Vec<Value> = results
        .map(|event| json!({ "id": event["id"], "outcome": "accepted" }))
        .collect();
    answer(202, &json!({ "accepted": true, "results": results }))
}

/// Settings by which nothing is sent unless something asks for it.
fn config() -> ServiceConfig {
    ServiceConfig::new(Catalog::embedded("race-bot").unwrap())
        .enabled(true)
        .ingest_key(Secret::new("dcr_1"))
        .unwrap()
        .hash_salt(Secret::new("correct horse battery staple"))
        .flush_interval(HOUR)
        .warn_interval(HOUR)
}

type Server = Arc<Mutex<Vec<Vec<u8>>>>;

fn recorder_of(service: Service) -> Recorder {
    Recorder {
        kind: Kind::Service(Box::new(service)),
    }
}

fn run(run: Box<dyn FnOnce() + Send>) -> io::Result<()> {
    thread::Builder::new().spawn(run).map(drop)
}

fn recorder(
    config: ServiceConfig,
    server: impl Fn(Vec<u8>) -> Result<Answer, String> + Send + Sync + 'static,
) -> Recorder {
    recorder_of(Service::start(config, Box::new(Fake(server)), run).unwrap())
}

/// A recorder whose server takes everything, and what it took.
fn taken(config: ServiceConfig) -> (Recorder, Server) {
    let server = Server::default();
    let seen = Arc::clone(&server);
    let recorder = recorder(config, move |bytes| {
        let answer = accept(&bytes);
        seen.lock().unwrap().push(bytes);
        Ok(answer)
    });
    (recorder, server)
}

fn events(server: &Server) -> Vec<Value> {
    let bodies = server.lock().unwrap();
    let events = bodies.iter().map(|bytes| body_of(bytes)["events"].take());
    events
        .flat_map(|events| events.as_array().unwrap().clone())
        .collect()
}

fn invoke(recorder: &Recorder) -> Recorded {
    recorder.record("discord.generator.invoke", [("provider", "smz3".into())])
}

fn dropped(reason: Reason) -> Recorded {
    Recorded::Done(Outcome::Dropped(reason))
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A second listener, always there. With only one, `tracing` takes a line that a thread without a listener writes first for one that
/// nobody wants, and tests run beside each other.
static BESIDE: LazyLock<tracing::Dispatch> = LazyLock::new(|| {
    let subscriber = tracing_subscriber::fmt().with_writer(io::sink);
    tracing::Dispatch::new(subscriber.finish())
});

/// Everything that is logged meanwhile, also by threads that start then.
fn log_of(run: impl FnOnce()) -> String {
    LazyLock::force(&BESIDE);
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, run);
    let bytes = log.0.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8(bytes.clone()).unwrap()
}

fn count(log: &str, text: &str) -> usize {
    log.matches(text).count()
}
