//! Groups in the stories of convergence: two by hand and one by a rule, their members, names,
//! assignments and ends.

use std::fmt::Write;

use scimulator::base::Seed;

use super::{Person, pick};

/// What the generator knows of a group, so that it writes only what the directory takes.
#[derive(Clone, Default)]
pub struct Group {
    /// The rule that decides who is in it.
    rule: Option<usize>,
    assigned: bool,
    deleted: bool,
    gone: bool,
    /// The members by hand, by the numbers of the people.
    members: Vec<usize>,
}

/// The rules that the dynamic group has in turn.
const RULES: [&str; 3] = [
    r#"user.city -eq "Home""#,
    r#"user.city -ne "Home" -and user.displayName -startsWith "Person""#,
    r#"user.department -startsWith "Department1" -or user.surname -contains "name2""#,
];

/// The groups at the start, written as tables.
pub fn begin(seed: Seed, people: usize, text: &mut String) -> Vec<Group> {
    let mut groups = Vec::new();
    for nth in 0..3 {
        let dynamic = nth == 2;
        let chosen = |who: &usize| pick(seed, "member", nth * 100 + *who as u64, 2) > 0;
        let members: Vec<usize> = (0..people).filter(|who| !dynamic && chosen(who)).collect();
        let assigned = pick(seed, "group", nth, 3) > 0;
        let names: Vec<String> = members.iter().map(|who| format!("\"p{who}\"")).collect();
        let who = match dynamic {
            true => format!("rule = '{}'", RULES[0]),
            false => format!("members = [{}]", names.join(", ")),
        };
        let _ = write!(
            text,
            "[group.g{nth}]\nname = \"Group {nth}\"\nassigned = {assigned}\n{who}\n\n"
        );
        let rule = dynamic.then_some(0);
        groups.push(Group { rule, assigned, members, ..Group::default() });
    }
    groups
}

/// One change of a group that the directory takes.
pub fn change(seed: Seed, nth: u64, groups: &mut [Group], people: &[Person]) -> String {
    let which = pick(seed, "which group", nth, groups.len());
    let kind = pick(seed, "group change", nth, 8);
    let who = pick(seed, "member", nth + 1_000, people.len());
    let group = &mut groups[which];
    if group.gone {
        *group = Group::default();
        return format!("{{ create_group = {{ g{which} = {{ name = \"Group {which}\" }} }} }}");
    }
    if group.deleted {
        group.gone = kind == 0;
        group.deleted = group.gone;
        let verb = if group.gone { "purge_group" } else { "restore_group" };
        return format!("{{ {verb} = \"g{which}\" }}");
    }
    match kind {
        0 => {
            group.deleted = true;
            format!("{{ delete_group = \"g{which}\" }}")
        }
        1 | 2 => {
            group.assigned = !group.assigned;
            let verb = if group.assigned { "assign" } else { "unassign" };
            format!("{{ {verb} = {{ group = \"g{which}\" }} }}")
        }
        3 => format!("{{ update_group = {{ g{which} = {{ name = \"Group {which} {nth}\" }} }} }}"),
        _ if group.rule.is_some() => {
            let rule = group.rule.get_or_insert(0);
            *rule = (*rule + 1) % RULES.len();
            format!("{{ update_group = {{ g{which} = {{ rule = '{}' }} }} }}", RULES[*rule])
        }
        _ if people[who].deleted => {
            format!("{{ update_group = {{ g{which} = {{ description = \"At {nth}\" }} }} }}")
        }
        _ => {
            let inside = group.members.contains(&who);
            match inside {
                true => group.members.retain(|member| *member != who),
                false => group.members.push(who),
            }
            let verb = if inside { "remove_member" } else { "add_member" };
            format!("{{ {verb} = {{ group = \"g{which}\", user = \"p{who}\" }} }}")
        }
    }
}
