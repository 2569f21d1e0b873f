//! Counts by properties' values, sums and durations: how they are added to, and how they are read.

use std::collections::HashMap;

use rusqlite::{CachedStatement, Connection, Row, named_params, params};

use super::append::signed;
use super::rows::count;
use super::words::{Number, Words};
use crate::model::catalog;
use crate::model::event::OTHER;
use crate::server::rollup::{
    Bucket, Cell, Counts, Day, EventDay, MOST_VALUES, Measures, Occasion, Sketch, Total,
};
use crate::server::store::{DurationRow, MeasureQuery, MeasureRow, SumRow, Values};

/// Adds what a group of events adds.
pub(super) fn add<'a>(
    db: &Connection,
    words: &mut Words<'_, '_, 'a>,
    measures: &Measures<'a, Number>,
) -> rusqlite::Result<()> {
    let mut table = Table::of(db)?;
    for event in measures.by_event() {
        let mut names = Vec::with_capacity(event.sums.len());
        for sum in event.sums {
            names.push(words.number(&sum.name)?);
        }
        let all = Place {
            key: Key {
                of: event.occasion,
                dimension: 0,
            },
            value: "",
            is_open: false,
        };
        table.add(&all, &event.all, &names)?;
        for (dimension, cells) in &event.values {
            let key = Key {
                of: event.occasion,
                dimension: words.number(&dimension.name)?,
            };
            let is_open = dimension.words == catalog::Words::Open;
            for (value, cell) in cells {
                let value = match dimension.words {
                    catalog::Words::Listed => value,
                    _ => table.within_limits(key, value)?,
                };
                let place = Place {
                    key,
                    value,
                    is_open,
                };
                table.add(&place, cell, &names)?;
            }
        }
        add_durations(db, words, &event)?;
    }
    Ok(())
}

/// A dimension of an event on a day.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    of: Occasion<Number>,
    dimension: Number,
}

struct Place<'v> {
    key: Key,
    value: &'v str,
    is_open: bool,
}

struct Table<'db> {
    add: CachedStatement<'db>,
    find: CachedStatement<'db>,
    count: CachedStatement<'db>,
    /// How many values there are, for dimensions that have got a new one.
    values: HashMap<Key, u32>,
}

impl<'db> Table<'db> {
    fn of(db: &'db Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            add: db.prepare_cached(
                "INSERT INTO measure_daily
                   (catalog, day, event, dimension, measure, value, is_open, events, weight, failures, sum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT DO UPDATE SET
                   is_open = max(is_open, excluded.is_open),
                   events = events + excluded.events,
                   weight = weight + excluded.weight,
                   failures = failures + excluded.failures,
                   sum = sum + excluded.sum",
            )?,
            find: db.prepare_cached(
                "SELECT 1 FROM measure_daily WHERE catalog = ?1 AND day = ?2 AND event = ?3
                   AND dimension = ?4 AND measure = 0 AND value = ?5",
            )?,
            count: db.prepare_cached(
                "SELECT count(*) FROM measure_daily WHERE catalog = ?1 AND day = ?2 AND event = ?3
                   AND dimension = ?4 AND measure = 0 AND value <> ?5",
            )?,
            values: HashMap::new(),
        })
    }

    /// The value itself, or `other` when it is new and the dimension has as many values as it may have.
    fn within_limits<'v>(&mut self, key: Key, value: &'v str) -> rusqlite::Result<&'v str> {
        let Occasion {
            catalog,
            day,
            event,
        } = key.of;
        let place = |value| (catalog, day.0, event, key.dimension, value);
        if value == OTHER || self.find.exists(place(value))? {
            return Ok(value);
        }
        let values = match self.values.get(&key) {
            Some(values) => *values,
            None => self.count.query_row(place(OTHER), |row| row.get(0))?,
        };
        let is_room = values < MOST_VALUES;
        self.values.insert(key, values + u32::from(is_room));
        Ok(if is_room { value } else { OTHER })
    }

    fn add(&mut self, place: &Place<'_>, cell: &Cell, names: &[Number]) -> rusqlite::Result<()> {
        let events = Total {
            counts: cell.counts,
            sum: 0.0,
        };
        let sums = names.iter().copied().zip(cell.sums.iter().copied());
        for (measure, total) in std::iter::once((0, events)).chain(sums) {
            if total.counts.events == 0 {
                continue;
            }
            self.add.execute(params![
                place.key.of.catalog,
                place.key.of.day.0,
                place.key.of.event,
                place.key.dimension,
                measure,
                place.value,
                place.is_open,
                signed(total.counts.events),
                total.counts.weight,
                signed(total.counts.failures),
                total.sum,
            ])?;
        }
        Ok(())
    }
}

fn add_durations<'a>(
    db: &Connection,
    words: &mut Words<'_, '_, 'a>,
    event: &EventDay<'a, Number>,
) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(
        "INSERT INTO duration_daily (catalog, day, event, measure, bucket, events, weight)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET
           events = events + excluded.events, weight = weight + excluded.weight",
    )?;
    for ((measure, bucket), counts) in &event.durations {
        add.execute(params![
            event.occasion.catalog,
            event.occasion.day.0,
            event.occasion.event,
            words.number(measure)?,
            bucket.0,
            signed(counts.events),
            counts.weight,
        ])?;
    }
    Ok(())
}

/// The days and events of a question, each looked up by the table's key: `:catalog`, `:from`, `:to`, `:events`.
const ASKED: &str = "
    WITH RECURSIVE asked_days (day) AS (
      SELECT :from WHERE :from <= :to UNION ALL SELECT day + 1 FROM asked_days WHERE day < :to
    ),
    asked AS MATERIALIZED (
      SELECT c.id AS catalog, d.day, e.id AS event, e.text AS name
      FROM words AS c JOIN asked_days AS d JOIN words AS e
      WHERE c.text = :catalog AND e.text IN (SELECT value FROM json_each(:events))
    )";

/// The names of a question's events as a JSON list.
fn events(db: &Connection, query: &MeasureQuery) -> rusqlite::Result<String> {
    if !query.events.is_empty() {
        return Ok(serde_json::json!(query.events).to_string());
    }
    let mut statement = db.prepare(
        "SELECT text FROM words WHERE id IN (
           SELECT DISTINCT event FROM usage_daily
           WHERE catalog = (SELECT id FROM words WHERE text = ?1) AND day BETWEEN ?2 AND ?3)",
    )?;
    let days = query.days;
    let names = statement.query_map((&query.catalog, days.from.0, days.to.0), |row| row.get(0))?;
    let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
    Ok(serde_json::json!(names).to_string())
}

fn counts(row: &Row<'_>, column: usize) -> rusqlite::Result<Counts> {
    Ok(Counts {
        events: count(row, column)?,
        weight: row.get(column + 1)?,
        failures: count(row, column + 2)?,
    })
}

/// The events asked for, and those of them that have each of these properties; nothing when no event is asked for.
pub(super) fn several(
    db: &Connection,
    query: &MeasureQuery,
    dimensions: &[String],
) -> rusqlite::Result<Values> {
    if query.events.is_empty() {
        return Ok(Values::default());
    }
    let of = |dimension: &String| values(db, query, Some(dimension));
    Ok(Values {
        all: values(db, query, None)?,
        dimensions: dimensions.iter().map(of).collect::<rusqlite::Result<_>>()?,
    })
}

/// Counts and the last of their days, by value.
type ByValue = HashMap<Box<str>, (Counts, Day)>;

/// The events by value of a property; without one, all events under an empty value.
///
/// Added up here and not by SQLite, which would sort all rows: there can be thousands of values a day.
pub(super) fn values(
    db: &Connection,
    query: &MeasureQuery,
    dimension: Option<&str>,
) -> rusqlite::Result<Vec<MeasureRow>> {
    let mut statement = db.prepare(&format!(
        "{ASKED}
         SELECT asked.day, asked.event, value, events, weight, failures
         FROM asked CROSS JOIN measure_daily AS m
           ON m.catalog = asked.catalog AND m.day = asked.day AND m.event = asked.event
         WHERE dimension = iif(:dimension IS NULL, 0, (SELECT id FROM words WHERE text = :dimension))
           AND measure = 0"
    ))?;
    let mut found = statement.query(named_params! {
        ":catalog": query.catalog,
        ":from": query.days.from.0,
        ":to": query.days.to.0,
        ":events": events(db, query)?,
        ":dimension": dimension,
    })?;
    let mut sums: HashMap<(Option<Day>, Number), ByValue> = HashMap::new();
    while let Some(row) = found.next()? {
        let day = Day(row.get(0)?);
        let values = sums.entry((query.by_day.then_some(day), row.get(1)?));
        let (values, more) = (values.or_default(), counts(row, 3)?);
        let value = row.get_ref(2)?.as_str()?;
        if let Some((counts, last_day)) = values.get_mut(value) {
            *counts += more;
            *last_day = day.max(*last_day);
        } else {
            values.insert(value.into(), (more, day));
        }
    }
    let mut rows = Vec::new();
    for ((day, event), values) in sums {
        let event = name(db, event)?;
        rows.extend(
            values
                .into_iter()
                .map(|(value, (counts, last_day))| MeasureRow {
                    day,
                    event: event.clone(),
                    value: value.into(),
                    counts,
                    last_day,
                }),
        );
    }
    rows.sort_by(|a, b| {
        (a.day, &a.event)
            .cmp(&(b.day, &b.event))
            .then_with(|| b.counts.weight.total_cmp(&a.counts.weight))
            .then_with(|| a.value.cmp(&b.value))
    });
    Ok(rows)
}

/// The text of a number out of the dictionary.
fn name(db: &Connection, word: Number) -> rusqlite::Result<String> {
    let mut find = db.prepare_cached("SELECT text FROM words WHERE id = ?1")?;
    find.query_row([word], |row| row.get(0))
}

pub(super) fn sums(
    db: &Connection,
    query: &MeasureQuery,
    dimension: Option<&str>,
) -> rusqlite::Result<Vec<SumRow>> {
    let mut statement = db.prepare(&format!(
        "{ASKED}
         SELECT iif(:by_day, asked.day, NULL) AS told, name, value, w.text AS summed,
           sum(events), sum(weight), sum(failures), sum(sum)
         FROM asked CROSS JOIN measure_daily AS m
             ON m.catalog = asked.catalog AND m.day = asked.day AND m.event = asked.event
           JOIN words AS w ON w.id = m.measure
         WHERE dimension = iif(:dimension IS NULL, 0, (SELECT id FROM words WHERE text = :dimension))
         GROUP BY told, name, value, summed ORDER BY told, name, value, summed"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":catalog": query.catalog,
            ":from": query.days.from.0,
            ":to": query.days.to.0,
            ":events": events(db, query)?,
            ":by_day": query.by_day,
            ":dimension": dimension,
        },
        |row| {
            let value: String = row.get(2)?;
            Ok(SumRow {
                day: row.get::<_, Option<i32>>(0)?.map(Day),
                event: row.get(1)?,
                value: dimension.map(|_asked| value),
                measure: row.get(3)?,
                counts: counts(row, 4)?,
                sum: row.get(7)?,
            })
        },
    )?;
    rows.collect()
}

/// The durations, added up here as [`values`] are.
pub(super) fn durations(
    db: &Connection,
    query: &MeasureQuery,
) -> rusqlite::Result<Vec<DurationRow>> {
    let mut statement = db.prepare(&format!(
        "{ASKED}
         SELECT asked.day, asked.event, measure, bucket, weight
         FROM asked CROSS JOIN duration_daily AS d
           ON d.catalog = asked.catalog AND d.day = asked.day AND d.event = asked.event"
    ))?;
    let mut found = statement.query(named_params! {
        ":catalog": query.catalog,
        ":from": query.days.from.0,
        ":to": query.days.to.0,
        ":events": events(db, query)?,
    })?;
    let mut sketches: HashMap<(Option<Day>, Number, Number), Sketch> = HashMap::new();
    while let Some(row) = found.next()? {
        let day = query.by_day.then_some(Day(row.get(0)?));
        let sketch = sketches.entry((day, row.get(1)?, row.get(2)?)).or_default();
        sketch.add(Bucket(row.get(3)?), row.get(4)?);
    }
    let mut rows = Vec::with_capacity(sketches.len());
    for ((day, event, measure), sketch) in sketches {
        rows.push(DurationRow {
            day,
            event: name(db, event)?,
            measure: name(db, measure)?,
            sketch,
        });
    }
    rows.sort_by(|a, b| (a.day, &a.event, &a.measure).cmp(&(b.day, &b.event, &b.measure)));
    Ok(rows)
}
