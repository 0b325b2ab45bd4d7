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
