//! What the clock does while a caption of the narrator is new, so that a class can read it.

use std::time::{Duration, Instant};

use super::owner::Owner;
use super::pace::{Mode, Speed};
use crate::base::Time;
use crate::world::Drive;

/// What the clock does while a caption is new.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Captions {
    /// It stands for as long as reading takes, and then runs on; at full speed it runs on.
    #[default]
    Hold,
    /// It is paused.
    Pause,
    /// It runs on.
    Run,
}

impl Captions {
    const ALL: [Captions; 3] = [Captions::Hold, Captions::Pause, Captions::Run];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Captions::Hold => "hold",
            Captions::Pause => "pause",
            Captions::Run => "run",
        }
    }

    /// Reads a word.
    ///
    /// # Errors
    /// A sentence that says what was expected.
    pub fn parse(text: &str) -> Result<Captions, String> {
        let found = Captions::ALL.into_iter().find(|one| one.word() == text.trim());
        found.ok_or_else(|| {
            format!("`{text}` is nothing that captions do; write `hold`, `pause` or `run`")
        })
    }
}

/// How long a person takes to read a caption aloud to a class: some 14 letters a second (assumed).
/// Each line of it was said by itself and is read by itself.
pub fn reading_time(text: &str) -> Duration {
    let lines = text.lines().take(8).map(line_time).sum::<Duration>();
    lines.max(line_time(""))
}

fn line_time(text: &str) -> Duration {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let span = Duration::from_millis(1_500) + LETTER.saturating_mul(letters);
    span.clamp(Duration::from_secs(3), Duration::from_secs(15))
}

const LETTER: Duration = Duration::from_millis(70);

/// The caption that is being read.
#[derive(Default, Debug)]
pub struct Reading {
    /// What the clock does while a caption is new.
    pub mode: Captions,
    /// The instant and the length of the last caption that was met.
    last: Option<(Time, usize)>,
    /// Until when the clock stands for it.
    until: Option<Instant>,
}

impl Reading {
    /// Whether this caption is new. It is not after that.
    pub fn meets(&mut self, caption: Option<(Time, &str)>) -> bool {
        let met = caption.map(|(at, text)| (at, text.len()));
        std::mem::replace(&mut self.last, met) != met && met.is_some()
    }

    /// Has the clock stand for a caption that is read from now on.
    pub fn begin(&mut self, text: &str) {
        self.until = Some(Instant::now() + reading_time(text));
    }

    /// Until when the clock stands; `None` when it need not.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Ends the reading; the clock runs on.
    pub fn end(&mut self) {
        self.until = None;
    }
}

impl Owner {
    /// Has the clock of a served run stand while a new caption is read; returns until when.
    pub(super) fn read_caption(&mut self) -> Option<Instant> {
        let caption = self.play.caption();
        let new = self.reading.meets(caption);
        if !self.serving || self.pace.mode() != Mode::Running {
            self.reading.end();
            return None;
        }
        match (new.then_some(caption).flatten(), self.reading.mode, self.pace.speed()) {
            (Some((_, text)), Captions::Hold, Speed::Times(_)) => self.reading.begin(text),
            (Some(_), Captions::Pause, _) => self.stand_still(),
            _ => {}
        }
        let until = self.reading.until()?;
        if Instant::now() < until {
            return Some(until);
        }
        self.end_reading();
        None
    }

    /// Lets the clock run on, when it stands so that a caption can be read.
    pub(super) fn end_reading(&mut self) {
        if self.reading.until().is_some() {
            self.reading.end();
            self.pace.count_from(self.play.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_takes_longer_for_more_and_never_for_ever() {
        let secs = |letters: usize| reading_time(&"x".repeat(letters)).as_secs_f64();
        assert_eq!([secs(0), secs(10), secs(50), secs(100_000)], [3.0, 3.0, 5.0, 15.0]);
        let two = format!("{}\n{}", "x".repeat(50), "x".repeat(50));
        assert_eq!(reading_time(&two).as_secs_f64(), 10.0, "each line is read");
    }

    #[test]
    fn a_caption_is_new_once() {
        let mut reading = Reading::default();
        let (early, late) = (Time::from_secs(1), Time::from_secs(2));
        assert!(!reading.meets(None));
        assert!(reading.meets(Some((early, "Ann joins."))));
        assert!(!reading.meets(Some((early, "Ann joins."))));
        assert!(!reading.meets(None), "another run begins");
        assert!(reading.meets(Some((early, "Ann joins."))));
        assert!(reading.meets(Some((late, "Ann joins."))));
    }

    #[test]
    fn words_are_read_as_they_are_said() {
        for one in Captions::ALL {
            assert_eq!(Captions::parse(one.word()), Ok(one));
        }
        assert!(Captions::parse("stop").is_err_and(|why| why.contains("`hold`, `pause` or `run`")));
    }
}
