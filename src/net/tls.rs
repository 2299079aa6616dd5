//! TLS.
use super::{Deadlines, Place, Surroundings, Wire};
use crate::error::{Error, Result};
use crate::event::{Layer, Tap};
use crate::plan::Tls;

pub(super) struct Configurations(Surroundings);

impl Configurations {
    pub(super) fn new(surroundings: Surroundings) -> Self {
        Self(surroundings)
    }
}

pub(super) struct Handshake<'a> {
    pub(super) configurations: &'a Configurations,
    pub(super) settings: &'a Tls,
    pub(super) place: &'a Place,
    pub(super) layer: Layer,
    pub(super) deadlines: &'a Deadlines,
}

impl Handshake<'_> {
    pub(super) fn make(&self, wire: Box<dyn Wire>, tap: &Tap) -> Result<Box<dyn Wire>> {
        let _ = (
            wire,
            tap,
            self.settings,
            self.place,
            self.layer,
            self.deadlines,
            &self.configurations.0,
        );
        Err(Error::not_built_in("TLS"))
    }
}
