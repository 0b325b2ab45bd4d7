//! `cycle`: how many cycles there were, and how the last one went.

use super::{ObservableRow, ObservedValue, See, Shape};
use crate::entra::event::CycleCounts;
use crate::entra::job::Ended;
use crate::world::AppView;

const KINDS: &[&str] = &["initial", "incremental"];
const RESULTS: &[&str] = &["Succeeded", "EntryLevelErrors", "Failed"];

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    count("cycle.count", "cycles that ended since the start", |w, _| {
        ObservedValue::count(w.entra().job().counters().cycles)
    }),
    count("cycle.failed", "cycles that failed as a whole since the start", |w, _| {
        ObservedValue::count(w.entra().job().counters().cycles_failed)
    }),
    count("cycle.last.number", "the number of the last cycle that ended", |w, _| {
        last(w, |e| ObservedValue::count(e.number))
    }),
    ObservableRow {
        path: "cycle.last.kind",
        shape: Shape::Word(KINDS),
        doc: "the kind of the last cycle: initial or incremental",
        see: |w, _| last(w, |e| ObservedValue::text(Some(e.kind.word()))),
    },
    ObservableRow {
        path: "cycle.last.result",
        shape: Shape::Word(RESULTS),
        doc: "how the last cycle went: Succeeded, EntryLevelErrors or Failed",
        see: |w, _| last(w, |e| ObservedValue::text(Some(e.result.word()))),
    },
    ObservableRow {
        path: "cycle.last.took",
        shape: Shape::Span,
        doc: "how long the last cycle took, in virtual time",
        see: |w, _| last(w, |e| ObservedValue::Span(e.ended.since(e.began))),
    },
    count("cycle.last.created", "accounts and groups the last cycle created", |w, _| {
        of_last(w, |c| c.created)
    }),
    count("cycle.last.updated", "accounts and groups the last cycle updated", |w, _| {
        of_last(w, |c| c.updated)
    }),
    count("cycle.last.disabled", "accounts the last cycle disabled", |w, _| {
        of_last(w, |c| c.disabled)
    }),
    count("cycle.last.deleted", "accounts and groups the last cycle deleted", |w, _| {
        of_last(w, |c| c.deleted)
    }),
    count("cycle.last.skipped", "objects the last cycle had nothing to do for", |w, _| {
        of_last(w, |c| c.skipped)
    }),
    count("cycle.last.staged", "disables and deletions the last cycle staged", |w, _| {
        of_last(w, |c| c.staged)
    }),
    count("cycle.last.failed", "objects that failed in the last cycle", |w, _| {
        of_last(w, |c| c.failed)
    }),
];

const fn count(path: &'static str, doc: &'static str, see: See) -> ObservableRow {
    ObservableRow { path, shape: Shape::Count, doc, see }
}

fn last(world: AppView<'_>, read: fn(&Ended) -> ObservedValue) -> ObservedValue {
    world.entra().job().ended().next_back().map_or(ObservedValue::Absent, read)
}

fn of_last(world: AppView<'_>, pick: fn(&CycleCounts) -> u64) -> ObservedValue {
    world
        .entra()
        .job()
        .ended()
        .next_back()
        .map_or(ObservedValue::Absent, |ended| ObservedValue::count(pick(&ended.counts)))
}
