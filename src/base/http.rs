//! The one HTTP client: https or loopback only, no redirects, bounded time and bounded answers.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Method, Url, redirect};

/// The largest answer that is read unless something else is allowed ([`Http::reading`]), in bytes.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// A request that got no usable answer. The texts name the host, never a path, query or user part, which may be secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The address is not an http or https URL, or is plain http to another machine.
    #[error("{reason}")]
    BadUrl {
        /// What is wrong with the address.
        reason: String,
    },
    /// The client could not be built (for example: no usable system certificates).
    #[error("cannot set up the HTTP client")]
    Setup(#[source] reqwest::Error),
    /// Nobody answered, or the connection broke before a whole answer had come.
    #[error("no answer from {host}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The cause, with its address removed.
        #[source]
        source: reqwest::Error,
    },
    /// There was no whole answer in the allowed time.
    #[error("{host} did not answer within {seconds} s")]
    Timeout {
        /// Host and port.
        host: String,
        /// The limit, in seconds.
        seconds: u64,
    },
    /// The answer is larger than [`MAX_ANSWER`], or than what was allowed instead.
    #[error("the answer of {host} is too large")]
    TooLarge {
        /// Host and port.
        host: String,
    },
}

/// An answer: any status, with its body read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The `Retry-After` header, when it is a number of seconds.
    pub retry_after: Option<u64>,
    /// The `Retry-After` header, when it is a date.
    pub retry_at: Option<Timestamp>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// How many seconds from `now` the server asks to wait, in whichever form it says so.
    pub fn pause(&self, now: Timestamp) -> Option<u64> {
        let until = self.retry_at.map(|at| at.duration_since(now).as_secs());
        self.retry_after
            .or_else(|| until.map(|seconds| u64::try_from(seconds).unwrap_or(0)))
    }
}

/// What to ask.
#[derive(Clone, Default)]
pub struct Request {
    /// Header names and values to add.
    pub headers: Vec<(&'static str, String)>,
    /// The body; none for GET.
    pub body: Option<Vec<u8>>,
}

/// Headers and bodies may hold secrets, so only their number and size are shown.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.as_ref().map_or(0, Vec::len);
        write!(f, "Request({} headers, {body} bytes)", self.headers.len())
    }
}

impl Request {
    /// The head of this request by POST to `url`, as the client writes it over HTTP/1.1 (a test holds that).
    pub fn head(&self, url: &Url) -> String {
        let mut lines = vec![format!("POST {} HTTP/1.1", url.path())];
        lines.extend(
            self.headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
        lines.push("accept: */*".to_owned());
        lines.push(format!("user-agent: {USER_AGENT}"));
        lines.push(format!("host: {}", host(url)));
        if let Some(body) = &self.body {
            lines.push(format!("content-length: {}", body.len()));
        }
        lines.join("\r\n") + "\r\n\r\n"
    }
}

/// How the client names itself.
const USER_AGENT: &str = concat!("decantr/", env!("CARGO_PKG_VERSION"));

/// The client. Making one costs about 2 ms (certificates), so make it only where a request is due.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    limit: Duration,
    max_answer: usize,
}

impl Http {
    /// A client whose every request, connection included, takes at most `limit`. It uses the system's proxies.
    pub fn new(limit: Duration) -> Result<Self, HttpError> {
        Self::build(limit, |builder| builder)
    }

    /// As [`Http::new`], for requests to `url` only: what is meant for this machine does not go through a proxy, which would
    /// be another one.
    pub fn new_for(url: &Url, limit: Duration) -> Result<Self, HttpError> {
        Self::build(limit, |builder| {
            if is_loopback(url) {
                builder.no_proxy()
            } else {
                builder
            }
        })
    }

    fn build(
        limit: Duration,
        adapt: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, HttpError> {
        let builder = Client::builder()
            .timeout(limit)
            .redirect(redirect::Policy::none())
            // Whichever features the crate has: what is sent is what a preview shows, and answers are bounded as they come.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .user_agent(USER_AGENT);
        let client = adapt(builder).build().map_err(HttpError::Setup)?;
        Ok(Self {
            client,
            limit,
            max_answer: MAX_ANSWER,
        })
    }

    /// The same client, which reads answers of up to so many bytes.
    #[must_use]
    pub fn reading(self, max_answer: usize) -> Self {
        Self { max_answer, ..self }
    }

    /// GETs `url`.
    pub async fn get(&self, url: &Url) -> Result<Answer, HttpError> {
        self.get_with(url, Request::default()).await
    }

    /// GETs `url` with the headers of `request`.
    pub async fn get_with(&self, url: &Url, request: Request) -> Result<Answer, HttpError> {
        self.send(Method::GET, url, request).await
    }

    /// POSTs `request` to `url`.
    pub async fn post(&self, url: &Url, request: Request) -> Result<Answer, HttpError> {
        self.send(Method::POST, url, request).await
    }

    /// Sends `request` to `url` with PUT.
    pub async fn put(&self, url: &Url, request: Request) -> Result<Answer, HttpError> {
        self.send(Method::PUT, url, request).await
    }

    /// Sends `request` to `url` with PATCH.
    pub async fn patch(&self, url: &Url, request: Request) -> Result<Answer, HttpError> {
        self.send(Method::PATCH, url, request).await
    }

    /// DELETEs `url`, with the body of `request` if it has one.
    pub async fn delete(&self, url: &Url, request: Request) -> Result<Answer, HttpError> {
        self.send(Method::DELETE, url, request).await
    }

    async fn send(&self, method: Method, url: &Url, ask: Request) -> Result<Answer, HttpError> {
        check_scheme(url)?;
        let mut request = self.client.request(method, url.clone());
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        if let Some(body) = ask.body {
            request = request.body(body);
        }
        let mut response = request.send().await.map_err(|e| self.failed(url, e))?;
        let status = response.status().as_u16();
        let (retry_after, retry_at) = retry_after(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.failed(url, e))? {
            if body.len() + chunk.len() > self.max_answer {
                return Err(HttpError::TooLarge { host: host(url) });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            retry_after,
            retry_at,
            body,
        })
    }

    fn failed(&self, url: &Url, error: reqwest::Error) -> HttpError {
        if error.is_timeout() {
            HttpError::Timeout {
                host: host(url),
                seconds: self.limit.as_secs(),
            }
        } else {
            HttpError::Unreachable {
                host: host(url),
                source: error.without_url(),
            }
        }
    }
}

/// Reads a base URL: http or https, a host, no user part, no query, no fragment.
///
/// Plain http is allowed to this machine only, so that nothing readable crosses a network.
pub fn parse_base_url(text: &str) -> Result<Url, HttpError> {
    let bad = |reason: &str| HttpError::BadUrl {
        reason: reason.to_owned(),
    };
    let url = parse_url(text)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("a URL with a user name or password is not accepted"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("a base URL has no query and no fragment"));
    }
    Ok(url)
}

/// Reads any URL that a request may go to, under the same rule. The error holds nothing of the text, which may be secret.
pub fn parse_url(text: &str) -> Result<Url, HttpError> {
    let url = Url::parse(text.trim()).map_err(|error| HttpError::BadUrl {
        reason: format!("not a URL ({error}); expected for example https://telemetry.example.com"),
    })?;
    check_scheme(&url)?;
    Ok(url)
}

/// The origin of a URL: scheme, host and port, as consent and pinned keys are kept by.
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn check_scheme(url: &Url) -> Result<(), HttpError> {
    let reason = match url.scheme() {
        "https" => return Ok(()),
        "http" if is_loopback(url) => return Ok(()),
        "http" => {
            "plain http is accepted for this machine only (127.0.0.1, [::1], localhost); use https"
        }
        _ => "only http and https URLs are accepted",
    };
    Err(HttpError::BadUrl {
        reason: reason.to_owned(),
    })
}

/// The address of `path` (with a leading slash) below the base address `url`.
pub fn below(url: &Url, path: &str) -> Url {
    let mut below = url.clone();
    below.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
    below
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or("?");
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// `Retry-After` as a number of seconds, or as the date that RFC 9110 allows as well.
fn retry_after(headers: &HeaderMap) -> (Option<u64>, Option<Timestamp>) {
    let value = headers.get(RETRY_AFTER).and_then(|text| text.to_str().ok());
    let text = value.unwrap_or_default().trim();
    let date = || {
        DateTimeParser::new()
            .relaxed_weekday(true)
            .parse_timestamp(text)
    };
    match text.parse() {
        Ok(seconds) => (Some(seconds), None),
        Err(_no_number) => (None, date().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in [
            "http://127.0.0.1:7317",
            "http://[::1]:1",
            "http://localhost",
            "https://a.example/x",
        ] {
            assert!(parse_base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:pass@a.example",
            "https://a.example?key=1",
            "nonsense",
            "",
        ] {
            assert!(parse_base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_server_can_ask_for_a_pause_by_number_or_by_date() {
        let pause = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            let (retry_after, retry_at) = retry_after(&headers);
            let answer = Answer {
                status: 503,
                retry_after,
                retry_at,
                body: Vec::new(),
            };
            answer.pause("2026-03-01T12:00:00Z".parse().unwrap())
        };
        assert_eq!(pause(" 120 "), Some(120));
        assert_eq!(pause("Sun, 01 Mar 2026 12:10:00 GMT"), Some(600));
        assert_eq!(pause("Sun, 01 Mar 2026 11:00:00 GMT"), Some(0));
        for nonsense in ["", "soon", "-1"] {
            assert_eq!(pause(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn an_origin_has_no_path() {
        let url = parse_base_url("https://a.example:8443/deep/path").unwrap();
        assert_eq!(origin(&url), "https://a.example:8443");
    }
}
