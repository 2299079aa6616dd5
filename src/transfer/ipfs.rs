//! `ipfs://` and `ipns://` by way of an HTTP gateway.
//!
//! Knows: where a gateway is named (`--ipfs-gateway`, `IPFS_GATEWAY`, the first line of `gateway` in
//! `IPFS_PATH` or `~/.ipfs`), and the URL that a gateway has for a content identifier. Must not know:
//! files; whoever asks reads them.
//!
//! Sources: curl's IPFS document and the ENVIRONMENT section of its manual; a gateway serves
//! `ipfs://CID/path` as `/ipfs/CID/path`.

use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::error::{Error, Exit};
use crate::target::{Reading, Target, without_dot_segments};

/// Where gateways are named.
pub struct Gateways<'a> {
    /// `--ipfs-gateway`.
    pub option: Option<&'a str>,
    /// `IPFS_GATEWAY`, `IPFS_PATH` and `HOME`.
    pub environment: &'a Environment,
    /// Reads a file, if there is one.
    pub read: &'a dyn Fn(&Path) -> Option<Vec<u8>>,
}

/// The HTTP URL to fetch instead of an `ipfs` or `ipns` one; `None` for every other URL.
///
/// # Errors
/// Exit 43 for an option that is no URL, 37 when no gateway is named anywhere, and 3 when what the
/// environment names is no URL, when a gateway has a query, or when the URL itself is malformed.
pub fn rewrite(url: &str, gateways: &Gateways<'_>) -> Result<Option<String>, Error> {
    let Some((network, rest)) = split(url) else {
        return Ok(None);
    };
    let content = Content::read(rest).ok_or_else(malformed)?;
    let gateway = gateway(gateways)?;
    if gateway.query.is_some() {
        return Err(malformed());
    }
    Ok(Some(content.at(&gateway, network)))
}

fn malformed() -> Error {
    Error::new(Exit::UrlMalformat, "malformed target URL")
}

/// The network that a URL names, and what follows its slashes.
fn split(url: &str) -> Option<(&'static str, &str)> {
    let (scheme, after) = url.split_once(":/")?;
    let network = ["ipfs", "ipns"]
        .into_iter()
        .find(|name| scheme.eq_ignore_ascii_case(name))?;
    Some((network, after.trim_start_matches('/')))
}

/// What a URL names, in its own words.
struct Content<'a> {
    /// `user:password@` for the gateway.
    userinfo: &'a str,
    /// A content identifier, or a name.
    identifier: &'a str,
    /// Begins with a slash unless it is empty.
    path: String,
    /// Query and fragment.
    tail: &'a str,
}

impl<'a> Content<'a> {
    fn read(rest: &'a str) -> Option<Self> {
        let (authority, after) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (path, tail) = after.split_at(after.find(['?', '#']).unwrap_or(after.len()));
        let at = authority.rfind('@').map_or(0, |at| at.saturating_add(1));
        let (userinfo, host) = authority.split_at(at);
        let identifier = host.split(':').next().unwrap_or_default();
        let path = if path == "/" {
            String::new()
        } else {
            without_dot_segments(path)
        };
        is_identifier(identifier).then_some(Self {
            userinfo,
            identifier,
            path,
            tail,
        })
    }

    /// The URL at a gateway; a gateway's own credentials do not count, as in curl.
    fn at(&self, gateway: &Target, network: &str) -> String {
        let mut base = gateway.clone();
        base.userinfo = None;
        base.fragment = None;
        let base = base.to_string();
        let (scheme, place) = base.split_once("://").unwrap_or(("http", &base));
        let slash = if place.ends_with('/') { "" } else { "/" };
        let Self {
            userinfo,
            identifier,
            path,
            tail,
        } = self;
        format!("{scheme}://{userinfo}{place}{slash}{network}/{identifier}{path}{tail}")
    }
}

/// Whether it can be one segment of a path: what curl takes for a host name, and no `..`.
fn is_identifier(text: &str) -> bool {
    let is_odd = |c: char| c.is_ascii_control() || " [\\]$'\"^`*<>=;,+&()%!{}|".contains(c);
    !matches!(text, "" | "." | "..") && !text.contains(is_odd)
}

fn gateway(gateways: &Gateways<'_>) -> Result<Target, Error> {
    let parse = |url: &str| Target::parse(url, &Reading::default());
    if let Some(url) = gateways.option {
        let message = "--ipfs-gateway was given a malformed URL";
        return parse(url).map_err(|_| Error::new(Exit::BadFunctionArgument, message));
    }
    let url = found(gateways).ok_or_else(|| {
        let message = "IPFS automatic gateway detection failed";
        Error::new(Exit::FileCouldntReadFile, message)
    })?;
    // Only the option may leave out the scheme.
    parse(&url)
        .ok()
        .filter(|_| url.contains("://"))
        .ok_or_else(malformed)
}

/// The gateway that the environment names, or a file that it leads to.
fn found(gateways: &Gateways<'_>) -> Option<String> {
    let environment = gateways.environment;
    if let Some(url) = environment.var("IPFS_GATEWAY") {
        return Some(url.to_owned());
    }
    let given = environment.var_os("IPFS_PATH").map(PathBuf::from);
    let home = || {
        environment
            .var_os("HOME")
            .map(|home| Path::new(home).join(".ipfs"))
    };
    let text = (gateways.read)(&given.or_else(home)?.join("gateway"))?;
    let line = text.split(|octet| matches!(octet, b'\n' | b'\r')).next()?;
    let line = String::from_utf8_lossy(line).into_owned();
    (!line.is_empty()).then_some(line)
}
