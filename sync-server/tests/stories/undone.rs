//! What the county takes and undoes: values that came after a file was closed with others, and values of a batch of
//! which an administrator takes the entries alone. Entries stay, and the author hears why.

use yidang_api::FaultCode;
use yidang_api::review::{ReviewOutcome, ReviewRow, ReviewSettled, SettleReview};
use yidang_documents::{Edit, Projection, RegisterPath, Scalar, project};
use yidang_domain::entry::EntryKind;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::record::hashes;
use yidang_sync_protocol::{Receipt, Record, RecordKind, SignedBatch, SyncRequest, Verdict};

use crate::restore::{backup, heads, healing, restore, sound, told, tool};
use crate::reviews::{self, story};
use crate::support::{
    ACCEPTED, Device, GRID_7, PARKED, TODAY, Town, accepted, close_asked, closed, kinds, noon,
    visit,
};

const REVERTED: i32 = Verdict::Reverted as i32;

fn place(device: &Device, id: DocumentId) -> String {
    let Projection::CaseFile(case) = project(&device.documents[&id]) else { panic!("a file") };
    case.fact("place")
}

fn clashes(device: &Device, id: DocumentId) -> usize {
    project(&device.documents[&id]).common().clashes.len()
}

/// What the county says of undone values to this device.
fn decisions(device: &Device) -> Vec<Record> {
    let records = device.records.iter().map(|record| record.open(&device.county_key).unwrap().1);
    records.filter(|record| record.kind() == RecordKind::Decision).collect()
}

fn said(receipt: &Receipt) -> (i32, &str, &str) {
    (receipt.verdict, receipt.code.as_str(), receipt.rule.as_str())
}

/// 王样一 reported a quarrel about a row of trees at 3组 and asked to close it.
struct Closing {
    town: Town,
    wang: Device,
    li: Device,
    id: DocumentId,
}

impl Closing {
    async fn asked() -> Self {
        let (town, at) = (Town::new(), noon(TODAY));
        let mut wang = town.device("u-wang").await;
        let mut li = town.device("u-li").await;
        let id = wang.open_case(1, GRID_7, "争一行梨树", at);
        wang.set(id, "facts.place", "3组", at);
        wang.sync(&town.app).await;
        li.sync(&town.app).await;
        li.add(id, accepted(), at);
        li.sync(&town.app).await;
        wang.sync(&town.app).await;
        wang.add(id, close_asked(), at);
        wang.sync(&town.app).await;
        li.sync(&town.app).await;
        Self { town, wang, li, id }
    }

    /// 李例二 closes it while 王样一 has no signal.
    async fn closed() -> Self {
        let mut story = Self::asked().await;
        story.li.add(story.id, closed(), noon(TODAY));
        assert_eq!(story.li.sync(&story.town.app).await[0].verdict, ACCEPTED);
        story
    }

    /// What she writes then, in one batch: a visit with another place.
    fn late(&mut self) -> SignedBatch {
        let place = Edit::Set(RegisterPath::of("facts", "place"), Scalar::Text("5组".into()));
        self.wang.write(self.id, &[Edit::AddEntry(visit("又去了一次")), place], noon(TODAY))
    }

    async fn verdict(&self, batch: &SignedBatch) -> Receipt {
        let request = SyncRequest { cursor: None, ..self.wang.request(vec![batch.clone()]) };
        self.wang.exchange(&self.town.app, &request).await.receipts.remove(0)
    }
}

#[tokio::test]
async fn a_file_keeps_the_values_it_was_closed_with() {
    let mut story = Closing::closed().await;
    let batch = story.late();
    let receipt = story.wang.sync(&story.town.app).await.remove(0);
    assert_eq!(said(&receipt), (REVERTED, "reverted", "closed_meanwhile"));
    assert_eq!(hashes(&receipt.undone).len(), 1, "which of its changes");
    assert!(story.wang.placed.contains_key(&batch.id()), "it is in the log");
    story.li.sync(&story.town.app).await;
    for device in [&story.wang, &story.li] {
        assert_eq!(place(device, story.id), "3组");
        assert!(kinds(device, story.id).contains(&EntryKind::Visit), "an entry stays");
        assert_eq!(clashes(device, story.id), 0);
    }
    assert_eq!(story.wang.documents[&story.id].heads(), story.li.documents[&story.id].heads());
    // The county says so for ever, to her and to the offices.
    let told = decisions(&story.wang);
    let (named, decision) = told[0].undoing().unwrap();
    assert_eq!((told.len(), named, decision.undone), (1, batch.id(), receipt.undone.clone()));
    assert!(decisions(&story.li).is_empty());
    // Whoever brings it again hears the same, and nothing more is written.
    let before = heads(&story.town.app, story.id);
    assert_eq!(said(&story.verdict(&batch).await), said(&receipt));
    assert_eq!(heads(&story.town.app, story.id), before);
    sound(&story.town.app);
}

#[tokio::test]
async fn what_was_known_when_the_file_was_closed_and_what_came_before_it_stay() {
    let at = noon(TODAY);
    // She had corrected the place, and 李例二 closed with it.
    let mut story = Closing::asked().await;
    story.wang.set(story.id, "facts.place", "5组", at);
    assert_eq!(story.wang.sync(&story.town.app).await[0].verdict, ACCEPTED);
    story.li.sync(&story.town.app).await;
    story.li.add(story.id, closed(), at);
    assert_eq!(story.li.sync(&story.town.app).await[0].verdict, ACCEPTED);
    story.wang.sync(&story.town.app).await;
    assert_eq!(place(&story.wang, story.id), "5组");
    // A visit alone writes no value.
    story.wang.add(story.id, visit("回访"), at);
    assert_eq!(story.wang.sync(&story.town.app).await[0].verdict, ACCEPTED);
    // Nothing is decided about a file that is open.
    let mut story = Closing::asked().await;
    story.late();
    assert_eq!(story.wang.sync(&story.town.app).await[0].verdict, ACCEPTED);
    assert_eq!(place(&story.wang, story.id), "5组");
}

/// She writes the same thing three times before she hears that it is closed: back to before all of it, by one
/// change.
#[tokio::test]
async fn several_late_values_are_undone_together() {
    let mut story = Closing::closed().await;
    let before = story.li.documents[&story.id].changes_since(&[]).len();
    for value in ["5组", "6组", "7组"] {
        story.wang.set(story.id, "facts.place", value, noon(TODAY));
    }
    let receipts = story.wang.sync(&story.town.app).await;
    // Only the last one stood there.
    let verdicts: Vec<i32> = receipts.iter().map(|receipt| receipt.verdict).collect();
    assert_eq!(verdicts, [ACCEPTED, ACCEPTED, REVERTED]);
    story.li.sync(&story.town.app).await;
    assert_eq!(place(&story.li, story.id), "3组");
    let after = story.li.documents[&story.id].changes_since(&[]).len();
    assert_eq!(after, before + 4, "three of hers and one of the server");
}

/// The copy is of after the closing and of before what came late.
async fn restored() -> (Closing, Device, SignedBatch) {
    let mut story = Closing::closed().await;
    let mut feng = story.town.administrator().await;
    let copy = story.town.directory.path().join("copy.sqlite");
    feng.sync(&story.town.app).await;
    backup(&story.town, &copy);
    let batch = story.late();
    assert_eq!(story.wang.sync(&story.town.app).await[0].verdict, REVERTED);
    story.li.sync(&story.town.app).await;
    feng.sync(&story.town.app).await;
    assert_eq!(decisions(&feng).len(), 1, "an administrator keeps it too");
    let Closing { town, wang, li, id } = story;
    let town = town.restarted(|data| restore(data, &copy));
    (Closing { town, wang, li, id }, feng, batch)
}

#[tokio::test]
async fn a_healed_server_undoes_nothing_twice() {
    let (mut story, mut feng, batch) = restored().await;
    let whole = Some(story.li.documents[&story.id].heads());
    let app = story.town.app.clone();
    for device in [&mut story.wang, &mut story.li, &mut feng] {
        assert!(device.round(&app).await.heal);
        let receipts = device.give_back(&app, Vec::new()).await.receipts;
        let is_taken = |receipt: &Receipt| receipt.is_taken() || receipt.verdict == PARKED;
        assert!(receipts.iter().all(is_taken), "{receipts:?}");
    }
    assert!(!healing(&app));
    assert_eq!(heads(&app, story.id), whole, "with the one change that undid it");
    assert_eq!(said(&story.verdict(&batch).await), (REVERTED, "reverted", "closed_meanwhile"));
    story.wang.sync(&app).await;
    assert_eq!(decisions(&story.wang).len(), 1);
    sound(&app);
}

/// The administrator gives back the county's word and ends the healing by hand. 王样一 comes without any place
/// for what she wrote, and 李例二 last, with the change that undid it.
#[tokio::test]
async fn what_was_undone_once_is_known_before_the_change_that_did_it_is_here() {
    let (mut story, mut feng, batch) = restored().await;
    let whole = Some(story.li.documents[&story.id].heads());
    assert!(feng.round(&story.town.app).await.heal);
    feng.give_back(&story.town.app, Vec::new()).await;
    let finish = |data: &std::path::Path| {
        told(&tool(&["heal-finish", "--data", &data.display().to_string()]));
    };
    story.town = story.town.restarted(finish);
    let app = story.town.app.clone();
    assert!(!healing(&app));
    assert_eq!(said(&story.verdict(&batch).await), (REVERTED, "reverted", "closed_meanwhile"));
    assert_eq!(heads(&app, story.id).map(|heads| heads.len()), Some(2), "beside the closing");
    story.li.round(&app).await;
    let receipts = story.li.give_back(&app, Vec::new()).await.receipts;
    assert!(receipts.iter().any(|receipt| receipt.verdict == ACCEPTED), "{receipts:?}");
    assert_eq!(heads(&app, story.id), whole);
}

/// 吴样二, whom nobody knows after a restore, wrote down another place beside a visit.
async fn of_an_unknown(value: &str) -> (reviews::Story, SignedBatch) {
    let mut story = story().await;
    let place = Edit::Set(RegisterPath::of("facts", "place"), Scalar::Text(value.into()));
    let edits = [Edit::AddEntry(visit("问了地界")), place];
    let batch = story.wu.write(story.case, &edits, noon(TODAY));
    story.wu.sync(&story.town.app).await;
    (story, batch)
}

async fn entries_alone(story: &reviews::Story, row: &ReviewRow) -> ReviewOutcome {
    let question = SettleReview {
        batch: row.batch.clone(),
        admit: true,
        undo: true,
        reason: "地界以图为准".into(),
    };
    let settled: ReviewSettled = story.feng.ask(&story.town.app, &question).await.unwrap();
    settled.outcome
}

#[tokio::test]
async fn an_administrator_takes_the_entries_and_not_the_values() {
    let (mut story, batch) = of_an_unknown("5组").await;
    let rows = story.waiting().await;
    assert_eq!(rows.iter().map(|row| row.may_undo).collect::<Vec<_>>(), [false; 3]);
    for row in &rows[..2] {
        assert_eq!(story.settle(row, true, "核对过").await, ReviewOutcome::Taken);
    }
    let rows = story.waiting().await;
    assert!(rows[0].may_undo, "its past is here now: {rows:?}");
    assert_eq!(entries_alone(&story, &rows[0]).await, ReviewOutcome::Undone);
    let receipt = story.verdict(&batch).await;
    assert_eq!(said(&receipt), (REVERTED, "reverted", ""));
    assert_eq!(receipt.reason, "地界以图为准");
    story.reader.sync(&story.town.app).await;
    assert_eq!(place(&story.reader, story.case), "", "nothing stood there before");
    let expected = [EntryKind::Found, EntryKind::Visit, EntryKind::Visit];
    assert_eq!(kinds(&story.reader, story.case), expected);
    sound(&story.town.app);
}

/// 李例二 had it by hand and wrote over it: her value was nobody's to undo, and comes with it.
#[tokio::test]
async fn what_somebody_wrote_over_it_meanwhile_is_left_alone() {
    let (mut story, batch) = of_an_unknown("5组").await;
    story.li.documents.insert(story.case, story.wu.documents[&story.case].clone());
    story.li.set(story.case, "facts.place", "6组", noon(TODAY));
    assert_eq!(story.li.sync(&story.town.app).await[0].verdict, PARKED);
    for row in &story.waiting().await[..2] {
        story.settle(row, true, "核对过").await;
    }
    let row = story.waiting().await.remove(0);
    assert_eq!(entries_alone(&story, &row).await, ReviewOutcome::Taken);
    assert_eq!(story.verdict(&batch).await.verdict, ACCEPTED);
    story.reader.sync(&story.town.app).await;
    assert_eq!(place(&story.reader, story.case), "6组");
}

/// 李例二 wrote another place while this one waited: hers stands, and nobody is asked about a clash.
#[tokio::test]
async fn a_clash_that_is_covered_stays_silent() {
    let (mut story, _) = of_an_unknown("5组").await;
    for row in &story.waiting().await[..2] {
        story.settle(row, true, "核对过").await;
    }
    story.li.sync(&story.town.app).await;
    story.li.set(story.case, "facts.place", "6组", noon(TODAY));
    assert_eq!(story.li.sync(&story.town.app).await[0].verdict, ACCEPTED);
    let row = story.waiting().await.remove(0);
    assert_eq!(entries_alone(&story, &row).await, ReviewOutcome::Undone);
    story.reader.sync(&story.town.app).await;
    assert_eq!(place(&story.reader, story.case), "6组");
    assert_eq!(clashes(&story.reader, story.case), 0);
}

#[tokio::test]
async fn nothing_is_undone_of_what_is_declined() {
    let (story, _) = of_an_unknown("5组").await;
    let row = story.waiting().await.remove(0);
    let question =
        SettleReview {
            batch: row.batch, admit: false, undo: true, reason: "不是本人写的".into()
        };
    let refused = story.feng.refused(&story.town.app, &question).await;
    assert_eq!(refused, (FaultCode::Invalid, "undo".to_owned()));
}
