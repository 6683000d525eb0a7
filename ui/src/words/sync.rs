//! How things stand with the server, in the words of the screens' wording table.

use yidang_api::sync::{SyncState, SyncView};
use yidang_domain::civil::Date;

use super::date::{clock, date_word};

/// What the colour of a sync sign means. Offline and waiting are grey, never red.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncTone {
    /// Everything is there.
    Done,
    /// Waiting, offline or under way.
    Grey,
    /// A person is needed.
    Person,
}

/// A sync sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncWords {
    /// Name of its icon.
    pub icon: &'static str,
    /// What it says.
    pub text: String,
    /// What stands below it where there is room.
    pub more: String,
    /// Its colour.
    pub tone: SyncTone,
}

/// The sign for `view`, seen on `today`.
#[must_use]
pub fn sync_words(view: &SyncView, today: Date) -> SyncWords {
    let waiting = view.waiting;
    match view.state {
        SyncState::Syncing => sign("sync", &syncing(view), "先到的先能看，断了接着来。不用守着"),
        SyncState::Offline if waiting > 0 => sign(
            "cloud-off",
            &format!("离线，{waiting} 条待上传"),
            "都已保存在本机。有信号后自动上传，不用守着",
        ),
        SyncState::Offline => sign("cloud-off", "离线，没有待上传的", "照常用，有信号后自动收取"),
        SyncState::Busy => sign("clock", "服务器忙，稍后自动重试", "都已保存在本机，不用守着"),
        SyncState::Stopped => SyncWords {
            tone: SyncTone::Person,
            ..sign("warn", "同步停下了，需要你处理", "写过的都已保存在本机")
        },
        SyncState::Done | SyncState::Idle if waiting > 0 => {
            sign("disk", &format!("已保存在本机，{waiting} 条待上传"), "有信号后自动上传，不用守着")
        }
        SyncState::Done | SyncState::Idle => match view.done_at {
            Some(at) => SyncWords {
                tone: SyncTone::Done,
                ..sign(
                    "cloud-ok",
                    &format!("已全部同步 {}{}", earlier(at.date(), today), clock(at)),
                    "你写的都已到服务器",
                )
            },
            None => sign("disk", "已保存在本机", "有信号后自动同步"),
        },
    }
}

/// The sign while what is shown is what was seen last.
#[must_use]
pub fn opening_words() -> SyncWords {
    sign("clock", "正在打开，先看上次的", "写过的都还在")
}

/// Nothing for today, else the day and a space.
fn earlier(date: Date, today: Date) -> String {
    if date == today { String::new() } else { format!("{} ", date_word(date, today)) }
}

fn syncing(view: &SyncView) -> String {
    match view.progress {
        Some((done, all)) if all > 0 => format!("正在同步 {} / {all}", done.min(all)),
        _ => "正在同步".to_owned(),
    }
}

fn sign(icon: &'static str, text: &str, more: &str) -> SyncWords {
    SyncWords { icon, text: text.to_owned(), more: more.to_owned(), tone: SyncTone::Grey }
}

/// Whether the phone may be handed back now, and the sentence for it.
#[must_use]
pub fn hand_back(view: &SyncView, today: Date) -> (bool, String) {
    match (view.waiting, view.done_at) {
        (0, Some(at)) => {
            (true, format!("可以交了，都已到服务器 {}{}", earlier(at.date(), today), clock(at)))
        }
        (0, None) => (true, "可以交了，这台手机上没有没传的".to_owned()),
        (waiting, _) => (false, format!("先别交，有 {waiting} 条只在这台手机上")),
    }
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::InstantMs;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 19);

    fn view(state: SyncState, waiting: u32) -> SyncView {
        SyncView {
            state,
            waiting,
            done_at: Some(InstantMs::at_start_of(TODAY).plus_minutes(14 * 60 + 32)),
            reached_at: None,
            last_received: 0,
            last_sent: 0,
            progress: None,
            carried: 0,
            to_prove: 0,
            first: None,
            outbox: Vec::new(),
            needs: Vec::new(),
            log: Vec::new(),
        }
    }

    fn said(view: &SyncView) -> String {
        sync_words(view, TODAY).text
    }

    #[test]
    fn the_words_are_those_of_the_wording_table() {
        assert_eq!(said(&view(SyncState::Offline, 3)), "离线，3 条待上传");
        assert_eq!(said(&view(SyncState::Done, 0)), "已全部同步 14:32");
        assert_eq!(said(&view(SyncState::Busy, 1)), "服务器忙，稍后自动重试");
        let mut under_way = view(SyncState::Syncing, 4);
        under_way.progress = Some((2, 4));
        assert_eq!(said(&under_way), "正在同步 2 / 4");
    }

    #[test]
    fn nothing_is_called_synced_while_something_waits() {
        for state in [SyncState::Done, SyncState::Idle, SyncState::Offline] {
            let words = sync_words(&view(state, 1), TODAY);
            assert!(!words.text.contains("已全部同步"), "{state:?}");
            assert_eq!(words.tone, SyncTone::Grey);
        }
    }

    #[test]
    fn progress_never_goes_past_the_end() {
        let mut under_way = view(SyncState::Syncing, 4);
        under_way.progress = Some((5, 4));
        assert_eq!(said(&under_way), "正在同步 4 / 4");
    }

    #[test]
    fn the_phone_is_not_handed_back_while_it_alone_holds_something() {
        assert_eq!(
            hand_back(&view(SyncState::Offline, 3), TODAY),
            (false, "先别交，有 3 条只在这台手机上".to_owned())
        );
        assert_eq!(
            hand_back(&view(SyncState::Done, 0), TODAY),
            (true, "可以交了，都已到服务器 14:32".to_owned())
        );
    }
}
