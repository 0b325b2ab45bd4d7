//! The people to whom an action is done: by their names, or all of a range, a prefix or a
//! department.

use super::names::each_once;
use super::{ActionContext, ActionError, Name};
use crate::base::diagnostic::nearest;
use crate::base::node::unknown_key;
use crate::base::{Kind, Moment, Node, Problems};
use crate::entra;
use crate::entra::tenant::{Attribute, Tenant, UserKey};

/// One user or several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Users(Vec<Picked>);

/// Some users.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Picked {
    /// The one of this handle, which must exist.
    Named(String),
    /// Those with a handle that begins so: `sales-*`.
    Prefix(String),
    /// Those with a handle of the prefix and a number from the first to the last: `p01..p20`.
    Range { prefix: String, first: u64, last: u64, written: String },
    /// Those of a department: `{ department = "Sales" }`.
    Department(String),
}

const DEPARTMENT: &str = "department";

impl Users {
    /// Reads a name, a list of names, `{ department = ".." }`, or a list of all of these.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Users> {
        match &node.kind {
            Kind::Table(_) => Picked::of_table(node, problems).map(|one| Users(vec![one])),
            Kind::List(items) if items.iter().any(|it| matches!(it.kind, Kind::Table(_))) => {
                let one = |item: &Node| match item.kind {
                    Kind::Table(_) => Picked::of_table(item, problems),
                    _ => {
                        let text = item.as_text(problems)?.to_owned();
                        Picked::of_text(&text, item, problems)
                    }
                };
                items.iter().map(one).collect::<Option<_>>().map(Users)
            }
            Kind::Text(_) | Kind::List(_) => {
                let texts = each_once(node, problems)?;
                let items = texts.iter().zip(node.items());
                let picked = items.map(|(text, item)| Picked::of_text(text, item, problems));
                picked.collect::<Option<_>>().map(Users)
            }
            _ => node.expected("the name of a user, or a list of them", problems),
        }
    }

    /// The value as a scenario file has it.
    pub(super) fn to_node(&self) -> Node {
        match self.0.as_slice() {
            [one] => one.to_node(),
            many => Node::bare(Kind::List(many.iter().map(Picked::to_node).collect())),
        }
    }

    /// The names, each of a user that must exist.
    pub(super) fn names(&self) -> Vec<Name<'_>> {
        let named = self.0.iter().filter_map(|picked| match picked {
            Picked::Named(name) => Some(Name::User(name)),
            _ => None,
        });
        named.collect()
    }

    /// The users, each with whether it was named itself.
    ///
    /// # Errors
    /// A sentence with the names that mean no user.
    pub(super) fn find(&self, tenant: &Tenant) -> Result<Vec<(UserKey, bool)>, String> {
        let mut found: Vec<(UserKey, bool)> = Vec::new();
        for picked in &self.0 {
            if let Picked::Named(name) = picked {
                found.push((tenant.user_named(name)?, true));
                continue;
            }
            let before = found.len();
            for (user, data) in tenant.users() {
                if picked.is_met_by(data.handle(), data.get(Attribute::Department))
                    && !found.iter().any(|(known, _)| *known == user)
                {
                    found.push((user, false));
                }
            }
            if found.len() == before {
                return Err(picked.meets_nobody(tenant));
            }
        }
        Ok(found)
    }

    /// Calls `act` for each user, after `may` was asked about all of them: what is refused for one
    /// who is named is done to none. Of a range, a prefix or a department it is done to whom it can
    /// be done to; if that is nobody, it is refused.
    pub(super) fn each(
        &self,
        context: &mut ActionContext<'_>,
        may: impl Fn(&Tenant, UserKey) -> Result<(), String>,
        mut act: impl FnMut(&mut Tenant, UserKey, &mut Moment<'_, entra::Event>) -> Result<(), String>,
    ) -> Result<(), ActionError> {
        context.directory(|tenant, moment| {
            let (mut users, mut refused) = (Vec::new(), None);
            for (user, named) in self.find(tenant)? {
                match may(tenant, user) {
                    Ok(()) => users.push(user),
                    Err(why) if named => return Err(why),
                    Err(why) => refused = refused.or(Some(why)),
                }
            }
            match refused {
                Some(why) if users.is_empty() => Err(why),
                _ => users.into_iter().try_for_each(|user| act(tenant, user, moment)),
            }
        })
    }
}

impl Picked {
    fn of_table(node: &Node, problems: &mut Problems) -> Option<Picked> {
        match node.entries() {
            [entry] if entry.key == DEPARTMENT => {
                entry.value.as_text(problems).map(|it| Picked::Department(it.to_owned()))
            }
            [entry] => {
                unknown_key(entry, "people", &[DEPARTMENT], problems);
                let help = match entry.key.as_str() {
                    "group" => {
                        "this verb takes users; `delete_group`, `restore_group` and `update_group` \
                         take a group"
                            .to_owned()
                    }
                    key if nearest(key, [DEPARTMENT]).is_some() => return None,
                    name => format!(
                        "write {}, the name alone, or {{ {DEPARTMENT} = \"Sales\" }}",
                        Node::text(name).to_toml()
                    ),
                };
                if let Some(problem) = problems.list_mut().last_mut() {
                    problem.help = help;
                }
                None
            }
            _ => node.expected("a name, or `{ department = \"..\" }`", problems),
        }
    }

    fn of_text(text: &str, node: &Node, problems: &mut Problems) -> Option<Picked> {
        if let Some(prefix) = text.strip_suffix('*') {
            return Some(Picked::Prefix(prefix.to_owned()));
        }
        if text.contains('*') {
            problems
                .error(node.span, format!("`{text}` is no name, and `*` stands only at the end"))
                .help("`p*` are all whose names begin with `p`");
            return None;
        }
        let Some((first, last)) = text.split_once("..") else {
            return Some(Picked::Named(text.to_owned()));
        };
        match (split(first), split(last)) {
            (Some((prefix, first)), Some((other, last))) if prefix == other && first <= last => {
                let (prefix, written) = (prefix.to_owned(), text.to_owned());
                Some(Picked::Range { prefix, first, last, written })
            }
            _ => {
                problems
                    .error(node.span, format!("`{text}` is no range of names"))
                    .help("two names that end with numbers, the smaller first: \"p01..p20\"");
                None
            }
        }
    }

    fn to_node(&self) -> Node {
        match self {
            Picked::Named(name) => Node::text(name),
            Picked::Prefix(prefix) => Node::text(format!("{prefix}*")),
            Picked::Range { written, .. } => Node::text(written),
            Picked::Department(name) => Node::table([(DEPARTMENT, Node::text(name))]),
        }
    }

    /// Says that there is no such user, and what users are called here.
    fn meets_nobody(&self, tenant: &Tenant) -> String {
        const SHOWN: usize = 3;
        let written = self.to_node().to_toml();
        if let Picked::Department(_) = self {
            return format!("no user has {written}");
        }
        let handles: Vec<String> = tenant
            .users()
            .take(SHOWN + 1)
            .map(|(_, data)| format!("`{}`", data.handle()))
            .collect();
        let more = if handles.len() > SHOWN { ", …" } else { "" };
        match handles.len() {
            0 => format!("no name of a user fits {written}: there is no user"),
            some => format!(
                "no name of a user fits {written}; users are called {}{more}",
                handles[..some.min(SHOWN)].join(", ")
            ),
        }
    }

    fn is_met_by(&self, handle: &str, department: Option<&str>) -> bool {
        match self {
            Picked::Named(name) => handle == name,
            Picked::Prefix(prefix) => handle.starts_with(prefix),
            Picked::Range { prefix, first, last, .. } => {
                let number = handle.strip_prefix(prefix).and_then(|rest| rest.parse::<u64>().ok());
                number.is_some_and(|number| (*first..=*last).contains(&number))
            }
            Picked::Department(name) => department == Some(name),
        }
    }
}

/// A name that ends with a number, in two parts.
fn split(name: &str) -> Option<(&str, u64)> {
    let prefix = name.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((prefix, name[prefix.len()..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_picked_by_name_range_prefix_and_department() {
        let meant = |written: Node| {
            let users = Users::read(&written, &mut Problems::default()).expect("it is right");
            assert_eq!(users.to_node().to_toml(), written.to_toml());
            let people = [("p02", "Sales"), ("p10", "Sales"), ("p11", "IT"), ("pia", "IT")];
            let is_meant =
                |it: &&(&str, &str)| users.0.iter().any(|one| one.is_met_by(it.0, Some(it.1)));
            people.iter().filter(is_meant).map(|it| it.0).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(meant(Node::text("p10")), "p10");
        assert_eq!(meant(Node::text("p01..p10")), "p02 p10");
        assert_eq!(meant(Node::text("p1*")), "p10 p11");
        assert_eq!(meant(Node::table([(DEPARTMENT, Node::text("IT"))])), "p11 pia");
        for wrong in ["p10..p01", "p1..q5", "ann..ben", ".."] {
            assert_eq!(Users::read(&Node::text(wrong), &mut Problems::default()), None, "{wrong}");
        }
    }
}
