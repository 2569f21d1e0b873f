//! A web project, read as its framework reads it: walk, parse, framework rules, report. Uses `base` only.
