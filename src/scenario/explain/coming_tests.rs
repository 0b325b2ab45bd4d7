//! What `explain user` says of what provisioning has not seen yet, and of the cycle that runs.

use super::group::group;
use super::ondemand::ondemand;
use super::user::user;
use super::{find_group, find_user};
use crate::entra::AppId;
use crate::scenario::load;
use crate::scenario::play::Play;

const ANN: &str = "[user.ann]\nname = \"Ann Okafor\"\ndepartment = \"Sales\"\n\
                   [user.bob]\ndepartment = \"Design\"\n";

/// What is said of a user at a time of a story that begins with the first cycle.
fn told(at: &str, name: &str, (settings, steps): (&str, &str)) -> String {
    let text = format!(
        "title = \"t\"\nends = \"{at}\"\n[people]\ngenerate = 0\n{ANN}{settings}\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n{steps}"
    );
    let script = load("story", &text, &[])
        .unwrap_or_else(|problems| panic!("{}", crate::scenario::messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let user_key = find_user(play.world(), name).expect("there is such a user");
    user(play.world().into(), user_key).iter().map(|line| line.text() + "\n").collect()
}

fn step(time: &str, what: &str) -> String {
    format!("[[at]]\ntime = \"{time}\"\ndo = {what}\n")
}

#[test]
fn a_run_on_demand_that_was_broken_off_says_why() {
    let story = "title = \"t\"\nends = \"2h\"\n[user.ann]\n[[fault]]\nwhen.method = \"POST\"\n\
                 delay = \"30s\"\n[[at]]\ntime = \"1h\"\ndo = { provision_on_demand = \"ann\" }\n\
                 [[at]]\ntime = \"1h 5s\"\ndo = { graph = { delete = \"/servicePrincipals/{main}\" } }\n";
    let mut play = Play::new(load("story", story, &[]).expect("a good story"));
    play.run_to_end();
    let told = ondemand(&mut play, AppId::MAIN, "ann").expect("the story has made a run");
    let told: String = told.iter().map(|line| line.text() + "\n").collect();
    assert!(told.contains("    broken off, the application was deleted\n"), "{told}");
    assert!(told.contains("it would be refused: the application GoLinks is deleted"), "{told}");
}

#[test]
fn a_change_of_an_assignment_on_its_way_is_told() {
    let direct = |verb: &str| format!("the direct assignment of ann is being {verb}");
    let on_its_way = |told: &str, changes: &str| {
        let seen = format!("; not seen by provisioning yet: {changes}.");
        let next = format!("On its way to provisioning: {changes}; the first cycle from day 0");
        assert!(told.contains(&seen) && told.contains(&next), "{changes}: {told}");
    };
    let breaks = step("2h", "{ break_assignment = \"ann\" }");
    let broken = told("2h 1m", "ann", ("", &breaks));
    on_its_way(&broken, &direct("broken"));
    let until = "the user is not entitled until unassigned and assigned again.";
    let due = told("2h 3m", "ann", ("", &breaks));
    let disables = "Next: a cycle at day 0 10:40, by which it disables the account; ";
    assert!(due.contains(&format!("{disables}{until}")), "{due}");
    let done = told("4h", "ann", ("", &breaks));
    assert!(done.contains(&format!("Next: nothing; {until}")), "{done}");
    let anew = breaks + &step("9h", "[{ unassign = \"ann\" }, { assign = \"ann\" }]");
    let renewed = told("9h 1m", "ann", ("", &anew));
    on_its_way(&renewed, &format!("{}, {}", direct("removed"), direct("added")));
    assert!(renewed.contains("Provisioning does not see it yet"), "{renewed}");
    assert!(!renewed.contains("assign again"), "{renewed}");
    let scope = step("6h", "[{ set_scope = \"all\" }, { unassign = \"ann\" }]");
    let scope = told("6h 1m", "ann", ("", &scope));
    on_its_way(&scope, &direct("removed"));
    assert!(scope.contains("the scope in force needs it until the next initial cycle;"), "{scope}");
    let blocked = step("2h", "{ disable = \"ann\" }")
        + &step("6h", "{ unassign = \"ann\" }")
        + &step("8h", "{ assign = \"ann\" }");
    on_its_way(&told("8h 1m", "ann", ("", &blocked)), &direct("added"));
    let nothing = told("8h 1m", "ann", ("", ""));
    assert!(!nothing.contains("n its way") && !nothing.contains("not seen"), "{nothing}");
}

#[test]
fn each_way_of_being_assigned_is_named_and_which_of_them_is_changing() {
    let settings = "[entra.policy]\nassignment_replication_delay = \"10m\"\n\
                    [group.sales]\nmembers = [\"ann\"]\nassigned = true\n\
                    [group.ops]\nmembers = [\"ann\"]\nassigned = true\n";
    let steps = step("2h", "{ unassign = \"ann\" }")
        + &step("4h", "{ unassign = { group = \"sales\" } }")
        + &step("6h", "[{ assign = \"ann\" }, { assign = { group = \"sales\" } }]");
    let cases = [
        ("1h", "Assigned: directly, as User, and through the groups sales, ops."),
        (
            "2h 2m",
            "Assigned: through the groups sales, ops; not seen by provisioning yet: the direct \
             assignment of ann is being removed.",
        ),
        (
            "4h 2m",
            "Assigned: through the group ops; not seen by provisioning yet: the assignment of the \
             group sales is being removed.",
        ),
        (
            "6h 2m",
            "not seen by provisioning yet: the direct assignment of ann is being added, the \
             assignment of the group sales is being added.",
        ),
    ];
    for (at, words) in cases {
        let told = told(at, "ann", (settings, &steps));
        assert!(told.contains(words), "{at}: {told}");
    }
    // The cycle that comes before a change arrives does not bring it.
    let early = "[entra.policy]\nassignment_replication_delay = \"2h\"\n";
    let early = told("2h 1m", "ann", (early, &step("2h", "{ unassign = \"ann\" }")));
    assert!(early.contains("Next: the first cycle from day 0 12:00 on. On its way"), "{early}");
}

#[test]
fn only_an_initial_cycle_is_promised_to_whom_the_saved_scope_alone_decides_about() {
    let outsider = "[user.eve]\nassigned = false\n";
    let scope = step("2h", "{ set_scope = \"all\" }");
    let restart = scope.clone() + &step("3h 1m", "{ restart = \"Full\" }");
    let changed = scope.clone() + &step("3h 1m", "{ update = { eve = { department = \"X\" } } }");
    let waits =
        "; the one that is saved takes effect with the next initial cycle, as after a restart.";
    let nothing = told("3h", "eve", (outsider, &scope));
    assert!(nothing.contains(&format!("Next: nothing by the scope in force{waits}")), "{nothing}");
    let looks = told("3h 2m", "eve", (outsider, &changed));
    let by = "Next: a cycle at day 0 11:20 looks by the scope in force, by which";
    assert!(looks.contains(&format!("{by} the user is not in scope{waits}")), "{looks}");
    // The next cycle disables what a run on demand made by the scope that is saved.
    let on_demand = step("2h 30m", "{ provision_on_demand = \"eve\" }");
    for (guard, unless) in [("", ""), ("1", ", unless `delete_threshold` stages that")] {
        let guard = format!("[entra]\ndelete_threshold = {guard}\n").repeat(guard.len());
        let changed =
            changed.replace("[[at]]\ntime = \"3h", &(on_demand.clone() + "[[at]]\ntime = \"3h"));
        let due = told("3h 2m", "eve", (&(outsider.to_owned() + &guard), &changed));
        assert!(due.contains(&format!("{by} it disables the account{unless}{waits}")), "{due}");
        assert!(due.contains("with an active account, which is not as it should be"), "{due}");
    }
    let after = told("4h", "eve", (outsider, &restart));
    assert!(after.contains("with an active account, which is as it should be."), "{after}");
    let quarantined = "[[fault]]\nrespond = 503\nfrom = \"3h\"\n";
    let restarts = scope + &step("2h 30m", "\"stop\"");
    let stopped = told("4h", "eve", (outsider, &(restarts + quarantined)));
    assert!(stopped.contains("Next: no cycle is due; the job is stopped."), "{stopped}");
}

#[test]
fn an_account_that_is_connected_with_another_user_is_not_given_to_the_user_of_its_name() {
    let steps = step("2h", "{ unassign = \"ann\" }")
        + &step(
            "3h",
            "[{ update = { ann = { userPrincipalName = \"ann.old@contoso.example\" } } }, \
             { hire = { zoe = { userPrincipalName = \"ann.okafor@contoso.example\", assigned = false } } }]",
        )
        + &step("6h", "{ assign = \"zoe\" }");
    for (at, headline) in
        [("4h", "is not at GoLinks, which is as it"), ("8h", "is not at GoLinks, which is not")]
    {
        let zoe = told(at, "zoe", ("", &steps));
        assert!(zoe.lines().next().is_some_and(|line| line.contains(headline)), "{at}: {zoe}");
        assert!(zoe.contains("is there, and is connected with ann."), "{at}: {zoe}");
        let ann = told(at, "ann", ("", &steps));
        assert!(
            ann.contains("is at GoLinks, with an inactive account, which is as it should be."),
            "{ann}"
        );
    }
}

#[test]
fn a_rule_that_is_still_to_be_evaluated_is_told() {
    let settings = "[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n\
                    [group.sales]\nname = \"Sales\"\nrule = 'user.department -eq \"Sales\"'\n\
                    assigned = true\n";
    let steps = step("30m", "{ unassign = [\"ann\", \"bob\"] }")
        + &step("1h", "{ update = { bob = { department = \"Sales\" } } }")
        + &step("2h 38m", "{ update = { ann = { department = \"Design\" } } }");
    let story = (settings, &*steps);
    let waits = "the directory has not evaluated the rule of sales yet";
    let after = "The directory has not evaluated the rule of sales yet; the first cycle after it \
                 does looks.";
    for (at, name) in [("1h 1m", "bob"), ("2h 41m", "ann")] {
        let told = told(at, name, story);
        assert!(told.contains(waits) && told.contains(after), "{name}: {told}");
    }
    let evaluated = told("1h 10m", "bob", story);
    assert!(!evaluated.contains(waits), "{evaluated}");
}

#[test]
fn a_cycle_that_runs_is_told_as_next_only_to_whom_it_is_still_to_look_at() {
    let slow = "[entra.policy]\ninitial_duration_model = \"per_object\"\n\
                initial_object_min = \"10m\"\ninitial_object_max = \"10m\"\n";
    let steps = step("25m", "{ disable = \"ann\" }");
    let passed = "Next: nothing in the cycle that is running; a later one follows a change of the \
                  user.";
    let cases = [
        ("5m", "bob", "", "Next: the cycle that is running."),
        ("15m", "ann", "", passed),
        ("26m", "ann", &*steps, "Next: the cycle after the one that is running."),
    ];
    for (at, name, steps, words) in cases {
        let told = told(at, name, (slow, steps));
        assert!(told.contains(words), "{at} {name}: {told}");
    }
}

#[test]
fn a_user_kept_from_being_read_is_out_of_scope_and_nothing_comes_next() {
    let filter = "[[entra.filters]]\ntitle = \"F\"\nset = \"input\"\n\
                  where = [{ attribute = \"department\", is = \"EQUALS\", value = \"Sales\" }]\n";
    let told = told("2h", "bob", (filter, ""));
    assert!(told.contains("So not in scope: a filter keeps the user from being read."), "{told}");
    assert!(told.contains("Next: nothing; a filter keeps the user from being read"), "{told}");
}

#[test]
fn a_group_under_a_scope_that_is_saved_is_told_as_both() {
    let text = "title = \"t\"\nends = \"2h\"\n[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n[user.ann]\n\
                [group.blue]\nmembers = [\"ann\"]\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                [[at]]\ntime = \"1h\"\ndo = { set_scope = \"all\" }\n";
    let mut play = Play::new(load("story", text, &[]).expect("a good file"));
    play.run_to_end();
    let blue = find_group(play.world().into(), "blue").expect("a group");
    let told: String =
        group(play.world().into(), blue).iter().map(|line| line.text() + "\n").collect();
    let both = "The group: in scope, as it is saved. That takes effect with the next initial \
                cycle; until then the group is not in scope.";
    assert!(told.contains(both), "{told}");
}

#[test]
fn a_broken_record_of_a_group_is_told_as_a_group_that_is_not_entitled() {
    let text = "title = \"t\"\nends = \"6h\"\n[golinks]\nprofile = \"generic\"\n[entra.mappings]\ntemplate = \"scim\"\n[user.ann]\n\
                assigned = false\n[group.red]\nmembers = [\"ann\"]\nassigned = true\n[[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                [[at]]\ntime = \"1h\"\ndo = { break_assignment = { group = \"red\" } }\n";
    let told = |ends: &str| -> String {
        let ends = crate::scenario::Override::parse(&format!("ends={ends}")).expect("path=value");
        let mut play = Play::new(load("story", text, &[ends]).expect("a good file"));
        play.run_to_end();
        let red = find_group(play.world().into(), "red").expect("a group");
        group(play.world().into(), red).iter().map(|line| line.text() + "\n").collect()
    };
    let coming = told("61m");
    let way = "Next: a cycle at day 0 09:20. On its way to provisioning: the assignment of the group red is being broken; the first cycle from day 0 09:02 on looks.";
    assert!(coming.contains(way), "{coming}");
    let due = told("63m");
    let deletes = "Next: a cycle at day 0 09:20, by which it deletes the group there; the group is not entitled until";
    assert!(due.contains(deletes), "{due}");
    let told = told("6h");
    assert!(
        told.ends_with(
            "Next: nothing; the group is not entitled until unassigned and assigned again.\n"
        ),
        "{told}"
    );
    let why = "Assigned: yes, but the record of the assignment is broken, so nobody is entitled by \
               it; unassign and assign again. The group: provisioning treats it as not entitled, so \
               not in scope.";
    assert!(told.contains(why), "{told}");
}

#[test]
fn a_retry_that_is_due_no_more_is_told_as_what_comes_instead() {
    let fault = |method: &str| {
        format!(
            "[[fault]]\nfrom = \"0d\"\nuntil = \"50m\"\nwhen.method = \"{method}\"\nrespond = 500\n"
        )
    };
    let leaves = step("5m", "{ disable = \"ann\" }");
    let created = told("10m", "ann", (&fault("POST"), &leaves));
    let nothing =
        "Next: a cycle at day 0 08:40, which finds the user out of scope, and creates nothing.";
    assert!(created.contains(nothing), "{created}");
    let change = step("41m", "{ update = { ann = { department = \"Legal\" } } }")
        + &step("1h 21m", "{ disable = \"ann\" }");
    let patch = fault("PATCH").replace("50m", "3h");
    let updated = told("1h 25m", "ann", (&patch, &change));
    assert!(
        updated.contains(", which disables the account, in place of what failed."),
        "{updated}"
    );
    let back = step("41m", "{ disable = \"ann\" }") + &step("1h 21m", "{ enable = \"ann\" }");
    let again = told("1h 25m", "ann", (&patch, &back));
    assert!(again.contains(", which finds the user in scope again."), "{again}");
    let still = told("10m", "ann", (&fault("POST"), ""));
    assert!(still.contains("08:40, which tries again what failed."), "{still}");
}
