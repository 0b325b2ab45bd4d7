//! How settings are read, and what is said of wrong ones.

use std::time::Duration;

use super::rate::{RetryAfter, Rps};
use super::*;
use crate::base::Kind;
use crate::base::node::Entry;
use crate::golinks::quirks;

fn table(entries: &[(&str, Kind)]) -> Kind {
    let entry = |(key, kind): &(&str, Kind)| Entry {
        key: (*key).to_owned(),
        key_span: Default::default(),
        value: Node::bare(kind.clone()),
    };
    Kind::Table(entries.iter().map(entry).collect())
}

fn text(text: &str) -> Kind {
    Kind::Text(text.to_owned())
}

fn read(path: &str, kind: Kind) -> Result<Settings, String> {
    let mut settings = Settings::default();
    let mut problems = Problems::default();
    let path: Vec<&str> = path.split('.').filter(|part| !part.is_empty()).collect();
    settings.set(&path, &Node::bare(kind), &mut problems);
    match problems.list().first() {
        None => Ok(settings),
        Some(problem) => Err(format!("{} ({})", problem.message, problem.help)),
    }
}

#[test]
fn keys_are_read() {
    let token = table(&[("value", text("x")), ("expires", text("30d"))]);
    let read_token = read("token", token.clone()).unwrap().token;
    let expires = Expiry::After(Duration::from_secs(30 * 86_400));
    assert_eq!(read_token, Some(TokenSetting { expires, ..TokenSetting::new("x") }));
    assert_eq!(read("", table(&[("token", token)])).unwrap().token, read_token);
    assert_eq!(
        read("token.expires", text("30d")).unwrap().token.map(|it| it.expires),
        Some(expires)
    );
    assert_eq!(read("delete", Kind::Integer(405)).unwrap().delete, Delete::NotAllowed);
    assert_eq!(read("groups", text("501")).unwrap().groups, GroupsEndpoint::NotImplemented);
    let limit =
        read("rate_limit", table(&[("rps", Kind::Integer(5)), ("retry_after", text("none"))]))
            .unwrap();
    let expected =
        RateLimit { rps: Rps(5.0), retry_after: RetryAfter::Absent, ..RateLimit::default() };
    assert_eq!(limit.rate_limit, Some(expected));
    assert_eq!(
        read("rate_limit.burst", Kind::Integer(7))
            .unwrap()
            .rate_limit
            .map(|limit| limit.burst.get()),
        Some(7)
    );
    assert!(
        read("quirks.strict_booleans", Kind::Bool(true))
            .unwrap()
            .quirks
            .is(quirks::Quirk::StrictBooleans)
    );
    let quirk = read("quirks", table(&[("dotted_keys", text("literal"))])).unwrap();
    assert_eq!(quirk.quirks.word(quirks::Quirk::DottedKeys), "literal");
}

#[test]
fn wrong_keys_and_values_are_said() {
    let check = |path: &str, kind: Kind, expected: &str| {
        assert_eq!(read(path, kind).unwrap_err(), expected)
    };
    check("delet", text("x"), "unknown setting `delet` of golinks (did you mean `delete`?)");
    check(
        "",
        table(&[("tokken", text("x"))]),
        "unknown key `tokken` in `golinks` (did you mean `token`?)",
    );
    check(
        "quirks.strict_boolean",
        Kind::Bool(true),
        "unknown quirk `strict_boolean` (did you mean `strict_booleans`?)",
    );
    check(
        "quirks.case_sensitive_usernames",
        Kind::Bool(true),
        "unknown quirk `case_sensitive_usernames` (did you mean `username_filter_case`, \
         `username_unique_case` or `case_sensitive_names`? `scimulator explain NAME` says what each does)",
    );
    check(
        "quirks.dotted_keys",
        text("ignored"),
        "unknown value `ignored` (did you mean `ignore`?)",
    );
    check(
        "delete",
        text("keep"),
        "unknown value `keep` (it is one of `deactivate`, `remove`, `405`)",
    );
    check("rate_limit.rps", Kind::Integer(0), "expected a rate greater than 0 ()");
    for (path, nothing, expected) in [
        ("basic.user", text(""), "expected a text ()"),
        ("oauth.client_id", text(" "), "expected a text ()"),
        ("oauth.expires", text("0s"), "expected a duration above 0 ()"),
        ("body_limit", Kind::Integer(0), "expected a whole number of at least 1 ()"),
        ("limits.user_name", Kind::Integer(0), "expected a whole number of at least 1 ()"),
    ] {
        check(path, nothing, expected);
    }
    check(
        "quirks.B33",
        Kind::Bool(true),
        "unknown quirk `B33` (quirks have names; of B33 comes `readd_member`)",
    );
    check("token", Kind::Integer(1), "expected a token, or a table with `value` and `expires` ()");
    let ends = read("token", table(&[("expires", text("1d"))])).unwrap().token.unwrap();
    assert_eq!(ends.value.as_str(), "golinks-demo-token", "without a value it is the usual one");
    check("base_path", text("scim"), "a base path begins with `/` (write \"/scim\")");
    let help = "(write a path such as \"/scim/v3\")";
    let page = format!("the base path cannot be `/`, which is the page's {help}");
    let control = format!("the base path cannot be the control API's {help}");
    let other = format!("the base path cannot be one that the page or another API has {help}");
    for (path, why) in [
        ("/", &page),
        ("//", &page),
        ("/api", &control),
        ("/api/v1/state/", &control),
        ("/healthz", &other),
        ("/js/app", &other),
    ] {
        check("base_path", text(path), why);
    }
}

#[test]
fn rows_that_changed_since_are_named_and_no_others() {
    let before = read("sso.jit", Kind::Bool(false)).unwrap();
    let names = |path: &str, kind: Kind| {
        let now = read(path, kind).unwrap();
        let rows = now.sso.changed_since(&before.sso);
        rows.map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!(names("sso.jit", Kind::Bool(false)), Vec::<&str>::new());
    assert_eq!(names("sso.required", Kind::Bool(true)), ["sso.jit", "sso.required"]);
}
