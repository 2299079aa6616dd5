//! The option table against itself, against curl's names, and against the files made from it.

use std::collections::BTreeMap;
use std::path::Path;

use rcurl::cli::options::{self, Category, Scope, Takes};
use rcurl::cli::{self, Asked, completions, manual};
use rcurl::environment::Environment;
use rcurl::view::{transcript, writeout};

/// The names, letters and arguments of curl's options.
const CURL: &str = include_str!("options/curl-8.22.txt");

#[test]
fn every_option_of_curl_is_known() {
    for line in CURL.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let name = columns.next().unwrap();
        let letter = columns.next().unwrap_or_default().chars().next();
        let argument = columns.next().unwrap_or_default();
        let option = options::named(name)
            .or_else(|| {
                options::named(name.strip_prefix("no-")?).filter(|option| option.on_by_default)
            })
            .unwrap_or_else(|| panic!("--{name} is not in the table"));
        assert_eq!(option.shown(), name);
        assert_eq!(option.letter(), letter, "--{name}");
        assert_eq!(option.argument, argument, "--{name}");
    }
}

#[test]
fn names_and_letters_are_unique() {
    let mut seen = BTreeMap::new();
    for option in options::all() {
        let mut names = vec![option.long.to_owned()];
        names.extend(option.letter().map(String::from));
        for name in names {
            assert_eq!(
                seen.insert(name.clone(), option.long),
                None,
                "{name} stands twice"
            );
        }
    }
}

#[test]
fn rows_are_well_formed() {
    for option in options::all() {
        let name = option.long;
        assert!(
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c)),
            "{name}"
        );
        assert!(
            !option.help.is_empty() && !option.help.ends_with('.'),
            "{name}: {}",
            option.help
        );
        assert!(!option.categories.is_empty(), "{name} has no category");
        let takes_nothing = matches!(option.takes(), Takes::Nothing | Takes::Toggle);
        assert_eq!(takes_nothing, option.argument.is_empty(), "{name}");
        if let Scope::Refused(why) = option.scope() {
            assert!(why.len() > 20 && !why.ends_with('.'), "{name}: {why}");
        }
    }
}

fn parse(words: &[String]) -> Result<Asked, cli::Refusal> {
    let words: Vec<_> = words.iter().map(std::ffi::OsString::from).collect();
    cli::parse(&words, &Environment::default(), &mut std::io::empty())
}

#[test]
fn every_switch_can_be_turned_off_and_nothing_else() {
    for option in options::all() {
        let line = [format!("--no-{}", option.long), "http://localhost/".into()];
        match (option.takes(), parse(&line)) {
            (Takes::Toggle, Ok(_)) => {}
            (Takes::Toggle, Err(refusal)) => panic!("{line:?}: {}", refusal.error.message),
            (_, Err(refusal)) => assert!(
                refusal
                    .error
                    .message
                    .ends_with("cannot be reversed with a --no- prefix"),
                "{line:?}"
            ),
            (_, Ok(asked)) => panic!("{line:?} became {asked:?}"),
        }
    }
}

#[test]
fn every_refused_option_says_why() {
    for option in options::all() {
        let Scope::Refused(why) = option.scope() else {
            continue;
        };
        let word = format!("--{}", option.long);
        let refusal =
            parse(&[word.clone(), "argument".into(), "http://localhost/".into()]).unwrap_err();
        assert_eq!(refusal.error.exit as u8, 2);
        assert_eq!(refusal.error.message, format!("option {word}: {why}"));
    }
}

#[test]
fn every_option_with_an_argument_wants_one() {
    for option in
        options::all().filter(|option| matches!(option.takes(), Takes::Text | Takes::File))
    {
        let word = format!("--{}", option.long);
        let refusal = parse(&["http://localhost/".into(), word.clone()]).unwrap_err();
        assert_eq!(
            refusal.error.message,
            format!("option {word}: requires parameter")
        );
    }
}

fn help(subject: &[&str]) -> String {
    let words: Vec<String> = subject.iter().map(|&word| word.to_owned()).collect();
    match parse(&words) {
        Ok(Asked::Print(text)) => text,
        other => panic!("{subject:?} became {other:?}"),
    }
}

#[test]
fn help_lists_what_can_be_used() {
    let important = help(&["--help"]);
    assert!(important.starts_with("Usage: rcurl [options...] <url>\n"));
    assert!(important.contains(" -d, --data <data>"));
    assert!(!important.contains("--ftp-port"));
    let all = help(&["-h", "all"]);
    for option in options::all() {
        let listed = all.lines().any(|line| {
            line.split_whitespace().any(|word| {
                word == format!("--{}", option.shown())
                    || word.starts_with(&format!("--{}[", option.long))
                    || word.starts_with(&format!("--{}=", option.long))
            })
        });
        assert_eq!(
            listed,
            !matches!(option.scope(), Scope::Refused(_)),
            "--{}",
            option.long
        );
    }
    assert!(help(&["-hinspect"]).contains("--pretty[=auto|always|never]"));
    assert!(help(&["--help=telnet"]).contains("nothing here"));
    assert!(help(&["-h", "nonsense"]).starts_with("There is no category \"nonsense\"."));
    let categories = help(&["-h", "category"]);
    for category in [Category::Http, Category::Tls, Category::Inspect] {
        assert!(categories.contains(category.about()));
    }
    for text in [&important, &all, &categories] {
        assert!(
            text.lines().all(|line| line.chars().count() < 132),
            "{text}"
        );
    }
}

#[test]
fn help_tells_about_one_option_at_length() {
    for subject in ["--max-time", "-m"] {
        let text = help(&["-h", subject]);
        assert!(text.starts_with("-m, --max-time <seconds>\n\n"), "{text}");
        assert!(text.lines().count() > 3 && !text.contains('`'), "{text}");
    }
    assert!(help(&["-h", "--no-buffer"]).starts_with("-N, --no-buffer\n"));
    assert!(help(&["-h", "-P"]).contains("Refused: it is for FTP"));
    assert!(help(&["-h", "--nonsense"]).starts_with("There is no option --nonsense."));
}

#[test]
fn the_version_is_told_in_curls_form() {
    let text = help(&["-V", "--no-such-option"]);
    let mut lines = text.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with(&format!("rcurl {} (", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(lines.next(), Some("Protocols: file http https ipfs ipns"));
    assert!(lines.next().unwrap().starts_with("Features: "));
    assert_eq!(lines.next(), None);
}

#[test]
fn every_option_that_works_has_a_long_text() {
    let texts = include_str!("../../man/options.md");
    let headings: Vec<&str> = texts
        .lines()
        .filter_map(|line| line.strip_prefix("## --"))
        .collect();
    for option in options::all().filter(|option| option.scope() == Scope::Done) {
        assert!(
            headings.contains(&option.shown().as_str()),
            "--{} has no section",
            option.shown()
        );
    }
    for heading in headings.iter().filter(|heading| !heading.contains('*')) {
        assert!(
            options::all().any(|option| option.shown() == **heading),
            "--{heading} is not in the table"
        );
    }
}

/// The files in the repository are what the table makes; with `RCURL_BLESS` set they are written.
#[test]
fn the_files_made_from_the_table_are_fresh() {
    let tables = manual::Tables {
        variables: writeout::names().collect(),
        marks: transcript::varying(),
    };
    for (path, content) in [
        (
            "man/rcurl.1",
            manual::page(env!("CARGO_PKG_VERSION"), &tables),
        ),
        ("completions/rcurl.bash", completions::bash()),
        ("completions/_rcurl", completions::zsh()),
        ("completions/rcurl.fish", completions::fish()),
        ("completions/_rcurl.ps1", completions::powershell()),
    ] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::vars_os().any(|(name, _)| name == "RCURL_BLESS") {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &content).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == content,
            "{path} is stale: RCURL_BLESS=1 cargo test --test it options"
        );
    }
}

#[test]
fn every_time_that_a_budget_can_limit_is_named_in_its_text() {
    let texts = include_str!("../../man/options.md");
    let (_, text) = texts.split_once("\n## --budget\n").unwrap();
    let (text, _) = text.split_once("\n## ").unwrap();
    for (name, _) in rcurl::plan::MEASURES {
        assert!(text.contains(&format!("`{name}`")), "{name}");
    }
}
