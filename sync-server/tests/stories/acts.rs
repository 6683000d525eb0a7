//! Actions over several documents: 李例二 joins two files in the gully, and the halves reach the county by
//! two couriers.

use yidang_documents::{Edit, Projection, project};
use yidang_domain::case_state::Stage;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::Entry;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::{BatchVerdict, Receipt, SignedBatch, SyncRequest};
use yidang_sync_server::check;

use crate::support::{
    ACCEPTED, COUNTY, DUPLICATE, Device, GRID_7, ORDINARY_DAY, PARKED, REFUSED, TODAY, Town,
    XIAYI_IN_ZHANGJIATAN, noon, visit,
};

async fn hand_in(town: &Town, device: &Device, batches: &[&SignedBatch]) -> Vec<Receipt> {
    let request = device.request(batches.iter().map(|batch| (*batch).clone()).collect());
    device.exchange(&town.app, &request).await.receipts
}

async fn verdict(town: &Town, device: &Device, batch: &SignedBatch) -> Receipt {
    let ask_verdicts = vec![batch.id().to_vec()];
    let request = SyncRequest { ask_verdicts, ..device.request(vec![]) };
    let mut told = device.exchange(&town.app, &request).await.verdicts;
    let BatchVerdict { receipt, .. } = told.remove(0);
    receipt.unwrap()
}

fn joined(with: DocumentId, stands: bool) -> Entry {
    Entry::Joined { seen: None, with, stands, reason: "说的是同一行梨树".into() }
}

/// Writes one action over several documents and keeps its parts out of the outbox.
fn act(
    device: &mut Device,
    name: u8,
    parts: &[(DocumentId, Entry)],
    at: InstantMs,
) -> Vec<SignedBatch> {
    let documents: Vec<Vec<u8>> = parts.iter().map(|(id, _)| id.as_bytes().to_vec()).collect();
    parts.iter().map(|(id, entry)| part(device, name, &documents, *id, entry.clone(), at)).collect()
}

fn part(
    device: &mut Device,
    name: u8,
    documents: &[Vec<u8>],
    id: DocumentId,
    entry: Entry,
    at: InstantMs,
) -> SignedBatch {
    let author = device.author(at);
    let document = device.documents.get_mut(&id).unwrap();
    let committed = document.commit(&author, None, &[Edit::AddEntry(entry)]).unwrap();
    let mut header = device.header(&device.documents[&id]);
    header.act = vec![name; 16];
    header.act_documents = documents.to_vec();
    let batch = header.sign(vec![committed.bytes], &device.seed);
    device.batches.entry(id).or_default().push(batch.clone());
    batch
}

/// The file that stands first, then the one that ends.
fn join(device: &mut Device, name: u8, into: DocumentId, ends: DocumentId) -> Vec<SignedBatch> {
    let at = noon(TODAY);
    act(device, name, &[(into, joined(ends, true)), (ends, joined(into, false))], at)
}

fn ends_in(device: &Device, id: DocumentId) -> Option<DocumentId> {
    match project(&device.documents[&id]) {
        Projection::CaseFile(case) => case.joined_into,
        other => panic!("{other:?}"),
    }
}

fn stage(device: &Device, id: DocumentId) -> Stage {
    match project(&device.documents[&id]) {
        Projection::CaseFile(case) => case.stage,
        other => panic!("{other:?}"),
    }
}

fn joinings(device: &Device, id: DocumentId) -> usize {
    let projection = project(&device.documents[&id]);
    let entries = &projection.common().entries;
    entries.iter().filter(|row| matches!(row.entry(), Some(Entry::Joined { .. }))).count()
}

/// 王样一 found both; 李例二 has them at the township.
async fn two_files(town: &Town, n: u8) -> (Device, Device, DocumentId, DocumentId) {
    let at = noon(TODAY);
    let mut wang = Device::enrolled_again(&town.app, "u-wang", n).await;
    let mut li = Device::enrolled_again(&town.app, "u-li", n).await;
    let into = wang.open_case(n, GRID_7, "争一行梨树", at);
    let ends = wang.open_case(n + 100, GRID_7, "梨树归谁", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    (wang, li, into, ends)
}

fn waiting(town: &Town) -> (u64, u64) {
    let (_, parked, refused) = town.app.store().read(COUNTY, |db| db.count_waiting()).unwrap();
    (parked, refused)
}

/// Whichever half comes first waits, through a server that stops, and nobody sees it; with the other one
/// both are in force at once, one behind the other.
#[tokio::test]
async fn the_halves_of_a_joining_come_by_two_couriers_in_either_order() {
    let mut town = Town::new();
    let couriers = [town.device("u-cao").await, town.device("u-hao").await];
    for (n, order) in (1_u8..).zip([[0, 1], [1, 0]]) {
        let (mut wang, mut li, into, ends) = two_files(&town, n).await;
        let halves = join(&mut li, n, into, ends);
        let first = hand_in(&town, &couriers[0], &[&halves[order[0]]]).await.remove(0);
        assert_eq!((first.verdict, first.missing.len()), (PARKED, 0), "{order:?}");
        town = town.restarted(|_| {});
        let findings = town.app.store().read(COUNTY, |db| check::check(db, COUNTY)).unwrap();
        assert_eq!(findings.broken, Vec::<String>::new());
        wang.sync(&town.app).await;
        assert_eq!((joinings(&wang, into), joinings(&wang, ends)), (0, 0));
        assert_eq!(verdict(&town, &couriers[0], &halves[order[0]]).await.verdict, PARKED);
        let second = hand_in(&town, &couriers[1], &[&halves[order[1]]]).await.remove(0);
        assert_eq!(second.verdict, ACCEPTED, "{order:?}: {}", second.code);
        let other = verdict(&town, &couriers[0], &halves[order[0]]).await;
        assert_eq!(other.verdict, ACCEPTED);
        assert_eq!(second.seq.abs_diff(other.seq), 1, "one behind the other");
        wang.sync(&town.app).await;
        assert_eq!((stage(&wang, into), ends_in(&wang, into)), (Stage::Found, None));
        assert_eq!((stage(&wang, ends), ends_in(&wang, ends)), (Stage::Closed, Some(into)));
        assert_eq!(waiting(&town).0, 0);
        // Both again, by whomever.
        let again = hand_in(&town, &couriers[0], &[&halves[0], &halves[1]]).await;
        assert_eq!(again.iter().map(|r| r.verdict).collect::<Vec<_>>(), [DUPLICATE; 2]);
    }
}

/// 李例二 writes on in the file whose half waits: that waits behind it, and comes with it.
#[tokio::test]
async fn what_was_written_behind_a_waiting_half_comes_with_it() {
    let town = Town::new();
    let (mut wang, mut li, into, ends) = two_files(&town, 1).await;
    let halves = join(&mut li, 1, into, ends);
    let on = li.add(into, visit("两家一起去量了"), noon(TODAY));
    let courier = town.device("u-cao").await;
    let receipts = hand_in(&town, &courier, &[&halves[0], &on]).await;
    assert_eq!(receipts.iter().map(|r| r.verdict).collect::<Vec<_>>(), [PARKED, PARKED]);
    let receipts = hand_in(&town, &courier, &[&halves[1]]).await;
    assert_eq!(receipts[0].verdict, ACCEPTED);
    assert_eq!(verdict(&town, &courier, &on).await.verdict, ACCEPTED);
    wang.sync(&town.app).await;
    assert_eq!(project(&wang.documents[&into]).common().entries.len(), 3);
}

/// Two parts under one name that are no joining together: neither is taken.
#[tokio::test]
async fn one_refused_half_refuses_both_whichever_comes_first() {
    let town = Town::new();
    let courier = town.device("u-cao").await;
    for (n, order) in (1_u8..).zip([[0, 1], [1, 0]]) {
        let (mut wang, mut li, into, ends) = two_files(&town, n).await;
        let documents = [into, ends].map(|id| id.as_bytes().to_vec());
        let at = noon(TODAY);
        let good = part(&mut li, n, &documents, ends, joined(into, false), at);
        // A half that says something else than the other one.
        let bad = part(&mut li, n, &documents, into, visit("这不是并案"), at);
        let halves = [&good, &bad];
        let first = hand_in(&town, &courier, &[halves[order[0]]]).await.remove(0);
        assert_eq!(first.verdict, PARKED);
        let second = hand_in(&town, &courier, &[halves[order[1]]]).await.remove(0);
        assert_eq!((second.verdict, second.code.as_str()), (REFUSED, "act"), "{order:?}");
        let first = verdict(&town, &courier, halves[order[0]]).await;
        assert_eq!((first.verdict, first.code.as_str()), (REFUSED, "act"), "{order:?}");
        wang.sync(&town.app).await;
        assert_eq!((joinings(&wang, into), joinings(&wang, ends)), (0, 0));
        assert_eq!(waiting(&town).0, 0);
    }
}

/// 王样一 may not join files. Whichever of her halves comes first is refused for that, the other because
/// of it, and the rule is told of both.
#[tokio::test]
async fn a_half_that_comes_after_its_action_was_refused_is_refused_with_it() {
    let mut town = Town::new();
    let (mut wang, _, into, ends) = two_files(&town, 1).await;
    let halves = join(&mut wang, 1, into, ends);
    let courier = town.device("u-cao").await;
    let first = hand_in(&town, &courier, &[&halves[1]]).await.remove(0);
    assert_eq!((first.verdict, first.code.as_str()), (REFUSED, "not_allowed"));
    town = town.restarted(|_| {});
    let second = hand_in(&town, &courier, &[&halves[0]]).await.remove(0);
    let told = (second.verdict, second.code.as_str(), second.rule.as_str());
    assert_eq!(told, (REFUSED, "act", "not_allowed"));
    assert_eq!(waiting(&town), (0, 2));
}

/// Nobody joins a file to another one behind the back of that one.
#[tokio::test]
async fn a_joining_that_is_no_action_over_both_files_is_refused() {
    let town = Town::new();
    let (_, mut li, into, ends) = two_files(&town, 1).await;
    let alone = li.add(ends, joined(into, false), noon(TODAY));
    li.outbox.clear();
    let receipt = hand_in(&town, &li, &[&alone]).await.remove(0);
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "act"));
}

/// 王样一 reads her own grid alone: of a joining over two villages she gets her file, with the half in force.
/// 高模五 reads both and gets them together, however small the pages are.
#[tokio::test]
async fn a_reader_of_one_file_gets_that_half_and_a_reader_of_both_gets_them_in_one_page() {
    let town = Town::on(ORDINARY_DAY);
    let at = noon(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    let into = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    let ends = li.open_case(2, XIAYI_IN_ZHANGJIATAN, "梨树归谁", at);
    li.sync(&town.app).await;
    let mut gao = town.device("u-gao").await;
    gao.sync(&town.app).await;
    let halves = join(&mut li, 1, into, ends);
    li.outbox.extend(halves);
    li.sync(&town.app).await;
    // The first of them is the newest again, so that they lie apart in the log.
    let others: Vec<DocumentId> =
        (3..9).map(|n| li.open_case(n, XIAYI_IN_ZHANGJIATAN, "别的事", at)).collect();
    li.add(into, visit("又去看了"), at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    assert_eq!(joinings(&wang, into), 1);
    assert!(!wang.documents.contains_key(&ends), "another village's");
    gao.most_bytes = 1;
    let mut both = None;
    loop {
        let reply = gao.round(&town.app).await;
        let came = |id: DocumentId| reply.documents.iter().any(|p| p.document == id.as_bytes());
        if came(into) || came(ends) {
            both.get_or_insert((came(into), came(ends)));
        }
        if !reply.more {
            break;
        }
    }
    assert_eq!(both, Some((true, true)), "neither comes before the other");
    assert_eq!(ends_in(&gao, ends), Some(into));
    assert!(others.iter().all(|id| gao.documents.contains_key(id)));
}

/// Three joinings, every half by itself, in many orders, with repetitions: the county ends the same.
#[tokio::test]
async fn any_order_of_halves_gives_the_same_end() {
    let mut ends = Vec::new();
    for seed in 0..6_u64 {
        let town = Town::new();
        let (mut wang, mut li, one, two) = two_files(&town, 1).await;
        let three = wang.open_case(40, GRID_7, "又是那行梨树", noon(TODAY));
        wang.sync(&town.app).await;
        li.sync(&town.app).await;
        // The second joins the first, then the third does; and 王样一 tries what she may not.
        let mut halves = join(&mut li, 1, one, two);
        halves.extend(join(&mut li, 2, one, three));
        halves.extend(join(&mut wang, 3, three, one));
        let courier = town.device("u-cao").await;
        let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut left: Vec<usize> = (0..halves.len()).chain(0..halves.len()).collect();
        while !left.is_empty() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let which = left.swap_remove(usize::try_from(dice >> 33).unwrap() % left.len());
            hand_in(&town, &courier, &[&halves[which]]).await;
        }
        let mut new = Device::enrolled_again(&town.app, "u-li", 9).await;
        new.sync(&town.app).await;
        let state = [one, two, three].map(|id| (stage(&new, id), ends_in(&new, id)));
        assert_eq!(waiting(&town), (0, 2), "seed {seed}");
        ends.push(state);
    }
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
    assert_eq!(ends[0].map(|(stage, _)| stage), [Stage::Found, Stage::Closed, Stage::Closed]);
}
