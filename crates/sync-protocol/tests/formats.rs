//! The bytes of version 1 on the wire. A changed byte fails here; the answer is a new field or a new
//! version, never a new snapshot of an old one.

use insta::assert_snapshot;
use prost::Message;
use sha2::{Digest, Sha256};
use yidang_sync_protocol::bundle::{self, Bundle, Fingerprint, PaperHead};
use yidang_sync_protocol::carry::{
    CarryFile, End, Holding, Myself, Offer, Part, PlaceSheet, Said, SheetPlace, Want, Word,
};
use yidang_sync_protocol::enrol::{EnrolReply, EnrolRequest, Refusal};
use yidang_sync_protocol::{
    AttestedSnapshot, BatchHeader, BatchProof, BatchVerdict, Certificate, Chain, Checkpoint,
    CodeUsed, Cursor, Decision, DocumentDigest, DocumentProofs, HealReply, HealRequest, Leaf,
    PageDocument, PlacedBatch, Receipt, Record, RecordKind, RecordName, Sheet, SignedBatch,
    SignedCertificate, SignedCheckpoint, SignedCursor, SignedRecord, SignedRequest, SigningSeed,
    SyncReply, SyncRequest, Ticket, Tombstone, Trouble, TroubleKind, Verdict, frame,
};

const COUNTY: SigningSeed = SigningSeed([1; 32]);
const DEVICE: SigningSeed = SigningSeed([2; 32]);

fn dump(bytes: &[u8]) -> String {
    let hex = |chunk: &[u8]| chunk.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    bytes.chunks(32).map(hex).collect::<Vec<_>>().join("\n")
}

fn snapshot(name: &str, message: &impl Message) {
    assert_snapshot!(name, dump(&message.encode_to_vec()));
}

fn certificate() -> SignedCertificate {
    Certificate {
        county: "610621".into(),
        user: "u-wang".into(),
        device: "d-1".into(),
        public_key: DEVICE.public_key().to_vec(),
        nonce: vec![3; 16],
        name: "王样一".into(),
        post: "下盘石村 · 网格员".into(),
        device_name: "手机".into(),
        issued_at_ms: 1_795_132_800_000,
        suite: 1,
        server: false,
    }
    .sign(&COUNTY)
}

fn batch() -> SignedBatch {
    BatchHeader {
        document: vec![4; 16],
        certificate: certificate().id().to_vec(),
        incarnation: 1,
        act: vec![5; 16],
        act_documents: vec![vec![4; 16], vec![6; 16]],
        org: "6106211032032007".into(),
        cursor_seq: 300,
        cursor_chain: vec![7; 8],
        kind: 1,
        home: "6106211032032007".into(),
        ..BatchHeader::default()
    }
    .sign(vec![b"change".to_vec()], &DEVICE)
}

fn cursor() -> SignedCursor {
    Cursor { epoch: vec![8; 16], seq: 300, chain8: vec![9; 8] }.sign(&COUNTY)
}

fn checkpoint() -> SignedCheckpoint {
    let (county, epoch, chain) = ("610621".into(), vec![8; 16], vec![9; 32]);
    Checkpoint { county, epoch, seq: 300, chain, at_ms: 1_795_132_800_000 }.sign(&COUNTY)
}

#[test]
fn certificates_batches_cursors_and_checkpoints() {
    snapshot("certificate", &certificate());
    assert_snapshot!("certificate-id", dump(&certificate().id()));
    snapshot("batch", &batch());
    assert_snapshot!("batch-id", dump(&batch().id()));
    snapshot("cursor", &cursor());
    snapshot("checkpoint", &checkpoint());
    let chain = Chain::begin("610621", &[8; 16]).after(1, 1, &[4; 16], b"record");
    assert_snapshot!("chain", dump(&chain.0));
}

#[test]
fn what_was_signed_then_opens_now() {
    let county = COUNTY.public_key();
    assert_eq!(certificate().open(&county).unwrap().name, "王样一");
    assert_eq!(batch().open(&DEVICE.public_key()).unwrap().cursor_seq, 300);
    assert_eq!(cursor().open(&county).unwrap().seq, 300);
    assert_eq!(checkpoint().open(&county).unwrap().seq, 300);
}

#[test]
fn enrolment() {
    let request = EnrolRequest {
        code: "ABCDEFGHJKMN".into(),
        public_key: DEVICE.public_key().to_vec(),
        nonce: vec![3; 16],
        device_name: "手机".into(),
        proof: vec![4; 64],
    };
    let reply = EnrolReply {
        certificate: Some(certificate()),
        county_key: COUNTY.public_key().to_vec(),
        demo: true,
        refusal: Refusal::None as i32,
        records: Vec::new(),
    };
    snapshot("enrol-request", &request);
    snapshot("enrol-reply", &reply);
    let records = vec![code_used()];
    snapshot("enrol-reply-with-its-record", &EnrolReply { records, ..reply });
}

fn record(kind: RecordKind, subject: Vec<u8>, body: Vec<u8>) -> SignedRecord {
    let (epoch, at_ms) = (vec![8; 16], 1_795_132_800_000);
    Record { epoch, seq: 302, at_ms, kind: kind.into(), subject, body }.sign(&COUNTY)
}

fn code_used() -> SignedRecord {
    let body = CodeUsed {
        code: "ABCD".into(),
        public_key: DEVICE.public_key().to_vec(),
        nonce: vec![3; 16],
        certificate: certificate().id().to_vec(),
    };
    record(RecordKind::CodeUsed, vec![7; 32], body.encode_to_vec())
}

#[test]
fn what_the_county_says() {
    snapshot("record-revocation", &record(RecordKind::Revocation, vec![4; 16], Vec::new()));
    snapshot("record-code-used", &code_used());
    let row = br#"{"user":{"user":"u-wang","name":"x"}}"#;
    snapshot(
        "record-reference",
        &record(RecordKind::Reference, b"user/u-wang".to_vec(), row.to_vec()),
    );
    let names = [RecordName { epoch: [8; 16], seq: 302 }, RecordName { epoch: [9; 16], seq: 1 }];
    let tombstone = Tombstone {
        heads: [[1; 32], [2; 32]].concat(),
        basis: "延检〔2026〕5号".into(),
        on: "2026-11-20".into(),
        successor: vec![9; 16],
    };
    snapshot(
        "record-tombstone",
        &record(RecordKind::Tombstone, vec![4; 16], tombstone.encode_to_vec()),
    );
    let undoing = Decision {
        verdict: Verdict::Reverted as i32,
        rule: "closed_meanwhile".into(),
        undone: vec![2; 32],
        certificate: vec![9; 16],
    };
    snapshot(
        "record-decision",
        &record(RecordKind::Decision, vec![4; 16], undoing.encode_to_vec()),
    );
    assert_snapshot!("record-names", dump(&RecordName::pack(&names)));
}

#[test]
fn what_the_county_says_of_places() {
    let epoch = [8; 16];
    let leaves = [
        Leaf::Batch { epoch, seq: 301, batch: batch().id(), verdict: 2 },
        Leaf::Heads { epoch, seq: 301, document: [4; 16], heads: [6; 32] },
        Leaf::Snapshot { epoch, document: [4; 16], save: [7; 32] },
    ];
    let sheet = Sheet::of(&leaves);
    assert_snapshot!("sheet", dump(&sheet.to_bytes()));
    let placement = sheet.placement(1, &sheet.sign(&COUNTY)).unwrap();
    assert!(placement.open(&leaves[1], &COUNTY.public_key()).is_ok());
    snapshot("placement", &placement);
    let placed = PlacedBatch {
        index: 0,
        epoch: epoch.to_vec(),
        seq: 301,
        placement: Some(placement.clone()),
    };
    let save = AttestedSnapshot {
        document: vec![4; 16],
        epoch: epoch.to_vec(),
        save: vec![1, 2, 3],
        placement: Some(placement),
    };
    let giving_back = SyncRequest {
        records: vec![code_used()],
        placements: vec![placed],
        snapshots: vec![save],
        want_documents: vec![vec![6; 16]],
        ..SyncRequest::default()
    };
    snapshot("sync-request-giving-back", &giving_back);
}

#[test]
fn a_reply_with_its_places() {
    let mut placed = reply();
    placed.receipts[0].verdict = Verdict::Accepted.into();
    placed.documents[0].seqs = vec![301];
    placed.records = vec![code_used()];
    placed.place(&COUNTY, &[batch().id()]);
    snapshot("sync-reply-placed", &placed);
    let places = placed.places(&COUNTY.public_key(), &[batch().id()]).unwrap();
    assert_eq!((places.batches().count(), places.snapshots().count()), (2, 1));
    let proof = BatchProof { seq: 301, ..BatchProof::default() };
    let mut proofs =
        DocumentProofs { document: vec![4; 16], batches: vec![proof], ..DocumentProofs::default() };
    proofs.place(&COUNTY, [8; 16], &[batch().id()]);
    snapshot("document-proofs-placed", &proofs);
}

#[test]
fn a_bundle() {
    let epoch = [8; 16];
    let taken = Leaf::Batch { epoch, seq: 301, batch: batch().id(), verdict: 2 };
    let saved = Leaf::Snapshot { epoch, document: [4; 16], save: Sha256::digest([1, 2, 3]).into() };
    let sheet = Sheet::of(&[taken, saved]);
    let way = |leaf| sheet.placement(leaf, &sheet.sign(&COUNTY));
    let mut bundle = Bundle {
        version: bundle::VERSION,
        county_key: COUNTY.public_key().to_vec(),
        document: vec![4; 16],
        kind: 1,
        home: "6106211032032007".into(),
        batches: vec![batch()],
        certificates: vec![certificate()],
        places: vec![PlacedBatch { index: 0, epoch: epoch.to_vec(), seq: 301, placement: way(0) }],
        checkpoints: vec![checkpoint()],
        records: vec![record(RecordKind::Revocation, certificate().id().to_vec(), Vec::new())],
        save: Some(AttestedSnapshot {
            document: vec![4; 16],
            epoch: epoch.to_vec(),
            save: vec![1, 2, 3],
            placement: way(1),
        }),
        county: "610621".into(),
        ..Bundle::default()
    };
    bundle.sign(&[[6; 32]], &certificate().id(), 1_795_132_800_000, &DEVICE);
    snapshot("bundle", &bundle);
    assert_eq!(Bundle::unpack(&bundle.pack()), Ok(bundle.clone()));
    let contents = bundle.open_contents(&DEVICE.public_key()).unwrap();
    assert!(bundle.save.unwrap().open(&COUNTY.public_key()).is_ok());
    assert!(bundle.places[0].open(&batch().id(), &COUNTY.public_key()).is_ok());
    snapshot("bundle-contents", &contents);
    let fingerprint = Fingerprint::of(&COUNTY.public_key());
    assert_snapshot!("fingerprint", fingerprint);
    let heads = PaperHead::of_heads(&[[6; 32]]);
    let head = PaperHead { document: [4; 16], heads, seq: 301, fingerprint };
    assert_snapshot!("paper-head", head);
}

fn request() -> SyncRequest {
    SyncRequest {
        cursor: Some(cursor()),
        push: vec![batch()],
        most_bytes: 1 << 20,
        want_certificates: vec![vec![1; 16]],
        reference_version: 3,
        certificates: vec![certificate()],
        scope: 77,
        ..SyncRequest::default()
    }
}

fn reply() -> SyncReply {
    let receipt = Receipt {
        index: 0,
        verdict: Verdict::Parked as i32,
        seq: 301,
        code: "not_allowed".into(),
        missing: vec![vec![2; 32]],
        ..Receipt::default()
    };
    let page = PageDocument {
        document: vec![4; 16],
        kind: 1,
        home: "6106211032032007".into(),
        snapshot: vec![1, 2, 3],
        batches: vec![batch()],
        seq: 301,
        ..PageDocument::default()
    };
    SyncReply {
        cursor: Some(cursor()),
        more: true,
        server_time_ms: 1_795_132_800_000,
        receipts: vec![receipt],
        documents: vec![page],
        certificates: vec![certificate()],
        reference: b"{}".to_vec(),
        reference_version: 4,
        checkpoint: Some(checkpoint()),
        released: vec![vec![6; 16]],
        wait_ms: 1,
        heal: true,
        scope: 78,
        ..SyncReply::default()
    }
}

#[test]
fn one_round_trip() {
    let mut signed = SignedRequest::new(&[1; 16], request().encode_to_vec(), &DEVICE);
    signed.attached = Some(certificate());
    snapshot("sync-request", &request());
    snapshot("signed-request", &signed);
    snapshot("sync-reply", &reply());
}

#[test]
fn snapshots_with_the_countys_word_and_the_proofs_that_follow() {
    let asking = SyncRequest { want_proofs: vec![vec![4; 16]], ..SyncRequest::default() };
    snapshot("sync-request-for-proofs", &asking);
    let mut reply = reply();
    reply.attest(&COUNTY);
    let proof = BatchProof {
        header: batch().header,
        signature: batch().signature,
        actor: vec![5; 16],
        first: 3,
        changes: 2,
        ..BatchProof::default()
    };
    let (document, batches) = (vec![4; 16], vec![proof]);
    reply.proofs = vec![DocumentProofs { document, batches, ..DocumentProofs::default() }];
    snapshot("sync-reply-attested", &reply);
    assert!(reply.check_snapshots(&COUNTY.public_key()).is_ok());
    reply.documents[0].snapshot.push(4);
    assert!(reply.check_snapshots(&COUNTY.public_key()).is_err(), "not what was attested");
}

#[test]
fn where_an_author_stood_when_it_was_saved() {
    let header = BatchHeader {
        document: vec![4; 16],
        certificate: certificate().id().to_vec(),
        cursor_seq: 300,
        cursor_chain: vec![7; 8],
        cursor_epoch: vec![8; 8],
        reference_version: 3,
        ..BatchHeader::default()
    };
    snapshot("batch-with-place", &header.sign(vec![b"change".to_vec()], &DEVICE));
}

#[test]
fn what_became_of_a_batch_that_was_asked_about() {
    let asking = SyncRequest { ask_verdicts: vec![vec![5; 16]], ..SyncRequest::default() };
    snapshot("sync-request-for-verdicts", &asking);
    let receipt = Receipt {
        verdict: Verdict::Orphaned as i32,
        code: "orphaned".into(),
        by: vec![6; 16],
        position: 2,
        rule: "not_allowed".into(),
        reason: "已经销号".into(),
        ..Receipt::default()
    };
    let verdict = BatchVerdict { batch: vec![5; 16], receipt: Some(receipt) };
    snapshot("sync-reply-verdicts", &SyncReply { verdicts: vec![verdict], ..SyncReply::default() });
    let undone = Receipt {
        verdict: Verdict::Reverted as i32,
        seq: 301,
        code: "reverted".into(),
        rule: "closed_meanwhile".into(),
        undone: vec![2; 32],
        ..Receipt::default()
    };
    let receipts = vec![undone];
    snapshot("sync-reply-of-something-undone", &SyncReply { receipts, ..SyncReply::default() });
}

#[test]
fn a_device_in_trouble() {
    let trouble = vec![Trouble::of(TroubleKind::Full, 3), Trouble::of(TroubleKind::Clock, 300)];
    let asking = SyncRequest { trouble, app: 1_002, ..SyncRequest::default() };
    snapshot("sync-request-in-trouble", &asking);
}

#[test]
fn healing() {
    let digest = DocumentDigest { document: vec![4; 16], digest: vec![5; 8] };
    let (documents, checkpoints) = (vec![digest], vec![checkpoint()]);
    let request = HealRequest { documents, checkpoints, ..HealRequest::default() };
    snapshot("heal-request", &request);
    let (wanted, cursor) = (vec![vec![4; 16]], Some(cursor()));
    let reply = HealReply { wanted, cursor, ..HealReply::default() };
    snapshot("heal-reply", &reply);
    let names = RecordName::pack(&[RecordName { epoch: [8; 16], seq: 302 }]);
    let part = HealRequest {
        records: names.clone(),
        from: vec![4; 16],
        before: vec![9; 16],
        asks_for_documents: true,
        ..request
    };
    snapshot("heal-request-part", &part);
    let lacking = vec![vec![5; 16]];
    let reply = HealReply { wanted_records: names, lacking, ..reply };
    snapshot("heal-reply-to-a-part", &reply);
    snapshot("heal-reply-that-releases", &HealReply { released: vec![vec![6; 16]], ..reply });
}

#[test]
fn frames() {
    assert_snapshot!("frame-plain", dump(&frame::pack(b"short")));
}

fn ticket() -> Ticket {
    Ticket {
        county: "610621".into(),
        user: "u-wang".into(),
        keys: vec!["6106211032032007".into(), "visit:610621103203".into()],
        issued_at_ms: 1_795_132_800_000,
        until_ms: 1_797_724_800_000,
        guest_keys: vec!["610621103203".into()],
        guest_until_ms: 1_795_305_600_000,
    }
}

#[test]
fn what_a_person_reads_in_the_countys_words() {
    snapshot("ticket", &ticket().sign(&COUNTY));
    let asking = SyncRequest { want_ticket: true, ..SyncRequest::default() };
    snapshot("sync-request-for-a-ticket", &asking);
    let reply = SyncReply { ticket: Some(ticket().sign(&COUNTY)), ..SyncReply::default() };
    snapshot("sync-reply-with-a-ticket", &reply);
}

/// Both greetings, the first sealed word of either, and the file they stand in: whoever updates goes on
/// understanding whoever has not.
#[test]
fn two_devices_that_hand_files_over() {
    let (certificate, ticket, key) = (certificate(), ticket().sign(&COUNTY), COUNTY.public_key());
    let myself = |secret: u8| Myself {
        certificate: &certificate,
        ticket: Some(&ticket),
        seed: &DEVICE,
        secret: [secret; 32],
        county_key: &key,
        code: "48151623",
    };
    let asked = myself(5).ask();
    let (answered, _, mut giving) = myself(6).answer(&asked).unwrap();
    let (_, mut taking) = myself(5).hear(&asked, &answered).unwrap();
    snapshot("carry-greeting", &asked);
    snapshot("carry-answer", &answered);
    let said = giving.say(Word::End(End { documents: 1, changes: 2 })).unwrap();
    assert_snapshot!("carry-sealed-by-the-giver", dump(&said));
    let back = taking.say(Word::End(End { documents: 3, changes: 4 })).unwrap();
    assert_snapshot!("carry-sealed-by-the-taker", dump(&back));
    let file = CarryFile { asked: Some(asked), answered: Some(answered), said: vec![said] };
    assert_snapshot!("carry-file", dump(&file.to_bytes()));
}

#[test]
fn what_is_said_when_files_are_handed_over() {
    let word = |name: &str, word: Word| snapshot(name, &Said { word: Some(word) });
    let holding =
        Holding { document: vec![4; 16], heads: vec![5; 32], batches: batch().id().to_vec() };
    let documents = vec![holding];
    let revocation = Record { epoch: vec![8; 16], seq: 300, kind: 2, ..Record::default() };
    let records = vec![revocation.sign(&COUNTY)];
    word("carry-offer", Word::Offer(Offer { documents: documents.clone(), records }));
    word("carry-want", Word::Want(Want { documents, records: Vec::new() }));
    let leaf = Leaf::Batch { epoch: [8; 16], seq: 5, batch: batch().id(), verdict: 2 };
    let sheet = Sheet::of(&[leaf]);
    let part = Part {
        document: vec![4; 16],
        kind: 1,
        home: "6106211032032007".into(),
        batches: vec![batch()],
        certificates: vec![certificate()],
        sheets: vec![PlaceSheet {
            epoch: vec![8; 16],
            leaves: sheet.to_bytes(),
            signature: sheet.sign(&COUNTY),
        }],
        places: vec![SheetPlace { batch: 0, sheet: 0, leaf: 0, seq: 5 }],
        ..Part::default()
    };
    assert_eq!(part.placed(&COUNTY.public_key()), [Some((0, 0, 5))]);
    word("carry-part", Word::Part(Box::new(part)));
    word("carry-end", Word::End(End { documents: 1, changes: 2 }));
}
