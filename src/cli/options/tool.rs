//! The tool itself: URLs, config files, variables, help.

use super::Category::{Curl, Important};
use super::Means::{Flag, Perhaps, Switch, Takes, TakesFile};
use super::{Opt, row};
use crate::cli::state::{Outcome, Stop};
use crate::cli::{Asked, config, help, urls, variables};

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("config", "<file>", &[Curl], "Read options from a file, too")
        .short('K').means(TakesFile(config::include)),
    row("disable", "", &[Curl], "As the first option: read no .rcurlrc or .curlrc")
        .short('q').means(Switch(|_, _| Ok(()))),
    row("fail-early", "", &[Curl, super::Category::Global], "End with the first transfer that fails")
        .means(super::Means::TurnsAll(|all| &mut all.fail_early)),
    row("globoff", "", &[Curl], "Take {} and [] in URLs literally")
        .short('g').means(Switch(|state, on| { state.draft.globs_off = on; Ok(()) })),
    row("help", "<subject>", &[Important, Curl], "Tell about the options: a category, all, or --option")
        .short('h').means(Perhaps(|_, value| Err(Stop::Asked(Asked::Print(help::about(value)))))),
    row("manual", "", &[Curl], "Tell about every option at length")
        .short('M').means(Switch(|_, on| if on { Err(Stop::Asked(Asked::Manual)) } else { Ok(()) })),
    row("next", "", &[Curl], "What follows is for further URLs")
        .short(':').means(Flag(urls::next)),
    row("url", "<url/file>", &[Curl], "A URL, or @file with one in each line")
        .means(Takes(urls::add)),
    row("variable", "<[%]name=text/@file>", &[Curl], "Set a variable for the --expand- options")
        .means(Takes(variables::set)),
    row("version", "", &[Important, Curl], "Show version, protocols and features")
        .short('V').means(Switch(|_, on| version(on))),
];

fn version(on: bool) -> Outcome {
    if on {
        return Err(Stop::Asked(Asked::Print(help::version())));
    }
    Ok(())
}
