//! What a restart forgets: the API's reset scope.

use crate::entra::policy::Policy;

/// What a restart forgets [g:restart].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResetScope {
    /// The watermark, so that the next cycle is initial.
    pub watermark: bool,
    /// The failures, which also stops their retries.
    pub escrows: bool,
    /// The quarantine; its condition is judged again in the next cycle.
    pub quarantine_state: bool,
    /// The links and everything else remembered about accounts; discouraged.
    pub connector_data_store: bool,
    /// The staged deletions are no longer held back, and the next cycle carries them out
    /// [accidental].
    pub force_deletes: bool,
}

impl ResetScope {
    /// Nothing is forgotten.
    pub const NONE: ResetScope = ResetScope {
        watermark: false,
        escrows: false,
        quarantine_state: false,
        connector_data_store: false,
        force_deletes: false,
    };

    /// The scope of the portal's button, and of the API without flags [how-works].
    pub const PORTAL: ResetScope = ResetScope {
        watermark: true,
        escrows: true,
        quarantine_state: true,
        connector_data_store: false,
        force_deletes: false,
    };

    /// The scope of "Allow deletes" [accidental].
    pub const ALLOW_DELETES: ResetScope = ResetScope { force_deletes: true, ..ResetScope::NONE };

    /// The API's flags, as Graph spells them.
    pub const FLAGS: [&'static str; 7] = [
        "None",
        "Watermark",
        "Escrows",
        "QuarantineState",
        "ConnectorDataStore",
        "ForceDeletes",
        "Full",
    ];

    /// Reads the API's flags; without flags the scope is that of the portal's button.
    ///
    /// # Errors
    /// The first flag that is unknown.
    pub fn read<'a>(flags: &[&'a str], policy: &Policy) -> Result<ResetScope, &'a str> {
        if flags.is_empty() {
            return Ok(ResetScope::PORTAL);
        }
        let mut scope = ResetScope::NONE;
        for flag in flags {
            match *flag {
                "None" => {}
                "Watermark" => scope.watermark = true,
                "Escrows" => scope.escrows = true,
                "QuarantineState" => scope.quarantine_state = true,
                "ConnectorDataStore" => scope.connector_data_store = true,
                "ForceDeletes" => scope.force_deletes = true,
                "Full" => scope = scope.union(ResetScope::full(policy)),
                other => return Err(other),
            }
        }
        Ok(scope)
    }

    /// The scope of the flag `Full`: everything, and by policy the staged deletions too.
    fn full(policy: &Policy) -> ResetScope {
        ResetScope {
            connector_data_store: true,
            force_deletes: policy.full_includes_force_deletes,
            ..ResetScope::PORTAL
        }
    }

    /// Returns a scope that forgets what either of two scopes forgets.
    pub fn union(self, other: ResetScope) -> ResetScope {
        ResetScope {
            watermark: self.watermark || other.watermark,
            escrows: self.escrows || other.escrows,
            quarantine_state: self.quarantine_state || other.quarantine_state,
            connector_data_store: self.connector_data_store || other.connector_data_store,
            force_deletes: self.force_deletes || other.force_deletes,
        }
    }

    /// The flags in words.
    pub fn words(&self) -> String {
        let rows = [
            (self.watermark, "watermark"),
            (self.escrows, "escrows"),
            (self.quarantine_state, "quarantine"),
            (self.connector_data_store, "links"),
        ];
        let said: Vec<&str> = rows.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
        let forgotten = match said.as_slice() {
            [] => "nothing forgotten".to_owned(),
            said => format!("forgetting {}", said.join(", ")),
        };
        match self.force_deletes {
            true => format!("{forgotten}, staged deletions allowed"),
            false => forgotten,
        }
    }
}
