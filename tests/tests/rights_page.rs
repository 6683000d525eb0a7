//! `docs/rights.md` prints the table of rights as it stands in the code.

use std::path::{Path, PathBuf};

use yidang_domain::rights::{Act, Row, TABLE, When};

const BEGINS: &str = "<!-- the table begins -->\n";
const ENDS: &str = "<!-- the table ends -->";
/// Set to anything, the page is written instead of compared.
const UPDATE: &str = "YIDANG_UPDATE";

const HEAD: &str = "\
| 做什么 | act | 环节 | stages | 谁可以 | roles |
| --- | --- | --- | --- | --- | --- |
";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rights.md")
}

fn act_word(act: Act) -> &'static str {
    match act {
        Act::OpenCaseFile => "建档",
        Act::EditCaseFile => "改事实和当事人",
        Act::EditVisitDay => "安排坐诊",
        Act::EditHousehold => "改户的信息",
        Act::ResolveValue => "定一个值",
        Act::ResolveDecision => "定一个决定",
        Act::Add(kind) => kind.label(),
    }
}

fn when_words(when: When) -> String {
    match when {
        When::Always => "不限".to_owned(),
        When::BeforeClosing => "销号以前".to_owned(),
        When::In(stages) => stages.iter().map(|stage| stage.label()).collect::<Vec<_>>().join("、"),
    }
}

fn when_names(when: When) -> String {
    match when {
        When::Always | When::BeforeClosing => format!("{when:?}"),
        When::In(stages) => names(stages),
    }
}

fn names<T: std::fmt::Debug>(all: &[T]) -> String {
    all.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(", ")
}

fn line(row: &Row) -> String {
    let roles: Vec<&str> = row.roles.iter().map(|role| role.label()).collect();
    let cells = [
        act_word(row.act).to_owned(),
        format!("`{:?}`", row.act),
        when_words(row.when),
        format!("`{}`", when_names(row.when)),
        roles.join("、"),
        format!("`{}`", names(row.roles)),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn table() -> String {
    let rows: String = TABLE.iter().map(line).collect();
    format!("{HEAD}{rows}")
}

#[test]
fn the_page_prints_the_table_of_the_code() {
    let page = std::fs::read_to_string(path()).unwrap();
    let (before, rest) = page.split_once(BEGINS).unwrap();
    let (printed, after) = rest.split_once(ENDS).unwrap();
    let table = table();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(path(), format!("{before}{BEGINS}{table}{ENDS}{after}")).unwrap();
        return;
    }
    assert_eq!(
        printed, table,
        "docs/rights.md does not print rights::TABLE; write it with \
         `{UPDATE}=1 cargo test -p yidang-tests --test rights_page` and read the change"
    );
}
