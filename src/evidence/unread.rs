//! The secrets of a file by the look of its lines: whatever is wrong with it, its author is shown
//! the line, as it is spelled.

use super::secrets::IsSecret;
use crate::entra::secrets::is_shown_key;
use crate::world::{is_harmless_key, secrets_in_address};

/// Collects what stands behind `=` or `:` at a key whose value is a secret, and below it, behind
/// the verb of an action, and in addresses.
pub(super) fn collect(text: &str, is_secret: IsSecret, found: &mut Vec<String>) {
    let mut table = Table::Other;
    let mut in_list = false;
    for line in text.lines() {
        let trimmed = line.trim();
        found.extend(secrets_in_address(trimmed).into_iter().map(|at| trimmed[at].to_owned()));
        found.extend(behind_verbs(trimmed, is_secret));
        if in_list {
            in_list = !trimmed.contains(']');
            texts(trimmed, is_secret, found);
        } else if let Some(header) = trimmed.strip_prefix('[') {
            let path = header.trim_start_matches('[').split(']').next().unwrap_or_default();
            table = match path.rsplit('.').next().map(bare) {
                _ if path.split('.').any(|key| is_secret(bare(key))) => Table::OfSecret,
                Some("secrets") => Table::OfSecrets,
                _ => Table::Other,
            };
        } else if let Some(value) = value_of_secret(trimmed, table, is_secret) {
            in_list = value.trim_start().starts_with('[') && !value.contains(']');
            texts(value, is_secret, found);
        }
    }
}

/// What the header of a table says of the values in it.
#[derive(Clone, Copy, PartialEq)]
enum Table {
    /// They are parts of a secret.
    OfSecret,
    /// They are the secrets of a job by the vendor's keys.
    OfSecrets,
    Other,
}

/// The rest of a line behind the first key whose value is a secret.
fn value_of_secret(line: &str, table: Table, is_secret: IsSecret) -> Option<&str> {
    for (at, _) in line.match_indices(['=', ':']) {
        let before = line[..at].trim_end().trim_end_matches(['"', '\'', '\\']);
        let value = &line[at + 1..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let key = before.rsplit(|c: char| !is_part(c)).next().unwrap_or_default();
        let below = match table {
            Table::OfSecret => !is_harmless_key(key),
            Table::OfSecrets => !is_shown_key(key),
            // A table of secrets holds others too; a list or a text in its place holds nothing
            // else.
            Table::Other => key == "secrets" && value.trim_start().starts_with(['[', '"', '\'']),
        };
        // Of a dotted key each part counts.
        let path = before.rsplit(|c: char| !is_part(c) && c != '.').next().unwrap_or_default();
        let named = path.split('.').any(|key| is_secret(bare(key))) && !is_harmless_key(key);
        if named || below {
            return Some(value);
        }
    }
    None
}

/// What texts say behind the verb of an action that takes a secret: `"set_secret abc"`.
fn behind_verbs(line: &str, is_secret: IsSecret) -> impl Iterator<Item = String> {
    let said =
        line.split(['"', '\'']).filter_map(|text| text.trim().split_once(char::is_whitespace));
    said.filter(move |(verb, _)| verb.contains('_') && is_secret(verb))
        .map(|(_, rest)| rest.trim_start_matches(['=', ':', ' ']).to_owned())
}

fn bare(key: &str) -> &str {
    key.trim().trim_matches(['"', '\''])
}

/// Collects the texts of a value: those in quotes, closed or not, or the one that lacks them.
fn texts(value: &str, is_secret: IsSecret, found: &mut Vec<String>) {
    let is_one = !value.trim_start().starts_with(['[', '{']);
    let mut rest = value;
    let mut quoted = false;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = rest[at..].chars().next().unwrap_or('"');
        let text = rest[at..].trim_start_matches(quote);
        let end = text.find(quote).unwrap_or(text.len());
        let before = rest[..at].trim_end();
        let key = before.trim_end_matches('=').trim_end();
        let key = key.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
        // Behind a text alone stand other fields of `fill_in`; what else stands there may be meant
        // as a secret.
        let is_other =
            |key: &str| is_one && quoted && ["mode", "status"].contains(&key) && !is_secret(key);
        if !key.is_some_and(|key| is_harmless_key(key) || is_other(key)) {
            found.push(text[..end].trim_end_matches('\\').to_owned());
        }
        rest = text[end..].trim_start_matches(quote);
        quoted = true;
    }
    if !quoted {
        let ends = |c: char| c.is_whitespace() || [',', '}', ']', '#'].contains(&c);
        let word = value.trim_start().trim_start_matches(['[', '{']).trim_start();
        found.extend(word.split(ends).next().filter(|it| !it.is_empty()).map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::may_be_secret_key;

    #[test]
    fn what_stands_at_the_key_of_a_secret_is_found_however_broken_the_file_is() {
        for (text, secrets) in [
            ("golinks.token = SEKRIT", &["SEKRIT"][..]),
            ("golinks.token = \"SEKRIT", &["SEKRIT"]),
            ("golinks.tokne = \"SEKRIT\" x", &["SEKRIT"]),
            ("[golinks.token]\nvalue = 'SEKRIT'\nexpires = \"30d\"\n[x]\ny = \"z\"", &["SEKRIT"]),
            ("token = { value = \"SEKRIT\", expires = \"30d\" }", &["SEKRIT"]),
            ("do = { set_secret = \"SEKRIT\" ", &["SEKRIT"]),
            ("tokens = [\n  \"SEKRIT\",\n  \"OTHER\"\n]\nx = \"y\"", &["SEKRIT", "OTHER"]),
            ("token : \"SEKRIT\"", &["SEKRIT"]),
            ("do = \"set_secret SEKRIT\"", &["SEKRIT"]),
            ("bearer = \"SEKRIT\"\n passwort = \"OTHER\"", &["SEKRIT", "OTHER"]),
            ("secrets = [\"SEKRIT\", 5]", &["SEKRIT"]),
            (
                "[entra.secrets]\nPasword = \"SEKRIT\"\nFoo = \"OTHER\"\nSyncAll = \"x\"",
                &["SEKRIT", "OTHER"],
            ),
            (r#"body = "{ \"a\": \"b\", \"secretText\": \"SEKRIT\"""#, &["SEKRIT"]),
            ("fill_in = { secret = \"SEKRIT\", status = \"On\" }", &["SEKRIT"]),
            ("token = { value = \"SEKRIT\", expiry = \"2d\" }", &["SEKRIT"]),
            ("title = \"T\"\nends = 3d", &[]),
        ] {
            let mut found = Vec::new();
            collect(text, may_be_secret_key, &mut found);
            assert_eq!(found, secrets, "{text}");
        }
    }
}
