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

use crate::codec::text::visible;
use crate::http1::Broken;

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

/// What is to be sent cannot be had.
impl Error {
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

    /// What was sent must be sent again and is gone.
    pub fn cannot_rewind() -> Self {
        let message = "necessary data rewind was not possible";
        Self::new(Exit::SendFailRewind, message)
    }
}

/// Responses that cannot be read on.
impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
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
            other => return Self::from_body(other),
        };
        Self::new(exit, message)
    }
}

impl Error {
    /// What is wrong with a body: where it ends, and its transfer codings.
    fn from_body(broken: Broken) -> Self {
        let (exit, message) = match broken {
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
        };
        Self::new(exit, message)
    }
}

/// Failures on the way to a server: names, sockets, proxies.
impl Error {
    /// A name without addresses.
    pub fn could_not_resolve(host: &str) -> Self {
        Self::new(
            Exit::CouldntResolveHost,
            format!("Could not resolve host: {host}"),
        )
    }

    /// The name of a proxy without addresses.
    pub fn could_not_resolve_proxy(host: &str) -> Self {
        Self::new(
            Exit::CouldntResolveProxy,
            format!("Could not resolve proxy: {host}"),
        )
    }

    /// RFC 7686: names under `.onion` never reach the DNS.
    pub fn onion() -> Self {
        Self::new(
            Exit::CouldntResolveHost,
            "Not resolving .onion address (RFC 7686)",
        )
    }

    /// A time limit ran out during a look-up.
    pub fn resolving_timed_out(milliseconds: u128) -> Self {
        Self::new(
            Exit::OperationTimedout,
            format!("Resolving timed out after {milliseconds} milliseconds"),
        )
    }

    /// A time limit ran out before the connection stood.
    pub fn connection_timed_out(milliseconds: u128) -> Self {
        Self::new(
            Exit::OperationTimedout,
            format!("Connection timed out after {milliseconds} milliseconds"),
        )
    }

    /// No address answered. `via` is the proxy, when there is one.
    pub fn could_not_connect(
        host: &str,
        port: u16,
        via: Option<&str>,
        milliseconds: u128,
        error: &io::Error,
    ) -> Self {
        let via = via.map_or_else(String::new, |proxy| format!("via {proxy} "));
        let (exit, reason) = match error.kind() {
            io::ErrorKind::TimedOut => (Exit::OperationTimedout, "Timeout was reached"),
            _ => (Exit::CouldntConnect, "Could not connect to server"),
        };
        Self::new(
            exit,
            format!("Failed to connect to {host}:{port} {via}after {milliseconds} ms: {reason}"),
        )
    }

    /// `--interface` names nothing that a socket can be bound to.
    pub fn could_not_bind_to(name: &str) -> Self {
        Self::new(
            Exit::InterfaceFailed,
            format!("Couldn't bind to '{}'", plain(name)),
        )
    }

    /// The system refused the local address or port.
    pub fn bind_failed(error: &io::Error) -> Self {
        let number = error.raw_os_error().unwrap_or(0);
        Self::new(
            Exit::InterfaceFailed,
            format!("bind failed with errno {number}: {}", reason(error)),
        )
    }

    /// An entry of `--resolve` that means nothing.
    pub fn bad_resolve_entry(entry: &str) -> Self {
        Self::new(
            Exit::SetoptOptionSyntax,
            format!("Couldn't parse CURLOPT_RESOLVE entry '{}'", plain(entry)),
        )
    }

    /// An entry of `--connect-to` that means nothing.
    pub fn bad_connect_to_entry(entry: &str) -> Self {
        Self::new(
            Exit::SetoptOptionSyntax,
            format!("Couldn't parse CURLOPT_CONNECT_TO entry '{}'", plain(entry)),
        )
    }

    /// A proxy handshake that failed.
    pub fn proxy(message: impl Into<String>) -> Self {
        Self::new(Exit::Proxy, message)
    }
}

/// Failures of TLS.
impl Error {
    /// A time limit ran out during a TLS handshake.
    pub fn tls_timed_out() -> Self {
        Self::new(Exit::OperationTimedout, "SSL connection timeout")
    }

    /// The handshake failed for a reason other than trust.
    pub fn tls_connect(reason: &str) -> Self {
        Self::new(
            Exit::SslConnectError,
            format!("TLS connect error: {}", plain(reason)),
        )
    }

    /// A chain that leads to nobody trusted, or is out of date.
    pub fn untrusted(reason: &str) -> Self {
        Self::new(
            Exit::PeerFailedVerification,
            format!("SSL certificate problem: {}", plain(reason)),
        )
    }

    /// A trusted certificate for somebody else; `names` are those it has.
    pub fn wrong_name(wanted: &str, names: &str) -> Self {
        Self::new(
            Exit::PeerFailedVerification,
            format!(
                "SSL: no alternative certificate subject name matches target hostname '{wanted}' \
                 ({})",
                plain(names)
            ),
        )
    }

    /// The public key is not the one of `--pinnedpubkey`.
    pub fn wrong_pinned_key() -> Self {
        Self::new(
            Exit::SslPinnedpubkeynotmatch,
            "SSL: public key does not match pinned public key",
        )
    }

    /// A file of trusted certificates that cannot be used.
    pub fn bad_ca_file(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCacertBadfile,
            format!(
                "error adding trust anchors from file: {}: {reason}; a file with certificates in \
                 PEM form is needed",
                path.display()
            ),
        )
    }

    /// A revocation list that cannot be used.
    pub fn bad_crl_file(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCrlBadfile,
            format!("error loading CRL file: {}: {reason}", path.display()),
        )
    }

    /// A client certificate that cannot be used.
    pub fn bad_client_certificate(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCertproblem,
            format!(
                "could not load client certificate from {}: {reason}",
                path.display()
            ),
        )
    }

    /// The key of a client certificate that cannot be used.
    pub fn bad_client_key(path: &Path, reason: &str) -> Self {
        Self::new(
            Exit::SslCertproblem,
            format!(
                "unable to set private key file: '{}': {reason}",
                path.display()
            ),
        )
    }

    /// A list of cipher suites or curves with nothing usable in it.
    pub fn no_cipher(what: &str, list: &str) -> Self {
        Self::new(
            Exit::SslCipher,
            format!("failed setting {what}: '{}'", plain(list)),
        )
    }

    /// Something that this build cannot do and must not pretend to have done.
    pub fn not_built_in(what: &str) -> Self {
        Self::new(Exit::NotBuiltIn, what)
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
