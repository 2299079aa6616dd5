//! A form as a multipart body.
//!
//! Knows: how parts are delimited, labelled and nested. Must not know: the request around them, or
//! when they are sent.
//!
//! Sources: RFC 2046 §5.1 (multipart), RFC 7578 (form-data), and the HTML standard, "multipart form
//! data", for the escapes in names. The order and the spelling of the lines are curl's.

use std::io;
use std::path::Path;

use super::encoding;
use super::segment::Segment;
use crate::error::{Error, Result};
use crate::plan::{Encoder, Form, Part, PartContent};
use crate::streams::Input;

/// The type of a whole form, unless a header of the request says otherwise.
const FORM: &str = "multipart/form-data";

/// The type of parts within a part.
const MIXED: &str = "multipart/mixed";

/// The types that curl tells from the end of a file's name.
const TYPES: &[(&str, &str)] = &[
    (".gif", "image/gif"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".png", "image/png"),
    (".svg", "image/svg+xml"),
    (".txt", "text/plain"),
    (".htm", "text/html"),
    (".html", "text/html"),
    (".pdf", "application/pdf"),
    (".xml", "application/xml"),
];

/// A form, ready to be sent.
pub struct Multipart {
    /// The value of the request's `Content-Type`, with the boundary.
    pub content_type: String,
    /// The content; what stands in files is not read yet.
    pub segments: Vec<Segment>,
}

/// What a form draws on besides its plan.
pub struct Supplies<'a> {
    /// Standard input, for a part that is `@-` or `<-`.
    pub stdin: &'a Input,
    /// Fills the octets with noise, for the boundaries.
    pub noise: &'a mut dyn FnMut(&mut [u8]) -> io::Result<()>,
}

impl Multipart {
    /// Lays a form out. `content_type` is what `-H "Content-Type: …"` says; curl adds the boundary
    /// to it, and calls the parts `form-data` only where it is `multipart/form-data`.
    ///
    /// # Errors
    /// Exit 26 for a file that cannot be opened, 2 when the system gives no random octets.
    pub fn compose(
        form: &Form,
        content_type: Option<&str>,
        supplies: &mut Supplies<'_>,
    ) -> Result<Self> {
        let escaping = if form.escape_backslash {
            Escaping::Backslash
        } else {
            Escaping::Percent
        };
        let media_type = content_type.unwrap_or(FORM);
        let boundary = boundary(supplies)?;
        let mut writer = Writer {
            escaping,
            supplies,
            segments: Vec::new(),
            text: Vec::new(),
        };
        writer.parts(&form.parts, media_type, &boundary)?;
        Ok(Self {
            content_type: with_boundary(media_type, &boundary),
            segments: writer.finish(),
        })
    }
}

/// How a quotation mark stands in a quoted name.
#[derive(Clone, Copy)]
enum Escaping {
    /// `%22`, as browsers do.
    Percent,
    /// `\"`, with `--form-escape`.
    Backslash,
}

/// The disposition that the parts of a multipart have.
#[derive(Clone, Copy)]
enum Disposition {
    FormData,
    Attachment,
}

/// Content in the making: text is gathered until something else comes.
struct Writer<'a, 'b> {
    escaping: Escaping,
    supplies: &'a mut Supplies<'b>,
    segments: Vec<Segment>,
    text: Vec<u8>,
}

impl Writer<'_, '_> {
    /// Parts between boundaries. The first has no line end in front: the empty line behind the
    /// header lines is enough.
    fn parts(&mut self, parts: &[Part], media_type: &str, boundary: &str) -> Result<()> {
        let disposition = if is_type(media_type, FORM) {
            Disposition::FormData
        } else {
            Disposition::Attachment
        };
        for part in parts {
            self.line(&["--", boundary]);
            self.part(part, disposition)?;
            self.line(&[]);
        }
        self.line(&["--", boundary, "--"]);
        Ok(())
    }

    fn part(&mut self, part: &Part, disposition: Disposition) -> Result<()> {
        let media_type = media_type(part);
        self.disposition(part, disposition);
        let boundary = match part.content {
            PartContent::Parts(_) => Some(boundary(self.supplies)?),
            _ => None,
        };
        match (&media_type, &boundary) {
            (Some(value), Some(boundary)) => {
                self.line(&["Content-Type: ", &with_boundary(value, boundary)]);
            }
            (Some(value), None) => self.line(&["Content-Type: ", value]),
            (None, _) => {}
        }
        if let Some(encoder) = part.encoder
            && field(part, "Content-Transfer-Encoding").is_none()
        {
            self.line(&["Content-Transfer-Encoding: ", encoding::name(encoder)]);
        }
        for line in &part.headers {
            if value_of(line, "Content-Type").is_none() {
                self.line(&[line]);
            }
        }
        self.line(&[]);
        self.content(
            part,
            media_type.as_deref().unwrap_or_default(),
            boundary.as_deref(),
        )
    }

    fn disposition(&mut self, part: &Part, disposition: Disposition) {
        let named = part.name.is_some() || part.filename.is_some();
        let word = match disposition {
            Disposition::FormData => "form-data",
            Disposition::Attachment if named => "attachment",
            Disposition::Attachment => return,
        };
        if field(part, "Content-Disposition").is_some() {
            return;
        }
        let parameter = |label: &str, value: Option<&str>| match value {
            Some(value) => format!("; {label}=\"{}\"", self.escaping.apply(value)),
            None => String::new(),
        };
        let name = parameter("name", part.name.as_deref());
        let filename = parameter("filename", part.filename.as_deref());
        self.line(&["Content-Disposition: ", word, &name, &filename]);
    }

    fn content(&mut self, part: &Part, media_type: &str, boundary: Option<&str>) -> Result<()> {
        // What these change is the label alone.
        let encoder = part
            .encoder
            .filter(|encoder| !matches!(encoder, Encoder::EightBit | Encoder::Binary));
        let Some(encoder) = encoder else {
            return self.plain_content(&part.content, media_type, boundary);
        };
        let mut inner = Writer {
            escaping: self.escaping,
            supplies: &mut *self.supplies,
            segments: Vec::new(),
            text: Vec::new(),
        };
        inner.plain_content(&part.content, media_type, boundary)?;
        let content = Segment::sequence(inner.finish());
        self.segment(Segment::encoded(content, encoder));
        Ok(())
    }

    fn plain_content(
        &mut self,
        content: &PartContent,
        media_type: &str,
        boundary: Option<&str>,
    ) -> Result<()> {
        match content {
            PartContent::Bytes(bytes) => self.text.extend_from_slice(bytes),
            PartContent::File(path) => self.segment(Segment::file(path)?),
            PartContent::Stdin => {
                let segment = Segment::whole_stdin(self.supplies.stdin.clone())?;
                self.segment(segment);
            }
            PartContent::Parts(parts) => {
                self.parts(parts, media_type, boundary.unwrap_or_default())?;
            }
        }
        Ok(())
    }

    fn line(&mut self, words: &[&str]) {
        for word in words {
            self.text.extend_from_slice(word.as_bytes());
        }
        self.text.extend_from_slice(b"\r\n");
    }

    fn segment(&mut self, segment: Segment) {
        if !self.text.is_empty() {
            self.segments
                .push(Segment::bytes(std::mem::take(&mut self.text)));
        }
        self.segments.push(segment);
    }

    fn finish(mut self) -> Vec<Segment> {
        if !self.text.is_empty() {
            self.segments.push(Segment::bytes(self.text));
        }
        self.segments
    }
}

impl Escaping {
    /// A name between quotation marks. A line break never stands there as it is, whatever the way:
    /// curl lets it through with `--form-escape`, where it would end the header line.
    fn apply(self, name: &str) -> String {
        let mut escaped = String::with_capacity(name.len());
        for character in name.chars() {
            match (character, self) {
                ('\r', _) => escaped.push_str("%0D"),
                ('\n', _) => escaped.push_str("%0A"),
                ('"', Escaping::Percent) => escaped.push_str("%22"),
                ('"' | '\\', Escaping::Backslash) => escaped.extend(['\\', character]),
                (plain, _) => escaped.push(plain),
            }
        }
        escaped
    }
}

/// What a part's `Content-Type` says: as given, or guessed as curl does.
fn media_type(part: &Part) -> Option<String> {
    if let Some(given) = &part.content_type {
        return Some(given.clone());
    }
    if let Some(given) = field(part, "Content-Type") {
        return Some(given.to_owned());
    }
    let by_filename = part.filename.as_deref().and_then(type_by_name);
    let guessed = match &part.content {
        PartContent::Parts(_) => Some(MIXED),
        PartContent::File(path) => by_filename
            .or_else(|| type_by_path(path))
            .or(part.filename.as_ref().map(|_| "application/octet-stream")),
        PartContent::Bytes(_) | PartContent::Stdin => by_filename,
    };
    guessed
        // What a form field is anyway (RFC 7578 §4.4) is not said.
        .filter(|guess| *guess != "text/plain" || part.filename.is_some())
        .map(str::to_owned)
}

fn type_by_path(path: &Path) -> Option<&'static str> {
    type_by_name(&path.to_string_lossy())
}

fn type_by_name(name: &str) -> Option<&'static str> {
    let ends_with = |suffix: &str| {
        name.len()
            .checked_sub(suffix.len())
            .and_then(|at| name.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(suffix))
    };
    let (_, media_type) = TYPES.iter().find(|(suffix, _)| ends_with(suffix))?;
    Some(media_type)
}

/// The value of a header line that `;headers=` gave the part.
fn field<'a>(part: &'a Part, name: &str) -> Option<&'a str> {
    part.headers.iter().find_map(|line| value_of(line, name))
}

fn value_of<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (found, value) = line.split_once(':')?;
    found
        .eq_ignore_ascii_case(name)
        .then(|| value.trim_start_matches(' '))
}

/// Whether a media type, its parameters aside, is this one.
fn is_type(value: &str, media_type: &str) -> bool {
    value
        .split([';', ' ', '\t', '\r', '\n'])
        .next()
        .is_some_and(|bare| bare.eq_ignore_ascii_case(media_type))
}

fn with_boundary(media_type: &str, boundary: &str) -> String {
    format!("{media_type}; boundary={boundary}")
}

/// A boundary as curl makes it: 24 dashes, then 22 letters and digits at random.
fn boundary(supplies: &mut Supplies<'_>) -> Result<String> {
    const DASHES: usize = 24;
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut noise = [0; 22];
    (supplies.noise)(&mut noise).map_err(Error::no_noise)?;
    let letter = |octet: u8| ALPHABET.iter().cycle().nth(octet.into());
    let letters = noise.into_iter().filter_map(letter);
    let letters = letters.map(|octet| char::from(*octet));
    Ok("-".repeat(DASHES).chars().chain(letters).collect())
}
