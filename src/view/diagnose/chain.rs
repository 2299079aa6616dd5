//! A chain of certificates, drawn with the one to blame.
//!
//! Knows: who signed whom, by the names, and which line of the drawing a fault belongs to. Must not
//! know: how trust was judged, or what to do.

use super::report::Report;
use crate::event::{Certificate, Fault, TlsFacts};
use crate::view::trace::date;
use crate::view::validity::Standing;

/// Longer chains are cut.
const MOST: usize = 8;
/// Of many names, so many are shown.
const MOST_NAMES: usize = 8;

/// The certificates in the order in which they vouch for one another, the server's own first.
pub(super) struct Chain<'a> {
    /// Each with the place at which it was sent.
    pub(super) links: Vec<(usize, &'a Certificate)>,
    /// What was sent and vouches for none of them.
    pub(super) others: Vec<(usize, &'a Certificate)>,
}

impl<'a> Chain<'a> {
    /// Puts what was sent in order.
    pub(super) fn new(sent: &'a [Certificate]) -> Self {
        let mut others: Vec<_> = sent.iter().enumerate().collect();
        let mut links = Vec::new();
        if !others.is_empty() {
            links.push(others.remove(0));
        }
        while let Some((_, last)) = links.last()
            && !last.is_self_issued()
            && let Some(next) = others.iter().position(|(_, it)| it.subject == last.issuer)
        {
            links.push(others.remove(next));
        }
        Self { links, others }
    }

    /// The last one: its issuer was not sent, or it is its own.
    pub(super) fn last(&self) -> Option<&'a Certificate> {
        self.links.last().map(|(_, last)| *last)
    }
}

/// Draws a chain into a report.
pub(super) fn draw(session: &TlsFacts, fault: Fault, report: &mut Report) {
    let chain = Chain::new(&session.certificates);
    let drawing = Drawing { session, fault };
    let mut below = chain.links.len();
    for (number, certificate) in chain.links.iter().take(MOST) {
        drawing.certificate(*number, certificate, report);
        below = below.saturating_sub(1);
        if below > 0 {
            report.saw("|  signed by");
        }
    }
    if below > 0 {
        report.saw(format!("   and {below} more"));
    } else if let Some(last) = chain.last() {
        drawing.end(last, report);
    }
    for (number, certificate) in chain.others.iter().take(MOST) {
        report.saw(format!(
            "{number}  {} was sent too, and signed none of these",
            certificate.subject
        ));
    }
}

struct Drawing<'a> {
    session: &'a TlsFacts,
    fault: Fault,
}

impl Drawing<'_> {
    /// One certificate, a line per property.
    fn certificate(&self, number: usize, certificate: &Certificate, report: &mut Report) {
        let own = number == 0;
        let role = if certificate.authority {
            ", an authority (CA:TRUE)"
        } else {
            ""
        };
        let blamed = match self.fault {
            Fault::AuthorityAsServer | Fault::WrongPurpose | Fault::Malformed => own,
            Fault::NoAuthority => !own && !certificate.authority,
            _ => false,
        };
        let subject = name(&certificate.subject);
        add(report, blamed, format!("{number}  {subject}{role}"));
        if own {
            let names = names(&certificate.names);
            let missed = self.session.matched_name.is_none();
            add(report, missed, format!("|  {names}"));
        }
        self.validity(certificate, report);
        if self.fault == Fault::WeakKey && own {
            report.blame(format!("|  key {}", certificate.key));
        }
        if self.fault == Fault::WeakSignature && is_weak(&certificate.signature_algorithm) {
            let algorithm = &certificate.signature_algorithm;
            report.blame(format!("|  signature {algorithm}"));
        }
        if self.fault == Fault::Revoked {
            report.saw(format!("|  serial number {}", certificate.serial));
        }
    }

    fn validity(&self, certificate: &Certificate, report: &mut Report) {
        let standing = Standing::of(certificate, self.session.judged_at);
        let (first, last) = (date(certificate.not_before), date(certificate.not_after));
        match standing {
            Standing::Valid(_) => report.saw(format!("|  valid until {last}, {standing}")),
            Standing::TooLate(_) => report.blame(format!("|  valid until {last}: {standing}")),
            Standing::TooEarly(_) => report.blame(format!("|  valid from {first}: {standing}")),
        }
    }

    /// Who signed the last one.
    fn end(&self, last: &Certificate, report: &mut Report) {
        let issuer = name(&last.issuer);
        let distrusted = matches!(self.fault, Fault::SelfSigned | Fault::UnknownRoot);
        match self.fault {
            _ if last.is_self_issued() => add(report, distrusted, "|  signed by itself".to_owned()),
            Fault::UnknownIssuer => {
                report.saw("|  signed by");
                report.blame(format!("?  {issuer}: not sent, and not trusted"));
            }
            Fault::BadSignature => {
                report.blame(format!("|  not signed by the {issuer} that is trusted"));
            }
            // Names are looked at once the chain is good.
            Fault::WrongName => report.saw(format!("|  signed by {issuer}, which is trusted")),
            _ => report.saw(format!("|  signed by {issuer}, which was not sent")),
        }
    }
}

fn add(report: &mut Report, blamed: bool, line: String) {
    if blamed {
        report.blame(line);
    } else {
        report.saw(line);
    }
}

fn name(name: &str) -> &str {
    if name.is_empty() { "(no name)" } else { name }
}

fn names(names: &[String]) -> String {
    if names.is_empty() {
        return "for no host: it has no subjectAltName".to_owned();
    }
    let shown = names.get(..MOST_NAMES).unwrap_or(names).join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => format!("for {shown}"),
        more => format!("for {shown} and {more} more"),
    }
}

/// SHA-1 and older (RFC 9155).
pub(super) fn is_weak(algorithm: &str) -> bool {
    let algorithm = algorithm.to_ascii_lowercase();
    ["md2", "md4", "md5", "sha1"]
        .iter()
        .any(|weak| algorithm.contains(weak))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_put_in_order() {
        let certificate = |subject: &str, issuer: &str| Certificate {
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            ..Certificate::default()
        };
        let check = |sent: &[(&str, &str)], links: &[usize], others: &[usize]| {
            let sent: Vec<_> = sent
                .iter()
                .map(|(subject, issuer)| certificate(subject, issuer))
                .collect();
            let chain = Chain::new(&sent);
            let numbers = |list: &[(usize, &Certificate)]| -> Vec<usize> {
                list.iter().map(|(number, _)| *number).collect()
            };
            assert_eq!(numbers(&chain.links), links);
            assert_eq!(numbers(&chain.others), others);
        };
        check(&[], &[], &[]);
        check(&[("a", "b")], &[0], &[]);
        check(&[("a", "b"), ("b", "c"), ("c", "c")], &[0, 1, 2], &[]);
        check(&[("a", "b"), ("c", "c"), ("b", "c")], &[0, 2, 1], &[]);
        check(&[("a", "b"), ("x", "y")], &[0], &[1]);
        // Two that vouch for one another lead nowhere.
        check(&[("a", "b"), ("b", "a")], &[0, 1], &[]);
    }
}
