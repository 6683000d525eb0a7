//! What people write who do not ask their app first.

use std::collections::{BTreeMap, BTreeSet};

use yidang_documents::{Document, Edit};
use yidang_domain::case_state::Stage;
use yidang_domain::civil::date_after;
use yidang_domain::entry::{DocumentKind, EntryKind};
use yidang_domain::org::Role;
use yidang_domain::rights::{Act, TABLE, may};
use yidang_sync_protocol::{SyncRequest, Verdict};

use crate::county::{County, GRID, Hand, LEICHI_GRID, NEXT_GRID, TODAY, VILLAGE, XIAYI_GRID};
use crate::people::{Person, ROLES, Relation, everybody};
use crate::writing::{Writers, edits_of, entry_of, kinds_of, set, stages_of};

/// Somebody is refused what they may not do with one of these words, and with no other.
const NO: [&str; 3] = ["not_allowed", "acting_unit", "out_of_reach"];

/// What became of every forged batch.
#[derive(Default)]
struct Told {
    taken: usize,
    refused: usize,
    /// Taken, though the table forbids it.
    leaks: Vec<String>,
    /// Not taken, though the table allows it.
    false_refusals: Vec<String>,
    /// What was tried, as the table has it.
    tried: BTreeSet<(Act, Option<Stage>, Role)>,
}

impl Told {
    fn print(&self, what: &str) {
        let (leaks, falsely) = (self.leaks.len(), self.false_refusals.len());
        let all = self.taken + self.refused;
        println!(
            "{what}: {all} forged, {} taken, {} refused, {leaks} leaks, {falsely} false refusals",
            self.taken, self.refused
        );
    }

    fn assert_is_right(&self) {
        assert!(self.leaks.is_empty(), "leaks: {:#?}", self.leaks);
        assert!(self.false_refusals.is_empty(), "false refusals: {:#?}", self.false_refusals);
    }
}

/// The hands of everybody, in the county on a day when its villages are visited or not.
struct Stand {
    county: County,
    writers: Writers,
    people: Vec<(Person, Hand)>,
    visits: bool,
    told: Told,
}

impl Stand {
    /// Everybody has a device. Those who go offline were last here ten days ago.
    fn new(people: Vec<Person>, visits: bool) -> Self {
        let begins = date_after(TODAY, -10);
        let mut county = County::on(begins);
        let writers = Writers::of(&county);
        // The log has to have a place to stand at.
        writers.prepared(&mut county, DocumentKind::Household, None);
        let people: Vec<(Person, Hand)> = people
            .into_iter()
            .map(|person| {
                let mut hand = Hand::of(&county, &person.user, person.relation.org());
                if person.relation == Relation::Offline {
                    hand.cursor = hand.sync(&county, SyncRequest::default()).cursor;
                }
                (person, hand)
            })
            .collect();
        let days = if visits { 10 } else { 5 };
        county.clock.advance_minutes(days * 24 * 60);
        Self { county, writers, people, visits, told: Told::default() }
    }

    /// Everybody writes on `base` as it is, none knowing of the others. `ought` says for whom the
    /// server ought to take it.
    fn all_write(
        &mut self,
        what: &str,
        base: &Document,
        edits: &[Edit],
        ought: impl Fn(&Person) -> bool,
    ) {
        let of = |hand: &Hand, county: &County| hand.write(county, &mut base.clone(), edits);
        let push = self.people.iter().map(|(_, hand)| of(hand, &self.county)).collect();
        self.judge(what, push, ought);
    }

    /// Everybody begins a document of their own.
    fn all_begin(
        &mut self,
        what: &str,
        begin: impl Fn(&mut County) -> Document,
        edits: &[Edit],
        ought: impl Fn(&Person) -> bool,
    ) {
        let mut push = Vec::new();
        for (_, hand) in &self.people {
            let mut document = begin(&mut self.county);
            push.push(hand.write(&self.county, &mut document, edits));
        }
        self.judge(what, push, ought);
    }

    fn judge(
        &mut self,
        what: &str,
        push: Vec<yidang_sync_protocol::SignedBatch>,
        ought: impl Fn(&Person) -> bool,
    ) {
        let receipts = self.county.hand_in(&self.writers.courier, push);
        for ((person, _), receipt) in self.people.iter().zip(receipts) {
            let code = receipt.code.as_str();
            let line = format!("{what}: {:?} {:?} ({code})", person.role, person.relation);
            let is_taken = receipt.verdict == Verdict::Accepted as i32;
            let is_refused = receipt.verdict == Verdict::Refused as i32 && NO.contains(&code);
            self.told.taken += usize::from(is_taken);
            self.told.refused += usize::from(is_refused);
            match (ought(person), is_taken) {
                (true, true) => {}
                (true, false) => self.told.false_refusals.push(line),
                (false, true) => self.told.leaks.push(line),
                (false, false) => assert!(is_refused, "refused for another reason: {line}"),
            }
        }
    }

    /// Everybody joins their copy of that document to a file of its own, in one action over both.
    fn all_join(&mut self, what: &str, base: &Document, ought: impl Fn(&Person) -> bool) {
        let (mut push, mut stands) = (Vec::new(), Vec::new());
        for (_, hand) in &self.people {
            let kind = DocumentKind::CaseFile;
            let mut other = self.writers.prepared(&mut self.county, kind, Some(Stage::Found));
            let [end, stand] = hand.join(&self.county, &mut base.clone(), &mut other);
            push.push(end);
            stands.push(stand);
        }
        push.extend(stands);
        self.judge(what, push, ought);
    }

    /// One act at one stage, by everybody.
    fn act(&mut self, act: Act, kind: DocumentKind, stage: Option<Stage>) {
        let Some(edits) = edits_of(act, kind) else { return };
        let base = self.writers.prepared(&mut self.county, kind, stage);
        let visits = self.visits;
        let what = format!("{act:?} in a {} at {stage:?}", kind.name());
        let ought = |person: &Person| person.may(act, kind, stage, visits);
        if act == Act::Add(EntryKind::Joined) {
            self.all_join(&what, &base, ought);
        } else if act == Act::Add(EntryKind::Succeeds) {
            let push = self.people.iter().map(|(_, hand)| hand.go_on(&mut self.county, &base));
            let push = push.collect();
            self.judge(&what, push, ought);
        } else {
            self.all_write(&what, &base, &edits, ought);
        }
        self.told.tried.extend(ROLES.map(|role| (act, stage, role)));
    }

    fn every_act(&mut self) {
        for act in Act::all() {
            for kind in kinds_of(act) {
                for stage in stages_of(kind) {
                    self.act(act, kind, stage);
                }
            }
        }
    }

    /// Files, households and visit days begun by everybody.
    fn every_beginning(&mut self) {
        let visits = self.visits;
        let found = [
            Edit::AddEntry(entry_of(EntryKind::Found)),
            set("facts", "matter", "争一条地埂"),
            set("facts", "grid", GRID),
        ];
        let stage = Some(Stage::Found);
        let first = [Act::OpenCaseFile, Act::EditCaseFile, Act::Add(EntryKind::Found)];
        let begin = |kind: DocumentKind| {
            move |county: &mut County| Document::begin(kind, county.new_id(), &GRID.into()).unwrap()
        };
        let file = DocumentKind::CaseFile;
        self.all_begin("a file begun", begin(file), &found, |person| {
            first.iter().all(|act| person.may(*act, file, stage, visits))
        });
        self.told.tried.extend(ROLES.map(|role| (Act::OpenCaseFile, stage, role)));
        let (home, seat) = (DocumentKind::Household, DocumentKind::VisitDay);
        let facts = [set("facts", "head", "薛样一"), set("facts", "grid", GRID)];
        self.all_begin("a household begun", begin(home), &facts, |person| {
            person.may(Act::EditHousehold, home, None, visits)
        });
        let day = |county: &mut County| {
            let nominal = county.new_day().parse().unwrap();
            let id = yidang_sync_server::kinds::visit_day_id(&VILLAGE.into(), nominal);
            Document::begin(DocumentKind::VisitDay, id, &VILLAGE.into()).unwrap()
        };
        self.all_begin("a visit day begun", day, &[set("plan", "place", "村委会")], |person| {
            person.may(Act::EditVisitDay, seat, None, visits)
        });
    }

    /// Files and households moved to a grid that is near, farther, and too far.
    fn every_move(&mut self) {
        let visits = self.visits;
        for to in [NEXT_GRID, XIAYI_GRID, LEICHI_GRID] {
            let kind = DocumentKind::CaseFile;
            let stage = Some(Stage::Accepted);
            let file = self.writers.prepared(&mut self.county, kind, stage);
            let moved = [set("facts", "grid", to)];
            self.all_write(&format!("a file moved to {to}"), &file, &moved, |person| {
                person.may(Act::EditCaseFile, kind, stage, visits) && person.reaches(to, visits)
            });
            let kind = DocumentKind::Household;
            let home = self.writers.prepared(&mut self.county, kind, None);
            let entry = Edit::AddEntry(entry_of(EntryKind::HouseholdMoved));
            let moved = [set("facts", "grid", to), entry];
            let acts = [Act::EditHousehold, Act::Add(EntryKind::HouseholdMoved)];
            self.all_write(&format!("a household moved to {to}"), &home, &moved, |person| {
                acts.iter().all(|act| person.may(*act, kind, None, visits))
                    && person.reaches(to, visits)
            });
        }
    }
}

/// Rows of which somebody else than the server is told.
fn assert_every_cell_was_tried(tried: &BTreeSet<(Act, Option<Stage>, Role)>) {
    for row in TABLE {
        if row.act == Act::Add(EntryKind::ConflictResolved) {
            continue;
        }
        for role in ROLES {
            let cells: BTreeMap<bool, usize> = tried
                .iter()
                .filter(|(act, _, by)| *act == row.act && *by == role)
                .map(|(act, stage, by)| may(*by, *act, *stage))
                .fold(BTreeMap::new(), |mut counts, allowed| {
                    *counts.entry(allowed).or_default() += 1;
                    counts
                });
            assert!(!cells.is_empty(), "{:?} by {role:?} was never tried", row.act);
            let is_allowed_somewhere = row.roles.contains(&role);
            assert_eq!(cells.contains_key(&true), is_allowed_somewhere, "{:?} {role:?}", row.act);
        }
    }
}

#[test]
fn what_the_table_forbids_is_refused_and_what_it_allows_is_taken() {
    let mut stand = Stand::new(everybody(), true);
    stand.every_act();
    stand.every_beginning();
    stand.every_move();
    stand.told.print("on a visit day");
    stand.told.assert_is_right();
    assert_every_cell_was_tried(&stand.told.tried);
}

#[test]
fn a_guest_may_nothing_when_no_visit_day_is_near() {
    let guests = ROLES.map(|role| Person::new(role, Relation::Guest));
    let beside = [Person::new(Role::TownshipReviewer, Relation::Township)];
    let mut stand = Stand::new(guests.into_iter().chain(beside).collect(), false);
    stand.every_act();
    stand.every_beginning();
    stand.told.print("on another day");
    stand.told.assert_is_right();
    assert!(stand.told.taken > 0, "the township's work was taken");
}

/// 王样一 goes on with her file in the gully while the county hands it to another township. It was hers
/// when she wrote, and she moved it nowhere.
#[test]
fn whoever_wrote_while_somebody_else_moved_the_file_away_is_taken() {
    let clerk = Person::new(Role::CountyClerk, Relation::County);
    let mut stand = Stand::new(vec![clerk], true);
    let kind = DocumentKind::CaseFile;
    let file = stand.writers.prepared(&mut stand.county, kind, Some(Stage::Accepted));
    let (_, clerk) = &stand.people[0];
    let moved = clerk.write(&stand.county, &mut file.clone(), &[set("facts", "grid", LEICHI_GRID)]);
    let visit = Edit::AddEntry(entry_of(EntryKind::Visit));
    let visit = stand.writers.wang.write(&stand.county, &mut file.clone(), &[visit]);
    for receipt in stand.county.hand_in(&stand.writers.courier, vec![moved, visit]) {
        assert_eq!(receipt.verdict, Verdict::Accepted as i32, "{}", receipt.code);
    }
}

/// Two values of the grid stand against each other, and another one than hers shows.
#[test]
fn nobody_moves_a_file_out_of_reach_behind_a_value_that_covers_theirs() {
    let near = Person::new(Role::CountyClerk, Relation::County);
    let mut stand = Stand::new(vec![near], true);
    let kind = DocumentKind::CaseFile;
    // Which of two values shows depends on their hashes: one of several files shows hers hidden.
    for _ in 0..8 {
        let file = stand.writers.prepared(&mut stand.county, kind, Some(Stage::Accepted));
        let to = |grid: &str| [set("facts", "grid", grid)];
        let (_, clerk) = &stand.people[0];
        let first = clerk.write(&stand.county, &mut file.clone(), &to(NEXT_GRID));
        let far = stand.writers.li.write(&stand.county, &mut file.clone(), &to(LEICHI_GRID));
        let receipts = stand.county.hand_in(&stand.writers.courier, vec![first, far]);
        assert_eq!(receipts[0].verdict, Verdict::Accepted as i32, "{}", receipts[0].code);
        assert_eq!(receipts[1].code, "out_of_reach");
    }
}
