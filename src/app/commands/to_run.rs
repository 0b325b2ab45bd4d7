//! The scenarios that `run` is to play: each cell of each, and those that cannot be read with the
//! reason, so that the verdict and every report know of them.

use super::source::{self, FoundScenario, Provisions};
use crate::app::exit::Exit;
use crate::app::terminal;
use crate::scenario::report::{NotRun, plural};
use crate::scenario::{Override, Script};

/// A scenario that is not run.
pub struct Unread {
    /// The exit code.
    pub exit: Exit,
    /// Its name and the reason.
    pub not_run: NotRun,
}

/// A script, or a scenario that cannot be read.
pub type ToRun = Result<(FoundScenario, Script), Unread>;

/// Reads the scenarios of these names, each cell of a matrix as a script of its own. What is wrong
/// with one is printed.
pub fn read(typed: &[String], overrides: &[Override], provisions: Provisions) -> Vec<ToRun> {
    let mut all = Vec::new();
    for typed in typed {
        match source::find_all(typed) {
            Ok(found) => {
                all.extend(found.into_iter().flat_map(|it| scripts(it, overrides, provisions)));
            }
            Err(failure) => {
                let why = format!("{:#}", failure.error);
                terminal::complain(&why);
                terminal::advise(&failure.help);
                let not_run = NotRun { name: typed.clone(), why };
                all.push(Err(Unread { exit: failure.exit, not_run }));
            }
        }
    }
    all
}

fn scripts(found: FoundScenario, overrides: &[Override], provisions: Provisions) -> Vec<ToRun> {
    match source::scripts(&found, overrides, provisions) {
        Ok(scripts) => scripts.into_iter().map(|script| Ok((found.clone(), script))).collect(),
        Err(problems) => {
            let what = plural(problems.list.len() as u64, "problem");
            let why = format!("it has {what}: scimulator check {}", found.name);
            vec![Err(Unread { exit: Exit::Bad, not_run: NotRun { name: found.name, why } })]
        }
    }
}

/// Those that are not run.
pub fn not_run(all: &[ToRun]) -> Vec<NotRun> {
    all.iter().filter_map(|one| one.as_ref().err()).map(|one| one.not_run.clone()).collect()
}
