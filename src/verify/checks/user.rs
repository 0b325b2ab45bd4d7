//! Creating users: what is accepted, what is kept, what is refused.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::verify::PLAINEST;
use crate::verify::answer::Answer;
use crate::verify::bodies::{self, ENTERPRISE};
use crate::verify::check::checks;
use crate::verify::finding::{Finding, NotPassed, Sign, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Session, must_hold, must_not_nest};

checks! {
    "user.create" Block Nothing create {
        sends: "POST of a complete user, as the default mappings make it",
        right: "201 and the resource with its id",
        sources: "scim-dev, direct test 17, validator, Okta SPEC, RFC 7644 3.3",
        portal: "Create fails for every user; beyond 40 % failures the job is quarantined",
    }
    "user.create-id" Warn Nothing create_id {
        sends: "POST of a complete user, and a read",
        right: "the id is a text of the server's own and the same in every answer",
        sources: "RFC 7643 3.1",
        portal: "InvalidAnchor after a rename",
    }
    "user.fresh" Harm Nothing fresh {
        sends: "a change, then a read by id: at once, after a moment, and after another change",
        right: "the read shows the change",
        sources: "RFC 7644 3.5.2, B124",
        portal: "the client compares with what was, and leaves out what it should send",
    }
    "user.echo" Harm Nothing echo {
        sends: "POST of a complete user, and a read",
        right: "every value is there unchanged, externalId among them",
        sources: "scim-dev, direct test 17, B55, B109",
        portal: "the same Update in every cycle, for ever",
    }
    "user.create-minimal" Fail Nothing minimal {
        sends: "POST of a user with userName alone",
        right: "201, or 400 that names what is missing",
        sources: "validator, RFC 7643 4.1.1",
        portal: "Create fails, and the log does not say why",
    }
    "user.create-roles-text" Fail Nothing roles_text {
        sends: "POST with a role whose `primary` is the text \"True\"",
        right: "accepted",
        sources: "validator",
        portal: "Create fails for users with a role",
    }
    "user.create-dangling-manager" Fail Nothing dangling_manager {
        sends: "POST with a manager that does not exist",
        right: "accepted or refused, and no server error",
        sources: "validator, B35",
        portal: "InternalServerError",
    }
    "user.create-nulls" Fail Nothing nulls {
        sends: "POST with explicit nulls and an empty list of roles",
        right: "accepted",
        sources: "scim-dev, RFC 7643 2.5, B13",
        portal: "Create fails for users with empty attributes",
    }
    "user.create-schemas" Fail Nothing schemas {
        sends: "POST that lists the enterprise URN and has no value of it",
        right: "accepted",
        sources: "scim-dev",
        portal: "Create fails",
    }
    "user.create-unknown" Fail Nothing unknown {
        sends: "POST with an attribute and a sub-attribute that the server does not know",
        right: "accepted: what is not known is left out",
        sources: "scim-dev, B108",
        portal: "Create fails for users with such a value, and for nobody else",
    }
    "user.create-case" Fail Nothing case {
        sends: "POST with names in other letter case, such as `UserName`",
        right: "accepted: names have no case",
        sources: "RFC 7643 2.1, B111",
        portal: "Create fails where a mapping writes a name so",
        accepted: Fail "values are lost where a mapping writes a name so, and the log says success",
    }
    "user.shared-email" Fail Nothing shared_email {
        sends: "POST of a user whose work e-mail another one has",
        right: "accepted: e-mails are not unique",
        sources: "RFC 7643 4.1.2, B52",
        portal: "Create fails with EntryConflict for people who share a mailbox",
    }
    "user.shape" Fail Nothing shape {
        sends: "POST, and a read",
        right: "`schemas` names the core user in both answers",
        sources: "RFC 7643 3, validator",
        portal: "SystemForCrossDomainIdentityManagementServiceIncompatible",
    }
    "user.location" Warn Nothing location {
        sends: "POST",
        right: "meta.location and Location lead to the host that was asked",
        sources: "RFC 7644 3.3, B117",
        portal: "nothing: Entra keeps the id; other clients follow the address and end nowhere",
    }
    "user.dup" Fail Nothing duplicate {
        sends: "POST of a userName that is taken",
        right: "409",
        sources: "validator, Okta SPEC, RFC 7644 3.3, B53",
        portal: "Create fails with another code than EntryConflict, which would name the cause",
        accepted: Harm "two accounts for one user",
    }
    "user.dup-type" Warn Nothing duplicate_type {
        sends: "POST of a userName that is taken",
        right: "the Error body says scimType uniqueness",
        sources: "RFC 7644 3.12",
        portal: "the row of the log does not say what is taken",
        after: "user.dup",
    }
    "user.dup-case" Fail Nothing duplicate_case {
        sends: "POST of a userName that is taken, in other letter case",
        right: "409: userName is not case-exact",
        sources: "RFC 7643 4.1.1",
        portal: "Create fails with another code than EntryConflict, which would name the cause",
        accepted: Harm "two accounts for one user",
        after: "user.dup",
    }
    "user.dup-race" Harm Nothing duplicate_race {
        sends: "two creates of one userName at the same time",
        right: "one 201 and one 409",
        sources: "B53",
        portal: "two accounts for one user, and DuplicateTargetEntries from then on",
    }
    "user.get" Fail Nothing get {
        sends: "GET by id",
        right: "200 and the user",
        sources: "scim-dev, Okta SPEC, RFC 7644 3.4.1",
        portal: "Update fails",
    }
    "user.get-unknown" Fail Nothing get_unknown {
        sends: "GET of an id that does not exist",
        right: "404",
        sources: "scim-dev, Okta SPEC, RFC 7644 3.12",
        portal: "an account that is gone is not seen as that",
    }
}

fn create(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let body = session.user_body();
    let answer = session.create(Endpoint::User, &body)?;
    let refused = answer.must_be(&[200, 201]).map(|_| ());
    refused.map_err(|failure| session.unless_other_media(Endpoint::User, failure))?;
    answer.resource().map(|_| ())
}

fn create_id(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    must(!user.id.eq_ignore_ascii_case(&user.name), || "the id is the userName".to_owned())
        .map_err(|failure| failure.of_kind(Sign::IdIsName))?;
    must_hold(&session.read(Endpoint::User, &user.id)?, &["id"], &user.id)
}

/// Whether a read shows what was written before it. A server that carries no such change out is
/// told by another check: here it is seen elsewhere that it was.
fn fresh(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("displayName")?;
    let user = session.new_user()?;
    let is = |user: &Value, wanted: &str| pick::text(user, steps) == Some(wanted);
    let written = |session: &mut Session<'_>, value: &str| {
        let body = bodies::patch_one("Replace", path, json!(value));
        session.patch(Endpoint::User, &user.id, &body)
    };
    // The first read may fill a cache, which the second change does not empty.
    let mut last = None;
    for value in ["Changed", "Changed again"] {
        let answer = written(session, value)?;
        answer.must_succeed().map_err(|_| NotPassed::Needs(PLAINEST))?;
        session.show_last();
        let read = session.read(Endpoint::User, &user.id)?;
        if !is(&read, value) {
            last = Some((value, answer, read));
            break;
        }
    }
    let Some((value, answer, read)) = last else { return Ok(()) };
    let shown = session.exchanges.len().checked_sub(1);
    let stale = pick::shown(pick(&read, steps));
    let mut seen = Vec::new();
    if answer.json.as_ref().is_some_and(|json| is(json, value)) {
        seen.push("the answer to the change does".to_owned());
    }
    session.wait(A_MOMENT);
    let later = session.read(Endpoint::User, &user.id)?;
    if is(&later, value) {
        seen.push(format!("a read {} s later does", A_MOMENT.as_secs()));
    } else {
        let list = session.find(Endpoint::User, "userName", &user.name);
        if list.is_ok_and(|list| list.resources.iter().any(|one| is(one, value))) {
            seen.push("a search does".to_owned());
        }
        written(session, "Another")?;
        if is(&session.read(Endpoint::User, &user.id)?, "Changed") {
            seen.push("a read after the next change shows this one".to_owned());
        }
    }
    // Nothing shows it, so it was not made.
    must(!seen.is_empty(), String::new).map_err(|_| NotPassed::Needs(PLAINEST))?;
    let name = pick::path(steps);
    let came = format!(
        "{name} is {stale} after a change to \"{value}\" that was answered {}; {}",
        answer.status,
        seen.join(", ")
    );
    Err(NotPassed::Failed(Finding::shown(came, shown)))
}

/// How long a read is waited with that may be behind.
const A_MOMENT: Duration = Duration::from_secs(1);

fn echo(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let body = session.user_body();
    let made = session.make(Endpoint::User, &body).map_err(|_| NotPassed::Needs("user.create"))?;
    let user = session.read(Endpoint::User, &made.id)?;
    must_not_nest(&user, &["userName"])?;
    let active = pick(&user, &["active"]);
    must(active == Some(&Value::Bool(true)), || {
        format!("active is {} and not true", pick::shown(active))
    })
    .map_err(|failure| match active.and_then(Value::as_str) {
        Some(text) if text.eq_ignore_ascii_case("true") => failure.of_kind(Sign::ActiveIsText),
        _ => failure,
    })?;
    let work = "type=work";
    let (mut changed, mut absent) = (Vec::new(), Vec::new());
    for steps in [
        &["userName"][..],
        &["externalId"],
        &["displayName"],
        &["title"],
        &["preferredLanguage"],
        &["name", "givenName"],
        &["name", "familyName"],
        &["emails", work, "value"],
        &["addresses", work, "streetAddress"],
        &["addresses", work, "locality"],
        &["addresses", work, "postalCode"],
        &["phoneNumbers", work, "value"],
        &["phoneNumbers", "type=mobile", "value"],
        &[ENTERPRISE, "department"],
        &[ENTERPRISE, "employeeNumber"],
    ] {
        let (sent, came) = (pick::text(&body, steps).unwrap_or_default(), pick(&user, steps));
        match came {
            Some(value) if value.as_str() == Some(sent) => {}
            None | Some(Value::Null) => absent.push(pick::path(steps)),
            Some(_) => changed.push(format!(
                "{} is {} and not \"{sent}\"",
                pick::path(steps),
                pick::shown(came)
            )),
        }
    }
    if !absent.is_empty() {
        changed.push(format!("not there: {}", absent.join(", ")));
    }
    must(changed.is_empty(), || changed.join("; "))
}

fn minimal(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let name = session.name("minimal");
    let answer = session.create(Endpoint::User, &bodies::minimal_user(&name))?;
    let says = answer
        .json
        .as_ref()
        .is_some_and(|json| pick::text(json, &["detail"]).is_some_and(|detail| !detail.is_empty()));
    must(matches!(answer.status, 200 | 201) || answer.status == 400 && says, || answer.said())
}

fn accepts(session: &mut Session<'_>, change: impl FnOnce(&mut Value)) -> Result<(), NotPassed> {
    let mut body = session.user_body();
    change(&mut body);
    session.create(Endpoint::User, &body)?.must_be(&[200, 201]).map(|_| ())
}

fn roles_text(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let role = json!([{"value": "User", "display": "User", "type": "WindowsAzureActiveDirectoryRole", "primary": "True"}]);
    accepts(session, |body| body["roles"] = role)
}

fn dangling_manager(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    let mut body = session.user_body();
    body[ENTERPRISE]["manager"] = json!({"value": nobody});
    session.create(Endpoint::User, &body)?.must_not_break().map(|_| ())
}

fn nulls(session: &mut Session<'_>) -> Result<(), NotPassed> {
    accepts(session, |body| {
        body["title"] = Value::Null;
        body["roles"] = json!([]);
        body["name"]["middleName"] = Value::Null;
    })
}

fn schemas(session: &mut Session<'_>) -> Result<(), NotPassed> {
    accepts(session, |body| {
        if let Some(body) = body.as_object_mut() {
            body.remove(ENTERPRISE);
        }
    })
}

fn unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    accepts(session, |body| {
        body["noSuchAttribute"] = json!("x");
        body["name"]["noSuchPart"] = json!("x");
    })
}

fn case(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let name = format!("{}@scimulator.example", session.name("case"));
    let body = json!({"schemas": [bodies::USER], "UserName": name, "DisplayName": "Case"});
    let answer = session.create(Endpoint::User, &body)?;
    must_hold(answer.resource()?, &["userName"], &name)?;
    must_hold(answer.resource()?, &["displayName"], "Case")
}

fn shared_email(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    accepts(session, |body| body["emails"][0]["value"] = json!(user.name))
}

fn shape(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let body = session.user_body();
    let answer = session.create(Endpoint::User, &body)?;
    let made = answer.resource().map_err(|_| NotPassed::Needs("user.create"))?.clone();
    let id = pick::text(&made, &["id"]).unwrap_or_default().to_owned();
    for user in [made, session.read(Endpoint::User, &id)?] {
        let named = pick::list(&user, &["schemas"]).iter().any(|urn| *urn == bodies::USER);
        must(named, || format!("`schemas` is {}", pick::shown(pick(&user, &["schemas"]))))?;
    }
    Ok(())
}

fn location(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let body = session.user_body();
    let answer = session.create(Endpoint::User, &body)?;
    let made = answer.resource().map_err(|_| NotPassed::Needs("user.create"))?;
    let header = session.last().and_then(|exchange| {
        let location = exchange.reply.as_ref().ok()?.headers().get(http::header::LOCATION)?;
        location.to_str().ok().map(str::to_owned)
    });
    let shown = pick::text(made, &["meta", "location"]).map(str::to_owned);
    for location in [header, shown].into_iter().flatten() {
        let here = location.starts_with('/') || location.starts_with(session.origin());
        must(here, || format!("the location is {location}"))?;
    }
    Ok(())
}

fn duplicate_type(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let mut body = session.user_body();
    body["userName"] = json!(user.name);
    let answer = session.create(Endpoint::User, &body)?;
    must(answer.status == 409, String::new).map_err(|_| NotPassed::Needs("user.dup"))?;
    let kind = answer.json.as_ref().and_then(|json| pick(json, &["scimType"]));
    must(kind.and_then(Value::as_str) == Some("uniqueness"), || match kind {
        None => "409 without scimType".to_owned(),
        Some(_) => format!("scimType is {}", pick::shown(kind)),
    })
}

fn duplicate(session: &mut Session<'_>) -> Result<(), NotPassed> {
    again(session, str::to_owned)
}

fn duplicate_case(session: &mut Session<'_>) -> Result<(), NotPassed> {
    again(session, str::to_uppercase)
}

/// Creates a user, and another one whose userName is made from the first one's.
fn again(session: &mut Session<'_>, spell: fn(&str) -> String) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let mut body = session.user_body();
    body["userName"] = json!(spell(&user.name));
    let answer = session.create(Endpoint::User, &body)?;
    let id = answer.json.as_ref().and_then(|json| pick::text(json, &["id"]));
    match (answer.status, id) {
        (200 | 201, Some(id)) if id == user.id => {
            let came = format!("{} with the id of the first", answer.said());
            Err(NotPassed::failed(came).entra(TAKEN_OVER))
        }
        _ => must(answer.status == 409, || answer.said()),
    }
}

/// What comes of a create that is answered with the user of that name.
const TAKEN_OVER: &str = "the log says success, and a user gets the account of another one";

fn duplicate_race(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let body = session.user_body();
    let request = || session.request(Method::POST, "/Users", Some(&body));
    let requests = vec![request(), request()];
    let answers = session.at_once(Endpoint::User, requests)?;
    let created = answers.iter().filter(|answer| matches!(answer.status, 200 | 201)).count();
    must(created > 0, || answers.iter().map(|answer| answer.said()).collect::<Vec<_>>().join(", "))
        .map_err(|_| NotPassed::Needs("user.create"))?;
    let id = |answer: &Answer| answer.json.as_ref().and_then(|it| pick(it, &["id"])).cloned();
    let ids: Vec<Option<Value>> = answers.iter().map(id).collect();
    if created > 1 && ids[0].is_some() && ids[0] == ids[1] {
        let came = "both were answered with success, and with one id";
        return Err(NotPassed::failed(came).entra(TAKEN_OVER));
    }
    must(created == 1, || "both were created".to_owned())
}

fn get(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let shown = session.get_one(Endpoint::User, &user.id)?;
    must_hold(shown.resource()?, &["userName"], &user.name)
}

fn get_unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    let answer = session.get_one(Endpoint::User, &nobody)?;
    must(answer.status == 404, || answer.said()).map_err(|failure| {
        failure.entra(match answer.status {
            200..300 => "an account that is gone is not noticed",
            _ => "an account that is gone fails with another code than InvalidAnchor",
        })
    })
}
