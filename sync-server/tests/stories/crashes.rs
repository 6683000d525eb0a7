//! What was received when the process ended is judged at the next start, and what ends every start is
//! put aside.

use crate::support::{ACCEPTED, DUPLICATE, Device, GRID_7, REFUSED, TODAY, Town, noon, visit};
use yidang_sync_protocol::{Receipt, SignedBatch};
use yidang_sync_server::store::{Db, StoreError};

async fn hand_in(town: &Town, device: &Device, batch: SignedBatch) -> Receipt {
    device.exchange(&town.app, &device.request(vec![batch])).await.receipts.remove(0)
}

fn write(town: &Town, work: impl FnOnce(&Db<'_>) -> Result<(), StoreError>) {
    town.app.store().write("610621", work).unwrap();
}

/// The batch is received, and the process ends before it is judged.
fn received(town: &Town, batch: &SignedBatch) {
    let bytes = prost::Message::encode_to_vec(batch);
    write(town, |db| db.receive(&batch.id(), &bytes, noon(TODAY).0));
}

fn quarantined(town: &Town, batch: &SignedBatch) -> Option<String> {
    let id = batch.id();
    town.app.store().read::<_, StoreError>("610621", |db| db.quarantined(&id)).unwrap()
}

/// How many batches were received, parked and refused.
fn waiting(town: &Town) -> (u64, u64, u64) {
    town.app.store().read::<_, StoreError>("610621", |db| db.count_waiting()).unwrap()
}

#[tokio::test]
async fn a_batch_that_killed_three_starts_lies_in_quarantine() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    wang.open_case(1, GRID_7, "争一行梨树", at);
    let deadly = wang.outbox.pop().unwrap();
    received(&town, &deadly);
    // The next start judges it with everything else and ends; the one after that judges it alone and
    // ends as well. Both said so on the disk before they began.
    write(&town, |db| db.try_all());
    write(&town, |db| db.try_alone(&deadly.id()));
    let town = town.restarted(|_| {});
    assert_eq!(quarantined(&town, &deadly).as_deref(), Some("crashed"));
    assert_eq!(waiting(&town), (0, 0, 1));
    // Its device is told, however often it comes, and nobody looks into it again.
    for _ in 0..2 {
        let receipt = hand_in(&town, &wang, deadly.clone()).await;
        assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "crashed"));
        assert_eq!(waiting(&town), (0, 0, 1));
    }
    let id = wang.open_case(2, GRID_7, "另一件事", at);
    wang.add(id, visit("照常"), at);
    let verdicts: Vec<i32> = wang.sync(&town.app).await.iter().map(|r| r.verdict).collect();
    assert_eq!(verdicts, [ACCEPTED, ACCEPTED]);
}

#[tokio::test]
async fn what_lay_beside_a_batch_that_kills_is_judged_alone_and_taken() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.open_case(2, GRID_7, "另一件事", at);
    let innocent = wang.outbox.pop().unwrap();
    let deadly = wang.outbox.pop().unwrap();
    received(&town, &deadly);
    received(&town, &innocent);
    write(&town, |db| db.try_all());
    write(&town, |db| db.try_alone(&deadly.id()));
    let town = town.restarted(|_| {});
    assert_eq!(quarantined(&town, &deadly).as_deref(), Some("crashed"));
    assert_eq!(quarantined(&town, &innocent), None);
    assert_eq!(waiting(&town), (0, 0, 1));
    assert_eq!(hand_in(&town, &wang, innocent).await.verdict, DUPLICATE);
}

/// One start that ends, for want of power or by anybody's hand, is nothing against a batch.
#[tokio::test]
async fn a_batch_that_a_start_did_not_come_to_the_end_of_is_taken_at_the_next() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let batch = wang.outbox.pop().unwrap();
    received(&town, &batch);
    write(&town, |db| db.try_all());
    let town = town.restarted(|_| {});
    assert_eq!(waiting(&town), (0, 0, 0));
    assert_eq!(hand_in(&town, &wang, batch).await.verdict, DUPLICATE);
}

/// What nobody can judge yet stays in the inbox through any number of starts.
#[tokio::test]
async fn starts_that_come_through_count_nothing_against_what_they_leave() {
    let mut town = Town::new();
    let elsewhere = Town::new();
    let mut stranger = Device::enrolled_again(&elsewhere.app, "u-wang", 3).await;
    stranger.open_case(1, GRID_7, "别县的事", noon(TODAY));
    received(&town, &stranger.outbox.pop().unwrap());
    for _ in 0..4 {
        town = town.restarted(|_| {});
        assert_eq!(waiting(&town), (1, 0, 0));
    }
}
