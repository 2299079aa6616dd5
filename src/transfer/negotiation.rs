//! Authentication with one side over several requests.
//!
//! Knows: which scheme is in use, what the side has asked for, and when there is nothing left to
//! try. Must not know: connections, or how challenges and answers are written. Pure, but for telling;
//! the client nonce is passed in.
//!
//! Sources: RFC 9110, 11; curl's `--basic`, `--digest`, `--anyauth`, `--oauth2-bearer`.

use crate::event::{Happening, Side, Tap};
use crate::http1::Head;
use crate::plan::{AuthSchemes, Secret};
use crate::transfer::auth::{Offer, Remark, Scheme, Wanted, bearer};
use crate::transfer::compose::names_field;
use crate::transfer::credentials::Credentials;
use crate::transfer::digest::{self, Asked, Turn};

/// Authentication with the origin or with a proxy.
pub struct Negotiation {
    side: Side,
    /// Scheme and authority of whom this is with: what was asked for there is answered there alone.
    root: String,
    credentials: Option<Credentials>,
    token: Option<Secret>,
    wanted: Wanted,
    /// The schemes that nobody has been shown an answer of since a request was last let through.
    untried: Wanted,
    picked: Option<Scheme>,
    challenge: Option<digest::Challenge>,
    count: u32,
    /// How often the side has asked since credentials changed.
    rounds: u32,
    /// The side asked for nothing although it was given the occasion.
    unneeded: bool,
    /// What the response being read offers.
    offer: Offer,
    refused: bool,
    sent: Option<Scheme>,
}

/// The statuses of a request that was not let through, by the origin or by a proxy.
const CHALLENGING: [u16; 2] = [401, 407];

/// A server that always finds the last answer stale is not asked for ever.
const MOST_ROUNDS: u32 = 20;

/// Whether the user gives the field of an answer by hand, be it to remove it. As in curl it takes the
/// place of Basic and Bearer, which then count as tried; an answer to Digest is sent beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHand {
    /// With `-H` or `--proxy-header`.
    Given,
    /// The field is ours.
    Nothing,
}

impl ByHand {
    /// What these lines say of the field of this name.
    pub fn among(lines: &[Vec<u8>], name: &str) -> Self {
        if names_field(lines, name) {
            Self::Given
        } else {
            Self::Nothing
        }
    }
}

/// What a response means for authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing, or nothing is left to try.
    Settled,
    /// The same request once more, with an answer to the challenge.
    Again,
}

impl Negotiation {
    /// A negotiation in which nothing was said yet.
    pub fn new(side: Side) -> Self {
        Self {
            side,
            root: String::new(),
            credentials: None,
            token: None,
            wanted: Wanted::NONE,
            untried: Wanted::NONE,
            picked: None,
            challenge: None,
            count: 0,
            rounds: 0,
            unneeded: false,
            offer: Offer::default(),
            refused: false,
            sent: None,
        }
    }

    /// Hands over credentials for this root (RFC 9110, 11.5), perhaps others than before: those of
    /// another host, or none. What was said is forgotten when root or credentials change.
    pub fn entrust(
        &mut self,
        root: String,
        schemes: AuthSchemes,
        credentials: Option<Credentials>,
        token: Option<Secret>,
    ) {
        let same = self.credentials == credentials && self.token == token;
        if same && self.root == root && self.wanted != Wanted::NONE {
            return;
        }
        self.root = root;
        self.challenge = None;
        self.count = 0;
        self.rounds = 0;
        self.unneeded = false;
        let by_password = match schemes {
            _ if credentials.is_none() => Wanted::NONE,
            AuthSchemes::Unnamed | AuthSchemes::Basic => Wanted::BASIC,
            AuthSchemes::Digest => Wanted::DIGEST,
            AuthSchemes::Any => Wanted::ANY,
        };
        self.wanted = if token.is_some() {
            by_password | Wanted::BEARER
        } else {
            by_password
        };
        self.untried = self.wanted;
        // What was picked among several goes on to the next origin, but for Digest, whose challenge
        // was the last origin's.
        let picked = self.picked.filter(|&it| same && it != Scheme::Digest);
        // A token is used unasked, unless a scheme is named beside it; so is the only scheme there is.
        self.picked = match (&token, schemes) {
            (Some(_), AuthSchemes::Unnamed) => Some(Scheme::Bearer),
            (Some(_), _) => None,
            (None, _) => self.wanted.only().or(picked),
        };
        self.credentials = credentials;
        self.token = token;
    }

    /// The field name of the challenges.
    fn challenge_field(&self) -> &'static str {
        match self.side {
            Side::Server => "WWW-Authenticate",
            Side::Proxy => "Proxy-Authenticate",
        }
    }

    /// The status that carries challenges.
    fn challenge_status(&self) -> u16 {
        match self.side {
            Side::Server => 401,
            Side::Proxy => 407,
        }
    }

    /// Whether there is anything to authenticate with.
    fn has_credentials(&self) -> bool {
        self.credentials.is_some() || self.token.is_some()
    }

    /// The user, as `-v` tells.
    fn user(&self) -> String {
        self.credentials.as_ref().map_or_else(String::new, |it| {
            String::from_utf8_lossy(it.user()).into_owned()
        })
    }

    /// Whether the next request is only made to be challenged: a body would be wasted on it.
    pub fn awaits_challenge(&self) -> bool {
        self.picked == Some(Scheme::Digest) && self.challenge.is_none() && !self.unneeded
    }

    /// Whether the next request answers a Digest challenge.
    pub fn answers_digest(&self) -> bool {
        self.picked == Some(Scheme::Digest) && self.challenge.is_some()
    }

    /// The value of `Authorization` or `Proxy-Authorization` for the next request, told as it is given.
    pub fn answer(
        &mut self,
        method: &str,
        uri: &str,
        cnonce: &str,
        by_hand: ByHand,
        tap: &Tap,
    ) -> Option<String> {
        self.offer = Offer::default();
        self.refused = false;
        self.sent = None;
        if by_hand == ByHand::Given {
            self.untried = self.untried.without(Scheme::Basic).without(Scheme::Bearer);
        }
        let scheme = self.picked?;
        let replaced = by_hand == ByHand::Given && scheme != Scheme::Digest;
        let value = if replaced {
            None
        } else {
            tap.emit(Happening::Authenticating {
                side: self.side,
                scheme: &scheme.to_string(),
                user: &self.user(),
            });
            self.value(method, uri, cnonce)
        };
        if replaced || value.is_some() {
            self.sent = Some(scheme);
            self.untried = self.untried.without(scheme);
        }
        value
    }

    fn value(&mut self, method: &str, uri: &str, cnonce: &str) -> Option<String> {
        match self.picked? {
            Scheme::Bearer => self.token.as_ref().map(|token| bearer(token.reveal())),
            Scheme::Basic => self.credentials.as_ref().map(Credentials::basic),
            Scheme::Digest => {
                let (challenge, credentials) =
                    (self.challenge.as_ref()?, self.credentials.as_ref()?);
                if challenge.counts() {
                    self.count = self.count.saturating_add(1);
                }
                let asked = Asked {
                    method,
                    uri: uri.as_bytes(),
                    content: b"",
                };
                let answer = digest::answer(
                    challenge,
                    credentials,
                    &asked,
                    Turn {
                        count: self.count,
                        cnonce,
                    },
                )?;
                String::from_utf8(answer).ok()
            }
        }
    }

    /// Takes one field of the response being read, in case it is a challenge from this side.
    pub fn hear(&mut self, status: u16, name: &[u8], value: &[u8], tap: &Tap) {
        let is_challenge = status == self.challenge_status()
            && name.eq_ignore_ascii_case(self.challenge_field().as_bytes());
        if !is_challenge {
            return;
        }
        for remark in self.offer.read(value, self.sent) {
            self.refused |= matches!(remark, Remark::Problem(_));
            tap.emit(Happening::AuthenticationRemark {
                remark: &remark.to_string(),
            });
        }
    }

    /// What the response means. Between two responses that let a request through, each scheme is
    /// chosen once, and Digest [`MOST_ROUNDS`] times more: no request is repeated as it was.
    pub fn conclude(&mut self, head: &Head) -> Verdict {
        if head.status() != self.challenge_status() {
            if !CHALLENGING.contains(&head.status()) {
                self.untried = self.wanted;
            }
            return Verdict::Settled;
        }
        self.rounds = self.rounds.saturating_add(1);
        let spent = self.refused || !self.has_credentials() || self.rounds > MOST_ROUNDS;
        let scheme = self.offer.pick(self.wanted);
        let Some(scheme) = scheme.filter(|&scheme| !spent && self.changes_with(scheme)) else {
            self.refused = true;
            return Verdict::Settled;
        };
        self.untried = self.untried.without(scheme);
        if scheme == Scheme::Digest {
            self.challenge = self.offer.digest().cloned();
            self.count = 0;
        }
        self.picked = Some(scheme);
        Verdict::Again
    }

    /// Whether the next request would show other credentials than the last, were this scheme chosen.
    fn changes_with(&self, scheme: Scheme) -> bool {
        if scheme != Scheme::Digest {
            return self.untried.has(scheme);
        }
        let (offered, last) = (self.offer.digest(), self.challenge.as_ref());
        let renewed = offered.zip(last).is_some_and(|(it, last)| it.renews(last));
        let user = self.credentials.as_ref().map(Credentials::user);
        user.is_some_and(digest::can_name)
            && (self.untried.has(scheme) || (self.sent == Some(scheme) && renewed))
    }

    /// The side asked for nothing although it was given the occasion: the body may go now.
    pub fn not_needed(&mut self) {
        self.unneeded = true;
    }

    /// Credentials were refused, or there are none to give.
    pub fn failed(&self) -> bool {
        self.refused
    }
}
