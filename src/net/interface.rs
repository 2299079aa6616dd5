//! Network interfaces by name.
//!
//! Knows: how the kernel is asked for the number and the addresses of an interface. Must not know:
//! what they are for.
//!
//! Sources: Linux' `rtnetlink(7)`: an `RTM_GETADDR` dump, since the usual `getifaddrs` has no safe
//! form. Other systems have interfaces only by their addresses here.

use std::net::IpAddr;

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, netdevice, recv, send, socket};

/// The number of an interface.
pub(super) fn index(name: &str) -> Option<u32> {
    let any = socket(AddressFamily::INET, SocketType::DGRAM, None).ok()?;
    netdevice::name_to_index(any, name).ok()
}

/// The addresses of an interface, without those that only its own link knows.
pub(super) fn addresses(name: &str) -> Vec<IpAddr> {
    index(name)
        .and_then(|index| ask(index).ok())
        .unwrap_or_default()
}

fn ask(index: u32) -> Result<Vec<IpAddr>, Errno> {
    let kernel = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    send(&kernel, &request(), SendFlags::empty())?;
    let mut found = Vec::new();
    let mut buffer = vec![0; 32 * 1024];
    loop {
        let (count, _) = recv(&kernel, buffer.as_mut_slice(), RecvFlags::empty())?;
        let answer = buffer.get(..count).unwrap_or_default();
        if answer.is_empty() || read(answer, index, &mut found) == Dump::Over {
            return Ok(found);
        }
    }
}

const HEADER: usize = 16;
const DONE: u16 = 3;
const ERROR: u16 = 2;
const NEW_ADDRESS: u16 = 20;
const GET_ADDRESS: u16 = 22;
/// `NLM_F_REQUEST | NLM_F_DUMP`.
const DUMP: u16 = 0x301;
/// `RT_SCOPE_LINK`.
const LINK: u8 = 253;
/// `IFA_ADDRESS`: the other end of a point-to-point link, else as `IFA_LOCAL`.
const ADDRESS: u16 = 1;
const LOCAL: u16 = 2;

/// `struct nlmsghdr` and an empty `struct ifaddrmsg`.
fn request() -> Vec<u8> {
    let mut octets = Vec::new();
    octets.extend(24_u32.to_ne_bytes());
    octets.extend(GET_ADDRESS.to_ne_bytes());
    octets.extend(DUMP.to_ne_bytes());
    octets.resize(24, 0);
    octets
}

/// Whether more answers follow.
#[derive(Debug, PartialEq, Eq)]
enum Dump {
    GoesOn,
    Over,
}

/// Reads the messages of one answer.
fn read(mut answer: &[u8], index: u32, found: &mut Vec<IpAddr>) -> Dump {
    while let Some((length, kind)) = long(answer, 0).zip(short(answer, 4)) {
        let length = length as usize;
        let Some(body) = answer.get(HEADER..length) else {
            return Dump::Over;
        };
        match kind {
            DONE | ERROR => return Dump::Over,
            NEW_ADDRESS if long(body, 4) == Some(index) && body.get(3) != Some(&LINK) => {
                found.extend(address(body.get(8..).unwrap_or_default()));
            }
            _ => {}
        }
        answer = answer.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Dump::GoesOn
}

/// The address among the attributes of one message.
fn address(mut attributes: &[u8]) -> Option<IpAddr> {
    let mut found = None;
    while let Some((length, kind)) = short(attributes, 0).zip(short(attributes, 2)) {
        let length = usize::from(length);
        let value = attributes.get(4..length)?;
        match kind {
            LOCAL => return from_octets(value),
            ADDRESS => found = from_octets(value),
            _ => {}
        }
        attributes = attributes
            .get(length.next_multiple_of(4)..)
            .unwrap_or_default();
    }
    found
}

fn from_octets(octets: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(octets)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from))
        .ok()
}

fn long(octets: &[u8], at: usize) -> Option<u32> {
    octets
        .get(at..)?
        .first_chunk()
        .copied()
        .map(u32::from_ne_bytes)
}

fn short(octets: &[u8], at: usize) -> Option<u16> {
    octets
        .get(at..)?
        .first_chunk()
        .copied()
        .map(u16::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_answers_end_the_reading() {
        for answer in [
            &[][..],
            &[0; 3],
            &[0; 16],
            &[255; 64],
            &[8, 0, 0, 0, 20, 0, 0, 0],
        ] {
            let mut found = Vec::new();
            read(answer, 1, &mut found);
            assert_eq!(found, [] as [IpAddr; 0], "{answer:?}");
        }
    }
}
