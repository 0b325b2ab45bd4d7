//! Each quirk of the mock is one deviation: which checks tell of it, and which stands first. All
//! others that it fails are told as those that cannot be judged because of it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;

use scimulator::entra::Reply;
use scimulator::verify::{Outcome, Plan, Report, Server, Severity};

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
    ("other_filters = empty", &["find.externalId"]),
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

/// The mock, with something in place of some answers.
struct Partly<F>(Mock, F);

impl<F: Fn(&Request<Bytes>) -> Option<(u16, &'static str)>> Server for Partly<F> {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        match (self.1)(&request) {
            None => self.0.exchange(request),
            Some((status, body)) => {
                let answer = http::Response::builder()
                    .status(status)
                    .header("content-type", "application/scim+json")
                    .body(Bytes::from_static(body.as_bytes()));
                (Ok(answer.expect("a response")), Duration::ZERO)
            }
        }
    }
}

const NOTHING: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;

#[test]
fn searches_that_find_nothing_are_one_cause() {
    let finds = |path: &'static str| {
        move |request: &Request<Bytes>| {
            let query = request.uri().query().unwrap_or_default();
            let hit = request.uri().path().ends_with(path) && query.contains("filter=");
            (hit && request.method() == "GET").then_some((200, NOTHING))
        }
    };
    for (path, told_by, behind) in [
        ("/Groups", "group.find", &["group.find-case", "group.find-external"][..]),
        (
            "/Users",
            "find.userName",
            &["find.case", "find.special", "find.externalId", "find.email"],
        ),
    ] {
        let report = on(&mut Partly(Mock::with(&[]), finds(path)), &plan());
        for id in behind {
            let one = report.checked.iter().find(|one| one.check.id == *id).expect("a check");
            assert_eq!(one.outcome, Outcome::because_of(told_by), "{id}");
        }
        let told = told(&report);
        assert!(told.contains(&told_by), "{path}: {told:?}");
        assert!(!told.iter().any(|id| id.starts_with("life.")), "{path}: {told:?}");
    }
}

/// What is made is answered with one id, and every read with an empty list.
#[test]
fn a_server_that_keeps_nothing_is_told_without_a_false_word() {
    let made = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}"#;
    let server = |request: &Request<Bytes>| {
        Some(if request.method() == "GET" { (200, NOTHING) } else { (201, made) })
    };
    let report = on(&mut Partly(Mock::with(&[]), server), &plan());
    let one = |id: &str| {
        let one = report.checked.iter().find(|one| one.check.id == id).expect("a check");
        (one.finding().map(|found| found.came.clone()).unwrap_or_default(), one.entra_says())
    };
    for id in ["user.fresh", "user.echo", "patch.op-case", "patch.add-scalar", "patch.urn"] {
        let checked = report.checked.iter().find(|one| one.check.id == id).expect("a check");
        assert_eq!(checked.outcome, Outcome::because_of("user.get"), "{id}");
    }
    assert_eq!(one("user.get").0, "200 without a resource");
    let (came, entra) = one("user.dup");
    assert_eq!(came, "201 with the id of the first");
    assert!(entra.starts_with("the log says success, and a user gets the account of another one"));
    assert!(told(&report).len() < 30, "{:?}", told(&report));
}

/// A group loses a member in one race of several.
#[test]
fn a_member_that_is_lost_now_and_then_is_found() {
    struct Loses {
        mock: Mock,
        races: usize,
    }
    impl Server for Loses {
        fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
            self.mock.exchange(request)
        }

        fn at_once(&mut self, mut requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
            let is_race = |one: &Request<Bytes>| {
                one.method() == "PATCH" && one.uri().path().contains("/Groups/")
            };
            if requests.len() == 10 && requests.iter().all(is_race) {
                self.races += 1;
                if self.races == 4 {
                    // The last is answered as the first, and does nothing.
                    requests[9] = requests[0].clone();
                }
            }
            self.mock.at_once(requests)
        }
    }
    let mut server = Loses { mock: Mock::with(&[]), races: 0 };
    let report = on(&mut server, &plan());
    assert_eq!(told(&report), ["member.race"]);
    let one = report.failures()[0];
    let came = &one.finding().expect("it failed").came;
    assert_eq!(came, "members shown: 9; right: 10, 1 missing");
    assert!(one.entra_says().starts_with("the log says success, and a member is missing"));
}

/// What is answered with success and not done is told by the check of the request, and by no life.
#[test]
fn what_is_answered_and_not_done_is_one_cause_and_lives_name_people() {
    type Hits = fn(&Request<Bytes>) -> bool;
    let toys: [(Hits, &[&str]); 2] = [
        (|it| it.method() == "DELETE" && it.uri().path().contains("/Users/"), &["user.delete"]),
        (|it| it.method() == "DELETE" && it.uri().path().contains("/Groups/"), &["group.delete"]),
    ];
    for (hits, wanted) in toys {
        let server = move |request: &Request<Bytes>| hits(request).then_some((204, ""));
        let report = on(&mut Partly(Mock::with(&[]), server), &plan());
        let grave: Vec<&str> = report
            .failures()
            .into_iter()
            .filter(|one| one.severity() > Severity::Info)
            .map(|one| one.check.id)
            .collect();
        assert_eq!(grave, wanted);
    }
    // A life alone, in which nobody is deleted for good: its own words name people.
    let of_life = |request: &Request<Bytes>| {
        let is_life = request.uri().path().contains("/Users/");
        (request.method() == "DELETE" && is_life).then_some((204, ""))
    };
    let only = vec!["life.delete".to_owned()];
    let plan = Plan { only, skip: vec!["user.delete".to_owned()], ..plan() };
    let report = on(&mut Partly(Mock::with(&[]), of_life), &plan);
    let one = report.failures()[0];
    let came = &one.finding().expect("it failed").came;
    assert!(
        came.starts_with("Ann Okafor is deleted for good, and the account still exists"),
        "{came}"
    );
}
