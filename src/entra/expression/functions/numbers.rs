//! Whole numbers and their texts: BitAnd, CStr.

use super::{Function, Shown, given, plain, required};
use crate::entra::expression::evaluate::{Answer, Given};
use crate::entra::expression::value::Value;

pub(super) static BIT_AND: Function = Function::new(
    "BitAnd",
    &[required("value1"), required("value2")],
    "The bits that both whole numbers have. Numbers are decimal, or hexadecimal after `&H`.",
    &[
        plain("BitAnd(&HF, &HF7)", "7"),
        given(
            "BitAnd([userAccountControl], 2)",
            &[("userAccountControl", Shown::Text("514"))],
            Shown::Text("2"),
        ),
        given(r#"BitAnd("abc", 1)"#, &[], Shown::Fails),
    ],
    bit_and,
);

fn bit_and<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
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
            &[("manager", Shown::Text("cn=Joe,dc=contoso"))],
            Shown::Text("cn=Joe,dc=contoso"),
        ),
    ],
    c_str,
);

fn c_str<'a>(given: &mut Given<'a, '_>) -> Answer<'a> {
    Ok(given.text(0)?.map_or(Value::Null, Value::Text))
}
