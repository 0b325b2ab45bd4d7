//! Paging through lists.

use serde_json::Value;

use crate::verify::check::checks;
use crate::verify::finding::{NotPassed, Sign, must};
use crate::verify::pick;
use crate::verify::session::{Endpoint, Session};

checks! {
    "page.users" Fail Nothing users {
        sends: "11 users, read in pages of 5",
        right: "startIndex 1, 6, 11; none twice and none lost",
        sources: "direct test 23, Okta SPEC, RFC 7644 3.4.2.4",
        portal: "the gallery's paging test fails",
    }
    "page.groups" Warn Groups groups {
        sends: "11 groups, read in pages of 5",
        right: "startIndex 1, 6, 11; none twice and none lost",
        sources: "direct test 24, RFC 7644 3.4.2.4",
        portal: "the gallery's paging test fails",
    }
    "page.end" Warn Nothing end {
        sends: "a page after the last one",
        right: "200 and no resources",
        sources: "RFC 7644 3.4.2.4",
        portal: "nothing: Entra does not page",
    }
    "page.zero" Warn Nothing zero {
        sends: "startIndex=0",
        right: "it is read as 1",
        sources: "RFC 7644 3.4.2.4, B62",
        portal: "nothing: Entra does not page",
    }
    "page.count0" Warn Nothing count_zero {
        sends: "count=0",
        right: "the total and no resources",
        sources: "RFC 7644 3.4.2.4, B116",
        portal: "nothing: Entra does not page",
    }
    "page.per-page" Info Nothing per_page {
        sends: "the last page",
        right: "itemsPerPage is the number of resources on it",
        sources: "RFC 7644 3.4.2",
        portal: "nothing: Entra does not page",
    }
}

fn fill(session: &mut Session<'_>, kind: Endpoint, count: usize) -> Result<Vec<String>, NotPassed> {
    match kind {
        Endpoint::User => session.many_users(count),
        Endpoint::Group => (0..count).map(|_| Ok(session.new_group()?.id)).collect(),
    }
}

fn pages(session: &mut Session<'_>, kind: Endpoint) -> Result<(), NotPassed> {
    let mut missing = fill(session, kind, 11)?;
    let mut seen: Vec<String> = Vec::new();
    let all = missing.len();
    let mut start = 1;
    let mut total;
    loop {
        let list = session.get(&format!("{}?startIndex={start}&count=5", kind.path()))?.list()?;
        must(list.start_index.is_none_or(|index| index == start), || {
            format!("startIndex {} on the page from {start}", list.start_index.unwrap_or_default())
        })?;
        for resource in &list.resources {
            let id = pick::text(resource, &["id"]).unwrap_or_default().to_owned();
            must(!seen.contains(&id), || format!("{id} is on two pages"))?;
            missing.retain(|one| *one != id);
            seen.push(id);
        }
        start += 5;
        total = list.total;
        // A server that holds thousands of accounts is not read to its end.
        if start > list.total || list.resources.is_empty() || missing.is_empty() || start > 2_000 {
            break;
        }
    }
    if missing.is_empty() || start > 2_000 {
        return Ok(());
    }
    let many = missing.len();
    if total <= 5 && seen.len() <= 5 {
        let came =
            format!("totalResults is {total} on a page of {}, and {many} are on none", seen.len());
        return Err(NotPassed::failed(came).of_kind(Sign::TotalIsPage));
    }
    let failure = NotPassed::failed(format!("{many} are on no page"));
    Err(if many == all { failure.of_kind(Sign::OtherId) } else { failure })
}

fn users(session: &mut Session<'_>) -> Result<(), NotPassed> {
    pages(session, Endpoint::User)
}

fn groups(session: &mut Session<'_>) -> Result<(), NotPassed> {
    pages(session, Endpoint::Group)
}

fn end(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let list = session.get("/Users?startIndex=1000000&count=5")?.list()?;
    must(list.resources.is_empty(), || list.said())
}

fn zero(session: &mut Session<'_>) -> Result<(), NotPassed> {
    fill(session, Endpoint::User, 1)?;
    let first = |list: &[Value]| {
        list.first().map(|r| pick::text(r, &["id"]).unwrap_or_default().to_owned())
    };
    let zero = session.get("/Users?startIndex=0&count=1")?.list()?;
    session.show_last();
    let one = session.get("/Users?startIndex=1&count=1")?.list()?;
    must(first(&zero.resources) == first(&one.resources), || "another page than from 1".to_owned())
}

fn count_zero(session: &mut Session<'_>) -> Result<(), NotPassed> {
    fill(session, Endpoint::User, 1)?;
    let list = session.get("/Users?count=0")?.list()?;
    must(list.resources.is_empty() && list.total > 0, || list.said()).map_err(|failure| {
        if list.total == 0 { failure.of_kind(Sign::TotalIsPage) } else { failure }
    })
}

fn per_page(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let user = session.new_user()?;
    let path =
        format!("/Users?count=20&filter=userName%20eq%20%22{}%22", user.name.replace('@', "%40"));
    let list = session.get(&path)?.list()?;
    let shown = list.resources.len() as u64;
    must(list.per_page.is_none_or(|per_page| per_page == shown), || {
        format!("itemsPerPage {} with {shown} resources", list.per_page.unwrap_or_default())
    })
}
