//! What can be wrong with a message: one row per rule.
//!
//! Parsing is lenient and outspoken. Each departure from RFC 9110 or RFC 9112 has one row in
//! [`RULES`]; whether reading goes on after it, here and in curl, is a column. This file knows no
//! parsing: others tell it what they found, and where.

use std::collections::VecDeque;

/// One rule that a response may break. Its row, from [`Rule::row`], says which and how bad that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Rule {
    /// The response does not begin with a status line.
    StatusLineMissing,
    /// The status line names a version other than HTTP/1.0 and HTTP/1.1.
    Version,
    /// The status code is not three digits that stand alone.
    StatusCode,
    /// The status code is no code of the five classes.
    StatusClass,
    /// The parts of the status line are not separated by one space each.
    StatusLineSpace,
    /// The reason phrase has a control character in it.
    ReasonPhrase,
    /// A line ends in LF alone.
    BareLf,
    /// A CR stands inside a line.
    BareCr,
    /// A line has a NUL in it.
    Nul,
    /// A field line has no colon.
    ColonMissing,
    /// White space stands before the colon of a field line.
    BlankBeforeColon,
    /// A field name is no token.
    FieldName,
    /// A field value has a control character in it.
    FieldValue,
    /// A field value goes on over more than one line.
    ObsFold,
    /// White space stands before the first field line.
    BlankAfterStartLine,
    /// Content-Length is no decimal number.
    LengthForm,
    /// Content-Length is larger than any file.
    LengthOverflow,
    /// Two Content-Length values differ.
    LengthDiffers,
    /// Content-Length is said more than once, with one value.
    LengthRepeated,
    /// Content-Length stands beside Transfer-Encoding.
    LengthBesideCoding,
    /// A response that has no content announces how its content is delimited.
    FramingForbidden,
    /// An HTTP/1.0 response uses Transfer-Encoding.
    CodingInHttp10,
    /// The coding `identity` is named.
    IdentityCoding,
    /// `chunked` is applied more than once.
    ChunkedRepeated,
    /// `chunked` is not the last coding.
    ChunkedNotLast,
    /// A transfer coding was used that the request did not ask for.
    CodingUnasked,
    /// A chunk size is no hexadecimal number, or larger than any file.
    ChunkSize,
    /// Something other than an extension follows a chunk size.
    ChunkSizeTail,
    /// White space stands around a chunk size.
    ChunkSizeBlank,
    /// A chunk extension has a control character in it.
    ChunkExtension,
    /// Chunk data is not followed by a line end.
    ChunkEnd,
    /// A line of the trailer section is no field line.
    TrailerLine,
    /// The trailer section has a field that belongs into the head.
    TrailerField,
    /// The connection ended before the response did.
    Truncated,
    /// The server switches to a protocol that was not asked for.
    SwitchUnasked,
    /// Octets follow the end of the response.
    Stray,
}

/// What a reader does after a rule was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Goes on reading.
    GoesOn,
    /// Gives the response up.
    Stops,
}

/// One row of [`RULES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which rule this row defines.
    pub rule: Rule,
    /// Where it stands, such as `RFC 9112, section 5.1`.
    pub section: &'static str,
    /// The rule in one sentence.
    pub sentence: &'static str,
    /// What curl 8.22 does.
    pub curl: Verdict,
    /// What is done here: as curl, but where that is unsafe.
    pub here: Verdict,
}

/// Every rule, in the order of [`Rule`].
pub const RULES: [Row; 36] = {
    use Rule as R;
    use Verdict::{GoesOn, Stops};
    const fn row(
        rule: Rule,
        section: &'static str,
        sentence: &'static str,
        curl: Verdict,
        here: Verdict,
    ) -> Row {
        Row {
            rule,
            section,
            sentence,
            curl,
            here,
        }
    }
    [
        row(
            R::StatusLineMissing,
            "RFC 9112, section 4",
            "A response begins with a status line, and that with `HTTP/`.",
            Stops,
            Stops,
        ),
        row(
            R::Version,
            "RFC 9112, section 2.3",
            "The version is `HTTP/1.1` or `HTTP/1.0`, followed by one space.",
            Stops,
            Stops,
        ),
        row(
            R::StatusCode,
            "RFC 9112, section 4",
            "A status code is exactly three digits.",
            GoesOn,
            Stops,
        ),
        row(
            R::StatusClass,
            "RFC 9110, section 15",
            "Status codes run from 100 to 599.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::StatusLineSpace,
            "RFC 9112, section 4",
            "One space stands on each side of the status code, also where no reason follows.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::ReasonPhrase,
            "RFC 9112, section 4",
            "A reason phrase has no control character but the tab.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::BareLf,
            "RFC 9112, section 2.2",
            "A line ends in CR LF, not in LF alone.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::BareCr,
            "RFC 9112, section 2.2",
            "A CR stands only before the LF that ends the line.",
            Stops,
            Stops,
        ),
        row(
            R::Nul,
            "RFC 9110, section 5.5",
            "A header has no NUL in it.",
            Stops,
            Stops,
        ),
        row(
            R::ColonMissing,
            "RFC 9112, section 5",
            "A field line has a colon between name and value.",
            Stops,
            Stops,
        ),
        row(
            R::BlankBeforeColon,
            "RFC 9112, section 5.1",
            "No white space stands between a field name and its colon.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::FieldName,
            "RFC 9110, section 5.1",
            "A field name is one or more letters, digits and !#$%&'*+-.^_`|~.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::FieldValue,
            "RFC 9110, section 5.5",
            "A field value has no control character but the tab.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::ObsFold,
            "RFC 9112, section 5.2",
            "A field value does not go on over several lines.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::BlankAfterStartLine,
            "RFC 9112, section 2.2",
            "No white space stands between the start line and the first field name.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::LengthForm,
            "RFC 9110, section 8.6",
            "Content-Length is a decimal number without sign.",
            Stops,
            Stops,
        ),
        row(
            R::LengthOverflow,
            "RFC 9110, section 8.6",
            "Content-Length is small enough to be counted: below 2 to the 63rd.",
            GoesOn,
            Stops,
        ),
        row(
            R::LengthDiffers,
            "RFC 9112, section 6.3",
            "All Content-Length values of a message are the same.",
            Stops,
            Stops,
        ),
        row(
            R::LengthRepeated,
            "RFC 9110, section 8.6",
            "Content-Length is said once.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::LengthBesideCoding,
            "RFC 9112, section 6.2",
            "A message with Transfer-Encoding has no Content-Length; it is ignored.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::FramingForbidden,
            "RFC 9112, sections 6.1 and 6.2",
            "A 1xx or 204 response, or a 2xx to CONNECT, has neither Transfer-Encoding nor Content-Length.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::CodingInHttp10,
            "RFC 9112, section 6.1",
            "An HTTP/1.0 message has no Transfer-Encoding; its connection is not used again.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::IdentityCoding,
            "RFC 9112, section 7",
            "`identity` is no transfer coding.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::ChunkedRepeated,
            "RFC 9112, section 6.1",
            "`chunked` is applied once.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::ChunkedNotLast,
            "RFC 9112, section 6.1",
            "`chunked` is the last transfer coding.",
            Stops,
            Stops,
        ),
        row(
            R::CodingUnasked,
            "RFC 9112, section 7.4",
            "A transfer coding other than `chunked` is used only when the request asks for it with TE.",
            Stops,
            Stops,
        ),
        row(
            R::ChunkSize,
            "RFC 9112, section 7.1",
            "A chunk begins with its size in hexadecimal digits, below 2 to the 63rd.",
            Stops,
            Stops,
        ),
        row(
            R::ChunkSizeTail,
            "RFC 9112, section 7.1",
            "After a chunk size comes an extension or the end of the line.",
            GoesOn,
            Stops,
        ),
        row(
            R::ChunkSizeBlank,
            "RFC 9112, section 7.1",
            "No white space stands between a chunk size and the end of its line.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::ChunkExtension,
            "RFC 9112, section 7.1.1",
            "A chunk extension has no control character but the tab.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::ChunkEnd,
            "RFC 9112, section 7.1",
            "The data of a chunk is exactly as long as announced, and followed by CR LF.",
            Stops,
            Stops,
        ),
        row(
            R::TrailerLine,
            "RFC 9112, section 7.1.2",
            "Each line of the trailer section is a field line of its own.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::TrailerField,
            "RFC 9110, section 6.5.1",
            "The trailer section has no field that frames, routes or describes the message.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::Truncated,
            "RFC 9112, section 8",
            "A response ends before its connection does, unless the close is its end.",
            Stops,
            Stops,
        ),
        row(
            R::SwitchUnasked,
            "RFC 9110, section 15.2.2",
            "101 answers only a request that asks for an upgrade.",
            GoesOn,
            GoesOn,
        ),
        row(
            R::Stray,
            "RFC 9112, section 9.2",
            "Nothing follows a response until the next request is sent.",
            GoesOn,
            GoesOn,
        ),
    ]
};

impl Rule {
    /// The row that defines this rule.
    #[expect(
        clippy::indexing_slicing,
        reason = "a row for each rule, in their order: held by a test"
    )]
    pub const fn row(self) -> &'static Row {
        &RULES[self as usize]
    }
}

/// A rule broken at a place in what was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub rule: Rule,
    /// Offset of the line or octet, counted from the first octet received since the request.
    pub at: u64,
}

/// The violations found and not yet told. Each rule is told once per exchange, so that a stream
/// of bad lines is not a stream of complaints.
#[derive(Debug, Default)]
pub(super) struct Notes {
    waiting: VecDeque<Violation>,
    told: u64,
}

impl Notes {
    pub(super) fn note(&mut self, rule: Rule, at: u64) {
        let bit = 1 << rule as u8;
        if self.told & bit == 0 {
            self.told |= bit;
            self.waiting.push_back(Violation { rule, at });
        }
    }

    pub(super) fn next(&mut self) -> Option<Violation> {
        self.waiting.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
