//! The application permissions of Graph, and the ids by which a registration asks for them
//! [graph-permissions].

/// Id and name.
const PERMISSIONS: [(&str, &str); 17] = [
    ("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All"),
    ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All"),
    ("18a4783c-866b-4cc7-a460-3d5e5662c884", "Application.ReadWrite.OwnedBy"),
    ("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All"),
    ("b0afded3-3588-46d8-8b3d-9842eff778da", "AuditLog.Read.All"),
    ("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All"),
    ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All"),
    ("dbb9058a-0e50-45d7-ae91-66909b5d4664", "Domain.Read.All"),
    ("5b567255-7703-4780-807c-7be8301ae99b", "Group.Read.All"),
    ("62a82d76-70ea-41e2-9197-370581804d09", "Group.ReadWrite.All"),
    ("98830695-27a2-44f7-8c18-0c3ebc9698f6", "GroupMember.Read.All"),
    ("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "GroupMember.ReadWrite.All"),
    ("498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All"),
    ("5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce", "Synchronization.Read.All"),
    ("9b50c33d-700f-43b1-b2eb-87e89b703581", "Synchronization.ReadWrite.All"),
    ("df021288-bdef-4463-88db-98f22de89214", "User.Read.All"),
    ("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All"),
];

/// The names, which a registration has all of unless it is told to have fewer.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PERMISSIONS.into_iter().map(|(_, name)| name)
}

/// The name of an id.
pub(super) fn name_of(id: &str) -> Option<&'static str> {
    let found = PERMISSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(id));
    found.map(|(_, name)| *name)
}
