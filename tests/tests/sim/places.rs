//! The county of these stories: two townships, four villages, eight grids, and its people.

use yidang_domain::calendar::yanchang_2026;
use yidang_domain::civil::Date;
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::UserId;
use yidang_domain::org::{Assignment, GridKind, GridTraits, OrgLevel, OrgUnit, Role, Staff};
use yidang_sync_server::register::RegisterData;

/// The county.
pub const COUNTY: &str = "610621";
const TOWNSHIPS: [(&str, &str); 2] = [("610621103", "张家滩镇"), ("610621104", "雷赤镇")];
const VILLAGES: [(&str, &str); 4] = [
    ("610621103203", "下盘石村"),
    ("610621103204", "上盘石村"),
    ("610621104201", "下驿村"),
    ("610621104202", "后沟村"),
];
/// The grids of a village are counted from here.
const GRIDS: [&str; 2] = ["2001", "2002"];

/// Everybody has worked there since.
pub const SINCE: Date = Date::constant(2025, 9, 1);

/// Somebody with a device in hand.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// How the register names them.
    pub user: &'static str,
    /// Their name.
    pub name: &'static str,
    /// What they do.
    pub role: Role,
    /// Where.
    pub org: &'static str,
}

const fn person(user: &'static str, name: &'static str, role: Role, org: &'static str) -> Person {
    Person { user, name, role, org }
}

/// Who keeps the register.
pub const ADMINISTRATOR: Person = person("u-he", "何演八", Role::Administrator, COUNTY);
/// Who looks at what they do twice; without a device.
pub const SECOND_ADMINISTRATOR: Person = person("u-xu", "许样九", Role::Administrator, COUNTY);

use Role::{CountyClerk, GridWorker, Mediator, TownshipReviewer, VillageCadre};

/// In the order in which they get devices; some get two.
pub const PEOPLE: [Person; 20] = [
    person("u-wang", "王样一", GridWorker, "6106211032032001"),
    person("u-li", "李例二", TownshipReviewer, "610621103"),
    person("u-qian", "钱演四", GridWorker, "6106211032032002"),
    person("u-zhao", "赵测三", CountyClerk, COUNTY),
    person("u-sun", "孙例五", VillageCadre, "610621103203"),
    person("u-wang", "王样一", GridWorker, "6106211032032001"),
    person("u-zhou", "周样六", GridWorker, "6106211032042001"),
    person("u-wu", "吴测七", TownshipReviewer, "610621104"),
    person("u-zheng", "郑演八", GridWorker, "6106211042012001"),
    person("u-gao", "高模九", Mediator, "610621103"),
    person("u-li", "李例二", TownshipReviewer, "610621103"),
    person("u-feng", "冯例十", VillageCadre, "610621103204"),
    person("u-chen", "陈样一", GridWorker, "6106211032042002"),
    person("u-chu", "褚例二", GridWorker, "6106211042012002"),
    person("u-wei", "卫测三", VillageCadre, "610621104201"),
    person("u-jiang", "蒋演四", Mediator, "610621104"),
    person("u-qian", "钱演四", GridWorker, "6106211032032002"),
    person("u-shen", "沈例五", GridWorker, "6106211042022001"),
    person("u-han", "韩样六", VillageCadre, "610621104202"),
    person("u-yang", "杨测七", GridWorker, "6106211042022002"),
];

/// Every grid.
pub fn grids() -> Vec<String> {
    let of_village = |(village, _): (&str, &str)| GRIDS.map(|grid| format!("{village}{grid}"));
    VILLAGES.into_iter().flat_map(of_village).collect()
}

/// Every grid under a unit: codes of this county begin with those of what lies above.
pub fn grids_under(org: &str) -> Vec<String> {
    grids().into_iter().filter(|grid| grid.starts_with(org)).collect()
}

/// The village of a grid or of itself.
pub fn village_of(org: &str) -> Option<&str> {
    org.get(..12)
}

/// The township of a unit below it.
pub fn township_of(org: &str) -> &str {
    org.get(..9).unwrap_or(org)
}

/// Whether somebody who works in `org` is to hold a document of that kind in `place`, as the design
/// says it (section 4): files go up to the county, households stay in grid and village, visit days go
/// to everybody above and to the grids of their village.
pub fn is_for(org: &str, kind: DocumentKind, place: &str) -> bool {
    match kind {
        DocumentKind::CaseFile => place.starts_with(org),
        DocumentKind::Household => place.starts_with(org) && org.len() >= 12,
        DocumentKind::VisitDay => place.starts_with(org) || org.starts_with(place),
    }
}

/// The register of the county on its first day.
pub fn register() -> RegisterData {
    let mut units = vec![OrgUnit::plain(COUNTY, "延长县", OrgLevel::County, None)];
    for (code, name) in TOWNSHIPS {
        units.push(OrgUnit::plain(code, name, OrgLevel::Township, Some(COUNTY)));
    }
    for (code, name) in VILLAGES {
        units.push(OrgUnit::plain(code, name, OrgLevel::Village, Some(township_of(code))));
        for (grid, name) in GRIDS.into_iter().zip(["第1网格", "第2网格"]) {
            let plain = OrgUnit::plain(&format!("{code}{grid}"), name, OrgLevel::Grid, Some(code));
            units.push(OrgUnit { grid: Some(GridTraits::of(GridKind::Rural)), ..plain });
        }
    }
    let mut people = vec![ADMINISTRATOR, SECOND_ADMINISTRATOR];
    for person in PEOPLE {
        if !people.iter().any(|known| known.user == person.user) {
            people.push(person);
        }
    }
    let staff = |person: &Person| Staff {
        user: UserId::from(person.user),
        name: person.name.to_owned(),
        phone: String::new(),
    };
    let post = |person: &Person| Assignment {
        user: UserId::from(person.user),
        org: person.org.into(),
        role: person.role,
        from: SINCE,
        to: None,
    };
    RegisterData {
        units,
        users: people.iter().map(staff).collect(),
        assignments: people.iter().map(post).collect(),
        calendar: yanchang_2026(),
        ..RegisterData::default()
    }
}
