//! What holds for every cookie.

use super::{NOW, jar, read, sent, set, written};
use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::transfer::cookies::{Jar, Origin, Quota};

/// A line that has a good chance of being a cookie.
fn any_line() -> impl Strategy<Value = String> {
    let attribute = prop_oneof![
        "; ?(Path|path)=/?([a-c/\"]{0,6}[a-c])?", // the file has no slash at the end of a path
        "; ?Domain=\\.?(sub\\.)?(h\\.test|test|co\\.uk|127\\.0\\.0\\.1)",
        "; ?Max-Age=\"?-?[0-9]{0,22}",
        "; ?Expires=(past|future|epoch|@[0-9]{1,12})",
        "; ?(Secure|HttpOnly)=?",
        ";[ -~]{0,10}",
    ];
    let name = "(__Secure-|__Host-)?[ -~&&[^=;]]{0,8}";
    (
        name,
        "=?[ -~]{0,10}",
        prop::collection::vec(attribute, 0..4),
    )
        .prop_map(|(name, value, attributes)| name + &value + &attributes.concat())
}

const SITES: [&str; 5] = [
    "http://h.test/a/b",
    "https://sub.h.test/",
    "http://127.0.0.1/c",
    "https://[::1]/a",
    "http://x.co.uk/",
];

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn any_octets_may_come(
        line in prop::collection::vec(any::<u8>(), 0..300),
        file in prop::collection::vec(any::<u8>(), 0..300),
        host in "\\PC{0,20}", path in "\\PC{0,20}",
    ) {
        let mut jar = jar();
        let origin = Origin { host: &host, path: &path, secure: true };
        let _ = jar.set(&line, &origin, &mut Quota::default(), NOW).line();
        jar.read_file(&file, NOW);
        let _ = jar.header_for(&origin, None, NOW);
        let _ = jar.write_file(NOW);
    }

    #[test]
    fn a_file_that_is_read_is_written_again(lines in prop::collection::vec((any_line(), 0..SITES.len()), 0..20)) {
        let mut jar = jar();
        for (line, site) in &lines {
            set(&mut jar, SITES[*site], line);
        }
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        let text = written(&jar);
        let again = read(&text);
        prop_assert_eq!(sorted(&written(&again)), sorted(&text));
        for site in SITES {
            let pairs = |jar: &Jar| {
                let mut pairs: Vec<String> = sent(jar, site).split("; ").map(str::to_owned).collect();
                pairs.sort();
                pairs
            };
            prop_assert_eq!(pairs(&again), pairs(&jar));
        }
    }

    #[test]
    fn what_is_sent_is_clean_and_for_that_site(lines in prop::collection::vec(any_line(), 0..20)) {
        let mut jar = jar();
        for line in &lines {
            set(&mut jar, "https://sub.h.test/a", line);
        }
        for stranger in ["https://h.test.evil/a", "https://other.test/a", "https://xh.test/a", "https://test/a"] {
            prop_assert_eq!(sent(&jar, stranger), "-");
        }
        prop_assert!(!sent(&jar, "https://sub.h.test/a").contains(char::is_control));
    }
}
