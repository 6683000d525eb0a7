//! 我的: sizes, posts and complaints in words; messages that want to be seen.

use yidang_api::device::{ComplaintRow, DeviceView, PostRow};
use yidang_api::sync::{FirstCome, SyncState, SyncView};

use crate::models::timeline::long_date;

/// 3.2 MB
#[must_use]
pub fn size_words(bytes: u64) -> String {
    let kilo = bytes / 1024;
    if kilo < 1024 {
        return format!("{} KB", kilo.max(1));
    }
    let tenths = kilo.saturating_mul(10) / 1024;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

/// 案件 12 件 · 住户 48 户（163 人） · 坐诊 6 天
#[must_use]
pub fn held_words(view: &DeviceView) -> String {
    format!(
        "案件 {} 件 · 住户 {} 户，{} 人 · 坐诊 {} 天",
        view.files, view.households, view.members, view.visit_days
    )
}

/// 2026年3月1日起; with its end where it has one.
#[must_use]
pub fn post_words(post: &PostRow) -> String {
    let from = format!("{}年{}起", post.from.year(), long_date(post.from));
    match post.to {
        Some(to) => format!("{from}，到{}年{}", to.year(), long_date(to)),
        None => from,
    }
}

/// Who runs this service, its filing number and whom to call: all three stand on the page by rule,
/// and what the county has not written says so. Nothing while the device has not answered.
#[must_use]
pub fn owner_lines(view: Option<&DeviceView>) -> Vec<String> {
    let Some(view) = view else { return Vec::new() };
    let line = |(word, text): (&str, &String)| {
        let text = if text.is_empty() { "县里还没有填写" } else { text.as_str() };
        format!("{word}：{text}")
    };
    let lines = [("主办单位", &view.host), ("备案编号", &view.filing), ("咨询电话", &view.phone)];
    lines.map(line).to_vec()
}

/// 已交到县里 第 8 号 / 还在本机
#[must_use]
pub fn complaint_state(row: &ComplaintRow) -> String {
    row.number.map_or_else(
        || "还在本机，有信号后自动交上去".to_owned(),
        |number| format!("已交到县里 第 {number} 号"),
    )
}

/// What the badge of 消息 counts: messages not seen, or what needs a person where that is more.
#[must_use]
pub fn badge(unread: u32, needs: usize) -> u32 {
    unread.max(u32::try_from(needs).unwrap_or(u32::MAX))
}

/// The first exchange of this desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstRun {
    /// What came already, of all: things where the server counted them, else pages; absent until
    /// either is known.
    pub progress: Option<(u32, u32)>,
    /// What it cost and brought so far.
    pub come: FirstCome,
    /// It goes on by itself once there is a signal.
    pub paused: bool,
}

/// Whether the first exchange is under way or was broken off.
#[must_use]
pub fn first_run(view: &SyncView) -> Option<FirstRun> {
    if view.done_at.is_some() {
        return None;
    }
    let come = view.first.unwrap_or_default();
    let counted = (come.expected > 0).then_some((come.documents, come.expected));
    let progress = counted.or(view.progress.filter(|(_, all)| *all > 0));
    match view.state {
        SyncState::Syncing => Some(FirstRun { progress, come, paused: false }),
        SyncState::Offline | SyncState::Busy => Some(FirstRun { progress, come, paused: true }),
        SyncState::Idle | SyncState::Done | SyncState::Stopped => None,
    }
}

/// What came over the line: 14.5 KB, 3.2 MB. Small sums to a tenth, so that they are seen to grow.
#[must_use]
pub fn traffic_words(bytes: u64) -> String {
    const ROUND: u64 = 100 * 1024;
    if bytes >= ROUND {
        return size_words(bytes);
    }
    let tenths = bytes.saturating_mul(10).div_ceil(1024);
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

/// 已收 14.5 KB · 8 件，还有约 404 件. What nobody knows is left out: how many there are is told
/// by the server, and before the first answer nothing is.
#[must_use]
pub fn come_words(come: &FirstCome) -> String {
    if come.bytes == 0 && come.documents == 0 {
        return "还没有收到什么".to_owned();
    }
    let came = format!("已收 {} · {} 件", traffic_words(come.bytes), come.documents);
    match come.expected.saturating_sub(come.documents) {
        0 => came,
        left => format!("{came}，还有约 {left} 件"),
    }
}

/// What is counted there.
pub const COUNTED: &str = "件数是案件、住户、坐诊日合在一起";

/// What the first exchange costs. `cargo xtask bench first-sync`: 2,000 files take 1.5 MB, and their
/// signatures 0.4 MB afterwards.
pub const COST: &str = "只传文字，没有图片：一千件大约 1 MB 流量";

#[cfg(test)]
mod tests {
    use yidang_api::device::ComplaintKind;
    use yidang_domain::civil::{Date, InstantMs};

    use super::*;

    fn sync(state: SyncState, done_at: Option<InstantMs>) -> SyncView {
        SyncView {
            state,
            waiting: 0,
            done_at,
            reached_at: None,
            last_received: 0,
            last_sent: 0,
            progress: Some((128, 412)),
            carried: 0,
            to_prove: 0,
            first: None,
            outbox: Vec::new(),
            needs: Vec::new(),
            log: Vec::new(),
        }
    }

    #[test]
    fn sizes_are_rounded_down_to_what_a_person_reads() {
        assert_eq!(size_words(10), "1 KB");
        assert_eq!(size_words(3_400_000), "3.2 MB");
    }

    #[test]
    fn only_the_first_exchange_is_told_at_length() {
        let run = first_run(&sync(SyncState::Syncing, None)).unwrap();
        assert_eq!(run.progress, Some((128, 412)));
        assert!(first_run(&sync(SyncState::Offline, None)).unwrap().paused);
        assert_eq!(first_run(&sync(SyncState::Syncing, Some(InstantMs(1)))), None);
        assert_eq!(first_run(&sync(SyncState::Idle, None)), None);
    }

    #[test]
    fn the_first_exchange_says_what_came_and_about_how_many_are_left() {
        let mut view = sync(SyncState::Syncing, None);
        let come = FirstCome { bytes: 14_800, documents: 8, expected: 412 };
        view.first = Some(come);
        let run = first_run(&view).unwrap();
        assert_eq!((run.progress, run.come), (Some((8, 412)), come), "things before pages");
        assert_eq!(come_words(&come), "已收 14.5 KB · 8 件，还有约 404 件");
    }

    #[test]
    fn the_first_exchange_invents_no_numbers() {
        assert_eq!(come_words(&FirstCome::default()), "还没有收到什么");
        // An older server does not count.
        let uncounted = FirstCome { bytes: 3_400_000, documents: 12, expected: 0 };
        assert_eq!(come_words(&uncounted), "已收 3.2 MB · 12 件");
        // Something came in meanwhile.
        let more = FirstCome { documents: 413, expected: 412, ..uncounted };
        assert_eq!(come_words(&more), "已收 3.2 MB · 413 件");
    }

    #[test]
    fn a_complaint_says_where_it_is() {
        let mut row = ComplaintRow {
            about: ComplaintKind::Burden,
            words: String::new(),
            at: InstantMs(0),
            number: None,
        };
        assert!(complaint_state(&row).starts_with("还在本机"));
        row.number = Some(8);
        assert_eq!(complaint_state(&row), "已交到县里 第 8 号");
    }

    #[test]
    fn who_runs_the_service_is_told_or_that_nobody_wrote_it() {
        let mut view = DeviceView {
            device_name: "手机".into(),
            files: 0,
            households: 0,
            members: 0,
            visit_days: 0,
            drafts: 0,
            unsent: 0,
            bytes: 0,
            as_of: None,
            posts: Vec::new(),
            host: "延长县综治中心".into(),
            filing: String::new(),
            phone: "0911-0000000".into(),
        };
        let lines =
            ["主办单位：延长县综治中心", "备案编号：县里还没有填写", "咨询电话：0911-0000000"];
        assert_eq!(owner_lines(Some(&view)), lines);
        view.host.clear();
        assert_eq!(owner_lines(Some(&view))[0], "主办单位：县里还没有填写");
        assert!(owner_lines(None).is_empty());
    }

    #[test]
    fn a_post_says_since_when() {
        let mut post = PostRow { text: String::new(), from: Date::constant(2026, 3, 1), to: None };
        assert_eq!(post_words(&post), "2026年3月1日起");
        post.to = Some(Date::constant(2027, 2, 28));
        assert_eq!(post_words(&post), "2026年3月1日起，到2027年2月28日");
    }

    #[test]
    fn the_badge_counts_what_wants_to_be_seen() {
        assert_eq!(badge(2, 0), 2);
        assert_eq!(badge(0, 3), 3);
    }
}
