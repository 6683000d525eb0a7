//! Bent changes poured through the whole server: signature, inbox, worker process, guard, rights, log. Nothing
//! poisonous is stored, nobody else has to wait, and the server goes on.
//!
//! A few hundred as a rule; `YIDANG_POURED=100000` pours that many. Whoever bends them is
//! `crates/documents/tests/hostile`; here they are signed by an enrolled device, which may write what it bends.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and tells figures"
)]

#[cfg(test)]
#[expect(dead_code, reason = "shared with the trial of the guard, which needs more of it")]
#[path = "../../../crates/documents/tests/hostile/build.rs"]
mod build;
#[cfg(test)]
mod corpus;
#[cfg(test)]
#[path = "../../../crates/documents/tests/hostile/dice.rs"]
mod dice;
#[cfg(test)]
#[expect(dead_code, reason = "whoever signs here is whoever wrote it")]
#[path = "../../../crates/documents/tests/hostile/mutate.rs"]
mod mutate;
#[cfg(test)]
#[expect(dead_code, reason = "shared with other stories, which need more of it")]
#[path = "../stories/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use yidang_documents::guard::survives;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{SignedBatch, Verdict};
use yidang_sync_server::allowance::Allowance;
use yidang_sync_server::judge::shelf;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::worker::Reading;
use yidang_sync_server::{App, Options, check, open};

use crate::corpus::Sample;
use crate::dice::Dice;
use crate::mutate::bent;
use crate::support::{ACCEPTED, COUNTY, Device, GRID_7, TODAY, Town, noon, visit};

/// Documents that are bent at the same time; one of each is in a request.
const DOCUMENTS: u8 = 24;
/// After so many requests all of them are new.
const ROUNDS: u64 = 40;

fn number(name: &str, ordinary: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

/// A county whose foreign bytes are read by the worker that is shipped, and whose devices may hand in whatever
/// they like.
fn town() -> Town {
    let Town { directory, app, clock } = Town::new();
    drop(app);
    let options = Options::new(directory.path().join("data")).with_clock(clock.clone());
    let reading = Reading::Workers(env!("CARGO_BIN_EXE_sync-server").into());
    let app = open(Options { reading, allowance: Allowance::ENDLESS, ..options }).unwrap();
    Town { directory, app, clock }
}

/// What became of what was poured.
#[derive(Default)]
struct Poured {
    said: BTreeMap<(i32, String), u64>,
}

impl Poured {
    fn count(&self, verdict: Verdict) -> u64 {
        let of_it = self.said.iter().filter(|((said, _), _)| *said == verdict as i32);
        of_it.map(|(_, count)| count).sum()
    }
}

/// A device of 王样一 and documents of hers that are bent.
struct Hand {
    wang: Device,
    nth: u8,
    samples: Vec<Sample>,
}

impl Hand {
    async fn new(town: &Town, nth: u8, dice: &mut Dice) -> Self {
        let mut wang = Device::enrolled_again(&town.app, "u-wang", nth).await;
        let at = noon(TODAY);
        let mut ids = Vec::new();
        for n in 0..DOCUMENTS {
            // Households are named by their number alone, so only the first device has some.
            if nth == 1 && n % 4 == 3 {
                let people = [("薛样一", "12000000051"), ("马例二", "12000000052")];
                ids.push(wang.open_household(n + 100, GRID_7, "3-09", people, at));
            } else {
                ids.push(open_case(&mut wang, nth, n));
            }
        }
        assert!(wang.sync(&town.app).await.iter().all(|receipt| receipt.verdict == ACCEPTED));
        let author = wang.author(at);
        let samples = ids.iter().filter_map(|id| {
            let file = wang.documents.get(id)?.clone();
            Sample::next(file, &author, dice)
        });
        let samples = samples.collect();
        Self { wang, nth, samples }
    }

    /// Hands in one bent change of each document; what it made of those that were taken is bent from now on.
    async fn pour(&mut self, app: &App, seeds: std::ops::Range<u64>, poured: &mut Poured) {
        let mut push: Vec<SignedBatch> = Vec::new();
        let mut of = Vec::new();
        for seed in seeds {
            let mut dice = Dice::of(seed);
            let bent = bent(&mut dice, &self.samples);
            let place = self.samples.iter().position(|sample| std::ptr::eq(sample, bent.sample));
            let header = self.wang.header(&bent.sample.file);
            push.push(header.sign(vec![bent.bytes], &self.wang.seed));
            of.push(place.unwrap());
        }
        let reply = self.wang.exchange(app, &self.wang.request(push)).await;
        assert_eq!(reply.receipts.len(), of.len(), "every batch is answered");
        let mut taken = Vec::new();
        for (receipt, place) in reply.receipts.iter().zip(of) {
            *poured.said.entry((receipt.verdict, receipt.code.clone())).or_default() += 1;
            if receipt.verdict == ACCEPTED && !taken.contains(&place) {
                taken.push(place);
            }
        }
        let author = self.wang.author(noon(TODAY));
        for place in taken {
            let id = self.samples.get(place).unwrap().file.id();
            let next = Sample::next(at_server(app, id), &author, &mut Dice::of(place as u64));
            if let (Some(sample), Some(next)) = (self.samples.get_mut(place), next) {
                *sample = next;
            }
        }
    }
}

/// A file with a few entries; `nth` and `n` name it.
fn open_case(wang: &mut Device, nth: u8, n: u8) -> DocumentId {
    let at = noon(TODAY);
    let mut bytes = [n; 16];
    (bytes[0], bytes[1], bytes[6]) = (nth, 0x57, 0x70);
    let id = DocumentId::from_bytes(bytes);
    wang.begin(yidang_domain::entry::DocumentKind::CaseFile, id, GRID_7);
    wang.add(id, support::found(), at);
    wang.add(id, visit("头一回去"), at);
    id
}

/// A document as the county has it.
fn at_server(app: &App, id: DocumentId) -> yidang_documents::Document {
    let found = app.store().read::<_, StoreError>(COUNTY, |db| {
        let row = db.document(id.as_bytes())?.unwrap();
        shelf::load(db, &row)
    });
    found.unwrap()
}

/// 李例二 exchanges all the while; how often, and how long she waited at most.
async fn exchanges(
    app: App,
    mut li: Device,
    stop: tokio::sync::watch::Receiver<bool>,
) -> (u64, Duration) {
    let (mut times, mut longest) = (0, Duration::ZERO);
    while !*stop.borrow() {
        let began = Instant::now();
        li.sync(&app).await;
        longest = longest.max(began.elapsed());
        times += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    (times, longest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_poured_in_stops_nobody_and_poisons_nothing() {
    let count = number("YIDANG_POURED", 480);
    let town = town();
    let li = town.device("u-li").await;
    let (tell, stop) = tokio::sync::watch::channel(false);
    let beside = tokio::spawn(exchanges(town.app.clone(), li, stop));
    let mut dice = Dice::of(7);
    let mut poured = Poured::default();
    let mut hand = Hand::new(&town, 1, &mut dice).await;
    let each = u64::from(DOCUMENTS);
    for (round, from) in (1..).zip((0..count).step_by(usize::from(DOCUMENTS))) {
        hand.pour(&town.app, from..(from + each).min(count), &mut poured).await;
        if round % ROUNDS == 0 && hand.nth < u8::MAX {
            hand = Hand::new(&town, hand.nth + 1, &mut dice).await;
        }
    }
    tell.send(true).unwrap();
    let (times, longest) = beside.await.unwrap();
    for ((verdict, code), count) in &poured.said {
        let verdict = format!("{:?}", Verdict::try_from(*verdict).unwrap_or_default());
        println!("{verdict:<12}{code:<24}{count:>9}");
    }
    println!(
        "{count} poured; a colleague exchanged {times} times meanwhile, {} ms at most",
        longest.as_millis()
    );
    assert_eq!(poured.said.values().sum::<u64>(), count);
    assert!(poured.count(Verdict::Accepted) > 0 && poured.count(Verdict::Refused) > count / 4);
    assert!(!poured.said.keys().any(|(_, code)| code == "crashed" || code == "suspended"));
    assert!(times > 0);
    is_whole(&town.app);
}

/// Everything that was taken loads, saves and reads alike, and the log tells it again.
fn is_whole(app: &App) {
    let documents = app.store().read::<_, StoreError>(COUNTY, |db| {
        let findings = check::check(db, COUNTY)?;
        assert!(findings.broken.is_empty(), "{:?}", findings.broken);
        let mut documents = 0;
        for row in db.documents()? {
            survives(&shelf::load(db, &row)?).unwrap();
            documents += 1;
        }
        Ok(documents)
    });
    println!("{} documents are sound", documents.unwrap());
}
