//! Files that are written, and held against a run.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rcurl::net::Step;

use crate::support::stage::{Meeting, Outcome, Scene};

/// Runs against a server that answers `ok` to everything.
fn play(words: &[&str], content: &str) -> Outcome {
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{content}",
        content.len()
    );
    let steps = [
        Step::Await(b"\r\n\r\n".to_vec()),
        Step::Say(answer.into_bytes()),
    ];
    let words = words.iter().chain(&["http://127.0.0.1/"]);
    let scene = Scene {
        words: words.map(|&word| word.to_owned()).collect(),
        meetings: vec![Meeting::Accepts(steps.to_vec())],
        ..Scene::default()
    };
    scene.play()
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn a_snapshot_is_written_compared_and_updated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot");
    let name = path.to_str().unwrap();
    let first = play(&["--snapshot", name], "one\n");
    assert_eq!((first.exit, text(&first.stdout)), (0, "one\n"));
    assert_eq!(
        text(&first.stderr),
        format!("rcurl: wrote the snapshot {name}\n")
    );
    let written = std::fs::read(&path).unwrap();

    let same = play(&["--snapshot", name], "one\n");
    assert_eq!((same.exit, text(&same.stderr)), (0, ""));
    let same = play(&["--snapshot", name, "--update"], "one\n");
    assert_eq!((same.exit, text(&same.stderr)), (0, ""));

    let other = play(&["--snapshot", name], "two\n");
    assert_eq!((other.exit, text(&other.stdout)), (121, "two\n"));
    assert!(
        text(&other.stderr).contains("\n-< one\n+< two\n"),
        "{}",
        text(&other.stderr)
    );
    assert_eq!(
        std::fs::read(&path).unwrap(),
        written,
        "comparing changes nothing"
    );

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let update = play(&["--snapshot", name, "--update"], "two\n");
    assert_eq!((update.exit, text(&update.stdout)), (0, "two\n"));
    assert_eq!(
        text(&update.stderr),
        format!("rcurl: updated the snapshot {name}\n")
    );
    assert_eq!(mode(&path), 0o640);
    assert_eq!(play(&["--snapshot", name], "two\n").exit, 0);
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "no other file is left behind");
}

#[test]
fn silence_is_kept_but_for_show_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot");
    let name = path.to_str().unwrap();
    assert_eq!(text(&play(&["-s", "--snapshot", name], "one\n").stderr), "");
    let silent = play(&["-s", "--snapshot", name], "two\n");
    assert_eq!((silent.exit, text(&silent.stderr)), (121, ""));
    let told = play(&["-sS", "--snapshot", name], "two\n");
    assert!(
        text(&told.stderr).starts_with("--- "),
        "{}",
        text(&told.stderr)
    );
}

#[test]
fn a_snapshot_that_is_no_text_is_compared_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot");
    std::fs::write(&path, b"\xff\x00no end").unwrap();
    let run = play(&["--snapshot", path.to_str().unwrap()], "one\n");
    assert_eq!(run.exit, 121);
    assert!(
        text(&run.stderr).contains("\\ No newline at end of file\n"),
        "{}",
        text(&run.stderr)
    );
}

#[test]
fn what_cannot_be_read_or_written_ends_with_its_code_and_right_content() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().to_str().unwrap();
    let file = format!("{name}/none/file");
    for (words, exit, told) in [
        (
            ["--snapshot", name],
            26,
            format!("rcurl: (26) Failed to read the snapshot {name}: Is a directory\n"),
        ),
        (
            ["--snapshot", &file],
            23,
            format!("rcurl: (23) Failed to write the snapshot {file}: No such file or directory\n"),
        ),
        (
            ["--transcript", &file],
            23,
            format!(
                "rcurl: (23) Failed to write the transcript {file}: No such file or directory\n"
            ),
        ),
    ] {
        let run = play(&words, "one\n");
        assert_eq!(
            (run.exit, text(&run.stdout), text(&run.stderr)),
            (exit, "one\n", &*told)
        );
    }
    // A device is written to as it is.
    let run = play(&["--transcript", "/dev/full"], "one\n");
    assert_eq!((run.exit, text(&run.stdout)), (23, "one\n"));
    assert_eq!(play(&["--transcript", "/dev/null"], "one\n").exit, 0);
}

#[test]
fn a_transcript_with_secrets_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("any"), "").unwrap();
    for (redact, name) in [("auto", "shared"), ("never", "own")] {
        let file = path(name);
        let redact = format!("--redact={redact}");
        let run = play(
            &[
                &redact,
                "-u",
                "a:secret",
                "--transcript",
                file.to_str().unwrap(),
            ],
            "one\n",
        );
        assert_eq!(run.exit, 0);
    }
    assert_eq!(mode(&path("shared")), mode(&path("any")));
    assert_eq!(mode(&path("own")), 0o600);
    assert!(
        !std::fs::read_to_string(path("shared"))
            .unwrap()
            .contains("YTpzZWNyZXQ=")
    );
    assert!(
        std::fs::read_to_string(path("own"))
            .unwrap()
            .contains("YTpzZWNyZXQ=")
    );
}

#[test]
fn a_transcript_goes_to_a_stream_too() {
    let run = play(&["--transcript", "-"], "one\n");
    assert!(
        text(&run.stdout).starts_with("one\n* GET http://127.0.0.1/\n"),
        "{}",
        text(&run.stdout)
    );
    let run = play(&["--transcript", "%"], "one\n");
    assert_eq!(text(&run.stdout), "one\n");
    assert!(text(&run.stderr).starts_with("* GET http://127.0.0.1/\n"));
    for words in [
        &["--snapshot", "-"][..],
        &["--snapshot", ""],
        &["--transcript", ""],
    ] {
        assert_eq!(play(words, "").exit, 2, "{words:?}");
    }
}
