//! What the program tells of itself for other programs: `man` for the manual, `openapi` for the
//! control API.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::app::cli::Cli;
use crate::app::exit::{CommandError, Exit};
use crate::app::http::openapi;
use crate::app::terminal;

/// What `man` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator man | man -l -        read it
  scimulator man --out man/        scimulator.1, and a page for each verb")]
pub struct ManArgs {
    /// Write the page, and one for each verb, into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Prints the manual page, or writes all of them.
pub fn man(args: &ManArgs) -> Result<Exit, CommandError> {
    let cannot = |error: std::io::Error| CommandError::not_started(error.to_string());
    let Some(folder) = &args.out else {
        let mut text = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut text).map_err(cannot)?;
        terminal::print(&String::from_utf8_lossy(&text));
        return Ok(Exit::Met);
    };
    let at = |error: std::io::Error| {
        CommandError::not_started(format!("cannot write to {}: {error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(at)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(at)?;
    Ok(Exit::Met)
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<Exit, CommandError> {
    terminal::print(&format!("{:#}\n", openapi::document()));
    Ok(Exit::Met)
}
