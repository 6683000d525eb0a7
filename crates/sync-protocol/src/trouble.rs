//! What hinders a device, as it tells its server: numbers alone, nothing about people or files.

use prost::Message;

/// One thing that hinders a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum TroubleKind {
    /// A word of a later version.
    Unknown = 0,
    /// What came could not be taken, so many exchanges in a row.
    Page = 1,
    /// Its storage was full, so many times since it last told.
    Full = 2,
    /// Its database is damaged, found so many times since it last told.
    Damaged = 3,
    /// Its clock is so many hours off.
    Clock = 4,
    /// Its oldest change that nobody judged was written so many days ago.
    Waiting = 5,
}

/// What hinders a device, and how much.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Trouble {
    /// What.
    #[prost(enumeration = "TroubleKind", tag = "1")]
    pub kind: i32,
    /// How much of it: times, hours or days.
    #[prost(uint32, tag = "2")]
    pub count: u32,
}

/// No request tells more: six of them are at most sixty bytes.
pub const MOST_TROUBLES: usize = 6;

impl Trouble {
    /// So much of this.
    #[must_use]
    pub fn of(kind: TroubleKind, count: u32) -> Self {
        Self { kind: kind.into(), count }
    }
}

/// The version of an application as a number, so that two can be compared: 0.1.0 is 1000. Words behind
/// the three numbers count for nothing, and what is no version is zero.
#[must_use]
pub fn app_number(version: &str) -> u32 {
    let mut parts = version.split(['.', '-', '+']);
    let mut part = || parts.next().and_then(|text| text.parse::<u32>().ok());
    match (part(), part(), part()) {
        (Some(major), Some(minor), Some(patch)) => major
            .saturating_mul(1_000_000)
            .saturating_add(minor.min(999).saturating_mul(1_000))
            .saturating_add(patch.min(999)),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_told_is_short() {
        let told = Trouble::of(TroubleKind::Waiting, u32::MAX);
        // Tag and length stand before each of them.
        assert!(MOST_TROUBLES * (told.encoded_len() + 2) <= 64);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(app_number("0.1.0"), 1_000);
        assert_eq!(app_number("1.12.3-beta"), 1_012_003);
        assert!(app_number("0.10.0") > app_number("0.9.9"));
        for nothing in ["", "x", "1.2", "一.二.三"] {
            assert_eq!(app_number(nothing), 0, "{nothing}");
        }
    }
}
