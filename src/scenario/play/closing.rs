//! The end of a play: what is still open is judged, and the digest is taken.

use super::Play;

impl Play {
    /// Ends the play: open windows close, moments that never came have failed, `[finally]` is
    /// judged. Once.
    ///
    /// A driver calls it when the clock stands at [`Play::ends`] and nothing is left to be carried;
    /// moving the clock beyond the end calls it too.
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

    /// What lies beyond an end that the command line has set was not asked for.
    fn leave_out_the_rest(&mut self) {
        self.left_out = self.drop_windows() + self.drop_steps() + self.script.finally.len();
    }
}
