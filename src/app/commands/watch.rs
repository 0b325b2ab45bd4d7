//! Watches the scenario file and the files that it names while it is served: a valid edit starts
//! the run again, and an invalid edit changes nothing.
//!
//! The paths are polled. So a change is seen when an editor replaces the file, when a symbolic link
//! in the path changes (as Kubernetes does), when the folder is created again, and on mounts that
//! report no changes.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::source::{self, FileBeside, FoundScenario, Provisions};
use crate::app::live::{Handle, Message};
use crate::app::terminal;
use crate::base::Severity;
use crate::evidence::Secrets;
use crate::scenario::messages::SourcePlace;
use crate::scenario::{Diagnostics, Override};

/// The time between two polls. Editors write a file in several steps, so it is read only when two
/// polls in a row found the same stamp.
const LOOK: Duration = Duration::from_millis(150);

/// What a poll finds at the path; the file is read again when the stamp differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stamp {
    File {
        modified: Option<SystemTime>,
        length: u64,
        number: u64,
    },
    /// Nothing, or something that must not be read, such as a pipe.
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

/// The stamps of the scenario and of each file that it names.
fn stamps(path: &Path, found: &FoundScenario) -> Vec<Stamp> {
    let beside = found.beside.borrow();
    let paths = std::iter::once(path).chain(beside.iter().map(|file| &*file.path));
    paths.map(Stamp::of).collect()
}

/// Whether a file that the scenario names has another text than when it was last read; `None` when
/// a file cannot be read just now, for lack of descriptors.
fn others_changed(found: &FoundScenario) -> Option<bool> {
    for FileBeside { path, text } in found.beside.borrow().iter() {
        let now = source::read(path);
        if now.as_ref().is_err_and(source::lacks_descriptors) {
            return None;
        }
        if now.ok() != *text {
            return Some(true);
        }
    }
    Some(false)
}

/// Whether a file can be watched: a pipe can be read only once.
pub fn can_watch(path: &Path) -> bool {
    Stamp::of(path) != Stamp::None
}

/// Watches a file for as long as the program runs; `found` is the file as it was first read.
pub fn start(path: PathBuf, mut found: FoundScenario, overrides: Vec<Override>, owner: Handle) {
    std::thread::spawn(move || {
        // The file may have changed since it was first read, so it is always read once more.
        let (mut last, mut read) = (stamps(&path, &found), Vec::new());
        loop {
            std::thread::sleep(LOOK);
            let now = stamps(&path, &found);
            if now == last && now != read {
                let done = read_again(&path, now[0], &mut found, &overrides, &owner);
                // The scenario may name other files now.
                let same_files = found.beside.borrow().len() + 1 == now.len();
                read = if done && same_files { now } else { Vec::new() };
                last = stamps(&path, &found);
            } else {
                last = now;
            }
        }
    });
}

/// Reads the file again and tells the owner what it found; returns whether it could be read or has
/// a problem of its own. Without a free descriptor the next poll tries again.
fn read_again(
    path: &Path,
    stamp: Stamp,
    found: &mut FoundScenario,
    overrides: &[Override],
    owner: &Handle,
) -> bool {
    if stamp == Stamp::None && path.exists() {
        let notice = format!("{} is no file any more; the run goes on as it is", found.name);
        tracing::warn!("{notice}");
        owner.send(Message::Notice(Some(notice)));
        return true;
    }
    let text = match source::read(path) {
        Ok(text) => text,
        Err(failure) if source::lacks_descriptors(&failure) => return false,
        Err(failure) => {
            tracing::warn!("{}; the run goes on as it is", failure.error);
            owner.send(Message::Notice(Some(failure.error.to_string())));
            return true;
        }
    };
    if text == found.text {
        let Some(others_changed) = others_changed(found) else { return false };
        if !others_changed {
            // The file may have been missing and be back: takes the notice away.
            owner.send(Message::Notice(None));
            return true;
        }
    }
    play_anew(text, found, overrides, owner);
    true
}

/// Plays the changed file from its start, or tells why it cannot be played.
fn play_anew(text: String, found: &mut FoundScenario, overrides: &[Override], owner: &Handle) {
    found.text = text;
    match source::script(found, overrides, Provisions::Mock) {
        Ok(script) => {
            terminal::print(&format!("{} has changed: the run starts anew\n", found.name));
            owner.send(Message::File(Box::new(script)));
        }
        Err(problems) => {
            let secrets = Secrets::of_source(&problems.source);
            let notice = secrets.mask_owned(notice(&problems, &found.name));
            terminal::complain(&notice);
            owner.send(Message::Notice(Some(notice)));
        }
    }
}

/// The notice for a file that cannot be played: its first error, with the line.
fn notice(problems: &Diagnostics, name: &str) -> String {
    let mut errors = problems.list.iter().filter(|problem| problem.severity == Severity::Error);
    let first = errors.next();
    let place = problems.source.place(first.and_then(|error| error.span));
    let name = match place {
        SourcePlace::File { base: Some(_), .. } => problems.source.file_of(place),
        _ => name,
    };
    let line = match place {
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
