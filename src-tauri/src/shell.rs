//! The installation behind the window.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tauri::{AppHandle, Emitter, Manager, State};
use tokio::sync::Notify;
use yidang_api::{Fault, FaultCode};
use yidang_replica::native::{Files, Network, SystemSenses};
use yidang_replica::{Device, DeviceSetup, answer, sync_when_due};

/// The installation behind the window.
pub struct Shell {
    device: Arc<Mutex<Device>>,
    network: Arc<Network>,
    wake: Arc<Notify>,
}

/// The longest nap between looks at the clock: a laptop that slept notices soon after.
const LONGEST_NAP: Duration = Duration::from_secs(60);

impl Shell {
    /// Opens the installation in `YIDANG_DATA`, else in the application's own folder.
    pub fn open(app: &AppHandle) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = match std::env::var_os("YIDANG_DATA") {
            Some(folder) => PathBuf::from(folder),
            None => app.path().app_data_dir()?,
        };
        let files = Files::new(&folder)?;
        let device = Device::open(DeviceSetup {
            secrets: files.secrets()?,
            stores: Box::new(files.clone()),
            senses: Box::new(SystemSenses::default()),
            origin: std::env::var("YIDANG_SERVER").unwrap_or_default(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })?;
        Ok(Self {
            device: Arc::new(Mutex::new(device)),
            network: Arc::new(Network::new(files)?),
            wake: Arc::new(Notify::new()),
        })
    }

    fn revision(&self) -> u64 {
        self.device.lock().unwrap_or_else(PoisonError::into_inner).revision()
    }

    /// Exchanges with the server whenever that is due, as long as the window is open.
    pub fn keep_syncing(&self, app: &AppHandle) {
        let (device, network, wake) =
            (self.device.clone(), self.network.clone(), self.wake.clone());
        let app = app.clone();
        tauri::async_runtime::spawn(async move {
            loop {
                let before = revision(&device);
                let pause = sync_when_due(&device, network.as_ref()).await;
                if revision(&device) != before {
                    tell(&app, "changed");
                }
                let nap = pause.map_or(LONGEST_NAP, Duration::from_millis).min(LONGEST_NAP);
                drop(tokio::time::timeout(nap, wake.notified()).await);
            }
        });
    }
}

fn revision(device: &Arc<Mutex<Device>>) -> u64 {
    device.lock().unwrap_or_else(PoisonError::into_inner).revision()
}

/// Tells the pages that something changed. A page that is gone needs no news.
fn tell(app: &AppHandle, kind: &str) {
    drop(app.emit("news", serde_json::json!({ "kind": kind })));
}

/// Puts a question of the table to the desk; the answer and the fault travel as JSON.
#[tauri::command]
pub async fn ask(
    app: AppHandle,
    shell: State<'_, Shell>,
    name: String,
    json: String,
    id: Option<String>,
) -> Result<String, String> {
    let before = shell.revision();
    let answered = answer(&shell.device, shell.network.as_ref(), id.as_deref(), &name, &json).await;
    if shell.revision() != before {
        tell(&app, "changed");
        shell.wake.notify_one();
    }
    answered.map_err(|fault| fault_json(&fault))
}

fn fault_json(fault: &Fault) -> String {
    serde_json::to_string(fault).unwrap_or_else(|_| {
        format!("{{\"code\":\"internal\",\"detail\":\"{:?}\"}}", FaultCode::Internal)
    })
}
