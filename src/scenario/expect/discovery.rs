//! `discovery`: the last report about the accounts that the application has.

use super::{ObservableRow, ObservedValue, Shape};
use crate::entra::job::DiscoveryReport;
use crate::world::AppView;

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "discovery.count",
        shape: Shape::Count,
        doc: "account discoveries that ended since the start",
        see: |world, _| ObservedValue::count(world.entra().job().discovered().count),
    },
    ObservableRow {
        path: "discovery.accounts",
        shape: Shape::Count,
        doc: "accounts of the last account discovery",
        see: |world, _| counted(world, |report| report.accounts.len()),
    },
    ObservableRow {
        path: "discovery.local",
        shape: Shape::Count,
        doc: "accounts of the last account discovery that are of no user",
        see: |world, _| counted(world, |report| report.counts()[0]),
    },
    ObservableRow {
        path: "discovery.unassigned",
        shape: Shape::Count,
        doc: "accounts of the last account discovery that are of users who are not assigned",
        see: |world, _| counted(world, |report| report.counts()[1]),
    },
    ObservableRow {
        path: "discovery.assigned",
        shape: Shape::Count,
        doc: "accounts of the last account discovery that are of assigned users",
        see: |world, _| counted(world, |report| report.counts()[2]),
    },
    ObservableRow {
        path: "discovery.failed",
        shape: Shape::Count,
        doc: "accounts of the last account discovery of which it cannot be told whose they are",
        see: |world, _| counted(world, |report| report.counts()[3]),
    },
    ObservableRow {
        path: "discovery.code",
        shape: Shape::Text,
        doc: "the error code with which the last account discovery failed as a whole; absent when it did not",
        see: |world, _| {
            let last = world.entra().job().discovered().last.as_deref();
            let failure = last.and_then(|report| report.failure.as_ref());
            ObservedValue::text(failure.map(|why| why.code()))
        },
    },
];

fn counted(world: AppView<'_>, of: impl Fn(&DiscoveryReport) -> usize) -> ObservedValue {
    let last = world.entra().job().discovered().last.as_deref();
    ObservedValue::count(last.map_or(0, of) as u64)
}
