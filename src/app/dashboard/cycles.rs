//! The cycles on the strip: each bucket with a cycle that wrote or staged something, or failed, has
//! a mark, and the quiet cycles between the marks share a line.

use std::collections::BTreeMap;

use super::strip::{Mark, PLACES, Scale};
use super::words;
use crate::base::Time;
use crate::entra::event::{CycleCounts, CycleKind, CycleResult};

/// The ended cycles, by the bucket of the strip in which they began.
#[derive(Default)]
pub struct Cycles {
    buckets: BTreeMap<u32, Bucket>,
}

/// The cycles that began in one bucket.
struct Bucket {
    /// When the worst of the cycles began, or the first if all are quiet.
    began: Time,
    cycles: u64,
    tone: Tone,
    says: String,
}

/// How a cycle went, best first; a bucket has the tone of its worst cycle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tone {
    Quiet,
    Good,
    Warn,
    Bad,
}

impl Cycles {
    /// Adds a cycle that has ended.
    pub fn ended(
        &mut self,
        bucket: u32,
        number: u64,
        began: Time,
        kind: CycleKind,
        result: CycleResult,
        counts: &CycleCounts,
    ) {
        let tone = match result {
            CycleResult::Failed => Tone::Bad,
            CycleResult::EntryLevelErrors => Tone::Warn,
            // What the guard holds back was to be written, and waits for an administrator.
            CycleResult::Succeeded if counts.staged > 0 => Tone::Warn,
            CycleResult::Succeeded if counts.writes() > 0 => Tone::Good,
            CycleResult::Succeeded => Tone::Quiet,
        };
        let entry = self.buckets.entry(bucket).or_insert_with(|| Bucket {
            began,
            cycles: 0,
            tone: Tone::Quiet,
            says: String::new(),
        });
        entry.cycles += 1;
        if tone == Tone::Quiet {
            return;
        }
        if tone > entry.tone {
            let failed =
                if result == CycleResult::Failed { "failed".to_owned() } else { counts.words() };
            entry.says = format!("cycle {}, {}: {failed}", words::count(number), kind.word());
            entry.began = began;
            entry.tone = tone;
        }
    }

    /// The marks; the lines of quiet stretches come first.
    pub fn marks(&self, scale: &Scale, start: Time) -> Vec<Mark> {
        let mut marks = self.quiet(scale, start);
        marks.extend(
            self.buckets
                .values()
                .filter(|bucket| bucket.tone > Tone::Quiet)
                .map(|bucket| bucket.mark(scale, start)),
        );
        marks
    }

    /// One line for each stretch of buckets in which no cycle wrote or staged anything, or failed.
    fn quiet(&self, scale: &Scale, start: Time) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        let mut stretch: Option<(Time, u64, f64)> = None;
        let place = 1000.0 / PLACES;
        let mut close = |stretch: &mut Option<(Time, u64, f64)>| {
            let Some((from, cycles, end)) = stretch.take() else { return };
            let x = scale.place(from);
            let says = format!(
                "{} · {} that wrote nothing",
                words::moment(start, from),
                words::counted(cycles, "cycle", "cycles")
            );
            let width = (end - x).max(0.5);
            marks.push(Mark {
                x,
                width,
                open: false,
                kind: "cycle",
                tone: "quiet",
                says,
                jump: None,
            });
        };
        for (number, bucket) in &self.buckets {
            if bucket.tone > Tone::Quiet {
                close(&mut stretch);
                continue;
            }
            let end = f64::from(*number + 1) * place;
            let (from, cycles, _) = stretch.unwrap_or((bucket.began, 0, end));
            stretch = Some((from, cycles + bucket.cycles, end));
        }
        close(&mut stretch);
        marks
    }
}

impl Bucket {
    fn mark(&self, scale: &Scale, start: Time) -> Mark {
        let others = self.cycles - 1;
        let more = if others > 0 {
            format!("\nand {} beside it", words::counted(others, "cycle", "cycles"))
        } else {
            String::new()
        };
        Mark {
            x: scale.place(self.began),
            width: 0.0,
            open: false,
            kind: "cycle",
            tone: match self.tone {
                Tone::Quiet => "quiet",
                Tone::Good => "good",
                Tone::Warn => "warn",
                Tone::Bad => "bad",
            },
            says: format!("{} · {}{more}", words::moment(start, self.began), self.says),
            jump: Some(self.began.to_string()),
        }
    }
}
