//! The requests of one transfer, hop after hop.
//!
//! Knows: what each hop asks, of whom, and by which way, and what a redirect changes in that. Must not
//! know: connections, and what becomes of a response.

use std::borrow::Cow;

use crate::error::{Error, Exit};
use crate::event::{Happening, Tap};
use crate::http1::Peer;
use crate::lock::lock;
use crate::net::{Place, Way};
use crate::plan::{Body, Operation, Request, Resume};
use crate::target::{Scheme, Target};
use crate::transfer::compose::{
    Hop, RequestHead, compose, given_value, names_field, speaks_http11,
};
use crate::transfer::content::{self, Content};
use crate::transfer::cookies::Origin;
use crate::transfer::follow::{Carries, NextMethod, Redirect};
use crate::transfer::identity::Identity;
use crate::transfer::job::{Job, Shared};
use crate::transfer::negotiation::ByHand;
use crate::transfer::proxies;
use crate::transfer::signing::Outgoing;
use crate::transfer::url_chain::UrlChain;

/// What the next request is made of.
pub(crate) struct Requests<'a> {
    shared: &'a Shared,
    job: &'a Job<'a>,
    operation: &'a Operation,
    /// The request part of the plan, with the field lines that the body brings.
    pub(crate) request: Cow<'a, Request>,
    /// Its body.
    pub(crate) content: &'a mut Content,
    /// The URLs.
    pub(crate) urls: UrlChain,
    /// Who asks.
    pub(crate) identity: Identity<'a>,
    /// What the next request names as its `Referer`.
    pub(crate) referer: Option<String>,
    /// `-X`, until a redirect drops it.
    custom_method: Option<String>,
    /// The place that stands for the origin on this hop.
    alt_used: Option<String>,
    server_spoke_http10: bool,
    never_expect: bool,
}

/// A longer request head is not sent (curl's `DYN_HTTP_REQUEST`), in octets.
const MOST_HEAD: usize = 1024 * 1024;

impl<'a> Requests<'a> {
    /// The first request of a job. Its content is made where an earlier try has not made it.
    pub(crate) fn new(
        shared: &'a Shared,
        job: &'a Job<'a>,
        content: &'a mut Option<Content>,
    ) -> Result<Self, Error> {
        let operation = job.operation;
        let urls = UrlChain::new(operation, job.url, job.upload)?;
        let request = content::request(job);
        let content = match content {
            Some(content) => content,
            None => content.insert(Content::new(job, &request, shared)?),
        };
        check_request_line(&request)?;
        Ok(Self {
            shared,
            job,
            operation,
            custom_method: request.method.clone(),
            referer: request.referer.clone(),
            request,
            content,
            urls,
            identity: Identity::new(&operation.auth, &shared.environment)?,
            alt_used: None,
            server_spoke_http10: false,
            never_expect: false,
        })
    }

    /// Gets ready for a hop; gives the way to where it leads.
    pub(crate) fn prepare(&mut self, tap: &Tap) -> Result<Way, Error> {
        let operation = self.operation;
        let memory = &self.shared.memory;
        self.urls.settle_scheme(&operation.follow, memory, tap)?;
        self.identity.face_origin(operation, &self.urls)?;
        let mut way = self.way()?;
        let schemes = operation.proxy.schemes;
        self.identity.face_proxy(schemes, way.proxy.as_ref());
        let alternative = memory.alternative(operation, &way, tap);
        self.alt_used = alternative.as_ref().map(Place::authority);
        way.connect_to = way.connect_to.or(alternative);
        Ok(way)
    }

    fn way(&self) -> Result<Way, Error> {
        let Operation {
            route,
            proxy,
            tls,
            proxy_tls,
            limits,
            ..
        } = self.operation;
        let chosen = proxies::choose(proxy, &self.shared.environment, self.target())?;
        let mut way = Way::new(self.target(), route)?;
        way.proxy = chosen.proxy;
        way.preproxy = chosen.preproxy;
        way.tunnel = proxy.tunnel;
        way.tls = tls.clone();
        way.proxy_tls = proxy_tls.clone();
        way.happy_eyeballs = limits.happy_eyeballs;
        Ok(way)
    }

    /// The URL that is asked for.
    pub(crate) fn target(&self) -> &Target {
        self.urls.target()
    }

    /// The method.
    pub(crate) fn method(&self) -> &str {
        match (&self.custom_method, self.content.carries()) {
            (Some(method), _) => method,
            (None, _) if self.request.head => "HEAD",
            (None, Carries::Post) => "POST",
            (None, Carries::Put) => "PUT",
            (None, Carries::Nothing) => "GET",
        }
    }

    /// Whether the body stays here until a challenge has come.
    pub(crate) fn withholds_body(&self, peer: Peer) -> bool {
        let by_proxy = peer == Peer::Proxy && self.identity.proxy.awaits_challenge();
        self.content.is_some() && (by_proxy || self.identity.server.awaits_challenge())
    }

    /// The server spoke HTTP/1.0: unless told otherwise, it is answered in kind.
    pub(crate) fn note_http10(&mut self) {
        self.server_spoke_http10 = true;
    }

    /// From now on no `Expect` is sent; tells whether that is news. One given by hand stays: refused
    /// once more, that is the answer.
    pub(crate) fn stop_expecting(&mut self) -> bool {
        !std::mem::replace(&mut self.never_expect, true)
    }

    /// Chunks are HTTP/1.1's; of an older server nobody knows where the body would end.
    pub(crate) fn refuse_chunks_over_http10(&self) -> Result<(), Error> {
        if self.speaks_http11() || !self.content.is_some() || self.content.length().is_some() {
            return Ok(());
        }
        Err(Error::new(
            Exit::UploadFailed,
            "Chunky upload is not supported by HTTP 1.0",
        ))
    }

    /// Makes the next request out of a redirect.
    pub(crate) fn turn(&mut self, redirect: Redirect) -> Result<(), Error> {
        let Redirect { target, method } = redirect;
        if self.request.auto_referer {
            let here = self.target();
            // Not from HTTPS to HTTP (RFC 9110, 10.1.3): the URL was not for everybody to see.
            let downgraded = here.scheme == Scheme::Https && target.scheme == Scheme::Http;
            self.referer = (!downgraded).then(|| here.without_userinfo());
        }
        match method {
            NextMethod::Same => self.content.rewind()?,
            NextMethod::Get => self.content.drop_it(),
            NextMethod::GetDroppingCustom => {
                self.content.drop_it();
                self.custom_method = None;
            }
        }
        self.urls.go_on(target);
        Ok(())
    }

    /// Composes the head of the request, as this peer wants it.
    pub(crate) fn compose(&mut self, peer: Peer, tap: &Tap) -> Result<RequestHead, Error> {
        let withheld = self.withholds_body(peer);
        let (authorization, proxy_authorization) = self.authorize(peer, tap)?;
        let cookie = self.cookie(tap);
        let (range, content_range) = self.ranges();
        let signature_lines = self.sign(tap)?;
        let hop = Hop {
            target: self.target(),
            method: self.method(),
            http11: self.speaks_http11(),
            by_proxy: peer == Peer::Proxy,
            trusted: self.trusted(),
            other_host: self.urls.other_host(),
            authorization: authorization.as_deref(),
            proxy_authorization: proxy_authorization.as_deref(),
            referer: self.referer.as_deref(),
            alt_used: self.alt_used.as_deref(),
            cookie: cookie.as_deref(),
            range: range.as_deref(),
            content_range: content_range.as_deref(),
            signature_lines: &signature_lines,
            body: if withheld {
                self.content.fields().withheld()
            } else {
                self.content.fields()
            },
            never_expect: self.never_expect || withheld,
            negotiating: withheld,
        };
        let head = compose(&self.request, &hop);
        if head.octets.len() > MOST_HEAD {
            return Err(Error::new(
                Exit::TooLarge,
                format!("The request head is larger than {MOST_HEAD} bytes"),
            ));
        }
        Ok(head)
    }

    fn speaks_http11(&self) -> bool {
        speaks_http11(self.request.version, self.server_spoke_http10)
    }

    fn trusted(&self) -> bool {
        self.urls.trusted(&self.operation.follow)
    }

    /// The values of `Authorization` and `Proxy-Authorization`.
    fn authorize(
        &mut self,
        peer: Peer,
        tap: &Tap,
    ) -> Result<(Option<String>, Option<String>), Error> {
        let (method, uri, cnonce) = self.digested()?;
        let by_hand = if self.trusted() {
            ByHand::among(&self.request.headers, "Authorization")
        } else {
            ByHand::Nothing
        };
        // A line of `-H` stands beside ours, as in curl.
        let to_proxy = ByHand::among(&self.request.proxy_headers, "Proxy-Authorization");
        let Identity { server, proxy, .. } = &mut self.identity;
        let for_server = server.answer(&method, &uri, &cnonce, by_hand, tap);
        let for_proxy = match peer {
            Peer::Origin => None,
            Peer::Proxy => proxy.answer(&method, &uri, &cnonce, to_proxy, tap),
        };
        Ok((for_server, for_proxy))
    }

    /// What an answer to a Digest challenge is made of: method, request target, client nonce. Where
    /// there is none to answer, nothing.
    fn digested(&self) -> Result<(String, String, String), Error> {
        let Identity { server, proxy, .. } = &self.identity;
        if !server.answers_digest() && !proxy.answers_digest() {
            return Ok(<_>::default());
        }
        let uri = self.request.request_target.clone();
        let uri = uri.unwrap_or_else(|| self.target().request_target());
        let cnonce = self.shared.cnonce()?;
        Ok((self.method().to_owned(), uri, cnonce))
    }

    /// The field lines of a signature. No request is signed for strangers.
    fn sign(&self, tap: &Tap) -> Result<Vec<Vec<u8>>, Error> {
        if !self.identity.signs() || !self.trusted() {
            return Ok(Vec::new());
        }
        let outgoing = Outgoing {
            request: &self.request,
            target: self.target(),
            method: self.method(),
            other_host: self.urls.other_host(),
            content: self.content,
            time: tap.clock().unix_time(),
        };
        self.identity.sign(&outgoing, tap)
    }

    /// Cookies go by the host that `-H "Host: …"` names, as in curl.
    pub(crate) fn cookie_host(&self) -> String {
        let given = given_value(&self.request.headers, "Host").filter(|_| self.trusted());
        let Some(given) = given else {
            return self.target().ascii_host();
        };
        let given = String::from_utf8_lossy(given);
        match given.rsplit_once(':') {
            Some((host, _)) if !given.ends_with(']') => host.to_owned(),
            _ => given.into_owned(),
        }
    }

    /// The value of `Cookie`: what the jar has for the URL, and what `-b` says.
    fn cookie(&self, tap: &Tap) -> Option<Vec<u8>> {
        let plan = &self.operation.cookies;
        let typed = plan
            .data
            .as_deref()
            .filter(|_| self.trusted() && !names_field(&self.request.headers, "Cookie"));
        let typed = typed.map(str::as_bytes);
        if !plan.engine() {
            return typed.map(<[u8]>::to_vec);
        }
        let target = self.target();
        let origin = Origin {
            host: &self.cookie_host(),
            path: &target.path,
            secure: target.scheme == Scheme::Https,
        };
        let jar = lock(&self.shared.memory.jar);
        let field = jar.header_for(&origin, typed, tap.clock().unix_time())?;
        for limit in &field.limits {
            tap.emit(Happening::CookieHeard {
                outcome: &limit.to_string(),
            });
        }
        Some(field.value)
    }

    /// `Range` for a download, `Content-Range` for an upload.
    fn ranges(&self) -> (Option<String>, Option<String>) {
        let from = self.job.resume_from;
        if !self.content.is_some() {
            let resumed = (from > 0).then(|| format!("{from}-"));
            return (resumed.or_else(|| self.request.range.clone()), None);
        }
        if matches!(self.request.body, Body::Form(_)) {
            return (None, None);
        }
        let length = self.content.length();
        let last = |start: u64| length.map(|length| start.saturating_add(length));
        let range = match (self.request.resume, &self.request.range) {
            (Some(Resume::FromFile), _) if self.job.upload.is_some() => {
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
