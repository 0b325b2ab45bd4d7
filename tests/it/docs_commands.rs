//! The tutorials are true: each command in their `console` blocks is run, in a folder of its own,
//! and prints what stands below it.
//!
//! `$ command` is run by bash; the lines below are its output, errors among it. A line `...` stands
//! for any lines, `[..]` within a line for any text. A block of another language whose first line
//! names a file (```` ```toml ticket.toml ````) writes that file. `scimulator serve` runs until
//! the page ends, on a free port that the page sees as 4040. `BLESS=1` writes what was printed
//! in place of what does not fit.

#![cfg(unix)]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The port of a server, as the pages write it.
const PORT: &str = "4040";

#[test]
fn the_commands_of_the_tutorials_print_what_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorials");
    let mut pages: Vec<PathBuf> =
        fs::read_dir(folder).expect("tutorials").flatten().map(|entry| entry.path()).collect();
    pages.sort();
    assert_eq!(pages.len(), 3, "one for each of the three users: {pages:?}");
    let mut wrong = String::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page");
        let mut session = Session::new();
        let (written, found) = session.play(&text);
        assert!(session.commands > 5, "{}: {} commands", page.display(), session.commands);
        if std::env::var_os("BLESS").is_some() {
            fs::write(&page, written).expect("a page");
        } else {
            for problem in found {
                writeln!(wrong, "{}:{problem}", page.display()).expect("a text");
            }
        }
    }
    assert!(wrong.is_empty(), "what is printed differs (BLESS=1 writes it):\n{wrong}");
}

/// A reader who types what a page says.
struct Session {
    folder: tempfile::TempDir,
    servers: Vec<Server>,
    /// What was exported.
    variables: Vec<(String, String)>,
    last_exit: i32,
    commands: usize,
}

/// A server in the background; killed when dropped.
struct Server {
    child: Child,
    port: String,
    /// Kept open, so that the server can go on printing.
    _out: BufReader<ChildStdout>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Session {
    fn new() -> Session {
        let folder = tempfile::tempdir().expect("a folder");
        let (servers, variables) = (Vec::new(), Vec::new());
        Session { folder, servers, variables, last_exit: 0, commands: 0 }
    }

    /// Plays a page; returns it with the outputs as they were, and where they differ.
    fn play(&mut self, text: &str) -> (String, Vec<String>) {
        let (mut written, mut wrong) = (String::new(), Vec::new());
        let lines: Vec<&str> = text.lines().collect();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            writeln!(written, "{line}").expect("a text");
            at += 1;
            let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
                continue;
            };
            let length =
                lines[at..].iter().position(|line| *line == "```").expect("a closed block");
            let block = &lines[at..at + length];
            match info.split_once(' ') {
                _ if info == "console" => {
                    self.console(block, at + 1, &mut written, &mut wrong);
                }
                Some((_, file)) => {
                    let path = self.folder.path().join(file);
                    fs::write(path, block.join("\n") + "\n").expect("a file");
                    block.iter().for_each(|line| written += &format!("{line}\n"));
                }
                None => block.iter().for_each(|line| written += &format!("{line}\n")),
            }
            written += "```\n";
            at += length + 1;
        }
        (written, wrong)
    }

    fn console(&mut self, block: &[&str], first: usize, out: &mut String, wrong: &mut Vec<String>) {
        assert!(block[0].starts_with("$ "), "line {first}: a console block begins with a command");
        let starts: Vec<usize> =
            (0..block.len()).filter(|nth| block[*nth].starts_with("$ ")).collect();
        for (nth, start) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).copied().unwrap_or(block.len());
            let (command, expected) = (&block[*start][2..], &block[start + 1..end]);
            let printed = self.run(command);
            let actual: Vec<&str> = printed.lines().map(str::trim_end).collect();
            writeln!(out, "$ {command}").expect("a text");
            let fits = fits(expected, &actual);
            let shown = if fits { expected } else { &actual[..] };
            shown.iter().for_each(|line| *out += &format!("{line}\n"));
            if !fits {
                let line = first + start;
                wrong.push(format!("{line}: $ {command}\n{}", actual.join("\n")));
            }
        }
    }

    /// Runs a command and returns what it printed.
    fn run(&mut self, command: &str) -> String {
        self.commands += 1;
        if let Some(serve) =
            command.strip_prefix("scimulator serve").map(|rest| rest.trim_end_matches('&'))
        {
            return self.serve(serve);
        }
        if let Some((name, value)) =
            command.strip_prefix("export ").and_then(|rest| rest.split_once('='))
        {
            self.variables.push((name.to_owned(), value.to_owned()));
            return String::new();
        }
        let port = self.servers.last().map(|server| server.port.clone());
        let mut typed = command.to_owned();
        if let Some(port) = &port {
            typed = typed.replace(PORT, port);
            if typed.starts_with("scimulator ctl") {
                typed = typed.replacen("ctl", &format!("ctl --url http://127.0.0.1:{port}"), 1);
            }
        }
        let script = format!("exec 2>&1; (exit {}); {typed}", self.last_exit);
        let output = self.bash(&script).output().expect("bash runs");
        self.last_exit = output.status.code().unwrap_or(-1);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        port.map_or(printed.clone(), |port| printed.replace(&port, PORT))
    }

    /// Starts a server and waits until it says that it listens.
    fn serve(&mut self, arguments: &str) -> String {
        let script = format!("exec scimulator serve {arguments} --port 0 2>&1");
        let mut child = self.bash(&script).stdout(Stdio::piped()).spawn().expect("bash runs");
        let mut out = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut printed = String::new();
        while !printed.contains("Ctrl-C") {
            if out.read_line(&mut printed).expect("text") == 0 {
                panic!("`scimulator serve {arguments}` ended: {printed}");
            }
        }
        let at = printed.find("http://127.0.0.1:").expect("it says where it is") + 17;
        let port: String = printed[at..].chars().take_while(char::is_ascii_digit).collect();
        let shown = printed.replace(&port, PORT);
        self.servers.push(Server { child, port, _out: out });
        shown
    }

    fn bash(&self, script: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_scimulator"));
        let folder = program.parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let mut command = Command::new("bash");
        command
            .args(["-c", script])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .env("PATH", format!("{}:{path}", folder.display()))
            .env("NO_COLOR", "1")
            .env_remove("SCIM_TOKEN")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Whether an output is what a page shows.
fn fits(expected: &[&str], actual: &[&str]) -> bool {
    match (expected.split_first(), actual.split_first()) {
        (None, None) => true,
        (Some((&"...", rest)), _) => (0..=actual.len()).any(|skip| fits(rest, &actual[skip..])),
        (Some((one, rest)), Some((other, others))) => line_fits(one, other) && fits(rest, others),
        _ => false,
    }
}

fn line_fits(expected: &str, actual: &str) -> bool {
    let Some((begin, rest)) = expected.split_once("[..]") else { return expected == actual };
    let Some(after) = actual.strip_prefix(begin) else { return false };
    let ends = (0..=after.len()).filter(|at| after.is_char_boundary(*at));
    ends.into_iter().any(|at| line_fits(rest, &after[at..]))
}

#[test]
fn dots_stand_for_lines_and_for_text() {
    assert!(fits(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(fits(&["a", "...", "d"], &["a", "d"]));
    assert!(!fits(&["a", "...", "d"], &["a", "b"]));
    assert!(!fits(&["a"], &["a", "b"]));
    assert!(line_fits("in [..] ms, [..]!", "in 12 ms, done!"));
    assert!(!line_fits("in [..] ms", "in 12 s"));
}
