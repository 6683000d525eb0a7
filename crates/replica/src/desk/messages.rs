//! 消息: what came from above and from others.

use yidang_api::Fault;
use yidang_api::message::{MarkMessagesRead, MessagesQuestion, MessagesView};

use crate::device::Device;
use crate::store::{ReadMessages, StoreError};

/// Rows where nobody said how many.
const ORDINARY_ROWS: u32 = 100;
/// No screen shows more rows at once.
const MOST_ROWS: u32 = 500;

/// Messages, newest first.
pub fn view(device: &mut Device, question: &MessagesQuestion) -> Result<MessagesView, Fault> {
    let desk = device.desk()?;
    let limit = match question.limit {
        0 => ORDINARY_ROWS,
        limit => limit.min(MOST_ROWS),
    };
    let (total, unread) = desk.store.count_messages()?;
    Ok(MessagesView { unread, total, rows: desk.store.messages(question.offset, limit)? })
}

/// Every message was seen.
pub fn mark_read(device: &mut Device, _: &MarkMessagesRead) -> Result<(), Fault> {
    let desk = device.desk()?;
    desk.store.write(|write| -> Result<(), StoreError> { write.see_messages(None) })?;
    device.touch();
    Ok(())
}
