//! The stories of reported bugs turn red when the bug is switched off: one override each, and what
//! must fail then.

use crate::scenarios_bite::bites;

/// Answers every query with an empty list, in the place of a server whose answers cannot be read.
const READABLE: &str = r#"fault.readable={ from = "1d", when = { method = "GET" }, respond = { status = 200, headers = { Content-Type = "application/scim+json" }, body = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}' } }"#;

/// A story, what is switched off, and the beginning of what fails then.
#[rustfmt::skip]
const STORIES: &[[&str; 3]] = &[
    ["scenarios/answers/a-page-that-says-success.toml", READABLE, "job.status = \"Quarantine\""],
    ["scenarios/answers/an-error-without-words.toml", "golinks.required=[]", "log.last.mo.status = \"failure\""],
    ["scenarios/answers/broken-or-wrong.toml", "golinks.quirks.client_errors_as_500=false", "log.last.ann.code = \"InternalServerError\""],
    ["scenarios/answers/nested-below-the-urn.toml", "golinks.quirks.core_nested=false", "requests.patch = 5"],
    ["scenarios/answers/no-resource.toml", READABLE, "job.status = \"Quarantine\""],
    ["scenarios/answers/one-field-too-many.toml", "golinks.quirks.unknown_attribute_refused=false", "golinks.account.ann = { absent = true }"],
    ["scenarios/answers/resources-in-small-letters.toml", "golinks.quirks.list_key=Resources", "log.last.eva.status = \"failure\""],
    ["scenarios/matching/404-for-an-attribute.toml", "golinks.quirks.unknown_filter_404=false", "test.message = { contains = \"404\" }"],
    ["scenarios/matching/a-name-with-quotes.toml", "golinks.quirks.filter_parser=whole", "golinks.group.edu = { absent = true }"],
    ["scenarios/matching/everybody-is-the-answer.toml", "golinks.quirks.filter_ignored=false", "test.result = \"failed\""],
    ["scenarios/matching/found-and-not-there.toml", "golinks.quirks.list_id_differs=false", "log.last.eva.status = \"failure\""],
    ["scenarios/matching/hidden-and-in-the-way.toml", "golinks.quirks.hide_inactive=false", "log.last.nora.action = \"create\""],
    ["scenarios/matching/never-kept.toml", "golinks.quirks.drop_external_id=false", "golinks.account.ann.externalId = { absent = true }"],
    ["scenarios/matching/one-address-for-two.toml", "golinks.quirks.unique_key=userName", "golinks.accounts.active = 2"],
    ["scenarios/matching/other-letters.toml", "golinks.quirks.username_filter_case=fold", "log.last.ben.status = \"failure\""],
    ["scenarios/matching/by-their-address.toml", "golinks.quirks.filter_value_path=profile", "test.result = \"failed\""],
    ["scenarios/lifecycle/the-untried-delete.toml", "golinks.quirks.delete_500=false", "log.last.sam.status = \"failure\""],
    ["scenarios/transport/stopped-at-the-edge.toml", "golinks.quirks.require_user_agent=false", "test.result = \"failed\""],
    ["scenarios/transport/everybody-is-counted.toml", "fault.\"everybody is counted\".delay=\"1s\"", "test.result = \"failed\""],
    ["scenarios/matching/renamed-and-gone.toml", "golinks.quirks.rename_deletes=false", "golinks.accounts.active = 3"],
    ["scenarios/matching/the-first-fifty.toml", "golinks.quirks.lookup_cap=0", "log.last.eva.action = \"create\""],
    ["scenarios/matching/the-wrong-group.toml", "golinks.quirks.group_filter=applied", "golinks.groups.total = 1"],
    ["scenarios/matching/two-into-one.toml", "entra.policy.on_shared_target=fail_second", "golinks.account.ann.name.familyName = \"Adeyemi\""],
    ["scenarios/members/added-again.toml", "golinks.quirks.readd_member=accept", "log.last.sales.status = \"failure\""],
    ["scenarios/members/cut-to-a-hundred.toml", "golinks.quirks.member_read_cap=0", "golinks.group.everyone.members = { max = 100 }"],
    ["scenarios/members/gone-already.toml", "golinks.quirks.remove_missing_member_404=false", "log.last.sales.status = \"failure\""],
    ["scenarios/members/left-out-in-silence.toml", "golinks.quirks.unknown_member=400", "log.last.sales.status = \"success\""],
    ["scenarios/members/no-type-no-member.toml", "golinks.quirks.member_type_required=false", "golinks.group.sales.members = 0"],
    ["scenarios/members/not-even-empty.toml", "entra.policy.empty_members_in_create=false", "golinks.group.sales = { absent = true }"],
    ["scenarios/members/renamed-and-empty.toml", "golinks.quirks.replace_defaults_members_empty=false", "golinks.group.sales.members = 0"],
    ["scenarios/members/shown-unasked.toml", "golinks.quirks.ignore_excluded_attributes=false", "golinks.group.everyone.displayName = \"Everyone\""],
    ["scenarios/members/the-last-one-stays.toml", "entra.policy.member_update=add", "golinks.group.sales.members = 1"],
    ["scenarios/members/two-at-once.toml", "golinks.quirks.member_lost_update=false", "golinks.group.sales.members = { min = 1, max = 5 }"],
    ["scenarios/members/which-one-is-it.toml", "golinks.quirks.unknown_member=drop", "log.last.sales.status = \"failure\""],
    ["scenarios/patch/a-list-of-one.toml", "golinks.quirks.patch_value_must_be_list=false", "golinks.account.ida.name.familyName = \"Novak\""],
    ["scenarios/patch/add-needs-a-path.toml", "golinks.quirks.require_path=false", "golinks.account.mo.department = { absent = true }"],
    ["scenarios/patch/add-where-something-is.toml", "golinks.quirks.no_add_on_scalars=false", "log.last.ann.status = \"failure\""],
    ["scenarios/patch/capital-letters.toml", "golinks.quirks.strict_op_case=true", "golinks.account.ann.active = false"],
    ["scenarios/patch/five-addresses.toml", "golinks.quirks.filtered_add_multiplies=false", "golinks.account.mo.addresses[locality eq \"Lagos\" and region eq \"Lagos State\"].locality = { absent = true }"],
    ["scenarios/patch/no-filters-in-paths.toml", "golinks.quirks.value_path=supported", "golinks.account.ann.name.familyName = \"Okafor\""],
    ["scenarios/patch/nothing-to-change.toml", "golinks.quirks.noop_patch_is_400=false", "log.last.ann.status = \"failure\""],
    ["scenarios/patch/only-active.toml", "golinks.quirks.patch_only_active=false", "golinks.account.ida.name.familyName = \"Novak\""],
    ["scenarios/patch/only-into-an-empty-list.toml", "golinks.quirks.filter_create_only_if_empty=false", "golinks.account.mo.addresses[type eq \"work\"].locality = { absent = true }"],
    ["scenarios/patch/stored-in-pieces.toml", "golinks.quirks.urn_stored_mangled=false", "golinks.account.ann.department = \"Sales\""],
    ["scenarios/patch/stored-literally.toml", "golinks.quirks.dotted_keys=expand", "golinks.account.ida.name.familyName = \"Novak\""],
    ["scenarios/patch/the-dot-in-two-point-zero.toml", "golinks.quirks.urn_path_split_at_dot=false", "golinks.account.ann.department = \"Sales\""],
    ["scenarios/patch/urns-applied-by-nobody.toml", "golinks.quirks.urn_paths_ignored=false", "golinks.account.ann.department = \"Sales\""],
    ["scenarios/values/a-null-too-many.toml", "golinks.quirks.null_is_invalid=false", "golinks.group.sales.members = 0"],
    ["scenarios/values/a-second-role.toml", "golinks.quirks.strict_filter_types=false", "golinks.account.ann.roles[value eq \"viewer\"].value = \"viewer\""],
    ["scenarios/values/an-echo-that-cannot-be-read.toml", "entra.policy.answer_shape=lenient", "log.last.ann.status = \"failure\""],
    ["scenarios/values/false-kept-as-text.toml", "golinks.quirks.active_as_text=false", "golinks.account.ann.active = false"],
    ["scenarios/values/in-the-wrong-place.toml", "golinks.quirks.manager_at_top_level=false", "requests.patch = 2"],
    ["scenarios/values/json-in-a-text.toml", "golinks.quirks.roles_must_be_objects=false", "log.last.ann.status = \"failure\""],
    ["scenarios/values/manager-as-text.toml", "golinks.quirks.manager_must_be_object=true", "log.failures = 0"],
    ["scenarios/values/never-back.toml", "golinks.quirks.reactivate_unsupported=false", "golinks.account.nora.active = false"],
    ["scenarios/values/shown-and-not-meant.toml", "golinks.quirks.active_always_true=false", "golinks.account.ann.active = true"],
    ["scenarios/values/two-roles.toml", "entra.policy.several_roles=first", "log.last.ann.status = \"failure\""],
    ["scenarios/matching/an-address-held-twice.toml", "golinks.account.second.emails=[]", "log.last.ann.status = \"failure\""],
    ["scenarios/answers/what-nobody-minds.toml", "golinks.quirks.no_match_404=true", "golinks.group.sales.members = [\"ada\", \"ben\"]"],
    ["scenarios/members/local-roles-lost.toml", "golinks.quirks.group_update_drops_local=false", "golinks.group.sales.urn:golinks:1.0:Group:role = { absent = true }"],
    ["scenarios/transport/too-long-to-be-saved.toml", "entra.policy.secret_limit=0", "refused = { contains = \"too long to be saved\" }"],
    ["scenarios/transport/no-patch-at-all.toml", "golinks.quirks.patch_unsupported=false", "golinks.account.ann.active = true"],
    ["scenarios/transport/basic-alone.toml", "golinks.auth=none", "test.result = \"failed\""],
    ["scenarios/transport/names-in-another-case.toml", "golinks.quirks.case_sensitive_names=false", "golinks.account.ann.name.givenName = { absent = true }"],
    ["scenarios/lifecycle/on-demand-speaks-otherwise.toml", "entra.policy.on_demand_dialect=as_set", "ondemand.ida.result = \"Failure\""],
    ["scenarios/lifecycle/purged-before-anybody-looked.toml", "entra.policy.hard_delete_within_cycle=delete", "golinks.account.ann.active = true"],
    ["scenarios/lifecycle/purged-before-anybody-looked.toml", "entra.policy.hard_delete_within_cycle=delete", "exposure.ann = "],
    ["scenarios/lifecycle/inactive-already.toml", "golinks.quirks.inactive_is_readonly=false", "log.last.nora.status = \"failure\""],
    ["scenarios/health/green-rows-and-a-quarantine.toml", READABLE, "job.quarantine.reason"],
    ["scenarios/lifecycle/new-identities.toml", "golinks.quirks.forget_on_disconnect=false", "cycle.last.created = 5"],
    ["scenarios/lifecycle/another-name-in-the-bin.toml", "golinks.sso.jit=false", "log.last.rosa.status = \"failure\""],
    ["scenarios/mapping/by-their-whole-names.toml", "entra.mappings.users.change=[]", "golinks.account.ann.nickName = \"ann.okafor\""],
    ["scenarios/mapping/not-in-the-create.toml", "user.ben.country=\"Nigeria\"", "requests.patch = 0"],
    ["scenarios/mapping/a-dot-for-a-colon.toml", "user.ann.extensionAttribute1=false", "log.last.ann.action = \"update\""],
    ["scenarios/mapping/roles-of-its-own.toml", "user.ann.assigned=\"Auditor\"", "golinks.account.ann.userType = \"administrator\""],
    ["scenarios/mapping/a-badge-of-her-own.toml", "entra.mappings.users.change=[]", "golinks.account.ann.title = \"4711\""],
    ["scenarios/mapping/twenty-two-rows.toml", "entra.mappings.template=\"golinks\"", "golinks.account.ann.phoneNumbers[type eq \"fax\"].value = \"+234 1 0000001\""],
    ["scenarios/trouble/while-it-is-down.toml", "fault.outage.for=\"1h\"", "job.status = \"Quarantine\""],
    ["scenarios/health/without-a-gap.toml", "golinks.token.expires=\"1d 1h\"", "cycle.failed = 0"],
    ["scenarios/basics/people-from-a-sheet.toml", "people.assigned=false", "golinks.accounts.total = 2"],
];

#[test]
fn the_stories_of_bugs_need_their_bugs() {
    for [file, off, fails] in STORIES {
        bites(file, off, fails);
    }
}
