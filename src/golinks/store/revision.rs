//! An account as a change finds it and leaves it: whole, or only those attributes that the change
//! can touch.

use crate::golinks::store::account::Account;
use crate::golinks::store::accounts::Draft;
use crate::golinks::store::accounts::extensions;
use crate::scim::patch::Work;
use crate::scim::split::Split;
use crate::scim::{Error, Object, PatchRequest, ResourceType, Rules};

/// Before and after; what `part` leaves out is the same in both and stands in neither.
pub(crate) struct Revision {
    pub(crate) before: Object,
    pub(crate) after: Object,
    part: Option<Part>,
}

/// Which attributes were read, and where all of them lie.
struct Part {
    ranks: Vec<usize>,
    split: Split,
}

impl Revision {
    /// Everything is replaced.
    pub(crate) fn whole(account: Account<'_>, after: Object) -> Revision {
        Revision { before: account.attributes(), after, part: None }
    }

    /// What a change request makes of an account.
    ///
    /// # Errors
    /// As the request cannot be carried out.
    pub(crate) fn by(
        request: PatchRequest,
        account: Account<'_>,
        kind: &ResourceType,
        rules: Rules,
        work: &mut Work,
    ) -> Result<Revision, Error> {
        let part =
            request.touches(kind, rules).and_then(|ranks| Part::of(ranks, account.body(), kind));
        let before = match &part {
            Some(part) => part.split.pick(account.body(), &part.ranks, kind),
            None => account.attributes(),
        };
        let mut after = before.clone();
        request.apply_within(&mut after, kind, rules, work)?;
        Ok(Revision { before, after, part })
    }

    /// What is stored: `shaped` is `after` as the schema writes it.
    pub(crate) fn draft<'a>(
        &self,
        shaped: &'a Object,
        account: Account<'_>,
        active: bool,
        kind: &ResourceType,
        room: &'a mut Vec<u8>,
    ) -> Draft<'a> {
        let Some(Part { ranks, split }) = &self.part else {
            return Draft::of(shaped, active, kind, room);
        };
        room.clear();
        split.splice(account.body(), ranks, shaped, kind, room);
        let first = kind.schema.attributes.len();
        let extensions = extensions(kind, |nth, urn| match ranks.contains(&(first + nth)) {
            true => shaped.get(urn).is_some(),
            false => account.extensions & (1 << nth) != 0,
        });
        Draft { resource: shaped, body: room, active, extensions }
    }
}

impl Part {
    fn of(mut ranks: Vec<usize>, body: &[u8], kind: &ResourceType) -> Option<Part> {
        for always in ["userName", "active"] {
            ranks.extend(
                kind.members()
                    .position(|member| member == always)
                    .filter(|rank| !ranks.contains(rank)),
            );
        }
        let split = Split::of(body, kind, ranks.iter().copied().max().unwrap_or_default())?;
        Some(Part { ranks, split })
    }
}
