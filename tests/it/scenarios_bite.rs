//! Every scenario turns red when its key behaviour is switched off: one override each, and what
//! must fail then.

use std::fs;
use std::path::Path;

use scimulator::scenario::{Override, Play, load_with, messages, report};

/// Answers every write as if it had been carried out, and carries none out.
const DEAF: &str =
    "fault.deaf={ when = { method = \"PATCH\" }, respond = { status = 200, body = \"{}\" } }";

fn play(file: &str, overrides: &[&str]) -> Play {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))
        .expect("the file is there");
    let overrides: Vec<Override> =
        overrides.iter().map(|o| Override::parse(o).expect("path=value")).collect();
    let read = |name: &str| {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join(file).with_file_name("").join(name);
        fs::read_to_string(beside).map_err(|why| why.to_string())
    };
    let script = load_with(file, &text, &overrides, &read)
        .unwrap_or_else(|problems| panic!("{}", messages::render(&problems)));
    let mut play = Play::new(script);
    play.run_to_end();
    play
}

/// With the override the scenario fails, and the named expectation is among those that fail.
pub(crate) fn bites(file: &str, switched_off: &str, fails: &str) {
    let play = play(file, &[switched_off]);
    let verdict = play.verdict();
    let failed = verdict.checks.iter().any(|check| !check.met && check.expected.starts_with(fails));
    assert!(
        failed,
        "{file} with {switched_off} should fail `{fails}`\n{}",
        report::plain(&play, None)
    );
}

#[test]
fn welcome_needs_its_outage() {
    bites(
        "scenarios/basics/welcome.toml",
        "fault.outage.until=\"3d 6h 10m\"",
        "job.quarantine.reason",
    );
}

#[test]
fn reading_the_log_needs_the_read_before_the_scope() {
    let file = "scenarios/basics/reading-the-log.toml";
    bites(file, "golinks.token.expires=\"9d\"", "mails.sent");
    bites(file, "golinks.account.ben.active=false", "log.last.ben.code");
}

#[test]
fn first_sync_needs_the_assigned_scope() {
    bites("scenarios/basics/first-sync.toml", "entra.scope=all", "golinks.accounts.total = 5");
}

#[test]
fn already_there_needs_a_search_that_ignores_case() {
    bites(
        "scenarios/matching/already-there.toml",
        "golinks.quirks.username_filter_case=exact",
        "log.last.ben",
    );
}

#[test]
fn joiner_mover_leaver_needs_writes_that_are_carried_out() {
    bites("scenarios/lifecycle/joiner-mover-leaver.toml", DEAF, "golinks.account.mona.userName");
}

#[test]
fn back_again_needs_accounts_that_are_disabled_out_of_scope() {
    let off = "entra.policy.skip_out_of_scope_deletions=true";
    bites("scenarios/lifecycle/back-again.toml", off, "golinks.account.nora.active = false");
}

#[test]
fn four_ways_out_needs_accounts_that_are_disabled_out_of_scope() {
    let off = "entra.policy.skip_out_of_scope_deletions=true";
    bites("scenarios/lifecycle/four-ways-out.toml", off, "golinks.account.ada.active = false");
    bites(
        "scenarios/lifecycle/four-ways-out.toml",
        "entra.filters=[]",
        "golinks.account.dot.active = false",
    );
}

#[test]
fn thirty_days_later_needs_a_bin_of_thirty_days() {
    let off = "entra.policy.soft_delete_retention=60d";
    bites(
        "scenarios/lifecycle/thirty-days-later.toml",
        off,
        "golinks.account.xena = { absent = true }",
    );
}

#[test]
fn blocked_from_the_start_needs_somebody_blocked() {
    bites(
        "scenarios/lifecycle/blocked-from-the-start.toml",
        "user.iris.enabled=true",
        "golinks.accounts.total = 2",
    );
}

#[test]
fn throttled_needs_retry_after_to_be_honoured() {
    bites(
        "scenarios/trouble/throttled.toml",
        "entra.policy.honor_retry_after=false",
        "log.failures = 0",
    );
}

#[test]
fn manager_needs_its_row_and_a_manager_without_an_account() {
    let row = r#"entra.mappings.users.remove=["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"]"#;
    bites("scenarios/mapping/manager.toml", row, "cycle.last.updated = 1");
    bites("scenarios/mapping/manager.toml", "user.zoe.assigned=true", "log.last.cid");
}

#[test]
fn slow_target_needs_a_client_that_loses_patience() {
    bites(
        "scenarios/trouble/slow-target.toml",
        "entra.policy.request_timeout=5m",
        "requests.too_late",
    );
}

#[test]
fn bad_line_needs_the_six_hour_rung() {
    let off = "entra.policy={ retry_first = '30h', retry_second = '31h', retry_daily = '32h' }";
    bites("scenarios/trouble/bad-line.toml", off, "job.escrows = 0");
}

#[test]
fn outage_needs_the_ladder_of_retries() {
    let off = "entra.policy.quarantine_second=9h";
    bites("scenarios/trouble/outage.toml", off, "golinks.account.kim.department = \"Success\"");
}

#[test]
fn switched_on_by_hand_needs_an_engine_that_looks_before_it_judges() {
    bites(
        "scenarios/lifecycle/switched-on-by-hand.toml",
        "entra.policy.read_before_disable=false",
        "golinks.account.ann.active = false",
    );
}

#[test]
fn one_seat_too_few_needs_a_refusal_that_is_one_objects_failure() {
    bites(
        "scenarios/trouble/one-seat-too-few.toml",
        "entra.policy.forbidden_mid_cycle=quarantine",
        "job.quarantine = { absent = true }",
    );
}

#[test]
fn given_up_together_needs_a_job_that_is_given_up() {
    bites(
        "scenarios/trouble/given-up-together.toml",
        "entra.policy.quarantine_disable_after=60d",
        "job.state = \"Disabled\"",
    );
}

#[test]
fn expired_secret_disabled_needs_a_job_that_is_given_up() {
    let off = "entra.policy.quarantine_disable_after=60d";
    bites("scenarios/health/expired-secret-disabled.toml", off, "job.state = \"Disabled\"");
}

#[test]
fn expired_secret_recovered_needs_the_disable_to_be_carried_out() {
    bites(
        "scenarios/health/expired-secret-recovered.toml",
        DEAF,
        "golinks.account.ann.active = false",
    );
}

#[test]
fn worlds_agree_is_red_when_writes_are_dropped_although_every_row_is_green() {
    let play = play("scenarios/lifecycle/joiner-mover-leaver.toml", &[DEAF]);
    let verdict = play.verdict();
    let of = |text: &str| {
        verdict.checks.iter().find(|check| check.expected == text).expect("it is expected there")
    };
    assert!(of("log.failures = 0").met, "the log is green");
    let worlds = of("worlds = \"agree\"");
    assert!(!worlds.met);
    assert!(worlds.actual.contains("leo") && worlds.actual.contains("mona"), "{}", worlds.actual);
}

#[test]
fn on_demand_needs_its_limit_and_its_search() {
    let file = "scenarios/basics/on-demand.toml";
    bites(file, "entra.policy.on_demand_limit=6", "refused = { contains = \"5 requests");
    bites(file, "user.cat.enabled=true", "refused = { contains = \"the search");
    let at_once = "entra.policy.assignment_replication_delay=0s";
    bites(file, at_once, "ondemand.ben.stopped_at");
}

#[test]
fn group_on_demand_needs_its_limit() {
    let six = "entra.policy.on_demand_members=6";
    bites("scenarios/basics/group-on-demand.toml", six, "refused = { contains");
}

#[test]
fn one_connection_needs_a_link_that_is_kept() {
    let file = "scenarios/matching/one-connection.toml";
    bites(file, "entra.policy.on_missing_target=rematch", "log.last.ann.code");
}

#[test]
fn every_scenario_bites() {
    let own = [
        include_str!("scenarios_bite.rs"),
        include_str!("bugs_bite.rs"),
        include_str!("engine_bites.rs"),
        include_str!("sign_on_bites.rs"),
    ]
    .concat();
    for entry in scimulator::scenario::library::list() {
        let file = format!("scenarios/{}/{}.toml", entry.theme, entry.name);
        assert!(own.contains(&file), "{file} has no override that turns it red");
    }
}

#[test]
fn recycle_bin_needs_a_link_that_survives_the_bin() {
    let off = "entra.policy.soft_delete_retention=2d";
    bites("scenarios/lifecycle/recycle-bin.toml", off, "golinks.account.rosa.active = true");
}

#[test]
fn back_under_another_name_needs_her_own_connection() {
    let file = "scenarios/lifecycle/back-under-another-name.toml";
    bites(file, "entra.mappings.users.update=false", "golinks.account.rosa");
}

#[test]
fn switched_on_again_needs_the_look_before_the_judgement() {
    let off = "entra.policy.read_before_disable=false";
    let file = "scenarios/lifecycle/switched-on-again.toml";
    bites(file, off, "golinks.account.ann.active = false");
}

#[test]
fn changed_by_hand_needs_anchors_that_stay_lost() {
    let off = "entra.policy.on_missing_target=rematch";
    bites("scenarios/matching/changed-by-hand.toml", off, "log.last.eve.code = \"InvalidAnchor\"");
}

#[test]
fn stop_does_not_mean_now_needs_a_cycle_of_minutes() {
    let off = "entra.policy.max_rps=0";
    bites(
        "scenarios/health/stop-does-not-mean-now.toml",
        off,
        "golinks.accounts.total = { min = 100",
    );
}

#[test]
fn the_deletion_stories_need_their_threshold() {
    let off = "entra.delete_threshold=false";
    bites("scenarios/health/deletions-allowed.toml", off, "job.staged = 60");
    bites("scenarios/health/deletions-rejected.toml", off, "golinks.accounts.active = 60");
    bites("scenarios/health/deletions-rejected.toml", off, "worlds = { differ = 60 }");
    bites("scenarios/basics/from-all-to-assigned.toml", off, "golinks.accounts.active = 30");
    bites("scenarios/health/back-in-time.toml", off, "job.staged = 3");
    let reason = "job.quarantine.reason = \"TooManyDeletes\"";
    bites("scenarios/health/another-reason.toml", off, reason);
    let lower = "entra.delete_threshold=3";
    bites("scenarios/health/below-the-threshold.toml", lower, "job.quarantines = 0");
}

#[test]
fn the_stories_of_too_many_failures_need_their_thresholds() {
    let high = "entra.policy.quarantine_min_failures=5000";
    let most = "scenarios/trouble/most-of-them-fail.toml";
    bites(most, high, "job.quarantine.reason");
    bites(most, "entra.policy.initial_cycle_prune=true", "job.quarantine.reason");
    let pruned = "scenarios/trouble/escrows-pruned.toml";
    bites(pruned, high, "job.state = \"Paused\"");
    bites(pruned, "entra.policy.initial_cycle_prune=false", "job.state = \"Paused\"");
    let total = "entra.policy.quarantine_max_total=5";
    bites("scenarios/trouble/half-of-the-managers-fail.toml", total, "job.status = \"Active\"");
}

#[test]
fn the_first_takes_longer_needs_the_model_of_durations() {
    let off = "entra.policy.initial_duration_model=off";
    let file = "scenarios/basics/the-first-takes-longer.toml";
    bites(file, off, "cycle.last.took");
}

#[test]
fn what_the_vendor_quarantines_needs_to_be_given_time() {
    let file = "scenarios/health/quarantined-by-the-vendor.toml";
    let off = "entra.policy={ quarantine_first = '3d', quarantine_second = '4d', \
               quarantine_daily = '5d' }";
    bites(file, off, "job.status = \"Active\"");
}

#[test]
fn no_soft_delete_needs_its_policy() {
    let file = "scenarios/lifecycle/no-soft-delete.toml";
    bites(file, "entra.policy.soft_delete=true", "golinks.account.ada");
}

#[test]
fn nested_groups_need_groups_that_are_nested() {
    let file = "scenarios/scope/nested-groups.toml";
    let flat = "group.department.members=[\"ann\", \"dee\"]";
    bites(file, flat, "golinks.accounts.total = 1");
}

#[test]
fn from_all_to_assigned_needs_accounts_that_are_disabled_out_of_scope() {
    let off = "entra.policy.skip_out_of_scope_deletions=true";
    bites("scenarios/basics/from-all-to-assigned.toml", off, "golinks.accounts.active = 10");
}

#[test]
fn start_small_needs_nested_groups_that_stay_folded() {
    bites(
        "scenarios/basics/start-small.toml",
        "entra.scope=all",
        "golinks.account.cem = { absent = true }",
    );
}

#[test]
fn firewall_needs_an_impatient_client() {
    bites("scenarios/trouble/firewall.toml", "entra.policy.request_timeout=1d", "requests.failed");
}

#[test]
fn nobodys_account_needs_an_answer_that_is_lost() {
    bites(
        "scenarios/trouble/nobodys-account.toml",
        "fault.\"the answer is lost\".until=50ms",
        "worlds",
    );
}

#[test]
fn disable_refused_needs_the_text_for_a_boolean() {
    bites(
        "scenarios/bugs/disable-refused.toml",
        "entra.policy.bool_as_string=false",
        "golinks.account.ann.active = true",
    );
    let file = "scenarios/bugs/disable-refused.toml";
    bites(file, "entra.policy.bool_as_string=false", "log.where");
    bites(file, "entra.policy.bool_as_string=false", "requests.where");
}

#[test]
fn first_mail_needs_a_server_that_creates_nothing() {
    let off = "golinks.quirks.no_create_on_filter_miss=false";
    bites("scenarios/bugs/first-mail.toml", off, "golinks.account.mo.department = \"Warehouse\"");
}

#[test]
fn renamed_in_vain_needs_the_dialect_of_dotted_keys() {
    bites(
        "scenarios/bugs/renamed-in-vain.toml",
        "entra.dialect=classic",
        "golinks.account.ida.name.familyName = \"Novak\"",
    );
}

#[test]
fn deaf_success_needs_a_handler_that_does_nothing() {
    bites(
        "scenarios/bugs/deaf-success.toml",
        "golinks.quirks.patch_noop_200=false",
        "worlds = { differ = [\"vera\"] }",
    );
}

#[test]
fn no_such_user_needs_the_404() {
    bites(
        "scenarios/bugs/no-such-user.toml",
        "golinks.quirks.no_match_404=false",
        "job.status = \"Quarantine\"",
    );
}

#[test]
fn neither_there_nor_not_needs_accounts_that_are_hidden() {
    bites(
        "scenarios/bugs/neither-there-nor-not.toml",
        "golinks.quirks.hide_unmanaged=false",
        "log.last.eva.code",
    );
}

#[test]
fn back_at_the_door_needs_a_door_that_makes_accounts() {
    let off = "golinks.quirks.jit_on_login=false";
    bites("scenarios/bugs/back-at-the-door.toml", off, "golinks.account.ravi.active = true");
}

#[test]
fn a_hard_week_needs_a_tenant_url_that_was_corrected() {
    let off = "golinks.base_path=/scim/v9";
    bites("scenarios/bugs/a-hard-week.toml", off, "golinks.accounts.total = 8");
}

#[test]
fn out_of_seats_needs_seats_that_run_out() {
    bites(
        "scenarios/bugs/out-of-seats.toml",
        "golinks.limits.seats=9",
        "golinks.accounts.total = 3",
    );
}

#[test]
fn attribute_scope_needs_its_filters() {
    bites("scenarios/scope/attribute-scope.toml", "entra.filters=[]", "golinks.accounts.total = 0");
}

#[test]
fn missing_values_needs_a_server_that_requires_them() {
    bites(
        "scenarios/mapping/missing-values.toml",
        "golinks.required=[]",
        "log.last.cher.status = \"failure\"",
    );
}

#[test]
fn placeholder_needs_writes_that_are_carried_out() {
    bites("scenarios/mapping/placeholder.toml", DEAF, "golinks.account.ann");
}

#[test]
fn portal_export_needs_what_was_pasted() {
    bites(
        "scenarios/mapping/portal-export.toml",
        "entra.mappings={ template = \"scim\" }",
        "golinks.account.ann.displayName",
    );
}

#[test]
fn the_unsearchable_attribute_needs_its_quirk() {
    let all = "golinks.profile=generic";
    for (story, fails) in [
        ("scenarios/matching/unsearchable-400.toml", "job.status = \"Quarantine\""),
        ("scenarios/matching/unsearchable-empty.toml", "cycle.last.failed = 10"),
        ("scenarios/matching/unsearchable-all.toml", "job.status = \"Quarantine\""),
    ] {
        let play = play(story, &[all, "golinks.quirks.other_filters=profile"]);
        let failed = play
            .verdict()
            .checks
            .iter()
            .any(|check| !check.met && check.expected.starts_with(fails));
        assert!(failed, "{story}\n{}", report::plain(&play, None));
    }
}

#[test]
fn by_rule_needs_a_rule_that_is_evaluated_in_time() {
    let late = "entra.policy.dynamic_group_eval_delay=2h";
    bites("scenarios/scope/by-rule.toml", late, "golinks.account.bob.active = true");
    let narrow = "group.sales.rule=\"user.department -eq 'nowhere'\"";
    bites("scenarios/scope/by-rule.toml", narrow, "golinks.account.ann.active = true");
}

#[test]
fn a_group_in_the_bin_needs_a_recycle_bin_for_security_groups() {
    let off = "entra.policy.security_group_soft_delete=false";
    let file = "scenarios/lifecycle/a-group-in-the-bin.toml";
    bites(file, off, "golinks.accounts.active = 40");
}

#[test]
fn a_test_application_beside_the_real_one_needs_its_bite() {
    // Out of scope is left alone: nobody's account is taken away.
    bites(
        "scenarios/applications/beside-the-real-one.toml",
        "app.test.policy.skip_out_of_scope_deletions=true",
        "app.test.log.last.bob",
    );
}

#[test]
fn a_sandbox_needs_a_workspace_of_its_own() {
    bites(
        "scenarios/applications/sandbox.toml",
        "app.test.workspace=main",
        "app.test.golinks.account.bob = { absent = true }",
    );
}

#[test]
fn the_tutorial_needs_its_roles_plan_and_filter() {
    let file = "scenarios/basics/tutorial.toml";
    bites(file, "golinks.plan=enterprise", "test.message");
    bites(file, "entra.role=Global Administrator", "refused");
    bites(file, "entra.policy.save_needs_test=false", "refused");
}

#[test]
fn test_connection_needs_a_save_that_is_refused() {
    let off = "entra.policy.save_needs_test=false";
    bites("scenarios/trouble/test-connection.toml", off, "refused");
}

#[test]
fn roles_needs_somebody_without_a_role() {
    let off = "entra.role=Application Administrator";
    bites("scenarios/basics/roles.toml", off, "refused");
}

#[test]
fn client_secret_needs_a_secret_that_ends() {
    let off = "golinks.oauth.secret_expires=never";
    bites("scenarios/health/client-secret.toml", off, "mails.sent");
}

#[test]
fn federation_needs_the_roll_over_and_a_token_a_cycle() {
    let file = "scenarios/health/federation.toml";
    bites(file, "golinks.trust.leeway=1h", "mails.sent = 2");
    bites(file, "golinks.oauth.expires=1h", "requests.tokens = 3");
    bites(file, "entra.auth=bearer", "requests.tokens");
}

#[test]
fn blank_secret_needs_a_server_that_looks_at_it() {
    let off = "entra.secret=golinks-token";
    bites("scenarios/basics/blank-secret.toml", off, "job.quarantine.code");
}

#[test]
fn name_and_people_needs_patches_that_are_carried_out() {
    let file = "scenarios/groups/name-and-people.toml";
    bites(file, DEAF, "golinks.group.design.members = [\"ada\", \"ben\", \"cyd\"]");
    bites(file, "entra.mappings.groups.enabled=false", "golinks.group.design.displayName");
    bites(file, "entra.mappings.groups.delete=false", "golinks.group.design = { absent = true }");
}

#[test]
fn late_member_needs_a_member_who_is_filtered_out() {
    let there = "user.cyd.officeLocation=\"Ulm\"";
    bites("scenarios/groups/late-member.toml", there, "worlds = { differ = [\"design\"] }");
}

#[test]
fn back_from_the_bin_needs_a_server_that_forgets_the_member() {
    let keeps = "entra.policy.soft_delete=true";
    let file = "scenarios/groups/back-from-the-bin.toml";
    bites(file, keeps, "golinks.account.rosa = { absent = true }");
}

#[test]
fn no_groups_here_needs_a_server_without_groups() {
    let file = "scenarios/groups/no-groups-here.toml";
    bites(file, "golinks.capabilities.groups=true", "job.quarantine.reason");
    bites(file, "golinks.groups=empty", "job.quarantine.reason");
}

#[test]
fn one_out_all_out_turns_red_by_its_quirk() {
    let file = "scenarios/groups/one-out-all-out.toml";
    bites(
        file,
        "golinks.quirks.remove_members_ignores_value=true",
        "golinks.group.red.members = 5",
    );
}

#[test]
fn green_log_wrong_world_needs_its_quirk() {
    let file = "scenarios/groups/green-log-wrong-world.toml";
    bites(file, "golinks.quirks.remove_with_value=honour", "worlds = { differ = [\"finance\"] }");
    bites(file, "golinks.quirks.remove_with_value=reject", "log.failures = 0");
}

#[test]
fn restarts_in_one_cycle_needs_links_that_are_dropped() {
    bites(
        "scenarios/trouble/restarts-in-one-cycle.toml",
        "fault.refused={ from = \"24h\", when = { method = \"POST\" }, respond = 500 }",
        "golinks.accounts.active",
    );
}

#[test]
fn unknown_external_id_needs_a_server_that_cannot_search_it() {
    bites("scenarios/bugs/unknown-external-id.toml", "golinks.profile=generic", "job.status");
}

#[test]
fn broken_assignment_needs_the_assigned_scope() {
    bites("scenarios/scope/broken-assignment.toml", "entra.scope=all", "log.last.bob");
}

#[test]
fn left_out_at_reading_needs_a_contractor() {
    let off = "user.cleo.jobTitle=false";
    bites("scenarios/scope/left-out-at-reading.toml", off, "job.execution.imported");
}

#[test]
fn filtered_groups_needs_its_filter() {
    bites("scenarios/groups/filtered-groups.toml", "entra.filters=[]", "golinks.groups.total");
}

#[test]
fn broken_off_needs_a_slow_server() {
    bites("scenarios/trouble/broken-off.toml", "fault.slow.delay=\"10ms\"", "cycle.last.result");
}

#[test]
fn not_the_applications_fault_needs_its_fault() {
    let off = "fault.\"bad node\".until=\"1m\"";
    bites("scenarios/trouble/not-the-applications-fault.toml", off, "log.last.bob");
}

#[test]
fn the_job_is_deleted_needs_the_assigned_scope() {
    // Where all are in scope, the new job finds everybody again.
    bites("scenarios/trouble/the-job-is-deleted.toml", "entra.scope=all", "job.links = 2");
}
