//! Queries: pages that continue, what is searched, and what is refused instead of being left out.

use super::*;

const EVENTUAL: [(&str, &str); 2] =
    [("authorization", "Bearer graph-demo-token"), ("consistencylevel", "eventual")];

#[test]
fn a_sorted_collection_continues_behind_the_last_object_when_others_are_deleted() {
    for order in ["displayName", "displayName desc"] {
        let mut world = world(&[]);
        let all = body(&mut world, 200, &format!("GET /users?$orderby={order}"));
        let all = each(&all, "displayName");
        let first = body(&mut world, 200, &format!("GET /users?$orderby={order}&$top=2"));
        let mut seen = each(&first, "displayName");
        let gone = each(&body(&mut world, 200, &format!("GET /users?$orderby={order}")), "id");
        body(&mut world, 204, &format!("DELETE /users/{}", gone[0]));
        let mut next = follow(&first, "@odata.nextLink");
        loop {
            let page = body(&mut world, 200, &next);
            seen.extend(each(&page, "displayName"));
            if page["@odata.nextLink"].is_null() {
                break;
            }
            next = follow(&page, "@odata.nextLink");
        }
        assert_eq!(seen, all, "{order}");
    }
}

#[test]
fn a_token_is_good_for_its_own_collection_alone() {
    let mut world = world(&[]);
    act(&mut world, "{ create_group = { sales = { name = 'Sales' } } }");
    let page = body(&mut world, 200, "GET /users?$top=1");
    let next = follow(&page, "@odata.nextLink");
    refusal(&mut world, 400, &next.replace("/users?", "/groups?"));
    let latest = body(&mut world, 200, "GET /users/delta?$deltatoken=latest");
    let later = follow(&latest, "@odata.deltaLink");
    body(&mut world, 200, &later);
    refusal(&mut world, 400, &later.replace("/users/", "/groups/"));
}

#[test]
fn a_search_is_evaluated_or_refused() {
    let mut world = world(&[]);
    let find = |world: &mut World, search: &str| {
        let search = search.replace('"', "%22");
        let answered = ask_with(world, &format!("GET /users?$search={search}"), &EVENTUAL);
        (answered.status, answered.body)
    };
    let (status, found) = find(&mut world, "\"displayName:ann\"");
    assert_eq!((status, each(&found, "displayName").len()), (200, 1), "{found}");
    let (status, found) = find(&mut world, "\"displayName:ann\" OR \"displayName:bob\"");
    assert_eq!((status, each(&found, "displayName").len()), (200, 2), "{found}");
    assert_eq!(find(&mut world, "\"displayName:nn\"").1["value"], json!([]));
    for search in ["\"department:x\"", "\"displayName:a\" or \"displayName:b\""] {
        assert_eq!(find(&mut world, search).0, 400, "{search}");
    }
}

#[test]
fn what_would_be_left_out_is_refused() {
    let mut world = run(&[], 1);
    act(&mut world, "{ create_group = { sales = { name = 'Sales' } } }");
    for query in [
        "/groups?$expand=members,owners",
        "/auditLogs/provisioning?$skip=1",
        "/auditLogs/provisioning?$orderby=jobId",
        "/auditLogs/provisioning?$filter=jobId gt 'a'",
    ] {
        refusal(&mut world, 400, &format!("GET {query}"));
    }
    body(&mut world, 200, "GET /auditLogs/provisioning?$orderby=activityDateTime desc");
    for (path, largest) in [("/users", 999), ("/auditLogs/provisioning", 1000)] {
        for top in [0, largest + 1] {
            let why = refusal(&mut world, 400, &format!("GET {path}?$top={top}"));
            assert!(why.contains(&format!("between 1 and {largest} inclusive")), "{why}");
        }
    }
}

#[test]
fn the_location_of_an_assignment_leads_to_it_and_owners_keep_their_type() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let listed = body(&mut world, 200, &format!("GET {sp}/appRoleAssignedTo"));
    let one = &listed["value"][0];
    let id = one["id"].as_str().expect("an id");
    let read = body(&mut world, 200, &format!("GET {sp}/appRoleAssignedTo/{id}"));
    assert_eq!(read["principalId"], one["principalId"]);
    let user = one["principalId"].as_str().expect("an id");
    body(&mut world, 200, &format!("GET /users/{user}/appRoleAssignments/{id}"));
    refusal(&mut world, 404, &format!("GET {sp}/appRoleAssignedTo/{id}x"));
    let ann = id_of(&world, "ann");
    let link = json!({ "@odata.id": format!("https://x/v1.0/directoryObjects/{ann}") });
    body(&mut world, 204, &format!("POST {sp}/owners/$ref\n{link}"));
    let owners = body(&mut world, 200, &format!("GET {sp}/owners?$select=id"));
    assert_eq!(each(&owners, "@odata.type"), ["#microsoft.graph.user"]);
}

#[test]
fn values_that_a_user_cannot_have_are_refused() {
    let mut world = world(&[]);
    let ann = id_of(&world, "ann");
    for (name, value) in [
        ("displayName", "x".repeat(257)),
        ("mailNickname", "a b".to_owned()),
        ("mailNickname", "a@b".to_owned()),
        ("mail", "nothing".to_owned()),
    ] {
        let change = json!({ name: value });
        let why = refusal(&mut world, 400, &format!("PATCH /users/{ann}\n{change}"));
        assert!(why.contains(name), "{why}");
    }
    refusal(&mut world, 400, &format!("PATCH /users/{ann}"));
    body(&mut world, 204, &format!("PATCH /users/{ann}\n{{\"mail\":\"a@x.example\"}}"));
}

#[test]
fn a_connection_test_names_its_own_template_and_application() {
    let mut world = world(&[]);
    let sp = principal(&mut world);
    let test = |member: &str, value: &str| {
        let mut body = json!({ "useSavedCredentials": true });
        body[member] = value.into();
        format!("POST {sp}/synchronization/jobs/validateCredentials\n{body}")
    };
    refusal(&mut world, 400, &test("templateId", "nope"));
    refusal(&mut world, 400, &test("applicationIdentifier", "zz"));
    body(&mut world, 204, &test("templateId", "goLinks"));
}
