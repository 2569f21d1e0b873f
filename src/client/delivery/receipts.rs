//! Receipts: checked against the server's pinned key, the bytes that were sent, and the answer they came with.

use super::pins;
use super::sender::Sender;
use super::state::Sent;
use super::wire::Wire;
use crate::base::error::chain;
use crate::model::protocol::{KEY_PATH, KeyPage, Receipt, ReceiptPayload};

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
    let page = fetch(sender, wire).await?;
    let locked = sender.upholding().map_err(|error| chain(&error))?;
    let locked = locked.ok_or("consent was withdrawn")?;
    pins::pin(&sender.paths, origin, &page, &locked).map_err(|error| chain(&error))?;
    Ok(page)
}

async fn fetch(sender: &Sender, wire: &Wire) -> Result<KeyPage, String> {
    let url = sender.endpoint.at(KEY_PATH);
    let answer = wire.within(wire.http.get(&url)).await;
    let answer = answer.map_err(|error| format!("the key page {error}"))?;
    let page: Option<KeyPage> = serde_json::from_slice(&answer.body).ok();
    page.filter(|page| answer.status == 200 && page.public_bytes().is_some())
        .ok_or_else(|| "the server's key page is not of the documented shape".to_owned())
}

fn is_about(payload: &ReceiptPayload, sent: &Sent) -> bool {
    let same = |said: u32, count: usize| usize::try_from(said).is_ok_and(|said| said == count);
    payload.batch_id == Some(sent.batch_id)
        && same(payload.accepted, sent.accepted)
        && same(payload.duplicates, sent.duplicates)
        && same(payload.dropped, sent.dropped)
}
