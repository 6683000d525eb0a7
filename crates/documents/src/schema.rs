//! Which containers a document of each kind has, and what stands in them.

use yidang_domain::entry::DocumentKind;
use yidang_domain::facts::{CASE_FACTS, Field, PARTY_FIELDS, ValueKind};
use yidang_domain::household::{
    FILE_FIELDS, HOUSEHOLD_FACTS, MEMBER_FIELDS, TEAM_FIELDS, VISIT_PLAN,
};

/// The schema version of this build. A later one adds containers by a change of its own.
pub const VERSION: u32 = 1;

/// How a container is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A map of registers.
    Registers(&'static [Field]),
    /// A map of items, each a map of registers under its own key.
    Items(&'static [Field]),
    /// A map of entries, each a map that is written once.
    Entries,
}

/// One container of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Container {
    /// Its key in the root.
    pub name: &'static str,
    /// How it is built.
    pub shape: Shape,
}

const fn container(name: &'static str, shape: Shape) -> Container {
    Container { name, shape }
}

/// The registers of each item of `papers`: shared until signed.
pub const PAPER_FIELDS: &[Field] = &[
    Field { name: "template", label: "文书", kind: ValueKind::Code(40) },
    Field { name: "words", label: "内容", kind: ValueKind::Text(4000) },
];

/// The registers of each item of `attachments`. Content lives outside the document.
pub const ATTACHMENT_FIELDS: &[Field] = &[
    Field { name: "sha256", label: "指纹", kind: ValueKind::Code(64) },
    Field { name: "name", label: "文件名", kind: ValueKind::Text(120) },
    Field { name: "mime", label: "格式", kind: ValueKind::Code(60) },
    Field { name: "bytes", label: "大小", kind: ValueKind::Number(0, 52_428_800) },
    Field {
        name: "taken_at", label: "拍摄时间", kind: ValueKind::Number(0, 253_402_300_799_999)
    },
    Field { name: "caption", label: "说明", kind: ValueKind::Text(120) },
    Field { name: "withdrawn", label: "作废", kind: ValueKind::Flag },
];

const CASE_FILE: &[Container] = &[
    container("attachments", Shape::Items(ATTACHMENT_FIELDS)),
    container("entries", Shape::Entries),
    container("facts", Shape::Registers(CASE_FACTS)),
    container("papers", Shape::Items(PAPER_FIELDS)),
    container("parties", Shape::Items(PARTY_FIELDS)),
];

const HOUSEHOLD: &[Container] = &[
    container("entries", Shape::Entries),
    container("facts", Shape::Registers(HOUSEHOLD_FACTS)),
    container("members", Shape::Items(MEMBER_FIELDS)),
];

const VISIT_DAY: &[Container] = &[
    container("entries", Shape::Entries),
    container("files", Shape::Items(FILE_FIELDS)),
    container("plan", Shape::Registers(VISIT_PLAN)),
    container("team", Shape::Items(TEAM_FIELDS)),
];

/// The containers of a document of `kind`, in the order in which its first change makes them.
#[must_use]
pub const fn containers(kind: DocumentKind) -> &'static [Container] {
    match kind {
        DocumentKind::CaseFile => CASE_FILE,
        DocumentKind::Household => HOUSEHOLD,
        DocumentKind::VisitDay => VISIT_DAY,
    }
}

/// The container of that name.
#[must_use]
pub fn find(kind: DocumentKind, name: &str) -> Option<&'static Container> {
    containers(kind).iter().find(|container| container.name == name)
}

/// The register `field` of a container or of its items.
#[must_use]
pub fn field(kind: DocumentKind, container: &str, field: &str) -> Option<&'static Field> {
    match find(kind, container)?.shape {
        Shape::Registers(fields) | Shape::Items(fields) => {
            fields.iter().find(|candidate| candidate.name == field)
        }
        Shape::Entries => None,
    }
}
