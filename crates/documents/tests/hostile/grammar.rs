//! What operations do: maps of registers and nothing else.

use yidang_documents::actor::item_key;
use yidang_documents::{Edit, RegisterPath, Scalar};
use yidang_domain::entry::Entry;

use crate::build::{
    Chunk, DELETE, INCREMENT, MAKE_LIST, MAKE_MAP, MAKE_TABLE, MAKE_TEXT, MARK, NULL, Op, PUT,
    SIGNED, TEXT, TRUE, signed,
};
use crate::scene::{
    ENTRIES, FACTS, GAO, LI, PARTIES, PARTY, WANG, author, clashing, container, file, party, place,
    settled, text, visit, word, word_for, written,
};

/// The place of a field among the operations.
fn field(ops: &[Op], name: &str) -> usize {
    ops.iter().position(|op| op.key == name.as_bytes()).unwrap()
}

#[test]
fn actions_other_than_put_and_make_map_are_refused() {
    let file = file();
    let known = [MAKE_LIST, DELETE, MAKE_TEXT, INCREMENT, MAKE_TABLE, MARK];
    for action in known.into_iter().chain([8, 9, 200, 1 << 32, u64::MAX]) {
        for mut change in [visit(&file), place(&file)] {
            change.bend(|ops| ops.last_mut().unwrap().action = action);
            assert_eq!(word(&file, &change), "malformed", "{action}");
        }
    }
    // An increment with the number that it wants.
    let mut change = place(&file);
    change.bend(|ops| {
        ops[0].action = INCREMENT;
        ops[0].value = (SIGNED, signed(1));
    });
    assert_eq!(word(&file, &change), "malformed");
}

#[test]
fn whole_containers_and_items_are_not_deleted_or_replaced() {
    let file = file();
    for action in [DELETE, MAKE_MAP, PUT] {
        let mut change = place(&file);
        let (genesis, _) = container(&change, 0);
        let parties = container(&change, PARTIES);
        change.bend(|ops| {
            ops[0] = Op { action, object: None, key: b"parties".to_vec(), ..ops[0].clone() };
            ops[0].pred = vec![(genesis, PARTIES)];
        });
        let told = if action == DELETE { "malformed" } else { "grammar" };
        assert_eq!(word(&file, &change), told);
        // The party, under its own key.
        let mut change = place(&file);
        let key = item_key(&author(WANG).actor, 1, 0);
        change.bend(|ops| {
            let key = key.as_str().as_bytes().to_vec();
            ops[0] = Op { action, object: Some(parties), key, ..ops[0].clone() };
            ops[0].pred = vec![(0, PARTY)];
        });
        let told = match action {
            DELETE => "malformed",
            PUT => "grammar",
            _ => "item_key",
        };
        assert_eq!(word(&file, &change), told);
    }
}

#[test]
fn an_object_over_a_register_is_refused() {
    let file = file();
    let mut change = place(&file);
    change.bend(|ops| {
        ops[0].action = MAKE_MAP;
        ops[0].value = (NULL, Vec::new());
    });
    assert_eq!(word(&file, &change), "grammar");
    // Nor does a party hold a map.
    change.bend(|ops| ops[0].object = Some((0, PARTY)));
    assert_eq!(word(&file, &change), "grammar");
}

#[test]
fn an_item_stands_under_the_key_of_its_own_change_and_no_other() {
    let file = file();
    let wang = author(WANG).actor;
    for key in [
        item_key(&author(LI).actor, 2, 0),
        item_key(&wang, 1, 0),
        item_key(&wang, 3, 0),
        item_key(&wang, 2, 1),
        "".into(),
        "constructor".into(),
    ] {
        for mut change in [visit(&file), party(&file)] {
            change.bend(|ops| ops[0].key = key.as_str().as_bytes().to_vec());
            assert_eq!(word(&file, &change), "item_key", "{key}");
        }
    }
}

#[test]
fn an_item_is_made_once_and_over_nothing() {
    let file = file();
    let mut change = visit(&file);
    change.bend(|ops| ops.insert(1, ops[0].clone()));
    assert_eq!(word(&file, &change), "item_key");
    let mut change = visit(&file);
    let over = container(&change, ENTRIES);
    change.bend(|ops| ops[0].pred = vec![over]);
    assert_eq!(word(&file, &change), "grammar");
}

#[test]
fn an_item_in_a_container_of_another_shape_is_refused() {
    let file = file();
    let mut change = party(&file);
    let (facts, entries) = (container(&change, FACTS), container(&change, ENTRIES));
    change.bend(|ops| ops[0].object = Some(facts));
    assert_eq!(word(&file, &change), "grammar");
    change.bend(|ops| ops[0].object = Some(entries));
    assert_eq!(word(&file, &change), "unknown_entry");
}

#[test]
fn a_field_of_a_new_item_is_written_once() {
    let file = file();
    for mut change in [visit(&file), party(&file)] {
        change.bend(|ops| ops.push(ops.last().unwrap().clone()));
        assert_eq!(word(&file, &change), "grammar");
    }
}

#[test]
fn an_item_without_fields_is_refused() {
    let file = file();
    for (mut change, told) in [(visit(&file), "unknown_entry"), (party(&file), "grammar")] {
        change.bend(|ops| ops.truncate(1));
        assert_eq!(word(&file, &change), told);
    }
}

#[test]
fn an_entry_with_fields_of_no_meaning_is_refused() {
    let file = file();
    let bent = |name: &str, key: &str, value: &str| {
        let mut change = visit(&file);
        change.bend(|ops| {
            let at = field(ops, name);
            ops[at].key = key.as_bytes().to_vec();
            ops[at].value = (TEXT, value.as_bytes().to_vec());
        });
        change
    };
    for (name, key, value) in [
        ("words", "wordz", "到地里看了"),
        ("kind", "kind", "drone_flight"),
        ("on", "on", "2026-02-30"),
        ("on", "on", "20261120"),
        ("by", "by.name", "王样一"),
        ("words", "words.0", "到地里看了"),
        ("words", "", "到地里看了"),
        ("words", ".", "到地里看了"),
        ("words", "kind.words", "到地里看了"),
    ] {
        assert_eq!(word(&file, &bent(name, key, value)), "unknown_entry", "{name} {key}");
    }
    // One field more than the entry has.
    let mut change = visit(&file);
    change.bend(|ops| ops.push(Op { key: b"zeal".to_vec(), ..ops.last().unwrap().clone() }));
    assert_eq!(word(&file, &change), "unknown_entry");
    let elsewhere =
        written(&file, WANG, &[Edit::AddEntry(Entry::DayCancelled { reason: "大雪".into() })]);
    assert_eq!(word(&file, &elsewhere), "unknown_entry");
}

#[test]
fn an_entry_of_before_is_not_written_again() {
    let file = file();
    let (_, first) = file.changes_since(&[]).remove(1);
    let first = Chunk::read(&first);
    let made = first.ops().iter().rposition(|op| op.action == MAKE_MAP).unwrap() as u64;
    let entry = (0, first.start_op + made);
    for (key, pred) in [("source", Vec::new()), ("source", vec![(0, entry.1 + 6)])] {
        let mut change = place(&file);
        change.bend(|ops| {
            ops[0].object = Some(entry);
            ops[0].key = key.as_bytes().to_vec();
            ops[0].pred = pred;
        });
        assert_eq!(word(&file, &change), "grammar");
    }
}

#[test]
fn a_register_is_written_once_in_a_change() {
    let file = file();
    let mut change = place(&file);
    change.bend(|ops| ops.push(ops[0].clone()));
    assert_eq!(word(&file, &change), "grammar");
    let mut change = place(&file);
    let first = change.start_op;
    change.bend(|ops| ops.push(Op { pred: vec![(0, first)], ..ops[0].clone() }));
    assert_eq!(word(&file, &change), "grammar");
}

#[test]
fn more_operations_than_a_change_may_have_are_refused() {
    let file = file();
    for (count, told) in [(2_000, "grammar"), (2_001, "too_large")] {
        let mut change = place(&file);
        change.bend(|ops| *ops = vec![ops[0].clone(); count]);
        assert_eq!(word(&file, &change), told, "{count}");
    }
}

#[test]
fn a_field_that_nobody_knows_is_refused() {
    let file = file();
    for key in ["wetter", "", "place.", "grid\u{0}"] {
        let mut change = place(&file);
        change.bend(|ops| {
            ops[0].key = key.as_bytes().to_vec();
            ops[0].pred.clear();
        });
        assert_eq!(word(&file, &change), "unknown_field", "{key}");
    }
    let mut change = party(&file);
    change.bend(|ops| ops[1].key = b"wetter".to_vec());
    assert_eq!(word(&file, &change), "unknown_field");
}

#[test]
fn a_value_that_does_not_fit_its_field_is_refused() {
    let file = file();
    for value in [
        (TRUE, Vec::new()),
        (SIGNED, signed(i64::MIN)),
        (TEXT, b"a\x07b".to_vec()),
        (TEXT, "长".repeat(5_000).into_bytes()),
    ] {
        for mut change in [place(&file), party(&file)] {
            change.bend(|ops| ops.last_mut().unwrap().value = value.clone());
            assert_eq!(word(&file, &change), "value");
        }
    }
    let risk = Edit::Set(RegisterPath::of("facts", "risk"), Scalar::Number(2));
    let risk = written(&file, WANG, &[risk]);
    for number in [i64::MIN, -1, 99, i64::MAX] {
        let mut change = risk.clone();
        change.bend(|ops| ops[0].value = (SIGNED, signed(number)));
        assert_eq!(word(&file, &change), "value", "{number}");
    }
}

/// An empty value stands in a change for the one that covers it, and for nothing else.
#[test]
fn an_empty_value_that_is_left_standing_is_refused() {
    let file = file();
    let mut change = place(&file);
    change.bend(|ops| ops[0].value = (NULL, Vec::new()));
    assert_eq!(word(&file, &change), "grammar");
    let mut change = place(&file);
    change.bend(|ops| {
        let empty = Op { value: (NULL, Vec::new()), ..ops[0].clone() };
        ops.insert(0, empty);
    });
    assert_eq!(word(&file, &change), "predecessors");
    let mut change = visit(&file);
    change.bend(|ops| ops[1].value = (NULL, Vec::new()));
    assert_eq!(word(&file, &change), "grammar");
}

#[test]
fn a_clash_is_not_covered_without_the_entry_that_lists_it() {
    let file = clashing();
    let mut change = settled(&file);
    change.bend(|ops| ops.truncate(1));
    assert_eq!(word_for(&file, GAO, &change.bytes()), "unlisted_conflict");
    for (name, value) in [("chosen", "12000000021"), ("values.0", "12000000099")] {
        let mut change = settled(&file);
        change.bend(|ops| {
            let at = field(ops, name);
            ops[at].value = (TEXT, value.as_bytes().to_vec());
        });
        assert_eq!(word_for(&file, GAO, &change.bytes()), "unlisted_conflict", "{name}");
    }
}

/// A put that stands on heads before somebody else's value does not supersede that value.
#[test]
fn nobody_supersedes_what_they_had_not_seen() {
    let before = file();
    let mut after = before.clone();
    let set = Edit::Set(RegisterPath::of("facts", "place"), text("下盘石村5组"));
    let unseen = written(&before, LI, &[set]);
    after.apply(&[&unseen.bytes()]).unwrap();
    let mut change = place(&before);
    assert_eq!(word(&after, &change), "taken");
    change.bend(|ops| ops[0].pred[0].1 = unseen.start_op);
    assert_eq!(word(&after, &change), "predecessors");
}
