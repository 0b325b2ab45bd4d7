//! What the program gives to other programs: annotations for GitHub, completions for shells, the
//! manual; and what goes into a release.

use std::process::{Command, Stdio};

fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
    let output = command.output().expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A failed expectation is shown at its line of its file; a met one is not.
#[test]
fn what_failed_is_annotated_at_its_place() {
    let text = "title = \"T\"\nends = \"1h\"\n\n[people]\ngenerate = 2\n\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\n\
        [finally]\ngolinks.accounts.total = 3\nlog.created = 2\n";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("story.toml");
    std::fs::write(&file, text).expect("a file");
    let path = file.to_str().expect("a path of letters");
    let (code, out) = said(&["run", path, "--format", "github"]);
    let annotations: Vec<&str> = out.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!((code, annotations.len()), (Some(1), 1), "{out}");
    let begins = format!("::error file={path},line=12,title=");
    assert!(annotations[0].starts_with(&begins), "{annotations:?}");
    assert!(annotations[0].contains("::expected golinks.accounts.total = 3%0A"), "{annotations:?}");
    assert!(out.contains("FAILED"), "the report is printed too: {out}");
    let (_, out) = said(&["run", path]);
    assert!(!out.contains("::error"), "{out}");
}

/// Names of the library are completed where a scenario may stand, and nowhere else.
#[test]
fn the_shell_completes_names_of_scenarios() {
    if Command::new("bash").arg("--version").output().is_err() {
        return;
    }
    let (_, names) = said(&["list", "throttle", "--names"]);
    assert!(names.lines().any(|name| name == "throttled") && !names.contains(' '), "{names}");
    let script = "source <(\"$1\" completions bash); scimulator() { \"$PROGRAM\" \"$@\"; }; PROGRAM=$1; shift; \
                  COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
                  _scimulator_scenarios scimulator \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; \
                  printf '%s\\n' \"${COMPREPLY[@]}\"";
    let completed = |words: &[&str]| {
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", script, "bash", env!("CARGO_BIN_EXE_scimulator"), "scimulator"]);
        let output = bash.args(words).output().expect("bash runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let run = completed(&["run", "throt"]);
    assert!(run.lines().any(|name| name == "throttled") && !run.contains("welcome"), "{run}");
    assert!(completed(&["show", "throt"]).contains("throttled"));
    assert!(completed(&["run", "--se"]).lines().all(|word| word.starts_with("--se")));
    assert_eq!(completed(&["verify", "throt"]).trim(), "");
    assert_eq!(completed(&["run", "throttled", "--bug", "B9"]).lines().count(), 10);
    assert!(completed(&["new", "ticket", "--from", "wel"]).contains("welcome"));
    assert!(completed(&["explain", "B5"]).lines().any(|it| it == "B53"));
    let (_, zsh) = said(&["completions", "zsh"]);
    assert!(zsh.matches(":_scimulator_bugs'").count() >= 4, "{zsh}");
    assert!(zsh.matches(":_scimulator_scenarios'").count() >= 5, "{zsh}");
}

/// Every verb has its completions and its page.
#[test]
fn completions_and_manual_have_every_verb() {
    let (_, help) = said(&["--help"]);
    let commands = help.split("Commands:").nth(1).expect("a list of verbs");
    let verbs: Vec<&str> = commands
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .collect();
    assert!(verbs.contains(&"verify") && verbs.len() > 14, "{verbs:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, text) = said(&["completions", shell]);
        assert_eq!(code, Some(0), "{shell}");
        for verb in &verbs {
            assert!(text.contains(verb), "{shell}: {verb}");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let man = folder.path().join("man");
    let (code, _) = said(&["man", "--out", man.to_str().expect("a path of letters")]);
    assert_eq!(code, Some(0));
    let (_, page) = said(&["man"]);
    assert!(page.starts_with(".ie") && page.contains(".TH scimulator 1"), "{page}");
    let (_, of_verb) = said(&["man", "ctl", "jump"]);
    let file = std::fs::read_to_string(man.join("scimulator-ctl-jump.1")).expect("its page");
    assert_eq!(of_verb.trim_end(), file.trim_end(), "the page of a verb alone");
    let (code, refused) = said(&["man", "rnu"]);
    assert_eq!((code, refused.as_str()), (Some(2), ""));
    for verb in verbs {
        assert!(man.join(format!("scimulator-{verb}.1")).exists(), "{verb}");
        assert!(page.contains(&format!("scimulator\\-{verb}(1)")), "{verb}");
    }
}
