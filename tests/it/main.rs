//! The one integration binary: every test that needs more than one room of the house.
#![cfg(test)]

mod analyze;
mod cli;
mod client;
mod clients;
mod generated;
mod jobs;
mod layering;
mod model;
mod posthog;
mod privacy;
mod readme;
mod readme_examples;
mod readme_review;
mod server;
mod support;
