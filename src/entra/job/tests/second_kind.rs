//! A second kind of object: a group is matched, created and given a member on demand, while no
//! cycle runs.

use super::*;
use crate::entra::field::ObjectKind;
use crate::entra::job::in_flight::{For, OnDemandId};
use crate::entra::job::memberships::{MemberBatch, MemberOp};
use crate::entra::job::reference::{DueReference, Reference};
use crate::entra::job::{Job, Subject};
use crate::entra::mapping::{Schema, Template};
use crate::entra::tenant::{GroupKey, NewAssignment, NewGroup};

const SALES: Subject = Subject::Group(GroupKey(0));
const ON_DEMAND: For = For::OnDemand(OnDemandId(1));

/// A job whose application has a table for groups, and an assigned group without members.
fn with_groups(mut talk: Talk) -> Talk {
    let mut sales = NewGroup::new("sales", "Sales");
    sales.assigned = Some(NewAssignment::As(Role::User));
    talk.entra.tenant_mut().set_up_group(sales).expect("a fresh handle");
    talk.parts(|job, _, _| job.schema = Schema::gallery(Template::Scim).into());
    talk
}

impl Talk {
    /// Asks for a run of the group on demand.
    fn provision_group(&mut self) {
        self.parts(|job, tenant, moment| {
            let group = job.context(ON_DEMAND, moment).import(SALES, tenant);
            job.begin_task(group, ON_DEMAND, moment);
        });
    }

    fn parts(&mut self, what: impl FnOnce(&mut Job, &Tenant, &mut Moment<'_, Event>)) {
        let mut moment = Moment::new(self.now, Seed(7), &mut self.events);
        let Entra { tenant, jobs, .. } = &mut self.entra;
        let job = &mut jobs[0];
        what(job, tenant, &mut moment);
    }
}

#[test]
fn a_group_is_created_on_demand_while_no_cycle_runs() {
    let mut talk = with_groups(Talk::with(&["ann"]));
    talk.provision_group();
    let lookup = "GET /scim/v2/Groups?excludedAttributes=members&filter=displayName+eq+%22Sales%22";
    talk.expect(lookup, 200, EMPTY);
    talk.expect("POST /scim/v2/Groups ", 201, r#"{"id":"1"}"#);
    let job = talk.entra.job();
    assert_eq!(job.links().subject_of(ObjectKind::Group, "1"), Some(SALES));
    assert_eq!(job.links().user_of("1"), None, "an account may have the same id");
    let row = job.log().last_of(SALES).expect("a row");
    assert_eq!((row.action.word(), row.status.word()), ("create", "success"));
    assert_eq!((job.counters().created, job.counters().cycles), (1, 0));
    assert_eq!(talk.entra.next_due(), None, "no cycle was begun for it");
}

#[test]
fn a_group_that_is_there_is_matched_and_read_by_its_link_from_then_on() {
    let mut talk = with_groups(Talk::with(&["ann"]));
    let group = r#"{"id":"7","displayName":"Sales","externalId":"old"}"#;
    talk.provision_group();
    talk.expect("GET /scim/v2/Groups?", 200, &list(1, group));
    talk.expect(r#"PATCH /scim/v2/Groups/7 "#, 204, "");
    talk.provision_group();
    talk.expect("GET /scim/v2/Groups/7?excludedAttributes=members ", 200, group);
}

#[test]
fn a_member_is_added_once_group_and_user_have_their_links() {
    let mut talk = with_groups(Talk::provisioned(&["ann"]));
    talk.provision_group();
    talk.expect("GET /scim/v2/Groups?", 200, EMPTY);
    talk.expect("POST /scim/v2/Groups ", 201, r#"{"id":"7"}"#);
    let members = vec![(talk.user("ann"), "1".into())];
    let reference = Reference::Batch(MemberBatch { op: MemberOp::Add, members });
    talk.parts(|job, tenant, moment| {
        let due = DueReference { subject: SALES, handle: "sales".into(), reference };
        job.begin_reference(due, ON_DEMAND, tenant, moment);
    });
    let patch = r#"{"op":"Add","path":"members","value":[{"$ref":null,"value":"1"}]}"#;
    talk.expect(patch, 204, "");
}

#[test]
fn a_cycle_that_fails_leaves_a_run_on_demand_alone() {
    let mut talk = with_groups(Talk::with(&["ann"]));
    talk.parts(|job, _, _| job.settings.schema = job.schema.clone());
    talk.act(|entra, moment| entra.job_mut().start(moment));
    let (probe, _) = talk.next();
    talk.provision_group();
    let (lookup, _) = talk.next();
    talk.reply(probe, 503, "");
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
    talk.reply(lookup, 200, EMPTY);
    talk.expect("POST /scim/v2/Groups ", 201, r#"{"id":"1"}"#);
    assert_eq!(talk.entra.job().links().subject_of(ObjectKind::Group, "1"), Some(SALES));
}
