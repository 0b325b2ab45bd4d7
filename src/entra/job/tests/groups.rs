//! Groups in cycles: created empty, given members in batches, renamed, and deleted when they leave
//! the scope [scim-dev, how-works].

use super::*;
use crate::entra::AppId;
use crate::entra::job::Subject;
use crate::entra::tenant::{GroupChange, GroupKey, NewAssignment, NewGroup};

/// Users `1`, `2`, … by their ids, and an assigned group of all of them with the id `7`.
pub(super) fn grouped(handles: &[&str], policies: &[(&str, Kind)]) -> Talk {
    let mut talk = ready(handles, policies);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    for (nth, handle) in handles.iter().enumerate() {
        talk.create(handle, &format!("{}", nth + 1));
    }
    talk.group_probe();
    talk.create_group("7");
    talk
}

/// The same before the first cycle.
pub(super) fn ready(handles: &[&str], policies: &[(&str, Kind)]) -> Talk {
    let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
    talk.map_groups();
    for (name, value) in policies {
        talk = talk.policy(name, value.clone());
    }
    let group = talk.set_up_group("sales", "Sales", true);
    for handle in handles {
        let user = talk.user(handle);
        talk.entra.tenant_mut().set_up_member(group, user);
    }
    talk
}

impl Talk {
    /// Maps groups as an application outside of the gallery does; users keep the seven rows of
    /// GoLinks.
    pub(super) fn map_groups(&mut self) {
        let row = |target, source, matching| {
            Node::table([
                ("target", Node::text(target)),
                ("source", Node::text(source)),
                ("match", Node::bare(Kind::Integer(matching))),
            ])
        };
        let rows = vec![
            row("displayName", "displayName", 1),
            row("externalId", "objectId", 0),
            row("members", "members", 0),
        ];
        let rows = Node::bare(Kind::List(rows));
        let groups = Node::table([("enabled", Node::bare(Kind::Bool(true))), ("rows", rows)]);
        self.save(&["mappings", "groups"], &groups);
    }

    pub(super) fn set_up_group(&mut self, handle: &str, name: &str, assigned: bool) -> GroupKey {
        let mut group = NewGroup::new(handle, name);
        group.assigned = assigned.then_some(NewAssignment::As(Role::User));
        self.entra.tenant_mut().set_up_group(group).expect("a fresh handle")
    }

    pub(super) fn group(&self) -> GroupKey {
        self.entra.tenant().find_group("sales").expect("it is set up")
    }

    pub(super) fn group_probe(&mut self) {
        let (id, said) = self.next();
        let lookup = "GET /scim/v2/Groups?excludedAttributes=members&filter=displayName+eq+%22";
        let value = said.strip_prefix(lookup).unwrap_or_else(|| panic!("no probe: {said}"));
        assert_eq!(value.split("%22").next().map(str::len), Some(36), "a GUID: {said}");
        self.reply(id, 200, EMPTY);
    }

    /// The probes of a cycle for which no user has anything to do.
    pub(super) fn probes(&mut self) {
        self.probe();
        self.group_probe();
    }

    pub(super) fn create_group(&mut self, id: &str) {
        self.expect(
            "/Groups?excludedAttributes=members&filter=displayName+eq+%22Sales%22",
            200,
            EMPTY,
        );
        self.expect("POST /scim/v2/Groups ", 201, &format!(r#"{{"id":"{id}","members":[]}}"#));
    }

    /// Expects a read of the linked group, and shows it.
    pub(super) fn read_group(&mut self, name: &str) {
        let shown = self.group_json(name);
        self.expect("GET /scim/v2/Groups/7?excludedAttributes=members ", 200, &shown);
    }

    /// The linked group under this name, as the application shows it.
    pub(super) fn group_json(&self, name: &str) -> String {
        let group = self.entra.tenant().group(self.group()).object_id();
        let group = crate::base::seed::show_guid(group.0);
        format!(r#"{{"id":"7","displayName":"{name}","externalId":"{group}"}}"#)
    }

    /// All rows of the log about the group.
    pub(super) fn rows_of_group(&self) -> Vec<String> {
        let group = Subject::Group(self.group());
        let rows = self.entra.job().log().rows().filter(|row| row.subject == group);
        rows.map(|row| {
            let mut out = String::new();
            row.write(&mut out);
            out
        })
        .collect()
    }

    pub(super) fn join(&mut self, handle: &str) {
        let (group, user) = (self.group(), self.user(handle));
        self.act(|entra, moment| entra.tenant_mut().add_member(group, user, moment))
            .expect("not a member yet");
    }

    pub(super) fn leave(&mut self, handle: &str) {
        let (group, user) = (self.group(), self.user(handle));
        self.act(|entra, moment| entra.tenant_mut().remove_member(group, user, moment))
            .expect("a member");
    }

    pub(super) fn group_log(&self) -> String {
        let row = self.entra.job().log().last_of(self.group()).expect("a row in the log");
        let mut out = String::new();
        row.write(&mut out);
        out
    }

    /// Expects a PATCH of the group with exactly these operations.
    pub(super) fn patch_group(&mut self, operations: &str, status: u16) {
        let schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
        let body = format!(r#"{{"schemas":["{schema}"],"Operations":[{operations}]}}"#);
        self.expect(&format!("PATCH /scim/v2/Groups/7 {body}"), status, "");
    }

    /// Nothing but the probes of the next cycle is sent.
    pub(super) fn quiet_cycle(&mut self) {
        assert!(self.entra.job().cycle().is_none(), "a cycle is still under way");
        self.probes();
        assert!(self.entra.job().cycle().is_none(), "something follows the probes");
    }

    fn sent(&self) -> Vec<u32> {
        let sent = self.entra.job().links().memberships().sent(self.group());
        sent.map(|user| user.0).collect()
    }
}

/// An element of `members` on the wire.
fn value(id: &str) -> String {
    format!(r#"{{"$ref":null,"value":"{id}"}}"#)
}

/// One operation on `members`.
pub(super) fn values(op: &str, ids: &[&str]) -> String {
    let values: Vec<String> = ids.iter().map(|id| value(id)).collect();
    format!(r#"{{"op":"{op}","path":"members","value":[{}]}}"#, values.join(","))
}

#[test]
fn a_group_is_created_empty_after_the_users_and_then_gets_its_members() {
    let mut talk = ready(&["ann", "ben"], &[]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.create("ben", "2");
    talk.group_probe();
    talk.expect("displayName+eq+%22Sales%22", 200, EMPTY);
    let group = crate::base::seed::show_guid(talk.entra.tenant().group(talk.group()).object_id().0);
    let post = format!(
        r#"POST /scim/v2/Groups {{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],"displayName":"Sales","externalId":"{group}","meta":{{"resourceType":"Group"}}}}"#
    );
    talk.expect(&post, 201, r#"{"id":"7","displayName":"Sales","members":[]}"#);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    assert_eq!(talk.group_log(), "update sales success (members)");
    assert_eq!(talk.sent(), [0, 1]);
    assert_eq!(talk.entra.job().counters().created, 3);
    talk.quiet_cycle();
}

#[test]
fn members_come_and_go_in_the_form_of_the_dialect() {
    for (dialect, add, remove) in [
        ("classic", values("Add", &["3"]), values("Remove", &["1", "2"])),
        (
            "compliant",
            values("add", &["3"]),
            r#"{"op":"remove","path":"members[value eq \"1\"]"},{"op":"remove","path":"members[value eq \"2\"]"}"#.to_owned(),
        ),
    ] {
        let mut talk = ready(&["ann", "ben", "cid"], &[]);
        talk.leave("cid");
        talk.save(&["dialect"], &Node::text(dialect));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        for (nth, handle) in ["ann", "ben", "cid"].iter().enumerate() {
            talk.create(handle, &format!("{}", nth + 1));
        }
        talk.group_probe();
        talk.create_group("7");
        talk.expect("PATCH /scim/v2/Groups/7 ", 204, "");
        talk.join("cid");
        talk.leave("ann");
        talk.leave("ben");
        talk.probe();
        for (id, handle) in [("3", "cid"), ("1", "ann"), ("2", "ben")] {
            talk.read(id, handle, true);
        }
        talk.group_probe();
        talk.read_group("Sales");
        talk.patch_group(&add, 204);
        talk.patch_group(&remove, 204);
        assert_eq!(talk.sent(), [2]);
        let row = talk.entra.job().log().last_of(talk.group()).expect("a row");
        assert_eq!(row.modified()[0].old.as_deref(), Some("1, 2"));
        talk.quiet_cycle();
    }
}

#[test]
fn members_travel_in_batches() {
    let mut talk = grouped(&["ann", "ben", "cid"], &[("members_per_patch", Kind::Integer(2))]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.patch_group(&values("Add", &["3"]), 204);
    talk.quiet_cycle();
}

#[test]
fn a_group_is_renamed_and_keeps_its_members() {
    let mut talk = grouped(&["ann"], &[]);
    talk.patch_group(&values("Add", &["1"]), 204);
    talk.leave("ann");
    talk.join("ann");
    talk.probe();
    talk.read("1", "ann", true);
    talk.group_probe();
    // Somebody renamed it at the application; what Entra has is written again.
    talk.read_group("Selling");
    talk.patch_group(r#"{"op":"Replace","path":"displayName","value":"Sales"}"#, 204);
    assert_eq!(talk.group_log(), "update sales success (displayName)");
    assert_eq!(talk.sent(), [0], "who left and came back inside an interval is not sent");
    talk.quiet_cycle();
}

#[test]
fn a_group_that_is_unassigned_is_deleted_and_one_that_comes_back_is_new() {
    let mut talk = grouped(&["ann"], &[]);
    talk.patch_group(&values("Add", &["1"]), 204);
    let group = talk.group();
    talk.act(|entra, moment| entra.tenant_mut().unassign_group(AppId::MAIN, group, moment))
        .expect("assigned");
    talk.probe();
    talk.read("1", "ann", true);
    talk.group_probe();
    talk.expect("DELETE /scim/v2/Groups/7 ", 204, "");
    assert_eq!(
        talk.group_log(),
        "delete sales success: not assigned to the application, without the required role"
    );
    assert_eq!((talk.entra.job().links().get(group), talk.sent().len()), (None, 0));
    let role = Role::User;
    talk.act(|entra, moment| entra.tenant_mut().assign_group(AppId::MAIN, group, role, moment))
        .expect("free");
    talk.probe();
    talk.read("1", "ann", true);
    talk.group_probe();
    talk.create_group("8");
    talk.expect(r#"PATCH /scim/v2/Groups/8 "#, 204, "");
}

#[test]
fn a_deleted_group_is_deleted_there_and_one_that_is_gone_already_counts_as_deleted() {
    for status in [204, 404] {
        let mut talk = grouped(&["ann"], &[]);
        talk.patch_group(&values("Add", &["1"]), 204);
        let group = talk.group();
        talk.act(|entra, moment| entra.tenant_mut().delete_group(group, moment)).expect("there");
        talk.probe();
        talk.read("1", "ann", true);
        talk.group_probe();
        talk.expect("DELETE /scim/v2/Groups/7 ", status, "");
        assert!(talk.group_log().starts_with("delete sales success"), "{}", talk.group_log());
        assert!(talk.entra.job().escrows().is_empty());
        talk.quiet_cycle();
    }
}

#[test]
fn a_group_out_of_scope_is_never_written() {
    let mut talk = ready(&["ann"], &[]);
    let other = talk.set_up_group("other", "Other", false);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.group_probe();
    talk.create_group("7");
    talk.patch_group(&values("Add", &["1"]), 204);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().add_member(other, ann, moment)).expect("new");
    talk.probes();
    let row = talk.entra.job().log().last_of(Subject::Group(other)).expect("a row");
    assert_eq!(row.status.code(), "NotEffectivelyEntitled", "what changed is evaluated and logged");
    talk.quiet_cycle();
}

#[test]
fn without_a_mapping_for_groups_nothing_is_asked_about_them() {
    let mut talk = ready(&["ann"], &[]);
    let off = Node::bare(Kind::Bool(false));
    talk.save(&["mappings", "groups", "enabled"], &off);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.probe();
    assert!(talk.entra.job().cycle().is_none());
}

#[test]
fn a_connection_test_asks_for_a_group_too_where_groups_are_mapped() {
    for (status, passes) in [(200, true), (404, false)] {
        let mut talk = ready(&["ann"], &[]);
        talk.act(|entra, moment| entra.job_mut().test_connection(moment));
        talk.probe();
        assert!(talk.entra.job().is_testing(), "the group is still to be asked for");
        talk.expect("/Groups?excludedAttributes=members&filter=displayName+eq+", status, EMPTY);
        let job = talk.entra.job();
        assert_eq!((job.is_testing(), job.tests_done()), (false, 1));
        assert_eq!(job.last_test().is_some_and(Result::is_ok), passes);
    }
}

#[test]
fn a_rename_in_the_directory_is_sent_in_the_form_of_the_dialect() {
    for (dialect, operation) in [
        ("classic", r#"{"op":"Replace","path":"displayName","value":"Selling"}"#),
        ("compliant", r#"{"op":"replace","value":{"displayName":"Selling"}}"#),
    ] {
        let mut talk = grouped(&["ann"], &[]);
        talk.patch_group(&values("Add", &["1"]), 204);
        talk.save(&["dialect"], &Node::text(dialect));
        let group = talk.group();
        let name = GroupChange::DisplayName("Selling".to_owned());
        talk.act(|entra, moment| entra.tenant_mut().update_group(group, name, moment))
            .expect("another name");
        talk.probes();
        talk.read_group("Sales");
        talk.patch_group(operation, 204);
        assert_eq!(talk.sent(), [0]);
        talk.quiet_cycle();
    }
}
