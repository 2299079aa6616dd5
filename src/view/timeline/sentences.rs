//! What the chart means, in sentences.
//!
//! Knows: which of the facts about a hop are worth a sentence, and which share of the time is the one
//! to name. Must not know: how a number came about.

use std::time::Duration;

use crate::view::amounts::{octets, rate, time};
use crate::view::ledger::{self, Course, End, Hop, Share, Trips, Yardstick};

/// Less than this came or went at a rate that says nothing.
const WORTH_A_RATE: (u64, Duration) = (1000, Duration::from_millis(1));

/// The sentences about one hop.
pub(super) fn of_hop(hop: &Hop) -> Vec<String> {
    let answered = hop.trips().request > 0;
    let made = hop.spared.filter(|_| answered).map(|made| {
        let count = round_trips(made.trips.total());
        let took = time(made.took);
        format!("Using the connection again saved {count} and the {took} that making it took.")
    });
    [travels(hop), waiting(hop), made, flow(hop)]
        .into_iter()
        .flatten()
        .collect()
}

/// `2 round trips (connect, request) of about 0.10 ms each, as TCP's handshake took.`
fn travels(hop: &Hop) -> Option<String> {
    let trips = hop.trips();
    if trips.total() == 0 {
        return None;
    }
    let count = round_trips(trips.total());
    let parts = parts(trips);
    let Some(way) = hop.round_trip() else {
        return Some(format!("{count} ({parts})."));
    };
    let took = time(way.time);
    let whereto = if hop.by_proxy { " to the proxy" } else { "" };
    let each = if trips.total() == 1 { "" } else { " each" };
    let from = match way.from {
        Yardstick::Connect => "TCP's handshake",
        Yardstick::Socks => "a question to the SOCKS proxy",
        Yardstick::Tunnel => "the answer to CONNECT",
        Yardstick::Tls => "one of the TLS handshake",
    };
    Some(format!(
        "{count} ({parts}) of about {took}{each}{whereto}, as {from} took."
    ))
}

fn parts(trips: Trips) -> String {
    let named = [
        ("connect", trips.connect),
        ("SOCKS", trips.socks),
        ("tunnel", trips.tunnel),
        ("TLS", trips.tls),
        ("100-continue", trips.leave),
        ("request", trips.request),
    ];
    let parts = named.iter().filter(|(_, count)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(name, count)| match count {
            1 => (*name).to_owned(),
            _ => format!("{name} {count}"),
        })
        .collect();
    parts.join(", ")
}

fn round_trips(count: u32) -> String {
    match count {
        1 => "1 round trip".to_owned(),
        _ => format!("{count} round trips"),
    }
}

/// Whose the wait was.
fn waiting(hop: &Hop) -> Option<String> {
    let wait = hop.spent(Share::Wait)?;
    let server = hop.server().filter(|_| wait > Duration::ZERO)?;
    let who = if hop.by_proxy {
        "the proxy's and the server's"
    } else {
        "the server's"
    };
    if server.is_zero() {
        return Some("The wait was no longer than a round trip.".to_owned());
    }
    let (part, whole) = (server.as_nanos(), wait.as_nanos());
    let rounded = part.saturating_mul(100).saturating_add(whole / 2);
    let percent = rounded.checked_div(whole)?;
    let (wait, server) = (time(wait), time(server));
    Some(format!(
        "Of the wait of {wait}, {server} ({percent} %) were {who}."
    ))
}

/// How fast bodies went and came, where that took its time.
fn flow(hop: &Hop) -> Option<String> {
    let tenth = hop.total().checked_div(10).unwrap_or_default();
    let matters = |count: u64, share: Share| {
        let took = hop.spent(share)?;
        let much = count >= WORTH_A_RATE.0 && took >= WORTH_A_RATE.1 && took >= tenth;
        much.then(|| (octets(count), rate(ledger::rate(count, took))))
    };
    let sent =
        matters(hop.sent, Share::Send).map(|(count, rate)| format!("{count} went out at {rate}"));
    let came = matters(hop.received, Share::Receive)
        .map(|(count, rate)| format!("{count} came in at {rate}"));
    let flows: Vec<String> = [sent, came].into_iter().flatten().collect();
    (!flows.is_empty()).then(|| format!("{}.", flows.join(", ")))
}

/// Where the time of a transfer went, in one sentence.
pub(super) fn of_transfer(course: &Course) -> String {
    if let Some((share, end)) = &course.failed_in {
        return failure(course, *share, end);
    }
    let total = time(course.total);
    if course.total.is_zero() {
        return "It took no time that could be measured.".to_owned();
    }
    let largest = course.largest();
    let share = course.share(largest);
    let (what, how) = told(course, largest);
    if share.saturating_mul(2) > course.total {
        format!("Most of the {total} was {what}: {how}.")
    } else {
        format!("The largest part of the {total} was {what}: {how}.")
    }
}

/// What a share of the time was, and how it came about.
fn told(course: &Course, share: Share) -> (&'static str, String) {
    let took = time(course.share(share));
    match share {
        Share::LookUp => (
            "the name look-up",
            format!("{took} passed until there was an address"),
        ),
        Share::Connect => ("connecting", connecting(course, &took)),
        Share::Proxy => (
            "the proxy",
            format!("{took} passed until the way through it stood"),
        ),
        Share::Tls => (
            "the TLS handshake",
            format!("{took} passed until both sides agreed on keys"),
        ),
        Share::Send => ("sending", amount(course.sent, &took, course.share(share))),
        Share::Leave => leave(course, &took),
        Share::Wait => waited(course, &took),
        Share::Receive => (
            "the response coming in",
            amount(course.received, &took, course.share(share)),
        ),
        Share::Pause => (
            "the pause before another try",
            format!("{took} went by in {}", count(course.pauses, "pause")),
        ),
        Share::Rest => (
            "none of these",
            format!("{took} passed before, between or behind them"),
        ),
    }
}

fn connecting(course: &Course, took: &str) -> String {
    match course.in_vain {
        0 => format!("{took} passed until the other side answered"),
        1 => format!("{took} passed, one address was tried in vain"),
        many => format!("{took} passed, {many} addresses were tried in vain"),
    }
}

fn leave(course: &Course, took: &str) -> (&'static str, String) {
    if course.no_leave > 0 {
        let how = format!("the body was held back for {took}, and went without leave");
        ("the wait for a 100 Continue that did not come", how)
    } else {
        let how = format!("{took} passed until Expect: 100-continue was answered");
        ("the server making up its mind about the body", how)
    }
}

/// The server thought, or the way was long.
fn waited(course: &Course, took: &str) -> (&'static str, String) {
    let between = if course.answers > 1 {
        "between the requests and the first octets of their responses"
    } else {
        "between the request and the first octet of its response"
    };
    let how = format!("{took} passed {between}");
    match course.server {
        None => ("the wait for the response", how),
        Some(server) if server.saturating_mul(2) > course.share(Share::Wait) => {
            ("the server thinking", how)
        }
        Some(server) => {
            let way = time(course.share(Share::Wait).saturating_sub(server));
            let how = format!("{how}, about {way} of it on the way");
            ("the way there and back", how)
        }
    }
}

fn amount(count: u64, took: &str, time: Duration) -> String {
    if count < WORTH_A_RATE.0 {
        return format!("{} in {took}", octets(count));
    }
    let rate = rate(ledger::rate(count, time));
    format!("{} in {took}, {rate}", octets(count))
}

fn count(count: u32, what: &str) -> String {
    match count {
        1 => format!("one {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// In what a transfer failed, and after how long.
fn failure(course: &Course, share: Share, end: &End) -> String {
    let total = time(course.total);
    let took = time(course.share(share));
    let during = match share {
        Share::LookUp => "in the name look-up",
        Share::Connect => "while connecting",
        Share::Proxy => "while the proxy was asked for a way through it",
        Share::Tls => "in the TLS handshake",
        Share::Send => "while the request went out",
        Share::Leave => "while the body waited for leave",
        Share::Wait => "in the wait for the first octet of a response",
        Share::Receive => "while the response came in",
        Share::Pause | Share::Rest => "between two steps",
    };
    match end {
        End::TimedOut => format!("The time ran out {during}: it had {took} of the {total}."),
        End::Refused(_) | End::Failed(_) => {
            let tried = count(course.in_vain, "attempt");
            format!("It ended after {total} and {tried} to connect.")
        }
        End::Distrusted => {
            format!("It ended after {total}, {during}: the certificate is not trusted.")
        }
        _ => format!("It ended after {total}, {during}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(shares: &[(Share, u64)], change: impl FnOnce(&mut Course)) -> Course {
        let mut course = Course::default();
        for (share, millis) in shares {
            course.shares[*share as usize] = Duration::from_millis(*millis);
        }
        course.total = course.shares.iter().sum();
        change(&mut course);
        course
    }

    /// The shares of a course in milliseconds, what else is to be known of it, and the sentence.
    type Case = (&'static [(Share, u64)], fn(&mut Course), &'static str);

    fn check(cases: &[Case]) {
        for (shares, change, expected) in cases {
            assert_eq!(
                of_transfer(&course(shares, change)),
                *expected,
                "{shares:?}"
            );
        }
    }

    #[test]
    fn the_sentence_names_what_of_the_way_took_longest() {
        use Share::{Connect, LookUp, Proxy, Tls, Wait};
        check(&[
            (&[], |_| {}, "It took no time that could be measured."),
            (
                &[(LookUp, 50), (Wait, 5)],
                |_| {},
                "Most of the 55.0 ms was the name look-up: 50.0 ms passed until there was an address.",
            ),
            (
                &[(Connect, 210), (Wait, 5)],
                |course| course.in_vain = 1,
                "Most of the 215 ms was connecting: 210 ms passed, one address was tried in vain.",
            ),
            (
                &[(Proxy, 30), (Tls, 29), (Wait, 20)],
                |_| {},
                "The largest part of the 79.0 ms was the proxy: 30.0 ms passed until the way through \
                 it stood.",
            ),
            (
                &[(Connect, 10), (Tls, 11)],
                |_| {},
                "Most of the 21.0 ms was the TLS handshake: 11.0 ms passed until both sides agreed on \
                 keys.",
            ),
        ]);
    }

    #[test]
    fn the_sentence_tells_a_slow_server_from_a_long_way() {
        use Share::{Connect, Receive, Wait};
        check(&[
            (
                &[(Connect, 20), (Wait, 790), (Receive, 2)],
                |course| course.server = Some(Duration::from_millis(770)),
                "Most of the 812 ms was the server thinking: 790 ms passed between the request and the \
                 first octet of its response.",
            ),
            (
                &[(Connect, 20), (Wait, 790)],
                |course| {
                    course.server = Some(Duration::from_millis(700));
                    course.answers = 3;
                },
                "Most of the 810 ms was the server thinking: 790 ms passed between the requests and \
                 the first octets of their responses.",
            ),
            (
                &[(Connect, 80), (Wait, 81)],
                |course| course.server = Some(Duration::from_millis(1)),
                "Most of the 161 ms was the way there and back: 81.0 ms passed between the request and \
                 the first octet of its response, about 80.0 ms of it on the way.",
            ),
            (
                &[(Wait, 50)],
                |_| {},
                "Most of the 50.0 ms was the wait for the response: 50.0 ms passed between the request \
                 and the first octet of its response.",
            ),
        ]);
    }

    #[test]
    fn the_sentence_names_bodies_leave_and_pauses() {
        use Share::{Leave, Pause, Receive, Rest, Send, Wait};
        check(&[
            (
                &[(Send, 500), (Wait, 5)],
                |course| course.sent = 1_000_000,
                "Most of the 505 ms was sending: 1.00 MB in 500 ms, 2.00 MB/s.",
            ),
            (
                &[(Leave, 1000), (Wait, 5)],
                |course| course.no_leave = 1,
                "Most of the 1.00 s was the wait for a 100 Continue that did not come: the body was \
                 held back for 1.00 s, and went without leave.",
            ),
            (
                &[(Leave, 40), (Wait, 5)],
                |_| {},
                "Most of the 45.0 ms was the server making up its mind about the body: 40.0 ms passed \
                 until Expect: 100-continue was answered.",
            ),
            (
                &[(Receive, 700), (Wait, 5)],
                |course| course.received = 70_000_000,
                "Most of the 705 ms was the response coming in: 70.0 MB in 700 ms, 100 MB/s.",
            ),
            (
                &[(Receive, 700)],
                |course| course.received = 12,
                "Most of the 700 ms was the response coming in: 12 octets in 700 ms.",
            ),
            (
                &[(Pause, 3000), (Wait, 5)],
                |course| course.pauses = 2,
                "Most of the 3.00 s was the pause before another try: 3.00 s went by in 2 pauses.",
            ),
            (
                &[(Rest, 30), (Wait, 5)],
                |_| {},
                "Most of the 35.0 ms was none of these: 30.0 ms passed before, between or behind them.",
            ),
        ]);
    }

    #[test]
    fn the_sentence_of_a_failure_names_where_it_was() {
        use Share::{Connect, LookUp, Receive, Tls, Wait};
        let refused = || End::Refused("Connection refused".to_owned());
        for (shares, failed_in, expected) in [
            (
                &[(Connect, 10), (Wait, 990)][..],
                (Wait, End::TimedOut),
                "The time ran out in the wait for the first octet of a response: it had 990 ms of the \
                 1.00 s.",
            ),
            (
                &[(Connect, 2)],
                (Connect, refused()),
                "It ended after 2.00 ms and 2 attempts to connect.",
            ),
            (
                &[(Tls, 2)],
                (Tls, End::Distrusted),
                "It ended after 2.00 ms, in the TLS handshake: the certificate is not trusted.",
            ),
            (
                &[(LookUp, 4)],
                (LookUp, End::Broken),
                "It ended after 4.00 ms, in the name look-up.",
            ),
            (
                &[(Wait, 4), (Receive, 1)],
                (Receive, End::Broken),
                "It ended after 5.00 ms, while the response came in.",
            ),
        ] {
            let course = course(shares, |course| {
                course.failed_in = Some(failed_in);
                course.in_vain = 2;
            });
            assert_eq!(of_transfer(&course), expected);
        }
    }
}
