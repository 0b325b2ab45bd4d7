//! Groups: as the vendor's client creates, reads and changes them, and what is refused.

use super::*;

fn generic() -> Bench {
    Bench::with(&[("profile", text("generic"))])
}

/// A group with three users; the answer's id and the users' ids.
fn sales(bench: &mut Bench) -> (String, Vec<String>) {
    let people: Vec<String> =
        ["ann", "bea", "cid"].map(|name| bench.send("POST /Users", &user(name)).id()).to_vec();
    let group = bench
        .send("POST /Groups", r#"{"externalId":"5b","displayName":"Field Sales","members":[]}"#);
    assert_eq!((group.status, group.at("members")), (201, String::new()));
    assert_eq!(
        group.header("location"),
        format!("https://api.golinks.io/scim/v2/Groups/{}", group.id())
    );
    bench.events();
    (group.id(), people)
}

fn change(bench: &mut Bench, id: &str, operations: &str) -> u16 {
    bench
        .send(&format!("PATCH /Groups/{id}"), &format!(r#"{{"Operations":[{operations}]}}"#))
        .status
}

fn members(bench: &mut Bench, id: &str) -> Vec<String> {
    let group = bench.send(&format!("GET /Groups/{id}"), "").body();
    let members = group.get("members").and_then(Value::as_list).unwrap_or_default();
    members
        .iter()
        .filter_map(|it| it.as_object()?.get("value")?.as_text())
        .map(str::to_owned)
        .collect()
}

#[test]
fn members_come_and_go_in_both_dialects() {
    let mut bench = generic();
    let (id, people) = sales(&mut bench);
    let [ann, bea, cid] = [&people[0], &people[1], &people[2]];
    let add = format!(
        r#"{{"op":"Add","path":"members","value":[{{"$ref":null,"value":"{ann}"}},{{"value":"{bea}"}}]}}"#
    );
    assert_eq!(change(&mut bench, &id, &add), 204);
    assert_eq!(bench.events(), ["group changed Field Sales: +2 -0 members"]);
    assert_eq!(members(&mut bench, &id), [ann.as_str(), bea]);
    assert_eq!(change(&mut bench, &id, &add), 204);
    assert!(bench.events().is_empty(), "who is a member is not added again");

    let remove =
        format!(r#"{{"op":"Remove","path":"members","value":[{{"$ref":null,"value":"{ann}"}}]}}"#);
    assert_eq!(change(&mut bench, &id, &remove), 204);
    assert_eq!(members(&mut bench, &id), [bea.as_str()]);
    assert_eq!(
        change(
            &mut bench,
            &id,
            &format!(r#"{{"op":"remove","path":"members[value eq \"{bea}\"]"}}"#)
        ),
        204
    );
    assert_eq!(members(&mut bench, &id), [""; 0]);

    let replace = format!(
        r#"{{"op":"replace","path":"members","value":[{{"value":"{cid}"}},{{"value":"{ann}"}}]}}"#
    );
    assert_eq!(change(&mut bench, &id, &replace), 204);
    assert_eq!(members(&mut bench, &id), [cid.as_str(), ann]);
    assert_eq!(
        change(
            &mut bench,
            &id,
            &format!(r#"{{"op":"add","value":{{"members":[{{"value":"{bea}"}}]}}}}"#)
        ),
        204
    );
    assert_eq!(members(&mut bench, &id), [cid.as_str(), ann, bea]);
    let others = format!(
        r#"{{"op":"remove","path":"members[type eq \"User\" and not (value eq \"{ann}\")]"}}"#
    );
    assert_eq!(change(&mut bench, &id, &others), 204);
    assert_eq!(members(&mut bench, &id), [ann.as_str()]);
    // An empty list of members removes none: a group is not emptied by a list that came out empty.
    assert_eq!(change(&mut bench, &id, r#"{"op":"remove","path":"members","value":[]}"#), 204);
    assert_eq!(members(&mut bench, &id), [ann.as_str()]);
    bench.events();
    assert_eq!(bench.send(&format!("DELETE /Users/{ann}"), "").status, 204);
    assert_eq!(members(&mut bench, &id), [""; 0], "who is deleted is no member");
    assert_eq!(change(&mut bench, &id, r#"{"op":"remove","path":"members"}"#), 204);
}

#[test]
fn groups_are_found_renamed_replaced_and_deleted() {
    let mut bench = generic();
    let (id, people) = sales(&mut bench);
    let total = |bench: &mut Bench, query: &str| {
        let query = query.replace(' ', "%20").replace('"', "%22");
        let answer = bench.send(&format!("GET /Groups?{query}"), "");
        assert_eq!(answer.status, 200, "{query}");
        answer.at("totalResults")
    };
    let body = format!(r#"{{"displayName":"Sales","members":[{{"value":"{}"}}]}}"#, people[0]);
    assert_eq!(bench.send(&format!("PUT /Groups/{id}"), &body).at("displayName"), "\"Sales\"");
    let (ann, bea) = (&people[0], &people[1]);
    for (query, expected) in [
        ("excludedAttributes=members&filter=displayName eq \"SALES\"".to_owned(), "1"),
        ("filter=displayName eq \"Field Sales\"".to_owned(), "0"),
        (format!("filter=id eq \"{id}\" and members eq \"{ann}\"&attributes=id"), "1"),
        (format!("filter=members eq \"{bea}\" and id eq \"{id}\""), "0"),
        (format!("filter=members[value eq \"{ann}\"]"), "1"),
        (format!("filter=members.value ne \"{ann}\""), "0"),
        ("filter=displayName sw \"s\" and members pr".to_owned(), "1"),
        ("filter=not (displayName co \"ale\")".to_owned(), "0"),
    ] {
        assert_eq!(total(&mut bench, &query), expected, "{query}");
    }
    let read = bench.send(&format!("GET /Groups/{id}?excludedAttributes=members"), "");
    assert_eq!(
        (read.status, read.at("members"), read.at("displayName")),
        (200, String::new(), "\"Sales\"".into())
    );
    let ann = bench.send(&format!("GET /Users/{}", people[0]), "");
    assert_eq!(
        (ann.at("groups.display"), ann.at("groups.value")),
        ("\"Sales\"".into(), format!("\"{id}\""))
    );
    assert_eq!(
        change(&mut bench, &id, r#"{"op":"replace","value":{"displayName":"Vertrieb"}}"#),
        204
    );
    assert_eq!(total(&mut bench, "filter=displayName eq \"vertrieb\""), "1");
    assert_eq!(bench.send(&format!("DELETE /Groups/{id}"), "").status, 204);
    for ask in ["GET", "DELETE"] {
        assert_eq!(bench.send(&format!("{ask} /Groups/{id}"), "").status, 404);
    }
    assert_eq!(bench.send(&format!("GET /Users/{}", people[0]), "").at("groups"), "");
    let again = bench.send("POST /Groups", r#"{"displayName":"Vertrieb"}"#);
    assert!(again.status == 201 && again.id() != id);
}

#[test]
fn what_a_group_may_not_be_is_refused() {
    let mut bench = generic();
    let (id, people) = sales(&mut bench);
    let check = |bench: &mut Bench, ask: &str, body: &str, status: u16, scim_type: &str| {
        let answer = bench.send(ask, body);
        assert_eq!(
            (answer.status, answer.at("scimType")),
            (status, format!("\"{scim_type}\"")),
            "{ask} {body}"
        );
    };
    check(&mut bench, "POST /Groups", r#"{"displayName":"field SALES"}"#, 409, "uniqueness");
    check(&mut bench, "POST /Groups", r#"{"members":[]}"#, 400, "invalidValue");
    check(
        &mut bench,
        "POST /Groups",
        r#"{"displayName":"x","members":[{"value":"nobody"}]}"#,
        400,
        "invalidValue",
    );
    check(&mut bench, "GET /Groups?filter=nick%20eq%20%22x%22", "", 400, "invalidFilter");
    let patch = format!("PATCH /Groups/{id}");
    for (operation, scim_type) in [
        (r#"{"op":"remove","path":"displayName"}"#.to_owned(), "mutability"),
        (r#"{"op":"replace","path":"id","value":"1"}"#.to_owned(), "mutability"),
        (
            r#"{"op":"add","path":"members","value":[{"value":"nobody"}]}"#.to_owned(),
            "invalidValue",
        ),
        (r#"{"op":"add","path":"members","value":3}"#.to_owned(), "invalidValue"),
        (
            format!(
                r#"{{"op":"replace","path":"members[value eq \"{}\"].value","value":"1"}}"#,
                people[0]
            ),
            "mutability",
        ),
        (r#"{"op":"replace","path":"nosuch","value":"1"}"#.to_owned(), "invalidPath"),
    ] {
        let add =
            format!(r#"{{"op":"add","path":"members","value":[{{"value":"{}"}}]}}"#, people[0]);
        check(
            &mut bench,
            &patch,
            &format!(r#"{{"Operations":[{add},{operation}]}}"#),
            400,
            scim_type,
        );
        assert_eq!(members(&mut bench, &id), [""; 0], "all or nothing: {operation}");
    }
}

#[test]
fn members_of_a_great_group_change_one_by_one() {
    let mut bench = generic();
    let ids: Vec<String> =
        (0..20_000).map(|nth| bench.send("POST /Users", &user(&format!("u{nth}"))).id()).collect();
    let elements: Vec<String> = ids.iter().map(|id| format!(r#"{{"value":"{id}"}}"#)).collect();
    let id = bench.send("POST /Groups", r#"{"displayName":"All"}"#).id();
    for part in elements.chunks(10_000) {
        let add = format!(r#"{{"op":"add","path":"members","value":[{}]}}"#, part.join(","));
        assert_eq!(change(&mut bench, &id, &add), 204);
    }
    // Were the group copied or walked each time, this would touch two hundred million members.
    for member in ids.iter().step_by(2) {
        assert_eq!(
            change(
                &mut bench,
                &id,
                &format!(r#"{{"op":"remove","path":"members[value eq \"{member}\"]"}}"#)
            ),
            204
        );
        let found = bench.send(
            &format!(
                "GET /Groups?filter=id+eq+%22{id}%22+and+members+eq+%22{member}%22&attributes=id"
            ),
            "",
        );
        assert_eq!(found.at("totalResults"), "0");
    }
    assert_eq!(members(&mut bench, &id).len(), 10_000);
}
