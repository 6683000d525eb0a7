//! The register: units, people, assignments, teams.

use rusqlite::{Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use yidang_domain::calendar::Exception;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, GridTeam, GridTeamMember, OrgUnit, Staff};
use yidang_domain::outline::Outline;
use yidang_domain::reference::{TeamMember, VillageDay, VisitTeam};

use super::{Db, Kept, Result, StoreError};

/// The word of an enum as JSON has it, without quotes.
fn word<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        other => Err(StoreError::Damaged(format!("no word: {other:?}"))),
    }
}

fn unword<T: DeserializeOwned>(word: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|error| StoreError::Damaged(error.to_string()))
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn unjson<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn assignment_row(row: &Row<'_>) -> Result<Assignment> {
    Ok(Assignment {
        user: UserId(row.get(0)?),
        org: OrgCode(row.get(1)?),
        role: unword(row.get(2)?)?,
        from: unword(row.get(3)?)?,
        to: row.get::<_, Option<String>>(4)?.map(unword).transpose()?,
    })
}

impl Db<'_> {
    /// Adds or changes a unit.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_unit(&self, unit: &OrgUnit) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO unit (county, code, name, level, parent, traits, closed_on) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        statement.execute(params![
            self.county,
            unit.code.as_str(),
            unit.name,
            word(&unit.level)?,
            unit.parent.as_ref().map(OrgCode::as_str),
            unit.grid.as_ref().map(json).transpose()?,
            unit.closed_on.as_ref().map(word).transpose()?,
        ])?;
        Ok(())
    }

    /// All units.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn units(&self) -> Result<Vec<OrgUnit>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT code, name, level, parent, traits, closed_on FROM unit WHERE county = ?1 \
             ORDER BY code",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            units.push(OrgUnit {
                code: OrgCode(row.get(0)?),
                name: row.get(1)?,
                level: unword(row.get(2)?)?,
                parent: row.get::<_, Option<String>>(3)?.map(OrgCode),
                grid: row.get::<_, Option<String>>(4)?.map(|json| unjson(&json)).transpose()?,
                closed_on: row.get::<_, Option<String>>(5)?.map(unword).transpose()?,
            });
        }
        Ok(units)
    }

    /// Adds a person, or changes their name and number.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_user(&self, person: &Staff) -> Result<()> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO user (county, user, name, position, phone) VALUES (?1, ?2, ?3, \
             (SELECT ifnull(max(rowid), 0) + 1 FROM user), ?4) \
             ON CONFLICT (county, user) DO UPDATE SET name = excluded.name, phone = excluded.phone",
        )?;
        statement.execute(params![self.county, person.user.as_str(), person.name, person.phone])?;
        Ok(())
    }

    /// Everybody in the register, in the order in which they came.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn users(&self) -> Result<Vec<Staff>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user, name, phone FROM user WHERE county = ?1 ORDER BY position",
        )?;
        let rows = statement.query_map([self.county], |row| {
            Ok(Staff { user: UserId(row.get(0)?), name: row.get(1)?, phone: row.get(2)? })
        })?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Gives or changes an assignment.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_assignment(&self, assignment: &Assignment, given_at_seq: u64) -> Result<()> {
        let to = assignment.to.as_ref().map(word).transpose()?;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO assignment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \
             (SELECT ifnull(max(rowid), 0) + 1 FROM assignment)) \
             ON CONFLICT (county, user, org, role, from_on) DO UPDATE SET to_on = excluded.to_on",
        )?;
        statement.execute(params![
            self.county,
            assignment.user.as_str(),
            assignment.org.as_str(),
            word(&assignment.role)?,
            word(&assignment.from)?,
            to,
            Kept(given_at_seq)
        ])?;
        Ok(())
    }

    /// All assignments, in the order in which they were given.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn assignments(&self) -> Result<Vec<Assignment>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user, org, role, from_on, to_on FROM assignment WHERE county = ?1 \
             ORDER BY position",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(assignment_row(row)?);
        }
        Ok(all)
    }

    /// Puts the team of a village.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_team(&self, team: &VisitTeam) -> Result<()> {
        let village = team.village.as_str();
        self.connection.execute(
            "DELETE FROM team_member WHERE county = ?1 AND village = ?2",
            params![self.county, village],
        )?;
        self.connection.execute(
            "INSERT OR REPLACE INTO team VALUES (?1, ?2, ?3, ?4)",
            params![self.county, village, team.place, team.starts_at],
        )?;
        for (position, member) in (0_i64..).zip(&team.members) {
            self.connection.execute(
                "INSERT INTO team_member VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    self.county,
                    village,
                    position,
                    member.user.as_str(),
                    member.name,
                    member.duty
                ],
            )?;
        }
        Ok(())
    }

    /// All teams.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn teams(&self) -> Result<Vec<VisitTeam>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT village, place, starts_at FROM team WHERE county = ?1 ORDER BY village",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut teams = Vec::new();
        while let Some(row) = rows.next()? {
            let village = OrgCode(row.get(0)?);
            let members = self.members(&village)?;
            teams.push(VisitTeam { village, place: row.get(1)?, starts_at: row.get(2)?, members });
        }
        Ok(teams)
    }

    fn members(&self, village: &OrgCode) -> Result<Vec<TeamMember>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT user, name, duty FROM team_member WHERE county = ?1 AND village = ?2 \
             ORDER BY position",
        )?;
        let rows = statement.query_map(params![self.county, village.as_str()], |row| {
            Ok(TeamMember { user: UserId(row.get(0)?), name: row.get(1)?, duty: row.get(2)? })
        })?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Puts a grid team.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_grid_team(&self, team: &GridTeam) -> Result<()> {
        let code = team.code.as_str();
        let mut clear = self
            .connection
            .prepare_cached("DELETE FROM grid_team_member WHERE county = ?1 AND code = ?2")?;
        clear.execute(params![self.county, code])?;
        let mut put = self
            .connection
            .prepare_cached("INSERT OR REPLACE INTO grid_team VALUES (?1, ?2, ?3, ?4)")?;
        put.execute(params![self.county, code, team.village.as_str(), team.name])?;
        let mut member = self
            .connection
            .prepare_cached("INSERT INTO grid_team_member VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (position, who) in (0_i64..).zip(&team.members) {
            member.execute(params![
                self.county,
                code,
                position,
                who.user.as_str(),
                who.dedicated
            ])?;
        }
        Ok(())
    }

    /// All grid teams.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn grid_teams(&self) -> Result<Vec<GridTeam>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT t.code, t.village, t.name, m.user, m.dedicated FROM grid_team t \
             LEFT JOIN grid_team_member m USING (county, code) WHERE t.county = ?1 \
             ORDER BY t.code, m.position",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut teams: Vec<GridTeam> = Vec::new();
        while let Some(row) = rows.next()? {
            let code = OrgCode(row.get(0)?);
            if teams.last().is_none_or(|team| team.code != code) {
                let (village, name) = (OrgCode(row.get(1)?), row.get(2)?);
                teams.push(GridTeam { code, village, name, members: Vec::new() });
            }
            if let (Some(user), Some(team)) = (row.get::<_, Option<String>>(3)?, teams.last_mut()) {
                let dedicated = row.get(4)?;
                team.members.push(GridTeamMember { user: UserId(user), dedicated });
            }
        }
        Ok(teams)
    }

    /// Puts the border of a unit.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_outline(&self, outline: &Outline) -> Result<()> {
        let mut statement =
            self.connection.prepare_cached("INSERT OR REPLACE INTO outline VALUES (?1, ?2, ?3)")?;
        statement.execute(params![self.county, outline.org.as_str(), json(&outline.ring)?])?;
        Ok(())
    }

    /// All borders.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn outlines(&self) -> Result<Vec<Outline>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT org, ring FROM outline WHERE county = ?1 ORDER BY org")?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let ring = unjson(&row.get::<_, String>(1)?)?;
            all.push(Outline { org: OrgCode(row.get(0)?), ring });
        }
        Ok(all)
    }

    /// Adds a decision about a single visit day.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_exception(&self, exception: &Exception) -> Result<()> {
        let decision = serde_json::to_string(&exception.decision)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.connection.execute(
            "INSERT INTO exception VALUES (?1, \
             (SELECT count(*) FROM exception WHERE county = ?1), ?2, ?3)",
            params![self.county, exception.nominal.to_string(), decision],
        )?;
        Ok(())
    }

    /// Keeps what was decided about a visit day of one village; whether that is news.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_village_day(&self, day: &VillageDay) -> Result<bool> {
        let VillageDay { village, exception } = day;
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO village_day VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (county, village, nominal) DO UPDATE SET decision = excluded.decision \
             WHERE decision <> excluded.decision",
        )?;
        let changed = statement.execute(params![
            self.county,
            village.as_str(),
            exception.nominal.to_string(),
            json(&exception.decision)?
        ])?;
        Ok(changed > 0)
    }

    /// What was decided about visit days of single villages.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn village_days(&self) -> Result<Vec<VillageDay>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT village, nominal, decision FROM village_day WHERE county = ?1 \
             ORDER BY village, nominal",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let decision = unjson(&row.get::<_, String>(2)?)?;
            let exception = Exception { nominal: unword(row.get(1)?)?, decision };
            all.push(VillageDay { village: OrgCode(row.get(0)?), exception });
        }
        Ok(all)
    }

    /// Decisions about single visit days, oldest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn exceptions(&self) -> Result<Vec<Exception>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT nominal, decision FROM exception WHERE county = ?1 ORDER BY position",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let decision: String = row.get(1)?;
            all.push(Exception {
                nominal: unword(row.get(0)?)?,
                decision: serde_json::from_str(&decision)
                    .map_err(|error| StoreError::Damaged(error.to_string()))?,
            });
        }
        Ok(all)
    }
}
