//! What the program tells of itself for other programs: `man` for the manual, `openapi` for the
//! control API.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use crate::app::cli::Cli;
use crate::app::exit::{CommandError, Exit};
use crate::app::http::openapi;
use crate::app::terminal;
use crate::base::diagnostic::did_you_mean_of;

/// What `man` is told.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  scimulator man | man -l -        read it
  scimulator man run | man -l -    the page of a verb
  scimulator man --out man/        scimulator.1, and a page for each verb")]
pub struct ManArgs {
    /// Print the page of this verb: `run`, or `ctl jump`
    #[arg(value_name = "VERB", conflicts_with = "out")]
    pub verb: Vec<String>,
    /// Write the page, and one for each verb, into this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Prints the manual page, or writes all of them.
pub fn man(args: &ManArgs) -> Result<Exit, CommandError> {
    let cannot = |error: std::io::Error| CommandError::not_started(error.to_string());
    let Some(folder) = &args.out else {
        let mut command = Cli::command().disable_help_subcommand(true);
        command.build();
        let mut text = Vec::new();
        page(of_verb(&mut command, &args.verb)?, &mut text).map_err(cannot)?;
        terminal::print(&String::from_utf8_lossy(&text));
        return Ok(Exit::Met);
    };
    let at = |error: std::io::Error| {
        CommandError::not_started(format!("cannot write to {}: {error}", folder.display()))
    };
    std::fs::create_dir_all(folder).map_err(at)?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    pages(&mut command, folder).map_err(at)?;
    Ok(Exit::Met)
}

/// The command that a verb leads to, with the verbs below it.
fn of_verb<'a>(command: &'a mut Command, verb: &[String]) -> Result<&'a mut Command, CommandError> {
    let Some((first, rest)) = verb.split_first() else { return Ok(command) };
    let known: Vec<String> =
        command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    match command.find_subcommand_mut(first) {
        Some(found) => of_verb(found, rest),
        None => {
            let help = did_you_mean_of(first, known.iter().map(String::as_str), "--help");
            Err(CommandError::bad(format!("there is no verb called `{first}`")).help(help))
        }
    }
}

/// Writes the page of a command and those of its verbs.
fn pages(command: &mut Command, folder: &Path) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let mut text = Vec::new();
    page(command, &mut text)?;
    std::fs::write(folder.join(format!("{name}.1")), text)?;
    command.get_subcommands_mut().try_for_each(|verb| pages(verb, folder))
}

/// The page of a command. Its synopsis is the usage of `--help`, which has the values of what must
/// be given; the list of all flags that clap_mangen would print there has none.
fn page(command: &mut Command, out: &mut Vec<u8>) -> io::Result<()> {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim_start();
    let page = Man::new(command.clone().override_usage(usage.to_owned()));
    page.render_title(out)?;
    page.render_name_section(out)?;
    writeln!(out, ".SH SYNOPSIS")?;
    for (nth, line) in usage.lines().enumerate() {
        let between = if nth == 0 { "" } else { ".br\n" };
        writeln!(out, "{between}{}", line.trim().replace('\\', "\\\\").replace('-', "\\-"))?;
    }
    page.render_description_section(out)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        page.render_options_section(out)?;
    }
    if command.has_subcommands() {
        page.render_subcommands_section(out)?;
    }
    if command.get_after_long_help().or_else(|| command.get_after_help()).is_some() {
        page.render_extra_section(out)?;
    }
    match command.get_version() {
        Some(_) => page.render_version_section(out),
        None => Ok(()),
    }
}

/// Prints the OpenAPI document.
pub fn openapi() -> Result<Exit, CommandError> {
    terminal::print(&format!("{:#}\n", openapi::document()));
    Ok(Exit::Met)
}
