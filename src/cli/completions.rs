//! Completions for bash, zsh, fish and PowerShell, from the option table.
//!
//! Knows: the script languages as far as names, files and choices go. Must not know: any option but
//! through its row.

use std::fmt::Write as _;

use super::options::{self, Category, Opt, Takes};

/// What is worth completing behind an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Argument {
    None,
    File,
    Directory,
    Category,
    Other,
}

impl Argument {
    fn of(option: &Opt) -> Self {
        match (option.takes(), option.argument) {
            (Takes::Perhaps, "<subject>") => Argument::Category,
            (Takes::Nothing | Takes::Toggle | Takes::Perhaps | Takes::Attached, _) => {
                Argument::None
            }
            (_, "<dir>") => Argument::Directory,
            (Takes::File, _) => Argument::File,
            (Takes::Text, argument) if argument.contains("file") => Argument::File,
            (Takes::Text, _) => Argument::Other,
        }
    }
}

/// The words that `--help` takes besides options.
fn subjects() -> String {
    let words = Category::ALL.iter().map(|category| category.word());
    let words: Vec<&str> = ["all", "category"].into_iter().chain(words).collect();
    words.join(" ")
}

/// The names of options with this kind of argument, as a pattern of `case`.
fn pattern(options: &[&Opt], argument: Argument) -> String {
    let mut names = Vec::new();
    for option in options
        .iter()
        .filter(|option| Argument::of(option) == argument)
    {
        names.extend(option.letter().map(|letter| format!("-{letter}")));
        names.push(format!("--{}", option.long));
    }
    names.join("|")
}

/// `completions/rcurl.bash`.
pub fn bash() -> String {
    let options = options::usable();
    let mut words = Vec::new();
    for option in &options {
        words.extend(option.letter().map(|letter| format!("-{letter}")));
        words.push(format!("--{}", option.shown()));
    }
    format!(
        "# Generated from the option table.\n\
         _rcurl() {{\n    \
             local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n    \
             COMPREPLY=()\n    \
             case $before in\n        \
                 {files})\n            mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n            return ;;\n        \
                 {directories})\n            mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n            return ;;\n        \
                 {categories})\n            mapfile -t COMPREPLY < <(compgen -W '{subjects}' -- \"$word\")\n            return ;;\n        \
                 {others})\n            return ;;\n    \
             esac\n    \
             [[ $word == -* ]] && mapfile -t COMPREPLY < <(compgen -W '{words}' -- \"$word\")\n\
         }}\n\
         complete -o filenames -F _rcurl rcurl\n",
        files = pattern(&options, Argument::File),
        directories = pattern(&options, Argument::Directory),
        categories = pattern(&options, Argument::Category),
        others = pattern(&options, Argument::Other),
        subjects = subjects(),
        words = words.join(" "),
    )
}

/// `completions/_rcurl`, for zsh.
pub fn zsh() -> String {
    let mut script =
        String::from("#compdef rcurl\n# Generated from the option table.\n\n_arguments -s -S \\\n");
    for option in options::usable() {
        let about = option
            .help
            .replace('\'', "'\\''")
            .replace('[', "\\[")
            .replace(']', "\\]")
            .replace(':', "\\:");
        let what = option
            .argument
            .trim_matches(['<', '>'])
            .replace('\'', "'\\''")
            .replace(':', "\\:");
        let argument = match Argument::of(option) {
            Argument::None => String::new(),
            Argument::File => format!(":{what}:_files"),
            Argument::Directory => format!(":{what}:_files -/"),
            Argument::Category => format!("::{what}:({})", subjects()),
            Argument::Other => format!(":{what}:"),
        };
        let name = option.shown();
        let names = match option.letter() {
            Some(letter) => format!("'*'{{-{},--{name}}}'", zsh_letter(letter)),
            None => format!("'*--{name}"),
        };
        let _ = writeln!(script, "  {names}[{about}]{argument}' \\");
    }
    script.push_str("  '*:URL:_urls'\n");
    script
}

/// Letters that zsh would read otherwise.
fn zsh_letter(letter: char) -> String {
    match letter {
        ':' => r"\\:".to_owned(),
        '#' => "\\#".to_owned(),
        other => other.to_string(),
    }
}

/// `completions/rcurl.fish`.
pub fn fish() -> String {
    let mut script = String::from("# Generated from the option table.\n");
    for option in options::usable() {
        let mut line = "complete -c rcurl".to_owned();
        if let Some(letter) = option.letter() {
            let _ = write!(line, " -s '{letter}'");
        }
        let _ = write!(line, " -l {}", option.shown());
        line.push_str(match Argument::of(option) {
            Argument::None => "",
            Argument::File => " -r -F",
            Argument::Directory => " -x -a '(__fish_complete_directories)'",
            Argument::Category => " -f",
            Argument::Other => " -x",
        });
        if Argument::of(option) == Argument::Category {
            let _ = write!(line, " -a '{}'", subjects());
        }
        let about = option.help.replace('\\', "\\\\").replace('\'', "\\'");
        let _ = writeln!(script, "{line} -d '{about}'");
    }
    script
}

/// `completions/_rcurl.ps1`, for PowerShell.
pub fn powershell() -> String {
    let mut script = String::from(
        "# Generated from the option table.\n\
         Register-ArgumentCompleter -Native -CommandName 'rcurl' -ScriptBlock {\n    \
             param($word, $line, $position)\n    \
             @(\n",
    );
    for option in options::usable() {
        let about = option.help.replace('\'', "''");
        let mut names = vec![format!("--{}", option.shown())];
        names.extend(option.letter().map(|letter| format!("-{letter}")));
        for name in names {
            let _ = writeln!(
                script,
                "        [System.Management.Automation.CompletionResult]::new('{name}', '{name}', 'ParameterName', '{about}')"
            );
        }
    }
    script.push_str("    ) | Where-Object { $_.CompletionText -clike \"$word*\" }\n}\n");
    script
}
