//! (to be written)

use yidang_api::household::{ConsultHousehold, ConsultPeople, HouseholdView, PeopleView};
use yidang_api::{Fault, FaultCode};

use super::Counter;

pub fn household(_: &Counter<'_>, _: &ConsultHousehold) -> Result<HouseholdView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}

pub fn people(_: &Counter<'_>, _: &ConsultPeople) -> Result<PeopleView, Fault> {
    Err(Fault::new(FaultCode::Internal, "not built"))
}
