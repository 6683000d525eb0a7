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

/// The size of letters this application is drawn for.
const USUAL_PX: f64 = 16.0;

/// From so many times the usual size on, rows are laid out as in 长辈版.
const LARGE: f64 = 1.4;

/// How many times the usual size a letter of this height is; letters that are not drawn yet count as
/// usual.
#[must_use]
pub fn scale_of(letter_px: f64) -> f64 {
    if letter_px > 0.0 { letter_px / USUAL_PX } else { 1.0 }
}

/// Whether the device itself sets its letters so large that rows need more lines.
#[must_use]
pub fn is_large(scale: f64) -> bool {
    scale >= LARGE
}

/// Whether the desktop frame fits; `width` is counted in letters of the usual size. 长辈版 keeps the
/// one-column frame, whatever the width.
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
    fn a_device_with_letters_twice_as_large_has_half_the_room() {
        assert!(!is_large(scale_of(0.0)));
        let scale = scale_of(32.0);
        assert!(is_large(scale) && !is_large(scale_of(20.0)));
        assert!(!is_wide(1440.0 / scale, false));
    }

    #[test]
    fn large_type_keeps_one_column_on_a_desktop() {
        assert!(is_wide(1440.0, false));
        assert!(!is_wide(1440.0, true));
        assert!(!is_wide(390.0, false));
    }
}
