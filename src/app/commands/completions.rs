//! `completions`: the completions for a shell, and with them the names of the library's scenarios
//! and the numbers of bugs where one is asked for.
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

In these three shells the names of the scenarios that come with the program, the numbers of bugs and
what `explain` knows are completed too.")]
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

/// After these flags stands the name of a scenario.
const NAMING: [&str; 2] = ["--from", "--scenario"];

/// After this flag stands the number of a bug.
const OF_BUGS: &str = "--bug";

fn bash() -> String {
    format!(
        r#"
# Where a scenario is named: those of the program, and files; where a bug is, its number.
_scimulator_scenarios() {{
    _scimulator "$@"
    local name words current="${{COMP_WORDS[COMP_CWORD]}}" files=""
    local before="${{COMP_WORDS[COMP_CWORD - 1]}}"
    case "$before ${{COMP_WORDS[1]}}:$current" in
        "{OF_BUGS} "*) words="$(scimulator list bugs --names 2>/dev/null)" ;;
        {}) words="$(scimulator list --names 2>/dev/null)" files=1 ;;
        *:-*|"-"*) return ;;
        *" explain:"*) words="$(scimulator explain --names 2>/dev/null)" ;;
        {}) words="$(scimulator list --names 2>/dev/null)" files=1 ;;
        *) return ;;
    esac
    while IFS= read -r name; do COMPREPLY+=("$name"); done < <(
        compgen -W "$words" -- "$current"
        [ -n "$files" ] && compgen -f -X '!*.toml' -- "$current"
    )
}}
complete -F _scimulator_scenarios -o bashdefault -o default scimulator
"#,
        NAMING.map(|flag| format!("\"{flag} \"*")).join("|"),
        VERBS.map(|verb| format!("*\" {verb}:\"*")).join("|")
    )
}

fn fish() -> String {
    let scenarios = "(scimulator list --names 2>/dev/null)";
    let flags = NAMING.map(|flag| {
        let flag = flag.trim_start_matches('-');
        format!("complete -c scimulator -l {flag} -x -a \"{scenarios}\"\n")
    });
    format!(
        "complete -c scimulator -n \"__fish_seen_subcommand_from {}\" -a \"{scenarios}\"\n\
         complete -c scimulator -n \"__fish_seen_subcommand_from explain\" -a \"(scimulator explain --names 2>/dev/null)\"\n\
         complete -c scimulator -l {} -x -a \"(scimulator list bugs --names 2>/dev/null)\"\n{}",
        VERBS.join(" "),
        OF_BUGS.trim_start_matches('-'),
        flags.concat()
    )
}

/// The arguments that may be a scenario, a bug or a topic get completers of their own.
fn zsh(text: &str) -> String {
    const COMPLETERS: &str = "\
_scimulator_scenarios() {
    _alternative \"scenarios:scenario:($(scimulator list --names 2>/dev/null))\" 'files:file:_files -g \"*.toml\"'
}
_scimulator_bugs() {
    _alternative \"bugs:bug:($(scimulator list bugs --names 2>/dev/null))\"
}
_scimulator_topics() {
    _alternative \"topics:topic:($(scimulator explain --names 2>/dev/null))\"
}
";
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("if [ \"$funcstack[1]\"") {
            out += COMPLETERS;
        }
        let begins = |flag: &str| line.contains(&format!("{flag}=["));
        let positional = |name: &&str| line.contains(&format!(":{name} -- "));
        let completer = match () {
            () if begins(OF_BUGS) => Some("_scimulator_bugs"),
            () if NAMING.iter().any(|flag| begins(flag)) => Some("_scimulator_scenarios"),
            () if ARGUMENTS.iter().any(&positional) => Some("_scimulator_scenarios"),
            () if positional(&"thing") => Some("_scimulator_topics"),
            () => None,
        };
        match completer {
            Some(completer) => out += &line.replace(":_default'", &format!(":{completer}'")),
            None => out += line,
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
