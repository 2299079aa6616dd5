//! Handshake messages in curl's words.
//!
//! Knows: one sentence per message. Must not know: how messages are found in records.

use crate::event::Direction;
use crate::view::records::{Inside, alert_name, message_name};

/// `TLSv1.3 (OUT), TLS handshake, Client hello (1):`. An alert that ends the session is told by
/// [`alert`], since it may be under keys.
pub(super) fn sentence(
    version: Option<&str>,
    direction: Direction,
    inside: Inside,
) -> Option<String> {
    let what = match inside {
        Inside::Message { number, .. } => {
            format!("handshake, {} ({number})", message_name(number))
        }
        Inside::ChangeCipher => "change cipher, Change cipher spec (1)".to_owned(),
        Inside::Alert { level: 2, .. } if direction == Direction::In => return None,
        Inside::Alert { level, number } => told(level, number),
        // Nothing else is sent under keys before the handshake is over.
        Inside::Sealed { kind: 22, .. } => "handshake, Finished (20), encrypted".to_owned(),
        Inside::Sealed { kind: 23, .. } => "handshake, encrypted (23)".to_owned(),
        Inside::Sealed { kind: 21, .. } => "alert, encrypted (21)".to_owned(),
        Inside::Sealed { .. } => return None,
    };
    Some(line(version, direction, &what))
}

/// The alert that ended a session.
pub(super) fn alert(version: Option<&str>, number: u8) -> String {
    line(version, Direction::In, &told(2, number))
}

/// How many octets there are.
pub(super) fn size(inside: Inside) -> usize {
    match inside {
        Inside::Message { size, .. } | Inside::Sealed { size, .. } => size,
        Inside::ChangeCipher => 1,
        Inside::Alert { .. } => 2,
    }
}

/// curl shows level and number as one.
fn told(level: u8, number: u8) -> String {
    let both = u16::from_be_bytes([level, number]);
    format!(
        "alert, {} ({both})",
        alert_name(number).unwrap_or("unknown")
    )
}

fn line(version: Option<&str>, direction: Direction, what: &str) -> String {
    let direction = match direction {
        Direction::Out => "OUT",
        Direction::In => "IN",
    };
    format!("{} ({direction}), TLS {what}:", version.unwrap_or("TLS"))
}
