//! 我的格: households of one's own grids, their members, what happened in them.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::Entry;
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};
use yidang_domain::rights::Act;

use crate::case_file::{ClashView, EntryView, FactView, Heads};
use crate::list::CaseRow;

/// Asks for households on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridQuestion {
    /// Only of this grid or village; absent means every grid of the person signed in.
    pub org: Option<OrgCode>,
    /// Which of them.
    pub filter: HouseholdFilter,
    /// Names, door plates, number tails, initials; empty for all.
    pub text: String,
    /// How many rows to pass over.
    pub offset: u32,
    /// How many rows at most.
    pub limit: u32,
}

/// A selection of households.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HouseholdFilter {
    /// 全部
    All,
    /// 该去了: not seen this month.
    ToSee,
    /// 有在办: a file that is open names it.
    WithFiles,
    /// 要照应: something is written down under needs.
    WithNeeds,
    /// 要核对: two wrote it differently, a sheet that was imported among them.
    Clashing,
}

impl HouseholdFilter {
    /// In the order of the screen.
    pub const ALL: [Self; 5] =
        [Self::All, Self::ToSee, Self::WithFiles, Self::WithNeeds, Self::Clashing];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "全部",
            Self::ToSee => "该去了",
            Self::WithFiles => "有在办",
            Self::WithNeeds => "要照应",
            Self::Clashing => "要核对",
        }
    }
}

/// Households that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridView {
    /// The grids whose households are held here.
    pub grids: Vec<GridName>,
    /// How many of each filter, in its order.
    pub counts: Vec<(HouseholdFilter, u32)>,
    /// Seen this month.
    pub seen: u32,
    /// How many fit in all.
    pub total: u32,
    /// The rows asked for.
    pub rows: Vec<HouseholdRow>,
    /// The person signed in may write down a new household.
    pub may_add: bool,
}

/// A grid by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridName {
    /// Its code.
    pub org: OrgCode,
    /// Its name: 第7网格.
    pub name: String,
    /// Name of its village.
    pub village: String,
}

/// What a list shows of a household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdRow {
    /// Its identifier.
    pub id: DocumentId,
    /// 户主
    pub head: String,
    /// 门牌: 3-01.
    pub door_plate: String,
    /// 住址
    pub address: String,
    /// Name of the village, with its township where this device knows another one of that name.
    pub village: String,
    /// The grid it lies in.
    pub grid: OrgCode,
    /// Name of that grid.
    pub grid_name: String,
    /// How many live there, as far as is written down.
    pub people: u32,
    /// 需要; empty where there is none.
    pub needs: String,
    /// When somebody was last there.
    pub seen_on: Option<Date>,
    /// It was not seen this month.
    pub to_see: bool,
    /// Open files that name it.
    pub open_files: u32,
    /// How many registers need deciding.
    pub clashes: u32,
    /// Some of it waits on this device.
    pub waiting: u32,
}

impl HouseholdRow {
    /// What a household is called: 3-01 王样一家.
    #[must_use]
    pub fn called(&self) -> String {
        format!("{} {}家", self.door_plate, self.head).trim_start().to_owned()
    }
}

/// Asks for one household.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HouseholdQuestion {
    /// Which.
    pub id: DocumentId,
}

/// A household, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdView {
    /// What lists show of it.
    pub row: HouseholdRow,
    /// Its heads, for forms opened on it.
    pub heads: Heads,
    /// Facts in the order of a form.
    pub facts: Vec<FactView>,
    /// Members, those who left last.
    pub members: Vec<MemberView>,
    /// What happened, newest business date first.
    pub entries: Vec<EntryView>,
    /// What needs deciding.
    pub clashes: Vec<ClashView>,
    /// Files that name it.
    pub files: Vec<CaseRow>,
    /// What the person signed in may do.
    pub acts: Vec<Act>,
    /// Where it lives on, if it joined another household.
    pub merged_into: Option<DocumentId>,
    /// The households it came of and those that came of it. Empty where it is consulted online.
    #[serde(default)]
    pub ties: Vec<TieView>,
    /// It has parts this version cannot read; it is read-only here.
    pub needs_update: bool,
}

/// What another household is to this one after 分户 or 并户.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieKind {
    /// 并到: this one lives on in the other.
    LivesOn,
    /// 并入的户: the other joined this one.
    Joined,
    /// 从哪一户分出: members of the other made up this one.
    CameOf,
    /// 分出去的户: members of this one make up the other.
    Left,
}

impl TieKind {
    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::LivesOn => "并到",
            Self::Joined => "并入的户",
            Self::CameOf => "从这一户分出来",
            Self::Left => "分出去的户",
        }
    }
}

/// Another household that this one came of, or that came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TieView {
    /// What it is to this one.
    pub kind: TieKind,
    /// Its identifier.
    pub id: DocumentId,
    /// When it happened; absent where the entry cannot be read.
    pub on: Option<Date>,
    /// What a list shows of it; absent where this device does not hold it.
    pub row: Option<HouseholdRow>,
}

/// Asks where a household may be moved to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveTargetsQuestion {
    /// Which household.
    pub household: DocumentId,
}

/// A village with the grids to which a household may be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetVillage {
    /// Its code.
    pub org: OrgCode,
    /// Its name.
    pub name: String,
    /// Name of its township, where that is another one than the household's or where two villages of
    /// the list are called alike; empty otherwise.
    pub township: String,
    /// The household lives in it now.
    pub own: bool,
    /// Its open grids without the one in which the household lives, by code.
    pub grids: Vec<TargetGrid>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetGrid {
    /// Its code.
    pub org: OrgCode,
    /// Its name.
    pub name: String,
}

/// One member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Key of the item.
    pub key: ItemKey,
    /// 姓名
    pub name: String,
    /// 与户主关系
    pub relation: String,
    /// 出生年
    pub birth_year: Option<i64>,
    /// 联系电话
    pub phone: String,
    /// Which of its fields several people wrote differently.
    pub clashes: Vec<String>,
    /// No longer of this household, or registered by mistake.
    pub gone: bool,
}

/// A member as first written down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    /// 姓名
    pub name: String,
    /// 与户主关系: 户主, 配偶, 子, 女 …
    pub relation: String,
    /// 出生年
    pub birth_year: Option<i64>,
    /// 联系电话, may be empty.
    pub phone: String,
}

/// Writes down a household.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenHousehold {
    /// The grid; absent means the first grid of the person signed in.
    pub grid: Option<OrgCode>,
    /// 户主
    pub head: String,
    /// 住址
    pub address: String,
    /// 门牌, may be empty.
    pub door_plate: String,
    /// 户号, may be empty.
    pub household_no: String,
    /// Members, the head among them.
    pub members: Vec<NewMember>,
}

/// Writes one fact of a household.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetHouseholdFact {
    /// Which household.
    pub household: DocumentId,
    /// Which field, such as `address`. The grid is changed by [`MoveHousehold`].
    pub field: String,
    /// The value as text.
    pub value: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Adds a member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddMember {
    /// Which household.
    pub household: DocumentId,
    /// The member.
    pub member: NewMember,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Writes one field of a member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetMemberField {
    /// Which household.
    pub household: DocumentId,
    /// Which member.
    pub member: ItemKey,
    /// Which field, such as `phone`, `left` or `withdrawn`; flags are `true` or `false`.
    pub field: String,
    /// The value as text.
    pub value: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Adds an entry to a household, such as a visit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddHouseholdEntry {
    /// Which household.
    pub household: DocumentId,
    /// What happened.
    pub entry: Entry,
    /// When it happened.
    pub on: Date,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Moves a household to another grid, of another village of the township too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MoveHousehold {
    /// Which household.
    pub household: DocumentId,
    /// Where it lives now.
    pub to: OrgCode,
    /// Why.
    pub reason: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Members leave for a household of their own (分户).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SplitHousehold {
    /// The household they leave.
    pub household: DocumentId,
    /// Who leaves; the first becomes the head of the new household.
    pub members: Vec<ItemKey>,
    /// Address of the new household.
    pub address: String,
    /// Its door plate, may be empty.
    pub door_plate: String,
    /// Why.
    pub reason: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// A household joins another one (并户).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MergeHousehold {
    /// The household that lives on in the other.
    pub household: DocumentId,
    /// The other one.
    pub into: DocumentId,
    /// Why.
    pub reason: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// A household that was written down or came of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdSaved {
    /// Its identifier.
    pub id: DocumentId,
    /// When it was saved.
    pub saved_at: InstantMs,
}

/// Consults a household outside one's own ring: answered by the server, logged there, stored nowhere
/// on the device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultHousehold {
    /// Which.
    pub id: DocumentId,
    /// What for; it is logged.
    pub purpose: String,
}

/// Looks for households and people of one's whole unit on the server; logged there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConsultPeople {
    /// Names, number tails, initials; at least one character.
    pub text: String,
    /// Only under this unit.
    pub org: Option<OrgCode>,
    /// What for; it is logged.
    pub purpose: String,
}

/// Who was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    /// How many fit in all.
    pub total: u32,
    /// The first hundred.
    pub rows: Vec<PersonRow>,
}

/// A member of a household as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The household.
    pub household: DocumentId,
    /// 姓名
    pub name: String,
    /// 与户主关系
    pub relation: String,
    /// 户主
    pub head: String,
    /// 门牌
    pub door_plate: String,
    /// 住址
    pub address: String,
    /// 张家滩镇 · 下盘石村 · 第7网格
    pub place: String,
}
