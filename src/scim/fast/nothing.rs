//! A list response without results, the reply to most searches of an initial cycle.

use super::lexer::{Lexer, Scalar};
use crate::scim::urn;
use crate::scim::value::Value;

/// How deep a skipped value may be nested.
const DEEPEST: u8 = 8;

/// Whether a text in its common form is a list response without results; `None` when it must be
/// read the general way.
pub(in crate::scim) fn nothing(list: &[u8]) -> Option<()> {
    let (mut is_list, mut total, mut resources) = (None, None, None);
    let mut lexer = Lexer::new(list)?;
    lexer.members(|lexer, name| match name {
        "schemas" => first(&mut is_list, names_lists(lexer)?),
        "totalResults" => first(&mut total, zero(lexer)?),
        "Resources" => first(&mut resources, lexer.elements(|_| None)?),
        _ => lexer.skip(DEEPEST),
    })?;
    lexer.end()?;
    total.filter(|()| is_list == Some(true))
}

/// Takes the value of a member; `None` when it has one already.
fn first<T>(member: &mut Option<T>, value: T) -> Option<()> {
    match member.replace(value) {
        None => Some(()),
        Some(_) => None,
    }
}

/// Whether a list of schemas names that of list responses.
fn names_lists(lexer: &mut Lexer<'_>) -> Option<bool> {
    let mut found = false;
    lexer.elements(|lexer| {
        let Scalar::Text(name) = lexer.scalar()? else { return None };
        found |= name.eq_ignore_ascii_case(urn::LIST_RESPONSE);
        Some(())
    })?;
    Some(found)
}

fn zero(lexer: &mut Lexer<'_>) -> Option<()> {
    match lexer.scalar()? {
        Scalar::Other(Value::Number(number)) if number.as_u64() == Some(0) => Some(()),
        _ => None,
    }
}
