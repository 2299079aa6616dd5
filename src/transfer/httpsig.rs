//! HTTP message signatures (RFC 9421), as curl's `--httpsig-*` makes them.
//!
//! Knows: the words for what is signed, the signature base, and the two fields that carry a
//! signature. Must not know: where requests go, or what time it is. Pure.
//!
//! Sources: RFC 9421, 2 (components, signature base) and 3.1 (signing); RFC 9651 (strings and octets in
//! fields); curl 8.22's choice of components and words.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::codec::text::from_hexadecimal;
use crate::plan::HttpsigAlgorithm;
use crate::transfer::keyed::{SEED_LENGTH, ed25519, hmac_sha256};
use crate::transfer::signable::{Signable, Signed};

/// The name of our signature among those that a request may have (RFC 9421, 4).
const LABEL: &str = "sig1";
/// No request has more parts signed; as in curl.
const MOST_COMPONENTS: usize = 16;

/// Why a request cannot be signed; the texts are curl's. All are exit 43.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A key of no digits or of an odd number of them.
    KeyLength(usize),
    /// Not two hexadecimal digits at this place; which octets they are stays secret.
    KeyDigits(usize),
    /// A key of so many octets for Ed25519.
    SeedLength(usize),
    /// `--httpsig-headers` with nothing but spaces.
    NoComponent,
    /// More than [`MOST_COMPONENTS`].
    TooManyComponents,
    /// A part named twice.
    Duplicate(String),
    /// A colon alone.
    NoFieldName,
    /// A word without a colon that is no part of a request.
    UnknownWord(String),
    /// A field name with the `@` of a derived component that is not to be had.
    UnsupportedComponent(String),
    /// A field that the request does not have.
    NoSuchField(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("httpsig: ")?;
        match self {
            Self::KeyLength(length) => write!(f, "invalid hex key (length {length})"),
            Self::KeyDigits(at) => write!(f, "invalid hex at position {at}"),
            Self::SeedLength(length) => {
                write!(
                    f,
                    "ed25519 requires a {SEED_LENGTH}-byte key (got {length})"
                )
            }
            Self::NoComponent => f.write_str("no signature components specified"),
            Self::TooManyComponents => {
                write!(f, "too many signature components (max {MOST_COMPONENTS})")
            }
            Self::Duplicate(name) => write!(f, "duplicate signature component '{name}'"),
            Self::NoFieldName => f.write_str("empty header component name"),
            Self::UnknownWord(word) => write!(
                f,
                "unknown derived component '{word}'; add a trailing ':' to sign a header field of \
                 that name"
            ),
            Self::UnsupportedComponent(name) => {
                write!(f, "unsupported derived component '{name}'")
            }
            Self::NoSuchField(name) => write!(f, "header '{name}' not found in request"),
        }
    }
}

/// A key, ready to sign.
pub enum Key {
    /// A seed of [`SEED_LENGTH`] octets.
    Ed25519(Zeroizing<Vec<u8>>),
    /// A shared secret.
    HmacSha256(Zeroizing<Vec<u8>>),
}

impl Key {
    /// Reads a key in hexadecimal, line ends after it left out.
    pub fn read(algorithm: HttpsigAlgorithm, text: &str) -> Result<Self, Refusal> {
        let digits = text.trim_end_matches(['\r', '\n']);
        if digits.is_empty() || digits.len() % 2 == 1 {
            return Err(Refusal::KeyLength(digits.len()));
        }
        let octets = from_hexadecimal(digits.as_bytes()).map_err(Refusal::KeyDigits)?;
        let octets = Zeroizing::new(octets);
        match algorithm {
            HttpsigAlgorithm::HmacSha256 => Ok(Self::HmacSha256(octets)),
            HttpsigAlgorithm::Ed25519 if octets.len() == SEED_LENGTH => Ok(Self::Ed25519(octets)),
            HttpsigAlgorithm::Ed25519 => Err(Refusal::SeedLength(octets.len())),
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "ed25519",
            Self::HmacSha256(_) => "hmac-sha256",
        }
    }

    fn sign(&self, base: &[u8]) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Ed25519(seed) => ed25519(seed, base).ok_or(Refusal::SeedLength(seed.len())),
            Self::HmacSha256(secret) => Ok(hmac_sha256(secret, base).to_vec()),
        }
    }
}

/// Signs these parts of a request (the usual ones when none are named), at this time in Unix seconds.
pub fn sign(
    key: &Key,
    key_id: &str,
    components: Option<&str>,
    request: &Signable<'_>,
    time: i64,
) -> Result<Signed, Refusal> {
    let components = match components {
        Some(words) if !words.is_empty() => read_components(words)?,
        _ => usual_components(request),
    };
    let names: Vec<_> = components.iter().map(|it| quoted(it.name())).collect();
    let parameters = format!(
        "({});created={time};keyid={};alg={}",
        names.join(" "),
        quoted(key_id),
        quoted(key.algorithm())
    );
    let mut base = Vec::new();
    for (component, name) in components.iter().zip(&names) {
        let value = component.value(request)?;
        base.extend_from_slice(&[name.as_bytes(), b": ", &value, b"\n"].concat());
    }
    base.extend_from_slice(format!("\"@signature-params\": {parameters}").as_bytes());
    let signature = format!("{LABEL}=:{}:", STANDARD.encode(key.sign(&base)?));
    let input = format!("{LABEL}={parameters}");
    Ok(Signed {
        lines: vec![
            format!("Signature-Input: {input}").into_bytes(),
            format!("Signature: {signature}").into_bytes(),
        ],
        remarks: vec![
            format!("httpsig: Signature-Input params: {parameters}"),
            format!(
                "httpsig: Signature base: [{}]",
                String::from_utf8_lossy(&base)
            ),
            format!("httpsig: Signature-Input: {input}"),
            format!("httpsig: Signature: {signature}"),
        ],
    })
}

/// A part of a request that is signed (RFC 9421, 2).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Component {
    Method,
    Authority,
    Path,
    Query,
    /// A field, by its name in lower case.
    Field(String),
}

/// The word of each derived component that curl has; the component itself is named with an `@`.
const DERIVED: [(&str, Component); 4] = [
    ("@method", Component::Method),
    ("@authority", Component::Authority),
    ("@path", Component::Path),
    ("@query", Component::Query),
];

impl Component {
    /// Reads a word: `method`, or `content-type:` for a field.
    fn read(word: &str) -> Result<Self, Refusal> {
        let word = word.to_ascii_lowercase();
        let derived = |name: &str| {
            let row = DERIVED.into_iter().find(|(known, _)| *known == name);
            row.map(|(_, component)| component)
        };
        match word.strip_suffix(':') {
            Some("") => Err(Refusal::NoFieldName),
            Some(name) if name.starts_with('@') => {
                derived(name).ok_or_else(|| Refusal::UnsupportedComponent(name.to_owned()))
            }
            Some(name) => Ok(Self::Field(name.to_owned())),
            None => derived(&format!("@{word}")).ok_or(Refusal::UnknownWord(word)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Field(name) => name,
            derived => DERIVED
                .iter()
                .find(|(_, it)| it == derived)
                .map_or("", |(name, _)| name),
        }
    }

    fn value(&self, request: &Signable<'_>) -> Result<Vec<u8>, Refusal> {
        Ok(match self {
            Self::Method => request.method.as_bytes().to_vec(),
            Self::Authority => authority(request),
            Self::Path => request.target.path_as_sent().into_bytes(),
            Self::Query => {
                format!("?{}", request.target.query.as_deref().unwrap_or_default()).into_bytes()
            }
            Self::Field(name) => field(request, name)?,
        })
    }
}

fn read_components(words: &str) -> Result<Vec<Component>, Refusal> {
    let words = words.split(' ').filter(|word| !word.is_empty());
    let mut components = Vec::new();
    for (count, word) in words.enumerate() {
        if count == MOST_COMPONENTS {
            return Err(Refusal::TooManyComponents);
        }
        components.push(Component::read(word)?);
    }
    for (at, component) in components.iter().enumerate() {
        // RFC 9421, 2: each component occurs once.
        if components
            .iter()
            .skip(at.saturating_add(1))
            .any(|other| other == component)
        {
            return Err(Refusal::Duplicate(component.name().to_owned()));
        }
    }
    if components.is_empty() {
        Err(Refusal::NoComponent)
    } else {
        Ok(components)
    }
}

fn usual_components(request: &Signable<'_>) -> Vec<Component> {
    let mut components = vec![Component::Method, Component::Authority, Component::Path];
    if request
        .target
        .query
        .as_deref()
        .is_some_and(|query| !query.is_empty())
    {
        components.push(Component::Query);
    }
    components
}

/// RFC 9421, 2.2.3: `Host`, or the URL's own, in lower case and without the scheme's own port.
fn authority(request: &Signable<'_>) -> Vec<u8> {
    let own = request.target.authority();
    let mut host = request.host.unwrap_or(own.as_bytes()).to_ascii_lowercase();
    let port = format!(":{}", request.target.scheme.default_port());
    if let Some(bare) = host.strip_suffix(port.as_bytes()) {
        host.truncate(bare.len());
    }
    host
}

/// RFC 9421, 2.1: the values of all lines of that name, joined.
fn field(request: &Signable<'_>, name: &str) -> Result<Vec<u8>, Refusal> {
    let host = request.host.filter(|_| name == "host");
    let values: Vec<_> = host.into_iter().chain(request.values(name)).collect();
    if values.is_empty() {
        return Err(Refusal::NoSuchField(name.to_owned()));
    }
    Ok(values.join(&b", "[..]))
}

/// A string in a structured field (RFC 9651, 3.3.3).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
