//! The content of requests: pieces, lengths, rewinding, resuming, and what can go wrong.

use std::fs::{self, File, OpenOptions};
use std::io::{Cursor, PipeWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use rcurl::error::{Error, Exit};
use rcurl::plan::Encoder;
use rcurl::streams::Input;
use rcurl::transfer::segment::Segment;
use rcurl::transfer::source::{Pull, Source};
use tempfile::TempDir;

/// Everything, through a buffer of this size.
fn drain(source: &mut Source, size: usize) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    let mut buffer = vec![0; size];
    loop {
        match source.pull(&mut buffer)? {
            Pull::Data(octets) => content.extend_from_slice(&buffer[..octets]),
            Pull::NotNow => panic!("nothing to wait for here"),
            Pull::End => return Ok(content),
        }
    }
}

/// The laws: the size of the buffer changes nothing, the length is what comes, and it comes again.
fn check(mut source: Source, expected: &[u8]) {
    assert!(
        source
            .length()
            .is_none_or(|length| length == expected.len() as u64)
    );
    for size in [1, 2, 3, 7, 64, 1000, 100_000] {
        assert_eq!(source.pulled(), 0);
        assert_eq!(
            drain(&mut source, size).unwrap(),
            expected,
            "buffer of {size}"
        );
        assert_eq!(source.pulled(), expected.len() as u64);
        assert_eq!(source.pull(&mut [0; 9]).unwrap(), Pull::End);
        source.rewind().unwrap();
    }
    check_stretches(&mut source, expected);
    // From the middle, too.
    let mut some = [0; 2];
    source.pull(&mut some).unwrap();
    source.rewind().unwrap();
    assert_eq!(drain(&mut source, 5).unwrap(), expected);
}

/// What lies in a file may be taken from there, in turn with what is read.
fn check_stretches(source: &mut Source, expected: &[u8]) {
    let mut content = Vec::new();
    let mut buffer = [0; 2];
    loop {
        let mut taken = vec![0; 3];
        if let Some(stretch) = source.stretch(taken.len()).unwrap() {
            let file = File::from(stretch.file.try_clone_to_owned().unwrap());
            taken.truncate(stretch.octets);
            file.read_exact_at(&mut taken, stretch.from).unwrap();
            source.passed(taken.len());
            content.extend(taken);
        }
        assert_eq!(source.pulled(), content.len() as u64);
        match source.pull(&mut buffer).unwrap() {
            Pull::Data(octets) => content.extend_from_slice(&buffer[..octets]),
            Pull::NotNow => panic!("nothing to wait for here"),
            Pull::End => break,
        }
    }
    assert_eq!(content, expected);
    source.rewind().unwrap();
}

/// The sentence and the exit status of a failure.
fn failure<T>(result: Result<T, Error>) -> (Exit, String) {
    let Err(error) = result else {
        panic!("this must fail")
    };
    (error.exit, error.message)
}

fn folder_with(name: &str, content: &[u8]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

/// Standard input as a pipe, and its other end.
fn pipe() -> (Input, PipeWriter) {
    let (reader, writer) = std::io::pipe().unwrap();
    (Input::from_file(File::from(OwnedFd::from(reader))), writer)
}

/// Standard input as a file, of which something was read already.
fn file_from(path: &Path, position: u64) -> Input {
    let mut file = File::open(path).unwrap();
    file.seek(SeekFrom::Start(position)).unwrap();
    Input::from_file(file)
}

#[test]
fn every_kind_of_content_obeys_the_laws() {
    let long: Vec<u8> = (0..40_000_u32).map(|n| n as u8).collect();
    let folder = folder_with("a", &long);
    let path = folder.path().join("a");
    let none = folder_with("none", b"");
    let none = none.path().join("none");

    check(Source::empty(), b"");
    check(Source::bytes(b"data".to_vec()), b"data");
    check(Source::file(&path).unwrap(), &long);
    check(Source::file(&none).unwrap(), b"");
    check(Source::stdin(file_from(&path, 10)), &long[10..]);
    check(Source::stdin(Input::new(Cursor::new(b""))), b"");
    check(Source::segments(Vec::new()), b"");
    check(
        Source::segments(vec![
            Segment::bytes("<"),
            Segment::file(&path).unwrap(),
            Segment::file(&none).unwrap(),
            Segment::bytes(""),
            Segment::whole_stdin(file_from(&path, 39_990)).unwrap(),
            Segment::whole_stdin(Input::new(Cursor::new("piped"))).unwrap(),
            Segment::encoded(Segment::bytes("in base64"), Encoder::Base64),
            Segment::bytes(">"),
        ]),
        &[b"<", &long[..], &long[39_990..], b"pipedaW4gYmFzZTY0>"].concat(),
    );
}

#[test]
fn lengths_are_known_where_nothing_need_be_read_for_them() {
    let folder = folder_with("huge", b"");
    let path = folder.path().join("huge");
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let file = || Segment::file(&path).unwrap();

    let length = |segments| Source::segments(segments).length();
    assert_eq!(
        length(vec![file(), Segment::bytes("x")]),
        Some((1 << 40) + 1)
    );
    assert_eq!(
        length(vec![Segment::encoded(file(), Encoder::Base64)]),
        Some(1_504_594_859_064),
    );
    assert_eq!(
        length(vec![Segment::encoded(file(), Encoder::QuotedPrintable)]),
        None
    );
    assert_eq!(length(vec![Segment::stdin(pipe().0)]), None);
    // `-T - < file` is sent in chunks.
    assert_eq!(Source::stdin(file_from(&path, 0)).length(), None);
    assert_eq!(Source::file(Path::new("/dev/null")).unwrap().length(), None);
}

#[test]
fn what_cannot_be_opened_is_exit_26() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    for path in [missing.as_path(), folder.path()] {
        assert_eq!(
            failure(Source::file(path)),
            (Exit::ReadError, format!("cannot open '{}'", path.display()))
        );
        assert_eq!(
            failure(Segment::file(path)),
            (
                Exit::ReadError,
                format!("Failed to open {}", path.display())
            )
        );
    }
}

#[test]
fn a_file_that_went_away_after_the_head_was_composed_is_exit_26() {
    let folder = folder_with("a", b"content");
    let path = folder.path().join("a");
    let mut source = Source::segments(vec![Segment::bytes("<"), Segment::file(&path).unwrap()]);
    fs::remove_file(&path).unwrap();
    let (exit, message) = failure(drain(&mut source, 1));
    assert_eq!(exit, Exit::ReadError);
    assert!(message.starts_with("Failed to open "), "{message}");
}

#[test]
fn a_file_that_shrank_is_an_error() {
    let folder = folder_with("a", b"0123456789");
    let path = folder.path().join("a");
    let mut source = Source::file(&path).unwrap();
    fs::write(&path, b"012").unwrap();
    assert_eq!(
        failure(drain(&mut source, 100)),
        (
            Exit::ReadError,
            "client read function EOF fail, only 3/10 of needed bytes read".to_owned()
        )
    );
}

#[test]
fn what_a_file_grew_by_is_left_out() {
    let folder = folder_with("a", b"0123");
    let path = folder.path().join("a");
    let form = vec![Segment::file(&path).unwrap(), Segment::bytes("--")];
    let mut source = Source::segments(form);
    fs::write(&path, b"0123456789").unwrap();
    assert_eq!(drain(&mut source, 3).unwrap(), b"0123--");
}

#[test]
fn seven_bit_content_is_checked_while_it_is_read() {
    let content = Segment::encoded(Segment::bytes("caf\u{e9}"), Encoder::SevenBit);
    let (exit, _) = failure(drain(&mut Source::segments(vec![content]), 100));
    assert_eq!(exit, Exit::ReadError);
}

#[test]
fn a_silent_pipe_says_not_now() {
    let (input, mut writer) = pipe();
    let mut source = Source::stdin(input);
    let mut buffer = [0; 8];
    assert_eq!(source.pull(&mut buffer).unwrap(), Pull::NotNow);
    assert!(source.pollable().is_some());

    writer.write_all(b"abc").unwrap();
    assert_eq!(source.pull(&mut buffer).unwrap(), Pull::Data(3));
    assert_eq!(source.pull(&mut buffer).unwrap(), Pull::NotNow);

    drop(writer);
    assert_eq!(source.pull(&mut buffer).unwrap(), Pull::End);
    assert_eq!(source.pulled(), 3);
}

#[test]
fn a_pipe_within_other_content_is_waited_for_only_in_its_turn() {
    let (input, mut writer) = pipe();
    let piped = Segment::encoded(Segment::stdin(input), Encoder::Base64);
    let mut source = Source::segments(vec![Segment::bytes("head"), piped, Segment::bytes("tail")]);
    let mut buffer = [0; 64];
    assert!(source.pollable().is_none());
    assert_eq!(source.pull(&mut buffer).unwrap(), Pull::Data(4));
    assert_eq!(source.pull(&mut buffer).unwrap(), Pull::NotNow);
    assert!(source.pollable().is_some());
    writer.write_all(b"abc").unwrap();
    drop(writer);
    assert_eq!(drain(&mut source, 64).unwrap(), b"YWJjtail");
}

#[test]
fn a_regular_file_as_input_is_never_waited_for() {
    let folder = folder_with("a", b"content");
    let source = Source::stdin(file_from(&folder.path().join("a"), 0));
    assert!(source.pollable().is_none());
}

#[test]
fn a_pipe_cannot_be_rewound_once_it_was_read() {
    let (input, mut writer) = pipe();
    let mut source = Source::stdin(input);
    assert_eq!(source.pull(&mut [0; 8]).unwrap(), Pull::NotNow);
    source.rewind().unwrap();
    writer.write_all(b"abc").unwrap();
    source.pull(&mut [0; 2]).unwrap();
    assert_eq!(
        failure(source.rewind()),
        (
            Exit::SendFailRewind,
            "necessary data rewind was not possible".to_owned()
        )
    );
}

#[test]
fn resuming_leaves_out_the_beginning_each_time() {
    let folder = folder_with("a", b"0123456789");
    let path = folder.path().join("a");
    let kinds = [
        Source::bytes(b"0123456789".to_vec()),
        Source::file(&path).unwrap(),
        Source::segments(vec![Segment::file(&path).unwrap()]),
        Source::segments(vec![Segment::bytes("0123"), Segment::bytes("456789")]),
        Source::stdin(file_from(&path, 0)),
    ];
    for mut source in kinds {
        source.resume_at(6).unwrap();
        assert_eq!(source.start(), 6);
        check(source, b"6789");
    }
}

#[test]
fn resuming_passes_over_what_comes_through_a_pipe() {
    let (input, mut writer) = pipe();
    let mut source = Source::stdin(input);
    source.resume_at(6).unwrap();
    assert_eq!(source.pull(&mut [0; 4]).unwrap(), Pull::NotNow);
    writer.write_all(b"01234567").unwrap();
    drop(writer);
    assert_eq!(drain(&mut source, 4).unwrap(), b"67");
    assert_eq!(source.pulled(), 2);
}

#[test]
fn there_may_be_nothing_to_resume() {
    let folder = folder_with("a", b"0123");
    let path = folder.path().join("a");
    for offset in [4, 5, u64::MAX] {
        assert_eq!(
            failure(Source::file(&path).unwrap().resume_at(offset)),
            (
                Exit::PartialFile,
                "File already completely uploaded".to_owned()
            )
        );
    }
    let mut empty = Source::empty();
    empty.resume_at(4).unwrap();
    check(empty, b"");

    let mut piped = Source::stdin(Input::new(Cursor::new("0123")));
    piped.resume_at(6).unwrap();
    assert_eq!(
        failure(drain(&mut piped, 3)),
        (
            Exit::ReadError,
            "Could only read 4 bytes from the input".to_owned()
        )
    );
}

/// The same open file serves two parts; neither moves the position that others read from.
#[test]
fn a_file_as_input_can_stand_in_a_form_twice() {
    let folder = folder_with("a", b"0123456789");
    let mut input = file_from(&folder.path().join("a"), 4);
    let part = || Segment::whole_stdin(input.clone()).unwrap();
    check(Source::segments(vec![part(), part()]), b"456789456789");
    let mut rest = String::new();
    input.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "456789");
}

#[test]
fn content_in_memory_is_shared_by_every_request_that_sends_it() {
    let octets = Arc::new(b"data".to_vec());
    let mut sources = [Source::bytes(octets.clone()), Source::bytes(octets.clone())];
    assert_eq!(Arc::strong_count(&octets), 3);
    for source in &mut sources {
        assert_eq!(drain(source, 3).unwrap(), b"data");
    }
}
