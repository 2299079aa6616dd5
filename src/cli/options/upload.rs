//! Content that is sent: data, forms, files.

use super::Category::{Ftp, Http, Imap, Important, Ldap, Mqtt, Output, Post, Smtp, Tftp, Upload};
use super::Means::{Switch, Takes, TakesFile, Turns};
use super::{Category, Opt, row};
use crate::cli::data::{self, Kind};
use crate::cli::form;

const DATA: &[Category] = &[Http, Post, Upload];
const FORM: &[Category] = &[Http, Upload, Post, Imap, Smtp];

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("crlf", "", &[Ftp, Smtp], "Send line feeds as CR LF")
        .means(Turns(|operation| &mut operation.request.crlf)),
    row("data", "<data>", &[Important, Http, Post, Upload, Mqtt], "POST this; @file reads it from a file")
        .short('d').means(Takes(|state, value| data::add(state, Kind::Ascii, value))),
    row("data-ascii", "<data>", DATA, "The same as --data")
        .means(Takes(|state, value| data::add(state, Kind::Ascii, value))),
    row("data-binary", "<data>", DATA, "POST this; a file keeps every octet")
        .means(Takes(|state, value| data::add(state, Kind::Binary, value))),
    row("data-raw", "<data>", DATA, "POST this; @ has no meaning")
        .means(Takes(|state, value| data::add(state, Kind::Raw, value))),
    row("data-urlencode", "<data>", DATA, "POST this, percent-encoded")
        .means(Takes(|state, value| data::add(state, Kind::Encoded, value))),
    row("form", "<name=content>", FORM, "POST a multipart form; @file attaches a file")
        .short('F').means(Takes(form::add)),
    row("form-escape", "", FORM, "Escape names in a form with backslashes")
        .means(Switch(|state, on| { state.draft.form.escape_backslash = on; Ok(()) })),
    row("form-string", "<name=string>", FORM, "A part of a form, taken literally")
        .means(Takes(form::add_string)),
    row("json", "<data>", DATA, "POST this as JSON, and ask for JSON")
        .means(Takes(|state, value| data::add(state, Kind::Json, value))),
    row("upload-file", "<file>", &[Important, Upload, Imap], "PUT this file; - is standard input")
        .short('T')
        .means(TakesFile(|state, value| { state.draft.add_upload(value.text()?.to_owned()); Ok(()) })),
    row("use-ascii", "", &[Ftp, Output, Ldap, Tftp], "The same as --crlf")
        .short('B').means(Turns(|operation| &mut operation.request.use_ascii)),
    row("url-query", "<data>", DATA, "Add this to the query of the URL, percent-encoded")
        .means(Takes(data::add_query)),
];
