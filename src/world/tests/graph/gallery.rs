//! The tutorial from the gallery on: an application of one's own, from nothing to accounts.

use super::*;
use crate::entra::AppId;

/// An application made from the gallery: the answer.
fn instantiated(world: &mut World) -> Value {
    let query = "GET /applicationTemplates?$filter=displayName eq 'GoLinks'";
    let template = each(&body(world, 200, query), "id")[0].clone();
    let name = "{\"displayName\":\"Short links\"}";
    let made = format!("POST /applicationTemplates/{template}/instantiate\n{name}");
    let made = body(world, 201, &made);
    assert_eq!(made["application"]["applicationTemplateId"], json!(template));
    made
}

/// The path of a job that is created for an application, which has none at first.
fn new_job(world: &mut World, sp: &str) -> String {
    let jobs = format!("{sp}/synchronization/jobs");
    assert_eq!(body(world, 200, &format!("GET {jobs}"))["value"], json!([]));
    let templates = body(world, 200, &format!("GET {sp}/synchronization/templates"));
    let create = json!({ "templateId": each(&templates, "id")[0] });
    let job = body(world, 201, &format!("POST {jobs}\n{create}"));
    let state = (&job["schedule"]["state"], &job["status"]["code"]);
    assert_eq!(state, (&json!("Disabled"), &json!("NotConfigured")));
    format!("{jobs}/{}", job["id"].as_str().expect("an id"))
}

#[test]
fn an_instantiated_application_is_configured_and_provisions() {
    let mut world = world(&[]);
    let made = instantiated(&mut world);
    let (application, principal) = (&made["application"], &made["servicePrincipal"]);
    assert_eq!(
        (&application["displayName"], &application["appId"]),
        (&json!("Short links"), &principal["appId"])
    );
    let id = principal["id"].as_str().expect("an id").to_owned();
    let sp = format!("/servicePrincipals/{id}");
    let by_app_id = principal["appId"].as_str().expect("an id");
    let by_app_id = format!("GET /servicePrincipals(appId='{by_app_id}')");
    assert_eq!(body(&mut world, 200, &by_app_id)["id"], json!(id));
    let all = body(&mut world, 200, "GET /servicePrincipals");
    assert_eq!(each(&all, "displayName"), ["GoLinks", "Short links"]);
    let job = new_job(&mut world, &sp);
    let why = refusal(&mut world, 400, &format!("POST {job}/start"));
    assert!(why.starts_with("CredentialsMissing"), "{why}");

    // Credentials, an assignment, and a start.
    let role = principal["appRoles"][0]["id"].as_str().expect("an id");
    let assign =
        json!({ "principalId": id_of(&world, "ann"), "resourceId": id, "appRoleId": role });
    body(&mut world, 201, &format!("POST {sp}/appRoleAssignedTo\n{assign}"));
    let pairs = json!([
        { "key": "BaseAddress", "value": "https://api.golinks.example/scim/v2" },
        { "key": "SecretToken", "value": "class-token" },
    ]);
    let validate = json!({ "useSavedCredentials": false, "credentials": pairs });
    body(&mut world, 204, &format!("POST {job}/validateCredentials\n{validate}"));
    let secrets = format!("{sp}/synchronization/secrets");
    body(&mut world, 204, &format!("PUT {secrets}\n{}", json!({ "value": pairs })));
    let kept = body(&mut world, 200, &format!("GET {secrets}"));
    assert_eq!(each(&kept, "value"), ["https://api.golinks.example/scim/v2", "*"]);
    body(&mut world, 204, &format!("POST {job}/start"));
    run_to(&mut world, at(1, 0));
    assert_eq!(body(&mut world, 200, &format!("GET {job}"))["status"]["code"], "Active");
    assert_eq!(world.target().active_count(), 1);
    let log = format!("GET /auditLogs/provisioning?$filter=servicePrincipal/id eq '{id}'");
    assert_eq!(each(&body(&mut world, 200, &log), "provisioningAction"), ["create"]);
    assert!(world.entra().job_of(AppId::MAIN).links().is_empty());
}

#[test]
fn a_poll_is_noted_only_where_a_policy_lets_it_move_the_clock() {
    let mut world = world(&[]);
    let path = job(&mut world);
    body(&mut world, 200, &format!("GET {path}"));
    assert!(!world.take_poll());
    act(&mut world, "{ set = { entra.policy.graph_poll_advances = true } }");
    body(&mut world, 200, "GET /users");
    assert!(!world.take_poll());
    body(&mut world, 200, &format!("GET {path}"));
    assert!(world.take_poll() && !world.take_poll());
    body(&mut world, 204, &format!("POST {path}/start"));
    let done: Vec<&str> =
        world.take_client_actions().iter().map(|done| done.action.verb()).collect();
    assert_eq!(done, ["start"]);
    // The next page of a log is no wait for anything.
    run_to(&mut world, at(1, 0));
    world.take_poll();
    let log = body(&mut world, 200, "GET /auditLogs/provisioning?$top=1");
    assert!(world.take_poll());
    body(&mut world, 200, &follow(&log, "@odata.nextLink"));
    assert!(!world.take_poll());
}

#[test]
fn every_endpoint_answers_a_stranger_with_401_and_nothing_with_5xx() {
    let mut world = world(&[]);
    for endpoint in entra::graph::endpoints() {
        let text = format!("{} {}", endpoint.method, endpoint.path.replace("{}", "x"));
        // The description of the API is read without a token.
        let status = if endpoint.path == "/$metadata" { 200 } else { 401 };
        assert_eq!(ask_with(&mut world, &text, &[]).status, status, "{text}");
        for body in [
            "",
            "{}",
            "[]",
            "{\"value\":[{}],\"requests\":[{}],\"parameters\":[{\"subjects\":[{}]}]}",
        ] {
            let answered = ask(&mut world, &format!("{text}\n{body}"));
            assert!(answered.status < 500, "{text} {body}: {}", answered.body);
            assert!(answered.status == 204 || !answered.body.is_null(), "{text} {body}");
        }
    }
}
