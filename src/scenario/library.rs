//! The scenarios that come with the program: lists them, and finds them by name, story or bug.

use include_dir::{Dir, include_dir};

use crate::base::diagnostic::nearest;

use super::bugs;
use super::load::{load_cells, load_with};
use super::mock_needs::needs_when_rehearsed;
use super::read::header;
use super::search::speaks_of;
use super::{Diagnostics, Override, Script};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// A scenario of the built-in library.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BundledScenario {
    /// Its name, such as `welcome`.
    pub name: String,
    /// Its theme: the name of its folder.
    pub theme: String,
    /// Its title.
    pub title: String,
    /// The stories and bugs it covers: `S18`, `B65`.
    pub covers: Vec<String>,
    /// How many cells its matrix has; 1 without a matrix.
    pub cells: usize,
    /// The file's text.
    pub text: &'static str,
}

impl BundledScenario {
    /// The scenario with overrides; of a matrix its first cell. A file that it extends is one of
    /// the library, too.
    ///
    /// # Errors
    /// When an override is wrong; without one a scenario of the library has no problem.
    pub fn load(&self, overrides: &[Override]) -> Result<Script, Diagnostics> {
        let beside = |name: &str| file_beside(&self.name, name);
        load_with(&self.name, self.text, overrides, &beside)
    }

    /// A script for each cell of its matrix, or its only one, with what of it only the mock has, as
    /// rehearsals tell.
    pub fn rehearsed(&self) -> Vec<Script> {
        let beside = |name: &str| file_beside(&self.name, name);
        let cells = load_cells(&self.name, self.text, &[], &beside).unwrap_or_default();
        let with_needs = |script: Script| {
            let chosen = script.chosen_cell();
            let needs = needs_when_rehearsed(&script, |setting| {
                let all: Vec<Override> = chosen.iter().cloned().chain(setting).collect();
                self.load(&all).ok()
            });
            Script { needs, ..script }
        };
        cells.into_iter().map(with_needs).collect()
    }
}

/// All scenarios, by theme and name.
pub fn list() -> Vec<BundledScenario> {
    let mut entries: Vec<BundledScenario> =
        SCENARIOS.dirs().flat_map(|theme| theme.files()).filter_map(entry).collect();
    entries.sort_by(|one, two| (&one.theme, &one.name).cmp(&(&two.theme, &two.name)));
    entries
}

/// The themes, each once.
pub fn themes() -> Vec<String> {
    let mut themes: Vec<String> = list().into_iter().map(|entry| entry.theme).collect();
    themes.dedup();
    themes
}

/// Finds scenarios by a name (`welcome`, `basics/welcome`) or the only beginning of one
/// (`basics/wel`), by a story (`S18`), a bug (`B65`) or a theme (`members`). Several may tell one
/// story or bug: the one that is most about it comes first.
///
/// # Errors
/// A sentence with the nearest name.
pub fn find_all(name: &str) -> Result<Vec<BundledScenario>, String> {
    let entries = list();
    let typed =
        name.strip_prefix("scenarios/").unwrap_or(name).trim_end_matches('/').to_lowercase();
    let wanted = typed.strip_suffix(".toml").unwrap_or(&typed);
    if let Some(named) = entries.iter().find(|entry| entry.is_called(wanted)) {
        return Ok(vec![named.clone()]);
    }
    let mut covering: Vec<BundledScenario> =
        entries.iter().filter(|entry| entry.rank(wanted).is_some()).cloned().collect();
    covering.sort_by_key(|entry| entry.rank(wanted));
    if covering.is_empty() {
        covering = entries.iter().filter(|entry| entry.theme == wanted).cloned().collect();
    }
    if !covering.is_empty() {
        return Ok(covering);
    }
    // What ends in .toml is a path that was mistyped, not a beginning.
    let begins = |entry: &&BundledScenario| {
        entry.name.starts_with(&typed)
            || format!("{}/{}", entry.theme, entry.name).starts_with(&typed)
    };
    if let [only] = entries.iter().filter(begins).collect::<Vec<_>>()[..]
        && typed.len() > 1
    {
        return Ok(vec![only.clone()]);
    }
    if let Some(bug) = bugs::find(wanted)
        && let Some(why) = bugs::untold(bug)
    {
        let number = bug.number;
        return Err(format!(
            "{number} has no story: {why}; `scimulator explain {number}` has more"
        ));
    }
    let near = near(wanted, &entries);
    Err(match near.as_slice() {
        [] => format!("no scenario is called `{name}`; `scimulator list` shows them all"),
        near => format!("no scenario is called `{name}`; did you mean {}?", near.join(" or ")),
    })
}

/// The text of a file beside a scenario of the library, such as one that it extends.
///
/// # Errors
/// A sentence that says that there is none.
pub fn file_beside(scenario: &str, name: &str) -> Result<String, String> {
    let theme = list().into_iter().find(|entry| entry.is_called(scenario)).map(|it| it.theme);
    let file = theme.and_then(|theme| SCENARIOS.get_file(format!("{theme}/{name}")));
    let text = file.and_then(|file| file.contents_utf8());
    text.map(str::to_owned).ok_or_else(|| "the library has no such file beside it".to_owned())
}

/// Whether a scenario or a theme is called so, letter by letter.
pub fn is_name(name: &str) -> bool {
    list().iter().any(|entry| entry.name == name || entry.theme == name)
}

/// Whether a scenario has a name that the user may have meant.
pub fn has_near(name: &str) -> bool {
    !near(name.strip_suffix(".toml").unwrap_or(name), &list()).is_empty()
}

impl BundledScenario {
    /// Whether it speaks of a word: in its name, its title, or what it says.
    pub fn is_about(&self, word: &str) -> bool {
        let speaks = |text: &str| speaks_of(text, word);
        let mut said = self.text.lines().filter(|line| line.trim_start().starts_with("say"));
        speaks(&self.name) || speaks(&self.title) || said.any(speaks)
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || format!("{}/{}", self.theme, self.name) == name
    }

    /// How much the scenario is about a story or a bug, the smaller the more: its place among those
    /// that it covers, and how many these are. `None` when it does not cover it.
    fn rank(&self, number: &str) -> Option<(usize, usize)> {
        let at = self.covers.iter().position(|covered| covered.eq_ignore_ascii_case(number))?;
        Some((at, self.covers.len()))
    }
}

/// The names that the user may have meant: the names that begin with the input, else the nearest
/// one. A folder before the name is ignored.
fn near(wanted: &str, entries: &[BundledScenario]) -> Vec<String> {
    let wanted = wanted.rsplit(['/', '\\']).next().unwrap_or(wanted);
    let begins = |entry: &&BundledScenario| entry.name.starts_with(wanted) && wanted.len() > 2;
    if let Some(number) = padded(wanted, entries) {
        return vec![format!("`{number}`")];
    }
    let beginning: Vec<String> =
        entries.iter().filter(begins).map(|entry| format!("`{}`", entry.name)).take(3).collect();
    if !beginning.is_empty() {
        return beginning;
    }
    let known = entries.iter().flat_map(|entry| std::iter::once(&entry.name).chain(&entry.covers));
    let near = nearest(wanted, known.map(String::as_str));
    near.into_iter().map(|near| format!("`{near}`")).collect()
}

/// The number of a story or a bug that was typed without its zeros: `B01` for `b1`.
fn padded(wanted: &str, entries: &[BundledScenario]) -> Option<String> {
    let digits = wanted.strip_prefix(['b', 'B', 's', 'S'])?.parse::<u32>().ok()?;
    let number = format!("{}{digits:02}", wanted[..1].to_uppercase());
    entries.iter().any(|entry| entry.rank(&number).is_some()).then_some(number)
}

/// The scenarios that speak of a word: in their name, their title, or what they say.
pub fn about(word: &str) -> Vec<BundledScenario> {
    list().into_iter().filter(|entry| entry.is_about(word)).collect()
}

/// Finds the one scenario of a name, or the one that is most about a story or a bug.
///
/// # Errors
/// A sentence with the nearest name, or with all names of a theme.
pub fn find(name: &str) -> Result<BundledScenario, String> {
    let mut found = find_all(name)?;
    let theme = name.trim_end_matches('/').to_lowercase();
    if found.len() > 1 && found.iter().all(|entry| entry.theme == theme) {
        let names: Vec<String> = found.iter().map(|entry| format!("`{}`", entry.name)).collect();
        return Err(format!("{name} is a theme with {}; say which", names.join(", ")));
    }
    Ok(found.swap_remove(0))
}

fn entry(file: &'static include_dir::File<'static>) -> Option<BundledScenario> {
    let path = file.path();
    let name = path.file_name()?.to_str()?.strip_suffix(".toml")?;
    let theme = path.parent()?.to_str()?;
    let text = file.contents_utf8()?;
    let header::Head { title, covers, cells } = header::head(text);
    let (name, theme) = (name.to_owned(), theme.to_owned());
    Some(BundledScenario { name, theme, title, covers, cells, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_found_by_name_and_a_typo_is_answered() {
        let welcome = find("welcome").expect("it comes with the program");
        assert_eq!(welcome.theme, "basics");
        for name in [
            "basics/welcome.toml",
            "welc",
            "basics/wel",
            "Welcome",
            "scenarios/basics/welcome.toml",
        ] {
            assert_eq!(find(name), Ok(welcome.clone()), "{name}");
        }
        let near = |name: &str| find(name).unwrap_err();
        assert!(near("wellcome").ends_with("did you mean `welcome`?"), "{}", near("wellcome"));
        assert!(
            near("expired")
                .ends_with("did you mean `expired-secret-disabled` or `expired-secret-recovered`?"),
            "{}",
            near("expired")
        );
        assert!(near("basic/welcom.toml").ends_with("did you mean `welcome`?"));
        assert!(near("members").starts_with("members is a theme with `added-again`, "));
        assert!(near("members/").starts_with("members/ is a theme with `added-again`, "));
    }

    #[test]
    fn a_story_or_a_bug_is_told_best_by_what_is_most_about_it() {
        let names = |name: &str| -> Vec<String> {
            find_all(name).expect(name).into_iter().map(|entry| entry.name).collect()
        };
        assert_eq!(names("B27"), ["one-out-all-out"]);
        assert_eq!(names("b48")[0], "no-such-user");
        assert_eq!(find("B48").map(|entry| entry.name), Ok("no-such-user".to_owned()));
        assert!(names("S21").len() == 3 && names("members").contains(&"added-again".to_owned()));
        assert_eq!(
            themes().len(),
            themes().iter().collect::<std::collections::BTreeSet<_>>().len()
        );
    }

    #[test]
    fn a_bug_without_a_story_is_known_and_not_taken_for_a_slip() {
        for bug in bugs::BUGS {
            let Some(why) = bugs::untold(bug) else { continue };
            let said = find(bug.number).unwrap_err();
            assert!(said.starts_with(&format!("{} has no story: {why}", bug.number)), "{said}");
        }
        assert!(find("B18").is_err(), "it is one of them");
    }

    #[test]
    fn names_are_unique_across_themes() {
        let mut names: Vec<String> = list().into_iter().map(|entry| entry.name).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
