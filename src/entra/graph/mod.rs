//! The tenant's Graph API: `/v1.0` and `/beta` [graph].
//!
//! [`answer`] takes a request and gives its response; what it reads and changes lies behind
//! [`Backend`]. The table of endpoints is [`endpoints`]; each row has its handler in the file of its
//! resource.

pub mod access;
mod backend;
pub mod caller;
mod endpoint;
mod error;
mod filter;
mod front;
mod list;
mod options;
mod organization;
mod path;
mod property;
mod reply;
mod request;
mod routes;
mod users;

pub use backend::{ActRefusal, Backend};
pub use caller::{Authorized, Caller, Permissions, Trust, authorize};
pub use endpoint::{Area, Endpoint};
pub use error::GraphError;
pub use filter::Filter;
pub use front::answer;
pub use routes::endpoints;
