//! How things look: theme, size of type, density. Kept on this device, never in a document.

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// In the order they are offered.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word it is kept under.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The word on screens.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "随系统",
            Self::Light => "浅色",
            Self::Dark => "深色",
        }
    }

    /// The theme kept under `name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default()
    }

    /// Whether it is dark on a device that is (or is not) dark itself.
    #[must_use]
    pub const fn is_dark(self, device_is: bool) -> bool {
        match self {
            Self::System => device_is,
            Self::Light => false,
            Self::Dark => true,
        }
    }
}

/// From this width on the desktop frame is used.
pub const WIDE_PX: f64 = 1000.0;

/// Whether the desktop frame fits. 长辈版 keeps the one-column frame, whatever the width.
#[must_use]
pub fn is_wide(width: f64, care: bool) -> bool {
    width >= WIDE_PX && !care
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_theme_follows_the_device() {
        assert_eq!(Theme::of("neon"), Theme::System);
        assert!(Theme::of("neon").is_dark(true));
        assert!(!Theme::of("light").is_dark(true));
    }

    #[test]
    fn large_type_keeps_one_column_on_a_desktop() {
        assert!(is_wide(1440.0, false));
        assert!(!is_wide(1440.0, true));
        assert!(!is_wide(390.0, false));
    }
}
