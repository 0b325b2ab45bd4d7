//! A group of the directory, and one to be created.

use std::sync::Arc;

use super::ids::{GroupKey, ObjectId, UserKey};
use super::new_user::{HandleRef, NewAssignment, plain};
use super::user::Lifecycle;
use crate::base::Span;
use crate::entra::rule::Rule;

/// What a group is for. [g:group]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GroupKind {
    /// A security group.
    Security,
    /// A Microsoft 365 group (`groupTypes` has `Unified`).
    Microsoft365,
    /// A security group with a mail address, kept in Exchange.
    MailEnabledSecurity,
    /// A distribution group, kept in Exchange; it never decides about access.
    Distribution,
}

impl GroupKind {
    /// The words of a scenario for each kind.
    pub const WORDS: [(&'static str, GroupKind); 4] = [
        ("security", GroupKind::Security),
        ("microsoft_365", GroupKind::Microsoft365),
        ("mail_enabled_security", GroupKind::MailEnabledSecurity),
        ("distribution", GroupKind::Distribution),
    ];

    /// The kind in words, for messages.
    pub fn name(self) -> &'static str {
        match self {
            GroupKind::Security => "a security group",
            GroupKind::Microsoft365 => "a Microsoft 365 group",
            GroupKind::MailEnabledSecurity => "a mail-enabled security group",
            GroupKind::Distribution => "a distribution group",
        }
    }

    /// Whether a group of this kind is a security group when nothing is said about it. A Microsoft
    /// 365 group is none as Outlook and Teams make it, and may be one. [g:group]
    pub fn is_security(self) -> bool {
        matches!(self, GroupKind::Security | GroupKind::MailEnabledSecurity)
    }

    /// Whether it has a mail address. [g:group]
    pub fn has_mail(self) -> bool {
        self != GroupKind::Security
    }

    /// Whether its members may come from a rule; Exchange's groups have none. [dynamic-groups]
    pub fn may_be_dynamic(self) -> bool {
        matches!(self, GroupKind::Security | GroupKind::Microsoft365)
    }
}

/// A group, or what is left of one.
#[derive(Clone, Debug)]
pub struct Group {
    pub(super) object_id: ObjectId,
    pub(super) handle: Arc<str>,
    pub(super) display_name: Box<str>,
    pub(super) description: Box<str>,
    pub(super) mail_nickname: Box<str>,
    /// Empty for a group without a mail address.
    pub(super) mail: Box<str>,
    pub(super) kind: GroupKind,
    pub(super) security_enabled: bool,
    pub(super) rule: Option<Arc<Rule>>,
    pub(super) lifecycle: Lifecycle,
    /// The direct members in the order of joining, kept while the group is in the recycle bin.
    /// Members deleted for good are removed from time to time.
    pub(super) members: Vec<UserKey>,
    /// How many of the members are deleted for good.
    pub(super) gone: usize,
    pub(super) nested: Vec<GroupKey>,
}

impl Group {
    /// The GUID.
    pub fn object_id(&self) -> ObjectId {
        self.object_id
    }

    /// The name of the group in scenarios, such as `sales`.
    pub fn handle(&self) -> &Arc<str> {
        &self.handle
    }

    /// The name as shown.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The description, if there is one.
    pub fn description(&self) -> Option<&str> {
        Some(&*self.description).filter(|text| !text.is_empty())
    }

    /// The mail alias, which every group has. [g:group]
    pub fn mail_nickname(&self) -> &str {
        &self.mail_nickname
    }

    /// The mail address of a group that has one.
    pub fn mail(&self) -> Option<&str> {
        Some(&*self.mail).filter(|text| !text.is_empty())
    }

    /// What the group is for.
    pub fn kind(&self) -> GroupKind {
        self.kind
    }

    /// Whether it is a security group; only those count for assignment. [how-works]
    pub fn security_enabled(&self) -> bool {
        self.security_enabled
    }

    /// The rule that decides who is a member; `None` when members are added by hand.
    pub fn rule(&self) -> Option<&Rule> {
        self.rule.as_deref()
    }

    /// In the directory, in the recycle bin, or gone.
    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    /// Whether it was deleted, into the recycle bin or for good.
    pub fn deleted(&self) -> bool {
        self.lifecycle != Lifecycle::Active
    }

    /// The groups that are members of this one; their members do not count for assignment.
    /// [how-works]
    pub fn nested(&self) -> &[GroupKey] {
        &self.nested
    }
}

/// A group to be created: what `[group.sales]` says.
#[derive(Clone, PartialEq, Debug)]
pub struct NewGroup {
    /// The name of the group in the scenario.
    pub handle: String,
    /// Where the handle was written.
    pub span: Span,
    /// The name as shown; the handle when empty.
    pub display_name: String,
    /// The description; empty for none.
    pub description: String,
    /// The mail alias; made of the handle when empty.
    pub mail_nickname: String,
    /// What it is for.
    pub kind: GroupKind,
    /// Whether it is a security group.
    pub security_enabled: bool,
    /// The rule that decides who is a member.
    pub rule: Option<Rule>,
    /// The assignment; `None` when nothing is said about it.
    pub assigned: Option<NewAssignment>,
    /// The users in it.
    pub members: Vec<HandleRef>,
    /// The groups in it.
    pub nested: Vec<HandleRef>,
    /// A department whose users are members too, as of the setup.
    pub department: Option<String>,
    /// Whether all users are members, as of the setup.
    pub everyone: bool,
}

impl NewGroup {
    /// A security group without members.
    pub fn new(handle: &str, display_name: &str) -> NewGroup {
        NewGroup {
            handle: handle.to_owned(),
            span: Span::default(),
            display_name: display_name.to_owned(),
            description: String::new(),
            mail_nickname: String::new(),
            kind: GroupKind::Security,
            security_enabled: true,
            rule: None,
            assigned: None,
            members: Vec::new(),
            nested: Vec::new(),
            department: None,
            everyone: false,
        }
    }

    /// The same group of another kind.
    pub fn of_kind(self, kind: GroupKind) -> NewGroup {
        NewGroup { kind, security_enabled: kind.is_security(), ..self }
    }

    /// The mail alias: the one given, or the handle in plain letters.
    pub(super) fn alias(&self) -> String {
        match (self.mail_nickname.is_empty(), plain(&self.handle)) {
            (false, _) => self.mail_nickname.clone(),
            (true, handle) if handle.is_empty() => "group".to_owned(),
            (true, handle) => handle,
        }
    }
}

/// The longest name of a group, in characters. [g:group]
pub const LONGEST_NAME: usize = 256;

/// Checks that the directory accepts this name for a group.
///
/// # Errors
/// A sentence that says why not.
pub fn check_name(name: &str) -> Result<(), String> {
    match name.chars().count() {
        0 => Err("displayName cannot be cleared: the directory requires it".to_owned()),
        1..=LONGEST_NAME => Ok(()),
        _ => Err(format!("displayName is longer than {LONGEST_NAME} characters")),
    }
}
