//! The source as text: its files, their code without comments and literals, and the modules that
//! their paths lead to. Knows Rust just as far as this crate goes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One file below `src`.
pub(super) struct Source {
    /// `net/dial.rs`.
    pub(super) name: String,
    /// The path of its module: `["net", "dial"]`; empty for `lib.rs` and `main.rs`.
    pub(super) module: Vec<String>,
    /// As it stands on disk.
    pub(super) text: String,
    /// The same lines without comments, literals and the tests at the end.
    pub(super) code: String,
}

/// A path that a line of code names, from the root of the crate on: `["net", "dial", "HEAD_START"]`.
pub(super) struct Mention {
    pub(super) line: usize,
    pub(super) path: Vec<String>,
}

/// Every file below `src`, by name.
pub(super) fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let sources = paths.iter().map(|path| Source::read(&root, path));
    sources.collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        Self {
            module: module_of(&name),
            code: code(&text),
            name,
            text,
        }
    }

    /// The paths into the crate that the code names.
    pub(super) fn mentions(&self) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let tokens = tokens(&self.code);
        let mut at = 0;
        while at < tokens.len() {
            let inside = at > 0 && tokens[at - 1].text == "::";
            let base = match tokens[at].text {
                "crate" if !inside => Some(Vec::new()),
                "super" if !inside => Some(parent(&self.module)),
                _ => None,
            };
            match base {
                Some(base) => at = expand(&tokens, at + 1, &base, &mut mentions),
                None => at += 1,
            }
        }
        mentions
    }

    /// The public uses of this file: the name given, and where it leads.
    pub(super) fn passed_on(&self) -> Vec<(String, Vec<String>)> {
        let mut passed = Vec::new();
        let tokens = tokens(&self.code);
        let mut public = false;
        for at in 0..tokens.len() {
            match tokens[at].text {
                "pub" => public = true,
                ";" | "{" | "}" => public = false,
                "use" if public => {
                    let first = tokens[at + 1].text;
                    if !["crate", "super", "self"].contains(&first) {
                        let mut mentions = Vec::new();
                        expand(&tokens, at, &self.module, &mut mentions);
                        passed.extend(mentions.into_iter().map(|mention| {
                            let name = mention.path.last().unwrap().clone();
                            (name, mention.path)
                        }));
                    }
                }
                _ => {}
            }
        }
        passed
    }
}

/// Where names lead that a module passes on for its children.
pub(super) fn signposts(sources: &[Source]) -> BTreeMap<Vec<String>, Vec<String>> {
    let mut posts = BTreeMap::new();
    for source in sources {
        for (name, to) in source.passed_on() {
            posts.insert([source.module.clone(), vec![name]].concat(), to);
        }
    }
    posts
}

fn module_of(name: &str) -> Vec<String> {
    let name = name.strip_suffix(".rs").unwrap();
    let parts = name
        .split('/')
        .filter(|part| !["mod", "lib", "main"].contains(part));
    parts.map(str::to_owned).collect()
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

struct Token<'a> {
    line: usize,
    text: &'a str,
}

fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let word = rest
                .find(|it: char| !it.is_alphanumeric() && it != '_')
                .unwrap_or(rest.len());
            let length = match first {
                _ if word > 0 => word,
                ':' if rest.starts_with("::") => 2,
                it => it.len_utf8(),
            };
            if !first.is_whitespace() {
                tokens.push(Token {
                    line: line + 1,
                    text: &rest[..length],
                });
            }
            rest = &rest[length..];
        }
    }
    tokens
}

/// Follows a path from the token after its beginning, into braces too; gives the token behind it.
fn expand(tokens: &[Token<'_>], mut at: usize, base: &[String], out: &mut Vec<Mention>) -> usize {
    let mut path = base.to_vec();
    let line = tokens[at].line;
    // A list in braces and the words of `use` begin without the two colons.
    let mut joined = tokens[at].text != "::";
    loop {
        let text = tokens.get(at).map_or("", |token| token.text);
        if text == "::" || (text == "use" && joined) {
            joined = true;
            at += 1;
        } else if joined && text == "{" {
            at += 1;
            while tokens.get(at).is_some_and(|token| token.text != "}") {
                at = match tokens[at].text {
                    "," => at + 1,
                    _ => expand(tokens, at, &path, out),
                };
            }
            return at + 1;
        } else if joined && text == "super" {
            path.pop();
            joined = false;
            at += 1;
        } else if joined && text.starts_with(|it: char| it.is_alphabetic() || it == '_') {
            path.push(text.to_owned());
            joined = false;
            at += 1;
        } else {
            // `as` and what else may follow up to the next item of a list.
            while text == "as"
                && tokens
                    .get(at)
                    .is_some_and(|token| ![",", "}", ";"].contains(&token.text))
            {
                at += 1;
            }
            out.push(Mention { line, path });
            return at.max(1);
        }
    }
}

/// Blanks out comments, literals and the tests at the end of a file; lines stay where they are.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = skipped(rest, code.chars().next_back());
        let length = if skipped == 0 {
            first.len_utf8()
        } else {
            skipped
        };
        let (piece, after) = rest.split_at(length);
        if skipped == 0 {
            code.push_str(piece);
        } else {
            code.extend(piece.chars().map(|it| if it == '\n' { '\n' } else { ' ' }));
        }
        rest = after;
    }
    code
}

/// How long the comment or literal is with which a text begins; 0 for code.
fn skipped(text: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|it| it.is_alphanumeric() || it == '_');
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    let raw = text
        .strip_prefix('r')
        .filter(|_| !in_word || before == Some('b'));
    if let Some(raw) = raw {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let body = &raw[hashes + 1..];
            return 1 + hashes + 1 + body.find(&end).unwrap() + end.len();
        }
    }
    // A quote begins a character when another one ends it, else a lifetime.
    if let Some(inside) = text.strip_prefix('\'') {
        let escaped = inside.starts_with('\\');
        let closed = inside.chars().nth(1) == Some('\'');
        if escaped || closed {
            return quoted(text, '\'');
        }
    }
    0
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            it if it == quote => return at + it.len_utf8(),
            _ => {}
        }
    }
    panic!("a literal does not end: {text:.40}")
}

#[test]
fn code_is_told_from_comments_and_literals() {
    let check = |text: &str, expected: &str| assert_eq!(code(text), expected, "{text}");
    check("a // b\nc", "a     \nc");
    check("f(\"a \\\" // b\", c)", "f(           , c)");
    check("r#\"a\"b\"# + br\"c\" + d", "         + b     + d");
    check("'a' '\\'' '\"' &'a str", "             &'a str");
    check("a\n#[cfg(test)]\nmod tests {}", "a\n");
}

#[test]
fn paths_are_followed_into_braces() {
    let check = |code: &str, expected: &[&str]| {
        let source = Source {
            name: "net/dial.rs".to_owned(),
            module: vec!["net".to_owned(), "dial".to_owned()],
            text: String::new(),
            code: code.to_owned(),
        };
        let found: Vec<String> = source
            .mentions()
            .iter()
            .map(|it| it.path.join("."))
            .collect();
        assert_eq!(found, expected, "{code}");
    };
    check("use crate::a::B;", &["a.B"]);
    check("use crate::{a::{B, C as D}, e};\nx", &["a.B", "a.C", "e"]);
    check(
        "use super::wire::{self, Wire};",
        &["net.wire.self", "net.wire.Wire"],
    );
    check(
        "let x: crate::a::B<super::C> = super::super::d::e();",
        &["a.B", "net.C", "d.e"],
    );
    check("pub(super) fn f(a: pub(crate) B) {}", &["net", ""]);
}
