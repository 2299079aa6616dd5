//! The check sum of zstd frames: XXH64 with seed 0, as RFC 8878 §3.1.1 has it.

const PRIMES: [u64; 5] = [
    0x9e37_79b1_85eb_ca87,
    0xc2b2_ae3d_27d4_eb4f,
    0x1656_67b1_9e37_79f9,
    0x85eb_ca77_c2b2_ae63,
    0x27d4_eb2f_1656_67c5,
];

/// A sum over octets that come piece by piece.
pub(super) struct Xxh64 {
    lanes: [u64; 4],
    /// What does not yet fill the four lanes.
    rest: Vec<u8>,
    length: u64,
}

impl Xxh64 {
    pub(super) fn new() -> Self {
        let [first, second, ..] = PRIMES;
        Self {
            lanes: [first.wrapping_add(second), second, 0, first.wrapping_neg()],
            rest: Vec::with_capacity(32),
            length: 0,
        }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut bytes = bytes;
        if !self.rest.is_empty() {
            let missing = 32_usize.saturating_sub(self.rest.len());
            let (filling, after) = bytes.split_at(bytes.len().min(missing));
            self.rest.extend_from_slice(filling);
            bytes = after;
            if let Some(stripe) = self.rest.first_chunk() {
                take_stripe(&mut self.lanes, stripe);
                self.rest.clear();
            }
        }
        while let Some((stripe, after)) = bytes.split_first_chunk() {
            take_stripe(&mut self.lanes, stripe);
            bytes = after;
        }
        self.rest.extend_from_slice(bytes);
    }

    pub(super) fn sum(&self) -> u64 {
        let [first, second, third, fourth, fifth] = PRIMES;
        let mut sum = fifth;
        if self.length >= 32 {
            let [a, b, c, d] = self.lanes;
            sum = a.rotate_left(1).wrapping_add(b.rotate_left(7));
            sum = sum
                .wrapping_add(c.rotate_left(12))
                .wrapping_add(d.rotate_left(18));
            for lane in self.lanes {
                sum = (sum ^ round(0, lane))
                    .wrapping_mul(first)
                    .wrapping_add(fourth);
            }
        }
        sum = sum.wrapping_add(self.length);
        let mut rest = self.rest.as_slice();
        while let Some((eight, after)) = rest.split_first_chunk() {
            sum ^= round(0, u64::from_le_bytes(*eight));
            sum = sum.rotate_left(27).wrapping_mul(first).wrapping_add(fourth);
            rest = after;
        }
        if let Some((four, after)) = rest.split_first_chunk() {
            sum ^= u64::from(u32::from_le_bytes(*four)).wrapping_mul(first);
            sum = sum.rotate_left(23).wrapping_mul(second).wrapping_add(third);
            rest = after;
        }
        for &byte in rest {
            sum ^= u64::from(byte).wrapping_mul(fifth);
            sum = sum.rotate_left(11).wrapping_mul(first);
        }
        sum = (sum ^ sum >> 33).wrapping_mul(second);
        sum = (sum ^ sum >> 29).wrapping_mul(third);
        sum ^ sum >> 32
    }
}

fn take_stripe(lanes: &mut [u64; 4], stripe: &[u8; 32]) {
    let (words, _) = stripe.as_chunks::<8>();
    for (lane, word) in lanes.iter_mut().zip(words) {
        *lane = round(*lane, u64::from_le_bytes(*word));
    }
}

fn round(lane: u64, word: u64) -> u64 {
    let [first, second, ..] = PRIMES;
    lane.wrapping_add(word.wrapping_mul(second))
        .rotate_left(31)
        .wrapping_mul(first)
}

#[cfg(test)]
mod tests {
    use super::Xxh64;

    fn check(input: &[u8], expected: u64) {
        for size in [1, 7, 31, 32, 33, 1000] {
            let mut sum = Xxh64::new();
            input.chunks(size).for_each(|piece| sum.add(piece));
            assert_eq!(sum.sum(), expected, "{} octets by {size}", input.len());
        }
    }

    #[test]
    fn known_sums() {
        check(b"", 0xef46_db37_51d8_e999);
        check(b"a", 0xd24e_c4f1_a98c_6e5b);
        check(b"abc", 0x44bc_2cf5_ad77_0999);
        check(
            b"Nobody inspects the spammish repetition",
            0xfbce_a83c_8a37_8bf1,
        );
    }
}
