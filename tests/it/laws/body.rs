//! Responses with their bodies: the pieces joined are the input, and splitting changes nothing.
//!
//! The first octet chooses the settings, the second how long the reads are; the rest is what the
//! server sends before it closes.

use rcurl::http1::{
    Broken, Codings, Connection, ContentLength, Framing, Head, Http09, Limits, Peer, Role, Rule,
    Settings, Signal, Upgrade,
};

pub(crate) fn hold(input: &[u8]) {
    let Some(([choice, size], wire)) = input.split_first_chunk() else {
        return;
    };
    let (method, settings) = asked(*choice);
    let whole = play(method, settings, [wire]);
    let parts = play(method, settings, wire.chunks(usize::from(*size % 32) + 1));
    assert_eq!(whole.octets, wire, "the pieces joined are the input");
    assert!(
        whole == parts,
        "splitting changes nothing: {whole:?}, {parts:?}"
    );
}

fn asked(choice: u8) -> (&'static str, Settings) {
    let chosen = |bit: u8| choice >> bit & 1 == 1;
    let method = match choice >> 6 {
        0 => "HEAD",
        1 => "GET",
        2 => "CONNECT",
        _ => "POST",
    };
    let settings = Settings {
        http09: if chosen(0) {
            Http09::Allowed
        } else {
            Http09::Refused
        },
        content_length: if chosen(1) {
            ContentLength::Ignored
        } else {
            ContentLength::Obeyed
        },
        codings: match (chosen(2), chosen(3)) {
            (false, _) => Codings::Refused,
            (true, false) => Codings::Asked,
            (true, true) => Codings::Raw,
        },
        upgrade: if chosen(4) {
            Upgrade::Asked
        } else {
            Upgrade::Unasked
        },
        peer: if chosen(5) { Peer::Proxy } else { Peer::Origin },
        // Limits that a small input can meet.
        limits: Limits {
            line: 200,
            head: 500,
            fields: 10,
            chunk_line: 20,
            codings: 3,
        },
    };
    (method, settings)
}

/// What was told, apart from where the pieces of one role were cut.
#[derive(Debug, Default, PartialEq)]
struct Story {
    octets: Vec<u8>,
    roles: Vec<(Role, usize)>,
    heads: Vec<Head>,
    violations: Vec<(Rule, u64)>,
    ends: Vec<Result<&'static str, Broken>>,
    reusable: bool,
}

fn play<'a>(method: &str, settings: Settings, reads: impl IntoIterator<Item = &'a [u8]>) -> Story {
    let mut connection = Connection::new(settings);
    connection
        .send_head(method, Framing::None)
        .expect("nothing was sent before");
    let mut story = Story::default();
    for read in reads {
        story.feed(&mut connection, read);
    }
    story.reusable = connection.reusable();
    match connection.receive_eof() {
        Ok(_) => story.ends.push(Ok("close")),
        Err(broken) => story.ends.push(Err(broken)),
    }
    story.feed(&mut connection, b"");
    story
}

impl Story {
    fn feed(&mut self, connection: &mut Connection, mut input: &[u8]) {
        loop {
            let (taken, signal) = match connection.receive(input) {
                Ok(found) => found,
                Err(broken) => {
                    self.ends.push(Err(broken));
                    assert!(self.ends.len() < 4, "an error is told once");
                    continue;
                }
            };
            match signal {
                Signal::NeedMore => {
                    assert_eq!(taken, input.len(), "all input is taken");
                    return;
                }
                Signal::Piece(role, octets) => self.add(role, octets),
                Signal::Violated(violation) => self.violations.push((violation.rule, violation.at)),
                Signal::Interim(head) | Signal::Final(head) => self.heads.push(head),
                Signal::End => self.ends.push(Ok("end")),
                Signal::Switched => {
                    self.add(Role::Handshake, input); // stands for what the caller takes over
                    return;
                }
            }
            input = &input[taken..];
        }
    }

    fn add(&mut self, role: Role, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
        match self.roles.last_mut() {
            Some((last, length)) if *last == role => *length += octets.len(),
            _ if octets.is_empty() => {}
            _ => self.roles.push((role, octets.len())),
        }
    }
}
