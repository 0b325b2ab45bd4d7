//! Where the natural reading of an expression is not what it does, and what the policies change.

use super::{Expression, Policy, attributes, evaluated, failure, run, scope};
use crate::base::{Kind, Node, Problems};

fn with(name: &str, value: &str) -> Policy {
    let mut policy = Policy::default();
    let mut problems = Problems::default();
    let node =
        value.parse().map_or_else(|_| Node::text(value), |truth| Node::bare(Kind::Bool(truth)));
    policy.set(name, &node, &mut problems);
    assert!(!problems.has_errors());
    policy
}

#[test]
fn a_switch_without_a_value_matches_the_empty_key() {
    let flag = r#"Switch([flag], "default", "true", "1", "", "0")"#;
    assert_eq!(evaluated(flag, &[]), r#""0""#);
    assert_eq!(evaluated(flag, &[("flag", "")]), r#""0""#);
    assert_eq!(evaluated(flag, &[("flag", "True")]), r#""default""#);
}

#[test]
fn join_leaves_out_what_is_empty_with_its_separator() {
    let joined = r#"Join("-", [a], "", [b], [c])"#;
    assert_eq!(evaluated(joined, &[("a", "x"), ("b", ""), ("c", "z")]), r#""x-z""#);
    assert_eq!(evaluated(joined, &[]), r#""""#);
}

#[test]
fn date_diff_counts_calendar_weeks_not_seven_days() {
    let weeks = |from: &str, to: &str| {
        evaluated(&format!(r#"DateDiff("ww", CDate("{from}"), CDate("{to}"))"#), &[])
    };
    // Seven elapsed days would be 0 here.
    assert_eq!(weeks("2021-08-28", "2021-08-29"), r#""1""#);
    assert_eq!(weeks("2021-08-29", "2021-09-04"), r#""0""#);
    assert_eq!(weeks("2021-08-29", "2021-08-28"), r#""-1""#);
}

#[test]
fn a_condition_on_nothing_follows_its_policy() {
    let text = r#"IIF([c]="", "none", "some")"#;
    assert_eq!(evaluated(text, &[]), r#""none""#);
    let strict = with("iif_null", "false_branch");
    for text in
        [text, r#"IIF(IsNullOrEmpty([c]), "none", "some")"#, r#"IIF([c]<>"x", "none", "some")"#]
    {
        assert_eq!(run(text, &attributes(&[]), &strict).as_deref(), Ok(r#""some""#), "{text}");
        assert_eq!(
            run(text, &attributes(&[]), &Policy::default()).as_deref(),
            Ok(r#""none""#),
            "{text}"
        );
    }
    assert_eq!(run(text, &attributes(&[("c", "y")]), &strict).as_deref(), Ok(r#""some""#));
}

#[test]
fn a_condition_on_nothing_is_told_of_only_where_it_counts_as_failed() {
    let holds = r#"IIF([c]="", "none", "some")"#;
    let fails = r#"IIF([c]="x", "none", "some")"#;
    let strict = with("iif_null", "false_branch");
    for (text, policy, told) in [
        (holds, &Policy::default(), 0),
        (fails, &Policy::default(), 0),
        (holds, &strict, 1),
        (fails, &strict, 0),
    ] {
        let expression = Expression::parse(text).expect("an expression");
        let source = attributes(&[]);
        let (_, notes) = expression.explain(scope(&source, policy));
        assert_eq!(notes.warnings.len(), told, "{text}");
    }
}

#[test]
fn the_other_policies_change_what_they_say() {
    let cases = [
        ("coalesce_skips_empty", "true", r#"Coalesce([e], "b")"#, r#""""#, r#""b""#),
        ("mid_out_of_range", "empty", r#"Mid("abc", 9, 1)"#, r#""abc""#, r#""""#),
        ("mid_out_of_range", "empty", r#"Mid("abc", 0, 1)"#, r#""abc""#, r#""""#),
        (
            "pcase_apostrophe",
            "belongs",
            r#"PCase("st john's")"#,
            r#""St John'S""#,
            r#""St John's""#,
        ),
        ("split_trims", "false", r#"Split("a, b", ",")"#, r#"["a","b"]"#, r#"["a"," b"]"#),
        (
            "replace_fallback",
            "source_present",
            r#"Replace("x", , "(?<g>.)", "g", , "yz", )"#,
            r#""x""#,
            r#""y""#,
        ),
    ];
    let source = attributes(&[("e", "")]);
    for (name, value, text, default, changed) in cases {
        assert_eq!(run(text, &source, &Policy::default()).as_deref(), Ok(default), "{text}");
        assert_eq!(
            run(text, &source, &with(name, value)).as_deref(),
            Ok(changed),
            "{text} with {name} = {value}"
        );
    }
    assert!(
        run("SelectUniqueValue([e], \"b\")", &source, &with("select_unique_value", "refuse"))
            .is_err()
    );
}

#[test]
fn only_what_is_needed_is_evaluated() {
    let guarded = r#"Switch([end], NumFromDate([end]), "", "never")"#;
    assert_eq!(evaluated(guarded, &[]), r#""never""#);
    failure(guarded, &[("end", "whenever")]);
    assert_eq!(evaluated(r#"IIF(1=1, "a", CDate("x"))"#, &[]), r#""a""#);
    assert_eq!(evaluated(r#"Coalesce("a", CDate("x"))"#, &[]), r#""a""#);
}

#[test]
fn sides_are_compared_as_numbers_only_when_both_are() {
    let cases = [
        (r#"CBool([a]=1)"#, "True"),
        (r#"CBool("01"="1")"#, "True"),
        (r#"CBool("10">"9")"#, "True"),
        (r#"CBool("10">"9x")"#, "False"),
        (r#"CBool("usa"="USA")"#, "False"),
        (r#"CBool(&HF=15)"#, "True"),
        (r#"CBool([b]<1)"#, "True"),
        (r#"CBool(CDate("2021-12-01") > CDate("2021-02-01"))"#, "True"),
        (r#"CBool(IsPresent([a]) = "True")"#, "True"),
    ];
    for (text, expected) in cases {
        assert_eq!(evaluated(text, &[("a", "1")]), format!("\"{expected}\""), "{text}");
    }
}

#[test]
fn letters_change_case_one_by_one() {
    assert_eq!(evaluated(r#"ToUpper("straße")"#, &[]), r#""STRAßE""#);
    assert_eq!(evaluated(r#"ToLower("ΌΣΟΣ İ")"#, &[]), r#""όσοσ İ""#);
    assert_eq!(evaluated(r#"ToLower("İI", "tr")"#, &[]), r#""iı""#);
    assert_eq!(evaluated(r#"ToUpper("ı", "en-US")"#, &[]), r#""I""#);
    failure(r#"ToLower("x", "nowhere land")"#, &[]);
}

#[test]
fn flow_stops_wherever_it_is_said() {
    assert_eq!(evaluated(r#"Append(IgnoreFlowIfNullOrEmpty([a]), "x")"#, &[]), "ignored");
    assert_eq!(evaluated(r#"IIF([a]="x", "y", IgnoreObjectFlow)"#, &[]), "skipped");
    assert_eq!(evaluated("IgnoreFlowIfNullOrEmpty(Join(\"\", [a], [b]))", &[]), "ignored");
}

#[test]
fn chance_is_drawn_anew_each_time_and_the_same_in_each_replay() {
    let two = evaluated(r#"Join(" ", Guid(), Guid())"#, &[]);
    let (first, second) = two.trim_matches('"').split_once(' ').unwrap();
    assert_ne!(first, second);
    assert_eq!(two, evaluated(r#"Join(" ", Guid(), Guid())"#, &[]));
}
