use super::*;
use serde_json::{Value, json};
use std::os::unix::fs::symlink;

/// A fresh folder, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ding-wallet-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Writes a file as an owner would.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn passphrase(&self, text: &str) -> PassphraseArgs {
        PassphraseArgs { passphrase_file: Some(self.file(&format!("passphrase-{}", text.len()), text)) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn secret(text: &str) -> Secret {
    Zeroizing::new(text.to_owned())
}

fn refused<T>(result: Result<T, Failure>) -> String {
    match result {
        Err(Failure::Input(text)) => text,
        Err(other) => panic!("another failure: {other}"),
        Ok(_) => panic!("accepted"),
    }
}

/// Key files of others with the passphrase "testpassword" and one private key: PBKDF2 as in the Web3
/// Secret Storage Definition, scrypt as ethers 6.16 wrote it.
fn published(kdf: &str) -> Value {
    let scrypt = json!({
        "address": "008aeeda4d805471df9b2a5b0f38a0c3bcba786b",
        "id": "32993938-653b-4fdd-9519-a8fd33b142dc",
        "version": 3,
        "Crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "86da54f1ad2724c0642a7c8e00c17504" },
            "ciphertext": "9a16dd8cdfa64d66d967e2b550891053bae82d2c4c2fa583bbdb63846009eaf3",
            "kdf": "scrypt",
            "kdfparams": {
                "salt": "dfb01abde4b9c9eb212336e307273b4f8e78d2a46e1b0749b399de442017efd3",
                "n": 131_072, "dklen": 32, "p": 1, "r": 8
            },
            "mac": "04e9a9b52183df1c89728ebe3ff9fe6de9759fb9369ebdf7dbc8459c9a7029ac"
        }
    });
    let pbkdf2 = json!({
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": "6087dab2f9fdbbfaddc31a909735c1e6" },
            "ciphertext": "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
            "kdf": "pbkdf2",
            "kdfparams": {
                "c": 262_144, "dklen": 32, "prf": "hmac-sha256",
                "salt": "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"
            },
            "mac": "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"
        },
        "id": "3198bc9c-6672-5ab3-d995-4942343ae5b6",
        "version": 3
    });
    if kdf == "scrypt" { scrypt } else { pbkdf2 }
}

#[test]
fn key_files_of_others_open_with_their_passphrase_only() {
    let folder = Folder::new("published");
    let accounts = Accounts::new(&folder.0);
    let want: B256 = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d".parse().unwrap();
    for kdf in ["scrypt", "pbkdf2"] {
        let path = folder.file(&format!("{kdf}.json"), &published(kdf).to_string());
        let opened = accounts.open(path.to_str().unwrap(), &folder.passphrase("testpassword\n")).unwrap();
        assert_eq!(opened.to_bytes(), want);
        let text = refused(accounts.open(kdf, &folder.passphrase("testPassword")));
        assert!(text.contains("wrong passphrase") && text.contains(kdf), "{text}");
    }
}

#[test]
fn a_new_key_file_is_private_listed_and_opens_again() {
    let folder = Folder::new("new");
    let accounts = Accounts::new(folder.0.join("deep/accounts"));
    assert!(accounts.list().unwrap().is_empty());
    let key = PrivateKeySigner::random();
    let path = accounts.add(&key, &secret("correct horse")).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let listed = accounts.list().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].address, &listed[0].problem), (Some(key.address()), &None));
    let passphrase = folder.passphrase("correct horse");
    for name in [key.address().to_string(), path.display().to_string(), format!("{:?}", key.address())] {
        assert_eq!(accounts.open(&name, &passphrase).unwrap().to_bytes(), key.to_bytes(), "{name}");
    }
    assert!(refused(accounts.add(&key, &secret("another one"))).contains("there already"));
}

#[test]
fn key_files_and_passphrases_that_others_may_read_are_refused_by_name() {
    let folder = Folder::new("open");
    let accounts = Accounts::new(&folder.0);
    let path = folder.file("key.json", &published("pbkdf2").to_string());
    let passphrase = folder.passphrase("testpassword");
    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let text = refused(accounts.open("key", &passphrase));
        assert!(text.contains("key.json has open permissions") && text.contains("chmod 600"), "{text}");
        assert!(accounts.list().unwrap()[0].problem.as_ref().unwrap().contains("open permissions"));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    accounts.open("key", &passphrase).unwrap();
    let file = passphrase.passphrase_file.as_ref().unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refused(accounts.open("key", &passphrase)).contains("open permissions"));
    let link = folder.0.join("link.json");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    symlink(&path, &link).unwrap();
    assert!(refused(accounts.open(link.to_str().unwrap(), &passphrase)).contains("open permissions"));
}

#[test]
fn a_hostile_or_damaged_key_file_is_refused_before_it_costs_anything() {
    let folder = Folder::new("hostile");
    let accounts = Accounts::new(&folder.0);
    let passphrase = folder.passphrase("testpassword");
    type Change = fn(&mut Value);
    let cases: [(Change, &str); 15] = [
        (|f| f["version"] = 1.into(), "version 1"),
        (|f| f["address"] = "0x12".into(), "address"),
        (|f| f["Crypto"]["cipher"] = "aes-256-gcm".into(), "cipher"),
        (|f| f["Crypto"]["cipherparams"]["iv"] = "00".into(), "iv is not 16 bytes"),
        (|f| f["Crypto"]["ciphertext"] = "00".into(), "ciphertext is not 32 bytes"),
        (|f| f["Crypto"]["mac"] = "zz".into(), "mac is not 32 bytes"),
        (|f| f["Crypto"]["kdfparams"]["dklen"] = 8.into(), "dklen 8"),
        (|f| f["Crypto"]["kdfparams"]["n"] = 0.into(), "are no cost"),
        (|f| f["Crypto"]["kdfparams"]["n"] = 1000.into(), "are no cost"),
        (|f| f["Crypto"]["kdfparams"]["r"] = 0.into(), "are no cost"),
        (|f| f["Crypto"]["kdfparams"]["n"] = (1u64 << 31).into(), "cost more"),
        (|f| f["Crypto"]["kdfparams"]["p"] = 17.into(), "cost more"),
        // The blocks of 16 repetitions would take 8 GiB, beside the 1 GiB that n and r tell of.
        (
            |f| {
                f["Crypto"]["kdfparams"]["n"] = 2.into();
                f["Crypto"]["kdfparams"]["r"] = (1u64 << 22).into();
                f["Crypto"]["kdfparams"]["p"] = 16.into();
            },
            "cost more",
        ),
        (|f| f["Crypto"]["kdf"] = "argon2".into(), "argon2"),
        (|f| f["Crypto"]["kdf"] = "pbkdf2".into(), "pbkdf2"),
    ];
    for (change, want) in cases {
        let mut file = published("scrypt");
        change(&mut file);
        folder.file("key.json", &file.to_string());
        let text = refused(accounts.open("key", &passphrase));
        assert!(text.contains("key.json is no usable key file") && text.contains(want), "{text}");
    }
    let mut endless = published("pbkdf2");
    endless["crypto"]["kdfparams"]["c"] = u32::MAX.into();
    folder.file("key.json", &endless.to_string());
    assert!(refused(accounts.open("key", &passphrase)).contains("pbkdf2 c"));
    let mut foreign = published("pbkdf2");
    foreign["address"] = "00000398232e2064f896018496b4b44b3d62751f".into();
    folder.file("key.json", &foreign.to_string());
    assert!(refused(accounts.open("key", &passphrase)).contains("do not use it"));
    folder.file("key.json", &"x".repeat(70_000));
    assert!(refused(accounts.open("key", &passphrase)).contains("more than"));
}

#[test]
fn private_keys_and_mnemonics_are_told_apart() {
    let key = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    let first = read_key(&secret(&format!("  {key}\n")), 0).unwrap();
    assert_eq!(read_key(&secret(&key[2..].to_uppercase()), 0).unwrap(), first);
    assert_eq!(read_key(&secret(&DEVELOPMENT_MNEMONIC.replace(' ', "\n ")), 0).unwrap(), first);
    assert_ne!(read_key(&secret(DEVELOPMENT_MNEMONIC), 1).unwrap(), first);
    let zero = "0".repeat(64);
    let over = "f".repeat(64);
    for (text, want) in [
        ("", "64 hexadecimal"),
        ("0x12", "64 hexadecimal"),
        ("hello", "64 hexadecimal"),
        ("test test test", "mnemonic"),
        (zero.as_str(), "no private key"),
        (over.as_str(), "no private key"),
        ("{}", "key file already"),
    ] {
        assert!(refused(read_key(&secret(text), 0)).contains(want), "{text}");
    }
}

#[test]
fn the_development_accounts_are_those_of_anvil_and_hardhat() {
    let accounts = development_accounts();
    assert_eq!(accounts.len(), 10);
    assert_eq!(accounts[0].address().to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    assert_eq!(accounts[9].address().to_string(), "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720");
}

#[test]
fn test_accounts_sign_on_development_chains_only() {
    let folder = Folder::new("signer");
    let (accounts, none) = (Accounts::new(&folder.0), PassphraseArgs::default());
    let who = |key: Option<&str>, development| signer(key, &accounts, &none, "harbour", development);
    assert_eq!(who(None, true).unwrap(), development_accounts()[0]);
    let third = development_accounts()[3].address().to_string();
    assert_eq!(who(Some(&third), true).unwrap(), development_accounts()[3]);
    assert!(refused(who(None, false)).contains("harbour is not a development chain"));
    assert!(refused(who(Some(&third), false)).contains("no key file"));
    assert!(refused(who(Some("nobody"), true)).contains("\"nobody\" is no account"));
}

#[test]
fn short_passphrases_are_refused_for_new_keys_only() {
    let folder = Folder::new("short");
    assert!(refused(folder.passphrase("1234567").new_one()).contains("7 characters"));
    assert_eq!(*folder.passphrase("12345678\nnot this").new_one().unwrap(), "12345678");
    assert_eq!(*folder.passphrase("x").existing("key").unwrap(), "x");
}

#[test]
fn what_is_signed_comes_back_as_from_the_signer() {
    let key = &development_accounts()[2];
    let transaction = TxEip1559 { chain_id: 1337, nonce: 4, gas_limit: 50_000, ..TxEip1559::default() };
    let (hash, raw) = sign(key, transaction).unwrap();
    let sent = ding_primitives::Transaction::from_raw(raw);
    assert_eq!(sent.hash(), hash);
    let recovered = ding_primitives::transaction::recover(sent, 1337).unwrap();
    assert_eq!((recovered.sender(), recovered.nonce()), (key.address(), 4));
}
