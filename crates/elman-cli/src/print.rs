//! All that the program prints. What cannot be printed never costs a result: the work goes on and its files
//! are written, and at the end the exit code says whether anything of stdout was lost.

#![expect(clippy::disallowed_methods, reason = "the one place that prints")]

use std::fmt::Arguments;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use crate::args::in_words;
use crate::failure::USAGE;
use crate::foreign;

/// A line of results, on stdout.
macro_rules! out {
    ($($line:tt)*) => { $crate::print::line(format_args!($($line)*)) };
}

/// A line beside the results, on stderr.
macro_rules! note {
    ($($line:tt)*) => { $crate::print::note(format_args!($($line)*)) };
}

/// Why stdout could not be written to, the first time.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Prints to stdout by `write`. After a failure nothing more is printed.
/// A terminal is shown no [commands](crate::foreign) that stand in them; a file gets them as they are.
pub fn results(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
    if LOST.get().is_some() {
        return;
    }
    let mut stdout = io::stdout().lock();
    let written = if stdout_is_seen() {
        let mut text = Vec::new();
        write(&mut text).and_then(|()| {
            let text = String::from_utf8_lossy(&text);
            stdout.write_all(foreign::shown(&text, true).as_bytes())
        })
    } else {
        write(&mut stdout)
    };
    if let Err(error) = written.and_then(|()| stdout.flush()) {
        // Where two threads fail at once, either reason is true.
        let _ = LOST.set(error);
    }
}

/// A line on stdout; see `out!`.
pub fn line(line: Arguments<'_>) {
    let line = line.to_string();
    results(|stdout| writeln!(stdout, "{}", foreign::shown(&line, stdout_is_seen())));
}

/// A line on stderr; see `note!`. Where stderr takes nothing, there is nowhere to say so.
pub fn note(line: Arguments<'_>) {
    let line = line.to_string();
    let _ = writeln!(io::stderr(), "{}", foreign::shown(&line, stderr_is_seen()));
}

/// The help, or a mistake in the arguments, as clap says it; and the exit code.
pub fn said_by_clap(said: &clap::Error) -> ExitCode {
    match said.use_stderr() {
        true => {
            if let Some(mistake) = in_words(said) {
                note(format_args!("{mistake}"));
                return ExitCode::from(USAGE);
            }
            let said = said.render();
            let colors = stderr_is_seen() && std::env::var_os("NO_COLOR").is_none();
            let said = if colors { said.ansi().to_string() } else { said.to_string() };
            note(format_args!("{}", said.trim_end_matches('\n')));
        }
        false => results(|_| said.print()),
    }
    ExitCode::from(u8::try_from(said.exit_code()).unwrap_or(USAGE))
}

/// Whether stdout takes no more: a command that only prints may end.
pub fn is_over() -> bool {
    LOST.get().is_some()
}

/// Why results were lost. A reader who has gone away wanted no more of them.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get().filter(|error| error.kind() != ErrorKind::BrokenPipe)
}

/// Whether a person sees stdout.
pub fn stdout_is_seen() -> bool {
    io::stdout().is_terminal()
}

/// Whether a person sees stderr.
pub fn stderr_is_seen() -> bool {
    io::stderr().is_terminal()
}

/// Where a live view is drawn; its failures end the view, not the work.
pub fn terminal() -> io::Stderr {
    io::stderr()
}
