//! Help and version, from the option table.
use super::values::Value;

/// stub
pub(crate) fn about(_: Value<'_>) -> String {
    String::new()
}
/// stub
pub(crate) fn manual() -> String {
    String::new()
}
/// stub
pub(crate) fn version() -> String {
    format!("rcurl {}\n", env!("CARGO_PKG_VERSION"))
}
