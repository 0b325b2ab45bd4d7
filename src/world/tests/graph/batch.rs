//! `$batch`, and the limits that a policy switches on.

use super::*;

#[test]
fn a_batch_is_answered_request_by_request() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    let requests = json!({ "requests": [
        { "id": "1", "method": "GET", "url": "/users?$top=1&$select=displayName" },
        { "id": "2", "method": "GET", "url": format!("/v1.0/users/{ann}") },
        { "id": "3", "method": "GET", "url": "http://127.0.0.1:4040/v1.0/users/nobody" },
        { "id": "4", "dependsOn": ["3"], "method": "DELETE", "url": format!("/users/{ann}") },
        { "id": "5", "depends_on": ["1"], "method": "PATCH", "url": format!("users/{ann}"), "headers": { "Content-Type": "application/json" }, "body": { "jobTitle": "Lead" } },
        { "id": "6", "method": "GET", "url": "/users/$count", "headers": { "ConsistencyLevel": "eventual" } },
    ] });
    let answer = body(&mut world, 200, &format!("POST /$batch\n{requests}"));
    let all = answer["responses"].as_array().expect("responses");
    let statuses: Vec<u64> = all.iter().map(|one| one["status"].as_u64().unwrap_or(0)).collect();
    assert_eq!(statuses, [200, 200, 404, 424, 204, 200]);
    assert_eq!(all[0]["body"]["value"][0]["displayName"], "ann Example");
    assert_eq!(all[2]["body"]["error"]["code"], "Request_ResourceNotFound");
    assert!(all[4].get("body").is_none());
    assert_eq!(all[5]["body"], "5");
    let kinds = [&all[0], &all[2], &all[5]].map(|one| one["headers"]["Content-Type"].clone());
    assert_eq!(kinds, ["application/json", "application/json", "text/plain"]);
    let read = body(&mut world, 200, &format!("GET /users/{ann}?$select=jobTitle"));
    assert_eq!(read["jobTitle"], "Lead");
}

#[test]
fn a_request_waits_for_a_later_one_and_holds_no_batch() {
    let mut world = world(&[]);
    let requests = json!({ "requests": [
        { "id": "1", "dependsOn": ["2"], "method": "GET", "url": "/users?$top=1" },
        { "id": "2", "method": "GET", "url": "/users?$top=1" },
        { "id": "3", "method": "POST", "url": "/v1.0/$batch", "body": { "requests": [] } },
    ] });
    let answer = body(&mut world, 200, &format!("POST /$batch\n{requests}"));
    let all = answer["responses"].as_array().expect("responses");
    let told: Vec<(&str, u64)> = all
        .iter()
        .map(|one| (one["id"].as_str().unwrap_or("-"), one["status"].as_u64().unwrap_or(0)))
        .collect();
    assert_eq!(told, [("2", 200), ("1", 200), ("3", 400)]);
    let request = all[2]["body"]["error"]["innerError"]["request-id"].as_str().expect("an id");
    assert!(crate::base::seed::parse_guid(request).is_some(), "{request}");
}

#[test]
fn a_batch_that_is_too_long_or_wrong_is_refused_as_a_whole() {
    let mut world = world(&[]);
    let many: Vec<Value> = (0..21)
        .map(|id| json!({ "id": id.to_string(), "method": "GET", "url": "/users" }))
        .collect();
    let twice = json!([{ "id": "1", "method": "GET", "url": "/users" }, { "id": "1", "method": "GET", "url": "/users" }]);
    let depends = |after: &[&str]| {
        let one = |nth: usize, after: &&str| json!({ "id": nth.to_string(), "method": "GET", "url": "/users", "dependsOn": [after] });
        json!(after.iter().enumerate().map(|(nth, after)| one(nth, after)).collect::<Vec<_>>())
    };
    let (unknown, own, circle) = (depends(&["9"]), depends(&["0"]), depends(&["1", "0"]));
    let no_list = json!([{ "id": "1", "method": "GET", "url": "/users", "dependsOn": "2" }]);
    for requests in
        [json!(many), twice, json!([{ "id": "1" }]), json!(7), unknown, own, circle, no_list]
    {
        refusal(&mut world, 400, &format!("POST /$batch\n{}", json!({ "requests": requests })));
    }
}

#[test]
fn a_client_that_asks_too_often_is_told_to_wait_where_a_policy_says_so() {
    let mut world = world(&[]);
    for _ in 0..7 {
        body(&mut world, 200, "GET /auditLogs/provisioning");
    }
    act(&mut world, "{ set = { entra.policy.graph_throttle = true } }");
    for _ in 0..5 {
        body(&mut world, 200, "GET /auditLogs/provisioning");
    }
    let refused = ask(&mut world, "GET /auditLogs/provisioning");
    assert_eq!((refused.status, &refused.body["error"]["code"]), (429, &json!("TooManyRequests")));
    assert_eq!(refused.response.headers()["retry-after"], "10");
    body(&mut world, 200, "GET /users");
}
