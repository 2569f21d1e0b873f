//! `analyze` on small projects of our own: whole reports, traps and bad input.
