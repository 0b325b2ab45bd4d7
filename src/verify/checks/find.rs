//! Whether the lookups find what is there, and nothing else. A lookup that errs makes a second
//! account, or takes over one of somebody else.

use serde_json::json;

use crate::verify::bodies;
use crate::verify::check::checks;
use crate::verify::finding::{Finding, NotPassed, Sign, must};
use crate::verify::session::{Endpoint, Session};

checks! {
    "find.userName" Block Nothing user_name {
        sends: "userName eq, of a user that is there",
        right: "that user alone",
        sources: "scim-dev, validator, RFC 7644 3.4.2.2",
        portal: "every user is created again: 409 EntryConflict in every cycle",
        accepted: Block "every user gets another account",
    }
    "find.case" Fail Nothing case {
        sends: "userName eq in other letter case, of a user that is there",
        right: "that user: userName is not case-exact",
        sources: "validator, RFC 7643 4.1.1, B51",
        portal: "Create fails with EntryConflict for a user whose name has other letter case",
        accepted: Harm "a second account for a user whose name has other letter case",
    }
    "find.near" Harm Nothing near {
        sends: "userName and externalId eq, of a user beside others: one whose value begins with that value, one whose value ends with it, one that has another character in place of its `_`",
        right: "that user alone: `eq` is equality, of the whole value and without wildcards",
        sources: "RFC 7644 3.4.2.2",
        portal: "a user with such a name is matched with the account of another, which is changed; or gets none (DuplicateTargetEntries, DuplicateSourceEntries)",
    }
    "find.externalId" Fail Nothing external_id {
        sends: "externalId eq, of a user that is there and of nobody",
        right: "that user alone, and an empty list",
        sources: "scim-dev, B49, B107",
        portal: "once externalId is the matching attribute: no user is created or changed",
        accepted: Harm "once externalId is the matching attribute: users who are there are created again",
    }
    "find.email" Fail Nothing email {
        sends: "emails[type eq \"work\"].value eq, of a user that is there and of nobody",
        right: "that user alone, and an empty list",
        sources: "scim-dev, B50",
        portal: "once the work e-mail is the matching attribute: users who are there are created again",
    }
    "find.ignored" Harm Nothing ignored {
        sends: "a filter that matches nobody, while accounts are there",
        right: "an empty list, never all of them",
        sources: "B38, B121",
        portal: "DuplicateTargetEntries for every user, once several accounts are there; while there is one, each user is matched with it",
    }
    "find.unsupported" Warn Nothing unsupported {
        sends: "a filter with an attribute that does not exist",
        right: "400 invalidFilter, or an empty list",
        sources: "RFC 7644 3.4.2.2, scim2-tester, B110",
        portal: "InternalServerError where a configuration error is meant",
    }
    "find.and" Fail Nothing and {
        sends: "id eq \"...\" and manager eq \"...\", with attributes=id",
        right: "a list with none or one",
        sources: "scim-dev",
        portal: "setting a manager fails",
    }
    "find.unquoted" Warn Nothing unquoted {
        sends: "a filter whose value has no quotes, as one worked example of the vendor has it",
        right: "a list",
        sources: "scim-dev",
        portal: "nothing today: the client sends quotes",
    }
    "find.special" Fail Nothing special {
        sends: "userName eq, with an apostrophe, a plus, an accent, a space and a per cent sign",
        right: "that user alone",
        sources: "B39, known-issues",
        portal: "Create fails with EntryConflict for people with such names",
        accepted: Harm "a second account for people with such names",
    }
    "find.disabled" Fail Nothing disabled {
        sends: "userName eq, of a user that was disabled",
        right: "that user alone, inactive",
        sources: "scim-dev, B91",
        portal: "a returning user is created again: EntryConflict",
        accepted: Harm "a returning user gets a second account",
    }
    "find.quote" Warn Nothing quote {
        sends: "userName eq, with a quotation mark and a backslash, escaped as JSON has them",
        right: "that user alone",
        sources: "RFC 7644 3.4.2.2, B39",
        portal: "Create fails with EntryConflict for such names",
        accepted: Harm "a second account for such names",
    }
    "find.last" Fail Nothing last_of_many {
        sends: "userName eq, of the last of 25 users",
        right: "that user alone: a lookup covers every account",
        sources: "B54, RFC 7644 3.4.2.2",
        portal: "users are created again once there are many: EntryConflict",
        accepted: Harm "users get a second account once there are many",
    }
    "find.shape" Fail Nothing shape {
        sends: "userName eq, of a user that is there",
        right: "`schemas` names ListResponse, and the content is called `Resources`",
        sources: "RFC 7644 3.4.2, validator, B62",
        portal: "SystemForCrossDomainIdentityManagementServiceIncompatible",
    }
    "find.total" Fail Nothing total {
        sends: "userName eq, of a user that is there",
        right: "totalResults is the number of matches",
        sources: "RFC 7644 3.4.2, B63",
        portal: "SystemForCrossDomainIdentityManagementServiceIncompatible",
    }
}

/// A query by a value that one resource has finds that one and no other.
pub(super) fn finds(
    session: &mut Session<'_>,
    kind: Endpoint,
    (attribute, value): (&str, &str),
    id: &str,
) -> Result<(), NotPassed> {
    let list = session.find(kind, attribute, value).map_err(|failure| {
        failure.entra(match attribute {
            "userName" => "such a user is neither created nor changed: the lookup fails",
            "displayName" => "such a group is neither created nor changed: the lookup fails",
            _ => "once it is the matching attribute: nothing is created or changed, as every lookup fails",
        })
    })?;
    must(list.is_only(id), || list.said_beside(id)).map_err(|failure| match list.differs_from(id) {
        Some(sign) => failure.of_kind(sign),
        None => failure,
    })
}

/// A lookup of a user by its name finds that one alone. What Entra does then when it finds none is
/// tried: it creates the user.
fn finds_user(session: &mut Session<'_>, name: &str, id: &str) -> Result<(), NotPassed> {
    let failure = match finds(session, Endpoint::User, ("userName", name), id) {
        Err(NotPassed::Failed(failure)) if failure.sign == Some(Sign::FindsNothing) => failure,
        judged => return judged,
    };
    session.show_last();
    let mut body = session.user_body();
    body["userName"] = json!(name);
    let answer = session.create(Endpoint::User, &body)?;
    let came = format!("{}, and {} to a create of that name", failure.came, answer.said());
    let exchange = session.exchanges.len().checked_sub(1);
    Err(NotPassed::Failed(Finding { came, exchange, ..failure }))
}

/// What Entra makes of a lookup that finds others.
const WRONG_ONE: &str = "once it is the matching attribute: the wrong account is updated";

/// A query by a value that no resource has finds nothing.
pub(super) fn finds_nothing(
    session: &mut Session<'_>,
    kind: Endpoint,
    attribute: &str,
) -> Result<(), NotPassed> {
    let value = session.nobody();
    let list = session.find(kind, attribute, &value)?;
    must(list.total == 0 && list.resources.is_empty(), || {
        format!("{} for a value that none has", list.said())
    })
    .map_err(|failure| failure.of_kind(Sign::FindsTooMuch))
}

fn user_name(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    finds_user(session, &user.name, &user.id)
}

fn case(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    finds_user(session, &user.name.to_uppercase(), &user.id)
}

fn near(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let name = session.name("jo_n");
    let user = session.make(Endpoint::User, &bodies::user(&name));
    let user = user.map_err(|why| why.unless_ended(NotPassed::Needs("user.create")))?;
    let (user_name, external_id) = (user.name.clone(), user.external_id.clone());
    let plainly = finds(session, Endpoint::User, ("userName", &user_name), &user.id);
    plainly.map_err(|why| why.unless_ended(NotPassed::Needs("find.userName")))?;
    let by_external =
        finds(session, Endpoint::User, ("externalId", &external_id), &user.id).is_ok();
    let before = session.name("near");
    for (what, user_name, external_id) in [
        ("begins with it", format!("{user_name}.near"), format!("{external_id}-near")),
        ("ends with it", format!("{before}-{user_name}"), format!("{before}-{external_id}")),
        (
            "has another character in place of its `_`",
            user_name.replace("jo_n", "joxn"),
            external_id.replace("jo_n", "joxn"),
        ),
    ] {
        let mut body = session.user_body();
        body["userName"] = json!(user_name);
        body["externalId"] = json!(external_id);
        let answer = session.create(Endpoint::User, &body)?;
        // A server that looks for the name in the same way takes it for one that is taken.
        must(answer.status != 409, || {
            format!("{} to a create of a user whose userName {what}", answer.said())
        })?;
        answer.must_succeed().map_err(|_| NotPassed::cannot_tell("such a user is not created"))?;
        finds_beside(session, ("userName", &user.name), &user.id, what)?;
        if by_external {
            finds_beside(session, ("externalId", &user.external_id), &user.id, what)?;
        }
    }
    Ok(())
}

/// A lookup finds one user alone, although another one is called nearly so.
fn finds_beside(
    session: &mut Session<'_>,
    (attribute, value): (&str, &str),
    id: &str,
    what: &str,
) -> Result<(), NotPassed> {
    let list = session.find(Endpoint::User, attribute, value)?;
    must(list.is_only(id), || {
        format!("{}, with a user there whose {attribute} {what}", list.said_beside(id))
    })
    .map_err(|failure| match list.total {
        2.. => failure.of_kind(Sign::FindsTooMuch),
        _ => failure,
    })
}

fn external_id(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    session.must_keep_external_id(&user)?;
    finds(session, Endpoint::User, ("externalId", &user.external_id), &user.id)?;
    finds_nothing(session, Endpoint::User, "externalId").map_err(|it| it.entra(WRONG_ONE))
}

fn email(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let path = "emails[type eq \"work\"].value";
    finds(session, Endpoint::User, (path, &user.name), &user.id)?;
    finds_nothing(session, Endpoint::User, path).map_err(|it| it.entra(WRONG_ONE))
}

fn ignored(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.new_user()?;
    session.new_user()?;
    finds_nothing(session, Endpoint::User, "userName")
}

fn unsupported(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.new_user()?;
    let answer = session.filter(Endpoint::User, "noSuchAttribute eq \"x\"")?;
    if answer.status == 400 {
        return Ok(());
    }
    let list = answer.list()?;
    must(list.total == 0, || format!("{} for an attribute that does not exist", list.said()))
        .map_err(|failure| failure.of_kind(Sign::FindsTooMuch))
}

fn and(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let filter =
        format!("id eq \"{}\" and manager eq \"{}\"&attributes=id", user.id, session.nobody());
    // The ampersand must stay one, so the query is written by hand.
    let (filter, rest) = filter.split_once('&').unwrap_or((&filter, ""));
    let encoded = filter.replace(' ', "%20").replace('"', "%22");
    let list = session.get(&format!("/Users?filter={encoded}&{rest}"))?.list()?;
    must(list.total == 0, || format!("{} though the user has no such manager", list.said()))
        .map_err(|failure| failure.of_kind(Sign::FindsTooMuch))
}

fn unquoted(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    session.filter(Endpoint::User, &format!("externalId eq {nobody}"))?.list().map(|_| ())
}

/// Characters of names with which lookups fail, each with a name that has it.
const SPECIAL: [(&str, &str); 5] = [
    ("an apostrophe", "o'neil"),
    ("a plus", "ann+test"),
    ("an accent", "josé"),
    ("a space", "ann lee"),
    ("a per cent sign", "ann%lee"),
];

fn special(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let failure = match finds_named(session, "o'neil+josé 100%") {
        Err(NotPassed::Failed(failure)) => failure,
        judged => return judged,
    };
    let shown = |one: Finding, session: &Session<'_>| {
        let exchange = one.exchange.or(session.exchanges.len().checked_sub(1));
        Finding { exchange, ..one }
    };
    let all = shown(failure, session);
    // Which of them it is.
    let mut which = Vec::new();
    let mut first = None;
    for (what, name) in SPECIAL {
        match finds_named(session, name) {
            Err(NotPassed::Failed(one)) => {
                first.get_or_insert(shown(one, session));
                which.push(what);
            }
            Err(other) => return Err(other),
            Ok(()) => {}
        }
    }
    let one = first.unwrap_or(all);
    let with = if which.is_empty() { "all of them together".to_owned() } else { which.join(", ") };
    let came = format!("{}, for a name with {with}", one.came);
    Err(NotPassed::Failed(Finding { came, ..one }))
}

/// Creates a user whose name has these characters, and looks it up.
fn finds_named(session: &mut Session<'_>, what: &str) -> Result<(), NotPassed> {
    let name = session.name(what);
    let mut body = bodies::minimal_user(&name);
    body["displayName"] = json!("Special");
    let made = session.make(Endpoint::User, &body);
    // Refused, it was not looked up.
    let user = made.map_err(|why| why.entra("Create fails for people with such names"))?;
    finds_user(session, &user.name, &user.id)
}

fn quote(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let mut body = session.user_body();
    let name = session.name("quo\"te\\d");
    body["userName"] = json!(name);
    match session.make(Endpoint::User, &body) {
        Ok(user) => finds_user(session, &user.name, &user.id),
        Err(_) => Err(NotPassed::cannot_tell("the server refuses such names")),
    }
}

fn last_of_many(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.many_users(24)?;
    let user = session.new_user()?;
    finds_user(session, &user.name, &user.id)
}

fn shape(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let answer = session.filter(Endpoint::User, &format!("userName eq \"{}\"", user.name))?;
    answer.must_be(&[200])?;
    let json = answer.json.as_ref().ok_or_else(|| answer.no_json())?;
    let named = crate::verify::pick::list(json, &["schemas"]);
    must(named.iter().any(|urn| *urn == crate::scim::urn::LIST_RESPONSE), || {
        format!("`schemas` is {}", crate::verify::pick::shown(json.get("schemas")))
    })?;
    must(json.get("Resources").is_some_and(serde_json::Value::is_array), || {
        "a list without `Resources`".to_owned()
    })
    .map_err(|failure| failure.entra("everybody is created again: no account is found"))
}

fn disabled(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let off = bodies::patch_one("replace", "active", json!(false));
    session
        .patch(Endpoint::User, &user.id, &off)?
        .must_succeed()
        .map_err(|_| NotPassed::Needs("active.bool"))?;
    finds_user(session, &user.name, &user.id)
}

fn total(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let list = session.find(Endpoint::User, "userName", &user.name)?;
    must(list.total == list.resources.len() as u64, || list.said())
}
