//! The checks against our own mock: nothing is red on a server without quirks, and every quirk that
//! a client can see turns something red.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};

use scimulator::base::{Kind, Moment, Node, Problems, Seed, Time};
use scimulator::entra::{Reply, identity};
use scimulator::golinks::quirks::{QuirkRow, TABLE};
use scimulator::golinks::{Event, GoLinks, Settings, TenantFacts};
use scimulator::verify::{Outcome, Plan, Report, Server, TokenForms, checks, verify};

/// The mock, called in this process.
pub struct Mock {
    golinks: GoLinks,
    events: Vec<Event>,
    /// Requests come one after the other, unless they are sent at once.
    now: Time,
}

impl Mock {
    /// A generic SCIM server with these settings beside.
    pub fn with(settings: &[(&[&str], Node)]) -> Mock {
        let mut all = Settings::default();
        let mut problems = Problems::default();
        all.set(&["profile"], &Node::text("generic"), &mut problems);
        for (path, value) in settings {
            all.set(path, value, &mut problems);
        }
        assert_eq!(problems.errors(), 0, "{:?}", problems.list());
        let golinks = GoLinks::new(all, Time::default());
        Mock { golinks, events: Vec::new(), now: Time::default() }
    }

    /// The userNames of its accounts.
    pub fn names(&mut self) -> Vec<String> {
        self.accounts().into_iter().map(|(_, name)| name).collect()
    }

    /// The ids and userNames of its accounts.
    pub fn accounts(&mut self) -> Vec<(String, String)> {
        let token = HeaderValue::from_static("Bearer golinks-demo-token");
        let request = Request::builder().uri("/scim/v2/Users?count=500");
        let request = request.header(AUTHORIZATION, token).body(Bytes::new());
        let (reply, _) = self.exchange(request.expect("a request"));
        let body = reply.expect("the mock answers").into_body();
        let list: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        let all = list["Resources"].as_array().expect("a list").iter();
        let text =
            |one: &serde_json::Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
        all.map(|one| (text(one, "id"), text(one, "userName"))).collect()
    }

    /// How many accounts it holds.
    pub fn held(&self) -> usize {
        self.golinks.accounts().len()
    }
}

impl Server for Mock {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        self.wait(Duration::from_millis(1));
        self.at_this_instant(request)
    }

    fn at_once(&mut self, requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
        self.wait(Duration::from_millis(1));
        requests.into_iter().map(|request| self.at_this_instant(request)).collect()
    }

    fn wait(&mut self, time: Duration) {
        self.now = self.now + time;
    }
}

impl Mock {
    fn at_this_instant(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        self.events.clear();
        let mut moment = Moment::new(self.now, Seed(1), &mut self.events);
        (Ok(self.golinks.handle(&request, &mut moment)), Duration::ZERO)
    }
}

/// A plan for the mock, with its token.
pub fn plan() -> Plan {
    let mut plan = Plan { origin: "https://api.golinks.io".to_owned(), ..Plan::default() };
    let token = HeaderValue::from_static("Bearer golinks-demo-token");
    plan.headers.insert(AUTHORIZATION, token);
    plan
}

fn red(report: &Report) -> Vec<String> {
    let failures = report.failures().into_iter();
    failures
        .map(|one| {
            let came = one.finding().map(|finding| finding.came.clone()).unwrap_or_default();
            format!("{}: {came}", one.check.id)
        })
        .collect()
}

/// Checks a server one check after the other.
pub fn on(server: &mut dyn Server, plan: &Plan) -> Report {
    let mut lane: &mut dyn Server = server;
    verify(&mut lane, plan)
}

#[test]
fn nothing_is_red_on_a_server_without_quirks() {
    let report = on(&mut Mock::with(&[]), &plan());
    assert_eq!(red(&report), Vec::<String>::new());
    assert!(report.left_behind.is_nothing(), "{:?}", report.left_behind);
}

#[test]
fn ids_are_unique() {
    let ids: Vec<&str> = checks::all().map(|check| check.id).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len());
}

/// The values of a quirk to try: every one but the default, and a number for a count.
fn values(row: &QuirkRow) -> Vec<Node> {
    match row.words {
        ["false", "true"] => vec![Node::bare(Kind::Bool(true))],
        ["0", _] => vec![Node::bare(Kind::Integer(2))],
        words => words.iter().skip(1).map(|word| Node::text(*word)).collect(),
    }
}

/// Every value of every quirk but the default: as it is named, its path among the settings, and the
/// value.
pub fn quirks() -> Vec<(String, [&'static str; 2], Node)> {
    let all = TABLE.iter().flat_map(|row| values(row).into_iter().map(move |value| (row, value)));
    all.map(|(row, value)| {
        let named = match &value.kind {
            Kind::Text(word) => format!("{} = {word}", row.name),
            _ => row.name.to_owned(),
        };
        (named, ["quirks", row.name], value)
    })
    .collect()
}

/// Quirks that no check can see, each with the reason.
const UNSEEN: &[(&str, &str)] = &[
    ("unknown_member = 404", "to refuse a member that does not exist is right"),
    ("unknown_member = drop", "to leave out a member that does not exist is allowed"),
    ("group_update_drops_local", "what is lost was written past SCIM"),
    ("hide_unmanaged", "it needs an account that was made past SCIM"),
    ("adopt_by_mail", "it needs an account that was made past SCIM"),
    ("forget_on_disconnect", "it needs a token that is replaced at the server"),
    ("jit_on_login", "it needs a user who signs in"),
];

#[test]
fn every_quirk_that_a_client_can_see_turns_a_check_red() {
    let plan = Plan { fail_fast: true, ..plan() };
    let mut wrong = Vec::new();
    for (named, path, value) in quirks() {
        let seen = !red(&on(&mut Mock::with(&[(&path, value)]), &plan)).is_empty();
        let listed = UNSEEN.iter().any(|(name, _)| *name == named);
        if seen == listed {
            wrong.push(format!("{named}: {}", if seen { "is seen" } else { "is not seen" }));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_cause_is_named_once() {
    let ids: Vec<&str> = checks::all().map(|check| check.id).collect();
    for (nth, check) in checks::all().enumerate() {
        for other in check.after {
            assert!(ids[..nth].contains(other), "{} comes before {other}", check.id);
        }
    }
    let strict = Node::bare(Kind::Bool(true));
    let report = on(&mut Mock::with(&[(&["quirks", "no_create_on_filter_miss"], strict)]), &plan());
    let red: Vec<&str> = report.failures().iter().map(|one| one.check.id).collect();
    assert_eq!(red, ["patch.filtered-new"]);
}

#[test]
fn without_the_right_token_nothing_means_anything() {
    let mut plan = plan();
    plan.headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer wrong"));
    let report = on(&mut Mock::with(&[]), &plan);
    assert_eq!((report.requests, red(&report).len()), (1, 1));
    assert_eq!(report.failures()[0].check.id, "net.reach");
}

/// The forms of a client with this secret.
fn client(secret: &str) -> TokenForms {
    let form = |secret: &str| {
        Bytes::from(format!("grant_type=client_credentials&client_id=entra&client_secret={secret}"))
    };
    TokenForms {
        uri: http::Uri::from_static("/scim/v2/oauth/token"),
        good: form(secret),
        shown: form("$SCIM_CLIENT_SECRET"),
        wrong_secret: Some(form("wrong")),
        wrong_assertions: Vec::new(),
    }
}

/// The checks of the token endpoint that are red, and how many passed.
fn red_tokens(mock: &mut Mock, tokens: TokenForms) -> (Vec<String>, usize) {
    let mut plan = Plan { tokens: Some(tokens), only: vec!["cc".into(), "wif".into()], ..plan() };
    plan.headers.clear();
    let report = on(mock, &plan);
    let har = format!("{:?}", report.checked);
    assert!(!har.contains("winter"), "no secret is kept: {har}");
    let red = report.failures().iter().map(|one| one.check.id.to_owned()).collect();
    (red, report.counts().passed)
}

#[test]
fn the_token_endpoint_is_checked_and_what_it_grants_is_used() {
    let granting = |life: &str| {
        let oauth = [("client_secret", Node::text("winter")), ("expires", Node::text(life))];
        Mock::with(&[(&["oauth"], Node::table(oauth))])
    };
    // Passed: cc.token, cc.lifetime, cc.use, cc.wrong-secret; net.reach, net.redirect, and three
    // that look back.
    assert_eq!(red_tokens(&mut granting("1h"), client("winter")), (Vec::new(), 9));
    let (red, _) = red_tokens(&mut granting("5m"), client("winter"));
    assert_eq!(red, ["cc.lifetime"]);
    let (red, passed) = red_tokens(&mut granting("1h"), client("winter-of-another"));
    assert_eq!((red, passed), (vec!["cc.token".to_owned()], 0));
}

#[test]
fn a_server_that_looks_at_no_assertion_is_found() {
    let facts = || TenantFacts {
        tenant: identity::tenant_id(Seed(7)),
        keys: identity::published_keys(1),
        subject: identity::workload_object_id(Seed(7)),
        audience: identity::federation_audience(Seed(7)),
    };
    let until = Time::from_secs(3_600);
    let assertion = |seed, audience| {
        let when = identity::Validity { from: Time::default(), until };
        identity::client_assertion(seed, 1, audience, when)
    };
    let form = |assertion: &str| {
        let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        Bytes::from(format!(
            "grant_type=client_credentials&client_id=entra&client_assertion_type={kind}\
             &client_assertion={assertion}"
        ))
    };
    let good = assertion(Seed(7), None);
    let wrong = |assertion: &str| TokenForms {
        good: form(&good),
        shown: form(&good),
        wrong_secret: None,
        wrong_assertions: vec![("issuer", form(assertion))],
        ..client("")
    };
    let mut trusting = Mock::with(&[(&["oauth"], Node::table([("expires", Node::text("1h"))]))]);
    let mut events = Vec::new();
    trusting.golinks.trust_tenant(facts(), &mut Moment::new(Time::default(), Seed(1), &mut events));
    // Passed: cc.token, wif.token, cc.lifetime, cc.use, net.reach, net.redirect, and three that
    // look back.
    let forms = wrong(&assertion(Seed(8), None));
    assert_eq!(red_tokens(&mut trusting, forms), (Vec::new(), 9));
    // The same as if the server had looked at nothing: what must be refused is right.
    let (red, _) = red_tokens(&mut trusting, wrong(&good));
    assert_eq!(red, ["wif.token"]);
}

#[test]
fn every_life_is_played_to_a_verdict_against_the_mock() {
    let plan = Plan { only: vec!["life".into()], ..plan() };
    let report = on(&mut Mock::with(&[]), &plan);
    let lives = report.checked.iter().filter(|one| one.check.topic() == "life");
    let ended: Vec<String> = lives
        .filter(|one| one.outcome != Outcome::Passed)
        .map(|one| format!("{}: {:?}", one.check.id, one.outcome))
        .collect();
    assert_eq!(ended, Vec::<String>::new());
    assert!(report.requests < 1_000, "{} requests", report.requests);
    assert!(report.left_behind.is_nothing(), "{:?}", report.left_behind);
}

/// A server that answers every request alike.
struct Alike(u16, &'static str, &'static str);

impl Server for Alike {
    fn exchange(&mut self, _: Request<Bytes>) -> (Reply, Duration) {
        let answer = http::Response::builder().status(self.0).header("content-type", self.1);
        (
            Ok(answer.body(Bytes::from_static(self.2.as_bytes())).expect("a response")),
            Duration::ZERO,
        )
    }
}

#[test]
fn a_server_that_answers_alike_has_one_cause_and_nothing_else_is_judged() {
    const JSON: &str = "application/scim+json";
    const NOT_FOUND: &str =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}"#;
    let empty = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;
    for (status, media, body, said) in [
        (404, JSON, "", "no SCIM server at this URL (404); is its path another"),
        (404, JSON, NOT_FOUND, "no SCIM server at this URL (404); is its path another"),
        (500, "text/plain", "oops", "the server answers each request with an error of its own"),
        (501, "text/plain", "", "the server says that it has none of this"),
        (204, "text/plain", "", "204 to a search, a read and a create alike: no JSON comes"),
        (302, "text/html", "", "the server sends every request to another URL"),
        (403, "text/html", "", "the server does not let this client in"),
        (200, JSON, "{}", "JSON comes that is neither a list nor a resource"),
        (200, JSON, empty, "a list comes, also when a user is created"),
        (200, "text/html", "<html>", "a page for people answers, and no SCIM server"),
        (429, JSON, "", "the server answers 429, also after it was left alone"),
        (503, JSON, "", "the server says that it is not available"),
    ] {
        let report = on(&mut Alike(status, media, body), &plan());
        let red = red(&report);
        assert_eq!(red.len(), 1, "{status} {body}: {red:?}");
        assert!(red[0].starts_with("net.reach") && red[0].contains(said), "{said}: {red:?}");
        assert_eq!(report.counts().passed, 0, "{status} {body}");
        assert!(report.behind("net.reach") > 100, "{status} {body}");
        assert!(report.requests < 20, "{status} {body}: {}", report.requests);
    }
}

/// A host whose SCIM server is below a path that the URL lacks; its page takes no POST.
struct Beside;

impl Server for Beside {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        let status = match (request.method().as_str(), request.uri().path()) {
            (_, path) if path.starts_with("/scim/v2/") => 401,
            ("GET", _) => 404,
            _ => 405,
        };
        let answer = http::Response::builder().status(status);
        (Ok(answer.body(Bytes::from_static(b"{}")).expect("a response")), Duration::ZERO)
    }
}

#[test]
fn a_forgotten_path_is_the_one_cause_and_the_right_one_is_named() {
    let plan = Plan { base_path: String::new(), ..plan() };
    let report = on(&mut Beside, &plan);
    let red = red(&report);
    assert_eq!(red.len(), 1, "{red:?}");
    let said = "no SCIM server at this URL (404); is the path missing, such as /scim/v2? One \
                answers at https://api.golinks.io/scim/v2";
    assert!(red[0].starts_with("net.reach") && red[0].contains(said), "{red:?}");
    assert!(report.requests < 20, "{}", report.requests);
}

/// A server of pages: each read is answered with one, and a create with 405.
struct Pages;

impl Server for Pages {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        let status = if request.method() == "GET" { 200 } else { 405 };
        let answer = http::Response::builder().status(status).header("content-type", "text/html");
        (Ok(answer.body(Bytes::from_static(b"<html>")).expect("a response")), Duration::ZERO)
    }
}

/// What a server of which the search alone is right is told: not that the search is wrong.
#[test]
fn an_empty_list_to_everything_is_told_by_the_create() {
    let empty = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;
    let report = on(&mut Alike(200, "application/scim+json", empty), &plan());
    let reach = report.failures()[0];
    assert_eq!(
        reach.right(),
        "404 to a read of an id that nobody has, and 201 with its id to a create"
    );
    let says = reach.entra_says();
    assert!(says.starts_with("Test Connection is green, and no user is created"), "{says}");
    assert!(reach.curl(&plan().origin).expect("lines").contains("-X POST"));
}

#[test]
fn a_server_that_wants_a_user_agent_is_told_as_one() {
    let wants = Node::bare(Kind::Bool(true));
    let report = on(&mut Mock::with(&[(&["quirks", "require_user_agent"], wants)]), &plan());
    let said = "alike, and 200 to a search with a User-Agent";
    assert!(red(&report)[0].contains(said), "{:?}", red(&report));
}

#[test]
fn a_server_of_pages_is_told_as_one() {
    let report = on(&mut Pages, &plan());
    let red = red(&report);
    let said = "200 to a search and a read, and 405 to a create: a page for people answers, and \
                no SCIM server";
    assert!(red.len() == 1 && red[0].contains(said), "{red:?}");
}

/// The mock, of which some requests are answered by something else.
struct Instead(Mock, AnswerTo);

/// The status that a request is answered with instead of what the mock would say.
type AnswerTo = fn(&Request<Bytes>) -> Option<u16>;

impl Server for Instead {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        match (self.1)(&request) {
            None => self.0.exchange(request),
            Some(status) => {
                let answer = http::Response::builder().status(status);
                (Ok(answer.body(Bytes::new()).expect("a response")), Duration::ZERO)
            }
        }
    }
}

#[test]
fn a_server_that_answers_a_search_for_nobody_with_404_is_one_all_the_same() {
    let report = on(
        &mut Instead(Mock::with(&[]), |request| {
            let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
            let is_discovery =
                path.ends_with("/ServiceProviderConfig") || path.ends_with("/Schemas");
            (is_discovery || path.ends_with("/Users") && query.contains("7c1f0b5a")).then_some(404)
        }),
        &Plan { only: vec!["probe.user".into()], ..plan() },
    );
    assert!(red(&report)[0].starts_with("probe.user: 404"), "{:?}", red(&report));
}

#[test]
fn a_patch_that_does_nothing_and_a_create_that_fails_are_one_cause_each() {
    let answers: [(AnswerTo, &str, usize); 4] = [
        (|request| (request.method() == "PATCH").then_some(204), "patch.op-case", 40),
        (|request| (request.method() == "PATCH").then_some(501), "patch.op-case", 40),
        (|request| (request.method() == "PATCH").then_some(400), "patch.op-case", 30),
        (
            |request| {
                (request.method() == "POST" && request.uri().path().ends_with("/Users"))
                    .then_some(400)
            },
            "user.create",
            80,
        ),
    ];
    for (instead, cause, behind) in answers {
        let report = on(&mut Instead(Mock::with(&[]), instead), &plan());
        let red = red(&report);
        assert!(red[0].starts_with(cause) && red.len() <= 3, "{cause}: {red:?}");
        assert!(report.behind(cause) >= behind, "{cause}: {}", report.behind(cause));
        assert!(report.left_behind.is_nothing(), "{:?}", report.left_behind);
    }
}

#[test]
fn a_budget_that_is_spent_ends_the_checks_and_cleans_up() {
    let mut mock = Mock::with(&[]);
    let report = on(&mut mock, &Plan { budget: 200, ..plan() });
    assert!(report.ended.as_deref().is_some_and(|why| why.contains("budget of 200")));
    assert!(report.left_behind.is_nothing(), "{:?}", report.left_behind);
    assert_eq!(mock.golinks.accounts().len(), 0);
    assert!(report.requests < 230, "{}", report.requests);
}

/// What a survey by hand found is found by a check: the first that a row of docs/real-servers.md
/// names is a known failure of its server, unless the row argues why it passes.
#[test]
fn what_a_survey_found_stands_among_the_known_failures() {
    let read = |path: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        std::fs::read_to_string(path).expect("a file")
    };
    let page = read("docs/real-servers.md");
    let after = page.split("\n## The 42").nth(1).expect("its heading");
    let table = after.split("\n## ").next().unwrap_or_default();
    let (mut server, mut rows) = ("", 0);
    for line in table.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [named, _, says] = cells[..] else { continue };
        if named == "server" || named.starts_with("---") {
            continue;
        }
        server = if named.is_empty() { server } else { named };
        let known = read(&format!(".ci/servers/{server}.known"));
        let id = says.split('`').nth(1).filter(|id| checks::named(id).is_some());
        let fails = |id: &str| known.lines().any(|row| row.split_whitespace().next() == Some(id));
        let is_argued = says.starts_with("passes") || says.starts_with("*cannot tell*");
        assert!(is_argued || id.is_some_and(fails), "{server}: {line}");
        rows += 1;
    }
    assert_eq!(rows, 33, "the rows of the survey");
}

#[test]
fn what_came_of_a_life_is_said_without_the_words_of_the_scenario_format() {
    let plan = Plan { only: vec!["life".into()], ..plan() };
    let strict = Node::bare(Kind::Bool(true));
    let said = red(&on(&mut Mock::with(&[(&["quirks", "strict_op_case"], strict)]), &plan));
    let raw = [" = ", "requests.", "golinks.", "GoLinks"];
    assert!(!said.iter().any(|it| raw.iter().any(|raw| it.contains(raw))), "{said:#?}");
    let due = "the account of ann is active; due was: the account of ann is inactive";
    assert!(said.iter().any(|it| it.starts_with("life.restore") && it.contains(due)), "{said:#?}");
}
