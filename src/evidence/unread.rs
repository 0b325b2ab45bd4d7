//! The secrets of a file by the look of its lines: whatever is wrong with it, its author is shown
//! the line, as it is spelled.

use super::secrets::IsSecret;
use crate::world::is_harmless_key;

/// Collects what stands behind `=` at a key whose value is a secret, and below it.
pub(super) fn collect(text: &str, is_secret: IsSecret, found: &mut Vec<String>) {
    let mut of_table = false;
    let mut in_list = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if in_list {
            in_list = !trimmed.contains(']');
            texts(trimmed, found);
        } else if let Some(header) = trimmed.strip_prefix('[') {
            let path = header.trim_start_matches('[').split(']').next().unwrap_or_default();
            of_table = path.split('.').any(|key| is_secret(bare(key)));
        } else if let Some(value) = value_of_secret(trimmed, of_table, is_secret) {
            in_list = value.trim_start().starts_with('[') && !value.contains(']');
            texts(value, found);
        }
    }
}

/// The rest of a line behind the first key whose value is a secret.
fn value_of_secret(line: &str, of_table: bool, is_secret: IsSecret) -> Option<&str> {
    for (at, _) in line.match_indices('=') {
        let before = line[..at].trim_end().trim_end_matches(['"', '\'']);
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let key = before.rsplit(|c: char| !is_part(c)).next().unwrap_or_default();
        let below = of_table && !is_harmless_key(key);
        // Of a dotted key each part counts.
        let path = before.rsplit(|c: char| !is_part(c) && c != '.').next().unwrap_or_default();
        let named = path.split('.').any(|key| is_secret(bare(key))) && !is_harmless_key(key);
        if named || below {
            return Some(&line[at + 1..]);
        }
    }
    None
}

fn bare(key: &str) -> &str {
    key.trim().trim_matches(['"', '\''])
}

/// Collects the texts of a value: those in quotes, closed or not, or the one that lacks them.
fn texts(value: &str, found: &mut Vec<String>) {
    let mut rest = value;
    let mut quoted = false;
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = rest[at..].chars().next().unwrap_or('"');
        let text = rest[at..].trim_start_matches(quote);
        let end = text.find(quote).unwrap_or(text.len());
        let before = rest[..at].trim_end().trim_end_matches('=').trim_end();
        let key = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next();
        if !key.is_some_and(is_harmless_key) {
            found.push(text[..end].to_owned());
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
            ("title = \"T\"\nends = 3d", &[]),
        ] {
            let mut found = Vec::new();
            collect(text, may_be_secret_key, &mut found);
            assert_eq!(found, secrets, "{text}");
        }
    }
}
