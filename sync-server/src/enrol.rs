//! Activation codes and certificates.

use std::collections::HashMap;
use std::net::IpAddr;

use anyhow::{Result, bail};
use argon2::{Algorithm, Argon2, Params, Version};
use prost::Message;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::enrol::{CODE_ALPHABET, EnrolReply, EnrolRequest, Refusal, normal_code};
use yidang_sync_protocol::signing::{Purpose, verify};
use yidang_sync_protocol::{Certificate, CodeUsed, RecordKind, SignedCertificate, SignedRecord};

use crate::app::App;
use crate::boundary::Boundary;
use crate::county;
use crate::dice::Dice;
use crate::records;
use crate::store::{Activation, Db, Store, StoreError};

/// A code is as long as this, without dashes.
const CODE_LENGTH: usize = 12;
/// Its first characters find it; the others prove it.
const ID_LENGTH: usize = 4;
/// It serves for three days.
pub const CODE_HOURS: i64 = 72;
/// After so many wrong tries a code is dead.
const MOST_TRIES: u32 = 5;
/// After so many wrong codes a peer waits.
const MOST_WRONGS: usize = 20;
/// Wrong codes are remembered so long.
const WRONGS_MS: i64 = 10 * 60_000;
/// Memory in KiB that trying one code costs whoever guesses.
pub const CODE_MEMORY_KIB: u32 = 19 * 1024;
/// Names of devices are cut here.
const LONGEST_DEVICE_NAME: usize = 20;

/// Who sent wrong codes lately.
#[derive(Debug, Default)]
pub struct Wrongs {
    by_peer: HashMap<IpAddr, Vec<i64>>,
}

impl Wrongs {
    /// No more peers are remembered; then the oldest memory goes.
    const MOST_PEERS: usize = 10_000;

    fn is_blocked(&mut self, peer: IpAddr, now: InstantMs) -> bool {
        let Some(times) = self.by_peer.get_mut(&peer) else { return false };
        times.retain(|at| now.0 - *at < WRONGS_MS);
        times.len() >= MOST_WRONGS
    }

    fn note(&mut self, peer: IpAddr, now: InstantMs) {
        if self.by_peer.len() >= Self::MOST_PEERS {
            self.by_peer.retain(|_, times| times.last().is_some_and(|at| now.0 - at < WRONGS_MS));
        }
        self.by_peer.entry(peer).or_default().push(now.0);
    }
}

/// How activation codes are made.
#[derive(Debug, Clone)]
pub struct Making {
    /// Where their letters come from.
    pub dice: Dice,
    /// Memory in KiB that trying one costs; a code is tried with what it was made with.
    pub memory_kib: u32,
}

impl Making {
    /// As every county makes them.
    #[must_use]
    pub const fn ordinary() -> Self {
        Self { dice: Dice::system(), memory_kib: CODE_MEMORY_KIB }
    }
}

fn hash(secret: &str, salt: &[u8], memory_kib: u32) -> Result<[u8; 32]> {
    let wrong = |error: argon2::Error| anyhow::anyhow!("argon2: {error}");
    let params = Params::new(memory_kib, 2, 1, Some(32)).map_err(wrong)?;
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(secret.as_bytes(), salt, &mut out)
        .map_err(wrong)?;
    Ok(out)
}

/// Compares without telling where the difference begins.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn random_code(dice: &Dice) -> Result<String, StoreError> {
    let bytes: [u8; CODE_LENGTH] = dice.bytes()?;
    let alphabet = CODE_ALPHABET;
    let letter = |byte: u8| alphabet.get(usize::from(byte % 32)).copied().map(char::from);
    Ok(bytes.into_iter().filter_map(letter).collect())
}

/// The code as it is printed: `XXXX-XXXX-XXXX`.
fn printed(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// Makes an activation code for a person of the register.
///
/// # Errors
///
/// Where the register does not know them, or the database fails.
pub fn create_code(
    store: &Store,
    county: &str,
    user: &UserId,
    making: &Making,
    now: InstantMs,
) -> Result<String> {
    let is_known = store.read(county, |db| {
        Ok::<_, StoreError>(db.users()?.iter().any(|known| known.user == *user))
    })?;
    if !is_known {
        bail!("no such user in the register: {user}");
    }
    loop {
        let code = random_code(&making.dice)?;
        let (code_id, secret) = code.split_at(ID_LENGTH);
        let salt: [u8; 16] = making.dice.bytes()?;
        let activation = Activation {
            code_id: code_id.to_owned(),
            salt: salt.to_vec(),
            hash: hash(secret, &salt, making.memory_kib)?.to_vec(),
            user: user.to_string(),
            created_at_ms: now.0,
            expires_at_ms: now.plus_minutes(CODE_HOURS * 60).0,
            tries: 0,
            used_by_key: None,
            used_by_nonce: None,
            certificate: None,
        };
        let old = now.plus_minutes(-30 * 24 * 60).0;
        if store.write(county, |db| db.put_activation(&activation, old))? {
            return Ok(printed(&code));
        }
    }
}

fn refuse(refusal: Refusal) -> EnrolReply {
    EnrolReply { refusal: refusal.into(), ..EnrolReply::default() }
}

impl App {
    /// Gives a certificate for an activation code.
    ///
    /// # Errors
    ///
    /// Where the database fails; a refusal is an answer.
    pub fn enrol(&self, request: &EnrolRequest, peer: Option<IpAddr>) -> Result<EnrolReply> {
        let now = self.clock().now();
        if peer.is_some_and(|peer| self.wrongs().is_blocked(peer, now)) {
            return Ok(refuse(Refusal::TooMany));
        }
        let reply = self.enrol_by_code(request, now)?;
        let wrong = i32::from(Refusal::Wrong);
        if let (Some(peer), true) = (peer, reply.refusal == wrong) {
            self.wrongs().note(peer, now);
        }
        Ok(reply)
    }

    fn enrol_by_code(&self, request: &EnrolRequest, now: InstantMs) -> Result<EnrolReply> {
        let code = normal_code(&request.code);
        let (Some(code_id), Some(secret)) = (code.get(..ID_LENGTH), code.get(ID_LENGTH..)) else {
            return Ok(refuse(Refusal::Wrong));
        };
        let known = self.read(|db| db.activation(code_id))?;
        let Some(activation) = known.filter(|_| code.len() == CODE_LENGTH) else {
            return Ok(refuse(Refusal::Wrong));
        };
        if activation.tries >= MOST_TRIES {
            return Ok(refuse(Refusal::TooMany));
        }
        let offered = {
            let _one_at_a_time = self.hashing();
            hash(secret, &activation.salt, self.making().memory_kib)?
        };
        if !is_same(&offered, &activation.hash) {
            self.write(|db| db.count_try(code_id))?;
            return Ok(refuse(Refusal::Wrong));
        }
        let proof = verify(
            &request.public_key,
            Purpose::Enrolment,
            request.code.as_bytes(),
            &request.proof,
        );
        if proof.is_err() || request.nonce.len() != 16 {
            return Ok(refuse(Refusal::Malformed));
        }
        let register = self.register()?;
        let user = UserId(activation.user);
        let name = register.name_of(&user).unwrap_or_default().to_owned();
        let post = post_of(&register, &user, now);
        let reply = self.write(|db| {
            // Read again: two devices may have come with one code at the same moment.
            let Some(activation) = db.activation(code_id)? else {
                return Ok(refuse(Refusal::Wrong));
            };
            if let Some(key) = &activation.used_by_key {
                let same = *key == request.public_key
                    && activation.used_by_nonce.as_ref() == Some(&request.nonce);
                return if same { self.again(db, &activation) } else { Ok(refuse(Refusal::Used)) };
            }
            if activation.expires_at_ms <= now.0 {
                return Ok(refuse(Refusal::Expired));
            }
            // Whoever used it after the copy has not told yet; one that was made since nobody used before.
            if db.county()?.healing && !county::is_code_of_this_epoch(db, code_id)? {
                return Ok(refuse(Refusal::Healing));
            }
            let certificate = self.certify(request, &user, &name, &post, now);
            self.issue(db, &activation, &certificate, now)
        })?;
        if reply.certificate.is_some() {
            self.store().passed(Boundary::Enrolled);
        }
        Ok(reply)
    }

    /// The certificate that this code gave before.
    fn again(&self, db: &Db<'_>, activation: &Activation) -> Result<EnrolReply, StoreError> {
        let id = activation.certificate.as_deref().unwrap_or_default().try_into();
        let row = match id {
            Ok(id) => db.certificate(&id)?,
            Err(_) => None,
        };
        let Some(row) = row else { return Ok(refuse(Refusal::Used)) };
        self.grant(db, SignedCertificate::decode(row.bytes.as_slice())?, activation)
    }

    fn certify(
        &self,
        request: &EnrolRequest,
        user: &UserId,
        name: &str,
        post: &str,
        now: InstantMs,
    ) -> Certificate {
        let device_name: String = request
            .device_name
            .chars()
            .filter(|c| !c.is_control())
            .take(LONGEST_DEVICE_NAME)
            .collect();
        Certificate {
            county: self.county().code.clone(),
            user: user.to_string(),
            device: county::device_name_of(&request.public_key, &request.nonce).0,
            public_key: request.public_key.clone(),
            nonce: request.nonce.clone(),
            name: name.to_owned(),
            post: post.to_owned(),
            device_name,
            issued_at_ms: now.0,
            suite: 1,
            server: false,
        }
    }

    fn issue(
        &self,
        db: &Db<'_>,
        activation: &Activation,
        certificate: &Certificate,
        now: InstantMs,
    ) -> Result<EnrolReply, StoreError> {
        let signed = certificate.sign(&self.county().seed);
        let id = signed.id();
        let code = &activation.code_id;
        county::learn_certificate(db, &signed, certificate, now)?;
        let head = db.county()?;
        if head.healing {
            // It never was here before and owes nothing: nobody waits for it.
            db.answered(&id, &head.epoch)?;
        }
        let used = CodeUsed {
            code: code.clone(),
            public_key: certificate.public_key.clone(),
            nonce: certificate.nonce.clone(),
            certificate: id.to_vec(),
        };
        let subject = records::subject_of_code(&activation.hash);
        records::say(db, RecordKind::CodeUsed, &subject, used.encode_to_vec(), now)?;
        db.use_activation(code, &certificate.public_key, &certificate.nonce, &id)?;
        tracing::info!(device = certificate.device, "device enrolled");
        self.grant(db, signed, activation)
    }

    fn grant(
        &self,
        db: &Db<'_>,
        certificate: SignedCertificate,
        activation: &Activation,
    ) -> Result<EnrolReply, StoreError> {
        let subject = records::subject_of_code(&activation.hash);
        let records = db
            .records_of(RecordKind::CodeUsed.into(), &subject)?
            .iter()
            .map(|bytes| SignedRecord::decode(bytes.as_slice()))
            .collect::<Result<_, _>>()?;
        Ok(EnrolReply {
            certificate: Some(certificate),
            county_key: self.county().key.to_vec(),
            demo: self.county().demo,
            refusal: Refusal::None.into(),
            records,
        })
    }
}

/// The post that stands in a certificate: 张家滩镇 · 下盘石村 · 第7网格 · 网格员.
#[must_use]
pub fn post_of(register: &crate::register::Register, user: &UserId, now: InstantMs) -> String {
    register.post(user, now.date()).map_or_else(String::new, |(role, mut path)| {
        path.push(role.label().to_owned());
        path.join(" · ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_printed_in_three_groups_and_read_back_as_one() {
        let code = random_code(&Dice::system()).unwrap();
        let printed = printed(&code);
        assert_eq!(printed.len(), 14);
        assert_eq!(normal_code(&printed), code);
        assert_eq!(normal_code(&printed.to_lowercase()), code);
    }

    #[test]
    fn a_peer_that_guesses_waits_and_is_forgiven_later() {
        let mut wrongs = Wrongs::default();
        let peer = IpAddr::from([10, 0, 0, 1]);
        for minute in 0..20 {
            assert!(!wrongs.is_blocked(peer, InstantMs(minute * 1_000)));
            wrongs.note(peer, InstantMs(minute * 1_000));
        }
        assert!(wrongs.is_blocked(peer, InstantMs(20_000)));
        assert!(!wrongs.is_blocked(IpAddr::from([10, 0, 0, 2]), InstantMs(20_000)));
        assert!(!wrongs.is_blocked(peer, InstantMs(20_000 + WRONGS_MS)));
    }
}
