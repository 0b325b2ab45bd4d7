//! Every file of `scenarios/` is a test: it runs green, its report equals the golden log beside it,
//! and a second run has the same digest. `BLESS=1 cargo test --test golden scenarios/` rewrites the
//! logs.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use scimulator::scenario::report::Summary;
use scimulator::scenario::{Play, Script, load_cells, messages, report};

/// A trial for each scenario, named by its path.
pub fn trials() -> Vec<Trial> {
    let mut files = Vec::new();
    collect(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").as_path(), &mut files);
    files.sort();
    files.into_iter().map(|file| Trial::test(shown(&file), move || check(&file))).collect()
}

fn check(file: &Path) -> Result<(), Failed> {
    let (log, digest) = play(file)?;
    let golden = file.with_extension("log");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&golden, &log)?;
    }
    let pinned = fs::read_to_string(&golden).unwrap_or_default();
    if pinned != log {
        return Err(format!(
            "the report differs from {} (BLESS=1 cargo test --test golden rewrites it)\n{}",
            shown(&golden),
            difference(&pinned, &log)
        )
        .into());
    }
    let (_, again) = play(file)?;
    if digest != again {
        return Err(format!("two runs, two digests: {digest:?} and {again:?}").into());
    }
    Ok(())
}

/// Plays a scenario to its end; its report and its digest, when every expectation was met. Of a
/// matrix every cell is played, and must end as the file says.
fn play(file: &Path) -> Result<(String, Vec<Option<String>>), Failed> {
    let text = fs::read_to_string(file)?;
    let read = |name: &str| {
        let path = file.parent().unwrap_or(Path::new("")).join(name);
        fs::read_to_string(path).map_err(|why| why.to_string())
    };
    let scripts = load_cells(&shown(file), &text, &[], &read)
        .map_err(|problems| messages::render(&problems))?;
    if !scripts[0].warnings.list.is_empty() {
        return Err(messages::render(&scripts[0].warnings).into());
    }
    let (name, title) = (scripts[0].name.clone(), scripts[0].title.clone());
    let plays: Vec<Play> = scripts.into_iter().map(to_end).collect();
    let reports: Vec<String> = plays.iter().map(|play| report::plain(play, None)).collect();
    let digests = plays.iter().map(|play| play.verdict().digest).collect();
    if let Some(red) = plays.iter().position(|play| play.verdict().outcome().is_red()) {
        return Err(reports[red].clone().into());
    }
    let summaries: Vec<_> = plays.iter().map(|play| (Summary::of(play), None)).collect();
    let log = match &summaries[0].0.cell {
        None => reports[0].clone(),
        Some(_) => {
            let lines = report::matrix_lines(&name, &title, &summaries);
            lines.iter().map(|line| line.text().trim_end().to_owned() + "\n").collect()
        }
    };
    Ok((log, digests))
}

fn to_end(script: Script) -> Play {
    let mut play = Play::new(script);
    play.run_to_end();
    play
}

/// The first line in which two texts differ.
fn difference(pinned: &str, now: &str) -> String {
    let lines = pinned.lines().zip(now.lines()).enumerate();
    match lines.clone().find(|(_, (one, two))| one != two) {
        Some((nth, (one, two))) => format!("line {}:\n- {one}\n+ {two}\n", nth + 1),
        None => format!(
            "one of them is longer: {} and {} lines\n",
            pinned.lines().count(),
            now.lines().count()
        ),
    }
}

/// The path below the package, as one types it there.
fn shown(file: &Path) -> String {
    let below = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(file);
    below.to_string_lossy().replace('\\', "/")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // What several scenarios extend is no scenario.
        if path.file_name().is_some_and(|name| name == "shared") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}
