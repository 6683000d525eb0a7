//! What is in the index is found by what people type. The query is interpreted here as the
//! full-text engine does: phrases of tokens, a star for the rest of the last one, OR and AND.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::prelude::*;
use yidang_domain::case_state::Stage;
use yidang_domain::category::CLASSES;
use yidang_domain::finding::{initials, labels, query, tails, tokens};

/// Whether one phrase of the query stands in the tokens.
fn has_phrase(index: &[&str], phrase: &str) -> bool {
    let (quoted, is_prefix) = match phrase.strip_suffix('*') {
        Some(quoted) => (quoted, true),
        None => (phrase, false),
    };
    let inner = quoted.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
    assert!(!inner.contains('"'), "{phrase}");
    let asked: Vec<&str> = inner.split(' ').collect();
    let (last, before) = asked.split_last().unwrap();
    index.windows(asked.len()).any(|here| {
        let (end, begin) = here.split_last().unwrap();
        begin == before && if is_prefix { end.starts_with(last) } else { end == last }
    })
}

/// Whether what was typed finds the words of an index.
fn finds(words: &str, typed: &str) -> bool {
    let index: Vec<&str> = words.split_whitespace().collect();
    let Some(query) = query(typed) else { return false };
    query.split(" AND ").all(|term| match term.strip_prefix('(') {
        Some(rest) => {
            let inner = rest.strip_suffix(')').unwrap();
            inner.split(" OR ").any(|phrase| has_phrase(&index, phrase))
        }
        None => has_phrase(&index, term),
    })
}

fn name_words(name: &str) -> String {
    format!("{}{} 0x0 ", tokens(name), initials(name))
}

/// A household with a head, a door plate, a number and members, put together as the server does.
fn household() -> String {
    let mut words = name_words("呼样七");
    for fact in ["3-01", "张家滩镇下盘石村第2组", "户号H-00127"] {
        words.push_str(&tokens(fact));
        words.push_str(" 0x0 ");
    }
    words.push_str(&tails("户号H-00127"));
    for (name, phone) in [("尉迟样八", "12000000038"), ("曾例九", "120-0000-0139")] {
        words.push_str(&name_words(name));
        words.push_str(&tokens(phone));
        words.push_str(&tails(phone));
    }
    words
}

#[track_caller]
fn assert_found(words: &str, typed: &[&str]) {
    for one in typed {
        assert!(finds(words, one), "{one} finds nothing in {words}");
    }
}

#[track_caller]
fn assert_not_found(words: &str, typed: &[&str]) {
    for one in typed {
        assert!(!finds(words, one), "{one} finds {words}");
    }
}

#[test]
fn names_of_one_to_four_characters_are_found_by_any_part_of_them() {
    for name in ["高", "王一", "王样一", "李䶮", "张𠮷三", "刘𬭎", "高㛃五", "尉迟样八", "欧阳演十"]
    {
        let characters: Vec<char> = name.chars().collect();
        for from in 0..characters.len() {
            for to in from + 1..=characters.len() {
                let part: String = characters[from..to].iter().collect();
                assert!(finds(&name_words(name), &part), "{name} by {part}");
            }
        }
    }
}

#[test]
fn rare_characters_have_initials_too() {
    for (name, letters) in
        [("王䶮一", "wyy"), ("张𠮷三", "zjs"), ("刘𬭎", "lh"), ("高㛃五", "gjw"), ("𠮷样", "jy")]
    {
        assert_found(&name_words(name), &[letters, &letters[..1], &letters.to_uppercase()]);
    }
}

/// Surname, then the initials of every reading it must be found by.
const SURNAMES: &[(&str, &str)] = &[
    ("曾", "z c"),
    ("单", "s d"),
    ("仇", "q c"),
    ("解", "x j"),
    ("区", "o q"),
    ("任", "r"),
    ("查", "z c"),
    ("覃", "q t"),
    ("冼", "x"),
    ("盖", "g"),
    ("贾", "j"),
    ("翟", "z d"),
    ("缪", "m"),
    ("乐", "y l"),
    ("盛", "s c"),
    ("折", "s z"),
    ("朴", "p"),
    ("黑", "h"),
    ("尉", "w"),
    ("尉迟", "yc wc"),
    ("呼延", "hy"),
    ("单于", "cy dy"),
    ("万俟", "mq wq ws"),
    ("长孙", "zs cs"),
    ("澹台", "tt dt"),
    ("欧阳", "oy"),
    ("司马", "sm"),
    ("皇甫", "hf"),
];

#[test]
fn a_name_is_found_by_the_reading_of_the_surname_and_by_the_ordinary_one() {
    for (surname, readings) in SURNAMES {
        let words = name_words(&format!("{surname}样一"));
        for reading in readings.split(' ') {
            assert_found(&words, &[reading, &format!("{reading}y"), &format!("{reading}yy")]);
            assert_not_found(&words, &[&format!("{reading}yyy"), "样二"]);
        }
    }
}

#[test]
fn a_surname_inside_a_name_is_read_as_the_dictionary_reads_it() {
    assert_found(&name_words("王曾一"), &["wcy"]);
    assert_not_found(&name_words("王曾一"), &["wzy"]);
}

#[test]
fn a_household_is_found_by_its_members_its_door_and_its_numbers() {
    let words = household();
    assert_found(&words, &["呼样七", "样七", "hyq", "HY", "尉迟", "ycyb", "wcyb", "zlj", "clj"]);
    assert_found(
        &words,
        &["3-01", "３－０１", "3 01", "301", "01", "下盘石", "第2组", "下盘石 2组"],
    );
    assert_found(&words, &["H-00127", "h-00127", "00127", "0127", "127", "户号h"]);
    assert_found(&words, &["呼样七 038", "hyq 3-01", "hyq 曾例九 139", "ＨＹＱ", "hyq，下盘石。"]);
    assert_not_found(&words, &["3-02", "302", "呼样七 王样一", "hyq wyy", "128"]);
}

#[test]
fn a_telephone_is_found_by_its_beginning_and_by_three_to_eight_last_digits() {
    let words = household();
    let number = "12000000038";
    for length in 3..=8 {
        assert_found(&words, &[&number[number.len() - length..], &number[..length]]);
    }
    assert_found(
        &words,
        &[number, "１２０００００００３８", "12000000139", "120-0000-0139", "139"],
    );
    assert_not_found(&words, &["12000000037", "037", "00000000"]);
}

#[test]
fn two_last_digits_are_too_little_to_mean_a_number() {
    assert_not_found(&tails("12000000038"), &["38"]);
    assert_eq!(tails("38"), "");
    assert_eq!(tails("０38").trim(), "ㄆ038");
}

#[test]
fn no_name_is_found_across_the_border_of_two() {
    let words = name_words("王样一") + &name_words("李例二");
    assert_found(&words, &["王样一", "李例二", "一 李", "wyy lle"]);
    assert_not_found(&words, &["一李", "样一李例", "王样一李例二", "wyyl", "yl"]);
    assert_not_found(&tokens("王样，一"), &["王样一", "样一"]);
    assert_not_found(&tokens("一档，二档。"), &["0", "0x", "0x0", "档0", "档0x"]);
}

#[test]
fn a_file_is_found_by_category_class_and_stage() {
    let words = labels("0901", Stage::CloseAsked);
    assert_found(&words, &["土地承包", "权属纠纷", "待审核", "承包 权属 销号"]);
    assert_not_found(&words, &["邻里", "经营土地", "纠纷待审核", "已销号"]);
    assert_found(&labels("0299", Stage::Found), &["其他邻里纠纷", "邻里纠纷", "待受理"]);
    assert_found(&labels("0777", Stage::Closed), &["0777", "已销号"]);
    for category in CLASSES.iter().flat_map(|class| class.categories) {
        for stage in Stage::ALL {
            let label = yidang_domain::category::label(category.code);
            let words = labels(category.code, stage);
            assert_found(&words, &[&label, stage.label()]);
            let part: String = stage.label().chars().skip(1).take(2).collect();
            assert_found(&words, &[&part]);
        }
    }
}

#[test]
fn words_of_a_sentence_are_found_in_any_order_and_case() {
    let words = tokens("两家果园地界埂被推平，争一行梨树。GPS定位N36°，共3.5亩");
    assert_found(&words, &["梨树 果园", "争一行", "gps", "ＧＰＳ定位", "n36", "3.5亩", "梨"]);
    assert_not_found(&words, &["平争", "梨园", "苹果"]);
    assert_found(&tokens("二〇二六年"), &["二〇二六", "〇二", "六年"]);
}

/// Surnames and given names out of the common, the rare and the very rare.
const NAME: &str =
    "[王李曾单翟解覃高白刘][\u{3400}-\u{4dbf}\u{4e00}-\u{9fff}\u{20000}-\u{2a6df}]{0,3}";

proptest! {
    #[test]
    fn any_name_is_found_whole_by_its_beginning_and_by_its_initials(name in NAME) {
        let words = name_words(&name);
        prop_assert!(finds(&words, &name));
        let surname: String = name.chars().take(1).collect();
        prop_assert!(finds(&words, &surname));
        for token in initials(&name).split_whitespace() {
            let letters: String = token.chars().skip(1).collect();
            prop_assert!(finds(&words, &letters), "{} by {}", name, letters);
        }
    }

    #[test]
    fn any_member_is_found_among_the_others(names in prop::collection::vec(NAME, 1..7)) {
        let words: String = names.iter().map(|name| name_words(name)).collect();
        for name in &names {
            prop_assert!(finds(&words, name));
        }
        prop_assert!(finds(&words, &names.join(" ")));
    }

    #[test]
    fn no_phrase_crosses_punctuation(
        one in NAME,
        other in NAME,
        mark in "[，。、；：！？（）,.;·/ \u{3000}-]",
    ) {
        let words = tokens(&format!("{one}{mark}{other}"));
        prop_assert!(finds(&words, &one) && finds(&words, &other));
        let across = format!("{one}{other}");
        prop_assert!(!finds(&words, &across), "{} in {}", across, words);
    }

    #[test]
    fn any_tail_of_a_number_finds_it(number in "1[0-9]{10}", length in 3_usize..=8) {
        let words = format!("{}{}", tokens(&number), tails(&number));
        prop_assert!(finds(&words, &number));
        prop_assert!(finds(&words, &number[number.len() - length..]));
    }

    #[test]
    fn any_door_plate_is_found_as_it_is_written(plate in "[1-9][0-9]{0,2}(-[0-9]{1,3}){1,2}") {
        let words = tokens(&plate);
        prop_assert!(finds(&words, &plate));
        let wide: String = plate
            .chars()
            .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
            .collect();
        prop_assert!(finds(&words, &wide));
        prop_assert!(finds(&tokens(&wide), &plate));
        let digits = plate.replace('-', "");
        prop_assert!(finds(&words, &digits) || digits.len() < 3);
    }

    /// `finds` takes every query apart and panics at one that the engine would refuse.
    #[test]
    fn whatever_is_typed_is_a_query_or_none(typed in ".*", digits in "[0-9xX \"*()-]{0,12}") {
        let words = household();
        let _ = finds(&words, &typed);
        let _ = finds(&words, &digits);
    }

    #[test]
    fn what_was_written_is_found_by_what_was_written(text in "[\u{4e00}-\u{9fff}a-zA-Z1-9，。 -]{1,30}") {
        prop_assert!(query(&text).is_none() || finds(&tokens(&text), &text));
    }
}
