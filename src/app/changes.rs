//! The flags that change a scenario, and the bugs that they bring about.

use clap::Args;

use super::exit::CommandError;
use crate::base::time::parse_duration;
use crate::scenario::bugs::{self, Bug, Means};
use crate::scenario::matrix::CHOICE;
use crate::scenario::{Override, library};

/// The flags that change a scenario; they win over its file.
#[derive(Args, Clone, Debug, Default)]
pub struct Changes {
    /// The seed of all chance
    #[arg(long, value_name = "N", value_parser = whole_number)]
    pub seed: Option<u64>,
    /// When the run ends, counted from its start: `30d`. Before the end of its file the run is cut
    /// short, which is told and is not green: what comes later is not judged
    #[arg(long, value_name = "DURATION", value_parser = duration_text)]
    pub until: Option<String>,
    /// Change any setting of the file, such as `golinks.token.expires=30d` (repeatable)
    #[arg(long, value_name = "PATH=VALUE", value_parser = Override::parse)]
    pub set: Vec<Override>,
    /// Bring a reported bug about, such as `B27`; `explain B27` tells of it (repeatable). Without a
    /// scenario `run` plays the bug's own stories
    #[arg(long, value_name = "NUMBER", value_parser = bug)]
    pub bug: Vec<&'static Bug>,
    /// Of a scenario with a matrix this cell alone: its number, or a value of an axis, such as
    /// `dialect=classic` (repeatable)
    #[arg(long, value_name = "N OR PATH=VALUE")]
    pub cell: Vec<String>,
}

impl Changes {
    /// All of them as overrides of the file, in the order in which they win.
    ///
    /// # Errors
    /// When a bug has no switch that could be thrown.
    pub fn overrides(&self) -> Result<Vec<Override>, CommandError> {
        let mut all = Vec::new();
        for bug in &self.bug {
            can_be_switched(bug)?;
            let with = bug.with.iter().filter_map(|with| Override::parse(with).ok());
            all.extend(with.map(|over| Override { bug: Some(bug.number), ..over }));
        }
        all.extend(self.without_bugs());
        Ok(all)
    }

    /// All of them but the bugs, for a bug's own story.
    pub fn without_bugs(&self) -> Vec<Override> {
        let mut all = Vec::new();
        all.extend(self.set.iter().cloned());
        all.extend(self.cell.iter().map(|cell| Override::new(CHOICE, cell)));
        all.extend(self.seed.map(|seed| Override::new("seed", seed.to_string())));
        all.extend(self.until.iter().map(|until| Override::new("ends", format!("\"{until}\""))));
        all
    }
}

/// Reads the number of a bug.
pub fn bug(number: &str) -> Result<&'static Bug, String> {
    let last = bugs::BUGS.last().map_or("", |bug| bug.number);
    bugs::find(number).ok_or_else(|| {
        let near = number.parse::<u32>().ok().map(|digits| format!("B{digits:02}"));
        match near.filter(|near| bugs::find(near).is_some()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the bugs are B01 to {last}; `scimulator list bugs` lists them"),
        }
    })
}

/// Reads the number of a bug that a setting brings about.
///
/// # Errors
/// When there is no such bug, or it has no switch.
pub fn bug_with_switch(number: &str) -> Result<&'static Bug, String> {
    let bug = bug(number)?;
    can_be_switched(bug).map(|()| bug).map_err(|why| why.error.to_string())
}

/// Refuses a bug that no setting brings about.
fn can_be_switched(bug: &Bug) -> Result<(), CommandError> {
    let number = bug.number;
    let why = match bug.means {
        Means::Action => {
            format!("{number} is something that is done: do = {}", bug.with.join(", do = "))
        }
        Means::Engine | Means::Not => format!("{number} has no switch: {}", bug.note),
        _ => return Ok(()),
    };
    let help = format!("`scimulator run --bug {number}`, without a scenario, plays its own story");
    let told = library::find_all(number).is_ok();
    let refused = CommandError::bad(why);
    Err(if told { refused.help(help) } else { refused })
}

fn whole_number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a whole number from 0 to {}", u64::MAX))
}

fn duration_text(text: &str) -> Result<String, String> {
    parse_duration(text).map(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::app::cli::Cli;
    use crate::scenario::messages;

    #[test]
    fn every_change_that_a_help_page_shows_can_be_made() {
        let mut cli = Cli::command();
        let pages = cli.get_subcommands_mut().map(|verb| verb.render_long_help().to_string());
        let mut shown: Vec<String> = pages
            .flat_map(|page| {
                let quoted: Vec<String> = page.split('`').map(str::to_owned).collect();
                quoted.into_iter().skip(1).step_by(2)
            })
            .filter(|text| text.starts_with("golinks.") && text.contains('='))
            .collect();
        shown.sort();
        shown.dedup();
        assert!(!shown.is_empty());
        for scenario in library::list() {
            for text in &shown {
                let change = Override::parse(text).expect("path=value");
                if let Err(problems) = scenario.load(&[change]) {
                    panic!("{}: {text}: {}", scenario.name, messages::render(&problems));
                }
            }
        }
    }

    #[test]
    fn a_bug_is_switched_on_or_says_what_it_is_instead() {
        let of = |number: &str| {
            let changes = Changes { bug: vec![bug(number).expect("a bug")], ..Changes::default() };
            changes
                .overrides()
                .map(|all| all.len())
                .map_err(|why| format!("{} / {}", why.error, why.help))
        };
        assert_eq!(of("b27"), Ok(2));
        let said = of("B60").unwrap_err();
        assert!(said.contains("do = { delete_account") && said.contains("run --bug B60"), "{said}");
        assert!(of("B83").unwrap_err().contains("B83 has no switch"));
        assert!(bug("B1234").unwrap_err().contains("list bugs"));
    }
}
