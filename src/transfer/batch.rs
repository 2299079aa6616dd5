//! Many transfers: in turn or at the same time, tried again where that may help.
//!
//! Knows: the order of transfers, retries, and what becomes of a file once it is there (its time, its
//! entity tag). Must not know: requests and responses.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::codec::date;
use crate::codec::text::Visible;
use crate::error::{Error, Exit, reason};
use crate::event::{Happening, Tap};
use crate::plan::{Fail, NetrcUse, Operation, Parallel, Plan, Resume, SaveAs, When};
use crate::transfer::dump::Dumps;
use crate::transfer::errands::{Errand, Errands};
use crate::transfer::ipfs::{self, Gateways};
use crate::transfer::job::{Job, Shared};
use crate::transfer::memory::replace;
use crate::transfer::naming;
use crate::transfer::one::{Outcome, read_url, run as run_one};
use crate::transfer::reply::Layout;
use crate::transfer::sink::{Namer, Place, Saved, Saving, Sink, Stdout};

/// Runs everything that a plan asks for; gives the exit status of the run.
pub fn run(plan: &Plan, shared: &Shared, tap: &Tap) -> Exit {
    let batch = Batch {
        plan,
        shared,
        dumps: Dumps::default(),
    };
    for operation in &plan.operations {
        shared.memory.read(operation, &shared.streams.stdin, tap);
    }
    let exit = match &plan.global.parallel {
        Some(parallel) => batch.parallel(parallel, tap),
        None => batch.serial(tap),
    };
    for operation in &plan.operations {
        shared
            .memory
            .write(operation, &|text| batch.tell_stdout(text), tap);
    }
    shared.network.clear();
    exit
}

struct Batch<'a> {
    plan: &'a Plan,
    shared: &'a Shared,
    dumps: Dumps,
}

/// After these nothing further can go well.
const FATAL: [Exit; 3] = [
    Exit::FailedInit,
    Exit::OutOfMemory,
    Exit::BadFunctionArgument,
];

impl Batch<'_> {
    fn serial(&self, tap: &Tap) -> Exit {
        let mut last = Exit::Ok;
        let mut next_start = tap.clock().now();
        for (number, errand) in (0_u32..).zip(Errands::new(self.plan)) {
            if let Some(pace) = self.plan.global.pace {
                tap.clock().pause(next_start);
                next_start = tap.clock().now() + pace;
            }
            let malformed = errand.is_err();
            last = self.one(errand, &tap.for_transfer(number));
            if malformed
                || FATAL.contains(&last)
                || (last != Exit::Ok && self.plan.global.fail_early)
            {
                break;
            }
        }
        last
    }

    fn parallel(&self, parallel: &Parallel, tap: &Tap) -> Exit {
        let errands = Mutex::new((0_u32..).zip(Errands::new(self.plan)));
        let worst = Mutex::new(Exit::Ok);
        let stopped = || self.plan.global.fail_early && *lock(&worst) != Exit::Ok;
        let work = || {
            loop {
                if stopped() {
                    return;
                }
                let Some((number, errand)) = lock(&errands).next() else {
                    return;
                };
                let exit = self.one(errand, &tap.for_transfer(number));
                if exit != Exit::Ok {
                    *lock(&worst) = exit;
                }
            }
        };
        let workers = Errands::new(self.plan)
            .take(usize::from(parallel.most.max(1)))
            .count();
        std::thread::scope(|scope| {
            for _ in 1..workers {
                scope.spawn(work);
            }
            work();
        });
        *lock(&worst)
    }

    /// One transfer with its retries, from `Started` to `Finished`.
    fn one(&self, errand: Result<Errand, Error>, tap: &Tap) -> Exit {
        let result = errand.and_then(|errand| self.errand(errand, &mut tap.clone()));
        match &result {
            Ok(()) => tap.emit(Happening::Finished { outcome: Ok(()) }),
            Err(error) => tap.emit(Happening::Finished {
                outcome: Err(error),
            }),
        }
        result.map_or_else(|error| error.exit, |()| Exit::Ok)
    }

    fn errand(&self, errand: Errand, tap: &mut Tap) -> Result<(), Error> {
        let Some(operation) = self.plan.operations.get(errand.operation) else {
            return Ok(());
        };
        tap.emit(Happening::Started {
            url: &errand.url,
            number: errand.number,
            operation: errand.operation,
        });
        let errand = self.by_gateway(operation, errand)?;
        let place = self.place(operation, &errand)?;
        if let Place::File(saved) = &place
            && operation.output.skip_existing
            && saved.path().exists()
        {
            tap.emit(Happening::Noted {
                text: &format!(
                    "skips transfer, \"{}\" exists locally",
                    saved.path().display()
                ),
            });
            return Ok(());
        }
        let resume_from = resume_from(operation, &errand, &place);
        let netrc = self.netrc(operation)?;
        let etag = compare_tag(operation)?;
        check_tag_file(operation)?;
        let mut job = Job {
            operation,
            url: &errand.url,
            upload: errand.upload.as_deref(),
            netrc: netrc.as_deref(),
            resume_from,
            etag: etag.as_deref(),
            layout: self.layout(&place),
        };
        let mut sink = Sink::new(place, operation.limits.file_size);
        let result = self.tries(&mut job, &errand, &mut sink, tap);
        self.settle(operation, &mut sink, result, tap)
    }

    /// Tries, and tries again as `--retry` allows.
    fn tries(
        &self,
        job: &mut Job<'_>,
        errand: &Errand,
        sink: &mut Sink,
        tap: &mut Tap,
    ) -> (Outcome, Result<(), Error>) {
        let retry = &job.operation.retry;
        let began = tap.clock().now();
        let mut delay = retry.delay.unwrap_or(Duration::from_secs(1));
        let mut left = retry.most;
        loop {
            let (outcome, result) = self.attempt(job, errand.operation, sink, tap);
            let Some(problem) = problem(job.operation, &outcome, &result).filter(|_| left > 0)
            else {
                return (outcome, result);
            };
            let wall = i64::try_from(tap.clock().wall().as_secs()).unwrap_or(i64::MAX);
            let asked = outcome
                .retry_after
                .as_deref()
                .and_then(|value| retry_after(value, wall));
            let pause = asked.filter(|_| problem == "HTTP error").unwrap_or(delay);
            if out_of_time(retry.most_time, began, tap.clock().now(), pause) {
                if asked.is_some() {
                    let text = "The Retry-After: time would make this command line exceed the maximum allowed time for retries.";
                    tap.emit(Happening::Warned { text });
                }
                return (outcome, result);
            }
            tap.emit(Happening::Retrying {
                problem,
                after: pause,
                left,
            });
            left -= 1;
            tap.clock().pause(tap.clock().now() + pause);
            sink.restart();
            job.resume_from = resume_from(job.operation, errand, sink.place());
            if retry.delay.is_none() {
                delay = (delay * 2).min(Duration::from_secs(600));
            }
        }
    }

    fn attempt(
        &self,
        job: &Job<'_>,
        part: usize,
        sink: &mut Sink,
        tap: &mut Tap,
    ) -> (Outcome, Result<(), Error>) {
        let output = &job.operation.output;
        let streams = &self.shared.streams;
        let dump = output.dump_header.as_ref();
        let dump = dump
            .map(|to| {
                self.dumps.open(
                    part,
                    to,
                    output.create_dirs,
                    streams,
                    &self.shared.environment,
                )
            })
            .transpose();
        match dump {
            Ok(mut dump) => run_one(self.shared, job, sink, dump.as_mut(), tap),
            Err(error) => (Outcome::default(), Err(error)),
        }
    }

    /// What is left to do with the output of a transfer that is over.
    fn settle(
        &self,
        operation: &Operation,
        sink: &mut Sink,
        (outcome, result): (Outcome, Result<(), Error>),
        tap: &Tap,
    ) -> Result<(), Error> {
        let failed =
            operation.output.fail == Fail::WithBody && outcome.status >= 400 && result.is_ok();
        let nothing_new =
            outcome.status == 304 || outcome.found.condition_unmet || outcome.status == 416;
        if result.is_ok() && sink.written() == 0 && !nothing_new {
            sink.touch(tap)?;
        }
        if let Some(path) = operation
            .request
            .etag_save
            .as_deref()
            .filter(|_| result.is_ok())
        {
            self.save_tag(path, outcome.found.etag.as_deref(), operation)?;
        }
        if result.is_err() && operation.output.remove_on_error {
            if let Some(Ok(())) = sink.remove() {
                tap.emit(Happening::Noted {
                    text: "Removed output file",
                });
            }
        } else if operation.output.remote_time
            && let (Some(modified), Some(file)) = (outcome.found.last_modified, sink.file())
        {
            let span = Duration::from_secs(modified.unsigned_abs());
            let epoch = std::time::UNIX_EPOCH;
            let time = if modified < 0 {
                epoch.checked_sub(span)
            } else {
                epoch.checked_add(span)
            };
            if let Some(Err(error)) = time.map(|time| file.set_modified(time)) {
                tap.emit(Happening::Warned {
                    text: &format!("Failed to set filetime: {}", reason(&error)),
                });
            }
        }
        if operation.output.xattr && result.is_ok() {
            tell_origin(sink, &outcome, tap);
        }
        if failed {
            let status = outcome.status;
            return Err(Error::new(
                Exit::HttpReturnedError,
                format!("The requested URL returned error: {status}"),
            ));
        }
        result
    }

    /// What an IPFS gateway has for a URL.
    fn by_gateway(&self, operation: &Operation, mut errand: Errand) -> Result<Errand, Error> {
        let read = |path: &Path| std::fs::read(path).ok();
        let option = operation.ipfs_gateway.as_deref();
        let gateways = Gateways {
            option,
            environment: &self.shared.environment,
            read: &read,
        };
        if let Some(url) = ipfs::rewrite(&errand.url, &gateways)? {
            errand.url = url;
        }
        Ok(errand)
    }

    fn place(&self, operation: &Operation, errand: &Errand) -> Result<Place, Error> {
        let name = match &errand.save {
            SaveAs::Null => return Ok(Place::Null),
            SaveAs::Stdout => return Ok(self.stdout(operation)),
            SaveAs::File(name) if name == "-" => return Ok(self.stdout(operation)),
            SaveAs::File(name) => name.clone(),
            SaveAs::RemoteName => remote_name(operation, &errand.url)?,
        };
        let how = Saving {
            clobber: operation.output.clobber,
            create_dirs: operation.output.create_dirs,
            append: operation.request.resume.is_some() && errand.upload.is_none(),
            namer: if operation.output.remote_header_name && errand.save == SaveAs::RemoteName {
                Namer::Server
            } else {
                Namer::User
            },
        };
        Ok(Place::File(Saved::new(
            operation.output.directory.as_deref(),
            Path::new(&name),
            how,
        )))
    }

    fn stdout(&self, operation: &Operation) -> Place {
        let environment = &self.shared.environment;
        Place::Stdout(Stdout {
            console: self.shared.streams.stdout.clone(),
            terminal: environment.stdout_is_terminal,
            colour: environment.stdout_takes_colour && self.plan.global.styled_output,
            binary: operation.output.binary_to_terminal,
        })
    }

    fn layout(&self, place: &Place) -> Layout {
        match (self.plan.global.pretty, place) {
            (When::Always, _) => Layout::Json,
            (When::Auto, Place::Stdout(stdout)) if stdout.terminal => Layout::Json,
            _ => Layout::Never,
        }
    }

    fn netrc(&self, operation: &Operation) -> Result<Option<Vec<u8>>, Error> {
        let netrc = &operation.auth.netrc;
        if netrc.use_it == NetrcUse::Ignored {
            return Ok(None);
        }
        let environment = &self.shared.environment;
        let home = || {
            environment
                .var_os("HOME")
                .map(|home| Path::new(home).join(".netrc"))
        };
        let path = netrc
            .file
            .clone()
            .or_else(|| environment.var_os("NETRC").map(PathBuf::from))
            .or_else(home);
        match path.map(std::fs::read) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(error)) if netrc.file.is_some() && netrc.use_it == NetrcUse::Required => {
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                let exit = if missing {
                    Exit::FailedInit
                } else {
                    Exit::ReadError
                };
                Err(Error::new(
                    exit,
                    format!("cannot read the netrc file: {}", reason(&error)),
                ))
            }
            _ => Ok(None),
        }
    }

    /// Text from a server, to standard output: made visible on a terminal.
    fn tell_stdout(&self, text: &[u8]) {
        let mut shown = Vec::new();
        if self.shared.environment.stdout_is_terminal {
            let mut filter = Visible::new();
            filter.push(text, &mut shown);
            filter.finish(&mut shown);
        } else {
            shown.extend_from_slice(text);
        }
        self.shared.streams.stdout.tell(&shown);
    }

    fn save_tag(
        &self,
        path: &Path,
        tag: Option<&[u8]>,
        operation: &Operation,
    ) -> Result<(), Error> {
        let Some(tag) = tag.filter(|tag| !tag.is_empty()) else {
            return Ok(());
        };
        let text = [tag, b"\n"].concat();
        if path.as_os_str() == "-" {
            self.tell_stdout(&text);
            return Ok(());
        }
        if operation.output.create_dirs
            && let Some(parent) = path.parent()
        {
            let _ = std::fs::create_dir_all(parent);
        }
        replace(path, &text).map_err(|error| {
            Error::new(
                Exit::WriteError,
                format!("failed to write {}: {}", path.display(), reason(&error)),
            )
        })
    }
}

/// `--xattr`.
fn tell_origin(sink: &Sink, outcome: &Outcome, tap: &Tap) {
    if let (Some(path), Some(file)) = (sink.saved(), sink.file())
        && let Err(error) = outcome.provenance.attach(file)
    {
        let text = format!(
            "Error setting extended attributes on '{}': {}",
            path.display(),
            reason(&error)
        );
        tap.emit(Happening::Warned { text: &text });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remote_name(operation: &Operation, url: &str) -> Result<String, Error> {
    Ok(naming::from_path(&read_url(operation, url)?.path))
}

fn resume_from(operation: &Operation, errand: &Errand, place: &Place) -> u64 {
    match (operation.request.resume, place) {
        (Some(Resume::At(offset)), _) => offset,
        (Some(Resume::FromFile), Place::File(saved)) if errand.upload.is_none() => {
            saved.path().metadata().map_or(0, |metadata| metadata.len())
        }
        _ => 0,
    }
}

/// The entity tag of `--etag-compare`: the first line of the file, `""` where there is none.
fn compare_tag(operation: &Operation) -> Result<Option<String>, Error> {
    let Some(path) = &operation.request.etag_compare else {
        return Ok(None);
    };
    let text = std::fs::read(path).unwrap_or_default();
    let line = text
        .split(|&octet| octet == b'\n')
        .next()
        .unwrap_or_default();
    let line = String::from_utf8_lossy(line).trim().to_owned();
    Ok(Some(if line.is_empty() {
        "\"\"".to_owned()
    } else {
        line
    }))
}

/// `--etag-save` to a place where no file can be: no transfer, exit 26.
fn check_tag_file(operation: &Operation) -> Result<(), Error> {
    let Some(path) = operation.request.etag_save.as_deref() else {
        return Ok(());
    };
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if folder.is_dir() || operation.output.create_dirs || path.as_os_str() == "-" {
        return Ok(());
    }
    Err(Error::new(
        Exit::ReadError,
        format!(
            "Failed creating file for saving etags: \"{}\"",
            path.display()
        ),
    ))
}

/// What makes a transfer worth another try.
fn problem(
    operation: &Operation,
    outcome: &Outcome,
    result: &Result<(), Error>,
) -> Option<&'static str> {
    const TRANSIENT: [u16; 8] = [408, 429, 500, 502, 503, 504, 522, 524];
    let exit = result.as_ref().err().map(|error| error.exit);
    let found = match exit {
        Some(Exit::OperationTimedout | Exit::CouldntResolveHost | Exit::CouldntResolveProxy) => {
            Some("timeout")
        }
        Some(Exit::CouldntConnect) if operation.retry.when_refused => Some("connection refused"),
        None | Some(Exit::HttpReturnedError) if TRANSIENT.contains(&outcome.status) => {
            Some("HTTP error")
        }
        _ => None,
    };
    let any = exit.is_some() && operation.retry.after_any_error;
    found.or_else(|| any.then_some("(retrying all errors)"))
}

/// `Retry-After` as a delay: seconds, or a date (RFC 9110, 10.2.3); at most six hours, as in curl.
fn retry_after(value: &[u8], now: i64) -> Option<Duration> {
    let text = String::from_utf8_lossy(value);
    let seconds = match text.trim().parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) => date::parse(value)? - now,
    };
    u64::try_from(seconds)
        .ok()
        .filter(|seconds| *seconds > 0)
        .map(|seconds| Duration::from_secs(seconds.min(21_600)))
}

fn out_of_time(most: Option<Duration>, began: Instant, now: Instant, pause: Duration) -> bool {
    most.is_some_and(|most| now.saturating_duration_since(began) + pause > most)
}
