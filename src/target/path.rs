//! The path of a URL: dot segments, and octets that no request line may hold.
//!
//! Knows: RFC 3986, 5.2.4, and percent-encoding. Must not know: the rest of a URL.

/// Removes `.` and `..` segments (RFC 3986, 5.2.4); `%2e` counts as a dot, as in browsers and curl.
pub fn without_dot_segments(path: &str) -> String {
    if !path.contains(['.', '%']) {
        return path.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match dots(segment) {
            1 if last => kept.push(""),
            1 => {}
            2 => {
                if kept.len() > 1 {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    kept.join("/")
}

/// 1 for `.`, 2 for `..`, in any escaping; 0 for everything else.
fn dots(segment: &str) -> usize {
    let mut rest = segment;
    let mut count = 0_usize;
    while let Some(after) = rest
        .strip_prefix('.')
        .or_else(|| rest.strip_prefix("%2e"))
        .or_else(|| rest.strip_prefix("%2E"))
    {
        rest = after;
        count = count.saturating_add(1);
    }
    if rest.is_empty() && count <= 2 {
        count
    } else {
        0
    }
}

/// A path with every octet outside of ASCII escaped.
pub(super) fn in_ascii(path: &str) -> String {
    if path.is_ascii() {
        return path.to_owned();
    }
    let mut ascii = String::with_capacity(path.len());
    for octet in path.bytes() {
        if octet.is_ascii() {
            ascii.push(char::from(octet));
        } else {
            ascii.extend(escaped(octet));
        }
    }
    ascii
}

/// `%` and two digits, upper case as RFC 3986, 2.1 wants them.
pub(super) fn escaped(octet: u8) -> [char; 3] {
    ['%', hex_digit(octet >> 4), hex_digit(octet & 15)]
}

fn hex_digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_are_removed_as_rfc_3986_says() {
        for (path, expected) in [
            ("/a/b/c/./../../g", "/a/g"),
            ("/../../x", "/x"),
            ("/a/..", "/"),
            ("/a/.", "/a/"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/...", "/a/..."),
            ("/", "/"),
            ("/a//b/../c", "/a//c"),
        ] {
            assert_eq!(without_dot_segments(path), expected, "{path}");
        }
    }
}
