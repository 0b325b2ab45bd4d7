//! `worlds`, `exposure` and `explain user` mean the same: what GoLinks should hold about a user
//! follows from the user, the mapping and the settings, and never from a name alone.

use scimulator::scenario::{Override, Play, explain, load, messages, report};

/// Plays a story and expects it to hold.
fn holds(story: &str) -> Play {
    let script = load("intent.toml", story, &[])
        .unwrap_or_else(|problems| panic!("{}\n{story}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    assert!(play.verdict().green(), "{}\n{story}", report::plain(&play, None));
    play
}

/// The first line that explains a user.
fn explained(play: &Play, handle: &str) -> String {
    let user = play.world().entra().tenant().find_user(handle).expect("a user");
    explain::user(play.world().into(), user)[0].text()
}

const NAME_REUSED: &str = r#"
title = "A leaver's sign-in name goes to a new user, whose account exposes nobody"
ends = "20d"

[user.ann]
name = "Ann Okafor"
userPrincipalName = "ann@contoso.example"

[[at]]
time = "0d"
do = "start"

[[at]]
time = "1d"
do = { delete = "ann" }

[[at]]
time = "2d"
do = { purge = "ann" }

[[at]]
time = "3d"
do = { hire = { zoe = { name = "Zoe Park", userPrincipalName = "ann@contoso.example", assigned = true } } }

[finally]
worlds = "agree"
exposure.longest = { max = "1h" }
"#;

#[test]
fn an_account_of_a_user_in_scope_exposes_nobody_else() {
    let play = holds(NAME_REUSED);
    assert!(explained(&play, "zoe").ends_with("active account, which is as it should be."));
    assert!(explained(&play, "ann").ends_with("is not at GoLinks, which is as it should be."));
    // The same when the leaver's own account is found by its name and becomes the new user's too.
    holds(
        &NAME_REUSED
            .replace("[user.ann]", "[entra.policy]\non_shared_target = \"link_both\"\n\n[user.ann]")
            .replace("do = { delete = \"ann\" }", "do = { disable = \"ann\" }")
            .replace("do = { purge = \"ann\" }", RENAMED),
    );
}

const RENAMED: &str =
    "do = { update = { ann = { userPrincipalName = \"was.ann@contoso.example\" } } }";

#[test]
fn every_kind_of_mapped_value_is_compared() {
    let story = |column: &str, row: &str, edit: &str| {
        format!(
            r#"
title = "A value that somebody changed by hand"
ends = "1d"

[golinks]
profile = "generic"
[[golinks.schema]]
id = "urn:x:1.0:User"
resource = "User"
attributes = [{{ {column}, required = false, caseExact = false, mutability = "readWrite", returned = "default", uniqueness = "none" }}]

[[entra.mappings.users.change]]
{row}

[user.ann]
name = "Ann Okafor"
department = "Sales"

[[at]]
time = "0d"
do = "start"

[[at]]
time = "50m"
expect.worlds = "agree"

[[at]]
time = "1h"
do = {{ edit_account = {{ ann = {{ {edit} }} }} }}

[finally]
worlds = {{ differ = ["ann"] }}
"#
        )
    };
    let vip = "name = \"vip\", type = \"boolean\", multiValued = false";
    let target = "target = \"urn:x:1.0:User:vip\"";
    let truth =
        "expression = 'IIF([department]=\"Sales\", \"True\", \"False\")'\ntype = \"Boolean\"";
    holds(&story(vip, &format!("{target}\n{truth}"), "\"urn:x:1.0:User:vip\" = false"));
    let teams = "name = \"teams\", type = \"string\", multiValued = true";
    let list = "target = \"urn:x:1.0:User:teams\"\nmulti_valued = true\n\
                expression = 'Split(Join(\",\", [department], \"Staff\"), \",\")'";
    holds(&story(teams, list, "\"urn:x:1.0:User:teams\" = [\"Sales\"]"));
    let row = "target = \"roles\"\nexpression = 'AssertiveAppRoleAssignmentsComplex([appRoleAssignments])'";
    holds(&story(vip, row, "roles = [{ value = \"Admin\" }]"));
}

#[test]
fn settings_that_keep_accounts_are_intent() {
    let story = |setting: &str, beforehand: &str, happens: &str, finally: &str| {
        holds(&format!(
            r#"
title = "A setting keeps accounts"
ends = "40d"

[entra]
{setting}

[user.ann]
name = "Ann Okafor"
userPrincipalName = "ann@contoso.example"

[user.ben]
name = "Ben Brand"
{beforehand}

[[at]]
time = "0d"
do = "start"

[[at]]
time = "1d"
do = {{ {happens} }}

[finally]
worlds = "agree"
{finally}
"#
        ))
    };
    story(
        "mappings.users.delete = false",
        "",
        "delete = \"ann\"",
        "golinks.accounts = { total = 2, active = 1 }",
    );
    let kept = "golinks.accounts.active = 2\nexposure.longest = \"0s\"";
    let play = story("policy.skip_out_of_scope_deletions = true", "", "unassign = \"ann\"", kept);
    let why = "an active account, which is left as it is: `skip_out_of_scope_deletions`.";
    assert!(explained(&play, "ann").ends_with(why), "{}", explained(&play, "ann"));
    story("mappings.users.update = false", "", "disable = \"ann\"", kept);
    story("mappings.users.create = false", "", "disable = \"ann\"", "golinks.accounts.total = 0");
    // An account that the service never managed is not its business.
    let own = "assigned = false\nuserPrincipalName = \"ben@contoso.example\"\n\n[golinks.account.ben]\nuserName = \"ben@contoso.example\"";
    let play = story("", own, "disable = \"ann\"", "golinks.accounts.active = 1");
    let why =
        "an active account, which is left as it is: provisioning never had an account of the user.";
    assert!(explained(&play, "ben").ends_with(why), "{}", explained(&play, "ben"));
    assert!(play.world().target().active_count() == 1);
}

#[test]
fn a_directory_extension_is_updated_cleared_and_compared() {
    let name = "extension_0123456789abcdef0123456789abcdef_costCode";
    let story = format!(
        r#"
title = "A cost code that changes"
ends = "2d"

[golinks]
profile = "generic"

[entra.mappings.users]
change = [{{ target = "title", source = "{name}" }}]

[user.ann]
name = "Ann Okafor"
{name} = "C1"

[[at]]
time = "0d"
do = "start"

[[at]]
time = "1h"
do = {{ update = {{ ann = {{ {name} = "C2" }} }} }}

[[at]]
time = "1h"
expect.worlds = {{ differ = ["ann"] }}

[[at]]
time = "3h"
expect.golinks.account.ann.title = "C2"
expect.worlds = "agree"

[[at]]
time = "3h"
do = {{ update = {{ ann = {{ {name} = "" }} }} }}

[finally]
golinks.account.ann.title = "C2" # an attribute without a value is not sent
worlds = "agree"
"#
    );
    let play = holds(&story);
    let told = report::plain(&play, None);
    assert!(told.contains("C2"), "{told}");
}

/// A server with groups, two users in one of them, and what else a story needs.
fn with_group(more: &str) -> String {
    format!(
        r#"
title = "A group, and what becomes of it"
ends = "2d 12h"

[golinks]
profile = "generic"

[entra.mappings]
template = "scim"

[user.ann]
name = "Ann Okafor"

[user.bob]
name = "Bob Lind"

[group.design]
name = "Design"
members = ["ann", "bob"]
assigned = true

[[at]]
time = "0d"
do = "start"

{more}
"#
    )
}

/// What the report says of the worlds, in the line of that name.
fn worlds_line(play: &Play) -> String {
    let report = report::plain(play, None);
    report.lines().find(|line| line.starts_with("WORLDS")).expect("it has one").to_owned()
}

/// A write that is answered with success and not carried out, from the second hour on.
fn swallowed(method: &str) -> String {
    format!(
        "[[fault]]\nname = \"deaf\"\nfrom = \"2h\"\nwhen = {{ method = \"{method}\", path = \"/Groups/*\" }}\nrespond = 204\n\n"
    )
}

#[test]
fn a_group_and_its_members_are_compared() {
    let agrees = "[finally]\nworlds = \"agree\"\ngolinks.group.design.members = 2\n";
    let play = holds(&with_group(agrees));
    assert!(worlds_line(&play).contains("· the group is right"), "{}", worlds_line(&play));
    let differs = "[finally]\nworlds = { differ = [\"design\"] }\n";
    for (method, act, what) in [
        (
            "PATCH",
            "{ remove_member = { group = \"design\", user = \"bob\" } }",
            "has bob as a member and should not",
        ),
        (
            "PATCH",
            "{ update_group = { design = { name = \"Drawing\" } } }",
            "displayName is \"Design\" and should be \"Drawing\"",
        ),
        (
            "PATCH",
            "{ hire = { cid = { assigned = true, member_of = [\"design\"] } } }",
            "should have cid as a member",
        ),
        ("DELETE", "{ delete_group = \"design\" }", "out of scope, and still there"),
        ("DELETE", "{ unassign = { group = \"design\" } }", "out of scope, and still there"),
    ] {
        let moment = format!("[[at]]\ntime = \"1d\"\ndo = {act}\n\n");
        let play = holds(&with_group(&(swallowed(method) + &moment + differs)));
        let group = play.world().entra().tenant().find_group("design").expect("a group");
        let told = explain::group(play.world().into(), group)[0].text();
        assert!(told.ends_with(&format!("which is not as it should be: {what}.")), "{told}");
    }
}

#[test]
fn what_settings_keep_of_groups_is_no_difference() {
    let act = "[[at]]\ntime = \"1d\"\ndo = [{ update_group = { design = { name = \"X\" } } }]\n\n\
               [[at]]\ntime = \"2d\"\ndo = { delete_group = \"design\" }\n\n";
    let agrees = "[finally]\nworlds = \"agree\"\n";
    for (switch, total) in [
        ("groups.update = false\ngroups.delete = false", 1),
        ("groups.create = false", 0),
        ("groups.enabled = false", 0),
        ("groups.delete = false", 1),
    ] {
        let story = with_group(&(act.to_owned() + agrees))
            .replace("template = \"scim\"", &format!("template = \"scim\"\n{switch}"));
        let play = holds(&story);
        assert_eq!(play.world().target().group_count(), total, "{switch}");
    }
    // The documented GoLinks has no groups, so a mapping of them is no intent.
    let story = with_group("[finally]\nworlds = \"agree\"\n").replace(
        "template = \"scim\"",
        "[entra.mappings.groups]\nenabled = true\nrows = [{ target = \"displayName\", source = \"displayName\", match = 1 }]",
    );
    holds(&story.replace("profile = \"generic\"", "profile = \"golinks\""));
}

#[test]
fn a_manager_who_came_later_is_a_difference_and_one_without_an_account_is_none() {
    let story = with_group(
        "[user.cid]\nname = \"Cid Marsh\"\nmanager = \"eve\"\n\n[user.eve]\nassigned = false\n\n\
         [user.dan]\nmanager = \"ann\"\n\n\
         [[at]]\ntime = \"1h\"\nexpect.worlds = \"agree\"\n\n\
         [[at]]\ntime = \"2h\"\ndo = { assign = \"eve\" }\n\n\
         [[at]]\ntime = \"1d\"\nexpect.worlds = { differ = [\"cid\"] }\n\n\
         [[at]]\ntime = \"2d\"\ndo = \"restart\"\n\n[finally]\nworlds = \"agree\"\n",
    );
    holds(&story);
}

#[test]
fn a_leavers_linked_account_exposes_although_its_name_is_a_joiners_already() {
    let story = r#"
title = "Deleted, and the name goes to a new user at once"
ends = "1d"

[user.ann]
name = "Ann Okafor"
userPrincipalName = "ann@contoso.example"

[[at]]
time = "0d"
do = "start"

[[at]]
time = "1h"
do = [{ delete = "ann" }, { hire = { zoe = { name = "Zoe Park", userPrincipalName = "ann@contoso.example", assigned = true } } }]

[[at]]
time = "1h 10m"
expect.exposure.longest = "10m"

[finally]
worlds = "agree"
exposure.longest = { min = "20m", max = "21m" }
golinks.accounts = { total = 2, active = 1 }
"#;
    let play = holds(story);
    assert!(report::plain(&play, None).contains("longest exposure 20 m (ann)"));
    // Blocked and unblocked in one instant is no exposure at all.
    let blink = holds(
        "title = \"Blocked for no time\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1h\"\ndo = [{ disable = \"ann\" }, { enable = \"ann\" }]\n\
         [finally]\nexposure.longest = \"0s\"\n",
    );
    assert!(!report::plain(&blink, None).contains("exposure 0"));
}

#[test]
fn the_next_try_of_a_user_who_failed_is_told_and_not_just_the_next_cycle() {
    let story = "title = \"t\"\nends = \"10h\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [[fault]]\nrespond = 422\nwhen.method = \"POST\"\n\
                 [[at]]\ntime = \"0d\"\ndo = \"start\"\n";
    let next = |until: &str| {
        let until = Override::parse(&format!("ends=\"{until}\"")).expect("a path and a value");
        let script = load("next.toml", story, &[until]).unwrap_or_else(|_| panic!("it is right"));
        let mut play = Play::new(script);
        play.run_to_end();
        let user = play.world().entra().tenant().find_user("ann").expect("a user");
        let lines = explain::user(play.world().into(), user);
        lines.last().expect("a line").text()
    };
    assert_eq!(next("30m"), "Next: a cycle at day 0 08:40, which tries again what failed.");
    assert_eq!(next("9h"), "Next: the first cycle from day 0 20:00 on tries again what failed.");
}

/// With the gallery's mapping, which has `active`, at a server that has no such attribute.
#[test]
fn an_application_without_an_inactive_state_has_no_active_to_show() {
    let play = holds(
        r#"
title = "No soft delete, and the gallery's mapping"
ends = "1d"

[golinks]
capabilities = { soft_delete = false }

[entra.policy]
soft_delete = false

[user.ann]
[user.bob]

[[at]]
time = "0d"
do = "start"

[[at]]
time = "2h"
do = [{ unassign = "bob" }, { update = { ann = { department = "Legal" } } }]

[[at]]
time = "5h"
do = "restart"

[finally]
worlds = "agree"
log.failures = 0
golinks.accounts.total = 1
"#,
    );
    assert!(explained(&play, "ann").ends_with("active account, which is as it should be."));
}
