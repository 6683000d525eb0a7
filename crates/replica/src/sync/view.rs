//! How things stand with the server, in words that are always true.

use yidang_api::Fault;
use yidang_api::list::{ListCaseFiles, Queue};
use yidang_api::sync::{NeedKind, NeedRow, OutboxRow, SyncState, SyncView};
use yidang_documents::Projection;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::DocumentId;
use yidang_domain::labels::label_of;

use crate::device::{Device, OpenDesk};
use crate::store::{
    CaseFilter, OutboxItem, ReadCases, ReadDocuments, ReadOutbox, ReadState, StoreError, StoredRow,
};

/// How things stand.
pub fn view(device: &mut Device) -> Result<SyncView, Fault> {
    let today = device.today();
    let exchange = &device.exchange;
    let (state, progress) = (exchange.state, exchange.progress);
    let (reached_at, last_received, last_sent) =
        (exchange.reached_at, exchange.received, exchange.sent);
    let desk = device.desk()?;
    let outbox = desk.store.outbox()?;
    let waiting = outbox.iter().filter(|item| item.delivery == 0).count();
    let mut needs = refused(desk, &outbox)?;
    needs.extend(clashes(desk, today)?);
    Ok(SyncView {
        state: state.unwrap_or(SyncState::Idle),
        waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
        done_at: instant(desk, "done_at")?,
        reached_at: reached_at.or(instant(desk, "reached_at")?),
        last_received,
        last_sent,
        progress,
        to_prove: desk.store.count_to_prove()?,
        outbox: rows(desk, &outbox)?,
        needs,
        log: desk.store.happened(200)?,
    })
}

fn instant(desk: &OpenDesk, name: &str) -> Result<Option<InstantMs>, StoreError> {
    Ok(desk
        .store
        .state(name)?
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| InstantMs(i64::from_be_bytes(bytes))))
}

fn matter(desk: &mut OpenDesk, id: DocumentId) -> Result<String, Fault> {
    if let Some(stored) = desk.store.case_row(id)? {
        return Ok(stored.row.matter);
    }
    Ok(match desk.projection(id)? {
        Some(Projection::CaseFile(case)) => case.fact("matter"),
        Some(Projection::VisitDay(day)) => {
            format!("{} 驻村坐诊", desk.tree.name(&day.common.home))
        }
        Some(Projection::Household(household)) => {
            household.facts.get("head").map(|head| head.value.as_text()).unwrap_or_default()
        }
        None => String::new(),
    })
}

fn rows(desk: &mut OpenDesk, outbox: &[OutboxItem]) -> Result<Vec<OutboxRow>, Fault> {
    outbox
        .iter()
        .filter(|item| item.delivery == 0)
        .map(|item| {
            Ok(OutboxRow {
                document: item.document,
                title: item.title.clone(),
                matter: matter(desk, item.document)?,
                saved_at: item.saved_at,
            })
        })
        .collect()
}

/// What the server did not take: the words stay here, with the reason.
fn refused(desk: &mut OpenDesk, outbox: &[OutboxItem]) -> Result<Vec<NeedRow>, Fault> {
    outbox
        .iter()
        .filter(|item| item.delivery == 3)
        .map(|item| {
            Ok(NeedRow {
                kind: NeedKind::Refused,
                document: item.document,
                title: format!("这一条没收下：{}", refusal(&item.code)),
                detail: format!("{} · {}", item.title, matter(desk, item.document)?),
                words: item.words.clone(),
            })
        })
        .collect()
}

/// The sentence for a rule; `docs/refusals.md` lists them.
fn refusal(code: &str) -> &str {
    match code {
        "not_allowed" => "你现在的岗位不能这样办",
        "own_request" => "申请销号和审核销号不能是同一个人",
        "foreign_county" => "不是本县的设备",
        "revoked" => "这台设备已停用",
        "acting_unit" => "你不在这个单位任职",
        "out_of_reach" => "不能移到你管不到的地方",
        "unknown_unit" => "这个网格县里还没有，同步以后再试",
        "fork" | "own_history" => "这台设备的数据被恢复过，请重新写一遍",
        "too_large" => "内容太长",
        "unlisted_conflict" => "这一项两人改得不一样，请先定下来",
        _ => "格式不对，请联系县中心",
    }
}

fn clashes(desk: &OpenDesk, today: Date) -> Result<Vec<NeedRow>, StoreError> {
    let mut needs = Vec::new();
    for queue in [Queue::Clashing, Queue::Returned] {
        let filter = CaseFilter::of(&ListCaseFiles::of(queue), today);
        for stored in desk.store.cases(&filter, 0, 50)? {
            needs.push(if queue == Queue::Clashing { clash(stored) } else { returned(stored) });
        }
    }
    Ok(needs)
}

fn clash(stored: StoredRow) -> NeedRow {
    let about = label_of(stored.brief.clash.as_deref().unwrap_or("stage"));
    NeedRow {
        kind: NeedKind::Clash,
        document: stored.row.id,
        title: format!("{about}，两人改得不一样"),
        detail: stored.row.matter,
        words: String::new(),
    }
}

fn returned(stored: StoredRow) -> NeedRow {
    let (field, reason) = stored.brief.returned.unwrap_or_default();
    NeedRow {
        kind: NeedKind::Returned,
        document: stored.row.id,
        title: format!("镇上请你补一项：{}", label_of(&field)),
        detail: format!("{} · {reason}", stored.row.matter),
        words: String::new(),
    }
}
