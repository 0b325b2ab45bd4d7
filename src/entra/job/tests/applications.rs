//! Two applications in one tenant: each job has its own calls, links, watermark and quarantine.

use super::*;
use crate::entra::job::Subject;
use crate::entra::tenant::Role;

const TEST: AppId = AppId(1);

impl Talk {
    /// A second application at another tenant URL, to which Ann alone is assigned.
    fn with_test_application(mut self) -> Talk {
        let mut settings = Settings { secret: Some("other".to_owned()), ..Settings::default() };
        settings.base_path = "/sandbox/scim/v2".to_owned();
        assert_eq!(self.entra.add_application("GoLinks (test)".into(), settings), TEST);
        let ann = self.user("ann");
        self.entra.tenant_mut().set_up_assignment(TEST, ann, Some(Role::User));
        self
    }

    fn start_of(&mut self, app: AppId) {
        self.act(|entra, moment| entra.job_of_mut(app).start(moment));
    }

    /// Answers probes and lookups with an empty list, and creates with an id, until nothing is
    /// under way; returns what each application sent.
    fn settle(&mut self) -> [Vec<String>; 2] {
        let mut said = [Vec::new(), Vec::new()];
        for _ in 0..1_000 {
            if let Some(call) = self.entra.next_call() {
                let words = shown(&call);
                said[call.id.app().index()]
                    .push(words.split(' ').take(2).collect::<Vec<_>>().join(" "));
                match call.request.method().as_str() {
                    "POST" => self.reply(call.id, 201, &format!(r#"{{"id":"{}"}}"#, call.id.0)),
                    _ => self.reply(call.id, 200, EMPTY),
                }
                continue;
            }
            if self.entra.apps().all(|app| self.entra.job_of(app).cycle().is_none()) {
                return said;
            }
            self.pass();
        }
        panic!("the engine does not come to rest");
    }

    /// Moves to the next instant at which something is due, and does it.
    fn pass(&mut self) {
        let due = self.entra.next_due().expect("the engine has something to do");
        self.now = self.now.max(due);
        self.act(|entra, moment| {
            entra.wake_directory(moment);
            entra.apps().for_each(|app| entra.wake_app(app, moment));
        });
    }

    fn creates(said: &[String]) -> usize {
        said.iter().filter(|words| words.starts_with("POST")).count()
    }
}

#[test]
fn each_job_calls_its_own_tenant_url_for_its_own_users_and_keeps_its_own_links() {
    let mut talk = Talk::with(&["ann", "bob"]).with_test_application();
    talk.start_of(AppId::MAIN);
    talk.start_of(TEST);
    talk.pass();
    let [main, test] = talk.settle();
    assert!(main.iter().all(|words| words.contains(" /scim/v2/Users")), "{main:?}");
    assert!(test.iter().all(|words| words.contains(" /sandbox/scim/v2/Users")), "{test:?}");
    assert_eq!((Talk::creates(&main), Talk::creates(&test)), (2, 1));
    let linked = |app, handle| talk.entra.job_of(app).links().get(talk.user(handle)).is_some();
    assert!(linked(AppId::MAIN, "ann") && linked(AppId::MAIN, "bob") && linked(TEST, "ann"));
    assert!(!linked(TEST, "bob"));
}

#[test]
fn an_assignment_in_one_application_is_no_work_for_the_other() {
    let mut talk = Talk::with(&["ann", "bob"]).with_test_application();
    talk.start_of(AppId::MAIN);
    talk.start_of(TEST);
    talk.pass();
    talk.settle();
    let bob = talk.user("bob");
    talk.act(|entra, moment| entra.tenant_mut().assign(TEST, bob, Role::User, moment))
        .expect("bob is not assigned there");
    let end = talk.now + Duration::from_secs(2 * 2400);
    let mut said = [Vec::new(), Vec::new()];
    while talk.entra.next_due().is_some_and(|due| due < end) {
        talk.pass();
        let more = talk.settle();
        said.iter_mut().zip(more).for_each(|(all, more)| all.extend(more));
    }
    assert_eq!(said.each_ref().map(|said| Talk::creates(said)), [0, 1], "{said:?}");
    let evaluated = |app| {
        talk.entra.job_of(app).ended().skip(1).map(|cycle| cycle.counts.evaluated).sum::<u64>()
    };
    assert_eq!((evaluated(AppId::MAIN), evaluated(TEST)), (0, 1));
    let row = |app| talk.entra.job_of(app).log().last_of(bob).map(|row| row.subject);
    assert_eq!((row(AppId::MAIN), row(TEST)), (Some(Subject::User(bob)), Some(Subject::User(bob))));
}

#[test]
fn a_quarantine_a_restart_and_a_secret_are_one_jobs_alone() {
    let mut talk = Talk::with(&["ann", "bob"]).with_test_application();
    talk.start_of(AppId::MAIN);
    talk.start_of(TEST);
    talk.pass();
    for _ in 0..2 {
        let call = talk.entra.next_call().expect("both probe");
        let status = if call.id.app() == TEST { 401 } else { 200 };
        talk.reply(call.id, status, EMPTY);
    }
    talk.settle();
    let status = |talk: &Talk, app| talk.entra.job_of(app).status();
    assert_eq!(
        (status(&talk, AppId::MAIN), status(&talk, TEST)),
        (JobStatus::Active, JobStatus::Quarantine)
    );
    assert_eq!(talk.entra.job_of(TEST).counters().mails, 0, "it has no address");
    talk.act(|entra, moment| entra.job_of_mut(TEST).set_secret("renewed", moment))
        .expect("it is short");
    talk.act(|entra, moment| entra.job_of_mut(TEST).restart(ResetScope::PORTAL, moment));
    let bearer = |app| {
        let header = talk.entra.job_of(app).authorization().expect("a secret");
        header.to_str().expect("text").to_owned()
    };
    assert_eq!(
        (bearer(AppId::MAIN), bearer(TEST)),
        ("Bearer class-token".into(), "Bearer renewed".into())
    );
    talk.pass();
    let [_, test] = talk.settle();
    assert_eq!(Talk::creates(&test), 1);
    assert_eq!(status(&talk, TEST), JobStatus::Active);
    assert_eq!(talk.entra.job_of(AppId::MAIN).cycles_begun(), 1, "its schedule is its own");
}

#[test]
fn the_ids_of_calls_name_their_application() {
    for app in [AppId::MAIN, TEST, AppId(u16::MAX)] {
        assert_eq!(CallId::before_first(app).app(), app);
        assert_eq!(CallId(CallId::before_first(app).0 + 7).app(), app);
    }
}
