//! What both halves say to each other: the JSON of batches, results, receipts, the key page and accounts.

mod account;
mod admin;
mod losses;
mod request;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::crypto::{self, CryptoError, SigningKey};
use crate::model::event::Event;
use crate::model::outcome::Reason;

pub use account::{
    ACCOUNT_VERSION, Claim, FORGET_PATH, ForgetReply, ForgetRequest, Forgotten, LINK_PATH,
    LinkReply, LinkRequest, MAX_IDS, ME_PATH, Me, OrgName, Proof, Scope, UnlinkReply,
    UnlinkRequest,
};
pub use admin::{
    ALIASES_PATH, ATTRIBUTION_PATH, HEALTH_PATH, OPENAPI_PATH, READY_PATH,
    SNAPSHOT_ATTRIBUTION_PATH, SNAPSHOT_HEALTH_PATH, SNAPSHOT_RUN_PATH, SNAPSHOT_USAGE_PATH,
    USAGE_PATH, USERS_PATH,
};

pub use losses::{Losses, MAX_LOSS, ServiceBatch};
pub use request::{RawEvents, RawRequest, Reading};

/// The path that takes events, below a server's base URL.
pub const EVENTS_PATH: &str = "/v1/telemetry/events";

/// Where products send single events that they track.
pub const TRACK_PATH: &str = "/v1/track";

/// Where clients of drift send what they queued.
pub const DRIFT_EVENTS_PATH: &str = "/v1/events";

/// Where results of drift's benchmarks go.
pub const FEEDBACK_PATH: &str = "/v1/feedback";

/// Where the public numbers are.
pub const STATS_PATH: &str = "/v1/stats";

/// The path of the page with the server's public key.
pub const KEY_PATH: &str = "/.well-known/decantr-telemetry";

/// The most events in one batch.
pub const MAX_BATCH_EVENTS: usize = 100;

/// The largest body of one request, in bytes, before and after inflating.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A batch as a client writes it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Batch<'a> {
    /// The catalog's schema version.
    pub schema_version: &'a str,
    /// The catalog's name.
    pub catalog: &'a str,
    /// A UUIDv7, frozen with the batch: a resend has the same.
    pub batch_id: Uuid,
    /// The events.
    pub events: &'a [Event],
}

/// What became of one event of a batch, in the batch's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventResult {
    /// The event's id as it is stored; absent when the event was dropped and had none that could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// `accepted`, `duplicate` or `dropped`.
    pub outcome: Cow<'static, str>,
    /// Why it was dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// The answer to a batch (202).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BatchReply {
    /// Whether the batch was processed; single events may still be dropped.
    pub accepted: bool,
    /// One entry for each event, in order.
    pub results: Vec<EventResult>,
    /// What the server signs.
    pub receipt: Receipt,
}

/// The answer to the single form: 202 with `accepted: true`, or 422 with a code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SingleReply {
    /// Whether the event is stored.
    pub accepted: bool,
    /// Whether it was stored before; then it does not count again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub duplicate: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What would have been right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The answer to a request that cannot be processed at all (4xx, 5xx).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorReply {
    /// Always false.
    pub accepted: bool,
    /// A fixed code.
    pub code: String,
    /// What to do about it; no internals.
    pub detail: String,
}

/// A signed acknowledgement. It proves what was acknowledged, not what was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// Base64 of the JSON of a [`ReceiptPayload`].
    pub payload: String,
    /// The key's id, as on the key page.
    pub key_id: String,
    /// Base64 of the Ed25519 signature of the payload's JSON bytes.
    pub signature: String,
}

/// What a receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptPayload {
    /// The batch it is about; absent when the client named none.
    pub batch_id: Option<Uuid>,
    /// SHA-256 of the inflated request body, in hex.
    pub digest: String,
    /// How many events were stored by this request.
    pub accepted: u32,
    /// How many had been stored before.
    pub duplicates: u32,
    /// How many were dropped.
    pub dropped: u32,
    /// When, by the server's clock.
    pub received_at: Timestamp,
}

/// A receipt that cannot be trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Payload or signature are not base64, or the payload is not JSON of the documented shape.
    #[error("the receipt is malformed")]
    Malformed,
    /// Signed with another key than the pinned one.
    #[error("the receipt is signed with key {found}, but {pinned} is pinned")]
    OtherKey {
        /// The key id in the receipt.
        found: String,
        /// The key id that is pinned.
        pinned: String,
    },
    /// The signature does not hold.
    #[error("the receipt's signature does not match")]
    Signature(#[source] CryptoError),
    /// It is about another body.
    #[error("the receipt is about other bytes than were sent")]
    OtherBytes,
}

/// The key page: by which key receipts are signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeyPage {
    /// Always 1.
    pub schema_version: u32,
    /// The key's id: the first 16 hex digits of the SHA-256 of the public key.
    pub key_id: String,
    /// `Ed25519`.
    pub algorithm: String,
    /// Base64 of the 32-byte public key.
    pub public_key: String,
}

impl KeyPage {
    /// The page about `key`.
    pub fn of(key: &SigningKey) -> Self {
        let public = key.public();
        Self {
            schema_version: 1,
            key_id: key_id(&public),
            algorithm: "Ed25519".to_owned(),
            public_key: BASE64.encode(public),
        }
    }

    /// The public key's bytes, when the page is sound: the right algorithm, and an id that belongs to the key.
    pub fn public_bytes(&self) -> Option<Vec<u8>> {
        let public = BASE64.decode(&self.public_key).ok()?;
        (self.algorithm == "Ed25519" && key_id(&public) == self.key_id).then_some(public)
    }
}

fn key_id(public: &[u8]) -> String {
    crypto::hex(crypto::sha256(public).get(..8).unwrap_or_default())
}

impl Receipt {
    /// Signs `payload`, which is what the receipt says: a [`ReceiptPayload`], or a [`Forgotten`].
    pub fn sign(payload: &impl Serialize, key: &SigningKey) -> Self {
        let json = serde_json::to_vec(payload).unwrap_or_default();
        Self {
            key_id: key_id(&key.public()),
            signature: BASE64.encode(key.sign(&json)),
            payload: BASE64.encode(json),
        }
    }

    /// What it says, without checking the signature.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn read(&self) -> Result<ReceiptPayload, ReceiptError> {
        let json = BASE64
            .decode(&self.payload)
            .map_err(|_malformed| ReceiptError::Malformed)?;
        serde_json::from_slice(&json).map_err(|_malformed| ReceiptError::Malformed)
    }

    /// What it says, once it is known to be signed with the key of `page`.
    pub fn open<T: DeserializeOwned>(&self, page: &KeyPage) -> Result<T, ReceiptError> {
        if self.key_id != page.key_id {
            return Err(ReceiptError::OtherKey {
                found: self.key_id.clone(),
                pinned: page.key_id.clone(),
            });
        }
        let public = page.public_bytes().ok_or(ReceiptError::Malformed)?;
        let json = BASE64
            .decode(&self.payload)
            .map_err(|_malformed| ReceiptError::Malformed)?;
        let signature = BASE64
            .decode(&self.signature)
            .map_err(|_malformed| ReceiptError::Malformed)?;
        crypto::verify(&public, &json, &signature).map_err(ReceiptError::Signature)?;
        serde_json::from_slice(&json).map_err(|_malformed| ReceiptError::Malformed)
    }

    /// Checks that it was signed with the key of `page` and is about `body` (the inflated request body).
    pub fn verify(&self, page: &KeyPage, body: &[u8]) -> Result<ReceiptPayload, ReceiptError> {
        let payload: ReceiptPayload = self.open(page)?;
        let is_about_body = payload.digest == crypto::hex(&crypto::sha256(body));
        if is_about_body {
            Ok(payload)
        } else {
            Err(ReceiptError::OtherBytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_holds_for_its_key_and_its_bytes_only() {
        let (key, _) = SigningKey::generate().unwrap();
        let (other, _) = SigningKey::generate().unwrap();
        let payload = ReceiptPayload {
            batch_id: Some(Uuid::nil()),
            digest: crypto::hex(&crypto::sha256(b"body")),
            accepted: 2,
            duplicates: 0,
            dropped: 0,
            received_at: Timestamp::UNIX_EPOCH,
        };
        let receipt = Receipt::sign(&payload, &key);
        let page = KeyPage::of(&key);
        assert_eq!(receipt.verify(&page, b"body").unwrap(), payload);
        assert!(matches!(
            receipt.verify(&page, b"bodY"),
            Err(ReceiptError::OtherBytes)
        ));
        let error = receipt.verify(&KeyPage::of(&other), b"body");
        assert!(matches!(error, Err(ReceiptError::OtherKey { .. })));
        let forged = Receipt {
            payload: BASE64.encode("{}"),
            ..receipt
        };
        assert!(matches!(
            forged.verify(&page, b"body"),
            Err(ReceiptError::Signature(_))
        ));
    }
}
