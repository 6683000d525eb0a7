//! The county: its keys, its server's actor, how it begins and how it begins anew.

use prost::Message;
use serde::Serialize;
use serde_json::json;
use yidang_domain::causality::hex_of;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::{DeviceId, OrgCode, UserId};
use yidang_domain::reference::Host;
use yidang_sync_protocol::{
    Certificate, Checkpoint, PublicKey, RecordKind, SignedCertificate, SignedCheckpoint,
    SigningSeed,
};

use crate::dice::Dice;
use crate::records::{self, RegisterRow};
use crate::register::{Register, RegisterData};
use crate::store::{CertificateRow, CountyRow, Db, LogKind, StoreError};

/// The user under whom the server writes numbers.
pub const SERVER_USER: &str = "server";
/// Its device.
const SERVER_DEVICE: &str = "server";

/// The server as an author.
#[derive(Debug, Clone)]
pub struct ServerActor {
    /// Its key.
    pub seed: SigningSeed,
    /// Its certificate.
    pub certificate: [u8; 16],
    /// The nonce in that certificate.
    pub nonce: [u8; 16],
    /// Its incarnation: another one at every start, because a restored server must never write a
    /// second change under a sequence number it used before.
    pub incarnation: u32,
    /// Its device.
    pub device: String,
}

/// What every part of the server needs to know of the county.
#[derive(Debug, Clone)]
pub struct County {
    /// Its code.
    pub code: String,
    /// Its public key.
    pub key: PublicKey,
    /// Its signing key.
    pub seed: SigningSeed,
    /// The data are invented.
    pub demo: bool,
    server: ServerActor,
}

/// The secrets a county begins with.
pub struct Seeds {
    /// Of the county.
    pub county: [u8; 32],
    /// Of its server.
    pub server: [u8; 32],
    /// The nonce of its server.
    pub nonce: [u8; 16],
    /// The first epoch.
    pub epoch: [u8; 16],
}

impl Seeds {
    /// Random ones.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn random(dice: &Dice) -> Result<Self, StoreError> {
        let (county, server) = (dice.bytes()?, dice.bytes()?);
        Ok(Self { county, server, nonce: dice.bytes()?, epoch: dice.bytes()? })
    }
}

impl County {
    /// The county in the database.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn load(db: &Db<'_>, code: &str) -> Result<Self, StoreError> {
        let row = db.county()?;
        let certificate = db
            .certificate(&row.server_certificate)?
            .ok_or_else(|| StoreError::Damaged("the server has no certificate".into()))?;
        let key = row.seed.public_key();
        let opened = SignedCertificate::decode(certificate.bytes.as_slice())?
            .open(&key)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let server = ServerActor {
            seed: row.server_seed.clone(),
            certificate: row.server_certificate,
            nonce: opened.nonce().unwrap_or_default(),
            incarnation: row.incarnation,
            device: opened.device,
        };
        Ok(Self { code: code.to_owned(), key, seed: row.seed, demo: row.demo, server })
    }

    /// The server as an author.
    #[must_use]
    pub const fn server(&self) -> &ServerActor {
        &self.server
    }

    /// The county as a unit.
    #[must_use]
    pub fn unit(&self) -> OrgCode {
        OrgCode(self.code.clone())
    }

    /// The same server as another actor, for work that must know nothing of what it wrote before.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn other_self(&self, dice: &Dice) -> Result<Self, StoreError> {
        let mut other = self.clone();
        other.server.incarnation = u32::from_be_bytes(dice.bytes()?).max(2);
        Ok(other)
    }

    /// Gives the server's actor a new incarnation, as every start does.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn reincarnate(&mut self, db: &Db<'_>, dice: &Dice) -> Result<(), StoreError> {
        // Random instead of counted: a restored counter would come to the same numbers again.
        self.server.incarnation = u32::from_be_bytes(dice.bytes()?).max(2);
        db.set_server(&self.server.seed, &self.server.certificate, self.server.incarnation)
    }
}

/// Makes the county in an empty database.
///
/// # Errors
///
/// [`StoreError`].
pub fn make(
    db: &Db<'_>,
    code: &str,
    seeds: &Seeds,
    demo: bool,
    now: InstantMs,
) -> Result<(), StoreError> {
    let seed = SigningSeed(seeds.county);
    let server_seed = SigningSeed(seeds.server);
    let certificate = Certificate {
        county: code.to_owned(),
        user: SERVER_USER.into(),
        device: SERVER_DEVICE.into(),
        public_key: server_seed.public_key().to_vec(),
        nonce: seeds.nonce.to_vec(),
        name: "县服务器".into(),
        post: "自动记录".into(),
        device_name: "服务器".into(),
        issued_at_ms: now.0,
        suite: 1,
        server: true,
    };
    let signed = certificate.sign(&seed);
    let row = CountyRow {
        first_epoch: seeds.epoch,
        epoch: seeds.epoch,
        seq: 0,
        chain: yidang_sync_protocol::Chain::begin(code, &seeds.epoch),
        seed,
        server_seed,
        server_certificate: signed.id(),
        incarnation: 1,
        healing: false,
        demo,
        register_version: 0,
    };
    db.make_county(&row, now.0)?;
    learn_certificate(db, &signed, &certificate, now)?;
    Ok(())
}

/// Puts a certificate of the county into the log, unless it is there.
///
/// # Errors
///
/// [`StoreError`].
pub fn learn_certificate(
    db: &Db<'_>,
    signed: &SignedCertificate,
    opened: &Certificate,
    now: InstantMs,
) -> Result<(), StoreError> {
    let id = signed.id();
    if db.certificate(&id)?.is_some() {
        return Ok(());
    }
    let bytes = signed.encode_to_vec();
    let seq = db.append(LogKind::Certificate, &[], &bytes, now.0)?;
    db.put_certificate(&CertificateRow {
        id,
        user: opened.user.clone(),
        device: opened.device.clone(),
        bytes,
        seq,
        revoked_seq: db.revocation(&id)?,
        seen_at_ms: now.0,
        first_batch_seq: None,
    })
}

/// Revokes a certificate and says so in the log.
///
/// # Errors
///
/// [`StoreError`].
pub fn revoke(db: &Db<'_>, id: &[u8; 16], now: InstantMs) -> Result<(), StoreError> {
    if db.revocation(id)?.is_some() {
        return Ok(());
    }
    let seq = records::say(db, RecordKind::Revocation, id, Vec::new(), now)?;
    db.revoke(id, seq)
}

/// Puts a whole register into the database, as one record of the log: what a county begins with, which
/// every copy of it holds. What changes afterwards is said row by row ([`records::put`]).
///
/// # Errors
///
/// [`StoreError`].
pub fn put_register(db: &Db<'_>, data: &RegisterData, now: InstantMs) -> Result<(), StoreError> {
    let damaged = |error: serde_json::Error| StoreError::Damaged(error.to_string());
    let record = serde_json::to_vec(data).map_err(damaged)?;
    let seq = db.append(LogKind::Reference, &[], &record, now.0)?;
    for unit in &data.units {
        db.put_unit(unit)?;
    }
    for user in &data.users {
        db.put_user(user)?;
    }
    for assignment in &data.assignments {
        db.put_assignment(assignment, seq)?;
    }
    for team in &data.teams {
        db.put_team(team)?;
    }
    for team in &data.grid_teams {
        db.put_grid_team(team)?;
    }
    for outline in &data.outlines {
        db.put_outline(outline)?;
    }
    for exception in &data.exceptions {
        db.put_exception(exception)?;
    }
    let rule = serde_json::to_string(&data.visit_rule).map_err(damaged)?;
    let calendar = serde_json::to_string(&data.calendar).map_err(damaged)?;
    db.set_setting("visit_rule", &rule)?;
    db.set_setting("calendar", &calendar)?;
    if !data.host.is_empty() {
        db.set_setting("host", &serde_json::to_string(&data.host).map_err(damaged)?)?;
    }
    db.touch_register()
}

/// Puts who runs this service in place of what stood there. Whoever calls it touches the register.
///
/// # Errors
///
/// [`StoreError`].
pub fn put_host(db: &Db<'_>, host: &Host, now: InstantMs) -> Result<(), StoreError> {
    put_setting(db, "host", host, now)
}

/// Puts a setting of the register in place of what stood there. Whoever calls it touches the register.
///
/// # Errors
///
/// [`StoreError`].
pub fn put_setting(
    db: &Db<'_>,
    name: &str,
    setting: &impl Serialize,
    now: InstantMs,
) -> Result<(), StoreError> {
    let value =
        serde_json::to_string(setting).map_err(|error| StoreError::Damaged(error.to_string()))?;
    records::put(db, &RegisterRow::Setting { name: name.to_owned(), value }, now)
}

/// Reads the register.
///
/// # Errors
///
/// [`StoreError`].
pub fn read_register(db: &Db<'_>) -> Result<Register, StoreError> {
    let county = db.county()?;
    let setting = |name: &str| Ok::<_, StoreError>(db.setting(name)?.unwrap_or_default());
    let data = RegisterData {
        units: db.units()?,
        users: db.users()?,
        assignments: db.assignments()?,
        teams: db.teams()?,
        grid_teams: db.grid_teams()?,
        outlines: db.outlines()?,
        exceptions: db.exceptions()?,
        village_days: db.village_days()?,
        visit_rule: serde_json::from_str(&setting("visit_rule")?).unwrap_or_default(),
        calendar: serde_json::from_str(&setting("calendar")?).unwrap_or_default(),
        host: serde_json::from_str(&setting("host")?).unwrap_or_default(),
    };
    Ok(Register::new(data, county.demo).at_version(county.register_version))
}

/// Under which the epochs of this county stand that are not in its row, as a JSON list of hex words.
const EPOCHS: &str = "epochs";
/// Under which the time of the copy stands that is being healed, in milliseconds.
const COPIED_AT: &str = "copied_at";
/// Under which the names of the codes stand that nobody had used when the present epoch began.
const CODES_BEFORE: &str = "codes_before";

/// Whether the county was ever in this epoch, or heard of it.
///
/// # Errors
///
/// [`StoreError`].
pub fn knows_epoch(db: &Db<'_>, epoch: &[u8]) -> Result<bool, StoreError> {
    let row = db.county()?;
    Ok(epoch == row.epoch || epoch == row.first_epoch || epochs(db)?.contains(&hex_of(epoch)))
}

fn epochs(db: &Db<'_>) -> Result<Vec<String>, StoreError> {
    let kept = db.setting(EPOCHS)?.unwrap_or_else(|| "[]".into());
    serde_json::from_str(&kept).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Remembers an epoch, once.
///
/// # Errors
///
/// [`StoreError`].
pub fn learn_epoch(db: &Db<'_>, epoch: &[u8]) -> Result<(), StoreError> {
    if knows_epoch(db, epoch)? {
        return Ok(());
    }
    let mut all = epochs(db)?;
    all.push(hex_of(epoch));
    db.set_setting(EPOCHS, &json!(all).to_string())
}

/// When the copy was made that is being healed: nobody who was there after that is missed.
///
/// # Errors
///
/// [`StoreError`].
pub fn copied_at(db: &Db<'_>) -> Result<Option<InstantMs>, StoreError> {
    Ok(db.setting(COPIED_AT)?.and_then(|at| at.parse().ok()).map(InstantMs))
}

/// Whether a code was made in the present epoch, so that nobody can have used it in a log that was lost.
///
/// # Errors
///
/// [`StoreError`].
pub fn is_code_of_this_epoch(db: &Db<'_>, code_id: &str) -> Result<bool, StoreError> {
    let before = db.setting(CODES_BEFORE)?;
    Ok(before.is_some_and(|before| before.split(' ').all(|id| id != code_id)))
}

/// Begins a new epoch after the server went back in time, and says so in the log.
///
/// # Errors
///
/// [`StoreError`].
pub fn begin_epoch(db: &Db<'_>, why: &str, dice: &Dice, now: InstantMs) -> Result<(), StoreError> {
    let before = db.county()?;
    let epoch: [u8; 16] = dice.bytes()?;
    let last = db.logged_at_ms(before.seq)?.unwrap_or(now.0);
    let earlier = if before.healing { copied_at(db)?.map(|at| at.0) } else { None };
    db.set_setting(COPIED_AT, &earlier.map_or(last, |at| at.min(last)).to_string())?;
    db.set_setting(CODES_BEFORE, &db.unused_codes()?.join(" "))?;
    let record = json!({
        "why": why,
        "from_epoch": hex_of(&before.epoch),
        "from_seq": before.seq,
        "from_chain": hex_of(&before.chain.0),
        "epoch": hex_of(&epoch),
    });
    db.append(LogKind::Restored, &[], record.to_string().as_bytes(), now.0)?;
    db.begin_epoch(&epoch)?;
    learn_epoch(db, &before.epoch)?;
    tracing::warn!(why, seq = before.seq, "a new epoch begins; devices will heal what is missing");
    Ok(())
}

const CHECKPOINT_EVERY_MS: i64 = 3_600_000;

/// The newest checkpoint; a new one where the last is an hour old and the log went on.
///
/// # Errors
///
/// [`StoreError`].
pub fn checkpoint(
    db: &Db<'_>,
    county: &County,
    now: InstantMs,
) -> Result<Option<(u64, SignedCheckpoint)>, StoreError> {
    let newest = db.newest_checkpoint()?;
    let head = db.county()?;
    let is_due = newest.as_ref().is_none_or(|(seq, _, at)| {
        *seq < head.seq && now.0.saturating_sub(*at) >= CHECKPOINT_EVERY_MS
    });
    if !is_due {
        return newest
            .map(|(seq, bytes, _)| Ok((seq, SignedCheckpoint::decode(bytes.as_slice())?)))
            .transpose();
    }
    let signed = Checkpoint {
        county: county.code.clone(),
        epoch: head.epoch.to_vec(),
        seq: head.seq,
        chain: head.chain.0.to_vec(),
        at_ms: now.0,
    }
    .sign(&county.seed);
    db.put_checkpoint(head.seq, &signed.encode_to_vec(), now.0)?;
    Ok(Some((head.seq, signed)))
}

/// Whether a person may have certificates: somebody of the register.
#[must_use]
pub fn is_registered(register: &Register, user: &UserId) -> bool {
    register.name_of(user).is_some()
}

/// The short public name of an installation.
#[must_use]
pub fn device_name_of(key: &[u8], nonce: &[u8]) -> DeviceId {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(b"yidang device");
    hash.update(key);
    hash.update(nonce);
    let digest = hash.finalize();
    DeviceId(format!("d-{}", hex_of(digest.get(..5).unwrap_or_default())))
}
