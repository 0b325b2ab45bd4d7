//! The story of a run: one line for each cycle that did something, one line for a series of quiet
//! cycles, and captions and actions between them.
//!
//! The story reads the journal during the run, since the journal drops old records.

use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::event::{CycleCounts, CycleKind, CycleResult};
use crate::entra::job::log::Run;
use crate::entra::job::{Cycle, OnDemandResult, OnDemandRun, Removal};
use crate::entra::{self, AppId};
use crate::golinks;
use crate::world::applications::MAIN;
use crate::world::{AppView, Party, Record, RecordedEvent, ServerName};
use std::collections::{BTreeMap, BTreeSet};

use super::idle_writes::IdleWrites;
use super::layout::{Tone, grouped, plural, time_of_day};
use super::unseen::UnseenTold;
use crate::entra::tenant::UnseenAssignment;

/// The number of entries above which cycles that wrote something share a line too.
const ENTRIES: usize = 400;

/// Whether text may be added to an entry later.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// The job was quarantined: mails about it follow.
    Quarantine,
    /// Any other.
    Other,
}

/// One entry of the story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoryEntry {
    /// Whether text may be added to it later.
    pub kind: EntryKind,
    /// `day 30 08:00`, or `day 0-29` for several cycles.
    pub when: String,
    /// Its heading, with a symbol unless it is a cycle: `cycle 1  initial`, `⛔ quarantine`.
    pub what: String,
    /// What happened.
    pub text: String,
    /// The tone of its heading and its text.
    pub tone: Tone,
}

/// The story so far.
pub struct Story {
    start: Time,
    /// Whether there are several applications, so that a line names its own.
    several: bool,
    /// The application of the last action, by which people sign in, where there are several.
    sign_in_by: Option<String>,
    entries: Vec<StoryEntry>,
    mails: u64,
    /// The application of which the last record spoke.
    app: AppId,
    /// Its name, where there are several.
    label: Option<String>,
    /// Whether the record that is read is about that application, or about none.
    speaks_of_app: bool,
    track: Track,
    /// What is under way in the other applications.
    others: BTreeMap<AppId, (Option<String>, Track)>,
    /// The server of which it tells.
    server: ServerName,
}

/// What is under way in the provisioning of an application.
#[derive(Default)]
struct Track {
    gathered: Option<Gathered>,
    throttled: u64,
    timed_out: u64,
    just_timed_out: bool,
    /// The writes that were answered with success and changed nothing.
    idle: IdleWrites,
    /// The changes of assignments that were told as not seen yet.
    unseen: UnseenTold,
    /// A failed cycle whose line waits for the cause, which a later record of the journal gives.
    failed_cycle: Option<Ended>,
    /// The cause of the last failed cycle.
    trouble: String,
    /// When the quarantine in force was imposed.
    quarantined: Option<Time>,
    /// When the first quarantine since the last recovery was imposed, even if it was cleared since.
    troubled: Option<Time>,
    /// How many were imposed since the last recovery.
    imposed: u64,
    /// Whether the last cycle failed, so that further failures may share one line.
    failing: bool,
    /// What the last cycle came to when all that it did was to fail with some users or groups:
    /// cycles that come to the same share a line.
    partly: Option<String>,
}

/// Cycles that share one line.
#[derive(Clone)]
struct Gathered {
    first: (u64, Time),
    last: (u64, Time),
    counts: CycleCounts,
    cycles: u64,
    silent: u64,
    why: Alike,
    waits: u64,
}

/// Why cycles share a line.
#[derive(Clone, PartialEq, Eq)]
enum Alike {
    /// They wrote nothing, or the story has very many lines.
    Quiet,
    /// They failed for the same reason.
    Failed,
    /// They failed with so many users or groups, and did nothing else.
    Partly(String),
}

/// A cycle that ended.
struct Ended {
    number: u64,
    at: Time,
    kind: CycleKind,
    result: CycleResult,
    counts: CycleCounts,
    took: std::time::Duration,
}

impl Story {
    /// Makes an empty story that begins at this instant; `several` says whether there are several
    /// applications.
    pub fn new(start: Time, several: bool) -> Story {
        Story {
            start,
            several,
            sign_in_by: None,
            entries: Vec::new(),
            mails: 0,
            app: AppId::MAIN,
            label: None,
            speaks_of_app: false,
            track: Track::default(),
            others: BTreeMap::new(),
            server: ServerName::default(),
        }
    }

    /// Tells of another server than the mock from now on.
    pub fn tell_of(&mut self, server: ServerName) {
        self.server = server;
    }

    /// The entries so far, with the cycles that are still being gathered into one line.
    pub fn entries(&self) -> impl Iterator<Item = StoryEntry> + '_ {
        let mut tracks: BTreeMap<AppId, (Option<&str>, &Track)> = self
            .others
            .iter()
            .map(|(app, (label, track))| (*app, (label.as_deref(), track)))
            .collect();
        tracks.insert(self.app, (self.label.as_deref(), &self.track));
        let mut gathered: Vec<(Time, StoryEntry)> = tracks
            .into_values()
            .filter_map(|(label, track)| {
                let gathered = track.gathered.as_ref()?;
                let entry = self.gathered_entry(gathered, &track.trouble, label);
                Some((gathered.first.1, entry))
            })
            .collect();
        gathered.sort_by_key(|(first, _)| *first);
        self.entries.iter().cloned().chain(gathered.into_iter().map(|(_, entry)| entry))
    }

    /// The entry of a cycle of an application that is still running when the story ends.
    pub fn unfinished(&self, app: AppView<'_>, cycle: &Cycle) -> StoryEntry {
        let now = app.now();
        let track = match self.others.get(&app.app()) {
            Some((_, track)) => track,
            None => &self.track,
        };
        let (done, all) = cycle.progress();
        let mut notes = vec![match done {
            0 => "still running, and has only begun".to_owned(),
            _ => format!(
                "still running after {}: {} of {} looked at",
                show_duration(now.since(cycle.began)),
                grouped(done),
                grouped(all)
            ),
        }];
        notes.extend(hindrances(track.throttled, track.timed_out));
        let what = format!("cycle {}  {}", cycle.number, cycle.kind.word());
        let what = labelled(app.label(), what);
        let (when, text) = (self.when(now), notes.join(" · "));
        StoryEntry { kind: EntryKind::Other, when, what, text, tone: Tone::Warn }
    }

    /// Reads one record of the journal and adds its entry, if it makes one.
    pub fn read(&mut self, record: &Record<'_>) {
        let at = record.at;
        self.speaks_of_app = matches!(record.party, Party::App(_));
        if let Party::App(app) = record.party {
            self.turn_to(app, record.label);
        }
        match record.event {
            RecordedEvent::Answer(answer) => self.track.idle.answer(&answer),
            RecordedEvent::Entra(event) => self.read_entra(at, event),
            RecordedEvent::GoLinks(event) => self.read_golinks(at, event, record.label),
            RecordedEvent::FaultOn(name) => self.add(at, "⚡ fault on", name, Tone::Warn),
            RecordedEvent::FaultOff(name) => self.add(at, "⚡ fault off", name, Tone::Good),
            RecordedEvent::Narrated(text) => self.add(at, "⚑ script", text, Tone::Strong),
            RecordedEvent::Action(action) => {
                self.sign_in_by = self.several.then(|| action.app().unwrap_or(MAIN).to_owned());
                self.add(at, "▸ action", &action.words(), Tone::Plain)
            }
            RecordedEvent::Refused { action, why } => {
                self.add(at, "✗ refused", &format!("{}: {why}", action.words()), Tone::Warn)
            }
            _ => {}
        }
    }

    /// Reads an event of GoLinks, in a workspace of this name where there are several.
    fn read_golinks(&mut self, at: Time, event: &golinks::Event, workspace: Option<&str>) {
        let (what, tone) = match event {
            golinks::Event::TokenExpired { issued: false, .. }
            | golinks::Event::TokenRevoked { .. } => ("⚠ token".to_owned(), Tone::Warn),
            golinks::Event::SignedIn { .. } => {
                (labelled(self.sign_in_by.as_deref(), "● sign-in".to_owned()), Tone::Good)
            }
            golinks::Event::TurnedAway { .. } => {
                (labelled(self.sign_in_by.as_deref(), "✗ sign-in".to_owned()), Tone::Warn)
            }
            golinks::Event::SessionEnded { .. } => ("○ session".to_owned(), Tone::Faint),
            golinks::Event::ApiTokensEnded { .. } => ("○ API tokens".to_owned(), Tone::Faint),
            golinks::Event::ApiCalled { status: ..400, .. } => ("→ API".to_owned(), Tone::Plain),
            golinks::Event::ApiCalled { .. } => ("✗ API".to_owned(), Tone::Warn),
            golinks::Event::LinkFollowed { .. } => ("→ go link".to_owned(), Tone::Plain),
            golinks::Event::LinkCreated { .. }
            | golinks::Event::LinkChanged { .. }
            | golinks::Event::LinkDeleted { .. } => ("● go link".to_owned(), Tone::Plain),
            _ => return,
        };
        let mut text = match event {
            golinks::Event::TokenExpired { .. } => {
                "a token of GoLinks has reached the end of its life".to_owned()
            }
            golinks::Event::TokenRevoked { .. } => "a token of GoLinks was revoked".to_owned(),
            _ => {
                let mut text = String::new();
                event.write(&mut text);
                text
            }
        };
        if let Some(workspace) = workspace {
            text += &format!(" (workspace {workspace})");
        }
        self.add(at, &what, &text, tone);
    }

    /// Goes on with what is under way in an application.
    fn turn_to(&mut self, app: AppId, label: Option<&str>) {
        if app != self.app {
            let (_, track) = self.others.remove(&app).unwrap_or_default();
            let left = (self.label.take(), std::mem::replace(&mut self.track, track));
            self.others.insert(self.app, left);
            self.app = app;
        }
        if self.label.as_deref() != label {
            self.label = label.map(str::to_owned);
        }
    }

    fn read_entra(&mut self, at: Time, event: &entra::Event) {
        if std::mem::take(&mut self.track.just_timed_out) && is_beside_cycles(event) {
            // The request belonged to a connection test or a run on demand, which has its own line.
            self.track.timed_out = self.track.timed_out.saturating_sub(1);
        }
        match event {
            entra::Event::CycleBegan { number, unseen, .. } => {
                (self.track.throttled, self.track.timed_out) = (0, 0);
                self.track.idle.begin_cycle();
                self.unseen(at, &format!("cycle {number}"), unseen);
            }
            entra::Event::CycleEnded { number, kind, result, counts, took } => {
                let (kind, result, counts) = (*kind, *result, *counts);
                let ended = Ended { number: *number, at, kind, result, counts, took: *took };
                match result {
                    CycleResult::Failed => self.track.failed_cycle = Some(ended),
                    _ => self.cycle(&ended),
                }
            }
            entra::Event::Throttled { .. } => self.track.throttled += 1,
            entra::Event::CallTimedOut(_) => {
                (self.track.timed_out, self.track.just_timed_out) = (self.track.timed_out + 1, true)
            }
            entra::Event::MailSent { to, .. } => {
                self.mails += 1;
                let mails = self.mails;
                match self.last_of(EntryKind::Quarantine) {
                    Some(entry) => entry.text += &format!(" · mail {mails} to {to}"),
                    None => {
                        self.add(at, &format!("✉ mail {mails}"), &format!("to {to}"), Tone::Warn)
                    }
                }
            }
            event if let Some(text) = event.refused_sign_in() => {
                self.add(at, "✗ sign-in", &text, Tone::Warn);
            }
            entra::Event::OnDemandBegan { unseen, .. } => {
                self.track.idle.begin_on_demand();
                self.unseen(at, "the run on demand", unseen);
            }
            entra::Event::OnDemandEnded(run) => self.on_demand(at, run),
            entra::Event::DiscoveryEnded(report) => match &report.failure {
                None => self.add(at, "● discovery", &report.words(), Tone::Good),
                Some(why) => {
                    let text = format!("FAILED, {}: {}", why.code(), why.text());
                    self.add(at, "✗ discovery", &text, Tone::Bad);
                }
            },
            entra::Event::Provisioned(row) => {
                self.track.idle.row(row.run);
                let unwaited = row.failed_by_throttle() && matches!(row.run, Run::Cycle(_));
                self.track.throttled += u64::from(unwaited);
            }
            entra::Event::ConnectionDeleted { handle, target } => {
                self.connection_deleted(at, handle, target.as_deref())
            }
            entra::Event::ConnectionTested(outcome) => match outcome {
                None => self.add(at, "● connection test", "passed", Tone::Good),
                Some((code, text)) => {
                    self.add(
                        at,
                        "✗ connection test",
                        &format!("FAILED, {}: {text}", code.word()),
                        Tone::Bad,
                    );
                }
            },
            _ => self.read_health(at, event),
        }
    }

    /// Reads an event about the health of the job: quarantines, and errors that were dropped.
    fn read_health(&mut self, at: Time, event: &entra::Event) {
        match event {
            entra::Event::Quarantined(cause) => {
                self.failed(&cause.text_with_policy());
                self.track.troubled.get_or_insert(at);
                self.track.imposed += 1;
                self.track.quarantined = Some(at);
                self.add(at, "⛔ quarantine", cause.reason.word(), Tone::Bad);
                self.mark_last(EntryKind::Quarantine);
            }
            entra::Event::QuarantineKept { cause, .. } => self.failed(&cause.text_with_policy()),
            entra::Event::QuarantineReasonChanged { before, cause } => {
                let text = format!("{}, before that {}", cause.reason.word(), before.word());
                self.add(at, "⛔ quarantine", &text, Tone::Bad);
                self.mark_last(EntryKind::Quarantine);
            }
            entra::Event::CycleInterrupted { removal, .. } => {
                self.failed(removal.map_or("broken off by the service", Removal::broken_off))
            }
            entra::Event::JobDeleted => self.job_deleted(at),
            entra::Event::QuarantineCleared(button) => {
                self.track.quarantined = None;
                let text = format!("cleared by {}, to be judged anew", button.word());
                self.add(at, "○ quarantine", &text, Tone::Faint);
            }
            entra::Event::EscrowsPruned { count } => {
                let errors = plural(*count, "error");
                let text = format!("{errors} dropped in the initial cycle, and not retried");
                self.add(at, "⚠ pruned", &text, Tone::Warn);
            }
            entra::Event::PausedAfterPruning => self.add(
                at,
                "■ paused",
                "until the errors are mended and it is started",
                Tone::Warn,
            ),
            entra::Event::QuarantineLifted | entra::Event::Recovered => self.recovered(at),
            entra::Event::Disabled => {
                self.add(at, "■ disabled", "in quarantine for too long, given up", Tone::Bad)
            }
            _ => {}
        }
    }

    /// Adds a line for the changes of assignments that a run does not see yet.
    fn unseen(&mut self, at: Time, run: &str, unseen: &[UnseenAssignment]) {
        if let Some(text) = self.track.unseen.tell(run, unseen, self.start) {
            self.add(at, "○ not seen yet", &text, Tone::Faint);
        }
    }

    fn connection_deleted(&mut self, at: Time, handle: &str, target: Option<&str>) {
        let text = match target {
            Some(target) => format!("{handle} is no longer connected with {target}"),
            None => format!("{handle} had none"),
        };
        self.add(at, "○ connection", &text, Tone::Plain);
    }

    fn on_demand(&mut self, at: Time, run: &OnDemandRun) {
        let (symbol, tone) = match run.result() {
            OnDemandResult::Success => ('●', Tone::Good),
            OnDemandResult::Skipped => ('○', Tone::Faint),
            OnDemandResult::Failure => ('✗', Tone::Bad),
        };
        let idle = self.track.idle.end_on_demand();
        let notes: Vec<String> =
            [run.words()].into_iter().chain(in_vain(idle, self.server)).collect();
        self.add(at, &format!("{symbol} on demand"), &notes.join(" · "), tone);
    }

    /// A quarantine ends with its job.
    fn job_deleted(&mut self, at: Time) {
        (self.track.troubled, self.track.imposed) = (None, 0);
        if self.track.quarantined.take().is_some() {
            self.add(at, "○ quarantine", "over, its job is deleted", Tone::Faint);
        }
    }

    /// Adds a line for an attempt that got through: how long the quarantine had lasted, and how
    /// long ago the first of several was imposed, when the others were cleared.
    fn recovered(&mut self, at: Time) {
        let since = |began: Time| show_duration(at.since(began));
        let imposed = std::mem::take(&mut self.track.imposed);
        let text = match (self.track.quarantined.take(), self.track.troubled.take()) {
            (Some(last), Some(first)) if first < last => {
                let (last, first) = (since(last), since(first));
                format!(
                    "quarantine lifted after {last}, {first} after the first of {imposed} in a row began"
                )
            }
            (Some(began), _) => format!("quarantine lifted after {}", since(began)),
            (None, Some(first)) if imposed > 1 => format!(
                "an attempt got through, {} after the first of {imposed} quarantines in a row began",
                since(first)
            ),
            (None, Some(began)) => {
                format!("an attempt got through, {} after the quarantine began", since(began))
            }
            (None, None) => String::new(),
        };
        self.add(at, "● recovered", &text, Tone::Good);
    }

    /// Adds a line for a failed cycle. If the cycle before failed for the same reason and this one
    /// did nothing, the cycle is gathered instead.
    fn failed(&mut self, trouble: &str) {
        let Some(ended) = self.track.failed_cycle.take() else { return };
        let throttled = std::mem::take(&mut self.track.throttled);
        let timed_out = std::mem::take(&mut self.track.timed_out);
        let idle = self.track.idle.end_cycle();
        let did_something = ended.counts.writes() + ended.counts.failed > 0;
        if self.track.failing && !did_something && self.track.trouble == trouble {
            return self.gather(&ended, Alike::Failed, throttled);
        }
        self.flush();
        (self.track.failing, self.track.partly) = (true, None);
        trouble.clone_into(&mut self.track.trouble);
        let mut notes = vec![trouble.to_owned()];
        if did_something {
            notes.push(format!("until then {}", ended.counts.words()));
        }
        notes.extend(hindrances(throttled, timed_out));
        notes.extend(in_vain(idle, self.server));
        let what = format!("cycle {}  FAILED", ended.number);
        self.add(ended.at, &what, &notes.join(" · "), Tone::Bad);
    }

    /// Adds a line for a cycle that came to its end, if it was an initial cycle or did something;
    /// gathers it otherwise, or if the story already has more than [`ENTRIES`] entries.
    fn cycle(&mut self, ended: &Ended) {
        let throttled = std::mem::take(&mut self.track.throttled);
        let timed_out = std::mem::take(&mut self.track.timed_out);
        let idle = self.track.idle.end_cycle();
        let quiet = ended.counts.writes() == 0
            && ended.counts.failed == 0
            && ended.counts.staged == 0
            && ended.kind != CycleKind::Initial;
        let crowded = self.entries.len() > ENTRIES;
        self.track.failing = false;
        let before = self.track.partly.take();
        if quiet || crowded {
            return self.gather(ended, Alike::Quiet, throttled);
        }
        let mut notes = vec![ended.counts.words()];
        if ended.took.as_secs() >= 60 {
            notes.push(format!("in {}", show_duration(ended.took)));
        }
        notes.extend(hindrances(throttled, timed_out));
        notes.extend(in_vain(idle, self.server));
        if ended.kind != CycleKind::Initial && ended.counts.failed > 0 && is_all(&ended.counts) {
            let came_to = notes.join(" · ");
            self.track.partly = Some(came_to.clone());
            if before.as_ref() == Some(&came_to) {
                return self.gather(ended, Alike::Partly(came_to), 0);
            }
        }
        let tone = match ended.result {
            CycleResult::Failed => Tone::Bad,
            CycleResult::EntryLevelErrors => Tone::Warn,
            CycleResult::Succeeded => Tone::Plain,
        };
        let what = format!("cycle {}  {}", ended.number, ended.kind.word());
        self.add(ended.at, &what, &notes.join(" · "), tone);
    }

    fn mark_last(&mut self, kind: EntryKind) {
        if let Some(entry) = self.entries.last_mut() {
            entry.kind = kind;
        }
    }

    /// The last entry, when it is of this kind.
    fn last_of(&mut self, kind: EntryKind) -> Option<&mut StoryEntry> {
        self.entries.last_mut().filter(|entry| entry.kind == kind)
    }

    fn gather(&mut self, ended: &Ended, why: Alike, throttled: u64) {
        if self.track.gathered.as_ref().is_some_and(|gathered| gathered.why != why) {
            self.flush();
        }
        let here = (ended.number, ended.at);
        let gathered = self.track.gathered.get_or_insert_with(|| Gathered {
            first: here,
            last: here,
            counts: CycleCounts::default(),
            cycles: 0,
            silent: 0,
            why,
            waits: 0,
        });
        gathered.last = here;
        gathered.cycles += 1;
        gathered.waits += throttled;
        gathered.silent += u64::from(ended.counts.writes() == 0);
        gathered.counts += ended.counts;
    }

    /// Adds what was gathered in each application, in the order of time.
    fn flush(&mut self) {
        let mut entries: Vec<(Time, StoryEntry)> = Vec::new();
        let apps: BTreeSet<AppId> = self.others.keys().copied().chain([self.app]).collect();
        for app in apps {
            let (label, track) = match self.others.get_mut(&app) {
                Some((label, track)) => (label.clone(), track),
                None => (self.label.clone(), &mut self.track),
            };
            if let Some(gathered) = track.gathered.take() {
                let trouble = track.trouble.clone();
                let entry = self.gathered_entry(&gathered, &trouble, label.as_deref());
                entries.push((gathered.first.1, entry));
            }
        }
        entries.sort_by_key(|(first, _)| *first);
        self.entries.extend(entries.into_iter().map(|(_, entry)| entry));
    }

    fn gathered_entry(
        &self,
        gathered: &Gathered,
        trouble: &str,
        label: Option<&str>,
    ) -> StoryEntry {
        let (first, last) = (gathered.first, gathered.last);
        let (from, to) = (first.1.day_since(self.start), last.1.day_since(self.start));
        let when = match gathered.cycles {
            1 => self.when(first.1),
            _ if from == to => format!("day {from:>2}"),
            _ => format!("day {from:>2}-{to}"),
        };
        let numbers = if first.0 == last.0 {
            format!("cycle {}", first.0)
        } else {
            format!("cycles {}-{}", first.0, last.0)
        };
        let (what, text, tone) = match &gathered.why {
            Alike::Partly(text) if gathered.cycles == 1 => {
                let kind = CycleKind::Incremental.word();
                (format!("{numbers}  {kind}"), text.clone(), Tone::Warn)
            }
            Alike::Partly(text) => {
                let text = format!("{}, the same: {text}", plural(gathered.cycles, "cycle"));
                (numbers, text, Tone::Warn)
            }
            Alike::Failed => {
                let tries = plural(gathered.cycles, "attempt");
                (format!("{numbers}  FAILED"), format!("{tries}, the same: {trouble}"), Tone::Bad)
            }
            Alike::Quiet => {
                let counts = gathered.counts;
                let silent = match gathered.silent {
                    1 if gathered.cycles == 1 => "nothing to write".to_owned(),
                    silent => format!("{} without a write", grouped(silent)),
                };
                let any = counts.writes() + counts.failed + counts.skipped > 0;
                let wrote = if any { counts.words() + ", " } else { String::new() };
                (numbers, wrote + &silent, Tone::Faint)
            }
        };
        let waits = if gathered.waits > 0 {
            format!(" · throttled {}", times(gathered.waits))
        } else {
            String::new()
        };
        let what = labelled(label, what);
        StoryEntry { kind: EntryKind::Other, when, what, text: text + &waits, tone }
    }

    fn add(&mut self, at: Time, what: &str, text: &str, tone: Tone) {
        self.flush();
        let when = self.when(at);
        let label = self.label.as_deref().filter(|_| self.speaks_of_app);
        let (what, text) = (labelled(label, what.to_owned()), text.to_owned());
        self.entries.push(StoryEntry { kind: EntryKind::Other, when, what, text, tone });
    }

    fn when(&self, at: Time) -> String {
        format!("day {:>2} {}", at.day_since(self.start), time_of_day(at))
    }
}

/// A heading with the name of its application before it, where there are several.
fn labelled(label: Option<&str>, what: String) -> String {
    match label {
        Some(label) => format!("[{label}] {what}"),
        None => what,
    }
}

/// Whether failures are all that there is to tell of a cycle.
fn is_all(counts: &CycleCounts) -> bool {
    counts.writes() + counts.staged + counts.skipped == 0
}

/// Whether an event ends something that goes on beside the cycles: a connection test, a run on
/// demand or a task of one.
fn is_beside_cycles(event: &entra::Event) -> bool {
    match event {
        entra::Event::ConnectionTested(_)
        | entra::Event::OnDemandEnded(_)
        | entra::Event::DiscoveryEnded(_) => true,
        entra::Event::Provisioned(row) => matches!(row.run, Run::OnDemand(_)),
        _ => false,
    }
}

/// The delays of a cycle, in words.
fn hindrances(throttled: u64, timed_out: u64) -> impl Iterator<Item = String> {
    let throttled = (throttled > 0).then(|| format!("throttled {} (429)", times(throttled)));
    let timed_out = (timed_out > 0)
        .then(|| format!("{} without an answer in time", plural(timed_out, "request")));
    throttled.into_iter().chain(timed_out)
}

/// The writes that were answered with success and changed nothing, in words.
fn in_vain(count: u64, server: ServerName) -> Option<String> {
    let server = server.amid();
    match count {
        0 => None,
        1 => Some(format!("1 success changed nothing at {server}")),
        many => Some(format!("{} successes changed nothing at {server}", grouped(many))),
    }
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times", grouped(count)) }
}
