//! Dialogues with the authority: each grant from its first request to the tokens, and each refusal
//! with its number.

use std::sync::LazyLock;

use http::header::{CONTENT_TYPE, LOCATION};
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;

use super::*;
use crate::base::jwt::{Claims, KeySet};
use crate::entra::Settings;
use crate::entra::graph::{Caller, Permissions};
use crate::entra::tenant::{NewUser, TenantSettings};

const BASE: &str = "https://127.0.0.1:4041";
const SEED: Seed = Seed(7);
const BACK: &str = "http://localhost:5000/back";

static KEY: LazyLock<Vec<u8>> =
    LazyLock::new(|| JwtKey::drawn("x", Seed(9)).and_then(|key| key.to_der()).expect("a key"));

fn key() -> JwtKey {
    use base64ct::{Base64, Encoding};
    let body = Base64::encode_string(&KEY);
    let lines: Vec<_> =
        (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    let pem =
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    JwtKey::from_pem(&pem).expect("a key").named("thumb")
}

/// An authority in front of a tenant with Ann, and Bob who is blocked.
struct Bench {
    authority: Authority,
    entra: Entra,
    real: i64,
    now: Time,
}

/// An answer: its status, and its body as JSON.
struct Answer {
    status: u16,
    body: Value,
    location: String,
    text: String,
}

impl Answer {
    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }

    fn refused(&self) -> (u16, &str, u64) {
        (self.status, self.text("error"), self.body["error_codes"][0].as_u64().unwrap_or(0))
    }

    fn claims(&self, name: &str) -> Claims {
        let set = KeySet::new([key().public()]);
        set.verify(self.text(name)).unwrap_or_else(|error| panic!("{name}: {error} {}", self.text))
    }
}

impl Bench {
    fn new() -> Bench {
        Bench::with(Settings::default())
    }

    fn with(settings: Settings) -> Bench {
        let mut tenant = Tenant::new(TenantSettings::default(), SEED);
        for (handle, name) in [("ann", "Ann Okafor"), ("bob", "Bob Stone")] {
            tenant.set_up_user(NewUser::new(handle).with_name(name)).expect("a free name");
        }
        let bob = tenant.find_user("bob").expect("bob");
        let mut said: Vec<crate::entra::tenant::TenantEvent> = Vec::new();
        let mut moment = crate::base::Moment::new(Time::from_secs(0), SEED, &mut said);
        tenant.disable(bob, &mut moment).expect("he is there");
        Bench {
            authority: Authority::new(key(), "AAAA".to_owned(), ChaCha20Rng::seed_from_u64(1)),
            entra: Entra::new(settings, tenant),
            real: 1_900_000_000,
            now: Time::from_secs(1_000),
        }
    }

    fn at(&self) -> At<'_> {
        At {
            base: BASE,
            real: Time::from_secs(self.real),
            now: self.now,
            start: Time::from_secs(0),
            entra: &self.entra,
            seed: SEED,
        }
    }

    /// The client that holds a token, or the sentence that refuses it; `None` for a plain token.
    fn caller(&self, token: &str) -> Option<Result<Caller, String>> {
        let mut headers = http::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {token}").parse().expect("a value"));
        let found = self.authority.authorize(&headers, self.at())?;
        Some(found.0.map_err(|error| error.message))
    }

    fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body.as_bytes())).expect("a request");
        let Bench { authority, entra, real, now } = self;
        let at = At {
            base: BASE,
            real: Time::from_secs(*real),
            now: *now,
            start: Time::from_secs(0),
            entra,
            seed: SEED,
        };
        let response = authority.answer(&request, at);
        let text = String::from_utf8_lossy(response.body()).into_owned();
        let location = response.headers().get(LOCATION).map(|to| to.to_str().expect("ASCII"));
        Answer {
            status: response.status().as_u16(),
            body: serde_json::from_str(&text).unwrap_or_default(),
            location: location.unwrap_or_default().to_owned(),
            text,
        }
    }

    fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "")
    }

    fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let pairs = form.iter().map(|(name, value)| format!("{name}={}", form::encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let kind = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &kind, &body)
    }

    /// A request for tokens with the demo registration's id and secret, and these beside.
    fn token(&mut self, form: &[(&str, &str)]) -> Answer {
        let id = demo_client_id(SEED);
        let mut form = form.to_vec();
        for (name, value) in [("client_id", &*id), ("client_secret", DEMO_SECRET)] {
            if form.iter().all(|(had, _)| *had != name) {
                form.push((name, value));
            }
        }
        self.post("/common/oauth2/v2.0/token", &form)
    }

    /// Signs Ann in by the page, and returns what the client is led back with.
    fn code(&mut self, more: &str, user: &str) -> Answer {
        let id = demo_client_id(SEED);
        let path = format!(
            "/common/oauth2/v2.0/authorize?client_id={id}&response_type=code&redirect_uri={}&state=s1{more}",
            form::encoded(BACK)
        );
        let page = self.get(&path);
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("Ann Okafor") && !page.text.contains("Bob Stone"));
        self.post(&path, &[("user", user)])
    }
}

/// The fields of a form.
type Fields = [(&'static str, &'static str)];

/// A status, OAuth's word, and the vendor's number.
type Refusal = (u16, &'static str, u64);

const FOR_GRAPH: (&str, &str) = ("scope", "https://graph.microsoft.com/.default");
const CLIENT_CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

#[test]
fn an_application_gets_a_token_for_graph_whatever_it_calls_graph() {
    let mut bench = Bench::new();
    for scope in [
        "https://graph.microsoft.com/.default",
        "https://127.0.0.1/.default",
        "http://localhost/.default",
    ] {
        let answer = bench.token(&[CLIENT_CREDENTIALS, ("scope", scope), ("x-client-SKU", "x")]);
        assert_eq!(answer.body["expires_in"], 3_599, "{}", answer.text);
        assert_eq!(answer.body.get("refresh_token"), None);
        let claims = answer.claims("access_token");
        let tenant = identity::tenant_id(SEED);
        assert_eq!(claims["aud"], "https://graph.microsoft.com");
        assert_eq!(claims["iss"], format!("https://sts.windows.net/{tenant}/"));
        assert_eq!(claims["appid"], demo_client_id(SEED));
        assert_eq!(
            (&claims["ver"], &claims["idtyp"], &claims["appidacr"]),
            (&json!("1.0"), &json!("app"), &json!("1"))
        );
        assert_eq!(claims["sub"], claims["oid"]);
        assert_eq!(claims["exp"].as_i64(), Some(bench.real + 3_599));
        assert!(claims["roles"].as_array().expect("roles").contains(&json!("User.ReadWrite.All")));
        let caller = bench.caller(answer.text("access_token")).expect("a token").expect("good");
        assert_eq!((caller.permissions, caller.user), (Permissions::All, None));
    }
}

#[test]
fn the_older_endpoint_takes_a_resource_and_writes_numbers_as_texts() {
    let mut bench = Bench::new();
    let id = demo_client_id(SEED);
    let form = [
        CLIENT_CREDENTIALS,
        ("client_id", &*id),
        ("client_secret", DEMO_SECRET),
        ("resource", "https://graph.microsoft.com"),
    ];
    let path = format!("/{}/oauth2/token", identity::tenant_id(SEED));
    let answer = bench.post(&path, &form);
    assert_eq!(answer.text("expires_in"), "3599", "{}", answer.text);
    assert_eq!(answer.text("resource"), "https://graph.microsoft.com");
    assert_eq!(answer.claims("access_token")["ver"], "1.0");
}

#[test]
fn a_token_for_an_application_of_its_own_is_of_version_2_and_no_good_for_graph() {
    let mut bench = Bench::new();
    let scope = format!("api://{}/.default", demo_client_id(SEED));
    let answer = bench.token(&[CLIENT_CREDENTIALS, ("scope", &scope)]);
    let claims = answer.claims("access_token");
    assert_eq!((&claims["ver"], claims.get("appid")), (&json!("2.0"), None));
    assert_eq!(claims["azp"], demo_client_id(SEED));
    assert_eq!(claims["iss"], format!("{BASE}/{}/v2.0", identity::tenant_id(SEED)));
    let refused = bench.caller(answer.text("access_token")).expect("a token").expect_err("no good");
    assert_eq!(refused, "Access token validation failure. Invalid audience.");
}

#[test]
fn client_id_and_secret_may_come_in_the_header_with_their_escapes() {
    use base64ct::{Base64, Encoding};
    let mut bench = Bench::new();
    let basic = format!("{}:{}", demo_client_id(SEED), DEMO_SECRET.replace('-', "%2D"));
    let header = format!("Basic {}", Base64::encode_string(basic.as_bytes()));
    let body = "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default";
    let answer = bench.send(
        Method::POST,
        "/contoso.example/oauth2/v2.0/token?client-request-id=x",
        &[("authorization", &header), ("content-type", "application/x-www-form-urlencoded")],
        body,
    );
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn refusals_of_the_token_endpoint_have_the_vendors_numbers() {
    let mut bench = Bench::new();
    let nobody = "0f0f0f0f-0000-4000-8000-000000000000";
    let cases: [(&Fields, Refusal); 12] = [
        (
            &[CLIENT_CREDENTIALS, FOR_GRAPH, ("client_secret", "wrong")],
            (401, "invalid_client", 7_000_215),
        ),
        (
            &[CLIENT_CREDENTIALS, FOR_GRAPH, ("client_secret", "")],
            (401, "invalid_client", 7_000_216),
        ),
        (
            &[CLIENT_CREDENTIALS, FOR_GRAPH, ("client_id", nobody)],
            (400, "unauthorized_client", 700_016),
        ),
        (&[CLIENT_CREDENTIALS, FOR_GRAPH, ("client_id", "")], (400, "invalid_request", 900_144)),
        (&[CLIENT_CREDENTIALS], (400, "invalid_request", 900_144)),
        (&[FOR_GRAPH], (400, "invalid_request", 900_144)),
        (
            &[CLIENT_CREDENTIALS, ("scope", "https://graph.microsoft.com/User.Read")],
            (400, "invalid_scope", 1_002_012),
        ),
        (&[CLIENT_CREDENTIALS, ("scope", "a b")], (400, "invalid_scope", 70_011)),
        (
            &[CLIENT_CREDENTIALS, ("scope", "https://other.example/.default")],
            (400, "invalid_resource", 500_011),
        ),
        (&[("grant_type", "password")], (400, "unsupported_grant_type", 70_003)),
        (
            &[("grant_type", "refresh_token"), ("refresh_token", "x")],
            (400, "invalid_grant", 70_000),
        ),
        (&[("grant_type", "authorization_code"), ("code", "x")], (400, "invalid_grant", 70_000)),
    ];
    for (form, expected) in cases {
        let answer = bench.token(form);
        assert_eq!(answer.refused(), expected, "{form:?} {}", answer.text);
        let begins = format!("AADSTS{}: ", expected.2);
        assert!(answer.text("error_description").starts_with(&begins), "{}", answer.text);
        assert_eq!(answer.text("timestamp"), "2030-03-17 17:46:40Z");
    }
    let elsewhere = bench.post("/fabrikam.example/oauth2/v2.0/token", &[CLIENT_CREDENTIALS]);
    assert_eq!(elsewhere.refused(), (400, "invalid_request", 90_002));
    assert_eq!(bench.get("/common/oauth2/v2.0/token").refused().0, 405);
    let kind = [("content-type", "application/json")];
    let no_form = bench.send(Method::POST, "/common/oauth2/v2.0/token", &kind, "{}");
    assert_eq!(no_form.refused(), (400, "invalid_request", 9_002_313));
}

#[test]
fn a_token_is_judged_by_its_signature_its_tenant_and_real_time() {
    let mut bench = Bench::new();
    let answer = bench.token(&[CLIENT_CREDENTIALS, FOR_GRAPH]);
    let token = answer.text("access_token").to_owned();
    let parts: Vec<&str> = token.split('.').collect();
    let read = |bench: &Bench, token: &str| bench.caller(token);
    // Virtual time does not matter.
    bench.now = Time::from_secs(4_000_000_000);
    assert!(read(&bench, &token).expect("a token").is_ok());
    let forged = format!("{}.{}.AAAA", parts[0], parts[1]);
    let other = JwtKey::drawn("thumb", Seed(10)).expect("a key");
    let foreign = other.sign(&Value::Object(answer.claims("access_token")));
    let mut elsewhere = answer.claims("access_token");
    elsewhere.insert("tid".to_owned(), json!("other"));
    let elsewhere = key().sign(&Value::Object(elsewhere));
    for (token, begins) in [
        (&forged, "Access token validation failure. Invalid signature"),
        (&foreign, "Access token validation failure. Invalid signature"),
        (&elsewhere, "Access token validation failure. Invalid issuer"),
    ] {
        let refused = read(&bench, token).expect("a token").expect_err("no good");
        assert!(refused.starts_with(begins), "{refused}");
    }
    assert_eq!(read(&bench, "graph-demo-token"), None);
    bench.real += 3_599;
    let refused = read(&bench, &token).expect("a token").expect_err("its time is over");
    assert_eq!(refused, "Lifetime validation failed, the token is expired.");
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn a_user_signs_in_by_a_code_and_the_client_renews_silently() {
    let mut bench = Bench::new();
    let ann = bench.entra.tenant().find_user("ann").expect("ann");
    let oid = bench.entra.tenant().user(ann).object_id().to_string();
    let scope = "&scope=openid%20profile%20offline_access%20User.Read";
    let more = format!("{scope}&nonce=n1&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let led = bench.code(&more, &oid);
    assert_eq!(led.status, 303, "{}", led.text);
    let query = FormFields::parse(led.location.strip_prefix(&format!("{BACK}?")).expect("back"));
    assert_eq!(query.get("state"), Some("s1"));
    let code = query.get("code").expect("a code").to_owned();
    let redeem = |verifier: &'static str| {
        vec![
            ("grant_type", "authorization_code"),
            ("redirect_uri", BACK),
            ("code_verifier", verifier),
            ("client_info", "1"),
        ]
    };
    let mut wrong = redeem("wrong");
    wrong.push(("code", &code));
    assert_eq!(bench.token(&wrong).refused(), (400, "invalid_grant", 501_481));
    let mut right = redeem(VERIFIER);
    right.push(("code", &code));
    let answer = bench.token(&right);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let (id, access) = (answer.claims("id_token"), answer.claims("access_token"));
    assert_eq!(
        (&id["aud"], &id["nonce"], &id["ver"]),
        (&json!(demo_client_id(SEED)), &json!("n1"), &json!("2.0"))
    );
    assert_eq!(id["iss"], format!("{BASE}/{}/v2.0", identity::tenant_id(SEED)));
    assert_eq!(id["preferred_username"], "ann.okafor@contoso.example");
    assert_eq!((&access["scp"], &access["oid"]), (&json!("User.Read"), &json!(oid)));
    assert!(answer.text("scope").contains("https://graph.microsoft.com/User.Read"));
    let caller = bench.caller(answer.text("access_token")).expect("a token").expect("good");
    let few = Permissions::Some(["User.Read".to_owned()].into());
    assert_eq!((caller.user, caller.permissions), (Some(ann), few));
    assert_eq!(bench.token(&right).refused(), (400, "invalid_grant", 54_005));

    let renew = [("grant_type", "refresh_token"), ("refresh_token", answer.text("refresh_token"))];
    let renewed = bench.token(&renew);
    assert_eq!(renewed.claims("id_token")["oid"], oid);
    assert_ne!(renewed.text("refresh_token"), answer.text("refresh_token"));
    let other = [
        renew[0],
        renew[1],
        ("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"),
        ("client_secret", ""),
    ];
    assert_eq!(bench.token(&other).refused(), (400, "invalid_grant", 70_000));
    bench.entra.tenant_mut().revoke_sessions(ann, Time::from_secs(0));
    assert_eq!(bench.token(&renew).refused(), (400, "invalid_grant", 50_173));
    bench.real += 91 * 86_400;
    assert_eq!(bench.token(&renew).refused(), (400, "invalid_grant", 70_008));
}

#[test]
fn who_may_not_sign_in_is_told_the_client_and_a_foreign_address_gets_nothing() {
    let mut bench = Bench::new();
    let scope = "&scope=User.Read";
    let bob = bench.code(scope, "bob.stone@contoso.example");
    assert!(bob.location.contains("AADSTS50057"), "{}", bob.location);
    let gone = bench.code(scope, "gone@contoso.example");
    assert!(gone.location.contains("AADSTS50034"), "{}", gone.location);
    let plain = bench.code(&format!("{scope}&people=ann"), "ann.okafor@contoso.example");
    assert!(plain.location.contains("code="), "{}", plain.location);
    let id = demo_client_id(SEED);
    let ask = |more: &str| {
        format!(
            "/common/oauth2/v2.0/authorize?client_id={id}&response_type=code&scope=User.Read{more}"
        )
    };
    let foreign = bench.get(&ask("&redirect_uri=https%3A%2F%2Fevil.example"));
    assert_eq!((foreign.status, foreign.location.as_str()), (400, ""));
    assert!(foreign.text.contains("AADSTS50011"));
    let back = format!("&redirect_uri={}", form::encoded(BACK));
    let none = bench.get(&ask(&format!("{back}&prompt=none")));
    assert!(none.location.contains("error=login%5Frequired"), "{}", none.location);
    let hinted = bench.get(&ask(&format!("{back}&login_hint=ann.okafor%40contoso.example")));
    assert_eq!(hinted.status, 302, "{}", hinted.text);
    assert!(hinted.location.contains("code="), "{}", hinted.location);
    let weak = format!("{back}&code_challenge={CHALLENGE}&login_hint=x");
    assert!(bench.get(&ask(&weak)).location.contains("AADSTS501491"));
    let posted = bench.get(&ask(&format!(
        "{back}&response_mode=form_post&login_hint=ann.okafor@contoso.example"
    )));
    assert!(posted.text.contains("name=\"code\""), "{}", posted.text);
    let script = bench.get(&ask(&format!("{back}&people=%3Cscript%3E")));
    assert!(!script.text.contains("<script>"), "{}", script.text);
}

#[test]
fn a_device_waits_for_its_user() {
    let mut bench = Bench::new();
    let id = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let begun = bench.post(
        "/organizations/oauth2/v2.0/devicecode",
        &[
            ("client_id", id),
            ("scope", "openid profile offline_access https://graph.microsoft.com/.default"),
        ],
    );
    assert_eq!((&begun.body["expires_in"], &begun.body["interval"]), (&json!(900), &json!(5)));
    let code = begun.text("device_code").to_owned();
    let poll = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", id),
        ("client_secret", ""),
        ("device_code", &*code),
    ];
    assert_eq!(bench.token(&poll).refused(), (400, "authorization_pending", 70_016));
    let page = bench.get("/common/oauth2/deviceauth");
    assert!(page.text.contains("Ann Okafor"), "{}", page.text);
    let sign_in = "/common/oauth2/deviceauth";
    let wrong =
        bench.post(sign_in, &[("user_code", "XXXXXXXXX"), ("user", "ann.okafor@contoso.example")]);
    for part in ["AADSTS70018", "Request Id", "Correlation Id", "Timestamp"] {
        assert!(wrong.status == 400 && wrong.text.contains(part), "{part}: {}", wrong.text);
    }
    let user_code = begun.text("user_code").to_lowercase();
    let done =
        bench.post(sign_in, &[("user_code", &user_code), ("user", "ann.okafor@contoso.example")]);
    assert_eq!(done.status, 200, "{}", done.text);
    let answer = bench.token(&poll);
    assert_eq!(answer.claims("id_token")["preferred_username"], "ann.okafor@contoso.example");
    assert_eq!(bench.token(&poll).refused(), (400, "bad_verification_code", 70_018));
    bench.real += 901;
    assert_eq!(bench.token(&poll).refused(), (400, "expired_token", 70_019));
}

#[test]
fn discovery_names_the_address_that_the_client_used() {
    let mut bench = Bench::new();
    let tenant = identity::tenant_id(SEED);
    let document = bench.get("/common/v2.0/.well-known/openid-configuration").body;
    assert_eq!(document["token_endpoint"], format!("{BASE}/{tenant}/oauth2/v2.0/token"));
    assert_eq!(document["issuer"], format!("{BASE}/{tenant}/v2.0"));
    let older = bench.get(&format!("/{tenant}/.well-known/openid-configuration")).body;
    assert_eq!(older["token_endpoint"], format!("{BASE}/{tenant}/oauth2/token"));
    let unknown = bench.get("/elsewhere.example/v2.0/.well-known/openid-configuration");
    assert_eq!(unknown.refused(), (400, "invalid_request", 90_002));
    let instances = bench.get("/common/discovery/instance?api-version=1.1").body;
    assert_eq!(instances["metadata"][0]["preferred_network"], "127.0.0.1:4041");
    let keys = bench.get("/common/discovery/v2.0/keys").text;
    let own = KeySet::parse(&keys).expect("a set");
    assert!(own.has("thumb") && own.has("scimulator-demo-1"));
    assert!(keys.contains("\"x5c\":[\"AAAA\"]"), "{keys}");
}

#[test]
fn userinfo_knows_users_only() {
    let mut bench = Bench::new();
    let led = bench.code("&scope=openid%20email", "ann.okafor@contoso.example");
    let query = FormFields::parse(led.location.split_once('?').expect("a query").1);
    let code = query.get("code").expect("a code").to_owned();
    let user = bench.token(&[
        ("grant_type", "authorization_code"),
        ("redirect_uri", BACK),
        ("code", &code),
    ]);
    let app = bench.token(&[CLIENT_CREDENTIALS, FOR_GRAPH]);
    for (token, status) in [(user.text("access_token"), 200), (app.text("access_token"), 401)] {
        let header = format!("Bearer {token}");
        let answer = bench.send(Method::GET, "/oidc/userinfo", &[("authorization", &header)], "");
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_eq!(bench.get("/oidc/userinfo").status, 401);
}

/// A certificate with the key of the tests.
const CERTIFICATE: &str = include_str!("../../../tests/it/sockets/certificate/self-signed.pem");
const CERTIFICATE_KEY: &str = include_str!("../../../tests/it/sockets/certificate/key.pem");

/// A tenant with an application that may read users only, whose secret ends after a while and which
/// has a certificate.
fn with_reader() -> (Bench, String) {
    let mut settings = Settings::default();
    let mut problems = crate::base::Problems::default();
    let text = crate::base::Node::text;
    let reader = crate::base::Node::table([
        ("secret", text("short-lived")),
        ("secret_expires", text("30d")),
        ("certificate", text(CERTIFICATE)),
        (
            "permissions",
            crate::base::Node::bare(crate::base::Kind::List(vec![text("User.Read.All")])),
        ),
    ]);
    settings.set(&["graph", "clients", "reader"], &reader, &mut problems);
    assert_eq!(problems.errors(), 0);
    let bench = Bench::with(settings);
    let clients = &bench.entra.job().settings().graph.clients;
    let id = client_id(&clients[0], SEED);
    (bench, id)
}

#[test]
fn a_secret_expires_in_virtual_time_and_permissions_are_those_of_the_scenario() {
    let (mut bench, id) = with_reader();
    let form =
        [CLIENT_CREDENTIALS, FOR_GRAPH, ("client_id", &*id), ("client_secret", "short-lived")];
    let answer = bench.token(&form);
    assert_eq!(answer.claims("access_token")["roles"], json!(["User.Read.All"]));
    let caller = bench.caller(answer.text("access_token")).expect("a token").expect("good");
    assert_eq!(caller.permissions, Permissions::Some(["User.Read.All".to_owned()].into()));
    assert_eq!(caller.app_name, "reader");
    bench.now = Time::from_secs(31 * 86_400);
    assert_eq!(bench.token(&form).refused(), (401, "invalid_client", 7_000_222));
    let code = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
        ("client_id", &*id),
        ("client_secret", ""),
    ];
    assert_eq!(bench.token(&code).refused(), (401, "invalid_client", 7_000_218));
}

#[test]
fn an_assertion_is_taken_when_the_registered_certificate_has_signed_it_for_here_and_now() {
    let (mut bench, id) = with_reader();
    let key = JwtKey::from_pem(CERTIFICATE_KEY).expect("a key").named("x");
    let here = format!("{BASE}/{}/oauth2/v2.0/token", identity::tenant_id(SEED));
    let claims = |audience: &str, until: i64| json!({ "aud": audience, "iss": id, "sub": id, "exp": until, "nbf": 0, "jti": "j" });
    let good = claims(&here, bench.real + 600);
    let foreign = JwtKey::drawn("x", Seed(10)).expect("a key");
    let none = {
        use base64ct::{Base64UrlUnpadded as Base64, Encoding};
        let part = |text: &str| Base64::encode_string(text.as_bytes());
        format!("{}.{}.", part(r#"{"alg":"none"}"#), part(&good.to_string()))
    };
    let mut with_fraction = good.clone();
    with_fraction["exp"] = json!(bench.real as f64 + 600.5);
    let cases = [
        (key.sign(&good), None),
        (key.sign(&with_fraction), None),
        (foreign.sign(&good), Some(700_027)),
        (none, Some(50_027)),
        (key.sign(&claims("https://elsewhere.example/token", bench.real + 600)), Some(700_023)),
        (key.sign(&claims(&here, bench.real - 301)), Some(700_024)),
    ];
    for (assertion, code) in cases {
        let form = [
            CLIENT_CREDENTIALS,
            FOR_GRAPH,
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &*assertion),
        ];
        let answer = bench.post("/common/oauth2/v2.0/token", &form);
        match code {
            None => assert_eq!(answer.claims("access_token")["appidacr"], "2", "{}", answer.text),
            Some(code) => assert_eq!(answer.refused(), (401, "invalid_client", code)),
        }
    }
}

#[test]
fn an_application_that_a_client_registered_signs_in_with_its_own_secret_and_permissions() {
    use crate::entra::tenant::registry::{AppPassword, AppSide, OwnIds};
    let mut bench = Bench::new();
    let client = "3d1f2a90-64d7-4c2a-9a5f-0d3c8f1b2e77";
    let ids = OwnIds { object: client.replace('3', "4"), client: client.to_owned() };
    let registry = bench.entra.tenant_mut().registry_mut();
    let key = registry.register(ids.clone(), Time::from_secs(0));
    let registration = &mut registry.change(key, AppSide::Registration, &[]).registration;
    registration.passwords.push(AppPassword {
        key_id: "1".to_owned(),
        display_name: None,
        start: Time::from_secs(0),
        end: Time::from_secs(2_000),
        text: "its-own".to_owned(),
    });
    let needed = json!([{ "resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [
        { "id": "df021288-bdef-4463-88db-98f22de89214", "type": "Role" },
    ] }]);
    registration.values.insert("requiredResourceAccess".to_owned(), needed);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("client_secret", "its-own"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let none = bench.token(&form).refused().2;
    assert_eq!(none, 7_000_229, "it has no service principal yet");
    let app = bench.entra.add_application("Intranet".into(), Settings::default());
    let registry = bench.entra.tenant_mut().registry_mut();
    registry.join(key, ids, app, Time::from_secs(0));
    let token = bench.token(&form);
    let caller = bench.caller(token.text("access_token")).expect("signed").expect("a caller");
    let expected = ["User.Read.All".to_owned()].into();
    assert_eq!((&*caller.app_id, caller.permissions), (client, Permissions::Some(expected)));
    bench.now = Time::from_secs(3_000);
    assert_eq!(bench.token(&form).refused().2, 7_000_222, "its time is over");
    bench.now = Time::from_secs(1_000);
    bench.entra.change_sso(app, |sso| sso.enabled = false);
    assert_eq!(bench.token(&form).refused().2, 7_000_112, "it is switched off");
}
