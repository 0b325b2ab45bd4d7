//! The evidence of a run: its record, a line of JSON for each thing that happened, and the reports
//! that are made of it.
//!
//! A record is written while the run goes on and read as a stream, so that neither depends on how
//! long the run was. Reports are made from the record alone: the same whether at the end of a run
//! or years later. Secrets are masked before a line is written.

pub mod diff;
pub mod events;
pub mod exchange;
mod har;
pub mod held;
mod junit;
pub mod line;
pub mod overview;
mod read;
mod report;
mod secrets;
mod sheets;
mod summary;
mod unread;
pub mod words;
mod write;

pub use har::Har;
pub use junit::{junit, junit_xml};
pub use read::{ReadError, RunItem, RunReader};
pub use report::{RecordedRun, Report};
pub use secrets::{Secrets, is_secret_at};
pub use sheets::Sheets;
pub use summary::{Summary, about};
pub use write::{Frame, LineWriter, answer_words};
