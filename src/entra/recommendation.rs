//! What a row of the provisioning log says about an error beside its code: the category, and the
//! recommended action.
//!
//! The remedies are those of [logs-howto], in our own words; they name what can be done in a
//! scenario where there is something.

use super::error_code::ErrorCode;
use super::job::log::{LogAction, LogEntry, LogStatus};
use super::job::quarantine::{QuarantineCause, Reason};
use super::job::{Dropped, NextTry};

/// Whose fault an error is [g:errinfo].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorCategory {
    /// The service's, or the configuration's.
    Failure,
    /// The application's, or the data's.
    NonServiceFailure,
}

impl ErrorCategory {
    /// Graph's word for it.
    pub fn word(self) -> &'static str {
        match self {
            ErrorCategory::Failure => "failure",
            ErrorCategory::NonServiceFailure => "nonServiceFailure",
        }
    }
}

const NAME_ROLES_APART: &str =
    "Give each app role of the application a name of its own (`entra.app_roles`).";

const SERVICE_FAILED: &str =
    "Nothing: the fault lies within the provisioning service, and the object is tried again.";
const RUN_AGAIN: &str = "Run it on demand again later. If it goes on, ask the application's administrator why it fails.";
const START: &str = "Start provisioning: it is tried again then, and not before. If it goes on, ask the application's administrator \
     why it fails.";
const NOTHING_LEFT: &str = "Nothing: a cycle has found since that nothing is left to do.";
const NOT_READ: &str = "Nothing tries it again while a filter keeps the object from being read.";
const GIVEN_UP: &str = "Mend what makes it fail; then restart provisioning or change the object, since nothing else tries it again.";
const JOB_DELETED: &str = "Nothing tries it again, since the job was deleted. Start provisioning: a new job looks at everything.";
const APPLICATION_DELETED: &str = "Nothing tries it again, since the application was deleted. If it is restored, start provisioning: a new job looks at everything.";
const BUY_SEATS: &str = "Buy seats in the application, or take users out of the scope.";
const CORRECT_DOMAIN: &str = "Correct the domain, or have the application accept it.";
const GIVE_VALUE: &str = "Give the attribute a value in the directory, or map one to it.";
const CORRECT_ROW: &str = "Take the attribute out of the mapping, or correct its name.";
const CORRECT_MAPPING: &str = "Correct the mapping, or the value that it reads.";
const MAP_ONE_VALUE: &str =
    "Map one value to this attribute, or make it multi-valued in the schema.";

const RULE_ON_DELETIONS: &str = "Look at the staged rows of the log. Allow the deletions if they are meant; otherwise put what \
     is to stay back in scope (assign, restore, correct the filter) and then reject the deletions. What is left of them \
     waits until it is allowed or rejected, however little it is.";
const RULE_BEFORE_THEY_ARE_SENT: &str = "Look at the staged rows of the log. Allow the deletions if they are meant; otherwise put what \
     is to stay back in scope (assign, restore, correct the filter), all of it: what is left of them is sent without \
     being allowed, once a cycle counts fewer than the threshold.";
const WAIT_OR_START: &str =
    "Nothing in the application: start or restart provisioning, or wait for the next attempt.";
const LOOK_AT_FAILURES: &str =
    "Look at the failures in the provisioning log, mend their cause, and restart provisioning.";

const SHOW_WHAT_IS_ACCEPTED: &str = "Save a client secret that the token endpoint accepts, or have the application trust the keys of the tenant, and \
     test the connection.";
const REACH_TOKEN_ENDPOINT: &str = "Check that the token endpoint can be reached and issues access tokens (`entra.oauth.token_url`).";
const LOOK_FOR_THE_ACCOUNT: &str = "Look for the account in the application. If it is there under another id, disable it by hand; a deleted \
     connection ends the retries, and nobody out of scope is matched anew.";

impl LogEntry {
    /// What to do about a failure after which this follows; `None` for other rows. Where no retry
    /// comes, none is promised.
    pub fn recommended_action(&self, next: Option<NextTry>) -> Option<&'static str> {
        let LogStatus::Failure(failure) = &self.status else { return None };
        Some(match (failure.code, self.action) {
            (ErrorCode::InvalidAnchor, LogAction::Disable | LogAction::Delete) => {
                LOOK_FOR_THE_ACCOUNT
            }
            _ if !failure.remedy.promises_retry() => failure.remedy.recommended_action(),
            _ => match next {
                // A run on demand that is not repeated leaves nothing to wait for.
                Some(NextTry::NotRepeated(_)) => RUN_AGAIN,
                Some(NextTry::GivenUp | NextTry::Dropped(Dropped::Pruned | Dropped::ByRestart)) => {
                    GIVEN_UP
                }
                Some(NextTry::OnceStarted) => START,
                Some(NextTry::Dropped(Dropped::NothingDue)) => NOTHING_LEFT,
                Some(NextTry::Dropped(Dropped::NotRead)) => NOT_READ,
                Some(NextTry::JobDeleted) => JOB_DELETED,
                Some(NextTry::ApplicationDeleted) => APPLICATION_DELETED,
                _ => failure.remedy.recommended_action(),
            },
        })
    }
}

impl QuarantineCause {
    /// What to do about it: about the deletions that wait [accidental], about nothing [quarantine],
    /// or about the error.
    pub fn recommended_action(&self) -> &'static str {
        let refused = self.code == Some(ErrorCode::CredentialValidationFailure);
        match (self.reason, self.remedy()) {
            (_, _) if self.at_token_endpoint && refused => SHOW_WHAT_IS_ACCEPTED,
            (_, _) if self.at_token_endpoint => REACH_TOKEN_ENDPOINT,
            (Reason::TooManyDeletes, _) if self.sends_left => RULE_BEFORE_THEY_ARE_SENT,
            (Reason::TooManyDeletes, _) => RULE_ON_DELETIONS,
            (
                Reason::QuarantinedOnDemand | Reason::IngestionInterrupted | Reason::Unknown,
                None,
            ) => WAIT_OR_START,
            // The retries alone have brought the quarantine about.
            (
                Reason::BaseEscrowThreshold
                | Reason::TotalEscrowThreshold
                | Reason::EscrowProportionThreshold,
                Some(code),
            ) if code.is_waited_for() || code == ErrorCode::Timeout => LOOK_AT_FAILURES,
            (_, Some(code)) => code.recommended_action(),
            (_, None) => LOOK_AT_FAILURES,
        }
    }
}

impl ErrorCode {
    /// Whether a retry is all that helps.
    fn is_waited_for(self) -> bool {
        matches!(
            self,
            ErrorCode::TooManyRequests | ErrorCode::InternalServerError | ErrorCode::InternalError
        )
    }

    /// Whether its recommended action says that the object is tried again.
    pub fn promises_retry(self) -> bool {
        self.is_waited_for()
            || matches!(self, ErrorCode::WebExceptionProtocolError | ErrorCode::Timeout)
    }

    /// Whose fault it is. What the application answered has been seen as nonServiceFailure [field:
    /// captured records]; the rest is assumed.
    pub fn category(self) -> ErrorCategory {
        match self {
            ErrorCode::InternalError
            | ErrorCode::EntrySynchronizationError
            | ErrorCode::SchemaPropertyCanOnlyAcceptValue
            | ErrorCode::DuplicateAppRoles => ErrorCategory::Failure,
            _ => ErrorCategory::NonServiceFailure,
        }
    }

    /// What to do about it.
    pub fn recommended_action(self) -> &'static str {
        match self {
            ErrorCode::EntryConflict | ErrorCode::Conflict => {
                "Correct the conflicting value in either system, delete the account that has it \
                 if it should not be there, or match by an attribute that finds it."
            }
            ErrorCode::TooManyRequests => {
                "Nothing: the application throttles, and the object is tried again."
            }
            ErrorCode::InternalServerError => {
                "Nothing at once: the object is tried again. If it goes on, ask the application's \
                 administrator why it fails."
            }
            ErrorCode::InternalError => SERVICE_FAILED,
            ErrorCode::Unauthorized | ErrorCode::CredentialValidationFailure => {
                "Save a secret token that the application accepts, and test the connection."
            }
            ErrorCode::InsufficientRights | ErrorCode::NotPermitted => {
                "Give the token's owner the rights to manage this account in the application."
            }
            ErrorCode::MethodNotAllowed | ErrorCode::NotImplemented => {
                "Check that the application supports this operation; ask its vendor."
            }
            ErrorCode::UnprocessableEntity => {
                "Check the configuration of the application and the values that are mapped to it."
            }
            ErrorCode::WebExceptionProtocolError => {
                "Check that the application can be reached by this URL and that its certificate is \
                 trusted; the object is tried again."
            }
            ErrorCode::InvalidAnchor => {
                "Stop provisioning and delete the connection of the object, or restart with Full, so \
                 that the object is matched anew. A restart alone keeps the connection."
            }
            ErrorCode::Timeout => {
                "Nothing at once: the object is tried again. If it goes on, ask why the \
                 application is slow."
            }
            ErrorCode::DuplicateTargetEntries => {
                "Look at what the application returns for this query. If several accounts have the \
                 value, leave it to one of them, or match by an attribute that is unique there; \
                 otherwise it does not obey the filter: ask its vendor."
            }
            ErrorCode::DuplicateSourceEntries => {
                "Find out whose account it is. If two users have the matching value, give one of \
                 them another, or match by an attribute that is unique in the directory; otherwise \
                 correct the value of the account in the application."
            }
            ErrorCode::ServiceIncompatible => {
                "Compare the application's answer with what SCIM asks for; ask its vendor."
            }
            ErrorCode::ServiceIncompatibleFiltering => {
                "Another account has the value already. Delete that account or change its value \
                 if it should not have it; otherwise correct the value in the directory."
            }
            ErrorCode::MultipleEntriesInResponse => {
                "Check that the application obeys the filter of a query."
            }
            ErrorCode::DuplicateAppRoles => NAME_ROLES_APART,
            ErrorCode::LicenseLimitExceeded => BUY_SEATS,
            ErrorCode::InvalidDomain => CORRECT_DOMAIN,
            ErrorCode::MandatoryFieldsMissing | ErrorCode::MissingValues => GIVE_VALUE,
            ErrorCode::SchemaAttributeNotFound => CORRECT_ROW,
            ErrorCode::EntrySynchronizationError => CORRECT_MAPPING,
            ErrorCode::SchemaPropertyCanOnlyAcceptValue => MAP_ONE_VALUE,
            ErrorCode::CredentialValidationUnavailable => {
                "Check that the application can be reached and answers as SCIM asks for."
            }
        }
    }
}
