//! The REST API of go links: what it answers, to whose token, and what of it outlives a
//! deactivation.

use serde_json::{Value as Json, json};

use super::*;
use crate::golinks::store::links::{LinkDraft, LinkName, LinkUrl};
use crate::golinks::{Actor, LinkOwner, Role};

const ANN: &str = "ann@x.example";

/// A GoLinks with Ann, who has an API token.
fn bench(settings: &[(&str, Kind)]) -> (Bench, String) {
    let mut bench = Bench::with(settings);
    let resource = Object::from_iter([("userName".into(), ANN.into())]);
    let id = bench.do_by_hand(|golinks, moment| golinks.create_account(resource, moment)).unwrap();
    let token = bench.do_by_hand(|golinks, moment| golinks.make_api_token(id, moment)).unwrap();
    (bench, token)
}

/// Calls the API; returns the status and the body.
fn call(bench: &mut Bench, token: &str, ask: &str, form: &str) -> (u16, Json) {
    let (method, path) = ask.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(path);
    let request = request.header("authorization", format!("Bearer {token}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(Bytes::from(form.to_owned())).unwrap();
    assert!(GoLinks::is_rest(&request) && !GoLinks::only_reads(&request));
    let response = bench.do_by_hand(|golinks, moment| golinks.handle_rest(&request, moment));
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

#[test]
fn links_are_made_read_listed_edited_and_deleted() {
    let (mut bench, token) = bench(&[]);
    let form = "name=Plan&url=https://x.example/&tags[]=a&tags[]=b&aliases[]=p&create_source=api";
    let (status, made) = call(&mut bench, &token, "POST /golinks", form);
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["gid"], 1);
    assert_eq!((&made["name"], &made["url"]), (&json!("plan"), &json!("https://x.example/")));
    assert_eq!((&made["user"]["username"], &made["private"]), (&json!(ANN), &json!(0)));
    assert_eq!(made["tags"], json!([{ "name": "a" }, { "name": "b" }]));
    assert_eq!(made["created_at"], START.as_micros() / 1_000_000);
    assert_eq!(call(&mut bench, &token, "POST /golinks", form).0, 409);
    for wrong in
        ["name=a b&url=https://x.example", "name=a", "name=a&url=javascript:x", "private=2"]
    {
        assert_eq!(call(&mut bench, &token, "POST /golinks", wrong).0, 422, "{wrong}");
    }
    assert_eq!(call(&mut bench, &token, "GET /golinks?name=P", "").1["gid"], 1);
    assert_eq!(call(&mut bench, &token, "GET /golinks?gid=2", "").0, 404);
    let (status, new) = call(&mut bench, &token, "PUT /golinks?gid=1", "description=d&tags[]=");
    assert_eq!((status, &new["description"], &new["tags"]), (200, &json!("d"), &json!([])));
    assert_eq!(new["url"], "https://x.example/");
    call(&mut bench, &token, "POST /golinks", "name=b&url=https://x.example/b/{*}");
    let (_, list) = call(&mut bench, &token, "GET /golinks?limit=1&sort=created_at", "");
    assert_eq!(
        list["metadata"],
        json!({ "limit": 1, "offset": 0, "count": 1, "total_results": 2,
                "links": { "prev": null, "next": "/golinks?limit=1&offset=1" } })
    );
    assert_eq!(call(&mut bench, &token, "GET /golinks?name=b", "").1["variable_link"], 1);
    for wrong in ["limit=1001", "limit=x", "offset=-1", "sort=hits"] {
        assert_eq!(call(&mut bench, &token, &format!("GET /golinks?{wrong}"), "").0, 422);
    }
    assert_eq!(call(&mut bench, &token, "DELETE /golinks?gid=1", "").0, 200);
    assert_eq!(call(&mut bench, &token, "DELETE /golinks?gid=1", "").0, 404);
    assert_eq!(call(&mut bench, &token, "PATCH /golinks", "").0, 405);
    let events = bench.events();
    assert!(
        events.contains(&format!("the API was called with a token of {ANN}: POST go/Plan → 201"))
    );
}

#[test]
fn a_token_acts_by_the_role_of_its_person_and_sees_no_private_links_of_others() {
    let (mut bench, token) = bench(&[]);
    for (name, private) in [("open", false), ("secret", true)] {
        let link = LinkDraft {
            name: LinkName::read(name).unwrap(),
            url: LinkUrl::read("https://x.example").unwrap(),
            description: String::new(),
            private,
            aliases: Vec::new(),
            tags: Vec::new(),
        };
        bench
            .do_by_hand(|golinks, moment| golinks.create_link(link, Actor::Owner, moment))
            .unwrap();
    }
    let (_, list) = call(&mut bench, &token, "GET /golinks", "");
    assert_eq!(list["metadata"]["total_results"], 1);
    assert_eq!(list["results"][0]["user"], Json::Null);
    assert_eq!(call(&mut bench, &token, "GET /golinks?name=secret", "").0, 404);
    assert_eq!(call(&mut bench, &token, "PUT /golinks?name=open", "description=x").0, 200);
    let ann = bench.golinks.find_user_name(ANN).unwrap();
    bench.do_by_hand(|golinks, moment| golinks.set_role(ann, Role::LimitedMember, moment)).unwrap();
    // Ann owns the link that she has edited, and loses it.
    let owned = bench.golinks.links().get("open").unwrap().owner.clone();
    assert_eq!(owned, LinkOwner::Account(ann));
    let taken = LinkDraft {
        name: LinkName::read("open").unwrap(),
        url: LinkUrl::read("https://y.example").unwrap(),
        description: String::new(),
        private: false,
        aliases: Vec::new(),
        tags: Vec::new(),
    };
    bench
        .do_by_hand(|golinks, moment| golinks.edit_link("open", taken, Actor::Owner, moment))
        .unwrap();
    assert_eq!(call(&mut bench, &token, "PUT /golinks?name=open", "description=z").0, 403);
    bench.set("plan", text("free"));
    assert_eq!(call(&mut bench, &token, "GET /golinks", "").0, 403);
}

#[test]
fn a_token_ends_with_the_account_unless_it_is_kept_and_never_outlives_the_row() {
    for (kept, delete, statuses) in [
        ("end", "deactivate", [401, 401]),
        ("keep", "deactivate", [200, 200]),
        ("keep", "remove", [200, 401]),
    ] {
        let settings = [("sso.token_on_deactivate", text(kept)), ("delete", text(delete))];
        let (mut bench, token) = bench(&settings);
        let ann = bench.golinks.find_user_name(ANN).unwrap();
        assert_eq!(call(&mut bench, &token, "GET /golinks", "").0, 200);
        let path = Path { attribute: "active".into(), ..Path::default() };
        let change = vec![(path, Value::from(false))];
        bench.do_by_hand(|golinks, moment| golinks.edit_account(ann, change, moment)).unwrap();
        assert_eq!(call(&mut bench, &token, "GET /golinks", "").0, statuses[0], "{kept}");
        assert_eq!(bench.golinks.last_api_call(ann), Some(statuses[0]));
        bench.send(&format!("DELETE /Users/{ann}"), "");
        assert_eq!(call(&mut bench, &token, "GET /golinks", "").0, statuses[1], "{kept} {delete}");
    }
}

#[test]
fn no_token_opens_nothing_and_a_browser_that_looks_gets_the_page() {
    let (mut bench, _) = bench(&[]);
    for token in ["", "golinks-demo-token", "gl-0"] {
        let (status, body) = call(&mut bench, token, "GET /golinks", "");
        assert!(status == 401 && body["message"].is_string(), "{token}");
    }
    let request = |accept: &str, path: &str| {
        Request::builder().uri(path).header("accept", accept).body(Bytes::new()).unwrap()
    };
    assert!(!GoLinks::is_rest(&request("text/html,*/*;q=0.8", "/golinks")));
    assert!(GoLinks::is_rest(&request("*/*", "/golinks")));
    assert!(!GoLinks::is_rest(&request("*/*", "/golinks/links")));
}
