//! What a household and a visit day state, beside what happened in them.

use crate::facts::{Field, ValueKind};

const fn field(name: &'static str, label: &'static str, kind: ValueKind) -> Field {
    Field { name, label, kind }
}

/// The registers of `facts` of a household.
pub const HOUSEHOLD_FACTS: &[Field] = &[
    field("head", "户主", ValueKind::Text(40)),
    field("address", "住址", ValueKind::Text(120)),
    field("door_plate", "门牌", ValueKind::Text(20)),
    field("grid", "网格", ValueKind::Code(20)),
    field("needs", "需要", ValueKind::Text(200)),
    field("household_no", "户号", ValueKind::Text(20)),
];

/// The registers of each item of `members`.
pub const MEMBER_FIELDS: &[Field] = &[
    field("name", "姓名", ValueKind::Text(40)),
    field("relation", "与户主关系", ValueKind::Text(10)),
    field("birth_year", "出生年", ValueKind::Number(1900, 2200)),
    field("phone", "联系电话", ValueKind::Text(20)),
    field("left", "已不在本户", ValueKind::Flag),
    field("withdrawn", "登记有误", ValueKind::Flag),
];

/// The registers of `plan` of a visit day.
pub const VISIT_PLAN: &[Field] = &[
    field("place", "地点", ValueKind::Text(120)),
    field("starts_at", "开始", ValueKind::Text(5)),
    field("notice", "告知", ValueKind::Text(200)),
];

/// The registers of each item of `team`.
pub const TEAM_FIELDS: &[Field] = &[
    field("user", "人员", ValueKind::Code(40)),
    field("name", "姓名", ValueKind::Text(40)),
    field("duty", "分工", ValueKind::Text(20)),
    field("withdrawn", "登记有误", ValueKind::Flag),
];

/// The registers of each item of `files`: which case files the day touched.
pub const FILE_FIELDS: &[Field] = &[field("case_file", "案件", ValueKind::Code(36))];
