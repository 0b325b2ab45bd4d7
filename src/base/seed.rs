//! Named randomness: every id and every draw is derived from the seed and from a name for its use.
//!
//! Ids are named, not counted, so that adding one user to a scenario leaves the ids of all the
//! others alone. The derivation is XXH3-128, a published hash that gives the same value on every
//! machine.

use xxhash_rust::xxh3::Xxh3;

/// The seed of a run: the only source of its randomness.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seed(pub u64);

impl Seed {
    /// A 128-bit value for the `nth` draw of this kind and key; the same on every machine.
    pub fn named(self, kind: &str, key: &str, nth: u64) -> u128 {
        let mut hasher = Xxh3::with_seed(self.0);
        for part in [kind, key] {
            hasher.update(part.as_bytes());
            hasher.update(&[0xff]);
        }
        hasher.update(&nth.to_le_bytes());
        hasher.digest128()
    }

    /// A whole number below `bound` (0 counts as 1), named as in [`Seed::named`].
    pub fn below(self, kind: &str, key: &str, nth: u64, bound: u64) -> u64 {
        (self.named(kind, key, nth) % u128::from(bound.max(1))) as u64
    }

    /// A number in `0.0..1.0`, named as in [`Seed::named`].
    pub fn unit(self, kind: &str, key: &str, nth: u64) -> f64 {
        let bits = (self.named(kind, key, nth) >> 75) as u64;
        bits as f64 / (1u64 << 53) as f64
    }

    /// A GUID with the version and variant bits of version 4, named as in [`Seed::named`].
    pub fn guid(self, kind: &str, key: &str, nth: u64) -> u128 {
        let raw = self.named(kind, key, nth);
        (raw & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62)
    }
}

/// Writes a GUID as the vendor does: `8-4-4-4-12` lower-case hexadecimal digits.
pub fn show_guid(id: u128) -> String {
    let hex = format!("{id:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Reads a GUID with its dashes; `None` when it is not one.
pub fn parse_guid(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 || [8, 13, 18, 23].iter().any(|&at| bytes[at] != b'-') {
        return None;
    }
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    if hex.len() != 32 {
        return None;
    }
    u128::from_str_radix(&hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_pin_their_values_on_any_machine() {
        let seed = Seed(7);
        assert_eq!(seed.named("user", "ann", 0), seed.named("user", "ann", 0));
        assert_ne!(seed.named("user", "ann", 0), seed.named("user", "ann", 1));
        assert_ne!(seed.named("user", "ann", 0), seed.named("group", "ann", 0));
        assert_ne!(seed.named("user", "ann", 0), Seed(8).named("user", "ann", 0));
        let draws: Vec<f64> = (0..1000).map(|n| seed.unit("t", "k", n)).collect();
        assert!(draws.iter().all(|d| (0.0..1.0).contains(d)));
        let mean = draws.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }

    #[test]
    fn guids_look_like_version_four_and_read_back() {
        for n in 0..50 {
            let id = Seed(n).guid("user", "ann", n);
            let text = show_guid(id);
            assert_eq!(&text[14..15], "4");
            assert!("89ab".contains(&text[19..20]), "{text}");
            assert_eq!(parse_guid(&text), Some(id));
        }
        for bad in [
            "",
            "x",
            "00000000-0000-0000-0000-00000000000",
            "é0000000-0000-4000-8000-0000000000",
            "+0000000-0000-4000-8000-000000000000",
        ] {
            let _ = parse_guid(bad);
        }
    }
}
