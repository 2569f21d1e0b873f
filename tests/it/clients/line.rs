//! A line between a client and a server that fails in one way or another, and notes what was acknowledged over it.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use flate2::read::MultiGzDecoder;

/// How many requests fail before the line works. No client gives up after two.
const FAILURES: usize = 2;

/// How long a slow answer takes: longer than `@decantr/telemetry` waits (3 s), and less than all others do.
const SLOW: Duration = Duration::from_millis(3_500);

/// What happens to the first requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// The answer is 503, and the server never sees them.
    Busy,
    /// The server takes them, and the answer is 503 all the same.
    BusyAfterwards,
    /// The server takes them, and the connection ends without an answer.
    Cut,
    /// The answer is 429 with `Retry-After`, and the server never sees them.
    Limited,
    /// The server takes them, and its answer comes late.
    Slow,
}

impl Fault {
    pub(super) const ALL: [Self; 6] = [
        Self::None,
        Self::Busy,
        Self::BusyAfterwards,
        Self::Cut,
        Self::Limited,
        Self::Slow,
    ];

    /// As a word for a table.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Busy => "503 first",
            Self::BusyAfterwards => "503 after storing",
            Self::Cut => "cut after storing",
            Self::Limited => "429 first",
            Self::Slow => "slow answers",
        }
    }

    /// Whether a client has to send again what the server has.
    pub(super) fn makes_duplicates(self) -> bool {
        matches!(self, Self::BusyAfterwards | Self::Cut)
    }
}

/// The line; it ends when dropped.
pub(super) struct Line {
    /// What the client takes for the server.
    pub(super) url: String,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    server: String,
    fault: Fault,
    requests: AtomicUsize,
    acknowledged: Mutex<Vec<Vec<u8>>>,
    is_over: AtomicBool,
}

impl Line {
    /// A line to the server at this base URL.
    pub(super) fn to(server: &str, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            server: server.strip_prefix("http://").unwrap().to_owned(),
            fault,
            requests: AtomicUsize::new(0),
            acknowledged: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let serving = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.is_over.load(Ordering::SeqCst) {
                    return;
                }
                let (stream, shared) = (stream.unwrap(), Arc::clone(&serving));
                std::thread::spawn(move || shared.serve(&stream));
            }
        });
        Self {
            url,
            shared,
            thread: Some(thread),
        }
    }

    /// The bodies of all requests that were answered with a 2xx, inflated.
    pub(super) fn acknowledged(&self) -> Vec<String> {
        let bodies = self.shared.acknowledged.lock().unwrap();
        bodies.iter().map(|body| inflated(body)).collect()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(
            self.url.strip_prefix("http://").unwrap(),
        ));
        self.thread.take().unwrap().join().unwrap();
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        stream.set_nodelay(true).unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = Message::read(&mut reader) {
            if self.answer(&request, stream).is_none() {
                return;
            }
        }
    }

    /// Answers a request, or ends the connection.
    fn answer(&self, request: &Message, mut stream: &TcpStream) -> Option<()> {
        let is_failing = self.requests.fetch_add(1, Ordering::SeqCst) < FAILURES;
        let fault = if is_failing { self.fault } else { Fault::None };
        let answer = match fault {
            Fault::Busy => refusal("503 Service Unavailable"),
            Fault::Limited => refusal("429 Too Many Requests"),
            Fault::None => self.forward(request)?,
            Fault::BusyAfterwards => {
                assert_eq!(self.forward(request)?.status() / 100, 2);
                refusal("503 Service Unavailable")
            }
            Fault::Cut => {
                assert_eq!(self.forward(request)?.status() / 100, 2);
                return None;
            }
            Fault::Slow => {
                let answer = self.forward(request)?;
                std::thread::sleep(SLOW);
                answer
            }
        };
        if answer.status() / 100 == 2 {
            let body = request.bytes[request.body..].to_vec();
            self.acknowledged.lock().unwrap().push(body);
        }
        stream.write_all(&answer.bytes).ok()
    }

    fn forward(&self, request: &Message) -> Option<Message> {
        let mut stream = TcpStream::connect(&self.server).ok()?;
        stream.write_all(&request.bytes).ok()?;
        Message::read(&mut BufReader::new(stream))
    }
}

fn refusal(status: &str) -> Message {
    let bytes = format!(
        "HTTP/1.1 {status}\r\nRetry-After: 1\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"
    );
    let body = bytes.len();
    Message {
        bytes: bytes.into_bytes(),
        body,
    }
}

/// A request or an answer, as it was sent.
struct Message {
    bytes: Vec<u8>,
    /// Where the body begins.
    body: usize,
}

impl Message {
    /// Reads the next one; `None` at the end of the connection.
    fn read(from: &mut impl BufRead) -> Option<Self> {
        let (mut bytes, mut length) = (Vec::new(), 0);
        loop {
            let start = bytes.len();
            if from.read_until(b'\n', &mut bytes).ok()? == 0 {
                return None;
            }
            let line = String::from_utf8_lossy(&bytes[start..]).to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            assert!(!line.starts_with("transfer-encoding:"), "not written for");
            if line.trim_end().is_empty() {
                break;
            }
        }
        let body = bytes.len();
        bytes.resize(body + length, 0);
        from.read_exact(&mut bytes[body..]).ok()?;
        Some(Self { bytes, body })
    }

    fn status(&self) -> u16 {
        let line = String::from_utf8_lossy(&self.bytes[..self.body]);
        line.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

fn inflated(body: &[u8]) -> String {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8_lossy(body).into_owned();
    }
    let mut text = String::new();
    MultiGzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}
