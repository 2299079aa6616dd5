//! Which proxy a URL goes through.
//!
//! Knows: `-x`, the environment's proxy variables, and who is exempt from them. Must not know: how
//! a proxy is spoken to. Pure.
//!
//! Sources: curl's `--proxy`, `--noproxy` and the ENVIRONMENT section of its manual.

use std::net::IpAddr;

use crate::codec::text::percent_decode;
use crate::environment::Environment;
use crate::error::{Error, Exit};
use crate::net::{Place, Proxy, ProxyKind};
use crate::plan::{Proxying, Secret, UserPassword};
use crate::target::authority::{is_within, without_brackets};
use crate::target::{Host, Scheme, Target};

/// The proxies of one URL.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chosen {
    /// The proxy.
    pub proxy: Option<Proxy>,
    /// The SOCKS proxy before it.
    pub preproxy: Option<Proxy>,
}

/// Chooses the proxies for a URL.
///
/// # Errors
/// Exit 5 for a proxy that is none, 7 for a scheme that no proxy has.
pub fn choose(
    plan: &Proxying,
    environment: &Environment,
    target: &Target,
) -> Result<Chosen, Error> {
    let exempt = plan.noproxy.as_deref().or_else(|| {
        environment
            .var("no_proxy")
            .or_else(|| environment.var("NO_PROXY"))
    });
    if exempt.is_some_and(|list| is_exempt(list, target)) {
        return Ok(Chosen::default());
    }
    let given = plan.proxy.as_ref().map(|it| it.reveal().to_owned());
    let text = given.or_else(|| from_environment(environment, target.scheme));
    let proxy = text
        .filter(|text| !text.is_empty())
        .map(|text| read(&text, plan.user.as_ref()))
        .transpose()?;
    let preproxy = plan
        .preproxy
        .as_ref()
        .map(|it| read(it.reveal(), None))
        .transpose()?;
    let mut chosen = Chosen { proxy, preproxy };
    if plan.socks5_anonymous {
        for proxy in [&mut chosen.proxy, &mut chosen.preproxy]
            .into_iter()
            .flatten()
        {
            proxy.user = proxy.user.take().filter(|_| !is_socks5(proxy.kind));
        }
    }
    Ok(chosen)
}

fn is_socks5(kind: ProxyKind) -> bool {
    matches!(kind, ProxyKind::Socks5 | ProxyKind::Socks5h)
}

/// `http_proxy` counts in lower case only: a CGI program would let a client set `HTTP_PROXY`.
fn from_environment(environment: &Environment, scheme: Scheme) -> Option<String> {
    let names: &[&str] = match scheme {
        Scheme::Http => &["http_proxy", "all_proxy", "ALL_PROXY"],
        Scheme::Https => &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
    };
    names
        .iter()
        .find_map(|name| environment.var(name))
        .map(str::to_owned)
}

/// Reads `[scheme://][user[:password]@]host[:port]`.
fn read(text: &str, user: Option<&UserPassword>) -> Result<Proxy, Error> {
    let (kind, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (kind_of(scheme)?, rest),
        None => (ProxyKind::Http, text),
    };
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let (userinfo, host_port) = match authority.rsplit_once('@') {
        Some((userinfo, host_port)) => (Some(userinfo), host_port),
        None => (None, authority),
    };
    let socket = (!kind.is_http() && host_port.eq_ignore_ascii_case("localhost") && path.len() > 1)
        .then(|| path.into());
    let place = place(host_port, kind).ok_or_else(|| unusable(text))?;
    let user = match userinfo {
        Some(userinfo) => Some(split_user(userinfo).ok_or_else(|| unusable(text))?),
        None => user.cloned(),
    };
    Ok(Proxy {
        kind,
        place,
        socket,
        user,
    })
}

fn unusable(text: &str) -> Error {
    let shown = text.rsplit_once('@').map_or(text, |(_, host)| host);
    Error::new(
        Exit::CouldntResolveProxy,
        format!("Unsupported proxy syntax in '{shown}'"),
    )
}

fn kind_of(scheme: &str) -> Result<ProxyKind, Error> {
    Ok(match scheme.to_ascii_lowercase().as_str() {
        "http" => ProxyKind::Http,
        "https" => ProxyKind::Https,
        "socks" | "socks4" => ProxyKind::Socks4,
        "socks4a" => ProxyKind::Socks4a,
        "socks5" => ProxyKind::Socks5,
        "socks5h" => ProxyKind::Socks5h,
        other => {
            let message = format!("Unsupported proxy scheme for '{other}'");
            return Err(Error::new(Exit::CouldntConnect, message));
        }
    })
}

fn place(host_port: &str, kind: ProxyKind) -> Option<Place> {
    let default = if kind == ProxyKind::Https { 443 } else { 1080 };
    let (host, port) = match host_port.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']')?;
            (address, after.strip_prefix(':').unwrap_or(after))
        }
        None => host_port.rsplit_once(':').unwrap_or((host_port, "")),
    };
    let port = if port.is_empty() {
        default
    } else {
        port.parse().ok()?
    };
    let well_formed =
        !host.is_empty() && !host.chars().any(|c| c.is_whitespace() || c.is_control());
    well_formed.then(|| Place::new(host, port))
}

/// No control character is in either, as curl has it; but then it asks the origin without a proxy.
fn split_user(userinfo: &str) -> Option<UserPassword> {
    let decoded = |text: &str| {
        let octets = percent_decode(text.as_bytes());
        (!octets.iter().any(|octet| *octet < b' ')).then_some(octets)
    };
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    Some(UserPassword {
        user: decoded(user)?,
        password: Secret::new(decoded(password)?),
    })
}

/// Whether a host is on a list of hosts that need no proxy: names with all below them, addresses,
/// networks (`10.0.0.0/8`), or `*` for all.
pub fn is_exempt(list: &str, target: &Target) -> bool {
    if list == "*" {
        return true;
    }
    let host = target.ascii_host();
    let name = host.trim_end_matches('.');
    list.split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty())
        .any(|entry| match target.connect_host() {
            Host::Address(address, _) => network_has(entry, *address),
            Host::Name(_) => {
                let domain = entry.trim_matches('.');
                !domain.is_empty() && is_within(name.as_bytes(), domain.as_bytes())
            }
        })
}

fn network_has(network: &str, address: IpAddr) -> bool {
    let (base, bits) = network.split_once('/').unwrap_or((network, ""));
    let Ok(base) = without_brackets(base).parse::<IpAddr>() else {
        return false;
    };
    let prefix = |octets: &[u8], bits: u32| -> Option<u128> {
        let whole = octets
            .iter()
            .fold(0_u128, |sum, octet| (sum << 8) | u128::from(*octet));
        let width = (octets.len() as u32).saturating_mul(8);
        width
            .checked_sub(bits)
            .map(|rest| whole.checked_shr(rest).unwrap_or(0))
    };
    let same = |one: &[u8], other: &[u8]| {
        let width = (one.len() as u32).saturating_mul(8);
        let bits = if bits.is_empty() {
            Some(width)
        } else {
            bits.parse().ok()
        };
        bits.is_some_and(|bits| {
            prefix(one, bits).is_some() && prefix(one, bits) == prefix(other, bits)
        })
    };
    match (base, address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => same(&one.octets(), &other.octets()),
        (IpAddr::V6(one), IpAddr::V6(other)) => same(&one.octets(), &other.octets()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Reading;

    #[test]
    fn a_proxy_whose_user_holds_a_control_character_is_none() {
        for (text, expected) in [
            ("http://u%00x:p@127.0.0.1", false),
            ("http://u:p%0d%0a@127.0.0.1", false),
            ("socks5://u%01:p@127.0.0.1", false),
            ("http://u%40%c3%a9:p%20@127.0.0.1", true),
        ] {
            assert_eq!(read(text, None).is_ok(), expected, "{text}");
        }
    }

    #[test]
    fn hosts_on_the_list_need_no_proxy() {
        for (list, url, expected) in [
            ("*", "http://a.test/", true),
            ("a.test", "http://a.test/", true),
            ("a.test", "http://b.a.test/", true),
            (".a.test", "http://b.a.test/", true),
            ("a.test", "http://ba.test/", false),
            ("x, A.TEST.", "http://a.test/", true),
            ("10.0.0.0/8", "http://10.1.2.3/", true),
            ("10.0.0.0/8", "http://11.1.2.3/", false),
            ("::1", "http://[::1]/", true),
            ("fe80::/10", "http://[fe80::2]/", true),
            ("127.0.0.1", "http://127.0.0.1:80/", true),
            ("127.0.0.0/99", "http://127.0.0.1/", false),
            ("", "http://a.test/", false),
        ] {
            let target = Target::parse(url, &Reading::default()).unwrap();
            assert_eq!(is_exempt(list, &target), expected, "{list} {url}");
        }
    }
}
