//! Whether the tenant lets a user sign in at all; an application may ask for more
//! (`Entra::may_sign_on`).
//!
//! Only a new sign-in passes here: a session that the application has already is out of Entra's
//! reach.

use super::{Lifecycle, Tenant, UserKey};
use crate::base::Time;

/// What ended the sessions of a user at Entra.
#[derive(Clone, Copy, Debug)]
pub(super) struct Revoked {
    /// How often that was done. Two may happen at one instant, so sessions compare this.
    times: u32,
    last: Time,
}

/// Why Entra refuses a sign-in. The codes are those of its sign-in page [sign-in-errors].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignOnError {
    /// The user is deleted, for good or not: AADSTS50034.
    UserNotFound,
    /// Another password than the user's was entered: AADSTS50126.
    WrongPassword,
    /// The user is blocked from sign-in: AADSTS50057.
    UserDisabled,
    /// The user has no userPrincipalName to sign in with (code assumed).
    NoSignInName,
    /// The application requires an assignment, and the user has none: AADSTS50105.
    NotAssigned,
    /// Sign-in to the application is switched off: AADSTS7000112.
    ApplicationDisabled,
    /// The application is deleted, for good or not: AADSTS700016.
    ApplicationNotFound,
    /// The attribute that the name at the application comes from is empty: AADSTS501241.
    NoNameId,
    /// The application asks for another way of signing in than by password: AADSTS75011.
    OtherContext,
}

impl SignOnError {
    /// The number after `AADSTS`.
    pub fn code(self) -> u32 {
        match self {
            SignOnError::UserNotFound | SignOnError::NoSignInName => 50_034,
            SignOnError::WrongPassword => 50_126,
            SignOnError::UserDisabled => 50_057,
            SignOnError::NotAssigned => 50_105,
            SignOnError::ApplicationDisabled => 7_000_112,
            SignOnError::ApplicationNotFound => 700_016,
            SignOnError::NoNameId => 501_241,
            SignOnError::OtherContext => 75_011,
        }
    }

    /// The code and the reason, in words.
    pub fn words(self) -> String {
        format!("AADSTS{}, {}", self.code(), self.reason())
    }

    /// The reason, in words.
    pub fn reason(self) -> &'static str {
        match self {
            SignOnError::UserNotFound => "the user is deleted",
            SignOnError::WrongPassword => "the password is wrong",
            SignOnError::UserDisabled => "the user is blocked from sign-in",
            SignOnError::NoSignInName => "the user has no userPrincipalName",
            SignOnError::NotAssigned => "the user is not assigned to the application",
            SignOnError::ApplicationDisabled => "sign-in to the application is switched off",
            SignOnError::ApplicationNotFound => "the application is deleted",
            SignOnError::NoNameId => "the user has no value for the name at the application",
            SignOnError::OtherContext => "the application asks for another way of signing in",
        }
    }
}

impl Tenant {
    /// Ends the sessions and refresh tokens that a user has at Entra. Those that applications have
    /// made are out of its reach [users-revoke-access].
    pub fn revoke_sessions(&mut self, user: UserKey, now: Time) {
        let times = self.times_revoked(user) + 1;
        self.revoked.insert(user, Revoked { times, last: now });
        for property in ["signInSessionsValidFromDateTime", "refreshTokensValidFromDateTime"] {
            self.note_changed(user, Some(property.into()));
        }
    }

    /// How often the sessions of a user were revoked: a session is good while that is what it was
    /// when the session began.
    pub fn times_revoked(&self, user: UserKey) -> u32 {
        self.revoked.get(&user).map_or(0, |revoked| revoked.times)
    }

    /// When the sessions of a user were last revoked.
    pub fn sessions_valid_from(&self, user: UserKey) -> Option<Time> {
        self.revoked.get(&user).map(|revoked| revoked.last)
    }

    /// The name with which a user comes to an application after signing in here.
    ///
    /// # Errors
    /// The reason why Entra refuses the user.
    pub fn sign_on(&self, user: UserKey) -> Result<&str, SignOnError> {
        let user = self.user(user);
        match (user.lifecycle(), user.enabled()) {
            (Lifecycle::SoftDeleted { .. } | Lifecycle::HardDeleted, _) => {
                Err(SignOnError::UserNotFound)
            }
            (Lifecycle::Active, false) => Err(SignOnError::UserDisabled),
            (Lifecycle::Active, true) => user.sign_in_name().ok_or(SignOnError::NoSignInName),
        }
    }
}
