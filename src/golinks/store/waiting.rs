//! Names of people who get something as soon as an account of that name is there.

use crate::scim::compare::fold;

/// The names that are waited for: each a userName, or what stands before its `@`.
#[derive(Clone, Default)]
pub(crate) struct WaitingNames(Vec<Box<str>>);

impl WaitingNames {
    /// Waits for a name.
    pub(crate) fn add(&mut self, name: &str) {
        self.0.push(fold(name).into_owned().into());
    }

    /// Whether an account of this name, folded, is waited for; then it is no longer.
    pub(crate) fn take(&mut self, folded: &str) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let local = folded.split('@').next().unwrap_or(folded);
        let before = self.0.len();
        self.0.retain(|name| **name != *folded && **name != *local);
        self.0.len() < before
    }
}
