//! SCIM 2.0 as both sides speak it: values, filters, paths, PATCH, lists, errors and schemas (RFC
//! 7643, RFC 7644).
//!
//! Lenient in what is read, exact in what is written. Nothing here knows a server or a client. No
//! input from a peer may cause a panic or cost more than its length.

mod change;
pub mod compare;
pub mod discovery;
pub mod error;
pub mod fast;
pub mod filter;
pub mod immutable;
mod json;
pub mod list;
mod parse;
pub mod patch;
pub mod path;
mod plain;
pub mod projection;
pub mod read;
pub mod resolve;
pub mod schema;
pub mod shape;
pub mod standard;
mod syntax;
#[cfg(test)]
pub(crate) mod tests;
pub mod urn;
pub mod value;
mod work;

pub use error::{Error, ScimType};
pub use filter::{Filter, FilterError};
pub use json::write_text;
pub use list::ListPage;
pub use patch::PatchRequest;
pub use path::Path;
pub use projection::Projection;
pub use schema::{Attribute, ResourceType, Schema};
pub use shape::Rules;
pub use urn::CONTENT_TYPE;
pub use value::{Name, Object, Value};
