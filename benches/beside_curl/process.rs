//! One run of one program: what it cost, and on which processors.
//!
//! The processor time of a child is read from `/proc` after it has ended and before it is reaped:
//! `schedstat` has that of its first thread in nanoseconds, `stat` that of all its threads and of its
//! own children in ticks of 10 ms. With one thread the figure is exact; with several, and for a
//! pipeline of programs, it is up to two ticks short, so that such work has to take a while. Peak
//! memory is to be seen only as long as the program lives, and is read again and again.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// One unit of `/proc/<pid>/stat`.
const TICK: Duration = Duration::from_millis(10);

/// Octets that are given or taken at once through a pipe.
const BLOCK: usize = 1024 * 1024;

/// A processor to run on; `None` for any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Processor(Option<usize>);

impl Processor {
    /// Keeps this thread, and what it starts, on this processor.
    pub(crate) fn pin(self) {
        if let Some(number) = self.0 {
            pin(number);
        }
    }
}

#[cfg(target_os = "linux")]
fn pin(number: usize) {
    let mut set = rustix::thread::CpuSet::new();
    set.set(number);
    // Where that may not be, figures are noisier.
    let _ = rustix::thread::sched_setaffinity(None, &set);
}

#[cfg(not(target_os = "linux"))]
fn pin(_number: usize) {}

/// Who runs where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// `same` or `split`.
    pub(crate) mode: &'static str,
    /// The program that is measured.
    pub(crate) client: Processor,
    /// The server, and whoever is at the other end of a pipe.
    pub(crate) server: Processor,
}

impl Place {
    /// Wherever the system likes.
    pub(crate) const fn anywhere() -> Self {
        Self {
            mode: "anywhere",
            client: Processor(None),
            server: Processor(None),
        }
    }
}

/// The modes that the processors of this machine allow.
pub(crate) fn places() -> Vec<Place> {
    let place = |mode, client, server| Place {
        mode,
        client: Processor(Some(client)),
        server: Processor(Some(server)),
    };
    let mut places = vec![place("same", 0, 0)];
    if thread::available_parallelism().is_ok_and(|number| number.get() > 1) {
        places.push(place("split", 0, 1));
    }
    places
}

/// What comes into a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// Nothing.
    Nothing,
    /// This many octets through a pipe.
    Pipe(u64),
}

/// Where standard output and error of a program go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Nowhere.
    Null,
    /// Into pipes that are read as fast as they are filled.
    Pipe,
}

/// A program with its words and streams.
pub(crate) struct Work {
    pub(crate) program: OsString,
    pub(crate) words: Vec<OsString>,
    pub(crate) input: Input,
    pub(crate) output: Output,
}

/// What a run cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Of all threads, in user and system mode; `None` where the system does not tell.
    pub(crate) processor: Option<Duration>,
    /// From the start to the end.
    pub(crate) wall: Duration,
}

impl Work {
    /// Does the work once.
    pub(crate) fn run(&self, place: &Place) -> Result<Cost, String> {
        place.client.pin();
        let begun = Instant::now();
        let (processor, wall) = self.attend(place.server, |child| {
            wait(child).map(|()| (processor_time(child), begun.elapsed()))
        })?;
        Ok(Cost { processor, wall })
    }

    /// Does the work once; the most memory that it had at a time, in octets.
    pub(crate) fn peak(&self) -> Result<u64, String> {
        // Who looks on must not wait for the one that is looked at.
        Processor(Some(0)).pin();
        let peak = self.attend(Processor(None), |child| {
            Processor(Some(1)).pin();
            let mut peak = 0_u64;
            while let Some(now) = memory(child) {
                peak = now.max(peak);
            }
            wait(child).map(|()| peak)
        })?;
        (peak > 0).then_some(peak).ok_or_else(|| "–".to_owned())
    }

    /// Does the work once under valgrind; how many instructions it took.
    pub(crate) fn instructions(&self, folder: &Path) -> Result<u64, String> {
        let report = folder.join("callgrind.out");
        let file = [OsStr::new("--callgrind-out-file="), report.as_os_str()];
        let words = [
            "--tool=callgrind".into(),
            "--log-file=/dev/null".into(),
            file.into_iter().collect(),
        ];
        let report = self.under("valgrind", words, &report)?;
        let total = report.lines().find_map(|line| {
            let rest = line
                .strip_prefix("totals:")
                .or_else(|| line.strip_prefix("summary:"))?;
            rest.trim().parse().ok()
        });
        total.ok_or_else(|| "no total".to_owned())
    }

    /// Does the work once under strace; how many system calls it made.
    pub(crate) fn calls(&self, folder: &Path) -> Result<u64, String> {
        let report = folder.join("strace.out");
        let words = ["-f".into(), "-o".into(), report.clone().into_os_string()];
        let report = self.under("strace", words, &report)?;
        // A number, then a call, the end of one that was interrupted, a signal or an exit.
        let is_call = |line: &&str| {
            let told = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
            told.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        };
        Ok(report.lines().filter(is_call).count() as u64)
    }

    /// Does the work once under a tool with these words; what the tool wrote.
    fn under<const N: usize>(
        &self,
        tool: &str,
        words: [OsString; N],
        report: &Path,
    ) -> Result<String, String> {
        let own = std::iter::once(&self.program).chain(&self.words);
        let under = Work {
            program: tool.into(),
            words: words.into_iter().chain(own.cloned()).collect(),
            input: self.input,
            output: self.output,
        };
        under.run(&Place::anywhere())?;
        fs::read_to_string(report).map_err(|error| error.to_string())
    }

    /// Starts the program, attends to its streams, and lets somebody watch it to its end.
    fn attend<T>(
        &self,
        pipes: Processor,
        watch: impl FnOnce(&Child) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut child = self.start().map_err(|error| error.to_string())?;
        let seen = thread::scope(|scope| {
            let (stdin, stdout, stderr) =
                (child.stdin.take(), child.stdout.take(), child.stderr.take());
            stdin.map(|pipe| scope.spawn(move || feed(pipe, self.input, pipes)));
            stdout.map(|pipe| scope.spawn(move || drain(pipe, pipes)));
            stderr.map(|pipe| scope.spawn(move || drain(pipe, pipes)));
            watch(&child)
        });
        let status = child.wait().map_err(|error| error.to_string())?;
        if status.success() {
            seen
        } else {
            Err(status.to_string())
        }
    }

    fn start(&self) -> io::Result<Child> {
        let output = || match self.output {
            Output::Null => Stdio::null(),
            Output::Pipe => Stdio::piped(),
        };
        let mut command = Command::new(&self.program);
        command.args(&self.words).stdout(output()).stderr(output());
        command.stdin(match self.input {
            Input::Nothing => Stdio::null(),
            Input::Pipe(_) => Stdio::piped(),
        });
        // Nobody's proxies or colours.
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).spawn()
    }
}

fn feed(mut pipe: impl Write, input: Input, processor: Processor) {
    processor.pin();
    let Input::Pipe(mut left) = input else {
        return;
    };
    let block = vec![b'x'; BLOCK];
    while left > 0 {
        let length = left.min(BLOCK as u64);
        // Whoever closes the pipe too early says so by its exit status.
        if pipe.write_all(&block[..length as usize]).is_err() {
            return;
        }
        left -= length;
    }
}

/// Empties a pipe, on Linux without a look at what was in it: what is measured is the other end.
fn drain(mut pipe: impl Read + AsFd, processor: Processor) {
    processor.pin();
    #[cfg(target_os = "linux")]
    if let Ok(nowhere) = fs::File::create("/dev/null") {
        use rustix::pipe::{SpliceFlags, splice};
        let flags = SpliceFlags::empty();
        while splice(&pipe, None, &nowhere, None, BLOCK, flags).is_ok_and(|length| length > 0) {}
    }
    let mut block = vec![0; BLOCK];
    while pipe.read(&mut block).is_ok_and(|length| length > 0) {}
}

/// Waits for the end of a child, and leaves it to be looked at.
fn wait(child: &Child) -> Result<(), String> {
    let ended = waitid(
        WaitId::Pid(Pid::from_child(child)),
        WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
    );
    ended.map(drop).map_err(|error| error.to_string())
}

/// The memory that a child has now, in octets; none once it has ended. It is counted anew from its
/// pages: the sums of `status` may stay behind for as long as a short program runs.
fn memory(child: &Child) -> Option<u64> {
    let pages = fs::read_to_string(format!("/proc/{}/smaps_rollup", child.id())).ok()?;
    let line = pages.lines().find_map(|line| line.strip_prefix("Rss:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

/// The processor time of a child that has ended and was not reaped.
fn processor_time(child: &Child) -> Option<Duration> {
    let read = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).ok();
    let first: u64 = read("schedstat")?.split(' ').next()?.parse().ok()?;
    let stat = read("stat")?;
    // Behind the name, which may hold anything but ends with the last parenthesis.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = |from: usize| -> Option<u32> {
        Some(fields.get(from)?.parse::<u32>().ok()? + fields.get(from + 1)?.parse::<u32>().ok()?)
    };
    let threads = Duration::from_nanos(first).max(TICK * ticks(11)?);
    Some(threads + TICK * ticks(13)?)
}
