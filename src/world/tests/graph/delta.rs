//! Delta queries and the recycle bin.

use super::*;

#[test]
fn a_delta_reports_what_changed_since_and_nothing_else() {
    let mut world = world(&[]);
    let first = body(&mut world, 200, "GET /users/delta()?$select=displayName,jobTitle");
    assert_eq!(each(&first, "displayName").len(), 5);
    let link = follow(&first, "@odata.deltaLink");
    let none = body(&mut world, 200, &link);
    assert_eq!(none["value"], json!([]));
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    act(&mut world, "{ update = { ann = { jobTitle = 'Lead' } } }");
    act(&mut world, "{ delete = 'bob' }");
    let changed = body(&mut world, 200, &follow(&none, "@odata.deltaLink"));
    let expected = json!([
        { "id": ann, "displayName": "ann Example", "jobTitle": "Lead" },
        { "id": bob, "@removed": { "reason": "changed" } },
    ]);
    assert_eq!(changed["value"], expected);
    act(&mut world, "{ purge = 'bob' }");
    let gone = body(&mut world, 200, &follow(&changed, "@odata.deltaLink"));
    assert_eq!(gone["value"], json!([{ "id": bob, "@removed": { "reason": "deleted" } }]));
    let latest = body(&mut world, 200, "GET /users/microsoft.graph.delta?$deltatoken=latest");
    assert_eq!(latest["value"], json!([]));
    let now = body(&mut world, 200, &follow(&latest, "@odata.deltaLink"));
    assert_eq!(now["value"], json!([]));
    refusal(&mut world, 400, "GET /users/delta?$top=5");
    refusal(&mut world, 400, "GET /users/delta?$deltatoken=nonsense");
    run_to(&mut world, at(8 * 24, 0));
    let late = ask(&mut world, &link);
    assert_eq!((late.status, &late.body["error"]["code"]), (410, &json!("resyncRequired")));
    let anew = late.response.headers()["location"].to_str().expect("a location");
    assert_eq!(anew, "http://127.0.0.1:4040/v1.0/users/delta?$deltatoken=");
    act(&mut world, "{ set = { entra.policy.graph_delta_life = '30d' } }");
    body(&mut world, 200, &link);
}

#[test]
fn the_delta_of_groups_has_their_members() {
    let mut world = world(&[]);
    act(
        &mut world,
        "{ create_group = { editors = { name = 'Editors', members = ['ann', 'bob'] } } }",
    );
    let first = body(&mut world, 200, "GET /groups/delta?$select=displayName,members");
    assert_eq!(first["value"][0]["members@delta"].as_array().map(Vec::len), Some(2));
    act(&mut world, "{ remove_member = { group = 'editors', user = 'ann' } }");
    act(&mut world, "{ add_member = { group = 'editors', user = 'cem' } }");
    let (ann, cem) = (id_of(&world, "ann"), id_of(&world, "cem"));
    let later = body(&mut world, 200, &follow(&first, "@odata.deltaLink"));
    let expected = json!([{
        "id": group_id(&world, "editors"), "displayName": "Editors",
        "members@delta": [
            { "@odata.type": "#microsoft.graph.user", "id": ann, "@removed": { "reason": "deleted" } },
            { "@odata.type": "#microsoft.graph.user", "id": cem },
        ],
    }]);
    assert_eq!(later["value"], expected);
}

#[test]
fn an_owner_that_is_deleted_or_restored_is_told_with_the_group() {
    let mut world = world(&[]);
    let bob = id_of(&world, "bob");
    let bind = |id: &str| format!("https://x/v1.0/directoryObjects/{id}");
    let made = json!({
        "displayName": "Readers", "mailEnabled": false, "mailNickname": "readers",
        "securityEnabled": true, "owners@odata.bind": [bind(&bob)],
    });
    let group = body(&mut world, 201, &format!("POST /groups\n{made}"))["id"].clone();
    let group = group.as_str().expect("an id").to_owned();
    let own = |id: &str| json!({ "@odata.type": "#microsoft.graph.user", "id": id });
    let none = body(&mut world, 200, "GET /groups/delta?$deltatoken=latest");
    let (app, sp) =
        ("POST /applications\n{\"displayName\":\"Owner\"}", "POST /servicePrincipals\n");
    let client = body(&mut world, 201, app)["appId"].clone();
    let made = body(&mut world, 201, &format!("{sp}{}", json!({ "appId": client })))["id"].clone();
    let made = made.as_str().expect("an id").to_owned();
    body(
        &mut world,
        204,
        &format!("POST /groups/{group}/owners/$ref\n{}", json!({ "@odata.id": bind(&made) })),
    );
    let before = body(&mut world, 200, &follow(&none, "@odata.deltaLink"));
    body(&mut world, 204, &format!("DELETE /users/{bob}"));
    body(&mut world, 204, &format!("DELETE /servicePrincipals/{made}"));
    let gone = body(&mut world, 200, &follow(&before, "@odata.deltaLink"));
    let told = gone["value"][0]["owners@delta"].as_array().cloned().unwrap_or_default();
    let lost: Vec<&str> = told
        .iter()
        .filter(|owner| owner["@removed"] == json!({ "reason": "deleted" }))
        .filter_map(|owner| owner["id"].as_str())
        .collect();
    assert!(lost.len() == 2 && lost.contains(&&*bob) && lost.contains(&&*made), "{gone}");
    let first = body(&mut world, 200, "GET /groups/delta");
    assert!(first["value"][0]["owners@delta"].is_null(), "{first}");
    body(&mut world, 200, &format!("POST /directory/deletedItems/{bob}/restore"));
    let back = body(&mut world, 200, &follow(&gone, "@odata.deltaLink"));
    assert_eq!(back["value"][0]["owners@delta"], json!([own(&bob)]), "{back}");
}

#[test]
fn the_delta_of_groups_has_their_owners() {
    let mut world = world(&[]);
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    let bind = |id: &str| format!("https://x/v1.0/users/{id}");
    let made = json!({
        "displayName": "Readers", "mailEnabled": false, "mailNickname": "readers",
        "securityEnabled": true, "owners@odata.bind": [bind(&ann)],
    });
    let group = body(&mut world, 201, &format!("POST /groups\n{made}"))["id"].clone();
    let group = group.as_str().expect("an id").to_owned();
    let own = |id: &str| json!({ "@odata.type": "#microsoft.graph.user", "id": id });
    let first = body(&mut world, 200, "GET /groups/delta?$select=displayName,owners");
    assert_eq!(
        first["value"],
        json!([{ "id": group, "displayName": "Readers", "owners@delta": [own(&ann)] }])
    );
    let all = body(&mut world, 200, "GET /groups/delta");
    assert_eq!(all["value"][0]["owners@delta"], json!([own(&ann)]), "{all}");
    // Who only asks for members is told of no owner.
    let members = body(&mut world, 200, "GET /groups/delta?$select=members");
    assert!(members["value"][0]["owners@delta"].is_null(), "{members}");
    let body_of = |id: &str| json!({ "@odata.id": bind(id) });
    body(&mut world, 204, &format!("POST /groups/{group}/owners/$ref\n{}", body_of(&bob)));
    body(&mut world, 204, &format!("DELETE /groups/{group}/owners/{ann}/$ref"));
    let later = body(&mut world, 200, &follow(&first, "@odata.deltaLink"));
    let mut told = later["value"][0]["owners@delta"].as_array().cloned().unwrap_or_default();
    told.sort_by_key(|owner| owner["@removed"].is_null());
    let lost = json!({
        "@odata.type": "#microsoft.graph.user", "id": ann, "@removed": { "reason": "deleted" },
    });
    assert_eq!(told, [lost, own(&bob)], "{later}");
    let silent = body(&mut world, 200, &follow(&members, "@odata.deltaLink"));
    assert_eq!(silent["value"], json!([]));
    let over = body(&mut world, 200, &follow(&later, "@odata.deltaLink"));
    assert_eq!(over["value"], json!([]));
}

#[test]
fn a_deleted_user_is_listed_restored_and_purged() {
    let mut world = world(&[]);
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    for id in [&ann, &bob] {
        body(&mut world, 204, &format!("DELETE /users/{id}"));
    }
    refusal(&mut world, 400, "GET /directory/deletedItems");
    let listed =
        body(&mut world, 200, "GET /directory/deleteditems/graph.user?$select=userPrincipalName");
    assert_eq!(each(&listed, "id"), [ann.clone(), bob.clone()]);
    assert_eq!(each(&listed, "deletedDateTime"), [START; 2]);
    let tombstone = format!("{}ann.example@contoso.example", ann.replace('-', ""));
    assert_eq!(each(&listed, "userPrincipalName")[0], tombstone);
    let one = body(&mut world, 200, &format!("GET /directory/deletedItems/{ann}"));
    assert_eq!((&one["@odata.type"], &one["id"]), (&json!("#microsoft.graph.user"), &json!(ann)));
    let restored = body(&mut world, 200, &format!("POST /directory/deletedItems/{ann}/restore"));
    assert_eq!(
        (&restored["@odata.type"], &restored["userPrincipalName"]),
        (&json!("#microsoft.graph.user"), &json!("ann.example@contoso.example"))
    );
    body(&mut world, 200, &format!("GET /users/{ann}"));
    body(&mut world, 204, &format!("DELETE /directory/deletedItems/{bob}"));
    refusal(&mut world, 404, &format!("GET /directory/deletedItems/{bob}"));
    refusal(&mut world, 404, &format!("POST /directory/deletedItems/{bob}/restore"));
    let object = body(&mut world, 200, &format!("GET /directoryObjects/{ann}"));
    assert_eq!(object["@odata.type"], "#microsoft.graph.user");
    let ids = format!(
        "POST /directoryObjects/getByIds\n{}",
        json!({ "ids": [ann, bob], "types": ["user"] })
    );
    assert_eq!(each(&body(&mut world, 200, &ids), "id"), [ann]);
}

#[test]
fn a_client_may_ask_for_the_changed_properties_alone() {
    let mut world = world(&[]);
    let first = body(&mut world, 200, "GET /users/delta?$deltatoken=latest");
    let link = follow(&first, "@odata.deltaLink");
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    act(&mut world, "{ update = { ann = { jobTitle = 'Lead', department = 'Support' } } }");
    act(&mut world, "{ update = { ann = { jobTitle = false } } }");
    act(&mut world, "{ disable = 'bob' }");
    act(&mut world, "{ unassign = 'cem' }");
    let headers =
        [("authorization", "Bearer graph-demo-token"), ("prefer", "respond-async, return=minimal")];
    let answered = ask_with(&mut world, &link, &headers);
    assert_eq!(answered.response.headers()["preference-applied"], "return=minimal");
    let expected = json!([
        { "id": ann, "department": "Support", "jobTitle": null },
        { "id": bob, "accountEnabled": false },
    ]);
    assert_eq!(answered.body["value"], expected);
    // Otherwise a changed user comes whole, and an assignment is no change of one.
    let whole = body(&mut world, 200, &link);
    assert_eq!(each(&whole, "displayName"), ["ann Example", "bob Example"]);
    // Of selected properties the changes of no other count.
    let selected = body(&mut world, 200, "GET /users/delta?$select=jobTitle&$deltatoken=latest");
    let link = follow(&selected, "@odata.deltaLink");
    act(&mut world, "{ update = { ann = { department = 'Legal' } } }");
    act(&mut world, "{ update = { bob = { jobTitle = 'Lead' } } }");
    let later = body(&mut world, 200, &link);
    assert_eq!(later["value"], json!([{ "id": bob, "jobTitle": "Lead" }]));
    act(&mut world, "{ delete = 'ann' }");
    let gone = body(&mut world, 200, &follow(&later, "@odata.deltaLink"));
    assert_eq!(gone["value"], json!([{ "id": ann, "@removed": { "reason": "changed" } }]));
}

/// The pages of a delta from a request on, and the link to later changes.
fn pages(world: &mut World, request: &str, prefer: &str) -> (Vec<Value>, String) {
    let headers = [("authorization", "Bearer graph-demo-token"), ("prefer", prefer)];
    let (mut all, mut next) = (Vec::new(), request.to_owned());
    loop {
        let answered = ask_with(world, &next, &headers);
        assert_eq!(answered.status, 200, "{next}: {}", answered.body);
        all.push(answered.body["value"].clone());
        let key = "@odata.nextLink";
        if answered.body.get(key).is_none() {
            return (all, follow(&answered.body, "@odata.deltaLink"));
        }
        next = follow(&answered.body, key);
    }
}

const MINIMAL: &str = "return=minimal";

#[test]
fn a_delta_of_groups_tells_what_changed_of_them() {
    let mut world = world(&[]);
    for group in ["editors", "authors"] {
        let named = format!("{{ create_group = {{ {group} = {{ members = ['ann'] }} }} }}");
        act(&mut world, &named);
    }
    let (editors, authors) = (group_id(&world, "editors"), group_id(&world, "authors"));
    let (first, link) = pages(&mut world, "GET /groups/delta", "");
    let names = |value: &Value| each(&json!({ "value": value }), "displayName");
    assert!(names(&first[0]).contains(&"editors".to_owned()), "{first:?}");
    // What was never set is not told.
    assert!(first[0][0].get("theme").is_none() && first[0][0].get("classification").is_none());
    let (_, named) = pages(&mut world, "GET /groups/delta?$select=displayName", "");
    // An assignment is no change of a group, and members are none of its name.
    act(&mut world, "{ assign = { group = 'editors' } }");
    act(&mut world, "{ update_group = { editors = { description = 'They edit.' } } }");
    act(&mut world, "{ add_member = { group = 'authors', user = 'bob' } }");
    body(&mut world, 204, &format!("PATCH /groups/{authors}\n{}", json!({ "theme": "Teal" })));
    let bob = json!([{ "@odata.type": "#microsoft.graph.user", "id": id_of(&world, "bob") }]);
    let (changed, later) = pages(&mut world, &link, MINIMAL);
    let expected = json!([
        { "id": editors, "description": "They edit." },
        { "id": authors, "theme": "Teal", "members@delta": bob },
    ]);
    let sorted = |mut value: Value| {
        let list = value.as_array_mut().expect("a list");
        list.sort_by_key(|one| one["id"] != expected[0]["id"]);
        value
    };
    assert_eq!((changed.len(), sorted(changed[0].clone())), (1, expected.clone()));
    assert_eq!(pages(&mut world, &named, "").0, [json!([])]);
    // Without the preference a changed group comes with all that was ever set of it.
    let whole = pages(&mut world, &link, "").0;
    assert_eq!(
        each(&json!({ "value": sorted(whole[0].clone()) }), "displayName"),
        ["editors", "authors"]
    );
    act(&mut world, "{ update_group = { editors = { description = '' } } }");
    let cleared = json!([{ "id": editors, "description": null }]);
    let (told, later) = (pages(&mut world, &later, MINIMAL).0, later);
    assert_eq!(told, [cleared]);
    act(&mut world, "{ delete_group = 'editors' }");
    act(&mut world, "{ restore_group = 'editors' }");
    let (back, _) = pages(&mut world, &later, MINIMAL);
    let ann = json!([{ "@odata.type": "#microsoft.graph.user", "id": id_of(&world, "ann") }]);
    assert_eq!(
        (&back[0][0]["displayName"], &back[0][0]["members@delta"]),
        (&json!("editors"), &ann)
    );
}

#[test]
fn a_large_delta_is_spread_over_pages_and_nothing_is_lost_between_them() {
    let mut world = world(&[]);
    let names = |form: fn(usize) -> String| (0..2_500).map(form).collect::<Vec<_>>().join(", ");
    act(&mut world, &format!("{{ hire = {{ {} }} }}", names(|nth| format!("p{nth} = {{}}"))));
    let members = names(|nth| format!("'p{nth}'"));
    act(&mut world, &format!("{{ create_group = {{ all = {{ members = [{members}] }} }} }}"));
    let count = world.entra().tenant().present_count();
    let members = |pages: &[Value]| {
        let groups = pages.iter().flat_map(|page| page.as_array().expect("a list"));
        let members = groups.filter_map(|group| group["members@delta"].as_array());
        members
            .flatten()
            .map(|one| one["id"].to_string())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (first, link) = pages(&mut world, "GET /groups/delta", "");
    assert_eq!((first.len(), members(&first).len()), (3, 2_500));
    // What changes while the client turns the pages is told by the next round.
    let page = body(&mut world, 200, "GET /users/delta?$select=jobTitle");
    let mut next = follow(&page, "@odata.nextLink");
    act(&mut world, "{ update = { ann = { jobTitle = 'Lead' } } }");
    let mut told = 200;
    let later = loop {
        let page = body(&mut world, 200, &next);
        told += page["value"].as_array().map_or(0, Vec::len);
        match page.get("@odata.nextLink") {
            Some(_) => next = follow(&page, "@odata.nextLink"),
            None => break follow(&page, "@odata.deltaLink"),
        }
    };
    assert_eq!(told, count);
    assert_eq!(
        pages(&mut world, &later, "").0,
        [json!([{ "id": id_of(&world, "ann"), "jobTitle": "Lead" }])]
    );
    // A later round has pages too.
    act(&mut world, "{ delete_group = 'all' }");
    act(&mut world, "{ restore_group = 'all' }");
    let (back, _) = pages(&mut world, &link, MINIMAL);
    assert_eq!((back.len(), members(&back).len()), (3, 2_500));
}

#[test]
fn a_delta_refuses_what_it_does_not_know() {
    let mut world = world(&[]);
    for kind in ["users", "groups", "applications", "servicePrincipals"] {
        refusal(&mut world, 400, &format!("GET /{kind}/delta?$select=nonsense"));
        refusal(&mut world, 400, &format!("GET /{kind}/delta?$filter=displayName eq 'x'"));
        refusal(&mut world, 400, &format!("GET /{kind}/delta?$skiptoken=latest"));
        let none =
            format!("GET /{kind}/delta?$filter=id eq '00000000-0000-0000-0000-000000000001'");
        assert_eq!(body(&mut world, 200, &none)["value"], json!([]), "{kind}");
    }
    let ids: Vec<String> = (0..51).map(|nth| format!("id eq '{nth}'")).collect();
    refusal(&mut world, 400, &format!("GET /users/delta?$filter={}", ids.join(" or ")));
}

#[test]
fn what_is_kept_and_not_read_is_told_by_a_delta_too() {
    let mut world = world(&[]);
    let latest = body(&mut world, 200, "GET /users/delta?$deltatoken=latest");
    let ann = id_of(&world, "ann");
    let patch = json!({ "otherMails": ["ann@home.example"] });
    body(&mut world, 204, &format!("PATCH /users/{ann}\n{patch}"));
    let (told, _) = pages(&mut world, &follow(&latest, "@odata.deltaLink"), MINIMAL);
    assert_eq!(told, [json!([{ "id": ann, "otherMails": ["ann@home.example"] }])]);
}

#[test]
fn a_delta_of_applications_tells_what_changed_of_either_object() {
    let mut world = world(&[]);
    let found = body(&mut world, 200, "GET /applications?$select=id");
    let id = found["value"][0]["id"].as_str().expect("an id").to_owned();
    let (_, apps) = pages(&mut world, "GET /applications/delta", "");
    let (_, principals) = pages(&mut world, "GET /servicePrincipals/delta", "");
    let (_, tags) = pages(&mut world, "GET /applications/delta?$select=tags", "");
    let patch = json!({ "displayName": "Go", "identifierUris": ["api://go"] });
    body(&mut world, 204, &format!("PATCH /applications/{id}\n{patch}"));
    let (told, apps) = pages(&mut world, &apps, MINIMAL);
    assert_eq!(told, [json!([{ "id": id, "displayName": "Go", "identifierUris": ["api://go"] }])]);
    let (told, _) = pages(&mut world, &principals, MINIMAL);
    let one = told[0][0].as_object().expect("one");
    let mut names: Vec<&str> = one.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["appDisplayName", "displayName", "id", "servicePrincipalNames"]);
    assert_eq!(pages(&mut world, &tags, "").0, [json!([])]);
    body(&mut world, 200, &format!("POST /applications/{id}/addPassword\n{{}}"));
    let (told, _) = pages(&mut world, &apps, MINIMAL);
    let names: Vec<&String> = told[0][0].as_object().expect("one").keys().collect();
    assert_eq!(names.len(), 2, "{told:?}");
    assert_eq!(told[0][0]["passwordCredentials"].as_array().map(Vec::len), Some(1));
}
