//! The stream: everything that happens, as one ordered sequence of typed events.
//!
//! Knows: what can happen during a transfer, and how an observer is told. Must not know: who
//! listens, or what they make of it. The promise: every octet sent or received stands in exactly
//! one [`Happening::Piece`] of its layer, labelled with its part; nothing shown is re-created.

mod rewording;
mod session;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::error::{Error, Exit};
use crate::http1::{Head, Role, Violation};
use crate::lock::lock;
use crate::target::Target;

pub use rewording::Rewording;
pub use session::{Certificate, Distrust, Fault, TlsFacts, Trust, Verification};

/// One thing that happened.
#[derive(Debug)]
pub struct Event<'a> {
    /// When.
    pub at: Instant,
    /// In which transfer, counted from 0 over the whole run.
    pub transfer: u32,
    /// On which connection, counted from 0 over the whole run.
    pub connection: Option<u32>,
    /// What.
    pub what: Happening<'a>,
}

/// Where a connection leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// An internet address.
    Tcp(SocketAddr),
    /// A socket in the file system.
    Unix(PathBuf),
    /// A socket in Linux' abstract name space.
    Abstract(String),
}

/// Towards the server or from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Sent by us.
    Out,
    /// Received.
    In,
}

/// Which of the streams on top of one another an octet belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// HTTP towards the origin (or towards a proxy that forwards).
    Http,
    /// CONNECT and its answer.
    Tunnel,
    /// SOCKS, and the PROXY protocol's line.
    Socks,
    /// TLS records towards the origin.
    Tls,
    /// TLS records towards an HTTPS proxy.
    ProxyTls,
}

/// Octets, or only how many when nobody asked to see them.
#[derive(Debug, Clone, Copy)]
pub enum Bytes<'a> {
    /// The octets.
    Seen(&'a [u8]),
    /// So many octets went past the program, and nobody looked at them.
    Counted(u64),
}

impl Bytes<'_> {
    /// How many octets.
    pub fn count(&self) -> u64 {
        match self {
            Bytes::Seen(bytes) => bytes.len() as u64,
            Bytes::Counted(count) => *count,
        }
    }
}

/// How a name was turned into addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// The URL holds an address: nothing was looked up.
    Literal,
    /// The system's resolver was asked, or the name is `localhost`.
    Asked,
    /// It was known from earlier, or given with `--resolve`.
    Cached,
}

/// The side that an authentication is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The origin.
    Server,
    /// The proxy.
    Proxy,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its use was over: told as `shutting down`.
    ShutDown,
    /// After a failure: told as `closing`.
    Closed,
}

/// What happened. Each variant that curl tells with a `* ` line is told by `view::trace`.
#[derive(Debug, Clone, Copy)]
pub enum Happening<'a> {
    /// A transfer begins.
    Started {
        /// The URL as typed, after globbing.
        url: &'a str,
        /// Which URL word of the command line, from 0.
        number: u32,
        /// Which part of the command line (between two `--next`), from 0.
        operation: usize,
    },
    /// A request to this URL is about to be made (the first, a redirect, or once more).
    Requesting {
        /// The URL.
        target: &'a Target,
        /// The method.
        method: &'a str,
        /// Whether it goes through a proxy.
        by_proxy: bool,
    },
    /// `--resolve` put this into the cache.
    ResolveAdded {
        /// `host:port:address,address`.
        entry: &'a str,
    },
    /// A look-up begins.
    Resolving {
        /// The name.
        host: &'a str,
    },
    /// A look-up gave addresses.
    Resolved {
        /// The name.
        host: &'a str,
        /// The port.
        port: u16,
        /// The addresses in the order in which they are tried.
        addresses: &'a [SocketAddr],
        /// Where they come from.
        lookup: Lookup,
    },
    /// A look-up failed.
    ResolveFailed {
        /// The name.
        host: &'a str,
        /// The port.
        port: u16,
        /// Why, in the system's words where it has any.
        reason: &'a str,
    },
    /// An attempt to connect begins.
    Connecting {
        /// Where to.
        peer: &'a Peer,
    },
    /// An attempt to connect failed.
    ConnectFailed {
        /// Where to.
        peer: &'a Peer,
        /// From where.
        local: Option<SocketAddr>,
        /// Why.
        error: &'a io::Error,
    },
    /// The socket is connected.
    Connected {
        /// Where to.
        peer: &'a Peer,
        /// From where.
        local: Option<SocketAddr>,
    },
    /// A TLS handshake begins.
    Securing {
        /// The protocols offered with ALPN.
        alpn: &'a [&'a str],
        /// The certificates trusted.
        trust: &'a Trust,
    },
    /// A TLS handshake got as far as the certificates (a failed verification is told here too).
    Secured {
        /// The session.
        session: &'a TlsFacts,
    },
    /// The other side gave TLS up, during the handshake or after it.
    Alerted {
        /// Towards the origin or a proxy.
        layer: Layer,
        /// The number of its alert (RFC 8446, 6).
        alert: u8,
    },
    /// A SOCKS handshake succeeded.
    SocksEstablished {
        /// `SOCKS4`, `SOCKS5`.
        version: &'a str,
        /// `host:port` behind the proxy.
        authority: &'a str,
    },
    /// A CONNECT is about to be sent.
    Tunnelling {
        /// `host:port` behind the proxy.
        authority: &'a str,
    },
    /// The proxy granted the tunnel.
    Tunnelled {
        /// The status.
        status: u16,
    },
    /// The whole way to the server stands.
    Established {
        /// The name of the host connected to (the proxy, when there is one).
        host: &'a str,
        /// Where to.
        peer: &'a Peer,
        /// From where.
        local: Option<SocketAddr>,
    },
    /// A connection kept from earlier is used.
    Reused {
        /// The scheme.
        scheme: &'a str,
        /// The host or the proxy.
        host: &'a str,
        /// The host is a proxy.
        is_proxy: bool,
    },
    /// A kept connection turned out dead; a fresh one is tried.
    Redialling {
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// Credentials are about to be sent.
    Authenticating {
        /// For whom.
        side: Side,
        /// `Basic`, `Digest`, `Bearer`.
        scheme: &'a str,
        /// The user.
        user: &'a str,
    },
    /// A challenge that leads nowhere: credentials were refused, or it makes no sense.
    AuthenticationRemark {
        /// What there is to say, in curl's words.
        remark: &'a str,
    },
    /// A request is being signed.
    Signing {
        /// What is signed, and how; no secret, but perhaps several lines.
        remark: &'a str,
    },
    /// The pieces of one layer and direction that follow, so many octets, passed the socket at once.
    Batch {
        /// Which way.
        direction: Direction,
        /// The layer.
        layer: Layer,
        /// How many octets.
        bytes: usize,
    },
    /// A part of a message.
    Piece {
        /// Which way.
        direction: Direction,
        /// The layer.
        layer: Layer,
        /// The part.
        role: Role,
        /// The octets.
        bytes: Bytes<'a>,
    },
    /// The request is on its way, all of it.
    RequestSent {
        /// The octets of the body as sent (with chunk framing); none without a body.
        body: Option<u64>,
    },
    /// The head is sent, and the body waits for `100 Continue`.
    AwaitingContinue,
    /// The wait for `100 Continue` ended without an answer.
    ContinueNotGranted,
    /// 417 came while `100 Continue` was waited for.
    ExpectationFailed,
    /// An HTTP/1.0 response: the connection will not be kept.
    AssumeClose,
    /// The other side has ended its stream: there will be no more octets from it.
    StreamEnded,
    /// A response head is complete; its last line is not shown yet.
    HeadReceived {
        /// The head.
        head: &'a Head,
    },
    /// A departure from the grammar.
    Violated {
        /// Which one, where.
        violation: &'a Violation,
    },
    /// A cookie came, or was refused.
    CookieHeard {
        /// The outcome in words.
        outcome: &'a str,
    },
    /// What an origin said of itself was used, or made no sense: HSTS, alternative services.
    OriginRemark {
        /// What there is to say, in curl's words.
        remark: &'a str,
    },
    /// The host asked for TLS: the URL is another one now.
    Upgraded {
        /// The URL with `https`.
        target: &'a Target,
    },
    /// The document is older than `-z` asked for, though the server sent it: as good as a 304.
    NotModifiedAfterAll,
    /// What a proxy that grants a tunnel says of a body means nothing (RFC 9110, 9.3.6).
    TunnelFieldIgnored {
        /// The field's name.
        name: &'a str,
        /// The status.
        status: u16,
    },
    /// A request is written down instead of sent (`--dry-run`).
    Rehearsing {
        /// The route that it would take, in words.
        route: &'a str,
    },
    /// It is written down.
    Rehearsed {
        /// The octets of its head.
        head: u64,
        /// The octets of the body as it would be sent (with chunk framing); none without a body.
        body: Option<u64>,
    },
    /// The body will be needed again.
    Rewinding,
    /// The content of this response is read and thrown away.
    IgnoringBody {
        /// The length is known.
        sized: bool,
    },
    /// Content was delivered to the output, after decoding.
    Delivered {
        /// How many octets.
        bytes: u64,
    },
    /// The file that content goes to.
    Saving {
        /// Its name.
        path: &'a Path,
    },
    /// Content that was to be laid out is not JSON from here on: shown as it came.
    JsonBroken {
        /// The line, from 1.
        line: u64,
        /// The octet within the line, from 1.
        column: u64,
        /// What should have stood there, in words.
        wanted: &'a str,
    },
    /// A problem document (RFC 9457) was delivered; what it says, on one line each.
    Problem {
        /// A URI that names the kind of problem.
        kind: Option<&'a str>,
        /// The kind of problem in words.
        title: Option<&'a str>,
        /// The status that the origin gave.
        status: Option<u16>,
        /// This very problem in words.
        detail: Option<&'a str>,
    },
    /// The connection is kept for later.
    Kept {
        /// The host or the proxy, with its port.
        host: &'a str,
    },
    /// The connection is no more.
    Ended {
        /// How.
        how: Ending,
    },
    /// One request and its response are over.
    Exchanged,
    /// A further request follows: a redirect, or the same with credentials.
    Following {
        /// Where to.
        target: &'a Target,
        /// A redirect, as against a repetition.
        redirect: bool,
    },
    /// A redirect that was not followed.
    NotFollowed {
        /// Where it leads, made absolute where possible.
        url: &'a str,
    },
    /// The transfer failed and will be tried again.
    Retrying {
        /// What went wrong: `HTTP error`, `timeout`, `connection refused`, `(retrying all errors)`.
        problem: &'a str,
        /// When.
        after: Duration,
        /// How many tries are left.
        left: u32,
    },
    /// Something the user should know.
    Warned {
        /// One sentence.
        text: &'a str,
    },
    /// Something of interest to those who asked for talk (`Note:`).
    Noted {
        /// One sentence.
        text: &'a str,
    },
    /// Something failed; told where curl tells it, the connection still at hand.
    Failed {
        /// What.
        error: &'a Error,
    },
    /// Time passes while waiting.
    Tick,
    /// A transfer is over.
    Finished {
        /// How.
        outcome: Result<(), &'a Error>,
    },
}

impl Happening<'_> {
    /// Whether it is said in a sentence of its own, whatever else is shown: a warning, a failure.
    pub fn is_remark(&self) -> bool {
        matches!(
            self,
            Self::Warned { .. }
                | Self::Noted { .. }
                | Self::Retrying { .. }
                | Self::Finished { .. }
        )
    }
}

/// What an observer wants to be told beyond the plain facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Interest {
    /// Octets of content: none may go past the program. Those who don't ask for them are told
    /// counts where that is faster, of content and of the framing of chunks.
    pub content: bool,
    /// The TLS session in words (its certificates are taken apart for it).
    pub tls: bool,
    /// The octets of TLS records.
    pub records: bool,
    /// The octets of TLS records as long as a handshake lasts.
    pub handshakes: bool,
    /// `Tick`s.
    pub ticks: bool,
}

impl Interest {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            content: self.content || other.content,
            tls: self.tls || other.tls,
            records: self.records || other.records,
            handshakes: self.handshakes || other.handshakes,
            ticks: self.ticks || other.ticks,
        }
    }
}

/// What an observer listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attention {
    /// To what is said in a sentence of its own: [`Happening::is_remark`].
    ToRemarks,
    /// To everything.
    ToAll,
}

/// A view: it is told, it cannot fail, and it changes nothing.
pub trait Observer: Send {
    /// One event, in order.
    fn observe(&mut self, event: &Event<'_>);

    /// What it needs beyond the plain facts; asked once.
    fn wants(&self) -> Interest {
        Interest::default()
    }

    /// What it listens to; asked once. Where nobody listens, nothing need be told.
    fn attends(&self) -> Attention {
        Attention::ToAll
    }

    /// The run is over, and there will be no further event. Who was asked for a verdict on it (a
    /// budget, a comparison) gives it as an exit status of its own; everybody else has nothing to
    /// object.
    fn conclude(&mut self) -> Exit {
        Exit::Ok
    }
}

/// All observers of a run.
pub type Observers = Vec<Box<dyn Observer>>;

/// The end of the stream that the engine holds: one per transfer.
#[derive(Clone)]
pub struct Tap {
    clock: Arc<dyn Clock>,
    observers: Arc<Mutex<Observers>>,
    interest: Interest,
    attention: Attention,
    transfer: u32,
    connection: Option<u32>,
    /// Whether the run has been stopped, where it can be.
    stopped: Option<Arc<AtomicBool>>,
}

impl Tap {
    /// A tap of transfer 0.
    pub fn new(clock: Arc<dyn Clock>, observers: Observers) -> Self {
        let interest = observers.iter().fold(Interest::default(), |sum, observer| {
            sum.and(observer.wants())
        });
        let attention = observers.iter().map(|observer| observer.attends()).max();
        Self {
            clock,
            observers: Arc::new(Mutex::new(observers)),
            interest,
            attention: attention.unwrap_or(Attention::ToRemarks),
            transfer: 0,
            connection: None,
            stopped: None,
        }
    }

    /// The same stream for a run that can be stopped. Whoever waits then looks at the time now and
    /// then, as for `Tick`s, and at [`is_stopped`](Self::is_stopped).
    #[must_use]
    pub fn stoppable(&self) -> Self {
        let mut tap = self.clone();
        tap.interest.ticks = true;
        tap.stopped = Some(Arc::default());
        tap
    }

    /// Stops the run: all transfers under way end as soon as they look.
    pub fn stop(&self) {
        if let Some(stopped) = &self.stopped {
            stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Whether nobody wants what is still to come.
    pub fn is_stopped(&self) -> bool {
        let stopped = self.stopped.as_ref();
        stopped.is_some_and(|stopped| stopped.load(Ordering::Relaxed))
    }

    /// The same stream for another transfer.
    #[must_use]
    pub fn for_transfer(&self, transfer: u32) -> Self {
        Self {
            transfer,
            connection: None,
            ..self.clone()
        }
    }

    /// From now on events belong to this connection.
    pub fn on_connection(&mut self, connection: Option<u32>) {
        self.connection = connection;
    }

    /// The connection that events belong to.
    pub fn connection(&self) -> Option<u32> {
        self.connection
    }

    /// The clock that stamps the events.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What the observers need beyond the plain facts.
    pub fn interest(&self) -> Interest {
        self.interest
    }

    /// What the observers listen to: where that is remarks alone, a story need not be prepared.
    pub fn attention(&self) -> Attention {
        self.attention
    }

    /// Tells all observers that the run is over; gives the first objection, if there is one.
    pub fn conclude(&self) -> Exit {
        lock(&self.observers)
            .iter_mut()
            .fold(Exit::Ok, |first, observer| {
                let verdict = observer.conclude();
                if first == Exit::Ok { verdict } else { first }
            })
    }

    /// Tells what happens now.
    pub fn emit(&self, what: Happening<'_>) {
        if self.is_heard(&what) {
            self.emit_at(self.clock.now(), what);
        }
    }

    /// Tells what happened at a time that was noted before.
    pub fn emit_at(&self, at: Instant, what: Happening<'_>) {
        if !self.is_heard(&what) {
            return;
        }
        let event = Event {
            at,
            transfer: self.transfer,
            connection: self.connection,
            what,
        };
        for observer in lock(&self.observers).iter_mut() {
            observer.observe(&event);
        }
    }

    /// Whether there is anybody who makes something of it.
    fn is_heard(&self, what: &Happening<'_>) -> bool {
        self.attention == Attention::ToAll || what.is_remark()
    }
}
