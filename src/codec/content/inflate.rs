//! gzip and deflate over zlib's algorithm.
//!
//! RFC 1952: members of a gzip content follow one another; what follows and is no member is ignored,
//! as curl and gzip do. RFC 1950 and 1951: "deflate" means the zlib format, but some servers send the
//! bare one, and clients take both (RFC 9110 §8.4.1.2). The first two octets tell them apart: as a
//! bare stream, octets that make a zlib header would begin a stored block with its padding set.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Flaw, Step};

/// The largest window there is: 2^15 octets.
const WINDOW_BITS: u8 = 15;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the octets that tell the two forms of deflate apart.
    Untold,
    Running,
    /// After a gzip member.
    Between,
    /// What follows does not belong to the content.
    Over,
}

#[derive(Debug)]
pub(super) struct Inflate {
    engine: Decompress,
    state: State,
    gzip: bool,
    /// Octets taken while it was not told what they are.
    held: Vec<u8>,
}

impl Inflate {
    pub(super) fn gzip() -> Self {
        Self {
            engine: Decompress::new_gzip(WINDOW_BITS),
            state: State::Running,
            gzip: true,
            held: Vec::new(),
        }
    }

    pub(super) fn deflate() -> Self {
        Self {
            engine: Decompress::new(true),
            state: State::Untold,
            gzip: false,
            held: Vec::new(),
        }
    }

    pub(super) fn complete(&self) -> bool {
        matches!(self.state, State::Between | State::Over)
    }

    pub(super) fn step(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Step, Flaw> {
        match self.state {
            State::Untold => self.tell(input, out),
            State::Running => self.run(input, out),
            State::Between => {
                if input.is_empty() {
                    return Ok(Step::Hungry);
                }
                if input.first() == Some(&0x1f) {
                    self.engine = Decompress::new_gzip(WINDOW_BITS);
                    self.state = State::Running;
                } else {
                    self.state = State::Over;
                }
                Ok(Step::Again)
            }
            State::Over => {
                *input = &[];
                Ok(Step::Hungry)
            }
        }
    }

    fn tell(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Step, Flaw> {
        while self.held.len() < 2 {
            let Some((&octet, rest)) = input.split_first() else {
                return Ok(Step::Hungry);
            };
            self.held.push(octet);
            *input = rest;
        }
        let held = std::mem::take(&mut self.held);
        self.engine = Decompress::new(zlib_header(&held));
        self.state = State::Running;
        self.run(&mut held.as_slice(), out)?;
        Ok(Step::Again)
    }

    fn run(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Step, Flaw> {
        let before = self.engine.total_in();
        let status = self
            .engine
            .decompress_vec(input, out, FlushDecompress::None);
        let taken = self.engine.total_in().saturating_sub(before) as usize;
        *input = input.get(taken..).unwrap_or_default();
        match status.map_err(|_| Flaw::Corrupt)? {
            Status::StreamEnd => {
                self.state = if self.gzip {
                    State::Between
                } else {
                    State::Over
                };
                Ok(Step::Again)
            }
            Status::Ok | Status::BufError if out.len() == out.capacity() => Ok(Step::Again),
            Status::Ok if !input.is_empty() => Ok(Step::Again),
            Status::Ok | Status::BufError => Ok(Step::Hungry),
        }
    }
}

/// Whether two octets make a header of RFC 1950 §2.2: method 8, a possible window, the check sum.
fn zlib_header(octets: &[u8]) -> bool {
    let [method, flags] = *octets else {
        return false;
    };
    method & 0x0f == 8
        && method >> 4 <= 7
        && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31)
}
