//! Who asks: users, tokens, signatures.

use super::Category::{Auth, Curl, Http, Imap, Important, Ldap, Pop3, Smtp};
use super::Means::{File, Flag, Switch, Takes, Text, Turns};
use super::{Category, Opt, row};
use crate::cli::credentials;
use crate::cli::state::State;
use crate::plan::{Httpsig, Secret};

const SIGNED: &[Category] = &[Auth, Http];

fn httpsig<'s>(state: &'s mut State<'_>) -> &'s mut Httpsig {
    state.operation().auth.httpsig.get_or_insert_default()
}

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("anyauth", "", &[Http, Category::Proxy, Auth], "Use the strongest scheme the server offers")
        .means(Flag(|state| { state.draft.schemes.any = true; Ok(()) })),
    row("aws-sigv4", "<provider1[:prvdr2[:reg[:srv]]]>", SIGNED, "Sign the request for AWS, version 4")
        .means(Takes(|state, value| { state.operation().auth.aws_sigv4 = Some(value.line()?.to_owned()); Ok(()) })),
    row("basic", "", &[Http, Category::Proxy, Auth], "Send user and password as they are (Basic)")
        .means(Switch(|state, on| { state.draft.schemes.basic = on; state.draft.schemes.any &= on; Ok(()) })),
    row("digest", "", &[Category::Proxy, Auth, Http], "Prove the password without sending it (Digest)")
        .means(Switch(|state, on| { state.draft.schemes.digest = on; state.draft.schemes.any &= on; Ok(()) })),
    row("disallow-username-in-url", "", &[Curl], "Refuse URLs that hold a user")
        .means(Turns(|it| &mut it.auth.disallow_username_in_url)),
    row("httpsig-algo", "<algorithm>", SIGNED, "Sign with this: ed25519 or hmac-sha256 (RFC 9421)")
        .means(Takes(|state, value| { httpsig(state).algorithm = credentials::algorithm(value)?; Ok(()) })),
    row("httpsig-headers", "<components>", SIGNED, "Sign these parts of the request (RFC 9421)")
        .means(Text(|it| &mut it.auth.httpsig.get_or_insert_default().components)),
    row("httpsig-key", "<key/file>", SIGNED, "Sign with this key, or the one in @file (RFC 9421)")
        .means(Takes(|state, value| {
            let key = credentials::signing_key(state, value)?;
            httpsig(state).key = Some(key);
            Ok(())
        })),
    row("httpsig-keyid", "<id>", SIGNED, "Tell this name of the key (RFC 9421)")
        .means(Takes(|state, value| { httpsig(state).key_id = Some(value.line()?.to_owned()); Ok(()) })),
    row("netrc", "", &[Auth], "Take user and password from .netrc, which must be there")
        .short('n').means(Switch(|state, on| { state.draft.netrc = on; Ok(()) })),
    row("netrc-file", "<filename>", &[Auth], "Take user and password from this file")
        .means(File(|it| &mut it.auth.netrc.file)),
    row("netrc-optional", "", &[Auth], "Take user and password from .netrc, if it is there")
        .means(Switch(|state, on| { state.draft.netrc_optional = on; Ok(()) })),
    row("oauth2-bearer", "<token>", &[Auth, Imap, Pop3, Smtp, Ldap, Http], "Send this token (Bearer)")
        .means(Takes(|state, value| {
            state.operation().auth.bearer = Some(Secret::new(value.not_blank()?.line()?));
            Ok(())
        })),
    row("user", "<user:password>", &[Important, Auth], "Send this user and password")
        .short('u').means(Takes(|state, value| {
            let (user, asked) = credentials::user(value)?;
            let auth = &mut state.operation().auth;
            auth.user = Some(user);
            auth.ask_password = asked == credentials::Password::Missing;
            Ok(())
        })),
];
