//! Content codings undone as the octets come: gzip, deflate, br, zstd, and chains of them.
//!
//! RFC 9110 §8.4 and §12.5.3; gzip is RFC 1952, deflate RFC 1950 or, as some servers have it, the
//! bare RFC 1951, br RFC 7932, zstd RFC 8878 in the bounds of RFC 9659. The same filters undo
//! `Transfer-Encoding: gzip`.
//! Output is handed on in pieces of bounded size, so that no content, however well it was packed,
//! grows memory. Whether to decode, and how much of it is too much, is for the caller to say.

mod brotli;
mod inflate;
mod xxh64;
mod zstd;

use std::fmt;

use brotli::Brotli;
use inflate::Inflate;
use zstd::Zstd;

/// The value of the `Accept-Encoding` that `--compressed` sends: the codings understood here.
pub const ACCEPT_ENCODING: &str = "deflate, gzip, br, zstd";

/// The most codings that one content may have undergone, as in curl: each may multiply the work.
pub const MOST_CODINGS: usize = 5;

/// The most output that is handed on at once, in octets.
const PIECE: usize = 64 * 1024;

/// A coding that can be undone. `identity` is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `gzip` and `x-gzip`.
    Gzip,
    /// `deflate`, with or without its zlib wrapper.
    Deflate,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

impl fmt::Display for Coding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        })
    }
}

impl Coding {
    /// The coding of this name, in any case.
    fn named(name: &[u8]) -> Option<Self> {
        match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Some(Self::Gzip),
            b"deflate" => Some(Self::Deflate),
            b"br" => Some(Self::Brotli),
            b"zstd" => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// The codings of a content, in the order in which they were applied: at most [`MOST_CODINGS`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codings(Vec<Coding>);

/// Why a list of codings cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A coding that is not known, by its name as sent.
    Unknown(Vec<u8>),
    /// More codings than [`MOST_CODINGS`].
    TooMany,
}

impl Codings {
    /// No coding yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the codings that one field line names. Several lines make one list (RFC 9110 §5.3).
    pub fn add(&mut self, value: &[u8]) -> Result<(), Refused> {
        let names = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
        for name in names.filter(|name| !changes_nothing(name)) {
            let coding = Coding::named(name).ok_or_else(|| Refused::Unknown(name.to_vec()))?;
            if self.0.len() == MOST_CODINGS {
                return Err(Refused::TooMany);
            }
            self.0.push(coding);
        }
        Ok(())
    }

    /// Whether there is nothing to undo.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codings, the one applied first first.
    pub fn as_slice(&self) -> &[Coding] {
        &self.0
    }
}

/// Whether this value of `Content-Encoding` names any coding that changes content (RFC 9110, 8.4).
pub fn is_coded(value: &[u8]) -> bool {
    let mut names = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    names.any(|name| !changes_nothing(name))
}

/// An empty element, or a name for no coding. "none" is not registered; curl takes it for one.
fn changes_nothing(name: &[u8]) -> bool {
    let names: [&[u8]; 3] = [b"", b"identity", b"none"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// What is wrong with a coded content. To curl's users all of it is exit code 61.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not what its coding makes.
    Corrupt(Coding),
    /// It ended too early.
    Truncated(Coding),
    /// It wants more memory than RFC 9659 grants: a window of more than 8 MiB.
    WindowTooLarge,
}

/// Why decoding stopped.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure<E> {
    /// The content is at fault. What was decoded before it has been delivered.
    Content(Fault),
    /// The receiver of the pieces failed.
    Delivery(E),
}

/// The streaming filter.
#[derive(Debug)]
pub struct Decoder {
    /// The coding applied last first.
    stages: Vec<Stage>,
}

impl Decoder {
    /// A decoder that undoes `codings`. Without any it hands on what it takes.
    pub fn new(codings: &Codings) -> Self {
        Self {
            stages: codings
                .0
                .iter()
                .rev()
                .map(|&coding| Stage::new(coding))
                .collect(),
        }
    }

    /// Takes the next piece of coded content and delivers what it decodes to.
    pub fn decode<E>(
        &mut self,
        input: &[u8],
        deliver: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), Failure<E>> {
        decode_through(&mut self.stages, input, deliver)
    }

    /// The coded content is over: complete, or truncated. An empty one is complete, since servers
    /// announce a coding for a body that they then leave out.
    pub fn finish(&self) -> Result<(), Fault> {
        match self.stages.iter().find(|stage| !stage.complete()) {
            Some(stage) => Err(Fault::Truncated(stage.coding)),
            None => Ok(()),
        }
    }
}

fn decode_through<E>(
    stages: &mut [Stage],
    input: &[u8],
    deliver: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), Failure<E>> {
    let Some((stage, inner)) = stages.split_first_mut() else {
        return deliver(input).map_err(Failure::Delivery);
    };
    stage.touched |= !input.is_empty();
    let mut rest = input;
    loop {
        let stepped = stage.filter.step(&mut rest, &mut stage.piece);
        if !stage.piece.is_empty() {
            decode_through(inner, &stage.piece, deliver)?;
            stage.piece.clear();
        }
        match stepped {
            Ok(Step::Again) => {}
            Ok(Step::Hungry) => return Ok(()),
            Err(Flaw::Corrupt) => return Err(Failure::Content(Fault::Corrupt(stage.coding))),
            Err(Flaw::Window) => return Err(Failure::Content(Fault::WindowTooLarge)),
        }
    }
}

#[derive(Debug)]
struct Stage {
    coding: Coding,
    filter: Filter,
    /// Whether there was any input.
    touched: bool,
    /// Decoded octets on their way, up to about [`PIECE`].
    piece: Vec<u8>,
}

impl Stage {
    fn new(coding: Coding) -> Self {
        let filter = match coding {
            Coding::Gzip => Filter::Inflate(Inflate::gzip()),
            Coding::Deflate => Filter::Inflate(Inflate::deflate()),
            Coding::Brotli => Filter::Brotli(Box::new(Brotli::new())),
            Coding::Zstd => Filter::Zstd(Box::new(Zstd::new())),
        };
        Self {
            coding,
            filter,
            touched: false,
            piece: Vec::with_capacity(PIECE),
        }
    }

    fn complete(&self) -> bool {
        !self.touched || self.filter.complete()
    }
}

/// What a step of a filter came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// There may be more to do with what is there.
    Again,
    /// All input is taken and all output handed over.
    Hungry,
}

/// Why a filter cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Corrupt,
    Window,
}

#[derive(Debug)]
enum Filter {
    Inflate(Inflate),
    Brotli(Box<Brotli>),
    Zstd(Box<Zstd>),
}

impl Filter {
    /// Takes some of `input` and appends at most about [`PIECE`] octets to `out`.
    fn step(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Step, Flaw> {
        match self {
            Self::Inflate(filter) => filter.step(input, out),
            Self::Brotli(filter) => filter.step(input, out),
            Self::Zstd(filter) => filter.step(input, out),
        }
    }

    fn complete(&self) -> bool {
        match self {
            Self::Inflate(filter) => filter.complete(),
            Self::Brotli(filter) => filter.complete(),
            Self::Zstd(filter) => filter.complete(),
        }
    }
}
