//! Warnings about expressions that can be evaluated but probably do not do what their author means:
//! published traps.

use super::tree::{Comparison, Form, FunctionCall, Term};
use crate::base::{Diagnostic, Problems};

/// The warnings about an expression, in the order of their places.
pub(super) fn lint(root: &Term) -> Vec<Diagnostic> {
    let mut problems = Problems::default();
    root.visit(&mut |term| {
        if let Form::Call(call) = &term.form {
            match call.function.name {
                "IIF" => null_condition(call, &mut problems),
                "Switch" => truth_switch(call, &mut problems),
                "FormatDateTime" => missing_styles(call, &mut problems),
                "SelectUniqueValue" => unique_value(call, &mut problems),
                _ => {}
            }
            raw_roles(call, &mut problems);
        }
    });
    if is_attribute(Some(root), "appRoleAssignments") {
        warn_raw_roles(root, &mut problems);
    }
    problems.into_sorted()
}

/// Warns of a condition that tests for the absence of a value: the reference lists these forms as
/// unsupported [functions].
fn null_condition(call: &FunctionCall, problems: &mut Problems) {
    let Some(condition) = call.argument(0) else { return };
    if asks_for_absence(condition) {
        problems
            .warning(condition.span, "a condition that asks whether there is a value is not supported by the service")
            .label("with no value the vendor counts it as failed; here the policy `iif_null` decides")
            .help("write `Switch([attribute], \"when there is a value\", \"\", \"when there is none\")`");
    }
}

fn asks_for_absence(condition: &Term) -> bool {
    match &condition.form {
        Form::Call(call) => is_presence_test(call),
        Form::Compare(parts) => {
            let Comparison { left, right, .. } = &**parts;
            [(left, right), (right, left)].iter().any(|(attribute, text)| {
                matches!(attribute.form, Form::Attribute(_))
                    && text.constant().is_some_and(str::is_empty)
            })
        }
        _ => false,
    }
}

fn is_presence_test(call: &FunctionCall) -> bool {
    ["IsNull", "IsNullOrEmpty", "IsPresent"].contains(&call.function.name)
}

/// Warns of a Switch over a Boolean with other keys than `True` and `False`, which never match.
fn truth_switch(call: &FunctionCall, problems: &mut Problems) {
    let over_truth = call.argument(0).and_then(Term::call).is_some_and(is_presence_test);
    if !over_truth {
        return;
    }
    let keys = call.arguments.iter().skip(2).step_by(2).flatten();
    for key in keys.filter(|key| !matches!(key.constant(), Some("True" | "False"))) {
        problems
            .warning(key.span, "this Switch looks at True or False")
            .label("so a key other than \"True\" and \"False\" is hardly meant")
            .help("Switch compares its first argument with each key; it does not look for a condition that holds");
    }
}

/// Warns of missing styles: the service requires their comma even if they are empty (B104).
fn missing_styles(call: &FunctionCall, problems: &mut Problems) {
    if call.arguments.len() < 4 {
        problems
            .warning(call.name_span, "FormatDateTime without its second argument")
            .label("the service refuses it; here three arguments are read as four")
            .help("FormatDateTime(source, , inputFormat, outputFormat)");
    }
}

fn unique_value(call: &FunctionCall, problems: &mut Problems) {
    problems
        .warning(call.name_span, "SelectUniqueValue is not supported for SCIM applications")
        .label(
            "the service has it for HR-driven provisioning into on-premises Active Directory alone",
        );
}

/// Warns of `appRoleAssignments` outside of the role functions, which alone can read it
/// [customize].
fn raw_roles(call: &FunctionCall, problems: &mut Problems) {
    if !call.function.name.contains("AppRoleAssignment") {
        let raw = call
            .arguments
            .iter()
            .flatten()
            .filter(|term| is_attribute(Some(*term), "appRoleAssignments"));
        raw.for_each(|term| warn_raw_roles(term, problems));
    }
}

fn is_attribute(term: Option<&Term>, name: &str) -> bool {
    matches!(term, Some(Term { form: Form::Attribute(known), .. }) if **known == *name)
}

fn warn_raw_roles(term: &Term, problems: &mut Problems) {
    problems
        .warning(term.span, "appRoleAssignments must not be mapped directly")
        .help("SingleAppRoleAssignment, AppRoleAssignmentsComplex and AssertiveAppRoleAssignmentsComplex read it");
}

#[cfg(test)]
mod tests {
    use crate::entra::expression::Expression;

    #[test]
    fn published_traps_are_pointed_at() {
        let cases: [(&str, &[&str]); 9] = [
            (r#"IIF([c]="", "a", "b")"#, &[r#"[c]="""#]),
            (r#"IIF(IsPresent([c]), "a", "b")"#, &["IsPresent([c])"]),
            (r#"IIF([c]="x", "a", "b")"#, &[]),
            (r#"Switch(IsPresent([a]), [a], IsPresent([b]), [b])"#, &["IsPresent([b])"]),
            (r#"Switch(IsPresent([a]), "x", "True", [a])"#, &[]),
            (r#"SelectUniqueValue([a], [b])"#, &["SelectUniqueValue"]),
            (r#"FormatDateTime([a], "yyyy", "yy")"#, &["FormatDateTime"]),
            (r#"FormatDateTime([a], , "yyyy", "yy")"#, &[]),
            (r#"Count([appRoleAssignments])"#, &["[appRoleAssignments]"]),
        ];
        for (text, places) in cases {
            let expression = Expression::parse(text).unwrap();
            let spans = expression.warnings().iter().map(|warning| warning.span.unwrap());
            let found: Vec<&str> = spans.map(|span| &text[span.start..span.end]).collect();
            assert_eq!(found, places, "{text}");
        }
    }
}
