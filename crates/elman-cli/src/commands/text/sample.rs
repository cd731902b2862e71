//! `elman text sample`.

use std::process::ExitCode;

use elman::text::{Sampling, TextModel, Tokenizer};
use serde_json::json;

use crate::args::TextSampleArgs;
use crate::failure::{INTERRUPTED, Outcome};
use crate::{files, interrupt, print};

/// Bytes that are held back before they are written, where nobody watches them come.
const HELD: usize = 4096;

/// Writes as it is made.
pub fn run(args: &TextSampleArgs) -> Outcome {
    let model = TextModel::from_file(&files::model(&args.model)?)?;
    let TextSampleArgs { temperature, top_k, top_p, .. } = *args;
    let seed = args.random.seed;
    let sampling = Sampling { temperature, top_k, top_p, seed };
    // A byte-order mark is no character of a text.
    let of_bytes = model.vocabulary().tokenizer() == Tokenizer::Bytes;
    let prompt = args.prompt.strip_prefix('\u{feff}').filter(|_| !of_bytes).unwrap_or(&args.prompt);
    let mut writer = model.generator(prompt, &sampling)?;
    let held = match args.output.json {
        true => usize::MAX,
        false if print::stdout_is_seen() => 1,
        false => HELD,
    };
    let mut text = prompt.as_bytes().to_owned();
    interrupt::watch();
    let mut written = 0_u64;
    while args.endless || written < args.length {
        writer.write(&mut text)?;
        written += 1;
        if text.len() >= held {
            print::results(|stdout| stdout.write_all(&text));
            text.clear();
        }
        if interrupt::asked() || print::is_over() {
            break;
        }
    }
    if args.output.json {
        let said = String::from_utf8_lossy(&text[prompt.len()..]);
        let json = json!({"prompt": prompt, "text": said, "characters": written});
        text = json.to_string().into_bytes();
    }
    text.push(b'\n');
    print::results(|stdout| stdout.write_all(&text));
    Ok(ExitCode::from(if interrupt::asked() { INTERRUPTED } else { 0 }))
}
