//! Round trips: how many a hop took, and how long one takes.
//!
//! Knows: what goes there and back before the next thing can begin, and which step measures the way
//! alone. Must not know: which events made a step.
//!
//! What is not counted: what a resolver does, packets that were lost, and the round trips in which
//! TCP finds its speed.

use std::time::Duration;

use super::steps::{Doing, End, Kind, Step};
use crate::event::Peer;

/// How often something went there and back, by what it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trips {
    /// TCP's handshake; an address that refused took one too.
    pub connect: u32,
    /// Questions to SOCKS proxies.
    pub socks: u32,
    /// CONNECTs.
    pub tunnel: u32,
    /// TLS: one in version 1.3, two in version 1.2.
    pub tls: u32,
    /// The wait for `100 Continue` that was answered with it.
    pub leave: u32,
    /// The request and its response.
    pub request: u32,
}

/// What one round trip takes, as far as it can be told from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrip {
    /// How long.
    pub time: Duration,
    /// What was measured.
    pub from: Yardstick,
}

/// What a round trip was measured with: steps that need little more than the way itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yardstick {
    /// TCP's handshake.
    Connect,
    /// A question to a SOCKS proxy, the way behind it included.
    Socks,
    /// The answer to a CONNECT, the way behind the proxy included.
    Tunnel,
    /// One way there and back of a TLS handshake.
    Tls,
}

/// What it took to make a connection, and so what is saved by using it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// From the first step to the last, look-up and handshakes included.
    pub took: Duration,
    /// The round trips among that.
    pub trips: Trips,
    /// What one of them takes.
    pub round_trip: Option<RoundTrip>,
}

impl Trips {
    pub(super) fn of(steps: &[Step]) -> Self {
        let mut trips = Self::default();
        for step in steps {
            let (sum, times) = match (&step.what, &step.end) {
                (Doing::Connect(Peer::Tcp(_)), End::Done | End::Refused(_)) => {
                    (&mut trips.connect, 1)
                }
                (Doing::Socks { round_trips, .. }, _) => (&mut trips.socks, *round_trips),
                (Doing::Tunnel { .. }, End::Done) => (&mut trips.tunnel, 1),
                (Doing::Tls { round_trips, .. }, _) => (&mut trips.tls, *round_trips),
                (Doing::AwaitContinue { status: 100..=199 }, End::Done) => (&mut trips.leave, 1),
                (Doing::Receive, _) => (&mut trips.request, 1),
                _ => continue,
            };
            *sum = sum.saturating_add(times);
        }
        trips
    }

    /// All of them.
    pub fn total(self) -> u32 {
        let Self {
            connect,
            socks,
            tunnel,
            tls,
            leave,
            request,
        } = self;
        [connect, socks, tunnel, tls, leave, request]
            .into_iter()
            .fold(0, u32::saturating_add)
    }
}

impl RoundTrip {
    /// The least that a step of making this connection took, among those that went all the way.
    pub(super) fn estimated(steps: &[Step]) -> Option<Self> {
        let by_proxy = |step: &Step| matches!(step.what.kind(), Kind::Socks | Kind::Tunnel);
        let direct = !steps.iter().any(by_proxy);
        let done = steps.iter().filter(|step| step.end == End::Done);
        let measured = done.filter_map(|step| {
            let (from, times) = match step.what {
                Doing::Connect(Peer::Tcp(_)) if direct => (Yardstick::Connect, 1),
                Doing::Socks { round_trips, .. } => (Yardstick::Socks, round_trips),
                Doing::Tunnel { .. } => (Yardstick::Tunnel, 1),
                Doing::Tls {
                    round_trips,
                    for_proxy,
                    ..
                } if direct || !for_proxy => (Yardstick::Tls, round_trips),
                _ => return None,
            };
            let time = step.took().checked_div(times)?;
            Some(Self { time, from })
        });
        measured.min_by_key(|trip| trip.time)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::clock::{Clock as _, SystemClock, later};

    fn steps(of: &[(Doing, u64, End)]) -> Vec<Step> {
        let mut began: Instant = SystemClock.now();
        let steps = of.iter().map(|(what, millis, end)| {
            let ended = later(began, Duration::from_millis(*millis));
            let (what, end) = (what.clone(), end.clone());
            let step = Step {
                what,
                began,
                ended,
                end,
            };
            began = ended;
            step
        });
        steps.collect()
    }

    fn tcp() -> Doing {
        Doing::Connect(Peer::Tcp(([127, 0, 0, 1], 80).into()))
    }

    fn tls(round_trips: u32) -> Doing {
        Doing::Tls {
            version: "TLSv1.3",
            for_proxy: false,
            round_trips,
        }
    }

    fn tunnel() -> Doing {
        Doing::Tunnel {
            authority: "a.test:443".to_owned(),
            status: 200,
        }
    }

    fn socks() -> Doing {
        Doing::Socks {
            version: "SOCKS5".to_owned(),
            round_trips: 2,
        }
    }

    #[test]
    fn what_goes_there_and_back_is_counted() {
        let refused = || End::Refused("Connection refused".to_owned());
        for (of, expected) in [
            (
                vec![(tcp(), 1, End::Done), (Doing::Receive, 1, End::Done)],
                2,
            ),
            (vec![(tcp(), 1, refused()), (tcp(), 1, End::Done)], 2),
            (
                vec![(tcp(), 1, End::TimedOut), (tcp(), 1, End::Overtaken)],
                0,
            ),
            (
                vec![(Doing::Connect(Peer::Unix("/s".into())), 1, End::Done)],
                0,
            ),
            (vec![(tls(1), 1, End::Done), (tls(2), 1, End::Done)], 3),
            (vec![(socks(), 1, End::Done), (tunnel(), 1, End::Done)], 3),
            (vec![(tunnel(), 1, End::TimedOut)], 0),
            (
                vec![(Doing::AwaitContinue { status: 100 }, 1, End::Done)],
                1,
            ),
            (
                vec![(Doing::AwaitContinue { status: 413 }, 1, End::Done)],
                0,
            ),
            (
                vec![(Doing::AwaitContinue { status: 0 }, 1, End::Unanswered)],
                0,
            ),
        ] {
            assert_eq!(Trips::of(&steps(&of)).total(), expected, "{of:?}");
        }
    }

    #[test]
    fn a_round_trip_is_the_least_that_went_all_the_way() {
        use Yardstick::{Connect, Socks, Tls, Tunnel};
        for (of, expected) in [
            (vec![(tcp(), 3, End::Done)], Some((3, Connect))),
            (
                vec![(tcp(), 3, End::Done), (tls(1), 5, End::Done)],
                Some((3, Connect)),
            ),
            (
                vec![(tcp(), 9, End::Done), (tls(2), 8, End::Done)],
                Some((4, Tls)),
            ),
            (
                vec![(tcp(), 1, End::Done), (tunnel(), 7, End::Done)],
                Some((7, Tunnel)),
            ),
            (
                vec![
                    (tcp(), 1, End::Done),
                    (tunnel(), 7, End::Done),
                    (tls(1), 6, End::Done),
                ],
                Some((6, Tls)),
            ),
            (
                vec![(tcp(), 1, End::Done), (socks(), 8, End::Done)],
                Some((4, Socks)),
            ),
            (vec![(tcp(), 1, End::TimedOut)], None),
            (
                vec![(Doing::Connect(Peer::Unix("/s".into())), 1, End::Done)],
                None,
            ),
        ] {
            let found = RoundTrip::estimated(&steps(&of));
            let found = found.map(|trip| (trip.time.as_millis(), trip.from));
            assert_eq!(found, expected, "{of:?}");
        }
    }
}
