use std::collections::{BTreeMap, BTreeSet};

use yidang_domain::civil::Date;
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::{DocumentId, OrgCode};
use yidang_domain::org::{GridKind, OrgLevel, OrgTree, Role};

use super::matters::{Matter, invent};
use super::{Profile, divisions, homes, names, places, register_of};
use crate::households::HouseholdData;
use crate::register::RegisterData;

const TODAY: Date = Date::constant(2026, 11, 20);

/// Township, urban, rural, special grids, workers: the table of the county.
const TABLE: [(&str, usize, usize, usize, usize); 8] = [
    ("610621001", 1_100, 211, 24, 1_319),
    ("610621101", 0, 141, 3, 142),
    ("610621102", 0, 176, 4, 178),
    ("610621103", 75, 281, 4, 356),
    ("610621104", 75, 258, 3, 332),
    ("610621106", 0, 304, 2, 302),
    ("610621107", 0, 316, 2, 314),
    ("610621108", 0, 175, 2, 175),
];

fn county() -> RegisterData {
    register_of(Profile::County, TODAY).unwrap()
}

fn grids_of(register: &RegisterData, township: &str, kind: GridKind) -> usize {
    let tree = OrgTree::new(register.units.clone());
    let of_kind = register.units.iter().filter(|unit| {
        unit.grid.as_ref().is_some_and(|traits| traits.kind == kind) && unit.level == OrgLevel::Grid
    });
    of_kind.filter(|unit| tree.is_within(&unit.code, &OrgCode::from(township))).count()
}

fn workers(register: &RegisterData, township: &str) -> usize {
    let workers: BTreeSet<_> = register
        .assignments
        .iter()
        .filter(|post| post.role == Role::GridWorker && post.org.as_str().starts_with(township))
        .map(|post| &post.user)
        .collect();
    workers.len()
}

#[test]
fn every_township_has_its_grids_and_workers_to_the_last_one() {
    let county = county();
    for (township, urban, rural, special, people) in TABLE {
        let counted = GridKind::ALL.map(|kind| grids_of(&county, township, kind));
        assert_eq!(counted, [urban, rural, special], "{township}");
        assert_eq!(workers(&county, township), people, "{township}");
    }
    let all = GridKind::ALL.map(|kind| grids_of(&county, "610621", kind));
    assert_eq!((all, all.iter().sum::<usize>()), ([1_250, 1_862, 44], 3_156));
    assert_eq!(workers(&county, "610621"), 3_118);
    let villages = county.units.iter().filter(|unit| unit.level == OrgLevel::Village);
    assert_eq!(villages.count(), 168);
}

#[test]
fn the_small_demo_is_a_part_of_the_county() {
    let (small, county) = (register_of(Profile::Small, TODAY).unwrap(), county());
    let kinds = GridKind::ALL.map(|kind| grids_of(&small, "610621103", kind));
    assert_eq!((kinds, workers(&small, "610621103")), ([75, 281, 4], 356));
    assert!(small.units.iter().all(|unit| county.units.contains(unit)));
    assert!(small.users.iter().all(|user| county.users.contains(user)));
    assert!(small.outlines.iter().all(|outline| county.outlines.contains(outline)));
    let tree = OrgTree::new(small.units.clone());
    let known = |code: &OrgCode| tree.find(code).is_some();
    assert!(small.assignments.iter().all(|post| known(&post.org)));
    assert!(small.grid_teams.iter().all(|team| known(&team.village)));
    assert!(tree.units().all(|unit| unit.parent.as_ref().is_none_or(known)));
}

#[test]
fn one_grid_has_one_worker_or_none_and_teams_have_one_dedicated_each() {
    let county = county();
    let mut posts: BTreeMap<&OrgCode, usize> = BTreeMap::new();
    for post in county.assignments.iter().filter(|post| post.role == Role::GridWorker) {
        *posts.entry(&post.org).or_default() += 1;
    }
    assert!(posts.values().all(|count| *count == 1));
    assert_eq!(3_156 - posts.len(), 38, "so many grids are vacant");
    let mut members = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for team in &county.grid_teams {
        assert!((1..=5).contains(&team.members.len()) && codes.insert(&team.code));
        assert!(team.members.iter().enumerate().all(|(at, who)| who.dedicated == (at == 0)));
        assert!(team.members.iter().all(|who| members.insert(&who.user)));
    }
    assert_eq!(members.len(), 3_118);
    let wang = county.assignments.iter().find(|post| post.user.as_str() == "u-wang").unwrap();
    assert_eq!(wang.org.as_str(), "6106211032032007");
}

#[test]
fn everybody_is_obviously_invented() {
    let county = county();
    let mut phones = BTreeSet::new();
    let mut named = BTreeSet::new();
    for user in &county.users {
        assert!(names::MARKERS.iter().any(|marker| user.name.contains(marker)), "{}", user.name);
        assert!(user.phone.starts_with("12") && user.phone.len() == 11, "{}", user.phone);
        assert!(phones.insert(&user.phone) && named.insert(&user.name), "{user:?}");
    }
    let first: Vec<&str> = county.users.iter().take(3).map(|user| user.user.as_str()).collect();
    assert_eq!(first, ["u-wang", "u-li", "u-hao"]);
    for team in &county.teams {
        let known = |user| county.users.iter().any(|one| one.user == user && !one.name.is_empty());
        assert!(team.members.iter().all(|member| known(member.user.clone())));
    }
}

/// The runs of digits and capital X that are as long as the number of an identity card.
fn long_numbers(text: &str) -> Vec<&str> {
    text.split(|sign: char| !sign.is_ascii_digit() && sign != 'X')
        .filter(|run| run.len() >= 18 && !run.starts_with("610699"))
        .collect()
}

#[test]
fn two_makings_are_alike_and_hold_no_number_of_an_identity_card() {
    for profile in [Profile::Small, Profile::County] {
        let one = serde_json::to_string(&register_of(profile, TODAY).unwrap()).unwrap();
        let other = serde_json::to_string(&register_of(profile, TODAY).unwrap()).unwrap();
        assert!(one == other);
        assert_eq!(long_numbers(&one), Vec::<&str>::new());
    }
}

#[test]
fn a_household_of_the_small_demo_lies_in_one_grid_and_names_only_invented_people() {
    households_are_invented(Profile::Small);
}

#[test]
fn a_household_of_the_county_lies_in_one_grid_and_names_only_invented_people() {
    households_are_invented(Profile::County);
}

fn households_are_invented(profile: Profile) {
    let places = places::read(profile).unwrap();
    let grids: BTreeSet<&str> = places.grids.iter().map(|grid| grid.code.as_str()).collect();
    let (mut keys, mut numbers, mut phones) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut members, mut in_need) = (0, 0);
    for (key, home) in places.inhabited().flat_map(|grid| homes::of_grid(grid, TODAY)) {
        assert!(grids.contains(home.grid.as_str()) && keys.insert(key));
        assert!(numbers.insert(home.household_no.clone()) && home.household_no.len() <= 20);
        assert_eq!(home.head, home.members[0].name);
        assert_eq!(long_numbers(&serde_json::to_string(&home).unwrap()), Vec::<&str>::new());
        members += home.members.len();
        in_need += usize::from(!home.needs.is_empty());
        for member in home.members {
            assert!(names::MARKERS.iter().any(|marker| member.name.contains(marker)));
            assert!((1925..=2025).contains(&member.birth_year.unwrap()));
            let is_ours = member.phone.starts_with("12") && phones.insert(member.phone.clone());
            assert!(member.phone.is_empty() || is_ours, "{}", member.phone);
        }
    }
    let average = members * 10 / keys.len();
    assert!((24..=28).contains(&average), "{average}");
    assert!(in_need * 100 / keys.len() >= 4, "{in_need} of {}", keys.len());
}

#[test]
fn the_county_has_its_households() {
    let places = places::read(Profile::County).unwrap();
    let homes = places.inhabited().map(|grid| if grid.kind == GridKind::Urban { 18 } else { 12 });
    assert_eq!(homes.sum::<usize>(), 44_844);
}

#[test]
fn every_unit_has_a_border_and_borders_are_small() {
    let county = county();
    let outlines: BTreeMap<&OrgCode, usize> =
        county.outlines.iter().map(|outline| (&outline.org, outline.ring.len())).collect();
    assert_eq!(outlines.len(), county.outlines.len());
    for unit in &county.units {
        let points = outlines.get(&unit.code).copied().unwrap_or(0);
        let most = if unit.level == OrgLevel::Grid { 8 } else { 16 };
        assert!((3..=most).contains(&points), "{} {}: {points}", unit.code, unit.name);
    }
    for (east, north) in county.outlines.iter().flat_map(|outline| &outline.ring) {
        assert!((10_950_000..=11_060_000).contains(east), "{east}");
        assert!((3_620_000..=3_700_000).contains(north), "{north}");
    }
}

#[test]
fn the_parts_of_a_township_fill_it() {
    use super::geometry::area;
    let county = county();
    let wide = |ring: &[(i32, i32)]| {
        let first = ring[0];
        let near =
            |point: &(i32, i32)| (i64::from(point.0 - first.0), i64::from(point.1 - first.1));
        area(&ring.iter().map(near).collect::<Vec<_>>())
    };
    let of_length = |length: usize| {
        let some = county.outlines.iter().filter(move |outline| outline.org.0.len() == length);
        some.map(|outline| wide(&outline.ring)).sum::<i64>()
    };
    let whole = of_length(6);
    for length in [9, 12, 16] {
        let parts = of_length(length);
        assert!((whole - parts).abs() * 500 < whole, "{length}: {parts} of {whole}");
    }
}

fn is_invented(name: &str, phone: &str) -> bool {
    let is_ours = phone.is_empty() || phone.starts_with("12") && phone.len() == 11;
    names::MARKERS.iter().any(|marker| name.contains(marker)) && is_ours
}

#[test]
fn whoever_quarrels_in_an_invented_file_is_invented_and_most_live_where_it_lies() {
    for profile in [Profile::Small, Profile::County] {
        let places = places::read(profile).unwrap();
        let began = profile.began(TODAY);
        let inhabited = places.inhabited().flat_map(|grid| homes::of_grid(grid, TODAY));
        let held: BTreeMap<DocumentId, HouseholdData> =
            inhabited.map(|(key, home)| (homes::id_of(&key, began), home)).collect();
        let (mut all, mut at_home) = (0, 0);
        for matter in invent(&places, profile, TODAY).unwrap() {
            for party in &matter.case.parties {
                assert!(is_invented(&party.name, &party.phone), "{} {}", party.name, party.phone);
                all += 1;
                let Some(home) = party.home else { continue };
                let home = &held[&home];
                assert!(home.grid == matter.case.grid.0 && home.head == party.name);
                at_home += 1;
            }
            let facts = serde_json::to_string(&matter.case.facts).unwrap();
            let turns = matter.turns.iter().map(|turn| serde_json::to_string(&turn.entry).unwrap());
            for words in turns.chain([facts]) {
                assert_eq!(long_numbers(&words), Vec::<&str>::new());
            }
        }
        let share = at_home * 100 / all;
        let wanted = if profile == Profile::County { 75..=95 } else { 1..=95 };
        assert!(wanted.contains(&share), "{profile:?}: {share}");
    }
}

#[test]
fn whoever_quarrels_in_a_written_file_is_invented() {
    let told = include_str!("../../../assets/demo/cases.json");
    let cases: Vec<super::cases::Case> = serde_json::from_str(told).unwrap();
    let parties = cases.iter().flat_map(|case| &case.parties);
    for party in parties {
        // Some sides are a committee or a company, which are no person.
        let is_ours = is_invented(&party.name, &party.phone)
            || ["村委会", "物业"].iter().any(|office| party.name.ends_with(office));
        assert!(is_ours, "{} {}", party.name, party.phone);
    }
    assert_eq!(long_numbers(told), Vec::<&str>::new());
}

fn last_move(matter: &Matter) -> EntryKind {
    let moves = [
        EntryKind::Accepted,
        EntryKind::Returned,
        EntryKind::CloseAsked,
        EntryKind::Closed,
        EntryKind::Reopened,
    ];
    let kinds = matter.turns.iter().rev().map(|turn| turn.entry.kind());
    kinds.into_iter().find(|kind| moves.contains(kind)).unwrap_or(EntryKind::Found)
}

#[test]
fn a_year_has_its_files_and_most_are_closed_within_a_week() {
    let places = places::read(Profile::County).unwrap();
    let matters = invent(&places, Profile::County, TODAY).unwrap();
    assert_eq!(matters.len(), 1_400);
    let open = matters.iter().filter(|matter| last_move(matter) != EntryKind::Closed).count();
    assert!((40..=100).contains(&open), "{open} are open");
    let mut lasted: Vec<i64> = matters
        .iter()
        .filter_map(|matter| {
            let is_closing = |entry: &Entry| matches!(entry, Entry::Closed { .. });
            let closed = matter.turns.iter().find(|turn| is_closing(&turn.entry))?;
            Some(closed.day - matter.case.day)
        })
        .collect();
    lasted.sort_unstable();
    assert_eq!(lasted[lasted.len() / 2], 6);
    assert!((20..=30).contains(&lasted[lasted.len() * 9 / 10]));
    let streets = matters.iter().filter(|m| m.case.grid.0.starts_with("610621001")).count();
    assert!((500..=680).contains(&streets), "{streets} of 1335 grids in 3156");
    let kinds: BTreeSet<String> =
        matters.iter().map(|m| m.case.facts["category"].to_string()).collect();
    assert!(kinds.len() >= 24);
}

#[test]
fn names_of_villages_are_those_of_the_divisions() {
    let divisions = divisions::read().unwrap();
    for village in divisions.townships.iter().flat_map(|township| &township.villages) {
        assert!(village.is_community() || village.name.ends_with('村'), "{}", village.name);
    }
}
