//! Cookies: a written file read again is the same jar, and what is sent is one clean line.
//!
//! Lines are alternately taken from a site as `Set-Cookie`, and read together as a file.

use std::collections::BTreeSet;

use rcurl::codec::date;
use rcurl::transfer::cookies::{Jar, Origin, Quota};

/// Sometime in November 2026.
const NOW: i64 = 1_795_000_000;

const SITES: [Origin<'static>; 4] = [
    Origin {
        host: "home.example.org",
        path: "/a/b",
        secure: false,
    },
    Origin {
        host: "sub.home.example.org",
        path: "/",
        secure: true,
    },
    Origin {
        host: "127.0.0.1",
        path: "/c",
        secure: false,
    },
    Origin {
        host: "::1",
        path: "/",
        secure: true,
    },
];

pub(crate) fn hold(input: &[u8]) {
    let mut jar = Jar::new(date::cookie);
    jar.read_file(input, NOW);
    check(&jar);
    for (number, line) in input.split(|&octet| octet == b'\n').enumerate() {
        let site = &SITES[number % SITES.len()];
        let _ = jar.set(line, site, &mut Quota::default(), NOW).line();
    }
    check(&jar);
    jar.forget_session_cookies();
    check(&jar);
}

fn check(jar: &Jar) {
    let file = jar.write_file(NOW);
    let mut again = Jar::new(date::cookie);
    again.read_file(&file, NOW);
    assert_eq!(
        sorted(&again.write_file(NOW), b'\n'),
        sorted(&file, b'\n'),
        "a round trip"
    );
    for site in &SITES {
        let Some(field) = jar.header_for(site, Some(b"typed=by hand"), NOW) else {
            panic!("what was typed is sent");
        };
        assert!(
            !field
                .value
                .iter()
                .any(|octet| octet.is_ascii_control() && *octet != b'\t')
        );
        // A recorded `Set-Cookie` line names no domain: it is for addresses, and is not written.
        let named = site.host.ends_with("org");
        if named && field.limits.is_empty() {
            let there = again.header_for(site, Some(b"typed=by hand"), NOW);
            let there = there.expect("what was typed is sent").value;
            // Of cookies that differ in a slash at the end of their paths, the file has the newest.
            let (sent, sent_there) = (sorted(&field.value, b';'), sorted(&there, b';'));
            assert!(sent_there.iter().all(|pair| sent.contains(pair)));
            assert_eq!(names(&sent_there), names(&sent));
        }
    }
}

fn names(pairs: &[Vec<u8>]) -> BTreeSet<&[u8]> {
    pairs
        .iter()
        .filter_map(|pair| pair.split(|&octet| octet == b'=').next())
        .collect()
}

/// The parts of a text in order, as a file may turn the order of cookies round.
fn sorted(text: &[u8], between: u8) -> Vec<Vec<u8>> {
    let mut parts: Vec<Vec<u8>> = text
        .split(|&octet| octet == between)
        .map(|part| part.trim_ascii().to_vec())
        .collect();
    parts.sort();
    parts
}
