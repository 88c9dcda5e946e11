//! Every command in the guides is one that this program takes: a flag that is renamed is renamed there
//! too.

use super::Cli;
use clap::{CommandFactory as _, Parser as _, error::ErrorKind};
use std::{fs, path::Path};

/// Commands of the `sh` blocks of a guide, a line each: continued lines joined, comments taken off.
fn commands(guide: &str) -> Vec<String> {
    let blocks = guide.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let joined = blocks.map(|(block, _)| block.replace("\\\n", " "));
    let lines = joined.flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .map(|line| line.split_once(" #").map_or(line.clone(), |(command, _)| command.to_owned()))
        .filter(|line| line.starts_with("ding "))
        .collect()
}

/// The words of a command as a shell takes them; only double quotes are used in guides.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in command.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// A guide writes `0x…` for an account and names files of the reader: here are some.
fn concrete(words: Vec<String>, file: &Path) -> Vec<String> {
    let mut concrete: Vec<String> = Vec::new();
    for word in words {
        let before = concrete.last().map_or("", String::as_str);
        let is_file =
            [".pdf", ".txt", ".json", ".csv", ".xlsx", ".age"].iter().any(|end| word.ends_with(end));
        let new = match word.as_str() {
            _ if word.starts_with("0x") && before == "--node" => format!("0x{}", "11".repeat(32)),
            _ if word.starts_with("0x") => format!("0x{}", "11".repeat(20)),
            _ if word.starts_with("age1") => {
                "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".into()
            }
            _ if is_file && before != "-o" => {
                let start = word.find(['=', '@']).map_or("", |place| &word[..=place]);
                format!("{start}{}", file.display())
            }
            _ => word,
        };
        concrete.push(new);
    }
    concrete
}

/// Commands of the examples below a command's help.
fn examples(help: &str) -> Vec<String> {
    let joined = help.replace("\\\n", " ");
    let lines = joined.lines().filter_map(|line| line.strip_prefix("  ding "));
    // What stands behind the command, after a gap or a semicolon, is another one or a word about it.
    let commands = lines.flat_map(|line| {
        let parts: Vec<&str> = line.split(";  ding ").collect();
        let command = |part: &&str| {
            let bare = part.trim_start();
            format!("ding {}", bare.split("  ").next().unwrap_or_default())
        };
        parts.iter().map(command).collect::<Vec<_>>()
    });
    commands.collect()
}

#[test]
fn the_examples_of_the_help_are_commands_of_this_program_and_their_codes_are_valid() {
    let file = std::env::temp_dir().join(format!("ding-help-{}.txt", std::process::id()));
    fs::write(&file, "%PDF-1.4 some words").unwrap();
    let (mut tried, mut wrong) = (0, Vec::new());
    for name in ["init", "vote", "identity", "order", "calendar", "demo", "dev"] {
        let help =
            Cli::command().find_subcommand(name).and_then(|sub| sub.get_after_help()).unwrap().to_string();
        for command in examples(&help) {
            tried += 1;
            if let Err(error) = Cli::try_parse_from(concrete(words(&command), &file)) {
                wrong.push(format!("{command}\n  {error}"));
            }
            let code = |word: &&str| word.len() == 18 && word.starts_with('9');
            for code in command.split([' ', ',', '"']).filter(code) {
                wrong.extend(
                    ding_modules::uscc::parse(code).err().map(|error| format!("{command}\n  {error}")),
                );
            }
        }
    }
    fs::remove_file(&file).unwrap();
    assert!(tried > 30, "{tried} examples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_all_commands_take_stands_apart_from_their_own_flags() {
    let mut command = Cli::command();
    command.build();
    for (name, step, own) in [("order", "draft", "--basis"), ("identity", "renew", "--level")] {
        let sub = command.find_subcommand_mut(name).unwrap().find_subcommand_mut(step).unwrap();
        let help = sub.render_long_help().to_string();
        let (before, common) = help.split_once("Common options:").unwrap();
        assert!(before.contains(own) && !common.contains(own), "{help}");
        for flag in ["--rpc", "--key", "--dry-run", "--yes", "--not-personal", "--timeout", "--json"] {
            assert!(common.contains(flag) && !before.contains(&format!("\n      {flag}")), "{flag}: {help}");
        }
    }
}

#[test]
fn a_wrong_command_line_is_told_to_scripts_in_one_sentence() {
    let error = Cli::try_parse_from(["ding", "order", "show", "--json", "abc"]).err().unwrap();
    let failure = super::misused(&error);
    let text = failure.to_string();
    assert!(matches!(failure, crate::failure::Failure::Input(_)));
    assert!(text.contains("abc") && text.contains("digits only"), "{text}");
    assert!(!text.contains('\n') && !text.contains("Usage") && !text.starts_with("error"), "{text}");
    let error = Cli::try_parse_from(["ding", "order", "draft", "--json"]).err().unwrap();
    let text = super::misused(&error).to_string();
    assert!(text.contains("--basis") && !text.contains("--help"), "{text}");
}

#[test]
fn every_command_of_the_supervised_year_is_one_that_the_program_takes() {
    let file = std::env::temp_dir().join(format!("ding-guide-{}.txt", std::process::id()));
    // The form takes papers that are PDF or images.
    fs::write(&file, "%PDF-1.4 some words").unwrap();
    let commands = commands(include_str!("../../../../docs/guide/supervised-year.md"));
    let mut refused = Vec::new();
    for command in &commands {
        match Cli::try_parse_from(concrete(words(command), &file)) {
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {}
            Err(error) => refused.push(format!("{command}\n  {error}")),
        }
    }
    fs::remove_file(&file).unwrap();
    assert!(commands.len() > 60, "{} commands", commands.len());
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
