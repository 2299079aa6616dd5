//! A server that is not trusted: why, and what to do.
//!
//! Knows: one explanation per fault of a chain, and its remedy. Must not know: how trust was judged.
//! `chain` draws the certificates.
//!
//! Sources: RFC 5280 (paths), RFC 9525 (names), RFC 9155 (weak signatures).

use super::case::Case;
use super::chain::{self, Chain};
use super::names::{Miss, miss};
use super::report::Report;
use crate::event::{Certificate, Distrust, Fault, Peer, TlsFacts, Trust};
use crate::target::{Scheme, Target};
use crate::view::trace::date;
use crate::view::validity::{Standing, span};

/// Explains why a chain is refused.
pub(super) fn explain(case: &Case, session: &TlsFacts, distrust: &Distrust, report: &mut Report) {
    chain::draw(session, distrust.fault, report);
    let trial = Trial {
        case,
        session,
        chain: Chain::new(&session.certificates),
    };
    trial.conclude(distrust.fault, report);
    trial.mind_the_name(distrust.fault, report);
    if can_be_ignored(distrust.fault) {
        let insecure = trial.option("-k", "--proxy-insecure");
        report.advise(format!(
            "{insecure} goes on without any proof of who answers: for trials only"
        ));
    }
}

fn can_be_ignored(fault: Fault) -> bool {
    !matches!(
        fault,
        Fault::Missing | Fault::WeakKey | Fault::Revoked | Fault::RevocationUnknown | Fault::Status
    )
}

struct Trial<'a> {
    case: &'a Case,
    session: &'a TlsFacts,
    chain: Chain<'a>,
}

impl Trial<'_> {
    fn conclude(&self, fault: Fault, report: &mut Report) {
        match fault {
            Fault::Expired => self.expired(report),
            Fault::NotYetValid => self.not_yet_valid(report),
            Fault::WrongName => self.wrong_name(report),
            Fault::UnknownIssuer => self.unknown_issuer(report),
            Fault::SelfSigned | Fault::UnknownRoot => self.unknown_root(fault, report),
            Fault::BadSignature => self.bad_signature(report),
            other => {
                let (so, advice) = in_short(other);
                if let Some(so) = so {
                    report.conclude(so);
                }
                if let Some(advice) = advice {
                    report.advise(advice);
                }
            }
        }
    }

    fn expired(&self, report: &mut Report) {
        let late = |certificate: &Certificate| match self.standing(certificate) {
            Standing::TooLate(seconds) => Some(seconds),
            _ => None,
        };
        let certificates = &self.session.certificates;
        if let Some(seconds) = certificates.first().and_then(late) {
            report.conclude(format!(
                "The certificate of {} ran out {} ago.",
                self.session.wanted_name,
                span(seconds)
            ));
            report.advise(
                "renew it on the server; a server that has the new one already may have to be \
                 restarted to use it",
            );
        } else {
            report.conclude("A certificate that vouches for the server's own has run out.");
            report.advise("on the server, replace it with its issuer's present one");
        }
        if certificates.len() > 1 && certificates.iter().all(|it| late(it).is_some()) {
            report.conclude(format!(
                "All of them have run out: this machine's clock, which says {}, may be wrong.",
                date(self.session.judged_at)
            ));
            report.advise("set the clock of this machine, if it is wrong");
        } else {
            report.conclude(format!(
                "This machine's clock says {}.",
                date(self.session.judged_at)
            ));
        }
    }

    fn not_yet_valid(&self, report: &mut Report) {
        let early = |certificate: &Certificate| match self.standing(certificate) {
            Standing::TooEarly(seconds) => Some(seconds),
            _ => None,
        };
        let longest = self.session.certificates.iter().filter_map(early).max();
        report.conclude(format!(
            "This machine's clock says {}, which is {} too early. A clock that is wrong is the \
             usual reason.",
            date(self.session.judged_at),
            span(longest.unwrap_or(0))
        ));
        report.advise("set the clock of this machine, or wait");
    }

    fn wrong_name(&self, report: &mut Report) {
        let wanted = &self.session.wanted_name;
        let Some(own) = self.session.certificates.first() else {
            return;
        };
        let found = miss(wanted, &own.names, &own.subject);
        report.conclude(missed(wanted, &found));
        match &found {
            Miss::Www(name) | Miss::Loopback(name) => {
                report.advise(self.url_of(name));
            }
            Miss::Address(name) => {
                let port = self.case.target.as_ref().map_or(443, Target::port);
                report.advise(format!(
                    "{}, with --resolve {name}:{port}:{wanted} if the name leads elsewhere",
                    self.url_of(name)
                ));
            }
            Miss::CommonName | Miss::Nameless => report.advise(format!(
                "make the certificate anew, with subjectAltName={}:{wanted}",
                match wanted.parse::<std::net::IpAddr>() {
                    Ok(_) => "IP",
                    Err(_) => "DNS",
                }
            )),
            Miss::Bare(_) | Miss::TooDeep(_) | Miss::SomebodyElse => self.ask_by_its_name(report),
        }
    }

    /// Once this is put right, the name would be the next to fail.
    fn mind_the_name(&self, fault: Fault, report: &mut Report) {
        let own = self.session.certificates.first();
        let Some(own) = own.filter(|own| own.is_readable()) else {
            return;
        };
        if fault != Fault::WrongName && self.session.matched_name.is_none() {
            let wanted = &self.session.wanted_name;
            let missed = missed(wanted, &miss(wanted, &own.names, &own.subject));
            report.conclude(format!("Its name would not do either. {missed}"));
        }
    }

    /// The same server, asked for by a name that it has.
    fn ask_by_its_name(&self, report: &mut Report) {
        let plain = |name: &&String| !name.starts_with('*') && name.contains('.');
        let own = self.session.certificates.first();
        let name = own.and_then(|own| own.names.iter().find(plain));
        let (Some(name), Some(target)) = (name, &self.case.target) else {
            return;
        };
        if let Some(Peer::Tcp(address)) = &self.case.way.connected
            && !self.session.for_proxy
        {
            let (port, address) = (target.port(), address.ip());
            report.advise(format!(
                "if {name} is the host you mean: --resolve {name}:{port}:{address} {}",
                self.url_of(name)
            ));
        }
    }

    fn unknown_issuer(&self, report: &mut Report) {
        let Some(last) = self.chain.last() else {
            return;
        };
        let issuer = &last.issuer;
        let trusted = self.trusted();
        report.conclude(format!(
            "{issuer} vouches for {}, and is neither sent nor among {trusted}.",
            if self.chain.links.len() == 1 {
                "it"
            } else {
                "the last of them"
            }
        ));
        if let Some(url) = &last.issuer_url {
            report.conclude(
                "A server has to send every certificate but the root: this one seems to leave an \
                 intermediate out.",
            );
            report.advise(format!(
                "on the server, append the certificate of {issuer} to its own; it is said to be \
                 at {url}"
            ));
        } else {
            report.conclude(
                "It is an authority of somebody's own, or an intermediate that the server should \
                 send and does not.",
            );
        }
        let whom = format!("the certificate of {issuer}");
        self.name_trust(&whom, Fault::UnknownIssuer, report);
    }

    fn unknown_root(&self, fault: Fault, report: &mut Report) {
        let trusted = self.trusted();
        if fault == Fault::SelfSigned {
            report.conclude(format!(
                "It vouches for itself, as the certificates of development servers and devices \
                 do, and is not among {trusted}."
            ));
        } else {
            let root = self.chain.last().map_or("", |last| last.subject.as_str());
            report.conclude(format!(
                "{root} is an authority of somebody's own: it is not among {trusted}."
            ));
        }
        let whom = match self.session.certificates.len() {
            1 => "this certificate",
            _ => "the last of these certificates",
        };
        self.name_trust(whom, fault, report);
        if let Some(target) = &self.case.target
            && !self.session.for_proxy
        {
            report.advise(format!(
                "rcurl -sk -o /dev/null -w '%{{certs}}' {} prints {}, for such a file; look at \
                 what you trust",
                target.without_userinfo(),
                if fault == Fault::SelfSigned {
                    "it"
                } else {
                    "them"
                }
            ));
        }
    }

    fn bad_signature(&self, report: &mut Report) {
        let issuer = self.chain.last().map_or("", |last| last.issuer.as_str());
        report.conclude(format!(
            "A {issuer} is trusted, but its key did not sign this: it was made anew since, or \
             somebody else goes by its name."
        ));
        let whom = format!("the present certificate of {issuer}");
        self.name_trust(&whom, Fault::BadSignature, report);
    }

    /// How somebody is trusted.
    fn name_trust(&self, whom: &str, fault: Fault, report: &mut Report) {
        let file = self.option("--cacert", "--proxy-cacert");
        report.advise(format!("{file} FILE with {whom}, if you trust it"));
        let native = self.option("--ca-native", "--proxy-ca-native");
        let by_others = matches!(fault, Fault::UnknownIssuer | Fault::UnknownRoot);
        if by_others && self.trust().is_some_and(|trust| !trust.native) {
            report.advise(format!("{native}, if this machine trusts it"));
        }
    }

    fn trust(&self) -> Option<&Trust> {
        self.case.tls.as_ref().map(|tls| &tls.trust)
    }

    /// Who is trusted, in words.
    fn trusted(&self) -> String {
        let Some(trust) = self.trust() else {
            return "those trusted".to_owned();
        };
        let paths = [&trust.file, &trust.directory].into_iter().flatten();
        let mut all: Vec<String> = paths
            .map(|path| format!("those in {}", path.display()))
            .collect();
        all.extend(trust.native.then(|| "those of this machine".to_owned()));
        all.extend(trust.built_in.then(|| "the roots built in".to_owned()));
        all.join(" or ")
    }

    fn option(&self, server: &'static str, proxy: &'static str) -> &'static str {
        if self.session.for_proxy {
            proxy
        } else {
            server
        }
    }

    fn standing(&self, certificate: &Certificate) -> Standing {
        Standing::of(certificate, self.session.judged_at)
    }

    /// The URL with another host.
    fn url_of(&self, name: &str) -> String {
        let Some(target) = &self.case.target else {
            return format!("https://{name}/");
        };
        let host = if name.contains(':') {
            format!("[{name}]")
        } else {
            name.to_owned()
        };
        let port = match target.port() {
            port if port == Scheme::Https.default_port() => String::new(),
            port => format!(":{port}"),
        };
        format!("https://{host}{port}{}", target.request_target())
    }
}

/// How the names miss the one that was wanted.
fn missed(wanted: &str, found: &Miss) -> String {
    match found {
        Miss::Www(name) => format!("It is for {name}, not for {wanted}."),
        Miss::Loopback(name) => format!("It is for this machine, but as {name}, not as {wanted}."),
        Miss::Bare(name) => {
            format!("{name} stands for one label in front of {wanted}, not for {wanted} itself.")
        }
        Miss::TooDeep(name) => {
            format!("{name} stands for one label in place of the asterisk, and {wanted} has more.")
        }
        Miss::Address(_) => {
            format!("{wanted} is an address, and the certificate has names only.")
        }
        Miss::CommonName => format!(
            "{wanted} stands in its subject alone, where nobody looks any more (RFC 9525): it has \
             to be a subjectAltName."
        ),
        Miss::Nameless => "It names no host, and so is good for none.".to_owned(),
        Miss::SomebodyElse => format!(
            "None of these is {wanted}: somebody else answers there, or the server has no \
             certificate for this name and sent another."
        ),
    }
}

/// What it means and what to do, where that is the same each time.
fn in_short(fault: Fault) -> (Option<&'static str>, Option<&'static str>) {
    let (so, advice) = match fault {
        Fault::WeakSignature => (
            "Signatures with this algorithm can be forged.",
            "have the certificate signed anew, with SHA-256",
        ),
        Fault::WeakKey => (
            "RSA keys have to have 2048 bits at least.",
            "make a new key and certificate for the server",
        ),
        Fault::AuthorityAsServer => (
            "An authority's certificate vouches for others; a server needs one of its own.",
            "have it sign a certificate for the server; or --cacert FILE with this very \
             certificate, which is then trusted as it is",
        ),
        Fault::NoAuthority => (
            "Somebody signed who has no right to: no authority (CA:TRUE), or not for this.",
            "have the server's certificate signed by its real authority",
        ),
        Fault::WrongPurpose => (
            "Its extended key usage leaves servers out.",
            "make the certificate anew, with extendedKeyUsage=serverAuth",
        ),
        Fault::Revoked => (
            "The list of --crlfile has the serial number of one of them: its issuer takes it back.",
            "don't use this server before it has a new certificate",
        ),
        Fault::RevocationUnknown => (
            "--crlfile has to have a list of each issuer in the chain that is still valid.",
            "get the present lists from those issuers, or leave --crlfile out",
        ),
        Fault::Status => return (None, Some("without --cert-status")),
        _ => return (None, None),
    };
    (Some(so), Some(advice))
}
