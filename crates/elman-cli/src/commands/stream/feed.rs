//! Blocks of the input, read by a thread of their own: a read that blocks delays neither a finished forecast nor Ctrl-C.

use std::io::{self, ErrorKind, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

/// Bytes of a block: those that a pipe of Linux holds.
const BLOCK: usize = 1 << 16;

/// Blocks that are read ahead.
const AHEAD: usize = 4;

/// Time between two looks whether a signal has come, while the input is silent.
const LOOK: Duration = Duration::from_millis(50);

/// The blocks of an input.
pub struct Feed(Receiver<io::Result<Vec<u8>>>);

/// The next input.
#[derive(Debug, PartialEq)]
pub enum Next {
    Block(Vec<u8>),
    /// The end of the input.
    End,
    /// Nothing: the program is to stop.
    Stopped,
}

impl Feed {
    /// Starts to read.
    pub fn start(source: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = sync_channel(AHEAD);
        std::thread::spawn(move || read(source, &sender));
        Self(receiver)
    }

    /// The next block if it is there already; `None` if it would have to be waited for.
    ///
    /// # Errors
    /// Those of the input.
    pub fn ready(&self) -> io::Result<Option<Next>> {
        match self.0.try_recv() {
            Ok(block) => block.map(|block| Some(Next::Block(block))),
            Err(TryRecvError::Disconnected) => Ok(Some(Next::End)),
            Err(TryRecvError::Empty) => Ok(None),
        }
    }

    /// Waits for the next block, or until `is_stopped`.
    ///
    /// # Errors
    /// Those of the input.
    pub fn wait(&self, is_stopped: impl Fn() -> bool) -> io::Result<Next> {
        loop {
            if is_stopped() {
                return Ok(Next::Stopped);
            }
            match self.0.recv_timeout(LOOK) {
                Ok(block) => return block.map(Next::Block),
                Err(RecvTimeoutError::Disconnected) => return Ok(Next::End),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

/// Sends the blocks of `source` until its end, or until nobody takes them.
fn read(mut source: impl Read, blocks: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut block = vec![0; BLOCK];
        let read = match source.read(&mut block) {
            Ok(0) => return,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Ok(len) => {
                block.truncate(len);
                Ok(block)
            }
            Err(error) => Err(error),
        };
        let is_last = read.is_err();
        if blocks.send(read).is_err() || is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Instant;

    use super::*;

    #[test]
    fn blocks_come_in_order_up_to_the_end() {
        let all: Vec<u8> = (0..=255).cycle().take(3 * BLOCK + 17).collect();
        let feed = Feed::start(io::Cursor::new(all.clone()));
        let mut read = Vec::new();
        while let Next::Block(block) = feed.wait(|| false).unwrap() {
            read.extend(block);
        }
        assert!(read == all);
    }

    #[test]
    fn a_silent_input_is_not_ready_and_can_be_stopped() {
        let (reader, mut writer) = io::pipe().unwrap();
        let feed = Feed::start(reader);
        assert_eq!(feed.ready().unwrap(), None);
        assert_eq!(feed.wait(|| true).unwrap(), Next::Stopped);
        writer.write_all(b"a\n").unwrap();
        assert_eq!(feed.wait(|| false).unwrap(), Next::Block(b"a\n".to_vec()));
        assert_eq!(feed.ready().unwrap(), None);
        drop(writer);
        assert_eq!(feed.wait(|| false).unwrap(), Next::End);
    }

    #[test]
    fn a_stop_is_noticed_while_waiting() {
        let (reader, _writer) = io::pipe().unwrap();
        let feed = Feed::start(reader);
        let begun = Instant::now();
        let later = || begun.elapsed() > 2 * LOOK;
        assert_eq!(feed.wait(later).unwrap(), Next::Stopped);
    }

    #[test]
    fn an_error_of_the_input_is_told() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        assert_eq!(Feed::start(Broken).wait(|| false).unwrap_err().to_string(), "broken");
    }
}
