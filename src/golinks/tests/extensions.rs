//! Extensions of a scenario: what their schemas say of types, uniqueness, what is set once and what
//! is shown.

use super::generic::ask;
use super::generic::names;
use super::generic::refused;
use super::*;
use crate::base::node::Entry;

fn table(entries: &[(&str, Kind)]) -> Kind {
    let entry = |(key, kind): &(&str, Kind)| {
        let value = Node::bare(kind.clone());
        Entry { key: (*key).to_owned(), key_span: value.span, value }
    };
    Kind::Table(entries.iter().map(entry).collect())
}

fn badge() -> Kind {
    let number = table(&[
        ("name", text("number")),
        ("required", Kind::Bool(true)),
        ("uniqueness", text("server")),
        ("mutability", text("immutable")),
        ("caseExact", Kind::Bool(true)),
    ]);
    let doors =
        table(&[("name", text("doors")), ("type", text("integer")), ("returned", text("request"))]);
    let locker = table(&[
        ("name", text("locker")),
        ("type", text("integer")),
        ("uniqueness", text("server")),
    ]);
    let schema = table(&[
        ("id", text("urn:example:badge:2.0:User")),
        ("attributes", Kind::List([number, doors, locker].map(Node::bare).to_vec())),
    ]);
    Kind::List(vec![Node::bare(schema)])
}

#[test]
fn a_scenario_adds_an_extension() {
    let mut bench = Bench::with(&[("profile", text("generic")), ("schema", badge())]);
    let with = |name: &str, badge: &str| {
        format!(r#"{{"userName":"{name}","urn:example:badge:2.0:User":{badge}}}"#)
    };
    refused(&bench.send("POST /Users", &user("ann")), 400, "invalidValue");
    let ann = bench.send("POST /Users", &with("ann", r#"{"number":"N1","doors":3}"#));
    assert_eq!(
        (ann.status, ann.at("urn:example:badge:2.0:User")),
        (201, r#"{"number":"N1"}"#.to_owned())
    );
    refused(&bench.send("POST /Users", &with("bea", r#"{"number":"N1"}"#)), 409, "uniqueness");
    assert_eq!(bench.send("POST /Users", &with("bea", r#"{"number":"n1"}"#)).status, 201);
    assert_eq!(
        names(&ask(&mut bench, "/Users?filter=urn:example:badge:2.0:User:number eq \"n1\"")),
        "bea"
    );
    for (name, locker, status) in [("cid", "7", 201), ("dan", "7", 409), ("dan", "77", 201)] {
        let badge = format!(r#"{{"number":"{name}","locker":{locker}}}"#);
        assert_eq!(
            bench.send("POST /Users", &with(name, &badge)).status,
            status,
            "{name} {locker}"
        );
    }
    let path = format!("/Users/{}", ann.id());
    let doors = ask(&mut bench, &format!("{path}?attributes=urn:example:badge:2.0:User:doors"));
    assert_eq!(doors.at("urn:example:badge:2.0:User"), r#"{"doors":3}"#);
    let operation = |op: &str| {
        format!(
            r#"{{"Operations":[{{"op":"{op}","path":"urn:example:badge:2.0:User:number","value":"N2"}}]}}"#
        )
    };
    refused(&bench.send(&format!("PATCH {path}"), &operation("replace")), 400, "mutability");
    refused(&bench.send(&format!("PATCH {path}"), &operation("remove")), 400, "mutability");
    refused(
        &bench.send(&format!("PUT {path}"), &with("ann", r#"{"number":"N2"}"#)),
        400,
        "mutability",
    );
    assert_eq!(
        bench.send(&format!("PUT {path}"), &user("ann")).at("urn:example:badge:2.0:User:number"),
        "\"N1\""
    );
    let schema = ask(&mut bench, "/Schemas/urn:example:badge:2.0:User");
    assert_eq!(schema.at("attributes[name eq \"number\"].mutability"), "\"immutable\"");
}

#[test]
fn an_element_without_parts_is_its_own_value() {
    let doors = table(&[("name", text("doors")), ("multiValued", Kind::Bool(true))]);
    let list = |items| Kind::List(vec![Node::bare(items)]);
    let schema =
        list(table(&[("id", text("urn:example:doors:2.0:User")), ("attributes", list(doors))]));
    let mut bench = Bench::with(&[("profile", text("generic")), ("schema", schema)]);
    let body = r#"{"userName":"ann","urn:example:doors:2.0:User":{"doors":["North","South"]}}"#;
    let path = format!("PATCH /Users/{}", bench.send("POST /Users", body).id());
    assert_eq!(bench.send("POST /Users", &user("bea")).status, 201);
    for (filter, expected) in [
        ("doors eq \"north\"", "ann"),
        ("doors.value eq \"north\"", "ann"),
        ("doors[value eq \"north\"]", "ann"),
        ("doors[value sw \"s\" and value co \"h\"].value ew \"th\"", "ann"),
        ("doors[value sw \"s\" and value sw \"n\"]", ""),
        ("not (doors[not (value co \"x\")])", "bea"),
    ] {
        let filter = filter.replace("doors", "urn:example:doors:2.0:User:doors");
        assert_eq!(
            names(&ask(&mut bench, &format!("/Users?filter={filter}"))),
            expected,
            "{filter}"
        );
    }
    for wrong in ["doors[type eq \"x\"]", "doors.type eq \"x\""] {
        let filter = wrong.replace("doors", "urn:example:doors:2.0:User:doors");
        refused(&ask(&mut bench, &format!("/Users?filter={filter}")), 400, "invalidFilter");
    }
    refused(&ask(&mut bench, "/Users?filter=userName.value eq \"ann\""), 400, "invalidFilter");
    let remove = r#"{"Operations":[{"op":"remove","path":"urn:example:doors:2.0:User:doors[value eq \"south\"]"}]}"#;
    assert_eq!(
        bench.send(&path, remove).at("urn:example:doors:2.0:User"),
        r#"{"doors":["North"]}"#
    );
}

#[test]
fn an_instant_is_the_same_whatever_its_offset() {
    let since = table(&[("name", text("since")), ("type", text("dateTime"))]);
    let list = |items| Kind::List(vec![Node::bare(items)]);
    let schema =
        list(table(&[("id", text("urn:example:since:2.0:User")), ("attributes", list(since))]));
    let mut bench = Bench::with(&[("profile", text("generic")), ("schema", schema)]);
    let body =
        r#"{"userName":"ann","urn:example:since:2.0:User":{"since":"2026-01-03T00:00:00Z"}}"#;
    assert_eq!(bench.send("POST /Users", body).status, 201);
    for (filter, found) in [
        ("eq \"2026-01-03T02:00:00+02:00\"", "ann"),
        ("eq \"2026-01-03T00:00:00.000Z\"", "ann"),
        ("ne \"2026-01-03T02:00:00+02:00\"", ""),
        ("eq \"2026-01-03T02:00:00Z\"", ""),
        ("ge \"2026-01-03T02:00:00+02:00\"", "ann"),
    ] {
        let answer =
            ask(&mut bench, &format!("/Users?filter=urn:example:since:2.0:User:since {filter}"));
        assert_eq!(names(&answer), found, "{filter}");
    }
}

#[test]
fn parts_of_attributes_are_unique_too() {
    const URN: &str = "urn:example:keys:2.0";
    let schema = |resource: &str| {
        let serial = table(&[("name", text("serial")), ("uniqueness", text("server"))]);
        let parts =
            Kind::List(vec![Node::bare(serial), Node::bare(table(&[("name", text("kind"))]))]);
        let key = |name: &str, many: bool| {
            let parts = ("subAttributes", parts.clone());
            Node::bare(table(&[
                ("name", text(name)),
                ("type", text("complex")),
                ("multiValued", Kind::Bool(many)),
                parts,
            ]))
        };
        let attributes = Kind::List(vec![key("main", false), key("keys", true)]);
        let id = text(&format!("{URN}:{resource}"));
        Node::bare(table(&[("id", id), ("resource", text(resource)), ("attributes", attributes)]))
    };
    let schemas = Kind::List(vec![schema("User"), schema("Group")]);
    let mut bench = Bench::with(&[("profile", text("generic")), ("schema", schemas)]);
    for (resource, name) in [("User", "userName"), ("Group", "displayName")] {
        let with = |value: &str, keys: &str| {
            format!(r#"{{"{name}":"{value}","{URN}:{resource}":{keys}}}"#)
        };
        let ask = format!("POST /{resource}s");
        let one = bench.send(
            &ask,
            &with("one", r#"{"main":{"serial":"M1"},"keys":[{"serial":"K1"},{"serial":"K2"}]}"#),
        );
        assert_eq!(one.status, 201, "{resource}");
        for keys in [r#"{"main":{"serial":"m1"}}"#, r#"{"keys":[{"serial":"K3"},{"serial":"k2"}]}"#]
        {
            refused(&bench.send(&ask, &with("two", keys)), 409, "uniqueness");
        }
        let two = bench.send(
            &ask,
            &with("two", r#"{"main":{"serial":"K1","kind":"x"},"keys":[{"serial":"M1"}]}"#),
        );
        assert_eq!(two.status, 201, "{resource}: other attributes may have equal values");
        let change = |path: &str, value: &str| {
            format!(
                r#"{{"Operations":[{{"op":"replace","path":"{URN}:{resource}:{path}","value":"{value}"}}]}}"#
            )
        };
        let at = |answer: &Answer| format!("PATCH /{resource}s/{}", answer.id());
        refused(&bench.send(&at(&two), &change("main.serial", "M1")), 409, "uniqueness");
        assert!(bench.send(&at(&one), &change("main.serial", "M2")).status < 300);
        assert!(
            bench.send(&at(&two), &change("main.serial", "M1")).status < 300,
            "{resource}: it is free again"
        );
        assert_eq!(bench.send(&format!("DELETE /{resource}s/{}", one.id()), "").status, 204);
        assert_eq!(
            bench.send(&ask, &with("three", r#"{"keys":[{"serial":"K2"}]}"#)).status,
            201,
            "{resource}"
        );
    }
}

#[test]
fn an_extension_says_what_is_needed_and_what_is_never_shown() {
    const ID: &str = "urn:example:badge:2.0:User";
    let value = table(&[("name", text("value")), ("required", Kind::Bool(true))]);
    let doors = table(&[
        ("name", text("doors")),
        ("type", text("complex")),
        ("multiValued", Kind::Bool(true)),
        (
            "subAttributes",
            Kind::List(vec![Node::bare(value), Node::bare(table(&[("name", text("side"))]))]),
        ),
    ]);
    let pin = || table(&[("name", text("pin")), ("mutability", text("writeOnly"))]);
    let schema = |id: &str, attributes: Vec<Kind>| {
        let attributes = Kind::List(attributes.into_iter().map(Node::bare).collect());
        Node::bare(table(&[("id", text(id)), ("attributes", attributes)]))
    };
    let one = Kind::List(vec![schema(ID, vec![doors, pin()])]);
    let mut bench = Bench::with(&[("profile", text("generic")), ("schema", one)]);
    let with = |badge: &str| format!(r#"{{"userName":"ann","{ID}":{badge}}}"#);
    refused(
        &bench.send("POST /Users", &with(r#"{"doors":[{"side":"left"}]}"#)),
        400,
        "invalidValue",
    );
    let ann = bench.send("POST /Users", &with(r#"{"doors":[{"value":"7"}],"pin":"1234"}"#));
    assert_eq!((ann.status, ann.at(ID)), (201, r#"{"doors":[{"value":"7"}]}"#.to_owned()));
    refused(&ask(&mut bench, &format!("/Users?filter={ID}:pin pr")), 400, "invalidFilter");
    let path = format!("/Users/{}", ann.id());
    for (operation, scim_type) in [
        (r#"{"op":"add","path":"ID:doors","value":[{"side":"left"}]}"#, "invalidValue"),
        (r#"{"op":"remove","path":"ID:doors[value eq \"7\"].value"}"#, "mutability"),
    ] {
        let patch = format!(r#"{{"Operations":[{}]}}"#, operation.replace("ID", ID));
        refused(&bench.send(&format!("PATCH {path}"), &patch), 400, scim_type);
    }
    assert_eq!(ask(&mut bench, &path).at(ID), r#"{"doors":[{"value":"7"}]}"#);

    let wrong = |schemas: Vec<Node>| {
        let mut problems = Problems::default();
        Bench::new().golinks.set(&["schema"], &Node::bare(Kind::List(schemas)), &mut problems);
        assert!(problems.has_errors());
    };
    wrong(vec![
        schema(ID, vec![pin()]),
        schema(&ID.to_uppercase().replace("URN", "urn"), vec![pin()]),
    ]);
    wrong(vec![schema("urn:ietf:params:scim:schemas:core:2.0:User", vec![pin()])]);
    wrong(vec![schema(ID, vec![pin(), pin()])]);
}

#[test]
fn what_is_set_once_is_not_lost_with_what_it_is_part_of() {
    const ID: &str = "urn:example:once:2.0:User";
    let once = ("mutability", text("immutable"));
    let parts =
        [table(&[("name", text("serial")), once.clone()]), table(&[("name", text("note"))])];
    let parts = ("subAttributes", Kind::List(parts.map(Node::bare).to_vec()));
    let tag = table(&[("name", text("tag")), ("type", text("complex")), parts]);
    let fixed = table(&[("name", text("fixed")), once]);
    let free = table(&[("name", text("free"))]);
    let attributes = ("attributes", Kind::List([tag, fixed, free].map(Node::bare).to_vec()));
    let schema = table(&[("id", text(ID)), attributes]);
    let mut bench = Bench::with(&[
        ("profile", text("generic")),
        ("schema", Kind::List(vec![Node::bare(schema)])),
    ]);
    let create = |bench: &mut Bench, name: &str, ours: &str| {
        let made = bench.send("POST /Users", &format!(r#"{{"userName":"{name}","{ID}":{ours}}}"#));
        assert_eq!(made.status, 201);
        made.id()
    };
    let mut check = |name: &str, ours: &str, path: &str, status: u16| {
        for (op, value) in
            [("remove", ""), ("replace", r#","value":null"#), ("add", r#","value":null"#)]
        {
            let id = create(&mut bench, &format!("{name} {op}"), ours);
            let body = format!(r#"{{"Operations":[{{"op":"{op}","path":"{ID}{path}"{value}}}]}}"#);
            let answer = bench.send(&format!("PATCH /Users/{id}"), &body);
            assert_eq!(answer.status, status, "{name} {op}: {:?}", answer.response);
            assert!(status == 200 || answer.at("scimType") == "\"mutability\"", "{name} {op}");
        }
    };
    check("whole", r#"{"fixed":"f","free":"x"}"#, "", 400);
    check("whole with a part", r#"{"tag":{"serial":"s"}}"#, "", 400);
    check("part", r#"{"tag":{"serial":"s","note":"n"}}"#, ":tag", 400);
    check("part of it", r#"{"tag":{"serial":"s","note":"n"}}"#, ":tag.serial", 400);
    check("whole without", r#"{"free":"x","tag":{"note":"n"}}"#, "", 200);
    check("part without", r#"{"fixed":"f","tag":{"note":"n"}}"#, ":tag", 200);
    check("note", r#"{"tag":{"serial":"s","note":"n"}}"#, ":tag.note", 200);
    // What a PUT leaves out stays (RFC 7644 3.5.1).
    let id =
        create(&mut bench, "put", r#"{"fixed":"f","free":"x","tag":{"serial":"s","note":"n"}}"#);
    let answer = bench.send(&format!("PUT /Users/{id}"), &user("put"));
    assert_eq!(answer.at(ID), r#"{"tag":{"serial":"s"},"fixed":"f"}"#);
}
