//! No way round what a host asked for, and nothing of it forgotten.

use rcurl::transfer::hsts::Cache;

use super::split;
use crate::hsts::{NOW, read, target, written};
use crate::support::certificates::World;
use crate::support::program::{Ended, rcurl, run};
use crate::support::server::{Server, response};

fn covers(cache: &Cache, url: &str) -> bool {
    cache.covers(target(url).connect_host(), NOW)
}

/// CVE-2022-30115.
#[test]
fn a_trailing_dot_is_no_way_round() {
    for known in ["a.test \"unlimited\"", "a.test. \"unlimited\""] {
        for url in ["http://a.test/", "http://a.test./", "http://A.TEST./"] {
            assert!(covers(&read(known), url), "{known}: {url}");
        }
    }
    assert!(covers(&read(".a.test \"unlimited\""), "http://b.a.test./"));
}

/// CVE-2022-42916, CVE-2022-43551.
#[test]
fn another_spelling_of_the_name_is_no_way_round() {
    let known = "accounts.google.test \"unlimited\"\n.xn--bcher-kva.test \"unlimited\"";
    for url in [
        "http://accounts.google\u{3002}test/",
        "http://accounts\u{ff0e}google\u{ff61}test/",
        "http://\u{ff41}ccounts.google.test/",
        "http://ACCOUNTS.GOOGLE.TEST/",
        "http://%61ccounts.google.test/",
        "http://www.b\u{fc}cher.test/",
        "http://www.B\u{dc}CHER\u{3002}test/",
    ] {
        assert!(covers(&read(known), url), "{url}");
    }
}

/// A TLS server by names of its own, and what a run with these words about it ends with.
struct Site {
    world: World,
    server: Server,
}

impl Site {
    fn asking_for(policy: &str) -> Self {
        let world = World::new();
        let issued = world.issue(&["a.test", "b.test", "sub.a.test"], |_| {});
        let config = crate::net::tls::config(&issued, &crate::net::tls::BOTH);
        let field = format!("Strict-Transport-Security: {policy}\r\n");
        let server = Server::tls(config, move |talk| {
            while talk.request().is_some() {
                talk.say(response("200 OK", &field, "hello"));
            }
        });
        Self { world, server }
    }

    fn run(&self, words: &str) -> Ended {
        let folder = self.world.folder.path();
        let names = ["a.test", "b.test", "sub.a.test"]
            .map(|name| format!("--resolve {name}:{}:127.0.0.1", self.server.port()));
        let words = words.replace("{port}", &self.server.port().to_string());
        let line = format!("-sS --cacert ca.pem {} {words}", names.join(" "));
        let mut command = rcurl(&split(&line));
        command.current_dir(folder);
        run(command)
    }

    fn lines(&self, file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.world.folder.path().join(file)).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    }
}

/// CVE-2023-23914.
#[test]
fn what_the_first_transfer_hears_holds_for_the_second() {
    let site = Site::asking_for("max-age=1000");
    for words in ["--hsts file", ""] {
        let ended = site.run(&format!(
            "{words} https://a.test:{{port}}/ http://a.test:{{port}}/"
        ));
        assert_eq!(
            (ended.exit, ended.stdout.as_slice()),
            (Some(0), &b"hellohello"[..])
        );
    }
}

/// CVE-2023-23915.
#[test]
fn parallel_transfers_all_add_to_the_file() {
    let site = Site::asking_for("max-age=1000");
    let urls = "https://a.test:{port}/ https://b.test:{port}/ https://sub.a.test:{port}/";
    assert_eq!(site.run(&format!("-Z --hsts file {urls}")).exit, Some(0));
    assert_eq!(site.lines("file").len(), 3);
}

/// CVE-2023-46219.
#[test]
fn a_file_with_a_long_name_keeps_its_lines() {
    let site = Site::asking_for("max-age=1000");
    let name = "n".repeat(255);
    let file = site.world.folder.path().join(&name);
    std::fs::write(&file, "other.test \"unlimited\"\n").unwrap();
    let ended = site.run(&format!("--hsts {name} https://a.test:{{port}}/"));
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    let lines = site.lines(&name);
    assert!(
        lines.contains(&"other.test \"unlimited\"".to_owned()),
        "{lines:?}"
    );
    assert_eq!(lines.len(), 2, "{lines:?}");
}

/// CVE-2024-9681.
#[test]
fn a_subdomain_does_not_change_what_its_parent_asked_for() {
    let mut cache = read(".a.test \"unlimited\"");
    let sub = target("https://sub.a.test/");
    cache.hear(sub.connect_host(), b"max-age=1", NOW).unwrap();
    cache.hear(sub.connect_host(), b"max-age=0", NOW).unwrap();
    assert_eq!(written(&cache, NOW), ".a.test \"unlimited\"\n");
    let site = Site::asking_for("max-age=0");
    let file = site.world.folder.path().join("file");
    std::fs::write(&file, ".a.test \"unlimited\"\n").unwrap();
    assert_eq!(
        site.run("--hsts file https://sub.a.test:{port}/").exit,
        Some(0)
    );
    assert_eq!(site.lines("file"), [".a.test \"unlimited\""]);
}

/// CVE-2026-87862.
#[test]
fn a_child_that_outlives_its_parent_is_kept() {
    let (short, long) = ("\"20261201 00:00:00\"", "\"20291201 00:00:00\"");
    for lines in [
        format!(".a.test {short}\nb.a.test {long}\n"),
        format!("b.a.test {long}\n.a.test {short}\n"),
    ] {
        let cache = read(&lines);
        assert_eq!(written(&cache, NOW), lines);
        let later = NOW + 365 * 86_400;
        let child = target("http://b.a.test/");
        assert!(cache.covers(child.connect_host(), later), "{lines}");
    }
}

/// CVE-2026-87863.
#[test]
fn no_policy_of_one_host_erases_those_of_others() {
    for policy in [
        "max-age=9223372036854775807",
        "max-age=99999999999999999999999999",
        "max-age=253402300800",
        "max-age=67768036191676799",
    ] {
        let site = Site::asking_for(policy);
        let file = site.world.folder.path().join("file");
        std::fs::write(&file, "other.test \"unlimited\"\n").unwrap();
        assert_eq!(site.run("--hsts file https://a.test:{port}/").exit, Some(0));
        let lines = site.lines("file");
        assert_eq!(lines.len(), 2, "{policy}: {lines:?}");
        // And what was written is read again: nothing is asked without TLS.
        let plain = site.run("--hsts file http://a.test:{port}/");
        assert_eq!(plain.stdout, b"hello", "{policy}: {}", plain.stderr);
        assert_eq!(site.lines("file").len(), 2);
    }
}

/// A policy that came without TLS, or from nobody known, is none.
#[test]
fn a_policy_counts_over_verified_tls_alone() {
    let plain = Server::new(|talk| {
        while talk.request().is_some() {
            let field = "Strict-Transport-Security: max-age=1000\r\n";
            talk.say(response("200 OK", field, ""));
        }
    });
    let site = Site::asking_for("max-age=1000");
    let file = site.world.folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let url = plain.url("/");
    assert_eq!(site.run(&format!("--hsts file {url}")).exit, Some(0));
    assert_eq!(
        site.run("-k --hsts file https://a.test:{port}/").exit,
        Some(0)
    );
    assert_eq!(site.lines("file"), [] as [&str; 0]);
}
