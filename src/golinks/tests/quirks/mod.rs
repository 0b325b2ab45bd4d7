//! Every quirk as its clients meet it: a request with the quirk and without, so that each case
//! shows symptom and cure.

mod changes;
mod fixture;
mod matching;
mod newer;
mod reads;

use std::collections::BTreeSet;

use super::*;
use crate::golinks::quirks::TABLE;
use fixture::{ANN, Case, Fixture, value_at};

fn cases() -> impl Iterator<Item = &'static Case> {
    changes::CASES.iter().chain(reads::CASES).chain(newer::CASES)
}

const A: &str = "PATCH /Users/{ann}";
const G: &str = "PATCH /Groups/{crew}";
const ANN_NOW: &str = "GET /Users/{ann}";
const CREW_NOW: &str = "GET /Groups/{crew}";
const WORK: &str = "emails[type eq \"work\"].value";
const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

#[test]
fn every_case_shows_symptom_and_cure() {
    let mut wrong = Vec::new();
    for case in cases() {
        for (quirks, (status, value)) in [(case.quirks, case.on), ("", case.off)] {
            let seen = Fixture::with(quirks).seen(case);
            if seen != (status, value.to_owned()) {
                wrong.push(format!(
                    "{:?} {} {}: {seen:?}, expected {:?}",
                    quirks,
                    case.ask,
                    case.body,
                    (status, value)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_value_of_every_quirk_has_a_case() {
    // These have tests of their own below.
    let own = [
        "list_without_members=true",
        "member_lost_update=true",
        "group_update_drops_local=true",
        "integer_ids=true",
        "reply_media=application/json",
        "jit_on_login=true",
        "hide_unmanaged=true",
        "adopt_by_mail=true",
        "forget_on_disconnect=true",
    ];
    let cased: BTreeSet<&str> =
        cases().flat_map(|case| case.quirks.split(' ')).chain(own).collect();
    let counted: BTreeSet<&str> =
        cased.iter().filter_map(|quirk| quirk.split('=').next()).collect();
    let mut bare = Vec::new();
    for row in TABLE {
        match row.words {
            [_, "a number"] if counted.contains(row.name) => {}
            // The first word is the default.
            words => bare.extend(
                words
                    .iter()
                    .skip(1)
                    .map(|word| format!("{}={word}", row.name))
                    .filter(|it| !cased.contains(it.as_str())),
            ),
        }
    }
    assert!(
        bare.is_empty(),
        "quirks without a case: {bare:?}; add one in src/golinks/tests/quirks/newer.rs"
    );
}

#[test]
fn a_bulk_request_meets_the_same_quirks() {
    let member = |quirks: &str| {
        let mut fixture = Fixture::with(quirks);
        let remove =
            r#"{"Operations":[{"op":"Remove","path":"members","value":[{"value":"{ann}"}]}]}"#;
        let bulk = format!(
            r#"{{"Operations":[{{"method":"PATCH","path":"/Groups/{{crew}}","data":{remove}}}]}}"#
        );
        assert_eq!(fixture.send("POST /Bulk", &bulk).0, 200);
        value_at(
            &Object::parse(fixture.send("GET /Groups/{crew}", "").1.as_bytes()).unwrap(),
            "#members",
        )
    };
    assert_eq!(
        (member(""), member("remove_members_ignores_value=true")),
        ("1".to_owned(), "0".to_owned())
    );
}

#[test]
fn changes_of_one_instant_are_lost() {
    let members = |quirks: &str| {
        let mut fixture = Fixture::with(quirks);
        let before = fixture.send("PATCH /Groups/{crew}", r#"{"op":"Remove","path":"members"}"#).0;
        assert_eq!(before, 204);
        fixture.bench.now = fixture.bench.now + std::time::Duration::from_secs(1);
        for nth in 0..40 {
            let id =
                Object::parse(fixture.send("POST /Users", &user(&format!("u{nth}"))).1.as_bytes())
                    .unwrap();
            let id = id.get("id").and_then(Value::as_text).unwrap().to_owned();
            let add = format!(r#"{{"op":"Add","path":"members","value":[{{"value":"{id}"}}]}}"#);
            assert_eq!(fixture.send("PATCH /Groups/{crew}", &add).0, 204);
        }
        value_at(
            &Object::parse(fixture.send("GET /Groups/{crew}", "").1.as_bytes()).unwrap(),
            "#members",
        )
    };
    assert_eq!(members(""), "40");
    let lost: i32 = members("member_lost_update=true").parse().unwrap();
    assert!((10..30).contains(&lost), "{lost} of 40");
    assert_eq!(members("member_lost_update=true"), lost.to_string(), "the seed decides");
}

#[test]
fn in_real_time_changes_overlap_before_they_are_answered() {
    use crate::golinks::{ClientTime, ReplyDelay};
    use std::time::Duration;
    let members = |apart: u64| {
        let mut fixture = Fixture::with("member_lost_update=true");
        let crew = fixture.fill("/Groups/{crew}");
        fixture
            .bench
            .send(&format!("PATCH {crew}"), r#"{"Operations":[{"op":"remove","path":"members"}]}"#);
        for nth in 0..40 {
            let id = fixture.bench.send("POST /Users", &user(&format!("u{nth}"))).id();
            let add = format!(
                r#"{{"Operations":[{{"op":"add","path":"members","value":[{{"value":"{id}"}}]}}]}}"#
            );
            let own =
                ClientTime { now: START + Duration::from_millis(1_000 + apart * nth), speed: None };
            let token = [("authorization", "Bearer golinks-demo-token")];
            let answer = fixture.bench.send_at(Some(own), &format!("PATCH {crew}"), &add, &token);
            assert_eq!(answer.status, 204);
            assert_eq!(
                answer.response.extensions().get(),
                Some(&ReplyDelay(Duration::from_millis(50)))
            );
        }
        value_at(
            &Object::parse(fixture.send("GET /Groups/{crew}", "").1.as_bytes()).unwrap(),
            "#members",
        )
    };
    assert_eq!(members(50), "40", "each is sent when the one before is answered");
    let lost: i32 = members(49).parse().unwrap();
    assert!((10..30).contains(&lost), "{lost} of 40");
}

#[test]
fn a_change_that_is_refused_is_not_lost() {
    for quirks in ["member_lost_update=true", "member_lost_update=true group_patch_response=echo"] {
        let mut fixture = Fixture::with(quirks);
        let (group, ann) = (fixture.fill("/Groups/{crew}"), fixture.fill("{ann}"));
        let rename = r#"{"op":"replace","path":"displayName","value":"Team"}"#;
        let good = format!(r#"{{"Operations":[{rename}]}}"#);
        let stranger =
            r#"{"Operations":[{"op":"add","path":"members","value":[{"value":"4711"}]}]}"#;
        let stale = [("authorization", "Bearer golinks-demo-token"), ("if-match", "W/\"99\"")];
        let xml = [("authorization", "Bearer golinks-demo-token"), ("content-type", "text/xml")];
        let plain = &stale[..1];
        let fly = r#"{"Operations":[{"op":"fly"}]}"#;
        let cases = [
            ("{\"Operatio", plain, 400),
            ("[]", plain, 400),
            ("{}", plain, 400),
            (fly, plain, 400),
            (stranger, plain, 400),
            (good.as_str(), &stale[..], 412),
            (good.as_str(), &xml[..], 415),
        ];
        // All of one instant: in each round but the first the chance is one in two that a change is
        // lost.
        for round in 0..10 {
            for (body, headers, status) in cases {
                let answer = fixture.bench.send_at(None, &format!("PATCH {group}"), body, headers);
                assert_eq!(answer.status, status, "{quirks} {round} {body} {headers:?}");
            }
            for nobody in ["4711", &ann] {
                let answer =
                    fixture.bench.send_at(None, &format!("PATCH /Groups/{nobody}"), &good, plain);
                assert_eq!(answer.status, 404, "{quirks} {nobody}");
            }
            let taken = fixture.bench.send_at(None, &format!("PATCH {group}"), &good, plain);
            assert!(taken.status < 300, "{quirks} {round}");
            // What was refused before is nothing to overlap with, so the first one is kept.
            assert!(fixture.send("GET /Groups/{crew}", "").1.contains("Team"), "{quirks} {round}");
        }
    }
}

#[test]
fn a_quirk_that_passes_over_a_change_passes_over_a_change_alone() {
    for quirks in ["", "patch_noop_200=true", "active_always_true=true", "urn_stored_mangled=true"]
    {
        let mut fixture = Fixture::with(quirks);
        for no_change in [r#"{"op":"fly","path":"active","value":false}"#, "7", "{}"] {
            assert_eq!(fixture.send(A, no_change).0, 400, "{quirks} {no_change}");
        }
        let ann = fixture.fill("PATCH /Users/{ann}");
        assert_eq!(fixture.bench.send(&ann, "{}").status, 400, "{quirks}");
    }
}

#[test]
fn a_question_finds_nothing_only_where_it_can_be_asked() {
    let quirks = "other_filters=empty paging_required=true";
    let title = "filter=title+pr";
    for (ask, status, total) in [
        (format!("GET /Users?{title}"), 200, "0"),
        (format!("GET /Users?{title}&count=x"), 400, ""),
        (format!("GET /Users/{{ann}}?{title}"), 200, ""),
        (format!("GET /Users/nobody?{title}"), 404, ""),
        (format!("GET /Groups?{title}"), 200, "0"),
        (format!("GET /Users/.search?{title}"), 405, ""),
        ("GET /Groups".to_owned(), 200, "0"),
    ] {
        let mut fixture = Fixture::with(quirks);
        let (seen, answer) = fixture.send(&ask, "");
        let answer = Object::parse(answer.as_bytes()).unwrap();
        assert_eq!((seen, value_at(&answer, "totalResults").as_str()), (status, total), "{ask}");
    }
    let mut bench = Bench::new();
    for (name, kind) in [("other_filters", text("400")), ("paging_required", Kind::Bool(true))] {
        bench.golinks.set(&["quirks", name], &Node::bare(kind), &mut Problems::default());
    }
    for (ask, body, status) in [
        ("GET /Groups".to_owned(), "", 404),
        (format!("GET /Groups?{title}"), "", 404),
        (format!("GET /Users?{title}"), "", 400),
        ("POST /Users/.search".to_owned(), r#"{"filter":"title pr"}"#, 501),
    ] {
        assert_eq!(bench.send(&ask, body).status, status, "{ask}");
    }
}

#[test]
fn a_search_by_post_is_read_as_one_by_get() {
    let found = |quirks: &str, ask: &str, body: &str| {
        let (status, answer) = Fixture::with(quirks).send(ask, body);
        (
            status,
            Object::parse(answer.as_bytes())
                .map_or_else(|_| answer, |list| value_at(&list, "totalResults")),
        )
    };
    let (users, groups) = ("POST /Users/.search", "POST /Groups/.search");
    let title = r#"{"filter":"title pr"}"#;
    let crew = r#"{"filter":"displayName eq \"Nobody\"","count":5}"#;
    let path = r#"{"filter":"emails[type eq \"work\"].value pr"}"#;
    for (quirks, ask, body, on, off) in [
        (
            "other_filters=empty",
            users,
            r#"{"filter":"userName pr or title pr"}"#,
            (200, "0"),
            (200, "2"),
        ),
        ("other_filters=all", users, title, (200, "2"), (200, "0")),
        ("other_filters=400", users, title, (400, ""), (200, "0")),
        ("other_filters=501", groups, r#"{"filter":"id pr"}"#, (501, ""), (200, "1")),
        ("filter_value_path=unsupported", users, path, (400, ""), (200, "1")),
        (
            "filter_parser=naive_split",
            users,
            r#"{"filter":"userName eq \"a b\""}"#,
            (400, ""),
            (200, "0"),
        ),
        (
            "filter_parser=no_escape",
            users,
            r#"{"filter":"userName ne \"\\\\\""}"#,
            (200, "0"),
            (200, "2"),
        ),
        ("filter_parser=ascii", users, r#"{"filter":"userName eq \"é\""}"#, (500, ""), (200, "0")),
        ("group_filter=ignored", groups, crew, (200, "1"), (200, "0")),
        ("group_filter=first", groups, crew, (200, "1"), (200, "0")),
        ("paging_required=true", users, "{}", (200, "0"), (200, "2")),
        ("paging_required=true", users, r#"{"startIndex":1,"count":null}"#, (200, "0"), (200, "2")),
        ("paging_required=true", users, r#"{"startIndex":1,"count":9}"#, (200, "2"), (200, "2")),
        ("null_is_invalid=true", users, r#"{"count":null}"#, (400, ""), (200, "2")),
        ("accepts_media=application/json paging_required=true", users, "{", (200, "0"), (400, "")),
        ("other_filters=empty", users, "{", (400, ""), (400, "")),
    ] {
        for (quirks, (status, total)) in [(quirks, on), ("", off)] {
            assert_eq!(
                found(quirks, ask, body),
                (status, total.to_owned()),
                "{quirks:?} {ask} {body}"
            );
        }
    }
    let answer = |quirks: &str, body: &str| Fixture::with(quirks).send(groups, body).1;
    let without = r#"{"excludedAttributes":["members"]}"#;
    assert!(answer("ignore_excluded_attributes=true", without).contains("\"members\""));
    assert!(!answer("", without).contains("\"members\""));
    assert!(answer("total_results=page", r#"{"count":7}"#).contains("\"itemsPerPage\":7"));
}

#[test]
fn what_was_set_by_hand_is_dropped_from_a_group() {
    const LOCAL: &str = "urn:example:local:2.0:Group";
    let table = |entries: &[(&str, Kind)]| {
        let entry = |(key, kind): &(&str, Kind)| {
            let value = Node::bare(kind.clone());
            crate::base::node::Entry { key: (*key).to_owned(), key_span: value.span, value }
        };
        Node::bare(Kind::Table(entries.iter().map(entry).collect()))
    };
    let roles = table(&[("name", text("roles")), ("multiValued", Kind::Bool(true))]);
    let schema = table(&[
        ("id", text(LOCAL)),
        ("resource", text("Group")),
        ("attributes", Kind::List(vec![roles])),
    ]);
    let after = |quirk: bool| {
        let schema = Kind::List(vec![schema.clone()]);
        let mut bench = Bench::with(&[("profile", text("generic")), ("schema", schema)]);
        let ann = bench.send("POST /Users", &user("ann")).id();
        let crew = bench.send("POST /Groups", r#"{"displayName":"Crew","externalId":"e"}"#).id();
        let mut problems = Problems::default();
        bench.golinks.set(
            &["quirks", "group_update_drops_local"],
            &Node::bare(Kind::Bool(quirk)),
            &mut problems,
        );
        let path = format!("/Groups/{crew}");
        let by_hand = format!(
            r#"{{"Operations":[{{"op":"add","path":"{LOCAL}:roles","value":["admin"]}}]}}"#
        );
        assert_eq!(bench.send(&format!("PATCH {path}"), &by_hand).status, 204);
        assert_eq!(
            bench.send(&format!("GET {path}"), "").at(&format!("{LOCAL}:roles")),
            "\"admin\""
        );
        let join = format!(
            r#"{{"Operations":[{{"op":"Add","path":"members","value":[{{"value":"{ann}"}}]}}]}}"#
        );
        assert_eq!(bench.send(&format!("PATCH {path}"), &join).status, 204);
        let crew = bench.send(&format!("GET {path}"), "");
        (crew.at(&format!("{LOCAL}:roles")), crew.at("externalId"))
    };
    assert_eq!(after(false), ("\"admin\"".to_owned(), "\"e\"".to_owned()));
    assert_eq!(after(true), (String::new(), "\"e\"".to_owned()));
}

#[test]
fn what_is_stored_mangled_is_shown_so_and_the_old_value_stays() {
    let mut fixture = Fixture::with("urn_stored_mangled=true");
    let change = |value: &str| {
        format!(
            r#"{{"op":"replace","value":{{"displayName":"A","{ENTERPRISE}:department":"{value}","{ENTERPRISE}:manager.value":"9"}}}}"#
        )
    };
    assert_eq!(fixture.send(A, &change("Legal")).0, 200);
    assert_eq!(fixture.send(A, &change("Law")).0, 200);
    // What was refused leaves nothing.
    assert_eq!(
        fixture
            .send(
                A,
                &format!(
                    r#"{{"op":"add","path":"{ENTERPRISE}:division","value":"x"}},{{"op":"fly"}}"#
                )
            )
            .0,
        400
    );
    let ann = Object::parse(fixture.send(ANN_NOW, "").1.as_bytes()).unwrap();
    let key = ENTERPRISE.trim_end_matches(":User");
    let mangled = ann.get(key).map(Value::to_string).unwrap_or_default();
    assert_eq!(mangled, r#"{"User":{"department":"Law","manager":{"value":"9"}}}"#);
    assert_eq!(
        (value_at(&ann, DEPARTMENT), value_at(&ann, "displayName")),
        ("\"Sales\"".into(), "\"A\"".into())
    );
}

#[test]
fn a_user_agent_that_says_nothing_is_none() {
    let mut fixture = Fixture::with("require_user_agent=true");
    for (agent, status) in [("", 403), ("curl/8", 200)] {
        let request = Request::builder().uri("/scim/v2/Users").header("user-agent", agent);
        let request = request
            .header("authorization", "Bearer golinks-demo-token")
            .body(Bytes::new())
            .unwrap();
        let response = fixture.bench.do_by_hand(|golinks, moment| golinks.handle(&request, moment));
        assert_eq!(response.status(), status, "{agent:?}");
    }
}

#[test]
fn where_an_account_is_follows_from_its_name() {
    let mut bench = Bench::new();
    let mut problems = Problems::default();
    bench.golinks.set(&["quirks", "id_is_username"], &Node::bare(Kind::Bool(true)), &mut problems);
    let created = bench.send("POST /Users", &user("c@x"));
    let at = "https://api.golinks.io/scim/v2/Users/c%40x";
    assert_eq!(
        (created.header("location"), created.at("meta.location")),
        (at, format!("\"{at}\""))
    );
    assert_eq!(bench.send("GET /Users/c%40x", "").at("id"), "\"c@x\"");
}

#[test]
fn who_is_known_by_name_is_a_member_by_name() {
    let mut fixture = Fixture::with("id_is_username=true");
    let members = |fixture: &mut Fixture| {
        let group = fixture.send("GET /Groups/{crew}", "").1;
        value_at(&Object::parse(group.as_bytes()).unwrap(), "members")
    };
    let both = members(&mut fixture);
    assert!(both.contains("ann@x.example") && both.contains("ben@x.example"), "{both}");
    for (operation, left) in [
        (r#"{"op":"remove","path":"members[value eq \"ann@x.example\"]"}"#, [false, true]),
        (r#"{"op":"replace","path":"members","value":[{"value":"ann@x.example"}]}"#, [true, false]),
        (r#"{"op":"add","value":{"members":["ben@x.example"]}}"#, [true, true]),
        (r#"{"op":"remove","path":"members","value":[{"value":"ben@x.example"}]}"#, [true, false]),
    ] {
        assert_eq!(fixture.send("PATCH /Groups/{crew}", operation).0, 204, "{operation}");
        let now = members(&mut fixture);
        assert_eq!(
            ["ann@x.example", "ben@x.example"].map(|name| now.contains(name)),
            left,
            "{operation}"
        );
    }
    let again = fixture
        .send("POST /Groups", r#"{"displayName":"C","members":[{"value":"ann@x.example"}]}"#);
    assert!(again.0 == 201 && again.1.contains("/Users/ann%40x%2Eexample"), "{again:?}");
}

#[test]
fn who_disconnects_is_forgotten() {
    for (quirks, left) in [("", "3"), ("forget_on_disconnect=true", "1")] {
        let mut fixture = Fixture::with(quirks);
        fixture.bench.do_by_hand(|golinks, moment| {
            let by_hand = Object::parse(br#"{"userName":"made by hand"}"#).unwrap();
            golinks.create_account(by_hand, moment).unwrap();
            golinks.rotate_token("golinks-demo-token", None, moment);
        });
        assert_eq!(
            value_at(
                &Object::parse(fixture.send("GET /Users", "").1.as_bytes()).unwrap(),
                "totalResults"
            ),
            left
        );
        let (status, again) = fixture.send("POST /Users", ANN);
        let own = fixture.fill("{ann}");
        assert_eq!(
            (status, again.contains(&own)),
            if quirks.is_empty() { (409, false) } else { (201, false) }
        );
    }
}

#[test]
fn a_server_that_cannot_suspend_does_not_speak_of_it() {
    for profile in ["generic", "golinks"] {
        let mut bench = Bench::with(&[
            ("profile", text(profile)),
            ("capabilities.soft_delete", Kind::Bool(false)),
        ]);
        let ann = bench.send("POST /Users", r#"{"userName":"ann","active":false}"#);
        assert_eq!((ann.status, ann.at("active")), (201, String::new()));
        let disable = r#"{"Operations":[{"op":"Replace","path":"active","value":"False"}]}"#;
        let answer = bench.send(&format!("PATCH /Users/{}", ann.id()), disable);
        assert_eq!(answer.status, if profile == "generic" { 400 } else { 200 });
        assert!(bench.golinks.accounts().iter().all(|account| account.active));
        let schemas = bench.send("GET /Schemas", "");
        assert!(!String::from_utf8_lossy(schemas.response.body()).contains("\"active\""));
        let mut problems = Problems::default();
        bench.golinks.set(
            &["capabilities", "soft_delete"],
            &Node::bare(Kind::Bool(true)),
            &mut problems,
        );
        assert!(problems.has_errors());
    }
}

#[test]
fn ids_are_numbers_and_answers_plain_json() {
    let mut fixture = Fixture::with("integer_ids=true reply_media=application/json");
    let id = fixture.fill("{ann}");
    let (_, ann) = fixture.send("GET /Users/{ann}", "");
    assert!(ann.contains(&format!("\"id\":{id}")), "{ann}");
    let (_, crew) = fixture.send("GET /Groups/{crew}", "");
    assert!(crew.contains(&format!("\"value\":{id}")), "{crew}");
    let request = Request::builder()
        .uri(format!("/scim/v2/Users/{id}"))
        .header("authorization", "Bearer golinks-demo-token");
    let request = request.body(Bytes::new()).unwrap();
    let response = fixture.bench.do_by_hand(|golinks, moment| golinks.handle(&request, moment));
    assert_eq!(response.headers()["content-type"], "application/json");
}

#[test]
fn a_door_that_makes_accounts_and_a_filter_that_hides_them() {
    let mut fixture = Fixture::with("hide_unmanaged=true");
    fixture.bench.set("sso.jit", Kind::Bool(false));
    let sign_in = |fixture: &mut Fixture, name: &str| {
        fixture.bench.now = fixture.bench.now + std::time::Duration::from_secs(1);
        let assertion = sign_in::assertion(name, fixture.bench.now);
        drop(fixture.bench.do_by_hand(|golinks, moment| golinks.sign_in(&assertion, moment)));
    };
    for name in ["ann@x.example", "ben@x.example", "new@x.example"] {
        sign_in(&mut fixture, name);
    }
    let mut problems = Problems::default();
    fixture.bench.golinks.set(
        &["quirks", "jit_on_login"],
        &Node::bare(Kind::Bool(true)),
        &mut problems,
    );
    for name in ["ben@x.example", "new@x.example"] {
        sign_in(&mut fixture, name);
    }
    let said = fixture.bench.events();
    assert_eq!(
        said[said.len() - 7..],
        [
            "ann@x.example signed in",
            "ben@x.example was turned away at sign-in: the account is inactive",
            "new@x.example was turned away at sign-in: no account has this userName",
            "account reactivated ben@x.example",
            "ben@x.example signed in, which reactivated the account",
            "account created new@x.example",
            "new@x.example signed in, which created an account",
        ]
    );
    let (_, found) = fixture.send("GET /Users?filter=userName+eq+%22new@x.example%22", "");
    assert!(found.contains("\"totalResults\":0"), "{found}");
    assert_eq!(fixture.send("POST /Users", &user("new@x.example")).0, 409);
}

#[test]
fn a_list_of_groups_without_members_hides_what_a_read_shows() {
    let mut fixture = Fixture::with("list_without_members=true");
    assert!(!fixture.send("GET /Groups", "").1.contains("members"));
    assert!(fixture.send(CREW_NOW, "").1.contains("members"));
    assert!(Fixture::with("").send("GET /Groups", "").1.contains("members"));
}
