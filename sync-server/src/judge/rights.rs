//! Whether the author of a change may do what it does. Pure.

use std::collections::BTreeSet;

use yidang_documents::guard::Performed;
use yidang_domain::civil::{Date, date_after};
use yidang_domain::entry::{DocumentKind, EntryHeader, EntryKind};
use yidang_domain::ids::{DeviceId, OrgCode, UserId};
use yidang_domain::org::{Assignment, OrgLevel, Role};
use yidang_domain::rights::{Act, may};

use crate::register::Register;

/// Who wrote a batch, as their certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub user: UserId,
    /// The installation.
    pub device: DeviceId,
    /// The county's own server.
    pub is_server: bool,
}

/// Between when and when a batch was written: not before the device's place in the log, not after
/// it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The first day it may have been written.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// A rule that was broken: its word, and what exactly.
pub type Broken = (&'static str, String);

/// Everybody who writes into files, the server aside.
const PEOPLE: [Role; 5] = [
    Role::GridWorker,
    Role::VillageCadre,
    Role::TownshipReviewer,
    Role::Mediator,
    Role::CountyClerk,
];

/// A guest's days are looked for over no longer a time.
const LONGEST_OFFLINE_DAYS: i64 = 120;

/// What is judged: one change and the document it stands in.
pub struct Case<'a> {
    /// Kind of the document.
    pub kind: DocumentKind,
    /// What the change does.
    pub performed: &'a Performed,
    /// The change is the first of its document.
    pub begins: bool,
}

/// Checks one change.
///
/// # Errors
///
/// The rule that was broken, a word of `docs/refusals.md`.
pub fn check(
    register: &Register,
    author: &Author,
    written: Written,
    case: &Case<'_>,
) -> Result<(), Broken> {
    check_headers(register, author, case.performed)?;
    if author.is_server {
        return check_server(case);
    }
    let posts = Posts::of(register, author, written);
    let mut acts = case.performed.acts.clone();
    if case.begins && case.kind == DocumentKind::CaseFile {
        acts.push(Act::OpenCaseFile);
    }
    for act in acts {
        if !posts.may(act, case) {
            return Err(("not_allowed", format!("{act:?} at {:?}", case.performed.stage)));
        }
    }
    closes_not_own_request(author, case.performed)?;
    match &case.performed.moves_to {
        Some(to) if !posts.reach(to) => {
            Err(("out_of_reach", "moved beyond the author's township".into()))
        }
        _ => Ok(()),
    }
}

/// Checks one change of a batch that a person admitted because the register does not know its author: it may
/// do what somebody may do at that stage, in the author's own name.
///
/// # Errors
///
/// The rule that was broken, a word of `docs/refusals.md`.
pub fn check_admitted(register: &Register, author: &Author, case: &Case<'_>) -> Result<(), Broken> {
    let did = case.performed;
    let is_theirs =
        |header: &EntryHeader| header.by == author.user && header.device == author.device;
    if !did.entries.iter().all(|(_, header, _)| is_theirs(header)) {
        return Err(("author", "an entry under another name or device".into()));
    }
    if let Some(act) = did.acts.iter().find(|act| !PEOPLE.iter().any(|r| may(*r, **act, did.stage)))
    {
        return Err(("not_allowed", format!("{act:?} at {:?}", did.stage)));
    }
    closes_not_own_request(author, did)?;
    let tree = register.tree();
    if tree.find(&did.org_after).is_none() {
        return Err(("out_of_reach", "moved to no unit of the county".into()));
    }
    // Nobody knows what posts the author had: further than within a township nobody of theirs moves.
    let township =
        |org: &OrgCode| tree.above(org, OrgLevel::Township).map(|unit| unit.code.clone());
    match &did.moves_to {
        Some(to) if township(to) != township(&did.org) => {
            Err(("out_of_reach", "moved beyond its township".into()))
        }
        _ => Ok(()),
    }
}

fn closes_not_own_request(author: &Author, did: &Performed) -> Result<(), Broken> {
    let closes = did.acts.contains(&Act::Add(EntryKind::Closed));
    if closes && did.asked_by.as_ref() == Some(&author.user) {
        return Err(("own_request", "whoever asked to close may not close".into()));
    }
    Ok(())
}

/// Whether an author had any business, while the batch may have been written, with a document of this kind
/// that was born, lies or lay in one of these units. Whatever the batch does is judged by [`check`] once
/// it can be read.
#[must_use]
pub fn reaches(
    register: &Register,
    author: &Author,
    written: Written,
    kind: DocumentKind,
    units: &[OrgCode],
) -> bool {
    let posts = Posts::of(register, author, written);
    let is_theirs = |post: &&Assignment| units.iter().any(|unit| posts.holds(post, kind, unit));
    posts.assignments.iter().any(is_theirs)
}

/// Every entry names its author, their device and a unit they act for.
fn check_headers(register: &Register, author: &Author, did: &Performed) -> Result<(), Broken> {
    for (_, header, _) in &did.entries {
        if header.by != author.user || header.device != author.device {
            return Err(("author", "an entry under another name or device".into()));
        }
        let tree = register.tree();
        let is_theirs = author.is_server
            || register.assignments_of(&author.user).any(|assignment| {
                tree.is_within(&header.org, &assignment.org)
                    || tree.is_within(&assignment.org, &header.org)
            });
        if !is_theirs {
            return Err(("acting_unit", "an entry for a unit that is not the author's".into()));
        }
    }
    Ok(())
}

/// The server does what the table gives it, undoes values, and begins households and what goes on from a document that
/// was destroyed.
fn check_server(case: &Case<'_>) -> Result<(), Broken> {
    let stage = case.performed.stage;
    // A value that is put back, over a clash with the entry that lists what stood there (`judge/revert.rs`).
    let undoes = |act: &Act| {
        matches!(
            act,
            Act::EditCaseFile | Act::EditHousehold | Act::EditVisitDay | Act::ResolveValue
        )
    };
    let only_own =
        case.performed.acts.iter().all(|act| undoes(act) || may(Role::Server, *act, stage));
    let may_begin = case.kind == DocumentKind::Household
        || case.performed.acts.contains(&Act::Add(EntryKind::Succeeds));
    if only_own && (!case.begins || may_begin) {
        Ok(())
    } else {
        Err(("not_allowed", "more than the server's own acts".into()))
    }
}

/// The villages of which somebody was a guest on any day on which the batch may have been written:
/// days of two villages differ where one of them was moved.
fn guest_between(register: &Register, user: &UserId, written: Written) -> Vec<OrgCode> {
    if !register.is_in_a_team(user) {
        return Vec::new();
    }
    let days = (0..LONGEST_OFFLINE_DAYS).map(|back| date_after(written.to, -back));
    let days = days.take_while(|day| *day >= written.from);
    let villages: BTreeSet<OrgCode> =
        days.flat_map(|day| register.guest_villages(user, day)).collect();
    villages.into_iter().collect()
}

/// What the author held while the batch may have been written.
struct Posts<'a> {
    register: &'a Register,
    assignments: Vec<&'a Assignment>,
    guest_of: Vec<OrgCode>,
}

impl<'a> Posts<'a> {
    fn of(register: &'a Register, author: &'a Author, written: Written) -> Self {
        let holds = |assignment: &&Assignment| {
            assignment.from <= written.to && assignment.to.is_none_or(|to| written.from <= to)
        };
        // The server's own acts are no person's, whatever a file of the register says.
        let assignments = register
            .assignments_of(&author.user)
            .filter(|assignment| assignment.role != Role::Server)
            .filter(holds)
            .collect();
        let guest_of = guest_between(register, &author.user, written);
        Self { register, assignments, guest_of }
    }

    fn may(&self, act: Act, case: &Case<'_>) -> bool {
        let stage = case.performed.stage;
        self.assignments.iter().any(|post| {
            self.holds(post, case.kind, &case.performed.org) && may(post.role, act, stage)
        })
    }

    /// Whether a post is one over a document of this kind that lies in `at`, or its holder a guest there.
    fn holds(&self, post: &Assignment, kind: DocumentKind, at: &OrgCode) -> bool {
        let tree = self.register.tree();
        tree.is_within(at, &post.org)
            || kind == DocumentKind::VisitDay && tree.is_within(&post.org, at)
            || self.guest_of.iter().any(|village| tree.is_within(at, village))
    }

    fn reach(&self, org: &OrgCode) -> bool {
        let tree = self.register.tree();
        let within = |from: &OrgCode| tree.is_within(org, &self.register.reach(from));
        tree.find(org).is_some()
            && (self.assignments.iter().any(|assignment| within(&assignment.org))
                || self.guest_of.iter().any(within))
    }
}
