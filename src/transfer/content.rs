//! The content of a request over all hops of a transfer.
//!
//! Knows: what `-d`, `--json`, `-F` and `-T` make of a request: its body, the field lines that come
//! with it, and what they add to the URL. Must not know: hops and connections.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::codec::text::percent_encode;
use crate::error::Error;
use crate::plan::{Body, Operation, Part, PartContent, Request};
use crate::target::{Target, UrlError};
use crate::transfer::compose::{BodyFields, given_value, names_field};
use crate::transfer::follow::Carries;
use crate::transfer::job::{Job, Shared};
use crate::transfer::multipart::{Multipart, Supplies};
use crate::transfer::source::Source;

/// The content of a request.
pub struct Content {
    /// What the job sends.
    kind: Carries,
    /// A redirect asks for it no more.
    dropped: bool,
    source: Source,
    /// How many octets are read for it, where `--crlf` makes them another number.
    read: Option<u64>,
    /// The value of `Content-Type`.
    media_type: Option<String>,
    multipart: bool,
}

/// The type of `-d` when `-H` names none.
const FORM: &str = "application/x-www-form-urlencoded";

impl Content {
    /// The content that a job sends with this request; what can only be read once is read from here on.
    pub fn new(job: &Job<'_>, request: &Request, shared: &Shared) -> Result<Self, Error> {
        let mut content = match &request.body {
            _ if job.upload.is_some() => Self::upload(job.upload.unwrap_or_default(), shared)?,
            Body::None => Self::none(),
            Body::Data(_) | Body::Json(_) if request.data_in_query => Self::none(),
            Body::Data(octets) => Self::post(Source::bytes(octets.clone()), Some(FORM.to_owned())),
            Body::Json(octets) => Self::post(Source::bytes(octets.clone()), None),
            Body::Form(form) => {
                let given = given_value(&request.headers, "Content-Type");
                let given = given.map(|value| String::from_utf8_lossy(value).into_owned());
                let mut noise = |octets: &mut [u8]| (shared.noise)(octets);
                let mut supplies = Supplies {
                    stdin: &shared.streams.stdin,
                    noise: &mut noise,
                };
                let form = Multipart::compose(form, given.as_deref(), &mut supplies)?;
                let mut content =
                    Self::post(Source::segments(form.segments), Some(form.content_type));
                content.multipart = true;
                content
            }
        };
        if request.crlf || request.use_ascii {
            content.read = content.source.length();
            content.source = content.source.with_line_ends();
        }
        if content.kind == Carries::Put && job.resume_from > 0 {
            content.source.resume_at(job.resume_from)?;
        }
        Ok(content)
    }

    fn none() -> Self {
        Self {
            kind: Carries::Nothing,
            dropped: false,
            source: Source::empty(),
            read: None,
            media_type: None,
            multipart: false,
        }
    }

    fn post(source: Source, media_type: Option<String>) -> Self {
        Self {
            kind: Carries::Post,
            dropped: false,
            source,
            read: None,
            media_type,
            multipart: false,
        }
    }

    fn upload(name: &str, shared: &Shared) -> Result<Self, Error> {
        let source = match name {
            "-" | "." => Source::stdin(shared.streams.stdin.clone()),
            path => Source::file(Path::new(path))?,
        };
        Ok(Self {
            kind: Carries::Put,
            dropped: false,
            source,
            read: None,
            media_type: None,
            multipart: false,
        })
    }

    /// What the request carries.
    pub fn carries(&self) -> Carries {
        if self.dropped {
            Carries::Nothing
        } else {
            self.kind
        }
    }

    /// Whether there is a body.
    pub fn is_some(&self) -> bool {
        self.carries() != Carries::Nothing
    }

    /// Where the octets come from.
    pub fn source(&mut self) -> &mut Source {
        &mut self.source
    }

    /// How many octets there are to send, when that is known.
    pub fn length(&self) -> Option<u64> {
        self.source.length()
    }

    /// What the request head says of it.
    pub fn fields(&self) -> BodyFields<'_> {
        if !self.is_some() {
            return BodyFields::None;
        }
        BodyFields::Some {
            length: self.source.length(),
            read: self.read.or(self.source.length()),
            content_type: self.media_type.as_deref(),
            multipart: self.multipart,
        }
    }

    /// Back to the beginning, for one more request.
    pub fn rewind(&mut self) -> Result<(), Error> {
        if self.is_some() && self.source.pulled() > 0 {
            self.source.rewind()
        } else {
            Ok(())
        }
    }

    /// The next request is one without a body, and so are those that follow from it.
    pub fn drop_it(&mut self) {
        self.dropped = true;
    }

    /// As for the first request, for one more try of the whole transfer. What is gone, nobody sends a
    /// part of as if it were the whole: exit 65.
    pub fn begin_anew(&mut self) -> Result<(), Error> {
        self.dropped = false;
        self.rewind()
    }
}

/// The request of a job, with the field lines that what it sends brings along.
pub(crate) fn request<'a>(job: &Job<'a>) -> Cow<'a, Request> {
    let mut request = Cow::Borrowed(&job.operation.request);
    if let Some(tag) = job.etag {
        let line = format!("If-None-Match: {tag}").into_bytes();
        request.to_mut().headers.push(line);
    }
    if job.upload.is_none() && matches!(request.body, Body::Json(_)) {
        for (name, line) in [
            ("Content-Type", "Content-Type: application/json"),
            ("Accept", "Accept: application/json"),
        ] {
            if !names_field(&request.headers, name) {
                request.to_mut().headers.push(line.as_bytes().to_vec());
            }
        }
    }
    request
}

/// Whether what is to be sent can be opened: nobody is asked where a file is missing.
pub(crate) fn check_files(operation: &Operation, upload: Option<&str>) -> Result<(), Error> {
    if let Some(path) = upload.filter(|name| !matches!(*name, "-" | ".")) {
        let path = Path::new(path);
        try_open(path).map_err(|error| Error::cannot_open(path, error))?;
    }
    match &operation.request.body {
        Body::Form(form) => check_parts(&form.parts),
        _ => Ok(()),
    }
}

/// A named pipe is left alone: what its writer sends is for the request.
fn try_open(path: &Path) -> io::Result<()> {
    if path.metadata()?.is_file() {
        File::open(path)?;
    }
    Ok(())
}

fn check_parts(parts: &[Part]) -> Result<(), Error> {
    parts.iter().try_for_each(|part| match &part.content {
        PartContent::File(path) => {
            try_open(path).map_err(|error| Error::failed_to_open(path, error))
        }
        PartContent::Parts(parts) => check_parts(parts),
        PartContent::Bytes(_) | PartContent::Stdin => Ok(()),
    })
}

/// Adds to a URL what the command line adds: the file name of `-T` to a path that names none, the
/// data of `-G` and `--url-query` to the query.
///
/// # Errors
/// Data that no URL can hold: a blank or a control character in it.
pub fn add_to_url(
    target: &mut Target,
    operation: &Operation,
    upload: Option<&str>,
) -> Result<(), UrlError> {
    if let Some(name) = upload.filter(|name| !matches!(*name, "-" | "."))
        && target.path.ends_with('/')
        && target.query.is_none()
        && let Some(name) = Path::new(name).file_name()
    {
        target
            .path
            .push_str(&percent_encode(name.to_string_lossy().as_bytes()));
    }
    // A number sign would begin a fragment, which is not sent.
    let mut add = |text: &str| {
        let text = text.split('#').next().unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let query = target.query.get_or_insert_default();
        if !query.is_empty() && !query.ends_with('&') {
            query.push('&');
        }
        query.push_str(text);
    };
    if let Some(text) = &operation.request.url_query {
        add(text);
    }
    if operation.request.data_in_query
        && let Body::Data(data) | Body::Json(data) = &operation.request.body
    {
        add(&String::from_utf8_lossy(data));
    }
    match target.query.as_deref() {
        Some(query) if query.bytes().any(|octet| octet <= b' ' || octet == 0x7f) => {
            Err(UrlError::Malformed)
        }
        _ => Ok(()),
    }
}
