//! The segments of a Graph path, in the spellings that clients use.
//!
//! Doubled and trailing slashes count as one, names are compared without case, `microsoft.graph.`
//! and `graph.` before a name and `()` after it mean nothing, and a key may stand in parentheses.

use percent_encoding::percent_decode_str;

/// The segments of a path, below the version.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct GraphPath {
    /// The segments as the client wrote them, decoded.
    raw: Vec<String>,
    /// The same in small letters, to compare.
    lower: Vec<String>,
}

/// A path has few segments; more are refused as unknown.
const SEGMENTS_MAX: usize = 16;

impl GraphPath {
    /// Reads a path below `/v1.0` or `/beta`.
    pub fn parse(path: &str) -> GraphPath {
        let mut read = GraphPath::default();
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        for segment in segments.take(SEGMENTS_MAX) {
            let decoded = percent_decode_str(segment).decode_utf8_lossy();
            read.push(&decoded);
        }
        read
    }

    fn push(&mut self, segment: &str) {
        let bare = segment.strip_suffix("()").unwrap_or(segment);
        let bare = without_namespace(bare);
        let Some((name, key)) = bare.strip_suffix(')').and_then(|open| open.split_once('(')) else {
            return self.add(bare);
        };
        self.add(name);
        // `users('ann@contoso.example')` is `users/ann@contoso.example`.
        match key.strip_prefix('\'').and_then(|key| key.strip_suffix('\'')) {
            Some(key) => self.add(&key.replace("''", "'")),
            None => self.add(key),
        }
    }

    fn add(&mut self, segment: &str) {
        self.raw.push(segment.to_owned());
        self.lower.push(segment.to_lowercase());
    }

    /// The path above its last segment.
    pub fn without_last(&self) -> GraphPath {
        let mut above = self.clone();
        above.raw.pop();
        above.lower.pop();
        above
    }

    /// The segments in small letters.
    pub fn lower(&self) -> &[String] {
        &self.lower
    }

    /// A segment as it was written; empty when there is none.
    pub fn raw(&self, nth: usize) -> &str {
        self.raw.get(nth).map_or("", String::as_str)
    }
}

/// A name without the namespace of Graph: `microsoft.graph.delta` is `delta`, `graph.user` is
/// `user`.
fn without_namespace(name: &str) -> &str {
    ["microsoft.graph.", "graph."]
        .into_iter()
        .find_map(|space| {
            let head = name.get(..space.len())?;
            head.eq_ignore_ascii_case(space).then(|| &name[space.len()..])
        })
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_path_are_the_same() {
        for (path, expected) in [
            ("//users", "users"),
            ("/users/", "users"),
            ("/users/delta()", "users|delta"),
            ("/users/microsoft.graph.delta", "users|delta"),
            ("/users/microsoft.graph.delta()", "users|delta"),
            ("/directory/deleteditems/graph.user", "directory|deleteditems|user"),
            ("/directory/deletedItems/Microsoft.Graph.User", "directory|deleteditems|user"),
            ("/users/ann%40contoso.example", "users|ann@contoso.example"),
            (
                "/users('ann@contoso.example')/manager/$ref",
                "users|ann@contoso.example|manager|$ref",
            ),
            ("/servicePrincipals(appId='A1')", "serviceprincipals|appid='a1'"),
            ("/servicePrincipals(appId=%27A1%27)", "serviceprincipals|appid='a1'"),
            ("/a/microsoft.graph.filterOperators()", "a|filteroperators"),
            ("", ""),
        ] {
            assert_eq!(GraphPath::parse(path).lower().join("|"), expected, "{path}");
        }
        assert_eq!(GraphPath::parse("/x/Dm9PekwcbkU-_").raw(1), "Dm9PekwcbkU-_");
    }
}
