//! Groups: their lives, the recycle bin, and the members that a rule makes.

use super::*;

const MINUTES_5: Duration = Duration::from_secs(300);

/// The handles of a group's members.
fn members(bench: &Bench, group: GroupKey) -> Vec<&str> {
    bench.tenant.members(group).map(|user| &**bench.tenant.user(user).handle()).collect()
}

fn rule(text: &str) -> Option<Rule> {
    Some(Rule::parse(text).expect("a rule"))
}

/// What was said since the last question.
fn said(bench: &mut Bench) -> Vec<String> {
    std::mem::take(&mut bench.events)
}

#[test]
fn a_group_rests_in_the_recycle_bin_and_comes_back_with_its_members() {
    let mut bench = Bench::new();
    bench.act(|t, m| t.add_member(PILOT, ANN, m)).expect("new");
    bench.act(|t, m| t.assign_group(AppId::MAIN, PILOT, ROLE, m)).expect("a security group");
    bench.pass(3 * MINUTE);
    assert_eq!(bench.facts(ANN), "exists enabled assigned role");
    said(&mut bench);
    let before = bench.tenant.version(AppId::MAIN);
    bench.act(|t, m| t.delete_group(PILOT, m)).expect("there");
    assert_eq!((bench.changed(before), bench.facts(ANN)), (vec!["ann"], "exists enabled".into()));
    let facts = bench.tenant.group_facts(AppId::MAIN, PILOT);
    assert_eq!((facts.exists, facts.soft_deleted, facts.hard_deleted), (false, true, false));
    let in_bin = "group pilot is in the recycle bin; restore_group comes first";
    assert_eq!(bench.act(|t, m| t.add_member(PILOT, BOB, m)), Err(in_bin.to_owned()));
    assert_eq!(bench.act(|t, m| t.delete_group(PILOT, m)), Err(in_bin.to_owned()));
    let again = bench.act(|t, m| t.create_group(NewGroup::new("pilot", ""), m));
    assert_eq!(again, Err("there is a group `pilot` in the recycle bin".to_owned()));

    bench.pass(29 * DAY);
    let before = bench.tenant.version(AppId::MAIN);
    bench.act(|t, m| t.restore_group(PILOT, m)).expect("in the bin");
    assert_eq!(
        (bench.changed(before), bench.facts(ANN)),
        (vec!["ann"], "exists enabled assigned role".into())
    );
    assert_eq!(members(&bench, PILOT), ["ann"]);

    bench.act(|t, m| t.delete_group(PILOT, m)).expect("there");
    bench.pass(30 * DAY);
    assert!(bench.tenant.group_facts(AppId::MAIN, PILOT).hard_deleted);
    assert!(bench.tenant.user(ANN).groups().is_empty());
    let gone = Err("group pilot is deleted for good".to_owned());
    assert_eq!(bench.act(|t, m| t.restore_group(PILOT, m)), gone);
    assert_eq!(
        said(&mut bench),
        [
            "group pilot is deleted, into the recycle bin",
            "group pilot is restored from the recycle bin",
            "group pilot is deleted, into the recycle bin",
            "group pilot is deleted for good: the time in the recycle bin is over",
        ]
    );
    let again = bench.act(|t, m| t.create_group(NewGroup::new("pilot", ""), m)).expect("free");
    assert_ne!(again, PILOT);
    assert_ne!(
        bench.tenant.group(again).object_id(),
        bench.tenant.group(PILOT).object_id(),
        "another object"
    );
}

#[test]
fn the_kind_of_a_group_decides_whether_it_has_a_recycle_bin() {
    for (kind, security_bin, for_good) in [
        (GroupKind::Security, true, false),
        (GroupKind::Security, false, true),
        (GroupKind::Microsoft365, false, false),
        (GroupKind::MailEnabledSecurity, true, true),
        (GroupKind::Distribution, true, true),
    ] {
        let mut bench = Bench::new();
        bench.tenant.settings_mut().security_group_bin = security_bin;
        let new = NewGroup::new("team", "").of_kind(kind);
        let group = bench.act(|t, m| t.create_group(new, m)).expect("a free name");
        assert_eq!(bench.tenant.group(group).mail().is_some(), kind != GroupKind::Security);
        bench.act(|t, m| t.delete_group(group, m)).expect("there");
        assert_eq!(bench.tenant.group_facts(AppId::MAIN, group).hard_deleted, for_good, "{kind:?}");
        assert_eq!(bench.act(|t, m| t.purge_group(group, m)).is_err(), for_good, "{kind:?}");
    }
}

#[test]
fn a_group_is_renamed_and_described() {
    let mut bench = Bench::new();
    let name = |name: &str| GroupChange::DisplayName(name.to_owned());
    let version = bench.tenant.group_version(AppId::MAIN);
    bench.act(|t, m| t.update_group(PILOT, name("Pilots"), m)).expect("another name");
    assert_eq!(bench.tenant.group_changes_since(AppId::MAIN, version).collect::<Vec<_>>(), [PILOT]);
    let text = GroupChange::Description("Who tries first".to_owned());
    bench.act(|t, m| t.update_group(PILOT, text, m)).expect("a description");
    for (refused, why) in [
        (name("Pilots"), "group pilot: displayName has this value already"),
        (name(""), "displayName cannot be cleared: the directory requires it"),
        (name(&"x".repeat(257)), "displayName is longer than 256 characters"),
        (GroupChange::Rule(None), "group pilot: membershipRule has this value already"),
    ] {
        assert_eq!(bench.act(|t, m| t.update_group(PILOT, refused, m)), Err(why.to_owned()));
    }
    let on_exchange = GroupChange::Rule(rule("user.city -eq null"));
    let refused = bench.act(|t, m| t.update_group(POST, on_exchange, m));
    assert_eq!(refused, Err("a distribution group has no membership rule".to_owned()));
    assert_eq!(
        said(&mut bench),
        [
            "group pilot: displayName changes from \"Pilot\" to \"Pilots\"",
            "group pilot: description is set to \"Who tries first\"",
        ]
    );
}

#[test]
fn a_rule_is_evaluated_some_minutes_after_a_change() {
    let mut bench = Bench::new();
    let sales = NewGroup {
        rule: rule("user.department -eq \"Sales\" -and user.accountEnabled -eq true"),
        ..NewGroup::new("sales", "Sales")
    };
    let sales = bench.tenant.set_up_group(sales).expect("a free name");
    bench.tenant.set_up_dynamic_members();
    assert_eq!(members(&bench, sales), [""; 0]);
    let department = Attribute::Department;
    bench.act(|t, m| t.update(ANN, department, Some("Sales"), m)).expect("another value");
    bench.act(|t, m| t.update(ANN, Attribute::City, Some("Ulm"), m)).expect("another value");
    bench.pass(MINUTES_5 - Duration::from_secs(1));
    assert_eq!(members(&bench, sales), [""; 0]);
    let before = (bench.tenant.group_version(AppId::MAIN), bench.tenant.membership_version());
    bench.pass(Duration::from_secs(1));
    assert_eq!(members(&bench, sales), ["ann"]);
    assert_eq!(
        bench.tenant.group_changes_since(AppId::MAIN, before.0).collect::<Vec<_>>(),
        [sales]
    );
    assert_eq!(bench.tenant.membership_changes_since(before.1).collect::<Vec<_>>(), [(sales, ANN)]);
    let by_hand = "group sales is dynamic: its rule decides who is in it, and members are neither \
                   added nor removed by hand";
    assert_eq!(bench.act(|t, m| t.add_member(sales, BOB, m)), Err(by_hand.to_owned()));
    assert_eq!(bench.act(|t, m| t.remove_member(sales, ANN, m)), Err(by_hand.to_owned()));
    let eve = NewUser { member_of: vec![HandleRef::bare("sales")], ..NewUser::new("eve") };
    assert_eq!(bench.act(|t, m| t.hire(eve, m)).map(|_| ()), Err(by_hand.to_owned()));

    said(&mut bench);
    bench.act(|t, m| t.disable(ANN, m)).expect("may sign in");
    let zoe = NewUser::new("zoe").with(department, Some("SALES"));
    bench.act(|t, m| t.hire(zoe, m)).expect("a free name");
    bench.pass(MINUTES_5);
    assert_eq!(
        said(&mut bench),
        [
            "ann is blocked from sign-in",
            "zoe is hired",
            "ann leaves group sales by its rule",
            "zoe joins group sales by its rule",
        ]
    );
}

#[test]
fn a_new_rule_replaces_members_by_hand_at_once_and_those_of_the_old_rule_later() {
    let mut bench = Bench::new();
    bench.act(|t, m| t.add_member(PILOT, ANN, m)).expect("new");
    let change = |text: &str| GroupChange::Rule(rule(text));
    let only_bob = change("user.givenName -eq \"Bob\"");
    bench.act(|t, m| t.update_group(PILOT, only_bob, m)).expect("a first rule");
    assert_eq!(members(&bench, PILOT), [""; 0], "[dynamic-change]: all are removed");
    bench.pass(MINUTES_5);
    assert_eq!(members(&bench, PILOT), ["bob"]);
    let only_ann = change("user.givenName -eq \"Ann\"");
    bench.act(|t, m| t.update_group(PILOT, only_ann, m)).expect("another rule");
    assert_eq!(members(&bench, PILOT), ["bob"]);
    bench.pass(MINUTES_5);
    assert_eq!(members(&bench, PILOT), ["ann"]);
    bench.act(|t, m| t.update_group(PILOT, GroupChange::Rule(None), m)).expect("a rule");
    bench.pass(MINUTES_5);
    bench.act(|t, m| t.add_member(PILOT, BOB, m)).expect("by hand again");
    assert_eq!(members(&bench, PILOT), ["ann", "bob"]);
}

#[test]
fn the_bin_holds_groups_and_users_whose_rules_are_asked_when_they_come_back() {
    let mut bench = Bench::new();
    let change = GroupChange::Rule(rule("user.department -eq null"));
    bench.act(|t, m| t.update_group(PILOT, change, m)).expect("a first rule");
    bench.pass(MINUTES_5);
    assert_eq!(members(&bench, PILOT), ["ann", "bob"]);
    bench.act(|t, m| t.delete_group(PILOT, m)).expect("there");
    bench.act(|t, m| t.delete(BOB, m)).expect("there");
    bench.act(|t, m| t.update(ANN, Attribute::Department, Some("Sales"), m)).expect("new");
    bench.pass(MINUTES_5);
    bench.act(|t, m| t.restore_group(PILOT, m)).expect("in the bin");
    assert_eq!(members(&bench, PILOT), ["ann"]);
    bench.pass(MINUTES_5);
    assert_eq!(members(&bench, PILOT), [""; 0]);
    bench.act(|t, m| t.restore(BOB, m)).expect("in the bin");
    bench.pass(MINUTES_5);
    assert_eq!(members(&bench, PILOT), ["bob"]);
}
