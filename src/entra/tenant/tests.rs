//! Tests of the directory: lives of users, what counts as assigned and when, what the change feed
//! tells.

use std::time::Duration;

mod groups;

use super::*;
use crate::base::time::DAY;
use crate::entra::rule::Rule;

/// A directory with a clock, and what it said.
struct Bench {
    tenant: Tenant,
    now: Time,
    events: Vec<String>,
}

const MINUTE: Duration = Duration::from_secs(60);
const ROLE: Role = Role::DefaultAccess;

impl Bench {
    /// Ann and Bob, nobody assigned, and two groups: `pilot`, and `post` which is not a security
    /// group.
    fn new() -> Bench {
        let mut tenant = Tenant::new(TenantSettings::default(), Seed(7));
        for (handle, name) in [("ann", "Ann Okafor"), ("bob", "Bob Stone")] {
            tenant.set_up_user(NewUser::new(handle).with_name(name)).expect("a free name");
        }
        tenant.set_up_group(NewGroup::new("pilot", "Pilot")).expect("a free name");
        let post = NewGroup::new("post", "Post").of_kind(GroupKind::Distribution);
        tenant.set_up_group(post).expect("a free name");
        Bench { tenant, now: Time::from_secs(1_000_000), events: Vec::new() }
    }

    fn act<T>(&mut self, act: impl FnOnce(&mut Tenant, &mut Moment<'_, TenantEvent>) -> T) -> T {
        let mut said = Vec::new();
        let done = act(&mut self.tenant, &mut Moment::new(self.now, Seed(7), &mut said));
        for event in said {
            let mut line = String::new();
            event.write(&mut line);
            self.events.push(line);
        }
        done
    }

    fn pass(&mut self, span: Duration) {
        self.now = self.now + span;
        self.act(|tenant, moment| tenant.wake(moment));
    }

    fn facts(&self, user: UserKey) -> String {
        let ScopeFacts { exists, soft_deleted, hard_deleted, enabled, assigned, has_role } =
            self.tenant.facts(AppId::MAIN, user);
        let words = [
            (exists, "exists"),
            (soft_deleted, "soft"),
            (hard_deleted, "hard"),
            (enabled, "enabled"),
            (assigned, "assigned"),
            (has_role, "role"),
        ];
        words
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, word)| *word)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn changed(&self, since: u64) -> Vec<&str> {
        self.tenant
            .changes_since(AppId::MAIN, since)
            .map(|key| &**self.tenant.user(key).handle())
            .collect()
    }
}

const ANN: UserKey = UserKey(0);
const BOB: UserKey = UserKey(1);
const PILOT: GroupKey = GroupKey(0);
const POST: GroupKey = GroupKey(1);

#[test]
fn a_life_from_hiring_to_the_end_of_the_recycle_bin() {
    let mut bench = Bench::new();
    let eve = NewUser {
        assigned: Some(NewAssignment::As(ROLE)),
        ..NewUser::new("eve").with_name("Eve Zoë")
    };
    let eve = bench.act(|t, m| t.hire(eve, m)).expect("a free name");
    bench.pass(2 * MINUTE);
    assert_eq!(bench.facts(eve), "exists enabled assigned role");
    bench.act(|t, m| t.update(eve, Attribute::Department, Some("Sales"), m)).expect("new");
    bench.act(|t, m| t.update(eve, Attribute::Department, Some("Design"), m)).expect("new");
    bench.act(|t, m| t.update(eve, Attribute::Mail, None, m)).expect("new");
    bench.act(|t, m| t.set_manager(eve, Some(BOB), m)).expect("new");
    bench.act(|t, m| t.disable(eve, m)).expect("enabled");
    assert_eq!(bench.facts(eve), "exists assigned role");
    bench.act(|t, m| t.delete(eve, m)).expect("there");
    assert_eq!(bench.facts(eve), "soft assigned role");
    assert_eq!(bench.tenant.next_due(), Some(bench.now + 30 * DAY));
    bench.pass(30 * DAY - MINUTE);
    assert_eq!(bench.facts(eve), "soft assigned role");
    bench.pass(MINUTE);
    assert_eq!(bench.facts(eve), "hard assigned role");
    assert_eq!(bench.tenant.next_due(), None);
    let left: Vec<_> = bench.tenant.user(eve).attributes().iter().collect();
    assert_eq!(left, [(Attribute::DisplayName, "Eve Zoë")], "for those who read of her later");
    assert_eq!(
        bench.events,
        [
            "eve is hired",
            "eve is assigned to GoLinks",
            "eve: department is set to \"Sales\"",
            "eve: department changes from \"Sales\" to \"Design\"",
            "eve: mail is cleared, it was \"eve.zoe@contoso.example\"",
            "eve now reports to bob",
            "eve is blocked from sign-in",
            "eve is deleted, into the recycle bin",
            "eve is deleted for good: the time in the recycle bin is over",
        ]
    );
}

#[test]
fn what_is_restored_is_as_it_was_and_what_is_purged_stays_gone() {
    let mut bench = Bench::new();
    bench.act(|t, m| t.add_member(PILOT, ANN, m)).expect("new");
    bench.act(|t, m| t.assign_group(AppId::MAIN, PILOT, ROLE, m)).expect("new");
    bench.pass(2 * MINUTE);
    let before = (bench.facts(ANN), bench.tenant.user(ANN).attributes().clone());
    bench.act(|t, m| t.delete(ANN, m)).expect("there");
    let (ann, name) = (bench.tenant.user(ANN), "ann.okafor@contoso.example");
    let tombstone = format!("{:032x}{name}", ann.object_id().0);
    let stored = ann.get(Attribute::UserPrincipalName);
    assert_eq!((stored, ann.sign_in_name()), (Some(&*tombstone), Some(name)));
    assert_eq!(bench.tenant.members(PILOT).count(), 0);
    bench.pass(29 * DAY);
    bench.act(|t, m| t.restore(ANN, m)).expect("in the bin");
    assert_eq!((bench.facts(ANN), bench.tenant.user(ANN).attributes().clone()), before);
    assert_eq!((bench.tenant.next_due(), bench.tenant.members(PILOT).count()), (None, 1));

    bench.act(|t, m| t.delete(ANN, m)).expect("there");
    bench.act(|t, m| t.purge(ANN, m)).expect("in the bin");
    // Assigned by the group until the end; leaving the group's list changes nothing about that.
    assert_eq!(bench.facts(ANN), "hard enabled assigned role");
    bench.act(|t, m| t.unassign_group(AppId::MAIN, PILOT, m)).expect("assigned");
    bench.pass(2 * MINUTE);
    assert_eq!(bench.facts(ANN), "hard enabled assigned role");
    // Rehired under the old name: another object.
    let again = bench
        .act(|t, m| t.hire(NewUser::new("ann").with_name("Ann Okafor"), m))
        .expect("free again");
    assert_ne!(again, ANN);
    assert_ne!(bench.tenant.user(again).object_id(), bench.tenant.user(ANN).object_id());
    assert_eq!(bench.tenant.find_user("ann"), Some(again));
}

#[test]
fn sign_in_names_are_unique_ignoring_case() {
    let mut bench = Bench::new();
    let upn = Attribute::UserPrincipalName;
    let taken = "the userPrincipalName ANN.okafor@contoso.example belongs to ann";
    let twin = NewUser::new("ann2").with(upn, Some("ANN.okafor@contoso.example"));
    assert_eq!(bench.act(|t, m| t.hire(twin.clone(), m)), Err(taken.into()));
    assert_eq!(
        bench.act(|t, m| t.update(BOB, upn, Some("ANN.okafor@contoso.example"), m)),
        Err(taken.into())
    );
    // Another case of the own name is fine, and found.
    bench
        .act(|t, m| t.update(ANN, upn, Some("Ann.Okafor@contoso.example"), m))
        .expect("the own name");
    assert_eq!(bench.tenant.find_upn("aNN.oKAFOR@CONTOSO.example"), Some(ANN));
    // In the bin the name is free for others; then the restore is refused.
    bench.act(|t, m| t.delete(ANN, m)).expect("there");
    let two = bench.act(|t, m| t.hire(twin, m)).expect("free while ann is in the bin");
    let why = bench.act(|t, m| t.restore(ANN, m)).expect_err("taken");
    assert_eq!(
        why,
        "ann cannot be restored: the userPrincipalName Ann.Okafor@contoso.example belongs to ann2"
    );
    let bad = bench.act(|t, m| t.restore_as(ANN, "ann", m)).expect_err("no sign-in name");
    assert!(bad.contains("is no userPrincipalName"), "{bad}");
    let taken = bench.act(|t, m| t.restore_as(ANN, "ann.Okafor@contoso.example", m));
    assert_eq!(
        taken.expect_err("taken in any case").split(':').next(),
        Some("ann cannot be restored")
    );
    // Under another name it is taken out of the bin at once.
    bench.act(|t, m| t.restore_as(ANN, "ann.o@contoso.example", m)).expect("free");
    assert_eq!(bench.tenant.find_upn("ann.o@contoso.example"), Some(ANN));
    assert_eq!(bench.tenant.find_upn("ann.okafor@contoso.example"), Some(two));
    bench.act(|t, m| t.update(two, upn, Some("other@contoso.example"), m)).expect("free");
    bench.act(|t, m| t.delete(ANN, m)).expect("there");
    bench.act(|t, m| t.restore(ANN, m)).expect("free again");
    assert_eq!(bench.tenant.find_upn("ann.o@contoso.example"), Some(ANN));
}

#[test]
fn assignments_reach_provisioning_after_the_delay_and_in_order() {
    let mut bench = Bench::new();
    let before = bench.tenant.version(AppId::MAIN);
    bench.act(|t, m| t.assign(AppId::MAIN, ANN, ROLE, m)).expect("new");
    assert_eq!(bench.tenant.assigned(AppId::MAIN, ANN), Some(ROLE));
    assert_eq!((bench.facts(ANN).as_str(), bench.changed(before).len()), ("exists enabled", 0));
    bench.pass(MINUTE);
    bench.act(|t, m| t.unassign(AppId::MAIN, ANN, m)).expect("assigned");
    bench.pass(MINUTE);
    assert_eq!(
        (bench.facts(ANN).as_str(), bench.changed(before).len()),
        ("exists enabled assigned role", 1)
    );
    bench.pass(MINUTE);
    assert_eq!(bench.facts(ANN), "exists enabled");
    // A later change never overtakes an earlier one, even when the delay is set to nothing in
    // between.
    bench.act(|t, m| t.assign(AppId::MAIN, ANN, ROLE, m)).expect("new");
    bench.tenant.settings_mut().replication_delay = Duration::ZERO;
    bench.act(|t, m| t.unassign(AppId::MAIN, ANN, m)).expect("assigned");
    assert_eq!((bench.facts(ANN).as_str(), bench.tenant.next_due()), ("exists enabled", None));
    bench.act(|t, m| t.assign(AppId::MAIN, ANN, ROLE, m)).expect("new");
    assert_eq!(bench.facts(ANN), "exists enabled assigned role");
}

#[test]
fn an_application_has_its_own_assignments_and_reads_nothing_because_of_those_of_another() {
    let mut bench = Bench::new();
    let test = bench.tenant.add_application("GoLinks (test)".into());
    assert_eq!(bench.tenant.changes_since(test, 0).count(), 2, "the whole directory is new to it");
    let seen = |bench: &Bench| {
        [AppId::MAIN, test].map(|app| (bench.tenant.version(app), bench.tenant.group_version(app)))
    };
    let changed = |bench: &Bench, before: [(u64, u64); 2]| {
        let after = seen(bench);
        [0, 1].map(|app| (after[app].0 > before[app].0, after[app].1 > before[app].1))
    };
    let (yes, no) = (true, false);

    let before = seen(&bench);
    bench.act(|t, m| t.assign(test, ANN, ROLE, m)).expect("new");
    bench.act(|t, m| t.assign(AppId::MAIN, BOB, ROLE, m)).expect("new");
    assert_eq!(
        bench.events.last_chunk::<2>().map(|said| said.each_ref().map(String::as_str)),
        Some(["ann is assigned to GoLinks (test)", "bob is assigned to GoLinks"])
    );
    bench.pass(2 * MINUTE);
    assert_eq!(changed(&bench, before), [(yes, no), (yes, no)]);
    assert_eq!(bench.changed(before[0].0), ["bob"]);
    let of_test: Vec<UserKey> = bench.tenant.changes_since(test, before[1].0).collect();
    assert_eq!(of_test, [ANN]);
    assert_eq!(bench.facts(ANN), "exists enabled");
    assert!(bench.tenant.facts(test, ANN).assigned && !bench.tenant.facts(test, BOB).assigned);

    let before = seen(&bench);
    bench.act(|t, m| t.assign_group(test, PILOT, ROLE, m)).expect("new");
    bench.pass(2 * MINUTE);
    assert_eq!(changed(&bench, before), [(no, no), (no, yes)], "an empty group concerns nobody");
    let before = seen(&bench);
    bench.act(|t, m| t.add_member(PILOT, BOB, m)).expect("new");
    assert_eq!(changed(&bench, before), [(no, yes), (yes, yes)], "members are seen by both");
    assert!(bench.tenant.facts(test, BOB).assigned);

    let before = seen(&bench);
    bench.act(|t, m| t.disable(ANN, m)).expect("enabled");
    assert_eq!(changed(&bench, before), [(yes, no), (yes, no)], "the directory is one for all");
    bench.act(|t, m| t.delete_group(PILOT, m)).expect("there");
    assert!(!bench.tenant.facts(test, BOB).assigned && bench.facts(BOB).contains("assigned"));
}

#[test]
fn what_is_set_up_is_in_effect_at_once_and_only_direct_members_of_security_groups_count() {
    let mut tenant = Tenant::new(TenantSettings::default(), Seed(7));
    let assigned = |group: NewGroup| NewGroup { assigned: Some(NewAssignment::As(ROLE)), ..group };
    let team = tenant.set_up_group(NewGroup::new("team", "Team")).expect("free");
    let whole = tenant.set_up_group(assigned(NewGroup::new("whole", "Whole"))).expect("free");
    tenant.set_up_nested(whole, team);
    let ann = tenant.set_up_user(NewUser::new("ann")).expect("free");
    let bob = tenant.set_up_user(NewUser::new("bob")).expect("free");
    tenant.set_up_member(team, ann);
    tenant.set_up_member(whole, bob);
    assert_eq!(
        (tenant.facts(AppId::MAIN, ann).assigned, tenant.facts(AppId::MAIN, bob).assigned),
        (false, true)
    );
    let post = NewGroup { security_enabled: false, ..assigned(NewGroup::new("post", "Post")) };
    assert!(tenant.set_up_group(post).is_err());
}

#[test]
fn memberships_change_by_joining_leaving_and_being_deleted_for_good_alone() {
    let mut bench = Bench::new();
    let mut seen = bench.tenant.membership_version();
    let mut changed = |bench: &Bench| {
        let pairs: Vec<_> = bench.tenant.membership_changes_since(seen).collect();
        seen = bench.tenant.membership_version();
        pairs
    };
    bench.act(|t, m| t.add_member(PILOT, BOB, m)).expect("new");
    bench.act(|t, m| t.add_member(PILOT, ANN, m)).expect("new");
    bench.act(|t, m| t.remove_member(PILOT, BOB, m)).expect("a member");
    assert_eq!(changed(&bench), [(PILOT, ANN), (PILOT, BOB)], "each once, at its last change");
    bench.act(|t, m| t.delete(ANN, m)).expect("there");
    bench.act(|t, m| t.restore(ANN, m)).expect("in the bin");
    assert_eq!(changed(&bench), []);
    assert!(bench.tenant.is_member(PILOT, ANN) && !bench.tenant.is_member(PILOT, BOB));
    bench.act(|t, m| t.delete(ANN, m)).expect("there");
    bench.act(|t, m| t.purge(ANN, m)).expect("in the bin");
    assert_eq!((changed(&bench), bench.tenant.is_member(PILOT, ANN)), (vec![(PILOT, ANN)], false));
}

#[test]
fn a_change_of_a_group_is_a_change_of_whom_it_concerns() {
    let mut bench = Bench::new();
    let since = |bench: &Bench| {
        (bench.tenant.version(AppId::MAIN), bench.tenant.group_version(AppId::MAIN))
    };
    let start = since(&bench);
    bench.act(|t, m| t.add_member(PILOT, BOB, m)).expect("new");
    assert_eq!(bench.changed(start.0), [""; 0], "a group that is not assigned decides nothing");
    assert_eq!(bench.tenant.group_changes_since(AppId::MAIN, start.1).collect::<Vec<_>>(), [PILOT]);
    bench.act(|t, m| t.assign_group(AppId::MAIN, PILOT, ROLE, m)).expect("new");
    bench.pass(2 * MINUTE);
    assert_eq!(bench.changed(start.0), ["bob"]);
    bench.act(|t, m| t.add_member(PILOT, ANN, m)).expect("new");
    assert_eq!(
        (bench.changed(start.0), bench.facts(ANN)),
        (vec!["bob", "ann"], "exists enabled assigned role".into())
    );
    bench.act(|t, m| t.remove_member(PILOT, BOB, m)).expect("a member");
    assert_eq!(
        (bench.changed(start.0), bench.facts(BOB)),
        (vec!["ann", "bob"], "exists enabled".into())
    );
    let before = since(&bench);
    bench.act(|t, m| t.delete_group(PILOT, m)).expect("there");
    assert_eq!((bench.changed(before.0), bench.facts(ANN)), (vec!["ann"], "exists enabled".into()));
    assert_eq!(
        bench.events.last().map(String::as_str),
        Some("group pilot is deleted, into the recycle bin")
    );
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut bench = Bench::new();
    let upn = Attribute::UserPrincipalName;
    bench.act(|t, m| t.delete(BOB, m)).expect("there");
    let (version, said) = (bench.tenant.version(AppId::MAIN), bench.events.len());
    let refused: [(&str, Result<(), String>); 15] = [
        ("bob is in the recycle bin; restore comes first", bench.act(|t, m| t.disable(BOB, m))),
        (
            "bob is in the recycle bin; restore comes first",
            bench.act(|t, m| t.assign(AppId::MAIN, BOB, ROLE, m)),
        ),
        (
            "bob is in the recycle bin; restore comes first",
            bench.act(|t, m| t.set_manager(ANN, Some(BOB), m)),
        ),
        ("ann is not in the recycle bin", bench.act(|t, m| t.restore(ANN, m))),
        ("ann is not in the recycle bin", bench.act(|t, m| t.purge(ANN, m))),
        ("ann may sign in already", bench.act(|t, m| t.enable(ANN, m))),
        ("ann cannot be their own manager", bench.act(|t, m| t.set_manager(ANN, Some(ANN), m))),
        ("ann has this manager already", bench.act(|t, m| t.set_manager(ANN, None, m))),
        (
            "ann is not assigned to GoLinks directly",
            bench.act(|t, m| t.unassign(AppId::MAIN, ANN, m)),
        ),
        (
            "group pilot is not assigned to GoLinks",
            bench.act(|t, m| t.unassign_group(AppId::MAIN, PILOT, m)),
        ),
        (
            "group post is not a security group, so it cannot be assigned",
            bench.act(|t, m| t.assign_group(AppId::MAIN, POST, ROLE, m)),
        ),
        ("ann is not in group pilot", bench.act(|t, m| t.remove_member(PILOT, ANN, m))),
        ("userPrincipalName cannot be cleared: the directory requires it", {
            bench.act(|t, m| t.update(ANN, upn, Some(""), m))
        }),
        ("ann: surname has this value already", {
            bench.act(|t, m| t.update(ANN, Attribute::Surname, Some("Okafor"), m))
        }),
        ("there is a user `bob` in the recycle bin", {
            bench.act(|t, m| t.hire(NewUser::new("bob").with_name("Bo B"), m)).map(|_| ())
        }),
    ];
    for (expected, found) in refused {
        assert_eq!(found, Err(expected.to_owned()));
    }
    let eve = NewUser { manager: Some(HandleRef::bare("anne")), ..NewUser::new("eve") };
    let why = bench.act(|t, m| t.hire(eve, m)).expect_err("nobody is called anne");
    assert_eq!(why, "there is no user `anne`; did you mean `ann`?");
    assert_eq!((bench.tenant.version(AppId::MAIN), bench.events.len()), (version, said));
}

#[test]
fn a_user_appears_once_at_the_last_change_and_reading_starts_anywhere() {
    let mut feed = feed::Feed::default();
    for _ in 0..5 {
        feed.add();
    }
    assert_eq!(feed.since(0).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    for at in [2, 0, 4, 2, 4, 4] {
        feed.touch(at);
    }
    assert_eq!(feed.since(0).collect::<Vec<_>>(), [1, 3, 0, 2, 4]);
    assert_eq!(feed.since(feed.changed_at(0)).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(feed.since(feed.version()).count(), 0);
    assert_eq!((feed.version(), feed.changed_at(4)), (11, 11));
}

#[test]
fn a_mass_deletion_empties_a_large_group_without_quadratic_work() {
    let mut bench = Bench::new();
    let users: Vec<UserKey> = (0..20_000)
        .map(|n| bench.tenant.set_up_user(NewUser::new(&format!("u{n}"))).expect("a free name"))
        .collect();
    for user in &users {
        bench.tenant.set_up_member(PILOT, *user);
        bench.act(|t, m| t.delete(*user, m)).expect("there");
    }
    bench.pass(30 * DAY);
    assert_eq!(bench.tenant.group(PILOT).members.len(), 0);
    assert_eq!(bench.events.len(), 40_000);
}

/// What must hold of a directory whatever was done to it.
fn check_invariants(tenant: &Tenant) {
    for (key, user) in tenant.users() {
        let gone = user.lifecycle() == Lifecycle::HardDeleted;
        assert!(tenant.find_user(user.handle()).is_some_and(|latest| latest == key || gone));
        match user.get(Attribute::UserPrincipalName) {
            Some(upn) if user.lifecycle() == Lifecycle::Active => {
                assert_eq!(tenant.find_upn(upn), Some(key))
            }
            Some(upn) => assert_ne!(tenant.find_upn(upn), Some(key)),
            None => assert!(gone),
        }
        for group in user.groups() {
            assert_eq!(
                tenant.group(*group).members.iter().filter(|member| **member == key).count(),
                1
            );
        }
        for app in tenant.apps() {
            let direct = tenant.applications[app.index()].users[key.index()].effective.is_some();
            let by_group = |group: &GroupKey| tenant.entitles(app, *group).is_some();
            let assigned = direct || user.groups().iter().any(by_group);
            assert!(gone || tenant.facts(app, key).assigned == assigned);
        }
    }
    for (key, group) in tenant.groups() {
        for member in &group.members {
            let user = tenant.user(*member);
            assert!(user.groups().contains(&key) || user.lifecycle() == Lifecycle::HardDeleted);
        }
    }
    let mut by_change: Vec<_> = tenant.users().map(|(key, _)| key).collect();
    for app in tenant.apps() {
        by_change.sort_by_key(|key| tenant.changed_at(app, *key));
        assert_eq!(tenant.changes_since(app, 0).collect::<Vec<_>>(), by_change);
    }
}

#[test]
fn whatever_is_done_to_a_directory_it_stays_in_order() {
    for seed in 0..10 {
        let mut bench = Bench::new();
        for step in 0..400 {
            let draw =
                |what: &str, bound: usize| Seed(seed).below(what, "", step, bound as u64) as u32;
            let user = UserKey(draw("user", bench.tenant.user_count()));
            let group = GroupKey(draw("group", bench.tenant.groups().count()));
            let name = format!("u{}", draw("name", 12));
            let before = (bench.tenant.version(AppId::MAIN), bench.events.len());
            let refused = bench.act(|t, m| match draw("what", 20) {
                0 | 1 => t.hire(NewUser::new(&name), m).map(|_| ()),
                2 => t.update(
                    user,
                    Attribute::UserPrincipalName,
                    Some(&format!("{name}@C.example")),
                    m,
                ),
                3 => t.set_manager(user, Some(UserKey(draw("manager", t.user_count()))), m),
                4 => t.disable(user, m),
                5 => t.enable(user, m),
                6 | 7 => t.delete(user, m),
                8 => t.restore(user, m),
                9 => t.purge(user, m),
                10 => t.assign(AppId::MAIN, user, ROLE, m),
                11 => t.unassign(AppId::MAIN, user, m),
                12 => t
                    .assign_group(AppId::MAIN, group, ROLE, m)
                    .or_else(|_| t.unassign_group(AppId::MAIN, group, m)),
                13 => t.add_member(group, user, m),
                14 => t.remove_member(group, user, m),
                15 => t.delete_group(group, m),
                16 => t.restore_group(group, m),
                17 => t.purge_group(group, m),
                18 => {
                    let rule = Rule::parse("user.accountEnabled -eq false").expect("a rule");
                    let change = (step % 2 == 0).then_some(rule);
                    t.update_group(group, GroupChange::Rule(change), m)
                }
                _ => t.create_group(NewGroup::new(&format!("g{step}"), ""), m).map(|_| ()),
            });
            if refused.is_err() {
                assert_eq!(
                    (bench.tenant.version(AppId::MAIN), bench.events.len()),
                    before,
                    "a refusal changes nothing"
                );
            }
            bench.pass(Duration::from_secs(60 * 60 * 24 * u64::from(draw("time", 3)) / 2 + 45));
            check_invariants(&bench.tenant);
        }
    }
}
