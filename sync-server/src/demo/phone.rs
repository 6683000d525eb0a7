//! A device that exists only while the demo county is made.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use yidang_documents::{Author, Document, Edit, actor_id};
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::EntryHeader;
use yidang_domain::ids::{DeviceId, OrgCode, UserId};
use yidang_sync_protocol::{BatchHeader, Certificate, SignedBatch, SigningSeed, Verdict};

use crate::app::App;
use crate::county::{self, County};
use crate::enrol::post_of;
use crate::kinds;
use crate::register::Register;

use super::places::Person;

/// Thirty-two bytes for a name, the same in every demo.
pub fn derive(name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"yidang demo 1\0");
    hash.update(name.as_bytes());
    hash.finalize().into()
}

/// Sixteen bytes for a name.
pub fn short(name: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(derive(name)).for_each(|(to, from)| *to = from);
    bytes
}

/// The device of one of the demo's people.
#[derive(Clone)]
pub struct Phone {
    user: UserId,
    name: String,
    org: OrgCode,
    device_name: String,
    seed: SigningSeed,
    nonce: [u8; 16],
    certificate: [u8; 16],
}

/// The devices of these people.
pub fn of_people(people: Vec<&Person>) -> BTreeMap<UserId, Phone> {
    let phone = |person: &Person| Phone {
        user: person.user.clone(),
        name: person.name.clone(),
        org: person.org.clone(),
        device_name: person.device_name.clone(),
        seed: SigningSeed(derive(&format!("key of {}", person.user))),
        nonce: short(&format!("nonce of {}", person.user)),
        certificate: [0; 16],
    };
    people.into_iter().map(|person| (person.user.clone(), phone(person))).collect()
}

/// These devices with the certificates that they were given.
pub fn certified(
    phones: BTreeMap<UserId, Phone>,
    app: &App,
    issued: InstantMs,
) -> Result<BTreeMap<UserId, Phone>> {
    let register = app.register()?;
    Ok(phones
        .into_iter()
        .map(|(user, phone)| (user, phone.certified(app.county(), &register, issued)))
        .collect())
}

impl Phone {
    /// What the county says of it.
    pub fn certificate(
        &self,
        county: &County,
        register: &Register,
        issued: InstantMs,
    ) -> Certificate {
        let key = self.seed.public_key();
        Certificate {
            county: county.code.clone(),
            user: self.user.to_string(),
            device: county::device_name_of(&key, &self.nonce).0,
            public_key: key.to_vec(),
            nonce: self.nonce.to_vec(),
            name: self.name.clone(),
            post: post_of(register, &self.user, issued),
            device_name: self.device_name.clone(),
            issued_at_ms: issued.0,
            suite: 1,
            server: false,
        }
    }

    fn certified(self, county: &County, register: &Register, issued: InstantMs) -> Self {
        let certificate = self.certificate(county, register, issued);
        Self { certificate: certificate.sign(&county.seed).id(), ..self }
    }

    /// Writes one action into a document and signs it.
    pub fn write(
        &self,
        document: &mut Document,
        edits: &[Edit],
        at: InstantMs,
    ) -> Result<SignedBatch> {
        let key = self.seed.public_key();
        let header = EntryHeader {
            on: at.date(),
            by: self.user.clone(),
            org: self.org.clone(),
            device: DeviceId(county::device_name_of(&key, &self.nonce).0),
        };
        let actor = actor_id(&key, &self.user, &self.nonce, 0);
        let committed = document
            .commit(&Author { actor, header, at }, None, edits)
            .with_context(|| format!("{} cannot write", self.user))?;
        let header = BatchHeader {
            document: document.id().as_bytes().to_vec(),
            certificate: self.certificate.to_vec(),
            org: self.org.to_string(),
            kind: kinds::number_of(document.kind()),
            home: document.home().to_string(),
            ..BatchHeader::default()
        };
        Ok(header.sign(vec![committed.bytes], &self.seed))
    }
}

/// Hands batches in; the demo has none that are not accepted.
pub fn hand_in(app: &App, batches: &[SignedBatch], now: InstantMs) -> Result<()> {
    let register = app.register()?;
    for receipt in app.take(batches, &register, now)? {
        if receipt.verdict != Verdict::Accepted as i32 {
            bail!("a demo batch was not accepted: {} {}", receipt.verdict, receipt.code);
        }
    }
    Ok(())
}
