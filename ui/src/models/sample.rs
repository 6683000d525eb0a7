//! An empty file and a household to build on in tests of models.

use yidang_api::case_file::{CaseFileView, Heads};
use yidang_api::household::HouseholdRow;
use yidang_api::list::{CaseRow, Stage};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::facts::Risk;
use yidang_domain::ids::{DocumentId, OrgCode};

/// A file in which nothing was written yet.
#[must_use]
pub fn case_file() -> CaseFileView {
    CaseFileView {
        row: row(),
        heads: Heads::default(),
        facts: Vec::new(),
        parties: Vec::new(),
        route: Vec::new(),
        entries: Vec::new(),
        changes: Vec::new(),
        looked_at: None,
        clashes: Vec::new(),
        parallel: Vec::new(),
        acts: Vec::new(),
        returned: None,
        joins: Vec::new(),
        halves: Vec::new(),
        needs_update: false,
    }
}

/// What lists show of it.
#[must_use]
pub fn row() -> CaseRow {
    CaseRow {
        id: DocumentId::from_bytes([7; 16]),
        number: String::new(),
        short: "0707".into(),
        matter: "两家果园地界埂被推平".into(),
        parties: Vec::new(),
        category: "0901".into(),
        category_label: "土地承包".into(),
        risk: Risk::Ordinary,
        place: String::new(),
        grid: OrgCode::from("g"),
        village: "下盘石村".into(),
        township: "张家滩镇".into(),
        stage: Stage::Found,
        pending: false,
        due: None,
        clashes: 0,
        late: 0,
        unseen: 0,
        never_looked: false,
        answered: false,
        waiting: 0,
        finder: "高模五".into(),
        last_on: Date::constant(2026, 11, 20),
        last_at: InstantMs(0),
    }
}

/// 王样一's own household, at 3-01.
#[must_use]
pub fn household() -> HouseholdRow {
    HouseholdRow {
        id: DocumentId::from_bytes([1; 16]),
        head: "王样一".into(),
        door_plate: "3-01".into(),
        address: "下盘石村3组".into(),
        village: "下盘石村".into(),
        grid: OrgCode::from("g"),
        grid_name: "第7网格".into(),
        people: 4,
        needs: String::new(),
        seen_on: None,
        to_see: true,
        open_files: 0,
        clashes: 0,
        waiting: 0,
    }
}
