//! What `verify` is told on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::verify::{severity, word};
use crate::app::cli::OutputFormat;
use crate::app::flag_values::at_least_one;
use crate::app::remote::flags::AccessFlags;
use crate::verify::{Profile, Severity, WithGroups};

/// What `verify` is told.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// The tenant URL of the server, such as http://localhost:8080/scim/v2
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    #[command(flatten)]
    /// How the server lets the client in.
    pub access: AccessFlags,
    /// Only these checks, or topics such as `patch` (repeatable, or separated by commas)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Without these checks or topics (repeatable, or separated by commas)
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Whether groups are checked: `auto`, when there is a /Groups endpoint, `yes` or `no`
    #[arg(long, value_parser = |text: &str| word(text, &WithGroups::WORDS), default_value = "auto", value_name = "WHEN")]
    pub groups: WithGroups,
    /// For which client: `entra`, the application `gallery`, `okta`, or whoever keeps to the `rfc`
    #[arg(long, value_parser = |text: &str| word(text, &Profile::WORDS), default_value = "entra", value_name = "CLIENT")]
    pub profile: Profile,
    /// From which severity a failure fails the command: info, warn, fail, harm or block
    #[arg(long, value_parser = severity, default_value = "fail", value_name = "SEVERITY")]
    pub fail_on: Severity,
    /// A file of known failures, an id a line and a reason after it; they do not fail the command.
    /// A reason that begins with `sometimes` is that of a failure that does not always come
    #[arg(long, value_name = "FILE")]
    pub known: Option<PathBuf>,
    /// Stop at the first failure
    #[arg(long)]
    pub fail_fast: bool,
    /// The environment variable that holds a token that has ended, to try it
    #[arg(long, value_name = "NAME")]
    pub ended_token_env: Option<String>,
    /// Leave at the server what was made
    #[arg(long)]
    pub keep: bool,
    /// The greatest number of requests, those aside that delete what was made
    #[arg(long, default_value_t = 5_000, value_name = "N", value_parser = at_least_one::<u64>)]
    pub budget: u64,
    /// Run so many checks at the same time
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=32))]
    pub jobs: u16,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Add annotations of GitHub's workflows for what failed
    #[arg(long, value_enum, default_value_t, conflicts_with = "json")]
    pub format: OutputFormat,
    /// Write reports too: `junit`, `har`, `html`, `sh`, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "FORM")]
    pub report: Vec<ReportForm>,
    /// The folder of these reports
    #[arg(long, default_value = "verify-report", value_name = "DIR")]
    pub out: PathBuf,
    /// List the checks and send nothing
    #[arg(long)]
    pub list: bool,
}

/// The forms of a report in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ReportForm {
    /// JUnit's XML, as CI servers read it.
    Junit,
    /// All requests and responses as an HTTP archive.
    Har,
    /// A page to read, in one file.
    Html,
    /// A script that shows each failure again.
    Sh,
}
