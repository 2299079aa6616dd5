//! zstd, RFC 8878, with windows of up to 8 MiB as RFC 9659 has it.
//!
//! The decoder beneath pulls from a reader and must not run dry within a frame header or a block.
//! So this file knows how long those are, holds each until it is whole (a block is 128 KiB at most),
//! and then lets the decoder have it. Frames follow one another; skippable ones are skipped.

use std::fmt;
use std::io::Read;

use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::xxh64::Xxh64;
use super::{Flaw, PIECE, Step};

/// RFC 9659 §3: a content coding may not ask for more. In octets.
const MOST_WINDOW: u64 = 8 * 1024 * 1024;
/// RFC 8878 §3.1.1.2.4.
const MOST_BLOCK: usize = 128 * 1024;

const MAGIC: u32 = 0xfd2f_b528;
const SKIPPABLE: std::ops::RangeInclusive<u32> = 0x184d_2a50..=0x184d_2a5f;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a frame, where the content may end.
    Between,
    /// In a skippable frame; so many octets are left of it.
    Skipping(u32),
    /// In a frame, at a block.
    Blocks { checksum: bool },
    /// After the last block of a frame, before all of it has been handed over.
    Draining,
}

pub(super) struct Zstd {
    decoder: FrameDecoder,
    /// Of the frame so far.
    sum: Xxh64,
    state: State,
    /// The beginning of a frame header or block.
    held: Vec<u8>,
}

impl Zstd {
    pub(super) fn new() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MOST_WINDOW);
        Self {
            decoder,
            sum: Xxh64::new(),
            state: State::Between,
            held: Vec::new(),
        }
    }

    pub(super) fn complete(&self) -> bool {
        self.state == State::Between && self.held.is_empty()
    }

    pub(super) fn step(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Step, Flaw> {
        match self.state {
            State::Between => {
                if !self.hold(input, frame_header_length)? {
                    return Ok(Step::Hungry);
                }
                self.begin_frame()?;
            }
            State::Skipping(0) => self.state = State::Between,
            State::Skipping(left) => {
                let taken = input.len().min(left as usize);
                *input = input.get(taken..).unwrap_or_default();
                self.state = State::Skipping(left.saturating_sub(taken as u32));
                if taken == 0 {
                    return Ok(Step::Hungry);
                }
            }
            State::Blocks { .. } | State::Draining if self.decoder.can_collect() > 0 => {
                out.resize(PIECE, 0);
                let made = self.decoder.read(out).map_err(|_| Flaw::Corrupt)?;
                out.truncate(made);
                self.sum.add(out);
            }
            State::Draining => self.end_frame()?,
            State::Blocks { checksum } => {
                if !self.hold(input, |held| block_length(held, checksum))? {
                    return Ok(Step::Hungry);
                }
                self.decode_block()?;
            }
        }
        Ok(Step::Again)
    }

    /// Takes octets until as many are held as `length` says, which may grow with what is there.
    fn hold(
        &mut self,
        input: &mut &[u8],
        length: impl Fn(&[u8]) -> Result<usize, Flaw>,
    ) -> Result<bool, Flaw> {
        loop {
            let missing = length(&self.held)?.saturating_sub(self.held.len());
            if missing == 0 {
                return Ok(true);
            }
            if input.is_empty() {
                return Ok(false);
            }
            let (taken, rest) = input.split_at(missing.min(input.len()));
            self.held.extend_from_slice(taken);
            *input = rest;
        }
    }

    fn begin_frame(&mut self) -> Result<(), Flaw> {
        let header = std::mem::take(&mut self.held);
        if let [a, b, c, d, e, f, g, h] = *header
            && SKIPPABLE.contains(&u32::from_le_bytes([a, b, c, d]))
        {
            self.state = State::Skipping(u32::from_le_bytes([e, f, g, h]));
            return Ok(());
        }
        self.decoder
            .reset(header.as_slice())
            .map_err(|error| match error {
                FrameDecoderError::WindowSizeTooBig { .. }
                | FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { .. }) => {
                    Flaw::Window
                }
                _ => Flaw::Corrupt,
            })?;
        let checksum = header
            .get(4)
            .is_some_and(|descriptor| descriptor & 0x04 != 0);
        self.sum = Xxh64::new();
        self.state = State::Blocks { checksum };
        Ok(())
    }

    fn end_frame(&mut self) -> Result<(), Flaw> {
        self.state = State::Between;
        match self.decoder.get_checksum_from_data() {
            Some(announced) if announced != self.sum.sum() as u32 => Err(Flaw::Corrupt),
            _ => Ok(()),
        }
    }

    fn decode_block(&mut self) -> Result<(), Flaw> {
        let one = BlockDecodingStrategy::UptoBlocks(1);
        let decoded = self.decoder.decode_blocks(self.held.as_slice(), one);
        self.held.clear();
        if decoded.map_err(|_| Flaw::Corrupt)? {
            self.state = State::Draining;
        }
        Ok(())
    }
}

/// How long a frame header is, as far as `held` shows it (RFC 8878 §3.1.1.1 and §3.1.2).
fn frame_header_length(held: &[u8]) -> Result<usize, Flaw> {
    let Some((magic, rest)) = held.split_first_chunk::<4>() else {
        return Ok(4);
    };
    let magic = u32::from_le_bytes(*magic);
    if SKIPPABLE.contains(&magic) {
        return Ok(8);
    }
    if magic != MAGIC {
        return Err(Flaw::Corrupt);
    }
    let Some(descriptor) = rest.first() else {
        return Ok(5);
    };
    if descriptor & 0x08 != 0 {
        return Err(Flaw::Corrupt); // reserved
    }
    let single_segment = descriptor & 0x20 != 0;
    let window = usize::from(!single_segment);
    let dictionary = match descriptor & 3 {
        3 => 4,
        size => usize::from(size),
    };
    let content_size = match descriptor >> 6 {
        0 => usize::from(single_segment),
        size => 1 << size,
    };
    Ok([5, window, dictionary, content_size].iter().sum())
}

/// How long a block is, with its header and, after the last, the check sum (RFC 8878 §3.1.1.2).
fn block_length(held: &[u8], checksum: bool) -> Result<usize, Flaw> {
    let Some(&[a, b, c]) = held.first_chunk::<3>() else {
        return Ok(3);
    };
    let header = u32::from_le_bytes([a, b, c, 0]);
    let size = (header >> 3) as usize;
    if size > MOST_BLOCK {
        return Err(Flaw::Corrupt);
    }
    let run_length = header >> 1 & 3 == 1;
    let last = header & 1 == 1;
    let data = if run_length { 1 } else { size };
    let sum = if last && checksum { 4 } else { 0 };
    Ok([3, data, sum].iter().sum())
}

impl fmt::Debug for Zstd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Zstd")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
