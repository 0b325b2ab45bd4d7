//! A GoLinks with users and a group in it, to be spoken to; which one it is, and what is wrong with
//! it, is chosen by bytes.

use bytes::Bytes;
use http::{Request, Response};
use scimulator::base::{Kind, Moment, Node, Problems, Seed, Time};
use scimulator::golinks::quirks::TABLE;
use scimulator::golinks::{Event, GoLinks, Settings};

const MIRA: &[u8] = br#"{"userName":"mira","externalId":"m1","active":true,"name":{"givenName":"Mira","familyName":"Lind"},
    "emails":[{"type":"work","value":"m@x","primary":true},{"type":"home","value":"h@x"}],"roles":[{"value":"r"}],"title":"T\u00e9a",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Design","manager":{"value":"000000000000001"}}}"#;

/// The server, and the ids of its resources.
pub struct Server {
    golinks: GoLinks,
    events: Vec<Event>,
    /// The ids of Mira, of Ben, who is inactive, and of the group Design, when it has groups.
    pub ids: Vec<String>,
}

#[allow(dead_code, reason = "each target needs some of it")]
impl Server {
    /// A server of a profile: of four bits, `generic`, groups, an extension schema, and what
    /// neither profile offers.
    pub fn of(profile: u8) -> Server {
        let mut settings = Settings::default();
        let mut set = |path: &str, node: Node| {
            let mut problems = Problems::default();
            settings.set(&path.split('.').collect::<Vec<_>>(), &node, &mut problems);
            assert!(!problems.has_errors(), "{path}: {problems:?}");
        };
        if profile & 1 == 1 {
            set("profile", Node::text("generic"));
        }
        if profile & 2 == 2 {
            for capability in ["groups", "filter", "sort", "search", "bulk", "etag"] {
                set(&format!("capabilities.{capability}"), Node::bare(Kind::Bool(true)));
            }
        }
        if profile & 4 == 4 {
            set("patch_reply", Node::text("204"));
            set("delete", Node::text("remove"));
            set("page_size", Node::bare(Kind::Integer(2)));
        }
        if profile & 8 == 8 {
            set("body_limit", Node::bare(Kind::Integer(400)));
            set("bulk_operations", Node::bare(Kind::Integer(3)));
            set("limits.seats", Node::bare(Kind::Integer(2)));
        }
        let golinks = GoLinks::new(settings, Time::from_secs(0));
        let mut server = Server { golinks, events: Vec::new(), ids: Vec::new() };
        if profile & 8 == 8 {
            server.create("/scim/v2/Users", br#"{"userName":"mira","active":true}"#);
        } else {
            server.create("/scim/v2/Users", MIRA);
        }
        server.create(
            "/scim/v2/Users",
            br#"{"userName":"ben","active":false,"emails":[{"type":"work","value":"b@x"}]}"#,
        );
        if profile & 3 != 0 {
            let members = format!(
                r#"{{"displayName":"Design","members":[{{"value":"{}"}}]}}"#,
                server.ids[0]
            );
            server.create("/scim/v2/Groups", members.as_bytes());
        }
        server
    }

    /// Switches a quirk on: the row and the value of it are chosen.
    pub fn break_it(&mut self, row: u8, value: u8) {
        let row = &TABLE[row as usize % TABLE.len()];
        let node = match row.words {
            ["false", "true"] => Node::bare(Kind::Bool(true)),
            [_, "a number"] => Node::bare(Kind::Integer(i64::from(value))),
            words => Node::text(words[1 + value as usize % (words.len() - 1)]),
        };
        let mut problems = Problems::default();
        self.golinks.set(&["quirks", row.name], &node, &mut problems);
        assert!(!problems.has_errors(), "{}: {problems:?}", row.name);
    }

    /// The paths of its resources.
    pub fn places(&self) -> Vec<String> {
        let kinds = ["Users", "Users", "Groups"];
        self.ids.iter().zip(kinds).map(|(id, kind)| format!("/scim/v2/{kind}/{id}")).collect()
    }

    /// Sends a request with the good token; answers the status and the body, nothing when no client
    /// could send it.
    pub fn say(&mut self, method: &str, path: &str, body: &[u8]) -> Option<(u16, Bytes)> {
        let response = self.send(method, path, body, &[])?;
        Some((response.status().as_u16(), response.into_body()))
    }

    /// Sends a request with headers of its own.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
        headers: &[(&str, &str)],
    ) -> Option<Response<Bytes>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer golinks-demo-token")
            .header("content-type", "application/scim+json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body)).ok()?;
        let mut moment = Moment::new(Time::from_secs(0), Seed(7), &mut self.events);
        let response = self.golinks.handle(&request, &mut moment);
        self.events.clear();
        Some(response)
    }

    fn create(&mut self, path: &str, body: &[u8]) {
        let response = self.send("POST", path, body, &[]).expect("a fixed request");
        assert_eq!(response.status(), 201, "{path}: {:?}", response.body());
        let location = response.headers()["location"].to_str().expect("an address");
        self.ids.push(location.rsplit('/').next().unwrap_or_default().to_owned());
    }
}
