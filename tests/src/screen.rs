//! What is looked for on every screen: what is badly set, and what a blind person's programs would
//! stumble over.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::browser::Browser;

/// Finds what is badly set.
const FAULTS: &str = include_str!("../js/faults.js");

/// Runs the rules of axe-core that were loaded before, and says what matters of what they found.
const FINDINGS: &str = r"
const done = arguments[0];
axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => {
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const said = (rule, node) => `${rule.id} (${rule.impact}) ${node.target.join(' ')}: ${node.failureSummary}`;
  done(grave.flatMap((rule) => rule.nodes.map((node) => said(rule, node))));
}, (error) => done([String(error)]));";

/// A page asks its desk for what it shows, so it is looked at until it stands still.
const MOST_LOOKS: u32 = 100;
/// What the page says while it waits for its desk.
const STILL_LOADING: &str = "still loading";
/// A fault that is there so many looks in a row stays.
const LOOKS_THE_SAME: u32 = 5;

/// What is badly set on the page at this moment.
///
/// # Errors
///
/// Where the page cannot be asked.
pub async fn faults(browser: &Browser) -> Result<Vec<String>> {
    Ok(texts(&browser.run(FAULTS).await?))
}

/// What axe-core finds serious or critical on the page: rule, place and what would mend it.
///
/// # Errors
///
/// Where axe-core is not installed or the page cannot be asked.
pub async fn findings(browser: &Browser) -> Result<Vec<String>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("js/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&script)
        .with_context(|| format!("{} is missing: cargo xtask setup", script.display()))?;
    browser.run(&axe).await?;
    Ok(texts(&browser.client.execute_async(FINDINGS, vec![]).await?))
}

fn texts(found: &Value) -> Vec<String> {
    let all = found.as_array().into_iter().flatten();
    all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Looks at a page once it stands still, and keeps a picture of it called `name`: all that is badly
/// set or hard to reach.
///
/// # Errors
///
/// Where the page cannot be asked or its picture not be kept.
pub async fn look(browser: &Browser, name: &str) -> Result<Vec<String>> {
    let mut found = vec![STILL_LOADING.to_owned()];
    let mut same = 0;
    for _ in 0..MOST_LOOKS {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = faults(browser).await?;
        same = if now == found { same + 1 } else { 0 };
        found = now;
        let stands = same >= LOOKS_THE_SAME && !found.iter().any(|said| said == STILL_LOADING);
        if found.is_empty() || stands {
            break;
        }
    }
    browser.picture(name).await?;
    found.extend(findings(browser).await?);
    Ok(found.into_iter().map(|said| format!("{name}: {said}")).collect())
}
