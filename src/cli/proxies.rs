//! Which proxy.
//!
//! Knows: that the last of `-x`, `--socks5` and so on counts, and that a scheme in the argument wins
//! over the option. Must not know: how a proxy is spoken to.

use super::state::{Outcome, State};
use super::values::Value;
use super::wrong::Wrong;
use crate::plan::Secret;

/// `-x`; empty for no proxy at all.
pub(crate) fn any(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let proxy = &mut state.operation().proxy;
    proxy.proxy = Some(Secret::new(argument.line()?));
    proxy.http10 = false;
    Ok(())
}

/// `--proxy1.0`.
pub(crate) fn http10(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let proxy = &mut state.operation().proxy;
    proxy.proxy = Some(Secret::new(argument.not_blank()?.line()?));
    proxy.http10 = true;
    Ok(())
}

/// `--socks5` and its kin.
pub(crate) fn socks(state: &mut State<'_>, argument: Value<'_>, scheme: &str) -> Outcome {
    let text = argument.not_blank()?.line()?;
    let proxy = &mut state.operation().proxy;
    proxy.http10 = false;
    proxy.proxy = Some(Secret::new(if text.contains("://") {
        text.to_owned()
    } else {
        format!("{scheme}://{text}")
    }));
    Ok(())
}

/// `--haproxy-clientip`.
pub(crate) fn client_address(state: &mut State<'_>, argument: Value<'_>) -> Outcome {
    let address = argument.not_blank()?.text()?.parse();
    state.draft.haproxy_client = Some(address.map_err(|_| Wrong::BadUse)?);
    Ok(())
}
