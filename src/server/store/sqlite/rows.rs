//! Typed values out of rows; what cannot be one of ours is an error, never a guess.

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};

use crate::base::ids::OpaqueId;
use crate::model::event::Standing;
use crate::server::rollup::{ActiveDays, Day};

/// The error for a value that the store cannot hold.
pub(super) fn unreadable(column: usize) -> rusqlite::Error {
    let source = Box::new(FromSqlError::InvalidType);
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, source)
}

/// What `read` makes of a text; nothing of no text.
pub(super) fn borrowed<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let Some(text) = row.get_ref(column)?.as_str_or_null()? else {
        return Ok(None);
    };
    read(text).map(Some).ok_or_else(|| unreadable(column))
}

/// One of a list of words.
pub(super) fn word<T>(
    row: &Row<'_>,
    column: usize,
    parse: fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    borrowed(row, column, parse)?.ok_or_else(|| unreadable(column))
}

/// A text.
pub(super) fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Box<str>>> {
    borrowed(row, column, |text| Some(text.into()))
}

/// An id that is there.
pub(super) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<OpaqueId> {
    some_id(row, column)?.ok_or_else(|| unreadable(column))
}

/// An id, or none.
pub(super) fn some_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<OpaqueId>> {
    borrowed(row, column, |text| OpaqueId::parse(text).ok())
}

/// A number of microseconds since 1970 as a time.
pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|_out_of_range| unreadable(column))
}

/// Yes or no.
pub(super) fn flag(row: &Row<'_>, column: usize) -> rusqlite::Result<bool> {
    row.get(column)
}

/// A count.
pub(super) fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::unsigned_abs)
}

/// The number of a standing, as stored.
pub(super) fn standing_number(standing: Standing) -> i64 {
    match standing {
        Standing::NoId => 0,
        Standing::Undecided => 1,
        Standing::Decided => 2,
    }
}

/// A standing.
pub(super) fn standing(row: &Row<'_>, column: usize) -> rusqlite::Result<Standing> {
    let number: i64 = row.get(column)?;
    let known = Standing::ALL.iter().copied();
    known
        .into_iter()
        .find(|standing| standing_number(*standing) == number)
        .ok_or_else(|| unreadable(column))
}

/// The days of activity in this column and the next.
pub(super) fn days(row: &Row<'_>, column: usize) -> rusqlite::Result<ActiveDays> {
    Ok(ActiveDays {
        last: Day(row.get(column)?),
        bits: row.get::<_, i64>(column + 1)?.cast_unsigned(),
    })
}
