//! The lives that are played through the engine against a server, as moments of a scenario. Each
//! begins at once and ends soon after the cycle that matters, so that it costs few requests.

/// A user is created.
pub const CREATE: &str = r#"
ends = "30m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
after = "cycle 1"
expect.golinks.account.ann.active = true
expect.log.failures = 0
[finally]
worlds = "agree"
"#;

/// Mapped attributes change.
pub const UPDATE: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
jobTitle = "Engineer"
department = "Sales"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { update = { ann = { jobTitle = "Lead", department = "Support" } } }
[finally]
worlds = "agree"
"#;

/// Blocked from sign-in.
pub const DISABLE: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { disable = "ann" }
[[at]]
after = "next cycle"
expect.golinks.account.ann.active = false
[finally]
worlds = "agree"
"#;

/// Deleted, then deleted for good.
pub const DELETE: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { delete = "ann" }
[[at]]
time = "50m"
do = { purge = "ann" }
[finally]
worlds = "agree"
golinks.accounts.total = 0
"#;

/// A manager is set and changed. The service sends no request when one is removed, so that is left
/// to the check of the request.
pub const MANAGER: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[user.bob]
name = "Bob Brand"
[user.cyd]
name = "Cyd Lind"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { update = { ann = { manager = "bob" } } }
[[at]]
after = "next cycle"
expect.worlds = "agree"
[[at]]
time = "50m"
do = { update = { ann = { manager = "cyd" } } }
[finally]
worlds = "agree"
"#;

/// Unassigned, then assigned again.
pub const RESTORE: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { unassign = "ann" }
[[at]]
after = "next cycle"
expect.golinks.account.ann.active = false
[[at]]
time = "50m"
do = { assign = "ann" }
[finally]
worlds = "agree"
golinks.accounts.total = 1
golinks.account.ann.active = true
"#;

/// Provisioned on demand.
pub const ON_DEMAND: &str = r#"
ends = "10m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = { provision_on_demand = "ann" }
[finally]
ondemand.ann.result = "Success"
golinks.account.ann.active = true
"#;

/// The account is there before the user.
pub const ADOPT: &str = r#"
ends = "30m"
[user.ann]
name = "Ann Okafor"
jobTitle = "Lead"
[golinks.account.ann]
userName = "ann.okafor@DOMAIN"
displayName = "Before"
title = "Before"
active = true
[[at]]
time = "0d"
do = "start"
[finally]
worlds = "agree"
golinks.accounts.total = 1
requests.post = 0
"#;

/// Everything is evaluated again, and nothing has changed.
pub const QUIET: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
jobTitle = "Lead"
department = "Sales"
[user.bob]
name = "Bob Brand"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { restart = ["Full"] }
[finally]
worlds = "agree"
requests.post = 2
requests.patch = 0
requests.delete = 0
"#;

/// The account is made, and the answer is lost.
pub const LOST_ANSWER: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[[fault]]
name = "lost answer"
reset = "after"
when = { method = "POST" }
until = "5m"
[[at]]
time = "0d"
do = "start"
[finally]
worlds = "agree"
golinks.accounts.total = 1
"#;

/// Another name, userName and e-mail address.
pub const RENAME: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { update = { ann = { surname = "Adeyemi", displayName = "Ann Adeyemi", userPrincipalName = "ann.adeyemi@DOMAIN", mail = "ann.adeyemi@DOMAIN" } } }
[finally]
worlds = "agree"
golinks.accounts.total = 1
"#;

/// Four users leave, each for another cause.
pub const LEAVER: &str = r#"
ends = "60m"
[people]
assigned = false
[user.ann]
name = "Ann Okafor"
assigned = true
[user.bob]
name = "Bob Brand"
assigned = true
[user.cyd]
name = "Cyd Lind"
assigned = true
[user.dee]
name = "Dee Moor"
assigned = false
[group.team]
name = "Team"
members = ["dee"]
assigned = true
[[at]]
time = "0d"
do = "start"
[[at]]
after = "cycle 1"
expect.golinks.accounts.active = 4
[[at]]
time = "10m"
do = [{ disable = "ann" }, { delete = "bob" }, { unassign = "cyd" }, { remove_member = { group = "team", user = "dee" } }]
[finally]
worlds = "agree"
golinks.accounts.active = 0
"#;

/// Blocked, and let in again.
pub const RETURN: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { disable = "ann" }
[[at]]
time = "50m"
do = [{ enable = "ann" }, { update = { ann = { jobTitle = "Back" } } }]
[finally]
worlds = "agree"
golinks.accounts.total = 1
golinks.account.ann.active = true
requests.post = 1
"#;

/// The account is deleted by hand at the server; the user changes, and the job is restarted.
pub const GONE: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "20m"
do = { update = { ann = { jobTitle = "Lead" } } }
[[at]]
time = "50m"
do = { restart = ["Full"] }
[finally]
worlds = "agree"
golinks.accounts.total = 1
"#;

/// Joiners, movers, leavers and returns, with faults by chance; then calm for two cycles.
pub const CONVERGE: &str = r#"
ends = "250m"
[user.ann]
name = "Ann Okafor"
[user.bob]
name = "Bob Brand"
[user.cyd]
name = "Cyd Lind"
[user.dee]
name = "Dee Moor"
[[fault]]
name = "unavailable"
respond = { status = 503 }
probability = 0.2
until = "150m"
[[fault]]
name = "lost answers"
reset = "after"
probability = 0.2
until = "150m"
[[at]]
time = "0d"
do = "start"
[[at]]
time = "30m"
do = [{ disable = "ann" }, { update = { bob = { jobTitle = "Lead" } } }, { hire = { eve = { name = "Eve Park", assigned = true } } }]
[[at]]
time = "70m"
do = [{ enable = "ann" }, { unassign = "bob" }, { update = { cyd = { surname = "Lund", department = "Sales" } } }]
[[at]]
time = "110m"
do = [{ assign = "bob" }, { disable = "dee" }, { update = { eve = { jobTitle = "Engineer" } } }]
[[at]]
time = "150m"
do = "restart"
[finally]
worlds = "agree"
golinks.accounts.total = 5
"#;

/// A group with a member is created.
pub const GROUP_CREATE: &str = r#"
ends = "30m"
[user.ann]
name = "Ann Okafor"
[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
[[at]]
time = "0d"
do = "start"
[finally]
worlds = "agree"
golinks.groups.total = 1
"#;

/// A group is renamed.
pub const GROUP_UPDATE: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { update_group = { sales = { name = "TAG Sales and Service" } } }
[finally]
worlds = "agree"
golinks.groups.total = 1
"#;

/// A member is added.
pub const GROUP_ADD: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
[user.bob]
name = "Bob Brand"
[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { add_member = { group = "sales", user = "bob" } }
[finally]
worlds = "agree"
"#;

/// One of two members is removed.
pub const GROUP_REMOVE: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
[user.bob]
name = "Bob Brand"
[group.sales]
name = "TAG Sales"
members = ["ann", "bob"]
assigned = true
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { remove_member = { group = "sales", user = "bob" } }
[finally]
worlds = "agree"
"#;

/// A group is deleted.
pub const GROUP_DELETE: &str = r#"
ends = "60m"
[user.ann]
name = "Ann Okafor"
[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = [{ delete_group = "sales" }, { purge_group = "sales" }]
[finally]
worlds = "agree"
golinks.groups.total = 0
"#;

/// A group is provisioned on demand, with a member.
pub const GROUP_ON_DEMAND: &str = r#"
ends = "10m"
[user.ann]
name = "Ann Okafor"
[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
[[at]]
time = "0d"
do = { provision_on_demand = { group = "sales", users = ["ann"] } }
[finally]
ondemand.sales.result = "Success"
golinks.groups.total = 1
"#;

/// A group is unassigned, then assigned again.
pub const GROUP_RESTORE: &str = r#"
ends = "100m"
[user.ann]
name = "Ann Okafor"
[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
[[at]]
time = "0d"
do = "start"
[[at]]
time = "10m"
do = { unassign = { group = "sales" } }
[[at]]
after = "next cycle"
expect.golinks.groups.total = 0
[[at]]
time = "50m"
do = { assign = { group = "sales" } }
[finally]
worlds = "agree"
golinks.groups.total = 1
"#;
