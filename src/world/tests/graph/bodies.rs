//! What bodies hold: every endpoint that reads one refuses what it does not know.

use super::*;

/// The path of an endpoint, with ids of objects that are there.
fn filled(world: &mut World, pattern: &str) -> String {
    let sp = principal(world);
    let id = sp.rsplit('/').next().expect("an id").to_owned();
    let job = job(world).rsplit('/').next().expect("an id").to_owned();
    let application = each(&body(world, 200, "GET /applications"), "id")[0].clone();
    let template = each(&body(world, 200, "GET /applicationTemplates"), "id")[0].clone();
    let schema = format!("GET {sp}/synchronization/jobs/{job}/schema/directories");
    let directory = each(&body(world, 200, &schema), "id")[0].clone();
    let before = |segment: &str| match segment {
        "users" => id_of(world, "ann"),
        "groups" => group_id(world, "sales"),
        "servicePrincipals" => id.clone(),
        "applications" => application.clone(),
        "applicationTemplates" => template.clone(),
        "jobs" => job.clone(),
        "templates" => "goLinks".to_owned(),
        "directories" => directory.clone(),
        "deletedItems" => id_of(world, "bob"),
        other => panic!("no id for {other} in {pattern}"),
    };
    let segments: Vec<&str> = pattern.split('/').collect();
    let one = |(at, segment): (usize, &&str)| match *segment {
        "{}" => before(segments[at - 1]),
        word => word.to_owned(),
    };
    segments.iter().enumerate().map(one).collect::<Vec<_>>().join("/")
}

#[test]
fn every_endpoint_that_reads_a_body_refuses_a_property_that_it_does_not_have() {
    let mut world = world(&[]);
    act(&mut world, "{ create_group = { sales = { name = 'Sales' } } }");
    act(&mut world, "{ delete = 'bob' }");
    let mut tried = 0;
    for endpoint in entra::graph::endpoints() {
        // A batch has an envelope of its own.
        if matches!(endpoint.method, "GET" | "DELETE") || endpoint.path == "/$batch" {
            continue;
        }
        let path = filled(&mut world, endpoint.path);
        let text = format!("{} {path}\n{{\"@odata.type\":\"#x\",\"bogusKey\":1}}", endpoint.method);
        let why = refusal(&mut world, 400, &text);
        assert_eq!(why, "Request_BadRequest: Invalid property 'bogusKey'.", "{text}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn values_that_mean_nothing_are_refused_where_they_were_taken() {
    let mut world = world(&[]);
    act(&mut world, "{ create_group = { sales = { name = 'Sales' } } }");
    let (job, sales, ann) = (job(&mut world), group_id(&world, "sales"), id_of(&world, "ann"));
    let sp = principal(&mut world);
    let group = |more: &str| {
        format!(
            "POST /groups\n{{\"displayName\":\"G\",\"mailEnabled\":false,\"mailNickname\":\"g\",\"securityEnabled\":true{more}}}"
        )
    };
    let on_demand = |rule: &str| {
        format!(
            "POST {job}/provisionOnDemand\n{{\"parameters\":[{{{rule}\"subjects\":[{{\"objectId\":\"{ann}\",\"objectTypeName\":\"User\"}}]}}]}}"
        )
    };
    let schema = body(&mut world, 200, &format!("GET {job}/schema"));
    let mut elsewhere = schema.clone();
    elsewhere["synchronizationRules"][0]["sourceDirectoryName"] = "Nowhere".into();
    let mut unknown = schema.clone();
    unknown["synchronizationRules"][0]["objectMappings"][0]["targetObjectName"] = "Thing".into();
    for text in [&mut elsewhere, &mut unknown] {
        text.as_object_mut().expect("an object").remove("@odata.context");
    }
    for (text, named) in [
        (group(",\"groupTypes\":[\"Bogus\"]"), "groupTypes"),
        (group(",\"membershipRule\":\"x\""), "membershipRule"),
        (group(",\"visibility\":\"Secret\""), "visibility"),
        (format!("PATCH /groups/{sales}\n{{\"groupTypes\":[\"Unified\"]}}"), "groupTypes"),
        (format!("PATCH /groups/{sales}\n{{\"mailNickname\":\"a b\"}}"), "mailNickname"),
        (format!("PATCH /groups/{sales}\n{{\"visibility\":5}}"), "visibility"),
        (format!("PATCH /users/{ann}\n{{\"ageGroup\":\"Old\"}}"), "ageGroup"),
        (format!("POST {job}/restart\n{{\"criteria\":\"x\"}}"), "criteria"),
        (format!("POST {job}/restart\n{{\"criteria\":{{\"resetScope\":\"Some\"}}}}"), "resetScope"),
        (on_demand(""), "ruleId"),
        (on_demand("\"ruleId\":\"x\","), "ruleId"),
        (format!("PUT {job}/schema\n{elsewhere}"), "sourceDirectoryName"),
        (format!("PUT {job}/schema\n{unknown}"), "targetObjectName"),
        (format!("PUT {sp}/synchronization/secrets\n{{\"value\":{{}}}}"), "value"),
        (format!("POST {sp}/appRoleAssignedTo\n{{\"principalId\":\"x\"}}"), "principalId"),
        (format!("POST /users/{ann}/checkMemberGroups\n{{\"groupIds\":[\"x\"]}}"), "groupIds"),
    ] {
        let why = refusal(&mut world, 400, &text);
        let expected =
            format!("Request_BadRequest: Invalid value specified for property '{named}'.");
        assert_eq!(why, expected, "{text}");
    }
    let why = refusal(&mut world, 400, &format!("PUT {sp}/synchronization/secrets\n{{}}"));
    assert!(why.contains("A value is required for property 'value'"), "{why}");
    for name in ["securityEnabled", "mailEnabled"] {
        let now = name == "securityEnabled";
        body(&mut world, 204, &format!("PATCH /groups/{sales}\n{{\"{name}\":{now}}}"));
        let why =
            refusal(&mut world, 400, &format!("PATCH /groups/{sales}\n{{\"{name}\":{}}}", !now));
        assert!(why.contains(name), "{why}");
    }
}

#[test]
fn what_is_written_about_users_and_groups_is_shown_again() {
    let mut world = world(&[]);
    act(&mut world, "{ create_group = { sales = { name = 'Sales' } } }");
    let (sales, ann) = (group_id(&world, "sales"), id_of(&world, "ann"));
    let group = json!({ "mailNickname": "people", "visibility": "Private", "theme": "Blue" });
    let user = json!({
        "otherMails": ["a@x.example"], "employeeOrgData": { "costCenter": "7", "division": "X" },
        "ageGroup": "Adult", "passwordPolicies": "DisablePasswordExpiration",
    });
    for (path, change) in [(format!("/groups/{sales}"), group), (format!("/users/{ann}"), user)] {
        body(&mut world, 204, &format!("PATCH {path}\n{change}"));
        let names: Vec<&String> = change.as_object().expect("an object").keys().collect();
        let names = names.into_iter().cloned().collect::<Vec<_>>().join(",");
        let shown = body(&mut world, 200, &format!("GET {path}?$select={names}"));
        for (name, value) in change.as_object().expect("an object") {
            assert_eq!(&shown[name], value, "{path} {name}");
        }
    }
    body(&mut world, 204, &format!("PATCH /groups/{sales}\n{{\"theme\":null}}"));
    assert_eq!(body(&mut world, 200, &format!("GET /groups/{sales}"))["theme"], Value::Null);
}

#[test]
fn a_deleted_secret_is_not_used_any_more() {
    let mut world = world(&[]);
    let (sp, job) = (principal(&mut world), job(&mut world));
    let secrets = format!("{sp}/synchronization/secrets");
    assert!(world.entra().job().has_credentials());
    let gone = json!({ "value": [{ "key": "SecretToken", "value": "" }] });
    body(&mut world, 204, &format!("PUT {secrets}\n{gone}"));
    assert!(!world.entra().job().has_credentials());
    let why = refusal(&mut world, 400, &format!("POST {job}/start"));
    assert!(why.starts_with("CredentialsMissing"), "{why}");
    let again = json!({ "value": [{ "key": "SecretToken", "value": "class-token" }] });
    body(&mut world, 204, &format!("PUT {secrets}\n{again}"));
    body(&mut world, 204, &format!("POST {job}/start"));
    run_to(&mut world, at(1, 0));
    assert_eq!(body(&mut world, 200, &format!("GET {job}"))["status"]["code"], "Active");
}
