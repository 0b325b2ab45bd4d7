//! The last change of an account or a group that the application did not ask for: another
//! application of the workspace, another client, or an action at GoLinks made it, or the server
//! deleted what the application wanted to change.

use std::sync::Arc;

use super::reason::LastRequest;
use super::why::{LOOKED_BACK, answer_to};
use crate::base::Time;
use crate::entra::job::Subject;
use crate::entra::tenant::{Attribute, GroupKey, UserKey};
use crate::golinks::{self, AccountEvent, GroupId, Happened};
use crate::scenario::layout::day_and_time;
use crate::world::record::Cause;
use crate::world::{AppView, Party, Record, RecordedEvent, ServerName, intent};

/// A change at GoLinks that the application of which a reason speaks did not make.
#[derive(Clone, PartialEq, Debug)]
pub struct Beside {
    /// When it was made.
    pub at: Time,
    /// What was changed.
    pub what: &'static str,
    /// What became of it.
    pub became: Became,
    /// The paths of the attributes of an account that took other values.
    pub paths: Vec<Box<str>>,
    /// Its author.
    pub by: Author,
}

/// What became of an account or a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Became {
    /// It was created.
    Created,
    /// It got other values, or other members.
    Changed,
    /// It was made inactive.
    Inactive,
    /// It was made active again.
    Active,
    /// It was deleted.
    Deleted,
}

/// The author of a change.
#[derive(Clone, PartialEq, Debug)]
pub enum Author {
    /// A cycle, or a run on demand, of another application, with this request.
    Application(Arc<str>, LastRequest),
    /// The application itself, with this request, which asked for something else.
    Own(ServerName, LastRequest),
    /// A client that is no application, with this request.
    Client(LastRequest),
    /// An action of the story or by hand, such as `edit_account`: its verb.
    Action(&'static str),
}

/// The last change of a user's account, unless the application itself asked for it.
pub fn of_user(world: AppView<'_>, user: UserKey) -> Option<Beside> {
    let entra = world.entra();
    let accounts = intent::accounts(world, user);
    let link = entra.job().links().get(user);
    let upn = entra.tenant().user(user).get(Attribute::UserPrincipalName);
    let is_own = |event: &AccountEvent<'_>| {
        accounts.iter().any(|account| account.id == event.id)
            || link.is_some_and(|link| *link.target == *world.target().id_text(event.id))
            || upn.is_some_and(|upn| upn.eq_ignore_ascii_case(event.user_name))
    };
    last(world, "account", |event| match event {
        RecordedEvent::Account(event) if is_own(event) => Some(match event.what {
            Happened::Created => Became::Created,
            Happened::Changed => Became::Changed,
            Happened::Deactivated => Became::Inactive,
            Happened::Reactivated => Became::Active,
            Happened::Deleted => Became::Deleted,
        }),
        _ => None,
    })
}

/// The last change of a group, unless the application itself asked for it.
pub(super) fn of_group(world: AppView<'_>, group: GroupKey) -> Option<Beside> {
    let found = intent::found_groups(world, group);
    let link = world.entra().job().links().get(Subject::Group(group));
    let is_own = |id: &GroupId| {
        found.contains(id)
            || link.is_some_and(|link| *link.target == *world.target().group_id_text(*id))
    };
    last(world, "group", |event| match event {
        RecordedEvent::GoLinks(golinks::Event::GroupCreated { id, .. }) if is_own(id) => {
            Some(Became::Created)
        }
        RecordedEvent::GoLinks(golinks::Event::GroupChanged { id, .. }) if is_own(id) => {
            Some(Became::Changed)
        }
        RecordedEvent::GoLinks(golinks::Event::GroupDeleted { id, .. }) if is_own(id) => {
            Some(Became::Deleted)
        }
        _ => None,
    })
}

/// The last record of the workspace that tells of such a change, with its author; `None` when that
/// is the application itself, or no longer known.
fn last(
    world: AppView<'_>,
    what: &'static str,
    told: impl Fn(&RecordedEvent<'_>) -> Option<Became>,
) -> Option<Beside> {
    let there = Party::Workspace(world.workspace());
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    let (record, became) = records.find_map(|record| {
        let became = (record.party == there).then(|| told(&record.event)).flatten()?;
        Some((record, became))
    })?;
    let by = author(world, &record, became)?;
    let paths = match record.event {
        RecordedEvent::Account(event) => event.paths.iter().map(Box::from).collect(),
        _ => Vec::new(),
    };
    Some(Beside { at: record.at, what, became, paths, by })
}

fn author(world: AppView<'_>, record: &Record<'_>, became: Became) -> Option<Author> {
    let journal = world.journal();
    match record.cause? {
        Cause::Timer => None,
        Cause::Action(seq) => match journal.get(seq)?.event {
            RecordedEvent::Action(action) => Some(Author::Action(action.verb())),
            _ => None,
        },
        Cause::Request(seq) => {
            let cause = journal.get(seq)?;
            let RecordedEvent::Request(request) = cause.event else { return None };
            let sent = LastRequest {
                seq,
                at: cause.at,
                method: request.method.into(),
                target: request.target.into(),
                answer: answer_to(world, seq),
            };
            match cause.party {
                Party::App(app) if app == world.app() => {
                    let unasked = became == Became::Deleted && request.method != "DELETE";
                    unasked.then_some(Author::Own(world.target().called(), sent))
                }
                Party::App(app) => {
                    let name = world.world().seen_by(app).app_name();
                    Some(Author::Application(name.into(), sent))
                }
                _ => Some(Author::Client(sent)),
            }
        }
    }
}

impl Beside {
    /// Whether it changed the attribute at this target path.
    pub(super) fn changed(&self, attribute: &str) -> bool {
        self.paths.iter().any(|path| {
            let rest = attribute.strip_prefix(&**path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', ':']))
        })
    }

    /// The change and its author in a line, for a run that starts at this instant.
    pub fn words(&self, start: Time) -> String {
        let became = match self.became {
            Became::Created => "created",
            Became::Changed => "changed",
            Became::Inactive => "made inactive",
            Became::Active => "made active again",
            Became::Deleted => "deleted",
        };
        let by = match &self.by {
            Author::Application(app, sent) => format!("the application {app}: {}", sent.sent()),
            Author::Own(server, sent) => {
                format!("{} at a request to change it: {}", server.amid(), sent.sent())
            }
            Author::Client(sent) => format!("another client: {}", sent.sent()),
            Author::Action(verb) => format!("the action `{verb}`"),
        };
        let last = if self.became == Became::Created { "" } else { "last " };
        format!("the {} was {last}{became} {} by {by}", self.what, day_and_time(start, self.at))
    }
}
