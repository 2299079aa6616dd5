//! What holds for any octets at all: the laws that the fuzz targets try, tried here on the same seeds
//! and on what becomes of them by small changes. The changes are the same on every machine and day.

mod body;
mod config;
mod content;
mod cookies;
mod glob;
mod head;
mod json;
mod transcript;
mod url;
mod visible;

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::TestRunner;

use crate::support::chance::chance;

#[test]
fn any_head() {
    hold("head", head::hold);
}

#[test]
fn any_response() {
    hold("body", body::hold);
}

#[test]
fn any_json() {
    hold("json", json::hold);
}

#[test]
fn any_coded_content() {
    hold("content", content::hold);
}

#[test]
fn any_cookies() {
    hold("cookies", cookies::hold);
}

#[test]
fn any_config_file() {
    hold("config", config::hold);
}

#[test]
fn any_pattern_of_urls() {
    hold("glob", glob::hold);
}

#[test]
fn any_transcript() {
    hold("transcript", transcript::hold);
}

#[test]
fn any_text_on_a_terminal() {
    hold("visible", visible::hold);
}

#[test]
fn any_url() {
    hold("url", url::hold);
}

fn hold(name: &str, law: fn(&[u8])) {
    let seeds = seeds(name);
    for seed in &seeds {
        law(seed);
    }
    let tried = TestRunner::new(chance(256)).run(&changed(seeds), |input| {
        law(&input);
        Ok(())
    });
    if let Err(broken) = tried {
        panic!("{name}: {broken}");
    }
}

/// The seeds of a fuzz target, in order.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let files = std::fs::read_dir(folder.join(name)).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

#[derive(Debug, Clone)]
enum Change {
    Insert(Vec<u8>),
    Remove(u8),
    Repeat(u8),
    /// What follows comes out of another seed.
    GoOnLike(Index, Index),
}

fn changed(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let some = prop_oneof![
        vec(any::<u8>(), 1..4),
        vec(
            select(b"\r\n\t\0 :;,=\"'[]{}()<>#%/\\.-+0159afx".to_vec()),
            1..4
        ),
        vec(any::<char>(), 1..3).prop_map(|text| text.iter().collect::<String>().into_bytes()),
    ];
    let change = prop_oneof![
        3 => some.prop_map(Change::Insert),
        2 => (1_u8..30).prop_map(Change::Remove),
        1 => (1_u8..60).prop_map(Change::Repeat),
        1 => any::<(Index, Index)>().prop_map(|(seed, at)| Change::GoOnLike(seed, at)),
    ];
    let changes = vec((any::<Index>(), change), 1..8);
    (any::<Index>(), changes).prop_map(move |(seed, changes)| {
        let mut octets = seed.get(&seeds).clone();
        for (at, change) in changes {
            let at = at.index(octets.len() + 1);
            let end = |length: u8| octets.len().min(at + usize::from(length));
            match change {
                Change::Insert(new) => drop(octets.splice(at..at, new)),
                Change::Remove(length) => drop(octets.drain(at..end(length))),
                Change::Repeat(length) => octets.extend_from_within(at..end(length)),
                Change::GoOnLike(seed, from) => {
                    let other = seed.get(&seeds);
                    octets.truncate(at);
                    octets.extend_from_slice(&other[from.index(other.len() + 1)..]);
                }
            }
        }
        octets
    })
}

/// Where the fuzz targets are at hand: no target without a test, and none without seeds.
#[test]
fn every_fuzz_target_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(targets) = std::fs::read_dir(root.join("fuzz/targets")) else {
        return; // The package leaves them out.
    };
    let tests = include_str!("laws.rs");
    for target in targets {
        let name = target.unwrap().path();
        let name = name.file_stem().unwrap().to_str().unwrap();
        assert!(tests.contains(&format!("hold(\"{name}\",")), "{name}");
        assert!(!seeds(name).is_empty(), "{name}");
    }
}

#[test]
fn every_property_is_tried_on_the_same_cases() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let mut blocks = text.split("\nproptest! {").skip(1);
                let same = |block: &str| block.starts_with("\n    #![proptest_config(chance(");
                assert!(blocks.all(same), "{}", path.display());
            }
        }
    }
}
