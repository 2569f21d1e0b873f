//! What the operator has said about ids, looked up for the rule of attribution.

use rusqlite::{Connection, OptionalExtension as _};

use super::rows::borrowed;
use super::words::Number;
use crate::model::event::{Actor, Alias, Directory, Owner};

/// The books of one store.
pub(super) struct Books<'db>(pub(super) &'db Connection);

/// A number that stands for something; 0 stands for nothing.
fn some(number: Number) -> Option<Number> {
    Some(number).filter(|number| *number != 0)
}

impl Directory<Number> for Books<'_> {
    type Error = rusqlite::Error;

    fn is_configured(&mut self, id: Number) -> rusqlite::Result<bool> {
        self.0
            .prepare_cached("SELECT 1 FROM configured WHERE subject = ?1")?
            .exists([id])
    }

    fn is_flagged(&mut self, id: Number) -> rusqlite::Result<Option<bool>> {
        self.0
            .prepare_cached(
                "SELECT is_internal OR is_test FROM users WHERE id = ?1
                 UNION ALL SELECT is_internal OR is_test FROM orgs WHERE id = ?1",
            )?
            .query_row([id], |row| row.get(0))
            .optional()
    }

    fn alias(&mut self, id: Number) -> rusqlite::Result<Option<Alias<Number>>> {
        self.0
            .prepare_cached("SELECT actor, user, org FROM aliases WHERE subject = ?1")?
            .query_row([id], |row| {
                Ok(Alias {
                    actor: borrowed(row, 0, Actor::parse)?,
                    owner: Owner {
                        user: some(row.get(1)?),
                        org: some(row.get(2)?),
                    },
                })
            })
            .optional()
    }
}

/// To whom a link gives its id; nobody for link 0.
pub(super) fn owner_by_link(
    db: &Connection,
    link: Number,
) -> rusqlite::Result<Option<Owner<Number>>> {
    if link == 0 {
        return Ok(None);
    }
    db.prepare_cached("SELECT user, org FROM links WHERE id = ?1")?
        .query_row([link], |row| {
            Ok(Owner {
                user: some(row.get(0)?),
                org: some(row.get(1)?),
            })
        })
        .optional()
}
