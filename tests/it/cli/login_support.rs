//! A server that knows one key, or misbehaves as told; and homes from which nothing of this machine's keyring can be seen.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::support::process::{Home, Run};
use crate::support::serving::Serving;

/// A key as a server gives it out.
pub(crate) const KEY: &str = "dcr_0123456789ab_Zm9vYmFyYmF6cXV1eHF1dXV4cXV1dXV4cXV1dXV";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The Authorization header.
    pub(crate) fn authorization(&self) -> Option<&str> {
        let value = self.headers.get("authorization")?;
        Some(value.to_str().unwrap())
    }
}

struct Shared {
    key: String,
    /// Status, `Location` and body instead of the right answer.
    says: Mutex<Option<(u16, String, String)>>,
    requests: Mutex<Vec<Request>>,
    held: tokio::sync::watch::Sender<bool>,
}

/// The server; it stops when dropped.
pub(crate) struct Api {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _serving: Serving,
}

impl Api {
    /// A server that knows [`KEY`].
    pub(crate) fn start() -> Self {
        Self::knowing(KEY)
    }

    pub(crate) fn knowing(key: &str) -> Self {
        let shared = Arc::new(Shared {
            key: key.to_owned(),
            says: Mutex::default(),
            requests: Mutex::default(),
            held: tokio::sync::watch::Sender::new(false),
        });
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let serving = Serving::start(app);
        Self {
            url: serving.url.clone(),
            shared,
            _serving: serving,
        }
    }

    /// From now on it gives this answer to everything.
    pub(crate) fn says(&self, status: u16, body: &str) -> &Self {
        *self.shared.says.lock().unwrap() = Some((status, String::new(), body.to_owned()));
        self
    }

    /// From now on it sends everybody elsewhere.
    pub(crate) fn redirects_to(&self, place: &str) {
        *self.shared.says.lock().unwrap() = Some((307, place.to_owned(), String::new()));
    }

    /// From now on it answers as it should.
    pub(crate) fn behaves(&self) {
        *self.shared.says.lock().unwrap() = None;
    }

    /// Requests wait for [`Api::release`].
    pub(crate) fn hold(&self) {
        self.shared.held.send_replace(true);
    }

    pub(crate) fn release(&self) {
        self.shared.held.send_replace(false);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Waits until `count` requests have arrived in all.
    pub(crate) fn wait_for(&self, count: usize) {
        while self.shared.requests.lock().unwrap().len() < count {
            std::thread::yield_now();
        }
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request {
        method,
        path: uri.path().to_owned(),
        headers,
        body: body.to_vec(),
    };
    let right = format!("Bearer {}", shared.key);
    let is_known = request.authorization() == Some(right.as_str());
    shared.requests.lock().unwrap().push(request);
    let mut held = shared.held.subscribe();
    held.wait_for(|held| !held).await.unwrap();
    if let Some((status, location, body)) = shared.says.lock().unwrap().clone() {
        let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
        if !location.is_empty() {
            let location = location.parse().unwrap();
            response.headers_mut().insert("location", location);
        }
        return response;
    }
    if is_known {
        axum::Json(me()).into_response()
    } else {
        let no =
            json!({"accepted": false, "code": "unknown_key", "detail": "this key is not known"});
        (StatusCode::UNAUTHORIZED, axum::Json(no)).into_response()
    }
}

/// Who the key belongs to.
pub(crate) fn me() -> serde_json::Value {
    json!({
        "schemaVersion": 1,
        "keyId": "0123456789ab",
        "userId": "user_7",
        "org": {"id": "org_acme", "slug": "acme"},
        "scopes": ["link"],
        "label": "laptop",
    })
}

/// A home without a keyring: its session bus is nowhere.
pub(crate) fn home() -> Home {
    let mut home = Home::new();
    home.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    home
}

/// Runs a command with this on its standard input.
pub(crate) fn run_with(mut command: Command, input: &str) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input is no failure of the test.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    Run {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code(),
    }
}

/// Signs in with [`KEY`], kept in the file.
pub(crate) fn login(home: &Home, url: &str) -> Run {
    let args = [
        "login",
        "--api-key-stdin",
        "--store",
        "file",
        "--api-url",
        url,
    ];
    run_with(home.command(&args), KEY)
}

/// The binary with these arguments, as a line of shell.
pub(crate) fn line(args: &[&str]) -> String {
    let mut words = vec![crate::support::process::BINARY];
    words.extend(args);
    words.join(" ")
}

/// The processes of the binary that run with `word` among their arguments.
pub(crate) fn running(word: &str) -> Vec<std::ffi::OsString> {
    let is_it = |process: &Path| {
        let is_binary = fs::read_link(process.join("exe"))
            .is_ok_and(|exe| exe == Path::new(crate::support::process::BINARY));
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        is_binary && words.any(|arg| arg == word.as_bytes())
    };
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|process| is_it(&process.path()))
        .map(|process| process.file_name())
        .collect()
}

/// A command on a terminal of its own.
pub(crate) struct Terminal {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    /// Everything that the terminal showed so far.
    pub(crate) shown: String,
}

impl Terminal {
    /// Starts the binary on a terminal, in this home. What it leaves the terminal like is shown in the end.
    pub(crate) fn start(home: &Home, args: &[&str]) -> Self {
        Self::start_line(home, &line(args))
    }

    /// As [`Terminal::start`], but for a line of shell. Ctrl-C ends what the line runs, not the shell.
    pub(crate) fn start_line(home: &Home, line: &str) -> Self {
        let plain = home.command(&[]);
        let mut command = Command::new("script");
        command
            .args(["--quiet", "--return", "--flush", "--command"])
            .arg(format!("trap : INT; {line}; code=$?; stty -a; exit $code"))
            .arg("/dev/null")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("SHELL", "/bin/sh")
            .current_dir(plain.get_current_dir().unwrap())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for (name, value) in plain.get_envs() {
            command.env(name, value.unwrap());
        }
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            output,
            shown: String::new(),
        }
    }

    /// Waits until the terminal shows `text`.
    pub(crate) fn expect(&mut self, text: &str) -> &mut Self {
        while !self.shown.contains(text) {
            let bytes = self.output.fill_buf().unwrap();
            assert!(!bytes.is_empty(), "no {text:?} in {:?}", self.shown);
            let length = bytes.len();
            self.shown.push_str(&String::from_utf8_lossy(bytes));
            self.output.consume(length);
        }
        self
    }

    /// Types `text`.
    pub(crate) fn write(&mut self, text: &str) -> &mut Self {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
        self
    }

    /// Closes the window: the terminal is gone, and what ran on it is told so.
    pub(crate) fn close(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal to the binary that runs with `word` among its arguments.
    pub(crate) fn signal(&mut self, signal: &str, word: &str) -> &mut Self {
        let found = running(word);
        assert_eq!(found.len(), 1, "{found:?}");
        let sent = Command::new("kill").arg(signal).args(found).status();
        assert!(sent.unwrap().success());
        self
    }

    /// Waits for the end, when typing is visible again; gives everything that was shown, and the exit code.
    pub(crate) fn end(&mut self) -> (String, Option<i32>) {
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).unwrap();
        self.shown.push_str(&String::from_utf8_lossy(&rest));
        let modes = ["echo", "icanon", "isig"];
        let is_back = |mode| self.shown.split_whitespace().any(|word| word == mode);
        assert!(modes.into_iter().all(is_back), "{}", self.shown);
        (self.shown.clone(), self.child.wait().unwrap().code())
    }
}
