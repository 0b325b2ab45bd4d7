//! The events that GoLinks reports.

use std::fmt::Write;
use std::sync::Arc;

use crate::golinks::AccountId;
use crate::golinks::GroupId;
use crate::golinks::sign_on::SignInRefusal;
use crate::golinks::store::render::digits;

/// Something that happened at GoLinks.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A new account.
    AccountCreated {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// Attributes of an account took other values.
    AccountChanged {
        /// Its id.
        id: AccountId,
        /// Its userName after the change.
        user_name: Arc<str>,
        /// The paths of the attributes that changed.
        what: Box<[Box<str>]>,
    },
    /// `active` went from true to false.
    Deactivated {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// `active` went from false to true.
    Reactivated {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// An account went away (kept inactive and hidden, or removed: the `delete` setting).
    AccountDeleted {
        /// Its id.
        id: AccountId,
        /// Its userName.
        user_name: Arc<str>,
    },
    /// A new group.
    GroupCreated {
        /// Its id.
        id: GroupId,
        /// Its displayName.
        display_name: Arc<str>,
        /// How many members it has.
        members: usize,
    },
    /// Attributes of a group took other values, or members were added or removed.
    GroupChanged {
        /// Its id.
        id: GroupId,
        /// Its displayName after the change.
        display_name: Arc<str>,
        /// The paths of the attributes that changed, members aside.
        what: Box<[Box<str>]>,
        /// How many members were added.
        added: usize,
        /// How many members were removed.
        removed: usize,
    },
    /// A group went away.
    GroupDeleted {
        /// Its id.
        id: GroupId,
        /// Its displayName.
        display_name: Arc<str>,
    },
    /// A request was answered with an error other than 429.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The scimType, or an empty word.
        scim_type: &'static str,
        /// The detail of the error body.
        detail: Box<str>,
    },
    /// A request met the rate limit: 429.
    Throttled,
    /// A token reached the end of its life.
    TokenExpired {
        /// Which one: its first characters.
        token: Box<str>,
        /// Whether the token endpoint had issued it: such tokens are renewed all the time.
        issued: bool,
    },
    /// A new token was issued and those before it were revoked.
    TokenRotated {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// A token was issued.
    TokenIssued {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// The keys of a tenant were fetched, and what it signs is trusted from now on.
    TenantTrusted {
        /// The id of the tenant.
        tenant: Box<str>,
    },
    /// A token was revoked.
    TokenRevoked {
        /// Which one: its first characters.
        token: Box<str>,
    },
    /// A user signed in.
    SignedIn {
        /// The account's id.
        id: AccountId,
        /// The userName.
        user_name: Arc<str>,
        /// Which account the user has.
        with: SignInAccount,
    },
    /// A user was turned away at a sign-in.
    TurnedAway {
        /// The userName.
        user_name: Arc<str>,
        /// Why.
        why: SignInRefusal,
    },
    /// Sessions of a user ended.
    SessionEnded {
        /// The account's id.
        id: AccountId,
        /// The userName.
        user_name: Arc<str>,
        /// Why.
        why: SessionEnd,
    },
    /// A user made an API token.
    ApiTokenMade {
        /// The account's id.
        id: AccountId,
        /// The userName.
        user_name: Arc<str>,
    },
    /// The API tokens of a user were ended with the account, or revoked.
    ApiTokensEnded {
        /// The account's id.
        id: AccountId,
        /// The userName.
        user_name: Arc<str>,
        /// How many.
        count: usize,
        /// Whether they were revoked, and not ended with the account.
        by_hand: bool,
    },
    /// The REST API was called with an API token.
    ApiCalled {
        /// The userName of the person whose token it is; empty for what is no token.
        user_name: Arc<str>,
        /// What was asked for, such as `GET go/roadmap`.
        what: Box<str>,
        /// The status of the answer.
        status: u16,
    },
    /// A visitor of the pages sent a form, which was carried out.
    FormSent {
        /// The userName of the person who is signed in, or `the owner of the workspace`.
        visitor: Arc<str>,
        /// Where the form leads, such as `/golinks/links`.
        form: Box<str>,
    },
    /// An account got another role.
    RoleChanged {
        /// The userName.
        user_name: Arc<str>,
        /// The role's word.
        role: &'static str,
    },
    /// A new link.
    LinkCreated {
        /// Its name.
        name: Box<str>,
        /// The userName of its owner.
        owner: Arc<str>,
    },
    /// A link was edited, or got another owner.
    LinkChanged {
        /// Its name.
        name: Box<str>,
        /// The userName of its owner from now on.
        owner: Arc<str>,
    },
    /// A link was deleted.
    LinkDeleted {
        /// Its name.
        name: Box<str>,
    },
    /// A user entered `go/<name>`.
    LinkFollowed {
        /// The name.
        name: Box<str>,
        /// The userName; empty without one.
        user_name: Arc<str>,
        /// What came of it.
        what: Followed,
    },
    /// Settings that an admin of the workspace has in hand say something else.
    SettingsChanged {
        /// Which, by their paths, such as `sso.jit`.
        what: Box<[&'static str]>,
    },
    /// The roles that come with an e-mail domain are others.
    DomainRolesChanged,
    /// The base path moved.
    BaseMoved {
        /// Where it is now.
        base: Box<str>,
    },
}

/// The account of a user who signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignInAccount {
    /// It was there and active.
    Active,
    /// Signing in created it (B90).
    Created,
    /// Signing in reactivated it (B90).
    Reactivated,
    /// Signing in hid the inactive one and made another in its place.
    Recreated,
}

/// Why a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionEnd {
    /// The account was deactivated, or deleted with its row kept.
    Deactivated,
    /// The account was deleted, and its row with it.
    Deleted,
    /// Its time was over.
    Expired,
    /// An administrator of GoLinks ended it.
    ByHand,
    /// The user signed out.
    SignedOut,
}

impl SessionEnd {
    /// Why, after `the session of .. ended: `.
    fn words(self) -> &'static str {
        match self {
            SessionEnd::Deactivated => "the account is no longer active",
            SessionEnd::Deleted => "the account was deleted",
            SessionEnd::Expired => "its time was over",
            SessionEnd::ByHand => "an administrator ended it",
            SessionEnd::SignedOut => "the user signed out",
        }
    }
}

/// What comes of entering `go/<name>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Followed {
    /// The link leads to this URL.
    To(Box<str>),
    /// The user has no session and is sent to the sign-in page.
    ToSignIn,
    /// There is no such link, or none that the user may see.
    Unknown,
}

impl SignInAccount {
    /// What signing in did, after `.. signed in`.
    pub fn words(self) -> &'static str {
        match self {
            SignInAccount::Active => "",
            SignInAccount::Created => ", which created an account",
            SignInAccount::Reactivated => ", which reactivated the account",
            SignInAccount::Recreated => ", which made a new account in place of the inactive one",
        }
    }
}

/// An event of an account. It borrows everything, because there may be very many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccountEvent<'a> {
    /// Its id.
    pub id: AccountId,
    /// Its userName; after a change, the new one.
    pub user_name: &'a str,
    /// What happened to it.
    pub what: Happened,
    /// The paths of the attributes that changed; empty for all other events.
    pub paths: Paths<'a>,
}

/// Attribute paths, borrowed as one text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Paths<'a> {
    /// Each path on a line of its own.
    lines: &'a str,
}

impl<'a> Paths<'a> {
    /// Reads what [`Paths::as_lines`] returned.
    pub fn from_lines(lines: &'a str) -> Paths<'a> {
        Paths { lines }
    }

    /// The paths as one text, to keep.
    pub fn as_lines(self) -> &'a str {
        self.lines
    }

    /// The paths, in the order of the change.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        self.lines.lines()
    }
}

/// What happened to an account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happened {
    /// It is new.
    Created,
    /// Attributes took other values.
    Changed,
    /// `active` went from true to false.
    Deactivated,
    /// `active` went from false to true.
    Reactivated,
    /// It went away.
    Deleted,
}

impl AccountEvent<'_> {
    /// Writes the same line as [`Event::write`].
    pub fn write(&self, out: &mut String) {
        let id = digits(self.id.0);
        let id = str::from_utf8(&id).unwrap_or_default();
        let what = match self.what {
            Happened::Created => " created ",
            Happened::Changed => " changed ",
            Happened::Deactivated => " deactivated ",
            Happened::Reactivated => " reactivated ",
            Happened::Deleted => " deleted ",
        };
        push(out, &["account ", id, what, self.user_name]);
        for (nth, path) in self.paths.iter().enumerate() {
            push(out, &[if nth == 0 { ": " } else { ", " }, path]);
        }
    }
}

impl Event {
    /// Whether a group was made, changed or deleted.
    pub fn is_of_group(&self) -> bool {
        matches!(
            self,
            Event::GroupCreated { .. } | Event::GroupChanged { .. } | Event::GroupDeleted { .. }
        )
    }

    /// Returns the event as an [`AccountEvent`] when it is about an account; `paths` is scratch
    /// space for the paths of a change.
    pub fn of_account<'a>(&'a self, paths: &'a mut String) -> Option<AccountEvent<'a>> {
        paths.clear();
        let (id, user_name, what) = match self {
            Event::AccountCreated { id, user_name } => (*id, user_name, Happened::Created),
            Event::AccountChanged { id, user_name, what } => {
                for (nth, path) in what.iter().enumerate() {
                    push(paths, &[if nth == 0 { "" } else { "\n" }, path]);
                }
                (*id, user_name, Happened::Changed)
            }
            Event::Deactivated { id, user_name } => (*id, user_name, Happened::Deactivated),
            Event::Reactivated { id, user_name } => (*id, user_name, Happened::Reactivated),
            Event::AccountDeleted { id, user_name } => (*id, user_name, Happened::Deleted),
            _ => return None,
        };
        Some(AccountEvent { id, user_name, what, paths: Paths::from_lines(paths) })
    }

    /// Writes one stable line of words, without the time: the journal shows and digests it.
    pub fn write(&self, out: &mut String) {
        match self {
            Event::AccountCreated { .. }
            | Event::AccountChanged { .. }
            | Event::Deactivated { .. }
            | Event::Reactivated { .. }
            | Event::AccountDeleted { .. } => {
                if let Some(event) = self.of_account(&mut String::new()) {
                    event.write(out);
                }
            }
            Event::GroupCreated { id, display_name, members } => {
                let members = counted(*members, "member");
                let _ = write!(out, "group {id} created {display_name} with {members}");
            }
            Event::GroupChanged { id, display_name, what, added, removed } => {
                let _ =
                    write!(out, "group {id} changed {display_name}: +{added} -{removed} members");
                what.iter().for_each(|path| push(out, &[", ", path]));
            }
            Event::GroupDeleted { id, display_name } => {
                let _ = write!(out, "group {id} deleted {display_name}");
            }
            Event::Refused { status, scim_type: "", detail } => {
                let _ = write!(out, "refused {status}: {detail}");
            }
            Event::Refused { status, scim_type, detail } => {
                let _ = write!(out, "refused {status} {scim_type}: {detail}");
            }
            Event::Throttled => out.push_str("throttled 429"),
            Event::TokenExpired { token, .. } => push(out, &["token ", token, " expired"]),
            Event::TokenRotated { token } => {
                push(out, &["token ", token, " issued, the others revoked"])
            }
            Event::TenantTrusted { tenant } => {
                push(out, &["the keys of tenant ", tenant, " were fetched"])
            }
            Event::TokenIssued { token } => push(out, &["token ", token, " issued"]),
            Event::TokenRevoked { token } => push(out, &["token ", token, " revoked"]),
            Event::SignedIn { user_name, with, .. } => {
                push(out, &[user_name, " signed in", with.words()])
            }
            Event::TurnedAway { user_name, why } => {
                push(out, &[user_name, " was turned away at sign-in: "]);
                why.write(out);
            }
            Event::BaseMoved { base } => push(out, &["base path moved to ", base]),
            Event::SessionEnded { .. }
            | Event::ApiTokenMade { .. }
            | Event::ApiTokensEnded { .. }
            | Event::ApiCalled { .. }
            | Event::FormSent { .. }
            | Event::SettingsChanged { .. }
            | Event::DomainRolesChanged
            | Event::RoleChanged { .. }
            | Event::LinkCreated { .. }
            | Event::LinkChanged { .. }
            | Event::LinkDeleted { .. }
            | Event::LinkFollowed { .. } => self.write_beside(out),
        }
    }

    /// Writes an event of what GoLinks has beside SCIM.
    fn write_beside(&self, out: &mut String) {
        match self {
            Event::SessionEnded { user_name, why, .. } => {
                push(out, &["the session of ", user_name, " ended: ", why.words()])
            }
            Event::ApiTokenMade { user_name, .. } => push(out, &[user_name, " made an API token"]),
            Event::ApiTokensEnded { user_name, count, by_hand, .. } => {
                let (what, revoked) = match count {
                    1 => ("the API token of ", " was revoked"),
                    _ => ("the API tokens of ", " were revoked"),
                };
                let how = if *by_hand { revoked } else { " ended with the account" };
                push(out, &[what, user_name, how])
            }
            Event::ApiCalled { user_name, what, status } => {
                match user_name.is_empty() {
                    true => out.push_str("the API was called without a token: "),
                    false => push(out, &["the API was called with a token of ", user_name, ": "]),
                }
                // Writing to a String cannot fail.
                let _ = write!(out, "{what} → {status}");
            }
            Event::FormSent { visitor, form } => push(out, &[visitor, " sent the form ", form]),
            Event::SettingsChanged { what } => {
                push(out, &["settings of the workspace changed: ", &what.join(", ")]);
            }
            Event::DomainRolesChanged => out.push_str("the roles of e-mail domains changed"),
            Event::RoleChanged { user_name, role } => {
                push(out, &[user_name, " has the role ", role])
            }
            Event::LinkCreated { name, owner } => push(out, &["go/", name, " created by ", owner]),
            Event::LinkChanged { name, owner } => {
                push(out, &["go/", name, " changed, its owner is ", owner])
            }
            Event::LinkDeleted { name } => push(out, &["go/", name, " deleted"]),
            Event::LinkFollowed { name, user_name, what } => {
                let who = if user_name.is_empty() { "a visitor" } else { user_name };
                push(out, &[who, " entered go/", name]);
                match what {
                    Followed::To(url) => push(out, &[" and came to ", url]),
                    Followed::ToSignIn => out.push_str(" and was sent to the sign-in page"),
                    Followed::Unknown => out.push_str(" and found no such link"),
                }
            }
            _ => {}
        }
    }
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// A number with its noun: `1 member`, `2 members`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
