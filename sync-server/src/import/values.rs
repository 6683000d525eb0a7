//! Single values as people write them.

use yidang_domain::citizen_number::{CitizenNumber, Sex};
use yidang_domain::civil::{Date, date_after};
use yidang_domain::codes::{self, Relation, SexCode};
use yidang_domain::org::{GridKind, OrgLevel, Role};

use super::text;
use super::wrong::Wrong;

/// Nobody who is alive was born before.
const FIRST_BIRTH_YEAR: i16 = 1900;

/// A code of digits, of one of these lengths where any are named.
///
/// # Errors
///
/// [`Wrong`].
pub fn digits(value: &str, lengths: &[usize], expected: &'static str) -> Result<String, Wrong> {
    let code = text::code(value);
    if text::has_lost_digits(&code) {
        return Err(Wrong::DigitsLost);
    }
    if !code.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(Wrong::CodeLetters);
    }
    if !lengths.is_empty() && !lengths.contains(&code.len()) {
        return Err(Wrong::CodeLength(expected));
    }
    Ok(code)
}

/// A code that others made: letters, digits and hyphens.
///
/// # Errors
///
/// [`Wrong`].
pub fn opaque(value: &str, most: usize) -> Result<String, Wrong> {
    let code = text::code(value);
    if text::has_lost_digits(&code) {
        return Err(Wrong::DigitsLost);
    }
    if code.chars().count() > most {
        return Err(Wrong::TooLong(most));
    }
    if code.chars().any(|c| c.is_control()) {
        return Err(Wrong::ControlCharacters);
    }
    Ok(code)
}

/// One line of text.
///
/// # Errors
///
/// [`Wrong`].
pub fn line(value: &str, most: usize) -> Result<String, Wrong> {
    checked(text::tidy(value), most)
}

fn checked(tidy: String, most: usize) -> Result<String, Wrong> {
    if text::is_formula_error(&tidy) {
        return Err(Wrong::FormulaError);
    }
    if tidy.chars().any(char::is_control) {
        return Err(Wrong::ControlCharacters);
    }
    if tidy.chars().count() > most {
        return Err(Wrong::TooLong(most));
    }
    Ok(tidy)
}

/// The name of a person.
///
/// # Errors
///
/// [`Wrong`].
pub fn person(value: &str) -> Result<String, Wrong> {
    let name = checked(text::name(value), 40)?;
    let is_empty_word = ["无", "同上", "未知", "不详", "待定"].contains(&name.as_str());
    let has_letters = name.chars().any(char::is_alphabetic);
    if is_empty_word || !has_letters || name.chars().any(|c| c.is_ascii_digit()) {
        return Err(Wrong::NoName);
    }
    Ok(name)
}

/// A telephone number: mobile, of a landline with its area code, or 400.
///
/// # Errors
///
/// [`Wrong`].
pub fn phone(value: &str) -> Result<String, Wrong> {
    let code = text::code(value);
    if text::has_lost_digits(&code) {
        return Err(Wrong::DigitsLost);
    }
    let bare = code.strip_prefix("+86").unwrap_or(&code);
    let digits: String = bare.chars().filter(|c| !matches!(c, '-' | '(' | ')')).collect();
    if !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(Wrong::PhoneLetters);
    }
    let fits = match digits.chars().next() {
        Some('1') => digits.len() == 11,
        Some('0') => (10..=12).contains(&digits.len()),
        Some('4') => digits.len() == 10,
        // A landline of the county without its area code.
        _ => (7..=8).contains(&digits.len()),
    };
    if !fits {
        return Err(Wrong::PhoneLength);
    }
    Ok(if bare.starts_with('0') { bare.to_owned() } else { digits })
}

/// A day: 2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日, 20261120, or the number that a
/// spreadsheet keeps for it.
#[must_use]
pub fn date(value: &str) -> Option<Date> {
    let code = text::code(value);
    // A time of day may follow.
    let day = code.split(['T', 't']).next().unwrap_or_default();
    let parts: Vec<&str> =
        day.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [year, month, day] => {
            // 2026-11-2000:00:00: the blank before the time went with the others.
            let day = day.split(':').next().unwrap_or_default();
            let day = if day.len() > 2 { day.get(..2)? } else { day };
            civil(year, month, day)
        }
        [whole] if whole.len() == 8 => civil(whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?),
        [whole] if whole.len() == 5 => serial(whole),
        _ => None,
    }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The days that a spreadsheet counts from 1899-12-30.
fn serial(whole: &str) -> Option<Date> {
    const ZERO: Date = Date::constant(1899, 12, 30);
    let days: i64 = whole.parse().ok()?;
    Some(date_after(ZERO, days))
}

/// The year of birth out of a year, a month or a day.
///
/// # Errors
///
/// [`Wrong`].
pub fn birth_year(value: &str, today: Date) -> Result<i64, Wrong> {
    let code = text::code(value);
    let bare = code.trim_end_matches('年');
    let year = if let Some(year) = four(bare) {
        year
    } else if let Some(date) = date(&code) {
        date.year()
    } else {
        month(&code).ok_or(Wrong::BirthDate)?
    };
    in_range(year, today)
}

/// The year of birth in a citizen number. Nothing else of the number is kept.
///
/// # Errors
///
/// [`Wrong`].
pub fn birth_year_of_number(value: &str, today: Date) -> Result<i64, Wrong> {
    let code = text::code(value);
    if text::has_lost_digits(&code) {
        return Err(Wrong::DigitsLost);
    }
    let number = CitizenNumber::parse(&code).map_err(Wrong::CitizenNumber)?;
    in_range(number.birth_date().year(), today)
}

fn in_range(year: i16, today: Date) -> Result<i64, Wrong> {
    if (FIRST_BIRTH_YEAR..=today.year()).contains(&year) {
        Ok(i64::from(year))
    } else {
        Err(Wrong::BirthYear)
    }
}

fn four(text: &str) -> Option<i16> {
    let is_year = text.len() == 4 && text.chars().all(|digit| digit.is_ascii_digit());
    if is_year { text.parse().ok() } else { None }
}

/// 1958-03, 1958年3月, 195803.
fn month(code: &str) -> Option<i16> {
    let parts: Vec<&str> =
        code.split(['-', '/', '.', '年', '月']).filter(|part| !part.is_empty()).collect();
    let (year, month) = match parts.as_slice() {
        [year, month] => (*year, *month),
        [whole] if whole.len() == 6 => (whole.get(..4)?, whole.get(4..)?),
        _ => return None,
    };
    let month: u8 = month.parse().ok()?;
    four(year).filter(|_| (1..=12).contains(&month))
}

/// A kind of grid: 城镇网格, 城镇, 农村, 专属 …
#[must_use]
pub fn grid_kind(value: &str) -> Option<GridKind> {
    let code = text::code(value);
    match code.trim_end_matches("网格").trim_end_matches('型') {
        "城镇" | "城市" | "城区" | "社区" | "城镇社区" | "1" => Some(GridKind::Urban),
        "农村" | "村" | "乡村" | "2" => Some(GridKind::Rural),
        "专属" | "专业" | "专门" | "特殊" | "9" => Some(GridKind::Special),
        _ => None,
    }
}

/// The kind that the thirteenth digit of a sixteen-digit code says. Source: domain note 2.5.
#[must_use]
pub fn kind_of_code(code: &str) -> Option<GridKind> {
    match (code.len(), code.chars().nth(12)?) {
        (16, '1') => Some(GridKind::Urban),
        (16, '2') => Some(GridKind::Rural),
        (16, '9') => Some(GridKind::Special),
        _ => None,
    }
}

/// A role. The server's own is given to nobody.
#[must_use]
pub fn role(value: &str) -> Option<Role> {
    match text::code(value).as_str() {
        "网格员" | "专职网格员" | "兼职网格员" | "专职" | "兼职" | "网格长" => {
            Some(Role::GridWorker)
        }
        "村干部" | "社区干部" | "村社区干部" | "村(社区)干部" | "村支书" | "村主任" => {
            Some(Role::VillageCadre)
        }
        "乡镇审核" | "乡镇审核员" | "镇审核" | "审核" | "审核员" => {
            Some(Role::TownshipReviewer)
        }
        "调解员" | "人民调解员" => Some(Role::Mediator),
        "县中心" | "县综治中心" | "县中心人员" => Some(Role::CountyClerk),
        "管理员" | "系统管理员" => Some(Role::Administrator),
        _ => None,
    }
}

/// What a unit is. Grids have a table of their own.
#[must_use]
pub fn level(value: &str) -> Option<OrgLevel> {
    match text::code(value).as_str() {
        "县" | "区" | "县级" => Some(OrgLevel::County),
        "乡镇" | "乡" | "镇" | "街道" | "乡级" | "镇街" | "乡镇街道" | "乡镇(街道)" => {
            Some(OrgLevel::Township)
        }
        "村" | "社区" | "村社区" | "村级" | "村(社区)" | "行政村" | "居委会" => {
            Some(OrgLevel::Village)
        }
        "部门" | "县级部门" | "单位" => Some(OrgLevel::Department),
        _ => None,
    }
}

/// Whether somebody is the dedicated worker of a team.
#[must_use]
pub fn is_dedicated(value: &str) -> Option<bool> {
    match text::code(value).as_str() {
        "专职" | "专职网格员" | "是" | "专" => Some(true),
        "兼职" | "兼职网格员" | "否" | "" | "兼" => Some(false),
        _ => None,
    }
}

/// Whether a relation says that somebody is the head of the household.
#[must_use]
pub fn is_head(relation: &str) -> bool {
    codes::relation_of_word(relation).is_some_and(|row| is_head_code(row.code))
}

fn is_head_code(code: &str) -> bool {
    ["01", "02"].contains(&code)
}

/// What somebody is to the head of the household: a word as it stands, or the word of a code of
/// GB/T 4761. A code may stand before its word: 02户主, 12/妻. A word that the standard does not
/// have stays, because documents take any; digits that it does not have are a mistake.
///
/// # Errors
///
/// [`Wrong`].
pub fn relation(value: &str, most: usize) -> Result<String, Wrong> {
    let code = text::code(value);
    let word = code.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = code.strip_suffix(word).unwrap_or_default();
    if digits.is_empty() {
        return line(value, most);
    }
    // A spreadsheet that keeps 02 as a number shows 2.
    let row =
        codes::relation_of_code(&format!("{digits:0>2}")).ok_or(Wrong::UnknownRelationCode)?;
    let word = word.trim_matches(['-', '/', '.', '、', ':', '_', '(', ')']);
    if word.is_empty() {
        return Ok(row.word.to_owned());
    }
    match codes::relation_of_word(word) {
        Some(other) if !fits(row, other) => Err(Wrong::RelationDoesNotFit(row.word)),
        _ => line(word, most),
    }
}

/// Whether a code and a word may mean the same: equal, or the one the class of the other. 本人 and
/// 户主 are the same here.
fn fits(code: &Relation, word: &Relation) -> bool {
    let is_class = |row: &Relation| row.code.ends_with('0') || is_head_code(row.code);
    code.code == word.code
        || code.code.get(..1) == word.code.get(..1) && (is_class(code) || is_class(word))
}

/// A sex in words or as a code of GB/T 2261.1.
///
/// # Errors
///
/// [`Wrong`].
pub fn sex(value: &str) -> Result<SexCode, Wrong> {
    SexCode::read(&text::code(value)).ok_or(Wrong::UnknownSex)
}

/// The sex in a citizen number; none where it is none.
#[must_use]
pub fn sex_of_number(value: &str) -> Option<Sex> {
    CitizenNumber::parse(&text::code(value)).ok().map(|number| number.sex())
}

/// A time of day as 09:00: out of 9:00, 9点半, 下午2点30分, 9：00-17：00 …
///
/// # Errors
///
/// [`Wrong`].
pub fn time(value: &str) -> Result<String, Wrong> {
    let code = text::code(value).replace('半', "30");
    let begins = code.split(['-', '~', '—', '至', '到']).next().unwrap_or_default();
    let (bare, later) = match begins.strip_prefix("下午") {
        Some(bare) => (bare, 12),
        None => (begins.strip_prefix("上午").unwrap_or(begins), 0),
    };
    let parts: Vec<&str> =
        bare.split([':', '点', '时', '分']).filter(|part| !part.is_empty()).collect();
    let number = |text: &str| text.parse::<u8>().ok();
    let read = match parts.as_slice() {
        [hour] => number(hour).map(|hour| (hour, 0)),
        [hour, minute, ..] => number(hour).zip(number(minute)),
        [] => None,
    };
    let (hour, minute) = read.ok_or(Wrong::UnreadableTime)?;
    let hour = if hour < 12 { hour + later } else { hour };
    if hour > 23 || minute > 59 {
        return Err(Wrong::UnreadableTime);
    }
    Ok(format!("{hour:02}:{minute:02}"))
}

#[cfg(test)]
mod tests {
    use yidang_domain::citizen_number::CitizenNumberError;

    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 20);

    #[test]
    fn days_are_read_in_every_way_they_are_written() {
        let day = Some(Date::constant(2026, 3, 5));
        for text in [
            "2026-03-05",
            "2026/3/5",
            "2026.3.5",
            "2026年3月5日",
            "20260305",
            "46086",
            "２０２６－０３－０５",
            "2026-03-05 00:00:00",
            "2026-03-05T08:00:00",
        ] {
            assert_eq!(date(text), day, "{text}");
        }
        for text in ["", "昨天", "2026-02-30", "26-3-5", "2026"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_year_of_birth_out_of_whatever_there_is() {
        for text in ["1958", "1958年", "1958.0", "1958-03", "1958年3月12日", "19580312", "195803"]
        {
            assert_eq!(birth_year(text, TODAY), Ok(1958), "{text}");
        }
        assert_eq!(birth_year_of_number("６１０６９９１９５８０３１２００１６", TODAY), Ok(1958));
        assert_eq!(birth_year("2027", TODAY), Err(Wrong::BirthYear));
        assert_eq!(birth_year("1899", TODAY), Err(Wrong::BirthYear));
        assert_eq!(birth_year("1997-02-29", TODAY), Err(Wrong::BirthDate));
        assert_eq!(
            birth_year_of_number("610699195803120017", TODAY),
            Err(Wrong::CitizenNumber(CitizenNumberError::CheckDigit))
        );
        assert_eq!(birth_year_of_number("6.10699195803E+17", TODAY), Err(Wrong::DigitsLost));
    }

    #[test]
    fn telephone_numbers() {
        assert_eq!(phone("１２０００００００１"), Err(Wrong::PhoneLength));
        assert_eq!(phone("+86 120 0000 0001"), Ok("12000000001".into()));
        assert_eq!(phone("0911-8000001"), Ok("0911-8000001".into()));
        assert_eq!(phone("12000000001/2"), Err(Wrong::PhoneLetters));
        assert_eq!(phone("无"), Err(Wrong::PhoneLetters));
    }

    #[test]
    fn a_relation_is_a_word_or_its_code() {
        for (text, word) in [
            ("妻", "妻"),
            ("02", "户主"),
            ("2", "户主"),
            ("０２户主", "户主"),
            ("01/户主", "户主"),
            ("12-妻子", "妻子"),
            ("10（妻）", "妻"),
            ("20长子", "长子"),
            ("24 三子", "三子"),
            ("24", "子"),
            ("媳妇", "媳妇"),
        ] {
            assert_eq!(relation(text, 10), Ok(word.to_owned()), "{text}");
        }
        assert_eq!(relation("03", 10), Err(Wrong::UnknownRelationCode));
        assert_eq!(relation("100", 10), Err(Wrong::UnknownRelationCode));
        assert_eq!(relation("12夫", 10), Err(Wrong::RelationDoesNotFit("妻")));
        assert_eq!(relation("02配偶", 10), Err(Wrong::RelationDoesNotFit("户主")));
        assert!(is_head("户主") && is_head("本人") && !is_head("妻"));
    }

    #[test]
    fn a_sex_is_a_word_or_its_code_and_nought_is_no_woman() {
        let read = |text| sex(text).map(SexCode::sex);
        assert_eq!((read("１"), read("女")), (Ok(Some(Sex::Male)), Ok(Some(Sex::Female))));
        assert_eq!((read("0"), read("9")), (Ok(None), Ok(None)));
        assert_eq!(sex("3"), Err(Wrong::UnknownSex));
        assert_eq!(sex_of_number("610699195803120016"), Some(Sex::Male));
        assert_eq!(sex_of_number("610699195803120017"), None);
    }

    #[test]
    fn a_time_of_day_in_every_way_it_is_written() {
        for (text, time_of_day) in [
            ("09:00", "09:00"),
            ("９：３０", "09:30"),
            ("9点", "09:00"),
            ("上午9点半", "09:30"),
            ("下午2点30分", "14:30"),
            ("8:30-17:00", "08:30"),
            ("09:00:00", "09:00"),
        ] {
            assert_eq!(time(text), Ok(time_of_day.to_owned()), "{text}");
        }
        for text in ["全天", "25:00", "9:75", "2026-11-20"] {
            assert_eq!(time(text), Err(Wrong::UnreadableTime), "{text}");
        }
    }

    #[test]
    fn names_of_people() {
        assert_eq!(person("王 样一"), Ok("王样一".into()));
        assert_eq!(person("同上"), Err(Wrong::NoName));
        assert_eq!(person("12000000001"), Err(Wrong::NoName));
        assert_eq!(person("王样一\n李例二"), Err(Wrong::ControlCharacters));
        assert_eq!(person(&"王".repeat(41)), Err(Wrong::TooLong(40)));
    }
}
