//! Finds and reads a scenario: a file, or an entry of the library that comes with the program.

use std::cell::RefCell;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::app::exit::CommandError;
use crate::app::run_record;
use crate::app::terminal;
use crate::base::diagnostic::{ProblemKind, nearest};
use crate::evidence::Secrets;
use crate::scenario::library::{self, BundledScenario};
use crate::scenario::{self, Diagnostics, Override, Script};

/// A scenario's text and where it was found.
#[derive(Clone, Debug)]
pub struct FoundScenario {
    /// Its name in messages: the path as it was typed, or the name in the library.
    pub name: String,
    /// The file; `None` for a scenario of the library.
    pub file: Option<PathBuf>,
    /// The text.
    pub text: String,
    /// The files that it names, such as a sheet of people, as they were last read.
    pub beside: RefCell<Vec<FileBeside>>,
}

/// A file that a scenario names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileBeside {
    /// Where it is.
    pub path: PathBuf,
    /// Its text; `None` when it could not be read.
    pub text: Option<String>,
}

impl FoundScenario {
    fn new(name: impl Into<String>, file: Option<&Path>, text: impl Into<String>) -> FoundScenario {
        let (name, file, text) = (name.into(), file.map(Path::to_owned), text.into());
        FoundScenario { name, file, text, beside: RefCell::default() }
    }
}

const LISTED: &str = "`scimulator list` prints the scenarios; a file is named by its path";

/// Finds the scenario that `typed` names: an existing file, or a name, story or bug of the library.
///
/// # Errors
/// When there is no such file or name, or the file cannot be read.
pub fn find(typed: &str) -> Result<FoundScenario, CommandError> {
    let path = Path::new(typed);
    if is_path(typed) {
        let text = read(path)?;
        if is_sheet(path, &text) {
            return Err(CommandError::bad(format!(
                "`{typed}` is a sheet of people, and no scenario"
            ))
            .help(format!(
                "a scenario beside it names it: [people] csv = \"{}\"",
                file_name(path)
            )));
        }
        return Ok(FoundScenario::new(typed, Some(path), text));
    }
    let mut found = in_library(library::find(typed).map(|entry| vec![entry]), typed)?;
    Ok(found.swap_remove(0))
}

/// Whether a path is meant, and no name of the library. A folder is no scenario, so that one which
/// is called like a theme, such as `groups`, does not stand in its way.
fn is_path(typed: &str) -> bool {
    let path = Path::new(typed);
    path.exists() && !(path.is_dir() && library::is_name(typed))
}

/// Whether a file is a sheet of people: by its name, or by the first line of the portal's.
fn is_sheet(path: &Path, text: &str) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv"))
        || text.trim_start_matches('\u{feff}').starts_with("version:v")
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Finds the scenarios that `typed` names: an existing file, or a name, theme, story or bug of the
/// library, which several may tell.
///
/// # Errors
/// When there is no such file or name, or the file cannot be read.
pub fn find_all(typed: &str) -> Result<Vec<FoundScenario>, CommandError> {
    if is_path(typed) {
        return find(typed).map(|found| vec![found]);
    }
    in_library(library::find_all(typed), typed)
}

fn in_library(
    found: Result<Vec<BundledScenario>, String>,
    typed: &str,
) -> Result<Vec<FoundScenario>, CommandError> {
    // A file is meant that is not there: another story than that file's would be believed. The path
    // of a story in the repository, such as `basics/welcome.toml`, is one of its names.
    if typed.ends_with(".toml") && !typed.contains('/') {
        let error = CommandError::bad(format!("there is no file `{typed}`"));
        let name = typed.trim_end_matches(".toml");
        let help = match (near_file(Path::new(typed)), library::find_all(name)) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Ok(_)) => format!("the library has `{name}`, which is named without `.toml`"),
            (None, Err(_)) if library::has_near(name) => format!(
                "{}; what the library has is named without `.toml`",
                library::find_all(name).err().unwrap_or_default()
            ),
            (None, Err(_)) => LISTED.to_owned(),
        };
        return Err(error.help(help));
    }
    let scenario = |entry: BundledScenario| FoundScenario::new(entry.name, None, entry.text);
    match found {
        Ok(found) => Ok(found.into_iter().map(scenario).collect()),
        Err(why) => {
            let is_path = typed.contains(['/', '\\']) || typed.ends_with(".toml");
            let no_file = format!("there is no file `{typed}`");
            if let Some(near) = near_file(Path::new(typed)) {
                let message = if is_path || typed.contains('.') { no_file } else { why };
                return Err(CommandError::bad(message).help(format!("did you mean `{near}`?")));
            }
            Err(match (is_path, library::has_near(typed)) {
                (true, true) => CommandError::bad(format!("{no_file}, and {why}")).help(LISTED),
                (true, false) => CommandError::bad(no_file).help(LISTED),
                (false, true) => CommandError::bad(why).help(LISTED),
                // The message itself names `scimulator list`.
                (false, false) => CommandError::bad(why).help("a file is named by its path"),
            })
        }
    }
}

/// The scenario file in the same folder whose name is nearest to the one that was typed.
fn near_file(typed: &Path) -> Option<String> {
    let wanted = typed.file_name()?.to_str()?;
    let folder = typed.parent().filter(|it| !it.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?.flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort_unstable();
    let whole = names.iter().find(|name| name.strip_suffix(".toml") == Some(wanted));
    // A word without an ending is first of all a name of the library.
    let near = || {
        let is_file = wanted.contains('.') || folder.is_some();
        is_file.then(|| nearest(wanted, names.iter().map(String::as_str))).flatten()
    };
    let found = whole.map(String::as_str).or_else(near)?;
    Some(folder.map_or(found.to_owned(), |folder| folder.join(found).display().to_string()))
}

/// The largest scenario file that is read, in bytes: some 500,000 `[[at]]` moments.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Reads a scenario file. At most `LARGEST` bytes and one more are read: a device or a pipe may
/// never end.
///
/// # Errors
/// When the path cannot be read, is a folder, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<String, CommandError> {
    let cannot = |why: &str| CommandError::bad(format!("cannot read `{}`: {why}", path.display()));
    let is_record = path.file_name().is_some_and(|name| name == run_record::FILE);
    if is_record || run_record::is_in(path) {
        let folder = if is_record { path.parent().unwrap_or(path) } else { path };
        return Err(CommandError::bad(format!("`{}` is the record of a run", path.display()))
            .help(format!(
                "`scimulator requests {0}` and `scimulator report {0}` read it",
                folder.display()
            )));
    }
    if path.is_dir() {
        return Err(is_folder(path));
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path);
    if let Err(error) = opened.and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)) {
        let told = cannot(&reason(&error));
        // The error itself is kept for `lacks_descriptors`.
        let error = anyhow::Error::new(error).context(told.error.to_string());
        return Err(CommandError { error, ..told });
    }
    if bytes.len() as u64 > LARGEST {
        return Err(cannot(&format!("it is larger than {} MiB", LARGEST >> 20))
            .help("a scenario is a text of some screens; people are made by `[people]`"));
    }
    String::from_utf8(bytes).map_err(|_| cannot("it is not text in UTF-8"))
}

/// Whether a file could not be read only because this process, or the whole machine, has too many
/// files and sockets open: nothing is wrong with the file, and a later try may succeed.
pub fn lacks_descriptors(failure: &CommandError) -> bool {
    let number = failure.error.downcast_ref().and_then(std::io::Error::raw_os_error);
    // EMFILE and ENFILE, on every Unix.
    cfg!(unix) && matches!(number, Some(23 | 24))
}

/// Reads a script and the files it names, which stand in the same folder; of a matrix the first
/// cell.
///
/// # Errors
/// All problems of the script.
pub fn load(found: &FoundScenario, overrides: &[Override]) -> Result<Script, Diagnostics> {
    load_cells(found, overrides).map(|mut cells| cells.swap_remove(0))
}

/// Reads the scripts of all cells that are to be played, one for a scenario without a matrix.
fn load_cells(found: &FoundScenario, overrides: &[Override]) -> Result<Vec<Script>, Diagnostics> {
    let folder = found.file.as_deref().and_then(Path::parent);
    found.beside.take();
    let cells = scenario::load_cells(&found.name, &found.text, overrides, &|name| match folder {
        Some(folder) => {
            let path = folder.join(name);
            let text = read(&path);
            let kept = FileBeside { path, text: text.as_ref().ok().cloned() };
            found.beside.borrow_mut().push(kept);
            text.map_err(|failure| failure.error.to_string())
        }
        None => library::file_beside(&found.name, name),
    })?;
    cells.iter().for_each(|script| terminal::hide(Secrets::of(script)));
    Ok(cells)
}

/// What a script provisions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provisions {
    /// The mock GoLinks.
    Mock,
    /// A server that is not ours: what is said of the mock alone is left out.
    Server,
}

/// Reads a script, of a matrix the first cell, and prints its warnings or errors.
///
/// # Errors
/// All problems of the script; they have been printed.
pub fn script(
    found: &FoundScenario,
    overrides: &[Override],
    provisions: Provisions,
) -> Result<Script, Diagnostics> {
    scripts(found, overrides, provisions).map(|mut cells| cells.swap_remove(0))
}

/// As [`script`], for all cells that are to be played; there is always one.
///
/// # Errors
/// All problems of the script; they have been printed.
pub fn scripts(
    found: &FoundScenario,
    overrides: &[Override],
    provisions: Provisions,
) -> Result<Vec<Script>, Diagnostics> {
    let mut read = load_cells(found, overrides);
    if let (Ok(scripts), Provisions::Server) = (&mut read, provisions) {
        scripts[0].warnings.list.retain(|problem| problem.kind != ProblemKind::OfMock);
    }
    let problems = match &read {
        Ok(scripts) => &scripts[0].warnings,
        Err(problems) => problems,
    };
    if !problems.list.is_empty() {
        terminal::complain_raw(&terminal::rendered(problems));
    }
    read
}

/// As [`script`], but its warnings are left to `check` and `run`, whose subject is the file.
///
/// # Errors
/// All problems of the script; they have been printed.
pub fn script_to_look_at(
    found: &FoundScenario,
    overrides: &[Override],
) -> Result<Script, Diagnostics> {
    let script = load(found, overrides).inspect_err(|problems| {
        terminal::complain_raw(&terminal::rendered(problems));
    })?;
    if let Some(cell) =
        script.cell.as_ref().filter(|_| !overrides.iter().any(|it| it.path == "cell"))
        && cell.of > 1
    {
        let (nth, of, name) = (cell.nth, cell.of, cell.name());
        terminal::note(&format!("this is cell {nth} of {of}: {name}; --cell N looks at another"));
    }
    Ok(script)
}

/// Says that a scenario is a file, and names those of the folder.
fn is_folder(path: &Path) -> CommandError {
    const SHOWN: usize = 4;
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten().map(|it| it.path());
    let is_scenario = |path: &PathBuf| path.extension().is_some_and(|it| it == "toml");
    let mut files: Vec<String> =
        entries.filter(is_scenario).map(|path| path.display().to_string()).collect();
    files.sort_unstable();
    let more = if files.len() > SHOWN { ", …" } else { "" };
    let help = match files.len() {
        0 => "a scenario is a file, and there is no .toml in this folder".to_owned(),
        _ => format!("name files in it: {}{more}", files[..files.len().min(SHOWN)].join(", ")),
    };
    CommandError::bad(format!("`{}` is a folder", path.display())).help(help)
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_no_story_of_the_library() {
        for name in ["s06.toml", "b65.toml", "lifecycle.toml", "welcome.toml", "wellcome.toml"] {
            let message = |error: CommandError| error.error.to_string();
            let one = find(name).map(|it| it.name).map_err(message);
            let all = find_all(name).map(|it| it.len()).map_err(message);
            let no_file = format!("there is no file `{name}`");
            assert!(one.as_ref().is_err_and(|it| it.contains(&no_file)), "{name}: {one:?}");
            assert!(all.as_ref().is_err_and(|it| it.contains(&no_file)), "{name}: {all:?}");
        }
        assert!(find("basics/welcome.toml").is_ok(), "a path in the repository is a name");
    }
}
