//! The tenant's Graph API: `/v1.0` and `/beta` [graph].
//!
//! [`answer`] takes a request and gives its response; what it reads and changes lies behind
//! [`Backend`]. The table of endpoints is [`endpoints`]; each row has its handler in the file of
//! its resource.

pub mod access;
mod backend;
mod batch;
pub mod caller;
mod client;
mod counts;
mod deleted_items;
mod delta;
mod directory_audit;
mod endpoint;
mod error;
mod filter;
mod front;
mod groups;
mod list;
mod log_fields;
mod logs;
mod metadata;
mod options;
mod organization;
mod path;
mod property;
mod property_type;
pub mod registered;
mod reply;
mod request;
mod role_assignments;
mod routes;
mod search;
mod shape;
mod sign_ins;
mod skip_token;
mod state;
mod synchronization;
mod templates;
mod throttle;
mod users;
pub mod vocabulary;
mod waiting;

pub use backend::{ActRefusal, Backend};
pub use caller::{Authorized, Caller, NO_SEGMENTS, Permissions, Trust, authorize};
pub use client::GraphClient;
pub use directory_audit::{DirectoryChange, DirectoryFact, audit};
pub use endpoint::{Area, GraphEndpoint, GraphOutcome};
pub use error::GraphError;
pub use filter::{Comparing, Filter};
pub use front::{Later, answer, finish, refuse, repeat};
pub use property::{Property, Resource};
pub use request::GraphRequest;
pub use routes::{ABSENT_ENDPOINTS, endpoints};
pub use sign_ins::sign_in_ids;
pub use state::{AppSurface, SurfaceState};
pub use waiting::{Waiting, WantedHost};
