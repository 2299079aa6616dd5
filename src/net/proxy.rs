//! Proxies.
use std::net::SocketAddr;

use super::{Deadlines, Place, ProxyKind, Wire};
use crate::error::{Error, Result};
use crate::event::Tap;
use crate::plan::{Haproxy, UserPassword};

pub(super) fn announce(wire: &mut dyn Wire, haproxy: &Haproxy, tap: &Tap) -> Result<()> {
    let _ = (wire, haproxy, tap);
    Ok(())
}

pub(super) struct Request<'a> {
    pub(super) kind: ProxyKind,
    pub(super) user: Option<&'a UserPassword>,
    pub(super) place: &'a Place,
    pub(super) address: Option<SocketAddr>,
}

impl Request<'_> {
    pub(super) fn make(&self, wire: &mut dyn Wire, deadlines: &Deadlines, tap: &Tap) -> Result<()> {
        let _ = (
            wire,
            deadlines,
            tap,
            self.kind,
            self.user,
            self.place,
            self.address,
        );
        Err(Error::not_built_in("SOCKS"))
    }
}
