//! What keeps something from being done is told by its cause, and not by a setting that is off or
//! a try that never comes.

use super::find_user;
use super::group::group;
use super::ondemand::ondemand;
use super::user::user;
use crate::entra::AppId;
use crate::scenario::load;
use crate::scenario::play::Play;

/// What is said of a user or a group at the end of a story, line by line.
fn explained(story: &str, name: &str) -> String {
    let script = load("story", story, &[])
        .unwrap_or_else(|problems| panic!("{}", crate::scenario::messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let (view, tenant) = (play.world().into(), play.world().entra().tenant());
    let lines = match tenant.find_group(name) {
        Some(key) => group(view, key),
        None => user(view, find_user(play.world(), name).expect("there is such a user")),
    };
    lines.iter().map(|line| line.text() + "\n").collect()
}

const OFF: &str = "title = \"No active\"\nends = \"20h\"\n[user.ann]\nname = \"Ann Okafor\"\n\
                   [user.bob]\nname = \"Bob Stone\"\n\
                   [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
                   [[at]]\ntime = \"5h\"\ndo = { disable = \"ann\" }\n";

#[test]
fn an_account_that_no_mapping_disables_has_that_for_its_cause() {
    let unmapped = format!("{OFF}[entra.mappings.users]\nremove = [\"active\"]\n");
    let constant = format!(
        "{OFF}[[entra.mappings.users.change]]\ntarget = \"active\"\nconstant = \"True\"\n\
         type = \"Boolean\"\n"
    );
    for (story, why) in [
        (unmapped, "Mapping: `active` is not mapped, so no cycle disables the account."),
        (constant, "Mapping: the row of `active` does not give `false`, so no cycle disables"),
    ] {
        let told = explained(&story, "ann");
        assert!(told.contains(why), "{told}");
    }
    let told = explained(OFF, "ann");
    assert!(!told.contains("so no cycle disables"), "{told}");
}

#[test]
fn without_soft_delete_and_without_deletes_an_account_stays_by_that_setting() {
    let off = format!(
        "{OFF}[entra.policy]\nsoft_delete = false\n[entra.mappings.users]\ndelete = false\n"
    );
    let told = explained(&off, "ann");
    let stays = "which stays: `delete = false` in the mapping.";
    assert!(told.lines().next().is_some_and(|line| line.ends_with(stays)), "{told}");
    // Updates have nothing to do with it there.
    let on = format!(
        "{OFF}[entra.policy]\nsoft_delete = false\n[entra.mappings.users]\nupdate = false\n"
    );
    let told = explained(&on, "ann");
    assert!(told.contains("is not at GoLinks, which is as it should be."), "{told}");
}

#[test]
fn what_was_given_up_waits_for_no_change_that_no_cycle_reads() {
    let story = |ends: &str| {
        format!(
            "title = \"Given up\"\nends = \"{ends}\"\n[entra.policy]\nquarantine_min_failures = 3\n\
             [people]\ngenerate = 3\n[user.ann]\nname = \"Ann Okafor\"\n\
             [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\ntime = \"2d 5m\"\n\
             do = [{{ fault = {{ name = \"full\", when = {{ method = \"PATCH\" }}, respond = 500 }} }}, \
             {{ update = {{ ann = {{ department = \"A\" }} }} }}, {{ disable = \"*\" }}]\n"
        )
    };
    let ending = explained(&story("29d 11h"), "ann");
    let none = "the job is in quarantine and is disabled at day 30 08:40, before another try, so a change of the user \
                does nothing; a restart would try again.";
    assert!(ending.contains(none), "{ending}");
    let over = explained(&story("32d"), "ann");
    let gone =
        "the job was given up, so a change of the user does nothing; a restart would try again.";
    assert!(over.contains(gone), "{over}");
}

#[test]
fn what_was_staged_and_fails_since_is_told_as_failed() {
    let told = explained(
        "title = \"Gone by hand\"\nends = \"2d\"\n[entra]\ndelete_threshold = 2\n\
         [user.ann]\n[user.bob]\n[user.cyd]\n[user.dee]\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"1d 1m\"\ndo = { disable = [\"ann\", \"bob\", \"cyd\"] }\n\
         [[at]]\ntime = \"1d 2h\"\ndo = { delete_account = \"ann\" }\n",
        "ann",
    );
    assert!(!told.contains("it is staged by"), "{told}");
    assert!(told.contains("disable ann failure InvalidAnchor"), "{told}");
    let next = "Next: the job is in quarantine (TooManyDeletes) and tries again at day 2 08:40.";
    assert!(told.contains(next), "{told}");
}

#[test]
fn the_members_of_a_group_that_its_number_counts_are_named() {
    let told = explained(
        "title = \"Three\"\nends = \"12h\"\n[golinks]\nprofile = \"generic\"\n\
         [entra.mappings]\ntemplate = \"scim\"\n[user.ann]\n[user.bob]\n[user.cyd]\n\
         [group.crew]\nmembers = [\"ann\", \"cyd\", \"bob\"]\nassigned = true\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n\
         [[at]]\ntime = \"10h\"\ndo = { delete = \"cyd\" }\n",
        "crew",
    );
    assert!(told.contains("with 3 members"), "{told}");
    let beside = "Members at GoLinks besides these: cyd (in the recycle bin).";
    assert!(told.contains("Members: ann, bob.") && told.contains(beside), "{told}");
}

#[test]
fn the_members_that_a_run_finds_are_counted() {
    let script = load(
        "story",
        "title = \"Three\"\nends = \"2h\"\n[golinks]\nprofile = \"generic\"\n\
         [entra.mappings]\ntemplate = \"scim\"\n[user.ann]\n[user.bob]\n\
         [group.crew]\nmembers = [\"ann\", \"bob\"]\nassigned = true\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n",
        &[],
    )
    .unwrap_or_else(|problems| panic!("{}", crate::scenario::messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    let lines = ondemand(&mut play, AppId::MAIN, "crew").expect("it can be provisioned");
    let lines: Vec<String> = lines.iter().map(|line| line.text().trim().to_owned()).collect();
    let found = lines.iter().skip_while(|line| !line.starts_with("JoiningValue")).nth(1);
    assert!(found.is_some_and(|it| it.ends_with(" 2")), "{lines:#?}");
}
