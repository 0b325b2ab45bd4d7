//! Passwords of users: a sign-in asks for one where a scenario has set it, and nothing shows it.

use super::{SignOnError, Tenant, UserKey};

/// A password.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Box<str>);

impl Password {
    /// A password; none is an empty text.
    pub fn new(text: &str) -> Option<Password> {
        (!text.is_empty()).then(|| Password(text.into()))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

impl Tenant {
    /// Whether a user has a password, so that a sign-in asks for it.
    pub fn has_password(&self, user: UserKey) -> bool {
        self.passwords.contains_key(&user)
    }

    /// Whether any user has one.
    pub fn has_passwords(&self) -> bool {
        !self.passwords.is_empty()
    }

    /// Checks the password that was entered for a user; any will do for one without.
    ///
    /// # Errors
    /// When it is another one. A deleted user is unknown before that [sign-in-errors].
    pub fn check_password(&self, user: UserKey, entered: &str) -> Result<(), SignOnError> {
        if let Err(gone @ SignOnError::UserNotFound) = self.sign_on(user) {
            return Err(gone);
        }
        match self.passwords.get(&user) {
            Some(password) if &*password.0 != entered => Err(SignOnError::WrongPassword),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_nowhere() {
        let shown = format!("{:?} {:?}", Password::new("opensesame"), Password::new(""));
        assert_eq!(shown, "Some(Password) None");
    }
}
