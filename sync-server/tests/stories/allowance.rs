//! A device that hands in more than any person writes is asked to come again later.

use crate::support::{ACCEPTED, Device, GRID_7, GRID_8, TODAY, Town, noon, visit};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use prost::Message;
use tower::ServiceExt;
use yidang_sync_protocol::{SignedBatch, frame};
use yidang_sync_server::allowance::Allowance;
use yidang_sync_server::store::StoreError;
use yidang_sync_server::{App, Options, open, router};

/// What the server says to these batches: the status, and after how many seconds to come again.
async fn handed_in(app: &App, device: &Device, push: Vec<SignedBatch>) -> (StatusCode, String) {
    let signed = device.sign(&device.request(push));
    let body = Body::from(frame::pack(&signed.encode_to_vec()));
    let request = Request::post("/v1/sync").body(body).unwrap();
    let response = router(app.clone()).oneshot(request).await.unwrap();
    let after = response.headers().get(header::RETRY_AFTER);
    let after = after.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    (response.status(), after)
}

/// The same county where a device may hand in so many batches an hour.
fn thrifty(town: Town, batches: u32) -> Town {
    let allowance = Allowance { batches, ..Allowance::default() };
    let options = Options { allowance, ..town.options() };
    let Town { directory, app, clock } = town;
    drop(app);
    let app = open(options).unwrap();
    Town { directory, app, clock }
}

fn ok() -> (StatusCode, String) {
    (StatusCode::OK, String::new())
}

fn later(seconds: &str) -> (StatusCode, String) {
    (StatusCode::TOO_MANY_REQUESTS, seconds.to_owned())
}

#[tokio::test]
async fn a_device_that_floods_waits_while_others_and_its_own_reading_go_on() {
    let town = thrifty(Town::new(), 60);
    let (mut wang, mut li) = (town.device("u-wang").await, town.device("u-li").await);
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let flood = vec![wang.outbox.pop().unwrap(); 60];
    assert_eq!(handed_in(&town.app, &wang, flood.clone()).await, ok());
    assert_eq!(handed_in(&town.app, &wang, flood[..1].to_vec()).await, later("60"));
    assert_eq!(handed_in(&town.app, &wang, flood).await, later("3600"));
    assert_eq!(handed_in(&town.app, &wang, Vec::new()).await, ok());
    li.open_case(2, GRID_8, "争一口井", noon(TODAY));
    assert_eq!(li.sync(&town.app).await[0].verdict, ACCEPTED);
    // What was held up was received by nobody; it comes again and is taken.
    let id = wang.open_case(3, GRID_7, "另一件事", noon(TODAY));
    let held_up = wang.outbox.pop().unwrap();
    assert_eq!(handed_in(&town.app, &wang, vec![held_up.clone()]).await, later("60"));
    town.clock.advance_minutes(2);
    wang.outbox = vec![held_up];
    assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
    wang.add(id, visit("照常"), noon(TODAY));
    assert_eq!(wang.sync(&town.app).await[0].verdict, ACCEPTED);
}

#[tokio::test]
async fn nobody_is_held_up_while_the_county_heals() {
    let town = thrifty(Town::new(), 2);
    let mut wang = town.device("u-wang").await;
    wang.open_case(1, GRID_7, "争一行梨树", noon(TODAY));
    let flood = vec![wang.outbox.pop().unwrap(); 60];
    assert_eq!(handed_in(&town.app, &wang, flood.clone()).await, ok());
    assert_eq!(handed_in(&town.app, &wang, flood.clone()).await.0, StatusCode::TOO_MANY_REQUESTS);
    let now = town.clock.now();
    let begun = |db: &yidang_sync_server::store::Db<'_>| {
        let dice = yidang_sync_server::Dice::system();
        yidang_sync_server::county::begin_epoch(db, "a story", &dice, now)
    };
    town.app.store().write::<_, StoreError>("610621", begun).unwrap();
    assert_eq!(handed_in(&town.app, &wang, flood).await, ok());
}
