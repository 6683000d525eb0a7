//! 当面传档 in words.

use yidang_api::carry::{CarryPhase, CarryView};

/// Whether it goes on by itself.
#[must_use]
pub const fn is_under_way(phase: CarryPhase) -> bool {
    matches!(phase, CarryPhase::Waiting | CarryPhase::Running)
}

/// How it stands, in one line.
#[must_use]
pub fn ended_words(view: &CarryView) -> String {
    match view.phase {
        CarryPhase::Idle => String::new(),
        CarryPhase::Waiting => "等对方来收".to_owned(),
        CarryPhase::Running => "正在传，两台设备别走远".to_owned(),
        CarryPhase::Failed => view.why.clone(),
        CarryPhase::Done => match (view.taken.len(), view.given.len()) {
            (0, 0) => "传完了，没有新的".to_owned(),
            (taken, 0) => format!("传完了，收下 {taken} 件"),
            (0, given) => format!("传完了，给出 {given} 件"),
            (taken, given) => format!("传完了，收下 {taken} 件，给出 {given} 件"),
        },
    }
}

/// Eight digits in two groups, as they are read out.
#[must_use]
pub fn in_halves(code: &str) -> String {
    let (first, last) = code.split_at_checked(code.len() / 2).unwrap_or((code, ""));
    format!("{first} {last}")
}

/// What is asked with, out of what was typed: an address with its port, and eight digits. Whoever pasted the
/// whole line need not take it apart.
#[must_use]
pub fn asked_with(address: &str, code: &str) -> Option<String> {
    let (address, code) = (address.trim(), code.trim());
    if code.is_empty() && address.starts_with("YDC1:") {
        return Some(address.to_owned());
    }
    let address: String = address.chars().map(plain).collect();
    let code: String = code.chars().filter(|c| !c.is_whitespace()).map(plain).collect();
    let is_code = code.len() == 8 && code.chars().all(|c| c.is_ascii_digit());
    (is_code && address.contains(':')).then(|| format!("{address} {code}"))
}

/// Chinese keyboards write wide signs.
const fn plain(c: char) -> char {
    match c {
        '：' => ':',
        '。' | '．' => '.',
        '，' => ',',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_eight_digits_are_asked_with_however_they_are_typed() {
        let typed = asked_with(" 192。168。43。1：48620 ", "0481 5162");
        assert_eq!(typed.as_deref(), Some("192.168.43.1:48620 04815162"));
        let pasted = "YDC1:192.168.43.1:48620:04815162";
        assert_eq!(asked_with(pasted, "").as_deref(), Some(pasted));
        assert_eq!(asked_with("192.168.43.1", "04815162"), None);
        assert_eq!(asked_with("192.168.43.1:48620", "0481516"), None);
    }

    #[test]
    fn digits_are_read_in_two_groups() {
        let (address, code) = ("192.168.43.1:48620", "04815162");
        assert_eq!(in_halves(code), "0481 5162");
        assert_eq!(asked_with(address, &in_halves(code)), asked_with(address, code));
    }

    #[test]
    fn how_it_ended_is_said_in_one_line() {
        let mut view = CarryView { phase: CarryPhase::Done, ..CarryView::default() };
        assert_eq!(ended_words(&view), "传完了，没有新的");
        view.phase = CarryPhase::Failed;
        "数字码不对".clone_into(&mut view.why);
        assert_eq!(ended_words(&view), "数字码不对");
    }
}
