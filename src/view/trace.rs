//! `-v`, `--trace-ascii` and `--trace`: one line, or one block, per event.
//!
//! Knows: which part of a message is told how, and when a block of data is told once for many.
//! `facts` words what happened, `sheet` lays octets out. Must not know: what is done next.
//!
//! Source: curl 8.22's output, line for line; the line of times is rcurl's own.

mod facts;
mod handshake;
mod session;
mod sheet;
mod timing;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::ledger::{Hop, Ledger, is_head};
use super::notices::Notices;
use super::records::{Inside, Session};
use super::stamp::Stamp;
use super::style::Style;
use crate::error::reason;
use crate::event::{Bytes, Direction, Event, Happening, Interest, Layer, Observer};
use crate::http1::Role;
use crate::streams::Console;

pub(super) use facts::address;
pub(super) use session::date;
pub use sheet::Form;
pub(super) use timing::name as share_name;

use sheet::{Kind, Sheet};

/// Where a trace goes.
pub enum Place {
    /// A stream at hand.
    Stream(Console),
    /// A file to be made when there is something to write.
    File(PathBuf),
    /// A file that could not be made: nothing is written.
    Nowhere,
}

/// What is shown to the user beside the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Content that goes to standard output stands on the same terminal.
    Content,
    /// Nothing.
    Nothing,
}

/// The trace of a run.
pub struct Trace {
    sheet: Sheet,
    place: Place,
    beside: Beside,
    ids: bool,
    stamp: Option<Stamp>,
    notices: Notices,
    ledger: Ledger,
    flows: BTreeMap<(u32, Direction), Flow>,
    /// TLS of each connection: towards the origin, and towards an HTTPS proxy.
    sessions: BTreeMap<(Option<u32>, bool), Session>,
    /// Whom a connection trusts, told after its hello as curl does.
    trust: BTreeMap<Option<u32>, Vec<String>>,
    /// A block of data was told, and no other kind of line since.
    data_told: bool,
}

/// One direction of one transfer.
#[derive(Default)]
struct Flow {
    /// Octets of the batch that are not head.
    body: usize,
    /// Octets of the batch that have yet to come.
    ahead: usize,
    /// Content that nobody wants: curl's `-v` has no line for it.
    ignored: bool,
    /// A head sent or data, gathered until its block is complete.
    gathered: Vec<u8>,
}

impl Trace {
    /// A trace in this form, at this place.
    pub fn new(form: Form, place: Place, style: Style, notices: Notices) -> Self {
        Self {
            sheet: Sheet { form, style },
            place,
            beside: Beside::Nothing,
            ids: false,
            stamp: None,
            notices,
            ledger: Ledger::default(),
            flows: BTreeMap::new(),
            sessions: BTreeMap::new(),
            trust: BTreeMap::new(),
            data_told: false,
        }
    }

    /// `--trace-ids`.
    #[must_use]
    pub fn with_ids(mut self) -> Self {
        self.ids = true;
        self
    }

    /// `--trace-time`.
    #[must_use]
    pub fn with_times(mut self, stamp: Stamp) -> Self {
        self.stamp = Some(stamp);
        self
    }

    /// Says what stands on the same terminal.
    #[must_use]
    pub fn beside(mut self, beside: Beside) -> Self {
        self.beside = beside;
        self
    }

    fn piece(&mut self, event: &Event<'_>, flow: Direction, role: Role, bytes: &Bytes<'_>) {
        let octets = match bytes {
            Bytes::Seen(octets) => octets,
            Bytes::Counted(_) => &[][..],
        };
        let count = usize::try_from(bytes.count()).unwrap_or(usize::MAX);
        match flow {
            Direction::Out if is_head(role) => self.head_out(event, role, octets),
            Direction::In if is_head(role) => {
                self.forget(event, flow, count);
                self.flow(event, flow).ignored &= role != Role::StatusLine;
                self.head_in(event, octets);
            }
            // curl's `-v` says nothing of what is thrown away.
            _ if self.sheet.form == Form::Lines && role == Role::Unread => {}
            _ if self.sheet.form == Form::Lines => self.data_line(event, flow, count),
            _ => self.gather(event, flow, octets),
        }
    }

    /// A field that is folded is dumped whole, and told line by line.
    fn head_in(&mut self, event: &Event<'_>, field: &[u8]) {
        if self.sheet.form != Form::Lines {
            return self.write(event, Kind::HeadIn, field);
        }
        for line in field.split_inclusive(|&octet| octet == b'\n') {
            self.write(event, Kind::HeadIn, line);
        }
    }

    /// curl dumps a request head whole, and tells it line by line.
    fn head_out(&mut self, event: &Event<'_>, role: Role, line: &[u8]) {
        self.forget(event, Direction::Out, line.len());
        if self.sheet.form == Form::Lines {
            return self.write(event, Kind::HeadOut, line);
        }
        let flow = self.flow(event, Direction::Out);
        flow.gathered.extend_from_slice(line);
        if role == Role::HeadEnd {
            let head = std::mem::take(&mut flow.gathered);
            self.write(event, Kind::HeadOut, &head);
        }
    }

    /// The first data after another kind of line: told with the size of its whole batch.
    fn data_line(&mut self, event: &Event<'_>, direction: Direction, count: usize) {
        let hidden = direction == Direction::In
            && self.beside == Beside::Content
            && self
                .ledger
                .account(event.transfer)
                .is_none_or(|account| account.attempt.saved_as.is_none());
        let flow = self.flow(event, direction);
        let size = flow.body.max(count);
        flow.body = 0;
        if !hidden && !flow.ignored && !self.data_told && size > 0 {
            self.data_told = true;
            let text = self
                .sheet
                .data_line(&self.prefix(event), Kind::data(direction), size);
            self.put(&text);
        }
    }

    /// Data is dumped in blocks of a batch each.
    fn gather(&mut self, event: &Event<'_>, direction: Direction, octets: &[u8]) {
        let flow = self.flow(event, direction);
        flow.gathered.extend_from_slice(octets);
        flow.ahead = flow.ahead.saturating_sub(octets.len());
        if flow.ahead == 0 {
            self.flush(event, direction);
        }
    }

    fn flush(&mut self, event: &Event<'_>, direction: Direction) {
        let flow = self.flows.get_mut(&(event.transfer, direction));
        let data = flow.map(|flow| std::mem::take(&mut flow.gathered));
        if let Some(data) = data.filter(|data| !data.is_empty()) {
            self.write(event, Kind::data(direction), &data);
        }
    }

    /// So many octets of the batch are head.
    fn forget(&mut self, event: &Event<'_>, direction: Direction, count: usize) {
        let flow = self.flow(event, direction);
        flow.body = flow.body.saturating_sub(count);
        flow.ahead = flow.ahead.saturating_sub(count);
    }

    fn flow(&mut self, event: &Event<'_>, direction: Direction) -> &mut Flow {
        self.flows.entry((event.transfer, direction)).or_default()
    }

    fn begin_batch(&mut self, event: &Event<'_>, direction: Direction, size: usize) {
        self.flush(event, direction);
        let flow = self.flow(event, direction);
        flow.body = size;
        flow.ahead = size;
    }

    fn say(&mut self, event: &Event<'_>, sentence: &str) {
        self.flush(event, Direction::Out);
        self.flush(event, Direction::In);
        self.write(event, Kind::Info, sentence.as_bytes());
    }

    fn write(&mut self, event: &Event<'_>, kind: Kind, octets: &[u8]) {
        self.data_told = false;
        let text = self.sheet.block(&self.prefix(event), kind, octets);
        self.put(&text);
    }

    /// The time and the numbers that begin a line.
    fn prefix(&self, event: &Event<'_>) -> String {
        let mut prefix = String::new();
        if let Some(stamp) = &self.stamp {
            prefix.push_str(&stamp.of(event.at).strftime("%H:%M:%S.%6f ").to_string());
        }
        if self.ids {
            let connection = event
                .connection
                .map_or_else(|| "x".to_owned(), |number| number.to_string());
            let _ = write!(prefix, "[{}-{connection}] ", event.transfer);
        }
        prefix
    }

    fn put(&mut self, text: &[u8]) {
        if let Place::File(path) = &self.place {
            self.place = match std::fs::File::create(path) {
                Ok(file) => Place::Stream(Console::from_file(file)),
                Err(error) => {
                    let error = reason(&error);
                    self.notices.warn(&format!(
                        "Failed to create the trace file {}: {error}",
                        path.display()
                    ));
                    Place::Nowhere
                }
            };
        }
        if let Place::Stream(stream) = &self.place {
            stream.tell(text);
        }
    }

    /// The octets of a TLS handshake; those of its records later on are shown as what they carry.
    fn record(&mut self, event: &Event<'_>, layer: Layer, direction: Direction, record: &[u8]) {
        let handshaking = self
            .ledger
            .account(event.transfer)
            .and_then(|account| account.attempt.hop())
            .is_some_and(Hop::handshaking);
        if !handshaking {
            return;
        }
        let session = self.session(event, layer);
        let found = session.pass(direction, record);
        let version = session.version;
        for inside in found {
            self.handshake(event, version, direction, inside);
        }
        if self.sheet.form != Form::Lines {
            self.write(event, Kind::tls(direction), record);
        }
        if direction == Direction::Out {
            self.trust(event);
        }
    }

    fn trust(&mut self, event: &Event<'_>) {
        for sentence in self.trust.remove(&event.connection).unwrap_or_default() {
            self.say(event, &sentence);
        }
    }

    /// A message of a handshake: its name, and how long it is.
    fn handshake(
        &mut self,
        event: &Event<'_>,
        version: Option<&str>,
        direction: Direction,
        inside: Inside,
    ) {
        let Some(sentence) = handshake::sentence(version, direction, inside) else {
            return;
        };
        self.say(event, &sentence);
        if self.sheet.form == Form::Lines {
            let (prefix, kind) = (self.prefix(event), Kind::tls(direction));
            let size = handshake::size(inside);
            let text = self.sheet.data_line(&prefix, kind, size);
            self.put(&text);
        }
    }

    fn alert(&mut self, event: &Event<'_>, layer: Layer, number: u8) {
        let version = self.session(event, layer).version;
        self.say(event, &handshake::alert(version, number));
    }

    fn session(&mut self, event: &Event<'_>, layer: Layer) -> &mut Session {
        let key = (event.connection, layer == Layer::ProxyTls);
        self.sessions.entry(key).or_default()
    }
}

impl Observer for Trace {
    fn observe(&mut self, event: &Event<'_>) {
        self.ledger.record(event);
        match &event.what {
            Happening::Batch {
                direction,
                layer: Layer::Http | Layer::Tunnel,
                bytes,
            } => self.begin_batch(event, *direction, *bytes),
            Happening::Piece {
                direction,
                layer: Layer::Http | Layer::Tunnel,
                role,
                bytes,
            } => self.piece(event, *direction, *role, bytes),
            Happening::Piece {
                direction,
                layer: layer @ (Layer::Tls | Layer::ProxyTls),
                bytes: Bytes::Seen(octets),
                ..
            } => self.record(event, *layer, *direction, octets),
            Happening::Alerted { layer, alert } => self.alert(event, *layer, *alert),
            Happening::Exchanged => {
                let account = self.ledger.account(event.transfer);
                if let Some(hop) = account.and_then(|account| account.attempt.hop()) {
                    let sentence = timing::sentence(hop);
                    self.say(event, &sentence);
                }
            }
            what => {
                match what {
                    Happening::IgnoringBody { .. } => {
                        self.flow(event, Direction::In).ignored = true;
                    }
                    Happening::Securing { trust, .. } => {
                        self.trust.insert(event.connection, session::trust(trust));
                    }
                    Happening::Secured { .. } => self.trust(event),
                    _ => {}
                }
                for sentence in facts::sentences(what, event.connection) {
                    self.say(event, &sentence);
                }
                if let Happening::Ended { .. } = what {
                    self.sessions
                        .retain(|(owner, _), _| *owner != event.connection);
                    self.trust.remove(&event.connection);
                }
            }
        }
        if let Happening::Finished { .. } = event.what {
            self.flush(event, Direction::Out);
            self.flush(event, Direction::In);
            self.ledger.close(event.transfer);
            self.flows
                .retain(|(transfer, _), _| *transfer != event.transfer);
        }
    }

    fn wants(&self) -> Interest {
        let dumps = self.sheet.form != Form::Lines;
        Interest {
            content: dumps,
            tls: true,
            records: dumps,
            handshakes: true,
            ticks: false,
        }
    }
}
