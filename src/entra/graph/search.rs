//! `$search`: `"displayName:ann"`, and several of these with `AND` or `OR` [graph-expand].
//!
//! Names and descriptions are searched by their words, of which one begins with what is asked for;
//! every other property by its beginning (assumed for the division into words: at what is neither
//! letter nor digit).

use super::error::GraphError;
use super::property::{Property, Resource};

/// What is searched for: alternatives, each of clauses that all hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search(Vec<Vec<Clause>>);

/// A property, and the words in lower case.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Clause {
    property: &'static str,
    words: String,
}

/// What can be searched; the first two by words (assumed for the others).
const SEARCHED: [&str; 7] = [
    "displayName",
    "description",
    "givenName",
    "mail",
    "mailNickname",
    "surname",
    "userPrincipalName",
];

impl Search {
    /// Reads the option.
    ///
    /// # Errors
    /// It cannot be read, or a property cannot be searched.
    pub fn parse(value: &str) -> Result<Search, GraphError> {
        let mut rest = value.trim();
        if !rest.starts_with('"') {
            return Ok(Search(vec![vec![clause(rest)?]]));
        }
        let wrong = || {
            GraphError::malformed(format!(
                "Syntax error in $search: '{value}' is not \"property:words\", several of them joined by AND or OR."
            ))
        };
        let mut alternatives = vec![Vec::new()];
        loop {
            let (text, after) =
                rest.strip_prefix('"').and_then(|it| it.split_once('"')).ok_or_else(wrong)?;
            if let Some(last) = alternatives.last_mut() {
                last.push(clause(text)?);
            }
            rest = after.trim_start();
            let (joined, after) = match rest.split_once(' ') {
                _ if rest.is_empty() => return Ok(Search(alternatives)),
                Some(found) => found,
                None => return Err(wrong()),
            };
            match joined {
                "AND" => {}
                "OR" => alternatives.push(Vec::new()),
                _ => return Err(wrong()),
            }
            rest = after.trim_start();
        }
    }

    /// Whether an object is found.
    pub fn finds(&self, object: &dyn Resource) -> bool {
        self.0.iter().any(|all| all.iter().all(|clause| clause.finds(object)))
    }
}

/// Reads `displayName:ann`.
fn clause(text: &str) -> Result<Clause, GraphError> {
    let Some((name, words)) = text.split_once(':') else {
        return Err(GraphError::malformed(format!(
            "Syntax error: a property is expected in $search: '\"displayName:{text}\"'."
        )));
    };
    let (name, words) = (name.trim(), words.trim().to_lowercase());
    let property = SEARCHED.into_iter().find(|known| *known == name);
    match property.filter(|_| !words.is_empty()) {
        Some(property) => Ok(Clause { property, words }),
        None => Err(GraphError::unsupported(format!(
            "Property '{name}' is not supported with $search, or nothing is searched in it."
        ))),
    }
}

impl Clause {
    fn finds(&self, object: &dyn Resource) -> bool {
        let Some(Property::Text(text)) = object.property(self.property) else { return false };
        let text = text.to_lowercase();
        if !matches!(self.property, "displayName" | "description") {
            return text.starts_with(&self.words);
        }
        let is_part = |c: char| c.is_alphanumeric();
        let words: Vec<&str> =
            text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
        let mut asked = self.words.split(|c| !is_part(c)).filter(|word| !word.is_empty());
        asked.all(|one| words.iter().any(|word| word.starts_with(one)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn finds(search: &str, object: &Value) -> bool {
        Search::parse(search).expect(search).finds(object)
    }

    #[test]
    fn words_are_found_by_their_beginning_and_clauses_are_joined() {
        let ann = json!({ "displayName": "Ann Lee-Marsh", "mail": "ann@contoso.example" });
        let jeanne = json!({ "displayName": "Jeanne Falk" });
        for (search, of_ann, of_jeanne) in [
            ("\"displayName:ann\"", true, false),
            ("displayName:ann", true, false),
            ("\"displayName:MAR ann\"", true, false),
            ("\"displayName:arsh\"", false, false),
            ("\"mail:ann@c\"", true, false),
            ("\"mail:contoso\"", false, false),
            ("\"displayName:ann\" OR \"displayName:falk\"", true, true),
            ("\"displayName:ann\" AND \"displayName:falk\"", false, false),
            ("\"displayName:ann\" AND \"mail:x\" OR \"displayName:jea\"", false, true),
        ] {
            assert_eq!(
                (finds(search, &ann), finds(search, &jeanne)),
                (of_ann, of_jeanne),
                "{search}"
            );
        }
    }

    #[test]
    fn what_cannot_be_searched_is_refused() {
        for search in [
            "ann",
            "\"ann\"",
            "\"department:x\"",
            "\"displayName:\"",
            "\"displayName:a\" or \"displayName:b\"",
            "\"displayName:a\" OR",
            "\"displayName:a\" OR (\"displayName:b\")",
            "\"displayName:a",
        ] {
            assert_eq!(Search::parse(search).expect_err(search).status.as_u16(), 400, "{search}");
        }
    }
}
