//! The generic profile: full schemas, any filter, projection, sorting, versions, bulk, extensions
//! of a scenario.

use super::*;

pub(super) fn generic() -> Bench {
    Bench::with(&[("profile", text("generic"))])
}

pub(super) fn ask(bench: &mut Bench, path: &str) -> Answer {
    bench.send(
        &format!("GET {}", path.replace(' ', "%20").replace('"', "%22").replace('+', "%2B")),
        "",
    )
}

/// The userNames of an answer, in order.
pub(super) fn names(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{:?}", answer.response);
    let body = answer.body();
    let found = body.get("Resources").and_then(Value::as_list).unwrap_or_default();
    let name = |it: &Value| {
        it.as_object()?
            .get("userName")
            .or(it.as_object()?.get("displayName"))?
            .as_text()
            .map(str::to_owned)
    };
    found.iter().filter_map(name).collect::<Vec<_>>().join(" ")
}

pub(super) fn refused(answer: &Answer, status: u16, scim_type: &str) {
    assert_eq!(
        (answer.status, answer.at("scimType")),
        (status, format!("\"{scim_type}\"")),
        "{:?}",
        answer.response
    );
}

/// Three users with different values for everything a filter can ask for.
fn three() -> Bench {
    let mut bench = generic();
    for body in [
        r#"{"userName":"ann","externalId":"A1","title":"Lead","active":true,"name":{"familyName":"Ek","givenName":"Ann"},
            "emails":[{"type":"home","value":"ann@home.example"},{"type":"work","value":"Ann@work.example","primary":true}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales","costCenter":"7"}}"#,
        r#"{"userName":"Bea","externalId":"B2","active":false,"name":{"familyName":"Dahl"},
            "emails":[{"type":"work","value":"bea@work.example"}],"profileUrl":"https://x.example/bea","password":"s3cret"}"#,
        r#"{"userName":"cid","externalId":"a1","title":"aide","locale":"sv-SE","addresses":[{"type":"work","locality":"Lund"}]}"#,
    ] {
        assert_eq!(bench.send("POST /Users", body).status, 201, "{body}");
        bench.now = bench.now + std::time::Duration::from_secs(60);
    }
    bench
}

#[test]
fn every_filter_is_answered() {
    let mut bench = three();
    for (filter, expected) in [
        ("userName eq \"BEA\"", "Bea"),
        ("externalId eq \"A1\"", "ann"),
        ("emails eq \"ANN@WORK.example\"", "ann"),
        ("emails.value eq \"bea@work.example\"", "Bea"),
        ("emails[type eq \"work\"].value eq \"ann@work.example\"", "ann"),
        ("emails[type eq \"home\"].value eq \"ann@work.example\"", ""),
        ("emails[type eq \"work\" and value ew \"work.example\"]", "ann Bea"),
        ("emails[type eq \"home\" and value eq \"ANN@home.example\"]", "ann"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"B\"", "Bea"),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"sales\"",
            "ann",
        ),
        ("title pr", "ann cid"),
        ("not (title pr)", "Bea"),
        ("title pr and (userName eq \"cid\" or name.familyName co \"K\")", "ann cid"),
        ("userName eq \"cid\" or userName eq \"ann\"", "ann cid"),
        ("userName gt \"b\" and userName le \"cid\"", "Bea cid"),
        ("active eq false", "Bea"),
        ("active ne \"False\"", "ann cid"),
        ("meta.created gt \"2026-03-02T08:00:00Z\"", "Bea cid"),
        ("meta.lastModified le \"2026-03-02T09:00:30+01:00\"", "ann"),
        (
            "meta.created eq \"2026-03-02T09:00:00+01:00\" or meta.lastModified ge \"2026-03-02T08:02:00Z\"",
            "ann cid",
        ),
        (
            "META.Created ne \"2026-03-02T08:00:00Z\" and meta.created lt \"2026-03-02T08:01:00.5Z\"",
            "Bea",
        ),
        ("meta.created sw \"2026-03\" and meta.created co \"08:02\"", "cid"),
        ("addresses.locality eq lund", "cid"),
        ("userName ne \"ann\"", "Bea cid"),
        ("title eq null", "Bea"),
    ] {
        assert_eq!(
            names(&ask(&mut bench, &format!("/Users?filter={filter}"))),
            expected,
            "{filter}"
        );
        let body = format!(r#"{{"filter":{},"count":9}}"#, serde_json::Value::from(filter));
        assert_eq!(names(&bench.send("POST /Users/.search", &body)), expected, "{filter}");
    }
    let id = ask(&mut bench, "/Users?filter=userName eq \"ann\"").at("Resources.id");
    assert_eq!(names(&ask(&mut bench, &format!("/Users?filter=id eq {id}"))), "ann");
    for wrong in [
        "userName",
        "nosuch eq \"x\"",
        "emails.nosuch pr",
        "active gt true",
        "emails[primary sw \"t\"]",
        "name eq",
        "userName eq \"a\" xor title pr",
        "password eq \"s3cret\"",
        "x509Certificates.value gt \"a\"",
    ] {
        refused(&ask(&mut bench, &format!("/Users?filter={wrong}")), 400, "invalidFilter");
    }
}

#[test]
fn a_manager_is_found_and_changed_as_the_client_words_it() {
    let mut bench = three();
    let ann = ask(&mut bench, "/Users?filter=userName eq \"ann\"")
        .at("Resources.id")
        .trim_matches('"')
        .to_owned();
    let manager = format!("{ENTERPRISE}:manager");
    for (operation, expected) in [
        (
            r#"{"op":"Add","path":"manager","value":[{"$ref":"http://x/scim/Users/u-1","value":"u-1"}]}"#.to_owned(),
            "u-1",
        ),
        (format!(r#"{{"op":"Replace","path":"{manager}","value":"u-2"}}"#), "u-2"),
        (format!(r#"{{"op":"replace","path":"{manager}","value":{{"value":"u-3"}}}}"#), "u-3"),
        (r#"{"op":"replace","value":{"manager":"u-4"}}"#.to_owned(), "u-4"),
        (format!(r#"{{"op":"replace","value":{{"{manager}.value":"u-5"}}}}"#), "u-5"),
        (format!(r#"{{"op":"replace","path":"{manager}","value":{{"value":""}}}}"#), ""),
        (format!(r#"{{"op":"add","path":"{manager}.value","value":"u-6"}}"#), "u-6"),
        (format!(r#"{{"op":"replace","path":"{manager}.value","value":""}}"#), ""),
        (format!(r#"{{"op":"add","path":"{manager}","value":"u-7"}}"#), "u-7"),
        (r#"{"op":"remove","path":"manager"}"#.to_owned(), ""),
    ] {
        let answer = bench.send(&format!("PATCH /Users/{ann}"), &format!("{{\"Operations\":[{operation}]}}"));
        assert_eq!(answer.status, 200, "{operation}: {:?}", answer.response);
        let address = if expected == "u-1" { ",\"$ref\":\"http://x/scim/Users/u-1\"" } else { "" };
        let value = format!("{{\"value\":\"{expected}\"{address}}}");
        assert_eq!(answer.at(&manager), if expected.is_empty() { "" } else { &value }, "{operation}");
        // The client asks so whether a reference is as it should be [scim-dev].
        if !expected.is_empty() {
            for asked in ["manager", manager.as_str(), &format!("{manager}.value")] {
                let filter = format!("id eq \"{ann}\" and {asked} eq \"{expected}\"");
                assert_eq!(names(&ask(&mut bench, &format!("/Users?filter={filter}"))), "ann", "{filter}");
            }
        }
    }
}

#[test]
fn filters_within_paths_fit_the_schema() {
    let mut bench = three();
    bench.send("POST /Groups", r#"{"displayName":"Crew"}"#);
    let ann = ask(&mut bench, "/Users?filter=userName eq \"ann\"")
        .at("Resources.id")
        .trim_matches('"')
        .to_owned();
    let crew = ask(&mut bench, "/Groups").at("Resources.id").trim_matches('"').to_owned();
    for (place, path) in [
        (format!("/Users/{ann}"), "emails[nosuch eq \\\"x\\\"].value"),
        (format!("/Users/{ann}"), "emails[primary gt true].value"),
        (format!("/Groups/{crew}"), "members[nosuch eq \\\"x\\\"]"),
        (format!("/Groups/{crew}"), "members[type eq \\\"User\\\" and nosuch pr]"),
    ] {
        let body = format!(r#"{{"Operations":[{{"op":"remove","path":"{path}"}}]}}"#);
        refused(&bench.send(&format!("PATCH {place}"), &body), 400, "invalidFilter");
    }
}

#[test]
fn a_filter_meets_the_same_with_an_index_as_without() {
    let mut bench = generic();
    for nth in 0..40 {
        let (letter, mail) = (char::from(b'a' + nth % 7), nth % 5);
        let body = format!(
            r#"{{"userName":"u{nth}","externalId":"{letter}","title":"{letter}","emails":["m{mail}@x"]}}"#
        );
        assert_eq!(bench.send("POST /Users", &body).status, 201);
        bench.send("POST /Groups", &format!(r#"{{"displayName":"g{nth}"}}"#));
    }
    // What is changed is still in its place.
    let second = ask(&mut bench, "/Users?filter=userName eq \"u1\"")
        .at("Resources.id")
        .trim_matches('"')
        .to_owned();
    bench.send(
        &format!("PATCH /Users/{second}"),
        r#"{"Operations":[{"op":"add","path":"externalId","value":"a"}]}"#,
    );
    for filter in [
        r#"userName eq "u30" or userName eq "u2" or userName eq "u17""#,
        r#"externalId eq "a""#,
        r#"emails eq "m1@x" or externalId eq "b""#,
        r#"emails[value eq "M3@x"] and title eq "c""#,
        r#"userName eq "u9" and (title eq "x" or emails.value eq "m4@x")"#,
        r#"displayName eq "G30" or displayName eq "g4""#,
    ] {
        for at in ["/Users", "/Groups", ""] {
            let denied = format!("{at}?filter=not (not ({filter}))");
            let (found, all) =
                (ask(&mut bench, &format!("{at}?filter={filter}")), ask(&mut bench, &denied));
            assert_eq!(found.response.body(), all.response.body(), "{at} {filter}");
        }
    }
    // Of values that look like instants and of others there is an order, whatever they are.
    for nth in 0..60 {
        let title = ["2025-12-31T23:00:00-05:00", "2026-01-01T00:00:00Z", "2025-12-31z"][nth % 3];
        let body = format!(r#"{{"userName":"t{nth}","title":"{title}"}}"#);
        assert_eq!(bench.send("POST /Users", &body).status, 201);
    }
    assert_eq!(ask(&mut bench, "/Users?sortBy=title").at("totalResults"), "100");
}

#[test]
fn what_an_index_answers_needs_no_second_look() {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
    for (quirk, value) in [
        ("no_match_404", Kind::Bool(false)),
        ("username_filter_case", text("exact")),
        ("hide_inactive", Kind::Bool(true)),
    ] {
        let mut bench =
            Bench::with(&[("profile", text("generic")), (&format!("quirks.{quirk}"), value)]);
        let names =
            ["ann", "Bea", "\\u00c5sa", "\\u212aai", "\\u0130nci", "a\\\"b", "stra\\u00dfe"];
        let made: Vec<String> = names
            .iter()
            .map(|name| {
                bench
                    .send(
                        "POST /Users",
                        &format!(r#"{{"userName":"{name}","active":{}}}"#, name.len() > 3),
                    )
                    .id()
            })
            .collect();
        let group = bench.send("POST /Groups", r#"{"displayName":"ann"}"#).id();
        let asked = [
            "ANN",
            "bea",
            "\\u00e5sa",
            "kai",
            "i\\u0307nci",
            "A\\\"B",
            "strasse",
            "",
            "nobody",
            "an",
            "000000000000007",
        ];
        let texts = names
            .iter()
            .chain(&asked)
            .copied()
            .chain(made.iter().map(String::as_str))
            .chain([group.as_str()]);
        for text in texts {
            for name in ["username", "id"] {
                for at in ["/Users", "/Groups", ""] {
                    // With its schema before it, an attribute is read from the resource.
                    let long = format!("{at}?filter=not (not ({CORE}:{name} eq \"{text}\"))");
                    let long = ask(&mut bench, &long);
                    for short in [
                        format!("{name} eq \"{text}\""),
                        format!("not (not ({name} eq \"{text}\"))"),
                        format!("meta.created pr and {name} eq \"{text}\""),
                    ] {
                        let short = ask(&mut bench, &format!("{at}?filter={short}"));
                        assert_eq!(short.status, long.status);
                        if short.status == 200 {
                            assert_eq!(
                                short.response.body(),
                                long.response.body(),
                                "{quirk} {at} {name} {text}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_hostile_filter_costs_what_its_length_costs() {
    let mut bench = three();
    let long =
        |text: &str| format!(r#"{{"filter":"title co \"{}\"","count":1}}"#, text.repeat(400_000));
    let many = |times: usize| {
        let terms: Vec<String> = (0..times).map(|nth| format!("title co \\\"{nth}\\\"")).collect();
        format!(r#"{{"filter":"{}"}}"#, terms.join(" or "))
    };
    assert_eq!(bench.send("POST /Users/.search", &long("x")).at("totalResults"), "0");
    assert_eq!(bench.send("POST /Users/.search", &many(20_000)).at("totalResults"), "0");
    for _ in 0..1_500 {
        bench.send("POST /Users", &user(&format!("u{}", bench.golinks.accounts().len())));
    }
    refused(&bench.send("POST /Users/.search", &many(20_000)), 400, "tooMany");
    assert_eq!(bench.send("POST /Users/.search", &many(100)).status, 200);
}

#[test]
fn a_filter_on_a_long_text_costs_its_length_for_each_comparison() {
    let mut bench = three();
    let long = format!(r#"{{"userName":"long","title":"{}"}}"#, "x".repeat(900_000));
    assert_eq!(bench.send("POST /Users", &long).status, 201);
    let search = |times: usize| {
        let filter = vec![r#"title co \"y\""#; times].join(" or ");
        format!(r#"{{"filter":"{filter}"}}"#)
    };
    refused(&bench.send("POST /Users/.search", &search(1_000)), 400, "tooMany");
    assert_eq!(bench.send("POST /Users/.search", &search(20)).at("totalResults"), "0");
}

#[test]
fn a_patch_is_answered_as_it_is_set_and_asked() {
    for (reply, user_status, group_status) in
        [("resource", 200, 204), ("204", 204, 204), ("200", 200, 200)]
    {
        let mut bench = Bench::with(&[("profile", text("generic")), ("patch_reply", text(reply))]);
        let ann = bench.send("POST /Users", &user("ann")).id();
        let crew = bench.send("POST /Groups", r#"{"displayName":"Crew"}"#).id();
        let patch = r#"{"Operations":[{"op":"add","path":"externalId","value":"e"}]}"#;
        for (place, status) in
            [(format!("/Users/{ann}"), user_status), (format!("/Groups/{crew}"), group_status)]
        {
            let answer = bench.send(&format!("PATCH {place}"), patch);
            assert_eq!(
                (answer.status, answer.response.body().is_empty()),
                (status, status == 204),
                "{reply} {place}"
            );
            // RFC 7644 3.5.2
            let answer = bench.send(&format!("PATCH {place}?attributes=externalId"), patch);
            assert_eq!(
                (answer.status, answer.at("externalId"), answer.at("meta")),
                (200, "\"e\"".into(), String::new())
            );
        }
    }
}

#[test]
fn a_bulk_request_costs_what_its_length_costs() {
    let mut bench = generic();
    let mails: Vec<String> = (0..20_000).map(|nth| format!("\"m{nth}@x\"")).collect();
    let big = bench
        .send("POST /Users", &format!(r#"{{"userName":"big","emails":[{}]}}"#, mails.join(",")));
    assert_eq!(big.status, 201);
    let patch =
        r#"{"Operations":[{"op":"replace","path":"emails[value co \"@\"].display","value":"x"}]}"#;
    let operation = format!(r#"{{"method":"PATCH","path":"/Users/{}","data":{patch}}}"#, big.id());
    let bulk = format!(r#"{{"Operations":[{}]}}"#, vec![operation; 900].join(","));
    let answer = bench.send("POST /Bulk", &bulk);
    let of = |status: u16| answer.at(&format!("Operations[status eq \"{status}\"].status"));
    assert_eq!(
        (answer.status, of(200), of(413)),
        (200, "\"200\"".to_owned(), "\"413\"".to_owned())
    );
    // The next request begins anew.
    assert_eq!(bench.send(&format!("PATCH /Users/{}", big.id()), patch).status, 200);
}

#[test]
fn a_head_is_a_read_and_bulk_takes_posts() {
    let mut bench = three();
    assert_eq!(bench.send("HEAD /Users", "").at("totalResults"), "3");
    for path in ["GET /Bulk", "DELETE /.search", "GET /Users/.search", "PATCH /Groups/.search"] {
        let answer = bench.send(path, "");
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"), "{path}");
    }
    let cut = ask(&mut bench, "/Users?excludedAttributes=name.familyName,name.givenName");
    assert_eq!(cut.at("Resources.name"), "", "nothing is left of it");
    let meta = |bench: &mut Bench, query: &str| {
        ask(bench, &format!("/Users?count=1&{query}")).at("Resources.meta")
    };
    assert_eq!(meta(&mut bench, "attributes=meta.resourceType"), r#"{"resourceType":"User"}"#);
    let cut = "excludedAttributes=meta.created,meta.lastModified,meta.location,META.version";
    assert_eq!(meta(&mut bench, cut), r#"{"resourceType":"User"}"#);
    assert_eq!(meta(&mut bench, &format!("{cut},meta.resourceType")), "", "nothing is left of it");
}

#[test]
fn lists_are_sorted_and_cut_into_pages() {
    let mut bench = three();
    bench.send("POST /Groups", r#"{"displayName":"Beta"}"#);
    for (query, expected) in [
        ("sortBy=userName", "ann Bea cid"),
        ("sortBy=userName&sortOrder=descending", "cid Bea ann"),
        ("sortBy=name.familyName", "Bea ann cid"),
        ("sortBy=title", "cid ann Bea"),
        ("sortBy=title&sortOrder=descending", "Bea ann cid"),
        ("sortBy=emails", "ann Bea cid"),
        ("sortBy=externalId", "ann Bea cid"),
        ("sortBy=meta.created&sortOrder=descending&count=1&startIndex=2", "Bea"),
        ("sortBy=meta.lastModified&sortOrder=descending", "cid Bea ann"),
        ("startIndex=2&count=1", "Bea"),
        ("startIndex=-3&count=0", ""),
        ("startIndex=9", ""),
        ("filter=title pr&startIndex=2", "cid"),
    ] {
        let answer = ask(&mut bench, &format!("/Users?{query}"));
        assert_eq!(names(&answer), expected, "{query}");
    }
    let page = ask(&mut bench, "/Users?startIndex=2&count=1");
    assert_eq!(
        (page.at("totalResults"), page.at("startIndex"), page.at("itemsPerPage")),
        ("3".into(), "2".into(), "1".into())
    );
    refused(&ask(&mut bench, "/Users?sortBy=nosuch"), 400, "invalidPath");
    refused(&ask(&mut bench, "/Users?sortBy=userName&sortOrder=up"), 400, "invalidValue");
    assert_eq!(
        names(&ask(&mut bench, "?filter=meta.resourceType eq \"Group\" or userName sw \"b\"")),
        "Bea Beta"
    );
    assert_eq!(
        names(&bench.send("POST /.search", r#"{"filter":"displayName eq \"beta\""}"#)),
        "Beta"
    );
    assert_eq!(bench.send("GET /Me", "").status, 501);
}

#[test]
fn a_client_chooses_what_it_sees() {
    let mut bench = three();
    let check = |bench: &mut Bench, query: &str, expected: &str| {
        let answer = ask(bench, &format!("/Users?filter=userName eq \"ann\"&{query}"));
        let mut found = answer.body().get("Resources").and_then(Value::as_list).unwrap()[0]
            .as_object()
            .unwrap()
            .clone();
        found.retain(|name, _| !["schemas", "id", "meta"].contains(&name));
        assert_eq!(Value::from(found).to_string(), expected, "{query}");
    };
    check(&mut bench, "attributes=userName", r#"{"userName":"ann"}"#);
    check(
        &mut bench,
        "attributes=USERNAME, name.givenName,nosuch",
        r#"{"userName":"ann","name":{"givenName":"Ann"}}"#,
    );
    check(&mut bench, "attributes=emails.type", r#"{"emails":[{"type":"home"},{"type":"work"}]}"#);
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    check(
        &mut bench,
        &format!("attributes={enterprise}:costCenter"),
        &format!(r#"{{"{enterprise}":{{"costCenter":"7"}}}}"#),
    );
    check(
        &mut bench,
        &format!("excludedAttributes=emails,name.familyName,active,title,{enterprise}"),
        r#"{"userName":"ann","externalId":"A1","name":{"givenName":"Ann"}}"#,
    );
    let bea = ask(&mut bench, "/Users?filter=userName eq \"bea\"");
    assert!(
        !String::from_utf8_lossy(bea.response.body()).contains("s3cret"),
        "a password is never returned"
    );
    let created = bench.send("POST /Users?attributes=userName", &user("dan"));
    assert_eq!(
        (created.status, created.at("active"), created.at("userName")),
        (201, String::new(), "\"dan\"".into())
    );
    refused(&ask(&mut bench, "/Users?attributes=a[b"), 400, "invalidPath");
}

#[test]
fn versions_guard_reads_and_writes() {
    let mut bench = generic();
    let created = bench.send("POST /Users", &user("ann"));
    let (path, tag) = (format!("/Users/{}", created.id()), created.header("etag").to_owned());
    assert_eq!(created.at("meta.version"), Value::from(tag.as_str()).to_string());
    let with = |bench: &mut Bench, ask: &str, body: &str, header: (&str, &str)| {
        bench
            .send_with(
                &format!("{ask} {path}"),
                body,
                &[("authorization", "Bearer golinks-demo-token"), header],
            )
            .status
    };
    let rename = r#"{"Operations":[{"op":"replace","path":"title","value":"x"}]}"#;
    assert_eq!(with(&mut bench, "GET", "", ("if-none-match", &tag)), 304);
    assert_eq!(with(&mut bench, "GET", "", ("if-none-match", "\"other\"")), 200);
    assert_eq!(with(&mut bench, "GET", "", ("if-match", "\"other\"")), 412);
    assert_eq!(with(&mut bench, "PATCH", rename, ("if-match", "\"other\"")), 412);
    assert_eq!(with(&mut bench, "PATCH", rename, ("if-match", &tag)), 200);
    assert_eq!(
        with(&mut bench, "PUT", &user("ann"), ("if-match", &tag)),
        412,
        "the version has changed"
    );
    assert_eq!(with(&mut bench, "DELETE", "", ("if-match", &tag)), 412);
    assert_eq!(with(&mut bench, "GET", "", ("if-none-match", &tag)), 200);
    assert_eq!(with(&mut bench, "DELETE", "", ("if-match", "*")), 204);
}

#[test]
fn several_requests_travel_as_one() {
    let mut bench = generic();
    let answer = bench.send(
        "POST /Bulk",
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
        {"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"Sales","members":[{"value":"bulkId:u"}]}},
        {"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"ann"}},
        {"method":"POST","path":"/Users","bulkId":"v","data":{"userName":"ann"}},
        {"method":"PATCH","path":"/Users/bulkId:u","data":{"Operations":[{"op":"add","path":"title","value":"T"}]}},
        {"method":"POST","path":"/Groups","bulkId":"a","data":{"displayName":"a","members":[{"value":"bulkId:b"}]}},
        {"method":"POST","path":"/Groups","bulkId":"b","data":{"displayName":"b","members":[{"value":"bulkId:a"}]}},
        {"method":"DELETE","path":"/Users/1"},{"method":"PUT","path":"/Users/bulkId:none","data":{}}]}"#,
    );
    let body = answer.body();
    let done = body.get("Operations").and_then(Value::as_list).unwrap();
    let statuses: Vec<&str> = done
        .iter()
        .map(|it| it.as_object().unwrap().get("status").unwrap().as_text().unwrap())
        .collect();
    assert_eq!(
        (answer.status, statuses),
        (200, vec!["201", "201", "409", "200", "409", "409", "404", "400"])
    );
    let held = done[2].as_object().and_then(|it| it.get("response")?.as_object()?.get("scimType"));
    assert_eq!(held.and_then(Value::as_text), Some("uniqueness"));
    let location = answer.at("Operations[bulkId eq \"u\"].location");
    let group = ask(&mut bench, "/Groups?filter=displayName eq \"sales\"");
    assert!(String::from_utf8_lossy(group.response.body()).contains(location.trim_matches('"')));

    let two = r#"{"method":"DELETE","path":"/Users/1"},{"method":"DELETE","path":"/Users/2"}"#;
    let stopped =
        bench.send("POST /Bulk", &format!(r#"{{"failOnErrors":1,"Operations":[{two}]}}"#));
    assert_eq!(
        stopped.body().get("Operations").and_then(Value::as_list).map(<[Value]>::len),
        Some(1)
    );
    for wrong in [r#"{"Operations":3}"#, r#"{"failOnErrors":0,"Operations":[]}"#] {
        refused(&bench.send("POST /Bulk", wrong), 400, "invalidSyntax");
    }
    let mut small =
        Bench::with(&[("profile", text("generic")), ("bulk_operations", Kind::Integer(1))]);
    assert_eq!(small.send("POST /Bulk", &format!(r#"{{"Operations":[{two}]}}"#)).status, 413);
    assert_eq!(Bench::new().send("POST /Bulk", "{}").status, 501);
}

#[test]
fn what_the_schema_forbids_is_refused() {
    let mut bench = three();
    let id = ask(&mut bench, "/Users?filter=userName eq \"ann\"").at("Resources.id");
    let path = format!("PATCH /Users/{}", id.trim_matches('"'));
    for (operation, scim_type) in [
        (r#"{"op":"replace","path":"groups","value":[{"value":"1"}]}"#, "mutability"),
        (r#"{"op":"replace","path":"meta.created","value":"x"}"#, "mutability"),
        (r#"{"op":"remove","path":"userName"}"#, "mutability"),
        (r#"{"op":"replace","path":"userName","value":"BEA"}"#, "uniqueness"),
        (r#"{"op":"replace","path":"userName","value":""}"#, "invalidValue"),
        (r#"{"op":"replace","path":"userName","value":3}"#, "invalidValue"),
        (r#"{"op":"replace","path":"active","value":"maybe"}"#, "invalidValue"),
        (
            r#"{"op":"replace","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}"#,
            "invalidValue",
        ),
        (
            r#"{"op":"add","path":"emails","value":[{"value":"a","primary":true},{"value":"b","primary":true}]}"#,
            "invalidValue",
        ),
        (
            r#"{"op":"add","path":"x509Certificates","value":[{"value":"not base 64!"}]}"#,
            "invalidValue",
        ),
        (r#"{"op":"replace","path":"nosuch","value":"x"}"#, "invalidPath"),
        (r#"{"op":"replace","path":"emails[type eq","value":"x"}"#, "invalidPath"),
        (r#"{"op":"remove"}"#, "noTarget"),
        (r#"{"op":"upsert","path":"title","value":"x"}"#, "invalidSyntax"),
    ] {
        let answer = bench.send(&path, &format!(r#"{{"Operations":[{operation}]}}"#));
        refused(&answer, if scim_type == "uniqueness" { 409 } else { 400 }, scim_type);
    }
    let manager = r#"{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName","value":"x"}"#;
    refused(&bench.send(&path, &format!(r#"{{"Operations":[{manager}]}}"#)), 400, "mutability");
}

#[test]
fn an_account_is_active_or_not_and_a_user_may_be_neither() {
    let remove = r#"{"Operations":[{"op":"remove","path":"active"}]}"#;
    let mut golinks = Bench::new();
    let id = golinks.send("POST /Users", MIRA).id();
    refused(&golinks.send(&format!("PATCH /Users/{id}"), remove), 400, "mutability");
    let mut bench = generic();
    let id = bench.send("POST /Users", &user("ann")).id();
    assert_eq!(bench.send(&format!("PATCH /Users/{id}"), remove).at("active"), "");
    assert_eq!(bench.golinks.accounts().active_count(), 1, "nobody is let out by what is left out");
}

#[test]
fn capabilities_are_chosen_one_by_one() {
    let mut bench = Bench::with(&[
        ("capabilities.groups", Kind::Bool(true)),
        ("capabilities.patch", Kind::Bool(false)),
    ]);
    assert_eq!(bench.send("POST /Groups", r#"{"displayName":"Sales"}"#).status, 201);
    let ann = bench.send("POST /Users", MIRA);
    assert_eq!(ann.header("etag"), "");
    assert_eq!(bench.send(&format!("PATCH /Users/{}", ann.id()), "{}").status, 501);
    refused(&ask(&mut bench, "/Users?filter=externalId eq \"x\""), 400, "invalidFilter");
    let config = ask(&mut bench, "/ServiceProviderConfig");
    assert_eq!(
        (config.at("patch.supported"), config.at("bulk.supported")),
        ("false".into(), "false".into())
    );
}
