//! What `swarm` finds of the mock's quirks: each value of each is shown by a life, or listed with
//! the reason why none shows it.

use std::time::Duration;

use scimulator::app::swarm::{Player, ShrinkLimits, SwarmPlan, SwarmTotals, swarm};
use scimulator::base::Kind;
use scimulator::scenario::Override;
use scimulator::swarm::results::Planned;

use crate::swarm::{SEEDS, plan};
use crate::verify::quirks;

/// Each value of a quirk that a life shows: the first seed that does, and what it fails by.
#[rustfmt::skip]
const SHOWN: &[(&str, u64, &str)] = &[
    ("adopt_by_mail", 2, "accounts.taken-over"),
    ("ignore_excluded_attributes", 6, "group.differs"),
    ("member_ref_null_in_match", 6, "group.holds"),
    ("remove_with_value = reject", 6, "group.holds"),
    ("remove_with_value = ignore", 6, "group.holds"),
    ("remove_missing_member_404", 72, "group.holds"),
    ("null_is_invalid", 6, "group.lacks"),
    ("member_type_required", 6, "group.lacks"),
    ("readd_member = 409", 10, "group.lacks"),
    ("remove_members_ignores_value", 29, "group.lacks"),
    ("member_read_cap", 29, "group.lacks"),
    ("remove_members_ignores_filter", 41, "group.lacks"),
    ("replace_defaults_members_empty", 41, "group.lacks"),
    ("group_filter = ignored", 18, "group.missing"),
    ("group_filter = first", 18, "group.missing"),
    ("filter_create_only_if_empty", 19, "user.inactive"),
    ("strict_op_case", 1, "user.differs"),
    ("no_create_on_filter_miss", 1, "user.differs"),
    ("value_path = unsupported", 1, "user.differs"),
    ("urn_path_split_at_dot", 1, "user.differs"),
    ("urn_stored_mangled", 1, "user.differs"),
    ("patch_noop_200", 1, "user.differs"),
    ("patch_value_must_be_list", 1, "user.differs"),
    ("username_filter_case = exact", 1, "user.differs"),
    ("hide_unmanaged", 1, "user.differs"),
    ("drop_external_id", 1, "user.differs"),
    ("list_id_differs", 1, "user.differs"),
    ("list_key = resources", 1, "user.differs"),
    ("patch_unsupported", 1, "user.differs"),
    ("urn_paths_ignored", 1, "user.differs"),
    ("patch_only_active", 1, "user.differs"),
    ("manager_must_be_object = true", 2, "user.differs"),
    ("manager_must_be_object = 500", 2, "user.differs"),
    ("manager_echo_string", 2, "user.differs"),
    ("dotted_keys = ignore", 2, "user.differs"),
    ("dotted_keys = literal", 2, "user.differs"),
    ("filter_parser = naive_split", 2, "user.differs"),
    ("other_filters = all", 2, "user.differs"),
    ("other_filters = 400", 2, "user.differs"),
    ("other_filters = 501", 2, "user.differs"),
    ("reads_lag", 2, "user.differs"),
    ("lookup_cap", 38, "user.differs"),
    ("reactivate_unsupported", 1, "user.inactive"),
    ("active_as_text", 13, "user.inactive"),
    ("hide_inactive", 19, "user.inactive"),
    ("require_path", 38, "user.inactive"),
    ("no_match_404", 1, "user.missing"),
    ("rename_deletes", 1, "user.missing"),
    ("response = no_schemas", 1, "user.missing"),
    ("response = wrong_types", 1, "user.missing"),
    ("response = html", 1, "user.missing"),
    ("list_schema = wrong", 1, "user.missing"),
    ("require_user_agent", 1, "user.missing"),
    ("accepts_media = application/json", 1, "user.missing"),
    ("get_requires_content_type", 1, "user.missing"),
    ("reply_media = application/json", 1, "user.missing"),
    ("filter_ignored", 1, "user.missing"),
    ("unique_key = email", 2, "user.missing"),
    ("unknown_attribute_refused", 2, "user.missing"),
    ("filtered_add_multiplies", 19, "user.multiplied"),
    ("strict_booleans", 1, "user.still-active"),
    ("active_always_true", 1, "user.still-active"),
    ("id_is_username", 1, "user.still-active"),
    ("delete_500", 20, "user.still-exists"),
];

/// Each value of a quirk that no life shows, and why not.
#[rustfmt::skip]
const UNSEEN: &[(&str, &str)] = &[
    ("no_add_on_scalars", "a value that is there is replaced; only a server that hides it is sent an `add`"),
    ("strict_filter_types", "no row of a life has a path that compares a Boolean"),
    ("roles_must_be_objects", "everybody keeps one role, which a create sends as an object"),
    ("manager_at_top_level", "what is kept is right: the same PATCH comes again and does no harm"),
    ("remove_with_value_sets", "the engine takes no value away (B14)"),
    ("noop_patch_is_400", "the engine sends what differs, and nothing else"),
    ("replace_members_adds", "the engine adds and removes members, and replaces none"),
    ("member_lost_update", "no two requests about one group arrive at one instant"),
    ("readd_member = duplicate", "an answer shows the member twice; what is kept has it once"),
    ("unknown_member = 404", "such a member is refused without the quirk too, by a 400"),
    ("unknown_member = 500", "as with 404"),
    ("unknown_member = drop", "such a member has no account, and should be in no group"),
    ("filter_parser = no_escape", "no name that is looked up has a quotation mark or a backslash"),
    ("filter_parser = ascii", "no name that is looked up has an accent"),
    ("empty_members_rejected", "a group is created without the attribute, not with an empty list"),
    ("group_patch_response = echo", "the engine does not read the answer to a change of a group"),
    ("group_patch_response = 200_members", "as with `echo`"),
    ("group_update_drops_local", "no life writes a group past SCIM"),
    ("other_filters = empty", "users are looked up by userName and groups by displayName; a manager is set once more"),
    ("filter_value_path = unsupported", "users are looked up by userName"),
    ("username_unique_case = exact", "the directory has no two users whose names differ in letters alone, and the engine looks a name up before it creates"),
    ("conflict_without_scimtype", "the engine goes by the status"),
    ("integer_ids", "the engine takes an id as a text"),
    ("start_index_base = 0", "a list that answers a search has one page"),
    ("total_results = page", "as with `start_index_base`"),
    ("paging_required", "the engine asks for no list without a filter"),
    ("strict_slashes", "the tenant URL of a life ends in no slash"),
    ("client_errors_as_500", "what was refused is tried again whatever the status, and goes through when its cause is gone"),
    ("error_body = object_detail", "the engine goes by the status, not by the words"),
    ("error_body = text", "as with `object_detail`"),
    ("inactive_is_readonly", "the engine writes to an inactive account only to enable it"),
    ("forget_on_disconnect", "no life replaces the token at the server"),
    ("jit_on_login", "nobody signs in in a life"),
    ("core_nested", "what is kept is right: the same PATCH comes again and does no harm"),
    ("unknown_filter_404", "no filter of the engine names an attribute that is unknown"),
    ("case_sensitive_names", "the engine writes names as the schema has them"),
    ("members_immutable", "the engine adds and removes members, and replaces none"),
    ("put_keeps_extensions", "the engine sends no PUT"),
    ("list_without_members", "the engine reads no member back"),
    ("count_zero_ignored", "the engine asks for no count"),
    ("wrong_location", "the engine follows no `Location`"),
    ("members_shown_empty", "the engine reads no member back"),
];

/// How many lives are tried in vain.
const IN_VAIN: u64 = 2;

fn played(set: &Override, from: u64, to: u64) -> SwarmTotals {
    let out = tempfile::tempdir().expect("a folder");
    let player = Player { overrides: vec![set.clone()], server: None };
    let limits = ShrinkLimits { tries: 0, time: Duration::ZERO };
    let all = plan(out.path(), to);
    // One at a time, so that no more lives are played than are needed.
    let planned = Planned { from, ..all.planned };
    let plan = SwarmPlan { limits, planned, jobs: 1, ..all };
    swarm(&player, &plan).expect("files can be written")
}

#[test]
fn each_value_of_each_quirk_is_found_or_listed_with_the_reason() {
    let page = include_str!("../../docs/swarm.md");
    let mut wrong = Vec::new();
    for (named, path, value) in quirks() {
        let value = match &value.kind {
            Kind::Text(word) => word.clone(),
            Kind::Integer(number) => number.to_string(),
            _ => "true".to_owned(),
        };
        let set = Override::parse(&format!("golinks.{}={value}", path.join(".")));
        let set = set.expect("a setting");
        let shown = SHOWN.iter().find(|(name, ..)| *name == named);
        let unseen = UNSEEN.iter().find(|(name, _)| *name == named);
        match (shown, unseen) {
            (Some((_, first, check)), None) => {
                // Where lives have changed, a later one may be the first.
                let totals = played(&set, *first, SEEDS);
                if !totals.failed.keys().any(|failed| failed.starts_with(check)) {
                    wrong.push(format!("{named} is not found by {check}: {:?}", totals.failed));
                }
            }
            (None, Some((_, why))) => {
                let totals = played(&set, 1, IN_VAIN);
                if !totals.failed.is_empty() {
                    wrong.push(format!("{named} is found, though {why}: {:?}", totals.failed));
                }
                let row = format!("| `{named}` | {why} |");
                if !page.contains(&row) {
                    wrong.push(format!("docs/swarm.md does not say {row}"));
                }
            }
            _ => wrong.push(format!("{named} stands in one of the two lists")),
        }
    }
    let named: Vec<String> = quirks().into_iter().map(|(named, ..)| named).collect();
    let listed = SHOWN.iter().map(|it| it.0).chain(UNSEEN.iter().map(|it| it.0));
    wrong.extend(
        listed
            .filter(|it| !named.iter().any(|name| name == it))
            .map(|it| format!("{it} is no quirk")),
    );
    assert_eq!(wrong, Vec::<String>::new());
}
