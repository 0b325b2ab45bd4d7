//! The command line as it is typed; clap reads it, and every mistake in it ends with exit code 2.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use super::changes::{Changes, bug, bug_with_switch};
use super::commands::completions::CompletionsArgs;
pub use super::commands::ctl_args::{Ctl, CtlArgs, Remote};
use super::commands::diff::DiffArgs;
use super::commands::log::LogArgs;
use super::commands::manual::ManArgs;
use super::commands::report::ReportArgs;
use super::commands::requests::RequestsArgs;
use super::commands::schema::SchemaArgs;
pub use super::commands::verify_args::{ReportForm, VerifyArgs};
use super::flag_values::{at_least_one, page_folder, some_time};
use super::http::ServerLimits;
use super::live::Speed;
use super::mistyped;
use super::recorder::{RecordArgs, ReplayArgs};
pub use super::remote::flags::{AccessFlags, MAX_TIME, RemoteFlags};
use super::run_record::EvidenceFlags;
use super::swarm::args::SwarmArgs;
use super::terminal::Color;
use super::tls::TlsFlags;
use crate::base::diagnostic::nearest;
use crate::base::time::parse_duration;
use crate::scenario::bugs::Bug;
use crate::scenario::library;
use crate::world::actions::{self, form_of_words};

/// A mock Microsoft Entra tenant that provisions people into a mock GoLinks SCIM server, in virtual
/// time.
#[derive(Parser, Debug)]
#[command(
    version,
    about,
    after_help = "Without a verb it serves the welcome scenario on http://127.0.0.1:4040/."
)]
pub struct Cli {
    #[command(flatten)]
    /// Flags of every verb.
    pub common: Common,
    #[command(flatten)]
    /// Flags of serving, for when there is no verb.
    pub serve: ServeFlags,
    /// The verb; without one the welcome scenario is served.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What every verb understands.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Say more; `run` prints each exchange (-vv: with its bodies)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say less: results and errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Colour the output
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
}

/// The verbs.
#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Run scenarios to their end, as fast as possible, and give the verdict
    Run(RunArgs),
    /// Serve both mocks and the page until stopped
    Serve(ServeArgs),
    /// Read scenario files and tell everything that is wrong with them
    Check(CheckArgs),
    /// List the scenarios that come with the program, or the reported bugs
    List(ListArgs),
    /// Print a scenario that comes with the program
    Show(ShowArgs),
    /// Write a scenario to begin with: a commented one, or a copy of one from `scimulator list`
    New(NewArgs),
    /// Print the JSON Schema of scenario files, by which an editor completes and explains keys
    Schema(SchemaArgs),
    /// Explain a verb, a policy, an expectation, a setting, or a word that is printed
    Explain(ExplainArgs),
    /// Play a scenario and print its provisioning log
    Log(LogArgs),
    /// Play a scenario and print its requests and answers, with their bodies
    Requests(RequestsArgs),
    /// Make reports of runs that `run --out` has recorded
    Report(ReportArgs),
    /// Tell where two recorded runs part
    Diff(DiffArgs),
    /// Control a running server
    Ctl(CtlArgs),
    /// Check a SCIM server as Entra's provisioning would use it, and say what is wrong with it
    Verify(VerifyArgs),
    /// Stand between a SCIM client and a server, and write down what passes; nothing is changed
    Record(RecordArgs),
    /// Send the requests of a recording to a server, and tell where its answers differ
    Replay(ReplayArgs),
    /// Play random lives against the mock or a SCIM server, and shorten those that end wrong
    Swarm(SwarmArgs),
    /// Exit with 0 when a server is ready, with 1 when it is not
    Healthcheck(Remote),
    /// Print the OpenAPI document of the control API
    Openapi,
    /// Print the completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each verb
    Man(ManArgs),
}

/// What `run` is told.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Scenario files; names, themes, stories (S18) and bugs (B65) from `scimulator list`
    #[arg(required_unless_present_any = ["bug", "all"], value_name = "FILE OR NAME")]
    pub scenarios: Vec<String>,
    /// Every scenario that comes with the program
    #[arg(long, conflicts_with = "scenarios")]
    pub all: bool,
    #[command(flatten)]
    /// Flags that change the scenario.
    pub changes: Changes,
    /// How fast virtual time passes: `600x`, `max` or `real`
    #[arg(long, value_parser = Speed::parse, default_value = "max")]
    pub speed: Speed,
    /// Run so many scenarios at once [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Add annotations of GitHub's workflows for what failed
    #[arg(long, value_enum, default_value_t)]
    pub format: OutputFormat,
    /// Carry every request over real sockets; the digests stay the same
    #[arg(long, conflicts_with = "target")]
    pub over_http: bool,
    #[command(flatten)]
    /// The record of the run, and the reports made of it.
    pub evidence: EvidenceFlags,
    #[command(flatten)]
    /// A server that is not ours.
    pub remote: RemoteFlags,
}

/// What `serve` is told.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// A scenario file, which is watched, or a name from `scimulator list`
    #[arg(value_name = "FILE OR NAME", default_value = "welcome")]
    pub scenario: String,
    #[command(flatten)]
    /// The flags.
    pub flags: ServeFlags,
}

/// The flags of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeFlags {
    #[command(flatten)]
    /// Flags that change the scenario.
    pub changes: Changes,
    /// How fast virtual time passes: `600x`, `max` or `real`
    #[arg(long, value_parser = Speed::parse, default_value = "600x")]
    pub speed: Speed,
    /// Start with the clock standing still
    #[arg(long)]
    pub paused: bool,
    /// The port of everything; 0 takes a free one
    #[arg(long, default_value_t = 4040)]
    pub port: u16,
    /// The address to listen on; anything but loopback lets others in
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS", value_parser = address)]
    pub host: std::net::IpAddr,
    /// Another name under which browsers and tools may reach the control API (repeatable)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Serve the page from this folder instead of the copy in the program
    #[arg(long, value_name = "DIR", value_parser = page_folder)]
    pub web_dir: Option<std::path::PathBuf>,
    #[command(flatten)]
    /// How clients of the tenant reach it.
    pub tls: TlsFlags,
    #[command(flatten)]
    /// What clients may use up.
    pub limits: LimitFlags,
    #[command(flatten)]
    /// A server that is not ours.
    pub remote: RemoteFlags,
}

/// The flags that say what clients may use up.
#[derive(Args, Clone, Debug)]
pub struct LimitFlags {
    /// How long a client may take to send a request, or to read something of an answer
    #[arg(long, value_parser = some_time, default_value = "15s", value_name = "DURATION")]
    pub read_timeout: std::time::Duration,
    /// How many connections there may be at once
    #[arg(long, default_value_t = ServerLimits::default().connections, value_name = "N", value_parser = at_least_one::<usize>)]
    pub max_connections: usize,
    /// How many MiB the bodies of requests under way may have together
    #[arg(long, default_value_t = ServerLimits::default().unfinished_bytes >> 20, value_name = "MIB", value_parser = at_least_one::<usize>)]
    pub max_body_memory: usize,
}

impl LimitFlags {
    /// The limits these flags set.
    pub fn limits(&self) -> ServerLimits {
        ServerLimits {
            patience: self.read_timeout,
            connections: self.max_connections,
            unfinished_bytes: self.max_body_memory.saturating_mul(1 << 20),
        }
    }
}

/// What `check` is told.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// Scenario files, or names from `scimulator list`
    #[arg(required = true, value_name = "FILE OR NAME")]
    pub scenarios: Vec<String>,
    /// How the problems are told
    #[arg(long, value_enum, default_value_t)]
    pub format: CheckFormat,
}

/// What `run` and `verify` print.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum OutputFormat {
    /// The report for people.
    #[default]
    Text,
    /// The report, and an annotation of GitHub's workflows for each failure.
    Github,
}

/// How `check` tells problems.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum CheckFormat {
    /// For people: the line, a caret, the remedy.
    #[default]
    Text,
    /// A JSON array, one object a problem.
    Json,
    /// Annotations of GitHub's workflows.
    Github,
}

/// What `show` is told.
#[derive(Args, Debug)]
pub struct ShowArgs {
    /// A name, a story (S18) or a bug (B65)
    pub name: String,
}

/// What `list` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator list              every scenario, by theme
  scimulator list bugs         every reported bug, with its story
  scimulator list stories      the stories S01 to S33
  scimulator list throttle     what speaks of it
  scimulator list target       those that suit a server that is not ours
  scimulator list B27 --json")]
pub struct ListArgs {
    /// `bugs`, `stories`, `target`, a theme, a story (S18), a bug (B65), or words to look for
    #[arg(value_name = "WHAT")]
    pub what: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print the names and numbers alone, one a line
    #[arg(long, conflicts_with = "json")]
    pub names: bool,
}

/// What `new` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator new leaver                 a commented scenario, in leaver.toml
  scimulator new leaver --from S05      a copy of a story to change
  scimulator new ticket --bug B27       the story of a reported bug
  scimulator new --from welcome         on standard output
  scimulator new --from-recording monday > monday.toml")]
pub struct NewArgs {
    /// The name of the file, without its .toml; standard output unless said
    pub name: Option<String>,
    /// Begin with this scenario: a name, a story (S05) or a bug (B27)
    #[arg(long, value_name = "NAME")]
    pub from: Option<String>,
    /// Begin with the story of this bug, or bring the bug about
    #[arg(long, value_name = "NUMBER", value_parser = bug, conflicts_with = "from")]
    pub bug: Option<&'static Bug>,
    /// Make it of a recording: the folder that `record --out` has written
    #[arg(long, value_name = "DIR", conflicts_with_all = ["from", "bug"])]
    pub from_recording: Option<std::path::PathBuf>,
    /// The file to write [default: the name with .toml, or standard output]
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    pub out: Option<std::path::PathBuf>,
}

/// What `explain` is told.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// A verb such as `rotate_token`, a policy, an expectation; or `expression`, `scope`, `user`,
    /// `ondemand`, `mappings`; without one, everything that can be explained
    pub thing: Option<String>,
    /// For `expression` the expression itself; for `user`, `scope`, `log`, `ondemand` the name of a
    /// person
    #[arg(value_name = "EXPRESSION OR NAME")]
    pub subject: Option<String>,
    /// Whose attributes are read
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The scenario the person is in: a file, or a name from `scimulator list` [default: welcome]
    #[arg(long, value_name = "FILE OR NAME")]
    pub scenario: Option<String>,
    /// The application of which it speaks, where a scenario has several [default: main]
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// Look at this moment of the run instead of its end: `1d 2h` after the start
    #[arg(long, value_parser = parse_duration, value_name = "DURATION")]
    pub at: Option<std::time::Duration>,
    /// Give an attribute a value for this evaluation (repeatable; the same attribute twice has both
    /// values)
    #[arg(long, value_name = "ATTRIBUTE=VALUE", value_parser = attribute_value)]
    pub with: Vec<(String, String)>,
    /// Print the names of all that can be explained, one a line
    #[arg(long, conflicts_with = "thing")]
    pub names: bool,
    /// With `expression`: answer lines of JSON from standard input; with `mappings`: the vendor's
    /// JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Flags that change the scenario.
    pub changes: Changes,
}

fn attribute_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` is not of the form mail=ann@contoso.example"))?;
    Ok((name.trim_matches(['[', ']', ' ']).to_owned(), value.to_owned()))
}

/// Reads the command line.
///
/// # Errors
/// What clap has to say about it, help and version included.
pub fn parse(arguments: Vec<OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let verb = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let verb = verb.map(str::to_owned).find(|word| command.find_subcommand(word).is_some());
    let read = command.try_get_matches_from_mut(arguments);
    let matches = read.map_err(|error| better(error, verb.as_deref(), &mut command))?;
    // Flags of serving may stand alone, but before a verb they would be lost without a word.
    if let Some(verb) = matches.subcommand_name() {
        let of_serve = ServeFlags::augment_args(clap::Command::new("serve"));
        let misplaced = of_serve.get_arguments().find(|a| typed(&matches, a.get_id().as_str()));
        if let Some(flag) = misplaced.and_then(clap::Arg::get_long) {
            let takes = |it: &clap::Command| it.get_arguments().any(|a| a.get_long() == Some(flag));
            let message = if command.find_subcommand(verb).is_some_and(takes) {
                format!("`--{flag}` stands before the verb; write `scimulator {verb} --{flag} …`")
            } else {
                format!(
                    "`{verb}` takes no --{flag}; `scimulator {verb} --help` tells what it takes"
                )
            };
            return Err(command.error(ErrorKind::ArgumentConflict, message));
        }
    }
    Cli::from_arg_matches(&matches)
}

fn typed(matches: &clap::ArgMatches, id: &str) -> bool {
    matches!(matches.try_contains_id(id), Ok(true))
        && matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// The same complaint, with more help where a word stands in a verb's place, or a flag is known by
/// another name.
fn better(error: clap::Error, verb: Option<&str>, command: &mut clap::Command) -> clap::Error {
    if let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg)
        && error.kind() == ErrorKind::UnknownArgument
    {
        let is_it = |(of, known, _): &&(&str, &str, &str)| {
            flag == known && (of.is_empty() || verb == Some(*of))
        };
        if let Some((.., help)) = OTHER_FLAGS.iter().find(is_it) {
            let message = format!("there is no {flag}: {help}");
            return complaint(verb, command, ErrorKind::UnknownArgument, message);
        }
        if let Some(help) = mistyped::flag(verb, flag) {
            let message = format!("there is no {flag}: {help}");
            return complaint(verb, command, ErrorKind::UnknownArgument, message);
        }
        if verb == Some("explain") && !flag.starts_with('-') {
            let message = format!("`{flag}` is one word too many; a scenario is --scenario {flag}");
            return complaint(verb, command, ErrorKind::UnknownArgument, message);
        }
    }
    if error.kind() == ErrorKind::UnknownArgument
        && let Some(message) = misread(&error, verb)
    {
        return command.error(ErrorKind::UnknownArgument, message);
    }
    if let Some(message) = not_of_this_verb(&error, verb, command) {
        return complaint(verb, command, ErrorKind::UnknownArgument, message);
    }
    if let Some(message) = mistyped::number(&error).or_else(|| mistyped::secret(&error)) {
        return complaint(verb, command, ErrorKind::ValueValidation, message);
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    if let (Some(meant), true) = (mistyped::verb(word), verb.is_none_or(|verb| verb == word)) {
        let message = format!("`{word}` is no verb; it is called `scimulator {meant}`");
        return command.error(ErrorKind::InvalidSubcommand, message);
    }
    if actions::VERBS.iter().any(|verb| verb.name == *word) {
        let form = form_of_words(word).unwrap_or_default();
        let typed = if form.contains('=') { format!("'{form}'") } else { form };
        let message = format!(
            "`{word}` is an action; a running server does it by `scimulator ctl action {typed}`"
        );
        return command.error(ErrorKind::InvalidSubcommand, message);
    }
    if error.kind() != ErrorKind::InvalidSubcommand
        || error.get(ContextKind::SuggestedSubcommand).is_some()
    {
        return error;
    }
    if let Some(outer) = verb.filter(|outer| *outer != word) {
        return no_verb_of(outer, word, command);
    }
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let help = match nearest(word, verbs.iter().copied()) {
        _ if word.ends_with(".toml") || library::find(word).is_ok() => {
            format!("to play a scenario write `scimulator serve {word}` or `scimulator run {word}`")
        }
        Some(verb) => format!("did you mean `{verb}`?"),
        None => format!("the verbs are {}", verbs.join(", ")),
    };
    command.error(ErrorKind::InvalidSubcommand, format!("`{word}` is no verb; {help}"))
}

/// What is said of a flag that a verb does not take and that is near to none of its own: the verbs
/// that do take it. That it could be passed as a value is true of no verb.
fn not_of_this_verb(
    error: &clap::Error,
    verb: Option<&str>,
    command: &clap::Command,
) -> Option<String> {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    let long = flag.strip_prefix("--").filter(|_| {
        error.kind() == ErrorKind::UnknownArgument && error.get(ContextKind::SuggestedArg).is_none()
    })?;
    let takes = |it: &&clap::Command| it.get_arguments().any(|arg| arg.get_long() == Some(long));
    let others: Vec<String> =
        command.get_subcommands().filter(takes).map(|it| format!("`{}`", it.get_name())).collect();
    let said = match verb {
        Some(verb) => format!("`{verb}` takes no {flag}"),
        None => format!("there is no {flag}"),
    };
    Some(match others.as_slice() {
        [] => said,
        [only] => format!("{said}; {only} does"),
        [rest @ .., last] => format!("{said}; {} and {last} do", rest.join(", ")),
    })
}

/// A complaint with the usage of a verb, or of the program without one.
fn complaint(
    verb: Option<&str>,
    command: &mut clap::Command,
    kind: ErrorKind,
    message: String,
) -> clap::Error {
    command.build();
    match verb.and_then(|verb| command.find_subcommand_mut(verb)) {
        Some(own) => own.error(kind, message),
        None => command.error(kind, message),
    }
}

/// The complaint about a word after a verb that has verbs of its own, with those and its usage.
fn no_verb_of(outer: &str, word: &str, command: &mut clap::Command) -> clap::Error {
    let own = command.find_subcommand(outer).into_iter();
    let verbs = own.flat_map(clap::Command::get_subcommands).map(clap::Command::get_name);
    let verbs: Vec<&str> = verbs.filter(|verb| *verb != "help").collect();
    let help = match nearest(word, verbs.iter().copied()) {
        Some(verb) => format!("did you mean `{outer} {verb}`?"),
        None => format!("what it takes is {}", verbs.join(", ")),
    };
    let message = format!("`{word}` is no verb of `{outer}`; {help}");
    complaint(Some(outer), command, ErrorKind::InvalidSubcommand, message)
}

/// What is meant by a word that a verb does not take, where the nearest flag would lead astray.
fn misread(error: &clap::Error, verb: Option<&str>) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_number =
        word.strip_prefix('-').is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    match verb {
        _ if is_number => Some(format!(
            "`{word}` stands where a value belongs, and no value begins with `-`: a duration is \
             counted from the start, such as 30d, and a number is not negative"
        )),
        Some("record") if !word.starts_with('-') => Some(format!(
            "`{word}` is one word too many; the server behind the recorder is --upstream {word}"
        )),
        Some(verb @ ("log" | "requests")) if !word.starts_with('-') => Some(format!(
            "`{word}` is one word too many; what is about one user or group is `scimulator {verb} \
             FILE --user {word}`"
        )),
        Some("run" | "serve") if word.starts_with("http://") || word.starts_with("https://") => {
            Some(format!("`{word}` is no scenario; a server to provision is --target {word}"))
        }
        _ => None,
    }
}

/// Flags that people type by habit, each with the verb of which that is true, if it is not true of
/// all, and what there is in its place.
const OTHER_FLAGS: [(&str, &str, &str); 20] = [
    (
        "",
        "--token",
        "a token is kept out of the command line; --token-env names a variable, --token-file a file",
    ),
    (
        "",
        "--bearer",
        "a token is kept out of the command line; --token-env names a variable, --token-file a file",
    ),
    ("", "--lives", "--seeds 1..100 says how many lives, and which"),
    ("run", "--theme", "a theme is a word: `scimulator run scope`"),
    ("", "--theme", "a theme is a word: `scimulator list scope`"),
    ("", "--name", "the name is a word: `scimulator new leaver`"),
    (
        "swarm",
        "--target",
        "the server is a word: `scimulator swarm URL --seeds 1..100 --state DIR`",
    ),
    ("verify", "--target", "the server is a word: `scimulator verify URL`"),
    ("replay", "--target", "the server that is sent the requests is --against URL"),
    ("record", "--target", "the server behind the recorder is --upstream URL"),
    ("record", "--url", "the server behind the recorder is --upstream URL"),
    ("schema", "base", "did you mean `scimulator schema --base`?"),
    (
        "log",
        "--scenario",
        "the scenario is the word after the verb, and one user is --user: `scimulator log FILE --user ann`",
    ),
    (
        "requests",
        "--scenario",
        "the scenario is the word after the verb, and one user is --user: `scimulator requests FILE --user ann`",
    ),
    ("log", "--format", "the forms of a log are --json and --csv"),
    ("requests", "--format", "`scimulator requests --help` lists the forms"),
    ("list", "--bugs", "did you mean `scimulator list bugs`?"),
    ("list", "--stories", "did you mean `scimulator list stories`?"),
    ("ctl", "--port", "a server is named by --url http://127.0.0.1:PORT"),
    ("healthcheck", "--port", "a server is named by --url http://127.0.0.1:PORT"),
];

/// An address to listen on.
fn address(text: &str) -> Result<std::net::IpAddr, String> {
    text.parse().map_err(|_| {
        let here = "127.0.0.1 for this machine alone, or 0.0.0.0 for everybody";
        format!("`{text}` is no address; write {here}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::job::log::LogAction;

    fn check(line: &str, expected: Result<(), &str>) {
        let arguments = std::iter::once("scimulator")
            .chain(line.split_whitespace())
            .map(OsString::from)
            .collect();
        match (parse(arguments), expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{line}: {error}"),
            (read, _) => panic!("{line}: {read:?}"),
        }
    }

    #[test]
    fn clap_finds_no_fault_with_the_definition() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_both_logs_names_every_action_of_a_row() {
        for path in [&["log"][..], &["ctl", "log"]] {
            let mut command = Cli::command();
            let verb = path.iter().fold(&mut command, |it, name| {
                it.find_subcommand_mut(name).expect("there is such a verb")
            });
            let help = verb.render_long_help().to_string();
            for action in LogAction::ALL {
                assert!(help.contains(&format!("`{}`", action.word())), "{path:?}: {action:?}");
            }
        }
    }

    #[test]
    fn a_good_line_is_read_and_a_bad_one_is_told_what_is_wrong() {
        check("", Ok(()));
        check("--port 0 --speed max", Ok(()));
        check("-v run a.toml welcome --seed 7 --until 30d --set golinks.x=y --over-http", Ok(()));
        check("serve --speed 600x --allow-host mock.local", Ok(()));
        check("ctl --url http://127.0.0.1:1 speed real", Ok(()));
        check("ctl cycle --url http://127.0.0.1:1", Ok(()));
        check("--speed 3x run welcome", Err("stands before the verb"));
        check("--port 0 ctl state", Err("`ctl` takes no --port; `scimulator ctl --help`"));
        check("run", Err("FILE OR NAME"));
        check("run welcome --speeed 3x", Err("--speed"));
        check("run welcome --speed fast", Err("600x"));
        check("run welcome --until soon", Err("30d"));
        check("run welcome --set x", Err("path=value"));
        check("run welcome --bug b27 --bug B01", Ok(()));
        check("run welcome --bug B1234", Err("the bugs are B01 to B"));
        check("run --bug B60", Ok(()));
        check("run --bug 27", Err("did you mean B27?"));
        check("run welcome --until -1d", Err("counted from the start, such as 30d"));
        check("run welcome --seed -1", Err("a number is not negative"));
        check("swarm --target http://x/scim", Err("`scimulator swarm URL"));
        check("verify --target http://x/scim", Err("`scimulator verify URL`"));
        check("replay rec --target http://x/scim", Err("--against URL"));
        check("record http://127.0.0.1:1/scim", Err("--upstream http://127.0.0.1:1/scim"));
        check("record --target http://127.0.0.1:1/scim", Err("is --upstream URL"));
        check("schema base", Err("did you mean `scimulator schema --base`?"));
        check("run --theme health", Err("`scimulator run scope`"));
        check("list --theme health", Err("`scimulator list scope`"));
        check("run welcome --junit out.xml", Err("--out DIR --report junit"));
        check("log welcome ann", Err("scimulator log FILE --user ann"));
        check("requests welcome ann", Err("scimulator requests FILE --user ann"));
        check("log ann --scenario x.toml", Err("`scimulator log FILE --user ann`"));
        check("requests ann --scenario x", Err("`scimulator requests FILE --user ann`"));
        check("list --bugs", Err("did you mean `scimulator list bugs`?"));
        check("ctl pause --port 4041", Err("--url http://127.0.0.1:PORT"));
        check("healthcheck --port 4041", Err("--url http://127.0.0.1:PORT"));
        check("explain user ann my/5.toml", Err("--scenario my/5.toml"));
        check("requests welcome --method patch", Ok(()));
        check("requests welcome --method PTCH", Err("did you mean `PATCH`?"));
        check("run --all", Ok(()));
        check("new --from S05 --bug B27", Err("cannot be used with"));
        check("-q -v list", Err("--verbose"));
        check("lsit", Err("list"));
        check("rnu welcome", Err("did you mean `run`?"));
        check("welcome", Err("scimulator serve welcome"));
        check("my/story.toml", Err("scimulator run my/story.toml"));
        check("start", Err("scimulator ctl action start"));
        check("ctl disable", Err("ctl action 'disable = \"ann\"'"));
        check("verify http://127.0.0.1/scim --token x", Err("--token-env"));
        check("swarm --lives 5", Err("--seeds 1..100"));
        check("serve --host localhost", Err("127.0.0.1 for this machine"));
        check("ctl foo", Err("`foo` is no verb of `ctl`; what it takes is pause, resume"));
        check("ctl foo", Err("Usage: scimulator ctl"));
        check("ctl paus", Err("a similar subcommand exists: 'pause'"));
        check("log welcome --format csv", Err("the forms of a log are --json and --csv"));
        check("explain user ben welcome", Err("Usage: scimulator explain"));
        check("fly", Err("the verbs are run, serve, check"));
        check("run welcome --seed x", Err("a whole number"));
        check("ctl pause --url ftp://x", Err("http://127.0.0.1:4040"));
        check("test ok.toml", Err("it is called `scimulator run`"));
        check("validate ok.toml", Err("it is called `scimulator check`"));
        check("run --scenario ok.toml", Err("`scimulator run FILE`"));
        check("run ok.toml --user ann", Err("`scimulator log FILE --user ann`"));
        check("log ok.toml --html", Err("`scimulator run FILE --out DIR --report html`"));
        check("run ok.toml --days 3", Err("--until 30d"));
        check("serve ok.toml --port abc", Err("takes a whole number, such as 4040"));
    }

    #[test]
    fn a_value_with_which_nothing_could_be_done_and_a_flag_of_another_verb_are_refused() {
        check("check ok.toml --until 3d", Err("`check` takes no --until; `run`, `serve`,"));
        check("check ok.toml --bananas", Err("`check` takes no --bananas"));
        check("serve --max-connections 0", Err("write 1 or more"));
        check("serve --max-connections many", Err("takes a whole number"));
        check("serve --max-body-memory 0", Err("write 1 or more"));
        check("serve --read-timeout 0s", Err("nothing comes in no time"));
        check("serve --web-dir nope", Err("there is no such folder"));
        check("run a.toml --target http://x/scim --budget 0", Err("write 1 or more"));
        check("run a.toml --target http://x/scim --timeout 0s", Err("nothing comes in no time"));
        check("verify http://x/scim --budget 0", Err("write 1 or more"));
        check("swarm http://x/scim --budget 0", Err("write 1 or more"));
        check("replay rec --against http://x/scim --budget 0", Err("write 1 or more"));
    }
}
