//! `cargo xtask run`: from a clone to the demo county on the screen in one command.

mod child;
mod health;

use std::env;
use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;

use crate::process;
use crate::setup;
use crate::setup::Need;
use crate::web;
use crate::workspace::NATIVE;
use crate::workspace::Workspace;

use child::Child;

const GLANCE: Duration = Duration::from_millis(100);

/// How much of the demo county is made.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum Profile {
    /// One town, in seconds.
    #[default]
    Small,
    /// The whole county with every household and the files of a year, in minutes.
    County,
}

impl Profile {
    const fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::County => "county",
        }
    }

    /// Its folder in the workspace: each profile has its own, because what was made stays.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Small => ".demo",
            Self::County => ".demo-county",
        }
    }
}

/// What the person asked for.
pub struct Options {
    /// No window, even where there is a display.
    pub headless: bool,
    /// The server's port.
    pub port: u16,
    /// The demo data.
    pub data: PathBuf,
    /// How much of it is made.
    pub profile: Profile,
}

/// Prepares, builds, starts, and waits until somebody ends it.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let with_window = !options.headless && has_display();
    require_free_port(options.port)?;
    let mut needs = vec![Need::Build, Need::Web];
    if with_window {
        needs.push(Need::Window);
    }
    setup::ensure(workspace, &needs)?;
    web::build(workspace, false)?;
    build(with_window)?;
    serve(workspace, options, with_window)
}

fn has_display() -> bool {
    let named = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", target_os = "windows"))
        || named("DISPLAY")
        || named("WAYLAND_DISPLAY")
}

/// Asked before the long build, and because an old server at this port would answer in place of the
/// new one.
fn require_free_port(port: u16) -> Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| {
        format!(
            "Could not use port {port} on 127.0.0.1: end the program that has it, or choose \
             another with `--port N`"
        )
    })?;
    Ok(())
}

fn build(with_window: bool) -> Result<()> {
    println!("== build");
    let mut command = process::native_cargo();
    command.arg("build").args(NATIVE).args(["--bin", "sync-server"]);
    if with_window {
        command.args(["--bin", "yidang-app"]);
    }
    process::run(
        &mut command,
        "building the server and the window",
        "mend what the compiler names above",
    )
}

fn serve(workspace: &Workspace, options: &Options, with_window: bool) -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::SeqCst))
        .context("Could not listen for Ctrl-C: run the command in a terminal of its own")?;

    let mut server = Child::start("the server", &mut server_command(workspace, options))?;
    if !health::wait(options.port, &mut server, &stop)? {
        return server.end();
    }
    greet(options);
    let mut window = with_window.then(|| open_window(workspace, options.port)).transpose()?;
    let outcome = watch(&mut server, window.as_mut(), &stop);
    println!("\n正在停止 … / Stopping ...");
    let window_ended = window.map_or(Ok(()), |mut window| window.end());
    let server_ended = server.end();
    outcome.and(window_ended).and(server_ended)
}

/// Returns when somebody ends it; fails when the server ends by itself.
fn watch(server: &mut Child, mut window: Option<&mut Child>, stop: &AtomicBool) -> Result<()> {
    while !stop.load(Ordering::SeqCst) {
        if let Some(status) = server.status()? {
            bail!("The server ended by itself with {status}: its last words are above");
        }
        if let Some(window) = window.as_mut()
            && let Some(status) = window.status()?
        {
            if !status.success() && !stop.load(Ordering::SeqCst) {
                bail!("The window ended with {status}: its last words are above");
            }
            return Ok(());
        }
        thread::sleep(GLANCE);
    }
    Ok(())
}

fn server_command(workspace: &Workspace, options: &Options) -> Command {
    let mut command = Command::new(executable(workspace, "sync-server"));
    command.arg("demo").arg("--data").arg(&options.data);
    command
        .args(["--profile", options.profile.word()])
        .args(["--listen", &format!("127.0.0.1:{}", options.port)])
        .arg("--web")
        .arg(workspace.dist());
    command.stdin(Stdio::null());
    command
}

fn open_window(workspace: &Workspace, port: u16) -> Result<Child> {
    let mut command = Command::new(executable(workspace, "yidang-app"));
    command.env("YIDANG_SERVER", format!("http://127.0.0.1:{port}")).stdin(Stdio::null());
    Child::start("the window", &mut command)
}

fn executable(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.binaries().join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

fn greet(options: &Options) {
    let address = format!("http://127.0.0.1:{}", options.port);
    let data = options.data.display();
    println!();
    println!(
        "  一档通已就绪。打开 {address} ，点一下即可以演示网格员、乡镇审核员或县中心人员身份进入。"
    );
    println!("  演示数据在 {data} ，删除该文件夹即可重来。按 Ctrl-C 停止。");
    println!();
    println!(
        "  Yidang is ready. Open {address} and click once to enter as a demo grid worker, township"
    );
    println!(
        "  reviewer or county officer. Demo data: {data} (delete it to start afresh). Ctrl-C \
         stops."
    );
    println!();
}
