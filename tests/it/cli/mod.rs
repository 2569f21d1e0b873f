//! Commands as a person runs them: what they print, and how they end.

mod analyze;
mod confirm;
mod consent;
mod crowd;
mod demo;
mod faults;
mod full_disk;
mod link;
mod link_hostile;
mod link_real;
mod login;
mod login_keyring;
mod login_prompt;
mod login_real;
mod login_secrecy;
pub(crate) mod login_support;
mod ops_accounts;
mod ops_catalogs;
mod ops_check;
mod ops_jobs;
mod ops_processes;
mod ops_query;
mod ops_thresholds;
mod places;
mod prompts;
mod telemetry;
mod usage;
