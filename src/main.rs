//! The command line of cpor.
fn main() {}
