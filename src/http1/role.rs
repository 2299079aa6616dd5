//! The parts that the octets of a connection are labelled with.

/// What an octet is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The first line of a request, with its line end.
    RequestLine,
    /// The first line of a response, with its line end.
    StatusLine,
    /// A field line of a head with its line end; its continuation lines too, where it is folded.
    FieldLine,
    /// The empty line that ends a head.
    HeadEnd,
    /// Content, any transfer coding but `chunked` included.
    Content,
    /// The first line of a chunk, extensions and line end included.
    ChunkSize,
    /// The line end after the data of a chunk.
    ChunkEnd,
    /// A line of a trailer section, with its line end.
    TrailerLine,
    /// The empty line that ends a chunked message.
    MessageEnd,
    /// Part of a proxy's handshake other than HTTP.
    Handshake,
    /// Part of a TLS record.
    TlsRecord,
    /// What belongs to no message.
    Stray,
    /// What came of a message after reading it was given up, or of a line that never came whole.
    Unread,
}
