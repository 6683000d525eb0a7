//! What the county says itself stays said, also by a server that was put back to an older copy.

use axum::http::StatusCode;

use crate::restore::{backup, healing, put_back, restore, told, tool};
use crate::support::device::{enrol, enrol_request};
use crate::support::{Device, GRID_7, TODAY, Town, kinds, noon};
use yidang_api::admin::{PutAssignment, PutUser};
use yidang_domain::civil::date_after;
use yidang_domain::entry::EntryKind;
use yidang_domain::org::Role;
use yidang_sync_protocol::enrol::Refusal;
use yidang_sync_protocol::{RecordKind, SigningSeed, Verdict};

fn said(device: &Device, kind: RecordKind) -> usize {
    let opened = device.records.iter().map(|record| record.open(&device.county_key).unwrap().1);
    opened.filter(|record| record.kind() == kind).count()
}

#[tokio::test]
async fn used_code_stays_used_after_a_restore() {
    let town = Town::new();
    let code = town.app.create_code(&"u-wang".into()).unwrap();
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let mut wang = Device::with_code(&town.app, "u-wang", 1, &code).await;
    assert_eq!(said(&wang, RecordKind::CodeUsed), 1, "whoever used it can show that");
    wang.sync(&town.app).await;
    let town = town.restarted(|data| restore(data, &copy));
    // Somebody found the slip of paper.
    let found = enrol_request(&code, &SigningSeed([9; 32]), [9; 16]);
    let refusal = i32::from(Refusal::Healing);
    assert_eq!(enrol(&town.app, &found).await.refusal, refusal, "nobody knows yet who used it");
    // 李例二's computer is new, and so is its code.
    Device::enrolled(&town.app, "u-li").await;
    assert!(wang.round(&town.app).await.heal);
    wang.give_back(&town.app, Vec::new()).await;
    wang.sync(&town.app).await;
    assert!(!healing(&town.app));
    let reply = enrol(&town.app, &found).await;
    assert!(reply.refusal == i32::from(Refusal::Used) && reply.certificate.is_none());
    // And whoever used it may ask for the same answer again.
    let again = enrol_request(&code, &wang.seed, wang.nonce);
    let again = enrol(&town.app, &again).await;
    assert_eq!(again.certificate, Some(wang.signed.clone()));
}

#[tokio::test]
async fn an_assignment_given_after_the_copy_comes_back_with_the_person_and_their_work() {
    let town = Town::new();
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let data = town.directory.path().join("data").display().to_string();
    let person = ["--user", "u-new", "--name", "新测一", "--org", GRID_7, "--role", "grid_worker"];
    let add = ["user", "add", "--data", &data, "--from", "2026-11-01"];
    told(&tool(&[&add[..], &person[..]].concat()));
    let mut new = town.device("u-new").await;
    let id = new.open_case(1, GRID_7, "新人的事", noon(TODAY));
    new.sync(&town.app).await;
    assert_eq!(said(&new, RecordKind::Reference), 2, "the person and the post");
    let town = town.restarted(|data| restore(data, &copy));
    let app = town.app.clone();
    assert!(app.register().unwrap().name_of(&"u-new".into()).is_none());
    assert!(new.round(&app).await.heal);
    let given = new.give_back(&app, Vec::new()).await;
    assert_eq!(given.receipts[0].verdict, Verdict::Accepted as i32);
    let register = app.register().unwrap();
    assert_eq!(register.name_of(&"u-new".into()), Some("新测一"));
    assert_eq!(register.assignments_of(&"u-new".into()).count(), 1);
    // And the work goes on with the rights of that post.
    new.add(id, crate::support::visit("恢复以后的走访"), noon(TODAY));
    let receipts = new.sync(&app).await;
    assert_eq!(receipts[0].verdict, Verdict::Accepted as i32);
    assert_eq!(kinds(&new, id), [EntryKind::Found, EntryKind::Visit]);
}

#[tokio::test]
async fn what_was_said_after_the_restore_counts_more_than_what_comes_back() {
    let town = Town::new();
    let mut feng = town.administrator().await;
    feng.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let put = |to: Option<i64>| PutAssignment {
        user: "u-wang".into(),
        org: GRID_7.into(),
        role: Role::Mediator,
        from: date_after(TODAY, -5),
        to: to.map(|days| date_after(TODAY, days)),
    };
    feng.ask(&town.app, &put(None)).await.unwrap();
    let name = |name: &str| PutUser { user: "u-wang".into(), name: name.into(), phone: "".into() };
    feng.ask(&town.app, &name("王样一改")).await.unwrap();
    feng.sync(&town.app).await;
    assert_eq!(said(&feng, RecordKind::Reference), 2, "an office is told everything");
    let town = town.restarted(|data| restore(data, &copy));
    let app = town.app.clone();
    // The administrator decides anew before the old words come back.
    feng.ask(&app, &put(Some(10))).await.unwrap();
    assert!(feng.round(&app).await.heal);
    feng.give_back(&app, Vec::new()).await;
    let register = app.register().unwrap();
    let mediator = register
        .assignments_of(&"u-wang".into())
        .find(|post| post.role == Role::Mediator)
        .cloned()
        .unwrap();
    assert_eq!(mediator.to, Some(date_after(TODAY, 10)), "not the older word");
    assert_eq!(register.name_of(&"u-wang".into()), Some("王样一改"), "nobody said otherwise since");
    assert_eq!(said(&feng, RecordKind::Reference), 3);
}

#[tokio::test]
async fn revoked_stays_revoked_also_without_the_list() {
    let town = Town::new();
    let mut liu = town.device("u-liu").await;
    let mut li = town.device("u-li").await;
    liu.sync(&town.app).await;
    li.sync(&town.app).await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let data = town.directory.path().join("data").display().to_string();
    told(&tool(&["user", "revoke", "--data", &data, "--user", "u-liu"]));
    li.sync(&town.app).await;
    assert_eq!(said(&li, RecordKind::Revocation), 1, "everybody is told");
    let list = town.directory.path().join("data").join("revocations");
    let noted = std::fs::read_to_string(&list).unwrap();
    // A copy is put in place without a word, and the list beside it is lost as well.
    let town = town.restarted(|data| {
        put_back(data, &copy);
        std::fs::remove_file(data.join("revocations")).unwrap();
    });
    let request = liu.sign(&liu.request(Vec::new()));
    assert!(liu.send(&town.app, "/v1/sync", &request).await.is_ok(), "nobody knows any more");
    assert!(li.round(&town.app).await.heal);
    li.give_back(&town.app, Vec::new()).await;
    let denied = Err((StatusCode::FORBIDDEN, "revoked".to_owned()));
    assert_eq!(liu.send(&town.app, "/v1/sync", &request).await, denied);
    assert_eq!(std::fs::read_to_string(&list).unwrap(), noted, "and the list is whole again");
}

#[tokio::test]
async fn a_copy_put_in_place_without_a_word_learns_from_the_list_who_was_revoked() {
    let town = Town::new();
    let liu = town.device("u-liu").await;
    let copy = town.directory.path().join("copy.sqlite");
    backup(&town, &copy);
    let data = town.directory.path().join("data").display().to_string();
    told(&tool(&["user", "revoke", "--data", &data, "--user", "u-liu"]));
    let town = town.restarted(|data| put_back(data, &copy));
    let request = liu.sign(&liu.request(Vec::new()));
    let denied = Err((StatusCode::FORBIDDEN, "revoked".to_owned()));
    assert_eq!(liu.send(&town.app, "/v1/sync", &request).await, denied);
}
