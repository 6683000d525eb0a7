//! The program on a real bundle of a demo county: `golden.yidang` was exported by a device after an exchange
//! with a server (`tests/tests/bundle`, which writes one where `YIDANG_BUNDLE_OUT` names a path). It stays
//! readable: a later version that refuses it has broken the form.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use prost::Message;
use yidang_sync_protocol::{Bundle, Fingerprint};
use yidang_verify::{Against, verify};

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.yidang")
}

fn program(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yidang-verify"));
    command.args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn it_accepts_what_is_as_it_was_exported() {
    let file = golden();
    let file = file.to_str().unwrap();
    let plain = program(&[file]);
    assert_eq!(plain.status.code(), Some(0), "{}", said(&plain));
    let words = said(&plain);
    for told in ["档案包完好", "两家争一条地界埂", "2 人写的", "没有核对"] {
        assert!(words.contains(told), "{told}: {words}");
    }
    let key = Bundle::unpack(&std::fs::read(golden()).unwrap()).unwrap().county_key;
    let fingerprint = Fingerprint::of(&key).to_string();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    for anchor in [["--fingerprint", fingerprint.as_str()], ["--county-key", hex.as_str()]] {
        let anchored = program(&[file, anchor[0], anchor[1]]);
        assert_eq!(anchored.status.code(), Some(0), "{}", said(&anchored));
        assert!(said(&anchored).contains("与给出的一致"), "{}", said(&anchored));
    }
}

#[test]
fn it_names_what_was_done() {
    let file = golden();
    let other = Fingerprint::of(&[7; 32]).to_string();
    let done = program(&[file.to_str().unwrap(), "--fingerprint", &other]);
    assert_eq!(done.status.code(), Some(1));
    assert!(said(&done).contains("县级公钥不对"), "{}", said(&done));
    let mut bundle = Bundle::unpack(&std::fs::read(&file).unwrap()).unwrap();
    bundle.batches.pop();
    let cut = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cut.yidang");
    std::fs::write(&cut, bundle.pack()).unwrap();
    let done = program(&[cut.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1));
    assert!(said(&done).contains("末尾少了一批"), "{}", said(&done));
}

#[test]
fn what_it_cannot_read_is_another_matter() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let file = golden();
    for arguments in [
        vec![own.to_str().unwrap()],
        vec!["/nowhere/at/all.yidang"],
        vec![],
        vec![file.to_str().unwrap(), "--fingerprint", "12345"],
        vec![file.to_str().unwrap(), "--county-key", "zz"],
        vec![file.to_str().unwrap(), "--head", "YD1"],
    ] {
        let done = program(&arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(said(&done).is_empty() && !done.stderr.is_empty(), "{arguments:?}");
    }
}

/// Whoever bends a byte of it gets an answer, and never that all is well.
#[test]
fn no_byte_of_it_can_be_another() {
    let plain = Bundle::unpack(&std::fs::read(golden()).unwrap()).unwrap();
    let message = [&[0][..], &plain.encode_to_vec()].concat();
    assert!(verify(&message, &Against::default()).is_ok(), "unpacked it says the same");
    for at in (0..message.len()).step_by(97) {
        let mut bent = message.clone();
        bent[at] ^= 0x10;
        assert!(verify(&bent, &Against::default()).is_err(), "byte {at}");
    }
}
