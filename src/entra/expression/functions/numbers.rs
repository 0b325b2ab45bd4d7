//! Whole numbers and their texts: BitAnd, CStr.

use crate::entra::expression::evaluate::{Arguments, EvalResult};
use crate::entra::expression::function::{Function, Sample, given, plain, required};
use crate::entra::expression::value::Value;

pub(super) static BIT_AND: Function = Function::new(
    "BitAnd",
    &[required("value1"), required("value2")],
    "The bits that both whole numbers have.\nNumbers are decimal, or hexadecimal after `&H`.",
    &[
        plain("BitAnd(&HF, &HF7)", "7"),
        given(
            "BitAnd([userAccountControl], 2)",
            &[("userAccountControl", Sample::Text("514"))],
            Sample::Text("2"),
        ),
        given(r#"BitAnd("abc", 1)"#, &[], Sample::Fails),
    ],
    bit_and,
);

fn bit_and<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::Number(given.whole(0)? & given.whole(1)?))
}

pub(super) static C_STR: Function = Function::new(
    "CStr",
    &[required("value")],
    "The value as a text: a number in decimal digits, a truth as True or False.",
    &[
        plain("CStr(5)", "5"),
        given(
            "CStr([manager])",
            &[("manager", Sample::Text("cn=Joe,dc=contoso"))],
            Sample::Text("cn=Joe,dc=contoso"),
        ),
    ],
    c_str,
);

fn c_str<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(given.text(0)?.map_or(Value::Null, Value::Text))
}
