//! Names that everybody sees to be invented, and telephones that nobody can have.

use super::dice::Dice;

/// Surnames that are common in northern Shaanxi.
const SURNAMES: [&str; 16] = [
    "高", "白", "刘", "张", "王", "李", "呼", "冯", "曹", "郝", "贺", "薛", "马", "郭", "杜", "屈",
];
/// One of these stands in every invented name.
pub const MARKERS: [&str; 6] = ["样", "例", "试", "演", "模", "测"];
const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// The people of the hand-written files are numbered up to ten: others begin after them.
const FIRST_NUMBER: usize = 11;
const LAST_NUMBER: usize = 999;

fn at<'a>(words: &[&'a str], place: usize) -> &'a str {
    words.get(place % words.len().max(1)).copied().unwrap_or_default()
}

/// A number below a thousand as people say it up to a hundred, digit by digit beyond.
fn numeral(number: usize) -> String {
    let (tens, ones) = (number / 10, number % 10);
    let one = if ones == 0 { "" } else { at(&DIGITS, ones) };
    match (number, tens) {
        (100.., _) => {
            [number / 100, tens % 10, ones].iter().map(|digit| at(&DIGITS, *digit)).collect()
        }
        (_, 0) => one.to_owned(),
        (_, 1) => format!("十{one}"),
        _ => format!("{}十{one}", at(&DIGITS, tens)),
    }
}

fn name(surname: &str, marker: usize, number: usize) -> String {
    format!("{surname}{}{}", at(&MARKERS, marker), numeral(number))
}

/// The name of the `nth` person of the register; no two are alike.
pub fn of_staff(nth: usize) -> String {
    let (surnames, markers) = (SURNAMES.len(), MARKERS.len());
    name(
        at(&SURNAMES, nth * 7 % surnames),
        nth / surnames * 5 % markers,
        FIRST_NUMBER + nth / (surnames * markers),
    )
}

/// A surname.
pub fn surname(dice: &mut Dice) -> &'static str {
    at(&SURNAMES, dice.below(SURNAMES.len()))
}

/// Somebody of this surname.
pub fn of_family(surname: &str, dice: &mut Dice) -> String {
    let marker = dice.below(MARKERS.len());
    name(surname, marker, FIRST_NUMBER + dice.below(LAST_NUMBER - FIRST_NUMBER + 1))
}

/// Anybody.
pub fn of_anybody(dice: &mut Dice) -> String {
    of_family(surname(dice), dice)
}

/// A telephone: no mobile number begins with 12.
pub fn telephone(number: usize) -> String {
    format!("12{:09}", number % 1_000_000_000)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_written_as_people_say_them() {
        let said = [1, 10, 11, 20, 23, 99, 100, 305].map(numeral);
        assert_eq!(said, ["一", "十", "十一", "二十", "二十三", "九十九", "一〇〇", "三〇五"]);
    }

    #[test]
    fn no_two_of_the_register_are_called_alike() {
        let all: BTreeSet<String> = (0..4_000).map(of_staff).collect();
        assert_eq!(all.len(), 4_000);
        assert!(!all.contains("王样一"));
    }
}
