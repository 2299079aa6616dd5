//! What curl does not have.

use super::Category::{Inspect, Timeout, Verbose};
use super::Means::{Attached, Flag, Takes, TurnsAll};
use super::{Opt, row};
use crate::cli::Asked;
use crate::cli::budget;
use crate::cli::state::Stop;
use crate::cli::values::size;
use crate::cli::wrong::Wrong;
use crate::plan::{When, WireLimit};

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("budget", "<name=time,...>", &[Inspect, Timeout], "Exit with 120 when a time is longer than this")
        .means(Takes(|state, value| {
            for limit in budget::limits(value.text()?)? {
                budget::add(&mut state.global.inspect.budget, limit);
            }
            Ok(())
        })),
    row("demo", "", &[Inspect], "Make example requests to a server of rcurl's own, and show them")
        .means(Flag(|_| Err(Stop::Asked(Asked::Demo)))),
    row("dry-run", "", &[Inspect], "Show the requests, and send nothing")
        .means(TurnsAll(|global| &mut global.inspect.dry_run)),
    row("pretty", "[=auto|always|never]", &[Inspect], "Lay JSON out and colour it: on a terminal, always, never")
        .means(Attached(|state, value| {
            state.global.inspect.pretty = match value.octets() {
                b"" | b"always" => When::Always,
                b"auto" => When::Auto,
                b"never" => When::Never,
                _ => return Err(Wrong::BadUse.into()),
            };
            Ok(())
        })),
    row("timeline", "", &[Inspect, Verbose], "Draw what the time of each transfer went into")
        .means(TurnsAll(|all| &mut all.inspect.timeline)),
    row("wire", "[=limit|all]", &[Inspect, Verbose], "Show every octet sent and received, with what it is")
        .means(Attached(|state, value| {
            state.global.inspect.wire = Some(match value.octets() {
                b"" => WireLimit::Usual,
                b"all" => WireLimit::All,
                _ => WireLimit::Octets(size(value.text()?)?),
            });
            Ok(())
        })),
];
