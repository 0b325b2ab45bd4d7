//! Every operator on a value, another value and none; the rules of filters; what is refused.

use super::*;
use crate::base::{Kind, Moment, Node, Problems, Seed, Span, Time, node};
use crate::entra::event::Event;
use crate::entra::tenant::{NewUser, Tenant};

fn table(entries: &[(&str, Node)]) -> Node {
    let entry = |(key, value): &(&str, Node)| node::Entry {
        key: (*key).to_owned(),
        key_span: Span::default(),
        value: value.clone(),
    };
    Node::bare(Kind::Table(entries.iter().map(entry).collect()))
}

fn clause(attribute: &str, is: &str, value: Option<&str>) -> Node {
    let mut entries = vec![("attribute", Node::text(attribute)), ("is", Node::text(is))];
    entries.extend(value.map(|value| ("value", Node::text(value))));
    table(&entries)
}

fn read(clauses: &[Vec<Node>]) -> Result<Filters, Problems> {
    let filter = |clauses: &Vec<Node>| table(&[("where", Node::bare(Kind::List(clauses.clone())))]);
    let mut problems = Problems::default();
    match Filters::read(
        &Node::bare(Kind::List(clauses.iter().map(filter).collect())),
        &mut problems,
    ) {
        Some(filters) if !problems.has_errors() => Ok(filters),
        _ => Err(problems),
    }
}

/// A tenant of one user with these attributes.
fn with(attributes: &[(&str, &str)]) -> Tenant {
    let mut tenant = Tenant::new(crate::entra::tenant::TenantSettings::default(), Seed(7));
    let mut said: Vec<Event> = Vec::new();
    let mut new = NewUser::new("ann");
    for (name, value) in attributes {
        new = new.with(crate::entra::tenant::Attribute::parse(name).unwrap(), Some(value));
    }
    tenant.hire(new, &mut Moment::new(Time::default(), Seed(7), &mut said)).unwrap();
    tenant
}

fn passes(filters: &Filters, tenant: &Tenant) -> bool {
    let user = tenant.user(tenant.find_user("ann").unwrap());
    let policy = Policy::default();
    for filter in filters.list() {
        let all = filter.verdicts(user, &policy).iter().all(|verdict| verdict.passed);
        assert_eq!(all, filter.passes(user, &policy), "verdicts agree with the quick way");
    }
    filters.pass(user, &policy)
}

fn check(is: &str, value: Option<&str>, found: Option<&str>, expected: bool) {
    let attributes: Vec<(&str, &str)> =
        found.map(|found| ("extensionAttribute1", found)).into_iter().collect();
    let filters = read(&[vec![clause("extensionAttribute1", is, value)]])
        .unwrap_or_else(|p| panic!("{is}: {p:?}"));
    assert_eq!(passes(&filters, &with(&attributes)), expected, "{found:?} {is} {value:?}");
}

#[test]
fn every_operator_on_a_value_another_value_and_none() {
    let rows: [(&str, Option<&str>, &str, &str); 12] = [
        ("EQUALS", Some("Sales"), "Sales", "sales"),
        ("NOT EQUALS", Some("Sales"), "sales", "Sales"),
        ("IS NOT NULL", None, "x", ""),
        ("REGEX MATCH", Some("^([1-9][0-9])$"), "42", "142"),
        (
            "REGEX MATCH",
            Some(r".*\@contoso.example"),
            "ann@contoso.example",
            "ann@fabrikam.example",
        ),
        ("NOT REGEX MATCH", Some("^S"), "sales", "Sales"),
        ("Greater_Than", Some("9"), "10", "9"),
        ("Greater_Than_OR_EQUALS", Some("9"), "9", "8"),
        ("Includes", Some("ale"), "Sales", "SALES"),
        ("ENDS_WITH", Some("les"), "Sales", "Salesman"),
        ("&", Some("Sales, Legal"), "Legal", "Law"),
        ("!&", Some("Sales, Legal"), "Law", "Legal"),
    ];
    for (is, value, holds, fails) in rows {
        check(is, value, Some(holds), true);
        if !fails.is_empty() {
            check(is, value, Some(fails), false);
        }
        // The null rule: NOT EQUALS, NOT REGEX MATCH and !& are false too.
        check(is, value, None, false);
    }
    check("IS NULL", None, None, true);
    check("IS NULL", None, Some("x"), false);
    assert_eq!(
        rows.len() + 3,
        ClauseOperator::all().count() + 1,
        "IS TRUE and IS FALSE have their own test"
    );
}

#[test]
fn booleans_are_true_or_false_and_never_absent() {
    for (is, expected) in
        [("IS TRUE", true), ("IS FALSE", false), ("IS NULL", false), ("IS NOT NULL", true)]
    {
        let filters = read(&[vec![clause("accountEnabled", is, None)]]).unwrap();
        assert_eq!(passes(&filters, &with(&[])), expected, "{is}");
    }
}

#[test]
fn numbers_are_whole_or_the_clause_is_false() {
    for found in ["ten", "10.5", ""] {
        check("Greater_Than", Some("9"), Some(found).filter(|found| !found.is_empty()), false);
    }
    check("Greater_Than", Some("-1"), Some(" 0 "), true);
    let mut problems = Problems::default();
    let list = Node::bare(Kind::List(vec![table(&[(
        "where",
        clause("department", "greater than", Some("x")),
    )])]));
    assert!(Filters::read(&list, &mut problems).is_some());
    assert!(
        !problems.has_errors() && problems.list()[0].message.contains("compares whole numbers")
    );
}

#[test]
fn clauses_are_joined_by_and_filters_by_or() {
    let sales = || clause("department", "EQUALS", Some("Sales"));
    let lagos = || clause("officeLocation", "EQUALS", Some("Lagos"));
    let both = with(&[("department", "Sales"), ("officeLocation", "Lagos")]);
    let one = with(&[("department", "Sales"), ("officeLocation", "Oslo")]);
    let none = with(&[]);
    let and = read(&[vec![sales(), lagos()]]).unwrap();
    let or = read(&[vec![sales()], vec![lagos()]]).unwrap();
    assert_eq!([&both, &one, &none].map(|tenant| passes(&and, tenant)), [true, false, false]);
    assert_eq!([&both, &one, &none].map(|tenant| passes(&or, tenant)), [true, true, false]);
    assert_eq!(
        [&both, &one, &none].map(|tenant| passes(&Filters::default(), tenant)),
        [true, true, true]
    );
}

#[test]
fn a_pattern_matches_anywhere_unless_the_policy_says_the_whole() {
    let filters = read(&[vec![clause("department", "REGEX MATCH", Some("ale|x"))]]).unwrap();
    let tenant = with(&[("department", "Sales")]);
    let user = tenant.user(tenant.find_user("ann").unwrap());
    let anchored = Policy { regex_anchored: true, ..Policy::default() };
    assert!(filters.pass(user, &Policy::default()));
    assert!(!filters.pass(user, &anchored));
}

#[test]
fn verdicts_say_what_was_found_and_why_it_surprises() {
    let filters = read(&[vec![
        clause("department", "EQUALS", Some("sales")),
        clause("country", "NOT EQUALS", Some("France")),
        clause("employeeId", "Greater_Than", Some("5")),
    ]])
    .unwrap();
    let tenant = with(&[("department", "Sales"), ("employeeId", "E7")]);
    let user = tenant.user(tenant.find_user("ann").unwrap());
    let verdicts = filters.list()[0].verdicts(user, &Policy::default());
    let notes: Vec<(Option<&str>, bool, &str)> = verdicts
        .iter()
        .map(|verdict| (verdict.found.as_deref(), verdict.passed, verdict.note))
        .collect();
    assert_eq!(
        notes,
        [
            (Some("Sales"), false, "the case differs"),
            (None, false, "without a value every operator but IS NULL is false"),
            (Some("E7"), false, "not two whole numbers, so it is false"),
        ]
    );
    assert_eq!(filters.list()[0].clauses[0].to_string(), "department EQUALS \"sales\"");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let cases = [
        (clause("manager", "EQUALS", Some("x")), "no filter can look at `manager`"),
        (clause("proxyAddresses", "Includes", Some("x")), "no filter can look at `proxyAddresses`"),
        (clause("employeeHireDate", "IS NULL", None), "no filter can look at `employeeHireDate`"),
        (clause("externalUserState", "EQUALS", Some("x")), "`externalUserState` cannot be read"),
        (clause("Department", "EQUALS", Some("x")), "no attribute `Department`"),
        (clause("department", "EQUALZ", Some("x")), "unknown operator `EQUALZ`"),
        (clause("department", "IS TRUE", None), "IS TRUE cannot be asked of `department`"),
        (
            clause("accountEnabled", "EQUALS", Some("True")),
            "EQUALS cannot be asked of `accountEnabled`",
        ),
        (clause("department", "EQUALS", None), "EQUALS needs a value"),
        (clause("department", "EQUALS", Some("")), "cannot look for the empty text"),
        (clause("department", "IS NULL", Some("x")), "IS NULL takes no value"),
        (
            clause("department", "REGEX MATCH", Some("(?!Sales)")),
            "this regular expression cannot be used",
        ),
        (clause("department", "REGEX MATCH", Some("(")), "this regular expression cannot be used"),
        (
            clause("department", "REGEX MATCH", Some("a)(b")),
            "this regular expression cannot be used",
        ),
        (table(&[("is", Node::text("IS NULL"))]), "no `attribute`"),
        (
            table(&[("attribute", Node::text("mail")), ("was", Node::text("IS NULL"))]),
            "unknown key `was` in a clause",
        ),
    ];
    for (clause, expected) in cases {
        let problems = read(&[vec![clause]]).expect_err(expected);
        assert!(problems.list()[0].message.contains(expected), "{expected}: {:?}", problems.list());
    }
    assert!(read(&[vec![]]).expect_err("empty").list()[0].message.contains("no clauses"));
}

#[test]
fn operators_are_found_whatever_their_case_and_blanks() {
    for operator in ClauseOperator::all() {
        assert_eq!(ClauseOperator::parse(operator.name()), Some(operator));
        assert_eq!(
            ClauseOperator::parse(&operator.name().to_lowercase().replace('_', " ")),
            Some(operator)
        );
        assert!(operator.doc().ends_with('.'));
    }
    assert_eq!(
        ClauseOperator::parse("greater than or equals"),
        Some(ClauseOperator::GreaterThanOrEquals)
    );
}

/// A filter with one clause, which says what it is about and what it decides.
fn of(of: &str, set: &str, attribute: &str) -> Node {
    table(&[
        ("title", Node::text(format!("{of} {set}"))),
        ("of", Node::text(of)),
        ("set", Node::text(set)),
        ("where", Node::bare(Kind::List(vec![clause(attribute, "EQUALS", Some("Sales"))]))),
    ])
}

#[test]
fn the_vendors_schema_has_a_list_for_each_set_of_filters() {
    use crate::entra::mapping::{Schema, Template};
    let mut problems = Problems::default();
    let nodes = vec![
        of("users", "scope", "department"),
        of("users", "input", "jobTitle"),
        of("users", "category", "country"),
        of("groups", "scope", "displayName"),
        of("groups", "input", "mail"),
    ];
    let filters = Filters::read(&Node::bare(Kind::List(nodes)), &mut problems).unwrap();
    let schema = Schema { filters, ..Schema::gallery(Template::Scim) };
    let json = schema.to_json().to_string();
    for list in [
        r#""categoryFilterGroups":[{"name":"users category""#,
        r#""inputFilterGroups":[{"name":"groups input""#,
        r#""groups":[{"name":"groups scope""#,
    ] {
        assert!(json.contains(list), "{list} is not in {json}");
    }
    let read = Schema::parse(&json, Template::Scim, Span::new(0, 1), &mut problems).unwrap();
    assert!(problems.list().is_empty(), "{:?}", problems.list());
    assert_eq!(read.filters, schema.filters);
}
