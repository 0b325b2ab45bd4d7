//! The end of a play: open expectations are judged, and the digest is taken.

use super::Play;

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

    /// Counts everything beyond an end set by the command line as left out, not as failed.
    fn leave_out_the_rest(&mut self) {
        self.left_out = self.drop_windows() + self.drop_steps() + self.script.finally.len();
    }
}
