//! Rewrites the values in the query and the path of a request, spelled as before: what was
//! percent-encoded stays so, and a blank stays a `+` or `%20`.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::Regex;

/// A comparison of a filter: its attribute, operator and value.
static COMPARISON: LazyLock<Regex> = LazyLock::new(|| {
    let text = r#"(?i)([\w:.$\-]+)(\]?[\w.]*)(\s+)(eq|ne|co|sw|ew|gt|ge|lt|le)(\s+)("(?:[^"\\]|\\.)*"|[^\s()\]]+)"#;
    Regex::new(text).expect("the pattern is sound; a test uses it")
});

/// Rewrites the values of a filter's comparisons. `instead` is given the attribute, with the name
/// before a `[` in front of it, and the value.
pub fn filter(text: &str, instead: &mut dyn FnMut(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for found in COMPARISON.captures_iter(text) {
        let (Some(name), Some(value)) = (found.get(1), found.get(6)) else { continue };
        // Inside of `members[value eq "…"]` the attribute is `members.value`.
        let before = &text[..name.start()];
        let inside = before.rfind('[').filter(|at| before.rfind(']').is_none_or(|end| end < *at));
        let outer = inside.map(|at| {
            let start = before[..at].rfind(|c: char| c.is_whitespace() || c == '(');
            format!("{}.", &before[start.map_or(0, |start| start + 1)..at])
        });
        let attribute = format!("{}{}", outer.unwrap_or_default(), name.as_str());
        let quoted = value.as_str().starts_with('"');
        let says = match quoted {
            true => serde_json::from_str(value.as_str()).ok(),
            false => Some(value.as_str().to_owned()),
        };
        let Some(new) = says.and_then(|says: String| instead(&attribute, &says)) else { continue };
        out.push_str(&text[copied..value.start()]);
        out += &if quoted { serde_json::to_string(&new).unwrap_or_default() } else { new };
        copied = value.end();
    }
    out + &text[copied..]
}

/// Decodes a part of a query; `+` is a blank.
pub fn decode(raw: &str) -> String {
    percent_decode_str(&raw.replace('+', "%20")).decode_utf8_lossy().into_owned()
}

/// Spells what has become of a text that was spelled so: what stands before and behind the change
/// stays as it was, letter by letter, and the change is spelled as the whole was.
pub fn respell(before: &str, after: &str, raw: &str) -> String {
    let units = units(raw);
    // Where the text and its spelling do not go together, byte by byte, the whole is spelled anew.
    if units.len() != before.len() {
        return encode_like(after, raw);
    }
    let boundary = |at: &usize| before.is_char_boundary(*at) && after.is_char_boundary(*at);
    let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
    let start = (0..=same).rev().find(boundary).unwrap_or_default();
    let most = before.len().min(after.len()) - start;
    let ends = before.bytes().rev().zip(after.bytes().rev());
    let same = ends.take(most).take_while(|(one, other)| one == other).count();
    let fits = |end: &usize| {
        before.is_char_boundary(before.len() - end) && after.is_char_boundary(after.len() - end)
    };
    let end = (0..=same).rev().find(fits).unwrap_or_default();
    let changed = encode_like(&after[start..after.len() - end], raw);
    units[..start].concat() + &changed + &units[before.len() - end..].concat()
}

/// The pieces of a spelling that stand for a byte each: `%20` for one, a letter for each of its
/// own.
fn units(raw: &str) -> Vec<&str> {
    let mut units = Vec::new();
    let mut rest = raw;
    while let Some(letter) = rest.chars().next() {
        let escaped = rest.get(1..3).is_some_and(|two| u8::from_str_radix(two, 16).is_ok());
        let length = if letter == '%' && escaped { 3 } else { letter.len_utf8() };
        units.push(&rest[..length]);
        // The bytes of a letter beyond the first have no spelling of their own.
        units.extend(std::iter::repeat_n("", letter.len_utf8() - 1));
        rest = &rest[length..];
    }
    units
}

/// Spells a text as `like` is spelled: which characters stand bare in it stand bare here too.
pub fn encode_like(text: &str, like: &str) -> String {
    let blank = if like.contains('+') { "+" } else { "%20" };
    let lower = like.bytes().any(|byte| byte.is_ascii_lowercase()) && has_lower_escape(like);
    let mut out = String::with_capacity(text.len());
    let mut bytes = [0; 4];
    for letter in text.chars() {
        let bare = letter.is_ascii_alphanumeric() || "-._~".contains(letter);
        match letter {
            ' ' => out += blank,
            _ if bare || (like.contains(letter) && !"%+&=#".contains(letter)) => out.push(letter),
            _ => {
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    out += &if lower { format!("%{byte:02x}") } else { format!("%{byte:02X}") };
                }
            }
        }
    }
    out
}

fn has_lower_escape(text: &str) -> bool {
    text.split('%').skip(1).any(|rest| {
        rest.get(..2).is_some_and(|two| two.bytes().any(|byte| matches!(byte, b'a'..=b'f')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_of_a_filter_are_rewritten_and_nothing_else() {
        for (text, expected) in [
            (r#"userName eq "ann""#, r#"userName eq "userName:ann""#),
            (
                "externalId EQ 17 and active eq true",
                "externalId EQ externalId:17 and active eq active:true",
            ),
            (
                r#"emails[type eq "work"].value eq "a@b""#,
                r#"emails[type eq "emails.type:work"].value eq "value:a@b""#,
            ),
            (r#"members[value eq "7"]"#, r#"members[value eq "members.value:7"]"#),
            (r#"(a pr) or b co "x \" y""#, r#"(a pr) or b co "b:x \" y""#),
            ("nothing at all", "nothing at all"),
        ] {
            let said = filter(text, &mut |name, value| {
                Some(format!("{}:{value}", name.trim_start_matches('.')))
            });
            assert_eq!(said, expected, "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_change_keeps_its_spelling() {
        for (raw, from, to, expected) in [
            ("userName%20EQ+%22ann%22", "ann", "p1", "userName%20EQ+%22p1%22"),
            ("a%20b+ann%c3%a9%2b", "ann", "", "a%20b+%c3%a9%2b"),
            ("userName+eq+%22a%27b%22", "a'b", "o'c", "userName+eq+%22o%27c%22"),
            ("é%C3%A9ann", "ann", "ö", "é%C3%A9%C3%B6"),
            ("%zzann", "ann", "b", "%zzb"),
        ] {
            let before = decode(raw);
            assert_eq!(respell(&before, &before.replace(from, to), raw), expected, "{raw}");
        }
    }

    #[test]
    fn a_value_is_spelled_as_before() {
        for raw in [
            "userName+eq+%22a%27b@c.d%22",
            "userName%20eq%20%22ann%2Bx%40c%22",
            "a%c3%a9b",
            "plain",
        ] {
            assert_eq!(encode_like(&decode(raw), raw), raw, "{raw}");
        }
    }
}
