//! Answers the local questions of the table. Nothing here waits for a network.

mod about;
mod cases;
mod county;
mod day;
mod find;
mod handover;
mod households;
mod joins;
mod lists;
mod messages;
mod month;
mod paper_head;
mod party_homes;
mod places;
mod plan;
mod rejected;
mod targets;
mod ties;
mod today;
mod workers;
mod write;

use yidang_api::carry::{
    CarryAsk, CarryChoice, CarryChoicesQuestion, CarryOpen, CarryPack, CarryPacked, CarryQuestion,
    CarryStop, CarryView,
};
use yidang_api::case_file::{
    AddEntry, AddParty, CaseFileQuestion, CaseFileView, CaseFilesJoined, ExportBundle,
    ExportCaseFile, ExportedFile, JoinCaseFile, MarkLooked, OpenCaseFile, Opened,
    PaperHeadQuestion, PaperHeadView, Resolve, Saved, SetFact, SetPartyField,
};
use yidang_api::county::{CountyQuestion, CountyView};
use yidang_api::device::{Complain, ComplaintRow, ComplaintsQuestion, DeviceQuestion, DeviceView};
use yidang_api::draft::{DraftQuestion, DraftView, DropDraft, SaveDraft};
use yidang_api::find::{DropView, FindQuestion, FindView, SaveView, SavedView, SavedViewsQuestion};
use yidang_api::household::{
    AddHouseholdEntry, AddMember, GridQuestion, GridView, HouseholdQuestion, HouseholdSaved,
    HouseholdView, MergeHousehold, MoveHousehold, MoveTargetsQuestion, OpenHousehold,
    SetHouseholdFact, SetMemberField, SplitHousehold, TargetVillage,
};
use yidang_api::list::{
    CaseRow, ExportRegister, ListCaseFiles, ListView, QueuesQuestion, QueuesView, SimilarCaseFiles,
};
use yidang_api::message::{MarkMessagesRead, MessagesQuestion, MessagesView};
use yidang_api::places::{
    GridsQuestion, GridsView, HandoverQuestion, HandoverView, MapQuestion, MapView,
    VisitMonthQuestion, VisitMonthView, WorkersQuestion, WorkersView,
};
use yidang_api::rejected::{DropRejected, RejectedQuestion, RejectedRow};
use yidang_api::session::{SessionQuestion, SessionView};
use yidang_api::sync::{SyncQuestion, SyncView};
use yidang_api::today::{TodayQuestion, TodayView};
use yidang_api::visit_day::{
    AddVisitEntry, RegisterWalkIn, VisitDayQuestion, VisitDayView, WalkInRegistered,
};
use yidang_api::{Desk, Fault};

use crate::boundary::Boundary;
use crate::carry;
use crate::device::Device;
use crate::store::{ReadRejected, StoreError};

pub(crate) use plan::nominal_of;
pub(crate) use rejected::row as rejected_row;
pub(crate) use write::{AskContext, Indexed, index, indexed, put_rows};

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

    fn join_case_file(&mut self, question: JoinCaseFile) -> Result<CaseFilesJoined, Fault> {
        joins::join(self, &question)
    }

    fn resolve(&mut self, question: Resolve) -> Result<Saved, Fault> {
        cases::resolve(self, &question)
    }

    fn mark_looked(&mut self, question: MarkLooked) -> Result<(), Fault> {
        let at = self.device.senses.now();
        let desk = self.device.desk()?;
        let heads = desk.store.renamed(question.case)?.heads(&question.heads.0);
        desk.store.write(|write| -> Result<(), StoreError> {
            write.see_messages(Some(question.case))?;
            write.put_looked(question.case, &heads, at)
        })?;
        self.device.touch();
        Ok(())
    }

    fn export_case_file(&mut self, question: ExportCaseFile) -> Result<ExportedFile, Fault> {
        cases::export(self.device, question.id)
    }

    fn export_bundle(&mut self, question: ExportBundle) -> Result<ExportedFile, Fault> {
        cases::export_bundle(self.device, question.id)
    }

    fn paper_head(&mut self, question: PaperHeadQuestion) -> Result<PaperHeadView, Fault> {
        paper_head::of(self.device, question.id)
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
        desk.store.passed(Boundary::DraftKept);
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

    fn my_grid(&mut self, question: GridQuestion) -> Result<GridView, Fault> {
        households::grid(self.device, &question)
    }

    fn household(&mut self, question: HouseholdQuestion) -> Result<HouseholdView, Fault> {
        households::view(self.device, &question)
    }

    fn open_household(&mut self, question: OpenHousehold) -> Result<HouseholdSaved, Fault> {
        households::open(self, &question)
    }

    fn set_household_fact(&mut self, question: SetHouseholdFact) -> Result<Saved, Fault> {
        households::set_fact(self, &question)
    }

    fn add_member(&mut self, question: AddMember) -> Result<Saved, Fault> {
        households::add_member(self, &question)
    }

    fn set_member_field(&mut self, question: SetMemberField) -> Result<Saved, Fault> {
        households::set_member_field(self, &question)
    }

    fn add_household_entry(&mut self, question: AddHouseholdEntry) -> Result<Saved, Fault> {
        households::add_entry(self, &question)
    }

    fn move_targets(&mut self, question: MoveTargetsQuestion) -> Result<Vec<TargetVillage>, Fault> {
        targets::view(self.device, &question)
    }

    fn move_household(&mut self, question: MoveHousehold) -> Result<Saved, Fault> {
        households::move_to(self, &question)
    }

    fn split_household(&mut self, question: SplitHousehold) -> Result<HouseholdSaved, Fault> {
        households::split(self, &question)
    }

    fn merge_household(&mut self, question: MergeHousehold) -> Result<HouseholdSaved, Fault> {
        households::merge(self, &question)
    }

    fn find(&mut self, question: FindQuestion) -> Result<FindView, Fault> {
        find::find(self.device, &question)
    }

    fn saved_views(&mut self, question: SavedViewsQuestion) -> Result<Vec<SavedView>, Fault> {
        find::views(self.device, &question)
    }

    fn save_view(&mut self, question: SaveView) -> Result<(), Fault> {
        find::save_view(self.device, &question)
    }

    fn drop_view(&mut self, question: DropView) -> Result<(), Fault> {
        find::drop_view(self.device, &question)
    }

    fn messages(&mut self, question: MessagesQuestion) -> Result<MessagesView, Fault> {
        messages::view(self.device, &question)
    }

    fn mark_messages_read(&mut self, question: MarkMessagesRead) -> Result<(), Fault> {
        messages::mark_read(self.device, &question)
    }

    fn visit_month(&mut self, question: VisitMonthQuestion) -> Result<VisitMonthView, Fault> {
        month::view(self.device, &question)
    }

    fn grids(&mut self, question: GridsQuestion) -> Result<GridsView, Fault> {
        places::grids(self.device, &question)
    }

    fn workers(&mut self, question: WorkersQuestion) -> Result<WorkersView, Fault> {
        workers::view(self.device, &question)
    }

    fn handover(&mut self, question: HandoverQuestion) -> Result<HandoverView, Fault> {
        handover::view(self.device, &question)
    }

    fn map(&mut self, question: MapQuestion) -> Result<MapView, Fault> {
        places::map(self.device, &question)
    }

    fn device(&mut self, question: DeviceQuestion) -> Result<DeviceView, Fault> {
        about::device(self.device, &question)
    }

    fn complain(&mut self, question: Complain) -> Result<ComplaintRow, Fault> {
        about::complain(self, &question)
    }

    fn complaints(&mut self, question: ComplaintsQuestion) -> Result<Vec<ComplaintRow>, Fault> {
        about::complaints(self.device, &question)
    }

    fn rejected(&mut self, question: RejectedQuestion) -> Result<Vec<RejectedRow>, Fault> {
        rejected::list(self.device, &question)
    }

    fn drop_rejected(&mut self, question: DropRejected) -> Result<(), Fault> {
        rejected::drop_one(self.device, &question)
    }

    fn carry_choices(&mut self, _: CarryChoicesQuestion) -> Result<Vec<CarryChoice>, Fault> {
        carry::choices(self.device)
    }

    fn carry_state(&mut self, _: CarryQuestion) -> Result<CarryView, Fault> {
        Ok(carry::state(self.device))
    }

    fn carry_stop(&mut self, _: CarryStop) -> Result<CarryView, Fault> {
        Ok(carry::stop(self.device))
    }

    fn carry_ask(&mut self, _: CarryAsk) -> Result<ExportedFile, Fault> {
        carry::ask(self.device)
    }

    fn carry_pack(&mut self, question: CarryPack) -> Result<CarryPacked, Fault> {
        carry::pack(self.device, &question)
    }

    fn carry_open(&mut self, question: CarryOpen) -> Result<CarryView, Fault> {
        carry::open(self.device, &question)
    }

    fn sync_state(&mut self, _: SyncQuestion) -> Result<SyncView, Fault> {
        crate::sync::view(self.device)
    }
}
