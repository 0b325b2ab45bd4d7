//! Facts about the tenant: DefaultDomain.

use crate::entra::expression::evaluate::{Arguments, EvalResult};
use crate::entra::expression::function::{Function, plain};
use crate::entra::expression::value::Value;

pub(super) static DEFAULT_DOMAIN: Function = Function::new(
    "DefaultDomain",
    &[],
    "The default domain of the tenant: what stands behind the `@` of a sign-in name that says nothing else.",
    &[
        plain("DefaultDomain()", "contoso.example"),
        plain(r#"Join("@", "ann", DefaultDomain())"#, "ann@contoso.example"),
    ],
    default_domain,
);

fn default_domain<'a>(given: &mut Arguments<'a, '_>) -> EvalResult<'a> {
    Ok(Value::text(given.domain()))
}
