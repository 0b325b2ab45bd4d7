//! What a visitor of the pages wants to have done. It is carried out by the world, as an action
//! that can be repeated.

use std::time::Duration;

use super::done::NotDone;
use crate::base::Node;
use crate::golinks::rights::Actor;
use crate::golinks::store::links::LinkDraft;
use crate::golinks::{AccountId, Role};

/// What a visitor wants to have done.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Settings of the workspace change, as the verb `set` takes them.
    Settings(Node),
    /// A person gets a role.
    Role(AccountId, Role),
    /// A person is activated or deactivated.
    Active(AccountId, bool),
    /// A token of SCIM is issued: its value, and how long it lives.
    IssueToken(String, Option<Duration>),
    /// The token of SCIM with this value is revoked.
    RevokeToken(String),
    /// A person makes an API token.
    MakeApiToken(AccountId),
    /// An API token is revoked, by its place among those that were made for its person, from 1 on;
    /// `None` when it is the only one that is good.
    RevokeApiToken(AccountId, Option<usize>),
    /// Something is done to a link, by a visitor.
    Link(LinkWish, Actor),
    /// Links get another owner: from whom, to whom, and which; all, if none is named.
    TransferLinks(AccountId, AccountId, Vec<String>),
}

/// What a visitor wants to do to a link.
#[derive(Clone, Debug)]
pub enum LinkWish {
    /// It is made.
    Create(LinkDraft),
    /// The link of this name is edited.
    Edit(String, LinkDraft),
    /// The link of this name is deleted.
    Delete(String),
    /// It is followed, with what stands behind its name; it leads on.
    Follow(String),
}

/// What a form asks for, and where the browser goes on when it is done; nothing is to be done when
/// everything is so already.
pub(super) type WantedByForm = Result<(Option<Wanted>, &'static str), NotDone>;
