//! A county and devices in one process, without sockets.

pub mod ask;
pub mod device;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tempfile::TempDir;
use tower::ServiceExt;
use yidang_domain::civil::{Date, InstantMs};
use yidang_domain::entry::{Entry, EntryKind};
use yidang_domain::facts::Source;
use yidang_sync_protocol::Verdict;
use yidang_sync_server::{App, Clock, Options, app, demo, open, router};

pub use device::Device;

/// The day of every story: a visit day of 下盘石村.
pub const TODAY: Date = Date::constant(2026, 11, 20);
/// A day without visits far and near.
pub const ORDINARY_DAY: Date = Date::constant(2026, 11, 15);
pub const COUNTY: &str = "610621";
pub const VILLAGE: &str = "610621103203";
pub const GRID_6: &str = "6106211032032006";
pub const GRID_7: &str = "6106211032032007";
pub const GRID_8: &str = "6106211032032008";
pub const XIAYI_IN_LEICHI: &str = "6106211062302001";
pub const XIAYI_IN_ZHANGJIATAN: &str = "6106211032112001";

/// A county of demo people without any matter.
pub struct Town {
    pub directory: TempDir,
    pub app: App,
    pub clock: Clock,
}

pub fn noon(date: Date) -> InstantMs {
    InstantMs::at_start_of(date).plus_minutes(12 * 60)
}

impl Town {
    pub fn new() -> Self {
        Self::on(TODAY)
    }

    pub fn on(date: Date) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(noon(date));
        let options = Options::new(directory.path().join("data")).with_clock(clock.clone());
        app::create(&options, COUNTY, &demo::register(date).unwrap()).unwrap();
        let app = open(options).unwrap();
        Self { directory, app, clock }
    }

    pub fn options(&self) -> Options {
        Options::new(self.directory.path().join("data")).with_clock(self.clock.clone())
    }

    pub fn database(&self) -> std::path::PathBuf {
        app::database(&self.directory.path().join("data"))
    }

    /// A device of `user`, enrolled with a fresh code.
    pub async fn device(&self, user: &str) -> Device {
        Device::enrolled(&self.app, user).await
    }

    /// Starts the server again as one that has no time at all.
    pub fn hurried(self) -> Self {
        let Self { directory, app, clock } = self;
        drop(app);
        let options = Options::new(directory.path().join("data")).with_clock(clock.clone());
        let patience = std::time::Duration::ZERO;
        let app = open(Options { patience, ..options }).unwrap();
        Self { directory, app, clock }
    }

    /// Stops the server, lets `work` happen to its files, and starts it again.
    pub fn restarted(self, work: impl FnOnce(&std::path::Path)) -> Self {
        let Self { directory, app, clock } = self;
        drop(app);
        work(&directory.path().join("data"));
        let options = Options::new(directory.path().join("data")).with_clock(clock.clone());
        let app = open(options).unwrap();
        Self { directory, app, clock }
    }
}

/// Sends a request to the server as if over HTTP.
pub async fn send(service: Router, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let response = service.oneshot(request).await.unwrap();
    let status = response.status();
    (status, to_bytes(response.into_body(), 64 << 20).await.unwrap().to_vec())
}

pub async fn post(app: &App, path: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let request = Request::post(path).body(Body::from(body)).unwrap();
    send(router(app.clone()), request).await
}

pub async fn get(app: &App, path: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    send(router(app.clone()), request).await
}

pub fn found() -> Entry {
    Entry::Found { source: Source::Sweep }
}

pub fn visit(words: &str) -> Entry {
    Entry::Visit { words: words.into() }
}

pub fn accepted() -> Entry {
    Entry::Accepted { seen: None, due_on: None }
}

pub fn close_asked() -> Entry {
    Entry::CloseAsked { words: "双方满意".into() }
}

pub fn closed() -> Entry {
    Entry::Closed { seen: None, words: "同意销号".into() }
}

pub fn kinds(device: &Device, document: yidang_domain::ids::DocumentId) -> Vec<EntryKind> {
    let projection = yidang_documents::project(&device.documents[&document]);
    let rows = &projection.common().entries;
    rows.iter().filter_map(|row| row.entry().map(Entry::kind)).collect()
}

pub const ACCEPTED: i32 = Verdict::Accepted as i32;
pub const RECEIVED: i32 = Verdict::Received as i32;
pub const DUPLICATE: i32 = Verdict::Duplicate as i32;
pub const PARKED: i32 = Verdict::Parked as i32;
pub const REFUSED: i32 = Verdict::Refused as i32;
