//! The secrets of a run, and texts without them: tokens, client secrets and passwords never reach
//! a record, a report, a terminal or a reply of the control API.
//!
//! The rule: a secret is masked wherever it stands. One that is short, or a word of small letters,
//! stands in texts that are not about it, so it is masked only as a value of its own: in quotes,
//! or behind `=` or `Bearer`.

use std::borrow::Cow;

use memchr::memmem::Finder;

use super::unread;
use crate::scenario::Script;
use crate::scenario::messages::Source;
use crate::scenario::report::{pad, width};
use crate::world::{Action, At, Beside, MASK, secrets_in_address, secrets_of};
use crate::world::{is_harmless_key, is_secret_key as is_secret, may_be_secret_key};

/// A secret shorter than this is a word that may stand anywhere, and so is one of small letters
/// that is shorter than `WORD`; it is masked where it is a value of its own only.
const SHORT: usize = 6;
const WORD: usize = 12;

/// What stands before and behind a short secret that is a value of its own.
const BESIDE: [(&str, &str); 11] = [
    ("\"", "\""),
    ("\\\"", "\\\""),
    ("'", "'"),
    ("=", "&"),
    ("=", "'"),
    ("=", " "),
    ("=", "\""),
    ("=", ":"),
    ("Bearer ", " "),
    ("Bearer ", "'"),
    ("Bearer ", "\""),
];

/// What stands where a text was cut, and how much of a secret before it is masked.
const CUT: char = '…';
const CUT_MIN: usize = 3;

/// The secrets of a scenario.
#[derive(Clone, Default)]
pub struct Secrets {
    finders: Vec<Finder<'static>>,
    short: Vec<String>,
}

impl Secrets {
    /// The secrets that a script names: in its file, in the overrides, in its actions.
    pub fn of(script: &Script) -> Secrets {
        let mut found = in_source(&script.source, is_secret);
        for deed in script.steps.iter().flat_map(|step| &step.actions) {
            collect_text(&format!("do = {}", deed.action.to_toml()), is_secret, &mut found);
        }
        Secrets::from(found)
    }

    /// The secrets of files that are no scenario yet: they are not read as TOML, or keys are
    /// misspelled.
    pub fn of_source(source: &Source) -> Secrets {
        let mut found = in_source(source, may_be_secret_key);
        // As they are spelled too: the lines are shown as they are.
        let beside = source.files_beside().map(|(_, text)| text);
        for text in std::iter::once(source.text.as_str()).chain(beside) {
            unread::collect(text, may_be_secret_key, &mut found);
        }
        Secrets::from(found)
    }

    /// The secrets that actions say.
    pub fn of_actions<'a>(actions: impl Iterator<Item = &'a Action>) -> Secrets {
        let mut found = Vec::new();
        actions.for_each(|action| secrets_of(action, &mut found));
        Secrets::from(found)
    }

    /// Secrets by their texts.
    fn from(mut found: Vec<String>) -> Secrets {
        // What a header says behind its scheme stands by itself too.
        let schemes = ["Bearer ", "Basic "];
        let behind = |text: &String| {
            schemes.iter().find_map(|scheme| text.strip_prefix(scheme).map(str::to_owned))
        };
        let bare: Vec<String> = found.iter().filter_map(behind).collect();
        found.extend(bare);
        // In JSON and TOML a quote or a backslash stands behind a backslash; TOML may stand in
        // JSON.
        let escape = |text: &String| text.replace('\\', "\\\\").replace('"', "\\\"");
        let special = found.iter().filter(|text| text.contains(['"', '\\']));
        let escaped: Vec<String> = special.map(escape).collect();
        found.extend(escaped.iter().map(escape));
        found.extend(escaped);
        let is_scheme = |text: &str| schemes.iter().any(|scheme| scheme.trim() == text);
        found.retain(|text| !text.is_empty() && text != MASK && !is_scheme(text));
        // The longest first: one may begin with another.
        found.sort_by_key(|text| std::cmp::Reverse(text.len()));
        found.dedup();
        let (short, long) = found.into_iter().partition(|text| is_word(text));
        let finder = |text: String| Finder::new(text.as_bytes()).into_owned();
        let long: Vec<String> = long;
        Secrets { finders: long.into_iter().map(finder).collect(), short }
    }

    /// A text without the secrets.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for finder in &self.finders {
            if finder.find(text.as_bytes()).is_some()
                && let Ok(secret) = std::str::from_utf8(finder.needle())
            {
                text = Cow::Owned(text.replace(secret, MASK));
            }
        }
        if text.contains(CUT) {
            text = self.mask_cut(text);
        }
        for secret in &self.short {
            for (open, close) in BESIDE {
                let quoted = format!("{open}{secret}{close}");
                if text.contains(&quoted) {
                    text = Cow::Owned(text.replace(&quoted, &format!("{open}{MASK}{close}")));
                }
            }
            // At the end no blank follows.
            for open in ["=", "Bearer "] {
                if let Some(rest) =
                    text.strip_suffix(secret.as_str()).filter(|it| it.ends_with(open))
                {
                    text = Cow::Owned(format!("{rest}{MASK}"));
                }
            }
        }
        text
    }

    /// [`Secrets::mask`] of each text in JSON; keys are left as they are.
    pub fn mask_json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        let is_in =
            |secret: &str| memchr::memmem::find(json.as_bytes(), secret.as_bytes()).is_some();
        let cut = || json.contains(CUT) && !self.finders.is_empty();
        if !self.are_in(json.as_bytes()) && !self.short.iter().any(|it| is_in(it)) && !cut() {
            return Cow::Borrowed(json);
        }
        let Ok(mut value) = serde_json::from_str(json) else { return self.mask(json) };
        match self.mask_value(&mut value) {
            true => Cow::Owned(value.to_string()),
            false => Cow::Borrowed(json),
        }
    }

    /// Masks each text in a value of JSON; whether there was a secret.
    pub fn mask_value(&self, value: &mut serde_json::Value) -> bool {
        use serde_json::Value;
        match value {
            Value::String(text) => {
                let masked = match self.mask(text) {
                    Cow::Owned(masked) if masked != *text => masked,
                    _ => return false,
                };
                *text = masked;
                true
            }
            Value::Array(all) => {
                // Each is looked at: one that was found ends nothing.
                let mut found = false;
                for one in all {
                    found |= self.mask_value(one);
                }
                found
            }
            Value::Object(members) => {
                let mut found = false;
                for one in members.values_mut() {
                    found |= self.mask_value(one);
                }
                found
            }
            _ => false,
        }
    }

    /// [`Secrets::mask`] of a piece of a line that may be filled with blanks to the width of its
    /// column: it keeps that width, so that no length of a secret is seen.
    pub fn mask_piece<'t>(&self, piece: &'t str) -> Cow<'t, str> {
        let masked = self.mask(piece);
        let text = piece.trim_end_matches(' ');
        // A single blank stands behind a text that is wider than its column.
        if masked == piece || piece.len() - text.len() < 2 {
            return masked;
        }
        let masked = self.mask(text);
        Cow::Owned(pad(&masked, width(piece)))
    }

    /// A text without the beginnings of secrets that were cut off.
    fn mask_cut<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        let begins = |piece: &str| {
            let secrets =
                self.finders.iter().filter_map(|it| std::str::from_utf8(it.needle()).ok());
            let cuts = |secret: &str| {
                let ends = secret.char_indices().map(|(at, _)| at).filter(|at| *at >= CUT_MIN);
                ends.rev().find(|at| piece.ends_with(&secret[..*at]))
            };
            secrets.filter_map(cuts).max()
        };
        let pieces: Vec<&str> = text.split(CUT).collect();
        let Some((last, before)) = pieces.split_last() else { return text };
        let mut out = String::with_capacity(text.len());
        for piece in before {
            let kept = piece.len() - begins(piece).unwrap_or(0);
            out.push_str(&piece[..kept]);
            out.push(CUT);
        }
        Cow::Owned(out + last)
    }

    /// [`Secrets::mask`] of a text that is not needed otherwise.
    pub fn mask_owned(&self, text: String) -> String {
        match self.mask(&text) {
            Cow::Owned(masked) => masked,
            Cow::Borrowed(_) => text,
        }
    }

    /// The body of a message without the secrets, and without the passwords that it sets.
    pub fn mask_body<'t>(&self, body: &'t str) -> Cow<'t, str> {
        let masked = self.mask(body);
        if memchr::memmem::find(masked.as_bytes(), b"assword").is_none() {
            return masked;
        }
        Cow::Owned(without_passwords(&masked))
    }

    /// A text in which another text stands for each secret, the same for the same: a scenario in
    /// which this is done to every file still plays.
    pub fn stand_in(&self, text: &str) -> String {
        let long = self.finders.iter().filter_map(|it| std::str::from_utf8(it.needle()).ok());
        let mut text = text.to_owned();
        for (nth, secret) in long.chain(self.short.iter().map(String::as_str)).enumerate() {
            let stand_in = format!("secret-{}", nth + 1);
            if !is_word(secret) {
                text = text.replace(secret, &stand_in);
            }
            for quote in ['"', '\''] {
                let quoted = format!("{quote}{secret}{quote}");
                text = text.replace(&quoted, &format!("{quote}{stand_in}{quote}"));
            }
        }
        text
    }

    /// The secrets that the text of a scenario names.
    pub fn of_text(text: &str) -> Secrets {
        let mut found = Vec::new();
        collect_text(text, is_secret, &mut found);
        Secrets::from(found)
    }

    /// Adds the secrets of another scenario.
    pub fn join(&mut self, other: Secrets) {
        let new = |finder: &Finder<'static>| {
            self.finders.iter().all(|known| known.needle() != finder.needle())
        };
        let finders: Vec<Finder<'static>> = other.finders.into_iter().filter(new).collect();
        self.finders.extend(finders);
        self.finders.sort_by_key(|finder| std::cmp::Reverse(finder.needle().len()));
        self.short.extend(other.short);
        self.short.sort();
        self.short.dedup();
    }

    /// Whether a secret is among these bytes.
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        self.finders.iter().any(|finder| finder.find(bytes).is_some())
    }
}

/// Whether a secret may stand as a word in a sentence that is not about it.
fn is_word(secret: &str) -> bool {
    secret.len() < SHORT
        || (secret.len() < WORD && secret.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Masks the string that follows each `"password"`, and the value of a PATCH operation at that
/// path.
fn without_passwords(text: &str) -> String {
    let Ok(mut body) = serde_json::from_str::<serde_json::Value>(text) else {
        return MASK.to_owned();
    };
    if mask_passwords(&mut body) { body.to_string() } else { text.to_owned() }
}

fn mask_passwords(value: &mut serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Array(all) => {
            // Each is looked at: one that was found ends nothing.
            let mut found = false;
            for one in all {
                found |= mask_passwords(one);
            }
            found
        }
        Value::Object(members) => {
            let is_password = |name: &str| {
                let name = name.to_ascii_lowercase();
                name.ends_with("password") || name == "secrettext"
            };
            let of_path = members.iter().any(|(key, path)| {
                key.eq_ignore_ascii_case("path") && path.as_str().is_some_and(is_password)
            });
            let mut found = false;
            for (name, member) in members.iter_mut() {
                if is_password(name) || (of_path && name.eq_ignore_ascii_case("value")) {
                    (*member, found) = (MASK.into(), true);
                } else {
                    found = mask_passwords(member) || found;
                }
            }
            found
        }
        _ => false,
    }
}

/// The secrets that the files of a scenario and its overrides name.
fn in_source(source: &Source, is_secret: IsSecret) -> Vec<String> {
    let mut found = Vec::new();
    let beside = source.files_beside().map(|(_, text)| text);
    for text in std::iter::once(source.text.as_str()).chain(beside) {
        collect_text(text, is_secret, &mut found);
    }
    for over in &source.overrides {
        let line = format!("{} = {}", over.path, over.value);
        let named = || over.path.split('.').any(|key| is_secret(key.trim()));
        let harmless = || is_harmless_key(last_key(&over.path));
        if !collect_text(&line, is_secret, &mut found) && named() && !harmless() {
            found.push(over.value.clone());
        }
    }
    found
}

/// Whether the value at a key is a secret.
pub(super) type IsSecret = fn(&str) -> bool;

/// Collects the secrets of a text of TOML; whether it is one.
fn collect_text(text: &str, is_secret: IsSecret, found: &mut Vec<String>) -> bool {
    let Ok(table) = text.parse::<toml::Table>() else { return false };
    collect(&toml::Value::Table(table), is_secret, At::Plain, found);
    true
}

fn collect(value: &toml::Value, is_secret: IsSecret, at: At, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) if at == At::Secret => found.push(text.clone()),
        toml::Value::Array(all) => all.iter().for_each(|one| collect(one, is_secret, at, found)),
        toml::Value::String(text) => {
            // A body in JSON.
            let body = Some(text).filter(|text| text.trim_start().starts_with(['{', '[']));
            match body.and_then(|text| serde_json::from_str(text).ok()) {
                Some(body) => collect(&body, is_secret, at, found),
                None if at == At::Body => found.push(text.clone()),
                None => found.extend(
                    secrets_in_address(text).into_iter().map(|range| text[range].to_owned()),
                ),
            }
        }
        toml::Value::Table(table) => {
            let entries = table.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let beside = Beside::of(at, entries);
            for (key, value) in table {
                collect(value, is_secret, beside.at(key, is_secret), found);
            }
        }
        _ => {}
    }
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path).trim()
}

/// Whether the setting at a path is a secret, or a part of one that is: `golinks.token.value`.
pub fn is_secret_at(path: &str) -> bool {
    path.split('.').any(|key| is_secret(key.trim())) && !is_harmless_key(last_key(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(toml: &str) -> Vec<String> {
        let mut found = Vec::new();
        assert!(collect_text(toml, is_secret, &mut found), "{toml}");
        found
    }

    #[test]
    fn what_a_scenario_names_as_secret_is_found_and_nothing_else() {
        assert_eq!(secrets("[golinks]\ntoken = { value = \"abc\", expires = \"30d\" }"), ["abc"]);
        assert_eq!(secrets("golinks.tokens = [\"abc\", { value = \"def\" }]"), ["abc", "def"]);
        let body =
            r#"{"value":[{"key":"SecretToken","value":"abc"},{"key":"SyncAll","value":"true"}]}"#;
        let graph = "[[at]]\ndo = { graph = \"PUT /x\", body = ";
        assert_eq!(secrets(&format!("{graph}'{body}' }}")), ["abc"]);
        let table = "{ value = [{ key = \"SecretToken\", value = \"abc\" }] } }";
        assert_eq!(secrets(&format!("{graph}{table}")), ["abc"]);
        let of_header = Secrets::of_text("headers = { Authorization = \"Bearer a-token\" }");
        assert_eq!(of_header.mask("a-token was refused"), "*** was refused");
        let of_scheme = Secrets::of_text("headers = { WWW-Authenticate = \"Bearer\" }");
        assert_eq!(of_scheme.mask("Bearer was asked for"), "Bearer was asked for");
        let of_text = Secrets::of_text("[[at]]\ndo = { fill_in = { secret = \"a-draft\" } }");
        assert_eq!(of_text.mask("a-draft was refused"), "*** was refused");
        assert_eq!(secrets("do = { rotate_token = \"abc\" }"), ["abc"]);
        let to_secrets = "[[at]]\ndo = { graph = \"PUT /x/synchronization/secrets\", body = ";
        let unlike = "{ value = [{ key = \"SyncAll\", value = \"true\" }, { key = \"Foo\", valeu = \"abc\" }, { value = \"def\" }] } }";
        assert_eq!(secrets(&format!("{to_secrets}{unlike}")), ["abc", "def"]);
        let answer = "[[fault]]\nrespond = { status = 503, headers = { Set-Cookie = \"abc\", X-Auth-Token = \"def\", Retry-After = \"5\" } }";
        assert_eq!(secrets(answer), ["abc", "def"]);
        assert_eq!(secrets("entra.tenant_url = \"https://x.example/?token=abc\""), ["abc"]);
        assert_eq!(secrets("do = { set = { \"golinks.token\" = \"abc\" } }"), ["abc"]);
        assert_eq!(
            secrets("entra.oauth = { client_id = \"x\", client_secret = \"abc\" }"),
            ["abc"]
        );
        assert_eq!(secrets("title = \"a token\"\nuser.ann.name = \"Ann\""), [""; 0]);
        // The window of an expectation about requests for tokens is words of the story.
        let expected = "expect.requests.tokens = { since = \"cycle 1\", until = \"2d\", min = 3 }";
        assert_eq!(secrets(expected), [""; 0]);
    }

    #[test]
    fn a_secret_that_is_a_plain_word_stays_a_word_in_a_sentence() {
        let mut secrets = Secrets::from(vec!["renewed".into()]);
        secrets.join(Secrets::from(vec!["golinks-token-2".into(), "renewed".into()]));
        let cases = [
            ("The token is renewed, and not told.", "The token is renewed, and not told."),
            ("rotate_token = \"renewed\"", "rotate_token = \"***\""),
            ("golinks-token-2 ends", "*** ends"),
        ];
        for (text, masked) in cases {
            assert_eq!(secrets.mask(text), masked);
        }
    }

    #[test]
    fn a_column_tells_no_length_of_a_secret() {
        let secrets = Secrets::from(vec!["golinks-token-2".into()]);
        let column = |text: &str| pad(text, 40);
        let masked = |text: &str| secrets.mask_piece(&column(text)).into_owned();
        assert_eq!(masked("token = golinks-token-2"), column("token = ***"));
        assert_eq!(masked("nothing hidden"), column("nothing hidden"));
        assert_eq!(secrets.mask_piece("golinks-token-2 "), "*** ");
    }

    #[test]
    fn a_path_leads_to_a_secret_or_to_what_stands_beside_one() {
        for (path, secret) in [
            ("golinks.token", true),
            ("golinks.token.value", true),
            ("golinks.token.expires", false),
            ("entra.dialect", false),
        ] {
            assert_eq!(is_secret_at(path), secret, "{path}");
        }
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let secrets = Secrets::from(vec!["fresh-token".into(), "ab".into(), "a\"long\"one".into()]);
        let cases = [
            ("Bearer fresh-token!", "Bearer ***!"),
            ("set_secret = \"ab\"", "set_secret = \"***\""),
            ("about cab", "about cab"),
            ("--set golinks.token=ab --seed 7", "--set golinks.token=*** --seed 7"),
            ("--set golinks.token=ab", "--set golinks.token=***"),
            ("Authorization: Bearer ab", "Authorization: Bearer ***"),
            (r#"{"x":"a\"long\"one"}"#, r#"{"x":"***"}"#),
            (r#"{"x":"y = \"a\\\"long\\\"one\""}"#, r#"{"x":"y = \"***\""}"#),
            ("set_secret = \"fresh-to… and …", "set_secret = \"… and …"),
        ];
        for (text, masked) in cases {
            assert_eq!(secrets.mask(text), masked);
        }
        let json = r#"{"ab":"ab","says":"token = \"ab\", Bearer fresh-token"}"#;
        let masked = r#"{"ab":"ab","says":"token = \"***\", Bearer ***"}"#;
        assert_eq!(secrets.mask_json(json), masked);
        let body = r#"{"userName":"x","Password":"s"}"#;
        assert_eq!(secrets.mask_body(body), r#"{"Password":"***","userName":"x"}"#);
        let patch = r#"{"Operations":[{"op":"replace","path":"password","value":"s"}]}"#;
        assert!(!secrets.mask_body(patch).contains("\"s\""));
        assert_eq!(secrets.mask_body("{\"passwordPolicy\":1}"), "{\"passwordPolicy\":1}");
    }
}
