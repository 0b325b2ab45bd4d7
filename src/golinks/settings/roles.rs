//! `golinks.roles`: which people have a role from the start, and what members may do to the links
//! of others.

use super::links::AccountNames;
use super::row::{Parse, settings};
use super::values::word;
use crate::base::{Node, Problems};

settings! {
    /// Roles, and what members may do.
    #[derive(Clone, PartialEq, Debug)]
    pub struct RoleSettings;
    /// The people with the role `admin` as soon as they have an account, by userName or what stands
    /// before its `@`.
    admins: AccountNames = AccountNames::default(), "roles.admins" = "[]";
    /// The people with the role `moderator`, as `admins`.
    moderators: AccountNames = AccountNames::default(), "roles.moderators" = "[]";
    /// The people with the role `limited_member`, as `admins`: contractors, who change their own
    /// links only (assumed).
    limited_members: AccountNames = AccountNames::default(), "roles.limited_members" = "[]";
    /// Which links a member may edit: `all`, or `own`, as an admin can decide [golinks].
    edit_links: MemberLinks = MemberLinks::All, "roles.edit_links" = "\"all\"";
    /// Which links a member may delete: `all`, or `own`, as an admin can decide [golinks].
    delete_links: MemberLinks = MemberLinks::All, "roles.delete_links" = "\"all\"";
}

/// Which links a member may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberLinks {
    /// Those of everyone.
    All,
    /// Those that the member owns.
    Own,
}

impl Parse for MemberLinks {
    fn parse(value: &Node, problems: &mut Problems) -> Option<MemberLinks> {
        word(value, &[("all", MemberLinks::All), ("own", MemberLinks::Own)], problems)
    }
}
