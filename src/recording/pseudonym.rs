//! Pseudonyms for people. The same word always has the same pseudonym, and a pseudonym keeps what a
//! fault may be made of: how long it is, its case, accents, apostrophes, digits, dots, `+`, the
//! script, and whether two words begin alike.
//!
//! Each letter is moved within its kind (vowels, other letters, digits) by a step that a keyed hash
//! of the letters before it gives. So two words never have one pseudonym, case and accents do not
//! matter to it ("René" and "rene" stay the same word), and without the key nothing leads back.

use super::attribute::tombstone;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, decompose_canonical, is_combining_mark};

const VOWELS: &[u8] = b"aeiou";
const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxyz";

/// Accents that every vowel can bear as one letter: grave, acute, circumflex, tilde, macron, breve,
/// diaeresis, hook, caron, dot below, ogonek.
const ON_EVERY_VOWEL: [char; 11] = [
    '\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{304}', '\u{306}', '\u{308}', '\u{309}',
    '\u{30c}', '\u{323}', '\u{328}',
];

/// Alphabets whose letters are moved within them, by the first and the last letter. What is in none
/// of them stays.
const SCRIPTS: [(char, char); 16] = [
    ('\u{3b1}', '\u{3c1}'), // Greek
    ('\u{3c3}', '\u{3c9}'),
    ('\u{391}', '\u{3a1}'),
    ('\u{3a3}', '\u{3a9}'),
    ('\u{430}', '\u{44f}'), // Cyrillic
    ('\u{410}', '\u{42f}'),
    ('\u{450}', '\u{45f}'),
    ('\u{5d0}', '\u{5ea}'), // Hebrew
    ('\u{627}', '\u{63a}'), // Arabic
    ('\u{641}', '\u{64a}'),
    ('\u{905}', '\u{939}'),   // Devanagari
    ('\u{e01}', '\u{e2e}'),   // Thai
    ('\u{3041}', '\u{3096}'), // Hiragana
    ('\u{30a1}', '\u{30fa}'), // Katakana
    ('\u{4e00}', '\u{9fa5}'), // Han
    ('\u{ac00}', '\u{d7a3}'), // Hangul
];

/// Top-level domains that lead nowhere (RFC 2606, RFC 6761) and stay.
const SAFE_DOMAINS: [&str; 5] = ["example", "test", "invalid", "localhost", "local"];

/// Makes pseudonyms by a key.
#[derive(Clone)]
pub struct Pseudonyms {
    mac: Hmac<Sha256>,
}

impl Pseudonyms {
    /// The pseudonyms that belong to a key.
    pub fn new(key: &[u8]) -> Pseudonyms {
        let mac = Hmac::new_from_slice(key).expect("a key of any length will do (RFC 2104)");
        Pseudonyms { mac }
    }

    /// A number below `below` that belongs to the letters before.
    fn step(&self, before: &str, below: u32) -> u32 {
        let mut mac = self.mac.clone();
        mac.update(before.as_bytes());
        let bytes = mac.finalize().into_bytes();
        u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % below.max(1)
    }

    /// A text about a person: a name, an address, a number.
    pub fn text(&self, text: &str) -> String {
        // The id stays, so that the name is known for that of a deleted user, and of which.
        if let Some((id, before)) = tombstone(text) {
            return id.to_owned() + &self.text(before);
        }
        if let Some(at) = text.rfind('@').filter(|at| !text[at + 1..].contains(' ')) {
            return format!("{}@{}", self.words(&text[..at]), self.domain(&text[at + 1..]));
        }
        self.words(text)
    }

    /// A domain. It ends in `.example`, so that nothing ever reaches it.
    pub fn domain(&self, domain: &str) -> String {
        let Some((rest, top)) = domain.rsplit_once('.') else {
            return if SAFE_DOMAINS.contains(&domain) { domain.into() } else { self.words(domain) };
        };
        let label = |label: &str| match label.eq_ignore_ascii_case("onmicrosoft") {
            true => label.to_owned(),
            false => self.words(label),
        };
        let labels: Vec<String> = rest.split('.').map(label).collect();
        let top = match top.to_ascii_lowercase().as_str() {
            safe if SAFE_DOMAINS.contains(&safe) => top.to_owned(),
            _ => format!("{top}.example"),
        };
        format!("{}.{top}", labels.join("."))
    }

    /// Words and numbers; whatever stands between them stays.
    fn words(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        // The letters of the word so far, in small letters without accents.
        let mut before = String::new();
        let mut rest = text;
        // `ann2` is the second Ann; a number of one or two digits tells of no person.
        let short = text.chars().filter(char::is_ascii_digit).count() <= 2;
        while let Some(letter) = rest.chars().next() {
            // How guests are marked (`ann_contoso.com#EXT#@...`).
            if let Some(after) = rest.strip_prefix("#EXT#") {
                (out, rest) = (out + "#EXT#", after);
                before.clear();
                continue;
            }
            rest = &rest[letter.len_utf8()..];
            let joins = is_apostrophe(letter) && rest.starts_with(char::is_alphabetic);
            if joins || is_combining_mark(letter) {
                out.push(letter);
            } else if letter.is_alphanumeric() {
                let number = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
                if number(&before) != letter.is_ascii_digit() {
                    before.clear();
                }
                let stays = short && letter.is_ascii_digit();
                out.push(if stays { letter } else { self.letter(letter, &before) });
                before.extend(letter.nfd().filter(|c| !is_combining_mark(*c)).flat_map(folded));
            } else {
                out.push(letter);
                before.clear();
            }
        }
        out
    }

    /// The letter that stands for another one after these letters.
    fn letter(&self, letter: char, before: &str) -> char {
        if let Some(digit) = letter.to_digit(10) {
            let moved = (digit + self.step(before, 8)) % 9 + 1;
            return char::from_digit(moved, 10).filter(|_| digit > 0).unwrap_or(letter);
        }
        if letter.is_ascii_alphabetic() {
            return self.latin(letter, before);
        }
        let mut parts = Vec::new();
        decompose_canonical(letter, |part| parts.push(part));
        match parts[..] {
            // A letter with another accent is what the fault may be about, and stays.
            [base, mark] if VOWELS.contains(&(base.to_ascii_lowercase() as u8)) => {
                let moved = compose(self.latin(base, before), mark);
                moved.filter(|_| ON_EVERY_VOWEL.contains(&mark)).unwrap_or(letter)
            }
            [base, ..] if base.is_ascii() => letter,
            _ => self.foreign(letter, before),
        }
    }

    fn latin(&self, letter: char, before: &str) -> char {
        let small = letter.to_ascii_lowercase() as u8;
        let kind = if VOWELS.contains(&small) { VOWELS } else { CONSONANTS };
        let Some(at) = kind.iter().position(|have| *have == small) else { return letter };
        let many = kind.len() as u32;
        let moved = kind[(at + 1 + self.step(before, many - 1) as usize) % kind.len()];
        let moved = char::from(moved);
        if letter.is_ascii_uppercase() { moved.to_ascii_uppercase() } else { moved }
    }

    fn foreign(&self, letter: char, before: &str) -> char {
        let Some((first, last)) = SCRIPTS.iter().find(|(a, z)| (*a..=*z).contains(&letter)) else {
            return letter;
        };
        let (first, many) = (*first as u32, *last as u32 - *first as u32 + 1);
        // The same step for the capital letters and the small ones.
        let at = letter as u32 - first;
        let moved = (at + 1 + self.step(before, many - 1)) % many;
        char::from_u32(first + moved).unwrap_or(letter)
    }
}

/// Whether it joins the two parts of one word: O'Brien is obrien elsewhere.
fn is_apostrophe(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2019}' | '\u{2bc}' | '`' | '\u{b4}')
}

/// A letter as it counts for the letters after it: small, in plain Latin where it is Latin.
fn folded(letter: char) -> Vec<char> {
    let latin = (letter as u32) < 0x250 && !letter.is_ascii();
    match deunicode::deunicode_char(letter).filter(|_| latin) {
        Some(plain) => plain.to_lowercase().chars().collect(),
        None => letter.to_lowercase().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms() -> Pseudonyms {
        Pseudonyms::new(b"a key")
    }

    /// A text with every letter replaced by its kind.
    fn shape(text: &str) -> String {
        let kind = |c: char| match c {
            'a'..='z' => 'a',
            'A'..='Z' => 'A',
            '1'..='9' => '1',
            c => c,
        };
        text.chars().map(kind).collect()
    }

    #[test]
    fn a_pseudonym_has_the_shape_of_the_name() {
        for text in [
            "Ann Okafor",
            "O'Brien-McDonald",
            "ann.okafor+test@contoso.example",
            "Ng",
            "E104711",
            "+49 (30) 901820-0",
            "ann_gmail.com#EXT#@contoso.onmicrosoft.test",
        ] {
            let instead = pseudonyms().text(text);
            assert_eq!(shape(&instead), shape(text), "{text} {instead}");
            assert_ne!(instead, text);
        }
    }

    #[test]
    fn a_deleted_user_keeps_the_id_before_the_pseudonym_of_the_name() {
        let id = "4f1d2c3b4a5968778695a4b3c2d1e0f0";
        let name = "bea.okafor@b.example";
        let expected = id.to_owned() + &pseudonyms().text(name);
        assert_eq!(pseudonyms().text(&format!("{id}{name}")), expected);
    }

    #[test]
    fn the_same_word_has_the_same_pseudonym_wherever_it_stands() {
        let make = |text: &str| pseudonyms().text(text);
        let (first, last) = (make("rosalind"), make("okafor"));
        assert_eq!(make("rosalind.okafor"), format!("{first}.{last}"));
        assert_eq!(make("ROSALIND Okafor").to_lowercase(), format!("{first} {last}"));
        assert_eq!(make("O'Brien").replace('\'', "").to_lowercase(), make("obrien"));
        let accented: String = make("René").nfd().filter(|c| !is_combining_mark(*c)).collect();
        assert_eq!(accented.to_lowercase(), make("rene"));
        // An initial is the initial of the pseudonym.
        assert!(first.starts_with(&make("r")));
        assert!(make("a@contoso.com").ends_with(&make("b@contoso.com")[1..]));
        assert_ne!(make("a@contoso.com"), make("a@contoso.de"));
    }

    #[test]
    fn accents_and_scripts_stay_and_other_keys_give_other_names() {
        for text in [
            "Zoë",
            "François",
            "Sørensen",
            "Søren Ångström",
            "Ωμέγα",
            "Дмитрий",
            "山田太郎",
            "김철수",
            "ИВАН",
        ] {
            let instead = pseudonyms().text(text);
            assert_eq!(instead.chars().count(), text.chars().count(), "{text} {instead}");
            let ascii = |text: &str| text.chars().filter(char::is_ascii).count();
            assert_eq!(ascii(&instead), ascii(text), "{text} {instead}");
            assert_ne!(instead, text);
            assert_ne!(instead, Pseudonyms::new(b"another").text(text), "{text}");
        }
        let decomposed = "Zoe\u{308}";
        assert_eq!(pseudonyms().text(decomposed).chars().last(), Some('\u{308}'));
    }

    #[test]
    fn short_numbers_stay_and_domains_lead_nowhere() {
        let make = |text: &str| pseudonyms().text(text);
        assert!(make("ann2@contoso.com").contains("2@"));
        assert_ne!(make("004711"), "004711");
        assert!(make("004711").starts_with("00"));
        for (text, end) in [
            ("a@b.com", ".com.example"),
            ("a@b.co.uk", ".uk.example"),
            ("a@b.onmicrosoft.com", ".onmicrosoft.com.example"),
            ("a@x.test", ".test"),
        ] {
            assert!(make(text).ends_with(end), "{text} {}", make(text));
        }
    }

    proptest::proptest! {
        #[test]
        fn two_names_never_have_one_pseudonym(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            let (x, y) = (pseudonyms().text(&a), pseudonyms().text(&b));
            proptest::prop_assert_eq!(a == b, x == y, "{} {}", x, y);
        }

        #[test]
        fn two_plain_names_never_have_one_pseudonym(a in "[a-cA-C'.0-2@é ]{0,6}", b in "[a-cA-C'.0-2@é ]{0,6}") {
            let (x, y) = (pseudonyms().text(&a), pseudonyms().text(&b));
            proptest::prop_assert_eq!(a == b, x == y, "{} {}", x, y);
        }

        #[test]
        fn case_does_not_matter_to_it(name in "[a-zé']{1,12}") {
            let small = pseudonyms().text(&name);
            let large = pseudonyms().text(&name.to_uppercase());
            proptest::prop_assert_eq!(small.to_uppercase(), large);
        }
    }
}
