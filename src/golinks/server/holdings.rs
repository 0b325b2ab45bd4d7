//! What GoLinks has beside SCIM: the roles of its people, their sessions, links and API tokens, and
//! what it remembers of sign-ins.

use std::collections::BTreeMap;

use crate::base::Time;
use crate::golinks::AccountId;
use crate::golinks::settings::Settings;
use crate::golinks::sign_on::IdentityProvider;
use crate::golinks::store::api_tokens::ApiTokens;
use crate::golinks::store::links::{Link, LinkOwner, Links};
use crate::golinks::store::people::{People, Role};
use crate::golinks::store::sessions::Sessions;
use crate::golinks::store::waiting::WaitingNames;

/// What GoLinks has beside SCIM.
#[derive(Clone, Default)]
pub(crate) struct Holdings {
    pub(super) people: People,
    pub(super) sessions: Sessions,
    pub(super) links: Links,
    pub(super) tokens: ApiTokens,
    /// The people who get a role when their accounts come.
    pub(super) roles: BTreeMap<Role, WaitingNames>,
    /// The status of the last call of the REST API with a token of an account.
    pub(super) last_calls: BTreeMap<AccountId, u16>,
    /// How many API tokens were made, from which the next one's value is drawn.
    pub(super) tokens_made: u64,
    /// The requests to sign in that were made and not answered, each until it is forgotten.
    pub(super) asked: BTreeMap<String, Time>,
    /// How many were made.
    pub(super) requests_made: u64,
    /// The identity provider, by the metadata that GoLinks was given.
    pub(super) provider: Option<IdentityProvider>,
    /// The assertions that were shown, each until it ends.
    pub(super) shown: BTreeMap<String, Time>,
}

impl Holdings {
    /// What is there when the story begins.
    pub(super) fn new(settings: &Settings, start: Time) -> Holdings {
        let mut holdings = Holdings::default();
        for link in &settings.links.0 {
            let owner = LinkOwner::Named(link.owner.clone().unwrap_or_default().into());
            let stored = Link {
                number: 0,
                url: link.url.clone(),
                description: link.description.clone(),
                owner,
                private: link.private,
                aliases: link.aliases.clone(),
                tags: link.tags.clone(),
                hits: 0,
                created: start,
                updated: start,
            };
            holdings.links.add(&link.name, stored);
        }
        settings.api_tokens.0.iter().for_each(|name| holdings.tokens.waiting.add(name));
        let roles = &settings.roles;
        for (role, names) in [
            (Role::Admin, &roles.admins),
            (Role::Moderator, &roles.moderators),
            (Role::LimitedMember, &roles.limited_members),
        ] {
            let waiting = holdings.roles.entry(role).or_default();
            names.0.iter().for_each(|name| waiting.add(name));
        }
        holdings
    }
}
