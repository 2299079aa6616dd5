//! `--help`, `--manual` and `--version`.
//!
//! Knows: how the table is shown on a terminal. Must not know: any option but through its row.

use std::fmt::Write as _;

use super::manual;
use super::options::{self, Category, Opt};
use super::values::Value;

/// What `Features:` lists, in curl's words.
const FEATURES: [&str; 12] = [
    "alt-svc",
    "brotli",
    "HSTS",
    "HTTPS-proxy",
    "IDN",
    "IPv6",
    "Largefile",
    "libz",
    "PSL",
    "SSL",
    "UnixSockets",
    "zstd",
];

/// `--help`, with its subject: nothing, `all`, `category`, a category, or an option.
pub(crate) fn about(subject: Value<'_>) -> String {
    let subject = subject.shown();
    match subject.as_str() {
        "" => important(),
        "all" => list(&options_of(|_| true)),
        "category" => format!("The categories of options:\n\n{}", categories()),
        _ if subject.starts_with('-') => option(&subject),
        _ => category(&subject),
    }
}

fn important() -> String {
    let options = options_of(|option| option.categories.contains(&Category::Important));
    format!(
        "Usage: rcurl [options...] <url>\n{}\nThese are the most used. \"--help category\" lists the \
         categories of options, \"--help all\" all\noptions, \"--help --name\" tells about one at \
         length, \"rcurl --demo\" shows what rcurl does.\n",
        list(&options)
    )
}

/// The options that can be used and are wanted.
fn options_of(wanted: impl Fn(&Opt) -> bool) -> Vec<&'static Opt> {
    let mut found = options::usable();
    found.retain(|option| wanted(option));
    found
}

/// One line per option, the texts in a column.
fn list(options: &[&Opt]) -> String {
    let width = options.iter().map(|option| option.synopsis().len()).max();
    let width = width.unwrap_or_default().saturating_add(2);
    let mut text = String::new();
    for option in options {
        let _ = writeln!(text, " {:width$}{}", option.synopsis(), option.help);
    }
    text
}

fn categories() -> String {
    let mut text = String::new();
    for category in Category::ALL {
        if !options_of(|option| option.categories.contains(category)).is_empty() {
            let _ = writeln!(text, " {:<12}{}", category.word(), category.about());
        }
    }
    text
}

fn category(word: &str) -> String {
    let known = Category::ALL
        .iter()
        .find(|category| category.word() == word);
    let Some(category) = known else {
        return format!(
            "There is no category \"{word}\". These are the categories:\n\n{}",
            categories()
        );
    };
    let options = options_of(|option| option.categories.contains(category));
    if options.is_empty() {
        return format!("{word}: nothing here, since rcurl speaks HTTP only.\n");
    }
    format!("{word}: {}\n{}", category.about(), list(&options))
}

/// One option at length.
fn option(spelled: &str) -> String {
    let letters = spelled.strip_prefix('-').unwrap_or(spelled);
    let mut characters = letters.chars();
    let found = match (
        letters.strip_prefix('-'),
        characters.next(),
        characters.next(),
    ) {
        (Some(name), ..) => options::named(name)
            .or_else(|| options::named(name.strip_prefix("no-").unwrap_or(name)))
            .or_else(|| options::named(name.strip_prefix("expand-").unwrap_or(name))),
        (None, Some(letter), None) => options::lettered(letter),
        _ => None,
    };
    match found {
        Some(option) => format!(
            "{}\n\n{}",
            option.synopsis().trim_start(),
            manual::text_of(option)
        ),
        None => format!("There is no option {spelled}. \"--help all\" lists all of them.\n"),
    }
}

/// `--version`, in curl's form, for scripts that read it.
pub(crate) fn version() -> String {
    let (arch, system) = (std::env::consts::ARCH, std::env::consts::OS);
    let version = env!("CARGO_PKG_VERSION");
    let features = FEATURES.join(" ");
    format!(
        "rcurl {version} ({arch}-{system}) rustls\nProtocols: file http https ipfs ipns\nFeatures: {features}\n"
    )
}
