//! A recording of what passed between a SCIM client and a server: how it is read off the wire, how
//! people in it are replaced by pseudonyms, and what is made of it.
//!
//! [`Tap`] listens to one connection and yields each [`Exchange`]; [`Masks`] takes secrets and
//! people out of it; [`har`] writes it as an HTTP archive; [`Replay`] sends it again and
//! compares; [`scenario`] makes a scenario of what happened to each user and group ([`lives`]).

pub mod attribute;
mod bulk;
pub mod compare;
mod echo;
pub mod exchange;
mod faults;
pub mod flat;
pub mod framing;
pub mod har;
pub mod head;
mod json_text;
pub mod lives;
pub mod mapped;
pub mod mask;
#[cfg(test)]
mod mask_tests;
pub mod others;
mod preamble;
pub mod pseudonym;
pub mod query;
pub mod repeated;
pub mod replay;
pub mod scenario;
#[cfg(test)]
mod scenario_tests;
mod stuck;
pub mod tap;
mod times;

pub use echo::Echo;
pub use exchange::{Content, Exchange, Loss, Message, Recording};
pub use mask::{Masks, secret_header};
pub use pseudonym::Pseudonyms;
pub use replay::Replay;
pub use tap::Tap;
