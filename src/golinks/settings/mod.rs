//! The keys of `[golinks]`: what a scenario, `--set` or a running world may choose.
//!
//! Each key is a row of one table: what it decides, its field, type, default, name, and the default
//! as an author would write it. The rows of a nested table are in a file of their own.

pub(crate) mod access;
pub(crate) mod capabilities;
mod choices;
pub(crate) mod extension;
pub(crate) mod limits;
pub(crate) mod links;
pub(crate) mod profile;
pub(crate) mod rate;
pub(crate) mod required;
pub(crate) mod roles;
mod row;
pub(crate) mod sso;
mod tokens;
pub(crate) mod trust;
pub(crate) mod values;

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Deref;

use access::{Auth, Basic, OAuth, WorkspacePlan};
use capabilities::{Capabilities, Capability, Profile};
use extension::Extension;
use limits::Limits;
use links::{AccountNames, InitialLinks};
use rate::RateLimit;
use required::Required;
use roles::RoleSettings;
use row::{Key, Parse, Setting, settings};
use sso::Sso;
use trust::Trust;

use super::quirks::{self, Quirks};
use crate::base::diagnostic::did_you_mean_of;
use crate::base::{Node, ProblemKind, Problems, Span};

pub use choices::{Delete, GroupsEndpoint, PatchReply};
pub use row::SettingRow;
pub use tokens::{Expiry, TokenScope, TokenSetting, can_be_sent as token_can_be_sent};
pub use trust::TenantFacts;

/// The default base path of the endpoint.
pub(crate) const DEFAULT_BASE: &str = "/scim/v2";

settings! {
    /// Everything about GoLinks that may be chosen.
    #[derive(Clone, PartialEq, Debug)]
    pub struct Settings;
    /// Which server it is: `golinks` has users only, seven attributes and one filter; `generic` has
    /// all of SCIM 2.0.
    profile: Profile = Profile::GoLinks, "profile" = "\"golinks\"";
    /// Extension schemas, each with `id`, `name`, `resource` (User or Group) and `attributes` as
    /// RFC 7643 7 writes them.
    schema: Vec<Extension> = Vec::new(), "schema" = "[]";
    /// What the server offers, each under its name, true or false.
    capabilities: Capabilities = Capabilities::default(), "capabilities" = "the profile's";
    /// Where the path of every request must begin.
    base_path: BasePath = BasePath(DEFAULT_BASE.to_owned()), "base_path" = "\"/scim/v2\"";
    /// Under which address every client knows the server, such as `https://scim.example`; `none` is
    /// the host that a client names in its request.
    ///
    /// `Location`, `$ref` and `meta.location` begin with it.
    public_url: Option<PublicUrl> = None, "public_url" = "\"none\"";
    /// The bearer token clients must send, or a table with `value` and `expires`.
    token: Option<TokenSetting> = Some(TokenSetting::new("golinks-demo-token")),
        "token" = "\"golinks-demo-token\"";
    /// Several good tokens, each as `token` is written.
    tokens: Vec<TokenSetting> = Vec::new(), "tokens" = "[]";
    /// The plan of the workspace: `enterprise`, or `free`, where every SCIM request gets 403.
    plan: WorkspacePlan = WorkspacePlan::Enterprise, "plan" = "\"enterprise\"";
    /// How a client authenticates: `bearer`, `basic`, which the provisioning client cannot send,
    /// or `none`, where no credentials are asked for.
    auth: Auth = Auth::Bearer, "auth" = "\"bearer\"";
    /// The name and the password that `auth = "basic"` takes.
    basic: Basic = Basic::default(), "basic" = "{}";
    /// A token endpoint at `oauth/token` below the base path, for the client-credentials grant with
    /// a secret, or with an assertion of the tenant in `trust`; its tokens are as good as those of
    /// `tokens`.
    oauth: Option<OAuth> = None, "oauth" = "\"none\"";
    /// The tenant whose signed tokens are trusted.
    trust: Trust = Trust::default(), "trust" = "{}";
    /// Single sign-on: just-in-time accounts, and what outlives a deactivation.
    sso: Sso = Sso::default(), "sso" = "{}";
    /// The go links that exist when the story begins, each under its name: its URL, or a table with
    /// `url`, `owner`, `description`, `private`, `aliases` and `tags`.
    ///
    /// `owner` is a userName, or what stands before its `@`; the link waits for an account of that
    /// name.
    links: InitialLinks = InitialLinks::default(), "links" = "{}";
    /// The people who have an API token of GoLinks, by userName or what stands before its `@`.
    api_tokens: AccountNames = AccountNames::default(), "api_tokens" = "[]";
    /// Who has which role at GoLinks, and what members may do to the links of others.
    roles: RoleSettings = RoleSettings::default(), "roles" = "{}";
    /// What DELETE does: `deactivate` keeps the row inactive and hidden, `remove`, or `405`.
    delete: Delete = Delete::Deactivate, "delete" = "\"deactivate\"";
    /// What /Groups answers: `404`, `501` or `empty`, a list without groups.
    groups: GroupsEndpoint = GroupsEndpoint::NotFound, "groups" = "\"404\"";
    /// What a PATCH is answered with: `resource`, that is 200 with the user and 204 for a group, as
    /// the vendor has it; `204`; or `200`, the resource always.
    ///
    /// A PATCH that says `attributes` gets them.
    patch_reply: PatchReply = PatchReply::User, "patch_reply" = "\"resource\"";
    /// How many requests are let in, or `none`; the others get 429.
    ///
    /// Clients from outside are counted apart, in real time.
    rate_limit: Option<RateLimit> = None, "rate_limit" = "\"none\"";
    /// Other limits, each under its name; `none` takes one away.
    limits: Limits = Limits::default(), "limits" = "{}";
    /// The greatest body of a request, in bytes; a greater one gets 413.
    body_limit: usize = 1 << 20, "body_limit" = "1048576";
    /// The greatest number of accounts on a page of a list.
    page_size: NonZeroUsize = NonZeroUsize::MIN.saturating_add(99), "page_size" = "100";
    /// The greatest number of operations of a bulk request; more get 413.
    bulk_operations: usize = 1_000, "bulk_operations" = "1000";
    /// What a new account must have a value for, beyond userName, as SCIM paths; one without gets
    /// 400.
    required: Required = Required::default(), "required" = "[]";
    /// Deviations of real servers, each under its name; see `explain quirks`.
    ///
    /// `{ is = true, when = { method = "PATCH", path = "/Users/*", user = "ann@*" } }` has one for
    /// some requests only; `user` is the userName of the account they are about.
    quirks: Quirks = Quirks::default(), "quirks" = "{}";
}

impl Settings {
    /// Returns every key, except those of quirks and capabilities, which have tables of their own.
    pub fn rows() -> Vec<SettingRow> {
        Settings::rows_below()
    }

    /// Whether the server offers this.
    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.has(capability, self.profile)
    }

    /// The tokens that the server accepts.
    pub fn good_tokens(&self) -> impl Iterator<Item = &TokenSetting> + Clone {
        self.token.iter().chain(&self.tokens)
    }

    /// Reports keys of the `golinks` table that contradict each other.
    pub fn check(table: &Node, problems: &mut Problems) {
        if let (Some(_), Some(tokens)) = (table.get("token"), table.get("tokens")) {
            problems
                .error(tokens.span, "`token` and `tokens` both say which tokens are good")
                .label("`token` stands for one, `tokens` for a list of several")
                .help("take one of the two out; several are tokens = [{ value = \"first\" }, { value = \"second\" }]");
        }
    }

    /// Whether these are the settings of another server than `before`: what is chosen when a server
    /// is set up, and stays while it runs.
    pub fn is_another_server(&self, before: &Settings) -> bool {
        let suspends = |settings: &Settings| settings.can(Capability::SoftDelete);
        self.profile != before.profile
            || self.schema != before.schema
            || self.links != before.links
            || self.api_tokens != before.api_tokens
            || self.roles.admins != before.roles.admins
            || self.roles.moderators != before.roles.moderators
            || self.roles.limited_members != before.roles.limited_members
            || suspends(self) != suspends(before)
    }

    /// The settings that an admin of the workspace has in hand and that say something else than
    /// `before`, by their paths: what the vendor's log speaks of.
    pub(crate) fn changed_by_admin(&self, before: &Settings) -> Vec<&'static str> {
        let plan = (self.plan != before.plan).then_some("plan");
        let rows = self.sso.changed_since(&before.sso);
        let rows = rows.chain(self.roles.changed_since(&before.roles));
        plan.into_iter().chain(rows.map(|row| row.name)).collect()
    }

    /// Reports a change that no server takes while it runs.
    pub fn refuse_another_server(at: Span, problems: &mut Problems) {
        problems
            .error(at, "a server that runs cannot become another")
            .label("`profile`, `schema`, `soft_delete`, `links`, `api_tokens` and the people of `roles` are chosen before it starts")
            .help("let it stand in the table [golinks] of the scenario");
    }

    /// Reads the value of a key; a table is read key by key. May be called on a running server's
    /// settings.
    pub fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        let token = (path.first() == Some(&"token")).then_some(value).or(value.get("token"));
        let tokens = (path.first() == Some(&"tokens")).then_some(value).or(value.get("tokens"));
        match (path, token, tokens) {
            ([], Some(_), Some(_)) => return Settings::check(value, problems),
            ([] | ["tokens"], _, Some(_)) => self.token = None,
            ([] | ["token"], Some(_), _) => self.tokens.clear(),
            (["token", ..], ..) if !self.tokens.is_empty() => {
                problems.error(value.span, "the tokens are those of `tokens`: set that one");
                return;
            }
            _ => {}
        }
        Setting::set(self, Key { path, depth: 0 }, value, problems);
    }
}

/// The start of the path of every request: `/` and more, without a slash at the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BasePath(String);

/// First segments of paths that this program serves itself: the page's files, the health check, the
/// directory's API. The control API is checked apart.
const TAKEN: [&str; 11] = [
    "healthz",
    "js",
    "index.html",
    "style.css",
    "icon.svg",
    "favicon.ico",
    "v1.0",
    "beta",
    "golinks",
    "go",
    "simplesaml",
];

impl BasePath {
    /// Checks whether a server may have this base path.
    ///
    /// # Errors
    /// What is wrong with the path, such as that requests for the page or the control API would
    /// reach GoLinks.
    pub fn check(path: &str) -> Result<(), &'static str> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~".contains(c);
        if !path.starts_with('/') {
            return Err("a base path begins with `/`");
        }
        if !path.chars().all(plain) {
            return Err("a base path has letters, digits and - . _ ~ between its slashes");
        }
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match segments.as_slice() {
            [] => Err("the base path cannot be `/`, which is the page's"),
            // The paths of the control API are directly below `/api/v1`.
            ["api"] | ["api", "v1"] | ["api", "v1", _] => {
                Err("the base path cannot be the control API's")
            }
            [first, ..] if TAKEN.contains(first) => {
                Err("the base path cannot be one that the page or another API has")
            }
            _ => Ok(()),
        }
    }

    /// What to write in place of a path that [`BasePath::check`] refuses.
    pub fn advice(path: &str) -> String {
        let with_slash = format!("/{path}");
        match BasePath::check(&with_slash) {
            Ok(()) => format!("write \"{with_slash}\""),
            Err(_) => "write a path such as \"/scim/v3\"".to_owned(),
        }
    }

    /// Makes a path with one slash at the start and none at the end.
    pub(crate) fn new(path: &str) -> BasePath {
        BasePath(format!("/{}", path.trim_matches('/')).trim_end_matches('/').to_owned())
    }
}

impl Deref for BasePath {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BasePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Parse for BasePath {
    fn parse(value: &Node, problems: &mut Problems) -> Option<BasePath> {
        let text = value.as_text(problems)?;
        if let Err(why) = BasePath::check(text) {
            problems.error(value.span, why).help(BasePath::advice(text));
            return None;
        }
        Some(BasePath::new(text))
    }
}

/// Scheme and host under which clients know the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicUrl(pub(super) String);

impl Parse for PublicUrl {
    fn parse(value: &Node, problems: &mut Problems) -> Option<PublicUrl> {
        let text = value.as_text(problems)?;
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = host.map(|host| host.trim_end_matches('/'));
        match host.map(str::parse::<http::uri::Authority>) {
            Some(Ok(_)) => Some(PublicUrl(text.trim_end_matches('/').to_owned())),
            _ => {
                problems
                    .error(value.span, "a public address is `https://` or `http://` and a host")
                    .help("the path is that of `base_path`");
                None
            }
        }
    }
}

impl Setting for Quirks {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        if let Some((name, _)) = key.next() {
            match quirks::find(name) {
                Some(row) => self.switch(row, value, problems),
                None => unknown_quirk(name, value.span, problems),
            }
            return;
        }
        for entry in value.as_table(problems).unwrap_or_default() {
            match quirks::find(&entry.key) {
                Some(row) => self.switch(row, &entry.value, problems),
                None => unknown_quirk(&entry.key, entry.key_span, problems),
            }
        }
    }
}

/// The quirks that share the most words with a name, where they are several and none of them is
/// meant by a slip of a letter or two: which one is, is for the reader to say.
fn alike(name: &str) -> Option<String> {
    let words = |name: &str| -> BTreeSet<String> {
        name.to_lowercase().split('_').map(|word| word.trim_end_matches('s').to_owned()).collect()
    };
    let (wanted, all) = (words(name), || quirks::TABLE.iter().map(|row| row.name));
    let shared = |name: &str| words(name).intersection(&wanted).count();
    let most = all().map(shared).max().filter(|most| *most > 1)?;
    let found: Vec<String> =
        all().filter(|name| shared(name) == most).map(|name| format!("`{name}`")).collect();
    let is_slip = all().any(|known| strsim::damerau_levenshtein(known, name) <= 2);
    let (last, rest) = found.split_last().filter(|(_, rest)| !rest.is_empty() && !is_slip)?;
    let rest = rest.join(", ");
    Some(format!("did you mean {rest} or {last}? `scimulator explain NAME` says what each does"))
}

/// Reports an unknown quirk. One that is named by the number of a bug is answered with the quirks
/// that come from its reports.
fn unknown_quirk(name: &str, at: Span, problems: &mut Problems) {
    let names = quirks::TABLE.iter().map(|row| row.name);
    let of_bug =
        |row: &&quirks::QuirkRow| row.bugs.iter().any(|bug| bug.eq_ignore_ascii_case(name));
    let found: Vec<String> =
        quirks::TABLE.iter().filter(of_bug).map(|row| format!("`{}`", row.name)).collect();
    let is_bug = name.strip_prefix(['B', 'b']).is_some_and(|rest| rest.parse::<u32>().is_ok());
    let help = match (found.is_empty(), is_bug) {
        (false, _) => format!("quirks have names; of {name} comes {}", found.join(", ")),
        (true, true) => {
            format!("no quirk comes of {name}; `scimulator explain bugs` lists what does")
        }
        (true, false) => {
            alike(name).unwrap_or_else(|| did_you_mean_of(name, names, "explain quirks"))
        }
    };
    problems.error(at, format!("unknown quirk `{name}`")).kind(ProblemKind::UnknownKey).help(help);
}

#[cfg(test)]
mod tests;
