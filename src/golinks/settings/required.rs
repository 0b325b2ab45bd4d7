//! Attributes that administrators have made mandatory, beyond userName.

use super::row::Parse;
use crate::base::{Node, Problems};
use crate::scim::{Error, Object, Path, ScimType, Value};

/// The paths that a new account must have a value for.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Required(Vec<Path>);

/// A list of SCIM paths.
impl Parse for Required {
    fn parse(node: &Node, problems: &mut Problems) -> Option<Required> {
        let mut paths = Vec::new();
        for (text, item) in node.as_texts(problems)?.iter().zip(node.items()) {
            match Path::parse_short(text) {
                Ok(path) => paths.push(path),
                Err(why) => {
                    problems
                        .error(item.span, format!("`{text}` is not a SCIM path"))
                        .label(why.to_string());
                    return None;
                }
            }
        }
        Some(Required(paths))
    }
}

impl Required {
    /// The paths, in the order written.
    pub fn paths(&self) -> &[Path] {
        &self.0
    }

    /// Refuses a resource that lacks a value.
    pub fn check(&self, resource: &Object) -> Result<(), Error> {
        let has = |path: &&Path| {
            path.any(resource, &mut |value| !value.is_absent() && *value != Value::from(""))
        };
        match self.0.iter().find(|path| !has(path)) {
            None => Ok(()),
            Some(path) => Err(Error::of(ScimType::InvalidValue, format!("`{path}` is required"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_a_value_is_refused() {
        let mut problems = Problems::default();
        let list = ["name.familyName", "department", "emails[type eq \"work\"].value"]
            .map(Node::text)
            .to_vec();
        let required =
            Required::parse(&Node::bare(crate::base::Kind::List(list)), &mut problems).unwrap();
        for (body, lacks) in [
            (
                r#"{"name":{"familyName":"Okafor"},"emails":[{"type":"work","value":"a@b.c"}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"}}"#,
                None,
            ),
            (
                r#"{"name":{"familyName":"Okafor"},"emails":[{"type":"work","value":"a@b.c"}]}"#,
                Some("department"),
            ),
            (
                r#"{"name":{"familyName":""},"emails":[{"type":"work","value":"a@b.c"}]}"#,
                Some("name.familyName"),
            ),
            (
                r#"{"name":{"familyName":"Okafor"},"emails":[{"type":"home","value":"a@b.c"}],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"}}"#,
                Some("emails"),
            ),
        ] {
            let answer = required.check(&Object::parse(body.as_bytes()).unwrap());
            assert_eq!(answer.is_err(), lacks.is_some(), "{body}");
            assert!(
                answer.err().is_none_or(|error| error.detail.contains(lacks.unwrap_or_default()))
            );
        }
        assert!(Required::parse(&Node::text("emails[type"), &mut problems).is_none());
    }
}
