//! What holds whatever comes.

use super::{Asked, CHUNKED, DEFAULT, Story, Then, asked, play, tell};
use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::http1::{
    Broken, Chunks, Codings, Connection, ContentLength, Framing, Http09, RULES, Role, Rule,
    Settings, Upgrade, Verdict,
};

#[test]
fn the_table_of_rules_is_in_order() {
    for (index, row) in RULES.iter().enumerate() {
        assert_eq!(row.rule as usize, index, "{row:?}");
        assert_eq!(row.rule.row(), row);
        assert!(
            row.section.starts_with("RFC 91") && row.sentence.ends_with('.'),
            "{row:?}"
        );
    }
}

#[test]
fn what_breaks_a_response_is_a_rule_that_stops() {
    for broken in [
        Broken::EmptyReply,
        Broken::HeadCut,
        Broken::Http09,
        Broken::NoStatusLine,
        Broken::StatusCodeGlued,
        Broken::Version,
        Broken::Subversion,
        Broken::StatusCode,
        Broken::Nul,
        Broken::CarriageReturn,
        Broken::ColonMissing,
        Broken::ContentLength,
        Broken::LengthsDiffer,
        Broken::LengthOverflow,
        Broken::CodingUnasked(String::new()),
        Broken::CodingMisplaced(String::new()),
        Broken::ContentCut { missing: 1 },
        Broken::ChunkedCut,
        Broken::ChunkSizeDigit(0),
        Broken::ChunkSizeLong,
        Broken::ChunkSizeOverflow(String::new()),
        Broken::ChunkSizeTail,
        Broken::ChunkEnd,
        Broken::Trailer,
    ] {
        let rule = broken.rule().unwrap();
        assert_eq!(rule.row().here, Verdict::Stops, "{broken:?}");
    }
}

#[test]
fn every_rule_that_does_not_stop_is_told() {
    let head = |lines: &str| format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 0\r\n\r\n");
    let chunks = |body: &str| format!("{CHUNKED}{body}");
    let mut left: Vec<Rule> = RULES
        .iter()
        .filter(|row| row.here == Verdict::GoesOn)
        .map(|row| row.rule)
        .collect();
    for (rule, input) in [
        (Rule::StatusClass, "HTTP/1.1 600 Odd\r\n\r\n".to_owned()),
        (Rule::StatusLineSpace, "HTTP/1.1 200\r\n\r\n".to_owned()),
        (
            Rule::ReasonPhrase,
            "HTTP/1.1 200 \x1b[2J\r\n\r\n".to_owned(),
        ),
        (Rule::BareLf, "HTTP/1.1 200 OK\n\r\n".to_owned()),
        (Rule::BareLf, "HTTP/1.1 200 OK\r\n\n".to_owned()),
        (Rule::BlankBeforeColon, head("A : b\r\n")),
        (Rule::FieldName, head("A/: b\r\n")),
        (Rule::FieldValue, head("A: \x07\r\n")),
        (Rule::ObsFold, head("A: b\r\n c\r\n")),
        (Rule::BlankAfterStartLine, head(" A: b\r\n")),
        (Rule::LengthRepeated, head("Content-Length: 0\r\n")),
        (
            Rule::LengthBesideCoding,
            head("Transfer-Encoding: chunked\r\n"),
        ),
        (
            Rule::FramingForbidden,
            "HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n".to_owned(),
        ),
        (
            Rule::CodingInHttp10,
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
        ),
        (
            Rule::IdentityCoding,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n".to_owned(),
        ),
        (
            Rule::ChunkedRepeated,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n".to_owned(),
        ),
        (Rule::ChunkSizeBlank, chunks("5 \r\nhello")),
        (Rule::ChunkExtension, chunks("5;\x1b\r\nhello")),
        (Rule::TrailerLine, chunks("0\r\nno colon\r\n")),
        (Rule::TrailerField, chunks("0\r\nContent-Length: 5\r\n")),
        (
            Rule::SwitchUnasked,
            "HTTP/1.1 101 Switching\r\n\r\n".to_owned(),
        ),
        (Rule::Stray, head("") + "x"),
    ] {
        let story = tell(asked("GET"), input.as_bytes(), Then::Waits);
        let told: Vec<Rule> = story.violations.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(told, [rule], "{input:?}");
        left.retain(|&other| other != rule);
    }
    assert_eq!(left, []);
}

/// Octets that look like HTTP often enough to reach every state.
fn octets_like_http() -> impl Strategy<Value = Vec<u8>> {
    let fragment = prop_oneof![
        Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        Just(b"HTTP/1.0 204 \n".to_vec()),
        Just(b"HTTP/1.1 100 C\r\n\r\n".to_vec()),
        Just(b"HTTP/1.1 101 S\r\n\r\n".to_vec()),
        Just(b"Transfer-Encoding: chunked\r\n\r\n".to_vec()),
        Just(b"Transfer-Encoding:".to_vec()),
        Just(b"Content-Length: 5\r\n".to_vec()),
        Just(b"Content-Length:".to_vec()),
        Just(b"Connection: keep-alive\r\n".to_vec()),
        Just(b"X: y\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n folded".to_vec()),
        Just(b"5\r\nhello\r\n".to_vec()),
        Just(b"0\r\n\r\n".to_vec()),
        Just(b"3;x\n".to_vec()),
        Just(b"hel".to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
        prop::collection::vec(prop::sample::select(&b"\r\n:;, 05afx\t\0"[..]), 0..4),
    ];
    let start = prop_oneof![
        8 => Just(b"HTTP/1.1 200 OK\r\n".to_vec()),
        4 => Just(CHUNKED.as_bytes().to_vec()),
        1 => Just(Vec::new()),
    ];
    (start, prop::collection::vec(fragment, 0..12))
        .prop_map(|(start, fragments)| [start, fragments.concat()].concat())
}

fn any_asked() -> impl Strategy<Value = Asked> {
    (
        prop::sample::select(vec!["GET", "HEAD", "CONNECT"]),
        prop::sample::select(vec![Http09::Refused, Http09::Allowed]),
        prop::sample::select(vec![ContentLength::Obeyed, ContentLength::Ignored]),
        prop::sample::select(vec![Codings::Refused, Codings::Asked, Codings::Raw]),
        prop::sample::select(vec![Upgrade::Unasked, Upgrade::Asked]),
    )
        .prop_map(|(method, http09, content_length, codings, upgrade)| Asked {
            method,
            settings: Settings {
                http09,
                content_length,
                codings,
                upgrade,
                ..DEFAULT
            },
        })
}

fn reads(input: &[u8], lengths: &[usize]) -> Vec<Vec<u8>> {
    let mut rest = input;
    let mut reads = Vec::new();
    for &length in lengths {
        let (read, after) = rest.split_at(length.min(rest.len()));
        reads.push(read.to_vec());
        rest = after;
    }
    reads.push(rest.to_vec());
    reads
}

/// What a response comes to: its content, how many octets have which role, and all that is no piece.
#[derive(Debug, PartialEq)]
struct Sum {
    content: Vec<u8>,
    octets: Vec<(Role, usize)>,
    rest: Story,
}

impl Sum {
    fn of(mut story: Story, chunks: Chunks, content: Option<Vec<u8>>) -> Self {
        let roles = [
            (Role::Content, chunks.content),
            (Role::ChunkSize, chunks.sizes),
            (Role::ChunkEnd, chunks.ends),
            (Role::TrailerLine, 0),
            (Role::MessageEnd, 0),
            (Role::FieldLine, 0),
            (Role::Stray, 0),
        ];
        let octets = roles.map(|(role, more)| (role, story.octets(Some(role)).len() + more));
        let content = content.unwrap_or_else(|| story.octets(Some(Role::Content)));
        story.pieces.clear();
        Self {
            content,
            octets: octets.into(),
            rest: story,
        }
    }
}

/// Plays with small chunks read in one go; gives the sum, too, of how much was read like that.
fn play_in_one_go(asked: Asked, reads: &[&[u8]], then: Then) -> (Sum, usize) {
    let mut connection = Connection::new(asked.settings);
    connection.send_head(asked.method, Framing::None).unwrap();
    let (mut story, mut chunks, mut content) = (Story::default(), Chunks::default(), Vec::new());
    for read in reads {
        let mut rest = *read;
        loop {
            let run = connection.receive_chunks(rest, |octets| content.extend_from_slice(octets));
            chunks.sizes += run.sizes;
            chunks.content += run.content;
            chunks.ends += run.ends;
            rest = &rest[run.octets()..];
            let before = story.octets(Some(Role::Content)).len();
            let Some(taken) = story.step(&mut connection, rest) else {
                break;
            };
            content.extend_from_slice(&story.octets(Some(Role::Content))[before..]);
            rest = &rest[taken..];
        }
    }
    if then == Then::Closes {
        let before = story.octets(Some(Role::Content)).len();
        story.close(&mut connection);
        content.extend_from_slice(&story.octets(Some(Role::Content))[before..]);
    }
    story.reusable = connection.reusable();
    (Sum::of(story, chunks, Some(content)), chunks.octets())
}

#[test]
fn plain_chunks_are_read_in_one_go_and_others_are_not() {
    let large = format!("2000\r\n{}\r\n", "x".repeat(0x2000));
    for (body, expected) in [
        ("5\r\nhello\r\n0\r\n\r\n", 10),
        ("5\r\nhello\r\n005\r\nhello\r\n0\r\n\r\n", 22),
        ("5\r\nhel", 6),
        ("5;x\r\nhello\r\n0\r\n\r\n", 7),
        ("5\nhello\n0\r\n\r\n", 5),
        ("5 \r\nhello\r\n", 7),
        ("x\r\nhello\r\n", 0),
        (&large, 8),
    ] {
        let input = format!("{CHUNKED}{body}");
        let (_, read) = play_in_one_go(asked("GET"), &[input.as_bytes()], Then::Waits);
        assert_eq!(read, expected, "{body:?}");
    }
}

proptest! {
    #![proptest_config(chance(2000))]

    #[test]
    fn splitting_changes_nothing_and_nothing_is_lost(
        input in octets_like_http(),
        lengths in prop::collection::vec(0_usize..20, 0..30),
        asked in any_asked(),
        closes in any::<bool>(),
    ) {
        let then = if closes { Then::Closes } else { Then::Waits };
        let whole = play(asked, &[&input], then);
        let parts = reads(&input, &lengths);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(&play(asked, &parts, then), &whole);
        if closes {
            prop_assert_eq!(whole.octets(None), input);
        }
    }

    #[test]
    fn reading_chunks_in_one_go_changes_nothing(
        input in octets_like_http(),
        lengths in prop::collection::vec(0_usize..20, 0..30),
        asked in any_asked(),
        closes in any::<bool>(),
    ) {
        let then = if closes { Then::Closes } else { Then::Waits };
        let whole = Sum::of(play(asked, &[&input], then), Chunks::default(), None);
        let parts = reads(&input, &lengths);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        prop_assert_eq!(play_in_one_go(asked, &parts, then).0, whole);
    }

    #[test]
    fn content_sent_in_chunks_comes_back(
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 0..8),
        lengths in prop::collection::vec(1_usize..300, 0..20),
    ) {
        let mut sender = Connection::new(DEFAULT);
        let mut wire = CHUNKED.as_bytes().to_vec();
        sender.send_head("POST", Framing::Chunked).unwrap();
        for part in &parts {
            sender.send_content(part, |_, octets| wire.extend_from_slice(octets)).unwrap();
        }
        sender.end_message(|_, octets| wire.extend_from_slice(octets)).unwrap();
        let wire = reads(&wire, &lengths);
        let wire: Vec<&[u8]> = wire.iter().map(Vec::as_slice).collect();
        let story = play(asked("GET"), &wire, Then::Waits);
        prop_assert_eq!(story.octets(Some(Role::Content)), parts.concat());
        prop_assert_eq!(story.outcome, Some(Ok("end")));
        prop_assert_eq!(story.violations, []);
    }
}
