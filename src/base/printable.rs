//! Characters that change how the text around them is shown, and how they are made visible; and how
//! a count is written.
//!
//! Clients choose userNames, paths, headers and error texts. Where such a text reaches a terminal,
//! a log or a page, every character of this kind is written as an escape; nothing else may be.

use std::borrow::Cow;

/// Control characters, the controls of writing direction of Unicode (UAX 9), its separators of
/// lines, and characters without a width.
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}'
        )
}

/// A count with a comma between groups of three digits, as `1,154`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A piece of one line: every hidden character as an escape, such as `\u{202e}` or `\n`.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden)
}

/// A text of several lines: its tabs and line ends stay.
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| is_hidden(character) && !matches!(character, '\n' | '\t'))
}

fn escaped(text: &str, hidden: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match hidden(character) {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let table = [
            ("Zoë O'Brien 張偉 👩‍👩‍👧", "Zoë O'Brien 張偉 👩‍👩‍👧"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("GREEN\u{202e}DELIAF", "GREEN\\u{202e}DELIAF"),
            ("one\r\ntwo\t", "one\\r\\ntwo\\t"),
            ("\u{200b}\u{feff}\u{2028}\u{9b}", "\\u{200b}\\u{feff}\\u{2028}\\u{9b}"),
        ];
        for (text, shown) in table {
            assert_eq!(one_line(text), shown);
        }
        assert_eq!(lines("a\n\tb\r\u{7}"), "a\n\tb\\r\\u{7}");
    }
}
