//! The register: units, people, assignments, teams.

use rusqlite::{Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use yidang_domain::calendar::Exception;
use yidang_domain::ids::{OrgCode, UserId};
use yidang_domain::org::{Assignment, OrgUnit};
use yidang_domain::reference::{TeamMember, VisitTeam};

use super::{Db, Result, StoreError, signed};

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
    /// Adds or renames a unit.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_unit(&self, unit: &OrgUnit) -> Result<()> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR REPLACE INTO unit VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let parent = unit.parent.as_ref().map(OrgCode::as_str);
        statement.execute(params![
            self.county,
            unit.code.as_str(),
            unit.name,
            word(&unit.level)?,
            parent
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
            "SELECT code, name, level, parent FROM unit WHERE county = ?1 ORDER BY code",
        )?;
        let mut rows = statement.query([self.county])?;
        let mut units = Vec::new();
        while let Some(row) = rows.next()? {
            units.push(OrgUnit {
                code: OrgCode(row.get(0)?),
                name: row.get(1)?,
                level: unword(row.get(2)?)?,
                parent: row.get::<_, Option<String>>(3)?.map(OrgCode),
            });
        }
        Ok(units)
    }

    /// Adds or renames a person.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_user(&self, user: &UserId, name: &str) -> Result<()> {
        self.connection.execute(
            "INSERT INTO user VALUES (?1, ?2, ?3, \
             (SELECT count(*) FROM user WHERE county = ?1)) \
             ON CONFLICT (county, user) DO UPDATE SET name = excluded.name",
            params![self.county, user.as_str(), name],
        )?;
        Ok(())
    }

    /// Everybody in the register, in the order in which they came, with their names.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn users(&self) -> Result<Vec<(UserId, String)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT user, name FROM user WHERE county = ?1 ORDER BY position")?;
        let rows =
            statement.query_map([self.county], |row| Ok((UserId(row.get(0)?), row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Gives or changes an assignment.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn put_assignment(&self, assignment: &Assignment, given_at_seq: u64) -> Result<()> {
        let to = assignment.to.as_ref().map(word).transpose()?;
        self.connection.execute(
            "INSERT INTO assignment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, \
             (SELECT count(*) FROM assignment WHERE county = ?1)) \
             ON CONFLICT (county, user, org, role, from_on) DO UPDATE SET to_on = excluded.to_on",
            params![
                self.county,
                assignment.user.as_str(),
                assignment.org.as_str(),
                word(&assignment.role)?,
                word(&assignment.from)?,
                to,
                signed(given_at_seq)
            ],
        )?;
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
