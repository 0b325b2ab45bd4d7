//! Single sign-on is one set-up, whether a scenario or a client of Graph writes it.

use serde_json::{Value, json};

use super::*;
use crate::entra::AppId;
use crate::entra::sign_on::{self, SignOnAt, SsoSettings};

const OWN_ACS: &str = "/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp";

fn sso(world: &World) -> SsoSettings {
    world.entra().sso_of(AppId::MAIN).clone()
}

/// The thumbprint of the certificate that signs.
fn signs(world: &World) -> String {
    let at = SignOnAt {
        base: "",
        now: world.now(),
        outside: world.now(),
        start: world.start,
        seed: world.seed,
    };
    let active = sign_on::active(world.entra(), AppId::MAIN, at).expect("one signs");
    active.certificate.thumbprint()
}

/// The two objects of the main application, by their paths.
fn paths(world: &mut World) -> (String, String) {
    let app = each(&body(world, 200, "GET /applications"), "id")[0].clone();
    (format!("/applications/{app}"), principal(world))
}

/// Writes back what a client reads, as far as it may be written.
fn read_and_write_back(world: &mut World) {
    let (app, sp) = paths(world);
    let shown = body(world, 200, &format!("GET {app}"));
    let back = json!({ "identifierUris": shown["identifierUris"], "web": shown["web"] });
    body(world, 204, &format!("PATCH {app}\n{back}"));
    let shown = body(world, 200, &format!("GET {sp}"));
    let mut back = json!({});
    for name in [
        "accountEnabled",
        "appRoleAssignmentRequired",
        "keyCredentials",
        "loginUrl",
        "logoutUrl",
        "preferredSingleSignOnMode",
        "preferredTokenSigningKeyThumbprint",
        "replyUrls",
        "samlSingleSignOnSettings",
        "servicePrincipalNames",
    ] {
        back[name] = shown[name].clone();
    }
    body(world, 204, &format!("PATCH {sp}\n{back}"));
}

#[test]
fn what_a_scenario_sets_up_is_shown_and_can_be_written_back() {
    let mut world = world(&[]);
    act(
        &mut world,
        "{ set = { entra.sso = { identifier = ['https://sp.example/metadata', 'urn:sp'], \
         reply_urls = ['https://sp.example/acs', '/own/acs'], sign_on_url = 'https://sp.example/login', \
         logout_url = '/own/logout', relay_state = '/home', assignment_required = false, \
         certificates = [{}, { until = '90d' }], certificate = 2 } } }",
    );
    let (app, sp) = paths(&mut world);
    let shown = body(&mut world, 200, &format!("GET {sp}"));
    let base = "http://127.0.0.1:4040";
    for (name, value) in [
        ("accountEnabled", json!(true)),
        ("appRoleAssignmentRequired", json!(false)),
        ("loginUrl", json!("https://sp.example/login")),
        ("logoutUrl", json!(format!("{base}/own/logout"))),
        ("preferredSingleSignOnMode", json!("saml")),
        ("preferredTokenSigningKeyThumbprint", json!(signs(&world))),
        ("replyUrls", json!(["https://sp.example/acs", format!("{base}/own/acs")])),
        ("samlSingleSignOnSettings", json!({ "relayState": "/home" })),
        ("servicePrincipalNames", json!([shown["appId"], "https://sp.example/metadata", "urn:sp"])),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    let usages = each(&json!({ "value": shown["keyCredentials"] }), "usage");
    assert_eq!(usages, ["Sign", "Verify", "Sign", "Verify"]);
    assert_eq!(shown["passwordCredentials"].as_array().map(Vec::len), Some(2));
    let of_key = &shown["keyCredentials"][2];
    assert_eq!(of_key["endDateTime"], "2026-05-31T08:00:00Z");
    assert_eq!(of_key["keyId"], shown["passwordCredentials"][1]["keyId"]);
    let registration = body(&mut world, 200, &format!("GET {app}"));
    assert_eq!(registration["identifierUris"], json!(["https://sp.example/metadata", "urn:sp"]));
    assert_eq!(registration["web"]["redirectUris"], shown["replyUrls"]);
    assert_eq!(registration["web"]["logoutUrl"], shown["logoutUrl"]);

    let (before, signed) = (sso(&world), signs(&world));
    read_and_write_back(&mut world);
    let mut after = sso(&world);
    assert_eq!(after.graph.chosen.take(), Some(signed.clone()));
    assert_eq!((after, signs(&world)), (before, signed));
}

#[test]
fn golinks_own_address_goes_through_graph_unharmed() {
    let mut world = world(&[]);
    let before = sso(&world);
    assert_eq!(before.reply_urls, [OWN_ACS]);
    read_and_write_back(&mut world);
    assert_eq!(sso(&world).reply_urls, [OWN_ACS]);
    let (_, sp) = paths(&mut world);
    let shown = body(&mut world, 200, &format!("GET {sp}?$select=replyUrls"));
    let own = shown["replyUrls"][0].as_str().expect("one");
    let more = json!({ "replyUrls": [own, "https://sp.example/acs"] });
    body(&mut world, 204, &format!("PATCH {sp}\n{more}"));
    assert_eq!(sso(&world).reply_urls, [OWN_ACS, "https://sp.example/acs"]);
}

#[test]
fn the_last_one_to_write_counts_and_either_object_shows_it() {
    let mut world = world(&[]);
    let (app, sp) = paths(&mut world);
    let urls = |world: &mut World, path: &str, of: &[&str]| -> Value {
        let shown = body(world, 200, &format!("GET {path}"));
        of.iter().fold(shown, |shown, name| shown[*name].clone())
    };
    let web = ["web", "redirectUris"];
    body(&mut world, 204, &format!("PATCH {sp}\n{{\"replyUrls\":[\"https://one.example/acs\"]}}"));
    assert_eq!(urls(&mut world, &app, &web), json!(["https://one.example/acs"]));
    let two = json!({ "web": { "redirectUris": ["https://two.example/acs"] } });
    body(&mut world, 204, &format!("PATCH {app}\n{two}"));
    assert_eq!(urls(&mut world, &sp, &["replyUrls"]), json!(["https://two.example/acs"]));
    act(&mut world, "{ set = { entra.sso.reply_urls = ['https://three.example/acs'] } }");
    for (path, of) in [(&app, &web[..]), (&sp, &["replyUrls"][..])] {
        assert_eq!(urls(&mut world, path, of), json!(["https://three.example/acs"]), "{path}");
    }
    body(&mut world, 204, &format!("PATCH {sp}\n{{\"replyUrls\":[],\"loginUrl\":null}}"));
    assert_eq!((sso(&world).reply_urls, sso(&world).sign_on_url), (vec![], None));
}

#[test]
fn a_delta_tells_what_a_scenario_changes_about_sign_on() {
    let mut world = world(&[]);
    let link = body(&mut world, 200, "GET /servicePrincipals/delta?$deltatoken=latest");
    let path = |answer: &Value| {
        let link = answer["@odata.deltaLink"].as_str().expect("a link");
        format!("GET {}", link.split_once("/v1.0").expect("a version").1)
    };
    act(&mut world, "{ set = { entra.sso.relay_state = '/home' } }");
    let told = body(&mut world, 200, &path(&link));
    assert_eq!(told["value"][0]["samlSingleSignOnSettings"], json!({ "relayState": "/home" }));
    assert_eq!(body(&mut world, 200, &path(&told))["value"], json!([]));
}

#[test]
fn a_certificate_that_is_left_out_no_longer_signs() {
    let mut world = world(&[]);
    act(&mut world, "{ set = { entra.sso = { certificates = [{}, {}], certificate = 2 } } }");
    let (_, sp) = paths(&mut world);
    let second = signs(&world);
    let shown = body(&mut world, 200, &format!("GET {sp}"));
    let keys = shown["keyCredentials"].as_array().cloned().expect("keys");
    let left = json!({ "keyCredentials": keys[..2] });
    body(&mut world, 204, &format!("PATCH {sp}\n{left}"));
    let after = body(&mut world, 200, &format!("GET {sp}"));
    assert_eq!(after["keyCredentials"], json!(keys[..2]));
    assert_ne!(signs(&world), second);
    assert_eq!(after["preferredTokenSigningKeyThumbprint"], json!(signs(&world)));
    // A list of the scenario's is whole again.
    act(&mut world, "{ set = { entra.sso.certificates = [{}, {}] } }");
    assert_eq!(signs(&world), second);
}

#[test]
fn what_is_instantiated_is_not_set_up_until_a_client_does_it() {
    let mut world = world(&[]);
    let template = body(&mut world, 200, "GET /applicationTemplates");
    let template = each(&template, "id")[0].clone();
    let made =
        format!("POST /applicationTemplates/{template}/instantiate\n{{\"displayName\":\"Two\"}}");
    let made = body(&mut world, 201, &made)["servicePrincipal"].clone();
    for name in ["preferredSingleSignOnMode", "preferredTokenSigningKeyThumbprint"] {
        assert_eq!(made[name], Value::Null, "{name}");
    }
    assert_eq!(made["keyCredentials"], json!([]));
    // The identifier is fixed, and the first application has it.
    assert_eq!(made["servicePrincipalNames"], json!([made["appId"]]));
    let app = format!("/applications(appId='{}')", made["appId"].as_str().expect("an id"));
    let own = json!({ "identifierUris": ["okta_sso_golinks"] });
    refusal(&mut world, 400, &format!("PATCH {app}\n{own}"));
    let (first, _) = paths(&mut world);
    body(&mut world, 204, &format!("PATCH {first}\n{{\"identifierUris\":[\"urn:first\"]}}"));
    body(&mut world, 204, &format!("PATCH {app}\n{own}"));
    assert_eq!(
        body(&mut world, 200, &format!("GET {app}"))["identifierUris"],
        own["identifierUris"]
    );
    let sp = format!("/servicePrincipals/{}", made["id"].as_str().expect("an id"));
    body(&mut world, 204, &format!("PATCH {sp}\n{{\"preferredSingleSignOnMode\":\"saml\"}}"));
    let shown = body(&mut world, 200, &format!("GET {sp}"));
    assert_eq!(shown["keyCredentials"].as_array().map(Vec::len), Some(2));
}
