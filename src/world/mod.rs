//! The world: a plain value that holds the tenant, GoLinks, the faults and the journal, and never
//! waits by itself.
//!
//! Its driver calls the five verbs of [`Drive`] in a loop: `next_due`, `advance`, `next_outgoing`,
//! `receive` and `deliver`. [`World`] implements them.

pub mod actions;
pub mod applications;
mod bodies;
mod call_causes;
mod copies;
mod counters;
mod digest;
pub mod driver;
mod fact;
pub mod faults;
mod golinks_door;
mod golinks_forms;
mod graph_actions;
mod graph_door;
pub mod intent;
pub mod journal;
mod kept;
mod masked;
mod outbox;
pub mod record;
mod remote;
mod server_name;
mod sign_on;
mod snapshot;
mod state;
pub mod status;
mod subject;
pub mod target;
#[cfg(test)]
mod tests;
mod texts;
mod timeline;
mod traffic;
pub mod transit;
mod trend;
mod view;

pub use actions::{Action, ActionError};
pub use applications::{Party, WorkspaceId};
pub use copies::RecordBatch;
pub use counters::Counters;
pub use driver::Drive;
pub use faults::Fault;
pub use golinks_door::PageBase;
pub use graph_actions::ClientAction;
pub use journal::{Bounds, Journal, Sink};
pub use masked::{At, Beside, MASK, secrets_in_address, secrets_of};
pub use masked::{is_harmless_key, is_secret_key, may_be_secret_key};
pub use outbox::ExternalAnswer;
pub use record::{Record, RecordedEvent};
pub use server_name::ServerName;
pub use snapshot::{ReadBack, Snapshot};
pub use state::{Setup, World};
pub use target::TargetServer;
pub use transit::{Answer, DelayedReply, Door, Origin, Outgoing, Ticket, WireReply};
pub use trend::{Trend, TrendPoint};
pub use view::AppView;
