//! The one door to the shell. No other file knows whether it is a window or a browser.

mod answer;
mod pages;
mod shell;

use serde::Deserialize;
use yidang_api::{Fault, FaultCode, Question};
use yidang_domain::civil::{Date, InstantMs};

pub use answer::{Answer, answer, answer_to};
pub use pages::Pages;
pub use shell::{may_update, on_news, origin};

/// Something the shell says of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Data changed: pages ask again.
    Changed,
    /// Something about the exchange with the server changed.
    Sync,
    /// A newer version is ready and waits for the next start.
    NewVersion,
    /// Whether this window is the one that writes.
    Leader(bool),
}

impl News {
    /// The news called `kind`; `yes` matters to some kinds only, and is true where nothing was said.
    #[must_use]
    pub fn of(kind: &str, yes: bool) -> Option<Self> {
        match kind {
            "changed" => Some(Self::Changed),
            "sync" => Some(Self::Sync),
            "new_version" | "new-version" | "newversion" | "version" => Some(Self::NewVersion),
            "leader" => Some(Self::Leader(yes)),
            _ => None,
        }
    }
}

/// Asks the shell and waits for the answer.
///
/// # Errors
///
/// The fault the shell answered with, or an internal one where it answered with something else.
pub async fn ask<Q: Question>(question: &Q) -> Result<Q::Reply, Fault> {
    let json = serde_json::to_string(question).map_err(|error| internal(&error.to_string()))?;
    match shell::call(Q::NAME, &json).await {
        Ok(reply) => read(&reply),
        Err(text) => Err(fault_of(&text)),
    }
}

/// What was answered to `question` when the page was open last: something to look at until the shell
/// can answer. Nothing where nothing was kept.
pub async fn glimpse<Q: Question>(question: &Q) -> Option<Q::Reply> {
    let json = serde_json::to_string(question).ok()?;
    read(&shell::glimpse(Q::NAME, &json).await?).ok()
}

fn read<R: for<'a> Deserialize<'a>>(json: &str) -> Result<R, Fault> {
    serde_json::from_str(json).map_err(|error| internal(&format!("unreadable answer: {error}")))
}

/// A shell rejects with a fault as JSON; anything else is a defect and is kept for the log.
fn fault_of(text: &str) -> Fault {
    serde_json::from_str(text).unwrap_or_else(|_| internal(text))
}

fn internal(detail: &str) -> Fault {
    Fault::new(FaultCode::Internal, detail)
}

/// The instant this device's clock shows.
#[must_use]
pub fn now() -> InstantMs {
    shell::now()
}

/// Today in China by this device's clock.
#[must_use]
pub fn today() -> Date {
    now().date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_that_is_no_fault_is_kept_as_a_defect() {
        assert_eq!(fault_of("TypeError: x").code, FaultCode::Internal);
        assert_eq!(fault_of(r#"{"code":"used_code","detail":""}"#).code, FaultCode::UsedCode);
    }

    #[test]
    fn unknown_news_is_passed_over() {
        assert_eq!(News::of("changed", false), Some(News::Changed));
        assert_eq!(News::of("leader", true), Some(News::Leader(true)));
        assert_eq!(News::of("weather", true), None);
    }
}
