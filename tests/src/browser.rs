//! Real browsers and real windows, driven by `WebDriver`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// A driver process and the session it holds.
pub struct Browser {
    /// The session.
    pub client: Client,
    driver: Child,
    port: u16,
    session: String,
}

/// How large the page is, and how dense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// 390 × 844, touch.
    Phone,
    /// 1440 × 900.
    Desktop,
}

/// How long a page may take to show something; debug builds are slow, machines are noisy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Whether an element takes up room on the page; drivers disagree on what they call displayed.
const SHOWS: &str = "const box = arguments[0].getBoundingClientRect();
    return box.width > 0 && box.height > 0
        && getComputedStyle(arguments[0]).visibility !== 'hidden'";

impl Browser {
    /// Starts Chromium with a profile in `profile`.
    ///
    /// # Errors
    ///
    /// Where driver or browser do not start.
    pub async fn chromium(profile: &Path, view: View) -> Result<Self> {
        Self::chromium_set(profile, view, &json!({})).await
    }

    /// Starts a Chromium that lets no site keep anything, as some offices set it.
    ///
    /// # Errors
    ///
    /// As [`Browser::chromium`].
    pub async fn chromium_that_keeps_nothing(profile: &Path) -> Result<Self> {
        const BLOCK: u32 = 2;
        let settings = json!({ "profile.default_content_setting_values.cookies": BLOCK });
        Self::chromium_set(profile, View::Phone, &settings).await
    }

    /// Starts a Chromium whose user set letters twice as large, as a system font of 200 % does.
    ///
    /// # Errors
    ///
    /// As [`Browser::chromium`].
    pub async fn chromium_with_large_letters(profile: &Path, view: View) -> Result<Self> {
        const TWICE: u32 = 32;
        let settings = json!({ "webkit.webprefs.default_font_size": TWICE });
        Self::chromium_set(profile, view, &settings).await
    }

    async fn chromium_set(profile: &Path, view: View, settings: &Value) -> Result<Self> {
        let port = super::free_port()?;
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start chromedriver")?;
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--lang=zh-CN",
            "--window-size=1440,900",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let mut options = json!({ "args": arguments, "prefs": settings });
        if view == View::Phone {
            options["mobileEmulation"] = json!({ "deviceMetrics": {
                "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true, "mobile": true,
            }});
        }
        let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        Self::connect(driver, port, &capabilities).await
    }

    /// Starts the window with its data in `data`, looking for its server at `server`.
    ///
    /// # Errors
    ///
    /// Where driver or window do not start.
    pub async fn window(data: &Path, server: &str) -> Result<Self> {
        let port = super::free_port()?;
        let binary = super::programs()?.join("yidang-app");
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("YIDANG_DATA", data)
            .env("YIDANG_SERVER", server)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("start WebKitWebDriver")?;
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": [] } });
        Self::connect(driver, port, &capabilities).await
    }

    async fn connect(driver: Child, port: u16, capabilities: &Value) -> Result<Self> {
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        let address = format!("http://127.0.0.1:{port}");
        let began = Instant::now();
        loop {
            let connected = ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities.clone())
                .connect(&address)
                .await;
            match connected {
                Ok(client) => {
                    let session = client.session_id().await?.context("no session")?;
                    return Ok(Self { client, driver, port, session });
                }
                Err(error) if began.elapsed() > PATIENCE => bail!("no session: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Opens an address.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub async fn open(&self, address: &str) -> Result<()> {
        Ok(self.client.goto(address).await?)
    }

    /// The element that is called `name` by its `data-test`, as soon as it shows.
    ///
    /// # Errors
    ///
    /// Where it does not show in time; the text of the page is in the error.
    pub async fn find(&self, name: &str) -> Result<Element> {
        let css = format!("[data-test=\"{name}\"]");
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            for element in self.client.find_all(Locator::Css(&css)).await? {
                let box_of = vec![serde_json::to_value(&element)?];
                let shows = self.client.execute(SHOWS, box_of).await.unwrap_or_default();
                if shows == json!(true) {
                    return Ok(element);
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("{name} does not show; the page says: {}", self.text().await)
    }

    /// All the words on the page.
    pub async fn text(&self) -> String {
        let script = "return document.body.innerText";
        match self.client.execute(script, vec![]).await {
            Ok(Value::String(text)) => text,
            other => format!("{other:?}"),
        }
    }

    /// Waits until the page says `words`.
    ///
    /// # Errors
    ///
    /// Where it does not in time.
    pub async fn says(&self, words: &str) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.text().await.contains(words) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the page does not say {words}; it says: {}", self.text().await)
    }

    /// Waits until something is so; `what` says it where it does not come true.
    ///
    /// # Errors
    ///
    /// Where it does not in time, or it cannot be asked.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if is_so().await? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("in vain waited for: {what}; the page says: {}", self.text().await)
    }

    /// Waits until what is called `name` is no longer there.
    ///
    /// # Errors
    ///
    /// Where it stays.
    pub async fn gone(&self, name: &str) -> Result<()> {
        let css = format!("[data-test=\"{name}\"]");
        let is_gone = async || Ok(self.client.find_all(Locator::Css(&css)).await?.is_empty());
        self.until(&format!("{name} gone"), is_gone).await
    }

    /// Clicks what is called `name`.
    ///
    /// # Errors
    ///
    /// Where it does not show or cannot be clicked.
    pub async fn click(&self, name: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            let element = self.find(name).await?;
            match element.click().await {
                Ok(()) => return Ok(()),
                // A page that is being drawn anew moves under the finger.
                Err(error) if began.elapsed() > PATIENCE => bail!("click {name}: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Types into what is called `name`, instead of what stood there.
    ///
    /// # Errors
    ///
    /// Where it does not show or takes no text.
    pub async fn fill(&self, name: &str, text: &str) -> Result<()> {
        let element = self.find(name).await?;
        element.clear().await?;
        self.find(name).await?.send_keys(text).await?;
        Ok(())
    }

    /// Runs a script on the page and gives what it returns.
    ///
    /// # Errors
    ///
    /// What the script throws.
    pub async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, vec![]).await?)
    }

    /// Runs a script in the page that tells its answer when it has one, to the function it is given.
    ///
    /// # Errors
    ///
    /// Where it throws or never tells.
    pub async fn run_later(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute_async(script, vec![]).await?)
    }

    /// Puts a question to the desk behind the page.
    ///
    /// # Errors
    ///
    /// The fault.
    pub async fn ask(&self, name: &str, question: &Value) -> Result<Value> {
        let script = "const [name, json, done] = arguments;
            const ask = window.__TAURI__
                ? window.__TAURI__.core.invoke('ask', { name, json })
                : window.yidang.ask(name, json);
            ask.then((ok) => done({ ok }), (fault) => done({ fault: String(fault) }));";
        let arguments = vec![json!(name), json!(question.to_string())];
        let answer = self.client.execute_async(script, arguments).await?;
        match answer["ok"].as_str() {
            Some(reply) => Ok(serde_json::from_str(reply)?),
            None => bail!("{name}: {}", answer["fault"]),
        }
    }

    /// Gives Chromium a command of its developer tools that `WebDriver` has no word for.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub fn cdp(&self, command: &str, parameters: &Value) -> Result<()> {
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let answer = self.tell("POST", "/goog/cdp/execute", &body)?;
        ensure!(answer.lines().next().is_some_and(|line| line.contains(" 200 ")), "{answer}");
        Ok(())
    }

    /// Tells the driver something about this session, past the client; what it answers.
    fn tell(&self, method: &str, what: &str, body: &str) -> Result<String> {
        let (session, length) = (&self.session, body.len());
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "{method} /session/{session}{what} HTTP/1.1\r\nhost: localhost\r\n\
            content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )?;
        // The driver keeps the line open: its answer ends where it says, not where the line does.
        let (mut reader, mut head, mut length) = (BufReader::new(stream), String::new(), 0);
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {
            let last = head.lines().last().unwrap_or_default().to_ascii_lowercase();
            if let Some(said) = last.strip_prefix("content-length:") {
                length = said.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(head + &String::from_utf8_lossy(&body))
    }

    /// Exchanges with the server until nothing waits here; an exchange may be under way already.
    ///
    /// # Errors
    ///
    /// Where something still waits after a while.
    pub async fn sync(&self) -> Result<Value> {
        let began = Instant::now();
        loop {
            let state = self.ask("sync_now", &json!({})).await?;
            if state["state"] == "done" && state["waiting"] == 0 {
                return Ok(state);
            }
            ensure!(began.elapsed() < PATIENCE, "something still waits: {state:#}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Keeps a picture of the page in the folder `YIDANG_SHOTS`, if that is set.
    ///
    /// # Errors
    ///
    /// Where the picture cannot be taken or written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let Some(folder) = std::env::var_os("YIDANG_SHOTS") else { return Ok(()) };
        std::fs::create_dir_all(&folder)?;
        let picture = self.client.screenshot().await?;
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), picture)?;
        Ok(())
    }

    /// Ends the session and the driver.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub async fn close(mut self) -> Result<()> {
        let closed = self.client.clone().close().await;
        drop(self.driver.kill());
        drop(self.driver.wait());
        Ok(closed?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A driver that is killed leaves its browser running, and that takes the machine's room for hours.
        drop(self.tell("DELETE", "", ""));
        drop(self.driver.kill());
        drop(self.driver.wait());
    }
}
