//! Somebody's way through the screens in a real Chromium, and everything that was found on it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Server;
use crate::browser::{Browser, View};
use crate::screen::look;

/// How a screen is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dress {
    /// As it comes.
    Plain,
    /// 长辈版
    Care,
    /// 深色
    Dark,
    /// With the system's letters at 200 %.
    Big,
}

/// The way, with the server and the browser it leads through.
pub struct Tour {
    /// Who looks.
    pub browser: Browser,
    /// What is looked at.
    pub server: Server,
    word: String,
    found: Vec<String>,
    folder: TempDir,
}

impl Tour {
    /// Begins at the sign-in, dressed as `dress`; `word` is how the pictures' names begin.
    ///
    /// # Errors
    ///
    /// Where server or browser do not start.
    pub async fn begin(view: View, dress: Dress, word: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let server = Server::start(&folder.path().join("server"), None)?;
        let profile = folder.path().join("profile");
        let browser = if dress == Dress::Big {
            Browser::chromium_with_large_letters(&profile, view).await?
        } else {
            Browser::chromium(&profile, view).await?
        };
        let tour = Self { browser, server, word: word.to_owned(), found: Vec::new(), folder };
        tour.browser.open(&tour.server.address()).await?;
        tour.wear(dress).await?;
        tour.browser.open(&tour.server.address()).await?;
        tour.browser.find("sign-in-demo-u-wang").await?;
        Ok(tour)
    }

    async fn wear(&self, dress: Dress) -> Result<()> {
        let care = if dress == Dress::Care { "yes" } else { "no" };
        let theme = if dress == Dress::Dark { "dark" } else { "light" };
        let script = format!(
            "localStorage.setItem('yidang.care', '{care}');
            localStorage.setItem('yidang.theme', '{theme}')"
        );
        self.browser.run(&script).await.map(|_| ())
    }

    /// Signs one of the demo's people in.
    ///
    /// # Errors
    ///
    /// Where they do not get in.
    pub async fn sign_in(&self, user: &str) -> Result<()> {
        self.browser.open(&format!("{}/sign-in", self.server.address())).await?;
        self.browser.click(&format!("sign-in-demo-{user}")).await?;
        self.browser.find("demo-mark").await.map(|_| ())
    }

    /// The same after whoever was here signed out.
    ///
    /// # Errors
    ///
    /// As [`Tour::sign_in`].
    pub async fn sign_in_next(&self, user: &str) -> Result<()> {
        self.browser.ask("sign_out", &json!({ "then": null })).await?;
        self.sign_in(user).await
    }

    /// Looks at what stands on the screen now.
    ///
    /// # Errors
    ///
    /// Where it cannot be looked at.
    pub async fn here(&mut self, name: &str) -> Result<()> {
        let name = format!("{}-{name}", self.word);
        self.found.extend(look(&self.browser, &name).await?);
        Ok(())
    }

    /// Opens a page.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub async fn go(&self, path: &str) -> Result<()> {
        self.browser.open(&format!("{}{path}", self.server.address())).await
    }

    /// Opens a page and looks at it.
    ///
    /// # Errors
    ///
    /// As [`Tour::here`].
    pub async fn see(&mut self, path: &str, name: &str) -> Result<()> {
        self.go(path).await?;
        self.here(name).await
    }

    /// Opens a sheet by its button, looks at it from its top to its end, and closes it.
    ///
    /// # Errors
    ///
    /// Where it does not open or close, or cannot be looked at.
    pub async fn sheet(&mut self, button: &str, name: &str) -> Result<()> {
        self.open_sheet(button).await?;
        self.here(name).await?;
        self.to_the_end(".sheet-bd", name).await?;
        self.browser.click("sheet-close").await?;
        self.browser.gone("sheet-close").await
    }

    /// A page that grows while its answers come in moves away under a finger, which taps again.
    async fn open_sheet(&self, button: &str) -> Result<()> {
        const MOST_TAPS: u32 = 3;
        const A_MOMENT: Duration = Duration::from_secs(5);
        for _ in 1..MOST_TAPS {
            self.browser.click(button).await?;
            let opens = self.browser.find("sheet-close");
            if tokio::time::timeout(A_MOMENT, opens).await.is_ok_and(|found| found.is_ok()) {
                return Ok(());
            }
        }
        self.browser.click(button).await?;
        self.browser.find("sheet-close").await.map(|_| ())
    }

    /// Scrolls what is named to its end; looks again where there was more to see.
    ///
    /// # Errors
    ///
    /// As [`Tour::here`].
    pub async fn to_the_end(&mut self, scroller: &str, name: &str) -> Result<()> {
        let script = format!(
            "const all = document.querySelector('{scroller}');
            const more = !!all && all.scrollHeight > all.clientHeight + 40;
            if (more) all.scrollTop = all.scrollHeight;
            return more"
        );
        if self.browser.run(&script).await? == json!(true) {
            self.here(&format!("{name}-end")).await?;
        }
        Ok(())
    }

    /// A file of this name that the browser can be given, with this text in it.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn paper(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    }

    /// The name of the first file in a queue; empty where there is none.
    ///
    /// # Errors
    ///
    /// Where the desk does not answer.
    pub async fn file_in(&self, queue: &str) -> Result<String> {
        let question = json!({ "queue": queue, "org": null, "category": null, "risk": null,
            "text": "", "offset": 0, "limit": 1 });
        Ok(first(&self.browser.ask("list_case_files", &question).await?))
    }

    /// Some household of one's own grid.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub async fn household(&self) -> Result<String> {
        let question = json!({ "org": null, "filter": "all", "text": "", "offset": 0, "limit": 1 });
        let name = first(&self.browser.ask("my_grid", &question).await?);
        ensure!(!name.is_empty(), "no household in the grid");
        Ok(name)
    }

    /// Ends the way.
    ///
    /// # Errors
    ///
    /// All that was found on it.
    pub async fn end(self) -> Result<()> {
        let found = json!(self.found);
        self.browser.close().await?;
        ensure!(found == json!([]), "{found:#}");
        Ok(())
    }
}

fn first(list: &Value) -> String {
    let id = list.pointer("/rows/0/id").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}
