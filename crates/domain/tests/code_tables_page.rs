//! `docs/code-tables.md` prints the tables and the crosswalk as they stand in the data.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use yidang_domain::category;
use yidang_domain::crosswalk::{Row, TypeB, TypeC, built_in};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/code-tables.md");
    std::fs::read_to_string(path).unwrap()
}

fn b(one: TypeB) -> String {
    format!("{} {}", one.code(), one.label())
}

fn line(row: &Row) -> String {
    let mut types = row.b.map_or_else(|| "不属人民调解".to_owned(), b);
    for (flag, one) in [("欠薪", row.b_if_unpaid_migrant_wages), ("网购", row.b_if_online_purchase)]
    {
        if let Some(one) = one {
            types.push_str(&format!("；{flag}：{}", b(one)));
        }
    }
    let (_, category) = category::find(&row.a).unwrap();
    let c = format!("{} {}", row.c.code(), row.c.label());
    format!("| {} | {} | {types} | {c} | {} |", row.a, category.label, row.note)
}

#[test]
fn the_page_prints_the_data() {
    let mut expected: Vec<String> = TypeB::ALL
        .iter()
        .map(|one| format!("| {} | {} | {} |", one.code(), one.label(), one.older().label()))
        .collect();
    expected.extend(TypeC::ALL.iter().map(|one| format!("| {} | {} |", one.code(), one.label())));
    expected.extend(built_in().rows().map(line));
    expected.push(format!("| 版本 | {} |", built_in().version()));
    expected.push(format!("| 启用日期 | {} |", built_in().valid_from()));
    expected.push(format!("| 依据 | {} |", built_in().source()));
    let page = page();
    let missing: Vec<&String> =
        expected.iter().filter(|line| !page.lines().any(|printed| printed == *line)).collect();
    assert!(missing.is_empty(), "docs/code-tables.md lacks {missing:#?}");
    let rows = page.lines().filter(|line| {
        line.get(2..6).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
    });
    assert_eq!(rows.count(), built_in().rows().count(), "a row that the data do not have");
}
