//! The lives that are played through the engine against a server, as moments of a scenario. Each
//! begins at once and ends soon after the cycle that matters, so that it costs few requests.

/// A life: its moments, of pieces that many lives share.
pub type LifeText = &'static [&'static str];

/// Ann.
const ANN: &str = r#"[user.ann]
name = "Ann Okafor"
"#;
/// Bob.
const BOB: &str = r#"[user.bob]
name = "Bob Brand"
"#;
/// Cyd.
const CYD: &str = r#"[user.cyd]
name = "Cyd Lind"
"#;
/// Dee.
const DEE: &str = r#"[user.dee]
name = "Dee Moor"
"#;
/// The job starts at once.
const START: &str = r#"[[at]]
time = "0d"
do = "start"
"#;
/// A group of one.
const SALES: &str = r#"[group.sales]
name = "TAG Sales"
members = ["ann"]
assigned = true
"#;
/// At the end the worlds agree, and there is one group.
const ONE_GROUP: &str = r#"[finally]
worlds = "agree"
golinks.groups.total = 1
"#;
/// At the end the worlds agree, and there is one account.
const ONE_ACCOUNT: &str = r#"[finally]
worlds = "agree"
golinks.accounts.total = 1
"#;
/// At the end the worlds agree.
const AGREE: &str = r#"[finally]
worlds = "agree"
"#;

/// A user is created.
pub const CREATE: LifeText = &[
    "ends = \"30m\"\n",
    ANN,
    START,
    r#"[[at]]
after = "cycle 1"
expect.golinks.account.ann.active = true
expect.log.failures = 0
"#,
    AGREE,
];

/// Mapped attributes change.
pub const UPDATE: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    r#"jobTitle = "Engineer"
department = "Sales"
"#,
    START,
    r#"[[at]]
time = "10m"
do = { update = { ann = { jobTitle = "Lead", department = "Support" } } }
"#,
    AGREE,
];

/// Blocked from sign-in.
pub const DISABLE: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    START,
    r#"[[at]]
time = "10m"
do = { disable = "ann" }
[[at]]
after = "next cycle"
expect.golinks.account.ann.active = false
"#,
    AGREE,
];

/// Deleted, then deleted for good.
pub const DELETE: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    START,
    r#"[[at]]
time = "10m"
do = { delete = "ann" }
[[at]]
time = "50m"
do = { purge = "ann" }
"#,
    AGREE,
    "golinks.accounts.total = 0\n",
];

/// A manager is set and changed. The service sends no request when one is removed, so that is left
/// to the check of the request.
pub const MANAGER: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    BOB,
    CYD,
    START,
    r#"[[at]]
time = "10m"
do = { update = { ann = { manager = "bob" } } }
[[at]]
after = "next cycle"
expect.worlds = "agree"
[[at]]
time = "50m"
do = { update = { ann = { manager = "cyd" } } }
"#,
    AGREE,
];

/// Unassigned, then assigned again.
pub const RESTORE: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    START,
    r#"[[at]]
time = "10m"
do = { unassign = "ann" }
[[at]]
after = "next cycle"
expect.golinks.account.ann.active = false
[[at]]
time = "50m"
do = { assign = "ann" }
"#,
    ONE_ACCOUNT,
    "golinks.account.ann.active = true\n",
];

/// Provisioned on demand.
pub const ON_DEMAND: LifeText = &[
    "ends = \"10m\"\n",
    ANN,
    r#"[[at]]
time = "0d"
do = { provision_on_demand = "ann" }
[finally]
ondemand.ann.result = "Success"
golinks.account.ann.active = true
"#,
];

/// The account is there before the user.
pub const ADOPT: LifeText = &[
    "ends = \"30m\"\n",
    ANN,
    r#"jobTitle = "Lead"
[golinks.account.ann]
userName = "ann.okafor@DOMAIN"
displayName = "Before"
title = "Before"
active = true
"#,
    START,
    ONE_ACCOUNT,
    "requests.post = 0\n",
];

/// Everything is evaluated again, and nothing has changed.
pub const QUIET: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    r#"jobTitle = "Lead"
department = "Sales"
"#,
    BOB,
    START,
    r#"[[at]]
time = "10m"
do = { restart = ["Full"] }
"#,
    AGREE,
    r#"requests.post = 2
requests.patch = 0
requests.delete = 0
"#,
];

/// The account is made, and the answer is lost.
pub const LOST_ANSWER: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    r#"[[fault]]
name = "lost answer"
reset = "after"
when = { method = "POST" }
until = "5m"
"#,
    START,
    ONE_ACCOUNT,
];

/// Another name, userName and e-mail address.
pub const RENAME: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    START,
    r#"[[at]]
time = "10m"
do = { update = { ann = { surname = "Adeyemi", displayName = "Ann Adeyemi", userPrincipalName = "ann.adeyemi@DOMAIN", mail = "ann.adeyemi@DOMAIN" } } }
"#,
    ONE_ACCOUNT,
];

/// Four users leave, each for another cause.
pub const LEAVER: LifeText = &[
    r#"ends = "60m"
[people]
assigned = false
"#,
    ANN,
    "assigned = true\n",
    BOB,
    "assigned = true\n",
    CYD,
    "assigned = true\n",
    DEE,
    r#"assigned = false
[group.team]
name = "Team"
members = ["dee"]
assigned = true
"#,
    START,
    r#"[[at]]
after = "cycle 1"
expect.golinks.accounts.active = 4
[[at]]
time = "10m"
do = [{ disable = "ann" }, { delete = "bob" }, { unassign = "cyd" }, { remove_member = { group = "team", user = "dee" } }]
"#,
    AGREE,
    "golinks.accounts.active = 0\n",
];

/// Blocked, and let in again.
pub const RETURN: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    START,
    r#"[[at]]
time = "10m"
do = { disable = "ann" }
[[at]]
time = "50m"
do = [{ enable = "ann" }, { update = { ann = { jobTitle = "Back" } } }]
"#,
    ONE_ACCOUNT,
    r#"golinks.account.ann.active = true
requests.post = 1
"#,
];

/// The account is deleted by hand at the server; the user changes, and the job is restarted.
pub const GONE: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    START,
    r#"[[at]]
time = "20m"
do = { update = { ann = { jobTitle = "Lead" } } }
[[at]]
time = "50m"
do = { restart = ["Full"] }
"#,
    ONE_ACCOUNT,
];

/// Joiners, movers, leavers and returns, with faults by chance; then calm for two cycles.
pub const CONVERGE: LifeText = &[
    "ends = \"250m\"\n",
    ANN,
    BOB,
    CYD,
    DEE,
    r#"[[fault]]
name = "unavailable"
respond = { status = 503 }
probability = 0.2
until = "150m"
[[fault]]
name = "lost answers"
reset = "after"
probability = 0.2
until = "150m"
"#,
    START,
    r#"[[at]]
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
"#,
    AGREE,
    "golinks.accounts.total = 5\n",
];

/// A group with a member is created.
pub const GROUP_CREATE: LifeText = &["ends = \"30m\"\n", ANN, SALES, START, ONE_GROUP];

/// A group is renamed.
pub const GROUP_UPDATE: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    SALES,
    START,
    r#"[[at]]
time = "10m"
do = { update_group = { sales = { name = "TAG Sales and Service" } } }
"#,
    ONE_GROUP,
];

/// A member is added.
pub const GROUP_ADD: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    BOB,
    SALES,
    START,
    r#"[[at]]
time = "10m"
do = { add_member = { group = "sales", user = "bob" } }
"#,
    AGREE,
];

/// One of two members is removed.
pub const GROUP_REMOVE: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    BOB,
    r#"[group.sales]
name = "TAG Sales"
members = ["ann", "bob"]
assigned = true
"#,
    START,
    r#"[[at]]
time = "10m"
do = { remove_member = { group = "sales", user = "bob" } }
"#,
    AGREE,
];

/// A group is deleted.
pub const GROUP_DELETE: LifeText = &[
    "ends = \"60m\"\n",
    ANN,
    SALES,
    START,
    r#"[[at]]
time = "10m"
do = [{ delete_group = "sales" }, { purge_group = "sales" }]
"#,
    AGREE,
    "golinks.groups.total = 0\n",
];

/// A group is provisioned on demand, with a member.
pub const GROUP_ON_DEMAND: LifeText = &[
    "ends = \"10m\"\n",
    ANN,
    SALES,
    r#"[[at]]
time = "0d"
do = { provision_on_demand = { group = "sales", users = ["ann"] } }
[finally]
ondemand.sales.result = "Success"
golinks.groups.total = 1
"#,
];

/// A group is unassigned, then assigned again.
pub const GROUP_RESTORE: LifeText = &[
    "ends = \"100m\"\n",
    ANN,
    SALES,
    START,
    r#"[[at]]
time = "10m"
do = { unassign = { group = "sales" } }
[[at]]
after = "next cycle"
expect.golinks.groups.total = 0
[[at]]
time = "50m"
do = { assign = { group = "sales" } }
"#,
    ONE_GROUP,
];
