//! Cookies, and what else is remembered between requests.

use super::Category::Http;
use super::Means::{Takes, Turns};
use super::{Opt, row};

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("alt-svc", "<filename>", &[Http], "Keep here which other hosts serve the same (RFC 7838)")
        .means(Takes(|state, value| { state.operation().alt_svc.push(value.path()); Ok(()) })),
    row("cookie", "<data|filename>", &[Http], "Send these cookies, or those in this file")
        .short('b').means(Takes(|state, value| {
            let cookies = &mut state.draft.operation.cookies;
            if value.octets().contains(&b'=') {
                let more = value.line()?;
                cookies.data = Some(match cookies.data.take() {
                    Some(before) => format!("{before}; {more}"),
                    None => more.to_owned(),
                });
            } else {
                cookies.files.push(value.path());
            }
            Ok(())
        })),
    row("cookie-jar", "<filename>", &[Http], "Save the cookies here at the end")
        .short('c').means(Takes(|state, value| {
            state.operation().cookies.jar = Some(value.not_blank()?.path());
            Ok(())
        })),
    row("hsts", "<filename>", &[Http], "Keep here which hosts want TLS (RFC 6797)")
        .means(Takes(|state, value| { state.operation().hsts.push(value.path()); Ok(()) })),
    row("junk-session-cookies", "", &[Http], "Drop the session cookies of the file")
        .short('j').means(Turns(|it| &mut it.cookies.junk_session)),
];
