//! `elman text sample`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use elman::text::{Sampling, TextModel};
use serde_json::json;

use crate::args::TextSampleArgs;
use crate::failure::{INTERRUPTED, Outcome};
use crate::interrupt;

/// Bytes that are held back before they are written, where nobody watches them come.
const HELD: usize = 4096;

/// Writes as it is made.
pub fn run(args: &TextSampleArgs) -> Outcome {
    let model = TextModel::load(&args.model)?;
    let TextSampleArgs { temperature, top_k, top_p, .. } = *args;
    let seed = args.random.seed;
    let sampling = Sampling { temperature, top_k, top_p, seed };
    let mut writer = model.writer(&args.prime, &sampling)?;
    let mut out = std::io::stdout().lock();
    let held = match args.output.json {
        true => usize::MAX,
        false if out.is_terminal() => 1,
        false => HELD,
    };
    let mut text = args.prime.clone().into_bytes();
    interrupt::watch();
    let mut written = 0_u64;
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
    if args.output.json {
        let said = String::from_utf8_lossy(&text[args.prime.len()..]);
        let json = json!({"prime": args.prime, "text": said, "characters": written});
        text = json.to_string().into_bytes();
    }
    text.push(b'\n');
    out.write_all(&text)?;
    out.flush()?;
    Ok(ExitCode::from(if interrupt::asked() { INTERRUPTED } else { 0 }))
}
