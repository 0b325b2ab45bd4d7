//! The lowest layer: virtual time, the seed, indexes, and problems with their places in a file.
//!
//! Nothing here knows what SCIM, a directory or a scenario is.

pub mod ascending;
pub mod diagnostic;
pub mod doc;
pub mod glob;
pub mod html;
pub mod index;
pub mod jwt;
pub mod moment;
pub mod node;
pub mod printable;
pub mod seed;
pub mod time;
mod to_toml;

pub use ascending::AscendingMap;
pub use diagnostic::{Diagnostic, ProblemKind, Problems, Severity, Span};
pub use moment::Moment;
pub use node::{Kind, Node};
pub use seed::Seed;
pub use time::Time;
