//! The scenarios that come with the program: lists them, and finds them by name, story or bug.

use include_dir::{Dir, include_dir};

use crate::base::diagnostic::nearest;

use super::read::header;

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
    /// The file's text.
    pub text: &'static str,
}

/// All scenarios, by theme and name.
pub fn list() -> Vec<BundledScenario> {
    let mut entries: Vec<BundledScenario> =
        SCENARIOS.dirs().flat_map(|theme| theme.files()).filter_map(entry).collect();
    entries.sort_by(|one, two| (&one.theme, &one.name).cmp(&(&two.theme, &two.name)));
    entries
}

/// Finds scenarios by a name (`welcome`, `basics/welcome`), a story (`S18`) or a bug (`B65`);
/// several scenarios may cover one story or bug.
///
/// # Errors
/// A sentence with the nearest name.
pub fn find_all(name: &str) -> Result<Vec<BundledScenario>, String> {
    let entries = list();
    let wanted = name.strip_suffix(".toml").unwrap_or(name);
    let named = |entry: &&BundledScenario| {
        entry.name == wanted || format!("{}/{}", entry.theme, entry.name) == wanted
    };
    let covers = |entry: &&BundledScenario| {
        entry.covers.iter().any(|covered| covered.eq_ignore_ascii_case(wanted))
    };
    let found: Vec<BundledScenario> = match entries.iter().find(named) {
        Some(entry) => vec![entry.clone()],
        None => entries.iter().filter(covers).cloned().collect(),
    };
    if !found.is_empty() {
        return Ok(found);
    }
    let near = near(wanted, &entries);
    Err(match near.as_slice() {
        [] => format!("no scenario is called `{name}`; `scimulator list` shows them all"),
        near => format!("no scenario is called `{name}`; did you mean {}?", near.join(" or ")),
    })
}

/// Whether a scenario has a name that the user may have meant.
pub fn has_near(name: &str) -> bool {
    !near(name.strip_suffix(".toml").unwrap_or(name), &list()).is_empty()
}

/// The names that the user may have meant: the names that begin with the input, else the nearest
/// one. A folder before the name is ignored.
fn near(wanted: &str, entries: &[BundledScenario]) -> Vec<String> {
    let wanted = wanted.rsplit(['/', '\\']).next().unwrap_or(wanted);
    let begins = |entry: &&BundledScenario| entry.name.starts_with(wanted) && wanted.len() > 2;
    let beginning: Vec<String> =
        entries.iter().filter(begins).map(|entry| format!("`{}`", entry.name)).take(3).collect();
    if !beginning.is_empty() {
        return beginning;
    }
    let known = entries.iter().flat_map(|entry| std::iter::once(&entry.name).chain(&entry.covers));
    let near = nearest(wanted, known.map(String::as_str));
    near.into_iter().map(|near| format!("`{near}`")).collect()
}

/// The scenarios whose name or title contains a word.
pub fn about(word: &str) -> Vec<BundledScenario> {
    let word = word.to_lowercase();
    let speaks = |text: &str| text.to_lowercase().contains(&word);
    list().into_iter().filter(|entry| speaks(&entry.name) || speaks(&entry.title)).collect()
}

/// Finds the one scenario of a name, a story or a bug.
///
/// # Errors
/// A sentence with the nearest name, or with all names when several scenarios cover the story.
pub fn find(name: &str) -> Result<BundledScenario, String> {
    let mut found = find_all(name)?;
    if found.len() > 1 {
        let names: Vec<String> = found.iter().map(|entry| format!("`{}`", entry.name)).collect();
        return Err(format!("{name} is told by {}; say which", names.join(" and ")));
    }
    Ok(found.swap_remove(0))
}

fn entry(file: &'static include_dir::File<'static>) -> Option<BundledScenario> {
    let path = file.path();
    let name = path.file_name()?.to_str()?.strip_suffix(".toml")?;
    let theme = path.parent()?.to_str()?;
    let text = file.contents_utf8()?;
    let (title, covers) = header::title_and_covers(text);
    Some(BundledScenario { name: name.to_owned(), theme: theme.to_owned(), title, covers, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_are_found_by_name_and_a_typo_is_answered() {
        let welcome = find("welcome").expect("it comes with the program");
        assert_eq!(welcome.theme, "basics");
        assert_eq!(find("basics/welcome.toml"), Ok(welcome));
        assert_eq!(
            find("welcom"),
            Err("no scenario is called `welcom`; did you mean `welcome`?".to_owned())
        );
        let near = |name: &str| find(name).unwrap_err();
        assert!(
            near("expired")
                .ends_with("did you mean `expired-secret-disabled` or `expired-secret-recovered`?"),
            "{}",
            near("expired")
        );
        assert!(near("basic/welcom.toml").ends_with("did you mean `welcome`?"));
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
