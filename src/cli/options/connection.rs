//! Reaching the host: names, addresses, limits, repetition.

use super::Category::{Connection, Curl, Dns, Global as EveryTransfer, Http, Timeout};
use super::Means::{Flag, Seconds, Size, Switch, Takes, Text, Turns, TurnsOff};
use super::{Category, Opt, row};
use crate::cli::route;
use crate::cli::values;
use crate::plan::{Family, Start};
use std::time::Duration;

const MANY: &[Category] = &[Connection, Curl, EveryTransfer];

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("abstract-unix-socket", "<path>", &[Connection, Http], "Connect to this abstract Unix socket")
        .means(super::Means::TakesFile(route::abstract_socket)),
    row("connect-timeout", "<seconds>", &[Connection, Timeout], "Give up connecting after this time")
        .means(Seconds(|it| &mut it.limits.connect)),
    row("connect-to", "<HOST1:PORT1:HOST2:PORT2>", &[Connection, Dns], "Connect to another host than the URL's")
        .means(Takes(|state, value| { state.operation().route.connect_to.push(value.text()?.to_owned()); Ok(()) })),
    row("expect100-timeout", "<seconds>", &[Http, Timeout], "Wait this long for a 100 Continue")
        .means(Seconds(|it| &mut it.limits.expect100)),
    row("happy-eyeballs-timeout-ms", "<ms>", &[Connection, Timeout], "Try IPv4 after so many milliseconds of IPv6")
        .means(Takes(|state, value| {
            let milliseconds = values::number(value.text()?)?;
            state.operation().limits.happy_eyeballs = Some(Duration::from_millis(milliseconds));
            Ok(())
        })),
    row("interface", "<name>", &[Connection], "Connect from this interface or address")
        .means(Text(|it| &mut it.route.interface)),
    row("ip-tos", "<string>", &[Connection], "Set the type of service, by name or number")
        .means(Takes(|state, value| {
            state.operation().route.type_of_service = Some(values::type_of_service(value.text()?)?);
            Ok(())
        })),
    row("ipfs-gateway", "<URL>", &[Curl], "Fetch ipfs:// and ipns:// URLs through this gateway")
        .means(Text(|it| &mut it.ipfs_gateway)),
    row("ipv4", "", &[Connection, Dns], "Use IPv4 only")
        .short('4').means(Flag(|state| { state.operation().route.family = Family::V4; Ok(()) })),
    row("ipv6", "", &[Connection, Dns], "Use IPv6 only")
        .short('6').means(Flag(|state| { state.operation().route.family = Family::V6; Ok(()) })),
    row("keepalive", "", &[Connection], "Send no TCP keepalive probes")
        .on_by_default().means(Turns(|it| &mut it.route.keepalive.on)),
    row("keepalive-cnt", "<integer>", &[Connection], "Give up after so many probes without answer")
        .means(Takes(|state, value| {
            state.operation().route.keepalive.count = values::small(value.text()?)?;
            Ok(())
        })),
    row("keepalive-time", "<seconds>", &[Connection, Timeout], "Send a TCP keepalive probe this often")
        .means(Takes(|state, value| {
            state.operation().route.keepalive.time = values::small(value.text()?)?;
            Ok(())
        })),
    row("limit-rate", "<speed>", &[Connection], "Send and receive no faster than this a second")
        .means(Size(|it| &mut it.limits.rate)),
    row("local-port", "<range>", &[Connection], "Connect from a port in this range")
        .means(Takes(|state, value| {
            state.operation().route.local_ports = Some(values::ports(value.text()?)?);
            Ok(())
        })),
    row("max-time", "<seconds>", &[Connection, Timeout], "Give up the whole transfer after this time")
        .short('m').means(Seconds(|it| &mut it.limits.total)),
    row("mptcp", "", &[Connection], "Use Multipath TCP where the system has it")
        .means(Turns(|it| &mut it.route.multipath)),
    row("parallel", "", MANY, "Do transfers at the same time")
        .short('Z').means(Switch(|state, on| { state.in_parallel = on; Ok(()) })),
    row("parallel-immediate", "", MANY, "Begin all parallel transfers at once")
        .means(Switch(|state, on| {
            state.parallel.start = if on { Start::AtOnce } else { Start::AsNeeded };
            Ok(())
        })),
    row("parallel-max", "<num>", MANY, "At most so many transfers at the same time")
        .means(Takes(|state, value| { state.parallel.most = route::most(value, 50)?; Ok(()) })),
    row("parallel-max-host", "<num>", MANY, "At most so many transfers to one host at the same time")
        .means(Takes(|state, value| { state.parallel.most_per_host = route::most(value, 0)?; Ok(()) })),
    row("rate", "<max request rate>", &[Connection, EveryTransfer], "Start no more transfers than this: 2/s, 5/m")
        .means(Takes(|state, value| { state.global.pace = Some(values::rate(value.text()?)?); Ok(()) })),
    row("resolve", "<[+]host:port:addr[,addr]...>", &[Connection, Dns], "Use these addresses for host and port")
        .means(Takes(|state, value| { state.operation().route.resolve.push(value.text()?.to_owned()); Ok(()) })),
    row("retry", "<num>", &[Curl], "Try again so many times after a passing failure")
        .means(Takes(|state, value| { state.operation().retry.most = values::small(value.text()?)?; Ok(()) })),
    row("retry-all-errors", "", &[Curl], "Try again after any failure")
        .means(Turns(|it| &mut it.retry.after_any_error)),
    row("retry-connrefused", "", &[Curl], "Try again when the connection is refused")
        .means(Turns(|it| &mut it.retry.when_refused)),
    row("retry-delay", "<seconds>", &[Curl, Timeout], "Wait this long between tries")
        .means(Seconds(|it| &mut it.retry.delay)),
    row("retry-max-time", "<seconds>", &[Curl, Timeout], "Try again within this time only")
        .means(Seconds(|it| &mut it.retry.most_time)),
    row("speed-limit", "<speed>", &[Connection], "Give up when slower than this for --speed-time")
        .short('Y').means(Takes(route::low_speed)),
    row("speed-time", "<seconds>", &[Connection, Timeout], "Give up when slower than --speed-limit for this time")
        .short('y').means(Takes(route::low_speed_time)),
    row("tcp-fastopen", "", &[Connection], "Send data with the first packet, where the system can")
        .means(Turns(|it| &mut it.route.fast_open)),
    row("tcp-nodelay", "", &[Connection], "Send small packets at once (the default)")
        .means(TurnsOff(|it| &mut it.route.nagle)),
    row("unix-socket", "<path>", &[Connection, Http], "Connect to this Unix socket")
        .means(super::Means::TakesFile(route::unix_socket)),
    row("vlan-priority", "<priority>", &[Connection], "Set the priority of packets, 0 to 7")
        .means(Takes(|state, value| {
            state.operation().route.priority = Some(values::number_up_to(value.text()?, 7)? as u32);
            Ok(())
        })),
];
