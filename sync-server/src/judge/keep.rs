//! Writes what was accepted: the log, the changes, the indexes, and the number that follows.

use prost::Message;
use yidang_documents::{
    CaseProjection, Document, Edit, Projection, VisitDayProjection, actor_id, project,
};
use yidang_domain::calendar::Exception;
use yidang_domain::case_state::Stage;
use yidang_domain::civil::InstantMs;
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::ids::{DocumentId, UserId};
use yidang_domain::reference::VillageDay;

use crate::boundary::Boundary;
use crate::county::SERVER_USER;
use crate::households;
use crate::kinds;
use crate::store::{CaseRow, DocumentRow, LogKind, StoreError};

use super::acts::action_of;
use super::number::CaseNumber;
use super::{Examined, Judge, Ruling, Verified, shelf, verify};

impl Judge<'_> {
    /// Puts an examined batch into the log and everything that follows from it beside it.
    pub(super) fn keep(
        &mut self,
        verified: &Verified,
        examined: &Examined,
    ) -> Result<u64, StoreError> {
        let bytes = verified.batch.encode_to_vec();
        let document = &verified.document;
        let seq = self.db.append(LogKind::Batch, document, &bytes, self.now.0)?;
        self.db.passed(Boundary::Logged);
        self.db.wrote(&verified.header.certificate, seq)?;
        if let Ok(Some(action)) = action_of(&verified.header) {
            self.db.took_act(&action.name, document, seq)?;
        }
        self.keep_at(seq, document, examined).map(|()| seq)
    }

    /// Writes what follows from a record at `seq`: the changes, the indexes, the numbers in them.
    pub(super) fn keep_at(
        &mut self,
        seq: u64,
        document: &[u8; 16],
        examined: &Examined,
    ) -> Result<(), StoreError> {
        let kind = examined.document.kind();
        self.db.put_document(&DocumentRow {
            id: *document,
            kind: kinds::number_of(kind),
            home: examined.document.home().to_string(),
            org: examined.org.to_string(),
            heads: examined.document.heads(),
            last_seq: seq,
        })?;
        for change in &examined.changes {
            self.db.put_change(document, seq, change)?;
            self.db.forgive_change(document, &change.hash)?;
        }
        let came = examined.changes.iter().map(|change| change.hash);
        self.arrived.entry(*document).or_default().extend(came);
        let keys = self.register.index_keys(kind, &examined.org);
        self.db.index_document(document, &keys, seq)?;
        self.keep_numbers(examined, document)
    }

    /// Numbers that stand in accepted changes are taken, also those of a server before a restore.
    fn keep_numbers(&self, examined: &Examined, document: &[u8; 16]) -> Result<(), StoreError> {
        let entries =
            examined.performed.iter().flat_map(|did| did.entries.iter().chain(&did.again));
        for (_, _, entry) in entries {
            let Entry::NumberIssued { number } = entry else { continue };
            let Some(parsed) = CaseNumber::parse(number) else { continue };
            let CaseNumber { committee, year, number } = parsed;
            if !self.db.put_number(&committee, year, number, document)? {
                let id = DocumentId::from_bytes(*document);
                tracing::error!(%id, number, year, "a number was issued twice; the file gets another");
            }
        }
        Ok(())
    }

    /// Brings the line of a case file in lists up to date.
    pub(crate) fn keep_line(
        &self,
        document: &[u8; 16],
        projection: &Projection,
    ) -> Result<(), StoreError> {
        match projection {
            Projection::CaseFile(case) => self.db.put_case(document, &case_row(case)),
            Projection::Household(household) => {
                let (line, words) = households::line(self.register, household);
                self.db.put_household(&line, &words)
            }
            Projection::VisitDay(day) => self.keep_day(day),
        }
    }

    /// What was decided about a visit day says when its team reads the village.
    fn keep_day(&self, day: &VisitDayProjection) -> Result<(), StoreError> {
        if let Some(decided) = village_day(day, self.now)
            && self.db.put_village_day(&decided)?
        {
            self.db.touch_register()?;
        }
        Ok(())
    }

    /// Makes the line of a document anew, as it is.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn make_line(&self, document: &[u8; 16]) -> Result<(), StoreError> {
        let Some(row) = self.db.document(document)? else { return Ok(()) };
        self.keep_line(document, &project(&shelf::load(self.db, &row)?))
    }

    /// Whether a number stands in the register for another document: it was issued twice, by a server that
    /// had gone back in time before anybody noticed.
    fn is_anothers(&self, number: &str, document: &[u8; 16]) -> Result<bool, StoreError> {
        let Some(parsed) = CaseNumber::parse(number) else { return Ok(false) };
        let CaseNumber { committee, year, number } = parsed;
        let holder = self.db.holder_of_number(&committee, year, number)?;
        Ok(holder.is_some_and(|holder| holder != *document))
    }

    /// Issues the number of an accepted case file that has none, or one that is another file's; whether it
    /// did.
    pub(super) fn issue_number(
        &mut self,
        found: &Document,
        projection: &Projection,
    ) -> Result<bool, StoreError> {
        let Projection::CaseFile(case) = projection else { return Ok(false) };
        // An acceptance that stands against another decision gives none until somebody decides.
        let is_in_force = matches!(case.stage, Stage::Accepted | Stage::CloseAsked | Stage::Closed)
            && case.entries_of(EntryKind::Accepted).next().is_some();
        if self.healing || !is_in_force {
            return Ok(false);
        }
        let is_due = match &case.number {
            None => true,
            Some(number) => self.is_anothers(number, found.id().as_bytes())?,
        };
        if !is_due {
            return Ok(false);
        }
        let mut copy = found.clone();
        let grid = case.grid();
        let today = self.now.date();
        let committee = self.register.committee(&grid);
        let number = self.db.next_number(&committee, today.year())?;
        let text = CaseNumber { committee, year: today.year(), number }.to_string();
        let committed = copy
            .commit(
                &self.county.writer(self.now),
                None,
                &[Edit::AddEntry(Entry::NumberIssued { number: text })],
            )
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let batch = self.county.own_batch(&copy, vec![committed.bytes]);
        let ruling = match verify(self.db, self.county, &batch) {
            Ok(verified) => self.rule(&verified)?,
            Err(no) => self.settle_no(&batch, no)?,
        };
        let is_accepted = matches!(ruling, Ruling::Accepted(_));
        if !is_accepted {
            tracing::error!("the number of a case file was not accepted");
        }
        Ok(is_accepted)
    }
}

/// What was decided about a visit day of this year or one beside it.
pub(crate) fn village_day(day: &VisitDayProjection, now: InstantMs) -> Option<VillageDay> {
    let village = day.common.home.clone();
    let year = now.date().year();
    let nominal = kinds::nominal_of(day.common.id, &village, (year - 1, year + 1))?;
    let decision = day.decision()?;
    Some(VillageDay { village, exception: Exception { nominal, decision } })
}

/// The line of a case file in lists.
pub(crate) fn case_row(case: &CaseProjection) -> CaseRow {
    let stage = serde_json::to_value(case.stage);
    let stage = stage.ok().and_then(|word| word.as_str().map(str::to_owned));
    CaseRow {
        org: case.grid().to_string(),
        stage: stage.unwrap_or_default(),
        category: case.fact("category"),
        risk: case.fact("risk").parse().unwrap_or(0),
        number: case.number.clone().unwrap_or_default(),
        due_on: case.due_on.map(|date| date.to_string()).unwrap_or_default(),
        matter: case.fact("matter"),
        round: case.round,
        clashes: u32::try_from(case.common.clashes.len()).unwrap_or(u32::MAX),
        last_at_ms: case.common.last_at.0,
    }
}

impl crate::county::ServerActor {
    /// The actor under which the server writes.
    #[must_use]
    pub fn actor(&self) -> yidang_documents::Actor {
        let user = UserId::from(SERVER_USER);
        actor_id(&self.seed.public_key(), &user, &self.nonce, self.incarnation)
    }
}
