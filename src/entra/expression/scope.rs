//! The input of an evaluation: the source object, the clock, the seed, the values taken at the
//! target, the policies.

use super::value::Value;
use crate::base::{Seed, Time};
use crate::entra::policy::Policy;

/// Where the attributes of the source object come from.
pub trait AttributeSource {
    /// The value of an attribute; null when the object has none. Names are compared exactly.
    fn get<'a>(&'a self, name: &str) -> Value<'a>;
}

/// Everything an evaluation depends on: the same scope gives the same result.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// The source object.
    pub source: &'a dyn AttributeSource,
    /// The current time, for `Now`.
    pub now: Time,
    /// The seed, for `Guid` and `RandomString`.
    pub seed: Seed,
    /// A name for the user, so that each user draws other random values.
    pub key: &'a str,
    /// The tenant's default domain, for `DefaultDomain`.
    pub domain: &'a str,
    /// The row of the mapping table: each row draws other random values.
    pub row: usize,
    /// Whether another object of the target has this value already, for `SelectUniqueValue`.
    pub taken: &'a dyn Fn(&str) -> bool,
    /// The choices that the documents leave open.
    pub policy: &'a Policy,
}

/// Treats every value as free, for evaluations without a target.
pub fn nothing_taken(_: &str) -> bool {
    false
}

/// Attributes by name, for tests, command lines and programs.
impl AttributeSource for Vec<(String, Value<'static>)> {
    fn get<'a>(&'a self, name: &str) -> Value<'a> {
        let found = self.iter().find(|(known, _)| known == name);
        found.map_or(Value::Null, |(_, value)| value.borrowed())
    }
}
