//! URLs: typed text is kept, a URL shown and read again is the same, and credentials stay out of what
//! is shown.
//!
//! The first line is typed, the second is a `Location` to be resolved against it.

use rcurl::codec::text::percent_decode;
use rcurl::target::{Reading, Target, without_dot_segments};

pub(crate) fn hold(input: &[u8]) {
    let mut lines = input.splitn(2, |&octet| octet == b'\n');
    let Ok(typed) = std::str::from_utf8(lines.next().unwrap_or_default()) else {
        return;
    };
    let reference = lines.next().unwrap_or_default();
    let as_is = Reading {
        path_as_is: true,
        ..Reading::default()
    };
    let Ok(target) = Target::parse(typed, &as_is) else {
        return;
    };
    let sent = target.request_target();
    let kept = match &target.query {
        Some(query) => format!("{}?{query}", target.path),
        None => target.path.clone(),
    };
    let is_typed = |text: &str| typed.contains(text);
    assert!(
        is_typed(&kept) || kept.strip_prefix('/').is_some_and(is_typed),
        "typed text is kept: {typed:?} became {kept:?}"
    );
    assert!(sent == kept || !target.path.is_ascii(), "and sent as it is");
    assert_eq!(
        percent_decode(sent.as_bytes()),
        percent_decode(kept.as_bytes()),
        "at most it is escaped"
    );
    check(&target, &as_is);
    if let Ok(tidied) = Target::parse(typed, &Reading::default()) {
        assert_eq!(
            without_dot_segments(&tidied.path),
            tidied.path,
            "dot segments go at once"
        );
        assert!(tidied.same_origin(&target));
    }
    for path_as_is in [false, true] {
        if let Ok(joined) = target.join(reference, path_as_is) {
            check(&joined, &as_is);
        }
    }
    let _ = target.joined_text(reference);
}

fn check(target: &Target, reading: &Reading) {
    let shown = target.to_string();
    match Target::parse(&shown, reading) {
        Ok(again) => assert!(
            again == *target,
            "{shown:?} is read as {:?}",
            again.to_string()
        ),
        Err(error) => panic!("{shown:?}: {error}"),
    }
    assert!(target.same_origin(target));
    assert!(target.request_target().starts_with('/'));
    let clean = |text: &str| text.bytes().all(|octet| octet > b' ' && octet != 0x7f);
    assert!(clean(&target.authority()) && clean(&target.host_and_port()));
    assert!(
        clean(&target.request_target()),
        "no line is broken by a URL"
    );
    assert!(!target.without_userinfo().contains('#'));
    let _ = target.credentials();
}
