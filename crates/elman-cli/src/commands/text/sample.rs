//! `elman text sample`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use elman::text::{Sampling, TextModel};

use crate::args::TextSampleArgs;
use crate::failure::{INTERRUPTED, Outcome};
use crate::interrupt;

/// Bytes that are held back before they are written, where nobody watches them come.
const HELD: usize = 4096;

/// Writes as it is made.
pub fn run(args: &TextSampleArgs) -> Outcome {
    let model = TextModel::load(&args.model)?;
    let TextSampleArgs { temperature, top_k, top_p, seed, .. } = *args;
    let sampling = Sampling { temperature, top_k, top_p, seed };
    let mut writer = model.writer(&args.prime, &sampling)?;
    let mut out = std::io::stdout().lock();
    let held = if out.is_terminal() { 1 } else { HELD };
    let mut text = args.prime.clone().into_bytes();
    interrupt::watch();
    let mut written = 0;
    while args.endless || written < args.length {
        writer.write(&mut text)?;
        written += 1;
        if text.len() >= held {
            out.write_all(&text)?;
            out.flush()?;
            text.clear();
        }
        if interrupt::asked() {
            break;
        }
    }
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()?;
    Ok(ExitCode::from(if interrupt::asked() { INTERRUPTED } else { 0 }))
}
