//! Mutations from a seed, for the short run: the same on every machine.

/// Numbers that look random (xorshift64*, Vigna 2016).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, zero if `end` is zero.
    pub fn below(&mut self, end: usize) -> usize {
        let number = usize::try_from(self.next() >> 33).unwrap_or_default();
        number.checked_rem(end).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_be_bytes()[0]
    }
}

/// Bytes that decoders often treat as special.
const EDGES: [u8; 10] = [0, 1, 2, 0x1f, 0x20, 0x7f, 0x80, 0x81, 0xfe, 0xff];

/// Bends `input` in one to four places; `other` lends pieces.
pub fn mutate(random: &mut Random, input: &[u8], other: &[u8], bytes_max: usize) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(9) {
            0 => flip(&mut bytes, at, |byte, bit| byte ^ (1 << (bit % 8)), random),
            1 => flip(&mut bytes, at, |_, byte| byte, random),
            2 => {
                let edge = EDGES.get(random.below(EDGES.len())).copied().unwrap_or_default();
                flip(&mut bytes, at, |_, _| edge, random);
            }
            3 => bytes.truncate(at),
            4 => {
                let end = (at + 1 + random.below(16)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            5 => {
                let byte = random.byte();
                let count = 1 + random.below(8);
                bytes.splice(at..at, core::iter::repeat_n(byte, count));
            }
            6 => {
                let end = (at + random.below(64)).min(bytes.len());
                let piece = bytes.get(at..end).unwrap_or_default().to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            7 => {
                let from = random.below(other.len());
                let end = (from + random.below(64)).min(other.len());
                let piece = other.get(from..end).unwrap_or_default().to_vec();
                let over = (at + piece.len()).min(bytes.len());
                bytes.splice(at..over, piece);
            }
            _ => {
                let tail = other.get(random.below(other.len())..).unwrap_or_default();
                bytes.truncate(at);
                bytes.extend_from_slice(tail);
            }
        }
        bytes.truncate(bytes_max);
    }
    bytes
}

fn flip(bytes: &mut [u8], at: usize, change: impl Fn(u8, u8) -> u8, random: &mut Random) {
    let with = random.byte();
    if let Some(byte) = bytes.get_mut(at) {
        *byte = change(*byte, with);
    }
}
