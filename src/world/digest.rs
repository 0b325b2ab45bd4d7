//! The running digest of everything that ever happened.

use xxhash_rust::xxh3::Xxh3;

use super::record::{RecordedEvent, write_label};
use crate::base::Time;

/// XXH3-128 over the canonical form of the records so far.
pub(super) struct Digest {
    hash: Xxh3,
    /// Bytes not hashed yet: it costs less to hash many records at once than each by itself.
    gathered: Vec<u8>,
    /// The words of the record that is being added.
    words: String,
}

/// How many bytes are gathered before they are hashed.
const GATHERED: usize = 4 << 10;

impl Digest {
    /// The digest of no records.
    pub(super) fn new() -> Digest {
        Digest { hash: Xxh3::new(), gathered: Vec::new(), words: String::new() }
    }

    /// Adds a record in its canonical form: number, time, the party whose words they are, a tab,
    /// its name where there are several, the words, a line end, the body.
    pub(super) fn add(
        &mut self,
        (seq, at): (u64, Time),
        label: Option<&str>,
        event: &RecordedEvent<'_>,
        body: &[u8],
    ) {
        let mut head = [0u8; 16];
        head[..8].copy_from_slice(&seq.to_le_bytes());
        head[8..].copy_from_slice(&at.as_micros().to_le_bytes());
        self.gathered.extend_from_slice(&head);
        self.gathered.extend_from_slice(event.who().as_bytes());
        self.gathered.push(b'\t');
        self.words.clear();
        write_label(label, &mut self.words);
        event.write(&mut self.words);
        self.gathered.extend_from_slice(self.words.as_bytes());
        self.gathered.push(b'\n');
        if body.len() < GATHERED {
            self.gathered.extend_from_slice(body);
        }
        if self.gathered.len() >= GATHERED || body.len() >= GATHERED {
            self.hash.update(&self.gathered);
            self.gathered.clear();
        }
        if body.len() >= GATHERED {
            self.hash.update(body);
        }
    }

    /// The digest as 32 hexadecimal digits.
    pub(super) fn hex(&self) -> String {
        let mut hash = self.hash.clone();
        hash.update(&self.gathered);
        format!("{:032x}", hash.digest128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gathered_counts_as_if_it_were_hashed_at_once() {
        let (mut digest, mut bytes) = (Digest::new(), Vec::new());
        for nth in 0..300u64 {
            let text = "x".repeat(nth as usize % 70);
            let body = vec![nth as u8; nth as usize * 37 % 9_000];
            digest.add(
                (nth, Time::from_secs(nth as i64)),
                None,
                &RecordedEvent::Narrated(&text),
                &body,
            );
            bytes.extend(nth.to_le_bytes());
            bytes.extend((nth * 1_000_000).to_le_bytes());
            bytes.extend(format!("story\t{text}\n").as_bytes());
            bytes.extend(body);
            assert_eq!(
                digest.hex(),
                format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&bytes)),
                "{nth}"
            );
        }
    }
}
