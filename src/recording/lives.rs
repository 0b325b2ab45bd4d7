//! What happened to each user and group in a recording, cycle by cycle, and what went wrong on the
//! way.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::attribute;
use super::compare::id_text;
use super::exchange::{Exchange, Loss, Message};
use super::flat::{self, Flat, Membership};
use super::query;
use super::replay::{below, endpoint, id_in};
use super::stuck::{Echo, Pending, Stuck, refusal};
use crate::scim::urn::{CLEAN_UP, PURPOSE};

/// So long without a request, and another cycle begins.
const GAP_US: u64 = 30 * 60 * 1_000_000;

/// An answer that takes so long is slow.
const SLOW_US: u64 = 2_000_000;

/// Something that happened to an object.
#[derive(Clone, PartialEq, Debug)]
pub enum LifeEvent {
    /// It was created, with these values; the members of a group are a change of their own.
    Created(Flat),
    /// It was there, with these values.
    Found(Flat),
    /// These values changed.
    Changed(Flat),
    /// The members of a group changed.
    Members(Membership),
    /// It was deleted.
    Deleted,
}

/// An event with the cycle in which the client first tried to bring it about.
#[derive(Clone, PartialEq, Debug)]
pub struct Happened {
    /// The cycle.
    pub cycle: usize,
    /// The number of the exchange that brought it about.
    pub seq: u64,
    /// What it is.
    pub event: LifeEvent,
}

/// An object of the server's, from when it is first seen to its end.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Life {
    /// Its id; empty when it was never made.
    pub id: String,
    /// Whether it is a group.
    pub of_group: bool,
    /// Whether the client asked for it by name or id, or wrote to it.
    pub sought: bool,
    /// What happened to it, in order.
    pub events: Vec<Happened>,
    /// The exchanges of those that the client wanted and the server did not carry out.
    pub refused: BTreeSet<u64>,
    /// What it was told and does not show when it is read last, by path.
    pub missing: Vec<String>,
    /// Whether it was active when it was read last.
    pub shown_active: Option<bool>,
}

/// What went wrong on the way with one request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mishap {
    /// The number of the exchange.
    pub seq: u64,
    /// The cycle.
    pub cycle: usize,
    /// The method.
    pub method: String,
    /// The id or the name of the object it was about; empty when it was about none.
    pub about: String,
    /// What went wrong.
    pub what: What,
}

/// A kind of mishap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// The server was down or throttling: the status, and its Retry-After.
    Status(u16, String),
    /// No connection came about.
    Refused,
    /// The answer was lost.
    Reset,
    /// The client gave up before the answer came.
    NoAnswer,
    /// The answer took so many seconds.
    Slow(u64),
    /// The server refused it with this status and this body.
    Refusal(u16, String),
    /// The server acknowledged it and changed nothing.
    Ignored,
}

/// A request that the server refused.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Refusal {
    /// Method and path, with `*` for an id.
    pub request: String,
    /// The status.
    pub status: u16,
}

/// All that a recording shows.
#[derive(Debug, Default)]
pub struct Lives {
    /// When each cycle began, in microseconds since 1970.
    pub cycles: Vec<u64>,
    /// Whether cycles were told apart by connection probes.
    pub probes: bool,
    /// Users and groups, in the order in which they are first seen.
    pub lives: Vec<Life>,
    /// What went wrong on the way.
    pub mishaps: Vec<Mishap>,
    /// Cycles in which nothing worked, by what went wrong.
    pub dead_cycles: BTreeMap<usize, What>,
    /// Writes that never got through.
    pub stuck: Vec<Stuck>,
    /// What the server refused, and how often.
    pub refusals: BTreeMap<Refusal, u64>,
    /// Words of operations, as they are spelled.
    pub words: BTreeSet<String>,
    /// Whether `active` travelled as text, and as a boolean, in a PATCH.
    pub active_as: (bool, bool),
    /// Whether a PATCH without a path was sent.
    pub pathless: bool,
    /// The attributes by which users were looked up, and how often.
    pub matched_by: BTreeMap<String, u64>,
    /// Statuses of PATCHes of users that worked.
    pub patched_with: BTreeSet<u16>,
    /// Requests that no scenario can have, such as those of a PUT.
    pub unknown: BTreeMap<String, u64>,
}

impl Lives {
    /// Whether something was wanted to the end and not done.
    pub fn failed(&self) -> bool {
        !self.stuck.is_empty()
    }

    /// Reads a recording; `base` is the path of the tenant URL.
    pub fn read(exchanges: &[Exchange], base: &str) -> Lives {
        let mut reader = Reader { probes: probes(exchanges, base), ..Reader::default() };
        reader.lives.probes = !reader.probes.is_empty();
        for exchange in exchanges {
            reader.exchange(exchange, base);
        }
        reader.end();
        reader.lives
    }
}

/// The numbers of the exchanges that ask for a user by a GUID that stands nowhere else.
fn probes(exchanges: &[Exchange], base: &str) -> BTreeSet<u64> {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    let mut asked = Vec::new();
    for exchange in exchanges {
        for guid in guids(&format!(
            "{} {}",
            query::decode(exchange.request.target()),
            exchange.request.content.text
        )) {
            *times.entry(guid).or_default() += 1;
        }
        let of_users = below(&exchange.request, base) == Some("/Users");
        let answer = exchange.response.as_ref().and_then(Message::json);
        let found = answer.is_some_and(|answer| answer["totalResults"].as_u64() > Some(0));
        if let Some((_, value)) = lookup(&exchange.request).filter(|_| of_users && !found) {
            asked.push((exchange.seq, value.to_ascii_lowercase()));
        }
    }
    let once = |value: &String| times.get(value) == Some(&1);
    asked.into_iter().filter(|(_, value)| once(value)).map(|(seq, _)| seq).collect()
}

fn guids(text: &str) -> impl Iterator<Item = String> {
    let plain = |c: char| !c.is_ascii_hexdigit() && c != '-';
    let words = text.split(plain).filter(|word| word.len() == 36 && attribute::is_opaque(word));
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().into_iter()
}

/// The attribute and the value of a filter with one comparison.
fn lookup(request: &Message) -> Option<(String, String)> {
    let parts = request.query()?.split('&').filter_map(|part| part.split_once('='));
    let (_, filter) = parts.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("filter"))?;
    let mut found = Vec::new();
    query::filter(&query::decode(filter), &mut |name, value| {
        // Of `emails[type eq "work"].value eq "…"` only the last counts.
        found.push((name.to_owned(), value.to_owned()));
        None
    });
    let many = found.len();
    found.pop().filter(|_| many == 1 || filter.contains('['))
}

#[derive(Default)]
struct Reader {
    lives: Lives,
    probes: BTreeSet<u64>,
    /// Whether a probe has come.
    probed: bool,
    last_us: u64,
    /// Which life an id belongs to now.
    by_id: BTreeMap<String, usize>,
    /// The cycle in which something was first tried, by method and object.
    tried: BTreeMap<(String, String), usize>,
    /// Creates that failed, with what they wanted.
    wanted: BTreeMap<String, (usize, u64, bool, Flat)>,
    /// By cycle: requests that worked.
    worked: BTreeMap<usize, u64>,
    /// What was written to in the present cycle.
    touched: BTreeSet<String>,
    /// Writes that have not got through.
    pending: Pending,
    /// What users were told and what they show, by id.
    echoes: BTreeMap<String, Echo>,
    /// The names of creates that the server refused.
    refused_names: BTreeSet<String>,
}

impl Reader {
    fn exchange(&mut self, exchange: &Exchange, base: &str) {
        // Our own cleaning is no story.
        if exchange.request.get(PURPOSE) == Some(CLEAN_UP) {
            return;
        }
        let Some(below) = below(&exchange.request, base) else {
            *self.lives.unknown.entry(unknown(&exchange.request, "")).or_default() += 1;
            return;
        };
        self.begin_cycle(exchange);
        let (endpoint, id) = (endpoint(below), id_in(below));
        let ours = matches!(endpoint, "/Users" | "/Groups");
        let of_group = endpoint == "/Groups";
        let body = exchange.request.json().unwrap_or_default();
        let about = match (&id, exchange.request.method()) {
            (Some(id), _) => id.clone(),
            (None, "POST") if ours => name(&body, of_group),
            _ => lookup(&exchange.request).map(|(_, value)| value).unwrap_or_default(),
        };
        let is_probe = self.probes.contains(&exchange.seq);
        let failed = self.judge(exchange, &about, is_probe);
        if !ours {
            if !["GET", "HEAD"].contains(&exchange.request.method()) {
                *self.lives.unknown.entry(unknown(&exchange.request, below)).or_default() += 1;
            }
            return;
        }
        match (exchange.request.method(), id) {
            ("GET", None) => self.looked_up(exchange, of_group, is_probe, failed),
            ("GET", Some(_)) => {
                if let Some(body) = exchange.response.as_ref().filter(|_| !failed) {
                    self.echo(&about, of_group, body);
                }
                self.seen(exchange.response.as_ref(), of_group, exchange.seq, true);
            }
            ("POST", None) => self.post(exchange, of_group, &about, &body, failed),
            ("PATCH", Some(id)) => self.patch(exchange, of_group, &id, &body, failed),
            ("DELETE", Some(id)) => self.delete(exchange, &id, failed),
            ("HEAD", _) => {}
            _ => *self.lives.unknown.entry(unknown(&exchange.request, below)).or_default() += 1,
        }
    }

    fn cycle(&self) -> usize {
        self.lives.cycles.len().saturating_sub(1)
    }

    fn begin_cycle(&mut self, exchange: &Exchange) {
        let now = exchange.started_us;
        let gap = now.saturating_sub(self.last_us) >= GAP_US;
        let probe = self.probes.contains(&exchange.seq);
        self.last_us = now;
        // What was asked before the first probe, and found nothing, was asked by another than the
        // engine: by a run that looks whether the server is there, or by hand.
        let nothing = self.lives.lives.is_empty() && self.lives.mishaps.is_empty();
        if probe && nothing && self.lives.cycles.len() == 1 && !self.probed {
            self.lives.cycles.clear();
        }
        self.probed |= probe;
        if self.lives.cycles.is_empty() || probe || gap {
            self.next_cycle(now);
        }
    }

    fn next_cycle(&mut self, now: u64) {
        self.lives.cycles.push(now);
        self.touched.clear();
    }

    /// Notes a mishap or a refusal; returns whether the request was not carried out.
    fn judge(&mut self, exchange: &Exchange, about: &str, is_probe: bool) -> bool {
        let status = exchange.status();
        let took: u64 = exchange.took_us.iter().sum();
        let what = match (exchange.lost, status) {
            (Some(Loss::Refused), _) => Some(What::Refused),
            (Some(Loss::Reset), _) => Some(What::Reset),
            (Some(Loss::GaveUp), None) => Some(What::NoAnswer),
            (Some(Loss::Unreadable), _) => None,
            (_, Some(status @ (429 | 500..=599))) if status != 501 => {
                let retry = exchange.response.as_ref().and_then(|answer| answer.get("retry-after"));
                Some(What::Status(status, retry.unwrap_or_default().to_owned()))
            }
            (_, Some(_)) if writes(exchange) && refusal(exchange).is_some() => refusal(exchange),
            _ if took >= SLOW_US => Some(What::Slow(took.div_ceil(1_000_000))),
            _ => None,
        };
        let worked = status.is_some_and(|status| (200..400).contains(&status))
            && exchange.lost != Some(Loss::Reset);
        let slow = matches!(what, Some(What::Slow(_)));
        if worked || (status.is_some() && what.is_none()) {
            *self.worked.entry(self.cycle()).or_default() += 1;
        }
        match what {
            Some(what) => self.lives.mishaps.push(Mishap {
                seq: exchange.seq,
                cycle: self.cycle(),
                method: exchange.request.method().to_owned(),
                about: if is_probe { String::new() } else { about.to_owned() },
                what,
            }),
            None if !worked => {
                if let Some(status) =
                    status.filter(|status| *status != 404 || exchange.request.method() != "GET")
                {
                    let request = unknown(&exchange.request, "");
                    *self.lives.refusals.entry(Refusal { request, status }).or_default() += 1;
                }
            }
            None => {}
        }
        !worked && !slow
    }

    /// A user shows itself, in an answer that is no list.
    fn echo(&mut self, id: &str, of_group: bool, answer: &Message) {
        let body = answer.json().filter(|body| body.get("userName").is_some());
        if let Some(body) = body.filter(|_| !of_group) {
            self.echoes.entry(id.to_owned()).or_default().shows(&body);
        }
    }

    /// Notes a write that got through or did not, with what was wanted by it.
    fn wanted(
        &mut self,
        exchange: &Exchange,
        (of_group, about): (bool, &str),
        cycle: usize,
        failed: bool,
        wanted: Vec<LifeEvent>,
    ) {
        let what = if failed { refusal(exchange) } else { None };
        let one = Stuck {
            seq: exchange.seq,
            cycle,
            method: exchange.request.method().to_owned(),
            about: about.to_owned(),
            of_group,
            what: what.clone().unwrap_or(What::Ignored),
            wanted,
            seqs: BTreeSet::from([exchange.seq]),
        };
        if failed && what.is_none() {
            return;
        }
        self.pending.note(one, failed);
    }

    /// When something was first tried; forgotten once it has worked.
    fn first_tried(&mut self, method: &str, about: &str, failed: bool) -> usize {
        let now = self.cycle();
        let key = (method.to_owned(), about.to_owned());
        if failed {
            return *self.tried.entry(key).or_insert(now);
        }
        self.tried.remove(&key).unwrap_or(now)
    }

    fn looked_up(&mut self, exchange: &Exchange, of_group: bool, is_probe: bool, failed: bool) {
        if let Some((name, _)) = lookup(&exchange.request).filter(|(name, _)| name != "id")
            && !is_probe
            && !of_group
        {
            *self.lives.matched_by.entry(name).or_default() += 1;
        }
        if failed {
            return;
        }
        let sought = lookup(&exchange.request).is_some();
        self.seen(exchange.response.as_ref(), of_group, exchange.seq, sought);
    }

    /// Objects that an answer shows and that were not known before were there before.
    fn seen(&mut self, answer: Option<&Message>, of_group: bool, seq: u64, sought: bool) {
        let Some(body) = answer.and_then(Message::json) else { return };
        let list = body.get("Resources").and_then(Value::as_array).cloned();
        for resource in list.unwrap_or_else(|| vec![body]) {
            let Some(id) = resource.get("id").and_then(id_text) else { continue };
            let name = name(&resource, of_group);
            if name.is_empty() {
                continue;
            }
            let lower = name.to_lowercase();
            self.pending.forget("POST", &lower);
            if self.refused_names.contains(&lower) {
                // It was refused because this one was there.
                self.wanted.remove(&lower);
            }
            if let Some((cycle, seq, _, values)) = self.wanted.remove(&lower) {
                // The answer to its creation was lost, but it was created.
                self.begin_life(id.clone(), of_group, cycle, seq, LifeEvent::Created(values));
            } else if !self.by_id.contains_key(&id) {
                let values = flat::resource(&resource);
                self.begin_life(id.clone(), of_group, self.cycle(), seq, LifeEvent::Found(values));
            }
            if let Some(life) = self.life(&id) {
                life.sought |= sought;
            }
        }
    }

    fn begin_life(&mut self, id: String, of_group: bool, cycle: usize, seq: u64, event: LifeEvent) {
        self.by_id.insert(id.clone(), self.lives.lives.len());
        let events = vec![Happened { cycle, seq, event }];
        let sought = matches!(events[0].event, LifeEvent::Created(_));
        self.lives.lives.push(Life { id, of_group, sought, events, ..Life::default() });
    }

    fn life(&mut self, id: &str) -> Option<&mut Life> {
        self.by_id.get(id).and_then(|at| self.lives.lives.get_mut(*at))
    }

    fn post(
        &mut self,
        exchange: &Exchange,
        of_group: bool,
        name: &str,
        body: &Value,
        failed: bool,
    ) {
        let cycle = self.first_tried("POST", name, failed);
        let mut values = flat::resource(body);
        values.retain(|path, _| !path.starts_with("members"));
        let answer = exchange.response.as_ref().and_then(Message::json);
        let id = answer.and_then(|answer| id_text(answer.get("id")?));
        let key = name.to_lowercase();
        let created = vec![LifeEvent::Created(values.clone())];
        self.wanted(exchange, (of_group, name), cycle, failed, created);
        match id.filter(|_| !failed) {
            Some(id) => {
                self.wanted.remove(&key);
                if !of_group {
                    self.echoes.entry(id.clone()).or_default().told(&values, None);
                    if let Some(answer) = &exchange.response {
                        self.echo(&id, of_group, answer);
                    }
                }
                let members = body.get("members").map(flat::members).unwrap_or_default();
                self.touched.insert(id.clone());
                self.begin_life(
                    id.clone(),
                    of_group,
                    cycle,
                    exchange.seq,
                    LifeEvent::Created(values),
                );
                if !members.is_empty() {
                    self.add(
                        &id,
                        cycle,
                        exchange.seq,
                        LifeEvent::Members(Membership::Add(members)),
                    );
                }
            }
            None => {
                let refused = exchange.status().is_some_and(|status| {
                    (400..500).contains(&status) && status != 429 || status == 501
                });
                if refused {
                    self.refused_names.insert(key.clone());
                }
                if exchange.status() != Some(409) {
                    self.wanted.insert(key, (cycle, exchange.seq, of_group, values));
                }
            }
        }
    }

    fn patch(&mut self, exchange: &Exchange, of_group: bool, id: &str, body: &Value, failed: bool) {
        self.note_dialect(body, of_group);
        let cycle = self.first_tried("PATCH", id, failed);
        let changed = flat::patch(body);
        let changes = (!changed.is_empty()).then(|| LifeEvent::Changed(changed.clone()));
        let members = flat::membership(body).into_iter().map(LifeEvent::Members);
        let wanted = changes.into_iter().chain(members).collect();
        self.wanted(exchange, (of_group, id), cycle, failed, wanted);
        if failed {
            return;
        }
        if !of_group {
            self.lives.patched_with.extend(exchange.status());
        }
        // One object changes once a cycle, except for its manager and its members.
        let follows = changed.keys().all(|path| path.ends_with(":manager"));
        let again = !follows && self.touched.contains(id);
        let cycle = if again && !self.lives.probes {
            self.next_cycle(exchange.started_us);
            self.cycle()
        } else {
            cycle
        };
        self.touched.insert(id.to_owned());
        if !of_group {
            let echo = self.echoes.entry(id.to_owned()).or_default();
            echo.told(&changed, Some((exchange.seq, cycle)));
            if let Some(answer) = &exchange.response {
                self.echo(id, of_group, answer);
            }
        }
        if !changed.is_empty() {
            self.add(id, cycle, exchange.seq, LifeEvent::Changed(changed));
        }
        for change in flat::membership(body) {
            self.add(id, cycle, exchange.seq, LifeEvent::Members(change));
        }
    }

    fn delete(&mut self, exchange: &Exchange, id: &str, failed: bool) {
        let gone = !failed || exchange.status() == Some(404);
        let cycle = self.first_tried("DELETE", id, !gone);
        let of_group = exchange.request.path().contains("/Groups/");
        self.wanted(exchange, (of_group, id), cycle, !gone, vec![LifeEvent::Deleted]);
        if gone {
            self.add(id, cycle, exchange.seq, LifeEvent::Deleted);
            self.pending.forget("PATCH", id);
            self.echoes.remove(id);
            self.by_id.remove(id);
        }
    }

    fn add(&mut self, id: &str, cycle: usize, seq: u64, event: LifeEvent) {
        if let Some(life) = self.life(id) {
            life.sought = true;
            life.events.push(Happened { cycle, seq, event });
        } else {
            let what = "changes of an object that no answer shows".to_owned();
            *self.lives.unknown.entry(what).or_default() += 1;
        }
    }

    fn note_dialect(&mut self, body: &Value, of_group: bool) {
        for operation in flat::operations(body) {
            self.lives.words.insert(flat::op(operation).to_owned());
            let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
            self.lives.pathless |= path.is_empty();
            let value = match path {
                "active" => operation.get("value"),
                "" => operation.get("value").and_then(|value| value.get("active")),
                _ => None,
            };
            if !of_group && let Some(value) = value {
                self.lives.active_as.0 |= value.is_string();
                self.lives.active_as.1 |= value.is_boolean();
            }
        }
    }

    /// Creates that never worked, and cycles in which nothing did.
    fn end(&mut self) {
        self.never_got_through();
        let mut wanted = std::mem::take(&mut self.wanted);
        // Without a name it was no object of the directory.
        wanted.remove("");
        for (cycle, seq, of_group, values) in wanted.into_values() {
            let event = LifeEvent::Created(values);
            let events = vec![Happened { cycle, seq, event }];
            let mut life = Life { of_group, sought: true, events, ..Life::default() };
            if self.lives.stuck.iter().any(|one| one.seq == seq || one.seqs.contains(&seq)) {
                life.refused.insert(seq);
            }
            self.lives.lives.push(life);
        }
        for cycle in 0..self.lives.cycles.len() {
            let mut failed = self.lives.mishaps.iter().filter(|mishap| mishap.cycle == cycle);
            let slow = |mishap: &&Mishap| matches!(mishap.what, What::Slow(_));
            if let Some(first) = failed.find(|mishap| !slow(mishap))
                && !self.worked.contains_key(&cycle)
            {
                self.lives.dead_cycles.insert(cycle, first.what.clone());
            }
        }
        let dead = &self.lives.dead_cycles;
        self.lives.mishaps.retain(|mishap| !dead.contains_key(&mishap.cycle));
    }
}

impl Reader {
    /// What was wanted to the end is part of the lives, and how it was answered is no mishap of a
    /// cycle.
    fn never_got_through(&mut self) {
        let mut stuck = std::mem::take(&mut self.pending).never();
        for (id, echo) in std::mem::take(&mut self.echoes) {
            if let Some((seq, cycle)) = echo.ignored() {
                stuck.push(Stuck {
                    seq,
                    cycle,
                    method: "PATCH".to_owned(),
                    about: id.clone(),
                    of_group: false,
                    what: What::Ignored,
                    wanted: Vec::new(),
                    seqs: BTreeSet::new(),
                });
            }
            if let Some(life) = self.life(&id) {
                (life.missing, life.shown_active) = (echo.missing(), echo.is_active());
            }
        }
        for one in &stuck {
            self.lives.mishaps.retain(|mishap| !one.seqs.contains(&mishap.seq));
            let Some(life) = self.life(&one.about) else { continue };
            life.refused.insert(one.seq);
            life.events.extend(one.wanted.iter().map(|event| Happened {
                cycle: one.cycle,
                seq: one.seq,
                event: event.clone(),
            }));
            life.events.sort_by_key(|happened| happened.seq);
        }
        self.lives.stuck = stuck;
    }
}

/// The name by which an object is looked up.
pub fn name(resource: &Value, of_group: bool) -> String {
    let name = resource.get(if of_group { "displayName" } else { "userName" });
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Whether an exchange is a write to a user or a group.
fn writes(exchange: &Exchange) -> bool {
    ["POST", "PATCH", "DELETE"].contains(&exchange.request.method())
        && ["/Users", "/Groups"].iter().any(|part| exchange.request.path().contains(part))
}

/// A request in words, without the id it is about.
fn unknown(request: &Message, below: &str) -> String {
    let path = if below.is_empty() { request.path() } else { below };
    let path = match id_in(&path[path.find("/Users").or(path.find("/Groups")).unwrap_or(0)..]) {
        Some(_) => {
            let end = path.rfind('/').unwrap_or(0);
            format!("{}/*", &path[..end])
        }
        None => path.to_owned(),
    };
    format!("{} {path}", request.method())
}
