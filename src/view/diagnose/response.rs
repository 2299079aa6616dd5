//! A response that is missing, broken or refused.
//!
//! Knows: what there is to say of each way in which a response fails, from what came of it. Must not
//! know: how responses are read.

use std::io::ErrorKind;

use super::case::Case;
use super::greeting::usual_on;
use super::protocol::{first_line, with_scheme};
use super::report::Report;
use super::waiting::{expected, lines};
use super::words::{octets, quoted};
use crate::error::Error;
use crate::http1::{Broken, Limits};
use crate::plan::{Fail, Operation};
use crate::target::Scheme;
use crate::view::ledger::Hop;

/// The connection ended before the first octet.
pub(super) fn empty(case: &Case, report: &mut Report) {
    let asked = octets(case.reply.asked);
    report.saw(format!(
        "{asked} of a request were sent; the connection ended without an answer"
    ));
    if !case.reply.stray.is_empty() {
        let stray = quoted(&case.reply.stray);
        report.saw(format!("but for an unfinished line: {stray}"));
    }
    report.conclude("The server closed instead of answering: it crashed, or expects no HTTP here.");
    let Some(target) = &case.target else { return };
    let port = case.stopover().map_or(target.port(), |other| other.port);
    if let Some(usual) = usual_on(port) {
        report.conclude(format!("Port {port} is usually that of {usual}."));
    }
    try_tls(case, report);
    report.advise("look into the log of the server");
}

/// Who expects TLS often has no answer to plain HTTP.
fn try_tls(case: &Case, report: &mut Report) {
    if let Some(target) = &case.target
        && target.scheme == Scheme::Http
        && target.port() != Scheme::Http.default_port()
        && case.stopover().is_none()
    {
        let url = with_scheme(target, Scheme::Https);
        report.advise(format!("{url}, if the server expects TLS"));
    }
}

/// The connection broke.
pub(super) fn cut_off(case: &Case, hop: &Hop, report: &mut Report) {
    let reply = &case.reply;
    report.saw(if reply.octets == 0 && !reply.asked_whole {
        let asked = octets(reply.asked);
        format!("it broke while the request was being sent, after {asked}")
    } else if reply.octets == 0 {
        format!(
            "it broke after the request ({}) and before an answer",
            octets(reply.asked)
        )
    } else if reply.head.is_none() {
        format!(
            "it broke inside the head of the response, after {}",
            lines(reply.head_lines)
        )
    } else {
        match expected(hop) {
            Some(all) => format!(
                "it broke after {} of {} of content",
                hop.received,
                octets(all)
            ),
            None => format!("it broke after {} of content", octets(hop.received)),
        }
    });
    if reply.octets == 0 && !reply.asked_whole {
        report.conclude("The server takes no more of this request: it may be too large for it.");
    } else {
        report.conclude("The server, or something on the way to it, threw the connection away.");
    }
    if reply.octets == 0 {
        try_tls(case, report);
    }
    report.advise("look into the log of the server");
}

/// The response ended too early.
pub(super) fn truncated(case: &Case, hop: &Hop, broken: Option<&Broken>, report: &mut Report) {
    match broken {
        Some(Broken::HeadCut) => {
            report.saw(format!(
                "{} of a head came, and not the empty line that ends it",
                lines(case.reply.head_lines)
            ));
            report.saw(format!("the last line: {}", quoted(&case.reply.last_line)));
            if !case.reply.stray.is_empty() {
                let stray = quoted(&case.reply.stray);
                report.saw(format!("behind it, unfinished: {stray}"));
            }
        }
        Some(Broken::ContentCut { missing }) => {
            report.saw(format!(
                "Content-Length announced {}; {} came, {missing} are missing",
                octets(hop.received.saturating_add(*missing)),
                hop.received
            ));
            report.advise("--ignore-content-length, if the length is wrong");
        }
        Some(Broken::ChunkedCut) => report.saw(format!(
            "{} of content came; the last chunk, of size 0, did not",
            octets(hop.received)
        )),
        _ => return,
    }
    report.conclude("The server, or something on the way to it, ended the response early.");
    let resumes = hop
        .head
        .as_ref()
        .is_some_and(|head| head.lists("Accept-Ranges", "bytes"));
    if let Some(path) = case.reply.saved_as.as_ref().filter(|_| resumes) {
        let path = path.display();
        report.advise(format!("-C - -o {path}, which goes on from where it ended"));
    }
}

/// What came breaks a rule.
pub(super) fn malformed(case: &Case, broken: &Broken, report: &mut Report) {
    let reply = &case.reply;
    if is_about_framing(broken) {
        for line in &reply.framing {
            report.blame(String::from_utf8_lossy(line.trim_ascii_end()));
        }
    } else if !reply.stray.is_empty() {
        let place = match (reply.head.is_some(), reply.head_lines) {
            (true, _) => format!("after {} of the body", octets(reply.body)),
            (false, 0) => "at the very beginning".to_owned(),
            (false, count) => format!("after {} of the head", lines(count)),
        };
        report.blame(format!("{place}: {}", quoted(first_line(&reply.stray))));
    }
    if let Some(rule) = broken.rule() {
        let row = rule.row();
        report.conclude(format!(
            "It breaks a rule: {} ({})",
            row.sentence.replace('`', "\""),
            row.section
        ));
    }
    match broken {
        Broken::Http09 => report.advise("--http0.9, if a bare body is what this server sends"),
        Broken::LineTooLong => {
            let most = Limits::default().line;
            report.conclude(format!("A line of a head may have {most} octets."));
        }
        Broken::CodingUnasked(_) => report.advise("--raw, which takes the body as it comes"),
        Broken::ContentLength | Broken::LengthsDiffer | Broken::LengthOverflow => {
            report.advise("--ignore-content-length, which reads until the connection ends");
        }
        _ => {}
    }
}

fn is_about_framing(broken: &Broken) -> bool {
    matches!(
        broken,
        Broken::ContentLength
            | Broken::LengthsDiffer
            | Broken::LengthOverflow
            | Broken::CodingUnasked(_)
            | Broken::CodingMisplaced(_)
            | Broken::TooManyCodings
    )
}

/// A content coding that cannot be undone.
pub(super) fn coding(case: &Case, report: &mut Report) {
    let Some(head) = &case.reply.head else { return };
    for field in head.all("Content-Encoding").take(4) {
        report.saw(format!(
            "Content-Encoding: {}",
            String::from_utf8_lossy(&field.value)
        ));
    }
    report.conclude("The content is not what this field says, or in a coding not known here.");
    report.advise("--raw -o FILE, which keeps the content as it comes");
    report.advise("without --compressed, if the server sends it plain then");
}

/// More than `--max-filesize` allows.
pub(super) fn too_much(hop: &Hop, operation: &Operation, report: &mut Report) {
    let most = operation.limits.file_size.unwrap_or_default();
    let came = hop.received;
    match expected(hop) {
        Some(length) => report.saw(format!(
            "Content-Length: {length}; --max-filesize allows {most}"
        )),
        None => report.saw(format!(
            "{} came, no length was announced; --max-filesize allows {most}",
            octets(came)
        )),
    }
}

/// A status that is a failure (`-f`).
pub(super) fn status(hop: &Hop, operation: &Operation, report: &mut Report) {
    let Some(head) = &hop.head else { return };
    report.saw(String::from_utf8_lossy(head.status_line().trim_ascii_end()));
    let named = match head.status() {
        401 => "WWW-Authenticate",
        405 => "Allow",
        407 => "Proxy-Authenticate",
        _ => "Retry-After",
    };
    if let Some(field) = head.field(named) {
        report.saw(format!(
            "{named}: {}",
            String::from_utf8_lossy(&field.value)
        ));
    }
    match head.status() {
        401 if operation.auth.user.is_none() && operation.auth.bearer.is_none() => {
            report.advise("-u USER:PASSWORD, or --oauth2-bearer TOKEN");
        }
        401 => report.advise("other credentials, or --anyauth"),
        407 => report.advise("-U USER:PASSWORD, for the proxy"),
        408 | 429 | 500 | 502..=504 if operation.retry.most == 0 => {
            report.advise("--retry 3, which waits and asks again");
        }
        _ => {}
    }
    if operation.output.fail == Fail::WithoutBody {
        report.advise("--fail-with-body in place of -f, to read what the server says about it");
    }
}

/// Output that could not be written.
pub(super) fn unwritten(case: &Case, error: &Error, report: &mut Report) {
    let source = std::error::Error::source(error);
    let Some(trouble) = source.and_then(|source| source.downcast_ref::<std::io::Error>()) else {
        return;
    };
    match trouble.kind() {
        ErrorKind::BrokenPipe => report
            .conclude("Who read standard output has stopped, as head does once it has enough."),
        ErrorKind::NotFound => report.advise("--create-dirs, which makes missing folders"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            report.saw(format!("{} were written", octets(case.reply.delivered)));
        }
        ErrorKind::AlreadyExists => {
            report.advise("-o with another name, or --clobber to write over it");
        }
        _ => {}
    }
}
