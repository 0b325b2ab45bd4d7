//! What expressions do to the dialogue itself: values that must be unique, and a known fault of
//! Switch.

use super::*;

const SOMEBODY: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":1,"Resources":[{"id":"9"}]}"#;

fn with_unique_nickname() -> Talk {
    let mut talk = Talk::with(&["ann"]);
    let rules = r#"SelectUniqueValue([givenName], Append([givenName], "2"), [givenName], Append([givenName], "3"))"#;
    talk.change(&[("target", "nickName"), ("expression", rules), ("apply", "create")]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=userName+eq+", 200, EMPTY);
    talk
}

#[test]
fn a_unique_value_is_searched_for_before_an_account_is_created() {
    let mut talk = with_unique_nickname();
    talk.expect("GET /scim/v2/Users?filter=nickName+eq+%22ann%22", 200, SOMEBODY);
    talk.expect("GET /scim/v2/Users?filter=nickName+eq+%22ann2%22", 200, EMPTY);
    talk.expect(r#""nickName":"ann2""#, 201, r#"{"id":"1"}"#);
    assert_eq!(talk.log("ann"), "create ann success");
    // An account that is there keeps its value, whatever it is.
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect(
        r#""Operations":[{"op":"Replace","path":"name.familyName","value":"Berg"}]"#,
        204,
        "",
    );
}

#[test]
fn with_every_value_taken_the_user_fails_and_is_tried_again() {
    let mut talk = with_unique_nickname();
    for value in ["ann", "ann2", "ann3"] {
        talk.expect(&format!("filter=nickName+eq+%22{value}%22"), 200, SOMEBODY);
    }
    let log = talk.log("ann");
    assert!(
        log.starts_with(
            "create ann failure EntrySynchronizationError: every value these rules give"
        ),
        "{log}"
    );
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=userName+eq+", 200, EMPTY);
    talk.expect("filter=nickName+eq+%22ann%22", 200, EMPTY);
    talk.expect(r#""nickName":"ann""#, 201, r#"{"id":"1"}"#);
}

#[test]
fn an_application_that_cannot_search_for_the_value_fails_the_user() {
    let mut talk = with_unique_nickname();
    talk.expect(
        "filter=nickName+eq+%22ann%22",
        400,
        r#"{"scimType":"invalidFilter","detail":"not filterable"}"#,
    );
    let log = talk.log("ann");
    assert!(log.contains("failure") && log.contains("not filterable"), "{log}");
}

#[test]
fn switch_forgets_its_value_when_another_attribute_changes() {
    let title = r#"Switch([department], "Colleague", "Sales", "Seller")"#;
    let row = [("target", "title"), ("expression", title)];
    let there = account("1", "ann", true).replace("\"name\"", "\"title\":\"Colleague\",\"name\"");
    for (dialect, expected) in [
        ("classic", r#"{"op":"Replace","path":"title","value":null}"#),
        ("compliant", r#""value":{"name.familyName":"Berg","title":null}"#),
    ] {
        let mut talk = Talk::provisioned(&["ann"]);
        talk.save(&["dialect"], &Node::text(dialect));
        talk.change(&row);
        talk.probe();
        // The cycle after a change of the mappings reads everything, so the fault does not show.
        talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
        talk.expect("Colleague", 204, "");
        talk.save(&["policy", "switch_null_on_unrelated_change"], &Node::bare(Kind::Bool(true)));
        talk.update("ann", Attribute::Surname, "Berg");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &there);
        talk.expect(expected, 204, "");
        // With the source it is about changed too, it has its value.
        talk.update("ann", Attribute::Surname, "Lund");
        talk.update("ann", Attribute::Department, "Sales");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &there);
        talk.expect("Seller", 204, "");
    }
}
