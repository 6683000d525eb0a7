//! Which packages, and what each is for. The names are those of Debian 12 and later.

use crate::setup::Need;
use crate::setup::compilers::ARCHIVERS;

/// How to find out that a package is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// dpkg knows it; where there is no dpkg, one of its commands is on the PATH.
    Package,
    /// One of its commands is on the PATH, wherever it came from.
    Command,
    /// A clang that knows wasm is on the PATH.
    Wasm,
}

/// One thing that must be on the machine.
pub struct Package {
    /// When it must be there.
    pub need: Need,
    /// Its names, best first; one of them is enough.
    pub names: &'static [&'static str],
    /// Commands that it brings; one of them is enough.
    pub commands: &'static [&'static str],
    /// How to find out.
    pub proof: Proof,
    /// What it is for, in a person's words.
    pub why: &'static str,
}

impl Package {
    /// The name to show.
    pub fn name(&self) -> &'static str {
        self.names.first().copied().unwrap_or_default()
    }
}

/// Everything that the commands of this workspace may need.
pub const PACKAGES: &[Package] = &[
    Package {
        need: Need::Build,
        names: &["build-essential"],
        commands: &["cc", "gcc", "clang"],
        proof: Proof::Package,
        why: "C compiler and linker: SQLite, its encryption and the TLS library contain C",
    },
    Package {
        need: Need::Build,
        names: &["perl"],
        commands: &["perl"],
        proof: Proof::Package,
        why: "configures the cryptography library of the encrypted database",
    },
    Package {
        need: Need::Build,
        names: &["make"],
        commands: &["make"],
        proof: Proof::Package,
        why: "builds the cryptography library of the encrypted database",
    },
    Package {
        need: Need::Web,
        names: &[
            "clang-19", "clang-22", "clang-21", "clang-20", "clang-18", "clang-17", "clang-16",
            "clang",
        ],
        commands: &[],
        proof: Proof::Wasm,
        why: "compiles SQLite to wasm: the replica in the browser",
    },
    Package {
        need: Need::Web,
        names: &[
            "llvm-19", "llvm-22", "llvm-21", "llvm-20", "llvm-18", "llvm-17", "llvm-16", "llvm",
        ],
        commands: &ARCHIVERS,
        proof: Proof::Command,
        why: "llvm-ar, which packs the wasm objects of SQLite",
    },
    Package {
        need: Need::Window,
        names: &["pkg-config", "pkgconf"],
        commands: &["pkg-config"],
        proof: Proof::Package,
        why: "tells the window's build where GTK and WebKit are",
    },
    Package {
        need: Need::Window,
        names: &["libwebkit2gtk-4.1-dev"],
        commands: &[],
        proof: Proof::Package,
        why: "the web view in which the window shows the user interface",
    },
    Package {
        need: Need::Checks,
        names: &["nodejs"],
        commands: &["node", "nodejs"],
        proof: Proof::Command,
        why: "checks the syntax of the hand-written scripts (service worker, start of the worker)",
    },
    Package {
        need: Need::Checks,
        names: &["npm"],
        commands: &["npm", "npm.cmd"],
        proof: Proof::Command,
        why: "installs what looks at the screens and what opens an exported file (tests/js)",
    },
    Package {
        need: Need::EndToEnd,
        names: &["webkit2gtk-driver"],
        commands: &["WebKitWebDriver"],
        proof: Proof::Package,
        why: "lets the tests press the buttons of the real window",
    },
    Package {
        need: Need::EndToEnd,
        names: &["xvfb"],
        commands: &["xvfb-run"],
        proof: Proof::Package,
        why: "a display in memory for the tests of the window",
    },
    Package {
        need: Need::EndToEnd,
        names: &["xauth"],
        commands: &["xauth"],
        proof: Proof::Package,
        why: "xvfb-run does not start without it",
    },
    Package {
        need: Need::EndToEnd,
        names: &["chromium", "chromium-browser"],
        commands: &["chromium", "chromium-browser"],
        proof: Proof::Package,
        why: "the browser of the tests",
    },
    Package {
        need: Need::EndToEnd,
        names: &["chromium-driver", "chromium-chromedriver"],
        commands: &["chromedriver"],
        proof: Proof::Package,
        why: "lets the tests press the buttons in the browser",
    },
    Package {
        need: Need::EndToEnd,
        names: &["fonts-noto-cjk"],
        commands: &[],
        proof: Proof::Package,
        why: "Chinese letters in the pictures that the tests take and measure",
    },
];
