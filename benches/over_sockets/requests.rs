//! What is asked of both servers: reads, searches, creates, changes, and a mix of the last three.

use std::net::SocketAddr;

use http::Method;

use super::load::{self, Nth, Request};
use super::servers::{Sizes, TOKEN};

/// Ids and userNames of accounts from all over.
pub struct People(pub Vec<(String, String)>);

/// A kind of load.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An account by its id.
    Read,
    /// An account by its userName, with a filter.
    Search,
    /// A new account.
    Create,
    /// Another title.
    Patch,
    /// A create, a search, a change, and so on.
    Mix,
}

impl Kind {
    /// All of them, in the order of the report.
    pub const ALL: [Kind; 5] = [Kind::Read, Kind::Search, Kind::Create, Kind::Patch, Kind::Mix];

    /// Its word in the report.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Read => "read",
            Kind::Search => "search",
            Kind::Create => "create",
            Kind::Patch => "patch",
            Kind::Mix => "mix",
        }
    }

    /// One request of it.
    pub fn request(self, people: &People, nth: Nth) -> Request {
        let (id, name) = &people.0[(nth.client * 37 + nth.nth) % people.0.len()];
        match self {
            Kind::Read => request("GET", &format!("/scim/v2/Users/{id}"), ""),
            Kind::Search => {
                let name =
                    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
                request("GET", &format!("/scim/v2/Users?filter=userName%20eq%20%22{name}%22"), "")
            }
            Kind::Create => request("POST", "/scim/v2/Users", &person(nth)),
            Kind::Patch => request("PATCH", &format!("/scim/v2/Users/{id}"), &change(nth)),
            Kind::Mix => {
                [Kind::Create, Kind::Search, Kind::Patch][nth.nth % 3].request(people, nth)
            }
        }
    }
}

/// How large the answers to a read, a create and a change are.
pub fn sizes(server: SocketAddr, people: &People) -> Sizes {
    let first = Nth { round: usize::MAX, client: 0, nth: 0 };
    let kinds = [Kind::Read, Kind::Create, Kind::Patch];
    let answers = load::answers_to(server, &kinds.map(|kind| kind.request(people, first)));
    delete(server, &load::id_in(&answers[1]).into_iter().collect::<Vec<_>>());
    [
        (Method::GET, answers[0].len()),
        (Method::POST, answers[1].len()),
        (Method::PATCH, answers[2].len()),
    ]
}

/// Deletes what creates have left behind, so that the number of accounts stays what it is said to
/// be.
pub fn delete(server: SocketAddr, ids: &[String]) {
    let requests: Vec<_> =
        ids.iter().map(|id| request("DELETE", &format!("/scim/v2/Users/{id}"), "")).collect();
    load::answers_to(server, &requests);
}

fn person(Nth { round, client, nth }: Nth) -> String {
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let name = format!("bench.{client}.{round}.{nth}@northwind.example");
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{ENTERPRISE}"],"externalId":"{client}.{round}.{nth}","userName":"{name}","active":true,"title":"Engineer","emails":[{{"primary":true,"type":"work","value":"{name}"}}],"name":{{"givenName":"Given","familyName":"Family{nth}"}},"{ENTERPRISE}":{{"department":"Engineering"}}}}"#
    )
}

fn change(Nth { round, client, nth }: Nth) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"Replace","path":"title","value":"Number {client}.{round}.{nth}"}}]}}"#
    )
}

/// A request as bytes.
pub fn request(method: &str, target: &str, body: &str) -> Request {
    format!(
        "{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {TOKEN}\r\naccept: application/scim+json\r\n\
         content-type: application/scim+json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
