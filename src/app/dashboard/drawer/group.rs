//! The drawer of a group: why it is at GoLinks or is not, its members on both sides, retries and
//! log.

use super::parts::{Piece, Row, Section};
use super::{Drawer, person};
use crate::app::dashboard::groups::verbs;
use crate::app::dashboard::panels::Scene;
use crate::entra::tenant::{Attribute, GroupKey};
use crate::scenario::explain;
use crate::world::status::Coming;
use crate::world::{AppView, intent};

/// How many members are listed.
const MEMBERS: usize = 100;

/// The drawer of the group with this handle.
pub fn of(scene: &Scene<'_>, name: &str) -> Option<Drawer> {
    let world = scene.app();
    let group = world.entra().tenant().find_group(name)?;
    let row = world.entra().tenant().group(group);
    let mut sections =
        vec![Section::lines("", &explain::group(world, group)), members(world, group)];
    sections.extend(person::retries(world, group.into()));
    sections.extend(person::last_row(world, group.into()));
    sections.push(person::rows(world, group.into()));
    Some(Drawer {
        kind: "group",
        title: row.display_name().to_owned(),
        detail: row.kind().name().to_owned(),
        handle: row.handle().to_string(),
        can: verbs(world.app(), world.entra().tenant(), group),
        sections,
        ..Drawer::default()
    })
}

/// Its members in the directory, and whether GoLinks has them in the group.
fn members(world: AppView<'_>, group: GroupKey) -> Section {
    let (tenant, target) = (world.entra().tenant(), world.target());
    let found = intent::found_groups(world, group);
    let intended = intent::are_intended(world) && intent::group_in_scope(world, group);
    let lacks = match (intended, Coming::of(world).when(group)) {
        (false, _) => "",
        (true, Some(_)) => "warn",
        (true, None) => "bad",
    };
    let is_in = |account| found.iter().any(|id| target.is_group_member(*id, account));
    let row = |user| {
        let person = tenant.user(user);
        let accounts = intent::accounts(world, user);
        let (tone, word) = match accounts.iter().any(|account| is_in(account.id)) {
            true => ("", "is in the group"),
            false if accounts.is_empty() => ("", "has no account"),
            false if found.is_empty() => (lacks, "is in no group there"),
            false => (lacks, "is not in the group"),
        };
        let name = person.get(Attribute::DisplayName).unwrap_or(person.handle());
        let link = Piece::link(name, format!("user {}", person.handle()));
        Row { tone, cells: vec![link, word.into()] }
    };
    let rows = tenant.members(group).take(MEMBERS).map(row).collect();
    let columns = ["Entra", target.called().column()];
    Section::table("Members", &columns, rows, "The group has no members in Entra.")
}
