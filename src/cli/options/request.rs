//! What is asked: method, header, version, conditions.

use super::Category::{Connection, Curl, File, Ftp, Http, Imap, Important, Pop3, Sftp, Smtp};
use super::Means::{Flag, Line, Switch, Takes, TakesFile, Turns};
use super::{Opt, row};
use crate::cli::conditions;
use crate::cli::data::{self, Receiver};
use crate::cli::draft::Kind;
use crate::plan::HttpVersion;

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("compressed", "", &[Http], "Ask for a compressed response, and decode it")
        .means(Turns(|it| &mut it.request.compressed)),
    row("continue-at", "<offset>", &[Connection], "Resume at this octet; - finds it out")
        .short('C').means(Takes(conditions::resume)),
    row("etag-compare", "<file>", &[Http], "Send the ETag in this file as If-None-Match")
        .means(TakesFile(|state, value| conditions::etag(state, value, |it| &mut it.request.etag_compare))),
    row("etag-save", "<file>", &[Http], "Save the ETag of the response here")
        .means(TakesFile(|state, value| conditions::etag(state, value, |it| &mut it.request.etag_save))),
    row("get", "", &[Http], "Put the data into the query, and GET")
        .short('G').means(Turns(|it| &mut it.request.data_in_query)),
    row("head", "", &[Important, Http, Ftp, File], "Ask for the header only")
        .short('I').means(Switch(|state, on| {
            state.operation().request.head = on;
            state.operation().output.include_head = on;
            let kind = if on { Kind::Head } else { Kind::Get };
            Ok(state.draft.asks_for(kind, &mut state.notices, &state.global)?)
        })),
    row("header", "<header/@file>", &[Important, Http, Imap, Smtp], "Add, replace or remove (Name:) a header")
        .short('H').means(Takes(|state, value| data::header(state, Receiver::Origin, value))),
    row("http0.9", "", &[Http], "Accept a response without a header")
        .means(Turns(|it| &mut it.request.allow_http09)),
    row("http1.0", "", &[Http], "Speak HTTP/1.0")
        .short('0').means(Flag(|state| { conditions::version(state, HttpVersion::Http10); Ok(()) })),
    row("http1.1", "", &[Http], "Speak HTTP/1.1")
        .means(Flag(|state| { conditions::version(state, HttpVersion::Http11); Ok(()) })),
    row("ignore-content-length", "", &[Http, Ftp], "Read the content up to the end of the connection")
        .means(Turns(|it| &mut it.request.ignore_content_length)),
    row("path-as-is", "", &[Curl], "Leave /../ and /./ in the path")
        .means(Turns(|it| &mut it.request.path_as_is)),
    row("range", "<range>", &[Http, Ftp, Sftp, File], "Ask for these octets only")
        .short('r').means(Takes(conditions::range)),
    row("raw", "", &[Http], "Leave transfer and content codings as they are")
        .means(Turns(|it| &mut it.request.raw)),
    row("referer", "<URL>", &[Http], "The page that led here; ;auto follows redirects")
        .short('e').means(Takes(|state, value| {
            let line = value.line()?;
            let (url, auto) = match line.strip_suffix(";auto") {
                Some(url) => (url, true),
                None => (line, false),
            };
            let request = &mut state.operation().request;
            request.auto_referer = auto;
            request.referer = (!url.is_empty()).then(|| url.to_owned());
            Ok(())
        })),
    row("request", "<method>", &[Connection, Pop3, Ftp, Imap, Smtp], "Use this method")
        .short('X').means(Line(|it| &mut it.request.method)),
    row("request-target", "<path>", &[Http], "Send this instead of the path of the URL")
        .means(Line(|it| &mut it.request.request_target)),
    row("time-cond", "<time>", &[Http, Ftp], "Only if changed since this date or file; -date: if not")
        .short('z').means(Takes(|state, value| { conditions::time(state, value); Ok(()) })),
    row("tr-encoding", "", &[Http], "Ask for a compressed transfer coding")
        .means(Turns(|it| &mut it.request.transfer_encoding)),
    row("user-agent", "<name>", &[Important, Http], "Name the client; empty sends none")
        .short('A').means(Takes(|state, value| {
            state.operation().request.user_agent = Some(value.line()?.to_owned());
            Ok(())
        })),
];
