//! Which requests are signed, and how.
//!
//! Knows: which signature the plan asks for, when a request goes without one, and what is handed to
//! the signer. Must not know: how a signature is made.

use crate::error::{Error, Exit};
use crate::plan::{Auth, Body, Httpsig, Request, Secret};
use crate::target::Target;
use crate::transfer::compose::{fields_sent, host_sent, names_field};
use crate::transfer::content::Content;
use crate::transfer::credentials::Credentials;
use crate::transfer::follow::Carries;
use crate::transfer::httpsig::{self, Key};
use crate::transfer::signable::{Payload, Signable, Signed};
use crate::transfer::sigv4;

/// The signature that the plan asks for. It takes the place of every other authentication.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// `--aws-sigv4`.
    Aws(&'a str),
    /// `--httpsig-*`.
    Message {
        /// What it says of algorithm and components.
        plan: &'a Httpsig,
        /// `--httpsig-key`.
        key: &'a str,
        /// `--httpsig-keyid`.
        key_id: &'a str,
    },
}

/// A request that is about to be sent, where credentials may go.
pub struct Outgoing<'a> {
    /// Its fields.
    pub request: &'a Request,
    /// Where to.
    pub target: &'a Target,
    /// The method.
    pub method: &'a str,
    /// The host is not the first one: a `Host` line of `-H` was not meant for it.
    pub other_host: bool,
    /// Its content.
    pub content: &'a Content,
    /// Unix seconds.
    pub time: i64,
}

impl<'a> Signer<'a> {
    /// The signer that these options ask for.
    ///
    /// # Errors
    /// Exit 2 for a message signature without a key or without its name.
    pub fn new(auth: &'a Auth) -> Result<Option<Self>, Error> {
        let Some(plan) = &auth.httpsig else {
            return Ok(auth.aws_sigv4.as_deref().map(Signer::Aws));
        };
        let missing =
            |option| Error::new(Exit::FailedInit, format!("httpsig: {option} is required"));
        let key = plan
            .key
            .as_ref()
            .map(Secret::reveal)
            .filter(|key| !key.is_empty());
        let key_id = plan.key_id.as_deref().filter(|id| !id.is_empty());
        Ok(Some(Self::Message {
            plan,
            key: key.ok_or_else(|| missing("--httpsig-key"))?,
            key_id: key_id.ok_or_else(|| missing("--httpsig-keyid"))?,
        }))
    }

    /// The name that `-v` tells.
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Aws(_) => "AWS_SIGV4",
            Self::Message { .. } => "HTTPSIG",
        }
    }

    /// Signs a request; `None` when there is nothing to sign it with. A request that `-H` has signed
    /// already is left as it is.
    pub fn sign(
        self,
        credentials: Option<&Credentials>,
        outgoing: &Outgoing<'_>,
    ) -> Result<Option<Signed>, Error> {
        match self {
            Self::Aws(argument) => credentials
                .map(|user| outgoing.sign_for_aws(argument, user))
                .transpose(),
            Self::Message { plan, key, key_id } => {
                outgoing.sign_message(plan, key, key_id).map(Some)
            }
        }
    }
}

impl Outgoing<'_> {
    fn sign_for_aws(&self, argument: &str, user: &Credentials) -> Result<Signed, Error> {
        if self.request.path_as_is {
            let message = "Cannot use sigv4 authentication with path-as-is flag";
            return Err(Error::new(Exit::BadFunctionArgument, message));
        }
        if names_field(&self.request.headers, "Authorization") {
            return Ok(Signed::default());
        }
        self.signable(|request| sigv4::sign(argument, user, request, self.time))
            .map_err(|refusal| Error::new(refusal.exit(), refusal.to_string()))
    }

    fn sign_message(&self, plan: &Httpsig, key: &str, key_id: &str) -> Result<Signed, Error> {
        let given = |name| names_field(&self.request.headers, name);
        if given("Signature") || given("Signature-Input") {
            return Ok(Signed::default());
        }
        let components = plan.components.as_deref();
        Key::read(plan.algorithm, key)
            .and_then(|key| {
                self.signable(|request| httpsig::sign(&key, key_id, components, request, self.time))
            })
            .map_err(|refusal| Error::new(Exit::BadFunctionArgument, refusal.to_string()))
    }

    /// Shows the request to a signer.
    fn signable<T>(&self, signer: impl FnOnce(&Signable<'_>) -> T) -> T {
        let headers = &self.request.headers;
        let host = host_sent(headers, self.target, self.other_host);
        let fields = fields_sent(headers).filter(|(name, _)| !name.eq_ignore_ascii_case(b"Host"));
        signer(&Signable {
            method: self.method,
            target: self.target,
            host: host.as_deref(),
            fields: fields.collect(),
            payload: self.payload(),
        })
    }

    fn payload(&self) -> Payload<'_> {
        match (self.content.carries(), &self.request.body) {
            (Carries::Post, Body::Data(octets) | Body::Json(octets)) => Payload::Known(octets),
            (Carries::Nothing, _) => Payload::Known(b""),
            _ if self.content.length() == Some(0) => Payload::Known(b""),
            _ => Payload::Streamed,
        }
    }
}
