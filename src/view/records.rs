//! TLS records taken apart, as far as they are plain.
//!
//! Knows: what is inside a record until keys are used, and the names of it. Must not know: keys, or
//! where records come from.
//!
//! Sources: RFC 8446 (4, handshake messages; 5.1, records; 6, alerts), RFC 5246; the names are those
//! that curl and OpenSSL use.

use crate::event::Direction;

/// What stands in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// A handshake message, its header counted.
    Message {
        /// Its type.
        number: u8,
        /// Octets.
        size: usize,
    },
    /// From here on this direction uses keys (in TLS 1.3 it means nothing).
    ChangeCipher,
    /// A plain alert.
    Alert {
        /// 1 a warning, 2 the end.
        level: u8,
        /// Its number.
        number: u8,
    },
    /// Something under keys.
    Sealed {
        /// The type that the record names.
        kind: u8,
        /// Octets, without the record's header.
        size: usize,
    },
}

/// One session, seen from outside.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// `TLSv1.3`: the highest offered, and then the one agreed on.
    pub(super) version: Option<&'static str>,
    out: Flow,
    into: Flow,
}

/// One direction.
#[derive(Debug, Default)]
struct Flow {
    sealed: bool,
    /// Octets of a message that belong to the next records.
    missing: usize,
}

/// Type, version and length of a record.
const HEADER: usize = 5;
/// Type and length of a handshake message.
const MESSAGE_HEADER: usize = 4;

impl Session {
    /// What a record holds.
    pub(super) fn pass(&mut self, direction: Direction, record: &[u8]) -> Vec<Inside> {
        let flow = match direction {
            Direction::Out => &mut self.out,
            Direction::In => &mut self.into,
        };
        let Some((&[kind, ..], body)) = record.split_first_chunk::<HEADER>() else {
            return Vec::new();
        };
        let size = body.len();
        match (kind, body) {
            (20, _) => {
                // TLS 1.3 sends it to please middleboxes, and names sealed records in another way.
                flow.sealed = self.version != Some("TLSv1.3");
                vec![Inside::ChangeCipher]
            }
            (21, &[level, number]) if !flow.sealed => vec![Inside::Alert { level, number }],
            (22, messages) if !flow.sealed => {
                let found = flow.messages(messages);
                if let Some(version) = hello_version(messages) {
                    self.version = Some(version);
                }
                found
            }
            _ => vec![Inside::Sealed { kind, size }],
        }
    }
}

impl Flow {
    fn messages(&mut self, octets: &[u8]) -> Vec<Inside> {
        let mut found = Vec::new();
        let mut rest = octets.get(self.missing..).unwrap_or_default();
        self.missing = self.missing.saturating_sub(octets.len());
        while let Some((&[number, high, middle, low], _)) =
            rest.split_first_chunk::<MESSAGE_HEADER>()
        {
            let length = u32::from_be_bytes([0, high, middle, low]) as usize;
            let size = length.saturating_add(MESSAGE_HEADER);
            found.push(Inside::Message { number, size });
            self.missing = size.saturating_sub(rest.len());
            rest = rest.get(size..).unwrap_or_default();
        }
        found
    }
}

/// The version that a hello stands for: the highest offered, or the one chosen.
fn hello_version(message: &[u8]) -> Option<&'static str> {
    let (&[number, _, _, _, high, low], rest) = message.split_first_chunk::<6>()?;
    let rest = rest.get(32..)?;
    let (session_id, rest) = (usize::from(*rest.first()?), rest.get(1..)?);
    let rest = rest.get(session_id..)?;
    let extensions = match number {
        1 => {
            let (_, rest) = counted(rest)?;
            rest.get(1 + usize::from(*rest.first()?)..)?
        }
        2 => rest.get(3..)?,
        _ => return None,
    };
    let said = counted(extensions).and_then(|(all, _)| supported_versions(number, all));
    Some(version_name(said.unwrap_or([high, low])))
}

/// Octets behind their number, and what follows them.
fn counted(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (count, rest) = octets.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*count)))
}

/// RFC 8446, 4.2.1: a list with its length in front, or one version.
fn supported_versions(number: u8, mut extensions: &[u8]) -> Option<[u8; 2]> {
    const SUPPORTED_VERSIONS: [u8; 2] = [0, 43];
    loop {
        let (kind, rest) = extensions.split_first_chunk::<2>()?;
        let (value, rest) = counted(rest)?;
        if *kind == SUPPORTED_VERSIONS {
            let list = if number == 1 { value.get(1..)? } else { value };
            return list
                .chunks_exact(2)
                .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
                // Others than these are there to keep servers tolerant (RFC 8701).
                .filter(|version| version[0] == 3)
                .max();
        }
        extensions = rest;
    }
}

fn version_name(version: [u8; 2]) -> &'static str {
    match version {
        [3, 4] => "TLSv1.3",
        [3, 3] => "TLSv1.2",
        [3, 2] => "TLSv1.1",
        [3, 1] => "TLSv1.0",
        [3, 0] => "SSLv3",
        _ => "TLS",
    }
}

/// The name of a handshake message.
pub(super) fn message_name(number: u8) -> &'static str {
    match number {
        0 => "Hello request",
        1 => "Client hello",
        2 => "Server hello",
        4 => "Newsession Ticket",
        8 => "Encrypted Extensions",
        11 => "Certificate",
        12 => "Server key exchange",
        13 => "Request CERT",
        14 => "Server finished",
        15 => "CERT verify",
        16 => "Client key exchange",
        20 => "Finished",
        22 => "Certificate Status",
        24 => "Key update",
        _ => "Unknown",
    }
}

/// The name of an alert.
pub(super) fn alert_name(number: u8) -> &'static str {
    match number {
        0 => "close notify",
        10 => "unexpected message",
        20 => "bad record MAC",
        22 => "record overflow",
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        44 => "certificate revoked",
        45 => "certificate expired",
        46 => "certificate unknown",
        47 => "illegal parameter",
        48 => "unknown CA",
        49 => "access denied",
        50 => "decode error",
        51 => "decrypt error",
        70 => "protocol version",
        71 => "insufficient security",
        80 => "internal error",
        86 => "inappropriate fallback",
        90 => "user canceled",
        100 => "no renegotiation",
        109 => "missing extension",
        110 => "unsupported extension",
        112 => "unrecognized name",
        113 => "bad certificate status response",
        115 => "unknown PSK identity",
        116 => "certificate required",
        120 => "no application protocol",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A handshake message in a record of its own.
    fn record(number: u8, body: &[u8]) -> Vec<u8> {
        let mut message = vec![number, 0];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(body);
        sealed(22, &message)
    }

    fn sealed(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3][..], &length, body].concat()
    }

    /// A hello of TLS 1.2's form with these extensions.
    fn hello(number: u8, extensions: &[u8]) -> Vec<u8> {
        let mut body = [&[3, 3][..], &[7; 32], &[0]].concat();
        body.extend(match number {
            1 => &[0, 2, 0x13, 1, 1, 0][..],
            _ => &[0x13, 1, 0],
        });
        body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend(extensions);
        record(number, &body)
    }

    #[test]
    fn a_session_of_tls_1_3_is_sealed_after_the_hellos() {
        let mut session = Session::default();
        let offered = hello(1, &[0, 43, 0, 7, 6, 0x1a, 0x1a, 3, 3, 3, 4]);
        let size = offered.len() - HEADER;
        let message = |number, size| vec![Inside::Message { number, size }];
        assert_eq!(session.pass(Direction::Out, &offered), message(1, size));
        assert_eq!(session.version, Some("TLSv1.3"));
        let chosen = hello(2, &[0, 43, 0, 2, 3, 4]);
        let size = chosen.len() - HEADER;
        assert_eq!(session.pass(Direction::In, &chosen), message(2, size));
        assert_eq!(
            session.pass(Direction::In, &sealed(20, &[1])),
            [Inside::ChangeCipher]
        );
        let kind = 23;
        assert_eq!(
            session.pass(Direction::In, &sealed(kind, &[0; 90])),
            [Inside::Sealed { kind, size: 90 }]
        );
    }

    #[test]
    fn a_session_of_tls_1_2_is_plain_until_keys_are_used() {
        let mut session = Session::default();
        session.pass(Direction::Out, &hello(1, &[]));
        assert_eq!(session.version, Some("TLSv1.2"));
        let two = [record(11, &[0; 10]), record(14, &[])];
        let both: Vec<u8> = two
            .iter()
            .flat_map(|record| &record[HEADER..])
            .copied()
            .collect();
        let expected = [(11, 14), (14, 4)].map(|(number, size)| Inside::Message { number, size });
        assert_eq!(session.pass(Direction::In, &sealed(22, &both)), expected);
        // The same over the borders of records.
        let (first, second) = both.split_at(7);
        assert_eq!(
            session.pass(Direction::In, &sealed(22, first)),
            expected[..1]
        );
        assert_eq!(
            session.pass(Direction::In, &sealed(22, second)),
            expected[1..]
        );
        let (level, number) = (2, 40);
        assert_eq!(
            session.pass(Direction::In, &sealed(21, &[level, number])),
            [Inside::Alert { level, number }]
        );
        session.pass(Direction::Out, &sealed(20, &[1]));
        let (kind, size) = (22, 40);
        assert_eq!(
            session.pass(Direction::Out, &sealed(kind, &[0; 40])),
            [Inside::Sealed { kind, size }]
        );
    }

    #[test]
    fn no_octets_are_too_odd() {
        let whole = hello(1, &[0, 43, 0, 3, 2, 3, 4]);
        for end in 0..whole.len() {
            Session::default().pass(Direction::Out, &whole[..end]);
        }
    }
}
