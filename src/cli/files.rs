//! Arguments that stand in a file or come from standard input.
//!
//! Knows: `@file` and `@-`, and how much is read. Must not know: what the content means.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No argument read from a file is longer, in octets; as in curl.
const MOST: u64 = 16 * 1024 * 1024 * 1024;
/// How much is read at a time, in octets.
const PIECE: usize = 64 * 1024;
/// No line of a file of lines is longer, in octets; as curl's config lines.
pub(crate) const LONGEST_LINE: usize = 10 * 1024 * 1024;

/// Everything in a file, or in standard input for `-`.
pub(crate) fn whole(path: &Path, stdin: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    if path.as_os_str() == "-" {
        stdin.take(MOST).read_to_end(&mut octets)?;
    } else {
        File::open(path)?.take(MOST).read_to_end(&mut octets)?;
    }
    Ok(octets)
}

/// The same, a piece at a time.
pub(crate) fn pieces(
    path: &Path,
    stdin: &mut dyn Read,
    take: &mut dyn FnMut(&[u8]),
) -> io::Result<()> {
    let mut file: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(stdin.take(MOST))
    } else {
        Box::new(File::open(path)?.take(MOST))
    };
    let mut buffer = vec![0; PIECE];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => take(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The lines that say something, with their numbers: without those that are blank or begin with `#`,
/// and without a carriage return at the end.
pub(crate) fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = (1..).zip(text.split(|&octet| octet == b'\n'));
    lines.filter_map(|(number, line)| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let first = line.iter().find(|octet| !b" \t".contains(octet));
        (!matches!(first, None | Some(b'#'))).then_some((number, line))
    })
}
