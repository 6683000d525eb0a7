//! Which table a sheet is, and in which column what stands, by the headers officials really use.

use super::headers::HEADERS;
use super::sheet::{Row, Sheet, Workbook};
use super::text;

/// A table that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// 组织机构
    Units,
    /// 网格
    Grids,
    /// 网格员
    Workers,
    /// 任职
    Assignments,
    /// 网格团队
    Teams,
    /// 坐诊队
    VisitTeams,
    /// 户
    Households,
    /// 家庭成员
    Members,
}

impl Table {
    /// In the order in which one builds on the other.
    pub const ALL: [Self; 8] = [
        Self::Units,
        Self::Grids,
        Self::Workers,
        Self::Assignments,
        Self::Teams,
        Self::VisitTeams,
        Self::Households,
        Self::Members,
    ];

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Units => "组织机构",
            Self::Grids => "网格",
            Self::Workers => "网格员",
            Self::Assignments => "任职",
            Self::Teams => "网格团队",
            Self::VisitTeams => "坐诊队",
            Self::Households => "户",
            Self::Members => "家庭成员",
        }
    }

    /// Words in the name of a sheet that speak for this table.
    const fn hints(self) -> &'static [&'static str] {
        match self {
            Self::VisitTeams => &["坐诊"],
            Self::Teams => &["团队", "队伍"],
            Self::Assignments => &["任职", "分工", "岗位"],
            Self::Workers => &["网格员", "人员名册"],
            Self::Members => &["成员", "人口"],
            Self::Households => &["户"],
            Self::Grids => &["网格"],
            Self::Units => &["机构", "组织", "单位", "区划"],
        }
    }

    /// Without one of each of these a sheet is not this table.
    const fn needs(self) -> &'static [&'static [Column]] {
        use Column as C;
        match self {
            Self::Units => &[&[C::UnitCode], &[C::UnitName]],
            Self::Grids => &[&[C::GridCode], &[C::GridName, C::GridKind]],
            Self::Workers => &[&[C::WorkerName], &[C::GridCode, C::Phone, C::WorkerId]],
            Self::Assignments => {
                &[&[C::WorkerName, C::WorkerId], &[C::UnitCode, C::GridCode], &[C::Role]]
            }
            Self::Teams => &[&[C::TeamName], &[C::WorkerName, C::WorkerId]],
            Self::VisitTeams => &[
                &[C::VillageCode, C::Village],
                &[C::WorkerName, C::WorkerId],
                &[C::VisitPlace, C::VisitTime, C::VisitDuty],
            ],
            Self::Households => &[&[C::Head], &[C::GridCode, C::HouseholdNo, C::DoorPlate]],
            Self::Members => &[&[C::MemberName], &[C::Relation], &[C::HouseholdNo, C::Head]],
        }
    }

    const fn columns(self) -> &'static [Column] {
        use Column as C;
        match self {
            Self::Units => &[C::UnitCode, C::UnitName, C::UnitLevel, C::ParentCode],
            Self::Grids => &[
                C::GridCode,
                C::GridName,
                C::GridKind,
                C::VillageCode,
                C::Village,
                C::Township,
                C::Manager,
                C::Police,
                C::CivilAffairs,
                C::Petitions,
            ],
            Self::Workers => {
                &[C::WorkerId, C::WorkerName, C::Phone, C::GridCode, C::Role, C::From, C::To]
            }
            Self::Assignments => &[
                C::WorkerId,
                C::WorkerName,
                C::Phone,
                C::UnitCode,
                C::GridCode,
                C::Role,
                C::From,
                C::To,
            ],
            Self::Teams => &[
                C::TeamCode,
                C::TeamName,
                C::VillageCode,
                C::Village,
                C::Township,
                C::WorkerId,
                C::WorkerName,
                C::Phone,
                C::Duty,
            ],
            Self::VisitTeams => OF_VISIT_TEAMS,
            Self::Households => {
                &[C::HouseholdNo, C::GridCode, C::Head, C::Address, C::DoorPlate, C::Needs]
            }
            Self::Members => &[
                C::HouseholdNo,
                C::GridCode,
                C::Head,
                C::Address,
                C::DoorPlate,
                C::MemberName,
                C::Relation,
                C::Sex,
                C::BirthYear,
                C::CitizenNumber,
                C::Phone,
            ],
        }
    }
}

/// The columns of 坐诊队.
const OF_VISIT_TEAMS: &[Column] = &[
    Column::VillageCode,
    Column::Village,
    Column::Township,
    Column::VisitPlace,
    Column::VisitTime,
    Column::WorkerId,
    Column::WorkerName,
    Column::Phone,
    Column::VisitDuty,
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// 单位编码
    UnitCode,
    /// 单位名称
    UnitName,
    /// 级别
    UnitLevel,
    /// 上级编码
    ParentCode,
    /// 网格编码
    GridCode,
    /// 网格名称
    GridName,
    /// 网格类型
    GridKind,
    /// 村（社区）编码
    VillageCode,
    /// 村（社区）
    Village,
    /// 乡镇（街道）
    Township,
    /// 管理单位 of a special grid.
    Manager,
    /// 公安编码
    Police,
    /// 民政编码
    CivilAffairs,
    /// 信访编码
    Petitions,
    /// 工号
    WorkerId,
    /// 姓名 of a worker.
    WorkerName,
    /// 联系电话
    Phone,
    /// 任职
    Role,
    /// 专职、兼职
    Duty,
    /// 开始日期
    From,
    /// 结束日期
    To,
    /// 团队编码
    TeamCode,
    /// 团队名称
    TeamName,
    /// 坐诊地点
    VisitPlace,
    /// 坐诊时间
    VisitTime,
    /// 坐诊职责
    VisitDuty,
    /// 户号
    HouseholdNo,
    /// 户主
    Head,
    /// 住址
    Address,
    /// 门牌
    DoorPlate,
    /// 需要
    Needs,
    /// 姓名 of a member.
    MemberName,
    /// 与户主关系
    Relation,
    /// 性别. It is read only to notice mistyped citizen numbers and is kept nowhere.
    Sex,
    /// 出生年, also as a whole date.
    BirthYear,
    /// 身份证号. It is read only to find the year of birth and to notice mistyped ones; the number
    /// itself is kept nowhere (the least data).
    CitizenNumber,
}

impl Column {
    /// The headers under which it is known, in the form of [`text::header`]. The first one is the
    /// word on screens.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let names = HEADERS.iter().find(|(column, _)| *column == self);
        names.map_or("", |(_, names)| names).split_whitespace()
    }
}

/// A sheet that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<'a> {
    /// As which table.
    pub table: Table,
    /// The sheet.
    pub sheet: &'a Sheet,
    /// Where what stands, and under which header.
    pub columns: Vec<(Column, usize, String)>,
    /// How many rows of the sheet stand above its first row of data.
    above: usize,
}

impl<'a> Located<'a> {
    /// The rows under the header.
    pub fn rows(&self) -> impl Iterator<Item = &'a Row> + use<'a> {
        self.sheet.rows.iter().skip(self.above)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sheet.rows.len().saturating_sub(self.above)
    }
}

/// Titles, dates and names of whoever filled the table in stand above the header.
const HEADER_WITHIN: usize = 10;
/// A hint in the name of the sheet counts as much as so many headers.
const HINT: usize = 2;

/// The sheets that are known, in the order in which one builds on the other, and those that are not.
#[must_use]
pub fn locate(book: &Workbook) -> (Vec<Located<'_>>, Vec<&Sheet>) {
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for sheet in book.sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        match recognise(sheet) {
            Some(located) => known.push(located),
            None => unknown.push(sheet),
        }
    }
    // By table, then by file: in whatever order files were chosen, the same comes of them.
    known.sort_by(|one, other| (one.table, &one.sheet.file).cmp(&(other.table, &other.sheet.file)));
    (known, unknown)
}

fn recognise(sheet: &Sheet) -> Option<Located<'_>> {
    let hinted = hint(&sheet.name);
    let mut best: Option<(usize, Located<'_>)> = None;
    for (above, row) in sheet.rows.iter().take(HEADER_WITHIN).enumerate() {
        let headers: Vec<String> = row.cells.iter().map(|cell| text::header(cell)).collect();
        for table in Table::ALL {
            let columns = matching(table, &headers, row);
            let has = |column: &Column| columns.iter().any(|(known, ..)| known == column);
            if !table.needs().iter().all(|any| any.iter().any(has)) {
                continue;
            }
            let score = columns.len() + if hinted == Some(table) { HINT } else { 0 };
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, Located { table, sheet, columns, above: above + 1 }));
            }
        }
    }
    best.map(|(_, located)| located)
}

/// The table that the name of a sheet speaks for. 网格员任职 speaks of workers and grids too, so the
/// narrower word is asked first.
fn hint(name: &str) -> Option<Table> {
    use Table::{Assignments, Grids, Households, Members, Teams, Units, VisitTeams, Workers};
    [VisitTeams, Teams, Assignments, Workers, Members, Households, Grids, Units]
        .into_iter()
        .find(|table| table.hints().iter().any(|word| name.contains(word)))
}

fn matching(table: Table, headers: &[String], row: &Row) -> Vec<(Column, usize, String)> {
    let place = |column: Column| {
        // The first name that is there: 网格员姓名 before 姓名 would be by order of names.
        let at = column.names().find_map(|name| headers.iter().position(|h| h == name))?;
        let shown = row.cells.get(at).map(|cell| text::tidy(cell)).unwrap_or_default();
        Some((column, at, shown.replace(['\n', '\r'], "")))
    };
    table.columns().iter().filter_map(|column| place(*column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
        let row = |(at, cells): (usize, &&[&str])| Row {
            number: u32::try_from(at).unwrap() + 1,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        Sheet {
            file: "f.xlsx".into(),
            name: name.into(),
            rows: rows.iter().enumerate().map(row).collect(),
        }
    }

    #[test]
    fn the_header_stands_under_titles() {
        let sheet = sheet(
            "Sheet1",
            &[
                &["延长县网格登记表（演示数据）"],
                &["填表单位：", "", "填表日期："],
                &["序号", "网格编码*", "网格名称", "网格类型"],
                &["1", "6106211032032001", "第1网格", "农村"],
            ],
        );
        let located = recognise(&sheet).unwrap();
        assert_eq!((located.table, located.count()), (Table::Grids, 1));
        assert_eq!(located.columns[0], (Column::GridCode, 1, "网格编码*".to_owned()));
    }

    #[test]
    fn every_table_is_known_by_headers_of_real_sheets() {
        let cases: [(Table, &[&str]); 12] = [
            (Table::Units, &["区划代码", "区划名称", "级别"]),
            (Table::Grids, &["网格代码", "网格名称", "所属村", "所属乡镇"]),
            (Table::Grids, &["网格编号", "网格类型"]),
            (Table::Workers, &["网格员姓名", "手机号", "网格编号"]),
            (Table::Assignments, &["姓名", "单位编码", "角色", "起始日期"]),
            (Table::Assignments, &["姓名", "单位编码", "任职", "任职日期"]),
            (Table::Assignments, &["姓名", "单位编码", "分工", "离岗日期"]),
            (Table::Teams, &["团队名称", "村编码", "姓名", "专兼职"]),
            (Table::VisitTeams, &["村（社区）编码", "坐诊地点", "姓名", "坐诊职责"]),
            (Table::Households, &["户籍编号", "户主姓名", "家庭住址", "门牌号", "网格编码"]),
            (Table::Members, &["户号", "姓名", "与户主关系", "出生日期", "联系电话"]),
            (Table::Members, &["户号", "户主姓名", "网格编码", "姓名", "关系", "身份证号"]),
        ];
        for (table, headers) in cases {
            let sheet = sheet("Sheet1", &[headers, &["x"]]);
            assert_eq!(recognise(&sheet).map(|l| l.table), Some(table), "{headers:?}");
        }
    }

    #[test]
    fn the_name_of_a_sheet_decides_between_equals() {
        let headers: &[&str] = &["姓名", "联系电话", "网格编码", "岗位"];
        for name in ["网格员分工", "任职", "人员岗位"] {
            assert_eq!(recognise(&sheet(name, &[headers])).unwrap().table, Table::Assignments);
        }
        assert_eq!(recognise(&sheet("网格员", &[headers])).unwrap().table, Table::Workers);
    }

    #[test]
    fn instructions_are_no_table() {
        assert_eq!(recognise(&sheet("填表说明", &[&["一、网格编码填16位"], &["二、"]])), None);
    }
}
