//! The details that break the vendor's clients, one test each. Doubled slashes and the other
//! spellings of a path stand in `front.rs`, what Terraform's provider does in `terraform.rs`.

use super::*;
use crate::base::Time;
use crate::base::seed::parse_guid;
use http::uri::Scheme;

const TOKEN: (&str, &str) = ("authorization", "Bearer graph-demo-token");

#[test]
fn a_post_without_a_body_and_with_an_empty_object_are_the_same() {
    let mut world = world(&[]);
    let job = job(&mut world);
    let ann = id_of(&world, "ann");
    for (text, status) in [("", 204), ("{}", 204), (" \r\n", 204)] {
        body(&mut world, status, &format!("POST {job}/start\n{text}"));
        body(&mut world, status, &format!("POST {job}/pause\n{text}"));
    }
    for text in ["", "{}"] {
        body(&mut world, 204, &format!("DELETE /users/{ann}"));
        body(&mut world, 200, &format!("POST /directory/deletedItems/{ann}/restore\n{text}"));
    }
}

#[test]
fn a_type_at_the_top_of_a_body_means_nothing() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    let change = json!({ "@odata.type": "#microsoft.graph.user", "jobTitle": "Lead" });
    body(&mut world, 204, &format!("PATCH /users/{ann}\n{change}"));
    assert_eq!(body(&mut world, 200, &format!("GET /users/{ann}"))["jobTitle"], "Lead");
}

#[test]
fn a_restart_takes_its_scope_in_every_form_that_clients_send() {
    let mut world = world(&[]);
    let job = job(&mut world);
    for criteria in [
        json!({}),
        json!({ "criteria": null }),
        json!({ "criteria": {} }),
        json!({ "criteria": { "@odata.type": "#microsoft.graph.synchronizationJobRestartCriteria" } }),
        json!({ "criteria": { "resetScope": "" } }),
        json!({ "criteria": { "resetScope": "Watermark" } }),
        json!({ "criteria": { "resetScope": "Watermark,Escrows, QuarantineState" } }),
        json!({ "criteria": { "resetScope": "watermark" } }),
        json!({ "criteria": { "resetScope": ["Watermark", "Escrows"] } }),
    ] {
        body(&mut world, 204, &format!("POST {job}/restart\n{criteria}"));
    }
}

/// Names of properties that a typed client reads as a UUID, and fails for the whole answer when
/// they are none.
const UUIDS: [&str; 9] = [
    "appRoleId",
    "principalId",
    "resourceId",
    "appOwnerOrganizationId",
    "tokenEncryptionKeyId",
    "keyId",
    "applicationId",
    "appId",
    "tenantId",
];

fn walk(of: &str, name: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (inner, value) in members {
                // The id of a role is one of these too; that of a template or of a job is a text.
                let role = inner == "id" && name == "appRoles";
                walk(of, if role { "appRoleId" } else { inner }, value);
            }
        }
        Value::Array(list) => list.iter().for_each(|one| walk(of, name, one)),
        Value::String(text) => {
            assert!(!UUIDS.contains(&name) || parse_guid(text).is_some(), "{of}: {name} is {text}");
            let instant = name.ends_with("DateTime") || ["timeBegan", "timeEnded"].contains(&name);
            assert!(!instant || Time::parse(text).is_some(), "{of}: {name} is {text}");
        }
        _ => {}
    }
}

/// What clients read most, after a day with a failure.
fn answers(world: &mut World) -> Vec<(String, Value)> {
    let (sp, job) = (principal(world), job(world));
    let ann = id_of(world, "ann");
    let change = json!({ "passwordCredential": { "displayName": "x" } });
    body(world, 200, &format!("POST {sp}/addPassword\n{change}"));
    body(world, 200, &format!("POST {sp}/addTokenSigningCertificate"));
    let paths = [
        "/users".to_owned(),
        "/groups".to_owned(),
        format!("/users/{ann}/appRoleAssignments"),
        format!("{sp}/appRoleAssignedTo"),
        "/servicePrincipals".to_owned(),
        "/applications".to_owned(),
        "/applicationTemplates".to_owned(),
        format!("{sp}/synchronization/templates"),
        job.clone(),
        format!("{job}/schema"),
        "/auditLogs/provisioning".to_owned(),
        "/auditLogs/directoryAudits".to_owned(),
        "/organization".to_owned(),
    ];
    let read = |path: String| {
        let read = body(world, 200, &format!("GET {path}"));
        (path, read)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn ids_are_guids_and_instants_are_instants_in_every_answer() {
    let mut world = run(&[], 1);
    for (path, answer) in answers(&mut world) {
        walk(&path, "", &answer);
        assert!(answer["@odata.context"].is_string(), "{path}");
    }
    let job = job(&mut world);
    let status = body(&mut world, 200, &format!("GET {job}"))["status"].clone();
    let steady = status["steadyStateFirstAchievedTime"].as_str().unwrap_or_default();
    assert!(steady.len() >= 20 && Time::parse(steady).is_some(), "{steady}");
}

#[test]
fn words_of_enumerations_are_spelled_as_the_clients_know_them() {
    let mut world = run(&[], 1);
    let job = job(&mut world);
    let shown = body(&mut world, 200, &format!("GET {job}"));
    let state = shown["schedule"]["state"].as_str().expect("a word");
    assert!(["Active", "Disabled", "Paused"].contains(&state), "{state}");
    let code = shown["status"]["code"].as_str().expect("a word");
    assert!(
        ["NotConfigured", "NotRun", "Active", "Paused", "Quarantine"].contains(&code),
        "{code}"
    );
    let execution = shown["status"]["lastExecution"]["state"].as_str().expect("a word");
    assert!(["Succeeded", "Failed", "EntryLevelErrors"].contains(&execution), "{execution}");
    let log = body(&mut world, 200, "GET /auditLogs/provisioning");
    for row in log["value"].as_array().expect("rows") {
        let action = row["provisioningAction"].as_str().expect("a word");
        let known = ["create", "update", "delete", "disable", "stagedDelete", "other"];
        assert!(known.contains(&action), "{action}");
        for step in row["provisioningSteps"].as_array().expect("steps") {
            let kind = step["provisioningStepType"].as_str().expect("a word");
            let known =
                ["import", "scoping", "matching", "processing", "referenceResolution", "export"];
            assert!(known.contains(&kind), "{kind}");
        }
    }
}

#[test]
fn a_204_has_no_body_and_every_200_has_one_with_its_type() {
    let mut world = world(&[]);
    let job = job(&mut world);
    let done = ask(&mut world, &format!("POST {job}/start"));
    assert_eq!((done.status, done.response.body().len()), (204, 0));
    assert!(!done.response.headers().contains_key("content-type"));
    for text in [format!("GET {job}"), "GET /users".to_owned(), "GET /nothing".to_owned()] {
        let answered = ask(&mut world, &text);
        let kind = answered.response.headers()["content-type"].to_str().expect("a type");
        assert!(kind.starts_with("application/json"), "{text}: {kind}");
        assert!(!answered.response.body().is_empty(), "{text}");
    }
}

#[test]
fn links_lead_to_the_address_that_the_client_used() {
    let mut world = world(&[]);
    for (host, scheme, base) in [
        ("127.0.0.1:4040", None, "http://127.0.0.1:4040/v1.0/"),
        ("localhost:5000", None, "http://localhost:5000/v1.0/"),
        ("graph.microsoft.com", Some(Scheme::HTTPS), "https://graph.microsoft.com/v1.0/"),
    ] {
        for (path, link) in [
            ("/v1.0/users?$top=2", "@odata.nextLink"),
            ("/v1.0/users/delta", "@odata.deltaLink"),
            ("/v1.0//groups/delta()?$deltatoken=latest", "@odata.deltaLink"),
        ] {
            let request = Request::builder().uri(path).header(HOST, host).header(TOKEN.0, TOKEN.1);
            let mut request = request.body(Bytes::new()).expect("a request");
            if let Some(scheme) = &scheme {
                request.extensions_mut().insert(scheme.clone());
            }
            let answer = world.handle_external(Door::Graph, &request);
            let WireReply::Response(response) = world.send(answer).reply else { panic!("none") };
            let read: Value = serde_json::from_slice(response.body()).expect("JSON");
            let found = read[link].as_str().unwrap_or_default();
            assert!(found.starts_with(base), "{path} at {host}: {found}");
            assert!(read["@odata.context"].as_str().is_some_and(|of| of.starts_with(base)));
        }
    }
}

#[test]
fn a_429_says_how_long_to_wait_in_whole_seconds() {
    let mut world = world(&[]);
    act(&mut world, "{ set = { entra.policy.graph_throttle = true } }");
    let waits = (0..20).find_map(|_| {
        let answered = ask(&mut world, "GET /auditLogs/provisioning");
        (answered.status == 429).then_some(answered)
    });
    let waits = waits.expect("the log is limited");
    let wait = waits.response.headers()["retry-after"].to_str().expect("a number");
    assert!(wait.parse::<u64>().is_ok_and(|wait| (1..180).contains(&wait)), "{wait}");
    assert_eq!(waits.body["error"]["code"], "TooManyRequests");
}

#[test]
fn headers_of_the_clients_are_echoed_or_ignored() {
    let mut world = world(&[]);
    let headers = [
        TOKEN,
        ("client-request-id", "5b0d1c7e-2f64-4a3b-9a10-6f0f3b2f9a01"),
        ("sdkversion", "graph-python/1.65.0"),
        ("hostos", "Linux"),
        ("runtimeenvironment", "Python/3.11"),
        ("accept-encoding", "gzip, deflate"),
        ("accept", "application/json"),
    ];
    let answered = ask_with(&mut world, "GET /users", &headers);
    assert_eq!(answered.status, 200);
    assert_eq!(answered.response.headers()["client-request-id"], headers[1].1);
    assert!(!answered.response.headers().contains_key("content-encoding"));
}

#[test]
fn a_delta_link_is_followed_as_it_is() {
    let mut world = world(&[]);
    let mut page = body(&mut world, 200, "GET /users/microsoft.graph.delta()?$select=displayName");
    while page.get("@odata.nextLink").is_some() {
        let next = follow(&page, "@odata.nextLink");
        page = body(&mut world, 200, &next);
    }
    let ann = id_of(&world, "ann");
    body(&mut world, 204, &format!("PATCH /users/{ann}\n{{\"displayName\":\"Ann X\"}}"));
    let later = body(&mut world, 200, &follow(&page, "@odata.deltaLink"));
    assert_eq!(each(&later, "displayName"), ["Ann X"]);
    body(&mut world, 204, &format!("DELETE /users/{ann}"));
    let bin = body(&mut world, 200, "GET /directory/deletedItems/graph.user");
    assert_eq!(each(&bin, "id"), [ann]);
}

#[test]
fn options_are_read_as_the_clients_write_them() {
    let mut world = world(&[]);
    for query in [
        "$count=true&$filter=displayName%20eq%20%27GoLinks%27&$orderby=displayName&$select=id,appId&$top=5",
        "%24filter=displayName+eq+%27GoLinks%27&%24select=id%2CappId",
        "$filter=displayName%20eq%20'GoLinks'",
    ] {
        let found = body(&mut world, 200, &format!("GET /servicePrincipals?{query}"));
        assert_eq!(each(&found, "id").len(), 1, "{query}");
    }
}

#[test]
fn a_405_names_what_the_path_takes() {
    let mut world = world(&[]);
    let answered = ask(&mut world, "PUT /users");
    assert_eq!(
        (answered.status, &answered.response.headers()["allow"]),
        (405, &"GET, POST".parse().expect("a value"))
    );
}
