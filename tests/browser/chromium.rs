//! Runs Debian's Chromium without a window and controls it with the DevTools protocol over a pipe, so that there is no
//! port to which others could connect.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The longest time to wait for anything, which is far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running browser with one page.
pub(crate) struct Chromium {
    process: Child,
    requests: ChildStdin,
    messages: Receiver<Value>,
    /// The events that came while the test waited for something else.
    events: Vec<Value>,
    session: Option<String>,
    last_request: u64,
    home: TempDir,
}

impl Chromium {
    /// Starts Chromium. If it is not installed, says so and returns `None`; tests/run installs it if it can.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = program() else {
            eprintln!("LEFT OUT, as Chromium is not here: tests/browser/install installs it");
            return None;
        };
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        // Chromium reads requests from file descriptor 3 and writes answers to file descriptor 4.
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"]).arg(program);
        command.args(["--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run", "--lang=en-US"]);
        // Chromium leaves files in the folder for temporary ones.
        command.env("TMPDIR", home.path());
        command.arg(format!("--user-data-dir={}", home.path().join("profile").display()));
        if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            // Chromium's sandbox does not work for root.
            command.arg("--no-sandbox");
        }
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let requests = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut this = Self { process, requests, messages, events: Vec::new(), session: None, last_request: 0, home };
        let downloads = this.downloads();
        this.call("Browser.setDownloadBehavior", json!({"behavior": "allow", "downloadPath": downloads}));
        let page = this.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = this.call("Target.attachToTarget", json!({"targetId": page["targetId"], "flatten": true}));
        this.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            this.call(&format!("{domain}.enable"), json!({}));
        }
        this.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true}));
        Some(this)
    }

    fn downloads(&self) -> PathBuf {
        self.home.path().join("downloads")
    }

    fn send(&mut self, method: &str, parameters: Value) -> u64 {
        self.last_request += 1;
        let mut request = json!({"id": self.last_request, "method": method, "params": parameters});
        // A request about the browser itself must not name the page's session.
        if let Some(session) = self.session.as_ref().filter(|_| !method.starts_with("SystemInfo")) {
            request["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&request).unwrap();
        bytes.push(0);
        self.requests.write_all(&bytes).unwrap();
        self.last_request
    }

    pub(crate) fn call(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.send(method, parameters);
        loop {
            let mut message = self.messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"));
            if message["id"] != id {
                self.events.push(message);
            } else if message["error"].is_null() {
                return message["result"].take();
            } else {
                panic!("{method}: {}", message["error"]);
            }
        }
    }

    /// Opens a file, and waits until it is loaded with everything that it refers to.
    pub(crate) fn open(&mut self, file: &Path) {
        self.events.clear();
        self.call("Page.navigate", json!({"url": format!("file://{}", file.display())}));
        self.loaded();
    }

    pub(crate) fn reload(&mut self) {
        self.events.clear();
        self.call("Page.reload", json!({}));
        self.loaded();
    }

    fn loaded(&mut self) {
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.messages.recv_timeout(PATIENCE).expect("the page loads");
            self.events.push(event);
        }
    }

    /// Returns the value of a JavaScript expression.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.call("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression has this value, since the effect of a key or click may take a moment.
    pub(crate) fn becomes(&mut self, expression: &str, expected: impl Into<Value>) {
        let (expected, begun) = (expected.into(), Instant::now());
        loop {
            let found = self.value(expression);
            if found == expected {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(5), "{expression} is {found} and not {expected}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses one key after the other. Each is a character or the name of a key.
    pub(crate) fn press(&mut self, keys: &[&str]) {
        for key in keys {
            let code = match *key {
                "Tab" => 9,
                "Enter" => 13,
                "Escape" => 27,
                "End" => 35,
                "Home" => 36,
                "ArrowLeft" => 37,
                "ArrowUp" => 38,
                "ArrowRight" => 39,
                "ArrowDown" => 40,
                _ => 0,
            };
            let text = match *key {
                "Enter" => "\r",
                _ if code == 0 => key,
                _ => "",
            };
            for kind in ["keyDown", "keyUp"] {
                let mut event = json!({"type": kind, "key": key, "windowsVirtualKeyCode": code});
                if kind == "keyDown" && !text.is_empty() {
                    event["text"] = json!(text);
                }
                self.call("Input.dispatchKeyEvent", event);
            }
        }
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        let characters: Vec<String> = text.chars().map(String::from).collect();
        self.press(&characters.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Clicks into the middle of an element.
    pub(crate) fn click(&mut self, selector: &str) {
        // Waits until the element stays in its place: cards move while pictures load.
        let place = self.value(&format!(
            "(async () => {{ const frame = () => new Promise(requestAnimationFrame); \
             let last = ''; \
             for (;;) {{ const element = document.querySelector({selector:?}); \
             element.scrollIntoView({{block: 'center'}}); \
             await frame(); await frame(); \
             const box = element.getBoundingClientRect(); \
             const place = [box.x + box.width / 2, box.y + box.height / 2]; \
             if (place.join() === last) return place; \
             last = place.join(); }} }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Drags the mouse from one point of an element to another. Points are shares of the element's width and height.
    pub(crate) fn drag(&mut self, selector: &str, from: (f64, f64), to: (f64, f64)) {
        let [start, end] = [from, to].map(|point| self.point(selector, point));
        let middle = ((start.0 + end.0) / 2.0, (start.1 + end.1) / 2.0);
        for (kind, (x, y), buttons) in
            [("mousePressed", start, 1), ("mouseMoved", middle, 1), ("mouseMoved", end, 1), ("mouseReleased", end, 0)]
        {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Turns the wheel of the mouse over an element: up for positive numbers, and down for negative ones.
    pub(crate) fn wheel(&mut self, selector: &str, steps: i32) {
        let (x, y) = self.point(selector, (0.5, 0.5));
        for _ in 0..steps.unsigned_abs() {
            let down = -100 * steps.signum();
            let event = json!({"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": down});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    fn point(&mut self, selector: &str, (across, down): (f64, f64)) -> (f64, f64) {
        let place = self.value(&format!(
            "(() => {{ const box = document.querySelector({selector:?}).getBoundingClientRect(); \
             return [box.x + box.width * {across}, box.y + box.height * {down}]; }})()"
        ));
        (place[0].as_f64().unwrap(), place[1].as_f64().unwrap())
    }

    /// Waits for a file to be downloaded; returns its content.
    pub(crate) fn download(&self, name: &str) -> Vec<u8> {
        let (path, begun) = (self.downloads().join(name), Instant::now());
        loop {
            match std::fs::read(&path) {
                Ok(content) if !content.is_empty() => return content,
                _ => assert!(begun.elapsed() < PATIENCE, "{name} is not downloaded"),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for half a second; returns whether nothing was downloaded.
    pub(crate) fn has_no_download(&mut self) -> bool {
        self.value("new Promise((done) => setTimeout(done, 500))");
        std::fs::read_dir(self.downloads()).map_or(true, |mut files| files.next().is_none())
    }

    /// Sets the height of the window.
    pub(crate) fn resize(&mut self, height: u32) {
        let size = json!({"width": 1000, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Returns everything that happened since the page was opened and that a good page does not do: errors and
    /// warnings, dialogs, and requests for anything but the page itself.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // Whatever happened before this answer has been reported by then.
        self.value("new Promise((done) => setTimeout(done, 100))");
        let complaint = |event: &Value| {
            let parameters = &event["params"];
            match event["method"].as_str()? {
                "Runtime.exceptionThrown" | "Log.entryAdded" | "Page.javascriptDialogOpening" => {
                    Some(event.to_string())
                }
                "Runtime.consoleAPICalled" => Some(event.to_string()),
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str()?;
                    let own = parameters["type"] == "Document" && url.starts_with("file:");
                    (!own && !url.starts_with("data:") && !url.starts_with("blob:")).then(|| format!("asks for {url}"))
                }
                _ => None,
            }
        };
        self.events.iter().filter_map(complaint).collect()
    }

    /// Returns the memory of the page's process, in megabytes.
    pub(crate) fn memory(&mut self) -> u64 {
        let processes = self.call("SystemInfo.getProcessInfo", json!({}));
        let renderers =
            processes["processInfo"].as_array().unwrap().iter().filter(|process| process["type"] == "renderer");
        let resident = |process: &Value| {
            let status = std::fs::read_to_string(format!("/proc/{}/status", process["id"])).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? / 1024)
        };
        // Chromium may keep another process ready for the next page, which is smaller.
        renderers.filter_map(resident).max().expect("the page has a process")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("ADPHOTO_TEST_CHROMIUM").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|program| program.exists())
}
