//! Delta queries: what changed since a token. The cost is what changed, as the directory's feed has
//! it [g:delta].
//!
//! A token holds where the reading stands: how much had changed when this round began and the one
//! before it, how far the round has come, and when it began. So the server keeps nothing.

use std::collections::{BTreeMap, BTreeSet};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::groups::{self, GroupRow};
use super::list::{Collection, names_of, picked};
use super::property::{Property, ShownObject};
use super::registered::{self, applications, owners, service_principals as principals};
use super::reply::GraphReply;
use super::skip_token::collection;
use super::users::{self, UserRow};
use crate::base::Time;
use crate::entra::tenant::registry::{AppSide, RegisteredKey};
use crate::entra::tenant::{AppId, ChangedObjects, GroupKey, Lifecycle, ObjectId, Tenant, UserKey};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("/users/delta", Area::Users, user_delta, ""),
    row("/groups/delta", Area::Groups, group_delta, ""),
    row("/applications/delta", Area::Applications, registered_delta, ""),
    row("/servicePrincipals/delta", Area::Applications, registered_delta, ""),
];

const fn row(
    path: &'static str,
    area: Area,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
    lacks: &'static str,
) -> GraphEndpoint {
    GraphEndpoint { method: "GET", path, area, lacks, handle }
}

/// How many objects a page of a delta has.
const PAGE: usize = 200;

/// How many members the groups of a page have together; a larger group goes on on the next page.
const MEMBERS_PAGE: usize = 1_000;

/// The relationships of a group to its members and to its owners.
const MEMBERS: &str = "members";
const OWNERS: &str = "owners";

/// How many objects a filter may name [g:delta].
const NAMED_MAX: usize = 50;

/// How much had changed at an instant: the version of the directory's feed, the count of changed
/// properties, the version of the feed of memberships, and the count of changed owners; for owners
/// that are deleted also the count of changed users and the version of the registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Versions {
    objects: u64,
    properties: u64,
    members: u64,
    owners: u64,
    users: u64,
    registered: u64,
}

/// Where a round stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    /// From where changes are told; `None` in the first round, which tells everything.
    since: Option<Versions>,
    /// How much had changed when the round began: the next round begins there.
    until: Versions,
    /// The next object, and the first of its members that was not told yet; `None` between two
    /// rounds.
    next: Option<(u32, u32)>,
    /// When the round began.
    at: Time,
    /// The collection that is read.
    of: u32,
}

/// How long a token is in bytes.
const TOKEN: usize = LONGS + 4 * 3 + 2;

/// How long its versions and its instant are.
const LONGS: usize = 8 * (2 * 6 + 1);

impl Place {
    fn token(self) -> String {
        let since = self.since.unwrap_or_default();
        let (object, member) = self.next.unwrap_or_default();
        let mut bytes = Vec::with_capacity(TOKEN);
        for versions in [since, self.until] {
            let Versions { objects, properties, members, owners, users, registered } = versions;
            for number in [objects, properties, members, owners, users, registered] {
                bytes.extend(number.to_be_bytes());
            }
        }
        bytes.extend((self.at.as_micros() as u64).to_be_bytes());
        for number in [object, member, self.of] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend([u8::from(self.since.is_some()), u8::from(self.next.is_some())]);
        Base64UrlUnpadded::encode_string(&bytes)
    }

    fn read(token: &str) -> Option<Place> {
        let mut bytes = [0; TOKEN];
        let read = Base64UrlUnpadded::decode(token, &mut bytes).ok()?;
        let (longs, rest) = read.split_at_checked(LONGS)?;
        let (shorts, flags) = rest.split_at_checked(4 * 3)?;
        let [later, goes_on] = *<&[u8; 2]>::try_from(flags).ok()?;
        let mut longs = longs.chunks_exact(8).filter_map(|it| it.try_into().ok());
        let mut long = || longs.next().map(u64::from_be_bytes);
        let mut versions = || {
            let (objects, properties) = (long()?, long()?);
            let (members, owners) = (long()?, long()?);
            let (users, registered) = (long()?, long()?);
            Some(Versions { objects, properties, members, owners, users, registered })
        };
        let (since, until) = (versions()?, versions()?);
        let at = Time::from_micros(long()? as i64);
        let mut shorts = shorts.chunks_exact(4).filter_map(|it| it.try_into().ok());
        let mut short = || shorts.next().map(u32::from_be_bytes);
        let next = (short()?, short()?);
        let (since, next) = ((later != 0).then_some(since), (goes_on != 0).then_some(next));
        Some(Place { since, until, next, at, of: short()? })
    }

    /// From which object on the round goes on, and from which of its members.
    fn start(&self) -> (u32, u32) {
        self.next.unwrap_or_default()
    }
}

/// Reads where a request stands; without a token the first round begins. `now` is how much has
/// changed by now.
fn place(call: &Call<'_>, now: Versions) -> Result<Place, GraphError> {
    let options = &call.request.options;
    let refused = ["$top", "$orderby", "$expand", "$search"]
        .into_iter()
        .zip([
            options.top.is_some(),
            options.order_by.is_some(),
            options.expand.is_some(),
            options.search.is_some(),
        ])
        .find(|(_, given)| *given);
    if let Some((name, _)) = refused {
        return Err(GraphError::unsupported(format!(
            "'{name}' is not supported with a delta query."
        )));
    }
    let named = options.filter.as_ref().map(|filter| filter.values_of("id").map(|ids| ids.len()));
    if named.is_some_and(|named| named.is_none_or(|count| count > NAMED_MAX)) {
        return Err(GraphError::unsupported(format!(
            "A delta query can be filtered by id alone, and by {NAMED_MAX} of them at most."
        )));
    }
    let (at, of) = (call.now(), collection(call.request));
    let begun = Place { since: None, until: now, next: Some((0, 0)), at, of };
    match (&options.skip_token, &options.delta_token) {
        (Some(token), _) => read(call, token, true),
        // The client only wants to know what changes from now on.
        (None, Some(token)) if token.eq_ignore_ascii_case("latest") => {
            Ok(Place { next: None, ..begun })
        }
        (None, Some(token)) if !token.is_empty() => {
            let before = read(call, token, false)?;
            Ok(Place { since: Some(before.until), ..begun })
        }
        _ => Ok(begun),
    }
}

fn read(call: &Call<'_>, token: &str, goes_on: bool) -> Result<Place, GraphError> {
    let place = Place::read(token)
        .filter(|place| place.of == collection(call.request) && place.next.is_some() == goes_on);
    let place = place.ok_or_else(|| GraphError::malformed("Badly formed token."))?;
    let life = call.entra().job_of(AppId::MAIN).settings().policy.graph_delta_life;
    if call.now().since(place.at) <= life {
        return Ok(place);
    }
    let anew = format!("{}?$deltatoken=", call.request.url(&call.request.own_path()));
    let message =
        "The sync state generation is not found, continuing from the delta token is not possible.";
    let gone = GraphError::new(http::StatusCode::GONE, "resyncRequired", message);
    Err(GraphError { location: Some(anew), ..gone })
}

/// An object as a page tells it: not at all when nothing that is asked for changed. With it the
/// first of its members that the page has no room for.
type Told<'a> = (Option<ShownObject<'a>>, Option<u32>);

/// The answer of a round: a page of these objects, with the link to the next page or to later
/// changes. `tell` is handed an object, its first member to tell, and how many the page takes.
fn answer<'a>(
    call: &Call<'_>,
    context: &str,
    place: Place,
    objects: impl Iterator<Item = u32>,
    mut tell: impl FnMut(u32, u32, &mut usize) -> Told<'a>,
) -> GraphOutcome {
    let (from, mut member) = place.start();
    let (mut value, mut room, mut next) = (Vec::new(), MEMBERS_PAGE, None);
    let goes_on = |_: &u32| place.next.is_some();
    for object in objects.take_while(goes_on).skip_while(|object| *object < from) {
        if value.len() == PAGE || room == 0 {
            next = Some((object, 0));
            break;
        }
        let first = if object == from { std::mem::take(&mut member) } else { 0 };
        let (shown, rest) = tell(object, first, &mut room);
        value.extend(shown);
        if let Some(rest) = rest {
            next = Some((object, rest));
            break;
        }
    }
    let link = |name: &str| {
        let options = call.request.options.link(name, &Place { next, ..place }.token());
        Some(format!("{}?{options}", call.request.url(&call.request.own_path())))
    };
    let mut reply = GraphReply::ok(&Collection {
        context: call.request.context(context),
        count: None,
        next_link: link("$skiptoken").filter(|_| next.is_some()),
        delta_link: link("$deltatoken").filter(|_| next.is_none()),
        value,
    });
    if call.request.prefers_minimal() {
        reply.headers.push(("preference-applied", "return=minimal".to_owned()));
    }
    Ok(reply)
}

/// A deleted object: it can be restored, or it is gone.
fn removed<'a>(id: String, lifecycle: Lifecycle) -> ShownObject<'a> {
    let reason = if lifecycle == Lifecycle::HardDeleted { "deleted" } else { "changed" };
    ShownObject::default()
        .and("id", Property::owned(id))
        .and("@removed", Property::json(json!({ "reason": reason })))
}

/// Which properties of an object are told.
struct Asked<'r> {
    /// What is selected; nothing when everything is wanted.
    select: &'r [String],
    /// The properties that are told of an object as a whole.
    names: Vec<&'r str>,
    /// Whether nothing is wanted but what changed.
    minimal: bool,
    /// Whether there is a property of this name.
    is_known: fn(&str) -> bool,
}

impl<'r> Asked<'r> {
    fn of(
        call: &Call<'r>,
        usual: &'r [&'static str],
        is_known: fn(&str) -> bool,
    ) -> Result<Asked<'r>, GraphError> {
        let select = &call.request.options.select;
        for name in select {
            let first = name.split('/').next().unwrap_or(name);
            if !is_known(first) {
                return Err(GraphError::malformed(format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{name}'."
                )));
            }
        }
        let (names, minimal) = (names_of(select, usual), call.request.prefers_minimal());
        Ok(Asked { select, names, minimal, is_known })
    }

    fn selects(&self, name: &str) -> bool {
        self.select.is_empty() || self.select.iter().any(|it| it.split('/').next() == Some(name))
    }

    /// The names of an object to show, of which these changed, or all of it when that is not known;
    /// `None` when none that is asked for did.
    fn told<'s>(&'s self, changed: Option<&BTreeSet<&'s str>>) -> Option<Vec<&'s str>> {
        let Some(changed) = changed else { return Some(self.names.clone()) };
        let wanted = changed.iter().copied().filter(|name| self.selects(name));
        let wanted: Vec<&str> = match self.minimal {
            true => wanted.filter(|name| (self.is_known)(name)).collect(),
            false => wanted.collect(),
        };
        match (wanted.is_empty(), self.minimal) {
            (true, _) => None,
            (false, true) => Some(std::iter::once("id").chain(wanted).collect()),
            (false, false) => Some(self.names.clone()),
        }
    }

    /// The object without the properties that have no value, unless they lost it just now: a
    /// property that was never set is not told [g:delta].
    fn set<'a>(
        &self,
        mut shown: ShownObject<'a>,
        changed: Option<&BTreeSet<&str>>,
    ) -> ShownObject<'a> {
        let lost = |name: &str| changed.is_some_and(|changed| changed.contains(name));
        let null = |value: &Property<'_>| match value {
            Property::Null => true,
            Property::Json(value) => value.is_null(),
            _ => false,
        };
        shown.0.retain(|(name, value)| !null(value) || lost(name));
        shown
    }
}

/// What changed of which objects: what is remembered, or else that these changed as a whole.
fn changed<'t, K: Copy + Ord>(
    known: Option<ChangedObjects<'t, K>>,
    others: impl Iterator<Item = K>,
) -> ChangedObjects<'t, K> {
    known.unwrap_or_else(|| others.map(|object| (object, None)).collect())
}

fn user_delta(call: &mut Call<'_>) -> GraphOutcome {
    let call = &*call;
    let tenant = call.tenant();
    let asked = Asked::of(call, &users::DEFAULT, |name| users::LISTING.is_known(name))?;
    let (objects, properties) = (tenant.version(AppId::MAIN), tenant.changed_count());
    let place = place(call, Versions { objects, properties, ..Versions::default() })?;
    let begun = call.backend.start();
    let listed = |user: &u32| {
        let row = UserRow { tenant, user: UserKey(*user), begun };
        users::LISTING.meets(call.request, &row)
    };
    let show = |user: u32, changed: Option<&BTreeSet<&str>>| {
        let user = UserKey(user);
        let (row, state) = (UserRow { tenant, user, begun }, tenant.user(user).lifecycle());
        let names = asked.told(changed)?;
        Some(match state {
            Lifecycle::Active => asked.set(users::shown(&row, &names), changed).into_owned(),
            other => removed(tenant.user(user).object_id().to_string(), other),
        })
    };
    let Some(since) = place.since else {
        let there = |user: &u32| tenant.user(UserKey(*user)).lifecycle() == Lifecycle::Active;
        let all = (place.start().0..tenant.user_count() as u32).filter(there).filter(listed);
        return answer(call, "users", place, all, |user, _, _| (show(user, None), None));
    };
    let all = tenant.changes_since(AppId::MAIN, since.objects).chain(tenant.users_written());
    let what = changed(tenant.changed_properties(since.properties), all);
    let users = what.keys().map(|user| user.0).filter(listed);
    answer(call, "users", place, users, |user, _, _| {
        (show(user, what.get(&UserKey(user)).and_then(Option::as_ref)), None)
    })
}

/// What a round tells of groups.
struct GroupRound<'r, 'c> {
    call: &'r Call<'c>,
    tenant: &'r Tenant,
    begun: Time,
    asked: Asked<'r>,
    /// What is known of the groups that changed; not needed in the first round.
    what: ChangedObjects<'r, GroupKey>,
    /// The members that joined or left.
    members: BTreeMap<GroupKey, BTreeSet<UserKey>>,
    /// The owners that came or went.
    owners: BTreeMap<GroupKey, BTreeSet<ObjectId>>,
}

impl GroupRound<'_, '_> {
    /// The changes since an earlier round.
    fn read_changes(&mut self, since: Versions) {
        let tenant = self.tenant;
        let all = tenant.group_changes_since(AppId::MAIN, since.objects);
        let known = tenant.changed_group_properties(since.properties);
        self.what = changed(known, all.chain(tenant.groups_written()));
        if self.asked.selects(OWNERS) {
            self.read_owners(since);
        }
        if !self.asked.selects(MEMBERS) {
            return;
        }
        for (group, user) in tenant.membership_changes_since(since.members) {
            self.members.entry(group).or_default().insert(user);
        }
        // A group that is there anew comes with all its members.
        for (group, _) in self.what.iter().filter(|(_, what)| what.is_none()) {
            self.members.entry(*group).or_default().extend(tenant.members(*group));
        }
    }

    fn read_owners(&mut self, since: Versions) {
        let surface = self.call.entra().surface();
        for (group, owner) in surface.owner_changes_since(since.owners) {
            self.owners.entry(*group).or_default().insert(*owner);
        }
        for owner in self.gone_or_back(since) {
            for group in surface.groups_owned_by(owner) {
                self.owners.entry(group).or_default().insert(owner);
            }
        }
        for (group, _) in self.what.iter().filter(|(_, what)| what.is_none()) {
            self.owners.entry(*group).or_default().extend(owners::of_group(self.call, *group));
        }
        self.owners.retain(|_, owners| !owners.is_empty());
    }

    /// The users and the service principals that were deleted or restored, of which a group may
    /// be owned.
    fn gone_or_back(&self, since: Versions) -> Vec<ObjectId> {
        let (tenant, entra) = (self.tenant, self.call.entra());
        let users = changed(tenant.changed_properties(since.users), tenant.users_written());
        let users = users.into_iter().filter(|(_, what)| what.is_none());
        let users = users.map(|(user, _)| tenant.user(user).object_id());
        let (registry, side) = (tenant.registry(), AppSide::Principal);
        let principals = registry.changes_since(since.registered, side).into_iter();
        let principals = principals.filter(|(_, what)| what.is_none()).filter_map(|(key, _)| {
            let seed = self.call.backend.seed();
            ObjectId::parse(&registered::object_id(entra, seed, registry.row(key), side)?)
        });
        users.chain(principals).collect()
    }

    /// The groups of which something is told.
    fn groups(&self) -> BTreeSet<u32> {
        let others = self.members.keys().chain(self.owners.keys());
        self.what.keys().chain(others).map(|group| group.0).collect()
    }

    /// A group of the first round.
    fn tell(&self, group: GroupKey, first: u32, room: &mut usize) -> Told<'static> {
        let members = match self.asked.selects(MEMBERS) {
            true => self.tenant.members(group).collect(),
            false => BTreeSet::new(),
        };
        let owners = match self.asked.selects(OWNERS) {
            true => owners::of_group(self.call, group).collect(),
            false => BTreeSet::new(),
        };
        let shown = self.shown(group, &self.asked.names, None);
        let shown = self.with_owners(shown, group, &owners, first);
        self.with_members(shown, group, &members, first, room)
    }

    /// A group of a later round.
    fn tell_changes(&self, group: GroupKey, first: u32, room: &mut usize) -> Told<'static> {
        let none = BTreeSet::new();
        let changed = self.what.get(&group).map_or(Some(&none), Option::as_ref);
        let no_members = BTreeSet::new();
        let members = self.members.get(&group).unwrap_or(&no_members);
        let no_owners = BTreeSet::new();
        let owners = self.owners.get(&group).unwrap_or(&no_owners);
        let names = match (self.asked.told(changed), members.is_empty() && owners.is_empty()) {
            (Some(names), _) => names,
            (None, true) => return (None, None),
            (None, false) if self.asked.minimal => vec!["id"],
            (None, false) => self.asked.names.clone(),
        };
        let shown = self.with_owners(self.shown(group, &names, changed), group, owners, first);
        self.with_members(shown, group, members, first, room)
    }

    /// Adds these owners to a group, on its first page: there are few.
    fn with_owners(
        &self,
        shown: ShownObject<'static>,
        group: GroupKey,
        owners: &BTreeSet<ObjectId>,
        first: u32,
    ) -> ShownObject<'static> {
        if owners.is_empty() || first > 0 || self.tenant.group(group).deleted() {
            return shown;
        }
        let told: Vec<Value> =
            owners.iter().map(|owner| owners::in_delta(self.call, group, *owner)).collect();
        shown.and("owners@delta", Property::json(told.into()))
    }

    fn shown(
        &self,
        group: GroupKey,
        names: &[&str],
        changed: Option<&BTreeSet<&str>>,
    ) -> ShownObject<'static> {
        let row = GroupRow { tenant: self.tenant, group, begun: self.begun };
        match self.tenant.group(group).lifecycle() {
            Lifecycle::Active => self.asked.set(groups::shown(&row, names), changed).into_owned(),
            other => removed(self.tenant.group(group).object_id().to_string(), other),
        }
    }

    /// Adds to a group those of these members that there is room for, from one on.
    fn with_members(
        &self,
        shown: ShownObject<'static>,
        group: GroupKey,
        members: &BTreeSet<UserKey>,
        first: u32,
        room: &mut usize,
    ) -> Told<'static> {
        let mut told = Vec::new();
        let mut members = members.range(UserKey(first)..);
        let rest = loop {
            match members.next() {
                _ if self.tenant.group(group).deleted() => break None,
                Some(user) if *room == 0 => break Some(user.0),
                Some(user) => told.push(self.member(group, *user)),
                None => break None,
            }
            *room -= 1;
        };
        let some = !told.is_empty();
        let with =
            if some { shown.and("members@delta", Property::json(told.into())) } else { shown };
        (Some(with), rest)
    }

    /// A member as a delta has it: one that joined, or left.
    fn member(&self, group: GroupKey, user: UserKey) -> Value {
        let id = self.tenant.user(user).object_id().to_string();
        let stays = self.tenant.is_member(group, user)
            && self.tenant.user(user).lifecycle() == Lifecycle::Active;
        match stays {
            true => json!({ "@odata.type": "#microsoft.graph.user", "id": id }),
            false => json!({
                "@odata.type": "#microsoft.graph.user", "id": id,
                "@removed": { "reason": "deleted" },
            }),
        }
    }
}

fn group_delta(call: &mut Call<'_>) -> GraphOutcome {
    let call = &*call;
    let (tenant, begun) = (call.tenant(), call.backend.start());
    let known = |name: &str| [MEMBERS, OWNERS].contains(&name) || groups::LISTING.is_known(name);
    let mut asked = Asked::of(call, groups::DEFAULT, known)?;
    asked.names.retain(|name| ![MEMBERS, OWNERS].contains(name));
    let now = Versions {
        objects: tenant.group_version(AppId::MAIN),
        properties: tenant.changed_group_count(),
        members: tenant.membership_version(),
        owners: call.entra().surface().owner_version(),
        users: tenant.changed_count(),
        registered: tenant.registry().version(),
    };
    let place = place(call, now)?;
    let (what, members, owners) = (ChangedObjects::new(), BTreeMap::new(), BTreeMap::new());
    let mut round = GroupRound { call, tenant, begun, asked, what, members, owners };
    let listed = |group: &u32| {
        let row = GroupRow { tenant, group: GroupKey(*group), begun };
        groups::LISTING.meets(call.request, &row)
    };
    let Some(since) = place.since else {
        let there = |group: &u32| !tenant.group(GroupKey(*group)).deleted();
        let all = (place.start().0..tenant.group_count() as u32).filter(there).filter(listed);
        return answer(call, "groups", place, all, |group, first, room| {
            round.tell(GroupKey(group), first, room)
        });
    };
    round.read_changes(since);
    let groups = round.groups().into_iter().filter(listed);
    answer(call, "groups", place, groups, |group, first, room| {
        round.tell_changes(GroupKey(group), first, room)
    })
}

/// Registrations or service principals.
fn registered_delta(call: &mut Call<'_>) -> GraphOutcome {
    let call = &*call;
    let (side, kind) = match call.request.path.lower().first().map(String::as_str) {
        Some("applications") => (AppSide::Registration, "applications"),
        _ => (AppSide::Principal, "servicePrincipals"),
    };
    let (listing, known): (_, fn(&str) -> bool) = match side {
        AppSide::Registration => {
            (&applications::LISTING, |name| applications::LISTING.is_known(name))
        }
        AppSide::Principal => (&principals::LISTING, |name| principals::LISTING.is_known(name)),
    };
    let asked = Asked::of(call, listing.usual, known)?;
    let (entra, seed) = (call.entra(), call.backend.seed());
    let registry = entra.tenant().registry();
    let now = Versions { objects: registry.version(), ..Versions::default() };
    let place = place(call, now)?;
    let there = |key: &RegisteredKey| registry.row(*key).has(side);
    let listed = |key: &u32| {
        let shown = registered::show(call, RegisteredKey(*key), side);
        listing.meets(call.request, &shown)
    };
    let show = |key: RegisteredKey, changed: Option<&BTreeSet<&str>>| {
        let names = asked.told(changed)?;
        let row = registry.row(key);
        Some(match row.side(side).map_or(Lifecycle::HardDeleted, |object| object.state) {
            Lifecycle::Active => {
                let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
                let one = registered::show(call, key, side);
                asked.set(picked(&one, &names), changed).into_owned()
            }
            other => {
                let id = registered::object_id(entra, seed, row, side).unwrap_or_default();
                removed(id, other)
            }
        })
    };
    let Some(since) = place.since else {
        let all = registry.rows().map(|(key, _)| key).filter(there).map(|key| key.0);
        let all = all.filter(listed);
        return answer(call, kind, place, all, |key, _, _| (show(RegisteredKey(key), None), None));
    };
    let what = registry.changes_since(since.objects, side);
    let keys = what.keys().map(|key| key.0).filter(listed);
    answer(call, kind, place, keys, |key, _, _| {
        (show(RegisteredKey(key), what.get(&RegisteredKey(key)).and_then(Option::as_ref)), None)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_nothing_else_is_a_token() {
        let until = Versions {
            objects: 7,
            properties: 8,
            members: 9,
            owners: 10,
            users: 11,
            registered: 12,
        };
        let at = Time::from_secs(5);
        let place = Place { since: None, until, next: Some((0, 4)), at, of: 3 };
        assert_eq!(Place::read(&place.token()), Some(place));
        let over = Place { since: Some(until), next: None, ..place };
        assert_eq!(Place::read(&over.token()), Some(over));
        for text in ["", "x", "AAAA", "latest", &"A".repeat(50)] {
            assert_eq!(Place::read(text), None, "{text}");
        }
    }
}
