//! What `log`, `requests` and `ctl` are asked for: the flags that they share.

use std::time::Duration;

use clap::Args;

use crate::base::diagnostic::did_you_mean;
use crate::base::time::parse_duration;
use crate::evidence::exchange::{ExchangeQuery, StatusFilter};

/// Which rows of the provisioning log.
#[derive(Args, Clone, Debug, Default)]
pub struct RowFlags {
    /// Rows about this user or group
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Rows with this status: `success`, `warning`, `failure` or `skipped`
    #[arg(long, value_name = "STATUS")]
    pub status: Option<String>,
    /// Rows with this action: `create`, `update`, `disable`, `delete`, `stageddelete` or `other`
    #[arg(long, value_name = "ACTION")]
    pub action: Option<String>,
}

/// Which requests.
#[derive(Args, Clone, Debug, Default)]
pub struct RequestFlags {
    /// Requests about this user or group
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Requests with this outcome: `404`, `4xx`, `failed`, `lost`, or `idle` for success that
    /// changed nothing
    #[arg(long, value_name = "STATUS", value_parser = StatusFilter::parse)]
    pub status: Option<StatusFilter>,
    /// Requests with this method
    #[arg(long, value_name = "METHOD", value_parser = method)]
    pub method: Option<String>,
    /// Requests with this text in path and query
    #[arg(long, value_name = "TEXT")]
    pub path: Option<String>,
}

impl RequestFlags {
    /// The exchanges that are asked for.
    pub fn query(&self, app: Option<&str>) -> ExchangeQuery {
        ExchangeQuery {
            user: self.user.clone(),
            status: self.status,
            method: self.method.clone(),
            path: self.path.clone(),
            app: app.map(str::to_owned),
        }
    }
}

/// Of which application.
#[derive(Args, Clone, Debug, Default)]
pub struct AppFlag {
    /// The application, where the scenario has several; otherwise the main one
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
}

/// Of which application, when, and how many.
#[derive(Args, Clone, Debug)]
pub struct ViewFlags {
    /// The application, where the scenario has several
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub limit: usize,
    /// Look at this moment of the run instead of its end: `1d 2h` after the start
    #[arg(long, value_parser = parse_duration, value_name = "DURATION")]
    pub at: Option<Duration>,
}

/// The methods of requests that a run can have.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

fn method(text: &str) -> Result<String, String> {
    let upper = text.to_ascii_uppercase();
    match METHODS.contains(&upper.as_str()) {
        true => Ok(upper),
        false => Err(format!("`{text}` is no method; {}", did_you_mean(&upper, METHODS))),
    }
}
