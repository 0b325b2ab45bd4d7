//! The panel of the provisioning log: its last rows, with the portal's columns.

use schemars::JsonSchema;
use serde::Serialize;

use super::drawer::parts::{Piece, Row, Table};
use super::panels::Scene;
use super::words;
use crate::entra::job::Subject;
use crate::entra::job::log::{LogEntry, LogStatus};
use crate::world::AppView;

/// Rows of a list, as many as are shown.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The heading: `200 of 1,340 rows`.
    pub says: String,
    /// The words that every shown row contains; empty for all rows.
    pub narrow: String,
    /// The rows, newest first.
    pub table: Table,
}

/// How many rows are shown.
const SHOWN: usize = 150;

/// How many of the last rows are searched.
const SEARCHED: usize = 5_000;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Listed {
    let view = scene.app();
    let log = view.entra().job().log();
    let rows = log.rows().rev().take(SEARCHED).map(|entry| row(view, entry));
    let columns = vec!["Date", "Identity", "Action", "Source", "Target", "Status", "What"];
    let total = words::counted(log.count(), "row", "rows");
    Listed::of(scene, columns, rows, &format!("{total}, {} failed", words::count(log.failures())))
}

fn row(view: AppView<'_>, entry: &LogEntry) -> Row {
    let kind = if let Subject::User(_) = entry.subject { "user" } else { "group" };
    let tone = if let LogStatus::Failure(_) = entry.status { "bad" } else { "" };
    let target = entry.target.as_deref().unwrap_or("–");
    Row {
        tone,
        cells: vec![
            words::moment(view.start(), entry.at).into(),
            Piece::link(&*entry.handle, format!("{kind} {}", entry.handle)),
            entry.action.word().into(),
            "Microsoft Entra ID".into(),
            target.into(),
            Piece::from(entry.status.word()).in_tone(tone),
            words::cut(&view.entra().job().line(entry), 200).into(),
        ],
    }
}

impl Listed {
    /// Those of the rows that contain every word that the page asks for.
    pub fn of(
        scene: &Scene<'_>,
        columns: Vec<&'static str>,
        rows: impl Iterator<Item = Row>,
        total: &str,
    ) -> Listed {
        let narrow = scene.query.narrow.clone();
        let wanted: Vec<String> =
            narrow.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let holds = |row: &Row| {
            let text: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            let text = text.join(" ").to_lowercase();
            wanted.iter().all(|word| text.contains(word))
        };
        let rows: Vec<Row> = rows.filter(holds).take(SHOWN).collect();
        let says = format!("the last {} shown; {total}", words::count(rows.len() as u64));
        Listed { says, narrow, table: Table { columns, rows } }
    }
}
