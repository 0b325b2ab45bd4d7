//! What a life is made of, and how it is written as a scenario.

use std::fmt::Write;

use super::change::LifeChange;
use super::directory::{Directory, RULES};

/// The person who is never in scope.
pub const OUTSIDER: &str = "outsider";

/// How many hours the trouble lasts at most before the calm.
pub(super) const HOURS_OF_TROUBLE: u64 = 72;

/// A life: how everything is at the start, what breaks, and what happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Life {
    /// The seed that it was made from; ids and generated people come from it too.
    pub seed: u64,
    /// What is mapped.
    pub mapped: Mapped,
    /// Whether changes are sent in the compliant dialect.
    pub compliant: bool,
    /// Whether accidental deletions are guarded against.
    pub guarded: bool,
    /// Whether a second application provisions a server of its own.
    pub tested: bool,
    /// How many people there are to whom nothing happens.
    pub bystanders: u32,
    /// The people to whom something happens: whether each is assigned at the start. `None` is one
    /// who was left out, so that the others keep their numbers.
    pub people: Vec<Option<bool>>,
    /// The groups at the start; `None` is one that was left out.
    pub groups: Vec<Option<GroupStart>>,
    /// What breaks.
    pub faults: Vec<FaultStart>,
    /// What happens, in the order of time.
    pub steps: Vec<Step>,
    /// How long faults may last.
    pub hours: u64,
}

/// What is mapped, and to which kind of server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mapped {
    /// The gallery's application: users with plain values.
    Gallery,
    /// Values of other types, a Boolean and a list of roles, and managers.
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
    pub fn text(&self) -> String {
        let mut text = self.head();
        for (nth, assigned) in self.people.iter().enumerate() {
            let Some(assigned) = assigned else { continue };
            let _ = write!(
                text,
                "[user.p{nth}]\nname = \"Person Number{nth}\"\nassigned = {assigned}\n\n"
            );
        }
        let _ = write!(text, "[user.{OUTSIDER}]\nname = \"Out Sider\"\nassigned = false\n\n");
        self.groups.iter().enumerate().for_each(|(nth, group)| {
            text.extend(group.as_ref().map(|group| self.group(nth, group)));
        });
        self.faults.iter().for_each(|fault| text += &self.fault(fault));
        if self.tested {
            text.push_str(TEST_APPLICATION);
        }
        text += &self.moments();
        text.push_str("[finally]\nworlds = \"agree\"\n");
        text
    }

    /// The steps that the directory takes, each as an action.
    pub fn actions(&self) -> Vec<(u64, String)> {
        let mut directory = Directory::of(self);
        let mut taken = Vec::new();
        for step in &self.steps {
            if directory.takes(&step.change) {
                taken.push((step.minute, step.change.action()));
                directory.apply(&step.change);
            }
        }
        taken
    }

    fn head(&self) -> String {
        format!(
            "title = \"Trouble by chance, then calm\"\nseed = {}\nstart = 2026-03-02T08:00:00Z\nends = \"8d\"\n\n\
             {}[entra]\nscope = \"assigned\"\ndialect = \"{}\"\n{}\n[people]\ngenerate = {}\nassigned = true\n\n",
            self.seed,
            self.mapped.tables(),
            if self.compliant { "compliant" } else { "classic" },
            if self.guarded { "delete_threshold = 2\n" } else { "" },
            self.bystanders,
        )
    }

    fn group(&self, nth: usize, group: &GroupStart) -> String {
        let there = |who: &&usize| self.people.get(**who).is_some_and(Option::is_some);
        let names = group.members.iter().filter(there).map(|who| format!("\"p{who}\""));
        let members = match group.rule {
            Some(rule) => format!("rule = '{}'", RULES[rule]),
            None => format!("members = [{}]", names.collect::<Vec<_>>().join(", ")),
        };
        let assigned = group.assigned;
        format!("[group.g{nth}]\nname = \"Group {nth}\"\nassigned = {assigned}\n{members}\n\n")
    }

    fn fault(&self, fault: &FaultStart) -> String {
        let FaultStart { nth, from, tenths, effect, method } = fault;
        format!(
            "[[fault]]\nname = \"trouble{nth}\"\nfrom = \"{from}h\"\nuntil = \"{}h\"\nprobability = 0.{tenths}\n\
             when = {{ method = \"{method}\" }}\n{effect}\n\n",
            self.hours,
        )
    }

    /// The start, what happens, and the calm. What was changed by hand is found when everything is
    /// read again.
    fn moments(&self) -> String {
        let both = if self.tested { ", { start = true, app = \"test\" }" } else { "" };
        let mut text = format!("[[at]]\ntime = \"0d\"\ndo = [\"start\"{both}]\n\n");
        let mut last = 0;
        for (minute, action) in self.actions() {
            let _ = write!(text, "[[at]]\ntime = \"{minute}m\"\ndo = {action}\n\n");
            last = minute;
        }
        let calm = 60 + last.max(60 * self.hours);
        let open = if self.guarded { "{ set = { entra.delete_threshold = false } }, " } else { "" };
        let again = if self.tested { ", { restart = true, app = \"test\" }" } else { "" };
        let _ = write!(
            text,
            "[[at]]\ntime = \"{calm}m\"\ndo = [{open}\"start\", \"restart\"{both}{again}]\n\n"
        );
        text
    }
}

impl Mapped {
    /// All of them.
    pub const ALL: [Mapped; 3] = [Mapped::Gallery, Mapped::Values, Mapped::Groups];

    fn tables(self) -> &'static str {
        match self {
            Mapped::Gallery => "[golinks]\ntoken = \"t\"\n\n",
            Mapped::Values => VALUES,
            Mapped::Groups => {
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

/// A second application, with a job and a server of its own.
const TEST_APPLICATION: &str =
    "[app.test]\nworkspace = \"sandbox\"\nassigned = { group = \"g0\" }\n\n[workspace.sandbox]\n\n";
