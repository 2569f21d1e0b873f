//! The command line of `decantr ops query`.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::catalog::CatalogOption;
use super::ops::StoreOption;
use super::reports::EnvFileOption;
use crate::server::report::query::{MOST_DAYS, Named, Period};

/// `decantr ops query`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without --catalog and DECANTR_CATALOG a query is about the catalog it was made for: conversations for completion-rate, \
    session-duration, tokens-by-scenario and invitation-funnel, decantr for events-per-day, race-bot for all others."
)]
pub(crate) struct QueryArgs {
    /// Which query.
    #[arg(value_enum, value_name = "NAME")]
    pub query: Named,
    /// How many days, today included; by default 7 or 30, as the query says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    pub days: Option<u32>,
    /// Tell days or weeks apart; a week goes by its Monday.
    #[arg(long, value_enum, value_name = "PERIOD")]
    pub period: Option<PeriodChoice>,
    /// Which catalog it is about.
    #[command(flatten)]
    pub catalog: CatalogOption,
    /// Which store to read; never made when missing.
    #[command(flatten)]
    pub store: StoreOption,
    /// Variables.
    #[command(flatten)]
    pub env_file: EnvFileOption,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table", value_name = "FORMAT")]
    format: QueryFormat,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl QueryArgs {
    /// How to print it.
    pub(crate) fn format(&self) -> QueryFormat {
        if self.json {
            QueryFormat::Json
        } else {
            self.format
        }
    }
}

/// What can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PeriodChoice {
    /// UTC days.
    Daily,
    /// ISO weeks.
    Weekly,
}

impl From<PeriodChoice> for Period {
    fn from(choice: PeriodChoice) -> Self {
        match choice {
            PeriodChoice::Daily => Self::Daily,
            PeriodChoice::Weekly => Self::Weekly,
        }
    }
}

/// The forms of a query's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum QueryFormat {
    /// For the terminal.
    Table,
    /// One versioned JSON object.
    Json,
    /// Comma-separated values with a head (RFC 4180).
    Csv,
}

impl ValueEnum for Named {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.about()))
    }
}
