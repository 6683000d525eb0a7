//! The citizen number (公民身份号码) and what it says about a person.
//!
//! Source: GB 11643-1999 (domain note 2.11): six digits of address, eight of birth date, three of
//! sequence whose last is odd for men, one check character after ISO 7064 MOD 11-2. The permanent
//! residence card of 2023 and the residence permits for 港澳台 residents follow the same shape.
//!
//! A number is sensitive personal information: this type prints nothing of it in logs and cannot be
//! serialised by accident. Whoever stores it asks for [`CitizenNumber::as_str`] in so many words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::civil::Date;

/// A number whose form, birth date and check character are right. Whether it was ever given to
/// anybody it cannot tell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CitizenNumber(String);

/// Why a text is no citizen number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CitizenNumberError {
    /// Not eighteen characters. The fifteen of before 1999 end here too: they are kept as plain
    /// text elsewhere and never converted in silence.
    #[error("a citizen number has 18 characters")]
    Length,
    /// Something else than a digit, or than a digit or X at the end.
    #[error("character {position} of the citizen number is not allowed there")]
    Character {
        /// Counted from one, as a person counts.
        position: usize,
    },
    /// The birth date is none.
    #[error("the birth date in the citizen number does not exist")]
    BirthDate,
    /// The last character does not fit the others: most often one digit mistyped or two swapped.
    #[error("the check digit of the citizen number does not fit")]
    CheckDigit,
}

impl CitizenNumberError {
    /// What to tell the person who typed it.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Length => "身份证号应为18位".to_owned(),
            Self::Character { position } => format!("身份证号第{position}位有误"),
            Self::BirthDate => "身份证号中的出生日期不存在".to_owned(),
            Self::CheckDigit => "身份证号校验位不符，请逐位核对".to_owned(),
        }
    }
}

/// Sex as the number states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

impl Sex {
    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

const LENGTH: usize = 18;

/// GB 11643-1999, table 1: how much each of the first seventeen digits weighs.
const WEIGHTS: [u32; LENGTH - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// GB 11643-1999, table 2: the check character for each remainder, from zero.
const CHECKS: &str = "10X98765432";

/// Numbers were first given out in 1984: whoever was alive then was born after this year.
const BEFORE_ANYBODY: i16 = 1850;

/// The county part that was never assigned: these numbers belong to nobody.
const DEMO_COUNTY: &str = "610699";

impl CitizenNumber {
    /// Reads a number as people type it: x for X, full-width characters, blanks around it.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, looked for in the order of [`CitizenNumberError`].
    pub fn parse(text: &str) -> Result<Self, CitizenNumberError> {
        let number: String = text.trim().chars().map(plain).collect();
        if number.chars().count() != LENGTH {
            return Err(CitizenNumberError::Length);
        }
        let stray = number.chars().zip(1..).find(|(character, position)| {
            !(character.is_ascii_digit() || *character == 'X' && *position == LENGTH)
        });
        if let Some((_, position)) = stray {
            return Err(CitizenNumberError::Character { position });
        }
        if birth_date_of(&number).is_none() {
            return Err(CitizenNumberError::BirthDate);
        }
        if number.chars().last() != check_of(&number) {
            return Err(CitizenNumberError::CheckDigit);
        }
        Ok(Self(number))
    }

    /// The full number, for the sealed place where it is stored and for papers that demand it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The day of birth.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        // `parse` has seen it; the fallback is never reached.
        birth_date_of(&self.0).unwrap_or_default()
    }

    /// The sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        let last_of_sequence = self.0.chars().nth(LENGTH - 2).and_then(|digit| digit.to_digit(10));
        if last_of_sequence.is_some_and(|digit| digit % 2 == 1) { Sex::Male } else { Sex::Female }
    }

    /// The number without the birth date, as lists show it: `610621********0012`.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = 6..14;
        let characters = self.0.chars().enumerate();
        characters.map(|(at, shown)| if hidden.contains(&at) { '*' } else { shown }).collect()
    }

    /// Whether it lies in the county part that was never assigned, as all numbers of the demo do.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.0.starts_with(DEMO_COUNTY)
    }
}

/// Says that there is a number, never which.
impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenNumber(..)")
    }
}

/// The character meant by one from a Chinese keyboard: ASCII, and X as a capital.
fn plain(character: char) -> char {
    let ascii = match character {
        '０'..='９' | 'Ｘ' | 'ｘ' => char::from_u32(u32::from(character) - FULL_WIDTH_AHEAD),
        _ => None,
    };
    match ascii.unwrap_or(character) {
        'x' => 'X',
        other => other,
    }
}

/// How far the full-width forms lie behind ASCII in Unicode.
const FULL_WIDTH_AHEAD: u32 = 0xfee0;

/// The birth date in eighteen ASCII characters.
fn birth_date_of(number: &str) -> Option<Date> {
    let year: i16 = number.get(6..10)?.parse().ok()?;
    let month: i8 = number.get(10..12)?.parse().ok()?;
    let day: i8 = number.get(12..14)?.parse().ok()?;
    Date::new(year, month, day).ok().filter(|date| date.year() > BEFORE_ANYBODY)
}

/// The check character that the first seventeen digits ask for.
fn check_of(number: &str) -> Option<char> {
    let digits = number.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    CHECKS.chars().nth(usize::try_from(sum % 11).ok()?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> CitizenNumber {
        CitizenNumber::parse(text).unwrap()
    }

    #[test]
    fn the_numbers_of_the_demo_county_tell_birth_date_and_sex() {
        let people = [
            ("610699195803120016", date(1958, 3, 12), Sex::Male),
            ("610699196311050028", date(1963, 11, 5), Sex::Female),
            ("61069919811203004X", date(1981, 12, 3), Sex::Female),
            ("610699199602290068", date(1996, 2, 29), Sex::Female),
            ("610699200804150077", date(2008, 4, 15), Sex::Male),
            ("610699201406010081", date(2014, 6, 1), Sex::Female),
            ("610699194509100095", date(1945, 9, 10), Sex::Male),
            ("610699200012310108", date(2000, 12, 31), Sex::Female),
        ];
        for (text, birth_date, sex) in people {
            let number = number(text);
            assert_eq!((number.birth_date(), number.sex()), (birth_date, sex), "{text}");
            assert_eq!(number.as_str(), text);
            assert!(number.is_demo());
        }
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        let refused = CitizenNumber::parse("610699195803120017");
        assert_eq!(refused, Err(CitizenNumberError::CheckDigit));
    }

    #[test]
    fn the_29th_of_february_1997_is_refused_though_its_check_digit_fits() {
        assert_eq!(check_of("610699199702290065"), Some('5'));
        let refused = CitizenNumber::parse("610699199702290065");
        assert_eq!(refused, Err(CitizenNumberError::BirthDate));
    }

    #[test]
    fn a_number_typed_on_a_chinese_keyboard_is_the_same_number() {
        let plain = number("61069919811203004X");
        assert_eq!(number("61069919811203004x"), plain);
        assert_eq!(number("61069919811203004Ｘ"), plain);
        assert_eq!(number("６１０６９９１９８１１２０３００４ｘ"), plain);
        assert_eq!(number(" 61069919811203004X\u{3000}"), plain);
    }

    #[test]
    fn an_old_number_of_fifteen_digits_is_not_converted() {
        let refused = CitizenNumber::parse("610699580312001");
        assert_eq!(refused, Err(CitizenNumberError::Length));
        assert_eq!(CitizenNumber::parse(""), Err(CitizenNumberError::Length));
    }

    #[test]
    fn a_stray_character_is_named_by_its_place() {
        let place = |text| CitizenNumber::parse(text).unwrap_err().label();
        assert_eq!(place("61O699195803120016"), "身份证号第3位有误");
        assert_eq!(place("X10699195803120016"), "身份证号第1位有误");
        assert_eq!(place("61069919580312001Y"), "身份证号第18位有误");
        assert_eq!(place("六一〇六九九195803120016"), "身份证号第1位有误");
    }

    #[test]
    fn any_single_mistyped_digit_and_any_swap_of_neighbours_is_noticed() {
        let right: Vec<char> = "610699195803120016".chars().collect();
        for at in 0..17 {
            for digit in '0'..='9' {
                let mut mistyped = right.clone();
                mistyped[at] = digit;
                let is_right = mistyped == right;
                let text: String = mistyped.into_iter().collect();
                assert_eq!(CitizenNumber::parse(&text).is_ok(), is_right, "{text}");
            }
            let mut swapped = right.clone();
            swapped.swap(at, at + 1);
            let is_right = swapped == right;
            let text: String = swapped.into_iter().collect();
            assert_eq!(CitizenNumber::parse(&text).is_ok(), is_right, "{text}");
        }
    }

    #[test]
    fn a_list_shows_neither_birth_day_nor_the_whole_number() {
        let number = number("610699195803120016");
        assert_eq!(number.masked(), "610699********0016");
        assert_eq!(format!("{number:?}"), "CitizenNumber(..)");
    }

    #[test]
    fn a_number_of_another_county_is_no_demo() {
        // County part 000000 is no county either, so that no real number stands in the source.
        let text = "00000019580312001";
        let elsewhere = number(&format!("{text}{}", check_of(text).unwrap()));
        assert!(!elsewhere.is_demo());
    }

    proptest! {
        #[test]
        fn whatever_is_typed_nothing_panics(text in ".*", digits in "[0-9]{17}[0-9Xx]") {
            let _ = CitizenNumber::parse(&text);
            let _ = CitizenNumber::parse(&digits);
        }
    }
}
