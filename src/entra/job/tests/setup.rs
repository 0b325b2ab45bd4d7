//! The provisioning page: what is filled in, tested and saved.

use super::*;
use crate::entra::job::SetupRefusal;

impl Talk {
    /// An application that was never set up.
    fn manual(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
        talk.save(&["mode"], &Node::text("manual"));
        talk.act(|entra, moment| {
            let mut problems = Problems::default();
            let secret = Node::text("");
            entra.set(&["secret"], &secret, moment, &mut problems);
        });
        talk
    }

    fn fill_in(&mut self, key: &str, value: &str) {
        let mut problems = Problems::default();
        self.act(|entra, _| entra.job_mut().fill_in(key, &Node::text(value), &mut problems));
        assert!(!problems.has_errors(), "{:?}", problems.list());
    }

    fn press_save(&mut self) -> Result<(), SetupRefusal> {
        self.act(|entra, moment| entra.job_mut().save(moment))
    }

    /// Tests the connection; the application answers so.
    fn test(&mut self, status: u16, body: &str) {
        self.act(|entra, moment| entra.job_mut().test_connection(moment));
        self.expect("GET /scim/v2/Users?filter=", status, body);
    }

    fn set_up(&mut self) {
        self.fill_in("mode", "automatic");
        self.fill_in("secret", "class-token");
        self.test(200, EMPTY);
        assert_eq!(self.press_save(), Ok(()));
    }
}

#[test]
fn save_is_refused_until_the_test_with_what_was_filled_in_has_passed() {
    let mut talk = Talk::manual(&["ann"]);
    assert_eq!(talk.entra.job().status(), JobStatus::NotConfigured);
    assert_eq!(talk.entra.job().can_start(), Err(SetupRefusal::Manual));
    assert_eq!(talk.entra.job().can_test(), Err(SetupRefusal::Manual));
    assert_eq!(talk.press_save(), Err(SetupRefusal::NothingToSave));
    talk.fill_in("mode", "automatic");
    talk.fill_in("secret", "wrong");
    assert_eq!(talk.entra.job().can_test(), Ok(()));
    assert_eq!(talk.entra.job().can_start(), Err(SetupRefusal::Manual), "not saved yet");
    assert_eq!(talk.press_save(), Err(SetupRefusal::NotTested));
    talk.test(401, r#"{"detail":"who?"}"#);
    assert_eq!(talk.press_save(), Err(SetupRefusal::TestFailed("401 who?".to_owned())));
    talk.test(200, EMPTY);
    // What was tested is not what is to be saved any more.
    talk.fill_in("secret", "right");
    assert_eq!(talk.press_save(), Err(SetupRefusal::NotTested));
    talk.act(|entra, moment| entra.job_mut().test_connection(moment));
    assert_eq!(talk.press_save(), Err(SetupRefusal::TestRunning));
    let call = talk.next_call();
    assert_eq!(call.request.headers()["authorization"], "Bearer right");
    talk.reply(call.id, 200, EMPTY);
    assert_eq!(talk.entra.job().unsaved().collect::<Vec<_>>(), ["mode", "secret", "secret"]);
    assert_eq!(talk.press_save(), Ok(()));
    assert_eq!(talk.entra.job().unsaved().count(), 0);
    assert_eq!(talk.entra.job().status(), JobStatus::NotRun);
    assert_eq!(talk.entra.job().state(), ScheduleState::Disabled, "the status is still Off");
    assert_eq!(talk.entra.next_due(), None);
}

#[test]
fn status_on_starts_the_initial_cycle_and_off_stops() {
    let mut talk = Talk::manual(&["ann"]);
    talk.act(|entra, _| entra.job_mut().fill_in_status(true));
    talk.set_up();
    talk.probe();
    talk.create("ann", "1");
    talk.act(|entra, _| entra.job_mut().fill_in_status(false));
    assert_eq!(talk.press_save(), Ok(()));
    assert_eq!(talk.entra.job().state(), ScheduleState::Paused);
    // Without a word about the status Save leaves it.
    talk.fill_in("notify", "it@contoso.example");
    assert_eq!(talk.press_save(), Ok(()));
    assert_eq!(talk.entra.job().state(), ScheduleState::Paused);
}

#[test]
fn what_concerns_no_credentials_is_saved_without_a_test_and_a_policy_needs_none_at_all() {
    let mut talk = Talk::manual(&[]);
    talk.set_up();
    talk.fill_in("scope", "all");
    assert_eq!(talk.press_save(), Ok(()));
    talk.fill_in("tenant_url", "https://api.golinks.example/scim/v3");
    assert_eq!(talk.press_save(), Err(SetupRefusal::NotTested));

    let mut talk = Talk::manual(&[]).policy("save_needs_test", Kind::Bool(false));
    talk.fill_in("mode", "automatic");
    talk.fill_in("secret", "wrong");
    assert_eq!(talk.press_save(), Ok(()));
}

#[test]
fn the_mode_does_not_go_back_and_a_secret_can_be_too_long() {
    let mut talk = Talk::manual(&[]).policy("secret_limit", Kind::Integer(11));
    talk.set_up();
    talk.fill_in("mode", "manual");
    assert_eq!(talk.press_save(), Err(SetupRefusal::BackToManual));
    // What can never be saved is not in the way of the next save; what was typed with it stays.
    assert_eq!(talk.press_save(), Err(SetupRefusal::NothingToSave));
    talk.fill_in("secret", "class-token-2");
    talk.fill_in("notify", "it@contoso.example");
    assert_eq!(talk.press_save(), Err(SetupRefusal::SecretTooLong(13)));
    assert_eq!(talk.entra.job().unsaved().collect::<Vec<_>>(), ["notify"]);
    assert_eq!(talk.press_save(), Ok(()));
    talk.fill_in("secret", "untested");
    assert_eq!(talk.press_save(), Err(SetupRefusal::NotTested));
    assert_eq!(talk.entra.job().unsaved().collect::<Vec<_>>(), ["secret"], "a test can mend it");
    let refused = |refusal: SetupRefusal| (refusal.to_string(), refusal.help());
    for refusal in [
        SetupRefusal::NothingToSave,
        SetupRefusal::NotTested,
        SetupRefusal::TestRunning,
        SetupRefusal::TestFailed("401".to_owned()),
        SetupRefusal::BackToManual,
        SetupRefusal::Manual,
        SetupRefusal::NoCredentials,
        SetupRefusal::SecretTooLong(13),
    ] {
        let (words, help) = refused(refusal);
        assert!(!words.is_empty() && !help.is_empty());
    }
}

#[test]
fn a_secret_that_was_left_blank_is_tested_and_saved_as_blank() {
    let mut talk = Talk::manual(&[]);
    talk.fill_in("mode", "automatic");
    talk.act(|entra, moment| entra.job_mut().test_connection(moment));
    let call = talk.next_call();
    let sent = call.request.headers()["authorization"].to_str().expect("text").to_owned();
    assert!(crate::base::jwt::is_jwt(sent.trim_start_matches("Bearer ")), "{sent}");
    talk.reply(call.id, 200, EMPTY);
    assert_eq!(talk.press_save(), Ok(()));
    assert_eq!(talk.entra.job().status(), JobStatus::NotRun);
}

#[test]
fn the_check_box_below_the_address_decides_about_mails() {
    for (ticked, mails) in [(true, 1), (false, 0)] {
        let mut talk = Talk::with(&[]);
        talk.save(&["notify_failures"], &Node::bare(Kind::Bool(ticked)));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.expect("GET", 401, "");
        assert!(talk.entra.job().quarantine().is_some());
        assert_eq!(talk.entra.job().counters().mails, mails);
    }
}
