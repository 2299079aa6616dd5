//! What is to be done: the command line, understood.
//!
//! Knows: plain data, one field per thing a user can ask for. Must not know: how words became this,
//! or how it is carried out. Secrets are wrapped, so that `Debug` tells none.

mod budget;
mod inspect;
mod parallel;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use crate::glob::Glob;

pub use budget::{Limit, MEASURES, Measure};
pub use inspect::{Inspect, Mask, Varying, WireLimit};
pub use parallel::{Parallel, Start};

/// A whole command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What applies to every transfer.
    pub global: Global,
    /// The parts of the command line that `--next` separates.
    pub operations: Vec<Operation>,
    /// Warnings and notes about the command line, in order, to be told before the first transfer.
    pub notices: Vec<Notice>,
}

/// Something to tell about the command line. What `--silent` silences is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// `Warning: …`.
    Warning(String),
    /// `Note: …`, in a trace only.
    Note(String),
    /// `rcurl: …`, an error that is told in addition to another one.
    Complaint(String),
}

/// A secret: its `Debug` form tells nothing, and its memory is wiped.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Secret<T: Zeroize = String>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Wraps a secret.
    pub fn new(secret: impl Into<T>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The secret itself.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Options that curl calls global.
#[derive(Debug, Clone, PartialEq)]
pub struct Global {
    /// `-s`: no meter, no warnings, no error messages.
    pub silent: bool,
    /// `-S`: error messages all the same.
    pub show_error: bool,
    /// `-v`, `--trace`, `--trace-ascii`.
    pub trace: Trace,
    /// `--trace-time`.
    pub trace_time: bool,
    /// `--trace-ids`.
    pub trace_ids: bool,
    /// `--stderr`: where messages go instead of standard error.
    pub stderr: Option<Destination>,
    /// `--styled-output`.
    pub styled_output: bool,
    /// `--no-progress-meter` and `-#`.
    pub progress: Progress,
    /// What curl does not have.
    pub inspect: Inspect,
    /// `--fail-early`.
    pub fail_early: bool,
    /// `-Z`: transfers at the same time, at most so many.
    pub parallel: Option<Parallel>,
    /// `--rate`: the least time between two starts of serial transfers.
    pub pace: Option<Duration>,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            silent: false,
            show_error: false,
            trace: Trace::Off,
            trace_time: false,
            trace_ids: false,
            stderr: None,
            styled_output: true,
            progress: Progress::Meter,
            inspect: Inspect::default(),
            fail_early: false,
            parallel: None,
            pace: None,
        }
    }
}

/// How much is told of the wire, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Trace {
    /// Nothing.
    #[default]
    Off,
    /// `-v`: head lines and facts on standard error.
    Verbose,
    /// `--trace-ascii`.
    Ascii(Destination),
    /// `--trace`: octets in hexadecimal too.
    Hex(Destination),
}

/// Where text goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A file.
    File(PathBuf),
}

/// The progress shown on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    /// curl's table.
    #[default]
    Meter,
    /// `-#`.
    Bar,
    /// `--no-progress-meter`.
    Off,
}

/// A switch with a mind of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum When {
    /// On a terminal.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// One part of the command line: URLs and the options that hold for them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Operation {
    /// The URLs in order, each with its `-o`, `-O` or `-T`.
    pub urls: Vec<UrlPlan>,
    /// There are more `-o` and `-O` than URLs. Then nothing is done after these, as in curl.
    pub more_outputs: bool,
    /// What is asked.
    pub request: Request,
    /// Who asks.
    pub auth: Auth,
    /// Cookies.
    pub cookies: Cookies,
    /// What a redirect leads to.
    pub follow: Follow,
    /// Where what is received goes.
    pub output: Output,
    /// How long and how much.
    pub limits: Limits,
    /// How the host is reached.
    pub route: Route,
    /// Proxies.
    pub proxy: Proxying,
    /// TLS towards the origin.
    pub tls: Tls,
    /// TLS towards an HTTPS proxy.
    pub proxy_tls: Tls,
    /// `--retry`.
    pub retry: Retry,
    /// `-w`.
    pub write_out: Option<Vec<u8>>,
    /// `--hsts`: files to read, of which the last is written; an empty name is none.
    pub hsts: Vec<PathBuf>,
    /// `--alt-svc`: files to read, of which the last is written; an empty name is none.
    pub alt_svc: Vec<PathBuf>,
    /// `--ipfs-gateway`.
    pub ipfs_gateway: Option<String>,
}

/// One URL word of the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UrlPlan {
    /// As typed; not yet taken apart, since a glob may stand for many.
    pub url: String,
    /// The pattern, or what is wrong with it, told when its turn comes; `None` with `-g`.
    pub glob: Option<Result<Glob, String>>,
    /// Where the content goes.
    pub output: SaveAs,
    /// `-T`: what is sent.
    pub upload: Option<Upload>,
}

/// Where the content of one URL goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SaveAs {
    /// Standard output.
    #[default]
    Stdout,
    /// `-o`: a name, which may hold `#1`.
    File(String),
    /// `-O`: the last part of the URL's path.
    RemoteName,
    /// `--out-null`.
    Null,
}

/// What `-T` names.
#[derive(Debug, Clone, PartialEq)]
pub enum Upload {
    /// A file; a glob of names where the pattern is one.
    File(String, Option<Result<Glob, String>>),
    /// `-`: standard input, waited for.
    Stdin,
    /// `.`: standard input, without waiting.
    StdinNonBlocking,
}

/// What is asked of the server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// `-X`, as typed; it holds for every hop of `-L`.
    pub method: Option<String>,
    /// `-I`.
    pub head: bool,
    /// `-d`, `--json`, `-F`, or nothing.
    pub body: Body,
    /// `-G`: the data goes into the query.
    pub data_in_query: bool,
    /// `--url-query`, ready to be appended.
    pub url_query: Option<String>,
    /// `-H`, in order: whole lines as typed (`Name: value`, `Name:`, `Name;`).
    pub headers: Vec<Vec<u8>>,
    /// `--proxy-header`.
    pub proxy_headers: Vec<Vec<u8>>,
    /// `-A`; an empty one removes the field.
    pub user_agent: Option<String>,
    /// `-e` without its `;auto`.
    pub referer: Option<String>,
    /// `-e ";auto"`.
    pub auto_referer: bool,
    /// `-r`.
    pub range: Option<String>,
    /// `-C`.
    pub resume: Option<Resume>,
    /// `-z`: only when changed since (or not), Unix seconds.
    pub condition: Option<TimeCondition>,
    /// `-0` or `--http1.1`.
    pub version: HttpVersion,
    /// `--http0.9`.
    pub allow_http09: bool,
    /// `--compressed`.
    pub compressed: bool,
    /// `--tr-encoding`.
    pub transfer_encoding: bool,
    /// `--raw`.
    pub raw: bool,
    /// `--ignore-content-length`.
    pub ignore_content_length: bool,
    /// `--crlf`.
    pub crlf: bool,
    /// `--use-ascii`, which is `--crlf` in all but name.
    pub use_ascii: bool,
    /// `--request-target`.
    pub request_target: Option<String>,
    /// `--path-as-is`.
    pub path_as_is: bool,
    /// `--etag-compare`.
    pub etag_compare: Option<PathBuf>,
    /// `--etag-save`.
    pub etag_save: Option<PathBuf>,
}

/// The HTTP version that requests name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpVersion {
    /// 1.1, or 1.0 once the server answered with it.
    #[default]
    Negotiated,
    /// `-0`.
    Http10,
    /// `--http1.1`.
    Http11,
}

/// `-C`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// `-C -`: the size of the output file tells.
    FromFile,
    /// From this octet on.
    At(u64),
}

/// `-z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeCondition {
    /// Unix seconds.
    pub time: i64,
    /// Since or before.
    pub kind: ConditionKind,
}

impl TimeCondition {
    /// Whether a document of this date is wanted.
    pub fn is_met(self, modified: i64) -> bool {
        match self.kind {
            ConditionKind::ModifiedSince => modified > self.time,
            ConditionKind::UnmodifiedSince => modified <= self.time,
        }
    }
}

/// The two directions of `-z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionKind {
    /// `If-Modified-Since`.
    ModifiedSince,
    /// `-z -date`: `If-Unmodified-Since`.
    UnmodifiedSince,
}

/// The content of a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// `-d` and its relatives: read and joined, and shared by all requests that send it.
    Data(Arc<Vec<u8>>),
    /// `--json`: the same with JSON's own fields.
    Json(Arc<Vec<u8>>),
    /// `-F`.
    Form(Form),
}

/// A multipart form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    /// The parts in order.
    pub parts: Vec<Part>,
    /// `--form-escape`: backslash escapes in names instead of percent-encoding.
    pub escape_backslash: bool,
}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    /// The name; none in a nested multipart of files.
    pub name: Option<String>,
    /// Where the content comes from.
    pub content: PartContent,
    /// `;type=`.
    pub content_type: Option<String>,
    /// `;filename=`, or the file's own name.
    pub filename: Option<String>,
    /// `;encoder=`.
    pub encoder: Option<Encoder>,
    /// `;headers=`.
    pub headers: Vec<String>,
}

/// The content of a part.
#[derive(Debug, Clone, PartialEq)]
pub enum PartContent {
    /// Given on the command line.
    Bytes(Vec<u8>),
    /// A file, opened when it is sent.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// `=(`: further parts.
    Parts(Vec<Part>),
}

impl Default for PartContent {
    fn default() -> Self {
        PartContent::Bytes(Vec::new())
    }
}

/// `;encoder=`, the content transfer encoding of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoder {
    /// As it stands, labelled `8bit`.
    EightBit,
    /// As it stands, checked to be 7 bit.
    SevenBit,
    /// As it stands, labelled `binary`.
    Binary,
    /// Base64 in lines of 76.
    Base64,
    /// Quoted-printable.
    QuotedPrintable,
}

/// Credentials for the origin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Auth {
    /// `-u user:password`.
    pub user: Option<UserPassword>,
    /// `--oauth2-bearer`.
    pub bearer: Option<Secret>,
    /// `--basic`, `--digest`, `--anyauth`.
    pub schemes: AuthSchemes,
    /// `-n`, `--netrc-file`, `--netrc-optional`.
    pub netrc: Netrc,
    /// `--disallow-username-in-url`.
    pub disallow_username_in_url: bool,
    /// `--aws-sigv4`.
    pub aws_sigv4: Option<String>,
    /// `--httpsig-*`.
    pub httpsig: Option<Httpsig>,
    /// `-u` without a colon: the password is to be asked for.
    pub ask_password: bool,
}

/// `--httpsig-*` (RFC 9421).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Httpsig {
    /// `--httpsig-algo`.
    pub algorithm: HttpsigAlgorithm,
    /// `--httpsig-key`: the key in hexadecimal, read from its file.
    pub key: Option<Secret>,
    /// `--httpsig-keyid`.
    pub key_id: Option<String>,
    /// `--httpsig-headers`.
    pub components: Option<String>,
}

/// The algorithms of `--httpsig-algo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HttpsigAlgorithm {
    /// `ed25519`.
    #[default]
    Ed25519,
    /// `hmac-sha256`.
    HmacSha256,
}

/// `user[:password]`. Octets, since neither need be UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserPassword {
    /// The user.
    pub user: Vec<u8>,
    /// The password; empty when none was given.
    pub password: Secret<Vec<u8>>,
}

/// The authentication schemes that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuthSchemes {
    /// None was named: a token if there is one, else Basic.
    #[default]
    Unnamed,
    /// `--basic`.
    Basic,
    /// `--digest`.
    Digest,
    /// `--anyauth`: ask first, then the strongest offered.
    Any,
}

/// Whether and where `.netrc` is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Netrc {
    /// Used or not.
    pub use_it: NetrcUse,
    /// `--netrc-file`.
    pub file: Option<PathBuf>,
}

/// How `.netrc` and other credentials go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NetrcUse {
    /// Not read.
    #[default]
    Ignored,
    /// `--netrc-optional`: credentials of the URL or of `-u` win.
    Optional,
    /// `-n`: required; the URL's user picks the entry.
    Required,
}

/// `-b`, `-c`, `-j`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookies {
    /// `-b name=value`, joined with `; `.
    pub data: Option<String>,
    /// `-b file`, in order; an empty name only turns the engine on.
    pub files: Vec<PathBuf>,
    /// `-c`.
    pub jar: Option<PathBuf>,
    /// `-j`.
    pub junk_session: bool,
}

impl Cookies {
    /// Whether cookies are kept and sent at all.
    pub fn engine(&self) -> bool {
        !self.files.is_empty() || self.jar.is_some()
    }
}

/// `-L`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// `-L` or `--follow`.
    pub mode: FollowMode,
    /// `--location-trusted`.
    pub trusted: bool,
    /// `--max-redirs`; `None` is unlimited.
    pub most: Option<u32>,
    /// `--post301`.
    pub post301: bool,
    /// `--post302`.
    pub post302: bool,
    /// `--post303`.
    pub post303: bool,
    /// `--proto`.
    pub proto: Protocols,
    /// `--proto-redir`.
    pub proto_redir: Protocols,
    /// `--proto-default`.
    pub proto_default: Option<String>,
}

impl Default for Follow {
    fn default() -> Self {
        Self {
            mode: FollowMode::Never,
            trusted: false,
            most: Some(50),
            post301: false,
            post302: false,
            post303: false,
            proto: Protocols::default(),
            proto_redir: Protocols::default(),
            proto_default: None,
        }
    }
}

/// How redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowMode {
    /// Not at all.
    #[default]
    Never,
    /// `-L`: a `-X` method is kept on every hop.
    Location,
    /// `--follow`: the status decides about a `-X` method too.
    Standard,
}

/// The protocols allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Protocols {
    /// `http`.
    pub http: bool,
    /// `https`.
    pub https: bool,
    /// `file`, on the command line alone.
    pub file: bool,
}

impl Default for Protocols {
    fn default() -> Self {
        Self {
            http: true,
            https: true,
            file: true,
        }
    }
}

/// Where what is received goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// `-i`, or implied by `-I`.
    pub include_head: bool,
    /// `-D`, with `-` and `%` resolved.
    pub dump_header: Option<Destination>,
    /// `-f`, `--fail-with-body`.
    pub fail: Fail,
    /// `-N`.
    pub no_buffer: bool,
    /// `--output-dir`.
    pub directory: Option<PathBuf>,
    /// `--create-dirs`.
    pub create_dirs: bool,
    /// `-J`.
    pub remote_header_name: bool,
    /// `-R`.
    pub remote_time: bool,
    /// `--remove-on-error`.
    pub remove_on_error: bool,
    /// `--clobber`, `--no-clobber`; unset is curl's default.
    pub clobber: Clobber,
    /// `--skip-existing`.
    pub skip_existing: bool,
    /// `--xattr`.
    pub xattr: bool,
    /// `--suppress-connect-headers`.
    pub suppress_connect_headers: bool,
    /// `-o -` was given: binary content may go to a terminal.
    pub binary_to_terminal: bool,
}

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clobber {
    /// Overwrites, but for a name the server chose.
    #[default]
    Default,
    /// `--clobber`: overwrites always.
    Always,
    /// `--no-clobber`: a number is added to the name.
    Never,
}

/// What a status of 400 and more means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fail {
    /// Nothing.
    #[default]
    No,
    /// `-f`: exit 22, no content.
    WithoutBody,
    /// `--fail-with-body`: exit 22, content delivered.
    WithBody,
}

/// Limits of time and size.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// `-m`.
    pub total: Option<Duration>,
    /// `--connect-timeout`.
    pub connect: Option<Duration>,
    /// `--expect100-timeout`; one second when unset.
    pub expect100: Option<Duration>,
    /// `--happy-eyeballs-timeout-ms`; 200 ms when unset.
    pub happy_eyeballs: Option<Duration>,
    /// `--max-filesize` in octets.
    pub file_size: Option<u64>,
    /// `--limit-rate` in octets a second.
    pub rate: Option<u64>,
    /// `--speed-limit` in octets a second.
    pub low_speed: Option<u64>,
    /// `--speed-time`.
    pub low_speed_time: Option<Duration>,
}

/// How a host is reached.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Route {
    /// `-4`, `-6`.
    pub family: Family,
    /// `--resolve`, in order, as typed.
    pub resolve: Vec<String>,
    /// `--connect-to`, in order, as typed.
    pub connect_to: Vec<String>,
    /// `--unix-socket`.
    pub unix_socket: Option<PathBuf>,
    /// `--abstract-unix-socket`.
    pub abstract_unix_socket: Option<String>,
    /// `--interface`.
    pub interface: Option<String>,
    /// `--local-port`, first and last.
    pub local_ports: Option<(u16, u16)>,
    /// `--no-keepalive` switches this off.
    pub keepalive: Keepalive,
    /// `--no-tcp-nodelay` switches this off.
    pub nagle: bool,
    /// `--tcp-fastopen`.
    pub fast_open: bool,
    /// `--mptcp`.
    pub multipath: bool,
    /// `--ip-tos`.
    pub type_of_service: Option<u8>,
    /// `--vlan-priority`.
    pub priority: Option<u32>,
    /// `--haproxy-protocol`, `--haproxy-clientip`.
    pub haproxy: Option<Haproxy>,
}

/// The PROXY protocol's line before everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Haproxy {
    /// The address to tell instead of our own.
    pub client: Option<IpAddr>,
}

/// IP versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// `-4`.
    V4,
    /// `-6`.
    V6,
}

/// TCP keepalive probes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keepalive {
    /// Sent at all.
    pub on: bool,
    /// `--keepalive-time` in seconds.
    pub time: u32,
    /// `--keepalive-cnt`.
    pub count: u32,
}

impl Default for Keepalive {
    fn default() -> Self {
        Self {
            on: true,
            time: 60,
            count: 9,
        }
    }
}

/// Proxies, as asked for; which one applies is decided per URL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proxying {
    /// `-x`, `--socks5` and so on: `scheme://[user:password@]host[:port]`; empty for none at all.
    pub proxy: Option<Secret>,
    /// `--preproxy`.
    pub preproxy: Option<Secret>,
    /// `--noproxy`.
    pub noproxy: Option<String>,
    /// `-p`: a tunnel for `http://` too.
    pub tunnel: bool,
    /// `-U`.
    pub user: Option<UserPassword>,
    /// `--proxy-basic`, `--proxy-digest`, `--proxy-anyauth`.
    pub schemes: AuthSchemes,
    /// `--proxy1.0`: CONNECT is sent as HTTP/1.0.
    pub http10: bool,
    /// `-U` without a colon: the password is to be asked for.
    pub ask_password: bool,
    /// `--no-socks5-basic`: user and password are not offered to a SOCKS5 proxy.
    pub socks5_anonymous: bool,
}

/// TLS, on one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Tls {
    /// `-k` switches this off.
    pub verify: bool,
    /// `--cacert`.
    pub ca_file: Option<PathBuf>,
    /// `--capath`.
    pub ca_directory: Option<PathBuf>,
    /// `--ca-native`.
    pub ca_native: bool,
    /// `--crlfile`.
    pub crl_file: Option<PathBuf>,
    /// `--cert`, without its password.
    pub certificate: Option<PathBuf>,
    /// `--cert-type`.
    pub certificate_type: Option<String>,
    /// `--key`.
    pub key: Option<PathBuf>,
    /// `--key-type`.
    pub key_type: Option<String>,
    /// `--pass`, or the password of `--cert`.
    pub passphrase: Option<Secret>,
    /// `--tlsv1.2`, `--tlsv1.3`.
    pub least: TlsVersion,
    /// `--tls-max`.
    pub most: TlsVersion,
    /// `--ciphers`.
    pub ciphers: Option<String>,
    /// `--tls13-ciphers`.
    pub ciphers13: Option<String>,
    /// `--curves`.
    pub curves: Option<String>,
    /// `--sigalgs`.
    pub signature_algorithms: Option<String>,
    /// `--pinnedpubkey`.
    pub pinned_key: Option<String>,
    /// `--cert-status`.
    pub certificate_status: bool,
    /// `--no-alpn` switches this off.
    pub alpn: bool,
    /// `--no-sessionid` switches this off.
    pub session_reuse: bool,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            verify: true,
            ca_file: None,
            ca_directory: None,
            ca_native: false,
            crl_file: None,
            certificate: None,
            certificate_type: None,
            key: None,
            key_type: None,
            passphrase: None,
            least: TlsVersion::Default,
            most: TlsVersion::Default,
            ciphers: None,
            ciphers13: None,
            curves: None,
            signature_algorithms: None,
            pinned_key: None,
            certificate_status: false,
            alpn: true,
            session_reuse: true,
        }
    }
}

/// TLS versions as limits; what is below 1.2 rustls does not speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum TlsVersion {
    /// No limit asked for.
    #[default]
    Default,
    /// TLS 1.0.
    V1_0,
    /// TLS 1.1.
    V1_1,
    /// TLS 1.2.
    V1_2,
    /// TLS 1.3.
    V1_3,
}

/// `--retry` and its companions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retry {
    /// `--retry`.
    pub most: u32,
    /// `--retry-delay`; without one the delay doubles from one second.
    pub delay: Option<Duration>,
    /// `--retry-max-time`.
    pub most_time: Option<Duration>,
    /// `--retry-connrefused`.
    pub when_refused: bool,
    /// `--retry-all-errors`.
    pub after_any_error: bool,
}
