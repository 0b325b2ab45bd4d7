//! `[golinks.account.<name>]`: accounts that are there before provisioning begins.

use crate::base::node::Entry;
use crate::base::{Kind, Moment, Node, Problems, Seed, Span, Time};
use crate::entra::people::Population;
use crate::golinks::{self, GoLinks};
use crate::scenario::script::Beforehand;
use crate::scim::{Object, Path, Value, urn};

use super::Names;

/// Reads all of them.
pub fn read(node: &Node, population: &Population, names: &mut Names, problems: &mut Problems) -> Vec<Beforehand> {
    let mut accounts = Vec::new();
    for entry in node.as_table(problems).unwrap_or_default() {
        names.add_account(&entry.key);
        let Some(values) = entry.value.as_table(problems) else { continue };
        let mut paths = Vec::new();
        let mut resource = Object::default();
        resource.insert("schemas", Value::List(vec![Value::Text(urn::USER.to_owned())]));
        fill("", values, &mut resource, &mut paths, problems);
        if resource.get("userName").is_none() {
            // The userName that provisioning would look for.
            match population.user_principal_name(&entry.key) {
                Some(name) => resource.insert("userName", Value::Text(name)),
                None => {
                    problems
                        .error(entry.key_span, format!("the account `{}` needs a userName", entry.key))
                        .label("no user of this name has one it could take");
                    continue;
                }
            };
        }
        accounts.push(Beforehand { name: entry.key.clone(), resource, paths, span: entry.key_span });
    }
    accounts
}

/// Says which of them GoLinks would refuse, as it would refuse a POST: two of one userName, a value of the wrong type;
/// and which of their attributes it would ignore.
pub fn try_out(accounts: &[Beforehand], settings: &golinks::Settings, start: Time, problems: &mut Problems) {
    let mut golinks = GoLinks::new(settings.clone(), start);
    let mut said = Vec::new();
    let mut moment = Moment::new(start, Seed(0), &mut said);
    for account in accounts {
        for (path, span) in account.paths.iter().filter(|(path, _)| !golinks.keeps(path)) {
            problems
                .warning(*span, format!("GoLinks keeps no `{path}`"))
                .help("it is left out; `/scim/v2/Schemas` lists what an account holds");
        }
        if let Err(error) = golinks.create_account(account.resource.clone(), &mut moment) {
            problems
                .error(account.span, format!("GoLinks refuses the account `{}`", account.name))
                .label(format!("{} {}", error.status, error.detail));
        }
    }
}

/// Sets the values of a table, whose nested keys are parts of a SCIM path.
fn fill(
    prefix: &str,
    entries: &[Entry],
    resource: &mut Object,
    paths: &mut Vec<(Path, Span)>,
    problems: &mut Problems,
) {
    for entry in entries {
        let path = match prefix {
            "" => entry.key.clone(),
            // Attributes of an extension stand behind a colon, parts of an attribute behind a dot (RFC 7644 3.10).
            extension if extension.eq_ignore_ascii_case(urn::ENTERPRISE_USER) => format!("{prefix}:{}", entry.key),
            _ => format!("{prefix}.{}", entry.key),
        };
        if let Kind::Table(inner) = &entry.value.kind {
            fill(&path, inner, resource, paths, problems);
            continue;
        }
        let value = scim_value(&entry.value);
        match scim_path(&path) {
            Ok(path) => {
                path.set(resource, value);
                paths.push((path, entry.key_span));
            }
            Err(why) => {
                problems.error(entry.key_span, format!("`{path}` is not a SCIM path: {why}"));
            }
        }
    }
}

/// Reads a SCIM path; attributes of the enterprise extension may be written without their URN.
///
/// # Errors
/// Why it is not one.
pub fn scim_path(text: &str) -> Result<Path, String> {
    const ENTERPRISE: [&str; 6] = ["employeeNumber", "costCenter", "organization", "division", "department", "manager"];
    let first = text.split(['.', '[']).next().unwrap_or_default();
    let whole = match ENTERPRISE.iter().any(|name| name.eq_ignore_ascii_case(first)) {
        true => format!("{}:{text}", urn::ENTERPRISE_USER),
        false => text.to_owned(),
    };
    Path::parse(&whole).map_err(|error| error.to_string())
}

fn scim_value(node: &Node) -> Value {
    match &node.kind {
        Kind::Text(text) => Value::Text(text.clone()),
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Integer(number) => Value::Number((*number).into()),
        Kind::Float(number) => serde_json::Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Kind::Time(time) => Value::Text(time.rfc3339()),
        Kind::List(items) => Value::List(items.iter().map(scim_value).collect()),
        Kind::Table(entries) => {
            let mut object = Object::default();
            for entry in entries {
                object.insert(entry.key.clone(), scim_value(&entry.value));
            }
            Value::Object(object)
        }
    }
}
