//! The state of GoLinks, the functions that read it, and the events that come due by themselves.
//!
//! The other files of this folder change that state: accounts, groups, the actions of an
//! administrator, and the admission of requests.

mod accounts;
mod admission;
mod by_hand;
mod client;
mod credentials;
mod groups;
mod holdings;
mod hosts;
mod links;
mod product;
mod register;
mod rehearsal;
mod sign_in;
mod signed;
mod throttle;

use bytes::Bytes;
use http::Request;

use crate::base::time::earliest;
use crate::base::{Moment, Node, Problems, Time};
use crate::golinks::quirks::{Quirk, QuirkState, Quirks};
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::{DEFAULT_BASE, Settings, profile};
use crate::golinks::store::account::Account;
use crate::golinks::store::accounts::{AccountView, Accounts};
use crate::golinks::store::columns::Columns;
use crate::golinks::store::groups::Groups;
use crate::golinks::store::render::{Renderer, Renderers};
use crate::golinks::{AccountId, Event};
use crate::scim::immutable::has_immutable;
use crate::scim::patch::Work;
use crate::scim::{Object, ResourceType, Rules};
use credentials::Credentials;
use holdings::Holdings;
use hosts::{Hosts, Standstill};
use register::TokenRegister;
use throttle::Throttle;

pub(crate) use admission::Denied;
pub(crate) use credentials::{basic, beginning};
pub(crate) use links::sees;
pub(crate) use register::RevokedToken;
pub use sign_in::ACS_PATH;
pub(crate) use signed::check_assertion;

/// The mock GoLinks.
pub struct GoLinks {
    settings: Settings,
    start: Time,
    hosts: Hosts,
    standstill: Standstill,
    users: ResourceType,
    group_kind: ResourceType,
    renderers: Renderers,
    /// The renderers with the address of the external client whose request came last.
    external_renderers: Renderers,
    accounts: Accounts,
    groups: Groups,
    /// Whether some attribute of users can be set only once.
    users_immutable: bool,
    credentials: Credentials,
    register: TokenRegister,
    throttle: Throttle,
    /// The throttle for clients that live in real time.
    external_throttle: Throttle,
    /// The remaining budget of the current request.
    work: Work,
    /// The time of the client of the current request, when it lives in real time.
    client_now: Option<Time>,
    quirk_state: QuirkState,
    /// What it has beside SCIM.
    product: Holdings,
    /// The quirks of the current request, when they are not the same for all requests.
    matched_quirks: Option<Quirks>,
    /// Where a body is written before it is stored at its exact size.
    scratch: Vec<u8>,
    /// Whether the shortcuts of `scim::fast` are tried.
    fast: bool,
}

impl GoLinks {
    /// Makes a GoLinks without accounts; durations in its settings count from `start`.
    pub fn new(settings: Settings, start: Time) -> GoLinks {
        let users = profile::users(&settings);
        let group_kind = profile::groups(&settings);
        let mut credentials = Credentials::default();
        credentials.take(settings.good_tokens(), start);
        let mut register = TokenRegister::default();
        register.follow(settings.good_tokens(), start);
        let hosts = Hosts::default();
        GoLinks {
            renderers: renderers(&users, &group_kind, &hosts.engine, &settings),
            external_renderers: renderers(&users, &group_kind, &hosts.external, &settings),
            credentials,
            register,
            accounts: Accounts::with_columns(Columns::of(&users, settings.can(Capability::Filter))),
            groups: Groups::with_columns(Columns::of(&group_kind, false)),
            users_immutable: has_immutable(&users),
            group_kind,
            throttle: Throttle::default(),
            external_throttle: Throttle::default(),
            work: Work::default(),
            client_now: None,
            quirk_state: QuirkState::default(),
            matched_quirks: None,
            scratch: Vec::new(),
            fast: true,
            product: Holdings::new(&settings, start),
            settings,
            start,
            users,
            hosts,
            standstill: Standstill::default(),
        }
    }

    /// Turns the shortcuts of [`scim::fast`](crate::scim::fast) on or off, to compare. No response
    /// depends on it.
    pub fn set_fast(&mut self, fast: bool) {
        self.fast = fast;
    }

    /// The instant from which the durations in its settings count.
    pub(crate) fn start(&self) -> Time {
        self.start
    }

    /// Returns when the next event happens by itself: a token expires, or a session.
    pub fn next_due(&self) -> Option<Time> {
        earliest([self.credentials.next_due(), self.product.sessions.next_due()])
    }

    /// Reports the events that are due by now.
    pub fn expire(&mut self, moment: &mut Moment<'_, Event>) {
        self.credentials.expire(moment);
        self.end_due_sessions(moment);
    }

    /// When its tokens were issued and revoked.
    pub(crate) fn register(&self) -> &TokenRegister {
        &self.register
    }

    /// Why it refuses a bearer token at an instant; `None` when the token is good.
    pub fn refuses_token(&self, token: &str, now: Time) -> Option<&'static str> {
        self.credentials.refuses(token, now)
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes a setting while the server runs; nothing changes when there is a problem.
    pub fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        let mut changed = self.settings.clone();
        let before = problems.errors();
        changed.set(path, value, problems);
        if changed.is_another_server(&self.settings) {
            Settings::refuse_another_server(value.span, problems);
        }
        if problems.errors() > before {
            return;
        }
        self.credentials.take(changed.good_tokens(), self.start);
        self.settings = changed;
        self.renew_addresses();
    }

    /// Sets the address for external clients that do not name a host. `url` is the endpoint's
    /// address with the default base path, which is replaced by the base path in force.
    pub fn set_base_url(&mut self, url: &str) {
        let url = url.trim_end_matches('/');
        url.strip_suffix(DEFAULT_BASE).unwrap_or(url).clone_into(&mut self.hosts.fallback);
        self.renew_addresses();
    }

    /// Returns the address under which the current client knows the server, such as
    /// `https://api.golinks.io/scim/v2`.
    pub(crate) fn base_url(&self) -> String {
        let host = match (&self.settings.public_url, self.client_now) {
            (Some(url), _) => &url.0,
            (None, Some(_)) => &self.hosts.external,
            (None, None) => &self.hosts.engine,
        };
        format!("{host}{}", self.settings.base_path)
    }

    /// Whether a request to this path is meant for GoLinks.
    pub fn is_at(&self, path: &str) -> bool {
        let below = path.strip_prefix(&*self.settings.base_path);
        !self.settings.base_path.is_empty()
            && below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
    }

    fn renew_addresses(&mut self) {
        let renew = |host| renderers(&self.users, &self.group_kind, host, &self.settings);
        let (engine, external) = (renew(&self.hosts.engine), renew(&self.hosts.external));
        (self.renderers, self.external_renderers) = (engine, external);
    }

    /// The resource type of users.
    pub(crate) fn user_type(&self) -> &ResourceType {
        &self.users
    }

    /// The resource type of groups.
    pub(crate) fn group_type(&self) -> &ResourceType {
        &self.group_kind
    }

    /// The renderers for the client of the current request.
    pub(crate) fn renderers(&self) -> &Renderers {
        if self.client_now.is_some() { &self.external_renderers } else { &self.renderers }
    }

    /// The quirks in force for the current request.
    pub(crate) fn quirks(&self) -> &Quirks {
        self.matched_quirks.as_ref().unwrap_or(&self.settings.quirks)
    }

    /// Chooses the quirks that are on for a request whose path leads to `below`.
    pub(crate) fn match_quirks(&mut self, request: &Request<Bytes>, below: &str) {
        let matched = self.settings.quirks.for_request(request, below, &self.accounts);
        self.matched_quirks = matched;
    }

    /// What quirks remember.
    pub(crate) fn quirk_state(&self) -> &QuirkState {
        &self.quirk_state
    }

    pub(crate) fn quirk_state_mut(&mut self) -> &mut QuirkState {
        &mut self.quirk_state
    }

    /// How lenient the server is with bodies.
    pub(crate) fn rules(&self) -> Rules {
        Rules { fast: self.fast, ..self.quirks().reading() }
    }

    /// The kinds of resources it has.
    pub(crate) fn kinds(&self) -> Vec<&ResourceType> {
        let groups = self.can(Capability::Groups).then_some(&self.group_kind);
        std::iter::once(&self.users).chain(groups).collect()
    }

    /// Whether the server offers this.
    pub(crate) fn can(&self, capability: Capability) -> bool {
        self.settings.can(capability)
    }

    /// The groups.
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// One account, when SCIM can see it.
    pub fn account(&self, id: AccountId) -> Option<AccountView> {
        self.accounts.get(id).map(|account| self.view(account))
    }

    /// The account with this userName, in any case, when SCIM can see it.
    pub fn find_user_name(&self, user_name: &str) -> Option<AccountId> {
        self.accounts.named(user_name).map(|account| account.id)
    }

    /// The id by which clients know an account: its userName while the quirk for that is on (B56).
    pub fn id_for_clients(&self, id: AccountId) -> String {
        let named = self.quirks().is(Quirk::IdIsUsername).then(|| self.accounts.get(id)).flatten();
        named.map_or_else(|| id.to_string(), |account| account.user_name().into_owned())
    }

    /// The account of an id by which clients know it; it may be gone.
    pub fn find_id_of_clients(&self, id: &str) -> Option<AccountId> {
        match self.quirks().is(Quirk::IdIsUsername) {
            true => self.find_user_name(id),
            false => AccountId::parse(id),
        }
    }

    /// Every account SCIM can see, in the order of creation, each parsed when it is reached.
    /// [`Accounts::iter`] is cheaper when userName and `active` are enough.
    pub fn iter(&self) -> impl Iterator<Item = AccountView> + '_ {
        self.accounts.iter().map(|account| self.view(account))
    }

    fn view(&self, account: &Account) -> AccountView {
        let mut bytes = Vec::new();
        self.renderers.users.write(account, &mut bytes);
        AccountView {
            id: account.id,
            user_name: account.user_name().into_owned(),
            active: account.active,
            resource: Object::parse(&bytes).unwrap_or_default(),
        }
    }
}

fn renderers(
    users: &ResourceType,
    groups: &ResourceType,
    host: &str,
    settings: &Settings,
) -> Renderers {
    let host = settings.public_url.as_ref().map_or(host, |url| &url.0);
    let base_url = format!("{host}{}", settings.base_path);
    Renderers { users: Renderer::new(users, &base_url), groups: Renderer::new(groups, &base_url) }
}
