//! What goes over the wire, byte by byte, in either dialect.

use super::*;

#[test]
fn the_compliant_dialect_gathers_what_has_no_filter() {
    let mut talk = Talk::provisioned(&["ann"]);
    let mut problems = Problems::default();
    talk.act(|entra, moment| {
        entra.set(&["dialect"], &Node::text("compliant"), moment, &mut problems)
    });
    let ann = talk.user("ann");
    for (attribute, value) in [
        (Attribute::Surname, "Berg"),
        (Attribute::GivenName, "Anna"),
        (Attribute::Mail, "anna@contoso.example"),
        (Attribute::Department, "Design"),
    ] {
        talk.act(|entra, moment| entra.tenant_mut().update(ann, attribute, Some(value), moment))
            .expect("a change");
    }
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let operations = concat!(
        r#"[{"op":"replace","path":"emails[type eq \"work\"].value","value":"anna@contoso.example"},"#,
        r#"{"op":"replace","value":{"name.givenName":"Anna","name.familyName":"Berg"}},"#,
        r#"{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Design"}]"#,
    );
    talk.expect(operations, 204, "");
}

#[test]
fn a_new_account_is_written_as_the_vendor_shows_it() {
    let mut talk = Talk::with(&["mira"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    let mira = talk.user("mira");
    talk.act(|entra, moment| {
        entra.tenant_mut().update(mira, Attribute::Department, Some("Design"), moment)
    })
    .expect("ok");
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    let (_, said) = talk.next();
    let body = concat!(
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"#,
        r#""externalId":"mira.lind","userName":"mira.lind@contoso.example","active":true,"#,
        r#""emails":[{"primary":true,"type":"work","value":"mira.lind@contoso.example"}],"#,
        r#""name":{"givenName":"mira","familyName":"Lind"},"meta":{"resourceType":"User"},"#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Design"}}"#,
    );
    assert_eq!(said, format!("POST /scim/v2/Users {body}"));
}

#[test]
fn app_roles_are_patched_in_the_shapes_of_their_dialect() {
    let classic = r#"{"op":"Add","path":"roles","value":[{"value":"{\"id\":"#;
    let compliant = r#"{"op":"add","path":"roles","value":[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","displayName":"User","value":"User"}]}"#;
    let assertive = r#"{"op":"replace","path":"roles","value":[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"User","value":"User"}]}"#;
    for (function, dialect, expected) in [
        ("AppRoleAssignmentsComplex", "classic", classic),
        ("AppRoleAssignmentsComplex", "compliant", compliant),
        ("AssertiveAppRoleAssignmentsComplex", "classic", assertive),
        ("AssertiveAppRoleAssignmentsComplex", "compliant", assertive),
    ] {
        let mut talk = Talk::provisioned(&["ann"]);
        talk.save(&["dialect"], &Node::text(dialect));
        talk.change(&[
            ("target", "roles"),
            ("expression", &format!("{function}([appRoleAssignments])")),
        ]);
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
        talk.expect(expected, 204, "");
        let mut problems = Problems::default();
        talk.act(|entra, moment| entra.set(&["scope"], &Node::text("all"), moment, &mut problems));
        assert!(problems.list()[0].message.contains("app roles"), "{:?}", problems.list());
    }
}

#[test]
fn special_characters_break_a_lookup_where_a_policy_says_so() {
    for (escapes, filter) in
        [(true, "%22Ann+%5C%22A%5C%22+%5C%5C%22"), (false, "%22Ann+%22A%22+%5C%22")]
    {
        let mut talk = Talk::with(&["ann", "bob"])
            .policy("filter_escapes", Kind::Bool(escapes))
            .policy("concurrency", Kind::Integer(1));
        let row = [("target", Node::text("userName")), ("source", Node::text("displayName"))];
        let matches = ("match", Node::bare(Kind::Integer(1)));
        let row = Node::table(row.into_iter().chain([matches]));
        talk.save(&["mappings", "users", "change"], &Node::bare(Kind::List(vec![row])));
        talk.update("ann", Attribute::DisplayName, "Ann \"A\" \\");
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        let lookup = format!("GET /scim/v2/Users?filter=userName+eq+{filter}");
        match escapes {
            true => {
                talk.expect(&lookup, 200, EMPTY);
                talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
            }
            false => talk.expect(&lookup, 400, r#"{"scimType":"invalidFilter","detail":"bad"}"#),
        }
        // One that fails stops no other.
        talk.expect("GET /scim/v2/Users?filter=userName+eq+", 200, EMPTY);
        talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"2"}"#);
        let failed = talk.log("ann").contains("ServiceIncompatible: 400 bad");
        assert_eq!(failed, !escapes, "{}", talk.log("ann"));
    }
}
