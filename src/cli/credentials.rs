//! Users, passwords and the certificates of clients.
//!
//! Knows: how they are written in one argument. Must not know: where they are sent.

use super::state::Outcome;
use super::values::{self, Value};
use super::wrong::Wrong;
use crate::plan::{Secret, Tls, UserPassword};

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
    let text = argument.line()?;
    let (user, password) = match text.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (text, None),
    };
    let asked = match password {
        Some(_) => Password::Given,
        None => Password::Missing,
    };
    let user = UserPassword {
        user: user.to_owned(),
        password: Secret::new(password.unwrap_or_default()),
    };
    Ok((user, asked))
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
