//! The URLs of a transfer, from the one on the command line to the one that answers.
//!
//! Knows: how a URL is read and checked, how far redirects have led, and whether what was meant for
//! the first origin may still be sent. Must not know: requests and responses.

use crate::error::{Error, Exit};
use crate::event::Tap;
use crate::plan::{Follow, Operation, Protocols};
use crate::target::{Reading, Scheme, Target, UrlError, UserInfo};
use crate::transfer::content::add_to_url;
use crate::transfer::memory::Memory;

/// Where a transfer began and where it is.
pub(crate) struct UrlChain {
    target: Target,
    /// Where it began, once that is behind.
    first: Option<Target>,
    followed: u32,
}

impl UrlChain {
    /// Begins at a URL as typed, with what the command line adds to it.
    pub(crate) fn new(
        operation: &Operation,
        url: &str,
        upload: Option<&str>,
    ) -> Result<Self, Error> {
        let mut target = read_url(operation, url)?;
        add_to_url(&mut target, operation, upload).map_err(|error| rejected(&error))?;
        Ok(Self {
            target,
            first: None,
            followed: 0,
        })
    }

    /// Where it is.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// The user and the password of the URL.
    ///
    /// # Errors
    /// Exit 3 where they cannot be sent.
    pub(crate) fn credentials(&self) -> Result<Option<UserInfo>, Error> {
        self.target.credentials().map_err(|error| rejected(&error))
    }

    /// Redirects followed so far.
    pub(crate) fn followed(&self) -> u32 {
        self.followed
    }

    /// Follows a redirect.
    pub(crate) fn go_on(&mut self, target: Target) {
        self.followed = self.followed.saturating_add(1);
        let left = std::mem::replace(&mut self.target, target);
        self.first.get_or_insert(left);
    }

    /// To TLS, where the host asked for it; the first URL counts as the one it became. Only then is
    /// the scheme held against what is allowed, as in curl.
    ///
    /// # Errors
    /// Exit 1 for a scheme that `--proto`, or in a redirect `--proto-redir`, leaves out.
    pub(crate) fn settle_scheme(
        &mut self,
        follow: &Follow,
        memory: &Memory,
        tap: &Tap,
    ) -> Result<(), Error> {
        memory.upgrade(&mut self.target, tap);
        let scheme = self.target.scheme;
        let redirected = self.followed > 0;
        if allows(follow.proto, scheme) && (!redirected || allows(follow.proto_redir, scheme)) {
            return Ok(());
        }
        let place = if redirected { " in redirect" } else { "" };
        Err(Error::new(
            Exit::UnsupportedProtocol,
            format!("Protocol \"{scheme}\" disabled{place}"),
        ))
    }

    /// Credentials may go where the first request went, or everywhere with `--location-trusted`.
    pub(crate) fn trusted(&self, follow: &Follow) -> bool {
        let first = self.first.as_ref();
        follow.trusted || first.is_none_or(|first| self.target.same_origin(first))
    }

    /// The host is not the first one: a `Host` line of `-H` was not meant for it.
    pub(crate) fn other_host(&self) -> bool {
        let here = self.target.ascii_host();
        let first = self.first.as_ref().map(Target::ascii_host);
        first.is_some_and(|first| !here.eq_ignore_ascii_case(&first))
    }
}

/// Reads the URL of a transfer.
///
/// # Errors
/// Exit 3 for what is none, 1 for a scheme that is not spoken, 67 for credentials where none may be.
pub(crate) fn read_url(operation: &Operation, url: &str) -> Result<Target, Error> {
    let reading = Reading {
        default_scheme: operation.follow.proto_default.clone(),
        path_as_is: operation.request.path_as_is,
    };
    let target = Target::parse(url, &reading).map_err(|error| rejected(&error))?;
    if operation.auth.disallow_username_in_url && target.userinfo.is_some() {
        let message = "URL rejected: Credentials was passed in the URL when prohibited";
        return Err(Error::new(Exit::LoginDenied, message));
    }
    Ok(target)
}

/// Whether a scheme is in a set.
fn allows(set: Protocols, scheme: Scheme) -> bool {
    match scheme {
        Scheme::Http => set.http,
        Scheme::Https => set.https,
    }
}

/// A URL that cannot be used.
fn rejected(error: &UrlError) -> Error {
    match error {
        UrlError::Unsupported(_) => Error::new(Exit::UnsupportedProtocol, error.to_string()),
        other => Error::new(Exit::UrlMalformat, format!("URL rejected: {other}")),
    }
}
