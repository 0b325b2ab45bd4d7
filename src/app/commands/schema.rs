//! `schema`: prints the scenario format as a JSON Schema, for completion in an editor.

use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::scenario::schema::json_schema;

/// Prints the schema.
pub fn run() -> Result<Exit, CommandError> {
    terminal::print(&format!("{:#}\n", json_schema()));
    Ok(Exit::Met)
}
