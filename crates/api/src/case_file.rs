//! One case file: opening, showing, writing.

use serde::{Deserialize, Serialize};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::facts::{Risk, Side, Source};
use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};
use yidang_domain::rights::Act;

use crate::list::{CaseRow, DueView, Stage};

/// The heads of a document when a form was opened. Opaque to screens: given with a view, handed
/// back with what was written, so that a value that arrived meanwhile becomes a card and is never
/// written over in silence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Heads(pub Vec<String>);

/// Opens a file from one sentence and six fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCaseFile {
    /// One sentence: what happened.
    pub matter: String,
    /// 类别, a four-digit code of table A.
    pub category: String,
    /// 在哪里
    pub place: String,
    /// 哪一天
    pub occurred_on: Date,
    /// 当事人
    pub parties: Vec<NewParty>,
    /// 缓急
    pub risk: Risk,
    /// 怎么知道
    pub source: Source,
    /// How many people it concerns, where that is known.
    pub people: Option<u32>,
    /// The grid; absent means the grid of the person signed in.
    pub grid: Option<OrgCode>,
    /// The visit day it came up on, if any.
    pub visit_day: Option<DocumentId>,
}

/// A party as first written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParty {
    /// 姓名
    pub name: String,
    /// 哪一方
    pub side: Side,
    /// 联系电话, may be empty.
    pub phone: String,
    /// The household they belong to, where somebody chose one of those on this device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<DocumentId>,
}

/// The file that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its identifier, made on the device.
    pub id: DocumentId,
    /// When it was saved.
    pub saved_at: InstantMs,
}

/// It is durable on this device (已存本机).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// When.
    pub saved_at: InstantMs,
    /// The heads afterwards.
    pub heads: Heads,
    /// Whether the form was stale, so that a card came of it.
    pub clashed: bool,
}

/// Asks for a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseFileQuestion {
    /// Which.
    pub id: DocumentId,
}

/// A file, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFileView {
    /// What lists show of it.
    pub row: CaseRow,
    /// Its heads, for forms opened on it.
    pub heads: Heads,
    /// Facts in the order of a form.
    pub facts: Vec<FactView>,
    /// Parties, withdrawn ones last.
    pub parties: Vec<PartyView>,
    /// 路线图
    pub route: Vec<RouteStop>,
    /// Entries, newest business date first.
    pub entries: Vec<EntryView>,
    /// What changed since this person last looked; empty when nothing did or it was never seen.
    pub changes: Vec<ChangeView>,
    /// When this person last looked.
    pub looked_at: Option<InstantMs>,
    /// What needs deciding.
    pub clashes: Vec<ClashView>,
    /// Fields that two people changed at the same time without getting in each other's way.
    pub parallel: Vec<ParallelView>,
    /// What the person signed in may do here and now; a button that may not is not there.
    pub acts: Vec<Act>,
    /// The open return, if the file was sent back.
    pub returned: Option<ReturnView>,
    /// 并案: the files that it was joined with.
    #[serde(default)]
    pub joins: Vec<JoinView>,
    /// 等另一半: what came by hand as the half of an action, or was built on such a half. It is in force once
    /// the other half is here, or the county took both.
    #[serde(default)]
    pub halves: Vec<EntryView>,
    /// The file has parts this version cannot read; it is read-only here.
    pub needs_update: bool,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactView {
    /// The field's name in the document.
    pub field: String,
    /// The word for it.
    pub label: String,
    /// The value as stored, as text; empty where nothing was written.
    pub value: String,
    /// The value as a person reads it.
    pub shown: String,
    /// Who wrote it, when, on which device.
    pub written: Option<Provenance>,
    /// Several people wrote different values.
    pub clashes: bool,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Their name.
    pub name: String,
    /// What they are: 张家滩镇 · 乡镇审核.
    pub post: String,
    /// On which device: 手机, 办公电脑.
    pub device: String,
    /// When, by that device's clock.
    pub at: InstantMs,
    /// It was the person signed in.
    pub me: bool,
}

/// One party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyView {
    /// Key of the item.
    pub key: ItemKey,
    /// 姓名
    pub name: String,
    /// 哪一方
    pub side: Side,
    /// 联系电话
    pub phone: String,
    /// The household they belong to, where this device holds it.
    #[serde(default)]
    pub home: Option<PartyHome>,
    /// Which of its fields several people wrote differently.
    pub clashes: Vec<String>,
    /// Registered by mistake.
    pub withdrawn: bool,
}

/// The household of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyHome {
    /// Its identifier.
    pub id: DocumentId,
    /// What it is called: 3-01 王样一家.
    pub words: String,
}

/// A stop of the 路线图.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteStop {
    /// 发现, 受理, 坐诊, 协议, 回访, 销号
    pub label: String,
    /// When it was reached.
    pub on: Option<Date>,
    /// Where it stands relative to the file.
    pub place: RoutePlace,
}

/// Where a stop lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutePlace {
    /// Behind.
    Done,
    /// 你在这里
    Here,
    /// Ahead.
    Ahead,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// Its key.
    pub key: ItemKey,
    /// Its kind; absent where this version does not know it (需更新应用).
    pub kind: Option<EntryKind>,
    /// The word for its kind.
    pub label: String,
    /// What it says in one or several lines.
    pub text: String,
    /// The whole of it.
    pub entry: Option<Entry>,
    /// Business date.
    pub on: Date,
    /// Who, when, where.
    pub written: Provenance,
    /// How far it has got.
    pub delivery: Delivery,
    /// It had no effect, and why: 决定之后到达, 此时不能.
    pub void: Option<String>,
    /// Text of a conflict resolution: what was not chosen.
    pub not_chosen: Vec<String>,
    /// The county recorded it again, out of a document that was destroyed by order (县级重录).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
}

/// How far something has got. The three words are never merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// 已存本机: committed here, not yet received there.
    Saved,
    /// 已送达: the server holds it durably.
    Received,
    /// 已采纳: the server judged it.
    Accepted,
    /// 未采用: the server refused it; the words stay here.
    Refused,
}

/// One thing that changed since the last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// The word for what changed: 风险, 新增.
    pub label: String,
    /// The value before; empty for something new.
    pub before: String,
    /// The value now.
    pub after: String,
    /// Who, when.
    pub written: Provenance,
    /// It answers what the return asked for.
    pub answers_return: bool,
}

/// One register where several people wrote different values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClashView {
    /// Path of the register, or `stage`.
    pub field: String,
    /// What it is about: 李例二 · 联系电话.
    pub about: String,
    /// The value before both; empty if none.
    pub before: String,
    /// The values, in an order that is the same on every device.
    pub values: Vec<ClashValue>,
    /// Whether the person signed in may decide.
    pub may_decide: bool,
}

/// One value of a clash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClashValue {
    /// As stored.
    pub value: String,
    /// As a person reads it.
    pub shown: String,
    /// Who, when, on which device.
    pub written: Provenance,
}

/// A field that changed beside another one, at the same time, without a clash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParallelView {
    /// The word for the field.
    pub label: String,
    /// Who changed it.
    pub written: Provenance,
}

/// A file sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnView {
    /// The field that is to be mended.
    pub field: String,
    /// The word for it.
    pub label: String,
    /// Why, and how.
    pub reason: String,
    /// Who sent it back.
    pub written: Provenance,
    /// It was mended since.
    pub answered: bool,
}

/// Another file about the same matter (并案).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinView {
    /// The other file.
    pub id: DocumentId,
    /// What it is about; empty where this device does not hold it.
    pub matter: String,
    /// Its number, or its short name without one; empty where this device does not hold it.
    pub number: String,
    /// The other file stands, and this one was closed by joining it.
    pub stands: bool,
    /// When they were joined, by business date.
    pub on: Option<Date>,
    /// Why.
    pub reason: String,
}

/// Two files are about one matter: `case` is closed, `into` stands, and each points to the other (并案).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JoinCaseFile {
    /// The file that ends.
    pub case: DocumentId,
    /// The file that stands.
    pub into: DocumentId,
    /// Why.
    pub reason: String,
    /// The heads of the file that ends, as the form was opened on them.
    pub heads: Heads,
}

/// Two files were joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFilesJoined {
    /// The file that stands.
    pub id: DocumentId,
    /// When it was saved on this device.
    pub saved_at: InstantMs,
}

/// Writes one fact.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetFact {
    /// Which file.
    pub case: DocumentId,
    /// Which field, such as `place`.
    pub field: String,
    /// The value as text.
    pub value: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Adds a party.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddParty {
    /// Which file.
    pub case: DocumentId,
    /// The party.
    pub party: NewParty,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Writes one field of a party.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetPartyField {
    /// Which file.
    pub case: DocumentId,
    /// Which party.
    pub party: ItemKey,
    /// Which field, such as `phone`.
    pub field: String,
    /// The value as text.
    pub value: String,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Adds an entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddEntry {
    /// Which file.
    pub case: DocumentId,
    /// What happened. `seen` is filled in by the desk.
    pub entry: Entry,
    /// When it happened.
    pub on: Date,
    /// The heads the form was opened on.
    pub heads: Heads,
}

/// Decides a clash.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resolve {
    /// Which document.
    pub case: DocumentId,
    /// Path of the register, or `stage`.
    pub field: String,
    /// The value that shall stand: one of the card's, or another (另填).
    pub value: String,
    /// The heads the card was shown with.
    pub heads: Heads,
}

/// Says that the changes were seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MarkLooked {
    /// Which file.
    pub case: DocumentId,
    /// The heads that were shown.
    pub heads: Heads,
}

/// Asks for the file as standard Automerge bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportCaseFile {
    /// Which.
    pub id: DocumentId,
}

/// Asks for the file with its proofs: signatures, certificates, the county's word on each batch. Answered
/// with `not_proven` until the county has taken everything in it and this device has its word.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExportBundle {
    /// Which.
    pub id: DocumentId,
}

/// Asks by what a printed page of a file can be compared with a bundle of it later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaperHeadQuestion {
    /// Which.
    pub id: DocumentId,
}

/// What stands at the foot of every printed page of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperHeadView {
    /// The state of the file that it is about.
    pub heads: Heads,
    /// The line that `yidang-verify --head` takes; the code says the same.
    pub text: String,
    /// The fingerprint of the county's key, in groups.
    pub fingerprint: String,
    /// How many modules the side of the code has.
    pub modules: usize,
    /// Its dark modules as the `d` of an SVG path.
    pub path: String,
}

/// A file as bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// Suggested name.
    pub name: String,
    /// The bytes, in base64.
    pub base64: String,
}

impl CaseFileView {
    /// Whether the person signed in may do `act` here and now.
    #[must_use]
    pub fn may(&self, act: Act) -> bool {
        self.acts.contains(&act)
    }

    /// The state the file stands in.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.row.stage
    }

    /// When it is due.
    #[must_use]
    pub const fn due(&self) -> Option<&DueView> {
        self.row.due.as_ref()
    }
}
