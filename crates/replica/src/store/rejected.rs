//! What the server did not take, and what things are called since it left its document.

use rusqlite::{Row, params};
use yidang_documents::{ChangeHash, Renamed};
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::DocumentKind;
use yidang_domain::ids::DocumentId;

use super::outbox::{OutboxItem, Said};
use super::{Access, Read, ReadCases, Store, StoreError, Write};

/// Why words of a colleague are kept: the county had taken them before it was put back. A word of the device alone.
pub const SUPERSEDED: &str = "superseded";

/// One change that the server did not take, with everything that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its document, which may not be here any more.
    pub document: DocumentId,
    /// Of which kind that is.
    pub kind: DocumentKind,
    /// The change.
    pub hash: ChangeHash,
    /// Its bytes, as they were signed.
    pub bytes: Vec<u8>,
    /// What the document was called.
    pub matter: String,
    /// What it is, in a few words.
    pub title: String,
    /// All that was typed.
    pub words: String,
    /// The business date.
    pub on: Date,
    /// When it was saved.
    pub saved_at: InstantMs,
    /// Why it was not taken.
    pub said: Said,
}

/// One of them as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRejected {
    /// Its place on this desk.
    pub position: i64,
    /// What it says.
    pub rejected: Rejected,
    /// The question it came of, with its name in the table; absent where an older version saved it.
    pub question: Option<(String, String)>,
}

const ROW: &str =
    "SELECT r.position, r.document, r.kind, r.hash, r.bytes, r.matter, r.title, r.words,
    r.on_day, r.saved_at, r.code, r.rule, r.reason, j.name, j.question
  FROM rejected r LEFT JOIN journal j ON j.hash = r.hash";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptRejected> {
    let (name, question) = (row.get::<_, Option<String>>(13)?, row.get::<_, Option<String>>(14)?);
    let saved_at = InstantMs(row.get(9)?);
    Ok(KeptRejected {
        position: row.get(0)?,
        rejected: Rejected {
            document: DocumentId::from_bytes(row.get(1)?),
            kind: DocumentKind::from_name(&row.get::<_, String>(2)?)
                .unwrap_or(DocumentKind::CaseFile),
            hash: row.get(3)?,
            bytes: row.get(4)?,
            matter: row.get(5)?,
            title: row.get(6)?,
            words: row.get(7)?,
            on: row.get::<_, String>(8)?.parse().unwrap_or_else(|_| saved_at.date()),
            saved_at,
            said: Said {
                code: row.get(10)?,
                rule: row.get(11)?,
                reason: row.get(12)?,
                ..Said::default()
            },
        },
        question: name.zip(question),
    })
}

impl Write<'_> {
    /// Keeps what was not taken.
    pub fn put_rejected(&self, rejected: &Rejected, told_at: InstantMs) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO rejected (document, kind, hash, bytes, matter, title, words, on_day,
                   saved_at, code, rule, reason, told_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                rejected.document.as_bytes(),
                rejected.kind.name(),
                rejected.hash,
                rejected.bytes,
                rejected.matter,
                rejected.title,
                rejected.words,
                rejected.on.to_string(),
                rejected.saved_at.0,
                rejected.said.code,
                rejected.said.rule,
                rejected.said.reason,
                told_at.0
            ])?;
        Ok(())
    }

    /// Its author is done with it.
    pub fn drop_rejected(&self, position: i64) -> Result<(), StoreError> {
        // Of what was destroyed the form stays no longer than its author needs it.
        self.sql().execute(
            "DELETE FROM journal WHERE hash IN (SELECT r.hash FROM rejected r
               JOIN tombstone t ON t.document = r.document WHERE r.position = ?1)",
            [position],
        )?;
        self.sql().execute("DELETE FROM rejected WHERE position = ?1", [position])?;
        Ok(())
    }

    /// Forgets the words of colleagues in a document that was destroyed or left what this person reads.
    pub fn drop_superseded(&self, id: DocumentId) -> Result<(), StoreError> {
        self.sql().execute(
            "DELETE FROM rejected WHERE document = ?1 AND code = ?2",
            params![id.as_bytes(), SUPERSEDED],
        )?;
        Ok(())
    }

    /// A change left its document: with its bytes, its place in the outbox, and the batch it was signed
    /// in. What else that held and stays is signed again.
    pub fn take_out(&self, id: DocumentId, hash: &ChangeHash) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM change WHERE document = ?1 AND hash = ?2")?
            .execute(params![id.as_bytes(), hash])?;
        self.sql()
            .prepare_cached(
                "UPDATE outbox SET batch = NULL, delivery = 0 WHERE hash <> ?1 AND batch =
                   (SELECT o.batch FROM outbox o WHERE o.hash = ?1 AND o.batch IS NOT NULL)",
            )?
            .execute([hash])?;
        self.sql()
            .prepare_cached(
                "DELETE FROM batch WHERE batch IN
                   (SELECT o.batch FROM outbox o WHERE o.hash = ?1 AND o.batch IS NOT NULL)",
            )?
            .execute([hash])?;
        self.out_of_outbox(hash)
    }

    /// A change was written again as another one: it waits again, and the journal names the new one.
    pub fn put_again(&self, old: &ChangeHash, item: &OutboxItem) -> Result<(), StoreError> {
        self.put_outbox(item)?;
        self.sql()
            .prepare_cached("UPDATE journal SET hash = ?2, act = ?3 WHERE hash = ?1")?
            .execute(params![old, item.hash, item.act.as_ref().map(|act| act.id)])?;
        Ok(())
    }

    /// Notes what things are called now, and looks at the same heads under their new names.
    pub fn put_renamed(&self, id: DocumentId, renamed: &Renamed) -> Result<(), StoreError> {
        for (old, new) in renamed.iter() {
            self.sql()
                .prepare_cached(
                    "INSERT OR REPLACE INTO renamed (document, old, new) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![id.as_bytes(), old, new.join(" ")])?;
        }
        if let Some((heads, _)) = self.looked(id)? {
            self.sql()
                .prepare_cached("UPDATE looked SET heads = ?2 WHERE document = ?1")?
                .execute(params![id.as_bytes(), renamed.heads(&heads).join(" ")])?;
        }
        Ok(())
    }
}

/// Reads what was not taken.
pub trait ReadRejected: Read {
    /// What was not taken, newest first: of one document, or all of it.
    fn rejected(&self, of: Option<DocumentId>) -> Result<Vec<KeptRejected>, StoreError> {
        let text = format!(
            "{ROW} WHERE ?1 IS NULL OR r.document = ?1
               OR r.document IN (SELECT document FROM tombstone WHERE successor = ?1)
             GROUP BY r.position ORDER BY r.position DESC"
        );
        let mut statement = self.sql().prepare_cached(&text)?;
        let of = of.map(|id| *id.as_bytes());
        let rows = statement.query_map([of], kept)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What things of a document are called that were written again.
    fn renamed(&self, id: DocumentId) -> Result<Renamed, StoreError> {
        let mut statement =
            self.sql().prepare_cached("SELECT old, new FROM renamed WHERE document = ?1")?;
        let rows = statement.query_map([id.as_bytes()], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut renamed = Renamed::default();
        for row in rows {
            let (old, new) = row?;
            renamed.note(
                old,
                new.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            );
        }
        Ok(renamed)
    }
}

impl ReadRejected for Store {}
impl ReadRejected for Write<'_> {}
