//! The words of the portal and of the wire that are no codes of the log: the administrators' roles,
//! the ways to sign in, SCIM's error types, and the terms of the vendor's pages.

use super::words::{Word, word};
use crate::entra::admin::AdminRole;
use crate::entra::sign_in::AuthMethod;
use crate::scim::ScimType;

/// All of them, kind by kind.
pub fn all() -> impl Iterator<Item = Word> {
    let roles = AdminRole::WORDS.map(|(name, it)| word("role of an administrator", name, role(it)));
    let ways = AuthMethod::WORDS.map(|(name, it)| word("way to sign in", name, way(it)));
    let types = ScimType::ALL.map(|it| word("error type of SCIM", it.word(), scim_type(it)));
    let tables = [("error of a token endpoint", OAUTH), ("term", TERMS)];
    let rows = tables
        .into_iter()
        .flat_map(|(kind, rows)| rows.iter().map(move |(name, doc)| word(kind, name, doc)));
    roles.into_iter().chain(ways).chain(types).chain(rows)
}

fn role(role: AdminRole) -> &'static str {
    match role {
        AdminRole::GlobalAdministrator => {
            "May do everything in the directory, set up provisioning too."
        }
        AdminRole::ApplicationAdministrator => {
            "Manages all applications, and may set up provisioning.\nA scenario's administrator has this role unless \
             `role` says otherwise."
        }
        AdminRole::CloudApplicationAdministrator => {
            "Manages all applications but the application proxy, and may set up provisioning."
        }
        AdminRole::ApplicationOwner => {
            "Owns this one application, and may set up its provisioning."
        }
        AdminRole::GlobalReader => {
            "Reads nearly everything and changes nothing; the configuration of provisioning is hidden from it."
        }
        AdminRole::User => "No role of an administrator: sets up nothing.",
    }
}

fn way(way: AuthMethod) -> &'static str {
    match way {
        AuthMethod::Bearer => {
            "The job sends a secret token with every request: `Authorization: Bearer …`. It is what `entra.secret` says.\n\
             The token ends when GoLinks says so (`golinks.token.expires`), and the job does not renew it."
        }
        AuthMethod::ClientCredentials => {
            "The job shows client id and client secret at a token endpoint, and sends the access token that it gets \
             there (OAuth 2.0, RFC 6749 4.4).\nIt fetches a new one before that ends. `entra.oauth` has the settings."
        }
        AuthMethod::Federation => {
            "The job shows an assertion that the tenant signs at a token endpoint, in place of a secret (RFC 7523).\n\
             See `workload identity federation`."
        }
    }
}

fn scim_type(kind: ScimType) -> &'static str {
    match kind {
        ScimType::InvalidFilter => {
            "The filter could not be read, or the attribute cannot be filtered by (400)."
        }
        ScimType::TooMany => "There would be more results than the server will give (400).",
        ScimType::Uniqueness => "The value belongs to another resource (409).",
        ScimType::Mutability => "The attribute may not be changed (400).",
        ScimType::InvalidSyntax => "The body is not what a request of this kind needs (400).",
        ScimType::InvalidPath => {
            "The path of a PATCH operation could not be read, or names no attribute (400)."
        }
        ScimType::NoTarget => "The filter in the path of a PATCH operation meets no element (400).",
        ScimType::InvalidValue => "A value is missing, or of the wrong type (400).",
        ScimType::InvalidVers => "The version of the protocol is not supported (400).",
        ScimType::Sensitive => "The request would put into a URL what may not stand there (403).",
    }
}

/// What a token endpoint answers in `error` (RFC 6749 5.2).
const OAUTH: &[(&str, &str)] = &[
    (
        "invalid_client",
        "The token endpoint does not take the client: its id, its secret or its assertion (401).",
    ),
    ("invalid_request", "The form at the token endpoint lacks something, or has it twice (400)."),
    (
        "invalid_grant",
        "The code, the refresh token or the password that was shown is not good: wrong, used, or at its end (400).",
    ),
    ("invalid_scope", "The scope that was asked for is not given (400)."),
    (
        "unauthorized_client",
        "The client is not known in the tenant, or may not ask like this (400).",
    ),
    ("unsupported_grant_type", "The token endpoint gives no tokens for this grant type (400)."),
];

const TERMS: &[(&str, &str)] = &[
    (
        "object connection",
        "The service's knowledge which account belongs to a user or a group: a link, as the portal calls it.\n\
         `explain link` tells more; `delete_connection` deletes one while the job is stopped, and the object is then \
         matched anew. An expectation reads it as `link.<name>`.",
    ),
    (
        "steady state",
        "A cycle came to its end and left no change for the next one: all that could be done is done.\n\
         Failures that wait for a retry do not count against it, staged deletions do. Graph tells the first and the last \
         such instant (steadyStateFirstAchievedTime, steadyStateLastAchievedTime).",
    ),
    (
        "audit log",
        "Who changed the configuration of provisioning, and when; what became of users stands in the provisioning log.\n\
         `scimulator log FILE --audit` prints it, and an expectation reads audit.count and audit.last. Graph's, at \
         /auditLogs/directoryAudits, has the changes of the directory too.",
    ),
    (
        "accidental deletion",
        "Many accounts are about to be disabled or deleted at once, because somebody changed the scope, a group or a \
         filter.\n\
         The guard against it (`entra.delete_threshold`) stages them and sends nothing; see `TooManyDeletes`, \
         `allow_deletes` and `reject_deletes`.",
    ),
    (
        "threshold",
        "A number at which the job stops by itself.\n\
         `entra.delete_threshold` is that of disables and deletions in a cycle; the policies `quarantine_…` have those of \
         failures, above which the job is quarantined (`explain policies` lists them).",
    ),
    (
        "StagedAction",
        "How the vendor's page on accidental deletions calls a row of the log about a staged deletion; rows themselves \
         say stageddelete, Graph stagedDelete.\nSee `StagedDelete`.",
    ),
    (
        "staged",
        "Held back by the guard against deletions: nothing was sent; see `stageddelete` and `accidental deletion`.",
    ),
    (
        "dynamic group",
        "A group whose members are those for whom its rule is true: the directory keeps it, nobody adds members by hand.\n\
         `[group.<name>] rule = …` makes one; the rule is evaluated anew some time after a change \
         (`dynamic_group_eval_delay`).",
    ),
    (
        "deletion",
        "A user who is deleted goes to the recycle bin, and the account is disabled; once deleted for good, the account \
         is deleted.\n`explain delete`, `explain purge` and `explain recycle bin` tell more.",
    ),
    (
        "target",
        "The server that is provisioned: the mock GoLinks, or with --target one of your own. Also the account at it.",
    ),
    (
        "cell",
        "One of the runs of a scenario with `[matrix]`: one value of each axis. `--cell` plays one of them alone.",
    ),
    (
        "digest",
        "A number made of everything that happened in a run: two runs with the same digest went the same way.",
    ),
    ("seed", "The number from which all chance of a run comes: the same seed gives the same run."),
    (
        "aadOptscim062020",
        "The flag in the tenant URL (?aadOptscim062020) that makes the service write PATCH as RFC 7644 has it: words of \
         operations without capitals, Booleans that are none in quotation marks.\nIt is `dialect = \"compliant\"`.",
    ),
    (
        "soft delete",
        "An account is made inactive and not deleted: `active` becomes false. The policy `soft_delete` decides it.",
    ),
    ("hard delete", "An account is deleted with a DELETE, after its user was deleted for good."),
    (
        "app role",
        "What an assignment to an application carries: the application defines app roles, and mappings can send them.",
    ),
    (
        "assignment",
        "A user or a group is given an application, with an app role: with `scope = \"assigned\"` those alone are \
         provisioned.",
    ),
    (
        "recovered",
        "A quarantine was lifted: an attempt got through, or a button had cleared it and the next cycle went well.",
    ),
    ("quarantined", "Put into quarantine: see `quarantine`."),
    (
        "provisioned",
        "In scope, and given an account that is kept like the user; also: what the log has a row about.",
    ),
    (
        "scimType",
        "The word in a SCIM error that says what is wrong with the request, such as invalidFilter (RFC 7644 3.12).\n\
         `explain errors` lists them.",
    ),
    (
        "ListResponse",
        "The schema of a list (RFC 7644 3.4.2): totalResults, itemsPerPage, startIndex and Resources.",
    ),
    ("totalResults", "How many resources a search found in all, whatever the page holds."),
    ("itemsPerPage", "How many resources the page of a list holds."),
    ("startIndex", "With which resource a page of a list begins; the first is 1."),
    ("sortBy", "By which attribute a list is to be sorted; the service never asks for it."),
    (
        "sortOrder",
        "Whether a list is to be sorted `ascending` or `descending`; the service never asks for it.",
    ),
    ("meta.version", "The version of a resource, for ETags and If-Match (RFC 7644 3.14)."),
    (
        "excludedAttributes",
        "What a request asks to be left out of the answer: the service reads groups with excludedAttributes=members.",
    ),
    (
        "inputFilterGroups",
        "The second list of filters in a schema: it decides what is read from the directory at all. `set = \"input\"` in a \
         filter of the scenario stands for it.",
    ),
    (
        "WindowsAzureActiveDirectoryRole",
        "The `type` that the functions for app roles write into each role; no mapping can change it (B07).",
    ),
    (
        "IgnoreAttributeFlow",
        "An expression gives this for an attribute that is to be left as it is; see `IgnoreFlowIfNullOrEmpty`.",
    ),
    (
        "ProvisioningManagement",
        "The category of the audit log's rows about the configuration of provisioning.",
    ),
    ("GroupManagement", "The category of the audit log's rows about assignments of groups."),
    ("UserManagement", "The category of the audit log's rows about assignments."),
    (
        "correlated",
        "An account that was discovered and belongs to a user, by its matching attributes.",
    ),
];
