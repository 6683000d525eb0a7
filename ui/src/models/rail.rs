//! The rail of the desktop frame, by role.

use yidang_api::list::{Queue, QueuesView};
use yidang_domain::org::Role;

use crate::models::admin::Part;
use crate::models::oversight::reads_complaints;
use crate::models::query::queue_name;

/// How the number beside a line is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Plain.
    Plain,
    /// On red: somebody waits.
    Hot,
    /// On violet: a clash.
    Clash,
}

/// A line of the rail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RailLine {
    /// Its key: what a page names as `on`.
    pub key: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its word.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// Whose count stands beside it.
    pub queue: Option<Queue>,
}

impl RailLine {
    /// The count beside it, and how it is shown; nothing where it would be zero.
    #[must_use]
    pub fn count(&self, queues: Option<&QueuesView>) -> Option<(u32, Weight)> {
        let queue = self.queue?;
        let count = queues?.count(queue);
        let weight = match queue {
            Queue::ToAccept => Weight::Hot,
            Queue::Clashing => Weight::Clash,
            _ => Weight::Plain,
        };
        (count > 0).then_some((count, weight))
    }
}

/// A group of lines under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RailGroup {
    /// Its heading.
    pub label: &'static str,
    /// Its lines.
    pub lines: Vec<RailLine>,
}

/// The rail of a person of `role`.
#[must_use]
pub fn rail_of(role: Role) -> Vec<RailGroup> {
    match role {
        Role::TownshipReviewer => vec![
            group("收件", inbox_lines()),
            group("案件", case_lines(&[Queue::InWork, Queue::Overdue, Queue::Late, Queue::Closed])),
            group("辖区", unit_lines(role)),
            group("工作", work_lines()),
        ],
        Role::Administrator => vec![
            group("管理", admin_lines()),
            group("总览", unit_lines(role)),
            group("工作", work_lines()),
        ],
        Role::CountyClerk | Role::Server => vec![
            group("总览", unit_lines(role)),
            group(
                "案件",
                case_lines(&[
                    Queue::ToAccept,
                    Queue::Open,
                    Queue::InWork,
                    Queue::ToClose,
                    Queue::DueToday,
                    Queue::Overdue,
                    Queue::Clashing,
                    Queue::Late,
                    Queue::Closed,
                ]),
            ),
            group("工作", work_lines()),
        ],
        Role::GridWorker | Role::VillageCadre | Role::Mediator => vec![
            group(
                "我的",
                vec![
                    line("today", "today", "今天", "/"),
                    line("grid", "home", "我的格", "/grid"),
                    line("new", "plus", "新事", "/new"),
                    line("messages", "msg", "消息", "/messages"),
                    line("find", "search", "找", "/find"),
                ],
            ),
            group(
                "案件",
                case_lines(&[Queue::Open, Queue::Returned, Queue::Clashing, Queue::Closed]),
            ),
            group("工作", work_lines()),
        ],
    }
}

/// Whether households lie on the devices of this role.
#[must_use]
pub const fn has_households(role: Role) -> bool {
    matches!(role, Role::GridWorker | Role::VillageCadre | Role::Mediator)
}

fn group(label: &'static str, lines: Vec<RailLine>) -> RailGroup {
    RailGroup { label, lines }
}

fn line(key: &'static str, icon: &'static str, label: &'static str, href: &str) -> RailLine {
    RailLine { key, icon, label, href: href.to_owned(), queue: None }
}

/// What a unit looks like as a whole.
fn unit_lines(role: Role) -> Vec<RailLine> {
    let mut lines = vec![
        line("county", "chart", "全县概况", "/county"),
        line("grids", "pin", "网格与人员", "/grids"),
    ];
    match role {
        Role::TownshipReviewer => lines.retain(|line| line.key != "county"),
        Role::Administrator => return lines,
        _ => {}
    }
    lines.push(line("people", "users", "查人查户", "/people"));
    if reads_complaints(role) {
        lines.push(line("complaints", "msg", "投诉与建议", "/complaints"));
    }
    lines
}

/// The administrator's work.
fn admin_lines() -> Vec<RailLine> {
    let icons = ["user", "mobile", "dl", "merge", "cal", "stamp", "scale", "msg", "eye"];
    let parts = Part::ALL.into_iter().zip(icons);
    parts.map(|(part, icon)| line(part.key(), icon, part.label(), part.address())).collect()
}

/// Pages of an office that the phone has no tab for.
#[must_use]
pub fn office_lines(role: Role) -> Vec<RailLine> {
    match role {
        Role::TownshipReviewer | Role::CountyClerk => unit_lines(role),
        Role::Administrator => admin_lines().into_iter().chain(unit_lines(role)).collect(),
        _ => Vec::new(),
    }
}

fn work_lines() -> Vec<RailLine> {
    vec![
        line("visit", "desk", "驻村坐诊", "/visit"),
        line("sync", "sync", "同步", "/sync"),
        line("me", "user", "我的", "/me"),
    ]
}

/// What came in, in the order a reviewer works through it.
fn inbox_lines() -> Vec<RailLine> {
    [
        Queue::ToAccept,
        Queue::Changed,
        Queue::Returned,
        Queue::ToClose,
        Queue::DueToday,
        Queue::Clashing,
    ]
    .map(|queue| queue_line("/inbox", queue))
    .into()
}

fn case_lines(queues: &[Queue]) -> Vec<RailLine> {
    queues.iter().map(|queue| queue_line("/cases", *queue)).collect()
}

fn queue_line(base: &str, queue: Queue) -> RailLine {
    RailLine {
        key: queue_name(queue),
        icon: queue_icon(queue),
        label: queue.label(),
        href: format!("{base}?queue={}", queue_name(queue)),
        queue: Some(queue),
    }
}

const fn queue_icon(queue: Queue) -> &'static str {
    match queue {
        Queue::ToAccept => "inbox",
        Queue::Changed => "eye",
        Queue::Returned => "back",
        Queue::ToClose => "stamp",
        Queue::DueToday | Queue::Overdue => "clock",
        Queue::Clashing => "swap",
        Queue::Late => "merge",
        Queue::All | Queue::Open | Queue::InWork => "file",
        Queue::Closed => "hist",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rail_names_a_line_twice() {
        for role in
            [Role::GridWorker, Role::TownshipReviewer, Role::CountyClerk, Role::Administrator]
        {
            let mut keys: Vec<_> =
                rail_of(role).iter().flat_map(|g| g.lines.iter().map(|l| l.key)).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{role:?}");
        }
    }

    #[test]
    fn only_the_administrator_is_led_to_the_register() {
        let leads = |role: Role, start: &str| {
            rail_of(role).iter().flat_map(|g| &g.lines).any(|line| line.href.starts_with(start))
        };
        assert!(leads(Role::Administrator, "/admin"));
        for role in [Role::GridWorker, Role::TownshipReviewer, Role::CountyClerk] {
            assert!(!leads(role, "/admin"), "{role:?}");
        }
        assert!(leads(Role::TownshipReviewer, "/grids") && leads(Role::CountyClerk, "/people"));
        assert!(!leads(Role::GridWorker, "/people"));
    }

    #[test]
    fn complaints_are_reached_by_the_county_and_looks_by_the_administrator() {
        let leads = |lines: Vec<RailLine>, to: &str| lines.iter().any(|line| line.href == to);
        let rail = |role| -> Vec<RailLine> {
            rail_of(role).into_iter().flat_map(|group| group.lines).collect()
        };
        assert!(leads(rail(Role::CountyClerk), "/complaints"));
        assert!(leads(office_lines(Role::CountyClerk), "/complaints"), "on the telephone too");
        assert!(leads(rail(Role::Administrator), "/admin/complaints"));
        assert!(leads(office_lines(Role::Administrator), "/admin/looks"));
        assert!(leads(office_lines(Role::Administrator), "/admin/devices"));
        assert!(leads(office_lines(Role::Administrator), "/admin/erasures"));
        for role in [Role::TownshipReviewer, Role::GridWorker] {
            let others = ["/complaints", "/admin/complaints", "/admin/looks", "/admin/devices"];
            for to in others.into_iter().chain(["/admin/erasures"]) {
                assert!(!leads(rail(role), to) && !leads(office_lines(role), to), "{role:?} {to}");
            }
        }
        assert!(!leads(rail(Role::CountyClerk), "/admin/looks"));
    }

    #[test]
    fn reviews_are_reached_by_the_administrator_alone() {
        let leads = |role: Role| {
            let rail = rail_of(role).into_iter().flat_map(|group| group.lines);
            let lines = rail.chain(office_lines(role));
            lines.filter(|line| line.href == "/admin/reviews").count()
        };
        assert_eq!(leads(Role::Administrator), 2, "at the desk and on the telephone");
        for role in [Role::CountyClerk, Role::TownshipReviewer, Role::GridWorker] {
            assert_eq!(leads(role), 0, "{role:?}");
        }
    }

    #[test]
    fn a_count_of_nothing_is_not_shown() {
        let view = QueuesView { counts: vec![(Queue::ToAccept, 8), (Queue::Clashing, 0)] };
        let [to_accept, .., clashing] = &inbox_lines()[..] else { panic!() };
        assert_eq!(to_accept.count(Some(&view)), Some((8, Weight::Hot)));
        assert_eq!(clashing.count(Some(&view)), None);
        assert_eq!(to_accept.count(None), None);
    }
}
