//! Every verb has words, an example, and reads back what it writes.

use super::*;
use crate::base::node::Entry;
use crate::base::{Span, Time};

/// A TOML value as a node without places.
pub(crate) fn node(text: &str) -> Node {
    let table: toml::Table = format!("x = {text}").parse().expect("TOML");
    convert(&table["x"])
}

fn convert(value: &toml::Value) -> Node {
    Node::bare(match value {
        toml::Value::String(text) => Kind::Text(text.clone()),
        toml::Value::Integer(number) => Kind::Integer(*number),
        toml::Value::Float(number) => Kind::Float(*number),
        toml::Value::Boolean(value) => Kind::Bool(*value),
        toml::Value::Datetime(time) => {
            Kind::Time(Time::parse(&time.to_string()).expect("an instant"))
        }
        toml::Value::Array(items) => Kind::List(items.iter().map(convert).collect()),
        toml::Value::Table(table) => {
            let entry = |(key, value): (&String, &toml::Value)| Entry {
                key: key.clone(),
                key_span: Span::default(),
                value: convert(value),
            };
            Kind::Table(table.iter().map(entry).collect())
        }
    })
}

/// Reads an action that is written rightly.
pub(crate) fn action(text: &str) -> Action {
    let mut problems = Problems::default();
    let action = Action::read(&node(text), &mut problems);
    action.unwrap_or_else(|| panic!("{text}: {:?}", problems.list()))
}

#[test]
fn every_verb_is_explained_and_reads_back_what_it_writes() {
    for verb in VERBS {
        assert!(verb.doc.ends_with('.') && verb.doc.len() > 20, "{}", verb.name);
        assert!(verb.example.contains(verb.name), "{}", verb.name);
        let read = action(verb.example);
        assert_eq!(read.verb(), verb.name);
        let written = read.to_toml();
        assert_eq!(action(&written), read, "{written}");
        assert_eq!(action(&written).to_toml(), written);
    }
}

#[test]
fn other_forms_read_back_too() {
    let cases = [
        (r#""restart""#, r#""restart""#),
        (r#"{ restart = "Escrows" }"#, r#"{ restart = "Escrows" }"#),
        (r#"{ disable = ["ann", "bob"] }"#, r#"{ disable = ["ann", "bob"] }"#),
        (r#"{ assign = { group = "sales" } }"#, r#"{ assign = { group = "sales" } }"#),
        (r#"{ unassign = { user = ["ann"] } }"#, r#"{ unassign = "ann" }"#),
        (r#"{ rotate_token = "fresh" }"#, r#"{ rotate_token = "fresh" }"#),
        (r#"{ revoke_token = "old" }"#, r#"{ revoke_token = "old" }"#),
        (r#"{ hire = "zoe" }"#, r#"{ hire = "zoe" }"#),
        (r#"{ create_group = "sales" }"#, r#"{ create_group = "sales" }"#),
        (r#"{ delete_group = ["sales", "all"] }"#, r#"{ delete_group = ["sales", "all"] }"#),
        (
            r#"{ set = { "entra.policy.max_rps" = 5 } }"#,
            r#"{ set = { "entra.policy.max_rps" = 5 } }"#,
        ),
    ];
    for (text, written) in cases {
        assert_eq!(action(text).to_toml(), written);
    }
}

#[test]
fn what_is_wrong_is_said_with_the_nearest_right_thing() {
    let cases = [
        (r#""strat""#, "unknown action `strat`", "did you mean `start`?"),
        (r#"{ disabel = "ann" }"#, "unknown action `disabel`", "did you mean `disable`?"),
        (
            r#"{ enable = "ann", assign = "ann" }"#,
            "an action is one verb",
            "write a list of actions",
        ),
        (r#"{ start = 3 }"#, "`start` takes nothing", "write it as a word"),
        (r#"{ restart = ["Ful"] }"#, "unknown flag `Ful`", "did you mean `Full`?"),
        (r#"{ add_member = { group = "sales" } }"#, "a membership needs `user`", "such as"),
        (
            r#"{ add_member = { gruop = "sales", user = "a" } }"#,
            "unknown key `gruop`",
            "did you mean `group`?",
        ),
        (
            r#"{ set = { golink.rate_limit = 1 } }"#,
            "unknown key `golink`",
            "did you mean `golinks`?",
        ),
        (r#"{ set = { entra.policy.max_rsp = 1 } }"#, "max_rsp", "did you mean `max_rps`?"),
        (r#"{ set_scope = "everybody" }"#, "unknown value `everybody`", "did you mean `all`?"),
        (r#"{ create_account = { active = true } }"#, "an account needs a `userName`", ""),
        (r#"{ fault = { name = "x" } }"#, "this fault does nothing", "it is one of"),
        (
            r#"{ update = { ann = { departmnt = "x" } } }"#,
            "departmnt",
            "did you mean `department`?",
        ),
        (r#"{ update = { ann = { title = "Lead" } } }"#, "title", "did you mean `jobTitle`?"),
        (r#"{ move_base = "scim" }"#, "a base path begins with `/`", "write \"/scim\""),
        (r#"{ move_base = "/" }"#, "cannot be `/`, which is the page's", "/scim/v3"),
        (r#"{ move_base = "/api/v1/action" }"#, "cannot be the control API's", "/scim/v3"),
        (r#"{ move_base = "/healthz" }"#, "cannot be one that the page", "/scim/v3"),
        (r#"{ move_base = "//js" }"#, "cannot be one that the page", "/scim/v3"),
        (r#"{ update = { ann = { managr = "bob" } } }"#, "managr", "did you mean `manager`?"),
        (r#"{ disable = 3 }"#, "expected the name of a user", ""),
        (r#"{ delete_group = 3 }"#, "expected the name of a group", ""),
        (r#"{ create_group = { sales = { nam = "x" } } }"#, "nam", "did you mean `name`?"),
        (r#"{ create_group = {} }"#, "expected a name, or a table of groups", ""),
        (
            r#"{ update_group = { sales = { displayName = "x" } } }"#,
            "unknown key `displayName` in a change of a group",
            "",
        ),
        (r#"{ update_group = { sales = { name = "" } } }"#, "displayName cannot be cleared", ""),
        (
            r#"{ update_group = { sales = { rule = "user.departmnt -eq 'x'" } } }"#,
            "rules know no property `user.departmnt`",
            "did you mean `user.department`?",
        ),
    ];
    for (text, message, help) in cases {
        let mut problems = Problems::default();
        assert!(Action::read(&node(text), &mut problems).is_none(), "{text} was read");
        let first = problems.list().first().unwrap_or_else(|| panic!("{text}: nothing said"));
        assert!(first.message.contains(message), "{text}: {}", first.message);
        assert!(first.help.contains(help), "{text}: {}", first.help);
    }
}

#[test]
fn a_set_that_says_a_setting_by_both_of_its_names_is_refused() {
    for (text, key) in [
        (r#"{ set = { entra = { secrets = { SyncAll = "true" }, scope = "all" } } }"#, "SyncAll"),
        (r#"{ set = { "entra.scope" = "all", "entra.secrets.SyncAll" = "true" } }"#, "SyncAll"),
        (
            r#"{ set = { entra = { secrets = { SecretToken = "a" }, secret = "b" } } }"#,
            "SecretToken",
        ),
        (
            r#"{ set = { "entra.policy.skip_out_of_scope_deletions" = true, entra = { secrets = { SkipOutOfScopeDeletions = "True" } } } }"#,
            "SkipOutOfScopeDeletions",
        ),
    ] {
        let mut problems = Problems::default();
        assert!(Action::read(&node(text), &mut problems).is_none(), "{text} was read");
        let first = problems.list().first().unwrap_or_else(|| panic!("{text}: nothing said"));
        assert!(first.message.starts_with(&format!("`secrets.{key}` and `")), "{}", first.message);
    }
    action(r#"{ set = { entra = { secrets = { SyncAll = "true" }, notify = "a@b.example" } } }"#);
}

#[test]
fn actions_say_whom_they_need() {
    let names = |text: &str| format!("{:?}", action(text).names());
    assert_eq!(names(r#"{ disable = ["ann", "bob"] }"#), r#"[User("ann"), User("bob")]"#);
    assert_eq!(
        names(r#"{ add_member = { group = "g", user = "ann" } }"#),
        r#"[Group("g"), User("ann")]"#
    );
    assert_eq!(
        names(r#"{ hire = { zoe = { manager = "ann" } } }"#),
        r#"[User("ann"), NewUser("zoe")]"#
    );
    assert_eq!(
        names(r#"{ create_group = { sales = { members = ["ann"], groups = ["all"] } } }"#),
        r#"[User("ann"), Group("all"), NewGroup("sales")]"#
    );
    assert_eq!(names(r#"{ purge_group = "sales" }"#), r#"[Group("sales")]"#);
    assert_eq!(names(r#"{ delete_account = "ann" }"#), r#"[Account("ann")]"#);
    assert_eq!(names(r#""start""#), "[]");
}

#[test]
fn whatever_stands_behind_a_verb_the_form_that_is_proposed_can_be_read() {
    for verb in VERBS {
        for behind in ["", " ann", " ann sales", " one two three four"] {
            let words = format!("{}{behind}", verb.name);
            let form = form_of_words(&words).unwrap_or_else(|| panic!("{words}"));
            let form =
                if form.contains('=') { format!("{{ {form} }}") } else { format!("{form:?}") };
            assert_eq!(action(&form).verb(), verb.name, "{words}: {form}");
        }
    }
}

#[test]
fn a_request_in_one_text_is_led_to_the_form_with_braces() {
    for (written, form) in [
        (
            r#"PATCH /users/ann {"accountEnabled": false}"#,
            r#"graph = { patch = "/users/{ann}", body = { accountEnabled = false } }"#,
        ),
        (
            "PATCH /users/ann",
            r#"graph = { patch = "/users/{ann}", body = { jobTitle = "Engineer" } }"#,
        ),
        ("delete /v1.0/users/ann", r#"graph = { delete = "/users/{ann}" }"#),
        (
            "POST /groups",
            r#"graph = { post = "/groups", body = { displayName = "Sales", mailEnabled = false, mailNickname = "sales", securityEnabled = true } }"#,
        ),
    ] {
        assert_eq!(form_of_words(&format!("graph {written}")).as_deref(), Some(form));
        action(&format!("{{ {form} }}"));
        let mut problems = Problems::default();
        let text = Node::table([("graph", Node::text(written))]);
        assert!(Action::read(&text, &mut problems).is_none(), "{written}");
        assert_eq!(problems.list()[0].help, format!("write {{ {form} }}"));
    }
    assert_eq!(
        form_of_words("add_member sales ann").as_deref(),
        Some(r#"add_member = { group = "sales", user = "ann" }"#)
    );
    assert_eq!(
        form_of_words("add_member ann to sales").as_deref(),
        Some(r#"add_member = { group = "sales", user = "ann" }"#)
    );
}
