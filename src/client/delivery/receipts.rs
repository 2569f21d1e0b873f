//! Receipts: checked against the server's pinned key, the bytes that were sent, and the answer they came with.

use std::time::Duration;

use super::pins;
use super::sender::Sender;
use super::state::Sent;
use super::wire::Wire;
use crate::base::error::chain;
use crate::model::protocol::{KEY_PATH, KeyPage, Receipt, ReceiptPayload};

/// How long the key page may take: it is asked for between batches, which matter more.
const KEY_LIMIT: Duration = Duration::from_secs(2);

/// The size of an Ed25519 public key.
const KEY_BYTES: usize = 32;

const WITHDRAWN: &str = "consent was withdrawn";

/// Checks `receipt`; the error is why it proves nothing.
pub(super) async fn check(
    sender: &Sender,
    wire: &Wire,
    receipt: Option<&Receipt>,
    body: &[u8],
    sent: &Sent,
) -> Result<(), String> {
    let receipt = receipt.ok_or("the answer has no receipt of the documented shape")?;
    let page = key_page(sender, wire).await?;
    let payload = receipt.verify(&page, body).map_err(|error| chain(&error))?;
    if is_about(&payload, sent) {
        Ok(())
    } else {
        Err("the receipt says something else than the answer".to_owned())
    }
}

/// The server's pinned key; at the first receipt it is fetched and pinned.
async fn key_page(sender: &Sender, wire: &Wire) -> Result<KeyPage, String> {
    let origin = &sender.endpoint.origin;
    let pinned = pins::pinned(&sender.paths, origin).map_err(|error| chain(&error))?;
    if let Some(page) = pinned {
        return Ok(page);
    }
    if wire.key_page.get().is_none() {
        let asked = fetch(sender, wire).await;
        wire.key_page.get_or_init(|| asked);
    }
    let page = wire.key_page.get().cloned();
    let page = page.ok_or("the key page was not asked for")??;
    let locked = sender.upholding().map_err(|error| chain(&error))?;
    let locked = locked.ok_or(WITHDRAWN)?;
    pins::pin(&sender.paths, origin, &page, &locked).map_err(|error| chain(&error))?;
    Ok(page)
}

async fn fetch(sender: &Sender, wire: &Wire) -> Result<KeyPage, String> {
    if !sender.is_upheld().map_err(|error| chain(&error))? {
        return Err(WITHDRAWN.to_owned());
    }
    let url = sender.endpoint.at(KEY_PATH);
    let answer = wire.soon(KEY_LIMIT, wire.http.get(&url)).await;
    let answer = answer.map_err(|error| format!("the key page {error}"))?;
    let page: Option<KeyPage> = serde_json::from_slice(&answer.body).ok();
    page.filter(|page| answer.status == 200 && is_sound(page))
        .ok_or_else(|| "the server's key page is not of the documented shape".to_owned())
}

/// Whether the page is no more than a key: what is pinned is kept.
fn is_sound(page: &KeyPage) -> bool {
    page.public_bytes()
        .is_some_and(|key| key.len() == KEY_BYTES)
}

fn is_about(payload: &ReceiptPayload, sent: &Sent) -> bool {
    let same = |said: u32, count: usize| usize::try_from(said).is_ok_and(|said| said == count);
    payload.batch_id == Some(sent.batch_id)
        && same(payload.accepted, sent.accepted)
        && same(payload.duplicates, sent.duplicates)
        && same(payload.dropped, sent.dropped)
}
