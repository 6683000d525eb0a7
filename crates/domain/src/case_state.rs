//! Where a case file stands: a fold over its entries in causal order. No clock takes part.
//!
//! Only an entry that knows a decision can follow it. Two decisions that do not know each other
//! leave in force what was before both (待定), until somebody who knows both decides. An entry that
//! a decision did not see and that does not know the decision is 决定之后到达: it stays, moves
//! nothing, and puts the file on the reviewer's list. See `docs/state-machines/case-file.md`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::causality::{ChangeGraph, IndexSet};
use crate::civil::Date;
use crate::entry::{Entry, EntryHeader, EntryKind};
use crate::ids::{DocumentId, ItemKey, UserId};

/// 环节: where a case file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 待受理
    Found,
    /// 退回待补
    Returned,
    /// 在办
    Accepted,
    /// 待审核销号
    CloseAsked,
    /// 已销号
    Closed,
}

impl Stage {
    /// In the order a file passes through them.
    pub const ALL: [Self; 5] =
        [Self::Found, Self::Returned, Self::Accepted, Self::CloseAsked, Self::Closed];

    /// The word on screens and papers.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Found => "待受理",
            Self::Returned => "退回待补",
            Self::Accepted => "在办",
            Self::CloseAsked => "待审核销号",
            Self::Closed => "已销号",
        }
    }
}

/// Why an arrow does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum MoveError {
    /// The file does not stand where this act begins.
    #[error("this act does not exist in the present stage")]
    WrongStage,
    /// Whoever asked to close may not close (reviewer ≠ handler).
    #[error("whoever asked to close may not close")]
    OwnRequest,
    /// Two decisions stand against each other; one of them has to be chosen first.
    #[error("two decisions stand against each other")]
    Pending,
    /// It chooses a decision that is not among those that stand against each other.
    #[error("no such decision to choose")]
    NoSuchChoice,
    /// A decision that did not see it was made.
    #[error("arrived after a decision")]
    AfterDecision,
}

impl MoveError {
    /// The sentence beside the struck entry.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::WrongStage => "这一步没有生效：当时的环节不能这样办。留在经过里",
            Self::OwnRequest => "这一步没有生效：申请销号和审核销号不能是同一个人",
            Self::Pending => "这一步没有生效：两个决定还没有定下来",
            Self::NoSuchChoice => "这一步没有生效：选的决定不在其中",
            Self::AfterDecision => "决定之后到达：留在经过里，请审核人看一下",
        }
    }
}

/// A file's standing: its stage and what later arrows need to know of earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The stage in force.
    pub stage: Stage,
    /// How many times the file was opened: one, and one more for each reopening.
    pub round: u32,
    /// Who asked to close, while that is open.
    pub asked_by: Option<UserId>,
    /// Decisions that stand against each other (待定); empty in the ordinary case.
    pub against: Vec<ItemKey>,
    /// The file that stands in its place, where it was closed by joining that one (并案).
    pub joined_into: Option<DocumentId>,
}

impl Standing {
    /// A file that was just found.
    #[must_use]
    pub const fn found() -> Self {
        Self {
            stage: Stage::Found,
            round: 1,
            asked_by: None,
            against: Vec::new(),
            joined_into: None,
        }
    }

    fn at(&self, stage: Stage) -> Self {
        Self { stage, round: self.round, ..Self::found() }
    }

    /// 受理
    ///
    /// # Errors
    ///
    /// [`MoveError::WrongStage`] unless it was found or sent back.
    pub fn accept(&self) -> Result<Self, MoveError> {
        match self.stage {
            Stage::Found | Stage::Returned => Ok(self.at(Stage::Accepted)),
            _ => Err(MoveError::WrongStage),
        }
    }

    /// 退回: before acceptance for one missing thing, and again while that is still missing; a
    /// request to close is sent back to work.
    ///
    /// # Errors
    ///
    /// [`MoveError::WrongStage`] in work and after closing.
    pub fn send_back(&self) -> Result<Self, MoveError> {
        match self.stage {
            Stage::Found | Stage::Returned => Ok(self.at(Stage::Returned)),
            Stage::CloseAsked => Ok(self.at(Stage::Accepted)),
            _ => Err(MoveError::WrongStage),
        }
    }

    /// 申请销号
    ///
    /// # Errors
    ///
    /// [`MoveError::WrongStage`] unless it is in work; [`MoveError::Pending`] while two decisions
    /// stand against each other.
    pub fn ask_close(&self, by: &UserId) -> Result<Self, MoveError> {
        if !self.against.is_empty() {
            return Err(MoveError::Pending);
        }
        match self.stage {
            Stage::Accepted => {
                Ok(Self { asked_by: Some(by.clone()), ..self.at(Stage::CloseAsked) })
            }
            _ => Err(MoveError::WrongStage),
        }
    }

    /// 销号
    ///
    /// # Errors
    ///
    /// [`MoveError::WrongStage`] unless it was asked for; [`MoveError::OwnRequest`] for whoever
    /// asked.
    pub fn close(&self, by: &UserId) -> Result<Self, MoveError> {
        match (self.stage, &self.asked_by) {
            (Stage::CloseAsked, Some(asker)) if asker == by => Err(MoveError::OwnRequest),
            (Stage::CloseAsked, _) => Ok(self.at(Stage::Closed)),
            _ => Err(MoveError::WrongStage),
        }
    }

    /// 并案: another file stands in its place.
    ///
    /// # Errors
    ///
    /// [`MoveError::WrongStage`] after closing.
    pub fn join(&self, into: DocumentId) -> Result<Self, MoveError> {
        match self.stage {
            Stage::Closed => Err(MoveError::WrongStage),
            _ => Ok(Self { joined_into: Some(into), ..self.at(Stage::Closed) }),
        }
    }

    /// 重开
    ///
    /// # Errors
    ///
    /// [`MoveError::WrongStage`] unless it is closed.
    pub fn reopen(&self) -> Result<Self, MoveError> {
        match self.stage {
            Stage::Closed => {
                Ok(Self { round: self.round.saturating_add(1), ..self.at(Stage::Accepted) })
            }
            _ => Err(MoveError::WrongStage),
        }
    }
}

/// An entry with its place in the history.
#[derive(Debug, Clone, Copy)]
pub struct Happening<'a> {
    /// Its key.
    pub key: &'a ItemKey,
    /// Position of its change in the graph.
    pub change: usize,
    /// By whom and when.
    pub header: &'a EntryHeader,
    /// What happened.
    pub entry: &'a Entry,
}

/// Where a case file stands, and what its entries did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseState {
    /// The standing in force.
    pub standing: Standing,
    /// Entries that moved nothing, with the reason.
    pub void: BTreeMap<ItemKey, MoveError>,
    /// Entries that the decision in force did not see and that do not know it.
    pub late: BTreeSet<ItemKey>,
    /// The official number, once issued.
    pub number: Option<String>,
    /// Until when it is to be settled.
    pub due_on: Option<Date>,
    /// The decision in force, if any.
    pub decided_by: Option<ItemKey>,
}

/// Folds the entries of a case file. The result depends on the history alone, never on the order
/// in which it arrived.
#[must_use]
pub fn fold(graph: &ChangeGraph, happenings: &[Happening<'_>]) -> CaseState {
    let moves = Moves::judge(graph, happenings);
    let all = moves.everything();
    let standing = moves.standing_of(&all);
    let mut void = moves.void();
    let decision = moves.decision_in_force(&all);
    let late = decision
        .map_or_else(BTreeSet::new, |index| arrived_after(graph, happenings, &moves, index));
    for (index, step) in moves.steps.iter().enumerate() {
        if step.after.is_ok() && moves.is_overtaken(index, &all) {
            void.insert(step.happening.key.clone(), MoveError::AfterDecision);
        }
    }
    CaseState {
        number: happenings.iter().rev().find_map(|happening| match happening.entry {
            Entry::NumberIssued { number } => Some(number.clone()),
            _ => None,
        }),
        due_on: happenings.iter().rev().find_map(|happening| match happening.entry {
            Entry::Accepted { due_on, .. } if !void.contains_key(happening.key) => *due_on,
            _ => None,
        }),
        decided_by: decision
            .and_then(|index| moves.steps.get(index))
            .map(|step| step.happening.key.clone()),
        standing,
        void,
        late,
    }
}

/// One entry that moves a file, judged by what its author knew.
struct Step<'a> {
    happening: Happening<'a>,
    /// Which steps its author knew.
    past: IndexSet,
    /// Where the file stands after it, or why it moves nothing.
    after: Result<Standing, MoveError>,
}

impl Step<'_> {
    const fn is_decision(&self) -> bool {
        let kind = self.happening.entry.kind();
        kind.is_decision() || matches!(kind, EntryKind::ConflictResolved)
    }
}

struct Moves<'a> {
    steps: Vec<Step<'a>>,
}

fn is_move(entry: &Entry) -> bool {
    match entry {
        Entry::ConflictResolved { field, .. } => field == "stage",
        other => other.decides() || other.kind() == EntryKind::CloseAsked,
    }
}

impl<'a> Moves<'a> {
    fn judge(graph: &ChangeGraph, happenings: &[Happening<'a>]) -> Self {
        let moving: Vec<Happening<'a>> =
            happenings.iter().filter(|happening| is_move(happening.entry)).copied().collect();
        let marked: Vec<usize> = moving.iter().map(|happening| happening.change).collect();
        let known = graph.knowledge(&marked);
        let mut moves = Self { steps: Vec::with_capacity(moving.len()) };
        for happening in moving {
            let past = past_of(graph, &known, &marked, &happening);
            let before = moves.standing_of(&past);
            let after = moves.apply(&before, &happening);
            moves.steps.push(Step { happening, past, after });
        }
        moves
    }

    fn everything(&self) -> IndexSet {
        let mut all = IndexSet::default();
        (0..self.steps.len()).for_each(|index| all.insert(index));
        all
    }

    fn apply(&self, before: &Standing, happening: &Happening<'_>) -> Result<Standing, MoveError> {
        match happening.entry {
            Entry::Accepted { .. } => before.accept(),
            Entry::Returned { .. } => before.send_back(),
            Entry::CloseAsked { .. } => before.ask_close(&happening.header.by),
            Entry::Closed { .. } => before.close(&happening.header.by),
            Entry::Reopened { .. } => before.reopen(),
            Entry::Joined { with, .. } => before.join(*with),
            Entry::ConflictResolved { chosen, .. } => self.choose(before, chosen),
            _ => Ok(before.clone()),
        }
    }

    /// Decides between decisions: the chosen one stands.
    fn choose(&self, before: &Standing, chosen: &str) -> Result<Standing, MoveError> {
        if !before.against.iter().any(|key| key.as_str() == chosen) {
            return Err(MoveError::NoSuchChoice);
        }
        self.steps
            .iter()
            .find(|step| step.happening.key.as_str() == chosen)
            .and_then(|step| step.after.clone().ok())
            .ok_or(MoveError::NoSuchChoice)
    }

    /// Whether neither author knew the other's step.
    fn are_concurrent(&self, a: usize, b: usize) -> bool {
        let knows = |x: usize, y: usize| self.steps.get(x).is_some_and(|s| s.past.contains(y));
        a != b && !knows(a, b) && !knows(b, a)
    }

    /// Whether `index`, no decision itself, stands beside a decision that did not see it.
    fn is_overtaken(&self, index: usize, within: &IndexSet) -> bool {
        let Some(step) = self.steps.get(index) else { return false };
        !step.is_decision()
            && self.steps.iter().enumerate().any(|(other, decision)| {
                within.contains(other)
                    && decision.is_decision()
                    && decision.after.is_ok()
                    && self.are_concurrent(index, other)
            })
    }

    /// The steps that nobody within `known` has followed up.
    fn tips(&self, known: &IndexSet) -> Vec<usize> {
        let standing: Vec<usize> = (0..self.steps.len())
            .filter(|index| {
                known.contains(*index)
                    && self.steps.get(*index).is_some_and(|step| step.after.is_ok())
                    && !self.is_overtaken(*index, known)
            })
            .collect();
        standing
            .iter()
            .copied()
            .filter(|index| {
                !standing.iter().any(|other| {
                    self.steps.get(*other).is_some_and(|step| step.past.contains(*index))
                })
            })
            .collect()
    }

    /// Where the file stands for somebody who knows exactly these steps.
    fn standing_of(&self, known: &IndexSet) -> Standing {
        let tips = self.tips(known);
        let mut after = tips
            .iter()
            .filter_map(|index| self.steps.get(*index).and_then(|step| step.after.as_ref().ok()));
        let Some(first) = after.next() else { return Standing::found() };
        let is_same = |other: &Standing| {
            (other.stage, other.round, other.joined_into)
                == (first.stage, first.round, first.joined_into)
        };
        if after.all(is_same) {
            return first.clone();
        }
        let mut before = known.clone();
        for tip in &tips {
            if let Some(step) = self.steps.get(*tip) {
                before = before.intersection(&step.past);
            }
        }
        let against = tips
            .iter()
            .filter_map(|index| self.steps.get(*index))
            .map(|step| step.happening.key.clone())
            .collect();
        Standing { against, ..self.standing_of(&before) }
    }

    fn decision_in_force(&self, known: &IndexSet) -> Option<usize> {
        let standing = |index: &usize| {
            known.contains(*index)
                && self.steps.get(*index).is_some_and(|s| s.is_decision() && s.after.is_ok())
        };
        (0..self.steps.len()).rev().find(standing)
    }

    fn void(&self) -> BTreeMap<ItemKey, MoveError> {
        self.steps
            .iter()
            .filter_map(|step| Some((step.happening.key.clone(), step.after.clone().err()?)))
            .collect()
    }
}

/// Which moves the author of `happening` knew: those he saw when deciding, else those his change
/// was made on. Never his own.
fn past_of(
    graph: &ChangeGraph,
    known: &[IndexSet],
    marked: &[usize],
    happening: &Happening<'_>,
) -> IndexSet {
    let mut past = IndexSet::default();
    match happening.entry.seen() {
        Some(heads) => heads
            .iter()
            .filter_map(|hex| graph.find_hex(hex))
            .filter_map(|index| known.get(index))
            .for_each(|set| past.extend(set)),
        None => past.extend(known.get(happening.change).unwrap_or(&IndexSet::default())),
    }
    let own: Vec<usize> = marked
        .iter()
        .enumerate()
        .filter(|(_, change)| **change == happening.change)
        .map(|(position, _)| position)
        .collect();
    let mut others = IndexSet::default();
    (0..marked.len())
        .filter(|position| past.contains(*position) && !own.contains(position))
        .for_each(|position| others.insert(position));
    others
}

/// Entries that the decision at `index` did not see and whose authors did not know it.
fn arrived_after(
    graph: &ChangeGraph,
    happenings: &[Happening<'_>],
    moves: &Moves<'_>,
    index: usize,
) -> BTreeSet<ItemKey> {
    let Some(decision) = moves.steps.get(index) else { return BTreeSet::new() };
    let changes: Vec<usize> = happenings.iter().map(|happening| happening.change).collect();
    let known = graph.knowledge(&changes);
    let mut seen = IndexSet::default();
    match decision.happening.entry.seen() {
        Some(heads) => heads
            .iter()
            .filter_map(|hex| graph.find_hex(hex))
            .filter_map(|at| known.get(at))
            .for_each(|set| seen.extend(set)),
        None => seen.extend(known.get(decision.happening.change).unwrap_or(&IndexSet::default())),
    }
    let Some(own) = happenings.iter().position(|h| h.key == decision.happening.key) else {
        return BTreeSet::new();
    };
    happenings
        .iter()
        .enumerate()
        .filter(|(position, happening)| {
            happening.change != decision.happening.change
                && happening.entry.kind() != EntryKind::NumberIssued
                && !seen.contains(*position)
                && !known.get(happening.change).is_some_and(|set| set.contains(own))
        })
        .map(|(_, happening)| happening.key.clone())
        .collect()
}

#[cfg(test)]
mod tests;
