//! The vendor's words of the provisioning log, of restarts, of on-demand runs and of its sign-in
//! page, and the words by which a run is judged.
//!
//! The engine's own enumerations are matched without a wildcard, as in [`super::words`].

use super::words::{Word, word};
use crate::entra::job::audit::Activity;
use crate::entra::job::log::LogAction;
use crate::entra::job::steps::{StepKind, StepName};
use crate::scenario::play::Outcome;

/// All of them, kind by kind.
pub fn all() -> impl Iterator<Item = Word> {
    let actions = LogAction::ALL.map(|it| word("action of the log", it.word(), action(it)));
    let steps = StepKind::ALL.map(|it| word("kind of step", it.word(), step(it)));
    let names = StepName::ALL.map(|it| word("step", it.word(), step_name(it)));
    let outcomes = Outcome::ALL.map(|it| word("verdict", it.word(), outcome(it)));
    let activities =
        Activity::ALL.map(|it| word("activity of the audit log", it.word(), activity(it)));
    let tables = [
        ("initiator of the audit log", &INITIATORS[..]),
        ("flag of a restart", &FLAGS[..]),
        ("status of the log", &STATUSES[..]),
        ("category of an error", &CATEGORIES[..]),
        ("skip reason in the field", &OTHER_SKIPS[..]),
        ("result on demand", &ON_DEMAND[..]),
        ("account that was discovered", &DISCOVERED[..]),
        ("sign-in error", &SIGN_IN[..]),
        ("term", &TERMS[..]),
    ];
    let rows = tables
        .into_iter()
        .flat_map(|(kind, rows)| rows.iter().map(move |(name, doc)| word(kind, name, doc)));
    let of_log = actions.into_iter().chain(steps).chain(names).chain(activities);
    of_log.chain(outcomes).chain(rows)
}

fn activity(activity: Activity) -> &'static str {
    match activity {
        Activity::UpdateSettings => "Credentials or settings of the job were saved.",
        Activity::Start => "Provisioning was started.",
        Activity::Stop => "Provisioning was stopped.",
        Activity::Restart => {
            "Provisioning was restarted; staged deletions are allowed and rejected by it too."
        }
        Activity::UpdateMappings => "Mappings, filters or the scope were saved.",
        Activity::Delete => "The job was deleted.",
        Activity::DeleteConnection => {
            "The connection of a user or a group with its account was deleted."
        }
        Activity::Quarantine => "The provisioning service put the job into quarantine.",
        Activity::TestConnection => "A test of the connection began, or was refused.",
        Activity::ProvisionOnDemand => "A run on demand began, or was refused.",
        Activity::DiscoverIdentities => "A discovery of accounts began, or was refused.",
        Activity::Assign => "A user was assigned to the application.",
        Activity::Unassign => "The assignment of a user was taken away.",
        Activity::AssignGroup => "A group was assigned to the application.",
        Activity::UnassignGroup => "The assignment of a group was taken away.",
    }
}

/// By which names the audit log says what did something, beside clients of Graph and users who are
/// signed in: those have their own.
const INITIATORS: [(&str, &str); 4] = [
    (
        "Azure AD Provisioning Service",
        "The provisioning service, of what no administrator asked for.",
    ),
    ("Microsoft Entra ID", "The directory by itself, as when the recycle bin is emptied."),
    (
        "User Administrator",
        "What a scenario does to users: the people who administer have no names here, so the least role that may do it \
         stands for them.",
    ),
    (
        "Groups Administrator",
        "What a scenario does to groups: the least role that may do it stands for the people who administer.",
    ),
];

fn action(action: LogAction) -> &'static str {
    match action {
        LogAction::Create => "An account or a group was to be made at the application.",
        LogAction::Update => {
            "An account or a group was to be changed; switching an account on again is an update too."
        }
        LogAction::Disable => {
            "An account was to become inactive: the user left the scope, was blocked or was deleted."
        }
        LogAction::Delete => "An account or a group was to be deleted at the application.",
        LogAction::StagedDelete => {
            "An account was about to be disabled or deleted, and `delete_threshold` staged it: nothing was sent."
        }
        LogAction::Other => "Nothing was to be written; the skip reason says why.",
    }
}

fn step(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Import => "The object was read from the directory.",
        StepKind::Scoping => "It was decided whether the object is in scope.",
        StepKind::Matching => "Its account was looked for, by a query or by the link.",
        StepKind::Processing => "It was computed what the account should look like.",
        StepKind::ReferenceResolution => "The account of a manager or of a member was looked for.",
        StepKind::Export => "The account was written, or left alone.",
    }
}

fn step_name(name: StepName) -> &'static str {
    match name {
        StepName::EntryImport => {
            "The object was read, or its account was found at the application."
        }
        StepName::EntryImportAdd => "An object was read that the job did not know before.",
        StepName::EntryImportUpdate => "An object was read that is linked with an account.",
        StepName::EntryImportDelete => "An object was read that is deleted for good.",
        StepName::EntryImportObjectNotFound => {
            "The account that the object is linked with is gone."
        }
        StepName::EntrySynchronizationScoping => {
            "The scope was evaluated: active, assigned, role, filters."
        }
        StepName::EntrySynchronizationAdd => "An account has to be created.",
        StepName::EntrySynchronizationUpdate => "The account has to be updated or disabled.",
        StepName::EntrySynchronizationDelete => "The account has to be deleted.",
        StepName::EntrySynchronizationSkip => "Nothing is written; the skip reason says why.",
        StepName::EntryExportAdd => "The account was created with a POST.",
        StepName::EntryExportUpdate => "The account was updated with a PATCH.",
        StepName::EntryExportUpdateSoftDelete => "The account was disabled: `active` became false.",
        StepName::EntryExportDelete => "The account was deleted with a DELETE.",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Green => "Every expectation was met.",
        Outcome::Failed => "An expectation was not met.",
        Outcome::KnownBad => {
            "An expectation was not met in a cell of a matrix that says `known_bad`."
        }
        Outcome::Surprise => {
            "Every expectation was met in a cell of a matrix that says `known_bad`: take it off the list."
        }
        Outcome::CannotTell => {
            "At a server that is not ours (`--target`) it did not come out as the scenario says, and the story needs \
             what only the mock has.\nOf a check of verify: what it needs did not hold, or the server gave no answer."
        }
        Outcome::Unfinished => {
            "The run ended before its time, and every expectation until then was met.\nOf a swarm: a life was not \
             played to its end."
        }
        Outcome::Cut => {
            "The command line (`--until`) ended the run before its file does: what was judged was met, and the rest \
             was not judged."
        }
    }
}

/// The flags of `resetScope` [g:restart].
const FLAGS: [(&str, &str); 7] = [
    ("None", "Forgets nothing: a stopped job goes on. `start` does the same."),
    (
        "Watermark",
        "Forgets how far the cycles have come: the next one is initial and looks at everything in scope.",
    ),
    (
        "Escrows",
        "Forgets the failures, and stops their retries: what failed is tried when it changes, or is read anew.",
    ),
    ("QuarantineState", "Lifts the quarantine; the next cycle judges the condition again."),
    (
        "ConnectorDataStore",
        "Forgets the links and all else that is known of the accounts: everything is matched anew.\nUsers who left the \
         scope and were not looked at since keep their accounts.",
    ),
    ("ForceDeletes", "Carries out what `delete_threshold` has staged, as `allow_deletes` does."),
    (
        "Full",
        "All of the others; the staged deletions only by the policy `full_includes_force_deletes`.",
    ),
];

/// The status of a row or a step that no other table has [g:statusinfo].
const STATUSES: [(&str, &str); 1] = [(
    "warning",
    "It went well, but for a part that was left out. Which rows end so, `unresolved_reference` decides.",
)];

/// The categories of errors [g:errinfo].
const CATEGORIES: [(&str, &str); 4] = [
    (
        "failure",
        "The fault of the service, or of how provisioning is set up; Graph writes `failure`.",
    ),
    (
        "nonServiceFailure",
        "The fault of the application or of the data: what the application answered with an error.",
    ),
    ("success", "The row went well: there is no error."),
    (
        "serviceFailure",
        "A fault of the service itself. Graph has no such word: it writes `failure` for it.",
    ),
];

/// Skip reasons that the vendor writes and that this engine writes otherwise.
const OTHER_SKIPS: [(&str, &str); 1] = [(
    "UnprocessableEntry",
    "The object has no value for any matching attribute; seen in the field where the vendor's pages have ImportSkipped, \
     which is what this log writes.",
)];

/// How a run on demand ended [g:pod].
const ON_DEMAND: [(&str, &str); 3] = [
    ("Success", "Something was written, and nothing failed."),
    ("Skipped", "Nothing had to be done, or nothing may be done; the skip reason says why."),
    ("Failure", "The connection test, the import or a write failed."),
];

/// What account discovery says of an account [g:correlated].
const DISCOVERED: [(&str, &str); 4] = [
    ("uncorrelated", "A local account: no user matches it."),
    ("correlatedNotAssigned", "A user matches it who is not assigned to the application."),
    ("correlatedAssigned", "A user matches it who is assigned to the application."),
    ("failToCorrelate", "Which user matches it cannot be told."),
];

const TERMS: [(&str, &str); 3] = [
    (
        "retries",
        "How often a failed object was tried again so far; the row of its first failure has 0.\n`explain escrow` says \
         when it is tried.",
    ),
    (
        "known",
        "A failure that was known: a cell of a matrix with `known_bad`, or a check in a list of known failures.",
    ),
    ("stopped", "The run ended before its time; see `explain unfinished`."),
];

/// The numbers of the vendor's sign-in page that this tenant gives [sign-in-errors].
#[rustfmt::skip]
const SIGN_IN: [(&str, &str); 48] = [
    ("AADSTS28000", "The scope names more than one resource."),
    ("AADSTS50011", "The redirect or reply URL of the request is not one of those that the application has registered."),
    ("AADSTS50027", "A token or an assertion is malformed, or its signature is not good."),
    ("AADSTS50034", "There is no such user in the directory, or the user is deleted."),
    ("AADSTS50057", "The user is blocked from sign-in."),
    ("AADSTS50058", "Nobody is signed in, and the request does not allow the user to be asked."),
    ("AADSTS50105", "The application requires an assignment, and the user has none: assign the user or one of the user's groups."),
    ("AADSTS50126", "The password of the user is wrong."),
    ("AADSTS50173", "The refresh token was revoked; the user must sign in again."),
    ("AADSTS54005", "The authorization code was used before."),
    ("AADSTS65001", "Neither the user nor an administrator has consented to the application."),
    ("AADSTS70000", "The code or the refresh token is not valid."),
    ("AADSTS70003", "The grant type is none that the token endpoint takes."),
    ("AADSTS70005", "The response type is none that the tenant gives."),
    ("AADSTS70008", "The code or the refresh token has expired."),
    ("AADSTS70011", "The scope is not valid."),
    ("AADSTS70016", "The user has not entered the device code yet: ask again later."),
    ("AADSTS70018", "The device code is not known."),
    ("AADSTS70019", "The device code has expired."),
    ("AADSTS75005", "The SAML request cannot be read."),
    ("AADSTS75011", "The application asks for another way of signing in than the one that was used."),
    ("AADSTS75016", "The application asks for a format of the user's name that is not supported."),
    ("AADSTS76021", "The application requires signed requests, and this one is not signed, or its signature is not good."),
    ("AADSTS90002", "There is no tenant of this name or id here."),
    ("AADSTS500011", "The resource of the scope is not in this tenant."),
    ("AADSTS501241", "The user has no value for the name that the application is to get."),
    ("AADSTS501481", "The code verifier does not match the code challenge."),
    ("AADSTS501491", "The code challenge is of the wrong size or method."),
    ("AADSTS700016", "No application of this id or identifier is in the tenant."),
    ("AADSTS700021", "The assertion was issued for another client."),
    ("AADSTS700023", "The audience of the assertion is not this tenant."),
    ("AADSTS700024", "The assertion is not good yet, or not any more."),
    ("AADSTS700025", "A public client has shown a secret or an assertion, and has none to show."),
    ("AADSTS700027", "The key that signed the assertion is not one of the application's."),
    ("AADSTS750054", "There is no SAML request in what the browser brought."),
    ("AADSTS900144", "The form lacks a parameter that must be there."),
    ("AADSTS900236", "The SAML request has a part that the vendor does not take."),
    ("AADSTS900561", "The endpoint does not take requests of this method."),
    ("AADSTS900971", "The application has registered no address for Responses."),
    ("AADSTS1002012", "Client credentials ask for the scope of a whole resource: its identifier with /.default."),
    ("AADSTS7000112", "Sign-in to the application is switched off."),
    ("AADSTS7000215", "The client secret is wrong."),
    ("AADSTS7000216", "The client shows neither a secret nor an assertion."),
    ("AADSTS7000218", "The client shows neither a secret nor an assertion where it must, as it is no public one."),
    ("AADSTS7000222", "The client secret has expired."),
    ("AADSTS7000229", "The application is registered, and has no service principal in the tenant."),
    ("AADSTS7500529", "The id of the SAML request is no id: it begins with a number, or has a sign that none may have."),
    ("AADSTS9002313", "The request is malformed, or larger than it may be."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::error_code::ErrorCode;
    use crate::entra::job::ResetScope;
    use crate::entra::job::steps::StepStatus;
    use crate::entra::job::{Correlation, OnDemandResult};
    use crate::scenario::explain::topics;

    /// The numbers of at least five digits that a source file has, as they stand before `_`.
    fn numbers(source: &str) -> impl Iterator<Item = String> + '_ {
        let words = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let number = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        number.map(|word| word.replace('_', "")).filter(|word| word.len() >= 5)
    }

    #[test]
    fn every_word_that_is_printed_as_a_status_a_code_or_a_kind_is_explained() {
        let sources = [
            include_str!("../../entra/authority/error.rs"),
            include_str!("../../entra/authority/assertion.rs"),
            include_str!("../../entra/sign_on/refusal.rs"),
            include_str!("../../entra/tenant/sign_on.rs"),
        ];
        let numbers = sources.into_iter().flat_map(numbers);
        let numbers =
            numbers.filter(|number| number.parse::<u32>().is_ok_and(|it| it != 2_225_119));
        let mut known: Vec<String> = numbers.map(|number| format!("AADSTS{number}")).collect();
        assert!(known.len() > 40, "{known:?}");
        let results = [OnDemandResult::Success, OnDemandResult::Skipped, OnDemandResult::Failure];
        let steps =
            [StepStatus::Success, StepStatus::Warning, StepStatus::Failure, StepStatus::Skipped];
        let categories = ErrorCode::ALL.iter().map(|code| code.category().word());
        let words = LogAction::ALL.map(LogAction::word).into_iter();
        let words = words.chain(StepKind::ALL.map(StepKind::word));
        let words = words.chain(StepName::ALL.map(StepName::word));
        let words = words.chain(Outcome::ALL.map(Outcome::word));
        let words =
            words.chain(results.map(OnDemandResult::word)).chain(steps.map(StepStatus::word));
        let words = words.chain(categories);
        let words = words.chain(ResetScope::FLAGS).chain(Correlation::WORDS);
        // The codes of the vendor's pages, whether or not this engine gives each.
        let listed = "NotEffectivelyEntitled RedundantExport AttributeValidationFailed UnprocessableEntry \
            UnableToResolveReferenceAttributeValue Conflict EntryConflict TooManyRequests InternalServerError \
            InsufficientRights MethodNotAllowed NotPermitted Unauthorized UnprocessableEntity \
            WebExceptionProtocolError InvalidAnchor NotImplemented MandatoryFieldsMissing MissingValues \
            SchemaAttributeNotFound InternalError InvalidDomain Timeout LicenseLimitExceeded \
            DuplicateTargetEntries DuplicateSourceEntries ImportSkipped EntrySynchronizationSkipped \
            SystemForCrossDomainIdentityManagementMultipleEntriesInResponse \
            SystemForCrossDomainIdentityManagementServiceIncompatible SchemaPropertyCanOnlyAcceptValue \
            warning serviceFailure retries other stageddelete unfinished surprise cut";
        known.extend(words.chain(listed.split_whitespace()).map(str::to_owned));
        for name in known {
            let found = topics::find(&name).unwrap_or_else(|help| panic!("{name}: {help}"));
            let is_word = found.iter().any(|topic| topic.name.eq_ignore_ascii_case(&name));
            assert!(is_word, "{name} is explained as a part of other names alone");
        }
    }
}
