//! What a life is made of, and how it is written as a scenario.

use std::fmt::Write;
use std::time::Duration;

use super::change::LifeChange;
use super::directory::{Directory, RULES};
use super::finding::Finding;
use crate::base::time::write_duration;

/// The person never in scope.
pub const OUTSIDER: &str = "outsider";

/// Against what a life is played.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Against {
    /// The mock, which can be changed by hand and can have a second workspace.
    Mock,
    /// A server that is not ours.
    Server {
        /// Whether it has groups.
        groups: bool,
    },
}

impl Against {
    /// How many hours the trouble lasts at most before the calm. A server that is not ours takes
    /// real time for every request.
    pub(super) fn hours(self) -> u64 {
        if self == Against::Mock { 72 } else { 24 }
    }

    /// When the run ends.
    fn ends(self) -> &'static str {
        if self == Against::Mock { "8d" } else { "3d" }
    }
}

/// The names that a life uses, so that several can be played at one server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NameSpace {
    /// The domain of all userPrincipalNames.
    pub domain: String,
    /// What follows the name of every group.
    pub suffix: String,
}

impl Default for NameSpace {
    fn default() -> NameSpace {
        NameSpace { domain: "contoso.example".to_owned(), suffix: String::new() }
    }
}

impl NameSpace {
    /// Names that no other tag has.
    pub fn of(tag: &str) -> NameSpace {
        NameSpace { domain: format!("{tag}.example"), suffix: format!(" {tag}") }
    }
}

/// A life: how everything is at the start, what breaks, and what happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Life {
    /// The seed that it was made from; ids and generated people come from it too.
    pub seed: u64,
    /// Against what it is played.
    pub against: Against,
    /// What is mapped.
    pub mapped: Mapped,
    /// Whether changes are sent in the compliant dialect.
    pub compliant: bool,
    /// Whether accidental deletions are guarded against.
    pub guarded: bool,
    /// Whether a second application provisions a server of its own.
    pub tested: bool,
    /// Whether a third one does, with all users in its scope.
    pub third: bool,
    /// How many people there are beside them; nothing happens to those.
    pub bystanders: u32,
    /// The people that something happens to: whether each is assigned at the start. `None` is one
    /// that was left out, so that the others keep their numbers.
    pub people: Vec<Option<bool>>,
    /// Which of them have an account beforehand, with other capitals in its userName.
    pub adopted: Vec<usize>,
    /// Of these, whether the accounts are inactive, and the users have an address of several parts
    /// and a telephone number.
    pub adopted_bare: bool,
    /// The people with whose mail address a stranger has an account beforehand.
    pub namesakes: Vec<usize>,
    /// The groups at the start; `None` is one that was left out.
    pub groups: Vec<Option<GroupStart>>,
    /// What breaks.
    pub faults: Vec<FaultStart>,
    /// What happens, in the order of time.
    pub steps: Vec<Step>,
    /// How long faults may last.
    pub hours: u64,
    /// How many hours after the last of it the calm begins.
    pub quiet: u64,
    /// Whether everything is read again: when the calm begins, and by steps before. What was
    /// changed by hand is found by that alone; but it also mends what an application has lost.
    pub restarts: bool,
    /// Whether the job is started when the calm begins, so that one which was quarantined or
    /// stopped runs again. Every life begins so; a shortened one may do without.
    pub starts_again: bool,
}

/// What is mapped, and to which kind of server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mapped {
    /// The gallery's application: users with plain values.
    Gallery,
    /// Managers, and at the mock values of other types: a Boolean and a list of roles.
    Values,
    /// Groups and managers.
    Groups,
}

/// How a group is at the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupStart {
    /// Whether it is assigned.
    pub assigned: bool,
    /// The number of its rule, if it has one.
    pub rule: Option<usize>,
    /// Its members by hand.
    pub members: Vec<usize>,
}

/// A fault, until the trouble ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FaultStart {
    /// Its number, which names it.
    pub nth: u64,
    /// When it begins, in hours.
    pub from: u64,
    /// How probable it is, in tenths.
    pub tenths: u64,
    /// What it does, as a key of `[[fault]]`.
    pub effect: &'static str,
    /// Which requests it strikes.
    pub method: &'static str,
}

/// One thing that happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// When, in minutes from the start.
    pub minute: u64,
    /// What.
    pub change: LifeChange,
}

impl Life {
    /// Writes the life as a scenario. A step that the directory would not take, because another was
    /// left out, is left out too.
    pub fn text(&self, names: &NameSpace) -> String {
        self.titled("Trouble by chance, then calm", names)
    }

    /// Like [`Life::text`], with a title, and with an expectation that is not met where the worlds
    /// can agree although `finding` is so.
    pub fn failing(&self, title: &str, finding: &Finding, names: &NameSpace) -> String {
        let expected = finding.expectation(names).map(|line| line + "\n").unwrap_or_default();
        self.titled(title, names) + &expected
    }

    fn titled(&self, title: &str, names: &NameSpace) -> String {
        let title: String = title.chars().filter(|c| !matches!(c, '"' | '\\')).collect();
        let mut text = format!("title = \"{title}\"\n") + &self.head(names);
        for (nth, assigned) in self.people.iter().enumerate() {
            let Some(assigned) = assigned else { continue };
            let _ = write!(
                text,
                "[user.p{nth}]\nname = \"Person Number{nth}\"\nassigned = {assigned}\n\n"
            );
            if self.adopted.contains(&nth) {
                if self.adopted_bare {
                    text.truncate(text.trim_end().len());
                    text += ADDRESS;
                }
                text += &account(nth, names, !self.adopted_bare);
                if self.adopted_bare && self.mapped != Mapped::Gallery {
                    text.truncate(text.trim_end().len() + 1);
                    text += AT_HOME;
                }
            }
            if self.namesakes.contains(&nth) {
                text += &namesake(nth, names);
            }
        }
        let _ = write!(text, "[user.{OUTSIDER}]\nname = \"Out Sider\"\nassigned = false\n\n");
        self.groups.iter().enumerate().for_each(|(nth, group)| {
            text.extend(group.as_ref().map(|group| self.group(nth, group, names)));
        });
        self.faults.iter().for_each(|fault| text += &self.fault(fault));
        if self.tested {
            text.push_str(TEST_APPLICATION);
        }
        if self.third {
            text.push_str(THIRD_APPLICATION);
        }
        for LifeMoment { time, action } in self.moments(names) {
            let _ = write!(text, "[[at]]\ntime = \"{time}\"\ndo = {action}\n\n");
        }
        text.push_str("[finally]\nworlds = \"agree\"\n");
        text
    }

    /// The names of its applications.
    pub fn apps(&self) -> &'static [&'static str] {
        match (self.tested, self.third) {
            (false, _) => &APPS[..1],
            (true, false) => &APPS[..2],
            (true, true) => &APPS,
        }
    }

    /// The steps that the directory takes.
    pub fn taken(&self) -> Vec<Step> {
        let mut directory = Directory::of(self);
        let mut taken = Vec::new();
        for step in &self.steps {
            if directory.takes(&step.change) {
                directory.apply(&step.change);
                taken.push(step.clone());
            }
        }
        taken
    }

    /// The moments of the scenario: the start, what happens, and the calm.
    pub fn moments(&self, names: &NameSpace) -> Vec<LifeMoment> {
        let others = |verb: &str| -> String {
            let of = |app: &&str| format!(", {{ {verb} = true, app = \"{app}\" }}");
            self.apps()[1..].iter().map(of).collect()
        };
        let all = others("start");
        let moment = |minute: u64, action| LifeMoment { time: format!("{minute}m"), action };
        let mut moments = vec![moment(0, format!("[\"start\"{all}]"))];
        let taken = self.taken();
        let last = taken.last().map_or(0, |last| last.minute);
        for Step { minute, change } in taken {
            moments.push(moment(minute, change.action(names)));
            // A read of so many takes longer than that.
            if change == LifeChange::Interrupt && self.bystanders >= READ_IN_A_WHILE {
                let time = format!("{minute}m 200ms");
                moments.push(LifeMoment { time, action: "\"interrupt\"".to_owned() });
            }
        }
        let mut at_calm: Vec<String> = Vec::new();
        at_calm.extend(self.guarded.then(|| "{ set = { entra.delete_threshold = false } }".into()));
        for (verb, is_done) in [("start", self.starts_again), ("restart", self.restarts)] {
            at_calm.extend(is_done.then(|| format!("\"{verb}\"{}", others(verb))));
        }
        let calm = 60 * self.quiet + last.max(60 * self.hours);
        // The restart has to find the new assignments, or a manager who gets an account only after
        // it stays unset until the next one [known-issues].
        let mended = self.mended();
        if !mended.is_empty() {
            moments.push(moment(calm - ASSIGNMENTS_ARE_FOUND, format!("[{}]", mended.join(", "))));
        }
        if !at_calm.is_empty() {
            moments.push(moment(calm, format!("[{}]", at_calm.join(", "))));
        }
        moments
    }

    /// The last thing that happened to a user or a group of this name, as the scenario has it.
    pub fn last_about(&self, name: &str, names: &NameSpace) -> Option<LifeMoment> {
        let taken = self.taken();
        let last = taken.iter().rev().find(|step| step.change.is_about(name))?;
        let time = write_duration(Duration::from_secs(60 * last.minute));
        Some(LifeMoment { time, action: last.change.action(names) })
    }

    /// Whose assignments are broken at the end gets new ones: unassigned and assigned again
    /// [no-users].
    fn mended(&self) -> Vec<String> {
        let mut directory = Directory::of(self);
        self.taken().iter().for_each(|step| directory.apply(&step.change));
        let people = directory.people.iter().enumerate();
        let broken = people
            .filter(|(_, person)| person.is_some_and(|person| person.broken && !person.deleted));
        let mend = |(who, _)| format!("{{ unassign = \"p{who}\" }}, {{ assign = \"p{who}\" }}");
        broken.map(mend).collect()
    }

    fn head(&self, names: &NameSpace) -> String {
        let domain = match names == &NameSpace::default() {
            true => String::new(),
            false => format!("domain = \"{}\"\n", names.domain),
        };
        format!(
            "seed = {}\nstart = 2026-03-02T08:00:00Z\nends = \"{}\"\n\n\
             {}[entra]\nscope = \"assigned\"\ndialect = \"{}\"\n{}\n[people]\n{domain}generate = {}\nassigned = true\n\n",
            self.seed,
            self.against.ends(),
            self.mapped.tables(self.against),
            if self.compliant { "compliant" } else { "classic" },
            if self.guarded { "delete_threshold = 2\n" } else { "" },
            self.bystanders,
        )
    }

    fn group(&self, nth: usize, group: &GroupStart, names: &NameSpace) -> String {
        let there = |who: &&usize| self.people.get(**who).is_some_and(Option::is_some);
        let members = group.members.iter().filter(there).map(|who| format!("\"p{who}\""));
        let members = match group.rule {
            Some(rule) => format!("rule = '{}'", RULES[rule]),
            None => format!("members = [{}]", members.collect::<Vec<_>>().join(", ")),
        };
        let (assigned, suffix) = (group.assigned, &names.suffix);
        format!(
            "[group.g{nth}]\nname = \"Group {nth}{suffix}\"\nassigned = {assigned}\n{members}\n\n"
        )
    }

    fn fault(&self, fault: &FaultStart) -> String {
        let FaultStart { nth, from, tenths, effect, method } = fault;
        format!(
            "[[fault]]\nname = \"trouble{nth}\"\nfrom = \"{from}h\"\nuntil = \"{}h\"\nprobability = 0.{tenths}\n\
             when = {{ method = \"{method}\" }}\n{effect}\n\n",
            self.hours,
        )
    }
}

/// One `[[at]]` of the scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LifeMoment {
    /// When, as the scenario has it.
    pub time: String,
    /// What is done.
    pub action: String,
}

/// The account that a person has beforehand.
fn account(who: usize, names: &NameSpace, active: bool) -> String {
    format!(
        "[golinks.account.p{who}]\nuserName = \"Person.NUMBER{who}@{}\"\nactive = {active}\n\n",
        names.domain
    )
}

/// The account of a stranger to the directory, with the mail address of a person.
/// The userName of a stranger with the mail address of a person.
pub(super) fn namesake_name(who: usize, names: &NameSpace) -> String {
    format!("namesake.number{who}@{}", names.domain)
}

fn namesake(who: usize, names: &NameSpace) -> String {
    let domain = &names.domain;
    let user_name = namesake_name(who, names);
    format!(
        "[golinks.account.namesake{who}]\nuserName = \"{user_name}\"\nactive = true\n\
         emails = [{{ type = \"work\", primary = true, value = \"person.number{who}@{domain}\" }}]\n\n"
    )
}

/// What an account that is found must be given: several parts of one element, and an element of a
/// list that holds another.
const ADDRESS: &str = "\nstreetAddress = \"1 Market Square\"\npostalCode = \"3011\"\n\
                       businessPhones = \"+41 31 5550100\"\n\n";

/// The other element of that list, where the server knows the attribute.
const AT_HOME: &str = "phoneNumbers = [{ type = \"home\", value = \"+41 31 5550199\" }]\n\n";

impl Mapped {
    /// All of them.
    pub const ALL: [Mapped; 3] = [Mapped::Gallery, Mapped::Values, Mapped::Groups];

    /// How a scenario says it; what is said of the mock does not hold at another server.
    fn tables(self, against: Against) -> &'static str {
        match (self, against) {
            (Mapped::Gallery, Against::Server { .. }) => "",
            (Mapped::Values, Against::Server { .. }) => {
                "[entra.mappings]\ntemplate = \"scim\"\ngroups = { enabled = false }\n\n"
            }
            (Mapped::Groups, Against::Server { .. }) => "[entra.mappings]\ntemplate = \"scim\"\n\n",
            (Mapped::Gallery, _) => "[golinks]\ntoken = \"t\"\n\n",
            (Mapped::Values, _) => VALUES,
            (Mapped::Groups, _) => {
                "[golinks]\ntoken = \"t\"\nprofile = \"generic\"\n\n[entra.mappings]\ntemplate = \"scim\"\n\n"
            }
        }
    }
}

const VALUES: &str = r#"[golinks]
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

"#;

/// How many people are more than what a cycle reads in 200 ms, at 25 requests a second.
const READ_IN_A_WHILE: u32 = 10;

/// After how many minutes a new assignment is found for certain: more than the policy
/// `assignment_replication_delay`.
const ASSIGNMENTS_ARE_FOUND: u64 = 5;

/// The applications that a life can have.
pub(super) const APPS: [&str; 3] = ["main", "test", "annex"];

/// A third application, with the whole directory in its scope.
const THIRD_APPLICATION: &str =
    "[app.annex]\nworkspace = \"annex\"\nscope = \"all\"\n\n[workspace.annex]\n\n";

/// A second application, with a job and a server of its own.
const TEST_APPLICATION: &str =
    "[app.test]\nworkspace = \"sandbox\"\nassigned = { group = \"g0\" }\n\n[workspace.sandbox]\n\n";
