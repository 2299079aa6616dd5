//! Who asks: the credentials shown to the origin and to a proxy, and the signature that may replace them.
//!
//! Knows: where credentials come from, and to whom they may be shown. Must not know: how challenges,
//! answers and signatures are written.
//!
//! Sources: curl's `-u`, `--netrc`, `--proxy-user`, `--location-trusted`.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::error::{Error, Exit, reason};
use crate::event::{Happening, Side, Tap};
use crate::net::Proxy;
use crate::plan::{Auth, AuthSchemes, NetrcUse, Operation};
use crate::transfer::credentials::Credentials;
use crate::transfer::negotiation::Negotiation;
use crate::transfer::netrc;
use crate::transfer::signable::Signed;
use crate::transfer::signing::{Outgoing, Signer};
use crate::transfer::url_chain::UrlChain;

/// What a transfer authenticates with.
pub(crate) struct Identity<'a> {
    /// With the origin.
    pub(crate) server: Negotiation,
    /// With an HTTP proxy.
    pub(crate) proxy: Negotiation,
    signer: Option<Signer<'a>>,
    /// Who signs.
    signatory: Option<Credentials>,
    /// The text of the `.netrc` file.
    netrc: Option<Zeroizing<Vec<u8>>>,
}

impl<'a> Identity<'a> {
    /// Nobody yet, but for the signer that the plan asks for.
    pub(crate) fn new(auth: &'a Auth, environment: &Environment) -> Result<Self, Error> {
        Ok(Self {
            netrc: read_netrc(auth, environment)?,
            server: Negotiation::new(Side::Server),
            proxy: Negotiation::new(Side::Proxy),
            signer: Signer::new(auth)?,
            signatory: None,
        })
    }

    /// Takes the credentials for the origin that the URLs have come to.
    pub(crate) fn face_origin(
        &mut self,
        operation: &Operation,
        urls: &UrlChain,
    ) -> Result<(), Error> {
        let auth = &operation.auth;
        let netrc = self.netrc.as_ref().map(|text| text.as_slice());
        let credentials = credentials(operation, urls, netrc)?;
        if self.signer.is_some() {
            self.signatory = credentials;
        } else {
            let trusted = urls.trusted(&operation.follow);
            let bearer = auth.bearer.clone().filter(|_| trusted);
            let target = urls.target();
            let root = format!("{}://{}", target.scheme, target.host_and_port());
            let schemes = auth.schemes;
            self.server.entrust(root, schemes, credentials, bearer);
        }
        Ok(())
    }

    /// Takes the credentials for the proxy on the way there.
    pub(crate) fn face_proxy(&mut self, schemes: AuthSchemes, proxy: Option<&Proxy>) {
        let proxy = proxy.filter(|proxy| proxy.kind.is_http());
        let root = proxy.map(|Proxy { kind, place, .. }| format!("{kind}://{}", place.authority()));
        let user = proxy.and_then(|proxy| proxy.user.as_ref());
        let credentials = user.map(Credentials::from);
        let root = root.unwrap_or_default();
        self.proxy.entrust(root, schemes, credentials, None);
    }

    /// Whether requests are signed.
    pub(crate) fn signs(&self) -> bool {
        self.signer.is_some()
    }

    /// The field lines of a signature, where there is to be one.
    pub(crate) fn sign(&self, outgoing: &Outgoing<'_>, tap: &Tap) -> Result<Vec<Vec<u8>>, Error> {
        let Some(signer) = self.signer else {
            return Ok(Vec::new());
        };
        let signature = signer.sign(self.signatory.as_ref(), outgoing)?;
        let Some(Signed { lines, remarks }) = signature else {
            return Ok(Vec::new());
        };
        for remark in &remarks {
            tap.emit(Happening::Signing { remark });
        }
        let user = self.signatory.as_ref().map(Credentials::user);
        tap.emit(Happening::Authenticating {
            side: Side::Server,
            scheme: signer.scheme(),
            user: &String::from_utf8_lossy(user.unwrap_or_default()),
        });
        Ok(lines)
    }
}

/// The credentials for an origin: those of `-u` where they may go, else of `.netrc` (for the URL's
/// user, when it names one), else the URL's own.
fn credentials(
    operation: &Operation,
    urls: &UrlChain,
    netrc: Option<&[u8]>,
) -> Result<Option<Credentials>, Error> {
    let auth = &operation.auth;
    if auth.bearer.is_some() && auth.schemes == AuthSchemes::Unnamed {
        return Ok(None);
    }
    let trusted = urls.trusted(&operation.follow);
    if let Some(given) = auth.user.as_ref().filter(|_| trusted) {
        return Ok(Some(given.into()));
    }
    let in_url = urls.credentials()?;
    if auth.netrc.use_it != NetrcUse::Ignored
        && auth.user.is_none()
        && !matches!(in_url, Some((_, Some(_))))
    {
        let user = in_url.as_ref().map(|(user, _)| user.as_slice());
        let found = netrc.map(|text| in_netrc(auth, text, urls, user));
        if let Some(found) = found.transpose()?.flatten() {
            return Ok(Some(found));
        }
    }
    Ok(in_url.map(|(user, password)| Credentials::new(user, password.unwrap_or_default())))
}

/// The text of the file of credentials, where one is asked for and `-u` does not name a user.
fn read_netrc(auth: &Auth, environment: &Environment) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    if auth.netrc.use_it == NetrcUse::Ignored || auth.user.is_some() {
        return Ok(None);
    }
    let named = auth.netrc.file.clone();
    let path = named
        .or_else(|| environment.var_os("NETRC").map(PathBuf::from))
        .or_else(|| Some(Path::new(environment.var_os("HOME")?).join(".netrc")));
    let Some(path) = path else {
        return Ok(None);
    };
    match std::fs::read(&path) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) if auth.netrc.use_it == NetrcUse::Required => {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let exit = if missing && auth.netrc.file.is_some() {
                Exit::FailedInit
            } else {
                Exit::ReadError
            };
            let (path, reason) = (path.display(), reason(&error));
            let message = format!("cannot read the netrc file {path}: {reason}");
            Err(Error::new(exit, message))
        }
        Err(_) => Ok(None),
    }
}

fn in_netrc(
    auth: &Auth,
    text: &[u8],
    urls: &UrlChain,
    user: Option<&[u8]>,
) -> Result<Option<Credentials>, Error> {
    match netrc::find(text, &urls.target().ascii_host(), user) {
        Ok(found) => Ok(found),
        Err(_) if auth.netrc.use_it == NetrcUse::Optional => Ok(None),
        Err(malformed) => Err(Error::new(Exit::ReadError, malformed.to_string())),
    }
}
