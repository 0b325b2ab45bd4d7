//! Watches the scenario file while it is served: a good edit starts the run anew, a bad one changes
//! nothing.
//!
//! The file is looked at every now and then, by its path. So it is found again when an editor puts
//! a new one in its place, when a symbolic link on the way is changed (as Kubernetes does), when
//! its folder is made anew, and on mounts that report no changes.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::source::{self, FoundScenario};
use crate::app::live::{Handle, Message};
use crate::app::terminal;
use crate::base::Severity;
use crate::scenario::messages::SourcePlace;
use crate::scenario::{Diagnostics, Override};

/// The time between two looks. Editors write a file in several steps; it is read when two looks in
/// a row found the same.
const LOOK: Duration = Duration::from_millis(150);

/// What a look finds; the file is read again when it differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stamp {
    File {
        modified: Option<SystemTime>,
        length: u64,
        number: u64,
    },
    /// There is nothing, or something that a look must not read, such as a pipe.
    None,
}

impl Stamp {
    fn of(path: &Path) -> Stamp {
        match std::fs::metadata(path) {
            Ok(found) if found.is_file() => Stamp::File {
                modified: found.modified().ok(),
                length: found.len(),
                number: number(&found),
            },
            _ => Stamp::None,
        }
    }
}

#[cfg(unix)]
fn number(found: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(found)
}

#[cfg(not(unix))]
fn number(_: &std::fs::Metadata) -> u64 {
    0
}

/// Whether a file can be watched: a pipe can be read only once.
pub fn can_watch(path: &Path) -> bool {
    Stamp::of(path) != Stamp::None
}

/// Watches a file for as long as the program runs; `found` is what was read of it already.
pub fn start(path: PathBuf, mut found: FoundScenario, overrides: Vec<Override>, owner: Handle) {
    std::thread::spawn(move || {
        // It may have changed since it was read, so the first look always reads it.
        let (mut last, mut read) = (Stamp::of(&path), None);
        loop {
            std::thread::sleep(LOOK);
            let now = Stamp::of(&path);
            if now == last && Some(now) != read {
                read = Some(now);
                read_again(&path, now, &mut found, &overrides, &owner);
            }
            last = now;
        }
    });
}

fn read_again(
    path: &Path,
    stamp: Stamp,
    found: &mut FoundScenario,
    overrides: &[Override],
    owner: &Handle,
) {
    if stamp == Stamp::None && path.exists() {
        let notice = format!("{} is no file any more; the run goes on as it is", found.name);
        tracing::warn!("{notice}");
        return owner.send(Message::Notice(Some(notice)));
    }
    let text = match source::read(path) {
        Ok(text) => text,
        Err(failure) => {
            tracing::warn!("{:#}; the run goes on as it is", failure.error);
            return owner.send(Message::Notice(Some(format!("{:#}", failure.error))));
        }
    };
    if text == found.text {
        // It may be here again after it was not.
        return owner.send(Message::Notice(None));
    }
    found.text = text;
    match source::script(found, overrides) {
        Ok(script) => {
            terminal::print(&format!("{} has changed: the run starts anew\n", found.name));
            owner.send(Message::File(Box::new(script)));
        }
        Err(problems) => {
            let notice = notice(&problems, &found.name);
            terminal::complain(&notice);
            owner.send(Message::Notice(Some(notice)));
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
