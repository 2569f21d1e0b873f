//! How many installations stand behind the daily numbers.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::Connection;

use super::drift;
use super::words::Number;
use crate::server::rollup::{DRIFT, Day, UNIQUE_INSTALLATIONS};
use crate::server::store::{CrowdQuery, CrowdRow};

/// A number, and the installations it is from.
#[derive(Default)]
struct Crowd {
    weight: f64,
    installs: HashSet<Number>,
}

pub(super) fn crowds(db: &Connection, query: &CrowdQuery) -> rusqlite::Result<Vec<CrowdRow>> {
    let Some(catalog) = drift::catalog(db, &query.catalog)? else {
        return Ok(Vec::new());
    };
    // A read transaction: senders and what they did fit together.
    let db = db.unchecked_transaction()?;
    let counting = counting(&db, catalog, query.arrivals)?;
    let mut crowds: BTreeMap<(Day, String), Crowd> = BTreeMap::new();
    let days = query.days;
    let asked = (catalog, days.from.0, days.to.0);
    let mut events = db.prepare(
        "SELECT day, sender, 'events:' || w.text, sum(weight)
         FROM sender_daily AS d JOIN words AS w ON w.id = d.event
         WHERE catalog = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY day, sender, event",
    )?;
    let mut values = db.prepare(
        "SELECT day, sender, metric, events FROM drift_daily WHERE ?1 AND day BETWEEN ?2 AND ?3",
    )?;
    let is_drift = query.catalog == DRIFT;
    for mut rows in [
        events.query(asked)?,
        values.query((is_drift, days.from.0, days.to.0))?,
    ] {
        while let Some(row) = rows.next()? {
            let Some(install) = counting.get(&row.get(1)?) else {
                continue;
            };
            let crowd = crowds.entry((Day(row.get(0)?), row.get(2)?)).or_default();
            crowd.weight += row.get::<_, f64>(3)?;
            crowd.installs.insert(*install);
        }
    }
    Ok(rows(crowds))
}

/// The senders whose installation counts, with its number.
fn counting(
    db: &Connection,
    catalog: Number,
    arrivals: u32,
) -> rusqlite::Result<HashMap<Number, Number>> {
    /// Whether somebody vouches for it, and on which days its events came.
    #[derive(Default)]
    struct Install {
        is_known: bool,
        arrived: HashSet<i32>,
    }
    let mut statement = db.prepare(
        "SELECT id, install, max(user, org, owner_user, owner_org) <> 0, arrived, arrivals
         FROM senders WHERE catalog = ?1 AND install <> 0",
    )?;
    let mut found = statement.query([catalog])?;
    let mut installs: HashMap<Number, Install> = HashMap::new();
    let mut senders: Vec<(Number, Number)> = Vec::new();
    while let Some(row) = found.next()? {
        let (sender, number) = (row.get(0)?, row.get(1)?);
        let (last, bits): (i32, i64) = (row.get(3)?, row.get(4)?);
        senders.push((sender, number));
        let install = installs.entry(number).or_default();
        install.is_known |= row.get::<_, bool>(2)?;
        let days = (0..63).filter(|back| bits >> back & 1 == 1);
        let most = usize::try_from(arrivals).unwrap_or(usize::MAX);
        for back in days {
            if install.arrived.len() >= most {
                break;
            }
            install.arrived.insert(last.saturating_sub(back));
        }
    }
    let counts = |number: &Number| {
        installs.get(number).is_some_and(|install| {
            let days = u32::try_from(install.arrived.len()).unwrap_or(u32::MAX);
            install.is_known || days >= arrivals
        })
    };
    Ok(senders
        .into_iter()
        .filter(|(_, number)| counts(number))
        .collect())
}

/// With the number of different installations of each day.
fn rows(crowds: BTreeMap<(Day, String), Crowd>) -> Vec<CrowdRow> {
    let mut active: BTreeMap<Day, HashSet<Number>> = BTreeMap::new();
    let mut rows = Vec::with_capacity(crowds.len());
    for ((day, metric), crowd) in crowds {
        let installs = u64::try_from(crowd.installs.len()).unwrap_or(u64::MAX);
        active.entry(day).or_default().extend(crowd.installs);
        rows.push(CrowdRow {
            day,
            metric,
            weight: crowd.weight,
            installs,
        });
    }
    for (day, installs) in active {
        let count = u32::try_from(installs.len()).unwrap_or(u32::MAX);
        rows.push(CrowdRow {
            day,
            metric: UNIQUE_INSTALLATIONS.to_owned(),
            weight: f64::from(count),
            installs: count.into(),
        });
    }
    rows.sort_by(|a, b| (a.day, &a.metric).cmp(&(b.day, &b.metric)));
    rows
}
