//! Warnings of expected values that no account or group can have, by the schema of the server: a
//! text where there is true or false, a value of a whole that has parts; and of codes that no row
//! of the provisioning log has.

use std::collections::BTreeMap;

use crate::base::Problems;
use crate::base::diagnostic::{did_you_mean, nearest};
use crate::entra::AppId;
use crate::golinks::GoLinks;
use crate::scim::schema::{Attribute, Kind, SchemaPath};
use crate::scim::{Path, ResourceType, urn};
use crate::world::WorkspaceId;

use super::Script;
use super::expect::{Counted, Expectation, GroupPart, How, LogField, Observable, ObservedValue};
use super::explain;

/// Adds a warning for each expected value of the wrong type.
pub fn warn(script: &Script, problems: &mut Problems) {
    let mut servers: BTreeMap<WorkspaceId, GoLinks> = BTreeMap::new();
    for expectation in script.expectations() {
        let workspace = script.setup.workspace_of(expectation.app.unwrap_or(AppId::MAIN));
        let server = servers.entry(workspace).or_insert_with(|| {
            GoLinks::new(script.setup.settings_of(workspace).clone(), script.start)
        });
        if let Some((what, help)) = wrong(expectation, server) {
            problems
                .warning(script.source.line_span(expectation.line), what)
                .label("this cannot come true")
                .help(help);
        }
    }
}

/// What is wrong with an expected value, and what to write instead.
fn wrong(expectation: &Expectation, server: &GoLinks) -> Option<(String, String)> {
    match &expectation.observed {
        Observable::Account { path: Some(path), .. } => {
            at_path(path, server.user_type(), &expectation.test.how)
        }
        Observable::Group { part: GroupPart::Value(path), .. } => {
            at_path(path, server.group_type(), &expectation.test.how)
        }
        Observable::Group { part: GroupPart::MemberNames, .. } => {
            let name =
                values(&expectation.test.how).find(|it| !matches!(it, ObservedValue::List(_)))?;
            let what = format!("the members of a group are a list, never {}", name.show());
            let help = format!("write members = [{0}], or {{ contains = {0} }}", name.show());
            Some((what, help))
        }
        Observable::LastLog { field: LogField::Code, .. } => values(&expectation.test.how)
            .find_map(|it| match it {
                ObservedValue::Text(code) => unknown_code(code),
                _ => None,
            }),
        Observable::Tally(Counted::Rows(rows)) => rows.code.as_deref().and_then(unknown_code),
        _ => None,
    }
}

/// A code that no row of the provisioning log ever has.
fn unknown_code(code: &str) -> Option<(String, String)> {
    let known = || {
        let words = explain::words::all();
        let codes = words.filter(|word| ["error code", "skip reason"].contains(&word.kind));
        codes.map(|word| word.name).collect::<Vec<_>>()
    };
    let known = known();
    (!known.contains(&code)).then(|| {
        let help = match nearest(code, known.iter().copied()) {
            Some(near) => format!("one that there is: code = \"{near}\""),
            None => did_you_mean(code, known),
        };
        (format!("no row of the log has the code `{code}`"), help)
    })
}

fn at_path(path: &Path, resource: &ResourceType, how: &How) -> Option<(String, String)> {
    let (SchemaPath::Core(whole) | SchemaPath::Extension(_, whole)) = resource.meant(path) else {
        return None;
    };
    let attribute = match path.sub_attribute.as_deref() {
        Some(part) => whole.element_part(part)?,
        None => whole,
    };
    let wrong = values(how).find(|value| !fits(attribute, value))?;
    let shown = wrong.show();
    let path = path.to_string().replace(&format!("{}:", urn::ENTERPRISE_USER), "");
    Some(match attribute.kind {
        Kind::Boolean => {
            let word = shown.trim_matches('"').to_lowercase();
            let help = match word.as_str() {
                "true" | "false" => format!("without quotes: {word}"),
                _ => "write true or false".to_owned(),
            };
            (format!("`{path}` is true or false, never {shown}"), help)
        }
        Kind::Complex => {
            let what = format!("`{path}` has parts, so it is never {shown}");
            (what, format!("name the part that is meant, such as {}", a_part(&path, attribute)))
        }
        Kind::Integer | Kind::Decimal => (
            format!("`{path}` is a number, never {shown}"),
            "write a number, without quotes".to_owned(),
        ),
        _ => {
            let what = format!("`{path}` is a text, never {shown}");
            (what, format!("in quotes: \"{}\"", shown.trim_matches('"')))
        }
    })
}

/// A part of a complex attribute, as a key of TOML.
fn a_part(path: &str, attribute: &Attribute) -> String {
    let named = |name: &str| attribute.part(name).is_some();
    match (named("value"), !path.contains('[') && attribute.multi_valued && named("type")) {
        (true, true) => format!("'{path}[type eq \"work\"].value'"),
        (true, false) => format!("'{path}.value'"),
        _ => {
            let part = attribute.sub.iter().find(|part| &*part.name != "formatted");
            format!("'{path}.{}'", part.map_or("value", |part| &*part.name))
        }
    }
}

/// The values that an observed one is compared with as a whole.
fn values(how: &How) -> impl Iterator<Item = &ObservedValue> {
    let (one, many) = match how {
        How::Is(value) => (Some(value), &[][..]),
        How::OneOf(values) => (None, values.as_slice()),
        How::Range { min, max } => (min.as_ref().or(max.as_ref()), &[][..]),
        How::Contains(_) | How::Absent(_) => (None, &[][..]),
    };
    one.into_iter().chain(many)
}

/// Whether a value of an attribute may be this one. Of a list the first element is compared.
fn fits(attribute: &Attribute, value: &ObservedValue) -> bool {
    match (attribute.kind, value) {
        (_, ObservedValue::Absent) => true,
        (Kind::Boolean, ObservedValue::Bool(_)) => true,
        (Kind::Integer | Kind::Decimal, value) => value.number().is_some(),
        (Kind::Complex, ObservedValue::List(_)) => true,
        (Kind::Boolean | Kind::Complex, _) => false,
        (_, ObservedValue::Text(_)) => true,
        _ => false,
    }
}
