//! `docs/rights.md` prints the table of rights as it is in the code.

use std::path::{Path, PathBuf};

use yidang_domain::case_state::Stage;
use yidang_domain::org::Role;
use yidang_domain::rights::{Act, Row, TABLE, When};

const BEGIN: &str = "<!-- the table begins -->\n";
const END: &str = "<!-- the table ends -->";
/// Writes the page instead of comparing it.
const UPDATE: &str = "YIDANG_UPDATE";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rights.md")
}

fn act(act: Act) -> (&'static str, String) {
    let word = match act {
        Act::OpenCaseFile => "建档",
        Act::EditCaseFile => "改事实和当事人",
        Act::EditVisitDay => "安排坐诊",
        Act::EditHousehold => "改户的信息",
        Act::ResolveValue => "定一个值",
        Act::ResolveDecision => "定一个决定",
        Act::Add(kind) => return (kind.label(), format!("Add({kind:?})")),
    };
    (word, format!("{act:?}"))
}

fn stages(when: When) -> (String, String) {
    match when {
        When::Always => ("不限".into(), "Always".into()),
        When::BeforeClosing => ("销号以前".into(), "BeforeClosing".into()),
        When::In(stages) => {
            let words: Vec<&str> = stages.iter().map(|stage: &Stage| stage.label()).collect();
            let names: Vec<String> = stages.iter().map(|stage| format!("{stage:?}")).collect();
            (words.join("、"), names.join(", "))
        }
    }
}

fn roles(roles: &[Role]) -> (String, String) {
    let words: Vec<&str> = roles.iter().map(|role| role.label()).collect();
    let names: Vec<String> = roles.iter().map(|role| format!("{role:?}")).collect();
    (words.join("、"), names.join(", "))
}

fn line(row: &Row) -> String {
    let cells = [
        act(row.act),
        {
            let (words, names) = stages(row.when);
            return_with(act(row.act), (words, names), roles(row.roles))
        },
    ];
    let [_, (_, line)] = cells;
    line
}

fn return_with(
    act: (&'static str, String),
    stages: (String, String),
    roles: (String, String),
) -> (&'static str, String) {
    ("", format!("| {} | `{}` | {} | `{}` | {} | `{}` |\n", act.0, act.1, stages.0, stages.1, roles.0, roles.1))
}
