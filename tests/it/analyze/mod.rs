//! `analyze` on small projects of our own: whole reports, traps and bad input.

mod all;
mod around;
mod bad_input;
mod config_calls;
mod conflicts;
mod detection;
mod fixtures;
mod hostile;
mod ignores;
mod limits;
mod links;
mod lockfiles;
mod managers;
mod nextjs;
mod nextjs_config;
mod properties;
mod report;
mod settings;
mod spoiled;
mod styling;
mod support;
mod table;
mod valid;
mod workspaces;
