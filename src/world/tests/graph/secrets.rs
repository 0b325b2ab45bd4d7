//! The secrets of a job over Graph: its settings under the vendor's keys, whoever changed them.

use super::*;
use crate::entra::job::audit::AuditEntry;
use crate::entra::scope::SyncScope;
use crate::entra::sign_in::AuthMethod;

/// The pairs that `GET …/secrets` shows.
fn secrets(world: &mut World) -> Vec<(String, String)> {
    let path = format!("{}/synchronization/secrets", principal(world));
    let read = body(world, 200, &format!("GET {path}"));
    each(&read, "key").into_iter().zip(each(&read, "value")).collect()
}

fn put_secrets(world: &mut World, pairs: &[(&str, &str)]) {
    let path = format!("{}/synchronization/secrets", principal(world));
    let value: Vec<Value> =
        pairs.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    body(world, 204, &format!("PUT {path}\n{}", json!({ "value": value })));
}

/// The value of one of them; `None` when it is not listed.
fn shown(world: &mut World, key: &str) -> Option<String> {
    let found = secrets(world).into_iter().find(|(known, _)| known == key);
    found.map(|(_, value)| value)
}

const NOTIFY: &str = "SyncNotificationSettings";

fn notification(enabled: bool, to: &str, guard: bool, value: u64) -> Option<String> {
    Some(format!(
        "{{\"Enabled\":{enabled},\"Recipients\":\"{to}\",\"DeleteThresholdEnabled\":{guard},\"DeleteThresholdValue\":{value}}}"
    ))
}

#[test]
fn a_secret_shows_what_is_in_force_whoever_changed_it() {
    let mut world = world(&[]);
    for (key, change, expected) in [
        ("SyncAll", "{ set_scope = 'all' }", Some("true".to_owned())),
        ("SyncAll", "{ set_scope = 'assigned' }", Some("false".to_owned())),
        ("SyncAll", "{ set = { entra.scope = 'all' } }", Some("true".to_owned())),
        (
            NOTIFY,
            "{ set = { entra.notify = 'a@x.example' } }",
            notification(true, "a@x.example", false, 500),
        ),
        (
            NOTIFY,
            "{ set = { entra.delete_threshold = 7 } }",
            notification(true, "a@x.example", true, 7),
        ),
        (
            NOTIFY,
            "{ set = { entra.notify_failures = false } }",
            notification(false, "a@x.example", true, 7),
        ),
        (NOTIFY, "{ set = { entra.notify = '' } }", notification(false, "", true, 7)),
        (
            "SkipOutOfScopeDeletions",
            "{ set = { entra.policy.skip_out_of_scope_deletions = true } }",
            Some("True".to_owned()),
        ),
        (
            "SkipOutOfScopeDeletions",
            "{ set = { entra.policy = { skip_out_of_scope_deletions = false } } }",
            Some("False".to_owned()),
        ),
        (
            "BaseAddress",
            "{ set = { entra.tenant_url = '/v3' } }",
            Some("http://127.0.0.1:4040/v3".to_owned()),
        ),
        (
            "BaseAddress",
            "{ set = { entra.dialect = 'compliant' } }",
            Some("http://127.0.0.1:4040/v3?aadOptscim062020".to_owned()),
        ),
    ] {
        act(&mut world, change);
        assert_eq!(shown(&mut world, key), expected, "{change}");
    }
}

#[test]
fn a_secret_follows_the_form_of_the_portal_and_what_graph_writes() {
    let mut world = world(&[]);
    act(
        &mut world,
        "{ set = { entra = { scope = 'all', delete_threshold = 7, notify_failures = false } } }",
    );
    // The form counts when it is saved.
    act(&mut world, "{ fill_in = { scope = 'assigned', notify = 'b@x.example' } }");
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("true"));
    act(&mut world, "'save'");
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("false"));
    assert_eq!(shown(&mut world, NOTIFY), notification(false, "b@x.example", true, 7));
    // What Graph writes is what the job does.
    let vendors = "{\"Enabled\":false,\"Recipients\":\"\",\"DeleteThresholdEnabled\":false,\"DeleteThresholdValue\":500}";
    put_secrets(&mut world, &[(NOTIFY, vendors), ("SyncAll", "True"), ("ValidateDomain", "x")]);
    assert_eq!(shown(&mut world, NOTIFY).as_deref(), Some(vendors));
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("True"));
    assert_eq!(shown(&mut world, "ValidateDomain").as_deref(), Some("x"));
    let settings = world.entra().job().settings();
    assert_eq!((settings.scope, settings.mail_to()), (SyncScope::All, None));
    // A key that is deleted leaves the default behind, and is shown again when it is set.
    put_secrets(&mut world, &[(NOTIFY, ""), ("SyncAll", ""), ("ValidateDomain", "")]);
    assert_eq!(world.entra().job().settings().scope, SyncScope::Assigned);
    for key in [NOTIFY, "SyncAll", "ValidateDomain"] {
        assert_eq!(shown(&mut world, key), None, "{key}");
    }
    act(&mut world, "{ set_scope = 'all' }");
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("true"));
}

#[test]
fn credentials_of_oauth_are_secrets_in_force_and_written_ones_are_signed_in_with() {
    let mut world = world(&[]);
    let client = "client_id = 'entra', client_secret = 'winter'";
    act(&mut world, &format!("{{ set = {{ golinks.oauth = {{ {client} }} }} }}"));
    let address = ("BaseAddress", "http://127.0.0.1:4040/scim/v2");
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    put_secrets(&mut world, &[(NOTIFY, "")]);
    assert_eq!(secrets(&mut world), pairs(&[address, ("SecretToken", "*")]));
    // A secret alone is not enough to sign in with.
    put_secrets(&mut world, &[("Oauth2ClientSecret", "winter")]);
    assert_eq!(world.entra().job().settings().auth, AuthMethod::Bearer);
    put_secrets(&mut world, &[("Oauth2ClientId", "entra")]);
    assert_eq!(world.entra().job().settings().auth, AuthMethod::ClientCredentials);
    // The token is another key, and stays until it is deleted; the job does not sign in with it.
    put_secrets(&mut world, &[("SecretToken", "")]);
    assert!(world.entra().job().has_credentials());
    let own = ("Oauth2ClientId", "entra");
    let shown = [address, own, ("Oauth2ClientSecret", "*")];
    assert_eq!(secrets(&mut world), pairs(&shown));
    put_secrets(&mut world, &[("Oauth2TokenExchangeUri", "https://x.example/token")]);
    act(&mut world, "{ set = { entra.oauth.client_id = 'other' } }");
    let shown = [
        address,
        ("Oauth2ClientId", "other"),
        ("Oauth2ClientSecret", "*"),
        ("Oauth2TokenExchangeUri", "https://x.example/token"),
    ];
    assert_eq!(secrets(&mut world), pairs(&shown));
    put_secrets(&mut world, &[own, ("Oauth2TokenExchangeUri", "")]);
    let path = job(&mut world);
    body(&mut world, 204, &format!("POST {path}/start"));
    run_to(&mut world, at(1, 0));
    assert!(world.journal().counters().tokens > 0, "the job asked for a token");
    // Without its secret the client signs in no more; what is left of the keys is still there.
    put_secrets(&mut world, &[("Oauth2ClientSecret", "")]);
    assert!(!world.entra().job().has_credentials());
    assert_eq!(secrets(&mut world), pairs(&[address, own]));
    put_secrets(&mut world, &[("SecretToken", "class-token")]);
    assert!(world.entra().job().has_credentials());
    assert_eq!(world.entra().job().settings().auth, AuthMethod::Bearer);
}

#[test]
fn a_federated_client_whose_name_is_deleted_signs_in_no_more_and_has_none_to_be_listed() {
    let mut world = world(&[]);
    let client = "client_id = 'entra', client_secret = 'winter'";
    act(&mut world, &format!("{{ set = {{ golinks.oauth = {{ {client} }} }} }}"));
    act(&mut world, "{ set = { entra.oauth.client_id = 'entra' } }");
    act(&mut world, "{ set = { entra.auth = 'federation' } }");
    let name = "Oauth2ClientId";
    assert_eq!(shown(&mut world, name).as_deref(), Some("entra"));
    put_secrets(&mut world, &[(name, "")]);
    assert_eq!((shown(&mut world, name), world.entra().job().has_credentials()), (None, false));
    put_secrets(&mut world, &[(name, "entra")]);
    assert_eq!(shown(&mut world, name).as_deref(), Some("entra"));
    let job = world.entra().job();
    assert_eq!((job.settings().auth, job.has_credentials()), (AuthMethod::Federation, true));
}

#[test]
fn a_value_is_answered_as_it_was_stored_until_another_side_changes_it() {
    let mut world = world(&[]);
    let partly = "{\"DeleteThresholdValue\": 9}";
    put_secrets(
        &mut world,
        &[("SyncAll", "False"), ("SkipOutOfScopeDeletions", "true"), (NOTIFY, partly)],
    );
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("False"));
    assert_eq!(shown(&mut world, "SkipOutOfScopeDeletions").as_deref(), Some("true"));
    assert_eq!(shown(&mut world, NOTIFY).as_deref(), Some(partly));
    act(&mut world, "{ set_scope = 'all' }");
    act(&mut world, "{ set = { entra.policy.skip_out_of_scope_deletions = false } }");
    act(&mut world, "{ fill_in = { notify = 'b@x.example' } }");
    act(&mut world, "'save'");
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("true"));
    assert_eq!(shown(&mut world, "SkipOutOfScopeDeletions").as_deref(), Some("False"));
    assert_eq!(shown(&mut world, NOTIFY), notification(true, "b@x.example", false, 9));
    act(&mut world, "{ set = { entra.secrets = { SyncAll = 'True' } } }");
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("True"));
}

#[test]
fn what_an_application_has_from_the_first_one_is_shown_and_can_be_deleted() {
    let mut world = world(&[]);
    act(&mut world, "{ set = { entra.policy.skip_out_of_scope_deletions = true } }");
    let template = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
    let make =
        format!("POST /applicationTemplates/{template}/instantiate\n{{\"displayName\":\"Other\"}}");
    let made = body(&mut world, 201, &make);
    let sp = made["servicePrincipal"]["id"].as_str().expect("an id").to_owned();
    let path = format!("/servicePrincipals/{sp}/synchronization/secrets");
    let listed = |world: &mut World| each(&body(world, 200, &format!("GET {path}")), "key");
    let delete = |world: &mut World, key: &str| {
        let pair = json!({ "value": [{ "key": key, "value": "" }] });
        body(world, 204, &format!("PUT {path}\n{pair}"));
    };
    let other = world.find_app("other").expect("it is there");
    let skips =
        |world: &World| world.entra().job_of(other).settings().policy.skip_out_of_scope_deletions;
    assert_eq!((listed(&mut world), skips(&world)), (vec!["SkipOutOfScopeDeletions".into()], true));
    // What is not there cannot be deleted: nothing is done.
    let rows = world.entra().job_of(other).audit().count();
    delete(&mut world, "SyncAll");
    assert_eq!(world.entra().job_of(other).audit().count(), rows);
    delete(&mut world, "SkipOutOfScopeDeletions");
    assert_eq!((listed(&mut world), skips(&world)), (Vec::<String>::new(), false));
    assert_eq!(world.entra().job_of(other).audit().count(), rows + 1);
}

#[test]
fn a_secret_that_is_too_long_is_refused_with_all_that_was_to_be_saved_with_it() {
    let mut world = world(&[]);
    act(&mut world, "{ set = { entra.policy.secret_limit = 20 } }");
    let path = format!("{}/synchronization/secrets", principal(&mut world));
    for key in ["SecretToken", "Oauth2ClientSecret"] {
        let pairs = json!({ "value": [
            { "key": "SyncAll", "value": "true" },
            { "key": key, "value": "012345678901234567890" },
        ] });
        let why = refusal(&mut world, 400, &format!("PUT {path}\n{pairs}"));
        assert_eq!(
            why,
            format!(
                "Request_BadRequest: The size of the ExternalSecret data is too large: '{key}' has 21 bytes, and at most 20 can be saved."
            )
        );
        let settings = world.entra().job().settings();
        assert_eq!(
            (settings.scope, settings.secret.as_deref()),
            (SyncScope::Assigned, Some("class-token"))
        );
        let row = world.entra().job().audit().rows().next_back().expect("a row").clone();
        let why = "a secret token of 21 bytes is too long to be saved";
        assert_eq!(row.refused.as_deref(), Some(why));
    }
    put_secrets(&mut world, &[("SecretToken", "class-token-2")]);
    // A verb refuses it as well, with all that it was to set, and leaves one row.
    for verb in [
        "{ set = { entra = { scope = 'all', oauth.client_secret = '012345678901234567890' } } }",
        "{ set = { entra.secrets.SecretToken = '012345678901234567890' } }",
        "{ set_secret = '012345678901234567890' }",
    ] {
        let before = world.entra().job().audit().count();
        let refused = world.act(action(verb)).expect_err(verb);
        let why = "a secret token of 21 bytes is too long to be saved";
        assert_eq!(refused.message, why, "{verb}");
        let rows = world.entra().job().audit().rows().filter(|row| row.number > before);
        let rows: Vec<_> = rows.map(|row| row.refused.as_deref()).collect();
        assert!(!rows.is_empty() && rows.iter().all(|row| *row == Some(why)), "{verb}: {rows:?}");
        let settings = world.entra().job().settings();
        assert_eq!(
            (settings.scope, settings.secret.as_deref(), &settings.oauth.client_secret),
            (SyncScope::Assigned, Some("class-token-2"), &None)
        );
    }
}

#[test]
fn of_a_key_that_is_said_twice_the_last_value_is_in_force_and_read_back() {
    let mut world = world(&[]);
    for [first, last] in [["false", "True"], ["True", "false"], ["true", ""]] {
        put_secrets(&mut world, &[("SyncAll", first), ("SyncAll", last)]);
        let expected = Some(last.to_owned()).filter(|it| !it.is_empty());
        assert_eq!(shown(&mut world, "SyncAll"), expected, "{first} {last}");
        let scope = world.entra().job().settings().scope;
        assert_eq!(scope == SyncScope::All, last == "True", "{first} {last}");
    }
    put_secrets(&mut world, &[("SecretToken", "one"), ("SecretToken", "class-token")]);
    assert_eq!(world.entra().job().settings().secret.as_deref(), Some("class-token"));
}

#[test]
fn the_audit_log_tells_which_credential_was_deleted_and_put_back() {
    let mut world = world(&[]);
    put_secrets(&mut world, &[("SyncAll", "false")]);
    let rows = |world: &World, after: u64| -> Vec<String> {
        let rows = world.entra().job().audit().rows().filter(|row| row.number > after);
        let shown = |row: &AuditEntry| {
            let changed = row.changed.iter().map(|it| {
                let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
                format!(" {} {}>{}", it.name, text(&it.before), text(&it.after))
            });
            format!("{}:{}", row.detail, changed.collect::<String>())
        };
        rows.map(shown).collect()
    };
    for (change, expected) in [
        (Err([("SecretToken", "")]), "SecretToken: SecretToken *>-"),
        (Err([("SecretToken", "class-token")]), "secret token: SecretToken ->*"),
        (Ok("{ set = { entra.secrets.SecretToken = false } }"), "SecretToken: SecretToken *>-"),
        (Ok("{ set_secret = 'class-token' }"), "secret token: SecretToken ->*"),
        (Err([("BaseAddress", "")]), "BaseAddress: BaseAddress /scim/v2>-"),
    ] {
        let before = world.entra().job().audit().count();
        match change {
            Ok(verb) => act(&mut world, verb),
            Err(pairs) => put_secrets(&mut world, &pairs),
        }
        assert_eq!(rows(&world, before), [expected], "{change:?}");
        let has = shown(&mut world, "SecretToken").is_some();
        assert_eq!(has, !expected.ends_with("Token *>-"), "{change:?}");
        assert_eq!(world.entra().job().has_credentials(), !expected.ends_with(">-"), "{change:?}");
    }
}

#[test]
fn a_job_whose_credentials_were_deleted_says_so_and_takes_others() {
    let mut world = world(&[]);
    put_secrets(&mut world, &[("SecretToken", "")]);
    assert_eq!(world.entra().job().status().word(), "NotConfigured");
    for verb in ["'start'", "'test_connection'"] {
        let refused = world.act(action(verb)).expect_err(verb);
        let why = "the job has no credentials: a key of them is missing";
        assert_eq!(refused.message, why, "{verb}");
    }
    act(&mut world, "{ fill_in = { notify = 'b@x.example' } }");
    act(&mut world, "'save'");
    act(&mut world, "{ set_secret = 'class-token' }");
    act(&mut world, "'start'");
    run_to(&mut world, at(1, 0));
    assert_eq!(world.entra().job().status().word(), "Active");
    // A cycle that is due all the same sends nothing that could be rejected as a secret.
    put_secrets(&mut world, &[("SecretToken", "")]);
    run_to(&mut world, at(2, 0));
    let text = crate::world::status::status(&world).text();
    assert!(text.contains("refused a request without credentials (401)"), "{text}");
}
