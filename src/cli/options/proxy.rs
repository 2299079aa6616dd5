//! Going through a proxy, and TLS towards it.

use super::Category::{Auth, Http, Proxy, Tls};
use super::Means::{File, Flag, Idle, Switch, Takes, TakesFile, Text, Turns, TurnsOff};
use super::{Category, Opt, Takes as Form, row};
use crate::cli::credentials;
use crate::cli::data::{self, Receiver};
use crate::cli::proxies;
use crate::plan::{Secret, TlsVersion};

const PROXY: &[Category] = &[Proxy];
const AUTH: &[Category] = &[Proxy, Auth];
const SECURE: &[Category] = &[Proxy, Tls];

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("haproxy-clientip", "<ip>", &[Http, Proxy], "Tell this address with the PROXY protocol")
        .means(Takes(proxies::client_address)),
    row("haproxy-protocol", "", &[Http, Proxy], "Begin the connection with a line of the PROXY protocol")
        .means(Switch(|state, on| { state.draft.haproxy = on; Ok(()) })),
    row("noproxy", "<no-proxy-list>", PROXY, "Reach these hosts without the proxy")
        .means(Takes(|state, value| { state.operation().proxy.noproxy = Some(value.text()?.to_owned()); Ok(()) })),
    row("preproxy", "<[protocol://]host[:port]>", PROXY, "Reach the proxy through this one")
        .means(Takes(|state, value| {
            state.operation().proxy.preproxy = Some(Secret::new(value.not_blank()?.text()?));
            Ok(())
        })),
    row("proxy", "<[protocol://]host[:port]>", PROXY, "Go through this proxy")
        .short('x').means(Takes(proxies::any)),
    row("proxy-anyauth", "", AUTH, "Use the strongest scheme the proxy offers")
        .means(Switch(|state, on| { state.draft.proxy_schemes.any = on; Ok(()) })),
    row("proxy-basic", "", AUTH, "Send the proxy user and password as they are (Basic)")
        .means(Switch(|state, on| { state.draft.proxy_schemes.basic = on; Ok(()) })),
    row("proxy-ca-native", "", &[Tls], "Trust the certificates of the system, for the proxy")
        .means(Turns(|it| &mut it.proxy_tls.ca_native)),
    row("proxy-cacert", "<file>", SECURE, "Trust the certificates in this file, for the proxy")
        .means(File(|it| &mut it.proxy_tls.ca_file)),
    row("proxy-capath", "<dir>", SECURE, "Trust the certificates in this directory, for the proxy")
        .means(File(|it| &mut it.proxy_tls.ca_directory)),
    row("proxy-cert", "<cert[:passwd]>", SECURE, "Show this certificate to the proxy")
        .means(TakesFile(|state, value| credentials::certificate(&mut state.operation().proxy_tls, value))),
    row("proxy-cert-type", "<type>", SECURE, "The form of the certificate for the proxy: PEM or DER")
        .means(Text(|it| &mut it.proxy_tls.certificate_type)),
    row("proxy-ciphers", "<list>", SECURE, "Use these cipher suites of TLS 1.2 with the proxy")
        .means(Text(|it| &mut it.proxy_tls.ciphers)),
    row("proxy-crlfile", "<file>", SECURE, "Reject the proxy certificates that this file revokes")
        .means(File(|it| &mut it.proxy_tls.crl_file)),
    row("proxy-digest", "", SECURE, "Prove the password to the proxy without sending it (Digest)")
        .means(Switch(|state, on| { state.draft.proxy_schemes.digest = on; Ok(()) })),
    row("proxy-header", "<header/@file>", &[Proxy, Http], "Add, replace or remove a header for the proxy")
        .means(Takes(|state, value| data::header(state, Receiver::Proxy, value))),
    row("proxy-insecure", "", SECURE, "Accept any certificate of the proxy")
        .means(TurnsOff(|it| &mut it.proxy_tls.verify)),
    row("proxy-key", "<key>", SECURE, "The private key of the certificate for the proxy")
        .means(File(|it| &mut it.proxy_tls.key)),
    row("proxy-key-type", "<type>", SECURE, "The form of the key for the proxy: PEM or DER")
        .means(Text(|it| &mut it.proxy_tls.key_type)),
    row("proxy-pass", "<phrase>", &[Proxy, Tls, Auth], "The passphrase of the key for the proxy")
        .means(Takes(|state, value| {
            state.operation().proxy_tls.passphrase = Some(Secret::new(value.text()?));
            Ok(())
        })),
    row("proxy-pinnedpubkey", "<hashes>", SECURE, "Accept a proxy with one of these public keys only")
        .means(Text(|it| &mut it.proxy_tls.pinned_key)),
    row("proxy-ssl-allow-beast", "", SECURE, "No effect: rustls needs no such work-around")
        .means(Idle(Form::Toggle)),
    row("proxy-ssl-auto-client-cert", "", SECURE, "No effect: for Windows' own TLS")
        .means(Idle(Form::Toggle)),
    row("proxy-tls13-ciphers", "<list>", SECURE, "Use these cipher suites of TLS 1.3 with the proxy")
        .means(Text(|it| &mut it.proxy_tls.ciphers13)),
    row("proxy-tlsv1", "", &[Proxy, Tls, Auth], "Use TLS 1.0 or later with the proxy; rustls begins with 1.2")
        .means(Flag(|state| { state.operation().proxy_tls.least = TlsVersion::V1_0; Ok(()) })),
    row("proxy-user", "<user:password>", AUTH, "Send the proxy this user and password")
        .short('U').means(Takes(|state, value| {
            let (user, asked) = credentials::user(value)?;
            let proxy = &mut state.operation().proxy;
            proxy.user = Some(user);
            proxy.ask_password = asked == credentials::Password::Missing;
            Ok(())
        })),
    row("proxy1.0", "<host[:port]>", PROXY, "Go through this proxy, with CONNECT as HTTP/1.0")
        .means(Takes(proxies::http10)),
    row("proxytunnel", "", PROXY, "Ask the proxy for a tunnel, for http:// too")
        .short('p').means(Turns(|it| &mut it.proxy.tunnel)),
    row("socks4", "<host[:port]>", PROXY, "Go through this SOCKS4 proxy")
        .means(Takes(|state, value| proxies::socks(state, value, "socks4"))),
    row("socks4a", "<host[:port]>", PROXY, "Go through this SOCKS4a proxy, which looks names up")
        .means(Takes(|state, value| proxies::socks(state, value, "socks4a"))),
    row("socks5", "<host[:port]>", PROXY, "Go through this SOCKS5 proxy")
        .means(Takes(|state, value| proxies::socks(state, value, "socks5"))),
    row("socks5-basic", "", AUTH, "Offer a SOCKS5 proxy user and password (the default)")
        .means(Switch(|state, on| { state.operation().proxy.socks5_anonymous = !on; Ok(()) })),
    row("socks5-hostname", "<host[:port]>", PROXY, "Go through this SOCKS5 proxy, which looks names up")
        .means(Takes(|state, value| proxies::socks(state, value, "socks5h"))),
];
