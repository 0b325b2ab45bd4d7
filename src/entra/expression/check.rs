//! Checks of a call before anything is evaluated: the number and kind of its arguments.

use super::function::{CheckContext, Function, Need};
use super::tree::{Form, FunctionCall, Keyword, Term};
use crate::base::{Problems, Span};

/// Checks a call at this depth (1 is the top) and compiles its pattern, which may take
/// `pattern_room` bytes.
pub(super) fn call(
    call: &mut FunctionCall,
    span: Span,
    depth: usize,
    pattern_room: &mut usize,
    problems: &mut Problems,
) {
    let before = problems.errors();
    number(call, span, problems);
    for at in 0..call.arguments.len() {
        argument(call, at, problems);
    }
    if call.function.name == "SelectUniqueValue" && depth > 1 {
        problems
            .error(call.name_span, "SelectUniqueValue cannot be nested")
            .label("it stands only at the top of an expression");
    }
    if problems.errors() == before
        && let Some(check) = call.function.check
    {
        check(call, &mut CheckContext { span, pattern_room, problems });
    }
}

/// Checks that a term can be a whole expression: a call, an attribute or a text (the last two are
/// assumed; the grammar names only calls).
pub(super) fn top(term: &Term, problems: &mut Problems) {
    if let Form::Keyword(Keyword::TextCompare | Keyword::BinaryCompare) = term.form {
        problems
            .error(term.span, "this word alone gives no value")
            .label("it is an argument of InStr");
    }
}

fn number(call: &FunctionCall, span: Span, problems: &mut Problems) {
    let (function, count) = (call.function, call.arguments.len());
    let too_few = count < function.fewest();
    let too_many = function.most().is_some_and(|most| count > most);
    if too_few || too_many {
        let error =
            problems.error(span, format!("wrong number of arguments for {}", function.name));
        error
            .label(format!("{}, but there {}", takes(function), are(count)))
            .help(function.signature());
    }
}

fn takes(function: &Function) -> String {
    match (function.fewest(), function.most()) {
        (0, Some(0)) => "it takes none".to_owned(),
        (fewest, Some(most)) if fewest == most => format!("it takes {fewest}"),
        (fewest, Some(most)) => format!("it takes {fewest} to {most}"),
        (fewest, None) => format!("it takes at least {fewest}"),
    }
}

fn are(count: usize) -> String {
    match count {
        0 => "is none".to_owned(),
        1 => "is 1".to_owned(),
        _ => format!("are {count}"),
    }
}

fn argument(call: &FunctionCall, at: usize, problems: &mut Problems) {
    let Some(parameter) = call.function.parameter(at) else { return };
    match call.argument(at) {
        None if parameter.need == Need::Required => {
            let name = call.function.name;
            problems
                .error(
                    call.name_span,
                    format!("the argument `{}` of {name} is empty", parameter.name),
                )
                .help(call.function.signature());
        }
        Some(Term { span, form: Form::Compare(_) }) if !parameter.condition => {
            problems
                .error(*span, format!("{} takes no comparison", call.function.name))
                .label("a comparison stands only in the condition of IIF and in CBool");
        }
        _ => {}
    }
}
