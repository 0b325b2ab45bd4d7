//! How far `run` has come: runs of several, or within a long one the users of a cycle that looks at
//! many, otherwise the days of the story.

use std::time::{Duration, Instant};

use crate::app::progress::ShownProgress;
use crate::app::standing;
use crate::scenario::Play;
use crate::world::Drive;

/// A run that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is looked how far the run has come.
const EVERY: Duration = Duration::from_millis(200);

/// How many things are carried before the clock is asked again.
const CARRIED: u32 = 512;

/// A cycle that looks at so many users and groups is shown by itself.
pub const MANY: u64 = 1_000;

/// Shows how far one run has come.
pub struct RunProgress {
    quiet: bool,
    carried: u32,
    looked: Instant,
    began: Instant,
    shown: Option<(Shows, ShownProgress)>,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shows {
    /// The users and groups of this cycle.
    Cycle(u64),
    /// The hours of the story.
    Hours,
}

impl RunProgress {
    /// Shows nothing yet; and nothing at all when `quiet`.
    pub fn new(quiet: bool) -> RunProgress {
        let now = Instant::now();
        RunProgress { quiet, carried: 0, looked: now, began: now, shown: None }
    }

    /// Something was carried between the two sides.
    pub fn carried(&mut self, play: &Play) {
        self.carried += 1;
        if self.carried.is_multiple_of(CARRIED) {
            self.look(play);
        }
    }

    /// Shows how far the play has come, if that has not just been shown.
    pub fn look(&mut self, play: &Play) {
        if self.quiet || self.looked.elapsed() < EVERY {
            return;
        }
        self.looked = Instant::now();
        if self.began.elapsed() >= PATIENCE {
            self.show(play);
        }
    }

    fn show(&mut self, play: &Play) {
        let (shows, done, whole) = standing(play);
        let (before, progress) = self.shown.get_or_insert_with(|| begin(shows, whole));
        if *before != shows {
            progress.finish();
            (*before, *progress) = begin(shows, whole);
        }
        if let Shows::Cycle(number) = shows {
            let day = play.now().since(play.script().start).as_secs() / (24 * 3600);
            progress.say(format!(" in cycle {number}, day {day}"));
        }
        progress.set(done);
    }
}

impl Drop for RunProgress {
    fn drop(&mut self) {
        if let Some((_, progress)) = &self.shown {
            progress.finish();
        }
    }
}

fn begin(shows: Shows, whole: u64) -> (Shows, ShownProgress) {
    let unit = match shows {
        Shows::Cycle(_) => "users and groups",
        Shows::Hours => "hours of the story",
    };
    (shows, ShownProgress::new(whole, unit, false))
}

/// What is shown of a play, how much of it is done, and of how much.
fn standing(play: &Play) -> (Shows, u64, u64) {
    if let Some(cycle) = standing::cycle(play).filter(|cycle| cycle.whole >= MANY) {
        return (Shows::Cycle(cycle.number), cycle.done, cycle.whole);
    }
    let start = play.script().start;
    let hours = |span: Duration| span.as_secs() / 3600;
    (Shows::Hours, hours(play.now().since(start)), hours(play.ends().since(start)).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load;
    use crate::world::driver;

    /// A long cycle is told by its users, a long quiet story by its hours.
    #[test]
    fn what_takes_long_is_what_is_counted() {
        let text = "title = \"T\"\nends = \"10d\"\n\n[people]\ngenerate = 1500\n\n\
            [[at]]\ntime = \"0d\"\ndo = \"start\"\n";
        let mut play = Play::new(load("story", text, &[]).expect("a good file"));
        driver::step(&mut play);
        let (shows, done, whole) = standing(&play);
        assert_eq!((shows, whole), (Shows::Cycle(1), 1500));
        assert!(done < 1500);
        let noon = play.script().start + Duration::from_secs(36 * 3600);
        driver::run_to(&mut play, noon);
        assert_eq!(standing(&play), (Shows::Hours, 36, 240));
    }
}
