//! One transfer: compose, exchange, decide, again.
//!
//! Knows: the hops of one URL, from the first request to the response that ends it. Must not know:
//! other transfers, retries, or how anything is shown.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use crate::codec::text::hexadecimal;
use crate::error::{Error, Exit};
use crate::event::{Ending, Happening, Layer, Side, Tap};
use crate::http1::{
    Codings, Connection, ContentLength, Head, Http09, Limits, Peer, Settings, Version,
};
use crate::net::{Deadlines, Link, Place, Way};
use crate::plan::{AuthSchemes, NetrcUse, Operation, Request, Resume};
use crate::target::{Reading, Scheme, Target};
use crate::transfer::compose::{BodyFields, Hop, RequestHead, compose, given_value, speaks_http11};
use crate::transfer::content::{Content, add_to_url};
use crate::transfer::cookies::{Origin, Quota};
use crate::transfer::credentials::Credentials;
use crate::transfer::dump::Dump;
use crate::transfer::exchange::{Failure, Response, Terms, exchange};
use crate::transfer::follow::{self, Carries, NextMethod, Redirect};
use crate::transfer::job::{Job, Noise, Shared};
use crate::transfer::memory::Listener;
use crate::transfer::negotiation::Negotiation;
use crate::transfer::netrc;
use crate::transfer::provenance::Provenance;
use crate::transfer::proxies;
use crate::transfer::reply::{CookieKeeper, Found, Reply};
use crate::transfer::signable::Signed;
use crate::transfer::signing::{Outgoing, Signer};
use crate::transfer::sink::Sink;
use crate::transfer::tunnel::TunnelRequest;

/// What a transfer came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The status of the last response; 0 without one.
    pub status: u16,
    /// `Retry-After` of the last response, in seconds or as a date.
    pub retry_after: Option<Vec<u8>>,
    /// What the last response told of its document.
    pub found: Found,
    /// Where the document came from.
    pub provenance: Provenance,
}

/// A longer request head is not sent (curl's `DYN_HTTP_REQUEST`), in octets.
const MOST_HEAD: usize = 1024 * 1024;

/// Connections that died in a row before one octet came (curl's `CONN_MAX_RETRIES`).
const MOST_REDIALS: u32 = 5;

/// Runs one transfer to its end. The outcome is told even when it failed.
pub fn run(
    shared: &Shared,
    job: &Job<'_>,
    sink: &mut Sink,
    dump: Option<&mut Dump>,
    tap: &mut Tap,
) -> (Outcome, Result<(), Error>) {
    let mut transfer = match Transfer::new(shared, job, sink, dump, tap) {
        Ok(transfer) => transfer,
        Err(error) => {
            tap.emit(Happening::Failed { error: &error });
            return (Outcome::default(), Err(error));
        }
    };
    let result = transfer.hops();
    (transfer.outcome, result)
}

struct Transfer<'a> {
    shared: &'a Shared,
    job: &'a Job<'a>,
    operation: &'a Operation,
    /// The request part of the plan, with the field lines that the body brings.
    request: Request,
    sink: &'a mut Sink,
    dump: Option<&'a mut Dump>,
    tap: &'a mut Tap,
    deadlines: Deadlines,
    first: Target,
    target: Target,
    content: Content,
    custom_method: Option<String>,
    followed: u32,
    server: Negotiation,
    proxy: Negotiation,
    signer: Option<Signer<'a>>,
    /// Who signs.
    signatory: Option<Credentials>,
    referer: Option<String>,
    /// The place that stands for the origin on this hop.
    alt_used: Option<String>,
    server_spoke_http10: bool,
    never_expect: bool,
    head_octets: usize,
    outcome: Outcome,
}

/// What follows an exchange.
enum Step {
    Finish,
    Again,
    Redirect(Redirect),
}

impl<'a> Transfer<'a> {
    fn new(
        shared: &'a Shared,
        job: &'a Job<'a>,
        sink: &'a mut Sink,
        dump: Option<&'a mut Dump>,
        tap: &'a mut Tap,
    ) -> Result<Self, Error> {
        let operation = job.operation;
        let now = tap.clock().now();
        let mut target = read_url(operation, job.url)?;
        add_to_url(&mut target, operation, job.upload).map_err(|error| rejected(&error))?;
        let provenance = Provenance {
            url: target.without_userinfo(),
            ..Provenance::default()
        };
        let (content, request) = Content::new(job, shared)?;
        check_request_line(&request)?;
        shared.network.learn(&operation.route.resolve, tap)?;
        Ok(Self {
            shared,
            job,
            operation,
            custom_method: request.method.clone(),
            referer: request.referer.clone(),
            request,
            sink,
            dump,
            deadlines: deadlines(operation, now),
            first: target.clone(),
            target,
            content,
            tap,
            followed: 0,
            server: Negotiation::new(Side::Server, AuthSchemes::Basic, None, None),
            proxy: Negotiation::new(Side::Proxy, AuthSchemes::Basic, None, None),
            signer: Signer::new(&operation.auth)?,
            signatory: None,
            alt_used: None,
            server_spoke_http10: false,
            never_expect: false,
            head_octets: 0,
            outcome: Outcome {
                provenance,
                ..Outcome::default()
            },
        })
    }

    fn hops(&mut self) -> Result<(), Error> {
        loop {
            match self.hop()? {
                Step::Finish => return Ok(()),
                Step::Again => {
                    self.content.rewind()?;
                    self.tap.emit(Happening::Following {
                        target: &self.target,
                        redirect: false,
                    });
                }
                Step::Redirect(redirect) => {
                    self.turn(redirect)?;
                    self.tap.emit(Happening::Following {
                        target: &self.target,
                        redirect: true,
                    });
                }
            }
        }
    }

    /// One request and its response, on a fresh connection again when a kept one had died.
    fn hop(&mut self) -> Result<Step, Error> {
        self.upgrade()?;
        self.entrust()?;
        let mut way = self.way()?;
        let alternative = self
            .shared
            .memory
            .alternative(self.operation, &way, self.tap);
        self.alt_used = alternative.as_ref().map(Place::authority);
        way.connect_to = way.connect_to.or(alternative);
        let mut redials = 0;
        loop {
            self.deadlines.connect = self
                .operation
                .limits
                .connect
                .map(|limit| self.tap.clock().now() + limit);
            let method = self.method();
            let by_proxy = way.is_forwarded();
            self.tap.emit(Happening::Requesting {
                target: &self.target,
                method: &method,
                by_proxy,
            });
            let mut link = self.open(&way)?;
            self.server_spoke_http10 |= link.http10;
            self.refuse_chunks_over_http10()
                .map_err(|error| self.tell(error))?;
            let mut http = Connection::new(self.settings(by_proxy));
            let mut found = Found::default();
            let result = self.exchange(&mut link, &mut http, &mut found, &method, by_proxy);
            self.outcome.status = found.status;
            self.outcome.retry_after = found.retry_after.take();
            self.outcome.provenance.media_type = found.media_type.take();
            self.outcome.provenance.referrer.clone_from(&self.referer);
            self.outcome.found = found;
            match result {
                Ok(response) => return self.conclude(link, &http, response),
                Err(failure) if self.died_unused(&link, &failure) && redials < MOST_REDIALS => {
                    redials += 1;
                    self.tap.emit(Happening::Redialling { attempt: redials });
                    self.shared.network.end(link, Ending::Closed, self.tap);
                    self.content.rewind()?;
                }
                Err(failure) => return Err(self.fail(link, failure)),
            }
        }
    }

    fn died_unused(&self, link: &Link, failure: &Failure) -> bool {
        let by_the_wire = matches!(
            failure.error.exit,
            Exit::GotNothing | Exit::RecvError | Exit::SendError
        );
        link.used_before && failure.nothing_came && by_the_wire
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

    /// A connection to the target: a kept one, or a new one through whatever proxies there are.
    fn open(&mut self, way: &Way) -> Result<Link, Error> {
        let terms = Terms {
            deadline: self.deadlines.end(),
            ..self.terms()
        };
        let noise = &self.shared.noise;
        let mut request = TunnelRequest {
            operation: self.operation,
            target: &self.target,
            proxy: &mut self.proxy,
            sink: self.sink,
            dump: self.dump.as_deref_mut(),
            terms,
            cnonce: &mut || cnonce(noise),
        };
        self.shared
            .network
            .open(way, &self.deadlines, self.tap, &mut |wire, tap| {
                request.ask(wire, tap)
            })
    }

    fn exchange(
        &mut self,
        link: &mut Link,
        http: &mut Connection,
        found: &mut Found,
        method: &str,
        by_proxy: bool,
    ) -> Result<Response, Failure> {
        let withheld = self.body_withheld(by_proxy);
        let head = self
            .compose(method, by_proxy, withheld)
            .map_err(Failure::before_sending)?;
        let terms = self.terms();
        let host = self.cookie_host();
        let cookies = self.operation.cookies.engine().then(|| CookieKeeper {
            jar: &self.shared.memory.jar,
            host: &host,
            now: self.now(),
            quota: Quota::default(),
        });
        let has_body = self.content.is_some();
        let resume_from = if has_body { 0 } else { self.job.resume_from };
        let mut reply = Reply {
            operation: self.operation,
            target: &self.target,
            cookies,
            listener: Listener::new(&self.shared.memory, self.operation),
            server: &mut self.server,
            proxy: &mut self.proxy,
            sink: self.sink,
            dump: self.dump.as_deref_mut(),
            tap: self.tap,
            layout: self.job.layout,
            body_withheld: withheld,
            has_body,
            resume_from,
            found: Found::default(),
        };
        let mut nothing = crate::transfer::source::Source::empty();
        let source = if withheld {
            &mut nothing
        } else {
            self.content.source()
        };
        let outcome = exchange(
            &mut *link.wire,
            http,
            &head,
            source,
            &mut reply,
            terms,
            self.tap,
        );
        *found = reply.found;
        outcome
    }

    fn conclude(
        &mut self,
        mut link: Link,
        http: &Connection,
        response: Response,
    ) -> Result<Step, Error> {
        self.server_spoke_http10 |= response.head.version() == Version::Http10;
        link.http10 = response.head.version() == Version::Http10;
        if http.reusable() && !response.left {
            self.shared.network.keep(link, self.tap);
        } else {
            self.shared.network.end(link, Ending::ShutDown, self.tap);
        }
        self.tap.emit(Happening::Exchanged);
        self.bound_heads(&response.head)?;
        // An `Expect` given by hand stays: refused once more, that is the answer.
        if response.expectation_failed && !self.never_expect {
            self.never_expect = true;
            return Ok(Step::Again);
        }
        if self.outcome.found.again {
            return Ok(Step::Again);
        }
        let redirect = follow::redirect(
            &self.operation.follow,
            self.request.path_as_is,
            &self.target,
            &response.head,
            self.carries(),
            self.followed,
        );
        match redirect {
            Ok(Some(redirect)) => Ok(Step::Redirect(redirect)),
            Ok(None) => self.finish(&response).map(|()| Step::Finish),
            Err(error) => Err(self.tell(error)),
        }
    }

    fn tell(&self, error: Error) -> Error {
        self.tap.emit(Happening::Failed { error: &error });
        error
    }

    /// curl's bound on the heads of all hops together.
    fn bound_heads(&mut self, head: &Head) -> Result<(), Error> {
        self.head_octets += head.raw().len();
        let most = 20 * Limits::default().head;
        if self.head_octets > most {
            let message = format!("Too large response headers: {} > {most}", self.head_octets);
            return Err(self.tell(Error::new(Exit::RecvError, message)));
        }
        Ok(())
    }

    /// The last response is here.
    fn finish(&mut self, response: &Response) -> Result<(), Error> {
        if let Some(reference) = follow::location(&response.head)
            && let Some(url) = self.target.joined_text(&reference)
        {
            self.tap.emit(Happening::NotFollowed { url: &url });
        }
        if self.outcome.found.delivering {
            self.sink.end(self.tap).map_err(|error| self.tell(error))?;
        }
        Ok(())
    }

    /// Makes the next hop out of a redirect.
    fn turn(&mut self, redirect: Redirect) -> Result<(), Error> {
        self.followed += 1;
        if self.request.auto_referer {
            // Not from HTTPS to HTTP (RFC 9110, 10.1.3): the URL was not for everybody to see.
            let downgraded =
                self.target.scheme == Scheme::Https && redirect.target.scheme == Scheme::Http;
            self.referer = (!downgraded).then(|| self.target.without_userinfo());
        }
        match redirect.method {
            NextMethod::Same => self.content.rewind()?,
            NextMethod::Get => self.content.drop_it(),
            NextMethod::GetDroppingCustom => {
                self.content.drop_it();
                self.custom_method = None;
            }
        }
        self.target = redirect.target;
        if self.operation.output.remote_header_name
            && let crate::transfer::sink::Place::File(saved) = self.sink.place()
        {
            saved.rename(&crate::transfer::naming::from_path(&self.target.path));
        }
        Ok(())
    }
}

/// The request of one hop.
impl Transfer<'_> {
    /// Credentials may go where the first request went, or everywhere with `--location-trusted`.
    fn trusted(&self) -> bool {
        self.followed == 0 || self.operation.follow.trusted || self.target.same_origin(&self.first)
    }

    /// To TLS, where the host asked for it. The first URL counts as the one it became.
    fn upgrade(&mut self) -> Result<(), Error> {
        if !self.shared.memory.upgrade(&mut self.target, self.tap) {
            return Ok(());
        }
        if self.followed == 0 {
            self.first = self.target.clone();
        }
        allowed(self.operation, &self.target).map_err(|error| self.tell(error))
    }

    fn entrust(&mut self) -> Result<(), Error> {
        let auth = &self.operation.auth;
        let bearer = auth.bearer.clone().filter(|_| self.trusted());
        let credentials = self.credentials()?;
        if self.signer.is_some() {
            self.signatory = credentials;
        } else {
            self.server.entrust(auth.schemes, credentials, bearer);
        }
        let chosen = proxies::choose(
            &self.operation.proxy,
            &self.shared.environment,
            &self.target,
        )?;
        let user = chosen
            .proxy
            .filter(|proxy| proxy.kind.is_http())
            .and_then(|proxy| proxy.user);
        let user = user.map(|it| Credentials::new(it.user, it.password.reveal()));
        self.proxy.entrust(self.operation.proxy.schemes, user, None);
        Ok(())
    }

    /// The credentials for this host: the URL's own, then `-u`, then `.netrc`.
    fn credentials(&self) -> Result<Option<Credentials>, Error> {
        let auth = &self.operation.auth;
        if auth.bearer.is_some() && auth.schemes == AuthSchemes::Basic {
            return Ok(None);
        }
        let in_url = self.target.credentials();
        if auth.netrc.use_it != NetrcUse::Ignored && auth.user.is_none() {
            let url_user = in_url.as_ref().map(|(user, _)| user.as_slice());
            let has_password = in_url
                .as_ref()
                .is_some_and(|(_, password)| password.is_some());
            if !has_password && let Some(found) = self.netrc(url_user)? {
                return Ok(Some(found));
            }
        }
        if let Some((user, password)) = in_url {
            return Ok(Some(Credentials::new(user, password.unwrap_or_default())));
        }
        let given = auth.user.as_ref().filter(|_| self.trusted());
        Ok(given.map(|it| Credentials::new(it.user.clone(), it.password.reveal())))
    }

    fn netrc(&self, user: Option<&[u8]>) -> Result<Option<Credentials>, Error> {
        let Some(text) = self.job.netrc else {
            return Ok(None);
        };
        let found = netrc::find(text, &self.target.ascii_host(), user);
        match found {
            Ok(found) => Ok(found),
            Err(_) if self.operation.auth.netrc.use_it == NetrcUse::Optional => Ok(None),
            Err(malformed) => Err(self.tell(Error::new(Exit::ReadError, malformed.to_string()))),
        }
    }

    fn way(&self) -> Result<Way, Error> {
        let operation = self.operation;
        let mut way = Way::new(&self.target, &operation.route).map_err(|error| self.tell(error))?;
        let chosen = proxies::choose(&operation.proxy, &self.shared.environment, &self.target)
            .map_err(|error| self.tell(error))?;
        way.proxy = chosen.proxy;
        way.preproxy = chosen.preproxy;
        way.tunnel = operation.proxy.tunnel;
        way.tls = operation.tls.clone();
        way.proxy_tls = operation.proxy_tls.clone();
        way.happy_eyeballs = operation.limits.happy_eyeballs;
        Ok(way)
    }

    fn settings(&self, by_proxy: bool) -> Settings {
        let request = &self.request;
        Settings {
            http09: if request.allow_http09 {
                Http09::Allowed
            } else {
                Http09::Refused
            },
            content_length: if request.ignore_content_length {
                ContentLength::Ignored
            } else {
                ContentLength::Obeyed
            },
            codings: match (request.raw, request.transfer_encoding) {
                (true, _) => Codings::Raw,
                (false, true) => Codings::Asked,
                (false, false) => Codings::Refused,
            },
            peer: if by_proxy { Peer::Proxy } else { Peer::Origin },
            ..Settings::default()
        }
    }

    fn terms(&self) -> Terms {
        let limits = &self.operation.limits;
        Terms {
            layer: Layer::Http,
            began: self.deadlines.started,
            deadline: self.deadlines.total,
            continue_timeout: limits.expect100.unwrap_or(Duration::from_secs(1)),
            rate: limits.rate,
            least_speed: slow_limit(limits.low_speed, limits.low_speed_time),
        }
    }

    fn carries(&self) -> Carries {
        self.content.carries()
    }

    /// Chunks are HTTP/1.1's; of an older server nobody knows where the body would end.
    fn refuse_chunks_over_http10(&self) -> Result<(), Error> {
        let http11 = speaks_http11(self.request.version, self.server_spoke_http10);
        if http11 || !self.content.is_some() || self.content.length().is_some() {
            return Ok(());
        }
        Err(Error::new(
            Exit::UploadFailed,
            "Chunky upload is not supported by HTTP 1.0",
        ))
    }

    fn method(&self) -> String {
        match (&self.custom_method, self.carries()) {
            (Some(method), _) => method.clone(),
            (None, _) if self.request.head => "HEAD".to_owned(),
            (None, Carries::Post) => "POST".to_owned(),
            (None, Carries::Put) => "PUT".to_owned(),
            (None, Carries::Nothing) => "GET".to_owned(),
        }
    }

    /// Whether the body stays here until a challenge has come.
    fn body_withheld(&self, by_proxy: bool) -> bool {
        let awaited = self.server.awaits_challenge() || (by_proxy && self.proxy.awaits_challenge());
        awaited && self.carries() != Carries::Nothing
    }

    fn compose(
        &mut self,
        method: &str,
        by_proxy: bool,
        withheld: bool,
    ) -> Result<RequestHead, Error> {
        let uri = self
            .request
            .request_target
            .clone()
            .unwrap_or_else(|| self.target.request_target());
        let cnonce = cnonce(&self.shared.noise);
        let authorization = self.authorization(method, &uri, &cnonce);
        let proxy_authorization = if by_proxy {
            self.proxy_authorization(method, &uri, &cnonce)
        } else {
            None
        };
        let cookie = self.cookie();
        let (range, content_range) = self.ranges();
        let signature_lines = self.sign(method)?;
        let head = compose(
            &self.request,
            &Hop {
                target: &self.target,
                method,
                http11: speaks_http11(self.request.version, self.server_spoke_http10),
                by_proxy,
                trusted: self.trusted(),
                other_host: self.other_host(),
                authorization: authorization.as_deref(),
                proxy_authorization: proxy_authorization.as_deref(),
                referer: self.referer.as_deref(),
                alt_used: self.alt_used.as_deref(),
                cookie: cookie.as_deref(),
                range: range.as_deref(),
                content_range: content_range.as_deref(),
                signature_lines: &signature_lines,
                body: if withheld {
                    withheld_body(&self.content)
                } else {
                    self.content.fields()
                },
                never_expect: self.never_expect || withheld,
                negotiating: withheld,
            },
        );
        if head.octets.len() > MOST_HEAD {
            return Err(Error::new(
                Exit::TooLarge,
                format!("The request head is larger than {MOST_HEAD} bytes"),
            ));
        }
        Ok(head)
    }

    fn other_host(&self) -> bool {
        !self
            .target
            .ascii_host()
            .eq_ignore_ascii_case(&self.first.ascii_host())
    }

    /// The field lines of a signature, where there is to be one. No request is signed for strangers.
    fn sign(&self, method: &str) -> Result<Vec<Vec<u8>>, Error> {
        let Some(signer) = self.signer.filter(|_| self.trusted()) else {
            return Ok(Vec::new());
        };
        let outgoing = Outgoing {
            request: &self.request,
            target: &self.target,
            method,
            other_host: self.other_host(),
            content: &self.content,
            time: self.now(),
        };
        let signature = signer.sign(self.signatory.as_ref(), &outgoing)?;
        let Some(Signed { lines, remarks }) = signature else {
            return Ok(Vec::new());
        };
        for remark in &remarks {
            self.tap.emit(Happening::Signing { remark });
        }
        let user = self
            .signatory
            .as_ref()
            .map(|it| String::from_utf8_lossy(it.user()));
        let user = user.as_deref().unwrap_or_default();
        self.tap.emit(Happening::Authenticating {
            side: Side::Server,
            scheme: signer.scheme(),
            user,
        });
        Ok(lines)
    }

    fn authorization(&mut self, method: &str, uri: &str, cnonce: &str) -> Option<String> {
        let given = crate::transfer::compose::names_field(&self.request.headers, "Authorization");
        if given && self.trusted() {
            return None;
        }
        let value = self.server.field(method, uri, cnonce);
        self.tell_scheme(&self.server, Side::Server);
        value
    }

    fn proxy_authorization(&mut self, method: &str, uri: &str, cnonce: &str) -> Option<String> {
        let value = self.proxy.field(method, uri, cnonce);
        self.tell_scheme(&self.proxy, Side::Proxy);
        value
    }

    fn tell_scheme(&self, negotiation: &Negotiation, side: Side) {
        if let Some(scheme) = negotiation.scheme() {
            let (scheme, user) = (scheme.to_string(), negotiation.user());
            self.tap.emit(Happening::Authenticating {
                side,
                scheme: &scheme,
                user: &user,
            });
        }
    }

    fn now(&self) -> i64 {
        self.tap.clock().unix_time()
    }

    /// Cookies go by the host that `-H "Host: …"` names, as in curl.
    fn cookie_host(&self) -> String {
        let given = given_value(&self.request.headers, "Host").filter(|_| self.trusted());
        match given {
            Some(value) => {
                let value = String::from_utf8_lossy(value).into_owned();
                let end = value
                    .rfind(':')
                    .filter(|_| !value.ends_with(']'))
                    .unwrap_or(value.len());
                value.get(..end).unwrap_or_default().to_owned()
            }
            None => self.target.ascii_host(),
        }
    }

    fn cookie(&self) -> Option<Vec<u8>> {
        let plan = &self.operation.cookies;
        let given = crate::transfer::compose::names_field(&self.request.headers, "Cookie");
        let typed = plan.data.as_deref().filter(|_| self.trusted() && !given);
        if !plan.engine() && typed.is_none() {
            return None;
        }
        let host = self.cookie_host();
        let secure = self.target.scheme == Scheme::Https;
        let origin = Origin {
            host: &host,
            path: &self.target.path,
            secure,
        };
        let jar = self
            .shared
            .memory
            .jar
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let field = if plan.engine() {
            jar.header_for(&origin, typed.map(str::as_bytes), self.now())
        } else {
            return typed.map(|typed| typed.as_bytes().to_vec());
        };
        field.map(|field| {
            for limit in &field.limits {
                self.tap.emit(Happening::CookieHeard {
                    outcome: &limit.to_string(),
                });
            }
            field.value
        })
    }

    /// `Range` for a download, `Content-Range` for an upload.
    fn ranges(&self) -> (Option<String>, Option<String>) {
        let from = self.job.resume_from;
        if self.carries() == Carries::Nothing {
            let resumed = (from > 0).then(|| format!("{from}-"));
            return (resumed.or_else(|| self.request.range.clone()), None);
        }
        let length = self.content.length();
        let last = |start: u64| length.map(|length| start + length);
        let range = match (self.request.resume, &self.request.range) {
            (Some(Resume::FromFile), _) => {
                last(0).map(|total| format!("bytes 0-{}/{total}", total.saturating_sub(1)))
            }
            (Some(Resume::At(_)), _) if from > 0 => {
                last(from).map(|total| format!("bytes {from}-{}/{total}", total.saturating_sub(1)))
            }
            (_, Some(range)) => last(0).map(|total| format!("bytes {range}/{total}")),
            _ => None,
        };
        (None, range)
    }
}

fn withheld_body(content: &Content) -> BodyFields<'_> {
    match content.fields() {
        BodyFields::None => BodyFields::None,
        BodyFields::Some {
            content_type,
            multipart,
            ..
        } => BodyFields::Some {
            length: Some(0),
            content_type,
            multipart,
        },
    }
}

/// Reads the URL of a transfer.
///
/// # Errors
/// Exit 3 for what is none, 1 for a scheme that is not spoken or not allowed, 67 for credentials
/// where none may be.
pub fn read_url(operation: &Operation, url: &str) -> Result<Target, Error> {
    let reading = Reading {
        default_scheme: operation.follow.proto_default.clone(),
        path_as_is: operation.request.path_as_is,
    };
    let target = Target::parse(url, &reading).map_err(|error| rejected(&error))?;
    if operation.auth.disallow_username_in_url && target.userinfo.is_some() {
        let message = "URL rejected: Credentials was passed in the URL when prohibited";
        return Err(Error::new(Exit::LoginDenied, message));
    }
    allowed(operation, &target).map(|()| target)
}

/// `--proto`.
fn allowed(operation: &Operation, target: &Target) -> Result<(), Error> {
    if follow::allows(operation.follow.proto, target.scheme) {
        return Ok(());
    }
    Err(Error::new(
        Exit::UnsupportedProtocol,
        format!("Protocol \"{}\" disabled", target.scheme),
    ))
}

/// What stands in a request line holds no blank: a server would read another line than was meant.
fn check_request_line(request: &Request) -> Result<(), Error> {
    for (option, value) in [
        ("-X", &request.method),
        ("--request-target", &request.request_target),
    ] {
        if let Some(value) = value
            .as_ref()
            .filter(|value| value.chars().any(|c| c.is_control() || c == ' '))
        {
            let message = format!(
                "{option} '{}' holds a blank or a control character",
                value.escape_debug()
            );
            return Err(Error::new(Exit::FailedInit, message));
        }
    }
    Ok(())
}

/// A URL that cannot be used.
fn rejected(error: &crate::target::UrlError) -> Error {
    match error {
        crate::target::UrlError::Unsupported(_) => {
            Error::new(Exit::UnsupportedProtocol, error.to_string())
        }
        other => Error::new(Exit::UrlMalformat, format!("URL rejected: {other}")),
    }
}

fn deadlines(operation: &Operation, now: Instant) -> Deadlines {
    Deadlines {
        started: now,
        connect: operation.limits.connect.map(|limit| now + limit),
        total: operation.limits.total.map(|limit| now + limit),
    }
}

/// curl's pair: `-y` without `-Y` is 1 octet a second, `-Y` without `-y` is 30 seconds.
fn slow_limit(speed: Option<u64>, time: Option<Duration>) -> Option<(u64, Duration)> {
    match (speed, time) {
        (None, None) => None,
        (speed, time) => Some((speed.unwrap_or(1), time.unwrap_or(Duration::from_secs(30)))),
    }
}

/// A client nonce: 32 hexadecimal digits.
fn cnonce(noise: &Noise) -> String {
    let mut octets = [0_u8; 16];
    noise(&mut octets);
    hexadecimal(&octets)
}
