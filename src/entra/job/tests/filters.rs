//! Filters: of groups, and those that decide what is read.

use super::*;
use crate::entra::job::steps::StepKind;
use crate::entra::job::{Absence, OnDemandResult, Stopped};

impl Talk {
    /// Saves one filter, `attribute EQUALS value`, with a title and more keys.
    fn filter_with(&mut self, more: &[(&str, &str)], attribute: &str, value: &str) {
        let clause = [("attribute", attribute), ("is", "EQUALS"), ("value", value)];
        let clause = Node::table(clause.map(|(key, text)| (key, Node::text(text))));
        let mut keys = vec![("title", Node::text("Pilot"))];
        keys.extend(more.iter().map(|(key, text)| (*key, Node::text(*text))));
        keys.push(("where", Node::bare(Kind::List(vec![clause]))));
        self.save(&["filters"], &Node::bare(Kind::List(vec![Node::table(keys)])));
    }

    fn rows_written(&self) -> u64 {
        self.entra.job().log().count()
    }
}

#[test]
fn who_is_not_read_has_no_row_and_keeps_the_account() {
    for set in ["input", "category"] {
        let mut talk = Talk::provisioned(&["ann", "bob"]);
        talk.update("ann", Attribute::Department, "Sales");
        let before = talk.rows_written();
        talk.filter_with(&[("set", set)], "department", "Sales");
        talk.probe();
        talk.read("1", "ann", true);
        let department = r#"{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Sales"}"#;
        talk.expect(department, 204, "");
        talk.probe();
        assert_eq!(talk.rows_written(), before + 1, "{set}: ann alone");
        let bob = talk.user("bob");
        talk.act(|entra, moment| entra.tenant_mut().disable(bob, moment)).expect("may sign in");
        talk.probe();
        talk.probe();
        assert_eq!(talk.rows_written(), before + 1, "{set}: bob is blocked and not read");
        assert!(talk.entra.job().links().get(bob).is_some());
        // Of a purged user the id alone is read, which no filter can look at.
        talk.act(|entra, moment| entra.tenant_mut().delete(bob, moment)).expect("is there");
        talk.act(|entra, moment| entra.tenant_mut().purge(bob, moment)).expect("in the bin");
        talk.probe();
        talk.expect("DELETE /scim/v2/Users/2 ", 204, "");
    }
}

#[test]
fn who_passed_the_filters_to_the_end_is_deleted_for_good_at_the_target_too() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Department, "Sales");
    talk.filter_with(&[], "department", "Sales");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 204, "");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("is there");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    // The department is gone with the user: the filter is not asked any more.
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("in the bin");
    talk.probe();
    talk.expect("DELETE /scim/v2/Users/1 ", 204, "");
}

#[test]
fn on_demand_finds_nobody_who_is_not_read() {
    let mut talk = Talk::with(&["ann"]);
    talk.filter_with(&[("set", "input")], "department", "Sales");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann.into(), moment))
        .expect("not refused");
    talk.probe();
    let due = talk.entra.next_due();
    talk.act(|entra, moment| entra.wake(moment));
    let run = talk.entra.job().on_demand().last_of(ann).expect("a run").clone();
    assert_eq!(run.stopped, Some(Stopped::NotFound(Absence::NotRead)), "{due:?}");
    assert_eq!(run.result(), OnDemandResult::Failure);
    assert_eq!(talk.rows_written(), 0);
}

#[test]
fn the_scoping_step_shows_each_clause_and_whether_it_held() {
    let mut talk = Talk::with(&["ann"]);
    talk.filter_with(&[], "department", "Sales");
    let found = |talk: &Talk| {
        let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
        let step = row.steps().into_iter().find(|step| step.kind == StepKind::Scoping);
        let details = row.step_details(&step.expect("it was scoped"));
        details.into_iter().find(|(key, _)| *key == "ScopeEvaluationResult").expect("a detail").1
    };
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    assert_eq!(found(&talk), r#"{"Pilot.department EQUALS 'Sales'":false}"#);
    talk.update("ann", Attribute::Department, "Sales");
    talk.probe();
    talk.create("ann", "1");
    assert_eq!(found(&talk), r#"{"Pilot.department EQUALS 'Sales'":true}"#);
    talk.save(&["filters"], &Node::bare(Kind::List(Vec::new())));
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect("PATCH", 204, "");
    assert_eq!(found(&talk), "{}", "without a filter there is nothing to show");
}

#[test]
fn a_filter_of_groups_knows_what_groups_have() {
    let mut problems = Problems::default();
    let mut settings = Settings::default();
    let clause = [("attribute", "department"), ("is", "EQUALS"), ("value", "Sales")];
    let clause = Node::table(clause.map(|(key, text)| (key, Node::text(text))));
    let filter = Node::table([
        ("of", Node::text("groups")),
        ("where", Node::bare(Kind::List(vec![clause]))),
    ]);
    settings.set(&["filters"], &Node::bare(Kind::List(vec![filter])), &mut problems);
    assert_eq!(problems.list()[0].message, "a group has no `department`");
}
