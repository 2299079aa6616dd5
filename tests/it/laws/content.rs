//! Content codings: pieces are bounded, and splitting changes neither the content nor the fault.
//!
//! The first octet chooses the codings, the second how long the pieces are.

use rcurl::codec::content::{Codings, Decoder, Failure, Fault};

/// Enough is enough: a small input may stand for gigabytes.
const ENOUGH: usize = 1 << 20;

/// No piece is longer than this, in octets.
const LONGEST: usize = 64 * 1024;

const LISTS: [&str; 8] = [
    "gzip",
    "deflate",
    "br",
    "zstd",
    "gzip, gzip",
    "deflate, br",
    "zstd, gzip",
    "identity",
];

pub(crate) fn hold(input: &[u8]) {
    let Some(([choice, size], coded)) = input.split_first_chunk() else {
        return;
    };
    let mut codings = Codings::new();
    codings
        .add(LISTS[usize::from(choice % 8)].as_bytes())
        .expect("codings that are known");
    let _ = Codings::new().add(coded);
    let whole = decoded(&codings, [coded]);
    let parts = decoded(&codings, coded.chunks(usize::from(*size % 64) + 1));
    let common = whole.0.len().min(parts.0.len());
    assert!(
        whole.0[..common] == parts.0[..common],
        "splitting changes nothing"
    );
    if whole.1 == Ending::Done(None) || parts.1 == Ending::Done(None) {
        assert_eq!(whole.0.len(), parts.0.len(), "splitting changes nothing");
    }
    match (whole.1, parts.1) {
        // Of two faults in a chain, the one that is met first depends on where the cuts are.
        (Ending::Done(Some(_)), Ending::Done(Some(_))) if codings.as_slice().len() > 1 => {}
        (Ending::Enough, _) | (_, Ending::Enough) => {}
        (whole, parts) => assert_eq!(whole, parts, "splitting changes nothing"),
    }
}

#[derive(Debug, PartialEq)]
enum Ending {
    Done(Option<Fault>),
    Enough,
}

fn decoded<'a>(codings: &Codings, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, Ending) {
    let mut decoder = Decoder::new(codings);
    let mut out = Vec::new();
    for piece in pieces {
        let result = decoder.decode(piece, &mut |decoded: &[u8]| {
            assert!(decoded.len() <= LONGEST, "a piece of {}", decoded.len());
            out.extend_from_slice(decoded);
            if out.len() < ENOUGH {
                Ok(())
            } else {
                Err("enough")
            }
        });
        match result {
            Ok(()) => {}
            Err(Failure::Content(fault)) => return (out, Ending::Done(Some(fault))),
            Err(Failure::Delivery(_)) => return (out, Ending::Enough),
        }
    }
    let fault = decoder.finish().err();
    (out, Ending::Done(fault))
}
