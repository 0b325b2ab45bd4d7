//! `job.execution`, `job.progress` and what else Graph's status of a job counts.

use super::{ObservableRow, ObservedValue, See, Shape};
use crate::entra::job::execution::Execution;
use crate::world::AppView;

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    count("job.execution.imported", "objects that the last cycle read", |w, _| {
        of_last(w, |e| e.imported)
    }),
    count("job.execution.entitled", "assigned objects among them", |w, _| {
        of_last(w, |e| e.entitled)
    }),
    count("job.execution.in_scope", "objects in scope among them", |w, _| {
        of_last(w, |e| e.entitled_for_provisioning)
    }),
    count(
        "job.execution.exports",
        "objects that the last cycle had something to write for",
        |w, _| of_last(w, |e| e.exports),
    ),
    count("job.execution.exported", "objects that the last cycle wrote something for", |w, _| {
        of_last(w, |e| e.exported)
    }),
    count("job.execution.escrowed", "objects that failed in the last cycle", |w, _| {
        of_last(w, |e| e.escrowed)
    }),
    count("job.progress.completed", "pages of the running cycle that are done", |w, _| {
        let progress = w.entra().job().progress();
        progress.map_or(ObservedValue::Absent, |it| ObservedValue::count(it.completed))
    }),
    count("job.progress.total", "pages of the running cycle in all", |w, _| {
        let progress = w.entra().job().progress();
        progress.map_or(ObservedValue::Absent, |it| ObservedValue::count(it.total))
    }),
    count("job.entries.users", "users that were ever in scope; it only grows", |w, _| {
        ObservedValue::count(w.entra().job().entries().users())
    }),
    count("job.entries.groups", "groups that were ever in scope; it only grows", |w, _| {
        ObservedValue::count(w.entra().job().entries().groups())
    }),
    count("job.complete_failures", "cycles in a row, up to now, that failed as a whole", |w, _| {
        ObservedValue::count(w.entra().job().milestones().successive_failures)
    }),
    ObservableRow {
        path: "job.steady",
        shape: Shape::Truth,
        doc: "whether a cycle has ever ended with no change left to be processed",
        see: |w, _| ObservedValue::Bool(w.entra().job().milestones().steady_first.is_some()),
    },
    count("audit.count", "rows of the audit log since the start", |w, _| {
        ObservedValue::count(w.entra().job().audit().count())
    }),
    ObservableRow {
        path: "audit.last",
        shape: Shape::Text,
        doc: "the activity of the last row of the audit log",
        see: |w, _| {
            let last = w.entra().job().audit().rows().next_back();
            ObservedValue::text(last.map(|row| row.activity.word()))
        },
    },
];

const fn count(path: &'static str, doc: &'static str, see: See) -> ObservableRow {
    ObservableRow { path, shape: Shape::Count, doc, see }
}

fn of_last(world: AppView<'_>, pick: fn(&Execution) -> u64) -> ObservedValue {
    let last = world.entra().job().last_execution();
    last.map_or(ObservedValue::Absent, |ended| ObservedValue::count(pick(&ended.execution)))
}
