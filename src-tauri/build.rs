//! Turns `tauri.conf.json`, the capabilities and the icons into what the window is compiled with.

fn main() {
    tauri_build::build();
}
