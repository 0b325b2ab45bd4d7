//! The end of a play: open expectations are judged, and the digest is taken.

use std::time::Duration;

use super::Play;
use crate::base::Time;
use crate::scenario::{Override, Script};
use crate::world::Drive;

impl Play {
    /// Ends the play: judges the open windows, fails the moments that never came, and judges
    /// `[finally]`. A second call does nothing.
    ///
    /// A driver calls it when the clock is at [`Play::ends`] and no call is left to carry; moving
    /// the clock beyond the end calls it too.
    pub fn finish(&mut self) {
        if self.ended {
            return;
        }
        self.process_records();
        if self.script.cut {
            self.leave_out_the_rest();
        } else {
            self.close_all_windows();
            self.miss_the_rest();
        }
        self.close_always();
        if !self.script.cut {
            for expectation in &self.script.finally {
                let check = self.check("end".to_owned(), expectation);
                self.checks.push(check);
            }
        }
        self.digest = Some(self.world.journal().digest());
        self.ended = true;
    }

    /// Ends the run here, so that the command that replays it ends here too: what comes later is
    /// left out.
    pub fn cut_here(&mut self, why: &str) {
        if !self.ended {
            let now = self.world.now();
            self.script.end_replay_at(now);
        }
        self.stop_here(why);
    }

    /// Ends the run here, for what cannot be replayed: what comes later is left out.
    pub fn stop_here(&mut self, why: &str) {
        if !self.ended {
            self.script.cut = true;
            self.script.ends = self.world.now();
            self.stopped = Some(why.to_owned());
            self.finish();
        }
    }

    /// Counts everything beyond an end set by the command line as left out, not as failed.
    fn leave_out_the_rest(&mut self) {
        self.left_out = self.drop_windows() + self.drop_steps() + self.script.finally.len();
    }
}

impl Script {
    /// Has the command that replays a run of it end at this instant.
    pub fn end_replay_at(&mut self, at: Time) {
        let span = at.since(self.start);
        self.source.overrides.retain(|over| over.path != "ends");
        self.source.overrides.push(Override::new("ends", format!("\"{}\"", exact(span))));
    }
}

/// A span to the millisecond, as scenario files have it: `1d 2h 250ms`.
fn exact(span: Duration) -> String {
    let mut left = span.as_millis();
    let mut parts = Vec::new();
    for (unit, length) in
        [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]
    {
        if left >= length {
            parts.push(format!("{}{unit}", left / length));
            left %= length;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}
