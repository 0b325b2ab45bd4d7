//! The drawer of the settings that are not as Entra has them: what each decides, both values, and
//! where Entra's is from.

use super::Drawer;
use super::parts::{Piece, Row, Section};
use crate::app::dashboard::panels::Scene;
use crate::entra::policy::{Overridden, Policy};

/// The drawer of all of them.
pub fn of(scene: &Scene<'_>) -> Drawer {
    let overridden = scene.app().entra().job().settings().policy.overridden();
    let rows = Policy::rows();
    let row = |own: &Overridden| {
        let known = rows.iter().find(|row| row.name == own.name);
        let (doc, source) = known.map_or(("", "".to_owned()), |row| {
            (row.doc, format!("{} [{}]", row.provenance.word(), row.source))
        });
        Row {
            tone: "warn",
            cells: vec![
                doc.into(),
                Piece::from(own.value.clone()).in_tone("strong"),
                own.default.clone().into(),
                Piece::from(source).in_tone("faint"),
                Piece::from(own.name).in_tone("faint"),
            ],
        }
    };
    let says = match overridden.len() {
        0 => "Every setting of the provisioning service is as Entra has it.",
        _ => {
            "In this run the provisioning service does not behave as Entra's in every respect. A \
             class often has thresholds scaled down, so that they are reached with few people."
        }
    };
    let columns = ["What it decides", "Here", "Entra", "Source", "Name"];
    let table = Section::table("Settings", &columns, overridden.iter().map(row).collect(), "");
    let shown = if overridden.is_empty() { None } else { Some(table) };
    Drawer {
        kind: "settings",
        title: "Not as Entra has it".to_owned(),
        detail: scene.app().app_name().to_owned(),
        sections: [Some(Section::of("", says)), shown].into_iter().flatten().collect(),
        ..Drawer::default()
    }
}

/// A setting with both values, in one line: `quarantine_min_failures = 5 (Entra: 5000)`.
pub fn words(own: &Overridden) -> String {
    format!("{} (Entra: {})", own.text(), own.default)
}
