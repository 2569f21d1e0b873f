//! What fits: room shared out fairly, and tables cut in whole rows.

use super::Section;
use super::text::{clean, line, units};

/// The longest cell and the longest line of a table in a message, in units.
const CELL: usize = 48;
const LINE: usize = 140;

/// The most rows that are laid out.
const ROWS: usize = 400;

/// The room that each gets out of `whole`: what it needs, or else an equal share of what the modest ones leave.
pub(super) fn shares(needs: &[usize], whole: usize) -> Vec<usize> {
    let mut order: Vec<usize> = needs.to_vec();
    order.sort_unstable();
    let (mut left, mut takers, mut most) = (whole, needs.len(), whole);
    for need in order {
        let share = left / takers.max(1);
        if need > share {
            most = share;
            break;
        }
        left -= need;
        takers -= 1;
    }
    needs.iter().map(|need| *need.min(&most)).collect()
}

/// As many of the lines as fit into `room`, each at its cost, where the first `heads` are followed by as many as there are of
/// `all`. When some are missing the last line says how many.
pub(super) fn lines(
    mut lines: Vec<String>,
    (heads, all): (usize, usize),
    room: usize,
    cost: impl Fn(&str) -> usize,
    more: fn(usize) -> String,
) -> Vec<String> {
    let is_whole = lines.len() == heads + all;
    if is_whole && lines.iter().map(|line| cost(line)).sum::<usize>() <= room {
        return lines;
    }
    let mut used = cost(&more(all));
    let kept = lines.iter().take_while(|line| {
        used += cost(line);
        used <= room
    });
    let kept = kept.count();
    lines.truncate(kept);
    lines.push(more(all - kept.saturating_sub(heads)));
    lines
}

/// The line for rows that are missing.
pub(super) fn more_rows(rows: usize) -> String {
    more(rows, "row")
}

/// The line for alerts that are missing.
pub(super) fn more_alerts(alerts: usize) -> String {
    more(alerts, "alert")
}

/// The line for sections that are missing.
pub(super) fn more_sections(sections: usize) -> String {
    more(sections, "section")
}

fn more(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("… {count} more {what}{s}")
}

/// The table of a section in letters of one width: a line of heads, then the rows, but no more of them than any message can
/// hold; the first column to the left, numbers to the right. `fill` is the space between.
pub(super) fn table(section: &Section, fill: char) -> Vec<String> {
    let cells = |row: &[String]| -> Vec<String> { row.iter().map(|cell| cell_of(cell)).collect() };
    let rows: Vec<Vec<String>> = std::iter::once(&section.columns)
        .chain(section.rows.iter().take(ROWS))
        .map(|row| cells(row))
        .collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| table_line(row, &widths, fill))
        .collect()
}

fn table_line(row: &[String], widths: &[usize], fill: char) -> String {
    let mut text = String::new();
    for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
        let padding = width.saturating_sub(cell.chars().count());
        let gap = if at == 0 { 0 } else { 2 };
        let (before, after) = if at == 0 { (0, padding) } else { (padding, 0) };
        text.extend(std::iter::repeat_n(fill, gap + before));
        text.push_str(cell);
        text.extend(std::iter::repeat_n(fill, after));
    }
    let text = text.trim_end_matches(fill);
    if units(text) > LINE {
        line(text, LINE)
    } else {
        text.to_owned()
    }
}

/// A cell; nothing in it ends a block of code.
fn cell_of(text: &str) -> String {
    let text = clean(text).replace('`', "'");
    if units(&text) > CELL {
        line(&text, CELL)
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modest_get_what_they_need_and_the_others_share() {
        assert_eq!(shares(&[10, 20, 30], 100), [10, 20, 30]);
        assert_eq!(shares(&[10, 500, 300], 100), [10, 45, 45]);
        assert_eq!(shares(&[50, 50], 20), [10, 10]);
        assert!(shares(&[], 20).is_empty());
    }

    #[test]
    fn missing_rows_are_counted() {
        let texts =
            |count: usize| -> Vec<String> { (0..count).map(|at| format!("line {at}")).collect() };
        let fit = |room| {
            lines(
                texts(5),
                (1, 4),
                room,
                |line| line.chars().count(),
                more_rows,
            )
        };
        assert_eq!(fit(30), texts(5));
        assert_eq!(fit(26), ["line 0", "line 1", "… 3 more rows"]);
        assert_eq!(fit(19), ["line 0", "… 4 more rows"]);
        assert_eq!(fit(13), ["… 4 more rows"]);
    }

    #[test]
    fn columns_stand_below_their_heads() {
        let rows = vec![
            vec!["events".to_owned(), "1200".to_owned()],
            vec!["a`b\nc".to_owned(), "5".to_owned()],
        ];
        let section = Section::new("", &["", "7 days"], rows);
        assert_eq!(
            table(&section, ' '),
            ["        7 days", "events    1200", "a'b c        5"]
        );
    }
}
