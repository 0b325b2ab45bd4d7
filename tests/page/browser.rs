//! A headless browser, spoken to over the DevTools protocol on two pipes: no driver and no socket
//! besides the browser. All tests share one browser; each has a tab and a profile of its own.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "its threads wait in real time and share one browser"
)]

use std::collections::HashMap;
use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// With this set, every tab has a slow network and a slow processor, so that a test which depends
/// on the order or the speed of answers shows it.
const SLOW: &str = "SCIMULATOR_PAGE_SLOW";

/// A running browser, shared by the tests.
pub struct Chromium {
    child: Mutex<Child>,
    to: Mutex<File>,
    next: AtomicU64,
    heard: Arc<Heard>,
    _home: TempDir,
}

/// What the browser has said: replies are handed to those who wait for them, and complaints are
/// kept for each tab.
#[derive(Default)]
struct Heard {
    waiting: Mutex<HashMap<u64, Sender<Value>>>,
    complaints: Mutex<HashMap<String, Vec<String>>>,
}

/// A tab of the browser.
pub struct Browser {
    chromium: Arc<Chromium>,
    session: String,
    context: Value,
}

/// Why the tests are left out where [`find`] finds nothing.
pub const NONE: &str = "no chromium in PATH, $CHROMIUM or $SCIMULATOR_BROWSER";

/// Where a browser is, if there is one. With `SCIMULATOR_BROWSER` set there has to be.
pub fn find() -> Option<PathBuf> {
    let named = ["SCIMULATOR_BROWSER", "CHROMIUM"].into_iter().filter_map(env::var_os).next();
    if let Some(path) = named.filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(path));
    }
    let folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

impl Chromium {
    /// Starts the browser.
    pub fn start(program: &Path) -> Arc<Chromium> {
        let home = tempfile::tempdir().expect("a folder for the profile");
        let (to, from) = (home.path().join("to"), home.path().join("from"));
        let made = Command::new("mkfifo")
            .args([&to, &from])
            .status()
            .expect("mkfifo is part of every Unix");
        assert!(made.success(), "no pipes for the browser");
        let child = Command::new("sh")
            .args(["-c", r#"exec "$0" "$@" 3<"$TO" 4>"$FROM""#])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
            .env("TO", &to)
            .env("FROM", &from)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let to = File::options().write(true).open(to).expect("the browser reads its pipe");
        let heard = Arc::<Heard>::default();
        listen(File::open(from).expect("the browser writes its pipe"), heard.clone());
        Arc::new(Chromium {
            child: Mutex::new(child),
            to: Mutex::new(to),
            next: AtomicU64::new(1),
            heard,
            _home: home,
        })
    }

    /// Ends the browser; its helper processes end with it.
    pub fn stop(&self) {
        let _ = self.call("", "Browser.close", json!({}));
        let _ = self.child.lock().expect("no test panics with it").wait();
    }

    /// Calls a method of the protocol; an error is the browser's.
    fn call(&self, session: &str, method: &str, params: Value) -> Result<Value, Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = channel();
        self.heard.waiting.lock().expect("no test panics with it").insert(id, answer);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !session.is_empty() {
            message["sessionId"] = json!(session);
        }
        write!(self.to.lock().expect("no test panics with it"), "{message}\0")
            .expect("the browser listens");
        let mut answer =
            answered.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"));
        match answer.get_mut("error") {
            Some(error) => Err(error.take()),
            None => Ok(answer["result"].take()),
        }
    }
}

/// How the browser is started. A tab is never throttled because another one is in front.
const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--remote-debugging-pipe",
    "about:blank",
];

impl Browser {
    /// Opens a tab of 1280×720 with a fresh profile.
    pub fn open(chromium: &Arc<Chromium>) -> Browser {
        let call = |method: &str, params: Value| {
            chromium.call("", method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
        };
        let context = call("Target.createBrowserContext", json!({}))["browserContextId"].clone();
        let mut browser = Browser { chromium: chromium.clone(), session: String::new(), context };
        browser.session = browser.new_tab();
        browser
    }

    /// Opens one more tab of this profile in front of those opened before, and turns to it.
    pub fn open_tab(&mut self, url: &str) {
        let params = json!({ "url": url, "browserContextId": self.context });
        self.session = self.attach(params);
    }

    /// Opens one more window of this profile beside those opened before, and turns to it.
    pub fn open_window(&mut self) -> String {
        self.new_tab()
    }

    /// The tab that is turned to; [`Browser::turn_to`] takes it.
    pub fn tab(&self) -> String {
        self.session.clone()
    }

    /// Turns to a tab.
    pub fn turn_to(&mut self, tab: String) {
        self.session = tab;
    }

    fn new_tab(&mut self) -> String {
        let params = json!({ "url": "about:blank", "browserContextId": self.context,
            "newWindow": true, "width": 1280, "height": 720 });
        self.session = self.attach(params);
        self.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        self.size(1280, 720);
        self.session.clone()
    }

    fn attach(&mut self, params: Value) -> String {
        self.session.clear();
        let target = self.call("Target.createTarget", params);
        let params = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", params);
        self.session = session["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Runtime.enable", "Log.enable", "Page.enable"] {
            self.call(domain, json!({}));
        }
        if env::var_os(SLOW).is_some_and(|set| !set.is_empty()) {
            self.call("Network.enable", json!({}));
            let network = json!({ "offline": false, "latency": 300,
                "downloadThroughput": -1, "uploadThroughput": -1 });
            self.call("Network.emulateNetworkConditions", network);
            self.call("Emulation.setCPUThrottlingRate", json!({ "rate": 6 }));
        }
        self.session.clone()
    }

    /// Opens a page.
    pub fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
    }

    /// Has the files that the page saves put into this folder.
    pub fn saves_to(&mut self, folder: &Path) {
        let params = json!({ "behavior": "allow", "downloadPath": folder,
            "browserContextId": self.context });
        let answer = self.chromium.call("", "Browser.setDownloadBehavior", params);
        answer.unwrap_or_else(|error| panic!("files cannot be saved: {error}"));
    }

    /// Waits until a file is there, whole: a browser gives it its name at the end.
    pub fn wait_for_file(&self, path: &Path) {
        let until = Instant::now() + PATIENCE;
        while !path.is_file() {
            assert!(Instant::now() < until, "{} was not saved", path.display());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What an expression is; a promise is awaited.
    pub fn look(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true }),
        );
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What an expression is, as text.
    pub fn text(&mut self, expression: &str) -> String {
        match self.look(expression) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Waits until an expression is true. The page itself looks again and again, so nothing waits
    /// here; when a navigation ends that, it begins anew.
    pub fn wait_for(&mut self, expression: &str) {
        let until = Instant::now() + PATIENCE;
        let met = format!(
            "new Promise((met) => {{ const look = () => {{ let is = false; \
             try {{ is = !!({expression}); }} catch {{}} \
             if (is) met(true); else setTimeout(look, 10); }}; look(); \
             setTimeout(() => met(false), 5000); }})"
        );
        let params = json!({ "expression": met, "awaitPromise": true, "returnByValue": true });
        loop {
            let answer = self.chromium.call(&self.session, "Runtime.evaluate", params.clone());
            if answer.is_ok_and(|answer| answer["result"]["value"] == json!(true)) {
                return;
            }
            if Instant::now() > until {
                let page = self.text("document.body.innerText");
                panic!(
                    "never came true: {expression}\ncomplaints: {:#?}\nthe page:\n{page}",
                    self.complaints()
                );
            }
        }
    }

    /// Waits until the text of the first element that a selector finds contains these words.
    pub fn wait_for_words(&mut self, selector: &str, words: &str) {
        let (selector, words) = (json!(selector), json!(words));
        self.wait_for(&format!(
            "document.querySelector({selector})?.textContent.includes({words})"
        ));
    }

    /// Waits until what moves or fades has come to rest: a colour on its way is none to judge, and
    /// a place on its way is none to click on.
    pub fn wait_for_rest(&mut self) {
        self.wait_for("document.getAnimations().length === 0");
    }

    /// Presses a key, as `key` of a keyboard event names it.
    pub fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" && key.chars().count() == 1 { key } else { "" };
            self.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "text": text }));
        }
    }

    /// Clicks in the middle of the first element a selector finds, once it is there and a click
    /// would meet it.
    pub fn click(&mut self, selector: &str) {
        let selector = json!(selector);
        let middle = format!(
            "(() => {{ const box = document.querySelector({selector}).getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        );
        // A page that scrolls to what has the focus moves what is to be clicked: it must have stood
        // where it is for two looks.
        self.wait_for(&format!(
            "(it => {{ if (!it) return false; const at = {middle}, before = it.stoodAt; \
             it.stoodAt = String(at); \
             return before === it.stoodAt && it.contains(document.elementFromPoint(...at)); }})\
             (document.querySelector({selector}))"
        ));
        let place = self.look(&middle);
        for kind in ["mousePressed", "mouseReleased"] {
            self.call(
                "Input.dispatchMouseEvent",
                json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 }),
            );
        }
    }

    /// Puts a finger on the middle of the first element a selector finds, and takes it off when an
    /// expression has become true.
    pub fn touch(&mut self, selector: &str, until: &str) {
        let enabled = json!({ "enabled": true, "maxTouchPoints": 1 });
        self.call("Emulation.setTouchEmulationEnabled", enabled);
        let place = self.look(&format!(
            "(() => {{ const box = document.querySelector({}).getBoundingClientRect(); \
             return {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }}; }})()",
            json!(selector)
        ));
        let start = json!({ "type": "touchStart", "touchPoints": [place] });
        self.call("Input.dispatchTouchEvent", start);
        self.wait_for(until);
        self.call("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] }));
    }

    /// Presses a key while shift is held.
    pub fn press_with_shift(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            let params = json!({ "type": kind, "key": key, "modifiers": 8 });
            self.call("Input.dispatchKeyEvent", params);
        }
    }

    /// Drags over the first element a selector finds, from one share of its width to another.
    pub fn drag(&mut self, selector: &str, from: f64, to: f64) {
        let place = self.look(&format!(
            "(() => {{ const box = document.querySelector({}).getBoundingClientRect(); \
             return [box.x, box.width, box.y + box.height / 2]; }})()",
            json!(selector)
        ));
        let number = |nth: usize| place[nth].as_f64().expect("a number");
        let (left, width, y) = (number(0), number(1), number(2));
        let mut mouse = |kind: &str, share: f64, buttons: u32| {
            let params = json!({ "type": kind, "x": left + share * width, "y": y,
                "button": if kind == "mouseMoved" && buttons == 0 { "none" } else { "left" },
                "buttons": buttons, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params);
        };
        mouse("mouseMoved", from, 0);
        mouse("mousePressed", from, 1);
        for nth in 1..=5 {
            mouse("mouseMoved", from + (to - from) * f64::from(nth) / 5.0, 1);
        }
        mouse("mouseReleased", to, 0);
    }

    /// Tells the page that the system's theme is `light` or `dark`.
    pub fn theme(&mut self, theme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Tells the page that the system forces its own colours.
    pub fn forced_colours(&mut self) {
        let features = json!([{ "name": "forced-colors", "value": "active" }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// Has the page believe in a window of this size.
    pub fn size(&mut self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// The page as a PNG.
    pub fn picture(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        from_base64(answer["data"].as_str().expect("a picture"))
    }

    /// What the page or the browser complained about on the console, so far.
    pub fn complaints(&mut self) -> Vec<String> {
        let mut all = self.chromium.heard.complaints.lock().expect("no test panics with it");
        all.remove(&self.session).unwrap_or_default()
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.chromium.call(&self.session, method, params);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let params = json!({ "browserContextId": self.context });
        let _ = self.chromium.call("", "Target.disposeBrowserContext", params);
    }
}

/// What an event complains about, if it does: an exception, `console.error`, a request that failed.
fn complaint(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
        "Runtime.consoleAPICalled"
            if matches!(params["type"].as_str(), Some("error" | "assert")) =>
        {
            Some(params["args"].to_string())
        }
        "Log.entryAdded" if params["entry"]["level"] == json!("error") => {
            Some(params["entry"].to_string())
        }
        _ => None,
    }
}

/// Reads what the browser says: JSON, each message ended by a NUL.
fn listen(pipe: File, heard: Arc<Heard>) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut message = Vec::new();
        while pipe.read_until(0, &mut message).is_ok_and(|length| length > 0) {
            message.pop();
            let Ok(value) = serde_json::from_slice::<Value>(&message) else { return };
            message.clear();
            if let Some(id) = value["id"].as_u64() {
                let waiting = heard.waiting.lock().expect("no test panics with it").remove(&id);
                let _ = waiting.map(|answer| answer.send(value));
            } else if let (Some(session), Some(complaint)) =
                (value["sessionId"].as_str(), complaint(&value))
            {
                let mut all = heard.complaints.lock().expect("no test panics with it");
                all.entry(session.to_owned()).or_default().push(complaint);
            }
        }
    });
}

/// Bytes from base 64, which is how the protocol carries pictures.
fn from_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').map(value).collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0u32, |bits, digit| bits << 6 | u32::from(*digit))
            << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}
