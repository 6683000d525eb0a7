//! Devices that cannot exchange as they should, found before anybody complains: by what they tell, and
//! by what the server sees for itself.

use std::collections::BTreeMap;

use prost::Message;
use yidang_api::trouble::{DeviceTrouble, TroubleKind, TroubledDevice};
use yidang_domain::causality::hex_of;
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::UserId;
use yidang_sync_protocol::trouble::{MOST_TROUBLES, app_number};
use yidang_sync_protocol::{SignedCertificate, SyncRequest, TroubleKind as Told};

use crate::app::App;
use crate::caller::Caller;
use crate::county::County;
use crate::register::Register;
use crate::store::{CertificateRow, Db, Lying, StoreError, ToldTrouble};

const DAY_MS: i64 = 86_400_000;
/// A device that was not here so long is an old one, if its person is here with another.
const LEFT_MS: i64 = 14 * DAY_MS;
/// What is parked so long waits for something that does not come by itself.
const PARKED_MS: i64 = 3 * DAY_MS;
/// Refusals count so long.
const REFUSED_MS: i64 = 7 * DAY_MS;
/// Fewer refusals are mistakes.
const REFUSALS: u32 = 5;
/// What was fixed in a patch need not be told.
const PATCHES: u32 = 1_000;

impl App {
    /// Keeps what a device tells of itself, where that is not what it told last.
    pub(crate) fn hear(
        &self,
        caller: &Caller,
        request: &SyncRequest,
        now: InstantMs,
    ) -> Result<(), StoreError> {
        let (known, app) = self.read(|db| db.told_by(&caller.certificate))?;
        let told: Vec<ToldTrouble> = request
            .trouble
            .iter()
            .take(MOST_TROUBLES)
            .map(|trouble| {
                let before = known.iter().find(|known| known.kind == trouble.kind);
                let since_ms = before.map_or(now.0, |before| before.since_ms);
                ToldTrouble { kind: trouble.kind, count: trouble.count, since_ms }
            })
            .collect();
        if told == known && app == request.app {
            return Ok(());
        }
        self.write(|db| db.put_told(&caller.certificate, &told, request.app))
    }
}

/// A device with what hinders it.
pub struct Troubled {
    /// Its certificate.
    pub row: CertificateRow,
    /// The worst first; never empty.
    pub troubles: Vec<DeviceTrouble>,
}

/// Devices that may exchange, and those among them that something hinders, most of it first.
///
/// # Errors
///
/// [`StoreError`].
pub fn find(
    db: &Db<'_>,
    county: &County,
    now: InstantMs,
) -> Result<(u32, Vec<Troubled>), StoreError> {
    let rows = valid(db, county)?;
    let (told, apps) = (db.all_told()?, db.apps()?);
    let (parked, refused) = (db.parked_by()?, db.refused_by(now.0 - REFUSED_MS)?);
    let mut seen: BTreeMap<&str, i64> = BTreeMap::new();
    for row in &rows {
        let last = seen.entry(row.user.as_str()).or_default();
        *last = row.seen_at_ms.max(*last);
    }
    let mut found = Vec::new();
    for row in &rows {
        let signs = Signs {
            seen_ms: row.seen_at_ms,
            person_seen_ms: seen.get(row.user.as_str()).copied().unwrap_or_default(),
            told: told.get(&row.id).map(Vec::as_slice).unwrap_or_default(),
            parked: parked.get(&row.id).copied(),
            refused: refused.get(&row.id).copied(),
            app: apps.get(&row.id).copied(),
        };
        let troubles = signs.troubles(now);
        if !troubles.is_empty() {
            found.push(Troubled { row: row.clone(), troubles });
        }
    }
    found.sort_by_key(|troubled| {
        (troubled.troubles.first().map(|it| it.kind), std::cmp::Reverse(troubled.troubles.len()))
    });
    Ok((u32::try_from(rows.len()).unwrap_or(u32::MAX), found))
}

/// Certificates of devices that were not revoked.
///
/// # Errors
///
/// [`StoreError`].
pub fn valid(db: &Db<'_>, county: &County) -> Result<Vec<CertificateRow>, StoreError> {
    let mut rows = db.certificates(None)?;
    rows.retain(|row| row.revoked_seq.is_none() && row.id != county.server().certificate);
    Ok(rows)
}

/// How many devices each kind hinders.
#[must_use]
pub fn counts(found: &[Troubled]) -> Vec<(TroubleKind, u32)> {
    let has = |troubled: &Troubled, kind| troubled.troubles.iter().any(|it| it.kind == kind);
    let count = |kind| found.iter().filter(|troubled| has(troubled, kind)).count();
    TroubleKind::ALL
        .into_iter()
        .map(|kind| (kind, u32::try_from(count(kind)).unwrap_or(u32::MAX)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// A device in trouble as those who help read it.
#[must_use]
pub fn told_on(
    county: &County,
    register: &Register,
    found: &Troubled,
    now: InstantMs,
) -> TroubledDevice {
    let user = UserId(found.row.user.clone());
    let post = register.post(&user, now.date());
    let post = post.map(|(role, path)| format!("{} · {}", role.label(), path.join(" · ")));
    let phone = register.staff().find(|person| person.user == user);
    let opened = SignedCertificate::decode(found.row.bytes.as_slice())
        .ok()
        .and_then(|signed| signed.open(&county.key).ok());
    TroubledDevice {
        name: register.name_of(&user).map_or_else(|| user.to_string(), str::to_owned),
        post: post.unwrap_or_default(),
        phone: phone.map(|person| person.phone.clone()).unwrap_or_default(),
        device: opened.map_or_else(|| found.row.device.clone(), |opened| opened.device_name),
        certificate: hex_of(&found.row.id),
        seen_on: (found.row.seen_at_ms > 0).then(|| InstantMs(found.row.seen_at_ms).date()),
        troubles: found.troubles.clone(),
    }
}

/// Everything that is known of one device. Pure.
struct Signs<'a> {
    seen_ms: i64,
    /// When its person was last here, with whatever device.
    person_seen_ms: i64,
    told: &'a [ToldTrouble],
    parked: Option<Lying>,
    refused: Option<Lying>,
    /// The version it said; none where it was never here since versions are told.
    app: Option<u32>,
}

impl Signs<'_> {
    fn troubles(&self, now: InstantMs) -> Vec<DeviceTrouble> {
        let day = |ms: i64| Some(InstantMs(ms).date());
        let days = |ms: i64| u32::try_from(ms.max(0) / DAY_MS).unwrap_or(u32::MAX);
        let mut all: Vec<DeviceTrouble> = self
            .told
            .iter()
            .filter_map(|told| {
                let (kind, count) = (kind_of(told.kind)?, told.count);
                Some(DeviceTrouble { kind, count, since: day(told.since_ms) })
            })
            .collect();
        let mut add = |kind, count, since| all.push(DeviceTrouble { kind, count, since });
        if let Some(parked) = self.parked.filter(|it| now.0 - it.since_ms >= PARKED_MS) {
            add(TroubleKind::Parked, parked.count, day(parked.since_ms));
        }
        if let Some(refused) = self.refused.filter(|it| it.count >= REFUSALS) {
            add(TroubleKind::Refused, refused.count, day(refused.since_ms));
        }
        let away = now.0 - self.seen_ms;
        // One that was never here has no day since when, and nobody left it.
        let was_here = self.seen_ms > 0;
        if was_here && away >= LEFT_MS && now.0 - self.person_seen_ms < LEFT_MS {
            add(TroubleKind::Left, days(away), day(self.seen_ms));
        }
        let newest = app_number(env!("CARGO_PKG_VERSION"));
        if self.app.is_some_and(|app| app / PATCHES < newest / PATCHES) {
            add(TroubleKind::Old, 1, None);
        }
        all.sort_by_key(|trouble| trouble.kind);
        all
    }
}

/// What a device told, as screens call it; a word of a later version is passed over.
fn kind_of(told: i32) -> Option<TroubleKind> {
    match Told::try_from(told).ok()? {
        Told::Page => Some(TroubleKind::Page),
        Told::Full => Some(TroubleKind::Full),
        Told::Damaged => Some(TroubleKind::Damaged),
        Told::Clock => Some(TroubleKind::Clock),
        Told::Waiting => Some(TroubleKind::Waiting),
        Told::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: InstantMs = InstantMs(1_795_132_800_000);

    fn well() -> Signs<'static> {
        let app = Some(app_number(env!("CARGO_PKG_VERSION")));
        let seen = NOW.0 - DAY_MS;
        Signs { seen_ms: seen, person_seen_ms: seen, told: &[], parked: None, refused: None, app }
    }

    fn kinds(signs: &Signs<'_>) -> Vec<TroubleKind> {
        signs.troubles(NOW).into_iter().map(|trouble| trouble.kind).collect()
    }

    #[test]
    fn a_device_that_is_well_is_not_listed() {
        assert_eq!(kinds(&well()), []);
        let old = NOW.0 - PARKED_MS;
        let young = Some(Lying { count: 9, since_ms: old + 1 });
        let few = Some(Lying { count: REFUSALS - 1, since_ms: 0 });
        assert_eq!(kinds(&Signs { parked: young, refused: few, ..well() }), []);
    }

    #[test]
    fn somebody_on_leave_is_in_no_trouble_and_an_old_telephone_is() {
        let away = NOW.0 - LEFT_MS;
        assert_eq!(kinds(&Signs { seen_ms: away, person_seen_ms: away, ..well() }), []);
        let left = Signs { seen_ms: away, ..well() };
        assert_eq!(kinds(&left), [TroubleKind::Left]);
        assert_eq!(left.troubles(NOW)[0].count, 14);
    }

    #[test]
    fn what_it_tells_and_what_is_seen_stand_together_the_worst_first() {
        let tell = |kind, count| ToldTrouble { kind, count, since_ms: NOW.0 };
        let told = [tell(4, 5), tell(1, 3), tell(77, 1)];
        let lying = Some(Lying { count: 6, since_ms: NOW.0 - 4 * DAY_MS });
        let signs = Signs { told: &told, parked: lying, refused: lying, app: Some(0), ..well() };
        let all = [
            TroubleKind::Page,
            TroubleKind::Parked,
            TroubleKind::Refused,
            TroubleKind::Clock,
            TroubleKind::Old,
        ];
        let old = app_number(env!("CARGO_PKG_VERSION")) >= PATCHES;
        assert!(old, "the first version that is told is not the oldest");
        assert_eq!(kinds(&signs), all);
    }
}
