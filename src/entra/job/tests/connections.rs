//! Object connections: when one can be deleted, what happens then, and the repair of InvalidAnchor.

use super::*;
use crate::entra::AppId;
use crate::entra::job::{JobIsRunning, Subject};

impl Talk {
    /// Deletes the connection of a user; returns the account that it was connected with.
    fn delete_connection(&mut self, handle: &str) -> Result<Option<Box<str>>, JobIsRunning> {
        let user = Subject::User(self.user(handle));
        let done = self.act(|entra, moment| entra.delete_connection(AppId::MAIN, user, moment));
        done.map(|link| link.map(|link| link.target))
    }

    fn told(&self) -> Vec<String> {
        let is = |event: &&Event| matches!(event, Event::ConnectionDeleted { .. });
        let text = |event: &Event| {
            let mut out = String::new();
            event.write(&mut out);
            out
        };
        self.events.iter().filter(is).map(text).collect()
    }
}

#[test]
fn a_connection_is_deleted_only_while_the_job_is_stopped_and_its_cycle_over() {
    let mut talk = Talk::provisioned(&["ann"]);
    assert_eq!(talk.delete_connection("ann"), Err(JobIsRunning));
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    let (read, _) = talk.next();
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    assert_eq!(talk.delete_connection("ann"), Err(JobIsRunning), "its cycle goes on to its end");
    talk.reply(read, 200, &account("1", "ann", true));
    assert_eq!(talk.delete_connection("ann"), Ok(Some("1".into())));
    assert_eq!(talk.delete_connection("ann"), Ok(None), "a second time changes nothing");
    let told = talk.told();
    assert_eq!(
        told,
        ["connection of ann with 1 deleted", "connection of ann deleted: there was none"]
    );
    assert!(talk.entra.job().links().is_empty());
    assert_eq!(talk.entra.next_due(), None, "nothing is sent");
}

#[test]
fn a_job_that_was_never_started_lets_go_of_a_connection_too() {
    let mut talk = Talk::with(&["ann"]);
    assert_eq!(talk.delete_connection("ann"), Ok(None));
}

#[test]
fn pause_delete_provision_on_demand_and_start_mend_an_invalid_anchor() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    talk.update("ann", Attribute::Surname, "Park");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 404, "");
    assert!(talk.log("ann").starts_with("update ann failure InvalidAnchor"), "{}", talk.log("ann"));
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    assert_eq!(talk.delete_connection("ann"), Ok(Some("1".into())));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann.into(), moment))
        .expect("not refused");
    talk.probe();
    talk.create("ann", "3");
    let links = talk.entra.job().links();
    assert_eq!(links.get(ann).map(|link| &*link.target), Some("3"));
    assert_eq!(links.len(), 2, "the connection of bob is untouched");
    assert!(talk.entra.job().escrows().is_empty());
    talk.act(|entra, moment| entra.job_mut().start(moment));
    // Nothing has changed since, and nothing waits to be tried again.
    talk.probe();
    assert!(talk.entra.job().cycle().is_none());
}
