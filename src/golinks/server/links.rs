//! Links are made, edited, transferred and followed.

use super::GoLinks;
use crate::base::Moment;
use crate::golinks::event::Followed;
use crate::golinks::store::links::{Link, LinkName, LinkOwner, LinkUrl};
use crate::golinks::{AccountId, Event};
use crate::scim::Error;

/// What a user writes into a link.
pub(crate) struct LinkDraft {
    /// Where it leads.
    pub(crate) url: LinkUrl,
    /// What it is about.
    pub(crate) description: String,
    /// Whether its owner alone may use it.
    pub(crate) private: bool,
}

impl GoLinks {
    /// Makes a link, or edits the one of this name; whoever edits a link owns it from then on
    /// [golinks].
    ///
    /// # Errors
    /// 404 for a private link of another user.
    pub(crate) fn write_link(
        &mut self,
        name: &LinkName,
        draft: LinkDraft,
        by: AccountId,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let owner = LinkOwner::Account(by);
        let owner_name = self.name_of(by);
        let LinkDraft { url, description, private } = draft;
        let updated = moment.now();
        let link: Box<str> = name.to_string().into();
        match self.product.links.get_mut(name) {
            Some(old) if old.private && old.owner != owner => return Err(no_link(name)),
            Some(old) => {
                *old = Link { url, description, private, owner, updated, ..old.clone() };
                moment.emit(Event::LinkChanged { name: link, owner: owner_name });
            }
            None => {
                let new = Link { number: 0, url, description, owner, private, hits: 0, updated };
                self.product.links.add(name, new);
                moment.emit(Event::LinkCreated { name: link, owner: owner_name });
            }
        }
        Ok(())
    }

    /// Deletes a link.
    ///
    /// # Errors
    /// 404 when there is none of this name.
    pub(crate) fn delete_link(
        &mut self,
        name: &str,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        match self.product.links.remove(name) {
            true => moment.emit(Event::LinkDeleted { name: name.into() }),
            false => return Err(no_link(name)),
        }
        Ok(())
    }

    /// Makes one account the owner of links of another: of those that are named, or of all. Returns
    /// how many there were.
    ///
    /// # Errors
    /// 404 for a link that is not the other account's; 409 when that owns none, or the new owner is
    /// inactive.
    pub fn transfer_links(
        &mut self,
        from: AccountId,
        to: AccountId,
        only: &[String],
        moment: &mut Moment<'_, Event>,
    ) -> Result<usize, Error> {
        if !self.accounts.get(to).is_some_and(|account| account.active) {
            return Err(Error::new(409, "the new owner's account is not active"));
        }
        let mut names: Vec<LinkName> =
            self.product.links.of(from).map(|(name, _)| name.clone()).collect();
        if let Some(missing) = only.iter().find(|only| {
            let folded = only.to_lowercase();
            !names.iter().any(|name| **name == *folded)
        }) {
            return Err(no_link(missing));
        }
        names.retain(|name| only.is_empty() || only.iter().any(|it| it.to_lowercase() == **name));
        if names.is_empty() {
            return Err(Error::new(409, "this account owns no links"));
        }
        let owner = self.name_of(to);
        for name in &names {
            if let Some(link) = self.product.links.get_mut(name) {
                (link.owner, link.updated) = (LinkOwner::Account(to), moment.now());
            }
            moment.emit(Event::LinkChanged { name: name.to_string().into(), owner: owner.clone() });
        }
        Ok(names.len())
    }

    /// A user enters `go/<name>` in a browser: with a session the link leads on, without one to the
    /// sign-in page. The account is not asked for again, so a session that outlives it still opens
    /// links.
    pub fn follow_link(
        &mut self,
        name: &str,
        by: Option<AccountId>,
        moment: &mut Moment<'_, Event>,
    ) -> Followed {
        let session = by.filter(|id| !self.product.sessions.of(*id).is_empty());
        let user_name = by.map_or_else(|| "".into(), |id| self.name_of(id));
        let what = match (session, self.product.links.get_mut(name)) {
            (None, _) => Followed::ToSignIn,
            (Some(_), None) => Followed::Unknown,
            (Some(id), Some(link)) if link.private && link.owner != LinkOwner::Account(id) => {
                Followed::Unknown
            }
            (Some(_), Some(link)) => {
                link.hits += 1;
                Followed::To(link.url.to_string().into())
            }
        };
        let name = name.chars().filter(|c| !c.is_control()).take(50).collect();
        moment.emit(Event::LinkFollowed { name, user_name, what: what.clone() });
        what
    }
}

fn no_link(name: &str) -> Error {
    let shown: String = name.chars().take(50).collect();
    Error::new(404, format!("there is no such link go/{shown}"))
}
