//! The drawer of one row of the provisioning log, with the four tabs of the portal's detail pane:
//! steps, troubleshooting and recommendations, modified properties, summary.

use super::Drawer;
use super::parts::{Piece, Row, Section};
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::words;
use crate::entra::job::log::{LogEntry, LogStatus};
use crate::entra::job::steps::StepStatus;
use crate::scenario::log;
use crate::world::AppView;

/// The row of this number; `None` when there is none, or the log holds it no more.
pub fn of(scene: &Scene<'_>, number: &str) -> Option<Drawer> {
    let (world, number) = (scene.app(), number.parse::<u64>().ok()?);
    let row = world.entra().job().log().rows().rev().find(|row| row.number == number)?;
    let at = words::second(world.start(), row.at);
    Some(Drawer {
        kind: "row of the provisioning log",
        title: format!("{} {}: {}", row.action.word(), row.handle, row.status.word()),
        detail: at,
        tabs: true,
        sections: vec![
            steps(world, row),
            troubleshooting(world, row),
            properties(world, row),
            summary(world, row),
        ],
        ..Drawer::default()
    })
}

fn steps(world: AppView<'_>, row: &LogEntry) -> Section {
    let names = log::names(world);
    let mut lines = Vec::new();
    for (nth, step) in row.steps().into_iter().enumerate() {
        let tone = match step.status {
            StepStatus::Success => "good",
            StepStatus::Warning | StepStatus::Skipped => "warn",
            StepStatus::Failure => "bad",
        };
        let name = format!("{}. {} ", nth + 1, step.kind.word());
        let head = vec![
            Piece::from(name).in_tone("strong"),
            Piece::from(step.status.word()).in_tone(tone),
        ];
        let what = words::cut(&row.step_description(&step, names.system), 600);
        let details = row.step_details(&step).into_iter();
        let details: Vec<String> = details.map(|(key, value)| format!("{key}: {value}")).collect();
        let details = Piece::from(words::cut(&details.join("; "), 900)).in_tone("faint");
        lines.extend([head, vec![what.into()], vec![details]]);
    }
    Section { title: "Steps", lines, ..Section::default() }
}

fn troubleshooting(world: AppView<'_>, row: &LogEntry) -> Section {
    let title = "Troubleshooting & recommendations";
    let next = world.entra().next_after(row);
    let says = |label: &str, text: String| {
        vec![Piece::from(format!("{label}: ")).in_tone("strong"), text.into()]
    };
    let mut lines = Vec::new();
    match &row.status {
        LogStatus::Success => {
            lines.push(vec![Piece::from("Nothing is to be done: the row is a success.")]);
        }
        LogStatus::Skipped(reason) | LogStatus::Warning(reason) => {
            lines.push(says(
                "Reason",
                format!("{}: {}", reason.word(), row.reason_sentence(reason)),
            ));
        }
        LogStatus::Failure(failure) => {
            lines.push(says("Error code", failure.code.word().to_owned()));
            lines.push(says("Reason", words::cut(&failure.detail, 900)));
        }
    }
    lines.extend(row.recommended_action(next).map(|it| says("Recommendation", it.to_owned())));
    // In our words: what came before the answer, and what follows.
    let story = log::row_story(world, row);
    lines.push(vec![Piece::from("Step by step, in our words").in_tone("faint")]);
    lines.extend(super::parts::pieces(&story));
    Section { title, lines, ..Section::default() }
}

fn properties(world: AppView<'_>, row: &LogEntry) -> Section {
    let names = log::names(world);
    let cell = |text: &String| match text.is_empty() {
        true => Piece::from("none").in_tone("faint"),
        false => words::cut(text, 300).into(),
    };
    let line = |cells: Vec<String>| Row {
        tone: "",
        cells: cells
            .iter()
            .skip(1)
            .enumerate()
            .map(|(nth, text)| match nth {
                0 => Piece::from(text.as_str()),
                _ => cell(text),
            })
            .collect(),
    };
    let rows = log::properties(row, &names).map(line).collect();
    let columns = ["Property", "Old value", "New value"];
    Section::table("Modified properties", &columns, rows, "The row changed no property.")
}

fn summary(world: AppView<'_>, row: &LogEntry) -> Section {
    let cells = log::main_row(row, world.entra().next_after(row), &log::names(world));
    let kind = if row.subject.user().is_some() { "user" } else { "group" };
    let value = |name: &str, text: String| match name {
        "sourceDisplayName" => Piece::link(text, format!("{kind} {}", row.handle)),
        _ if text.is_empty() => Piece::from("none").in_tone("faint"),
        _ => words::cut(&text, 600).into(),
    };
    let rows = log::ROWS.iter().zip(cells).map(|(name, text)| Row {
        tone: "",
        cells: vec![Piece::from(*name).in_tone("faint"), value(name, text)],
    });
    Section::table("Summary", &["Field", "Value"], rows.collect(), "")
}
