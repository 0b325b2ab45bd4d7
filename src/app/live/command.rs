//! What a page or a shell may ask of a run: to pause, to step, to jump, to act.

use tokio::sync::oneshot;

use super::message::{Command, CommandOutcome, CommandRefusal, Jump, Standing};
use super::owner::Owner;
use super::pace::Mode;
use crate::world::{Action, Drive};

impl Owner {
    /// Carries a command out; a step answers when it has come to its end.
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
            Command::Jump(jump) => return self.jump(jump, answer),
            Command::Rerun => self.begin_anew(self.play.script().clone(), self.parts.paused),
            Command::Act(action) => {
                if let Err(refusal) = self.act(*action) {
                    let _ = answer.send(Err(refusal));
                    return;
                }
            }
        }
        let _ = answer.send(Ok(self.standing()));
    }

    /// How the clock stands.
    pub(super) fn standing(&self) -> Standing {
        Standing { now: self.play.now(), paused: self.pace.paused(), speed: self.pace.speed() }
    }

    fn jump(&mut self, jump: Jump, answer: oneshot::Sender<CommandOutcome>) {
        let to = match jump {
            Jump::To(instant) => instant,
            Jump::After(span) => self.play.script().start + span,
        };
        if to < self.play.now() {
            // What is past is played again: a run is its script, and takes milliseconds.
            self.begin_anew(self.play.script().clone(), self.parts.paused);
        }
        self.go(Mode::Until(to), answer);
    }

    fn act(&mut self, action: Action) -> Result<(), CommandRefusal> {
        self.play
            .act(action)
            .map_err(|error| CommandRefusal { message: error.message, help: error.help })
    }

    fn set_mode(&mut self, mode: Mode) {
        // Whoever waits for the end of an earlier step has it now.
        self.stand_still();
        self.pace.set_mode(mode, self.play.now());
    }

    fn go(&mut self, mode: Mode, answer: oneshot::Sender<CommandOutcome>) {
        self.set_mode(mode);
        self.steppers.push(answer);
    }
}
