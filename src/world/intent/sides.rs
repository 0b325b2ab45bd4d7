//! The mapped attributes of one user on both sides: what Entra intends, and what the account holds.

use super::model::{accounts, have, intended, is_fleeting, shows};
use crate::entra::mapping::{Apply, Flow};
use crate::entra::tenant::UserKey;
use crate::world::AppView;

/// One mapped attribute on both sides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sides {
    /// The path of the attribute at the application.
    pub attribute: Box<str>,
    /// The mapping's source, as it is written.
    pub source: Box<str>,
    /// What Entra intends; `None` when the mapping gives no value.
    pub want: Option<Box<str>>,
    /// What the account holds; `None` when it has no value.
    pub have: Option<Box<str>>,
    /// Whether the two agree, as [`super::of`] judges them.
    pub agree: Agreement,
}

/// Whether the two sides of an attribute agree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Agreement {
    /// They do.
    Same,
    /// They differ.
    Differs,
    /// They need not: the row applies to creates alone, leaves the value alone, or gives another
    /// one each time; or there is no account, or no value to compare.
    NotCompared,
}

/// The attributes of the mapping, in its order. The account is the first active one of the user,
/// else the first.
pub fn sides<'w>(world: impl Into<AppView<'w>>, user: UserKey) -> Vec<Sides> {
    let world = world.into();
    let accounts = accounts(world, user);
    let account = accounts.iter().find(|account| account.active).or(accounts.first());
    let rows = world.entra().job().settings().schema.users.rows().iter().enumerate();
    let side = |(nth, row): (usize, &crate::entra::mapping::Mapping)| {
        let want = intended(world, user, nth, row);
        let left_alone = row.apply == Apply::OnlyOnCreate || is_fleeting(row);
        let agree = match account {
            Some(_) if left_alone || matches!(want, Flow::Null | Flow::Ignored) => {
                Agreement::NotCompared
            }
            None => Agreement::NotCompared,
            Some(account) if shows(row, &want, &account.resource) => Agreement::Same,
            Some(_) => Agreement::Differs,
        };
        let hide = |text: &str| {
            let text =
                if row.redacts() { crate::entra::job::modified::Modified::MASK } else { text };
            Box::from(text)
        };
        Sides {
            attribute: Box::from(&*row.target.name),
            source: Box::from(row.source_text()),
            want: want.shown().map(|want| hide(&want)),
            have: account.and_then(|account| have(row, &account.resource)).map(|it| hide(&it)),
            agree,
        }
    };
    rows.map(side).collect()
}
