//! What the app itself writes: real devices of people in every role, each doing whatever its screens
//! offer, offline on the same state, and then the exchange.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use prost::Message;
use serde_json::{Value, json};
use tower::ServiceExt;
use yidang_api::case_file::{CaseFileView, ClashView, Heads};
use yidang_api::household::{HouseholdView, TargetVillage};
use yidang_api::visit_day::VisitDayView;
use yidang_api::{Fault, FaultCode};
use yidang_domain::case_state::Stage;
use yidang_domain::civil::{InstantMs, date_after};
use yidang_domain::entry::{DocumentKind, Entry, EntryKind};
use yidang_domain::ids::DocumentId;
use yidang_domain::org::Role;
use yidang_domain::rights::Act;
use yidang_replica::native::{Files, SystemSenses};
use yidang_replica::{Device, DeviceSetup, HttpReply, Outside, Senses, Unreachable, answer};
use yidang_sync_protocol::{SyncReply, Verdict, frame};
use yidang_sync_server::{App, Clock, router};

use crate::county::{County, GRID, NEXT_GRID, TODAY, VILLAGE};
use crate::people::{Person, Relation};
use crate::writing::{Writers, entry_of};

const MOST_BYTES: usize = 64 << 20;
/// The visit day of [`TODAY`], and one to come.
const DAY: &str = "2026-11-20";
const NEXT_DAY: &str = "2026-12-20";

/// The clock of the county on somebody's device.
struct Watch(Clock);

impl Senses for Watch {
    fn now(&self) -> InstantMs {
        self.0.now()
    }

    fn random(&self, bytes: &mut [u8]) {
        SystemSenses::default().random(bytes);
    }
}

/// The way to the server; what it said to each batch is written down.
#[derive(Clone)]
struct Way {
    server: App,
    said: Arc<Mutex<Vec<(i32, String)>>>,
}

impl Way {
    fn note(&self, reply: &[u8]) -> Option<()> {
        let reply = frame::unpack(reply, MOST_BYTES).ok()?;
        let reply = SyncReply::decode(reply.as_slice()).ok()?;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend(reply.receipts.into_iter().map(|receipt| (receipt.verdict, receipt.code)));
        Some(())
    }
}

impl Outside for Way {
    async fn post(&self, url: &str, body: Vec<u8>) -> Result<HttpReply, Unreachable> {
        let path = url.trim_start_matches("http://town");
        let request = Request::post(path).body(Body::from(body)).unwrap();
        let reply = router(self.server.clone()).oneshot(request).await.unwrap();
        let status = reply.status().as_u16();
        let bytes = to_bytes(reply.into_body(), MOST_BYTES).await.unwrap();
        if path == "/v1/sync" && status == 200 {
            self.note(&bytes).expect("a reply");
        }
        Ok(HttpReply { status, body: bytes.to_vec(), retry_after_s: None })
    }

    async fn keep(&self, _: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
}

/// Somebody's device.
struct Phone<'a> {
    county: &'a County,
    person: Person,
    device: Arc<Mutex<Device>>,
    way: Way,
    /// What it wrote, by act.
    wrote: BTreeMap<Act, usize>,
}

impl<'a> Phone<'a> {
    fn enrolled(county: &'a County, person: Person) -> Self {
        let folder = county.folder(person.user.as_str());
        let setup = DeviceSetup {
            secrets: None,
            stores: Box::new(Files::new(&folder).unwrap()),
            senses: Box::new(Watch(county.clock.clone())),
            origin: "http://town".to_owned(),
            version: "0.0.0".to_owned(),
        };
        let device = Arc::new(Mutex::new(Device::open(setup).unwrap()));
        let way = Way { server: county.app.clone(), said: Arc::default() };
        let code = county.app.create_code(&person.user).unwrap();
        let phone = Self { county, person, device, way, wrote: BTreeMap::new() };
        let enrol = json!({ "server": "", "code": code, "device_name": "手机" });
        phone.ask("enrol", &enrol).unwrap();
        phone.ask("sync_now", &json!({})).unwrap();
        phone
    }

    fn ask(&self, name: &str, question: &Value) -> Result<Value, Fault> {
        let question = question.to_string();
        let answering = answer(&self.device, &self.way, None, name, &question);
        let reply = self.county.runtime.block_on(answering)?;
        Ok(serde_json::from_str(&reply).unwrap())
    }

    /// Asks what the screens offer: it must succeed.
    fn does(&mut self, act: Act, name: &str, question: &Value) {
        let who = (self.person.role, self.person.relation);
        let answer = self.ask(name, question);
        assert!(answer.is_ok(), "{who:?} is offered {act:?}: {name} says {answer:?}");
        *self.wrote.entry(act).or_default() += 1;
    }

    /// Tries what screens offer to some: written or not, as the app says.
    fn tries(&mut self, act: Act, name: &str, question: &Value) {
        match self.ask(name, question) {
            Ok(_) => *self.wrote.entry(act).or_default() += 1,
            Err(fault) => assert_eq!(fault.code, FaultCode::NotAllowed, "{name}: {fault:?}"),
        }
    }

    fn view<T: serde::de::DeserializeOwned>(&self, name: &str, question: &Value) -> Option<T> {
        match self.ask(name, question) {
            Ok(view) => Some(serde_json::from_value(view).unwrap()),
            Err(fault) if fault.code == FaultCode::NotFound => None,
            Err(fault) => panic!("{name}: {fault:?}"),
        }
    }
}

fn new_file(grid: Option<&str>) -> Value {
    let party = json!({ "name": "冯例八", "side": "a", "phone": "" });
    json!({ "matter": "争一条地埂", "category": "0901", "place": "3组", "occurred_on": TODAY,
        "parties": [party], "risk": 3, "source": "01", "people": 2, "grid": grid,
        "visit_day": null })
}

/// The value that settles a clash, whichever it is.
fn settle(id: DocumentId, clash: &ClashView, heads: &Heads) -> Value {
    json!({ "case": id, "field": clash.field, "value": clash.values[0].value, "heads": heads })
}

impl Phone<'_> {
    /// Everything that the page of a file offers, one after the other.
    fn works_on_file(&mut self, id: DocumentId) {
        let mut acts = Act::all();
        // In the other order a file is sent back that is otherwise taken, and closed that is otherwise
        // sent back.
        if self.person.relation == Relation::Township {
            acts.reverse();
        }
        for act in acts {
            let Some(file) = self.view::<CaseFileView>("case_file", &json!({ "id": id })) else {
                return;
            };
            if !file.may(act) {
                continue;
            }
            let heads = &file.heads;
            match act {
                Act::EditCaseFile => {
                    let set =
                        json!({ "case": id, "field": "people", "value": "3", "heads": heads });
                    self.does(act, "set_fact", &set);
                }
                Act::ResolveValue | Act::ResolveDecision => {
                    let is_stage = act == Act::ResolveDecision;
                    let clashes = file.clashes.iter();
                    let mut clashes = clashes.filter(|clash| (clash.field == "stage") == is_stage);
                    if let Some(clash) = clashes.find(|clash| clash.may_decide) {
                        self.does(act, "resolve", &settle(id, clash, heads));
                    }
                }
                Act::Add(EntryKind::Joined) => {
                    // Another file about the same, which ends in this one.
                    if let Ok(other) = self.ask("open_case_file", &new_file(Some(GRID))) {
                        let join = json!({ "case": other["id"], "into": id, "reason": "同一件事",
                            "heads": [] });
                        self.does(act, "join_case_file", &join);
                    }
                }
                Act::Add(kind) if is_written_by_hand(kind, DocumentKind::CaseFile) => {
                    let entry = entry_of(kind);
                    let add = json!({ "case": id, "entry": entry, "on": TODAY, "heads": heads });
                    self.does(act, "add_entry", &add);
                }
                _ => {}
            }
        }
    }

    fn works_on_household(&mut self, id: DocumentId, into: DocumentId) {
        for act in Act::all() {
            let Some(home) = self.view::<HouseholdView>("household", &json!({ "id": id })) else {
                return;
            };
            if !home.acts.contains(&act) {
                continue;
            }
            let heads = &home.heads;
            match act {
                Act::EditHousehold => {
                    let set = json!({ "household": id, "field": "needs", "value": "要人收秋",
                        "heads": heads });
                    self.does(act, "set_household_fact", &set);
                }
                Act::ResolveValue => {
                    if let Some(clash) = home.clashes.iter().find(|clash| clash.may_decide) {
                        self.does(act, "resolve", &settle(id, clash, heads));
                    }
                }
                Act::Add(EntryKind::HouseholdSeen) => {
                    let entry = entry_of(EntryKind::HouseholdSeen);
                    let add =
                        json!({ "household": id, "entry": entry, "on": TODAY, "heads": heads });
                    self.does(act, "add_household_entry", &add);
                }
                Act::Add(EntryKind::HouseholdSplit) => {
                    let member = &home.members[1].key;
                    let split = json!({ "household": id, "members": [member], "address": "下院",
                        "door_plate": "3-02", "reason": "成家", "heads": heads });
                    self.does(act, "split_household", &split);
                }
                Act::Add(EntryKind::HouseholdMerged) => {
                    let merge = json!({ "household": into, "into": id, "reason": "同住",
                        "heads": [] });
                    self.does(act, "merge_household", &merge);
                }
                _ => {}
            }
        }
        self.moves_household(id);
    }

    /// Last of all: it may be out of sight then.
    fn moves_household(&mut self, id: DocumentId) {
        let act = Act::Add(EntryKind::HouseholdMoved);
        let home = self.view::<HouseholdView>("household", &json!({ "id": id }));
        let Some(home) = home.filter(|home| home.acts.contains(&act)) else { return };
        let targets: Vec<TargetVillage> =
            self.view("move_targets", &json!({ "household": id })).unwrap_or_default();
        // The farthest that is offered.
        if let Some(grid) = targets.iter().flat_map(|village| &village.grids).next_back() {
            let moved = json!({ "household": id, "to": grid.org, "reason": "搬家",
                "heads": home.heads });
            self.does(act, "move_household", &moved);
        }
    }

    fn sits(&mut self) {
        let day = json!({ "village": VILLAGE, "nominal": DAY });
        for act in Act::all() {
            let Some(view) = self.view::<VisitDayView>("visit_day", &day) else { return };
            let Act::Add(kind) = act else { continue };
            if !view.acts.contains(&act) || kind.home() != Some(DocumentKind::VisitDay) {
                continue;
            }
            let add = |nominal: &str, entry: &Entry| json!({ "village": VILLAGE, "nominal": nominal, "entry": entry, "heads": [] });
            match kind {
                EntryKind::WalkIn => {
                    let came = json!({ "village": VILLAGE, "nominal": DAY, "visitors": "刘演四",
                        "people": 1, "matter": "问低保", "case_file": null });
                    self.does(act, "register_walk_in", &came);
                }
                EntryKind::WalkInAnswered => {
                    let walk_in = view.walk_ins[0].key.clone();
                    let words = "已答复".to_owned();
                    let entry = Entry::WalkInAnswered { walk_in, words, case_file: None };
                    self.does(act, "add_visit_entry", &add(DAY, &entry));
                }
                // Near enough that guests stay guests: what they wrote is judged by the plan of now.
                EntryKind::DayMoved => {
                    let to = date_after(TODAY, 1);
                    let entry = Entry::DayMoved { to, reason: "下雨".into() };
                    self.does(act, "add_visit_entry", &add(DAY, &entry));
                }
                EntryKind::DayCancelled => {
                    let entry = entry_of(kind);
                    self.does(act, "add_visit_entry", &add(NEXT_DAY, &entry));
                }
                other => panic!("{other:?} has no button here"),
            }
        }
    }

    /// Files and households of their own, in grids, in a village, and where they are.
    fn begins(&mut self) {
        for grid in [None, Some(GRID), Some(NEXT_GRID), Some(VILLAGE)] {
            self.tries(Act::OpenCaseFile, "open_case_file", &new_file(grid));
            let home = json!({ "grid": grid, "head": "薛样一", "address": "上院",
                "door_plate": "3-09", "household_no": "", "members": [] });
            self.tries(Act::EditHousehold, "open_household", &home);
        }
    }
}

/// 定值 comes with what it settles, 编号, 导入 and 县级重录 from the server.
fn is_written_by_hand(kind: EntryKind, home: DocumentKind) -> bool {
    let by_others = [EntryKind::ConflictResolved, EntryKind::NumberIssued, EntryKind::Imported];
    kind.home() == Some(home) && !by_others.contains(&kind)
}

/// Those who may write at all, wherever their post is; and somebody who may not.
fn people() -> Vec<Person> {
    let roles = [
        Role::GridWorker,
        Role::VillageCadre,
        Role::Mediator,
        Role::TownshipReviewer,
        Role::CountyClerk,
    ];
    let relations = [
        Relation::Grid,
        Relation::Village,
        Relation::Township,
        Relation::NextGrid,
        Relation::Guest,
    ];
    let of = |role| relations.map(|relation| Person::new(role, relation));
    let mut all: Vec<Person> = roles.into_iter().flat_map(of).collect();
    all.push(Person::new(Role::Administrator, Relation::County));
    all.push(Person::new(Role::CountyClerk, Relation::County));
    all
}

#[test]
fn whatever_the_app_offers_is_taken() {
    let mut county = County::on(TODAY);
    let writers = Writers::of(&county);
    let mut files = vec![
        writers.undecided(&mut county).id(),
        // Nobody writes into a closed file what would make a clash.
        writers.prepared(&mut county, DocumentKind::CaseFile, Some(Stage::Closed)).id(),
    ];
    for stage in [Stage::Found, Stage::Returned, Stage::Accepted, Stage::CloseAsked] {
        files.push(writers.clashing(&mut county, DocumentKind::CaseFile, Some(stage)).id());
    }
    let home = writers.clashing(&mut county, DocumentKind::Household, None).id();
    let other = writers.prepared(&mut county, DocumentKind::Household, None).id();
    writers.visit_day(&county, DAY);
    let county = county;

    let mut phones: Vec<Phone<'_>> =
        people().into_iter().map(|person| Phone::enrolled(&county, person)).collect();
    for phone in &mut phones {
        files.iter().for_each(|id| phone.works_on_file(*id));
        phone.sits();
        phone.begins();
        phone.works_on_household(home, other);
    }
    let mut wrote: BTreeMap<Act, usize> = BTreeMap::new();
    let mut taken = 0;
    for phone in &phones {
        phone.ask("sync_now", &json!({})).unwrap();
        let who = (phone.person.role, phone.person.relation);
        for (verdict, code) in phone.way.said.lock().unwrap().iter() {
            let is_taken = [Verdict::Accepted as i32, Verdict::Duplicate as i32].contains(verdict);
            assert!(is_taken, "{who:?} wrote what their app offered: {verdict} {code}");
            taken += 1;
        }
        for (act, count) in &phone.wrote {
            *wrote.entry(*act).or_default() += count;
        }
    }
    println!("{} people, {taken} batches, 0 false refusals: {wrote:?}", phones.len());
    let by_nobody = [Act::Add(EntryKind::ConflictResolved), Act::Add(EntryKind::NumberIssued)];
    let by_server = [Act::Add(EntryKind::Imported), Act::Add(EntryKind::Succeeds)];
    let by_nobody = [&by_nobody[..], &by_server[..], &[Act::EditVisitDay]].concat();
    for act in Act::all() {
        assert_eq!(wrote.contains_key(&act), !by_nobody.contains(&act), "{act:?}");
    }
}
