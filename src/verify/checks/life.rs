//! Whole lives through the engine: what the gallery's validation does in a tenant within an hour or
//! more is played in virtual time, and judged by what the server holds.

use http::Method;

use crate::verify::check::checks;
use crate::verify::finding::NotPassed;
use crate::verify::lives::{With, play};
use crate::verify::session::Session;
use crate::verify::stories;

checks! {
    "life.create" Block Nothing create {
        sends: "a user is created, in a cycle",
        right: "the account is found and holds every mapped value",
        sources: "gallery test Create_User",
        portal: "Create fails",
        accepted: Block "the log says success, and the account is not what was sent",
        after: "user.create" | "user.echo",
    }
    "life.update" Block Nothing update {
        sends: "job title and department change",
        right: "the account holds the new values",
        sources: "gallery test Update_User",
        portal: "Update fails",
        accepted: Block "the log says success, and not all of it has changed",
        after: "life.create" | "patch.op-case" | "patch.urn",
    }
    "life.disable" Block Nothing disable {
        sends: "a user is blocked from sign-in",
        right: "the account is inactive after the next cycle",
        sources: "gallery test Disable_User",
        portal: "leavers keep their access",
        after: "life.create" | "active.text",
    }
    "life.delete" Block Nothing delete {
        sends: "a user is deleted, then deleted for good",
        right: "the account is gone",
        sources: "gallery test Delete_User",
        portal: "Delete fails",
        accepted: Block "the log says success, and the account is still there",
        after: "life.create" | "active.text",
    }
    "life.manager" Block Nothing manager {
        sends: "a manager is set and changed",
        right: "the account names the account of the manager",
        sources: "gallery test User_Update_Manager",
        portal: "Update fails for everybody who has a manager",
        accepted: Block "the log says success, and the manager is not set",
        after: "life.create" | "mgr.bare",
    }
    "life.restore" Block Nothing restore {
        sends: "a user is unassigned, then assigned again",
        right: "inactive or gone, then active, and one account",
        sources: "gallery test Restore_User",
        portal: "a returning user has no access",
        after: "life.create" | "active.text",
    }
    "life.ondemand" Block Nothing on_demand {
        sends: "a user is provisioned on demand",
        right: "success, and the account is there",
        sources: "gallery test POD_User",
        portal: "Provision on demand fails",
        after: "life.create",
    }
    "life.adopt" Fail Nothing adopt {
        sends: "a user whose account is there already",
        right: "it is matched and changed, and there is no second one",
        sources: "scim-dev",
        portal: "Update of an account that was there before fails",
        accepted: Harm "the log says success, and the accounts are not what Entra intends",
        after: "life.create" | "patch.filtered-new",
    }
    "life.quiet" Harm Nothing quiet {
        sends: "a second initial cycle, when nothing has changed",
        right: "not one write",
        sources: "B11, B55",
        portal: "the same Update of every user in every initial cycle, for ever",
        after: "life.create",
    }
    "life.lost-answer" Harm Nothing lost_answer {
        sends: "a create that is carried out, and whose answer is lost",
        right: "the next cycle finds the account; there is one",
        sources: "B53",
        portal: "two accounts for one user",
        after: "life.create",
    }
    "life.rename" Fail Nothing rename {
        sends: "surname, userName and e-mail address change",
        right: "the same account has the new ones",
        sources: "scim-dev",
        portal: "Update fails",
        accepted: Harm "the log says success, and the accounts are not what Entra intends",
        after: "life.update" | "patch.userName",
    }
    "life.leaver" Harm Nothing leaver {
        sends: "four users leave: blocked, deleted, unassigned, out of the assigned group",
        right: "no account of theirs is active after the next cycle",
        sources: "scim-dev, how-works",
        portal: "leavers keep their access",
        after: "life.create" | "active.text",
    }
    "life.return" Harm Nothing return_ {
        sends: "a user is blocked, and let in again with another job title",
        right: "the same account is active and has it",
        sources: "gallery test Restore_User",
        portal: "a returning user is not at the server as Entra intends",
        after: "life.create" | "active.text",
    }
    "life.gone" Fail Nothing gone {
        sends: "an account is deleted by hand; its user changes, and the job is restarted",
        right: "404 for the change, and a new account after the restart",
        sources: "B60",
        portal: "the user has no account for ever",
        after: "life.create",
    }
    "life.converge" Harm Nothing converge {
        sends: "joiners, movers, leavers and returns, with faults by chance, then calm",
        right: "within two cycles the accounts are what Entra intends",
        sources: "scim-dev",
        portal: "users who differ for ever, and nothing says so",
        after: "life.create" | "active.text",
    }
    "life.group-create" Block Groups group_create {
        sends: "a group with a member is assigned",
        right: "the group is found, with its member",
        sources: "gallery test Create_Group",
        portal: "a group is not provisioned with its members",
        accepted: Block "the log says success, and the group is not there as it was sent",
        after: "life.create" | "group.create" | "group.ms-uri" | "group.echo" | "member.add",
    }
    "life.group-update" Block Groups group_update {
        sends: "a group is renamed",
        right: "the same group has the new name, and its member",
        sources: "gallery test Update_Group",
        portal: "Update of the group fails",
        accepted: Block "the log says success, and the group is not what Entra intends",
        after: "life.group-create" | "group.rename",
    }
    "life.group-add" Block Groups group_add {
        sends: "a member is added",
        right: "both are members",
        sources: "gallery test Group_Update_Add_Member",
        portal: "Update of the group fails",
        accepted: Block "the log says success, and the member is missing",
        after: "life.group-create",
    }
    "life.group-remove" Block Groups group_remove {
        sends: "one of two members is removed",
        right: "the other one stays",
        sources: "gallery test Group_Update_Remove_Member",
        portal: "Update of the group fails",
        accepted: Block "the log says success, and its members are not what Entra intends",
        after: "life.group-create" | "member.remove-c",
    }
    "life.group-delete" Block Groups group_delete {
        sends: "a group is deleted",
        right: "it is gone",
        sources: "gallery test Delete_Group",
        portal: "Delete fails",
        accepted: Block "the log says success, and the group is still there",
        after: "life.group-create" | "group.delete",
    }
    "life.group-ondemand" Block Groups group_on_demand {
        sends: "a group is provisioned on demand, with a member",
        right: "success, and the group is there",
        sources: "gallery test POD_Group",
        portal: "Provision on demand fails",
        after: "life.group-create",
    }
    "life.group-restore" Block Groups group_restore {
        sends: "a group is unassigned, then assigned again",
        right: "gone, then there, with its member",
        sources: "gallery test Restore_Group",
        portal: "the group is not at the server as Entra intends",
        after: "life.group-create" | "group.delete",
    }
}

/// One function a life: how it is played.
macro_rules! lives {
    ($($name:ident $story:ident $with:ident,)+) => {
        $(fn $name(session: &mut Session<'_>) -> Result<(), NotPassed> {
            play(session, stories::$story, With::$with)
        })+
    };
}

lives! {
    create CREATE Users,
    update UPDATE Users,
    disable DISABLE Users,
    delete DELETE Users,
    manager MANAGER Users,
    restore RESTORE Users,
    on_demand ON_DEMAND Users,
    adopt ADOPT Users,
    lost_answer LOST_ANSWER Users,
    rename RENAME Users,
    leaver LEAVER Users,
    return_ RETURN Users,
    gone GONE AccountDeleted,
    converge CONVERGE Users,
    group_create GROUP_CREATE Groups,
    group_update GROUP_UPDATE Groups,
    group_add GROUP_ADD Groups,
    group_remove GROUP_REMOVE Groups,
    group_delete GROUP_DELETE Groups,
    group_on_demand GROUP_ON_DEMAND Groups,
    group_restore GROUP_RESTORE Groups,
}

fn quiet(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let Err(why) = play(session, stories::QUIET, With::Users) else { return Ok(()) };
    let NotPassed::Failed(finding) = &why else { return Err(why) };
    let shown = finding.exchange.and_then(|nth| session.exchanges.get(nth));
    let created = shown.filter(|one| *one.request.method() == Method::POST);
    Err(match created.map(|one| one.status().is_some_and(|status| (200..300).contains(&status))) {
        // The portal's line of the check speaks of updates.
        None => why,
        Some(true) => {
            why.entra("two accounts for one user, each time that everything is read again")
        }
        Some(false) => why.entra("a create of users who are there, in every initial cycle"),
    })
}
