//! 设备状况: devices that cannot exchange as they should, in words for whoever helps.

use yidang_api::trouble::{DeviceTrouble, TroubleKind, TroublesView};
use yidang_domain::civil::Date;

use crate::words::{date_word, day};

/// A way to rows: what it narrows to, its word, and how many rows it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Only those that this hinders; all of them where absent.
    pub kind: Option<TroubleKind>,
    /// Its name in test hooks.
    pub name: &'static str,
    /// 存储满了 3 台
    pub words: String,
}

/// 全部 and every kind that hinders a device, each with its count. The kind that is looked at stays even
/// where nothing is left of it.
#[must_use]
pub fn ways(view: &TroublesView, shown: Option<TroubleKind>) -> Vec<Way> {
    let count_of = |kind| view.counts.iter().find(|(found, _)| *found == kind).map(|it| it.1);
    let all = Way { kind: None, name: "all", words: format!("全部 {} 台", view.troubled) };
    let of = |kind: TroubleKind| {
        let count = count_of(kind).or_else(|| (shown == Some(kind)).then_some(0))?;
        let words = format!("{} {count} 台", kind.label());
        Some(Way { kind: Some(kind), name: kind.name(), words })
    };
    std::iter::once(all).chain(TroubleKind::ALL.into_iter().filter_map(of)).collect()
}

/// 3 of 120 devices, said in one sentence.
#[must_use]
pub fn in_all(view: &TroublesView) -> String {
    format!("在用的 {} 台里，有 {} 台同步不顺", view.devices, view.troubled)
}

/// What is true where no row is there, and what comes next.
#[must_use]
pub const fn nothing_words(view: &TroublesView) -> (&'static str, &'static str) {
    if view.devices == 0 {
        ("还没有设备", "在“人员”里做一个激活码，在他的手机上输入")
    } else if view.troubled == 0 {
        ("每台设备都正常", "有设备收不下、送不出、存储满了，就会列在这里，不用等人来问")
    } else {
        ("这一项已经没有了", "别的在“全部”里")
    }
}

/// 存储满了 3 次，11月18日起
#[must_use]
pub fn what(trouble: &DeviceTrouble, today: Date) -> String {
    let DeviceTrouble { kind, count, since } = *trouble;
    let much = match kind {
        TroubleKind::Page | TroubleKind::Full | TroubleKind::Damaged => format!(" {count} 次"),
        TroubleKind::Waiting | TroubleKind::Left => format!(" {count} 天"),
        TroubleKind::Parked | TroubleKind::Refused => format!(" {count} 条"),
        TroubleKind::Clock => format!(" {count} 小时"),
        TroubleKind::Old => String::new(),
    };
    let since = since.map(|on| format!("，{}起", date_word(on, today))).unwrap_or_default();
    format!("{}{much}{since}", kind.label())
}

/// How to help.
#[must_use]
pub const fn help(kind: TroubleKind) -> &'static str {
    match kind {
        TroubleKind::Page => "请他更新应用再同步；还不行，把“同步”那一页的记录发来",
        TroubleKind::Full => "请他在手机上腾出地方；写好的都还在",
        TroubleKind::Damaged => "先让他同步一次把写好的送上来，再发激活码重新登录",
        TroubleKind::Waiting => "请他到有网络的地方开着应用等一会儿",
        TroubleKind::Parked => "它接着别人没送到的一条写的，请一起写的人也同步",
        TroubleKind::Refused => "看他的任职对不对；没收下的内容还在他的设备上",
        TroubleKind::Clock => "请他把手机时间改成自动",
        TroubleKind::Left => "他已经用另一台；旧的不用了，在“人员”里停用",
        TroubleKind::Old => "请他更新应用",
    }
}

/// 最近联系 11月18日
#[must_use]
pub fn seen_words(seen_on: Option<Date>) -> String {
    match seen_on {
        Some(on) => format!("最近联系 {}", day(on)),
        None => "还没有联系过".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    fn view(devices: u32, troubled: u32, counts: &[(TroubleKind, u32)]) -> TroublesView {
        TroublesView { devices, troubled, counts: counts.to_vec(), total: 0, rows: Vec::new() }
    }

    #[test]
    fn every_count_leads_to_its_rows_and_nothing_leads_nowhere() {
        let view = view(120, 3, &[(TroubleKind::Full, 2), (TroubleKind::Clock, 1)]);
        let words: Vec<String> = ways(&view, None).into_iter().map(|way| way.words).collect();
        assert_eq!(words, ["全部 3 台", "存储满了 2 台", "时钟不准 1 台"]);
        assert_eq!(in_all(&view), "在用的 120 台里，有 3 台同步不顺");
    }

    #[test]
    fn a_kind_that_was_looked_at_and_is_over_says_nought() {
        let view = view(120, 0, &[]);
        let words: Vec<String> =
            ways(&view, Some(TroubleKind::Old)).into_iter().map(|way| way.words).collect();
        assert_eq!(words, ["全部 0 台", "版本旧 0 台"]);
    }

    #[test]
    fn an_empty_list_says_whether_all_is_well() {
        assert_eq!(nothing_words(&view(0, 0, &[])).0, "还没有设备");
        assert_eq!(nothing_words(&view(9, 0, &[])).0, "每台设备都正常");
        assert_eq!(nothing_words(&view(9, 2, &[])).0, "这一项已经没有了");
    }

    #[test]
    fn what_hinders_a_device_is_said_with_how_much_and_since_when() {
        let since = Some(Date::constant(2026, 11, 18));
        let full = DeviceTrouble { kind: TroubleKind::Full, count: 3, since };
        assert_eq!(what(&full, TODAY), "存储满了 3 次，11月18日起");
        let old = DeviceTrouble { kind: TroubleKind::Old, count: 1, since: None };
        assert_eq!(what(&old, TODAY), "版本旧");
        assert_eq!(seen_words(None), "还没有联系过");
        assert_eq!(seen_words(since), "最近联系 11月18日");
    }

    #[test]
    fn for_every_kind_there_is_a_way_to_help() {
        for kind in TroubleKind::ALL {
            assert!(help(kind).chars().count() >= 5, "{kind:?}");
        }
    }
}
