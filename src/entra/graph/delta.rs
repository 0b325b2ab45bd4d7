//! Delta queries: what changed since a token. The cost is what changed, as the directory's feed has
//! it [g:delta].
//!
//! A token holds where the reading stands: the versions of the feeds from which it reads, how far
//! it has come in the first round, and when it was made. So the server keeps nothing.

use std::collections::BTreeSet;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::groups::{self, GroupRow};
use super::list::{Collection, names_of, picked};
use super::property::{Property, ShownObject};
use super::registered;
use super::reply::GraphReply;
use super::skip_token::collection;
use super::users::{self, UserRow};
use crate::base::Time;
use crate::entra::tenant::registry::{AppSide, RegisteredKey};
use crate::entra::tenant::{AppId, GroupKey, Lifecycle, UserKey};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("/users/delta", Area::Users, user_delta, ""),
    row("/groups/delta", Area::Groups, group_delta, ALL_PROPERTIES),
    row("/applications/delta", Area::Applications, registered_delta, ALL_PROPERTIES),
    row("/servicePrincipals/delta", Area::Applications, registered_delta, ALL_PROPERTIES),
];

const ALL_PROPERTIES: &str = "a changed object comes with all its properties, also with Prefer: return=minimal; a change of another property than the selected ones is reported too";

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

/// Where the reading stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    /// The version of the feed up to which everything was read; in the first round that at its
    /// beginning.
    version: u64,
    /// The version of the feed of memberships, likewise.
    members: u64,
    /// The next object of the first round; `None` when it is over.
    next: Option<u32>,
    /// When the round began.
    at: Time,
    /// The collection that is read.
    of: u32,
}

impl Place {
    /// The end of a round that begins now.
    fn now(call: &Call<'_>) -> Place {
        let of = collection(call.request);
        Place { version: 0, members: 0, next: None, at: call.now(), of }
    }

    fn token(self) -> String {
        let mut bytes = Vec::with_capacity(36);
        for number in [self.version, self.members, self.at.as_micros() as u64] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.next.map_or(0, |next| u64::from(next) + 1).to_be_bytes());
        bytes.extend(self.of.to_be_bytes());
        Base64UrlUnpadded::encode_string(&bytes)
    }

    fn read(token: &str) -> Option<Place> {
        let mut bytes = [0; 36];
        let read = Base64UrlUnpadded::decode(token, &mut bytes).ok()?;
        let (read, of) = read.split_last_chunk::<4>()?;
        let mut numbers = read.chunks_exact(8).filter_map(|eight| eight.try_into().ok());
        let mut number = || numbers.next().map(u64::from_be_bytes);
        let (version, members, at, next) = (number()?, number()?, number()?, number()?);
        let next = next.checked_sub(1).map(u32::try_from).transpose().ok()?;
        let at = Time::from_micros(at as i64);
        Some(Place { version, members, next, at, of: u32::from_be_bytes(*of) })
    }
}

/// What a round reads: where it stands, and whether it is the first.
enum Round {
    /// Everything, from this object on.
    First(Place),
    /// What changed since.
    Later(Place),
    /// Nothing: the client only wants to know what changes from now on.
    Latest,
}

/// Reads the token of a request; without one the first round begins.
fn round(call: &Call<'_>, version: u64, members: u64) -> Result<Round, GraphError> {
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
    match (&options.skip_token, &options.delta_token) {
        (Some(token), _) => read(call, token).map(Round::First),
        (None, Some(token)) if token.eq_ignore_ascii_case("latest") => Ok(Round::Latest),
        (None, Some(token)) if !token.is_empty() => read(call, token).map(Round::Later),
        _ => {
            let (at, of) = (call.now(), collection(call.request));
            Ok(Round::First(Place { version, members, next: Some(0), at, of }))
        }
    }
}

fn read(call: &Call<'_>, token: &str) -> Result<Place, GraphError> {
    let place = Place::read(token).filter(|place| place.of == collection(call.request));
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

/// The answer of a round: with the next page, or with the link to later changes.
fn answer(
    call: &Call<'_>,
    context: &str,
    value: Vec<ShownObject<'_>>,
    next: Place,
) -> GraphOutcome {
    let link = |name: &str| {
        let options = call.request.options.link(name, &next.token());
        Some(format!("{}?{options}", call.request.url(&call.request.own_path())))
    };
    let more = next.next.is_some();
    Ok(GraphReply::ok(&Collection {
        context: call.request.context(context),
        count: None,
        next_link: link("$skiptoken").filter(|_| more),
        delta_link: link("$deltatoken").filter(|_| !more),
        value,
    }))
}

/// A deleted object: it can be restored, or it is gone.
fn removed<'a>(id: String, lifecycle: Lifecycle) -> ShownObject<'a> {
    let reason = if lifecycle == Lifecycle::HardDeleted { "deleted" } else { "changed" };
    ShownObject::default()
        .and("id", Property::owned(id))
        .and("@removed", Property::json(json!({ "reason": reason })))
}

fn user_delta(call: &mut Call<'_>) -> GraphOutcome {
    let tenant = call.tenant();
    let now = Place { version: tenant.version(AppId::MAIN), ..Place::now(call) };
    let names = names_of(&call.request.options.select, &users::DEFAULT);
    let show_names = |user: UserKey, names: &[&str]| {
        let row = UserRow { tenant, user, begun: call.backend.start() };
        match tenant.user(user).lifecycle() {
            Lifecycle::Active => users::shown(&row, names).into_owned(),
            other => removed(tenant.user(user).object_id().to_string(), other),
        }
    };
    let show = |user: UserKey| show_names(user, &names);
    let listed = |user: &UserKey| {
        let row = UserRow { tenant, user: *user, begun: call.backend.start() };
        users::LISTING.meets(call.request, &row)
    };
    match round(call, now.version, 0)? {
        Round::Latest => answer(call, "users", Vec::new(), now),
        Round::First(place) => {
            let start = place.next.unwrap_or(0);
            let there = |user: &UserKey| tenant.user(*user).lifecycle() == Lifecycle::Active;
            let end = (start as usize + PAGE).min(tenant.user_count()) as u32;
            let page = (start..end).map(UserKey).filter(there).filter(listed).map(show).collect();
            let more = (end as usize) < tenant.user_count();
            answer(call, "users", page, Place { next: more.then_some(end), ..place })
        }
        Round::Later(place) => {
            let known = tenant.changed_properties(place.version);
            let minimal = call.request.prefers_minimal();
            let select = &call.request.options.select;
            let changed = tenant.changes_since(AppId::MAIN, place.version).filter(listed);
            let page = changed.filter_map(|user| {
                let Some(known) = &known else { return Some(show(user)) };
                // Of whom nothing is known an assignment changed, which no user has.
                let Some(what) = known.get(&user)? else { return Some(show(user)) };
                let names = told(what, select, minimal)?;
                Some(if minimal { show_names(user, &names) } else { show(user) })
            });
            let page = page.collect();
            let mut reply = answer(call, "users", page, now)?;
            if minimal {
                reply.headers.push(("preference-applied", "return=minimal".to_owned()));
            }
            Ok(reply)
        }
    }
}

/// The id and the changed properties that are asked for; `None` when none of those changed
/// [g:delta].
fn told<'t>(what: &BTreeSet<&'t str>, select: &[String], minimal: bool) -> Option<Vec<&'t str>> {
    let wanted = |name: &&str| {
        select.is_empty() || select.iter().any(|it| it.split('/').next() == Some(*name))
    };
    let shown = |name: &&str| !minimal || users::LISTING.is_known(name);
    let names: Vec<&str> = what.iter().copied().filter(wanted).filter(shown).collect();
    (!names.is_empty()).then(|| std::iter::once("id").chain(names).collect())
}

fn group_delta(call: &mut Call<'_>) -> GraphOutcome {
    let tenant = call.tenant();
    let (version, members) = (tenant.group_version(AppId::MAIN), tenant.membership_version());
    let now = Place { version, members, ..Place::now(call) };
    let options = &call.request.options;
    let selected: Vec<String> =
        options.select.iter().filter(|name| *name != "members").cloned().collect();
    let usual: &[&str] = if options.select.is_empty() { groups::DEFAULT } else { &["id"] };
    let names = names_of(&selected, usual);
    let with_members =
        options.select.is_empty() || options.select.iter().any(|name| name == "members");
    let show = |group: GroupKey, members: Vec<Value>| {
        let row = GroupRow { tenant, group, begun: call.backend.start() };
        let shown = match tenant.group(group).lifecycle() {
            Lifecycle::Active => groups::shown(&row, &names).into_owned(),
            other => removed(tenant.group(group).object_id().to_string(), other),
        };
        match members.is_empty() || !with_members {
            true => shown,
            false => shown.and("members@delta", Property::json(members.into())),
        }
    };
    let member = |user: UserKey| json!({ "@odata.type": "#microsoft.graph.user", "id": tenant.user(user).object_id().to_string() });
    match round(call, now.version, now.members)? {
        Round::Latest => answer(call, "groups", Vec::new(), now),
        Round::First(place) => {
            let start = place.next.unwrap_or(0);
            let end = (start as usize + PAGE).min(tenant.group_count()) as u32;
            let there = |group: &GroupKey| !tenant.group(*group).deleted();
            let all = |group: GroupKey| show(group, tenant.members(group).map(member).collect());
            let page = (start..end).map(GroupKey).filter(there).map(all).collect();
            let more = (end as usize) < tenant.group_count();
            answer(call, "groups", page, Place { next: more.then_some(end), ..place })
        }
        Round::Later(place) => {
            let mut changes = std::collections::BTreeMap::<GroupKey, Vec<Value>>::new();
            for (group, user) in tenant.membership_changes_since(place.members) {
                let mut one = member(user);
                let stays = tenant.is_member(group, user)
                    && tenant.user(user).lifecycle() == Lifecycle::Active;
                if let (false, Value::Object(members)) = (stays, &mut one) {
                    members.insert("@removed".to_owned(), json!({ "reason": "deleted" }));
                }
                changes.entry(group).or_default().push(one);
            }
            let changed = tenant.group_changes_since(AppId::MAIN, place.version);
            let of =
                |group: GroupKey| show(group, changes.get(&group).cloned().unwrap_or_default());
            let page = changed.map(of).collect();
            answer(call, "groups", page, now)
        }
    }
}

/// Registrations or service principals. They are few: the first round is one page.
fn registered_delta(call: &mut Call<'_>) -> GraphOutcome {
    let (side, kind) = match call.request.path.lower().first().map(String::as_str) {
        Some("applications") => (AppSide::Registration, "applications"),
        _ => (AppSide::Principal, "servicePrincipals"),
    };
    let (entra, seed) = (call.entra(), call.backend.seed());
    let registry = entra.tenant().registry();
    let now = Place { version: registry.version(), ..Place::now(call) };
    let select = &call.request.options.select;
    let there = |key: &RegisteredKey| registry.row(*key).has(side);
    let show = |key: RegisteredKey| {
        let row = registry.row(key);
        match row.side(side).map_or(Lifecycle::HardDeleted, |object| object.state) {
            Lifecycle::Active => picked(&registered::show(call, key, side), select).into_owned(),
            other => {
                let id = registered::object_id(entra, seed, row, side).unwrap_or_default();
                removed(id, other)
            }
        }
    };
    match round(call, now.version, 0)? {
        Round::Latest => answer(call, kind, Vec::new(), now),
        Round::First(place) => {
            let all = registry.rows().map(|(key, _)| key).filter(there);
            answer(call, kind, all.map(show).collect(), Place { next: None, ..place })
        }
        Round::Later(place) => {
            let changed = registry.changes_since(place.version, side).into_iter();
            answer(call, kind, changed.map(show).collect(), now)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_and_nothing_else_is_a_token() {
        let place = Place { version: 7, members: 9, next: Some(0), at: Time::from_secs(5), of: 3 };
        assert_eq!(Place::read(&place.token()), Some(place));
        let over = Place { next: None, ..place };
        assert_eq!(Place::read(&over.token()), Some(over));
        for text in ["", "x", "AAAA", "latest", &"A".repeat(50)] {
            assert_eq!(Place::read(text), None, "{text}");
        }
    }
}
