//! Every kind of bad row, told by sheet, row, column, reason and cure.

use yidang_domain::citizen_number::CitizenNumberError;
use yidang_domain::org::OrgUnit;

use super::*;
use crate::import::wrong::Wrong;

const GRIDS: &[&str] = &["网格编码", "网格名称", "网格类型", "村编码", "所属村", "乡镇"];
const WORKERS: &[&str] = &["工号", "姓名", "手机号", "网格编码", "开始日期", "结束日期"];
const POSTS: &[&str] = &["姓名", "联系电话", "单位编码", "岗位"];
const TEAMS: &[&str] = &["团队名称", "村编码", "姓名", "专兼职"];
const TERMS: &[&str] = &["姓名", "单位编码", "任职", "任职日期", "离岗日期"];
const VISITS: &[&str] = &["村编码", "坐诊地点", "坐诊时间", "姓名", "坐诊职责"];
const HOMES: &[&str] = &["户号", "户主", "住址", "门牌", "网格编码"];
const MEMBERS: &[&str] = &["户号", "姓名", "与户主关系", "出生年", "联系电话", "身份证号"];
const UNITS: &[&str] = &["单位编码", "单位名称", "级别", "上级编码"];
const LONG: &str =
    "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一";

/// A table, a good row above, the bad row, the column that is blamed, and what is wrong.
type Case = (
    &'static [&'static str],
    Option<&'static [&'static str]>,
    &'static [&'static str],
    &'static str,
    Wrong,
);

#[expect(clippy::too_many_lines, reason = "a table")]
fn grids() -> Vec<Case> {
    let good: &[&str] = &["6106211032032991", "新格", "农村", "", "", ""];
    vec![
        (GRIDS, None, &["", "新格", "", "", "", ""], "网格编码", Wrong::Missing),
        (GRIDS, None, &["6106211032032991", "", "", "", "", ""], "网格名称", Wrong::Missing),
        (
            GRIDS,
            None,
            &["61062110320329", "新格", "", "", "", ""],
            "网格编码",
            Wrong::CodeLength("16位（村12位、类型1位、序号3位）"),
        ),
        (
            GRIDS,
            None,
            &["61062110320329O1", "新格", "", "", "", ""],
            "网格编码",
            Wrong::CodeLetters,
        ),
        (GRIDS, None, &["6.10621E+15", "新格", "", "", "", ""], "网格编码", Wrong::DigitsLost),
        (GRIDS, None, &["#REF!", "新格", "", "", "", ""], "网格编码", Wrong::FormulaError),
        (
            GRIDS,
            None,
            &["6106211992032001", "新格", "", "", "", ""],
            "网格编码",
            Wrong::UnknownTownship,
        ),
        (
            GRIDS,
            None,
            &["6106211039992001", "新格", "", "", "", ""],
            "网格编码",
            Wrong::UnknownVillage,
        ),
        (
            GRIDS,
            None,
            &["6106211030002001", "新格", "", "", "", ""],
            "网格编码",
            Wrong::GridNotUnderVillage,
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "", "610621103", "", ""],
            "村编码",
            Wrong::GridNotUnderVillage,
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "", "", "下驿", ""],
            "所属村",
            Wrong::AmbiguousVillage("张家滩镇、雷赤镇".into()),
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "", "", "下驿", "雷赤镇"],
            "网格编码",
            Wrong::VillageDoesNotFit("下盘石村".into()),
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "", "", "无此村", ""],
            "所属村",
            Wrong::UnknownVillage,
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "", "", "", "无此镇"],
            "乡镇",
            Wrong::UnknownTownship,
        ),
        (
            GRIDS,
            Some(good),
            &["6106211032032991", "别名", "农村", "", "", ""],
            "网格编码",
            Wrong::DuplicateGrid("第2行".into()),
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "山区", "", "", ""],
            "网格类型",
            Wrong::UnknownKind,
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新格", "城镇", "", "", ""],
            "网格类型",
            Wrong::KindDoesNotFit("农村网格"),
        ),
        (
            GRIDS,
            None,
            &["6106211032032991", "新\n格", "", "", "", ""],
            "网格名称",
            Wrong::ControlCharacters,
        ),
        (GRIDS, None, &["6106211032032991", LONG, "", "", "", ""], "网格名称", Wrong::TooLong(40)),
        (UNITS, None, &["610621199", "新镇", "山头", ""], "级别", Wrong::UnknownLevel),
        (UNITS, None, &["610621199001", "新村", "村", ""], "单位编码", Wrong::UnknownParent),
        (
            UNITS,
            None,
            &["610621103203", "下盘石村", "村", "610621106"],
            "单位编码",
            Wrong::ParentChanged("张家滩镇".into()),
        ),
        (
            UNITS,
            Some(&["610621199", "新镇", "", ""]),
            &["610621199", "别名", "", ""],
            "单位编码",
            Wrong::DuplicateUnit("第2行".into()),
        ),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn people() -> Vec<Case> {
    let good: &[&str] = &["", "冯样一", "12000000001", GRID_7, "", ""];
    vec![
        (WORKERS, None, &["", "", "12000000001", GRID_7, "", ""], "姓名", Wrong::Missing),
        (WORKERS, None, &["", "同上", "12000000001", GRID_7, "", ""], "姓名", Wrong::NoName),
        (
            WORKERS,
            None,
            &["", "冯样一", "1200000000", GRID_7, "", ""],
            "手机号",
            Wrong::PhoneLength,
        ),
        (
            WORKERS,
            None,
            &["", "冯样一", "1200000000l", GRID_7, "", ""],
            "手机号",
            Wrong::PhoneLetters,
        ),
        (
            WORKERS,
            None,
            &["", "冯样一", "12000000001", "", "", ""],
            "网格编码",
            Wrong::WorkerWithoutGrid,
        ),
        (
            WORKERS,
            None,
            &["", "冯样一", "", "6106211032032777", "", ""],
            "网格编码",
            Wrong::UnknownGrid,
        ),
        (
            WORKERS,
            None,
            &["", "冯样一", "", "610621103203", "", ""],
            "网格编码",
            Wrong::RoleDoesNotFit,
        ),
        (
            WORKERS,
            Some(good),
            &["", "冯样一", "12000000001", GRID_7, "", ""],
            "姓名",
            Wrong::DuplicateWorker("第2行".into()),
        ),
        (
            WORKERS,
            Some(&["", "冯样一", "", GRID_7, "", ""]),
            &["", "冯样一", "", GRID_8, "", ""],
            "姓名",
            Wrong::AmbiguousWorker,
        ),
        // The register has somebody of that name in another grid.
        (WORKERS, None, &["", "王样一", "", GRID_8, "", ""], "姓名", Wrong::AmbiguousWorker),
        (
            WORKERS,
            Some(&["W1", "冯样一", "", GRID_7, "", ""]),
            &["W1", "曹例二", "", GRID_8, "", ""],
            "工号",
            Wrong::WorkerIdTaken("第2行".into()),
        ),
        (WORKERS, None, &["server", "冯样一", "", GRID_7, "", ""], "工号", Wrong::ReservedId),
        (WORKERS, None, &["", "冯样一", "", GRID_7, "昨天", ""], "开始日期", Wrong::UnreadableDate),
        (
            WORKERS,
            None,
            &["", "冯样一", "", GRID_7, "2026-03-05", "2026-03-04"],
            "结束日期",
            Wrong::EndBeforeBegin,
        ),
        (POSTS, None, &["无此人", "", GRID_7, "网格员"], "姓名", Wrong::UnknownWorker),
        (POSTS, None, &["王样一", "", "610621777", "村干部"], "单位编码", Wrong::UnknownUnit),
        (POSTS, None, &["王样一", "", GRID_7, "巡逻"], "岗位", Wrong::UnknownRole),
        (
            TERMS,
            Some(&["王样一", "610621103203", "村干部", "2026-03-05", ""]),
            &["王样一", "610621103203", "村干部", "2026-04-05", ""],
            "任职日期",
            Wrong::PeriodsDiffer("第2行".into()),
        ),
        // Without a first day it begins today.
        (
            TERMS,
            None,
            &["王样一", "610621103203", "村干部", "", "2026-11-19"],
            "离岗日期",
            Wrong::EndBeforeBegin,
        ),
        (
            VISITS,
            None,
            &["610621103203", "村委会", "全天", "王样一", "组长"],
            "坐诊时间",
            Wrong::UnreadableTime,
        ),
        (
            VISITS,
            Some(&["610621103203", "村委会", "9点", "王样一", "组长"]),
            &["610621103203", "党群中心", "", "刘演四", "网格员"],
            "坐诊地点",
            Wrong::TeamDiffers("第2行".into()),
        ),
        (
            VISITS,
            Some(&["610621103203", "村委会", "9点", "王样一", "组长"]),
            &["610621103203", "", "", "王样一", "网格员"],
            "姓名",
            Wrong::TwiceInTeam("第2行".into()),
        ),
        (VISITS, None, &["", "村委会", "9点", "王样一", ""], "村编码", Wrong::Missing),
        (TEAMS, None, &["第9组", "", "王样一", "专职"], "村编码", Wrong::Missing),
        (TEAMS, None, &["第9组", "610621103203", "王样一", "帮忙"], "专兼职", Wrong::UnknownDuty),
        (
            TEAMS,
            Some(&["第9组", "610621103203", "王样一", "专职"]),
            &["第9组", "610621103203", "刘演四", "专职"],
            "专兼职",
            Wrong::TwoDedicated("第2行".into()),
        ),
    ]
}

fn homes() -> Vec<Case> {
    let good: &[&str] = &["H1", "张试三", "前沟", "1号", GRID_7];
    vec![
        (HOMES, None, &["H1", "", "前沟", "1号", GRID_7], "户主", Wrong::Missing),
        (
            HOMES,
            None,
            &["H1", "张试三", "前沟", "1号", ""],
            "网格编码",
            Wrong::HouseholdWithoutGrid,
        ),
        (
            HOMES,
            None,
            &["H1", "张试三", "前沟", "1号", "6106211032032777"],
            "网格编码",
            Wrong::UnknownGrid,
        ),
        (HOMES, None, &["", "张试三", "前沟", "", GRID_7], "户号", Wrong::HouseholdWithoutNumber),
        (
            HOMES,
            Some(good),
            &["H1", "李例二", "前沟", "2号", GRID_7],
            "户号",
            Wrong::DuplicateHousehold("第2行".into()),
        ),
        (
            HOMES,
            Some(good),
            &["H1", "张试三", "前沟", "1号", GRID_8],
            "网格编码",
            Wrong::HouseholdInTwoGrids("第2行".into()),
        ),
        (
            HOMES,
            None,
            &["H1", "张试三", "前沟", "123456789012345678901", GRID_7],
            "门牌",
            Wrong::TooLong(20),
        ),
    ]
}

fn members() -> Vec<Case> {
    let head: &[&str] = &["H1", "张试三", "户主", "1958", "", ""];
    let row =
        |cells: &'static [&'static str], column, wrong| (MEMBERS, Some(head), cells, column, wrong);
    vec![
        row(&["H9", "高模五", "妻", "", "", ""], "户号", Wrong::MemberWithoutHousehold),
        row(&["", "高模五", "妻", "", "", ""], "户号", Wrong::Missing),
        row(&["H1", "张试三", "子", "", "", ""], "姓名", Wrong::DuplicateMember("第2行".into())),
        row(&["H1", "高模五", "03", "", "", ""], "与户主关系", Wrong::UnknownRelationCode),
        row(&["H1", "高模五", "12夫", "", "", ""], "与户主关系", Wrong::RelationDoesNotFit("妻")),
        row(&["H1", "高模五", "户主", "", "", ""], "与户主关系", Wrong::TwoHeads("第2行".into())),
        row(&["H1", "高模五", "妻子的远房表妹的女儿", "", "", ""], "", Wrong::Missing),
        row(
            &["H1", "高模五", "妻子的远房表妹的女儿们", "", "", ""],
            "与户主关系",
            Wrong::TooLong(10),
        ),
        row(&["H1", "高模五", "妻", "2027", "", ""], "出生年", Wrong::BirthYear),
        row(&["H1", "高模五", "妻", "1899", "", ""], "出生年", Wrong::BirthYear),
        row(&["H1", "高模五", "妻", "1997-02-29", "", ""], "出生年", Wrong::BirthDate),
        row(
            &["H1", "高模五", "妻", "", "", "610699195803120017"],
            "身份证号",
            Wrong::CitizenNumber(CitizenNumberError::CheckDigit),
        ),
        row(
            &["H1", "高模五", "妻", "", "", "610699199702290065"],
            "身份证号",
            Wrong::CitizenNumber(CitizenNumberError::BirthDate),
        ),
        row(
            &["H1", "高模五", "妻", "", "", "61069919580312"],
            "身份证号",
            Wrong::CitizenNumber(CitizenNumberError::Length),
        ),
        row(
            &["H1", "高模五", "妻", "1960", "", "610699196311050028"],
            "出生年",
            Wrong::BirthYearsDiffer,
        ),
    ]
}

fn check(town: &Town, sheets: &[Rows<'_>], row: u32, column: &str, wrong: &Wrong) {
    let view = town.run(sheets, true);
    assert!(!view.applied, "{wrong:?}");
    assert_eq!(view.wrong_total, 1, "{wrong:?}: {:?} {}", view.wrong, view.refused);
    let found = &view.wrong[0];
    assert_eq!((found.row, found.column.as_str()), (row, column), "{wrong:?}");
    assert_eq!((found.reason.clone(), found.cure.clone()), (wrong.reason(), wrong.cure()));
    assert!(found.sheet.starts_with("表"), "{wrong:?}");
}

#[test]
fn each_kind_is_told_by_place_reason_and_cure() {
    let town = town();
    for (header, good, bad, column, wrong) in grids().into_iter().chain(people()).chain(homes()) {
        let mut rows = vec![header.to_vec()];
        rows.extend(good.map(<[&str]>::to_vec));
        rows.push(bad.to_vec());
        let row = u32::try_from(rows.len()).unwrap();
        check(&town, &[("表1", rows)], row, column, &wrong);
    }
}

#[test]
fn each_kind_of_bad_member_is_told() {
    let town = town();
    for (header, good, bad, column, wrong) in members() {
        let household = vec![HOMES.to_vec(), vec!["H1", "张试三", "前沟", "1号", GRID_7]];
        let rows = vec![header.to_vec(), good.unwrap().to_vec(), bad.to_vec()];
        let sheets = [("表1", household), ("表2", rows)];
        if column.is_empty() {
            // A relation that nobody knows is taken as it is.
            assert_eq!(town.run(&sheets, false).wrong_total, 0);
        } else {
            check(&town, &sheets, 3, column, &wrong);
        }
    }
}

#[test]
fn a_head_who_is_no_member_is_told() {
    let household = vec![HOMES.to_vec(), vec!["H1", "张试三", "前沟", "1号", GRID_7]];
    let rows = vec![MEMBERS.to_vec(), vec!["H1", "高模五", "妻", "", "", ""]];
    check(&town(), &[("表1", household), ("表2", rows)], 2, "户主", &Wrong::HeadNotMember);
}

#[test]
fn a_number_that_two_villages_have_needs_more() {
    let household = vec![
        HOMES.to_vec(),
        vec!["H1", "张试三", "前沟", "1号", GRID_7],
        vec!["H1", "李例二", "前沟", "1号", "6106211062302001"],
    ];
    let rows = vec![MEMBERS.to_vec(), vec!["H1", "张试三", "户主", "", "", ""]];
    check(&town(), &[("表1", household), ("表2", rows)], 2, "户号", &Wrong::AmbiguousHousehold);
}

#[test]
fn people_in_a_grid_that_ended_are_told() {
    let town = town();
    let grid = town.app.register().unwrap().tree().find(&GRID_8.into()).unwrap().clone();
    let closed = OrgUnit { closed_on: Some(Date::constant(2026, 1, 1)), ..grid };
    town.app.write(|db| db.put_unit(&closed).and_then(|()| db.touch_register())).unwrap();
    let rows = vec![WORKERS.to_vec(), vec!["", "冯样一", "", GRID_8, "", ""]];
    check(&town, &[("表1", rows)], 2, "网格编码", &Wrong::ClosedGrid);
}

#[test]
fn two_people_of_one_name_need_more() {
    let town = town();
    let rows = vec![
        WORKERS.to_vec(),
        vec!["", "冯样一", "12000000001", GRID_7, "", ""],
        vec!["", "冯样一", "12000000002", GRID_8, "", ""],
    ];
    town.take(&[("网格员", rows)]);
    let rows = vec![POSTS.to_vec(), vec!["冯样一", "", "610621103203", "村干部"]];
    check(&town, &[("表1", rows)], 2, "姓名", &Wrong::AmbiguousWorker);
}

#[test]
fn a_citizen_number_is_not_shown_whole_to_whoever_reads_the_report() {
    let town = town();
    let household = vec![HOMES.to_vec(), vec!["H1", "张试三", "前沟", "1号", GRID_7]];
    let rows = vec![MEMBERS.to_vec(), vec!["H1", "张试三", "户主", "", "", "610699195803120017"]];
    let view = town.run(&[("表1", household), ("表2", rows)], false);
    assert_eq!(view.wrong[0].value, "…0017");
}

#[test]
fn the_report_is_a_spreadsheet_with_every_bad_row() {
    let town = town();
    let mut rows = vec![HOMES.to_vec()];
    rows.extend((0..250).map(|_| vec!["H1", "张试三", "前沟", "1号", "6106211032032777"]));
    let view = town.run(&[("户", rows)], true);
    assert_eq!((view.wrong_total, view.wrong.len()), (250, 200));
    let bytes = STANDARD.decode(&view.report_base64).unwrap();
    let report = sheet::read("report.xlsx", &bytes).unwrap();
    assert_eq!(report.sheets[0].rows.len(), 252);
    let first = &report.sheets[0].rows[2].cells;
    assert_eq!(first[..5], ["登记表.xlsx", "户", "2", "网格编码", "6106211032032777"]);
}
