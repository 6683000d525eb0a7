//! The window: a thin shell around `replica`. It holds no rules; every question goes to the desk.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod shell;

use tauri::Manager;

use crate::shell::{Shell, ask};

fn main() -> std::process::ExitCode {
    // The provider can be installed once; a second time it is there already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let built = tauri::Builder::default()
        .setup(|app| {
            let shell = Shell::open(app.handle())?;
            shell.keep_syncing(app.handle());
            app.manage(shell);
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![ask])
        .run(tauri::generate_context!());
    match built {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // Nobody sees a window yet: the terminal is the only place to say it.
            #[expect(clippy::print_stderr, reason = "there is no window to say it in")]
            {
                eprintln!("the window cannot open: {error}");
            }
            std::process::ExitCode::FAILURE
        }
    }
}
