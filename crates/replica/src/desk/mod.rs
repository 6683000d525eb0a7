//! Answers the local questions of the table. Nothing here waits for a network.

mod cases;
mod county;
mod day;
mod lists;
mod today;
mod write;

use yidang_api::case_file::{
    AddEntry, AddParty, CaseFileQuestion, CaseFileView, ExportCaseFile, ExportedFile, MarkLooked,
    OpenCaseFile, Opened, Resolve, Saved, SetFact, SetPartyField,
};
use yidang_api::county::{CountyQuestion, CountyView};
use yidang_api::draft::{DraftQuestion, DraftView, DropDraft, SaveDraft};
use yidang_api::list::{
    CaseRow, ExportRegister, ListCaseFiles, ListView, QueuesQuestion, QueuesView, SimilarCaseFiles,
};
use yidang_api::session::{SessionQuestion, SessionView};
use yidang_api::sync::{SyncQuestion, SyncView};
use yidang_api::today::{TodayQuestion, TodayView};
use yidang_api::visit_day::{
    AddVisitEntry, RegisterWalkIn, VisitDayQuestion, VisitDayView, WalkInRegistered,
};
use yidang_api::{Desk, Fault};

use crate::device::Device;
use crate::store::StoreError;

pub(crate) use write::{AskContext, index, indexed, put_rows};

/// A device with the question it is answering, so that the journal can name it.
pub(crate) struct Answering<'a> {
    pub device: &'a mut Device,
    pub ask: AskContext,
}

impl Desk for Answering<'_> {
    fn session(&mut self, _: SessionQuestion) -> Result<SessionView, Fault> {
        Ok(self.device.session_view())
    }

    fn today(&mut self, _: TodayQuestion) -> Result<TodayView, Fault> {
        today::view(self.device)
    }

    fn open_case_file(&mut self, question: OpenCaseFile) -> Result<Opened, Fault> {
        cases::open(self, &question)
    }

    fn similar_case_files(&mut self, question: SimilarCaseFiles) -> Result<Vec<CaseRow>, Fault> {
        lists::similar(self.device, &question)
    }

    fn case_file(&mut self, question: CaseFileQuestion) -> Result<CaseFileView, Fault> {
        cases::view(self.device, question.id)
    }

    fn set_fact(&mut self, question: SetFact) -> Result<Saved, Fault> {
        cases::set_fact(self, &question)
    }

    fn add_party(&mut self, question: AddParty) -> Result<Saved, Fault> {
        cases::add_party(self, &question)
    }

    fn set_party_field(&mut self, question: SetPartyField) -> Result<Saved, Fault> {
        cases::set_party_field(self, &question)
    }

    fn add_entry(&mut self, question: AddEntry) -> Result<Saved, Fault> {
        cases::add_entry(self, question)
    }

    fn resolve(&mut self, question: Resolve) -> Result<Saved, Fault> {
        cases::resolve(self, &question)
    }

    fn mark_looked(&mut self, question: MarkLooked) -> Result<(), Fault> {
        let at = self.device.senses.now();
        let desk = self.device.desk()?;
        desk.store.write(|write| -> Result<(), StoreError> {
            write.put_looked(question.case, &question.heads.0, at)
        })?;
        self.device.touch();
        Ok(())
    }

    fn export_case_file(&mut self, question: ExportCaseFile) -> Result<ExportedFile, Fault> {
        cases::export(self.device, question.id)
    }

    fn export_register(&mut self, question: ExportRegister) -> Result<ExportedFile, Fault> {
        lists::register(self.device, &question.list)
    }

    fn save_draft(&mut self, question: SaveDraft) -> Result<(), Fault> {
        let at = self.device.senses.now();
        let desk = self.device.desk()?;
        desk.store.write(|write| -> Result<(), StoreError> {
            write.put_draft(&question.form, &question.content, at)
        })?;
        Ok(())
    }

    fn draft(&mut self, question: DraftQuestion) -> Result<Option<DraftView>, Fault> {
        Ok(self.device.desk()?.store.draft(&question.form)?)
    }

    fn drop_draft(&mut self, question: DropDraft) -> Result<(), Fault> {
        let desk = self.device.desk()?;
        desk.store.write(|write| -> Result<(), StoreError> { write.drop_draft(&question.form) })?;
        Ok(())
    }

    fn visit_day(&mut self, question: VisitDayQuestion) -> Result<VisitDayView, Fault> {
        day::view(self.device, &question)
    }

    fn register_walk_in(&mut self, question: RegisterWalkIn) -> Result<WalkInRegistered, Fault> {
        day::register(self, &question)
    }

    fn add_visit_entry(&mut self, question: AddVisitEntry) -> Result<Saved, Fault> {
        day::add_entry(self, question)
    }

    fn list_case_files(&mut self, question: ListCaseFiles) -> Result<ListView, Fault> {
        lists::list(self.device, &question)
    }

    fn queues(&mut self, _: QueuesQuestion) -> Result<QueuesView, Fault> {
        lists::queues(self.device)
    }

    fn county(&mut self, question: CountyQuestion) -> Result<CountyView, Fault> {
        county::view(self.device, &question)
    }

    fn sync_state(&mut self, _: SyncQuestion) -> Result<SyncView, Fault> {
        crate::sync::view(self.device)
    }
}
