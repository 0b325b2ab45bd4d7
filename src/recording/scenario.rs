//! Writes a scenario from a recording: the people and groups, what happened to them and when, what
//! went wrong on the way, and in comments what the recording cannot tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::attribute::tombstone;
use super::exchange::{Exchange, Recording};
use super::faults;
use super::flat::{self, Flat, Membership};
use super::lives::{Happened, Life, LifeEvent, Lives};
use super::mapped::Mapped;
use super::preamble::{doubts, header, instant, quoted, settings};
use super::times::Times;

/// The scenario that a recording shows, as TOML.
pub fn write(recording: &Recording, exchanges: &[Exchange]) -> String {
    let lives = Lives::read(exchanges, &recording.base_path);
    let times = Times::of(&lives);
    let keys = Keys::of(&lives.lives);
    let mapped = Mapped::of(&lives);
    let mut cast = Cast { lives: &lives, keys: &keys, mapped: &mapped, unsaid: Vec::new() };
    let (tables, moments) = cast.play();
    let unsaid = std::mem::take(&mut cast.unsaid);
    let mut text = String::new();
    header(&mut text, recording, exchanges, &lives, &times);
    doubts(&mut text, &lives, &times, &mapped, unsaid);
    settings(&mut text, &lives, &times, &mapped);
    text += &tables;
    text += &faults::write(&lives, &times, &keys);
    text += "\n# ---- the story ----\n\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n";
    for (cycle, moment) in moments {
        let _ = write!(
            text,
            "\n[[at]]\ntime = \"{}\"\nsay = {}\ndo = [\n{}]\n",
            times.before(cycle),
            quoted(&moment.say(&lives, cycle)),
            moment.actions.iter().map(|action| format!("  {action},\n")).collect::<String>(),
        );
    }
    let (total, active) = held(&lives);
    if lives.failed() {
        text += "\n# The recorded run did not end well, and neither does this one: `worlds` names what differs.";
        text += "\n# The numbers of accounts are those of the recorded server.";
    }
    let _ = write!(
        text,
        "\n[finally]\nworlds = \"agree\"\ngolinks.accounts = {{ total = {total}, active = {active} }}\n"
    );
    text
}

/// What is done before a cycle.
#[derive(Default)]
struct Moment {
    actions: Vec<String>,
    seqs: Vec<u64>,
}

impl Moment {
    fn say(&self, lives: &Lives, cycle: usize) -> String {
        let at = lives.cycles.get(cycle).map(|us| instant(*us)).unwrap_or_default();
        let (first, last) = (self.seqs.iter().min(), self.seqs.iter().max());
        match (first, last) {
            (Some(first), Some(last)) if first != last => {
                format!("Seen in the cycle of {at}, in the exchanges {first} to {last}.")
            }
            (Some(one), _) => format!("Seen in the cycle of {at}, in exchange {one}."),
            _ => format!("Seen in the cycle of {at}."),
        }
    }
}

/// The names by which the story speaks of users and groups.
#[derive(Default)]
pub struct Keys {
    by_life: Vec<String>,
    /// In which cycle and by which exchange each begins.
    begins: BTreeMap<String, (usize, u64)>,
    /// By which exchange each was deleted.
    ends: BTreeMap<String, u64>,
    by_id: BTreeMap<String, String>,
    by_name: BTreeMap<String, String>,
}

impl Keys {
    fn of(lives: &[Life]) -> Keys {
        let mut keys = Keys::default();
        let mut taken = BTreeSet::new();
        for life in lives {
            let name = life.name();
            let begin = name.split('@').next().unwrap_or_default();
            let word = begin.split(['.', ' ', '_']).find(|word| !word.is_empty());
            let word: String = deunicode::deunicode(word.unwrap_or_default())
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            let fallback = if life.of_group { "group" } else { "user" };
            let begin = if word.is_empty() { fallback.to_owned() } else { word };
            let mut key = begin.clone();
            for nth in 2.. {
                if taken.insert(key.clone()) {
                    break;
                }
                key = format!("{begin}{nth}");
            }
            if !life.id.is_empty() {
                keys.by_id.insert(life.id.clone(), key.clone());
            }
            keys.by_name.insert(name.to_lowercase(), key.clone());
            if let Some(first) = life.events.first() {
                keys.begins.insert(key.clone(), (first.cycle, first.seq));
            }
            if let Some(end) = life.events.iter().find(|one| one.event == LifeEvent::Deleted) {
                keys.ends.insert(key.clone(), end.seq);
            }
            keys.by_life.push(key);
        }
        keys
    }

    /// The key of an object by its id, when the directory has it at this exchange.
    fn at(&self, id: &str, seq: u64) -> Option<&str> {
        let key = self.find(id)?;
        // What begins in the initial cycle is there from the start.
        let begun = self.begins.get(key).is_some_and(|(cycle, first)| *cycle == 0 || *first < seq);
        let ended = self.ends.get(key).is_some_and(|end| *end < seq);
        (begun && !ended).then_some(key)
    }

    /// The key of an object by its id or its name.
    pub fn find(&self, about: &str) -> Option<&str> {
        let by_name = || self.by_name.get(&about.to_lowercase());
        self.by_id.get(about).or_else(by_name).map(String::as_str)
    }
}

impl Life {
    /// The values with which it begins.
    pub fn begins_with(&self) -> Option<&Flat> {
        match &self.events.first()?.event {
            LifeEvent::Created(values) | LifeEvent::Found(values) => Some(values),
            _ => None,
        }
    }

    /// Its name when it begins.
    pub fn name(&self) -> String {
        let path = if self.of_group { "displayName" } else { "userName" };
        let name = self.begins_with().and_then(|values| values.get(path));
        name.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn begins_in(&self) -> usize {
        self.events.first().map_or(0, |first| first.cycle)
    }

    fn was_there(&self) -> bool {
        matches!(self.events.first(), Some(Happened { event: LifeEvent::Found(_), .. }))
    }

    /// Splits what happened into what belongs to the beginning, and the rest: changes of the cycle
    /// in which it begins are how it is written, in several requests.
    fn beginning(&self) -> (Flat, Vec<String>, &[Happened]) {
        let mut values = self.begins_with().cloned().unwrap_or_default();
        let mut members = Vec::new();
        let (first, found) = (self.begins_in(), self.was_there());
        let mut used = 1;
        for happened in &self.events[1.min(self.events.len())..] {
            if happened.cycle != first {
                break;
            }
            match &happened.event {
                LifeEvent::Changed(changed) if is_binned(changed) => break,
                LifeEvent::Changed(changed)
                    if found
                        || (first == 0 && changed.keys().all(|path| path == flat::MANAGER)) =>
                {
                    values.extend(changed.clone());
                }
                LifeEvent::Members(Membership::Add(ids)) if first == 0 => {
                    members.extend(ids.clone());
                }
                _ => break,
            }
            used += 1;
        }
        (values, members, &self.events[used.min(self.events.len())..])
    }
}

/// All users and groups of the story.
struct Cast<'a> {
    lives: &'a Lives,
    keys: &'a Keys,
    mapped: &'a Mapped,
    unsaid: Vec<String>,
}

impl Cast<'_> {
    /// The tables of the file, and what is done before each cycle.
    fn play(&mut self) -> (String, BTreeMap<usize, Moment>) {
        let mut tables = String::new();
        let mut all: Vec<(usize, u64, String)> = Vec::new();
        let lives = self.lives;
        for (nth, life) in lives.lives.iter().enumerate() {
            let key = self.keys.by_life[nth].clone();
            let (values, members, rest) = life.beginning();
            let first = life.events.first().map_or(0, |first| first.seq);
            if life.of_group {
                if life.was_there() {
                    self.unsaid.push(format!(
                        "the group {} was there before; here it is created",
                        life.name()
                    ));
                }
                let group = self.group(&values, &members);
                match life.begins_in() {
                    0 => tables += &format!("\n[group.{key}]\n{}\n", group.join("\n")),
                    cycle => {
                        let group = group.join(", ");
                        all.push((
                            cycle,
                            first,
                            format!("{{ create_group = {{ {key} = {{ {group} }} }} }}"),
                        ));
                    }
                }
                self.group_events(&key, members, rest, &mut all);
                continue;
            }
            if let (true, Some(found)) = (life.was_there(), life.begins_with()) {
                tables += &format!("\n[golinks.account.{key}]\n{}", self.mapped.account(found));
            }
            if !life.sought {
                continue;
            }
            let mut user = self.mapped.attributes(&values);
            let manager = values.get(flat::MANAGER).and_then(Value::as_str);
            let manager = manager.and_then(|id| self.keys.at(id, first));
            let manager = manager.map(|manager| format!("manager = {}", quoted(manager)));
            match life.begins_in() {
                0 => {
                    user.extend(manager);
                    tables += &format!("\n[user.{key}]\n{}\n", user.join("\n"));
                }
                cycle => {
                    let user = user.join(", ");
                    let hire = format!("{{ hire = {{ {key} = {{ {user}, assigned = true }} }} }}");
                    all.push((cycle, first, hire));
                    all.extend(manager.map(|manager| {
                        (cycle, first, format!("{{ update = {{ {key} = {{ {manager} }} }} }}"))
                    }));
                }
            }
            self.user_events(&key, values, rest, &mut all);
        }
        (tables, moments(all))
    }

    fn group(&mut self, values: &Flat, members: &[String]) -> Vec<String> {
        let name = values.get("displayName").and_then(Value::as_str).unwrap_or_default();
        let mut lines = vec![format!("name = {}", quoted(name))];
        let members = self.people(members, 0);
        if !members.is_empty() {
            lines.push(format!("members = [{}]", members.join(", ")));
        }
        lines.push("assigned = true".to_owned());
        lines
    }

    /// The quoted keys of these ids, as far as the directory has them at this exchange.
    fn people(&mut self, ids: &[String], seq: u64) -> Vec<String> {
        let known: Vec<String> =
            ids.iter().filter_map(|id| self.keys.at(id, seq)).map(quoted).collect();
        if known.len() < ids.len() {
            let what = "members of groups who were not there, or are not known, are left out";
            self.unsaid.push(what.to_owned());
        }
        known
    }

    /// What happens to a user who begins with these values.
    fn user_events(
        &self,
        key: &str,
        mut now: Flat,
        rest: &[Happened],
        all: &mut Vec<(usize, u64, String)>,
    ) {
        // How the user has left, when the account is inactive.
        let mut left: Option<&str> = None;
        for (nth, Happened { cycle, seq, event }) in rest.iter().enumerate() {
            let mut act = |action: String| all.push((*cycle, *seq, action));
            match event {
                LifeEvent::Changed(values) => {
                    let binned = is_binned(values);
                    let values = &without_tombstone(values);
                    let changes = self.changes(&mut now, values, *seq);
                    if !changes.is_empty() {
                        act(format!("{{ update = {{ {key} = {{ {} }} }} }}", changes.join(", ")));
                    }
                    match (values.get("active").and_then(flat::boolean), left) {
                        (active, Some("disable") | None) if binned && active != Some(true) => {
                            left = Some("delete");
                            act(format!("{{ delete = \"{key}\" }}"));
                        }
                        (Some(false), None) => {
                            let gone = is_deleted_next(&rest[nth + 1..]);
                            let how = if gone { "delete" } else { "disable" };
                            left = Some(how);
                            act(format!("{{ {how} = \"{key}\" }}"));
                        }
                        (Some(true), Some(how)) => {
                            let back = if how == "delete" { "restore" } else { "enable" };
                            left = None;
                            act(format!("{{ {back} = \"{key}\" }}"));
                        }
                        _ => {}
                    }
                }
                LifeEvent::Deleted => {
                    if left != Some("delete") {
                        act(format!("{{ delete = \"{key}\" }}"));
                    }
                    act(format!("{{ purge = \"{key}\" }}"));
                }
                _ => {}
            }
        }
    }

    /// What an update says of a user whose values were `now`; what is so already is no change.
    fn changes(&self, now: &mut Flat, values: &Flat, seq: u64) -> Vec<String> {
        let text = |value: Option<&Value>| {
            value.and_then(Value::as_str).map(str::to_owned).unwrap_or_default()
        };
        let mut changed = values.clone();
        changed.retain(|target, value| text(now.get(target)) != text(Some(value)));
        now.extend(changed.clone());
        let mut changes = self.mapped.changes(&changed);
        if let Some(manager) = changed.get(flat::MANAGER) {
            let id = text(Some(manager));
            let key = self.keys.at(&id, seq).filter(|_| !id.is_empty());
            if id.is_empty() || key.is_some() {
                changes.push(format!("manager = {}", quoted(key.unwrap_or_default())));
            }
        }
        changes
    }

    fn group_events(
        &mut self,
        key: &str,
        mut members: Vec<String>,
        rest: &[Happened],
        all: &mut Vec<(usize, u64, String)>,
    ) {
        for Happened { cycle, seq, event } in rest {
            let mut actions = Vec::new();
            let mut change = |verb: &str, people: Vec<String>| {
                if !people.is_empty() {
                    let people = people.join(", ");
                    actions
                        .push(format!("{{ {verb} = {{ group = \"{key}\", user = [{people}] }} }}"));
                }
            };
            match event {
                LifeEvent::Members(membership) => {
                    let (come, gone) = moved(&mut members, membership);
                    change("add_member", self.people(&come, *seq));
                    change("remove_member", self.people(&gone, *seq));
                }
                LifeEvent::Changed(values) => {
                    if let Some(name) = values.get("displayName").and_then(Value::as_str) {
                        let name = quoted(name);
                        actions.push(format!(
                            "{{ update_group = {{ {key} = {{ name = {name} }} }} }}"
                        ));
                    }
                }
                LifeEvent::Deleted => actions.push(format!("{{ delete_group = \"{key}\" }}")),
                LifeEvent::Created(_) | LifeEvent::Found(_) => {}
            }
            all.extend(actions.into_iter().map(|action| (*cycle, *seq, action)));
        }
    }
}

/// Changes a list of members; returns the ids that came and that went.
fn moved(members: &mut Vec<String>, change: &Membership) -> (Vec<String>, Vec<String>) {
    let (mut come, mut gone) = (Vec::new(), Vec::new());
    match change {
        Membership::Add(ids) => come.extend(ids.iter().filter(|id| !members.contains(id)).cloned()),
        Membership::Remove(ids) if ids.is_empty() => gone.clone_from(members),
        Membership::Remove(ids) => {
            gone.extend(ids.iter().filter(|id| members.contains(id)).cloned())
        }
        Membership::Replace(ids) => {
            come.extend(ids.iter().filter(|id| !members.contains(id)).cloned());
            gone.extend(members.iter().filter(|id| !ids.contains(id)).cloned());
        }
    }
    members.retain(|id| !gone.contains(id));
    members.extend(come.iter().cloned());
    (come, gone)
}

/// Whether a user's name became that of a user in Entra's recycle bin.
fn is_binned(values: &Flat) -> bool {
    let name = values.get("userName").and_then(Value::as_str);
    name.is_some_and(|name| tombstone(name).is_some())
}

/// Values with the name that a user in the recycle bin had before.
fn without_tombstone(values: &Flat) -> Flat {
    let mut values = values.clone();
    let before = |name: &Value| Some(tombstone(name.as_str()?)?.1.to_owned());
    if let Some(before) = values.get("userName").and_then(before) {
        values.insert("userName".to_owned(), before.into());
    }
    values
}

/// Whether the account is deleted before anything switches it on again.
fn is_deleted_next(rest: &[Happened]) -> bool {
    for happened in rest {
        match &happened.event {
            LifeEvent::Deleted => return true,
            LifeEvent::Changed(values)
                if values.get("active").and_then(flat::boolean) == Some(true) =>
            {
                return false;
            }
            _ => {}
        }
    }
    false
}

/// What is done, by the cycle that it is done before, in the order of the recording. What is told
/// of the initial cycle and is no part of how its objects begin belongs to the next one.
fn moments(mut all: Vec<(usize, u64, String)>) -> BTreeMap<usize, Moment> {
    all.sort_by_key(|(cycle, seq, _)| (*cycle, *seq));
    let mut moments: BTreeMap<usize, Moment> = BTreeMap::new();
    for (cycle, seq, action) in all {
        let moment = moments.entry(cycle.max(1)).or_default();
        moment.actions.push(action);
        moment.seqs.push(seq);
    }
    moments
}

/// How many accounts there are at the end, and how many of them are active.
fn held(lives: &Lives) -> (usize, usize) {
    let (mut total, mut active) = (0, 0);
    for life in lives.lives.iter().filter(|life| !life.of_group) {
        let mut is_active = true;
        let mut is_there = true;
        let created = |happened: &Happened| matches!(happened.event, LifeEvent::Created(_));
        if life.events.first().is_some_and(|it| created(it) && life.refused.contains(&it.seq)) {
            continue;
        }
        for happened in life.events.iter().filter(|it| !life.refused.contains(&it.seq)) {
            match &happened.event {
                LifeEvent::Created(values)
                | LifeEvent::Found(values)
                | LifeEvent::Changed(values) => {
                    let said = values.get("active").and_then(flat::boolean);
                    is_active = said.unwrap_or(is_active);
                }
                LifeEvent::Deleted => is_there = false,
                LifeEvent::Members(_) => {}
            }
        }
        let is_active = life.shown_active.unwrap_or(is_active);
        total += usize::from(is_there);
        active += usize::from(is_there && is_active);
    }
    (total, active)
}
