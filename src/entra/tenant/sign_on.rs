//! Whether the tenant lets a user sign in to an application by single sign-on.
//!
//! Only a new sign-in passes here: a session that the application has already is out of Entra's
//! reach. An assignment is not asked for (assumed: the application does not require one).

use super::{Lifecycle, Tenant, UserKey};

/// Why Entra refuses a sign-in. The codes are those of its sign-in page [sign-in-errors].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SignOnError {
    /// The user is deleted, for good or not: AADSTS50034.
    UserNotFound,
    /// The user is blocked from sign-in: AADSTS50057.
    UserDisabled,
    /// The user has no userPrincipalName to sign in with (code assumed).
    NoSignInName,
}

impl SignOnError {
    /// The code and the reason, in words.
    pub fn words(self) -> &'static str {
        match self {
            SignOnError::UserNotFound => "AADSTS50034, the user is deleted",
            SignOnError::UserDisabled => "AADSTS50057, the user is blocked from sign-in",
            SignOnError::NoSignInName => "AADSTS50034, the user has no userPrincipalName",
        }
    }
}

impl Tenant {
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
