//! Typing without being seen: a line from the terminal that is not echoed.

use std::io::{self, BufRead, ErrorKind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::runtime::{Builder, Runtime};

use super::error::CommandError;
use super::signals::Signals;
use super::{exit, started};
use crate::base::secret::Secret;

/// The longest line that is taken, in bytes.
const MAX_LINE: usize = 4096;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: u8 = 8;
const CTRL_U: u8 = 21;
const DELETE: u8 = 127;

/// Reads a line from `input`, the terminal on standard input while it is [`Hidden`]. Keys arrive one by one then, Ctrl-C
/// included, so that the terminal is put right before the program ends.
///
/// # Errors
/// Exit code 130 for Ctrl-C, 2 when the input ends instead.
pub(super) fn read_line(input: &mut dyn BufRead) -> Result<Secret, CommandError> {
    let mut line = Vec::new();
    loop {
        let mut byte = [0];
        let [byte] = match input.read(&mut byte) {
            Ok(0) => [CTRL_D],
            Ok(_) => byte,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        match byte {
            b'\n' | b'\r' => return Ok(Secret::new(&String::from_utf8_lossy(&line))),
            CTRL_C => return Err(CommandError::new(exit::INTERRUPTED, "interrupted")),
            CTRL_D => {
                let message = "the input ended before a key was typed";
                return Err(CommandError::new(exit::USAGE, message));
            }
            BACKSPACE | DELETE => drop(line.pop()),
            CTRL_U => line.clear(),
            _ if line.len() < MAX_LINE => line.push(byte),
            _ => {}
        }
    }
}

/// A terminal that shows nothing of what is typed, until this is dropped or a signal ends the program.
pub(super) struct Hidden {
    before: Before,
}

/// What a hidden terminal was like before; nothing once it is so again.
type Before = Arc<Mutex<Option<Termios>>>;

impl Hidden {
    /// Hides it from now on.
    pub(super) fn begin() -> Result<Self, CommandError> {
        let before = tcgetattr(io::stdin()).map_err(io::Error::from)?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
        let before = Arc::new(Mutex::new(Some(before)));
        watch(Arc::clone(&before))?;
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden).map_err(io::Error::from)?;
        Ok(Self { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        put_right(&self.before);
    }
}

fn put_right(before: &Before) {
    let mut before = before.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.take() {
        // There is nothing else that could be done about a terminal that went away.
        let _shown = tcsetattr(io::stdin(), OptionalActions::Flush, &before);
    }
}

/// From now on a signal that ends the program puts the terminal right first. The program waits for a key and cannot be woken,
/// so a thread does it; it stays, since a signal handler does too.
fn watch(before: Before) -> Result<(), CommandError> {
    let runtime = started(Builder::new_current_thread().enable_all())?;
    let signals = runtime.block_on(async { Signals::register() })?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || end_by_signal(&runtime, signals, &before))?;
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    clippy::exit,
    reason = "nothing but the terminal has to be put right, and the main thread does not return"
)]
fn end_by_signal(runtime: &Runtime, mut signals: Signals, before: &Before) {
    runtime.block_on(signals.received());
    put_right(before);
    std::process::exit(exit::INTERRUPTED.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_corrected_and_given_up() {
        let read = |mut typed: &[u8]| read_line(&mut typed);
        assert_eq!(read(b"kez\x7fy\r").unwrap().expose(), "key");
        assert_eq!(read(b"wrong\x15key\nmore").unwrap().expose(), "key");
        assert_eq!(read(b"\x08k\n").unwrap().expose(), "k");
        assert_eq!(read(b"ke\x03").unwrap_err().exit, exit::INTERRUPTED);
        assert_eq!(read(b"ke").unwrap_err().exit, exit::USAGE);
        assert_eq!(read(b"\x04").unwrap_err().exit, exit::USAGE);
    }
}
