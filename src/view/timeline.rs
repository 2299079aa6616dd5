//! `--timeline`: what the time of each transfer went into, drawn when it is over.
//!
//! Knows: which parts the drawing has, and in which order. Must not know: how a number came about.
//! `rows` names the steps, `scale` finds their places, `chart` draws them, `sentences` says what it
//! means.

mod chart;
mod rows;
mod scale;
mod sentences;

use std::time::{Duration, Instant};

use super::amounts::time;
use super::ledger::{Account, Attempt, Heads, Hop, Ledger, LeftOut, Place, Tries};
use super::style::{Meaning, Style};
use crate::environment::Environment;
use crate::event::{Event, Happening, Interest, Observer};
use crate::plan::Global;
use crate::streams::Console;

use chart::{Row, Sheet};

/// The timelines of a run.
pub struct Timeline {
    out: Console,
    sheet: Sheet,
    /// Content on standard output stands on the same terminal, and may not end its last line.
    beside_content: bool,
    ledger: Ledger,
}

/// What stands in the drawing, from top to bottom.
enum Part<'a> {
    Hop {
        hop: &'a Hop,
        rows: Vec<Row>,
    },
    Pause(Row),
    /// So many requests.
    LeftOut {
        requests: usize,
        row: Row,
    },
}

impl Timeline {
    /// The timelines of a plan; `None` where none is asked for.
    pub fn new(global: &Global, environment: &Environment, stderr: &Console) -> Option<Self> {
        let style = Style::of_stderr(global, environment);
        global.inspect.timeline.then(|| Self {
            out: stderr.clone(),
            sheet: Sheet::of(style, environment),
            beside_content: style.terminal && environment.stdout_is_terminal,
            ledger: Ledger::new(Heads::LastHop).with(Tries::EveryTry),
        })
    }

    fn draw(&self, account: &Account) {
        let mut out = Vec::new();
        let attempt = &account.attempt;
        if self.beside_content && attempt.delivered > 0 && attempt.saved_as.is_none() {
            out.push(b'\n');
        }
        let course = account.course();
        let parts = parts(account);
        self.title(account, &parts, &time(course.total), &mut out);
        if !parts.is_empty() {
            self.body(&parts, course.total, &mut out);
            let sentence = sentences::of_transfer(&course);
            self.sheet.sentence(2, &sentence, &mut out);
        }
        self.out.tell(&out);
    }

    fn title(&self, account: &Account, parts: &[Part<'_>], total: &str, out: &mut Vec<u8>) {
        let style = self.sheet.style;
        style.paint(Meaning::Name, b"Timeline:", out);
        out.push(b' ');
        match parts {
            [] => {
                let url = account.shown_url();
                out.extend_from_slice(&style.safe(url.as_bytes()));
                out.extend_from_slice(b": no request was made,");
            }
            [Part::Hop { hop, .. }] => self.heading(hop, out),
            parts => {
                let requests = parts.iter().map(Part::requests);
                let requests = requests.fold(0, usize::saturating_add);
                out.extend_from_slice(format!("{requests} requests").as_bytes());
            }
        }
        out.extend_from_slice(format!(" in {total}\n").as_bytes());
    }

    fn body(&self, parts: &[Part<'_>], whole: Duration, out: &mut Vec<u8>) {
        let indent = if parts.len() > 1 { 4 } else { 2 };
        let every: Vec<Row> = parts.iter().flat_map(Part::rows).cloned().collect();
        let chart = self.sheet.chart(indent, whole, &every);
        for part in parts {
            if let Part::Hop { hop, .. } = part
                && parts.len() > 1
            {
                out.extend_from_slice(b"  ");
                self.heading(hop, out);
                out.push(b'\n');
            }
            for row in part.rows() {
                chart.row(row, out);
            }
            if let Part::Hop { hop, .. } = part {
                let said = sentences::of_hop(hop);
                if !said.is_empty() {
                    self.sheet.sentence(indent, &said.join(" "), out);
                }
            }
        }
    }

    /// `GET http://localhost/: 200`.
    fn heading(&self, hop: &Hop, out: &mut Vec<u8>) {
        let style = self.sheet.style;
        let asked = format!("{} {}: ", hop.method, hop.shown_url());
        out.extend_from_slice(&style.safe(asked.as_bytes()));
        let (meaning, status) = match hop.status {
            _ if hop.died => (Meaning::Notable, "the kept connection was dead".to_owned()),
            0 if hop.trips().request > 0 => (Meaning::Notable, "no status".to_owned()),
            0 => (Meaning::Bad, "no response".to_owned()),
            status => (Meaning::of_status(status), status.to_string()),
        };
        style.paint(meaning, status.as_bytes(), out);
    }
}

impl Part<'_> {
    fn rows(&self) -> &[Row] {
        match self {
            Part::Hop { rows, .. } => rows,
            Part::Pause(row) | Part::LeftOut { row, .. } => std::slice::from_ref(row),
        }
    }

    fn requests(&self) -> usize {
        match self {
            Part::Hop { .. } => 1,
            Part::Pause(_) => 0,
            Part::LeftOut { requests, .. } => *requests,
        }
    }
}

/// The hops of all tries, and the pauses between tries.
fn parts(account: &Account) -> Vec<Part<'_>> {
    let beginning = account.began();
    let mut parts = Vec::new();
    for attempt in account.attempts() {
        match attempt {
            Place::Kept(attempt) => parts_of(attempt, beginning, &mut parts),
            Place::LeftOut(those) => parts.push(left_out(those, beginning)),
        }
    }
    parts
}

fn parts_of<'a>(attempt: &'a Attempt, beginning: Instant, parts: &mut Vec<Part<'a>>) {
    if let Some(pause) = attempt.paused {
        let to = attempt.began.saturating_duration_since(beginning);
        parts.push(Part::Pause(Row {
            name: "pause",
            from: to.saturating_sub(pause),
            to,
            note: "before another try".to_owned(),
            meaning: Some(Meaning::Aside),
        }));
    }
    for place in attempt.hops.places() {
        parts.push(match place {
            Place::Kept(hop) => Part::Hop {
                hop,
                rows: rows::of(hop, beginning),
            },
            Place::LeftOut(those) => left_out(those, beginning),
        });
    }
}

fn left_out(those: &LeftOut, beginning: Instant) -> Part<'static> {
    let requests = those.requests;
    let row = Row {
        name: "...",
        from: those.began.saturating_duration_since(beginning),
        to: those.ended.saturating_duration_since(beginning),
        note: match requests {
            1 => "one more request".to_owned(),
            _ => format!("{requests} more requests"),
        },
        meaning: Some(Meaning::Aside),
    };
    Part::LeftOut { requests, row }
}

impl Observer for Timeline {
    fn observe(&mut self, event: &Event<'_>) {
        self.ledger.record(event);
        if let Happening::Finished { .. } = event.what
            && let Some(account) = self.ledger.close(event.transfer)
        {
            self.draw(&account);
        }
    }

    fn wants(&self) -> Interest {
        Interest {
            tls: true,
            ..Interest::default()
        }
    }
}
