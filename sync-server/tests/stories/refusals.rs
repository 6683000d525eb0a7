//! What a broken or hostile device is told. Its batches lie in quarantine and harm nobody.

use crate::support::{
    ACCEPTED, Device, GRID_7, ORDINARY_DAY, REFUSED, TODAY, Town, VILLAGE, XIAYI_IN_LEICHI,
    accepted, close_asked, closed, found, kinds, noon, post, visit,
};
use axum::http::StatusCode;
use prost::Message;
use yidang_documents::{Document, Edit};
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_domain::ids::{DocumentId, UserId};
use yidang_sync_protocol::{
    BatchHeader, Receipt, SignedBatch, SignedRequest, SigningSeed, Verdict, frame,
};
use yidang_sync_server::store::StoreError;

async fn hand_in(town: &Town, device: &Device, batch: SignedBatch) -> Receipt {
    device.exchange(&town.app, &device.request(vec![batch])).await.receipts.remove(0)
}

/// Hands in what the device wrote last; gives the code of the refusal.
async fn refusal(town: &Town, device: &mut Device) -> String {
    let receipt = device.sync(&town.app).await.pop().unwrap();
    assert_eq!(receipt.verdict, REFUSED, "{}", receipt.code);
    receipt.code
}

fn quarantined(town: &Town, batch: &SignedBatch) -> Option<String> {
    let id = batch.id();
    town.app.store().read::<_, StoreError>("610621", |db| db.quarantined(&id)).unwrap()
}

#[tokio::test]
async fn a_batch_with_a_changed_byte_is_refused_and_kept() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let mut batch = wang.outbox.pop().unwrap();
    batch.signature[7] ^= 1;
    let receipt = hand_in(&town, &wang, batch.clone()).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "wrong_signature"));
    assert_eq!(quarantined(&town, &batch).as_deref(), Some("wrong_signature"));
}

#[tokio::test]
async fn nobody_writes_under_another_actor() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let changes = wang.outbox.pop().unwrap().changes;
    let document = wang.documents.values().next().unwrap().clone();
    let header = BatchHeader { incarnation: 5, ..wang.header(&document) };
    let receipt = hand_in(&town, &wang, header.sign(changes, &wang.seed)).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "actor"));
}

#[tokio::test]
async fn nobody_wraps_a_change_of_somebody_else() {
    let town = Town::new();
    let at = noon(TODAY);
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let of_wang = wang.outbox[0].changes.clone();
    wang.sync(&town.app).await;
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    li.add(id, accepted(), at);
    let own = li.outbox.pop().unwrap().changes;
    let both: Vec<Vec<u8>> = of_wang.into_iter().chain(own).collect();
    let batch = li.header(&li.documents[&id]).sign(both, &li.seed);
    let receipt = hand_in(&town, &li, batch).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "actor"));
}

#[tokio::test]
async fn nobody_signs_an_entry_with_another_name() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let mut author = wang.author(at);
    author.header.by = UserId::from("u-li");
    let edit = [Edit::AddEntry(visit("冒名"))];
    let forged = wang.documents.get_mut(&id).unwrap().commit(&author, None, &edit).unwrap();
    wang.outbox.push(wang.header(&wang.documents[&id]).sign(vec![forged.bytes], &wang.seed));
    assert_eq!(refusal(&town, &mut wang).await, "author");
}

#[tokio::test]
async fn nobody_acts_for_a_unit_that_is_not_theirs() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.org = XIAYI_IN_LEICHI.into();
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    assert_eq!(refusal(&town, &mut wang).await, "acting_unit");
}

#[tokio::test]
async fn a_grid_worker_does_not_judge_and_does_not_close() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    let batch = wang.add(id, accepted(), at);
    assert_eq!(refusal(&town, &mut wang).await, "not_allowed");
    assert_eq!(quarantined(&town, &batch).as_deref(), Some("not_allowed"));
    let mut li = town.device("u-li").await;
    li.sync(&town.app).await;
    assert_eq!(kinds(&li, id), [EntryKind::Found], "the refused entry went nowhere");
}

#[tokio::test]
async fn whoever_asked_to_close_does_not_close() {
    let town = Town::new();
    let mut li = town.device("u-li").await;
    let at = noon(TODAY);
    let id = li.open_case(1, GRID_7, "争一行梨树", at);
    li.add(id, accepted(), at);
    li.add(id, close_asked(), at);
    li.add(id, closed(), at);
    assert_eq!(refusal(&town, &mut li).await, "own_request");
}

#[tokio::test]
async fn nobody_opens_a_file_in_another_township() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, XIAYI_IN_LEICHI, "别镇的事", noon(TODAY));
    assert_eq!(refusal(&town, &mut wang).await, "not_allowed");
}

#[tokio::test]
async fn nobody_moves_a_file_out_of_their_township_or_the_county() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let at = noon(ORDINARY_DAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    let before = wang.clone();
    for elsewhere in [XIAYI_IN_LEICHI, "6101"] {
        wang.clone_from(&before);
        wang.set(id, "facts.grid", elsewhere, at);
        assert_eq!(refusal(&town, &mut wang).await, "out_of_reach", "{elsewhere}");
    }
}

#[tokio::test]
async fn only_the_server_issues_numbers() {
    let town = Town::new();
    let mut hao = town.device("u-hao").await;
    let at = noon(TODAY);
    let id = hao.open_case(1, GRID_7, "争一行梨树", at);
    hao.add(id, Entry::NumberIssued { number: "延张调〔2026〕88号".into() }, at);
    assert_eq!(refusal(&town, &mut hao).await, "not_allowed");
}

#[tokio::test]
async fn a_second_change_under_one_sequence_number_is_a_fork() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    let mut clone = wang.clone();
    wang.add(id, visit("原机"), at);
    clone.add(id, visit("克隆机"), at);
    wang.sync(&town.app).await;
    let batch = clone.outbox.pop().unwrap();
    let receipt = hand_in(&town, &clone, batch).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "fork"));
}

#[tokio::test]
async fn nobody_sits_on_the_place_of_a_visit_day_to_come() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let day =
        yidang_sync_server::kinds::visit_day_id(&VILLAGE.into(), "2026-11-30".parse().unwrap());
    wang.begin(DocumentKind::CaseFile, day, GRID_7);
    wang.add(day, found(), at);
    assert_eq!(refusal(&town, &mut wang).await, "document_id");
    let invented = DocumentId::of_key("visit_day/of my own");
    wang.begin(DocumentKind::VisitDay, invented, VILLAGE);
    wang.add(invented, Entry::DayCancelled { reason: "不想去".into() }, at);
    assert_eq!(refusal(&town, &mut wang).await, "document_id");
}

#[tokio::test]
async fn a_document_keeps_the_home_it_was_born_in() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.sync(&town.app).await;
    wang.add(id, visit("到地里看了"), at);
    let changes = wang.outbox.pop().unwrap().changes;
    let header = BatchHeader { home: VILLAGE.into(), ..wang.header(&wang.documents[&id].clone()) };
    let receipt = hand_in(&town, &wang, header.sign(changes, &wang.seed)).await;
    assert_eq!((receipt.verdict, receipt.code.as_str()), (REFUSED, "genesis"));
}

#[tokio::test]
async fn garbage_in_place_of_a_change_is_refused_and_the_server_goes_on() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let id = wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    wang.sync(&town.app).await;
    for garbage in [vec![], vec![0; 70], b"\x85\x6f\x4a\x83\0\0\0\0\x01\x00".to_vec()] {
        let header = wang.header(&wang.documents[&id]);
        let receipt = hand_in(&town, &wang, header.sign(vec![garbage], &wang.seed)).await;
        assert_eq!(receipt.verdict, REFUSED);
    }
    wang.add(id, visit("照常"), noon(TODAY));
    assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
}

#[tokio::test]
async fn another_county_has_no_say_here() {
    let town = Town::new();
    let elsewhere = Town::new();
    let mut stranger = Device::enrolled_again(&elsewhere.app, "u-wang", 3).await;
    stranger.open_case(1, GRID_7, "别县的事", noon(TODAY));
    let batch = stranger.outbox.pop().unwrap();
    let request = stranger.request(vec![batch.clone()]);
    let mut signed = stranger.sign(&request);
    let unknown = Err((StatusCode::UNAUTHORIZED, "unknown_certificate".to_owned()));
    assert_eq!(stranger.send(&town.app, "/v1/sync", &signed).await, unknown);
    signed.attached = Some(stranger.signed.clone());
    assert_eq!(stranger.send(&town.app, "/v1/sync", &signed).await, unknown);
    // Nor through somebody who is at home here.
    let wang = town.device("u-wang").await;
    let mut request = wang.request(vec![batch]);
    request.certificates = vec![stranger.signed.clone()];
    let receipt = wang.exchange(&town.app, &request).await.receipts.remove(0);
    assert_eq!(receipt.verdict, Verdict::Unknown as i32);
    assert_eq!(receipt.code, "unknown_certificate");
}

#[tokio::test]
async fn a_request_signed_by_another_key_is_not_answered() {
    let town = Town::new();
    let wang = town.device("u-wang").await;
    let request = wang.request(Vec::new()).encode_to_vec();
    let forged = SignedRequest::new(&wang.signed.id(), request, &SigningSeed([9; 32]));
    let answer = wang.send(&town.app, "/v1/sync", &forged).await;
    assert_eq!(answer, Err((StatusCode::BAD_REQUEST, "wrong_signature".into())));
}

#[tokio::test]
async fn a_revoked_device_is_told_so_and_its_batches_are_kept_apart() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let mut li = town.device("u-li").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    town.app
        .store()
        .write::<_, StoreError>("610621", |db| db.revoke(&wang.signed.id(), 1))
        .unwrap();
    let batch = wang.outbox.pop().unwrap();
    let answer = wang.send(&town.app, "/v1/sync", &wang.sign(&wang.request(vec![]))).await;
    assert_eq!(answer, Err((StatusCode::FORBIDDEN, "revoked".into())));
    li.outbox = vec![batch.clone()];
    assert_eq!(refusal(&town, &mut li).await, "revoked");
    assert_eq!(quarantined(&town, &batch).as_deref(), Some("revoked"));
}

#[tokio::test]
async fn a_body_is_measured_after_it_was_unpacked() {
    let town = Town::new();
    let wang = town.device("u-wang").await;
    let (status, word) = post(&town.app, "/v1/sync", vec![0; (1 << 20) + 2]).await;
    assert_eq!((status, word.as_slice()), (StatusCode::PAYLOAD_TOO_LARGE, b"too_large".as_slice()));
    let mut bomb = wang.sign(&wang.request(Vec::new()));
    bomb.request = vec![0; 8 << 20];
    let packed = frame::pack(&bomb.encode_to_vec());
    assert!(packed.len() < 10_000);
    let (status, _) = post(&town.app, "/v1/sync", packed).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let town = Town::new();
    for body in [vec![], vec![9, 1, 2], vec![0, 0xff, 0xff], frame::pack(b"hello")] {
        let (status, word) = post(&town.app, "/v1/sync", body).await;
        assert_eq!((status, word.as_slice()), (StatusCode::BAD_REQUEST, b"malformed".as_slice()));
    }
}

#[tokio::test]
async fn no_author_parks_more_than_a_megabyte() {
    let town = Town::new();
    let mut wang = town.device("u-wang").await;
    let at = noon(TODAY);
    let id = wang.open_case(1, GRID_7, "争一行梨树", at);
    wang.outbox.clear();
    let words = "走访记录".repeat(1_300);
    let mut last = (Verdict::Parked as i32, String::new());
    for _ in 0..80 {
        let batch = wang.add(id, visit(&words), at);
        wang.outbox.clear();
        let receipt = hand_in(&town, &wang, batch).await;
        last = (receipt.verdict, receipt.code);
        if last.0 != Verdict::Parked as i32 {
            break;
        }
    }
    assert_eq!(last, (Verdict::Unknown as i32, "too_much_parked".into()));
    assert!(Document::begin(DocumentKind::CaseFile, id, &GRID_7.into()).is_ok());
}
