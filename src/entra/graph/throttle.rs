//! The published limits of Graph, kept only where a policy says so [g:throttling-limits].

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use http::StatusCode;

use super::endpoint::GraphEndpoint;
use super::error::GraphError;
use crate::base::Time;

/// What was asked of late, by each client.
#[derive(Clone, Default, Debug)]
pub struct Asked(BTreeMap<(&'static str, String), VecDeque<Time>>);

/// How many requests a limit allows, and in which time.
const REQUESTS: usize = 5;
const SECONDS: u64 = 10;

impl Asked {
    /// Counts a request of a client, or refuses it when there were too many of late.
    ///
    /// # Errors
    /// The 429, with the real seconds after which the oldest request no longer counts.
    pub fn count(
        &mut self,
        endpoint: &GraphEndpoint,
        client: &str,
        now: Time,
    ) -> Result<(), GraphError> {
        let rule = match endpoint.path {
            path if path.starts_with("/auditLogs/") => "logs",
            path if path.ends_with("/provisionOnDemand") => "on demand",
            _ => return Ok(()),
        };
        let span = Duration::from_secs(SECONDS);
        let times = self.0.entry((rule, client.to_owned())).or_default();
        times.retain(|at| now.since(*at) < span);
        if times.len() < REQUESTS {
            times.push_back(now);
            return Ok(());
        }
        let oldest = times.front().copied().unwrap_or(now);
        let wait = span.saturating_sub(now.since(oldest));
        let message = "Too many requests.";
        let error = GraphError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        Err(GraphError { retry_after: Some(wait), ..error })
    }
}
