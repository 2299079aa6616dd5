//! What one hop makes of the response to its request.
//!
//! Knows: which lines matter on the way (cookies, challenges, a file name), and what becomes of the
//! content. Must not know: sockets, or how the next request is written.

use std::sync::Mutex;

use crate::codec::content::{ACCEPT_ENCODING, Codings, MOST_CODINGS, Refused, is_coded};
use crate::codec::json::Form;
use crate::codec::{date, problem, text};
use crate::error::{Error, Exit};
use crate::event::{Happening, Tap};
use crate::http1::{self, Head, Role, Version, parse_field_line, version_and_status};
use crate::lock::lock;
use crate::net::Outlet;
use crate::plan::{Fail, FollowMode, Operation, TimeCondition};
use crate::target::{Scheme, Target};
use crate::transfer::cookies::{Jar, Origin, Quota};
use crate::transfer::dump::Dump;
use crate::transfer::follow;
use crate::transfer::incoming::{Receiver, Reception};
use crate::transfer::memory::Listener;
use crate::transfer::naming;
use crate::transfer::negotiation::{Negotiation, Verdict};
use crate::transfer::sink::{Place, Sink, Treatment};

/// The jar that a hop may fill, and for whom.
pub struct CookieKeeper<'a> {
    /// The jar of the run.
    pub jar: &'a Mutex<Jar>,
    /// The host that cookies are from: the URL's, or that of a given `Host` line.
    pub host: &'a str,
    /// The time, Unix seconds.
    pub now: i64,
    /// How many this response may still set.
    pub quota: Quota,
}

/// What content is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Content passes as it is.
    Never,
    /// JSON is laid out.
    Json,
}

/// The response of one hop.
pub struct Reply<'a> {
    /// What was asked for.
    pub operation: &'a Operation,
    /// The URL of the request.
    pub target: &'a Target,
    /// Cookies.
    pub cookies: Option<CookieKeeper<'a>>,
    /// Hears what the origin says of itself.
    pub listener: Listener<'a>,
    /// Authentication with the origin.
    pub server: &'a mut Negotiation,
    /// Authentication with a proxy that forwards.
    pub proxy: &'a mut Negotiation,
    /// Where content goes.
    pub sink: &'a mut Sink,
    /// `-D`.
    pub dump: Option<&'a mut Dump>,
    /// Whom to tell.
    pub tap: &'a Tap,
    /// Whether JSON is laid out.
    pub layout: Layout,
    /// The body was left out, to be challenged first.
    pub body_withheld: bool,
    /// The request has a body that a further request might need again.
    pub has_body: bool,
    /// `-C`: content is wanted from this octet on.
    pub resume_from: u64,
    /// What was found on the way.
    pub found: Found,
}

/// What a hop remembers of its response.
#[derive(Debug, Default)]
pub struct Found {
    /// The status of the last head that began.
    pub status: u16,
    /// `Retry-After`, as sent.
    pub retry_after: Option<Vec<u8>>,
    held: Vec<u8>,
    /// The request is to be made once more.
    pub again: bool,
    /// The last `ETag`.
    pub etag: Option<Vec<u8>>,
    /// The last `Content-Type`.
    pub media_type: Option<Vec<u8>>,
    /// The last `Last-Modified`, Unix seconds.
    pub last_modified: Option<i64>,
    /// The content is delivered, as against ignored.
    pub delivering: bool,
    /// Where the content breaks off, the server can be asked for the rest.
    pub resumable: bool,
    /// Why the content cannot be read, if there is any.
    unreadable: Option<Error>,
    /// The condition of `-z` was not met although the server sent content.
    pub condition_unmet: bool,
}

impl Receiver for Reply<'_> {
    fn hear(&mut self, role: Role, line: &[u8]) {
        match role {
            Role::StatusLine => {
                let Some((version, status)) = version_and_status(line) else {
                    return;
                };
                self.found.status = status;
                if version == Version::Http10 {
                    self.tap.emit(Happening::AssumeClose);
                }
            }
            Role::FieldLine => {
                if let Some(field) = parse_field_line(line) {
                    self.field(field.name, &field.value);
                }
            }
            _ => {}
        }
    }

    fn pass(&mut self, role: Role, line: &[u8]) -> Result<(), Error> {
        if role == Role::TrailerLine {
            // With `--raw` it is content, as it came.
            let is_content = self.operation.request.raw;
            return if self.found.delivering && !is_content {
                self.pass_trailer(line)
            } else {
                Ok(())
            };
        }
        self.pass_line(role, line)
    }

    fn decide(&mut self, head: &Head) -> Result<Reception, Error> {
        if (100..200).contains(&head.status()) && head.status() != 101 {
            return Ok(Reception::Ignore);
        }
        let locations: Vec<_> = head.all("Location").map(|field| field.value).collect();
        if locations
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one != other))
        {
            return Err(Error::new(
                Exit::WeirdServerReply,
                "Multiple Location headers",
            ));
        }
        self.found.again = self.concludes_again(head);
        if !self.found.again {
            self.refuse_failure(head)?;
        }
        if self.found.again || (self.follows() && follow::location(head).is_some()) {
            return Ok(Reception::Ignore);
        }
        if self
            .operation
            .request
            .condition
            .is_some_and(|condition| !self.meets(condition))
        {
            self.found.condition_unmet = true;
            self.tap.emit(Happening::NotModifiedAfterAll);
            return Ok(Reception::Leave);
        }
        if self.resumed_at_end(head)? || self.wants_head_only() {
            return Ok(Reception::Leave);
        }
        self.refuse_size(head)?;
        let treatment = self.treatment(head)?;
        self.found.resumable = treatment.keeps_octets() && self.is_resumable(head);
        self.sink.begin(&treatment);
        self.found.delivering = true;
        Ok(if self.operation.request.raw {
            Reception::DeliverFramed
        } else {
            Reception::Deliver
        })
    }

    fn content(&mut self, octets: &[u8]) -> Result<(), Error> {
        if let Some(error) = self.found.unreadable.take_if(|_| !octets.is_empty()) {
            return Err(error);
        }
        self.sink.content(octets, self.tap)
    }

    fn outlet(&mut self) -> Option<Outlet<'_>> {
        if self.found.unreadable.is_some() {
            return None;
        }
        self.sink.outlet()
    }

    fn passed(&mut self, octets: u64) {
        self.sink.passed(octets, self.tap);
    }
}

impl Reply<'_> {
    fn pass_line(&mut self, role: Role, line: &[u8]) -> Result<(), Error> {
        if let Some(dump) = &mut self.dump {
            dump.line(line)?;
        }
        if !self.operation.output.include_head {
            return Ok(());
        }
        // With -J the name of the file may still be to come: the head waits for its end.
        if self.operation.output.remote_header_name && matches!(self.sink.place(), Place::File(_)) {
            self.found.held.extend_from_slice(line);
            if role != Role::HeadEnd {
                return Ok(());
            }
            let held = std::mem::take(&mut self.found.held);
            return self.sink.head_line(&held, self.tap);
        }
        self.sink.head_line(line, self.tap)
    }

    /// A trailer line as a header line: with a CR LF, whatever it came with.
    fn pass_trailer(&mut self, line: &[u8]) -> Result<(), Error> {
        match line.strip_suffix(b"\n") {
            Some(text) if !text.ends_with(b"\r") => {
                self.pass_line(Role::TrailerLine, &[text, b"\r\n"].concat())
            }
            _ => self.pass_line(Role::TrailerLine, line),
        }
    }

    fn follows(&self) -> bool {
        self.operation.follow.mode != FollowMode::Never
    }

    fn field(&mut self, name: &[u8], value: &[u8]) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        let status = self.found.status;
        if is("Set-Cookie") {
            self.cookie(value);
        } else if is("Location") && (300..400).contains(&status) && self.follows() && self.has_body
        {
            self.tap.emit(Happening::Rewinding);
        }
        if is("Location") && (300..400).contains(&status) {
            self.name_file_after(value);
        } else if is("Retry-After") {
            self.found.retry_after = Some(value.to_vec());
        } else if is("ETag") {
            self.found.etag = Some(value.to_vec());
        } else if is("Content-Type") {
            self.found.media_type = Some(value.to_vec());
        } else if is("Last-Modified") {
            self.found.last_modified = date::parse(value);
        } else if is("Content-Disposition") && self.operation.output.remote_header_name {
            self.name_file(value);
        }
        self.listener.field(self.target, name, value, self.tap);
        for negotiation in [&mut *self.server, &mut *self.proxy] {
            negotiation.hear(status, name, value, self.tap);
        }
    }

    fn cookie(&mut self, value: &[u8]) {
        let Some(keeper) = &mut self.cookies else {
            return;
        };
        let secure = self.target.scheme == Scheme::Https;
        let origin = Origin {
            host: keeper.host,
            path: &self.target.path,
            secure,
        };
        let mut jar = lock(keeper.jar);
        let outcome = jar.set(value, &origin, &mut keeper.quota, keeper.now);
        if let Some(outcome) = outcome.line() {
            self.tap.emit(Happening::CookieHeard { outcome: &outcome });
        }
    }

    /// With `-OJ`, a file is named after the URL that a redirect leads to, followed or not, until a
    /// response gives it a name. Where that is no name that a server may choose, it keeps its own.
    fn name_file_after(&mut self, location: &[u8]) {
        if self.operation.output.remote_header_name
            && let Place::File(saved) = self.sink.place()
            && let Ok(target) = self
                .target
                .join(location, self.operation.request.path_as_is)
            && let Some(name) = naming::from_redirect(&target.path)
        {
            saved.rename(&name);
        }
    }

    fn name_file(&mut self, value: &[u8]) {
        if let (Some(name), Place::File(saved)) =
            (naming::from_disposition(value), self.sink.place())
        {
            saved.rename(&name);
        }
    }

    /// Whether the same request is to be made again, with credentials or with its body.
    fn concludes_again(&mut self, head: &Head) -> bool {
        let challenged =
            [self.server.conclude(head), self.proxy.conclude(head)].contains(&Verdict::Again);
        let unchallenged = self.body_withheld && head.status() < 300;
        if unchallenged {
            self.server.not_needed();
            self.proxy.not_needed();
        }
        challenged || unchallenged
    }

    /// `-f`: a status that means failure, unless it only asks for credentials or for nothing more.
    fn refuse_failure(&self, head: &Head) -> Result<(), Error> {
        let status = head.status();
        let nothing_left = status == 416 && self.resume_from > 0 && self.is_download();
        if self.operation.output.fail != Fail::WithoutBody || status < 400 || nothing_left {
            return Ok(());
        }
        Err(Error::new(
            Exit::HttpReturnedError,
            format!("The requested URL returned error: {status}"),
        ))
    }

    fn refuse_size(&self, head: &Head) -> Result<(), Error> {
        let Some(most) = self.operation.limits.file_size.filter(|most| *most > 0) else {
            return Ok(());
        };
        let ignored = self.operation.request.ignore_content_length
            || head.field("Transfer-Encoding").is_some();
        let length = head.field("Content-Length").filter(|_| !ignored);
        let length = length.and_then(|field| {
            String::from_utf8_lossy(&field.value)
                .trim()
                .parse::<u64>()
                .ok()
        });
        match length {
            Some(length) if length > most => Err(Error::new(
                Exit::FilesizeExceeded,
                "Maximum file size exceeded",
            )),
            _ => Ok(()),
        }
    }

    /// `-z`: whether the document's date meets the condition; the server need not have looked.
    fn meets(&self, condition: TimeCondition) -> bool {
        let modified = self.found.last_modified;
        modified.is_none_or(|modified| condition.is_met(modified))
    }

    /// `-C`: a server that sends everything does not resume, unless there is nothing more to send.
    fn resumed_at_end(&self, head: &Head) -> Result<bool, Error> {
        let from = self.resume_from;
        if from == 0 || !self.is_download() {
            return Ok(false);
        }
        if head.status() == 416 {
            return Ok(true);
        }
        // A part must say which part it is (RFC 9110, 15.3.7).
        if head.status() == 206 || head.field("Content-Range").is_some() {
            return if continues(head, from) {
                Ok(false)
            } else {
                Err(no_resumption())
            };
        }
        let length = head
            .field("Content-Length")
            .map(|field| String::from_utf8_lossy(&field.value).into_owned());
        if length.and_then(|length| length.trim().parse().ok()) == Some(from) {
            return Ok(true);
        }
        Err(no_resumption())
    }

    /// Whether the server goes on at an offset already, or says that it can (RFC 9110, 14.3).
    fn is_resumable(&self, head: &Head) -> bool {
        let accepted = head.field("Accept-Ranges");
        match head.status() {
            _ if self.operation.request.raw => false,
            206 => self.resume_from > 0,
            200 => accepted.is_some_and(|units| units.value.eq_ignore_ascii_case(b"bytes")),
            _ => false,
        }
    }

    /// `-I` with another method of `-X`: the content that this brings is not asked for.
    fn wants_head_only(&self) -> bool {
        let request = &self.operation.request;
        let custom = request.method.as_deref();
        request.head && custom.is_some_and(|method| method != "HEAD")
    }

    fn is_download(&self) -> bool {
        !self.has_body && !self.operation.request.head
    }

    /// What was done to the content, as far as it is to be undone.
    fn codings(&self, head: &Head) -> Result<Codings, Refused> {
        let request = &self.operation.request;
        let mut codings = Codings::new();
        if request.raw {
            return Ok(codings);
        }
        if request.compressed {
            for field in head.all("Content-Encoding") {
                codings.add(&field.value)?;
            }
        }
        if request.transfer_encoding {
            for coding in http1::codings(head) {
                if !coding.eq_ignore_ascii_case(b"chunked") {
                    codings.add(&coding)?;
                }
            }
        }
        Ok(codings)
    }

    fn treatment(&mut self, head: &Head) -> Result<Treatment, Error> {
        let codings = match self.codings(head) {
            Ok(codings) => codings,
            // As in curl: where no content comes, there is nothing that could not be read.
            Err(unknown @ Refused::Unknown(_)) => {
                self.found.unreadable = Some(cannot_undo(&unknown));
                Codings::new()
            }
            Err(too_many) => return Err(cannot_undo(&too_many)),
        };
        let coded =
            codings.is_empty() && head.all("Content-Encoding").any(|it| is_coded(&it.value));
        let readable = !coded && !self.operation.request.raw;
        let content_type = head.field("Content-Type").filter(|_| readable);
        let form = content_type.as_ref().and_then(|it| Form::of(&it.value));
        Ok(Treatment {
            codings,
            layout: form.filter(|_| self.layout == Layout::Json),
            problem: content_type.is_some_and(|it| problem::announced(&it.value)),
            unbuffered: self.operation.output.no_buffer,
        })
    }
}

/// Whether a partial response begins where the file ends (RFC 9110, 14.4).
fn continues(head: &Head, from: u64) -> bool {
    let range = head
        .field("Content-Range")
        .map(|field| String::from_utf8_lossy(&field.value).into_owned());
    let first = range
        .as_deref()
        .and_then(|range| range.trim().strip_prefix("bytes"));
    let first = first.and_then(|range| range.trim_start().split('-').next());
    first.and_then(|first| first.parse().ok()) == Some(from)
}

fn no_resumption() -> Error {
    let message = "HTTP server does not seem to support byte ranges. Cannot resume.";
    Error::new(Exit::RangeError, message)
}

fn cannot_undo(refused: &Refused) -> Error {
    let message = match refused {
        Refused::Unknown(name) => {
            let name = text::visible(name);
            format!(
                "Unrecognized content encoding type {name}. rcurl understands {ACCEPT_ENCODING} content encodings."
            )
        }
        Refused::TooMany => {
            format!("Reject response due to more than {MOST_CODINGS} content encodings")
        }
    };
    Error::new(Exit::BadContentEncoding, message)
}
