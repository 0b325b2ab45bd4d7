//! The words in the program's output that are no settings: error codes, skip reasons, quarantine
//! reasons, states, HTTP statuses, and the terms of provisioning.
//!
//! The engine's own codes are matched without a wildcard, so a new code does not compile until it
//! is explained here.

use std::sync::Arc;

use super::{portal, vendor};
use crate::entra::error_code::ErrorCode;
use crate::entra::job::log::{SkipReason, Unresolved};
use crate::entra::job::quarantine::Reason;
use crate::entra::job::{JobStatus, ScheduleState};

/// A word with its explanation.
pub struct Word {
    /// What it is: `error code`, `status of the job`.
    pub kind: &'static str,
    /// The word as it is printed.
    pub name: &'static str,
    /// The summary in the first line, its consequences in further lines.
    pub doc: &'static str,
}

/// All words, kind by kind.
pub fn all() -> impl Iterator<Item = Word> {
    let errors = ErrorCode::ALL.iter().map(|code| word("error code", code.word(), error(*code)));
    let skips = skips().into_iter().map(|it| word("skip reason", it.word(), skip(&it)));
    let reasons = REASONS.into_iter().map(|it| word("quarantine reason", it.word(), reason(it)));
    let states = STATES.into_iter().map(|it| word("state of the schedule", it.word(), state(it)));
    let statuses = STATUSES.into_iter().map(|it| word("status of the job", it.word(), status(it)));
    let tables = [("status of HTTP", &HTTP[..]), ("term", &TERMS[..])];
    let others = tables
        .into_iter()
        .flat_map(|(kind, rows)| rows.iter().map(move |(name, doc)| word(kind, name, doc)));
    let own = errors.chain(skips).chain(reasons).chain(states).chain(statuses).chain(others);
    own.chain(portal::all()).chain(vendor::all())
}

pub(super) fn word(kind: &'static str, name: &'static str, doc: &'static str) -> Word {
    Word { kind, name, doc }
}

const ENTRY_CONFLICT: &str = "A create met 409: the userName or another unique value belongs to an account already.\n\
     The matching attribute did not find that account: look at the lookup before the POST.";
const TOO_MANY_REQUESTS: &str = "The application throttles: it answered 429.\n\
     A cycle waits as long as Retry-After says and sends the request again. One that would be held up by that for \
     longer than `retry_after_max` fails instead, and its object is tried again in later cycles. So does one without \
     Retry-After, with `honor_retry_after = false`, or in a run on demand, at once.";

const INSUFFICIENT_RIGHTS: &str = "The application answered 403: the secret is known, and this may not be done with it, or the application has no \
     seat left; its words say which.";
const DUPLICATE_ROLES: &str = "Two app roles of the application have one name.\n\
     The job is quarantined at once, whatever its objects do, until each role has a name of its own.";
const VALIDATION_FAILURE: &str = "The connection test was answered, and the credentials were refused (401 or 403).\n\
     With OAuth also: the token endpoint refused the client (400, 401 or 403), for its secret is wrong or has ended, \
     or its assertion is not trusted.";
const VALIDATION_UNAVAILABLE: &str = "The connection test got no usable answer: nothing, an error, or what is no SCIM list.\n\
     With OAuth also: the token endpoint gave no access token, for it is down, slow, or not there.";

const SEVERAL_MATCH: &str = "The application found several accounts for one user, by its totalResults.\n\
     The engine takes none of them. Either several accounts have the value (leave it to one, or match by an \
     attribute that is unique there), or the filter was not obeyed.";
const LINKED_ALREADY: &str = "The account that was found is linked to another user already.\n\
     The first keeps it; `on_shared_target` decides about the second. Two users may have the matching value, or \
     the account still has a value that was once the first one's.";
const SEVERAL_CAME: &str =
    "Several resources came where one was expected, so the filter was not obeyed.";
const NO_SEAT: &str = "GoLinks has no seat left.\n\
    Given only with `codes_by_words`; without it the status of the answer decides.";
const INVALID_DOMAIN: &str = "GoLinks does not accept the domain of a value.\n\
    Given only with `codes_by_words`; without it the status of the answer decides.";
const ONE_VALUE: &str = "A mapping gives several values to an attribute that takes one.";
const INTERNAL_ERROR: &str = "The provisioning service failed by itself, and the application was not asked.\n\
     The object is tried again; the fault `service_error` plays it.";
const FIELDS_MISSING: &str = "A value that GoLinks requires was not sent.\n\
    Given only with `codes_by_words`; without it the status of the answer decides.";
const VALUES_MISSING: &str = "An attribute was sent without a value that GoLinks takes.\n\
    Given only with `codes_by_words`; without it the status of the answer decides.";
const CONFLICT: &str = "A create met 409, and the answer does not say that another account has such a value.\n\
    Given only with `codes_by_words`; without it every create that meets 409 is an EntryConflict.";
const ATTRIBUTE_UNKNOWN: &str = "GoLinks does not know an attribute that is mapped.\n\
    Given only with `codes_by_words`; without it the status of the answer decides.";
const NOT_PERMITTED: &str = "GoLinks does not permit it for this account.\n\
    Given only with `codes_by_words`; without it the status of the answer decides.";

fn error(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::EntryConflict => ENTRY_CONFLICT,
        ErrorCode::Conflict => CONFLICT,
        ErrorCode::TooManyRequests => TOO_MANY_REQUESTS,
        ErrorCode::InternalServerError => {
            "The application failed inside: it answered 500 or another status of that hundred.\n\
             The object is tried again, ever more rarely."
        }
        ErrorCode::InternalError => INTERNAL_ERROR,
        ErrorCode::Unauthorized => {
            "The application answered 401: it does not know the secret token.\n\
             It is no failure of one object: the job is quarantined until a new secret is saved."
        }
        ErrorCode::InsufficientRights => INSUFFICIENT_RIGHTS,
        ErrorCode::MethodNotAllowed => {
            "The application answered 405: it does not offer this method, such as PATCH or DELETE."
        }
        ErrorCode::UnprocessableEntity => {
            "The application answered 422: it understood the request and refuses what it asks for."
        }
        ErrorCode::WebExceptionProtocolError => {
            "The connection was refused or broken, or its certificate is not trusted.\n\
             What a broken connection was asked to do may have been done all the same."
        }
        ErrorCode::InvalidAnchor => {
            "The linked account is not found: a request for its id got 404.\n\
             It was deleted there, or has another id by now; `on_missing_target` decides what follows. A restart keeps the link;\n\
             a restart with Full, or deleting the connection, has the object matched anew."
        }
        ErrorCode::NotImplemented => {
            "The application answered 501: it has not built this part of SCIM."
        }
        ErrorCode::Timeout => {
            "No answer came in time (`request_timeout`).\n\
             The application may have carried the request out all the same."
        }
        ErrorCode::DuplicateTargetEntries => SEVERAL_MATCH,
        ErrorCode::DuplicateSourceEntries => LINKED_ALREADY,
        ErrorCode::ServiceIncompatible => {
            "The answer was not understood, or a request was refused as bad (400).\n\
             The detail says what was missing: a schema, an id, a list."
        }
        ErrorCode::ServiceIncompatibleFiltering => {
            "A changed value collides with another account: an update met 409."
        }
        ErrorCode::MultipleEntriesInResponse => SEVERAL_CAME,
        ErrorCode::DuplicateAppRoles => DUPLICATE_ROLES,
        ErrorCode::LicenseLimitExceeded => NO_SEAT,
        ErrorCode::InvalidDomain => INVALID_DOMAIN,
        ErrorCode::MandatoryFieldsMissing => FIELDS_MISSING,
        ErrorCode::MissingValues => VALUES_MISSING,
        ErrorCode::SchemaAttributeNotFound => ATTRIBUTE_UNKNOWN,
        ErrorCode::NotPermitted => NOT_PERMITTED,
        ErrorCode::EntrySynchronizationError => {
            "A mapping could not be evaluated for this user.\n\
             `explain expression '…' --user <name>` shows the step that fails."
        }
        ErrorCode::SchemaPropertyCanOnlyAcceptValue => ONE_VALUE,
        ErrorCode::CredentialValidationFailure => VALIDATION_FAILURE,
        ErrorCode::CredentialValidationUnavailable => VALIDATION_UNAVAILABLE,
    }
}

fn skip(reason: &SkipReason) -> &'static str {
    match reason {
        SkipReason::NotEffectivelyEntitled(_) => {
            "The user is out of scope, and the causes follow: not active, not assigned, without a role, \
             outside the filters.\n`explain scope <name>` shows each of them."
        }
        SkipReason::RedundantExport => {
            "What the application has matches already, so nothing is sent. Of a user out of scope only one thing counts: \
             the account is inactive; its other values, such as a name that a deletion has changed, are not compared then."
        }
        SkipReason::ImportSkipped => {
            "The user has no value for any matching attribute, so no account can be looked for."
        }
        SkipReason::AttributeValidationFailed(_) => {
            "An attribute that the application requires has no value, so no account is created."
        }
        SkipReason::UnableToResolveReference(_) => {
            "The manager, or a member of a group, is not connected with an account and is left out; an account that is \
             there and was not matched does not count.\n\
             Nothing sends it later by itself: it goes with the next change, or after a restart."
        }
        SkipReason::AddDisabled => "Creating is switched off in the mapping.",
        SkipReason::UpdateDisabled => "Updating, and so disabling, is switched off in the mapping.",
        SkipReason::DeleteDisabled => {
            "Deleting is switched off in the mapping, so the account stays."
        }
        SkipReason::EntrySynchronizationSkipped => {
            "An expression of the mapping says that the whole user is to be skipped."
        }
        SkipReason::RestoreNotSupported => {
            "The account is inactive, and provisioning on demand switches none on again.\n\
             The next cycle does, when the user has changed; a restart does in any case."
        }
        SkipReason::TooManyDeletes => {
            "The account was about to be disabled or deleted, and a cycle reached `delete_threshold`, this one or one before it: it is \
             staged.\n\
             Nothing is sent for it by cycles until the user is back in scope, until `allow_deletes`, until an initial cycle counts \
             fewer than the threshold, or until the guard is off; with `staged_left = \"send\"` any cycle that counts fewer sends it."
        }
    }
}

/// One of each skip reason.
fn skips() -> [SkipReason; 11] {
    [
        SkipReason::NotEffectivelyEntitled(Vec::new()),
        SkipReason::RedundantExport,
        SkipReason::ImportSkipped,
        SkipReason::AttributeValidationFailed(Arc::from("")),
        SkipReason::UnableToResolveReference(Unresolved::Manager),
        SkipReason::AddDisabled,
        SkipReason::UpdateDisabled,
        SkipReason::DeleteDisabled,
        SkipReason::EntrySynchronizationSkipped,
        SkipReason::RestoreNotSupported,
        SkipReason::TooManyDeletes,
    ]
}

const REASONS: [Reason; 8] = [
    Reason::BaseEscrowThreshold,
    Reason::TotalEscrowThreshold,
    Reason::EscrowProportionThreshold,
    Reason::QuarantineException,
    Reason::TooManyDeletes,
    Reason::QuarantinedOnDemand,
    Reason::IngestionInterrupted,
    Reason::Unknown,
];

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::BaseEscrowThreshold => {
            "Too many objects fail, those that only lack a reference left out."
        }
        Reason::TotalEscrowThreshold => "Too many objects fail, of whatever kind.",
        Reason::EscrowProportionThreshold => "Too large a share of all objects fails.",
        Reason::QuarantineException => {
            "A cycle failed as a whole: the credentials are refused, or the application does not answer \
             as one does."
        }
        Reason::IngestionInterrupted => {
            "The service could not go on reading the directory; the next attempt ends it.\n\
             The vendor lists the word alone. `quarantine = \"IngestionInterrupted\"` plays it."
        }
        Reason::Unknown => {
            "The service gives no reason; the next attempt ends it.\n\
             The vendor lists the word alone. `quarantine = \"Unknown\"` plays it."
        }
        Reason::QuarantinedOnDemand => {
            "The vendor's staff quarantined the job; the next attempt ends it, or `start` or `restart`."
        }
        Reason::TooManyDeletes => {
            "A cycle was about to disable or delete as many accounts as `delete_threshold` says, and staged them.\n\
             `allow_deletes` carries them out; a repair of the scope and `reject_deletes` leave them out."
        }
    }
}

const STATES: [ScheduleState; 3] =
    [ScheduleState::Active, ScheduleState::Paused, ScheduleState::Disabled];

fn state(state: ScheduleState) -> &'static str {
    match state {
        ScheduleState::Active => "Provisioning is on: a cycle comes every forty minutes.",
        ScheduleState::Paused => {
            "Provisioning was stopped; what it knows is kept, and `start` goes on."
        }
        ScheduleState::Disabled => {
            "Provisioning was never started, or was given up after four weeks of quarantine."
        }
    }
}

const STATUSES: [JobStatus; 5] = [
    JobStatus::NotConfigured,
    JobStatus::NotRun,
    JobStatus::Active,
    JobStatus::Paused,
    JobStatus::Quarantine,
];

fn status(status: JobStatus) -> &'static str {
    match status {
        JobStatus::NotConfigured => "The job has no credentials.",
        JobStatus::NotRun => "The job is configured, and its first cycle has not ended.",
        JobStatus::Active => "The job runs at its usual pace.",
        JobStatus::Paused => "The job was stopped.",
        JobStatus::Quarantine => "The job tries only rarely, or was given up; see `quarantine`.",
    }
}

/// The HTTP statuses that occur in this program.
const HTTP: [(&str, &str); 18] = [
    ("200", "The request was carried out, and the answer holds the resource or the list."),
    ("201", "The account was created; the answer holds it, with its id."),
    ("204", "The request was carried out, and there is nothing to say."),
    ("400", "The request is malformed, or a value in it is; `scimType` says which way."),
    ("401", "The token is missing, unknown, expired or revoked: the job is quarantined."),
    ("403", "The token is known and may not do this, or there is no seat left."),
    ("404", "There is no such account, or no such path."),
    ("405", "The method is not offered for this path."),
    ("409", "A unique value, such as the userName, belongs to another account."),
    ("413", "The body is too large."),
    ("415", "The media type or the encoding of the body is not taken."),
    ("422", "The request is understood and refused."),
    (
        "429",
        "Too many requests: Retry-After says how long to wait.\n`explain TooManyRequests` says when the engine waits \
         and when the object fails; `retry_after_max` is the longest wait.",
    ),
    ("500", "The application failed inside."),
    ("501", "The application has not built this."),
    ("502", "A proxy got no usable answer from the application."),
    ("503", "The application is not available now; Retry-After may say until when."),
    ("504", "A proxy waited for the application in vain."),
];

/// The terms that the reports and the page use.
const TERMS: [(&str, &str); 50] = [
    (
        "enterprise application",
        "What users and groups are assigned to in the directory; each has a provisioning job of its own, with scope, \
         mappings, secret, quarantine, log and mails.\n\
         A scenario has one, called `main`, and others by tables [app.<name>]. Two that provision one workspace link \
         the same accounts: who is unassigned from one of them loses the account for both.",
    ),
    (
        "workspace",
        "A customer's GoLinks: its accounts, tokens and settings.\n\
         A scenario has one, called `main`, and others by tables [workspace.<name>], each below a path of its own, such \
         as `/sandbox/scim/v2`. The path of a request says which is meant.",
    ),
    (
        "token endpoint",
        "Where a job with OAuth gets its access tokens: it shows client id and secret, or an assertion.\n\
         Without a token nothing is sent, and the cycle fails as a whole.",
    ),
    (
        "access token",
        "What a job with OAuth sends in every request: it is good for an hour or so, and fetched anew before it ends.",
    ),
    (
        "client secret",
        "What a client shows at the token endpoint: it is good for one to three years, and several may be good at a time.",
    ),
    (
        "workload identity federation",
        "Signing in without a secret: the tenant signs an assertion, and the application checks it by the keys that \
         the tenant publishes.",
    ),
    (
        "assertion",
        "The token that the tenant signs for the token endpoint: issuer, subject, audience and times must be those \
         that the application expects, and its key must be known.",
    ),
    (
        "escrow",
        "Where an object waits that failed: it is tried again in later cycles, ever more rarely, \
                and given up after 28 days.",
    ),
    (
        "quarantine",
        "The job tries only rarely, from hours up to a day apart, because cycles fail as a whole or \
                    too many objects fail.\nIt ends with the first attempt that gets through; after four weeks \
                    the job is disabled.",
    ),
    (
        "idle",
        "An answer that says success to a write that changed nothing; or a cycle that found nothing to write, and sends \
         its connection probe alone.\n\
         A write changes nothing when the application had the value already; when it takes a request and leaves a part \
         of it out, as an attribute that it does not know, or what a quirk makes it ignore; when a member to be added is \
         there, or one to be removed is not; or when something else answered in its place: a fault with `respond`, a \
         proxy, a page that says 200.",
    ),
    (
        "probe",
        "The request at the beginning of each cycle, for a user who does not exist: it shows whether the \
               application answers and takes the secret.",
    ),
    (
        "initial cycle",
        "The first cycle, and the one after a restart: it looks at every object in scope.",
    ),
    (
        "incremental cycle",
        "Any other cycle: it looks at what has changed since the watermark, and at what waits in \
                           escrow.",
    ),
    (
        "watermark",
        "How far in the directory's changes the cycles have come. A cycle that comes to its end moves it, also with \
         failed objects (`EntryLevelErrors`), which wait in escrow; one that fails as a whole, or is interrupted, does not.",
    ),
    (
        "retry",
        "A failed object or request is tried again later; `explain escrow` and `explain 429` say when.",
    ),
    ("link", "The engine's knowledge which account is whose: the id that the application gave."),
    ("anchor", "The id of an account at the application, by which a link holds it."),
    ("matching", "Finding the account of a user who has no link, by the matching attributes."),
    (
        "scope",
        "Who is to have an account: assigned to the application (or everyone), active, and let through by \
               the filters.",
    ),
    (
        "worlds",
        "The directory as it intends and GoLinks as it is: they agree when every person is right there.",
    ),
    (
        "exposure",
        "How long a user who had left, or was out of scope, could still use GoLinks: the account was active.",
    ),
    ("leaver", "A person who was blocked from sign-in or deleted."),
    ("recycle bin", "Where a deleted user stays for 30 days, and can be restored from."),
    (
        "tombstone",
        "The user name that a deleted user has in the recycle bin, which frees the old one.",
    ),
    ("provisioning log", "A row for each object that a cycle did something about, or passed over."),
    (
        "success",
        "The application answered a write with success; whether it did what it said shows only there.",
    ),
    (
        "skipped",
        "Nothing was to be done about the row's object, or nothing may be; a skip reason says why.",
    ),
    (
        "failure",
        "The row's object could not be written; an error code says why, and it waits in escrow.",
    ),
    ("EntryLevelErrors", "The cycle came to its end, and some of its objects failed."),
    ("Succeeded", "The cycle came to its end, and none of its objects failed."),
    (
        "Failed",
        "The cycle was broken off: the credentials were refused, or the application did not answer.",
    ),
    (
        "Healthy",
        "Nothing failed at the last cycle, every user and group in scope is right at GoLinks, and no fault is \
               known that the next cycle will meet.",
    ),
    (
        "Outage ahead",
        "Nothing failed at the last cycle, and the next one will fail at its probe, as GoLinks is \
               then: out of order, or in maintenance.",
    ),
    ("Outage", "As Outage ahead, and GoLinks is so already."),
    (
        "Secret refused ahead",
        "Nothing failed at the last cycle, and the next one will fail at its probe, as GoLinks \
               refuses the secret then: it has ended, or was revoked.",
    ),
    ("Secret refused", "As Secret refused ahead, and GoLinks refuses it already."),
    ("Secret missing", "The next cycle will fail at its probe, as the job has no secret to send."),
    (
        "Token refused ahead",
        "As Secret refused ahead, where the job sends an access token or the tenant's own token.",
    ),
    ("Token refused", "As Token refused ahead, and GoLinks refuses it already."),
    (
        "Fault ahead",
        "Nothing failed at the last cycle, and the probe of the next one will meet a fault that it \
               gets past: a late answer, or a wait that GoLinks asks for.",
    ),
    ("Fault", "As Fault ahead, and GoLinks is so already."),
    ("Nobody in scope", "No user is to have an account, and none has one that should not."),
    ("out of scope", "Not assigned, or outside the filters, but neither blocked nor deleted."),
    (
        "blocked or deleted",
        "Blocked from sign-in, or deleted from the directory: the user is a leaver.",
    ),
    (
        "Differing",
        "A user or group is not right at GoLinks, and provisioning sees nothing to do about it; others may wait for a cycle.",
    ),
    ("Pending", "A user or group is not right at GoLinks yet; a cycle to come will see to it."),
    (
        "Failures",
        "A user or group fails and is tried again; the reason of the last failure is told.",
    ),
    ("throttled", "Answered 429: the cycle waits and goes on, or the object fails."),
    ("lost", "A call that was refused, reset, or not answered in time."),
    (
        "too late",
        "An answer that came after the engine had given up: the application did it, the engine does not \
                  know.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::explain::{lookup, topics};

    #[test]
    fn every_word_is_found_by_its_name_alone() {
        let lists = [topics::all()];
        for Word { kind, name, doc } in all() {
            assert!(doc.ends_with('.') && !doc.contains("  "), "{name}: {doc}");
            let found = lookup::find(&lists, name).unwrap_or_else(|help| panic!("{name}: {help}"));
            assert!(found.iter().any(|topic| topic.kind == kind), "{name} is no {kind}");
        }
    }

    #[test]
    fn every_sample_is_another_word() {
        let mut names: Vec<_> = all().map(|word| (word.kind, word.name)).collect();
        let many = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), many);
    }
}
