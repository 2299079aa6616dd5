//! URL globbing: every number stands for a text, and what has no pattern stands for itself.
//!
//! The first octet chooses which of the texts is looked at.

use rcurl::glob::{Glob, name_file};

pub(crate) fn hold(input: &[u8]) {
    let Some((choice, pattern)) = input.split_first() else {
        return;
    };
    let Ok(pattern) = std::str::from_utf8(pattern) else {
        return;
    };
    let glob = match Glob::parse(pattern) {
        Ok(glob) => glob,
        Err(told) => return assert!(!told.is_empty() && told.len() <= 511),
    };
    assert!(glob.count() > 0);
    let number = glob.count() / 256 * u64::from(*choice);
    for number in [0, number, glob.count() - 1, u64::MAX] {
        let expansion = glob.expand(number);
        let _ = expansion.name_file(pattern);
        let _ = name_file(pattern, None, Some(&expansion));
        assert_eq!(expansion.name_file("plain").as_deref(), Ok("plain"));
        if !pattern.contains(['{', '}', '[', ']', '\\']) {
            assert_eq!(expansion.text, pattern);
        }
    }
    assert_eq!(
        glob.expand(glob.count()),
        glob.expand(0),
        "numbers begin anew"
    );
}
