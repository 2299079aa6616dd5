//! `ipfs://` and `ipns://`: which gateway, and which URL there.

use std::path::Path;

use crate::support::chance::chance;
use proptest::prelude::*;
use rcurl::environment::Environment;
use rcurl::target::{Reading, Target};
use rcurl::transfer::ipfs::{Gateways, rewrite};

/// The URL that is fetched, or the exit code.
fn fetched(
    url: &str,
    option: Option<&str>,
    variables: &[(&str, &str)],
    files: &[(&str, &str)],
) -> String {
    let variables = variables
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let environment = Environment {
        variables,
        ..Environment::default()
    };
    let read = |path: &Path| {
        let found = files.iter().find(|(name, _)| Path::new(name) == path);
        found.map(|(_, text)| text.as_bytes().to_vec())
    };
    let gateways = Gateways {
        option,
        environment: &environment,
        read: &read,
    };
    match rewrite(url, &gateways) {
        Ok(Some(url)) => url,
        Ok(None) => "untouched".into(),
        Err(error) => (error.exit as u8).to_string(),
    }
}

#[test]
fn a_gateway_has_a_path_for_everything() {
    let check = |url: &str, gateway: &str, expected: &str| {
        assert_eq!(fetched(url, Some(gateway), &[], &[]), expected, "{url}");
    };
    check(
        "ipfs://cid",
        "http://g.test:8080",
        "http://g.test:8080/ipfs/cid",
    );
    check("ipns://cid/", "https://g.test/", "https://g.test/ipns/cid");
    check(
        "IPFS://Cid/a/b?c=d#e",
        "http://g.test/x/y",
        "http://g.test/x/y/ipfs/Cid/a/b?c=d#e",
    );
    check(
        "ipfs://cid?c",
        "http://g.test/x/",
        "http://g.test/x/ipfs/cid?c",
    );
    check(
        "ipfs:/cid/%20%2f",
        "g.test",
        "http://g.test/ipfs/cid/%20%2f",
    );
    check(
        "ipfs://u:p@cid:99/x",
        "http://v:q@g.test/#f",
        "http://u:p@g.test/ipfs/cid/x",
    );
    check(
        "ipfs://cid/x",
        "http://[::1]:80/",
        "http://[::1]:80/ipfs/cid/x",
    );
    check("http://cid/", "http://g.test", "untouched");
    check("ipfs.test/", "http://g.test", "untouched");
    check("ipfsx://cid", "http://g.test", "untouched");
}

#[test]
fn nothing_leads_out_of_the_content() {
    let check = |url: &str, expected: &str| {
        assert_eq!(
            fetched(url, Some("http://g.test/x"), &[], &[]),
            expected,
            "{url}"
        );
    };
    check("ipfs://cid/../../y", "http://g.test/x/ipfs/cid/y");
    check("ipfs://cid/%2e%2E/y", "http://g.test/x/ipfs/cid/y");
    for url in [
        "ipfs://",
        "ipfs:///",
        "ipfs://?x",
        "ipfs://../y",
        "ipfs://./y",
        "ipfs://..:1/y",
        "ipfs://a%2f..%2fy",
        "ipfs://[::1]/",
        "ipfs://a b",
    ] {
        check(url, "3");
    }
}

#[test]
fn gateways_that_are_none() {
    let check = |gateway: &str, expected: &str| {
        assert_eq!(
            fetched("ipfs://cid", Some(gateway), &[], &[]),
            expected,
            "{gateway}"
        );
    };
    check("http://nonexisting,local:8080", "43");
    check("", "43");
    check("ftp://g.test", "43");
    check("http://g.test/?x=y", "3");
}

#[test]
fn the_option_then_the_variable_then_the_file() {
    let check = |variables: &[(&str, &str)], files: &[(&str, &str)], expected: &str| {
        assert_eq!(
            fetched("ipfs://cid", None, variables, files),
            expected,
            "{variables:?}"
        );
    };
    let home = ("HOME", "/home/me");
    let file = (
        "/home/me/.ipfs/gateway",
        "http://file.test/x\nsecond line\n",
    );
    check(
        &[("IPFS_GATEWAY", "http://env.test"), home],
        &[file],
        "http://env.test/ipfs/cid",
    );
    check(
        &[("IPFS_GATEWAY", ""), home],
        &[file],
        "http://file.test/x/ipfs/cid",
    );
    check(&[home], &[file], "http://file.test/x/ipfs/cid");
    check(
        &[home],
        &[(file.0, "http://file.test\r\n")],
        "http://file.test/ipfs/cid",
    );
    let path = ("/data/gateway", "http://path.test");
    check(
        &[home, ("IPFS_PATH", "/data")],
        &[file, path],
        "http://path.test/ipfs/cid",
    );
    check(
        &[home, ("IPFS_PATH", "/data/")],
        &[file, path],
        "http://path.test/ipfs/cid",
    );
    check(&[home, ("IPFS_PATH", "/nowhere")], &[file, path], "37");
    check(&[home], &[], "37");
    check(&[], &[], "37");
    check(&[home], &[(file.0, "")], "37");
    check(&[home], &[(file.0, "\nhttp://file.test")], "37");
    check(&[home], &[(file.0, "foo\nbar")], "3");
    check(&[home], &[(file.0, "http://nonexisting,local:8080")], "3");
    check(&[("IPFS_GATEWAY", "env.test")], &[], "3");
    let option = fetched(
        "ipfs://cid",
        Some("http://option.test"),
        &[("IPFS_GATEWAY", "http://env.test")],
        &[],
    );
    assert_eq!(option, "http://option.test/ipfs/cid");
}

proptest! {
    #![proptest_config(chance(256))]

    #[test]
    fn what_is_fetched_stays_with_the_gateway(rest in "[-a-zA-Z0-9./:@?#%_ \\[\\]]{0,30}") {
        let url = fetched(&format!("ipfs://{rest}"), Some("http://g.test:8080/base"), &[], &[]);
        if let Ok(target) = Target::parse(&url, &Reading::default()) && url != "3" {
            prop_assert_eq!(target.host_and_port(), "g.test:8080");
            prop_assert!(target.path.starts_with("/base/ipfs/"), "{}", target.path);
        }
    }
}
