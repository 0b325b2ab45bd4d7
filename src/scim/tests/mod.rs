//! Tests of SCIM's small languages as tables, and that what is printed reads back.

mod filter;
mod patch;
mod path;
pub(crate) mod properties;
mod read;
mod value;
