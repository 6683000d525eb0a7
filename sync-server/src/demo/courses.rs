//! The course of an invented file: from the day it was found to the last visit after closing.

use yidang_domain::civil::{Date, date_after};
use yidang_domain::entry::{AgreementForm, Entry, FiveSayings};
use yidang_domain::ids::UserId;

use super::dice::Dice;
use super::matters::{Actors, Phrases};

/// One thing that happens, relative to today.
pub struct Turn {
    /// On which day.
    pub day: i64,
    /// By whom.
    pub by: UserId,
    /// What.
    pub entry: Entry,
}

/// Files found before this day are settled, however they went.
const LONG_AGO: i64 = -120;

/// How a file may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    Ordinary,
    /// 退回补正
    SentBack,
    /// 一方拒绝
    Refused,
    /// 复发重开
    Reopened,
}

/// Each of them with how many of a hundred go that way.
const COURSES: [(Course, usize); 4] =
    [(Course::Ordinary, 80), (Course::SentBack, 8), (Course::Refused, 8), (Course::Reopened, 4)];

struct Writer<'a> {
    actors: &'a Actors<'a>,
    phrases: &'a Phrases,
    today: Date,
    turns: Vec<Turn>,
    dice: &'a mut Dice,
}

/// What happened after it was found on `day`, until yesterday.
pub fn of(
    day: i64,
    actors: &Actors<'_>,
    phrases: &Phrases,
    today: Date,
    dice: &mut Dice,
) -> Vec<Turn> {
    let course = COURSES.get(dice.weighted(COURSES.iter().map(|(_, weight)| *weight)));
    let course = course.map_or(Course::Ordinary, |(course, _)| *course);
    let lasts = days(dice);
    let mut writer = Writer { actors, phrases, today, turns: Vec::new(), dice };
    writer.tell(course, day, lasts);
    let mut turns = writer.turns;
    turns.retain(|turn| turn.day < 0);
    turns.sort_by_key(|turn| turn.day);
    turns
}

/// From finding to closing: half of all take six days or less, a tenth more than twenty-four.
fn days(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..52 => dice.between(4, 6),
        52..90 => dice.between(7, 24),
        _ => dice.between(25, 60),
    }
}

impl Writer<'_> {
    fn worker(&mut self, day: i64, entry: Entry) {
        self.turns.push(Turn { day, by: self.actors.worker.clone(), entry });
    }

    fn mediator(&mut self, day: i64, entry: Entry) {
        self.turns.push(Turn { day, by: self.actors.mediator.clone(), entry });
    }

    fn reviewer(&mut self, day: i64, entry: Entry) {
        let place = self.dice.below(self.actors.reviewers.len());
        if let Some(by) = self.actors.reviewers.get(place) {
            self.turns.push(Turn { day, by: (*by).clone(), entry });
        }
    }

    fn visit(&mut self, day: i64, words: String) {
        self.worker(day, Entry::Visit { words });
    }

    fn tell(&mut self, course: Course, found: i64, lasts: i64) {
        let words = self.dice.word(&self.phrases.checked);
        self.visit(found, words);
        let mut accepted = found + 1;
        if course == Course::SentBack {
            self.send_back(accepted);
            accepted += 2;
        }
        let due_on = Some(date_after(self.today, accepted + self.dice.between(10, 30)));
        self.reviewer(accepted, Entry::Accepted { seen: None, due_on });
        let closed = (found + lasts).max(accepted + 3);
        let slack = closed - accepted - 3;
        if slack > 3 {
            let words = self.dice.word(&self.phrases.tried);
            self.worker(accepted + 1, session(self.actors.room, words));
        }
        let met = accepted + 1 + slack * 2 / 3;
        let is_settled = self.meet(course, met);
        let stays_open = !is_settled && found > LONG_AGO && self.dice.chance(60);
        if stays_open {
            return;
        }
        self.close(closed);
        if is_settled {
            self.follow(met);
        }
        if course == Course::Reopened {
            self.reopen(closed + 12);
        }
    }

    fn send_back(&mut self, day: i64) {
        let (field, reason) = ("place".to_owned(), "写明是哪块地、哪个院子。".to_owned());
        self.reviewer(day, Entry::Returned { seen: None, field, reason });
        self.visit(day + 1, "又到现场看了，地点已问清。".to_owned());
    }

    /// The session that decides; whether it led to an agreement.
    fn meet(&mut self, course: Course, day: i64) -> bool {
        if course == Course::Refused {
            let words = self.dice.word(&self.phrases.refused);
            self.mediator(day, session("综治中心调解室", words));
            return false;
        }
        let words = self.dice.word(&self.phrases.settled);
        self.mediator(day, session(self.actors.room, words));
        let is_oral = self.dice.chance(35);
        let form = if is_oral { AgreementForm::Oral } else { AgreementForm::Written };
        let perform_by = Some(date_after(self.today, day + self.dice.between(10, 40)));
        let words = self.dice.word(&self.phrases.agreed);
        self.mediator(day, Entry::Agreement { form, words, perform_by });
        true
    }

    fn close(&mut self, day: i64) {
        let words = self.dice.word(&self.phrases.asked);
        self.worker(day - 1, Entry::CloseAsked { words });
        let words = self.dice.word(&self.phrases.closed);
        self.reviewer(day, Entry::Closed { seen: None, words });
    }

    /// 7 日回访, 30 日回访
    fn follow(&mut self, met: i64) {
        let words = self.dice.word(&self.phrases.followed);
        self.visit(met + 7, words);
        if self.dice.chance(60) {
            let words = self.dice.word(&self.phrases.followed);
            self.visit(met + 30, words);
        }
    }

    fn reopen(&mut self, day: i64) {
        let reason = "履行中断，又起争执。".to_owned();
        self.reviewer(day, Entry::Reopened { seen: None, reason });
        let words = self.dice.word(&self.phrases.settled);
        self.mediator(day + 3, session("综治中心调解室", words));
        self.close(day + 6);
    }
}

fn session(place: &str, words: String) -> Entry {
    Entry::MediationSession {
        place: place.to_owned(),
        words,
        consent: true,
        open: false,
        five: FiveSayings::default(),
        visit_day: None,
    }
}
