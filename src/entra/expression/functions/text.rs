//! Parts of a text: Append, InStr, Left, Len, Mid, StripSpaces, Word.
//!
//! Positions are counted in characters. The service counts UTF-16 units, which differ only outside
//! the basic plane.

use std::borrow::Cow;

use crate::entra::expression::evaluate::{Arguments, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, optional, plain, required};
use crate::entra::expression::value::Value;
use crate::entra::policy::MidOutOfRange;

pub(super) static APPEND: Function = Function::new(
    "Append",
    &[required("source"), required("suffix")],
    "The source followed by the suffix; null when the source is null.",
    &[
        given(
            r#"Append([userPrincipalName], ".test")"#,
            &[("userPrincipalName", Sample::Text("ann@contoso.example"))],
            Sample::Text("ann@contoso.example.test"),
        ),
        given(r#"Append([mail], ".test")"#, &[], Sample::Null),
    ],
    append,
);

fn append<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(source) = given.text(0)? else { return Ok(Value::Null) };
    let suffix = given.text(1)?.unwrap_or_default();
    let mut source = source.into_owned();
    source.push_str(&suffix);
    Ok(Value::Text(Cow::Owned(source)))
}

pub(super) static IN_STR: Function = Function::new(
    "InStr",
    &[required("value1"), required("value2"), optional("start"), optional("compareType")],
    "Where the second text first stands in the first, counted from 1, at or after `start`; 0 when it does not.\n\
     `vbTextCompare` ignores case, `vbBinaryCompare` (the default) does not.",
    &[
        plain(r#"InStr("The quick brown fox", "quick")"#, "5"),
        plain(r#"InStr("repEated", "e", 3, vbBinaryCompare)"#, "7"),
        plain(r#"InStr("repEated", "E", 3, vbTextCompare)"#, "4"),
        plain(r#"InStr("fox", "lazy")"#, "0"),
        given(r#"InStr([mail], "@")"#, &[], Sample::Text("0")),
    ],
    in_str,
);

fn in_str<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let text = given.text(0)?.unwrap_or_default();
    let sought = given.text(1)?.unwrap_or_default();
    let start = given.number(2)?.unwrap_or(1);
    if start < 1 {
        return Err(given.fail_at(2, "places are counted from 1"));
    }
    let ignoring_case = match given.text(3)?.as_deref() {
        None | Some("vbBinaryCompare" | "0") => false,
        Some("vbTextCompare" | "1") => true,
        Some(_) => return Err(given.fail_at(3, "expected vbTextCompare or vbBinaryCompare")),
    };
    given.spend(text.len())?;
    let folded = |text: Cow<'a, str>| {
        if ignoring_case { Cow::Owned(super::case::lower(&text)) } else { text }
    };
    let (text, sought) = (folded(text), folded(sought));
    let from = byte_at(&text, usize::try_from(start - 1).unwrap_or(usize::MAX));
    let found = match from {
        Some(from) => text[from..].find(&*sought).map(|at| text[..from + at].chars().count() + 1),
        None => None,
    };
    Ok(Value::Number(found.unwrap_or(0) as i64))
}

pub(super) static LEFT: Function = Function::new(
    "Left",
    &[required("String"), required("NumChars")],
    "The first characters of a text: none for 0, all of it for a negative number or one beyond its end, \"\" for null.",
    &[
        plain(r#"Left("John Doe", 3)"#, "Joh"),
        plain(r#"Left("John Doe", -1)"#, "John Doe"),
        plain(r#"Left("John Doe", 0)"#, ""),
        given(r#"Left([displayName], 3)"#, &[], Sample::Text("")),
    ],
    left,
);

fn left<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let text = given.text(0)?.unwrap_or_default();
    match usize::try_from(given.whole(1)?) {
        Ok(length) => Ok(Value::Text(part(text, 0, length))),
        Err(_) => Ok(Value::Text(text)),
    }
}

pub(super) static LEN: Function = Function::new(
    "Len",
    &[required("String")],
    "How many characters a text has; 0 for null.",
    &[
        given(
            "Len([displayName])",
            &[("displayName", Sample::Text("Ann Okafor"))],
            Sample::Text("10"),
        ),
        plain(r#"Len("Zoë")"#, "3"),
        given("Len([mail])", &[], Sample::Text("0")),
    ],
    len,
);

fn len<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let text = given.text(0)?.unwrap_or_default();
    given.spend(text.len())?;
    Ok(Value::Number(text.chars().count() as i64))
}

pub(super) static MID: Function = Function::new(
    "Mid",
    &[required("source"), required("start"), required("length")],
    "So many characters from a place on, counted from 1, fewer at the end of the text; \"\" for null.\nA start \
     outside the text or a negative length gives the whole text (policy `mid_out_of_range`).",
    &[
        plain(r#"Mid("John Doe", 6, 999)"#, "Doe"),
        plain(r#"Mid("Doe", 1, 0)"#, ""),
        plain(r#"Mid("Doe", 4, 1)"#, "Doe"),
        given(
            r#"Mid([userPrincipalName], 1, 8)"#,
            &[("userPrincipalName", Sample::Text("adalovelace@contoso.example"))],
            Sample::Text("adalovel"),
        ),
        given(r#"Mid([givenName], 1, 3)"#, &[], Sample::Text("")),
    ],
    mid,
);

fn mid<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let text = given.text(0)?.unwrap_or_default();
    let start = given.whole(1)?;
    let length = given.whole(2)?;
    if text.is_empty() {
        return Ok(Value::text(""));
    }
    let beyond = || {
        usize::try_from(start)
            .is_ok_and(|start| byte_at(&text, start - 1).is_none_or(|at| at == text.len()))
    };
    if start < 1 || length < 0 || beyond() {
        return Ok(match given.policy().mid_out_of_range {
            MidOutOfRange::Input => Value::Text(text),
            MidOutOfRange::Empty => Value::text(""),
        });
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(Value::Text(part(text, start as usize - 1, length)))
}

pub(super) static STRIP_SPACES: Function = Function::new(
    "StripSpaces",
    &[required("source")],
    "The text without its spaces (U+0020); tabs and other blanks stay.",
    &[given(
        "StripSpaces([s])",
        &[("s", Sample::Text(" van der  Berg "))],
        Sample::Text("vanderBerg"),
    )],
    strip_spaces,
);

fn strip_spaces<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(match given.text(0)? {
        None => Value::Null,
        Some(text) if !text.contains(' ') => Value::Text(text),
        Some(text) => Value::Text(Cow::Owned(text.replace(' ', ""))),
    })
}

pub(super) static WORD: Function = Function::new(
    "Word",
    &[required("String"), required("WordNumber"), required("delimiters")],
    "The nth word of a text, counted from 1.\nEvery character of the delimiters separates; a run of them yields no \
     empty word. \"\" when there is no such word.",
    &[
        plain(r#"Word("The quick brown fox", 3, " ")"#, "brown"),
        plain(r#"Word("a, b", 2, " ,")"#, "b"),
        plain(r#"Word("one two", 3, " ")"#, ""),
        given(r#"Word([mail], 1, "@")"#, &[], Sample::Text("")),
    ],
    word,
);

fn word<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let text = given.text(0)?.unwrap_or_default();
    let number = given.whole(1)?;
    let delimiters = given.text(2)?.unwrap_or_default();
    given.spend(text.len() * (1 + delimiters.len()))?;
    let Some(nth) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) else {
        return Ok(Value::text(""));
    };
    let found = |text: &str| -> Option<std::ops::Range<usize>> {
        let word =
            text.split(|c| delimiters.contains(c)).filter(|word| !word.is_empty()).nth(nth)?;
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Some(start..start + word.len())
    };
    let range = found(&text).unwrap_or(0..0);
    Ok(Value::Text(cut(text, range)))
}

/// Returns `length` characters, starting with character `from`.
fn part(text: Cow<'_, str>, from: usize, length: usize) -> Cow<'_, str> {
    let start = byte_at(&text, from).unwrap_or(text.len());
    let end = byte_at(&text[start..], length).map_or(text.len(), |end| start + end);
    cut(text, start..end)
}

/// Returns a range of bytes of a text; a borrowed text stays borrowed.
fn cut(text: Cow<'_, str>, range: std::ops::Range<usize>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(mut text) => {
            text.truncate(range.end);
            text.drain(..range.start);
            Cow::Owned(text)
        }
    }
}

/// The byte at which the nth character begins, or the end of the text; `None` beyond it.
fn byte_at(text: &str, nth: usize) -> Option<usize> {
    if text.is_ascii() {
        return (nth <= text.len()).then_some(nth);
    }
    text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_in_characters() {
        let cases = [
            ("Élodie", 0, 1, "É"),
            ("a💡b", 1, 1, "💡"),
            ("abc", 1, usize::MAX, "bc"),
            ("é", 5, 1, ""),
            ("", 0, 3, ""),
        ];
        for (text, from, length, expected) in cases {
            assert_eq!(part(Cow::Borrowed(text), from, length), expected);
            assert_eq!(part(Cow::Owned(text.to_owned()), from, length), expected);
        }
    }
}
