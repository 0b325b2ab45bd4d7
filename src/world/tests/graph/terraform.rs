//! What Terraform's azuread provider asks for each of its resources, in its order: made, waited
//! for, read, changed and deleted, with polls until a thing is there or gone.

use super::*;

fn polled(world: &mut World, path: &str, status: u16) {
    assert_eq!(ask(world, &format!("GET {path}")).status, status, "{path}");
}

/// The registration of the caller, as it stands in its token.
fn caller() -> String {
    crate::base::seed::show_guid(Seed(7).guid("graph client principal", "", 0))
}

fn bind(ids: &[&str]) -> Value {
    let link = |id: &&str| json!(format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}"));
    ids.iter().map(link).collect()
}

#[test]
fn an_application_is_made_owned_changed_and_deleted() {
    let mut world = world(&[]);
    let found = body(&mut world, 200, "GET /applications?$filter=displayName eq 'tf'");
    assert_eq!(found["value"], json!([]));
    let whole = json!({
        "api": { "acceptMappedClaims": false, "knownClientApplications": [], "oauth2PermissionScopes": [], "requestedAccessTokenVersion": 1 },
        "appRoles": [{ "id": "1b19509b-32b1-4e9f-b71d-4992aa991967", "allowedMemberTypes": ["User"], "description": "d", "displayName": "Admin", "isEnabled": true, "value": "admin" }],
        "displayName": "tf", "groupMembershipClaims": null, "identifierUris": ["api://tf"],
        "info": { "marketingUrl": "", "privacyStatementUrl": "", "supportUrl": "", "termsOfServiceUrl": "" },
        "isDeviceOnlyAuthSupported": false, "isFallbackPublicClient": false, "oauth2RequirePostResponse": false,
        "optionalClaims": { "accessToken": [], "idToken": [], "saml2Token": [] },
        "owners@odata.bind": bind(&[&caller()]),
        "publicClient": { "redirectUris": [] }, "requiredResourceAccess": [], "signInAudience": "AzureADMyOrg",
        "spa": { "redirectUris": [] }, "tags": ["HideApp"],
        "web": { "homePageUrl": null, "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false }, "logoutUrl": null, "redirectUris": [] },
    });
    let made = body(&mut world, 201, &format!("POST /applications\n{whole}"));
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/applications/{id}");
    polled(&mut world, &path, 200);
    let owners = body(&mut world, 200, &format!("GET {path}/owners?$select=id"));
    assert_eq!(each(&owners, "id"), [caller()]);
    // A role is disabled before it goes; the id of the object is sent along.
    let mut changed = json!({ "id": id, "displayName": "tf 2", "appRoles": whole["appRoles"] });
    changed["appRoles"][0]["isEnabled"] = false.into();
    body(&mut world, 204, &format!("PATCH {path}\n{changed}"));
    changed["appRoles"] = json!([]);
    body(&mut world, 204, &format!("PATCH {path}\n{changed}"));
    let ann = id_of(&world, "ann");
    let link =
        json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{ann}") });
    body(&mut world, 204, &format!("POST {path}/owners/$ref\n{link}"));
    body(&mut world, 204, &format!("DELETE {path}/owners/{}/$ref", caller()));
    let read = body(&mut world, 200, &format!("GET {path}"));
    assert_eq!(
        (&read["displayName"], &read["appRoles"], &read["tags"]),
        (&json!("tf 2"), &json!([]), &json!(["HideApp"]))
    );
    // A secret, with the list read back for its id.
    let add = json!({ "passwordCredential": { "displayName": "tf", "endDateTime": "2027-01-01T00:00:00Z" } });
    let secret = body(&mut world, 200, &format!("POST {path}/addPassword\n{add}"));
    assert!(secret["secretText"].as_str().is_some_and(|text| text.len() == 40));
    let kept = body(&mut world, 200, &format!("GET {path}?$select=passwordCredentials"));
    let kept = &kept["passwordCredentials"][0];
    assert_eq!((&kept["keyId"], &kept["secretText"]), (&secret["keyId"], &Value::Null));
    let remove = json!({ "keyId": secret["keyId"] });
    body(&mut world, 204, &format!("POST {path}/removePassword\n{remove}"));
    body(&mut world, 204, &format!("DELETE {path}"));
    polled(&mut world, &path, 404);
    body(&mut world, 204, &format!("DELETE /directory/deletedItems/{id}"));
    polled(&mut world, &format!("/directory/deletedItems/{id}"), 404);
}

#[test]
fn a_gallery_application_is_provisioned_from_nothing_to_nothing() {
    let mut world = world(&[]);
    let templates =
        body(&mut world, 200, "GET /applicationTemplates?$filter=displayName eq 'GoLinks'");
    let template = each(&templates, "id")[0].clone();
    let name = json!({ "displayName": "tf links" });
    let made = body(
        &mut world,
        201,
        &format!("POST /applicationTemplates/{template}/instantiate\n{name}"),
    );
    let app = format!("/applications/{}", made["application"]["id"].as_str().expect("an id"));
    let client = made["application"]["appId"].as_str().expect("an id");
    polled(&mut world, &app, 200);
    // The service principal is there already, and is taken over.
    let found =
        body(&mut world, 200, &format!("GET /servicePrincipals?$filter=appId eq '{client}'"));
    let id = each(&found, "id")[0].clone();
    let sp = format!("/servicePrincipals/{id}");
    let taken = json!({
        "id": id, "accountEnabled": true, "alternativeNames": [], "appRoleAssignmentRequired": true, "description": null,
        "loginUrl": null, "notes": null, "notificationEmailAddresses": [], "preferredSingleSignOnMode": null,
        "samlSingleSignOnSettings": null, "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    });
    body(&mut world, 204, &format!("PATCH {sp}\n{taken}"));

    // Secrets: written, then the entries are counted.
    let secrets = format!("{sp}/synchronization/secrets");
    let pairs = json!({ "value": [
        { "key": "BaseAddress", "value": "https://api.golinks.example/scim/v2" },
        { "key": "SecretToken", "value": "class-token" },
    ] });
    body(&mut world, 204, &format!("PUT {secrets}\n{pairs}"));
    assert_eq!(each(&body(&mut world, 200, &format!("GET {secrets}")), "key").len(), 2);

    // The job: created, polled until it is there, started; `enabled` is its schedule's state.
    let jobs = format!("{sp}/synchronization/jobs");
    let job =
        body(&mut world, 201, &format!("POST {jobs}\n{}", json!({ "templateId": "goLinks" })));
    let job = format!("{jobs}/{}", job["id"].as_str().expect("an id"));
    polled(&mut world, &job, 200);
    body(&mut world, 204, &format!("POST {job}/start"));
    assert_eq!(body(&mut world, 200, &format!("GET {job}"))["schedule"]["state"], "Active");

    // An assignment, and a user on demand without links.
    let ann = id_of(&world, "ann");
    let role = made["servicePrincipal"]["appRoles"][0]["id"].clone();
    let assign = json!({ "appRoleId": role, "principalId": ann, "resourceId": id });
    let assigned = body(&mut world, 201, &format!("POST {sp}/appRoleAssignedTo\n{assign}"));
    run_to(&mut world, at(1, 0));
    let subject = json!({ "parameters": [{
        "ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8",
        "subjects": [{ "objectId": ann, "objectTypeName": "User" }],
    }] });
    body(&mut world, 200, &format!("POST {job}/provisionOnDemand\n{subject}"));
    let listed = body(&mut world, 200, &format!("GET {sp}/appRoleAssignedTo"));
    assert_eq!(each(&listed, "id"), [assigned["id"].as_str().expect("an id")]);

    let assignment = assigned["id"].as_str().expect("an id");
    torn_down(&mut world, [&app, &sp, &job], &format!("{sp}/appRoleAssignedTo/{assignment}"));
}

/// The way back: the job is paused, deleted and polled until it is gone, secrets are written empty.
fn torn_down(world: &mut World, [app, sp, job]: [&str; 3], assignment: &str) {
    let secrets = format!("{sp}/synchronization/secrets");
    body(world, 204, &format!("POST {job}/pause"));
    assert_ne!(body(world, 200, &format!("GET {job}"))["schedule"]["state"], "Active");
    body(world, 204, &format!("DELETE {assignment}"));
    body(world, 204, &format!("DELETE {job}"));
    polled(world, job, 404);
    let empty = json!({ "value": [
        { "key": "BaseAddress", "value": "" }, { "key": "SecretToken", "value": "" },
    ] });
    body(world, 204, &format!("PUT {secrets}\n{empty}"));
    assert_eq!(body(world, 200, &format!("GET {secrets}"))["value"], json!([]));
    for path in [sp, app] {
        body(world, 204, &format!("DELETE {path}"));
        polled(world, path, 404);
    }
}

#[test]
fn users_and_groups_are_made_changed_and_deleted() {
    let mut world = world(&[]);
    let user = json!({
        "accountEnabled": true, "ageGroup": null, "businessPhones": [], "city": null, "companyName": null,
        "consentProvidedForMinor": null, "country": null, "department": "Sales", "displayName": "Tess Form",
        "employeeId": null, "employeeType": null, "employeeOrgData": { "costCenter": null, "division": null },
        "faxNumber": null, "givenName": "Tess", "jobTitle": null, "mailNickname": "tess", "mobilePhone": null,
        "officeLocation": null, "otherMails": [], "passwordPolicies": "",
        "passwordProfile": { "forceChangePasswordNextSignIn": false, "password": "<secret>" }, "postalCode": null,
        "preferredLanguage": null, "showInAddressList": true, "state": null, "streetAddress": null, "surname": "Form",
        "usageLocation": null, "userPrincipalName": "tess@contoso.example",
    });
    let made = body(&mut world, 201, &format!("POST /users\n{user}"));
    let id = made["id"].as_str().expect("an id").to_owned();
    polled(&mut world, &format!("/users/{id}"), 200);
    polled(&mut world, &format!("/users/{id}/manager"), 404);
    let change = json!({ "id": id, "jobTitle": "Lead", "showInAddressList": false });
    body(&mut world, 204, &format!("PATCH /users/{id}\n{change}"));
    let read =
        body(&mut world, 200, &format!("GET /users/{id}?$select=jobTitle,showInAddressList"));
    assert_eq!((&read["jobTitle"], &read["showInAddressList"]), (&json!("Lead"), &json!(false)));

    let found = body(&mut world, 200, "GET /groups?$filter=displayName eq 'tf group'");
    assert_eq!(found["value"], json!([]));
    let group = json!({
        "description": "", "displayName": "tf group", "groupTypes": [], "isAssignableToRole": false, "mailEnabled": false,
        "mailNickname": "d1bdf0b1", "membershipRule": null, "resourceBehaviorOptions": [], "resourceProvisioningOptions": [],
        "securityEnabled": true, "owners@odata.bind": bind(&[&caller()]), "members@odata.bind": bind(&[&id]),
    });
    let made = body(&mut world, 201, &format!("POST /groups\n{group}"));
    let path = format!("/groups/{}", made["id"].as_str().expect("an id"));
    polled(&mut world, &path, 200);
    assert_eq!(
        each(&body(&mut world, 200, &format!("GET {path}/members?$select=id")), "id"),
        [&*id]
    );
    assert_eq!(
        each(&body(&mut world, 200, &format!("GET {path}/owners?$select=id")), "id"),
        [caller()]
    );
    let change = json!({ "id": made["id"], "displayName": "tf group 2", "description": "x", "mailEnabled": false, "securityEnabled": true });
    body(&mut world, 204, &format!("PATCH {path}\n{change}"));
    body(&mut world, 204, &format!("DELETE {path}/members/{id}/$ref"));
    body(&mut world, 204, &format!("DELETE {path}"));
    polled(&mut world, &path, 404);
    body(&mut world, 204, &format!("DELETE /users/{id}"));
    polled(&mut world, &format!("/users/{id}"), 404);
}
