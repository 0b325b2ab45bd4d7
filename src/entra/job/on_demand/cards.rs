//! The steps of a run as the portal shows them: a card each, in a fixed order [on-demand].
//!
//! A card gathers steps of the provisioning log. The connection test has one only when it fails;
//! what is out of scope and has no account gets none after the scope.

use super::run::{OnDemandRun, Stopped};
use crate::entra::job::log::{LogStatus, SkipReason};
use crate::entra::job::steps::{ProvisioningStep, StepKind, StepStatus};

/// What a card is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Step 1: test connection.
    TestConnection,
    /// Step 2: import the user.
    Import,
    /// Step 3: determine whether the user is in scope.
    Scope,
    /// Step 4: match the user with an account.
    Match,
    /// Step 5: perform the action.
    Action,
}

impl Stage {
    /// All of them, in the portal's order.
    pub const ALL: [Stage; 5] =
        [Stage::TestConnection, Stage::Import, Stage::Scope, Stage::Match, Stage::Action];

    /// The word of the scenario format.
    pub fn word(self) -> &'static str {
        match self {
            Stage::TestConnection => "test",
            Stage::Import => "import",
            Stage::Scope => "scope",
            Stage::Match => "match",
            Stage::Action => "action",
        }
    }

    /// The portal's heading; `kind` is `user` or `group`.
    pub fn heading(self, kind: &str) -> String {
        match self {
            Stage::TestConnection => "Test connection".to_owned(),
            Stage::Import => format!("Import {kind}"),
            Stage::Scope => format!("Determine if {kind} is in scope"),
            Stage::Match => format!("Match {kind} between source and target system"),
            Stage::Action => "Perform action".to_owned(),
        }
    }

    fn gathers(self, kind: StepKind) -> bool {
        match self {
            Stage::TestConnection => false,
            Stage::Import => kind == StepKind::Import,
            Stage::Scope => kind == StepKind::Scoping,
            Stage::Match => kind == StepKind::Matching,
            Stage::Action => matches!(
                kind,
                StepKind::Processing | StepKind::ReferenceResolution | StepKind::Export
            ),
        }
    }
}

/// One card.
#[derive(Clone, PartialEq, Debug)]
pub struct Card {
    /// What it is about.
    pub stage: Stage,
    /// How it went.
    pub status: StepStatus,
    /// The steps of the object's row that it gathers; none when the run was stopped here.
    pub steps: Vec<ProvisioningStep>,
}

impl OnDemandRun {
    /// The cards of the run.
    pub fn cards(&self) -> Vec<Card> {
        let failed = |stage| vec![Card { stage, status: StepStatus::Failure, steps: Vec::new() }];
        match (&self.stopped, self.row()) {
            (Some(Stopped::ConnectionTest(_)), _) => failed(Stage::TestConnection),
            (Some(Stopped::NotFound(_)), _) => failed(Stage::Import),
            (_, None) => Vec::new(),
            (_, Some(row)) => {
                let entitled = !matches!(
                    row.status,
                    LogStatus::Skipped(SkipReason::NotEffectivelyEntitled(_))
                );
                let taken = row.steps();
                let shown =
                    Stage::ALL.into_iter().filter(|stage| entitled || *stage != Stage::Action);
                shown
                    .filter_map(|stage| {
                        let steps = taken.iter().filter(|step| stage.gathers(step.kind));
                        let steps: Vec<ProvisioningStep> = steps.cloned().collect();
                        let status = steps.iter().map(|step| step.status).max_by_key(gravity)?;
                        Some(Card { stage, status, steps })
                    })
                    .collect()
            }
        }
    }
}

/// How grave a status is: a card shows the gravest of its steps.
fn gravity(status: &StepStatus) -> u8 {
    match status {
        StepStatus::Success => 0,
        StepStatus::Skipped => 1,
        StepStatus::Warning => 2,
        StepStatus::Failure => 3,
    }
}
