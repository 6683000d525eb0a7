//! The table itself.
#![expect(clippy::missing_errors_doc, reason = "every error of the table is a Fault")]

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::admin::{
    CodeView, GridChanged, ImportSheet, ImportState, ImportView, LiftSuspension, MakeCode,
    MergeGrid, PutAssignment, PutCalendar, PutUser, PutVisitRule, ReferenceQuestion, ReferenceView,
    RegisterChanged, RevokeDevice, SplitGrid, UnitView, UnitsQuestion, UsersQuestion, UsersView,
};
use crate::carry::{
    CarryAsk, CarryChoice, CarryChoicesQuestion, CarryGive, CarryOpen, CarryPack, CarryPacked,
    CarryQuestion, CarryStop, CarryTake, CarryView,
};
use crate::case_file::{
    AddEntry, AddParty, CaseFileQuestion, CaseFileView, CaseFilesJoined, ExportBundle,
    ExportCaseFile, ExportedFile, JoinCaseFile, MarkLooked, OpenCaseFile, Opened,
    PaperHeadQuestion, PaperHeadView, Resolve, Saved, SetFact, SetPartyField,
};
use crate::county::{CountyQuestion, CountyView};
use crate::device::{
    Complain, ComplaintRow, ComplaintTaken, ComplaintsQuestion, DeviceQuestion, DeviceView,
    TakeComplaint,
};
use crate::draft::{DraftQuestion, DraftView, DropDraft, SaveDraft};
use crate::erasure::{AskErasure, ErasuresQuestion, ErasuresView, SettleErasure};
use crate::fault::{Fault, FaultCode};
use crate::find::{DropView, FindQuestion, FindView, SaveView, SavedView, SavedViewsQuestion};
use crate::household::{
    AddHouseholdEntry, AddMember, ConsultHousehold, ConsultPeople, GridQuestion, GridView,
    HouseholdQuestion, HouseholdSaved, HouseholdView, MergeHousehold, MoveHousehold,
    MoveTargetsQuestion, OpenHousehold, PeopleView, SetHouseholdFact, SetMemberField,
    SplitHousehold, TargetVillage,
};
use crate::list::{
    CaseRow, ExportRegister, ListCaseFiles, ListView, QueuesQuestion, QueuesView, SimilarCaseFiles,
};
use crate::message::{MarkMessagesRead, MessagesQuestion, MessagesView};
use crate::oversight::{
    ComplaintAnswer, ComplaintAnswersQuestion, HandleComplaint, HeldComplaint,
    HeldComplaintsQuestion, HeldComplaintsView, LooksQuestion, LooksView,
};
use crate::places::{
    CountHouseholds, GridsQuestion, GridsView, HandoverQuestion, HandoverView, HouseholdCounts,
    MapQuestion, MapView, VisitMonthQuestion, VisitMonthView, WorkersQuestion, WorkersView,
};
use crate::rejected::{DropRejected, RejectedQuestion, RejectedRow};
use crate::review::{ReviewSettled, ReviewsQuestion, ReviewsView, SettleReview};
use crate::session::{
    DemoPeople, DemoPerson, DemoSignIn, Enrol, SessionQuestion, SessionView, SignOut,
};
use crate::sync::{SyncNow, SyncQuestion, SyncView};
use crate::today::{TodayQuestion, TodayView};
use crate::trouble::{TroublesQuestion, TroublesView};
use crate::visit_day::{
    AddVisitEntry, RegisterWalkIn, VisitDayQuestion, VisitDayView, WalkInRegistered,
};

/// Whether a question may wait for a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Answered from the device.
    Local,
    /// Answered with the help of the server.
    Network,
    /// Answered by the server alone; the device forwards it and keeps nothing.
    Online,
}

/// A question, typed together with its answer so that the two cannot be mismatched.
pub trait Question: Serialize + DeserializeOwned {
    /// Its name in the table.
    const NAME: &'static str;
    /// Whether it may wait for a network.
    const KIND: Kind;
    /// The answer.
    type Reply: Serialize + DeserializeOwned;
}

macro_rules! questions {
    (
        local { $( $(#[$ldoc:meta])* $lname:ident: $lask:ty => $lreply:ty; )* }
        network { $( $(#[$ndoc:meta])* $nname:ident: $nask:ty => $nreply:ty; )* }
        online { $( $(#[$odoc:meta])* $oname:ident: $oask:ty => $oreply:ty; )* }
    ) => {
        $( impl Question for $lask {
            const NAME: &'static str = stringify!($lname);
            const KIND: Kind = Kind::Local;
            type Reply = $lreply;
        } )*
        $( impl Question for $nask {
            const NAME: &'static str = stringify!($nname);
            const KIND: Kind = Kind::Network;
            type Reply = $nreply;
        } )*

        $( impl Question for $oask {
            const NAME: &'static str = stringify!($oname);
            const KIND: Kind = Kind::Online;
            type Reply = $oreply;
        } )*

        /// Every name of the table with its kind.
        pub const NAMES: &[(&str, Kind)] = &[
            $( (stringify!($lname), Kind::Local), )*
            $( (stringify!($nname), Kind::Network), )*
            $( (stringify!($oname), Kind::Online), )*
        ];

        /// Answers the local questions; every error is a [`Fault`]. A new question without an
        /// answer does not compile.
        pub trait Desk {
            $( $(#[$ldoc])*
            fn $lname(&mut self, question: $lask) -> Result<$lreply, Fault>; )*
        }

        /// Answers the questions that need a network; every error is a [`Fault`].
        #[expect(async_fn_in_trait, reason = "the browser's worker has one thread and no Send")]
        pub trait Link {
            $( $(#[$ndoc])*
            async fn $nname(&self, question: $nask) -> Result<$nreply, Fault>; )*
        }

        /// Answers the online questions for one person; every error is a [`Fault`].
        pub trait Hall {
            $( $(#[$odoc])*
            fn $oname(&self, question: $oask) -> Result<$oreply, Fault>; )*
        }

        /// Puts the online question `name` with its JSON to `hall`; `None` if it is no such one.
        pub fn dispatch_online<H: Hall>(
            hall: &H,
            name: &str,
            json: &str,
        ) -> Option<Result<String, Fault>> {
            match name {
                $( stringify!($oname) => Some(
                    read(json).and_then(|question| hall.$oname(question)).and_then(|r| write(&r))
                ), )*
                _ => None,
            }
        }

        /// Puts the local question `name` with its JSON to `desk`; `None` if it is no local one.
        pub fn dispatch_local<D: Desk>(
            desk: &mut D,
            name: &str,
            json: &str,
        ) -> Option<Result<String, Fault>> {
            match name {
                $( stringify!($lname) => Some(
                    read(json).and_then(|question| desk.$lname(question)).and_then(|r| write(&r))
                ), )*
                _ => None,
            }
        }

        /// Puts the network question `name` with its JSON to `link`; `None` if it is no such one.
        pub async fn dispatch_network<L: Link>(
            link: &L,
            name: &str,
            json: &str,
        ) -> Option<Result<String, Fault>> {
            match name {
                $( stringify!($nname) => Some(match read(json) {
                    Ok(question) => link.$nname(question).await.and_then(|r| write(&r)),
                    Err(fault) => Err(fault),
                }), )*
                _ => None,
            }
        }
    };
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, Fault> {
    serde_json::from_str(json)
        .map_err(|error| Fault::new(FaultCode::Internal, format!("malformed question: {error}")))
}

fn write<T: Serialize>(reply: &T) -> Result<String, Fault> {
    serde_json::to_string(reply)
        .map_err(|error| Fault::new(FaultCode::Internal, format!("unwritable answer: {error}")))
}

/// Of which kind the question `name` is; `None` for a name that is not in the table.
#[must_use]
pub fn kind_of(name: &str) -> Option<Kind> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

questions! {
    local {
        /// Who is signed in on this device.
        session: SessionQuestion => SessionView;
        /// The home of the person signed in: what is due, what was promised, the next visit day.
        today: TodayQuestion => TodayView;
        /// Opens a file from one sentence and six fields (建档).
        open_case_file: OpenCaseFile => Opened;
        /// Files that may be about the same matter.
        similar_case_files: SimilarCaseFiles => Vec<CaseRow>;
        /// One file, whole.
        case_file: CaseFileQuestion => CaseFileView;
        /// Writes one fact.
        set_fact: SetFact => Saved;
        /// Adds a party.
        add_party: AddParty => Saved;
        /// Writes one field of a party.
        set_party_field: SetPartyField => Saved;
        /// Adds an entry (记一笔), decisions of reviewers included.
        add_entry: AddEntry => Saved;
        /// Joins two files that are about one matter (并案).
        join_case_file: JoinCaseFile => CaseFilesJoined;
        /// Decides a clash (采用甲 / 采用乙 / 另填).
        resolve: Resolve => Saved;
        /// Says that the changes of a file were seen (知道了).
        mark_looked: MarkLooked => ();
        /// The file as standard Automerge bytes.
        export_case_file: ExportCaseFile => ExportedFile;
        /// The file with everything that proves it (档案包), for `yidang-verify`.
        export_bundle: ExportBundle => ExportedFile;
        /// What stands at the foot of every printed page of a file (打印).
        paper_head: PaperHeadQuestion => PaperHeadView;
        /// A list as a spreadsheet (台账).
        export_register: ExportRegister => ExportedFile;
        /// Keeps what was typed.
        save_draft: SaveDraft => ();
        /// What was typed before.
        draft: DraftQuestion => Option<DraftView>;
        /// Throws a draft away.
        drop_draft: DropDraft => ();
        /// One visit day of one village.
        visit_day: VisitDayQuestion => VisitDayView;
        /// Registers a walk-in (登记来访).
        register_walk_in: RegisterWalkIn => WalkInRegistered;
        /// Answers a walk-in, moves or cancels the day.
        add_visit_entry: AddVisitEntry => Saved;
        /// Files that fit a queue and filters.
        list_case_files: ListCaseFiles => ListView;
        /// The queues of a reviewer with their counts.
        queues: QueuesQuestion => QueuesView;
        /// The county at a glance; every number opens to a list.
        county: CountyQuestion => CountyView;
        /// Households of one's own grids (我的格).
        my_grid: GridQuestion => GridView;
        /// One household, whole.
        household: HouseholdQuestion => HouseholdView;
        /// Writes down a household.
        open_household: OpenHousehold => HouseholdSaved;
        /// Writes one fact of a household.
        set_household_fact: SetHouseholdFact => Saved;
        /// Adds a member.
        add_member: AddMember => Saved;
        /// Writes one field of a member.
        set_member_field: SetMemberField => Saved;
        /// Adds an entry to a household (入户).
        add_household_entry: AddHouseholdEntry => Saved;
        /// Where a household may be moved to, village by village.
        move_targets: MoveTargetsQuestion => Vec<TargetVillage>;
        /// Moves a household to another grid (迁格).
        move_household: MoveHousehold => Saved;
        /// Members leave for a household of their own (分户).
        split_household: SplitHousehold => HouseholdSaved;
        /// A household joins another one (并户).
        merge_household: MergeHousehold => HouseholdSaved;
        /// One search over everything on this device.
        find: FindQuestion => FindView;
        /// The selections that are kept.
        saved_views: SavedViewsQuestion => Vec<SavedView>;
        /// Keeps a selection.
        save_view: SaveView => ();
        /// Forgets a selection.
        drop_view: DropView => ();
        /// What came from above and from others (消息).
        messages: MessagesQuestion => MessagesView;
        /// Every message was seen.
        mark_messages_read: MarkMessagesRead => ();
        /// The visit days of a month.
        visit_month: VisitMonthQuestion => VisitMonthView;
        /// Grids and workers of a unit.
        grids: GridsQuestion => GridsView;
        /// The people who work in the grids of a unit (网格员).
        workers: WorkersQuestion => WorkersView;
        /// What one worker hands over (交接清单).
        handover: HandoverQuestion => HandoverView;
        /// The map of one's scope.
        map: MapQuestion => MapView;
        /// What is on this device (我的).
        device: DeviceQuestion => DeviceView;
        /// Hands in a complaint or a suggestion; works offline.
        complain: Complain => ComplaintRow;
        /// The complaints handed in on this device.
        complaints: ComplaintsQuestion => Vec<ComplaintRow>;
        /// What waits, what needs a person, what happened.
        sync_state: SyncQuestion => SyncView;
        /// What the server did not take (未采用), newest first.
        rejected: RejectedQuestion => Vec<RejectedRow>;
        /// Its author is done with something that was not taken.
        drop_rejected: DropRejected => ();
        /// What there is to hand over without a network (当面传档).
        carry_choices: CarryChoicesQuestion => Vec<CarryChoice>;
        /// How handing over stands.
        carry_state: CarryQuestion => CarryView;
        /// Ends it.
        carry_stop: CarryStop => CarryView;
        /// The file with which somebody asks colleagues for files.
        carry_ask: CarryAsk => ExportedFile;
        /// A file for whoever asked.
        carry_pack: CarryPack => CarryPacked;
        /// Takes what a colleague made.
        carry_open: CarryOpen => CarryView;
    }
    network {
        /// Enrols this device with an activation code.
        enrol: Enrol => SessionView;
        /// Who can be tried out on a demo server.
        demo_people: DemoPeople => Vec<DemoPerson>;
        /// Signs in as one of them with one click.
        demo_sign_in: DemoSignIn => SessionView;
        /// Leaves this person's desk; everything stays encrypted on the device.
        sign_out: SignOut => SessionView;
        /// Exchanges with the server now.
        sync_now: SyncNow => SyncView;
        /// Waits for a colleague in the local network and gives them documents.
        carry_give: CarryGive => CarryView;
        /// Takes what a colleague gives in the local network.
        carry_take: CarryTake => CarryView;
    }
    online {
        /// One household outside the own ring.
        consult_household: ConsultHousehold => HouseholdView;
        /// People of the whole unit.
        consult_people: ConsultPeople => PeopleView;
        /// How many households grids have: only the server knows of all of them.
        count_households: CountHouseholds => HouseholdCounts;
        /// Brings a complaint to the county.
        take_complaint: TakeComplaint => ComplaintTaken;
        /// What became of one's own complaints.
        complaint_answers: ComplaintAnswersQuestion => Vec<ComplaintAnswer>;
        /// The complaints that the county holds, for those who answer them.
        held_complaints: HeldComplaintsQuestion => HeldComplaintsView;
        /// Says once what became of a complaint.
        handle_complaint: HandleComplaint => HeldComplaint;
        /// Who looked at whom outside their own ring, and what for.
        looks: LooksQuestion => LooksView;
        /// Devices that cannot exchange as they should (设备状况), for those who help.
        troubles: TroublesQuestion => TroublesView;
        /// People of the register with their devices.
        users: UsersQuestion => UsersView;
        /// Adds or changes a person.
        put_user: PutUser => RegisterChanged;
        /// Gives or ends an assignment.
        put_assignment: PutAssignment => RegisterChanged;
        /// Makes an activation code.
        make_code: MakeCode => CodeView;
        /// Takes a device's right away.
        revoke_device: RevokeDevice => RegisterChanged;
        /// Lets a suspended device hand in again.
        lift_suspension: LiftSuspension => RegisterChanged;
        /// Units below one, or found by name.
        units: UnitsQuestion => Vec<UnitView>;
        /// What waits at the server for a person (待复核).
        reviews: ReviewsQuestion => ReviewsView;
        /// Admits or declines one of them, with a reason.
        settle_review: SettleReview => ReviewSettled;
        /// What waits to be erased by order (依法删除), and what was.
        erasures: ErasuresQuestion => ErasuresView;
        /// Asks to have a document erased.
        ask_erasure: AskErasure => ErasuresView;
        /// Erases what another administrator asked for, or takes that back.
        settle_erasure: SettleErasure => ErasuresView;
        /// Splits a grid.
        split_grid: SplitGrid => GridChanged;
        /// Joins a grid to another one.
        merge_grid: MergeGrid => GridChanged;
        /// Checks or takes spreadsheets and maps: all files of one question are one import.
        import_sheet: ImportSheet => ImportView;
        /// How far a running import is.
        import_state: ImportState => ImportView;
        /// The county's reference data.
        reference: ReferenceQuestion => ReferenceView;
        /// Changes the rules of visit days.
        put_visit_rule: PutVisitRule => RegisterChanged;
        /// Brings the days off of a year.
        put_calendar: PutCalendar => RegisterChanged;
    }
}
