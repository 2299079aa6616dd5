//! Protocols allowed and assumed.
//!
//! Knows: which lists are refused, and curl's warning about names it does not know. Must not know:
//! what a protocol is.

use super::state::{Outcome, State};
use super::values::{self, ProtocolList, Value};
use super::wrong::Wrong;
use crate::plan::Protocols;

/// `--proto`.
pub(crate) fn allow(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    state.operation().follow.proto = read(state, argument)?;
    Ok(())
}

/// `--proto-redir`.
pub(crate) fn allow_in_redirects(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    state.operation().follow.proto_redir = read(state, argument)?;
    Ok(())
}

/// `--proto-default`.
pub(crate) fn default(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let name = argument.not_blank()?.text()?.to_ascii_lowercase();
    if !["http", "https", "file"].contains(&name.as_str()) {
        return Err(Wrong::UnsupportedProtocol.into());
    }
    state.operation().follow.proto_default = Some(name);
    Ok(())
}

/// A list that leaves nothing is a mistake.
fn read(state: &mut State<'_>, argument: Value<'_>) -> Result<Protocols, super::state::Stop> {
    let ProtocolList { protocols, unknown } = values::protocols(argument.text()?);
    for name in unknown {
        state.warn(format!("unrecognized protocol '{name}'"));
    }
    if protocols.http || protocols.https || protocols.file {
        Ok(protocols)
    } else {
        Err(Wrong::BadUse.into())
    }
}
