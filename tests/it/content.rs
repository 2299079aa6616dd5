//! Content codings: lists of them, round trips, every split, damage and bombs.

use std::convert::Infallible;
use std::io::Write;

use crate::support::chance::chance;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use rcurl::codec::content::{
    Coding, Codings, Decoder, Failure, Fault, MOST_CODINGS, Refused, is_coded,
};

const TEXT: &[u8] = b"hello hello hello hello, world\n";
const BR: &[u8] = &[
    27, 30, 0, 232, 29, 9, 54, 78, 116, 111, 36, 134, 87, 101, 104, 9, 194, 194, 150, 10, 108, 111,
    169, 200, 36, 242, 212, 1, 203, 238, 166, 4,
];
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x00\x58\xa5\0\0\x70hello , world\n\x01\0\x99\x4b\x11";
const ZSTD_CHECKED: &[u8] =
    b"\x28\xb5\x2f\xfd\x04\x68\xa5\0\0\x70hello , world\n\x01\0\x99\x4b\x11\xfe\x37\x51\x05";
/// A run of 128 KiB of zeros in each of the blocks that follow such a header.
const ZSTD_HEADER: &[u8] = b"\x28\xb5\x2f\xfd\0\x58";

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn bare_deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn codings(list: &str) -> Codings {
    let mut codings = Codings::new();
    codings.add(list.as_bytes()).unwrap();
    codings
}

/// Decodes pieces; what came out, and what went wrong.
fn decode_pieces<'a>(
    list: &str,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<u8>, Option<Fault>) {
    let mut decoder = Decoder::new(&codings(list));
    let mut out = Vec::new();
    for piece in pieces {
        let result = decoder.decode::<Infallible>(piece, &mut |decoded| {
            assert!(decoded.len() <= 64 * 1024, "a piece of {}", decoded.len());
            out.extend_from_slice(decoded);
            Ok(())
        });
        match result {
            Ok(()) => {}
            Err(Failure::Content(fault)) => return (out, Some(fault)),
            Err(Failure::Delivery(never)) => match never {},
        }
    }
    (out, decoder.finish().err())
}

/// Decodes `input` whole and cut in two anywhere; all come to `expected`.
#[track_caller]
fn check(list: &str, input: &[u8], expected: &[u8]) {
    for at in 0..=input.len() {
        let (before, after) = input.split_at(at);
        let (out, fault) = decode_pieces(list, [before, after]);
        assert_eq!(
            (out.escape_ascii().to_string(), fault),
            (expected.escape_ascii().to_string(), None),
            "{list}, cut at {at}"
        );
    }
    let (out, fault) = decode_pieces(list, input.chunks(1));
    assert_eq!(
        (out.as_slice(), fault),
        (expected, None),
        "{list}, octet by octet"
    );
}

/// Decoding `input` fails so, having delivered a beginning of the text.
#[track_caller]
fn check_fault(list: &str, input: &[u8], expected: Fault) {
    for pieces in [input.len().max(1), 1] {
        let (out, fault) = decode_pieces(list, input.chunks(pieces));
        assert!(TEXT.starts_with(&out), "{list}: {}", out.escape_ascii());
        assert_eq!(fault, Some(expected), "{list}: {}", input.escape_ascii());
    }
}

#[test]
fn known_samples_decode() {
    check("gzip", &gzip(TEXT), TEXT);
    check("x-gzip", &gzip(TEXT), TEXT);
    check("deflate", &zlib(TEXT), TEXT);
    check("deflate", &bare_deflate(TEXT), TEXT);
    check("br", BR, TEXT);
    check("zstd", ZSTD, TEXT);
    check("zstd", ZSTD_CHECKED, TEXT);
    check("", TEXT, TEXT);
}

#[test]
fn nothing_decodes_to_nothing() {
    for list in ["gzip", "deflate", "br", "zstd", "gzip, gzip"] {
        check(list, b"", b"");
    }
    check("gzip", &gzip(b""), b"");
    check("deflate", &zlib(b""), b"");
    check("deflate", &bare_deflate(b""), b"");
    check("br", b"\x06", b"");
    check("zstd", b"\x28\xb5\x2f\xfd\0\x58\x01\0\0", b"");
}

#[test]
fn chains_are_undone_from_the_end() {
    check("deflate, gzip", &gzip(&zlib(TEXT)), TEXT);
    check("br, gzip", &gzip(BR), TEXT);
    check("zstd, deflate", &zlib(ZSTD), TEXT);
    check(
        "gzip, gzip, gzip, gzip, gzip",
        &gzip(&gzip(&gzip(&gzip(&gzip(TEXT))))),
        TEXT,
    );
    check("gzip, gzip", &gzip(b""), b"");
}

#[test]
fn members_and_frames_follow_one_another() {
    let (first, second) = TEXT.split_at(10);
    check("gzip", &[gzip(first), gzip(second)].concat(), TEXT);
    let skippable = b"\x53\x2a\x4d\x18\x05\0\0\0seven".as_slice();
    check("zstd", &[skippable, ZSTD, skippable].concat(), TEXT);
    check("zstd", &[ZSTD, ZSTD_CHECKED].concat(), &TEXT.repeat(2));
}

#[test]
fn what_follows_gzip_is_ignored_and_what_follows_others_is_not() {
    check("gzip", &[gzip(TEXT).as_slice(), b"JUNKJUNK"].concat(), TEXT);
    check("gzip", &[gzip(TEXT).as_slice(), b"\0\0\0\0"].concat(), TEXT);
    check("deflate", &[zlib(TEXT).as_slice(), b"JUNK"].concat(), TEXT);
    check_fault(
        "gzip",
        &[gzip(TEXT).as_slice(), b"\x1f\x8b\x01\0"].concat(),
        Fault::Corrupt(Coding::Gzip),
    );
    check_fault(
        "br",
        &[BR, b"JUNK"].concat(),
        Fault::Corrupt(Coding::Brotli),
    );
    check_fault(
        "zstd",
        &[ZSTD, b"JUNK"].concat(),
        Fault::Corrupt(Coding::Zstd),
    );
}

#[test]
fn every_cut_is_a_fault() {
    let samples: [(&str, &[u8], Coding); 6] = [
        ("gzip", &gzip(TEXT), Coding::Gzip),
        ("deflate", &zlib(TEXT), Coding::Deflate),
        ("deflate", &bare_deflate(TEXT), Coding::Deflate),
        ("br", BR, Coding::Brotli),
        ("zstd", ZSTD, Coding::Zstd),
        ("zstd", ZSTD_CHECKED, Coding::Zstd),
    ];
    for (list, whole, coding) in samples {
        for length in 1..whole.len() {
            check_fault(list, &whole[..length], Fault::Truncated(coding));
        }
    }
    check_fault(
        "gzip, gzip",
        &gzip(&gzip(TEXT)[..20]),
        Fault::Truncated(Coding::Gzip),
    );
}

#[test]
fn what_is_not_so_coded_is_corrupt() {
    let junk = b"this is no coded content of any kind at all";
    check_fault("gzip", junk, Fault::Corrupt(Coding::Gzip));
    check_fault("deflate", junk, Fault::Corrupt(Coding::Deflate));
    check_fault("br", &[0xff; 40], Fault::Corrupt(Coding::Brotli));
    check_fault("zstd", junk, Fault::Corrupt(Coding::Zstd));
}

#[test]
fn gzip_headers_and_check_sums_are_checked() {
    let damaged = |at: usize, with: u8| {
        let mut coded = gzip(TEXT);
        let at = if at < 100 { at } else { coded.len() + 100 - at };
        coded[at] ^= with;
        coded
    };
    check_fault("gzip", &damaged(2, 0xff), Fault::Corrupt(Coding::Gzip)); // method
    check_fault("gzip", &damaged(3, 0xe0), Fault::Corrupt(Coding::Gzip)); // reserved flags
    check_fault("gzip", &damaged(106, 0xff), Fault::Corrupt(Coding::Gzip)); // CRC
    check_fault("gzip", &damaged(101, 0xff), Fault::Corrupt(Coding::Gzip)); // length
}

#[test]
fn zstd_check_sums_are_checked() {
    let mut damaged = ZSTD_CHECKED.to_vec();
    damaged[22] ^= 0x08; // a literal
    let (_, fault) = decode_pieces("zstd", [damaged.as_slice()]);
    assert_eq!(fault, Some(Fault::Corrupt(Coding::Zstd)));
}

#[test]
fn zstd_windows_are_bounded() {
    let frame = |window: u8| [b"\x28\xb5\x2f\xfd\0".as_slice(), &[window], b"\x01\0\0"].concat();
    check("zstd", &frame(13 << 3), b"");
    check_fault("zstd", &frame(13 << 3 | 1), Fault::WindowTooLarge);
    check_fault("zstd", &frame(0xff), Fault::WindowTooLarge);
    // One segment of 2 GB.
    check_fault(
        "zstd",
        b"\x28\xb5\x2f\xfd\xa0\0\0\0\x80",
        Fault::WindowTooLarge,
    );
}

#[test]
fn zstd_takes_no_dictionary_no_reserved_bit_and_no_great_block() {
    check_fault(
        "zstd",
        b"\x28\xb5\x2f\xfd\x01\x58\x07",
        Fault::Corrupt(Coding::Zstd),
    );
    check_fault(
        "zstd",
        b"\x28\xb5\x2f\xfd\x08\x58",
        Fault::Corrupt(Coding::Zstd),
    );
    check_fault(
        "zstd",
        &[ZSTD_HEADER, b"\xf8\xff\xff"].concat(),
        Fault::Corrupt(Coding::Zstd),
    );
    check_fault(
        "zstd",
        &[ZSTD_HEADER, b"\x06\0\0"].concat(),
        Fault::Corrupt(Coding::Zstd),
    );
}

/// `decode_pieces` holds every piece against the bound.
#[test]
fn bombs_come_in_bounded_pieces() {
    let zeros = vec![0; 2 << 20];
    for (list, coded) in [
        ("gzip", gzip(&zeros)),
        ("deflate", zlib(&zeros)),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        (
            "zstd",
            [
                ZSTD_HEADER.to_vec(),
                b"\x02\0\x10\0".repeat(15),
                b"\x03\0\x10\0".to_vec(),
            ]
            .concat(),
        ),
    ] {
        let (out, fault) = decode_pieces(list, [coded.as_slice()]);
        assert_eq!((out.len(), fault), (zeros.len(), None), "{list}");
    }
}

#[test]
fn what_a_flushed_stream_holds_is_delivered_at_once() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(TEXT).unwrap();
    encoder.flush().unwrap();
    let (out, fault) = decode_pieces("gzip", [encoder.get_ref().as_slice()]);
    assert_eq!(
        (out.as_slice(), fault),
        (TEXT, Some(Fault::Truncated(Coding::Gzip)))
    );
}

#[test]
fn what_a_flushed_br_stream_holds_is_delivered_at_once() {
    let mut flushed = BR.to_vec();
    // Not the last block, of a content with another window.
    flushed[..2].copy_from_slice(&[11, 15]);
    flushed.truncate(BR.len() - 1);
    flushed.extend_from_slice(&[196, 0]);
    let (out, fault) = decode_pieces("br", [flushed.as_slice()]);
    assert_eq!(
        (out.as_slice(), fault),
        (TEXT, Some(Fault::Truncated(Coding::Brotli)))
    );
}

#[test]
fn damage_to_brotli_is_the_same_fault_in_pieces() {
    let mut coded = BR.to_vec();
    coded[19] ^= 32;
    let (at_once, fault) = decode_pieces("br", [coded.as_slice()]);
    let (in_pieces, same_fault) = decode_pieces("br", coded.chunks(1));
    assert_eq!(fault, same_fault);
    assert!(in_pieces.starts_with(&at_once));
}

#[test]
fn an_error_of_the_receiver_comes_back() {
    let mut decoder = Decoder::new(&codings("gzip"));
    let result = decoder.decode(&gzip(TEXT), &mut |_| Err("full"));
    assert_eq!(result, Err(Failure::Delivery("full")));
}

#[test]
fn lists_are_read() {
    use Coding::{Brotli, Deflate, Gzip, Zstd};
    let read = |lines: &[&str]| {
        let mut codings = Codings::new();
        lines
            .iter()
            .try_for_each(|line| codings.add(line.as_bytes()))
            .map(|()| codings.as_slice().to_vec())
    };
    assert_eq!(read(&["gzip"]), Ok(vec![Gzip]));
    assert_eq!(
        read(&["GZip , deflate,br\t,zstd"]),
        Ok(vec![Gzip, Deflate, Brotli, Zstd])
    );
    assert_eq!(read(&["br", "x-gzip"]), Ok(vec![Brotli, Gzip]));
    assert_eq!(read(&["identity, ,none,,"]), Ok(vec![]));
    assert_eq!(read(&["gzip, foo"]), Err(Refused::Unknown(b"foo".to_vec())));
    assert_eq!(
        read(&["gzip;q=1"]),
        Err(Refused::Unknown(b"gzip;q=1".to_vec()))
    );
    let most = ["gzip"; MOST_CODINGS];
    assert_eq!(read(&most), Ok(vec![Gzip; MOST_CODINGS]));
    assert_eq!(
        read(&[most.join(",").as_str(), "identity"]),
        Ok(vec![Gzip; MOST_CODINGS])
    );
    assert_eq!(
        read(&[most.join(",").as_str(), "br"]),
        Err(Refused::TooMany)
    );
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn what_was_coded_comes_back(
        data in prop::collection::vec(0_u8..4, 0..5000),
        size in 1_usize..700,
    ) {
        for (list, coded) in [
            ("gzip", gzip(&data)),
            ("deflate", zlib(&data)),
            ("deflate", bare_deflate(&data)),
            ("deflate, gzip", gzip(&zlib(&data))),
        ] {
            prop_assert_eq!(decode_pieces(list, coded.chunks(size)), (data.clone(), None), "{}", list);
        }
    }

    /// Damage is survived, and cuts do not change what is found.
    #[test]
    fn damage_is_survived(
        sample in 0_usize..6, at: prop::sample::Index, with in 1_u8.., size in 1_usize..9,
    ) {
        let samples: [(&str, Vec<u8>); 6] = [
            ("gzip", gzip(TEXT)),
            ("deflate", zlib(TEXT)),
            ("deflate", bare_deflate(TEXT)),
            ("br", BR.to_vec()),
            ("zstd", ZSTD.to_vec()),
            ("zstd", ZSTD_CHECKED.to_vec()),
        ];
        let (list, mut coded) = samples[sample].clone();
        let at = at.index(coded.len());
        coded[at] ^= with;
        let (at_once, fault) = decode_pieces(list, [coded.as_slice()]);
        let (in_pieces, same_fault) = decode_pieces(list, coded.chunks(size));
        prop_assert_eq!(fault, same_fault);
        // Pieces let out more of what stands before the damage.
        prop_assert!(in_pieces.starts_with(&at_once));
    }
}

#[test]
fn identity_in_any_case_is_no_coding_and_any_other_name_in_the_list_is_one() {
    for (value, expected) in [
        ("", false),
        ("identity", false),
        ("Identity", false),
        ("IDENTITY, , none", false),
        ("gzip", true),
        ("identity, gzip", true),
        ("unheard-of", true),
    ] {
        assert_eq!(is_coded(value.as_bytes()), expected, "{value}");
    }
}
