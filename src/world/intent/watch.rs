//! The comparison kept up to date by whoever looks often: it follows the journal and judges again whom something happened to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Counts, What, in_scope, model};
use crate::base::index::Lookup;
use crate::entra::tenant::{self, UserKey};
use crate::golinks::AccountId;
use crate::world::{Event, World};
use crate::{entra, golinks};

/// What is known of the comparison of the two worlds, and whom to judge again.
#[derive(Default)]
pub struct Watch {
    /// The last record that was read.
    seq: u64,
    /// The users there were when everybody was last put on the list.
    known: u32,
    scope: Vec<bool>,
    wrong: BTreeMap<UserKey, Vec<What>>,
    in_scope: usize,
    in_scope_wrong: usize,
    owners: Lookup<AccountId, UserKey>,
    /// Whom to judge again, and from which key on everybody.
    dirty: BTreeSet<UserKey>,
    rest: u32,
}

impl Watch {
    /// A watch that has seen nothing yet: its first looks judge everybody.
    pub fn new() -> Watch {
        Watch::default()
    }

    /// Follows the journal, and judges at most `budget` people again; what is left over waits for the next look.
    pub fn look(&mut self, world: &World, budget: usize) {
        self.follow(world);
        let count = world.entra().tenant().user_count() as u32;
        self.scope.resize(count as usize, false);
        for _ in 0..budget {
            let user = match self.dirty.pop_first() {
                Some(user) => user,
                None if self.rest < count => {
                    self.rest += 1;
                    UserKey(self.rest - 1)
                }
                None => return,
            };
            self.judge(world, user);
        }
    }

    /// Whether everybody has been judged since something last happened to them.
    pub fn is_current(&self, world: &World) -> bool {
        self.dirty.is_empty()
            && self.rest as usize >= world.entra().tenant().user_count()
            && self.seq == world.journal().last_seq()
    }

    /// Who is in scope, right and wrong, as far as judged.
    pub fn counts(&self) -> Counts {
        Counts { in_scope: self.in_scope, right: self.in_scope - self.in_scope_wrong, wrong: self.wrong.len() }
    }

    /// What is wrong about one person, as far as judged; empty when all is right.
    pub fn of_user(&self, user: UserKey) -> &[What] {
        self.wrong.get(&user).map_or(&[], Vec::as_slice)
    }

    /// Whether a person is in scope, as far as judged.
    pub fn in_scope(&self, user: UserKey) -> bool {
        self.scope.get(user.index()).is_some_and(|scope| *scope)
    }

    /// Those about whom the worlds differ, in user order.
    pub fn wrong(&self) -> impl Iterator<Item = (UserKey, &[What])> {
        self.wrong.iter().map(|(user, what)| (*user, what.as_slice()))
    }

    fn follow(&mut self, world: &World) {
        let journal = world.journal();
        match journal.since(self.seq) {
            Some(records) => {
                for record in records {
                    self.see(&record.event, world);
                }
            }
            // Too much has happened: everybody again, and nobody twice.
            None => self.everybody(),
        }
        self.seq = journal.last_seq();
    }

    fn everybody(&mut self) {
        self.dirty.clear();
        self.rest = 0;
    }

    fn see(&mut self, event: &Event, world: &World) {
        match event {
            Event::Entra(entra::Event::Tenant(event)) => self.see_directory(event, world),
            Event::Entra(entra::Event::SettingChanged(_)) => self.everybody(),
            Event::GoLinks(event) => self.see_golinks(event, world),
            _ => {}
        }
    }

    fn see_directory(&mut self, event: &tenant::Event, world: &World) {
        let tenant = world.entra().tenant();
        match event.about() {
            tenant::About::User(user) => self.dirty.extend(tenant.find_user(user)),
            tenant::About::Group(_) if matches!(event, tenant::Event::GroupDeleted { .. }) => self.everybody(),
            tenant::About::Group(group) => {
                let group = tenant.find_group(group);
                self.dirty.extend(group.into_iter().flat_map(|group| tenant.members(group)));
            }
        }
    }

    fn see_golinks(&mut self, event: &golinks::Event, world: &World) {
        use golinks::Event::{AccountChanged, AccountCreated, AccountDeleted, Deactivated, Reactivated};
        match event {
            AccountCreated { id, user_name }
            | AccountChanged { id, user_name, .. }
            | Deactivated { id, user_name }
            | Reactivated { id, user_name }
            | AccountDeleted { id, user_name } => {
                self.dirty.extend(self.owners.get(id));
                self.dirty.extend(world.entra().tenant().find_upn(user_name));
            }
            _ => {}
        }
    }

    fn judge(&mut self, world: &World, user: UserKey) {
        let was_wrong = self.wrong.remove(&user).is_some();
        let was = std::mem::replace(&mut self.scope[user.index()], in_scope(world, user));
        let is = self.scope[user.index()];
        let what = model::judge(world, user);
        for account in model::accounts(world, user) {
            self.owners.insert(account.id, user);
        }
        self.in_scope = self.in_scope + usize::from(is) - usize::from(was);
        self.in_scope_wrong =
            self.in_scope_wrong + usize::from(is && !what.is_empty()) - usize::from(was && was_wrong);
        if !what.is_empty() {
            self.wrong.insert(user, what);
        }
    }
}
