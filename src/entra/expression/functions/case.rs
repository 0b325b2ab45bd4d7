//! Letters: NormalizeDiacritics, PCase, ToLower, ToUpper.
//!
//! Case is changed character by character, as .NET does: `ß` has no capital of its own and stays.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, optional, plain, required};
use crate::entra::expression::value::{Value, quoted};
use crate::entra::policy::Apostrophe;

pub(super) static TO_LOWER: Function = Function::new(
    "ToLower",
    &[required("source"), optional("culture")],
    "The text in lower case, by the invariant culture unless one is named; in `tr-TR` I becomes ı.",
    &[
        plain(r#"ToLower("ADA@Contoso.COM")"#, "ada@contoso.com"),
        plain(r#"ToLower("TITLE", "tr-TR")"#, "tıtle"),
        given("ToLower([mail], )", &[], Sample::Null),
    ],
    to_lower,
);

fn to_lower<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    let culture = culture(given)?;
    if culture == Culture::Invariant
        && !text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii())
    {
        return Ok(Value::Text(text));
    }
    Ok(Value::Text(Cow::Owned(text.chars().map(|letter| culture.lower(letter)).collect())))
}

pub(super) static TO_UPPER: Function = Function::new(
    "ToUpper",
    &[required("source"), optional("culture")],
    "The text in upper case, by the invariant culture unless one is named; in `tr-TR` i becomes İ.",
    &[
        plain(r#"ToUpper("abc-1")"#, "ABC-1"),
        plain(r#"ToUpper("title", "tr-TR")"#, "TİTLE"),
        plain(r#"ToUpper("straße")"#, "STRAßE"),
        given("ToUpper([country])", &[], Sample::Null),
    ],
    to_upper,
);

fn to_upper<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    let culture = culture(given)?;
    Ok(Value::Text(Cow::Owned(text.chars().map(|letter| culture.upper(letter)).collect())))
}

/// The rules for letter case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Culture {
    /// The invariant culture: the two Turkish letters I are left alone.
    Invariant,
    /// The rules of Turkish and Azeri.
    Turkic,
    /// The rules of any other named culture.
    Named,
}

impl Culture {
    fn lower(self, letter: char) -> char {
        match (self, letter) {
            (Culture::Turkic, 'I') => 'ı',
            (Culture::Invariant, 'İ') => 'İ',
            (_, 'İ') => 'i',
            _ => single(letter.to_lowercase(), letter),
        }
    }

    fn upper(self, letter: char) -> char {
        match (self, letter) {
            (Culture::Turkic, 'i') => 'İ',
            (Culture::Invariant, 'ı') => 'ı',
            _ => single(letter.to_uppercase(), letter),
        }
    }
}

/// Returns the changed letter, or the original one if the change would give several letters.
fn single(mut becomes: impl ExactSizeIterator<Item = char>, letter: char) -> char {
    if becomes.len() == 1 { becomes.next().unwrap_or(letter) } else { letter }
}

fn culture(given: &mut Arguments<'_, '_>) -> Result<Culture, EvalExit> {
    let name = given.text(1)?.unwrap_or_default();
    if name.is_empty() {
        return Ok(Culture::Invariant);
    }
    let language = name.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let well_formed = name.split('-').all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    match language.as_str() {
        _ if !well_formed || !(2..=3).contains(&language.len()) => Err(given
            .fail_at(1, format!("{} is not the name of a culture such as en-US", quoted(&name)))),
        "tr" | "az" => Ok(Culture::Turkic),
        _ => Ok(Culture::Named),
    }
}

/// A text in lower case, for comparisons that ignore it.
pub(super) fn lower(text: &str) -> String {
    text.chars().map(|letter| Culture::Invariant.lower(letter)).collect()
}

pub(super) static P_CASE: Function = Function::new(
    "PCase",
    &[required("source"), optional("wordSeparators")],
    "The first letter of each word in upper case, all others in lower case.\nWords end at blanks, punctuation and \
     symbols, underscore, hyphen and parentheses among them, or at the given separators alone. Whether an \
     apostrophe begins a word is a policy, `pcase_apostrophe`.",
    &[
        plain(r#"PCase("PABLO GONSALVES (SECOND)")"#, "Pablo Gonsalves (Second)"),
        plain(r#"PCase("ada king_lovelace")"#, "Ada King_Lovelace"),
        plain(r#"PCase("mary-ann SMITH", " ")"#, "Mary-ann Smith"),
        plain(r#"PCase("o'neil-smith", " '-")"#, "O'Neil-Smith"),
    ],
    p_case,
);

fn p_case<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    let separators = if given.has(1) { given.text(1)? } else { None };
    given.spend(text.len() * (1 + separators.as_deref().map_or(0, str::len)))?;
    let apostrophe = given.policy().pcase_apostrophe == Apostrophe::Separates;
    let separates = |letter: char| match &separators {
        Some(separators) => separators.contains(letter),
        None => (letter != '\'' || apostrophe) && ends_word(letter),
    };
    let mut begins = true;
    let cased = text.chars().map(|letter| {
        let shown = if begins {
            Culture::Invariant.upper(letter)
        } else {
            Culture::Invariant.lower(letter)
        };
        begins = separates(letter);
        shown
    });
    Ok(Value::Text(Cow::Owned(cased.collect())))
}

/// Whether .NET's title casing ends a word at a character.
fn ends_word(letter: char) -> bool {
    use GeneralCategory as Category;
    matches!(
        letter.general_category(),
        Category::SpaceSeparator
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::Control
            | Category::Format
            | Category::ConnectorPunctuation
            | Category::DashPunctuation
            | Category::OpenPunctuation
            | Category::ClosePunctuation
            | Category::InitialPunctuation
            | Category::FinalPunctuation
            | Category::OtherPunctuation
            | Category::MathSymbol
            | Category::CurrencySymbol
            | Category::ModifierSymbol
            | Category::OtherSymbol
    )
}

pub(super) static NORMALIZE_DIACRITICS: Function = Function::new(
    "NormalizeDiacritics",
    &[required("source")],
    "Latin letters without their marks: é gives e, ö gives o, å gives a.\næ gives ae, ø and œ give oe, ß gives ss, ł \
     gives l, ı gives i. Everything else stays, other scripts too; case is kept.",
    &[
        plain(r#"NormalizeDiacritics("Zoë")"#, "Zoe"),
        plain(r#"NormalizeDiacritics("Øystein Æ. Straße")"#, "OEystein AE. Strasse"),
        plain(r#"NormalizeDiacritics("Đặng Йован")"#, "Đang Йован"),
        given("NormalizeDiacritics([givenName])", &[], Sample::Null),
    ],
    normalize_diacritics,
);

fn normalize_diacritics<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    if text.is_ascii() {
        return Ok(Value::Text(text));
    }
    let mut out = String::with_capacity(text.len());
    // Composed first, so that a letter and its mark are one character, however they are stored.
    for letter in text.nfc() {
        match replacement(letter) {
            Some(letters) => out.push_str(letters),
            None => bare(letter, &mut out),
        }
    }
    Ok(Value::Text(Cow::Owned(out)))
}

/// Writes a letter without its marks, when it is a Latin one.
fn bare(letter: char, out: &mut String) {
    let mut base = letter;
    let mut marks = false;
    decompose_canonical(letter, |part| {
        if is_combining_mark(part) {
            marks = true;
        } else {
            base = part;
        }
    });
    let latin_mark = ('\u{300}'..='\u{36f}').contains(&letter)
        && out.ends_with(|last: char| last.is_ascii_alphabetic());
    match () {
        // A mark without a composed letter, as in n̂.
        () if latin_mark => {}
        () if marks && base.is_ascii_alphabetic() => out.push(base),
        // A letter such as ǣ, whose base letter has a replacement of its own.
        () if marks && replacement(base).is_some() => {
            out.push_str(replacement(base).unwrap_or_default())
        }
        () => out.push(letter),
    }
}

fn replacement(letter: char) -> Option<&'static str> {
    Some(match letter {
        'æ' => "ae",
        'Æ' => "AE",
        'ø' | 'œ' => "oe",
        'Ø' | 'Œ' => "OE",
        'ß' => "ss",
        'ł' => "l",
        'Ł' => "L",
        'ı' => "i",
        'İ' => "I",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_from_latin_letters_alone() {
        let cases = [
            ("Őrşi și Žofia", "Orsi si Zofia"),
            ("n\u{302}", "n"),
            ("œ\u{304}", "oe"),
            ("ǣ Ǣ", "ae AE"),
            ("한국", "한국"),
            ("й ё", "й ё"),
            ("हिन्दी", "हिन्दी"),
            ("đ þ ð ' - 1", "đ þ ð ' - 1"),
        ];
        for (text, expected) in cases {
            let mut out = String::new();
            for letter in text.nfc() {
                match replacement(letter) {
                    Some(letters) => out.push_str(letters),
                    None => bare(letter, &mut out),
                }
            }
            assert_eq!(out, expected);
        }
    }
}
