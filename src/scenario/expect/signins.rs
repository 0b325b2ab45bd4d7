//! `signins`: how often people signed in at GoLinks, and at which door each was turned away last.

use std::collections::BTreeMap;

use super::{ObservableRow, ObservedValue, Shape};
use crate::entra::tenant::Attribute;
use crate::world::record::Cause;
use crate::world::{AppView, Record, RecordedEvent, intent};
use crate::{entra, golinks};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "signins.let_in",
        shape: Shape::Count,
        doc: "sign-ins that Entra and GoLinks both let in",
        see: |_, memory| ObservedValue::count(memory.sign_ins().let_in),
    },
    ObservableRow {
        path: "signins.refused",
        shape: Shape::Count,
        doc: "sign-ins that Entra refused; GoLinks was not asked",
        see: |_, memory| ObservedValue::count(memory.sign_ins().refused),
    },
    ObservableRow {
        path: "signins.turned_away",
        shape: Shape::Count,
        doc: "sign-ins that Entra let through and GoLinks turned away",
        see: |_, memory| ObservedValue::count(memory.sign_ins().turned_away),
    },
];

/// How far sign-ins came.
pub const DOORS: &[&str] = &["let in", "refused by Entra", "turned away by GoLinks"];

/// What is observed of the last sign-in of a user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignInField {
    /// Whether there was one.
    Whole,
    /// How far it came.
    Result,
    /// Why it came no further: Entra's code, or GoLinks' word.
    Reason,
}

impl SignInField {
    /// Every field: its key and the kind of its value.
    pub const FIELDS: [(&'static str, Shape, SignInField); 2] = [
        ("result", Shape::Word(DOORS), SignInField::Result),
        ("reason", Shape::Text, SignInField::Reason),
    ];
}

/// The sign-ins so far.
#[derive(Default)]
pub struct SignIns {
    let_in: u64,
    refused: u64,
    turned_away: u64,
    /// The user that Entra let through last, by handle, and what caused it: the application is
    /// asked next, and may not get to know the name.
    under_way: Option<(String, Option<Cause>)>,
    /// The last sign-in of each user of whom an expectation wants it.
    last: BTreeMap<String, Option<SignIn>>,
}

/// How far a sign-in came.
struct SignIn {
    result: &'static str,
    reason: Option<String>,
}

impl SignIns {
    /// Remembers the last sign-in of a user from now on.
    pub fn want(&mut self, name: &str) {
        self.last.insert(name.to_owned(), None);
    }

    /// Reads one record of the journal.
    pub fn read(&mut self, record: &Record<'_>, world: AppView<'_>) {
        let (nth, reason) = match record.event {
            RecordedEvent::Entra(entra::Event::SignedOn { user, .. }) => {
                self.under_way = Some((user.to_string(), record.cause));
                return;
            }
            RecordedEvent::Entra(entra::Event::SignInRefused { why, .. }) => {
                self.refused += 1;
                (1, Some(why.words().to_owned()))
            }
            RecordedEvent::GoLinks(golinks::Event::SignedIn { .. }) => {
                self.let_in += 1;
                (0, None)
            }
            RecordedEvent::GoLinks(golinks::Event::TurnedAway { why, .. }) => {
                self.turned_away += 1;
                (2, Some(why.word().to_owned()))
            }
            _ => return,
        };
        let under_way = self.under_way.take().filter(|(_, cause)| *cause == record.cause);
        for (name, last) in &mut self.last {
            let goes_on = under_way.as_ref().is_some_and(|(user, _)| user == name);
            if goes_on || is_of(world, name, record) {
                *last = Some(SignIn { result: DOORS[nth], reason: reason.clone() });
            }
        }
    }

    /// A field of the last sign-in of a user.
    pub fn last(&self, name: &str, field: SignInField) -> ObservedValue {
        let Some(Some(last)) = self.last.get(name) else { return ObservedValue::Absent };
        match field {
            SignInField::Whole | SignInField::Result => ObservedValue::text(Some(last.result)),
            SignInField::Reason => ObservedValue::text(last.reason.as_deref()),
        }
    }
}

/// Whether a sign-in, or a session that ended, was that of the user of this name.
pub(super) fn is_of(world: AppView<'_>, name: &str, record: &Record<'_>) -> bool {
    let tenant = world.entra().tenant();
    let user = tenant.find_user(name).map(|user| tenant.user(user));
    let called = |shown: &str| {
        let mail = user.and_then(|user| user.get(Attribute::Mail));
        let names = [user.and_then(|user| user.sign_in_name()), mail];
        names.into_iter().flatten().any(|name| name.eq_ignore_ascii_case(shown))
    };
    match record.event {
        RecordedEvent::Entra(
            entra::Event::SignInRefused { user, .. } | entra::Event::SignedOn { user, .. },
        ) => **user == *name,
        RecordedEvent::GoLinks(
            golinks::Event::SignedIn { id, user_name, .. }
            | golinks::Event::SessionEnded { id, user_name, .. },
        ) => called(user_name) || intent::name_of(world, *id) == name,
        RecordedEvent::GoLinks(golinks::Event::TurnedAway { user_name, .. }) => called(user_name),
        _ => false,
    }
}
