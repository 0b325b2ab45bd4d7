//! Changing users with PATCH, in both dialects of Entra's client. Every change is read back: a 200
//! alone proves nothing.

use serde_json::{Value, json};

use crate::verify::bodies::{self, ENTERPRISE, operation, patch, patch_one, pathless};
use crate::verify::check::checks;
use crate::verify::facts::NoPatch;
use crate::verify::finding::{Finding, NotPassed, Sign, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Made, Session, must_hold, must_not_nest};

checks! {
    "patch.op-case" Block Nothing op_case {
        sends: "classic: `Replace` of a text that the server keeps, with its capital",
        right: "200 or 204, and the value is there",
        sources: "scim-dev, B02, B26",
        portal: "every Update fails",
        accepted: Block "every Update is a success in the log, and changes nothing",
    }
    "patch.add-scalar" Fail Nothing add_scalar {
        sends: "classic: `Add` on a single value that is there",
        right: "it is replaced",
        sources: "RFC 7644 3.5.2.1, B03",
        portal: "Update fails",
        accepted: Harm "the log says success, and the value is not what was sent",
    }
    "patch.verbose" Fail Nothing verbose {
        sends: "classic: a dozen operations in one request, one for each attribute",
        right: "all are applied",
        sources: "validator, direct test 18",
        portal: "Update fails",
        accepted: Harm "the log says success, and the values are not what was sent",
    }
    "patch.pathless" Fail Nothing without_path {
        sends: "compliant: one operation without a path, with dotted names and names that begin with a URN",
        right: "all are applied, and no dotted name is stored as it is written",
        sources: "scim-compat, validator, B21, B22, B119",
        portal: "Update fails in every cycle",
        accepted: Harm "the log says success, and the values are not what was sent",
    }
    "patch.pathless-add" Fail Nothing add_without_path {
        sends: "compliant: `add` without a path",
        right: "the value is there",
        sources: "RFC 7644 3.5.2.1",
        portal: "Update fails for users who had no such value",
        accepted: Harm "the log says success, and the value is not there",
    }
    "patch.remove-c" Warn Nothing remove_classic {
        sends: "classic: `Remove` of a single value by its path, with its capital",
        right: "it is gone",
        sources: "validator, RFC 7644 3.5.2.2, B02",
        portal: "nothing in the default mappings: the service sends it for no attribute of a user; the validator does",
    }
    "patch.remove-k" Warn Nothing remove_compliant {
        sends: "`remove` of a single value by its path, and of an element by a path with a filter",
        right: "they are gone, and nothing else is",
        sources: "validator, RFC 7644 3.5.2.2",
        portal: "nothing in the default mappings: the service sends it for no attribute of a user; the validator does",
    }
    "patch.remove-value" Fail Nothing remove_with_value {
        sends: "classic: `Remove` of title that names another value than the one that is there",
        right: "title is gone: a path of a single value has no use for one",
        sources: "RFC 7644 3.5.2.2, B18",
        portal: "Update fails, where a value is removed in this form",
        accepted: Harm "the log says success, and there is a value, where one is removed in this form",
    }
    "patch.filtered" Fail Nothing filtered {
        sends: "`emails[type eq \"work\"].value`, of an e-mail that is there",
        right: "it is changed, and there is one work e-mail",
        sources: "scim-dev, RFC 7644 3.5.2, B17",
        portal: "Update fails",
        accepted: Harm "the log says success, and the e-mail addresses are not what was sent",
    }
    "patch.filtered-new" Fail Nothing filtered_new {
        sends: "`Add` of phoneNumbers[type eq \"fax\"].value, of an element that is not there",
        right: "it is created",
        sources: "scim-dev, B15, B113",
        portal: "Update fails for users who had no such value",
        accepted: Harm "the log says success, and the value is not there",
    }
    "patch.filtered-several" Fail Nothing filtered_several {
        sends: "several `Add` with `addresses[type eq \"work\"]`, of a user without an address",
        right: "one work address with all the values",
        sources: "B113",
        portal: "Update fails for users without an address",
        accepted: Harm "the log says success, and the address is not what was sent",
        after: "patch.filtered-new",
    }
    "patch.urn" Fail Nothing urn {
        sends: "the path urn:...:enterprise:2.0:User:department",
        right: "it is changed",
        sources: "scim-dev, B19, B119",
        portal: "Update fails",
        accepted: Harm "the log says success, and the value is not what was sent",
    }
    "patch.sub-case" Fail Nothing sub_case {
        sends: "the path `emails[type eq \"work\"].Value`, with its capital",
        right: "it is changed: names have no case",
        sources: "scim-dev, RFC 7643 2.1",
        portal: "Update fails",
        accepted: Harm "the log says success, and the value is not what was sent",
    }
    "patch.userName" Fail Nothing user_name {
        sends: "another userName",
        right: "it is changed, and the id is the same",
        sources: "validator, RFC 7644 3.5.2",
        portal: "a rename fails in every cycle",
        accepted: Harm "the log says success, and the account is not found with its new name",
    }
    "patch.userName-taken" Fail Nothing user_name_taken {
        sends: "the userName of another user",
        right: "409",
        sources: "validator, RFC 7644 3.12",
        portal: "a rename to a name that is taken fails with a code that does not tell the cause",
        accepted: Harm "the log says success, and two accounts have one name",
        after: "patch.userName",
    }
    "patch.externalId" Fail Nothing external_id {
        sends: "another externalId, by `Add` and by `Replace`",
        right: "it is changed each time",
        sources: "B55",
        portal: "Update fails in every cycle",
        accepted: Harm "the log says success, and the same Update comes in every cycle",
    }
    "patch.nothing" Fail Nothing nothing {
        sends: "the values that are there",
        right: "200 or 204",
        sources: "B24",
        portal: "Update fails where there is nothing to do",
    }
    "patch.empty-ops" Warn Nothing empty_operations {
        sends: "an empty list of operations",
        right: "no server error",
        sources: "validator",
        portal: "InternalServerError",
    }
    "patch.many" Warn Nothing many {
        sends: "three operations on three attributes",
        right: "all are applied",
        sources: "validator (preview)",
        portal: "Update fails",
        accepted: Warn "the log says success, and the values are not what was sent",
    }
    "patch.same" Warn Nothing same {
        sends: "two operations on one attribute",
        right: "the last one counts",
        sources: "validator (preview), RFC 7644 3.5.2",
        portal: "Update fails",
        accepted: Warn "the log says success, and a wrong value stays",
    }
    "patch.atomic" Warn Nothing atomic {
        sends: "a good operation, a bad one, and a good one",
        right: "an error, and none of them is applied",
        sources: "RFC 7644 3.5.2",
        portal: "a failed Update has changed part of the account",
        accepted: Warn "the log says success, though part of the Update cannot be carried out",
    }
    "patch.unknown" Warn Nothing unknown {
        sends: "an attribute that does not exist",
        right: "it is ignored or refused, and no server error",
        sources: "B75",
        portal: "InternalServerError instead of what is wrong with the mapping",
    }
    "patch.missing" Fail Nothing missing {
        sends: "a PATCH to an id that does not exist",
        right: "404",
        sources: "RFC 7644 3.12",
        portal: "the change of an account that is gone fails with another code than InvalidAnchor",
        accepted: Harm "the log says success, and there is no such account",
    }
    "patch.answer" Warn Nothing answer {
        sends: "a change",
        right: "200 with the resource, or 204 without a body",
        sources: "scim-dev, validator, RFC 7644 3.5.2",
        portal: "Update fails",
        accepted: Warn "SystemForCrossDomainIdentityManagementServiceIncompatible, though the change was made",
    }
    "patch.case-attr" Warn Nothing case_of_attribute {
        sends: "a path that begins with a capital, such as `DisplayName`",
        right: "it is changed: names have no case",
        sources: "RFC 7643 2.1",
        portal: "Update fails, where a mapping writes the name so",
        accepted: Warn "the log says success, and the value is not what was sent, where a mapping writes the name so",
    }
}

const WORK: &str = "emails[type eq \"work\"].value";

/// Creates a user, sends a PATCH that must succeed, and returns the user read back.
fn changed(session: &mut Session<'_>, body: &Value) -> Result<Value, NotPassed> {
    let user = session.new_user()?;
    session.patched(Endpoint::User, &user.id, body)
}

/// Fails unless a value is there after a change that was answered with success; the failure says
/// what is there instead.
fn held(user: &Value, steps: &[&str], wanted: &str) -> Result<(), NotPassed> {
    must_hold(user, steps, wanted).map_err(|failure| {
        failure.entra(match pick(user, steps) {
            value if pick::is_empty(value) => "the log says success, and there is no value",
            value if is_old(user, steps, value) => "the log says success, and the old value stays",
            _ => "the log says success, and another value is there",
        })
    })
}

/// Whether a value of a user is the one with which it was created.
fn is_old(user: &Value, steps: &[&str], value: Option<&Value>) -> bool {
    let name = pick::text(user, &["userName"]).unwrap_or_default();
    let name = name.strip_suffix("@scimulator.example").unwrap_or(name);
    pick(&bodies::user(name), steps) == value
}

/// Fails unless all of these values are there after a change that was answered with success.
fn all_held(user: &Value, all: &[&[&str]], wanted: &str) -> Result<(), NotPassed> {
    let failures: Vec<NotPassed> =
        all.iter().filter_map(|steps| must_hold(user, steps, wanted).err()).collect();
    let is_all = failures.len() == all.len() && all.len() > 1;
    failures.into_iter().next().map_or(Ok(()), |first| {
        Err(first.entra(match is_all {
            true => "the log says success, and no value is what was sent",
            false => "the log says success, and part of the Update is lost",
        }))
    })
}

/// Changes one attribute that the server keeps. When nothing comes of it, other forms are tried: a
/// server that carries no PATCH out at all fails here, and nowhere else for that cause.
fn op_case(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("displayName")?;
    let (other, other_steps) = session.kept()?.last().copied().unwrap_or((path, steps));
    let user = session.new_user()?;
    let body = patch_one("Replace", path, json!("Changed"));
    let Some(first) = undone(session, &user, (steps, "Changed"), &body)? else { return Ok(()) };
    let shown = session.exchanges.len().checked_sub(1);
    let (mut always, mut lower_works) = (true, false);
    for (steps, wanted, body) in [
        (steps, "Lower", patch_one("replace", path, json!("Lower"))),
        (steps, "Pathless", pathless("replace", json!({(path): "Pathless"}))),
        (other_steps, "Another", patch_one("Replace", other, json!("Another"))),
    ] {
        let same = undone(session, &user, (steps, wanted), &body)?;
        lower_works |= wanted == "Lower" && same.is_none();
        always &= same.is_some_and(|same| same.how == first.how);
    }
    session.facts.no_patch = always.then_some(first.how);
    let came = match first.how {
        NoPatch::Ignored if always => format!("{}; no form of PATCH changes anything", first.came),
        NoPatch::Refused(_) if always => format!("{}, to every form of PATCH", first.came),
        _ => first.came,
    };
    let capital = lower_works && matches!(first.how, NoPatch::Refused(_));
    let (came, sign) = match capital {
        true => (format!("{came}; `replace` is accepted"), Some(Sign::CapitalOp)),
        false => (came, first.sign),
    };
    Err(NotPassed::Failed(Finding { sign, ..Finding::shown(came, shown) }))
}

/// A PATCH that changed nothing: in which way, and what came.
struct Undone {
    how: NoPatch,
    came: String,
    sign: Option<Sign>,
}

/// Sends a PATCH and reads back; `None` when the value is there afterwards.
fn undone(
    session: &mut Session<'_>,
    user: &Made,
    (steps, wanted): (&[&str], &str),
    body: &Value,
) -> Result<Option<Undone>, NotPassed> {
    let answer = session.patch(Endpoint::User, &user.id, body)?;
    if !(200..300).contains(&answer.status) {
        let (how, came) = (NoPatch::Refused(answer.status), answer.said());
        return Ok(Some(Undone { how, came, sign: None }));
    }
    let read = session.read(Endpoint::User, &user.id)?;
    let value = pick(&read, steps);
    if value.and_then(Value::as_str) == Some(wanted) {
        return Ok(None);
    }
    let (name, shown) = (pick::path(steps), pick::shown(value));
    let came = format!("{}, and {name} is {shown} and not \"{wanted}\"", answer.status);
    let sign = must_not_nest(&read, steps).is_err().then_some(Sign::Nested);
    Ok(Some(Undone { how: NoPatch::Ignored, came, sign }))
}

fn add_scalar(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("title")?;
    let user = changed(session, &patch_one("Add", path, json!("Changed")))?;
    held(&user, steps, "Changed")
}

fn verbose(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let enterprise = |name: &str| format!("{ENTERPRISE}:{name}");
    let new = session.name("verbose");
    let mut operations: Vec<(String, &[&str])> =
        session.kept()?.into_iter().map(|(path, steps)| (path.to_owned(), steps)).collect();
    operations.extend([
        (
            "addresses[type eq \"work\"].locality".to_owned(),
            &["addresses", "type=work", "locality"][..],
        ),
        ("addresses[type eq \"work\"].region".to_owned(), &["addresses", "type=work", "region"]),
        (
            "phoneNumbers[type eq \"work\"].value".to_owned(),
            &["phoneNumbers", "type=work", "value"],
        ),
        (enterprise("department"), &[ENTERPRISE, "department"]),
        (enterprise("employeeNumber"), &[ENTERPRISE, "employeeNumber"]),
    ]);
    let list = operations.iter().map(|(path, _)| operation("Replace", path, json!(new))).collect();
    let user = changed(session, &patch(list))?;
    let (of_urn, others): (Vec<_>, Vec<_>) =
        operations.iter().partition(|(_, steps)| steps.first() == Some(&ENTERPRISE));
    let others: Vec<&[&str]> = others.iter().map(|(_, steps)| *steps).collect();
    all_held(&user, &others, &new)?;
    // What a path below a URN does, a check of its own tells.
    let kept = of_urn.iter().try_for_each(|(_, steps)| must_hold(&user, steps, &new));
    kept.map_err(|_| NotPassed::Needs("patch.urn"))
}

fn without_path(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let kept = session.kept()?;
    let wanted = ["displayName", "name.familyName"];
    let plain: Vec<_> = kept.iter().filter(|(path, _)| wanted.contains(path)).collect();
    let mut value = json!({(format!("{ENTERPRISE}:department")): "Changed"});
    plain.iter().for_each(|(path, _)| value[path] = json!("Changed"));
    let user = changed(session, &pathless("replace", value))?;
    let literal = pick(&user, &["name.familyName"]).is_some();
    must(!literal, || "an attribute called `name.familyName` was stored".to_owned()).map_err(
        |it| it.entra("the log says success, and a dotted name is stored as it is written"),
    )?;
    let below: &[&str] = &[ENTERPRISE, "department"];
    let all: Vec<&[&str]> = plain.iter().map(|(_, steps)| *steps).chain([below]).collect();
    all_held(&user, &all, "Changed")
}

fn add_without_path(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = changed(session, &pathless("add", json!({"nickName": "Nick"})))?;
    must_hold(&user, &["nickName"], "Nick")
}

/// A PATCH with one operation that has no value.
fn removal(op: &str, path: &str) -> Value {
    patch(json!([{"op": op, "path": path}]))
}

fn remove_classic(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("title")?;
    let user = changed(session, &removal("Remove", path))?;
    let value = pick(&user, steps);
    must(pick::is_empty(value), || format!("{path} is {}", pick::shown(value)))
}

fn remove_compliant(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("title")?;
    let user = changed(session, &removal("remove", path))?;
    let value = pick(&user, steps);
    must(pick::is_empty(value), || format!("{path} is {}", pick::shown(value)))?;
    let user = session.new_user()?;
    let before = session.read(Endpoint::User, &user.id)?;
    let numbers = |user: &Value| -> Vec<Value> {
        pick::list(user, &["phoneNumbers"])
            .iter()
            .filter_map(|one| pick(one, &["value"]).cloned())
            .collect()
    };
    if numbers(&before).len() < 2 {
        // A server that keeps one number, or none, has no element to remove from among others.
        return Ok(());
    }
    let body = removal("remove", "phoneNumbers[type eq \"mobile\"]");
    let left = numbers(&session.patched(Endpoint::User, &user.id, &body)?);
    must(left == [json!("+1 555 0100")], || {
        format!("the phone numbers that are left are {}", pick::shown(Some(&json!(left))))
    })
}

fn remove_with_value(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("title")?;
    let user = changed(session, &patch_one("Remove", path, json!("Another")))?;
    let value = pick(&user, steps);
    must(pick::is_empty(value), || format!("{path} is {}", pick::shown(value))).map_err(|failure| {
        failure.entra(match value {
            Some(value) if value == "Another" => {
                "the log says success, and the value of the removal is stored, where one is sent"
            }
            value if is_old(&user, steps, value) => {
                "the log says success, and the value stays, where one is removed in this form"
            }
            _ => "the log says success, and another value is there, where one is removed in this form",
        })
    })
}

fn filtered(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let mail = format!("{}@scimulator.example", session.name("mail"));
    let user = changed(session, &patch_one("Replace", WORK, json!(mail)))?;
    held(&user, &["emails", "type=work", "value"], &mail)?;
    let work = pick::list(&user, &["emails"]).iter();
    let work = work.filter(|email| pick::text(email, &["type"]) == Some("work")).count();
    must(work == 1, || format!("{work} work e-mails"))
        .map_err(|it| it.entra("the log says success, and there is a second work e-mail"))
}

fn filtered_new(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = "phoneNumbers[type eq \"fax\"].value";
    let user = changed(session, &patch_one("Add", path, json!("+1 555 0199")))?;
    must_hold(&user, &["phoneNumbers", "type=fax", "value"], "+1 555 0199")?;
    must_hold(&user, &["phoneNumbers", "type=work", "value"], "+1 555 0100")
        .map_err(|it| it.entra("the log says success, and another number has changed too"))
}

fn filtered_several(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let name = session.name("several");
    let user = session
        .make(Endpoint::User, &bodies::minimal_user(&name))
        .map_err(|_| NotPassed::Needs("user.create-minimal"))?;
    let add =
        |part: &str| operation("Add", &format!("addresses[type eq \"work\"].{part}"), json!(part));
    let body = patch(json!([add("locality"), add("region"), add("country")]));
    let user = session.patched(Endpoint::User, &user.id, &body)?;
    let addresses = pick::list(&user, &["addresses"]).len();
    must(addresses == 1, || format!("{addresses} addresses")).map_err(|it| {
        it.entra(match addresses {
            0 => "the log says success, and there is no address",
            _ => "the log says success, and one address has become several",
        })
    })?;
    let parts = ["locality", "region"].map(|part| {
        must_hold(&user, &["addresses", "type=work", part], part)
            .map_err(|it| it.entra("the log says success, and part of the address is lost"))
    });
    parts.into_iter().collect()
}

fn urn(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let path = format!("{ENTERPRISE}:department");
    let user = changed(session, &patch_one("Replace", &path, json!("Changed")))?;
    held(&user, &[ENTERPRISE, "department"], "Changed")
        .map_err(|failure| failure.of_kind(Sign::BelowUrn))
}

fn sub_case(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let mail = format!("{}@scimulator.example", session.name("mail"));
    let path = "emails[type eq \"work\"].Value";
    let user = changed(session, &patch_one("Replace", path, json!(mail)))?;
    held(&user, &["emails", "type=work", "value"], &mail)
}

fn user_name(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let name = format!("{}@scimulator.example", session.name("renamed"));
    let body = patch_one("Replace", "userName", json!(name));
    session.patch(Endpoint::User, &user.id, &body)?.must_succeed()?;
    let read = session.read(Endpoint::User, &user.id).map_err(|failure| {
        failure.entra("the log says success, and no account can be read at its id any more")
    });
    let judged = read.and_then(|read| {
        must_hold(&read, &["userName"], &name).map_err(|failure| {
            failure.entra(match pick::text(&read, &["userName"]) == Some(&user.name) {
                true => "the log says success, and the account has its old name",
                false => "the log says success, and the account has another name than was sent",
            })
        })?;
        must_hold(&read, &["id"], &user.id)
            .map_err(|it| it.entra("the log says success, and the account has another id"))
    });
    match (judged, user.id.eq_ignore_ascii_case(&user.name)) {
        (Err(NotPassed::Failed(found)), true) => {
            let came = format!("{}; the id was the userName, and went with it", found.came);
            Err(NotPassed::Failed(Finding { came, sign: Some(Sign::IdIsName), ..found }))
        }
        (judged, _) => judged,
    }
}

fn user_name_taken(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (user, other) = (session.new_user()?, session.new_user()?);
    let body = patch_one("Replace", "userName", json!(other.name));
    let answer = session.patch(Endpoint::User, &user.id, &body)?;
    must(answer.status == 409, || answer.said())
}

fn external_id(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    for (op, value) in [("Add", "first"), ("Replace", "second")] {
        let value = session.name(value);
        let body = patch_one(op, "externalId", json!(value));
        let read = session.patched(Endpoint::User, &user.id, &body)?;
        let is_kept =
            must_hold(&read, &["externalId"], &value).map_err(|it| it.shown_by_last(session));
        if is_kept.is_err() && pick::is_empty(pick(&read, &["externalId"])) {
            // Of a server that never keeps one, another check tells.
            let other = session.new_user()?;
            session.must_keep_external_id(&other)?;
        }
        is_kept?;
    }
    Ok(())
}

fn nothing(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = patch_one("Replace", "title", json!("Engineer"));
    session.patch(Endpoint::User, &user.id, &body)?.must_be(&[200, 204]).map(|_| ())
}

fn empty_operations(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    session.patch(Endpoint::User, &user.id, &patch(json!([])))?.must_not_break().map(|_| ())
}

fn many(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let kept = session.kept()?;
    let list = kept.iter().take(3).map(|(path, _)| operation("Replace", path, json!("en-US")));
    let user = changed(session, &patch(list.collect()))?;
    let all: Vec<&[&str]> = kept.iter().take(3).map(|(_, steps)| *steps).collect();
    all_held(&user, &all, "en-US")
}

fn same(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("title")?;
    let set = |value: &str| operation("Replace", path, json!(value));
    let user = changed(session, &patch(json!([set("first"), set("last")])))?;
    must_hold(&user, steps, "last")
}

fn atomic(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("title")?;
    let user = session.new_user()?;
    let before = session.read(Endpoint::User, &user.id)?;
    let body = patch(json!([
        operation("replace", path, json!("Changed")),
        operation("replace", "emails[type eq", json!("broken")),
        operation("replace", "name.givenName", json!("Changed")),
    ]));
    let answer = session.patch(Endpoint::User, &user.id, &body)?;
    must(answer.status >= 400, || format!("{} though one path is broken", answer.said()))?;
    session.show_last();
    let read = session.read(Endpoint::User, &user.id)?;
    let (was, is) = (pick(&before, steps), pick(&read, steps));
    must(was == is, || format!("{}, and {path} is {}", answer.said(), pick::shown(is)))
}

fn unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = patch_one("Replace", "noSuchAttribute", json!("x"));
    session.patch(Endpoint::User, &user.id, &body)?.must_not_break().map(|_| ())
}

fn missing(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    let body = patch_one("Replace", "title", json!("x"));
    session.patch(Endpoint::User, &nobody, &body)?.must_be(&[404]).map(|_| ())
}

fn answer(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let body = patch_one("Replace", "title", json!("Changed"));
    let answer = session.patch(Endpoint::User, &user.id, &body)?;
    match answer.status {
        204 => must(answer.is_empty, || "204 with a body".to_owned()),
        200 => answer.resource().map(|_| ()),
        _ => Err(NotPassed::failed(answer.said())),
    }
}

fn case_of_attribute(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (path, steps) = session.kept_one("displayName")?;
    let (first, rest) = path.split_at(1);
    let path = first.to_uppercase() + rest;
    let user = changed(session, &patch_one("replace", &path, json!("Changed")))?;
    held(&user, steps, "Changed")
}
