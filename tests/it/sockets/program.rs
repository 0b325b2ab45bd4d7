//! Starts the program, speaks HTTP to it by hand, and reads its exit code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A running server; killed when dropped.
pub struct Program {
    child: Child,
    /// `127.0.0.1:40123`.
    pub address: String,
    /// What it printed up to its address.
    pub greeting: String,
    out: Option<BufReader<ChildStdout>>,
    folder: tempfile::TempDir,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The head, in lower case.
    pub head: String,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A server that serves this text on a free port, with further arguments.
pub fn serve(text: &str, arguments: &[&str]) -> Program {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("story.toml"), text).expect("a file");
    let mut child = command(&["serve", "story.toml", "--port", "0"])
        .args(arguments)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut out = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut greeting = String::new();
    while !greeting.contains("Ctrl-C") {
        if out.read_line(&mut greeting).expect("text") == 0 {
            let mut why = String::new();
            let _ = child.stderr.take().expect("it was piped").read_to_string(&mut why);
            panic!("it ended instead of serving: {greeting}{why}");
        }
    }
    let page = greeting.find("page ").expect("it says where the page is");
    let at = page + greeting[page..].find("http://").expect("it says where it is") + 7;
    let address = greeting[at..].split('/').next().expect("an address").to_owned();
    Program { child, address, greeting, out: Some(out), folder }
}

/// Runs the program to its end.
pub fn run(arguments: &[&str], folder: &Path) -> Output {
    command(arguments).current_dir(folder).output().expect("the program runs")
}

/// The program with these arguments, not yet started.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    command.args(arguments).env("NO_COLOR", "1");
    command
}

impl Program {
    /// `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where the served file is.
    pub fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("story.toml")
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
        stream
    }

    /// A request of the control API or the page.
    pub fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        );
        self.send(&text)
    }

    /// Where the answer to a request leads a browser, letter by letter.
    pub fn leads_to(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}",
            self.address
        );
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let line = answer.lines().find(|it| it.to_lowercase().starts_with("location: "));
        line.map_or_else(|| panic!("{answer}"), |line| line["location: ".len()..].to_owned())
    }

    /// A request to GoLinks, with the token.
    pub fn scim(&self, method: &str, path: &str, body: &str) -> Answer {
        let headers = "Authorization: Bearer test-token\r\nContent-Type: application/scim+json\r\n";
        self.ask(method, &format!("/scim/v2{path}"), headers, body)
    }

    /// A command of the control API; its answer must be a success.
    pub fn command(&self, word: &str, body: &str) -> serde_json::Value {
        let answer = self.ask(
            "POST",
            &format!("/api/v1/{word}"),
            "Content-Type: application/json\r\n",
            body,
        );
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// The state, as the page gets it.
    pub fn state(&self) -> serde_json::Value {
        self.ask("GET", "/api/v1/state", "", "").json()
    }

    /// Waits until the state, as a page is sent it, meets a condition.
    pub fn wait_until(&self, what: &str, met: impl Fn(&serde_json::Value) -> bool) {
        let mut events = Events::of(self, "", "");
        let mut state = serde_json::Value::Object(serde_json::Map::new());
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            let (_, frame) = events.next_with_id();
            for (name, part) in frame.as_object().expect("a frame is an object") {
                state[name] = part.clone();
            }
            if met(&state) {
                return;
            }
        }
        panic!("{what}: {:#}", state["run"]);
    }

    /// Sends bytes as they are and reads until the connection is closed.
    pub fn send(&self, text: &str) -> Answer {
        let mut stream = self.connect();
        // A server that has refused already may close before everything is written.
        let _ = stream.write_all(text.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = stream.shutdown(Shutdown::Both);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    /// Lets it have so many files and sockets open from now on.
    #[cfg(target_os = "linux")]
    pub fn limit_files(&self, files: u64) {
        use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
        let id = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        // The hard limit stays, so that the soft one can be raised again.
        let maximum = getrlimit(Resource::Nofile).maximum;
        let limit = prlimit(id, Resource::Nofile, Rlimit { current: Some(files), maximum });
        limit.expect("the limit of a process of ours");
    }

    /// How many files and sockets it has open.
    #[cfg(target_os = "linux")]
    pub fn open_files(&self) -> u64 {
        let folder = std::fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        folder.expect("a running process has files").count() as u64
    }

    /// How much memory it holds, in KiB.
    #[cfg(target_os = "linux")]
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("a running process has a status");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
    }

    /// Asks it to stop as a terminal or a container would, and gives its exit code and the rest of
    /// its output.
    #[cfg(unix)]
    pub fn stop(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        let mut rest = String::new();
        let _ = self.out.take().expect("not taken before").read_to_string(&mut rest);
        (self.child.wait().expect("it ends").code(), rest)
    }
}

/// The events of a server, as a page gets them.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// Listens; `query` begins with a question mark when there is one.
    pub fn of(server: &Program, query: &str, headers: &str) -> Events {
        let mut stream = server.connect();
        let host = &server.address;
        let request =
            format!("GET /api/v1/events{query} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).expect("it reads");
        Events(BufReader::new(stream))
    }

    /// The next line; `None` when the stream has ended.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.0.read_line(&mut line).expect("a line in time") > 0).then_some(line)
    }

    /// The next event: its id and its data.
    pub fn next_with_id(&mut self) -> (String, serde_json::Value) {
        let mut id = String::new();
        loop {
            let line = self.line().expect("the stream goes on");
            if let Some(text) = line.strip_prefix("id: ") {
                id = text.trim().to_owned();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return (id, serde_json::from_str(data).expect("JSON"));
            }
        }
    }

    /// The next event: the sequence number and its data.
    pub fn next(&mut self) -> (u64, serde_json::Value) {
        let (id, data) = self.next_with_id();
        (id.split('-').next().and_then(|seq| seq.parse().ok()).expect("a number"), data)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
