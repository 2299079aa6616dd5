//! `file://`: files of this machine.

use std::fs;
use std::path::Path;

use crate::support::program::{Ended, rcurl, run};
use crate::support::server::{Server, response};

/// A folder with `a b.txt` in it, six octets long, of 6 November 1994.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b.txt");
    fs::write(&path, "hello\n").unwrap();
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(784_111_777);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(time).unwrap();
    folder
}

fn ask(folder: &Path, words: &[&str]) -> Ended {
    let folder = folder.to_str().unwrap();
    let words: Vec<String> = words.iter().map(|word| word.replace('@', folder)).collect();
    let words: Vec<&str> = ["-q", "-sS"]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .collect();
    run(rcurl(&words))
}

/// `@` stands for the folder; what is expected is the exit status and standard output.
#[track_caller]
fn check(words: &[&str], exit: i32, expected: &str) {
    let folder = folder();
    let ended = ask(folder.path(), words);
    let stdout = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(
        (ended.exit, stdout.as_str()),
        (Some(exit), expected),
        "{words:?}: {}",
        ended.stderr
    );
}

#[test]
fn a_file_is_delivered() {
    for url in [
        "file://@/a%20b.txt",
        "file:@/a%20b.txt",
        "FILE://LocalHost@/a%20b.txt",
        "file://127.0.0.1@/x/../a%20b.txt?query#fragment",
        "file://localhost/@/a%20b.txt",
    ] {
        check(&[url], 0, "hello\n");
    }
    check(&["--proto-default", "file", "@/a%20b.txt"], 0, "hello\n");
    let written = "6 file:///dev/null";
    check(
        &["-w", "%{size_download}", "file://@/a%20b.txt"],
        0,
        "hello\n6",
    );
    check(
        &["-w", "%{num_connects} %{url}", "file:///dev/null"],
        0,
        &written.replace('6', "0"),
    );
}

#[test]
fn a_file_has_a_scheme_and_a_method() {
    let words = ["-w", "%{scheme} %{method}", "FILE://@/a%20b.txt"];
    check(&words, 0, "hello\nfile GET");
    let words = ["-w", "%{scheme} %{method}", "file://@/nothing"];
    check(&words, 37, "file GET");
}

#[test]
fn parts_of_a_file_are_delivered() {
    let part = |words: [&str; 2], exit, expected| {
        check(&[words[0], words[1], "file://@/a%20b.txt"], exit, expected);
    };
    part(["-r", "1-2"], 0, "el");
    part(["-r", "3-"], 0, "lo\n");
    part(["-r", "-2"], 0, "o\n");
    part(["-r", "-99"], 0, "hello\n");
    part(["-r", "4-99"], 0, "o\n");
    part(["-r", "0-1,3-4"], 0, "he");
    part(["-r", "7-"], 36, "");
    part(["-r", "2-1"], 33, "");
    part(["-C", "4"], 0, "o\n");
    part(["-C", "6"], 0, "");
    part(["-C", "7"], 36, "");
    part(["-z", "1 Jan 1995"], 0, "");
    part(["-z", "1 Jan 1994"], 0, "hello\n");
    part(["--max-filesize", "3"], 63, "hel");
}

#[test]
fn a_file_is_told_of_as_if_by_a_head() {
    let head = "Content-Length: 6\r\nAccept-ranges: bytes\r\n\
                Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    check(&["-I", "file://@/a%20b.txt"], 0, head);
    let whole = format!("{head}hello\n");
    check(&["-i", "file://@/a%20b.txt"], 0, &whole);
    check(&["-D", "-", "file://@/a%20b.txt"], 0, &whole);
}

#[test]
fn a_file_that_cannot_be_delivered_is_told_of() {
    let folder = folder();
    let check = |words: &[&str], exit, expected: &str| {
        let ended = ask(folder.path(), words);
        let told = ended.stderr.replace(folder.path().to_str().unwrap(), "@");
        assert_eq!((ended.exit, told.trim_end()), (Some(exit), expected));
        assert_eq!(ended.stdout, b"");
    };
    let url = "file://@/a%20b.txt";
    check(
        &["file://@/none"],
        37,
        "rcurl: (37) Couldn't open file @/none",
    );
    check(&["file://@"], 37, "rcurl: (37) Couldn't open file @");
    check(
        &["file://other@/a"],
        3,
        "rcurl: (3) URL rejected: Bad file:// URL",
    );
    check(
        &["--proto", "=https", url],
        1,
        "rcurl: (1) Protocol \"file\" disabled",
    );
    check(
        &["--proto", "=file", "http://h/"],
        1,
        "rcurl: (1) Protocol \"http\" disabled",
    );
    let sentence = "rcurl: (4) uploads to file:// are not supported: copy the file";
    check(&["-T", "@/a b.txt", "file://@/new"], 4, sentence);
    assert!(!folder.path().join("new").exists());
}

#[test]
fn no_redirect_leads_to_a_file() {
    let folder = folder();
    let path = folder.path().join("a%20b.txt");
    for location in ["file://", "file:", "FILE://localhost"] {
        let fields = format!("Location: {location}{}\r\n", path.display());
        let server = Server::new(move |talk| {
            talk.head();
            talk.say(response("302 Found", &fields, ""));
        });
        let ended = ask(
            folder.path(),
            &["-L", "--proto-redir", "=all", &server.url("/")],
        );
        assert_eq!(
            (ended.exit, ended.stdout),
            (Some(1), Vec::new()),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn a_file_may_be_copied_resumed_and_dated() {
    let folder = folder();
    let to = folder.path().join("copy");
    fs::write(&to, "HEL").unwrap();
    let words = ["-R", "-C", "-", "-o", "@/copy", "file://@/a%20b.txt"];
    assert_eq!(ask(folder.path(), &words).exit, Some(0));
    assert_eq!(fs::read(&to).unwrap(), b"HELlo\n");
    let times = ["copy", "a b.txt"].map(|name| {
        fs::metadata(folder.path().join(name))
            .unwrap()
            .modified()
            .unwrap()
    });
    assert_eq!(times[0], times[1]);
    let words = [
        "-O",
        "--output-dir",
        "@/sub",
        "--create-dirs",
        "file://@/a%20b.txt",
    ];
    assert_eq!(ask(folder.path(), &words).exit, Some(0));
    assert_eq!(
        fs::read(folder.path().join("sub/a%20b.txt")).unwrap(),
        b"hello\n"
    );
}
