//! The same event with its texts in other words.
//!
//! Knows: which texts each happening has, and of which kind they are. Must not know: what they become,
//! or why. A new happening does not compile until it stands here.

use std::path::Path;

use super::Happening;
use crate::error::Error;
use crate::http1::Head;
use crate::target::Target;

/// What puts texts in other words.
pub trait Rewording {
    /// A sentence, a URL, or the name of a file.
    fn words(&mut self, words: &str) -> String;

    /// A URL taken apart.
    fn target(&mut self, target: &Target) -> Target;

    /// A head; `None` where it must not be told.
    fn head(&mut self, head: &Head) -> Option<Head>;

    /// curl's sentence about a cookie.
    fn cookie(&mut self, outcome: &str) -> String;
}

impl Happening<'_> {
    /// Tells the same with its texts in other words. Where it leads stays as it is: the names of hosts,
    /// addresses, certificates. So do octets, which are no text.
    #[rustfmt::skip]
    pub fn reworded(&self, by: &mut impl Rewording, tell: impl FnOnce(Happening<'_>)) {
        let (text, url, head, error, path, details);
        let mut what: Happening<'_> = *self;
        match &mut what {
            Happening::Started { url: words, .. } | Happening::NotFollowed { url: words }
            | Happening::ResolveFailed { reason: words, .. }
            | Happening::Authenticating { user: words, .. }
            | Happening::AuthenticationRemark { remark: words }
            | Happening::Signing { remark: words } | Happening::OriginRemark { remark: words }
            | Happening::Rehearsing { route: words } | Happening::Retrying { problem: words, .. }
            | Happening::Warned { text: words } | Happening::Noted { text: words } => {
                text = by.words(words);
                *words = &text;
            }
            Happening::Requesting { target, .. } | Happening::Following { target, .. }
            | Happening::Upgraded { target } => {
                url = by.target(target);
                *target = &url;
            }
            Happening::HeadReceived { head: told } => {
                let Some(shown) = by.head(told) else { return };
                head = shown;
                *told = &head;
            }
            Happening::CookieHeard { outcome } => {
                text = by.cookie(outcome);
                *outcome = &text;
            }
            Happening::Failed { error: told } | Happening::Finished { outcome: Err(told) } => {
                error = Error::new(told.exit, by.words(&told.message));
                *told = &error;
            }
            Happening::Saving { path: told } => {
                path = told.to_str().map(|told| by.words(told));
                *told = path.as_ref().map_or(*told, Path::new);
            }
            Happening::Problem { kind, title, detail, .. } => {
                details = [*kind, *title, *detail].map(|text| text.map(|text| by.words(text)));
                [*kind, *title, *detail] = details.each_ref().map(Option::as_deref);
            }
            Happening::ResolveAdded { .. } | Happening::Resolving { .. }
            | Happening::Resolved { .. } | Happening::Connecting { .. }
            | Happening::ConnectFailed { .. } | Happening::Connected { .. }
            | Happening::Securing { .. } | Happening::Secured { .. } | Happening::Alerted { .. }
            | Happening::SocksEstablished { .. } | Happening::Tunnelling { .. }
            | Happening::Tunnelled { .. } | Happening::TunnelFieldIgnored { .. }
            | Happening::Established { .. } | Happening::Reused { .. }
            | Happening::Redialling { .. } | Happening::Batch { .. } | Happening::Piece { .. }
            | Happening::RequestSent { .. } | Happening::AwaitingContinue
            | Happening::ContinueNotGranted | Happening::ExpectationFailed | Happening::AssumeClose
            | Happening::StreamEnded | Happening::Violated { .. } | Happening::NotModifiedAfterAll
            | Happening::Rehearsed { .. } | Happening::Rewinding | Happening::IgnoringBody { .. }
            | Happening::Delivered { .. } | Happening::JsonBroken { .. } | Happening::Kept { .. }
            | Happening::Ended { .. } | Happening::Exchanged | Happening::Tick
            | Happening::Finished { outcome: Ok(()) } => {}
        }
        tell(what);
    }
}
