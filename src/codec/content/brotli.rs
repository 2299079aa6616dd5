//! br, RFC 7932. Windows go up to 16 MiB; the "large window" extension is not taken.

use std::fmt;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Flaw, PIECE, Step};

pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    over: bool,
}

impl Brotli {
    pub(super) fn new() -> Self {
        let alloc = StandardAlloc::default();
        Self {
            state: BrotliState::new_strict(alloc, alloc, alloc),
            over: false,
        }
    }

    pub(super) fn complete(&self) -> bool {
        self.over
    }

    pub(super) fn step(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<Step, Flaw> {
        if self.over {
            // curl, too, takes octets after the end for an error.
            return if input.is_empty() {
                Ok(Step::Hungry)
            } else {
                Err(Flaw::Corrupt)
            };
        }
        out.resize(PIECE, 0);
        let (mut available_in, mut taken) = (input.len(), 0);
        let (mut available_out, mut made, mut total) = (out.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut taken,
            input,
            &mut available_out,
            &mut made,
            out,
            &mut total,
            &mut self.state,
        );
        out.truncate(made);
        *input = input.get(taken..).unwrap_or_default();
        match result {
            BrotliResult::ResultSuccess => {
                self.over = true;
                Ok(Step::Again)
            }
            BrotliResult::NeedsMoreOutput => Ok(Step::Again),
            BrotliResult::NeedsMoreInput => Ok(Step::Hungry),
            BrotliResult::ResultFailure => Err(Flaw::Corrupt),
        }
    }
}

impl fmt::Debug for Brotli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Brotli")
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}
