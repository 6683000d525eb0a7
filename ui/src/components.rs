//! What pages are made of: properties in, callbacks out. None of them asks a question.

mod arrows;
mod bars;
mod desk;
mod field_row;
mod focus;
mod frame;
mod hero;
mod icon;
mod marks;
mod notes;
mod office;
mod online_note;
mod search_line;
mod segments;
mod sheet;
mod sync_pill;
mod text;
mod toast;

pub use arrows::{arrows, tab_stop};
pub use bars::{NavBar, Tab, TabBar};
pub use desk::DeskFrame;
pub use field_row::{BadHint, FieldRow};
pub use focus::{keep_somewhere, use_focus};
pub use frame::Frame;
pub use hero::Contour;
pub use icon::{Icon, Symbols};
pub use marks::{DeliveryMark, DueMark, RiskBars, RiskMark};
pub use notes::{Empty, FaultNote, Waiting};
pub use office::{OfficeFrame, OfficeLinks};
pub use online_note::OnlineNote;
pub use search_line::SearchLine;
pub use segments::Segments;
pub use sheet::{Sheet, use_go, use_go_in_place};
pub use sync_pill::SyncPill;
pub use text::{Avatar, DemoMark, Dotted};
pub use toast::{Toast, UpdateNote};
