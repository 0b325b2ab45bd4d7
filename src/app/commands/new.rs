//! `new`: writes a scenario to begin with, or one made of a recording.

use std::path::{Path, PathBuf};

use super::show;
use crate::app::cli::NewArgs;
use crate::app::exit::{CommandError, Exit};
use crate::app::recorder;
use crate::app::terminal;
use crate::scenario::bugs::{Bug, Means};
use crate::scenario::library;

/// A commented scenario, which holds.
const TEMPLATE: &str = include_str!("new-scenario.toml");

/// Where the template says which bug is brought about.
const MARK: &str = "# Switch on a reported bug here: `scimulator list bugs`.\n";

/// Writes the scenario to a file of the name, or prints it.
///
/// # Errors
/// When there is no such story, or the file is there already or cannot be written.
pub fn run(args: &NewArgs) -> Result<Exit, CommandError> {
    if let Some(folder) = &args.from_recording {
        return output(args, &recorder::scenario_of(folder)?);
    }
    let text = match (&args.from, args.bug) {
        (Some(from), _) => {
            let entry = library::find(from).map_err(CommandError::bad)?;
            show::also_told(from, &entry.name);
            entry.text.to_owned()
        }
        (None, Some(bug)) => {
            if let Ok(story) = library::find(bug.number) {
                show::also_told(bug.number, &story.name);
            }
            of_bug(bug)?
        }
        (None, None) => TEMPLATE.to_owned(),
    };
    output(args, &text)
}

/// Writes the text to the file that was named, or prints it.
fn output(args: &NewArgs, text: &str) -> Result<Exit, CommandError> {
    let named =
        |name: &String| format!("{}.toml", name.strip_suffix(".toml").unwrap_or(name)).into();
    let file: Option<PathBuf> = args.out.clone().or_else(|| args.name.as_ref().map(named));
    let Some(file) = file else {
        terminal::print(text);
        return Ok(Exit::Met);
    };
    write(&file, text)?;
    let file = file.display();
    terminal::print(&format!(
        "{file} is written\n\n  scimulator check {file}\n  scimulator run {file}\n  scimulator serve {file}\n"
    ));
    Ok(Exit::Met)
}

/// The bug's own story, or the template with the bug switched on.
fn of_bug(bug: &Bug) -> Result<String, CommandError> {
    if let Ok(story) = library::find(bug.number) {
        return Ok(story.text.to_owned());
    }
    if matches!(bug.means, Means::Action | Means::Engine | Means::Not) {
        return Err(CommandError::bad(format!(
            "{} has no story and no switch: {}",
            bug.number, bug.note
        )));
    }
    let with: Vec<String> = bug.with.iter().map(|with| format!("--set {with}")).collect();
    let said = format!("# {}: {}. Run it with {}.\n", bug.number, bug.title, with.join(" "));
    Ok(TEMPLATE.replacen(MARK, &said, 1))
}

/// Writes a file that is not there yet.
fn write(file: &Path, text: &str) -> Result<(), CommandError> {
    use std::io::Write as _;
    let cannot = |error: std::io::Error| {
        let shown = file.display();
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                CommandError::bad(format!("`{shown}` is there already"))
                    .help("take another name, or move it away")
            }
            std::io::ErrorKind::NotFound => {
                CommandError::bad(format!("cannot write `{shown}`: there is no such folder"))
                    .help("make the folder first")
            }
            _ => CommandError::bad(format!("cannot write `{shown}`: {error}")),
        }
    };
    let mut opened = std::fs::File::create_new(file).map_err(cannot)?;
    opened.write_all(text.as_bytes()).map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Play, bugs, load, messages, report};

    #[test]
    fn the_template_holds_and_has_a_place_for_a_bug() {
        let script = load("new.toml", TEMPLATE, &[])
            .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
        assert!(script.warnings.list.is_empty(), "{}", messages::render(&script.warnings));
        let mut play = Play::new(script);
        play.run_to_end();
        assert!(play.verdict().green(), "{}", report::plain(&play, None));
        assert!(TEMPLATE.contains(MARK));
        let untold = bugs::BUGS.iter().find(|bug| library::find_all(bug.number).is_err());
        if let Some(text) = untold.and_then(|bug| of_bug(bug).ok()) {
            assert_ne!(text, TEMPLATE);
        }
    }
}
