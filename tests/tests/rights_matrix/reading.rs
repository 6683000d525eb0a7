//! What comes to whom: pages of the log, proofs, what is given after a restore, and online questions.

use std::collections::{BTreeMap, BTreeSet};

use yidang_api::FaultCode;
use yidang_api::admin::{UnitsQuestion, UsersQuestion};
use yidang_api::household::ConsultHousehold;
use yidang_api::oversight::{HeldComplaintsQuestion, LooksQuestion};
use yidang_api::places::CountHouseholds;
use yidang_documents::Document;
use yidang_domain::case_state::Stage;
use yidang_domain::civil::date_after;
use yidang_domain::entry::DocumentKind;
use yidang_domain::org::Role;
use yidang_sync_protocol::SyncRequest;
use yidang_sync_protocol::message::DocumentDigest;

use crate::county::{County, GRID, Hand, TODAY};
use crate::people::{Person, Relation, everybody};
use crate::writing::Writers;

/// A file that is open, one that is closed, a household and a visit day.
fn stocked(county: &mut County) -> Vec<Document> {
    let writers = Writers::of(county);
    vec![
        writers.prepared(county, DocumentKind::CaseFile, Some(Stage::Accepted)),
        writers.prepared(county, DocumentKind::CaseFile, Some(Stage::Closed)),
        writers.prepared(county, DocumentKind::Household, None),
        writers.prepared(county, DocumentKind::VisitDay, None),
    ]
}

fn named(documents: &[&Document]) -> BTreeSet<Vec<u8>> {
    documents.iter().map(|document| document.id().as_bytes().to_vec()).collect()
}

/// What is read in all ways by one person, compared with what they may read.
fn compare(county: &County, documents: &[Document], person: &Person, visits: bool) {
    let hand = Hand::of(county, &person.user, person.relation.org());
    let may: Vec<&Document> =
        documents.iter().filter(|document| person.reads(document.kind(), visits)).collect();
    let may = named(&may);
    let who = format!("{:?} {:?}", person.role, person.relation);
    let pulled: BTreeMap<Vec<u8>, u32> = hand.pull(county, None);
    assert_eq!(pulled.into_keys().collect::<BTreeSet<_>>(), may, "{who} pulls");

    let all: Vec<Vec<u8>> =
        documents.iter().map(|document| document.id().as_bytes().to_vec()).collect();
    let wanted = SyncRequest { want_proofs: all.clone(), ..SyncRequest::default() };
    let proofs = hand.sync(county, wanted).proofs;
    // Of what is not theirs they are told that there are none.
    let proofs = proofs.into_iter().filter(|proof| !proof.batches.is_empty());
    let proved: BTreeSet<Vec<u8>> = proofs.map(|proof| proof.document).collect();
    assert_eq!(proved, may, "{who} asks for proofs");

    let wanted = SyncRequest { want_documents: all.clone(), ..SyncRequest::default() };
    let whole = hand.sync(county, wanted).documents;
    let whole: BTreeSet<Vec<u8>> = whole.into_iter().map(|page| page.document).collect();
    assert_eq!(whole, may, "{who} asks by name");

    // Whoever says that they hold something is asked for it, and is given nothing for that.
    let held = |document: Vec<u8>| DocumentDigest { document, digest: vec![1; 32] };
    let healed = hand.heal(county, all.into_iter().map(held).collect());
    let given: BTreeSet<Vec<u8>> = hand.pull(county, healed.cursor).into_keys().collect();
    assert_eq!(given, may, "{who} after a restore");
}

fn ask(county: &County, documents: &[Document], person: &Person, visits: bool) {
    let hand = Hand::of(county, &person.user, person.relation.org());
    let who = format!("{:?} {:?}", person.role, person.relation);
    let household = documents.iter().find(|one| one.kind() == DocumentKind::Household).unwrap();
    let look = ConsultHousehold { id: household.id(), purpose: "核对".into() };
    let count = CountHouseholds { grids: vec![GRID.into()] };
    let administrator = person.is_today(&[Role::Administrator]);
    let office = person.is_today(&[Role::CountyClerk, Role::Administrator]);
    let looks = LooksQuestion { offset: 0, limit: 1 };
    let held = HeldComplaintsQuestion { waiting: false, offset: 0, limit: 1 };
    let users = UsersQuestion { text: String::new(), org: None, offset: 0, limit: 1 };
    let units = UnitsQuestion { parent: None, text: String::new() };
    let answers = [
        ("consult_household", hand.ask(county, &look).map(drop), person.consults(visits)),
        ("count_households", hand.ask(county, &count).map(drop), person.consults(visits)),
        ("looks", hand.ask(county, &looks).map(drop), administrator),
        ("held_complaints", hand.ask(county, &held).map(drop), office),
        ("users", hand.ask(county, &users).map(drop), administrator),
        ("units", hand.ask(county, &units).map(drop), administrator),
    ];
    for (name, answer, may) in answers {
        match answer {
            Ok(()) => assert!(may, "{who} was answered {name}"),
            Err(fault) => {
                assert!(!may, "{who} was not answered {name}: {fault:?}");
                assert_eq!(fault.code, FaultCode::NotAllowed, "{who} {name}");
            }
        }
    }
}

fn everybody_reads(days: i64, visits: bool) {
    let mut county = County::on(date_after(TODAY, -10));
    let documents = stocked(&mut county);
    county.clock.advance_minutes(days * 24 * 60);
    // Posts that begin or end around the visit day are looked at on that day.
    let ends = [Relation::Ended, Relation::Offline, Relation::Coming];
    let mut people = everybody();
    people.retain(|person| visits || !ends.contains(&person.relation));
    for person in &people {
        compare(&county, &documents, person, visits);
        ask(&county, &documents, person, visits);
    }
    println!("{} people read {} documents in five ways", people.len(), documents.len());
}

#[test]
fn on_a_visit_day_everybody_reads_what_lies_within_their_posts_and_nothing_else() {
    everybody_reads(10, true);
}

#[test]
fn on_another_day_guests_read_nothing() {
    everybody_reads(5, false);
}
