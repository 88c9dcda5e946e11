//! The data of a person as somebody fills it in: from a prompt, a file or standard input.

use super::super::named;
use crate::{failure::Failure, records::Person};
use ding_modules::{calendar::Day, ids::Date};
use ding_primitives::limits;
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Where the data of a person comes from: never from the command line.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PersonData {
    /// File with the data (JSON), or - for standard input; you are asked without it.
    #[arg(long, value_name = "FILE|-")]
    data: Option<PathBuf>,
    /// File with the image of the face.
    #[arg(long, value_name = "FILE")]
    face: Option<PathBuf>,
    /// The guardian's consent, for a minor: a file, or its SHA-256 digest.
    #[arg(long, value_name = "FILE|DIGEST")]
    guardian_consent: Option<String>,
}

impl PersonData {
    /// Reads and checks it.
    ///
    /// # Errors
    ///
    /// Names the field, never its content.
    pub(super) fn read(&self) -> Result<Person, Failure> {
        let mut person = match self.data.as_deref() {
            Some(path) if path != Path::new("-") => {
                from_json(&bounded(open_private(path)?, &path.display().to_string())?)?
            }
            Some(_) => from_json(&bounded(io::stdin().lock(), "standard input")?)?,
            None => ask()?,
        };
        if let Some(path) = &self.face {
            let max = limits::RECORD_FACE_BYTES_MAX;
            let image = bounded(open_private(path)?, &path.display().to_string())?;
            if image.len() as u64 > max {
                let size = image.len();
                return Err(Failure::Input(format!(
                    "{} has {size} bytes, an image has at most {max}",
                    path.display()
                )));
            }
            person.face = Some(hex::encode(&image));
        }
        if let Some(consent) = &self.guardian_consent {
            person.guardian_consent = Some(named::digest(consent)?);
        }
        person.check(today())?;
        Ok(person)
    }
}

/// Reads and checks what somebody filled in.
///
/// # Errors
///
/// Names the field, never its content.
pub(in crate::cmd) fn filled_in(bytes: &[u8]) -> Result<Person, Failure> {
    let mut person = from_json(bytes)?;
    person.check(today())?;
    Ok(person)
}

/// The day in Beijing.
fn today() -> Date {
    Date::from(Day::from_ms(named::now_ms()))
}

/// A file that nobody else may read.
fn open_private(path: &Path) -> Result<File, Failure> {
    let shown = path.display();
    let cannot = |error: io::Error| Failure::Input(format!("cannot read {shown}: {error}"));
    let file = File::open(path).map_err(cannot)?;
    let metadata = file.metadata().map_err(cannot)?;
    let mode = metadata.permissions().mode();
    if metadata.is_file() && mode & 0o077 != 0 {
        return Err(Failure::Input(format!(
            "{shown} has open permissions ({:04o}): others on this machine may read the person in it; `chmod 600 {shown}` first",
            mode & 0o7777
        )));
    }
    Ok(file)
}

fn bounded(source: impl io::Read, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    source
        .take(limits::RECORD_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Input(format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > limits::RECORD_BYTES_MAX {
        return Err(Failure::Input(format!("{name} has more than {} bytes", limits::RECORD_BYTES_MAX)));
    }
    Ok(bytes)
}

fn from_json(bytes: &[u8]) -> Result<Person, Failure> {
    // Errors of serde may quote what they read, which is personal: the place is told, the text is not.
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::Input(format!(
            "the data of the person cannot be read at line {}, column {}; want {{\"name\": …, \"document\": {{\"type\": \
             \"resident-id\", \"number\": …}}, \"mobile\": …, \"address\": …}}",
            error.line(),
            error.column()
        ))
    })
}

/// Asks on the terminal.
fn ask() -> Result<Person, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Input(
            "there is no terminal to ask for the person; give --data FILE, or --data - and the data on standard input".into(),
        ));
    }
    let question = |text: &str| -> Result<String, Failure> {
        let mut answer = String::new();
        let asked = write!(io::stderr(), "{text}: ").and_then(|()| io::stderr().flush());
        asked.and_then(|()| io::stdin().lock().read_line(&mut answer)).map_err(Failure::failed)?;
        Ok(answer.trim().to_owned())
    };
    let (name, number) =
        (question("Name (姓名)")?, question("Number of the resident identity card (公民身份号码)")?);
    let (mobile, address) =
        (question("Mobile number (手机号), or nothing")?, question("Address (住址), or nothing")?);
    let filled = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let text = json!({
        "name": name, "document": { "number": number }, "mobile": filled(&mobile), "address": filled(&address),
    });
    from_json(text.to_string().as_bytes())
}
