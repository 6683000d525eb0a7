//! Somebody without a mouse: Tab, Enter, Escape and letters; and whether they can see where they are.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

use crate::browser::{Browser, PATIENCE};

/// Where the keyboard is: the name of the thing, whether it lies in a dialog, and whether somebody
/// looking at the page sees it: on the screen, with a ring around it.
const FOCUS: &str = "
const here = document.activeElement;
if (!here || here === document.body) return { name: '', dialog: false, ring: false, shows: false };
const ring = (element) => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    || style.boxShadow.includes('0px 0px 0px 2px inset');
};
const around = here.closest('label.field, .search, .say, .file-btn');
const box = here.getBoundingClientRect();
return {
  name: here.dataset.test ?? '',
  what: here.outerHTML.slice(0, 160),
  id: here.dataset.id ?? '',
  dialog: !!here.closest('[role=dialog]'),
  ring: ring(here) || !!around && ring(around),
  shows: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
};";

/// More presses than any page has things to reach.
const MOST_PRESSES: usize = 160;

/// Where the keyboard is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Focus {
    /// The thing's `data-test`; empty where it has none.
    pub name: String,
    /// The file it stands for, if any.
    pub id: String,
    /// It lies in a dialog.
    pub dialog: bool,
    somewhere: bool,
}

impl Focus {
    /// Nothing has the focus.
    #[must_use]
    pub const fn is_nowhere(&self) -> bool {
        !self.somewhere
    }
}

/// The keyboard in front of a browser or a window.
#[derive(Clone, Copy)]
pub struct Keyboard<'a> {
    browser: &'a Browser,
}

impl<'a> Keyboard<'a> {
    /// The keyboard of this browser.
    #[must_use]
    pub const fn of(browser: &'a Browser) -> Self {
        Self { browser }
    }

    async fn raw(self) -> Result<Value> {
        self.browser.run(FOCUS).await
    }

    /// Where the keyboard is now.
    ///
    /// # Errors
    ///
    /// Where the page cannot be asked.
    pub async fn focus(self) -> Result<Focus> {
        let now = self.raw().await?;
        let text = |key: &str| now.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let dialog = now.get("dialog") == Some(&Value::Bool(true));
        let somewhere = now.get("what").is_some();
        Ok(Focus { name: text("name"), id: text("id"), dialog, somewhere })
    }

    /// Presses one key.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub async fn press(self, key: impl Into<char>) -> Result<()> {
        let value = key.into();
        self.strike(&[KeyAction::Down { value }, KeyAction::Up { value }]).await
    }

    /// Presses one key while another is held.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub async fn chord(self, held: Key, key: impl Into<char>) -> Result<()> {
        let (held, value) = (held.into(), key.into());
        self.strike(&[
            KeyAction::Down { value: held },
            KeyAction::Down { value },
            KeyAction::Up { value },
            KeyAction::Up { value: held },
        ])
        .await
    }

    async fn strike(self, strokes: &[KeyAction]) -> Result<()> {
        let start = KeyActions::new("keyboard".to_owned());
        let all = strokes.iter().fold(start, |all, stroke| all.then(stroke.clone()));
        Ok(self.browser.client.perform_actions(all).await?)
    }

    /// Types where the keyboard is.
    ///
    /// # Errors
    ///
    /// What the driver says.
    pub async fn write(self, text: &str) -> Result<()> {
        Ok(self.browser.client.active_element().await?.send_keys(text).await?)
    }

    /// One step on with Tab. Wherever it leads, one sees that one is there.
    ///
    /// # Errors
    ///
    /// Where one does not see it.
    pub async fn tab(self) -> Result<Focus> {
        self.press(Key::Tab).await?;
        self.seen().await
    }

    /// One step back.
    ///
    /// # Errors
    ///
    /// Where one does not see where that leads.
    pub async fn tab_back(self) -> Result<Focus> {
        self.chord(Key::Shift, Key::Tab).await?;
        self.seen().await
    }

    async fn seen(self) -> Result<Focus> {
        let now = self.raw().await?;
        let is = |key: &str| now.get(key) == Some(&Value::Bool(true));
        let outside = now.get("what").is_none();
        ensure!(outside || is("ring"), "no ring around what has the focus: {now}");
        ensure!(outside || is("shows"), "what has the focus lies off the screen: {now}");
        self.focus().await
    }

    /// Goes on with Tab until the keyboard is at what is called `name`, as soon as it shows.
    ///
    /// # Errors
    ///
    /// Where it cannot be reached so; all that was passed on the way is in the error.
    pub async fn tab_to(self, name: &str) -> Result<()> {
        self.browser.find(name).await?;
        let mut passed = Vec::new();
        for _ in 0..MOST_PRESSES {
            let now = self.tab().await?;
            if now.name == name {
                return Ok(());
            }
            passed.push(now.name);
        }
        bail!("Tab does not lead to {name}; it leads to {passed:?}")
    }

    /// Goes on with Tab from one of these to the next, without going round.
    ///
    /// # Errors
    ///
    /// Where Tab leads through them in another order.
    pub async fn in_order(self, names: &[&str]) -> Result<()> {
        let mut passed = Vec::new();
        for name in names {
            loop {
                let now = self.tab().await?;
                let found = now.name == *name;
                // Before the first thing and after the last one the browser itself has the keyboard.
                let is_round = now.is_nowhere() && !passed.is_empty();
                passed.push(now.name);
                if found {
                    break;
                }
                ensure!(!is_round && passed.len() < MOST_PRESSES, "no {name} in {passed:?}");
            }
        }
        Ok(())
    }

    /// Goes to what is called `name` and presses Enter.
    ///
    /// # Errors
    ///
    /// As [`Keyboard::tab_to`].
    pub async fn enter(self, name: &str) -> Result<()> {
        self.tab_to(name).await?;
        self.press(Key::Enter).await
    }

    /// Where the keyboard is after a key that moves it: one sees it there.
    ///
    /// # Errors
    ///
    /// Where it does not get there in time, or one does not see it.
    pub async fn moves_to(self, key: impl Into<char>, name: &str) -> Result<Focus> {
        self.press(key).await?;
        self.is_at(name).await?;
        self.seen().await
    }

    /// Waits until the keyboard is at what is called `name`.
    ///
    /// # Errors
    ///
    /// Where it does not get there in time.
    pub async fn is_at(self, name: &str) -> Result<Focus> {
        let began = Instant::now();
        loop {
            let now = self.focus().await?;
            if now.name == name {
                return Ok(now);
            }
            ensure!(began.elapsed() < PATIENCE, "the keyboard is not at {name} but at {now:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the keyboard is in a dialog that opened.
    ///
    /// # Errors
    ///
    /// Where it does not get there in time.
    pub async fn is_inside(self) -> Result<()> {
        self.browser
            .until("the keyboard in the dialog", async || Ok(self.focus().await?.dialog))
            .await
    }

    /// Goes round with Tab once; nothing leads out of the dialog that is open.
    ///
    /// # Errors
    ///
    /// Where something does, or there is nothing to reach.
    pub async fn stays_inside(self) -> Result<()> {
        let first = self.tab().await.context("into the dialog")?;
        ensure!(first.dialog, "the first step leads out of the dialog: {first:?}");
        for _ in 0..MOST_PRESSES {
            let now = self.tab().await?;
            ensure!(now.dialog, "Tab leads out of the dialog, to {now:?}");
            if now == first {
                return Ok(());
            }
        }
        bail!("Tab does not come round in the dialog")
    }
}
