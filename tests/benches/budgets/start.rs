//! A device that begins its day: a process of its own, so that its memory is its own too.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yidang_api::Fault;
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Unreachable, answer};

use super::clock::{ms, percentile};
use super::holding::Holding;
use super::report::Report;

/// The word that makes this program that device.
pub const CHILD: &str = "be-a-device";
const GROUP: &str = "start";
/// Starts of each kind; the slowest counts.
const STARTS: usize = 7;

/// What the process says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    /// From opening the device to the answer of `today`, in microseconds.
    today_us: u64,
    /// Memory at its peak after listing, searching and opening a file, in KB; zero where the system
    /// does not tell.
    peak_kb: u32,
    /// Memory at its peak when the day's list stood.
    today_kb: u32,
}

/// Starts the device again and again.
pub fn measure(report: &mut Report, holding: &Holding) -> Result<()> {
    for (what, is_cold) in [("files known to the system", false), ("files on the disk alone", true)]
    {
        let mut times = Vec::new();
        let mut said = Vec::new();
        for _ in 0..STARTS {
            if is_cold {
                forget(&holding.at)?;
            }
            let one = start(&holding.at)?;
            times.push(Duration::from_micros(one.today_us));
            said.push(one);
        }
        let slowest = ms(percentile(&mut times, 1.0));
        let what = format!("to the answer of 今天, 20,000 files, {what}");
        report.row(GROUP, what, slowest, "ms", 500.0);
        if !is_cold {
            let mb = |kb: Option<u32>| f64::from(kb.unwrap_or_default()) / 1_024.0;
            let today = mb(said.iter().map(|one| one.today_kb).max());
            report.row(GROUP, "memory at its peak: 今天", today, "MB", None);
            let peak = mb(said.iter().map(|one| one.peak_kb).max());
            let what = "memory at its peak: lists, searches, one file";
            report.row(GROUP, what, peak, "MB", 150.0);
        }
    }
    Ok(())
}

/// Has the system forget what it read of the device's files.
fn forget(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let file = std::fs::File::open(entry?.path())?;
        file.sync_all()?;
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    }
    Ok(())
}

fn start(folder: &Path) -> Result<Said> {
    let done = Command::new(std::env::current_exe()?).arg(CHILD).arg(folder).output()?;
    let errors = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "the device did not start: {errors}");
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// What the child does: opens the device, answers `today`, then what people do next.
pub fn child(folder: &Path) -> Result<()> {
    let begun = Instant::now();
    let files = Files::new(folder).map_err(|fault| anyhow!("{fault:?}"))?;
    let device = Device::open(DeviceSetup {
        secrets: files.secrets().map_err(|fault| anyhow!("{fault:?}"))?,
        stores: Box::new(files.clone()),
        senses: Box::new(SystemSenses::default()),
        origin: "http://county".into(),
        version: "bench".into(),
    });
    let device = Arc::new(Mutex::new(device.map_err(|fault| anyhow!("{fault:?}"))?));
    let here = tokio::runtime::Builder::new_current_thread().build()?;
    let alone = Alone(files);
    let ask = |name: &str, question: &Value| -> Result<Value> {
        let text = question.to_string();
        let reply = here.block_on(answer(&device, &alone, None, name, &text));
        Ok(serde_json::from_str(&reply.map_err(|fault| anyhow!("{name}: {fault:?}"))?)?)
    };
    ask("today", &json!({}))?;
    let today_us = u64::try_from(begun.elapsed().as_micros())?;
    let today_kb = peak_kb();
    let list = |text: &str, offset: usize| {
        json!({ "queue": "all", "org": null, "category": null, "risk": null, "text": text,
            "offset": offset, "limit": 200 })
    };
    let mut last = Value::Null;
    for offset in [0, 200, 10_000, 19_800] {
        last = ask("list_case_files", &list("", offset))?["rows"][0]["id"].clone();
    }
    for text in ["村", "王", "纠纷", "wjg", "0031"] {
        ask("find", &json!({ "text": text, "limit": 12 }))?;
        ask("list_case_files", &list(text, 0))?;
    }
    ask("case_file", &json!({ "id": last })).context("the last file of the list")?;
    println!("{}", serde_json::to_string(&Said { today_us, peak_kb: peak_kb(), today_kb })?);
    Ok(())
}

/// The most memory this process ever held, where the system tells.
fn peak_kb() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// No network.
struct Alone(Files);

impl Outside for Alone {
    async fn post(&self, _: &str, _: Vec<u8>) -> Result<HttpReply, Unreachable> {
        Err(Unreachable("no network".into()))
    }

    async fn keep(&self, secrets: &[u8]) -> Result<(), Fault> {
        self.0.keep(secrets)
    }
}
