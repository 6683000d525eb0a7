//! What is written: the edits of each act, and the documents they are written on.

use yidang_documents::{Document, Edit, RegisterPath, Scalar};
use yidang_domain::case_state::Stage;
use yidang_domain::civil::Date;
use yidang_domain::entry::{AgreementForm, DocumentKind, Entry, EntryKind, FiveSayings};
use yidang_domain::facts::Source;
use yidang_domain::ids::DocumentId;
use yidang_domain::rights::Act;
use yidang_sync_protocol::{SignedBatch, Verdict};
use yidang_sync_server::kinds::visit_day_id;

use crate::county::{
    COUNTY, County, FENG, GRID, Hand, LI, NEXT_GRID, TOWNSHIP, VILLAGE, WANG, ZHAO,
};

pub fn text(text: &str) -> Scalar {
    Scalar::Text(text.into())
}

pub fn set(container: &str, field: &str, value: &str) -> Edit {
    Edit::Set(RegisterPath::of(container, field), text(value))
}

/// One entry of each kind. A new kind does not compile without one.
pub fn entry_of(kind: EntryKind) -> Entry {
    let words = || "两家到地里看了".to_owned();
    let id = DocumentId::from_bytes([9; 16]);
    match kind {
        EntryKind::Found => Entry::Found { source: Source::Sweep },
        EntryKind::Accepted => Entry::Accepted { seen: None, due_on: None },
        EntryKind::Returned => {
            Entry::Returned { seen: None, field: "facts.place".into(), reason: "缺组别".into() }
        }
        EntryKind::Visit => Entry::Visit { words: words() },
        EntryKind::MediationSession => Entry::MediationSession {
            place: "村委会".into(),
            words: words(),
            consent: true,
            open: false,
            five: FiveSayings::default(),
            visit_day: None,
        },
        EntryKind::Agreement => {
            Entry::Agreement { form: AgreementForm::Oral, words: words(), perform_by: None }
        }
        EntryKind::CloseAsked => Entry::CloseAsked { words: words() },
        EntryKind::Closed => Entry::Closed { seen: None, words: words() },
        EntryKind::Reopened => Entry::Reopened { seen: None, reason: "又争起来".into() },
        EntryKind::Joined => {
            Entry::Joined { seen: None, with: id, stands: false, reason: "同一件事".into() }
        }
        EntryKind::ConflictResolved => settled("facts.place"),
        EntryKind::NumberIssued => {
            Entry::NumberIssued { number: "延张调〔2026〕99号".into() }
        }
        EntryKind::Succeeds => Entry::Succeeds {
            predecessor: id,
            heads: vec!["0".repeat(64)],
            basis: "没有依据".into(),
        },
        EntryKind::WalkIn => Entry::WalkIn {
            visitors: "刘演四".into(),
            people: 1,
            matter: "问低保".into(),
            case_file: None,
        },
        EntryKind::WalkInAnswered => {
            Entry::WalkInAnswered { walk_in: "k".into(), words: words(), case_file: None }
        }
        EntryKind::DayMoved => {
            Entry::DayMoved { to: Date::constant(2025, 6, 11), reason: "下雨".into() }
        }
        EntryKind::DayCancelled => Entry::DayCancelled { reason: "大雪".into() },
        EntryKind::HouseholdSeen => Entry::HouseholdSeen { words: words() },
        EntryKind::HouseholdMoved => {
            Entry::HouseholdMoved { to: NEXT_GRID.into(), reason: "搬家".into() }
        }
        EntryKind::HouseholdSplit => Entry::HouseholdSplit { into: id, reason: "成家".into() },
        EntryKind::HouseholdMerged => Entry::HouseholdMerged { into: id, reason: "同住".into() },
        EntryKind::Imported => Entry::Imported { from: "户籍表.xlsx".into() },
    }
}

fn settled(field: &str) -> Entry {
    let values = vec!["甲".to_owned(), "乙".to_owned()];
    Entry::ConflictResolved { field: field.into(), values, chosen: "甲".into() }
}

/// The kinds of documents in which an act may be tried at all.
pub fn kinds_of(act: Act) -> Vec<DocumentKind> {
    match act {
        Act::OpenCaseFile | Act::EditCaseFile => vec![DocumentKind::CaseFile],
        Act::EditHousehold => vec![DocumentKind::Household],
        Act::EditVisitDay => vec![DocumentKind::VisitDay],
        Act::ResolveValue | Act::ResolveDecision => DocumentKind::ALL.to_vec(),
        Act::Add(kind) => kind.home().map_or_else(|| DocumentKind::ALL.to_vec(), |home| vec![home]),
    }
}

/// What somebody writes who does `act` and nothing else; none where it is never asked by that name: a
/// file is opened by its first change, and 定值 is asked as what it settles.
pub fn edits_of(act: Act, kind: DocumentKind) -> Option<Vec<Edit>> {
    let edit = match act {
        Act::OpenCaseFile | Act::Add(EntryKind::ConflictResolved) => return None,
        Act::EditCaseFile => set("facts", "place", "下盘石村9组"),
        Act::EditHousehold => set("facts", "needs", "要人帮着收秋"),
        Act::EditVisitDay => set("plan", "notice", "带户口本"),
        Act::ResolveValue if kind == DocumentKind::VisitDay => {
            Edit::AddEntry(settled("plan.place"))
        }
        Act::ResolveValue => Edit::AddEntry(settled("facts.place")),
        Act::ResolveDecision => Edit::AddEntry(settled("stage")),
        Act::Add(kind) => Edit::AddEntry(entry_of(kind)),
    };
    Some(vec![edit])
}

/// The stages a document of that kind passes through.
pub fn stages_of(kind: DocumentKind) -> Vec<Option<Stage>> {
    match kind {
        DocumentKind::CaseFile => Stage::ALL.map(Some).to_vec(),
        DocumentKind::Household | DocumentKind::VisitDay => vec![None],
    }
}

/// The people who prepare documents.
pub struct Writers {
    pub wang: Hand,
    pub li: Hand,
    pub zhao: Hand,
    /// Brings whatever somebody else wrote, and gets nothing for it.
    pub courier: Hand,
}

impl Writers {
    pub fn of(county: &County) -> Self {
        Self {
            wang: Hand::of(county, &WANG.into(), GRID),
            li: Hand::of(county, &LI.into(), TOWNSHIP),
            zhao: Hand::of(county, &ZHAO.into(), TOWNSHIP),
            courier: Hand::of(county, &FENG.into(), COUNTY),
        }
    }

    /// A document of that kind, at that stage, which the server has.
    pub fn prepared(
        &self,
        county: &mut County,
        kind: DocumentKind,
        stage: Option<Stage>,
    ) -> Document {
        match kind {
            DocumentKind::CaseFile => self.file(county, stage.unwrap_or(Stage::Found)),
            DocumentKind::Household => self.household(county),
            DocumentKind::VisitDay => {
                let nominal = county.new_day();
                self.visit_day(county, &nominal)
            }
        }
    }

    fn file(&self, county: &mut County, stage: Stage) -> Document {
        use EntryKind::{Accepted, CloseAsked, Closed, Found, Returned};
        let id = county.new_id();
        let mut file = Document::begin(DocumentKind::CaseFile, id, &GRID.into()).unwrap();
        let add = |kind| [Edit::AddEntry(entry_of(kind))];
        let opened = [
            Edit::AddEntry(entry_of(Found)),
            set("facts", "matter", "争一行梨树"),
            set("facts", "grid", GRID),
            set("facts", "place", "下盘石村3组"),
        ];
        let mut all = vec![self.wang.write(county, &mut file, &opened)];
        let steps: &[(&Hand, EntryKind)] = match stage {
            Stage::Found => &[],
            Stage::Returned => &[(&self.li, Returned)],
            Stage::Accepted => &[(&self.li, Accepted)],
            Stage::CloseAsked => &[(&self.li, Accepted), (&self.wang, CloseAsked)],
            Stage::Closed => &[(&self.li, Accepted), (&self.wang, CloseAsked), (&self.li, Closed)],
        };
        for (hand, kind) in steps {
            all.push(hand.write(county, &mut file, &add(*kind)));
        }
        self.brought(county, all);
        file
    }

    /// The same with two places that stand against each other.
    pub fn clashing(
        &self,
        county: &mut County,
        kind: DocumentKind,
        stage: Option<Stage>,
    ) -> Document {
        let mut file = self.prepared(county, kind, stage);
        let place = |value| match kind {
            DocumentKind::VisitDay => [set("plan", "place", value)],
            DocumentKind::Household => [set("facts", "address", value)],
            DocumentKind::CaseFile => [set("facts", "place", value)],
        };
        // Whoever may write a household lives in its grid: both are of 王样一's, on two devices.
        let other = Hand::second(county, &self.wang);
        let mut beside = file.clone();
        let mut all = vec![self.wang.write(county, &mut file, &place("坡上"))];
        all.push(other.write(county, &mut beside, &place("坡下")));
        let changes: Vec<&[u8]> = all[1].changes.iter().map(Vec::as_slice).collect();
        file.apply(&changes).unwrap();
        self.brought(county, all);
        file
    }

    /// A file that was accepted and sent back, neither knowing of the other.
    pub fn undecided(&self, county: &mut County) -> Document {
        let mut file = self.file(county, Stage::Found);
        let mut beside = file.clone();
        let add = |kind| [Edit::AddEntry(entry_of(kind))];
        let mut all = vec![self.li.write(county, &mut file, &add(EntryKind::Accepted))];
        all.push(self.zhao.write(county, &mut beside, &add(EntryKind::Returned)));
        let changes: Vec<&[u8]> = all[1].changes.iter().map(Vec::as_slice).collect();
        file.apply(&changes).unwrap();
        self.brought(county, all);
        file
    }

    fn household(&self, county: &mut County) -> Document {
        let id = county.new_id();
        let mut household = Document::begin(DocumentKind::Household, id, &GRID.into()).unwrap();
        let member = |name: &str, relation: &str| {
            Edit::AddItem("members", vec![("name", text(name)), ("relation", text(relation))])
        };
        let edits = [
            set("facts", "head", "薛样一"),
            set("facts", "address", "上院"),
            set("facts", "door_plate", "3-01"),
            set("facts", "grid", GRID),
            member("薛样一", "户主"),
            member("马例二", "配偶"),
        ];
        let batch = self.wang.write(county, &mut household, &edits);
        self.brought(county, vec![batch]);
        household
    }

    /// The visit day of that name, with somebody who came.
    pub fn visit_day(&self, county: &County, nominal: &str) -> Document {
        let id = visit_day_id(&VILLAGE.into(), nominal.parse().unwrap());
        let mut day = Document::begin(DocumentKind::VisitDay, id, &VILLAGE.into()).unwrap();
        let came = Edit::AddEntry(entry_of(EntryKind::WalkIn));
        let edits = [set("plan", "place", "村委会"), came];
        let batch = self.li.write(county, &mut day, &edits);
        self.brought(county, vec![batch]);
        day
    }

    fn brought(&self, county: &County, push: Vec<SignedBatch>) {
        for receipt in county.hand_in(&self.courier, push) {
            assert_eq!(receipt.verdict, Verdict::Accepted as i32, "{}", receipt.code);
        }
    }
}
