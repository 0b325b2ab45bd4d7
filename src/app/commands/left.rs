//! What is still at a server that is not ours: the first things one a line, and all of many in a
//! file, with the command that deletes them.

use std::path::PathBuf;

use crate::foreign::{Left, Stays, StillThere};
use crate::scenario::report::{Line, Tone};

/// How many things are named; of more than these, all stand in a file.
const NAMED: usize = 20;

/// What is still there, one a line. When it is much, all of it is written into a file of its own.
pub fn listed(there: &[StillThere], url: &str, tone: Tone) -> Vec<Line> {
    let written = (there.len() > NAMED).then(|| write(there, url)).flatten();
    let shown = if written.is_some() { NAMED } else { there.len() };
    let mut lines: Vec<Line> =
        there.iter().take(shown).map(|one| Line::of(tone, format!("  {one}"))).collect();
    if let Some(file) = written {
        let (more, file) = (there.len() - shown, file.display());
        lines.push(Line::of(tone, format!("  and {more} more; all of them are in {file}")));
        lines.push(Line::of(
            tone,
            format!(
                "  delete them: xargs -n 1 curl -X DELETE -H \"Authorization: Bearer $SCIM_TOKEN\" \
                 < {file}"
            ),
        ));
    }
    lines
}

/// Everything that runs left at a server, with a head; nothing when there is nothing.
pub fn lines(left: &Left, url: &str, tone: Tone) -> Vec<Line> {
    let mut lines = Vec::new();
    if !left.there.is_empty() {
        lines.push(Line::of(tone, "still at the server:"));
        lines.extend(listed(&left.there, url, tone));
    }
    lines.extend(unknown(left, tone));
    lines
}

/// The names of creates of which it is not known whether they were carried out.
pub fn unknown(left: &Left, tone: Tone) -> Vec<Line> {
    let head = "no answer came to these creates, so they may be there too:".to_owned();
    let head = (!left.unknown.is_empty()).then_some(head);
    let names = left.unknown.iter().map(|name| format!("  {name}"));
    head.into_iter().chain(names).map(|said| Line::of(tone, said)).collect()
}

/// Writes a URL a line. Without the file, when it cannot be written, all are printed.
fn write(there: &[StillThere], url: &str) -> Option<PathBuf> {
    let name = format!("scimulator-left-{}.txt", std::process::id());
    let file = std::env::temp_dir().join(name);
    let text: String = there
        .iter()
        .filter(|one| one.why != Stays::Unknown)
        .map(|one| format!("{url}{}\n", one.path))
        .collect();
    std::fs::write(&file, text).ok().map(|()| file)
}
