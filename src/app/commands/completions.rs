//! `completions`: the completions for a shell, and with them the names of the library's scenarios
//! where one is asked for.
//!
//! clap_complete writes what the definition of the command line says. The names are asked of the
//! program itself (`list --names`) each time, so that they are those of the program at hand; a
//! completer of clap's own that could do so is not stable yet.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::app::cli::Cli;
use crate::app::exit::{CommandError, Exit};
use crate::app::terminal;

/// What `completions` is told.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  scimulator completions bash > ~/.local/share/bash-completion/completions/scimulator
  scimulator completions zsh > ~/.zfunc/_scimulator
  scimulator completions fish > ~/.config/fish/completions/scimulator.fish

In these three shells the names of the scenarios that come with the program are completed too.")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// The verbs whose words may be names of scenarios.
const VERBS: [&str; 6] = ["run", "serve", "check", "show", "log", "requests"];

/// How the positional arguments are called that may be one.
const ARGUMENTS: [&str; 2] = ["scenario", "scenarios"];

/// Prints the completions for a shell.
pub fn run(args: &CompletionsArgs) -> Result<Exit, CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "scimulator", &mut text);
    let text = String::from_utf8_lossy(&text);
    terminal::print(&match args.shell {
        Shell::Bash => format!("{text}{}", bash()),
        Shell::Zsh => zsh(&text),
        Shell::Fish => format!("{text}{}", fish()),
        _ => text.into_owned(),
    });
    Ok(Exit::Met)
}

fn bash() -> String {
    format!(
        r#"
# Where a scenario is named: those of the program, and files.
_scimulator_scenarios() {{
    _scimulator "$@"
    local name current="${{COMP_WORDS[COMP_CWORD]}}"
    case "${{COMP_WORDS[1]}}:$current" in
        *:-*) ;;
        {}:*)
            while IFS= read -r name; do COMPREPLY+=("$name"); done < <(
                compgen -W "$(scimulator list --names 2>/dev/null)" -- "$current"
                compgen -f -X '!*.toml' -- "$current"
            ) ;;
    esac
}}
complete -F _scimulator_scenarios -o bashdefault -o default scimulator
"#,
        VERBS.join(":*|")
    )
}

fn fish() -> String {
    format!(
        "complete -c scimulator -n \"__fish_seen_subcommand_from {}\" -a \"(scimulator list --names 2>/dev/null)\"\n",
        VERBS.join(" ")
    )
}

/// The arguments that may be a scenario get a completer of their own.
fn zsh(text: &str) -> String {
    const COMPLETER: &str = "\
_scimulator_scenarios() {
    _alternative \"scenarios:scenario:($(scimulator list --names 2>/dev/null))\" 'files:file:_files -g \"*.toml\"'
}
";
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("if [ \"$funcstack[1]\"") {
            out += COMPLETER;
        }
        let names = ARGUMENTS.iter().any(|argument| line.contains(&format!(":{argument} -- ")));
        match names {
            true => out += &line.replace(":_default'", ":_scimulator_scenarios'"),
            false => out += line,
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_with_a_scenario_completes_its_name() {
        let command = Cli::command();
        let with_one = command.get_subcommands().filter(|verb| {
            let of_it = |argument: &&str| verb.get_positionals().any(|it| it.get_id() == *argument);
            ARGUMENTS.iter().any(of_it) || verb.get_name() == "show"
        });
        let mut names: Vec<&str> = with_one.map(clap::Command::get_name).collect();
        names.sort_unstable();
        let mut known = VERBS;
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
