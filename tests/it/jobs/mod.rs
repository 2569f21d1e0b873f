//! Jobs: messages inside the limits of whoever takes them.

mod messages;
