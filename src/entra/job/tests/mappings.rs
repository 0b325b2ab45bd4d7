//! What the kinds of mapping rows do to the dialogue: precedence, what flows always or is only
//! added, what is left alone.

use super::*;

impl Talk {
    /// Changes a row whose values are texts, numbers or truths.
    fn map(&mut self, row: &[(&str, &str)]) {
        let value = |text: &str| match (text.parse(), text.parse()) {
            (Ok(number), _) => Node::bare(Kind::Integer(number)),
            (_, Ok(truth)) => Node::bare(Kind::Bool(truth)),
            _ => Node::text(text),
        };
        let row = Node::table(row.iter().map(|(key, text)| (*key, value(text))));
        self.save(&["mappings", "users", "change"], &Node::bare(Kind::List(vec![row])));
    }

    fn start(&mut self) {
        self.act(|entra, moment| entra.job_mut().start(moment));
        self.probe();
    }

    /// Ann, found by her name, with more in her account.
    fn found(&mut self, more: &str) {
        self.start();
        let ann = account("1", "ann", true).replacen('{', &format!("{{{more}"), 1);
        self.expect("GET /scim/v2/Users?filter=userName+eq+", 200, &list(1, &ann));
    }
}

#[test]
fn matching_attributes_are_tried_one_after_the_other() {
    let mut talk = Talk::with(&["ann"]);
    talk.map(&[("target", "externalId"), ("source", "mailNickname"), ("match", "2")]);
    talk.map(&[("target", "nickName"), ("source", "employeeId"), ("match", "3")]);
    talk.map(&[("target", "title"), ("source", "jobTitle"), ("match", "4")]);
    talk.start();
    talk.expect("GET /scim/v2/Users?filter=userName+eq+%22ann.lind@contoso.example%22", 200, EMPTY);
    // The third has no value, so it is passed over; the fourth is never reached.
    talk.expect("filter=externalId+eq+%22ann.lind%22", 200, &list(1, &account("7", "anna", true)));
    talk.expect(
        r#"{"op":"Replace","path":"userName","value":"ann.lind@contoso.example"}"#,
        204,
        "",
    );
    let ann = talk.user("ann");
    assert_eq!(&*talk.entra.job().links().get(ann).expect("she is linked").target, "7");
}

#[test]
fn what_flows_always_is_sent_although_it_is_there() {
    let mut talk = Talk::with(&["ann"]);
    talk.map(&[("target", "name.givenName"), ("source", "givenName"), ("flow", "always")]);
    talk.found("");
    talk.expect(
        r#""Operations":[{"op":"Replace","path":"name.givenName","value":"ann"}]"#,
        204,
        "",
    );
}

#[test]
fn a_row_without_a_source_fills_what_is_empty_and_nothing_else() {
    let row = [("target", "title"), ("none", "true"), ("default", "Colleague")];
    let mut talk = Talk::with(&["ann"]);
    talk.map(&row);
    talk.found("");
    talk.expect(r#""Operations":[{"op":"Add","path":"title","value":"Colleague"}]"#, 204, "");
    let mut talk = Talk::with(&["ann"]);
    talk.map(&row);
    talk.found(r#""title":"Boss","#);
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
}

#[test]
fn values_are_added_or_replaced_as_the_row_says() {
    let split = r#"Split([department], ",")"#;
    for (apply, expected) in [
        ("add_values", r#""op":"Add","path":"tags","value":["b"]"#),
        ("always", r#""op":"Replace","path":"tags","value":["a","b"]"#),
    ] {
        let mut talk = Talk::with(&["ann"]);
        talk.update("ann", Attribute::Department, "a,b");
        talk.map(&[
            ("target", "tags"),
            ("expression", split),
            ("multi_valued", "true"),
            ("apply", apply),
        ]);
        talk.found(r#""tags":["c","a"],"#);
        talk.expect(expected, 204, "");
    }
}

#[test]
fn a_mapping_may_skip_the_whole_user() {
    let mut talk = Talk::with(&["ann"]);
    let guard = r#"IIF([department]="Secret", IgnoreObjectFlow, [jobTitle])"#;
    talk.map(&[("target", "title"), ("expression", guard)]);
    talk.update("ann", Attribute::Department, "Secret");
    talk.start();
    assert_eq!(talk.log("ann"), "other ann skipped EntrySynchronizationSkipped");
}

#[test]
fn letter_case_alone_is_a_change_only_where_it_counts() {
    let upper =
        [("target", "userName"), ("expression", "ToUpper([userPrincipalName])"), ("match", "1")];
    let mut talk = Talk::with(&["ann"]);
    talk.map(&upper);
    talk.start();
    talk.expect("filter=userName+eq+%22ANN.LIND@", 200, &list(1, &account("1", "ann", true)));
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
    let mut talk = Talk::with(&["ann"]);
    talk.map(&[upper[0], upper[1], upper[2], ("case_exact", "true")]);
    talk.start();
    talk.expect("filter=userName+eq+%22ANN.LIND@", 200, &list(1, &account("1", "ann", true)));
    talk.expect(
        r#"{"op":"Replace","path":"userName","value":"ANN.LIND@CONTOSO.EXAMPLE"}"#,
        204,
        "",
    );
}

#[test]
fn a_target_is_asked_for_and_changed_by_what_it_means() {
    let mut talk = Talk::with(&["ann"]);
    let core = "urn:ietf:params:scim:schemas:core:2.0:User:";
    let (name, nick) = (format!("{core}userName"), format!("{core}nickName"));
    talk.map(&[("target", &name), ("source", "mail"), ("match", "1")]);
    talk.map(&[("target", &nick), ("constant", "annie")]);
    talk.found("");
    talk.expect(r#"{"op":"Add","path":"nickName","value":"annie"}"#, 204, "");
}

#[test]
fn the_one_app_role_can_match() {
    let mut talk = Talk::with(&["ann"]);
    talk.map(&[
        ("target", r#"roles[primary eq "True"].value"#),
        ("expression", "SingleAppRoleAssignment([appRoleAssignments])"),
        ("match", "2"),
    ]);
    talk.start();
    talk.expect("filter=userName+eq+", 200, EMPTY);
    let asked = "filter=roles%5Bprimary+eq+%22True%22%5D.value+eq+%22User%22";
    talk.expect(asked, 200, &list(1, &account("7", "anna", true)));
}

#[test]
fn app_roles_of_an_extension_are_read_and_written_there() {
    let mut talk = Talk::with(&["ann"]);
    let roles = "urn:acme:scim:2.0:User:roles";
    let function = "AssertiveAppRoleAssignmentsComplex([appRoleAssignments])";
    talk.map(&[("target", roles), ("expression", function)]);
    talk.found(r#""urn:acme:scim:2.0:User":{"roles":[{"value":"Admin"}]},"#);
    talk.expect(
        &format!(r#"{{"op":"replace","path":"{roles}","value":[{{"primary":false"#),
        204,
        "",
    );
}

#[test]
fn a_disable_carries_what_else_differs_and_a_tombstone_is_a_difference() {
    let mut talk = Talk::provisioned(&["ann"]).policy("read_before_disable", Kind::Bool(true));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("she is there");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let tombstone = talk.entra.tenant().user(ann).get(Attribute::UserPrincipalName);
    let renamed =
        format!(r#"{{"op":"Replace","path":"userName","value":"{}"}}"#, tombstone.expect("a name"));
    let disabled = r#"{"op":"Replace","path":"active","value":"False"}"#;
    talk.expect(&format!("{renamed},{disabled}"), 204, "");
}
