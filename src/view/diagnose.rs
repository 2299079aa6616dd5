//! A failure explains itself: what was seen, what that means, what to do.
//!
//! Knows: which explanation belongs to which failure, and when it is told. Must not know: what they
//! say; each subject has its file. Where there is nothing true to add to the message, nothing is
//! added.

mod case;
mod chain;
mod greeting;
mod handshake;
mod lookup;
mod names;
mod protocol;
mod proxy;
mod reach;
mod redirects;
mod report;
mod response;
mod trust;
mod waiting;
mod words;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Instant;

use super::ledger::{Account, Ledger};
use super::notices::columns;
use super::style::Style;
use crate::environment::Environment;
use crate::error::{Error, Exit};
use crate::event::{Event, Happening, Interest, Observer, Verification};
use crate::http1::Broken;
use crate::plan::{Operation, Plan, Tls};
use crate::streams::Console;

use case::{Case, Handshake};
use report::Report;

/// The diagnoses of a run.
pub struct Diagnosis {
    out: Console,
    style: Style,
    columns: usize,
    operations: Vec<Operation>,
    ledger: Ledger,
    cases: BTreeMap<u32, Case>,
}

impl Diagnosis {
    /// Diagnoses of what this plan asks for, told to standard error.
    pub fn new(plan: &Plan, environment: &Environment, stderr: &Console) -> Self {
        Self {
            out: stderr.clone(),
            style: Style::of_stderr(&plan.global, environment),
            columns: columns(environment),
            operations: plan.operations.clone(),
            ledger: Ledger::default(),
            cases: BTreeMap::new(),
        }
    }

    fn tell(&self, case: &Case, account: &Account, error: &Error, at: Instant) {
        let Some(operation) = self.operations.get(case.operation) else {
            return;
        };
        let inquiry = Inquiry {
            case,
            account,
            operation,
            error,
            at,
        };
        let mut report = Report::default();
        inquiry.explain(&mut report);
        if !report.is_worth_telling() {
            return;
        }
        let requests = account.attempt.requests();
        if let Some(target) = case.target.as_ref().filter(|_| requests > 1)
            && error.exit != Exit::TooManyRedirects
        {
            let url = target.without_userinfo();
            report.open_with(format!("it was request {requests}, to {url}"));
        }
        self.out.tell(&report.text(self.style, self.columns));
    }
}

impl Observer for Diagnosis {
    fn observe(&mut self, event: &Event<'_>) {
        self.ledger.record(event);
        match &event.what {
            Happening::Started { url, operation, .. } => {
                self.cases
                    .insert(event.transfer, Case::opened(url, *operation));
            }
            Happening::Finished { outcome } => {
                let case = self.cases.remove(&event.transfer);
                let account = self.ledger.close(event.transfer);
                if let (Some(case), Some(account), Err(error)) = (case, account, outcome) {
                    self.tell(&case, &account, error, event.at);
                }
            }
            _ => {
                if let Some(case) = self.cases.get_mut(&event.transfer) {
                    case.record(event);
                }
            }
        }
    }

    fn wants(&self) -> Interest {
        Interest {
            tls: true,
            handshakes: true,
            ..Interest::default()
        }
    }
}

/// One failure, and all that is known of it.
struct Inquiry<'a> {
    case: &'a Case,
    account: &'a Account,
    operation: &'a Operation,
    error: &'a Error,
    at: Instant,
}

impl Inquiry<'_> {
    fn explain(&self, report: &mut Report) {
        let (case, operation) = (self.case, self.operation);
        match self.error.exit {
            Exit::CouldntResolveHost | Exit::CouldntResolveProxy => {
                if let Some(lookup) = case.way.lookups.last() {
                    lookup::explain(case, lookup, report);
                }
            }
            Exit::CouldntConnect if case.way.tunnel.is_some() => self.tunnel(report),
            Exit::CouldntConnect => reach::explain(case, operation, report),
            Exit::OperationTimedout => {
                let (attempt, limits) = (&self.account.attempt, &operation.limits);
                waiting::explain(case, attempt, limits, self.at, report);
            }
            Exit::TooManyRedirects => {
                let attempt = &self.account.attempt;
                redirects::explain(case.cookies_came, attempt, operation, report);
            }
            Exit::Proxy => proxy::socks(case, &operation.proxy, report),
            Exit::WriteError => response::unwritten(case, self.error, report),
            Exit::UnsupportedProtocol if case.reply.stray.is_empty() => {
                lookup::unknown_scheme(&case.typed, case.target.as_ref(), report);
            }
            Exit::RecvError | Exit::SendError | Exit::GotNothing => self.broken_off(report),
            _ if case.tls.is_some() && !case.way.established => self.securing(report),
            _ => self.response(report),
        }
    }

    fn tunnel(&self, report: &mut Report) {
        let status = self.account.attempt.connect_status;
        proxy::tunnel(self.case, status, &self.operation.proxy, report);
    }

    /// TLS did not come about.
    fn securing(&self, report: &mut Report) {
        let case = self.case;
        let Some(tls) = &case.tls else { return };
        if let Some(session) = &tls.session
            && let Verification::Failed(distrust) = &session.verification
        {
            return trust::explain(case, session, distrust, report);
        }
        let settings = self.settings(tls);
        match self.error.exit {
            Exit::SslPinnedpubkeynotmatch => handshake::wrong_key(tls, settings, report),
            _ if protocol::explain(case, report) => {}
            _ => handshake::explain(case, tls, settings, report),
        }
    }

    fn settings(&self, tls: &Handshake) -> &Tls {
        if tls.for_proxy {
            &self.operation.proxy_tls
        } else {
            &self.operation.tls
        }
    }

    /// The connection ended, or broke, before the response did.
    fn broken_off(&self, report: &mut Report) {
        let case = self.case;
        // With TLS 1.3 a client certificate is refused after the handshake.
        if let Some(tls) = case.tls.as_ref().filter(|tls| tls.alert.is_some()) {
            return handshake::explain(case, tls, self.settings(tls), report);
        }
        match (self.error.exit, self.account.attempt.hop()) {
            _ if case.way.tunnel.is_some() => self.tunnel(report),
            (Exit::GotNothing, _) => response::empty(case, report),
            _ if self.broken().is_some() => self.response(report),
            (_, Some(hop)) => response::cut_off(case, hop, report),
            (_, None) => {}
        }
    }

    /// What is wrong with a response, where that is what failed.
    fn broken(&self) -> Option<&Broken> {
        self.error.source()?.downcast_ref()
    }

    fn response(&self, report: &mut Report) {
        let case = self.case;
        let Some(hop) = self.account.attempt.hop() else {
            return;
        };
        match (self.error.exit, self.broken()) {
            (Exit::PartialFile, broken) => response::truncated(case, hop, broken, report),
            (_, Some(_)) if case.reply.head.is_none() && protocol::explain(case, report) => {}
            (_, Some(broken)) => response::malformed(case, broken, report),
            (Exit::HttpReturnedError, _) => response::status(hop, self.operation, report),
            (Exit::FilesizeExceeded, _) => response::too_much(hop, self.operation, report),
            (Exit::BadContentEncoding, _) => response::coding(case, report),
            _ => {}
        }
    }
}
