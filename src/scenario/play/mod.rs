//! A world with a script: it is driven like a world, and plays the steps of the story when they
//! are due.
//!
//! At one instant the order is: expiries and faults, then the script in file order, then the
//! engine. After every change the play processes the new records of the journal: it remembers
//! cycles and quarantines, adds to the story, and judges `[always]` and the open windows of
//! `within`.

mod closing;
mod setup;
mod steps;
#[cfg(test)]
mod tests;
mod verdict;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;

use crate::base::Time;
use crate::base::time::earliest;
use crate::entra::job::audit::ActingClient;
use crate::entra::sign_in_log::LoggedSignIn;
use crate::entra::sign_on::{Ask, Issued, Refusal, TenantSession};
use crate::entra::tenant::{AppId, SignOnError, UserKey};
use crate::entra::{CallId, Reply};
use crate::world::{
    Action, ActionError, ClientAction, DelayedReply, Door, Drive, ExternalAnswer, Outgoing,
    ReadBack, ServerName, Sink, Ticket, World, driver,
};

use super::Script;
use super::expect::Memories;
use super::mock_needs::needs_of_mock;
use super::story::Story;
use steps::Progress;
pub use verdict::{Checked, NEVER, Outcome, Verdict};
use watch::Watch;

/// The tenant URL of a run that no outside client can reach.
pub const BASE_URL: &str = "https://api.golinks.io/scim/v2";

/// The world of a script before its first step, and what could not be set up, each with its line.
pub fn setup_world(script: &Script) -> (World, Vec<(usize, String)>) {
    setup::world(script, BASE_URL)
}

/// A scenario being played.
pub struct Play {
    script: Script,
    world: World,
    memory: Memories,
    progress: Progress,
    watch: Watch,
    story: Story,
    checks: Vec<Checked>,
    left_out: usize,
    /// Why the run ended before its time; an end of the command line is none.
    stopped: Option<String>,
    /// The last record that was processed.
    seen: u64,
    caption: Option<(Time, String)>,
    /// The line of the step that said it first.
    caption_line: Option<usize>,
    line: Option<usize>,
    digest: Option<String>,
    ended: bool,
    touched: bool,
    /// Whether an action of the script was refused although no expectation says so.
    refused: bool,
    /// What the story needs that only the mock has; nothing at the mock.
    needs: Vec<String>,
    /// Each `set` of the story that was done, with its time.
    settings_set: Vec<(Time, Action)>,
}

impl Play {
    /// Builds the world that the script's tables describe, at the script's start.
    pub fn new(script: Script) -> Play {
        Play::served_at(script, BASE_URL)
    }

    /// Like [`Play::new`], but outside clients reach GoLinks under `base_url`, such as
    /// `http://127.0.0.1:4040/scim/v2`.
    pub fn served_at(script: Script, base_url: &str) -> Play {
        let (world, problems) = setup::world(&script, base_url);
        let mut play = Play {
            memory: Memories::new(script.expectations(), script.setup.user_names()),
            progress: Progress::new(script.start),
            watch: Watch::new(&script),
            story: Story::new(script.start, !script.setup.apps.is_empty()),
            world,
            checks: Vec::new(),
            left_out: 0,
            stopped: None,
            seen: 0,
            caption: None,
            caption_line: None,
            line: None,
            digest: None,
            ended: false,
            touched: false,
            refused: false,
            needs: Vec::new(),
            settings_set: Vec::new(),
            script,
        };
        for (line, why) in problems {
            play.checks.push(Checked {
                step: "start".to_owned(),
                line,
                expected: "people and accounts are set up as the file says".to_owned(),
                actual: why,
                why: Vec::new(),
                seen: None,
                about: None,
                app: None,
                at: play.script.start,
                met: false,
                kept: false,
            });
        }
        play
    }

    /// Each `set` of the story that was done, with its time.
    pub fn settings_set(&self) -> &[(Time, Action)] {
        &self.settings_set
    }

    /// Like [`Play::new`], but GoLinks is a server of another process. What the script says of the
    /// mock does not hold then.
    pub fn against_another(script: Script) -> Play {
        let mut play = Play::new(script);
        play.needs = match play.script.needs.as_slice() {
            [] => needs_of_mock(&play.script),
            rehearsed => rehearsed.to_vec(),
        };
        play.world.provision_another_server();
        play.story.tell_of(ServerName::Target);
        play
    }

    /// Takes a call that has left; tells whether it is to be sent to the other server.
    pub fn forward(&mut self, call: CallId, request: &Request<Bytes>) -> bool {
        let sent = self.world.forward(call, request);
        self.process_records();
        sent
    }

    /// Takes what came of a call that was sent to the other server.
    pub fn replied(&mut self, call: CallId, reply: Reply) {
        self.world.replied(call, reply);
        self.process_records();
    }

    /// Takes in a resource of the other server as it was read back, after a call if it was one.
    pub fn read_back(&mut self, call: Option<CallId>, read: ReadBack) {
        self.world.read_back_one(call, read);
        self.process_records();
    }

    /// Notes that the other server answers no more.
    pub fn note_gone(&mut self) {
        self.world.note_gone();
    }

    /// Notes whether the other server answers at its endpoint for groups.
    pub fn note_groups(&mut self, has_groups: bool) {
        self.world.note_groups(has_groups);
    }

    /// Plays to the end with the pure driver, as fast as possible, and judges the closing
    /// expectations.
    pub fn run_to_end(&mut self) {
        let ends = self.script.ends;
        driver::run_to(self, ends);
        self.finish();
    }

    /// Hands every record of the journal from now on to a sink too, or to none.
    pub fn record_to(&mut self, sink: Option<Box<dyn Sink>>) {
        self.world.set_sink(sink);
    }

    /// The world that the script changes.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Gives the next action by hand an instant of its own, a microsecond later, when all that was
    /// due at this one is done: when the run is played again, a step at an instant comes before
    /// what the engine does then.
    pub fn begin_instant(&mut self) {
        let journal = self.world.journal();
        let last = journal.get(journal.last_seq()).map(|record| record.at);
        let next = self.now() + Duration::from_micros(1);
        let idle = self.next_due().is_none_or(|due| due > next);
        if last == Some(self.now()) && idle && next <= self.ends() {
            self.advance(next);
        }
    }

    /// Carries out an action from outside the script, such as a button or the control API. The run
    /// counts as touched from then on.
    ///
    /// # Errors
    /// The reason why the action was refused; nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        self.world.act(action)?;
        self.touched = true;
        self.process_records();
        Ok(())
    }

    /// [`Play::act`] for an action whose secrets the journal does not show; the client, when one
    /// has sent it.
    ///
    /// # Errors
    /// As [`Play::act`].
    pub fn act_hidden(
        &mut self,
        action: Action,
        by: Option<&Arc<ActingClient>>,
    ) -> Result<(), ActionError> {
        self.world.act_hidden(action, by)?;
        self.touched = true;
        self.process_records();
        Ok(())
    }

    /// Handles the request of an outside client at once. The run counts as touched from then on.
    /// The answer may have to be waited for: see [`Play::settle`].
    pub fn handle_external(&mut self, door: Door, request: &Request<Bytes>) -> ExternalAnswer {
        self.touched = true;
        let answer = self.world.handle_external(door, request);
        self.process_records();
        answer
    }

    /// Signs a user in to an application from a browser; the browser reaches this server at `base`,
    /// and `outside` is the real time.
    ///
    /// # Errors
    /// Why the user is not signed in.
    pub fn sign_on(
        &mut self,
        ask: &Ask,
        session: TenantSession,
        base: &str,
        outside: Time,
    ) -> Result<Issued, Refusal> {
        self.touched = true;
        let done = self.world.sign_on(ask, session, base, outside);
        self.process_records();
        done
    }

    /// Refuses a user at an application before the sign-in came to a Response; returns the number
    /// of the record.
    pub fn refuse_sign_in(&mut self, app: AppId, user: UserKey, why: SignOnError) -> u64 {
        self.touched = true;
        let record = self.world.refuse_sign_in(app, user, why);
        self.process_records();
        record
    }

    /// Adds a row to the sign-in log; returns the number of its record.
    pub fn log_sign_in(&mut self, row: LoggedSignIn) -> u64 {
        self.touched = true;
        let record = self.world.log_sign_in(row);
        self.process_records();
        record
    }

    /// The actions of clients of the Graph API since the last call of this.
    pub fn take_client_actions(&mut self) -> Vec<ClientAction> {
        self.world.take_client_actions()
    }

    /// Whether such a client waits for a cycle and moves the clock.
    pub fn take_poll(&mut self) -> bool {
        self.world.take_poll()
    }

    /// Whether the answer to an outside client is there and can be sent.
    pub fn settle(&mut self, answer: &mut ExternalAnswer) -> bool {
        self.world.settle(answer)
    }

    /// Sends the answer to an outside client.
    pub fn send(&mut self, answer: ExternalAnswer) -> DelayedReply {
        let sending = self.world.send(answer);
        self.process_records();
        sending
    }

    /// Whether a `pause` action has asked the driver to stop the clock since the last call.
    pub fn take_pause(&mut self) -> bool {
        self.world.take_pause()
    }

    /// The script that is played.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// When the run ends; a driver stops there.
    pub fn ends(&self) -> Time {
        self.script.ends
    }

    /// Whether the end has been reached and the closing expectations were judged.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the world was changed from outside the script, so that the run cannot be replayed.
    pub fn touched(&self) -> bool {
        self.touched
    }

    /// The narrator's current caption, with the instant it was said; what was said at one instant
    /// is one caption, a line each.
    pub fn caption(&self) -> Option<(Time, &str)> {
        self.caption.as_ref().map(|(at, text)| (*at, text.as_str()))
    }

    /// The line of the file where the current caption stands, counted from 1.
    pub fn caption_line(&self) -> Option<usize> {
        self.caption_line
    }

    /// The line of the file whose step was played last, counted from 1.
    pub fn line(&self) -> Option<usize> {
        self.line
    }

    /// How many steps of the script have been played.
    pub fn steps_played(&self) -> usize {
        self.progress.played()
    }

    /// The story so far, for a terminal that shows it while the run goes on.
    pub fn story(&self) -> &Story {
        &self.story
    }

    /// The expectations judged so far, in the order judged.
    pub fn checks(&self) -> &[Checked] {
        &self.checks
    }

    /// The expectations judged so far; final once the play has ended.
    pub fn verdict(&self) -> Verdict {
        let count = |is: fn(&Checked) -> bool| self.checks.iter().filter(|it| is(it)).count();
        Verdict {
            checks: self.checks.clone(),
            met: count(|check| check.met && !check.kept),
            failed: count(|check| !check.met),
            kept: count(|check| check.kept),
            left_out: self.left_out,
            stopped: self.stopped.clone(),
            left_out_at_end: if self.left_out > 0 { self.script.finally.len() } else { 0 },
            digest: self.digest.clone().filter(|_| !self.touched),
            // What is known is an outcome of the story; one that could not be played as it is
            // written has another fault.
            known_bad: (self.script.cell.as_ref().filter(|_| !self.refused))
                .and_then(|cell| cell.known_bad.clone()),
            needs: self.needs.clone(),
        }
    }

    /// Processes the new records, judges what is watched, and plays the steps that have become due.
    fn process_records(&mut self) {
        loop {
            self.read_new_records();
            if self.ended {
                return;
            }
            self.judge_always();
            self.judge_windows();
            if !self.play_what_has_come() {
                return;
            }
        }
    }

    fn read_new_records(&mut self) {
        let Play { world, memory, story, seen, .. } = self;
        let journal = world.journal();
        let reads_requests = memory.reads_requests();
        if *seen >= journal.last_fact() && !reads_requests {
            // Only requests and answers are new, and neither the memory nor the story reads them.
            *seen = journal.last_seq();
            return;
        }
        // The journal drops old records. More records than it holds do not come between two calls;
        // if they did, the oldest would be skipped.
        let from = (*seen).max(journal.first_seq().saturating_sub(1));
        if reads_requests {
            let records = journal.since(from).into_iter().flatten();
            records.for_each(|record| memory.read(&record, world));
        }
        for record in journal.facts_since(from).into_iter().flatten() {
            if !reads_requests {
                memory.read(&record, world);
            }
            story.read(&record);
        }
        *seen = journal.last_seq();
    }
}

impl Drive for Play {
    fn now(&self) -> Time {
        self.world.now()
    }

    fn next_due(&self) -> Option<Time> {
        let script =
            if self.ended { None } else { earliest([self.next_step_due(), self.next_deadline()]) };
        earliest([self.world.next_due(), script])
    }

    fn advance(&mut self, to: Time) {
        if to > self.script.ends {
            self.finish();
        }
        self.close_windows(to);
        self.world.move_clock(to);
        self.process_records();
        self.play_steps_due();
        self.world.wake_engine();
        self.process_records();
    }

    fn next_outgoing(&mut self) -> Option<Outgoing> {
        // A refused call never goes out, so its consequences are processed here.
        let outgoing = self.world.next_outgoing();
        self.process_records();
        outgoing
    }

    fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket {
        let ticket = self.world.receive(call, request);
        self.process_records();
        ticket
    }

    fn deliver(&mut self, call: CallId, reply: Reply) {
        self.world.deliver(call, reply);
        self.process_records();
    }
}
