//! Own changes on their way to the server.

use rusqlite::{Row, params};
use yidang_documents::{Actor, ChangeHash};
use yidang_domain::civil::InstantMs;
use yidang_domain::ids::DocumentId;
use yidang_sync_protocol::Cursor;

use super::{Access, Read, Store, StoreError, Write};

/// The server has not said that it holds it.
pub const SAVED: u8 = 0;
/// The server holds it durably.
pub const RECEIVED: u8 = 1;
/// The server will never take it.
pub const REFUSED: u8 = 3;
/// It was built on something that the server will never take.
pub const ORPHANED: u8 = 4;
/// The server took it and undid it.
pub const REVERTED: u8 = 5;

/// Where somebody stood when a change was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stood {
    /// The first eight bytes of the epoch; empty before the first exchange.
    pub epoch: Vec<u8>,
    /// The place in the log.
    pub seq: u64,
    /// The first eight bytes of the chain there.
    pub chain: Vec<u8>,
    /// The version of the reference data.
    pub reference: u64,
}

impl Stood {
    /// Where a device with this cursor and these reference data stands.
    pub fn at(cursor: Option<&Cursor>, reference: u64) -> Self {
        Self {
            epoch: cursor
                .map(|cursor| cursor.epoch.iter().take(8).copied().collect())
                .unwrap_or_default(),
            seq: cursor.map(|cursor| cursor.seq).unwrap_or_default(),
            chain: cursor.map(|cursor| cursor.chain8.clone()).unwrap_or_default(),
            reference,
        }
    }
}

/// An action that touched several documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActOf {
    /// Its name.
    pub id: [u8; 16],
    /// All documents it touched.
    pub documents: Vec<DocumentId>,
}

/// What the server said of a batch that it does not take or does not keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The code of the rule.
    pub code: String,
    /// Which change of the batch is to blame; says nothing where `rule` is empty.
    pub place: u32,
    /// The rule in particular.
    pub rule: String,
    /// What a person said.
    pub reason: String,
    /// The refused batch it was built on.
    pub cause: Option<Vec<u8>>,
}

/// One own change that is not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// The document.
    pub document: DocumentId,
    /// The change.
    pub hash: ChangeHash,
    /// What it is, in a few words.
    pub title: String,
    /// All that was typed.
    pub words: String,
    /// When it was saved.
    pub saved_at: InstantMs,
    /// How far it has got: [`SAVED`], [`RECEIVED`], [`REFUSED`], [`ORPHANED`], [`REVERTED`].
    pub delivery: u8,
    /// The batch it was signed in.
    pub batch: Option<Vec<u8>>,
    /// Who wrote it; none where an older version did.
    pub actor: Option<Actor>,
    /// Where the author stood; none where an older version saved it.
    pub stood: Option<Stood>,
    /// The action it belongs to, if that touched several documents.
    pub act: Option<ActOf>,
    /// It is signed in a batch of its own.
    pub alone: bool,
    /// What the server said of it.
    pub said: Said,
}

/// Own changes of one document that are to be signed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingBatch {
    /// The document.
    pub document: DocumentId,
    /// The changes, in order.
    pub hashes: Vec<ChangeHash>,
    /// Who wrote them; none where an older version did.
    pub actor: Option<Actor>,
    /// Where the author stood; none where an older version saved them.
    pub stood: Option<Stood>,
    /// The action they belong to.
    pub act: Option<ActOf>,
    /// It is one change that goes in a batch of its own.
    pub alone: bool,
}

const COLUMNS: &str = "document, hash, title, words, saved_at, delivery, code, batch, actor,
  cursor_epoch, cursor_seq, cursor_chain, reference, act, act_documents, alone, place, rule, reason,
  cause";

fn item(row: &Row<'_>) -> rusqlite::Result<OutboxItem> {
    let seq: Option<i64> = row.get("cursor_seq")?;
    let reference: Option<i64> = row.get("reference")?;
    let stood = match (seq, reference) {
        (Some(seq), Some(reference)) => Some(Stood {
            epoch: row.get::<_, Option<Vec<u8>>>("cursor_epoch")?.unwrap_or_default(),
            seq: seq.cast_unsigned(),
            chain: row.get::<_, Option<Vec<u8>>>("cursor_chain")?.unwrap_or_default(),
            reference: reference.cast_unsigned(),
        }),
        _ => None,
    };
    let documents: Vec<u8> = row.get::<_, Option<_>>("act_documents")?.unwrap_or_default();
    let act = row.get::<_, Option<[u8; 16]>>("act")?.map(|id| ActOf {
        id,
        documents: documents
            .chunks_exact(16)
            .filter_map(|id| id.try_into().ok().map(DocumentId::from_bytes))
            .collect(),
    });
    Ok(OutboxItem {
        document: DocumentId::from_bytes(row.get("document")?),
        hash: row.get("hash")?,
        title: row.get("title")?,
        words: row.get("words")?,
        saved_at: InstantMs(row.get("saved_at")?),
        delivery: row.get("delivery")?,
        batch: row.get("batch")?,
        actor: row.get("actor")?,
        stood,
        act,
        alone: row.get("alone")?,
        said: Said {
            code: row.get("code")?,
            place: row.get("place")?,
            rule: row.get("rule")?,
            reason: row.get("reason")?,
            cause: row.get("cause")?,
        },
    })
}

impl Write<'_> {
    /// Puts an own change into the outbox, in the transaction that saves it.
    pub fn put_outbox(&self, item: &OutboxItem) -> Result<(), StoreError> {
        let stood = item.stood.as_ref();
        let act = item.act.as_ref();
        let documents =
            act.map(|act| act.documents.iter().flat_map(|id| *id.as_bytes()).collect::<Vec<u8>>());
        self.sql()
            .prepare_cached(
                "INSERT INTO outbox (document, hash, title, words, saved_at, delivery, actor,
                   cursor_epoch, cursor_seq, cursor_chain, reference, act, act_documents, alone)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                item.document.as_bytes(),
                item.hash,
                item.title,
                item.words,
                item.saved_at.0,
                item.delivery,
                item.actor,
                stood.map(|stood| stood.epoch.as_slice()),
                stood.map(|stood| stood.seq.cast_signed()),
                stood.map(|stood| stood.chain.as_slice()),
                stood.map(|stood| stood.reference.cast_signed()),
                act.map(|act| act.id),
                documents,
                item.alone
            ])?;
        Ok(())
    }

    /// Notes in which batch changes were signed.
    pub fn signed(&self, hashes: &[ChangeHash], batch: &[u8]) -> Result<(), StoreError> {
        let mut statement =
            self.sql().prepare_cached("UPDATE outbox SET batch = ?2 WHERE hash = ?1")?;
        for hash in hashes {
            statement.execute(params![hash, batch])?;
        }
        Ok(())
    }

    /// The server holds a batch durably.
    pub fn received(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql()
            .execute("UPDATE outbox SET delivery = 1 WHERE batch = ?1 AND delivery = 0", [batch])?;
        Ok(())
    }

    /// The server judged a batch and took it. What it undid of it is still to be told.
    pub fn accepted(&self, batch: &[u8]) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM outbox WHERE batch = ?1 AND delivery <> ?2")?
            .execute(params![batch, REVERTED])?;
        Ok(())
    }

    /// A change is in the log, in whatever batch it came there. What was said of values that were undone is
    /// still to be told.
    pub fn in_the_log(&self, hash: &ChangeHash) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("DELETE FROM outbox WHERE hash = ?1 AND delivery <> ?2")?
            .execute(params![hash, REVERTED])?;
        Ok(())
    }

    /// A change has left its document, or what was said of it is told.
    pub fn out_of_outbox(&self, hash: &ChangeHash) -> Result<(), StoreError> {
        self.sql().prepare_cached("DELETE FROM outbox WHERE hash = ?1")?.execute([hash])?;
        Ok(())
    }

    /// The server took a batch and undid values of these changes, or of all of it where it names none; what
    /// it said is still to be told.
    pub fn undone(
        &self,
        batch: &[u8],
        changes: &[ChangeHash],
        said: &Said,
    ) -> Result<(), StoreError> {
        if changes.is_empty() {
            return self.not_taken(batch, REVERTED, said);
        }
        let mut statement = self.sql().prepare_cached(
            "UPDATE outbox SET delivery = ?3, code = ?4, rule = ?5, reason = ?6
             WHERE batch = ?1 AND hash = ?2",
        )?;
        for hash in changes {
            statement.execute(params![batch, hash, REVERTED, said.code, said.rule, said.reason])?;
        }
        Ok(())
    }

    /// The server does not take a batch, or undid it; the words stay.
    pub fn not_taken(&self, batch: &[u8], delivery: u8, said: &Said) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE outbox SET delivery = ?2, code = ?3, place = ?4, rule = ?5, reason = ?6,
               cause = ?7 WHERE batch = ?1",
            params![batch, delivery, said.code, said.place, said.rule, said.reason, said.cause],
        )?;
        Ok(())
    }
}

/// Reads the outbox.
pub trait ReadOutbox: Read {
    /// Everything in it, in the order in which it was made.
    fn outbox(&self) -> Result<Vec<OutboxItem>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM outbox ORDER BY position");
        let mut statement = self.sql().prepare_cached(&text)?;
        let rows = statement.query_map([], item)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What the server said it does not take, or undid, in the order in which it was made.
    fn not_taken(&self) -> Result<Vec<OutboxItem>, StoreError> {
        let text =
            format!("SELECT {COLUMNS} FROM outbox WHERE delivery IN (3, 4, 5) ORDER BY position");
        let mut statement = self.sql().prepare_cached(&text)?;
        let rows = statement.query_map([], item)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What was not signed and was written as somebody that `certificate` does not stand for.
    fn written_as_others(&self, certificate: &[u8; 16]) -> Result<Vec<OutboxItem>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM outbox WHERE batch IS NULL AND (actor IS NULL OR actor NOT IN
               (SELECT i.actor FROM incarnation i WHERE i.certificate = ?1)) ORDER BY position"
        );
        let mut statement = self.sql().prepare_cached(&text)?;
        let rows = statement.query_map([certificate], item)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Own changes of one document that are not accepted yet, in the order in which they were made.
    fn outbox_of(&self, id: DocumentId) -> Result<Vec<OutboxItem>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM outbox WHERE document = ?1 ORDER BY position");
        let mut statement = self.sql().prepare_cached(&text)?;
        let rows = statement.query_map([id.as_bytes()], item)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Batches that the server holds and has said nothing final of, at most `limit`: own ones, and after
    /// them those that came by hand and need not be sent again.
    fn undecided(&self, limit: u32) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.sql().prepare_cached(
            "SELECT batch FROM (
               SELECT o.batch, 0 AS by_hand, min(o.position) AS position FROM outbox o
               WHERE o.delivery = 1 AND o.batch IS NOT NULL GROUP BY o.batch
               UNION ALL
               SELECT b.batch, 1, b.position FROM batch b
               WHERE b.held > 0 AND b.held = 1 AND b.push = 0)
             ORDER BY by_hand, position LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many changes the server does not hold yet.
    fn waiting(&self) -> Result<u32, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT count(*) FROM outbox WHERE delivery = 0")?
            .query_row([], |row| row.get(0))?)
    }

    /// When the oldest own change was saved that nobody has judged.
    fn oldest_waiting(&self) -> Result<Option<InstantMs>, StoreError> {
        let oldest: Option<i64> = self
            .sql()
            .prepare_cached("SELECT min(saved_at) FROM outbox WHERE delivery IN (0, 1)")?
            .query_row([], |row| row.get(0))?;
        Ok(oldest.map(InstantMs))
    }

    /// The position of the newest own change; zero where there is none.
    fn newest(&self) -> Result<i64, StoreError> {
        Ok(self
            .sql()
            .prepare_cached("SELECT ifnull(max(position), 0) FROM outbox")?
            .query_row([], |row| row.get(0))?)
    }

    /// Own changes up to position `until` that were not signed yet, by document, in order; at most
    /// `most` in each. A batch is one author's who stood at one place and did one thing: it ends where
    /// any of these changes.
    fn unsigned(&self, until: i64, most: usize) -> Result<Vec<PendingBatch>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM outbox WHERE batch IS NULL AND position <= ?1 ORDER BY position"
        );
        let mut statement = self.sql().prepare_cached(&text)?;
        let rows = statement.query_map([until], item)?;
        let mut pending: Vec<PendingBatch> = Vec::new();
        for row in rows {
            let OutboxItem { document, hash, actor, stood, act, alone, .. } = row?;
            let last = pending.iter_mut().rev().find(|batch| batch.document == document);
            match last {
                Some(batch)
                    if batch.hashes.len() < most
                        && !alone
                        && !batch.alone
                        && (&batch.actor, &batch.stood, &batch.act) == (&actor, &stood, &act) =>
                {
                    batch.hashes.push(hash);
                }
                _ => {
                    let hashes = vec![hash];
                    pending.push(PendingBatch { document, hashes, actor, stood, act, alone });
                }
            }
        }
        Ok(pending)
    }
}

impl ReadOutbox for Store {}
impl ReadOutbox for Write<'_> {}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    const FILE: DocumentId = DocumentId::from_bytes([1; 16]);

    fn store() -> Store {
        Store::open(Connection::open_in_memory().unwrap(), None).unwrap()
    }

    fn saved(n: u8, seq: u64) -> OutboxItem {
        OutboxItem {
            document: FILE,
            hash: [n; 32],
            title: "走访".into(),
            words: "去看过".into(),
            saved_at: InstantMs(0),
            delivery: SAVED,
            batch: None,
            actor: Some([7; 16]),
            stood: Some(Stood { epoch: vec![8; 8], seq, chain: vec![9; 8], reference: 3 }),
            act: None,
            alone: false,
            said: Said::default(),
        }
    }

    /// First bytes of the hashes of each batch that would be signed.
    fn cut(items: &[OutboxItem]) -> Vec<Vec<u8>> {
        let mut store = store();
        store.write(|write| items.iter().try_for_each(|item| write.put_outbox(item))).unwrap();
        let pending = store.unsigned(i64::MAX, 64).unwrap();
        pending.iter().map(|batch| batch.hashes.iter().map(|hash| hash[0]).collect()).collect()
    }

    #[test]
    fn a_batch_ends_where_its_author_stood_elsewhere() {
        assert_eq!(cut(&[saved(1, 5), saved(2, 5), saved(3, 6)]), [vec![1, 2], vec![3]]);
        let newer = Stood { reference: 4, ..saved(0, 5).stood.unwrap() };
        let later = OutboxItem { stood: Some(newer), ..saved(2, 5) };
        assert_eq!(cut(&[saved(1, 5), later]), [[1], [2]]);
        let before = OutboxItem { stood: None, actor: None, ..saved(2, 5) };
        assert_eq!(cut(&[saved(1, 5), before]), [[1], [2]], "saved by an older version");
    }

    #[test]
    fn a_batch_ends_where_its_author_is_another_or_does_another_thing() {
        let other = OutboxItem { actor: Some([6; 16]), ..saved(2, 5) };
        assert_eq!(cut(&[saved(1, 5), other]), [[1], [2]]);
        let act = ActOf { id: [4; 16], documents: vec![FILE, DocumentId::from_bytes([2; 16])] };
        let of_act = OutboxItem { act: Some(act), ..saved(2, 5) };
        assert_eq!(cut(&[saved(1, 5), of_act, saved(3, 5)]), [[1], [2], [3]]);
        let alone = OutboxItem { alone: true, ..saved(2, 5) };
        assert_eq!(cut(&[saved(1, 5), alone, saved(3, 5)]), [[1], [2], [3]]);
    }

    #[test]
    fn what_was_put_in_comes_out_as_it_was() {
        let act = ActOf { id: [4; 16], documents: vec![FILE, DocumentId::from_bytes([2; 16])] };
        let item = OutboxItem { act: Some(act), ..saved(1, 5) };
        let mut store = store();
        store.write(|write| write.put_outbox(&item)).unwrap();
        assert_eq!(store.outbox().unwrap(), std::slice::from_ref(&item));
        assert_eq!(store.outbox_of(FILE).unwrap(), [item]);
    }
}
