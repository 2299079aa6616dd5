//! The syntax of `--budget`: `ttfb=200ms,total=1.5s`.
//!
//! Knows: names and times, and what to say of each mistake. Must not know: what is measured.
//!
//! A number needs its unit. Bare seconds, as curl's limits have them, would turn a slip of the pen for
//! milliseconds into a limit that nothing ever breaks.

use std::time::Duration;

use super::wrong::Wrong;
use crate::plan::{Limit, MEASURES};

/// The units, with their length in nanoseconds.
const UNITS: [(&str, u64); 3] = [("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

/// The limits of one argument; the last of a name holds.
pub(crate) fn limits(text: &str) -> Result<Vec<Limit>, Wrong> {
    let mut limits = Vec::new();
    for entry in text.split(',') {
        add(&mut limits, limit(entry.trim())?);
    }
    Ok(limits)
}

/// Adds a limit; one of the same name gives way.
pub(crate) fn add(limits: &mut Vec<Limit>, limit: Limit) {
    limits.retain(|known| known.name != limit.name);
    limits.push(limit);
}

fn limit(entry: &str) -> Result<Limit, Wrong> {
    let Some((name, time)) = entry.split_once('=') else {
        return Err(Wrong::Said(format!(
            "'{entry}' has no limit; write a name and a time, as in ttfb=200ms"
        )));
    };
    let (name, time) = (name.trim(), time.trim());
    let known = MEASURES.iter().find(|(known, _)| *known == name);
    let Some((name, measure)) = known else {
        let names: Vec<&str> = MEASURES.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        return Err(Wrong::Said(format!(
            "there is no time called '{name}'; there are {names}"
        )));
    };
    Ok(Limit {
        name,
        measure: *measure,
        most: span(name, time)?,
    })
}

/// A number with an optional fraction, and its unit.
fn span(name: &str, time: &str) -> Result<Duration, Wrong> {
    let end = time
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(time.len());
    let (number, unit) = time.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if whole.is_empty() || !digits(fraction) || number.ends_with('.') {
        return Err(Wrong::Said(format!(
            "'{time}' is no time; write a number and its unit, as in {name}=200ms"
        )));
    }
    if unit.is_empty() {
        return Err(Wrong::Said(format!(
            "{name}={number} needs a unit: {name}={number}ms or {name}={number}s (or us)"
        )));
    }
    let Some((_, length)) = UNITS.iter().find(|(known, _)| *known == unit) else {
        return Err(Wrong::Said(format!(
            "'{unit}' is no unit; there are us, ms and s, as in {name}={number}ms"
        )));
    };
    let whole = whole
        .parse::<u64>()
        .ok()
        .and_then(|whole| whole.checked_mul(*length))
        .ok_or(Wrong::TooLarge)?;
    let billionths: u64 = format!("{fraction:0<9.9}").parse().unwrap_or(0);
    let fraction = billionths.saturating_mul(*length) / 1_000_000_000;
    Ok(Duration::from_nanos(whole).saturating_add(Duration::from_nanos(fraction)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_names_and_times() {
        let micros = |text: &str| {
            let limits = limits(text).unwrap();
            let limits = limits.iter().map(|it| (it.name, it.most.as_micros()));
            limits.collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("ttfb=200ms", vec![("ttfb", 200_000)]),
            ("total=1.5s", vec![("total", 1_500_000)]),
            ("dns=50us,tls=0.25ms", vec![("dns", 50), ("tls", 250)]),
            (
                " wait = 1s , receive=2s ",
                vec![("wait", 1_000_000), ("receive", 2_000_000)],
            ),
            (
                "total=1s,send=1ms,total=2s",
                vec![("send", 1_000), ("total", 2_000_000)],
            ),
            ("total=0s", vec![("total", 0)]),
            ("total=0.0000019s", vec![("total", 1)]),
            ("total=1.00000000000000000009s", vec![("total", 1_000_000)]),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn each_mistake_is_told_with_its_remedy() {
        for (text, expected) in [
            (
                "",
                "'' has no limit; write a name and a time, as in ttfb=200ms",
            ),
            (
                "ttfb",
                "'ttfb' has no limit; write a name and a time, as in ttfb=200ms",
            ),
            (
                "ttfb=1s,",
                "'' has no limit; write a name and a time, as in ttfb=200ms",
            ),
            (
                "ttfb=200",
                "ttfb=200 needs a unit: ttfb=200ms or ttfb=200s (or us)",
            ),
            (
                "ttfb=0.2",
                "ttfb=0.2 needs a unit: ttfb=0.2ms or ttfb=0.2s (or us)",
            ),
            (
                "ttfb=ms",
                "'ms' is no time; write a number and its unit, as in ttfb=200ms",
            ),
            (
                "ttfb=-1s",
                "'-1s' is no time; write a number and its unit, as in ttfb=200ms",
            ),
            (
                "ttfb=1.s",
                "'1.s' is no time; write a number and its unit, as in ttfb=200ms",
            ),
            (
                "ttfb=.5s",
                "'.5s' is no time; write a number and its unit, as in ttfb=200ms",
            ),
            (
                "ttfb=1.2.3s",
                "'1.2.3s' is no time; write a number and its unit, as in ttfb=200ms",
            ),
            (
                "ttfb=",
                "'' is no time; write a number and its unit, as in ttfb=200ms",
            ),
            (
                "tls=2m",
                "'m' is no unit; there are us, ms and s, as in tls=2ms",
            ),
            (
                "tls=2MS",
                "'MS' is no unit; there are us, ms and s, as in tls=2ms",
            ),
            ("tls=99999999999999999999s", "too large number"),
            ("tls=18446744074s", "too large number"),
        ] {
            assert_eq!(limits(text).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let unknown = limits("speed=1s").unwrap_err().to_string();
        let names = "there is no time called 'speed'; there are dns, lookup, namelookup, connect, ";
        assert!(unknown.starts_with(names), "{unknown}");
    }
}
