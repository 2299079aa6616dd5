//! Users, passwords and the certificates of clients.
//!
//! Knows: how they are written in one argument. Must not know: where they are sent.

use zeroize::Zeroizing;

use super::files;
use super::state::{Outcome, State};
use super::values::{self, Value};
use super::wrong::Wrong;
use crate::codec::text::visible;
use crate::plan::{HttpsigAlgorithm, Plan, Secret, Tls, UserPassword};

/// Whether a password was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Password {
    /// It was, even if empty.
    Given,
    /// It is to be asked for.
    Missing,
}

/// `user:password`; without a colon the password is to be asked for.
pub(crate) fn user(argument: Value<'_>) -> Result<(UserPassword, Password), Wrong> {
    let octets = argument.one_line()?.octets();
    let colon = octets.iter().position(|&octet| octet == b':');
    let (user, rest) = octets.split_at(colon.unwrap_or(octets.len()));
    let user = UserPassword {
        user: user.to_vec(),
        password: Secret::new(rest.get(1..).unwrap_or_default()),
    };
    let asked = match colon {
        Some(_) => Password::Given,
        None => Password::Missing,
    };
    Ok((user, asked))
}

/// Asks for the passwords that `-u` and `-U` left out; `ask` is given what to say.
pub fn ask_passwords(plan: &mut Plan, ask: &mut dyn FnMut(&str) -> Zeroizing<Vec<u8>>) {
    let alone = plan.operations.len() == 1;
    for (number, operation) in (1..).zip(&mut plan.operations) {
        let (auth, proxy) = (&mut operation.auth, &mut operation.proxy);
        auth.ask_password &= auth.bearer.is_none();
        for (side, user, wanted) in [
            ("host", &mut auth.user, &mut auth.ask_password),
            ("proxy", &mut proxy.user, &mut proxy.ask_password),
        ] {
            let Some(user) = user.as_mut().filter(|_| *wanted) else {
                continue;
            };
            let name = visible(&user.user);
            let place = if alone {
                String::new()
            } else {
                format!(" on URL #{number}")
            };
            let typed = ask(&format!("Enter {side} password for user '{name}'{place}:"));
            user.password = Secret::new(typed.as_slice());
            *wanted = false;
        }
    }
}

/// `--httpsig-algo`.
pub(crate) fn algorithm(argument: Value<'_>) -> Result<HttpsigAlgorithm, Wrong> {
    match argument.octets() {
        b"ed25519" => Ok(HttpsigAlgorithm::Ed25519),
        b"hmac-sha256" => Ok(HttpsigAlgorithm::HmacSha256),
        _ => Err(Wrong::BadUse),
    }
}

/// `--httpsig-key`: a key, or a file with one in its first line.
pub(crate) fn signing_key(state: &mut State<'_>, argument: Value<'_>) -> Result<Secret, Wrong> {
    let Some(file) = argument.not_blank()?.after(b'@') else {
        return Ok(Secret::new(argument.text()?));
    };
    let text = files::whole(&file.path(), state.stdin).map_err(|_| Wrong::Unreadable)?;
    let text = Zeroizing::new(text);
    let key = text.split(|octet| b"\r\n".contains(octet)).next();
    Ok(Secret::new(Value::new(key.unwrap_or_default()).text()?))
}

/// `--cert name[:password]`.
pub(crate) fn certificate(tls: &mut Tls, argument: Value<'_>) -> Outcome {
    let (name, password) = values::certificate(argument.octets());
    tls.certificate = Some(Value::new(&name).not_blank()?.path());
    if let Some(password) = password {
        tls.passphrase = Some(Secret::new(Value::new(password).text()?));
    }
    Ok(())
}
