//! What goes wrong, how often, and what one run suffers as a whole. A function of the seed.

use crate::dice::Dice;

/// Something small that goes wrong again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A request does not arrive.
    Lost,
    /// It arrives, and the answer does not come back.
    AnswerLost,
    /// It arrives twice.
    Twice,
    /// It arrives after others that were sent later.
    Late,
    /// The answer is cut.
    Truncated,
    /// The application ends in the middle of an exchange.
    Killed,
    /// The application ends between two saves.
    Ended,
    /// The server stops and starts.
    Restarted,
    /// The clock of a device is wrong for a day, by minutes or by years.
    Clock,
    /// A form stays open for a while, and what others write meanwhile comes in beneath it.
    OldForm,
    /// Somebody meets a colleague and hands files over.
    ByHand,
    /// A file for a colleague loses its second half before it is opened.
    FileCut,
    /// It lies in a drawer before it is opened.
    FileLate,
    /// It is opened twice.
    FileTwice,
}

impl Fault {
    /// Each with its name and how often of a thousand times it happens: of requests the first five, of
    /// exchanges `Killed`, of files for colleagues the last three, of steps the others, of the days of a
    /// device `Clock`.
    const TABLE: &[(Self, &str, u64)] = &[
        (Self::Lost, "lost", 60),
        (Self::AnswerLost, "answer-lost", 60),
        (Self::Twice, "twice", 40),
        (Self::Late, "late", 30),
        (Self::Truncated, "truncated", 30),
        (Self::Killed, "killed", 60),
        (Self::Ended, "ended", 30),
        (Self::Restarted, "restarted", 15),
        (Self::Clock, "clock", 50),
        (Self::OldForm, "old-form", 300),
        (Self::ByHand, "by-hand", 120),
        (Self::FileCut, "file-cut", 150),
        (Self::FileLate, "file-late", 400),
        (Self::FileTwice, "file-twice", 150),
    ];

    /// Those that befall one request.
    pub const OF_A_REQUEST: [Self; 5] =
        [Self::Lost, Self::AnswerLost, Self::Twice, Self::Late, Self::Truncated];
}

/// What befalls a run as a whole: one of these, or a server put back and one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// None.
    Nothing,
    /// An older copy of the server is put in place by the administrator's command.
    ServerBack,
    /// The same without a word to anybody.
    ServerBackUntold,
    /// A device's database is put back to an earlier day.
    DeviceBack,
    /// Somebody works in another grid from one day on.
    PostMoved,
    /// Somebody's post ends.
    PostEnded,
    /// A device is lost, and its certificate revoked.
    Revoked,
    /// Somebody gets one more device in the middle of it.
    NewDevice,
    /// A document is destroyed by order.
    Erased,
    /// The server's power fails.
    PowerLost,
}

impl Mishap {
    const TABLE: &[(Self, &str, u64)] = &[
        (Self::Nothing, "nothing", 3),
        (Self::ServerBack, "server-back", 2),
        (Self::ServerBackUntold, "server-back-untold", 2),
        (Self::DeviceBack, "device-back", 2),
        (Self::PostMoved, "post-moved", 2),
        (Self::PostEnded, "post-ended", 1),
        (Self::Revoked, "revoked", 1),
        (Self::NewDevice, "new-device", 2),
        (Self::Erased, "erased", 2),
        (Self::PowerLost, "power-lost", 1),
    ];

    /// The names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::TABLE.iter().map(|(_, name, _)| *name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|(mishap, ..)| *mishap == self).map_or("", |(_, name, _)| name)
    }

    /// What else may befall a run whose server is put back: what was taken before must come back with
    /// the proof that it was, and what the county said must stay said.
    const TOGETHER: [Self; 5] =
        [Self::PostMoved, Self::PostEnded, Self::Revoked, Self::NewDevice, Self::Erased];

    /// Whether the server forgets.
    pub fn is_server_back(self) -> bool {
        matches!(self, Self::ServerBack | Self::ServerBackUntold)
    }

    /// One of those that may be, by their weights.
    fn drawn(dice: &mut Dice, may_be: impl Fn(Self, &str) -> bool) -> Self {
        let weight = |(mishap, name, weight): &(Self, &str, u64)| {
            if may_be(*mishap, name) { *weight } else { 0 }
        };
        let sum: u64 = Self::TABLE.iter().map(weight).sum();
        let mut left = if sum > 0 { dice.below(sum) } else { return Self::Nothing };
        for row in Self::TABLE {
            if left < weight(row) {
                return row.0;
            }
            left -= weight(row);
        }
        Self::Nothing
    }
}

/// What a run suffers as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Fate {
    /// What.
    pub mishap: Mishap,
    /// On which day a copy is made.
    pub copied_on: u32,
    /// On which day it strikes; after the day of the copy.
    pub strikes_on: u32,
    /// Which device it befalls, counted from the first.
    pub device: usize,
    /// What befalls that device as well, and on which day, where the server is put back.
    pub also: Option<(Mishap, u32)>,
}

impl Fate {
    /// Its name.
    pub fn name(&self) -> String {
        let also = self.also.map(|(also, _)| format!(" with {}", also.name()));
        format!("{}{}", self.mishap.name(), also.unwrap_or_default())
    }
}

/// Half of the servers that are put back meet with something else; the name switches that off.
const TOGETHER: (&str, u64) = ("together", 500);

/// Which faults are on.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    off: Vec<String>,
}

impl Faults {
    /// All but those that are named, separated by commas.
    pub fn without(names: &str) -> Self {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        Self { off: names.map(str::to_owned).collect() }
    }

    /// How often of a thousand times one happens.
    pub fn chance(&self, fault: Fault) -> u64 {
        let row = Fault::TABLE.iter().find(|(known, ..)| *known == fault);
        row.filter(|(_, name, _)| !self.off.iter().any(|off| off == name))
            .map_or(0, |(_, _, weight)| *weight)
    }

    /// What befalls one request, if anything.
    pub fn of_request(&self, dice: &mut Dice) -> Option<Fault> {
        let mut thrown = dice.below(1_000);
        for fault in Fault::OF_A_REQUEST {
            let chance = self.chance(fault);
            if thrown < chance {
                return Some(fault);
            }
            thrown -= chance;
        }
        None
    }

    /// What befalls the whole run.
    pub fn fate(&self, dice: &mut Dice, days: u32, devices: usize) -> Fate {
        let mishap = Mishap::drawn(dice, |_, name| !self.is_off(name));
        let day = |dice: &mut Dice, most: u32| u32::try_from(dice.below(most.into())).unwrap_or(0);
        let copied_on = day(dice, days.saturating_sub(1));
        let later = |dice: &mut Dice| copied_on + 1 + day(dice, days.saturating_sub(copied_on + 1));
        let strikes_on = later(dice);
        let device = dice.place(devices);
        let (together, chance) = TOGETHER;
        let is_more = mishap.is_server_back() && !self.is_off(together) && dice.permille(chance);
        let also = is_more.then(|| {
            let may_be = |also, name: &str| Mishap::TOGETHER.contains(&also) && !self.is_off(name);
            (Mishap::drawn(dice, may_be), later(dice))
        });
        Fate { mishap, copied_on, strikes_on, device, also }
    }

    fn is_off(&self, name: &str) -> bool {
        self.off.iter().any(|off| off == name)
    }

    /// The words that switch the same ones off again.
    pub fn words(&self) -> String {
        self.off.join(",")
    }
}
