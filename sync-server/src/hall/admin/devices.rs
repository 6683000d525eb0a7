//! How a device comes in, and how it is shut out.

use prost::Message;
use yidang_api::admin::{CodeView, LiftSuspension, MakeCode, RegisterChanged, RevokeDevice};
use yidang_api::{Fault, FaultCode};
use yidang_domain::ids::UserId;
use yidang_sync_protocol::SignedCertificate;

use super::changed;
use crate::county;
use crate::enrol::CODE_HOURS;
use crate::hall::Counter;
use crate::revocations;
use crate::store::StoreError;

/// Makes an activation code. It is shown once; only its hash is kept.
pub fn make_code(counter: &Counter<'_>, question: &MakeCode) -> Result<CodeView, Fault> {
    counter.require_administrator()?;
    if counter.register()?.name_of(&question.user).is_none() {
        return Err(Fault::invalid("user", "nobody of the register"));
    }
    let code = counter.app.create_code(&question.user).map_err(|error| {
        tracing::error!(%error, "no activation code was made");
        Fault::new(FaultCode::Internal, "no code was made")
    })?;
    counter.app.write(|db| counter.record(db, "make_code", &question.user))?;
    Ok(CodeView { code, expires_at: counter.now.plus_minutes(CODE_HOURS * 60) })
}

/// Takes a device's right away.
pub fn revoke_device(
    counter: &Counter<'_>,
    question: &RevokeDevice,
) -> Result<RegisterChanged, Fault> {
    counter.require_administrator()?;
    let id = certificate_of(&question.certificate)?;
    let row = counter.app.read(|db| db.certificate(&id))?.ok_or_else(unknown)?;
    let signed = SignedCertificate::decode(row.bytes.as_slice()).map_err(StoreError::from)?;
    if signed.open(&counter.app.county().key).is_ok_and(|opened| opened.server) {
        return Err(Fault::new(FaultCode::NotAllowed, "the server's own certificate"));
    }
    // First beside the database: a copy that is put in its place some day has forgotten it.
    revocations::note(counter.app.data(), &[id]).map_err(|error| {
        tracing::error!(%error, "a revocation was not noted");
        Fault::new(FaultCode::Internal, "the revocation was not noted")
    })?;
    counter.once(|db| {
        county::revoke(db, &id, counter.now)?;
        counter.record(db, "revoke_device", &question.certificate)?;
        changed(db, Some(&UserId(row.user)))
    })
}

/// Has a suspended device's batches read again; it hands them in again by itself. Done to one that is
/// not suspended it changes nothing.
pub fn lift_suspension(
    counter: &Counter<'_>,
    question: &LiftSuspension,
) -> Result<RegisterChanged, Fault> {
    counter.require_administrator()?;
    let id = certificate_of(&question.certificate)?;
    let row = counter.app.read(|db| db.certificate(&id))?.ok_or_else(unknown)?;
    counter.once(|db| {
        if db.lift_suspension(&id)? {
            counter.record(db, "lift_suspension", &question.certificate)?;
        }
        changed(db, Some(&UserId(row.user)))
    })
}

fn unknown() -> Fault {
    Fault::new(FaultCode::NotFound, "no such certificate")
}

fn certificate_of(hex: &str) -> Result<[u8; 16], Fault> {
    let is_hex = hex.len() == 32 && hex.chars().all(|c| c.is_ascii_hexdigit());
    let number = is_hex.then(|| u128::from_str_radix(hex, 16).ok()).flatten();
    number.map(u128::to_be_bytes).ok_or_else(unknown)
}
