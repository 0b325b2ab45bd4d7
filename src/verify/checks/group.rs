//! Groups: creating, finding, renaming, deleting.

use http::Method;
use serde_json::{Value, json};

use super::find::{finds, finds_nothing};
use crate::verify::bodies::{self, patch_one, pathless};
use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, must};
use crate::verify::pick::{self, pick};
use crate::verify::session::{Endpoint, Session, must_hold};

checks! {
    "probe.group" Block Groups probe {
        sends: "a search for a group that does not exist, without members",
        right: "200 and a ListResponse with totalResults 0",
        sources: "scim-dev, validator, B42",
        portal: "the job is quarantined though every user succeeds",
    }
    "group.create" Block Groups create {
        sends: "POST of a group without members",
        right: "201, its id, and the name unchanged",
        sources: "scim-dev, direct test 19, validator, RFC 7644 3.3",
        portal: "Create fails for every group",
    }
    "group.ms-uri" Fail Groups vendor_schema {
        sends: "POST that also lists the vendor's own schema of groups",
        right: "accepted",
        sources: "scim-dev",
        portal: "Create fails for every group",
    }
    "group.dup" Fail Groups duplicate {
        sends: "POST of a displayName that is taken",
        right: "409: the name is what groups are matched by",
        sources: "validator",
        portal: "Create fails with another code than EntryConflict, which would name the cause",
        accepted: Harm "two groups of one name: DuplicateTargetEntries from then on",
    }
    "group.echo" Harm Groups echo {
        sends: "a group, read back",
        right: "externalId is kept",
        sources: "scim-dev",
        portal: "the same Update in every cycle, for ever",
    }
    "group.find" Block Groups find {
        sends: "displayName eq, of a group that is there",
        right: "that group alone",
        sources: "scim-dev, validator",
        portal: "every group is created again",
    }
    "group.find-case" Fail Groups find_case {
        sends: "displayName eq in other letter case, of a group that is there",
        right: "that group: displayName is not case-exact",
        sources: "scim-dev, RFC 7643 8.7.1",
        portal: "such a group is neither created nor changed: the lookup fails",
        accepted: Harm "a second group after a change of case",
    }
    "group.find-none" Block Groups find_none {
        sends: "displayName eq, of no group",
        right: "an empty list",
        sources: "scim-dev, validator",
        portal: "a wrong group is taken over",
    }
    "group.find-external" Fail Groups find_external {
        sends: "externalId eq, of a group that is there and of none",
        right: "that group alone, and an empty list",
        sources: "validator",
        portal: "every group is created again, when groups are matched by externalId",
    }
    "group.exclude-id" Fail Groups exclude_one {
        sends: "GET by id with excludedAttributes=members",
        right: "no members in the answer",
        sources: "scim-dev, validator, RFC 7644 3.9, B40",
        portal: "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse",
    }
    "group.exclude-list" Fail Groups exclude_list {
        sends: "a search with excludedAttributes=members",
        right: "no members in the answer",
        sources: "scim-dev, validator, RFC 7644 3.9, B40",
        portal: "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse",
    }
    "group.rename" Fail Groups rename {
        sends: "classic: `Replace` of displayName with a path",
        right: "changed, and the members stay",
        sources: "scim-dev, direct test 20, validator",
        portal: "Update of the group fails",
        accepted: Harm "the log says success, and the group is not what was sent",
    }
    "group.pathless" Fail Groups rename_without_path {
        sends: "compliant: {\"displayName\": ...} without a path",
        right: "changed, and the members stay",
        sources: "validator, B31",
        portal: "Update of the group fails",
        accepted: Harm "the log says success, and the group is not what was sent",
    }
    "group.answer" Fail Groups answer {
        sends: "a rename",
        right: "204, or 200 with the group",
        sources: "scim-dev, RFC 7644 3.5.2, B57",
        portal: "Update of the group fails",
        accepted: Fail "SystemForCrossDomainIdentityManagementServiceIncompatible, though the change was made",
    }
    "group.list-members" Info Groups list_members {
        sends: "a search that does not exclude members",
        right: "the members are in the answer",
        sources: "RFC 7643 4.2, B115",
        portal: "nothing: Entra excludes members",
    }
    "group.delete" Harm Groups delete {
        sends: "DELETE, then GET",
        right: "204, then 404",
        sources: "scim-dev, validator, RFC 7644 3.6",
        portal: "Delete fails, and the group stays",
        accepted: Harm "the log says success, and the group stays",
    }
    "group.delete-twice" Fail Groups delete_twice {
        sends: "DELETE of a group that was deleted",
        right: "404",
        sources: "validator (preview), RFC 7644 3.6",
        portal: "Delete fails, and is tried for weeks",
        accepted: Info "nothing: the log says success",
    }
    "group.delete-unknown" Fail Groups delete_unknown {
        sends: "DELETE of an id that does not exist",
        right: "404",
        sources: "validator (preview), RFC 7644 3.6",
        portal: "Delete fails, and is tried for weeks",
        accepted: Info "nothing: the log says success",
    }
}

fn probe(session: &mut Session<'_>) -> Result<(), NotPassed> {
    finds_nothing(session, Endpoint::Group, "displayName")
}

fn create(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let name = session.name("group");
    let answer = session.create(Endpoint::Group, &bodies::group(&name))?;
    let refused = answer.must_be(&[200, 201]).map(|_| ());
    refused.map_err(|failure| session.unless_other_media(Endpoint::Group, failure))?;
    must_hold(answer.resource()?, &["displayName"], &name)?;
    // Whether members are shown is learned here, while no other check runs; it is no part of this.
    let _ = session.must_show_members();
    Ok(())
}

fn vendor_schema(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let name = session.name("group");
    let mut body = bodies::group(&name);
    let vendor = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    body["schemas"] = json!([bodies::GROUP, vendor]);
    session.create(Endpoint::Group, &body)?.must_be(&[200, 201]).map(|_| ())
}

fn duplicate(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    let mut body = bodies::group(&group.name);
    body["externalId"] = json!(session.name("other"));
    let answer = session.create(Endpoint::Group, &body)?;
    must(answer.status == 409, || answer.said())
}

fn echo(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    must_hold(&session.read(Endpoint::Group, &group.id)?, &["externalId"], &group.external_id)
}

fn find(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    finds(session, Endpoint::Group, ("displayName", &group.name), &group.id)
}

fn find_case(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    finds(session, Endpoint::Group, ("displayName", &group.name.to_uppercase()), &group.id)
}

fn find_none(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.new_group()?;
    finds_nothing(session, Endpoint::Group, "displayName")
}

fn find_external(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    let kept = session.read(Endpoint::Group, &group.id)?;
    if pick::is_empty(pick(&kept, &["externalId"])) {
        // Of a server that keeps none, another check tells.
        return Err(NotPassed::Needs("group.echo"));
    }
    finds(session, Endpoint::Group, ("externalId", &group.external_id), &group.id)?;
    finds_nothing(session, Endpoint::Group, "externalId")
}

/// Creates a group with one member; returns the ids of both.
fn with_member(session: &mut Session<'_>) -> Result<(String, String, String), NotPassed> {
    let (user, group) = (session.new_user()?, session.new_group()?);
    session
        .patch(Endpoint::Group, &group.id, &bodies::add_members(&[&user.id]))?
        .must_succeed()
        .map_err(|_| NotPassed::Needs("member.add"))?;
    session.must_have_members(&group.id, 1, "member.add")?;
    Ok((group.id, group.name, user.id))
}

fn exclude_one(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (id, ..) = with_member(session)?;
    let answer = session.get(&format!("/Groups/{id}?excludedAttributes=members"))?;
    must_lack_members(answer.resource()?)
}

fn exclude_list(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (id, name, _) = with_member(session)?;
    let list = session.find(Endpoint::Group, "displayName", &name)?;
    must(list.has(&id), || list.said()).map_err(|_| NotPassed::Needs("group.find"))?;
    list.resources.iter().try_for_each(must_lack_members)
}

fn must_lack_members(group: &Value) -> Result<(), NotPassed> {
    let members = pick(group, &["members"]);
    must(members.is_none(), || format!("members are {}", pick::shown(members)))
}

fn rename(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let new = session.name("renamed");
    renames(session, &new, &patch_one("Replace", "displayName", json!(new)))
}

fn rename_without_path(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let new = session.name("renamed");
    renames(session, &new, &pathless("replace", json!({"displayName": new})))
}

fn renames(session: &mut Session<'_>, new: &str, body: &Value) -> Result<(), NotPassed> {
    let shows = session.must_show_members().is_ok();
    let (id, _, user) = with_member(session)?;
    let group = session.patched(Endpoint::Group, &id, body)?;
    must_hold(&group, &["displayName"], new)
        .map_err(|it| it.entra("the log says success, and the group has its old name"))?;
    let members = pick::list(&group, &["members"]);
    let stays = members.iter().any(|member| pick::text(member, &["value"]) == Some(&user));
    must(stays || !shows, || "the member is gone".to_owned())
        .map_err(|it| it.entra("the log says success, and the group has lost its members"))
}

fn answer(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    let new = session.name("renamed");
    let body = patch_one("Replace", "displayName", json!(new));
    let answer = session.patch(Endpoint::Group, &group.id, &body)?;
    if answer.status == 204 {
        return must(answer.is_empty, || "204 with a body".to_owned());
    }
    let Err(failure) = must_hold(answer.resource()?, &["displayName"], &new) else { return Ok(()) };
    session.show_last();
    // An answer that shows what is there is right, where the rename has done nothing.
    let is_renamed = must_hold(&session.read(Endpoint::Group, &group.id)?, &["displayName"], &new);
    is_renamed.map_err(|_| NotPassed::Needs("group.rename"))?;
    Err(failure)
}

fn list_members(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.must_show_members()?;
    let (id, name, _) = with_member(session)?;
    let list = session.get(&format!("/Groups?filter=displayName%20eq%20%22{name}%22"))?.list()?;
    let group = list.resources.iter().find(|group| pick::text(group, &["id"]) == Some(&id));
    let group = group.ok_or(NotPassed::Needs("group.find"))?;
    must(!pick::list(group, &["members"]).is_empty(), || "no members".to_owned())
}

fn delete(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    session.delete(Endpoint::Group, &group.id)?.must_be(&[200, 204])?;
    session.get_one(Endpoint::Group, &group.id)?.must_be(&[404]).map(|_| ())
}

fn delete_twice(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let group = session.new_group()?;
    session
        .delete(Endpoint::Group, &group.id)?
        .must_be(&[200, 204])
        .map_err(|_| NotPassed::Needs("group.delete"))?;
    session.delete(Endpoint::Group, &group.id)?.must_be(&[404]).map(|_| ())
}

fn delete_unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let nobody = session.nobody();
    session.send(Method::DELETE, &format!("/Groups/{nobody}"), None)?.must_be(&[404]).map(|_| ())
}
