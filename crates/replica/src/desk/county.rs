//! The county at a glance: counts from the index, each with the list behind it.

use yidang_api::Fault;
use yidang_api::county::{ClassRow, CountyQuestion, CountyView, Figure, TownshipRow};
use yidang_api::list::{ListCaseFiles, Queue, Stage};
use yidang_domain::category::CLASSES;
use yidang_domain::civil::Date;
use yidang_domain::facts::Risk;
use yidang_domain::ids::OrgCode;
use yidang_domain::org::OrgLevel;

use crate::device::{Device, OpenDesk};
use crate::store::{CaseFilter, ReadCases, ReadState};

/// Counts what a list would show, so that the number and the list can never differ.
fn figure(
    desk: &OpenDesk,
    today: Date,
    label: &str,
    definition: &str,
    opens: ListCaseFiles,
) -> Result<Figure, Fault> {
    let count = desk.store.count_cases(&CaseFilter::of(&opens, today))?;
    Ok(Figure {
        label: label.to_owned(),
        count,
        of: None,
        definition: definition.to_owned(),
        opens,
    })
}

fn of_org(queue: Queue, org: &OrgCode) -> ListCaseFiles {
    ListCaseFiles { org: Some(org.clone()), ..ListCaseFiles::of(queue) }
}

/// The overview of everything in scope.
pub fn view(device: &mut Device, question: &CountyQuestion) -> Result<CountyView, Fault> {
    let today = device.today();
    let from =
        question.from.unwrap_or_else(|| Date::new(today.year(), today.month(), 1).unwrap_or(today));
    let desk = device.desk()?;
    let county = desk.tree.units().find(|unit| unit.level == OrgLevel::County);
    let as_of = desk
        .store
        .state("done_at")?
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| yidang_domain::civil::InstantMs(i64::from_be_bytes(bytes)));
    Ok(CountyView {
        name: county.map(|unit| unit.name.clone()).unwrap_or_default(),
        from,
        to: today,
        as_of,
        figures: figures(desk, from, today)?,
        townships: townships(desk, today)?,
        classes: classes(desk, today)?,
        stages: stages(desk, today)?,
        risks: risks(desk, today)?,
    })
}

fn figures(desk: &OpenDesk, from: Date, today: Date) -> Result<Vec<Figure>, Fault> {
    let all = desk.store.count_cases(&CaseFilter::of(&ListCaseFiles::of(Queue::All), today))?;
    let new = ListCaseFiles { found_from: Some(from), ..ListCaseFiles::of(Queue::All) };
    let done = ListCaseFiles { closed_from: Some(from), ..ListCaseFiles::of(Queue::Closed) };
    let mut figures = vec![
        figure(desk, today, "新增", "发现日期在时段内的案件", new)?,
        figure(desk, today, "办结", "销号日期在时段内、没有重开的案件", done)?,
    ];
    for (queue, label, definition) in [
        (Queue::Open, "未销号", "已建档、未销号的案件，含待受理和退回待补"),
        (Queue::ToAccept, "待受理", "已上报、还没有受理或退回的案件"),
        (Queue::ToClose, "待审核销号", "已申请销号、还没有审核的案件"),
        (Queue::Overdue, "逾期", "未销号、下一步时限早于今天的案件"),
        (Queue::Clashing, "冲突待定", "有一处以上两人改得不一样、还没有定的案件"),
    ] {
        let standing = figure(desk, today, label, definition, ListCaseFiles::of(queue))?;
        figures.push(Figure { of: Some(all), ..standing });
    }
    Ok(figures)
}

fn townships(desk: &OpenDesk, today: Date) -> Result<Vec<TownshipRow>, Fault> {
    desk.tree
        .units()
        .filter(|unit| unit.level == OrgLevel::Township)
        .map(|unit| {
            let number =
                |queue: Queue| figure(desk, today, queue.label(), "", of_org(queue, &unit.code));
            Ok(TownshipRow {
                org: unit.code.clone(),
                name: unit.name.clone(),
                open: number(Queue::Open)?,
                to_accept: number(Queue::ToAccept)?,
                overdue: number(Queue::Overdue)?,
                closed: number(Queue::Closed)?,
            })
        })
        .collect()
}

fn classes(desk: &OpenDesk, today: Date) -> Result<Vec<ClassRow>, Fault> {
    let filter = CaseFilter::of(&ListCaseFiles::of(Queue::All), today);
    let counts = desk.store.count_by_class(&filter)?;
    let all: u32 = counts.iter().map(|(_, count)| count).sum();
    Ok(counts
        .into_iter()
        .map(|(code, count)| {
            let label = CLASSES
                .iter()
                .find(|class| class.code == code)
                .map_or("未定类别", |class| class.label);
            let opens =
                ListCaseFiles { category: Some(code.clone()), ..ListCaseFiles::of(Queue::All) };
            let figure = Figure {
                label: label.to_owned(),
                count,
                of: Some(all),
                definition: "综治 17 类口径".into(),
                opens,
            };
            ClassRow { code, figure }
        })
        .collect())
}

fn stages(desk: &OpenDesk, today: Date) -> Result<Vec<Figure>, Fault> {
    Stage::ALL
        .into_iter()
        .map(|stage| {
            let queue = match stage {
                Stage::Found => Queue::ToAccept,
                Stage::Returned => Queue::Returned,
                Stage::Accepted => Queue::InWork,
                Stage::CloseAsked => Queue::ToClose,
                Stage::Closed => Queue::Closed,
            };
            figure(desk, today, stage.label(), "", ListCaseFiles::of(queue))
        })
        .collect()
}

fn risks(desk: &OpenDesk, today: Date) -> Result<Vec<Figure>, Fault> {
    Risk::ALL
        .into_iter()
        .map(|risk| {
            let opens = ListCaseFiles { risk: Some(risk), ..ListCaseFiles::of(Queue::Open) };
            figure(desk, today, risk.label(), "未销号的案件", opens)
        })
        .collect()
}
