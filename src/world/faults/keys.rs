//! The keys of a `[[fault]]` beside its effect, and those of its `when`, each with its meaning: for
//! `explain` and the reference.

use crate::entra::key_doc::KeyDoc;

const fn key(name: &'static str, doc: &'static str, example: &'static str) -> KeyDoc {
    KeyDoc { name, doc, example }
}

/// The keys of a `[[fault]]` beside its effect.
#[rustfmt::skip]
pub const FAULT_KEYS: [KeyDoc; 6] = [
    key("name", "The name of the fault, for `clear_fault` and the journal; unique.", "\"outage\""),
    key("from", "When the fault becomes active: from the start unless said.", "\"1h\""),
    key("until", "When the fault ends: never unless said.", "\"3h\""),
    key("for", "How long the fault is active, instead of `until`.", "\"2h\""),
    key("probability", "How likely a matching request is struck, from 0.0 to 1.0; drawn from the seed.", "0.1"),
    key("when", "Which requests the fault may strike: `method`, `path`, `user`, `app` and `nth`, of which all must hold.\n\
         Without it every request.", "{ method = \"PATCH\", user = \"ann\" }"),
];

/// The keys of `when`.
#[rustfmt::skip]
pub const WHEN_KEYS: [KeyDoc; 5] = [
    key("method", "The methods of the requests.", "[\"POST\", \"PATCH\"]"),
    key("path", "The path below `/scim/v2`, without the query; a `*` stands for any text.", "\"/Users/*\""),
    key("user", "The people whom the requests are about, by name.", "\"ann\""),
    key("app", "The applications whose jobs send the requests, by name; other clients are not meant then.", "\"test\""),
    key("nth", "Which of the requests that meet the other conditions: a number, a list, or `{ min, max, every }`.\n\
         They are counted from 1 since the fault became active, whoever sends them: the lookup with which a cycle begins, \
         a repeated request and those that `probability` spares count too. A request that a fault before this one in the \
         file strikes does not.", "{ min = 4 }"),
];

#[cfg(test)]
mod tests {
    use super::super::{KEYS, matcher};
    use super::*;
    use crate::entra::key_doc::names;

    #[test]
    fn every_key_that_is_read_is_explained() {
        assert_eq!(names(&FAULT_KEYS), KEYS);
        assert_eq!(names(&WHEN_KEYS), matcher::KEYS);
    }
}
