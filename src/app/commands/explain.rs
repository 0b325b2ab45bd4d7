//! `explain`: the closed vocabularies of scenario files, printed from the tables that define them.

use crate::app::cli::ExplainArgs;
use crate::app::exit::{Exit, Failure};
use crate::app::terminal::{self, paint};
use crate::scenario::explain::{self, Topic};
use crate::scenario::report::Tone;

/// Explains one thing, or lists all that can be explained.
pub fn run(args: &ExplainArgs) -> Result<Exit, Failure> {
    let Some(thing) = &args.thing else {
        list(&explain::topics());
        return Ok(Exit::Met);
    };
    let found =
        explain::find(thing).map_err(|help| Failure::bad(format!("there is nothing called `{thing}`")).help(help))?;
    for topic in found {
        terminal::say(&format!("{} ({})\n\n{}\n", paint(Tone::Strong, &topic.name), topic.kind, topic.long));
    }
    Ok(Exit::Met)
}

fn list(topics: &[Topic]) {
    let width = topics.iter().map(|topic| topic.name.len()).max().unwrap_or(0);
    let mut kind = "";
    for topic in topics {
        if topic.kind != kind {
            kind = topic.kind;
            terminal::say(&format!("\n{}\n", paint(Tone::Strong, kind)));
        }
        terminal::say(&format!("  {:width$}  {}\n", topic.name, topic.short));
    }
}
