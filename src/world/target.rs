//! The server that the engine provisions, as the layers above read it: the mock GoLinks of this
//! process, or the accounts that were read back from another server.

use std::collections::BTreeMap;

use crate::base::Time;
use crate::golinks::{AccountId, AccountView, Capability, GoLinks, Group, GroupId, Member};
use crate::scim::{Object, Value};

/// The server that the engine provisions.
pub enum TargetServer {
    /// The mock GoLinks.
    Mock(Box<GoLinks>),
    /// Another server, known by the accounts that were last read back from it.
    External(Snapshot),
}

/// The accounts of a server that is not the mock, as they were last read.
#[derive(Default)]
pub struct Snapshot {
    /// An account that is gone leaves its place empty.
    accounts: Vec<Option<AccountView>>,
    /// The id that the server gave each account; an [`AccountId`] is a place in this list.
    ids: Vec<String>,
    by_id: BTreeMap<String, AccountId>,
    /// By userName, in lower case.
    by_name: BTreeMap<String, AccountId>,
}

impl From<GoLinks> for TargetServer {
    fn from(golinks: GoLinks) -> TargetServer {
        TargetServer::Mock(Box::new(golinks))
    }
}

impl TargetServer {
    /// The mock, when the target is the mock.
    pub fn mock(&self) -> Option<&GoLinks> {
        match self {
            TargetServer::Mock(golinks) => Some(golinks),
            TargetServer::External(_) => None,
        }
    }

    pub(super) fn mock_mut(&mut self) -> Option<&mut GoLinks> {
        match self {
            TargetServer::Mock(golinks) => Some(golinks),
            TargetServer::External(_) => None,
        }
    }

    /// When the mock has something due next; `None` for another server.
    pub fn next_due(&self) -> Option<Time> {
        self.mock().and_then(GoLinks::next_due)
    }

    /// The path below which the mock serves SCIM; empty for another server.
    pub fn base_path(&self) -> &str {
        self.mock().map_or("", |golinks| &golinks.settings().base_path)
    }

    /// The longest body the mock accepts; 0 for another server.
    pub fn body_limit(&self) -> usize {
        self.mock().map_or(0, |golinks| golinks.settings().body_limit)
    }

    /// Whether a request to this path is meant for the mock.
    pub fn is_at(&self, path: &str) -> bool {
        self.mock().is_some_and(|golinks| golinks.is_at(path))
    }

    /// Whether a request to this path is meant for the mock's token endpoint.
    pub fn is_token_endpoint(&self, path: &str) -> bool {
        self.mock().is_some_and(|golinks| golinks.is_token_endpoint(path))
    }

    /// One account.
    pub fn account(&self, id: AccountId) -> Option<AccountView> {
        match self {
            TargetServer::Mock(golinks) => golinks.account(id),
            TargetServer::External(snapshot) => snapshot.get(id).cloned(),
        }
    }

    /// The userName of an account.
    pub fn user_name(&self, id: AccountId) -> Option<String> {
        match self {
            TargetServer::Mock(golinks) => {
                golinks.accounts().get(id).map(|account| account.user_name().into_owned())
            }
            TargetServer::External(snapshot) => {
                snapshot.get(id).map(|account| account.user_name.clone())
            }
        }
    }

    /// Whether there is an account of this id.
    pub fn holds(&self, id: AccountId) -> bool {
        match self {
            TargetServer::Mock(golinks) => golinks.accounts().get(id).is_some(),
            TargetServer::External(snapshot) => snapshot.get(id).is_some(),
        }
    }

    /// Whether there is an account of this id and its user may sign in.
    pub fn is_active(&self, id: AccountId) -> bool {
        match self {
            TargetServer::Mock(golinks) => {
                golinks.accounts().get(id).is_some_and(|account| account.active)
            }
            TargetServer::External(snapshot) => {
                snapshot.get(id).is_some_and(|account| account.active)
            }
        }
    }

    /// The account with this userName, in any case.
    pub fn find_user_name(&self, user_name: &str) -> Option<AccountId> {
        match self {
            TargetServer::Mock(golinks) => golinks.find_user_name(user_name),
            TargetServer::External(snapshot) => {
                snapshot.by_name.get(&user_name.to_lowercase()).copied()
            }
        }
    }

    /// The account that this id means in the engine's links; the mock may have deleted that account
    /// since.
    pub fn find_id(&self, id: &str) -> Option<AccountId> {
        match self {
            TargetServer::Mock(_) => AccountId::parse(id),
            TargetServer::External(snapshot) => snapshot.by_id.get(id).copied(),
        }
    }

    /// The id of an account as the engine's links have it.
    pub fn id_text(&self, id: AccountId) -> String {
        match self {
            TargetServer::Mock(_) => id.to_string(),
            TargetServer::External(snapshot) => {
                snapshot.ids.get(id.0 as usize).cloned().unwrap_or_default()
            }
        }
    }

    /// Every account's id and userName, in the order of creation.
    pub fn user_names(&self) -> Box<dyn Iterator<Item = (AccountId, String)> + '_> {
        match self {
            TargetServer::Mock(golinks) => {
                let accounts = golinks.accounts().iter();
                Box::new(accounts.map(|account| (account.id, account.user_name().into_owned())))
            }
            TargetServer::External(snapshot) => {
                let accounts = snapshot.accounts.iter().flatten();
                Box::new(accounts.map(|account| (account.id, account.user_name.clone())))
            }
        }
    }

    /// How many accounts there are.
    pub fn account_count(&self) -> usize {
        match self {
            TargetServer::Mock(golinks) => golinks.accounts().len(),
            TargetServer::External(snapshot) => snapshot.accounts.iter().flatten().count(),
        }
    }

    /// How many of them are active.
    pub fn active_count(&self) -> usize {
        match self {
            TargetServer::Mock(golinks) => golinks.accounts().active_count(),
            TargetServer::External(snapshot) => {
                snapshot.accounts.iter().flatten().filter(|account| account.active).count()
            }
        }
    }

    /// Whether the server can hold groups. The groups of a server that is not the mock are not read
    /// back, so it counts as one without.
    pub fn has_groups(&self) -> bool {
        self.mock().is_some_and(|golinks| golinks.can(Capability::Groups))
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.mock().map_or(0, |golinks| golinks.groups().len())
    }

    /// The group that this id means in the engine's links, while it is there.
    pub fn find_group_id(&self, id: &str) -> Option<GroupId> {
        GroupId::parse(id).filter(|id| self.holds_group(*id))
    }

    /// The group with this displayName, in any case.
    pub fn find_group_name(&self, display_name: &str) -> Option<GroupId> {
        self.mock()?.groups().named(display_name).map(|group| group.id)
    }

    /// Whether there is a group of this id.
    pub fn holds_group(&self, id: GroupId) -> bool {
        self.stored_group(id).is_some()
    }

    /// The attributes of a group, without its members.
    pub fn group(&self, id: GroupId) -> Option<Object> {
        let group = self.stored_group(id)?;
        let mut resource = group.attributes();
        resource.insert("id", id.to_string());
        Some(resource)
    }

    /// The accounts that are members of a group, in the order in which they came; groups in it are
    /// left out.
    pub fn group_members(&self, id: GroupId) -> impl Iterator<Item = AccountId> + '_ {
        let members = self.stored_group(id).into_iter().flat_map(|group| group.members().iter());
        members.filter_map(|member| match member {
            Member::User(account) => Some(account),
            Member::Group(_) => None,
        })
    }

    /// Whether an account is a member of a group.
    pub fn is_group_member(&self, id: GroupId, account: AccountId) -> bool {
        let group = self.stored_group(id);
        group.is_some_and(|group| group.members().contains(Member::User(account)))
    }

    fn stored_group(&self, id: GroupId) -> Option<&Group> {
        self.mock()?.groups().get(id)
    }
}

impl Snapshot {
    /// Reads the users of a server's list responses; a user without an `id` or a `userName` is left
    /// out. An account is active unless `active` is `false` (RFC 7643 4.1.1 leaves the meaning of
    /// an absent `active` to the server).
    pub fn read(resources: impl IntoIterator<Item = Object>) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for resource in resources {
            snapshot.put(resource);
        }
        snapshot
    }

    /// Takes in one account as it was read; returns its id here, and how it was before. A resource
    /// without an `id` or a `userName` is left out.
    pub(super) fn put(&mut self, resource: Object) -> Option<(AccountId, Option<AccountView>)> {
        let text = |name: &str| resource.get(name).and_then(Value::as_text).map(str::to_owned);
        let (id, user_name) = (text("id")?, text("userName")?);
        let key = *self.by_id.entry(id.clone()).or_insert_with(|| {
            self.accounts.push(None);
            self.ids.push(id);
            AccountId(self.accounts.len() as u64 - 1)
        });
        let active = !matches!(resource.get("active"), Some(Value::Bool(false)));
        let before = self.remove(key);
        self.by_name.insert(user_name.to_lowercase(), key);
        if let Some(place) = self.accounts.get_mut(key.0 as usize) {
            *place = Some(AccountView { id: key, user_name, active, resource });
        }
        Some((key, before))
    }

    /// Takes out an account that is gone; its id stays its own.
    pub(super) fn remove(&mut self, id: AccountId) -> Option<AccountView> {
        let gone = self.accounts.get_mut(id.0 as usize)?.take()?;
        let name = gone.user_name.to_lowercase();
        if self.by_name.get(&name) == Some(&id) {
            self.by_name.remove(&name);
        }
        Some(gone)
    }

    /// The id here of the account that the server calls so.
    pub(super) fn known(&self, id: &str) -> Option<AccountId> {
        self.by_id.get(id).copied()
    }

    pub(super) fn get(&self, id: AccountId) -> Option<&AccountView> {
        self.accounts.get(usize::try_from(id.0).ok()?)?.as_ref()
    }
}
