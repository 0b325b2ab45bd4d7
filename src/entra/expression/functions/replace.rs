//! Replace, which works in five ways, depending on which arguments are given.

use std::borrow::Cow;

use crate::entra::expression::evaluate::{Arguments, EvalExit, EvalResult};
use crate::entra::expression::function::{
    CheckContext, Function, Sample, given, optional, plain, required,
};
use crate::entra::expression::limits::{EFFORT, TEXT_MAX};
use crate::entra::expression::pattern::{Pattern, Substitution};
use crate::entra::expression::tree::FunctionCall;
use crate::entra::expression::value::{Value, quoted};
use crate::entra::policy::ReplaceFallback;

pub(super) static REPLACE: Function = Function::new(
    "Replace",
    &[
        required("source"),
        optional("Find"),
        optional("RegularExpression"),
        optional("RegularExpressionGroupName"),
        optional("Replacement"),
        optional("ReplacementPropertyName"),
        optional("Template"),
    ],
    "One of five things, by the arguments that are given.\n*Find, Replacement*: every occurrence replaced, exactly \
     as spelt. *Find, Template*: every occurrence in the template replaced by the source. *RegularExpression, \
     Replacement*: every match replaced; `${name}` and `$1` stand for groups. *RegularExpression, group, \
     Replacement*: only that group in every match replaced. *RegularExpression, group, ReplacementPropertyName*: \
     the source when it has a value, else that group in a match on the other attribute (policy `replace_fallback`). \
     Patterns are .NET's without look-around and back references; `$` and `\\Z` mean the very end of the text.",
    &[
        given(
            r#"Replace([mail], "@contoso.example", , , "", , )"#,
            &[("mail", Sample::Text("ann@contoso.example"))],
            Sample::Text("ann"),
        ),
        given(
            r#"Replace([u], "<u>", , , , , "<u>.<u>@contoso.example")"#,
            &[("u", Sample::Text("jo"))],
            Sample::Text("jo.jo@contoso.example"),
        ),
        plain(r#"Replace("+91 9998887777", , "\\+(?<code>\\d* )(?<number>\\d{10})", , "${number}", , )"#, "9998887777"),
        plain(
            r#"Replace("545 Tremont Street", , "(?<streetNumber>^\\d*)", "streetNumber", "888", , )"#,
            "888 Tremont Street",
        ),
        given(
            r#"Replace([phone], , "(?<last>\\d{4})$", "last", , [mobile], )"#,
            &[("mobile", Sample::Text("888 7779999"))],
            Sample::Text("9999"),
        ),
        given(r#"Replace([mail], , "(?=x)", , "", , )"#, &[], Sample::Fails),
    ],
    replace,
)
.checked(check);

const FIND: usize = 1;
const PATTERN: usize = 2;
const GROUP: usize = 3;
const REPLACEMENT: usize = 4;
const ATTRIBUTE: usize = 5;
const TEMPLATE: usize = 6;

/// The five ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Text,
    Template,
    Matches,
    Group,
    Fallback,
}

fn way(call: &FunctionCall) -> Option<Way> {
    let has = |at: usize| call.argument(at).is_some();
    match [FIND, PATTERN, GROUP, REPLACEMENT, ATTRIBUTE, TEMPLATE].map(has) {
        [true, false, false, true, false, false] => Some(Way::Text),
        [true, false, false, false, false, true] => Some(Way::Template),
        [false, true, false, true, false, false] => Some(Way::Matches),
        [false, true, true, true, false, false] => Some(Way::Group),
        [false, true, true, false, true, false] => Some(Way::Fallback),
        _ => None,
    }
}

/// Checks that the arguments go together, and compiles the pattern when it is constant.
fn check(call: &mut FunctionCall, context: &mut CheckContext<'_>) {
    if way(call).is_none() {
        context
            .problems
            .error(context.span, "these arguments of Replace do not go together")
            .label("none of its five ways takes them")
            .help(
                "give Find and Replacement, Find and Template, or RegularExpression and Replacement; with a group \
                 name RegularExpression takes Replacement or ReplacementPropertyName",
            );
        return;
    }
    compile(call, context);
}

fn compile(call: &mut FunctionCall, context: &mut CheckContext<'_>) {
    let Some((place, text)) =
        call.argument(PATTERN).and_then(|term| Some((term.span, term.constant()?)))
    else {
        return;
    };
    match Pattern::within(context.pattern_room, text) {
        Ok(pattern) => {
            let group = call.argument(GROUP).and_then(|term| Some((term.span, term.constant()?)));
            if let Some((place, name)) = group.filter(|(_, name)| !pattern.has_group(name)) {
                context.problems.error(place, no_group(name));
            }
            call.pattern = Some(pattern);
        }
        Err(why) => {
            context.problems.error(place, "this regular expression cannot be used").label(why);
        }
    }
}

fn replace<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let call = given.call();
    let source = given.text(0)?;
    match (way(call), source) {
        (Some(Way::Fallback), source) => fallback(given, source),
        (_, None) => Ok(Value::Null),
        (Some(Way::Text), Some(source)) => {
            let with = given.text(REPLACEMENT)?.unwrap_or_default();
            find_and_put(given, source, &with)
        }
        (Some(Way::Template), Some(source)) => {
            let template = given.text(TEMPLATE)?.unwrap_or_default();
            find_and_put(given, template, &source)
        }
        (Some(Way::Matches), Some(source)) => matches(given, source),
        (_, Some(source)) => group(given, source),
    }
}

/// Replaces every occurrence of a text in another.
fn find_and_put<'a>(
    given: &mut Arguments<'a, '_>,
    text: Cow<'a, str>,
    put: &str,
) -> EvalResult<'a> {
    let sought = given.text(FIND)?.unwrap_or_default();
    if sought.is_empty() {
        return Err(given.fail_at(FIND, "the empty text cannot be sought"));
    }
    given.spend(text.len())?;
    let many = text.matches(&*sought).count();
    if many == 0 {
        return Ok(Value::Text(text));
    }
    given.check_length(
        (text.len() - many * sought.len()).saturating_add(many.saturating_mul(put.len())),
    )?;
    Ok(Value::Text(Cow::Owned(text.replace(&*sought, put))))
}

fn matches<'a>(given: &mut Arguments<'a, '_>, source: Cow<'a, str>) -> EvalResult<'a> {
    let with = Substitution::parse(&given.text(REPLACEMENT)?.unwrap_or_default());
    let pattern = pattern(given)?;
    let mut tally = Tally::new(given, &pattern, &source)?;
    let replaced = pattern.replace(&source, |found, out| {
        with.write(found, out);
        tally.goes_on(found.range().end, out)
    });
    finish(given, tally.spent, replaced)
}

fn group<'a>(given: &mut Arguments<'a, '_>, source: Cow<'a, str>) -> EvalResult<'a> {
    let name = given.text(GROUP)?.unwrap_or_default();
    let with = given.text(REPLACEMENT)?.unwrap_or_default();
    let pattern = pattern(given)?;
    if !pattern.has_group(&name) {
        return Err(given.fail_at(GROUP, no_group(&name)));
    }
    let mut tally = Tally::new(given, &pattern, &source)?;
    let replaced = pattern.replace(&source, |found, out| {
        let whole = found.range();
        let kept = found.as_str();
        match found.group_range(&name) {
            Some(part) => {
                out.push_str(&kept[..part.start - whole.start]);
                out.push_str(&with);
                out.push_str(&kept[part.end - whole.start..]);
            }
            None => out.push_str(kept),
        }
        tally.goes_on(whole.end, out)
    });
    finish(given, tally.spent, replaced)
}

/// The source, or a group of a match on another attribute. Two pages disagree on which comes first.
fn fallback<'a>(given: &mut Arguments<'a, '_>, source: Option<Cow<'a, str>>) -> EvalResult<'a> {
    let has_value = source.as_deref().is_some_and(|text| !text.is_empty());
    let keeps_source = match given.policy().replace_fallback {
        ReplaceFallback::SourceEmpty => has_value,
        ReplaceFallback::SourcePresent => !has_value,
    };
    if keeps_source {
        return Ok(source.map_or(Value::Null, Value::Text));
    }
    let name = given.text(GROUP)?.unwrap_or_default();
    let Some(other) = given.text(ATTRIBUTE)? else { return Ok(Value::Null) };
    let pattern = pattern(given)?;
    Tally::new(given, &pattern, &other)?;
    if !pattern.has_group(&name) {
        return Err(given.fail_at(GROUP, no_group(&name)));
    }
    let found = pattern.group(&other, &name).map(str::to_owned);
    Ok(found.map_or(Value::Null, |text| Value::Text(Cow::Owned(text))))
}

fn no_group(name: &str) -> String {
    format!("the pattern has no group {}", quoted(name))
}

/// The cost of compiling a small pattern.
const COMPILING: usize = 500_000;
/// The additional cost for each byte of a pattern.
const COMPILING_A_BYTE: usize = 2_000;

/// The pattern of the call: compiled already if it is constant, otherwise compiled now.
fn pattern<'a>(given: &mut Arguments<'a, '_>) -> Result<Cow<'a, Pattern>, EvalExit> {
    if let Some(pattern) = &given.call().pattern {
        return Ok(Cow::Borrowed(pattern));
    }
    let text = given.text(PATTERN)?.unwrap_or_default();
    // Compiling costs far more than a search; this allows about a hundred small patterns in one
    // evaluation.
    given.spend(COMPILING.saturating_add(text.len().saturating_mul(COMPILING_A_BYTE)))?;
    let pattern = Pattern::new(&text).map_err(|why| given.fail_at(PATTERN, why))?;
    given.spend((pattern.weight() - 1) * COMPILING)?;
    Ok(Cow::Owned(pattern))
}

fn finish<'a>(
    given: &mut Arguments<'a, '_>,
    spent: usize,
    replaced: Option<String>,
) -> EvalResult<'a> {
    given.spend(spent)?;
    match replaced {
        Some(text) => Ok(Value::Text(Cow::Owned(text))),
        // A limit ended the replacement: the length of the result, or the effort.
        None => Err(given.fail("the replaced text grows too long or takes too long")),
    }
}

/// The cost of a search so far. In the worst case each match has read all of the remaining text.
struct Tally {
    cost: usize,
    length: usize,
    spent: usize,
}

impl Tally {
    /// Charges the cost of the first search. Refuses a text longer than any function may return.
    fn new(
        given: &mut Arguments<'_, '_>,
        pattern: &Pattern,
        text: &str,
    ) -> Result<Tally, EvalExit> {
        given.check_length(text.len())?;
        let cost = pattern.cost();
        given.spend(text.len().saturating_mul(cost))?;
        Ok(Tally { cost, length: text.len(), spent: 0 })
    }

    fn goes_on(&mut self, at: usize, out: &str) -> bool {
        self.spent = self.spent.saturating_add((self.length - at + 1).saturating_mul(self.cost));
        out.len() <= TEXT_MAX && (self.spent as u64) < EFFORT
    }
}
