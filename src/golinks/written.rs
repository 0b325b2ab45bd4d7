//! Reads what an author writes about an account. Keys are SCIM paths, and mean the same in
//! `[golinks.account]`, in the actions that create and edit accounts, and in expectations.

use crate::base::diagnostic::nearest;
use crate::base::{Kind, Node, Problems, Span};
use crate::golinks::GoLinks;
use crate::golinks::Settings;
use crate::golinks::settings::capabilities::Profile;
use crate::golinks::settings::profile;
use crate::scim::schema::{Attribute, SchemaPath};
use crate::scim::{Filter, Object, Path, ResourceType, Value, urn};

/// A value that an author gives to an attribute.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// The attribute.
    pub path: Path,
    /// Its value; a date-time is text, and an empty text stays one.
    pub value: Value,
    /// Where the key stands.
    pub span: Span,
}

/// Reads the attributes of a table; `name.familyName` may be one key or a table in a table.
pub fn attributes(node: &Node, problems: &mut Problems) -> Vec<Written> {
    let mut found = Vec::new();
    flatten("", node, &mut found, problems);
    found
}

fn flatten(prefix: &str, node: &Node, found: &mut Vec<Written>, problems: &mut Problems) {
    for entry in node.as_table(problems).unwrap_or_default() {
        let text = join(prefix, &entry.key);
        if let Kind::Table(_) = &entry.value.kind {
            flatten(&text, &entry.value, found, problems);
            continue;
        }
        match path(&text) {
            Ok(path) => {
                found.push(Written { path, value: value(&entry.value), span: entry.key_span })
            }
            Err(why) => {
                problems.error(entry.key_span, format!("`{text}` is not a SCIM path: {why}"));
            }
        }
    }
}

/// Joins a key to the one above it: with a colon after the URN of an extension, else with a dot
/// (RFC 7644 3.10).
pub fn join(prefix: &str, key: &str) -> String {
    let begins =
        |with: &str| prefix.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let within_known =
        [urn::USER, urn::ENTERPRISE_USER].iter().any(|urn| begins(&format!("{urn}:")));
    match prefix {
        "" => key.to_owned(),
        _ if begins("urn:") && !within_known && !prefix.contains('[') => format!("{prefix}:{key}"),
        _ => format!("{prefix}.{key}"),
    }
}

/// Reads a SCIM path; attributes of the enterprise extension may be written without their URN.
///
/// # Errors
/// Why the text is not a path.
pub fn path(text: &str) -> Result<Path, String> {
    Path::parse_short(text).map_err(|error| error.to_string())
}

/// A value as JSON.
fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Text(text) => Value::from(text.as_str()),
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Integer(number) => Value::Number((*number).into()),
        Kind::Float(number) => {
            serde_json::Number::from_f64(*number).map_or(Value::Null, Value::Number)
        }
        Kind::Time(time) => Value::from(time.rfc3339()),
        Kind::List(items) => Value::List(items.iter().map(value).collect()),
        Kind::Table(entries) => {
            let mut object = Object::default();
            for entry in entries {
                object.insert(entry.key.clone(), value(&entry.value));
            }
            Value::Object(object)
        }
    }
}

/// What the directory and authors call an attribute, and what SCIM calls it.
const OTHER_NAMES: [(&[&str], &str); 10] = [
    (&["accountEnabled", "enabled", "disabled", "status", "suspended", "isActive"], "active"),
    (&["userPrincipalName", "upn", "login", "username"], "userName"),
    (&["surname", "lastName", "last_name", "sn", "familyName"], "name.familyName"),
    (&["givenName", "firstName", "first_name"], "name.givenName"),
    (&["mail", "email"], "emails[type eq \"work\"].value"),
    (&["jobTitle", "job_title"], "title"),
    (&["mobilePhone", "mobile"], "phoneNumbers[type eq \"mobile\"].value"),
    (&["employeeId", "employee_id"], "employeeNumber"),
    (&["companyName", "company"], "organization"),
    (&["usageLocation", "country"], "addresses[type eq \"work\"].country"),
];

impl GoLinks {
    /// Whether accounts can hold the attribute at a path.
    pub fn keeps(&self, path: &Path) -> bool {
        leads_somewhere(self.user_type(), path)
    }

    /// Whether groups can hold the attribute at a path; members are apart.
    pub fn keeps_in_groups(&self, path: &Path) -> bool {
        leads_somewhere(self.group_type(), path)
    }

    /// Suggests a known path near to an unknown one, for a help line; empty when there is none.
    /// As a key such a path may need quotes, as the text of a mapping it has them.
    pub fn meant(&self, path: &Path, is_key: bool) -> String {
        let word = &*path.attribute;
        let plain = path.is_plain() && path.schema.is_none();
        let same = |row: &&(&[&str], &str)| row.0.iter().any(|it| it.eq_ignore_ascii_case(word));
        let scim = OTHER_NAMES.iter().find(same).map(|(_, scim)| *scim).filter(|_| plain);
        if let Some(scim) =
            scim.filter(|scim| Path::parse_short(scim).is_ok_and(|it| self.keeps(&it)))
        {
            let quoted = scim.contains('[');
            return match quoted {
                true => format!("SCIM has it at '{scim}'"),
                false => format!("did you mean `{scim}`?"),
            };
        }
        if plain && ["exists", "present", "absent"].iter().any(|it| it.eq_ignore_ascii_case(word)) {
            return "whether there is an account says { absent = true }, or { absent = false }"
                .to_owned();
        }
        let near = match self.user_type().place(path) {
            SchemaPath::Core(known) | SchemaPath::Extension(_, known) => near_part(known, path),
            _ => self.near_attribute(&path.attribute),
        };
        near.map(|near| {
            // A key may leave out what a mapping's target may not.
            let near = match is_key {
                true => near.replace(&format!("{}:", urn::ENTERPRISE_USER), ""),
                false => near,
            };
            let quote = if is_key && near.contains([':', '[']) { "'" } else { "" };
            format!("did you mean `{quote}{near}{quote}`?")
        })
        .unwrap_or_default()
    }

    /// Returns the path of the core or extension attribute whose name is nearest to `name`.
    fn near_attribute(&self, name: &str) -> Option<String> {
        let names = |attributes: &[Attribute]| {
            attributes.iter().map(|known| known.name.to_string()).collect::<Vec<_>>()
        };
        let mut known: Vec<(String, String)> = names(&self.user_type().schema.attributes)
            .into_iter()
            .map(|name| (name.clone(), name))
            .collect();
        for extension in &self.user_type().extensions {
            let under = |name: String| (name.clone(), format!("{}:{name}", extension.id));
            known.extend(names(&extension.attributes).into_iter().map(under));
        }
        let near = nearest(name, known.iter().map(|(name, _)| name.as_str()))?;
        known.iter().find(|(name, _)| name == near).map(|(_, path)| path.clone())
    }
}

/// Whether RFC 7643 defines a user's attribute at this path, even if this server does not keep it.
pub fn is_standard(path: &Path) -> bool {
    let generic = Settings { profile: Profile::Generic, ..Settings::default() };
    leads_somewhere(&profile::users(&generic), path)
}

fn leads_somewhere(users: &ResourceType, path: &Path) -> bool {
    let part = |attribute: &Attribute, name: &str| attribute.part(name).is_some();
    match users.place(path) {
        SchemaPath::Core(attribute) | SchemaPath::Extension(_, attribute) => {
            path.sub_attribute.as_deref().is_none_or(|name| part(attribute, name))
                && path
                    .filter
                    .as_ref()
                    .is_none_or(|filter| names_of(filter).iter().all(|name| part(attribute, name)))
        }
        SchemaPath::WholeExtension(_) | SchemaPath::Protocol => true,
        SchemaPath::Unknown => false,
    }
}

/// Returns the path with the nearest known part in place of an unknown one; for an unknown part in
/// the filter, the nearest part alone.
fn near_part(known: &Attribute, path: &Path) -> Option<String> {
    let near = |name: &str| nearest(name, known.sub.iter().map(|part| &*part.name));
    match path.sub_attribute.as_deref().filter(|sub| known.part(sub).is_none()) {
        Some(sub) => {
            Some(Path { sub_attribute: Some(near(sub)?.to_owned()), ..path.clone() }.to_string())
        }
        None => {
            let compared = path.filter.as_ref().map(|filter| names_of(filter)).unwrap_or_default();
            compared
                .into_iter()
                .find(|name| known.part(name).is_none())
                .and_then(near)
                .map(str::to_owned)
        }
    }
}

/// Returns the attribute names in a filter.
fn names_of(filter: &Filter) -> Vec<&str> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(names_of).collect(),
        Filter::Not(inner) => names_of(inner),
        Filter::Present(path) | Filter::Compare(path, ..) => vec![&path.attribute],
    }
}
