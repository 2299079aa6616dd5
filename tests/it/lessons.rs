//! What curl's published advisories teach, each lesson a test named after it.
//!
//! | advisory | lesson |
//! |---|---|
//! | CVE-2018-1000007, CVE-2022-27774, CVE-2022-27776 | [`credentials`]: what is given for one origin stays there |
//! | CVE-2020-8169, CVE-2021-22876, CVE-2026-94266 | [`credentials`]: nor does it show in names, `Referer` or the effective URL |
//! | CVE-2024-11053, CVE-2025-0167, CVE-2026-3783, CVE-2026-6429, CVE-2026-8926 | [`credentials`]: netrc is for its host and user |
//! | CVE-2015-3236, CVE-2026-6276, CVE-2026-11856 | [`credentials`]: one transfer leaves nothing to the next |
//! | CVE-2015-3153, CVE-2026-6253, CVE-2026-7168, CVE-2026-86414 | [`proxies`]: what is for the proxy and what is not |
//! | CVE-2023-38545 | [`proxies`]: a long host name fits no SOCKS request |
//! | CVE-2013-1944, CVE-2014-3613, CVE-2014-3620, CVE-2022-27779, CVE-2023-46218, CVE-2026-8924 | [`cookies`]: no cookie for strangers |
//! | CVE-2015-3145, CVE-2016-8615, CVE-2016-8623, CVE-2022-32205, CVE-2022-35252, CVE-2023-38546, CVE-2025-9086 | [`cookies`]: odd cookies |
//! | CVE-2026-86412, CVE-2026-92386 | [`cookies`]: no server spoils the jar |
//! | CVE-2022-30115, CVE-2022-42916, CVE-2022-43551, CVE-2023-23914, CVE-2023-23915 | [`hsts`]: no way round |
//! | CVE-2023-46219, CVE-2024-9681, CVE-2026-87862, CVE-2026-87863 | [`hsts`]: nothing is forgotten |
//! | CVE-2010-3842, CVE-2016-0754, CVE-2020-8177, CVE-2025-11563, CVE-2026-92390 | [`files`]: names from servers |
//! | CVE-2022-27778, CVE-2022-32207 | [`files`]: what was there before |
//! | CVE-2013-4545, CVE-2013-6422, CVE-2014-0139, CVE-2014-1263, CVE-2014-2522, CVE-2016-3739, CVE-2023-28321, CVE-2024-2466 | [`trust`]: whose certificate it is |
//! | CVE-2017-2629, CVE-2020-8286, CVE-2024-0853, CVE-2024-8096, CVE-2025-5025, CVE-2025-13034, CVE-2026-87866 | [`trust`]: proofs and pins |
//! | CVE-2014-0015, CVE-2014-0138, CVE-2016-5420, CVE-2016-7141, CVE-2016-8616, CVE-2021-22924, CVE-2022-22576, CVE-2022-27775, CVE-2022-27782, CVE-2026-3784, CVE-2026-8932, CVE-2026-11564 | [`reuse`]: which connection serves whom |
//! | CVE-2016-5419, CVE-2017-7468, CVE-2021-22890 | [`reuse`]: which session is resumed for whom |
//! | CVE-2009-0037, CVE-2024-2004, CVE-2025-14524 | [`urls`]: which schemes are followed |
//! | CVE-2014-8150, CVE-2016-8624, CVE-2016-8625, CVE-2022-27780 | [`urls`]: which host is meant |
//! | CVE-2013-2174, CVE-2016-7167, CVE-2016-8622, CVE-2019-5435 | [`urls`]: odd and long ones |
//! | CVE-2016-8620, CVE-2017-1000101, CVE-2017-7407, CVE-2018-16842 | [`urls`]: patterns, formats and warnings |
//! | CVE-2022-32206, CVE-2023-23916, CVE-2023-38039 | [`limits`]: what a response may cost |
//! | CVE-2022-32221, CVE-2023-28322 | [`limits`]: a `POST` after a `PUT` is a `POST` |
//!
//! The others are about protocols that are not spoken here, about TLS libraries that are not used, or
//! about memory that C does not keep safe.

mod cookies;
mod credentials;
mod files;
mod hsts;
mod limits;
mod proxies;
mod reuse;
mod trust;
mod urls;

use std::collections::BTreeSet;

use rcurl::environment::Environment;
use rcurl::net::Step;

use crate::support::stage::{Meeting, Outcome, Scene};
use crate::support::story::split;

const DONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// A redirect.
fn moved(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

/// A server that answers one request after another with these.
fn accepts<R: AsRef<str>>(responses: &[R]) -> Meeting {
    let steps = responses.iter().flat_map(|response| {
        [
            Step::Await(b"\r\n\r\n".to_vec()),
            Step::Say(response.as_ref().as_bytes().to_vec()),
        ]
    });
    Meeting::Accepts(steps.collect())
}

/// A run of rcurl; the words stand between blanks, or in single quotes.
fn play(line: &str, meetings: Vec<Meeting>) -> Outcome {
    play_in(&[], line, meetings)
}

/// The same with these variables in the environment.
fn play_in(variables: &[(&str, &str)], line: &str, meetings: Vec<Meeting>) -> Outcome {
    let mut environment = Environment::default();
    for (name, value) in variables {
        environment.variables.insert(name.into(), value.into());
    }
    let scene = Scene {
        words: split(line),
        environment,
        meetings,
        ..Scene::default()
    };
    scene.play()
}

/// Where each connection went, and what was sent there.
fn sent(outcome: &Outcome) -> Vec<(&str, String)> {
    let each = outcome.sent.iter();
    each.map(|(to, octets)| (to.as_str(), String::from_utf8_lossy(octets).into_owned()))
        .collect()
}

/// The same for a run that went well, over so many connections.
fn sent_over<const N: usize>(outcome: &Outcome) -> [String; N] {
    assert_eq!(
        outcome.exit,
        0,
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    let texts: Vec<String> = sent(outcome).into_iter().map(|(_, text)| text).collect();
    texts.try_into().expect("so many connections")
}

/// The advisories that a text names.
fn advisories(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    words
        .filter(|word| word.len() > 8 && word.starts_with("CVE-"))
        .collect()
}

#[test]
fn the_table_names_what_the_tests_name() {
    let tests = [
        include_str!("lessons/cookies.rs"),
        include_str!("lessons/credentials.rs"),
        include_str!("lessons/files.rs"),
        include_str!("lessons/hsts.rs"),
        include_str!("lessons/limits.rs"),
        include_str!("lessons/proxies.rs"),
        include_str!("lessons/reuse.rs"),
        include_str!("lessons/trust.rs"),
        include_str!("lessons/urls.rs"),
    ]
    .concat();
    assert_eq!(advisories(&tests), advisories(include_str!("lessons.rs")));
}
