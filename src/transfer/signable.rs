//! A request as those who sign it see it, and what signing gives.
//!
//! Knows: the parts of a request that a signature may cover. Must not know: any way of signing, nor
//! what else the request says.

use crate::target::Target;

/// The parts of a request that may be signed.
#[derive(Debug, Clone)]
pub struct Signable<'a> {
    /// The method.
    pub method: &'a str,
    /// Where to.
    pub target: &'a Target,
    /// The value of `Host`; none when the field is not sent.
    pub host: Option<&'a [u8]>,
    /// The fields of `-H` that are sent, but for `Host`: name and trimmed value, in order.
    pub fields: Vec<(&'a [u8], &'a [u8])>,
    /// The content.
    pub payload: Payload<'a>,
}

/// The content of a request before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<'a> {
    /// All of it, perhaps nothing.
    Known(&'a [u8]),
    /// It is read while it is sent: a file, a form.
    Streamed,
}

/// What a signature adds to a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signed {
    /// Field lines, without line ends.
    pub lines: Vec<Vec<u8>>,
    /// What there is to say about it, in curl's words; some have several lines.
    pub remarks: Vec<String>,
}

impl<'a> Signable<'a> {
    /// The values of the fields of `-H` with this name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let named = |(given, _): &&(&[u8], &[u8])| given.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(named).map(|(_, value)| *value)
    }
}
