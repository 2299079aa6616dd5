//! `file://`: a file of this machine in place of a response.
//!
//! Knows: how such a URL names a file, and which part of the file is asked for. Must not know: HTTP.
//! It is asked for on the command line only: no redirect leads here, since a `Target` has no such
//! scheme. Nothing is ever written to such a URL.
//!
//! Sources: RFC 8089, curl's URL syntax page and its `file://` transfers.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _, SeekFrom};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::codec::date;
use crate::codec::text::percent_decode;
use crate::error::{Error, Exit, reason};
use crate::event::{Bytes, Direction, Happening, Layer, Tap};
use crate::http1::Role;
use crate::plan::Operation;
use crate::target::without_dot_segments;
use crate::transfer::bounds;
use crate::transfer::dump::Dump;
use crate::transfer::hops::Outcome;
use crate::transfer::job::Job;
use crate::transfer::provenance::Provenance;
use crate::transfer::sink::{Sink, Treatment};

/// How much is read at once, in octets.
const READ: usize = 64 * 1024;

/// The path of a `file` URL, as typed and without its query; `None` for any other URL.
///
/// # Errors
/// Exit 3 for a host that is not this machine.
pub(crate) fn path(operation: &Operation, url: &str) -> Option<Result<String, Error>> {
    let assumed = operation.follow.proto_default.as_deref() == Some("file");
    let after = match url.split_at_checked("file:".len()) {
        Some((scheme, after)) if scheme.eq_ignore_ascii_case("file:") => after,
        _ if assumed && !url.contains("://") => return Some(without_query(operation, url)),
        _ => return None,
    };
    let Some(rest) = after.strip_prefix("//") else {
        return after
            .starts_with('/')
            .then(|| without_query(operation, after));
    };
    let hosts = ["", "localhost", "127.0.0.1"];
    let path = hosts.into_iter().find_map(|host| {
        let (here, path) = rest.split_at_checked(host.len())?;
        (here.eq_ignore_ascii_case(host) && path.starts_with('/')).then_some(path)
    });
    let path = path.ok_or_else(|| malformed("Bad file:// URL"));
    Some(path.and_then(|path| without_query(operation, path)))
}

fn without_query(operation: &Operation, path: &str) -> Result<String, Error> {
    if path.bytes().any(|octet| octet <= b' ' || octet == 0x7f) {
        return Err(malformed("Malformed input to a URL function"));
    }
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let (path, _) = path.split_at(end);
    Ok(if operation.request.path_as_is {
        path.to_owned()
    } else {
        without_dot_segments(path)
    })
}

fn malformed(why: &str) -> Error {
    Error::new(Exit::UrlMalformat, format!("URL rejected: {why}"))
}

/// Delivers the file of this path. The outcome is told even when it failed.
pub(crate) fn run(
    path: &str,
    job: &Job<'_>,
    sink: &mut Sink,
    dump: Option<&mut Dump>,
    tap: &Tap,
) -> (Outcome, Result<(), Error>) {
    let mut outcome = Outcome {
        provenance: Some(Provenance {
            url: job.url.to_owned(),
            ..Provenance::default()
        }),
        ..Outcome::default()
    };
    let mut delivery = Delivery {
        job,
        sink,
        dump,
        tap,
    };
    let result = delivery.whole(path, &mut outcome);
    if let Err(error) = &result {
        // What is held back is delivered; the first failure is the one to tell.
        let _ = delivery.sink.settle(tap);
        tap.emit(Happening::Failed { error });
    }
    (outcome, result)
}

struct Delivery<'a> {
    job: &'a Job<'a>,
    sink: &'a mut Sink,
    dump: Option<&'a mut Dump>,
    tap: &'a Tap,
}

impl Delivery<'_> {
    fn whole(&mut self, path: &str, outcome: &mut Outcome) -> Result<(), Error> {
        let operation = self.job.operation;
        if !operation.follow.proto.file {
            let message = "Protocol \"file\" disabled";
            return Err(Error::new(Exit::UnsupportedProtocol, message));
        }
        if self.job.upload.is_some() {
            let message = "uploads to file:// are not supported: copy the file";
            return Err(Error::not_built_in(message));
        }
        let (mut file, metadata) = open(path)?;
        let modified = metadata.modified().map_or(0, unix_seconds);
        outcome.found.last_modified = Some(modified);
        let condition = operation.request.condition;
        if condition.is_some_and(|condition| !condition.is_met(modified)) {
            outcome.found.condition_unmet = true;
            self.tap.emit(Happening::NotModifiedAfterAll);
            return Ok(());
        }
        self.describe(&metadata, modified)?;
        if operation.request.head {
            return Ok(());
        }
        let range = operation.request.range.as_deref();
        let part = match range {
            Some(range) => Part::read(range, metadata.len())?,
            None => Part {
                from: self.job.resume_from,
                most: None,
            },
        };
        if part.from > 0 {
            let seek = file.seek(SeekFrom::Start(part.from));
            if part.from > metadata.len() || seek.is_err() {
                let message = "failed to resume file:// transfer";
                return Err(Error::new(Exit::BadDownloadResume, message));
            }
        }
        self.deliver(&mut file.take(part.most.unwrap_or(u64::MAX)))
    }

    /// What curl tells of a file as if it were a head, for `-I`, `-i` and `-D`.
    fn describe(&mut self, metadata: &Metadata, modified: i64) -> Result<(), Error> {
        let lines = [
            format!("Content-Length: {}\r\n", metadata.len()),
            "Accept-ranges: bytes\r\n".to_owned(),
            format!("Last-Modified: {}\r\n", date::imf_fixdate(modified)),
            "\r\n".to_owned(),
        ];
        for line in lines {
            if let Some(dump) = &mut self.dump {
                dump.line(line.as_bytes())?;
            }
            if self.job.operation.output.include_head {
                self.sink.head_line(line.as_bytes(), self.tap)?;
            }
        }
        Ok(())
    }

    fn deliver(&mut self, file: &mut impl Read) -> Result<(), Error> {
        let clock = self.tap.clock();
        let deadlines = bounds::deadlines(&self.job.operation.limits, clock.now());
        self.sink.begin(&Treatment::default());
        let mut buffer = vec![0; READ];
        let mut count = 0_usize;
        loop {
            let octets = match file.read(&mut buffer) {
                Ok(0) => return self.sink.end(self.tap),
                Ok(length) => buffer.get(..length).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(&error)),
            };
            count = count.saturating_add(octets.len());
            self.tap.emit(Happening::Piece {
                direction: Direction::In,
                layer: Layer::Http,
                role: Role::Content,
                bytes: Bytes::Seen(octets),
            });
            self.sink.content(octets, self.tap)?;
            if self.tap.is_stopped() {
                return Err(Error::stopped());
            }
            let now = clock.now();
            if deadlines.total.is_some_and(|end| now >= end) {
                let took = now.saturating_duration_since(deadlines.started).as_millis();
                return Err(Error::new(
                    Exit::OperationTimedout,
                    format!(
                        "Operation timed out after {took} milliseconds with {count} bytes received"
                    ),
                ));
            }
        }
    }
}

fn open(path: &str) -> Result<(File, Metadata), Error> {
    let octets = percent_decode(path.as_bytes());
    if octets.contains(&0) {
        return Err(malformed(
            "URL decode error, most likely because of rubbish in the input",
        ));
    }
    let name = PathBuf::from(OsString::from_vec(octets));
    let opened = File::open(&name).and_then(|file| Ok((file.metadata()?, file)));
    match opened {
        Ok((metadata, file)) if !metadata.is_dir() => Ok((file, metadata)),
        _ => Err(Error::new(
            Exit::FileCouldntReadFile,
            format!("Couldn't open file {}", name.display()),
        )),
    }
}

fn unreadable(error: &io::Error) -> Error {
    Error::new(
        Exit::ReadError,
        format!("cannot read the file: {}", reason(error)),
    )
}

fn unix_seconds(time: SystemTime) -> i64 {
    let whole = |span: std::time::Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => whole(after),
        Err(before) => whole(before.duration()).saturating_neg(),
    }
}

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    from: u64,
    most: Option<u64>,
}

impl Part {
    /// `-r`: `from-to`, `from-` or `-last`; of several ranges the first counts, as in curl.
    fn read(range: &str, size: u64) -> Result<Self, Error> {
        let first = range.split(',').next().unwrap_or_default().trim();
        let bad = || Error::new(Exit::RangeError, "failed to read the range");
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| bad());
        let (from, to) = first.split_once('-').ok_or_else(bad)?;
        match (from.trim(), to.trim()) {
            ("", last) => Ok(Self {
                from: size.saturating_sub(number(last)?),
                most: None,
            }),
            (from, "") => Ok(Self {
                from: number(from)?,
                most: None,
            }),
            (from, to) => {
                let (from, to) = (number(from)?, number(to)?);
                let most = to.checked_sub(from).ok_or_else(bad)?;
                Ok(Self {
                    from,
                    most: Some(most.saturating_add(1)),
                })
            }
        }
    }
}
