//! rcurl
fn main() {}
