//! The `decantr` binary: hands the machine to the library and returns its exit code.

fn main() {}
