//! Limits and sockets whose options look at one another.
//!
//! Knows: what one option of a pair means for the other. Must not know: how a connection is made.

use std::time::Duration;

use super::state::{Outcome, State};
use super::values::{self, Value};
use super::wrong::Wrong;

/// No more transfers run at the same time, as in curl.
const MOST_PARALLEL: u64 = 65_535;

/// `--parallel-max` and `--parallel-max-host`; zero is the usual number.
pub(crate) fn most(argument: Value<'_>, usual: u16) -> Result<u16, Wrong> {
    Ok(match values::number(argument.text()?)? {
        0 => usual,
        number => number.min(MOST_PARALLEL) as u16,
    })
}

/// `-Y`: for half a minute, unless `-y` says otherwise.
pub(crate) fn low_speed(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let speed = values::number(argument.text()?)?;
    let limits = &mut state.operation().limits;
    limits.low_speed = Some(speed);
    limits.low_speed_time.get_or_insert(Duration::from_secs(30));
    Ok(())
}

/// `-y`: slower than an octet a second, unless `-Y` says otherwise.
pub(crate) fn low_speed_time(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let seconds = values::number(argument.text()?)?;
    let limits = &mut state.operation().limits;
    limits.low_speed_time = Some(Duration::from_secs(seconds));
    limits.low_speed.get_or_insert(1);
    Ok(())
}

/// `--unix-socket`, which replaces an abstract one.
pub(crate) fn unix_socket(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let path = argument.not_blank()?.path();
    let route = &mut state.operation().route;
    route.unix_socket = Some(path);
    route.abstract_unix_socket = None;
    Ok(())
}

/// `--abstract-unix-socket`, which replaces one with a path.
pub(crate) fn abstract_socket(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let name = argument.not_blank()?.text()?.to_owned();
    let route = &mut state.operation().route;
    route.abstract_unix_socket = Some(name);
    route.unix_socket = None;
    Ok(())
}
