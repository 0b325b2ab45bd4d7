//! What was read back from a server that is not the mock: its accounts and its groups, each as it
//! was when it was last read.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Time;
use crate::entra::field::ObjectKind;
use crate::golinks::{AccountId, AccountView, GroupId};
use crate::scim::{Object, Value};

/// One resource of the other server, as it was read back.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadBack {
    /// Its kind.
    pub kind: ObjectKind,
    /// The id that the server gave it.
    pub id: String,
    /// The whole resource; `None` when it is gone.
    pub resource: Option<Object>,
}

/// The accounts and groups of a server that is not the mock, as they were last read.
#[derive(Default)]
pub struct Snapshot {
    accounts: Shelf<AccountView>,
    groups: Shelf<GroupRead>,
    has_groups: bool,
    shows_members: bool,
    /// The path below which the server has its resources, as the job is told it.
    pub(super) base: String,
    /// When something was last read.
    pub(super) read_at: Option<Time>,
    /// Whether the server answers no more.
    pub(super) gone: bool,
}

/// A group of the other server.
#[derive(Clone, Debug)]
pub struct GroupRead {
    /// Its displayName, as it was written.
    pub display_name: String,
    /// Its attributes, without its members.
    pub resource: Object,
    /// The ids of its members, in the order in which the server lists them.
    pub members: Vec<String>,
}

/// Resources of one kind. A place is kept for good, so that an id here always means the same
/// resource; one that is gone leaves its place empty.
struct Shelf<T> {
    places: Vec<Option<T>>,
    /// The id that the server gave each.
    ids: Vec<String>,
    by_id: BTreeMap<String, usize>,
    /// By userName or displayName, in lower case.
    by_name: BTreeMap<String, BTreeSet<usize>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Shelf<T> {
        Shelf {
            places: Vec::new(),
            ids: Vec::new(),
            by_id: BTreeMap::new(),
            by_name: BTreeMap::new(),
        }
    }
}

impl<T> Shelf<T> {
    /// The place of the resource that the server calls so; a new one when it was never seen.
    fn place(&mut self, id: &str) -> usize {
        if let Some(place) = self.by_id.get(id) {
            return *place;
        }
        self.places.push(None);
        self.ids.push(id.to_owned());
        self.by_id.insert(id.to_owned(), self.places.len() - 1);
        self.places.len() - 1
    }

    fn fill(&mut self, place: usize, name: &str, content: T) {
        if let Some(slot) = self.places.get_mut(place) {
            *slot = Some(content);
            self.by_name.entry(name.to_lowercase()).or_default().insert(place);
        }
    }

    fn take(&mut self, place: usize, name: impl FnOnce(&T) -> &str) -> Option<T> {
        let gone = self.places.get_mut(place)?.take()?;
        let name = name(&gone).to_lowercase();
        if let Some(places) = self.by_name.get_mut(&name) {
            places.remove(&place);
            if places.is_empty() {
                self.by_name.remove(&name);
            }
        }
        Some(gone)
    }

    fn get(&self, place: u64) -> Option<&T> {
        self.places.get(usize::try_from(place).ok()?)?.as_ref()
    }

    /// The oldest of this name.
    fn named(&self, name: &str) -> Option<u64> {
        self.by_name.get(&name.to_lowercase())?.first().map(|place| *place as u64)
    }

    fn id_text(&self, place: u64) -> String {
        let place = usize::try_from(place).ok();
        place.and_then(|place| self.ids.get(place)).cloned().unwrap_or_default()
    }

    fn known(&self, id: &str) -> Option<u64> {
        self.by_id.get(id).map(|place| *place as u64)
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
        let (id, user_name) = (text(&resource, "id")?, text(&resource, "userName")?);
        let active = !matches!(resource.get("active"), Some(Value::Bool(false)));
        let place = self.accounts.place(&id);
        let before = self.accounts.take(place, |account| &account.user_name);
        let key = AccountId(place as u64);
        let account = AccountView { id: key, user_name: user_name.clone(), active, resource };
        self.accounts.fill(place, &user_name, account);
        Some((key, before))
    }

    /// Takes out an account that is gone; its id stays its own.
    pub(super) fn remove(&mut self, id: AccountId) -> Option<AccountView> {
        self.accounts.take(usize::try_from(id.0).ok()?, |account| &account.user_name)
    }

    /// The id here of the account that the server calls so.
    pub(super) fn known(&self, id: &str) -> Option<AccountId> {
        self.accounts.known(id).map(AccountId)
    }

    pub(super) fn get(&self, id: AccountId) -> Option<&AccountView> {
        self.accounts.get(id.0)
    }

    /// The account with this userName, in any case.
    pub(super) fn named(&self, user_name: &str) -> Option<AccountId> {
        self.accounts.named(user_name).map(AccountId)
    }

    pub(super) fn id_text(&self, id: AccountId) -> String {
        self.accounts.id_text(id.0)
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &AccountView> {
        self.accounts.places.iter().flatten()
    }

    /// Notes whether the server answers at its endpoint for groups.
    pub(super) fn note_groups(&mut self, has_groups: bool) {
        self.has_groups = has_groups;
    }

    pub(super) fn has_groups(&self) -> bool {
        self.has_groups
    }

    /// Whether a group was ever seen with a member. Some servers never show them.
    pub(super) fn shows_members(&self) -> bool {
        self.shows_members
    }

    /// Takes in one group as it was read; returns its id here, and how it was before.
    pub(super) fn put_group(
        &mut self,
        mut resource: Object,
    ) -> Option<(GroupId, Option<GroupRead>)> {
        let (id, display_name) = (text(&resource, "id")?, text(&resource, "displayName")?);
        let members: Vec<String> = match resource.take("members") {
            Some(Value::List(members)) => {
                let value = |member: &Value| text(member.as_object()?, "value");
                members.iter().filter_map(value).collect()
            }
            _ => Vec::new(),
        };
        (self.has_groups, self.shows_members) = (true, self.shows_members || !members.is_empty());
        let place = self.groups.place(&id);
        let before = self.groups.take(place, |group| &group.display_name);
        let group = GroupRead { display_name: display_name.clone(), resource, members };
        self.groups.fill(place, &display_name, group);
        Some((GroupId(place as u64), before))
    }

    /// Takes out a group that is gone; its id stays its own.
    pub(super) fn remove_group(&mut self, id: GroupId) -> Option<GroupRead> {
        self.groups.take(usize::try_from(id.0).ok()?, |group| &group.display_name)
    }

    pub(super) fn known_group(&self, id: &str) -> Option<GroupId> {
        self.groups.known(id).map(GroupId)
    }

    pub(super) fn group(&self, id: GroupId) -> Option<&GroupRead> {
        self.groups.get(id.0)
    }

    pub(super) fn named_group(&self, display_name: &str) -> Option<GroupId> {
        self.groups.named(display_name).map(GroupId)
    }

    pub(super) fn group_id_text(&self, id: GroupId) -> String {
        self.groups.id_text(id.0)
    }

    pub(super) fn group_count(&self) -> usize {
        self.groups.places.iter().flatten().count()
    }

    /// The members of a group that are accounts which were read.
    pub(super) fn members(&self, id: GroupId) -> impl Iterator<Item = AccountId> + '_ {
        let members = self.group(id).map_or(&[][..], |group| &group.members);
        members.iter().filter_map(|member| self.known(member))
    }

    pub(super) fn is_member(&self, id: GroupId, account: AccountId) -> bool {
        let text = self.id_text(account);
        self.group(id).is_some_and(|group| group.members.contains(&text))
    }
}

fn text(resource: &Object, name: &str) -> Option<String> {
    resource.get(name).and_then(Value::as_text).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(json: &str) -> Object {
        Object::parse(json.as_bytes()).expect("JSON")
    }

    #[test]
    fn groups_and_their_members_are_found_by_the_ids_and_names_of_the_server() {
        let mut snapshot = Snapshot::read([object(r#"{"id":"u-1","userName":"Ann@x.example"}"#)]);
        assert!(!snapshot.has_groups());
        let group =
            r#"{"id":"g-1","displayName":"Sales","members":[{"value":"u-1"},{"value":"x"}]}"#;
        let (sales, before) = snapshot.put_group(object(group)).expect("a group");
        assert!(before.is_none() && snapshot.has_groups() && snapshot.shows_members());
        let ann = snapshot.named("ann@X.example").expect("an account");
        assert_eq!(snapshot.members(sales).collect::<Vec<_>>(), [ann]);
        assert!(snapshot.is_member(sales, ann));

        let (_, before) =
            snapshot.put_group(object(r#"{"id":"g-1","displayName":"Support"}"#)).expect("a group");
        assert_eq!(before.map(|group| group.members.len()), Some(2));
        assert_eq!(
            (snapshot.named_group("sales"), snapshot.named_group("SUPPORT")),
            (None, Some(sales))
        );
        assert!(snapshot.remove_group(sales).is_some() && snapshot.group_count() == 0);
        assert_eq!(snapshot.known_group("g-1"), Some(sales), "an id stays its own");
    }

    #[test]
    fn of_two_groups_with_one_name_the_older_is_found_while_it_is_there() {
        let mut snapshot = Snapshot::default();
        let mut put = |id: &str| {
            let group = object(&format!(r#"{{"id":"{id}","displayName":"Sales"}}"#));
            snapshot.put_group(group).expect("a group").0
        };
        let (first, second) = (put("1"), put("2"));
        assert_eq!(snapshot.named_group("Sales"), Some(first));
        snapshot.remove_group(first);
        assert_eq!(snapshot.named_group("Sales"), Some(second));
    }
}
