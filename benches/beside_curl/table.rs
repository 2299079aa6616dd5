//! The tables: medians and ratios, as Markdown.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::process::Cost;
use super::rows::{Kind, Row, Stage};

/// The runs of one program for one row.
#[derive(Default)]
pub(crate) struct Runs {
    costs: Vec<Cost>,
    /// What went wrong, if anything did.
    trouble: Option<String>,
}

impl Runs {
    /// Takes what one run came to.
    pub(crate) fn take(&mut self, run: Result<Cost, String>) {
        match run {
            Ok(cost) => self.costs.push(cost),
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// The median of one figure, in seconds.
    fn median(&self, figure: impl Fn(&Cost) -> Option<f64>) -> Result<f64, String> {
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        let mut figures: Vec<f64> = self.costs.iter().filter_map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures
            .get(figures.len() / 2)
            .copied()
            .ok_or_else(|| "–".to_owned())
    }

    fn processor(&self) -> Result<f64, String> {
        self.median(|cost| cost.processor.map(|time| time.as_secs_f64()))
    }

    fn wall(&self) -> Result<f64, String> {
        self.median(|cost| Some(cost.wall.as_secs_f64()))
    }
}

/// A row whose works were timed.
pub(crate) struct Timed {
    name: &'static str,
    kind: Kind,
    units: f64,
    aim: &'static str,
    pub(crate) curl: Runs,
    pub(crate) rcurl: Runs,
}

impl Timed {
    pub(crate) fn new(row: &Row, stage: &Stage) -> Self {
        Self {
            name: row.name,
            kind: row.kind,
            units: row.kind.units(stage),
            aim: row.aim,
            curl: Runs::default(),
            rcurl: Runs::default(),
        }
    }
}

/// A row whose costs were counted: curl's, rcurl's, and the most that is aimed at.
pub(crate) struct Counted {
    pub(crate) name: &'static str,
    pub(crate) instructions: ([Result<u64, String>; 2], &'static str),
    pub(crate) calls: ([Result<u64, String>; 2], &'static str),
    pub(crate) memory: ([Result<u64, String>; 2], &'static str),
}

/// Says what is compared, where and when.
pub(crate) fn introduction(curl: Option<&Path>, gigabytes: f64, runs: usize) -> String {
    let version = curl.and_then(|curl| Command::new(curl).arg("-V").output().ok());
    let version = version.map_or_else(String::new, |output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    });
    let peer = if version.is_empty() {
        "no curl, which is not here"
    } else {
        &version
    };
    let date = jiff::Timestamp::now().strftime("%F");
    format!(
        "rcurl {} beside {peer}, {date}, on {}. Large transfers move {gigabytes} GB or a part of it; \
         medians of {runs} turns or more. Processor time is the client's, in user and system mode.\n",
        env!("CARGO_PKG_VERSION"),
        machine()
    )
}

/// This machine in a few words.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split_once(':'));
        value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let model = field(&read("/proc/cpuinfo"), "model name");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let kilobytes: u64 = memory.trim_end_matches(" kB").parse().unwrap_or(0);
    let kernel = read("/proc/sys/kernel/osrelease");
    let kernel = kernel.trim();
    let memory = kilobytes / 1_000_000;
    format!("{processors} processors ({model}), {memory} GB, Linux {kernel}")
}

/// A table of the times, with the modes side by side; of the first one the figures are told.
pub(crate) fn times(modes: &[(&str, Vec<Timed>)]) -> String {
    let Some((_, first)) = modes.first() else {
        return String::new();
    };
    let in_modes = |what: &str| {
        let cells = modes.iter().map(|(mode, _)| format!("{what}, *{mode}*"));
        cells.collect::<Vec<_>>()
    };
    let mut head: Vec<String> = ["work", "processor time of", "curl", "rcurl"]
        .map(str::to_owned)
        .into();
    head.extend(in_modes("ratio"));
    head.push("aim".to_owned());
    head.extend(in_modes("ratio from start to end"));
    let mut text = format!("\n{}|---|---|", line(&head));
    text += &"--:|".repeat(head.len() - 2);
    text.push('\n');
    for (index, row) in first.iter().enumerate() {
        let (unit, factor) = match row.kind {
            Kind::Small => ("run, ms", 1e3),
            Kind::Large(_) | Kind::Json => ("GB, s", 1.0),
            Kind::Many => ("request, µs", 1e6),
        };
        let figure = |runs: &Runs| {
            let figure = runs.processor().map(|time| time * factor / row.units);
            figure.map_or_else(|trouble| trouble, told)
        };
        let mut cells = vec![row.name.to_owned(), unit.to_owned()];
        cells.extend([&row.curl, &row.rcurl].map(figure));
        let all = || modes.iter().filter_map(|(_, rows)| rows.get(index));
        cells.extend(all().map(|row| ratio(row.curl.processor(), row.rcurl.processor())));
        cells.push(row.aim.to_owned());
        cells.extend(all().map(|row| ratio(row.curl.wall(), row.rcurl.wall())));
        text += &line(&cells);
    }
    text
}

/// A table of what does not depend on the time of day.
pub(crate) fn counts(rows: &[Counted]) -> String {
    const FIGURES: [(&str, f64); 3] = [
        ("millions of instructions", 1e6),
        ("system calls", 1.0),
        ("peak memory, MB", 1e6),
    ];
    let heads =
        FIGURES.map(|(figure, _)| [&format!("{figure}: curl"), "rcurl", "at most"].join(" | "));
    let mut text = format!("\n{}|---|", line(&["work".to_owned(), heads.join(" | ")]));
    text += &"--:|".repeat(3 * FIGURES.len());
    text.push('\n');
    for row in rows {
        let mut cells = vec![row.name.to_owned()];
        for ((_, unit), (both, aim)) in
            FIGURES
                .iter()
                .zip([&row.instructions, &row.calls, &row.memory])
        {
            let digits = if *unit > 1.0 { 2 } else { 0 };
            #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
            let told = |figure: &u64| format!("{:.digits$}", *figure as f64 / unit);
            let figures = both
                .iter()
                .map(|it| it.as_ref().map_or_else(Clone::clone, told));
            cells.extend(figures);
            cells.push((*aim).to_owned());
        }
        text += &line(&cells);
    }
    text
}

/// A line of a table.
fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn told(figure: f64) -> String {
    format!("{figure:.*}", if figure < 10.0 { 3 } else { 1 })
}

fn ratio(curl: Result<f64, String>, rcurl: Result<f64, String>) -> String {
    match (curl, rcurl) {
        (Ok(curl), Ok(rcurl)) if curl > 0.0 => format!("{:.2}", rcurl / curl),
        _ => "–".to_owned(),
    }
}
