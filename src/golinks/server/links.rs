//! Links are made, edited, transferred and followed.

use super::GoLinks;
use crate::base::Moment;
use crate::golinks::event::Followed;
use crate::golinks::rights::{Actor, LinkChange};
use crate::golinks::store::links::{Link, LinkDraft, LinkName, LinkOwner};
use crate::golinks::{AccountId, Event};
use crate::scim::Error;

impl GoLinks {
    /// Makes a link, which its maker owns [golinks].
    ///
    /// # Errors
    /// 409 when a link has one of its names, 422 for what is too long.
    pub(crate) fn create_link(
        &mut self,
        draft: LinkDraft,
        by: Actor,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        self.may_create_link(&draft)?;
        let (owner, now) = (by.as_owner(), moment.now());
        let LinkDraft { name, url, description, private, aliases, tags } = draft;
        let dates = Link { created: now, updated: now, ..Link::default() };
        let link = Link { url, description, owner, private, aliases, tags, ..dates };
        let owner = self.owner_name(&link.owner);
        self.product.links.add(&name, link);
        moment.emit(Event::LinkCreated { name: name.to_string().into(), owner });
        Ok(())
    }

    /// Whether a link can be made.
    ///
    /// # Errors
    /// As [`GoLinks::create_link`].
    pub(crate) fn may_create_link(&self, draft: &LinkDraft) -> Result<(), Error> {
        self.may_be_so(draft, None)
    }

    /// Whether a link can be edited like this.
    ///
    /// # Errors
    /// As [`GoLinks::edit_link`].
    pub(crate) fn may_edit_link(
        &self,
        name: &str,
        draft: &LinkDraft,
        by: Actor,
    ) -> Result<(LinkName, Link), Error> {
        let (name, old) = self.link_to_edit(name, by)?;
        self.may_be_so(draft, Some(&name))?;
        Ok((name, old))
    }

    /// Whether a link fits, and takes no name from another.
    fn may_be_so(&self, draft: &LinkDraft, of: Option<&LinkName>) -> Result<(), Error> {
        draft.check().map_err(|why| Error::new(422, why))?;
        match self.product.links.taken(&draft.name, &draft.aliases, of) {
            Some(taken) => Err(name_taken(taken)),
            None => Ok(()),
        }
    }

    /// Edits a link: whoever changes its name, its URL or its description owns it from then on
    /// [golinks].
    ///
    /// # Errors
    /// 404 for a link that is not there or is private to another person, 403 for one that the role
    /// keeps from editing, 409 and 422 as for a new link.
    pub(crate) fn edit_link(
        &mut self,
        name: &str,
        draft: LinkDraft,
        by: Actor,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let (name, old) = self.may_edit_link(name, &draft, by)?;
        let LinkDraft { name: new_name, url, description, private, aliases, tags } = draft;
        let told = new_name != name || url != old.url || description != old.description;
        let owner = if told { by.as_owner() } else { old.owner.clone() };
        let new = Link { url, description, owner, private, aliases, tags, ..old.clone() };
        if new == old && new_name == name {
            return Ok(());
        }
        let owner = self.owner_name(&new.owner);
        self.product.links.replace(&name, &new_name, Link { updated: moment.now(), ..new });
        moment.emit(Event::LinkChanged { name: new_name.to_string().into(), owner });
        Ok(())
    }

    /// Deletes a link.
    ///
    /// # Errors
    /// As [`GoLinks::edit_link`].
    pub(crate) fn delete_link(
        &mut self,
        name: &str,
        by: Actor,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let (name, _) = self.link_to_delete(name, by)?;
        self.product.links.remove(&name);
        moment.emit(Event::LinkDeleted { name: name.to_string().into() });
        Ok(())
    }

    /// The link of this name, when the actor sees it and may edit it.
    ///
    /// # Errors
    /// As [`GoLinks::edit_link`].
    pub(crate) fn link_to_edit(&self, name: &str, by: Actor) -> Result<(LinkName, Link), Error> {
        self.link_to_change(name, by, LinkChange::Edit)
    }

    /// The link of this name, when the actor sees it and may delete it.
    ///
    /// # Errors
    /// As [`GoLinks::delete_link`].
    pub(crate) fn link_to_delete(&self, name: &str, by: Actor) -> Result<(LinkName, Link), Error> {
        self.link_to_change(name, by, LinkChange::Delete)
    }

    /// The link of this name, when the actor sees it and may change it.
    fn link_to_change(
        &self,
        name: &str,
        by: Actor,
        change: LinkChange,
    ) -> Result<(LinkName, Link), Error> {
        let links = &self.product.links;
        let found = links.resolve(name).and_then(|name| Some((name, links.get(name)?)));
        let (name, link) = found.ok_or_else(|| no_link(name))?;
        if !sees(by, link) {
            return Err(no_link(name));
        }
        self.may_change(by, link, change).map_err(|why| Error::new(403, why))?;
        Ok((name.clone(), link.clone()))
    }

    /// The userName of a link's owner.
    fn owner_name(&self, owner: &LinkOwner) -> std::sync::Arc<str> {
        match owner {
            LinkOwner::Account(id) => self.name_of(*id),
            LinkOwner::Named(name) if name.is_empty() => "the workspace".into(),
            LinkOwner::Named(name) => (**name).into(),
        }
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
        let names = self.links_to_transfer(from, to, only)?;
        let owner = self.name_of(to);
        for name in &names {
            if let Some(link) = self.product.links.get_mut(name) {
                (link.owner, link.updated) = (LinkOwner::Account(to), moment.now());
            }
            moment.emit(Event::LinkChanged { name: name.to_string().into(), owner: owner.clone() });
        }
        Ok(names.len())
    }

    /// The links that a transfer is about.
    ///
    /// # Errors
    /// As [`GoLinks::transfer_links`].
    pub(crate) fn links_to_transfer(
        &self,
        from: AccountId,
        to: AccountId,
        only: &[String],
    ) -> Result<Vec<LinkName>, Error> {
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
        Ok(names)
    }

    /// Where the link leads that an actor enters, with what stands behind its name; `None` where it
    /// leads nowhere.
    pub(crate) fn leads_to(&self, entered: &str, by: Actor) -> Option<String> {
        let (name, rest) = entered.split_once('/').unwrap_or((entered, ""));
        let links = &self.product.links;
        let link = links.get(name).filter(|link| sees(by, link))?;
        link.url.with(rest)
    }

    /// A user enters `go/<name>` in a browser, and perhaps something behind it, which a variable
    /// link puts into its URL. With a session the link leads on, without one to the sign-in page.
    /// The account is not asked for again, so a session that outlives it still opens links.
    pub fn follow_link(
        &mut self,
        entered: &str,
        by: Option<Actor>,
        moment: &mut Moment<'_, Event>,
    ) -> Followed {
        let (name, rest) = entered.split_once('/').unwrap_or((entered, ""));
        let signed_in = by.filter(|by| match by {
            Actor::Owner => true,
            Actor::Person(id) => !self.product.sessions.of(*id).is_empty(),
        });
        let user_name = match by {
            Some(Actor::Person(id)) => self.name_of_session(id),
            Some(Actor::Owner) => "the owner of the workspace".into(),
            None => "".into(),
        };
        let what = match (signed_in, self.product.links.get_mut(name)) {
            (None, _) => Followed::ToSignIn,
            (Some(by), Some(link)) if sees(by, link) => match link.url.with(rest) {
                Some(url) => {
                    link.hits += 1;
                    Followed::To(url.into())
                }
                None => Followed::Unknown,
            },
            (Some(_), _) => Followed::Unknown,
        };
        let name = entered.chars().filter(|c| !c.is_control()).take(50).collect();
        moment.emit(Event::LinkFollowed { name, user_name, what: what.clone() });
        what
    }
}

/// Whether the actor sees a link: a private one is for its owner alone [golinks].
pub(crate) fn sees(by: Actor, link: &Link) -> bool {
    !link.private || link.owner == by.as_owner()
}

fn no_link(name: &str) -> Error {
    let shown: String = name.chars().take(50).collect();
    Error::new(404, format!("there is no such link go/{shown}"))
}

fn name_taken(name: &LinkName) -> Error {
    Error::new(409, format!("there is a link go/{name} already: edit that one"))
}
