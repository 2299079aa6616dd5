//! The hops of one transfer: compose, open, exchange, follow, and again.
//!
//! Knows: what happens from the first request to the response that ends it. Must not know:
//! how a request is put together, other transfers, retries, or how anything is shown.

use crate::error::{Error, Exit};
use crate::event::{Ending, Happening, Tap};
use crate::http1::{Connection, Head, Http09, Limits, Peer, Version};
use crate::net::{Deadlines, Link, Way, Wire};
use crate::transfer::bounds;
use crate::transfer::content::Content;
use crate::transfer::cookies::Quota;
use crate::transfer::dump::Dump;
use crate::transfer::exchange::{Response, Terms, exchange};
use crate::transfer::failure::Failure;
use crate::transfer::follow::{self, Redirect, Redirecting};
use crate::transfer::job::{Job, Shared};
use crate::transfer::memory::Listener;
use crate::transfer::provenance::Provenance;
use crate::transfer::reply::{CookieKeeper, Found, Reply};
use crate::transfer::requests::Requests;
use crate::transfer::sink::Sink;
use crate::transfer::source::Source;
use crate::transfer::tunnel::TunnelRequest;

/// What a transfer came to, beside its result: it is of use after a failure too.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was found in the last response, that of the last hop; the default before the first.
    pub found: Found,
    /// Where the document came from, for `--xattr`; `None` without it.
    pub provenance: Option<Provenance>,
}

/// Connections that died in a row before one octet came (curl's `CONN_MAX_RETRIES`).
const MOST_REDIALS: u32 = 5;

/// Runs one transfer to its end. The outcome is told even when it failed. The content is what the try
/// before has made, if there was one.
pub fn run(
    shared: &Shared,
    job: &Job<'_>,
    content: &mut Option<Content>,
    sink: &mut Sink,
    dump: Option<&mut Dump>,
    tap: &mut Tap,
) -> (Outcome, Result<(), Error>) {
    let mut hops = match Hops::new(shared, job, content, sink, dump, tap) {
        Ok(hops) => hops,
        Err(error) => {
            tap.emit(Happening::Failed { error: &error });
            return (Outcome::default(), Err(error));
        }
    };
    let result = hops.all();
    (hops.outcome, result)
}

struct Hops<'a> {
    shared: &'a Shared,
    job: &'a Job<'a>,
    requests: Requests<'a>,
    sink: &'a mut Sink,
    dump: Option<&'a mut Dump>,
    tap: &'a mut Tap,
    deadlines: Deadlines,
    /// Octets of all response heads so far.
    head_octets: usize,
    outcome: Outcome,
}

/// What follows an exchange.
enum Step {
    Finish,
    Again,
    Redirect(Box<Redirect>),
}

impl<'a> Hops<'a> {
    fn new(
        shared: &'a Shared,
        job: &'a Job<'a>,
        content: &'a mut Option<Content>,
        sink: &'a mut Sink,
        dump: Option<&'a mut Dump>,
        tap: &'a mut Tap,
    ) -> Result<Self, Error> {
        let deadlines = bounds::deadlines(&job.operation.limits, tap.clock().now());
        let requests = Requests::new(shared, job, content)?;
        let provenance = job.operation.output.xattr.then(|| Provenance {
            url: requests.target().without_userinfo(),
            ..Provenance::default()
        });
        shared.network.learn(&job.operation.route.resolve, tap)?;
        Ok(Self {
            shared,
            job,
            requests,
            sink,
            dump,
            tap,
            deadlines,
            head_octets: 0,
            outcome: Outcome {
                provenance,
                ..Outcome::default()
            },
        })
    }

    fn all(&mut self) -> Result<(), Error> {
        loop {
            let redirect = match self.hop()? {
                Step::Finish => return Ok(()),
                Step::Again => {
                    self.requests.content.rewind()?;
                    false
                }
                Step::Redirect(redirect) => {
                    self.requests.turn(*redirect)?;
                    true
                }
            };
            let target = self.requests.target();
            self.tap.emit(Happening::Following { target, redirect });
        }
    }

    /// One request and its response, on a fresh connection again when a kept one had died.
    fn hop(&mut self) -> Result<Step, Error> {
        let way = self.requests.prepare(self.tap);
        let way = way.map_err(|error| self.tell(error))?;
        let peer = if way.is_forwarded() {
            Peer::Proxy
        } else {
            Peer::Origin
        };
        let mut redials = 0;
        loop {
            let mut link = self.open(&way)?;
            let mut settings = bounds::settings(&self.requests.request, peer);
            if link.used_before {
                settings.http09 = Http09::Impossible;
            }
            let mut http = Connection::new(settings);
            match self.exchange(&mut link, &mut http, peer) {
                Ok(response) => return self.conclude(link, &http, &response),
                Err(failure) if died_unused(&link, &failure) && redials < MOST_REDIALS => {
                    redials = redials.saturating_add(1);
                    self.tap.emit(Happening::Redialling { attempt: redials });
                    self.shared.network.end(link, Ending::Closed, self.tap);
                    self.requests.content.rewind()?;
                }
                Err(failure) => return Err(self.fail(link, failure)),
            }
        }
    }

    /// A connection to the target: a kept one, or a new one through whatever proxies there are.
    fn open(&mut self, way: &Way) -> Result<Link, Error> {
        let limits = &self.job.operation.limits;
        let now = self.tap.clock().now();
        self.deadlines.connect = limits.connect.and_then(|limit| now.checked_add(limit));
        self.tap.emit(Happening::Requesting {
            target: self.requests.target(),
            method: self.requests.method(),
            by_proxy: way.is_forwarded(),
        });
        let shared = self.shared;
        let mut request = TunnelRequest {
            operation: self.job.operation,
            authority: way.destination().authority(),
            proxy: &mut self.requests.identity.proxy,
            sink: self.sink,
            dump: self.dump.as_deref_mut(),
            terms: Terms {
                deadline: self.deadlines.end(),
                ..bounds::terms(limits, &self.deadlines)
            },
            cnonce: &mut || shared.cnonce(),
        };
        let mut ask = |wire: &mut dyn Wire, tap: &Tap| request.ask(wire, tap);
        let link = shared
            .network
            .open(way, &self.deadlines, self.tap, &mut ask)?;
        if link.http10 {
            self.requests.note_http10();
        }
        let refused = self.requests.refuse_chunks_over_http10();
        refused.map_err(|error| self.tell(error))?;
        Ok(link)
    }

    fn exchange(
        &mut self,
        link: &mut Link,
        http: &mut Connection,
        peer: Peer,
    ) -> Result<Response, Failure> {
        self.outcome.found = Found::default();
        let requests = &mut self.requests;
        let withheld = requests.withholds_body(peer);
        let head = requests
            .compose(peer, self.tap)
            .map_err(Failure::before_sending)?;
        let operation = self.job.operation;
        let host = operation.cookies.engine().then(|| requests.cookie_host());
        let cookies = host.as_deref().map(|host| CookieKeeper {
            jar: &self.shared.memory.jar,
            host,
            now: self.tap.clock().unix_time(),
            quota: Quota::default(),
        });
        let has_body = requests.content.is_some();
        let mut reply = Reply {
            operation,
            target: requests.urls.target(),
            cookies,
            listener: Listener::new(&self.shared.memory, operation),
            server: &mut requests.identity.server,
            proxy: &mut requests.identity.proxy,
            sink: self.sink,
            dump: self.dump.as_deref_mut(),
            tap: self.tap,
            layout: self.job.layout,
            body_withheld: withheld,
            has_body,
            resume_from: if has_body { 0 } else { self.job.resume_from },
            found: Found::default(),
        };
        let mut nothing = Source::empty();
        let source = if withheld || !has_body {
            &mut nothing
        } else {
            requests.content.source()
        };
        let terms = bounds::terms(&operation.limits, &self.deadlines);
        let wire = &mut *link.wire;
        let result = exchange(wire, http, &head, source, &mut reply, terms, self.tap);
        self.outcome.found = reply.found;
        result
    }

    fn conclude(
        &mut self,
        mut link: Link,
        http: &Connection,
        response: &Response,
    ) -> Result<Step, Error> {
        let Outcome { found, provenance } = &mut self.outcome;
        if let Some(provenance) = provenance {
            provenance.media_type.clone_from(&found.media_type);
            provenance.referrer.clone_from(&self.requests.referer);
        }
        link.http10 = response.head.version() == Version::Http10;
        if link.http10 {
            self.requests.note_http10();
        }
        if self.outcome.found.delivering
            && let Err(error) = self.sink.end(self.tap)
        {
            return Err(self.fail(link, Failure::after_the_response(error)));
        }
        if http.reusable() && !response.left {
            self.shared.network.keep(link, self.tap);
        } else {
            self.shared.network.end(link, Ending::ShutDown, self.tap);
        }
        self.tap.emit(Happening::Exchanged);
        self.bound_heads(&response.head)?;
        if response.expectation_failed && self.requests.stop_expecting() {
            return Ok(Step::Again);
        }
        if self.outcome.found.again {
            return Ok(Step::Again);
        }
        let redirecting = Redirecting {
            plan: &self.job.operation.follow,
            path_as_is: self.requests.request.path_as_is,
            from: self.requests.target(),
            carries: self.requests.content.carries(),
            followed: self.requests.urls.followed(),
        };
        match redirecting.redirect(&response.head) {
            Ok(Some(redirect)) => Ok(Step::Redirect(Box::new(redirect))),
            Ok(None) => {
                self.tell_unfollowed(response);
                Ok(Step::Finish)
            }
            Err(error) => {
                self.tell_unfollowed(response);
                Err(self.tell(error))
            }
        }
    }

    /// A redirect that is not followed is told all the same.
    fn tell_unfollowed(&self, response: &Response) {
        if let Some(reference) = follow::location(&response.head)
            && let Some(url) = self.requests.target().joined_text(&reference)
        {
            self.tap.emit(Happening::NotFollowed { url: &url });
        }
    }

    fn fail(&mut self, link: Link, failure: Failure) -> Error {
        let Failure { error, told, .. } = failure;
        // What is held back is delivered; the first failure is the one to tell.
        let _ = self.sink.settle(self.tap);
        if !told {
            self.tap.emit(Happening::Failed { error: &error });
        }
        self.shared.network.end(link, Ending::Closed, self.tap);
        self.tap.emit(Happening::Exchanged);
        error
    }

    /// curl's bound on the heads of all hops together.
    fn bound_heads(&mut self, head: &Head) -> Result<(), Error> {
        self.head_octets = self.head_octets.saturating_add(head.raw().len());
        let most = Limits::default().head.saturating_mul(20);
        if self.head_octets > most {
            let message = format!("Too large response headers: {} > {most}", self.head_octets);
            return Err(self.tell(Error::new(Exit::RecvError, message)));
        }
        Ok(())
    }

    fn tell(&self, error: Error) -> Error {
        self.tap.emit(Happening::Failed { error: &error });
        error
    }
}

/// Whether a kept connection had been closed before it was used again.
fn died_unused(link: &Link, failure: &Failure) -> bool {
    let by_the_wire = matches!(
        failure.error.exit,
        Exit::GotNothing | Exit::RecvError | Exit::SendError
    );
    link.used_before && failure.nothing_came && by_the_wire
}
