//! How much a response sets and a request carries, and what the user types beside the jar.

use super::{NOW, jar, origin, read, set, written};
use rcurl::transfer::cookies::{CookieField, Jar, Limit, Quota, Refusal, SetOutcome};

#[test]
fn sizes() {
    let fits = |name: usize, value: usize, expected: bool| {
        let line = format!("{}={}", "n".repeat(name), "v".repeat(value));
        let outcome = set(&mut jar(), "http://h.test/", &line);
        assert_eq!(
            outcome != SetOutcome::Refused(Refusal::TooLong),
            expected,
            "{name} + {value}"
        );
    };
    fits(1, 4094, true);
    fits(1, 4095, false);
    fits(4094, 2, true);
    fits(4094, 3, false);
    fits(2048, 2048, true);
    fits(2048, 2049, false);
    let long = format!("a=b; x={}", "y".repeat(5000));
    assert_eq!(
        set(&mut jar(), "http://h.test/", &long),
        SetOutcome::Refused(Refusal::TooLong)
    );
}

#[test]
fn a_response_sets_fifty_cookies() {
    let (mut jar, mut quota) = (jar(), Quota::default());
    let h = origin("http://attack.invalid/");
    jar.set(b"refused", &h, &mut quota, NOW);
    for n in 1..=80 {
        let outcome = jar.set(format!("cookie-{n}=yes;").as_bytes(), &h, &mut quota, NOW);
        assert_eq!(
            outcome == SetOutcome::Refused(Refusal::TooMany),
            n > 50,
            "{n}"
        );
    }
    assert_eq!(jar.len(), 50);
    assert!(written(&jar).starts_with("attack.invalid\tFALSE\t/\tFALSE\t0\tcookie-50\tyes\n"));
    jar.set(b"more=1", &h, &mut Quota::default(), NOW);
    assert_eq!(jar.len(), 51);
}

#[test]
fn all_responses_of_a_run_set_three_thousand_cookies() {
    let h = origin("http://attack.invalid/");
    let mut jar = read("other.test\tFALSE\t/\tFALSE\t0\tkept\tv\n");
    let mut set = |line: String| jar.set(line.as_bytes(), &h, &mut Quota::default(), NOW);
    for n in 0..3000 {
        assert!(
            matches!(set(format!("n{n}=1")), SetOutcome::Added(_)),
            "{n}"
        );
    }
    let too_many = SetOutcome::Refused(Refusal::TooMany);
    assert_eq!(set("one=more".into()), too_many);
    assert!(matches!(set("n7=2".into()), SetOutcome::Replaced(_)));
    set("n7=; Max-Age=0".into());
    assert!(matches!(set("one=more".into()), SetOutcome::Added(_)));
    assert_eq!(set("two=more".into()), too_many);
    assert_eq!(jar.len(), 3001);
}

pub(super) fn field(jar: &Jar, typed: Option<&str>) -> Option<CookieField> {
    jar.header_for(&origin("http://h.test/"), typed.map(str::as_bytes), NOW)
}

#[test]
fn a_request_carries_a_hundred_and_fifty() {
    let lines: Vec<String> = (0..160)
        .map(|n| format!("h.test\tTRUE\t/\tFALSE\t0\tname{n:03}\tv\n"))
        .collect();
    let field = field(&read(&lines.concat()), Some("t=1")).unwrap();
    let value = String::from_utf8(field.value).unwrap();
    assert!(value.starts_with("name149=v; name148=v; ") && value.ends_with("name000=v; t=1"));
    assert_eq!(field.limits, [Limit::Count(150)]);
    assert_eq!(
        field.limits[0].to_string(),
        "Included max number of cookies (150) in request!"
    );
}

#[test]
fn a_cookie_field_stays_below_eight_kibibytes() {
    let line = |name: &str| format!("h.test\tTRUE\t/\tFALSE\t0\t{name}\t{}\n", "v".repeat(4000));
    let jar = read(&["c", "b", "a"].map(line).concat());
    let field = field(&jar, Some("t=1")).unwrap();
    assert!(field.value.starts_with(b"a=v") && field.value.len() == 8006);
    assert_eq!(
        field.limits[0].to_string(),
        "Restricted outgoing cookies due to header size, 'c' not sent"
    );
}

#[test]
fn typed_cookies_follow_the_jar() {
    let mut jar = jar();
    let value =
        |jar: &Jar, typed| field(jar, typed).map(|field| String::from_utf8(field.value).unwrap());
    assert_eq!(value(&jar, None), None);
    assert_eq!(value(&jar, Some("")), None);
    assert_eq!(value(&jar, Some("a=b;c=d")).as_deref(), Some("a=b;c=d"));
    set(&mut jar, "http://h.test/", "k=v");
    assert_eq!(value(&jar, Some("a=b")).as_deref(), Some("k=v; a=b"));
}
