//! What a swarm checks: a name and a sentence each.

/// Writes the table of checks: variant, name, what it finds.
macro_rules! checks {
    ($($check:ident $name:literal $means:literal;)+) => {
        /// One check.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum LifeCheck {
            $(#[doc = $means] $check,)+
        }

        impl LifeCheck {
            /// All of them.
            pub const ALL: &[LifeCheck] = &[$(LifeCheck::$check),+];

            /// Its name, such as `user.inactive`.
            pub fn name(self) -> &'static str {
                match self { $(LifeCheck::$check => $name),+ }
            }

            /// What it finds.
            pub fn means(self) -> &'static str {
                match self { $(LifeCheck::$check => $means),+ }
            }
        }
    };
}

#[rustfmt::skip]
checks! {
    UserMissing "user.missing" "A user in scope has no account.";
    UserInactive "user.inactive" "The account of a user in scope is inactive: the user cannot use the application.";
    UserSeveral "user.several" "A user in scope has more than one account that is active.";
    UserStillActive "user.still-active" "The account of a user who left, or is out of scope, is still active.";
    UserStillExists "user.still-exists" "A user was deleted for good while assigned, and the account is still there.";
    UserDiffers "user.differs" "An attribute of an account is not what the mapping makes of the user; the attribute is said after it.";
    UserMultiplied "user.multiplied" "A list of an account has several elements of one type, though one was sent; the attribute is said after it.";
    GroupMissing "group.missing" "A group in scope is not at the target.";
    GroupSeveral "group.several" "A group in scope is at the target more than once.";
    GroupStillExists "group.still-exists" "A group that is to be gone is still at the target.";
    GroupLacks "group.lacks" "A member is missing in a group at the target.";
    GroupHolds "group.holds" "A member is in a group at the target and should not be.";
    GroupDiffers "group.differs" "An attribute of a group is not what the mapping makes of it; the attribute is said after it.";
    GroupMultiplied "group.multiplied" "A group at the target has a member more than once.";
    AccountsTooMany "accounts.too-many" "There are more accounts than there ever were people, strangers with an account from the beginning included.";
    AccountsSecond "accounts.second" "A second account is created for a user who has one.";
    AccountsOfAnother "accounts.of-another" "A write about one user goes to the account of another.";
    WriteOutOfScope "write.out-of-scope" "A write about a user or a group that is out of scope, but to disable or to delete.";
    WriteDisable "write.disable" "A write disables the account of a user who is in scope.";
    WriteUnread "write.unread" "A write about a user or a group that the filters do not let be read.";
    WriteDelete "write.delete" "A DELETE about a user who is not deleted for good, or was unassigned and disabled first; or about a group that is in scope.";
    PaceRate "pace.rate" "The service sends sooner than its rate allows.";
    PaceConcurrency "pace.concurrency" "The service awaits more answers at a time than it may.";
    PaceRetryAfter "pace.retry-after" "The service does not wait as long as a 429 asks for.";
    CycleOutside "cycle.outside" "A request outside of a cycle that no run on demand sends.";
    QuarantineEarly "quarantine.early" "A cycle in quarantine begins before its attempt is due.";
    StepRefused "step.refused" "A step of the life was refused, so that the life is not the one that was meant.";
}

impl LifeCheck {
    /// Its name with the attribute that it found, as `user.differs department`.
    pub(super) fn of(self, attribute: &str) -> String {
        format!("{} {attribute}", self.name())
    }
}
