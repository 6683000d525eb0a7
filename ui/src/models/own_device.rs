//! 我的: sizes, posts and complaints in words; messages that want to be seen.

use yidang_api::device::{ComplaintRow, DeviceView, PostRow};
use yidang_api::sync::{SyncState, SyncView};

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
    /// What came already, of all; absent until the server said how much there is.
    pub progress: Option<(u32, u32)>,
    /// It goes on by itself once there is a signal.
    pub paused: bool,
}

/// Whether the first exchange is under way or was broken off.
#[must_use]
pub fn first_run(view: &SyncView) -> Option<FirstRun> {
    if view.done_at.is_some() {
        return None;
    }
    let progress = view.progress.filter(|(_, all)| *all > 0);
    match view.state {
        SyncState::Syncing => Some(FirstRun { progress, paused: false }),
        SyncState::Offline | SyncState::Busy => Some(FirstRun { progress, paused: true }),
        SyncState::Idle | SyncState::Done | SyncState::Stopped => None,
    }
}

/// What the first exchange costs. `cargo xtask bench first-sync`: 2,000 files take 1.5 MB, and their
/// signatures 0.4 MB afterwards. How many are left nobody knows: progress counts pages.
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
            to_prove: 0,
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
