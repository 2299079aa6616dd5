//! Forms: what curl writes for the same command lines.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use rcurl::error::{Error, Exit};
use rcurl::plan::{Encoder, Form, Part, PartContent};
use rcurl::streams::Input;
use rcurl::transfer::multipart::{Multipart, Supplies};
use rcurl::transfer::source::{Pull, Source};
use tempfile::TempDir;

/// Noise of which the nth boundary is made of the nth digit.
fn compose(form: &Form, content_type: Option<&str>) -> Result<Multipart, Error> {
    let mut calls = 0;
    let mut noise = |octets: &mut [u8]| {
        calls += 1;
        octets.fill(calls);
        Ok(())
    };
    let mut supplies = Supplies {
        stdin: &Input::new(Cursor::new("from stdin")),
        noise: &mut noise,
    };
    Multipart::compose(form, content_type, &mut supplies)
}

/// The content of a form, with its boundaries as `[1]`, `[2]`, … and its line ends as `\n`.
fn written(form: &Form, content_type: Option<&str>) -> (String, String) {
    let multipart = compose(form, content_type).unwrap();
    let mut source = Source::segments(multipart.segments);
    let length = source.length();
    let mut content = Vec::new();
    let mut buffer = [0; 50];
    while let Pull::Data(octets) = source.pull(&mut buffer).unwrap() {
        content.extend_from_slice(&buffer[..octets]);
    }
    assert!(length.is_none_or(|length| length == content.len() as u64));
    let short = |mut text: String| {
        for digit in '1'..='9' {
            let boundary = "-".repeat(24) + &digit.to_string().repeat(22);
            text = text.replace(&boundary, &format!("[{digit}]"));
        }
        text.replace("\r\n", "\n")
    };
    let content = String::from_utf8(content).unwrap();
    (short(multipart.content_type), short(content))
}

/// Parts, and what stands between the first boundary and the last.
fn check(parts: Vec<Part>, expected: &str) {
    check_form(
        &Form {
            parts,
            ..Form::default()
        },
        expected,
    );
}

fn check_form(form: &Form, expected: &str) {
    let (content_type, content) = written(form, None);
    assert_eq!(content_type, "multipart/form-data; boundary=[1]");
    assert_eq!(content, format!("{expected}--[1]--\n"));
}

fn field(name: &str, value: &str) -> Part {
    Part {
        name: Some(name.to_owned()),
        content: PartContent::Bytes(value.into()),
        ..Part::default()
    }
}

/// A file of that name with a line of content, sent under its name.
fn file(folder: &TempDir, name: &str) -> Part {
    let path = folder.path().join(name);
    fs::write(&path, "content\n").unwrap();
    Part {
        name: Some("file".to_owned()),
        filename: Some(name.to_owned()),
        content: PartContent::File(path),
        ..Part::default()
    }
}

#[test]
fn fields_and_a_file() {
    let folder = TempDir::new().unwrap();
    check(
        vec![
            field("name", "daniel"),
            field("tool", "curl"),
            file(&folder, "test9.txt"),
        ],
        "--[1]\nContent-Disposition: form-data; name=\"name\"\n\ndaniel\n\
         --[1]\nContent-Disposition: form-data; name=\"tool\"\n\ncurl\n\
         --[1]\nContent-Disposition: form-data; name=\"file\"; filename=\"test9.txt\"\n\
         Content-Type: text/plain\n\ncontent\n\n",
    );
    check(Vec::new(), "");
}

#[test]
fn the_boundary_is_24_dashes_and_22_letters_and_digits() {
    let boundary = |first: u8| {
        let mut noise = |octets: &mut [u8]| {
            for (octet, value) in octets.iter_mut().zip(first..=255) {
                *octet = value;
            }
            Ok(())
        };
        let mut supplies = Supplies {
            stdin: &Input::new(std::io::empty()),
            noise: &mut noise,
        };
        let multipart = Multipart::compose(&Form::default(), None, &mut supplies).unwrap();
        let found = multipart
            .content_type
            .strip_prefix("multipart/form-data; boundary=------------------------");
        found.unwrap().to_owned()
    };
    assert_eq!(boundary(0), "0123456789ABCDEFGHIJKL");
    assert_eq!(boundary(22), "MNOPQRSTUVWXYZabcdefgh");
    assert_eq!(boundary(44), "ijklmnopqrstuvwxyz0123");
    assert_eq!(boundary(234), "mnopqrstuvwxyz01234567");
}

/// A `Content-Type` header of the request's own turns the fields into attachments.
#[test]
fn a_type_of_the_requests_own_gets_the_boundary() {
    let form = Form {
        parts: vec![field("name", "daniel")],
        ..Form::default()
    };
    let disposition = |content_type| {
        let (content_type, content) = written(&form, Some(content_type));
        let content = content.lines().nth(1).unwrap().to_owned();
        (content_type, content)
    };
    assert_eq!(
        disposition("text/info"),
        (
            "text/info; boundary=[1]".to_owned(),
            "Content-Disposition: attachment; name=\"name\"".to_owned()
        )
    );
    assert_eq!(
        disposition("Multipart/Form-Data ;charset=x"),
        (
            "Multipart/Form-Data ;charset=x; boundary=[1]".to_owned(),
            "Content-Disposition: form-data; name=\"name\"".to_owned()
        )
    );
}

#[test]
fn types_are_guessed_from_the_name_that_is_told_then_from_the_files_own() {
    let folder = TempDir::new().unwrap();
    let guessed = |part: Part| {
        let form = Form {
            parts: vec![part],
            ..Form::default()
        };
        let (_, content) = written(&form, None);
        let found = content
            .lines()
            .find_map(|line| line.strip_prefix("Content-Type: "));
        found.map(str::to_owned)
    };
    for (name, media_type) in [
        ("a.gif", "image/gif"),
        ("a.jpg", "image/jpeg"),
        ("a.JPEG", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.svg", "image/svg+xml"),
        ("a.txt", "text/plain"),
        ("a.htm", "text/html"),
        ("a.html", "text/html"),
        ("a.pdf", "application/pdf"),
        ("a.xml", "application/xml"),
        ("a.json", "application/octet-stream"),
        ("é", "application/octet-stream"),
    ] {
        assert_eq!(
            guessed(file(&folder, name)).as_deref(),
            Some(media_type),
            "{name}"
        );
    }
    // `-F x=<file` tells no name.
    let unnamed = |name| Part {
        filename: None,
        ..file(&folder, name)
    };
    assert_eq!(guessed(unnamed("a.html")).as_deref(), Some("text/html"));
    assert_eq!(guessed(unnamed("a.txt")), None);
    assert_eq!(guessed(unnamed("a.json")), None);
    // `-F "x=value;filename=…"`.
    let named = |name: &str| Part {
        filename: Some(name.to_owned()),
        ..field("x", "value")
    };
    assert_eq!(guessed(named("q.PNG")).as_deref(), Some("image/png"));
    assert_eq!(guessed(named("q")), None);
    assert_eq!(guessed(field("x", "value")), None);
    let given = Part {
        content_type: Some("a/b".to_owned()),
        ..file(&folder, "a.gif")
    };
    assert_eq!(guessed(given).as_deref(), Some("a/b"));
}

#[test]
fn names_are_escaped() {
    let part = Part {
        filename: Some("\"\\\".txt".to_owned()),
        ..field("a\"\\\r\n", "")
    };
    let form = |escape_backslash| Form {
        parts: vec![part.clone()],
        escape_backslash,
    };
    check_form(
        &form(false),
        "--[1]\nContent-Disposition: form-data; name=\"a%22\\%0D%0A\"; filename=\"%22\\%22.txt\"\n\
         Content-Type: text/plain\n\n\n",
    );
    check_form(
        &form(true),
        "--[1]\nContent-Disposition: form-data; name=\"a\\\"\\\\%0D%0A\"; \
         filename=\"\\\"\\\\\\\".txt\"\nContent-Type: text/plain\n\n\n",
    );
}

#[test]
fn several_files_under_one_name_are_a_multipart_of_their_own() {
    let folder = TempDir::new().unwrap();
    let unnamed = |name| Part {
        name: None,
        ..file(&folder, name)
    };
    let second = Part {
        headers: vec!["X-A: 1".to_owned(), "content-type:  a/b".to_owned()],
        ..unnamed("b.txt")
    };
    let group = Part {
        content: PartContent::Parts(vec![unnamed("a.html"), second]),
        ..field("x", "")
    };
    check(
        vec![group],
        "--[1]\nContent-Disposition: form-data; name=\"x\"\n\
         Content-Type: multipart/mixed; boundary=[2]\n\n\
         --[2]\nContent-Disposition: attachment; filename=\"a.html\"\n\
         Content-Type: text/html\n\ncontent\n\n\
         --[2]\nContent-Disposition: attachment; filename=\"b.txt\"\n\
         Content-Type: a/b\nX-A: 1\n\ncontent\n\n\
         --[2]--\n\n",
    );
}

#[test]
fn nested_parts_without_a_name() {
    let inner = Part {
        name: None,
        ..field("", "plain")
    };
    let alternative = Part {
        name: None,
        content_type: Some("multipart/alternative".to_owned()),
        content: PartContent::Parts(vec![inner, field("p", "1")]),
        ..Part::default()
    };
    let empty = Part {
        content: PartContent::Parts(Vec::new()),
        ..field("e", "")
    };
    check(
        vec![alternative, empty],
        "--[1]\nContent-Disposition: form-data\n\
         Content-Type: multipart/alternative; boundary=[2]\n\n\
         --[2]\n\nplain\n\
         --[2]\nContent-Disposition: attachment; name=\"p\"\n\n1\n\
         --[2]--\n\n\
         --[1]\nContent-Disposition: form-data; name=\"e\"\n\
         Content-Type: multipart/mixed; boundary=[3]\n\n\
         --[3]--\n\n",
    );
}

#[test]
fn encoded_parts_say_so() {
    let encoded = |encoder, value| Part {
        encoder: Some(encoder),
        ..field("x", value)
    };
    let check = |encoder, value, name: &str, content: &str| {
        check(
            vec![encoded(encoder, value)],
            &format!(
                "--[1]\nContent-Disposition: form-data; name=\"x\"\n\
                 Content-Transfer-Encoding: {name}\n\n{content}\n"
            ),
        );
    };
    check(Encoder::Base64, "hello", "base64", "aGVsbG8=");
    check(
        Encoder::QuotedPrintable,
        "é=",
        "quoted-printable",
        "=C3=A9=3D",
    );
    check(Encoder::SevenBit, "a", "7bit", "a");
    check(Encoder::EightBit, "é", "8bit", "é");
    check(Encoder::Binary, "é", "binary", "é");

    let form = Form {
        parts: vec![encoded(Encoder::QuotedPrintable, "a")],
        ..Form::default()
    };
    let segments = compose(&form, None).unwrap().segments;
    assert_eq!(
        Source::segments(segments).length(),
        None,
        "sent in chunks, as in curl"
    );
}

#[test]
fn header_lines_of_a_part_win() {
    let part = Part {
        encoder: Some(Encoder::EightBit),
        headers: vec![
            "Content-Disposition: foo".to_owned(),
            "Content-Transfer-Encoding: bar".to_owned(),
        ],
        ..field("x", "v")
    };
    check(
        vec![part],
        "--[1]\nContent-Disposition: foo\nContent-Transfer-Encoding: bar\n\nv\n",
    );
}

#[test]
fn standard_input_has_a_length_in_a_form() {
    let from_stdin = |filename: Option<&str>| Part {
        content: PartContent::Stdin,
        filename: filename.map(str::to_owned),
        ..field("x", "")
    };
    let form = Form {
        parts: vec![from_stdin(None)],
        ..Form::default()
    };
    let segments = compose(&form, None).unwrap().segments;
    assert!(Source::segments(segments).length().is_some());
    // What is read once is empty the second time.
    check(
        vec![from_stdin(Some("-")), from_stdin(None)],
        "--[1]\nContent-Disposition: form-data; name=\"x\"; filename=\"-\"\n\nfrom stdin\n\
         --[1]\nContent-Disposition: form-data; name=\"x\"\n\n\n",
    );
}

#[test]
fn a_missing_file_is_exit_26() {
    let part = Part {
        content: PartContent::File(PathBuf::from("/nowhere/boo")),
        ..Part::default()
    };
    let form = Form {
        parts: vec![part],
        ..Form::default()
    };
    let Err(error) = compose(&form, None) else {
        panic!("there is no such file")
    };
    assert_eq!(error.exit, Exit::ReadError);
    assert_eq!(error.message, "Failed to open /nowhere/boo");
}
