//! What a connection lets pass, and how much: set by the caller, never read from a server.

use super::broken::Broken;

/// What the caller lets pass and asked for. Taken anew for each exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settings {
    /// Whether an answer without head is content.
    pub http09: Http09,
    /// Whether Content-Length is obeyed.
    pub content_length: ContentLength,
    /// What becomes of transfer codings beside `chunked`.
    pub codings: Codings,
    /// Whether the request asks to switch protocols.
    pub upgrade: Upgrade,
    /// Who is at the other end.
    pub peer: Peer,
    /// How much is read before giving up.
    pub limits: Limits,
}

/// Whether an answer that does not begin with `HTTP/` is content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Http09 {
    /// It is an error.
    #[default]
    Refused,
    /// It is (`--http0.9`).
    Allowed,
    /// It cannot be: the other side has shown that it speaks a later version.
    Impossible,
}

/// Whether Content-Length is obeyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContentLength {
    /// It delimits the content.
    #[default]
    Obeyed,
    /// It is neither checked nor obeyed (`--ignore-content-length`).
    Ignored,
}

/// What is done with a transfer coding other than `chunked` and `identity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Codings {
    /// It was not asked for, and is refused.
    #[default]
    Refused,
    /// It was asked for with `TE` (`--tr-encoding`); the caller decodes it.
    Asked,
    /// It is let through as it comes (`--raw`).
    Raw,
}

/// Whether the request asks to switch protocols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Upgrade {
    /// It does not; 101 is a final response without content, as in curl.
    #[default]
    Unasked,
    /// It does; after 101 the connection speaks something else.
    Asked,
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Peer {
    /// The server itself, perhaps through a tunnel.
    #[default]
    Origin,
    /// A proxy that forwards; its `Proxy-Connection` counts.
    Proxy,
}

/// How much is read before giving up, per exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets in one line of a head or trailer section.
    pub line: usize,
    /// Octets in all heads and trailers of one exchange, interim responses included; this bounds
    /// their number, too.
    pub head: usize,
    /// Field lines in all heads and trailers of one exchange.
    pub fields: usize,
    /// Octets in the first line of a chunk, extensions included.
    pub chunk_line: usize,
    /// Transfer codings of one response, `chunked` included.
    pub codings: usize,
}

/// curl's limits; it has none for the line of a chunk, where RFC 9112, section 7.1.1, wants one.
impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 100 * 1024,
            head: 300 * 1024,
            fields: 5000,
            chunk_line: 16 * 1024,
            codings: 5,
        }
    }
}

/// How much of the limits one exchange has used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    head: usize,
    fields: usize,
}

impl Spent {
    /// Counts a line of a head or trailer section.
    pub(super) fn line(&mut self, line: &[u8], limits: &Limits) -> Result<(), Broken> {
        let (size, limit) = (self.head.saturating_add(line.len()), limits.head);
        if size > limit {
            return Err(Broken::HeadTooLarge { size, limit });
        }
        self.head = size;
        Ok(())
    }

    /// Counts a field line.
    pub(super) fn field_line(&mut self, line: &[u8], limits: &Limits) -> Result<(), Broken> {
        self.line(line, limits)?;
        if self.fields == limits.fields {
            return Err(Broken::TooManyFields {
                limit: limits.fields,
            });
        }
        self.fields = self.fields.saturating_add(1);
        Ok(())
    }
}
