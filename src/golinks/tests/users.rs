//! Creating, reading, listing, replacing and deleting.

use super::*;

#[test]
fn a_user_is_created_found_read_and_deleted() {
    let mut bench = Bench::new();
    let none = bench.send("GET /Users?filter=userName+eq+%22mira.lind%40northwind.example%22", "");
    assert_eq!(none.status, 200);
    assert_eq!(
        none.response.body(),
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[],"startIndex":1,"itemsPerPage":0}"#
    );

    let created = bench.send("POST /Users", MIRA);
    assert_eq!(created.status, 201);
    let id = created.id();
    let location = format!("https://api.golinks.io/scim/v2/Users/{id}");
    assert_eq!(created.header("location"), location);
    assert_eq!(
        created.response.body(),
        &format!(
            "{{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\",\"{ENTERPRISE}\"],\"id\":\"{id}\",\
             \"userName\":\"mira.lind@northwind.example\",\"externalId\":\"mlind\",\
             \"name\":{{\"givenName\":\"Mira\",\"familyName\":\"Lind\"}},\"active\":true,\
             \"emails\":[{{\"type\":\"work\",\"value\":\"mira.lind@northwind.example\",\"primary\":true}}],\
             \"{ENTERPRISE}\":{{\"department\":\"Design\"}},\
             \"meta\":{{\"resourceType\":\"User\",\"created\":\"2026-03-02T08:00:00Z\",\
             \"lastModified\":\"2026-03-02T08:00:00Z\",\"location\":\"{location}\"}}}}"
        )
    );
    assert_eq!(
        bench.send(&format!("GET /Users/{id}"), "").response.body(),
        created.response.body()
    );

    for query in [
        "filter=userName%20eq%20%22MIRA.lind@northwind.example%22",
        "filter=USERNAME+EQ+mira.lind@northwind.example",
        "filter=urn:ietf:params:scim:schemas:core:2.0:User:userName+eq+%22mira.lind@northwind.example%22",
    ] {
        let found = bench.send(&format!("GET /Users?{query}"), "");
        assert_eq!(
            (found.at("totalResults"), found.at("Resources.id")),
            ("1".to_owned(), format!("\"{id}\"")),
            "{query}"
        );
    }

    assert_eq!(bench.send(&format!("DELETE /Users/{id}"), "").status, 204);
    assert_eq!(bench.send(&format!("GET /Users/{id}"), "").status, 404);
    assert_eq!(bench.send(&format!("DELETE /Users/{id}"), "").status, 404);
    assert_eq!(
        bench
            .send("GET /Users?filter=userName+eq+%22mira.lind@northwind.example%22", "")
            .at("totalResults"),
        "0"
    );
    assert_eq!(bench.golinks.accounts().deleted().count(), 1);

    // A deleted account does not hold its userName, and its id is never given again.
    let again = bench.send("POST /Users", MIRA);
    assert_eq!(again.status, 201);
    assert_ne!(again.id(), id);
    assert_eq!(
        bench.events(),
        [
            "account created mira.lind@northwind.example",
            "account deleted mira.lind@northwind.example",
            "refused 404: there is no user",
            "refused 404: there is no user",
            "account created mira.lind@northwind.example",
        ]
    );
}

#[test]
fn what_is_kept_of_a_create_is_what_golinks_knows() {
    let check = |body: &str, path: &str, expected: &str| {
        let created = Bench::new().send("POST /Users", body);
        assert_eq!(created.status, 201, "{body}");
        assert_eq!(created.at(path), expected, "{body}");
    };
    check(r#"{"USERNAME":"x"}"#, "userName", "\"x\"");
    check(r#"{"userName":"x"}"#, "active", "true");
    check(r#"{"userName":"x","active":"False"}"#, "active", "false");
    check(r#"{"userName":"x","active":null}"#, "active", "true");
    check(r#"{"userName":"x","nickName":"y"}"#, "nickName", "");
    check(r#"{"userName":"x","id":"7","meta":3}"#, "meta.resourceType", "\"User\"");
    check(
        r#"{"userName":"x","name":{"GivenName":"A","formatted":"B"}}"#,
        "name",
        r#"{"givenName":"A"}"#,
    );
    check(
        r#"{"userName":"x","name":null,"emails":[]}"#,
        "schemas",
        r#""urn:ietf:params:scim:schemas:core:2.0:User""#,
    );
    check(
        r#"{"userName":"x","emails":[{"type":"home","value":"h"},{"type":"work","value":"w"}]}"#,
        "emails",
        r#"{"type":"work","value":"w"}"#,
    );
    check(
        r#"{"userName":"x","emails":[{"value":"w","primary":"True"}]}"#,
        "emails",
        r#"{"type":"work","value":"w","primary":true}"#,
    );
    check(r#"{"userName":"x","emails":"w"}"#, "emails[type eq \"work\"].value", "\"w\"");
    check(r#"{"userName":"O'Brién \"\\ 🦀"}"#, "userName", r#""O'Brién \"\\ 🦀""#);
}

#[test]
fn lists_are_paged() {
    let mut bench = Bench::with(&[("page_size", Kind::Integer(10))]);
    let ids: Vec<String> =
        (0..23).map(|n| bench.send("POST /Users", &user(&format!("u{n}"))).id()).collect();
    let mut check = |query: &str, start: &str, names: std::ops::Range<usize>, total: &str| {
        let page = bench.send(&format!("GET /Users{query}"), "");
        assert_eq!(page.at("totalResults"), total, "{query}");
        assert_eq!(page.at("startIndex"), start, "{query}");
        assert_eq!(page.at("itemsPerPage"), names.len().to_string(), "{query}");
        let found: Vec<String> = page
            .body()
            .get("Resources")
            .and_then(Value::as_list)
            .unwrap()
            .iter()
            .map(|resource| {
                resource.as_object().unwrap().get("userName").unwrap().as_text().unwrap().to_owned()
            })
            .collect();
        assert_eq!(found, names.map(|n| format!("u{n}")).collect::<Vec<_>>(), "{query}");
    };
    check("", "1", 0..10, "23");
    check("?startIndex=11&count=5", "11", 10..15, "23");
    check("?startIndex=21", "21", 20..23, "23");
    check("?startIndex=24", "24", 0..0, "23");
    check("?startIndex=-3&count=2", "1", 0..2, "23");
    check("?count=0", "1", 0..0, "23");
    check("?count=-1", "1", 0..0, "23");
    check("?count=500", "1", 0..10, "23");
    check(
        "?startIndex=9223372036854775807&count=9223372036854775807",
        "9223372036854775807",
        0..0,
        "23",
    );
    check("?filter=userName+eq+%22u3%22", "1", 3..4, "1");
    check("?filter=userName+eq+%22u3%22&startIndex=2", "2", 0..0, "1");
    check("?filter=userName+eq+%22u3%22&count=0", "1", 0..0, "1");
    for id in &ids[0..20] {
        bench.send(&format!("DELETE /Users/{id}"), "");
    }
    assert_eq!(
        bench.send("GET /Users?startIndex=2&count=1", "").at("Resources.userName"),
        "\"u21\""
    );
    assert_eq!(bench.golinks.accounts().len(), 3);
}

#[test]
fn user_names_are_unique_whatever_their_case() {
    let mut bench = Bench::new();
    let ann = bench.send("POST /Users", &user("Ann@x.example")).id();
    let zoe = bench.send("POST /Users", &user("ZOË@x.example")).id();
    let mut check = |ask: &str, body: &str| {
        let refused = bench.send(ask, body);
        assert_eq!(
            (refused.status, refused.at("scimType")),
            (409, "\"uniqueness\"".to_owned()),
            "{ask} {body}"
        );
        assert_eq!(refused.at("status"), "\"409\"");
    };
    check("POST /Users", &user("ann@X.EXAMPLE"));
    check("POST /Users", &user("zoë@x.example"));
    check(&format!("PUT /Users/{ann}"), &user("zoË@x.example"));
    check(
        &format!("PATCH /Users/{zoe}"),
        r#"{"Operations":[{"op":"replace","path":"userName","value":"ANN@x.example"}]}"#,
    );
    // One may change the case of one's own name.
    assert_eq!(
        bench.send(&format!("PUT /Users/{ann}"), &user("ANN@x.example")).at("userName"),
        "\"ANN@x.example\""
    );
    assert_eq!(bench.golinks.find_user_name("ann@x.example").map(|id| id.to_string()), Some(ann));
    assert_eq!(bench.golinks.accounts().len(), 2);
}

#[test]
fn put_replaces_all_but_what_the_server_keeps() {
    let mut bench = Bench::new();
    let mira = bench.send("POST /Users", MIRA);
    bench.now = bench.now + std::time::Duration::from_secs(60);
    let path = format!("PUT /Users/{}", mira.id());
    let replaced = bench
        .send(&path, r#"{"userName":"mira","active":false,"id":"1","name":{"familyName":"Berg"}}"#);
    assert_eq!(replaced.status, 200);
    assert_eq!(replaced.id(), mira.id());
    for (at, expected) in [
        ("userName", "\"mira\""),
        ("active", "false"),
        ("name", r#"{"familyName":"Berg"}"#),
        ("emails", ""),
        (ENTERPRISE, ""),
        ("meta.created", "\"2026-03-02T08:00:00Z\""),
        ("meta.lastModified", "\"2026-03-02T08:01:00Z\""),
    ] {
        assert_eq!(replaced.at(at), expected, "{at}");
    }
    // An absent `active` stays as it was.
    assert_eq!(bench.send(&path, &user("mira")).at("active"), "false");
    assert_eq!(
        bench.events()[1..3],
        [
            format!(
                "account changed mira: userName, externalId, name.givenName, name.familyName, emails, {ENTERPRISE}:department"
            ),
            "account deactivated mira".to_owned()
        ]
    );
}

#[test]
fn delete_does_what_the_switch_says() {
    let check = |delete: &str, status: u16, rows: usize| {
        let mut bench = Bench::with(&[("delete", text(delete))]);
        let id = bench.send("POST /Users", MIRA).id();
        assert_eq!(bench.send(&format!("DELETE /Users/{id}"), "").status, status);
        let gone = status == 204;
        assert_eq!(
            bench.send(&format!("GET /Users/{id}"), "").status,
            if gone { 404 } else { 200 }
        );
        assert_eq!(bench.golinks.accounts().deleted().count(), rows);
        assert_eq!(bench.golinks.accounts().active_count(), usize::from(!gone));
    };
    check("deactivate", 204, 1);
    check("remove", 204, 0);
    check("405", 405, 0);
}

#[test]
fn discovery_says_what_there_is() {
    let mut bench = Bench::new();
    let schemas = bench.send("GET /Schemas", "");
    assert_eq!(schemas.at("totalResults"), "2");
    let user = bench.send("GET /Schemas/urn:ietf:params:scim:schemas:core:2.0:User", "");
    let names: Vec<String> = match user.body().get("attributes") {
        Some(Value::List(all)) => {
            all.iter().map(|a| a.as_object().unwrap().get("name").unwrap().to_string()).collect()
        }
        _ => Vec::new(),
    };
    assert_eq!(names, ["\"userName\"", "\"externalId\"", "\"name\"", "\"active\"", "\"emails\""]);
    assert_eq!(user.at("attributes[name eq \"userName\"].uniqueness"), "\"server\"");
    assert_eq!(
        user.at("meta.location"),
        "\"https://api.golinks.io/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User\""
    );
    assert_eq!(
        bench.send(&format!("GET /Schemas/{ENTERPRISE}"), "").at("attributes.name"),
        "\"department\""
    );
    assert_eq!(bench.send("GET /ResourceTypes", "").at("totalResults"), "1");
    assert_eq!(bench.send("GET /ResourceTypes/User", "").at("endpoint"), "\"/Users\"");
    let config = bench.send("GET /ServiceProviderConfig", "");
    assert_eq!(
        (config.at("patch.supported"), config.at("bulk.supported")),
        ("true".to_owned(), "false".to_owned())
    );
    assert!(!String::from_utf8_lossy(schemas.response.body()).contains("null"));
    for endpoint in ["Schemas", "ResourceTypes", "ServiceProviderConfig"] {
        assert_eq!(
            bench.send(&format!("GET /{endpoint}?filter=id+pr"), "").status,
            403,
            "{endpoint}"
        );
    }
    let encoded =
        bench.send("GET /Schemas/URN%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser", "");
    assert_eq!((encoded.status, encoded.at("name")), (200, "\"User\"".to_owned()));
    assert_eq!(bench.send("GET /Schemas/urn:x", "").status, 404);
}

#[test]
fn there_are_no_groups_in_three_ways() {
    let check = |setting: &str, ask: &str, status: u16| {
        let mut bench = Bench::with(&[("groups", text(setting))]);
        assert_eq!(bench.send(ask, "").status, status, "{setting} {ask}");
    };
    let query = "GET /Groups?excludedAttributes=members&filter=displayName+eq+%22Sales%22";
    check("404", query, 404);
    check("501", query, 501);
    check("empty", query, 200);
    check("404", "POST /Groups", 404);
    check("501", "DELETE /Groups/1", 501);
    check("empty", "POST /Groups", 501);
    check("empty", "GET /Groups/1", 404);
}
