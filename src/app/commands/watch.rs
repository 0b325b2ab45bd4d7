//! Watches the scenario file while it is served: a good edit starts the run anew, a bad one changes
//! nothing.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::source::{self, FoundScenario};
use crate::app::live::{Handle, Message};
use crate::app::terminal;
use crate::base::Severity;
use crate::scenario::messages::SourcePlace;
use crate::scenario::{Diagnostics, Override};

/// Editors write a file in several steps; it is read when it has been left alone for so long.
const SETTLED: Duration = Duration::from_millis(60);

/// Begins to watch; dropping what is returned ends it. Without a watch one can still serve, so a
/// failure only warns.
pub fn start(path: &Path, overrides: Vec<Override>, owner: Handle) -> Option<RecommendedWatcher> {
    let (touched, touches) = mpsc::channel();
    let file = path.file_name()?.to_owned();
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut found = FoundScenario {
        name: path.display().to_string(),
        file: None,
        text: source::read(path).unwrap_or_default(),
    };
    let path = path.to_owned();
    // The folder is watched, not the file: many editors put a new file in the old one's place.
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let concerns = event.is_ok_and(|e| {
            !e.kind.is_access() && e.paths.iter().any(|p| p.file_name() == Some(&file))
        });
        if concerns {
            let _ = touched.send(());
        }
    });
    let watcher = watcher.and_then(|mut watcher| {
        watcher.watch(folder, RecursiveMode::NonRecursive).map(|()| watcher)
    });
    match watcher {
        Ok(watcher) => {
            std::thread::spawn(move || {
                while touches.recv().is_ok() {
                    while touches.recv_timeout(SETTLED).is_ok() {}
                    read_again(&path, &mut found, &overrides, &owner);
                }
            });
            Some(watcher)
        }
        Err(error) => {
            tracing::warn!("{} is not watched: {error}", path.display());
            None
        }
    }
}

fn read_again(path: &Path, found: &mut FoundScenario, overrides: &[Override], owner: &Handle) {
    let text = match source::read(path) {
        Ok(text) => text,
        Err(failure) => {
            tracing::warn!("{:#}; the run goes on as it is", failure.error);
            return owner.send(Message::File(Err(format!("{:#}", failure.error))));
        }
    };
    if text == found.text {
        return;
    }
    found.text = text;
    match source::script(found, overrides) {
        Ok(script) => {
            terminal::print(&format!("{} has changed: the run starts anew\n", found.name));
            owner.send(Message::File(Ok(Box::new(script))));
        }
        Err(problems) => {
            let notice = notice(&problems, &found.name);
            terminal::complain(&notice);
            owner.send(Message::File(Err(notice)));
        }
    }
}

/// What the page says about a file that cannot be played: its first error and where that is.
fn notice(problems: &Diagnostics, name: &str) -> String {
    let mut errors = problems.list.iter().filter(|problem| problem.severity == Severity::Error);
    let first = errors.next();
    let line = match problems.source.place(first.and_then(|error| error.span)) {
        SourcePlace::File { line, .. } => format!(":{line}"),
        SourcePlace::CommandLine(_) | SourcePlace::Whole => String::new(),
    };
    let what = first.map_or("cannot be played", |error| error.message.as_str());
    let more = match errors.count() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{name}{line}: {what}{more}; the run goes on with what it was")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load;

    #[test]
    fn the_page_is_told_the_first_error_and_its_line() {
        let check = |text: &str, expected: &str| {
            let problems = load("a.toml", text, &[]).expect_err("it is wrong");
            assert_eq!(
                notice(&problems, "a.toml"),
                format!("{expected}; the run goes on with what it was")
            );
        };
        check("title = \"x\"\nends = \"1d\"\nsed = 7", "a.toml:3: unknown key `sed` in a scenario");
        check("title = \"x\"\n[[at]]\ntime = \"1h\"", "a.toml: a scenario needs an end");
        check(
            "title = 4\nends = \"4x\"\n[[at]]\ntime = \"1h\"\nsay = \"hi\"",
            "a.toml:1: expected a string, and 1 more",
        );
    }
}
