//! What the messages of a SOCKS handshake are called.
//!
//! Knows: which message is which, by how it begins and what went before. Must not know: whether a
//! request was granted.
//!
//! Sources: RFC 1928, RFC 1929, the SOCKS 4 and 4A memos.

use crate::event::Direction;

/// Where a handshake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Socks {
    /// Nothing has been said.
    #[default]
    Fresh,
    /// Ways to prove who asks were offered, and one is chosen.
    Method,
    /// A password was given, and is judged.
    Login,
    /// A connection was asked for.
    Request,
}

impl Socks {
    /// The name of the next message.
    pub(super) fn name(&mut self, direction: Direction, octets: &[u8]) -> &'static str {
        if direction == Direction::Out {
            *self = match (octets, *self) {
                ([1, ..], Socks::Method) => Socks::Login,
                ([5, ..], Socks::Fresh) => Socks::Method,
                _ => Socks::Request,
            };
        }
        match (direction, *self) {
            (Direction::Out, Socks::Method) => "SOCKS methods",
            (Direction::In, Socks::Method) => "SOCKS method",
            (_, Socks::Login) => "SOCKS login",
            (Direction::Out, _) => "SOCKS request",
            (Direction::In, _) => "SOCKS reply",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_its_name() {
        use Direction::{In, Out};
        let mut socks = Socks::default();
        for (direction, octets, expected) in [
            (Out, &[5, 2, 0, 2][..], "SOCKS methods"),
            (In, &[5, 2], "SOCKS method"),
            (Out, &[1, 1, b'u', 1, b'p'], "SOCKS login"),
            (In, &[1, 0], "SOCKS login"),
            (Out, &[5, 1, 0, 1, 127, 0, 0, 1, 0, 80], "SOCKS request"),
            (In, &[5, 0, 0, 1], "SOCKS reply"),
            (In, &[127, 0, 0, 1, 0, 80], "SOCKS reply"),
        ] {
            assert_eq!(socks.name(direction, octets), expected);
        }
        let mut socks = Socks::default();
        assert_eq!(
            socks.name(Out, &[4, 1, 0, 80, 127, 0, 0, 1, 0]),
            "SOCKS request"
        );
        assert_eq!(socks.name(In, &[0, 90]), "SOCKS reply");
    }
}
