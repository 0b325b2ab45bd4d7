//! Answers parts of a filter or a sort without parsing a resource's attributes, from what is stored
//! beside them or at their beginning.

use super::resources::Resource;
use crate::base::Time;
use crate::golinks::store::members::Member;
use crate::golinks::{AccountId, GroupId};
use crate::scim::compare::{SortKey, instant, same_folded};
use crate::scim::filter::{Filter, Operator};
use crate::scim::{Path, Value};

/// Decides a comparison without parsing the resource; `None` when the attributes are needed.
pub(super) fn answer_beside(item: Resource<'_>, leaf: &Filter) -> Option<bool> {
    name_answer(item, leaf)
        .or_else(|| active_answer(item, leaf))
        .or_else(|| member_answer(item, leaf))
        .or_else(|| instant_answer(item, leaf))
}

/// Whether an account has this userName, or a resource this id.
fn name_answer(item: Resource<'_>, leaf: &Filter) -> Option<bool> {
    let Filter::Compare(path, Operator::Eq, Value::Text(text)) = leaf else { return None };
    match item {
        Resource::User(account) if is_plain(path, "userName") => {
            let name = account.user_name();
            Some(*name == **text || (!path.is_case_exact() && same_folded(&name, text)))
        }
        Resource::User(account) if is_plain(path, "id") => {
            Some(AccountId::parse(text) == Some(account.id))
        }
        Resource::Group(group) if is_plain(path, "id") => {
            Some(GroupId::parse(text) == Some(group.id))
        }
        _ => None,
    }
}

/// Whether an account is active, which is stored beside its attributes.
fn active_answer(item: Resource<'_>, leaf: &Filter) -> Option<bool> {
    match (item, leaf) {
        (Resource::User(account), Filter::Compare(path, operator, wanted))
            if is_plain(path, "active") =>
        {
            let same = wanted.as_bool()? == account.active;
            match operator {
                Operator::Eq => Some(same),
                Operator::Ne => Some(!same),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether an account or a group is a member, found without reading the members one by one.
fn member_answer(item: Resource<'_>, leaf: &Filter) -> Option<bool> {
    match (item, leaf) {
        (Resource::Group(group), Filter::Compare(path, Operator::Eq, Value::Text(id)))
            if names_member(path) =>
        {
            let user =
                AccountId::parse(id).is_some_and(|id| group.members().contains(Member::User(id)));
            Some(
                user || GroupId::parse(id)
                    .is_some_and(|id| group.members().contains(Member::Group(id))),
            )
        }
        _ => None,
    }
}

/// Compares the instant of creation or of the last change, which are stored beside the attributes.
fn instant_answer(item: Resource<'_>, leaf: &Filter) -> Option<bool> {
    let Filter::Compare(path, operator, Value::Text(text)) = leaf else { return None };
    let order = instant_at(item, path)?.cmp(&instant(text)?);
    Some(match operator {
        Operator::Eq => order.is_eq(),
        Operator::Ne => order.is_ne(),
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        Operator::Co | Operator::Sw | Operator::Ew => return None,
    })
}

/// Returns `meta.created` or `meta.lastModified` as clients see it: in whole seconds.
fn instant_at(item: Resource<'_>, path: &Path) -> Option<Time> {
    let part = path
        .sub_attribute
        .as_deref()
        .filter(|_| path.filter.is_none() && is_attribute(path, "meta"))?;
    let (created, modified) = match item {
        Resource::User(account) => (account.created, account.modified),
        Resource::Group(group) => (group.created, group.modified),
    };
    let at = match part {
        _ if part.eq_ignore_ascii_case("created") => created,
        _ if part.eq_ignore_ascii_case("lastModified") => modified,
        _ => return None,
    };
    Some(Time::from_secs(at.as_micros().div_euclid(1_000_000)))
}

/// Whether a path is `meta.created` or `meta.lastModified`.
pub(super) fn is_instant(path: &Path) -> bool {
    let part = path.sub_attribute.as_deref().unwrap_or_default();
    path.filter.is_none()
        && is_attribute(path, "meta")
        && ["created", "lastModified"].iter().any(|name| name.eq_ignore_ascii_case(part))
}

/// Returns the sort key of a resource when it is stored beside the attributes.
pub(super) fn key_beside(item: Resource<'_>, path: &Path) -> Option<SortKey> {
    if path.is_plain() && is_attribute(path, "id") {
        let id = match item {
            Resource::User(account) => account.id.0,
            Resource::Group(group) => group.id.0,
        };
        // All ids have fifteen digits, so they sort as numbers as they do as text.
        return Some(SortKey::Number(id as f64));
    }
    instant_at(item, path).map(SortKey::Instant)
}

/// Whether a path is `members` or `members.value`.
pub(super) fn names_member(path: &Path) -> bool {
    path.filter.is_none()
        && path.attribute.eq_ignore_ascii_case("members")
        && path.sub_attribute.as_deref().is_none_or(|sub| sub.eq_ignore_ascii_case("value"))
}

/// Whether a path is this name alone.
pub(super) fn is_plain(path: &Path, name: &str) -> bool {
    path.schema.is_none() && path.is_plain() && path.attribute.eq_ignore_ascii_case(name)
}

/// Whether a path leads to the core attribute of this name.
pub(super) fn is_attribute(path: &Path, name: &str) -> bool {
    let core = path.schema.as_deref().is_none_or(|schema| {
        [crate::scim::urn::USER, crate::scim::urn::GROUP]
            .iter()
            .any(|urn| urn.eq_ignore_ascii_case(schema))
    });
    core && path.attribute.eq_ignore_ascii_case(name)
}
