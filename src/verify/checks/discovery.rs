//! Discovery: what the server says of itself.

use http::Method;
use serde_json::Value;

use crate::verify::bodies::{self, ENTERPRISE};
use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Session};

checks! {
    "disc.config" Warn Nothing config {
        sends: "/ServiceProviderConfig",
        right: "200, and filter and patch are supported",
        sources: "gallery requirements, scim2-tester, RFC 7643 5",
        portal: "the gallery's discovery test fails",
        after: "auth.discovery",
    }
    "disc.types" Warn Nothing types {
        sends: "/ResourceTypes",
        right: "200, and every endpoint in it exists",
        sources: "gallery requirements, scim2-tester, RFC 7643 6",
        portal: "the gallery's discovery test fails",
    }
    "disc.schemas" Fail Nothing schemas {
        sends: "/Schemas",
        right: "200 and a ListResponse",
        sources: "gallery requirements, direct test 15, RFC 7644 4",
        portal: "the gallery's Schema_Discoverability test fails",
    }
    "disc.mapped" Fail Nothing mapped {
        sends: "/Schemas",
        right: "every attribute of the default mappings is described",
        sources: "direct test 15",
        portal: "the gallery's Schema_Discoverability test fails",
    }
    "disc.group" Fail Groups group {
        sends: "/Schemas",
        right: "the schema of groups is there",
        sources: "direct test 15",
        portal: "the gallery's group tests fail",
    }
    "disc.words" Warn Nothing words {
        sends: "/Schemas",
        right: "types and mutabilities are the RFC's words, and nothing is null",
        sources: "scim-dev, validator, RFC 7643 7",
        portal: "the validator stops before its first test",
    }
    "disc.honest" Warn Nothing honest {
        sends: "a user with every text and Boolean that /Schemas describes as writable",
        right: "accepted, and each is shown unless it is never returned",
        sources: "validator, scim2-tester, RFC 7643 7",
        portal: "the validator's tests fail for attributes that the server names itself",
        after: "disc.schemas",
    }
    "disc.by-id" Info Nothing by_id {
        sends: "/Schemas/ and the URN of a user",
        right: "200",
        sources: "RFC 7644 4, scim2-tester",
        portal: "nothing: Entra does not ask",
        after: "disc.schemas",
    }
    "disc.unknown" Info Nothing unknown {
        sends: "/Schemas/ and a URN that does not exist",
        right: "404",
        sources: "RFC 7644 4, scim2-tester",
        portal: "nothing: Entra does not ask",
    }
    "disc.methods" Info Nothing methods {
        sends: "POST to /Schemas",
        right: "405, or another refusal",
        sources: "RFC 7644 4, scim2-tester",
        portal: "nothing: Entra does not ask",
    }
}

fn config(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let answer = session.get("/ServiceProviderConfig")?;
    answer.must_be(&[200])?;
    let json = answer.json.ok_or_else(|| NotPassed::failed("200 without JSON"))?;
    for feature in ["filter", "patch"] {
        let supported = pick(&json, &[feature, "supported"]);
        must(supported == Some(&Value::Bool(true)), || {
            format!("{feature}.supported is {}", pick::shown(supported))
        })?;
    }
    Ok(())
}

fn types(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let list = session.get("/ResourceTypes")?.list()?;
    for one in &list.resources {
        let endpoint = pick::text(one, &["endpoint"]).unwrap_or_default().to_owned();
        let path = endpoint.rsplit_once('/').map_or("", |(_, last)| last).to_owned();
        let answer = session.get(&format!("/{path}?count=1"))?;
        must(answer.status == 200, || format!("{} at {endpoint}", answer.said()))?;
    }
    Ok(())
}

fn all(session: &mut Session<'_>) -> Result<Vec<Value>, NotPassed> {
    let list = session.get("/Schemas")?.list().map_err(|_| NotPassed::Needs("disc.schemas"))?;
    Ok(list.resources)
}

fn schemas(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let list = session.get("/Schemas")?.list()?;
    must(!list.resources.is_empty(), || list.said())
}

fn mapped(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let schemas = all(session)?;
    let described = |urn: &str, steps: &[&str]| {
        let schema = schemas.iter().find(|schema| pick::text(schema, &["id"]) == Some(urn));
        let mut attributes = schema.map_or(&[][..], |schema| pick::list(schema, &["attributes"]));
        steps.iter().all(|step| {
            let found = attributes.iter().find(|one| {
                pick::text(one, &["name"]).is_some_and(|name| name.eq_ignore_ascii_case(step))
            });
            attributes = found.map_or(&[][..], |one| pick::list(one, &["subAttributes"]));
            found.is_some()
        })
    };
    for steps in [
        &["userName"][..],
        &["active"],
        &["displayName"],
        &["title"],
        &["emails", "value"],
        &["name", "givenName"],
        &["name", "familyName"],
        &["addresses", "streetAddress"],
        &["phoneNumbers", "value"],
    ] {
        must(described(bodies::USER, steps), || format!("{} is not described", steps.join(".")))?;
    }
    for name in ["department", "employeeNumber", "manager"] {
        must(described(ENTERPRISE, &[name]), || format!("{ENTERPRISE}:{name} is not described"))?;
    }
    Ok(())
}

fn group(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let schemas = all(session)?;
    let there = schemas.iter().any(|schema| pick::text(schema, &["id"]) == Some(bodies::GROUP));
    must(there, || "the schema of groups is not there".to_owned())
}

fn words(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let schemas = all(session)?;
    schemas
        .iter()
        .flat_map(|schema| pick::list(schema, &["attributes"]))
        .try_for_each(described_well)
}

fn described_well(attribute: &Value) -> Result<(), NotPassed> {
    const TYPES: [&str; 8] =
        ["string", "boolean", "decimal", "integer", "dateTime", "reference", "complex", "binary"];
    const MUTABLE: [&str; 4] = ["readOnly", "readWrite", "immutable", "writeOnly"];
    let name = pick::text(attribute, &["name"]).unwrap_or_default();
    let one_of = |key: &str, words: &[&str]| {
        let value = pick(attribute, &[key]);
        let known = value.and_then(Value::as_str).is_some_and(|word| words.contains(&word));
        must(known || value.is_none(), || format!("{key} of {name} is {}", pick::shown(value)))
    };
    one_of("type", &TYPES)?;
    one_of("mutability", &MUTABLE)?;
    let nulls = attribute.as_object().is_some_and(|one| one.values().any(Value::is_null));
    must(!nulls, || format!("the description of {name} has a null"))?;
    pick::list(attribute, &["subAttributes"]).iter().try_for_each(described_well)
}

/// Texts that may not be just anything: languages, time zones, addresses; and what other checks
/// are about.
const PARTICULAR: [&str; 9] = [
    "userName",
    "id",
    "externalId",
    "password",
    "active",
    "locale",
    "timezone",
    "preferredLanguage",
    "profileUrl",
];

fn honest(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let schemas = all(session)?;
    let user = schemas.iter().find(|schema| pick::text(schema, &["id"]) == Some(bodies::USER));
    let attributes = user.map_or(&[][..], |schema| pick::list(schema, &["attributes"]));
    let mut body = bodies::minimal_user(&session.name("honest"));
    let mut sent = Vec::new();
    for attribute in attributes {
        let word = |key: &str| pick::text(attribute, &[key]).unwrap_or_default();
        let name = word("name");
        let plain = !PARTICULAR.iter().any(|other| other.eq_ignore_ascii_case(name))
            && pick(attribute, &["multiValued"]) != Some(&Value::Bool(true))
            && pick::list(attribute, &["canonicalValues"]).is_empty()
            && !matches!(word("mutability"), "readOnly" | "writeOnly");
        let value = match word("type") {
            "string" | "" => Value::from(format!("some {name}")),
            "boolean" => Value::Bool(true),
            _ => continue,
        };
        if plain && !name.is_empty() {
            body[name] = value.clone();
            if word("returned") != "never" {
                sent.push((name.to_owned(), value));
            }
        }
    }
    let answer = session.create(Endpoint::User, &body)?;
    answer.must_be(&[200, 201])?;
    let id = pick::text(answer.resource()?, &["id"]).unwrap_or_default().to_owned();
    let made = session.read(Endpoint::User, &id)?;
    sent.iter().try_for_each(|(name, value)| {
        let shown = pick(&made, &[name.as_str()]);
        must(shown == Some(value), || format!("{name} is {} and not {value}", pick::shown(shown)))
    })
}

fn by_id(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.get(&format!("/Schemas/{}", bodies::USER))?.must_be(&[200]).map(|_| ())
}

fn unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.get("/Schemas/urn:no:such:schema")?.must_be(&[404]).map(|_| ())
}

fn methods(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let answer = session.send(Method::POST, "/Schemas", Some(&serde_json::json!({})))?;
    must((400..500).contains(&answer.status) || answer.status == 501, || answer.said())
}
