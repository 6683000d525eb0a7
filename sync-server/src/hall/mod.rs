//! Online questions: answered here, with the rights of whoever asks, and logged.
//!
//! One question is one call of the table's [`Hall`]. Those that change something carry a name, and
//! one that comes twice is done once.

mod admin;
mod complaints;
mod consult;
mod erasures;
mod grids;
mod importing;
mod reviews;

use std::sync::{Arc, MutexGuard};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use yidang_api::admin::{
    CodeView, GridChanged, ImportSheet, ImportState, ImportView, LiftSuspension, MakeCode,
    MergeGrid, PutAssignment, PutCalendar, PutUser, PutVisitRule, ReferenceQuestion, ReferenceView,
    RegisterChanged, RevokeDevice, SplitGrid, UnitView, UnitsQuestion, UsersQuestion, UsersView,
};
use yidang_api::device::{ComplaintTaken, TakeComplaint};
use yidang_api::erasure::{AskErasure, ErasuresQuestion, ErasuresView, SettleErasure};
use yidang_api::household::{ConsultHousehold, ConsultPeople, HouseholdView, PeopleView};
use yidang_api::oversight::{
    ComplaintAnswer, ComplaintAnswersQuestion, HandleComplaint, HeldComplaint,
    HeldComplaintsQuestion, HeldComplaintsView, LooksQuestion, LooksView,
};
use yidang_api::places::{CountHouseholds, HouseholdCounts};
use yidang_api::review::{ReviewSettled, ReviewsQuestion, ReviewsView, SettleReview};
use yidang_api::trouble::{TroublesQuestion, TroublesView};
use yidang_api::{Fault, FaultCode, Hall, NAMES, dispatch_online};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::org::Role;
use yidang_sync_protocol::{AskReply, AskRequest};

use crate::app::App;
use crate::caller::Caller;
use crate::judge::shelf::Shelf;
use crate::register::Register;
use crate::store::{Consulted, Db, LogKind, StoreError};

/// Answers to questions that changed something are remembered so long.
const REMEMBERED_MS: i64 = 30 * 24 * 3_600_000;

/// Questions that change nothing, or may be done again without harm. Another activation code harms
/// nobody, while an answer that is remembered would keep the code in clear.
const READING: [&str; 14] = [
    "consult_household",
    "consult_people",
    "count_households",
    "complaint_answers",
    "held_complaints",
    "looks",
    "reviews",
    "erasures",
    "troubles",
    "users",
    "units",
    "reference",
    "import_state",
    "make_code",
];

/// Where one person's question is answered.
pub(crate) struct Counter<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    pub today: Date,
    pub now: InstantMs,
    /// Under what the answer is remembered: who asks, and the name they gave the question.
    pub ask: Vec<u8>,
}

/// Documents put aside in a transaction; forgotten where it is not committed, also after a panic.
struct Staging<'a>(MutexGuard<'a, Shelf>);

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        self.0.discard();
    }
}

impl App {
    /// Answers an online question.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whatever the question says is in the reply.
    pub fn ask(&self, caller: &Caller, request: &AskRequest) -> Result<AskReply, StoreError> {
        let is_reading = READING.contains(&request.name.as_str());
        let ask = [caller.user.as_str().as_bytes(), &[0], &request.ask].concat();
        if !is_reading && let Some(json) = self.read(|db| db.asked(&ask))? {
            return Ok(AskReply { json, fault: String::new() });
        }
        let now = self.clock().now();
        let counter = Counter { app: self, caller, today: now.date(), now, ask };
        let answer = dispatch_online(&counter, &request.name, &request.json).unwrap_or_else(|| {
            Err(Fault::new(FaultCode::Internal, "no online question has that name"))
        });
        match answer {
            Ok(json) => {
                if !is_reading && self.read(|db| db.asked(&counter.ask))?.is_none() {
                    self.write(|db| counter.remember(db, &json))?;
                }
                Ok(AskReply { json, fault: String::new() })
            }
            Err(fault) => {
                let known = NAMES.iter().find(|(name, _)| *name == request.name);
                // A name that is not in the table may be anything.
                let name = known.map_or("unknown", |(name, _)| *name);
                tracing::info!(name, code = ?fault.code, "an online question");
                let fault = serde_json::to_string(&fault).unwrap_or_default();
                Ok(AskReply { json: String::new(), fault })
            }
        }
    }
}

impl Counter<'_> {
    /// Whoever asks must hold one of these roles today.
    pub fn require(&self, roles: &[Role]) -> Result<(), Fault> {
        let register = self.register()?;
        let holds = register
            .assignments_of(&self.caller.user)
            .any(|post| post.holds_on(self.today) && roles.contains(&post.role));
        if holds { Ok(()) } else { Err(Fault::new(FaultCode::NotAllowed, "for another role")) }
    }

    /// The register as it stands.
    pub fn register(&self) -> Result<Arc<Register>, Fault> {
        Ok(self.app.register()?)
    }

    /// Does something and remembers the answer in one transaction: whoever asks again, even at the
    /// same moment or after a power cut, gets the first answer and nothing is done a second time.
    pub fn once<T: Serialize + DeserializeOwned>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let unreadable = |error: serde_json::Error| {
            Fault::new(FaultCode::Internal, format!("an answer that cannot be kept: {error}"))
        };
        self.app.store().write(&self.app.county().code, |db| {
            if let Some(json) = db.asked(&self.ask)? {
                return serde_json::from_str(&json).map_err(unreadable);
            }
            let reply = work(db)?;
            self.remember(db, &serde_json::to_string(&reply).map_err(unreadable)?)?;
            Ok(reply)
        })
    }

    fn remember(&self, db: &Db<'_>, json: &str) -> Result<(), StoreError> {
        db.put_asked(&self.ask, json, self.now.0, self.now.0.saturating_sub(REMEMBERED_MS))
    }

    /// Writes down what was changed and by whom, as one record of the log, and has the register read
    /// again by everybody.
    pub fn record(&self, db: &Db<'_>, did: &str, what: &impl Serialize) -> Result<(), StoreError> {
        let record = json!({
            "did": did,
            "by": self.caller.user,
            "certificate": hex_of(&self.caller.certificate),
            "what": what,
        });
        let record = record.to_string();
        db.append(LogKind::Reference, &[], record.as_bytes(), self.now.0)?;
        db.touch_register()
    }

    /// Writes down that somebody was looked at, before the answer goes out.
    pub fn consulted(
        &self,
        question: &str,
        purpose: &str,
        document: Option<&[u8; 16]>,
    ) -> Result<(), Fault> {
        let look = Consulted {
            at_ms: self.now.0,
            user: self.caller.user.as_str(),
            certificate: &self.caller.certificate,
            question,
            purpose,
            document,
        };
        Ok(self.app.write(|db| db.put_consulted(&look))?)
    }

    /// The administrator's work.
    pub fn require_administrator(&self) -> Result<(), Fault> {
        self.require(&[Role::Administrator])
    }
}

/// The database failed.
pub(crate) fn failed(error: &StoreError) -> Fault {
    tracing::error!(%error, "an online question failed");
    Fault::new(FaultCode::Internal, "the server could not answer")
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        failed(&error)
    }
}

impl Hall for Counter<'_> {
    fn consult_household(&self, question: ConsultHousehold) -> Result<HouseholdView, Fault> {
        consult::household(self, &question)
    }

    fn consult_people(&self, question: ConsultPeople) -> Result<PeopleView, Fault> {
        consult::people(self, &question)
    }

    fn count_households(&self, question: CountHouseholds) -> Result<HouseholdCounts, Fault> {
        consult::count(self, &question)
    }

    fn take_complaint(&self, question: TakeComplaint) -> Result<ComplaintTaken, Fault> {
        complaints::take(self, &question)
    }

    fn complaint_answers(
        &self,
        _: ComplaintAnswersQuestion,
    ) -> Result<Vec<ComplaintAnswer>, Fault> {
        complaints::answers(self)
    }

    fn held_complaints(
        &self,
        question: HeldComplaintsQuestion,
    ) -> Result<HeldComplaintsView, Fault> {
        complaints::held(self, &question)
    }

    fn handle_complaint(&self, question: HandleComplaint) -> Result<HeldComplaint, Fault> {
        complaints::handle(self, &question)
    }

    fn looks(&self, question: LooksQuestion) -> Result<LooksView, Fault> {
        admin::looks(self, &question)
    }

    fn troubles(&self, question: TroublesQuestion) -> Result<TroublesView, Fault> {
        admin::troubles(self, &question)
    }

    fn users(&self, question: UsersQuestion) -> Result<UsersView, Fault> {
        admin::users(self, &question)
    }

    fn put_user(&self, question: PutUser) -> Result<RegisterChanged, Fault> {
        admin::put_user(self, &question)
    }

    fn put_assignment(&self, question: PutAssignment) -> Result<RegisterChanged, Fault> {
        admin::put_assignment(self, &question)
    }

    fn make_code(&self, question: MakeCode) -> Result<CodeView, Fault> {
        admin::make_code(self, &question)
    }

    fn revoke_device(&self, question: RevokeDevice) -> Result<RegisterChanged, Fault> {
        admin::revoke_device(self, &question)
    }

    fn lift_suspension(&self, question: LiftSuspension) -> Result<RegisterChanged, Fault> {
        admin::lift_suspension(self, &question)
    }

    fn units(&self, question: UnitsQuestion) -> Result<Vec<UnitView>, Fault> {
        admin::units(self, &question)
    }

    fn reviews(&self, question: ReviewsQuestion) -> Result<ReviewsView, Fault> {
        reviews::waiting(self, &question)
    }

    fn settle_review(&self, question: SettleReview) -> Result<ReviewSettled, Fault> {
        reviews::settle(self, &question)
    }

    fn erasures(&self, _: ErasuresQuestion) -> Result<ErasuresView, Fault> {
        erasures::all(self)
    }

    fn ask_erasure(&self, question: AskErasure) -> Result<ErasuresView, Fault> {
        erasures::ask(self, &question)
    }

    fn settle_erasure(&self, question: SettleErasure) -> Result<ErasuresView, Fault> {
        erasures::settle(self, &question)
    }

    fn split_grid(&self, question: SplitGrid) -> Result<GridChanged, Fault> {
        grids::split(self, &question)
    }

    fn merge_grid(&self, question: MergeGrid) -> Result<GridChanged, Fault> {
        grids::merge(self, &question)
    }

    fn import_sheet(&self, question: ImportSheet) -> Result<ImportView, Fault> {
        importing::begin(self, &question)
    }

    fn import_state(&self, _: ImportState) -> Result<ImportView, Fault> {
        importing::state(self)
    }

    fn reference(&self, _: ReferenceQuestion) -> Result<ReferenceView, Fault> {
        admin::reference(self)
    }

    fn put_visit_rule(&self, question: PutVisitRule) -> Result<RegisterChanged, Fault> {
        admin::put_visit_rule(self, &question)
    }

    fn put_calendar(&self, question: PutCalendar) -> Result<RegisterChanged, Fault> {
        admin::put_calendar(self, &question)
    }
}
