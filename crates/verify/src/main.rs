//! `yidang-verify`: checks the bundle of a file on a machine with nothing else of ours, without a network.
//!
//! Exit status: 0 everything is as it was exported, 1 something was done to it, 2 it cannot be read or the
//! command was not understood.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use yidang_sync_protocol::{Fingerprint, PaperHead, PublicKey};
use yidang_verify::{Against, Anchor, Refusal, verify};

/// 核对一件档案的档案包：内容、签名、县级凭据是不是导出时的样子。不联网。
#[derive(Parser)]
#[command(name = "yidang-verify", version)]
struct Arguments {
    /// 档案包（.yidang）
    file: PathBuf,
    /// 县级公钥，64 位十六进制
    #[arg(long, value_parser = key, conflicts_with = "fingerprint")]
    county_key: Option<PublicKey>,
    /// 县级公钥的指纹，20 位数字
    #[arg(long)]
    fingerprint: Option<Fingerprint>,
    /// 打印件页脚二维码里的那一行（YD1:…）
    #[arg(long)]
    head: Option<PaperHead>,
}

/// A key in hexadecimal.
fn key(text: &str) -> Result<PublicKey, String> {
    let wrong = || "a key has 64 hexadecimal digits".to_owned();
    let digits = text.trim().as_bytes();
    let mut key = PublicKey::default();
    if digits.len() != key.len() * 2 {
        return Err(wrong());
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(key)
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("读不了 {}：{why}", path.display());
    ExitCode::from(2)
}

fn main() -> ExitCode {
    let Arguments { file, county_key, fingerprint, head } = Arguments::parse();
    let bytes = match std::fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(&file, &error),
    };
    let anchor = county_key.map(Anchor::Key).or(fingerprint.map(Anchor::Fingerprint));
    match verify(&bytes, &Against { anchor, paper: head }) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(Refusal::Tampered(finding)) => {
            println!("档案包不可信：{finding}");
            ExitCode::FAILURE
        }
        Err(Refusal::Unreadable(why)) => {
            unreadable(&file, &format!("不是档案包，或已损坏（{why}）"))
        }
    }
}
