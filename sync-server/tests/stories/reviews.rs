//! What waits for a person: the county was restored from a copy of before somebody came, and its register does not
//! know them.

use yidang_api::FaultCode;
use yidang_api::oversight::LooksQuestion;
use yidang_api::review::{
    ReviewOutcome, ReviewRow, ReviewSettled, ReviewsQuestion, ReviewsView, SettleReview,
};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::DocumentId;
use yidang_domain::org::Role;
use yidang_sync_protocol::{Receipt, SignedBatch, SyncRequest, Verdict};

use crate::restore::{backup, restore};
use crate::support::ask::fresh_name;
use crate::support::{
    ACCEPTED, Device, GRID_7, PARKED, REFUSED, TODAY, Town, XIAYI_IN_LEICHI, kinds, noon, visit,
};

/// 吴样二 came after the copy was made, and wrote down a matter and two visits.
pub struct Story {
    pub town: Town,
    pub feng: Device,
    pub li: Device,
    /// Another device of 李例二: nobody is enrolled while the county heals.
    pub reader: Device,
    pub wu: Device,
    pub case: DocumentId,
}

pub async fn story() -> Story {
    let town = Town::new();
    let feng = town.administrator().await;
    let li = town.device("u-li").await;
    let reader = Device::enrolled_again(&town.app, "u-li", 7).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    town.hire("u-wu", "吴样二", GRID_7, Role::GridWorker);
    let mut wu = town.device("u-wu").await;
    let at = noon(TODAY);
    let case = wu.open_case(1, GRID_7, "争一行梨树", at);
    wu.add(case, visit("到地里看了"), at);
    wu.sync(&town.app).await;
    let town = town.restarted(|data| restore(data, &copy));
    assert!(wu.round(&town.app).await.heal);
    let receipts = wu.heal(&town.app, Vec::new()).await;
    let verdicts: Vec<i32> = receipts.iter().map(|receipt| receipt.verdict).collect();
    assert_eq!(verdicts, [Verdict::Review as i32; 2]);
    Story { town, feng, li, reader, wu, case }
}

impl Story {
    pub async fn waiting(&self) -> Vec<ReviewRow> {
        let ReviewsView { total, rows } =
            self.feng.ask(&self.town.app, &ReviewsQuestion::default()).await.unwrap();
        assert_eq!(usize::try_from(total).unwrap(), rows.len());
        rows
    }

    pub async fn settle(&self, row: &ReviewRow, admit: bool, reason: &str) -> ReviewOutcome {
        let question =
            SettleReview { batch: row.batch.clone(), admit, undo: false, reason: reason.into() };
        let ReviewSettled { outcome } = self.feng.ask(&self.town.app, &question).await.unwrap();
        outcome
    }

    pub async fn verdict(&self, batch: &SignedBatch) -> Receipt {
        let ask_verdicts = vec![batch.id().to_vec()];
        let request = SyncRequest { ask_verdicts, ..self.wu.request(Vec::new()) };
        let reply = self.wu.exchange(&self.town.app, &request).await;
        reply.verdicts.into_iter().next().unwrap().receipt.unwrap()
    }

    async fn at_the_township(&self) -> Vec<EntryKind> {
        let mut reader = self.reader.clone();
        reader.sync(&self.town.app).await;
        let has_it = reader.documents.contains_key(&self.case);
        if has_it { kinds(&reader, self.case) } else { Vec::new() }
    }
}

#[tokio::test]
async fn an_administrator_reads_what_waits_and_admits_it_in_any_order() {
    let story = story().await;
    let rows = story.waiting().await;
    let [first, second] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((first.name.as_str(), first.rule.as_str()), ("吴样二", "unknown_author"));
    assert_eq!((first.document, first.place.as_str()), (story.case, second.place.as_str()));
    assert_eq!(first.entries[0].label, "发现");
    assert_eq!((second.entries.len(), second.unread), (0, 1), "its past is not here yet");
    // The second first: it goes into the file by itself as soon as the first one does.
    assert_eq!(story.settle(second, true, "本人来县里说明了").await, ReviewOutcome::Waits);
    let batches = story.wu.batches[&story.case].clone();
    assert_eq!(story.verdict(&batches[1]).await.verdict, PARKED);
    assert_eq!(story.settle(first, true, "本人来县里说明了").await, ReviewOutcome::Taken);
    assert!(story.waiting().await.is_empty());
    for batch in &batches {
        assert_eq!(story.verdict(batch).await.verdict, ACCEPTED);
    }
    assert_eq!(story.at_the_township().await, [EntryKind::Found, EntryKind::Visit]);
    let looks = story.feng.ask(&story.town.app, &LooksQuestion::default()).await.unwrap();
    assert!(looks.rows.iter().all(|look| look.asked == "看待复核的" && look.name == "冯例八"));
    assert!(!looks.rows.is_empty());
}

/// 李例二 had the matter from 吴样二 by hand and went on from there. What is declined takes that along, and
/// everybody hears why.
#[tokio::test]
async fn what_is_declined_is_told_with_the_reason_and_orphans_what_was_built_on_it() {
    let mut story = story().await;
    let at = noon(TODAY);
    let batches = story.wu.batches[&story.case].clone();
    story.li.documents.insert(story.case, story.wu.documents[&story.case].clone());
    let built = story.li.add(story.case, visit("接着做"), at);
    assert_eq!(story.li.sync(&story.town.app).await[0].verdict, PARKED);
    let rows = story.waiting().await;
    assert_eq!(story.settle(&rows[0], false, "不是本人写的").await, ReviewOutcome::Declined);
    let told = story.verdict(&batches[0]).await;
    let words = (told.verdict, told.code.as_str(), told.rule.as_str(), told.reason.as_str());
    assert_eq!(words, (REFUSED, "declined", "unknown_author", "不是本人写的"));
    for orphan in [&batches[1], &built] {
        let told = story.verdict(orphan).await;
        assert_eq!((told.verdict, told.rule.as_str()), (Verdict::Orphaned as i32, "declined"));
        assert_eq!(told.by, batches[0].id());
    }
    // It is not asked again, also while the county heals.
    let again = story.wu.request(vec![batches[0].clone()]);
    let receipt = story.wu.exchange(&story.town.app, &again).await.receipts.remove(0);
    assert_eq!((receipt.verdict, receipt.reason.as_str()), (REFUSED, "不是本人写的"));
    assert!(story.waiting().await.is_empty());
    assert!(story.at_the_township().await.is_empty());
}

/// Somebody answers for who wrote it; what nobody may do stays forbidden.
#[tokio::test]
async fn nobody_is_admitted_to_what_nobody_may_do() {
    let mut story = story().await;
    let number = Entry::NumberIssued { number: "延张调〔2026〕88号".into() };
    let forged = story.wu.add(story.case, number, noon(TODAY));
    story.wu.sync(&story.town.app).await;
    for row in story.waiting().await {
        let is_forged = row.batch == hex(&forged.id());
        let outcome = story.settle(&row, true, "本人来县里说明了").await;
        let expected = if is_forged { ReviewOutcome::Refused } else { ReviewOutcome::Taken };
        assert_eq!(outcome, expected);
    }
    assert_eq!(story.verdict(&forged).await.code, "not_allowed");
}

/// Whoever answers for a batch sees every value that it writes, not its entries alone.
#[tokio::test]
async fn what_is_written_is_shown_and_nothing_is_moved_out_of_its_township() {
    let mut story = story().await;
    let moved = story.wu.set(story.case, "facts.grid", XIAYI_IN_LEICHI, noon(TODAY));
    story.wu.sync(&story.town.app).await;
    let rows = story.waiting().await;
    let shown = &rows[0].entries;
    let says = |label: &str, words: &str| {
        shown.iter().any(|entry| (entry.label.as_str(), entry.words.as_str()) == (label, words))
    };
    assert!(says("写一句话", "争一行梨树"), "{shown:?}");
    assert!(shown.iter().any(|entry| entry.label == "写网格" && entry.words.contains("第7网格")));
    for row in &rows {
        story.settle(row, true, "本人来县里说明了").await;
    }
    assert_eq!(story.verdict(&moved).await.code, "out_of_reach");
}

#[tokio::test]
async fn a_review_is_an_administrators_and_is_settled_once() {
    let story = story().await;
    let app = &story.town.app;
    let no = (FaultCode::NotAllowed, String::new());
    assert_eq!(story.li.refused(app, &ReviewsQuestion::default()).await, no);
    let row = story.waiting().await.remove(0);
    let settle = |reason: &str| SettleReview {
        batch: row.batch.clone(),
        admit: true,
        undo: false,
        reason: reason.into(),
    };
    assert_eq!(story.li.refused(app, &settle("我看可以")).await, no);
    let invalid = (FaultCode::Invalid, "reason".to_owned());
    assert_eq!(story.feng.refused(app, &settle(" ")).await, invalid);
    let ask = fresh_name();
    let first = story.feng.ask_as(app, ask.clone(), &settle("核对过")).await.unwrap();
    assert_eq!(first.outcome, ReviewOutcome::Taken);
    assert_eq!(story.feng.ask_as(app, ask, &settle("核对过")).await.unwrap(), first);
    let unknown = (FaultCode::NotFound, String::new());
    assert_eq!(story.feng.refused(app, &settle("核对过")).await, unknown);
    let nobody = SettleReview { batch: "没有".into(), ..settle("核对过") };
    assert_eq!(story.feng.refused(app, &nobody).await, unknown);
    assert!(row.since > InstantMs(0));
}

fn hex(bytes: &[u8]) -> String {
    yidang_domain::causality::hex_of(bytes)
}
