//! The `[entra]` table of a scenario: the administrator's settings of the job, and the policy rows.

use std::sync::Arc;

use super::admin::{AdminRole, ProvisioningMode};
use super::delete_threshold::DeleteThreshold;
use super::filter::Filters;
use super::graph::access::GraphAccess;
use super::mapping::Schema;
use super::policy::{OnDemandDialect, Policy};
use super::scope::SyncScope;
use super::secrets::{self, Expressly};
use super::sign_in::{self, AuthMethod, OAuth};
use super::sign_on::SsoSettings;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Node, Problems, Span};

/// How PATCH bodies are written [scim-compat].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// The default of custom applications: capitalised `op` values, one operation per attribute,
    /// Booleans as text.
    Classic,
    /// With `aadOptscim062020` on the tenant URL: lower-case `op` values, several attributes in one
    /// operation, real Booleans.
    Compliant,
}

impl Dialect {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, Dialect); 2] =
        [("classic", Dialect::Classic), ("compliant", Dialect::Compliant)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        if self == Dialect::Compliant { "compliant" } else { "classic" }
    }
}

/// The settings of the provisioning job.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// The role of the administrator who is signed in.
    pub role: AdminRole,
    /// Whether the service provisions the application at all.
    pub mode: ProvisioningMode,
    /// Which users are provisioned.
    pub scope: SyncScope,
    /// The PATCH dialect; the flag on the tenant URL sets it too.
    pub dialect: Dialect,
    /// The app roles that the application defines; empty when it defines none.
    pub app_roles: Vec<String>,
    /// How the job signs in.
    pub auth: AuthMethod,
    /// The secret token; left blank, a token of the tenant's own. `None` takes GoLinks' own token.
    pub secret: Option<String>,
    /// What OAuth needs.
    pub oauth: OAuth,
    /// The tenant URL as it was typed, a URL or a path; `None` is the application's usual one.
    pub tenant_url: Option<String>,
    /// The path of the tenant URL, without a slash at its end.
    pub base_path: String,
    /// Where quarantine mails go; `None` sends none.
    pub notify: Option<String>,
    /// Whether a mail is sent there when the job is quarantined: the check box below the address.
    pub notify_failures: bool,
    /// The guard against accidental deletions.
    pub delete_threshold: DeleteThreshold,
    /// Single sign-on to the application.
    pub sso: SsoSettings,
    /// Who may use the tenant's Graph API; that of the main application counts.
    pub graph: GraphAccess,
    /// The choices the vendor's documents leave open.
    pub policy: Policy,
    /// The attribute mappings and the scoping filters.
    pub schema: Arc<Schema>,
    /// The settings that were made expressly, by the keys of the vendor's secrets.
    pub expressly: Expressly,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            role: AdminRole::default(),
            mode: ProvisioningMode::default(),
            scope: SyncScope::Assigned,
            dialect: Dialect::Classic,
            app_roles: Vec::new(),
            auth: AuthMethod::default(),
            secret: None,
            oauth: OAuth::default(),
            tenant_url: None,
            base_path: "/scim/v2".to_owned(),
            notify: None,
            notify_failures: true,
            delete_threshold: DeleteThreshold::default(),
            sso: SsoSettings::default(),
            graph: GraphAccess::default(),
            policy: Policy::default(),
            schema: Arc::default(),
            expressly: Expressly::default(),
        }
    }
}

/// Where the application is, and how a job signs in there.
#[derive(Clone, PartialEq, Debug)]
pub struct Connection {
    base_path: String,
    auth: AuthMethod,
    secret: Option<String>,
    oauth: Option<OAuth>,
}

/// The flag of the tenant URL that switches the compliant dialect on [scim-compat].
pub const COMPLIANT_FLAG: &str = "aadOptscim062020";

impl Settings {
    /// The PATCH dialect of runs on demand.
    pub fn dialect_on_demand(&self) -> Dialect {
        match self.policy.on_demand_dialect {
            OnDemandDialect::Classic => Dialect::Classic,
            OnDemandDialect::AsSet => self.dialect,
        }
    }

    /// The keys of the table, for suggestions and `explain`.
    pub const NAMES: &'static [&'static str] = &[
        "role",
        "mode",
        "scope",
        "dialect",
        "app_roles",
        "auth",
        "secret",
        "oauth",
        "secrets",
        "tenant_url",
        "notify",
        "notify_failures",
        "delete_threshold",
        "filters",
        "mappings",
        "sso",
        "graph",
        "policy",
    ];

    /// What a connection test tests: where the application is, and how the job signs in.
    pub fn connection(&self) -> Connection {
        Connection {
            base_path: self.base_path.clone(),
            auth: self.auth,
            secret: self.secret.clone().filter(|_| self.auth == AuthMethod::Bearer),
            oauth: Some(self.oauth.clone()).filter(|_| self.auth.is_oauth()),
        }
    }

    /// An app role that the application defines twice.
    pub fn duplicate_app_role(&self) -> Option<&str> {
        let mut roles = self.app_roles.iter().enumerate();
        let twice = roles.find(|(nth, role)| self.app_roles[..*nth].contains(role));
        twice.map(|(_, role)| role.as_str())
    }

    /// Notes that a key of the credentials was set: what was deleted of them is there again.
    pub(super) fn credentials_saved(&mut self, path: &[&str]) {
        let is_credential = matches!(path, ["auth" | "secret" | "oauth" | "tenant_url", ..]);
        if is_credential && self.mode == ProvisioningMode::Unconfigured {
            self.mode = ProvisioningMode::Automatic;
        }
    }

    /// Where the mail about a quarantine goes, if one is to be sent.
    pub fn mail_to(&self) -> Option<&str> {
        self.notify.as_deref().filter(|_| self.notify_failures)
    }

    /// The path of the token endpoint.
    pub fn token_path(&self) -> String {
        let usual = || format!("{}/oauth/token", self.base_path);
        self.oauth.token_url.as_deref().map_or_else(usual, sign_in::path_in)
    }

    /// Sets one key, or one policy row (`["policy", "max_rps"]`), from what an author wrote.
    pub fn set(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        self.set_one(path, node, problems);
        let together = self.scope == SyncScope::All && self.schema.users.reads_roles();
        if together && matches!(path, ["scope" | "mappings", ..]) {
            problems
                .error(node.span, "app roles cannot be mapped while the scope is \"all\"")
                .label("people who are not assigned have no role")
                .help(
                    "set the scope to \"assigned\", or take the role functions out of the mapping",
                );
        }
    }

    fn set_one(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        let before = problems.errors();
        self.set_value(path, node, problems);
        if problems.errors() == before {
            secrets::keys_of(path, node).for_each(|key| self.expressly.note(key, true));
        }
    }

    /// Notes how the vendor's keys of `entra.secrets`, or one key of it, were written, and which of
    /// them were deleted.
    pub(super) fn set_deleted(&mut self, path: &[&str], node: &Node) {
        self.expressly.note_written(path, node);
        secrets::deleted_by(path, node).for_each(|key| self.expressly.note(key, false));
        let deleted: Vec<&str> = secrets::credentials_deleted_by(path, node).collect();
        if deleted.is_empty() {
            return;
        }
        // What is left of credentials that are not complete any more is still there.
        let has_credentials = self.mode == ProvisioningMode::Automatic
            && (self.auth.is_oauth() || self.secret.is_some());
        let kept = secrets::in_force(self, has_credentials);
        let kept: Vec<&'static str> = kept.map(|(key, _)| key).collect();
        let lacks = |key: &&str| deleted.contains(key) && kept.contains(key);
        if has_credentials && secrets::needed(self.auth).iter().any(lacks) {
            kept.iter().for_each(|key| self.expressly.keep(key));
            self.mode = ProvisioningMode::Unconfigured;
        }
        deleted.iter().for_each(|key| self.expressly.note(key, false));
    }

    fn set_value(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        match path {
            ["role"] => assign(&mut self.role, node.as_word(&AdminRole::WORDS, problems)),
            ["mode"] => assign(&mut self.mode, node.as_word(&ProvisioningMode::WORDS, problems)),
            ["notify_failures"] => assign(&mut self.notify_failures, node.as_bool(problems)),
            ["scope"] => assign(&mut self.scope, node.as_word(&SyncScope::WORDS, problems)),
            ["dialect"] => assign(&mut self.dialect, node.as_word(&Dialect::WORDS, problems)),
            ["app_roles"] => assign(&mut self.app_roles, read_app_roles(node, problems)),
            ["auth"] => assign(&mut self.auth, node.as_word(&AuthMethod::WORDS, problems)),
            ["oauth", inner @ ..] => self.oauth.set(inner, node, problems),
            ["graph", inner @ ..] => self.graph.set(inner, node, problems),
            ["sso", inner @ ..] => self.sso.set(inner, node, problems),
            ["secrets", inner @ ..] => {
                for (path, value) in secrets::settings_of(inner, node, problems) {
                    self.set_one(path, &value, problems);
                }
                self.set_deleted(inner, node);
            }
            ["secret"] => self.secret = read_secret(node, problems).or(self.secret.take()),
            ["notify"] if node.is_empty_text() => self.notify = None,
            ["notify"] => self.notify = read_address(node, problems).or(self.notify.take()),
            ["delete_threshold", inner @ ..] => self.delete_threshold.set(inner, node, problems),
            ["tenant_url"] => self.set_tenant_url(node, problems),
            ["policy"] => {
                for entry in node.as_table(problems).unwrap_or_default() {
                    self.policy.set_entry(entry, problems);
                }
            }
            ["policy", name] => self.policy.set(name, node, problems),
            ["filters"] => {
                if let Some(filters) = Filters::read(node, problems) {
                    Arc::make_mut(&mut self.schema).filters = filters;
                }
            }
            ["mappings", inner @ ..] => {
                let whole =
                    inner.iter().rev().fold(node.clone(), |node, key| Node::table([(*key, node)]));
                self.change_schema(problems, |schema, problems| schema.change(&whole, problems));
            }
            _ => {
                let entry = Entry { key: path.join("."), key_span: node.span, value: node.clone() };
                unknown_key(&entry, "[entra]", Settings::NAMES, problems);
            }
        }
    }

    /// Reports settings that contradict each other; `table` is what the author wrote, such as
    /// `[entra]`.
    pub fn check(&self, table: &Node, problems: &mut Problems) {
        secrets::check_twice(table, problems);
        let rows = table.get("policy");
        let place = |name: &str| rows?.entries().iter().find(|it| it.key == name);
        self.policy.check(|name| place(name).map(|it| it.value.span), problems);
        let sso = table.get("sso");
        let at = sso.and_then(|sso| sso.get("certificate").or_else(|| sso.get("certificates")));
        self.sso.check(at.map_or(table.span, |it| it.span), problems);
        // An application that has no inactive state has nothing to map it to [B05].
        if !self.policy.soft_delete
            && self.schema.users.enabled
            && self.schema.users.active().is_some()
        {
            let span = place("soft_delete").map_or(table.span, |it| it.value.span);
            problems
                .warning(span, "`active` is mapped for an application without soft delete")
                .label(match self.schema.users.actions.delete {
                    true => "users out of scope are deleted, and `active` is sent all the same",
                    false => {
                        "users out of scope keep their accounts (`delete = false`), and `active` is \
                         sent all the same"
                    }
                })
                .help(
                    "remove = [\"active\"] below [entra.mappings.users]; an application that can \
                     disable needs no `soft_delete = false`",
                );
        }
    }

    /// Reports policies, and certificates, that contradict each other after a change at `at`.
    pub fn check_policies(&self, at: Span, problems: &mut Problems) {
        self.policy.check(|_| Some(at), problems);
        self.sso.check(at, problems);
    }

    /// Changes the mappings, unless the portal would refuse to save the result.
    fn change_schema(
        &mut self,
        problems: &mut Problems,
        change: impl FnOnce(&mut Schema, &mut Problems),
    ) {
        let before = problems.errors();
        let mut schema = Schema::clone(&self.schema);
        change(&mut schema, problems);
        if problems.errors() == before {
            self.schema = schema.into();
        }
    }

    /// Sets base path and dialect from a tenant URL; the flag itself is not sent to the application
    /// (assumed).
    fn set_tenant_url(&mut self, node: &Node, problems: &mut Problems) {
        let Some(text) = node.as_text(problems) else { return };
        let uri: http::Uri = match text.parse() {
            Ok(uri) => uri,
            Err(_) => {
                let (what, shown) = ("a URL or a path such as \"/scim/v2\"", format!("`{text}`"));
                return node.refused(what, &shown, problems).unwrap_or_default();
            }
        };
        if !uri.path().starts_with('/') || (uri.scheme().is_none() && !text.starts_with('/')) {
            let (what, shown) = ("a URL or a path such as \"/scim/v2\"", format!("`{text}`"));
            return node.refused(what, &shown, problems).unwrap_or_default();
        }
        self.base_path = uri.path().trim_end_matches('/').to_owned();
        let flagged = self.tenant_url.replace(text.to_owned()).is_some_and(|url| has_flag(&url));
        if has_flag(text) {
            self.dialect = Dialect::Compliant;
        } else if flagged {
            // The flag was on the URL before, and is taken off with it.
            self.dialect = Dialect::Classic;
        }
    }

    /// The tenant URL that stands for what is in force: as it was typed, with the flag of the
    /// dialect where that was chosen otherwise.
    pub fn tenant_url_in_force(&self) -> String {
        let url = self.tenant_url.as_deref().unwrap_or(&self.base_path);
        match (self.dialect, has_flag(url)) {
            (Dialect::Compliant, true) | (Dialect::Classic, false) => url.to_owned(),
            (Dialect::Compliant, false) => {
                let joint = if url.contains('?') { '&' } else { '?' };
                format!("{url}{joint}{COMPLIANT_FLAG}")
            }
            (Dialect::Classic, true) => {
                let (address, query) = url.split_once('?').unwrap_or((url, ""));
                let rest: Vec<&str> =
                    query.split('&').filter(|flag| *flag != COMPLIANT_FLAG).collect();
                let joint = if rest.is_empty() { "" } else { "?" };
                format!("{address}{joint}{}", rest.join("&"))
            }
        }
    }
}

/// Whether the query of a tenant URL has the flag of the compliant dialect.
fn has_flag(url: &str) -> bool {
    url.split_once('?').is_some_and(|(_, query)| query.split('&').any(|it| it == COMPLIANT_FLAG))
}

fn assign<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn read_app_roles(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    let roles = node.as_texts(problems)?;
    match roles.iter().any(|role| role.trim().is_empty()) {
        true => node.refused("names of app roles", "one without a name", problems),
        false => Some(roles),
    }
}

/// Reads the address to which mails go.
fn read_address(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.as_text(problems)?;
    let parts: Vec<&str> = text.split('@').collect();
    let good = |part: &&str| !part.is_empty() && !part.contains(char::is_whitespace);
    match parts.as_slice() {
        [local, domain] if [local, domain].into_iter().all(good) => Some(text.to_owned()),
        _ => {
            let what = "a mail address such as \"it@contoso.example\"";
            node.refused(what, &format!("`{text}`"), problems)
        }
    }
}

/// Reads a secret; an empty one is none, and one that no header can carry is refused.
pub fn read_secret(node: &Node, problems: &mut Problems) -> Option<String> {
    let secret = node.as_text(problems)?;
    if http::HeaderValue::from_bytes(secret.as_bytes()).is_err() {
        problems
            .error(node.span, "no header can carry this secret")
            .help("leave out line ends and control characters");
        return None;
    }
    Some(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_on_the_tenant_url_switches_the_dialect() {
        let mut settings = Settings::default();
        let mut problems = Problems::default();
        settings.set(
            &["tenant_url"],
            &Node::text("https://api.golinks.example/scim/v2/?aadOptscim062020"),
            &mut problems,
        );
        assert_eq!(
            (settings.base_path.as_str(), settings.dialect),
            ("/scim/v2", Dialect::Compliant)
        );
        settings.set(&["scope"], &Node::text("assinged"), &mut problems);
        assert_eq!(problems.list()[0].help, "did you mean `assigned`?");
        settings.set(&["polcy"], &Node::text("x"), &mut problems);
        assert_eq!(problems.list()[1].help, "did you mean `policy`?");
    }
}
