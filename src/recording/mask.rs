//! Takes secrets and people out of an exchange before it is kept, and leaves everything else as it
//! was sent, byte for byte.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::attribute::{self, Holds, is_opaque, is_opaque_of_a_person};
use super::echo::Echo;
use super::exchange::{Exchange, Message};
use super::json_text::{self, JsonStep};
use super::pseudonym::Pseudonyms;
use super::query;

/// What stands in place of a secret.
pub const SECRET: &str = "***";

/// An address of mail inside of a text.
static MAIL: LazyLock<Regex> = LazyLock::new(|| {
    let text = r"[\p{L}\p{M}\p{N}.!#$&'*+/=?^_`{|}~\-]+@[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*";
    Regex::new(text).expect("the pattern is sound; a test uses it")
});

/// A signed token (JWT) inside of a text.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    let text = r"eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]+\.[A-Za-z0-9_\-]*";
    Regex::new(text).expect("the pattern is sound; a test uses it")
});

/// Masks exchanges.
pub struct Masks {
    pseudonyms: Pseudonyms,
    /// Attributes that stay, in small letters.
    keep: Vec<String>,
}

/// Takes what lets the client in out of the answer, where the server repeats it.
fn repeat_no_secret(exchange: &mut Exchange) {
    let Exchange { request, response: Some(response), .. } = exchange else { return };
    let headers = request
        .headers
        .iter()
        .filter(|(name, value)| secret_header(&name.to_ascii_lowercase(), value).is_some());
    let echo = Echo::of(headers.map(|(_, value)| value.as_bytes()), &request.content.text);
    echo.mask(&mut response.content.text);
    response.headers.iter_mut().for_each(|(_, value)| echo.mask(value));
}

/// What was replaced in an exchange, so that sentences that quote it can be masked.
type Seen = BTreeMap<String, String>;

impl Masks {
    /// Masks by a key; attributes with these names stay as they are.
    pub fn new(key: &[u8], keep: &[String]) -> Masks {
        let keep = keep.iter().map(|name| name.to_ascii_lowercase()).collect();
        Masks { pseudonyms: Pseudonyms::new(key), keep }
    }

    /// The pseudonyms it gives.
    pub fn pseudonyms(&self) -> &Pseudonyms {
        &self.pseudonyms
    }

    /// Masks an exchange.
    pub fn mask(&self, exchange: &mut Exchange) {
        repeat_no_secret(exchange);
        let mut seen = Seen::new();
        let of_group = exchange.request.path().to_ascii_lowercase().contains("/groups");
        let target = self.target(exchange.request.target(), of_group, &mut seen);
        let request = &mut exchange.request;
        let words: Vec<&str> = request.line.splitn(3, ' ').collect();
        if let [method, _, version] = words[..] {
            request.line = format!("{method} {target} {version}");
        }
        self.message(request, of_group, &mut seen);
        if let Some(response) = &mut exchange.response {
            self.message(response, of_group, &mut seen);
        }
    }

    fn message(&self, message: &mut Message, of_group: bool, seen: &mut Seen) {
        let encoded = message.get("content-encoding").is_some_and(|coding| coding != "identity");
        let form = message.get("content-type").is_some_and(|kind| kind.contains("form-urlencoded"));
        let content = &mut message.content;
        if content.base64 || (encoded && content.size > 0) {
            content.text.clear();
            content.base64 = false;
            content.left_out = "could not be read, so people in it could not be masked".into();
        } else if content.left_out.is_empty() {
            content.text = match form {
                true => self.form(&content.text),
                false => self.body(&content.text, of_group, seen),
            };
        } else {
            // The end is missing, so that it is no JSON and nothing tells what is personal.
            content.text.clear();
        }
        for (name, value) in &mut message.headers {
            *value = self.header(name, value);
        }
    }

    /// The value of a header.
    fn header(&self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        match (secret_header(&name, value), name.as_str()) {
            (Some(masked), _) => masked,
            (None, "location" | "content-location") => self.path(value),
            (None, _) => self.sentence(value, &Seen::new()),
        }
    }

    /// The target of a request.
    fn target(&self, target: &str, of_group: bool, seen: &mut Seen) -> String {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        let mut out = self.path(path);
        for (nth, part) in query.into_iter().flat_map(|query| query.split('&')).enumerate() {
            out.push(if nth == 0 { '?' } else { '&' });
            let Some((name, raw)) = part.split_once('=') else {
                out.push_str(part);
                continue;
            };
            let value = if attribute::is_secret(name) {
                SECRET.to_owned()
            } else if name.eq_ignore_ascii_case("filter") {
                let before = query::decode(raw);
                let masked = self.filter(&before, of_group, seen);
                if masked == before {
                    raw.to_owned()
                } else {
                    query::respell(&before, &masked, raw)
                }
            } else {
                self.path(raw)
            };
            out += &format!("{name}={value}");
        }
        out
    }

    /// A path: ids stay, unless they are addresses of mail.
    fn path(&self, raw: &str) -> String {
        let segment = |segment: &str| {
            let before = query::decode(&segment.replace('+', "%2B"));
            let masked = self.mails(&before);
            if masked == before {
                segment.to_owned()
            } else {
                query::respell(&before, &masked, segment)
            }
        };
        raw.split('/').map(segment).collect::<Vec<_>>().join("/")
    }

    /// The values in a filter.
    fn filter(&self, text: &str, of_group: bool, seen: &mut Seen) -> String {
        query::filter(text, &mut |name, value| self.value(name, value, of_group, seen))
    }

    /// The fields of a form, as token endpoints take it.
    fn form(&self, text: &str) -> String {
        let field = |field: &str| match field.split_once('=') {
            Some((name, _)) if attribute::is_secret(name) => format!("{name}={SECRET}"),
            _ => self.path(field),
        };
        text.split('&').map(field).collect::<Vec<_>>().join("&")
    }

    /// The content of a message.
    fn body(&self, text: &str, of_group: bool, seen: &mut Seen) -> String {
        let paths = patch_paths(text);
        let discovery = text.contains("urn:ietf:params:scim:schemas:core:2.0:Schema\"")
            || text.contains("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig\"")
            || text.contains("urn:ietf:params:scim:schemas:core:2.0:ResourceType\"");
        if discovery {
            return text.to_owned();
        }
        let mut quotes = Vec::new();
        let masked = json_text::rewrite(text, &mut |way, says| {
            let path = attribute_path(way, &paths);
            if attribute::holds(&path, of_group) == Holds::Sentence {
                quotes.push(says.to_owned());
            }
            self.member(way, &path, says, of_group, seen)
        });
        // Sentences come last, when all that they may quote is known.
        let Some(masked) = masked else { return self.sentence(text, seen) };
        if quotes.is_empty() {
            return masked;
        }
        let again = json_text::rewrite(&masked, &mut |_, says| {
            quotes.contains(&says.to_owned()).then(|| self.sentence(says, seen))
        });
        again.unwrap_or(masked)
    }

    /// A string of a body.
    fn member(
        &self,
        way: &[JsonStep],
        path: &str,
        says: &str,
        of_group: bool,
        seen: &mut Seen,
    ) -> Option<String> {
        let last = way.iter().rev().find_map(|step| match step {
            JsonStep::Name(name) => Some(name.as_str()),
            JsonStep::Nth(_) => None,
        });
        match last {
            // A path of a PATCH is left alone, but for a person that its filter names.
            Some("path") if says.contains('[') => {
                let masked =
                    query::filter(says, &mut |name, value| self.value(name, value, of_group, seen));
                return (masked != says).then_some(masked);
            }
            Some("op" | "path" | "schemas") => return None,
            Some("filter") => {
                let masked = self.filter(says, of_group, seen);
                return (masked != says).then_some(masked);
            }
            _ => {}
        }
        // A value may itself be JSON, written as a text (B08).
        if says.starts_with('{') || says.starts_with('[') {
            let inner = json_text::rewrite(says, &mut |inner, text| {
                let names = inner.iter().filter_map(|step| match step {
                    JsonStep::Name(name) => Some(name.as_str()),
                    JsonStep::Nth(_) => None,
                });
                let whole: Vec<&str> = std::iter::once(path).chain(names).collect();
                self.value(&whole.join("."), text, of_group, seen)
            });
            return inner.filter(|inner| inner != says);
        }
        self.value(path, says, of_group, seen)
    }

    /// What stands in place of the value of an attribute; `None` when it stays.
    fn value(&self, path: &str, says: &str, of_group: bool, seen: &mut Seen) -> Option<String> {
        let kept = attribute::names(path).iter().any(|name| self.keep.contains(name));
        match attribute::holds(path, of_group) {
            Holds::Secret => Some(SECRET.to_owned()),
            Holds::Person if kept || is_opaque_of_a_person(says) => None,
            Holds::Neutral | Holds::Sentence if kept || is_opaque(says) => None,
            Holds::Sentence => None,
            // An id that is an address of mail is a person; and so is one in a link.
            Holds::Neutral => {
                let masked = self.mails(says);
                (masked != says).then_some(masked)
            }
            Holds::Person => {
                let masked = match says.split_once("://") {
                    Some((scheme, rest)) => format!("{scheme}://{}", self.link(rest)),
                    None => self.pseudonyms.text(says),
                };
                seen.insert(says.to_owned(), masked.clone());
                Some(masked)
            }
        }
    }

    /// A link to something about a person, after its scheme.
    fn link(&self, rest: &str) -> String {
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        self.pseudonyms.domain(host) + &self.pseudonyms.text(path)
    }

    /// A sentence: addresses, tokens, and what the exchange itself showed to be about a person.
    fn sentence(&self, text: &str, seen: &Seen) -> String {
        let mut text = TOKEN.replace_all(text, SECRET).into_owned();
        // The longest first: an address holds a name.
        let mut known: Vec<(&String, &String)> = seen.iter().collect();
        known.sort_by_key(|(said, _)| std::cmp::Reverse(said.len()));
        let mut held: Vec<&String> = Vec::new();
        for (said, instead) in known {
            if said.chars().count() >= 3 && replace_word(&mut text, said, held.len()) {
                held.push(instead);
            }
        }
        text = self.mails(&text);
        for (nth, instead) in held.iter().enumerate() {
            text = text.replace(&placeholder(nth), instead);
        }
        text
    }

    fn mails(&self, text: &str) -> String {
        let instead = |found: &Captures<'_>| self.pseudonyms.text(&found[0]);
        MAIL.replace_all(text, instead).into_owned()
    }
}

/// Characters that no text has, around a number.
fn placeholder(nth: usize) -> String {
    format!("\u{f8ff}{nth}\u{f8ff}")
}

/// Replaces a text where it stands as a word of its own.
fn replace_word(text: &mut String, word: &str, nth: usize) -> bool {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, _) in text.match_indices(word) {
        let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = text[at + word.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        if before && after && at >= copied {
            out.push_str(&text[copied..at]);
            out += &placeholder(nth);
            copied = at + word.len();
        }
    }
    let found = copied > 0;
    if found {
        out.push_str(&text[copied..]);
        *text = out;
    }
    found
}

/// The value of a header whose name, in small letters, says that it holds a secret, without that
/// secret; `None` for any other header.
pub fn secret_header(name: &str, value: &str) -> Option<String> {
    let secret = ["token", "secret", "api-key", "apikey", "session", "password", "signature"];
    match name {
        // Nearly every message has these.
        "accept" | "content-type" | "content-length" | "host" => None,
        "authorization" | "proxy-authorization" => Some(match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} {SECRET}"),
            None => SECRET.into(),
        }),
        "cookie" | "set-cookie" => Some(cookie(value)),
        _ => secret.iter().any(|word| name.contains(word)).then(|| SECRET.into()),
    }
}

/// Cookies keep their names and attributes.
fn cookie(value: &str) -> String {
    let words = ["path", "domain", "expires", "max-age", "samesite"];
    let part = |part: &str| match part.split_once('=') {
        Some((name, _)) if !words.contains(&name.trim().to_ascii_lowercase().as_str()) => {
            format!("{name}={SECRET}")
        }
        _ => part.to_owned(),
    };
    value.split(';').map(part).collect::<Vec<_>>().join(";")
}

/// The paths of a PATCH's operations, by their numbers.
pub fn patch_paths(text: &str) -> Vec<String> {
    let Ok(body) = serde_json::from_str::<serde_json::Value>(text) else { return Vec::new() };
    let named = |name: &&String| name.eq_ignore_ascii_case("operations");
    let operations = body.as_object().and_then(|body| body.get(body.keys().find(named)?));
    let path = |operation: &serde_json::Value| {
        operation.get("path").and_then(|path| path.as_str()).unwrap_or_default().to_owned()
    };
    operations.and_then(|list| list.as_array()).into_iter().flatten().map(path).collect()
}

/// The path of the attribute at the end of a way, in the resource: without lists and operations.
pub fn attribute_path(way: &[JsonStep], paths: &[String]) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut rest = way;
    if let [JsonStep::Name(operations), JsonStep::Nth(nth), JsonStep::Name(member), after @ ..] =
        way
        && operations.eq_ignore_ascii_case("operations")
    {
        rest = after;
        match member.as_str() {
            "value" | "data" => names.extend(paths.get(*nth).map(String::as_str)),
            other => names.push(other),
        }
    } else if let [JsonStep::Name(resources), JsonStep::Nth(_), after @ ..] = way
        && resources.eq_ignore_ascii_case("resources")
    {
        rest = after;
    }
    for step in rest {
        if let JsonStep::Name(name) = step {
            names.push(name);
        }
    }
    // A member named by the URN of an extension is the extension, not a part of a path.
    names.retain(|name| !name.is_empty());
    let plain: Vec<String> = names.iter().map(|name| attribute::names(name).join(".")).collect();
    plain.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(".")
}
