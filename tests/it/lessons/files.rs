//! Names that servers give to files, and what was there before.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::split;
use crate::support::program::{Ended, rcurl, run};
use crate::support::server::{Server, response};

/// A server that gives its content this name.
fn naming(disposition: &str) -> Server {
    let field = format!("Content-Disposition: {disposition}\r\n");
    Server::new(move |talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", &field, "new"));
        }
    })
}

fn run_in(folder: &Path, line: &str) -> Ended {
    let mut command = rcurl(&split(line));
    command.current_dir(folder);
    run(command)
}

/// The files below a folder, by their paths.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// CVE-2010-3842, CVE-2016-0754.
#[test]
fn a_name_from_a_server_leads_to_no_other_folder() {
    for name in [
        "../evil",
        "..\\evil",
        "/tmp/evil",
        "C:\\evil",
        "C:evil",
        "a/../../evil",
        "....//evil",
        "..\\../evil",
        "./evil",
        "~/evil",
        "sub/evil",
        "evil/",
        "..",
        ".",
        ".curlrc",
        "../.bashrc",
        "/",
        "",
        "\\\\",
    ] {
        let server = naming(&format!("attachment; filename=\"{name}\""));
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("in");
        std::fs::create_dir_all(folder.join("sub")).unwrap();
        run_in(&folder, &format!("-s -OJ {}", server.url("/url-name")));
        let found = files(top.path());
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        let file = found[0].strip_prefix("in/").unwrap();
        assert!(
            !file.contains('/') && !file.starts_with('.'),
            "{name}: {file}"
        );
    }
}

/// CVE-2025-11563.
#[test]
fn escaped_slashes_of_a_url_stay_escaped_in_the_name() {
    for path in ["/a%2f..%2f..%2fevil", "/%2e%2e%2fevil", "/a%5c..%5cevil"] {
        let server = naming("inline");
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("in");
        std::fs::create_dir(&folder).unwrap();
        let ended = run_in(&folder, &format!("-s -O {}", server.url(path)));
        assert_eq!(ended.exit, Some(0), "{path}: {}", ended.stderr);
        let found = files(top.path());
        assert_eq!(found, [format!("in{path}")]);
    }
}

/// CVE-2020-8177.
#[test]
fn a_name_from_a_server_overwrites_no_file() {
    for options in [
        "-OJ",
        "-OJ -i",
        "-i -OJ",
        "-J -O -i --etag-save tag",
        "-OJ -D dump",
    ] {
        let server = naming("attachment; filename=mine");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine"), "old").unwrap();
        let ended = run_in(folder.path(), &format!("-s {options} {}", server.url("/x")));
        let mine = std::fs::read_to_string(folder.path().join("mine")).unwrap();
        assert_eq!(mine, "old", "{options}: {ended:?}");
        assert_ne!(ended.exit, Some(0), "{options}");
    }
}

/// CVE-2026-92390.
#[test]
fn early_hints_and_tags_do_not_help_a_server_to_overwrite_a_file() {
    let hints =
        "HTTP/1.1 103 Early Hints\r\nContent-Disposition: attachment; filename=mine\r\n\r\n";
    let tagged = "ETag: \"t\"\r\nContent-Disposition: attachment; filename=mine\r\n";
    let late = "Content-Disposition: attachment; filename=mine\r\nETag: \"t\"\r\n";
    for (before, fields) in [
        (hints, tagged),
        (hints, late),
        (hints, ""),
        ("", tagged),
        ("", late),
    ] {
        let server = Server::new(move |talk| {
            while talk.request().is_some() {
                talk.say(before);
                talk.say(response("200 OK", fields, "new"));
            }
        });
        for options in [
            "-OJ",
            "-OJ --etag-save tag",
            "-OJ -i --etag-save tag --etag-compare tag",
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("mine"), "old").unwrap();
            run_in(folder.path(), &format!("-s {options} {}", server.url("/x")));
            let mine = std::fs::read_to_string(folder.path().join("mine")).unwrap();
            assert_eq!(mine, "old", "{options} {fields}");
        }
    }
}

/// No advisory: with `-J`, a redirect names the file too.
#[test]
fn a_redirect_chooses_no_hidden_file() {
    for to in ["/.curlrc", "/x/.bashrc/", "..%5c/..\\.curlrc", "/", "/.."] {
        let location = format!("Location: {to}\r\n");
        let server = Server::new(move |talk| {
            talk.request();
            talk.say(response("302 Found", &location, ""));
            talk.request();
            talk.say(response("200 OK", "", "new"));
        });
        for options in ["-OJL", "-OJ"] {
            let folder = tempfile::tempdir().unwrap();
            let line = format!("-s {options} {}", server.url("/redir?/.curlrc"));
            run_in(folder.path(), &line);
            assert_eq!(files(folder.path()), ["redir"], "{options} {to}");
        }
    }
}

/// No advisory yet: a link in the folder is not followed to what it leads to.
#[test]
fn a_name_from_a_server_is_not_written_through_a_link() {
    let server = naming("attachment; filename=link");
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(top.path().join("precious"), "old").unwrap();
    symlink("../precious", folder.join("link")).unwrap();
    symlink("../not-there", folder.join("dangling")).unwrap();
    let ended = run_in(&folder, &format!("-s -OJ {}", server.url("/x")));
    assert_ne!(ended.exit, Some(0));
    let server = naming("attachment; filename=dangling");
    run_in(&folder, &format!("-s -OJ {}", server.url("/x")));
    let precious = std::fs::read_to_string(top.path().join("precious")).unwrap();
    assert_eq!(precious, "old");
    assert!(!top.path().join("not-there").exists());
}

/// CVE-2022-27778.
#[test]
fn what_a_failed_transfer_did_not_write_is_not_removed() {
    let short = Server::new(|talk| {
        while talk.request().is_some() {
            talk.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            talk.close();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("f"), "old").unwrap();
    let line = format!("-s --no-clobber --remove-on-error -o f {}", short.url("/"));
    assert_eq!(run_in(folder.path(), &line).exit, Some(18));
    assert_eq!(files(folder.path()), ["f"]);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("f")).unwrap(),
        "old"
    );
}

/// CVE-2022-32207.
#[test]
fn files_that_are_written_anew_are_for_nobody_else_than_before() {
    let server = Server::new(|talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "Set-Cookie: k=v\r\n", ""));
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jar");
    let line = format!("-s -c jar {}", server.url("/"));
    let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    assert_eq!(run_in(folder.path(), &line).exit, Some(0));
    assert_eq!(mode(), 0o600);
    for before in [0o600, 0o640, 0o644] {
        std::fs::set_permissions(&file, PermissionsExt::from_mode(before)).unwrap();
        assert_eq!(run_in(folder.path(), &line).exit, Some(0));
        assert_eq!(mode(), before);
    }
}
