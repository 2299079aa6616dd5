//! Following redirects.

use super::Category::{Auth, Connection, Curl, Http, Post};
use super::Means::{Switch, Takes, Turns};
use super::{Opt, row};
use crate::cli::schemes;
use crate::cli::state::State;
use crate::cli::values;
use crate::cli::wrong::Wrong;
use crate::plan::FollowMode;

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("follow", "", &[Http], "Follow redirects; the status decides about the method")
        .means(Switch(|state, on| { follow(state, on, FollowMode::Standard); Ok(()) })),
    row("location", "", &[Http], "Follow redirects; a method given with -X is kept")
        .short('L').means(Switch(|state, on| { follow(state, on, FollowMode::Location); Ok(()) })),
    row("location-trusted", "", &[Http, Auth], "Follow redirects, and send credentials to every host")
        .means(Switch(|state, on| {
            state.operation().follow.trusted = on;
            follow(state, on, FollowMode::Location);
            Ok(())
        })),
    row("max-redirs", "<num>", &[Http], "Follow at most this many redirects; -1 is no limit")
        .means(Takes(|state, value| {
            state.operation().follow.most = match values::integer(value.text()?)? {
                -1 => None,
                number => Some(u32::try_from(number).map_err(|_| Wrong::NotANumber)?),
            };
            Ok(())
        })),
    row("post301", "", &[Http, Post], "Stay with POST after a 301")
        .means(Turns(|it| &mut it.follow.post301)),
    row("post302", "", &[Http, Post], "Stay with POST after a 302")
        .means(Turns(|it| &mut it.follow.post302)),
    row("post303", "", &[Http, Post], "Stay with POST after a 303")
        .means(Turns(|it| &mut it.follow.post303)),
    row("proto", "<protocols>", &[Connection, Curl], "Allow these protocols only")
        .means(Takes(schemes::allow)),
    row("proto-default", "<protocol>", &[Connection, Curl], "The protocol of a URL that names none")
        .means(Takes(schemes::default)),
    row("proto-redir", "<protocols>", &[Connection, Curl], "Allow these protocols in a redirect")
        .means(Takes(schemes::allow_in_redirects)),
];

/// `-L` and `--follow` override each other.
fn follow(state: &mut State<'_>, on: bool, mode: FollowMode) {
    let new = if on { mode } else { FollowMode::Never };
    let before = std::mem::replace(&mut state.operation().follow.mode, new);
    match (before, mode) {
        (FollowMode::Standard, FollowMode::Location) => state.warn("--location overrides --follow"),
        (FollowMode::Location, FollowMode::Standard) => state.warn("--follow overrides --location"),
        _ => {}
    }
}
