//! References: a manager is set in an update of its own, after the accounts are there [how-works].
//!
//! Who manages whom is looked up when it comes to that, by the links: a manager without an account
//! is left out, and one who gets an account in a later cycle is not filled in before a restart
//! [known-issues].

use super::cycle::Referring;
use super::diff;
use super::log::{Action, Modified, SkipReason};
use super::passage::{Desk, Next, Outcome, Passage, Step};
use super::requests::Say;
use super::settle::{self, Asked, Trouble};
use crate::base::Time;
use crate::entra::call::Reply;
use crate::entra::mapping::{Apply, Flow, Mapping, ObjectMapping};
use crate::entra::scope;
use crate::entra::tenant::Tenant;
use crate::scim::Object;

/// What a passage sets.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The mapping row.
    row: usize,
    /// The manager's account.
    target: Box<str>,
}

impl Passage {
    /// Whether it sets a manager, and is not the passage of the user itself.
    pub fn is_reference(&self) -> bool {
        self.reference.is_some()
    }

    /// Whether a manager may have to be set once this passage has ended so.
    pub(super) fn leaves_reference(&self, outcome: &Outcome, users: &ObjectMapping) -> bool {
        let Some(row) = users.manager().map(|row| &users.rows()[row]) else { return false };
        let went_well = match outcome {
            Outcome::Success => matches!(self.action, Action::Create | Action::Update),
            Outcome::Skipped(SkipReason::RedundantExport) => true,
            _ => false,
        };
        let flows = row.apply != Apply::OnlyOnCreate || self.action == Action::Create;
        went_well
            && flows
            && !self.is_reference()
            && self.scoping.in_scope()
            && users.actions.update
    }

    /// Looks up whom the account is to refer to, and what has to be said for it.
    pub(super) fn refer(
        who: Referring,
        tenant: &Tenant,
        now: Time,
        desk: &Desk<'_>,
    ) -> (Passage, Next) {
        let Referring { user, shown } = who;
        let person = tenant.user(user);
        let passed = desk.schema.filters.pass(person, &desk.settings.policy);
        let scoping = scope::evaluate(tenant.facts(user), desk.scope, passed);
        let mut passage = Passage {
            action: Action::Update,
            target: desk.links.get(user).map(|link| link.target.clone()),
            shown_manager: shown,
            ..Passage::bare(user, person.handle().clone(), scoping, now)
        };
        let row = desk.users().manager();
        let (Some(manager), Some(row), true) = (tenant.manager(user), row, scoping.in_scope())
        else {
            // Nulls are not provisioned outbound, so nobody is taken away either.
            return (passage, Next::Settled(Outcome::Silent));
        };
        let Some(target) = desk.links.get(manager).map(|link| link.target.clone()) else {
            return (
                passage,
                Next::Settled(Outcome::Skipped(SkipReason::UnableToResolveReference)),
            );
        };
        if passage.target.is_none() || passage.shown_manager.as_ref() == Some(&target) {
            return (passage, Next::Settled(Outcome::Silent));
        }
        passage.reference = Some(Reference { row, target });
        let next = match desk.settings.policy.check_reference {
            true => passage.ask(desk),
            false => passage.set(desk),
        };
        (passage, next)
    }

    fn ask(&mut self, desk: &Desk<'_>) -> Next {
        self.step = Step::Referring;
        let manager = self.reference.as_ref().map_or("", |reference| &reference.target);
        Next::Say(Say::refers(desk.settings, self.target.as_deref().unwrap_or_default(), manager))
    }

    fn set(&mut self, desk: &Desk<'_>) -> Next {
        let Some(Reference { row, target }) = &self.reference else {
            return Next::Settled(Outcome::Silent);
        };
        let row = &desk.users().rows()[*row];
        self.step = Step::Writing;
        self.modified =
            vec![Modified::new(row, self.shown_manager.clone(), Flow::Text(target.clone()))];
        let body = diff::reference_patch(row, self.shown_manager.is_some(), target, desk.settings);
        Next::Say(Say::patch(desk.settings, self.target.as_deref().unwrap_or_default(), body))
    }

    /// Takes in the answer to the question whether the manager is there, or to the update.
    pub(super) fn hear_reference(
        &mut self,
        reply: Reply,
        desk: &Desk<'_>,
    ) -> Result<Next, Trouble> {
        if self.step == Step::Writing {
            settle::settle(Asked::Update, reply)?;
            return Ok(Next::Settled(Outcome::Success));
        }
        let response = settle::settle(Asked::Query, reply)?;
        match settle::page(&response)?.total_results {
            0 => Ok(self.set(desk)),
            _ => Ok(Next::Settled(Outcome::Silent)),
        }
    }
}

/// The manager that an account shows: an object with `value`, below its URN.
pub(super) fn manager_of(account: &Object, row: &Mapping) -> Option<Box<str>> {
    let value = row.target.path.find(account)?.as_object()?.get("value")?;
    value.as_text().filter(|text| !text.is_empty()).map(Box::from)
}
