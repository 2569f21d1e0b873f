//! The one integration binary: every test that needs more than one room of the house.
#![cfg(test)]

mod analyze;
mod client;
mod layering;
mod model;
mod server;
