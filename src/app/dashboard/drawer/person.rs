//! The drawer of a user: why there is an account or none, both sides, scope, retries, log and
//! requests.

use super::Drawer;
use super::exchanges;
use super::parts::{Piece, Row, Section};
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::person::verbs;
use crate::app::dashboard::{log as listed, words};
use crate::entra::job::Subject;
use crate::entra::job::log::LogStatus;
use crate::entra::tenant::{Attribute, UserKey};
use crate::scenario::{explain, log};
use crate::world::AppView;
use crate::world::intent::{self, Agreement, Sides};
use crate::world::status::why_failed;

/// How many rows of the provisioning log are shown.
const ROWS: usize = 12;

/// How many of the log's last rows are searched for those of one object.
const SEARCHED: usize = 20_000;

/// The drawer of the user with this handle.
pub fn of(scene: &Scene<'_>, name: &str) -> Option<Drawer> {
    let world = scene.app();
    let tenant = world.entra().tenant();
    let user = tenant.find_user(name)?;
    let row = tenant.user(user);
    let mut sections = vec![
        Section::lines("", &explain::user(world, user)),
        attributes(world, user),
        Section::lines("Scope, clause by clause", &explain::scope(world, user)[1..]),
    ];
    sections.extend(retries(world, user.into()));
    sections.extend(last_row(world, user.into()));
    sections.push(rows(world, user.into()));
    sections.push(exchanges::of(scene, row.handle()));
    Some(Drawer {
        kind: "user",
        title: row.get(Attribute::DisplayName).unwrap_or(row.handle()).to_owned(),
        detail: row.get(Attribute::UserPrincipalName).unwrap_or_default().to_owned(),
        handle: row.handle().to_string(),
        can: verbs(world.app(), tenant, user),
        sections,
        ..Drawer::default()
    })
}

/// The mapped attributes on both sides, those that differ first.
fn attributes(world: AppView<'_>, user: UserKey) -> Section {
    let mut sides = intent::sides(world, user);
    sides.sort_by_key(|side| side.agree != Agreement::Differs);
    let row = |side: Sides| {
        let (tone, mark) = match side.agree {
            Agreement::Differs => ("bad", "≠"),
            Agreement::Same => ("", "="),
            Agreement::NotCompared => ("", ""),
        };
        let value = |value: Option<Box<str>>| match value {
            Some(value) => Piece::from(words::cut(&value, 300)),
            None => Piece::from("none").in_tone("faint"),
        };
        let attribute = side.attribute.rsplit(':').next().unwrap_or(&side.attribute).to_owned();
        let cells = vec![
            attribute.into(),
            Piece::from(words::cut(&side.source, 200)).in_tone("faint"),
            value(side.want),
            Piece::from(mark).in_tone(tone),
            value(side.have),
        ];
        Row { tone, cells }
    };
    let rows = sides.into_iter().map(row).collect();
    let holds = world.target().called().holds();
    let columns = ["Attribute", "Source", "Entra intends", "", holds];
    Section::table("Attributes on both sides", &columns, rows, "No attribute is mapped.")
}

/// How the retries of an object stand, when its last attempt failed.
pub(super) fn retries(world: AppView<'_>, subject: Subject) -> Option<Section> {
    let (job, server) = (world.entra().job(), world.target().called());
    let moment = |at| words::moment(world.start(), at);
    let title = "Escrow: waiting for another try";
    if let Some(given_up) = job.escrows().given_up(subject) {
        let text = format!(
            "Given up at {}: {}. A change of the object or a restart tries again.",
            moment(given_up.at),
            why_failed(given_up.code, server)
        );
        return Some(Section::of(title, text));
    }
    let escrow = job.escrows().get(subject)?;
    let tried = match escrow.retries {
        0 => "It has not been tried again yet".to_owned(),
        1 => "It was tried again once".to_owned(),
        many => format!("It was tried again {many} times"),
    };
    let next = job.next_try(subject).unwrap_or(escrow.next_retry);
    let text = format!(
        "First failed at {}, last at {}: {}. {tried}; the next try is {} ({}), in the first cycle \
         from then on.",
        moment(escrow.first_failure),
        moment(escrow.last_failure),
        why_failed(escrow.code, server),
        words::ahead(world.now(), next),
        moment(next)
    );
    Some(Section::of(title, text))
}

/// The last row about an object, step by step.
pub(super) fn last_row(world: AppView<'_>, subject: Subject) -> Option<Section> {
    let row = world.entra().job().log().last_of(subject)?;
    Some(Section::lines("The last row of the log, step by step", &log::row_story(world, row)))
}

/// The last rows of the log about an object.
pub(super) fn rows(world: AppView<'_>, subject: Subject) -> Section {
    let last =
        world.entra().job().log().rows().rev().take(SEARCHED).filter(|row| row.subject == subject);
    let rows = last.take(ROWS).map(|row| Row {
        tone: if let LogStatus::Failure(_) = row.status { "bad" } else { "" },
        cells: vec![
            Piece::link(words::moment(world.start(), row.at), format!("row {}", row.number)),
            row.action.word().into(),
            row.status.word().into(),
            listed::more(world, row).into(),
        ],
    });
    let columns = ["When", "Action", "Status", "What"];
    let none = "No row about this object is among the last of the provisioning log.";
    Section::table("Provisioning log", &columns, rows.collect(), none)
}
