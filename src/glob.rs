//! URL globbing: `{one,two}` and `[1-9]` (to be written).

/// A pattern that stands for many texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Glob {
    text: String,
}

impl Glob {
    /// Reads a pattern; the error is curl's message without its `curl: (3) `.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self {
            text: text.to_owned(),
        })
    }

    /// How many texts it stands for.
    pub fn count(&self) -> u64 {
        1
    }

    /// The text with this number, and what each `{}` and `[]` became.
    pub fn expand(&self, number: u64) -> Expansion {
        let _ = number;
        Expansion {
            text: self.text.clone(),
        }
    }
}

/// One text that a glob stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// The text.
    pub text: String,
}

impl Expansion {
    /// A text that no pattern made.
    pub fn plain(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// Whether a pattern had any part in it.
    pub fn has_parts(&self) -> bool {
        false
    }

    /// Replaces `#1` and `#name` in a file name.
    pub fn name_file(&self, template: &str) -> Result<String, String> {
        Ok(template.to_owned())
    }
}
