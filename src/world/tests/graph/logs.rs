//! `/auditLogs`.

use super::*;

#[test]
fn the_provisioning_log_is_listed_filtered_and_read() {
    let mut world = run(&[], 1);
    let all = body(&mut world, 200, "GET /auditLogs/provisioning");
    assert_eq!(each(&all, "provisioningAction"), ["create"; 5]);
    let first = &all["value"][0];
    for (name, value) in [
        ("servicePrincipal", "GoLinks"),
        ("targetSystem", "GoLinks"),
        ("sourceSystem", "Microsoft Entra ID"),
    ] {
        assert_eq!(first[name]["displayName"], value);
    }
    assert_eq!(
        first["provisioningStatusInfo"],
        json!({ "status": "success", "errorInformation": null })
    );
    let (sp, ann) = (principal(&mut world), id_of(&world, "ann"));
    let sp = sp.rsplit('/').next().expect("an id").to_owned();
    let path = job(&mut world);
    let job = path.rsplit('/').next().expect("an id").to_owned();
    for (filter, expected) in [
        (format!("servicePrincipal/id eq '{sp}' and activityDateTime ge 2026-03-01T00:00:00Z"), 5),
        ("activityDateTime ge 2026-03-03".to_owned(), 0),
        (
            format!(
                "((contains(tolower(servicePrincipal/id), '{sp}') or contains(tolower(servicePrincipal/displayName), '{sp}')) and activityDateTime gt 2026-03-01 and activityDateTime lt 2026-03-04)&$top=500&$orderby=activityDateTime desc"
            ),
            5,
        ),
        (format!("sourceIdentity/id eq '{ann}'"), 1),
        (format!("jobid eq '{job}' and provisioningStatusInfo/status eq 'failure'"), 0),
        ("statusInfo/status eq 'success'".to_owned(), 5),
        ("statusInfo/status eq 'SUCCESS'".to_owned(), 5),
        ("servicePrincipal/name eq 'GoLinks'".to_owned(), 5),
    ] {
        let found = body(&mut world, 200, &format!("GET /auditLogs/provisioning?$filter={filter}"));
        assert_eq!(each(&found, "id").len(), expected, "{filter}");
    }
    let id = first["id"].as_str().expect("an id");
    let one = body(&mut world, 200, &format!("GET /auditLogs/provisioning/{id}"));
    assert_eq!(one["provisioningSteps"], first["provisioningSteps"]);
    refusal(&mut world, 404, "GET /auditLogs/provisioning/nope");
    let beta = body(&mut world, 200, "GET /beta/auditLogs/provisioning?$top=1");
    assert_eq!(
        (&beta["value"][0]["action"], &beta["value"][0]["statusInfo"]["status"]),
        (&json!("Create"), &json!("success"))
    );
    assert!(beta["@odata.nextLink"].as_str().is_some_and(|link| {
        link.starts_with("http://127.0.0.1:4040/beta/auditLogs/provisioning?")
    }));
}

#[test]
fn what_was_done_to_the_job_is_in_the_audit_log() {
    let mut world = run(&[], 1);
    let path = job(&mut world);
    body(&mut world, 204, &format!("POST {path}/pause"));
    let audits = body(
        &mut world,
        200,
        "GET /auditLogs/directoryAudits?$filter=loggedByService eq 'Account Provisioning'",
    );
    assert_eq!(each(&audits, "category"), ["ProvisioningManagement"; 2]);
}

#[test]
fn what_happened_in_the_directory_is_in_the_audit_log_with_who_did_it() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    act(&mut world, "{ disable = 'bob' }");
    body(&mut world, 204, &format!("PATCH /users/{ann}\n{{\"jobTitle\":\"Lead\"}}"));
    let audits = body(
        &mut world,
        200,
        "GET /auditLogs/directoryAudits?$filter=loggedByService eq 'Core Directory'",
    );
    assert_eq!(each(&audits, "activityDisplayName"), ["Update user", "Disable account"]);
    let (client, administrator) = (&audits["value"][0], &audits["value"][1]);
    assert_eq!(client["initiatedBy"]["app"]["displayName"], "Graph client");
    assert!(administrator["initiatedBy"]["user"].is_object());
    assert_eq!(client["targetResources"][0]["id"], json!(ann));
    let modified =
        json!([{ "displayName": "jobTitle", "oldValue": null, "newValue": "[\"Lead\"]" }]);
    assert_eq!(client["targetResources"][0]["modifiedProperties"], modified);
    let found = body(
        &mut world,
        200,
        &format!("GET /auditLogs/directoryAudits/{}", client["id"].as_str().expect("an id")),
    );
    assert_eq!(found["id"], client["id"]);
}

#[test]
fn sign_ins_are_listed_with_those_that_were_refused() {
    let mut world = run(&[], 1);
    act(&mut world, "{ sign_in = 'ann' }");
    act(&mut world, "{ disable = 'bob' }");
    act(&mut world, "{ sign_in = 'bob' }");
    let all = body(&mut world, 200, "GET /auditLogs/signIns");
    assert_eq!(
        each(&all, "userPrincipalName"),
        ["bob.example@contoso.example", "ann.example@contoso.example"]
    );
    let codes: Vec<u64> = all["value"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["status"]["errorCode"].as_u64().unwrap_or(1))
        .collect();
    assert_eq!(codes, [50057, 0]);
}

#[test]
fn a_sign_in_has_the_shape_of_the_log_and_is_found_by_its_id() {
    let mut world = run(&[], 1);
    act(&mut world, "{ sign_in = 'ann' }");
    let row = body(&mut world, 200, "GET /auditLogs/signIns")["value"][0].clone();
    let status = json!({ "errorCode": 0, "failureReason": null, "additionalDetails": null });
    assert_eq!(row["status"], status);
    // Seven digits behind the point, as the vendor writes this log.
    let at = row["createdDateTime"].as_str().expect("an instant");
    assert_eq!((at.len(), &at[19..20], &at[27..]), (28, ".", "Z"), "{at}");
    for (object, part) in
        [("deviceDetail", "browser"), ("location", "city"), ("location", "geoCoordinates")]
    {
        assert!(row[object].as_object().expect("an object").contains_key(part), "{part}: {row}");
    }
    for part in ["riskDetail", "riskLevelAggregated", "riskLevelDuringSignIn", "riskState"] {
        assert_eq!(row[part], "none", "{part}");
    }
    assert_eq!(row["appliedConditionalAccessPolicies"], json!([]));
    assert!(row.get("signInEventTypes").is_none());
    let path = format!("GET /auditLogs/signIns/{}", row["id"].as_str().expect("an id"));
    let mut found = body(&mut world, 200, &path);
    found.as_object_mut().expect("an object").remove("@odata.context");
    assert_eq!(found, row);
    refusal(&mut world, 404, "GET /auditLogs/signIns/nosuch");
    let found = |world: &mut World, path: &str| {
        body(world, 200, path)["value"].as_array().map_or(9, Vec::len)
    };
    for (filter, rows) in [
        ("status/errorCode eq 0", 1),
        ("status/errorCode eq 50105", 0),
        ("clientAppUsed eq 'Browser'", 1),
        ("location/city eq 'Berlin'", 0),
    ] {
        let path = format!("GET /auditLogs/signIns?$filter={filter}");
        assert_eq!(found(&mut world, &path), rows, "{filter}");
    }
    // Only `/beta` knows kinds of sign-ins.
    let of =
        |kind: &str| format!("auditLogs/signIns?$filter=signInEventTypes/any(t:t eq '{kind}')");
    refusal(&mut world, 400, &format!("GET /{}", of("interactiveUser")));
    assert_eq!(found(&mut world, &format!("GET /beta/{}", of("interactiveUser"))), 1);
    assert_eq!(found(&mut world, &format!("GET /beta/{}", of("servicePrincipal"))), 0);
}

#[test]
fn what_no_log_has_is_refused_instead_of_not_found() {
    let mut world = world(&[]);
    for path in [
        "/auditLogs/provisioning?$filter=nosuch eq 'x'",
        "/auditLogs/provisioning?$filter=sourceIdentity/nosuch eq 'x'",
        "/auditLogs/provisioning?$filter=jobId eq 5",
        "/auditLogs/provisioning?$filter=activityDateTime gt 'soon'",
        "/auditLogs/provisioning?$filter=durationInMilliseconds gt 'x'",
        "/auditLogs/provisioning?$filter=1 eq 1",
        "/auditLogs/directoryAudits?$filter=nosuch eq 'x'",
        "/auditLogs/directoryAudits?$filter=category eq true",
        "/auditLogs/signIns?$filter=nosuch eq 'x'",
        "/auditLogs/signIns?$filter=status/errorCode eq 'x'",
        "/applicationTemplates?$filter=nosuch eq 'x'",
        "/applicationTemplates?$filter=displayName eq 7",
    ] {
        let why = refusal(&mut world, 400, &format!("GET {path}"));
        assert!(why.starts_with("BadRequest: Invalid filter clause: "), "{path}: {why}");
    }
    for path in [
        "/auditLogs/provisioning",
        "/auditLogs/directoryAudits",
        "/auditLogs/signIns",
        "/applicationTemplates",
    ] {
        let why = refusal(&mut world, 400, &format!("GET {path}?$orderby=nosuch"));
        assert!(why.starts_with("BadRequest: Invalid orderby clause: "), "{path}: {why}");
        let why = refusal(&mut world, 400, &format!("GET {path}?$select=nosuch"));
        assert!(why.contains("Could not find a property named 'nosuch'"), "{path}: {why}");
    }
}
