//! What was reported about groups and their members, with the whole engine against the whole
//! server: each bug with its symptom, and with what cures it, on either side.

use scimulator::entra::job::JobStatus;
use scimulator::scenario::{Override, Play, load, messages};

/// Five people in an assigned group at a server that can do everything; at the end of the first day
/// something is done.
const STORY: &str = r#"
title = "A group, and what one server makes of it"
ends  = "3d"

[golinks]
profile = "generic"

[entra.mappings]
template = "scim"

[user.ann]
manager = "ben"
[user.ben]
[user.cid]
[user.dee]
[user.eli]
[user.fay]

[group.sales]
name     = "Sales"
assigned = true
members  = ["ann", "ben", "cid", "dee", "eli"]

[[at]]
time = "0d"
do   = "start"

[[at]]
time = "1d"
say  = "Something is done."
DO
"#;

/// What is seen at the end.
#[derive(PartialEq, Eq, Debug)]
struct Seen {
    /// How many members the group at the server has.
    members: usize,
    /// The code of the last failure about the group; empty without one.
    failure: String,
    /// Whether something is still to be tried again.
    waits: bool,
}

fn seen(members: usize, failure: &str) -> Seen {
    Seen { members, failure: failure.to_owned(), waits: !failure.is_empty() }
}

fn play(actions: &str, overrides: &[&str]) -> Play {
    let overrides: Vec<Override> =
        overrides.iter().map(|o| Override::parse(o).expect("path=value")).collect();
    let deeds = if actions.is_empty() { String::new() } else { format!("do = [{actions}]") };
    let text = STORY.replace("DO", &deeds);
    let script = load("group_bugs.toml", &text, &overrides)
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    play
}

fn outcome(play: &Play) -> Seen {
    let (entra, target) = (play.world().entra(), play.world().target());
    let group = entra.tenant().find_group("sales").expect("it is in the story");
    let job = entra.job();
    let failures = job.log().rows().rev().filter(|row| row.subject.group() == Some(group));
    let failure = failures.map(|row| row.status.code()).find(|code| is_failure(code));
    let id = target.find_group_name("Sales").or_else(|| target.find_group_name("Selling"));
    Seen {
        members: id.map_or(0, |id| target.group_members(id).count()),
        failure: failure.unwrap_or_default().to_owned(),
        waits: job.escrows().get(group).is_some(),
    }
}

fn is_failure(code: &str) -> bool {
    !["", "RedundantExport", "NotEffectivelyEntitled"].contains(&code)
}

/// A bug: what is done, the overrides, and what is seen at the end.
type Case<'a> = (&'a str, &'a str, &'a [&'a str], Seen);

fn check(cases: &[Case<'_>]) {
    for (bug, actions, overrides, expected) in cases {
        let found = outcome(&play(actions, overrides));
        assert_eq!(&found, expected, "{bug}: {actions} with {overrides:?}");
    }
}

const LEAVES: &str = "{ remove_member = { group = \"sales\", user = \"ann\" } }";
const RENAMED: &str = "{ update_group = { sales = { name = \"Selling\" } } }";
const COMPLIANT: &str = "entra.dialect=compliant";
const INCOMPATIBLE: &str = "SystemForCrossDomainIdentityManagementServiceIncompatible";

#[test]
fn one_leaves_and_in_one_dialect_all_are_gone() {
    let value = "golinks.quirks.remove_members_ignores_value=true";
    let filter = "golinks.quirks.remove_members_ignores_filter=true";
    let (rejects, ignores) =
        ("golinks.quirks.remove_with_value=reject", "golinks.quirks.remove_with_value=ignore");
    check(&[
        ("no bug", LEAVES, &[], seen(4, "")),
        ("no bug", LEAVES, &[COMPLIANT], seen(4, "")),
        ("B27", LEAVES, &[value], seen(0, "")),
        ("B27, cured by the dialect", LEAVES, &[value, COMPLIANT], seen(4, "")),
        ("B28, refused", LEAVES, &[rejects], seen(5, INCOMPATIBLE)),
        ("B28, ignored", LEAVES, &[ignores], seen(5, "")),
        ("B28, cured by the dialect", LEAVES, &[rejects, COMPLIANT], seen(4, "")),
        ("B29", LEAVES, &[filter, COMPLIANT], seen(0, "")),
        ("B29, cured by the dialect", LEAVES, &[filter], seen(4, "")),
    ]);
}

#[test]
fn a_replacement_of_members_leaves_one_and_a_rename_none() {
    let single = "entra.policy.member_update=replace_single";
    let adds = "golinks.quirks.replace_members_adds=true";
    let empties = "golinks.quirks.replace_defaults_members_empty=true";
    check(&[
        ("B30", "", &[single], seen(1, "")),
        ("B30, as one vendor cured it", "", &[single, adds], seen(5, "")),
        ("no bug", RENAMED, &[COMPLIANT], seen(5, "")),
        ("B31", RENAMED, &[empties, COMPLIANT], seen(0, "")),
        ("B31, cured by the dialect", RENAMED, &[empties], seen(5, "")),
    ]);
}

#[test]
fn overlapping_changes_lose_members_and_one_at_a_time_does_not() {
    let lost = "golinks.quirks.member_lost_update=true";
    let (single, fast) = ("entra.policy.members_per_patch=1", "entra.policy.max_rps=0");
    let found = outcome(&play("", &[lost, single, fast]));
    assert!(found.members < 5 && found.failure.is_empty(), "B32: {found:?}");
    check(&[
        ("B32, off", "", &[single, fast], seen(5, "")),
        ("B32, in one request", "", &[lost, fast], seen(5, "")),
        ("B32, at a slower pace", "", &[lost, single], seen(5, "")),
    ]);
}

#[test]
fn a_member_who_is_there_already_or_gone_is_no_error_unless_the_server_makes_it_one() {
    let again = "golinks.quirks.readd_member=409";
    let missing = "golinks.quirks.remove_missing_member_404=true";
    let purged = "{ delete = \"ann\" }, { purge = \"ann\" }";
    let conflict = "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering";
    check(&[
        ("B33, off", "\"restart\"", &[], seen(5, "")),
        ("B33", "\"restart\"", &[again], seen(5, conflict)),
        ("B34, off", purged, &[], seen(4, "")),
        ("B34, off", purged, &[COMPLIANT], seen(4, "")),
        ("B34", purged, &[missing], seen(4, "InvalidAnchor")),
        ("B34", purged, &[missing, COMPLIANT], seen(4, "InvalidAnchor")),
    ]);
}

#[test]
fn a_member_the_server_does_not_know_is_refused_or_lost() {
    // The account of fay is deleted at the server by hand, and the service still has its link.
    let unknown =
        "{ delete_account = \"fay\" }, { add_member = { group = \"sales\", user = \"fay\" } }";
    let quirk = |word: &str| format!("golinks.quirks.unknown_member={word}");
    let (four, five, drop) = (quirk("400"), quirk("500"), quirk("drop"));
    let anew = &format!("{unknown}, {{ restart = \"Full\" }}");
    check(&[
        ("a refusal that names it", unknown, &[&four], seen(5, INCOMPATIBLE)),
        ("B35", unknown, &[&five], seen(5, "InternalServerError")),
        ("B35, cured by matching anew", anew, &[&five], seen(6, "")),
        ("B36", unknown, &[&drop], seen(5, "")),
        ("B36, cured by matching anew", anew, &[&drop], seen(6, "")),
    ]);
}

#[test]
fn large_groups_are_shown_or_cut() {
    let shown = "golinks.quirks.ignore_excluded_attributes=true";
    let multiple = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse";
    let lenient = "entra.policy.members_in_read=ignore";
    let cap = "golinks.quirks.member_read_cap=3";
    check(&[
        ("B40", LEAVES, &[shown], seen(5, multiple)),
        ("B40, if the client did not mind", LEAVES, &[shown, lenient], seen(4, "")),
        ("B41", LEAVES, &[cap], seen(2, "")),
        ("B40 and B41, off", LEAVES, &[], seen(4, "")),
    ]);
}

#[test]
fn without_an_endpoint_the_job_is_quarantined_and_every_row_is_green() {
    let play = play("", &["golinks.capabilities.groups=false"]);
    let job = play.world().entra().job();
    assert_eq!((job.status(), job.log().failures()), (JobStatus::Quarantine, 0), "B42");
    assert_eq!(play.world().target().active_count(), 6, "users are provisioned all the same");
    let off = ["golinks.capabilities.groups=false", "entra.mappings.groups.enabled=false"];
    let cured = self::play("", &off);
    assert_eq!(cured.world().entra().job().status(), JobStatus::Active, "B42, cured");
}

#[test]
fn a_manager_travels_as_a_bare_string_unless_asked_otherwise() {
    let strict = "golinks.quirks.manager_must_be_object=true";
    let failures = |overrides: &[&str]| {
        let play = play("", overrides);
        let ann = play.world().entra().tenant().find_user("ann").expect("a user");
        play.world().entra().job().escrows().get(ann).map(|held| held.reference)
    };
    for dialect in ["entra.dialect=classic", COMPLIANT] {
        assert_eq!(failures(&[dialect]), None, "no bug");
        assert_eq!(failures(&[dialect, strict]), Some(true), "B10");
        let object = "entra.policy.reference_as_object=true";
        assert_eq!(failures(&[dialect, strict, object]), None, "B10, cured");
    }
}

#[test]
fn members_of_a_group_that_failed_in_an_initial_cycle_are_sent_at_its_next_try() {
    let again = "\"restart\", { fault = { name = \"f\", for = \"1h\", respond = 500, \
                 when = { method = \"GET\", path = \"/Groups/*\" } } }";
    let left = format!("{{ remove_member = {{ group = \"sales\", user = \"eli\" }} }}, {again}");
    let members = |actions: &str| outcome(&play(actions, &[])).members;
    assert_eq!(members(&left), 4);
    let joined = format!("{{ add_member = {{ group = \"sales\", user = \"fay\" }} }}, {again}");
    assert_eq!(members(&joined), 6);
}
