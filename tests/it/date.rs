//! Dates: curl's lax reading, and the form of HTTP.

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::codec::date::{basic_utc, imf_fixdate, parse};

/// Reads `input` and holds it against the same moment in the form of HTTP, or "" for no date.
#[track_caller]
fn check(input: &str, expected: &str) {
    let read = parse(input.as_bytes()).map(imf_fixdate).unwrap_or_default();
    assert_eq!(read, expected, "{input:?}");
}

// Most of these rows are what curl made of the same words.

#[test]
fn dates_are_read() {
    check(
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    );
    check(
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    );
    check("Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("06-Nov-94 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("1994 Nov 6 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT");
    check(
        "GMT 08:49:37 06-Nov-94 Sunday",
        "Sun, 06 Nov 1994 08:49:37 GMT",
    );
    check("94 6 Nov 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("1994 Nov 6", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("06-Nov-94", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("Sun Nov 6 94", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("1994.Nov.6", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("Sun/Nov/6/94/GMT", "Sun, 06 Nov 1994 00:00:00 GMT");
    check(
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 07:49:37 GMT",
    );
    check("06 Nov 1994 08:49:37 EST", "Sun, 06 Nov 1994 13:49:37 GMT");
    check(
        "Sun, 12 Sep 2004 15:05:58 -0700",
        "Sun, 12 Sep 2004 22:05:58 GMT",
    );
    check(
        "Sat, 11 Sep 2004 21:32:11 +0200",
        "Sat, 11 Sep 2004 19:32:11 GMT",
    );
    check("20040912 15:05:58 -0700", "Sun, 12 Sep 2004 22:05:58 GMT");
    check("20040911 +0200", "Fri, 10 Sep 2004 22:00:00 GMT");
    check(
        "Thu, 01-Jan-1970 00:59:58 GMT",
        "Thu, 01 Jan 1970 00:59:58 GMT",
    );
    check(
        "Thu, 01-Jan-1970 00:00:01 GMT",
        "Thu, 01 Jan 1970 00:00:01 GMT",
    );
    check(
        "Sat, 15-Apr-17 21:01:22 GMT",
        "Sat, 15 Apr 2017 21:01:22 GMT",
    );
    check(
        "Thu, 19/Apr\\2007 16:00:00 GMT",
        "Thu, 19 Apr 2007 16:00:00 GMT",
    );
    check(
        "Wednesday, 1-Jan-2003 00:00:00 GMT",
        "Wed, 01 Jan 2003 00:00:00 GMT",
    );
    check(", 1-Jan-2003 00:00:00 GMT", "Wed, 01 Jan 2003 00:00:00 GMT");
    check(
        "Wed,18-Apr-07 22:50:12 GMT",
        "Wed, 18 Apr 2007 22:50:12 GMT",
    );
    check(
        "Mon, 18-Apr-77 22:50:13 GMT",
        "Mon, 18 Apr 1977 22:50:13 GMT",
    );
    check(
        "Sat, 15-Apr-17\"21:01:22\"GMT",
        "Sat, 15 Apr 2017 21:01:22 GMT",
    );
    check("Sat, 15-Apr-17 21:01:22", "Sat, 15 Apr 2017 21:01:22 GMT");
    check(
        "Sat, 15-Apr-17 21:01:22 GMT-2",
        "Sat, 15 Apr 2017 21:01:22 GMT",
    );
    check(
        "Sat, 15-Apr-17 21:01:22 GMT BLAH",
        "Sat, 15 Apr 2017 21:01:22 GMT",
    );
    check(
        "Sat, 15-Apr-17 21:01:22 GMT-0400",
        "Sat, 15 Apr 2017 21:01:22 GMT",
    );
    check(
        "Sat, 15-Apr-17 21:01:22 GMT-0400 (EDT)",
        "Sat, 15 Apr 2017 21:01:22 GMT",
    );
    check("20110623T12:34", "Thu, 23 Jun 2011 05:34:00 GMT");
    check("20110623T12:34:56", "Thu, 23 Jun 2011 05:34:56 GMT");
    check("20110623 12:34:60", "Thu, 23 Jun 2011 12:35:00 GMT");
    check("20110623 1:2:3", "Thu, 23 Jun 2011 01:02:03 GMT");
    check("20110623 12:5", "Thu, 23 Jun 2011 12:05:00 GMT");
    check("1 Jan 2000 A", "Sat, 01 Jan 2000 01:00:00 GMT");
    check("1 Jan 2000 M", "Sat, 01 Jan 2000 12:00:00 GMT");
    check("1 Jan 2000 N", "Fri, 31 Dec 1999 23:00:00 GMT");
    check("1 Jan 2000 Y", "Fri, 31 Dec 1999 12:00:00 GMT");
    check("1 Jan 2000 Z", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("1 Jan 2000 UT", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("1 Jan 2000 IDLW", "Sat, 01 Jan 2000 12:00:00 GMT");
    check("1 Jan 2000 NZDT", "Fri, 31 Dec 1999 11:00:00 GMT");
    check("30 Feb 2000", "Wed, 01 Mar 2000 00:00:00 GMT");
    check("31 Jun 2001", "Sun, 01 Jul 2001 00:00:00 GMT");
    check("1 Jan 1583", "Sat, 01 Jan 1583 00:00:00 GMT");
    check("1 Jan 1601", "Mon, 01 Jan 1601 00:00:00 GMT");
    check("1 Jan 1900", "Mon, 01 Jan 1900 00:00:00 GMT");
    check("1 Jan 71", "Fri, 01 Jan 1971 00:00:00 GMT");
    check("1 Jan 70", "Wed, 01 Jan 2070 00:00:00 GMT");
    check("1 Jan 69", "Tue, 01 Jan 2069 00:00:00 GMT");
    check("1 Jan 9999", "Fri, 01 Jan 9999 00:00:00 GMT");
    check("1 Jan 10000", "Sat, 01 Jan 10000 00:00:00 GMT");
    check("1 Jan 99999999", "Fri, 01 Jan 99999999 00:00:00 GMT");
    check("2000 1 Jan", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("2000 Jan 1 +1400", "Fri, 31 Dec 1999 10:00:00 GMT");
    check("2000 Jan 1 -1400", "Sat, 01 Jan 2000 14:00:00 GMT");
    check("2000 Jan 1 +0000", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("1 Jan 2000 +05:30", "Sat, 01 Jan 2000 05:30:00 GMT");
    check("Tuesday Jan 1 2000", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("MON JAN 1 2000", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("jan 1 2000 gmt", "Sat, 01 Jan 2000 00:00:00 GMT");
    check("1 Jan 2000 1:2", "Sat, 01 Jan 2000 01:02:00 GMT");
    check("1 Jan 2000 23:59:60", "Sun, 02 Jan 2000 00:00:00 GMT");
    check("1 Jan 2000 00:00:00 -0000", "Sat, 01 Jan 2000 00:00:00 GMT");
    check(
        "Sat, 1 Jan 2000 00:00:00 GMT trailing garbage",
        "Sat, 01 Jan 2000 00:00:00 GMT",
    );
    check("1994-Nov-6", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("6/Nov/1994:08:49:37 +0000", "Sun, 06 Nov 1994 08:49:37 GMT");
    check("1 Jan 1969", "Wed, 01 Jan 1969 00:00:00 GMT");
    check("31 Dec 1969 23:59:59", "Wed, 31 Dec 1969 23:59:59 GMT");
    check("1 Jan 2000 1:02:03", "Sat, 01 Jan 2000 01:02:03 GMT");
    check("1 Jan 2000 01:2:3", "Sat, 01 Jan 2000 01:02:03 GMT");
    check("1 Jan 2000 8:49:", "Sat, 01 Jan 2000 08:49:00 GMT");
    check("1 Jan 2000 8:49:3x", "Fri, 31 Dec 1999 21:49:03 GMT");
    check(
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    );
    check("30000101", "Wed, 01 Jan 3000 00:00:00 GMT");
    check("18991231", "Sun, 31 Dec 1899 00:00:00 GMT");
    check("20000100", "Fri, 31 Dec 1999 00:00:00 GMT");
    check("6Nov1994", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("1994Nov6", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("6 Nov 94GMT", "Sun, 06 Nov 1994 00:00:00 GMT");
    check("1 Jan 2000 -1:00", "Sat, 01 Jan 2000 01:00:00 GMT");
}

#[test]
fn what_is_no_date_is_refused() {
    check("Thu, 01 Jan 1970 00:00:-1 GMT", "");
    check("WillyWonka  , 18-Apr-07 22:50:12 GMT", "");
    check("Partyday, 18- April-07 22:50:12", "");
    check("Wednes, 1-Januar-2003 00:00:00 GMT", "");
    check("Sat, 15-Apr-17 21:01:22 DST", "");
    check("Sat, 16-Apr-08 21:01:22 DST", "");
    check("20110623T12:34:79", "");
    check("20111323 12:34:56", "");
    check("20110632 12:34:56", "");
    check("20110623 56:34:56", "");
    check("20110623 12:64:56", "");
    check("20110623 12:34:61", "");
    check("20110623 12:", "");
    check("1 Jan 2000 J", "");
    check("1 January 2000", "");
    check("January 1 2000", "");
    check("1 Jan 1582", "");
    check("1 Jan 100", "");
    check("1 Jan 999999999", "");
    check("99999999", "");
    check("20000101000000", "");
    check("0 Jan 2000", "");
    check("32 Jan 2000", "");
    check("00 Jan 2000", "");
    check("1 2 Jan 2000", "");
    check("2000 Jan 1 +1401", "");
    check("2000 Jan 1 0530", "");
    check("1 Jan 2000 00:00:00 +05:30", "");
    check("Mon Mon 1 Jan 2000", "");
    check("Tues Jan 1 2000", "");
    check("1 Jan 2000 GMT GMT", "");
    check("1 Jan 2000 10:20:30 11:22:33", "");
    check("1 Jan 2000 24:00:00", "");
    check("1 Jan 2000 123:10:10", "");
    check("1 Jan 2000 12:34:567", "");
    check("2000-01-01", "");
    check("2000-01-01T00:00:00Z", "");
    check("20000101T000000Z", "");
    check("1 Jan 2000 +1500", "");
    check("1 Jan 2000 GMT+0100", "");
    check("1 Jan 2000 12:30 PM", "");
    check("11/06/1994", "");
    check("01 Jan 1999 08:49:37.123", "");
    check("Mon Sun 1 Jan 2000", "");
    check("1 Jan Feb 2000", "");
    check("2000 2001 Jan 1", "");
    check("1 Jan 2000 8:", "");
    check("Monday, January 1, 2001", "");
    check("00000101", "");
    check("20000001", "");
    check("20001301", "");
    check("SunNov61994", "");
    check("1 Jan 2000 ABCDEFGHIJKLMNOP", "");
    check("1 Jan 2000 00:00:00.5 GMT", "");
    check("120", "");
    check("Jan", "");
    check("Thu Jan 99999999 2000", "");
}

/// curl reads up to 99,999,999 as a number; nothing overflows.
#[test]
fn great_numbers_are_refused() {
    check("1 Jan 100000000", "");
    check("1 Jan 99999999999999999999999999", "");
    check("99999999999999999999 Jan 2000", "");
}

#[test]
fn the_basic_form_for_signatures() {
    for (seconds, text) in [
        (0, "19700101T000000Z"),
        (1_369_353_600, "20130524T000000Z"),
        (1_440_938_160, "20150830T123600Z"),
        (951_868_799, "20000229T235959Z"),
    ] {
        assert_eq!(basic_utc(seconds), text);
    }
}

#[test]
fn octets_that_are_not_text_separate_parts() {
    assert_eq!(parse(b"6\xffNov\xa01994"), Some(784_080_000));
    assert_eq!(parse(b"\xff"), None);
}

proptest! {
    #![proptest_config(chance(256))]

    /// What is written is read as the same moment, whenever the calendar is Gregorian.
    #[test]
    fn the_form_of_http_is_read(seconds in -12_212_553_600_i64..3_000_000_000_000) {
        prop_assert_eq!(parse(imf_fixdate(seconds).as_bytes()), Some(seconds));
    }

    #[test]
    fn any_octets_are_survived(text in prop::collection::vec(any::<u8>(), 0..60), at: i64) {
        parse(&text);
        imf_fixdate(at);
    }

    /// Parts in any mixture, so that deeper branches are reached.
    #[test]
    fn any_parts_are_survived(
        parts in prop::collection::vec("[0-9]{1,9}|[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2})?|[+-][0-9]{4}|Jan|Mon|GMT", 0..8),
    ) {
        parse(parts.join(" ").as_bytes());
    }
}
