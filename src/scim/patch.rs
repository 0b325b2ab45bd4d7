//! Change requests (RFC 7644 3.5.2), in both dialects of the vendor's client [scim-dev].

use super::error::Error;
use super::path::Path;
use super::value::{Object, Value};

/// What an operation does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Adds to a list, sets a single value.
    Add,
    /// Replaces.
    Replace,
    /// Removes.
    Remove,
}

/// One operation.
#[derive(Clone, PartialEq, Debug)]
pub struct Operation {
    /// What it does.
    pub op: Op,
    /// Where; `None` when the value names its attributes itself.
    pub path: Option<Path>,
    /// With what.
    pub value: Value,
}

/// A change request.
#[derive(Clone, PartialEq, Debug)]
pub struct PatchRequest {
    /// Its operations, carried out in order, all or none.
    pub operations: Vec<Operation>,
}

impl PatchRequest {
    /// Reads a change request.
    ///
    /// # Errors
    /// 400 with `invalidSyntax`, `invalidPath` or `invalidValue`.
    pub fn parse(_body: Object) -> Result<PatchRequest, Error> {
        Err(Error::new(501, "PATCH is not there yet"))
    }
}
