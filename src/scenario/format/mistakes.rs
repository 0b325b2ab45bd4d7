//! Help for what is no TOML: what people bring from JSON, YAML and programming languages, and
//! quotes that do not match.

use super::traps::line_at;
use crate::base::Span;
use crate::world::actions::{VERBS, form_of_words};

/// What to write instead of what stands at a place that cannot be read; `message` is the reader's.
pub fn help(text: &str, span: Span, message: &str) -> Option<String> {
    let line = line_at(text, span.start).trim();
    let before = text.get(..span.start)?.trim_end_matches(['\n', '\r']);
    let above = line_at(before, before.len()).trim();
    let rest = text.get(span.start..)?;
    of_the_file(text)
        .or_else(|| of_a_header(line))
        .or_else(|| of_an_action(line))
        .or_else(|| of_what_follows(rest, message))
        .or_else(|| of_quotes(line, above))
        .or_else(|| of_a_key(line))
        .or_else(|| of_a_value(line.split_once('=')?.1.trim()))
        .or_else(|| of_words(text.get(span.start..span.end)?.trim()))
}

/// An action that is written as a call, `do = disable("ann")`, or as a key of its moment, without
/// quotes around its names.
fn of_an_action(line: &str) -> Option<String> {
    let (key, value) = line.split('#').next()?.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let is_verb = |word: &str| VERBS.iter().any(|verb| verb.name == word);
    let called = value.split_once('(').is_some_and(|(verb, _)| is_verb(verb.trim()));
    let form = match key {
        "do" if called => form_of_words(value)?,
        "do" if let Some(words) = words_of_an_action(value) => {
            form_of_words(&words).filter(|_| words.split(' ').next().is_some_and(is_verb))?
        }
        _ if is_verb(key) && !value.starts_with(['"', '\'', '{', '[']) => form_of_words(line)?,
        _ => return None,
    };
    Some(match form.contains('=') {
        true => format!("write do = {{ {form} }}"),
        false => format!("write do = \"{form}\""),
    })
}

/// The words of an action around which quotes, commas or equals signs stand at the wrong places:
/// `"disable, "ann"`, `"disable" = "ann"`, `{ disable, "ann" }`.
fn words_of_an_action(value: &str) -> Option<String> {
    let is_table = value.starts_with('{');
    if value.contains([';', ':', '['])
        || value.contains("}, {")
        || (is_table && value.contains('='))
    {
        return None;
    }
    let apart = |c: char| c.is_whitespace() || "\"',={}".contains(c);
    let words: Vec<&str> = value.split(apart).filter(|word| !word.is_empty()).collect();
    let plain = |word: &&str| word.chars().all(|c| c.is_alphanumeric() || "_-.@".contains(c));
    let is_one = (2..=4).contains(&words.len()) && words.iter().all(plain);
    // What the quotes already hold together is a text, whatever is wrong with it.
    let is_broken = value.contains(['"', '\'', '=', ',']);
    (is_one && is_broken).then(|| words.join(" "))
}

/// Something that stands behind a whole value.
fn of_what_follows(rest: &str, message: &str) -> Option<String> {
    if rest.starts_with(';') {
        return Some("every key has a line of its own, and no semicolon ends it".to_owned());
    }
    let word = rest.split([' ', '=', ',', ']', '}', '\n']).next().unwrap_or_default();
    message.starts_with("missing comma").then(|| match word {
        "" | "\"" => "put a comma between the two".to_owned(),
        word if rest.starts_with('{') => format!("put a comma before this `{word}`"),
        word => format!("put a comma before {word}"),
    })
}

/// Words that stand without quotes where a value belongs.
fn of_words(value: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || "_-. @'".contains(c);
    let begins = value.starts_with(|c: char| c.is_alphabetic());
    (begins && value.chars().all(plain)).then(|| match value.contains(' ') {
        true => format!("a text stands in quotes: \"{value}\""),
        false => format!("a word stands in quotes: \"{value}\""),
    })
}

fn of_the_file(text: &str) -> Option<String> {
    let begins = text.trim_start();
    let other = match begins {
        _ if begins.starts_with('{') => "JSON",
        _ if begins.starts_with("---") || begins.starts_with("- ") => "YAML",
        _ => return None,
    };
    Some(format!(
        "a scenario is TOML, not {other}: title = \"...\", and `scimulator new` writes one"
    ))
}

fn of_a_header(line: &str) -> Option<String> {
    let inner = line.strip_prefix('[')?;
    let name = line.split('#').next()?.trim().trim_matches(['[', ']']);
    if inner.starts_with('[') && !line.contains("]]") {
        return Some(format!("write [[{name}]], with two brackets on both sides"));
    }
    if !inner.starts_with('[') && !line.contains(']') {
        return Some(format!("write [{name}], with a bracket on both sides"));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-. \"'".contains(c);
    let strange = name.chars().find(|&c| !plain(c))?;
    Some(format!("a name in a header has letters a to z, digits, `-` and `_`, and no `{strange}`"))
}

fn of_quotes(line: &str, above: &str) -> Option<String> {
    let quotes = |line: &str| line.replace("\\\"", "").matches('"').count();
    if line.contains(['“', '”', '„', '‘', '’']) && quotes(line) == 0 {
        return Some("straight quotes stand around a text: \"...\"".to_owned());
    }
    let value = line.split_once('=').map_or("", |(_, value)| value.trim());
    let whole = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
    if whole && quotes(value) > 2 && !value.contains("\"\"\"") {
        return Some("quotes within a text are written \\\", or '...' stands around it".to_owned());
    }
    let long = |line: &str| line.contains("\"\"\"") || line.starts_with('#');
    if (quotes(line) % 2 == 1 && !long(line)) || (quotes(above) % 2 == 1 && !long(above)) {
        let several = "a text ends on its line, with the quote it begins with";
        return Some(format!("{several}; over several lines it stands in three: \"\"\""));
    }
    None
}

fn of_a_key(line: &str) -> Option<String> {
    if line.starts_with("//") || line.starts_with("--") || line.starts_with(';') {
        return Some("a comment begins with #".to_owned());
    }
    for operator in ["==", "!=", ">=", "<=", "=>", "=<", ">", "<"] {
        let Some((key, value)) = line.split_once(operator) else { continue };
        let (mut key, mut value) = (key.trim(), value.trim());
        if let Some((_, inner)) = key.rsplit_once(['{', ',']) {
            // In a table on one line.
            (key, value) = (inner.trim(), value.split([',', '}']).next().unwrap_or(value).trim());
        }
        let key_is_plain = !key.is_empty() && !key.contains(['"', '=', '{']);
        let text = value.starts_with('"') && value.ends_with('"') && value.len() > 1;
        let text = text || ["true", "false"].contains(&value);
        if key_is_plain && operator == "!=" {
            let is = format!("an expectation says what is so, and not what is not: {key} = ...");
            return Some(format!("{is}, {{ min = ... }} or {{ max = ... }}"));
        }
        if key_is_plain && text {
            return Some(match operator.chars().next() {
                Some('>') => format!("write {key} = {{ min = {value} }}"),
                Some('<') => format!("write {key} = {{ max = {value} }}"),
                _ => format!("write {key} = {value}"),
            });
        }
        if key_is_plain && value.parse::<i64>().is_ok() {
            let number: i64 = value.parse().unwrap_or_default();
            return Some(match operator {
                ">=" | "=>" => format!("write {key} = {{ min = {value} }}"),
                ">" => format!("write {key} = {{ min = {} }}", number.saturating_add(1)),
                "<=" | "=<" => format!("write {key} = {{ max = {value} }}"),
                "<" => format!("write {key} = {{ max = {} }}", number.saturating_sub(1)),
                _ => format!("write {key} = {value}"),
            });
        }
    }
    let (key, after) = line.split_once(['=', ':'])?;
    let joined_by_colon = line.as_bytes().get(key.len()) == Some(&b':') && !key.contains('"');
    if joined_by_colon && !after.starts_with("//") {
        return Some(format!(
            "a key and its value are joined by an equals sign: {} = ...",
            key.trim()
        ));
    }
    if line.contains('{') && line.split('{').nth(1).is_some_and(|it| it.trim_start().contains(": "))
    {
        return Some(
            "a key and its value are joined by an equals sign: { disable = \"ann\" }".to_owned(),
        );
    }
    let (head, _) = key.split_once('[')?;
    (!head.is_empty() && !key.starts_with('[') && !head.contains(['"', '\''])).then(|| {
        "a path with brackets stands in quotes: 'emails[type eq \"work\"].value'".to_owned()
    })
}

fn of_a_value(value: &str) -> Option<String> {
    let value = value.split('#').next()?.trim();
    if value.starts_with('{') && value.contains("}, {") {
        return Some(format!("several of them are one list: [{}]", value.trim_end_matches(',')));
    }
    let word = value.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    match value.to_ascii_lowercase().as_str() {
        "" => Some("a value stands behind the equals sign, such as \"...\"".to_owned()),
        "true" | "false" => Some(format!("written small: {}", value.to_ascii_lowercase())),
        "yes" | "on" => Some("write true".to_owned()),
        "no" | "off" => Some("write false".to_owned()),
        "null" | "none" | "nil" => Some("TOML has no null: leave the key out".to_owned()),
        _ if word && !value.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(format!("a word stands in quotes: \"{value}\""))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;
    use crate::base::Problems;

    fn check(text: &str, expected: &str) {
        let error = tree::parse(text, 0, &mut Problems::default()).expect_err(text);
        let span = error.span().map_or(Span::new(0, 1), Span::from);
        let said = help(text, span, error.message()).unwrap_or_default();
        assert!(said.contains(expected) && !expected.is_empty(), "{text}: {said}");
    }

    #[test]
    fn what_comes_from_another_language_is_answered_in_toml() {
        check("{ \"title\": \"t\" }", "not JSON");
        check("- title: t\n", "not YAML");
        check("title: t\n", "title = ...");
        check("x = 1\n// no\n", "begins with #");
        check("do = start\n", "\"start\"");
        check("enabled = True\n", "written small: true");
        check("enabled = yes\n", "write true");
        check("manager = null\n", "leave the key out");
        check("job.links == 2\n", "write job.links = 2");
        check("job.links >= 2\n", "write job.links = { min = 2 }");
        check("expect = { job.links == 2 }\n", "write job.links = 2");
        check("expect = { job.status = \"x\", job.links >= 2 }\n", "write job.links = { min = 2 }");
        check("job.links != 2\n", "{ min = ... } or { max = ... }");
        check("job.links < 2\n", "write job.links = { max = 1 }");
        check("do = { disable: \"ann\" }\n", "equals sign");
        check("active == false\n", "write active = false");
        check("[[at]\ntime = 1\n", "write [[at]]");
        check("[finally\nworlds = 1\n", "write [finally]");
        check("do = disable(\"ann\")\n", "write do = { disable = \"ann\" }");
        check("disable = ann\n", "write do = { disable = \"ann\" }");
        check("do = { disable = ann }\n", "in quotes: \"ann\"");
        for slip in [
            "do = \"disable, \"ann\"\n",
            "do = \"disable, \"ann\"\"\n",
            "do = \"disable\", \"ann\"\n",
            "do = \"disable\" = \"ann\"\n",
            "do = disable = \"ann\"\n",
            "do = disable \"ann\"\n",
            "do = { disable, \"ann\" }\n",
            "do = { \"disable\" \"ann\" }\n",
        ] {
            check(slip, "write do = { disable = \"ann\" }");
        }
        check("name = Bob Boss\n", "in quotes: \"Bob Boss\"");
        check("say = \"It\"s on\"\n", "quotes within a text");
        check("do = \"start\"; say = \"x\"\n", "a line of its own");
        check("a = { b = \"x\" c = \"y\" }\n", "a comma before c");
        check("a = [{ b = 1 } \"x\"]\n", "a comma before \"x\"");
        check("[user.ann@x]\n", "no `@`");
        check("[user.zoë]\n", "no `ë`");
        check("title = “t”\n", "straight quotes");
        check("say = \"two\nlines\"\n", "three");
        check("say = \"He said \"hi\"\"\n", "quotes within a text");
        check("time = \"0d\n", "ends on its line");
        check("emails[type eq \"work\"].value = \"x\"\n", "stands in quotes");
        check("x =\n", "a value stands behind");
        check("exposure.longest < \"40m\"\n", "{ max = \"40m\" }");
        check("do = { a = 1 }, { b = 2 }\n", "[{ a = 1 }, { b = 2 }]");
    }
}
