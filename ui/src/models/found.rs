//! 找: what of a text was looked for, and going through results with the keyboard.

/// A piece of a text, and whether it was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The characters.
    pub text: String,
    /// They were looked for.
    pub hit: bool,
}

/// Cuts `text` at the words of `query`. Initials and number tails found elsewhere mark nothing.
#[must_use]
pub fn pieces(text: &str, query: &str) -> Vec<Piece> {
    let chars: Vec<char> = text.chars().collect();
    let low: Vec<String> = chars.iter().map(|c| c.to_lowercase().collect()).collect();
    let mut hits = vec![false; chars.len()];
    for word in query.split_whitespace() {
        let word: Vec<String> = word.chars().map(|c| c.to_lowercase().collect()).collect();
        for at in 0..low.len().saturating_sub(word.len().saturating_sub(1)) {
            let end = at + word.len();
            if low.get(at..end).is_some_and(|part| part == word.as_slice())
                && let Some(part) = hits.get_mut(at..end)
            {
                part.fill(true);
            }
        }
    }
    let mut all: Vec<Piece> = Vec::new();
    for (c, hit) in chars.into_iter().zip(hits) {
        match all.last_mut() {
            Some(last) if last.hit == hit => last.text.push(c),
            _ => all.push(Piece { text: c.to_string(), hit }),
        }
    }
    all
}

/// What can be typed, each with an example.
pub const HINTS: [(&str, &str); 6] = [
    ("姓名", "王样一"),
    ("拼音首字母", "wyy"),
    ("电话或编号尾号", "0214"),
    ("门牌、地点", "3-01"),
    ("类别", "土地承包"),
    ("环节", "已受理"),
];

/// The row that follows (or precedes) `at` among `count`; `None` is the field above them.
#[must_use]
pub const fn step(at: Option<u32>, count: u32, down: bool) -> Option<u32> {
    match (at, down) {
        (_, _) if count == 0 => None,
        (None, true) => Some(0),
        (None, false) | (Some(0), false) => None,
        (Some(at), true) if at + 1 < count => Some(at + 1),
        (Some(_), true) => Some(count - 1),
        (Some(at), false) => Some(at - 1),
    }
}

/// Whether an answer belongs to what stands in the field now; a late one is not shown.
#[must_use]
pub fn is_current(answered: &str, typed: &str) -> bool {
    answered.trim() == typed.trim()
}

/// 还有 12 件
#[must_use]
pub fn more_words(total: u32, shown: usize, unit: &str) -> Option<String> {
    let shown = u32::try_from(shown).unwrap_or(u32::MAX);
    let more = total.saturating_sub(shown);
    (more > 0).then(|| format!("还有 {more} {unit}，再多写一两个字"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str, query: &str) -> Vec<String> {
        pieces(text, query).into_iter().filter(|piece| piece.hit).map(|piece| piece.text).collect()
    }

    #[test]
    fn every_word_is_marked_wherever_it_stands() {
        assert_eq!(hits("两家果园地界，果园西", "果园 地界"), ["果园地界", "果园"]);
        assert_eq!(hits("WYY-01", "wyy"), ["WYY"]);
        assert!(hits("王样一", "wyy").is_empty());
        assert!(hits("果", "果园果园").is_empty());
    }

    #[test]
    fn nothing_is_lost_in_cutting() {
        for (text, query) in [("两家果园地界", "果园"), ("", "a"), ("甲", ""), ("啊啊啊", "啊啊")]
        {
            let whole: String = pieces(text, query).into_iter().map(|piece| piece.text).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn arrows_go_down_to_the_end_and_up_to_the_field() {
        assert_eq!(step(None, 3, true), Some(0));
        assert_eq!(step(Some(2), 3, true), Some(2));
        assert_eq!(step(Some(0), 3, false), None);
        assert_eq!(step(Some(2), 3, false), Some(1));
        assert_eq!(step(None, 0, true), None);
    }

    #[test]
    fn a_late_answer_is_not_shown() {
        assert!(is_current("王 ", "王"));
        assert!(!is_current("王", "王样"));
        assert_eq!(more_words(20, 8, "件").as_deref(), Some("还有 12 件，再多写一两个字"));
        assert_eq!(more_words(3, 3, "件"), None);
    }
}
