//! The tables: medians and ratios, as Markdown.

use std::path::Path;
use std::process::Command;

use super::process::{Cost, Place};
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

/// A row whose instructions were counted.
pub(crate) struct Counted {
    pub(crate) name: &'static str,
    pub(crate) aim: &'static str,
    pub(crate) curl: Result<u64, String>,
    pub(crate) rcurl: Result<u64, String>,
}

/// Says what is compared.
pub(crate) fn introduce(curl: Option<&impl AsRef<Path>>, gigabytes: f64, runs: usize) {
    let version = curl.and_then(|curl| Command::new(curl.as_ref()).arg("-V").output().ok());
    let version = version.map_or_else(String::new, |output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    });
    let peer = if version.is_empty() {
        "no curl, which is not here"
    } else {
        &version
    };
    println!("rcurl {} beside {peer}.", env!("CARGO_PKG_VERSION"));
    println!(
        "Large transfers move {gigabytes} GB or a part of it; medians of {runs} runs or more."
    );
}

/// Prints the times of one mode.
pub(crate) fn print_times(place: &Place, rows: &[Timed]) {
    println!("\n### Mode *{}*\n", place.mode);
    println!("| work | CPU of | curl | rcurl | ratio | aim | wall: curl | rcurl | ratio |");
    println!("|---|---|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let (unit, factor) = match row.kind {
            Kind::Small => ("run, ms", 1e3),
            Kind::Large(_) => ("GB, s", 1.0),
            Kind::Many => ("request, µs", 1e6),
        };
        let per_unit = |figure: Result<f64, String>| figure.map(|time| time * factor / row.units);
        let compared = |curl, rcurl| {
            let (curl, rcurl) = (per_unit(curl), per_unit(rcurl));
            let both = [&curl, &rcurl].map(|figure| figure.clone().map_or_else(|e| e, told));
            format!("{} | {}", both.join(" | "), ratio(curl, rcurl))
        };
        let processor = compared(row.curl.processor(), row.rcurl.processor());
        let wall = compared(row.curl.wall(), row.rcurl.wall());
        println!(
            "| {} | {unit} | {processor} | {} | {wall} |",
            row.name, row.aim
        );
    }
}

/// Prints the counts of instructions.
pub(crate) fn print_counts(rows: &[Counted]) {
    println!("\n### Instructions, in millions\n");
    println!("| work | curl | rcurl | aim |");
    println!("|---|--:|--:|--:|");
    for row in rows {
        #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
        let told = |count: &Result<u64, String>| match count {
            Ok(count) => format!("{:.2}", *count as f64 / 1e6),
            Err(trouble) => trouble.clone(),
        };
        println!(
            "| {} | {} | {} | {} |",
            row.name,
            told(&row.curl),
            told(&row.rcurl),
            row.aim
        );
    }
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
