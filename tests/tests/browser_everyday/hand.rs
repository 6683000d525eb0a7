//! Somebody's hand on the pages: it counts what it does and how long each screen lets it wait.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use fantoccini::key::Key;
use yidang_tests::browser::Browser;

/// What one task took.
#[derive(Debug, Clone)]
pub struct Told {
    /// What it is called in `docs/tasks.md`.
    pub name: &'static str,
    /// The name of its picture.
    pub picture: String,
    /// Times something was tapped, fields to write in included.
    pub taps: u32,
    /// Characters that were written.
    pub written: usize,
    /// The longest time between a tap and what it led to.
    pub slowest: Duration,
}

/// One person at one device.
pub struct Hand<'a> {
    browser: &'a Browser,
    role: &'static str,
    told: Vec<Told>,
    taps: u32,
    written: usize,
    since: Instant,
    slowest: Duration,
}

impl<'a> Hand<'a> {
    /// The hand of a person of `role`, a word of file names.
    pub fn of(browser: &'a Browser, role: &'static str) -> Self {
        Self {
            browser,
            role,
            told: Vec::new(),
            taps: 0,
            written: 0,
            since: Instant::now(),
            slowest: Duration::ZERO,
        }
    }

    /// The device it lies on.
    pub const fn browser(&self) -> &'a Browser {
        self.browser
    }

    /// Taps what is called `name`.
    pub async fn tap(&mut self, name: &str) -> Result<()> {
        self.browser.find(name).await?;
        self.browser.click(name).await?;
        self.tapped();
        Ok(())
    }

    /// Taps the first thing of this name that says `words`.
    pub async fn tap_words(&mut self, name: &str, words: &str) -> Result<()> {
        self.browser.find(name).await?;
        let css = format!("[data-test=\"{name}\"]");
        for element in self.browser.client.find_all(Locator::Css(&css)).await? {
            if element.text().await?.contains(words) {
                element.click().await.with_context(|| format!("{name} that says {words}"))?;
                self.tapped();
                return Ok(());
            }
        }
        anyhow::bail!("no {name} says {words}: {}", self.browser.text().await)
    }

    fn tapped(&mut self) {
        self.taps += 1;
        self.since = Instant::now();
    }

    /// Taps the field called `name` and writes in it.
    pub async fn write(&mut self, name: &str, words: &str) -> Result<()> {
        self.browser.fill(name, words).await?;
        self.written += words.chars().count();
        self.tapped();
        Ok(())
    }

    /// Presses Enter in the field called `name`.
    pub async fn enter(&mut self, name: &str) -> Result<()> {
        self.browser.find(name).await?.send_keys(&String::from(char::from(Key::Enter))).await?;
        self.tapped();
        Ok(())
    }

    /// Chooses the line that says `words` in the list called `name`.
    pub async fn choose(&mut self, name: &str, words: &str) -> Result<()> {
        self.browser.find(name).await?.select_by_label(words).await?;
        self.taps += 1;
        self.tapped();
        Ok(())
    }

    /// Waits for what is called `name`.
    pub async fn reach(&mut self, name: &str) -> Result<()> {
        self.browser.find(name).await?;
        self.waited();
        Ok(())
    }

    /// Waits until what is called `name` is gone.
    pub async fn leaves(&mut self, name: &str) -> Result<()> {
        self.browser.gone(name).await?;
        self.waited();
        Ok(())
    }

    /// Waits until the page says `words`.
    pub async fn says(&mut self, words: &str) -> Result<()> {
        self.browser.says(words).await?;
        self.waited();
        Ok(())
    }

    fn waited(&mut self) {
        self.slowest = self.slowest.max(self.since.elapsed());
    }

    /// Begins a task where the person is when the app is opened, as soon as `name` shows. What that
    /// takes is not counted.
    pub async fn home(&mut self, name: &str) -> Result<()> {
        let origin = self.browser.run("return location.origin").await?;
        self.browser.open(origin.as_str().unwrap_or_default()).await?;
        self.browser.find(name).await?;
        (self.taps, self.written, self.slowest) = (0, 0, Duration::ZERO);
        self.since = Instant::now();
        Ok(())
    }

    /// Ends the task called `name` with a picture of what is on the screen.
    pub async fn end(&mut self, name: &'static str) -> Result<()> {
        ensure!(self.taps > 0, "nobody did anything for {name}");
        let picture = format!("{}-{:02}", self.role, self.told.len() + 1);
        // What slides in has come by then.
        tokio::time::sleep(Duration::from_millis(400)).await;
        self.browser.picture(&picture).await?;
        self.told.push(Told {
            name,
            picture,
            taps: self.taps,
            written: self.written,
            slowest: self.slowest,
        });
        Ok(())
    }

    /// What was done.
    pub fn told(self) -> Vec<Told> {
        self.told
    }
}
