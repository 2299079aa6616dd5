//! The works that are compared: one row each.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::content::json_octets;
use super::process::{Input, Output, Work};
use super::server::Server;

/// The program of this build.
pub(crate) const RCURL: &str = env!("CARGO_BIN_EXE_rcurl");

/// Where systems keep the authorities that they trust.
const BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Where the works are done: the server, the files, the sizes.
pub(crate) struct Stage {
    server: Server,
    /// Octets of a large transfer.
    large: u64,
    /// Octets of JSON.
    json: u64,
    /// Requests of a row with many.
    many: u64,
    /// A folder on the disk.
    pub(crate) folder: PathBuf,
    /// A folder in memory, where there is one.
    memory: PathBuf,
    /// The rcurl that is measured.
    rcurl: PathBuf,
}

impl Stage {
    /// Makes the files that the works need.
    pub(crate) fn new(
        server: Server,
        gigabytes: f64,
        folder: &Path,
        memory: Option<&Path>,
        rcurl: &Path,
    ) -> io::Result<Self> {
        #[expect(clippy::cast_sign_loss, reason = "sizes are positive")]
        let times = |count: f64| (count * gigabytes) as u64;
        let stage = Self {
            server,
            large: times(1e9),
            json: json_octets(gigabytes),
            many: times(1e4).clamp(100, 10_000),
            folder: folder.to_owned(),
            memory: memory.unwrap_or(folder).to_owned(),
            rcurl: rcurl.to_owned(),
        };
        let authority = fs::read_to_string(&stage.server.authority)?;
        let bundle = fs::read_to_string(BUNDLE).unwrap_or_default();
        fs::write(stage.bundle(), bundle + &authority)?;
        let content = io::repeat(b'x').take(stage.large / 2);
        let mut content = io::BufReader::with_capacity(256 * 1024, content);
        io::copy(&mut content, &mut fs::File::create(stage.upload())?)?;
        Ok(stage)
    }

    fn bundle(&self) -> PathBuf {
        self.folder.join("bundle.pem")
    }

    /// A file to be sent, every page of it written: a hole would be sent in another way.
    fn upload(&self) -> PathBuf {
        self.memory.join("upload")
    }

    fn plain(&self, path: &str) -> String {
        format!("{}{path}", self.server.plain)
    }

    fn secure(&self, path: &str) -> String {
        format!("{}{path}", self.server.secure)
    }
}

/// What a figure is told for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One run, in milliseconds.
    Small,
    /// 10^9 octets, in seconds; what a run moves is this part of a large transfer, in hundredths.
    Large(u64),
    /// The same for JSON, of which there is so much.
    Json,
    /// One request of many, in microseconds.
    Many,
}

impl Kind {
    /// How many of its units a run does.
    pub(crate) fn units(self, stage: &Stage) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count of octets is far from 2^53"
        )]
        match self {
            Self::Small => 1.0,
            Self::Json => stage.json as f64 / 1e9,
            Self::Large(hundredths) => (stage.large * hundredths) as f64 / 100.0 / 1e9,
            Self::Many => stage.many as f64,
        }
    }
}

/// Who stands beside rcurl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// curl, with the same words.
    Curl,
    /// curl without the words that only rcurl knows.
    PlainCurl,
    /// curl, and jq behind it.
    CurlAndJq,
}

/// One work.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// How its processor time should stand to its peer's.
    pub(crate) aim: &'static str,
    /// How many instructions it should take at most, in millions.
    pub(crate) instructions: &'static str,
    /// How many system calls it should make at most.
    pub(crate) calls: &'static str,
    /// How much memory it should have at most, in megabytes.
    pub(crate) memory: &'static str,
    peer: Peer,
    input: fn(&Stage) -> Input,
    output: Output,
    /// Words, those that only rcurl knows first: `own` of them.
    words: fn(&Stage) -> Vec<OsString>,
    own: usize,
}

/// What most rows have.
const ROW: Row = Row {
    name: "",
    kind: Kind::Small,
    aim: "",
    instructions: "",
    calls: "",
    memory: "",
    peer: Peer::Curl,
    input: |_| Input::Nothing,
    output: Output::Null,
    words: |_| Vec::new(),
    own: 0,
};

/// The works, in the order in which they are done.
pub(crate) const ROWS: &[Row] = &[
    Row {
        name: "`-V`",
        instructions: "2.0",
        words: |_| words(["-V"]),
        ..ROW
    },
    Row {
        name: "one GET of a small JSON",
        instructions: "2.2",
        calls: "100",
        memory: "4",
        words: |on| words(["-s", &on.plain("/small")]),
        ..ROW
    },
    Row {
        name: "the same with `-v` to pipes",
        instructions: "2.4",
        output: Output::Pipe,
        words: |on| words(["-sv", &on.plain("/small")]),
        ..ROW
    },
    Row {
        name: "the same over TLS 1.3, one authority",
        instructions: "5",
        words: |on| {
            words([
                "-s",
                "--cacert",
                &shown(&on.server.authority),
                &on.secure("/small"),
            ])
        },
        ..ROW
    },
    Row {
        name: "the same, a public bundle of them",
        instructions: "15",
        words: |on| words(["-s", "--cacert", &shown(&on.bundle()), &on.secure("/small")]),
        ..ROW
    },
    Row {
        name: "20 redirects",
        instructions: "3.0",
        words: |on| words(["-sL", &on.plain("/redirect/20")]),
        ..ROW
    },
    Row {
        name: "1 kB of JSON, laid out (curl: as it is)",
        aim: "0.45",
        peer: Peer::PlainCurl,
        output: Output::Pipe,
        words: |on| words(["--pretty=always", "-s", &on.plain("/small")]),
        own: 1,
        ..ROW
    },
    Row {
        name: "download to /dev/null",
        kind: Kind::Large(100),
        aim: "0.60",
        words: |on| {
            words([
                "-so",
                "/dev/null",
                &on.plain(&format!("/bytes/{}", on.large)),
            ])
        },
        ..ROW
    },
    Row {
        name: "download to a pipe",
        kind: Kind::Large(100),
        aim: "0.30",
        output: Output::Pipe,
        words: |on| words(["-s", &on.plain(&format!("/bytes/{}", on.large))]),
        ..ROW
    },
    Row {
        name: "download to a file in memory",
        kind: Kind::Large(50),
        aim: "0.75",
        words: |on| download(on, &on.memory),
        ..ROW
    },
    Row {
        name: "download to a file on disk",
        kind: Kind::Large(50),
        aim: "0.75",
        words: |on| download(on, &on.folder),
        ..ROW
    },
    Row {
        name: "download over TLS 1.3",
        kind: Kind::Large(50),
        aim: "0.70",
        words: |on| {
            let url = on.secure(&format!("/bytes/{}", on.large / 2));
            words([
                "-so",
                "/dev/null",
                "--cacert",
                &shown(&on.server.authority),
                &url,
            ])
        },
        ..ROW
    },
    Row {
        name: "chunks of 16 KiB",
        kind: Kind::Large(100),
        aim: "0.85",
        words: |on| {
            words([
                "-so",
                "/dev/null",
                &on.plain(&format!("/chunks/16384/{}", on.large)),
            ])
        },
        ..ROW
    },
    Row {
        name: "chunks of 1,000 octets",
        kind: Kind::Large(100),
        aim: "0.65",
        words: |on| {
            words([
                "-so",
                "/dev/null",
                &on.plain(&format!("/chunks/1000/{}", on.large)),
            ])
        },
        ..ROW
    },
    Row {
        name: "upload of a file",
        kind: Kind::Large(50),
        aim: "0.70",
        words: |on| words(["-sT", &shown(&on.upload()), &on.plain("/up")]),
        ..ROW
    },
    Row {
        name: "upload from a pipe, chunked",
        kind: Kind::Large(50),
        aim: "0.95",
        input: |on| Input::Pipe(on.large / 2),
        words: |on| words(["-sT", "-", &on.plain("/up")]),
        ..ROW
    },
    Row {
        name: "GETs over one connection",
        kind: Kind::Many,
        aim: "0.35",
        words: |on| many(on, &[]),
        ..ROW
    },
    Row {
        name: "GETs with `-Z --parallel-max 50`",
        kind: Kind::Many,
        aim: "0.45",
        words: |on| many(on, &["-Z", "--parallel-max", "50"]),
        ..ROW
    },
    Row {
        name: "JSON laid out, to a pipe (curl: `\\| jq .`)",
        kind: Kind::Json,
        aim: "0.05",
        peer: Peer::CurlAndJq,
        output: Output::Pipe,
        words: |on| words(["--pretty=always", "-s", &on.plain("/json")]),
        own: 1,
        ..ROW
    },
    Row {
        name: "gzip, `--compressed`",
        kind: Kind::Json,
        aim: "0.75",
        words: |on| words(["-so", "/dev/null", "--compressed", &on.plain("/gzip")]),
        ..ROW
    },
];

impl Row {
    /// The work as rcurl does it.
    pub(crate) fn work(&self, stage: &Stage) -> Work {
        self.by(&stage.rcurl, (self.words)(stage), stage)
    }

    /// The work as curl does it.
    pub(crate) fn beside(&self, curl: &Path, stage: &Stage) -> Result<Work, String> {
        let words = (self.words)(stage).split_off(self.own);
        if self.peer != Peer::CurlAndJq {
            return Ok(self.by(curl, words, stage));
        }
        super::program("jq").ok_or("jq is not here")?;
        let mut pipeline = vec!["-c".into(), "\"$0\" \"$@\" | jq .".into(), curl.into()];
        pipeline.push("-q".into());
        pipeline.extend(words);
        Ok(Work {
            program: "sh".into(),
            words: pipeline,
            input: Input::Nothing,
            output: self.output,
        })
    }

    fn by(&self, program: &Path, words: Vec<OsString>, stage: &Stage) -> Work {
        // `-q`: no config file has a say.
        let words = [OsString::from("-q")].into_iter().chain(words).collect();
        Work {
            program: program.into(),
            words,
            input: (self.input)(stage),
            output: self.output,
        }
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<OsString> {
    words.map(OsString::from).into()
}

fn download(on: &Stage, folder: &Path) -> Vec<OsString> {
    let url = on.plain(&format!("/bytes/{}", on.large / 2));
    words(["-so", &shown(&folder.join("download")), &url])
}

fn many(on: &Stage, how: &[&str]) -> Vec<OsString> {
    let url = on.plain(&format!("/small?[1-{}]", on.many));
    let how = how.iter().map(OsString::from);
    how.chain(words(["-so", "/dev/null", &url])).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
