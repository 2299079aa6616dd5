//! What follows a response head: nothing, a redirect, or the same request once more.
//!
//! Knows: which statuses redirect, what becomes of the method, and when a redirect is refused.
//! Must not know: connections, files, or what is shown. Pure.
//!
//! Sources: RFC 9110, 15.4 (redirection); curl's `-L`, `--follow`, `--post30x`.

use crate::error::{Error, Exit};
use crate::http1::Head;
use crate::plan::{Follow, FollowMode};
use crate::target::{Target, UrlError};

/// Where a redirect leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The next URL.
    pub target: Target,
    /// What becomes of method and body.
    pub method: NextMethod,
}

/// The method after a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextMethod {
    /// The same, with the same body.
    Same,
    /// GET (or HEAD) without a body; a method of `-X` stays.
    Get,
    /// GET without a body; a method of `-X` is dropped.
    GetDroppingCustom,
}

/// The `Location` of a response, when it is one that redirects and names a place.
pub fn location(head: &Head) -> Option<Vec<u8>> {
    let redirects = (300..400).contains(&head.status());
    head.field("Location")
        .map(|field| field.value.into_owned())
        .filter(|value| redirects && !value.is_empty())
}

/// What a request carries, by which its method is chosen: what 301 to 303 may turn into GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// GET or HEAD.
    Nothing,
    /// `-d`, `--json`, `-F`.
    Post,
    /// `-T`.
    Put,
}

/// Where a response came in, and what decides how it goes on from there.
pub struct Redirecting<'a> {
    /// `-L` and its like.
    pub plan: &'a Follow,
    /// `--path-as-is`: dots in the path of the next URL stay.
    pub path_as_is: bool,
    /// The URL that was asked for.
    pub from: &'a Target,
    /// What the request carried.
    pub carries: Carries,
    /// Redirects followed before.
    pub followed: u32,
}

impl Redirecting<'_> {
    /// Reads the redirect out of a response; `None` where there is none to follow.
    ///
    /// # Errors
    /// Exit 47 when the limit is reached, 3 for a `Location` that is no URL, 1 for a scheme that is
    /// not spoken.
    pub fn redirect(&self, head: &Head) -> Result<Option<Redirect>, Error> {
        let Some(reference) = location(head) else {
            return Ok(None);
        };
        if self.plan.mode == FollowMode::Never {
            return Ok(None);
        }
        if let Some(most) = self.plan.most.filter(|most| self.followed >= *most) {
            return Err(Error::new(
                Exit::TooManyRedirects,
                format!("Maximum ({most}) redirects followed"),
            ));
        }
        let target = self
            .from
            .join(&reference, self.path_as_is)
            .map_err(|error| refused(&error))?;
        Ok(Some(Redirect {
            target,
            method: next_method(self.plan, head.status(), self.carries),
        }))
    }
}

fn refused(error: &UrlError) -> Error {
    match error {
        UrlError::Unsupported(scheme) => Error::new(
            Exit::UnsupportedProtocol,
            format!("Protocol \"{scheme}\" not supported in redirect"),
        ),
        other => Error::new(
            Exit::UrlMalformat,
            format!("The redirect target URL could not be parsed: {other}"),
        ),
    }
}

fn next_method(plan: &Follow, status: u16, carries: Carries) -> NextMethod {
    let becomes_get = match status {
        301 => carries == Carries::Post && !plan.post301,
        302 => carries == Carries::Post && !plan.post302,
        303 => carries != Carries::Nothing && !(carries == Carries::Post && plan.post303),
        _ => false,
    };
    match (becomes_get, plan.mode) {
        (true, FollowMode::Standard) => NextMethod::GetDroppingCustom,
        (true, _) => NextMethod::Get,
        // `--follow` obeys the status even where nothing but `-X` made the method.
        (false, FollowMode::Standard) if status == 303 && carries == Carries::Nothing => {
            NextMethod::GetDroppingCustom
        }
        (false, _) => NextMethod::Same,
    }
}
