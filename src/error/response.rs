//! The wording of responses that cannot be read on.
//!
//! Knows: curl's exit code and sentence for each way in which a response is broken. Must not know:
//! how that was found out.

use super::{Error, Exit};
use crate::codec::text::visible;
use crate::http1::Broken;

/// Responses that cannot be read on.
impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        let cause = broken.clone();
        let (exit, message) = match broken {
            Broken::EmptyReply => (Exit::GotNothing, "Empty reply from server".to_owned()),
            Broken::HeadCut => (
                Exit::PartialFile,
                "The connection ended inside the response head".to_owned(),
            ),
            Broken::Http09 => (
                Exit::UnsupportedProtocol,
                "Received HTTP/0.9 when not allowed".to_owned(),
            ),
            Broken::NoStatusLine | Broken::StatusCodeGlued => {
                (Exit::WeirdServerReply, "Invalid status line".to_owned())
            }
            Broken::Version => (
                Exit::UnsupportedProtocol,
                "Unsupported HTTP version in response".to_owned(),
            ),
            Broken::Subversion => (
                Exit::UnsupportedProtocol,
                "Unsupported HTTP/1 subversion in response".to_owned(),
            ),
            Broken::StatusCode => (
                Exit::UnsupportedProtocol,
                "Unsupported response code in HTTP response".to_owned(),
            ),
            Broken::Nul => (Exit::WeirdServerReply, "Nul byte in header".to_owned()),
            Broken::CarriageReturn => (
                Exit::WeirdServerReply,
                "Carriage return found in header".to_owned(),
            ),
            Broken::ColonMissing => (Exit::WeirdServerReply, "Header without colon".to_owned()),
            Broken::LineTooLong => (
                Exit::TooLarge,
                "A value or data field grew larger than allowed".to_owned(),
            ),
            Broken::HeadTooLarge { size, limit } => (
                Exit::RecvError,
                format!("Too large response headers: {size} > {limit}"),
            ),
            Broken::TooManyFields { limit } => (
                Exit::TooLarge,
                format!("Too many response headers, {limit} is max"),
            ),
            Broken::ContentLength | Broken::LengthsDiffer => (
                Exit::WeirdServerReply,
                "Invalid Content-Length: value".to_owned(),
            ),
            Broken::LengthOverflow => (
                Exit::FilesizeExceeded,
                "Overflow Content-Length: value".to_owned(),
            ),
            other => Self::of_body(other),
        };
        Self::new(exit, message).because(cause)
    }
}

impl Error {
    /// What is wrong with a body: where it ends, and its transfer codings.
    fn of_body(broken: Broken) -> (Exit, String) {
        match broken {
            Broken::ContentCut { missing } => (
                Exit::PartialFile,
                format!("end of response with {missing} bytes missing"),
            ),
            Broken::ChunkedCut => (
                Exit::PartialFile,
                "transfer closed with outstanding read data remaining".to_owned(),
            ),
            Broken::CodingUnasked(name) => (
                Exit::BadContentEncoding,
                format!(
                    "Unsolicited Transfer-Encoding ({}) found",
                    visible(name.as_bytes())
                ),
            ),
            Broken::CodingMisplaced(name) => {
                let name = visible(name.as_bytes()).into_owned();
                (
                    Exit::BadContentEncoding,
                    format!("A Transfer-Encoding ({name}) was not listed first"),
                )
            }
            Broken::TooManyCodings => (
                Exit::BadContentEncoding,
                "Reject response exceeding limit of 5 transfer encodings".to_owned(),
            ),
            Broken::ChunkSizeDigit(octet) => (
                Exit::RecvError,
                format!("chunk hex-length char not a hex digit: 0x{octet:x}"),
            ),
            Broken::ChunkSizeLong => (
                Exit::RecvError,
                "chunk hex-length longer than 16".to_owned(),
            ),
            Broken::ChunkSizeOverflow(digits) => (
                Exit::RecvError,
                format!("invalid chunk size: '{}'", visible(digits.as_bytes())),
            ),
            _ => (
                Exit::RecvError,
                "Malformed encoding found in chunked-encoding".to_owned(),
            ),
        }
    }
}
