//! Online questions: answered here, with the rights of whoever asks, and logged.
//!
//! One question is one call of the table's [`Hall`]. Those that change something carry a name, and
//! one that comes twice is done once.

mod admin;
mod complaints;
mod consult;
mod grids;
mod importing;

use yidang_api::admin::{
    CodeView, GridChanged, ImportSheet, ImportState, ImportView, MakeCode, MergeGrid,
    PutAssignment, PutCalendar, PutUser, PutVisitRule, ReferenceQuestion, ReferenceView,
    RegisterChanged, RevokeDevice, SplitGrid, UnitView, UnitsQuestion, UsersQuestion, UsersView,
};
use yidang_api::device::{ComplaintTaken, TakeComplaint};
use yidang_api::household::{ConsultHousehold, ConsultPeople, HouseholdView, PeopleView};
use yidang_api::{Fault, FaultCode, Hall, dispatch_online};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::org::Role;
use yidang_sync_protocol::{AskReply, AskRequest};

use crate::app::App;
use crate::caller::Caller;
use crate::store::StoreError;

/// Answers to questions that changed something are remembered so long.
const REMEMBERED_MS: i64 = 30 * 24 * 3_600_000;

/// Questions that change nothing, or may be done again without harm.
const READING: [&str; 6] =
    ["consult_household", "consult_people", "users", "units", "reference", "import_state"];

/// Where one person's question is answered.
pub(crate) struct Counter<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    pub today: Date,
    pub now: InstantMs,
}

impl App {
    /// Answers an online question.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whatever the question says is in the reply.
    pub fn ask(&self, caller: &Caller, request: &AskRequest) -> Result<AskReply, StoreError> {
        let is_reading = READING.contains(&request.name.as_str());
        if !is_reading && let Some(json) = self.read(|db| db.asked(&request.ask))? {
            return Ok(AskReply { json, fault: String::new() });
        }
        let now = self.clock().now();
        let counter = Counter { app: self, caller, today: now.date(), now };
        let answer = dispatch_online(&counter, &request.name, &request.json).unwrap_or_else(|| {
            Err(Fault::new(FaultCode::Internal, "no online question has that name"))
        });
        match answer {
            Ok(json) => {
                if !is_reading {
                    let until = now.0.saturating_sub(REMEMBERED_MS);
                    self.write(|db| db.put_asked(&request.ask, &json, now.0, until))?;
                }
                Ok(AskReply { json, fault: String::new() })
            }
            Err(fault) => {
                tracing::info!(name = request.name, code = ?fault.code, "an online question");
                let fault = serde_json::to_string(&fault).unwrap_or_default();
                Ok(AskReply { json: String::new(), fault })
            }
        }
    }
}

impl Counter<'_> {
    /// Whoever asks must hold one of these roles today.
    pub fn require(&self, roles: &[Role]) -> Result<(), Fault> {
        let register = self.app.register().map_err(|error| failed(&error))?;
        let holds = register
            .assignments_of(&self.caller.user)
            .any(|post| post.holds_on(self.today) && roles.contains(&post.role));
        if holds { Ok(()) } else { Err(Fault::new(FaultCode::NotAllowed, "for another role")) }
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

impl Hall for Counter<'_> {
    fn consult_household(&self, question: ConsultHousehold) -> Result<HouseholdView, Fault> {
        consult::household(self, &question)
    }

    fn consult_people(&self, question: ConsultPeople) -> Result<PeopleView, Fault> {
        consult::people(self, &question)
    }

    fn take_complaint(&self, question: TakeComplaint) -> Result<ComplaintTaken, Fault> {
        complaints::take(self, &question)
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

    fn units(&self, question: UnitsQuestion) -> Result<Vec<UnitView>, Fault> {
        admin::units(self, &question)
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
        admin::put_visit_rule(self, question)
    }

    fn put_calendar(&self, question: PutCalendar) -> Result<RegisterChanged, Fault> {
        admin::put_calendar(self, &question)
    }
}
