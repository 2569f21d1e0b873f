//! Request bodies: bounded in size, in time and in their sum, and inflated when they are gzip.

use std::borrow::Cow;
use std::future::poll_fn;
use std::io::{ErrorKind, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::http::StatusCode;
use flate2::read::MultiGzDecoder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Failure;

/// How long a body may take to arrive. Also bounds how long a stopping server waits.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The most memory that all bodies together may hold while they arrive, in bytes.
const ALL_BODIES: usize = 64 * 1024 * 1024;

/// How much of a body that is refused already is still read, so that its sender gets to see the answer and can go on with the
/// same connection: the largest body that any route takes, and a little more.
const DISCARDED: usize = 24 * 1024 * 1024;

/// How long it is still read.
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// What a gzip stream begins with (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Room for bodies, shared by all requests.
#[derive(Debug, Clone)]
pub struct Bodies(Arc<Semaphore>);

impl Default for Bodies {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL_BODIES)))
    }
}

/// A whole body as it was sent; holds its share of the budget.
#[derive(Debug)]
pub struct Received {
    bytes: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    /// How much memory bodies hold at the moment, in bytes.
    pub fn held(&self) -> usize {
        ALL_BODIES.saturating_sub(self.0.available_permits())
    }

    /// The most that they may hold.
    pub fn limit() -> usize {
        ALL_BODIES
    }

    /// Reads a body of at most `limit` bytes.
    pub async fn read(&self, mut body: Body, limit: usize) -> Result<Received, Failure> {
        let collected = tokio::time::timeout(BODY_TIME, self.collect(&mut body, limit)).await;
        let result = collected.unwrap_or_else(|_elapsed| {
            let detail = "the body did not arrive within 10 s";
            Err(Failure::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_timeout",
                detail,
            ))
        });
        if result.is_err() {
            Self::pass_over(body);
        }
        result
    }

    /// Reads on in a body that nobody wants, beside the answer, which need not wait for it, so that its sender gets to see the
    /// answer. There is at most one for each connection.
    pub fn pass_over(body: Body) {
        tokio::spawn(tokio::time::timeout(DISCARD_TIME, discard(body)));
    }

    async fn collect(&self, body: &mut Body, limit: usize) -> Result<Received, Failure> {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(too_large(limit));
        }
        let mut bytes = Vec::new();
        let mut room: Option<OwnedSemaphorePermit> = None;
        while let Some(chunk) = next(body).await? {
            if bytes.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            self.grant(&mut room, chunk.len())?;
            if bytes.is_empty() {
                bytes.reserve_exact(announced);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Received { bytes, room })
    }

    /// Adds room for `more` bytes to `room`.
    fn grant(&self, room: &mut Option<OwnedSemaphorePermit>, more: usize) -> Result<(), Failure> {
        let more = u32::try_from(more)
            .ok()
            .and_then(|size| Arc::clone(&self.0).try_acquire_many_owned(size).ok())
            .ok_or_else(Failure::overloaded)?;
        match room {
            Some(room) => room.merge(more),
            None => *room = Some(more),
        }
        Ok(())
    }
}

impl Received {
    /// The bytes as they are.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What `source` yields, at most `limit` bytes of it, held as a body is: it takes its share of the budget as it grows. For
    /// layers that can be large by themselves or be many; `broken` is the answer to a source that cannot be read.
    pub fn unpacked(
        bodies: &Bodies,
        mut source: impl Read,
        limit: usize,
        broken: Failure,
    ) -> Result<Self, Failure> {
        const SMALLEST: usize = 64 * 1024;
        let mut unpacked = Self {
            bytes: Vec::new(),
            room: None,
        };
        let mut piece = [0; 8 * 1024];
        loop {
            let piece = match source.read(&mut piece) {
                Ok(length) => piece.get(..length).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_broken) => return Err(broken),
            };
            if piece.is_empty() {
                return Ok(unpacked);
            }
            let (held, needed) = (
                unpacked.bytes.capacity(),
                unpacked.bytes.len() + piece.len(),
            );
            if needed > limit {
                return Err(too_large(limit));
            }
            if needed > held {
                let capacity = (2 * held).max(SMALLEST).min(limit).max(needed);
                bodies.grant(&mut unpacked.room, capacity - held)?;
                unpacked
                    .bytes
                    .reserve_exact(capacity - unpacked.bytes.len());
            }
            unpacked.bytes.extend_from_slice(piece);
        }
    }

    /// The body, inflated when it is gzip, which its first bytes tell whatever the headers say.
    pub fn inflated(&self, limit: usize) -> Result<Cow<'_, [u8]>, Failure> {
        if !self.bytes.starts_with(&GZIP_MAGIC) {
            return Ok(Cow::Borrowed(&self.bytes));
        }
        let mut inflated = Vec::with_capacity(self.bytes.len().saturating_mul(4).min(limit));
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        MultiGzDecoder::new(self.bytes.as_slice())
            .take(most)
            .read_to_end(&mut inflated)
            .map_err(|_not_gzip| {
                let detail = "the body begins like gzip but cannot be inflated";
                Failure::new(StatusCode::BAD_REQUEST, "invalid_gzip", detail)
            })?;
        if inflated.len() > limit {
            return Err(too_large(limit));
        }
        Ok(Cow::Owned(inflated))
    }
}

/// The next piece of data; `None` at the end.
async fn next(body: &mut Body) -> Result<Option<axum::body::Bytes>, Failure> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            None => return Ok(None),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => return Ok(Some(data)),
                Err(_trailers) => {}
            },
            Some(Err(_broken)) => {
                let detail = "the body ended too early";
                return Err(Failure::new(
                    StatusCode::BAD_REQUEST,
                    "incomplete_body",
                    detail,
                ));
            }
        }
    }
}

async fn discard(mut body: Body) {
    let mut left = DISCARDED;
    while let Ok(Some(chunk)) = next(&mut body).await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            return;
        }
    }
}

fn too_large(limit: usize) -> Failure {
    let detail = format!("a body has at most {limit} bytes, before and after inflating");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> Failure {
        Failure::bad("broken", "broken")
    }

    #[test]
    fn what_is_unpacked_takes_its_room_and_gives_it_back() {
        let bodies = Bodies::default();
        let whole = bodies.0.available_permits();
        let source = vec![b'x'; 300_000];
        let held = Received::unpacked(&bodies, source.as_slice(), 300_000, broken()).unwrap();
        assert_eq!(held.bytes(), source);
        assert!(whole - bodies.0.available_permits() >= 300_000);
        let failed = Received::unpacked(&bodies, source.as_slice(), 299_999, broken());
        assert_eq!(failed.unwrap_err(), too_large(299_999));
        drop(held);
        assert_eq!(bodies.0.available_permits(), whole);
    }

    #[test]
    fn what_there_is_no_room_for_is_not_unpacked() {
        let bodies = Bodies(Arc::new(Semaphore::new(100_000)));
        let source = std::io::repeat(b'x');
        let failed = Received::unpacked(&bodies, source, usize::MAX / 4, broken());
        assert_eq!(failed.unwrap_err(), Failure::overloaded());
        assert_eq!(bodies.0.available_permits(), 100_000);
    }
}
