//! Explains why a user is or is not in scope: each fact and each clause of a filter, with its
//! verdict.

use super::drafted::drafted;
use super::group::listed;
use super::{marked, plain, strong};
use crate::entra::field::ObjectKind;
use crate::entra::filter::{FilterSet, Filtered};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::GroupKey;
use crate::entra::tenant::{ScopeFacts, UserKey};
use crate::scenario::layout::{Line, Tone};
use crate::world::AppView;

/// Every fact and every clause that decides whether a user is in scope, then the result.
pub fn scope(world: AppView<'_>, user: UserKey) -> Vec<Line> {
    let (tenant, settings) = (world.entra().tenant(), world.entra().job().settings());
    let (row, facts) = (tenant.user(user), tenant.facts(world.app(), user));
    let filters = settings.schema.filters.of(ObjectKind::User, FilterSet::Scope);
    let scoping = world.entra().scoping(user);
    let mut lines = vec![
        strong(format!("{} and the scope \"{}\"", row.handle(), settings.scope.word())),
        plain(""),
    ];
    if let Some(gone) = world.entra().gone() {
        lines.push(marked(false, 2, format!("the application {}", gone.words())));
    }
    lines.push(marked(
        scoping.active,
        2,
        format!("active in the source system: {}", state(&facts)),
    ));
    lines.push(marked(
        scoping.assigned,
        2,
        format!("assigned to the application: {}", assignment(world, user)),
    ));
    lines.push(marked(scoping.has_role, 2, "has the required role".to_owned()));
    lines.push(marked(scoping.filter_passed, 2, passes(world)));
    for filter in filters {
        let passed = filter.passes(row, &settings.policy);
        lines.push(marked(passed, 4, format!("\"{}\", all of:", filter.title)));
        for (clause, verdict) in filter.clauses.iter().zip(filter.verdicts(row, &settings.policy)) {
            let found =
                verdict.found.map_or_else(|| "no value".to_owned(), |value| format!("\"{value}\""));
            let note =
                if verdict.note.is_empty() { String::new() } else { format!("; {}", verdict.note) };
            lines.push(marked(verdict.passed, 6, format!("{clause}: {found}{note}")));
        }
    }
    lines.push(plain(""));
    let (tone, word) = match (filters_read(world, row), scoping.in_scope()) {
        (false, _) => (Tone::Bad, "not read: left out by a filter, so an account stays as it is"),
        (true, true) => (Tone::Good, "in scope"),
        (true, false) => (Tone::Bad, "not in scope"),
    };
    lines.push(Line(vec![(tone, word.to_owned())]));
    lines.extend(drafted(world, Some(user.into())));
    lines
}

/// Whether the filters let an object be read at all.
pub(super) fn filters_read<'a>(world: AppView<'_>, object: impl Into<Filtered<'a>>) -> bool {
    let settings = world.entra().job().settings();
    settings.schema.filters.read_in(object, &settings.policy)
}

fn passes(world: AppView<'_>) -> String {
    let filters = &world.entra().job().settings().schema.filters;
    match filters.of(ObjectKind::User, FilterSet::Scope).count() {
        0 => "no scoping filter is set, so everybody passes".to_owned(),
        1 => "passes the scoping filter".to_owned(),
        many => format!("passes one of {many} scoping filters"),
    }
}

/// Whether a user exists and may sign in, in words.
pub(super) fn state(facts: &ScopeFacts) -> &'static str {
    match facts {
        ScopeFacts { hard_deleted: true, .. } => "deleted for good",
        ScopeFacts { soft_deleted: true, .. } => "in the recycle bin",
        ScopeFacts { enabled: false, .. } => "blocked from sign-in",
        _ => "in the directory, and sign-in is allowed",
    }
}

/// How a user is assigned, by every way, and which changes of it provisioning does not see yet.
pub(super) fn assignment(world: AppView<'_>, user: UserKey) -> String {
    if let Some(gone) = world.entra().gone() {
        return format!("no; the application {}, and has no assignments", gone.words());
    }
    let (entra, tenant) = (world.entra(), world.entra().tenant());
    let row = tenant.user(user);
    let counts = |group: &&GroupKey| {
        let assigned = tenant.group_assigned(world.app(), **group);
        let group = tenant.group(**group);
        assigned.is_some() && group.security_enabled() && !group.deleted()
    };
    let groups = row.groups().iter().filter(counts);
    let groups: Vec<String> =
        groups.map(|group| tenant.group(*group).handle().to_string()).collect();
    let by_group = match groups.as_slice() {
        [] => None,
        [one] => Some(format!("through the group {one}")),
        _ => Some(format!("through the groups {}", listed(groups))),
    };
    let direct = tenant.assigned(world.app(), user);
    let direct = direct.map(|role| format!("directly, as {}", tenant.role_name(world.app(), role)));
    let how = match (direct, by_group) {
        (Some(direct), Some(by_group)) => format!("{direct}, and {by_group}"),
        (Some(how), None) | (None, Some(how)) => how,
        (None, None) if entra.job().settings().scope != SyncScope::All => "no".to_owned(),
        (None, None) if entra.job().scope() == SyncScope::All => {
            "not needed, everybody is looked at".to_owned()
        }
        (None, None) => "no, which the scope that is saved does not need; the scope in force \
                         needs it until the next initial cycle"
            .to_owned(),
    };
    let coming = tenant.arriving(world.app(), user);
    let coming: Vec<String> = coming.iter().map(|it| it.coming()).collect();
    let note = match coming.as_slice() {
        [] => String::new(),
        all => format!("; not seen by provisioning yet: {}", all.join(", ")),
    };
    format!("{how}{note}{}", unevaluated(world, user).map_or(String::new(), |it| format!("; {it}")))
}

/// Says that a group that decides about the scope waits for its rule.
pub(super) fn unevaluated(world: AppView<'_>, user: UserKey) -> Option<String> {
    let tenant = world.entra().tenant();
    let decides = |group: &GroupKey| {
        tenant.group_assigned(world.app(), *group).is_some()
            && tenant.group(*group).security_enabled()
    };
    let group = tenant.unevaluated(user).find(decides)?;
    let handle = tenant.group(group).handle();
    Some(format!("the directory has not evaluated the rule of {handle} yet"))
}
