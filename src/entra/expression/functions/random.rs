//! Random values: Guid, RandomString. Each is drawn from the seed by object, attribute and instant,
//! so a replay draws the same.

use std::borrow::Cow;

use crate::base::seed::show_guid;
use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{Example, Function, Sample, given, optional, required};
use crate::entra::expression::value::Value;

pub(super) static GUID: Function = Function::new(
    "Guid",
    &[],
    "A random GUID in lower case with its hyphens; another one at each evaluation.",
    &[Example { expression: "Guid()", source: &[], result: Sample::Random(36) }],
    guid,
);

fn guid<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let (seed, key, nth) = given.chance();
    Ok(Value::Text(Cow::Owned(show_guid(seed.guid("expression guid", key, nth)))))
}

const DIGITS: &str = "0123456789";
/// The special characters of Windows' password complexity rule.
const SPECIAL: &str = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
/// The longest random text [functions].
const LENGTH_MAX: i64 = 256;

pub(super) static RANDOM_STRING: Function = Function::new(
    "RandomString",
    &[
        required("Length"),
        required("MinimumNumbers"),
        required("MinimumSpecialCharacters"),
        required("MinimumCapital"),
        required("MinimumLowerCase"),
        optional("CharactersToAvoid"),
    ],
    "A random text of exactly this length, at most 256, with at least so many digits, special characters, capitals \
     and small letters, and none of the characters to avoid.\nWhat the minimums leave open is drawn from the kinds \
     that have one.",
    &[
        Example {
            expression: "RandomString(6, 3, 0, 0, 3)",
            source: &[],
            result: Sample::Random(6),
        },
        Example {
            expression: r#"RandomString(16, 4, 4, 4, 4, "O0Il1")"#,
            source: &[],
            result: Sample::Random(16),
        },
        given("RandomString(3, 2, 2, 0, 0)", &[], Sample::Fails),
    ],
    random_string,
);

fn random_string<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let length = given.whole(0)?;
    if !(0..=LENGTH_MAX).contains(&length) {
        return Err(given.fail_at(0, format!("the length is a number from 0 to {LENGTH_MAX}")));
    }
    let least = [minimum(given, 1)?, minimum(given, 2)?, minimum(given, 3)?, minimum(given, 4)?];
    let sum: i64 = least.iter().sum();
    if sum > length {
        return Err(given.fail(format!("the minimums add up to {sum}, but the length is {length}")));
    }
    let avoided = given.text(5)?.unwrap_or_default();
    let kinds = [DIGITS, SPECIAL, UPPER, LOWER]
        .map(|kind| kind.chars().filter(|c| !avoided.contains(*c)).collect::<Vec<_>>());
    if kinds.iter().zip(least).any(|(kind, least)| least > 0 && kind.is_empty()) {
        return Err(given.fail_at(5, "this leaves no character of a kind that is needed"));
    }
    let open = filling(&kinds, &least);
    if sum < length && open.is_empty() {
        return Err(given.fail_at(5, "this leaves no character to draw from"));
    }
    Ok(Value::Text(Cow::Owned(draw(given, &kinds, &least, &open, length as usize))))
}

fn minimum(given: &mut Arguments<'_, '_>, at: usize) -> Result<i64, EvalExit> {
    match given.whole(at)? {
        least @ 0..=LENGTH_MAX => Ok(least),
        _ => Err(given.fail_at(at, format!("a minimum is a number from 0 to {LENGTH_MAX}"))),
    }
}

/// The characters for the rest of the text: all kinds with a minimum, or digits and letters if no
/// kind has one (assumed).
fn filling(kinds: &[Vec<char>; 4], least: &[i64; 4]) -> Vec<char> {
    let none = least.iter().all(|least| *least == 0);
    let chosen = kinds
        .iter()
        .zip(least)
        .enumerate()
        .filter(|(nth, (_, least))| **least > 0 || (none && *nth != 1));
    chosen.flat_map(|(_, (kind, _))| kind.iter().copied()).collect()
}

fn draw(
    given: &mut Arguments<'_, '_>,
    kinds: &[Vec<char>; 4],
    least: &[i64; 4],
    open: &[char],
    length: usize,
) -> String {
    let mut pick = |from: usize| {
        let (seed, key, nth) = given.chance();
        seed.below("expression text", key, nth, from as u64) as usize
    };
    let mut letters: Vec<char> = Vec::with_capacity(length);
    for (kind, least) in kinds.iter().zip(least) {
        for _ in 0..*least {
            letters.push(kind[pick(kind.len())]);
        }
    }
    while letters.len() < length {
        letters.push(open[pick(open.len())]);
    }
    for at in (1..letters.len()).rev() {
        letters.swap(at, pick(at + 1));
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::expression::tests::{evaluated, failure};

    #[test]
    fn every_minimum_is_kept_and_nothing_avoided_is_drawn() {
        for nth in 0..50 {
            let text = evaluated(&format!(r#"RandomString(20, 5, 4, 3, 2, "{nth}aB~")"#), &[]);
            let text = text.trim_matches('"').replace("\\\"", "\"").replace("\\\\", "\\");
            let many = |kind: &str| text.chars().filter(|c| kind.contains(*c)).count();
            assert_eq!(text.chars().count(), 20, "{text}");
            assert!(
                many(DIGITS) >= 5 && many(SPECIAL) >= 4 && many(UPPER) >= 3 && many(LOWER) >= 2,
                "{text}"
            );
            assert_eq!(many("aB~") + many(&nth.to_string()), 0, "{text}");
        }
        assert_eq!(evaluated("RandomString(0, 0, 0, 0, 0)", &[]), r#""""#);
        for bad in [
            "257, 0, 0, 0, 0",
            "-1, 0, 0, 0, 0",
            "5, -1, 0, 0, 0",
            "5, 1, 0, 0, 0, \"0123456789\"",
            "x, 0, 0, 0, 0",
        ] {
            failure(&format!("RandomString({bad})"), &[]);
        }
    }
}
