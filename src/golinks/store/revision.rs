//! An account before and after a change: whole, or only the attributes that the change can touch.

use crate::golinks::store::account::Account;
use crate::golinks::store::accounts::Draft;
use crate::golinks::store::accounts::extensions;
use crate::scim::fast::Part;
use crate::scim::patch::Work;
use crate::scim::{Error, Object, PatchRequest, ResourceType, Rules};

/// The attributes before and after a change. With a `part`, both hold only the members of that
/// part; the others do not change.
pub(crate) struct Revision {
    pub(crate) before: Object,
    pub(crate) after: Object,
    part: Option<Part>,
}

impl Revision {
    /// Replaces all attributes.
    pub(crate) fn whole(account: &Account, after: Object) -> Revision {
        Revision { before: account.attributes(), after, part: None }
    }

    /// Applies a change request to an account.
    ///
    /// # Errors
    /// As carrying out the request fails.
    pub(crate) fn by(
        request: PatchRequest,
        account: &Account,
        kind: &ResourceType,
        rules: Rules,
        work: &mut Work,
    ) -> Result<Revision, Error> {
        let part = Part::of(&request, account.body(), kind, rules, &["userName", "active"]);
        let before = match &part {
            Some(part) => part.read(account.body(), kind),
            None => account.attributes(),
        };
        let mut after = before.clone();
        request.apply_within(&mut after, kind, rules, work)?;
        Ok(Revision { before, after, part })
    }

    /// Makes the draft to store; `shaped` is `after` in the shape of its schema.
    pub(crate) fn draft<'a>(
        &self,
        shaped: &'a Object,
        account: &Account,
        active: bool,
        kind: &ResourceType,
        room: &'a mut Vec<u8>,
    ) -> Draft<'a> {
        let Some(part) = &self.part else {
            return Draft::of(shaped, active, kind, room);
        };
        room.clear();
        part.write(account.body(), shaped, kind, room);
        let first = kind.schema.attributes.len();
        let extensions = extensions(kind, |nth, urn| match part.has(first + nth) {
            true => shaped.get(urn).is_some(),
            false => account.extensions & (1 << nth) != 0,
        });
        Draft { resource: shaped, body: room, active, extensions }
    }
}
