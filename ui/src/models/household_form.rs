//! Forms of a household: what they hold, what is missing, why each field is asked.

use serde::{Deserialize, Serialize};
use yidang_api::household::{NewMember, OpenHousehold};
use yidang_domain::ids::OrgCode;

/// 与户主关系, the common ones first.
pub const RELATIONS: [&str; 8] = ["户主", "配偶", "子", "女", "父", "母", "孙子女", "其他"];

/// Why a field is asked, said below it.
#[must_use]
pub fn why(field: &str) -> &'static str {
    match field {
        "head" => "找这一户时用",
        "address" => "上门找得到",
        "door_plate" => "和墙上的门牌对得上，没有可以不写",
        "household_no" => "和户籍表对得上，没有可以不写",
        "needs" => "去之前知道要帮什么。病情、身份证号不要写",
        "name" => "知道是谁",
        "relation" => "知道谁是谁的家人",
        "birth_year" => "看谁年纪大、谁还小，只要年份",
        "phone" => "有事联系得上，没有可以不写",
        _ => "",
    }
}

/// Someone of the household, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberForm {
    /// 姓名
    pub name: String,
    /// 与户主关系
    pub relation: String,
    /// 出生年
    pub birth_year: String,
    /// 联系电话
    pub phone: String,
}

impl MemberForm {
    /// What still keeps it from being saved; `this_year` bounds the year of birth.
    #[must_use]
    pub fn missing(&self, this_year: i16) -> Option<&'static str> {
        if self.name.trim().is_empty() {
            Some("名字还没写")
        } else if !year_is_good(&self.birth_year, this_year) {
            Some("出生年写四个数字，比如 1968；不知道就空着")
        } else {
            None
        }
    }

    /// The member as the desk takes it.
    #[must_use]
    pub fn member(&self) -> NewMember {
        NewMember {
            name: self.name.trim().to_owned(),
            relation: self.relation.trim().to_owned(),
            birth_year: self.birth_year.trim().parse().ok(),
            phone: plain_number(&self.phone),
        }
    }
}

/// Whether a year of birth may stand: empty, or four digits not in the future.
#[must_use]
pub fn year_is_good(text: &str, this_year: i16) -> bool {
    let text = text.trim();
    text.is_empty()
        || text
            .parse::<i16>()
            .is_ok_and(|year| text.len() == 4 && (1900..=this_year).contains(&year))
}

/// Blanks and dashes are for eyes; a number is stored without them.
#[must_use]
pub fn plain_number(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// 新增一户, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HouseholdForm {
    /// The grid; empty for the first one.
    pub grid: String,
    /// 户主
    pub head: String,
    /// 住址
    pub address: String,
    /// 门牌
    pub door_plate: String,
    /// 户号
    pub household_no: String,
    /// The others, not the head.
    pub members: Vec<MemberForm>,
    /// 出生年 of the head.
    pub birth_year: String,
    /// 联系电话 of the head.
    pub phone: String,
}

impl HouseholdForm {
    /// What still keeps it from being saved.
    #[must_use]
    pub fn missing(&self, this_year: i16) -> Option<&'static str> {
        if self.head.trim().is_empty() {
            Some("户主还没写")
        } else if self.address.trim().is_empty() {
            Some("住址还没写")
        } else {
            let head = std::iter::once(self.head_form());
            head.chain(self.members.iter().cloned()).find_map(|one| one.missing(this_year))
        }
    }

    fn head_form(&self) -> MemberForm {
        MemberForm {
            name: self.head.clone(),
            relation: "户主".to_owned(),
            birth_year: self.birth_year.clone(),
            phone: self.phone.clone(),
        }
    }

    /// The question the desk is asked: the head is the first member.
    #[must_use]
    pub fn question(&self) -> OpenHousehold {
        let head = std::iter::once(self.head_form().member());
        OpenHousehold {
            grid: Some(self.grid.as_str()).filter(|grid| !grid.is_empty()).map(OrgCode::from),
            head: self.head.trim().to_owned(),
            address: self.address.trim().to_owned(),
            door_plate: self.door_plate.trim().to_owned(),
            household_no: self.household_no.trim().to_owned(),
            members: head.chain(self.members.iter().map(MemberForm::member)).collect(),
        }
    }
}

/// 58 岁, where a year of birth was written.
#[must_use]
pub fn age_words(birth_year: Option<i64>, this_year: i16) -> String {
    let age =
        birth_year.map(|year| i64::from(this_year) - year).filter(|age| (0..=130).contains(age));
    age.map(|age| format!("约 {age} 岁")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_name_and_address_are_needed() {
        let mut form = HouseholdForm::default();
        assert_eq!(form.missing(2026), Some("户主还没写"));
        form.head = "王样一".into();
        assert_eq!(form.missing(2026), Some("住址还没写"));
        form.address = "下盘石村3组".into();
        assert_eq!(form.missing(2026), None);
    }

    #[test]
    fn the_head_is_the_first_member() {
        let form = HouseholdForm {
            head: " 王样一 ".into(),
            address: "3组".into(),
            phone: "120 0000-0001".into(),
            members: vec![MemberForm { name: "李样二".into(), ..MemberForm::default() }],
            ..HouseholdForm::default()
        };
        let question = form.question();
        assert_eq!(question.grid, None);
        assert_eq!(question.head, "王样一");
        let names: Vec<_> = question.members.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["王样一", "李样二"]);
        assert_eq!(question.members[0].relation, "户主");
        assert_eq!(question.members[0].phone, "12000000001");
    }

    #[test]
    fn a_year_of_birth_is_a_year_or_nothing() {
        for (text, good) in
            [("", true), ("1968", true), ("68", false), ("2027", false), ("1o68", false)]
        {
            assert_eq!(year_is_good(text, 2026), good, "{text}");
        }
        assert_eq!(age_words(Some(1968), 2026), "约 58 岁");
        assert_eq!(age_words(Some(2040), 2026), "");
    }

    #[test]
    fn every_field_that_is_asked_says_why() {
        for field in [
            "head",
            "address",
            "door_plate",
            "household_no",
            "needs",
            "name",
            "relation",
            "birth_year",
            "phone",
        ] {
            assert!(!why(field).is_empty(), "{field}");
        }
    }
}
