//! Stories of files, told as histories.

use super::*;
use crate::causality::{ChangeNode, hex_of};
use crate::facts::Source;

/// A history under construction: each line names the lines it knows.
#[derive(Default)]
struct History {
    nodes: Vec<ChangeNode>,
    entries: Vec<(ItemKey, usize, EntryHeader, Entry)>,
}

impl History {
    fn add(&mut self, by: &str, deps: &[usize], entry: Entry) -> usize {
        let index = self.nodes.len();
        let mark = u8::try_from(index).unwrap();
        self.nodes.push(ChangeNode { hash: [mark; 32], deps: deps.to_vec() });
        let header = EntryHeader {
            on: Date::constant(2026, 11, 20),
            by: by.into(),
            org: "610621103".into(),
            device: "d1".into(),
        };
        self.entries.push((ItemKey(format!("k{index}")), index, header, entry));
        index
    }

    fn found(&mut self) -> usize {
        self.add("王样一", &[], Entry::Found { source: Source::Sweep })
    }

    fn fold(&self) -> CaseState {
        let happenings: Vec<Happening<'_>> = self
            .entries
            .iter()
            .map(|(key, change, header, entry)| Happening { key, change: *change, header, entry })
            .collect();
        fold(&ChangeGraph::new(self.nodes.clone()), &happenings)
    }

    fn stage(&self) -> Stage {
        self.fold().standing.stage
    }
}

fn accepted() -> Entry {
    Entry::Accepted { seen: None, due_on: None }
}
fn returned() -> Entry {
    Entry::Returned { seen: None, field: "facts.place".into(), reason: "写明组别".into() }
}
fn close_asked() -> Entry {
    Entry::CloseAsked { words: "已履行".into() }
}
fn closed() -> Entry {
    Entry::Closed { seen: None, words: "同意".into() }
}
fn reopened() -> Entry {
    Entry::Reopened { seen: None, reason: "反悔".into() }
}
fn joined(with: u8, stands: bool) -> Entry {
    let with = DocumentId::from_bytes([with; 16]);
    Entry::Joined { seen: None, with, stands, reason: "同一件事".into() }
}
fn visit() -> Entry {
    Entry::Visit { words: "去看了".into() }
}

#[test]
fn a_file_goes_from_found_to_closed_and_can_be_reopened() {
    let mut file = History::default();
    let found = file.found();
    let accept = file.add("李例二", &[found], accepted());
    let ask = file.add("王样一", &[accept], close_asked());
    let close = file.add("李例二", &[ask], closed());
    assert_eq!(file.stage(), Stage::Closed);
    file.add("李例二", &[close], reopened());
    let state = file.fold();
    assert_eq!((state.standing.stage, state.standing.round), (Stage::Accepted, 2));
    assert!(state.void.is_empty() && state.late.is_empty());
}

#[test]
fn every_arrow_that_is_not_drawn_is_missing() {
    type Arrow = fn(&Standing) -> Result<Standing, MoveError>;
    let arrows: [(Arrow, &[(Stage, Stage)]); 6] = [
        (|s| s.accept(), &[(Stage::Found, Stage::Accepted), (Stage::Returned, Stage::Accepted)]),
        (
            |s| s.send_back(),
            &[
                (Stage::Found, Stage::Returned),
                (Stage::Returned, Stage::Returned),
                (Stage::CloseAsked, Stage::Accepted),
            ],
        ),
        (|s| s.ask_close(&"王样一".into()), &[(Stage::Accepted, Stage::CloseAsked)]),
        (|s| s.close(&"李例二".into()), &[(Stage::CloseAsked, Stage::Closed)]),
        (|s| s.reopen(), &[(Stage::Closed, Stage::Accepted)]),
        (
            |s| s.join(DocumentId::from_bytes([9; 16])),
            &[
                (Stage::Found, Stage::Closed),
                (Stage::Returned, Stage::Closed),
                (Stage::Accepted, Stage::Closed),
                (Stage::CloseAsked, Stage::Closed),
            ],
        ),
    ];
    for (arrow, drawn) in arrows {
        for stage in Stage::ALL {
            let from = Standing { stage, ..Standing::found() };
            let expected = drawn.iter().find(|(start, _)| *start == stage).map(|(_, end)| *end);
            assert_eq!(arrow(&from).ok().map(|standing| standing.stage), expected, "{stage:?}");
        }
    }
}

#[test]
fn of_two_joined_files_one_ends_and_the_other_goes_on_as_it_was() {
    let other = DocumentId::from_bytes([9; 16]);
    let mut ends = History::default();
    let found = ends.found();
    let join = ends.add("李例二", &[found], joined(9, false));
    let state = ends.fold().standing;
    assert_eq!((state.stage, state.joined_into), (Stage::Closed, Some(other)));
    // Joined by mistake: opened again it stands by itself.
    ends.add("李例二", &[join], reopened());
    let state = ends.fold().standing;
    assert_eq!((state.stage, state.round, state.joined_into), (Stage::Accepted, 2, None));

    let mut stands = History::default();
    let found = stands.found();
    let back = stands.add("李例二", &[found], returned());
    let join = stands.add("李例二", &[back], joined(9, true));
    // Neither in the way of others nor late to them.
    let ask = stands.add("李例二", &[back], accepted());
    let state = stands.fold();
    assert_eq!((state.standing.stage, state.standing.joined_into), (Stage::Accepted, None));
    assert!(state.standing.against.is_empty() && state.void.is_empty());
    stands.add("王样一", &[join, ask], close_asked());
    assert_eq!(stands.stage(), Stage::CloseAsked);
}

#[test]
fn a_file_that_two_reviewers_join_to_different_files_waits_for_somebody_to_decide() {
    let mut file = History::default();
    let found = file.found();
    let one = file.add("李例二", &[found], joined(8, false));
    file.add("赵测三", &[found], joined(9, false));
    let state = file.fold().standing;
    assert_eq!((state.stage, state.joined_into, state.against.len()), (Stage::Found, None, 2));
    let both = file.fold().standing.against;
    let values = both.iter().map(|key| key.as_str().to_owned()).collect();
    let chosen = format!("k{one}");
    let resolved = Entry::ConflictResolved { field: "stage".into(), values, chosen };
    file.add("李例二", &[one, 2], resolved);
    let state = file.fold().standing;
    assert_eq!(state.joined_into, Some(DocumentId::from_bytes([8; 16])));
    // A closed file joins no other.
    file.add("赵测三", &[3], joined(9, false));
    assert_eq!(file.fold().void.get(&"k4".into()), Some(&MoveError::WrongStage));
}

#[test]
fn whoever_asked_to_close_cannot_close() {
    let mut file = History::default();
    let found = file.found();
    let accept = file.add("李例二", &[found], accepted());
    let ask = file.add("李例二", &[accept], close_asked());
    file.add("李例二", &[ask], closed());
    let state = file.fold();
    assert_eq!(state.standing.stage, Stage::CloseAsked);
    assert_eq!(state.void.get(&"k3".into()), Some(&MoveError::OwnRequest));
}

#[test]
fn two_reviewers_who_accept_and_return_leave_what_was_before_both() {
    let mut file = History::default();
    let found = file.found();
    let accept = file.add("李例二", &[found], accepted());
    let send_back = file.add("张试三", &[found], returned());
    let state = file.fold();
    assert_eq!(state.standing.stage, Stage::Found);
    assert_eq!(state.standing.against, ["k1".into(), "k2".into()]);

    file.add(
        "李例二",
        &[accept, send_back],
        Entry::ConflictResolved {
            field: "stage".into(),
            values: vec!["k1".into(), "k2".into()],
            chosen: "k2".into(),
        },
    );
    let state = file.fold();
    assert_eq!(state.standing.stage, Stage::Returned);
    assert!(state.standing.against.is_empty());
}

#[test]
fn two_reviewers_who_both_accept_ask_nobody_anything() {
    let mut file = History::default();
    let found = file.found();
    file.add("李例二", &[found], accepted());
    file.add("张试三", &[found], accepted());
    let state = file.fold();
    assert_eq!(state.standing.stage, Stage::Accepted);
    assert!(state.standing.against.is_empty());
}

#[test]
fn a_decision_made_on_a_form_that_was_open_while_another_arrived_is_a_card() {
    let mut file = History::default();
    let found = file.found();
    let accept = file.add("李例二", &[found], accepted());
    let seen = Some(vec![hex_of(&[u8::try_from(found).unwrap(); 32])]);
    file.add(
        "张试三",
        &[accept],
        Entry::Returned { seen, field: "facts.place".into(), reason: "缺组别".into() },
    );
    let state = file.fold();
    assert_eq!(state.standing.against.len(), 2);
    assert_eq!(state.standing.stage, Stage::Found);
}

#[test]
fn a_visit_written_before_the_closing_was_known_stays_and_is_shown_to_the_reviewer() {
    let mut file = History::default();
    let found = file.found();
    let accept = file.add("李例二", &[found], accepted());
    let ask = file.add("王样一", &[accept], close_asked());
    file.add("李例二", &[ask], closed());
    file.add("王样一", &[ask], visit());
    let state = file.fold();
    assert_eq!(state.standing.stage, Stage::Closed);
    assert_eq!(state.late, BTreeSet::from(["k4".into()]));
}

#[test]
fn a_request_to_close_beside_a_return_is_overtaken_in_either_order_of_arrival() {
    let tell = |request_first: bool| {
        let mut file = History::default();
        let found = file.found();
        let accept = file.add("李例二", &[found], accepted());
        let ask = file.add("王样一", &[accept], close_asked());
        // A second request, and the reviewer's answer to the first that did not see it.
        let (first, second) = if request_first {
            (
                close_asked(),
                Entry::Returned {
                    seen: None,
                    field: "facts.place".into(),
                    reason: "未履行".into(),
                },
            )
        } else {
            (
                Entry::Returned {
                    seen: None,
                    field: "facts.place".into(),
                    reason: "未履行".into(),
                },
                close_asked(),
            )
        };
        file.add("甲", &[ask], first);
        file.add("乙", &[ask], second);
        file.stage()
    };
    assert_eq!(tell(true), Stage::Accepted);
    assert_eq!(tell(false), Stage::Accepted);
}

#[test]
fn a_third_person_who_knows_both_decisions_may_simply_decide_anew() {
    let mut file = History::default();
    let found = file.found();
    let accept = file.add("李例二", &[found], accepted());
    let send_back = file.add("张试三", &[found], returned());
    file.add("李例二", &[accept, send_back], accepted());
    let state = file.fold();
    assert_eq!(state.standing.stage, Stage::Accepted);
    assert!(state.standing.against.is_empty());
}
