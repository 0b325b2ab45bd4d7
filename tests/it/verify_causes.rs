//! Each quirk of the mock is one deviation: which checks tell of it, and which stands first. All
//! others that it fails are told as those that cannot be judged because of it.

use scimulator::verify::{Outcome, Plan, Report};

use crate::verify::{Mock, on, plan, quirks};

/// A quirk, and the failures that are told of it, the one first that names the cause.
const TOLD: &[(&str, &[&str])] = &[
    ("strict_booleans", &["active.text", "user.create-roles-text"]),
    ("strict_op_case", &["patch.op-case"]),
    ("no_add_on_scalars", &["patch.add-scalar"]),
    ("reactivate_unsupported", &["active.on"]),
    ("active_always_true", &["active.bool"]),
    ("strict_filter_types", &["role.replace"]),
    ("roles_must_be_objects", &["role.replace"]),
    ("manager_must_be_object = true", &["mgr.bare"]),
    ("manager_must_be_object = 500", &["mgr.bare"]),
    ("manager_at_top_level", &["mgr.shape"]),
    ("manager_echo_string", &["mgr.shape"]),
    ("null_is_invalid", &["user.create-nulls"]),
    ("member_ref_null_in_match", &["member.remove-c"]),
    ("no_create_on_filter_miss", &["patch.filtered-new"]),
    ("filter_create_only_if_empty", &["patch.filtered-new"]),
    ("value_path = unsupported", &["patch.filtered"]),
    ("remove_with_value_sets", &["patch.remove-value"]),
    ("urn_path_split_at_dot", &["patch.urn"]),
    ("urn_stored_mangled", &["patch.urn", "patch.pathless"]),
    ("dotted_keys = ignore", &["patch.pathless"]),
    ("dotted_keys = literal", &["patch.pathless"]),
    ("require_path", &["patch.pathless-add"]),
    ("noop_patch_is_400", &["patch.nothing"]),
    ("patch_noop_200", &["patch.op-case"]),
    ("patch_value_must_be_list", &["patch.op-case"]),
    ("remove_members_ignores_value", &["member.remove-c"]),
    ("remove_with_value = reject", &["member.remove-c"]),
    ("remove_with_value = ignore", &["member.remove-c"]),
    ("remove_members_ignores_filter", &["member.remove-k"]),
    ("replace_defaults_members_empty", &["group.pathless"]),
    ("replace_members_adds", &["member.replace"]),
    ("member_lost_update", &["member.race"]),
    ("readd_member = 409", &["member.add-again"]),
    ("readd_member = duplicate", &["member.add-again"]),
    ("remove_missing_member_404", &["member.remove-gone"]),
    ("unknown_member = 404", &[]),
    ("unknown_member = 500", &["member.unknown"]),
    ("unknown_member = drop", &[]),
    ("member_type_required", &["member.add"]),
    ("group_filter = ignored", &["group.find-none"]),
    ("group_filter = first", &["group.find-none", "page.groups"]),
    ("filter_parser = naive_split", &["find.special", "find.email", "find.and"]),
    ("filter_parser = no_escape", &["find.quote"]),
    ("filter_parser = ascii", &["find.special"]),
    ("ignore_excluded_attributes", &["group.exclude-list"]),
    ("member_read_cap", &["member.add-many"]),
    ("empty_members_rejected", &["group.create"]),
    ("group_patch_response = echo", &["group.answer"]),
    ("group_patch_response = 200_members", &["group.answer"]),
    ("group_update_drops_local", &[]),
    ("no_match_404", &["probe.user"]),
    ("other_filters = empty", &["find.externalId", "find.email", "group.find-external"]),
    ("other_filters = all", &["find.externalId"]),
    ("other_filters = 400", &["find.externalId"]),
    ("other_filters = 501", &["find.externalId"]),
    ("filter_value_path = unsupported", &["find.email"]),
    ("username_filter_case = exact", &["find.case"]),
    ("username_unique_case = exact", &["user.dup-case"]),
    ("unique_key = email", &["user.shared-email"]),
    ("conflict_without_scimtype", &["user.dup-type"]),
    ("hide_unmanaged", &[]),
    ("lookup_cap", &["find.last"]),
    ("drop_external_id", &["user.echo"]),
    ("rename_deletes", &["patch.userName"]),
    ("id_is_username", &["patch.userName"]),
    ("response = no_schemas", &["find.shape", "user.shape"]),
    ("response = wrong_types", &["probe.user", "user.echo", "x.etag"]),
    ("response = html", &["probe.user"]),
    ("integer_ids", &["user.create"]),
    ("list_id_differs", &["find.userName"]),
    ("list_key = resources", &["find.shape"]),
    ("start_index_base = 0", &["page.users"]),
    ("list_schema = wrong", &["find.shape"]),
    ("total_results = page", &["page.users", "page.per-page"]),
    ("paging_required", &["page.count0"]),
    ("require_user_agent", &["net.reach"]),
    ("accepts_media = application/json", &["user.create"]),
    ("get_requires_content_type", &["probe.user"]),
    ("reply_media = application/json", &["net.media-success"]),
    ("strict_slashes", &["base.slash"]),
    ("patch_unsupported", &["patch.op-case"]),
    ("client_errors_as_500", &["user.dup"]),
    ("error_body = object_detail", &["net.media-error"]),
    ("error_body = text", &["net.media-error"]),
    ("delete_500", &["user.delete"]),
    ("inactive_is_readonly", &["active.twice"]),
    ("forget_on_disconnect", &[]),
    ("jit_on_login", &[]),
    ("adopt_by_mail", &[]),
    ("hide_inactive", &["find.disabled"]),
    ("unknown_attribute_refused", &["user.create-unknown"]),
    ("core_nested", &["user.echo"]),
    ("unknown_filter_404", &["find.unsupported"]),
    ("case_sensitive_names", &["user.create-case"]),
    ("members_immutable", &["member.replace"]),
    ("filtered_add_multiplies", &["patch.filtered-several"]),
    ("put_keeps_extensions", &["x.put"]),
    ("list_without_members", &["group.list-members"]),
    ("count_zero_ignored", &["page.count0"]),
    ("wrong_location", &["user.location"]),
    ("active_as_text", &["active.text"]),
    ("urn_paths_ignored", &["patch.urn", "patch.pathless"]),
    ("members_shown_empty", &["group.exclude-list"]),
    ("filter_ignored", &["find.ignored"]),
    ("patch_only_active", &["patch.op-case"]),
    ("reads_lag", &["user.fresh"]),
];

fn told(report: &Report) -> Vec<&'static str> {
    report.failures().iter().map(|one| one.check.id).collect()
}

#[test]
fn each_deviation_is_told_by_the_check_that_names_it_and_by_no_other() {
    let mut wrong = Vec::new();
    for (named, path, value) in quirks() {
        let report = on(&mut Mock::with(&[(&path, value)]), &plan());
        let ids = told(&report);
        let pinned = TOLD.iter().find(|(quirk, _)| *quirk == named).map_or(&[][..], |row| row.1);
        if ids != pinned {
            wrong.push(format!("(\"{named}\", &{ids:?}),"));
        }
        // What is said to rest on a failure rests on one that is told.
        for one in &report.checked {
            let rests = |id: &&str| one.outcome == Outcome::because_of(id);
            let is_because = match &one.outcome {
                Outcome::CannotTell(why) => why.starts_with("because of "),
                _ => false,
            };
            if is_because && !ids.iter().any(rests) {
                wrong.push(format!("{named}: {} {:?}", one.check.id, one.outcome));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(TOLD.len(), quirks().len());
}

#[test]
fn a_cause_that_was_not_asked_for_is_told_all_the_same() {
    let one = |name: &str, only: &str, skip: &[&str]| {
        let (_, path, value) = quirks().into_iter().find(|one| one.0 == name).expect("a quirk");
        let skip = skip.iter().map(|name| (*name).to_owned()).collect();
        let plan = Plan { only: vec![only.to_owned()], skip, ..plan() };
        told(&on(&mut Mock::with(&[(&path, value)]), &plan))
    };
    assert_eq!(one("drop_external_id", "find.externalId", &[]), ["user.echo"]);
    assert_eq!(one("manager_echo_string", "mgr.bare", &[]), ["mgr.shape"]);
    // What is left out is left out.
    assert_eq!(one("drop_external_id", "find.externalId", &["user.echo"]), [""; 0]);
}
