//! The register: units, people, posts, teams, borders, and what was decided about visit days.

use yidang_domain::civil::Date;
use yidang_domain::org::{
    Aliases, Assignment, GridKind, GridTeam, GridTeamMember, GridTraits, OrgLevel, OrgUnit, Role,
    Staff,
};
use yidang_domain::outline::Outline;
use yidang_domain::reference::{TeamMember, VisitTeam};

use crate::samples::{cancelled, day_off};
use crate::stores::every_county;

const SPRING: Date = Date::constant(2026, 3, 1);
const AUTUMN: Date = Date::constant(2026, 9, 30);

fn staff(user: &str, name: &str, phone: &str) -> Staff {
    Staff { user: user.into(), name: name.into(), phone: phone.into() }
}

fn post(user: &str, org: &str, role: Role, to: Option<Date>) -> Assignment {
    Assignment { user: user.into(), org: org.into(), role, from: SPRING, to }
}

#[test]
fn units_are_kept_with_all_they_are_in_the_order_of_their_codes() {
    every_county(|own| {
        let county = OrgUnit::plain("610621", "延长县", OrgLevel::County, None);
        let aliases = Aliases { police: "张家滩派出所".into(), ..Aliases::default() };
        let grid = OrgUnit {
            grid: Some(GridTraits { aliases, ..GridTraits::of(GridKind::Rural) }),
            closed_on: Some(AUTUMN),
            ..OrgUnit::plain("6106211", "第一网格", OrgLevel::Grid, Some("610621"))
        };
        let other = OrgUnit::plain("甲", "张家滩", OrgLevel::Village, Some("610621"));
        own.write(|db| {
            db.put_unit(&other)?;
            db.put_unit(&grid)?;
            db.put_unit(&OrgUnit { name: "错的".into(), ..county.clone() })?;
            db.put_unit(&county)
        });
        assert_eq!(own.read(|db| db.units()), [county, grid, other]);
    });
}

#[test]
fn people_stand_in_the_order_in_which_they_came() {
    every_county(|own| {
        own.write(|db| {
            db.put_user(&staff("zhao", "赵测三", ""))?;
            db.put_user(&staff("li", "李例二", "12000000031"))?;
            db.put_user(&staff("wang", "王样一", ""))?;
            db.put_user(&staff("li", "李例", "12000000032"))
        });
        let all = [
            staff("zhao", "赵测三", ""),
            staff("li", "李例", "12000000032"),
            staff("wang", "王样一", ""),
        ];
        assert_eq!(own.read(|db| db.users()), all);
    });
}

#[test]
fn posts_are_given_to_people_and_end() {
    every_county(|own| {
        own.refuses(|db| db.put_assignment(&post("li", "甲", Role::Mediator, None), 1));
        own.write(|db| {
            db.put_user(&staff("li", "李例二", ""))?;
            db.put_user(&staff("wang", "王样一", ""))?;
            db.put_assignment(&post("wang", "甲", Role::GridWorker, None), 1)?;
            db.put_assignment(&post("li", "甲", Role::Mediator, None), 2)?;
            db.put_assignment(&post("li", "乙", Role::Mediator, Some(AUTUMN)), 3)?;
            db.put_assignment(&post("wang", "甲", Role::GridWorker, Some(AUTUMN)), 4)?;
            db.put_assignment(&post("li", "乙", Role::Mediator, None), 5)
        });
        let all = [
            post("wang", "甲", Role::GridWorker, Some(AUTUMN)),
            post("li", "甲", Role::Mediator, None),
            post("li", "乙", Role::Mediator, None),
        ];
        assert_eq!(own.read(|db| db.assignments()), all);
    });
}

#[test]
fn teams_are_those_that_were_put_last_member_by_member() {
    every_county(|own| {
        let member = |user: &str, duty: &str| TeamMember {
            user: user.into(),
            name: format!("{user} 的名字"),
            duty: duty.into(),
        };
        let team = |village: &str, members| VisitTeam {
            village: village.into(),
            place: "村委会".into(),
            starts_at: "09:00".into(),
            members,
        };
        let last = team("甲", vec![member("wang", "律师"), member("li", "")]);
        own.write(|db| {
            db.put_team(&team("甲", vec![member("a", ""), member("b", ""), member("c", "")]))?;
            db.put_team(&team("乙", vec![]))?;
            db.put_team(&last)
        });
        assert_eq!(own.read(|db| db.teams()), [team("乙", vec![]), last]);

        let grid_team = |code: &str, members: &[(&str, bool)]| GridTeam {
            code: code.into(),
            village: "甲".into(),
            name: format!("{code}组"),
            members: members
                .iter()
                .map(|(user, dedicated)| GridTeamMember {
                    user: (*user).into(),
                    dedicated: *dedicated,
                })
                .collect(),
        };
        let last = grid_team("一", &[("wang", true), ("li", false)]);
        own.write(|db| {
            db.put_grid_team(&grid_team("一", &[("a", false), ("b", false), ("c", true)]))?;
            db.put_grid_team(&grid_team("二", &[]))?;
            db.put_grid_team(&last)
        });
        assert_eq!(own.read(|db| db.grid_teams()), [last, grid_team("二", &[])]);
    });
}

#[test]
fn borders_and_days_are_those_that_were_decided() {
    every_county(|own| {
        let outline =
            |org: &str, ring: &[(i32, i32)]| Outline { org: org.into(), ring: ring.to_vec() };
        own.write(|db| {
            db.put_outline(&outline("甲", &[(1, 1)]))?;
            db.put_outline(&outline("乙", &[]))?;
            db.put_outline(&outline("甲", &[(i32::MIN, i32::MAX), (0, 0)]))
        });
        let all = [outline("乙", &[]), outline("甲", &[(i32::MIN, i32::MAX), (0, 0)])];
        assert_eq!(own.read(|db| db.outlines()), all);
        own.write(|db| {
            db.put_exception(&cancelled("下雪"))?;
            db.put_exception(&cancelled("路断了"))
        });
        assert_eq!(own.read(|db| db.exceptions()), [cancelled("下雪"), cancelled("路断了")]);
        assert!(own.write(|db| db.put_village_day(&day_off("甲", "下雪"))));
        assert!(!own.write(|db| db.put_village_day(&day_off("甲", "下雪"))), "that is no news");
        assert!(own.write(|db| db.put_village_day(&day_off("甲", "路断了"))));
        assert!(own.write(|db| db.put_village_day(&day_off("乙", "下雪"))));
        assert_eq!(
            own.read(|db| db.village_days()),
            [day_off("乙", "下雪"), day_off("甲", "路断了")]
        );
    });
}
