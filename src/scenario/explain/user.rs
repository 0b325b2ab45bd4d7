//! Explains in sentences why a user has an account at GoLinks, or has none.

use super::drafted::drafted;
use super::group::{groups_of, nested_of};
use super::next::next;
use super::scope::{assignment, filters_read, state, unevaluated};
use super::{RIGHT, last_row, linked_beside, linked_by, not_right, person, plain};
use crate::entra::field::ObjectKind;
use crate::entra::filter::{Filter, FilterSet};
use crate::entra::mapping::{Desired, Import};
use crate::entra::scope::Scoping;
use crate::entra::tenant::{Attribute, UserKey};
use crate::scenario::expect::{self, Reason, changed_beside};
use crate::scenario::layout::{Line, Tone, day_and_time};
use crate::world::AppView;
use crate::world::intent::{self, Mismatch, WayIn};

/// Everything about one user: directory, scope, mapping, accounts, the last row of the log, and
/// what comes next.
pub fn user(world: AppView<'_>, user: UserKey) -> Vec<Line> {
    let tenant = world.entra().tenant();
    let row = tenant.user(user);
    let name = row.get(Attribute::DisplayName).unwrap_or(row.handle());
    let mut lines = vec![verdict(world, user, name), plain("")];
    let (facts, scoping) = (tenant.facts(world.app(), user), world.entra().scoping(user));
    if facts.hard_deleted {
        lines.extend(gone(world, user));
        return lines;
    }
    lines.push(plain(format!(
        "Directory: {}. Assigned: {}.",
        state(&facts),
        assignment(world, user)
    )));
    lines.extend(groups_of(world, user).map(plain));
    lines.extend(nested_of(world, user).map(plain));
    lines.push(plain(filters(world, user, &scoping)));
    lines.push(plain(in_scope(world, user, &scoping)));
    lines.extend(drafted(world, Some(user.into())));
    lines.extend(mapping(world, user));
    lines.extend(not_disabled(world, user));
    lines.extend(accounts(world, user));
    lines.extend(held_by_another(world, user));
    lines.push(plain(last(world, user)));
    lines.extend(sign_in(world, user));
    lines.push(plain(match is_left_alone(world, user) {
        true => left_alone(world, user),
        false => next(world, user),
    }));
    lines
}

/// Whether no cycle sees to a user: one who is out of scope, and neither connected nor waiting.
fn is_left_alone(world: AppView<'_>, user: UserKey) -> bool {
    let (entra, job) = (world.entra(), world.entra().job());
    let out = !intent::in_scope(world, user)
        && !entra.scoping(user).in_scope()
        && !entra.scoping_in_force(user).in_scope();
    let waits = job.escrows().get(user).is_some() || job.escrows().given_up(user).is_some();
    out && unevaluated(world, user).is_none() && !waits && job.links().get(user).is_none()
}

fn left_alone(world: AppView<'_>, user: UserKey) -> String {
    if world.entra().gone().is_some() {
        return next(world, user);
    }
    let accounts = intent::accounts(world, user);
    let mut beside = accounts.iter().map(|it| linked_by(world, &world.target().id_text(it.id)));
    let why = match (accounts.is_empty(), beside.find_map(|by| by)) {
        (true, _) => "a user out of scope gets no account".to_owned(),
        (false, Some(other)) => format!(
            "the user is out of scope and connected with no account here; the one that is there is \
             the application {other}'s to change"
        ),
        (false, None) => {
            "the user is out of scope and connected with no account, so this one stays as it is"
                .to_owned()
        }
    };
    format!("Next: nothing; {why}.")
}

/// The lines for a user that is deleted for good: assignment, filters and mapping no longer decide
/// anything.
fn gone(world: AppView<'_>, user: UserKey) -> Vec<Line> {
    let mut lines = vec![plain("Directory: deleted for good. So not in scope, for ever.")];
    match accounts(world, user) {
        none if none.is_empty() => lines.push(plain("Account: none is left.")),
        accounts => lines.extend(accounts),
    }
    lines.push(plain(last(world, user)));
    lines.extend(sign_in(world, user));
    let job = world.entra().job();
    // A link that is left means that a cycle has still to delete the account.
    lines.push(plain(match job.escrows().get(user).is_some() || job.links().get(user).is_some() {
        true => next(world, user),
        false => "Next: nothing; no cycle looks at a user that is gone for good.".to_owned(),
    }));
    lines
}

/// The first line: whether the user has an account, and whether that is as intended.
fn verdict(world: AppView<'_>, user: UserKey, name: &str) -> Line {
    let handle = world.entra().tenant().user(user).handle();
    let accounts = intent::accounts(world, user);
    let active = accounts.iter().any(|account| account.active);
    let wrong = intent::of(world, user);
    let (at, tone) = match (accounts.is_empty(), active) {
        (true, _) => ("is not at GoLinks", Tone::Strong),
        (_, true) => ("is at GoLinks, with an active account", Tone::Strong),
        (_, false) => ("is at GoLinks, with an inactive account", Tone::Strong),
    };
    let as_it_should = match wrong.as_slice() {
        [] => match intent::keeper(world, user) {
            None => (Tone::Good, RIGHT.to_owned()),
            Some(keeper) => (Tone::Warn, format!(", {}.", keeper.words())),
        },
        wrong => not_right(world, user, wrong),
    };
    let at = world.target().called().fill(at);
    let mut line = Line(vec![(tone, format!("{name} ({handle}) {at}")), as_it_should]);
    if let Some(by) = intent::way_in(world, user).filter(|by| *by != WayIn::Account)
        && let Some(exposure) = intent::exposure_of(world, user)
    {
        let since = day_and_time(world.start(), exposure.since);
        let text = format!(" But {}, so the user is exposed since {since}.", by.words());
        line.add(Tone::Bad, text);
    }
    line
}

fn filters(world: AppView<'_>, user: UserKey, scoping: &Scoping) -> String {
    let settings = world.entra().job().settings();
    let row = world.entra().tenant().user(user);
    if !filters_read(world, row) {
        return "Filters: left out before it is read, so an account stays as it is.".to_owned();
    }
    let filters: Vec<&Filter> =
        settings.schema.filters.of(ObjectKind::User, FilterSet::Scope).collect();
    if filters.is_empty() {
        return "Filters: none is set, so everybody passes.".to_owned();
    }
    if scoping.filter_passed {
        let passed = filters.iter().find(|filter| filter.passes(row, &settings.policy));
        return format!(
            "Filters: passes \"{}\".",
            passed.map_or("", |filter| filter.title.as_str())
        );
    }
    let why = filters.iter().map(|filter| {
        let verdicts = filter.verdicts(row, &settings.policy);
        let failed = filter.clauses.iter().zip(verdicts).find(|(_, verdict)| !verdict.passed);
        let why = failed.map_or_else(String::new, |(clause, verdict)| {
            let found = verdict.found.map_or_else(
                || "there is no value".to_owned(),
                |it| format!("the value is \"{it}\""),
            );
            let note =
                if verdict.note.is_empty() { String::new() } else { format!("; {}", verdict.note) };
            format!("{clause}, but {found}{note}")
        });
        format!("\"{}\" ({why})", filter.title)
    });
    format!("Filters: passes none of {}.", why.collect::<Vec<_>>().join(", "))
}

/// Whether the user is in scope: as the directory has it, and as provisioning sees it where that
/// is still another thing.
fn in_scope(world: AppView<'_>, user: UserKey, scoping: &Scoping) -> String {
    let words = |scoping: &Scoping| match scoping.reasons().as_slice() {
        [] => "in scope".to_owned(),
        reasons => format!("not in scope: {}", reasons.join(", ")),
    };
    if let Some(gone) = world.entra().gone() {
        return format!("So not in scope: the application {}.", gone.words());
    }
    let in_force = world.entra().scoping_in_force(user);
    if in_force.in_scope() != scoping.in_scope() {
        return format!(
            "So {} as it is saved. That takes effect with the next initial cycle; until then the \
             user is {}.",
            words(scoping),
            words(&in_force)
        );
    }
    match (intent::in_scope(world, user), scoping.in_scope()) {
        (false, true) if !filters_read(world, world.entra().tenant().user(user)) => {
            "So not in scope: a filter keeps the user from being read.".to_owned()
        }
        (true, false) if world.entra().is_broken(user) => {
            let handle = world.entra().tenant().user(user).handle();
            format!(
                "So in scope in the directory. The record of the assignment is broken, so \
                 provisioning treats {handle} as not entitled; unassign and assign again."
            )
        }
        (true, false) => format!(
            "So in scope in the directory. Provisioning does not see it yet; as it sees the user, \
             {}.",
            words(scoping)
        ),
        (false, true) => {
            "So not in scope in the directory. Provisioning does not see it yet; as it \
                          sees the user, in scope."
                .to_owned()
        }
        _ if world.entra().tenant().is_replicating(world.app(), user) => {
            format!("So {}, as provisioning sees the user; a change is on its way.", words(scoping))
        }
        _ => format!("So {}.", words(scoping)),
    }
}

/// The reason why the mapping cannot provision this user, if there is one.
fn mapping(world: AppView<'_>, user: UserKey) -> Option<Line> {
    let (entra, settings) = (world.entra(), world.entra().job().settings());
    let roles = entra.tenant().app_roles(world.app(), user);
    let person = person(world, user, &roles);
    let key = person.user.handle();
    let domain = &*world.entra().tenant().settings().domain;
    let import = Import {
        object: person.into(),
        key,
        domain,
        now: world.now(),
        seed: world.seed(),
        policy: &settings.policy,
    };
    let users = &settings.schema.users;
    let mut desired = Desired::of(users, &import);
    if let Some(trouble) = desired.trouble() {
        return Some(plain(format!("Mapping: {} ({}).", trouble.detail, trouble.code.word())));
    }
    if desired.is_ignored() {
        return Some(plain("Mapping: an expression says that the whole user is skipped."));
    }
    if desired.matching(users, 0).is_none() {
        let rows = users.matching().iter().map(|row| &*users.rows()[*row].target.name);
        let names: Vec<&str> = rows.collect();
        return Some(plain(format!(
            "Mapping: no value to match by ({}), so the user is passed over.",
            names.join(", ")
        )));
    }
    desired.fill(users);
    let missing = desired.missing(users)?;
    Some(plain(format!(
        "Mapping: {} is required and has no value, so no account is created.",
        missing.target.name
    )))
}

/// Why the account of a user out of scope stays active whatever cycles do.
fn not_disabled(world: AppView<'_>, user: UserKey) -> Option<Line> {
    let is_it = |what: &Mismatch| matches!(what, Mismatch::StillActive { .. });
    let why = intent::cannot_disable(world, user)?;
    intent::of(world, user)
        .iter()
        .any(is_it)
        .then(|| plain(format!("Mapping: {why}, so no cycle disables the account.")))
}

fn accounts(world: AppView<'_>, user: UserKey) -> Vec<Line> {
    let tenant = world.entra().tenant();
    let link = world.entra().job().links().get(user);
    let mut lines: Vec<Line> = intent::accounts(world, user)
        .iter()
        .map(|account| {
            let active = if account.active { "active" } else { "inactive" };
            let id = world.target().id_text(account.id);
            let by_name = tenant
                .user(user)
                .get(Attribute::UserPrincipalName)
                .is_some_and(|upn| account.user_name.eq_ignore_ascii_case(upn));
            let linked = match link {
                Some(link) if *link.target == *id => "linked".to_owned(),
                // Nothing but its name makes it the user's, who has another one.
                Some(_) if by_name => {
                    let linked = linked_beside(world, &id, "linked with nobody");
                    format!(
                        "{linked}; it counts as the user's because it has the user's sign-in name"
                    )
                }
                _ => linked_beside(world, &id, "not linked"),
            };
            plain(format!("Account: {} ({id}, {active}, {linked}).", account.user_name))
        })
        .collect();
    let is_shown = |id: &str| {
        intent::accounts(world, user).iter().any(|account| world.target().id_text(account.id) == id)
    };
    match link.filter(|link| !is_shown(&link.target)) {
        Some(link) if lines.is_empty() => lines.push(plain(format!(
            "Account: none, although provisioning holds a link to {}.",
            link.target
        ))),
        Some(link) => lines.push(plain(format!(
            "Provisioning holds a link to {}, where there is no account of this user.",
            link.target
        ))),
        None => {}
    }
    if !lines.is_empty()
        && let Some(beside) = changed_beside(world, user)
    {
        let words = beside.words(world.start());
        lines.push(plain(format!("T{}.", &words[1..])));
    }
    lines
}

/// The account that has the user's sign-in name and is connected with another user.
fn held_by_another(world: AppView<'_>, user: UserKey) -> Option<Line> {
    let tenant = world.entra().tenant();
    let name = tenant.user(user).get(Attribute::UserPrincipalName)?;
    let id = world.target().id_text(world.target().find_user_name(name)?);
    let links = world.entra().job().links();
    let other = links.user_of(&id).filter(|other| *other != user)?;
    let is_shared = links.get(user).is_some_and(|link| *link.target == *id);
    let other = tenant.user(other).handle();
    (!is_shared).then(|| {
        plain(format!("The account {name} ({id}) is there, and is connected with {other}."))
    })
}

/// The last sign-in, if there was one: it may have created an account, of which the provisioning
/// log knows nothing.
pub fn sign_in(world: AppView<'_>, user: UserKey) -> Option<Line> {
    let handle = world.entra().tenant().user(user).handle();
    match expect::last_sign_in(world, handle) {
        Reason::LastSignIn { at, says } => {
            Some(plain(format!("Sign-in: {}, {says}.", day_and_time(world.start(), at))))
        }
        _ => None,
    }
}

fn last(world: AppView<'_>, user: UserKey) -> String {
    last_row(world, user.into(), expect::changed_nothing(world, user))
}
