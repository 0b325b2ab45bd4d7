//! Groups on demand: with a few of their members, which are added and never removed, and when such
//! a run is refused.

use super::groups::ready;
use super::*;
use crate::entra::AppId;
use crate::entra::job::{Absence, OnDemandRefusal, OnDemandResult, Picked, Subject};

impl Talk {
    fn pick(&mut self, handles: &[&str]) -> Result<(), OnDemandRefusal> {
        let members = handles.iter().map(|handle| self.user(handle)).collect();
        let picked = Picked { subject: Subject::Group(self.group()), members };
        let begun =
            self.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, picked, moment));
        begun.map(|_| ())
    }

    fn rows(&self) -> Vec<String> {
        let runs = self.entra.job().on_demand();
        let run = runs.last_of(self.group()).expect("a run that ended");
        let shown = |row: &std::sync::Arc<crate::entra::job::log::LogEntry>| {
            let mut out = String::new();
            row.write(&mut out);
            out
        };
        run.rows.iter().map(shown).collect()
    }

    fn provision_user(&mut self, handle: &str, id: &str) {
        let user = self.user(handle);
        self.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, user.into(), moment))
            .expect("not refused");
        self.probe();
        self.create(handle, id);
    }
}

#[test]
fn a_group_is_created_and_the_members_that_were_picked_are_added() {
    let mut talk = ready(&["ann", "bob", "cid"], &[]);
    talk.provision_user("ann", "1");
    talk.provision_user("cid", "3");
    talk.pick(&["ann", "bob"]).expect("not refused");
    talk.probe();
    talk.create_group("7");
    // Cid has an account and was not picked; Bob was picked and has none.
    talk.expect(r#"{"op":"Add","path":"members","value":[{"$ref":null,"value":"1"}]}"#, 204, "");
    let rows = talk.rows();
    assert_eq!(rows[0], "create sales success");
    assert!(rows[1].contains("UnableToResolveReferenceAttributeValue"), "{rows:?}");
    assert_eq!(rows[2], "update sales success (members)");
    assert_eq!(talk.entra.next_due(), None, "no cycle is due, and nobody else is added");
    let run = talk.entra.job().on_demand().last_of(talk.group()).expect("it ended").clone();
    assert_eq!(run.result(), OnDemandResult::Success);
}

#[test]
fn the_first_cycle_sends_the_whole_group_those_included_that_a_run_has_added() {
    let mut talk = ready(&["ann", "bob"], &[]);
    talk.provision_user("ann", "1");
    talk.pick(&["ann"]).expect("not refused");
    talk.probe();
    talk.create_group("7");
    talk.expect(r#""value":[{"$ref":null,"value":"1"}]"#, 204, "");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.read("1", "ann", true);
    talk.create("bob", "2");
    talk.group_probe();
    talk.read_group("Sales");
    let both = r#""value":[{"$ref":null,"value":"1"},{"$ref":null,"value":"2"}]"#;
    talk.expect(both, 204, "");
}

#[test]
fn a_group_that_is_not_assigned_itself_stops_at_the_scope() {
    // As a group inside an assigned one does: nested groups are not supported.
    let mut talk = Talk::with(&["ann"]);
    talk.map_groups();
    talk.set_up_group("sales", "Sales", false);
    talk.pick(&[]).expect("not refused");
    talk.probe();
    assert!(talk.rows()[0].starts_with("create sales skipped NotEffectivelyEntitled"));
    assert_eq!(talk.entra.next_due(), None, "nothing is sent about the group");
}

#[test]
fn more_members_than_five_and_strangers_are_refused() {
    let all = ["a", "b", "c", "d", "e", "f"];
    let mut talk = ready(&all, &[]);
    assert_eq!(talk.pick(&all), Err(OnDemandRefusal::TooManyMembers { picked: 6, limit: 5 }),);
    talk.leave("f");
    let stranger = OnDemandRefusal::NotAMember { user: "f".into(), group: "sales".into() };
    assert_eq!(talk.pick(&["a", "f"]), Err(stranger));
    talk.pick(&all[..5]).expect("five members are allowed");
    let mut talk = ready(&all, &[("on_demand_members", Kind::Integer(6))]);
    talk.pick(&all).expect("a policy allows six");
}

#[test]
fn a_group_in_the_bin_and_groups_without_a_mapping_are_refused() {
    let mut talk = ready(&["ann"], &[]);
    let off = Node::table([("enabled", Node::bare(Kind::Bool(false)))]);
    talk.save(&["mappings", "groups"], &off);
    assert_eq!(talk.pick(&[]), Err(OnDemandRefusal::NoGroups { mapped: true }));
    let group = talk.group();
    talk.act(|entra, moment| entra.tenant_mut().delete_group(group, moment)).expect("it is there");
    let Err(OnDemandRefusal::NotFound { absence, .. }) = talk.pick(&[]) else {
        panic!("it is found")
    };
    assert_eq!(absence, Absence::InRecycleBin);
}
