//! What `record` and `replay` are told on the command line.

use std::path::PathBuf;

use clap::Args;

use crate::app::cli::AccessFlags;
use crate::app::flag_values::at_least_one;

/// What `record` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator record --upstream http://localhost:8080/scim/v2 --out monday
  scimulator record --upstream https://scim.corp.example/scim --ca corp.pem --out monday --port 4051
  scimulator new --from-recording monday > monday.toml
  scimulator replay monday --against http://localhost:8080/scim/v2

The client is given the URL that is printed. For Entra, put the tunnel in front of that port.
Stop with Ctrl-C; what was recorded until then is in the files at any time.")]
pub struct RecordArgs {
    /// The server's tenant URL, such as http://localhost:8080/scim/v2
    #[arg(long, value_name = "URL")]
    pub upstream: String,
    /// The folder of the recording: exchanges.jsonl, exchanges.har, recording.json
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The port to listen on, on this machine alone; 0 takes a free one
    #[arg(long, default_value_t = 4050)]
    pub port: u16,
    /// Keep secrets and people as they are
    #[arg(long, conflicts_with_all = ["key_env", "keep_attribute"])]
    pub raw: bool,
    /// The environment variable with the key of the pseudonyms, so that several recordings have the
    /// same [default: a key of its own, which is forgotten]
    #[arg(long, value_name = "NAME")]
    pub key_env: Option<String>,
    /// An attribute that is about no person and stays as it is (repeatable)
    #[arg(long, value_name = "NAME")]
    pub keep_attribute: Vec<String>,
    /// Pass the client's Host header on, in place of the server's own name
    #[arg(long)]
    pub keep_host: bool,
    /// The longest content that is kept, in MiB; what is longer passes all the same
    #[arg(long, default_value_t = 1, value_name = "MIB", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub max_body: u16,
    #[command(flatten)]
    /// How the server is reached.
    pub trust: TrustFlags,
}

/// How a server is reached by a client that has its own credentials.
#[derive(Args, Debug)]
pub struct TrustFlags {
    /// The certificate of the authority that the server's certificate comes from, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Trust every certificate; only for this machine and private networks
    #[arg(long)]
    pub insecure: bool,
    /// Allow a server that is neither on this machine nor in a private network
    #[arg(long)]
    pub anywhere: bool,
}

/// What `replay` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator replay monday --against http://localhost:8080/scim/v2
  SCIM_TOKEN=… scimulator replay monday --against http://localhost:8080/scim/v2 --json")]
pub struct ReplayArgs {
    /// The folder of the recording
    #[arg(value_name = "DIR")]
    pub recording: PathBuf,
    /// The tenant URL of the server that is sent the recorded requests
    #[arg(long, value_name = "URL")]
    pub against: String,
    #[command(flatten)]
    /// How the server lets the client in.
    pub access: AccessFlags,
    /// Leave at the server what was made
    #[arg(long)]
    pub keep: bool,
    /// The greatest number of requests, those aside that delete what was made
    #[arg(long, default_value_t = 20_000, value_name = "N", value_parser = at_least_one::<u64>)]
    pub budget: u64,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}
