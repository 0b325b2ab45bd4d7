//! Sign-ins from the request to the Response, and each refusal with its number.

use super::*;
use crate::base::{Kind, Moment, Node, Problems};
use crate::entra::event::Event;
use crate::entra::policy::Policy;
use crate::entra::tenant::{NewGroup, NewUser, Role, Tenant, TenantSettings};
use crate::entra::{Entra, Settings};
use crate::saml::names::format;
use crate::saml::{AuthnRequest, VerifiedResponse, VerifyError, metadata as saml_metadata, verify};

const SEED: Seed = Seed(7);
const BASE: &str = "http://127.0.0.1:4040";
const ACS: &str = "https://sp.example/acs";
const OWN: &str = "/simplesaml/module.php/saml/sp/saml2-acs.php/default-sp";

/// A tenant with Ann, who is assigned, Bob, who is not, and Cid, who is blocked.
struct Bench {
    entra: Entra,
    now: Time,
    said: Vec<Event>,
}

impl Bench {
    fn new(sso: &str) -> Bench {
        let mut tenant = Tenant::new(TenantSettings::default(), SEED);
        let mut said: Vec<crate::entra::tenant::TenantEvent> = Vec::new();
        for (handle, name) in [("ann", "Ann Okafor"), ("bob", "Bob Stone"), ("cid", "Cid Rao")] {
            let user =
                tenant.set_up_user(NewUser::new(handle).with_name(name)).expect("a free name");
            if handle != "bob" {
                tenant.set_up_assignment(AppId::MAIN, user, Some(Role::DefaultAccess));
            }
        }
        let cid = tenant.find_user("cid").expect("cid");
        let mut moment = Moment::new(Time::from_secs(0), SEED, &mut said);
        tenant.disable(cid, &mut moment).expect("he is there");
        let mut settings = Settings::default();
        let mut problems = Problems::default();
        let written = toml_node(sso, &mut problems);
        settings.set(&["sso"], &written, &mut problems);
        assert!(!problems.has_errors(), "{:?}", problems.list());
        Bench { entra: Entra::new(settings, tenant), now: Time::from_secs(1_000), said: Vec::new() }
    }

    fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Bench {
        let mut settings = self.entra.job().settings().clone();
        change(&mut settings.policy);
        let tenant = std::mem::replace(
            self.entra.tenant_mut(),
            Tenant::new(TenantSettings::default(), SEED),
        );
        self.entra = Entra::new(settings, tenant);
        self
    }

    fn at(&self) -> SignOnAt<'static> {
        SignOnAt {
            base: BASE,
            now: self.now,
            outside: Time::from_secs(1_900_000_000),
            start: Time::from_secs(0),
            seed: SEED,
        }
    }

    fn ask(&self, request: &str) -> Result<Ask, Refusal> {
        requested(&self.entra, (request, CameBy::Post), Some("state"), self.at())
    }

    fn issue(&mut self, ask: &Ask, user: &str) -> Result<Issued, Refusal> {
        let user = self.entra.tenant().find_user(user).expect("known");
        let session = TenantSession {
            user,
            began: Time::from_secs(900),
            began_outside: Time::from_secs(1_899_999_000),
            revoked: 0,
        };
        let at = self.at();
        let mut moment = Moment::new(self.now, SEED, &mut self.said);
        self.entra.sign_on(ask, session, at, &mut moment)
    }

    /// Signs a user in with a request, and verifies the Response by the metadata.
    fn sign_in(&mut self, request: &str, user: &str) -> Result<VerifiedResponse, u32> {
        let ask = self.ask(request).map_err(|refusal| refusal.code)?;
        let issued = self.issue(&ask, user).map_err(|refusal| refusal.code)?;
        assert_eq!(issued.relay_state.as_deref(), Some("state"));
        let metadata = metadata(&self.entra, AppId::MAIN, self.at());
        let trusted = saml_metadata::certificates_of(&metadata);
        Ok(verify(&issued.response, &trusted).expect("a good Response"))
    }
}

fn toml_node(text: &str, problems: &mut Problems) -> Node {
    let entries = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let read = |part: &str| {
        let (key, value) = part.split_once('=').expect("key = value");
        let value = value.trim();
        let kind = match value.parse::<i64>() {
            Ok(number) => Kind::Integer(number),
            Err(_) if ["true", "false"].contains(&value) => Kind::Bool(value == "true"),
            Err(_) => Kind::Text(value.to_owned()),
        };
        (key.trim().to_owned(), Node::bare(kind))
    };
    let pairs: Vec<(String, Node)> = entries.map(read).collect();
    let _ = problems;
    Node::table(pairs.iter().map(|(key, node)| (key.as_str(), node.clone())))
}

fn request() -> AuthnRequest {
    AuthnRequest {
        id: "id1".to_owned(),
        issue_instant: Time::from_secs(1_000),
        issuer: "https://sp.example".to_owned(),
        destination: None,
        acs_url: None,
        name_id_format: None,
        force_authn: false,
        is_passive: false,
        context: None,
        unsupported: Vec::new(),
        signed: false,
    }
}

const SP: &str = "identifier = https://sp.example; reply_urls = https://sp.example/acs";

#[test]
fn a_response_says_what_the_vendors_say() {
    let mut bench = Bench::new(SP);
    let read = bench.sign_in(&request().write(), "ann").expect("signed in");
    let assertion = &read.assertion;
    let issuer = identity::blank_secret_issuer(SEED);
    assert_eq!(read.response.destination.as_deref(), Some(ACS));
    assert_eq!(read.response.in_response_to.as_deref(), Some("id1"));
    assert_eq!(read.response.issuer.as_ref(), Some(&issuer));
    assert_eq!(assertion.audiences, ["https://sp.example"]);
    assert_eq!(assertion.confirmation.recipient.as_deref(), Some(ACS));
    assert_eq!(assertion.confirmation.in_response_to.as_deref(), Some("id1"));
    // The window is five minutes before and an hour after, in the time of the service provider.
    let made = Time::from_secs(1_900_000_000);
    let judged = made.before(std::time::Duration::from_millis(90));
    assert_eq!(assertion.issue_instant, made);
    assert_eq!(assertion.not_before, Some(judged.before(std::time::Duration::from_secs(300))));
    assert_eq!(assertion.not_on_or_after, Some(judged + std::time::Duration::from_secs(3_600)));
    assert_eq!(assertion.confirmation.not_on_or_after, assertion.not_on_or_after);
    assert_eq!(assertion.authn_instant, Some(Time::from_secs(1_899_999_000)));
    assert_eq!(assertion.session_index.as_ref(), Some(&assertion.id));
    let names: Vec<&str> = assertion
        .attributes
        .iter()
        .map(|it| it.name.rsplit('/').next().unwrap_or_default())
        .collect();
    let expected = [
        "tenantid",
        "objectidentifier",
        "displayname",
        "identityprovider",
        "authnmethodsreferences",
        "givenname",
        "surname",
        "emailaddress",
        "name",
    ];
    assert_eq!(names, expected);
    assert_eq!(assertion.name_id.value, assertion.attributes[8].values[0]);
    assert!(matches!(&bench.said[..], [Event::SignedOn { user, .. }] if &**user == "ann"));
}

#[test]
fn golinks_lives_in_the_time_of_the_story_and_every_response_has_its_own_id() {
    let mut bench = Bench::new("relay_state = /go/x");
    let ask = from_my_apps(&bench.entra, AppId::MAIN, bench.at()).expect("it may");
    assert_eq!(ask.reply_url, format!("{BASE}{OWN}"));
    let first = bench.issue(&ask, "ann").expect("signed in");
    assert_eq!(first.relay_state.as_deref(), Some("/go/x"));
    let second = bench.issue(&ask, "ann").expect("signed in");
    assert_ne!(first.response, second.response);
    let mut again = Bench::new("relay_state = /go/x");
    assert_eq!(again.issue(&ask, "ann"), Ok(first.clone()), "the same bytes");
    let trusted = saml_metadata::certificates_of(&metadata(&bench.entra, AppId::MAIN, bench.at()));
    let read = verify(&first.response, &trusted).expect("a good Response");
    assert_eq!(read.assertion.issue_instant, bench.now);
    assert_eq!(read.assertion.authn_instant, Some(Time::from_secs(900)));
    assert_eq!(read.assertion.audiences, ["okta_sso_golinks"]);
    assert_eq!(
        (read.response.in_response_to, read.assertion.confirmation.in_response_to),
        (None, None)
    );
}

#[test]
fn requests_are_refused_with_the_vendors_numbers() {
    let with = |change: &dyn Fn(&mut AuthnRequest)| {
        let mut request = request();
        change(&mut request);
        request.write()
    };
    let context = |class: &str, comparison: &str| crate::saml::authn_request::RequestedContext {
        comparison: comparison.to_owned(),
        classes: vec![class.to_owned()],
    };
    let password = crate::saml::names::context::PASSWORD;
    let cases = [
        (String::new(), "ann", Err(75_005)),
        ("<x/>".to_owned(), "ann", Err(75_005)),
        (with(&|it| it.id = "1a".to_owned()), "ann", Err(7_500_529)),
        (with(&|it| it.id = "ab/+=".to_owned()), "ann", Err(7_500_529)),
        (with(&|it| it.issuer = "https://other.example".to_owned()), "ann", Err(700_016)),
        (with(&|it| it.acs_url = Some("https://evil.example/acs".to_owned())), "ann", Err(50_011)),
        (with(&|it| it.acs_url = Some(format!("{ACS}/"))), "ann", Err(50_011)),
        (with(&|it| it.acs_url = Some(ACS.to_owned())), "ann", Ok(())),
        (with(&|it| it.name_id_format = Some("urn:x".to_owned())), "ann", Err(75_016)),
        (with(&|it| it.context = Some(context("urn:windows", "exact"))), "ann", Err(75_011)),
        (with(&|it| it.context = Some(context(password, "minimum"))), "ann", Err(75_011)),
        (with(&|it| it.context = Some(context(password, "exact"))), "ann", Ok(())),
        (with(&|it| it.context = Some(context("urn:windows", "exact"))), "bob", Err(75_011)),
        (with(&|it| it.context = Some(context("urn:windows", "exact"))), "cid", Err(50_057)),
        (
            request().write().replace("<saml:Issuer>", "<saml:Subject/><saml:Issuer>"),
            "ann",
            Err(900_236),
        ),
        (request().write(), "bob", Err(50_105)),
        (request().write(), "cid", Err(50_057)),
    ];
    for (text, user, expected) in cases {
        let mut bench = Bench::new(SP);
        assert_eq!(bench.sign_in(&text, user).map(|_| ()), expected, "{text} {user}");
        // What is decided about a user is a row of the sign-in log.
        let logged = matches!(expected, Err(75_011 | 50_105 | 50_057));
        let codes: Vec<u32> = bench
            .said
            .iter()
            .filter_map(|event| match event {
                Event::SignInRefused { why, .. } => Some(why.code()),
                _ => None,
            })
            .collect();
        assert_eq!(codes, expected.err().filter(|_| logged).into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn switches_of_the_application_decide_who_may_sign_in() {
    let cases = [
        ("enabled = false", "ann", Err(7_000_112)),
        ("assignment_required = false", "bob", Ok(())),
        ("assignment_required = false", "cid", Err(50_057)),
        ("signed_requests = true", "ann", Err(76_021)),
        ("name_id = employeeId", "ann", Err(501_241)),
    ];
    for (more, user, expected) in cases {
        let mut bench = Bench::new(&format!("{SP}; {more}"));
        assert_eq!(bench.sign_in(&request().write(), user).map(|_| ()), expected, "{more}");
    }
    let bench = Bench::new("signed_requests = true");
    let refused = from_my_apps(&bench.entra, AppId::MAIN, bench.at());
    assert_eq!(refused.map_err(|it| it.code), Err(76_021));
    let mut bench = Bench::new(SP);
    let ask = bench.ask(&request().write()).expect("it may");
    let refused = bench.issue(&ask, "bob").expect_err("he is not assigned");
    assert!(refused.message.contains("bob.stone@"), "{}", refused.message);
    assert!(matches!(
        &bench.said[..],
        [Event::SignInRefused { why: SignOnError::NotAssigned, .. }]
    ));
}

#[test]
fn a_signed_request_is_verified_where_the_application_asks_for_it() {
    use crate::base::jwt::JwtKey;
    use crate::saml::binding::{SignedQuery, redirect_query};
    use crate::saml::{Algorithm, SigningKey, Subject};
    let keys = ["sp 1", "sp 2"]
        .map(|name| SigningKey::of(&JwtKey::drawn(name, SEED).expect("a key")).expect("a key"));
    let certificate = keys[0]
        .certificate(Subject::Vendor, 7, Time::from_secs(0), Time::from_secs(9_000_000))
        .expect("a certificate");
    let signed = |key: &SigningKey, algorithm: Algorithm, query: &str| {
        let all = format!("{query}&SigAlg={}", algorithm.method().replace(':', "%3A"));
        let encode = |text: String| text.replace('+', "%2B").replace('=', "%3D");
        let signature = encode(key.sign(algorithm, &all));
        format!("{all}&Signature={signature}")
    };
    let query = redirect_query("SAMLRequest", &request().write(), Some("state"));
    let good = signed(&keys[0], Algorithm::Sha256, &query);
    let cases = [
        ("signed", good.clone(), Ok(())),
        ("not signed", query.clone(), Err(76_021)),
        ("another key", signed(&keys[1], Algorithm::Sha256, &query), Err(76_021)),
        ("an old algorithm", signed(&keys[0], Algorithm::Sha1, &query), Err(76_021)),
        ("another RelayState", good.replace("RelayState=state", "RelayState=other"), Err(76_021)),
        ("without its RelayState", good.replace("&RelayState=state", ""), Err(76_021)),
        ("another message", good.replacen("SAMLRequest=", "SAMLRequest=A", 1), Err(76_021)),
        ("half a signature", good[..good.len() - 20].to_owned(), Err(76_021)),
        ("no algorithm", good.replace("&SigAlg=", "&Other="), Err(76_021)),
    ];
    let asks = |sso: &str, query: &str| {
        let bench = Bench::new(&format!("{SP}; {sso}"));
        let signed = SignedQuery::of(query);
        let by = CameBy::Redirect(signed.as_ref());
        let asked = requested(&bench.entra, (&request().write(), by), None, bench.at());
        asked.map(|_| ()).map_err(|refusal| refusal.code)
    };
    let sso = format!("signed_requests = true; request_certificates = {}", certificate.to_base64());
    for (what, query, expected) in &cases {
        assert_eq!(asks(&sso, query), *expected, "{what}");
        // Where no signature is asked for, none is looked at; without a certificate one is asked
        // for and not verified.
        assert_eq!(asks("signed_requests = false", query), Ok(()), "{what}");
        let there = SignedQuery::of(query).map(|_| ()).ok_or(76_021);
        assert_eq!(asks("signed_requests = true", query), there, "{what}");
        // The old algorithm is taken by opt-in alone, and nothing else is with it.
        let opted_in = format!("{sso}; sha1_requests = true");
        let wanted = if *what == "an old algorithm" { Ok(()) } else { *expected };
        assert_eq!(asks(&opted_in, query), wanted, "{what}");
    }
}

#[test]
fn the_name_has_the_format_that_was_asked_for() {
    let cases = [
        (None, "mail", false),
        (Some(format::EMAIL), "userPrincipalName", false),
        (Some(format::PERSISTENT), "mail", true),
        (Some(format::UNSPECIFIED), "mail", false),
        (None, "pairwise", true),
    ];
    for (wanted, source, pairwise) in cases {
        let mut bench = Bench::new(&format!("{SP}; name_id = {source}"));
        let mut request = request();
        request.name_id_format = wanted.map(str::to_owned);
        let name = bench.sign_in(&request.write(), "ann").expect("signed in").assertion.name_id;
        assert_eq!(name.format.as_deref(), Some(wanted.unwrap_or(format::EMAIL)));
        assert_eq!(!name.value.contains('@'), pairwise, "{wanted:?} {source} {}", name.value);
    }
    // A transient name is another one each time, a persistent one the same.
    for (wanted, same) in [(format::TRANSIENT, false), (format::PERSISTENT, true)] {
        let mut bench = Bench::new(SP);
        let mut request = request();
        request.name_id_format = Some(wanted.to_owned());
        let [first, second] = [(); 2].map(|()| {
            bench.sign_in(&request.write(), "ann").expect("signed in").assertion.name_id.value
        });
        assert_eq!(first == second, same, "{wanted}");
    }
    let mut bench = Bench::new(SP).policy(|policy| policy.sso_unspecified_is_readable = false);
    let mut request = request();
    request.name_id_format = Some(format::UNSPECIFIED.to_owned());
    let name = bench.sign_in(&request.write(), "ann").expect("signed in").assertion.name_id;
    assert!(!name.value.contains('@'));
}

#[test]
fn an_identifier_that_is_no_uri_gets_its_prefix_by_policy() {
    for (prefix, audience) in [(false, "okta_sso_golinks"), (true, "spn:okta_sso_golinks")] {
        let mut bench = Bench::new("").policy(|policy| policy.sso_spn_prefix = prefix);
        let mut request = request();
        request.issuer = "okta_sso_golinks".to_owned();
        let read = bench.sign_in(&request.write(), "ann").expect("signed in");
        assert_eq!(read.assertion.audiences, [audience]);
    }
}

#[test]
fn after_a_rollover_old_metadata_fail_and_an_expired_certificate_gives_way() {
    let mut bench = Bench::new(SP);
    let day = |n: u64| crate::base::node::PointInTime::After(crate::base::time::DAY * n as u32);
    let certificates = |bench: &mut Bench, active: u64, switches: bool| {
        let mut settings = bench.entra.job().settings().clone();
        settings.sso.certificates = vec![(day(0), Some(day(90))), (day(80), Some(day(400)))];
        settings.sso.certificate = active;
        settings.policy.sso_expired_certificate_switches = switches;
        let tenant = Tenant::new(TenantSettings::default(), SEED);
        let tenant = std::mem::replace(bench.entra.tenant_mut(), tenant);
        bench.entra = Entra::new(settings, tenant);
    };
    certificates(&mut bench, 1, true);
    let old = saml_metadata::certificates_of(&metadata(&bench.entra, AppId::MAIN, bench.at()));
    assert_eq!(old.len(), 1, "the second is not good yet");
    let verified = |bench: &mut Bench| {
        let ask = bench.ask(&request().write()).expect("it may");
        let response = bench.issue(&ask, "ann").expect("signed in").response;
        verify(&response, &old).map(|_| ())
    };
    assert_eq!(verified(&mut bench), Ok(()));
    let unknown = Err(VerifyError::Signature { unknown_certificate: true });
    certificates(&mut bench, 2, true);
    assert_eq!(verified(&mut bench), unknown);
    // Ten days later the first has expired.
    bench.now = Time::from_secs(91 * 86_400);
    certificates(&mut bench, 1, true);
    assert_eq!(verified(&mut bench), unknown);
    certificates(&mut bench, 1, false);
    assert_eq!(verified(&mut bench), Ok(()), "it goes on signing");
}

#[test]
fn a_logout_is_answered_where_the_application_wants_it() {
    let bench = Bench::new(&format!("{SP}; logout_url = https://sp.example/out"));
    let text = "<samlp:LogoutRequest xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol' ID='_l' Version='2.0'>\
                <Issuer xmlns='urn:oasis:names:tc:SAML:2.0:assertion'>https://sp.example</Issuer></samlp:LogoutRequest>";
    let asked = requested_logout(&bench.entra, text, bench.at()).expect("known");
    let (url, answer) = logged_out(&bench.entra, &asked, bench.at()).expect("an address");
    assert_eq!(url, "https://sp.example/out");
    assert!(
        answer.contains("InResponseTo=\"_l\"")
            && answer.contains("https://login.microsoftonline.com/")
    );
    let unknown = text.replace("sp.example", "other.example");
    let refused = requested_logout(&bench.entra, &unknown, bench.at()).map(|_| ());
    assert_eq!(refused.map_err(|it| it.code), Err(700_016));
}

#[test]
fn groups_beyond_the_limit_are_only_pointed_to() {
    for (kind, most, expected) in [
        ("none", 150, None),
        ("all", 150, Some(("groups", 3))),
        ("assigned", 150, None),
        ("all", 2, Some(("groups.link", 1))),
        ("all", 3, Some(("groups", 3))),
    ] {
        let mut bench = Bench::new(&format!("{SP}; groups = {kind}"))
            .policy(|policy| policy.sso_groups_max = most);
        let tenant = bench.entra.tenant_mut();
        let ann = tenant.find_user("ann").expect("ann");
        let made = ["inner", "other", "outer"]
            .map(|name| tenant.set_up_group(NewGroup::new(name, name)).expect("a free name"));
        tenant.set_up_member(made[0], ann);
        tenant.set_up_member(made[1], ann);
        // She is in the third by the first.
        tenant.set_up_nested(made[2], made[0]);
        let read = bench.sign_in(&request().write(), "ann").expect("signed in");
        let all = read.assertion.attributes;
        let found = all.iter().find(|it| it.name.contains("claims/groups"));
        let found =
            found.map(|it| (it.name.rsplit('/').next().unwrap_or_default(), it.values.len()));
        assert_eq!(found, expected, "{kind} {most}");
    }
}

#[test]
fn the_window_is_the_documented_one_where_a_policy_says_so() {
    let minutes = |n: u64| std::time::Duration::from_secs(n * 60);
    let mut bench = Bench::new(SP).policy(|policy| {
        policy.sso_window_before = minutes(0);
        policy.sso_window_after = minutes(70);
        policy.sso_issue_delay = minutes(0);
    });
    let read = bench.sign_in(&request().write(), "ann").expect("signed in").assertion;
    let made = read.issue_instant;
    assert_eq!((read.not_before, read.not_on_or_after), (Some(made), Some(made + minutes(70))));
}
