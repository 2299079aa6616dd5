//! rcurl: a curl-like verbose HTTP client and wire inspector.
//!
//! The library behind the program: [`run`] takes a command line and the world around it, and gives
//! an exit status. ARCHITECTURE.md draws the map.

pub mod cli;
pub mod clock;
pub mod codec;
pub mod demo;
pub mod disk;
pub mod environment;
pub mod error;
pub mod event;
pub mod glob;
pub mod http1;
mod lock;
pub mod net;
pub mod plan;
pub mod streams;
pub mod target;
pub mod terminal;
pub mod transfer;
pub mod view;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use cli::manual::Tables;
use cli::{Asked, Refusal};
use clock::Clock;
use demo::Demo;
use environment::Environment;
use error::{Exit, reason};
use event::Tap;
use net::{Network, Sockets, Surroundings};
use plan::{Destination, Global, Plan};
use streams::{Console, Input, Streams};
use transfer::job::{Noise, Shared};
use transfer::memory::Memory;
use view::notices::Notices;
use zeroize::Zeroizing;

/// The world around a run: everything that it does not decide by itself.
pub struct World {
    /// Variables and terminals.
    pub environment: Environment,
    /// Standard input, output and error.
    pub streams: Streams,
    /// Who makes the sockets: the system, or a script.
    pub sockets: Sockets,
    /// The only clock.
    pub clock: Arc<dyn Clock>,
    /// The only source of randomness, for boundaries and client nonces.
    pub noise: Box<Noise>,
    /// A line that somebody types unseen at a terminal; `None` where there is no terminal.
    pub secret_line: Box<SecretLine>,
}

/// Reads a line that somebody types unseen.
pub type SecretLine = dyn Fn() -> Option<Zeroizing<Vec<u8>>> + Send + Sync;

/// Does what a command line (without the program's name) asks for.
pub fn run(words: &[OsString], world: World) -> Exit {
    let mut stdin = world.streams.stdin.clone();
    match cli::parse(words, &world.environment, &mut stdin) {
        Ok(Asked::Run(mut plan)) => {
            cli::ask_passwords(&mut plan, &mut |prompt| {
                world.streams.stderr.tell(prompt.as_bytes());
                (world.secret_line)().unwrap_or_else(|| line_of(&mut stdin))
            });
            carry_out(&plan, world)
        }
        Ok(Asked::Print(text)) => {
            world.streams.stdout.tell(text.as_bytes());
            Exit::Ok
        }
        Ok(Asked::Manual) => {
            let manual = cli::manual::whole(&Tables {
                variables: view::writeout::names().collect(),
                marks: view::transcript::varying(),
            });
            world.streams.stdout.tell(manual.as_bytes());
            Exit::Ok
        }
        Ok(Asked::Demo) => tour(world),
        Err(refusal) => refuse(&refusal, &world),
    }
}

/// One line and no octet more, since content may follow it.
fn line_of(input: &mut Input) -> Zeroizing<Vec<u8>> {
    let mut line = Zeroizing::default();
    while let Ok(Some(octet)) = terminal::one_octet(&mut *input) {
        if octet == b'\n' {
            break;
        }
        Vec::push(&mut line, octet);
    }
    line
}

fn carry_out(plan: &Plan, world: World) -> Exit {
    let World {
        mut environment,
        mut streams,
        sockets,
        clock,
        noise,
        secret_line: _,
    } = world;
    let redirected = redirect(plan, &mut streams, &mut environment);
    let notices = Notices::new(&plan.global, &environment, &streams.stderr);
    if let Err(warning) = redirected {
        notices.warn(&warning);
    }
    notices.about(plan);
    let observers = view::observers(plan, &environment, &streams.stdout, &streams.stderr, &clock);
    let mut surroundings = surroundings(&environment);
    if plan.global.inspect.dry_run {
        // Without TLS there are no keys to log, and no file is changed.
        surroundings.key_log = None;
    }
    let network = Network::over(sockets, surroundings);
    let shared = Shared {
        environment,
        network,
        memory: Memory::default(),
        streams,
        noise,
    };
    let tap = Tap::new(clock, observers);
    let exit = transfer::batch::run(plan, &shared, &tap);
    let verdict = tap.conclude();
    // What became of the transfers comes before what was thought of them.
    if exit == Exit::Ok { verdict } else { exit }
}

/// `--stderr`: talk goes elsewhere, dressed for the place that it goes to.
///
/// # Errors
/// A sentence for the user, when the file cannot be made; talk then stays where it was.
fn redirect(
    plan: &Plan,
    streams: &mut Streams,
    environment: &mut Environment,
) -> Result<(), String> {
    match &plan.global.stderr {
        None | Some(Destination::Stderr) => {}
        Some(Destination::Stdout) => {
            streams.stderr = streams.stdout.clone();
            environment.stderr_is_terminal = environment.stdout_is_terminal;
            environment.stderr_takes_colour = environment.stdout_takes_colour;
        }
        Some(Destination::File(path)) => {
            let file = std::fs::File::create(path).map_err(|error| {
                format!("Failed to open {}: {}", path.display(), reason(&error))
            })?;
            streams.stderr = Console::from_file(file);
            environment.stderr_is_terminal = false;
            environment.stderr_takes_colour = false;
        }
    }
    Ok(())
}

/// The files that the environment names, in curl's order.
fn surroundings(environment: &Environment) -> Surroundings {
    let path = |name: &str| environment.var_os(name).map(PathBuf::from);
    let (ca_file, ca_directory) = match path("CURL_CA_BUNDLE") {
        Some(bundle) => (Some(bundle), None),
        None => (path("SSL_CERT_FILE"), path("SSL_CERT_DIR")),
    };
    Surroundings {
        ca_file,
        ca_directory,
        key_log: path("SSLKEYLOGFILE"),
    }
}

/// A command line that cannot be understood.
fn refuse(refusal: &Refusal, world: &World) -> Exit {
    let plan = Plan {
        notices: refusal.notices.clone(),
        ..Plan::default()
    };
    let notices = Notices::new(
        &Global::default(),
        &world.environment,
        &world.streams.stderr,
    );
    notices.about(&plan);
    match (refusal.error.message.as_str(), refusal.hint) {
        ("", true) => notices.remark("try 'rcurl --help' for more information"),
        ("", false) => {}
        (message, true) => notices.usage(message),
        (message, false) => notices.remark(message),
    }
    refusal.error.exit
}

/// `--demo`: a tour against a server of our own, over real sockets.
fn tour(world: World) -> Exit {
    let demo = match Demo::start() {
        Ok(demo) => demo,
        Err(error) => {
            world
                .streams
                .stderr
                .tell(format!("rcurl: the demo server cannot listen: {error}\n").as_bytes());
            return Exit::CouldntConnect;
        }
    };
    let World {
        environment,
        streams,
        sockets,
        clock,
        noise,
        secret_line: _,
    } = world;
    let noise: Arc<Noise> = noise.into();
    for step in Demo::STEPS {
        let port = demo.address().port();
        let url = format!("{}://localhost:{port}{}", step.scheme, step.path);
        let words = ["-q"]
            .into_iter()
            .chain(step.words.iter().copied())
            .chain([url.as_str()]);
        let words: Vec<OsString> = words.map(OsString::from).collect();
        let shown: Vec<String> = words
            .iter()
            .skip(1)
            .map(|word| match word.to_string_lossy() {
                plain if !plain.contains([' ', '"']) => plain.into_owned(),
                other => format!("'{other}'"),
            })
            .collect();
        streams
            .stderr
            .tell(format!("\n# {}\n$ rcurl {}\n", step.title, shown.join(" ")).as_bytes());
        let noise = noise.clone();
        let world = World {
            environment: environment.clone(),
            streams: streams.clone(),
            sockets: sockets.clone(),
            clock: clock.clone(),
            noise: Box::new(move |octets| noise(octets)),
            secret_line: Box::new(|| None),
        };
        let exit = run(&words, world);
        streams.stderr.tell(b"\n");
        if exit as u8 != step.exit {
            return exit;
        }
    }
    Exit::Ok
}
