//! One errand: from a URL of the command line to what it leaves behind.
//!
//! Knows: where content is to go, what a transfer is given, and that it may be tried again. Must not
//! know: requests and responses, or other errands.

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::event::{Happening, Tap};
use crate::plan::{Operation, Plan, Resume, SaveAs, When};
use crate::transfer::aftermath::settle;
use crate::transfer::content::{self, Content};
use crate::transfer::dump::Dumps;
use crate::transfer::errands::Errand;
use crate::transfer::etag;
use crate::transfer::ipfs::{self, Gateways};
use crate::transfer::job::{Job, Shared};
use crate::transfer::journey::read_url;
use crate::transfer::local;
use crate::transfer::naming;
use crate::transfer::one::{self, Outcome};
use crate::transfer::rehearsal;
use crate::transfer::reply::Layout;
use crate::transfer::retry::{self, Retries};
use crate::transfer::saved::{Namer, Saved, Saving};
use crate::transfer::sink::{Place, Sink, Stdout};

/// Before another try, whether the run was stopped is looked at this often.
const LOOK: Duration = Duration::from_millis(250);

/// Who runs errands.
pub(crate) struct Courier<'a> {
    plan: &'a Plan,
    shared: &'a Shared,
    dumps: Dumps,
}

/// What an errand needs, found.
struct Ready {
    errand: Errand,
    place: Place,
}

/// How an errand ended without success.
pub(crate) enum Failure {
    /// Before anybody was asked: something of the user's is not as the command line says.
    Unready(Error),
    /// On the way.
    Failed(Error),
}

impl<'a> Courier<'a> {
    /// For the errands of this plan.
    pub(crate) fn new(plan: &'a Plan, shared: &'a Shared) -> Self {
        Self {
            plan,
            shared,
            dumps: Dumps::default(),
        }
    }

    /// Runs one errand, with its retries.
    pub(crate) fn run(&self, errand: Errand, tap: &mut Tap) -> Result<(), Failure> {
        let Some(operation) = self.plan.operations.get(errand.operation) else {
            return Ok(());
        };
        tap.emit(Happening::Started {
            url: &errand.url,
            number: errand.number,
            operation: errand.operation,
        });
        let ready = self.prepare(operation, errand).map_err(Failure::Unready)?;
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
    fn prepare(&self, operation: &Operation, errand: Errand) -> Result<Ready, Error> {
        let errand = self.by_gateway(operation, errand)?;
        content::check_files(operation, errand.upload.as_deref())?;
        let place = self.place(operation, &errand)?;
        Ok(Ready { errand, place })
    }

    fn carry(&self, operation: &Operation, ready: Ready, tap: &mut Tap) -> Result<(), Error> {
        let Ready { errand, place } = ready;
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
        let etag = etag::to_compare(operation);
        etag::check_folder(operation)?;
        let mut job = Job {
            operation,
            url: &errand.url,
            upload: errand.upload.as_deref(),
            resume_from,
            etag: etag.as_deref(),
            layout: self.layout(&place),
        };
        if self.plan.global.inspect.dry_run {
            return self.rehearse(&job, tap);
        }
        etag::make_file(operation)?;
        let mut sink = Sink::new(place, operation.limits.file_size);
        let result = self.tries(&mut job, &errand, &mut sink, tap);
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
        errand: &Errand,
        sink: &mut Sink,
        tap: &mut Tap,
    ) -> (Outcome, Result<(), Error>) {
        let mut retries = Retries::new(&job.operation.retry, tap.clock().now());
        let mut content = None;
        loop {
            let (outcome, result) = self.attempt(job, errand.operation, &mut content, sink, tap);
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
                Ok(None) => one::run(self.shared, job, content, sink, dump.as_mut(), tap),
                Err(error) => (Outcome::default(), Err(error)),
            },
            Err(error) => (Outcome::default(), Err(error)),
        }
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
            append: errand.upload.is_none() && resumes(operation),
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

fn resume_from(operation: &Operation, errand: &Errand, place: &Place) -> u64 {
    match (operation.request.resume, place) {
        (Some(Resume::At(offset)), _) => offset,
        (Some(Resume::FromFile), Place::File(saved)) if errand.upload.is_none() => {
            saved.path().metadata().map_or(0, |metadata| metadata.len())
        }
        _ => 0,
    }
}
