//! What the stories put into a store: rows of synthetic people and files, named by small numbers.

use yidang_domain::calendar::{Decision, Exception, NominalDay};
use yidang_domain::reference::VillageDay;
use yidang_sync_protocol::RecordName;
use yidang_sync_server::store::{
    ActName, CaseRow, CertificateRow, ChangeRow, DocumentRow, HouseholdLine, ParkedRow,
    QuarantineRow, RecordRow, Refusal, RefusedChange,
};

/// The identifier of a document, a batch, a certificate.
pub const fn id(number: u8) -> [u8; 16] {
    [number; 16]
}

/// The hash of a change or a head.
pub const fn hash(number: u8) -> [u8; 32] {
    [number; 32]
}

/// Units as devices name them in one breath.
pub fn keys(orgs: &[&str]) -> String {
    serde_json::to_string(orgs).unwrap()
}

/// The same, one by one.
pub fn units(orgs: &[&str]) -> Vec<String> {
    orgs.iter().map(|org| (*org).to_owned()).collect()
}

/// A case file that lies in `org`.
pub fn document(number: u8, org: &str) -> DocumentRow {
    DocumentRow {
        id: id(number),
        kind: 1,
        home: org.to_owned(),
        org: org.to_owned(),
        heads: vec![hash(number)],
        last_seq: 1,
    }
}

/// A change at a place of its batch.
pub fn change(number: u8, position: u32) -> ChangeRow {
    ChangeRow {
        hash: hash(number),
        actor: id(0xac),
        seq_of_actor: u64::from(number),
        position,
        bytes: vec![number, 0, number],
    }
}

/// The line of a case file at a stage.
pub fn case(org: &str, stage: &str, number: &str) -> CaseRow {
    CaseRow {
        org: org.to_owned(),
        stage: stage.to_owned(),
        category: "0101".to_owned(),
        risk: 2,
        number: number.to_owned(),
        due_on: "2026-12-20".to_owned(),
        matter: "核桃树遮了地".to_owned(),
        round: 1,
        clashes: 0,
        last_at_ms: 7,
    }
}

/// A batch that waits for changes since `at_ms`.
pub fn parked(number: u8, document: u8, at_ms: i64) -> ParkedRow {
    ParkedRow {
        id: id(number),
        document: id(document),
        certificate: id(0xa1),
        bytes: vec![number; 10],
        review: false,
        at_ms,
    }
}

/// The same for a person.
pub fn in_review(number: u8, document: u8, at_ms: i64) -> ParkedRow {
    ParkedRow { review: true, ..parked(number, document, at_ms) }
}

/// A refused batch of 王样一's telephone.
pub fn refused(number: u8, document: u8, code: &str) -> QuarantineRow {
    QuarantineRow {
        id: id(number),
        document: id(document).to_vec(),
        certificate: id(0xa1).to_vec(),
        refusal: Refusal { code: code.to_owned(), ..Refusal::default() },
        detail: "envelope".to_owned(),
        bytes: vec![number; 20],
    }
}

/// Why a change will never be in the log.
pub fn because(batch: u8, rule: &str) -> RefusedChange {
    RefusedChange { batch: id(batch), rule: rule.to_owned() }
}

/// An action of 王样一's telephone.
pub const fn act(number: u8) -> ActName {
    ActName { certificate: id(0xa1), act: id(number) }
}

/// A certificate of a person, by the record at `seq`.
pub fn certificate(number: u8, user: &str, seq: u64) -> CertificateRow {
    CertificateRow {
        id: id(number),
        user: user.to_owned(),
        device: format!("{user} 的手机"),
        bytes: vec![number; 5],
        seq,
        revoked_seq: None,
        seen_at_ms: 100,
        first_batch_seq: None,
    }
}

/// The line of a household in a grid of 张家滩.
pub fn household(number: u8, head: &str, grid: &str) -> HouseholdLine {
    HouseholdLine {
        document: id(number),
        org: grid.to_owned(),
        village: "610621103203".to_owned(),
        township: "610621103".to_owned(),
        head: head.to_owned(),
        door_plate: format!("{number}号"),
        address: "张家滩沟口".to_owned(),
        household_no: "0x0".to_owned(),
        gone: false,
        members: format!("[[\"{head}\",\"户主\"]]"),
    }
}

/// A record about a subject that stands at a place of the log.
pub fn record(log_seq: u64, subject: &[u8], about: &str) -> RecordRow {
    RecordRow {
        name: RecordName { epoch: id(0xe0), seq: log_seq },
        kind: 2,
        subject: subject.to_vec(),
        about: about.to_owned(),
        at_ms: 9,
        log_seq,
    }
}

/// The visit day of 20 November, cancelled for a reason.
pub fn cancelled(reason: &str) -> Exception {
    let decision = Decision::Cancelled { reason: reason.to_owned() };
    Exception { nominal: NominalDay::new(2026, 11, 20).unwrap(), decision }
}

/// The same in one village.
pub fn day_off(village: &str, reason: &str) -> VillageDay {
    VillageDay { village: village.into(), exception: cancelled(reason) }
}
