//! The operator's desk: a store that is open for as long as one command takes, and who is at it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{remote, store_url};
use crate::cli::args::{AtStore, FlagOptions, StoreOption};
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::cli::local_runtime;
use crate::cli::ui::Ui;
use crate::config::Host;
use crate::server::access::{TermError, is_slug, kept};
use crate::server::store::{self, By, Flags, Identities, Org, Rekeyed, Store, StoreError};

/// The longest login name that goes into the audit log, in characters.
const NAME_MAX: usize = 64;

/// What a command does with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// Reads it.
    Read,
    /// Changes it; it must be there.
    Change,
    /// Changes it, or makes it: an operator sets up before the first start of the server.
    Make,
}

/// An open store.
pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) by: By,
}

impl Desk {
    /// Opens the store, does the work, and closes the store. A server may be running on it.
    ///
    /// # Errors
    /// Exit code 3 when there is no store and none is to be made, 6 when it cannot be opened; otherwise the work's own.
    pub(super) fn at<T>(
        host: &Host,
        option: &StoreOption,
        opening: Opening,
        work: impl AsyncFnOnce(&Self) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        let url = store_url(host, option)?;
        local_runtime()?.block_on(async {
            let store = match opening {
                Opening::Make => store::create(&url, &host.clock).await,
                Opening::Read => store::open(&url).await,
                Opening::Change => match store::open(&url).await {
                    // Opening for writing would make one, also out of an empty file.
                    Err(none @ (StoreError::Missing { .. } | StoreError::NotAStore { .. })) => {
                        Err(none)
                    }
                    Ok(_) | Err(_) => store::create(&url, &host.clock).await,
                },
            };
            let desk = Self {
                store: store.map_err(|error| failed(&error))?,
                by: By {
                    who: format!("local:{}", login_name(host)),
                    at: kept(host.clock.now()),
                },
            };
            let result = work(&desk).await;
            let closed = desk.store.close().await;
            let result = result?;
            closed.map_err(|error| failed(&error))?;
            Ok(result)
        })
    }

    /// Who is who.
    pub(super) fn identities(&self) -> &dyn Identities {
        self.store.identities()
    }

    /// The organisation with this short name.
    ///
    /// # Errors
    /// Exit code 2 when it cannot be one; it may be an e-mail address, so it is not repeated. Exit code 1 when there is none.
    pub(super) async fn org(&self, slug: &str) -> Result<Org, CommandError> {
        if !is_slug(slug) {
            return Err(usage(TermError::NotASlug));
        }
        let orgs = self
            .identities()
            .orgs()
            .await
            .map_err(|error| failed(&error))?;
        let found = orgs.into_iter().find(|org| org.name.slug == slug);
        found.ok_or_else(|| {
            CommandError::new(
                exit::CHECK_FAILED,
                format!("there is no organisation {slug}"),
            )
            .hint("`decantr ops org list` shows which there are; `decantr ops org add` adds one")
        })
    }
}

/// Makes sure that somebody wants what cannot be undone: asks a person; where there is none to ask, or nothing but an answer's
/// object is wanted, says how to answer beforehand.
///
/// # Errors
/// Exit code 4 when nobody has said yes.
pub(super) fn agreed(
    is_agreed: bool,
    at: &AtStore,
    question: &str,
    ui: &mut Ui,
) -> Result<(), CommandError> {
    if is_agreed {
        return Ok(());
    }
    if !ui.is_interactive() || at.format.is_json() {
        return Err(CommandError::new(
            exit::CONSENT,
            "this cannot be undone, so somebody must want it",
        )
        .hint("nothing was changed; say --yes where nobody can be asked"));
    }
    if ui.confirm(question)? {
        return Ok(());
    }
    Err(CommandError::new(exit::CONSENT, "nothing was changed"))
}

/// Who is at the machine, as the environment says: for the record, not for rights. It is printed on terminals, so nothing in
/// it controls one.
fn login_name(host: &Host) -> String {
    let name = host.env.text("USER").or_else(|| host.env.text("LOGNAME"));
    name.map_or_else(
        || "unknown".to_owned(),
        |name| {
            let seen = name.chars().filter(|c| !c.is_control());
            seen.take(NAME_MAX).collect()
        },
    )
}

/// A store that failed, or is not there.
pub(super) fn failed(error: &StoreError) -> CommandError {
    match error {
        StoreError::Missing { .. } => CommandError::from_error(exit::CONFIG, error).hint(
            "`decantr ops serve` and `decantr ops org add` make a store; name another with --store",
        ),
        StoreError::Forgotten { .. } => CommandError::from_error(exit::CHECK_FAILED, error),
        StoreError::File(_) => CommandError::from_error(exit::CONFIG, error),
        error => remote(error),
    }
}

/// An argument that cannot be meant.
pub(super) fn usage(error: TermError) -> CommandError {
    CommandError::from_error(exit::USAGE, &error)
}

/// What has changed in the reports, for people.
pub(super) fn moved(rekeyed: Rekeyed) -> String {
    match rekeyed.events {
        0 => "no event has changed its place in the reports".to_owned(),
        1 => "1 event has changed its place in the reports".to_owned(),
        events => format!("{events} events have changed their place in the reports"),
    }
}

/// Flags as words.
pub(super) fn words(flags: Flags) -> &'static str {
    match (flags.is_internal, flags.is_test) {
        (true, true) => "internal, test",
        (true, false) => "internal",
        (false, true) => "test",
        (false, false) => "",
    }
}

impl From<FlagOptions> for Flags {
    fn from(options: FlagOptions) -> Self {
        Self {
            is_internal: options.internal,
            is_test: options.test,
        }
    }
}

/// A time for people: UTC, to the second.
pub(super) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
