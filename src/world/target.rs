//! The server that the engine provisions, as the layers above read it: the mock GoLinks of this
//! process, or what was read back from another server.

use super::server_name::ServerName;
use super::snapshot::Snapshot;
use crate::base::Time;
use crate::golinks::{AccountId, AccountView, Capability, GoLinks, GroupId, Member};
use crate::scim::Object;

/// The server that the engine provisions.
pub enum TargetServer {
    /// The mock GoLinks.
    Mock(Box<GoLinks>),
    /// Another server, known by what was last read back from it.
    External(Box<Snapshot>),
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

    /// What it is called in words.
    pub fn called(&self) -> ServerName {
        match self {
            TargetServer::Mock(_) => ServerName::GoLinks,
            TargetServer::External(_) => ServerName::Target,
        }
    }

    /// When something was last read from another server; `None` for the mock, which is seen as it
    /// is.
    pub fn read_at(&self) -> Option<Time> {
        match self {
            TargetServer::Mock(_) => None,
            TargetServer::External(snapshot) => snapshot.read_at,
        }
    }

    /// Whether it is another server that answers no more.
    pub fn is_gone(&self) -> bool {
        matches!(self, TargetServer::External(snapshot) if snapshot.gone)
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

    /// The path below which it serves SCIM, from which the paths of faults count.
    pub fn base_path(&self) -> &str {
        match self {
            TargetServer::Mock(golinks) => &golinks.settings().base_path,
            TargetServer::External(snapshot) => &snapshot.base,
        }
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

    /// Whether the mock has a session of this account that has not ended.
    pub fn has_session(&self, id: AccountId) -> bool {
        self.mock().is_some_and(|golinks| !golinks.sessions(id).is_empty())
    }

    /// Whether the mock has an API token of this account that is good.
    pub fn has_api_token(&self, id: AccountId) -> bool {
        self.mock().is_some_and(|golinks| golinks.api_tokens(id).iter().any(|token| token.good))
    }

    /// The account with this userName, in any case.
    pub fn find_user_name(&self, user_name: &str) -> Option<AccountId> {
        match self {
            TargetServer::Mock(golinks) => golinks.find_user_name(user_name),
            TargetServer::External(snapshot) => snapshot.named(user_name),
        }
    }

    /// The account that this id means in the engine's links; the mock may have deleted that account
    /// since.
    pub fn find_id(&self, id: &str) -> Option<AccountId> {
        match self {
            TargetServer::Mock(golinks) => golinks.find_id_of_clients(id),
            TargetServer::External(snapshot) => snapshot.known(id),
        }
    }

    /// The id of an account as the engine's links have it.
    pub fn id_text(&self, id: AccountId) -> String {
        match self {
            TargetServer::Mock(golinks) => golinks.id_for_clients(id),
            TargetServer::External(snapshot) => snapshot.id_text(id),
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
                let accounts = snapshot.accounts();
                Box::new(accounts.map(|account| (account.id, account.user_name.clone())))
            }
        }
    }

    /// How many accounts there are.
    pub fn account_count(&self) -> usize {
        match self {
            TargetServer::Mock(golinks) => golinks.accounts().len(),
            TargetServer::External(snapshot) => snapshot.accounts().count(),
        }
    }

    /// How many of them are active.
    pub fn active_count(&self) -> usize {
        match self {
            TargetServer::Mock(golinks) => golinks.accounts().active_count(),
            TargetServer::External(snapshot) => {
                snapshot.accounts().filter(|account| account.active).count()
            }
        }
    }

    /// Whether the server can hold groups. Of another server that is known once a search for groups
    /// was answered.
    pub fn has_groups(&self) -> bool {
        match self {
            TargetServer::Mock(golinks) => golinks.can(Capability::Groups),
            TargetServer::External(snapshot) => snapshot.has_groups(),
        }
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        match self {
            TargetServer::Mock(golinks) => golinks.groups().len(),
            TargetServer::External(snapshot) => snapshot.group_count(),
        }
    }

    /// The group that this id means in the engine's links, while it is there.
    pub fn find_group_id(&self, id: &str) -> Option<GroupId> {
        self.group_id(id).filter(|id| self.holds_group(*id))
    }

    /// The group that this id means, also after it is gone.
    pub fn group_id(&self, id: &str) -> Option<GroupId> {
        match self {
            TargetServer::Mock(_) => GroupId::parse(id),
            TargetServer::External(snapshot) => snapshot.known_group(id),
        }
    }

    /// The id of a group as the engine's links have it.
    pub fn group_id_text(&self, id: GroupId) -> String {
        match self {
            TargetServer::Mock(_) => id.to_string(),
            TargetServer::External(snapshot) => snapshot.group_id_text(id),
        }
    }

    /// The group with this displayName, in any case.
    pub fn find_group_name(&self, display_name: &str) -> Option<GroupId> {
        match self {
            TargetServer::Mock(golinks) => {
                golinks.groups().named(display_name).map(|group| group.id)
            }
            TargetServer::External(snapshot) => snapshot.named_group(display_name),
        }
    }

    /// Whether there is a group of this id.
    pub fn holds_group(&self, id: GroupId) -> bool {
        match self {
            TargetServer::Mock(golinks) => golinks.groups().get(id).is_some(),
            TargetServer::External(snapshot) => snapshot.group(id).is_some(),
        }
    }

    /// The attributes of a group, without its members.
    pub fn group(&self, id: GroupId) -> Option<Object> {
        match self {
            TargetServer::Mock(golinks) => {
                let mut resource = golinks.groups().get(id)?.attributes();
                resource.insert("id", id.to_string());
                Some(resource)
            }
            TargetServer::External(snapshot) => {
                snapshot.group(id).map(|group| group.resource.clone())
            }
        }
    }

    /// The accounts that are members of a group, in the order in which they came; groups in it are
    /// left out.
    pub fn group_members(&self, id: GroupId) -> Box<dyn Iterator<Item = AccountId> + '_> {
        match self {
            TargetServer::Mock(golinks) => {
                let group = golinks.groups().get(id);
                let members = group.into_iter().flat_map(|group| group.members().iter());
                Box::new(members.filter_map(|member| match member {
                    Member::User(account) => Some(account),
                    Member::Group(_) => None,
                }))
            }
            TargetServer::External(snapshot) => Box::new(snapshot.members(id)),
        }
    }

    /// Whether an account is a member of a group.
    pub fn is_group_member(&self, id: GroupId, account: AccountId) -> bool {
        match self {
            TargetServer::Mock(golinks) => {
                let group = golinks.groups().get(id);
                group.is_some_and(|group| group.members().contains(Member::User(account)))
            }
            TargetServer::External(snapshot) => snapshot.is_member(id, account),
        }
    }

    /// Whether the server shows who is in its groups. The mock does; of another server it is known
    /// once a group was seen with members.
    pub fn shows_members(&self) -> bool {
        match self {
            TargetServer::Mock(_) => true,
            TargetServer::External(snapshot) => snapshot.shows_members(),
        }
    }
}
