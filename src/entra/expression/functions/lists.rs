//! Several values: Count, Item, Join, RemoveDuplicates, Split.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::entra::expression::evaluate::{Arguments, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, plain, repeated, required};
use crate::entra::expression::value::Value;

pub(super) static COUNT: Function = Function::new(
    "Count",
    &[required("attribute")],
    "How many values there are; 0 when the attribute is absent.",
    &[
        given(
            "Count([proxyAddresses])",
            &[("proxyAddresses", Sample::List(&["a@x.example", "b@x.example"]))],
            Sample::Text("2"),
        ),
        given("Count([proxyAddresses])", &[], Sample::Text("0")),
    ],
    count,
);

fn count<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let many = match given.value(0)? {
        Value::Null => 0,
        Value::List(values) => values.len(),
        Value::Roles(roles) => roles.len(),
        Value::Objects(objects) => objects.len(),
        _ => 1,
    };
    Ok(Value::Number(many as i64))
}

pub(super) static ITEM: Function = Function::new(
    "Item",
    &[required("attribute"), required("index")],
    "The nth value, counted from 1.\nAnother number, or an attribute without a value, is an error.",
    &[
        given(
            "Item([proxyAddresses], 1)",
            &[("proxyAddresses", Sample::List(&["a@x.example", "b@x.example"]))],
            Sample::Text("a@x.example"),
        ),
        plain(r#"Item(Split("a@b@c", "@"), 3)"#, "c"),
        given(
            "Item([proxyAddresses], 0)",
            &[("proxyAddresses", Sample::List(&["a"]))],
            Sample::Fails,
        ),
    ],
    item,
);

fn item<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let mut values = given.texts(0)?;
    let index = given.whole(1)?;
    let many = values.len();
    if many == 0 {
        return Err(given.fail_at(0, "there is no value"));
    }
    match usize::try_from(index) {
        Ok(nth) if (1..=many).contains(&nth) => Ok(Value::Text(values.swap_remove(nth - 1))),
        _ => Err(given.fail_at(
            1,
            format!("there is no value number {index}: they are counted from 1 to {many}"),
        )),
    }
}

pub(super) static JOIN: Function = Function::new(
    "Join",
    &[required("separator"), repeated("source", 1)],
    "The sources, with the separator between them.\nEach value of a multi-valued source counts alone. Sources that \
     are null or empty are left out together with their separator.",
    &[
        given(
            r#"Join(".", [givenName], [surname])"#,
            &[("givenName", Sample::Text("Ann")), ("surname", Sample::Text("Okafor"))],
            Sample::Text("Ann.Okafor"),
        ),
        given(
            r#"Join(", ", "", [surname], [middleName], [givenName])"#,
            &[("givenName", Sample::Text("John")), ("surname", Sample::Text("Doe"))],
            Sample::Text("Doe, John"),
        ),
        given(
            r#"Join("|", "start", [proxyAddresses], "end")"#,
            &[("proxyAddresses", Sample::List(&["a", "b"]))],
            Sample::Text("start|a|b|end"),
        ),
    ],
    join,
);

fn join<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let separator = given.text(0)?.unwrap_or_default();
    // The first piece is kept as it is, so that a single one is not copied.
    let mut joined: Option<Cow<'a, str>> = None;
    for at in 1..given.count() {
        let pieces = match given.value(at)? {
            Value::List(values) => values,
            Value::Null => continue,
            value => match value.into_text() {
                Ok(text) => {
                    append(&mut joined, &separator, text, given)?;
                    continue;
                }
                Err(_) => return Err(given.fail_at(at, "complex values cannot be joined")),
            },
        };
        for piece in pieces {
            append(&mut joined, &separator, Some(piece), given)?;
        }
    }
    Ok(Value::Text(joined.unwrap_or_default()))
}

fn append<'a>(
    joined: &mut Option<Cow<'a, str>>,
    separator: &str,
    piece: Option<Cow<'a, str>>,
    given: &Arguments<'a, '_>,
) -> Result<(), crate::entra::expression::evaluate::EvalExit> {
    let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { return Ok(()) };
    match joined {
        None => *joined = Some(piece),
        Some(so_far) => {
            given.check_length(so_far.len() + separator.len() + piece.len())?;
            let text = so_far.to_mut();
            text.push_str(separator);
            text.push_str(&piece);
        }
    }
    Ok(())
}

pub(super) static REMOVE_DUPLICATES: Function = Function::new(
    "RemoveDuplicates",
    &[required("attribute")],
    "Each value once, the first of equal ones in its place; they are compared exactly.",
    &[given(
        "RemoveDuplicates([proxyAddresses])",
        &[("proxyAddresses", Sample::List(&["b", "a", "b"]))],
        Sample::List(&["b", "a"]),
    )],
    remove_duplicates,
);

fn remove_duplicates<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let values = given.texts(0)?;
    if values.is_empty() {
        return Ok(Value::Null);
    }
    let mut seen = BTreeSet::new();
    let first: Vec<bool> = values.iter().map(|value| seen.insert(&**value)).collect();
    let kept = values.iter().zip(first).filter(|(_, first)| *first).map(|(value, _)| value.clone());
    Ok(Value::List(kept.collect()))
}

pub(super) static SPLIT: Function = Function::new(
    "Split",
    &[required("source"), required("delimiter")],
    "The parts of a text between the delimiters, as several values; blanks around each part are removed (policy \
     `split_trims`).\nWithout the delimiter there is one part.",
    &[
        given(
            r#"Split([extensionAttribute5], ",")"#,
            &[("extensionAttribute5", Sample::Text("PermissionSetOne, PermissionSetTwo"))],
            Sample::List(&["PermissionSetOne", "PermissionSetTwo"]),
        ),
        given(r#"Split([s], ";")"#, &[], Sample::Null),
    ],
    split,
);

fn split<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    let Some(text) = given.text(0)? else { return Ok(Value::Null) };
    let delimiter = given.text(1)?.unwrap_or_default();
    let trims = given.policy().split_trims;
    let parts = |text: &'_ str| -> Vec<std::ops::Range<usize>> {
        let pieces: Vec<&str> =
            if delimiter.is_empty() { vec![text] } else { text.split(&*delimiter).collect() };
        let shorter = pieces.into_iter().map(|piece| if trims { piece.trim() } else { piece });
        let place = |piece: &str| piece.as_ptr() as usize - text.as_ptr() as usize;
        shorter.map(|piece| place(piece)..place(piece) + piece.len()).collect()
    };
    let ranges = parts(&text);
    given.spend(ranges.len() * 32)?;
    Ok(Value::List(match text {
        Cow::Borrowed(text) => {
            ranges.into_iter().map(|range| Cow::Borrowed(&text[range])).collect()
        }
        Cow::Owned(text) => {
            ranges.into_iter().map(|range| Cow::Owned(text[range].to_owned())).collect()
        }
    }))
}
