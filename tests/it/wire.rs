//! `--wire`: what is shown is what passed, octet for octet, and showing it changes nothing.

mod reader;
mod tls;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::support::chance::chance;
use proptest::collection::vec;
use proptest::prelude::*;
use rcurl::cli::{self, Asked};
use rcurl::environment::Environment;
use rcurl::net::Step;
use rcurl::plan::WireLimit;

use crate::support::stage::{Meeting, Outcome, Scene};
use crate::support::story::Story;
use reader::{connected, streams, without_colours};

fn stories() -> Vec<(PathBuf, Story)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let entries = std::fs::read_dir(folder).unwrap();
    let stories = entries.map(|entry| {
        let path = entry.unwrap().path();
        let story = Story::parse(&std::fs::read_to_string(&path).unwrap());
        (path, story)
    });
    // A TLS hello is another one each time, what is encrypted is told by its length alone, and where
    // secrets are marks it is not the stream that is shown.
    let in_the_clear = |(_, story): &(PathBuf, Story)| {
        let veiled = |word: &String| word.contains("https://") || word.starts_with("--redact");
        !story.words().iter().any(veiled)
    };
    stories.filter(in_the_clear).collect()
}

/// What the other side of each connection said, piece by piece.
fn said(meetings: &[Meeting]) -> Vec<Vec<Vec<u8>>> {
    let accepted = meetings.iter().filter_map(|meeting| match meeting {
        Meeting::Accepts(steps) => Some(steps),
        _ => None,
    });
    let pieces = accepted.map(|steps| {
        let pieces = steps.iter().filter_map(|step| match step {
            Step::Say(octets) => Some(octets.clone()),
            _ => None,
        });
        pieces.collect()
    });
    pieces.collect()
}

/// The law: what is shown of each connection is what was sent, and what was said so far as it was
/// read. What was left out must be as long as what stands there.
fn check(outcome: &Outcome, said: &[Vec<Vec<u8>>]) -> Result<(), String> {
    let text = String::from_utf8(outcome.stderr.clone()).unwrap();
    let text = without_colours(&text);
    let control = text.chars().find(|it| it.is_control() && *it != '\n');
    if let Some(control) = control {
        return Err(format!("{control:?} is shown as it is"));
    }
    let shown = streams(&text);
    let sent = outcome.sent.iter().map(|(_, octets)| octets);
    let connections = connected(&text);
    let accepted: Vec<&Vec<u8>> = sent.filter(|octets| !octets.is_empty()).collect();
    let mut used = connections
        .iter()
        .filter(|connection| shown.contains_key(&(**connection, '>')));
    for octets in accepted {
        let connection = used.next().ok_or("a connection is not shown")?;
        agree(&shown[&(*connection, '>')].concat(), octets)?;
    }
    for (connection, pieces) in connections.iter().zip(said) {
        let none = Vec::new();
        let received = shown.get(&(*connection, '<')).unwrap_or(&none).concat();
        let mut length = 0;
        let whole = pieces.iter().take_while(|piece| {
            let before = length;
            length += piece.len();
            before < received.len()
        });
        agree(&received, &whole.flatten().copied().collect::<Vec<_>>())?;
    }
    Ok(())
}

fn agree(shown: &[Option<u8>], octets: &[u8]) -> Result<(), String> {
    let same = |(shown, octet): (&Option<u8>, &u8)| shown.is_none_or(|shown| shown == *octet);
    if shown.len() == octets.len() && shown.iter().zip(octets).all(same) {
        return Ok(());
    }
    let shown: Vec<u8> = shown.iter().map(|it| it.unwrap_or(b'?')).collect();
    Err(format!(
        "shown:  {}\npassed: {}",
        shown.escape_ascii(),
        octets.escape_ascii()
    ))
}

/// What a word on the command line comes to, or why it is refused.
fn limit(word: &str) -> Result<Option<WireLimit>, String> {
    let words = ["-q", word, "http://localhost/"].map(OsString::from);
    match cli::parse(&words, &Environment::default(), &mut &b""[..]) {
        Ok(Asked::Run(plan)) => Ok(plan.global.inspect.wire),
        Ok(_) => panic!("{word} asks for something else"),
        Err(refusal) => Err(refusal.error.message),
    }
}

#[test]
fn the_limit_is_a_number_of_octets_or_all() {
    for (word, expected) in [
        ("-s", None),
        ("--wire", Some(WireLimit::Usual)),
        ("--wire=", Some(WireLimit::Usual)),
        ("--wire=all", Some(WireLimit::All)),
        ("--wire=0", Some(WireLimit::Octets(0))),
        ("--wire=10k", Some(WireLimit::Octets(10240))),
    ] {
        assert_eq!(limit(word), Ok(expected), "{word}");
    }
    for word in ["--wire=some", "--wire=-1", "--wire=1x"] {
        let expected = Err(format!("option {word}: is badly used here"));
        assert_eq!(limit(word), expected, "{word}");
    }
}

#[test]
fn every_story_can_be_read_back() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, _) in stories() {
        for wire in ["--wire=all", "--wire=7"] {
            let story = Story::parse(&std::fs::read_to_string(&path).unwrap());
            if story.words().iter().any(|word| word == "--stderr") {
                continue;
            }
            let said = said(story.meetings());
            let outcome = story.play(&["--no-verbose", "-s", wire]);
            if let Err(why) = check(&outcome, &said) {
                wrong.push(format!("{} with {wire}:\n{why}", path.display()));
            }
            if wire == "--wire=all" && outcome.stderr.windows(9).any(|it| it == b"not shown") {
                wrong.push(format!("{}: something is left out", path.display()));
            }
            count += 1;
        }
    }
    assert!(count > 200, "only {count} were played");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn showing_the_wire_changes_nothing_else() {
    for (path, story) in stories() {
        if story.words().iter().any(|word| word == "--stderr") {
            continue;
        }
        let again = Story::parse(&std::fs::read_to_string(&path).unwrap());
        let [plain, shown] = [story.play(&[]), again.play(&["--wire"])].map(|outcome| {
            let sent = outcome.sent.into_iter().map(|(_, octets)| octets);
            (outcome.exit, outcome.stdout, sent.collect::<Vec<_>>())
        });
        assert_eq!(plain, shown, "{}", path.display());
    }
}

/// Responses, well formed or nearly.
fn response() -> impl Strategy<Value = Vec<u8>> {
    let content = prop_oneof![
        vec(any::<u8>(), 0..300),
        "[ -~\\r\\n\\té語]{0,200}".prop_map(String::into_bytes),
    ];
    let chunked = vec(content.clone(), 0..4).prop_map(|chunks| {
        let mut octets = b"Transfer-Encoding: chunked\r\n\r\n".to_vec();
        for chunk in chunks.iter().filter(|chunk| !chunk.is_empty()) {
            octets.extend(format!("{:x};a=\"b\"\r\n", chunk.len()).bytes());
            octets.extend(chunk);
            octets.extend(b"\r\n");
        }
        octets.extend(b"0\r\nDigest: none\r\n\r\n");
        octets
    });
    let counted = content.clone().prop_map(|content| {
        let length = format!("Content-Length: {}\r\n\r\n", content.len());
        [length.as_bytes(), &content].concat()
    });
    let endless = content.prop_map(|content| [b"\r\n", &content[..]].concat());
    let start = prop::sample::select(vec![
        &b"HTTP/1.1 200 OK\r\n"[..],
        b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 404 No\r\nX: folded\r\n\ttwice\n",
        b"HTTP/1.0 200\n",
    ]);
    let body = prop_oneof![chunked, counted, endless];
    let stray = vec(any::<u8>(), 0..5);
    let broken = vec((any::<prop::sample::Index>(), any::<u8>()), 0..2);
    (start, body, stray, broken).prop_map(|(start, body, stray, broken)| {
        let mut octets = [start, &body, &stray].concat();
        for (place, octet) in broken {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        octets
    })
}

proptest! {
    #![proptest_config(chance(200))]

    #[test]
    fn whatever_passes_can_be_read_back(
        response in response(),
        request in vec(any::<u8>(), 0..100),
        cuts in vec(1..80_usize, 0..8),
        terminal in any::<bool>(),
        limit in prop_oneof![Just("--wire=all"), Just("--wire"), Just("--wire=3")],
    ) {
        let mut steps = vec![Step::Await(b"\r\n\r\n".to_vec())];
        let mut rest = response.as_slice();
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            steps.push(Step::Say(piece.to_vec()));
            rest = after;
        }
        steps.push(Step::Say(rest.to_vec()));
        steps.push(Step::Close);
        let meetings = vec![Meeting::Accepts(steps)];
        let said = said(&meetings);
        let words = ["-s", limit, "--data-binary", "@-", "http://127.0.0.1/"];
        let environment = Environment {
            stderr_is_terminal: terminal,
            stderr_takes_colour: terminal,
            ..Environment::default()
        };
        let outcome = Scene {
            words: words.map(str::to_owned).to_vec(),
            environment,
            stdin: request,
            meetings,
            ..Scene::default()
        }
        .play();
        if let Err(why) = check(&outcome, &said) {
            let text = String::from_utf8_lossy(&outcome.stderr);
            return Err(TestCaseError::fail(format!("{why}\n{text}")));
        }
    }
}
