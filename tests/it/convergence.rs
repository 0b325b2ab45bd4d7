//! First everything breaks and changes by chance, then calm: after a few cycles GoLinks must hold
//! what Entra intends.
//!
//! Each story is written as a scenario file, so a failure prints a file that replays it. `groups`
//! has the groups of a story, `invariants` what must hold in its journal.

mod groups;
mod invariants;

use std::fmt::Write;
use std::ops::Range;

use scimulator::base::Seed;
use scimulator::scenario::{Play, load, messages, report};

use invariants::OUTSIDER;

/// How many stories are played; `CONVERGENCE=20000` or `CONVERGENCE=317..318` plays others.
const STORIES: u64 = 120;
const HOURS_OF_TROUBLE: u64 = 72;

#[test]
fn after_trouble_and_calm_the_worlds_agree() {
    let seeds = seeds();
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let failed: Vec<String> = std::thread::scope(|scope| {
        let play_share = |share| {
            let seeds = seeds.clone().skip(share as usize).step_by(threads as usize);
            scope.spawn(move || seeds.filter_map(|seed| converge(seed).err()).next())
        };
        let shares: Vec<_> = (0..threads).map(play_share).collect();
        shares.into_iter().filter_map(|share| share.join().expect("it does not panic")).collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn seeds() -> Range<u64> {
    let Ok(wanted) = std::env::var("CONVERGENCE") else { return 0..STORIES };
    let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("CONVERGENCE: {wanted}"));
    match wanted.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => 0..number(&wanted),
    }
}

/// Plays the story of a seed to its end.
///
/// # Errors
/// Why the worlds do not agree, with the seed, and the file that replays it.
fn converge(seed: u64) -> Result<(), String> {
    let text = story(Seed(seed));
    let script = load("convergence.toml", &text, &[]).map_err(|problems| {
        format!("story {seed} is no scenario:\n{}\n{text}", messages::render(&problems))
    })?;
    let mut play = Play::new(script);
    play.run_to_end();
    let broken = invariants::broken(&play);
    if play.verdict().green() && broken.is_empty() {
        return Ok(());
    }
    let report = report::plain(&play, None);
    Err(format!(
        "story {seed} does not converge; CONVERGENCE={seed}..{} plays it:\n{report}\n{}\n{text}",
        seed + 1,
        broken.join("\n"),
    ))
}

/// What the generator knows of a person, so that it writes only what the directory takes.
#[derive(Clone, Copy)]
pub struct Person {
    enabled: bool,
    deleted: bool,
    /// Deleted for good.
    gone: bool,
    assigned: bool,
    /// Assigned from the start on, without a break.
    steady: bool,
    /// From the first cycle on, which meets no faults.
    has_account: bool,
    /// The city, which a Boolean is mapped from and a rule asks for.
    at_home: bool,
    /// The number of the manager.
    manager: Option<usize>,
}

fn story(seed: Seed) -> String {
    let guarded = pick(seed, "guarded", 0, 3) == 0;
    let tested = pick(seed, "tested", 0, 3) == 0;
    let mut text = format!(
        "title = \"Trouble by chance, then calm\"\nseed = {}\nstart = 2026-03-02T08:00:00Z\nends = \"8d\"\n\n\
         {}[entra]\nscope = \"assigned\"\ndialect = \"{}\"\n{}\n[people]\ngenerate = 12\nassigned = true\n\n",
        seed.0,
        SERVERS[pick(seed, "server", 0, SERVERS.len())],
        ["classic", "compliant"][pick(seed, "dialect", 0, 2)],
        ["", "delete_threshold = 2\n"][usize::from(guarded)],
    );
    let mut people = Vec::new();
    for nth in 0..6 {
        let assigned = pick(seed, "assigned", nth, 3) > 0;
        let _ =
            write!(text, "[user.p{nth}]\nname = \"Person Number{nth}\"\nassigned = {assigned}\n\n");
        people.push(Person {
            enabled: true,
            deleted: false,
            gone: false,
            assigned,
            steady: assigned,
            has_account: assigned,
            at_home: false,
            manager: None,
        });
    }
    let _ = write!(text, "[user.{OUTSIDER}]\nname = \"Out Sider\"\nassigned = false\n\n");
    let mut groups = groups::begin(seed, people.len(), &mut text);
    faults(seed, &mut text);
    if tested {
        text.push_str(TEST_APPLICATION);
    }
    let both = if tested { ", { start = true, app = \"test\" }" } else { "" };
    let _ = write!(text, "[[at]]\ntime = \"0d\"\ndo = [\"start\"{both}]\n\n");
    let mut minute = 0;
    for nth in 0..30 {
        minute += 1 + pick(seed, "pause", nth, 2 * 60 * HOURS_OF_TROUBLE as usize / 30);
        let who = pick(seed, "who", nth, people.len());
        let of_person = match pick(seed, "whose", nth, 6) {
            _ if people[who].gone => None,
            0 | 1 => None,
            2 => manager(seed, nth, who, &mut people),
            _ => Some(act(seed, nth, who, &mut people[who])),
        };
        let action = of_person.unwrap_or_else(|| groups::change(seed, nth, &mut groups, &people));
        let _ = write!(text, "[[at]]\ntime = \"{minute}m\"\ndo = {action}\n\n");
    }
    // What was changed by hand is found when everything is read again.
    let calm = 60 + minute.max(60 * HOURS_OF_TROUBLE as usize);
    let open = if guarded { "{ set = { entra.delete_threshold = false } }, " } else { "" };
    let again = if tested { ", { restart = true, app = \"test\" }" } else { "" };
    let _ = write!(
        text,
        "[[at]]\ntime = \"{calm}m\"\ndo = [{open}\"start\", \"restart\"{both}{again}]\n\n"
    );
    text.push_str("[finally]\nworlds = \"agree\"\n");
    text
}

/// The gallery's application, one with values of other types (a Boolean and a list of roles) and
/// managers, and one with groups and managers.
const SERVERS: [&str; 3] = [
    "[golinks]\ntoken = \"t\"\n\n",
    r#"[golinks]
token = "t"
profile = "generic"

[[golinks.schema]]
id = "urn:example:contoso:2.0:User"
name = "Contoso"
resource = "User"
attributes = [{ name = "remote", type = "boolean" }]

[entra.mappings]
template = "scim"
groups = { enabled = false }

[[entra.mappings.users.change]]
target = "urn:example:contoso:2.0:User:remote"
expression = 'IIF([city]="Home", "True", "False")'
type = "Boolean"

[[entra.mappings.users.change]]
target = "roles"
expression = "AppRoleAssignmentsComplex([appRoleAssignments])"
multi_valued = true

"#,
    r#"[golinks]
token = "t"
profile = "generic"

[entra.mappings]
template = "scim"

"#,
];

/// A second application, with a job and a server of its own.
const TEST_APPLICATION: &str =
    "[app.test]\nworkspace = \"sandbox\"\nassigned = { group = \"g0\" }\n\n[workspace.sandbox]\n\n";

/// Faults that end with the trouble. A create whose answer is lost is left out: when the person
/// leaves scope before the next cycle, no link leads to the account any more, as in life.
fn faults(seed: Seed, text: &mut String) {
    let effects = [
        ("respond = { status = 503 }", "POST"),
        ("respond = { status = 429, headers = { retry-after = \"60\" } }", "GET"),
        ("respond = { status = 500 }", "PATCH"),
        ("reset = \"before\"", "POST"),
        ("reset = \"after\"", "PATCH"),
        ("delay = \"130s\"", "PATCH"),
        ("garble = \"truncate\"", "GET"),
        ("refuse = true", "POST"),
        ("respond = { status = 503 }", "DELETE"),
    ];
    for nth in 0..3 {
        let (effect, method) = effects[pick(seed, "effect", nth, effects.len())];
        // Not in the first hour, so that each user who is assigned then has an account.
        let from = 1 + pick(seed, "from", nth, HOURS_OF_TROUBLE as usize - 2);
        let _ = write!(
            text,
            "[[fault]]\nname = \"trouble{nth}\"\nfrom = \"{from}h\"\nuntil = \"{HOURS_OF_TROUBLE}h\"\nprobability = 0.{}\n\
             when = {{ method = \"{method}\" }}\n{effect}\n\n",
            2 + pick(seed, "probability", nth, 7),
        );
    }
}

/// One change: of the user, of the account by hand, or of the job while a cycle may be under way;
/// or a run on demand.
fn act(seed: Seed, nth: u64, who: usize, person: &mut Person) -> String {
    match pick(seed, "act", nth, 10) {
        6 if person.has_account => {
            let by_hand = ["name.familyName = \"Byhand\"", "active = true", "active = false"]
                [pick(seed, "by hand", nth, 3)];
            format!("{{ edit_account = {{ p{who} = {{ {by_hand} }} }} }}")
        }
        7 => "[\"restart\", \"stop\", \"start\"]".to_owned(),
        8 => "[{ set = { entra.mappings.users.update = true } }, \"stop\", \"start\"]".to_owned(),
        // Beside a cycle that begins at the same instant, or that is under way.
        9 if person.enabled && !person.deleted => {
            let on_demand = format!("{{ provision_on_demand = \"p{who}\" }}");
            let beside = pick(seed, "beside", nth, 2) > 0;
            if beside { format!("[\"restart\", {on_demand}]") } else { on_demand }
        }
        kind => format!("{{ {} }}", change(nth, kind % 6, who, person)),
    }
}

/// One change that the directory takes, and what it does to the person.
fn change(nth: u64, kind: usize, who: usize, person: &mut Person) -> String {
    // Who was unassigned once may be entitled again without a cycle that sees it before the end;
    // whether the account of such a person is managed still, no source says.
    if person.deleted && kind == 0 && person.steady {
        person.gone = true;
        return format!("purge = \"p{who}\"");
    }
    if person.deleted {
        person.deleted = false;
        return format!("restore = \"p{who}\"");
    }
    match kind {
        0 => {
            person.enabled = !person.enabled;
            format!("{} = \"p{who}\"", if person.enabled { "enable" } else { "disable" })
        }
        1 => {
            person.assigned = !person.assigned;
            person.steady = false;
            format!("{} = \"p{who}\"", if person.assigned { "assign" } else { "unassign" })
        }
        2 => {
            person.deleted = true;
            format!("delete = \"p{who}\"")
        }
        3 => format!("update = {{ p{who} = {{ surname = \"Surname{nth}\" }} }}"),
        4 => format!(
            "update = {{ p{who} = {{ userPrincipalName = \"p{who}.{nth}@contoso.example\" }} }}"
        ),
        _ => {
            person.at_home = !person.at_home;
            let city = if person.at_home { "Home" } else { "Bern" };
            format!(
                "update = {{ p{who} = {{ department = \"Department{nth}\", city = \"{city}\" }} }}"
            )
        }
    }
}

/// A person gets another manager, or none; `None` where that would change nothing.
fn manager(seed: Seed, nth: u64, who: usize, people: &mut [Person]) -> Option<String> {
    let chief = pick(seed, "manager", nth, people.len());
    let now = people[who].manager.filter(|chief| !people[*chief].gone);
    let cleared = chief == who || people[chief].deleted || now == Some(chief);
    if people[who].deleted || (cleared && now.is_none()) {
        return None;
    }
    people[who].manager = (!cleared).then_some(chief);
    let name = if cleared { String::new() } else { format!("p{chief}") };
    Some(format!("{{ update = {{ p{who} = {{ manager = \"{name}\" }} }} }}"))
}

fn pick(seed: Seed, kind: &str, nth: u64, bound: usize) -> usize {
    seed.below(kind, "convergence", nth, bound as u64) as usize
}
