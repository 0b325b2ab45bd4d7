//! `requests`: plays a scenario, or reads the record of a run, and prints requests with their
//! answers, bodies included.

use std::path::Path;

use clap::Args;
use serde_json::json;

use super::source;
use crate::app::cli::Changes;
use crate::app::exit::{CommandError, Exit};
use crate::app::{run_record, terminal};
use crate::base::Time;
use crate::base::diagnostic::did_you_mean;
use crate::base::time::parse_duration;
use crate::evidence::exchange::{ExchangeQuery, Exchanges, RunExchange, StatusFilter};
use crate::evidence::{RunItem, held};
use crate::scenario::Play;
use crate::scenario::log;
use crate::scenario::report::{Line, Tone};
use crate::world::driver;

/// What `requests` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scimulator requests leaver                         every request of the story
  scimulator requests leaver --user ann              those about Ann
  scimulator requests leaver --status 4xx            those that met an error of the client
  scimulator requests leaver --method PATCH --json   for programs
  scimulator requests evidence                       of a run that `run --out evidence` has recorded")]
pub struct RequestsArgs {
    /// A scenario file, a name from `scimulator list`, or a folder that `run --out` has written
    #[arg(value_name = "FILE, NAME OR FOLDER")]
    pub scenario: String,
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
    /// Requests of this application, where the scenario has several
    #[arg(long, value_name = "NAME")]
    pub app: Option<String>,
    /// At most so many, the newest
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub limit: usize,
    /// Look at this moment of the run instead of its end: `1d 2h` after the start
    #[arg(long, value_parser = parse_duration, value_name = "DURATION")]
    pub at: Option<std::time::Duration>,
    /// Print JSON: a list of objects
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Flags that change the scenario.
    pub changes: Changes,
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

/// What was found.
struct Found {
    start: Time,
    exchanges: Vec<RunExchange>,
    /// How many were asked for, shown or not.
    all: usize,
    /// How many records the journal no longer holds.
    forgotten: u64,
}

/// Prints what was asked for.
pub fn run(args: &RequestsArgs) -> Result<Exit, CommandError> {
    let query = ExchangeQuery {
        user: args.user.clone(),
        status: args.status,
        method: args.method.clone(),
        path: args.path.clone(),
        app: args.app.clone(),
    };
    let folder = run_record::folder_of(Path::new(&args.scenario));
    let found = match run_record::is_in(&folder) {
        true => of_record(&folder, args, &query)?,
        false => of_scenario(args, &query)?,
    };
    match args.json {
        true => terminal::print(&format!("{:#}\n", json!(found.exchanges))),
        false => terminal::print_lines(&lines(&found)),
    }
    Ok(Exit::Met)
}

fn of_scenario(args: &RequestsArgs, query: &ExchangeQuery) -> Result<Found, CommandError> {
    let found = source::find(&args.scenario)?;
    let script = source::script_to_look_at(&found, &args.changes.overrides()?)
        .map_err(|_| CommandError::bad(format!("{} cannot be played", found.name)))?;
    let mut play = Play::new(script);
    let ends = play.ends();
    let until = args.at.map_or(ends, |at| (play.world().start() + at).min(ends));
    driver::run_to(&mut play, until);
    let named = query.user.as_ref().map(|user| log::handle_of(play.world().into(), user));
    let user = named.transpose().map_err(|why| CommandError::bad(why.message).help(why.help))?;
    let mut exchanges = held::exchanges(&play, &ExchangeQuery { user, ..query.clone() });
    let all = exchanges.len();
    exchanges.drain(..all.saturating_sub(args.limit));
    let forgotten = held::forgotten(&play);
    Ok(Found { start: play.world().start(), exchanges, all, forgotten })
}

fn of_record(
    folder: &Path,
    args: &RequestsArgs,
    query: &ExchangeQuery,
) -> Result<Found, CommandError> {
    let mut reader = run_record::open(folder)?;
    let start = Time::parse(&reader.head().start).unwrap_or(Time::from_secs(0));
    let until = args.at.map_or(u64::MAX, |at| u64::try_from(at.as_micros()).unwrap_or(u64::MAX));
    let mut all = Exchanges::default();
    let mut last = std::collections::VecDeque::new();
    let mut count = 0;
    let mut keep = |exchange: RunExchange| {
        if query.lets_through(&exchange) {
            count += 1;
            if last.len() == args.limit {
                last.pop_front();
            }
            last.push_back(exchange);
        }
    };
    while let Some(item) = run_record::next(&mut reader, folder)? {
        let RunItem::Record(line) = item else { continue };
        if line.us > until {
            break;
        }
        if let Some(exchange) = all.observe(&line) {
            keep(exchange);
        }
    }
    all.unanswered().for_each(keep);
    let exchanges: Vec<RunExchange> = last.into_iter().take(args.limit).collect();
    Ok(Found { start, exchanges, all: count, forgotten: 0 })
}

fn lines(found: &Found) -> Vec<Line> {
    let mut lines = Vec::new();
    if found.forgotten > 0 {
        let gone = format!(
            "the journal no longer holds its first {} records; `run --out DIR` records all, and \
             `requests DIR` reads them",
            found.forgotten
        );
        lines.push(Line::of(Tone::Warn, gone));
    }
    lines.extend(found.exchanges.iter().flat_map(|exchange| exchange.lines(found.start)));
    let (shown, all) = (found.exchanges.len(), found.all);
    lines.push(match all {
        0 => Line::of(Tone::Faint, "no request is as asked for"),
        _ if shown < all => {
            let last = if shown == 1 { String::new() } else { format!(" {shown}") };
            Line::of(Tone::Faint, format!("the last{last} of {all} requests (--limit)"))
        }
        1 => Line::of(Tone::Faint, "1 request"),
        _ => Line::of(Tone::Faint, format!("{all} requests")),
    });
    lines
}
