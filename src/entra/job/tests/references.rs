//! References: when a manager is set, how it reads on the wire, and what happens without an account
//! to refer to.

use super::*;

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/// Users whose managers are mapped, all assigned; each of the pairs has a manager.
fn managed(handles: &[&str], pairs: &[(&str, &str)]) -> Talk {
    let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
    talk.change(&[("target", MANAGER), ("source", "manager")]);
    for (user, manager) in pairs {
        talk.manage(user, manager);
    }
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk
}

impl Talk {
    fn manage(&mut self, user: &str, manager: &str) {
        let (user, manager) = (self.user(user), self.user(manager));
        self.act(|entra, moment| entra.tenant_mut().set_manager(user, Some(manager), moment))
            .expect("both are there");
    }

    fn quiet_until_next_cycle(&mut self) {
        let ended = self.entra.job().ended().count();
        assert!(self.entra.job().cycle().is_none(), "the cycle is over");
        self.probe();
        assert!(self.entra.job().ended().count() > ended, "nothing follows the probe");
    }
}

fn shows(id: &str, handle: &str, manager: &str) -> String {
    let shown = format!(
        r#"{{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"manager":{{"value":"{manager}"}}}},"#
    );
    account(id, handle, true).replacen('{', &shown, 1)
}

#[test]
fn a_manager_is_set_after_the_accounts_are_there() {
    let mut talk = managed(&["ann", "ben"], &[("ann", "ben")]);
    talk.create("ann", "1");
    talk.create("ben", "2");
    talk.expect(
        "GET /scim/v2/Users?filter=id+eq+%221%22+and+manager+eq+%222%22&attributes=id ",
        200,
        EMPTY,
    );
    let patch = format!(r#"{{"op":"Add","path":"{MANAGER}","value":"2"}}"#);
    talk.expect(&patch, 204, "");
    assert_eq!(talk.log("ann"), format!("update ann success ({MANAGER})"));
    talk.quiet_until_next_cycle();
    // Another manager replaces the one that the account shows, and an account that shows the right
    // one is left alone.
    talk.manage("ben", "ann");
    talk.probe();
    talk.expect("GET /scim/v2/Users/2 ", 200, &shows("2", "ben", "1"));
    talk.quiet_until_next_cycle();
}

#[test]
fn the_form_follows_dialect_and_policy() {
    for (dialect, object, expected) in [
        ("classic", false, r#"{"op":"Replace","path":"MANAGER","value":"2"}"#),
        ("classic", true, r#"{"op":"Replace","path":"MANAGER","value":{"value":"2"}}"#),
        ("compliant", false, r#"{"op":"replace","path":"MANAGER","value":"2"}"#),
    ] {
        let mut talk = managed(&["ann", "ben"], &[]);
        talk.save(&["dialect"], &Node::text(dialect));
        talk.save(&["policy", "reference_as_object"], &Node::bare(Kind::Bool(object)));
        talk.save(&["policy", "check_reference"], &Node::bare(Kind::Bool(false)));
        talk.create("ann", "1");
        talk.create("ben", "2");
        talk.manage("ann", "ben");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &shows("1", "ann", "77"));
        talk.expect(&expected.replace("MANAGER", MANAGER), 204, "");
        let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
        assert_eq!(row.modified()[0].old.as_deref(), Some("77"));
    }
}

#[test]
fn a_manager_who_is_taken_away_stays_at_the_application_unless_a_policy_says_no() {
    for (removes, object, sent) in [
        (false, false, None),
        (true, false, Some(r#"{"op":"Replace","path":"MANAGER","value":""}"#)),
        (true, true, Some(r#"{"op":"Replace","path":"MANAGER","value":{"value":""}}"#)),
    ] {
        let mut talk = managed(&["ann", "ben"], &[]);
        talk.save(&["policy", "remove_manager"], &Node::bare(Kind::Bool(removes)));
        talk.save(&["policy", "reference_as_object"], &Node::bare(Kind::Bool(object)));
        talk.create("ann", "1");
        talk.create("ben", "2");
        talk.manage("ann", "ben");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
        talk.expect("and+manager+eq+%222%22", 200, EMPTY);
        talk.expect(r#""op":"Add""#, 204, "");
        let ann = talk.user("ann");
        talk.act(|entra, moment| entra.tenant_mut().set_manager(ann, None, moment))
            .expect("had one");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &shows("1", "ann", "2"));
        if let Some(sent) = sent {
            talk.expect(&sent.replace("MANAGER", MANAGER), 204, "");
            let row = talk.entra.job().log().last_of(ann).expect("a row");
            let manager = &row.modified()[0];
            assert_eq!((manager.old.as_deref(), manager.new.flows()), (Some("2"), false));
        }
        talk.quiet_until_next_cycle();
    }
}

#[test]
fn an_account_that_has_its_manager_is_not_changed() {
    let mut talk = managed(&["ann", "ben"], &[("ann", "ben")]);
    talk.create("ann", "1");
    talk.create("ben", "2");
    let there = EMPTY.replace("\"totalResults\":0", "\"totalResults\":1");
    talk.expect("and+manager+eq+%222%22", 200, &there);
    talk.quiet_until_next_cycle();
}

#[test]
fn a_manager_who_comes_later_is_filled_in_by_a_restart_alone() {
    let mut talk = Talk::with(&["ann", "ben"]).policy("concurrency", Kind::Integer(1));
    talk.change(&[("target", MANAGER), ("source", "manager")]);
    talk.manage("ann", "ben");
    let ben = talk.user("ben");
    talk.act(|entra, moment| entra.tenant_mut().disable(ben, moment)).expect("ben may sign in");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.act(|entra, moment| entra.tenant_mut().enable(ben, moment)).expect("ben is blocked");
    talk.probe();
    let expected = "update ann skipped UnableToResolveReferenceAttributeValue: the manager is not connected with an account";
    assert_eq!(talk.log("ann"), expected);
    talk.create("ben", "2");
    talk.quiet_until_next_cycle();
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect("GET /scim/v2/Users/2 ", 200, &account("2", "ben", true));
    talk.expect("filter=id+eq+%221%22+and+manager+eq+%222%22", 200, EMPTY);
    talk.expect(r#""value":"2""#, 204, "");
}

#[test]
fn a_reference_that_fails_is_tried_again_on_the_ladder() {
    let mut talk = managed(&["ann", "ben"], &[("ann", "ben")]);
    talk.create("ann", "1");
    talk.create("ben", "2");
    let mut retries = Vec::new();
    for _ in 0..3 {
        talk.expect("and+manager+eq+%222%22", 200, EMPTY);
        talk.expect(
            "PATCH /scim/v2/Users/1 ",
            400,
            r#"{"scimType":"invalidValue","detail":"no manager"}"#,
        );
        assert_eq!(talk.entra.job().escrows().references(), 1);
        let log = talk.log("ann");
        assert!(log.starts_with("update ann failure") && log.contains("no manager"), "{log}");
        retries.push(
            log.split("retries ")
                .nth(1)
                .and_then(|rest| rest.split(',').next())
                .unwrap_or("")
                .to_owned(),
        );
        loop {
            let (id, said) = talk.next();
            if said.contains("GET /scim/v2/Users/1 ") {
                talk.reply(id, 200, &account("1", "ann", true));
                break;
            }
            talk.reply(id, 200, EMPTY);
        }
    }
    assert_eq!(retries, ["0", "1", "2"]);
    talk.expect("and+manager+eq+%222%22", 200, EMPTY);
    talk.expect("PATCH /scim/v2/Users/1 ", 204, "");
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn a_user_who_leaves_while_others_are_created_gets_no_manager() {
    let mut talk = managed(&["ann", "ben"], &[("ann", "ben")]);
    talk.create("ann", "1");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.create("ben", "2");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
}

#[test]
fn a_reference_that_is_left_out_is_skipped_or_a_warning() {
    use crate::entra::job::steps::{StepKind, StepStatus};
    for (policy, status) in [("skipped", StepStatus::Skipped), ("warning", StepStatus::Warning)] {
        let mut talk = Talk::with(&["ann", "ben"])
            .policy("concurrency", Kind::Integer(1))
            .policy("unresolved_reference", Kind::Text(policy.to_owned()));
        let ben = talk.user("ben");
        talk.act(|entra, moment| entra.tenant_mut().disable(ben, moment)).expect("may sign in");
        talk.change(&[("target", MANAGER), ("source", "manager")]);
        talk.manage("ann", "ben");
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.create("ann", "1");
        assert_eq!(
            talk.log("ann"),
            format!(
                "update ann {policy} UnableToResolveReferenceAttributeValue: the manager is not connected with an account"
            )
        );
        let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
        let last = row.steps().pop().expect("steps");
        assert_eq!((last.kind, last.status), (StepKind::ReferenceResolution, status));
        talk.quiet_until_next_cycle();
        let ended = talk.entra.job().ended().next().expect("a cycle");
        assert_eq!((ended.counts.created, ended.counts.failed), (1, 0));
    }
}
