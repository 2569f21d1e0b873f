//! What a person can ask of telemetry: status, explain, enable, disable, flush, log.

mod view;

use jiff::Timestamp;

pub use view::{
    ControlView, Disabled, Enabled, EndpointView, EventView, Explanation, FieldView, Flushed, Ids,
    Log, Offer, PropertyView, Status, StoredView,
};

use crate::client::ClientError;
use crate::client::consent::{Actor, Gate, Scope};
use crate::config::{Asked, Host};

/// Tells how things stand. Writes nothing.
pub fn status(_host: &Host, _asked: &Asked<'_>) -> Result<Status, ClientError> {
    todo!()
}

/// Explains what can be sent: every event of source `cli`, or one. Writes nothing.
pub fn explain(
    _host: &Host,
    _asked: &Asked<'_>,
    _event: Option<&str>,
) -> Result<Explanation, ClientError> {
    todo!()
}

/// The terms of a grant that a person can choose.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Where it holds.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub until: Option<Timestamp>,
}

/// An offer that can be accepted: show `offer`, ask, then commit.
#[derive(Debug)]
pub struct EnablePlan {
    /// What the person is shown.
    pub offer: Offer,
    #[expect(dead_code, reason = "skeleton")]
    gate: Gate,
}

/// Prepares what a person is shown before they agree. Writes nothing, mints nothing.
pub fn plan_enable(
    _host: &Host,
    _asked: &Asked<'_>,
    _terms: Terms,
) -> Result<EnablePlan, ClientError> {
    todo!()
}

impl EnablePlan {
    /// Writes the grant. Nothing is minted and nothing is sent.
    pub fn commit(self, _host: &Host, _actor: Actor) -> Result<Enabled, ClientError> {
        todo!()
    }
}

/// Withdraws every grant and removes what telemetry kept here, in one transaction.
pub fn disable(_host: &Host, _asked: &Asked<'_>, _keep_log: bool) -> Result<Disabled, ClientError> {
    todo!()
}

/// Sends now, and waits for it.
pub fn flush(_host: &Host, _asked: &Asked<'_>) -> Result<Flushed, ClientError> {
    todo!()
}

/// Shows the ledger and what waits. Writes nothing.
pub fn log(_host: &Host, _asked: &Asked<'_>) -> Result<Log, ClientError> {
    todo!()
}
