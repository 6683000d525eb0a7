//! 导入: which step a spreadsheet has reached, and what may be done there.

use yidang_api::admin::{ImportChange, ImportView};

/// Files that are taken.
pub const ACCEPTED: &str = ".xlsx,.csv";
/// No larger file is read into the browser.
pub const LARGEST: f64 = 32.0 * 1024.0 * 1024.0;

/// The step an import has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing was imported yet.
    Choose,
    /// It is being checked.
    Checking,
    /// It is being written.
    Writing,
    /// The whole file is refused.
    Refused,
    /// Rows are to be mended first.
    Bad,
    /// Checked, without a bad row.
    Ready,
    /// Nothing in it is new.
    Same,
    /// It was written.
    Done,
}

/// The step of `view`.
#[must_use]
pub fn step(view: &ImportView) -> Step {
    match view {
        view if view.name.is_empty() => Step::Choose,
        view if view.running && view.applied => Step::Writing,
        view if view.running => Step::Checking,
        view if !view.refused.is_empty() => Step::Refused,
        view if view.wrong_total > 0 => Step::Bad,
        view if view.applied => Step::Done,
        view if changed_rows(&view.changes) == 0 => Step::Same,
        _ => Step::Ready,
    }
}

/// What a step is called.
#[must_use]
pub fn step_words(view: &ImportView) -> String {
    match step(view) {
        Step::Choose => "选一个表格文件".to_owned(),
        Step::Checking => format!("正在核对 {}", done_words(view)),
        Step::Writing => format!("正在导入 {}", done_words(view)),
        Step::Refused => "这个文件没有收下".to_owned(),
        Step::Bad => format!("有 {} 行要改，一行都没有写入", view.wrong_total),
        Step::Ready => "核对过了，没有要改的行，还没有写入".to_owned(),
        Step::Same => "和现在的一样，没有要写入的".to_owned(),
        Step::Done => "已导入".to_owned(),
    }
}

fn done_words(view: &ImportView) -> String {
    if view.of == 0 { String::new() } else { format!("{} / {}", view.done.min(view.of), view.of) }
        .trim()
        .to_owned()
}

/// Whether 正式导入 may be pressed.
#[must_use]
pub fn may_apply(view: &ImportView) -> bool {
    step(view) == Step::Ready
}

/// Width of the bar that shows how far it is. It never goes back behind `before`.
#[must_use]
pub fn progress(view: &ImportView, before: u32) -> u32 {
    let thousands = u64::from(view.done.min(view.of)) * 100 / u64::from(view.of.max(1));
    u32::try_from(thousands).unwrap_or(100).max(before).min(100)
}

/// Rows that would be written.
#[must_use]
pub fn changed_rows(changes: &[ImportChange]) -> u32 {
    changes.iter().map(|change| change.added + change.changed).sum()
}

/// What a file's name says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// Neither a spreadsheet nor a list.
    Kind,
    /// The older format of spreadsheets.
    OldKind,
}

/// Whether a file of this name can be taken.
///
/// # Errors
///
/// Why it cannot.
pub fn check_name(name: &str) -> Result<(), NameFault> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("xlsx" | "csv") => Ok(()),
        Some("xls" | "et") => Err(NameFault::OldKind),
        _ => Err(NameFault::Kind),
    }
}

/// Why a file cannot be taken, and the way on.
#[must_use]
pub const fn name_words(fault: NameFault) -> &'static str {
    match fault {
        NameFault::Kind => "只收 .xlsx 和 .csv 表格",
        NameFault::OldKind => "这是旧格式的表格，另存为 .xlsx 再选",
    }
}

/// The base64 of a `data:` address, as a browser reads a file; nothing where it is none.
#[must_use]
pub fn base64_of(address: &str) -> Option<&str> {
    let (head, data) = address.split_once(',')?;
    (head.starts_with("data:") && head.ends_with(";base64")).then_some(data)
}

/// Name of the list of bad rows: 要改的行-花名册.xlsx
#[must_use]
pub fn report_name(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("要改的行-{stem}.xlsx")
}

/// How many bad rows are not in the table on screen.
#[must_use]
pub fn wrong_left(view: &ImportView) -> u32 {
    view.wrong_total.saturating_sub(u32::try_from(view.wrong.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> ImportView {
        let change =
            ImportChange { table: "网格".into(), added: 2, changed: 1, same: 5, clashes: 0 };
        ImportView { name: "网格.xlsx".into(), changes: vec![change], ..ImportView::default() }
    }

    #[test]
    fn only_a_checked_file_without_bad_rows_may_be_written() {
        assert!(may_apply(&view()));
        let bad = ImportView { wrong_total: 1, ..view() };
        let running = ImportView { running: true, ..view() };
        let refused = ImportView { refused: "不是表格".into(), ..view() };
        let done = ImportView { applied: true, ..view() };
        let same = ImportView { changes: Vec::new(), ..view() };
        let none = ImportView::default();
        let views = [bad, running, refused, done, same, none];
        assert!(views.iter().all(|view| !may_apply(view)));
        assert_eq!(
            views.iter().map(step).collect::<Vec<_>>(),
            [Step::Bad, Step::Checking, Step::Refused, Step::Done, Step::Same, Step::Choose]
        );
    }

    #[test]
    fn progress_only_moves_forward_and_ends_at_the_end() {
        let at = |done, of| ImportView { running: true, done, of, ..view() };
        assert_eq!(progress(&at(50, 200), 0), 25);
        assert_eq!(progress(&at(10, 200), 25), 25);
        assert_eq!(progress(&at(300, 200), 0), 100);
        assert_eq!(progress(&at(0, 0), 0), 0);
        assert_eq!(step_words(&at(50, 200)), "正在核对 50 / 200");
        let writing = ImportView { applied: true, ..at(50, 200) };
        assert_eq!(step_words(&writing), "正在导入 50 / 200");
    }

    #[test]
    fn only_spreadsheets_are_taken() {
        assert_eq!(check_name("花名册.XLSX"), Ok(()));
        assert_eq!(check_name("花名册.csv"), Ok(()));
        assert_eq!(check_name("花名册.xls"), Err(NameFault::OldKind));
        assert_eq!(check_name("照片.jpg"), Err(NameFault::Kind));
        assert_eq!(check_name("花名册"), Err(NameFault::Kind));
    }

    #[test]
    fn a_file_is_cut_out_of_its_address() {
        assert_eq!(base64_of("data:text/csv;base64,QUI="), Some("QUI="));
        assert_eq!(base64_of("data:,AB"), None);
        assert_eq!(base64_of("QUI="), None);
        assert_eq!(report_name("花名册.v2.xlsx"), "要改的行-花名册.v2.xlsx");
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        assert_eq!(wrong_left(&ImportView { wrong_total: 230, ..view() }), 230);
        assert_eq!(wrong_left(&view()), 0);
    }
}
