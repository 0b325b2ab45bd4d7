//! What a client does is an action of the journal: a verb, or the request itself, which repeats all
//! that it has changed.

use super::*;
use crate::world::ClientAction;

/// The actions that clients have carried out, as a scenario writes them.
fn done(world: &mut World) -> (Vec<ClientAction>, Vec<String>) {
    let all = world.take_client_actions();
    let written = all.iter().map(|done| done.action.to_toml()).collect();
    (all, written)
}

/// What a client of everything sees.
fn seen(world: &mut World) -> Vec<String> {
    let mut paths: Vec<String> = ["applications", "servicePrincipals", "users", "groups"]
        .map(|kind| format!("GET /{kind}"))
        .into();
    for kind in ["applications", "servicePrincipals"] {
        for id in each(&body(world, 200, &format!("GET /{kind}?$select=id")), "id") {
            paths.push(format!("GET /{kind}/{id}/owners"));
        }
    }
    for id in each(&body(world, 200, "GET /servicePrincipals?$select=id"), "id") {
        paths.push(format!("GET /servicePrincipals/{id}/synchronization/jobs"));
    }
    for id in each(&body(world, 200, "GET /groups?$select=id"), "id") {
        paths.push(format!("GET /groups/{id}/owners"));
        paths.push(format!("GET /groups/{id}?$select=theme,preferredLanguage"));
    }
    paths
        .push("GET /users/ann.example@contoso.example?$select=ageGroup,employeeOrgData".to_owned());
    paths.iter().map(|path| ask(world, path).body.to_string()).collect()
}

/// Has a client write all for which there is no verb.
fn write_everything(world: &mut World) {
    let template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
    let make =
        format!("POST /applicationTemplates/{template}/instantiate\n{{\"displayName\":\"Other\"}}");
    let made = body(world, 201, &make);
    let text = |of: &Value| of["id"].as_str().expect("an id").to_owned();
    let (app, sp) = (text(&made["application"]), text(&made["servicePrincipal"]));
    body(
        world,
        201,
        &format!("POST /servicePrincipals/{sp}/synchronization/jobs\n{{\"templateId\":\"scim\"}}"),
    );
    body(
        world,
        204,
        &format!(
            "PATCH /applications/{app}\n{{\"notes\":null,\"identifierUris\":[\"api://other\"]}}"
        ),
    );
    body(world, 200, &format!("POST /applications/{app}/addPassword\n{{}}"));
    let ann = id_of(world, "ann");
    let owner = format!("{{\"@odata.id\":\"https://x/v1.0/users/{ann}\"}}");
    body(world, 204, &format!("POST /servicePrincipals/{sp}/owners/$ref\n{owner}"));
    let group = json!({
        "displayName": "Readers", "mailEnabled": false, "mailNickname": "readers",
        "securityEnabled": true, "preferredLanguage": "sv-SE",
        "owners@odata.bind": [format!("https://x/v1.0/users/{ann}")],
    });
    body(world, 201, &format!("POST /groups\n{group}"));
    let both = json!({ "department": "Research", "ageGroup": "Adult" });
    body(world, 204, &format!("PATCH /users/{ann}\n{both}"));
    let (object, client) = {
        let made = body(world, 201, "POST /applications\n{\"displayName\":\"Own\"}");
        (text(&made), made["appId"].as_str().expect("an id").to_owned())
    };
    body(world, 201, &format!("POST /servicePrincipals\n{{\"appId\":\"{client}\"}}"));
    write_sign_on(world, &sp);
    body(world, 204, &format!("DELETE /applications/{object}"));
    body(world, 200, &format!("POST /directory/deletedItems/{object}/restore"));
}

/// Has a client set up how users sign in.
fn write_sign_on(world: &mut World, sp: &str) {
    let sp = format!("/servicePrincipals/{sp}");
    let saml = json!({
        "preferredSingleSignOnMode": "saml", "loginUrl": null, "accountEnabled": true,
        "replyUrls": ["http://127.0.0.1:4040/own/acs", "https://sp.example/acs"],
        "samlSingleSignOnSettings": { "relayState": "/home" },
    });
    body(world, 204, &format!("PATCH {sp}\n{saml}"));
    let made = body(world, 200, &format!("POST {sp}/addTokenSigningCertificate\n{{}}"));
    let chosen = json!({ "preferredTokenSigningKeyThumbprint": made["thumbprint"] });
    body(world, 204, &format!("PATCH {sp}\n{chosen}"));
    let keys = body(world, 200, &format!("GET {sp}"))["keyCredentials"].clone();
    let left = json!({ "keyCredentials": keys.as_array().expect("keys")[2..] });
    body(world, 204, &format!("PATCH {sp}\n{left}"));
}

#[test]
fn what_a_client_writes_is_repeated_by_its_actions() {
    let mut first = world(&[]);
    write_everything(&mut first);
    let (actions, written) = done(&mut first);
    let verbs: Vec<&str> = actions.iter().map(|done| done.action.verb()).collect();
    let expected = [
        "graph",
        "graph",
        "graph",
        "graph",
        "graph",
        "create_group",
        "graph",
        "graph",
        "update",
        "graph",
        "graph",
        "graph",
        "graph",
        "graph",
        "graph",
        "graph",
        "graph",
        "graph",
    ];
    assert_eq!(verbs, expected, "{written:#?}");
    assert!(written[0].contains("adds = \"other\""), "{}", written[0]);
    assert!(written[2].contains("\"notes\\\":null"), "what clears stays JSON: {}", written[2]);

    let mut second = world(&[]);
    for done in &actions {
        let text = done.action.to_toml();
        second
            .act_hidden(action(&text), done.by.as_ref())
            .unwrap_or_else(|e| panic!("{text}: {e}"));
    }
    assert_eq!(seen(&mut second), seen(&mut first));
    assert_eq!(done(&mut second).1, Vec::<String>::new(), "a script is no client");
}

/// Keys that are no setting, credentials that are deleted, and how often a schema was saved are
/// repeated too.
#[test]
fn what_a_client_writes_about_a_job_is_repeated_whole() {
    let mut first = world(&[]);
    let (job, sp) = (job(&mut first), principal(&mut first));
    let schema = body(&mut first, 200, &format!("GET {job}/schema"));
    body(&mut first, 204, &format!("PUT {job}/schema\n{schema}"));
    body(&mut first, 204, &format!("DELETE {job}/schema"));
    let secrets = |world: &mut World, pairs: &[(&str, &str)]| {
        let value: Vec<Value> =
            pairs.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
        let put = format!("PUT {sp}/synchronization/secrets\n{}", json!({ "value": value }));
        body(world, 204, &put);
    };
    secrets(&mut first, &[("Sandbox", "x"), ("Password", "SEKRIT"), ("SyncAll", "true")]);
    secrets(&mut first, &[("SecretToken", ""), ("CompanyId", "7")]);
    let (actions, written) = done(&mut first);
    assert!(!written.concat().contains("SEKRIT"), "{written:#?}");
    let mut second = world(&[]);
    for done in &actions {
        second.act(action(&done.action.to_toml())).unwrap_or_else(|e| panic!("{e}"));
    }
    for path in [format!("{job}/schema"), format!("{sp}/synchronization/secrets"), job] {
        let seen = body(&mut first, 200, &format!("GET {path}"));
        assert_eq!(body(&mut second, 200, &format!("GET {path}")), seen, "{written:#?}");
    }
    let shown = body(&mut second, 200, &format!("GET {sp}/synchronization/secrets"));
    let own = ["CompanyId", "Password", "Sandbox"];
    assert_eq!(&each(&shown, "key")[3..], own, "{shown}");
    assert_eq!(each(&shown, "key")[..2], ["BaseAddress", "SyncAll"], "{shown}");
}

/// A button of the portal raises the version of a schema as a client does.
#[test]
fn a_mapping_that_another_side_saves_raises_the_version_of_the_schema() {
    let mut world = world(&[]);
    let path = format!("GET {}/schema", job(&mut world));
    let version = |world: &mut World| body(world, 200, &path)["version"].clone();
    assert_eq!(version(&mut world), "v1.0");
    act(
        &mut world,
        "{ set = { entra.mappings.users.change = [{ target = 'externalId', source = 'objectId' }] } }",
    );
    assert_eq!(version(&mut world), "v1.1");
    act(&mut world, "'restore_default_mappings'");
    assert_eq!(version(&mut world), "v1.2");
}

#[test]
fn a_request_that_is_refused_or_changes_nothing_is_no_action() {
    let mut world = world(&[]);
    body(&mut world, 400, "POST /applications\n{}");
    let sp = principal(&mut world);
    body(&mut world, 204, &format!("PATCH {sp}\n{{}}"));
    assert_eq!(done(&mut world).1, Vec::<String>::new());
    for (written, why) in [
        ("{ graph = { post = '/applications' } }", "400 A value is required"),
        ("{ graph = { post = '/nothing' } }", "400 Resource not found for the segment"),
        ("{ graph = { post = '/$batch' } }", "400 A batch is several requests"),
    ] {
        let error = world.act(action(written)).expect_err(written);
        assert!(error.message.contains(why), "{written}: {error}");
    }
    let twice = "{ graph = { post = '/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate', \
                 body = { displayName = 'Two' }, adds = 'two' } }";
    world.act(action(twice)).expect("the name is free");
    assert!(world.find_app("two").is_some());
    let error = world.act(action(twice)).expect_err("it is taken");
    assert!(error.message.contains("there is an application `two` already"), "{error}");
}

#[test]
fn the_logs_name_the_client_that_did_it() {
    let mut world = world(&[]);
    let job = job(&mut world);
    body(&mut world, 204, &format!("POST {job}/start"));
    act(&mut world, "'stop'");
    let make = "POST /applications\n{\"displayName\":\"Own\"}";
    body(&mut world, 201, make);
    let rows = body(&mut world, 200, "GET /auditLogs/directoryAudits");
    let by = |activity: &str| {
        let rows = rows["value"].as_array().expect("rows");
        let row = rows.iter().find(|row| row["activityDisplayName"] == activity);
        row.unwrap_or_else(|| panic!("{activity}: {rows:?}"))["initiatedBy"].clone()
    };
    for activity in ["Enable/start provisioning configuration", "Add application"] {
        let by = by(activity);
        assert!(by["app"]["appId"].is_string() && by["user"].is_null(), "{activity}: {by}");
        assert_eq!(by["app"]["displayName"], "Graph client");
    }
    let by_hand = by("Disable/pause provisioning configuration");
    assert_eq!(
        (&by_hand["app"], &by_hand["user"]["displayName"]),
        (&Value::Null, &json!("Application Administrator"))
    );
}

#[test]
fn a_name_in_braces_of_the_recycle_bin_is_a_user() {
    let mut world = world(&[]);
    act(&mut world, "{ delete = 'ann' }");
    act(&mut world, "{ graph = { post = '/directory/deletedItems/{ann}/restore' } }");
    act(&mut world, "{ disable = 'ann' }");
}

#[test]
fn a_name_in_braces_is_resolved_wherever_a_request_refers_to_an_object() {
    let mut world = world(&[]);
    let template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
    act(
        &mut world,
        &format!(
            "{{ graph = {{ post = '/applicationTemplates/{template}/instantiate', body = {{ displayName = 'Two' }}, adds = 'two' }} }}"
        ),
    );
    // A table and JSON in a text: both have a reference.
    let owner = "https://graph.microsoft.com/v1.0/users/{ann}";
    for body in
        [format!("{{ \"@odata.id\" = '{owner}' }}"), format!("'{{\"@odata.id\":\"{owner}\"}}'")]
    {
        act(
            &mut world,
            &format!(
                "{{ graph = {{ post = '/applications/{{two}}/owners/$ref', body = {body} }} }}"
            ),
        );
        let id = id_of(&world, "ann");
        let apps = each(
            &body_of(&mut world, "GET /applications?$filter=displayName eq 'Two'&$select=id"),
            "id",
        );
        let owners = body_of(&mut world, &format!("GET /applications/{}/owners", apps[0]));
        assert_eq!(each(&owners, "id"), [id], "{body}");
        act(&mut world, "{ graph = { delete = '/applications/{two}/owners/{ann}/$ref' } }");
    }
    let assign = "{ graph = { post = '/servicePrincipals/{two}/appRoleAssignedTo', body = { principalId = '{ann}', \
                  resourceId = '{two}', appRoleId = '00000000-0000-0000-0000-000000000000' } } }";
    act(&mut world, assign);
    // An application is found in the recycle bin by its name; its service principal comes back too.
    act(&mut world, "{ graph = { delete = '/applications/{two}' } }");
    act(&mut world, "{ graph = { post = '/directory/deletedItems/{two}/restore' } }");
    act(
        &mut world,
        "{ graph = { patch = '/servicePrincipals/{two}', body = { accountEnabled = false } } }",
    );
    for written in [
        "{ graph = { delete = '/directory/deletedItems/{ghost}' } }",
        "{ graph = { post = '/applications/{two}/owners/$ref', body = { \"@odata.id\" = 'https://x/v1.0/directoryObjects/{ghost}' } } }",
    ] {
        let error = world.act(action(written)).expect_err(written);
        assert!(error.message.contains("no user, group or application `ghost`"), "{error}");
    }
}

fn body_of(world: &mut World, request: &str) -> Value {
    body(world, 200, request)
}
