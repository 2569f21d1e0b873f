//! All printing: data on stdout, everything else on stderr, tables in the terminal's width, colour where it is wanted.

mod clean;
pub(crate) mod markdown;
mod propose;

use std::io::{self, BufRead, Read as _, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle, presets};
use serde::Serialize;

use clean::{escaped, visible};
use propose::proposing;

use super::args::{ColorChoice, OutputOptions};
use super::error::CommandError;
use super::{exit, prompt};
use crate::base::secret::Secret;

/// The streams a command talks through, and which of them are terminals.
pub struct Io {
    /// Where data goes.
    pub stdout: Box<dyn Write + Send>,
    /// Where status, warnings, hints and progress go.
    pub stderr: Box<dyn Write + Send>,
    /// Where answers come from.
    pub stdin: Box<dyn BufRead + Send>,
    /// Whether stdin, stdout and stderr are terminals.
    pub terminals: Terminals,
    /// The terminal's width in columns, if known.
    pub width: Option<u16>,
}

/// Which streams are terminals.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminals {
    /// stdin.
    pub stdin: bool,
    /// stdout.
    pub stdout: bool,
    /// stderr.
    pub stderr: bool,
}

/// The most that is read as an answer, in bytes.
const MAX_ANSWER: u64 = 64;

/// The most that is read as a secret, in bytes.
const MAX_SECRET: u64 = 4096;

/// How wide tables are where there is no terminal.
const DEFAULT_WIDTH: u16 = 100;

/// A heading.
pub(crate) const HEADING: Style = Style::new().bold();
/// Something good.
pub(crate) const GOOD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
/// Something to look at.
pub(crate) const WATCH: Style =
    Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));
/// Something bad.
pub(crate) const BAD: Style = Style::new()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)))
    .bold();
/// Something less important.
pub(crate) const DIM: Style = Style::new().dimmed();

/// Which streams show colour.
struct Color {
    out: bool,
    err: bool,
}

/// The one printer.
pub(crate) struct Ui {
    io: Io,
    color: Color,
    quiet: bool,
    verbose: u8,
    /// Whether a JSON object has been printed; there is never a second one.
    has_json: bool,
    /// How the commands that are proposed begin, where they are about another program's telemetry.
    telemetry: Option<String>,
}

impl Ui {
    /// A printer on `io`. `plain` says that the environment wants no colour (`NO_COLOR`, `TERM=dumb`).
    pub(crate) fn new(io: Io, options: &OutputOptions, plain: bool) -> Self {
        let color = |terminal: bool| match options.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !plain,
        };
        Self {
            color: Color {
                out: color(io.terminals.stdout),
                err: color(io.terminals.stderr),
            },
            quiet: options.quiet,
            verbose: options.verbose,
            has_json: false,
            telemetry: None,
            io,
        }
    }

    /// From now on proposed commands of `decantr telemetry` begin with `program` instead.
    pub(crate) fn propose(&mut self, program: String) {
        self.telemetry = Some(program);
    }

    /// Whether a person is there to answer: all three streams are terminals.
    pub(crate) fn is_interactive(&self) -> bool {
        let Terminals {
            stdin,
            stdout,
            stderr,
        } = self.io.terminals;
        stdin && stdout && stderr
    }

    /// Whether progress may be drawn on stderr.
    pub(crate) fn shows_progress(&self) -> bool {
        self.io.terminals.stderr && !self.quiet
    }

    /// How often `-v` was given.
    pub(crate) fn verbosity(&self) -> u8 {
        self.verbose
    }

    /// Writes text to stdout as it is.
    pub(crate) fn data(&mut self, text: &str) -> Result<(), CommandError> {
        self.io.stdout.write_all(visible(text).as_bytes())?;
        self.io.stdout.flush()?;
        Ok(())
    }

    /// Writes one line to stdout.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), CommandError> {
        let text = proposing(self.telemetry.as_deref(), text);
        self.data(&format!("{text}\n"))
    }

    /// Writes a heading line to stdout, with an empty line before it.
    pub(crate) fn heading(&mut self, text: &str) -> Result<(), CommandError> {
        let text = self.paint(HEADING, text);
        self.line(&format!("\n{text}"))
    }

    /// Writes a value to stdout as one JSON object and nothing else.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), CommandError> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| CommandError::new(exit::BUG, format!("cannot print JSON: {error}")))?;
        text.push('\n');
        self.has_json = true;
        self.data(&escaped(&text))
    }

    /// Writes records to stdout as CSV, whose lines end with CRLF (RFC 4180).
    pub(crate) fn csv(
        &mut self,
        records: impl Iterator<Item = Vec<String>>,
    ) -> Result<(), CommandError> {
        let mut builder = csv::WriterBuilder::new();
        builder.terminator(csv::Terminator::CRLF);
        let mut writer = builder.from_writer(Vec::new());
        let failed = |error: &dyn std::error::Error| CommandError::from_error(exit::BUG, error);
        for record in records {
            let fields = record.iter().map(|field| visible(field).into_owned());
            let written = writer.write_record(fields.map(String::into_bytes));
            written.map_err(|error| failed(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(&error))?;
        self.io.stdout.write_all(&bytes)?;
        self.io.stdout.flush()?;
        Ok(())
    }

    /// Whether a JSON object has been printed.
    pub(crate) fn has_json(&self) -> bool {
        self.has_json
    }

    /// Writes a table to stdout.
    pub(crate) fn table(&mut self, table: &mut Table) -> Result<(), CommandError> {
        table.set_width(self.width());
        let text = table.trim_fmt();
        self.line(&text)
    }

    /// The columns that output may use.
    pub(crate) fn width(&self) -> u16 {
        self.io.width.unwrap_or(DEFAULT_WIDTH).max(40)
    }

    /// `text` broken between words so that it fits a terminal when it begins in column `indent` (from 0), where its further lines
    /// begin, too; as it is where stdout is no terminal.
    pub(crate) fn folded(&self, indent: usize, text: &str) -> String {
        let width = self.io.width.filter(|_| self.io.terminals.stdout);
        let Some(width) = width.map(usize::from).filter(|width| *width > indent + 20) else {
            return text.to_owned();
        };
        let mut folded = String::new();
        let mut column = indent;
        for word in text.split(' ') {
            let length = word.chars().count();
            if column > indent && column + 1 + length > width {
                folded.push('\n');
                folded.extend(std::iter::repeat_n(' ', indent));
                column = indent;
            } else if column > indent {
                folded.push(' ');
                column += 1;
            }
            folded.push_str(word);
            column += length;
        }
        folded
    }

    /// `text` in `style`, if stdout shows colour.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        paint(self.color.out, style, text)
    }

    /// Says on stderr what is going on, unless `-q`.
    pub(crate) fn status(&mut self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Warns on stderr, also with `-q`.
    pub(crate) fn warning(&mut self, text: &str) {
        let head = paint(self.color.err, WATCH, "warning:");
        self.say(&format!("{head} {text}"));
    }

    /// Says on stderr why the command failed and what to do.
    pub(crate) fn error(&mut self, error: &CommandError) {
        if error.message.is_empty() {
            return;
        }
        let head = paint(self.color.err, BAD, "error:");
        self.say(&format!("{head} {}", error.message));
        for hint in &error.hints {
            let head = paint(self.color.err, DIM, "hint:");
            self.say(&format!("{head} {hint}"));
        }
    }

    /// Asks a yes-or-no question on stderr. Only a whole line can say yes: where the input ends before that, or cannot be read
    /// (the window was closed), nobody did.
    ///
    /// # Errors
    /// When the question cannot be shown.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, CommandError> {
        write!(self.io.stderr, "{question} [y/N] ")?;
        self.io.stderr.flush()?;
        let mut answer = Vec::new();
        let mut input = io::Read::take(&mut self.io.stdin, MAX_ANSWER);
        let read = input.read_until(b'\n', &mut answer);
        let line = answer.strip_suffix(b"\n").filter(|_| read.is_ok());
        let Some(line) = line else {
            // The cursor is still behind the question.
            self.say("");
            return Ok(false);
        };
        let word = line.trim_ascii().to_ascii_lowercase();
        Ok(matches!(word.as_slice(), b"y" | b"yes"))
    }

    /// Asks on stderr for something that is not shown while it is typed. Only for terminals ([`Ui::is_interactive`]).
    pub(crate) fn ask_secret(&mut self, question: &str) -> Result<Secret, CommandError> {
        // Before the question, so that a quick answer is not shown either.
        let hidden = prompt::Hidden::begin()?;
        write!(self.io.stderr, "{}: ", visible(question))?;
        self.io.stderr.flush()?;
        let answer = prompt::read_line(&mut self.io.stdin);
        drop(hidden);
        // The end of the line was not shown.
        self.say("");
        answer
    }

    /// Reads all of stdin as something that is not shown.
    ///
    /// # Errors
    /// When it cannot be read, or is longer than any secret.
    pub(crate) fn read_secret(&mut self) -> Result<Secret, CommandError> {
        let mut bytes = Vec::new();
        let mut input = io::Read::take(&mut self.io.stdin, MAX_SECRET + 1);
        input.read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_SECRET {
            let message =
                format!("standard input has more than {MAX_SECRET} bytes, so it is no key");
            return Err(CommandError::new(exit::USAGE, message));
        }
        Ok(Secret::new(&String::from_utf8_lossy(&bytes)))
    }

    /// Reads all of stdin as text.
    ///
    /// # Errors
    /// When it cannot be read, is not UTF-8, or has more than `limit` bytes.
    pub(crate) fn read_text(&mut self, limit: u64) -> Result<String, CommandError> {
        let mut text = String::new();
        let mut input = io::Read::take(&mut self.io.stdin, limit + 1);
        let read = input.read_to_string(&mut text);
        let failed =
            |what: String| CommandError::new(exit::USAGE, format!("standard input: {what}"));
        read.map_err(|error| failed(error.to_string()))?;
        if text.len() as u64 > limit {
            return Err(failed(format!("it has more than {limit} bytes")));
        }
        Ok(text)
    }

    /// stderr is best effort: a command does not fail because nobody hears its status.
    fn say(&mut self, text: &str) {
        let text = proposing(self.telemetry.as_deref(), text).into_owned();
        drop(writeln!(self.io.stderr, "{}", visible(&text)));
    }
}

fn paint(color: bool, style: Style, text: &str) -> String {
    if color {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// A line under the heads, and space between the columns.
const UNDERLINED: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table with these column heads; the columns named in `numbers` (from 0) are aligned right.
pub(crate) fn table(head: &[&str], numbers: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(UNDERLINED);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(head);
    for column in numbers {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A table of names and values without a head.
pub(crate) fn pairs(rows: &[(&str, String)]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    for (name, value) in rows {
        table.add_row([*name, value.as_str()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_folded_between_words_on_a_terminal_only() {
        let ui = |stdout: bool| {
            let io = Io {
                stdout: Box::new(io::sink()),
                stderr: Box::new(io::sink()),
                stdin: Box::new(io::empty()),
                terminals: Terminals {
                    stdout,
                    ..Terminals::default()
                },
                width: Some(30),
            };
            let options = OutputOptions {
                no_telemetry: false,
                color: ColorChoice::Never,
                quiet: false,
                verbose: 0,
            };
            Ui::new(io, &options, true)
        };
        let text = "one two three four five six seven";
        assert_eq!(
            ui(true).folded(4, text),
            "one two three four five\n    six seven"
        );
        assert_eq!(ui(false).folded(4, text), text);
    }
}
