//! The signals that ask a command to stop: Ctrl-C, SIGTERM, and SIGHUP from a terminal that is closed.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::error::CommandError;
use super::exit;

/// The three signals. From the moment they are registered none of them ends the process by itself.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Registers them; inside a runtime, and before there is anything to clean up.
    pub(crate) fn register() -> Result<Self, CommandError> {
        let register = |kind| {
            signal(kind).map_err(|error| {
                CommandError::new(exit::BUG, format!("cannot listen for signals: {error}"))
            })
        };
        Ok(Self {
            interrupt: register(SignalKind::interrupt())?,
            terminate: register(SignalKind::terminate())?,
            hang_up: register(SignalKind::hangup())?,
        })
    }

    /// Ends when one of them has come, also if that was before the call.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
