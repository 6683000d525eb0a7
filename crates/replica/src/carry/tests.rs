//! Two devices talk in one thread: 王样一 of grid 7, 赵测三 of the village, 钱演四 of grid 6.

use std::sync::atomic::{AtomicU64, Ordering};

use prost::Message;
use rusqlite::Connection;
use serde_json::{Value, json};
use yidang_api::{Fault, dispatch_local};
use yidang_domain::calendar::{VisitRule, WorkCalendar};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_domain::org::{Assignment, OrgLevel, OrgUnit, Role};
use yidang_domain::reference::{Host, Reference};
use yidang_sync_protocol::carry::{CarryError, CarryFile, End, Word};
use yidang_sync_protocol::ticket::LASTS_MS;
use yidang_sync_protocol::{Certificate, Record, RecordKind, SigningSeed, Ticket};

use super::session::{Asked, Outcome, Session, ask};
use super::words::{Stop, Why};
use super::{file, known::Known};
use crate::desk::{Answering, AskContext};
use crate::device::{Device, DeviceSetup};
use crate::seams::{Senses, Stores};
use crate::secrets::{Account, Secrets};
use crate::store::{ReadDocuments, ReadHeld, StoreError};
use crate::sync::request::TICKET;

const COUNTY: SigningSeed = SigningSeed([1; 32]);
const NOON: InstantMs = InstantMs(1_795_132_800_000);
const CODE: &str = "48151623";
const VILLAGE: &str = "610621103203";
const GRID_6: &str = "6106211032032006";
const GRID_7: &str = "6106211032032007";

struct Memory;

impl Stores for Memory {
    fn open(&self, _: &str, _: &[u8; 32]) -> Result<Connection, Fault> {
        Ok(Connection::open_in_memory().unwrap())
    }

    fn erase(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }
}

struct Sense(AtomicU64);

impl Senses for Sense {
    fn now(&self) -> InstantMs {
        NOON
    }

    fn random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed).to_be_bytes();
            chunk.iter_mut().zip(next).for_each(|(to, from)| *to = from);
        }
    }
}

fn units() -> Vec<OrgUnit> {
    [
        ("610621", "延长县", OrgLevel::County, None),
        ("610621103", "张家滩镇", OrgLevel::Township, Some("610621")),
        (VILLAGE, "下盘石村", OrgLevel::Village, Some("610621103")),
        (GRID_6, "第6网格", OrgLevel::Grid, Some(VILLAGE)),
        (GRID_7, "第7网格", OrgLevel::Grid, Some(VILLAGE)),
    ]
    .map(|(code, name, level, parent)| OrgUnit::plain(code, name, level, parent))
    .into()
}

fn reference(user: &str, org: &str, role: Role) -> Reference {
    Reference {
        version: 1,
        user: user.into(),
        name: user.to_owned(),
        assignments: vec![Assignment {
            user: user.into(),
            org: org.into(),
            role,
            from: "2026-01-01".parse().unwrap(),
            to: None,
        }],
        units: units(),
        visit_rule: VisitRule::default(),
        calendar: WorkCalendar::default(),
        exceptions: Vec::new(),
        village_days: Vec::new(),
        teams: Vec::new(),
        staff: Vec::new(),
        posts: Vec::new(),
        grid_teams: Vec::new(),
        outlines: Vec::new(),
        neighbours: Vec::new(),
        host: Host::default(),
        demo: true,
    }
}

fn ticket(user: &str, keys: &[&str]) -> Ticket {
    Ticket {
        county: "610621".into(),
        user: user.into(),
        keys: keys.iter().map(|key| (*key).to_owned()).collect(),
        issued_at_ms: NOON.0,
        until_ms: NOON.0 + LASTS_MS,
        ..Ticket::default()
    }
}

/// Somebody's device, enrolled, with what the county told them.
struct Person {
    device: Device,
}

impl Person {
    fn new(user: &str, (org, role): (&str, Role), number: u8) -> Self {
        let seed = SigningSeed([number; 32]);
        let certificate = Certificate {
            county: "610621".into(),
            user: user.into(),
            device: format!("d-{number}"),
            public_key: seed.public_key().to_vec(),
            nonce: vec![number; 16],
            name: user.into(),
            suite: 1,
            ..Certificate::default()
        }
        .sign(&COUNTY);
        let account = Account {
            user: user.into(),
            server: "http://town".into(),
            store_key: [0; 32],
            seed: seed.0,
            certificate: certificate.certificate,
            certificate_signature: certificate.signature,
            county_key: COUNTY.public_key().to_vec(),
            demo: true,
            generation: 0,
            incarnation: 0,
        };
        let secrets = Secrets {
            nonce: Some([number; 16]),
            accounts: vec![account],
            current: Some(user.into()),
            pending: None,
        };
        let setup = DeviceSetup {
            secrets: Some(secrets.bytes()),
            stores: Box::new(Memory),
            senses: Box::new(Sense(AtomicU64::new(u64::from(number)))),
            origin: String::new(),
            version: "0.1.0".into(),
        };
        let mut person = Self { device: Device::open(setup).unwrap() };
        let reference = serde_json::to_vec(&reference(user, org, role)).unwrap();
        person.keep("reference", &reference);
        person.device.desk().unwrap().read_reference().unwrap();
        let visit = format!("visit:{VILLAGE}");
        person.is_told(&ticket(user, &[org, visit.as_str()]));
        person
    }

    fn wang() -> Self {
        Self::new("王样一", (GRID_7, Role::GridWorker), 5)
    }

    fn zhao() -> Self {
        Self::new("赵测三", (VILLAGE, Role::VillageCadre), 6)
    }

    fn qian() -> Self {
        Self::new("钱演四", (GRID_6, Role::GridWorker), 7)
    }

    fn keep(&mut self, name: &str, bytes: &[u8]) {
        let store = &mut self.device.desk().unwrap().store;
        store.write(|write| -> Result<(), StoreError> { write.put_state(name, bytes) }).unwrap();
    }

    fn is_told(&mut self, ticket: &Ticket) {
        self.keep(TICKET, &ticket.sign(&COUNTY).encode_to_vec());
    }

    /// The county said something about a subject.
    fn hears(&mut self, kind: RecordKind, subject: &[u8]) {
        let record = Record {
            epoch: vec![8; 16],
            seq: 300,
            at_ms: NOON.0,
            kind: kind as i32,
            subject: subject.to_vec(),
            body: Vec::new(),
        };
        let desk = self.device.desk().unwrap();
        super::known::hear(desk, &[record.sign(&COUNTY)], NOON).unwrap();
    }

    fn ask(&mut self, name: &str, question: &Value) -> Value {
        let mut desk = Answering { device: &mut self.device, ask: AskContext::default() };
        let reply = dispatch_local(&mut desk, name, &question.to_string()).unwrap();
        serde_json::from_str(&reply.unwrap()).unwrap()
    }

    fn opens(&mut self, matter: &str) -> DocumentId {
        let party = json!({ "name": "冯例八", "side": "a", "phone": "12000000008" });
        let question = json!({ "matter": matter, "category": "0901", "place": "下盘石村3组",
            "occurred_on": "2026-11-18", "parties": [party], "risk": 3, "source": "01",
            "people": 2, "grid": GRID_7, "visit_day": null });
        self.ask("open_case_file", &question)["id"].as_str().unwrap().parse().unwrap()
    }

    fn visits(&mut self, id: DocumentId, words: &str) {
        let heads = self.ask("case_file", &json!({ "id": id }))["heads"].clone();
        let entry = json!({ "kind": "visit", "words": words });
        let question = json!({ "case": id, "entry": entry, "on": "2026-11-20", "heads": heads });
        self.ask("add_entry", &question);
    }

    /// What the visits of a file say, each with how far it has got.
    fn words(&mut self, id: DocumentId) -> Vec<(String, String)> {
        if self.device.desk().unwrap().store.stored(id).unwrap().is_none() {
            return Vec::new();
        }
        let view = self.ask("case_file", &json!({ "id": id }));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let entries = view["entries"].as_array().unwrap().iter();
        let visits = entries.filter(|entry| entry["kind"] == "visit");
        let mut words: Vec<_> =
            visits.map(|entry| (text(&entry["text"]), text(&entry["delivery"]))).collect();
        words.sort();
        words
    }

    fn certificate(&mut self) -> [u8; 16] {
        self.device.desk().unwrap().certificate_id
    }

    fn held(&mut self) -> u32 {
        self.device.desk().unwrap().store.count_held().unwrap()
    }
}

fn saved(words: &[&str]) -> Vec<(String, String)> {
    let mut words: Vec<_> =
        words.iter().map(|words| ((*words).to_owned(), "saved".to_owned())).collect();
    words.sort();
    words
}

/// What each of the two has of an occasion that was cut after `frames` frames.
fn cut_after(
    (giver, taker): (&mut Person, &mut Person),
    chosen: &[DocumentId],
    frames: usize,
) -> Result<(Outcome, Outcome, bool), Stop> {
    let (giver_seat, taker_seat) = (giver.device.seat, taker.device.seat);
    let asked = ask(&mut taker.device, taker_seat, CODE)?;
    let (answered, mut gives) =
        Session::give(&mut giver.device, giver_seat, &asked.greeting, (chosen, CODE, false))?;
    let mut takes =
        Session::take(&mut taker.device, taker_seat, (&asked, &answered), (CODE, false))?;
    let mut left = frames;
    while !(gives.is_over() && takes.is_over()) {
        let (frame, other, device) = match gives.next(&mut giver.device)? {
            Some(frame) => (frame, &mut takes, &mut taker.device),
            None => (
                takes.next(&mut taker.device)?.expect("somebody speaks"),
                &mut gives,
                &mut giver.device,
            ),
        };
        if left == 0 {
            return Ok((gives.outcome().clone(), takes.outcome().clone(), false));
        }
        left -= 1;
        other.hear(device, &frame)?;
    }
    Ok((gives.outcome().clone(), takes.outcome().clone(), true))
}

fn meet(
    people: (&mut Person, &mut Person),
    chosen: &[DocumentId],
) -> Result<(Outcome, Outcome), Stop> {
    cut_after(people, chosen, usize::MAX).map(|(gave, took, _)| (gave, took))
}

#[test]
fn a_file_goes_over_with_everything_in_it_and_what_was_added_comes_back() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    wang.visits(file, "王去看过");
    let (gave, took) = meet((&mut wang, &mut zhao), &[file]).unwrap();
    assert_eq!((gave.given, took.taken.len()), (vec![file], 1));
    // Nothing is 已采纳 before the county said so.
    assert_eq!(zhao.words(file), saved(&["王去看过"]));
    assert_eq!(zhao.held(), 2, "opening and visit wait for the county there too");

    zhao.visits(file, "赵也去了");
    wang.visits(file, "王又去了");
    let (gave, took) = meet((&mut wang, &mut zhao), &[file]).unwrap();
    assert_eq!((gave.taken[&file], took.taken[&file]), (1, 1));
    for person in [&mut wang, &mut zhao] {
        assert_eq!(person.words(file), saved(&["王去看过", "王又去了", "赵也去了"]));
    }
    // Once more, and nothing changes.
    let (gave, took) = meet((&mut wang, &mut zhao), &[file]).unwrap();
    assert!(gave.taken.is_empty() && took.taken.is_empty() && took.refused.is_empty());
}

#[test]
fn cut_after_every_frame_and_begun_anew_it_comes_to_the_same() {
    let mut frames = 0;
    loop {
        // Two fresh ones for every place: what was cut before must not help.
        let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
        let files = [wang.opens("争一行梨树"), wang.opens("排水冲了墙根")];
        meet((&mut wang, &mut zhao), &files[..1]).unwrap();
        for file in files {
            wang.visits(file, "王去看过");
        }
        zhao.visits(files[0], "赵也去了");
        let (.., is_over) = cut_after((&mut wang, &mut zhao), &files, frames).unwrap();
        meet((&mut wang, &mut zhao), &files).unwrap();
        for person in [&mut wang, &mut zhao] {
            assert_eq!(person.words(files[0]), saved(&["王去看过", "赵也去了"]), "{frames}");
            assert_eq!(person.words(files[1]), saved(&["王去看过"]), "{frames}");
        }
        frames += 1;
        if is_over {
            break;
        }
    }
    assert!(frames > 6, "offer, want, pieces and ends: {frames}");
}

#[test]
fn a_device_that_was_revoked_is_met_by_nobody_who_heard_of_it() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    // Whoever gives has heard of it.
    let revoked = zhao.certificate();
    wang.hears(RecordKind::Revocation, &revoked);
    let met = meet((&mut wang, &mut zhao), &[file]);
    assert!(matches!(met, Err(Stop::Revoked)));
    assert!(zhao.words(file).is_empty());
    // And whoever takes.
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    let revoked = wang.certificate();
    zhao.hears(RecordKind::Revocation, &revoked);
    assert!(matches!(meet((&mut wang, &mut zhao), &[file]), Err(Stop::Revoked)));
}

#[test]
fn who_was_revoked_is_told_on_from_hand_to_hand() {
    let (mut wang, mut zhao, mut qian) = (Person::wang(), Person::zhao(), Person::qian());
    let file = wang.opens("争一行梨树");
    let revoked = qian.certificate();
    wang.hears(RecordKind::Revocation, &revoked);
    meet((&mut wang, &mut zhao), &[file]).unwrap();
    let met = meet((&mut zhao, &mut qian), &[file]);
    assert!(matches!(met, Err(Stop::Revoked)));
}

#[test]
fn what_the_county_destroyed_is_neither_given_nor_taken() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    // Whoever takes has heard of it; whoever gives has lain in a drawer.
    zhao.hears(RecordKind::Tombstone, file.as_bytes());
    let (_, took) = meet((&mut wang, &mut zhao), &[file]).unwrap();
    assert_eq!(took.refused[&file], Why::Erased);
    assert!(zhao.device.desk().unwrap().store.stored(file).unwrap().is_none());
    // By now 王样一 has heard of it too, and gives it to nobody.
    let (gave, _) = meet((&mut wang, &mut zhao), &[file]).unwrap();
    assert_eq!(gave.refused[&file], Why::Erased);
}

#[test]
fn a_household_of_another_grid_and_a_file_outside_the_ticket_stay_where_they_are() {
    let (mut wang, mut qian, mut zhao) = (Person::wang(), Person::qian(), Person::zhao());
    let file = wang.opens("争一行梨树");
    let household = wang.ask(
        "open_household",
        &json!({ "grid": GRID_7, "head": "冯例八", "address": "下盘石村3组", "door_plate": "31号",
            "household_no": "", "members": [] }),
    );
    let household: DocumentId = household["id"].as_str().unwrap().parse().unwrap();
    let both = [file, household];
    let (gave, took) = meet((&mut wang, &mut qian), &both).unwrap();
    assert_eq!((gave.refused[&file], gave.refused[&household]), (Why::NotTheirs, Why::NotTheirs));
    assert!(took.taken.is_empty());
    // The village reads both; its township reads the file alone.
    let (gave, _) = meet((&mut wang, &mut zhao), &both).unwrap();
    assert!(gave.refused.is_empty());
    let mut li = Person::new("李例二", ("610621103", Role::TownshipReviewer), 9);
    let (gave, took) = meet((&mut wang, &mut li), &both).unwrap();
    assert_eq!(gave.refused.into_iter().collect::<Vec<_>>(), [(household, Why::NotTheirs)]);
    assert_eq!(took.taken.len(), 1);
}

#[test]
fn whoever_has_no_ticket_that_serves_is_given_nothing() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    let old = Ticket { until_ms: NOON.0 - 1, ..ticket("赵测三", &[VILLAGE]) };
    zhao.is_told(&old);
    assert!(matches!(meet((&mut wang, &mut zhao), &[file]), Err(Stop::NoTicket)));
    // One of somebody else's, or one they wrote themselves.
    zhao.is_told(&ticket("王样一", &[VILLAGE]));
    assert!(matches!(meet((&mut wang, &mut zhao), &[file]), Err(Stop::NoTicket)));
    let own = ticket("赵测三", &["610621"]).sign(&SigningSeed([6; 32]));
    zhao.keep(TICKET, &own.encode_to_vec());
    assert!(matches!(meet((&mut wang, &mut zhao), &[file]), Err(Stop::NoTicket)));
}

/// 王样一's telephone was taken apart: it says what its owner never signed.
#[test]
fn a_change_that_its_author_did_not_sign_is_not_taken() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    wang.visits(file, "王去看过");
    let seat = zhao.device.seat;
    let desk = wang.device.desk().unwrap();
    crate::sync::request::sign_pending(desk, i64::MAX).unwrap();
    let theirs = yidang_sync_protocol::carry::Holding::default();
    let part = super::offer::parts(desk, file, &theirs).unwrap().remove(0);
    let known = Known::default();
    let mut take = |part: &yidang_sync_protocol::carry::Part| {
        let mut aside = Vec::new();
        let came = super::take::take(&mut zhao.device, seat, &known, part, &mut aside).unwrap();
        (came.changes, came.why)
    };
    let mut nameless = part.clone();
    nameless.certificates.clear();
    assert_eq!(take(&nameless), (0, Some(Why::Unsound)), "nobody knows who wrote it");
    let mut altered = part.clone();
    altered.batches[0].changes[1].push(0);
    assert_eq!(take(&altered), (0, Some(Why::Unsound)));
    let mut moved = part.clone();
    moved.home = GRID_6.into();
    assert_eq!(take(&moved), (0, Some(Why::Unsound)), "born elsewhere than its author says");
    assert_eq!(take(&part).1, None);
}

#[test]
fn a_file_is_for_whoever_asked_and_may_be_opened_twice() {
    let (mut wang, mut zhao, mut qian) = (Person::wang(), Person::zhao(), Person::qian());
    let chosen = [wang.opens("争一行梨树")];
    wang.visits(chosen[0], "王去看过");
    let (giver, taker) = (wang.device.seat, zhao.device.seat);
    let asking = file::asking(&mut zhao.device, taker).unwrap();
    assert_eq!(file::asking(&mut zhao.device, taker).unwrap(), asking, "one serves for a week");
    let (packed, session) = file::answering(&mut wang.device, giver, &asking, &chosen).unwrap();
    assert_eq!(session.outcome().given, chosen);
    let opened = file::opening(&mut zhao.device, taker, &packed).unwrap();
    assert_eq!(opened.outcome().taken.len(), 1);
    assert_eq!(zhao.words(chosen[0]), saved(&["王去看过"]));
    let again = file::opening(&mut zhao.device, taker, &packed).unwrap();
    assert!(again.outcome().taken.is_empty() && again.outcome().refused.is_empty());
    let other = qian.device.seat;
    file::asking(&mut qian.device, other).unwrap();
    let opened = file::opening(&mut qian.device, other, &packed);
    assert!(matches!(opened, Err(Stop::NotForMe)));
    // Cut at every word, it gives what is in it and says that something is missing.
    let whole = CarryFile::from_bytes(&packed).unwrap();
    for length in 0..whole.said.len() {
        let mut zhao = Person::zhao();
        let seat = zhao.device.seat;
        // The same device with the same dice asks in the same words.
        assert_eq!(file::asking(&mut zhao.device, seat).unwrap(), asking);
        let cut = CarryFile { said: whole.said[..length].to_vec(), ..whole.clone() };
        let opened = file::opening(&mut zhao.device, seat, &cut.to_bytes());
        assert!(matches!(opened, Err(Stop::Said(CarryError::Seal))), "{length}");
        assert!(file::opening(&mut zhao.device, seat, &packed).is_ok());
        assert_eq!(zhao.words(chosen[0]), saved(&["王去看过"]));
    }
}

/// Somebody with a certificate says things in another order.
#[test]
fn words_out_of_turn_end_it() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    let (giver, taker) = (wang.device.seat, zhao.device.seat);
    let asked: Asked = ask(&mut zhao.device, taker, CODE).unwrap();
    let (answered, mut gives) =
        Session::give(&mut wang.device, giver, &asked.greeting, (&[file], CODE, false)).unwrap();
    drop(gives.next(&mut wang.device).unwrap());
    let (_, mut seal) = {
        let desk = zhao.device.desk().unwrap();
        let certificate = crate::sync::request::own_certificate(desk);
        let seed = desk.account.signing_seed();
        let myself = yidang_sync_protocol::carry::Myself {
            certificate: &certificate,
            ticket: None,
            seed: &seed,
            secret: asked.secret,
            county_key: &desk.account.county_key,
            code: CODE,
        };
        myself.hear(&asked.greeting, &answered).unwrap()
    };
    let end = seal.say(Word::End(End::default())).unwrap();
    let heard = gives.hear(&mut wang.device, &end);
    assert!(matches!(heard, Err(Stop::Said(CarryError::Malformed))));
}

/// Somebody gives 赵测三 a file under a name that is another file's in the county; then the county's comes.
#[test]
fn what_was_begun_otherwise_than_in_the_county_makes_way_and_own_words_stay() {
    let (mut wang, mut zhao) = (Person::wang(), Person::zhao());
    let file = wang.opens("争一行梨树");
    meet((&mut wang, &mut zhao), &[file]).unwrap();
    zhao.visits(file, "赵也去了");
    let page = yidang_sync_protocol::PageDocument {
        document: file.as_bytes().to_vec(),
        kind: 1,
        home: GRID_6.into(),
        ..Default::default()
    };
    let seat = zhao.device.seat;
    crate::sync::settle::make_way(&mut zhao.device, seat, &page).unwrap();
    assert!(zhao.device.desk().unwrap().store.stored(file).unwrap().is_none());
    let rejected = zhao.ask("rejected", &json!({ "document": null }));
    let words: Vec<&str> =
        rejected.as_array().unwrap().iter().filter_map(|row| row["words"].as_str()).collect();
    assert_eq!(words, ["赵也去了"]);
}
