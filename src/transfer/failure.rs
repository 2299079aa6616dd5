//! An exchange that failed.
//!
//! Knows: why it did, whether that was told, and whether anything came before. Must not know: how an
//! exchange goes, or what is done about it.

use crate::error::Error;

/// An exchange that failed.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub error: Error,
    /// The observers have been told.
    pub told: bool,
    /// Not one octet came: on a kept connection, a fresh one is worth a try.
    pub nothing_came: bool,
}

impl Failure {
    /// There is no request that could be sent.
    pub fn before_sending(error: Error) -> Self {
        Self {
            error,
            told: false,
            nothing_came: true,
        }
    }

    /// The response came, and what came could not be delivered.
    pub fn after_the_response(error: Error) -> Self {
        Self {
            error,
            told: false,
            nothing_came: false,
        }
    }

    /// The exchange met with trouble.
    pub(crate) fn new(trouble: Trouble, nothing_came: bool) -> Self {
        let (error, told) = match trouble {
            Trouble::Told(error) => (error, true),
            Trouble::Untold(error) => (error, false),
        };
        Self {
            error,
            told,
            nothing_came,
        }
    }
}

/// An error on the way, and whether the observers know of it already.
pub(crate) enum Trouble {
    /// They were told.
    Told(Error),
    /// They were not.
    Untold(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Untold(error)
    }
}
