//! AWS Signature Version 4, as curl's `--aws-sigv4` has it for AWS and its imitators.
//!
//! Knows: the canonical form of a request, the key derived for a day, and the lines that carry the
//! signature. Must not know: where requests go, or what time it is. Pure.
//!
//! Sources: "Create a signed AWS API request" (AWS IAM User Guide); curl 8.22's choice of what to sign.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::codec::date::basic_utc;
use crate::codec::text::{hexadecimal, percent_decode, percent_encode};
use crate::error::Exit;
use crate::transfer::credentials::Credentials;
use crate::transfer::keyed::hmac_sha256;
use crate::transfer::signable::{Payload, Signable, Signed};

/// No part of `--aws-sigv4` is longer, in octets; a longer one counts as missing (as in curl).
const LONGEST_WORD: usize = 64;
/// What S3 takes in place of a hash of content that nobody has seen yet.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
/// Services that want the path as it is; the others want it encoded once more.
const PATH_AS_SENT: [&str; 3] = ["s3", "s3-express", "s3-outposts"];

/// Why a request cannot be signed; the texts are curl's, save the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The argument begins with a colon.
    NoProvider,
    /// Neither the argument nor the host names a service.
    NoService,
    /// Neither the argument nor the host names a region.
    NoRegion,
    /// The user is no text that a field value can hold (RFC 9110, 5.5).
    BadUser,
}

impl Refusal {
    /// The exit status that goes with it.
    pub fn exit(self) -> Exit {
        match self {
            Self::NoService | Self::NoRegion => Exit::UrlMalformat,
            Self::NoProvider | Self::BadUser => Exit::BadFunctionArgument,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoProvider => "first aws-sigv4 provider cannot be empty",
            Self::NoService => "aws-sigv4: service missing in parameters and hostname",
            Self::NoRegion => "aws-sigv4: region missing in parameters and hostname",
            Self::BadUser => "aws-sigv4: the user holds a control character",
        })
    }
}

/// Signs a request with the argument of `--aws-sigv4`, at this time in Unix seconds.
pub fn sign(
    argument: &str,
    credentials: &Credentials,
    request: &Signable<'_>,
    time: i64,
) -> Result<Signed, Refusal> {
    if credentials.user().iter().any(u8::is_ascii_control) {
        return Err(Refusal::BadUser);
    }
    let mut remarks = Vec::new();
    let hostname = request.target.ascii_host();
    let scope = Scope::read(argument, &hostname, &mut remarks)?;
    let payload = scope.payload(request);
    let date = scope.date(request, time);
    let fields = canonical_fields(&scope, request, &payload, &date);
    let names = join(fields.iter().map(|(name, _)| name.as_slice()), b";");
    let canonical = canonical_request(&scope, request, &fields, &names, &payload.hash);
    let credential_scope = scope.credential(&date);
    let to_sign = format!(
        "{}\n{}\n{credential_scope}\n{}",
        scope.algorithm(),
        date.stamp,
        hexadecimal(&Sha256::digest(&canonical))
    );
    let key = scope.key(credentials, date.day());
    let signature = hexadecimal(&hmac_sha256(&key, to_sign.as_bytes()));
    remarks.extend([
        format!(
            "aws_sigv4: Canonical request (enclosed in []) - [{}]",
            String::from_utf8_lossy(&canonical)
        ),
        format!("aws_sigv4: String to sign (enclosed in []) - [{to_sign}]"),
        format!("aws_sigv4: Signature - {signature}"),
    ]);
    let authorization = join(
        [
            format!("Authorization: {} Credential=", scope.algorithm()).as_bytes(),
            credentials.user(),
            format!("/{credential_scope}, SignedHeaders=").as_bytes(),
            &names,
            format!(", Signature={signature}").as_bytes(),
        ],
        b"",
    );
    let mut lines = vec![authorization];
    lines.extend(date.line(&scope));
    lines.extend(payload.line(&scope));
    Ok(Signed { lines, remarks })
}

/// `provider1[:provider2[:region[:service]]]`, what is missing taken from the host.
struct Scope<'a> {
    /// `aws`: the algorithm, the key and the kind of request are named after it.
    provider: &'a str,
    /// `amz`: fields are named after it.
    prefix: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Scope<'a> {
    fn read(
        argument: &'a str,
        hostname: &'a str,
        remarks: &mut Vec<String>,
    ) -> Result<Self, Refusal> {
        let argument = if argument.is_empty() {
            "aws:amz"
        } else {
            argument
        };
        let mut words = argument.split(':').take_while(|word| usable(word));
        let provider = words.next().ok_or(Refusal::NoProvider)?;
        let prefix = words.next().unwrap_or(provider);
        let (region, service) = (words.next(), words.next());
        // The last label names nothing: a dot has to follow.
        let mut labels = hostname
            .rsplit_once('.')
            .map_or("", |(most, _)| most)
            .split('.');
        let mut label = |what: &str, refusal| match labels.next().filter(|label| usable(label)) {
            Some(label) => {
                remarks.push(format!("aws_sigv4: picked {what} {label} from host"));
                Ok(label)
            }
            None => Err(refusal),
        };
        let service = service.map_or_else(|| label("service", Refusal::NoService), Ok)?;
        let region = region.map_or_else(|| label("region", Refusal::NoRegion), Ok)?;
        Ok(Self {
            provider,
            prefix,
            region,
            service,
        })
    }

    fn algorithm(&self) -> String {
        format!("{}4-HMAC-SHA256", self.provider.to_ascii_uppercase())
    }

    fn kind(&self) -> String {
        format!("{}4_request", self.provider.to_ascii_lowercase())
    }

    fn credential(&self, date: &Date) -> String {
        [date.day(), self.region, self.service, &self.kind()].join("/")
    }

    /// The key for one day, region and service.
    fn key(&self, credentials: &Credentials, day: &str) -> Zeroizing<Vec<u8>> {
        let start = format!("{}4", self.provider.to_ascii_uppercase());
        let secret = Zeroizing::new([start.as_bytes(), credentials.password()].concat());
        [day, self.region, self.service, &self.kind()]
            .iter()
            .fold(secret, |key, word| hmac_sha256(&key, word.as_bytes()))
    }

    /// `X-Amz-Date`.
    fn date_name(&self) -> String {
        let mut name = self.prefix.to_ascii_lowercase();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        format!("X-{name}-Date")
    }

    /// The time: that of a field of `-H`, else the present.
    fn date(&self, request: &Signable<'_>, time: i64) -> Date {
        let own_name = self.date_name();
        let given = request
            .values(&own_name)
            .chain(request.values("Date"))
            .next();
        match given {
            Some(value) => Date {
                stamp: stamp_in(value),
                given: true,
            },
            None => Date {
                stamp: basic_utc(time),
                given: false,
            },
        }
    }

    fn payload_name(&self) -> String {
        format!("x-{}-content-sha256", self.prefix)
    }

    /// The hash of the content, as a field of `-H` has it or as the service wants it.
    fn payload(&self, request: &Signable<'_>) -> Hashed {
        if let Some(value) = request.values(&self.payload_name()).next() {
            return Hashed {
                hash: value.to_vec(),
                told: false,
            };
        }
        let told =
            self.provider.eq_ignore_ascii_case("aws") && self.service.eq_ignore_ascii_case("s3");
        let hash = match request.payload {
            Payload::Streamed if told => UNSIGNED_PAYLOAD.to_owned(),
            // As curl does; services other than S3 have no word for content unseen.
            Payload::Streamed => hexadecimal(&Sha256::digest(b"")),
            Payload::Known(content) => hexadecimal(&Sha256::digest(content)),
        };
        Hashed {
            hash: hash.into_bytes(),
            told,
        }
    }
}

fn usable(word: &str) -> bool {
    (1..=LONGEST_WORD).contains(&word.len())
}

/// The time of signing.
struct Date {
    /// `20130524T000000Z`; empty when `-H` gives a date of another form, as in curl.
    stamp: String,
    /// `-H` gave it.
    given: bool,
}

impl Date {
    /// `20130524`.
    fn day(&self) -> &str {
        self.stamp.get(..8).unwrap_or_default()
    }

    fn line(&self, scope: &Scope<'_>) -> Option<Vec<u8>> {
        (!self.given).then(|| format!("{}: {}", scope.date_name(), self.stamp).into_bytes())
    }
}

/// The letters and digits at the beginning, if they are as many as a time has.
fn stamp_in(value: &[u8]) -> String {
    let word = value
        .iter()
        .take_while(|octet| octet.is_ascii_alphanumeric());
    let stamp: String = word.map(|&octet| char::from(octet)).collect();
    if stamp.len() == "19700101T000000Z".len() {
        stamp
    } else {
        String::new()
    }
}

/// The hash of the content.
struct Hashed {
    /// In hexadecimal, or a word that stands for it.
    hash: Vec<u8>,
    /// It has a field of its own.
    told: bool,
}

impl Hashed {
    fn line(&self, scope: &Scope<'_>) -> Option<Vec<u8>> {
        let start = format!("{}: ", scope.payload_name());
        self.told.then(|| [start.as_bytes(), &self.hash].concat())
    }
}

/// The fields that are signed: names in lower case and in order, blanks squeezed, values of one name
/// joined.
fn canonical_fields(
    scope: &Scope<'_>,
    request: &Signable<'_>,
    payload: &Hashed,
    date: &Date,
) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (payload_name, date_name) = (scope.payload_name(), scope.date_name());
    let host = request.host.map(|host| (&b"host"[..], host));
    let hashed = payload
        .told
        .then_some((payload_name.as_bytes(), payload.hash.as_slice()));
    let dated = (!date.given).then_some((date_name.as_bytes(), date.stamp.as_bytes()));
    let given = request.fields.iter().copied();
    let all = host.into_iter().chain(hashed).chain(given).chain(dated);
    let mut fields: Vec<_> = all
        .map(|(name, value)| (name.to_ascii_lowercase(), squeezed(value)))
        .collect();
    fields.sort_by(|(one, _), (other, _)| one.cmp(other));
    fields.dedup_by(|(name, value), (before, joined)| {
        let same = name == before;
        if same {
            joined.push(b',');
            joined.append(value);
        }
        same
    });
    fields
}

/// The value with every run of blanks made one space.
fn squeezed(value: &[u8]) -> Vec<u8> {
    let words = value
        .split(|octet| b" \t".contains(octet))
        .filter(|word| !word.is_empty());
    join(words, b" ")
}

fn canonical_request(
    scope: &Scope<'_>,
    request: &Signable<'_>,
    fields: &[(Vec<u8>, Vec<u8>)],
    names: &[u8],
    hash: &[u8],
) -> Vec<u8> {
    let path = canonical_path(&request.target.path, scope.service);
    let query = canonical_query(request.target.query.as_deref().unwrap_or_default());
    let mut text = [request.method, &path, &query, ""].join("\n").into_bytes();
    for (name, value) in fields {
        text.extend_from_slice(&[name, &b":"[..], value, b"\n"].concat());
    }
    text.extend_from_slice(&[b"\n", names, b"\n", hash].concat());
    text
}

/// The path as this service wants it signed.
pub fn canonical_path(path: &str, service: &str) -> String {
    if PATH_AS_SENT.contains(&service) {
        return path.to_owned();
    }
    let segments: Vec<_> = path
        .split('/')
        .map(|segment| percent_encode(segment.as_bytes()))
        .collect();
    segments.join("/")
}

/// The parameters of a query, each encoded anew, in order. A `+` is a space.
pub fn canonical_query(query: &str) -> String {
    let encoded = |text: &str| percent_encode(&percent_decode(text.replace('+', " ").as_bytes()));
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn join<'a>(parts: impl IntoIterator<Item = &'a [u8]>, between: &[u8]) -> Vec<u8> {
    parts.into_iter().collect::<Vec<_>>().join(between)
}
