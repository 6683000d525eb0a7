//! How an installation comes to its certificate.

use crate::support::device::{enrol, enrol_request};
use crate::support::{Device, Town};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use prost::Message;
use yidang_sync_protocol::enrol::{EnrolReply, Refusal};
use yidang_sync_protocol::{SigningSeed, frame};
use yidang_sync_server::router;

fn is(reply: &EnrolReply, refusal: Refusal) -> bool {
    reply.refusal == i32::from(refusal) && reply.certificate.is_none()
}

#[tokio::test]
async fn a_code_gives_a_certificate_with_name_and_post() {
    let town = Town::new();
    let device = town.device("u-wang").await;
    let said = &device.certificate;
    assert_eq!((said.county.as_str(), said.user.as_str()), ("610621", "u-wang"));
    assert_eq!(
        (said.name.as_str(), said.post.as_str()),
        ("王样一", "张家滩镇 · 下盘石村 · 第7网格 · 网格员")
    );
    assert_eq!(said.device_name, "手机");
    assert!(!said.server);
}

#[tokio::test]
async fn the_answer_that_was_lost_comes_again() {
    let town = Town::new();
    let seed = SigningSeed([5; 32]);
    let code = town.app.create_code(&"u-liu".into()).unwrap();
    let request = enrol_request(&code, &seed, [6; 16]);
    let first = enrol(&town.app, &request).await;
    town.clock.advance_minutes(5);
    assert_eq!(enrol(&town.app, &request).await, first);
}

#[tokio::test]
async fn a_code_serves_one_installation_only() {
    let town = Town::new();
    let code = town.app.create_code(&"u-liu".into()).unwrap();
    let mine = enrol_request(&code, &SigningSeed([5; 32]), [6; 16]);
    assert!(enrol(&town.app, &mine).await.certificate.is_some());
    let other_key = enrol_request(&code, &SigningSeed([7; 32]), [6; 16]);
    assert!(is(&enrol(&town.app, &other_key).await, Refusal::Used));
    let other_nonce = enrol_request(&code, &SigningSeed([5; 32]), [7; 16]);
    assert!(is(&enrol(&town.app, &other_nonce).await, Refusal::Used));
}

#[tokio::test]
async fn a_code_is_dead_after_three_days() {
    let town = Town::new();
    let code = town.app.create_code(&"u-liu".into()).unwrap();
    let request = enrol_request(&code, &SigningSeed([5; 32]), [6; 16]);
    town.clock.advance_minutes(72 * 60);
    assert!(is(&enrol(&town.app, &request).await, Refusal::Expired));
}

#[tokio::test]
async fn a_typing_error_is_a_wrong_code_and_five_of_them_end_it() {
    let town = Town::new();
    let seed = SigningSeed([5; 32]);
    let code = town.app.create_code(&"u-liu".into()).unwrap();
    let wrong = format!("{}-0000-0000", &code[..4]);
    for _ in 0..5 {
        assert!(is(
            &enrol(&town.app, &enrol_request(&wrong, &seed, [6; 16])).await,
            Refusal::Wrong
        ));
    }
    let right = enrol_request(&code, &seed, [6; 16]);
    assert!(is(&enrol(&town.app, &right).await, Refusal::TooMany));
    for nonsense in ["", "1", "ABCD", "张家滩", "0000-0000-0000-0000"] {
        let request = enrol_request(nonsense, &seed, [6; 16]);
        assert!(is(&enrol(&town.app, &request).await, Refusal::Wrong), "{nonsense}");
    }
}

#[tokio::test]
async fn a_key_without_its_proof_gets_nothing() {
    let town = Town::new();
    let code = town.app.create_code(&"u-liu".into()).unwrap();
    let mut request = enrol_request(&code, &SigningSeed([5; 32]), [6; 16]);
    request.public_key = SigningSeed([8; 32]).public_key().to_vec();
    assert!(is(&enrol(&town.app, &request).await, Refusal::Malformed));
}

#[tokio::test]
async fn somebody_who_guesses_from_one_place_is_stopped_there() {
    let town = Town::new();
    let mut refusals = Vec::new();
    for n in 0..25_u8 {
        let code = format!("{n:04}-0000-0000");
        let request = enrol_request(&code, &SigningSeed([5; 32]), [6; 16]);
        let mut http = Request::post("/v1/enrol")
            .body(Body::from(frame::pack(&request.encode_to_vec())))
            .unwrap();
        let peer: std::net::SocketAddr = "192.0.2.7:4711".parse().unwrap();
        http.extensions_mut().insert(ConnectInfo(peer));
        let (_, body) = crate::support::send(router(town.app.clone()), http).await;
        let body = frame::unpack(&body, 1 << 20).unwrap();
        refusals.push(EnrolReply::decode(body.as_slice()).unwrap().refusal);
    }
    let wrong = i32::from(Refusal::Wrong);
    let too_many = i32::from(Refusal::TooMany);
    assert_eq!(refusals, [vec![wrong; 20], vec![too_many; 5]].concat());
    assert!(town.device("u-wang").await.signed.id() != [0; 16], "elsewhere codes go on serving");
}

#[tokio::test]
async fn nobody_outside_the_register_gets_a_code() {
    let town = Town::new();
    assert!(town.app.create_code(&"u-nobody".into()).is_err());
}

#[tokio::test]
async fn two_devices_of_one_person_are_two_devices() {
    let town = Town::new();
    let phone = Device::enrolled_again(&town.app, "u-wang", 1).await;
    let tablet = Device::enrolled_again(&town.app, "u-wang", 2).await;
    assert_ne!(phone.certificate.device, tablet.certificate.device);
    assert_ne!(phone.actor(), tablet.actor());
}
