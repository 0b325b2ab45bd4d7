//! What holds for every request: tokens, paths, headers, errors, pages.

use super::*;
use crate::entra::job::ScheduleState;

#[test]
fn a_request_needs_a_token_and_is_refused_in_the_envelope() {
    let mut world = world(&[]);
    let answered = ask_with(&mut world, "GET /users", &[("client-request-id", "mine")]);
    assert_eq!(answered.status, 401);
    let error = &answered.body["error"];
    assert_eq!(
        (&error["code"], &error["message"]),
        (&json!("InvalidAuthenticationToken"), &json!("Access token is empty."))
    );
    let inner = &error["innerError"];
    assert_eq!(
        (&inner["date"], &inner["client-request-id"]),
        (&json!("2026-03-02T08:00:00"), &json!("mine"))
    );
    let head = answered.response.headers();
    assert_eq!(head["request-id"].to_str().ok(), inner["request-id"].as_str());
    assert_eq!(
        (head["client-request-id"].as_bytes(), head["odata-version"].as_bytes()),
        (&b"mine"[..], &b"4.0"[..])
    );
    assert!(head["content-type"].to_str().is_ok_and(|kind| kind.starts_with("application/json")));
}

#[test]
fn paths_that_lead_nowhere_and_wrong_methods_have_the_vendors_words() {
    let mut world = world(&[]);
    for (text, status, expected) in [
        ("GET /userz", 400, "BadRequest: Resource not found for the segment 'userz'."),
        ("GET /users/x/mangler", 400, "BadRequest: Resource not found for the segment 'mangler'."),
        (
            "PUT /users",
            405,
            "Request_BadRequest: Specified HTTP method is not allowed for the request target.",
        ),
        ("GET /", 400, "BadRequest: Resource not found for the segment ''."),
    ] {
        assert_eq!(refusal(&mut world, status, text), expected);
    }
}

#[test]
fn all_spellings_of_a_path_reach_the_same_handler() {
    let mut world = world(&[]);
    let expected = id_of(&world, "ann");
    for path in [
        "//users/ann.example@contoso.example",
        "/users/ann.example%40contoso.example/",
        "/Users/ANN.EXAMPLE@contoso.example",
        "/users('ann.example@contoso.example')",
    ] {
        assert_eq!(body(&mut world, 200, &format!("GET {path}"))["id"], json!(expected), "{path}");
    }
}

#[test]
fn pages_are_linked_absolutely_and_cover_everything_once() {
    let mut world = world(&[]);
    let first = body(&mut world, 200, "GET /users?$top=2&$select=displayName");
    let mut names = each(&first, "displayName");
    let next = follow(&first, "@odata.nextLink");
    let second = body(&mut world, 200, &next);
    names.extend(each(&second, "displayName"));
    let last = body(&mut world, 200, &follow(&second, "@odata.nextLink"));
    names.extend(each(&last, "displayName"));
    assert!(last.get("@odata.nextLink").is_none(), "{last}");
    assert_eq!(names, PEOPLE.map(|name| format!("{name} Example")));
    assert_eq!(
        refusal(&mut world, 400, "GET /users?$skiptoken=AAAA"),
        "BadRequest: Invalid $skiptoken: it was not made by this service."
    );
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let answers = || {
        let mut world = world(&[]);
        let first = ask(&mut world, "GET /users");
        let second = ask(&mut world, "GET /users/nobody");
        (first.response.headers().clone(), first.body, second.body)
    };
    assert_eq!(answers(), answers());
}

#[test]
fn a_token_with_few_permissions_reads_what_they_allow() {
    let mut setup = setup(&[]);
    let mut problems = Problems::default();
    let job = setup.entra.job_mut();
    let mut events = Vec::new();
    let mut moment = Moment::new(start(), Seed(7), &mut events);
    job.set(&["graph"], &node("{ permissions = ['User.Read.All'] }"), &mut moment, &mut problems);
    assert!(!problems.has_errors(), "{:?}", problems.list());
    let mut world = World::new(setup);
    assert_eq!(body(&mut world, 200, "GET /users")["value"].as_array().map(Vec::len), Some(5));
    // One's own profile needs no more than `User.Read`.
    let own = crate::entra::graph::Area::OwnProfile.needs(false);
    assert!(own.contains(&["User.Read"].as_slice()));
    let ann = id_of(&world, "ann");
    assert_eq!(
        refusal(&mut world, 403, &format!("DELETE /users/{ann}")),
        "Authorization_RequestDenied: Insufficient privileges to complete the operation."
    );
}

#[test]
fn a_role_is_asked_of_a_client_in_a_users_name_and_not_of_an_application_by_itself() {
    for (role, may) in [("Global Reader", false), ("Application Owner", true)] {
        let mut world = world(&[]);
        act(&mut world, &format!("{{ set = {{ entra.role = '{role}' }} }}"));
        let (sp, ann) = (principal(&mut world), id_of(&world, "ann"));
        let user = world.entra().tenant().user_named("ann").ok();
        let secrets = |all: bool| {
            let pair = json!({ "value": [{ "key": "SyncAll", "value": all.to_string() }] });
            format!("PUT {sp}/synchronization/secrets\n{pair}")
        };
        let patch = |tag: &str| format!("PATCH {sp}\n{{\"tags\":[\"{tag}\"]}}");
        let audited = |world: &World| world.entra().job().audit().count();
        let before = audited(&world);
        for text in [secrets(true), patch("seen")] {
            let caller = Caller { user, ..Caller::script(Seed(7)) };
            let answered = ask_as(&mut world, &text, caller);
            assert_eq!(answered.status, if may { 204 } else { 403 }, "{text}: {}", answered.body);
        }
        let row = world.entra().job().audit().rows().next_back().expect("a row").clone();
        assert_eq!((audited(&world), row.refused.is_none()), (before + 1, may));
        assert_eq!(row.actor_name(), "ann Example");
        // By itself the application has its permissions, and so has a script.
        body(&mut world, 204, &secrets(false));
        body(&mut world, 204, &patch("by itself"));
        let put = "/servicePrincipals/{main}/synchronization/secrets";
        let pair = "{ value = [{ key = 'SyncAll', value = 'true' }] }";
        act(&mut world, &format!("{{ graph = {{ put = '{put}', body = {pair} }} }}"));
        act(
            &mut world,
            "{ graph = { patch = '/servicePrincipals/{main}', body = { notes = 'x' } } }",
        );
        act(
            &mut world,
            "{ graph = { patch = '/users/{ann}', body = { department = 'Research' } } }",
        );
        let row = world.entra().job().audit().rows().next_back().expect("a row").clone();
        assert_eq!((row.refused.as_deref(), row.actor_name()), (None, "Graph client"));
        let rows = body(&mut world, 200, "GET /auditLogs/directoryAudits?$top=1");
        assert_eq!(rows["value"][0]["initiatedBy"]["app"]["displayName"], "Graph client");
        assert_eq!(rows["value"][0]["targetResources"][0]["id"], json!(ann));
    }
}

#[test]
fn a_change_in_the_directory_names_its_properties() {
    let mut world = world(&[]);
    for (text, name, old, new) in [
        (
            "{ update = { ann = { department = 'Research' } } }",
            "department",
            "[\"Sales\"]",
            "[\"Research\"]",
        ),
        ("{ update = { ann = { manager = 'bob' } } }", "Manager", "-", "[\"bob\"]"),
        ("{ disable = 'ann' }", "AccountEnabled", "[true]", "[false]"),
        (
            "{ graph = { patch = '/servicePrincipals/{main}', body = { notes = 'x' } } }",
            "notes",
            "-",
            "-",
        ),
    ] {
        act(&mut world, text);
        let rows = body(&mut world, 200, "GET /auditLogs/directoryAudits?$top=1");
        let property = rows["value"][0]["targetResources"][0]["modifiedProperties"][0].clone();
        let value = |key: &str| property[key].as_str().unwrap_or("-").to_owned();
        let told = ["displayName", "oldValue", "newValue"].map(value);
        assert_eq!(told, [name, old, new], "{text}");
    }
}

#[test]
fn a_job_has_the_name_of_its_application_in_a_path() {
    let mut world = world(&[]);
    let jobs = "/servicePrincipals/{main}/synchronization/jobs/{main}";
    act(&mut world, &format!("{{ graph = {{ post = '{jobs}/start' }} }}"));
    let started = world.entra().job().state();
    act(&mut world, &format!("{{ graph = {{ post = '{jobs}/pause' }} }}"));
    let paused = world.entra().job().state();
    assert_eq!((started, paused), (ScheduleState::Active, ScheduleState::Paused));
}
