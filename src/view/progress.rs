//! The progress of transfers: the meter on a terminal only, the bar where somebody asks for it.
//!
//! Knows: when it is shown, and how often it is drawn anew. `meter` and `bar` lay it out. Must not
//! know: how numbers came about.

mod bar;
mod meter;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::ledger::{Account, Heads, Ledger};
use super::notices::columns;
use crate::environment::Environment;
use crate::event::{Event, Happening, Interest, Observer};
use crate::plan::{self, Destination, Global, Plan, Trace};
use crate::streams::Console;

use bar::Bar;
use meter::{Figures, Recent, Sum};

/// The least time between two drawings.
const INTERVAL: Duration = Duration::from_millis(200);

/// The meter or the bar.
pub struct Progress {
    out: Console,
    layout: Layout,
    /// Content on standard output would stand on the same terminal.
    stdout_is_terminal: bool,
    columns: usize,
    ledger: Ledger,
    tracks: BTreeMap<u32, Track>,
    /// What finished transfers came to, for the sum of parallel ones.
    finished: Sum,
    transfers: u64,
    began: Option<Instant>,
    drawn: Option<Instant>,
    headed: bool,
    open: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Meter,
    Bar,
    /// One line for all transfers.
    Parallel,
}

/// What is kept of one transfer beyond its account.
#[derive(Default)]
struct Track {
    expected: Option<u64>,
    recent: Recent,
    bar: Bar,
}

impl Progress {
    /// The progress this plan asks for; `None` where it is not shown at all.
    pub fn new(plan: &Plan, environment: &Environment, stderr: &Console) -> Option<Self> {
        let global = &plan.global;
        let layout = match (global.progress, &global.parallel) {
            (plan::Progress::Off, _) => return None,
            (plan::Progress::Bar, None) => Layout::Bar,
            (plan::Progress::Meter, None) => Layout::Meter,
            (_, Some(_)) => Layout::Parallel,
        };
        let wanted = environment.stderr_is_terminal || layout == Layout::Bar;
        let shown = wanted && !global.silent && quiet(global);
        shown.then(|| Self {
            out: stderr.clone(),
            layout,
            stdout_is_terminal: environment.stdout_is_terminal,
            columns: columns(environment),
            ledger: Ledger::new(Heads::LastHop),
            tracks: BTreeMap::new(),
            finished: Sum::default(),
            transfers: 0,
            began: None,
            drawn: None,
            headed: false,
            open: false,
        })
    }

    fn draw(&mut self, event: &Event<'_>) {
        self.drawn = Some(event.at);
        let text = match self.layout {
            Layout::Parallel => Some(self.parallel(event.at)),
            Layout::Meter | Layout::Bar => self.single(event),
        };
        if let Some(text) = text {
            self.open = true;
            self.out.tell(text.as_bytes());
        }
    }

    /// Nothing before there is a request, and nothing while content itself appears on the terminal.
    fn single(&mut self, event: &Event<'_>) -> Option<String> {
        let account = self.ledger.account(event.transfer)?;
        account.attempt.hop()?;
        if self.stdout_is_terminal && account.attempt.saved_as.is_none() {
            return None;
        }
        let figures = figures(account, self.tracks.get(&event.transfer));
        let track = self.tracks.entry(event.transfer).or_default();
        if self.layout == Layout::Bar {
            return Some(track.bar.line(&figures, self.columns));
        }
        let current = track.recent.speed(event.at, &figures);
        let head = if self.headed { "" } else { meter::HEAD };
        self.headed = true;
        Some(format!("{head}{}", meter::line(&figures, current)))
    }

    fn parallel(&mut self, at: Instant) -> String {
        let mut sum = self.finished.clone();
        for account in self.ledger.accounts() {
            sum.add(&figures(account, self.tracks.get(&account.transfer)));
        }
        sum.running = self.tracks.len() as u64;
        sum.transfers = self.transfers;
        sum.spent = at.saturating_duration_since(self.began.unwrap_or(at));
        let head = if self.headed {
            ""
        } else {
            meter::PARALLEL_HEAD
        };
        self.headed = true;
        format!("{head}{}", sum.line())
    }

    fn end_line(&mut self) {
        if self.open {
            self.open = false;
            self.out.tell(b"\n");
        }
    }

    fn finish(&mut self, event: &Event<'_>) {
        self.draw(event);
        if let Some(account) = self.ledger.close(event.transfer) {
            let figures = figures(&account, self.tracks.get(&event.transfer));
            self.finished.add(&figures);
        }
        self.tracks.remove(&event.transfer);
        if self.layout != Layout::Parallel || self.tracks.is_empty() {
            self.end_line();
        }
    }
}

/// Whether everybody else leaves the terminal alone.
fn quiet(global: &Global) -> bool {
    let untraced = matches!(
        global.trace,
        Trace::Off | Trace::Ascii(Destination::File(_)) | Trace::Hex(Destination::File(_))
    );
    untraced && global.inspect.wire.is_none()
}

fn figures(account: &Account, track: Option<&Track>) -> Figures {
    Figures {
        received: account.attempt.received(),
        expected: track.and_then(|track| track.expected),
        sent: account.attempt.sent(),
        spent: account.attempt.total,
    }
}

impl Observer for Progress {
    fn observe(&mut self, event: &Event<'_>) {
        self.ledger.record(event);
        self.began.get_or_insert(event.at);
        let due = self
            .drawn
            .is_none_or(|drawn| event.at.saturating_duration_since(drawn) >= INTERVAL);
        match &event.what {
            Happening::Started { .. } => {
                self.transfers = self.transfers.saturating_add(1);
                self.tracks.insert(event.transfer, Track::default());
            }
            Happening::HeadReceived { head } => {
                let length = head.field("Content-Length");
                let length =
                    length.and_then(|field| std::str::from_utf8(&field.value).ok()?.parse().ok());
                self.tracks.entry(event.transfer).or_default().expected = length;
            }
            Happening::Tick | Happening::Piece { .. } if due => self.draw(event),
            Happening::Warned { .. } | Happening::Noted { .. } | Happening::Retrying { .. } => {
                self.end_line();
            }
            Happening::Finished { .. } => self.finish(event),
            _ => {}
        }
    }

    fn wants(&self) -> Interest {
        Interest {
            ticks: true,
            ..Interest::default()
        }
    }
}
