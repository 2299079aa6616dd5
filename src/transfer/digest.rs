//! Digest access authentication (RFC 7616).
//!
//! Knows how a challenge is read, leniently as curl reads it, and how it is answered, the
//! parameters in the order and quoting of curl 8.22. Knows no clock, no randomness and no
//! request: nonce count and cnonce are passed in.

use super::credentials::Credentials;
use crate::codec::text::hexadecimal;
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512_256};

/// A challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    opaque: Option<Vec<u8>>,
    qop: Option<Qop>,
    /// As written; the answer repeats it.
    algorithm: Option<Vec<u8>>,
    hash: Hash,
    session: bool,
    stale: bool,
    userhash: bool,
}

/// What the answer protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Qop {
    Auth,
    AuthInt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha256,
    Sha512_256,
}

/// The algorithms by name, and whether they are the `-sess` kind.
const ALGORITHMS: [(&str, Hash, bool); 6] = [
    ("MD5", Hash::Md5, false),
    ("MD5-sess", Hash::Md5, true),
    ("SHA-256", Hash::Sha256, false),
    ("SHA-256-sess", Hash::Sha256, true),
    ("SHA-512-256", Hash::Sha512_256, false),
    ("SHA-512-256-sess", Hash::Sha512_256, true),
];

impl Challenge {
    /// Reads the parameters of a challenge, each `name=value` as written; of those given twice the
    /// last counts. `None` when it cannot be answered: no nonce, an unknown algorithm, a session
    /// algorithm without a known `qop`, or a control character that must not be sent back.
    pub fn read(parameters: &[&[u8]]) -> Option<Self> {
        let mut challenge = Self {
            realm: Vec::new(),
            nonce: Vec::new(),
            opaque: None,
            qop: None,
            algorithm: None,
            hash: Hash::Md5,
            session: false,
            stale: false,
            userhash: false,
        };
        let mut nonce = None;
        for parameter in parameters {
            let Some((name, value)) = name_and_value(parameter) else {
                continue;
            };
            if value.iter().any(u8::is_ascii_control) {
                return None;
            }
            match name.to_ascii_lowercase().as_slice() {
                b"realm" => challenge.realm = value,
                b"nonce" => nonce = Some(value),
                b"opaque" => challenge.opaque = Some(value),
                b"qop" => challenge.qop = Qop::preferred(&value).or(challenge.qop),
                b"algorithm" => challenge.set_algorithm(value)?,
                b"stale" => challenge.stale |= value.eq_ignore_ascii_case(b"true"),
                b"userhash" => challenge.userhash |= value.eq_ignore_ascii_case(b"true"),
                _ => {}
            }
        }
        challenge.nonce = nonce?;
        (challenge.qop.is_some() || !challenge.session).then_some(challenge)
    }

    fn set_algorithm(&mut self, name: Vec<u8>) -> Option<()> {
        let (_, hash, session) = ALGORITHMS
            .into_iter()
            .find(|(known, ..)| name.eq_ignore_ascii_case(known.as_bytes()))?;
        (self.hash, self.session) = (hash, session);
        self.algorithm = Some(name);
        Some(())
    }

    /// Whether the credentials were right and only the nonce was too old; the count begins again.
    pub fn stale(&self) -> bool {
        self.stale
    }

    /// Whether the answer to `last` was only stale, and another one can be given: to a new nonce, or
    /// with a new nonce of ours.
    pub fn renews(&self, last: &Self) -> bool {
        self.stale && (self.counts() || self.nonce != last.nonce)
    }

    /// Whether an answer carries a count and a cnonce, so that the count goes up with each.
    pub fn counts(&self) -> bool {
        self.qop.is_some()
    }
}

impl Qop {
    /// The better one of a list, `auth` before `auth-int`, as curl chooses.
    fn preferred(list: &[u8]) -> Option<Self> {
        let has = |wanted: &[u8]| {
            list.split(|&octet| octet == b',')
                .any(|one| one.trim_ascii().eq_ignore_ascii_case(wanted))
        };
        if has(b"auth") {
            Some(Self::Auth)
        } else {
            has(b"auth-int").then_some(Self::AuthInt)
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
        }
    }
}

/// One parameter, the quotes and backslashes of its value undone; a missing end quote is forgiven.
fn name_and_value(parameter: &[u8]) -> Option<(&[u8], Vec<u8>)> {
    let equals = parameter.iter().position(|&octet| octet == b'=')?;
    let (name, value) = parameter.split_at(equals);
    let value = value.get(1..)?.trim_ascii();
    let Some(quoted) = value.strip_prefix(b"\"") else {
        return Some((name.trim_ascii(), value.to_vec()));
    };
    let mut text = Vec::with_capacity(quoted.len());
    let mut octets = quoted.iter();
    while let Some(&octet) = octets.next() {
        match octet {
            b'"' => break,
            b'\\' => text.push(*octets.next()?),
            _ => text.push(octet),
        }
    }
    Some((name.trim_ascii(), text))
}

/// The request that an answer is for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The method as sent.
    pub method: &'a str,
    /// The request target as sent.
    pub uri: &'a [u8],
    /// The content, looked at for `auth-int` only. curl always passes none.
    pub content: &'a [u8],
}

/// What makes one answer differ from another; used only if [`Challenge::counts`].
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// How many requests, this one included, have used the nonce.
    pub count: u32,
    /// A random text of the client's own, without quotes or backslashes.
    pub cnonce: &'a str,
}

/// The value of the `Authorization` or `Proxy-Authorization` field that answers `challenge`.
///
/// `None` when user name or request target hold a control character, which no field may.
pub fn answer(
    challenge: &Challenge,
    credentials: &Credentials,
    asked: &Asked<'_>,
    turn: Turn<'_>,
) -> Option<Vec<u8>> {
    let mut user = credentials.user().to_vec();
    if !can_name(&user) || asked.uri.iter().any(u8::is_ascii_control) {
        return None;
    }
    let response = response(challenge, credentials, asked, turn);
    if challenge.userhash {
        user = challenge
            .hash
            .of(&[credentials.user(), &challenge.realm])
            .into_bytes();
    }
    let mut field = Field(b"Digest ".to_vec());
    field.quoted("username", &user);
    field.quoted("realm", &challenge.realm);
    field.quoted("nonce", &challenge.nonce);
    field.quoted("uri", asked.uri);
    if let Some(qop) = challenge.qop {
        field.quoted("cnonce", turn.cnonce.as_bytes());
        field.bare("nc", count(turn).as_bytes());
        field.bare("qop", qop.name().as_bytes());
    }
    field.quoted("response", response.as_bytes());
    if let Some(opaque) = &challenge.opaque {
        field.quoted("opaque", opaque);
    }
    if let Some(algorithm) = &challenge.algorithm {
        field.bare("algorithm", algorithm);
    }
    if challenge.userhash {
        field.bare("userhash", b"true");
    }
    Some(field.0)
}

/// Whether a user can be named in an answer.
pub fn can_name(user: &[u8]) -> bool {
    !user.iter().any(u8::is_ascii_control)
}

/// RFC 7616 §3.4.1 to §3.4.3; without `qop` as in RFC 2069.
fn response(
    challenge: &Challenge,
    credentials: &Credentials,
    asked: &Asked<'_>,
    turn: Turn<'_>,
) -> String {
    let hash = challenge.hash;
    let mut secret = hash.of(&[credentials.user(), &challenge.realm, credentials.password()]);
    if challenge.session {
        secret = hash.of(&[secret.as_bytes(), &challenge.nonce, turn.cnonce.as_bytes()]);
    }
    let (secret, nonce) = (secret.as_bytes(), challenge.nonce.as_slice());
    let request = match challenge.qop {
        Some(Qop::AuthInt) => hash.of(&[
            asked.method.as_bytes(),
            asked.uri,
            hash.of(&[asked.content]).as_bytes(),
        ]),
        Some(Qop::Auth) | None => hash.of(&[asked.method.as_bytes(), asked.uri]),
    };
    let request = request.as_bytes();
    match challenge.qop {
        Some(qop) => {
            let (count, cnonce) = (count(turn), turn.cnonce.as_bytes());
            hash.of(&[
                secret,
                nonce,
                count.as_bytes(),
                cnonce,
                qop.name().as_bytes(),
                request,
            ])
        }
        None => hash.of(&[secret, nonce, request]),
    }
}

fn count(turn: Turn<'_>) -> String {
    format!("{:08x}", turn.count)
}

impl Hash {
    /// The hash of `parts` joined with colons, in lower-case hexadecimal.
    fn of(self, parts: &[&[u8]]) -> String {
        let joined = zeroize::Zeroizing::new(parts.join(&b':'));
        match self {
            Self::Md5 => hexadecimal(&Md5::digest(&*joined)),
            Self::Sha256 => hexadecimal(&Sha256::digest(&*joined)),
            Self::Sha512_256 => hexadecimal(&Sha512_256::digest(&*joined)),
        }
    }
}

/// A field value being written: parameters with commas between them.
struct Field(Vec<u8>);

impl Field {
    fn name(&mut self, name: &str) {
        if !self.0.ends_with(b" ") {
            self.0.extend_from_slice(b", ");
        }
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(b'=');
    }

    fn bare(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        self.0.extend_from_slice(value);
    }

    fn quoted(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        self.0.push(b'"');
        for &octet in value {
            if matches!(octet, b'"' | b'\\') {
                self.0.push(b'\\');
            }
            self.0.push(octet);
        }
        self.0.push(b'"');
    }
}
