//! What the server serves: made once, the same every time.

use std::io::{self, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Octets that are written at once.
const BLOCK: usize = 256 * 1024;

/// The longest JSON text and coded content, in octets.
const MOST: f64 = 100e6;

/// How much JSON there is where a large transfer moves so much: about a tenth.
#[expect(clippy::cast_sign_loss, reason = "a size is positive")]
pub(crate) fn json_octets(gigabytes: f64) -> u64 {
    (gigabytes * 1e8).clamp(1e5, MOST) as u64
}

/// The contents.
pub(crate) struct Content {
    /// Some octets, as often as needed.
    pub(crate) block: Vec<u8>,
    /// JSON of about a kilobyte.
    pub(crate) small: Vec<u8>,
    /// JSON of a tenth of what a large transfer moves.
    pub(crate) json: Vec<u8>,
    /// The same, as gzip.
    pub(crate) gzip: Vec<u8>,
}

impl Content {
    pub(crate) fn new(gigabytes: f64) -> io::Result<Self> {
        let json = records(json_octets(gigabytes) as usize);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&json)?;
        Ok(Self {
            block: (0..BLOCK).map(|index| (index % 251) as u8).collect(),
            small: records(1000),
            json,
            gzip: encoder.finish()?,
        })
    }

    /// Chunks of this many octets each, as many as fill a block or so.
    pub(crate) fn chunks(&self, size: usize) -> Vec<u8> {
        let mut framed = Vec::with_capacity(2 * BLOCK);
        while framed.len() < BLOCK {
            framed.extend_from_slice(format!("{size:x}\r\n").as_bytes());
            framed.extend_from_slice(&self.block[..size]);
            framed.extend_from_slice(b"\r\n");
        }
        framed
    }
}

/// An array of records, at least this long.
fn records(length: usize) -> Vec<u8> {
    let mut text = b"[".to_vec();
    for id in 1.. {
        text.extend_from_slice(
            format!(
                r#"{{"id":{id},"name":"Record No. {id}","seen":{},"weight":-{}.{:03}e-2,"tags":["b\u00e9ta","x \"y\"",{id}],"parent":null,"where":{{"street":"Elm 7","city":"Köln"}}}}"#,
                id % 3 == 0,
                id % 97,
                id % 1000,
            )
            .as_bytes(),
        );
        if text.len() >= length {
            break;
        }
        text.push(b',');
    }
    text.push(b']');
    text
}
