//! Who sent events from where: found or made, with under whom they count, inside the writer's own transactions.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension as _, params};

use super::directory::{self, Books};
use super::words::Number;
use super::{arrivals, rows};
use crate::model::event::{Context, Owner, Resolution, Sender, resolve};
use crate::server::rollup::{ActiveDays, Counted, Day, IdentityKind};

/// The most senders remembered; past it, all are read again.
const REMEMBERED: usize = 100_000;

/// The numbers of an event's ids, in the order of [`IdentityKind::ALL`].
pub(super) type Ids = [Option<Number>; IdentityKind::ALL.len()];

/// What makes senders different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Who {
    pub(super) catalog: Number,
    pub(super) source: Number,
    pub(super) ids: Ids,
    /// The links of installation and project that held when the event happened; 0 for none.
    pub(super) links: [Number; 2],
}

impl Who {
    /// Its columns, in the order of the index `senders_by_all`.
    pub(super) fn columns(&self) -> [Number; 9] {
        let [install, project, anonymous, user, org] = self.ids.map(Option::unwrap_or_default);
        let [install_link, project_link] = self.links;
        let (catalog, source) = (self.catalog, self.source);
        [
            install,
            project,
            anonymous,
            user,
            org,
            catalog,
            source,
            install_link,
            project_link,
        ]
    }
}

/// A sender that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) number: Number,
    pub(super) counted: Counted<Number>,
}

/// When a link holds, in microseconds.
#[derive(Debug, Clone, Copy)]
struct Span {
    link: Number,
    from: i64,
    until: Option<i64>,
}

/// What the writer remembers of senders and links.
#[derive(Debug, Default)]
pub(super) struct Memory {
    known: HashMap<Who, Known>,
    days: HashMap<Number, ActiveDays>,
    links: HashMap<Number, Vec<Span>>,
    pub(super) arrivals: arrivals::Memory,
    /// Whether there are any links at all.
    has_links: Option<bool>,
}

impl Memory {
    /// What was remembered may no longer be so.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

/// The senders inside a transaction.
pub(super) struct Senders<'m, 'db> {
    memory: &'m mut Memory,
    db: &'db Connection,
    find: CachedStatement<'db>,
    add: CachedStatement<'db>,
    links: CachedStatement<'db>,
}

impl<'m, 'db> Senders<'m, 'db> {
    pub(super) fn of(db: &'db Connection, memory: &'m mut Memory) -> rusqlite::Result<Self> {
        if memory.known.len() > REMEMBERED || memory.links.len() > REMEMBERED {
            memory.forget();
        }
        Ok(Self {
            memory,
            db,
            find: db.prepare_cached(
                "SELECT id, actor, owner_org, standing, last_day, days FROM senders
                 WHERE install = ?1 AND project = ?2 AND anonymous = ?3 AND user = ?4 AND org = ?5
                   AND catalog = ?6 AND source = ?7 AND install_link = ?8 AND project_link = ?9",
            )?,
            add: db.prepare_cached(
                "INSERT INTO senders (
                   install, project, anonymous, user, org, catalog, source, install_link, project_link,
                   actor, owner_user, owner_org, standing, last_day, days
                 ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 1) RETURNING id",
            )?,
            links: db.prepare_cached(
                "SELECT id, from_at, until_at FROM links WHERE subject = ?1 ORDER BY id DESC",
            )?,
        })
    }

    /// Whether nobody has ever linked anything.
    pub(super) fn has_no_links(&mut self) -> rusqlite::Result<bool> {
        let has_links = match self.memory.has_links {
            Some(has_links) => has_links,
            None => self
                .db
                .query_row("SELECT EXISTS (SELECT 1 FROM links)", [], |row| row.get(0))?,
        };
        self.memory.has_links = Some(has_links);
        Ok(!has_links)
    }

    /// The links of installation and project that hold at a time.
    pub(super) fn links(&mut self, ids: &Ids, at: Timestamp) -> rusqlite::Result<[Number; 2]> {
        if self.has_no_links()? {
            return Ok([0, 0]);
        }
        let [install, project, ..] = *ids;
        Ok([self.link(install, at)?, self.link(project, at)?])
    }

    fn link(&mut self, id: Option<Number>, at: Timestamp) -> rusqlite::Result<Number> {
        let Some(id) = id else { return Ok(0) };
        if !self.memory.links.contains_key(&id) {
            let spans = self.links.query_map([id], |row| {
                Ok(Span {
                    link: row.get(0)?,
                    from: row.get(1)?,
                    until: row.get(2)?,
                })
            })?;
            let spans = spans.collect::<rusqlite::Result<_>>()?;
            self.memory.links.insert(id, spans);
        }
        let at = at.as_microsecond();
        let spans = self.memory.links.get(&id).into_iter().flatten();
        let mut holding =
            spans.filter(|span| span.from <= at && span.until.is_none_or(|end| at < end));
        Ok(holding.next().map_or(0, |span| span.link))
    }

    /// The sender, if there is one.
    pub(super) fn find(&mut self, who: &Who) -> rusqlite::Result<Option<Known>> {
        if let Some(known) = self.memory.known.get(who) {
            return Ok(Some(*known));
        }
        let found = self
            .find
            .query_row(who.columns(), |row| {
                let known = Known {
                    number: row.get(0)?,
                    counted: Counted {
                        source: who.source,
                        actor: row.get(1)?,
                        org: Some(row.get(2)?).filter(|org| *org != 0),
                        standing: rows::standing(row, 3)?,
                    },
                };
                Ok((known, rows::days(row, 4)?))
            })
            .optional()?;
        let Some((known, days)) = found else {
            return Ok(None);
        };
        self.remember(*who, known, days);
        Ok(Some(known))
    }

    /// Makes the sender, with its first day of activity. `actor_number` is asked for the number of the actor's word.
    pub(super) fn add(
        &mut self,
        who: &Who,
        source: &str,
        day: Day,
        actor_number: impl FnOnce(&'static str) -> rusqlite::Result<Number>,
    ) -> rusqlite::Result<Known> {
        let Resolution {
            actor,
            owner,
            standing,
        } = resolution(self.db, source, who)?;
        let counted = Counted {
            source: who.source,
            actor: actor_number(actor.as_str())?,
            org: owner.org,
            standing,
        };
        let [install, project, anonymous, user, org] = who.ids.map(Option::unwrap_or_default);
        let [install_link, project_link] = who.links;
        let number = self.add.query_row(
            params![
                install,
                project,
                anonymous,
                user,
                org,
                who.catalog,
                who.source,
                install_link,
                project_link,
                counted.actor,
                owner.user.unwrap_or_default(),
                owner.org.unwrap_or_default(),
                rows::standing_number(standing),
                day.0,
            ],
            |row| row.get(0),
        )?;
        let known = Known { number, counted };
        self.remember(*who, known, ActiveDays::on(day));
        Ok(known)
    }

    fn remember(&mut self, who: Who, known: Known, days: ActiveDays) {
        self.memory.known.insert(who, known);
        self.memory.days.insert(known.number, days);
    }
}

/// Under whom a sender's events count, by everything that is known now.
pub(super) fn resolution(
    db: &Connection,
    source: &str,
    who: &Who,
) -> rusqlite::Result<Resolution<Number>> {
    let [install, project, anonymous, user, org] = who.ids;
    let [install_link, project_link] = who.links;
    let sender = Sender {
        source,
        install,
        project,
        anonymous,
        claimed: Owner { user, org },
        install_link: directory::owner_by_link(db, install_link)?,
        project_link: directory::owner_by_link(db, project_link)?,
    };
    resolve(&sender, &mut Books(db))
}

/// Whether two events are from the same sender, as far as their contexts tell.
pub(super) fn is_same_sender(one: &Context, other: &Context) -> bool {
    std::ptr::eq(one, other)
        || one.source == other.source
            && IdentityKind::ALL
                .into_iter()
                .all(|kind| kind.of(one) == kind.of(other))
}

/// The days on which activity of a sender may be retained. `sender_daily` is in the order of days, so it is asked day by day.
pub(super) fn possible_days(
    db: &Connection,
    catalog: Number,
    days: ActiveDays,
) -> rusqlite::Result<impl Iterator<Item = Day>> {
    let oldest: Option<i32> = db
        .prepare_cached("SELECT min(day) FROM sender_daily WHERE catalog = ?1")?
        .query_row([catalog], |row| row.get(0))?;
    Ok(days.possible(oldest.map_or(days.last, Day)))
}

/// Notes on which days senders were active; touches a row only if that is news.
pub(super) fn add_days(
    db: &Connection,
    memory: &mut Memory,
    active: impl IntoIterator<Item = (Number, ActiveDays)>,
) -> rusqlite::Result<()> {
    let mut update =
        db.prepare_cached("UPDATE senders SET last_day = ?2, days = ?3 WHERE id = ?1")?;
    for (sender, days) in active {
        // Every sender of the transaction was found or made in it, so its days are remembered.
        let known = memory.days.entry(sender).or_insert(days);
        let all = known.with(days);
        if all != *known {
            *known = all;
            update.execute(params![sender, all.last.0, all.bits.cast_signed()])?;
        }
    }
    Ok(())
}
