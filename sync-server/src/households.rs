//! Households as the server writes them: out of spreadsheets, for the demo county, and where grids
//! change.

use yidang_documents::{Document, Edit, HouseholdProjection, RegisterPath, Scalar};
use yidang_domain::entry::{DocumentKind, Entry};
use yidang_domain::finding::{initials, tails, tokens};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::OrgLevel;

use crate::judge::Judge;
use crate::judge::own::{OwnChange, OwnError};
use crate::register::Register;
use crate::store::HouseholdLine;

/// What a spreadsheet says of a household. Empty texts say nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HouseholdData {
    /// The grid it lies in.
    pub grid: String,
    /// 户号
    pub household_no: String,
    /// 户主
    pub head: String,
    /// 住址
    pub address: String,
    /// 门牌
    pub door_plate: String,
    /// 需要
    pub needs: String,
    /// Who lives there.
    pub members: Vec<MemberData>,
}

/// What a spreadsheet says of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MemberData {
    /// 姓名
    pub name: String,
    /// 与户主关系
    pub relation: String,
    /// 出生年
    pub birth_year: Option<i64>,
    /// 联系电话
    pub phone: String,
}

impl HouseholdData {
    /// The registers of its facts that say something, by the names of the document.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, &str)> {
        [
            ("grid", self.grid.as_str()),
            ("household_no", self.household_no.as_str()),
            ("head", self.head.as_str()),
            ("address", self.address.as_str()),
            ("door_plate", self.door_plate.as_str()),
            ("needs", self.needs.as_str()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
    }
}

impl MemberData {
    /// The fields that say something, by the names of the document.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, Scalar)> {
        let text =
            |name, value: &str| (!value.is_empty()).then(|| (name, Scalar::Text(value.to_owned())));
        [
            text("name", &self.name),
            text("relation", &self.relation),
            self.birth_year.map(|year| ("birth_year", Scalar::Number(year))),
            text("phone", &self.phone),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Begins a household with everything that is known of it, as one change that says where it comes
/// from.
///
/// # Errors
///
/// [`OwnError`].
pub fn begin(
    judge: &mut Judge<'_>,
    id: DocumentId,
    data: &HouseholdData,
    from: &str,
) -> Result<Document, OwnError> {
    let document = Document::begin(DocumentKind::Household, id, &OrgCode(data.grid.clone()))?;
    let mut edits: Vec<Edit> = data
        .facts()
        .into_iter()
        .map(|(field, value)| {
            Edit::Set(RegisterPath::of("facts", field), Scalar::Text(value.to_owned()))
        })
        .collect();
    edits.extend(data.members.iter().map(|member| Edit::AddItem("members", member.fields())));
    edits.push(Edit::AddEntry(Entry::Imported { from: from.to_owned() }));
    judge.write_own(document, &OwnChange { on: None, edits: &edits })
}

/// The line of a household with the words it is found by.
#[must_use]
pub fn line(register: &Register, household: &HouseholdProjection) -> (HouseholdLine, String) {
    let grid = household.grid();
    let tree = register.tree();
    let above = |level| tree.above(&grid, level).map(|unit| unit.code.0.clone());
    let fact = |field: &str| household.fact(field);
    let mut words = String::new();
    let name = |name: &str, words: &mut String| {
        words.push_str(&tokens(name));
        words.push_str(&initials(name));
        words.push_str(" 0x0 ");
    };
    name(&fact("head"), &mut words);
    for field in ["door_plate", "address", "household_no"] {
        words.push_str(&tokens(&fact(field)));
        words.push_str(" 0x0 ");
    }
    words.push_str(&tails(&fact("household_no")));
    let mut members = Vec::new();
    for member in household.living() {
        name(&member.text("name"), &mut words);
        words.push_str(&tokens(&member.text("phone")));
        words.push_str(&tails(&member.text("phone")));
        members.push((member.text("name"), member.text("relation")));
    }
    let line = HouseholdLine {
        document: *household.common.id.as_bytes(),
        village: above(OrgLevel::Village).unwrap_or_default(),
        township: above(OrgLevel::Township).unwrap_or_default(),
        head: fact("head"),
        door_plate: fact("door_plate"),
        address: fact("address"),
        household_no: fact("household_no"),
        gone: household.merged_into().is_some(),
        members: serde_json::to_string(&members).unwrap_or_default(),
        org: grid.0,
    };
    (line, words)
}
