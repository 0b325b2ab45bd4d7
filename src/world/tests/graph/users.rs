//! `/users`.

use super::*;

const INES: &str = "POST /users\n{\"@odata.type\":\"#microsoft.graph.user\",\"accountEnabled\":true,\"displayName\":\"Ines Falk\",\"givenName\":\"Ines\",\"surname\":\"Falk\",\
    \"mailNickname\":\"ines.falk\",\"userPrincipalName\":\"ines.falk@contoso.example\",\"department\":\"Research\",\"usageLocation\":\"SE\",\
    \"passwordProfile\":{\"forceChangePasswordNextSignIn\":true,\"password\":\"secret\"}}";

#[test]
fn a_user_is_created_as_the_sheet_shows_it_and_the_journal_has_the_action() {
    let mut world = world(&[]);
    let answered = ask(&mut world, INES);
    assert_eq!(answered.status, 201, "{}", answered.body);
    let id = answered.body["id"].as_str().expect("an id").to_owned();
    let expected = json!({
        "@odata.context": "http://127.0.0.1:4040/v1.0/$metadata#users/$entity", "id": id,
        "businessPhones": [], "displayName": "Ines Falk", "givenName": "Ines", "jobTitle": null,
        "mail": null, "mobilePhone": null, "officeLocation": null, "preferredLanguage": null,
        "surname": "Falk", "userPrincipalName": "ines.falk@contoso.example",
    });
    assert_eq!(answered.body, expected);
    assert_eq!(
        answered.response.headers()["location"].to_str().ok(),
        Some(&*format!("http://127.0.0.1:4040/v1.0/users/{id}"))
    );
    let select = "accountEnabled,department,usageLocation,userType,createdDateTime,otherMails";
    let read = body(&mut world, 200, &format!("GET /users/{id}?$select={select}"));
    assert_eq!(
        read,
        json!({
            "@odata.context": "http://127.0.0.1:4040/v1.0/$metadata#users/$entity", "id": id,
            "accountEnabled": true, "department": "Research", "usageLocation": "SE",
            "userType": "Member", "createdDateTime": START, "otherMails": [],
        })
    );
    let records = world.journal().since(0).into_iter().flatten();
    let hired: Vec<Option<Cause>> = records
        .filter(|record| matches!(&record.event, RecordedEvent::Action(action) if action.verb() == "hire"))
        .map(|record| record.cause)
        .collect();
    assert!(matches!(hired[..], [Some(Cause::Request(_))]), "{hired:?}");
}

#[test]
fn what_a_new_user_lacks_is_named() {
    let mut world = world(&[]);
    let without = |name: &str| {
        let mut body: Value = serde_json::from_str(&INES["POST /users\n".len()..]).expect("JSON");
        body.as_object_mut().expect("an object").remove(name);
        format!("POST /users\n{body}")
    };
    for name in
        ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"]
    {
        let expected = format!(
            "Request_BadRequest: A value is required for property '{name}' of resource 'User'."
        );
        assert_eq!(refusal(&mut world, 400, &without(name)), expected);
    }
    for (find, replace, expected) in [
        (
            "ines.falk@contoso.example",
            "ines@elsewhere.example",
            "The domain portion of the userPrincipalName property is invalid.",
        ),
        (
            "ines.falk@contoso.example",
            "ines falk@contoso.example",
            "Invalid value specified for property 'userPrincipalName'.",
        ),
        ("\"surname\"", "\"sirname\"", "Invalid property 'sirname'."),
        ("\"Research\"", "7", "Invalid value specified for property 'department'."),
        (
            "ines.falk@contoso.example",
            "ANN.Example@contoso.example",
            "Another object with the same value for property userPrincipalName already exists.",
        ),
    ] {
        let why = refusal(&mut world, 400, &INES.replace(find, replace));
        assert!(why.contains(expected), "{why}");
    }
    let taken = body(&mut world, 400, &INES.replace("ines.falk@", "ann.example@"));
    assert_eq!(taken["error"]["details"][0]["code"], "ObjectConflict");
    assert_eq!(taken["error"]["details"][0]["target"], "userPrincipalName");
    let form = [("authorization", "Bearer graph-demo-token"), ("content-type", "text/plain")];
    assert_eq!(ask_with(&mut world, "POST /users\nname=ines", &form).status, 415);
    assert_eq!(
        refusal(&mut world, 400, "POST /users\nname=ines").split(':').next(),
        Some("BadRequest")
    );
}

#[test]
fn a_user_is_changed_blocked_and_deleted_and_the_engine_sees_it() {
    let mut world = run(&[], 1);
    let ann = id_of(&world, "ann");
    let change = format!(
        "PATCH /users/{ann}\n{{\"jobTitle\":\"Lead\",\"department\":null,\"businessPhones\":[\"+1\"]}}"
    );
    body(&mut world, 204, &change);
    body(&mut world, 204, &change);
    body(&mut world, 204, &format!("PATCH /users/{ann}\n{{\"accountEnabled\":false}}"));
    let read = body(
        &mut world,
        200,
        &format!("GET /users/{ann}?$select=jobTitle,department,businessPhones,accountEnabled"),
    );
    assert_eq!(
        (&read["jobTitle"], &read["department"], &read["businessPhones"], &read["accountEnabled"]),
        (&json!("Lead"), &Value::Null, &json!(["+1"]), &json!(false))
    );
    for (name, value) in [
        ("displayName", "null"),
        ("businessPhones", "[\"1\",\"2\"]"),
        ("businessPhones", "\"555\""),
        ("businessPhones", "[5]"),
        ("businessPhones", "null"),
        ("accountEnabled", "\"true\""),
        ("jobTitle", "7"),
        ("department", "[\"Sales\"]"),
        ("otherMails", "\"a@x\""),
        ("employeeHireDate", "\"soon\""),
        ("employeeHireDate", "5"),
        ("showInAddressList", "\"yes\""),
        ("passwordProfile", "\"secret\""),
        ("onPremisesExtensionAttributes", "[]"),
        ("extension_0123_costCenter", "5"),
        ("userPrincipalName", "\"bob.example@contoso.example\""),
    ] {
        let why = refusal(&mut world, 400, &format!("PATCH /users/{ann}\n{{\"{name}\":{value}}}"));
        let invalid = format!("Invalid value specified for property '{name}'.");
        assert!(name == "userPrincipalName" || why.contains(&invalid), "{name}: {why}");
    }
    let still = body(&mut world, 200, &format!("GET /users/{ann}?$select=jobTitle,businessPhones"));
    assert_eq!((&still["jobTitle"], &still["businessPhones"]), (&json!("Lead"), &json!(["+1"])));
    run_to(&mut world, at(2, 0));
    assert_eq!(world.target().active_count(), 4);
    body(&mut world, 204, &format!("DELETE /users/{ann}"));
    let gone = refusal(&mut world, 404, &format!("GET /users/{ann}"));
    assert!(
        gone.starts_with(&format!("Request_ResourceNotFound: Resource '{ann}' does not exist")),
        "{gone}"
    );
    assert_eq!(body(&mut world, 200, "GET /users")["value"].as_array().map(Vec::len), Some(4));
}

#[test]
fn queries_are_answered_as_the_directory_does() {
    let mut world = world(&[]);
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    for (query, expected) in [
        ("$filter=displayName eq 'ANN example'", vec!["ann Example"]),
        (&*format!("$filter=id eq '{ann}' or id eq '{bob}'"), vec!["ann Example", "bob Example"]),
        ("$filter=userPrincipalName in ('bob.example@contoso.example','x@y')", vec!["bob Example"]),
        ("$filter=startswith(displayName,'c') and accountEnabled eq true", vec!["cem Example"]),
        ("$orderby=displayName desc&$top=2", vec!["eva Example", "dee Example"]),
        ("$filter=department eq 'Sales'&$top=1", vec!["ann Example"]),
    ] {
        let found = body(&mut world, 200, &format!("GET /users?{query}"));
        assert_eq!(each(&found, "displayName"), expected, "{query}");
    }
    let eventual = [("authorization", "Bearer graph-demo-token"), ("consistencylevel", "eventual")];
    for (query, expected) in [
        (
            "$count=true&$filter=endsWith(userPrincipalName,'contoso.example') and not(startswith(displayName,'e'))",
            4,
        ),
        ("$search=\"displayName:EV\"&$count=true", 1),
        ("$count=true&$filter=jobTitle eq null", 5),
        ("$count=true&$filter=companyName eq 'none'", 0),
        ("$count=true&$filter=startswith(jobTitle,'x')", 0),
    ] {
        refusal(&mut world, 400, &format!("GET /users?{}", query.replace('"', "%22")));
        let query = query.replace('"', "%22");
        let found = ask_with(&mut world, &format!("GET /users?{query}"), &eventual);
        assert_eq!(found.body["@odata.count"], expected, "{query}: {}", found.body);
    }
    let ignored = body(&mut world, 200, "GET /users?$count=true");
    assert!(ignored.get("@odata.count").is_none());
    assert_eq!(
        refusal(&mut world, 400, "GET /users/$count"),
        "Request_BadRequest: $count is not currently supported."
    );
    let count = ask_with(&mut world, "GET /users/$count", &eventual);
    assert_eq!((count.status, count.response.body().as_ref()), (200, &b"5"[..]));
    for query in ["$select=nope", "$filter=nope eq 'x'", "$top=1000", "$skip=1", "$expand=nope"] {
        refusal(&mut world, 400, &format!("GET /users?{query}"));
    }
    for (query, begins) in [
        ("$filter=contains(displayName,'n')", "Request_UnsupportedQuery: "),
        ("$filter=displayName gt 'a'", "Request_UnsupportedQuery: "),
        ("$filter=accountEnabled eq 'true'", "BadRequest: Invalid filter clause: "),
        ("$filter=createdDateTime ge 'x'", "BadRequest: Invalid filter clause: "),
        ("$filter=displayName in (1)", "BadRequest: Invalid filter clause: "),
        ("$filter=1 eq 1", "BadRequest: Invalid filter clause: "),
        ("$orderby=displayName up", "BadRequest: Invalid orderby clause: "),
        ("$orderby=nosuch", "BadRequest: Invalid orderby clause: "),
        ("$top=1&$top=2", "BadRequest: Query option '$top' was specified more than once"),
    ] {
        let why = refusal(&mut world, 400, &format!("GET /users?{query}"));
        assert!(why.starts_with(begins), "{query}: {why}");
    }
}

#[test]
fn the_manager_is_set_read_shown_with_the_user_and_removed() {
    let mut world = world(&[]);
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    let unset = refusal(&mut world, 404, &format!("GET /users/{ann}/manager"));
    assert!(unset.contains("Resource 'manager' does not exist"), "{unset}");
    let set = format!(
        "PUT /users/{ann}/manager/$ref\n{{\"@odata.id\":\"https://graph.microsoft.com/v1.0/users/{bob}\"}}"
    );
    body(&mut world, 204, &set);
    let manager = body(&mut world, 200, &format!("GET /users/{ann}/manager"));
    assert_eq!(
        (&manager["@odata.type"], &manager["id"]),
        (&json!("#microsoft.graph.user"), &json!(bob))
    );
    let shown = body(
        &mut world,
        200,
        &format!("GET /users/{ann}?$expand=manager($levels=1;$select=id)&$select=displayName"),
    );
    assert_eq!(shown["manager"], json!({ "@odata.type": "#microsoft.graph.user", "id": bob }));
    let reports = body(&mut world, 200, &format!("GET /users/{bob}/directReports"));
    assert_eq!(each(&reports, "id"), std::slice::from_ref(&ann));
    body(&mut world, 204, &format!("DELETE /users/{ann}/manager/$ref"));
    refusal(&mut world, 404, &format!("DELETE /users/{ann}/manager/$ref"));
    let bind = |id: &str| {
        let bound = format!("https://graph.microsoft.com/v1.0/users/{id}");
        format!("PATCH /users/{ann}\n{}", json!({ "manager@odata.bind": bound }))
    };
    body(&mut world, 204, &bind(&bob));
    assert_eq!(body(&mut world, 200, &format!("GET /users/{ann}/manager"))["id"], json!(bob));
    refusal(&mut world, 404, &bind("nobody"));
    assert_eq!(
        refusal(&mut world, 400, &bind(&ann)),
        "Request_BadRequest: A user cannot be their own manager."
    );
    let other = format!("PATCH /users/{ann}\n{}", json!({ "sponsors@odata.bind": [] }));
    assert!(refusal(&mut world, 400, &other).contains("Invalid property 'sponsors@odata.bind'."));
}

#[test]
fn a_new_user_is_found_after_a_delay_where_a_policy_says_so() {
    let mut world = world(&[]);
    act(&mut world, "{ set = { entra.policy.graph_replication_delay = '5s' } }");
    let made = body(&mut world, 201, INES);
    let path = format!("GET /users/{}", made["id"].as_str().expect("an id"));
    refusal(&mut world, 404, &path);
    run_to(&mut world, start() + Duration::from_secs(5));
    body(&mut world, 200, &path);
}

#[test]
fn me_is_the_user_of_the_token() {
    let mut world = world(&[]);
    let ann = world.entra().tenant().user_named("ann").ok();
    let caller = |user, permission: &str| Caller {
        permissions: Permissions::Some([permission.to_owned()].into()),
        ..Caller::nameless(user)
    };
    let own = ask_as(&mut world, "GET /me?$select=id,displayName", caller(ann, "User.Read"));
    assert_eq!(own.status, 200, "{}", own.body);
    assert_eq!(
        (&own.body["id"], &own.body["displayName"]),
        (&json!(id_of(&world, "ann")), &json!("ann Example"))
    );
    let context = "http://127.0.0.1:4040/v1.0/$metadata#users/$entity";
    assert_eq!(own.body["@odata.context"], context);
    for (text, caller, expected) in [
        ("GET /me", caller(ann, "Group.Read.All"), (403, "Authorization_RequestDenied")),
        ("GET /users", caller(ann, "User.Read"), (403, "Authorization_RequestDenied")),
        ("GET /me", caller(None, "User.Read.All"), (400, "BadRequest")),
    ] {
        let refused = ask_as(&mut world, text, caller);
        let code = refused.body["error"]["code"].as_str().unwrap_or("-");
        assert_eq!((refused.status, code), expected, "{text}");
    }
}

#[test]
fn sessions_are_revoked_and_the_directory_tells_of_it() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    let latest = body(
        &mut world,
        200,
        "GET /users/delta?$deltatoken=latest&$select=signInSessionsValidFromDateTime",
    );
    run_to(&mut world, at(2, 0));
    let revoked = body(&mut world, 200, &format!("POST /users/{ann}/revokeSignInSessions"));
    assert_eq!(revoked["value"], json!(true));
    refusal(&mut world, 404, "POST /users/nobody@contoso.example/revokeSignInSessions");
    let path = format!("GET /users/{ann}?$select=signInSessionsValidFromDateTime");
    let from = body(&mut world, 200, &path)["signInSessionsValidFromDateTime"].clone();
    assert_eq!(from, json!(at(2, 0).rfc3339()));
    let told = body(&mut world, 200, &follow(&latest, "@odata.deltaLink"));
    assert_eq!(told["value"], json!([{ "id": ann, "signInSessionsValidFromDateTime": from }]));
    let rows = body(&mut world, 200, "GET /auditLogs/directoryAudits");
    let rows = each(&rows, "activityDisplayName");
    assert!(rows.contains(&"Revoke sign in session".to_owned()), "{rows:?}");
    assert_eq!(lines(&world, "ann is signed out of Entra").len(), 1);
}

#[test]
fn a_user_ends_the_own_sessions_and_the_action_names_the_user() {
    let mut world = world(&[]);
    let (ann, id) = (world.entra().tenant().user_named("ann").ok(), id_of(&world, "ann"));
    let caller = |user, permission: &str| Caller {
        permissions: Permissions::Some([permission.to_owned()].into()),
        ..Caller::nameless(user)
    };
    for (caller, status) in [
        (caller(ann, "User.Read"), 403),
        (caller(None, "User.ReadWrite.All"), 400),
        (caller(ann, "User.ReadWrite.All"), 200),
    ] {
        let answered = ask_as(&mut world, "POST /me/revokeSignInSessions", caller);
        assert_eq!(answered.status, status, "{}", answered.body);
    }
    assert_eq!(lines(&world, "ann is signed out of Entra").len(), 1);
    let done = world.take_client_actions();
    let written: Vec<String> = done.iter().map(|done| done.action.to_toml()).collect();
    let expected = format!("{{ graph = {{ post = \"/users/{id}/revokeSignInSessions\" }} }}");
    assert_eq!(written, [expected]);
}
