//! `ondemand`: the runs on demand, and how the last one about a user or a group went.

use crate::entra::job::steps::StepStatus;
use crate::entra::job::{OnDemandRun, Stopped, Subject};
use crate::world::AppView;

use super::log::{self, LogField};
use super::{ObservableRow, ObservedValue, Shape};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[ObservableRow {
    path: "ondemand.count",
    shape: Shape::Count,
    doc: "runs on demand that ended since the start",
    see: |world, _| ObservedValue::count(world.entra().job().on_demand().count()),
}];

/// A field of the last run about a user or a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDemandField {
    /// The run as a whole: whether there was one.
    Run,
    /// How it ended.
    Result,
    /// A field of the row that it wrote about the object itself.
    Row(LogField),
    /// The steps that the portal shows.
    Steps,
    /// The step that did not succeed.
    StoppedAt,
}

const RESULTS: &[&str] = &["Success", "Skipped", "Failure"];
const STAGES: &[&str] = &["test", "import", "scope", "match", "action"];

impl OnDemandField {
    /// The fields by their keys below `ondemand.<name>`.
    pub const FIELDS: [(&'static str, Shape, OnDemandField); 6] = [
        ("result", Shape::Word(RESULTS), OnDemandField::Result),
        ("steps", Shape::Any, OnDemandField::Steps),
        ("stopped_at", Shape::Word(STAGES), OnDemandField::StoppedAt),
        ("action", Shape::Word(log::ACTIONS), OnDemandField::Row(LogField::Action)),
        ("code", Shape::Text, OnDemandField::Row(LogField::Code)),
        ("reason", Shape::Text, OnDemandField::Row(LogField::Reason)),
    ];
}

/// A field of the last run about a user or a group; absent when none has ended.
pub fn last(world: AppView<'_>, name: &str, field: OnDemandField) -> ObservedValue {
    let tenant = world.entra().tenant();
    let user = tenant.find_user(name).map(Subject::User);
    let runs = world.entra().job().on_demand();
    let subject = user.or_else(|| tenant.find_group(name).map(Subject::Group));
    match subject.and_then(|subject| runs.last_of(subject)) {
        Some(run) => read(run, field),
        None => ObservedValue::Absent,
    }
}

fn read(run: &OnDemandRun, field: OnDemandField) -> ObservedValue {
    match (field, &run.stopped) {
        (OnDemandField::Run | OnDemandField::Result, _) => {
            ObservedValue::text(Some(run.result().word()))
        }
        (OnDemandField::Steps, _) => {
            let words = run.cards().into_iter().map(|card| card.stage.word());
            ObservedValue::List(words.map(|word| ObservedValue::text(Some(word))).collect())
        }
        (OnDemandField::StoppedAt, _) => {
            let mut cards = run.cards().into_iter();
            let stopped = cards.find(|card| card.status != StepStatus::Success);
            ObservedValue::text(stopped.map(|card| card.stage.word()))
        }
        (OnDemandField::Row(LogField::Code), Some(Stopped::ConnectionTest(error))) => {
            ObservedValue::text(Some(error.code.word()))
        }
        (OnDemandField::Row(LogField::Reason), Some(why)) => ObservedValue::Text(why.text()),
        (OnDemandField::Row(field), _) => {
            run.row().map_or(ObservedValue::Absent, |row| log::read(row, field))
        }
    }
}
