//! Attribute paths: `emails[type eq "work"].value`, `name.givenName`, `urn:…:User:department` (RFC 7644 3.5.2, 3.10).

use super::filter::{Filter, FilterError};
use super::value::{Object, Value};

/// Where in a resource.
#[derive(Clone, PartialEq, Debug)]
pub struct Path {
    /// The schema, when the path names one; the last colon ends it.
    pub schema: Option<String>,
    /// The attribute; empty when the path is a schema alone.
    pub attribute: String,
    /// Which elements of a multi-valued attribute.
    pub filter: Option<Box<Filter>>,
    /// A part of a complex attribute.
    pub sub_attribute: Option<String>,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong and where.
    pub fn parse(text: &str) -> Result<Path, FilterError> {
        Err(FilterError { message: format!("cannot read `{text}`"), at: 0 })
    }

    /// The first value the path leads to; extension attributes are looked up under their schema.
    pub fn find<'a>(&self, _object: &'a Object) -> Option<&'a Value> {
        None
    }

    /// Puts a value where the path leads, creating what is missing: parents, and the filtered element with the
    /// filter's own values.
    pub fn set(&self, _object: &mut Object, _value: Value) {}

    /// Takes away what the path leads to, and gives back the first of it.
    pub fn remove(&self, _object: &mut Object) -> Option<Value> {
        None
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
