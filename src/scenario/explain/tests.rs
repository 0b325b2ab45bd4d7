//! What people read when they ask why.

use super::super::{Play, load};
use super::*;
use crate::entra::expression::Expression;

const STORY: &str = r#"
title = "Asked why"
ends  = "2h"

[entra]
notify = "it@contoso.example"

[[entra.filters]]
title = "Sales in Lagos"
where = [
  { attribute = "department", is = "EQUALS", value = "Sales" },
  { attribute = "officeLocation", is = "IS NOT NULL" },
]

[[entra.mappings.users.change]]
target   = "name.familyName"
source   = "surname"
required = true

[people]
generate = 0

[user.ann]
name           = "Ann Okafor"
department     = "Sales"
officeLocation = "Lagos"

[user.bob]
name       = "Bob Lind"
department = "sales"

[user.cid]
name           = "Cid"
surname        = false
department     = "Sales"
officeLocation = "Lagos"

[user.dee]
name     = "Dee Moe"
assigned = false

[[at]]
time = "0d"
do   = "start"
"#;

fn world() -> Play {
    let script = load("story", STORY, &[])
        .unwrap_or_else(|problems| panic!("{}", super::super::messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    play
}

fn text(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|line| line.0.iter().map(|(_, text)| text.as_str()).collect::<String>() + "\n")
        .collect()
}

#[test]
fn the_scope_of_a_person_is_told_clause_by_clause() {
    let play = world();
    let bob = find_user(play.world(), "bob").unwrap();
    expect_test::expect![[r#"
        bob and the scope "assigned"

          ✓ active in the source system: in the directory, and sign-in is allowed
          ✓ assigned to the application: directly, as User
          ✓ has the required role
          ✗ passes the scoping filter
            ✗ "Sales in Lagos", all of:
              ✗ department EQUALS "Sales": "sales"; the case differs
              ✗ officeLocation IS NOT NULL: no value; without a value every operator but IS NULL is false

        not in scope
    "#]]
    .assert_eq(&text(&scope(play.world().into(), bob)));
}

#[test]
fn a_person_is_told_in_sentences() {
    let play = world();
    let told = |name| text(&user(play.world().into(), find_user(play.world(), name).unwrap()));
    expect_test::expect![[r#"
        Ann Okafor (ann) is at GoLinks, with an active account, which is as it should be.

        Directory: in the directory, and sign-in is allowed. Assigned: directly, as User.
        Filters: passes "Sales in Lagos".
        So in scope.
        Account: ann.okafor@contoso.example (792485099114193, active, linked).
        Last: day 0 08:00, cycle 1: create ann success.
        Next: a cycle at day 0 10:40, if anything about the user changes by then.
    "#]]
    .assert_eq(&told("ann"));
    expect_test::expect![[r#"
        Bob Lind (bob) is not at GoLinks, which is as it should be.

        Directory: in the directory, and sign-in is allowed. Assigned: directly, as User.
        Filters: passes none of "Sales in Lagos" (department EQUALS "Sales", but the value is "sales"; the case differs).
        So not in scope: outside the scoping filters.
        Last: day 0 08:00, cycle 1: create bob skipped NotEffectivelyEntitled: outside the scoping filters.
        Next: nothing; a user out of scope gets no account.
    "#]].assert_eq(&told("bob"));
    expect_test::expect![[r#"
        Cid (cid) is not at GoLinks, which is not as it should be: in scope, and without an account.

        Directory: in the directory, and sign-in is allowed. Assigned: directly, as User.
        Filters: passes "Sales in Lagos".
        So in scope.
        Mapping: name.familyName is required and has no value, so no account is created.
        Last: day 0 08:00, cycle 1: create cid skipped AttributeValidationFailed: name.familyName has no value.
        Next: a cycle at day 0 10:40, if anything about the user changes by then.
    "#]]
    .assert_eq(&told("cid"));
    expect_test::expect![[r#"
        Dee Moe (dee) is not at GoLinks, which is as it should be.

        Directory: in the directory, and sign-in is allowed. Assigned: no.
        Filters: passes none of "Sales in Lagos" (department EQUALS "Sales", but there is no value; without a value every operator but IS NULL is false).
        So not in scope: not assigned to the application, without the required role, outside the scoping filters.
        Last: no row of the provisioning log.
        Next: nothing; a user out of scope gets no account.
    "#]].assert_eq(&told("dee"));
    assert!(find_user(play.world(), "anne").unwrap_err().contains("did you mean `ann`?"));
}

#[test]
fn an_expression_is_told_step_by_step() {
    let play = world();
    let ann = find_user(play.world(), "ann").unwrap();
    let read = |text: &str| Expression::parse(text).unwrap();
    let (lines, good) = expression(
        play.world().into(),
        Some(ann),
        &[],
        &read(r#"Join(".", ToLower([givenName]), [surname])"#),
    );
    assert!(good);
    expect_test::expect![[r#"
        Join(".", ToLower([givenName]), [surname])

              [givenName]                              "Ann"
            ToLower([givenName])                       "ann"
            [surname]                                  "Okafor"
          Join(".", ToLower([givenName]), [surname])   "ann.Okafor"

        value  "ann.Okafor"
    "#]]
    .assert_eq(&text(&lines));
    let given = [("city".to_owned(), "Ulm".to_owned())];
    let (lines, good) = expression(
        play.world().into(),
        None,
        &given,
        &read(r#"IIF([Mail]="", CDate([city]), "x")"#),
    );
    assert!(!good);
    expect_test::expect![[r#"
        IIF([Mail] = "", CDate([city]), "x")

              [Mail]                           null
            [Mail]=""                          "True"
              [city]                           "Ulm"
            CDate([city])                      fails: `Ulm` is not a date
          IIF([Mail]="", CDate([city]), "x")   fails: `Ulm` is not a date

        value  fails: `Ulm` is not a date
        note   the directory has no attribute `Mail`; did you mean `mail`?
        note   a condition that asks whether there is a value is not supported by the service: with no value the vendor counts it as failed; here the policy `iif_null` decides
    "#]].assert_eq(&text(&lines));
}

#[test]
fn the_mapping_table_is_listed() {
    let play = world();
    expect_test::expect![[r#"
        Users: create, update, delete
          externalId                                                             mailNickname
          userName                                                               userPrincipalName  (matches, 1)
          active                                                                 Switch([IsSoftDeleted], , "False", "True", "True", "False")
          emails[type eq "work"].value                                           mail
          name.givenName                                                         givenName
          name.familyName                                                        surname  (required)
          urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department  department

        Groups are not provisioned

        Filter "Sales in Lagos": department EQUALS "Sales" and officeLocation IS NOT NULL
    "#]].assert_eq(&text(&mappings(play.world().into())));
}

/// A world with Ann alone, at the end of a story.
fn after(ends: &str, steps: &str) -> Play {
    let text = format!(
        "title = \"Ann\"\nends = \"{ends}\"\n[user.ann]\nname = \"Ann Okafor\"\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n{steps}"
    );
    let mut play = Play::new(load("a.toml", &text, &[]).expect("a good file"));
    play.run_to_end();
    play
}

#[test]
fn a_user_that_is_gone_for_good_is_neither_assigned_nor_mapped() {
    let steps = "[[at]]\ntime = \"1d\"\ndo = { delete = \"ann\" }\n\
                 [[at]]\ntime = \"2d\"\ndo = { purge = \"ann\" }\n";
    let play = after("3d", steps);
    let ann = find_user(play.world(), "ann").expect("she was there");
    expect_test::expect![[r#"
        Ann Okafor (ann) is not at GoLinks, which is as it should be.

        Directory: deleted for good. So not in scope, for ever.
        Account: none is left.
        Last: day 2 08:00, cycle 73: delete ann success: not active in the source system (deleted for good).
        Next: nothing; no cycle looks at a user that is gone for good.
    "#]].assert_eq(&text(&user(play.world().into(), ann)));
}

#[test]
fn what_was_given_up_is_said_to_be_given_up() {
    let steps = "[[fault]]\nname = \"full\"\nrespond = 409\nwhen = { method = \"POST\" }\n";
    let play = after("40d", steps);
    let ann = find_user(play.world(), "ann").expect("she is there");
    let lines = text(&user(play.world().into(), ann));
    assert!(lines.contains("was given up"), "{lines}");
    let play = after("241h", steps);
    let lines = text(&user(play.world().into(), ann));
    assert!(
        lines.contains("Next: the first cycle from day 11 08:00 on tries again what failed."),
        "{lines}"
    );
}

#[test]
fn a_setting_that_makes_it_right_is_named() {
    let cases = [
        ("[entra.mappings.users]\ncreate = false\n", "", "and gets none: `create = false`"),
        (
            "[golinks.account.ann]\nuserName = \"ann.okafor@contoso.example\"\nname.familyName = \"Old\"\n\
             [entra.mappings.users]\nupdate = false\n",
            "",
            "with an active account, which is left as it is: `update = false`",
        ),
        (
            "[entra.policy]\nskip_out_of_scope_deletions = true\n",
            "[[at]]\ntime = \"1h\"\ndo = { unassign = \"ann\" }\n",
            "with an active account, which is left as it is: `skip_out_of_scope_deletions`",
        ),
        (
            "",
            "[[at]]\ntime = \"1h\"\ndo = { set = { entra.filters = [{ title = \"F\", set = \"input\", where = \
             [{ attribute = \"jobTitle\", is = \"IS NOT NULL\" }] }] } }\n[[at]]\ntime = \"100m\"\n\
             do = { disable = \"ann\" }\n",
            "with an active account, which is left as it is: a filter of the mapping keeps the user from being read",
        ),
        (
            "[entra.mappings.users]\ndelete = false\n",
            "[[at]]\ntime = \"1h\"\ndo = [{ delete = \"ann\" }]\n[[at]]\ntime = \"2h\"\ndo = { purge = \"ann\" }\n",
            "with an inactive account, which stays: `delete = false`",
        ),
    ];
    for (settings, steps, words) in cases {
        let steps = format!("{settings}{steps}");
        let play = after("5h", &steps);
        let ann = find_user(play.world(), "ann").expect("she is there");
        let first = user(play.world().into(), ann)[0].text();
        assert!(first.contains(words) && !first.contains("as it should be"), "{first}");
    }
}

#[test]
fn inside_the_replication_delay_each_view_is_told_as_whose_it_is() {
    let steps = "[[at]]\ntime = \"1h\"\ndo = { unassign = \"ann\" }\n\
                 [[at]]\ntime = \"2h\"\ndo = { assign = \"ann\" }\n";
    let told = |at: &str| {
        let play = after(at, steps);
        let ann = find_user(play.world(), "ann").expect("she is there");
        text(&user(play.world().into(), ann))
    };
    let leaving = told("61m");
    assert!(leaving.contains("So not in scope in the directory. Provisioning"), "{leaving}");
    let coming = told("121m");
    let words = "as it sees the user, not in scope: not assigned to the application";
    assert!(coming.contains("So in scope in the directory.") && coming.contains(words), "{coming}");
    assert!(told("3h").contains("So in scope."), "{}", told("3h"));
}

#[test]
fn an_account_whose_id_is_its_user_name_is_linked() {
    let play = after("1h", "[golinks.quirks]\nid_is_username = true\n");
    let ann = find_user(play.world(), "ann").expect("she is there");
    let lines = text(&user(play.world().into(), ann));
    assert!(lines.contains("(ann.okafor@contoso.example, active, linked)"), "{lines}");
}

#[test]
fn a_scope_that_is_saved_and_not_in_force_is_told_as_both() {
    let steps = "[user.dee]\nname = \"Dee Moe\"\nassigned = false\n\
                 [[at]]\ntime = \"1h\"\ndo = { set_scope = \"all\" }\n";
    let play = after("5h", steps);
    let dee = find_user(play.world(), "dee").expect("she is there");
    let lines = text(&user(play.world().into(), dee));
    let words = "as it is saved. That takes effect with the next initial cycle; until then the user is \
                 not in scope: not assigned";
    assert!(lines.contains(words), "{lines}");
}

#[test]
fn a_link_that_leads_nowhere_is_told_beside_the_account() {
    let steps = "[golinks.quirks]\nid_is_username = true\n\
                 [[at]]\ntime = \"1h\"\ndo = { update = { ann = { userPrincipalName = \"new@contoso.example\" } } }\n";
    let play = after("3h", steps);
    let ann = find_user(play.world(), "ann").expect("she is there");
    let lines = text(&user(play.world().into(), ann));
    let words =
        "holds a link to ann.okafor@contoso.example, where there is no account of this user";
    assert!(lines.contains("Account: new@contoso.example (") && lines.contains(words), "{lines}");
}

/// What `explain user` says of Ann after so many minutes of a story.
fn told_after(minutes: u64, steps: &str) -> String {
    let play = after(&format!("{minutes}m"), steps);
    let ann = find_user(play.world(), "ann").expect("she is there");
    text(&user(play.world().into(), ann))
}

#[test]
fn what_is_staged_is_told_until_the_user_is_back_in_scope_and_not_after() {
    let steps = "[entra]\ndelete_threshold = 1\n\
                 [[at]]\ntime = \"1h\"\ndo = { disable = \"ann\" }\n\
                 [[at]]\ntime = \"3h\"\ndo = { enable = \"ann\" }\n";
    let staged = told_after(170, steps);
    let until = "staged by `delete_threshold` until the user is back in scope, until `allow_deletes`, or until a \
                 restart counts anew. The job tries again at day 0 15:20.";
    assert!(staged.contains(until), "{staged}");
    let raised = "[[at]]\ntime = \"2h\"\ndo = { set = { entra.delete_threshold = 5 } }\n";
    let steps_raised =
        steps.replacen("[[at]]\ntime = \"3h\"", &format!("{raised}[[at]]\ntime = \"3h\""), 1);
    let below = told_after(170, &steps_raised);
    assert!(below.contains(until), "{below}");
    let sending = format!("[entra.policy]\nstaged_left = \"send\"\n{steps}");
    let sending = sending.replacen("[entra]\ndelete_threshold = 1\n", "", 1);
    let sending = format!("[entra]\ndelete_threshold = 1\n{sending}");
    let staged = told_after(170, &sending);
    let until = "staged by `delete_threshold` until the user is back in scope, until the threshold is no longer \
                 reached, or until `allow_deletes`. The job tries again at day 0 15:20.";
    assert!(staged.contains(until), "{staged}");
    let steps_raised =
        sending.replacen("[[at]]\ntime = \"3h\"", &format!("{raised}[[at]]\ntime = \"3h\""), 1);
    let below = told_after(170, &steps_raised);
    let sends = "Next: the try at day 0 15:20. It was staged by `delete_threshold`, which is not reached any more";
    assert!(below.contains(sends), "{below}");
    let back = told_after(190, steps);
    let finds = "the user is back in scope by now, which the next try at day 0 15:20 finds.";
    assert!(back.contains(finds) && !back.contains("until"), "{back}");
}

#[test]
fn a_retry_is_told_by_the_cycle_that_makes_it() {
    let steps = "[[fault]]\nrespond = 409\nwhen = { method = \"POST\" }\n\
                 [[fault]]\ndelay = \"60s\"\nwhen = { method = \"GET\" }\n";
    let cases = [
        (10, "", "Next: a cycle at day 0 08:40, which tries again what failed."),
        (41, "", "Next: the cycle that is running tries again what failed."),
        (45, "", "Next: the first cycle from day 0 14:00 on tries again what failed."),
        (
            46,
            "[[at]]\ntime = \"45m\"\ndo = { update = { ann = { department = \"X\" } } }\n",
            "Next: a cycle at day 0 09:20, which tries again what failed.",
        ),
        (
            46,
            "[[at]]\ntime = \"45m\"\ndo = \"stop\"\n",
            "Next: no cycle is due; the job is stopped. What failed is tried again once it is started.",
        ),
    ];
    for (minutes, more, words) in cases {
        let told = told_after(minutes, &format!("{steps}{more}"));
        assert!(told.contains(words), "{minutes}: {told}");
    }
}

#[test]
fn on_demand_a_group_is_no_person_and_may_be_empty() {
    let steps = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                 [group.sales]\nassigned = true\n[group.ops]\nassigned = true\n\
                 [[at]]\ntime = \"1h\"\ndo = { delete_group = \"ops\" }\n";
    let mut play = after("2h", steps);
    let main = crate::entra::AppId::MAIN;
    let lines = ondemand(&mut play, main, "sales").expect("an empty group is provisioned");
    assert!(text(&lines).contains("Import group"), "{}", text(&lines));
    let refusal = |play: &mut Play, name| {
        let why = ondemand(play, main, name).expect_err("it is refused");
        format!("{} ({})", why.message, why.help)
    };
    assert_eq!(
        refusal(&mut play, "ops"),
        "the search does not find the group ops, which is in the recycle bin (a cycle deletes what is out of scope; \
         only a group in the directory can be picked)"
    );
    let unknown = refusal(&mut play, "slaes");
    assert!(unknown.starts_with("no user and no group in the directory is called"), "{unknown}");
    assert!(unknown.contains("did you mean `sales`?"), "{unknown}");
}

#[test]
fn a_deleted_group_assigns_nobody_and_says_what_comes_next() {
    let steps = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                 [entra]\ndelete_threshold = 1\n[group.sales]\nmembers = [\"ann\"]\nassigned = true\n\
                 [[at]]\ntime = \"1h\"\ndo = { delete_group = \"sales\" }\n";
    let play = after("2h", steps);
    let world: AppView<'_> = play.world().into();
    let sales = find_group(world, "sales").expect("a group");
    let told = text(&group(world, sales));
    assert!(told.contains("Assigned: yes, but deleted, so nobody is assigned by it."), "{told}");
    let next = "Next: nothing is sent; it is staged by `delete_threshold` until the group is back";
    assert!(told.contains(next), "{told}");
}

#[test]
fn what_is_staged_of_a_user_gone_for_good_waits_for_no_return() {
    let steps = "[entra]\ndelete_threshold = 1\n[[at]]\ntime = \"1d\"\ndo = { delete = \"ann\" }\n";
    let given_up = told_after(35 * 24 * 60, steps);
    let next = "Next: nothing is sent; the job was given up. It is staged by `delete_threshold`: `allow_deletes` starts \
                the job and carries it out.";
    assert!(given_up.contains("for ever") && given_up.contains(next), "{given_up}");
    let purged = format!("{steps}[[at]]\ntime = \"2d\"\ndo = {{ purge = \"ann\" }}\n");
    let waits = told_after(3 * 24 * 60 + 30, &purged);
    let until = "until `allow_deletes`, or until a restart counts anew. The job tries";
    assert!(waits.contains(until) && !waits.contains("back in scope"), "{waits}");
}

#[test]
fn a_deleted_job_a_change_on_its_way_and_a_broken_assignment_are_told_as_they_are() {
    let deleted = told_after(120, "[[at]]\ntime = \"1h\"\ndo = \"delete_job\"\n");
    assert!(deleted.contains("Next: no cycle is due; the job is deleted."), "{deleted}");
    let gone =
        "[[at]]\ntime = \"1h\"\ndo = { graph = { delete = \"/servicePrincipals/{main}\" } }\n";
    for (minutes, how) in
        [(120, "is deleted, into the recycle bin"), (31 * 24 * 60, "is deleted for good")]
    {
        let told = told_after(minutes, gone);
        for says in [
            format!("Assigned: no; the application {how}, and has no assignments."),
            format!("So not in scope: the application {how}."),
            format!("Next: nothing; the application {how}. "),
        ] {
            assert!(told.contains(&says), "{says}: {told}");
        }
        assert!(!told.contains("does not see it yet"), "{told}");
    }
    let unassigned = "[[at]]\ntime = \"2h\"\ndo = { unassign = \"ann\" }\n\
                      [[at]]\ntime = \"1d\"\ndo = { assign = \"ann\" }\n";
    let coming = told_after(24 * 60, unassigned);
    let added =
        "On its way to provisioning: the direct assignment of ann is being added; the first";
    assert!(coming.contains(added), "{coming}");
    let broken = "[[at]]\ntime = \"1h\"\ndo = { break_assignment = \"ann\" }\n\
                  [[at]]\ntime = \"4h\"\ndo = \"restart\"\n";
    let broken = told_after(300, broken);
    let why = "The record of the assignment is broken, so provisioning treats ann as not entitled; \
               unassign and assign again.";
    assert!(broken.contains(why) && !broken.contains("not seen by provisioning yet"), "{broken}");
}

#[test]
fn every_difference_of_a_group_is_told_and_that_it_is_not_linked() {
    let steps = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                 [group.red]\nname = \"Red\"\nmembers = [\"ann\"]\nassigned = true\n\
                 [group.mail]\nkind = \"distribution\"\n\
                 [[at]]\ntime = \"1h\"\ndo = [\"stop\", { remove_member = { group = \"red\", user = \"ann\" } }, \
                 { update_group = { red = { name = \"Rot\" } } }, { delete_group = \"mail\" }, \
                 { delete_connection = { group = \"red\" } }, { delete_connection = \"ann\" }]\n";
    let play = after("2h", steps);
    let world: AppView<'_> = play.world().into();
    let told = |name| text(&group(world, find_group(world, name).expect("a group")));
    let red = told("red");
    assert!(red.contains("should be \"Rot\"; has ann as a member and should not."), "{red}");
    assert!(red.contains(", not linked)"), "{red}");
    assert!(
        told("mail").contains("Next: nothing; no cycle has anything to do"),
        "{}",
        told("mail")
    );
    let ann = find_user(world, "ann").expect("she is there");
    assert!(
        text(&user(world, ann)).contains(", active, not linked)"),
        "{}",
        text(&user(world, ann))
    );
}

#[test]
fn a_run_on_demand_that_fails_promises_no_retry() {
    let fault = "[[fault]]\nname = \"busy\"\nrespond = 429\nwhen = { user = \"ann\" }\n";
    let text_of = |do_: &str| {
        let toml = format!(
            "title = \"t\"\nends = \"30m\"\n[user.ann]\nname = \"Ann Okafor\"\n{fault}\
             [[at]]\ntime = \"1m\"\ndo = {do_}\n"
        );
        let mut play = Play::new(load("a.toml", &toml, &[]).expect("a good file"));
        play.run_to_end();
        let ann = find_user(play.world(), "ann").expect("she is there");
        text(&crate::scenario::log::story(play.world().into(), ann.into()))
    };
    let told = text_of("{ provision_on_demand = \"ann\" }");
    assert!(told.contains("What to do: Run it on demand again later."), "{told}");
    assert!(told.contains("tries once") && !told.contains("is tried again"), "{told}");
}

#[test]
fn a_cycle_that_reads_changes_does_nothing_about_what_has_not_changed() {
    let slow = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                [[fault]]\ndelay = \"90s\"\nfrom = \"30m\"\n[group.sales]\nmembers = [\"ann\"]\n\
                assigned = true\n";
    let told = |minutes: u64, more: &str| {
        let play = after(&format!("{minutes}m"), &format!("{slow}{more}"));
        let world: AppView<'_> = play.world().into();
        let sales = find_group(world, "sales").expect("a group");
        let lines = text(&group(world, sales));
        lines.lines().last().unwrap_or_default().to_owned()
    };
    let changed =
        "[[at]]\ntime = \"39m\"\ndo = { update_group = { sales = { name = \"Sold\" } } }\n";
    let later =
        "[[at]]\ntime = \"40m 10s\"\ndo = { update_group = { sales = { name = \"Sold\" } } }\n";
    assert_eq!(
        told(20, ""),
        "Next: a cycle at day 0 08:40, if anything about the group changes by then."
    );
    let nothing =
        "Next: nothing in the cycle that is running; a later one follows a change of the group.";
    assert_eq!(told(41, ""), nothing);
    assert_eq!(told(41, changed), "Next: the cycle that is running.");
    assert_eq!(told(41, later), "Next: the cycle after the one that is running.");
}

#[test]
fn a_user_out_of_scope_and_connected_with_nothing_waits_for_no_cycle() {
    let unlinked = "[[at]]\ntime = \"1h\"\ndo = [\"stop\", { delete_connection = \"ann\" }, \"start\"]\n\
                    [[at]]\ntime = \"2h\"\ndo = { disable = \"ann\" }\n";
    let told = told_after(240, unlinked);
    let next = "Next: nothing; the user is out of scope and connected with no account, so this one stays as it is.";
    assert!(told.contains(next), "{told}");
    let by_hand = "[[at]]\ntime = \"1h\"\ndo = { edit_account = { ann = { active = false } } }\n";
    let told = told_after(65, by_hand);
    let by = "The account was last made inactive day 0 09:00 by the action `edit_account`.";
    assert!(told.contains(by), "{told}");
}

/// What `explain user` says at the end of a story, line by line.
fn explained(story: &str, name: &str) -> String {
    let script = load("story", &format!("title = \"t\"\nends = \"1d\"\n{story}"), &[])
        .unwrap_or_else(|problems| panic!("{}", super::super::messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let user = find_user(play.world(), name).expect("there is such a user");
    text(&super::user(play.world().into(), user))
}

#[test]
fn a_nested_group_assigns_nobody_and_is_told_of() {
    let told = explained(
        "[user.ann]\nassigned = false\n[group.outer]\ngroups = [\"middle\"]\nassigned = true\n\
         [group.middle]\ngroups = [\"inner\"]\n[group.inner]\nmembers = [\"ann\"]\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n",
        "ann",
    );
    assert!(told.contains("Assigned: no.\nGroups: inner.\n"), "{told}");
    assert!(
        told.contains("group of the user in it: outer (inner is in it). Members of a"),
        "{told}"
    );
}

#[test]
fn a_success_that_changed_nothing_is_called_one() {
    let story = |quirk: &str| {
        format!(
            "[golinks.quirks]\n{quirk}\n[user.ann]\nname = \"Ann Okafor\"\n\
             [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"2h\"\ndo = {{ disable = \"ann\" }}\n"
        )
    };
    let vain = "GoLinks answered with success and changed nothing.";
    let told = explained(&story("patch_noop_200 = true"), "ann");
    assert!(told.contains(vain) && told.contains("the account is still active"), "{told}");
    let fault = "[[fault]]\nname = \"drop\"\nrespond = 204\nwhen = { method = \"PATCH\" }\n";
    let dropped = story("patch_noop_200 = false") + fault;
    let told = explained(&dropped, "ann");
    assert!(!told.contains(vain), "{told}");
    assert!(
        told.contains("nothing changed at GoLinks; the fault drop struck the request"),
        "{told}"
    );
    let told = explained(&story("patch_noop_200 = false"), "ann");
    assert!(!told.contains(vain) && told.contains("as it should be"), "{told}");
}

#[test]
fn an_account_that_a_rename_deleted_is_told_of_with_the_request() {
    let told = explained(
        "[golinks.quirks]\nrename_deletes = true\n[user.ann]\nname = \"Ann Okafor\"\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"2h\"\ndo = { update = { ann = { userPrincipalName = \"a@contoso.example\" } } }\n",
        "ann",
    );
    let deleted =
        "The account was last deleted day 0 10:00 by GoLinks at a request to change it: PATCH ";
    assert!(told.contains(deleted), "{told}");
}

#[test]
fn a_user_purged_while_a_disable_was_staged_is_due_for_deletion() {
    let told = explained(
        "[entra]\ndelete_threshold = 2\n[user.ann]\n[user.bob]\n[user.cy]\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"3h\"\ndo = { disable = [\"ann\", \"bob\"] }\n\
         [[at]]\ntime = \"23h 50m\"\ndo = [{ delete = \"ann\" }, { purge = \"ann\" }]\n",
        "ann",
    );
    assert!(told.contains("staged is a disable; the user has been deleted for good"), "{told}");
}

#[test]
fn the_last_sign_in_of_a_user_is_told() {
    let told = explained(
        "[user.ann]\nassigned = false\n[[at]]\ntime = \"1h\"\ndo = { sign_in = \"ann\" }\n",
        "ann",
    );
    assert!(told.contains("Sign-in: day 0 09:00, Entra refused ann: AADSTS50105"), "{told}");
}

#[test]
fn a_user_is_found_by_the_display_name_and_told_of_before_the_hire() {
    let story = "title = \"x\"\nends = \"4h\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                 [group.sales]\nname = \"Sales\"\n[[at]]\ntime = \"2h\"\n\
                 do = [{ hire = { zoe = {} } }, { create_group = { crew = { name = \"Crew\" } } }]\n";
    let play = Play::new(crate::scenario::load("test", story, &[]).expect("a good scenario"));
    let ann = find_user(play.world(), "ann");
    assert_eq!(find_user(play.world(), "ann okafor"), ann);
    let unknown = find_user(play.world(), "xyz").expect_err("there is none");
    assert!(unknown.contains("`ann`") && unknown.contains("`sales`"), "{unknown}");
    let later = |name| made_later(play.script(), name);
    assert_eq!(later("zoe").as_deref(), Some("zoe is hired at 2h"));
    assert_eq!(later("crew").as_deref(), Some("crew is created at 2h"));
    assert_eq!(later("ann"), None);
}

#[test]
fn an_open_session_that_counts_is_named_beside_an_inactive_account() {
    let story = |counts: bool| {
        format!(
            "[golinks.sso]\nsession_on_deactivate = \"keep\"\n[golinks]\napi_tokens = [\"ann\"]\n\
             [entra.policy]\nexposure_counts_sessions = {counts}\n[user.ann]\n\
             [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"20h\"\ndo = {{ sign_in = \"ann\" }}\n\
             [[at]]\ntime = \"21h\"\ndo = {{ disable = \"ann\" }}\n"
        )
    };
    let told = explained(&story(true), "ann");
    let open = "with an inactive account, which is as it should be. But a session is open, so the user is exposed since day 1 05:00.";
    assert!(told.contains(open), "{told}");
    let told = explained(&story(false), "ann");
    assert!(told.contains("with an inactive account, which is as it should be.\n"), "{told}");
}

#[test]
fn a_run_on_demand_of_the_story_is_shown_as_it_went() {
    let steps = "[[at]]\ntime = \"1h\"\ndo = [{ update = { ann = { surname = \"Lind\" } } }, { provision_on_demand = \"ann\" }]\n";
    let main = crate::entra::AppId::MAIN;
    let mut play = after("1h", steps);
    let made = text(&ondemand(&mut play, main, "ann").expect("there is a run"));
    assert!(made.contains("as the story ran it at day 0 09:00  Success"), "{made}");
    assert!(made.contains("Lind"), "{made}");
    assert!(!play.touched(), "nothing was run because of the question");
    let mut play = after("1h 5m", steps);
    let asked = text(&ondemand(&mut play, main, "ann").expect("it can be run"));
    let then = "as the story ran it at day 0 09:00  Success";
    let now = "if it were run now (day 0 09:05)  Skipped";
    let at = (asked.find(then), asked.find(now));
    assert!(matches!(at, (Some(then), Some(now)) if then < now), "{asked}");
    let asked = text(&ondemand(&mut after("30m", steps), main, "ann").expect("it can be run"));
    assert!(!asked.contains("as the story ran it") && asked.contains("if it were run now"));
}
