//! Who may do what at GoLinks, at its pages and through its REST API: the roles as the vendor
//! describes them [golinks].

use crate::golinks::settings::access::WorkspacePlan;
use crate::golinks::settings::roles::MemberLinks;
use crate::golinks::{AccountId, GoLinks, Link, LinkOwner, Role};

/// The visitor of a page, or the caller of the REST API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Actor {
    /// The owner of the workspace, who has set it up and has no account in it (assumed).
    Owner,
    /// A person with an account.
    Person(AccountId),
}

impl Actor {
    /// What this actor owns links as.
    pub(crate) fn as_owner(self) -> LinkOwner {
        match self {
            Actor::Owner => LinkOwner::Named("".into()),
            Actor::Person(id) => LinkOwner::Account(id),
        }
    }
}

/// What takes a role.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Right {
    /// Opens the pages of SCIM, single sign-on and the audit log, and all API tokens [golinks].
    Settings,
    /// Changes status and role of people, and sees the inactive ones [golinks].
    ManagePeople,
    /// Opens the list of people; contractors do not (assumed).
    SeePeople,
    /// Makes others the owners of links [golinks]: moderators too, by the newer of two tables.
    TransferLinks,
}

/// What is done to a link that is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LinkChange {
    /// It is edited.
    Edit,
    /// It is deleted.
    Delete,
}

impl Right {
    /// The least mighty role that has it, and what it is about.
    fn needs(self) -> (Role, &'static str) {
        match self {
            Right::Settings => (Role::Admin, "This page is"),
            Right::ManagePeople => (Role::Admin, "Changing people is"),
            Right::SeePeople => (Role::Member, "The list of people is"),
            Right::TransferLinks => (Role::Moderator, "Transferring links is"),
        }
    }
}

impl GoLinks {
    /// The role of a visitor or a caller. On the free plan everyone is an admin [golinks].
    pub(crate) fn role_of(&self, actor: Actor) -> Role {
        match actor {
            Actor::Owner => Role::Admin,
            Actor::Person(id) => self.role(id),
        }
    }

    /// Whether the actor may do this.
    ///
    /// # Errors
    /// Why not, for the page to show.
    pub(crate) fn may(&self, actor: Actor, right: Right) -> Result<(), String> {
        let (least, what) = right.needs();
        let role = self.role_of(actor);
        if role <= least {
            return Ok(());
        }
        let whose: Vec<&str> =
            Role::ALL.iter().filter(|it| **it <= least).map(|it| it.name()).collect();
        Err(format!(
            "{what} for the owner of the workspace and the role {}; yours is {}.",
            whose.join(" or "),
            role.name()
        ))
    }

    /// Whether the actor may change a link that is there.
    ///
    /// # Errors
    /// Why not, for the page to show.
    pub(crate) fn may_change(
        &self,
        actor: Actor,
        link: &Link,
        change: LinkChange,
    ) -> Result<(), String> {
        let roles = &self.settings().roles;
        let (members, what) = match change {
            LinkChange::Edit => (roles.edit_links, "edit"),
            LinkChange::Delete => (roles.delete_links, "delete"),
        };
        let own = link.owner == actor.as_owner();
        match self.role_of(actor) {
            _ if own => Ok(()),
            Role::Admin | Role::Moderator => Ok(()),
            Role::Member if members == MemberLinks::All => Ok(()),
            Role::Member => Err(format!(
                "Members {what} their own links only: an admin has decided so. Ask the owner of this one."
            )),
            Role::LimitedMember => Err(format!(
                "Limited members {what} their own links only. Ask the owner of this one."
            )),
        }
    }

    /// Whether roles can be given: on the free plan they are locked [golinks].
    pub(crate) fn roles_are_locked(&self) -> bool {
        self.settings().plan == WorkspacePlan::Free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Kind, Moment, Node, Problems, Seed, Time};
    use crate::golinks::Settings;
    use crate::scim::Object;

    const NOW: Time = Time::from_secs(1_772_438_400);

    /// A GoLinks with one person, and that person.
    fn with(settings: &[(&str, &str)]) -> (GoLinks, AccountId) {
        let (mut chosen, mut problems) = (Settings::default(), Problems::default());
        for (path, word) in settings {
            let path: Vec<&str> = path.split('.').collect();
            chosen.set(&path, &Node::bare(Kind::Text((*word).to_owned())), &mut problems);
        }
        assert!(problems.list().is_empty(), "{problems:?}");
        let mut golinks = GoLinks::new(chosen, NOW);
        let resource = Object::from_iter([("userName".into(), "ann@x.example".into())]);
        let mut events = Vec::new();
        let mut moment = Moment::new(NOW, Seed(7), &mut events);
        let ann = golinks.create_account(resource, &mut moment).unwrap();
        (golinks, ann)
    }

    /// The rights and the changes to a link of another person that a role has, a letter each.
    fn rights(golinks: &GoLinks, actor: Actor) -> String {
        let rights = [Right::Settings, Right::ManagePeople, Right::SeePeople, Right::TransferLinks];
        let link = Link { owner: LinkOwner::Named("eve".into()), ..Link::default() };
        let changes = [LinkChange::Edit, LinkChange::Delete];
        let may = rights.iter().map(|right| golinks.may(actor, *right).is_ok());
        let change = changes.iter().map(|it| golinks.may_change(actor, &link, *it).is_ok());
        may.chain(change).zip("SPLTED".chars()).map(|(may, c)| if may { c } else { '-' }).collect()
    }

    #[test]
    fn each_role_may_do_what_the_vendor_says() {
        let (mut golinks, ann) = with(&[]);
        assert_eq!(rights(&golinks, Actor::Owner), "SPLTED");
        for (role, may) in [
            (Role::Admin, "SPLTED"),
            (Role::Moderator, "--LTED"),
            (Role::Member, "--L-ED"),
            (Role::LimitedMember, "------"),
        ] {
            golinks.set_role(ann, role, &mut Moment::new(NOW, Seed(7), &mut Vec::new())).unwrap();
            assert_eq!(rights(&golinks, Actor::Person(ann)), may, "{role:?}");
        }
        let refused = golinks.may(Actor::Person(ann), Right::TransferLinks).unwrap_err();
        assert!(refused.contains("admin or moderator; yours is limited member"), "{refused}");
    }

    #[test]
    fn admins_can_keep_members_to_their_own_links_and_the_free_plan_has_admins_only() {
        let (golinks, ann) = with(&[("roles.edit_links", "own"), ("roles.delete_links", "own")]);
        assert_eq!(rights(&golinks, Actor::Person(ann)), "--L---");
        let own = Link { owner: LinkOwner::Account(ann), ..Link::default() };
        assert!(golinks.may_change(Actor::Person(ann), &own, LinkChange::Delete).is_ok());
        let (mut golinks, ann) = with(&[("plan", "free")]);
        assert_eq!(rights(&golinks, Actor::Person(ann)), "SPLTED");
        let mut events = Vec::new();
        let mut moment = Moment::new(NOW, Seed(7), &mut events);
        assert!(golinks.set_role(ann, Role::Member, &mut moment).is_err());
    }
}
