//! Which permission opens which endpoint, held against the table of the reference sheet (16.1), and
//! `$count` at the end of each collection.

use serde_json::json;

use super::*;
use crate::entra::graph::endpoints;

/// What reads and what writes below these paths, as the sheet's table says it; `+` joins what is
/// needed together. A longer path comes before a shorter one. What writes a thing reads it too.
const SHEET: &[(&str, &str, &str)] = &[
    ("/$batch", "-", "-"),
    ("/$metadata", "-", "-"),
    (
        "/applicationTemplates/{}/instantiate",
        "",
        "Application.ReadWrite.All Application.ReadWrite.OwnedBy",
    ),
    ("/applicationTemplates", "-", ""),
    ("/users/{}/appRoleAssignments", "Application.Read.All Directory.Read.All", ASSIGN),
    ("/groups/{}/appRoleAssignments", "Application.Read.All Directory.Read.All", ASSIGN),
    ("/servicePrincipals/{}/appRoleAssignedTo", "Application.Read.All Directory.Read.All", ASSIGN),
    (
        "/servicePrincipals/{}/synchronization",
        "Synchronization.Read.All",
        "Synchronization.ReadWrite.All Application.ReadWrite.OwnedBy",
    ),
    ("/directory/deletedItems/user", "User.Read.All Directory.Read.All", ""),
    ("/directory/deletedItems/group", "Group.Read.All GroupMember.Read.All Directory.Read.All", ""),
    ("/directory/deletedItems/application", "Application.Read.All", ""),
    ("/directory/deletedItems/servicePrincipal", "Application.Read.All", ""),
    (
        "/directory",
        ANY,
        "User.ReadWrite.All Group.ReadWrite.All Directory.ReadWrite.All Application.ReadWrite.All",
    ),
    ("/users", "User.Read.All Directory.Read.All", "User.ReadWrite.All Directory.ReadWrite.All"),
    ("/me/revokeSignInSessions", "", "User.ReadWrite.All Directory.ReadWrite.All"),
    ("/me", "User.Read.All Directory.Read.All", ""),
    (
        "/groups",
        "Group.Read.All GroupMember.Read.All Directory.Read.All",
        "Group.ReadWrite.All GroupMember.ReadWrite.All Directory.ReadWrite.All",
    ),
    (
        "/applications",
        "Application.Read.All",
        "Application.ReadWrite.All Application.ReadWrite.OwnedBy",
    ),
    (
        "/servicePrincipals",
        "Application.Read.All",
        "Application.ReadWrite.All Application.ReadWrite.OwnedBy",
    ),
    ("/auditLogs", "AuditLog.Read.All+Directory.Read.All", ""),
    ("/organization", "Organization.Read.All Directory.Read.All", ""),
    ("/domains", "Domain.Read.All Directory.Read.All", ""),
];

const ASSIGN: &str = "AppRoleAssignment.ReadWrite.All+Application.Read.All";
const ANY: &str = "User.Read.All Group.Read.All Directory.Read.All Application.Read.All";

/// The posts that only read.
const READS: [&str; 4] = ["getByIds", "checkMemberGroups", "getMemberGroups", "getMemberObjects"];

/// What the sheet says of an endpoint: the sets of permissions of which one is needed.
fn sheet(method: &str, path: &str) -> Vec<Vec<&'static str>> {
    let row = SHEET.iter().find(|(below, ..)| path.starts_with(below));
    let (_, reads, writes) = row.unwrap_or_else(|| panic!("{path} has no row"));
    let is_read = method == "GET" || READS.iter().any(|end| path.ends_with(end));
    let cell = if is_read { reads } else { writes };
    cell.split(' ').map(|set| set.split('+').filter(|one| *one != "-").collect()).collect()
}

/// The permission that reads what this one writes.
fn reading(permission: &str) -> String {
    permission.replace("ReadWrite", "Read")
}

#[test]
fn each_endpoint_asks_for_the_permissions_of_the_sheet() {
    let mut all: Vec<&str> =
        endpoints().flat_map(|it| it.area.needs(it.writes())).flat_map(|it| *it).copied().collect();
    all.sort_unstable();
    all.dedup();
    // One's own profile, and what an assignment or a job of its own gives beside the sheet.
    let beside = |path: &str, held: &str| match held {
        "User.Read" | "User.ReadWrite" => path == "/me",
        "AppRoleAssignment.ReadWrite.All" => path.contains("appRoleAssign"),
        "Application.ReadWrite.OwnedBy" => {
            path.starts_with("/servicePrincipals")
                || path.contains("/deletedItems/")
                || path.starts_with("/applications")
        }
        "Directory.Read.All" => {
            path.starts_with("/applications")
                || path.starts_with("/servicePrincipals")
                || path.contains("/deletedItems/")
        }
        _ => false,
    };
    for endpoint in endpoints() {
        let wanted = sheet(endpoint.method, endpoint.path);
        for held in &all {
            let caller = Permissions::Some([(*held).to_owned()].into());
            let opens = caller.meet(endpoint.area.needs(endpoint.writes()));
            let meets = |name: &str| wanted.iter().any(|set| set.iter().all(|one| *one == name));
            let expected = meets(held) || (!endpoint.writes() && meets(&reading(held)));
            let says = format!("{} {} with {held}", endpoint.method, endpoint.path);
            match !endpoint.writes() && beside(endpoint.path, held) {
                true => assert!(opens || !expected, "{says}"),
                false => assert_eq!(opens, expected, "{says}"),
            }
        }
        // What the sheet joins opens it together.
        for set in wanted.iter().filter(|set| set.iter().all(|one| !one.is_empty())) {
            let caller = Permissions::Some(set.iter().map(|one| (*one).to_owned()).collect());
            assert!(
                caller.meet(endpoint.area.needs(endpoint.writes())),
                "{} {set:?}",
                endpoint.path
            );
        }
    }
}

#[test]
fn a_permission_that_lacks_is_refused_to_an_application_and_in_a_users_name() {
    let mut world = world(&[]);
    let ann = world.entra().tenant().user_named("ann").ok();
    let bob = id_of(&world, "bob");
    act(&mut world, "{ delete = 'bob' }");
    for user in [None, ann] {
        for (text, permission, status) in [
            ("GET /domains", "User.Read.All", 403),
            ("GET /domains", "Domain.Read.All", 200),
            ("GET /organization", "User.Read.All", 403),
            ("GET /organization", "Organization.Read.All", 200),
            ("GET /directory/deletedItems/graph.group", "User.Read.All", 403),
            ("GET /directory/deletedItems/graph.user", "User.Read.All", 200),
            (&*format!("GET /directory/deletedItems/{bob}"), "Group.Read.All", 403),
            (&*format!("GET /directory/deletedItems/{bob}"), "User.Read.All", 200),
            (&*format!("POST /directory/deletedItems/{bob}/restore"), "Group.ReadWrite.All", 403),
            (&*format!("DELETE /directory/deletedItems/{bob}"), "Application.ReadWrite.All", 403),
        ] {
            let permissions = Permissions::Some([permission.to_owned()].into());
            let caller = Caller { permissions, ..Caller::nameless(user) };
            let answered = ask_as(&mut world, text, caller);
            assert_eq!(answered.status, status, "{text} with {permission}: {}", answered.body);
            if status == 403 {
                let said = &answered.body["error"]["message"];
                assert_eq!(said, "Insufficient privileges to complete the operation.");
            }
        }
    }
    let ann = id_of(&world, "ann");
    let text = format!("POST /directoryObjects/getByIds\n{{\"ids\":[\"{ann}\"]}}");
    let permissions = Permissions::Some(["Group.Read.All".to_owned()].into());
    let told = ask_as(&mut world, &text, Caller { permissions, ..Caller::nameless(None) });
    let expected = json!([{ "@odata.type": "#microsoft.graph.user", "id": ann }]);
    assert_eq!(told.body["value"], expected);
}

const EVENTUAL: [(&str, &str); 2] =
    [("authorization", "Bearer graph-demo-token"), ("consistencylevel", "eventual")];

fn counted(world: &mut World, path: &str) -> Answered {
    ask_with(world, &format!("GET {path}/$count"), &EVENTUAL)
}

#[test]
fn every_collection_of_the_directory_is_counted_by_its_path() {
    let mut world = world(&[]);
    let of = |world: &World, name: &str| format!("/users/{}", id_of(world, name));
    let group = |name: &str, members: [String; 2]| {
        let body = json!({
            "displayName": name, "mailEnabled": false, "mailNickname": name,
            "securityEnabled": true, "members@odata.bind": members,
        });
        format!("POST /groups\n{body}")
    };
    let text = group("inner", [of(&world, "ann"), of(&world, "bob")]);
    let made = body(&mut world, 201, &text);
    let inner = made["id"].as_str().expect("an id").to_owned();
    let text = group("outer", [format!("/groups/{inner}"), of(&world, "eva")]);
    let made = body(&mut world, 201, &text);
    let outer = made["id"].as_str().expect("an id").to_owned();
    let (ann, sp) = (id_of(&world, "ann"), principal(&mut world));
    let app = sp.rsplit('/').next().expect("an id").to_owned();
    let registration = each(&body(&mut world, 200, "GET /applications"), "id")[0].clone();
    for endpoint in endpoints().filter(|it| it.path.ends_with("/$count")) {
        let path = endpoint.path.trim_end_matches("/$count");
        let id = match path.split('/').nth(1) {
            Some("users") => &ann,
            Some("groups") => &outer,
            Some("applications") => &registration,
            _ => &app,
        };
        let path = path.replace("{}", id);
        let listed = body(&mut world, 200, &format!("GET {path}?$top=999"));
        let count = counted(&mut world, &path);
        assert_eq!(count.status, 200, "{path}: {}", count.body);
        assert_eq!(count.body, json!(listed["value"].as_array().map(Vec::len)), "{path}");
        let why = refusal(&mut world, 400, &format!("GET {path}/$count"));
        assert_eq!(why, "Request_BadRequest: $count is not currently supported.", "{path}");
    }
    for (of, expected) in [
        ("members", 2),
        ("members/microsoft.graph.user", 1),
        ("transitiveMembers", 4),
        ("transitiveMembers/microsoft.graph.user", 3),
        ("transitiveMembers/graph.group", 1),
    ] {
        assert_eq!(
            counted(&mut world, &format!("/groups/{outer}/{of}")).body,
            json!(expected),
            "{of}"
        );
    }
    let only_ann = format!(
        "GET /groups/{outer}/transitiveMembers/graph.user/$count?$filter=startswith(displayName,'ann')"
    );
    assert_eq!(ask_with(&mut world, &only_ann, &EVENTUAL).body, json!(1));
}
