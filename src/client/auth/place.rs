//! Where a key for one server lies on this machine: the environment, the keyring or the file; and putting it there.

use serde::Serialize;

use super::call::{Call, Verb};
use super::credentials::{Credentials, Locked, StoreKind};
use super::error::{AccountError, AuthError, KeyFrom, SignedOutBecause};
use super::keyring;
use crate::base::error::chain;
use crate::base::fsx;
use crate::base::secret::Secret;
use crate::client::ClientError;
use crate::client::consent::{ConsentFile, Key, Locked as Settings, Stored};
use crate::config::client::API_KEY_VARIABLE;
use crate::config::file::API_URL;
use crate::config::{ConfigFile, Endpoint, Host, Paths, Product, Source};
use crate::model::protocol::{ME_PATH, Me};

/// The longest key that is taken, in bytes.
const MAX_KEY: usize = 512;

/// Where a key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kept {
    /// `DECANTR_API_KEY`, beside an explicit address.
    Environment,
    /// The operating system's keyring.
    Keyring,
    /// `credentials.json`.
    File,
}

impl Kept {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "DECANTR_API_KEY",
            Self::Keyring => "the keyring",
            Self::File => "credentials.json",
        }
    }
}

impl From<StoreKind> for Kept {
    fn from(store: StoreKind) -> Self {
        match store {
            StoreKind::Keyring => Self::Keyring,
            StoreKind::File => Self::File,
        }
    }
}

/// One server, and the places where its key can be.
#[derive(Debug)]
pub struct Place {
    /// The server.
    pub server: Endpoint,
    paths: Paths,
    from_environment: Option<Secret>,
}

impl Place {
    /// Finds the server; reads settings only.
    ///
    /// # Errors
    /// When settings cannot be used, or a variable puts them into the project at hand.
    pub fn find(host: &Host, api_url: Option<&str>) -> Result<Self, ClientError> {
        let paths = Paths::resolve(&host.env)?;
        Paths::check_outside(&host.env, [host.cwd.as_path()])?;
        let settings = ConfigFile::load(&paths.config_file())?;
        Ok(Self {
            server: Endpoint::api(api_url, &host.env, &settings)?,
            from_environment: host.env.secret(API_KEY_VARIABLE),
            paths,
        })
    }

    /// The file for keys and notes about keys.
    pub fn file(&self) -> std::path::PathBuf {
        Credentials::path(&self.paths)
    }

    /// What a person should hear about the settings, one sentence each.
    pub fn warnings(&self) -> Vec<String> {
        let alone = self.is_variable_alone().then(|| {
            format!(
                "{API_KEY_VARIABLE} is not used: name its server with --api-url or DECANTR_API_URL"
            )
        });
        alone.into_iter().collect()
    }

    /// Whether `DECANTR_API_KEY` is set.
    pub fn has_environment_key(&self) -> bool {
        self.from_environment.is_some()
    }

    fn is_variable_alone(&self) -> bool {
        self.from_environment.is_some() && !self.server.is_explicit()
    }

    /// The key for this server, and where it was.
    ///
    /// # Errors
    /// [`AccountError::NotSignedIn`] when there is none.
    pub fn key(&self) -> Result<(Secret, Kept), ClientError> {
        if let Some(key) = &self.from_environment
            && self.server.is_explicit()
        {
            check_key(key, KeyFrom::Variable)?;
            return Ok((key.clone(), Kept::Environment));
        }
        let file = Credentials::load(&self.paths)?;
        let found = match file.find(&self.server.origin) {
            Some((StoreKind::File, key)) => key.cloned().map(|key| (key, Kept::File)),
            Some((StoreKind::Keyring, _)) => {
                let key = keyring::get(&self.server.origin).map_err(AuthError::Ring)?;
                match key {
                    Some(key) => Some((key, Kept::Keyring)),
                    None => return Err(self.signed_out(SignedOutBecause::GoneFromKeyring).into()),
                }
            }
            None => None,
        };
        let because = if self.is_variable_alone() {
            SignedOutBecause::VariableAlone
        } else {
            SignedOutBecause::NoKey
        };
        let (key, kept) = found.ok_or_else(|| self.signed_out(because))?;
        check_key(&key, KeyFrom::Store)?;
        Ok((key, kept))
    }

    fn signed_out(&self, why: SignedOutBecause) -> AccountError {
        AccountError::NotSignedIn {
            origin: self.server.origin.clone(),
            url: self.server.text().to_owned(),
            named_by: self.server.named_by(),
            why,
        }
    }

    /// Where the notes say that the key lies, without asking the keyring.
    pub fn noted(&self) -> Result<Option<StoreKind>, AuthError> {
        let file = Credentials::load(&self.paths)?;
        Ok(file.find(&self.server.origin).map(|(store, _)| store))
    }

    /// Asks the server who `key` belongs to. Stores nothing.
    ///
    /// # Errors
    /// When `key` cannot be one, or the server does not accept it.
    pub async fn check(&self, host: &Host, key: &Secret) -> Result<Me, ClientError> {
        check_key(key, KeyFrom::CommandLine)?;
        let call = Call::new(&self.server, &host.clock, Some(key.clone()))?;
        Ok(call.ask(Verb::Get, ME_PATH, None).await?)
    }

    /// Keeps `key` for this server in `store`, in place of an older one. Gives what is left to say, one sentence each.
    ///
    /// # Errors
    /// When it cannot be kept; it is then nowhere, and an older one may be gone.
    pub fn keep(&self, key: &Secret, store: StoreKind) -> Result<Vec<String>, AuthError> {
        let origin = &self.server.origin;
        if store == StoreKind::Keyring {
            // A keyring that is not there leaves nothing behind, not even a folder.
            keyring::get(origin)?;
        }
        fsx::create_private_dir(&self.paths.config_dir)?;
        let mut locked = Locked::open(&self.paths)?;
        let earlier = locked.file.find(origin).map(|(store, _)| store);
        match store {
            StoreKind::Keyring => {
                keyring::set(origin, key)?;
                if let Err(error) = locked.put(origin, store, None) {
                    // Without its note nobody would find it again.
                    drop(keyring::remove(origin));
                    return Err(error);
                }
            }
            StoreKind::File => locked.put(origin, store, Some(key))?,
        }
        if store == StoreKind::File
            && earlier == Some(StoreKind::Keyring)
            && let Err(error) = keyring::remove(origin)
        {
            return Ok(vec![format!(
                "an older key may still be in the keyring: {}; the operator can revoke it",
                chain(&error)
            )]);
        }
        Ok(Vec::new())
    }

    /// Keeps the address, when the command line named it, for commands to come.
    pub fn keep_url(&self) -> Result<bool, ClientError> {
        if self.server.source != Source::Flag {
            return Ok(false);
        }
        let _lock = Settings::open(&self.paths, super::credentials::WAIT)?;
        let mut settings = ConfigFile::load(&self.paths.config_file())?;
        settings.set(API_URL, self.server.url.as_str());
        settings.save()?;
        Ok(true)
    }

    /// Where telemetry would go, by the settings as they are now.
    pub fn telemetry_origin(&self, host: &Host) -> Option<String> {
        let settings = ConfigFile::load(&self.paths.config_file()).ok()?;
        let endpoint = Endpoint::resolve(None, &host.env, &settings).ok()?;
        Some(endpoint.origin)
    }

    /// Whether a person said yes or no to telemetry for `origin`.
    pub fn has_decided(&self, origin: &str) -> bool {
        let record = ConsentFile::load(&self.paths);
        record.is_ok_and(|record| {
            record.stored(&Key::of(&Product::own(), origin)) != Stored::Undecided
        })
    }

    /// Removes this server's key from where it lies, and the note; tells where it was.
    ///
    /// # Errors
    /// When the keyring does not let go of it; the note stays then.
    pub fn forget(&self) -> Result<Option<StoreKind>, AuthError> {
        let origin = &self.server.origin;
        if self.noted()?.is_none() {
            return Ok(None);
        }
        let mut locked = Locked::open(&self.paths)?;
        let Some((store, _)) = locked.file.find(origin) else {
            return Ok(None);
        };
        if store == StoreKind::Keyring {
            keyring::remove(origin)?;
        }
        locked.remove(origin)?;
        Ok(Some(store))
    }
}

/// Refuses what cannot be a key before it becomes a header. What it is is not shown.
fn check_key(key: &Secret, from: KeyFrom) -> Result<(), AuthError> {
    let text = key.expose();
    let is_word = text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_word && (1..=MAX_KEY).contains(&text.len()) {
        Ok(())
    } else {
        Err(AuthError::NotAKey { from })
    }
}
