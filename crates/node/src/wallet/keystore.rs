//! One key file: Ethereum keystore version 3 (Web3 Secret Storage Definition).
//!
//! A key derived from the passphrase (scrypt or PBKDF2) opens the cipher (AES-128-CTR); a hash tells
//! a wrong passphrase. Every length and cost is checked before it is paid, since a hostile file must
//! not take all memory. Names of fields are read in any case: tools differ in `crypto` and `Crypto`.

use super::Secret;
use crate::failure::Failure;
use aes::Aes128;
use alloy_signer_local::PrivateKeySigner;
use ctr::{
    Ctr128BE,
    cipher::{KeyIvInit as _, StreamCipher as _},
};
use ding_primitives::{Address, B256, keccak256};
use rand::RngExt as _;
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use std::{fs::File, io::Read as _, path::Path};
use zeroize::Zeroizing;

/// Bytes of a key file.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Cost of new files: 128 MiB and about half a second for each guess (OWASP's recommendation).
const SCRYPT_LOG_N: u8 = 17;
const SCRYPT_R: u32 = 8;
const SCRYPT_P: u32 = 1;
/// Bytes of a private key, and of the key derived from a passphrase.
const KEY_BYTES: usize = 32;
const IV_BYTES: usize = 16;
/// Memory that the cost of a file may ask for; geth's standard cost takes 256 MiB.
const SCRYPT_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Repetitions that the cost of a file may ask for, and the size of a block, for each of which the blocks of
/// all repetitions take 128 bytes; geth's is 8.
const SCRYPT_P_MAX: u32 = 16;
const SCRYPT_R_MAX: u32 = 1024;
const PBKDF2_ROUNDS_MAX: u32 = 10_000_000;

/// A key file whose fields are what they should be.
#[derive(Debug)]
pub struct KeyFile {
    address: Option<Address>,
    cost: Cost,
    salt: Vec<u8>,
    iv: [u8; IV_BYTES],
    ciphertext: [u8; KEY_BYTES],
    mac: B256,
}

/// What a guess of the passphrase costs.
#[derive(Clone, Copy, Debug)]
enum Cost {
    Scrypt(scrypt::Params),
    Pbkdf2 { rounds: u32 },
}

#[derive(Debug, Deserialize)]
struct Fields {
    address: Option<String>,
    #[serde(alias = "Crypto")]
    crypto: Crypto,
    version: u32,
}

#[derive(Debug, Deserialize)]
struct Crypto {
    cipher: String,
    cipherparams: CipherParams,
    ciphertext: String,
    kdf: String,
    kdfparams: KdfParams,
    mac: String,
}

#[derive(Debug, Deserialize)]
struct CipherParams {
    iv: String,
}

#[derive(Debug, Deserialize)]
struct KdfParams {
    dklen: u64,
    n: Option<u64>,
    r: Option<u32>,
    p: Option<u32>,
    c: Option<u32>,
    prf: Option<String>,
    salt: String,
}

/// Reads and checks a key file.
///
/// # Errors
///
/// Names the field that is wrong.
pub(super) fn read(path: &Path) -> Result<KeyFile, Failure> {
    let refuse = |why: String| Failure::Input(format!("{} is no usable key file: {why}", path.display()));
    let file = File::open(path)
        .map_err(|error| Failure::Input(format!("cannot read {}: {error}", path.display())))?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| refuse(error.to_string()))?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(refuse(format!("it has more than {FILE_BYTES_MAX} bytes")));
    }
    parse(&text).map_err(refuse)
}

/// Checks the text of a key file.
///
/// # Errors
///
/// Names the field that is wrong.
pub fn parse(text: &str) -> Result<KeyFile, String> {
    let fields: Fields = serde_json::from_str(text).map_err(|error| error.to_string())?;
    fields.check()
}

impl Fields {
    fn check(self) -> Result<KeyFile, String> {
        let Self {
            address,
            crypto: Crypto { cipher, cipherparams, ciphertext, kdf, kdfparams, mac },
            version,
        } = self;
        if version != 3 {
            return Err(format!("version {version}, want 3"));
        }
        if cipher != "aes-128-ctr" {
            return Err(format!("cipher {cipher:?}, want \"aes-128-ctr\""));
        }
        if kdfparams.dklen != KEY_BYTES as u64 {
            return Err(format!("dklen {}, want {KEY_BYTES}", kdfparams.dklen));
        }
        let cost = match kdf.as_str() {
            "scrypt" => kdfparams.scrypt()?,
            "pbkdf2" => kdfparams.pbkdf2()?,
            other => return Err(format!("kdf {other:?}, want \"scrypt\" or \"pbkdf2\"")),
        };
        Ok(KeyFile {
            address: address
                .map(|text| text.parse().map_err(|_| "address is not 20 bytes in hexadecimal"))
                .transpose()?,
            cost,
            salt: hex::decode(&kdfparams.salt).map_err(|_| "salt is not hexadecimal")?,
            iv: bytes("iv", &cipherparams.iv)?,
            ciphertext: bytes("ciphertext", &ciphertext)?,
            mac: B256::new(bytes("mac", &mac)?),
        })
    }
}

fn bytes<const N: usize>(name: &str, text: &str) -> Result<[u8; N], String> {
    let found = hex::decode(text).ok().and_then(|found| found.try_into().ok());
    found.ok_or_else(|| format!("{name} is not {N} bytes in hexadecimal"))
}

impl KdfParams {
    fn scrypt(&self) -> Result<Cost, String> {
        let (Some(n), Some(r), Some(p)) = (self.n, self.r, self.p) else {
            return Err("scrypt needs n, r and p".into());
        };
        let memory = n.checked_mul(128 * u64::from(r)).filter(|bytes| *bytes <= SCRYPT_BYTES_MAX);
        if memory.is_none() || p > SCRYPT_P_MAX || r > SCRYPT_R_MAX {
            return Err(format!(
                "scrypt n {n}, r {r}, p {p} cost more than the {SCRYPT_BYTES_MAX} bytes, r {SCRYPT_R_MAX} and p \
                 {SCRYPT_P_MAX} allowed"
            ));
        }
        let log_n = u8::try_from(n.checked_ilog2().unwrap_or_default()).unwrap_or_default();
        let params = scrypt::Params::new(log_n, r, p).ok().filter(|_| n.is_power_of_two() && n > 1);
        params.map(Cost::Scrypt).ok_or_else(|| {
            format!("scrypt n {n}, r {r}, p {p} are no cost (RFC 7914 section 2): n is a power of two above 1 and below 2^(16 r)")
        })
    }

    fn pbkdf2(&self) -> Result<Cost, String> {
        match (self.c, self.prf.as_deref()) {
            (Some(rounds @ 1..=PBKDF2_ROUNDS_MAX), Some("hmac-sha256")) => Ok(Cost::Pbkdf2 { rounds }),
            (c, prf) => Err(format!(
                "pbkdf2 c {c:?} with prf {prf:?}, want 1 to {PBKDF2_ROUNDS_MAX} with \"hmac-sha256\""
            )),
        }
    }
}

impl Cost {
    /// The key that the passphrase and the salt make.
    fn pay(self, passphrase: &Secret, salt: &[u8]) -> Result<Zeroizing<[u8; KEY_BYTES]>, Failure> {
        let mut derived = Zeroizing::new([0; KEY_BYTES]);
        match self {
            Self::Scrypt(params) => {
                scrypt::scrypt(passphrase.as_bytes(), salt, &params, derived.as_mut_slice())
                    .map_err(Failure::failed)?;
            }
            Self::Pbkdf2 { rounds } => {
                pbkdf2::pbkdf2_hmac::<Sha256>(passphrase.as_bytes(), salt, rounds, derived.as_mut_slice());
            }
        }
        Ok(derived)
    }
}

/// Encrypts or decrypts, which is the same.
fn apply(derived: &[u8; KEY_BYTES], iv: &[u8; IV_BYTES], bytes: &mut [u8; KEY_BYTES]) -> Result<(), Failure> {
    let (cipher_key, _) = derived.split_at(16);
    let mut cipher = Ctr128BE::<Aes128>::new_from_slices(cipher_key, iv).map_err(Failure::failed)?;
    cipher.apply_keystream(bytes);
    Ok(())
}

fn mac(derived: &[u8; KEY_BYTES], ciphertext: &[u8; KEY_BYTES]) -> B256 {
    let (_, mac_key) = derived.split_at(16);
    let mut bytes = Zeroizing::new([0; 16 + KEY_BYTES]);
    let (head, tail) = bytes.split_at_mut(16);
    head.copy_from_slice(mac_key);
    tail.copy_from_slice(ciphertext);
    keccak256(bytes.as_slice())
}

impl KeyFile {
    /// Whose key it is, if the file tells.
    pub const fn address(&self) -> Option<Address> {
        self.address
    }

    /// Bytes of memory and repetitions that one guess of the passphrase takes.
    pub fn cost(&self) -> (u64, u64) {
        match self.cost {
            Cost::Scrypt(params) => {
                let (block, p) = (128 * u64::from(params.r()), u64::from(params.p()));
                ((block << params.log_n()).saturating_add(block.saturating_mul(p)), p)
            }
            Cost::Pbkdf2 { rounds } => (0, rounds.into()),
        }
    }

    /// Opens the file with a passphrase in the open.
    ///
    /// # Errors
    ///
    /// As for any passphrase.
    pub fn open_with(&self, passphrase: &str) -> Result<Address, Failure> {
        let signer = self.decrypt(Path::new("key file"), &Secret::new(passphrase.to_owned()))?;
        Ok(signer.address())
    }

    /// Opens the file. `path` is for errors.
    ///
    /// # Errors
    ///
    /// Wrong passphrase, or a damaged file: a key file cannot tell the two apart.
    pub(crate) fn decrypt(&self, path: &Path, passphrase: &Secret) -> Result<PrivateKeySigner, Failure> {
        let shown = path.display();
        let derived = self.cost.pay(passphrase, &self.salt)?;
        if mac(&derived, &self.ciphertext) != self.mac {
            return Err(Failure::Input(format!("wrong passphrase for {shown}, or the file is damaged")));
        }
        let mut secret = Zeroizing::new(self.ciphertext);
        apply(&derived, &self.iv, &mut secret)?;
        let signer = PrivateKeySigner::from_slice(secret.as_slice())
            .map_err(|_| Failure::Input(format!("{shown} holds a number that is no private key")))?;
        match self.address {
            Some(address) if address != signer.address() => Err(Failure::Input(format!(
                "{shown} says that it is of account {address}, but holds the key of {}; do not use it",
                signer.address()
            ))),
            _ => Ok(signer),
        }
    }
}

/// The text of a new key file.
///
/// # Errors
///
/// The cost cannot be paid.
pub(super) fn encrypt(signer: &PrivateKeySigner, passphrase: &Secret) -> Result<String, Failure> {
    let mut rng = rand::rng();
    let (salt, iv): ([u8; 32], [u8; IV_BYTES]) = (rng.random(), rng.random());
    let params = scrypt::Params::new(SCRYPT_LOG_N, SCRYPT_R, SCRYPT_P).map_err(Failure::failed)?;
    let derived = Cost::Scrypt(params).pay(passphrase, &salt)?;
    let mut ciphertext = Zeroizing::new(signer.to_bytes().0);
    apply(&derived, &iv, &mut ciphertext)?;
    let file = json!({
        "address": hex::encode(signer.address()),
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": { "iv": hex::encode(iv) },
            "ciphertext": hex::encode(*ciphertext),
            "kdf": "scrypt",
            "kdfparams": {
                "dklen": KEY_BYTES,
                "n": 1u32 << SCRYPT_LOG_N,
                "r": SCRYPT_R,
                "p": SCRYPT_P,
                "salt": hex::encode(salt),
            },
            "mac": hex::encode(mac(&derived, &ciphertext)),
        },
        "id": random_id(rng.random()),
        "version": 3,
    });
    Ok(file.to_string())
}

/// A random UUID (RFC 9562 section 5.4).
fn random_id(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
