//! Names of output files.
//!
//! Knows: what name a URL, a `Content-Disposition` or a `-o` template gives a file, and what a
//! server may not choose. Must not know: how files are written. Pure.
//!
//! Sources: RFC 6266, 4.3 (filename, and why its path is dropped); curl's `-O` and `-J`.

use std::path::{Path, PathBuf};

/// The name of `-O` for a URL whose path ends in none.
const NAMELESS: &str = "curl_response";

/// The file name that the path of a URL ends with (`-O`): the last segment, or the one before a
/// closing slash, as it stands, never decoded.
pub fn from_path(path: &str) -> String {
    let name = last_segment(path);
    if is_safe(name.as_bytes()) {
        name.to_owned()
    } else {
        NAMELESS.to_owned()
    }
}

/// The file name that the path of a URL ends with where a server chose the URL (`-J`).
///
/// `None` when it ends with none that a server may choose.
pub fn from_redirect(path: &str) -> Option<String> {
    safe_name(last_segment(path).as_bytes())
}

fn last_segment(path: &str) -> &str {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    segments.next().unwrap_or_default()
}

/// The file name that a `Content-Disposition` field gives (`-J`), without any folder in it.
///
/// `None` when it gives none that may be used.
pub fn from_disposition(value: &[u8]) -> Option<String> {
    let mut rest = value;
    loop {
        let start = rest.iter().position(u8::is_ascii_alphabetic)?;
        rest = rest.get(start..)?;
        if let Some(filename) = strip_prefix_ignore_case(rest, b"filename=") {
            return safe_name(unquoted(filename));
        }
        let next = rest.iter().position(|&octet| octet == b';')?;
        rest = rest.get(next..)?;
    }
}

fn strip_prefix_ignore_case<'a>(text: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn unquoted(value: &[u8]) -> &[u8] {
    let (value, stop) = match value.split_first() {
        Some((&quote @ (b'"' | b'\''), rest)) => (rest, quote),
        _ => (value, b';'),
    };
    let end = value
        .iter()
        .position(|&octet| octet == stop)
        .unwrap_or(value.len());
    value.get(..end).unwrap_or_default().trim_ascii()
}

/// Keeps what follows the last separator of either system. A server names no hidden file: programs
/// do what such files say (`.bashrc`, `.curlrc`).
fn safe_name(name: &[u8]) -> Option<String> {
    let base = name
        .rsplit(|octet| b"/\\".contains(octet))
        .next()
        .unwrap_or_default();
    let shown = is_safe(base) && !base.starts_with(b".");
    shown.then(|| String::from_utf8_lossy(base).into_owned())
}

/// A name that names a file in this folder: not the folder itself or the one above, and without
/// control characters.
fn is_safe(name: &[u8]) -> bool {
    !name.is_empty() && name != b"." && name != b".." && !name.iter().any(u8::is_ascii_control)
}

/// The same name with a number, for `--no-clobber`: `name.1`, `name.2`, and so on.
pub fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_segment_names_the_file() {
        for (path, expected) in [
            ("/", "curl_response"),
            ("/a/b", "b"),
            ("/a/b/", "b"),
            ("////", "curl_response"),
            ("/a/..", "curl_response"),
            ("/a%2fb", "a%2fb"),
        ] {
            assert_eq!(from_path(path), expected, "{path}");
        }
    }

    #[test]
    fn a_redirect_names_no_hidden_file() {
        for (path, expected) in [
            ("/a/b", Some("b")),
            ("/a/b/", Some("b")),
            ("/a/..\\b", Some("b")),
            ("/", None),
            ("/.curlrc", None),
            ("/a/.bashrc/", None),
            ("/a\\.bashrc", None),
            ("/a/..", None),
        ] {
            assert_eq!(from_redirect(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_disposition_names_a_file_but_no_folder() {
        for (value, expected) in [
            (
                "attachment; filename=name.txt; charset=utf-8",
                Some("name.txt"),
            ),
            ("filename=\"quoted; name\"", Some("quoted; name")),
            ("inline; FILENAME='x'", Some("x")),
            ("attachment; filename=/etc/passwd", Some("passwd")),
            (
                "attachment; filename=\"..\\..\\evil.bat\"",
                Some("evil.bat"),
            ),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=.bashrc", None),
            ("attachment; filename=\"../.curlrc\"", None),
            ("attachment; filename=\"a\x1b[2J\"", None),
            ("attachment; filename=", None),
            ("attachment", None),
            ("attachment; filename*=UTF-8''x; filename=y", Some("y")),
        ] {
            assert_eq!(
                from_disposition(value.as_bytes()).as_deref(),
                expected,
                "{value}"
            );
        }
    }
}
