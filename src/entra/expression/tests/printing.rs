//! A tree prints as a text that reads back as the same tree.

use proptest::prelude::*;

use super::super::function::Need;
use super::super::functions::{FUNCTIONS, find};
use super::super::{Comparison, ComparisonOperator, Expression, Form, FunctionCall, Keyword, Term};
use crate::base::Span;

fn term(form: Form) -> Term {
    Term { span: Span::default(), form }
}

fn leaves() -> impl Strategy<Value = Term> {
    prop_oneof![
        "[a-zA-Z_ .,()]{0,6}[a-z]".prop_map(|name| term(Form::Attribute(name.into()))),
        any::<String>().prop_map(|text| term(Form::Text(text.into()))),
        r#"[\\"a(),\[\]]{0,8}"#.prop_map(|text| term(Form::Text(text.into()))),
        any::<i64>().prop_map(|number| term(Form::Number(number.to_string().into()))),
        Just(term(Form::Number("&HF7".into()))),
        prop::sample::select(Keyword::WORDS.to_vec())
            .prop_map(|(_, keyword)| term(Form::Keyword(keyword))),
    ]
}

/// Calls whose arguments are right in number; those with rules of their own have their own tests.
fn trees() -> impl Strategy<Value = Term> {
    leaves().prop_recursive(4, 40, 4, |inner| {
        let free: Vec<&'static str> =
            FUNCTIONS.iter().filter(|f| f.check.is_none()).map(|f| f.name).collect();
        let free: Vec<&'static str> =
            free.into_iter().filter(|name| *name != "SelectUniqueValue").collect();
        let call =
            (prop::sample::select(free), prop::collection::vec(inner.clone(), 12), any::<u16>())
                .prop_map(|(name, pool, omit)| call(name, pool, omit));
        let sign = prop::sample::select(ComparisonOperator::SIGNS.to_vec());
        let choice = (inner.clone(), sign, inner.clone(), inner).prop_map(
            |(left, (_, operator), right, value)| {
                let compare = term(Form::Compare(Box::new(Comparison { left, operator, right })));
                assemble("IIF", vec![Some(compare), Some(value.clone()), Some(value)])
            },
        );
        prop_oneof![3 => call, 1 => choice]
    })
}

fn call(name: &'static str, pool: Vec<Term>, omit: u16) -> Term {
    let function = find(name).expect("it is in the table");
    let most = function.most().unwrap_or(function.fewest() + usize::from(omit % 4));
    let arguments = pool.into_iter().take(most).enumerate().map(|(at, term)| {
        let needed =
            function.parameter(at).is_some_and(|parameter| parameter.need == Need::Required);
        (needed || omit & (1 << at) == 0).then_some(term)
    });
    assemble(name, arguments.collect())
}

fn assemble(name: &str, arguments: Vec<Option<Term>>) -> Term {
    let function = find(name).expect("it is in the table");
    term(Form::Call(Box::new(FunctionCall {
        function,
        name_span: Span::default(),
        arguments,
        pattern: None,
    })))
}

/// The tree without its places.
fn unplaced(found: &Term) -> Term {
    term(match &found.form {
        Form::Compare(parts) => Form::Compare(Box::new(Comparison {
            left: unplaced(&parts.left),
            operator: parts.operator,
            right: unplaced(&parts.right),
        })),
        Form::Call(call) => {
            let arguments =
                call.arguments.iter().map(|argument| argument.as_ref().map(unplaced)).collect();
            return assemble(call.function.name, arguments);
        }
        other => other.clone(),
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same_tree(tree in trees()) {
        let lone_word = matches!(tree.form, Form::Keyword(Keyword::TextCompare | Keyword::BinaryCompare));
        prop_assume!(!lone_word);
        let text = tree.to_string();
        prop_assume!(text.chars().count() <= super::super::LENGTH_MAX);
        let read = Expression::parse(&text).map_err(|problems| TestCaseError::fail(format!("{text}: {problems:?}")))?;
        prop_assert_eq!(unplaced(read.root()), tree);
    }
}

#[test]
fn the_printed_form_has_one_spelling() {
    let cases = [
        ("  ToUpper (\n\t[x]\n)  ", "ToUpper([x])"),
        (r#"Replace([s],",", , ,";", , )"#, r#"Replace([s], ",", , , ";", , )"#),
        (r#"Append("a\+\\\"","x")"#, r#"Append("a\\+\\\"", "x")"#),
        (r#"IIF([a]<>1,"x",Now( ))"#, r#"IIF([a] <> 1, "x", Now())"#),
    ];
    for (text, printed) in cases {
        assert_eq!(Expression::parse(text).unwrap().to_string(), printed);
    }
}
