//! One transfer: from a URL of the command line to what it leaves behind.
//!
//! Knows: where content is to go, what a transfer is given, and that it may be tried again. Must not
//! know: requests and responses, or other transfers.

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::event::{Happening, Tap};
use crate::plan::{Operation, Plan, Resume, SaveAs, When};
use crate::transfer::content::{self, Content};
use crate::transfer::dump::Dumps;
use crate::transfer::etag;
use crate::transfer::finish::settle;
use crate::transfer::hops::{self, Outcome};
use crate::transfer::ipfs::{self, Gateways};
use crate::transfer::job::{Job, Shared};
use crate::transfer::local;
use crate::transfer::naming;
use crate::transfer::rehearsal;
use crate::transfer::reply::Layout;
use crate::transfer::retry::{self, Retries};
use crate::transfer::saved::{Namer, Saved, Saving};
use crate::transfer::sink::{Place, Sink, Stdout};
use crate::transfer::transfers::Transfer;
use crate::transfer::url_chain::read_url;

/// Before another try, whether the run was stopped is looked at this often.
const LOOK: Duration = Duration::from_millis(250);

/// Who runs transfers.
pub(crate) struct Runner<'a> {
    plan: &'a Plan,
    shared: &'a Shared,
    dumps: Dumps,
}

/// What a transfer needs, found.
struct Ready {
    transfer: Transfer,
    place: Place,
}

/// How a transfer ended without success.
pub(crate) enum Failure {
    /// Before anybody was asked: something of the user's is not as the command line says.
    Unready(Error),
    /// On the way.
    Failed(Error),
}

impl<'a> Runner<'a> {
    /// For the transfers of this plan.
    pub(crate) fn new(plan: &'a Plan, shared: &'a Shared) -> Self {
        Self {
            plan,
            shared,
            dumps: Dumps::default(),
        }
    }

    /// Runs one transfer, with its retries.
    pub(crate) fn run(&self, transfer: Transfer, tap: &mut Tap) -> Result<(), Failure> {
        let Some(operation) = self.plan.operations.get(transfer.operation) else {
            return Ok(());
        };
        tap.emit(Happening::Started {
            url: &transfer.url,
            number: transfer.number,
            operation: transfer.operation,
        });
        let ready = self
            .prepare(operation, transfer)
            .map_err(Failure::Unready)?;
        self.carry(operation, ready, tap).map_err(Failure::Failed)
    }

    /// `-c -`: the jar on standard output, once a transfer is over.
    pub(crate) fn show_cookies(&self, operation: usize, tap: &Tap) {
        let jar = |operation: &'a Operation| operation.cookies.jar.as_ref();
        let jar = self.plan.operations.get(operation).and_then(jar);
        if jar.is_some_and(|jar| jar.as_os_str() == "-") && !self.plan.global.inspect.dry_run {
            self.shared.tell_stdout(&self.shared.memory.cookies(tap));
        }
    }

    /// Everything that can be found out before anybody is asked.
    fn prepare(&self, operation: &Operation, transfer: Transfer) -> Result<Ready, Error> {
        let transfer = self.by_gateway(operation, transfer)?;
        content::check_files(operation, transfer.upload.as_deref())?;
        let place = self.place(operation, &transfer)?;
        Ok(Ready { transfer, place })
    }

    fn carry(&self, operation: &Operation, ready: Ready, tap: &mut Tap) -> Result<(), Error> {
        let Ready { transfer, place } = ready;
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
        let resume_from = resume_from(operation, &transfer, &place);
        let etag = etag::to_compare(operation);
        etag::check_folder(operation)?;
        let mut job = Job {
            operation,
            url: &transfer.url,
            upload: transfer.upload.as_deref(),
            resume_from,
            etag: etag.as_deref(),
            layout: self.layout(&place),
        };
        if self.plan.global.inspect.dry_run {
            return self.rehearse(&job, tap);
        }
        etag::make_file(operation)?;
        let mut sink = Sink::new(place, operation.limits.file_size);
        let result = self.tries(&mut job, &transfer, &mut sink, tap);
        settle(self.shared, operation, &mut sink, result, tap)
    }

    /// `--dry-run`: a file of this machine asks nobody for anything.
    fn rehearse(&self, job: &Job<'_>, tap: &Tap) -> Result<(), Error> {
        match local::path(job.operation, job.url).transpose()? {
            Some(_) => Ok(()),
            None => rehearsal::run(self.shared, job, tap),
        }
    }

    /// Tries, and tries again as `--retry` allows. What was sent is sent again.
    fn tries(
        &self,
        job: &mut Job<'_>,
        transfer: &Transfer,
        sink: &mut Sink,
        tap: &mut Tap,
    ) -> (Outcome, Result<(), Error>) {
        let mut retries = Retries::new(&job.operation.retry, tap.clock().now());
        let mut content = None;
        loop {
            let (outcome, result) = self.attempt(job, transfer.operation, &mut content, sink, tap);
            if tap.is_stopped() {
                return (outcome, result);
            }
            let Some(again) = retries.after(&outcome, &result, tap) else {
                return (outcome, result);
            };
            if let Some(Err(error)) = content.as_mut().map(Content::begin_anew) {
                tap.emit(Happening::Failed { error: &error });
                return (outcome, Err(error));
            }
            let pause = retries.begin(&again, tap);
            if sink.saved().is_some() && retry::goes_on(job, &outcome, &result) {
                job.resume_from = job.resume_from.saturating_add(sink.go_on());
            } else {
                sink.restart();
            }
            sleep(pause, tap);
            if tap.is_stopped() {
                return (outcome, result.and(Err(Error::stopped())));
            }
        }
    }

    fn attempt(
        &self,
        job: &Job<'_>,
        part: usize,
        content: &mut Option<Content>,
        sink: &mut Sink,
        tap: &mut Tap,
    ) -> (Outcome, Result<(), Error>) {
        let Shared {
            streams,
            environment,
            ..
        } = self.shared;
        let output = &job.operation.output;
        let dump = output.dump_header.as_ref().map(|to| {
            self.dumps
                .open(part, to, output.create_dirs, streams, environment)
        });
        match dump.transpose() {
            Ok(mut dump) => match local::path(job.operation, job.url).transpose() {
                Ok(Some(path)) => local::run(&path, job, sink, dump.as_mut(), tap),
                Ok(None) => hops::run(self.shared, job, content, sink, dump.as_mut(), tap),
                Err(error) => (Outcome::default(), Err(error)),
            },
            Err(error) => (Outcome::default(), Err(error)),
        }
    }

    /// What an IPFS gateway has for a URL.
    fn by_gateway(&self, operation: &Operation, mut transfer: Transfer) -> Result<Transfer, Error> {
        let read = |path: &Path| std::fs::read(path).ok();
        let option = operation.ipfs_gateway.as_deref();
        let gateways = Gateways {
            option,
            environment: &self.shared.environment,
            read: &read,
        };
        if let Some(url) = ipfs::rewrite(&transfer.url, &gateways)? {
            transfer.url = url;
        }
        Ok(transfer)
    }

    fn place(&self, operation: &Operation, transfer: &Transfer) -> Result<Place, Error> {
        let name = match &transfer.save {
            SaveAs::Null => return Ok(Place::Null),
            SaveAs::Stdout => return Ok(self.stdout(operation)),
            SaveAs::File(name) if name == "-" => return Ok(self.stdout(operation)),
            SaveAs::File(name) => name.clone(),
            SaveAs::RemoteName => remote_name(operation, &transfer.url)?,
        };
        let how = Saving {
            clobber: operation.output.clobber,
            create_dirs: operation.output.create_dirs,
            append: transfer.upload.is_none() && resumes(operation),
            namer: if operation.output.remote_header_name && transfer.save == SaveAs::RemoteName {
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
        match (self.plan.global.inspect.pretty, place) {
            (When::Always, _) => Layout::Json,
            (When::Auto, Place::Stdout(stdout)) if stdout.terminal => Layout::Json,
            _ => Layout::Never,
        }
    }
}

/// Sleeps for so long, or until the run is stopped.
fn sleep(length: Duration, tap: &Tap) {
    let clock = tap.clock();
    let end = clock.after(length);
    while clock.now() < end && !tap.is_stopped() {
        clock.pause(clock.after(LOOK).min(end));
    }
}

fn remote_name(operation: &Operation, url: &str) -> Result<String, Error> {
    let path = match local::path(operation, url) {
        Some(path) => path?,
        None => read_url(operation, url)?.path,
    };
    Ok(naming::from_path(&path))
}

/// Whether there is something to go on from: `-C 0` begins anew.
fn resumes(operation: &Operation) -> bool {
    !matches!(operation.request.resume, None | Some(Resume::At(0)))
}

fn resume_from(operation: &Operation, transfer: &Transfer, place: &Place) -> u64 {
    match (operation.request.resume, place) {
        (Some(Resume::At(offset)), _) => offset,
        (Some(Resume::FromFile), Place::File(saved)) if transfer.upload.is_none() => {
            saved.path().metadata().map_or(0, |metadata| metadata.len())
        }
        _ => 0,
    }
}
