//! The rules that keep the crate simple, held against its text: who may use whom, what stands in one
//! place only, and what stands nowhere. A failure names the file and the line.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{Source, signposts};

/// What each room may use. Whatever is not in a row is a wall; `lib.rs` and `main.rs` see all rooms.
const ROOMS: &[(&str, &[&str])] = &[
    // 4: unseen by one another.
    ("cli", &["codec", "environment", "error", "glob", "plan"]),
    (
        "transfer",
        &[
            "codec",
            "disk",
            "environment",
            "error",
            "event",
            "glob",
            "http1",
            "lock",
            "net",
            "plan",
            "streams",
            "target",
        ],
    ),
    (
        "view",
        &[
            "clock",
            "codec",
            "disk",
            "environment",
            "error",
            "event",
            "http1",
            "plan",
            "streams",
            "target",
        ],
    ),
    ("demo", &[]),
    // 3
    (
        "net",
        &["clock", "error", "event", "http1", "lock", "plan", "target"],
    ),
    // 2
    ("plan", &["codec", "glob"]),
    ("event", &["clock", "error", "http1", "lock", "target"]),
    // 1
    ("error", &["codec", "http1"]),
    ("target", &["codec"]),
    ("glob", &[]),
    ("http1", &[]),
    ("codec", &[]),
    // The world as an input.
    ("clock", &[]),
    ("disk", &[]),
    ("environment", &[]),
    ("lock", &[]),
    ("streams", &["lock"]),
    ("terminal", &[]),
];

/// What stands in these files only. A file is named by the beginning of its path.
const PLACES: &[(&str, &[&str])] = &[
    ("unsafe", &[]),
    ("Instant::now", &["clock.rs"]),
    ("SystemTime::now", &["clock.rs"]),
    ("thread::sleep", &["clock.rs"]),
    ("env::var", &[]),
    ("env::var_os", &[]),
    ("env::vars", &[]),
    ("env::vars_os", &["main.rs"]),
    ("env::args", &[]),
    ("env::args_os", &["main.rs"]),
    ("env::current_dir", &[]),
    ("env::temp_dir", &[]),
    ("process::exit", &[]),
    ("process::abort", &[]),
    // Nobody prints: text goes to a writer that was handed over.
    ("print!", &[]),
    ("println!", &[]),
    ("eprint!", &[]),
    ("eprintln!", &[]),
    ("dbg!", &[]),
    ("stdin()", &["main.rs"]),
    ("stdout()", &["main.rs"]),
    ("stderr()", &["main.rs"]),
    // No global state, and no switch for tests.
    ("static mut", &[]),
    ("thread_local!", &[]),
    ("OnceLock", &[]),
    ("LazyLock", &[]),
    ("cfg!(test)", &[]),
    ("cfg(test)", &[]),
    // Panics when the system has no thread to spare; `thread::Builder` says so instead.
    ("thread::spawn", &[]),
    ("thread::scope", &["demo.rs", "transfer/workers.rs"]),
    // Unfinished business.
    ("todo!", &[]),
    ("unimplemented!", &[]),
    // Each crate has its place.
    ("anstream::", &["main.rs"]),
    ("brotli_decompressor::", &["codec/content/"]),
    ("clap::", &["cli/words.rs"]),
    ("flate2::", &["codec/content/"]),
    ("jiff::", &["view/"]),
    ("nix::", &["net/socket.rs"]),
    ("psl::", &["transfer/cookies/"]),
    ("regex_lite::", &["codec/pattern.rs"]),
    ("rustls::", &["net/tls/"]),
    ("rustls_native_certs::", &["net/tls/"]),
    ("ruzstd::", &["codec/content/"]),
    ("similar::", &["view/transcript/compare.rs"]),
    ("url::", &["target.rs"]),
    ("webpki_roots::", &["net/tls/"]),
    ("x509_cert::", &["net/tls/"]),
];

/// The floors without sockets, files, threads or processes.
const PURE: &[&str] = &["error", "target", "glob", "http1", "codec", "plan", "event"];
const IMPURE: &[&str] = &[
    "fs::",
    "File::",
    "TcpStream",
    "UdpSocket",
    "TcpListener",
    "thread::",
    "process::",
    "rustix::",
];

/// A file is this long at most …
const LINES: usize = 500;
/// … but for these lists of plain data, with their own bounds.
const LONGER: &[(&str, usize)] = &[("plan.rs", 900), ("event.rs", 700), ("target.rs", 650)];

/// The steps back that a folder cannot do without: a row of the option table may read further options
/// from a file, or tell about all of them.
const BACK: &[(&str, &str, &str)] = &[("cli", "options", "config"), ("cli", "options", "help")];

/// Words that say nothing, at the beginning of a name or as a file's whole name.
const EMPTY_WORDS: &[&str] = &[
    "fn get_",
    "Manager",
    "Helper",
    "fn helper",
    "mod util",
    "mod utils",
    "mod helpers",
];

#[test]
fn rooms_use_only_what_lies_below_them() {
    let mut walls = Vec::new();
    for source in source::all() {
        let Some(room) = source.module.first() else {
            continue;
        };
        let row = ROOMS.iter().find(|(name, _)| name == room);
        let (_, allowed) =
            row.unwrap_or_else(|| panic!("src/{} is in no room: {room}", source.name));
        for mention in source.mentions() {
            let used = mention.path.first().filter(|used| *used != room);
            let Some(used) = used else { continue };
            if !allowed.contains(&used.as_str()) {
                walls.push(format!(
                    "src/{}:{}: {room} may not use {used}",
                    source.name, mention.line
                ));
            }
        }
    }
    assert!(walls.is_empty(), "{}", walls.join("\n"));
}

#[test]
fn rooms_have_an_order() {
    let edges = ROOMS.iter().flat_map(|(room, uses)| {
        uses.iter()
            .map(|used| ((*room).to_owned(), (*used).to_owned()))
    });
    assert_eq!(circle(&edges.collect()), None);
}

/// The files of a folder use one another without circles. The folder's own file (`mod.rs`, or the one
/// named like it) is its face: children may use the types that stand in it.
#[test]
fn files_of_a_folder_have_an_order() {
    let sources = source::all();
    let posts = signposts(&sources);
    let modules: BTreeSet<&[String]> = sources.iter().map(|source| &*source.module).collect();
    let mut folders: BTreeMap<Vec<String>, BTreeMap<(String, String), String>> = BTreeMap::new();
    for source in &sources {
        for mention in source.mentions() {
            let mut path = mention.path;
            while let Some(to) = (1..=path.len()).rev().find_map(|end| {
                let post = posts.get(&path[..end])?;
                Some([post.clone(), path[end..].to_vec()].concat())
            }) {
                path = to;
            }
            // The folder in which both stand, and the child of it on either side.
            let shared = source
                .module
                .iter()
                .zip(&path)
                .take_while(|(one, other)| one == other)
                .count();
            let (Some(from), Some(to)) = (source.module.get(shared), path.get(shared)) else {
                continue;
            };
            let back = BACK.contains(&(&*path[..shared].join("/"), from, to));
            if shared > 0 && !back && modules.contains(&path[..=shared]) {
                let place = format!("src/{}:{}", source.name, mention.line);
                let edges = folders.entry(path[..shared].to_vec()).or_default();
                edges.entry((from.clone(), to.clone())).or_insert(place);
            }
        }
    }
    let mut circles = Vec::new();
    for (folder, edges) in &folders {
        if let Some(files) = circle(&edges.keys().cloned().collect()) {
            let steps = files.iter().zip(files.iter().cycle().skip(1));
            let steps = steps.map(|(from, to)| {
                format!("{from} uses {to} ({})", edges[&(from.clone(), to.clone())])
            });
            circles.push(format!(
                "{}: {}",
                folder.join("/"),
                steps.collect::<Vec<_>>().join(", ")
            ));
        }
    }
    assert!(folders.len() > 5, "there are folders");
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// Nodes that lead back to the first of them, if there are such.
fn circle(edges: &BTreeSet<(String, String)>) -> Option<Vec<String>> {
    let mut edges = edges.clone();
    // What uses nothing that is left, and what nothing left uses, is in no circle.
    loop {
        let before = edges.len();
        let users: BTreeSet<String> = edges.iter().map(|(from, _)| from.clone()).collect();
        let used: BTreeSet<String> = edges.iter().map(|(_, to)| to.clone()).collect();
        edges.retain(|(from, to)| users.contains(to) && used.contains(from));
        if edges.len() == before {
            break;
        }
    }
    let mut path = vec![edges.first()?.0.clone()];
    loop {
        let next = &edges
            .iter()
            .find(|(from, _)| from == path.last().unwrap())
            .unwrap()
            .1;
        if let Some(start) = path.iter().position(|node| node == next) {
            return Some(path.split_off(start));
        }
        path.push(next.clone());
    }
}

#[test]
fn what_has_one_place_stands_there_alone() {
    let mut strays = Vec::new();
    for source in source::all() {
        for (number, line) in source.code.lines().enumerate() {
            for (word, places) in PLACES {
                if stands(line, word) && !places.iter().any(|place| source.name.starts_with(place))
                {
                    strays.push(format!("src/{}:{}: {word}", source.name, number + 1));
                }
            }
            if let Some(word) = EMPTY_WORDS.iter().find(|word| line.contains(**word)) {
                strays.push(format!(
                    "src/{}:{}: {word} says nothing",
                    source.name,
                    number + 1
                ));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

/// Whether a line has this, and not as the end of a longer word.
fn stands(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let goes_on = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
        let inner = word.ends_with(|it: char| it.is_alphanumeric());
        !goes_on(before) && (!inner || !goes_on(after))
    })
}

#[test]
fn the_lower_floors_are_pure() {
    let mut strays = Vec::new();
    for source in source::all() {
        let room = source.module.first();
        if room.is_none_or(|room| !PURE.contains(&room.as_str())) {
            continue;
        }
        for (number, line) in source.code.lines().enumerate() {
            if let Some(word) = IMPURE.iter().find(|word| stands(line, word)) {
                strays.push(format!(
                    "src/{}:{}: {word} is no business of a pure room",
                    source.name,
                    number + 1
                ));
            }
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn files_say_what_they_know_and_end_in_time() {
    let mut wrong = Vec::new();
    for Source { name, text, .. } in source::all() {
        if !text.starts_with("//! ") {
            wrong.push(format!("src/{name}:1: does not open with what it knows"));
        }
        let count = text.lines().count();
        let exception = LONGER.iter().find(|(longer, _)| *longer == name);
        let bound = exception.map_or(LINES, |(_, bound)| *bound);
        if count > bound {
            wrong.push(format!("src/{name}:{count}: longer than {bound} lines"));
        }
        if exception.is_some() && count <= LINES {
            wrong.push(format!(
                "src/{name}: is short enough now; LONGER need not name it"
            ));
        }
        let unfinished = text.lines().position(|line| {
            ["TODO", "FIXME", "XXX"]
                .iter()
                .any(|word| line.contains(word))
        });
        if let Some(line) = unfinished {
            wrong.push(format!("src/{name}:{}: unfinished", line + 1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
