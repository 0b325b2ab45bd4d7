//! `mails`: the mails that the provisioning service sent to its notification address.

use super::{ObservableRow, ObservedValue, Shape};
use crate::entra::job::mail::Mail;
use crate::entra::job::quarantine::Reason;
use crate::world::AppView;

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "mails.sent",
        shape: Shape::Count,
        doc: "notification mails sent since the start",
        see: |world, _| ObservedValue::count(world.counters().mails),
    },
    ObservableRow {
        path: "mails.last.to",
        shape: Shape::Text,
        doc: "the address of the last mail",
        see: |world, _| ObservedValue::text(last(world).map(|mail| mail.to.as_str())),
    },
    ObservableRow {
        path: "mails.last.reason",
        shape: Shape::Text,
        doc: "the quarantine's reason that the last mail reports; absent when it reports none",
        see: |world, _| {
            let reason = last(world).and_then(|mail| mail.about.reason());
            ObservedValue::text(reason.map(Reason::word))
        },
    },
    ObservableRow {
        path: "mails.last.text",
        shape: Shape::Text,
        doc: "the text of the last mail; take a part of it: { contains = \"..\" }",
        see: |world, _| {
            let application = world.entra().tenant().application_name(world.app());
            match last(world) {
                Some(mail) => ObservedValue::Text(mail.lines(application).join(" ")),
                None => ObservedValue::Absent,
            }
        },
    },
];

fn last(world: AppView<'_>) -> Option<&Mail> {
    world.entra().job().outbox().mails().next_back()
}
