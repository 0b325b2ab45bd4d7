//! The table `[people]`: how many people to generate, and their properties.

use super::vocabulary::PEOPLE;
use crate::base::diagnostic::did_you_mean;
use crate::base::{Kind, Node, ProblemKind, Problems};
use crate::entra::key_doc::names;

/// Which of the generated people are assigned to the application.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignedShare {
    /// All of them.
    All,
    /// None of them.
    Nobody,
    /// This many, from the first person on.
    First(u64),
}

/// The settings of the generated people.
#[derive(Clone, PartialEq, Debug)]
pub struct PeopleSettings {
    /// How many to generate.
    pub generate: u64,
    /// Which of them are assigned. Named people are assigned unless this is `false` or their own
    /// table says otherwise.
    pub assigned: AssignedShare,
    /// The share without a mail address, 0 to 1.
    pub without_mail: f64,
    /// The share without a department, 0 to 1.
    pub without_department: f64,
    /// The domain of UPNs and mail addresses.
    pub domain: String,
    /// Whether there is a group for each department.
    pub groups: bool,
    /// A word in the names of all users and groups; empty for none.
    pub tag: String,
}

/// The most people that can be generated; the tables count in 32 bits.
pub const MOST: u64 = 50_000_000;

/// From this many people on, the reader warns of the memory that a run takes: about a kilobyte a
/// person with both worlds and the links between them (docs/performance.md).
const MANY: u64 = 5_000_000;

impl Default for PeopleSettings {
    fn default() -> PeopleSettings {
        PeopleSettings {
            generate: 0,
            assigned: AssignedShare::All,
            without_mail: 0.0,
            without_department: 0.0,
            domain: "contoso.example".to_owned(),
            groups: true,
            tag: String::new(),
        }
    }
}

impl PeopleSettings {
    /// Reads the value of a key of `[people]`, or reports what is wrong with it.
    pub fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        match path {
            ["generate"] => set(&mut self.generate, read_count(value, problems)),
            ["assigned"] => set(&mut self.assigned, read_assigned(value, problems)),
            ["without_mail"] => set(&mut self.without_mail, read_share(value, problems)),
            ["without_department"] => {
                set(&mut self.without_department, read_share(value, problems))
            }
            ["domain"] => set(&mut self.domain, read_domain(value, problems)),
            ["groups"] => set(&mut self.groups, value.as_bool(problems)),
            ["tag"] => set(&mut self.tag, read_tag(value, problems)),
            _ => {
                let wrong = path.join(".");
                let help = did_you_mean(&wrong, names(&PEOPLE));
                problems
                    .error(value.span, format!("unknown key `{wrong}` in `[people]`"))
                    .kind(ProblemKind::UnknownKey)
                    .help(help);
            }
        }
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn read_count(value: &Node, problems: &mut Problems) -> Option<u64> {
    let count = value.as_count(problems)?;
    if count > MOST {
        problems.error(value.span, format!("at most {MOST} people can be generated"));
        return None;
    }
    if count > MANY {
        let gigabytes = count / 1_000_000;
        problems
            .warning(value.span, format!("{count} people take about {gigabytes} GB of memory"))
            .help("a thousand people show the same behaviour, and a million the same speed");
    }
    Some(count)
}

fn read_assigned(value: &Node, problems: &mut Problems) -> Option<AssignedShare> {
    match value.kind {
        Kind::Bool(true) => Some(AssignedShare::All),
        Kind::Bool(false) => Some(AssignedShare::Nobody),
        Kind::Integer(count) if count >= 0 => Some(AssignedShare::First(count as u64)),
        _ => {
            let help = match &value.kind {
                Kind::Text(text) if ["all", "everybody", "yes"].contains(&text.as_str()) => {
                    "assigned = true"
                }
                Kind::Text(text) if ["none", "nobody", "no"].contains(&text.as_str()) => {
                    "assigned = false"
                }
                Kind::Float(_) => "how many, not which share: assigned = 2",
                _ => "",
            };
            value.expected_like("true, false or how many people", help, problems)
        }
    }
}

fn read_share(value: &Node, problems: &mut Problems) -> Option<f64> {
    let share = value.as_number(problems)?;
    if !(0.0..=1.0).contains(&share) {
        problems
            .error(value.span, "a share is between 0 and 1")
            .label(format!("this is {share}"))
            .help(match share {
                1.0..=100.0 => format!("a share is a part of 1: {}", share / 100.0),
                _ => "write 0.1 for a tenth of the people".to_owned(),
            });
        return None;
    }
    Some(share)
}

/// A word that a name of any kind can hold.
fn read_tag(value: &Node, problems: &mut Problems) -> Option<String> {
    let tag = value.as_text(problems)?;
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match tag.len() <= 40 && tag.chars().all(good) && !tag.starts_with('-') && !tag.ends_with('-') {
        true => Some(tag.to_owned()),
        false => value.refused(
            "at most 40 letters, digits and -, with a letter or digit at both ends",
            &format!("`{tag}`"),
            problems,
        ),
    }
}

fn read_domain(value: &Node, problems: &mut Problems) -> Option<String> {
    let domain = value.as_text(problems)?;
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let label = |part: &str| !part.is_empty() && part.chars().all(good);
    let labels: Vec<&str> = domain.split('.').collect();
    if domain.len() > 253 || labels.len() < 2 || !labels.into_iter().all(label) {
        let help = match label(domain) {
            true => format!("a domain has a dot, such as \"{domain}.example\""),
            false => "such as \"contoso.example\"".to_owned(),
        };
        problems.error(value.span, format!("`{domain}` is not a domain")).help(help);
        return None;
    }
    Some(domain.to_owned())
}
