//! What a response may cost, and what a second request is made of.

use super::{DONE, accepts, play, sent_over};

/// CVE-2022-32206, CVE-2023-23916.
#[test]
fn a_chain_of_codings_has_an_end() {
    let list = format!("Content-Encoding: {}\r\n", vec!["gzip"; 1000].join(", "));
    let lines = "Content-Encoding: gzip\r\n".repeat(1000);
    let mixed = "Content-Encoding: gzip, deflate\r\nContent-Encoding: br, zstd\r\n".repeat(3);
    let transfer = format!(
        "Transfer-Encoding: {}, chunked\r\n",
        vec!["gzip"; 20].join(", ")
    );
    for (options, fields) in [
        ("--compressed", list),
        ("--compressed", lines),
        ("--compressed", mixed),
        ("--tr-encoding", transfer),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{fields}\r\nxx");
        let line = format!("{options} http://127.0.0.1/");
        let outcome = play(&line, vec![accepts(&[answer])]);
        assert_eq!((outcome.exit, outcome.stdout.len()), (61, 0), "{options}");
    }
}

/// CVE-2023-38039.
#[test]
fn heads_do_not_eat_all_memory() {
    let great = format!("X: {}\r\n", "y".repeat(1000));
    let short = "X: y\r\n".repeat(50_000);
    let interim = "HTTP/1.1 103 Hints\r\nX: y\r\n\r\n".repeat(50_000);
    for answer in [
        format!("HTTP/1.1 200 OK\r\n{}", great.repeat(2000)),
        format!("HTTP/1.1 200 OK\r\n{short}"),
        format!("HTTP/1.1 200 OK\r\nX: y\r\n{}", " y\r\n".repeat(500_000)),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{short}"),
        interim,
    ] {
        let outcome = play("http://127.0.0.1/", vec![accepts(&[answer])]);
        assert!(matches!(outcome.exit, 56 | 100), "{}", outcome.exit);
    }
}

/// CVE-2022-32221, CVE-2023-28322.
#[test]
fn a_post_after_a_put_is_a_post_with_its_own_content() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("upload");
    std::fs::write(&file, "of the put").unwrap();
    let url = "http://127.0.0.1/";
    let line = format!(
        "-T {} {url} --next -d 'of the post' {url} --next {url}",
        file.display()
    );
    let [only] = sent_over(&play(&line, vec![accepts(&[DONE, DONE, DONE])]));
    let (put, rest) = only.split_once("POST / ").unwrap();
    let (post, get) = rest.split_once("GET / ").unwrap();
    assert!(
        put.starts_with("PUT /upload ") && put.ends_with("of the put"),
        "{put}"
    );
    assert!(post.contains("\r\nContent-Length: 11\r\n"), "{post}");
    assert!(post.ends_with("\r\n\r\nof the post"), "{post}");
    assert!(
        !get.contains("Content-") && get.ends_with("\r\n\r\n"),
        "{get}"
    );
}
