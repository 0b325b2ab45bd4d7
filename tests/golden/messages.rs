//! Every file of `tests/messages/` is a bad scenario, and the messages it gets are pinned in the
//! `.txt` beside it. `BLESS=1 cargo test --test golden messages/` rewrites them. The comment
//! `# --set path=value` adds to the command line.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use scimulator::scenario::{Override, load, messages};

/// A trial for each bad scenario, named by its file.
pub fn trials() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let trial =
        |file: PathBuf| Trial::test(format!("messages/{}", name(&file)), move || check(&file));
    files.into_iter().map(trial).collect()
}

fn check(file: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(file)?;
    let overrides: Result<Vec<Override>, String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# --set "))
        .map(Override::parse)
        .collect();
    let said = match load(&name(file), &text, &overrides?) {
        Ok(script) => messages::render(&script.warnings),
        Err(problems) => messages::render(&problems),
    };
    if said.is_empty() {
        return Err("nothing is wrong with it".into());
    }
    let pinned = file.with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&pinned, &said)?;
    }
    match fs::read_to_string(&pinned).unwrap_or_default() {
        text if text == said => Ok(()),
        _ => Err(format!(
            "the messages differ from {} (BLESS=1 cargo test --test golden rewrites it):\n{said}",
            pinned.display()
        )
        .into()),
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
