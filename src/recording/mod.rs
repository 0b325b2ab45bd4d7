//! A recording of what passed between a SCIM client and a server: how it is read off the wire, how
//! people in it are replaced by pseudonyms, and what is made of it.
//!
//! [`Tap`] listens to one connection and yields each [`Exchange`]; [`Masks`] takes secrets and
//! people out of it; [`har`] writes it as an HTTP archive.

pub mod attribute;
pub mod exchange;
pub mod framing;
pub mod har;
pub mod head;
mod json_text;
pub mod mask;
#[cfg(test)]
mod mask_tests;
pub mod pseudonym;
pub mod query;
pub mod tap;

pub use exchange::{Content, Exchange, Loss, Message, Recording};
pub use mask::Masks;
pub use pseudonym::Pseudonyms;
pub use tap::Tap;
