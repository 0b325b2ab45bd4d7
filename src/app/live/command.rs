//! Carries out the commands of a page or a shell: to pause, to step, to jump, to act.

use tokio::sync::oneshot;

use super::awaited::Awaited;
use super::by_hand::ByHand;
use super::message::{Command, CommandOutcome, CommandRefusal, Jump, Standing};
use super::owner::Owner;
use super::pace::Mode;
use crate::app::dashboard::{Done, came_from_client, resolved};
use crate::entra::{self, AppId};
use crate::golinks;
use crate::world::{Action, Drive, Record, RecordedEvent};

impl Owner {
    /// Carries out a command. A step, a cycle or a jump replies when the clock pauses at its end, a
    /// connection test or a run on demand when it has a result, and every other command at once.
    pub(super) fn command(&mut self, command: Command, answer: oneshot::Sender<CommandOutcome>) {
        self.catch_up();
        match command {
            Command::Pause => self.stand_still(),
            Command::Resume => self.set_mode(Mode::Running),
            Command::Speed(speed) => self.pace.set_speed(speed, self.play.now()),
            Command::Step => {
                let gone = self.something_leaves();
                return self.go(Mode::Step { gone }, answer);
            }
            Command::Cycle => return self.go(Mode::Cycle { ended: self.cycles_ended() }, answer),
            Command::Moment => {
                return self.go(Mode::Moment { played: self.play.steps_played() }, answer);
            }
            Command::Jump(jump) => return self.jump(jump, answer),
            Command::Branch(from) => return self.branch(from, answer),
            Command::Unbranch => return self.unbranch(answer),
            Command::Captions(captions) => {
                self.reading.mode = captions;
                self.end_reading();
            }
            Command::Rerun => {
                self.by_hand = ByHand::default();
                self.look_back.forget_all();
                self.begin_anew(self.play.script().clone(), self.parts.paused);
            }
            Command::Act(action) => {
                let (app, asks) = (self.app_of(&action), action.verb());
                let before = self.play.world().journal().last_seq();
                if let Err(refusal) = self.act(*action) {
                    let _ = answer.send(Err(refusal));
                    return;
                }
                if let Some(awaited) = self.awaited(app, asks) {
                    return self.await_result(app, awaited, answer);
                }
                let sign_ins = self.sign_ins(before);
                let _ = answer.send(Ok(Standing { sign_ins, ..self.standing() }));
                return;
            }
        }
        let _ = answer.send(Ok(self.standing()));
    }

    /// Returns the state of the clock.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            now: self.play.now(),
            paused: self.pace.paused(),
            speed: self.pace.speed(),
            test: None,
            on_demand: None,
            sign_ins: Vec::new(),
        }
    }

    /// What has come of sign-ins since a record of the journal: what Entra did, then GoLinks.
    fn sign_ins(&self, since: u64) -> Vec<String> {
        let records = self.play.world().journal().facts_since(since).into_iter().flatten();
        let records = records.filter(|record| match record.event {
            RecordedEvent::Entra(event) => {
                matches!(event, entra::Event::SignInRefused { .. } | entra::Event::SignedOn { .. })
            }
            RecordedEvent::GoLinks(event) => {
                matches!(event, golinks::Event::SignedIn { .. } | golinks::Event::TurnedAway { .. })
            }
            _ => false,
        });
        let line = |record: Record<'_>| {
            let mut line = String::new();
            record.event.write(&mut line);
            line
        };
        records.map(line).collect()
    }

    /// What an action that was carried out has under way, and its command waits for.
    fn awaited(&self, app: AppId, verb: &str) -> Option<Awaited> {
        let job = self.play.world().entra().job_of(app);
        match verb {
            "test_connection" => Some(Awaited::Test { done: job.tests_done() }),
            "provision_on_demand" => job.on_demand().under_way().last().map(Awaited::run),
            _ => None,
        }
    }

    /// Keeps the reply to a command until the result is there. A paused clock moves until then,
    /// because the application may take time to respond.
    fn await_result(
        &mut self,
        app: AppId,
        awaited: Awaited,
        answer: oneshot::Sender<CommandOutcome>,
    ) {
        let done = self.asked_done();
        self.testers.push((app, awaited, answer));
        if self.pace.paused() {
            self.set_mode(Mode::Asked { done });
        }
    }

    /// Replies to the commands whose connection test or run on demand has a result.
    pub(super) fn reply_to_testers(&mut self) {
        if self.testers.is_empty() {
            return;
        }
        let mut standing = self.standing();
        // A clock that moved for it alone pauses right after it.
        standing.paused |= matches!(self.pace.mode(), Mode::Asked { .. });
        let entra = self.play.world().entra();
        let is_done = |app: AppId, awaited: &Awaited| awaited.is_done(entra.job_of(app));
        for (app, awaited, answer) in
            self.testers.extract_if(.., |(app, awaited, _)| is_done(*app, awaited))
        {
            let standing = awaited.result(entra.job_of(app), standing.clone());
            let _ = answer.send(Ok(standing));
        }
    }

    /// The application that an action is meant for.
    fn app_of(&self, action: &Action) -> AppId {
        let named = action.app().and_then(|name| self.play.world().find_app(name));
        named.unwrap_or(AppId::MAIN)
    }

    /// Repeats the actions that were done by hand before a jump back, each at its instant.
    pub(super) fn repeat_by_hand(&mut self) {
        while let Some(done) = self.by_hand.take_due(self.play.now()) {
            // An action that fails now was done to something that no longer exists.
            let _ = done.carry_out(&mut self.play);
        }
    }

    fn jump(&mut self, jump: Jump, answer: oneshot::Sender<CommandOutcome>) {
        let to = jump.instant(self.play.script().start);
        if to < self.play.now() {
            // A past instant is reached by playing the run again, which takes milliseconds: the
            // script and the actions by hand are all that a run needs.
            self.by_hand.jump_back();
            self.begin_anew(self.play.script().clone(), self.parts.paused);
        }
        self.go(Mode::Until(to), answer);
    }

    fn act(&mut self, action: Action) -> Result<(), CommandRefusal> {
        // A button of the page does not know the token that it brings back.
        let action = resolved(&action, self.play.world().seen_by(self.app_of(&action)));
        if !self.something_leaves() {
            self.play.begin_instant();
        }
        let (at, steps) = (self.play.now(), self.play.steps_played());
        let hidden = came_from_client(&action, self.by_hand.actions());
        let done = Done { at, steps, action, hidden, by: None, at_page: false };
        let carried_out = done.carry_out(&mut self.play);
        carried_out.map_err(|error| CommandRefusal { message: error.message, help: error.help })?;
        self.by_hand.keep(done);
        self.look_back.forget_from(at);
        Ok(())
    }

    pub(super) fn set_mode(&mut self, mode: Mode) {
        self.reading.end();
        // What was said before is not read again.
        self.reading.meets(self.play.caption());
        // Pausing first replies to a command that still waits for the end of an earlier step.
        self.stand_still();
        self.notices.pause = None;
        self.pace.set_mode(mode, self.play.now());
    }

    pub(super) fn go(&mut self, mode: Mode, answer: oneshot::Sender<CommandOutcome>) {
        self.set_mode(mode);
        self.steppers.push(answer);
    }
}
