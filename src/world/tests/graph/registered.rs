//! Registrations and service principals: made, changed, deleted and taken back.

use std::collections::BTreeMap;

use super::*;
use crate::entra::{AppId, sign_on};
use crate::saml::Certificate;
use crate::world::actions::VERBS;
use crate::world::status;

/// A registration: its object id and its client id.
fn registered(world: &mut World, name: &str) -> (String, String) {
    let make = format!("POST /applications\n{}", json!({ "displayName": name }));
    let made = body(world, 201, &make);
    let text = |name: &str| made[name].as_str().expect("an id").to_owned();
    (text("id"), text("appId"))
}

/// The path of the service principal of a new registration.
fn new_principal(world: &mut World, name: &str) -> String {
    let (_, client) = registered(world, name);
    let make = format!("POST /servicePrincipals\n{}", json!({ "appId": client }));
    format!("/servicePrincipals/{}", body(world, 201, &make)["id"].as_str().expect("an id"))
}

#[test]
fn a_registration_is_made_and_gets_a_service_principal_that_follows_it() {
    let mut world = world(&[]);
    let (object, client) = registered(&mut world, "Intranet");
    let app = format!("/applications/{object}");
    let by_client = format!("GET /applications(appId='{client}')?$select=displayName");
    assert_eq!(body(&mut world, 200, &by_client)["displayName"], "Intranet");
    assert_eq!(
        body(&mut world, 200, "GET /servicePrincipals")["value"].as_array().map(Vec::len),
        Some(1)
    );
    let make = format!("POST /servicePrincipals\n{}", json!({ "appId": client, "tags": ["x"] }));
    let principal = body(&mut world, 201, &make);
    assert_eq!((&principal["appId"], &principal["tags"]), (&json!(client), &json!(["x"])));
    assert_eq!(principal["appRoleAssignmentRequired"], false);
    let sp = format!("/servicePrincipals/{}", principal["id"].as_str().expect("an id"));
    let why = refusal(&mut world, 409, &make);
    assert!(why.starts_with("Request_MultipleObjectsWithSameKeyValue: "), "{why}");

    // What is written about the registration shows at its service principal.
    let change = json!({
        "displayName": "Intranet 2", "identifierUris": ["api://intranet"],
        "web": { "redirectUris": ["https://intranet.example/back"] },
    });
    body(&mut world, 204, &format!("PATCH {app}\n{change}"));
    let home = json!({ "web": { "homePageUrl": "https://intranet.example" } });
    body(&mut world, 204, &format!("PATCH {app}\n{home}"));
    let shown = body(&mut world, 200, &format!("GET {sp}"));
    assert_eq!(
        (&shown["displayName"], &shown["replyUrls"], &shown["homepage"]),
        (
            &json!("Intranet 2"),
            &json!(["https://intranet.example/back"]),
            &json!("https://intranet.example")
        )
    );
    assert_eq!(shown["servicePrincipalNames"], json!([client, "api://intranet"]));
    body(&mut world, 204, &format!("PATCH {app}\n{}", json!({ "web": null })));
    assert_eq!(body(&mut world, 200, &format!("GET {sp}"))["replyUrls"], json!([]));

    // It is from no gallery, and cannot be provisioned.
    let templates = body(&mut world, 200, &format!("GET {sp}/synchronization/templates"));
    assert_eq!(templates["value"], json!([]));
    let job = format!("POST {sp}/synchronization/jobs\n{}", json!({ "templateId": "scim" }));
    refusal(&mut world, 400, &job);
}

/// What is refused, and the words of the refusal.
fn refused(app: &str, sp: &str, client: &str) -> Vec<(String, &'static str)> {
    vec![
        (
            "POST /applications\n{}".to_owned(),
            "A value is required for property 'displayName' of resource 'Application'.",
        ),
        (format!("PATCH {app}\n{{\"displayname\":\"x\"}}"), "Invalid property 'displayname'."),
        (
            format!("PATCH {app}\n{{\"displayName\":\"\"}}"),
            "Invalid value specified for property 'displayName'.",
        ),
        (
            format!("PATCH {app}\n{{\"appId\":\"x\"}}"),
            "Property 'appId' is read-only and cannot be set.",
        ),
        (
            format!("PATCH {app}\n{{\"signInAudience\":\"Everybody\"}}"),
            "Invalid value specified for property 'signInAudience'.",
        ),
        (format!("PATCH {app}\n{{\"web\":{{\"redirects\":[]}}}}"), "Invalid property 'redirects'."),
        (format!("PATCH {app}\n{{\"tags\":null}}"), "Invalid value specified for property 'tags'."),
        (
            format!("PATCH {app}\n{{\"appRoles\":[{{\"id\":\"{ROLE}\"}}]}}"),
            "A value is required for property 'displayName' of resource 'AppRole'.",
        ),
        (
            format!("PATCH {app}\n{{\"keyCredentials\":[{{\"key\":\"AQID\"}}]}}"),
            "Invalid value specified for property 'key'.",
        ),
        (
            format!("PATCH {sp}\n{{\"accountEnabled\":\"no\"}}"),
            "Invalid value specified for property 'accountEnabled'.",
        ),
        (
            format!("PATCH {sp}\n{{\"preferredSingleSignOnMode\":\"magic\"}}"),
            "Invalid value specified for property 'preferredSingleSignOnMode'.",
        ),
        (
            format!("PATCH {sp}\n{{\"appId\":\"{client}\"}}"),
            "Property 'appId' is read-only and cannot be set.",
        ),
        (
            "POST /servicePrincipals\n{}".to_owned(),
            "A value is required for property 'appId' of resource 'ServicePrincipal'.",
        ),
        (
            format!("POST /servicePrincipals\n{{\"appId\":\"{ROLE}\"}}"),
            "The appId '3d1f2a90-64d7-4c2a-9a5f-0d3c8f1b2e77' of the service principal does not reference a valid application object.",
        ),
        (
            format!("POST {app}/removePassword\n{{\"keyId\":\"{ROLE}\"}}"),
            "No password credential found with keyId.",
        ),
        (
            format!(
                "POST {app}/addPassword\n{{\"passwordCredential\":{{\"endDateTime\":\"2001-01-01T00:00:00Z\"}}}}"
            ),
            "Invalid value specified for property 'endDateTime'.",
        ),
    ]
}

#[test]
fn what_cannot_be_is_refused_in_the_vendors_words_and_changes_nothing() {
    let mut world = world(&[]);
    let (object, client) = registered(&mut world, "Intranet");
    let sp = principal(&mut world);
    let app = format!("/applications/{object}");
    let before = body(&mut world, 200, &format!("GET {app}"));
    for (text, expected) in refused(&app, &sp, &client) {
        assert_eq!(
            refusal(&mut world, 400, &text),
            format!("Request_BadRequest: {expected}"),
            "{text}"
        );
    }
    assert_eq!(body(&mut world, 200, &format!("GET {app}")), before);
}

#[test]
fn single_sign_on_settings_are_kept_where_sign_in_reads_them() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let change = json!({
        "preferredSingleSignOnMode": "saml", "loginUrl": "https://app.golinks.example/login",
        "samlSingleSignOnSettings": { "relayState": "/home" }, "appRoleAssignmentRequired": false,
        "accountEnabled": false, "notificationEmailAddresses": ["it@contoso.example"],
    });
    body(&mut world, 204, &format!("PATCH {sp}\n{change}"));
    let made =
        format!("POST {sp}/addTokenSigningCertificate\n{}", json!({ "displayName": "CN=Golinks" }));
    let made = body(&mut world, 200, &made);
    let thumbprint = made["thumbprint"].as_str().expect("a thumbprint").to_owned();
    assert_eq!((thumbprint.len(), &made["endDateTime"]), (40, &json!("2029-03-02T08:00:00Z")));
    let chosen = json!({ "preferredTokenSigningKeyThumbprint": thumbprint });
    body(&mut world, 204, &format!("PATCH {sp}\n{chosen}"));
    let shown = body(&mut world, 200, &format!("GET {sp}"));
    // The one that the scenario's set-up has made is shown as well.
    assert_eq!(shown["keyCredentials"].as_array().map(Vec::len), Some(4));
    for (name, value) in change.as_object().expect("an object") {
        assert_eq!(&shown[name], value, "{name}");
    }
    // Sign-in goes by it: the certificate is a real one, it signs, and the metadata name it.
    let (start, seed) = (world.start, world.seed);
    let base = "http://127.0.0.1:4040";
    let at = sign_on::SignOnAt { base, now: world.now(), outside: world.now(), start, seed };
    let made = Certificate::from_text(made["key"].as_str().expect("a key")).expect("one");
    assert_eq!(made.thumbprint(), thumbprint);
    let entra = world.entra();
    let active = sign_on::active(entra, crate::entra::AppId::MAIN, at).expect("one signs");
    assert_eq!(active.certificate, made);
    let metadata = sign_on::metadata(entra, crate::entra::AppId::MAIN, at);
    assert_eq!(crate::saml::metadata::certificates_of(&metadata)[0], made);
    let sso = world.entra().sso_of(crate::entra::AppId::MAIN);
    assert_eq!(sso.sign_on_url.as_deref(), Some("https://app.golinks.example/login"));
    assert_eq!(sso.relay_state.as_deref(), Some("/home"));
    assert!(!sso.enabled && !sso.assignment_required);
    // The registration's own addresses are where Responses may go.
    let app = each(&body(&mut world, 200, "GET /applications"), "id")[0].clone();
    let saml = json!({ "identifierUris": ["https://golinks.example/saml"], "web": { "redirectUris": ["https://golinks.example/acs"] } });
    body(&mut world, 204, &format!("PATCH /applications/{app}\n{saml}"));
    let sso = world.entra().sso_of(crate::entra::AppId::MAIN);
    assert_eq!(sso.reply_urls, ["https://golinks.example/acs"]);
    assert_eq!(sso.identifiers, ["https://golinks.example/saml"]);
}

#[test]
fn a_deleted_application_loses_its_job_at_once_and_comes_back_without_it() {
    let mut world = world(&[]);
    let (sp, job) = (principal(&mut world), job(&mut world));
    body(&mut world, 204, &format!("POST {job}/start"));
    run_to(&mut world, at(1, 0));
    assert!(!world.entra().job().links().is_empty());
    let client = body(&mut world, 200, &format!("GET {sp}"))["appId"].clone();
    let client = client.as_str().expect("an id");
    let app = each(&body(&mut world, 200, "GET /applications"), "id")[0].clone();
    body(&mut world, 204, &format!("DELETE /applications/{app}"));
    for gone in [&format!("GET {sp}"), &format!("GET /applications/{app}"), &format!("GET {job}")] {
        refusal(&mut world, 404, gone);
    }
    assert!(world.entra().job().links().is_empty());
    assert!(world.entra().job().next_due().is_none());
    let ann = id_of(&world, "ann");
    let assignments = body(&mut world, 200, &format!("GET /users/{ann}/appRoleAssignments"));
    assert_eq!(assignments["value"], json!([]));
    for kind in ["application", "servicePrincipal"] {
        let bin = body(&mut world, 200, &format!("GET /directory/deletedItems/graph.{kind}"));
        assert_eq!(each(&bin, "displayName"), ["GoLinks"]);
        assert!(bin["value"][0]["deletedDateTime"].is_string());
    }
    // The accounts stay as they are, and no user is in scope of what is not there.
    let accounts = world.target().active_count();
    let counts = intent::user_counts((&world).into());
    assert_eq!((counts.all.in_scope, counts.out_of_scope, counts.left), (0, 0, 0));
    assert!(intent::compare(&world).is_empty() && intent::longest_exposure(&world).is_none());
    let restored = body(&mut world, 200, &format!("POST /directory/deletedItems/{app}/restore"));
    assert_eq!(restored["@odata.type"], "#microsoft.graph.application");
    let back = body(&mut world, 200, &format!("GET /servicePrincipals(appId='{client}')"));
    assert_eq!(format!("/servicePrincipals/{}", back["id"].as_str().expect("an id")), sp);
    let jobs = body(&mut world, 200, &format!("GET {sp}/synchronization/jobs"));
    assert_eq!((world.target().active_count(), &jobs["value"]), (accounts, &json!([])));
    assert_eq!(intent::user_counts((&world).into()).all.in_scope, accounts);
    let assignments = body(&mut world, 200, &format!("GET /users/{ann}/appRoleAssignments"));
    assert_eq!(assignments["value"].as_array().map(Vec::len), Some(1));
    // A new job begins with nothing.
    let create = json!({ "templateId": "goLinks" });
    let made = body(&mut world, 201, &format!("POST {sp}/synchronization/jobs\n{create}"));
    assert_eq!(made["status"]["lastExecution"], Value::Null);
    assert_eq!(made["schedule"]["state"], "Disabled");
}

#[test]
fn a_deleted_service_principal_can_be_made_anew_and_is_gone_when_purged() {
    let mut world = world(&[]);
    let sp = new_principal(&mut world, "Intranet");
    let client = body(&mut world, 200, &format!("GET {sp}"))["appId"].clone();
    body(&mut world, 204, &format!("DELETE {sp}"));
    refusal(&mut world, 404, &format!("GET {sp}"));
    let again =
        body(&mut world, 201, &format!("POST /servicePrincipals\n{}", json!({ "appId": client })));
    assert_eq!(again["appId"], client);
    assert_ne!(format!("/servicePrincipals/{}", again["id"].as_str().expect("an id")), sp);
    let id = again["id"].as_str().expect("an id").to_owned();
    body(&mut world, 204, &format!("DELETE /servicePrincipals/{id}"));
    body(&mut world, 204, &format!("DELETE /directory/deletedItems/{id}"));
    refusal(&mut world, 404, &format!("GET /directory/deletedItems/{id}"));
    // Thirty days later the recycle bin is empty by itself.
    let (object, _) = registered(&mut world, "Short-lived");
    body(&mut world, 204, &format!("DELETE /applications/{object}"));
    body(&mut world, 200, &format!("GET /directory/deletedItems/{object}"));
    world.move_clock(start() + crate::base::time::DAY * 31);
    refusal(&mut world, 404, &format!("GET /directory/deletedItems/{object}"));
}

#[test]
fn owners_are_users_and_service_principals() {
    let mut world = world(&[]);
    let (object, _) = registered(&mut world, "Intranet");
    act(&mut world, "{ create_group = { sales = { name = 'Sales' } } }");
    let sales = group_id(&world, "sales");
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    let sp = principal(&mut world);
    let link = |id: &str| json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") });
    for of in [format!("/applications/{object}"), format!("/groups/{sales}"), sp.clone()] {
        assert_eq!(body(&mut world, 200, &format!("GET {of}/owners"))["value"], json!([]));
        let add = format!("POST {of}/owners/$ref\n{}", link(&ann));
        body(&mut world, 204, &add);
        assert!(refusal(&mut world, 400, &add).contains("already exist"));
        body(&mut world, 204, &format!("POST {of}/owners/$ref\n{}", link(&bob)));
        let owners = body(&mut world, 200, &format!("GET {of}/owners"));
        assert_eq!(each(&owners, "@odata.type"), ["#microsoft.graph.user"; 2]);
        body(&mut world, 204, &format!("DELETE {of}/owners/{bob}/$ref"));
        refusal(&mut world, 404, &format!("DELETE {of}/owners/{bob}/$ref"));
        refusal(&mut world, 404, &format!("POST {of}/owners/$ref\n{}", link(ROLE)));
    }
    let owned = body(&mut world, 200, &format!("GET /users/{ann}/ownedObjects"));
    assert_eq!(
        each(&owned, "@odata.type"),
        [
            "#microsoft.graph.servicePrincipal",
            "#microsoft.graph.application",
            "#microsoft.graph.group"
        ]
    );
    let expanded = body(&mut world, 200, &format!("GET /applications/{object}?$expand=owners"));
    assert_eq!(expanded["owners"][0]["id"], json!(ann));
    refusal(&mut world, 400, &format!("DELETE /groups/{sales}/owners/{ann}/$ref"));
    let sp = sp.rsplit('/').next().expect("an id");
    let make = json!({ "displayName": "Owned", "owners@odata.bind": [format!("https://graph.microsoft.com/v1.0/servicePrincipals/{sp}")] });
    let made = body(&mut world, 201, &format!("POST /applications\n{make}"));
    let owners = format!("GET /applications/{}/owners", made["id"].as_str().expect("an id"));
    assert_eq!(each(&body(&mut world, 200, &owners), "displayName"), ["GoLinks"]);
}

#[test]
fn applications_are_shown_with_their_owners_and_assignments() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let assigned = body(&mut world, 200, &format!("GET {sp}/appRoleAssignedTo"))["value"].clone();
    assert!(!assigned.as_array().expect("a list").is_empty());
    let alone = body(&mut world, 200, &format!("GET {sp}?$select=id&$expand=appRoleAssignedTo"));
    assert_eq!(alone["appRoleAssignedTo"], assigned);
    let all = "GET /servicePrincipals?$select=id&$expand=appRoleAssignedTo($select=principalId)";
    let listed = body(&mut world, 200, all)["value"][0].clone();
    let ids = [&listed["appRoleAssignedTo"], &assigned]
        .map(|list| each(&json!({ "value": list }), "principalId"));
    assert_eq!(ids[0], ids[1]);
    assert_eq!(listed["appRoleAssignedTo"][0]["appRoleId"], Value::Null);
    for (path, expected) in [
        ("/applications?$expand=owners", 200),
        ("/servicePrincipals?$expand=owners", 200),
        ("/applications?$expand=appRoleAssignedTo", 400),
        ("/servicePrincipals?$expand=nothing", 400),
    ] {
        body(&mut world, expected, &format!("GET {path}"));
    }
}

#[test]
fn deltas_of_applications_say_what_changed_and_what_is_gone() {
    let mut world = world(&[]);
    let first = body(&mut world, 200, "GET /applications/delta");
    assert_eq!(each(&first, "displayName"), ["GoLinks"]);
    let principals = body(&mut world, 200, "GET /servicePrincipals/delta()");
    let (object, _) = registered(&mut world, "Intranet");
    let later = body(&mut world, 200, &follow(&first, "@odata.deltaLink"));
    assert_eq!(each(&later, "displayName"), ["Intranet"]);
    let none = body(&mut world, 200, &follow(&principals, "@odata.deltaLink"));
    assert_eq!(none["value"], json!([]));
    new_principal(&mut world, "Extranet");
    let one = body(&mut world, 200, &follow(&none, "@odata.deltaLink"));
    assert_eq!(each(&one, "displayName"), ["Extranet"]);
    let later = body(&mut world, 200, &follow(&later, "@odata.deltaLink"));
    assert_eq!(each(&later, "displayName"), ["Extranet"]);
    body(&mut world, 204, &format!("DELETE /applications/{object}"));
    let gone = body(&mut world, 200, &follow(&later, "@odata.deltaLink"));
    assert_eq!(gone["value"], json!([{ "id": object, "@removed": { "reason": "changed" } }]));
}

#[test]
fn an_application_rolls_its_keys_over_with_a_proof_of_one_it_has() {
    use crate::base::jwt::JwtKey;
    use crate::saml::{SigningKey, Subject};
    let keys = ["old", "new"].map(|name| JwtKey::drawn(name, Seed(9)).expect("a key"));
    let certificates = [0, 1].map(|nth| {
        let signing = SigningKey::of(&keys[nth]).expect("a key");
        let until = Time::from_secs(2_000_000_000);
        let made = signing.certificate(Subject::Vendor, 7, Time::from_secs(0), until);
        made.expect("a certificate").to_base64()
    });
    let mut world = world(&[]);
    let (object, _) = registered(&mut world, "Script");
    let app = format!("/applications/{object}");
    let proof = |key: &JwtKey, issuer: &str, audience: &str| {
        let claims = json!({ "aud": audience, "iss": issuer, "nbf": 1, "exp": 2 });
        key.sign_by_certificate(&claims)
    };
    let directory = "00000002-0000-0000-c000-000000000000";
    let good = proof(&keys[0], &object, directory);
    let add = |proof: &str| {
        let one =
            json!({ "type": "AsymmetricX509Cert", "usage": "Verify", "key": certificates[1] });
        let body = json!({ "keyCredential": one, "passwordCredential": null, "proof": proof });
        format!("POST {app}/addKey\n{body}")
    };
    refusal(&mut world, 400, &add(&good));
    let first = json!({ "keyCredentials": [{ "key": certificates[0] }] });
    body(&mut world, 204, &format!("PATCH {app}\n{first}"));
    for wrong in [
        proof(&keys[1], &object, directory),
        proof(&keys[0], "another", directory),
        proof(&keys[0], &object, "https://graph.microsoft.com"),
        "a.b.c".to_owned(),
    ] {
        let why = refusal(&mut world, 400, &add(&wrong));
        assert!(why.starts_with("Request_BadRequest: The proof"), "{why}");
    }
    let made = body(&mut world, 200, &add(&good));
    assert_eq!((&made["key"], &made["usage"]), (&json!(null), &json!("Verify")));
    let shown = body(&mut world, 200, &format!("GET {app}?$select=keyCredentials"));
    let ids = shown["keyCredentials"].as_array().expect("keys").clone();
    assert_eq!((ids.len(), &ids[1]["keyId"]), (2, &made["keyId"]));
    let remove = |id: &Value, proof: &str| {
        format!("POST {app}/removeKey\n{}", json!({ "keyId": id, "proof": proof }))
    };
    let by_new = proof(&keys[1], &object, directory);
    body(&mut world, 204, &remove(&ids[0]["keyId"], &by_new));
    refusal(&mut world, 400, &remove(&ids[0]["keyId"], &by_new));
    refusal(&mut world, 400, &add(&good));
    let left = body(&mut world, 200, &format!("GET {app}?$select=keyCredentials"));
    assert_eq!(left["keyCredentials"].as_array().map(Vec::len), Some(1));
    // As actions it ends with the same keys.
    let mut second = super::world(&[]);
    for done in world.take_client_actions() {
        let text = done.action.to_toml();
        let repeated = second.act_hidden(action(&text), done.by.as_ref());
        repeated.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    let again = body(&mut second, 200, &format!("GET {app}?$select=keyCredentials"));
    assert_eq!(again, left);
}

/// A state, what is refused in it, and how many rows of the audit log that leaves.
type Refused = (&'static [&'static str], &'static [(&'static str, usize)]);

const REFUSED: [Refused; 6] = [
    (
        &["'start'", "'delete_job'"],
        &[
            ("'stop'", 1),
            ("'restart'", 1),
            ("'delete_job'", 1),
            ("'allow_deletes'", 1),
            ("'reject_deletes'", 1),
            ("{ provision_on_demand = 'ann' }", 1),
            ("'discover_identities'", 1),
            ("{ delete_connection = 'ann' }", 1),
            // No administrator does them.
            ("'quarantine'", 0),
            ("'interrupt'", 0),
        ],
    ),
    (
        &["{ set = { entra.secrets.SecretToken = false } }"],
        &[
            ("'start'", 1),
            ("'restart'", 1),
            ("'test_connection'", 1),
            ("{ provision_on_demand = 'ann' }", 1),
            ("'discover_identities'", 1),
        ],
    ),
    (
        &["{ set = { entra.mode = 'manual' } }"],
        &[("'start'", 1), ("'restart'", 1), ("'test_connection'", 1), ("'save'", 1)],
    ),
    (
        &["'start'"],
        &[
            ("'allow_deletes'", 1),
            ("'reject_deletes'", 1),
            ("{ delete_connection = 'ann' }", 1),
            ("{ assign = 'ann' }", 1),
            ("{ unassign = { group = 'all' } }", 1),
        ],
    ),
    (
        &["{ delete = 'ann' }", "{ delete_group = 'all' }"],
        &[
            ("{ assign = 'ann' }", 1),
            ("{ unassign = ['ann', 'bob'] }", 2),
            ("{ assign = { group = 'all' } }", 1),
            // The record of an assignment goes wrong without anyone's doing.
            ("{ break_assignment = 'ann' }", 0),
            // Such a user cannot be picked in the portal.
            ("{ assign = 'zoe' }", 0),
        ],
    ),
    (&[], &[("{ set_secret = 'x' }", 0), ("'discard'", 0)]),
];

#[test]
fn whatever_refuses_what_an_administrator_does_the_audit_log_has_it() {
    for (state, verbs) in REFUSED {
        for (verb, expected) in verbs {
            let mut world = world(&[]);
            act(&mut world, "{ create_group = { all = { name = 'All' } } }");
            state.iter().for_each(|done| act(&mut world, done));
            let before = world.entra().job().audit().count();
            let done = world.act(action(verb));
            let rows = world.entra().job().audit().rows().filter(|row| row.number > before);
            let rows: Vec<_> = rows.map(|row| (row.refused.clone(), row.object.clone())).collect();
            let Err(why) = done else {
                assert_eq!(*verb, "{ set_secret = 'x' }");
                continue;
            };
            assert_eq!(rows.len(), *expected, "{state:?} {verb}: {rows:?}");
            for (refused, object) in rows {
                assert_eq!(refused.as_deref(), Some(&*why.message), "{state:?} {verb}");
                assert_eq!(object.is_some(), verb.contains("assign ="), "{state:?} {verb}");
            }
        }
    }
}

#[test]
fn an_assignment_is_logged_with_its_properties_and_both_objects_done_or_refused() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    let row = |world: &mut World| {
        let rows = body(world, 200, "GET /auditLogs/directoryAudits?$top=1");
        let row = rows["value"][0].clone();
        let targets: Vec<String> = row["targetResources"]
            .as_array()
            .expect("targets")
            .iter()
            .map(|it| format!("{} {}", it["type"], it["displayName"]))
            .collect();
        (row, targets)
    };
    let both = ["\"ServicePrincipal\" \"GoLinks\"", "\"User\" \"ann Example\""];
    for (verb, is_made) in [("{ unassign = 'ann' }", false), ("{ assign = 'ann' }", true)] {
        act(&mut world, verb);
        let (done, targets) = row(&mut world);
        assert_eq!(targets, both, "{done}");
        let changed = done["targetResources"][0]["modifiedProperties"].as_array().expect("a list");
        let value = |name: &str, key: &str| {
            let found = changed.iter().find(|it| it["displayName"] == name);
            found.unwrap_or_else(|| panic!("{name}: {done}"))[key].clone()
        };
        let (has, lacks) =
            if is_made { ("newValue", "oldValue") } else { ("oldValue", "newValue") };
        assert_eq!(value("AppRole.DisplayName", has), json!("\"User\""));
        assert_eq!(value("User.ObjectID", has), json!(format!("\"{ann}\"")));
        assert_eq!(value("User.UPN", lacks), Value::Null);
        assert_eq!(done["initiatedBy"]["user"]["displayName"], "Application Administrator");
        let later = world.now() + Duration::from_secs(60);
        world.move_clock(later);
        world.act(action(verb)).expect_err("it is so already");
        let (refused, targets) = row(&mut world);
        assert_eq!(
            (targets, &refused["result"]),
            (both.map(String::from).to_vec(), &json!("failure"))
        );
    }
}

#[test]
fn what_is_done_to_the_directory_is_done_by_the_least_role_or_by_the_directory_itself() {
    let mut world = world(&[]);
    let by = |world: &mut World, activity: &str| {
        let rows = body(world, 200, "GET /auditLogs/directoryAudits");
        let rows = rows["value"].as_array().expect("rows").clone();
        let row = rows.into_iter().find(|row| row["activityDisplayName"] == activity);
        row.unwrap_or_else(|| panic!("{activity}"))["initiatedBy"].clone()
    };
    for (verb, activity, role) in [
        ("{ hire = { zoe = { name = 'Zoe Park' } } }", "Add user", "User Administrator"),
        ("{ disable = 'bob' }", "Disable account", "User Administrator"),
        ("{ create_group = { g = { name = 'G' } } }", "Add group", "Groups Administrator"),
        (
            "{ add_member = { group = 'g', user = 'ann' } }",
            "Add member to group",
            "Groups Administrator",
        ),
    ] {
        act(&mut world, verb);
        let by = by(&mut world, activity);
        assert_eq!(by["user"]["displayName"], role, "{verb}: {by}");
    }
    act(&mut world, "{ delete = 'zoe' }");
    world.move_clock(world.now() + crate::base::time::DAY * 31);
    let by = by(&mut world, "Hard Delete user");
    assert_eq!(
        (&by["user"], &by["app"]["displayName"]),
        (&Value::Null, &json!("Microsoft Entra ID"))
    );
}

#[test]
fn what_is_done_to_a_deleted_application_is_refused_in_words_and_stands_in_the_audit_log() {
    let mut world = world(&[]);
    let (sp, job) = (principal(&mut world), job(&mut world));
    body(&mut world, 204, &format!("POST {job}/start"));
    run_to(&mut world, at(1, 0));
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    let me = sp.rsplit('/').next().expect("an id").to_owned();
    body(&mut world, 204, &format!("DELETE {sp}"));
    let is_refused = |world: &mut World, action: Action| {
        let before = world.entra().job().audit().count();
        let refused = world.act(action.clone()).err().map(|error| error.message);
        let refused = refused.filter(|why| why.contains("is deleted, into the recycle bin"));
        let rows = world.entra().job().audit().rows().filter(|row| row.number > before);
        let rows = rows.filter(|row| row.refused == refused).count();
        refused.map(|_| (action.verb(), rows))
    };
    let more = [
        "{ set = { entra.scope = 'all' } }",
        "{ hire = { zoe = { name = 'Zoe Park', assigned = true } } }",
        "{ create_group = { g = { name = 'G', assigned = true } } }",
    ];
    let examples = VERBS.iter().map(|verb| verb.example).chain(more);
    let refused: BTreeMap<&str, usize> =
        examples.filter_map(|text| is_refused(&mut world, action(text))).collect();
    let of_service = ["break_assignment", "discard", "fill_in", "interrupt", "quarantine"];
    for verb in of_service {
        assert!(refused.contains_key(verb), "{verb} is not in {refused:?}");
    }
    // Each verb that takes a role leaves a row.
    let audited = refused.iter().filter(|(verb, _)| !of_service.contains(verb));
    assert!(audited.clone().all(|(_, rows)| *rows > 0), "{refused:?}");
    assert_eq!(audited.count(), 19, "{refused:?}");
    // What concerns the directory alone goes on, and so do the policies of the simulation.
    act(&mut world, "{ set = { entra.policy.max_rps = 5 } }");
    act(&mut world, "{ hire = { yul = { name = 'Yul Park' } } }");
    let grant = json!({ "principalId": bob, "resourceId": me, "appRoleId": "00000000-0000-0000-0000-000000000000" });
    refusal(&mut world, 404, &format!("POST /users/{bob}/appRoleAssignments\n{grant}"));
    // Nobody is in scope, whatever the scope, and the job does nothing.
    let ann = (ann, world.entra().tenant().find_user("ann").expect("she is there"));
    assert!(!world.seen_by(AppId::MAIN).entra().scoping(ann.1).in_scope());
    let text = status::status(&world).text();
    assert!(
        text.contains("Deleted: the application GoLinks is deleted, into the recycle bin"),
        "{text}"
    );
    let requests = world.journal().last_seq();
    run_to(&mut world, at(5, 0));
    assert_eq!(world.journal().last_seq(), requests);
    // A restore brings the assignments back; the job is a new one.
    body(&mut world, 200, &format!("POST /directory/deletedItems/{me}/restore"));
    assert!(world.seen_by(AppId::MAIN).entra().scoping(ann.1).in_scope());
    act(&mut world, "'start'");
    // Deleted again, it leaves the recycle bin by itself, and the journal says so.
    body(&mut world, 204, &format!("DELETE {sp}"));
    world.move_clock(world.now() + crate::base::time::DAY * 31);
    let gone = world.act(action("'start'")).expect_err("it is gone");
    assert_eq!(gone.message, "the application GoLinks is deleted for good");
    let mut last = String::new();
    world.journal().records().next_back().expect("a record").event.write(&mut last);
    assert!(
        last.contains(
            "the service principal GoLinks is deleted for good: the time in the recycle bin is over"
        ),
        "{last}"
    );
    refusal(&mut world, 404, &format!("POST /directory/deletedItems/{me}/restore"));
}
