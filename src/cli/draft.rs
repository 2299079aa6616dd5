//! One part of the command line while it is drawn up.
//!
//! Knows: which URL gets which `-o` and `-T`, which kinds of request exclude each other, and what
//! can only be decided when all words are read. Must not know: the names of options, save in curl's
//! messages.

use super::notice::Notices;
use super::wrong::Wrong;
use crate::glob::Glob;
use crate::plan::{
    AuthSchemes, Body, Form, Global, Haproxy, NetrcUse, Operation, Resume, SaveAs, Upload, UrlPlan,
};

/// An operation and what it takes to finish it.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// What is decided.
    pub(crate) operation: Operation,
    slots: Vec<Slot>,
    kind: Option<Kind>,
    /// `-d` and its relatives, joined.
    pub(crate) data: Option<Data>,
    /// `-F`.
    pub(crate) form: Form,
    /// How deep in `=(` the next part goes.
    pub(crate) form_depth: usize,
    /// `-g`.
    pub(crate) globs_off: bool,
    /// `--remote-name-all`.
    pub(crate) all_remote_names: bool,
    /// `-n`, `--netrc-optional`.
    pub(crate) netrc: bool,
    pub(crate) netrc_optional: bool,
    /// Schemes asked for, towards the origin and the proxy.
    pub(crate) schemes: Schemes,
    pub(crate) proxy_schemes: Schemes,
    /// `--haproxy-protocol` and its address.
    pub(crate) haproxy: bool,
    pub(crate) haproxy_client: Option<std::net::IpAddr>,
}

/// The content of `-d`.
#[derive(Debug, Default)]
pub(crate) struct Data {
    /// The octets.
    pub(crate) octets: Vec<u8>,
    /// `--json` was among them.
    pub(crate) json: bool,
}

/// The switches for authentication schemes.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Schemes {
    pub(crate) basic: bool,
    pub(crate) digest: bool,
    pub(crate) any: bool,
}

impl Schemes {
    /// Several together mean: ask first, and take the strongest offered.
    fn decided(self) -> AuthSchemes {
        match (self.any, self.basic, self.digest) {
            (true, ..) | (_, true, true) => AuthSchemes::Any,
            (_, false, true) => AuthSchemes::Digest,
            (_, true, false) => AuthSchemes::Basic,
            (_, false, false) => AuthSchemes::Unnamed,
        }
    }
}

/// Requests of which only one can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Get,
    Head,
    Form,
    Data,
    Upload,
}

impl Kind {
    /// The name in curl's warning.
    fn name(self) -> &'static str {
        match self {
            Kind::Get => "GET (-G, --get)",
            Kind::Head => "HEAD (-I, --head)",
            Kind::Form => "multipart formpost (-F, --form)",
            Kind::Data => "POST (-d, --data)",
            Kind::Upload => "PUT (-T, --upload-file)",
        }
    }

    /// The method it has anyway.
    fn method(self) -> &'static str {
        match self {
            Kind::Get => "GET",
            Kind::Head => "HEAD",
            Kind::Form | Kind::Data => "POST",
            Kind::Upload => "PUT",
        }
    }
}

/// A URL and its companions, which may come in any order.
#[derive(Debug, Default)]
struct Slot {
    url: Option<(String, Globbing)>,
    output: Option<SaveAs>,
    upload: Option<String>,
    remote_name: bool,
}

/// Whether a URL may be a glob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Globbing {
    /// Unless `-g`.
    Allowed,
    /// Never: it comes from a file of URLs.
    Off,
}

impl Draft {
    /// Whether a URL was given.
    pub(crate) fn has_url(&self) -> bool {
        self.slots.iter().any(|slot| slot.url.is_some())
    }

    /// How many URLs were given.
    pub(crate) fn urls(&self) -> usize {
        self.slots.iter().filter(|slot| slot.url.is_some()).count()
    }

    /// A URL; those of a file of URLs are saved under their own names.
    pub(crate) fn add_url(&mut self, url: String, globbing: Globbing) {
        self.fill(
            |slot| slot.url.is_none(),
            |slot| {
                slot.remote_name |= globbing == Globbing::Off;
                slot.url = Some((url, globbing));
            },
        );
    }

    /// `-o`, `-O` and `--out-null`, for the first URL without one.
    pub(crate) fn add_output(&mut self, output: SaveAs) {
        self.fill(
            |slot| slot.output.is_none(),
            |slot| slot.output = Some(output),
        );
    }

    /// `-T`, for the first URL without one.
    pub(crate) fn add_upload(&mut self, file: String) {
        self.fill(
            |slot| slot.upload.is_none(),
            |slot| slot.upload = Some(file),
        );
    }

    /// Fills the first slot that is free, or a new one.
    fn fill(&mut self, free: fn(&Slot) -> bool, fill: impl FnOnce(&mut Slot)) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| free(slot)) {
            return fill(slot);
        }
        let mut slot = Slot {
            remote_name: self.all_remote_names,
            ..Slot::default()
        };
        fill(&mut slot);
        self.slots.push(slot);
    }

    /// Decides what kind of request is made; a second kind is a mistake.
    pub(crate) fn asks_for(
        &mut self,
        kind: Kind,
        notices: &mut Notices,
        global: &Global,
    ) -> Result<(), Wrong> {
        match self.kind.replace(kind) {
            Some(other) if other != kind => {
                let (new, old) = (kind.name(), other.name());
                notices.warn(
                    global,
                    format!(
                        "You can only select one HTTP request method! You asked for both {new} and {old}."
                    ),
                );
                Err(Wrong::BadUse)
            }
            _ => Ok(()),
        }
    }

    /// The operation, once every word is read.
    pub(crate) fn finish(
        mut self,
        notices: &mut Notices,
        global: &Global,
    ) -> Result<Operation, Unfinished> {
        if !self.has_url() {
            return Err(Unfinished::NoUrl);
        }
        self.settle_body(notices, global)
            .map_err(|_| Unfinished::Told)?;
        self.settle_method(notices, global);
        self.operation.auth.schemes = self.schemes.decided();
        self.operation.proxy.schemes = self.proxy_schemes.decided();
        self.operation.auth.netrc.use_it = match (self.netrc_optional, self.netrc) {
            (true, _) => NetrcUse::Optional,
            (false, true) => NetrcUse::Required,
            _ if self.operation.auth.netrc.file.is_some() => NetrcUse::Required,
            _ => NetrcUse::Ignored,
        };
        if self.haproxy || self.haproxy_client.is_some() {
            self.operation.route.haproxy = Some(Haproxy {
                client: self.haproxy_client,
            });
        }
        let globs = !self.globs_off;
        let slots = std::mem::take(&mut self.slots);
        if slots.iter().any(|slot| slot.url.is_none()) {
            notices.warn(global, "Got more output options than URLs");
            self.operation.more_outputs = true;
        }
        self.operation.urls = slots
            .into_iter()
            .filter_map(|slot| slot.finish(globs))
            .collect();
        Ok(self.operation)
    }

    /// `-T` names something.
    fn uploads(&self) -> bool {
        let uploads = |slot: &Slot| slot.upload.as_ref().is_some_and(|file| !file.is_empty());
        self.slots.iter().any(uploads)
    }

    fn settle_body(&mut self, notices: &mut Notices, global: &Global) -> Result<(), Wrong> {
        if let Some(data) = self.data.take() {
            if self.operation.request.data_in_query {
                if self.uploads() {
                    self.asks_for(Kind::Upload, notices, global)?;
                }
                let kind = match self.kind {
                    Some(Kind::Head) => Kind::Head,
                    _ => Kind::Get,
                };
                self.asks_for(kind, notices, global)?;
            } else {
                self.asks_for(Kind::Data, notices, global)?;
                self.does_not_resume("--data", notices, global)?;
            }
            self.operation.request.body = if data.json {
                Body::Json(data.octets.into())
            } else {
                Body::Data(data.octets.into())
            };
        }
        if !self.form.parts.is_empty() {
            self.does_not_resume("--form", notices, global)?;
            self.operation.request.body = Body::Form(std::mem::take(&mut self.form));
        }
        if self.uploads() && self.kind.is_some_and(|kind| kind != Kind::Get) {
            self.asks_for(Kind::Upload, notices, global)?;
        }
        Ok(())
    }

    /// Only what a file holds can be sent from an offset on.
    fn does_not_resume(
        &self,
        option: &str,
        notices: &mut Notices,
        global: &Global,
    ) -> Result<(), Wrong> {
        match self.operation.request.resume {
            Some(Resume::At(offset)) if offset > 0 => {
                notices.complain(global, format!("cannot mix --continue-at with {option}"));
                Err(Wrong::BadUse)
            }
            _ => Ok(()),
        }
    }

    /// Tells where `-X` says what goes without saying, or what does harm.
    fn settle_method(&mut self, notices: &mut Notices, global: &Global) {
        let Some(method) = &self.operation.request.method else {
            return;
        };
        let uploads = self.slots.iter().any(|slot| slot.upload.is_some());
        let usual = match self.kind {
            Some(kind) => kind.method(),
            None if uploads => Kind::Upload.method(),
            None => Kind::Get.method(),
        };
        if method.eq_ignore_ascii_case(usual) {
            notices.note(
                global,
                format!("Unnecessary use of -X or --request, {usual} is already inferred."),
            );
        } else if method.eq_ignore_ascii_case("head") {
            notices.warn(
                global,
                "Setting custom HTTP method to HEAD with -X/--request may not work the way you \
                 want. Consider using -I/--head instead.",
            );
        }
    }
}

/// Why a draft cannot become an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// No URL.
    NoUrl,
    /// A notice has said it.
    Told,
}

impl Slot {
    fn finish(self, globs: bool) -> Option<UrlPlan> {
        let (url, globbing) = self.url?;
        let pattern = |text: &str| globs.then(|| Glob::parse(text));
        let glob = match globbing {
            Globbing::Allowed => pattern(&url),
            Globbing::Off => None,
        };
        let upload = match self.upload.as_deref() {
            None | Some("") => None,
            Some("-") => Some(Upload::Stdin),
            Some(".") => Some(Upload::StdinNonBlocking),
            Some(file) => Some(Upload::File(file.to_owned(), pattern(file))),
        };
        let output = self.output.unwrap_or(if self.remote_name {
            SaveAs::RemoteName
        } else {
            SaveAs::Stdout
        });
        Some(UrlPlan {
            url,
            glob,
            output,
            upload,
        })
    }
}
