//! `ding keys`: account keys in files that every Ethereum tool reads (keystore version 3).

use crate::{
    failure::Failure,
    text::{plural, say, say_json},
    wallet::{self, Accounts, DEFAULT_ACCOUNTS, Entry, PassphraseArgs, PrivateKeySigner},
};
use clap::Subcommand;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Make, list and import account keys.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ding keys new                                make an account; you are asked for a passphrase\n  ding keys list                               show the accounts of ding-data/accounts\n  ding keys import key.txt                     a private key in hexadecimal, or a mnemonic, from a file\n  pass show ledger | ding keys import          the same from standard input\n  ding keys import words.txt --index 2         the third account of a mnemonic"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a new account.
    New(New),
    /// Show the accounts of a folder.
    List(Folder),
    /// Put an existing private key or an account of a mnemonic into a key file.
    Import(Import),
}

#[derive(Debug, clap::Args)]
struct Folder {
    /// Folder of the key files.
    #[arg(long, value_name = "DIR", default_value = DEFAULT_ACCOUNTS)]
    dir: PathBuf,
}

#[derive(Debug, clap::Args)]
struct New {
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

#[derive(Debug, clap::Args)]
struct Import {
    /// File with the private key or the words; standard input without it, or for "-".
    #[arg(value_name = "FILE")]
    source: Option<PathBuf>,
    /// Which account of a mnemonic: m/44'/60'/0'/0/INDEX.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(..0x8000_0000))]
    index: u32,
    #[command(flatten)]
    folder: Folder,
    #[command(flatten)]
    passphrase: PassphraseArgs,
}

/// Runs the command.
///
/// # Errors
///
/// What it failed of.
pub(crate) fn run(args: Args, json: bool) -> Result<(), Failure> {
    match args.what {
        What::New(New { folder, passphrase }) => add(&PrivateKeySigner::random(), &folder, &passphrase, json),
        What::List(folder) => list(&folder, json),
        What::Import(Import { source, index, folder, passphrase }) => {
            let text = match source.filter(|path| path != Path::new("-")) {
                Some(path) => {
                    require_path(&path)?;
                    wallet::read_secret(&path)?
                }
                None => wallet::secret_from_stdin("Private key or mnemonic: ")?,
            };
            add(&wallet::read_key(&text, index)?, &folder, &passphrase, json)
        }
    }
}

/// Tells who put the secret itself on the command line that it is known now.
fn require_path(path: &Path) -> Result<(), Failure> {
    let text = path.to_string_lossy();
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    let is_key = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if (is_key || text.split_whitespace().count() >= 12) && !path.exists() {
        return Err(Failure::Input(
            "a secret on the command line is seen by every program on this machine and stays in the shell's history; \
             give it in a file or on standard input, and consider this one known"
                .into(),
        ));
    }
    Ok(())
}

fn add(
    signer: &PrivateKeySigner,
    folder: &Folder,
    passphrase: &PassphraseArgs,
    json: bool,
) -> Result<(), Failure> {
    let path = Accounts::new(&folder.dir).add(signer, &passphrase.new_one()?)?;
    let address = signer.address();
    if json {
        return say_json(&json!({ "address": address, "file": path }));
    }
    say(&format!(
        "account {address}\nkey file {}\nKeep the file and remember the passphrase: nobody can restore either.",
        path.display()
    ))
}

fn list(folder: &Folder, json: bool) -> Result<(), Failure> {
    let entries = Accounts::new(&folder.dir).list()?;
    if json {
        let entry = |Entry { path, address, problem }: &Entry| json!({ "address": address, "file": path, "problem": problem });
        return say_json(&entries.iter().map(entry).collect());
    }
    if entries.is_empty() {
        return say(&format!("no key files in {}; `ding keys new` makes one", folder.dir.display()));
    }
    let mut lines = vec![format!("{} in {}", plural(entries.len(), "key file"), folder.dir.display())];
    for Entry { path, address, problem } in &entries {
        let who = address
            .map_or_else(|| format!("{:42}", "(the file does not tell)"), |address| address.to_string());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        lines.push(format!("  {who}  {name}"));
        lines.extend(problem.as_ref().map(|problem| format!("    {problem}")));
    }
    say(&lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::{fs, os::unix::fs::PermissionsExt as _};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn ding_keys(words: &[&str]) -> Result<(), Failure> {
        let line = Line::try_parse_from([&["keys"], words].concat()).unwrap();
        run(line.args, true)
    }

    #[test]
    fn an_imported_key_is_the_account_it_was() {
        let folder = std::env::temp_dir().join(format!("ding-keys-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        let secret = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let words = secret("words", wallet::DEVELOPMENT_MNEMONIC);
        let passphrase = secret("passphrase", "long enough");
        let accounts = folder.join("accounts");
        let dir = accounts.to_str().unwrap();
        let import = ["import", &words, "--index", "4", "--dir", dir, "--passphrase-file", &passphrase];
        ding_keys(&import).unwrap();
        ding_keys(&["new", "--dir", dir, "--passphrase-file", &passphrase]).unwrap();
        ding_keys(&["list", "--dir", dir]).unwrap();
        let listed: Vec<_> =
            Accounts::new(&accounts).list().unwrap().into_iter().filter_map(|entry| entry.address).collect();
        assert_eq!(listed.len(), 2);
        assert!(listed.contains(&wallet::development_accounts()[4].address()));
        assert!(matches!(ding_keys(&import), Err(Failure::Input(text)) if text.contains("there already")));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_secret_in_place_of_a_file_is_not_repeated() {
        let key = format!("0x{}", "a7".repeat(32));
        for secret in [key.as_str(), &key[2..], wallet::DEVELOPMENT_MNEMONIC] {
            let text = ding_keys(&["import", secret]).unwrap_err().to_string();
            assert!(text.contains("command line") && !text.contains(secret), "{text}");
        }
    }

    #[test]
    fn no_flag_takes_a_secret() {
        for flag in ["--passphrase", "--password", "--key", "--mnemonic", "--private-key"] {
            for command in ["new", "import"] {
                assert!(Line::try_parse_from(["keys", command, flag, "x"]).is_err(), "{command} {flag}");
            }
        }
    }
}
