//! `diff`: where two recorded runs part.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::exit::{CommandError, Exit};
use crate::app::run_record::{self, Reader};
use crate::app::terminal;
use crate::base::Time;
use crate::evidence::RunItem;
use crate::evidence::diff::{self, Difference};
use crate::evidence::line::RunLine;
use crate::scenario::report::{Line, Tone};

/// What `diff` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scimulator run leaver --out good
  scimulator run leaver --set entra.policy.concurrency=1 --out other
  scimulator diff good other

Exit codes: 0 the runs are the same, 1 they differ, 2 a record cannot be read.")]
pub struct DiffArgs {
    /// The folder of one run, as `run --out` has written it, or the `run.jsonl` in it
    #[arg(value_name = "DIR")]
    pub left: PathBuf,
    /// The folder of the other
    #[arg(value_name = "DIR")]
    pub right: PathBuf,
}

/// Prints the first difference.
pub fn run(args: &DiffArgs) -> Result<Exit, CommandError> {
    let folders = [run_record::one_in(&args.left)?, run_record::one_in(&args.right)?];
    let mut left = run_record::open(&folders[0])?;
    let mut right = run_record::open(&folders[1])?;
    let heads = diff::heads(left.head(), right.head());
    if !heads.is_empty() {
        terminal::print_lines(&[Line::of(Tone::Strong, "the runs were set up differently")]);
    }
    let heads = heads.into_iter().map(|it| Line::of(Tone::Plain, format!("  {it}")));
    terminal::print_lines(&heads.collect::<Vec<_>>());
    let start = [&left, &right]
        .map(|reader| Time::parse(&reader.head().start).unwrap_or(Time::from_secs(0)));
    let found =
        diff::diff(start, || record(&mut left, &folders[0]), || record(&mut right, &folders[1]))?;
    match found {
        None => {
            terminal::print("the runs are the same, record by record\n");
            Ok(Exit::Met)
        }
        Some(found) => {
            terminal::print_lines(&lines(&found, [&args.left, &args.right]));
            Ok(Exit::Failed)
        }
    }
}

/// The next record of a run, past everything else.
fn record(reader: &mut Reader, folder: &Path) -> Result<Option<RunLine<'static>>, CommandError> {
    loop {
        match run_record::next(reader, folder)? {
            None => return Ok(None),
            Some(RunItem::Record(line)) => return Ok(Some(line.into_owned())),
            Some(_) => {}
        }
    }
}

fn lines(found: &Difference, folders: [&Path; 2]) -> Vec<Line> {
    let [left, right] = folders.map(Path::display);
    let mut lines = vec![
        Line::of(Tone::Strong, format!("{left} is the first, {right} the second")),
        Line::of(Tone::Plain, found.says.clone()),
        Line::default(),
    ];
    match found.before.is_empty() {
        true => lines.push(Line::of(Tone::Faint, "  they differ from the first record on")),
        false => {
            lines.extend(found.before.iter().map(|it| Line::of(Tone::Faint, format!("  {it}"))));
        }
    }
    let sides = [("-", Tone::Bad, &found.left), ("+", Tone::Good, &found.right)];
    for ((mark, tone, side), folder) in sides.into_iter().zip(folders) {
        lines.push(Line::of(Tone::Strong, format!("{mark} {}", folder.display())));
        match side.is_empty() {
            true => lines.push(Line::of(tone, format!("{mark} (the run has ended)"))),
            false => lines.extend(side.iter().map(|it| Line::of(tone, format!("{mark} {it}")))),
        }
    }
    lines
}
