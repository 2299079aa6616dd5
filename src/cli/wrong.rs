//! What can be wrong with an option, in curl's words.
//!
//! Knows: the reasons that follow `option --name:` and the exit status of each. Must not know: which
//! option it was, or where it stood.

use std::fmt;

use crate::error::Exit;

/// Why an option cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// No such option.
    Unknown,
    /// No such option, in a config file that the option names.
    UnknownInConfig,
    /// The option wants an argument and the words have ended.
    NeedsValue,
    /// An argument where none belongs, in a config file.
    TrailingGarbage,
    /// Two options that exclude each other, or an argument of a wrong form.
    BadUse,
    /// Not a number.
    NotANumber,
    /// A number below zero.
    Negative,
    /// A number beyond what the option can mean.
    TooLarge,
    /// `--no-` before an option that is no switch.
    NotASwitch,
    /// A scheme that rcurl does not speak.
    UnsupportedProtocol,
    /// A file that cannot be read.
    Unreadable,
    /// `--expand-` failed.
    Expansion,
    /// An empty argument.
    Blank,
    /// `--variable` with a byte range that makes no sense.
    VariableSyntax,
    /// An argument with a line break or a NUL where it would reach a message head.
    LineBreak,
    /// An argument that is not UTF-8 where text is needed.
    NotText,
    /// Known, and not to be had here: the sentence says why.
    Refused(&'static str),
    /// An argument of a form of its own: the sentence says what is not right.
    Said(String),
}

impl Wrong {
    /// The exit status that goes with it.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Wrong::Unreadable => Exit::ReadError,
            Wrong::UnsupportedProtocol => Exit::UnsupportedProtocol,
            _ => Exit::FailedInit,
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wrong::Unknown => "is unknown",
            Wrong::UnknownInConfig => "found an unknown config option",
            Wrong::NeedsValue => "requires parameter",
            Wrong::TrailingGarbage => "had unsupported trailing garbage",
            Wrong::BadUse => "is badly used here",
            Wrong::NotANumber => "expected a proper numerical parameter",
            Wrong::Negative => "expected a positive numerical parameter",
            Wrong::TooLarge => "too large number",
            Wrong::NotASwitch => "the given option cannot be reversed with a --no- prefix",
            Wrong::UnsupportedProtocol => "a specified protocol is unsupported by rcurl",
            Wrong::Unreadable => "error encountered when reading a file",
            Wrong::Expansion => "variable expansion failure",
            Wrong::Blank => "blank argument where content is expected",
            Wrong::VariableSyntax => "syntax error in --variable argument",
            Wrong::LineBreak => "the argument holds a line break or a NUL",
            Wrong::NotText => "the argument is not UTF-8",
            Wrong::Refused(sentence) => sentence,
            Wrong::Said(sentence) => sentence,
        })
    }
}
