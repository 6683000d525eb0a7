//! The rules of visit days and the days off.

use std::collections::BTreeSet;

use yidang_api::Fault;
use yidang_api::admin::{PutCalendar, PutVisitRule, ReferenceView, RegisterChanged};
use yidang_domain::calendar::{VisitRule, WorkCalendar};
use yidang_domain::civil::Date;

use super::changed;
use crate::county;
use crate::hall::Counter;

/// The county's reference data.
pub fn reference(counter: &Counter<'_>) -> Result<ReferenceView, Fault> {
    counter.require_administrator()?;
    let register = counter.register()?;
    let plan = register.plan();
    let off: Vec<Date> = plan.calendar.days_off().collect();
    let work: Vec<Date> = plan.calendar.make_up().collect();
    let last_year = off.iter().chain(&work).map(|day| day.year()).max();
    Ok(ReferenceView {
        version: register.version(),
        february: plan.rule.february,
        day_off: plan.rule.day_off,
        until: last_year.and_then(|year| Date::new(year, 12, 31).ok()),
        off,
        work,
        exceptions: plan.exceptions.clone(),
    })
}

/// Changes the rules of visit days.
pub fn put_visit_rule(
    counter: &Counter<'_>,
    question: &PutVisitRule,
) -> Result<RegisterChanged, Fault> {
    counter.require_administrator()?;
    let rule = VisitRule { february: question.february, day_off: question.day_off };
    counter.once(|db| {
        counter.record(db, "put_visit_rule", &rule)?;
        county::put_setting(db, "visit_rule", &rule, counter.now)?;
        changed(db, None)
    })
}

/// Brings the days off of one year, in place of those that were known of it.
pub fn put_calendar(
    counter: &Counter<'_>,
    question: &PutCalendar,
) -> Result<RegisterChanged, Fault> {
    counter.require_administrator()?;
    let off = days_of(question.year, &question.off, "off")?;
    let work = days_of(question.year, &question.work, "work")?;
    if off.intersection(&work).next().is_some() {
        return Err(Fault::invalid("work", "a day that is off as well"));
    }
    counter.once(|db| {
        counter.record(db, "put_calendar", question)?;
        let known = county::read_register(db)?;
        let calendar = &known.plan().calendar;
        let others = |day: &Date| day.year() != question.year;
        let calendar = WorkCalendar::new(
            calendar.days_off().filter(others).chain(off),
            calendar.make_up().filter(others).chain(work),
        );
        county::put_setting(db, "calendar", &calendar, counter.now)?;
        changed(db, None)
    })
}

fn days_of(year: i16, days: &[Date], field: &str) -> Result<BTreeSet<Date>, Fault> {
    if !(2000..=2100).contains(&year) {
        return Err(Fault::invalid("year", "a year of this century"));
    }
    if days.iter().any(|day| day.year() != year) {
        return Err(Fault::invalid(field, "a day of another year"));
    }
    Ok(days.iter().copied().collect())
}
