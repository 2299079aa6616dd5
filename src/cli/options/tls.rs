//! TLS towards the origin.

use std::path::PathBuf;

use super::Category::{Http, Scp, Sftp, Ssh, Tls};
use super::Means::{File, Flag, Idle, Takes, TakesFile, Text, Turns, TurnsOff};
use super::{Category, Opt, Takes as Form, row};
use crate::cli::credentials;
use crate::cli::state::{Outcome, State, Stop};
use crate::cli::values::{self, Value};
use crate::cli::wrong::Wrong;
use crate::plan::{Secret, TlsVersion};

const KEY: &[Category] = &[Tls, Sftp, Scp, Ssh];

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("alpn", "", &[Tls, Http], "Offer no protocol by ALPN")
        .on_by_default().means(Turns(|it| &mut it.tls.alpn)),
    row("ca-native", "", &[Tls], "Trust the certificates of the system")
        .means(Turns(|it| &mut it.tls.ca_native)),
    row("cacert", "<file>", &[Tls], "Trust the certificates in this file")
        .means(TakesFile(|state, value| {
            state.operation().tls.ca_file = Some(existing(state, value)?);
            Ok(())
        })),
    row("capath", "<dir>", &[Tls], "Trust the certificates in this directory")
        .means(File(|it| &mut it.tls.ca_directory)),
    row("cert", "<certificate[:password]>", &[Tls], "Show this certificate to the server")
        .short('E').means(TakesFile(|state, value| credentials::certificate(&mut state.operation().tls, value))),
    row("cert-status", "", &[Tls], "Demand proof that the certificate is not revoked")
        .means(Turns(|it| &mut it.tls.certificate_status)),
    row("cert-type", "<type>", &[Tls], "The form of the certificate: PEM or DER")
        .means(Text(|it| &mut it.tls.certificate_type)),
    row("ciphers", "<list>", &[Tls], "Use these cipher suites of TLS 1.2")
        .means(Text(|it| &mut it.tls.ciphers)),
    row("crlfile", "<file>", &[Tls], "Reject the certificates that this file revokes")
        .means(File(|it| &mut it.tls.crl_file)),
    row("curves", "<list>", &[Tls], "Exchange keys with these groups")
        .means(Text(|it| &mut it.tls.curves)),
    row("insecure", "", KEY, "Accept any certificate")
        .short('k').means(TurnsOff(|it| &mut it.tls.verify)),
    row("key", "<key>", KEY, "The private key of the certificate")
        .means(File(|it| &mut it.tls.key)),
    row("key-type", "<type>", &[Tls], "The form of the key: PEM or DER")
        .means(Text(|it| &mut it.tls.key_type)),
    row("pass", "<phrase>", &[Tls, Sftp, Scp, Ssh, Category::Auth], "The passphrase of the key")
        .means(Takes(|state, value| {
            state.operation().tls.passphrase = Some(Secret::new(value.not_blank()?.text()?));
            Ok(())
        })),
    row("pinnedpubkey", "<hashes>", &[Tls], "Accept a server with one of these public keys only")
        .means(Text(|it| &mut it.tls.pinned_key)),
    row("sessionid", "", &[Tls], "Resume no TLS session")
        .on_by_default().means(Turns(|it| &mut it.tls.session_reuse)),
    row("sigalgs", "<list>", &[Tls], "Accept signatures of these algorithms only")
        .means(Text(|it| &mut it.tls.signature_algorithms)),
    row("ssl-allow-beast", "", &[Tls], "No effect: rustls needs no such work-around")
        .means(Idle(Form::Toggle)),
    row("ssl-auto-client-cert", "", &[Tls], "No effect: for Windows' own TLS")
        .means(Idle(Form::Toggle)),
    row("ssl-no-revoke", "", &[Tls], "No effect: for Windows' own TLS")
        .means(Idle(Form::Toggle)),
    row("ssl-revoke-best-effort", "", &[Tls], "No effect: for Windows' own TLS")
        .means(Idle(Form::Toggle)),
    row("tls-max", "<VERSION>", &[Tls], "Use no later version of TLS than this")
        .means(Takes(|state, value| {
            let most = values::tls_version(value.text()?)?;
            if most != TlsVersion::Default && most < state.operation().tls.least {
                return Err(state.complain(
                    "--tls-max set lower than minimum accepted version",
                    Wrong::BadUse,
                ));
            }
            state.operation().tls.most = most;
            Ok(())
        })),
    row("tls13-ciphers", "<list>", &[Tls], "Use these cipher suites of TLS 1.3")
        .means(Text(|it| &mut it.tls.ciphers13)),
    row("tlsv1", "", &[Tls], "Use TLS 1.0 or later; rustls begins with 1.2")
        .short('1').means(Flag(|state| least(state, TlsVersion::V1_0))),
    row("tlsv1.0", "", &[Tls], "Use TLS 1.0 or later; rustls begins with 1.2")
        .means(Flag(|state| least(state, TlsVersion::V1_0))),
    row("tlsv1.1", "", &[Tls], "Use TLS 1.1 or later; rustls begins with 1.2")
        .means(Flag(|state| least(state, TlsVersion::V1_1))),
    row("tlsv1.2", "", &[Tls], "Use TLS 1.2 or later")
        .means(Flag(|state| least(state, TlsVersion::V1_2))),
    row("tlsv1.3", "", &[Tls], "Use TLS 1.3 or later")
        .means(Flag(|state| least(state, TlsVersion::V1_3))),
];

fn least(state: &mut State<'_>, version: TlsVersion) -> Outcome {
    let most = state.operation().tls.most;
    if most != TlsVersion::Default && most < version {
        return Err(state.complain("Minimum TLS version set higher than max", Wrong::BadUse));
    }
    state.operation().tls.least = version;
    Ok(())
}

/// A file that has to be there when the words are read: curl looks so early too.
fn existing(state: &mut State<'_>, value: Value<'_>) -> Result<PathBuf, Stop> {
    let path = value.not_blank()?.path();
    if path.exists() {
        return Ok(path);
    }
    let file = value.shown();
    Err(state.complain(
        format!("The file '{file}' provided to --cacert does not exist"),
        Wrong::BadUse,
    ))
}
