//! How a clash is laid out: letters of the sides, and which characters differ.

use yidang_api::case_file::ClashView;

/// A value cut into what all values share and what is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// What all values begin with.
    pub before: String,
    /// What only this one has.
    pub own: String,
    /// What all values end with.
    pub after: String,
}

const LETTERS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];

/// 甲, 乙, 丙 … for the value at `index`, counted from zero.
#[must_use]
pub fn letter(index: usize) -> &'static str {
    LETTERS.get(index).copied().unwrap_or("又")
}

/// The name used in test hooks for the value at `index`: a, b, c …
#[must_use]
pub fn latin(index: usize) -> char {
    u8::try_from(index).ok().filter(|n| *n < 26).map_or('z', |n| char::from(b'a' + n))
}

/// How many sides in Chinese: 两处要定.
#[must_use]
pub fn how_many(count: usize) -> String {
    match count {
        1 => "一".to_owned(),
        2 => "两".to_owned(),
        3 => "三".to_owned(),
        4 => "四".to_owned(),
        5 => "五".to_owned(),
        many => format!(" {many} "),
    }
}

/// Cuts values into shared beginning, own part and shared end, so that the eye finds the
/// difference. Values without anything in common stay whole in `before`: nothing is marked where
/// everything differs.
#[must_use]
pub fn differing(values: &[String]) -> Vec<Parts> {
    let texts: Vec<Vec<char>> = values.iter().map(|value| value.chars().collect()).collect();
    let shortest = texts.iter().map(Vec::len).min().unwrap_or(0);
    let Some(first) = texts.first() else { return Vec::new() };
    let head = (0..shortest)
        .take_while(|at| texts.iter().all(|text| text.get(*at) == first.get(*at)))
        .count();
    let tail = (0..shortest - head)
        .take_while(|back| {
            let from_end = |text: &Vec<char>| text.len().checked_sub(back + 1);
            let expected = from_end(first).and_then(|at| first.get(at));
            texts.iter().all(|text| from_end(text).and_then(|at| text.get(at)) == expected)
        })
        .count();
    texts.iter().map(|text| cut(text, head, tail)).collect()
}

fn cut(text: &[char], head: usize, tail: usize) -> Parts {
    if head == 0 && tail == 0 {
        return Parts { before: text.iter().collect(), own: String::new(), after: String::new() };
    }
    let end = text.len().saturating_sub(tail);
    let take = |range: std::ops::Range<usize>| -> String {
        text.get(range).map(|part| part.iter().collect()).unwrap_or_default()
    };
    Parts { before: take(0..head), own: take(head..end), after: take(end..text.len()) }
}

/// Whether it is about concurrent decisions and not about a value.
#[must_use]
pub fn is_decision(clash: &ClashView) -> bool {
    clash.field == "stage"
}

/// Values as a person reads them; telephone numbers in groups.
#[must_use]
pub fn shown(clash: &ClashView) -> Vec<String> {
    clash.values.iter().map(|value| grouped(&clash.field, &value.shown)).collect()
}

/// `120 0000 0012` where `field` is a telephone number of eleven digits, else the text itself.
#[must_use]
pub fn grouped(field: &str, text: &str) -> String {
    let is_mobile = text.len() == 11 && text.chars().all(|c| c.is_ascii_digit());
    if !field.ends_with("phone") || !is_mobile {
        return text.to_owned();
    }
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    format!("{} {} {}", part(0..3), part(3..7), part(7..11))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn the_tails_of_two_numbers_are_their_own() {
        let parts = differing(&owned(&["120 0000 0012", "120 0000 0021"]));
        assert_eq!(parts[0].before, "120 0000 00");
        assert_eq!(parts[0].own, "12");
        assert_eq!(parts[1].own, "21");
        assert_eq!(parts[1].after, "");
    }

    #[test]
    fn one_character_in_the_middle_is_found() {
        let parts = differing(&owned(&["下盘石村 3 组", "下盘石村 5 组"]));
        assert_eq!(parts[0].own, "3");
        assert_eq!(parts[1].own, "5");
        assert_eq!(parts[1].after, " 组");
    }

    #[test]
    fn a_value_inside_another_keeps_every_character() {
        let parts = differing(&owned(&["村口", "村口地里", "村口"]));
        assert_eq!(parts[0].own, "");
        assert_eq!(parts[1].own, "地里");
        for (part, whole) in parts.iter().zip(["村口", "村口地里", "村口"]) {
            assert_eq!(format!("{}{}{}", part.before, part.own, part.after), whole);
        }
    }

    #[test]
    fn nothing_is_marked_where_everything_differs() {
        let parts = differing(&owned(&["关注", "一般"]));
        assert!(parts.iter().all(|part| part.own.is_empty()));
        assert_eq!(parts[0].before, "关注");
    }

    #[test]
    fn repeated_characters_are_not_counted_twice() {
        let parts = differing(&owned(&["啊啊", "啊啊啊"]));
        assert_eq!(parts[1].own, "啊");
        assert_eq!(format!("{}{}", parts[0].before, parts[0].after), "啊啊");
    }

    #[test]
    fn mobile_numbers_are_grouped_and_nothing_else() {
        assert_eq!(grouped("parties.x.phone", "12000000012"), "120 0000 0012");
        assert_eq!(grouped("facts.place", "12000000012"), "12000000012");
        assert_eq!(grouped("parties.x.phone", "0911-1"), "0911-1");
    }

    #[test]
    fn the_third_value_is_letter_three() {
        assert_eq!((letter(2), latin(2)), ("丙", 'c'));
    }
}
