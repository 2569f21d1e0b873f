//! Jobs: messages inside the limits of whoever takes them, and their way out.

mod delivery;
mod messages;
mod recorder;
mod remote;
mod together;
mod webhook;
mod weekly;
