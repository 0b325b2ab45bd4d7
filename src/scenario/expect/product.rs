//! What GoLinks has beside accounts and groups: `golinks.session.<user>`,
//! `golinks.api_token.<user>`, `golinks.api_call.<user>`, `golinks.role.<user>`,
//! `golinks.link.<name>`, and how many seats are taken.

use std::collections::BTreeSet;

use super::{Memory, ObservableRow, ObservedValue, Shape, accounts};
use crate::golinks::{AccountId, GoLinks, Link, LinkOwner};
use crate::world::{AppView, intent};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "golinks.seats.used",
        shape: Shape::Count,
        doc: "seats that active accounts take",
        see: |world, _| ObservedValue::count(world.target().active_count() as u64),
    },
    ObservableRow {
        path: "golinks.seats.free",
        shape: Shape::Count,
        doc: "seats that are free; absent where seats are not limited",
        see: |world, _| {
            let limit = mock(world).and_then(|golinks| golinks.settings().limits.seats);
            let used = world.target().active_count() as u64;
            limit
                .map_or(ObservedValue::Absent, |all| ObservedValue::count(all.saturating_sub(used)))
        },
    },
    ObservableRow {
        path: "golinks.sessions",
        shape: Shape::Count,
        doc: "sessions at GoLinks that have not ended",
        see: |world, _| {
            let sessions = mock(world).map(GoLinks::session_count);
            ObservedValue::count(sessions.unwrap_or_default() as u64)
        },
    },
];

/// What is observed of a user or a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProductPart {
    /// How many sessions a user has.
    Sessions,
    /// How many good API tokens a user has.
    ApiTokens,
    /// What the last call of the REST API with a token of a user was answered with.
    ApiCall,
    /// The role of a user's account.
    Role,
    /// A link, or a field of it.
    Link(LinkField),
}

/// The roles of accounts, by their words.
pub const ROLES: &[&str] = &["admin", "moderator", "member", "limited_member"];

/// What is observed of a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkField {
    /// Whether it is there.
    Whole,
    /// Its owner: the name of the user, or the userName of an account without one.
    Owner,
    /// Whether its owner's account is active.
    OwnerActive,
    /// Where it leads.
    Url,
    /// How often it was followed.
    Hits,
}

impl LinkField {
    /// Every field: its key and the kind of its value.
    pub const FIELDS: [(&'static str, Shape, LinkField); 4] = [
        ("owner", Shape::Text, LinkField::Owner),
        ("owner_active", Shape::Truth, LinkField::OwnerActive),
        ("url", Shape::Text, LinkField::Url),
        ("hits", Shape::Count, LinkField::Hits),
    ];
}

/// What is observed of the user or the link of this name.
pub fn see(world: AppView<'_>, memory: &Memory, name: &str, part: ProductPart) -> ObservedValue {
    let Some(golinks) = mock(world) else { return ObservedValue::Absent };
    let account = || accounts::find(world, memory, name).map(|account| account.id);
    // What an account left behind outlives it where a switch has it so: it may be deleted.
    let accounts = || {
        let deleted = memory.account(name).filter(|id| world.target().account(*id).is_none());
        account().into_iter().chain(deleted)
    };
    match part {
        ProductPart::Sessions => {
            // The account that sign-on leads to may be another than that of provisioning.
            let user = world.entra().tenant().find_user(name);
            let at_sign_on = user
                .and_then(|user| world.entra().sign_on_name(user))
                .and_then(|name| world.target().find_user_name(name));
            let accounts: BTreeSet<AccountId> = accounts().chain(at_sign_on).collect();
            let sessions: usize = accounts.iter().map(|id| golinks.sessions(*id).len()).sum();
            ObservedValue::count(sessions as u64)
        }
        ProductPart::ApiTokens => {
            let good = |id: AccountId| golinks.api_tokens(id).iter().filter(|it| it.good).count();
            ObservedValue::count(accounts().map(good).sum::<usize>() as u64)
        }
        ProductPart::ApiCall => {
            let status = accounts().find_map(|id| golinks.last_api_call(id));
            status.map_or(ObservedValue::Absent, |status| ObservedValue::count(status.into()))
        }
        ProductPart::Role => ObservedValue::text(account().map(|id| golinks.role(id).word())),
        ProductPart::Link(field) => match golinks.links().get(name) {
            Some(link) => of_link(world, link, field),
            None => ObservedValue::Absent,
        },
    }
}

fn of_link(world: AppView<'_>, link: &Link, field: LinkField) -> ObservedValue {
    match (field, &link.owner) {
        (LinkField::Whole | LinkField::Url, _) => ObservedValue::text(Some(&link.url)),
        (LinkField::Hits, _) => ObservedValue::count(link.hits),
        (LinkField::Owner, LinkOwner::Account(id)) => {
            ObservedValue::Text(intent::name_of(world, *id))
        }
        (LinkField::OwnerActive, LinkOwner::Account(id)) => {
            ObservedValue::Bool(world.target().is_active(*id))
        }
        (LinkField::Owner, LinkOwner::Named(name)) if !name.is_empty() => {
            ObservedValue::text(Some(name))
        }
        (LinkField::Owner | LinkField::OwnerActive, LinkOwner::Named(_)) => ObservedValue::Absent,
    }
}

fn mock(world: AppView<'_>) -> Option<&GoLinks> {
    world.target().mock()
}
