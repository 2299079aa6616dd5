//! The manual: the table, the long texts and the frame, joined.
//!
//! Knows: the little Markdown that `man/options.md` and `man/page.md` are written in (headings,
//! paragraphs, lists, indented code, backquotes), and how it looks as plain text and as roff. Must
//! not know: any option but through its row.

use std::fmt::Write as _;

use super::options::{self, Opt, Scope};
use crate::error::Exit;

/// A section per option, headed `## --name`.
const OPTIONS: &str = include_str!("../../man/options.md");
/// Everything else, in the order of a man page.
const PAGE: &str = include_str!("../../man/page.md");

/// The long text of an option, or its line of help.
pub(super) fn text_of(option: &Opt) -> String {
    let section = section(OPTIONS, &format!("--{}", option.shown()));
    let mut text = String::new();
    match (option.scope(), section) {
        (Scope::Refused(why), _) => {
            let _ = writeln!(text, "{}. Refused: it {why}.", option.help);
        }
        (_, Some(section)) => text = plain(section),
        (_, None) => {
            let _ = writeln!(text, "{}.", option.help);
        }
    }
    text
}

/// Tables of others that the manual shows.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// The variables of `-w`.
    pub variables: Vec<&'static str>,
    /// The words in the marks of a transcript, and what each stands for.
    pub marks: Vec<(&'static str, &'static str)>,
}

/// `--manual`: everything as plain text.
pub fn whole(tables: &Tables) -> String {
    let mut text = String::new();
    for (heading, body) in sections(PAGE) {
        let _ = write!(text, "{heading}\n\n{}\n", plain(body));
        match heading {
            "OPTIONS" => {
                for option in options::usable() {
                    let name = option.synopsis();
                    let _ = write!(text, "{}\n\n{}\n", name.trim_start(), text_of(option));
                }
            }
            "WRITE-OUT" => {
                fold(&mut text, ["    "; 2], &tables.variables.join(" "));
                text.push('\n');
            }
            "TRANSCRIPTS" => {
                for (word, what) in &tables.marks {
                    fold(&mut text, ["  ", "    "], &format!("<{word}> {what}."));
                }
                text.push('\n');
            }
            "EXIT CODES" => {
                for exit in Exit::ALL {
                    let _ = writeln!(text, "{:>4}  {}", *exit as u8, exit.meaning());
                }
                text.push('\n');
            }
            _ => {}
        }
    }
    text
}

/// The man page, as roff.
pub fn page(version: &str, tables: &Tables) -> String {
    let mut roff = format!(
        ".\\\" Generated from the option table, man/options.md and man/page.md.\n.TH RCURL 1 \"\" \"rcurl {version}\"\n"
    );
    for (heading, body) in sections(PAGE) {
        let _ = writeln!(roff, ".SH {heading}");
        roff.push_str(&to_roff(body, ".PP"));
        match heading {
            "OPTIONS" => every_option(&mut roff),
            "WRITE-OUT" => {
                let _ = writeln!(roff, ".PP\n.B \"{}\"", escaped(&tables.variables.join(" ")));
            }
            "TRANSCRIPTS" => {
                for (word, what) in &tables.marks {
                    let _ = writeln!(roff, ".TP\n.B \"<{word}>\"\n{}.", escaped(what));
                }
            }
            "EXIT CODES" => exit_codes(&mut roff),
            _ => {}
        }
    }
    roff
}

fn every_option(roff: &mut String) {
    for option in options::usable() {
        let mut name = escaped(option.synopsis().trim_start());
        if name.starts_with('.') || name.starts_with('\'') {
            name.insert_str(0, "\\&");
        }
        let _ = writeln!(roff, ".TP\n.B \"{name}\"");
        match section(OPTIONS, &format!("--{}", option.shown())) {
            Some(section) => roff.push_str(to_roff(section, ".IP").trim_start_matches(".IP\n")),
            None => {
                let _ = writeln!(roff, "{}.", escaped(option.help));
            }
        }
    }
    roff.push_str(".SS \"Refused options\"\nThese names are known; each is refused with exit code 2 and the reason.\n");
    let mut refused: Vec<(&str, &Opt)> = options::all()
        .filter_map(|option| match option.scope() {
            Scope::Refused(why) => Some((why, option)),
            _ => None,
        })
        .collect();
    refused.sort_by_key(|(_, option)| option.long);
    for (why, option) in refused {
        let _ = writeln!(
            roff,
            ".TP\n.B \"{}\"\n{}.",
            escaped(option.synopsis().trim_start()),
            escaped(why)
        );
    }
}

fn exit_codes(roff: &mut String) {
    for exit in Exit::ALL {
        let _ = writeln!(
            roff,
            ".TP\n.B {}\n{}.",
            *exit as u8,
            escaped(exit.meaning())
        );
    }
}

/// The sections of a text: heading and body.
fn sections(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split("\n## ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
}

fn section<'t>(text: &'t str, heading: &str) -> Option<&'t str> {
    let mut sections = sections(text);
    sections
        .find(|(found, _)| *found == heading)
        .map(|(_, body)| body)
}

/// What code is indented with, and what an item of a list begins with.
const CODE: &str = "    ";
const ITEM: &str = "- ";

/// A block of Markdown.
enum Block<'t> {
    Paragraph(&'t str),
    Code(Vec<&'t str>),
    List(Vec<&'t str>),
}

/// Blocks are separated by blank lines.
fn blocks(body: &str) -> impl Iterator<Item = Block<'_>> {
    let blocks = body.split("\n\n").map(|block| block.trim_matches('\n'));
    blocks.filter(|block| !block.is_empty()).map(|block| {
        if block.starts_with(CODE) {
            Block::Code(lines_without(block, CODE))
        } else if block.starts_with(ITEM) {
            Block::List(lines_without(block, ITEM))
        } else {
            Block::Paragraph(block)
        }
    })
}

fn lines_without<'t>(block: &'t str, prefix: &str) -> Vec<&'t str> {
    let lines = block.lines();
    lines
        .map(|line| line.strip_prefix(prefix).unwrap_or(line))
        .collect()
}

/// Paragraphs folded at 79 columns.
fn plain(body: &str) -> String {
    let mut text = String::new();
    for block in blocks(body) {
        match block {
            Block::Paragraph(paragraph) => fold(&mut text, [""; 2], &without_quotes(paragraph)),
            Block::Code(lines) => {
                for line in lines {
                    let _ = writeln!(text, "    {line}");
                }
            }
            Block::List(items) => {
                for item in items {
                    fold(&mut text, ["  - ", "    "], &without_quotes(item));
                }
            }
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Backquotes mark what is typed; on a terminal it stands for itself.
fn without_quotes(text: &str) -> String {
    text.replace('`', "")
}

/// Breaks a paragraph into lines, with something before the first and before the others.
fn fold(text: &mut String, [first, others]: [&str; 2], paragraph: &str) {
    const WIDTH: usize = 79;
    let (mut column, mut indent) = (0_usize, first);
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column.saturating_add(length) >= WIDTH {
            text.push('\n');
            column = 0;
        }
        if column == 0 {
            text.push_str(indent);
            column = indent.len();
            indent = others;
        } else {
            text.push(' ');
            column = column.saturating_add(1);
        }
        text.push_str(word);
        column = column.saturating_add(length);
    }
    text.push('\n');
}

/// `start` is the request that begins a paragraph.
fn to_roff(body: &str, start: &str) -> String {
    let mut roff = String::new();
    for block in blocks(body) {
        match block {
            Block::Paragraph(paragraph) => {
                let _ = writeln!(roff, "{start}\n{}", quoted(paragraph));
            }
            Block::Code(lines) => {
                let _ = writeln!(roff, "{start}\n.nf\n.in +4");
                for line in lines {
                    let _ = writeln!(roff, "{}", guarded(&escaped(line)));
                }
                roff.push_str(".in\n.fi\n");
            }
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(roff, ".IP \\(bu 2\n{}", quoted(item));
                }
            }
        }
    }
    roff
}

/// Text with what stands between backquotes in bold.
fn quoted(text: &str) -> String {
    let mut roff = String::new();
    for (number, piece) in text.split('`').enumerate() {
        if number % 2 == 1 {
            let _ = write!(roff, "\\fB{}\\fR", escaped(piece));
        } else {
            roff.push_str(&escaped(piece));
        }
    }
    let lines: Vec<String> = roff.lines().map(guarded).collect();
    lines.join("\n")
}

/// A line must not look like a request.
fn guarded(line: &str) -> String {
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line.to_owned()
    }
}

/// roff's own characters, and those that it would turn into typographic ones.
fn escaped(text: &str) -> String {
    let mut roff = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => roff.push_str("\\e"),
            '-' => roff.push_str("\\-"),
            '"' => roff.push_str("\\(dq"),
            '\'' => roff.push_str("\\(aq"),
            '`' => roff.push_str("\\(ga"),
            '^' => roff.push_str("\\(ha"),
            '~' => roff.push_str("\\(ti"),
            ascii if ascii.is_ascii() => roff.push(ascii),
            other => {
                let _ = write!(roff, "\\[u{:04X}]", u32::from(other));
            }
        }
    }
    roff
}
