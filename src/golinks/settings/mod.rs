//! The keys of `[golinks]`: what a scenario, `--set` or a running world may choose.

pub(crate) mod access;
pub(crate) mod capabilities;
pub(crate) mod extension;
pub(crate) mod limits;
pub(crate) mod profile;
pub(crate) mod required;

use std::time::Duration;

use crate::base::diagnostic::did_you_mean;
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, ProblemKind, Problems, Time};
use crate::golinks::quirks;
use crate::golinks::quirks::Quirks;
use crate::golinks::settings::access::Access;
use crate::golinks::settings::capabilities::Capabilities;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::capabilities::Profile;
use crate::golinks::settings::extension::Extension;
use crate::golinks::settings::limits::Limits;
use crate::golinks::settings::limits::RateLimit;
use crate::golinks::settings::limits::RetryAfter;
use crate::golinks::settings::limits::Window;
use crate::golinks::settings::limits::is_none;
use crate::golinks::settings::required::Required;

/// Where the endpoint is unless it is moved.
pub(crate) const DEFAULT_BASE: &str = "/scim/v2";

/// A key, for suggestions and for `explain`.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// The path below `golinks`, such as `rate_limit.rps`.
    pub name: &'static str,
    /// Its default, as one would write it.
    pub default: &'static str,
    /// What it is for.
    pub doc: &'static str,
}

/// What a SCIM DELETE does to an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delete {
    /// The row is kept, inactive and out of SCIM's sight (assumed).
    Deactivate,
    /// The row goes.
    Remove,
    /// 405: accounts cannot be deleted.
    NotAllowed,
}

/// What `/Groups` answers; GoLinks has no groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupsEndpoint {
    /// 404 (assumed).
    NotFound,
    /// 501.
    NotImplemented,
    /// A list without groups.
    Empty,
}

/// What a PATCH is answered with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatchReply {
    /// A user with 200; of a group nothing, since a body with all members is inadvisable
    /// [scim-dev].
    User,
    /// Nothing: 204.
    Nothing,
    /// The resource with 200, a group too.
    Resource,
}

impl PatchReply {
    const WORDS: [(&'static str, PatchReply); 3] = [
        ("resource", PatchReply::User),
        ("204", PatchReply::Nothing),
        ("200", PatchReply::Resource),
    ];
}

/// When a token ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expiry {
    /// So long after the start.
    After(Duration),
    /// At an instant.
    At(Time),
}

impl Expiry {
    /// The instant, in a world that began at `start`.
    pub fn instant(self, start: Time) -> Time {
        match self {
            Expiry::After(span) => start + span,
            Expiry::At(at) => at,
        }
    }
}

/// A bearer token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenSetting {
    /// What the client sends.
    pub value: String,
    /// When it ends; `None` is never.
    pub expires: Option<Expiry>,
    /// What it is good for.
    pub scope: TokenScope,
}

impl TokenSetting {
    /// A token that is good for everything and for ever.
    pub fn new(value: impl Into<String>) -> TokenSetting {
        TokenSetting { value: value.into(), expires: None, scope: TokenScope::All }
    }
}

/// What a token is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TokenScope {
    /// Everything.
    #[default]
    All,
    /// Reading; a write gets 403.
    Read,
}

/// Everything about GoLinks that may be chosen.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// Which server it is.
    pub profile: Profile,
    /// What it offers, where that is not the profile's.
    pub capabilities: Capabilities,
    /// Schemas that extend those of the profile.
    pub schemas: Vec<Extension>,
    /// What a new account must have a value for, beyond userName.
    pub required: Required,
    /// The address clients know, such as `https://api.golinks.io/scim/v2`; `meta.location` is built
    /// from it.
    pub base_url: String,
    /// Where the path of a request must begin.
    pub base_path: String,
    /// The good tokens.
    pub tokens: Vec<TokenSetting>,
    /// What DELETE does.
    pub delete: Delete,
    /// What `/Groups` answers.
    pub groups: GroupsEndpoint,
    /// What a PATCH is answered with.
    pub patch_reply: PatchReply,
    /// How clients prove who they are.
    pub access: Access,
    /// The rate limit, when there is one.
    pub rate_limit: Option<RateLimit>,
    /// Other limits.
    pub limits: Limits,
    /// The greatest body of a request, in bytes.
    pub body_limit: usize,
    /// The greatest number of resources on a page.
    pub page_size: usize,
    /// The greatest number of operations of a bulk request.
    pub bulk_operations: usize,
    /// Deviations that are switched on.
    pub quirks: Quirks,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            profile: Profile::GoLinks,
            capabilities: Capabilities::default(),
            schemas: Vec::new(),
            required: Required::default(),
            bulk_operations: 1_000,
            base_url: "https://api.golinks.io/scim/v2".to_owned(),
            base_path: DEFAULT_BASE.to_owned(),
            tokens: vec![TokenSetting::new("golinks-demo-token")],
            delete: Delete::Deactivate,
            groups: GroupsEndpoint::NotFound,
            patch_reply: PatchReply::User,
            access: Access::default(),
            rate_limit: None,
            limits: Limits::default(),
            body_limit: 1 << 20,
            page_size: 100,
            quirks: Quirks::default(),
        }
    }
}

impl Settings {
    /// Every key there is, quirks aside, which have a table of their own.
    pub const NAMES: &'static [Name] = &[
        name(
            "profile",
            "\"golinks\"",
            "Which server it is: `golinks` has users only, seven attributes and one filter; `generic` has all of SCIM 2.0.",
        ),
        name(
            "schema",
            "[]",
            "Extension schemas, each with `id`, `name`, `resource` (User or Group) and `attributes` as RFC 7643 7 writes them.",
        ),
        name(
            "capabilities",
            "the profile's",
            "What the server offers, each under its name, true or false.",
        ),
        name("base_path", "\"/scim/v2\"", "Where the path of every request must begin."),
        name(
            "token",
            "\"golinks-demo-token\"",
            "The bearer token clients must send, or a table with `value` and `expires`.",
        ),
        name("token.value", "\"golinks-demo-token\"", "The bearer token clients must send."),
        name(
            "token.expires",
            "never",
            "When the token ends: a duration since the start, or a date-time.",
        ),
        name(
            "token.scope",
            "\"all\"",
            "What the token is good for: `all`, or `read`, where a write gets 403.",
        ),
        name("tokens", "[]", "Several good tokens, each as `token` is written."),
        name(
            "auth",
            "\"bearer\"",
            "How a client proves who it is: `bearer`, `basic`, which the provisioning client cannot send, or `none`, \
             where nobody asks.",
        ),
        name("basic", "{}", "The name and the password that `auth = \"basic\"` takes."),
        name("basic.user", "\"golinks\"", "The name."),
        name("basic.password", "\"golinks-demo-password\"", "The password."),
        name(
            "oauth",
            "\"none\"",
            "A token endpoint at `oauth/token` below the base path, for the client-credentials grant; its tokens are \
             as good as those of `tokens`.",
        ),
        name("oauth.client_id", "\"entra\"", "The name of the client."),
        name("oauth.client_secret", "\"golinks-demo-secret\"", "Its secret."),
        name(
            "oauth.expires",
            "\"1h\"",
            "How long a token lives: in virtual time, and for clients from outside in real time.",
        ),
        name(
            "delete",
            "\"deactivate\"",
            "What DELETE does: `deactivate` keeps the row inactive and hidden, `remove`, or `405`.",
        ),
        name(
            "groups",
            "\"404\"",
            "What /Groups answers: `404`, `501` or `empty`, a list without groups.",
        ),
        name(
            "patch_reply",
            "\"resource\"",
            "What a PATCH is answered with: `resource`, that is 200 with the user and 204 for a group, as the vendor has it; \
             `204`; or `200`, the resource always.\nA PATCH that says `attributes` gets them.",
        ),
        name(
            "rate_limit",
            "\"none\"",
            "How many requests are let in, or `none`; the others get 429.\nClients from outside are counted apart, in real time.",
        ),
        name("rate_limit.rps", "25", "Requests a second in the long run."),
        name("rate_limit.burst", "1", "How many requests may come at one instant."),
        name(
            "rate_limit.retry_after",
            "\"auto\"",
            "The Retry-After of a 429: `auto`, a duration, or `none` for no header.",
        ),
        name(
            "rate_limit.window",
            "none",
            "So many requests in so long: `{ requests = 100, span = \"1m\" }`.",
        ),
        name(
            "rate_limit.daily",
            "none",
            "How many requests are let in on a day of the calendar (UTC).",
        ),
        name(
            "rate_limit.slow_start",
            "\"0s\"",
            "How long after the start the rate grows, from a tenth to the whole.",
        ),
        name("limits", "{}", "Other limits, each under its name; `none` takes one away."),
        name("limits.seats", "\"none\"", "How many accounts may be active at one time."),
        name(
            "limits.seats_status",
            "403",
            "The status of what would need one seat more: `403` or `400`.",
        ),
        name(
            "limits.user_name",
            "256",
            "How many characters a userName may have; a longer one gets 400 (assumed).",
        ),
        name(
            "limits.maintenance",
            "\"none\"",
            "When everything is answered 503, with a Retry-After: `{ from = \"2h\", for = \"30m\", every = \"1d\" }`, \
             counted from the start in virtual time, for clients from outside too; without `every` once.",
        ),
        name(
            "limits.visible_after",
            "\"none\"",
            "How long a created account is not found by a filter, though its id leads to it: eventual consistency, \
             in virtual time.\nWho creates one from outside need not wait longer in real time.",
        ),
        name(
            "body_limit",
            "1048576",
            "The greatest body of a request, in bytes; a greater one gets 413.",
        ),
        name("page_size", "100", "The greatest number of accounts on a page of a list."),
        name(
            "bulk_operations",
            "1000",
            "The greatest number of operations of a bulk request; more get 413.",
        ),
        name(
            "required",
            "[]",
            "What a new account must have a value for, beyond userName, as SCIM paths; one without gets 400.",
        ),
        name(
            "quirks",
            "{}",
            "Deviations of real servers, each under its name; see `explain quirks`.",
        ),
    ];

    /// Every key there is, quirks too.
    pub fn names() -> impl Iterator<Item = Name> {
        let quirks = quirks::TABLE.iter().map(|row| Name {
            name: row.path,
            default: row.words[0],
            doc: row.story,
        });
        let can = capabilities::TABLE.iter().map(|row| Name {
            name: row.path,
            default: if row.golinks { "true" } else { "true with `generic`" },
            doc: row.doc,
        });
        Self::NAMES.iter().copied().chain(can).chain(quirks)
    }

    /// Whether the server offers this.
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.has(capability, self.profile)
    }

    /// Reads the value of a key; a table is read key by key. May be called on a running server's
    /// settings.
    pub fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        match path {
            [] => self.set_table("", TOP, value, problems),
            ["profile"] => {
                let words = [("golinks", Profile::GoLinks), ("generic", Profile::Generic)];
                put(&mut self.profile, value.as_word(&words, problems));
            }
            ["schema"] => put(&mut self.schemas, extension::read_all(value, problems)),
            ["capabilities"] => {
                for entry in value.as_table(problems).unwrap_or_default() {
                    self.capabilities.set(&entry.key, &entry.value, problems);
                }
            }
            ["capabilities", name] => self.capabilities.set(name, value, problems),
            ["required"] => put(&mut self.required, Required::read(value, problems)),
            ["bulk_operations"] => {
                put(
                    &mut self.bulk_operations,
                    value.as_count(problems).map(|count| count as usize),
                );
            }
            ["base_path"] => self.set_base_path(value, problems),
            ["token"] => {
                put(&mut self.tokens, read_token(value, problems).map(|token| vec![token]))
            }
            ["token", "value"] => {
                if let (Some(text), token) = (value.as_text(problems), self.first_token()) {
                    token.value = text.to_owned();
                }
            }
            ["token", "expires"] => {
                let expires = read_expiry(value, problems);
                put(&mut self.first_token().expires, expires);
            }
            ["token", "scope"] => {
                let scope = read_scope(value, problems);
                put(&mut self.first_token().scope, scope);
            }
            ["tokens"] => put(&mut self.tokens, read_tokens(value, problems)),
            ["delete"] => put(&mut self.delete, read_delete(value, problems)),
            ["groups"] => put(&mut self.groups, read_groups(value, problems)),
            ["patch_reply"] => put(
                &mut self.patch_reply,
                word_or_number(value).as_word(&PatchReply::WORDS, problems),
            ),
            ["rate_limit"] => self.set_rate_limit(value, problems),
            ["rate_limit", key] => {
                let mut limit = self.rate_limit.unwrap_or_else(|| limit_for(&[key]));
                if set_limit(&mut limit, key, value, problems) {
                    self.rate_limit = Some(limit);
                }
            }
            ["auth" | "basic" | "oauth", ..] => self.access.set(path, value, problems),
            ["limits"] => self.set_table("limits", Limits::KEYS, value, problems),
            ["limits", key] => self.limits.set(key, value, problems),
            ["body_limit"] => {
                put(&mut self.body_limit, value.as_count(problems).map(|count| count as usize))
            }
            ["page_size"] => put(
                &mut self.page_size,
                value.as_count(problems).map(|count| (count as usize).max(1)),
            ),
            ["quirks"] => self.set_quirks(value, problems),
            ["quirks", key] => match quirks::find(key) {
                Some(row) => self.quirks.set(row, value, problems),
                None => {
                    unknown(value, "quirk", key, quirks::TABLE.iter().map(|row| row.name), problems)
                }
            },
            _ => {
                let key = path.join(".");
                unknown(
                    value,
                    "setting",
                    &key,
                    Self::NAMES.iter().map(|known| known.name),
                    problems,
                );
            }
        }
    }

    fn set_table(&mut self, below: &str, known: &[&str], value: &Node, problems: &mut Problems) {
        for entry in value.as_table(problems).unwrap_or_default() {
            match known.contains(&entry.key.as_str()) {
                true if below.is_empty() => self.set(&[&entry.key], &entry.value, problems),
                true => self.set(&[below, &entry.key], &entry.value, problems),
                false => unknown_key(
                    entry,
                    if below.is_empty() { "`golinks`" } else { "`golinks.limits`" },
                    known,
                    problems,
                ),
            }
        }
    }

    fn set_base_path(&mut self, value: &Node, problems: &mut Problems) {
        let Some(text) = value.as_text(problems) else { return };
        match text.starts_with('/') {
            true => self.move_base(text.trim_end_matches('/')),
            false => {
                problems.error(value.span, "a base path begins with `/`");
            }
        }
    }

    /// Moves the base path; the address clients know ends in it.
    pub(crate) fn move_base(&mut self, path: &str) {
        if let Some(host) = self.base_url.strip_suffix(self.base_path.as_str()) {
            self.base_url = format!("{host}{path}");
        }
        path.clone_into(&mut self.base_path);
    }

    fn first_token(&mut self) -> &mut TokenSetting {
        if self.tokens.is_empty() {
            self.tokens.push(TokenSetting::new(""));
        }
        &mut self.tokens[0]
    }

    fn set_rate_limit(&mut self, value: &Node, problems: &mut Problems) {
        if is_none(value) {
            self.rate_limit = None;
            return;
        }
        let Some(entries) = value.as_table(problems) else { return };
        let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        let mut limit = limit_for(&keys);
        for entry in entries {
            match LIMIT.contains(&entry.key.as_str()) {
                true => {
                    set_limit(&mut limit, &entry.key, &entry.value, problems);
                }
                false => unknown_key(entry, "`golinks.rate_limit`", LIMIT, problems),
            }
        }
        self.rate_limit = Some(limit);
    }

    fn set_quirks(&mut self, value: &Node, problems: &mut Problems) {
        for entry in value.as_table(problems).unwrap_or_default() {
            match quirks::find(&entry.key) {
                Some(row) => self.quirks.set(row, &entry.value, problems),
                None => {
                    let help = did_you_mean(&entry.key, quirks::TABLE.iter().map(|row| row.name));
                    problems
                        .error(entry.key_span, format!("unknown quirk `{}`", entry.key))
                        .kind(ProblemKind::UnknownKey)
                        .label("not a quirk of profile \"golinks\"")
                        .help(help);
                }
            }
        }
    }
}

const TOP: &[&str] = &[
    "profile",
    "base_path",
    "token",
    "tokens",
    "delete",
    "groups",
    "patch_reply",
    "auth",
    "basic",
    "oauth",
    "rate_limit",
    "limits",
    "body_limit",
    "page_size",
    "bulk_operations",
    "capabilities",
    "schema",
    "required",
    "quirks",
];
const TOKEN: &[&str] = &["value", "expires", "scope"];
const LIMIT: &[&str] = &["rps", "burst", "retry_after", "window", "daily", "slow_start"];

/// The limit that these keys will set: who says a window or a day and no rate means no rate.
fn limit_for(keys: &[&str]) -> RateLimit {
    let has = |names: &[&str]| keys.iter().any(|key| names.contains(key));
    match has(&["window", "daily"]) && !has(&["rps", "burst", "slow_start"]) {
        true => RateLimit::without_rate(),
        false => RateLimit::default(),
    }
}

const fn name(name: &'static str, default: &'static str, doc: &'static str) -> Name {
    Name { name, default, doc }
}

pub(crate) fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

pub(crate) fn unknown<'a>(
    value: &Node,
    what: &str,
    key: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    problems: &mut Problems,
) {
    problems
        .error(value.span, format!("unknown {what} `{key}` of golinks"))
        .kind(ProblemKind::UnknownKey)
        .help(did_you_mean(key, known));
}

/// `404` may be written as a number or as a word.
fn word_or_number(value: &Node) -> Node {
    match value.kind {
        Kind::Integer(number) => Node { span: value.span, kind: Kind::Text(number.to_string()) },
        _ => value.clone(),
    }
}

fn read_delete(value: &Node, problems: &mut Problems) -> Option<Delete> {
    let words = [
        ("deactivate", Delete::Deactivate),
        ("remove", Delete::Remove),
        ("405", Delete::NotAllowed),
    ];
    word_or_number(value).as_word(&words, problems)
}

fn read_groups(value: &Node, problems: &mut Problems) -> Option<GroupsEndpoint> {
    let words = [
        ("404", GroupsEndpoint::NotFound),
        ("501", GroupsEndpoint::NotImplemented),
        ("empty", GroupsEndpoint::Empty),
    ];
    word_or_number(value).as_word(&words, problems)
}

fn read_token(value: &Node, problems: &mut Problems) -> Option<TokenSetting> {
    if let Kind::Text(text) = &value.kind {
        return Some(TokenSetting::new(text));
    }
    let Kind::Table(entries) = &value.kind else {
        return value.expected("a token, or a table with `value` and `expires`", problems);
    };
    let mut token = TokenSetting::new("");
    for entry in entries {
        match entry.key.as_str() {
            "value" => put(&mut token.value, entry.value.as_text(problems).map(str::to_owned)),
            "expires" => put(&mut token.expires, read_expiry(&entry.value, problems)),
            "scope" => put(&mut token.scope, read_scope(&entry.value, problems)),
            _ => unknown_key(entry, "`golinks.token`", TOKEN, problems),
        }
    }
    if token.value.is_empty() {
        problems.error(value.span, "a token needs a `value`");
        return None;
    }
    Some(token)
}

fn read_tokens(value: &Node, problems: &mut Problems) -> Option<Vec<TokenSetting>> {
    match &value.kind {
        Kind::List(items) => items.iter().map(|item| read_token(item, problems)).collect(),
        _ => value.expected("a list of tokens", problems),
    }
}

fn read_scope(value: &Node, problems: &mut Problems) -> Option<TokenScope> {
    value.as_word(&[("all", TokenScope::All), ("read", TokenScope::Read)], problems)
}

fn read_expiry(value: &Node, problems: &mut Problems) -> Option<Option<Expiry>> {
    match &value.kind {
        Kind::Time(at) => Some(Some(Expiry::At(*at))),
        Kind::Text(text) if text == "never" => Some(None),
        _ => value.as_duration(problems).map(|span| Some(Expiry::After(span))),
    }
}

/// Reads a key of the rate limit; whether it could be read.
fn set_limit(limit: &mut RateLimit, key: &str, value: &Node, problems: &mut Problems) -> bool {
    match key {
        "rps" => match value.as_number(problems) {
            Some(rps) if rps > 0.0 => limit.rps = rps,
            Some(_) => {
                problems.error(value.span, "a rate is greater than 0");
                return false;
            }
            None => return false,
        },
        "burst" => match value.as_count(problems) {
            Some(burst) => limit.burst = u32::try_from(burst).unwrap_or(u32::MAX).max(1),
            None => return false,
        },
        "retry_after" => match &value.kind {
            _ if is_none(value) => limit.retry_after = RetryAfter::Absent,
            Kind::Text(text) if text == "auto" => limit.retry_after = RetryAfter::Computed,
            _ => match value.as_duration(problems) {
                Some(span) => limit.retry_after = RetryAfter::Fixed(span),
                None => return false,
            },
        },
        "window" => match limits::is_none(value) {
            true => limit.window = None,
            false => match read_window(value, problems) {
                Some(window) => limit.window = Some(window),
                None => return false,
            },
        },
        "daily" => match (is_none(value), value) {
            (true, _) => limit.daily = None,
            (false, value) => match value.as_count(problems) {
                Some(daily) => limit.daily = Some(daily),
                None => return false,
            },
        },
        "slow_start" => match value.as_duration(problems) {
            Some(span) => limit.slow_start = span,
            None => return false,
        },
        _ => {
            unknown(
                value,
                "setting",
                &format!("rate_limit.{key}"),
                LIMIT.iter().copied(),
                problems,
            );
            return false;
        }
    }
    true
}

fn read_window(value: &Node, problems: &mut Problems) -> Option<Window> {
    for entry in value
        .as_table(problems)?
        .iter()
        .filter(|entry| !["requests", "span"].contains(&entry.key.as_str()))
    {
        unknown_key(entry, "`golinks.rate_limit.window`", &["requests", "span"], problems);
    }
    let (Some(requests), Some(span)) = (value.get("requests"), value.get("span")) else {
        return value.expected("both `requests` and `span`", problems);
    };
    let window =
        Window { requests: requests.as_count(problems)?, span: span.as_duration(problems)? };
    if window.span.is_zero() {
        return span.expected("a span greater than 0", problems);
    }
    Some(window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::node::Entry;

    fn table(entries: &[(&str, Kind)]) -> Kind {
        let entry = |(key, kind): &(&str, Kind)| Entry {
            key: (*key).to_owned(),
            key_span: Default::default(),
            value: Node::bare(kind.clone()),
        };
        Kind::Table(entries.iter().map(entry).collect())
    }

    fn text(text: &str) -> Kind {
        Kind::Text(text.to_owned())
    }

    fn read(path: &str, kind: Kind) -> Result<Settings, String> {
        let mut settings = Settings::default();
        let mut problems = Problems::default();
        let path: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
        settings.set(&path, &Node::bare(kind), &mut problems);
        match problems.list().first() {
            None => Ok(settings),
            Some(problem) => Err(format!("{} ({})", problem.message, problem.help)),
        }
    }

    #[test]
    fn keys_are_read() {
        let token = table(&[("value", text("x")), ("expires", text("30d"))]);
        let read_token = read("token", token.clone()).unwrap().tokens;
        let expires = Some(Expiry::After(Duration::from_secs(30 * 86_400)));
        assert_eq!(read_token, [TokenSetting { expires, ..TokenSetting::new("x") }]);
        assert_eq!(read("", table(&[("token", token)])).unwrap().tokens, read_token);
        assert_eq!(read("token.expires", text("30d")).unwrap().tokens[0].expires, expires);
        assert_eq!(read("delete", Kind::Integer(405)).unwrap().delete, Delete::NotAllowed);
        assert_eq!(read("groups", text("501")).unwrap().groups, GroupsEndpoint::NotImplemented);
        let limit =
            read("rate_limit", table(&[("rps", Kind::Integer(5)), ("retry_after", text("none"))]))
                .unwrap();
        let expected =
            RateLimit { rps: 5.0, retry_after: RetryAfter::Absent, ..RateLimit::default() };
        assert_eq!(limit.rate_limit, Some(expected));
        assert_eq!(
            read("rate_limit.burst", Kind::Integer(7)).unwrap().rate_limit.map(|limit| limit.burst),
            Some(7)
        );
        assert!(
            read("quirks.strict_booleans", Kind::Bool(true))
                .unwrap()
                .quirks
                .is(quirks::Quirk::StrictBooleans)
        );
        let quirk = read("quirks", table(&[("dotted_keys", text("literal"))])).unwrap();
        assert_eq!(quirk.quirks.word(quirks::Quirk::DottedKeys), "literal");
    }

    #[test]
    fn wrong_keys_and_values_are_said() {
        let check = |path: &str, kind: Kind, expected: &str| {
            assert_eq!(read(path, kind).unwrap_err(), expected)
        };
        check("delet", text("x"), "unknown setting `delet` of golinks (did you mean `delete`?)");
        check(
            "",
            table(&[("tokken", text("x"))]),
            "unknown key `tokken` in `golinks` (did you mean `token`?)",
        );
        check(
            "quirks.strict_boolean",
            Kind::Bool(true),
            "unknown quirk `strict_boolean` of golinks (did you mean `strict_booleans`?)",
        );
        check(
            "quirks.dotted_keys",
            text("ignored"),
            "unknown value `ignored` (did you mean `ignore`?)",
        );
        check(
            "delete",
            text("keep"),
            "unknown value `keep` (it is one of `deactivate`, `remove`, `405`)",
        );
        check("rate_limit.rps", Kind::Integer(0), "a rate is greater than 0 ()");
        check(
            "token",
            Kind::Integer(1),
            "expected a token, or a table with `value` and `expires` ()",
        );
        check("token", table(&[("expires", text("1d"))]), "a token needs a `value` ()");
        check("base_path", text("scim"), "a base path begins with `/` ()");
    }
}
