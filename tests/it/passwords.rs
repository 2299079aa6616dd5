//! Passwords that the command line leaves out.

use std::ffi::OsString;
use std::io::Cursor;
use std::sync::{Arc, Mutex};

use rcurl::clock::SystemClock;
use rcurl::environment::Environment;
use rcurl::error::Exit;
use rcurl::streams::{Input, Streams};
use rcurl::{World, cli};
use zeroize::Zeroizing;

use crate::scripted::Caught;
use crate::support::program::{clean, found, run};
use crate::support::server::{Server, response};

/// A server that remembers the credentials it was shown.
fn server() -> (Server, Arc<Mutex<Vec<String>>>) {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let noted = shown.clone();
    let server = Server::new(move |talk| {
        while let Some((head, _)) = talk.request() {
            let mut lines = head.lines();
            let credentials = lines.find_map(|line| line.strip_prefix("Authorization: "));
            noted
                .lock()
                .unwrap()
                .push(credentials.unwrap_or_default().to_owned());
            talk.say(response("200 OK", "", "hello\n"));
        }
    });
    (server, shown)
}

#[test]
fn a_password_left_out_is_asked_for() {
    let check = |words: &[&str], expected: &[&str]| {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let asked = cli::parse(&words, &Environment::default(), &mut std::io::empty());
        let Ok(cli::Asked::Run(mut plan)) = asked else {
            panic!("{asked:?}")
        };
        let mut prompts = Vec::new();
        cli::ask_passwords(&mut plan, &mut |prompt| {
            prompts.push(prompt.to_owned());
            Zeroizing::new(b"typed".to_vec())
        });
        assert_eq!(prompts, expected, "{words:?}");
        for operation in plan.operations {
            let users = operation.auth.user.into_iter().chain(operation.proxy.user);
            let asked_for = |user: &[u8]| {
                expected
                    .iter()
                    .any(|it| it.contains(&format!("'{}'", user.escape_ascii())))
            };
            for user in users {
                assert_eq!(user.password.reveal() == b"typed", asked_for(&user.user));
            }
        }
    };
    check(&["-u", "me:", "http://h/"], &[]);
    check(&["-u", "me:x", "-U", "you:", "http://h/"], &[]);
    check(&["-u", "me", "--oauth2-bearer", "t", "http://h/"], &[]);
    check(
        &["-u", "me", "http://h/"],
        &["Enter host password for user 'me':"],
    );
    check(
        &["-U", "you", "http://h/"],
        &["Enter proxy password for user 'you':"],
    );
    check(
        &[
            "-u",
            "me:x",
            "http://h/",
            "--next",
            "-u",
            "other",
            "http://h/",
        ],
        &["Enter host password for user 'other' on URL #2:"],
    );
}

#[test]
fn without_a_terminal_the_password_is_a_line_of_standard_input() {
    let (server, shown) = server();
    let told = Caught::default();
    let world = World {
        environment: Environment::default(),
        streams: Streams {
            stdin: Input::new(Cursor::new("secret\nmore")),
            stdout: Caught::default().console(),
            stderr: told.console(),
        },
        sockets: rcurl::net::Sockets::System,
        clock: Arc::new(SystemClock),
        noise: Box::new(|octets| {
            octets.fill(0);
            Ok(())
        }),
        secret_line: Box::new(|| None),
    };
    let url = server.url("/");
    let words = ["-q", "-sS", "-u", "me", "-T", "-", &url].map(OsString::from);
    assert_eq!(rcurl::run(&words, world), Exit::Ok);
    assert_eq!(told.text(), "Enter host password for user 'me':");
    assert_eq!(*shown.lock().unwrap(), ["Basic bWU6c2VjcmV0"]);
    assert!(server.heard()[0].ends_with(b"4\r\nmore\r\n0\r\n\r\n"));
}

/// Runs rcurl on a terminal of its own, types, and tells: the exit status (negative for a signal),
/// whether typing was unseen meanwhile, and whether it can be seen in the end.
const AT_A_TERMINAL: &str = r"
import os, pty, sys, termios
typed, command = sys.argv[1].encode().decode('unicode_escape').encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
seen = b''
while not seen.endswith(b'password for user \'me\':'):
    seen += os.read(terminal, 4096)
def echo():
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
while echo():
    pass
os.write(terminal, typed)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
after = echo()
try:
    while True:
        some = os.read(terminal, 4096)
        if not some:
            break
        seen += some
except OSError:
    pass
print(status, 'shown' if typed.strip() in seen else 'unseen', after)
";

#[test]
fn a_terminal_shows_no_password_and_is_put_right_after_it() {
    let Some(python) = found("python3") else {
        return;
    };
    let (server, shown) = server();
    let check = |typed: &str, expected: &str| {
        let url = server.url("/");
        let program = env!("CARGO_BIN_EXE_rcurl");
        let words = [
            "-c",
            AT_A_TERMINAL,
            typed,
            program,
            "-q",
            "-sS",
            "-u",
            "me",
            &url,
        ];
        let ended = run(clean(&python, &words));
        let told = String::from_utf8(ended.stdout).unwrap();
        assert_eq!(told.trim_end(), expected, "{typed}: {}", ended.stderr);
    };
    check("secret\\n", "0 unseen True");
    assert_eq!(shown.lock().unwrap().pop().unwrap(), "Basic bWU6c2VjcmV0");
    check("sec\\x03", "-2 unseen True");
    check("sec\\x1c", "-3 unseen True");
    assert_eq!(shown.lock().unwrap().len(), 0);
}
