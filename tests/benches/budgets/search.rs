//! Everything people look for, on a device with 20,000 files and 50,000 members of households and on
//! the server with 120,000 people: through the questions that screens ask, answers written as JSON.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::clock::{measure as took, ms, percentile};
use super::holding::{FILES, Holding, grid};
use super::import::TOWNSHIP;
use super::people::RARE;
use super::report::Report;
use super::world::{Pen, World};

const BUDGET_MS: f64 = 10.0;
/// Each kind is asked so often, its texts in turn.
const ASKS: usize = 200;
/// What is far over its budget is not waited for so often.
const PATIENCE: Duration = Duration::from_secs(8);
/// Rows of each group on the page 找, and of a list.
const SHOWN: u32 = 12;
const PAGE: u32 = 50;

/// A kind of question by its texts.
struct Kind {
    what: &'static str,
    texts: Vec<String>,
}

fn kind(what: &'static str, texts: &[&str]) -> Kind {
    Kind { what, texts: texts.iter().map(|text| (*text).to_owned()).collect() }
}

/// What is asked of a device. The characters and words are in every file, in a tenth, in a handful.
fn kinds(pen: &Pen<'_>) -> Result<Vec<Kind>> {
    let phones = phones(pen)?;
    let tails = |length: usize| -> Vec<String> {
        phones
            .iter()
            .filter_map(|phone| phone.get(phone.len() - length..))
            .map(Into::into)
            .collect()
    };
    Ok(vec![
        kind("one character, in every file", &["村", "组"]),
        kind("one character, a common surname", &["王", "李"]),
        kind("one character, rare", &["㛃", "𡚸", "𬍛", "禤"]),
        kind("two characters, in every file", &["纠纷", "旁演"]),
        kind("two characters, words", &["果园", "围栏", "王建"]),
        kind("two characters, rare", &["王㛃", "禤样"]),
        kind("three characters", &["李𡚸花", "王建国", "村委会", "待受理"]),
        kind("four characters", &["欧阳𠮷祥", "羊群果园", "邻里纠纷"]),
        kind("a sentence's words", &["果园 王", "围栏，铁丝网"]),
        kind("initials of one letter", &["w", "z"]),
        kind("initials of two letters", &["wj", "ls"]),
        kind("initials of three letters", &["wjg", "sjg", "djg"]),
        kind("initials of four letters", &["oyjx", "ycjg"]),
        kind("one digit", &["1", "3"]),
        Kind { what: "a telephone's tail, four digits", texts: tails(4) },
        Kind { what: "a telephone's tail, eight digits", texts: tails(8) },
        Kind { what: "a telephone, whole", texts: tails(11) },
        kind("an official number's digits", &["2026", "17", "1203"]),
        kind("a category's words", &["婚恋家庭", "土地承包经营"]),
        kind("a stage's words", &["待受理", "在办"]),
    ])
}

fn phones(pen: &Pen<'_>) -> Result<Vec<String>> {
    let rows = pen.ask("list_case_files", &list(&json!({ "limit": 8 })))?["rows"].clone();
    let mut phones = Vec::new();
    for row in rows.as_array().into_iter().flatten() {
        let view = pen.ask("case_file", &json!({ "id": row["id"] }))?;
        phones.extend(view["parties"][0]["phone"].as_str().map(str::to_owned));
    }
    ensure!(phones.iter().all(|phone| phone.len() == 11), "{phones:?}");
    Ok(phones)
}

/// A question for a list, with some of it changed.
fn list(changes: &Value) -> Value {
    let mut list = json!({ "queue": "all", "org": null, "category": null, "risk": null,
        "text": "", "offset": 0, "limit": PAGE });
    for (name, value) in changes.as_object().into_iter().flatten() {
        list[name] = value.clone();
    }
    list
}

/// How long answers took: on the wall, and of the processor by device and server together, which is
/// what remains of it on a machine that others use too.
#[derive(Default)]
struct Times {
    wall: Vec<Duration>,
    processor: Vec<Duration>,
}

/// Asks in turn; gives the times.
fn ask_all(pen: &Pen<'_>, name: &str, questions: &[Value]) -> Result<Times> {
    let begun = Instant::now();
    let mut times = Times::default();
    for question in questions.iter().cycle().take(ASKS) {
        let (answer, time) = took(|| pen.ask(name, question));
        answer?;
        times.wall.push(time.wall);
        times.processor.push(time.own + time.others);
        if begun.elapsed() > PATIENCE {
            break;
        }
    }
    Ok(times)
}

fn row(report: &mut Report, group: &'static str, what: &str, times: Times) {
    with_floor(report, group, what, times, [None; 3]);
}

/// The same beside the floors of its rows.
fn with_floor(
    report: &mut Report,
    group: &'static str,
    what: &str,
    mut times: Times,
    floors: [Option<f64>; 3],
) {
    for (row, floor) in rows(&mut times).into_iter().zip(floors) {
        let (name, figure, budget) = row;
        report.with_floor(group, format!("{what}, {name}"), figure, "ms", budget, floor);
    }
}

/// Median and p99 on the wall, and p99 of the processor.
fn rows(times: &mut Times) -> [(&'static str, f64, Option<f64>); 3] {
    [
        ("p50", ms(percentile(&mut times.wall, 0.5)), None),
        ("p99", ms(percentile(&mut times.wall, 0.99)), Some(BUDGET_MS)),
        ("p99 of one core", ms(percentile(&mut times.processor, 0.99)), None),
    ]
}

/// The page 找 and lists of a device.
pub fn on_device(report: &mut Report, holding: &Holding) -> Result<()> {
    const GROUP: &str = "search";
    let pen = holding.pen()?;
    for kind in kinds(&pen)? {
        let find: Vec<Value> =
            kind.texts.iter().map(|text| json!({ "text": text, "limit": SHOWN })).collect();
        row(report, GROUP, &format!("find: {}", kind.what), ask_all(&pen, "find", &find)?);
        let lists: Vec<Value> =
            kind.texts.iter().map(|text| list(&json!({ "text": text }))).collect();
        let times = ask_all(&pen, "list_case_files", &lists)?;
        row(report, GROUP, &format!("list: {}", kind.what), times);
    }
    for name in RARE {
        let found = pen.ask("find", &json!({ "text": name, "limit": SHOWN }))?;
        ensure!(found["households_total"] != 0 && found["files_total"] != 0, "{name}: {found}");
    }
    filters(report, &pen)?;
    scroll(report, &pen)
}

/// Filters without a text, together and as kept selections.
fn filters(report: &mut Report, pen: &Pen<'_>) -> Result<()> {
    const GROUP: &str = "search";
    let all = [
        ("no filter at all", json!({})),
        ("a category", json!({ "category": "0201" })),
        ("a class of categories", json!({ "category": "02" })),
        ("the queue 待受理", json!({ "queue": "to_accept" })),
        ("the queue 逾期", json!({ "queue": "overdue" })),
        ("a grid", json!({ "org": grid(1) })),
        (
            "queue, category, risk, grid and words together",
            json!({ "queue": "open", "category": "02", "risk": 2, "org": grid(1), "text": "果园" }),
        ),
        (
            "queue, class, days and a character of every file",
            json!({ "queue": "open", "category": "09", "found_from": "2026-01-01", "text": "村" }),
        ),
    ];
    for (nth, (what, changes)) in all.iter().enumerate() {
        let question = list(changes);
        let times = ask_all(pen, "list_case_files", std::slice::from_ref(&question))?;
        row(report, GROUP, &format!("list: {what}"), times);
        if nth >= all.len() - 3 {
            let kept =
                json!({ "name": what.chars().take(20).collect::<String>(), "list": question });
            pen.ask("save_view", &kept)?;
        }
    }
    let views = ask_all(pen, "saved_views", &[json!({})])?;
    row(report, GROUP, "three kept selections, counted", views);
    let queues = ask_all(pen, "queues", &[json!({})])?;
    row(report, GROUP, "the twelve queues, counted", queues);
    Ok(())
}

/// Pages of the list, also far down.
fn scroll(report: &mut Report, pen: &Pen<'_>) -> Result<()> {
    for offset in [0, 1_000, 10_000, FILES - 50] {
        let question = list(&json!({ "offset": offset }));
        let view = pen.ask("list_case_files", &question)?;
        let rows = view["rows"].as_array().map_or(0, Vec::len);
        ensure!(rows == 50, "{rows} rows at {offset}");
        let times = ask_all(pen, "list_case_files", &[question])?;
        row(report, "scroll", &format!("fifty rows from {offset} of 20,000"), times);
    }
    Ok(())
}

/// People of the whole county and of one township, asked online. Each answer waits until it is
/// written down, durably, who looked for whom: a question that finds nobody is the floor.
pub fn on_server(report: &mut Report, world: &World) -> Result<()> {
    const GROUP: &str = "search-server";
    let pen = world.device(&world.folder.join("clerk"), "u-clerk")?;
    let ask =
        |text: &str, org: &Value| json!({ "text": text, "org": org, "purpose": "核对当事人" });
    let mut nobody = ask_all(&pen, "consult_people", &[ask("龘龘龘龘", &Value::Null)])?;
    let floors = rows(&mut nobody).map(|(name, figure, _)| {
        let what = format!("nobody: the way there and the log, {name}");
        report.row(GROUP, what, figure, "ms", None);
        Some(figure)
    });
    for (what, texts) in [
        ("one character, in every household", &["院", "号"][..]),
        ("one character, a common surname", &["王", "李"]),
        ("one character, rare", &["㛃", "𡚸", "𬍛", "禤"]),
        ("two characters", &["王建", "禤样", "王㛃", "后沟"]),
        ("three characters", &["李𡚸花", "王建国", "张𬍛"]),
        ("four characters", &["欧阳𠮷祥", "尉迟建国"]),
        ("initials of three letters", &["wjg", "sjg", "djg"]),
        ("initials of four letters", &["oyjx", "ycjg"]),
        ("a tail of three digits", &["031", "777"]),
        ("a telephone's tail, four digits", &["0031", "1234", "9876"]),
        ("a household's number", &["H00017", "h44000"]),
        ("two words", &["王 后沟", "李 wj"]),
    ] {
        for (place, org) in [("county", Value::Null), ("township", json!(TOWNSHIP))] {
            let asks: Vec<Value> = texts.iter().map(|text| ask(text, &org)).collect();
            let times = ask_all(&pen, "consult_people", &asks)?;
            with_floor(report, GROUP, &format!("{place}: {what}"), times, floors);
        }
    }
    for name in RARE {
        let found = pen.ask("consult_people", &ask(name, &Value::Null))?;
        ensure!(found["rows"][0]["name"] == name, "{name}: {found}");
    }
    let admin = world.device(&world.folder.join("admin"), "u-admin")?;
    let users: Vec<Value> = ["王", "wjg", "0031"]
        .map(|text| json!({ "text": text, "org": null, "offset": 0, "limit": 100 }))
        .to_vec();
    row(report, GROUP, "workers, for the administrator", ask_all(&admin, "users", &users)?);
    Ok(())
}
