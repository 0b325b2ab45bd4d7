//! The real program, serving a scenario on a port of its own.

#![allow(
    clippy::disallowed_methods,
    reason = "a test of the shell writes files and waits in real time"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A running `scimulator serve`.
pub struct Server {
    child: Child,
    /// Where the page is: `http://127.0.0.1:40123`.
    pub url: String,
    _folder: Option<TempDir>,
}

impl Server {
    /// Serves a scenario of the library.
    pub fn of(name: &str, more: &[&str]) -> Server {
        Server::start(name, more, None)
    }

    /// Serves a scenario written here.
    pub fn with(text: &str, more: &[&str]) -> Server {
        let folder = tempfile::tempdir().expect("a folder for the scenario");
        let file = folder.path().join("story.toml");
        std::fs::write(&file, text).expect("the scenario is written");
        Server::start(&file.display().to_string(), more, Some(folder))
    }

    /// Serves a scenario into another server, which serves it too and stands still: that
    /// one first.
    pub fn into_another(name: &str, token: &str) -> (Server, Server) {
        let target = Server::of(name, &["--paused"]);
        let folder = tempfile::tempdir().expect("a folder for the token");
        let file = folder.path().join("token");
        std::fs::write(&file, token).expect("the token is written");
        let url = format!("{}/scim/v2", target.url);
        let file = file.to_str().expect("a path");
        let flags = ["--target", &url, "--token-file", file, "--paused"];
        let server = Server::start(name, &flags, Some(folder));
        (target, server)
    }

    /// Serves a scenario on a port that no other program is given by chance, so that another server
    /// can take its place: systems hand out ports above 32,767.
    pub fn on_a_port_of_its_own(name: &str, more: &[&str]) -> Server {
        let first = 20_000 + std::process::id() % 10_000;
        let free = (first..first + 100)
            .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port as u16)).is_ok())
            .expect("one of a hundred ports is free");
        Server::of(name, &[more, &["--port", &free.to_string()]].concat())
    }

    fn start(scenario: &str, more: &[&str], folder: Option<TempDir>) -> Server {
        let port = if more.contains(&"--port") { &[][..] } else { &["--port", "0"] };
        let mut child = Command::new(env!("CARGO_BIN_EXE_scimulator"))
            .args(["serve", scenario])
            .args(port)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is ours")).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .filter(|line| line.trim_start().starts_with("page "))
            .find_map(|line| {
                line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned)
            })
            .expect("it says where the page is");
        // Whatever else it tells is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, url: url.trim_end_matches('/').to_owned(), _folder: folder }
    }

    /// The names of the panels that the page has tabs for.
    pub fn tabs(&self) -> Vec<String> {
        let tabs = self.state()["run"]["tabs"].clone();
        let names = tabs.as_array().expect("a list").iter();
        names.filter_map(|tab| tab["name"].as_str().map(str::to_owned)).collect()
    }

    /// `127.0.0.1:40123`.
    pub fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The port alone.
    pub fn port(&self) -> &str {
        self.host().rsplit(':').next().expect("a host has a port here")
    }

    /// Sends a command to the control API and gives the body of the answer.
    pub fn post(&self, path: &str, json: &str) -> String {
        self.send(&format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{json}",
            self.host(),
            json.len()
        ))
    }

    /// Sends a SCIM request and gives the body of the answer.
    pub fn scim(&self, method: &str, path: &str, token: &str, json: &str) -> String {
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{json}",
            self.host(),
            json.len()
        ))
    }

    /// The state, as the control API tells it.
    pub fn state(&self) -> serde_json::Value {
        self.get("/api/v1/state")
    }

    /// What the control API answers at a path, as JSON.
    pub fn get(&self, path: &str) -> serde_json::Value {
        let body = self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.host()
        ));
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"))
    }

    /// Waits until the state is as a test wants it; some seconds at most.
    pub fn wait_for_state(&self, met: impl Fn(&serde_json::Value) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let state = self.state();
            if met(&state) {
                return;
            }
            assert!(Instant::now() < until, "it never came to this: {state}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.host()).expect("the server listens");
        stream.write_all(request.as_bytes()).expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the server answers");
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
