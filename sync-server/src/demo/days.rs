//! Invented files are handed in once a day for the whole county, as if every device had met the
//! server in the evening.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow};
use yidang_documents::{Document, Edit};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::ids::UserId;

use crate::app::App;

use super::cases::{self, id_of};
use super::instant;
use super::matters::Matter;
use super::phone::{Phone, hand_in};

/// Minutes after nine in the morning.
const EVENING: i64 = 9 * 60 + 30;

/// What happens on each day, by the place of its matter and of its turn; no turn begins the file.
pub struct Days<'a> {
    matters: &'a [Matter],
    days: BTreeMap<i64, Vec<(usize, Option<usize>)>>,
}

impl<'a> Days<'a> {
    /// The days of these matters.
    pub fn of(matters: &'a [Matter]) -> Self {
        let mut days: BTreeMap<i64, Vec<(usize, Option<usize>)>> = BTreeMap::new();
        for (place, matter) in matters.iter().enumerate() {
            days.entry(matter.case.day).or_default().push((place, None));
            for (turn, told) in matter.turns.iter().enumerate() {
                days.entry(told.day).or_default().push((place, Some(turn)));
            }
        }
        Self { matters, days }
    }

    /// The evening of every day on which something happened.
    pub fn evenings(&self, today: Date) -> impl Iterator<Item = (InstantMs, i64)> {
        self.days.keys().map(move |day| (instant(today, *day, EVENING), *day))
    }

    /// Hands in everything of one day.
    pub fn write(
        &self,
        app: &App,
        phones: &BTreeMap<UserId, Phone>,
        today: Date,
        day: i64,
    ) -> Result<()> {
        let mut documents: BTreeMap<usize, Document> = BTreeMap::new();
        let mut batches = Vec::new();
        for (order, (place, turn)) in (0_i64..).zip(self.days.get(&day).into_iter().flatten()) {
            let matter = self.matters.get(*place).context("a day without its matter")?;
            let at = instant(today, day, order % (EVENING - 30));
            let (by, edits) = match turn.map(|turn| matter.turns.get(turn)) {
                Some(turn) => {
                    let turn = turn.context("a day without its turn")?;
                    (&turn.by, vec![Edit::AddEntry(turn.entry.clone())])
                }
                None => (&matter.case.by, cases::beginning(&matter.case, today)),
            };
            let mut document = match documents.remove(place) {
                Some(document) => document,
                None if turn.is_none() => cases::begin(&matter.case, today)?,
                None => cases::held(app, id_of(&matter.case, today))?,
            };
            let phone = phones.get(by).ok_or_else(|| anyhow!("{by} has no phone"))?;
            batches.push(phone.write(&mut document, &edits, at)?);
            documents.insert(*place, document);
        }
        hand_in(app, &batches, instant(today, day, EVENING))
            .with_context(|| format!("invented files of day {day}"))
    }
}
