//! `record` on real sockets: what the server gets is byte for byte what the client sent, and the
//! other way round; what is written down is masked, and survives a kill.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running recorder; killed when dropped.
pub struct Recorder {
    child: Child,
    /// `127.0.0.1:40123`.
    pub address: String,
    /// The folder of the recording.
    pub out: PathBuf,
}

impl Recorder {
    /// A recorder in front of a server, on a free port.
    pub fn start(upstream: &str, folder: &Path, arguments: &[&str]) -> Recorder {
        let out = folder.join("recording");
        let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
        command.args(["record", "--quiet", "--port", "0", "--upstream", upstream, "--out"]);
        command.arg(&out).args(arguments).env("NO_COLOR", "1").env("PSEUDONYMS", "a key");
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
        let line = lines.find_map(|line| {
            line.ok()?.split_once("URL for the client").map(|(_, url)| url.trim().to_owned())
        });
        let url = line.expect("it says where it is");
        let address = url.trim_start_matches("http://").split('/').next().expect("an address");
        let address = address.to_owned();
        // What it says at its end must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Recorder { child, address, out }
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
        stream
    }

    /// What was written so far.
    pub fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.out.join("exchanges.jsonl")).unwrap_or_default();
        let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        whole.map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }

    /// Waits until so many exchanges are written.
    pub fn wait_for(&self, many: usize) -> Vec<Value> {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let lines = self.lines();
            if lines.len() >= many || Instant::now() > until {
                assert_eq!(lines.len(), many, "{lines:#?}");
                return lines;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it at once.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop, as a terminal would, and waits for its end.
    #[cfg(unix)]
    pub fn stop(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().expect("kill is there");
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A server for one connection after that of the greeting: it reads what is expected, and writes
/// what it is told, in pieces; it returns what it has read.
fn server(expected: usize, answer: Vec<u8>, reset: bool) -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let served = std::thread::spawn(move || {
        // The recorder asks first whether anything listens.
        drop(listener.accept().expect("a recorder"));
        let (mut stream, _) = listener.accept().expect("a client");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
        let mut read = vec![0; expected];
        if reset {
            // Closed with bytes that were not read, a connection is reset.
            stream.peek(&mut read[..1]).expect("a byte");
            return Vec::new();
        }
        stream.read_exact(&mut read).expect("all of it");
        for piece in answer.chunks(7) {
            stream.write_all(piece).expect("it is read");
        }
        stream.shutdown(Shutdown::Write).expect("it was open");
        stream.read_to_end(&mut read).expect("an end");
        read
    });
    (address, served)
}

#[test]
fn every_byte_passes_as_it_is_but_the_host() {
    let sent: [&[u8]; 4] = [
        b"POST /scim/v2/Users?x=%20+&aadOptscim062020 HTTP/1.1\r\nx-second:  b \r\nHOST: {host}\r\nX-First: a\r\n\
          x-second: c\r\nAuthorization: Bearer s3cret\r\nTransfer-Encoding: chunked\r\n\r\n\
          5;ext=\"1\"\r\n{\"use\r\n11\r\nrName\":\"ann@b.c\"}\r\n0\r\nTrailer: t\r\n\r\n",
        b"PATCH /scim/v2/Users/7 HTTP/1.1\r\nHost:{host}\r\ncontent-length:0002\r\nConnection: keep-alive\r\n\r\n{}",
        b"HEAD / HTTP/1.1\r\nhost: {host}\r\n\r\n",
        b"GET /scim/v2/Users HTTP/1.0\nHost: {host}\nConnection: close\n\n",
    ];
    let answer: &[u8] =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made so\r\nSET-cookie: sid=s3cret; Path=/\r\n\
        Transfer-Encoding: chunked\r\n\r\n3\r\n{\"i\r\n5\r\nd\":7}\r\n0\r\n\r\n\
        HTTP/1.1 204 \r\nx:y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n\
        HTTP/1.0 200 OK\r\n\r\nall \xff that is left";
    let with = |host: &str| {
        let text = sent.concat();
        String::from_utf8(text).expect("ASCII").replace("{host}", host)
    };
    let length = with("127.0.0.1:12345").len();
    // With a port of five digits the length is known beforehand, so a server is taken that has one.
    let (address, served) = loop {
        let (address, served) = server(length, answer.to_vec(), false);
        if address.len() == "127.0.0.1:12345".len() {
            break (address, served);
        }
        drop(TcpStream::connect(address));
    };
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("http://{address}/scim/v2");
    let mut recorder = Recorder::start(&url, folder.path(), &["--key-env", "PSEUDONYMS"]);
    let mut client = recorder.connect();
    let bytes = with("tunnel.example");
    // The first request comes a byte at a time, the others at once.
    let (slow, fast) = bytes.as_bytes().split_at(sent[0].len());
    for byte in slow.chunks(1) {
        client.write_all(byte).expect("it is read");
    }
    client.write_all(fast).expect("it is read");
    let mut came = Vec::new();
    client.read_to_end(&mut came).expect("an end");
    assert_eq!(String::from_utf8_lossy(&came), String::from_utf8_lossy(answer));
    drop(client);
    let read = served.join().expect("it was served");
    assert_eq!(String::from_utf8_lossy(&read), with(&address));

    let lines = recorder.wait_for(4);
    let statuses: Vec<&str> =
        lines.iter().filter_map(|line| line["response"]["line"].as_str()).collect();
    assert_eq!(
        statuses,
        ["HTTP/1.1 201 Made so", "HTTP/1.1 204 ", "HTTP/1.1 200 OK", "HTTP/1.0 200 OK"]
    );
    let name = scimulator::recording::Pseudonyms::new(b"a key").text("ann@b.c");
    assert_eq!(lines[0]["request"]["content"]["text"], format!("{{\"userName\":\"{name}\"}}"));
    assert_eq!(lines[0]["response"]["content"]["text"], "{\"id\":7}");
    let names: Vec<&str> = lines[0]["request"]["headers"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|header| header[0].as_str())
        .collect();
    let expected =
        ["x-second", "HOST", "X-First", "x-second", "Authorization", "Transfer-Encoding"];
    assert_eq!(names, expected);
    #[cfg(unix)]
    assert_eq!(recorder.stop(), Some(0));
    recorder.kill();
    holds_nowhere(&recorder.out, &["s3cret", "ann@b.c"]);
}

/// No file holds any of these texts, and none can be read by others.
fn holds_nowhere(folder: &Path, secrets: &[&str]) {
    for name in ["exchanges.jsonl", "exchanges.har", "recording.json"] {
        let text = std::fs::read_to_string(folder.join(name)).expect(name);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.join(name)).expect(name).permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        for secret in secrets {
            assert!(!text.contains(secret), "{name} holds {secret}: {text}");
        }
    }
}

#[test]
fn what_is_no_http_passes_too_and_host_stays_when_it_is_asked_to() {
    let sent = b"GET / HTTP/1.1\r\nHost: tunnel.example\r\n\r\n\x16\x03\x01\0\0what is this";
    let (address, served) = server(sent.len(), b"\0\x01\x02 no idea".to_vec(), false);
    let folder = tempfile::tempdir().expect("a folder");
    let recorder =
        Recorder::start(&format!("http://{address}/"), folder.path(), &["--raw", "--keep-host"]);
    let mut client = recorder.connect();
    client.write_all(sent).expect("it is read");
    let mut came = Vec::new();
    client.read_to_end(&mut came).expect("an end");
    assert_eq!(came, b"\0\x01\x02 no idea");
    drop(client);
    assert_eq!(served.join().expect("it was served"), sent);
    assert_eq!(recorder.wait_for(1)[0]["lost"], "unreadable");
}

#[test]
fn a_reset_stays_a_reset() {
    let (address, _served) = server(1, Vec::new(), true);
    let folder = tempfile::tempdir().expect("a folder");
    let recorder = Recorder::start(&format!("http://{address}/"), folder.path(), &[]);
    let mut client = recorder.connect();
    client.write_all(b"DELETE /Users/7 HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is read");
    let lost = client.read_to_end(&mut Vec::new()).expect_err("no answer");
    assert_eq!(lost.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(recorder.wait_for(1)[0]["lost"], "reset");
}

#[test]
fn a_kill_leaves_both_files_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let mut head = BufReader::new(stream.try_clone().expect("a socket")).lines();
            while head.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut recorder = Recorder::start(&format!("http://{address}/"), folder.path(), &[]);
    for _ in 0..20 {
        let mut client = recorder.connect();
        client.write_all(b"GET /Users HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is read");
        client.read_to_end(&mut Vec::new()).expect("an end");
    }
    recorder.wait_for(20);
    recorder.kill();
    let archive = std::fs::read_to_string(recorder.out.join("exchanges.har")).expect("a file");
    let archive: Value = serde_json::from_str(&archive).expect("it is whole");
    let entries = archive["log"]["entries"].as_array().expect("entries").len();
    assert!((19..=20).contains(&entries), "{entries}");
    let mut again = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    again.args(["record", "--upstream", &format!("http://{address}/"), "--port", "0", "--out"]);
    let refused = again.arg(&recorder.out).output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2), "a recording is never written over");
}

#[test]
fn a_server_far_away_is_recorded_only_when_that_is_meant() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimulator"));
    let output = command.args(["record", "--upstream", "http://192.0.2.1/", "--out", "nowhere"]);
    let output = output.output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--anywhere"));
}

/// What passes for ever says nothing: a story, or a replay, of no request.
#[test]
#[cfg(unix)]
fn a_recording_of_nothing_is_no_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let upstream = format!("http://{}/scim/v2", listener.local_addr().expect("an address"));
    let mut recorder = Recorder::start(&upstream, folder.path(), &[]);
    assert_eq!(recorder.stop(), Some(3));
    let recording = recorder.out.to_str().expect("a name");
    for arguments in [
        &["new", "--from-recording", recording][..],
        &["replay", recording, "--against", &upstream],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_scimulator")).args(arguments).output();
        let output = output.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("nothing was recorded in "), "{said}");
    }
}
