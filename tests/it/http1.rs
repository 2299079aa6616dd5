//! The pure core, in tables. Each row is played whole, octet by octet and split in two at every
//! place, and must tell the same story; so the two laws of `http1` are held by every row.

mod body;
mod connection;
mod head;
mod laws;

use rcurl::http1::{
    Broken, Codings, Connection, ContentLength, Framing, Head, Http09, Limits, Peer, Role, Rule,
    Settings, Signal, Upgrade,
};

const OK: &str = "HTTP/1.1 200 OK\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What was told about one exchange, pieces of one role that follow each other joined.
#[derive(Debug, Default, PartialEq, Eq)]
struct Story {
    pieces: Vec<(Role, Vec<u8>)>,
    heads: Vec<Head>,
    violations: Vec<(Rule, u64)>,
    outcome: Option<Result<&'static str, Broken>>,
    reusable: bool,
}

impl Story {
    /// Feeds input to the connection until it wants more.
    fn feed(&mut self, connection: &mut Connection, mut input: &[u8]) {
        while let Some(taken) = self.step(connection, input) {
            input = &input[taken..];
        }
    }

    /// One step: how much of the input it took; none when it wants more, or when that is not its own.
    fn step(&mut self, connection: &mut Connection, input: &[u8]) -> Option<usize> {
        let (taken, signal) = match connection.receive(input) {
            Ok(found) => found,
            Err(broken) => {
                assert!(self.outcome.replace(Err(broken)).is_none(), "two ends");
                return Some(0);
            }
        };
        match signal {
            Signal::NeedMore => {
                assert_eq!(taken, input.len(), "input left over");
                return None;
            }
            Signal::Piece(role, octets) => self.add(role, octets),
            Signal::Violated(violation) => {
                self.violations.push((violation.rule, violation.at));
            }
            Signal::Interim(head) | Signal::Final(head) => {
                assert_eq!(taken, 0);
                self.heads.push(head);
            }
            Signal::End => self.outcome = Some(Ok("end")),
            Signal::Switched => {
                self.outcome = Some(Ok("switched"));
                self.add(Role::Handshake, input); // stands for what the caller takes over
                return None;
            }
        }
        Some(taken)
    }

    fn close(&mut self, connection: &mut Connection) {
        match connection.receive_eof() {
            Ok(_) if self.outcome.is_none() => self.outcome = Some(Ok("end by close")),
            Ok(_) => {}
            Err(broken) => {
                assert!(self.outcome.replace(Err(broken)).is_none(), "two ends");
                self.feed(connection, b"");
            }
        }
    }

    fn add(&mut self, role: Role, octets: &[u8]) {
        match self.pieces.last_mut() {
            Some((last, kept)) if *last == role && is_stream(role) => kept.extend(octets),
            _ if octets.is_empty() => {}
            _ => self.pieces.push((role, octets.to_vec())),
        }
    }

    /// All octets told, or those of one role.
    fn octets(&self, only: Option<Role>) -> Vec<u8> {
        let wanted = self
            .pieces
            .iter()
            .filter(|(role, _)| only.is_none_or(|only| only == *role));
        wanted.flat_map(|(_, octets)| octets).copied().collect()
    }

    /// The story in one line: statuses, content, stray octets, how it ended, and `kept` if the
    /// connection can be used again.
    fn summary(&self) -> String {
        let mut words: Vec<String> = self
            .heads
            .iter()
            .map(|head| head.status().to_string())
            .collect();
        for (role, octets) in &self.pieces {
            let text = octets.escape_ascii();
            match role {
                Role::Content => words.push(format!("[{text}]")),
                Role::TrailerLine => {
                    words.push(format!("({})", octets.trim_ascii().escape_ascii()));
                }
                Role::Stray => words.push(format!("stray[{text}]")),
                Role::Handshake => words.push(format!("other[{text}]")),
                _ => {}
            }
        }
        match &self.outcome {
            None => words.push("waiting".to_owned()),
            Some(Ok(end)) => words.push((*end).to_owned()),
            Some(Err(broken)) => words.push(format!("{broken:?}")),
        }
        if self.reusable {
            words.push("kept".to_owned());
        }
        words.join(" ")
    }
}

fn is_stream(role: Role) -> bool {
    matches!(role, Role::Content | Role::Stray | Role::Handshake)
}

/// Whether the server closes after what it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Closes,
    Waits,
}

/// What is asked, and how.
#[derive(Debug, Clone, Copy)]
struct Asked {
    method: &'static str,
    settings: Settings,
}

const fn asked(method: &'static str) -> Asked {
    Asked {
        method,
        settings: DEFAULT,
    }
}

const DEFAULT: Settings = Settings {
    http09: Http09::Refused,
    content_length: ContentLength::Obeyed,
    codings: Codings::Refused,
    upgrade: Upgrade::Unasked,
    peer: Peer::Origin,
    limits: Limits {
        line: 100 * 1024,
        head: 300 * 1024,
        fields: 5000,
        chunk_line: 16 * 1024,
        codings: 5,
    },
};

fn play(asked: Asked, reads: &[&[u8]], then: Then) -> Story {
    let mut connection = Connection::new(asked.settings);
    connection.send_head(asked.method, Framing::None).unwrap();
    let mut story = Story::default();
    for read in reads {
        story.feed(&mut connection, read);
    }
    if then == Then::Closes {
        story.close(&mut connection);
    }
    story.reusable = connection.reusable();
    story
}

/// Plays the input whole and in parts, holds the laws, and gives the story back.
fn tell(asked: Asked, input: &[u8], then: Then) -> Story {
    let whole = play(asked, &[input], then);
    if then == Then::Closes || matches!(whole.outcome, Some(Err(_))) {
        assert_eq!(
            whole.octets(None),
            input,
            "the pieces joined are not the input"
        );
    }
    let octets: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(play(asked, &octets, then), whole, "octet by octet");
    for at in 0..input.len().min(400) {
        let (a, b) = input.split_at(at);
        assert_eq!(play(asked, &[a, b], then), whole, "split at {at}");
    }
    whole
}

#[track_caller]
fn check_as(asked: Asked, input: &str, then: Then, expected: &str) {
    assert_eq!(
        tell(asked, input.as_bytes(), then).summary(),
        expected,
        "{input:?}"
    );
}

#[track_caller]
fn check(input: &str, then: Then, expected: &str) {
    check_as(asked("GET"), input, then, expected);
}

/// A head of these lines before `content`, from a server that then closes.
#[track_caller]
fn check_fields(fields: &str, content: &str, expected: &str) {
    check(
        &format!("{OK}{fields}\r\n{content}"),
        Then::Closes,
        expected,
    );
}

/// A chunked body from a server that then closes.
#[track_caller]
fn check_chunks(body: &str, expected: &str) {
    check(
        &format!("{CHUNKED}{body}"),
        Then::Closes,
        &format!("200 {expected}"),
    );
}
