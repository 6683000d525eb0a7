//! What becomes of work that was built on a refused change, and of what comes before its past.

use prost::Message;
use sha2::{Digest, Sha256};
use yidang_documents::Document;
use yidang_domain::calendar::yanchang_2026;
use yidang_domain::entry::{DocumentKind, EntryKind};
use yidang_domain::ids::DocumentId;
use yidang_domain::org::{Assignment, Role};
use yidang_sync_protocol::{BatchVerdict, Receipt, SignedBatch, SyncRequest, Verdict};
use yidang_sync_server::register::RegisterData;
use yidang_sync_server::store::{Db, StoreError};

use crate::support::{
    ACCEPTED, COUNTY, Device, GRID_7, GRID_8, ORDINARY_DAY, PARKED, RECEIVED, REFUSED, TODAY, Town,
    accepted, kinds, noon, visit,
};

const ORPHANED: i32 = Verdict::Orphaned as i32;
const UNKNOWN: i32 = Verdict::Unknown as i32;

async fn hand_in(town: &Town, device: &Device, batch: &SignedBatch) -> Receipt {
    let request = device.request(vec![batch.clone()]);
    device.exchange(&town.app, &request).await.receipts.remove(0)
}

/// From phone to phone, without the server.
fn hand_over(to: &mut Device, id: DocumentId, batches: &[&SignedBatch]) {
    let document = to
        .documents
        .entry(id)
        .or_insert_with(|| Document::begin(DocumentKind::CaseFile, id, &GRID_7.into()).unwrap());
    for batch in batches {
        let changes: Vec<&[u8]> = batch.changes.iter().map(Vec::as_slice).collect();
        document.apply(&changes).unwrap();
    }
}

/// What became of batches, as any device that can name them is told.
async fn verdicts(town: &Town, device: &Device, batches: &[&SignedBatch]) -> Vec<Receipt> {
    let ask_verdicts: Vec<Vec<u8>> = batches.iter().map(|batch| batch.id().to_vec()).collect();
    let request = SyncRequest { ask_verdicts: ask_verdicts.clone(), ..device.request(vec![]) };
    let told = device.exchange(&town.app, &request).await.verdicts;
    let names: Vec<Vec<u8>> = told.iter().map(|verdict| verdict.batch.clone()).collect();
    assert_eq!(names, ask_verdicts);
    told.into_iter().map(|BatchVerdict { receipt, .. }| receipt.unwrap()).collect()
}

fn read<T>(town: &Town, work: impl FnOnce(&Db<'_>) -> Result<T, StoreError>) -> T {
    town.app.store().read(COUNTY, work).unwrap()
}

/// How many batches are parked and refused.
fn waiting(town: &Town) -> (u64, u64) {
    let (_, parked, refused) = read(town, |db| db.count_waiting());
    (parked, refused)
}

/// 王样一 accepts a file himself, which is not his part; 李例二 and then 高模五 go on from there, from phone to
/// phone. However the three batches come, over two couriers and a server that stops between them, the
/// first is refused and the others are orphaned by it.
#[tokio::test]
async fn whoever_built_on_a_refused_change_hears_by_which_in_any_order() {
    const ORDERS: [[usize; 3]; 6] =
        [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let mut gao = town.device("u-gao").await;
    let couriers = [town.device("u-cao").await, town.device("u-hao").await];
    for (n, order) in (1_u8..).zip(ORDERS) {
        let id = wang.open_case(n, GRID_7, "争一行梨树", at);
        wang.sync(&town.app).await;
        li.sync(&town.app).await;
        gao.sync(&town.app).await;
        let a = wang.add(id, accepted(), at);
        hand_over(&mut li, id, &[&a]);
        let b = li.add(id, visit("接着做"), at);
        hand_over(&mut gao, id, &[&a, &b]);
        let c = gao.add(id, visit("再接着做"), at);
        let all = [&a, &b, &c];
        for (place, which) in order.into_iter().enumerate() {
            if place == 1 {
                town = town.restarted(|_| {});
            }
            hand_in(&town, &couriers[place % 2], all[which]).await;
        }
        let told = verdicts(&town, &couriers[0], &all).await;
        let expected = [(REFUSED, "not_allowed"), (ORPHANED, "orphaned"), (ORPHANED, "orphaned")];
        let words: Vec<_> = told.iter().map(|r| (r.verdict, r.code.as_str())).collect();
        assert_eq!(words, expected, "{order:?}");
        for orphan in &told[1..] {
            assert_eq!((orphan.by.as_slice(), orphan.rule.as_str()), (&a.id()[..], "not_allowed"));
        }
        assert_eq!(waiting(&town).0, 0, "{order:?}");
        for device in [&mut wang, &mut li, &mut gao] {
            device.outbox.clear();
        }
        let mut new = Device::enrolled_again(&town.app, "u-li", 10 + n).await;
        new.sync(&town.app).await;
        assert_eq!(kinds(&new, id), [EntryKind::Found], "{order:?}");
    }
}

/// What 王样一 writes on after a refusal does not wait for ever behind it.
#[tokio::test]
async fn ones_own_later_work_is_orphaned_by_ones_own_refused_change() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let refused = wang.add(id, accepted(), at);
    wang.add(id, visit("后来又去了"), at);
    let receipts = wang.sync(&town.app).await;
    let words: Vec<_> = receipts.iter().map(|r| (r.verdict, r.code.as_str())).collect();
    assert_eq!(words, [(ACCEPTED, ""), (REFUSED, "not_allowed"), (ORPHANED, "orphaned")]);
    assert_eq!(receipts[2].by, refused.id());
}

#[tokio::test]
async fn a_bad_change_in_the_middle_of_a_batch_is_named_by_its_place() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    let before = wang.documents[&id].clone();
    let entries = [visit("先去了一趟"), accepted(), visit("又去了一趟")];
    let changes: Vec<Vec<u8>> =
        entries.map(|entry| wang.add(id, entry, at).changes.remove(0)).into();
    wang.outbox.clear();
    let batch = wang.header(&wang.documents[&id]).sign(changes, &wang.seed);
    let receipt = hand_in(&town, &wang, &batch).await;
    let told = (receipt.verdict, receipt.code.as_str(), receipt.position);
    assert_eq!(told, (REFUSED, "not_allowed", 1));
    // Refused whole: who builds on the good one before it is told so as well.
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found]);
    // The device writes the others again, as a new incarnation on the file without the batch.
    wang.incarnation = 1;
    wang.documents.insert(id, before);
    wang.add(id, visit("先去了一趟"), at);
    wang.add(id, visit("又去了一趟"), at);
    let receipts = wang.sync(&town.app).await;
    assert_eq!(receipts.iter().map(|r| r.verdict).collect::<Vec<_>>(), [ACCEPTED; 2]);
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found, EntryKind::Visit, EntryKind::Visit]);
}

/// The batch of a hostile device is refused for what it wraps; what it wraps is not.
#[tokio::test]
async fn nobody_has_anothers_change_refused_by_wrapping_it() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let honest = wang.outbox.pop().unwrap();
    let hao = town.device("u-hao").await;
    let wrapped = hao.header(&wang.documents[&id]).sign(honest.changes.clone(), &hao.seed);
    let receipt = hand_in(&town, &hao, &wrapped).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "actor"));
    hand_over(&mut li, id, &[&honest]);
    let built = li.add(id, visit("接着做"), at);
    assert_eq!(hand_in(&town, &li, &built).await.verdict, PARKED);
    assert_eq!(hand_in(&town, &wang, &honest).await.verdict, ACCEPTED);
    assert_eq!(verdicts(&town, &li, &[&built]).await[0].verdict, ACCEPTED);
}

/// A batch under its name with another signature says nothing about the batch.
#[tokio::test]
async fn nobody_has_anothers_batch_refused_by_forging_its_signature() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let hao = town.device("u-hao").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let forged = |batch: &SignedBatch| {
        let mut copy = batch.clone();
        copy.signature[7] ^= 1;
        assert_eq!(copy.id(), batch.id());
        copy
    };
    let honest = wang.outbox.pop().unwrap();
    assert_eq!(hand_in(&town, &hao, &forged(&honest)).await.code, "wrong_signature");
    assert_eq!(verdicts(&town, &wang, &[&honest]).await[0].code, "not_here");
    assert_eq!(hand_in(&town, &wang, &honest).await.verdict, ACCEPTED);
    let bad = wang.add(id, accepted(), at);
    assert_eq!(hand_in(&town, &wang, &bad).await.code, "not_allowed");
    assert_eq!(hand_in(&town, &hao, &forged(&bad)).await.code, "wrong_signature");
    assert_eq!(verdicts(&town, &wang, &[&bad]).await[0].code, "not_allowed");
}

/// 王样一 becomes a reviewer later. What he was refused before is not taken for that, whoever brings it.
#[tokio::test]
async fn what_was_refused_stays_refused_whatever_its_author_may_do_later() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    let bad = wang.add(id, accepted(), at);
    assert_eq!(wang.sync(&town.app).await[0].verdict, REFUSED);
    let assignments = vec![Assignment {
        user: "u-wang".into(),
        org: "610621103".into(),
        role: Role::TownshipReviewer,
        from: TODAY,
        to: None,
    }];
    let data = RegisterData { assignments, calendar: yanchang_2026(), ..RegisterData::default() };
    town.app.put_register(&data).unwrap();
    for courier in [&wang, &li] {
        let receipt = hand_in(&town, courier, &bad).await;
        assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "not_allowed"));
    }
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found]);
}

/// 贺例六 of 雷赤镇 got a file of 张家滩镇 by hand and writes into it: nobody keeps that for him.
#[tokio::test]
async fn what_comes_from_outside_waits_in_nobodys_parking() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let mut he = town.device("u-he").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let first = wang.outbox[0].clone();
    wang.sync(&town.app).await;
    hand_over(&mut he, id, &[&first]);
    he.add(id, visit("第一次"), at);
    let second = he.add(id, visit("第二次"), at);
    let receipt = hand_in(&town, &he, &second).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (UNKNOWN, "out_of_scope"));
    assert_eq!(waiting(&town), (0, 0));
}

/// 王样一 was in the gully when 李例二 found out that the file belongs to the next grid. What he wrote there
/// waits like everything else, and is judged by where the file lay when he wrote it.
#[tokio::test]
async fn who_wrote_before_the_file_moved_away_may_wait() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let id = wang.open_case(1, GRID_7, "其实在第8网格", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    let first = wang.add(id, visit("第一次"), at);
    let second = wang.add(id, visit("第二次"), at);
    li.set(id, "facts.grid", GRID_8, at);
    li.sync(&town.app).await;
    assert_eq!(hand_in(&town, &wang, &second).await.verdict, PARKED);
    assert_eq!(hand_in(&town, &wang, &first).await.verdict, ACCEPTED);
    assert_eq!(verdicts(&town, &wang, &[&second]).await[0].verdict, ACCEPTED);
}

/// A change with a gap in its author's own sequence, on a file that is all here: what would fill the gap
/// could not be among what it was made on, so it would wait for ever.
#[tokio::test]
async fn a_gap_in_ones_own_sequence_waits_for_nothing() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    let mut change = wang.add(id, visit("到地里看了"), at).changes.remove(0);
    let actor = wang.actor();
    let place = change.windows(16).position(|bytes| bytes == actor).unwrap() + 16;
    assert_eq!(change[place], 2, "its sequence number");
    change[place] = 5;
    let checksum = Sha256::digest(&change[8..]);
    change[4..8].copy_from_slice(&checksum[..4]);
    let batch = wang.header(&wang.documents[&id]).sign(vec![change], &wang.seed);
    let receipt = hand_in(&town, &wang, &batch).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "own_history"));
    assert_eq!(waiting(&town).0, 0);
}

/// However many devices fill it, what waits for one file has an end, and the next device keeps its own.
#[tokio::test]
async fn no_file_has_more_than_two_megabytes_wait_for_it() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let first = wang.outbox[0].clone();
    let words = "走访记录".repeat(1_300);
    let mut all = Vec::new();
    for user in ["u-wang", "u-li", "u-gao", "u-cao"] {
        let mut device = Device::enrolled_again(&town.app, user, 2).await;
        hand_over(&mut device, id, &[&first]);
        device.add(id, visit("不在这里的一次"), at);
        device.outbox.clear();
        for _ in 0..40 {
            device.add(id, visit(&words), at);
        }
        let push = std::mem::take(&mut device.outbox);
        all.extend(push.iter().map(Message::encoded_len));
        let reply = device.exchange(&town.app, &device.request(push)).await;
        let last = reply.receipts.last().unwrap();
        let expected = if user == "u-cao" { (UNKNOWN, "too_much_parked") } else { (PARKED, "") };
        assert_eq!((last.verdict, last.code.as_str()), expected, "{user}");
    }
    assert!(all.iter().sum::<usize>() > 2 << 20, "they wanted more");
    let kept = read(&town, |db| db.parked_bytes_of(id.as_bytes()));
    assert!((3 << 19..=2 << 20).contains(&kept), "{kept}");
}

/// What waited a month for its past is given up, and its device hears that it must send it again.
#[tokio::test]
async fn what_waited_too_long_is_sent_again() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let first = wang.outbox.pop().unwrap();
    let second = wang.add(id, visit("到地里看了"), at);
    assert_eq!(hand_in(&town, &wang, &second).await.verdict, PARKED);
    let told = verdicts(&town, &wang, &[&second]).await.remove(0);
    assert_eq!(told.verdict, PARKED);
    assert_eq!(told.missing, [hash_of(&first)]);
    town.clock.advance_minutes(31 * 24 * 60);
    let other = wang.open_case(2, GRID_7, "另一件事", at);
    let newer = wang.add(other, visit("别的事"), at);
    assert_eq!(hand_in(&town, &wang, &newer).await.verdict, PARKED);
    let told = verdicts(&town, &wang, &[&second, &newer]).await;
    assert_eq!((told[0].verdict, told[0].code.as_str()), (UNKNOWN, "not_here"));
    assert_eq!(told[1].verdict, PARKED);
    assert_eq!(hand_in(&town, &wang, &second).await.verdict, PARKED);
    assert_eq!(hand_in(&town, &wang, &first).await.verdict, ACCEPTED);
    let told = verdicts(&town, &wang, &[&second]).await.remove(0);
    assert!(told.verdict == ACCEPTED && told.seq > 0, "{told:?}");
}

fn hash_of(batch: &SignedBatch) -> Vec<u8> {
    yidang_documents::guard::scan(&batch.changes[0]).unwrap().hash.to_vec()
}

/// What is on the disk and not judged is said to be just that.
#[tokio::test]
async fn a_batch_that_was_received_and_not_judged_is_received() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let batch = wang.outbox.pop().unwrap();
    let bytes = batch.encode_to_vec();
    let receive = |db: &Db<'_>| db.receive(&batch.id(), &bytes, 1);
    town.app.store().write::<_, StoreError>(COUNTY, receive).unwrap();
    assert_eq!(verdicts(&town, &wang, &[&batch]).await[0].verdict, RECEIVED);
}
