//! HTTP/1.1 (to be merged).
/// A part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// .
    RequestLine,
    /// .
    StatusLine,
    /// .
    FieldLine,
    /// .
    HeadEnd,
    /// .
    Content,
    /// .
    ChunkSize,
    /// .
    ChunkEnd,
    /// .
    TrailerLine,
    /// .
    MessageEnd,
    /// .
    Handshake,
    /// .
    TlsRecord,
    /// .
    Stray,
}
/// A head.
#[derive(Debug, Clone)]
pub struct Head;
/// A violation.
#[derive(Debug, Clone)]
pub struct Violation;
