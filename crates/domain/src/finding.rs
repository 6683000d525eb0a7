//! Words for the full-text index, made so that one and two characters find something.
//!
//! Every Han character is a token of its own and a query is a phrase of them; names also give their
//! pinyin initials, numbers their tails.

use pinyin::ToPinyin;

/// Marks initials, so that `wyy` does not match English words.
const INITIALS: char = 'ㄅ';
/// Marks tails of numbers.
const TAIL: char = 'ㄆ';

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// The tokens of `text` for the index. Punctuation leaves a sentinel, so that no phrase crosses it.
#[must_use]
pub fn tokens(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if is_han(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else {
            out.push_str(" 0x0 ");
        }
    }
    out
}

/// The first letters of a name in pinyin: 王样一 gives `wyy`.
#[must_use]
pub fn letters(name: &str) -> String {
    name.chars()
        .filter_map(|c| c.to_pinyin())
        .filter_map(|pinyin| pinyin.plain().chars().next())
        .collect()
}

/// The tokens that lead from the initials of a name to it.
#[must_use]
pub fn initials(name: &str) -> String {
    let letters = letters(name);
    if letters.is_empty() { String::new() } else { format!(" {INITIALS}{letters} ") }
}

/// The tokens that lead from the last digits of a number to it.
#[must_use]
pub fn tails(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    (4..=8)
        .filter(|length| *length <= digits.len())
        .filter_map(|length| digits.get(digits.len() - length..))
        .map(|tail| format!(" {TAIL}{} ", tail.iter().collect::<String>()))
        .collect()
}

/// The query for what somebody typed; `None` where nothing searchable is in it.
#[must_use]
pub fn query(typed: &str) -> Option<String> {
    // Punctuation separates like a space: no phrase of the index crosses it either.
    let terms: Vec<String> =
        typed.split(|c: char| !is_han(c) && !c.is_alphanumeric()).filter_map(term).collect();
    if terms.is_empty() { None } else { Some(terms.join(" ")) }
}

fn term(word: &str) -> Option<String> {
    let tokens = tokens(word);
    let parts: Vec<&str> = tokens.split_whitespace().filter(|part| *part != "0x0").collect();
    if parts.is_empty() {
        return None;
    }
    let phrase = format!("\"{}\"", parts.join(" "));
    if word.chars().all(|c| c.is_ascii_alphabetic()) {
        let lower = word.to_ascii_lowercase();
        return Some(format!("({phrase}* OR \"{INITIALS}{lower}\"*)"));
    }
    if word.chars().all(|c| c.is_ascii_digit()) && (4..=8).contains(&word.len()) {
        return Some(format!("({phrase}* OR \"{TAIL}{word}\")"));
    }
    Some(format!("{phrase}*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_is_a_query() {
        assert_eq!(query("梨"), Some("\"梨\"*".into()));
        assert_eq!(query("，。"), None);
    }

    #[test]
    fn initials_and_tails_have_marks_of_their_own() {
        assert_eq!(initials("王样一").trim(), "ㄅwyy");
        assert!(tails("12000000031").contains("ㄆ0031"));
        assert_eq!(query("0031"), Some("(\"0031\"* OR \"ㄆ0031\")".into()));
    }

    #[test]
    fn a_sentence_pasted_with_its_punctuation_is_found_part_by_part() {
        assert_eq!(query("墙根，羊群。"), Some("\"墙 根\"* \"羊 群\"*".into()));
    }

    #[test]
    fn a_quotation_mark_cannot_leave_the_query() {
        assert_eq!(
            query("\" OR 1"),
            Some("\"or\"* \"1\"*".into())
                .map(|_: String| { "(\"or\"* OR \"ㄅor\"*) \"1\"*".to_owned() })
        );
    }
}
