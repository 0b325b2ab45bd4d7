//! What can happen in a life, and how each is written as an action.

use super::life::{APPS, NameSpace};

/// One thing that happens. People and groups are numbers; a further number makes a value that no
/// other change gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LifeChange {
    /// Sign-in is allowed again.
    Enable(usize),
    /// Sign-in is blocked.
    Disable(usize),
    /// Assigned to the application.
    Assign(usize),
    /// No longer assigned by name.
    Unassign(usize),
    /// Into the recycle bin.
    Delete(usize),
    /// Out of the recycle bin.
    Restore(usize),
    /// Deleted for good.
    Purge(usize),
    /// Another surname.
    Surname(usize, u64),
    /// Another userPrincipalName.
    Rename(usize, u64),
    /// The name that one person has had from the start goes to another; the first is renamed at the
    /// same instant. As long as the first account keeps the name, the server refuses it.
    TakeName {
        /// The person with the name from now on.
        who: usize,
        /// The person with the name until now.
        of: usize,
        /// Makes the other name of that person.
        nth: u64,
    },
    /// Two people exchange the mail addresses that they have had from the start; a second time each
    /// gets the own one back. No server need refuse it: mail is not unique (RFC 7643 4.1.2).
    SwapMails {
        /// The one.
        who: usize,
        /// The other.
        with: usize,
        /// Whether each gets the own address back.
        back: bool,
    },
    /// Another department, and perhaps another city.
    Move {
        /// The person.
        who: usize,
        /// Makes the department.
        nth: u64,
        /// Whether the city is the one that mappings and rules ask for.
        home: bool,
    },
    /// Another manager, or none.
    Manager {
        /// Whose.
        who: usize,
        /// The number of the manager.
        chief: Option<usize>,
    },
    /// The account is changed at the server, past provisioning.
    ByHand(usize, usize),
    /// The job is restarted, stopped and started while a cycle may be under way.
    Restart,
    /// The mapping is saved anew, and the job stopped and started.
    SaveMapping,
    /// A mapping row is changed: the family name in capitals, or as it is.
    Mapping {
        /// Whether in capitals.
        capitals: bool,
    },
    /// A filter is saved that leaves something out, or all filters are taken away.
    Filter {
        /// What it leaves out.
        out: Option<LeftOut>,
        /// Whether it decides what is read, and not what is in scope.
        unread: bool,
    },
    /// A run on demand.
    OnDemand {
        /// The person.
        who: usize,
        /// Whether a cycle begins at the same instant.
        beside: bool,
    },
    /// The job is stopped; a cycle under way goes on to its end.
    Rest,
    /// The job is restarted, and the service breaks the cycle off that begins by it.
    Interrupt,
    /// What the guard against accidental deletions has staged so far is allowed.
    AllowDeletes,
    /// The record of the assignment breaks: it is on the list, and entitles to nothing.
    BreakAssignment(usize),
    /// The connection is deleted by hand while the job rests; then it starts and reads all anew.
    Loosen {
        /// Whose.
        who: usize,
        /// Whether it happens amid the trouble, so that it takes long to be matched again.
        amid: bool,
    },
    /// The job of another application is restarted, stopped and started; by its number.
    RestartOf(usize),
    /// Something of a group.
    Group(usize, GroupChange),
}

/// What a filter leaves out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LeftOut {
    /// The surname of this person, as it is at the start.
    Surname(usize),
    /// Those that work in Bern.
    City,
    /// The name of this group, as it is at the start.
    Group(usize),
}

/// What can happen to a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupChange {
    /// Made anew, empty and without an assignment.
    Create,
    /// Into the recycle bin.
    Delete,
    /// Out of the recycle bin.
    Restore,
    /// Deleted for good.
    Purge,
    /// Assigned to the application.
    Assign,
    /// No longer assigned.
    Unassign,
    /// Another name.
    Rename(u64),
    /// Another description.
    Describe(u64),
    /// Another rule.
    Rule(usize),
    /// A further member.
    Add(usize),
    /// A member less.
    Remove(usize),
    /// A run on demand, with this member or with none.
    OnDemand(Option<usize>),
    /// As [`LifeChange::Loosen`].
    Loosen {
        /// Whether it happens amid the trouble.
        amid: bool,
    },
}

/// What is changed by hand at the server, as keys of `edit_account`.
pub(super) const BY_HAND: [&str; 3] = ["name.familyName = \"Byhand\"", LETS_IN, "active = false"];

/// What lets a person in again after the service locked the account.
pub(super) const LETS_IN: &str = "active = true";

impl LifeChange {
    /// The person it happens to.
    pub fn person(&self) -> Option<usize> {
        match self {
            LifeChange::Enable(who)
            | LifeChange::Disable(who)
            | LifeChange::Assign(who)
            | LifeChange::Unassign(who)
            | LifeChange::Delete(who)
            | LifeChange::Restore(who)
            | LifeChange::Purge(who)
            | LifeChange::Surname(who, _)
            | LifeChange::Rename(who, _)
            | LifeChange::Move { who, .. }
            | LifeChange::TakeName { who, .. }
            | LifeChange::SwapMails { who, .. }
            | LifeChange::Manager { who, .. }
            | LifeChange::ByHand(who, _)
            | LifeChange::BreakAssignment(who)
            | LifeChange::Loosen { who, .. }
            | LifeChange::OnDemand { who, .. } => Some(*who),
            LifeChange::Restart
            | LifeChange::SaveMapping
            | LifeChange::Rest
            | LifeChange::Interrupt
            | LifeChange::AllowDeletes
            | LifeChange::Mapping { .. }
            | LifeChange::Filter { .. }
            | LifeChange::RestartOf(_)
            | LifeChange::Group(..) => None,
        }
    }

    /// Whether it happens to the user or the group of this name: `p3`, `g0`.
    pub fn is_about(&self, name: &str) -> bool {
        let person = |who: usize| name == format!("p{who}");
        match self {
            LifeChange::TakeName { of: other, .. } | LifeChange::SwapMails { with: other, .. }
                if person(*other) =>
            {
                true
            }
            LifeChange::Group(which, change) => {
                let member = match change {
                    GroupChange::Add(who) | GroupChange::Remove(who) => person(*who),
                    _ => false,
                };
                member || name == format!("g{which}")
            }
            change => change.person().is_some_and(person),
        }
    }

    /// The change as a scenario has it after `do =`.
    pub fn action(&self, names: &NameSpace) -> String {
        let updated =
            |who: &usize, what: String| format!("{{ update = {{ p{who} = {{ {what} }} }} }}");
        match self {
            LifeChange::Enable(who) => format!("{{ enable = \"p{who}\" }}"),
            LifeChange::Disable(who) => format!("{{ disable = \"p{who}\" }}"),
            LifeChange::Assign(who) => format!("{{ assign = \"p{who}\" }}"),
            LifeChange::Unassign(who) => format!("{{ unassign = \"p{who}\" }}"),
            LifeChange::Delete(who) => format!("{{ delete = \"p{who}\" }}"),
            LifeChange::Restore(who) => format!("{{ restore = \"p{who}\" }}"),
            LifeChange::Purge(who) => format!("{{ purge = \"p{who}\" }}"),
            LifeChange::Surname(who, nth) => updated(who, format!("surname = \"Surname{nth}\"")),
            LifeChange::Rename(who, nth) => {
                updated(who, format!("userPrincipalName = \"p{who}.{nth}@{}\"", names.domain))
            }
            LifeChange::TakeName { who, of, nth } => {
                let named = |name| format!("userPrincipalName = \"{name}@{}\"", names.domain);
                let other = updated(of, named(format!("p{of}.{nth}")));
                format!("[{other}, {}]", updated(who, named(format!("person.number{of}"))))
            }
            LifeChange::SwapMails { who, with, back } => {
                let (first, second) = if *back { (who, with) } else { (with, who) };
                let mail = |of| format!("mail = \"person.number{of}@{}\"", names.domain);
                format!("[{}, {}]", updated(who, mail(first)), updated(with, mail(second)))
            }
            LifeChange::Move { who, nth, home } => {
                let city = if *home { "Home" } else { "Bern" };
                updated(who, format!("department = \"Department{nth}\", city = \"{city}\""))
            }
            LifeChange::Manager { who, chief } => {
                let chief = chief.map_or_else(String::new, |chief| format!("p{chief}"));
                updated(who, format!("manager = \"{chief}\""))
            }
            LifeChange::ByHand(who, which) => {
                format!("{{ edit_account = {{ p{who} = {{ {} }} }} }}", BY_HAND[*which])
            }
            LifeChange::Restart => "[\"restart\", \"stop\", \"start\"]".to_owned(),
            LifeChange::SaveMapping => {
                "[{ set = { entra.mappings.users.update = true } }, \"stop\", \"start\"]".to_owned()
            }
            LifeChange::Mapping { capitals } => {
                let from = match capitals {
                    true => "expression = \"ToUpper([surname])\"",
                    false => "source = \"surname\"",
                };
                let row = format!("{{ target = \"name.familyName\", {from} }}");
                format!("{{ set = {{ entra.mappings.users.change = [{row}] }} }}")
            }
            LifeChange::Filter { out: None, .. } => "{ set = { entra.filters = [] } }".to_owned(),
            LifeChange::Filter { out: Some(out), unread } => {
                let filters = out.filters(*unread, names);
                format!("{{ set = {{ entra.filters = [{filters}] }} }}")
            }
            LifeChange::RestartOf(app) => {
                let of = |verb: &str| format!("{{ {verb} = true, app = \"{}\" }}", APPS[*app]);
                format!("[{}, {}, {}]", of("restart"), of("stop"), of("start"))
            }
            LifeChange::OnDemand { who, beside } => {
                let run = format!("{{ provision_on_demand = \"p{who}\" }}");
                if *beside { format!("[\"restart\", {run}]") } else { run }
            }
            LifeChange::Rest => "\"stop\"".to_owned(),
            LifeChange::Interrupt => "\"restart\"".to_owned(),
            LifeChange::AllowDeletes => "{ restart = [\"ForceDeletes\"] }".to_owned(),
            LifeChange::BreakAssignment(who) => format!("{{ break_assignment = \"p{who}\" }}"),
            LifeChange::Loosen { who, .. } => loosened(&format!("\"p{who}\"")),
            LifeChange::Group(which, change) => change.action(*which, names),
        }
    }
}

impl LeftOut {
    /// The filters as a scenario has them; an object passes that passes one of them.
    fn filters(self, unread: bool, names: &NameSpace) -> String {
        let (of, attribute, value) = match self {
            LeftOut::Surname(who) => ("", "surname", format!("Number{who}")),
            LeftOut::City => ("", "city", "Bern".to_owned()),
            LeftOut::Group(which) => {
                ("of = \"groups\", ", "displayName", format!("Group {which}{}", names.suffix))
            }
        };
        let set = if unread { "set = \"input\", " } else { "" };
        let filter = |title: &str, clause: &str| {
            let clause = format!("{{ attribute = \"{attribute}\", {clause} }}");
            format!("{{ title = \"{title} {attribute}\", {of}{set}where = [{clause}] }}")
        };
        let not = filter("Not one", &format!("is = \"NOT EQUALS\", value = \"{value}\""));
        match self {
            // Most have no city, and nothing is not unequal to a text [filters].
            LeftOut::City => format!("{not}, {}", filter("No", "is = \"IS NULL\"")),
            LeftOut::Surname(_) | LeftOut::Group(_) => not,
        }
    }
}

/// Deletes a connection, and lets everything be read anew, so that the account is matched again.
fn loosened(whose: &str) -> String {
    format!("[{{ delete_connection = {whose} }}, \"start\", \"restart\"]")
}

impl GroupChange {
    fn action(&self, which: usize, names: &NameSpace) -> String {
        let suffix = &names.suffix;
        let updated = |what: String| format!("{{ update_group = {{ g{which} = {{ {what} }} }} }}");
        match self {
            GroupChange::Create => {
                format!(
                    "{{ create_group = {{ g{which} = {{ name = \"Group {which}{suffix}\" }} }} }}"
                )
            }
            GroupChange::Delete => format!("{{ delete_group = \"g{which}\" }}"),
            GroupChange::Restore => format!("{{ restore_group = \"g{which}\" }}"),
            GroupChange::Purge => format!("{{ purge_group = \"g{which}\" }}"),
            GroupChange::Assign => format!("{{ assign = {{ group = \"g{which}\" }} }}"),
            GroupChange::Unassign => format!("{{ unassign = {{ group = \"g{which}\" }} }}"),
            GroupChange::Rename(nth) => updated(format!("name = \"Group {which} {nth}{suffix}\"")),
            GroupChange::Describe(nth) => updated(format!("description = \"At {nth}\"")),
            GroupChange::Rule(rule) => {
                updated(format!("rule = '{}'", super::directory::RULES[*rule]))
            }
            GroupChange::OnDemand(with) => {
                let users = with.map_or_else(String::new, |who| format!(", users = [\"p{who}\"]"));
                format!("{{ provision_on_demand = {{ group = \"g{which}\"{users} }} }}")
            }
            GroupChange::Loosen { .. } => loosened(&format!("{{ group = \"g{which}\" }}")),
            GroupChange::Add(who) => {
                format!("{{ add_member = {{ group = \"g{which}\", user = \"p{who}\" }} }}")
            }
            GroupChange::Remove(who) => {
                format!("{{ remove_member = {{ group = \"g{which}\", user = \"p{who}\" }} }}")
            }
        }
    }
}
