//! What the program tells of itself for other programs: `completions` for a shell, `man` for the
//! manual, `openapi` for the control API.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::app::cli::Cli;
use crate::app::exit::{CommandError, Exit};
use crate::app::http::openapi;
use crate::app::terminal;

/// What `completions` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator completions bash > ~/.local/share/bash-completion/completions/scimulator
  scimulator completions zsh > ~/.zfunc/_scimulator
  scimulator completions fish > ~/.config/fish/completions/scimulator.fish")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

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

const NAME: &str = "scimulator";

/// Prints the completions for a shell.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut text);
    terminal::print(&String::from_utf8_lossy(&text));
    Ok(Exit::Met)
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
