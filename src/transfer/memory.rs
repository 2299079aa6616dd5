//! What outlives a transfer: cookies, hosts that want TLS, and where else origins are served.
//!
//! Knows: what a request asks of this memory and what a response adds to it, and the files that it
//! comes from and goes to. Must not know: what its parts mean by themselves; `cookies`, `hsts` and
//! `altsvc` do.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Mutex;

use crate::codec::date;
use crate::disk::{self, Readers};
use crate::error::reason;
use crate::event::{Happening, Tap};
use crate::lock::lock;
use crate::net::{Place, Way};
use crate::plan::Operation;
use crate::streams::Input;
use crate::target::{Scheme, Target};
use crate::transfer::altsvc;
use crate::transfer::cookies::Jar;
use crate::transfer::hsts;

/// What all transfers of a run remember.
pub struct Memory {
    /// Cookies.
    pub jar: Mutex<Jar>,
    hsts: Mutex<hsts::Cache>,
    alt_svc: Mutex<altsvc::Cache>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            jar: Mutex::new(Jar::new(date::cookie)),
            hsts: Mutex::default(),
            alt_svc: Mutex::default(),
        }
    }
}

/// The files of memory.
impl Memory {
    /// Reads what the files of one part of the command line hold.
    pub fn read(&self, operation: &Operation, stdin: &Input, tap: &Tap) {
        self.read_cookies(operation, stdin, tap);
        for path in &operation.hsts {
            if let Some(text) = read(path, tap) {
                lock(&self.hsts).read_file(&text, tap.clock().unix_time());
            }
        }
        for path in &operation.alt_svc {
            if let Some(text) = read(path, tap) {
                lock(&self.alt_svc).read_file(&text, tap.clock().unix_time());
            }
        }
    }

    /// Writes what is remembered to the files of one part of the command line: of several, the last.
    pub fn write(&self, operation: &Operation, tap: &Tap) {
        self.write_cookies(operation, tap);
        if let Some(path) = operation.hsts.last() {
            write(
                path,
                &lock(&self.hsts).write_file(tap.clock().unix_time()),
                tap,
            );
        }
        if let Some(path) = operation.alt_svc.last() {
            write(
                path,
                &lock(&self.alt_svc).write_file(tap.clock().unix_time()),
                tap,
            );
        }
    }

    fn read_cookies(&self, operation: &Operation, stdin: &Input, tap: &Tap) {
        let mut jar = lock(&self.jar);
        for path in &operation.cookies.files {
            if path.as_os_str().is_empty() {
                continue;
            }
            let text = if path.as_os_str() == "-" {
                read_all(stdin)
            } else {
                std::fs::read(path).ok()
            };
            match text {
                Some(text) => jar.read_file(&text, tap.clock().unix_time()),
                None => tap.emit(Happening::CookieHeard {
                    outcome: &format!("WARNING: failed to open cookie file \"{}\"", path.display()),
                }),
            }
        }
        if operation.cookies.junk_session {
            jar.forget_session_cookies();
        }
    }

    /// The text of a file of all cookies.
    pub fn cookies(&self, tap: &Tap) -> Vec<u8> {
        lock(&self.jar).write_file(tap.clock().unix_time())
    }

    fn write_cookies(&self, operation: &Operation, tap: &Tap) {
        let Some(path) = &operation.cookies.jar else {
            return;
        };
        // Standard output had them after each transfer.
        if path.as_os_str() == "-" {
            return;
        }
        if let Err(error) = disk::replace(path, &self.cookies(tap), Readers::Owner) {
            let text = format!(
                "failed to save cookies in {}: {}",
                path.display(),
                reason(&error)
            );
            tap.emit(Happening::Warned { text: &text });
        }
    }
}

/// What a hop asks for. A host that asked for TLS in this run is obeyed without `--hsts` too, as in
/// curl, whose tool always shares this cache.
impl Memory {
    /// Turns an `http` URL into an `https` one where its host asked for TLS; tells whether it did.
    pub fn upgrade(&self, target: &mut Target, tap: &Tap) -> bool {
        let wanted = target.scheme == Scheme::Http
            && lock(&self.hsts).covers(target.connect_host(), tap.clock().unix_time());
        if wanted {
            hsts::upgrade(target);
            tap.emit(Happening::Upgraded { target });
        }
        wanted
    }

    /// Where to go instead of the origin of an `https` URL, unless something else decided that already.
    pub fn alternative(&self, operation: &Operation, way: &Way, tap: &Tap) -> Option<Place> {
        let decided = way.connect_to.is_some() || way.local_socket().is_some();
        if operation.alt_svc.is_empty() || way.scheme != Scheme::Https || decided {
            return None;
        }
        let origin = &way.origin;
        let place =
            lock(&self.alt_svc).alternative(&origin.name, origin.port, tap.clock().unix_time())?;
        let (from, to) = (origin.authority(), place.authority());
        tap.emit(Happening::OriginRemark {
            remark: &format!("Alt-svc connecting from [h1]{from} to [h1]{to}"),
        });
        Some(place)
    }
}

/// One response, listened to for what its origin says of itself.
pub struct Listener<'a> {
    memory: &'a Memory,
    operation: &'a Operation,
    /// Only the first `Strict-Transport-Security` of a response counts (RFC 6797, 8.1).
    heard_hsts: bool,
}

impl<'a> Listener<'a> {
    /// For the response to a request of this part of the command line.
    pub fn new(memory: &'a Memory, operation: &'a Operation) -> Self {
        Self {
            memory,
            operation,
            heard_hsts: false,
        }
    }

    /// Takes one field of the response to a request for this URL; what did not come over TLS does not
    /// count. With `-k` nobody knows who says that a host wants TLS or is served elsewhere, or that it
    /// no longer does or is.
    pub fn field(&mut self, target: &Target, name: &[u8], value: &[u8], tap: &Tap) {
        if target.scheme != Scheme::Https || !self.operation.tls.verify {
            return;
        }
        if name.eq_ignore_ascii_case(b"Strict-Transport-Security") && !self.heard_hsts {
            self.heard_hsts = true;
            if let Err(illegal) =
                lock(&self.memory.hsts).hear(target.connect_host(), value, tap.clock().unix_time())
            {
                tap.emit(Happening::OriginRemark {
                    remark: &illegal.to_string(),
                });
            }
        }
        if name.eq_ignore_ascii_case(b"Alt-Svc") && !self.operation.alt_svc.is_empty() {
            let host = target.ascii_host();
            for remark in lock(&self.memory.alt_svc).hear(
                &host,
                target.port(),
                value,
                tap.clock().unix_time(),
            ) {
                tap.emit(Happening::OriginRemark {
                    remark: &remark.to_string(),
                });
            }
        }
    }
}

/// The text of a file that need not be there; an empty name stands for none.
fn read(path: &Path, tap: &Tap) -> Option<Vec<u8>> {
    match std::fs::read(path) {
        Ok(text) => Some(text),
        Err(_) if path.as_os_str().is_empty() => None,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::IsADirectory
            ) =>
        {
            None
        }
        Err(error) => {
            let text = format!("failed to read {}: {}", path.display(), reason(&error));
            tap.emit(Happening::Warned { text: &text });
            None
        }
    }
}

/// Replaces a file, unless it is there and cannot be read: what it holds would be lost.
fn write(path: &Path, text: &[u8], tap: &Tap) {
    if path.as_os_str().is_empty() || path.is_dir() {
        return;
    }
    let readable = match File::open(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    if let Err(error) = readable.and_then(|()| disk::replace(path, text, Readers::Owner)) {
        let text = format!("failed to save {}: {}", path.display(), reason(&error));
        tap.emit(Happening::Warned { text: &text });
    }
}

fn read_all(input: &Input) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    input.clone().read_to_end(&mut text).ok().map(|_| text)
}
