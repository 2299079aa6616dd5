//! The transfers that a plan stands for, one after another.
//!
//! Knows: how URL words, globs and `-T` patterns multiply, and how an output file is named. Must
//! not know: how a transfer is run. Lazy: a pattern may stand for millions.

use crate::error::{Error, Exit};
use crate::glob::{Expansion, Glob, name_file};
use crate::plan::{Plan, SaveAs, Upload, UrlPlan};

/// One transfer to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// The part of the command line, from 0.
    pub operation: usize,
    /// The URL word of the command line, from 0.
    pub number: u32,
    /// The URL, after globbing.
    pub url: String,
    /// What `-T` sends.
    pub upload: Option<String>,
    /// Where the content goes; a name is final but for `-J`.
    pub save: SaveAs,
}

/// All transfers of a plan.
pub struct Transfers<'a> {
    plan: &'a Plan,
    operation: usize,
    url: usize,
    number: u32,
    upload_step: u64,
    url_step: u64,
}

impl<'a> Transfers<'a> {
    /// From the first on.
    pub fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            operation: 0,
            url: 0,
            number: 0,
            upload_step: 0,
            url_step: 0,
        }
    }

    /// The next URL word; an error for a part of the command line without any.
    fn current(&mut self) -> Option<Result<&'a UrlPlan, Error>> {
        loop {
            let operation = self.plan.operations.get(self.operation)?;
            if let Some(url) = operation.urls.get(self.url) {
                return Some(Ok(url));
            }
            self.operation = self.operation.saturating_add(1);
            self.url = 0;
            if operation.more_outputs {
                self.operation = self.plan.operations.len();
            }
            if operation.urls.is_empty() {
                return Some(Err(Error::no_url()));
            }
        }
    }

    fn transfer(&self, url: &UrlPlan) -> Result<(Transfer, u64, u64), Error> {
        let upload = Many::of_upload(url.upload.as_ref(), self.upload_step)?;
        let expanded = Many::of_text(&url.url, url.glob.as_ref(), self.url_step)?;
        let save = match &url.output {
            SaveAs::File(template) => {
                let uploaded = upload.as_ref().and_then(|upload| upload.expansion.as_ref());
                let name = name_file(template, expanded.expansion.as_ref(), uploaded);
                SaveAs::File(
                    name.map_err(|message| Error::new(Exit::BadFunctionArgument, message))?,
                )
            }
            other => other.clone(),
        };
        let uploads = upload.as_ref().map_or(1, |upload| upload.count);
        let transfer = Transfer {
            operation: self.operation,
            number: self.number,
            url: expanded.text,
            upload: upload.map(|upload| upload.text),
            save,
        };
        Ok((transfer, uploads, expanded.count))
    }

    /// On to the next: URLs turn fastest, then uploads, then the words of the command line.
    fn advance(&mut self, uploads: u64, urls: u64) {
        self.url_step = self.url_step.saturating_add(1);
        if self.url_step < urls {
            return;
        }
        self.url_step = 0;
        self.upload_step = self.upload_step.saturating_add(1);
        if self.upload_step < uploads {
            return;
        }
        self.upload_step = 0;
        self.url = self.url.saturating_add(1);
        self.number = self.number.saturating_add(1);
    }
}

impl Iterator for Transfers<'_> {
    type Item = Result<Transfer, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let url = match self.current()? {
            Ok(url) => url,
            Err(error) => return Some(Err(error)),
        };
        match self.transfer(url) {
            Ok((transfer, uploads, urls)) => {
                self.advance(uploads, urls);
                Some(Ok(transfer))
            }
            Err(error) => {
                self.advance(0, 0);
                Some(Err(error))
            }
        }
    }
}

/// One of the texts that a word may stand for.
struct Many {
    text: String,
    count: u64,
    expansion: Option<Expansion>,
}

impl Many {
    fn of_text(text: &str, glob: Option<&Result<Glob, String>>, step: u64) -> Result<Self, Error> {
        match glob {
            None => Ok(Self {
                text: text.to_owned(),
                count: 1,
                expansion: None,
            }),
            Some(Ok(glob)) => {
                let mut expansion = glob.expand(step);
                Ok(Self {
                    text: std::mem::take(&mut expansion.text),
                    count: glob.count(),
                    expansion: Some(expansion),
                })
            }
            Some(Err(message)) => Err(Error::new(Exit::UrlMalformat, message.clone())),
        }
    }

    fn of_upload(upload: Option<&Upload>, step: u64) -> Result<Option<Self>, Error> {
        let plain = |text: &str| Self {
            text: text.to_owned(),
            count: 1,
            expansion: None,
        };
        Ok(match upload {
            None => None,
            Some(Upload::Stdin) => Some(plain("-")),
            Some(Upload::StdinNonBlocking) => Some(plain(".")),
            Some(Upload::File(name, glob)) => Some(Self::of_text(name, glob.as_ref(), step)?),
        })
    }
}
