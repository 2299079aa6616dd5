//! TLS records in words.
//!
//! Knows: the types of records, handshake messages and alerts, and which of them are encrypted.
//! Must not know: keys; what is inside comes as events of its own.
//!
//! Sources: RFC 8446, 4, 5.1, 6 and appendix B; RFC 5246, 7.2 and 7.4.

use super::part::count;
use crate::view::records::alert_name;

/// Type, version and length of a record.
const HEADER: usize = 5;

/// One direction of a TLS session.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// A change of cipher spec has passed: handshakes are encrypted from here on.
    ciphered: bool,
    /// The handshake message that goes on in the next record, and how much of it.
    open: Option<(u8, usize)>,
}

impl Records {
    /// What a record is, in words.
    pub(super) fn describe(&mut self, record: &[u8]) -> String {
        let (header, body) = record.split_at_checked(HEADER).unwrap_or((record, &[]));
        let kind = header.first().copied().unwrap_or_default();
        let what = match (kind, body) {
            (CHANGE_CIPHER_SPEC, _) => {
                self.ciphered = true;
                "change cipher spec".to_owned()
            }
            (ALERT, [level, description]) if !self.ciphered => format!(
                "{} alert: {}",
                if *level == 2 { "fatal" } else { "warning" },
                alert(*description)
            ),
            (ALERT, _) => "alert, encrypted".to_owned(),
            (HANDSHAKE, body) if !self.ciphered => {
                format!("handshake: {}", self.messages(body).join(", "))
            }
            (HANDSHAKE, _) => "handshake, encrypted".to_owned(),
            (APPLICATION_DATA, _) => "application data, encrypted".to_owned(),
            (kind, _) => format!("record of type {kind}"),
        };
        format!("{what}; {}", count(body.len() as u64, "octet"))
    }

    /// The names of the handshake messages that a record has parts of.
    fn messages(&mut self, mut body: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        while !body.is_empty() {
            let (kind, length) = if let Some((kind, left)) = self.open.take() {
                names.push(format!("{} (goes on)", message(kind)));
                (kind, left)
            } else {
                let Some((&[kind, high, middle, low], rest)) = body.split_at_checked(4) else {
                    break;
                };
                names.push(message(kind));
                body = rest;
                let length = u32::from_be_bytes([0, high, middle, low]);
                (kind, usize::try_from(length).unwrap_or(usize::MAX))
            };
            if let Some(left) = length.checked_sub(body.len()).filter(|left| *left > 0) {
                self.open = Some((kind, left));
            }
            body = body.get(length..).unwrap_or_default();
        }
        names
    }
}

/// Whether what a record carries is shown as HTTP, or not at all.
pub(super) fn is_application_data(record: &[u8]) -> bool {
    record.first() == Some(&APPLICATION_DATA)
}

const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

fn message(kind: u8) -> String {
    let name = match kind {
        0 => "hello request",
        1 => "client hello",
        2 => "server hello",
        4 => "new session ticket",
        8 => "encrypted extensions",
        11 => "certificate",
        12 => "server key exchange",
        13 => "certificate request",
        14 => "server hello done",
        15 => "certificate verify",
        16 => "client key exchange",
        20 => "finished",
        22 => "certificate status",
        24 => "key update",
        other => return format!("message of type {other}"),
    };
    name.to_owned()
}

fn alert(description: u8) -> String {
    match alert_name(description) {
        Some(name) => name.to_owned(),
        None => format!("number {description}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3], &length[..], body].concat()
    }

    #[test]
    fn records_are_told_until_they_are_encrypted() {
        let mut records = Records::default();
        for (kind, body, expected) in [
            (
                22,
                &b"\x02\0\0\x01."[..],
                "handshake: server hello; 5 octets",
            ),
            (22, b"\x0b\0\0\x03..", "handshake: certificate; 6 octets"),
            (
                22,
                b".\x0e\0\0\0",
                "handshake: certificate (goes on), server hello done; 5 octets",
            ),
            (21, b"\x02\x30", "fatal alert: unknown CA; 2 octets"),
            (21, b"\x01\x00", "warning alert: close notify; 2 octets"),
            (20, b"\x01", "change cipher spec; 1 octet"),
            (22, b"\x14\0\0\x0c", "handshake, encrypted; 4 octets"),
            (23, b"....", "application data, encrypted; 4 octets"),
            (21, b"..", "alert, encrypted; 2 octets"),
            (72, b"TP/1", "record of type 72; 4 octets"),
            (22, b"", "handshake, encrypted; 0 octets"),
        ] {
            assert_eq!(records.describe(&record(kind, body)), expected);
        }
    }
}
