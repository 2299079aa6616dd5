//! Credentials.
//!
//! Knows how `user:password` is split, the field value of Basic (RFC 7617), and that neither is ever
//! shown. Does not know where credentials come from, nor who asks for them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::plan::UserPassword;

/// A user name and a password. Octets, since both may come percent-decoded from a URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: Zeroizing<Vec<u8>>,
    password: Zeroizing<Vec<u8>>,
}

impl From<&UserPassword> for Credentials {
    fn from(given: &UserPassword) -> Self {
        Self::new(given.user.as_slice(), given.password.reveal().as_slice())
    }
}

impl Credentials {
    /// Takes both as they are; they are wiped from memory when dropped.
    pub fn new(user: impl Into<Vec<u8>>, password: impl Into<Vec<u8>>) -> Self {
        Self {
            user: Zeroizing::new(user.into()),
            password: Zeroizing::new(password.into()),
        }
    }

    /// Reads `user:password` as `-u` does: the first colon divides, and without a colon there is
    /// no password yet (curl then asks for one).
    pub fn split(typed: &str) -> (&str, Option<&str>) {
        typed
            .split_once(':')
            .map_or((typed, None), |(user, password)| (user, Some(password)))
    }

    /// The user name.
    pub fn user(&self) -> &[u8] {
        &self.user
    }

    /// The password.
    pub fn password(&self) -> &[u8] {
        &self.password
    }

    /// The value of an `Authorization` field with Basic credentials.
    pub fn basic(&self) -> String {
        let pair = Zeroizing::new([self.user(), b":", self.password()].concat());
        format!("Basic {}", STANDARD.encode(&*pair))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}
