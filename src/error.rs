//! Exit codes and the wording of every failure.
//!
//! Knows: curl's exit codes, one row each, and the sentence that goes with a failure. Must not
//! know: where a failure came from, or how it is shown.
//!
//! Sources: the EXIT CODES section of curl's manual; messages are worded as curl 8.22 words them.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;

mod response;
mod way;

/// Declares [`Exit`] from one row per code: name, number, meaning.
macro_rules! exits {
    ($($name:ident = $code:literal, $meaning:literal;)*) => {
        /// An exit status, with curl's numbers.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Exit {
            $(#[doc = $meaning] $name = $code,)*
        }

        impl Exit {
            /// Every exit code, in the order of the numbers.
            pub const ALL: &'static [Exit] = &[$(Exit::$name),*];

            /// The meaning in a short sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Exit::$name => $meaning,)* }
            }
        }
    };
}

exits! {
    Ok = 0, "everything asked for was done";
    UnsupportedProtocol = 1, "the scheme or the protocol version is not supported";
    FailedInit = 2, "the command line could not be understood";
    UrlMalformat = 3, "the URL cannot be parsed";
    NotBuiltIn = 4, "the feature is not part of this build";
    CouldntResolveProxy = 5, "the proxy's name does not resolve";
    CouldntResolveHost = 6, "the host name does not resolve";
    CouldntConnect = 7, "nobody answered at the address";
    WeirdServerReply = 8, "the response head breaks the syntax";
    PartialFile = 18, "the body ended before its announced end";
    HttpReturnedError = 22, "the status was 400 or higher, with --fail";
    WriteError = 23, "output could not be written";
    UploadFailed = 25, "the request body cannot be sent to this server";
    ReadError = 26, "input could not be read";
    OutOfMemory = 27, "memory ran out";
    OperationTimedout = 28, "a time limit ran out";
    RangeError = 33, "the server does not resume at an offset";
    SslConnectError = 35, "the TLS handshake failed";
    BadDownloadResume = 36, "the offset to resume at is beyond the file";
    FileCouldntReadFile = 37, "a file could not be opened";
    AbortedByCallback = 42, "stopped by rcurl itself";
    BadFunctionArgument = 43, "internal misuse";
    InterfaceFailed = 45, "the local interface or address cannot be used";
    TooManyRedirects = 47, "the limit of redirects was reached";
    SetoptOptionSyntax = 49, "an entry of --resolve or --connect-to is malformed";
    GotNothing = 52, "the connection closed before the first octet of a response";
    SendError = 55, "sending failed";
    RecvError = 56, "receiving failed";
    SslCertproblem = 58, "the client certificate or its key cannot be used";
    SslCipher = 59, "no usable cipher suite is in the list";
    PeerFailedVerification = 60, "the server's certificate is not trusted";
    BadContentEncoding = 61, "a content or transfer coding is unknown or corrupt";
    FilesizeExceeded = 63, "the file is larger than allowed";
    SendFailRewind = 65, "the body would have to be sent again and cannot";
    LoginDenied = 67, "credentials are not allowed here";
    SslCacertBadfile = 77, "the file of trusted certificates cannot be read";
    SslShutdownFailed = 80, "the TLS connection could not be closed";
    SslCrlBadfile = 82, "the revocation list cannot be used";
    SslIssuerError = 83, "the issuer check failed";
    SslPinnedpubkeynotmatch = 90, "the server's public key is not the pinned one";
    SslInvalidcertstatus = 91, "the certificate status is missing or bad";
    AuthError = 94, "an authentication step failed";
    Proxy = 97, "the proxy handshake failed";
    SslClientcert = 98, "the server insists on a client certificate";
    UnrecoverablePoll = 99, "waiting for sockets failed";
    TooLarge = 100, "a header line or block grew past the limit";
    // rcurl's own: beyond curl's, and below what shells use for themselves (from 125 on).
    OverBudget = 120, "a limit of --budget was broken";
    SnapshotDiffers = 121, "the exchange is not what the file of --snapshot says";
}

/// A failure: the exit status and one sentence for the user.
#[derive(Debug)]
pub struct Error {
    /// The exit status that the failure ends with.
    pub exit: Exit,
    /// One sentence: what failed, where, and what to do. Never a secret.
    pub message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The result of everything that can fail for the user.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure with its own sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            source: None,
        }
    }

    /// Adds what lies beneath, for `source()`.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

/// What is to be done, or to be sent, cannot be had.
impl Error {
    /// A part of the command line, from `--next` on, names no URL.
    pub fn no_url() -> Self {
        let message = "no URL specified\nrcurl: try 'rcurl --help' for more information";
        Self::new(Exit::FailedInit, message)
    }

    /// The file of `-T` cannot be opened.
    pub fn cannot_open(path: &Path, source: io::Error) -> Self {
        let message = format!("cannot open '{}'", path.display());
        Self::new(Exit::ReadError, message).because(source)
    }

    /// A file that a form names cannot be opened.
    pub fn failed_to_open(path: &Path, source: io::Error) -> Self {
        let message = format!("Failed to open {}", path.display());
        Self::new(Exit::ReadError, message).because(source)
    }

    /// Reading what is to be sent failed.
    pub fn read_failed(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let message = "Failed to open/read local data from file/application";
        Self::new(Exit::ReadError, message).because(source)
    }

    /// A file ended before the length that was announced for it.
    pub fn read_short(read: u64, needed: u64) -> Self {
        let message =
            format!("client read function EOF fail, only {read}/{needed} of needed bytes read");
        Self::new(Exit::ReadError, message)
    }

    /// What `-C` leaves out is more than there is.
    pub fn read_too_little(passed: u64) -> Self {
        let message = format!("Could only read {passed} bytes from the input");
        Self::new(Exit::ReadError, message)
    }

    /// `-C` leaves nothing to send.
    pub fn already_uploaded() -> Self {
        Self::new(Exit::PartialFile, "File already completely uploaded")
    }

    /// The system gives no random octets.
    pub fn no_noise(source: io::Error) -> Self {
        let message = format!("no random octets from the system: {}", reason(&source));
        Self::new(Exit::FailedInit, message).because(source)
    }

    /// What was sent must be sent again and is gone.
    pub fn cannot_rewind() -> Self {
        let message = "necessary data rewind was not possible";
        Self::new(Exit::SendFailRewind, message)
    }
}

/// There is no fault in the transfer itself.
impl Error {
    /// Another transfer failed, which ends them all.
    pub fn stopped() -> Self {
        let message = "Transfer aborted due to critical error in another transfer";
        Self::new(Exit::AbortedByCallback, message)
    }
}

/// What was received cannot be put where it belongs.
impl Error {
    /// The output takes no more.
    pub fn cannot_write(source: io::Error) -> Self {
        let message = format!("Failure writing output to destination: {}", reason(&source));
        Self::new(Exit::WriteError, message).because(source)
    }
}

/// Text without control characters: what a user or a server gave must not drive a terminal.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '.' } else { c })
        .collect()
}

/// The system's words for an error, without Rust's `(os error N)`.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
