//! App roles: one list, which a scenario and clients of Graph write.

use super::*;

#[test]
fn of_app_roles_the_last_to_write_counts_be_it_a_scenario_or_a_client() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let app = each(&body(&mut world, 200, "GET /applications"), "id")[0].clone();
    let names = |world: &mut World| {
        let both = [sp.clone(), format!("/applications/{app}")].map(|path| {
            let shown = body(world, 200, &format!("GET {path}"))["appRoles"].clone();
            each(&json!({ "value": shown }), "displayName")
        });
        assert_eq!(both[0], both[1]);
        both[0].clone()
    };
    let mut roles = body(&mut world, 200, &format!("GET {sp}"))["appRoles"].clone();
    let shown = roles.as_array_mut().expect("roles");
    let one = |id: &str, name: &str| {
        json!({
            "id": id, "allowedMemberTypes": ["User"], "displayName": name, "description": name,
            "value": name,
        })
    };
    shown.push(one(ROLE, "Editor"));
    shown.push(one("22222222-0000-0000-0000-000000000002", "Reader"));
    body(&mut world, 204, &format!("PATCH /applications/{app}\n{}", json!({ "appRoles": roles })));
    let link = body(&mut world, 200, "GET /applications/delta?$deltatoken=latest");
    act(&mut world, "{ set = { entra.app_roles = ['Author', 'Editor'] } }");
    assert_eq!(names(&mut world), ["User", "msiam_access", "Editor", "Author"]);
    let told = body(&mut world, 200, &follow(&link, "@odata.deltaLink"));
    let told = told["value"][0]["appRoles"].as_array().expect("they changed").clone();
    assert_eq!((&told[2]["id"], told.len()), (&json!(ROLE), 4));
    // The new one can be assigned by its id, from either side.
    act(&mut world, "{ unassign = 'eva' }");
    let id = sp.rsplit('/').next().expect("an id");
    let assign = json!({
        "principalId": id_of(&world, "eva"), "resourceId": id, "appRoleId": told[3]["id"],
    });
    let made = body(&mut world, 201, &format!("POST {sp}/appRoleAssignedTo\n{assign}"));
    assert_eq!(made["appRoleId"], told[3]["id"]);
    assert_eq!(world.entra().job().settings().app_roles, ["Author", "Editor"]);
    // A client that then writes what it read changes nothing.
    body(&mut world, 204, &format!("PATCH /applications/{app}\n{}", json!({ "appRoles": told })));
    assert_eq!(names(&mut world), ["User", "msiam_access", "Editor", "Author"]);
    assert_eq!(world.entra().job().settings().app_roles, ["Author", "Editor"]);
}

#[test]
fn app_roles_that_are_written_are_assigned_by_their_own_ids() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let shown = body(&mut world, 200, &format!("GET {sp}"));
    let client = shown["appId"].as_str().expect("an id");
    let app = format!("/applications(appId='{client}')");
    let mut roles = shown["appRoles"].as_array().cloned().expect("roles");
    let without = json!({ "appRoles": roles[1..] });
    let why = refusal(&mut world, 400, &format!("PATCH {app}\n{without}"));
    assert!(why.starts_with("CannotDeleteOrUpdateEnabledEntitlement: "), "{why}");
    roles.push(json!({
        "id": ROLE, "allowedMemberTypes": ["User"], "displayName": "Link editor",
        "description": "May edit", "value": "Editor",
    }));
    body(&mut world, 204, &format!("PATCH {app}\n{}", json!({ "appRoles": roles })));
    assert_eq!(world.entra().job().settings().app_roles, ["Editor"]);
    let id = sp.rsplit('/').next().expect("an id");
    act(&mut world, "{ unassign = 'eva' }");
    let assign =
        json!({ "principalId": id_of(&world, "eva"), "resourceId": id, "appRoleId": ROLE });
    let made = body(&mut world, 201, &format!("POST {sp}/appRoleAssignedTo\n{assign}"));
    assert_eq!(made["appRoleId"], ROLE);
    // Disabled first, a role can go.
    roles[0]["isEnabled"] = false.into();
    body(&mut world, 204, &format!("PATCH {app}\n{}", json!({ "appRoles": roles })));
    body(&mut world, 204, &format!("PATCH {app}\n{}", json!({ "appRoles": roles[1..] })));
    assert_eq!(
        each(
            &json!({ "value": body(&mut world, 200, &format!("GET {sp}"))["appRoles"] }),
            "displayName"
        ),
        ["msiam_access", "Link editor"]
    );
}

#[test]
fn a_group_that_is_no_security_group_is_refused_by_the_names_that_a_client_knows() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let group = json!({
        "displayName": "Team talk", "mailEnabled": true, "mailNickname": "talk",
        "securityEnabled": false, "groupTypes": ["Unified"],
    });
    let group = body(&mut world, 201, &format!("POST /groups\n{group}"))["id"].clone();
    let assign = json!({
        "principalId": group, "resourceId": sp.rsplit('/').next(),
        "appRoleId": "00000000-0000-0000-0000-000000000000",
    });
    let why = refusal(&mut world, 400, &format!("POST {sp}/appRoleAssignedTo\n{assign}"));
    let id = group.as_str().expect("an id");
    let named = format!("The group 'Team talk' with id '{id}' is not security-enabled");
    assert!(why.contains(&named), "{why}");
}
