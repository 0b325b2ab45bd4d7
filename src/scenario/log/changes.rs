//! What a row of the log changed, in words: attributes from a value to another, and members that
//! were put into a group or taken out of it.

use crate::entra::job::Subject;
use crate::entra::job::log::{LogAction, LogEntry};
use crate::entra::job::modified::Modified;
use crate::entra::mapping::Flow;
use crate::entra::policy::MemberUpdate;
use crate::world::AppView;

/// How many members are named.
const NAMED: usize = 12;

/// The changes that a row asked for, in words.
pub fn changes(view: AppView<'_>, row: &LogEntry) -> Vec<String> {
    row.modified()
        .iter()
        .map(|it| members(view, row, it).unwrap_or_else(|| attribute(it)))
        .collect()
}

/// An attribute: `title from "Clerk" to "Manager"`.
fn attribute(property: &Modified) -> String {
    let new = match property.new.shown() {
        Some(new) => format!("\"{new}\""),
        None => "nothing".to_owned(),
    };
    match &property.old {
        Some(old) => format!("{} from \"{old}\" to {new}", property.attribute),
        None => format!("{} = {new}", property.attribute),
    }
}

/// The members that an update of a group adds or removes. They are never read before, so that what
/// stands as the old value of a removal is those that are removed, and not all there were.
fn members(view: AppView<'_>, row: &LogEntry, property: &Modified) -> Option<String> {
    let is_update = matches!(row.subject, Subject::Group(_)) && row.action == LogAction::Update;
    if !is_update || &*property.attribute != "members" {
        return None;
    }
    let policy = &view.entra().job().settings().policy;
    let (ids, done): (Vec<&str>, _) = match (&property.old, &property.new) {
        (Some(old), Flow::Null) => (old.split(", ").collect(), "taken out of the members"),
        (None, Flow::List(ids)) if policy.member_update == MemberUpdate::Add => {
            (ids.iter().map(|id| &**id).collect(), "put into the members")
        }
        (None, Flow::List(ids)) => (ids.iter().map(|id| &**id).collect(), "as the only members"),
        _ => return None,
    };
    let named = ids.iter().take(NAMED).map(|id| named(view, id));
    let more = ids.len().saturating_sub(NAMED) as u64;
    let more = (more > 0).then(|| format!("{more} others"));
    Some(format!("{} {done}", named.chain(more).collect::<Vec<_>>().join(", ")))
}

/// An account by its id, and whose it is as far as the job knows.
fn named(view: AppView<'_>, id: &str) -> String {
    match view.entra().job().links().user_of(id) {
        Some(user) => format!("{id} ({})", view.entra().tenant().user(user).handle()),
        None => id.to_owned(),
    }
}
