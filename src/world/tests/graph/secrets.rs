//! The secrets of a job over Graph: its settings under the vendor's keys, whoever changed them.

use super::*;
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
    assert_eq!(shown(&mut world, "SyncAll").as_deref(), Some("true"));
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
