//! Devices and the server in the ordinary course of things.

use crate::support::{
    ACCEPTED, COUNTY, DUPLICATE, Device, GRID_7, ORDINARY_DAY, PARKED, RECEIVED, TODAY, Town,
    VILLAGE, accepted, close_asked, closed, kinds, noon, visit,
};
use yidang_documents::Edit;
use yidang_domain::civil::Date;
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_sync_protocol::Receipt;
use yidang_sync_server::kinds::visit_day_id;

fn verdicts(receipts: &[Receipt]) -> Vec<i32> {
    receipts.iter().map(|receipt| receipt.verdict).collect()
}

async fn pair(town: &Town) -> (Device, Device) {
    (town.device("u-wang").await, town.device("u-li").await)
}

#[tokio::test]
async fn a_file_goes_from_the_grid_to_the_township_and_comes_back_accepted_and_numbered() {
    let town = Town::new();
    let (mut wang, mut li) = pair(&town).await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "两家果园地界埂被推平", at);
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED]);
    li.sync(&town.app).await;
    li.add(id, accepted(), at);
    assert_eq!(verdicts(&li.sync(&town.app).await), [ACCEPTED]);
    wang.sync(&town.app).await;
    let expected = [EntryKind::Found, EntryKind::Accepted, EntryKind::NumberIssued];
    assert_eq!(kinds(&wang, id), expected);
    assert_eq!(kinds(&li, id), expected);
    assert_eq!(wang.texts(id)[2], "延张调〔2026〕1号");
}

#[tokio::test]
async fn numbers_have_no_gaps_within_a_committee_and_year() {
    let town = Town::new();
    let (mut wang, mut li) = pair(&town).await;
    let mut he = town.device("u-he").await;
    let mut hao = town.device("u-hao").await;
    let at = noon(TODAY);
    let files: Vec<_> = (1..=3).map(|n| wang.open_case(n, GRID_7, "争一行梨树", at)).collect();
    let far = he.open_case(9, crate::support::XIAYI_IN_LEICHI, "停车位收费", at);
    wang.sync(&town.app).await;
    he.sync(&town.app).await;
    li.sync(&town.app).await;
    hao.sync(&town.app).await;
    files.iter().for_each(|id| drop(li.add(*id, accepted(), at)));
    hao.add(far, accepted(), at);
    li.sync(&town.app).await;
    hao.sync(&town.app).await;
    let numbers: Vec<String> = files.iter().map(|id| li.texts(*id)[2].clone()).collect();
    assert_eq!(numbers, ["延张调〔2026〕1号", "延张调〔2026〕2号", "延张调〔2026〕3号"]);
    assert_eq!(hao.texts(far)[2], "延雷调〔2026〕1号");
}

#[tokio::test]
async fn whatever_is_handed_in_twice_is_there_once() {
    let town = Town::new();
    let (mut wang, mut li) = pair(&town).await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let again = wang.outbox.clone();
    wang.sync(&town.app).await;
    wang.outbox = again;
    let receipts = wang.sync(&town.app).await;
    assert_eq!(verdicts(&receipts), [DUPLICATE]);
    assert!(receipts[0].seq > 0, "a duplicate still tells its place in the log");
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found]);
}

#[tokio::test]
async fn a_batch_packed_anew_with_what_was_there_before_brings_only_the_rest() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    wang.add(id, visit("到地里看了"), at);
    let changes: Vec<Vec<u8>> =
        wang.batches[&id].iter().flat_map(|batch| batch.changes.clone()).collect();
    wang.outbox = vec![wang.header(&wang.documents[&id]).sign(changes, &wang.seed)];
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED]);
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found, EntryKind::Visit]);
}

#[tokio::test]
async fn what_comes_before_its_past_waits_and_is_taken_when_that_comes() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let first = wang.outbox.pop().unwrap();
    wang.add(id, visit("第一次"), at);
    wang.add(id, visit("第二次"), at);
    let later = std::mem::take(&mut wang.outbox);
    for batch in later.iter().rev() {
        wang.outbox = vec![batch.clone()];
        assert_eq!(verdicts(&wang.sync(&town.app).await), [PARKED]);
    }
    wang.outbox = vec![first];
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED]);
    wang.outbox = later;
    assert_eq!(verdicts(&wang.sync(&town.app).await), [DUPLICATE, DUPLICATE]);
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found, EntryKind::Visit, EntryKind::Visit]);
}

#[tokio::test]
async fn one_request_in_the_wrong_order_is_taken_whole() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.add(id, visit("第一次"), at);
    wang.add(id, visit("第二次"), at);
    wang.outbox.reverse();
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED; 3]);
}

#[tokio::test]
async fn what_was_received_before_the_power_failed_is_judged_after_it_came_back() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let batch = wang.outbox.pop().unwrap();
    let bytes = prost::Message::encode_to_vec(&batch);
    town.app
        .store()
        .write::<_, yidang_sync_server::store::StoreError>("610621", |db| {
            db.receive(&batch.id(), &bytes, 1)
        })
        .unwrap();
    let town = town.restarted(|_| {});
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found]);
    wang.outbox = vec![batch];
    assert_eq!(verdicts(&wang.sync(&town.app).await), [DUPLICATE]);
}

/// However slow the server, each request gets something into the log, and the rest is not lost.
#[tokio::test]
async fn a_server_without_time_judges_one_batch_of_a_request_and_the_others_beside() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    for n in 1..=4 {
        wang.add(id, visit(&format!("第{n}次")), at);
    }
    let push = wang.outbox.clone();
    let town = town.hurried();
    let receipts = wang.sync(&town.app).await;
    assert_eq!(verdicts(&receipts), [&[ACCEPTED][..], &[RECEIVED; 4]].concat());
    for _ in 0..push.len() {
        wang.outbox.clone_from(&push);
        wang.sync(&town.app).await;
    }
    wang.outbox = push;
    assert_eq!(verdicts(&wang.sync(&town.app).await), [DUPLICATE; 5]);
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id).len(), 5);
}

#[tokio::test]
async fn a_long_history_in_the_wrong_order_is_taken_whole() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    for n in 0..60 {
        wang.add(id, visit(&format!("第{n}次")), at);
    }
    wang.outbox.reverse();
    let first = wang.outbox.pop().unwrap();
    assert_eq!(verdicts(&wang.sync(&town.app).await), [PARKED; 60]);
    wang.outbox = vec![first];
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED]);
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(li.documents[&id].heads(), wang.documents[&id].heads());
}

#[tokio::test]
async fn two_phone_numbers_written_at_the_same_time_are_both_kept() {
    let town = Town::new();
    let (mut wang, mut li) = pair(&town).await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    wang.set(id, "facts.place", "后沟", at);
    li.set(id, "facts.place", "前沟", at);
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED]);
    assert_eq!(verdicts(&li.sync(&town.app).await), [ACCEPTED]);
    wang.sync(&town.app).await;
    assert_eq!(wang.documents[&id].heads(), li.documents[&id].heads());
    let projection = yidang_documents::project(&wang.documents[&id]);
    assert_eq!(projection.common().clashes.len(), 1);
    let row = town
        .app
        .store()
        .read::<_, yidang_sync_server::store::StoreError>("610621", |db| db.case(id.as_bytes()))
        .unwrap()
        .unwrap();
    assert_eq!((row.clashes, row.stage.as_str()), (1, "found"));
}

#[tokio::test]
async fn three_people_open_the_visit_day_offline_and_it_is_one_document() {
    let town = Town::on(TODAY);
    let at = noon(TODAY);
    let id = visit_day_id(&VILLAGE.into(), "2026-11-20".parse().unwrap());
    let came = |visitors: &str| Entry::WalkIn {
        visitors: visitors.into(),
        people: 1,
        matter: "问果园".into(),
        case_file: None,
    };
    let mut team = Vec::new();
    for user in ["u-wang", "u-liu", "u-gao"] {
        let mut device = town.device(user).await;
        device.begin(DocumentKind::VisitDay, id, VILLAGE);
        device.add(id, came(user), at);
        assert_eq!(verdicts(&device.sync(&town.app).await), [ACCEPTED], "{user}");
        team.push(device);
    }
    for device in &mut team {
        device.sync(&town.app).await;
        assert_eq!(kinds(device, id), [EntryKind::WalkIn; 3]);
    }
}

#[tokio::test]
async fn a_file_is_closed_by_another_than_the_one_who_asked() {
    let town = Town::new();
    let (mut wang, mut li) = pair(&town).await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    li.add(id, accepted(), at);
    li.sync(&town.app).await;
    wang.sync(&town.app).await;
    wang.add(id, close_asked(), at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    li.add(id, closed(), at);
    assert_eq!(verdicts(&li.sync(&town.app).await), [ACCEPTED]);
}

#[tokio::test]
async fn a_team_member_writes_in_the_village_around_its_day_and_not_before() {
    async fn verdict_on(date: Date) -> (i32, String) {
        let town = Town::on(date);
        let mut liu = town.device("u-liu").await;
        liu.open_case(1, GRID_7, "在邻格听到的事", noon(date));
        let receipt = liu.sync(&town.app).await.remove(0);
        (receipt.verdict, receipt.code)
    }
    assert_eq!(verdict_on(TODAY).await.0, ACCEPTED);
    assert_eq!(verdict_on(ORDINARY_DAY).await.1, "not_allowed");
}

#[tokio::test]
async fn what_a_guest_wrote_on_the_day_is_taken_a_week_later() {
    let town = Town::on(TODAY);
    let mut wang = town.device("u-wang").await;
    wang.open_case(7, GRID_7, "先有一事", noon(TODAY));
    wang.sync(&town.app).await;
    let mut liu = town.device("u-liu").await;
    liu.sync(&town.app).await;
    liu.open_case(1, GRID_7, "在邻格听到的事", noon(TODAY));
    town.clock.advance_minutes(6 * 24 * 60);
    assert_eq!(verdicts(&liu.sync(&town.app).await), [ACCEPTED]);
}

#[tokio::test]
async fn nothing_new_costs_few_bytes() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    wang.sync(&town.app).await;
    wang.sync(&town.app).await;
    let request = wang.sign(&wang.request(Vec::new()));
    let up = yidang_sync_protocol::frame::pack(&prost::Message::encode_to_vec(&request));
    let (_, down) = crate::support::post(&town.app, "/v1/sync", up.clone()).await;
    assert!(up.len() + down.len() <= 400, "{} up, {} down", up.len(), down.len());
}

#[tokio::test]
async fn an_edit_without_entries_is_an_edit_all_the_same() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let name = yidang_documents::Scalar::Text("薛样一".into());
    wang.write(id, &[Edit::AddItem("parties", vec![("name", name)])], at);
    assert_eq!(verdicts(&wang.sync(&town.app).await), [ACCEPTED, ACCEPTED]);
}

/// What is examined while others write holds only where they wrote into other files.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_hand_in_for_one_file_at_the_same_moment_again_and_again() {
    let town = Town::new();
    let at = noon(TODAY);
    let (mut wang, mut li) = (town.device("u-wang").await, town.device("u-li").await);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    for turn in 0..12 {
        wang.add(id, visit(&format!("王样一第{turn}次去")), at);
        li.add(id, visit(&format!("李例二第{turn}次问")), at);
        let (push, other) = (std::mem::take(&mut wang.outbox), std::mem::take(&mut li.outbox));
        let (push, other) = (wang.request(push), li.request(other));
        let (of_wang, of_li) =
            tokio::join!(wang.exchange(&town.app, &push), li.exchange(&town.app, &other),);
        assert_eq!(of_wang.receipts[0].verdict, ACCEPTED, "{turn}");
        assert_eq!(of_li.receipts[0].verdict, ACCEPTED, "{turn}");
    }
    wang.sync(&town.app).await;
    li.sync(&town.app).await;
    assert_eq!(wang.documents[&id].heads(), li.documents[&id].heads());
    assert_eq!(kinds(&wang, id).len(), 25);
    let findings =
        town.app.store().read::<_, yidang_sync_server::store::StoreError>(COUNTY, |db| {
            yidang_sync_server::check::check(db, COUNTY)
        });
    assert_eq!(findings.unwrap().broken, Vec::<String>::new());
}
