//! Cookies that only TLS may carry, and names that promise it.

use super::{check, sent, story, written};

#[test]
fn secure_cookies() {
    let (http, https) = ("http://h.test/", "https://h.test/");
    for secure in ["Secure", "seCURe", "Secure=", "Secure=no", "  Secure  ; x"] {
        let line = format!("k=v; {secure}");
        check(http, &[&line], https, "-");
        check(https, &[&line], https, "k=v");
        check(https, &[&line], http, "-");
    }
    check(http, &["k=v; \"Secure\""], http, "k=v");
    for local in ["http://localhost/", "http://127.0.0.1/", "http://[::1]/"] {
        check(local, &["k=v; Secure"], local, "k=v");
    }
}

#[test]
fn name_prefixes() {
    let prefix = |line: &str, expected: &str| {
        check("https://h.test/x", &[line], "https://h.test/", expected);
    };
    prefix("__Secure-k=v", "-");
    prefix("__SECURE-k=v", "-");
    prefix("__Secure-k=v; Secure", "__Secure-k=v");
    prefix("__Host-k=v", "-");
    prefix("__host-k=v; Secure; Domain=h.test", "-");
    prefix("__Host-k=v; Secure; Path=/a", "-");
    prefix("__Host-k=v; Secure", "__Host-k=v");
    prefix("k=v; __Secure-x=1", "k=v");
}

#[test]
fn an_insecure_site_hides_no_secure_cookie() {
    let (https, http) = (
        "https://www.example.com/1561",
        "http://www.example.com/1561",
    );
    let jar = story(&[
        (
            https,
            "super=secret; domain=example.com; path=/1561; secure;",
        ),
        (
            https,
            "supersuper=secret; domain=example.com; path=/1561/login/; secure;",
        ),
        (https, "__SecURE-SID=12346; Secure; Domain=example.com"),
        (
            https,
            "supersupersuper=secret; __Secure-SID=12346; Secure; Domain=example.com",
        ),
        (https, "__Host-SID=22346; Secure"),
        (
            https,
            "__Host-SID=22349; Secure; Domain=example.com; Path=/",
        ),
        (https, "__Host-SID=12346; Secure; Path=/"),
        (
            http,
            "super=plain; domain=example.com; path=/1561; httponly;",
        ),
        (
            http,
            "super=plain; domain=example.com; path=/1561/; httponly;",
        ),
        (http, "super=plain; domain=example.com; path=/15; httponly;"),
        (http, "public=yes; domain=example.com; path=/foo;"),
        (
            http,
            "supersuper=plain; domain=example.com; path=/1561/login/en;",
        ),
        (
            http,
            "supersuper=plain; domain=example.com; path=/1561/login;",
        ),
        (
            http,
            "secureoverhttp=yes; domain=example.com; path=/1561; secure;",
        ),
    ]);
    assert_eq!(
        written(&jar),
        ".example.com\tTRUE\t/foo\tFALSE\t0\tpublic\tyes\n\
         #HttpOnly_.example.com\tTRUE\t/15\tFALSE\t0\tsuper\tplain\n\
         www.example.com\tFALSE\t/\tTRUE\t0\t__Host-SID\t12346\n\
         .example.com\tTRUE\t/\tTRUE\t0\tsupersupersuper\tsecret\n\
         .example.com\tTRUE\t/\tTRUE\t0\t__SecURE-SID\t12346\n\
         .example.com\tTRUE\t/1561/login\tTRUE\t0\tsupersuper\tsecret\n\
         .example.com\tTRUE\t/1561\tTRUE\t0\tsuper\tsecret\n"
    );
}

#[test]
fn nor_in_a_wider_or_narrower_domain() {
    let (https, http) = ("https://www.example.com/", "http://www.example.com/");
    let jar = story(&[
        (https, "this=secret; domain=example.com; secure; path=/"),
        (https, "that=secret; domain=www.example.com; secure; path=/"),
        (https, "second=fine;"),
        (http, "this=open; path=/"),
        (http, "that=open; path=/; domain=example.com"),
        (http, "second=override"),
    ]);
    assert_eq!(
        sent(&jar, https),
        "second=override; that=secret; this=secret"
    );
    assert_eq!(sent(&jar, http), "second=override");
}
