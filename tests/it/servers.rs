//! The built program against servers on real sockets: octet for octet scripted ones, TLS, and
//! servers of other languages where they are at hand.

mod distrusted;
mod elsewhere;
mod posted;
mod retried;
mod secured;
#[cfg(target_os = "linux")]
mod steady;
mod streaming;
mod together;
mod transcripts;
mod unseen;

use std::io::Read as _;
use std::os::unix::net::UnixListener;
use std::os::unix::process::ExitStatusExt as _;
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use rcurl::clock::{Clock as _, SystemClock};

use crate::support::program::{Ended, clean, end, rcurl, run, run_with};
use crate::support::server::{Server, field, response};

const MIB: usize = 1024 * 1024;

/// Octets that repeat late.
fn octets(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn hello() -> Server {
    Server::new(|talk| {
        while talk.request().is_some() {
            talk.say(response("200 OK", "", "hello\n"));
        }
    })
}

#[test]
fn an_echo_of_a_large_upload_does_not_lock_up() {
    let sent = octets(12 * MIB);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &sent).unwrap();
    let server = Server::new(move |talk| {
        let head = talk.head();
        talk.say("HTTP/1.1 100 Continue\r\n\r\n");
        let length: usize = field(&head, "content-length").unwrap().parse().unwrap();
        talk.say(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"
        ));
        let mut left = length;
        while left > 0 {
            let some = talk.some();
            assert!(!some.is_empty(), "{left} octets did not come");
            talk.say(&some);
            left -= some.len();
        }
    });
    let ended = run(rcurl(&[
        "-sS",
        "-T",
        file.path().to_str().unwrap(),
        &server.url("/"),
    ]));
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert!(
        ended.stdout == sent,
        "{} octets came back",
        ended.stdout.len()
    );
}

#[test]
fn an_early_answer_to_a_large_upload_is_seen() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), octets(8 * MIB)).unwrap();
    let server = Server::new(|talk| {
        talk.head();
        talk.say(response(
            "413 Content Too Large",
            "Connection: close\r\n",
            "too large\n",
        ));
        talk.close();
        talk.drain();
    });
    let words = [
        "-sS",
        "-H",
        "Expect:",
        "-T",
        file.path().to_str().unwrap(),
        &server.url("/"),
    ];
    let ended = run(rcurl(&words));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_str()),
        (Some(0), &b"too large\n"[..], "")
    );
}

#[test]
fn standard_input_goes_out_in_chunks() {
    let sent = octets(3 * MIB);
    let came = Arc::new(Mutex::new(Vec::new()));
    let kept = came.clone();
    let server = Server::new(move |talk| {
        let (head, body) = talk.request().unwrap();
        assert_eq!(
            field(&head, "transfer-encoding").as_deref(),
            Some("chunked")
        );
        *kept.lock().unwrap() = unchunked(&body);
        talk.say(response("201 Created", "", ""));
    });
    let ended = run_with(rcurl(&["-sS", "-T", "-", &server.url("/up")]), sent.clone());
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert!(
        *came.lock().unwrap() == sent,
        "what came is not what was sent"
    );
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    loop {
        let line = body.iter().position(|&octet| octet == b'\r').unwrap();
        let size = std::str::from_utf8(&body[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return content;
        }
        content.extend_from_slice(&body[line + 2..line + 2 + size]);
        body = &body[line + 2 + size + 2..];
    }
}

#[test]
fn a_large_body_goes_to_a_file() {
    let content = Arc::new(octets(24 * MIB));
    let said = content.clone();
    let server = Server::new(move |talk| {
        talk.head();
        talk.say(response("200 OK", "", &*said));
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let ended = run(rcurl(&[
        "-sS",
        "-o",
        path.to_str().unwrap(),
        &server.url("/"),
    ]));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_str()),
        (Some(0), &b""[..], "")
    );
    assert!(
        std::fs::read(path).unwrap() == *content,
        "the file is not what was sent"
    );
}

#[test]
fn the_second_address_of_localhost_serves() {
    let server = hello();
    let ended = run(rcurl(&["-sv", &server.url_by("localhost", "/")]));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(0), &b"hello\n"[..])
    );
    let port = server.port();
    let tried = ended.stderr.find(&format!("*   Trying [::1]:{port}...\n"));
    let failed = ended.stderr.find(&format!("* connect to ::1 port {port} "));
    let connected = ended.stderr.find(&format!(
        "* Established connection to localhost (127.0.0.1 port {port}) from 127.0.0.1 port "
    ));
    assert!(
        tried.is_some() && tried < failed && failed < connected,
        "{}",
        ended.stderr
    );
}

#[test]
fn a_port_where_nobody_listens_is_told() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let ended = run(rcurl(&["-sS", &format!("http://127.0.0.1:{port}/")]));
    let start = format!("rcurl: (7) Failed to connect to 127.0.0.1:{port} after ");
    assert_eq!(ended.exit, Some(7));
    assert!(
        ended.stderr.starts_with(&start)
            && ended.stderr.ends_with(" ms: Could not connect to server\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_reset_is_a_failure_and_what_came_is_delivered() {
    let (heard, go_on) = mpsc::channel();
    let go_on = Mutex::new(go_on);
    let server = Server::new(move |talk| {
        talk.head();
        talk.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        go_on.lock().unwrap().recv().unwrap();
        talk.reset();
    });
    let mut child = rcurl(&["-sSN", &server.url("/")]).spawn().unwrap();
    let mut half = [0; 4];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut half)
        .unwrap();
    heard.send(()).unwrap();
    let ended = end(child);
    assert_eq!(&half, b"half");
    assert_eq!(
        (ended.exit, ended.stderr.as_str()),
        (
            Some(56),
            "rcurl: (56) Recv failure: Connection reset by peer\n"
        )
    );
}

#[test]
fn content_is_shown_as_it_comes() {
    let (seen, go_on) = mpsc::channel();
    let go_on = Mutex::new(go_on);
    let server = Server::new(move |talk| {
        talk.head();
        talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
        go_on.lock().unwrap().recv().unwrap();
        talk.say("4\r\ntwo\n\r\n0\r\n\r\n");
    });
    let mut child = rcurl(&["-sS", &server.url("/")]).spawn().unwrap();
    let mut first = [0; 4];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut first)
        .unwrap();
    assert_eq!(&first, b"one\n");
    seen.send(()).unwrap();
    let ended = end(child);
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_str()),
        (Some(0), &b"two\n"[..], "")
    );
}

#[test]
fn a_reader_that_is_gone_is_a_failure_to_write() {
    let server = Server::new(|talk| {
        talk.head();
        talk.say("HTTP/1.1 200 OK\r\n\r\n");
        while talk.try_say(&[b'x'; 4096]).is_ok() {}
    });
    let mut child = rcurl(&["-sS", &server.url("/")]).spawn().unwrap();
    let mut first = [0; 1];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let ended = end(child);
    assert_eq!(ended.exit, Some(23), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("rcurl: (23) "), "{}", ended.stderr);
}

#[test]
fn an_interrupt_ends_a_transfer() {
    let (heard, waiting) = mpsc::channel();
    let heard = Mutex::new(heard);
    let server = Server::new(move |talk| {
        talk.head();
        heard.lock().unwrap().send(()).unwrap();
        talk.drain();
    });
    let child = rcurl(&["-sS", &server.url("/")]).spawn().unwrap();
    waiting.recv().unwrap();
    let process = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.signal(),
        Some(rustix::process::Signal::INT.as_raw())
    );
}

#[test]
fn two_urls_share_a_connection_and_three_at_once_do_not() {
    let server = hello();
    let [one, two] = ["/1", "/2"].map(|path| server.url(path));
    let ended = run(rcurl(&["-sS", &one, &two]));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(0), &b"hello\nhello\n"[..])
    );
    assert_eq!(server.heard().len(), 1);

    let all_here = Arc::new(Barrier::new(3));
    let server = Server::new(move |talk| {
        talk.head();
        all_here.wait();
        talk.say(response("200 OK", "", "hello\n"));
    });
    let urls = ["/1", "/2", "/3"].map(|path| server.url(path));
    let ended = run(rcurl(&["-sSZ", &urls[0], &urls[1], &urls[2]]));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice(), ended.stderr.as_str()),
        (Some(0), &b"hello\nhello\nhello\n"[..], "")
    );
}

#[test]
fn as_many_transfers_run_as_their_servers_keep_waiting() {
    for (count, words) in [
        (50, &["-sSZ"][..]),
        (50, &["-sSZ", "--parallel-immediate"]),
        (7, &["-sSZ", "--parallel-max", "7"]),
    ] {
        let all_here = Arc::new(Barrier::new(count));
        let server = Server::new(move |talk| {
            talk.head();
            all_here.wait();
            talk.say(response("200 OK", "", "x"));
        });
        let urls = server.url(&format!("/[1-{count}]"));
        let ended = run(rcurl(&[words, &[&urls]].concat()));
        assert_eq!(
            (ended.exit, ended.stderr.as_str()),
            (Some(0), ""),
            "{words:?}"
        );
        assert_eq!(ended.stdout, "x".repeat(count).as_bytes(), "{words:?}");
        assert_eq!(server.heard().len(), count, "{words:?}");
    }
}

#[test]
fn no_more_transfers_to_one_host_than_asked_for() {
    let busy = Arc::new(Mutex::new((0, 0)));
    let seen = busy.clone();
    let server = Server::new(move |talk| {
        talk.head();
        {
            let (now, most) = &mut *busy.lock().unwrap();
            *now += 1;
            *most = (*now).max(*most);
        }
        SystemClock.pause(SystemClock.now() + Duration::from_millis(20));
        busy.lock().unwrap().0 -= 1;
        talk.say(response("200 OK", "Connection: close\r\n", "hello\n"));
    });
    let urls = server.url("/[1-9]");
    let ended = run(rcurl(&["-sSZ", "--parallel-max-host", "2", &urls]));
    assert_eq!((ended.exit, ended.stdout), (Some(0), b"hello\n".repeat(9)));
    assert!(matches!(seen.lock().unwrap().1, 1 | 2));
}

/// Every body is its own, and no descriptor is left open: 20 at a time get by with 64.
#[test]
fn a_thousand_transfers_keep_their_bodies_apart() {
    let server = Server::new(|talk| {
        while let Some((head, _)) = talk.request() {
            let path = head.split(' ').nth(1).unwrap();
            let number: usize = path.trim_start_matches('/').parse().unwrap();
            let fields = ["", "Connection: close\r\n"][usize::from(number.is_multiple_of(7))];
            let body = format!("{number}\n").repeat(number);
            talk.say(response("200 OK", fields, body));
            if !fields.is_empty() {
                return;
            }
        }
    });
    for (most, descriptors) in [("200", "1024"), ("20", "64")] {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("#1");
        let script = format!("ulimit -n {descriptors}; exec \"$@\"");
        let url = server.url("/[1-1000]");
        let words = [
            "-c",
            &script,
            "sh",
            env!("CARGO_BIN_EXE_rcurl"),
            "-q",
            "-sSZ",
        ];
        let more = ["--parallel-max", most, "-o", name.to_str().unwrap(), &url];
        let ended = run(clean("/bin/sh", &[&words[..], &more].concat()));
        assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
        for number in 1..=1000 {
            let body = std::fs::read(folder.path().join(number.to_string())).unwrap();
            assert!(
                body == format!("{number}\n").repeat(number).as_bytes(),
                "{number}"
            );
        }
    }
}

#[test]
fn a_unix_socket_serves() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = vec![0; 1024];
        let count = stream.read(&mut request).unwrap();
        std::io::Write::write_all(&mut stream, &response("200 OK", "", "local\n")).unwrap();
        request.truncate(count);
        String::from_utf8(request).unwrap()
    });
    let ended = run(rcurl(&[
        "-sS",
        "--unix-socket",
        path.to_str().unwrap(),
        "http://any.test/x",
    ]));
    assert_eq!(
        (ended.exit, ended.stdout.as_slice()),
        (Some(0), &b"local\n"[..])
    );
    let request = server.join().unwrap();
    assert!(
        request.starts_with("GET /x HTTP/1.1\r\nHost: any.test\r\n"),
        "{request}"
    );
}

#[test]
fn closed_streams_are_no_reason_to_fail() {
    let server = hello();
    let program = env!("CARGO_BIN_EXE_rcurl");
    let url = server.url("/");
    for (closed, exit) in [("<&-", 0), ("2>&-", 0), ("<&- 2>&-", 0)] {
        let line = format!("exec {program} -v {url} {closed}");
        let Ended {
            exit: got, stdout, ..
        } = run(clean("/bin/sh", &["-c", &line]));
        assert_eq!(
            (got, stdout.as_slice()),
            (Some(exit), &b"hello\n"[..]),
            "{closed}"
        );
    }
}

#[test]
fn the_demo_needs_nothing_else() {
    let ended = run(rcurl(&["--demo"]));
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("\n$ rcurl "), "{}", ended.stderr);
    assert!(ended.stderr.contains("* Time: "), "{}", ended.stderr);
    assert!(
        String::from_utf8(ended.stdout)
            .unwrap()
            .contains("Hello from rcurl")
    );
}

#[test]
fn remove_on_error_removes_what_fail_with_body_refused() {
    let server = Server::new(|talk| {
        talk.request();
        talk.say(response("404 Not Found", "", "not here\n"));
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out");
    let words = ["-sS", "--fail-with-body", "-o", file.to_str().unwrap()];
    let url = server.url("/");
    let ended = run(rcurl(&[&words[..], &[&url]].concat()));
    assert_eq!(ended.exit, Some(22), "{}", ended.stderr);
    assert_eq!(std::fs::read(&file).unwrap(), b"not here\n");
    let words = [&words[..], &["--remove-on-error", &url]].concat();
    let ended = run(rcurl(&words));
    assert_eq!(ended.exit, Some(22), "{}", ended.stderr);
    assert!(!file.exists());
}

#[test]
fn a_coding_that_nobody_knows_matters_where_content_comes() {
    let server = Server::new(|talk| {
        let (head, _) = talk.request().unwrap();
        let field = "Content-Encoding: foo\r\n";
        talk.say(match head.split(' ').nth(1).unwrap() {
            "/204" => format!("HTTP/1.1 204 No Content\r\n{field}\r\n").into_bytes(),
            "/304" => format!("HTTP/1.1 304 Not Modified\r\n{field}\r\n").into_bytes(),
            "/head" => format!("HTTP/1.1 200 OK\r\n{field}Content-Length: 5\r\n\r\n").into_bytes(),
            "/empty" => response("200 OK", field, ""),
            _ => response("200 OK", field, "hello"),
        });
    });
    for (path, words, exit) in [
        ("/204", &[][..], 0),
        ("/304", &[], 0),
        ("/head", &["-I"], 0),
        ("/empty", &[], 0),
        ("/full", &[], 61),
        ("/full", &["-o", "/dev/null"], 61),
        ("/full", &["-i"], 61),
    ] {
        let url = server.url(path);
        let words = [&["-sS", "--compressed"], words, &[&url]].concat();
        let ended = run(rcurl(&words));
        assert_eq!(ended.exit, Some(exit), "{words:?}: {}", ended.stderr);
    }
}

#[test]
fn trailers_of_raw_content_are_shown_once() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = "3\r\nabc\r\n0\r\nX-T: trail\r\nX-U: 2\r\n\r\n";
    let server = Server::new(move |talk| {
        talk.request();
        talk.say([head, body].concat());
    });
    let ended = run(rcurl(&["-sS", "--raw", "-i", &server.url("/")]));
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        String::from_utf8_lossy(&ended.stdout),
        [head, body].concat()
    );
}

#[test]
fn a_line_without_a_name_is_not_sent() {
    let server = hello();
    let words = ["-sS", "-H", ": v", "-H", ";", "-H", "A: b"];
    let ended = run(rcurl(&[&words[..], &[&server.url("/")]].concat()));
    assert_eq!((ended.exit, ended.stderr.as_str()), (Some(0), ""));
    let heard = String::from_utf8(server.heard().concat()).unwrap();
    let end = "\r\nAccept: */*\r\nA: b\r\n\r\n";
    assert!(heard.ends_with(end), "{heard}");
}

/// What was there before, and is no regular file, is not ours to remove.
#[test]
fn remove_on_error_leaves_a_pipe_where_it_is() {
    let server = Server::new(|talk| {
        talk.request();
        talk.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    });
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).unwrap()
    });
    let words = ["-sS", "--remove-on-error", "-o", pipe.to_str().unwrap()];
    let ended = run(rcurl(&[&words[..], &[&server.url("/")]].concat()));
    assert_eq!(ended.exit, Some(18), "{}", ended.stderr);
    assert_eq!(reader.join().unwrap(), b"half");
    assert!(pipe.exists());
}
