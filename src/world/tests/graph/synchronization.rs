//! Synchronization jobs: the tutorial over Graph, without a socket.

use super::*;

const NOTIFICATION: &str = "{\"Enabled\":true,\"Recipients\":\"it@contoso.example\",\"DeleteThresholdEnabled\":false,\"DeleteThresholdValue\":500}";

#[test]
fn a_job_is_started_polled_paused_and_restarted() {
    let mut world = world(&[]);
    let path = job(&mut world);
    let fresh = body(&mut world, 200, &format!("GET {path}"));
    assert_eq!(
        (&fresh["schedule"]["state"], &fresh["status"]["lastExecution"]),
        (&json!("Disabled"), &Value::Null)
    );
    assert_eq!(fresh["status"]["steadyStateFirstAchievedTime"], "0001-01-01T00:00:00Z");
    // Clients send no body, or an empty object.
    body(&mut world, 204, &format!("POST {path}/start"));
    body(&mut world, 204, &format!("POST {path}/microsoft.graph.start\n{{}}"));
    let running = body(&mut world, 200, &format!("GET {path}"));
    assert_eq!(
        (&running["schedule"]["state"], &running["schedule"]["interval"]),
        (&json!("Active"), &json!("PT40M"))
    );
    assert_eq!(running["status"]["code"], "NotRun");
    run_to(&mut world, at(0, 30));
    let after = body(&mut world, 200, &format!("GET {path}"));
    assert_eq!(after["status"]["code"], "Active");
    let last = &after["status"]["lastExecution"];
    assert_eq!((&last["state"], &last["countExported"]), (&json!("Succeeded"), &json!(5)));
    assert_eq!(after["status"]["synchronizedEntryCountByType"][0]["value"], 5);
    body(&mut world, 204, &format!("POST {path}/pause"));
    assert_eq!(body(&mut world, 200, &format!("GET {path}"))["status"]["code"], "Paused");
    for criteria in [
        "{}",
        "{\"criteria\":{}}",
        "{\"criteria\":{\"resetScope\":\"watermark,Escrows, QuarantineState\"}}",
    ] {
        body(&mut world, 204, &format!("POST {path}/restart\n{criteria}"));
    }
    let why = refusal(
        &mut world,
        400,
        &format!("POST {path}/restart\n{{\"criteria\":{{\"resetScope\":\"Everything\"}}}}"),
    );
    assert!(why.contains("resetScope"), "{why}");
    assert_eq!(body(&mut world, 200, &format!("GET {path}"))["schedule"]["state"], "Active");
    let unknown = refusal(&mut world, 404, &format!("GET {path}x"));
    assert!(unknown.starts_with("JobNotFound"), "{unknown}");
}

#[test]
fn a_job_is_deleted_and_created_anew_from_its_template() {
    let mut world = run(&[], 1);
    let path = job(&mut world);
    let sp = principal(&mut world);
    let jobs = format!("{sp}/synchronization/jobs");
    let templates = body(&mut world, 200, &format!("GET {sp}/synchronization/templates"));
    let template = each(&templates, "id")[0].clone();
    assert!(templates["value"][0]["schema"]["synchronizationRules"].is_array());
    let create = format!("POST {jobs}\n{{\"templateId\":\"{template}\"}}");
    assert_eq!(ask(&mut world, &create).status, 409);
    body(&mut world, 204, &format!("DELETE {path}"));
    refusal(&mut world, 404, &format!("GET {path}"));
    assert_eq!(each(&body(&mut world, 200, &format!("GET {jobs}")), "id").len(), 0);
    refusal(&mut world, 400, &format!("POST {jobs}\n{{\"templateId\":\"other\"}}"));
    let made = ask(&mut world, &create);
    assert_eq!((made.status, &made.body["templateId"]), (201, &json!(template)));
    let location = made.response.headers()["location"].to_str().expect("a location").to_owned();
    let own = made.body["id"].as_str().expect("an id");
    assert_eq!(location, format!("http://127.0.0.1:4040/v1.0{jobs}/{own}"));
    assert!(!path.ends_with(own), "a new job has a new id");
    refusal(&mut world, 404, &format!("GET {path}"));
    // It has the credentials of the application, and was never started.
    assert_eq!(made.body["schedule"]["state"], "Disabled");
    assert!(world.entra().job().links().is_empty());
}

#[test]
fn secrets_are_merged_masked_and_counted() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let path = format!("{sp}/synchronization/secrets");
    let put = |world: &mut World, pairs: &[(&str, &str)]| {
        let value: Vec<Value> =
            pairs.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        body(world, 204, &format!("PUT {path}\n{}", json!({ "value": value })))
    };
    put(
        &mut world,
        &[
            ("BaseAddress", "https://127.0.0.1:9000/scim/v2"),
            ("SecretToken", "fresh"),
            ("SyncAll", "true"),
        ],
    );
    let read = body(&mut world, 200, &format!("GET {path}"));
    let pairs: Vec<(String, String)> =
        each(&read, "key").into_iter().zip(each(&read, "value")).collect();
    let expected = [
        ("BaseAddress", "https://127.0.0.1:9000/scim/v2"),
        ("SecretToken", "*"),
        ("SyncAll", "true"),
        // The story has an address for its mails.
        ("SyncNotificationSettings", NOTIFICATION),
    ];
    assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let settings = world.entra().job().settings();
    assert_eq!((settings.secret.as_deref(), &*settings.base_path), (Some("fresh"), "/scim/v2"));
    assert!(format!("{:?}", settings.scope).contains("All"));
    let told = ("SyncNotificationSettings", "");
    put(&mut world, &[("SyncAll", ""), told, ("SkipOutOfScopeDeletions", "True")]);
    let read = body(&mut world, 200, &format!("GET {path}"));
    assert_eq!(each(&read, "key"), ["BaseAddress", "SecretToken", "SkipOutOfScopeDeletions"]);
    put(&mut world, &[("BaseAddress", ""), ("SecretToken", ""), ("SkipOutOfScopeDeletions", "")]);
    assert_eq!(body(&mut world, 200, &format!("GET {path}"))["value"], json!([]));
    refusal(
        &mut world,
        400,
        &format!("PUT {path}\n{{\"value\":[{{\"key\":\"baseAddress\",\"value\":\"x\"}}]}}"),
    );
}

#[test]
fn credentials_are_validated_by_asking_the_application() {
    let mut world = world(&[]);
    let path = job(&mut world);
    body(
        &mut world,
        204,
        &format!("POST {path}/validateCredentials\n{{\"useSavedCredentials\":true}}"),
    );
    let given = |token: &str| {
        format!(
            "POST {path}/validateCredentials\n{{\"useSavedCredentials\":false,\"credentials\":[{{\"key\":\"BaseAddress\",\"value\":\"https://x/scim/v2\"}},{{\"key\":\"SecretToken\",\"value\":\"{token}\"}}]}}"
        )
    };
    let why = refusal(&mut world, 400, &given("wrong"));
    assert!(
        why.starts_with("SystemForCrossDomainIdentityManagement") || why.contains("Credentials"),
        "{why}"
    );
    // What was tried is not saved, and is forgotten.
    body(
        &mut world,
        204,
        &format!("POST {path}/validateCredentials\n{{\"useSavedCredentials\":true}}"),
    );
    body(&mut world, 204, &given("class-token"));
    assert_eq!(world.entra().job().unsaved().count(), 0);
}

#[test]
fn the_schema_is_read_replaced_and_reset() {
    let mut world = world(&[]);
    let path = format!("{}/schema", job(&mut world));
    let mut schema = body(&mut world, 200, &format!("GET {path}"));
    let rule = &schema["synchronizationRules"][0];
    assert_eq!(
        (&rule["id"], &rule["sourceDirectoryName"]),
        (&json!("03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"), &json!("Azure Active Directory"))
    );
    let before = schema["version"].clone();
    let rows = schema["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
        .as_array_mut()
        .expect("rows");
    let title = rows.iter().position(|row| row["targetAttributeName"] == "title");
    let count = rows.len();
    rows.remove(title.unwrap_or(count - 1));
    body(&mut world, 204, &format!("PUT {path}\n{schema}"));
    let after = body(&mut world, 200, &format!("GET {path}"));
    assert_ne!(after["version"], before);
    assert_eq!(world.entra().job().settings().schema.users.rows().len(), count - 1);
    body(&mut world, 204, &format!("DELETE {path}"));
    assert_eq!(world.entra().job().settings().schema.users.rows().len(), count);
    refusal(&mut world, 400, &format!("PUT {path}\n{{}}"));
    let functions = body(&mut world, 200, &format!("GET {path}/functions()"));
    assert!(
        each(&functions, "id").contains(&"Append".to_owned())
            && each(&functions, "name").contains(&"Switch".to_owned())
    );
    let operators = body(&mut world, 200, &format!("GET {path}/microsoft.graph.filterOperators()"));
    assert!(each(&operators, "name").contains(&"EQUALS".to_owned()));
    let parse = |text: &str| {
        format!(
            "POST {path}/parseExpression\n{}",
            json!({ "expression": text, "testInputObject": { "definition": null, "properties": [{ "key": "mail", "value": "a@x" }] } })
        )
    };
    let good = body(&mut world, 200, &parse("ToUpper([mail])"));
    assert_eq!(
        (&good["evaluationResult"], &good["parsingSucceeded"]),
        (&json!(["A@X"]), &json!(true))
    );
    assert_eq!(good["parsedExpression"]["name"], "ToUpper");
    let bad = body(&mut world, 200, &parse("ToUpper("));
    assert_eq!(bad["parsingSucceeded"], false);
}

#[test]
fn one_user_is_provisioned_on_demand() {
    let mut world = world(&[]);
    let path = job(&mut world);
    let ann = id_of(&world, "ann");
    let of = |id: &str| {
        format!(
            "POST {path}/provisionOnDemand\n{}",
            json!({ "parameters": [{ "ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8", "subjects": [{ "objectId": id, "objectTypeName": "User" }] }] })
        )
    };
    let pair = body(&mut world, 200, &of(&ann));
    assert_eq!(
        pair["key"],
        "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo"
    );
    let value: Value = serde_json::from_str(pair["value"].as_str().expect("a text")).expect("JSON");
    let one = &value[0];
    assert_eq!(
        (&one["action"], &one["statusInfo"]["status"]),
        (&json!("Create"), &json!("Success"))
    );
    assert_eq!(
        (&one["reportableIdentifier"], &one["provisioningSteps"][0]["type"]),
        (&json!("ann.example@contoso.example"), &json!("Import"))
    );
    assert_eq!(world.target().active_count(), 1);
    let again = body(&mut world, 200, &of(&ann));
    let value: Value =
        serde_json::from_str(again["value"].as_str().expect("a text")).expect("JSON");
    assert_eq!(value[0]["statusInfo"]["status"], "Skipped");
    refusal(&mut world, 404, &of("11111111-1111-1111-1111-111111111111"));
    refusal(&mut world, 400, &format!("POST {path}/provisionOnDemand\n{{}}"));
}

#[test]
fn an_access_token_is_asked_for_where_the_application_gives_one() {
    let mut world = world(&[]);
    let path = format!("{}/synchronization/acquireAccessToken", principal(&mut world));
    let code = json!({ "credentials": [{ "key": "Oauth2AuthorizationCode", "value": "0.AX" }] });
    for body in [json!({ "credentials": [] }), code] {
        let why = refusal(&mut world, 400, &format!("POST {path}\n{body}"));
        assert!(why.starts_with("UnsupportedAuthenticationType: "), "{body}: {why}");
    }
    // This GoLinks has no client of this name: its token endpoint refuses.
    let before = world.journal().counters().post;
    let client = json!({ "credentials": [
        { "key": "Oauth2ClientId", "value": "entra" },
        { "key": "Oauth2ClientSecret", "value": "wrong" },
    ] });
    refusal(&mut world, 400, &format!("POST {path}\n{client}"));
    assert!(world.journal().counters().post > before, "the application was asked");
}

#[test]
fn an_access_token_that_the_application_gives_is_tried_at_once() {
    let mut world = world(&[]);
    let client = "client_id = 'entra', client_secret = 'winter'";
    act(&mut world, &format!("{{ set = {{ golinks.oauth = {{ {client} }} }} }}"));
    act(&mut world, "{ set = { entra.auth = 'client_credentials' } }");
    let path = format!("{}/synchronization/acquireAccessToken", principal(&mut world));
    let given = json!({ "credentials": [
        { "key": "Oauth2ClientId", "value": "entra" },
        { "key": "Oauth2ClientSecret", "value": "winter" },
    ] });
    let counted =
        |world: &World| (world.journal().counters().tokens, world.journal().counters().get);
    let before = counted(&world);
    body(&mut world, 204, &format!("POST {path}\n{given}"));
    let after = counted(&world);
    assert_eq!((after.0 - before.0, after.1 - before.1), (1, 1), "a token, and a probe with it");
}

#[test]
fn a_pair_of_a_secret_has_a_known_key_and_a_value() {
    let mut world = world(&[]);
    let path = format!("{}/synchronization/secrets", principal(&mut world));
    for (pair, says) in [
        (
            json!({ "key": "SecretTokn", "value": "x" }),
            "'SecretTokn' is not a synchronizationSecret",
        ),
        (json!({ "key": "SecretToken" }), "A value is required for property 'value'"),
        (
            json!({ "key": "SecretToken", "value": 7 }),
            "Invalid value specified for property 'value'",
        ),
    ] {
        let put = format!("PUT {path}\n{}", json!({ "value": [pair] }));
        let why = refusal(&mut world, 400, &put);
        assert!(why.contains(says), "{why}");
    }
    let kept = body(&mut world, 200, &format!("GET {path}"));
    assert_eq!(each(&kept, "value"), ["http://127.0.0.1:4040/scim/v2", "*", NOTIFICATION]);
}

#[test]
fn a_paused_job_has_the_schedule_that_a_policy_says() {
    let mut world = world(&[]);
    let path = job(&mut world);
    body(&mut world, 204, &format!("POST {path}/start"));
    body(&mut world, 204, &format!("POST {path}/pause"));
    for (disabled, state) in [(true, "Disabled"), (false, "Paused")] {
        let set = format!("{{ set = {{ entra.policy.graph_paused_is_disabled = {disabled} }} }}");
        act(&mut world, &set);
        assert_eq!(body(&mut world, 200, &format!("GET {path}"))["schedule"]["state"], state);
    }
}
