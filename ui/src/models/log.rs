//! What happened, as the sync page filters it.

use yidang_api::sync::{LogKind, LogRow};

/// Which rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFilter {
    /// All of them.
    #[default]
    All,
    /// What failed.
    Failed,
    /// Clashes.
    Clash,
}

impl LogFilter {
    /// In the order they are offered.
    pub const ALL: [Self; 3] = [Self::All, Self::Failed, Self::Clash];

    /// The word used in test hooks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Failed => "failed",
            Self::Clash => "clash",
        }
    }

    /// Whether `row` is shown.
    #[must_use]
    pub fn fits(self, row: &LogRow) -> bool {
        match self {
            Self::All => true,
            Self::Failed => row.kind == LogKind::Failed,
            Self::Clash => row.kind == LogKind::Clash,
        }
    }

    /// The word on screen, with the count where it is a filter.
    #[must_use]
    pub fn label(self, log: &[LogRow]) -> String {
        let count = log.iter().filter(|row| self.fits(row)).count();
        match self {
            Self::All => "全部".to_owned(),
            Self::Failed => format!("错误 {count}"),
            Self::Clash => format!("冲突 {count}"),
        }
    }
}

/// The icon of a row.
#[must_use]
pub const fn log_icon(kind: LogKind) -> &'static str {
    match kind {
        LogKind::Done => "cloud-ok",
        LogKind::Offline => "cloud-off",
        LogKind::Failed => "warn",
        LogKind::Clash => "swap",
    }
}

#[cfg(test)]
mod tests {
    use yidang_domain::civil::InstantMs;

    use super::*;

    #[test]
    fn being_offline_is_no_error() {
        let row = |kind| LogRow { at: InstantMs(0), kind, text: String::new() };
        let log = [row(LogKind::Offline), row(LogKind::Done), row(LogKind::Clash)];
        assert_eq!(LogFilter::Failed.label(&log), "错误 0");
        assert_eq!(LogFilter::Clash.label(&log), "冲突 1");
        assert_eq!(LogFilter::All.label(&log), "全部");
    }
}
