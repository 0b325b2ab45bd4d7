//! The report of a run so far: the run is played again up to now by the pure driver, recorded, and
//! written as one page of HTML by the writer of `run --report html`. The run itself is not touched.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;

use super::by_hand::ByHand;
use super::message::CommandRefusal;
use super::owner::Owner;
use super::repeated::{DrivesPlay, Repeated};
use crate::app::dashboard::saved_by_hand;
use crate::app::exit::CommandError;
use crate::app::reports;
use crate::app::run_record::{Framed, Recorder, RunForm};
use crate::base::Time;
use crate::evidence::line::RunByHand;
use crate::scenario::{Play, Script, report};
use crate::world::Drive;

/// What a run is played again from, up to now.
pub struct SoFar {
    script: Script,
    base_url: Option<String>,
    by_hand: ByHand,
    until: Time,
}

/// What is said of a run that is reported before its end.
const HANDED_OUT: &str = "the report was made here";

/// What is said where clients from outside sent requests.
const OUTSIDE: &str = "What clients from outside sent is not in this report: only the story and \
                       what was done by hand were played again.";

impl Owner {
    /// What the report of this run is made from.
    ///
    /// # Errors
    /// When the run cannot be played again.
    pub(super) fn so_far(&mut self) -> Result<SoFar, CommandRefusal> {
        self.catch_up();
        if let Some(target) = self.target_url() {
            return Err(CommandRefusal {
                message: format!(
                    "a run into {target} cannot be played again for a report: what it wrote is \
                     there"
                ),
                help: "`scimulator run FILE --target URL --out DIR --report html` writes one"
                    .to_owned(),
            });
        }
        Ok(SoFar {
            script: self.play.script().clone(),
            base_url: self.parts.base_url.clone(),
            by_hand: self.by_hand.so_far(),
            until: self.play.now(),
        })
    }
}

impl SoFar {
    /// The name to save the report under: `welcome-day-3-0712.html`.
    pub fn file_name(&self) -> String {
        let at = report::day_and_time(self.script.start, self.until).replace(':', "");
        let name = format!("{} {at}", self.script.run_name());
        let plain = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
        format!("{}.html", plain.collect::<Vec<_>>().join("-"))
    }

    /// Makes the report; `None` when it was stopped.
    ///
    /// # Errors
    /// When there is no room for its files.
    pub fn report(self, stop: &AtomicBool) -> Result<Option<Bytes>, CommandError> {
        let made = || {
            let folder = tempfile::tempdir()?;
            Ok::<_, std::io::Error>((folder.path().join("run"), folder))
        };
        let (out, _folder) = made().map_err(|why| {
            CommandError::not_started(format!("no folder can be made for the record: {why}"))
        })?;
        if !self.record(&out, stop)? {
            return Ok(None);
        }
        let file = out.join("index.html");
        reports::write(&out, &[RunForm::Html])?;
        let page = std::fs::read(&file);
        let page = page.map_err(|why| {
            CommandError::not_started(format!("{} cannot be read: {why}", file.display()))
        })?;
        Ok(Some(Bytes::from(page)))
    }

    /// Plays up to now and records it; `false` when it was stopped.
    fn record(self, out: &Path, stop: &AtomicBool) -> Result<bool, CommandError> {
        let SoFar { mut script, base_url, by_hand, until } = self;
        let note = by_hand.outside.then(|| OUTSIDE.to_owned());
        if until < script.ends {
            // So that the command in the report ends here too.
            script.end_replay_at(until);
        }
        let saved = saved_by_hand(&script, by_hand.actions());
        let saved = saved.map(|(name, file, replay)| RunByHand { name, file, replay });
        let mut play = match base_url {
            Some(url) => Play::served_at(script, &url),
            None => Play::new(script),
        };
        let recorder = Recorder::begin_with(out, &mut play, saved, note)?;
        let framed = Framed::new(&mut play, &recorder);
        let mut repeated = Repeated::new(framed, by_hand.again());
        if !repeated.run(until, &|_| stop.load(Ordering::Relaxed)) {
            return Ok(false);
        }
        repeated.inner.play.cut_here(HANDED_OUT);
        let panels = repeated.inner.end();
        let stopped = play.verdict().stopped;
        recorder.finish(&mut play, stopped.as_deref(), Some(&panels))?;
        Ok(true)
    }
}

impl DrivesPlay for Framed<'_> {
    fn play(&mut self) -> &mut Play {
        self.play
    }
}
