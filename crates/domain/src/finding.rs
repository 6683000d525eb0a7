//! Words for the full-text index, made so that one and two characters find something.
//!
//! Every Han character is a token of its own and a query is a phrase of them; names also give their
//! pinyin initials, numbers their tails. Full-width letters and digits are the same as plain ones.

mod surnames;

use std::collections::BTreeSet;

use pinyin::ToPinyin;

use crate::case_state::Stage;
use crate::category;

/// Marks initials, so that `wyy` does not match English words.
const INITIALS: char = 'ㄅ';
/// Marks tails of numbers.
const TAIL: char = 'ㄆ';
/// Marks a part of a stage's words, whole: thousands of files stand at one stage, and a phrase would be
/// put together in each of them (docs/decisions/0014).
const STAGE: char = 'ㄇ';
/// Stands for punctuation and between fields: no phrase crosses it.
const SENTINEL: &str = "0x0";
/// How many last digits of a number lead to it.
const TAIL_LENGTHS: std::ops::RangeInclusive<usize> = 3..=8;
/// How many digits a number written in groups may have to be found without its hyphens.
const JOINED_LENGTHS: std::ops::RangeInclusive<usize> = 3..=12;

const fn is_han(c: char) -> bool {
    matches!(c, '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// How far the full-width forms lie behind ASCII in Unicode.
const FULL_WIDTH_AHEAD: u32 = 0xfee0;

/// The character meant by one from a Chinese keyboard: letters, digits and signs as in ASCII.
fn plain(c: char) -> char {
    let ascii = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - FULL_WIDTH_AHEAD),
        '\u{3000}' => Some(' '),
        _ => None,
    };
    ascii.unwrap_or(c)
}

/// The tokens of `text` for the index. Punctuation leaves a sentinel, so that no phrase crosses it.
///
/// A number written in groups is found without its hyphens too: 3-01 by 301.
#[must_use]
pub fn tokens(text: &str) -> String {
    let text: String = text.chars().map(plain).collect();
    let mut out = spaced(&text);
    for number in joined(&text) {
        out.push_str(&format!(" {SENTINEL} {number} "));
    }
    out
}

/// Begins with a space, so that what stands before it in the index stays a token of its own.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2 + 1);
    out.push(' ');
    for c in text.chars() {
        if is_han(c) {
            out.extend([' ', c, ' ']);
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else {
            out.extend([" ", SENTINEL, " "]);
        }
    }
    out
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// The numbers in `text` that are written in groups, without what divides them.
fn joined(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_digit() && !is_hyphen(c))
        .map(|run| run.trim_matches(is_hyphen))
        .filter(|run| run.contains(is_hyphen))
        .map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>())
        .filter(|number| JOINED_LENGTHS.contains(&number.len()))
}

/// The tokens that lead from the initials of a name to it, or of several names between commas.
///
/// A surname that is read otherwise than its character elsewhere (曾, 单, 尉迟) gives the initials of
/// both readings.
#[must_use]
pub fn initials(name: &str) -> String {
    name.split(is_between_names).flat_map(initials_of_one).collect()
}

/// A blank or a dot stands within a name: 王　一, 买买提·吐尔逊.
fn is_between_names(c: char) -> bool {
    let is_within = is_han(c) || c.is_alphanumeric() || c.is_whitespace();
    !is_within && !matches!(c, '·' | '•' | '・' | '‧')
}

fn initials_of_one(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    for letters in readings(name) {
        // Each length is a token of its own, or every person would have to be gone through for one
        // letter (docs/decisions/0014).
        for (end, _) in letters.char_indices().skip(1).chain([(letters.len(), ' ')]) {
            let token = format!(" {INITIALS}{} ", letters.get(..end).unwrap_or_default());
            if !letters.is_empty() && !tokens.contains(&token) {
                tokens.push(token);
            }
        }
    }
    tokens
}

/// The initials of one name in each of its readings.
fn readings(name: &str) -> Vec<String> {
    let name: String = name.chars().filter(|c| is_han(*c)).collect();
    let mut all = vec![letters_of(name.chars())];
    for (surname, length) in surnames::readings(&name) {
        let letters = format!("{surname}{}", letters_of(name.chars().skip(length)));
        if !all.contains(&letters) {
            all.push(letters);
        }
    }
    all
}

/// The words of what was typed, as they stand in names: letters small, signs apart.
#[must_use]
pub fn words(typed: &str) -> Vec<String> {
    let typed: String = typed.chars().map(plain).collect();
    typed
        .split(|c: char| !is_han(c) && !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether a word of [`words`] stands in a name, or begins its initials in any reading.
#[must_use]
pub fn is_in_name(name: &str, word: &str) -> bool {
    let is_initials = || {
        name.split(is_between_names)
            .flat_map(readings)
            .any(|letters| !word.is_empty() && letters.starts_with(word))
    };
    name.to_lowercase().contains(word)
        || word.chars().all(|c| c.is_ascii_alphabetic()) && is_initials()
}

fn letters_of(characters: impl Iterator<Item = char>) -> String {
    characters
        .filter_map(|c| match c.to_pinyin() {
            Some(pinyin) => pinyin.plain().chars().next(),
            None => surnames::rare(c),
        })
        .collect()
}

/// The tokens that lead from the last digits of a number to it.
#[must_use]
pub fn tails(text: &str) -> String {
    let digits: Vec<char> = text.chars().map(plain).filter(char::is_ascii_digit).collect();
    TAIL_LENGTHS
        .filter(|length| *length <= digits.len())
        .filter_map(|length| digits.get(digits.len() - length..))
        .map(|tail| format!(" {TAIL}{} ", tail.iter().collect::<String>()))
        .collect()
}

/// The tokens that lead to a file from what it is about and where it stands: the words of its
/// category, of the class above it, and every part of the words of its stage.
#[must_use]
pub fn labels(category: &str, stage: Stage) -> String {
    let class = category::find(category).map_or("", |(class, _)| class.label);
    let about = [category::label(category).as_str(), class]
        .map(|words| format!(" {SENTINEL} {} {SENTINEL} ", tokens(words)))
        .concat();
    let stage: String =
        parts(stage.label()).iter().map(|part| format!(" {STAGE}{part} ")).collect();
    about + &stage
}

/// Every part of `word`: 待, 待受, 待受理, 受, 受理, 理.
fn parts(word: &str) -> BTreeSet<&str> {
    let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    word.char_indices()
        .flat_map(|(from, _)| ends.iter().filter_map(move |end| word.get(from..*end)))
        .filter(|part| !part.is_empty())
        .collect()
}

/// The query for what somebody typed; `None` where nothing searchable is in it. Words divided by
/// blanks or punctuation must all fit.
#[must_use]
pub fn query(typed: &str) -> Option<String> {
    let typed: String = typed.chars().map(plain).collect();
    // Punctuation separates like a space: no phrase of the index crosses it either.
    let terms: Vec<String> =
        typed.split(|c: char| !is_han(c) && !c.is_alphanumeric()).filter_map(term).collect();
    // The engine takes no phrase beside a parenthesis without the word between them.
    if terms.is_empty() { None } else { Some(terms.join(" AND ")) }
}

fn term(word: &str) -> Option<String> {
    let tokens = spaced(word);
    let parts: Vec<&str> = tokens.split_whitespace().filter(|part| *part != SENTINEL).collect();
    let last = parts.last()?;
    let phrase = format!("\"{}\"", parts.join(" "));
    // A Han character is a token, whole: nothing begins with it but itself, and looking for more costs
    // a list of everything found. What the sentinel begins with would find every file with a comma in
    // it, and one or two digits every telephone.
    let is_whole = last.chars().all(is_han)
        || SENTINEL.starts_with(last)
        || last.len() < *TAIL_LENGTHS.start() && last.chars().all(|c| c.is_ascii_digit());
    let phrase = if is_whole { phrase } else { format!("{phrase}*") };
    if word.chars().all(|c| c.is_ascii_alphabetic()) {
        let lower = word.to_ascii_lowercase();
        return Some(format!("({phrase} OR \"{INITIALS}{lower}\")"));
    }
    if word.chars().all(|c| c.is_ascii_digit()) && TAIL_LENGTHS.contains(&word.len()) {
        return Some(format!("({phrase} OR \"{TAIL}{word}\")"));
    }
    if Stage::ALL.iter().any(|stage| stage.label().contains(word)) {
        return Some(format!("({phrase} OR \"{STAGE}{word}\")"));
    }
    Some(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_a_query() {
        assert_eq!(query("梨"), Some("\"梨\"".into()));
        assert_eq!(query("，。"), None);
    }

    #[test]
    fn a_part_of_a_stage_is_one_word() {
        assert_eq!(query("受理"), Some("(\"受 理\" OR \"ㄇ受理\")".into()));
        let stage = labels("0777", Stage::Accepted);
        let tokens: Vec<&str> = stage.split_whitespace().collect();
        assert!(tokens.ends_with(&["ㄇ办", "ㄇ在", "ㄇ在办"]), "{stage}");
    }

    #[test]
    fn initials_and_tails_have_marks_of_their_own() {
        assert_eq!(initials("王样一").trim(), "ㄅw  ㄅwy  ㄅwyy");
        assert!(tails("12000000031").contains("ㄆ0031"));
        assert_eq!(query("0031"), Some("(\"0031\"* OR \"ㄆ0031\")".into()));
    }

    #[test]
    fn a_sentence_pasted_with_its_punctuation_is_found_part_by_part() {
        assert_eq!(query("墙根，羊群。"), Some("\"墙 根\" AND \"羊 群\"".into()));
    }

    #[test]
    fn a_quotation_mark_cannot_leave_the_query() {
        assert_eq!(query("\" OR 1"), Some("(\"or\"* OR \"ㄅor\") AND \"1\"".into()));
    }

    #[test]
    fn the_sentinel_itself_is_never_looked_for() {
        assert_eq!(query("0"), Some("\"0\"".into()));
        assert_eq!(query("0X"), Some("\"0x\"".into()));
        assert_eq!(query("室0"), Some("\"室 0\"".into()));
        assert_eq!(query("0x0"), None);
        assert_eq!(query("00"), Some("\"00\"".into()));
        assert_eq!(query("120"), Some("(\"120\"* OR \"ㄆ120\")".into()));
    }

    #[test]
    fn several_names_in_one_field_have_initials_of_their_own() {
        let found = initials("王样一、李 例二；买买提·吐尔逊");
        let whole = ["ㄅwyy", "ㄅlle", "ㄅmmttex"];
        assert!(whole.iter().all(|one| found.split_whitespace().any(|token| token == *one)));
        assert_eq!(found.split_whitespace().count(), 3 + 3 + 6);
        assert_eq!(initials("Anna"), "");
        assert_eq!(initials("、"), "");
    }

    #[test]
    fn a_word_stands_in_a_name_or_begins_its_initials_in_any_reading() {
        for (name, word) in [
            ("单样一", "syy"),
            ("单样一", "d"),
            ("仇例", "ql"),
            ("解例", "xl"),
            ("王𬍛", "𬍛"),
            ("Anna", "ann"),
            ("欧阳样", "oy"),
        ] {
            assert!(is_in_name(name, word), "{word} in {name}");
        }
        assert!(!is_in_name("王样一", "yy") && !is_in_name("王样一", "李"));
        assert_eq!(words("ＷＹＹ，王　一"), ["wyy", "王", "一"]);
    }

    #[test]
    fn tokens_stand_alone_whatever_stands_before_them() {
        assert_eq!(
            tokens("3－01室").split_whitespace().collect::<Vec<_>>(),
            ["3", "0x0", "01", "室", "0x0", "301"]
        );
        assert!(tokens("Anna").starts_with(' '));
    }
}
