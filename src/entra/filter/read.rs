//! Filters as an author writes them: `[[entra.filters]] title, where = [{ attribute, is, value }]`,
//! and `of` and `set` for filters of groups and those that decide what is read.

use super::{Clause, ClauseOperator, Filter, FilterSet, Filters, OperandKind};
use crate::base::diagnostic::did_you_mean;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems, Span};
use crate::entra::expression::Pattern;
use crate::entra::field::{Field, ObjectKind};

const FILTER_KEYS: [&str; 4] = ["title", "of", "set", "where"];
const KINDS: [(&str, ObjectKind); 2] = [("users", ObjectKind::User), ("groups", ObjectKind::Group)];
const CLAUSE_KEYS: [&str; 3] = ["attribute", "is", "value"];

impl Filters {
    /// Reads a list of filters; `None` when one is wrong, which is reported.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Filters> {
        let Kind::List(items) = &node.kind else {
            let help = match node.kind {
                Kind::Table(_) => "each is a table with two brackets: [[entra.filters]]",
                _ => "",
            };
            return node.expected_like("a list of filters", help, problems);
        };
        let read = items.iter().enumerate().map(|(nth, item)| filter(nth, item, problems));
        let filters: Vec<Option<Filter>> = read.collect();
        filters.into_iter().collect::<Option<Vec<Filter>>>().map(Filters::new)
    }
}

fn filter(nth: usize, node: &Node, problems: &mut Problems) -> Option<Filter> {
    let entries = node.as_table(problems)?;
    known_keys(entries, "a filter", &FILTER_KEYS, problems);
    let title = match node.get("title") {
        Some(title) => title.as_text(problems)?.to_owned(),
        None => format!("Filter {}", nth + 1),
    };
    let of = node.get("of").map_or(Some(ObjectKind::User), |of| of.as_word(&KINDS, problems))?;
    let sets = &FilterSet::WORDS;
    let set = node.get("set").map_or(Some(FilterSet::Scope), |set| set.as_word(sets, problems))?;
    let Some(clauses) = node.get("where") else {
        problems
            .error(node.span, "this filter has no clauses")
            .help("where = [{ attribute, is, value }]");
        return None;
    };
    let clauses = match &clauses.kind {
        Kind::List(items) if items.is_empty() => {
            problems
                .error(clauses.span, "this filter has no clauses")
                .label("so it would let everybody pass");
            return None;
        }
        Kind::List(items) => {
            items.iter().map(|item| clause(item, of, problems)).collect::<Vec<_>>()
        }
        Kind::Table(_) => vec![clause(clauses, of, problems)],
        _ => return clauses.expected("a list of clauses", problems),
    };
    let clauses = clauses.into_iter().collect::<Option<Vec<Clause>>>()?;
    Some(Filter { title, of, set, clauses })
}

fn clause(node: &Node, of: ObjectKind, problems: &mut Problems) -> Option<Clause> {
    let entries = node.as_table(problems)?;
    // A key that is unknown may be the one that is missing, and is reported already.
    let reported = known_keys(entries, "a clause", &CLAUSE_KEYS, problems);
    let mut part = |key| if reported { node.get(key) } else { needed(node, key, problems) };
    let (attribute, operator) = (part("attribute"), part("is"));
    let (attribute, operator) = (attribute?, operator?);
    let name = attribute.as_text(problems)?.to_owned();
    let field = Field::for_filter(&name, of, attribute.span, problems);
    let operator_span = operator.span;
    let operator = operator_of(operator, problems);
    let (field, operator) = (field?, operator?);
    if !operator.fits(field.holds()) {
        let hint = if operator.fits(crate::entra::field::FieldKind::Truth) {
            "a text"
        } else {
            "true or false"
        };
        problems
            .error(operator_span, format!("{} cannot be asked of `{name}`", operator.name()))
            .label(format!("`{name}` is {hint}"));
        return None;
    }
    let value = value(node, operator, operator_span, problems)?;
    assemble(
        name,
        field,
        operator,
        value,
        node.get("value").map_or(operator_span, |node| node.span),
        problems,
    )
}

/// Builds a clause from its parts; `span` is the place of the value.
pub(in crate::entra) fn assemble(
    attribute: String,
    field: Field,
    operator: ClauseOperator,
    value: String,
    span: Span,
    problems: &mut Problems,
) -> Option<Clause> {
    let patterns = match operator.needs() {
        OperandKind::Pattern => Some(patterns(&value, span, problems)?),
        _ => None,
    };
    if operator.needs() == OperandKind::Number && value.trim().parse::<i64>().is_err() {
        problems
            .warning(span, format!("{} compares whole numbers", operator.name()))
            .label("this is none, so the clause is false for everybody");
    }
    Some(Clause { attribute, field, operator, value, patterns })
}

fn patterns(text: &str, span: Span, problems: &mut Problems) -> Option<(Pattern, Pattern)> {
    let both =
        Pattern::new(text).and_then(|any| Ok((any, Pattern::new(&format!("\\A(?:{text})\\z"))?)));
    match both {
        Ok(both) => Some(both),
        Err(why) => {
            problems.error(span, "this regular expression cannot be used").label(why);
            None
        }
    }
}

fn operator_of(node: &Node, problems: &mut Problems) -> Option<ClauseOperator> {
    let name = node.as_text(problems)?;
    let operator = ClauseOperator::parse(name);
    if operator.is_none() {
        let said = match name.to_lowercase().as_str() {
            "=" | "==" | "eq" | "equal" | "is" => Some("EQUALS"),
            "!=" | "<>" | "ne" | "not" | "not equal" | "is not" => Some("NOT EQUALS"),
            "null" | "absent" | "empty" | "not present" => Some("IS NULL"),
            "present" | "pr" | "exists" | "not null" => Some("IS NOT NULL"),
            "contains" | "co" | "in" => Some("Includes"),
            "matches" | "regex" | "=~" | "~" => Some("REGEX MATCH"),
            "endswith" | "ew" | "ends with" => Some("ENDS_WITH"),
            ">" | "gt" => Some("Greater_Than"),
            ">=" | "ge" => Some("Greater_Than_OR_EQUALS"),
            _ => None,
        };
        let help = match said {
            Some(said) => format!("did you mean `{said}`?"),
            None => did_you_mean(name, ClauseOperator::names()),
        };
        problems.error(node.span, format!("unknown operator `{name}`")).help(help);
    }
    operator
}

fn value(
    node: &Node,
    operator: ClauseOperator,
    operator_span: Span,
    problems: &mut Problems,
) -> Option<String> {
    match (node.get("value"), operator.needs()) {
        (None, OperandKind::Nothing) => Some(String::new()),
        (Some(value), OperandKind::Nothing) => {
            problems.error(value.span, format!("{} takes no value", operator.name()));
            None
        }
        (None, _) => {
            problems
                .error(operator_span, format!("{} needs a value", operator.name()))
                .help("add `value = \"…\"`");
            None
        }
        (Some(value), _) => match &value.kind {
            Kind::Integer(number) => Some(number.to_string()),
            Kind::Text(text) if text.is_empty() => {
                problems
                    .error(value.span, "a clause cannot look for the empty text")
                    .help("IS NULL holds when there is no value");
                None
            }
            Kind::Text(text) => Some(text.clone()),
            _ => value.expected("a string or a whole number", problems),
        },
    }
}

fn needed<'a>(node: &'a Node, key: &str, problems: &mut Problems) -> Option<&'a Node> {
    let found = node.get(key);
    if found.is_none() {
        problems
            .error(node.span, format!("this clause has no `{key}`"))
            .help("{ attribute, is, value }");
    }
    found
}

/// Reports the unknown keys of a table; returns whether there are any.
fn known_keys(entries: &[Entry], whole: &str, known: &[&str], problems: &mut Problems) -> bool {
    let unknown = entries.iter().filter(|entry| !known.contains(&entry.key.as_str()));
    unknown.map(|entry| unknown_key(entry, whole, known, problems)).count() > 0
}
