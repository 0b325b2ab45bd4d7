//! What the command line says of a server that is not ours: how it is reached, how it lets the
//! client in, and what may be done there.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::base::time::parse_duration;

/// The greatest number of requests, unless `--budget` sets another.
pub const BUDGET: u64 = 20_000;

/// A server that is not ours, as the target of a run.
#[derive(Args, Clone, Debug)]
pub struct RemoteFlags {
    /// Provision this SCIM server in place of the mock GoLinks
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    #[command(flatten)]
    /// How the server lets the client in.
    pub access: AccessFlags,
    /// Make every user's name unique by this word, in place of the scenario's domain
    #[arg(long, value_name = "WORD")]
    pub tag: Option<String>,
    /// Leave at that server what was made
    #[arg(long)]
    pub keep: bool,
    /// Change and delete what was there before too, when a user or group has its name
    #[arg(long)]
    pub adopt: bool,
    /// The greatest number of requests to that server
    #[arg(long, default_value_t = BUDGET, value_name = "N")]
    pub budget: u64,
}

/// How a server that is not ours is reached, and how it lets the client in.
#[derive(Args, Clone, Debug)]
pub struct AccessFlags {
    /// The environment variable that holds the bearer token [default: SCIM_TOKEN, when it is set]
    #[arg(long, value_name = "NAME")]
    pub token_env: Option<String>,
    /// The file that holds the bearer token
    #[arg(long, value_name = "FILE", conflicts_with = "token_env")]
    pub token_file: Option<PathBuf>,
    /// The token endpoint, when access tokens let the client in (OAuth 2.0 client credentials)
    #[arg(long, value_name = "URL", conflicts_with_all = ["token_env", "token_file"])]
    pub token_url: Option<String>,
    /// The name under which the client asks for access tokens
    #[arg(long, value_name = "NAME")]
    pub client_id: Option<String>,
    /// The environment variable that holds the client secret [default: SCIM_CLIENT_SECRET]
    #[arg(long, value_name = "NAME")]
    pub client_secret_env: Option<String>,
    /// The file that holds the client secret
    #[arg(long, value_name = "FILE", conflicts_with = "client_secret_env")]
    pub client_secret_file: Option<PathBuf>,
    /// Sign an assertion in place of the secret (workload identity federation)
    #[arg(long, conflicts_with_all = ["client_secret_env", "client_secret_file"])]
    pub federated: bool,
    /// The audience of these assertions [default: the service's own application]
    #[arg(long, value_name = "AUDIENCE")]
    pub audience: Option<String>,
    /// The scope to ask for
    #[arg(long, value_name = "SCOPE")]
    pub scope: Option<String>,
    /// A further header of every request that is no secret (repeatable)
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// A further header whose value an environment variable holds, such as `X-Api-Key=SCIM_KEY`
    /// (repeatable)
    #[arg(long, value_name = "NAME=VARIABLE")]
    pub header_env: Vec<String>,
    /// A file of further headers, one `NAME: VALUE` a line
    #[arg(long, value_name = "FILE")]
    pub header_file: Option<PathBuf>,
    /// The certificate of the authority that the server's certificate comes from, or the server's
    /// own, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Trust every certificate; only for this machine and private networks
    #[arg(long)]
    pub insecure: bool,
    /// Allow a server that is neither on this machine nor in a private network
    #[arg(long)]
    pub anywhere: bool,
    /// How long an answer may take
    #[arg(long, value_parser = parse_duration, default_value = "100s", value_name = "DURATION")]
    pub timeout: Duration,
    /// The longest that a server which throttles (429, Retry-After) is left alone for one answer
    #[arg(long, value_parser = parse_duration, default_value = "60s", value_name = "DURATION")]
    pub max_wait: Duration,
}
