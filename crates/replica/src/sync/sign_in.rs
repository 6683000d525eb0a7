//! Enrolment, demo sign-in, and changing desks.

use std::sync::{Arc, Mutex};

use prost::Message;
use yidang_api::session::{DemoPerson, DemoSignIn, Enrol, SignOut};
use yidang_api::{Fault, FaultCode};
use yidang_sync_protocol::enrol::{EnrolReply, EnrolRequest, Refusal, normal_code};
use yidang_sync_protocol::signing::Purpose;
use yidang_sync_protocol::{SignedRecord, frame};

use super::{keep_secrets, lock};
use crate::boundary::Boundary;
use crate::device::Device;
use crate::seams::{HttpReply, Outside};
use crate::secrets::Account;
use crate::store::StoreError;

/// No enrolment answer is larger.
const MOST_ENROL_BYTES: usize = 64 * 1024;

/// Enrols this device with an activation code. The key is kept before it is sent, so that an answer
/// that gets lost can be asked for again.
pub async fn enrol<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    question: Enrol,
) -> Result<(), Fault> {
    let code = normal_code(&question.code);
    if code.is_empty() {
        return Err(Fault::new(FaultCode::WrongCode, "no code was given"));
    }
    let server = server_of(device, &question.server);
    let (account, nonce) = pending(&mut lock(device), &server);
    keep_secrets(device, outside).await?;
    lock(device).passed(Boundary::KeyKept);
    let seed = account.signing_seed();
    let request = EnrolRequest {
        proof: seed.sign(Purpose::Enrolment, code.as_bytes()).to_vec(),
        code,
        public_key: seed.public_key().to_vec(),
        nonce: nonce.to_vec(),
        device_name: question.device_name,
    };
    let body = frame::pack(&request.encode_to_vec());
    let reply = post(outside, &format!("{server}/v1/enrol"), body).await?;
    let (account, records) = certified(account, &reply)?;
    lock(device).passed(Boundary::Certified);
    enter(&mut lock(device), account, &records)?;
    keep_secrets(device, outside).await
}

fn server_of(device: &Arc<Mutex<Device>>, named: &str) -> String {
    let named = named.trim().trim_end_matches('/');
    if named.is_empty() { lock(device).origin.clone() } else { named.to_owned() }
}

/// The key of the enrolment under way, or a new one.
fn pending(device: &mut Device, server: &str) -> (Account, [u8; 16]) {
    let nonce = device.secrets.nonce.unwrap_or_default();
    if let Some(pending) = &device.secrets.pending
        && pending.server == server
    {
        return (pending.clone(), nonce);
    }
    let mut account = Account {
        user: String::new(),
        server: server.to_owned(),
        store_key: [0; 32],
        seed: [0; 32],
        certificate: Vec::new(),
        certificate_signature: Vec::new(),
        county_key: Vec::new(),
        demo: false,
        generation: 0,
        incarnation: 0,
    };
    device.senses.random(&mut account.store_key);
    device.senses.random(&mut account.seed);
    device.secrets.pending = Some(account.clone());
    device.secrets_changed = true;
    (account, nonce)
}

async fn post<O: Outside>(outside: &O, url: &str, body: Vec<u8>) -> Result<HttpReply, Fault> {
    let reply = outside
        .post(url, body)
        .await
        .map_err(|unreachable| Fault::new(FaultCode::NeedsNetwork, unreachable.0))?;
    match reply.status {
        200 => Ok(reply),
        429 | 503 => Err(Fault::new(FaultCode::ServerBusy, "the server is busy")),
        404 => Err(Fault::new(FaultCode::NotFound, "no such service at this address")),
        status => Err(Fault::new(FaultCode::NeedsNetwork, format!("status {status}"))),
    }
}

/// The account with its certificate, if the answer holds one for the very key that was sent.
/// Beside it what the county said of this enrolment.
fn certified(account: Account, reply: &HttpReply) -> Result<(Account, Vec<SignedRecord>), Fault> {
    let malformed = |detail: &str| Fault::new(FaultCode::NeedsNetwork, detail);
    let body = frame::unpack(&reply.body, MOST_ENROL_BYTES)
        .map_err(|error| malformed(&error.to_string()))?;
    let reply =
        EnrolReply::decode(body.as_slice()).map_err(|error| malformed(&error.to_string()))?;
    if let Some(code) = refusal(reply.refusal) {
        return Err(Fault::new(code, format!("refusal {}", reply.refusal)));
    }
    let signed = reply.certificate.ok_or_else(|| malformed("no certificate in the answer"))?;
    let certificate = signed
        .open(&reply.county_key)
        .map_err(|error| Fault::new(FaultCode::Internal, error.to_string()))?;
    if certificate.key() != Some(account.signing_seed().public_key()) {
        return Err(Fault::new(FaultCode::Internal, "a certificate for another key"));
    }
    let account = Account {
        user: certificate.user,
        certificate: signed.certificate,
        certificate_signature: signed.signature,
        county_key: reply.county_key,
        demo: reply.demo,
        ..account
    };
    Ok((account, reply.records))
}

/// Keeps what the county said, so that a server that forgets it can be told again.
fn keep_records(
    device: &mut Device,
    county_key: &[u8],
    records: &[SignedRecord],
) -> Result<(), Fault> {
    let opened: Vec<_> = records
        .iter()
        .filter_map(|signed| Some((signed.open(county_key).ok()?.0, signed)))
        .collect();
    let store = &mut device.desk()?.store;
    store.write(|write| -> Result<(), StoreError> {
        opened.iter().try_for_each(|(name, signed)| write.put_record(name, signed))
    })?;
    Ok(())
}

fn refusal(number: i32) -> Option<FaultCode> {
    match Refusal::try_from(number) {
        Ok(Refusal::None) => None,
        Ok(Refusal::Wrong) => Some(FaultCode::WrongCode),
        Ok(Refusal::Used) => Some(FaultCode::UsedCode),
        Ok(Refusal::Expired) => Some(FaultCode::ExpiredCode),
        Ok(Refusal::TooMany) => Some(FaultCode::TooManyTries),
        Ok(Refusal::Healing) => Some(FaultCode::ServerBusy),
        Ok(Refusal::Malformed) | Err(_) => Some(FaultCode::Internal),
    }
}

/// Opens the desk of a person who was just enrolled. Whoever had a desk here keeps it: the store
/// and its unsent work stay, under the new key. What the county said of it is kept there.
fn enter(device: &mut Device, mut account: Account, records: &[SignedRecord]) -> Result<(), Fault> {
    let county_key = account.county_key.clone();
    let before = device.secrets.clone();
    let secrets = &mut device.secrets;
    secrets.pending = None;
    match secrets.accounts.iter_mut().find(|known| known.user == account.user) {
        Some(known) => {
            account.store_key = known.store_key;
            account.generation = known.generation;
            *known = account.clone();
        }
        None => secrets.accounts.push(account.clone()),
    }
    secrets.current = Some(account.user);
    device.secrets_changed = true;
    let opened = device.open_current().and_then(|()| keep_records(device, &county_key, records));
    if let Err(fault) = opened {
        // With the key of this enrolment the same code serves again, as soon as there is room for a desk.
        device.secrets = before;
        drop(device.open_current());
        return Err(fault);
    }
    Ok(())
}

/// Who can be tried out.
pub async fn demo_people<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    server: &str,
) -> Result<Vec<DemoPerson>, Fault> {
    let server = server_of(device, server);
    let reply = post(outside, &format!("{server}/v1/demo/people"), Vec::new()).await?;
    serde_json::from_slice(&reply.body)
        .map_err(|_| Fault::new(FaultCode::NotFound, "this is no demo server"))
}

/// Signs in as a demo person: the server gives a code, the device enrols with it. Somebody who has
/// a desk here already goes back to it.
pub async fn demo_sign_in<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    question: DemoSignIn,
) -> Result<(), Fault> {
    let server = server_of(device, &question.server);
    let is_known = lock(device)
        .secrets
        .accounts
        .iter()
        .any(|account| account.user == question.user.as_str() && account.server == server);
    if is_known {
        return sign_out(device, outside, SignOut { then: Some(question.user) }).await;
    }
    let asked = serde_json::json!({ "user": question.user }).to_string().into_bytes();
    let reply = post(outside, &format!("{server}/v1/demo/code"), asked).await?;
    let value: serde_json::Value = serde_json::from_slice(&reply.body)
        .map_err(|_| Fault::new(FaultCode::NotFound, "this is no demo server"))?;
    let code = value.get("code").and_then(|code| code.as_str()).unwrap_or_default().to_owned();
    enrol(device, outside, Enrol { server, code, device_name: question.device_name }).await
}

/// Leaves the desk that is open and opens another, if one is named.
pub async fn sign_out<O: Outside>(
    device: &Arc<Mutex<Device>>,
    outside: &O,
    question: SignOut,
) -> Result<(), Fault> {
    {
        let mut device = lock(device);
        let then = question.then.map(|user| user.as_str().to_owned());
        let is_known = then
            .as_ref()
            .is_none_or(|user| device.secrets.accounts.iter().any(|known| known.user == *user));
        if !is_known {
            return Err(Fault::new(FaultCode::NotFound, "nobody of that name on this device"));
        }
        device.secrets.current = then;
        device.secrets_changed = true;
        device.open_current()?;
        device.touch();
    }
    keep_secrets(device, outside).await
}
