//! Deleting users: DELETE, and what is there afterwards.

use serde_json::json;

use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, must};
use crate::verify::session::{Endpoint, Session};

checks! {
    "user.delete" Harm Nothing delete {
        sends: "DELETE, then GET and a search",
        right: "204, then 404 and an empty list",
        sources: "scim-dev, validator, RFC 7644 3.6, B80",
        portal: "Delete fails, and the account stays",
        accepted: Harm "the log says success, and the account stays",
    }
    "user.delete-twice" Warn Nothing twice {
        sends: "DELETE of a user that was deleted",
        right: "404",
        sources: "validator (preview), RFC 7644 3.6",
        portal: "Delete fails, and is tried for weeks",
        accepted: Info "nothing: the log says success",
    }
    "user.delete-unknown" Warn Nothing unknown {
        sends: "DELETE of an id that does not exist",
        right: "404",
        sources: "validator (preview), RFC 7644 3.6",
        portal: "Delete fails, and is tried for weeks",
        accepted: Info "nothing: the log says success",
    }
    "user.recreate" Fail Nothing recreate {
        sends: "POST of the userName of a user that was deleted",
        right: "201",
        sources: "RFC 7644 3.6",
        portal: "Create fails with EntryConflict for a user who comes back",
    }
}

fn delete(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    session.delete(Endpoint::User, &user.id)?.must_be(&[200, 204])?;
    session.get_one(Endpoint::User, &user.id)?.must_be(&[404])?;
    let list = session.find(Endpoint::User, "userName", &user.name)?;
    must(list.total == 0, || format!("{} for a user that was deleted", list.said()))
}

fn twice(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    session
        .delete(Endpoint::User, &user.id)?
        .must_be(&[200, 204])
        .map_err(|_| NotPassed::Needs("user.delete"))?;
    session.delete(Endpoint::User, &user.id)?.must_be(&[404]).map(|_| ())
}

fn unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    session.delete(Endpoint::User, &nobody)?.must_be(&[404]).map(|_| ())
}

fn recreate(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    session
        .delete(Endpoint::User, &user.id)?
        .must_be(&[200, 204])
        .map_err(|_| NotPassed::Needs("user.delete"))?;
    let mut body = session.user_body();
    body["userName"] = json!(user.name);
    session.create(Endpoint::User, &body)?.must_be(&[200, 201]).map(|_| ())
}
