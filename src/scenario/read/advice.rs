//! Better advice about an unknown key than the reader of one table can give: the key belongs to
//! another table, has another name here, or is a word from a reported bug.

use std::collections::BTreeMap;

use crate::base::diagnostic::nearest;
use crate::base::node::Entry;
use crate::base::time::parse_duration;
use crate::base::{Diagnostic, Kind, Node, ProblemKind, Problems, Span};
use crate::entra::mapping::{RowSource, Schema, Template};
use crate::scenario::bugs::Means;
use crate::scenario::explain::topics;
use crate::scenario::{Source, bugs, library};
use crate::world::actions::{VERBS, form_of_words};

use super::forms;
use super::{HEAD, TOP};

/// A key of the file with the path of its table, such as `at.do.update.ann`.
pub(super) struct KeyPlace<'a> {
    pub(super) entry: &'a Entry,
    pub(super) table: String,
}

/// Keys that authors guess: the last part of the table's path, the guesses, and the advice.
const ELSEWHERE: [(&str, &[&str], &str); 49] = [
    ("", &["faults", "outage", "outages"], "a fault is a table [[fault]]"),
    ("", &["moment", "moments", "step", "steps", "then", "story"], "a moment is a table [[at]]"),
    ("", &["expect", "assert", "check"], "it stands in a moment, [[at]], or is a table [finally]"),
    ("", &["time", "say", "do", "after"], "it stands in a moment, below [[at]]"),
    ("", &["person", "employee", "employees", "persons"], "a person is a table [user.ann]"),
    (
        "",
        &["target", "server", "remote"],
        "a server that is not the mock is named on the command line: --target URL",
    ),
    ("", &["application", "applications", "apps"], "an application is a table [app.test]"),
    ("", &["account", "accounts"], "an account is a table [golinks.account.ann]"),
    ("at", &["expected", "and"], "what must hold is expect.<name> = ..."),
    ("do", &["wait", "sleep", "delay"], WAIT),
    ("at", &["wait", "sleep", "delay", "pause"], WAIT),
    ("at", &["when", "at", "on", "day"], "a moment says when it comes by time = \"1d\""),
    ("at", &["action", "actions", "act"], "what is done stands behind do = ..."),
    ("at", &["assert", "expects", "check", "then"], "what must hold is expect.<name> = ..."),
    (
        "at",
        &["narrate", "tell", "caption", "text", "comment", "note", "title"],
        "did you mean `say`?",
    ),
    ("where", &["operator", "op", "operation", "comparison"], "the operator is called `is`"),
    ("where", &["count", "times", "number"], "how many there are is `is`, or `min` and `max`"),
    ("where", &["name", "source", "field"], "the attribute is called `attribute`"),
    (
        "fault",
        &["status", "code", "error", "answer"],
        "an answer in GoLinks' place is respond = 503, or respond = { status = 503 }",
    ),
    (
        "",
        &["description", "summary", "name"],
        "the title tells it in one line, `say` tells more at a moment",
    ),
    ("", &["duration", "length", "until", "lasts"], "did you mean `ends`?"),
    ("", &["timezone", "tz", "date", "clock"], "times are UTC: start = 2026-03-02T08:00:00Z"),
    ("people", &["count", "number", "size", "total", "users"], "did you mean `generate`?"),
    ("entra", &["policies"], "did you mean `policy`?"),
    (
        "policy",
        &[
            "quarantine_threshold",
            "quarantine",
            "quarantine_after",
            "escrow_threshold",
            "threshold",
        ],
        "the thresholds are quarantine_min_failures, quarantine_ratio, quarantine_max_failures and quarantine_max_total",
    ),
    (
        "policy",
        &["interval", "provisioning_interval", "sync_interval", "frequency", "schedule"],
        "did you mean `cycle_interval`?",
    ),
    (
        "entra",
        &["interval", "frequency", "every", "cycle", "schedule"],
        "the vendor's 40 minutes are a policy: policy.cycle_interval = \"40m\"",
    ),
    ("entra", &["token", "secret_token", "password", "api_key"], "did you mean `secret`?"),
    ("oauth", &["secrets", "secret", "password", "clientSecret"], "did you mean `client_secret`?"),
    ("golinks", &["max_results", "maxResults", "max_page_size"], "did you mean `page_size`?"),
    ("golinks", &["base_url", "url", "address"], "did you mean `public_url`?"),
    ("golinks", &["supports", "features"], "did you mean `capabilities`?"),
    (
        "golinks",
        &["latency", "delay", "slow", "down", "outage", "errors", "error_rate"],
        "what goes wrong on the way is a fault: [[fault]] delay = \"2s\", or respond = 503",
    ),
    (
        "golinks",
        &["group"],
        "groups come to GoLinks by provisioning; a group of the directory is [group.sales]",
    ),
    ("fault", &["chance", "rate", "likelihood", "percent", "ratio"], "did you mean `probability`?"),
    ("fault", &["timeout", "hang", "hangs"], "a request without an answer is stall = true"),
    ("fault", &["latency", "slow", "wait", "sleep"], "did you mean `delay`?"),
    (
        "fault",
        &["throttle", "throttled", "rate_limit"],
        "respond = { status = 429, headers = { Retry-After = \"60\" } }",
    ),
    ("fault", &["to", "end", "ends", "till"], "did you mean `until`?"),
    ("fault", &["duration", "lasts", "during"], "did you mean `for`?"),
    (
        "fault",
        &["drop", "disconnect", "outage", "unreachable"],
        "refuse = true, or the verb `down`",
    ),
    (
        "fault",
        &["type", "kind", "effect", "action"],
        "what it does is a key of its own: respond = 503, delay = \"5s\", refuse = true",
    ),
    ("always", &["expect"], "names stand here without `expect`: job.quarantines = 0"),
    ("finally", &["expect", "assert"], "names stand here without `expect`: worlds = \"agree\""),
    ("fill_in", &["token", "secret_token", "password"], "did you mean `secret`?"),
    ("users", &["add", "append", "insert", "row", "mapping"], "did you mean `change`?"),
    (
        "filters",
        &["attribute", "is", "operator", "value"],
        "it stands in a clause: where = [{ attribute = \"department\", is = \"EQUALS\", value = \"Sales\" }]",
    ),
    ("respond", &["code", "status_code", "statusCode"], "did you mean `status`?"),
    (
        "respond",
        &["retry_after", "retryAfter", "Retry-After"],
        "it is a header: headers = { Retry-After = \"60\" }",
    ),
];

/// What authors may call the keys of a group.
const OF_GROUPS: [(&[&str], &str); 5] = [
    (&["member", "users", "people"], "did you mean `members`?"),
    (&["type", "groupTypes", "group_type"], "did you mean `kind`?"),
    (&["displayName", "display_name", "title"], "did you mean `name`?"),
    (&["nested", "subgroups", "member_groups"], "did you mean `groups`?"),
    (&["membershipRule", "membership_rule", "dynamic", "query"], "did you mean `rule`?"),
];

/// How many unknown keys get advice, since each may search all topics of `explain`.
const ADVISED: usize = 50;

/// The advice for an action that waits, which does not exist.
pub const WAIT: &str = "time passes between moments: the `time` of the next [[at]] says how long";

/// Replaces the help of problems about unknown keys where better advice exists.
pub fn improve(source: &Source, root: &Node, problems: &mut Vec<Diagnostic>) {
    let mut places = BTreeMap::new();
    collect("", root, &mut places);
    let mut in_wrong_table = Vec::new();
    let mut advised = 0;
    for problem in problems.iter_mut().filter(|problem| problem.kind == ProblemKind::UnknownKey) {
        let Some(place) = problem.span.and_then(|span| places.get(&span)) else { continue };
        if is_swallowed(source, place) {
            in_wrong_table.push(place.entry.key.as_str());
            tell_swallowed(place, problem);
        } else if advised < ADVISED {
            advised += 1;
            problem.help = advice(place).unwrap_or_else(|| std::mem::take(&mut problem.help));
        }
    }
    // A key in the wrong table is already reported, so it is not reported as missing too.
    problems.retain(|problem| match problem.kind {
        ProblemKind::MissingKey(missing) => !in_wrong_table.contains(&missing),
        _ => true,
    });
}

/// Replaces the help of problems about unknown keys of an action that comes from no file, where
/// better advice exists.
pub fn improve_action(action: &Node, problems: &mut [Diagnostic]) {
    let mut places = BTreeMap::new();
    collect("at.do", action, &mut places);
    for problem in problems.iter_mut().filter(|problem| problem.kind == ProblemKind::UnknownKey) {
        let place = problem.span.and_then(|span| places.get(&span));
        if let Some(help) = place.and_then(advice) {
            problem.help = help;
        }
    }
}

/// Collects every key of the file, by its place.
fn collect<'a>(table: &str, node: &'a Node, places: &mut BTreeMap<Span, KeyPlace<'a>>) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect(table, item, places)),
        Kind::Table(entries) => {
            for entry in entries {
                places.insert(entry.key_span, KeyPlace { entry, table: table.to_owned() });
                // A setting that is set is reported at its value.
                if table.contains(".set.") {
                    let place = || KeyPlace { entry, table: table.to_owned() };
                    places.entry(entry.value.span).or_insert_with(place);
                }
                let below = if table.is_empty() { "" } else { "." };
                collect(&format!("{table}{below}{}", entry.key), &entry.value, places);
            }
        }
        _ => {}
    }
}

/// Whether a key that belongs above the first header begins a line below a table header, which
/// makes it a key of that table.
fn is_swallowed(source: &Source, place: &KeyPlace<'_>) -> bool {
    let before = source.text.get(..place.entry.key_span.start).unwrap_or_default();
    let begins_line = before.rsplit('\n').next().is_some_and(|rest| rest.trim().is_empty());
    HEAD.contains(&place.entry.key.as_str()) && !place.table.is_empty() && begins_line
}

fn tell_swallowed(place: &KeyPlace<'_>, problem: &mut Diagnostic) {
    let key = &place.entry.key;
    problem.message = format!("`{key}` stands in the table `{}`", place.table);
    problem.label = "a table header swallows every key below it".to_owned();
    problem.help = format!("move `{key}` to the top of the file, above the first header");
}

fn advice(place: &KeyPlace<'_>) -> Option<String> {
    let (table, key) = (place.table.as_str(), place.entry.key.as_str());
    let last = table.rsplit('.').next().unwrap_or(table);
    if let Some(help) = forms::of(place) {
        return Some(help);
    }
    let written = |row: &&(&str, &[&str], &str)| row.0 == last && row.1.contains(&key);
    if let Some((.., help)) = ELSEWHERE.iter().find(written) {
        return Some((*help).to_owned());
    }
    match table.split('.').collect::<Vec<_>>()[..] {
        ["at"] => as_action(place.entry),
        ["fault"] if key == "down" => Some(down(&place.entry.value)),
        [""] if ["bug", "bugs"].contains(&key) => Some(of_a_bug(&place.entry.value)),
        [.., "golinks" | "workspace", "quirks"] | ["workspace", _, "quirks"] => {
            of_bug(key).or_else(|| by_words(key))
        }
        ["group", _] | ["at", "do", "create_group" | "update_group", _] => {
            let row = OF_GROUPS.iter().find(|(words, _)| words.contains(&key));
            row.map(|(_, help)| (*help).to_owned())
        }
        ["user", _] | ["at", "do", "update", _] | ["at", "do", "hire", _] => by_target(key),
        [.., "set", "golinks"] if key.starts_with("account") => {
            Some("accounts are changed by `edit_account`, made by `create_account`".to_owned())
        }
        ["golinks"] if ["accounts", "user", "users"].contains(&key) => {
            Some("an account made beforehand is a table [golinks.account.ann]".to_owned())
        }
        ["at", "do", "set", "golinks" | "entra", ..] => in_set(table, place.entry),
        [.., "do", "set"] => in_a_setting(place.entry),
        // A workspace has the settings of GoLinks, below a name of its own.
        ["workspace", _] => {
            let help = in_another_table("golinks", place.entry)?;
            Some(help.replacen("[golinks.", &format!("[{table}."), 1))
        }
        [""] if nearest(key, TOP.iter().copied()).is_some() => None,
        ["entra" | "golinks" | "people", ..] | [""] => in_another_table(table, place.entry),
        _ => None,
    }
}

/// An action that stands as a key of its moment: `disable = "ann"`.
fn as_action(entry: &Entry) -> Option<String> {
    let verb = VERBS.iter().find(|verb| verb.name == entry.key)?;
    let mut problems = Problems::default();
    let read = (verb.read)(&entry.value, &mut problems).is_some() && !problems.has_errors();
    Some(match (read, &entry.value.kind) {
        (true, Kind::Bool(true)) => format!("an action stands behind `do`: do = \"{}\"", verb.name),
        (true, _) => {
            let value = entry.value.to_toml();
            format!("an action stands behind `do`: do = {{ {} = {value} }}", verb.name)
        }
        (false, Kind::Text(text))
            if let Some(form) = form_of_words(&format!("{} {text}", verb.name)) =>
        {
            format!("an action stands behind `do`: do = {{ {form} }}")
        }
        (false, _) => format!("an action stands behind `do`, such as do = {}", verb.example),
    })
}

/// What is meant by `down` in a fault, for as long as was typed.
fn down(value: &Node) -> String {
    match &value.kind {
        Kind::Text(time) if parse_duration(time).is_ok() => {
            format!(
                "write refuse = true, for = \"{time}\"; or the action do = {{ down = \"{time}\" }}"
            )
        }
        _ => "refuse = true, or the verb `down`".to_owned(),
    }
}

/// What is meant by `bug` at the top of a file.
fn of_a_bug(value: &Node) -> String {
    let number = match &value.kind {
        Kind::Text(number) => bugs::find(number).map(|bug| bug.number),
        _ => None,
    };
    let number = number.unwrap_or("B27");
    format!("covers = [\"{number}\"] names it; `scimulator run FILE --bug {number}` switches it on")
}

/// The quirks that reproduce the bugs whose texts contain a word.
fn by_words(word: &str) -> Option<String> {
    let covered: Vec<String> = library::about(word).into_iter().flat_map(|it| it.covers).collect();
    let said = |bug: &&bugs::Bug| bug.is_about(word) || covered.iter().any(|it| it == bug.number);
    let found: Vec<String> = bugs::BUGS
        .iter()
        .filter(said)
        .filter_map(|bug| {
            let quirk = bug.with.iter().find_map(|it| it.strip_prefix("golinks.quirks."))?;
            let name = quirk.split_once('=').map_or(quirk, |(name, _)| name);
            Some(format!("`{name}` ({}: {})", bug.number, bug.title))
        })
        .take(3)
        .collect();
    (!found.is_empty()).then(|| format!("of this speak {}", found.join(", ")))
}

/// What brings a bug about whose number stands where a quirk has its name.
fn of_bug(number: &str) -> Option<String> {
    let bug = bugs::find(number)?;
    let title = format!("{} ({})", bug.number, bug.title);
    Some(match (bug.means, bug.with) {
        (Means::Engine | Means::Not, _) | (_, []) => {
            format!("{title} has no quirk; `scimulator explain {}` says why", bug.number)
        }
        (Means::Action, [action, ..]) => format!("{title} is an action: do = {action}"),
        // A fault among other tables is named by the command line alone.
        (_, settings) if settings.iter().any(|it| it.starts_with("fault.")) => {
            format!("{title} is a fault, which `scimulator run FILE --bug {}` brings", bug.number)
        }
        (_, settings) => {
            let in_file = |setting: &&str| match setting.split_once('=') {
                Some((path, value)) => {
                    let name = path.strip_prefix("golinks.quirks.").unwrap_or(path);
                    format!("{name} = {}", as_toml(value.trim()))
                }
                None => (*setting).to_owned(),
            };
            let settings: Vec<String> = settings.iter().map(in_file).collect();
            format!("{title} comes about by {}", settings.join(" and "))
        }
    })
}

/// A value of an override as a file has it: a word in quotes.
fn as_toml(value: &str) -> String {
    let is_bare = value.parse::<f64>().is_ok()
        || ["true", "false"].contains(&value)
        || value.starts_with(['"', '\'', '{', '[']);
    if is_bare { value.to_owned() } else { format!("\"{value}\"") }
}

/// The directory's name for an attribute that has the application's name in the file.
fn by_target(key: &str) -> Option<String> {
    let schema = Schema::gallery(Template::Scim);
    let row = schema.users.rows().iter().find(|row| *row.target.name == *key)?;
    let RowSource::Attribute { name: attribute, .. } = &row.source else { return None };
    Some(format!("in the directory it is called `{attribute}`; `{key}` is GoLinks' name for it"))
}

/// The table that has a setting of this name, with the setting as it is written there; or, where
/// that table is within this one, as it is written here. A name that goes on in this table is meant
/// rather than the same name in another.
fn in_another_table(table: &str, entry: &Entry) -> Option<String> {
    let (key, value) = (entry.key.as_str(), entry.value.to_toml());
    if let Some(longer) = path_beginning(table, key) {
        return Some(format!("did you mean `{longer}`?"));
    }
    let path = path_of(key)?;
    let (stands_in, name) = path.rsplit_once('.')?;
    let below = path.strip_prefix(table).and_then(|rest| rest.strip_prefix('.'));
    match below {
        _ if stands_in == table => None,
        Some(below) if !table.is_empty() => {
            Some(format!("it stands in [{stands_in}]; here write {below} = {value}"))
        }
        _ => Some(format!("it stands in [{stands_in}]: {name} = {value}")),
    }
}

/// What [`in_another_table`] says of a key below `set`, in the form that `set` takes.
fn in_set(table: &str, entry: &Entry) -> Option<String> {
    let (_, table) = table.split_once(".set.")?;
    match path_beginning(table, &entry.key) {
        Some(_) => in_another_table(table, entry),
        // What is wrong is pointed at by its value alone, so the whole action is named as such.
        None => in_another_table(table, entry)
            .and_then(|_| in_a_setting(entry))
            .map(|action| action.replacen("write", "the action is", 1)),
    }
}

/// The setting of this name as `set` takes it.
fn in_a_setting(entry: &Entry) -> Option<String> {
    let path = path_of(&entry.key).filter(|path| !path.starts_with("people."))?;
    Some(format!("write {{ set = {{ {path} = {} }} }}", entry.value.to_toml()))
}

/// The one setting of a table whose name begins with this one, as `retry_after_max` with
/// `retry_after`.
fn path_beginning(table: &str, key: &str) -> Option<String> {
    const LEAST: usize = 6;
    let begins = format!("{table}.{key}_");
    let mut found = topics::all().into_iter().filter(|it| it.name.starts_with(&begins));
    let (first, others) = (found.next()?, found.next());
    (key.len() >= LEAST && others.is_none()).then(|| first.name[table.len() + 1..].to_owned())
}

/// Whether the last part of a path is this key but for its letters' case and its underlines.
fn is_alike(path: &str, key: &str) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    key.len() > 3 && path.rsplit('.').next().is_some_and(|last| plain(last) == plain(key))
}

/// The path of the setting of this name, such as `entra.dialect`.
pub fn path_of(key: &str) -> Option<String> {
    let ending = format!(".{key}");
    let topic = topics::all().into_iter().find(|topic| {
        ["entra.", "golinks.", "people."].iter().any(|lead| topic.name.starts_with(lead))
            && (topic.name.ends_with(&ending) || is_alike(&topic.name, key))
    });
    topic.map(|topic| topic.name.to_string())
}
