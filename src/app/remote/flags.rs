//! What the command line says of a server that is not ours: how it is reached, how it lets the
//! client in, and what may be done there.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::app::flag_values::{at_least_one, some_time};
use crate::base::time::{parse_duration, write_duration};
use crate::scenario::report::quoted;

/// The greatest number of requests, unless `--budget` sets another.
pub const BUDGET: u64 = 20_000;

/// How long a run waits for a server in all, unless `--max-time` says another time.
pub const MAX_TIME: Duration = Duration::from_secs(3_600);

/// How long an answer may take, unless `--timeout` says another time.
const TIMEOUT: &str = "100s";

/// How long a server that throttles is left alone, unless `--max-wait` says another time.
const MAX_WAIT: &str = "60s";

/// A server that is not ours, as the target of a run.
#[derive(Args, Clone, Debug)]
pub struct RemoteFlags {
    /// Provision this SCIM server in place of the mock GoLinks
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    #[command(flatten)]
    /// How the server lets the client in.
    pub access: AccessFlags,
    /// Put this word into every name that the story gives users and groups, so that they are those
    /// of this run; a Graph client names its own
    #[arg(long, value_name = "WORD")]
    pub tag: Option<String>,
    /// Leave at that server what was made
    #[arg(long)]
    pub keep: bool,
    /// Change and delete what was there before too, when a user or group has its name
    #[arg(long)]
    pub adopt: bool,
    /// The greatest number of requests to that server, those aside that delete what was made
    #[arg(long, default_value_t = BUDGET, value_name = "N", value_parser = at_least_one::<u64>)]
    pub budget: u64,
    /// The longest that the server is waited for in all, in real time: every answer, and every wait
    /// that it asks for [default of `run`: 1h; `serve` has no end]
    #[arg(long, value_parser = some_time, value_name = "DURATION")]
    pub max_time: Option<Duration>,
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
    #[arg(long, value_parser = some_time, default_value = TIMEOUT, value_name = "DURATION")]
    pub timeout: Duration,
    /// The longest that a server which throttles (429, Retry-After) is left alone for one answer
    #[arg(long, value_parser = parse_duration, default_value = MAX_WAIT, value_name = "DURATION")]
    pub max_wait: Duration,
}

impl RemoteFlags {
    /// The flags as they are typed behind a target and its token endpoint, for the line that plays
    /// a run again.
    pub fn typed(&self) -> String {
        let budget = (self.budget != BUDGET).then(|| format!(" --budget {}", self.budget));
        let time =
            self.max_time.map(|time| format!(" --max-time {}", quoted(&write_duration(time))));
        let switches = [("--keep", self.keep), ("--adopt", self.adopt)];
        self.access.typed()
            + &budget.unwrap_or_default()
            + &time.unwrap_or_default()
            + &on(&switches)
    }
}

impl AccessFlags {
    /// The flags as they are typed, without the token endpoint and its client. What a header holds
    /// may be a key, so it stands there as a variable.
    pub fn typed(&self) -> String {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let other = |span: Duration, usual: &str| {
            (parse_duration(usual) != Ok(span)).then(|| write_duration(span))
        };
        let valued = [
            ("--token-env", self.token_env.clone()),
            ("--token-file", path(&self.token_file)),
            ("--client-secret-env", self.client_secret_env.clone()),
            ("--client-secret-file", path(&self.client_secret_file)),
            ("--audience", self.audience.clone()),
            ("--scope", self.scope.clone()),
            ("--header-file", path(&self.header_file)),
            ("--ca", path(&self.ca)),
            ("--timeout", other(self.timeout, TIMEOUT)),
            ("--max-wait", other(self.max_wait, MAX_WAIT)),
        ];
        let valued = valued.into_iter().filter_map(|(flag, value)| Some((flag, value?)));
        let given = self.header.iter().map(|header| in_variable(header));
        let named = given.chain(self.header_env.iter().cloned()).map(|pair| ("--header-env", pair));
        let typed = |(flag, value): (&str, String)| format!(" {flag} {}", quoted(&value));
        let switches = [("--insecure", self.insecure), ("--anywhere", self.anywhere)];
        valued.chain(named).map(typed).collect::<String>() + &on(&switches)
    }
}

/// Whether the usual variable holds a token; a blank one, as a CI has for a secret that is not set,
/// is none.
fn has_usual_token() -> bool {
    std::env::var("SCIM_TOKEN").is_ok_and(|token| !token.trim().is_empty())
}

impl AccessFlags {
    /// What lets the client in, in words: `the token in SCIM_TOKEN`; `None` when nothing does.
    pub fn shown(&self) -> Option<String> {
        let usual = || has_usual_token().then(|| "SCIM_TOKEN".to_owned());
        if let Some(url) = &self.token_url {
            return Some(format!("the access token from {url}"));
        }
        if let Some(file) = &self.token_file {
            return Some(format!("the token in {}", file.display()));
        }
        let headers = !self.header.is_empty() || !self.header_env.is_empty();
        match self.token_env.clone().or_else(usual) {
            Some(variable) => Some(format!("the token in {variable}")),
            None if headers || self.header_file.is_some() => {
                Some("what the headers say".to_owned())
            }
            None => None,
        }
    }

    /// The options of `curl` that let the client in, for a shell. A secret stands there as the
    /// variable or the file that holds it.
    pub fn curl(&self) -> String {
        let header = |said: String| format!(" -H \"{said}\"");
        let variable = self.token_env.as_deref().unwrap_or("SCIM_TOKEN");
        let has_token = self.token_env.is_some() || self.token_url.is_some() || has_usual_token();
        let bearer = match &self.token_file {
            Some(file) => Some(format!("$(cat {})", quoted(&file.display().to_string()))),
            None => has_token.then(|| format!("${variable}")),
        };
        let mut all =
            bearer.map(|it| header(format!("Authorization: Bearer {it}"))).unwrap_or_default();
        let given = self.header.iter().map(|header| in_variable(header));
        for pair in given.chain(self.header_env.iter().cloned()) {
            if let Some((name, variable)) = pair.split_once('=') {
                all += &header(format!("{name}: ${variable}"));
            }
        }
        let path = |path: &PathBuf| quoted(&path.display().to_string());
        all += &self.header_file.iter().map(|it| format!(" -H @{}", path(it))).collect::<String>();
        all += &self.ca.iter().map(|it| format!(" --cacert {}", path(it))).collect::<String>();
        if self.insecure {
            all += " -k";
        }
        all
    }
}

/// The switches that are on.
fn on(switches: &[(&str, bool)]) -> String {
    let on = switches.iter().filter(|(_, on)| *on);
    on.map(|(flag, _)| format!(" {flag}")).collect()
}

/// A header as `NAME=VARIABLE`, with a variable that is to hold its value: `X-Tenant=X_TENANT`.
fn in_variable(header: &str) -> String {
    let name = header.split_once(':').map_or(header, |(name, _)| name).trim();
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{name}={}", name.chars().map(letter).collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        remote: RemoteFlags,
    }

    #[test]
    fn curl_is_let_in_in_the_same_way() {
        for (typed, options) in [
            ("--token-env T", " -H \"Authorization: Bearer $T\""),
            (
                "--token-file a/b --ca c.pem",
                " -H \"Authorization: Bearer $(cat a/b)\" --cacert c.pem",
            ),
            (
                "--token-env T --header X-Api-Key:secret --header-env X-B=B --header-file h --insecure",
                " -H \"Authorization: Bearer $T\" -H \"X-Api-Key: $X_API_KEY\" -H \"X-B: $B\" -H @h -k",
            ),
        ] {
            let words: Vec<&str> = typed.split_whitespace().collect();
            let line = Line::parse_from([&["x"][..], &words].concat());
            assert_eq!(line.remote.access.curl(), options, "{typed}");
        }
    }

    #[test]
    fn what_plays_a_run_again_has_every_flag_and_no_secret() {
        for (typed, again) in [
            ("", ""),
            ("--token-env T --keep --adopt --budget 7", "--token-env T --budget 7 --keep --adopt"),
            ("--max-time 90m", "--max-time 1h 30m"),
            ("--token-file t --timeout 5s --max-wait 1m", "--token-file t --timeout 5s"),
            (
                "--token-url http://h/t --client-id c --client-secret-env S --scope s --audience a",
                "--client-secret-env S --audience a --scope s",
            ),
            ("--client-secret-file f --ca c.pem --insecure --anywhere", "SAME"),
            (
                "--header X-Api-Key:secret --header-env X-B=B",
                "--header-env X-Api-Key=X_API_KEY --header-env X-B=B",
            ),
            ("--header-file h --max-wait 90s", "--header-file h --max-wait 1m 30s"),
        ] {
            let line = Line::parse_from(
                [&["x"][..], &typed.split_whitespace().collect::<Vec<_>>()].concat(),
            );
            let said = line.remote.typed().replace('\'', "");
            let again = if again == "SAME" { typed } else { again };
            assert_eq!(said.trim(), again, "{typed}");
        }
    }
}
