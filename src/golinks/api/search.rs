//! Finds resources: by an index when the filter allows it, else one by one; sorts them and cuts
//! them into pages (RFC 7644 3.4.2, 3.4.3).

use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;

use bytes::Bytes;
use http::Response;

use super::answer::HttpError;
use super::beside::{answer_beside, is_attribute, is_instant, is_plain, key_beside, names_member};
use super::resources::{list, write_item};
use crate::golinks::AccountId;
use crate::golinks::GroupId;
use crate::golinks::api::query::Query;
use crate::golinks::api::resources::Needs;
use crate::golinks::api::resources::Resource;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::store::account::Account;
use crate::golinks::store::groups::Group;
use crate::golinks::store::members::Member;
use crate::scim::compare::{SortKey, fold};
use crate::scim::filter::{Filter, Operator};
use crate::scim::resolve::{resolve_path, resolve_types};
use crate::scim::schema::is_protocol;
use crate::scim::{Error, Object, Path, Projection, ResourceType, ScimType, Value};

/// The collections that a search covers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Users,
    Groups,
    All,
}

/// A search request, read and checked.
struct Search {
    filter: Option<Filter>,
    sort: Option<(Path, bool)>,
    start: u64,
    count: usize,
    projection: Projection,
}

/// Carries out a search and returns the list.
pub(crate) fn search(
    server: &GoLinks,
    scope: Scope,
    query: &Query<'_>,
) -> Result<Response<Bytes>, HttpError> {
    let mut search = understand(server, query)?;
    let skip = usize::try_from(search.start - 1).unwrap_or(usize::MAX);
    if search.filter.is_none()
        && search.sort.is_none()
        && scope == Scope::Users
        && !server.quirks().hides_some()
    {
        let page: Vec<_> =
            server.accounts().from(skip).take(search.count).map(Resource::User).collect();
        return Ok(list(server, server.accounts().len(), search.start, &search.projection, &page));
    }
    let filter = search.filter.take();
    let filtered = filter.is_some();
    let mut met = match scope {
        Scope::Users => users_that_meet(server, filter, scope)?,
        Scope::Groups => groups_that_meet(server, filter, scope)?,
        Scope::All => {
            let mut users = users_that_meet(server, filter.clone(), scope)?;
            users.extend(groups_that_meet(server, filter, scope)?);
            users
        }
    };
    if met.is_empty() && filtered {
        server.quirks().check_found_nothing()?;
    }
    if let Some((path, descending)) = &search.sort {
        met = sorted(server, met, path, *descending, scope)?;
    }
    let page = met.get(skip..).unwrap_or_default();
    let page = &page[..page.len().min(search.count)];
    Ok(list(server, met.len(), search.start, &search.projection, page))
}

fn understand(server: &GoLinks, query: &Query<'_>) -> Result<Search, Error> {
    let filter = query.filter.as_deref().map(Filter::parse).transpose().map_err(|why| {
        Error::of(ScimType::InvalidFilter, format!("cannot read the filter: {why}"))
    })?;
    let sort =
        query.sort_by.as_deref().filter(|path| !path.is_empty() && server.can(Capability::Sort));
    let sort = sort
        .map(Path::parse)
        .transpose()
        .map_err(|why| Error::of(ScimType::InvalidPath, format!("cannot read `sortBy`: {why}")))?;
    Ok(Search {
        filter,
        sort: sort.map(|path| (path, query.descending)),
        start: query.start_index.unwrap_or(1),
        count: query.page(server.settings().page_size),
        projection: query.projection()?,
    })
}

fn users_that_meet(
    server: &GoLinks,
    filter: Option<Filter>,
    scope: Scope,
) -> Result<Vec<Resource<'_>>, Error> {
    let Some(filter) = filter else {
        return Ok(server
            .accounts()
            .iter()
            .map(Resource::User)
            .filter(|item| is_shown(server, *item))
            .collect());
    };
    let filter = typed(server, filter, server.user_type(), scope)?;
    if let Some(account) = sole_user(server, &filter) {
        return Ok(account
            .map(Resource::User)
            .filter(|item| is_shown(server, *item))
            .into_iter()
            .collect());
    }
    let needs =
        Needs { groups: mentions(&filter, &|path| is_attribute(path, "groups")), members: false };
    let trial = Trial::of(&filter, needs);
    let meets = |item: &Resource<'_>| is_shown(server, *item) && meets(server, *item, &trial);
    let found = match likely_users(server, &filter) {
        Some(slots) => {
            bounded(slots.len(), &filter, slow_leaves(&filter))?;
            slots
                .into_iter()
                .map(|slot| Resource::User(server.accounts().at(slot)))
                .filter(meets)
                .collect()
        }
        None => {
            bounded(server.accounts().len(), &filter, slow_leaves(&filter))?;
            server.accounts().iter().map(Resource::User).filter(meets).collect()
        }
    };
    trial.afforded()?;
    Ok(found)
}

fn groups_that_meet(
    server: &GoLinks,
    filter: Option<Filter>,
    scope: Scope,
) -> Result<Vec<Resource<'_>>, Error> {
    if !server.can(Capability::Groups) {
        return Ok(Vec::new());
    }
    let Some(filter) = filter else {
        return Ok(server.groups().iter().map(Resource::Group).collect());
    };
    let filter = typed(server, filter, server.group_type(), scope)?;
    let slow = |path: &Path| is_attribute(path, "members");
    let needs = Needs { members: mentions_slowly(&filter, &slow), groups: false };
    let trial = Trial::of(&filter, needs);
    let meets = |item: &Resource<'_>| meets(server, *item, &trial);
    let members = |group: &Group| if needs.members { group.members().len() } else { 0 };
    let found = match likely_groups(server, &filter) {
        Some(groups) => {
            bounded(groups.iter().map(|group| 1 + members(group)).sum(), &filter, filter.size())?;
            groups.into_iter().map(Resource::Group).filter(meets).collect()
        }
        None => {
            bounded(
                server.groups().iter().map(|group| 1 + members(group)).sum(),
                &filter,
                filter.size(),
            )?;
            server.groups().iter().map(Resource::Group).filter(meets).collect()
        }
    };
    trial.afforded()?;
    Ok(found)
}

/// Resolves a filter against the schemas; in a search of both kinds of resources one kind need not
/// know every name (RFC 7644 3.4.2.1).
fn typed(
    server: &GoLinks,
    mut filter: Filter,
    kind: &ResourceType,
    scope: Scope,
) -> Result<Filter, Error> {
    let exact_name = server.quirks().filters_exact_names();
    match resolve_types(&mut filter, kind, exact_name) {
        Err(error) if scope != Scope::All => Err(error),
        _ => Ok(filter),
    }
}

fn meets(server: &GoLinks, item: Resource<'_>, trial: &Trial<'_>) -> bool {
    let mut object = None;
    trial.filter.matches_by(&mut |leaf| {
        answer_beside(item, leaf).unwrap_or_else(|| {
            trial.affords(item.body())
                && leaf.matches(
                    object.get_or_insert_with(|| picked(server, item, trial.names(), trial.needs)),
                )
        })
    })
}

/// Reads only the attributes with these names from a resource.
fn picked(server: &GoLinks, item: Resource<'_>, names: &[String], needs: Needs) -> Object {
    let kept_apart = |name: &String| {
        is_protocol(name) || ["members", "groups"].iter().any(|it| it.eq_ignore_ascii_case(name))
    };
    if !names.iter().any(kept_apart) {
        return Object::pick(item.body(), names);
    }
    let mut bytes = Vec::new();
    write_item(server, item, needs, &mut bytes);
    Object::pick(&bytes, names)
}

/// Whether a resource is found at all.
fn is_shown(server: &GoLinks, item: Resource<'_>) -> bool {
    match item {
        Resource::User(account) => server.quirks().shows(account),
        Resource::Group(_) => true,
    }
}

/// Sorts by the primary or else the first value at the path. Resources without a value come last,
/// or first when descending (RFC 7644 3.4.2.3).
fn sorted<'a>(
    server: &GoLinks,
    items: Vec<Resource<'a>>,
    path: &Path,
    descending: bool,
    scope: Scope,
) -> Result<Vec<Resource<'a>>, Error> {
    let mut exact = false;
    for (of, kind) in [(Scope::Users, server.user_type()), (Scope::Groups, server.group_type())] {
        if scope == of {
            exact = resolve_path(path, kind)?;
        }
    }
    let needs =
        Needs { members: is_attribute(path, "members"), groups: is_attribute(path, "groups") };
    let beside = is_instant(path) || (path.is_plain() && is_attribute(path, "id"));
    if !beside && items.len().saturating_mul(READ) > MOST {
        let detail = format!("{} resources are too many to sort by `{path}` at once", items.len());
        return Err(Error::of(ScimType::TooMany, detail));
    }
    let mut names = Vec::new();
    path.names(&mut names);
    let key = |item: Resource<'_>| {
        key_beside(item, path).or_else(|| {
            let picked = picked(server, item, &names, needs);
            path.first_value(&picked).map(|value| SortKey::of(value, exact))
        })
    };
    let mut keyed: Vec<(Option<SortKey>, Resource<'a>)> =
        items.into_iter().map(|item| (key(item), item)).collect();
    keyed.sort_by(|(a, _), (b, _)| {
        let order = match (a, b) {
            (Some(a), Some(b)) => a.order(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if descending { order.reverse() } else { order }
    });
    Ok(keyed.into_iter().map(|(_, item)| item).collect())
}

/// Returns the only account that can meet a filter on userName or id alone, which need not be
/// tested again; `None` for other filters.
fn sole_user<'a>(server: &'a GoLinks, filter: &Filter) -> Option<Option<&'a Account>> {
    let Filter::Compare(path, Operator::Eq, Value::Text(text)) = filter else { return None };
    match () {
        () if is_plain(path, "userName")
            && !path.is_case_exact()
            && !server.quirks().exact_names_are_unique() =>
        {
            Some(server.accounts().named(text))
        }
        () if is_plain(path, "id") => {
            Some(AccountId::parse(text).and_then(|id| server.accounts().get(id)))
        }
        () => None,
    }
}

/// Returns the slots of the candidates, among which are all accounts that meet the filter; `None`
/// when no index helps.
fn likely_users(server: &GoLinks, filter: &Filter) -> Option<Vec<u32>> {
    let found = |slot: Option<_>| Some(slot.into_iter().collect());
    match filter {
        Filter::And(all) => least(all.iter().map(|part| likely_users(server, part))),
        Filter::Or(any) => {
            together(any.iter().map(|part| likely_users(server, part)), |slot| *slot as usize)
        }
        Filter::Compare(path, Operator::Eq, Value::Text(text))
            if is_attribute(path, "userName") =>
        {
            Some(server.accounts().slots_named(&fold(text)))
        }
        Filter::Compare(path, Operator::Eq, Value::Text(text)) if is_attribute(path, "id") => {
            found(AccountId::parse(text).and_then(|id| server.accounts().slot_of(id)))
        }
        Filter::Compare(path, Operator::Eq, Value::Text(text)) => {
            server.accounts().likely(path, text)
        }
        // `emails[type eq "work" and value eq "…"]`
        Filter::Present(path) => {
            let values = path.filter.as_ref()?.own_values()?;
            let (_, value) = values.iter().find(|(name, _)| name.eq_ignore_ascii_case("value"))?;
            server.accounts().likely(path, value.as_text()?)
        }
        _ => None,
    }
}

/// Returns the candidates, among which are all groups that meet the filter; `None` when no index
/// helps.
fn likely_groups<'a>(server: &'a GoLinks, filter: &Filter) -> Option<Vec<&'a Group>> {
    let found = |group: Option<_>| Some(group.into_iter().collect());
    match filter {
        Filter::And(all) => least(all.iter().map(|part| likely_groups(server, part))),
        Filter::Or(any) => together(any.iter().map(|part| likely_groups(server, part)), |group| {
            std::ptr::from_ref(*group).addr()
        }),
        Filter::Compare(path, Operator::Eq, Value::Text(text))
            if is_attribute(path, "displayName") =>
        {
            found(server.groups().named(text))
        }
        Filter::Compare(path, Operator::Eq, Value::Text(text)) if is_attribute(path, "id") => {
            found(GroupId::parse(text).and_then(|id| server.groups().get(id)))
        }
        Filter::Compare(path, Operator::Eq, Value::Text(id)) if names_member(path) => {
            let (user, group) =
                (AccountId::parse(id).map(Member::User), GroupId::parse(id).map(Member::Group));
            Some(
                user.into_iter()
                    .chain(group)
                    .flat_map(|member| server.groups().of(member))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// A filter that is tested on many resources.
struct Trial<'a> {
    filter: &'a Filter,
    /// The attribute names that the filter reads; collected on first use.
    names: OnceCell<Vec<String>>,
    needs: Needs,
    /// What long resources may still cost, in the steps of [`MOST`]; none is left when the search
    /// is given up.
    left: Cell<Option<usize>>,
}

impl<'a> Trial<'a> {
    fn of(filter: &'a Filter, needs: Needs) -> Trial<'a> {
        Trial { filter, names: OnceCell::new(), needs, left: Cell::new(Some(MOST)) }
    }

    /// Spends what a comparison costs more on a long resource than on others; `false` when that is
    /// too much.
    fn affords(&self, body: &[u8]) -> bool {
        // A search that was given up costs nothing more, however many comparisons are left.
        let Some(left) = self.left.get() else { return false };
        let cost = match body.len() {
            0..=LONG => 0,
            length if body.is_ascii() => length / 32,
            length => length / 4,
        };
        self.left.set(left.checked_sub(cost));
        self.left.get().is_some()
    }

    /// Refuses a search that was given up.
    fn afforded(&self) -> Result<(), Error> {
        let detail = "the filter compares more text than this server does at once";
        self.left.get().map(drop).ok_or_else(|| Error::of(ScimType::TooMany, detail))
    }

    fn names(&self) -> &[String] {
        self.names.get_or_init(|| {
            let mut names = Vec::new();
            each_leaf(self.filter, &mut |leaf| {
                if let Filter::Present(path) | Filter::Compare(path, ..) = leaf {
                    path.names(&mut names);
                }
            });
            names.sort_unstable();
            names.dedup();
            names
        })
    }
}

/// The greatest cost of a search, in steps of some 50 ns: every other client waits meanwhile.
const MOST: usize = 2_000_000;

/// The greatest resource, in bytes, whose texts cost nothing worth counting.
const LONG: usize = 4096;

/// The cost of reading the attributes of a resource.
const READ: usize = 30;

/// Refuses a filter that would take too long on so many resources.
fn bounded(resources: usize, filter: &Filter, slow: usize) -> Result<(), Error> {
    let each = filter.size() + if slow > 0 { READ + 2 * slow } else { 0 };
    match resources.saturating_mul(each) > MOST {
        true => {
            let detail = format!(
                "the filter makes {} comparisons on {resources} resources, more than this server \
                 does at once; find them by userName, id, externalId or an e-mail address",
                filter.size()
            );
            Err(Error::of(ScimType::TooMany, detail))
        }
        false => Ok(()),
    }
}

/// Counts the comparisons of a filter for which the attributes of a user must be read.
fn slow_leaves(filter: &Filter) -> usize {
    let mut slow = 0;
    each_leaf(filter, &mut |leaf| {
        let beside = match leaf {
            Filter::Compare(path, Operator::Eq, Value::Text(_)) => {
                is_plain(path, "userName") || is_plain(path, "id") || is_instant(path)
            }
            Filter::Compare(path, Operator::Eq | Operator::Ne, wanted)
                if is_plain(path, "active") =>
            {
                wanted.as_bool().is_some()
            }
            Filter::Compare(path, ..) => is_instant(path),
            _ => false,
        };
        slow += usize::from(!beside);
    });
    slow
}

/// Returns the shortest list of candidates among the parts of an `and`.
fn least<T>(parts: impl Iterator<Item = Option<Vec<T>>>) -> Option<Vec<T>> {
    parts.flatten().min_by_key(Vec::len)
}

/// Joins the candidates of the parts of an `or`, in the order of creation; `None` when a part has
/// no list.
fn together<T: Copy>(
    parts: impl Iterator<Item = Option<Vec<T>>>,
    place: impl Fn(&T) -> usize,
) -> Option<Vec<T>> {
    let mut all: Vec<T> = parts.collect::<Option<Vec<_>>>()?.concat();
    all.sort_by_key(&place);
    all.dedup_by_key(|it| place(it));
    Some(all)
}

fn mentions(filter: &Filter, is_it: &dyn Fn(&Path) -> bool) -> bool {
    let mut found = false;
    each_leaf(filter, &mut |leaf| {
        if let Filter::Present(path) | Filter::Compare(path, ..) = leaf {
            found |= is_it(path);
        }
    });
    found
}

/// As [`mentions`], without the comparisons that need no list of members.
fn mentions_slowly(filter: &Filter, is_it: &dyn Fn(&Path) -> bool) -> bool {
    let mut found = false;
    each_leaf(filter, &mut |leaf| match leaf {
        Filter::Compare(path, Operator::Eq, Value::Text(_)) if names_member(path) => {}
        Filter::Present(path) | Filter::Compare(path, ..) => found |= is_it(path),
        _ => {}
    });
    found
}

fn each_leaf(filter: &Filter, act: &mut dyn FnMut(&Filter)) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().for_each(|part| each_leaf(part, act))
        }
        Filter::Not(inner) => each_leaf(inner, act),
        leaf => act(leaf),
    }
}
