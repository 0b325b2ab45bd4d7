//! The files of a story beside its record: the scenario, what it extends and its sheets of people,
//! so that a folder that is sent has all that it takes to play the run again.
//!
//! Secrets stand as `secret-1`, `secret-2` and so on, the same one everywhere alike.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::evidence::Secrets;
use crate::scenario::Script;

/// Writes the files below a folder; returns their paths in it, the scenario's first. Files that the
/// scenario names by an absolute path are left out.
///
/// # Errors
/// When one cannot be written.
pub fn write(folder: &Path, script: &Script) -> io::Result<Vec<String>> {
    let secrets = Secrets::of(script);
    let mut written = Vec::new();
    let Some(free) = free(folder) else { return Ok(written) };
    for (path, text) in files(script) {
        let path = Path::new(&free).join(path);
        let file = folder.join(&path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, secrets.stand_in(text))?;
        let parts = path.iter().map(|part| part.to_string_lossy());
        written.push(parts.collect::<Vec<_>>().join("/"));
    }
    Ok(written)
}

/// Removes files that [`write`] has written, and the folders that are empty then.
pub fn remove(folder: &Path, written: &[String]) {
    for path in written.iter().map(Path::new) {
        // Names, never a way out of the folder.
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            continue;
        }
        let _ = fs::remove_file(folder.join(path));
        for parent in path.ancestors().skip(1).filter(|it| !it.as_os_str().is_empty()) {
            let _ = fs::remove_dir(folder.join(parent));
        }
    }
}

/// A name for the folder of the copies that nothing has there.
fn free(folder: &Path) -> Option<String> {
    let numbered = (2..100).map(|nth| format!("scenario-{nth}"));
    let mut names = std::iter::once("scenario".to_owned()).chain(numbered);
    names.find(|name| !folder.join(name).exists())
}

/// The files of a script, each with its path in a folder that holds all.
fn files(script: &Script) -> Vec<(PathBuf, &str)> {
    let source = &script.source;
    let beside: Vec<(&str, &str)> =
        source.files_beside().filter(|(name, _)| !Path::new(name).is_absolute()).collect();
    let up = |name: &str| {
        Path::new(name).components().filter(|part| *part == Component::ParentDir).count()
    };
    let ups = beside.iter().map(|(name, _)| up(name)).max().unwrap_or_default();
    let within = last_folders(&source.name, ups);
    let of = |name: &str| resolved(&within.join(name));
    let file = Path::new(&source.name).file_name().unwrap_or_default().to_string_lossy();
    let file = format!("{}.toml", file.strip_suffix(".toml").unwrap_or(&file));
    let mut all = vec![(of(&file), source.text.as_str())];
    all.extend(beside.iter().map(|(name, text)| (of(name), *text)));
    all
}

/// The last folders above a file, so many.
fn last_folders(file: &str, many: usize) -> PathBuf {
    let whole = std::path::absolute(file).unwrap_or_default();
    let above: Vec<Component<'_>> = whole
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    let missing = many.saturating_sub(above.len());
    let known = above[above.len() - (many - missing)..].iter().map(|part| part.as_os_str());
    let made = std::iter::repeat_n(std::ffi::OsStr::new("folder"), missing);
    made.chain(known).collect()
}

/// A path without `.` and `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => {
                out.pop();
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load_with;

    const BASE: &str = "[golinks]\ntoken = \"token-of-ours\"\n[people]\ncsv = \"staff.csv\"\n";

    const SHEET: &str =
        "version:v1.0\nUser name [userPrincipalName] Required\nada@contoso.example\n";

    #[test]
    fn the_copies_lie_to_one_another_as_the_files_do() {
        let read = |name: &str| match name {
            "../shared/base.toml" => Ok(BASE.to_owned()),
            "../shared/staff.csv" => Ok(SHEET.to_owned()),
            _ => Err(name.to_owned()),
        };
        let text = "title = \"T\"\nends = \"1h\"\nextends = \"../shared/base.toml\"\n\
                    entra.secret = \"token-of-ours\"\n\
                    [[at]]\ntime = \"0d\"\ndo = \"start\"\n";
        let script = load_with("stories/leaver/story.toml", text, &[], &read).expect("a story");
        let room = tempfile::tempdir().expect("a folder");
        let written = write(room.path(), &script).expect("it is written");
        let expected = ["leaver/story.toml", "shared/base.toml", "shared/staff.csv"];
        assert_eq!(written, expected.map(|path| format!("scenario/{path}")));
        for (path, text) in written.iter().zip([text, BASE]) {
            let copy = fs::read_to_string(room.path().join(path)).expect("a file");
            assert_eq!(copy, text.replace("token-of-ours", "secret-1"));
        }
        remove(room.path(), &written);
        assert!(!room.path().join("scenario").exists());
        remove(room.path(), &["../x".to_owned()]);
    }
}
