//! `requests`: plays a scenario, or reads the record of a run, and prints requests with their
//! answers, bodies included.

use std::path::Path;

use clap::Args;
use serde_json::json;

use super::asked::{RequestFlags, ViewFlags};
use super::played;
use crate::app::cli::Changes;
use crate::app::exit::{CommandError, Exit};
use crate::app::{run_record, terminal};
use crate::base::Time;
use crate::evidence::exchange::{ExchangeQuery, Exchanges, RunExchange};
use crate::evidence::{RunItem, held};
use crate::scenario::log;
use crate::scenario::report::{Line, Tone};

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
    #[command(flatten)]
    /// Which requests.
    pub which: RequestFlags,
    #[command(flatten)]
    /// Of which application, when, and how many.
    pub view: ViewFlags,
    /// Print JSON: a list of objects
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// Flags that change the scenario.
    pub changes: Changes,
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
    let query = args.which.query(args.view.app.as_deref());
    let folder = run_record::folder_of(Path::new(&args.scenario));
    let found = match run_record::is_in(&folder) {
        true => of_record(&folder, args, &query)?,
        false => match run_record::of_several(&folder) {
            Some(several) => return Err(several),
            None => of_scenario(args, &query)?,
        },
    };
    match args.json {
        true => terminal::print(&format!("{:#}\n", json!(found.exchanges))),
        false => terminal::print_lines(&lines(&found)),
    }
    Ok(Exit::Met)
}

fn of_scenario(args: &RequestsArgs, query: &ExchangeQuery) -> Result<Found, CommandError> {
    let play = played::play(&args.scenario, &args.changes, args.view.at)?;
    played::seen_by(&play, args.view.app.as_deref())?;
    let named = query.user.as_ref().map(|user| log::handle_of(play.world().into(), user));
    let user = named.transpose().map_err(|why| CommandError::bad(why.message).help(why.help))?;
    let mut exchanges = held::exchanges(&play, &ExchangeQuery { user, ..query.clone() });
    let all = exchanges.len();
    exchanges.drain(..all.saturating_sub(args.view.limit));
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
    let until =
        args.view.at.map_or(u64::MAX, |at| u64::try_from(at.as_micros()).unwrap_or(u64::MAX));
    let mut all = Exchanges::default();
    let mut last = std::collections::VecDeque::new();
    let mut count = 0;
    let mut keep = |exchange: RunExchange| {
        if query.lets_through(&exchange) {
            count += 1;
            if last.len() == args.view.limit {
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
    let exchanges: Vec<RunExchange> = last.into_iter().take(args.view.limit).collect();
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
