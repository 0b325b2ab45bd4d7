//! `schema`: prints the scenario format as a JSON Schema, for completion in an editor.

use clap::Args;

use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;
use crate::scenario::schema::{base_schema, json_schema};

/// What `schema` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Write it beside the scenarios, and begin each with a line for Taplo and Even Better TOML:
  scimulator schema > scimulator.schema.json
  #:schema ./scimulator.schema.json

A file that scenarios extend needs neither title nor end, and has a schema of its own:
  scimulator schema --base > scimulator.base.schema.json
  #:schema ./scimulator.base.schema.json")]
pub struct SchemaArgs {
    /// The schema of a file that scenarios extend, which holds a setup alone
    #[arg(long)]
    pub base: bool,
}

/// Prints the schema.
pub fn run(args: &SchemaArgs) -> Result<Exit, CommandError> {
    let schema = if args.base { base_schema() } else { json_schema() };
    terminal::print(&format!("{schema:#}\n"));
    Ok(Exit::Met)
}
