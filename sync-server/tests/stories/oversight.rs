//! Complaints, who looked at whom, and who runs the service: what the county reads of itself.

use std::path::Path;
use std::process::Command;

use yidang_api::FaultCode;
use yidang_api::device::{ComplaintKind, TakeComplaint};
use yidang_api::household::{ConsultHousehold, ConsultPeople};
use yidang_api::oversight::{
    ComplaintAnswersQuestion, HandleComplaint, HeldComplaintsQuestion, HeldComplaintsView,
    LooksQuestion,
};
use yidang_domain::civil::InstantMs;

use crate::support::ask::fresh_name;
use crate::support::{Device, GRID_7, ORDINARY_DAY, Town};

/// What the administrator's command says on the terminal.
fn command(data: &Path, arguments: &[&str]) -> String {
    let (name, rest) = arguments.split_first().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .arg(name)
        .arg("--data")
        .arg(data)
        .args(rest)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn complaint(about: ComplaintKind, words: &str, at: i64) -> TakeComplaint {
    let contact = "12000000031".to_owned();
    TakeComplaint { about, words: words.into(), contact, at: InstantMs(at) }
}

const ALL: HeldComplaintsQuestion = HeldComplaintsQuestion { waiting: false, offset: 0, limit: 0 };

async fn held(town: &Town, who: &Device, question: HeldComplaintsQuestion) -> HeldComplaintsView {
    who.ask(&town.app, &question).await.unwrap()
}

fn numbers(view: &HeldComplaintsView) -> Vec<u64> {
    view.rows.iter().map(|row| row.number).collect()
}

/// 王样一 hands in two complaints and 张试三 one.
async fn with_three(town: &Town) -> (Device, Device) {
    let wang = town.device("u-wang").await;
    let zhang = town.device("u-zhang").await;
    let at = town.clock.now().0;
    for (who, about, words) in [
        (&wang, ComplaintKind::Usage, "字再大一点"),
        (&zhang, ComplaintKind::Burden, "同一件事要填三遍"),
        (&wang, ComplaintKind::Privacy, "为什么要填民族"),
    ] {
        who.ask(&town.app, &complaint(about, words, at)).await.unwrap();
    }
    (wang, zhang)
}

#[tokio::test]
async fn the_county_reads_complaints_newest_first_with_who_and_what() {
    let town = Town::on(ORDINARY_DAY);
    with_three(&town).await;
    let hao = town.device("u-hao").await;
    let feng = town.administrator().await;
    for who in [&hao, &feng] {
        let view = held(&town, who, ALL).await;
        assert_eq!((view.total, view.waiting, numbers(&view)), (3, 3, vec![3, 2, 1]));
        let second = &view.rows[1];
        assert_eq!((second.name.as_str(), second.about), ("张试三", ComplaintKind::Burden));
        assert_eq!(second.words, "同一件事要填三遍");
        assert_eq!(second.contact, "12000000031");
        assert!(view.rows[0].post.starts_with("网格员 · 张家滩镇"), "{}", view.rows[0].post);
        assert_eq!(view.rows[0].taken_at, town.clock.now());
        assert_eq!(view.rows[0].handled, None);
    }
    let page = HeldComplaintsQuestion { offset: 1, limit: 1, ..ALL };
    assert_eq!(numbers(&held(&town, &hao, page).await), [2]);
}

#[tokio::test]
async fn a_township_and_a_grid_worker_read_no_complaints_and_answer_none() {
    let town = Town::on(ORDINARY_DAY);
    let (wang, _) = with_three(&town).await;
    let li = town.device("u-li").await;
    let no = (FaultCode::NotAllowed, String::new());
    let handle = HandleComplaint { number: 1, words: "改好了".into() };
    for who in [&wang, &li] {
        assert_eq!(who.refused(&town.app, &ALL).await, no);
        assert_eq!(who.refused(&town.app, &handle).await, no);
    }
    let hao = town.device("u-hao").await;
    assert_eq!(held(&town, &hao, ALL).await.waiting, 3, "nobody answered anything");
}

#[tokio::test]
async fn what_became_of_a_complaint_is_said_once_and_read_by_whoever_wrote_it() {
    let town = Town::on(ORDINARY_DAY);
    let (wang, zhang) = with_three(&town).await;
    let hao = town.device("u-hao").await;
    let app = &town.app;
    assert!(wang.ask(app, &ComplaintAnswersQuestion {}).await.unwrap().is_empty());
    let handle = HandleComplaint { number: 1, words: "  下一版加了大字 ".into() };
    let ask = fresh_name();
    let row = hao.ask_as(app, ask.clone(), &handle).await.unwrap();
    let handled = row.handled.clone().unwrap();
    assert_eq!((handled.words.as_str(), handled.name.as_str()), ("下一版加了大字", "郝演十"));
    assert!(handled.post.starts_with("县中心 · "), "{}", handled.post);
    // The answer was lost and the question comes again.
    assert_eq!(hao.ask_as(app, ask, &handle).await.unwrap(), row);

    let told = wang.ask(app, &ComplaintAnswersQuestion {}).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].number, &told[0].handled), (1, &handled));
    assert!(zhang.ask(app, &ComplaintAnswersQuestion {}).await.unwrap().is_empty());

    let view = held(&town, &hao, HeldComplaintsQuestion { waiting: true, ..ALL }).await;
    assert_eq!((view.total, view.waiting, numbers(&view)), (3, 2, vec![3, 2]));

    let feng = town.administrator().await;
    let invalid = |field: &str| (FaultCode::Invalid, field.to_owned());
    let again = HandleComplaint { number: 1, words: "不改".into() };
    assert_eq!(feng.refused(app, &again).await, invalid("number"));
    let first = held(&town, &feng, ALL).await.rows.remove(2);
    assert_eq!(first.handled, Some(handled), "what was said first stays");
    for words in [String::new(), "  ".into(), "长".repeat(501)] {
        let handle = HandleComplaint { number: 2, words };
        assert_eq!(feng.refused(app, &handle).await, invalid("words"));
    }
    let nothing = HandleComplaint { number: 9, words: "改好了".into() };
    assert_eq!(feng.refused(app, &nothing).await.0, FaultCode::NotFound);
}

#[tokio::test]
async fn the_administrator_reads_who_looked_and_what_for_without_names_of_those_looked_at() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let people = [("薛样一", "12000000041"), ("马例二", "12000000042")];
    let id = wang.open_household(3, GRID_7, "3-01", people, town.clock.now());
    wang.sync(&town.app).await;
    let li = town.device("u-li").await;
    let app = &town.app;
    let search =
        ConsultPeople { text: "薛样一".into(), org: None, purpose: "核对当事人".into() };
    li.ask(app, &search).await.unwrap();
    li.ask(app, &ConsultHousehold { id, purpose: "调解前了解".into() }).await.unwrap();

    let feng = town.administrator().await;
    let view = feng.ask(app, &LooksQuestion::default()).await.unwrap();
    assert_eq!((view.total, view.rows.len()), (2, 2));
    let [whole, search] = &view.rows[..] else { panic!() };
    assert_eq!((whole.name.as_str(), whole.asked.as_str()), ("李例二", "看一户"));
    assert_eq!(whole.post, "乡镇审核 · 张家滩镇");
    assert_eq!(whole.purpose, "调解前了解");
    assert_eq!(whole.household, "张家滩镇 · 下盘石村 · 第7网格 3-01");
    assert_eq!(whole.at, town.clock.now());
    assert_eq!((search.asked.as_str(), search.household.as_str()), ("查人查户", ""));
    let json = serde_json::to_string(&view).unwrap();
    assert!(!json.contains("薛样一"), "{json}");
    let older = LooksQuestion { offset: 1, limit: 1 };
    assert_eq!(feng.ask(app, &older).await.unwrap().rows, std::slice::from_ref(search));

    let no = (FaultCode::NotAllowed, String::new());
    let hao = town.device("u-hao").await;
    for who in [&wang, &li, &hao] {
        assert_eq!(who.refused(app, &LooksQuestion::default()).await, no);
    }
}

#[tokio::test]
async fn the_operator_reads_complaints_and_looks_beside_the_running_server() {
    let town = Town::on(ORDINARY_DAY);
    let (wang, _) = with_three(&town).await;
    let hao = town.device("u-hao").await;
    let handle = HandleComplaint { number: 1, words: "下一版加了大字".into() };
    hao.ask(&town.app, &handle).await.unwrap();
    let search =
        ConsultPeople { text: "薛样一".into(), org: None, purpose: "核对\n门牌".into() };
    wang.ask(&town.app, &search).await.unwrap();

    let data = town.directory.path().join("data");
    let all = command(&data, &["complaints"]);
    assert!(all.starts_with("3 complaints, 2 not answered\n"), "{all}");
    for words in ["王样一 · 网格员", "个人信息", "为什么要填民族", "郝演十: 下一版加了大字"]
    {
        assert!(all.contains(words), "{words} is missing: {all}");
    }
    let waiting = command(&data, &["complaints", "--waiting", "--most", "1"]);
    assert!(waiting.contains("为什么要填民族") && !waiting.contains("字再大一点"), "{waiting}");
    assert!(!waiting.contains("同一件事要填三遍"), "one at most: {waiting}");

    let looks = command(&data, &["looks", "--most", "5"]);
    assert!(looks.starts_with("1 looks\n") && looks.contains("核对 门牌"), "{looks}");
    assert!(looks.contains("查人查户") && !looks.contains("薛样一"), "{looks}");
}

#[tokio::test]
async fn who_runs_the_service_is_written_by_the_operator_and_reaches_every_device() {
    let town = Town::on(ORDINARY_DAY);
    let mut wang = town.device("u-wang").await;
    let data = town.directory.path().join("data");
    let name = "延长县社会治安综合治理中心";
    command(&data, &["host", "--name", name, "--filing", "陕ICP备00000000号"]);
    wang.sync(&town.app).await;
    let host = wang.reference.clone().unwrap().host;
    assert_eq!((host.name.as_str(), host.filing.as_str()), (name, "陕ICP备00000000号"));
    assert_eq!(host.phone, "演示版，没有电话", "what is not named stays");
    // An empty text takes away what stood there.
    let said = command(&data, &["host", "--filing", "", "--phone", "0911-0000000"]);
    assert_eq!(said, format!("name\t{name}\nfiling\t-\nphone\t0911-0000000\n"));
    wang.sync(&town.app).await;
    let host = wang.reference.clone().unwrap().host;
    assert_eq!((host.name.as_str(), host.filing.as_str()), (name, ""));
    assert_eq!(host.phone, "0911-0000000");
    assert_eq!(command(&data, &["host"]), said, "asking changes nothing");
}
