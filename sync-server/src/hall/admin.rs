//! (to be written)

use yidang_api::admin::{
    CodeView, MakeCode, PutAssignment, PutCalendar, PutUser, PutVisitRule, ReferenceView,
    RegisterChanged, RevokeDevice, UnitView, UnitsQuestion, UsersQuestion, UsersView,
};
use yidang_api::{Fault, FaultCode};

use super::Counter;

pub fn users(_: &Counter<'_>, _: &UsersQuestion) -> Result<UsersView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn put_user(_: &Counter<'_>, _: &PutUser) -> Result<RegisterChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn put_assignment(_: &Counter<'_>, _: &PutAssignment) -> Result<RegisterChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn make_code(_: &Counter<'_>, _: &MakeCode) -> Result<CodeView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn revoke_device(_: &Counter<'_>, _: &RevokeDevice) -> Result<RegisterChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn units(_: &Counter<'_>, _: &UnitsQuestion) -> Result<Vec<UnitView>, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn reference(_: &Counter<'_>) -> Result<ReferenceView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn put_visit_rule(_: &Counter<'_>, _: PutVisitRule) -> Result<RegisterChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn put_calendar(_: &Counter<'_>, _: &PutCalendar) -> Result<RegisterChanged, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
