//! Texts that stand in a JSON string as they are, as nearly all do (RFC 8259 section 7).

/// The lowest bit of each of eight bytes.
const LOWEST: u64 = u64::from_le_bytes([0x01; 8]);

/// The highest bit of each of eight bytes.
const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);

/// How many bytes there are before the first one that a JSON string must escape: a quote, a
/// backslash, a control character.
///
/// Eight bytes are looked at in one go. Names and values are short, and to prepare a search that
/// takes 32 costs more than it saves.
#[inline]
pub(super) fn plain_length(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((eight, after)) = rest.split_first_chunk() {
        if let Some(nth) = first_of(eight) {
            return text.len() - rest.len() + nth;
        }
        rest = after;
    }
    match text.last_chunk() {
        // Of the last eight bytes the first ones were looked at already.
        Some(eight) => text.len() - first_of(eight).map_or(0, |nth| 8 - nth),
        None => short_plain_length(text),
    }
}

/// The same for a text of less than eight bytes, as many names and values are.
fn short_plain_length(text: &[u8]) -> usize {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        // Bytes that are in both halves are found in the first.
        return match first_mark(marks(u64::from(first) | u64::from(last) << 32)) {
            Some(nth @ 0..4) => nth,
            Some(nth) => text.len() + nth - 8,
            None => text.len(),
        };
    }
    let escaped = |byte: &u8| matches!(byte, ..b' ' | b'"' | b'\\');
    text.iter().position(escaped).unwrap_or(text.len())
}

/// Which of eight bytes is the first to be escaped.
fn first_of(eight: &[u8; 8]) -> Option<usize> {
    first_mark(marks(u64::from_le_bytes(*eight)))
}

fn first_mark(marks: u64) -> Option<usize> {
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

/// Marks the bytes to be escaped, each in its highest bit: those from which a subtraction borrows.
/// The first mark is right; one behind it may be wrong, because it may be borrowed from there too.
fn marks(word: u64) -> u64 {
    let each = |byte: u8| LOWEST * u64::from(byte);
    // With this bit turned, the quote stands just behind the control characters, and all that was
    // behind these still is.
    let control_or_quote = (word ^ each(b'"' ^ b' ')).wrapping_sub(each(b' ' + 1));
    let backslash = (word ^ each(b'\\')).wrapping_sub(LOWEST);
    // No byte of a character beyond ASCII is escaped.
    (control_or_quote | backslash) & !word & HIGHEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_at_every_place_and_in_any_company() {
        for byte in 0..=u8::MAX {
            let escaped = byte < b' ' || byte == b'"' || byte == b'\\';
            for (filler, length) in [b'a', b' ', b'!', b'#', b'[', b']', 0x80, 0xff]
                .into_iter()
                .flat_map(|filler| (0..20).map(move |length| (filler, length)))
            {
                for at in 0..length {
                    let mut text = vec![filler; length];
                    text[at] = byte;
                    assert_eq!(plain_length(&text), if escaped { at } else { length });
                    text[length - 1] = b'"';
                    assert_eq!(plain_length(&text), if escaped { at } else { length - 1 });
                }
            }
        }
        assert_eq!(plain_length(b""), 0);
    }
}
