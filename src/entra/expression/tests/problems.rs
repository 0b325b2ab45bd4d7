//! What is wrong with an expression, and where the caret stands.

use super::super::Expression;
use crate::base::{Diagnostic, Node, Problems, Span};

fn problems(text: &str) -> Vec<Diagnostic> {
    Expression::parse(text).expect_err(text)
}

/// The place of the only problem, its message, and what its label or its help must hold.
fn check(text: &str, place: &str, message: &str, more: &str) {
    let found = problems(text);
    let [problem] = &found[..] else { panic!("{text}: {found:?}") };
    let span = problem.span.expect("a place");
    assert_eq!(text.get(span.start..span.end).unwrap_or_default(), place, "{text}: {problem:?}");
    assert!(problem.message.contains(message), "{text}: {problem:?}");
    assert!(format!("{} {}", problem.label, problem.help).contains(more), "{text}: {problem:?}");
}

#[test]
fn names_are_answered_with_the_nearest() {
    check("Foo([mail])", "Foo", "unknown function `Foo`", "");
    check("append([mail], \".x\")", "append", "unknown function", "case-sensitive: it is `Append`");
    check("ToLowr([mail])", "ToLowr", "unknown function", "did you mean `ToLower`?");
    check("Trim([mail])", "Trim", "unknown function", "Cloud Sync");
    check("IIF([a]=\"x\", True, \"b\")", "True", "unknown word", "`\"True\"`");
    check("ToLower", "ToLower", "unknown word", "in parentheses");
    check(
        "IIF([a]=\"x\", IgnoreAtributeFlow, [a])",
        "IgnoreAtributeFlow",
        "unknown word",
        "`IgnoreAttributeFlow`",
    );
}

#[test]
fn arguments_are_counted() {
    check(
        "Append([mail])",
        "Append([mail])",
        "wrong number of arguments",
        "it takes 2, but there is 1",
    );
    check("Now(1)", "Now(1)", "wrong number", "it takes none");
    check(
        "ToLower([a], , )",
        "ToLower([a], , )",
        "wrong number",
        "it takes 1 to 2, but there are 3",
    );
    check("Join(\"\")", "Join(\"\")", "wrong number", "at least 2");
    check("Append(, \"x\")", "Append", "`source` of Append is empty", "Append(source, suffix)");
    check("Switch([a], , \"k\")", "Switch([a], , \"k\")", "wrong number", "at least 4");
    check(
        "Switch([a], , \"k\", \"v\", \"w\")",
        "Switch([a], , \"k\", \"v\", \"w\")",
        "even number",
        "there are 5",
    );
    check("SelectUniqueValue([a])", "SelectUniqueValue([a])", "wrong number", "at least 2");
    check("ToLower(SelectUniqueValue([a], [b]))", "SelectUniqueValue", "cannot be nested", "");
    check("FormatDateTime([a], \"d\")", "FormatDateTime([a], \"d\")", "wrong number", "3 to 4");
}

#[test]
fn brackets_and_quotation_marks_are_balanced() {
    check("Append([mail, \".x\")", "[", "unbalanced bracket", "never closed");
    check("Append([mail, [x])", "[", "unbalanced bracket", "not closed in time");
    check("Append([mail], \".x)", "\".x)", "unterminated text", "");
    check("ToLower([a]", "(", "unbalanced bracket", "never closed");
    check("ToLower([a],", "(", "unbalanced bracket", "never closed");
    check("ToLower([a]))", ")", "unbalanced bracket", "no `(`");
    check("ToLower([])", "[]", "without a name", "");
    check("ToLower([a]) x", "x", "text after the end", "");
    check("", "", "is empty", "");
    check(" \n\t", " \n\t", "is empty", "");
}

#[test]
fn what_the_language_lacks_is_named() {
    check("IIF([a]=\"x\" AND [b]=\"y\", \"1\", \"2\")", "A", "expected `,`", "there is no AND");
    check("Append([a] & [b], \"\")", "&", "expected `,`", "`Join` or `Append`");
    check("Append([a]=\"x\", \"y\")", "[a]=\"x\"", "takes no comparison", "IIF");
    check("[a] = \"x\"", "= \"x\"", "text after the end", "IIF and in CBool");
    check("Left([a], 1.5)", "1.5", "not a number", "whole");
    check("Left([a], -)", "-", "not a number", "");
    check("Left([a], $)", "$", "`$` begins nothing", "");
    check("Join(\"\", 'x')", "'", "begins nothing", "quotation marks");
    check("DateAdd(\"fortnight\", 1, Now())", "\"fortnight\"", "not an interval", "");
    check(
        "SingleAppRoleAssignment([roles])",
        "[roles]",
        "reads app role assignments",
        "`[appRoleAssignments]`",
    );
    check(
        "FormatDateTime([a], \"Nonsense\", \"d\", \"D\")",
        "\"Nonsense\"",
        "not a date-time style",
        "None",
    );
}

#[test]
fn replace_knows_its_five_ways_and_its_patterns() {
    check(
        "Replace([a], \"x\", , , , , )",
        "Replace([a], \"x\", , , , , )",
        "do not go together",
        "five ways",
    );
    check("Replace([a], , \"(?=x)\", , \"\", , )", "\"(?=x)\"", "cannot be used", "look-around");
    check("Replace([a], , \"(x\", , \"\", , )", "\"(x\"", "cannot be used", "unclosed");
    check("Replace([a], , \"x\", \"g\", \"\", , )", "\"g\"", "no group `g`", "");
}

#[test]
fn all_problems_with_calls_are_told_at_once() {
    let text = "Append(Foo([a]), ToLowr([b], \"x\", Left([c])))";
    let found = problems(text);
    let messages: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "unknown function `Foo`",
            "unknown function `ToLowr`",
            "wrong number of arguments for Left"
        ]
    );
}

#[test]
fn length_and_depth_are_bounded() {
    let long = format!("Join(\"\", \"{}\")", "x".repeat(10_000));
    assert!(problems(&long)[0].message.contains("10012 characters"));
    let deep = |levels: usize| format!("{}[a]{}", "Not(".repeat(levels), ")".repeat(levels));
    assert!(Expression::parse(&deep(super::super::DEPTH_MAX)).is_ok());
    assert!(problems(&deep(super::super::DEPTH_MAX + 1))[0].message.contains("nested more than"));
}

#[test]
fn problems_point_into_the_file_that_holds_the_expression() {
    let cases = [
        ("source = 'ToLowr([a])'", 9..22, 10..16),
        ("source = '''\nToLowr([a])'''", 9..27, 13..19),
        // Escapes in the file hide where the places are, so the whole is pointed at.
        (r#"source = "ToLowr(\"a\")""#, 9..24, 9..24),
    ];
    for (file, literal, expected) in cases {
        let text = if file.contains('\\') { "ToLowr(\"a\")" } else { "ToLowr([a])" };
        let mut node = Node::text(text);
        node.span = literal.into();
        let mut problems = Problems::default();
        assert!(Expression::read(&node, &mut problems).is_none());
        assert_eq!(problems.list()[0].span, Some(Span::from(expected)), "{file}");
    }
}
