//! Stories: what servers say, and what a run then sends, prints and ends with; see
//! `support::story` for how one is written.
//!
//! `SNAPSHOTS=overwrite cargo test stories` writes down what is told now.

use std::path::{Path, PathBuf};

use snapbox::report::Palette;
use snapbox::{Assert, Data};

use crate::support::story::Story;

fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries.collect();
    paths.sort();
    paths
}

#[test]
fn every_story_is_told_as_it_is_written() {
    let mut differences = Vec::new();
    for path in all() {
        let told = Story::parse(&std::fs::read_to_string(&path).unwrap()).tell();
        let name = path.file_name().unwrap().display().to_string();
        let assert = Assert::new()
            .action_env("SNAPSHOTS")
            .palette(Palette::plain());
        let written = Data::read_from(&path, None).raw();
        if let Err(difference) = assert.try_eq(Some(&name), told.into(), written) {
            differences.push(difference.to_string());
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_story_is_told_the_same_way_twice() {
    let text = "$ rcurl -v -w '%{time_total}' -F a=b http://localhost/\n== connection\nrefuse\n\
                == connection\nawait head\n< HTTP/1.1 204 No Content\n< \n";
    let [first, second] = [(); 2].map(|()| Story::parse(text).tell());
    assert_eq!(first, second);
    assert!(first.contains("== exit 0\n"), "{first}");
}
