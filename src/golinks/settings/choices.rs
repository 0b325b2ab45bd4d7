//! Settings with a few fixed words as values.

use super::row::Parse;
use super::values::word;
use crate::base::{Node, Problems};

/// What a SCIM DELETE does to an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delete {
    /// The row is kept, inactive and hidden from SCIM (assumed).
    Deactivate,
    /// The row is removed.
    Remove,
    /// 405: accounts cannot be deleted.
    NotAllowed,
}

impl Parse for Delete {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Delete> {
        let words = [
            ("deactivate", Delete::Deactivate),
            ("remove", Delete::Remove),
            ("405", Delete::NotAllowed),
        ];
        word(value, &words, problems)
    }
}

/// What `/Groups` returns on a server without groups.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupsEndpoint {
    /// 404 (assumed).
    NotFound,
    /// 501.
    NotImplemented,
    /// A list without groups.
    Empty,
}

impl Parse for GroupsEndpoint {
    fn parse(value: &Node, problems: &mut Problems) -> Option<GroupsEndpoint> {
        let words = [
            ("404", GroupsEndpoint::NotFound),
            ("501", GroupsEndpoint::NotImplemented),
            ("empty", GroupsEndpoint::Empty),
        ];
        word(value, &words, problems)
    }
}

/// What a PATCH returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatchReply {
    /// A user with 200, and 204 for a group, since a body with all members is inadvisable
    /// [scim-dev].
    User,
    /// 204.
    Nothing,
    /// The resource with 200, a group too.
    Resource,
}

impl Parse for PatchReply {
    fn parse(value: &Node, problems: &mut Problems) -> Option<PatchReply> {
        let words = [
            ("resource", PatchReply::User),
            ("204", PatchReply::Nothing),
            ("200", PatchReply::Resource),
        ];
        word(value, &words, problems)
    }
}
