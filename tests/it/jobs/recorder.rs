//! A server that answers as it is told and remembers what it was asked.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Method and target.
    pub(super) line: String,
    /// The headers, in lower case.
    pub(super) headers: String,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The server; it stands until the test process ends.
pub(super) struct Recorder {
    /// Its base URL.
    pub(super) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// Status, further headers (each with its line end), body.
pub(super) type Reply = (u16, &'static str, &'static str);

impl Recorder {
    /// Gives these answers in order, and the last one for ever.
    pub(super) fn answering(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, mut replies) = (Arc::clone(&asked), VecDeque::from(replies.to_vec()));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let reply = if replies.len() > 1 {
                    replies.pop_front()
                } else {
                    replies.front().copied()
                };
                if let Some(request) = read(&stream) {
                    log.lock().unwrap().push(request);
                    answer(&stream, reply);
                }
            }
        });
        Self { url, asked }
    }

    /// What it was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads one request.
fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = String::new();
    while !headers.ends_with("\r\n\r\n") && reader.read_line(&mut headers).ok()? > 2 {}
    let headers = headers.to_ascii_lowercase();
    let length = headers
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        line: line.trim().replace(" HTTP/1.1", ""),
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}

/// Answers; without a reply the connection is dropped.
fn answer(mut stream: &TcpStream, reply: Option<Reply>) {
    let Some((status, more, text)) = reply else {
        return;
    };
    let length = text.len();
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-length: {length}\r\nconnection: close\r\n{more}\r\n{text}"
    );
    stream.write_all(head.as_bytes()).ok();
}
