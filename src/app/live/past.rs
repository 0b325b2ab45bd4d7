//! The owner's share in looking back: which past instants are wanted, who waits for one, and how
//! the run goes on from one.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::look_back::{Aim, Course, PastFound, Replayed};
use super::message::{CommandOutcome, CommandRefusal, Jump};
use super::owner::Owner;
use super::pace::{Mode, Pace};
use crate::app::dashboard::Query;
use crate::base::Time;
use crate::world::Drive;

/// What waits for past instants to be played again.
pub(super) enum Waiter {
    /// The state at these instants.
    State(Query, BTreeSet<Time>, oneshot::Sender<Result<Bytes, CommandRefusal>>),
    /// The run is to go on from this instant.
    Branch(Time, oneshot::Sender<CommandOutcome>),
}

impl Waiter {
    fn wants(&self) -> BTreeSet<Time> {
        match self {
            Waiter::State(_, instants, _) => instants.clone(),
            Waiter::Branch(at, _) => BTreeSet::from([*at]),
        }
    }
}

impl Owner {
    /// Has the instants played again that pages and commands want, and gives the others up.
    pub(super) fn want_pasts(&mut self) {
        let mut wanted = self.frames.wanted(&self.play, self.run, self.target_url());
        wanted.extend(self.waiters.iter().flat_map(Waiter::wants));
        let course = Course {
            script: self.play.script(),
            base_url: self.parts.base_url.as_deref(),
            by_hand: &self.by_hand,
            people: self.play.world().entra().tenant().user_count(),
        };
        self.look_back.want(&wanted, &course);
    }

    /// Takes what has come of playing an instant again.
    pub(super) fn replayed(&mut self, told: Replayed) {
        self.look_back.take_told(told);
        let (ready, waiting): (Vec<Waiter>, Vec<Waiter>) =
            std::mem::take(&mut self.waiters).into_iter().partition(|waiter| {
                let playing = |at: &Time| matches!(self.look_back.find(*at), PastFound::Playing(_));
                !waiter.wants().iter().any(playing)
            });
        self.waiters = waiting;
        for waiter in ready {
            match waiter {
                Waiter::State(query, _, answer) => {
                    let _ = answer.send(self.state_now(&query));
                }
                Waiter::Branch(at, answer) => {
                    let outcome = self.branch_off(at);
                    let _ = answer.send(outcome);
                }
            }
        }
        self.want_pasts();
    }

    /// Answers with the state at the instant of the query, as soon as it is there.
    pub(super) fn state(
        &mut self,
        query: Query,
        answer: oneshot::Sender<Result<Bytes, CommandRefusal>>,
    ) {
        self.catch_up();
        if let Aim::Refused(message) =
            Aim::read(&query.at, &self.play, self.play.now(), self.target_url())
        {
            let _ = answer.send(Err(CommandRefusal { message, help: String::new() }));
            return;
        }
        let instants = self.frames.instants(&query, &self.play, self.target_url());
        let missing = |at: &Time| !matches!(self.look_back.find(*at), PastFound::Seen(_));
        if instants.iter().any(missing) {
            self.waiters.push(Waiter::State(query, instants, answer));
            self.want_pasts();
        } else {
            let _ = answer.send(self.state_now(&query));
        }
    }

    /// Lets the run go on from a past instant, as soon as it is played again.
    pub(super) fn branch(&mut self, from: Jump, answer: oneshot::Sender<CommandOutcome>) {
        let start = self.play.script().start;
        let at = from.instant(start).max(start);
        let refused =
            |message: String, help: &str| Err(CommandRefusal { message, help: help.to_owned() });
        let refusal = match self.target_url() {
            Some(target) => refused(
                format!("a run into {target} cannot go on from the past: what it wrote is there"),
                "`rerun` deletes what was made there and begins anew",
            ),
            None if at > self.play.now() => {
                refused(format!("{at} is still to come"), "`jump` goes there")
            }
            None => {
                self.waiters.push(Waiter::Branch(at, answer));
                self.replayed_already(at);
                return self.want_pasts();
            }
        };
        let _ = answer.send(refusal);
    }

    /// Serves the waiters at once when the instant is there already.
    fn replayed_already(&mut self, at: Time) {
        if let PastFound::Seen(_) = self.look_back.find(at) {
            self.replayed(Replayed::Failed { number: 0 });
        }
    }

    fn branch_off(&mut self, at: Time) -> CommandOutcome {
        let Some(seen) = self.look_back.take(at) else {
            return Err(CommandRefusal {
                message: format!("{at} could not be played again"),
                help: "the program's own output says why".to_owned(),
            });
        };
        self.by_hand.branch(at, self.play.now());
        self.look_back.forget_from(at + Duration::from_micros(1));
        let (play, board) = seen.into_parts();
        self.begin(play, true);
        self.frames.take_board(board.of_run(self.run));
        Ok(self.standing())
    }

    /// Goes back to the run that the last branch has left.
    pub(super) fn unbranch(&mut self, answer: oneshot::Sender<CommandOutcome>) {
        let Some(stood) = self.by_hand.unbranch() else {
            let message = "this run is no branch".to_owned();
            let help = "`rerun` starts the scenario anew".to_owned();
            let _ = answer.send(Err(CommandRefusal { message, help }));
            return;
        };
        self.look_back.forget_all();
        self.begin_anew(self.play.script().clone(), true);
        self.pace = Pace::new(self.pace.speed(), true, self.play.now());
        self.go(Mode::Until(stood), answer);
    }

    /// Where the server is that is provisioned, when it is not ours.
    pub(super) fn target_url(&self) -> Option<&str> {
        self.parts.target.as_ref().map(|target| target.url.as_str())
    }
}
