//! The traffic panel: the last requests with their answers, one short line each.

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::VecDeque;

use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::base::time::show_duration;
use crate::golinks::{self, AccountEvent, Happened, Paths};
use crate::scenario::report;
use crate::world::record::{Cause, RecordedAnswer, RecordedRequest, ReplyStatus};
use crate::world::{Counters, Door, Origin, Record, RecordedEvent};

/// The last requests.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// The counts of requests, of writes that changed nothing, and of failed requests.
    pub says: String,
    /// The last requests, newest first.
    pub lines: Vec<Line>,
    /// A note when the run has had more requests than are shown.
    pub capped: Option<String>,
}

/// One request with its answer, or several alike in a row.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its sequence number in the journal.
    pub seq: u64,
    /// When it was sent: `day 30 08:00`.
    pub at: String,
    /// The same with seconds: `day 30 08:00:07`.
    pub exactly: String,
    /// How many requests in a row were alike; the line shows the newest of them.
    pub times: u64,
    /// When the first of them was sent.
    pub first: String,
    /// The sender: `Entra` or `outside`.
    pub from: &'static str,
    /// The method: `PATCH`.
    pub method: String,
    /// The path below the base and the query, both decoded.
    pub path: String,
    /// The person it is about, when known, `group` or `probe`.
    pub who: Option<String>,
    /// The status: `204`; `…` while there is no answer yet; `—` when none came.
    pub status: String,
    /// The outcome: `changed`, `harm` (more was removed than was asked for), `nothing`, `failed` or
    /// `waiting`.
    pub outcome: &'static str,
    /// What it did: `created`, `active → false`, `changed nothing`, `no such token`.
    pub says: String,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Traffic {
    let tenant = scene.app().entra().tenant();
    let whose = |name: &str| Some(tenant.user(tenant.find_upn(name)?).handle().to_string());
    scene.side().tail.view(scene.app().counters(), scene.play.script().start, &whose)
}

/// How many lines are shown.
const SHOWN: usize = 40;

/// How many of the last requests are remembered, so that late answers find theirs.
const REMEMBERED: usize = 400;

/// The last requests, gathered from the journal.
#[derive(Default)]
pub struct Tail {
    entries: VecDeque<Entry>,
}

/// One request with its effects and its answer.
struct Entry {
    seq: u64,
    at: Time,
    /// How many requests in a row were alike (this is the last of them), and when the first was
    /// sent.
    times: u64,
    first: Time,
    own: bool,
    /// Where it was sent.
    door: Door,
    method: Box<str>,
    target: Box<str>,
    who: Option<Box<str>>,
    did: Vec<String>,
    /// How many members a PATCH of a group asks to remove, where it names them.
    asked: Option<usize>,
    /// More members than that were removed.
    harm: bool,
    refused: Option<Box<str>>,
    struck: Option<String>,
    answer: Option<ReplyStatus>,
    after: std::time::Duration,
    idle: bool,
    /// What a GET found.
    read: &'static str,
}

impl Tail {
    /// Adds the event of a record; `body` is the body of that record.
    pub fn observe(&mut self, record: &Record<'_>, body: &[u8]) {
        match &record.event {
            RecordedEvent::Request(request) => self.begin(record, request, body),
            RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => {
                self.end(answer, body)
            }
            RecordedEvent::GoLinks(event) => {
                if let Some(entry) = self.caused_by(record.cause) {
                    entry.note(event);
                }
            }
            RecordedEvent::Account(event) => {
                if let Some(entry) = self.caused_by(record.cause) {
                    entry.did.push(done(*event));
                }
            }
            RecordedEvent::FaultStruck { fault, request, did } => {
                if let Some(entry) = self.find(*request) {
                    entry.struck = Some(format!("{fault}: {did}"));
                }
            }
            _ => {}
        }
    }

    /// Drops the requests without an answer, because records were skipped and theirs may be among
    /// them.
    pub fn miss(&mut self) {
        self.entries.retain(|entry| entry.answer.is_some());
    }

    fn begin(&mut self, record: &Record<'_>, request: &RecordedRequest<'_>, body: &[u8]) {
        if self.entries.len() == REMEMBERED {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            seq: record.seq,
            at: record.at,
            times: 1,
            first: record.at,
            own: matches!(request.origin, Origin::Engine(_)),
            door: request.door,
            method: request.method.into(),
            target: request.target.into(),
            who: request.who.map(Box::from),
            did: Vec::new(),
            asked: (request.method == "PATCH").then(|| asked_removals(body)).flatten(),
            harm: false,
            refused: None,
            struck: None,
            answer: None,
            after: std::time::Duration::ZERO,
            idle: false,
            read: "read",
        });
    }

    fn end(&mut self, answer: &RecordedAnswer<'_>, body: &[u8]) {
        if let Some(entry) = self.find(answer.request) {
            entry.answer = Some(answer.status);
            entry.after = answer.after;
            entry.idle = answer.idle;
            entry.read = entry.learned(body);
            self.fold();
        }
    }

    /// Merges the last request into the one before when they are alike, as the probes of a
    /// quiet day are.
    fn fold(&mut self) {
        let [.., before, last] = self.entries.make_contiguous() else { return };
        if !last.goes_like(before) {
            return;
        }
        (last.times, last.first) = (last.times + before.times, before.first);
        self.entries.swap_remove_back(self.entries.len() - 2);
    }

    /// The request that caused a record; `None` when an action or the clock caused it.
    fn caused_by(&mut self, cause: Option<Cause>) -> Option<&mut Entry> {
        match cause {
            Some(Cause::Request(seq)) => self.find(seq),
            _ => None,
        }
    }

    fn find(&mut self, seq: u64) -> Option<&mut Entry> {
        let at = self.entries.binary_search_by_key(&seq, |entry| entry.seq).ok()?;
        self.entries.get_mut(at)
    }

    /// The panel.
    ///
    /// `whose` returns the handle of the user who signs in with a name.
    fn view(
        &self,
        counters: &Counters,
        start: Time,
        whose: &dyn Fn(&str) -> Option<String>,
    ) -> Traffic {
        let total = counters.requests() + counters.pages;
        let lines: Vec<Line> =
            self.entries.iter().rev().take(SHOWN).map(|entry| entry.line(start, whose)).collect();
        let shown = lines.iter().map(|line| line.times).sum();
        Traffic {
            says: format!(
                "{} · {} · {} failed",
                words::requests(counters),
                words::counted(counters.changed_nothing, "idle write", "idle writes"),
                words::count(counters.failed)
            ),
            capped: (shown < total)
                .then(|| format!("The last {} of {}.", words::count(shown), words::count(total))),
            lines,
        }
    }
}

impl Entry {
    /// Whether both are answered and alike; the targets of the engine's requests may differ.
    fn goes_like(&self, other: &Entry) -> bool {
        let looks = |entry: &Entry| (entry.answer, entry.door, entry.own, entry.idle, entry.after);
        self.answer.is_some()
            && (self.own || self.target == other.target)
            && looks(self) == looks(other)
            && (&self.method, &self.who, &self.did) == (&other.method, &other.who, &other.did)
            && (&self.refused, &self.struck) == (&other.refused, &other.struck)
            && self.read == other.read
    }

    fn note(&mut self, event: &golinks::Event) {
        use golinks::Event as E;
        match event {
            E::Refused { detail, .. } => self.refused = Some(detail.clone()),
            E::LinkCreated { name, .. } => self.did.push(format!("go/{name} created")),
            E::LinkChanged { name, .. } => self.did.push(format!("go/{name} changed")),
            E::LinkDeleted { name } => self.did.push(format!("go/{name} deleted")),
            E::TokenIssued { .. } => self.did.push("access token granted".to_owned()),
            E::Throttled => self.refused = Some("throttled".into()),
            E::GroupCreated { .. } => self.did.push("created".to_owned()),
            E::GroupDeleted { .. } => self.did.push("deleted".to_owned()),
            E::GroupChanged { what, added, removed, .. } => {
                let members = [("+", added), ("−", removed)].into_iter();
                let members = members.filter(|(_, count)| **count > 0).map(|(sign, count)| {
                    format!("{sign}{}", words::counted(*count as u64, "member", "members"))
                });
                self.did.extend(what.iter().map(|name| name.to_string()).chain(members));
                if let Some(asked) = self.asked.filter(|asked| asked < removed) {
                    self.harm = true;
                    self.did
                        .push(format!("though {asked} was asked for").replace("0 was", "none was"));
                }
            }
            _ => {}
        }
    }

    fn line(&self, start: Time, whose: &dyn Fn(&str) -> Option<String>) -> Line {
        let (outcome, mut says) = self.outcome();
        // A manager is looked for by name too, and is not the user that the request is about.
        let sought = self.sought().and_then(|name| whose(&name));
        if let Some(other) =
            sought.filter(|it| self.who.is_some() && self.who.as_deref() != Some(it))
        {
            says = format!("{other}: {says}");
        }
        let struck = self.struck.iter().map(|struck| format!(" · fault {struck}"));
        Line {
            seq: self.seq,
            at: report::day_and_time(start, self.at),
            exactly: words::second(start, self.at),
            times: self.times,
            first: words::second(start, self.first),
            from: if self.own { "Entra" } else { "outside" },
            method: self.method.to_string(),
            path: words::cut(&words::target(&self.target), 300),
            who: self.whom(),
            status: self.status(),
            outcome,
            says: words::cut(&says, 200) + &struck.collect::<String>(),
        }
    }

    /// The person it is about, as the engine names them, or `group`, `probe`, `token`.
    fn whom(&self) -> Option<String> {
        match &self.who {
            Some(who) => Some(who.to_string()),
            None if self.door == Door::Token => Some("token".to_owned()),
            None if self.is_probe() => Some("probe".to_owned()),
            None => (self.own && self.target.contains("/Groups")).then(|| "group".to_owned()),
        }
    }

    /// Whether it is the probe of the connection: a request of the engine about no person, which
    /// searches for a user that does not exist, or for such a group. A group is looked for by its
    /// name, and the probe by a GUID.
    fn is_probe(&self) -> bool {
        let by_guid = || self.target.split("%22").nth(1).is_some_and(is_guid);
        let of_groups = self.target.contains("/Groups");
        self.own && self.who.is_none() && self.door != Door::Token && (!of_groups || by_guid())
    }

    /// The userName that it looks for.
    fn sought(&self) -> Option<String> {
        let target = words::target(&self.target);
        let (_, value) = target.split_once("filter=userName eq \"")?;
        Some(value.split_once('"')?.0.to_owned())
    }

    fn status(&self) -> String {
        match self.answer {
            None => "…".to_owned(),
            Some(ReplyStatus::Status(status)) => status.to_string(),
            Some(_) => "—".to_owned(),
        }
    }

    fn outcome(&self) -> (&'static str, String) {
        let did = self.did.join(", ");
        let late = match self.after.as_secs() {
            0 => String::new(),
            _ => format!(", after {}", show_duration(self.after)),
        };
        match self.answer {
            None if did.is_empty() => ("waiting", "no answer yet".to_owned()),
            None => ("waiting", format!("{did}; no answer yet")),
            Some(status) if status.failed() => ("failed", self.failure(status, &did) + &late),
            Some(_) if self.harm => ("harm", did + &late),
            Some(_) if !did.is_empty() => ("changed", did + &late),
            Some(_) if &*self.method == "GET" => ("nothing", self.read.to_owned() + &late),
            Some(_) if self.door == Door::Scim => ("nothing", format!("changed nothing{late}")),
            // What a page or Graph did is no fact about an account.
            Some(_) => ("nothing", format!("answered{late}")),
        }
    }

    fn failure(&self, status: ReplyStatus, did: &str) -> String {
        let why = match status {
            ReplyStatus::Status(_) => self.refused.as_deref().unwrap_or("refused").to_owned(),
            lost => words::status(lost),
        };
        if did.is_empty() { why } else { format!("{why}, yet {did}") }
    }

    /// What a GET found, as its answer tells.
    fn learned(&self, body: &[u8]) -> &'static str {
        let holds = |words: &str| memchr::memmem::find(body, words.as_bytes()).is_some();
        if !self.target.contains("filter=") {
            "read"
        } else if holds("\"totalResults\":0") && self.is_probe() {
            "works"
        } else if holds("\"totalResults\":0") {
            if self.target.contains("/Groups") { "found none" } else { "found nobody" }
        } else if holds("\"totalResults\":1,") || holds("\"totalResults\":1}") {
            "found one"
        } else {
            "searched"
        }
    }
}

/// How many members a PATCH asks to remove: none, if it has another purpose; `None` where it does
/// not say which members, or sets all of them anew.
fn asked_removals(body: &[u8]) -> Option<usize> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let mut asked = 0;
    for operation in body["Operations"].as_array()? {
        let text = |key: &str| operation[key].as_str().unwrap_or_default().to_ascii_lowercase();
        let (op, path, value) = (text("op"), text("path"), &operation["value"]);
        let of_members = path.starts_with("members") || !value["members"].is_null();
        asked += match op.as_str() {
            _ if !of_members => 0,
            "add" => 0,
            "remove" if path.starts_with("members[") => 1,
            "remove" => value["members"].as_array().or(value.as_array())?.len(),
            _ => return None,
        };
    }
    Some(asked)
}

/// Whether a text has the form of a GUID.
fn is_guid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths = parts.iter().map(|part| part.len());
    lengths.eq([8, 4, 4, 4, 12]) && parts.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What happened to an account, in words.
fn done(event: AccountEvent<'_>) -> String {
    match event.what {
        Happened::Created => "created".to_owned(),
        Happened::Changed => format!("{} changed", listed(event.paths)),
        Happened::Deactivated => "active → false".to_owned(),
        Happened::Reactivated => "active → true".to_owned(),
        Happened::Deleted => "deleted".to_owned(),
    }
}

/// `department`, `department, name.familyName`, `department and 3 more`.
fn listed(paths: Paths<'_>) -> String {
    let short = |path: &str| path.rsplit(':').next().unwrap_or(path).to_owned();
    match paths.iter().collect::<Vec<_>>()[..] {
        [one] => short(one),
        [one, two] => format!("{}, {}", short(one), short(two)),
        [one, ref rest @ ..] => format!("{} and {} more", short(one), rest.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::CallId;
    use crate::world::{Door, Party};

    fn request<'a>(seq: u64, method: &'a str, target: &'a str, who: Option<&'a str>) -> Record<'a> {
        let request = RecordedRequest {
            origin: Origin::Engine(CallId(seq)),
            door: Door::Scim,
            who,
            group: None,
            method,
            target,
            content_type: None,
            headers: None,
        };
        record(seq, None, RecordedEvent::Request(request))
    }

    fn answer(seq: u64, request: u64, status: ReplyStatus, idle: bool) -> Record<'static> {
        let answer = RecordedAnswer {
            request,
            call: None,
            status,
            after: std::time::Duration::ZERO,
            idle,
            content_type: None,
            retry_after: None,
            headers: None,
        };
        record(seq, Some(Cause::Request(request)), RecordedEvent::Answer(answer))
    }

    /// What GoLinks says while it handles request 1.
    fn said(seq: u64, event: RecordedEvent<'_>) -> Record<'_> {
        record(seq, Some(Cause::Request(1)), event)
    }

    fn record(seq: u64, cause: Option<Cause>, event: RecordedEvent<'_>) -> Record<'_> {
        Record { seq, at: Time::from_secs(0), cause, party: Party::World, label: None, event }
    }

    fn observe(tail: &mut Tail, record: &Record<'_>) {
        tail.observe(record, br#"{"totalResults":0}"#);
    }

    fn check(records: &[Record<'_>], expected: (&str, &str, &str)) {
        let mut tail = Tail::default();
        records.iter().for_each(|record| observe(&mut tail, record));
        let view = tail.view(&Counters::default(), Time::from_secs(0), &|_| None);
        let line = &view.lines[0];
        assert_eq!((line.outcome, line.status.as_str(), line.says.as_str()), expected);
    }

    #[test]
    fn a_line_says_what_the_request_did() {
        let search =
            || request(1, "GET", "/scim/v2/Users?filter=userName%20eq%20%22a%22", Some("ann"));
        let patch = || request(1, "PATCH", "/scim/v2/Users/1", Some("ann"));
        let (id, what) = (golinks::AccountId(1), golinks::Happened::Deactivated);
        let gone = RecordedEvent::Account(golinks::AccountEvent {
            id,
            user_name: "ann",
            what,
            paths: Paths::default(),
        });
        let member = golinks::Event::GroupChanged {
            id: golinks::GroupId(1),
            display_name: "Design".into(),
            what: [].into(),
            added: 2,
            removed: 0,
        };
        check(
            &[
                request(1, "PATCH", "/scim/v2/Groups/1", None),
                said(2, RecordedEvent::GoLinks(&member)),
                answer(3, 1, ReplyStatus::Status(204), false),
            ],
            ("changed", "204", "+2 members"),
        );
        let no_token = golinks::Event::Refused {
            status: 401,
            scim_type: "",
            detail: "the token has expired".into(),
        };
        check(&[search()], ("waiting", "…", "no answer yet"));
        check(
            &[search(), answer(2, 1, ReplyStatus::Status(200), false)],
            ("nothing", "200", "found nobody"),
        );
        check(
            &[patch(), said(2, gone), answer(3, 1, ReplyStatus::Status(204), false)],
            ("changed", "204", "active → false"),
        );
        check(
            &[patch(), answer(2, 1, ReplyStatus::Status(204), true)],
            ("nothing", "204", "changed nothing"),
        );
        check(
            &[
                patch(),
                said(2, RecordedEvent::GoLinks(&no_token)),
                answer(3, 1, ReplyStatus::Status(401), false),
            ],
            ("failed", "401", "the token has expired"),
        );
        check(
            &[patch(), said(2, gone), answer(3, 1, ReplyStatus::TimedOut, false)],
            ("failed", "—", "no answer in time, yet active → false"),
        );
    }

    #[test]
    fn a_removal_of_more_members_than_were_asked_for_is_harm() {
        let one = r#"{"Operations":[{"op":"Remove","path":"members","value":[{"value":"1"}]}]}"#;
        let by_path = r#"{"Operations":[{"op":"remove","path":"members[value eq \"1\"]"}]}"#;
        let rename = r#"{"Operations":[{"op":"Replace","path":"displayName","value":"x"}]}"#;
        let all = r#"{"Operations":[{"op":"replace","path":"members","value":[]}]}"#;
        let cases = [
            (one, 1, "changed", "−1 member"),
            (one, 6, "harm", "−6 members, though 1 was asked for"),
            (by_path, 6, "harm", "−6 members, though 1 was asked for"),
            (rename, 6, "harm", "−6 members, though none was asked for"),
            (all, 6, "changed", "−6 members"),
        ];
        for (body, removed, outcome, says) in cases {
            let lost = golinks::Event::GroupChanged {
                id: golinks::GroupId(1),
                display_name: "Design".into(),
                what: [].into(),
                added: 0,
                removed,
            };
            let mut tail = Tail::default();
            tail.observe(&request(1, "PATCH", "/scim/v2/Groups/1", None), body.as_bytes());
            observe(&mut tail, &said(2, RecordedEvent::GoLinks(&lost)));
            observe(&mut tail, &answer(3, 1, ReplyStatus::Status(204), false));
            let view = tail.view(&Counters::default(), Time::from_secs(0), &|_| None);
            let line = &view.lines[0];
            assert_eq!((line.outcome, line.says.as_str()), (outcome, says), "{body}");
        }
    }

    #[test]
    fn who_is_looked_for_is_named_where_the_request_is_about_another() {
        let target = "/scim/v2/Users?filter=userName+eq+%22bo@contoso.example%22";
        let mut tail = Tail::default();
        observe(&mut tail, &request(1, "GET", target, Some("ann")));
        observe(&mut tail, &answer(2, 1, ReplyStatus::Status(200), false));
        let said = |of: &str| {
            let whose = |name: &str| (name == "bo@contoso.example").then(|| of.to_owned());
            tail.view(&Counters::default(), Time::from_secs(0), &whose).lines[0].says.clone()
        };
        assert_eq!(said("bo"), "bo: found nobody");
        assert_eq!(said("ann"), "found nobody");
    }

    #[test]
    fn a_group_that_is_looked_for_by_name_is_no_probe() {
        let cases = [
            ("Sales", Some("group"), "found none"),
            ("d6e8a8c4-0f0a-4e4e-9d0f-0123456789ab", Some("probe"), "works"),
        ];
        for (value, who, says) in cases {
            let target = format!("/scim/v2/Groups?filter=displayName+eq+%22{value}%22");
            let mut tail = Tail::default();
            observe(&mut tail, &request(1, "GET", &target, None));
            observe(&mut tail, &answer(2, 1, ReplyStatus::Status(200), false));
            let line = &tail.view(&Counters::default(), Time::from_secs(0), &|_| None).lines[0];
            assert_eq!((line.who.as_deref(), &*line.says), (who, says));
        }
    }

    #[test]
    fn what_was_passed_over_leaves_nobody_waiting() {
        let mut tail = Tail::default();
        observe(&mut tail, &request(1, "GET", "/scim/v2/Users/1", Some("ann")));
        observe(&mut tail, &answer(2, 1, ReplyStatus::Status(200), false));
        observe(&mut tail, &request(3, "GET", "/scim/v2/Users/2", None));
        tail.miss();
        observe(&mut tail, &answer(5, 4, ReplyStatus::Status(200), false));
        let lines = tail.view(&Counters::default(), Time::from_secs(0), &|_| None).lines;
        assert_eq!(lines.iter().map(|line| &*line.status).collect::<Vec<_>>(), ["200"]);
    }

    #[test]
    fn answers_find_their_requests_in_any_order() {
        let mut tail = Tail::default();
        observe(&mut tail, &request(1, "GET", "/scim/v2/Users/1", Some("ann")));
        observe(&mut tail, &request(2, "GET", "/scim/v2/Users/2", None));
        observe(&mut tail, &answer(3, 2, ReplyStatus::Status(404), false));
        observe(&mut tail, &answer(4, 1, ReplyStatus::Status(200), false));
        let lines = tail.view(&Counters::default(), Time::from_secs(0), &|_| None).lines;
        let shown: Vec<_> =
            lines.iter().map(|line| (line.who.as_deref(), line.status.as_str())).collect();
        assert_eq!(shown, [(Some("probe"), "404"), (Some("ann"), "200")]);
        assert_eq!(lines[1].path, "/Users/1");
    }

    #[test]
    fn a_request_to_a_page_says_what_became_of_its_link() {
        let mut tail = Tail::default();
        for (nth, name) in (0..3).zip(["travel", "travel", "wiki"]) {
            let (seq, target) = (3 * nth + 1, format!("/golinks/links/{name}/delete"));
            let mut sent = request(seq, "POST", &target, None);
            if let RecordedEvent::Request(request) = &mut sent.event {
                (request.origin, request.door) = (Origin::External, Door::Pages);
            }
            observe(&mut tail, &sent);
            let gone = golinks::Event::LinkDeleted { name: name.into() };
            if nth == 2 {
                let event = RecordedEvent::GoLinks(&gone);
                observe(&mut tail, &record(seq + 1, Some(Cause::Request(seq)), event));
            }
            observe(&mut tail, &answer(seq + 2, seq, ReplyStatus::Status(303), false));
        }
        let lines = tail.view(&Counters::default(), Time::from_secs(0), &|_| None).lines;
        let said: Vec<_> = lines.iter().map(|line| (line.times, line.says.as_str())).collect();
        assert_eq!(said, [(1, "go/wiki deleted"), (2, "answered")]);
    }

    #[test]
    fn what_goes_alike_in_a_row_is_one_line() {
        let mut tail = Tail::default();
        for nth in 0..90 {
            observe(&mut tail, &request(2 * nth + 1, "GET", "/scim/v2/Users?filter=x", None));
            observe(
                &mut tail,
                &answer(
                    2 * nth + 2,
                    2 * nth + 1,
                    ReplyStatus::Status(if nth == 40 { 401 } else { 200 }),
                    false,
                ),
            );
        }
        let view =
            tail.view(&Counters { get: 90, ..Counters::default() }, Time::from_secs(0), &|_| None);
        let times: Vec<u64> = view.lines.iter().map(|line| line.times).collect();
        assert_eq!(times, [49, 1, 40]);
        assert_eq!(view.capped, None);
        assert_eq!(view.says, "90 requests · 0 idle writes · 0 failed");
    }
}
