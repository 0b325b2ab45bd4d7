//! The last sign-in of a user, or of anybody, as a reason: which door it came to and what was said
//! there.

use super::reason::Reason;
use super::signins::is_of;
use super::why::LOOKED_BACK;
use crate::world::{AppView, Record, RecordedEvent};
use crate::{entra, golinks};

/// The last sign-in of a user, or that there was none.
pub fn of(world: AppView<'_>, name: &str) -> Reason {
    found(world, Some(name)).unwrap_or_else(|| Reason::NoSignIn(Some(name.into())))
}

/// The last sign-in of anybody of which a count speaks, or that there was none at all.
pub(super) fn counted(world: AppView<'_>, path: &str) -> Reason {
    let is_counted = |record: &Record<'_>| {
        world.concerns(record.party)
            && match record.event {
                RecordedEvent::Entra(entra::Event::SignInRefused { .. }) => {
                    path == "signins.refused"
                }
                RecordedEvent::GoLinks(golinks::Event::TurnedAway { .. }) => {
                    path == "signins.turned_away"
                }
                _ => false,
            }
    };
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    let last = records.find(is_counted).map(|record| told(&record));
    last.or_else(|| found(world, None)).unwrap_or(Reason::NoSignIn(None))
}

/// The last end of a session of a user, or of anybody.
pub(super) fn session_end(world: AppView<'_>, name: Option<&str>) -> Option<Reason> {
    let mut records = world.journal().records().rev().take(LOOKED_BACK);
    let is_it = |record: &Record<'_>| {
        matches!(record.event, RecordedEvent::GoLinks(golinks::Event::SessionEnded { .. }))
            && world.concerns(record.party)
            && name.is_none_or(|name| is_of(world, name, record))
    };
    let record = records.find(is_it)?;
    Some(Reason::SessionEnded { at: record.at, says: said(&record) })
}

/// Searches the journal backwards. Of a sign-in by an action Entra's record comes first and names
/// the user; that of GoLinks follows, with the name of an account that others may bear by now.
fn found(world: AppView<'_>, name: Option<&str>) -> Option<Reason> {
    let records = world.journal().records().rev().take(LOOKED_BACK);
    let mut at_golinks: Option<Record<'_>> = None;
    for record in records.filter(|record| world.concerns(record.party)) {
        if !is_sign_in(&record.event) {
            continue;
        }
        let before = match (at_golinks.take(), &record.event) {
            (Some(after), RecordedEvent::Entra(entra::Event::SignedOn { user, .. }))
                if after.cause == record.cause =>
            {
                if name.is_none_or(|name| **user == *name) {
                    return Some(told(&after));
                }
                continue;
            }
            (after, _) => after,
        };
        if let Some(after) = before.filter(|after| is_meant(world, name, after)) {
            return Some(told(&after));
        }
        match record.event {
            RecordedEvent::GoLinks(_) => at_golinks = Some(record),
            _ if is_meant(world, name, &record) => return Some(told(&record)),
            _ => {}
        }
    }
    at_golinks.filter(|record| is_meant(world, name, record)).map(|record| told(&record))
}

fn is_sign_in(event: &RecordedEvent<'_>) -> bool {
    matches!(
        event,
        RecordedEvent::GoLinks(golinks::Event::SignedIn { .. } | golinks::Event::TurnedAway { .. })
            | RecordedEvent::Entra(
                entra::Event::SignedOn { .. } | entra::Event::SignInRefused { .. }
            )
    )
}

fn is_meant(world: AppView<'_>, name: Option<&str>, record: &Record<'_>) -> bool {
    name.is_none_or(|name| is_of(world, name, record))
}

fn told(record: &Record<'_>) -> Reason {
    Reason::LastSignIn { at: record.at, says: said(record) }
}

fn said(record: &Record<'_>) -> String {
    let refused = match record.event {
        RecordedEvent::Entra(event) => event.refused_sign_in(),
        _ => None,
    };
    refused.unwrap_or_else(|| {
        let mut says = String::new();
        record.event.write(&mut says);
        says
    })
}
