//! One errand: from a URL of the command line to what it leaves behind.
//!
//! Knows: where content is to go, what a transfer is given, and that it may be tried again. Must not
//! know: requests and responses, or other errands.

use std::path::{Path, PathBuf};

use crate::error::{Error, Exit, reason};
use crate::event::{Happening, Tap};
use crate::plan::{NetrcUse, Operation, Plan, Resume, SaveAs, When};
use crate::transfer::aftermath::settle;
use crate::transfer::dump::Dumps;
use crate::transfer::errands::Errand;
use crate::transfer::etag;
use crate::transfer::ipfs::{self, Gateways};
use crate::transfer::job::{Job, Shared};
use crate::transfer::journey::read_url;
use crate::transfer::local;
use crate::transfer::naming;
use crate::transfer::one::{self, Outcome};
use crate::transfer::reply::Layout;
use crate::transfer::retry::Retries;
use crate::transfer::saved::{Namer, Saved, Saving};
use crate::transfer::sink::{Place, Sink, Stdout};

/// Who runs errands.
pub(crate) struct Courier<'a> {
    plan: &'a Plan,
    shared: &'a Shared,
    dumps: Dumps,
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
    pub(crate) fn run(&self, errand: Errand, tap: &mut Tap) -> Result<(), Error> {
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
        let etag = etag::to_compare(operation);
        etag::check_file(operation)?;
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
        settle(self.shared, operation, &mut sink, result, tap)
    }

    /// Tries, and tries again as `--retry` allows.
    fn tries(
        &self,
        job: &mut Job<'_>,
        errand: &Errand,
        sink: &mut Sink,
        tap: &mut Tap,
    ) -> (Outcome, Result<(), Error>) {
        let mut retries = Retries::new(&job.operation.retry, tap.clock().now());
        loop {
            let (outcome, result) = self.attempt(job, errand.operation, sink, tap);
            let Some(pause) = retries.after(&outcome, &result, tap) else {
                return (outcome, result);
            };
            tap.clock().pause(tap.clock().now() + pause);
            sink.restart();
            job.resume_from = resume_from(job.operation, errand, sink.place());
        }
    }

    fn attempt(
        &self,
        job: &Job<'_>,
        part: usize,
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
                Ok(None) => one::run(self.shared, job, sink, dump.as_mut(), tap),
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
        match (self.plan.global.inspect.pretty, place) {
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
        let Some(path) = path else {
            return Ok(None);
        };
        match std::fs::read(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if netrc.file.is_some() && netrc.use_it == NetrcUse::Required => {
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                let exit = if missing {
                    Exit::FailedInit
                } else {
                    Exit::ReadError
                };
                let (path, reason) = (path.display(), reason(&error));
                Err(Error::new(
                    exit,
                    format!("cannot read the netrc file {path}: {reason}"),
                ))
            }
            Err(_) => Ok(None),
        }
    }
}

fn remote_name(operation: &Operation, url: &str) -> Result<String, Error> {
    let path = match local::path(operation, url) {
        Some(path) => path?,
        None => read_url(operation, url)?.path,
    };
    Ok(naming::from_path(&path))
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
