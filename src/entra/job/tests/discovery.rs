//! Account discovery: which requests it sends, whose the accounts are, and how it fails.

use std::sync::Arc;

use super::*;
use crate::entra::job::{
    Correlation, DiscoveryFailure, DiscoveryRefusal, DiscoveryReport, Uncorrelatable,
};

/// A page of the list of accounts, of so many in all.
fn page(names: &[&str], total: u32) -> String {
    let account =
        |name: &&str| format!(r#"{{"id":"id-{name}","userName":"{name}","active":true}}"#);
    list(total, &names.iter().map(account).collect::<Vec<_>>().join(","))
}

impl Talk {
    fn discover(&mut self) {
        self.act(|entra, moment| entra.job_mut().discover_identities(moment))
            .expect("it may begin");
    }

    fn last_report(&self) -> Arc<DiscoveryReport> {
        self.entra.job().discovered().last.clone().expect("a report")
    }

    /// Lets time pass until the report is ready.
    fn discovered(&mut self) -> Arc<DiscoveryReport> {
        let before = self.entra.job().discovered().count;
        while self.entra.job().discovered().count == before {
            let due = self.entra.next_due().expect("a report is being made");
            self.now = self.now.max(due);
            self.act(|entra, moment| {
                entra.wake_directory(moment);
                entra.wake(moment);
            });
        }
        self.last_report()
    }
}

#[test]
fn each_account_is_of_an_assigned_user_of_another_or_of_none() {
    let mut talk = Talk::with(&["ann", "ben", "cid"]);
    let (ben, cid) = (talk.user("ben"), talk.user("cid"));
    talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, ben, moment)).expect("was");
    talk.act(|entra, moment| entra.tenant_mut().delete(cid, moment)).expect("is there");
    talk.discover();
    let there = [
        "ANN.lind@contoso.example",
        "ben.lind@contoso.example",
        "cid.lind@contoso.example",
        "backup-service",
        "",
    ];
    talk.expect("GET /scim/v2/Users?startIndex=1&count=100 ", 200, &page(&there, 5));
    let report = talk.discovered();
    let found: Vec<Correlation> = report.accounts.iter().map(|it| it.correlation).collect();
    let expected = [
        Correlation::Assigned(talk.user("ann")),
        Correlation::Unassigned(ben),
        // A user in the recycle bin is not found.
        Correlation::Local,
        Correlation::Failed(Uncorrelatable::NameFormat),
        Correlation::Local,
    ];
    assert_eq!(found, expected);
    let words: Vec<&str> = found.iter().take(4).map(|it| it.word()).collect();
    let graph = ["correlatedAssigned", "correlatedNotAssigned", "uncorrelated", "failToCorrelate"];
    assert_eq!(words, graph);
    assert_eq!(report.counts(), [2, 1, 1, 1]);
    // Half an hour at least, and 166 ms for each account.
    assert_eq!(report.ended.since(report.began).as_millis(), 30 * 60_000 + 5 * 166);
    // Nothing was written, and no cycle ran.
    assert_eq!((talk.entra.job().cycles_begun(), talk.entra.job().links().len()), (0, 0));
}

#[test]
fn pages_follow_one_another_and_the_report_takes_as_long_as_the_policies_say() {
    let mut talk = Talk::with(&["ann"])
        .policy("discovery_page_size", Kind::Integer(2))
        .policy("discovery_time", Kind::Text("1m".to_owned()))
        .policy("discovery_account_time", Kind::Text("10s".to_owned()));
    talk.discover();
    talk.expect("startIndex=1&count=2 ", 200, &page(&["a", "b"], 3));
    // A page that is throttled is asked for again.
    let (id, said) = talk.next();
    assert!(said.contains("startIndex=3&count=2 "), "{said}");
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert("retry-after", http::HeaderValue::from_static("30"));
    talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
    talk.expect("startIndex=3&count=2 ", 200, &page(&["c"], 3));
    assert_eq!(talk.now.since(START).as_secs(), 30);
    let report = talk.discovered();
    assert_eq!((report.accounts.len(), report.ended.since(report.began).as_secs()), (3, 90));
}

#[test]
fn a_report_fails_as_a_whole_and_says_why() {
    let mut talk = Talk::with(&["ann"]).policy("discovery_page_size", Kind::Integer(2));
    talk.discover();
    talk.expect("startIndex=1&count=2 ", 200, &page(&["a", "b"], 4));
    talk.expect("startIndex=3&count=2 ", 200, &page(&["a", "b"], 4));
    let report = talk.last_report();
    assert_eq!(report.failure, Some(DiscoveryFailure::Repeats));
    assert!(report.accounts.is_empty());
    talk.discover();
    talk.expect("startIndex=1&count=2 ", 500, "");
    let code = talk.last_report().failure.as_ref().map(DiscoveryFailure::code);
    assert_eq!(code, Some("InternalServerError"));
    // An expression serves for matching in cycles, and not for this.
    let row = Node::table([
        ("target", Node::text("userName")),
        ("expression", Node::text("ToLower([userPrincipalName])")),
        ("match", Node::bare(Kind::Integer(1))),
    ]);
    talk.save(&["mappings", "users", "change"], &Node::bare(Kind::List(vec![row])));
    talk.discover();
    let report = talk.last_report();
    let why = report.failure.as_ref().expect("it failed");
    assert_eq!((why.code(), report.number), ("MissingJoiningProperty", 3));
    assert_eq!(why.text(), "Direct joining property mapping not found");
    // None of it concerns the job.
    assert_eq!(talk.entra.job().quarantine(), None);
}

#[test]
fn one_report_is_made_at_a_time_with_credentials_that_work() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().test_connection(moment));
    talk.expect("filter=userName", 401, "");
    let begin =
        |talk: &mut Talk| talk.act(|entra, moment| entra.job_mut().discover_identities(moment));
    assert_eq!(begin(&mut talk), Err(DiscoveryRefusal::TestFailed));
    talk.act(|entra, moment| entra.job_mut().test_connection(moment));
    talk.expect("filter=userName", 200, EMPTY);
    assert_eq!(begin(&mut talk), Ok(()));
    assert_eq!(begin(&mut talk), Err(DiscoveryRefusal::UnderWay));
    talk.expect("startIndex=1&count=100 ", 200, EMPTY);
    assert_eq!(talk.discovered().accounts.len(), 0);
}
