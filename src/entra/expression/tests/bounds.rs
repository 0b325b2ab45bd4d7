//! Nothing an author writes may panic, hang or fill the memory.

use proptest::prelude::*;

use super::super::functions::names;
use super::super::{DEPTH_MAX, Expression};
use super::{Policy, attributes, evaluated, failure, scope};

#[test]
fn texts_may_not_grow_without_end() {
    let long = "x".repeat(1_000);
    let doubled = |levels: usize| {
        (0..levels).fold("[a]".to_owned(), |inner, _| {
            format!("Replace({inner}, \"x\", , , \"xxxxxxxxxx\", , )")
        })
    };
    assert!(failure(&doubled(3), &[("a", &long)]).contains("longer than"));
    let templated = r#"Replace([a], "x", , , , , [a])"#;
    assert!(failure(templated, &[("a", &long)]).contains("longer than"));
    let joined = format!("Join(\"\", {})", vec!["[a]"; 100].join(", "));
    assert!(failure(&joined, &[("a", &long)]).contains("longer than"));
    let regex = r#"Replace([a], , "x", , "$_", , )"#;
    assert!(failure(regex, &[("a", &long)]).contains("too long"));
}

#[test]
fn searches_may_not_take_for_ever() {
    let long = "a".repeat(60_000);
    // Every match looks to the end of the text for a `b` that never comes.
    assert!(
        failure(r#"Replace([a], , "a.*b|a", , "c", , )"#, &[("a", &long)]).contains("too long")
    );
    // What a directory holds is replaced letter by letter all the same.
    let remark = "o".repeat(1_000);
    assert_eq!(evaluated(r#"Replace([a], , "[^a-n]", , "u", , )"#, &[("a", &remark)]).len(), 1_002);
    let many = format!("Join(\"\", {})", vec![r#"Word([a], 9999, "bcdefghijk")"#; 300].join(", "));
    assert!(failure(&many, &[("a", &long)]).contains("too long"));
}

#[test]
fn patterns_share_their_room() {
    let one = |pattern: &str| format!(r#"Replace([a], , "{pattern}", , "", , )"#);
    assert_eq!(evaluated(&one(r"^\\w{1,64}@"), &[("a", "ann@b")]), r#""b""#);
    let many = |pattern: &str, count: usize| {
        format!("Join(\"\", {})", vec![one(pattern); count].join(", "))
    };
    assert_eq!(evaluated(&many("x+", 200), &[("a", "axx")]).len(), 202);
    assert!(failure(&many(r"\\w{60}", 9), &[]).contains("cannot be used"));
    // A long pattern pays before its first search, and too long a one is not even compiled.
    let long = "aé x,".repeat(1_500);
    let made = r#"Replace(Join("", [a], [a], [a]), , [a], , "", , )"#;
    assert!(failure(made, &[("a", &long)]).contains("too long"));
    assert!(
        failure(r#"Replace("x", , Append([a], [a]), , "", , )"#, &[("a", &long)])
            .contains("10000 bytes")
    );
    // A pattern that is not constant is compiled each time.
    let made = r#"Replace([a], , Append("\\w{60}", "x"), , "", , )"#;
    assert!(
        failure(&format!("Join(\"\", {})", [made; 9].join(", ")), &[("a", "b")])
            .contains("too long")
    );
}

#[test]
fn a_message_quotes_no_more_than_the_beginning_of_a_text() {
    let long = "é".repeat(5_000);
    for text in [
        r#"DateAdd([a], 1, Now())"#,
        r#"ToLower("x", [a])"#,
        r#"Replace("x", , "x", [a], "y", , )"#,
        r#"Replace([none], , "x", [a], , [a], )"#,
        r#"Left("x", [a])"#,
        r#"CDate([a])"#,
    ] {
        assert!(failure(text, &[("a", &long)]).len() < 250, "{text}");
        let constant = text.replace("[a]", &format!("\"{long}\""));
        assert!(failure(&constant, &[]).len() < 250, "{text}");
    }
    let word = "x".repeat(9_000);
    for text in [word.clone(), format!("{word}()"), format!("Append([a], {word})")] {
        let problems = Expression::parse(&text).unwrap_err();
        assert!(
            problems.iter().all(|problem| problem.message.len() + problem.help.len() < 250),
            "{problems:?}"
        );
    }
}

/// The thread of a test has a stack of two megabytes, and unoptimised frames are large: what holds
/// here holds anywhere.
#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let nested = |open: &str, close: &str| {
        format!("{}[a]{}", open.repeat(DEPTH_MAX), close.repeat(DEPTH_MAX))
    };
    assert_eq!(evaluated(&nested("Not(", ")"), &[]), r#""False""#);
    assert_eq!(evaluated(&nested("IIF([b]=1,2,", ")"), &[("a", "x")]), r#""x""#);
    assert_eq!(evaluated(&nested("Replace(", ",\"a\",,,\"b\",,)"), &[("a", "x")]), r#""x""#);
}

fn words(words: Vec<&'static str>) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(str::to_owned)
}

/// Texts that look like expressions, mostly wrong ones.
fn shreds() -> impl Strategy<Value = String> {
    let names: Vec<&'static str> = names().collect();
    let piece = prop_oneof![
        4 => words(names),
        4 => words(vec!["(", ")", ",", ", ", "[a]", "[b]", "[list]", "\"\"", "\"x\"", "=", "<>", ">="]),
        2 => words(vec!["1", "-1", "0", "99999999999999999999", "&HF", "\"2021-08-24\"", "\"d\"", "Now()"]),
        1 => words(vec!["\"(?<g>.*)\"", "\"[\\\\d]+\"", "\"\\\\\"", "\"", "[", "]", "IgnoreAttributeFlow", "é💡"]),
        1 => ".{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Calls with as many arguments as they take, of any kind.
fn calls() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "[a]",
        "[b]",
        "[list]",
        "[none]",
        "\"\"",
        "\"x y\"",
        "\"é💡\"",
        "1",
        "-3",
        "0",
        "9223372036854775807",
        "&HFF",
        "\"2024-02-29\"",
        "\"yyyy-MM-dd\"",
        "\"m\"",
        "\"(?<g>a*)|b\"",
        "\"g\"",
        "\"${g}$1\"",
        "\"tr-TR\"",
        "",
        "[a]=\"x\"",
        "[a]>[b]",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 64, 7, |inner| {
        let name = prop::sample::select(names().collect::<Vec<_>>());
        (name, prop::collection::vec(inner, 0..8))
            .prop_map(|(name, arguments)| format!("{name}({})", arguments.join(",")))
    })
}

fn survives(text: &str) {
    let Ok(expression) = Expression::parse(text) else { return };
    let mut source = attributes(&[("a", "a b"), ("b", "Ünïcode 💡, 12")]);
    source.push(("list".to_owned(), super::Value::list(["x", "y", ""]).into_owned()));
    let policy = Policy::default();
    let plain = expression.evaluate(scope(&source, &policy));
    let (explained, _) = expression.explain(scope(&source, &policy));
    assert_eq!(plain, explained, "looking changes nothing: {text}");
    let printed = expression.to_string();
    let again =
        Expression::parse(&printed).unwrap_or_else(|problems| panic!("{printed}: {problems:?}"));
    assert_eq!(printed, again.to_string());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in shreds()) {
        survives(&text);
    }

    #[test]
    fn no_call_panics(text in calls()) {
        survives(&text);
    }
}
