//! The entries of a story in columns: when, what, and what happened.

use crate::scenario::layout::{Line, Tone, pad, width, wrap};
use crate::scenario::story::StoryEntry;

/// The widths of an entry: its time, the least of its heading, and the most and the least of its
/// text.
const WHEN: usize = 14;
const WHAT: usize = 26;
const TEXT: [usize; 2] = [76, 24];

/// How much wider a column of headings may be: with the name of an application before each.
const MORE: usize = 14;

/// The entries in lines of at most `columns` columns where possible; a long text continues below
/// its first line. The texts begin in one column, behind the widest heading.
pub(super) fn lines(entries: &[StoryEntry], columns: usize) -> Vec<Line> {
    let widest = entries.iter().map(|entry| width(&entry.what) + 1).max().unwrap_or_default();
    let what = widest.clamp(WHAT, WHAT + MORE);
    entries.iter().flat_map(|entry| entry_lines(entry, what, columns)).collect()
}

fn entry_lines(entry: &StoryEntry, what: usize, columns: usize) -> Vec<Line> {
    let [most, least] = TEXT;
    let room = columns.saturating_sub(2 + WHEN + what).clamp(least, most);
    let mut lines = Vec::new();
    for (nth, text) in wrap(&entry.text, room).into_iter().enumerate() {
        let mut line = Line::default();
        match nth {
            0 => {
                line.add(Tone::Faint, format!("  {}", pad(&entry.when, WHEN)));
                line.add(entry.tone, pad(&entry.what, what));
            }
            _ => {
                line.add(Tone::Plain, " ".repeat(2 + WHEN + what));
            }
        }
        line.add(entry.tone, text);
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::story::EntryKind;

    #[test]
    fn the_texts_begin_in_one_column_also_behind_names_of_applications() {
        let entry = |what: &str| StoryEntry {
            kind: EntryKind::Other,
            when: "day  0 08:00".to_owned(),
            what: what.to_owned(),
            text: "text".to_owned(),
            tone: Tone::Plain,
        };
        let begins = |headings: &[&str]| -> Vec<Option<usize>> {
            let entries: Vec<StoryEntry> = headings.iter().map(|what| entry(what)).collect();
            let lines = lines(&entries, 118);
            lines.iter().map(|line| line.text().find("text")).collect()
        };
        assert_eq!(begins(&["cycle 1  initial", "cycle 12  FAILED"]), [Some(42); 2]);
        let long = "[main] cycle 6  incremental";
        assert_eq!(begins(&[long, "[test] cycle 1  initial"]), [Some(44); 2]);
    }
}
