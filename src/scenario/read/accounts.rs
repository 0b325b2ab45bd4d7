//! `[golinks.account.<name>]`: accounts that exist before provisioning begins.

use crate::base::{Moment, Node, Problems, Seed, Time};
use crate::entra::people::Population;
use crate::golinks::{self, GoLinks, written};
use crate::scenario::script::InitialAccount;
use crate::scim::{Object, Value, urn};
use crate::world::actions::Mention;

use crate::scenario::names::Names;

/// Reads all initial accounts.
pub fn read(
    node: &Node,
    population: &Population,
    names: &mut Names,
    problems: &mut Problems,
) -> Vec<InitialAccount> {
    let mut accounts = Vec::new();
    for entry in node.as_table(problems).unwrap_or_default() {
        names.add_account(&entry.key);
        if entry.value.as_table(problems).is_none() {
            continue;
        }
        let mut resource = Object::default();
        resource.insert("schemas", Value::List(vec![Value::from(urn::USER)]));
        for written in written::attributes(&entry.value, problems) {
            names.path(&written.path, written.span, Mention::Made);
            written.path.set(&mut resource, written.value);
        }
        if resource.get("userName").is_none() {
            // The userName that provisioning would look up.
            match population.user_principal_name(&entry.key) {
                Some(name) => resource.insert("userName", Value::from(name)),
                None => {
                    problems
                        .error(
                            entry.key_span,
                            format!("the account `{}` needs a userName", entry.key),
                        )
                        .label("no user of this name has one it could take");
                    continue;
                }
            };
        }
        if let Some(user_name) = resource.get("userName").and_then(Value::as_text) {
            names.add_user_name(&entry.key, user_name);
        }
        accounts.push(InitialAccount { name: entry.key.clone(), resource, span: entry.key_span });
    }
    accounts
}

/// Reports the accounts that GoLinks would refuse, as it would refuse a POST: a second account with
/// the same userName, a value of the wrong type.
pub fn try_out(
    accounts: &[InitialAccount],
    settings: &golinks::Settings,
    start: Time,
    problems: &mut Problems,
) {
    let mut golinks = GoLinks::new(settings.clone(), start);
    let mut events = Vec::new();
    let mut moment = Moment::new(start, Seed(0), &mut events);
    for account in accounts {
        if let Err(error) = golinks.create_account(account.resource.clone(), &mut moment) {
            problems
                .error(account.span, format!("GoLinks refuses the account `{}`", account.name))
                .label(format!("{} {}", error.status, error.detail));
        }
    }
}
