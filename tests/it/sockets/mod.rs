//! The shell over real sockets: the program is started, spoken to as others would, and stopped.

mod attacks;
mod by_query;
mod control;
mod events;
mod foreign;
mod golinks;
mod golinks_by_hand;
mod graph;
mod hostile;
mod limits;
mod look_back;
mod odd;
mod odd_targets;
mod parity;
mod program;
mod readings;
mod recorder;
mod recordings;
mod secrets;
mod sign_in_log;
mod sso;
mod swarm;
mod target;
mod target_ends;
mod target_reports;
mod tenant;
mod tls;
mod tokens;
mod viewers;
mod watching;

/// A small story with a token that the tests know; people are provisioned at once.
pub const STORY: &str = r#"
title = "Twelve people"
seed  = 7
start = 2026-03-02T08:00:00Z
ends  = "3d"

[golinks]
token = "test-token"

[entra]
secret = "test-token"

[people]
generate = 11
assigned = true

[user.ann]
name = "Ann Okafor"

[[at]]
time = "0d"
say  = "We press start."
do   = "start"

[[at]]
after = "cycle 1"
expect.golinks.accounts.active = 12
"#;
