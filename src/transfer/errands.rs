//! The transfers that a plan stands for, one after another.
//!
//! Knows: how URL words, globs and `-T` patterns multiply, and how an output file is named. Must
//! not know: how a transfer is run. Lazy: a pattern may stand for millions.

use crate::error::{Error, Exit};
use crate::glob::{Expansion, Glob};
use crate::plan::{Operation, Plan, SaveAs, Upload, UrlPlan};

/// One transfer to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Errand {
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
pub struct Errands<'a> {
    plan: &'a Plan,
    operation: usize,
    url: usize,
    number: u32,
    upload_step: u64,
    url_step: u64,
}

impl<'a> Errands<'a> {
    /// From the first on.
    pub fn new(plan: &'a Plan) -> Self {
        Self { plan, operation: 0, url: 0, number: 0, upload_step: 0, url_step: 0 }
    }

    fn current(&mut self) -> Option<(&'a Operation, &'a UrlPlan)> {
        loop {
            let operation = self.plan.operations.get(self.operation)?;
            if let Some(url) = operation.urls.get(self.url) {
                return Some((operation, url));
            }
            self.operation += 1;
            self.url = 0;
        }
    }

    fn errand(&self, url: &UrlPlan) -> Result<(Errand, u64, u64), Error> {
        let (uploads, upload) = uploads(url, self.upload_step)?;
        let (urls, expansion) = expand(url.glob.as_ref(), &url.url, self.url_step)?;
        let save = match &url.output {
            SaveAs::File(template) => SaveAs::File(named(&expansion, upload.as_ref(), template)?),
            other => other.clone(),
        };
        let errand = Errand {
            operation: self.operation,
            number: self.number,
            url: expansion.map_or_else(|| url.url.clone(), |it| it.text),
            upload: upload.map(|it| it.text),
            save,
        };
        Ok((errand, uploads, urls))
    }

    /// On to the next: URLs turn fastest, then uploads, then the words of the command line.
    fn advance(&mut self, uploads: u64, urls: u64) {
        self.url_step += 1;
        if self.url_step < urls {
            return;
        }
        self.url_step = 0;
        self.upload_step += 1;
        if self.upload_step < uploads {
            return;
        }
        self.upload_step = 0;
        self.url += 1;
        self.number += 1;
    }
}

impl Iterator for Errands<'_> {
    type Item = Result<Errand, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let (_, url) = self.current()?;
        match self.errand(url) {
            Ok((errand, uploads, urls)) => {
                self.advance(uploads, urls);
                Some(Ok(errand))
            }
            Err(error) => {
                self.advance(0, 0);
                Some(Err(error))
            }
        }
    }
}

fn expand(glob: Option<&Result<Glob, String>>, text: &str, step: u64) -> Result<(u64, Option<Expansion>), Error> {
    let _ = text;
    match glob {
        None => Ok((1, None)),
        Some(Ok(glob)) => Ok((glob.count(), Some(glob.expand(step)))),
        Some(Err(message)) => Err(Error::new(Exit::UrlMalformat, message.clone())),
    }
}

fn uploads(url: &UrlPlan, step: u64) -> Result<(u64, Option<Expansion>), Error> {
    match &url.upload {
        None => Ok((1, None)),
        Some(Upload::Stdin) => Ok((1, Some(Expansion::plain("-")))),
        Some(Upload::StdinNonBlocking) => Ok((1, Some(Expansion::plain(".")))),
        Some(Upload::File(name, glob)) => {
            let (count, expansion) = expand(glob.as_ref(), name, step)?;
            Ok((count, Some(expansion.unwrap_or_else(|| Expansion::plain(name)))))
        }
    }
}

/// The output name: `#1` stands for what the first glob of the URL became, else of the upload.
fn named(url: &Option<Expansion>, upload: Option<&Expansion>, template: &str) -> Result<String, Error> {
    let from = url.as_ref().filter(|it| it.has_parts()).or(upload);
    match from {
        Some(expansion) => {
            expansion.name_file(template).map_err(|message| Error::new(Exit::FailedInit, message))
        }
        None => Ok(template.to_owned()),
    }
}
