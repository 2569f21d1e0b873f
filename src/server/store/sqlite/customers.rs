//! The most active customer identities.

use rusqlite::{Connection, named_params};

use super::rows::{count, id, moment, some_id, unreadable};
use crate::base::ids::OpaqueId;
use crate::model::event::{Actor, Environment};
use crate::server::rollup::IdentityKind;
use crate::server::store::{CustomerActivity, UsageQuery};

/// The identities with the most events. Each event counts for one of its sender's ids: the account, else the installation, else
/// the project, else the anonymous visitor.
pub(super) fn customers(
    db: &Connection,
    query: &UsageQuery,
    limit: usize,
) -> rusqlite::Result<Vec<CustomerActivity>> {
    // Beside max(), SQLite takes the other columns from the row that has it.
    let mut statement = db.prepare(
        "SELECT i.text, g.kind, o.text, orgs.slug, g.events, g.last_seen FROM
           (SELECT
              CASE WHEN s.owner_user <> 0 THEN 4 WHEN s.install <> 0 THEN 1 WHEN s.project <> 0 THEN 2 ELSE 3 END AS kind,
              CASE WHEN s.owner_user <> 0 THEN s.owner_user WHEN s.install <> 0 THEN s.install
                WHEN s.project <> 0 THEN s.project ELSE s.anonymous END AS identity,
              s.owner_org AS org, CAST(round(sum(d.weight)) AS INTEGER) AS events, max(d.last_seen) AS last_seen
            FROM sender_daily AS d JOIN senders AS s ON s.id = d.sender
            WHERE d.catalog = (SELECT id FROM words WHERE text = :catalog) AND d.day BETWEEN :from AND :to
              AND (:actor IS NULL OR s.actor = (SELECT id FROM words WHERE text = :actor))
              AND (:source IS NULL OR s.source = (SELECT id FROM words WHERE text = :source))
              AND (:environment IS NULL
                   OR d.environment = (SELECT id FROM words WHERE text = :environment))
              AND (:org IS NULL OR s.owner_org = (SELECT id FROM ids WHERE text = :org))
            GROUP BY kind, identity) AS g
           JOIN ids AS i ON i.id = g.identity
           LEFT JOIN ids AS o ON o.id = g.org LEFT JOIN orgs ON orgs.id = g.org
         ORDER BY g.events DESC, i.text LIMIT :limit",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":catalog": query.catalog,
            ":from": query.days.from.0,
            ":to": query.days.to.0,
            ":actor": query.actor.map(Actor::as_str),
            ":source": query.source,
            ":environment": query.environment.map(Environment::as_str),
            ":org": query.org.as_ref().map(OpaqueId::as_str),
            ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
        },
        |row| {
            let number: u8 = row.get(1)?;
            let mut kinds = IdentityKind::ALL.into_iter();
            let kind = kinds.find(|kind| kind.number() == number);
            Ok(CustomerActivity {
                id: id(row, 0)?,
                kind: kind.ok_or_else(|| unreadable(1))?,
                org: some_id(row, 2)?,
                org_slug: row.get(3)?,
                events: count(row, 4)?,
                last_seen: moment(row, 5)?,
            })
        },
    )?;
    rows.collect()
}
