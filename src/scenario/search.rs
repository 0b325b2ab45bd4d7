//! Whether a text speaks of a word: for those who look for a story or a bug by a symptom, in words
//! of their own.

/// Words that say nothing about what is meant.
const FILLERS: [&str; 22] = [
    "a", "an", "and", "are", "at", "but", "by", "for", "he", "in", "is", "it", "not", "of", "on",
    "or", "she", "still", "the", "to", "was", "with",
];

/// Words for the same thing, of which a report uses one and a title another.
const ALIKE: [&[&str]; 9] = [
    &["disabled", "deactivated", "inactive", "blocked", "suspended", "leaver", "offboarded"],
    &["active", "enabled", "reactivated", "alive"],
    &["again", "back", "restored", "returned", "came", "comes"],
    &["deleted", "removed", "gone", "purged"],
    &["conflict", "409", "taken", "exists", "uniqueness"],
    &["renamed", "another name", "new name", "rename"],
    &["duplicate", "twice", "two accounts", "second account"],
    &["429", "throttled", "rate limit", "too many"],
    &["login", "signs in", "signing in", "sign in", "sign-in", "jit"],
];

/// The words that say what is meant; all of them where none does.
pub fn telling<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let told: Vec<&str> = words
        .iter()
        .filter(|word| !FILLERS.contains(&word.to_lowercase().as_str()))
        .copied()
        .collect();
    if told.is_empty() { words.to_vec() } else { told }
}

/// Whether a text has a word in any of its forms and any case, at the beginning of a word, or
/// another word for the same thing: `throttle` is in "Throttling", `sign` is not in "assigned".
pub fn speaks_of(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let alike = ALIKE.iter().filter(|words| words.iter().any(|it| stem(it) == stem(&word)));
    has(&text, stem(&word)) || alike.flat_map(|words| words.iter()).any(|it| has(&text, stem(it)))
}

fn stem(word: &str) -> &str {
    let stem = ["ing", "ed", "es", "e", "s"].iter().find_map(|ending| word.strip_suffix(ending));
    stem.filter(|stem| stem.chars().count() > 3).unwrap_or(word)
}

/// Whether a text has this at the beginning of one of its words.
fn has(text: &str, begins: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric();
    text.match_indices(begins).any(|(at, _)| !text[..at].ends_with(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_a_word_begins() {
        assert!(speaks_of("Throttling", "throttle"));
        assert!(!speaks_of("is assigned to it", "sign"));
        assert!(speaks_of("golinks.quirks.jit_on_login=true", "jit"));
        assert!(speaks_of("Signing in brings the leaver back", "again"));
        assert!(speaks_of("Signing in brings the leaver back", "disabled"));
        assert!(!speaks_of("Two dialects", "conflict"));
        assert_eq!(telling(&["signs", "in"]), ["signs"]);
        assert_eq!(telling(&["in"]), ["in"]);
    }
}
