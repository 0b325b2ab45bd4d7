//! `new`: writes a scenario, made of a recording.

use crate::app::exit::{CommandError, Exit};
use crate::app::recorder::{self, NewArgs};
use crate::app::terminal;

/// Writes the scenario to standard output, or to a file that is not there yet.
pub fn run(args: &NewArgs) -> Result<Exit, CommandError> {
    let text = recorder::scenario_of(&args.from_recording)?;
    let Some(path) = &args.out else {
        terminal::print(&text);
        return Ok(Exit::Met);
    };
    let shown = path.display();
    let written = std::fs::File::create_new(path)
        .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
    written.map_err(|error| CommandError::bad(format!("cannot write {shown}: {error}")))?;
    terminal::print(&format!("{shown}\n\ntry next\n  scimulator run {shown}\n"));
    Ok(Exit::Met)
}
