//! The steps that a row of the provisioning log keeps: which, in which order, and how each went.

use super::*;
use crate::entra::job::steps::ProvisioningStep;

impl Talk {
    /// The steps of the last row about a user, as `import EntryImportAdd success`.
    fn steps(&self, handle: &str) -> Vec<String> {
        let row = self.entra.job().log().last_of(self.user(handle)).expect("a row in the log");
        let words = |step: &ProvisioningStep| {
            format!("{} {} {}", step.kind.word(), step.name.word(), step.status.word())
        };
        row.steps().iter().map(words).collect()
    }

    fn started(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk
    }
}

const ADDED: &str = "import EntryImportAdd success";
const UPDATED: &str = "import EntryImportUpdate success";
const IN_SCOPE: &str = "scoping EntrySynchronizationScoping success";
const OUT_OF_SCOPE: &str = "scoping EntrySynchronizationScoping skipped";
const FOUND: &str = "matching EntryImport success";
const NOTHING: &str = "export EntrySynchronizationSkip skipped";

#[test]
fn an_object_without_a_link_is_scoped_before_it_is_matched() {
    let mut talk = Talk::started(&["ann", "bob"]);
    talk.create("ann", "1");
    let new = "matching EntrySynchronizationAdd success";
    assert_eq!(talk.steps("ann"), [ADDED, IN_SCOPE, new, "export EntryExportAdd success"]);
    talk.expect("GET", 200, &list(1, &account("9", "bob", true)));
    assert_eq!(talk.steps("bob"), [ADDED, IN_SCOPE, FOUND, NOTHING]);
    assert_eq!(talk.steps("bob")[1], "scoping EntrySynchronizationScoping success");
}

#[test]
fn an_object_with_a_link_is_read_before_it_is_scoped() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 204, "");
    assert_eq!(talk.steps("ann"), [UPDATED, FOUND, IN_SCOPE, "export EntryExportUpdate success"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH", 204, "");
    let disabled = "export EntryExportUpdateSoftDelete success";
    assert_eq!(talk.steps("ann"), [UPDATED, FOUND, OUT_OF_SCOPE, disabled]);
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("ann is in the bin");
    talk.probe();
    talk.expect("DELETE", 204, "");
    let (gone, deleted) = ("import EntryImportDelete success", "export EntryExportDelete success");
    assert_eq!(talk.steps("ann"), [gone, FOUND, OUT_OF_SCOPE, deleted], "found by its link");
}

#[test]
fn the_step_that_failed_is_the_last() {
    let mut talk = Talk::started(&["ann", "bob", "cec", "dan"]);
    talk.expect("GET", 200, &list(2, ""));
    assert_eq!(talk.steps("ann"), [ADDED, IN_SCOPE, "matching EntryImport failure"]);
    talk.expect("GET", 500, "");
    assert_eq!(talk.steps("bob"), [ADDED, IN_SCOPE, "matching EntryImport failure"]);
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 409, "");
    let new = "matching EntrySynchronizationAdd success";
    assert_eq!(talk.steps("cec"), [ADDED, IN_SCOPE, new, "export EntryExportAdd failure"]);
    talk.create("dan", "4");
    talk.update("dan", Attribute::Surname, "Berg");
    talk.probe();
    talk.expect("GET /scim/v2/Users/4 ", 404, "");
    assert_eq!(talk.steps("dan"), [UPDATED, "matching EntryImportObjectNotFound failure"]);
}

#[test]
fn an_object_that_is_passed_over_says_at_which_step() {
    let mut talk = Talk::with(&["ann", "bob"]);
    talk.change(&[
        ("target", "title"),
        ("expression", "FormatDateTime([jobTitle], , \"yyyy\", \"yy\")"),
    ]);
    let bob = talk.user("bob");
    talk.act(|entra, moment| entra.tenant_mut().disable(bob, moment)).expect("bob may sign in");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let failed = "processing EntrySynchronizationAdd failure";
    assert_eq!(talk.steps("ann"), [ADDED, IN_SCOPE, failed]);
    assert_eq!(talk.steps("bob"), [ADDED, OUT_OF_SCOPE, NOTHING]);
}

#[test]
fn the_row_keeps_the_names_of_its_day() {
    let mut talk = Talk::provisioned(&["ann"]);
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
    talk.update("ann", Attribute::DisplayName, "Ann Berg");
    let identity = &row.identity;
    assert_eq!(identity.display_name(), "ann Lind");
    assert_eq!(identity.sign_in_name(), "ann.lind@contoso.example");
    assert_eq!((identity.roles(), identity.enabled), ("User", true));
}
