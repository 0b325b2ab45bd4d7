//! `/groups`, their members, and app role assignments.

use super::*;

fn create(world: &mut World, name: &str, more: &str) -> Value {
    let alias = name.to_lowercase();
    body(
        world,
        201,
        &format!(
            "POST /groups\n{{\"displayName\":\"{name}\",\"mailEnabled\":false,\"mailNickname\":\"{alias}\",\"securityEnabled\":true{more}}}"
        ),
    )
}

#[test]
fn a_group_is_created_joined_left_changed_and_deleted() {
    let mut world = world(&[]);
    let (ann, bob) = (id_of(&world, "ann"), id_of(&world, "bob"));
    let bind =
        format!(",\"members@odata.bind\":[\"https://graph.microsoft.com/v1.0/users/{ann}\"]");
    let group = create(&mut world, "Editors", &bind);
    let expected = [
        ("groupTypes", json!([])),
        ("mail", Value::Null),
        ("securityEnabled", json!(true)),
        ("mailEnabled", json!(false)),
        ("createdDateTime", json!(START)),
        ("visibility", Value::Null),
    ];
    for (name, value) in expected {
        assert_eq!(group[name], value, "{name}");
    }
    let path = format!("/groups/{}", group["id"].as_str().expect("an id"));
    let join = format!(
        "POST {path}/members/$ref\n{{\"@odata.id\":\"http://127.0.0.1:4040/v1.0/directoryObjects/{bob}\"}}"
    );
    body(&mut world, 204, &join);
    let again = refusal(&mut world, 400, &join);
    assert!(again.contains("One or more added object references already exist for the following modified properties: 'members'."), "{again}");
    let members = body(&mut world, 200, &format!("GET {path}/members?$select=displayName"));
    assert_eq!(each(&members, "@odata.type"), ["#microsoft.graph.user"; 2]);
    assert_eq!(each(&members, "id"), [ann.clone(), bob.clone()]);
    assert_eq!(
        each(&body(&mut world, 200, &format!("GET {path}/members/microsoft.graph.user")), "id"),
        [ann.clone(), bob.clone()]
    );
    refusal(&mut world, 400, &format!("DELETE {path}/members/{bob}"));
    body(&mut world, 204, &format!("DELETE {path}/members/{bob}/$ref"));
    refusal(&mut world, 404, &format!("DELETE {path}/members/{bob}/$ref"));
    let of = body(&mut world, 200, &format!("GET /users/{ann}/memberOf"));
    assert_eq!(
        (each(&of, "displayName"), each(&of, "@odata.type")),
        (vec!["Editors".to_owned()], vec!["#microsoft.graph.group".to_owned()])
    );
    body(
        &mut world,
        204,
        &format!("PATCH {path}\n{{\"displayName\":\"Writers\",\"description\":\"Who writes\"}}"),
    );
    let expanded = body(&mut world, 200, &format!("GET {path}?$expand=members($select=id)"));
    assert_eq!(
        (&expanded["displayName"], &expanded["description"]),
        (&json!("Writers"), &json!("Who writes"))
    );
    assert_eq!(expanded["members"], json!([{ "@odata.type": "#microsoft.graph.user", "id": ann }]));
    body(&mut world, 204, &format!("DELETE {path}"));
    refusal(&mut world, 404, &format!("GET {path}"));
}

#[test]
fn what_a_new_group_lacks_or_cannot_be_is_refused() {
    let mut world = world(&[]);
    for (text, expected) in [
        (
            "{\"mailEnabled\":false,\"mailNickname\":\"a\",\"securityEnabled\":true}",
            "A value is required for property 'displayName' of resource 'Group'.",
        ),
        (
            "{\"displayName\":\"A\",\"mailNickname\":\"a\",\"securityEnabled\":true}",
            "A value is required for property 'mailEnabled' of resource 'Group'.",
        ),
        (
            "{\"displayName\":\"A\",\"mailEnabled\":false,\"mailNickname\":\"a b\",\"securityEnabled\":true}",
            "Invalid value specified for property 'mailNickname'.",
        ),
        (
            "{\"displayName\":\"A\",\"mailEnabled\":true,\"mailNickname\":\"a\",\"securityEnabled\":true}",
            "cannot be created by this service",
        ),
        ("{\"displayName\":\"A\",\"nope\":1}", "Invalid property 'nope'."),
    ] {
        let why = refusal(&mut world, 400, &format!("POST /groups\n{text}"));
        assert!(why.contains(expected), "{why}");
    }
    let dynamic = ",\"groupTypes\":[\"DynamicMembership\"],\"membershipRule\":\"user.department -eq \\\"Sales\\\"\"";
    let group = create(&mut world, "Sellers", dynamic);
    assert_eq!(
        (&group["groupTypes"], &group["membershipRuleProcessingState"]),
        (&json!(["DynamicMembership"]), &json!("On"))
    );
    run_to(&mut world, at(1, 0));
    let members = body(
        &mut world,
        200,
        &format!("GET /groups/{}/members", group["id"].as_str().expect("an id")),
    );
    assert_eq!(each(&members, "id").len(), 5);
}

#[test]
fn an_assignment_is_made_seen_from_both_sides_and_removed() {
    let mut world = world(&[]);
    let ines = "POST /users\n{\"accountEnabled\":true,\"displayName\":\"Ines\",\"mailNickname\":\"ines\",\"userPrincipalName\":\"ines@contoso.example\",\"passwordProfile\":{\"password\":\"x\"}}";
    let user = body(&mut world, 201, ines)["id"].as_str().expect("an id").to_owned();
    let sp = principal(&mut world);
    let resource = sp.rsplit('/').next().expect("an id").to_owned();
    let roles = body(&mut world, 200, &format!("GET {sp}?$select=appRoles"));
    let role = roles["appRoles"][0]["id"].as_str().expect("an id").to_owned();
    let post = |role: &str| {
        format!(
            "POST {sp}/appRoleAssignedTo\n{{\"principalId\":\"{user}\",\"resourceId\":\"{resource}\",\"appRoleId\":\"{role}\"}}"
        )
    };
    let made = body(&mut world, 201, &post(&role));
    let id = made["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        made,
        json!({
            "@odata.context": "http://127.0.0.1:4040/v1.0/$metadata#appRoleAssignments/$entity",
            "id": id, "deletedDateTime": null, "appRoleId": role, "createdDateTime": START,
            "principalDisplayName": "Ines", "principalId": user, "principalType": "User",
            "resourceDisplayName": "GoLinks", "resourceId": resource,
        })
    );
    assert_eq!(id.len(), 43);
    let why = refusal(&mut world, 400, &post(&role));
    assert!(why.ends_with("Permission being assigned already exists on the object"), "{why}");
    let why = refusal(&mut world, 400, &post("11111111-1111-1111-1111-111111111111"));
    assert!(why.ends_with("Permission being assigned was not found on application"), "{why}");
    refusal(&mut world, 404, &post(&role).replace(&user, "11111111-1111-1111-1111-111111111111"));
    let of_user = body(&mut world, 200, &format!("GET /users/{user}/appRoleAssignments"));
    assert_eq!(each(&of_user, "id"), std::slice::from_ref(&id));
    let all = body(&mut world, 200, &format!("GET {sp}/appRoleAssignedTo?$top=4"));
    let rest = body(&mut world, 200, &follow(&all, "@odata.nextLink"));
    assert_eq!(
        (each(&all, "id").len(), each(&rest, "principalDisplayName")),
        (4, vec!["eva Example".to_owned(), "Ines".to_owned()])
    );
    act(&mut world, "'start'");
    run_to(&mut world, at(1, 0));
    assert_eq!(world.target().active_count(), 6);
    body(&mut world, 204, &format!("DELETE {sp}/appRoleAssignedTo/{id}"));
    refusal(&mut world, 404, &format!("DELETE {sp}/appRoleAssignedTo/{id}"));
    run_to(&mut world, at(3, 0));
    assert_eq!(world.target().active_count(), 5);
}

#[test]
fn a_group_is_assigned_and_its_members_are_in_scope() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    let sp = principal(&mut world);
    let assigned = body(&mut world, 200, &format!("GET /users/{ann}/appRoleAssignments"));
    let id = each(&assigned, "id")[0].clone();
    body(&mut world, 204, &format!("DELETE /users/{ann}/appRoleAssignments/{id}"));
    let group = create(
        &mut world,
        "Editors",
        &format!(",\"members@odata.bind\":[\"https://x/v1.0/users/{ann}\"]"),
    );
    let (group, resource) =
        (group["id"].as_str().expect("an id"), sp.rsplit('/').next().expect("an id"));
    assert_eq!(group, group_id(&world, "editors"));
    let zero = "00000000-0000-0000-0000-000000000000";
    let made = body(
        &mut world,
        201,
        &format!(
            "POST /groups/{group}/appRoleAssignments\n{{\"principalId\":\"{group}\",\"resourceId\":\"{resource}\",\"appRoleId\":\"{zero}\"}}"
        ),
    );
    assert_eq!((&made["principalType"], &made["appRoleId"]), (&json!("Group"), &json!(zero)));
    act(&mut world, "'start'");
    run_to(&mut world, at(1, 0));
    assert_eq!(world.target().active_count(), 5);
}
