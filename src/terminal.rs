//! A line typed unseen at the terminal.
//!
//! Knows: how a terminal is kept from showing what is typed, and that it must show it again, after
//! Ctrl-C too. Must not know: what is asked for.
//!
//! While nothing is shown, the keys that end the program (Ctrl-C, Ctrl-\) end the line instead: so
//! the terminal is put right first, and the signal follows. A signal handler would need `unsafe`.

use std::fs::File;
use std::io::{self, Read};

use rustix::process::{Signal, getpid, kill_process};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use zeroize::Zeroizing;

/// A line from the terminal that the process belongs to, without its end; `None` when it belongs to
/// none.
pub fn secret_line() -> Option<Zeroizing<Vec<u8>>> {
    let terminal = File::options().read(true).open("/dev/tty").ok()?;
    let hidden = Hidden::new(&terminal).ok()?;
    let line = hidden.line().unwrap_or_default();
    let signal = line.last().and_then(|key| hidden.signal(*key));
    drop(hidden);
    if let Some(signal) = signal {
        let _ = kill_process(getpid(), signal);
    }
    Some(line)
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Hidden<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut unseen = before.clone();
        unseen
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        unseen.local_modes |= LocalModes::ECHONL;
        for (end, key) in ENDS {
            unseen.special_codes[end] = before.special_codes[key];
        }
        tcsetattr(terminal, OptionalActions::Flush, &unseen)?;
        Ok(Self { terminal, before })
    }

    /// What is typed up to a line end, which is left out, or up to a key that ends the program.
    fn line(&self) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        while line.len() < LONGEST {
            let Some(octet) = one_octet(self.terminal)? else {
                break;
            };
            if octet == b'\n' {
                break;
            }
            line.push(octet);
            if self.signal(octet).is_some() {
                break;
            }
        }
        Ok(line)
    }

    /// The signal that a key would have sent; zero stands for no key.
    fn signal(&self, key: u8) -> Option<Signal> {
        let is = |index| key != 0 && key == self.before.special_codes[index];
        if is(SpecialCodeIndex::VINTR) {
            Some(Signal::INT)
        } else if is(SpecialCodeIndex::VQUIT) {
            Some(Signal::QUIT)
        } else {
            None
        }
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Further keys that end a line, and those that are to do so.
const ENDS: [(SpecialCodeIndex, SpecialCodeIndex); 2] = [
    (SpecialCodeIndex::VEOL, SpecialCodeIndex::VINTR),
    (SpecialCodeIndex::VEOL2, SpecialCodeIndex::VQUIT),
];

/// More octets are not typed (the line buffer of a terminal); so the secret is never copied about.
const LONGEST: usize = 4096;

/// Reads one octet and not one more, since what follows may be content; `None` at the end.
pub fn one_octet(mut from: impl Read) -> io::Result<Option<u8>> {
    let mut octet = [0];
    loop {
        match from.read(&mut octet) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(octet[0])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
