//! Creates, changes and deletes groups. Members are stored one by one, apart from the group's
//! attributes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::GoLinks;
use super::accounts::differences;
use crate::base::{Moment, Time};
use crate::golinks::store::groups::{Group, GroupDraft};
use crate::golinks::store::members::Member;
use crate::golinks::{AccountId, Event, GroupId};
use crate::scim::compare::fold;
use crate::scim::immutable::keep_immutable;
use crate::scim::patch::{Op, Operation};
use crate::scim::resolve::resolve_types_within;
use crate::scim::shape::shape;
use crate::scim::{Error, Filter, Object, PatchRequest, Path, Rules, ScimType, Value};

/// A change of members; members that are added are known to exist.
enum MemberChange {
    Add(Vec<Member>),
    Remove(Vec<Member>),
    RemoveWhere(Filter),
    Set(Vec<Member>),
}

impl GoLinks {
    /// Creates a group.
    pub(crate) fn add_group(
        &mut self,
        resource: Object,
        moment: &mut Moment<'_, Event>,
    ) -> Result<GroupId, Error> {
        let (resource, members) = self.shaped_group(resource, self.rules())?;
        let members = self.members_of(&members)?;
        let draft = self.group_draft(&resource);
        if self.groups.named(&draft.display_name).is_some() {
            return Err(held(&draft.display_name));
        }
        self.must_be_unique(&resource, None)?;
        let taken =
            |id: GroupId| self.groups.was_given(id) || self.accounts.was_given(AccountId(id.0));
        let id = GroupId::free(moment.seed(), &fold(&draft.display_name), taken);
        let display_name: Arc<str> = draft.display_name.as_ref().into();
        let now = self.write_time(moment.now(), None);
        self.groups.add(id, now, &resource, draft);
        for member in members {
            self.groups.join(id, member, now);
        }
        let members = self.groups.get(id).map_or(0, |group| group.members().len());
        moment.emit(Event::GroupCreated { id, display_name, members });
        Ok(id)
    }

    /// Carries out a change request.
    pub(crate) fn change_group(
        &mut self,
        id: GroupId,
        request: PatchRequest,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let before = self.must_find_group(id)?.attributes();
        let rules = self.rules();
        let mut changes = Vec::new();
        let mut others = Vec::new();
        for operation in request.operations {
            self.sort_out(operation, &mut changes, &mut others)?;
        }
        let size = self.must_find_group(id)?.members().len();
        self.check_cost(size, &changes)?;
        let mut after = before.clone();
        PatchRequest { operations: others }.apply_within(
            &mut after,
            &self.group_kind,
            rules,
            &mut self.work,
        )?;
        self.commit_group(id, &before, after, changes, moment)
    }

    /// Replaces all attributes of a group, including its members.
    pub(crate) fn replace_group(
        &mut self,
        id: GroupId,
        mut resource: Object,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let before = self.must_find_group(id)?.attributes();
        let members = self.read_members(resource.take("members").unwrap_or_default())?;
        let changes = vec![MemberChange::Set(self.members_of(&members)?)];
        self.commit_group(id, &before, resource, changes, moment)
    }

    /// Deletes a group.
    pub(crate) fn remove_group(
        &mut self,
        id: GroupId,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let display_name = self.must_find_group(id)?.display_name.as_ref().into();
        self.groups.delete(id, moment.now());
        moment.emit(Event::GroupDeleted { id, display_name });
        Ok(())
    }

    /// Stores the new state of a group. Every check comes before the first change of a member.
    fn commit_group(
        &mut self,
        id: GroupId,
        before: &Object,
        after: Object,
        changes: Vec<MemberChange>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let mut after = after;
        keep_immutable(before, &mut after, &self.group_kind)?;
        let (after, _) = self.shaped_group(after, self.rules())?;
        let draft = self.group_draft(&after);
        if self.groups.named(&draft.display_name).is_some_and(|other| other.id != id) {
            return Err(held(&draft.display_name));
        }
        self.must_be_unique(&after, Some(id))?;
        if self.quirk_state.loses_change() {
            // The change is lost: another client writes back what it read before.
            return Ok(());
        }
        let display_name: Arc<str> = draft.display_name.as_ref().into();
        let what = if *before == after { Vec::new() } else { differences(before, &after) };
        let modified = self.must_find_group(id)?.modified;
        let now = self.write_time(moment.now(), Some(modified));
        if *before != after {
            self.groups.change(id, now, (before, &after), draft);
        }
        let (mut added, mut removed) = (0, 0);
        for change in changes {
            let (came, went) = self.change_members(id, change, now);
            added += came;
            removed += went;
        }
        if added + removed + what.len() > 0 {
            moment.emit(Event::GroupChanged {
                id,
                display_name,
                what: what.into(),
                added,
                removed,
            });
        }
        Ok(())
    }

    /// Changes the members; returns how many were added and how many removed.
    fn change_members(&mut self, id: GroupId, change: MemberChange, now: Time) -> (usize, usize) {
        let (coming, going) = match change {
            MemberChange::Add(members) => (members, Vec::new()),
            MemberChange::Remove(members) => (Vec::new(), members),
            MemberChange::RemoveWhere(filter) => (Vec::new(), self.members_that_meet(id, &filter)),
            MemberChange::Set(members) => {
                let wanted: BTreeSet<Member> = members.iter().copied().collect();
                let there =
                    self.groups.get(id).into_iter().flat_map(|group| group.members().iter());
                let going = there.filter(|member| !wanted.contains(member)).collect();
                (members, going)
            }
        };
        let going = going.into_iter().filter(|member| self.groups.leave(id, *member, now)).count();
        let coming = coming.into_iter().filter(|member| self.groups.join(id, *member, now)).count();
        (coming, going)
    }

    fn members_that_meet(&self, id: GroupId, filter: &Filter) -> Vec<Member> {
        let meets = |member: &Member| {
            let mut out = Vec::with_capacity(160);
            self.renderers.write_member(*member, &mut out);
            Object::parse(&out).is_ok_and(|parts| filter.matches(&parts))
        };
        self.groups
            .get(id)
            .into_iter()
            .flat_map(|group| group.members().iter())
            .filter(meets)
            .collect()
    }

    /// Splits operations into changes of members and the rest.
    fn sort_out(
        &self,
        operation: Operation,
        changes: &mut Vec<MemberChange>,
        others: &mut Vec<Operation>,
    ) -> Result<(), Error> {
        let Operation { op, path, mut value } = operation;
        match &path {
            Some(path) if is_members(path) => changes.push(self.member_change(op, path, value)?),
            Some(_) => others.push(Operation { op, path, value }),
            None => {
                if let Value::Object(parts) = &mut value {
                    let keys: Vec<String> = parts.iter().map(|(key, _)| key.to_owned()).collect();
                    for key in keys {
                        let Some(path) = Path::parse(&key).ok().filter(is_members) else {
                            continue;
                        };
                        let members = parts.remove(&key).unwrap_or_default();
                        changes.push(self.member_change(op, &path, members)?);
                    }
                }
                others.push(Operation { op, path, value });
            }
        }
        Ok(())
    }

    fn member_change(&self, op: Op, path: &Path, value: Value) -> Result<MemberChange, Error> {
        if let Some(part) = &path.sub_attribute {
            return Err(
                match self
                    .group_kind
                    .schema
                    .attribute("members")
                    .and_then(|members| members.part(part))
                {
                    Some(part) => Error::of(
                        ScimType::Mutability,
                        format!("`members.{}` cannot be changed", part.name),
                    ),
                    None => Error::of(ScimType::InvalidPath, "`members` has no such part"),
                },
            );
        }
        let listed = |filter: &Filter| -> Option<Vec<Member>> {
            match filter.own_values()?.as_slice() {
                [(name, Value::Text(id))] if name.eq_ignore_ascii_case("value") => {
                    Some(possible(id))
                }
                _ => None,
            }
        };
        Ok(match (op, &path.filter) {
            (Op::Remove, Some(filter)) => match listed(filter) {
                Some(members) => MemberChange::Remove(members),
                None => {
                    let mut filter = filter.as_ref().clone();
                    if let Some(members) = self.group_kind.schema.attribute("members") {
                        resolve_types_within(&mut filter, members)?;
                    }
                    MemberChange::RemoveWhere(filter)
                }
            },
            (_, Some(_)) => {
                return Err(Error::of(
                    ScimType::Mutability,
                    "a member cannot be changed, only added or removed",
                ));
            }
            (Op::Remove, None) if value == Value::Null => MemberChange::Set(Vec::new()),
            // The classic dialect lists the members to remove in the value [scim-dev].
            (Op::Remove, None) => MemberChange::Remove(
                self.read_members(value)?.iter().flat_map(|id| possible(id)).collect(),
            ),
            (Op::Add, None) => MemberChange::Add(self.members_of(&self.read_members(value)?)?),
            (Op::Replace, None) => MemberChange::Set(self.members_of(&self.read_members(value)?)?),
        })
    }

    /// Refuses changes that would walk a large group too often, in one operation of a bulk request
    /// or in all of them.
    fn check_cost(&mut self, members: usize, changes: &[MemberChange]) -> Result<(), Error> {
        let coming = |change: &MemberChange| match change {
            MemberChange::Add(members) | MemberChange::Set(members) => members.len(),
            _ => 0,
        };
        let size = members + changes.iter().map(coming).sum::<usize>();
        changes.iter().try_for_each(|change| match change {
            // Each member is written out and read for the filter.
            MemberChange::RemoveWhere(filter) => self.work.spend(size, 20 * filter.size()),
            MemberChange::Set(_) => self.work.spend(size, 1),
            MemberChange::Add(_) | MemberChange::Remove(_) => Ok(()),
        })
    }

    /// Shapes a group, and returns the ids of its members apart.
    fn shaped_group(
        &self,
        mut resource: Object,
        rules: Rules,
    ) -> Result<(Object, Vec<String>), Error> {
        let members = self.read_members(resource.take("members").unwrap_or_default())?;
        Ok((shape(resource, &self.group_kind, rules)?, members))
    }

    /// Returns the ids in a list of members; elements may be objects or bare ids.
    fn read_members(&self, value: Value) -> Result<Vec<String>, Error> {
        let wrong =
            || Error::of(ScimType::InvalidValue, "`members` is a list of objects with a `value`");
        let read = |item: Value| match item {
            Value::Text(id) => Ok(id.into()),
            Value::Object(mut parts) => match parts.take("value") {
                Some(Value::Text(id)) => Ok(id.into()),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        };
        match value {
            Value::Null => Ok(Vec::new()),
            Value::List(items) => items.into_iter().map(read).collect(),
            single => read(single).map(|id| vec![id]),
        }
    }

    /// Finds the members with these ids.
    fn members_of(&self, ids: &[String]) -> Result<Vec<Member>, Error> {
        ids.iter().map(|id| self.member(id)).collect()
    }

    /// Finds the account or the group with this id.
    pub(crate) fn member(&self, id: &str) -> Result<Member, Error> {
        let there = |member: &Member| match member {
            Member::User(id) => self.accounts.get(*id).is_some(),
            Member::Group(id) => self.groups.get(*id).is_some(),
        };
        possible(id).into_iter().find(there).ok_or_else(|| {
            let shown: String = id.chars().take(40).collect();
            Error::of(
                ScimType::InvalidValue,
                format!("there is no user or group {shown} to be a member"),
            )
        })
    }

    fn must_be_unique(&self, resource: &Object, own: Option<GroupId>) -> Result<(), Error> {
        match self.groups.clash(resource, own) {
            Some(path) => Err(Error::of(
                ScimType::Uniqueness,
                format!("the value of {path} is held by another group"),
            )),
            None => Ok(()),
        }
    }

    fn group_draft(&self, resource: &Object) -> GroupDraft {
        let mut body = Vec::new();
        resource.write(&mut body);
        let used = self.group_kind.extensions.iter().take(8).enumerate();
        let used = used.filter(|(_, schema)| resource.get(&schema.id).is_some());
        GroupDraft {
            display_name: resource
                .get("displayName")
                .and_then(Value::as_text)
                .unwrap_or_default()
                .into(),
            extensions: used.fold(0, |bits, (nth, _)| bits | 1 << nth),
            body: body.into(),
        }
    }

    pub(crate) fn find_group(&self, id: &str) -> Result<&Group, Error> {
        GroupId::parse(id).and_then(|id| self.groups.get(id)).ok_or_else(|| no_group(id))
    }

    pub(crate) fn must_find_group(&self, id: GroupId) -> Result<&Group, Error> {
        self.groups.get(id).ok_or_else(|| no_group(&id.to_string()))
    }
}

/// Returns the account and the group that an id may belong to.
fn possible(id: &str) -> Vec<Member> {
    let user = AccountId::parse(id).map(Member::User);
    let group = GroupId::parse(id).map(Member::Group);
    user.into_iter().chain(group).collect()
}

fn is_members(path: &Path) -> bool {
    path.attribute.eq_ignore_ascii_case("members")
        && path
            .schema
            .as_deref()
            .is_none_or(|schema| schema.eq_ignore_ascii_case(crate::scim::urn::GROUP))
}

fn no_group(id: &str) -> Error {
    let shown: String = id.chars().take(40).collect();
    Error::new(404, format!("there is no group {shown}"))
}

fn held(display_name: &str) -> Error {
    let shown: String = display_name.chars().take(120).collect();
    Error::of(ScimType::Uniqueness, format!("the displayName {shown} is held by another group"))
}
