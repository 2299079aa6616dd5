//! The parts of a URL, as `%{url.…}` and `%{urle.…}` show them.
//!
//! Knows: curl shows them as typed, still escaped, a port always, and schemes that it does not
//! speak too. Must not know: which URL it is.

use crate::target::{Host, Reading, Target, UrlError};

/// A part of a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Scheme,
    User,
    Password,
    Options,
    Host,
    Port,
    Path,
    Query,
    Fragment,
    ZoneId,
}

/// This part of a URL; `None` when it is absent, or when this is no URL.
pub(super) fn of(url: &str, part: Part) -> Option<String> {
    let reading = Reading::default();
    match Target::parse(url, &reading) {
        Ok(target) => known(&target, part),
        Err(UrlError::Unsupported(scheme)) => {
            let (_, rest) = url.split_once("://")?;
            let target = Target::parse(&format!("http://{rest}"), &reading).ok()?;
            match part {
                Part::Scheme => Some(scheme),
                Part::Port => target.explicit_port.map(|port| port.to_string()),
                _ => known(&target, part),
            }
        }
        Err(_) => None,
    }
}

fn known(target: &Target, part: Part) -> Option<String> {
    let userinfo = target.userinfo.as_deref();
    match part {
        Part::Scheme => Some(target.scheme.name().to_owned()),
        Part::User => userinfo.map(|info| info.split(':').next().unwrap_or(info).to_owned()),
        Part::Password => userinfo.and_then(|info| {
            info.split_once(':')
                .map(|(_, password)| password.to_owned())
        }),
        Part::Options => None,
        Part::Host => Some(match target.connect_host() {
            Host::Address(address, _) if address.is_ipv6() => format!("[{}]", target.host),
            _ => target.host.clone(),
        }),
        Part::Port => Some(target.port().to_string()),
        Part::Path => Some(target.path.clone()),
        Part::Query => target.query.clone(),
        Part::Fragment => target.fragment.clone(),
        Part::ZoneId => target.zone.clone(),
    }
}
