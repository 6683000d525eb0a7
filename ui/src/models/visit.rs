//! 今日小结: the day in words, computed from what was registered. Nobody types it twice.

use yidang_api::visit_day::{VisitDayView, WalkInView};

use crate::models::timeline::long_date;

/// How many groups came: one per registration.
#[must_use]
pub fn groups(view: &VisitDayView) -> usize {
    view.walk_ins.len()
}

/// 刘演四 等 2 人, or the name alone.
#[must_use]
pub fn visitors(walk_in: &WalkInView) -> String {
    if walk_in.people > 1 {
        format!("{} 等 {} 人", walk_in.visitors, walk_in.people)
    } else {
        walk_in.visitors.clone()
    }
}

/// 调解 2 场; nothing where none was held.
#[must_use]
pub fn session_words(sessions: u32) -> Option<String> {
    (sessions > 0).then(|| format!("调解 {sessions} 场"))
}

/// The day in sentences, one a line.
#[must_use]
pub fn summary(view: &VisitDayView) -> Vec<String> {
    let mut lines = vec![format!("{} {}驻村坐诊", long_date(view.on), view.village_name)];
    if view.cancelled {
        let reason = view.notice.as_deref().unwrap_or_default();
        lines.push(format!("这天没有坐诊。{reason}"));
        return lines;
    }
    lines.push(match groups(view) {
        0 => "没有人来访。".to_owned(),
        groups => format!(
            "来访 {groups} 批 {} 人次，已答复 {}，等候 {}。",
            view.people, view.answered, view.waiting
        ),
    });
    if view.touched > 0 || view.sessions > 0 {
        lines.push(format!("建档或跟进 {} 件，调解 {} 场。", view.touched, view.sessions));
    }
    for walk_in in &view.walk_ins {
        lines.push(line(walk_in));
    }
    if view.waiting > 0 {
        lines.push(format!("还有 {} 批没有答复，留着下次接着办。", view.waiting));
    }
    lines
}

fn line(walk_in: &WalkInView) -> String {
    match walk_in.answer.as_deref() {
        Some(answer) => format!("{}：{}。答复：{answer}", visitors(walk_in), walk_in.matter),
        None => format!("{}：{}。等候", visitors(walk_in), walk_in.matter),
    }
}

/// The line about safety above the buttons.
#[must_use]
pub fn ready_line(view: &VisitDayView) -> String {
    let prepared = if view.ready {
        "资料包已备好 · "
    } else {
        "资料还没下齐，有信号时会接着下 · "
    };
    let kept = match view.unsent {
        0 => "都已送到服务器".to_owned(),
        count => format!("全部存在本机，{count} 条待上传"),
    };
    format!("{prepared}{kept}")
}

/// A day of the strip: the nominal name and the day it is held.
#[must_use]
pub fn day_label(nominal: &str, on: yidang_domain::civil::Date) -> String {
    let moved = nominal != on.to_string();
    let held = long_date(on);
    if moved { format!("{}（{held}）", short_nominal(nominal)) } else { held }
}

/// `2026-02-30` as 2月30日 though no calendar has it.
#[must_use]
pub fn short_nominal(nominal: &str) -> String {
    let mut parts = nominal.split('-').skip(1).map(|part| part.trim_start_matches('0'));
    match (parts.next(), parts.next()) {
        (Some(month), Some(day)) => format!("{month}月{day}日"),
        _ => nominal.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use yidang_api::case_file::{Delivery, Heads};
    use yidang_domain::civil::Date;
    use yidang_domain::ids::{DocumentId, ItemKey, OrgCode};

    use super::*;

    fn day() -> VisitDayView {
        VisitDayView {
            id: DocumentId::of_key("d"),
            heads: Heads::default(),
            village: OrgCode::from("v"),
            village_name: "下盘石村".into(),
            nominal: "2026-11-20".into(),
            on: Date::constant(2026, 11, 20),
            notice: None,
            cancelled: false,
            place: "村委会".into(),
            team: Vec::new(),
            walk_ins: Vec::new(),
            open: Vec::new(),
            people: 0,
            answered: 0,
            waiting: 0,
            touched: 0,
            sessions: 0,
            worked_on: Vec::new(),
            unsent: 0,
            ready: true,
            as_of: None,
            entries: Vec::new(),
            acts: Vec::new(),
            days: Vec::new(),
        }
    }

    fn walk_in(people: u32, answer: Option<&str>) -> WalkInView {
        WalkInView {
            key: ItemKey::from("k"),
            visitors: "薛例五".into(),
            people,
            matter: "欠一季工钱".into(),
            case_file: None,
            answer: answer.map(str::to_owned),
            by: "高模五".into(),
            delivery: Delivery::Saved,
        }
    }

    #[test]
    fn an_empty_day_says_so() {
        assert_eq!(summary(&day()), ["11月20日 下盘石村驻村坐诊", "没有人来访。"]);
    }

    #[test]
    fn a_file_says_how_often_it_was_mediated_that_day() {
        assert_eq!(session_words(2).as_deref(), Some("调解 2 场"));
        assert_eq!(session_words(0), None);
    }

    #[test]
    fn every_visitor_stands_in_the_summary() {
        let mut view = day();
        view.walk_ins = vec![walk_in(2, None), walk_in(1, Some("已转劳动监察"))];
        (view.people, view.answered, view.waiting) = (3, 1, 1);
        let text = summary(&view).join("\n");
        assert!(text.contains("来访 2 批 3 人次，已答复 1，等候 1"));
        assert!(text.contains("薛例五 等 2 人：欠一季工钱。等候"));
        assert!(text.contains("答复：已转劳动监察"));
    }

    #[test]
    fn the_thirtieth_of_february_has_a_name() {
        assert_eq!(short_nominal("2026-02-30"), "2月30日");
        let label = day_label("2026-02-30", Date::constant(2026, 3, 2));
        assert_eq!(label, "2月30日（3月2日）");
    }

    #[test]
    fn a_cancelled_day_counts_nobody() {
        let mut view = day();
        view.cancelled = true;
        view.notice = Some("大雪封路".into());
        assert_eq!(summary(&view).len(), 2);
    }

    #[test]
    fn saved_here_and_received_there_are_two_words() {
        let mut view = day();
        assert!(ready_line(&view).contains("都已送到服务器"));
        view.unsent = 3;
        assert!(ready_line(&view).contains("全部存在本机，3 条待上传"));
    }
}
