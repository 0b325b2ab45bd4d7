//! A GoLinks of the generic profile with one user and one group, to be spoken to.

use bytes::Bytes;
use http::Request;
use scimulator::base::{Moment, Node, Problems, Seed, Time};
use scimulator::golinks::{Event, GoLinks, Settings};

/// The server, and where its resources are.
pub struct Server {
    golinks: GoLinks,
    said: Vec<Event>,
    places: Vec<String>,
}

impl Server {
    /// A server with Mira and the group Design.
    pub fn with_one_of_each() -> Server {
        let mut settings = Settings::default();
        let mut problems = Problems::default();
        settings.set(&["profile"], &Node::text("generic"), &mut problems);
        assert!(!problems.has_errors(), "{problems:?}");
        let golinks = GoLinks::new(settings, Time::from_secs(0));
        let mut server = Server { golinks, said: Vec::new(), places: Vec::new() };
        let mira = br#"{"userName":"mira","active":true,"name":{"familyName":"Lind"},"emails":[{"type":"work","value":"m@x"}]}"#;
        server.create("/scim/v2/Users", mira);
        server.create("/scim/v2/Groups", br#"{"displayName":"Design"}"#);
        server
    }

    /// The paths of the user and of the group.
    #[allow(dead_code, reason = "the whole-request target speaks to paths of its own")]
    pub fn places(&self) -> Vec<String> {
        self.places.clone()
    }

    /// Sends a request with the good token; answers the status, or 0 when no client could send such a request.
    pub fn say(&mut self, method: &str, path: &str, body: &[u8]) -> u16 {
        self.send(method, path, body).map_or(0, |(status, _)| status)
    }

    fn create(&mut self, path: &str, body: &[u8]) {
        let (status, location) = self.send("POST", path, body).expect("a fixed request");
        assert_eq!(status, 201, "{path}");
        let id = location.rsplit('/').next().unwrap_or_default();
        self.places.push(format!("{path}/{id}"));
    }

    fn send(&mut self, method: &str, path: &str, body: &[u8]) -> Option<(u16, String)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Bearer golinks-demo-token")
            .header("content-type", "application/scim+json")
            .body(Bytes::copy_from_slice(body))
            .ok()?;
        let mut moment = Moment::new(Time::from_secs(0), Seed(7), &mut self.said);
        let response = self.golinks.handle(&request, &mut moment);
        self.said.clear();
        let location = response.headers().get("location").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Some((response.status().as_u16(), location.to_owned()))
    }
}
