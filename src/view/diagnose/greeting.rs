//! Which protocol it is that is not the one asked for.
//!
//! Knows: how the servers of common protocols begin to speak, and how they take an HTTP request or
//! a TLS hello. Must not know: connections. Pure.
//!
//! Sources: RFC 8446 (5.1, records), RFC 9113 (3.4, 4.1, frames), RFC 4253 (4.2, SSH), RFC 5321 and
//! RFC 959 (220), RFC 1939 (POP3), RFC 9051 (IMAP), the protocols of Redis, `MySQL`, `PostgreSQL`, AMQP,
//! RFB and memcached.

use crate::view::records::alert_name;

/// A protocol other than HTTP/1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// TLS; the number of the alert that came.
    Tls(Option<u8>),
    /// HTTP/1.x in plain text.
    Http,
    /// HTTP/2 in plain text.
    Http2,
    /// SSH.
    Ssh,
    /// SMTP.
    Smtp,
    /// FTP.
    Ftp,
    /// SMTP, FTP or another that greets with 220.
    SmtpOrFtp,
    /// POP3.
    Pop3,
    /// IMAP.
    Imap,
    /// Redis.
    Redis,
    /// `MySQL` or `MariaDB`.
    Mysql,
    /// `PostgreSQL`.
    Postgres,
    /// Memcached.
    Memcached,
    /// AMQP, such as `RabbitMQ`.
    Amqp,
    /// NATS.
    Nats,
    /// VNC.
    Vnc,
    /// Telnet.
    Telnet,
    /// RTSP.
    Rtsp,
    /// Shoutcast, an HTTP/1.0 of its own.
    Shoutcast,
}

/// Tells a protocol by the first octets that a server sends.
pub(super) fn recognise(octets: &[u8]) -> Option<Protocol> {
    const BEGINNINGS: &[(&[u8], Protocol)] = &[
        (b"HTTP/", Protocol::Http),
        // The complaint of Python's server about a request line that is a hello: no head, as in 0.9.
        (b"<!DOCTYPE", Protocol::Http),
        (b"<html", Protocol::Http),
        (b"PRI * HTTP/2.0", Protocol::Http2),
        (b"SSH-", Protocol::Ssh),
        (b"+OK", Protocol::Pop3),
        (b"* OK", Protocol::Imap),
        (b"* PREAUTH", Protocol::Imap),
        (b"* BYE", Protocol::Imap),
        (b"-ERR ", Protocol::Redis),
        (b"-NOAUTH ", Protocol::Redis),
        (b"-DENIED ", Protocol::Redis),
        (b"-LOADING ", Protocol::Redis),
        (b"ERROR\r\n", Protocol::Memcached),
        (b"AMQP", Protocol::Amqp),
        (b"INFO {", Protocol::Nats),
        (b"RFB 00", Protocol::Vnc),
        (b"RTSP/", Protocol::Rtsp),
        (b"ICY ", Protocol::Shoutcast),
    ];
    let by_beginning = || {
        let mut all = BEGINNINGS.iter();
        all.find(|(beginning, _)| octets.starts_with(beginning))
    };
    tls(octets)
        .or_else(|| by_beginning().map(|(_, protocol)| *protocol))
        .or_else(|| greets_with_220(octets))
        .or_else(|| binary(octets))
}

/// A record: its type, then the version 3.x.
fn tls(octets: &[u8]) -> Option<Protocol> {
    match octets {
        [21, 3, 0..=4, 0, 2, _, number, ..] => Some(Protocol::Tls(Some(*number))),
        [20..=23, 3, 0..=4, ..] => Some(Protocol::Tls(None)),
        _ => None,
    }
}

fn greets_with_220(octets: &[u8]) -> Option<Protocol> {
    let (b"220", [b' ' | b'-', words @ ..]) = octets.split_at_checked(3)? else {
        return None;
    };
    let says = |word: &str| {
        words
            .windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
    };
    Some(match (says("SMTP"), says("FTP")) {
        (true, _) => Protocol::Smtp,
        (false, true) => Protocol::Ftp,
        (false, false) => Protocol::SmtpOrFtp,
    })
}

fn binary(octets: &[u8]) -> Option<Protocol> {
    match octets {
        // A SETTINGS frame (type 4) of stream 0, its length a multiple of six.
        [0, 0, length, 4, 0 | 1, 0, 0, 0, 0, ..] if length % 6 == 0 => Some(Protocol::Http2),
        // GOAWAY (type 7), of eight octets at least.
        [0, 0, 8..=255, 7, 0, 0, 0, 0, 0, ..] => Some(Protocol::Http2),
        // Length, packet 0, protocol 10 and the version as text; or an error before that.
        [_, 0, 0, 0, 10, b'0'..=b'9', ..] | [_, 0, 0, 0, 0xff, ..] => Some(Protocol::Mysql),
        // An error: `E`, length, then the field of the severity.
        [b'E', 0, 0, _, _, b'S', ..] => Some(Protocol::Postgres),
        // IAC, then WILL, WONT, DO or DONT.
        [255, 251..=254, ..] => Some(Protocol::Telnet),
        _ => None,
    }
}

impl Protocol {
    /// Its name, and in a word what speaks it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Protocol::Tls(_) => "TLS",
            Protocol::Http => "plain HTTP",
            Protocol::Http2 => "HTTP/2 without TLS",
            Protocol::Ssh => "SSH",
            Protocol::Smtp => "SMTP (mail)",
            Protocol::Ftp => "FTP",
            Protocol::SmtpOrFtp => "SMTP (mail) or FTP",
            Protocol::Pop3 => "POP3 (mail)",
            Protocol::Imap => "IMAP (mail)",
            Protocol::Redis => "Redis' protocol",
            Protocol::Mysql => "MySQL's protocol",
            Protocol::Postgres => "PostgreSQL's protocol",
            Protocol::Memcached => "memcached's protocol",
            Protocol::Amqp => "AMQP (RabbitMQ)",
            Protocol::Nats => "NATS",
            Protocol::Vnc => "VNC's protocol",
            Protocol::Telnet => "telnet",
            Protocol::Rtsp => "RTSP",
            Protocol::Shoutcast => "Shoutcast's variant of HTTP/1.0",
        }
    }

    /// The program to talk to it with.
    pub(super) fn program(self, host: &str, port: u16) -> Option<String> {
        Some(match self {
            Protocol::Ssh => format!("ssh -p {port} {host}"),
            Protocol::Redis => format!("redis-cli -h {host} -p {port}"),
            Protocol::Mysql => format!("mysql -h {host} -P {port}"),
            Protocol::Postgres => format!("psql -h {host} -p {port}"),
            Protocol::Ftp => format!("ftp {host} {port}"),
            Protocol::Http2 => format!("curl --http2-prior-knowledge http://{host}:{port}/"),
            Protocol::Shoutcast => "the same with --http0.9".to_owned(),
            _ => return None,
        })
    }

    /// What the octets said, where they said more than the protocol.
    pub(super) fn remark(self) -> Option<String> {
        match self {
            Protocol::Tls(Some(number)) => Some(format!(
                "a TLS alert: {} ({number})",
                alert_name(number).unwrap_or("unknown")
            )),
            Protocol::Tls(None) => Some("a TLS record".to_owned()),
            _ => None,
        }
    }
}

/// What usually listens on a port, where that is not HTTP.
pub(super) fn usual_on(port: u16) -> Option<&'static str> {
    Some(match port {
        21 => "FTP",
        22 => "SSH",
        23 => "telnet",
        25 | 465 | 587 => "SMTP (mail)",
        53 => "DNS",
        110 | 995 => "POP3 (mail)",
        143 | 993 => "IMAP (mail)",
        389 | 636 => "LDAP",
        1433 => "SQL Server",
        1521 => "Oracle",
        1883 | 8883 => "MQTT",
        3306 => "MySQL",
        3389 => "remote desktops",
        5432 => "PostgreSQL",
        5672 => "AMQP (RabbitMQ)",
        5900 => "VNC",
        6379 => "Redis",
        9092 => "Kafka",
        11211 => "memcached",
        27017 => "MongoDB",
        50051 => "gRPC (HTTP/2)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_told_by_their_first_words() {
        use Protocol as P;
        let table: &[(&[u8], Option<Protocol>)] = &[
            (b"\x15\x03\x01\x00\x02\x02\x46", Some(P::Tls(Some(70)))),
            (b"\x15\x03\x03\x00\x02\x02\x0a", Some(P::Tls(Some(10)))),
            (b"\x16\x03\x03\x00\x7a\x02", Some(P::Tls(None))),
            (b"HTTP/1.1 400 Bad Request\r\n", Some(P::Http)),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Some(P::Http2)),
            (b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80", Some(P::Http2)),
            (b"\0\0\0\x04\x01\0\0\0\0", Some(P::Http2)),
            (b"\0\0\x08\x07\0\0\0\0\0", Some(P::Http2)),
            (b"SSH-2.0-OpenSSH_9.2p1\r\n", Some(P::Ssh)),
            (b"220 mail.example ESMTP Postfix\r\n", Some(P::Smtp)),
            (b"220-mail.example esmtp\r\n", Some(P::Smtp)),
            (b"220 (vsFTPd 3.0.3)\r\n", Some(P::Ftp)),
            (b"220 ready\r\n", Some(P::SmtpOrFtp)),
            (b"2200 of them", None),
            (b"+OK Dovecot ready.\r\n", Some(P::Pop3)),
            (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", Some(P::Imap)),
            (b"-ERR unknown command 'GET'\r\n", Some(P::Redis)),
            (b"-NOAUTH Authentication required.\r\n", Some(P::Redis)),
            (b"J\0\0\0\x0a8.0.36\0", Some(P::Mysql)),
            (b"\x45\0\0\0\xff\x6a\x04Host is not allowed", Some(P::Mysql)),
            (b"E\0\0\0\x85SFATAL\0", Some(P::Postgres)),
            (b"ERROR\r\nERROR\r\n", Some(P::Memcached)),
            (b"AMQP\0\0\x09\x01", Some(P::Amqp)),
            (b"INFO {\"server_id\":\"N\"}", Some(P::Nats)),
            (b"RFB 003.008\n", Some(P::Vnc)),
            (b"\xff\xfd\x18\xff\xfd\x20", Some(P::Telnet)),
            (b"RTSP/1.0 400 Bad Request\r\n", Some(P::Rtsp)),
            (b"ICY 200 OK\r\n", Some(P::Shoutcast)),
            (b"<html>", Some(P::Http)),
            (b"<p>", None),
            (b"{\"a\":1}", None),
            (b"\x16\x02", None),
            (b"", None),
        ];
        for (octets, expected) in table {
            let shown = String::from_utf8_lossy(octets);
            assert_eq!(recognise(octets), *expected, "{shown:?}");
        }
    }
}
