//! Everything that a decision rests on, read from one machine in one go; reading writes nothing.

use std::path::PathBuf;
use std::sync::Arc;

use super::{ConsentFile, Decision, Grant, Key, Layer, Permit, Stored, decide};
use crate::base::error::chain;
use crate::config::layers::{Layers, Switch};
use crate::config::{Asked, ConfigError, ConfigFile, Endpoint, Host, Paths, Product};
use crate::model::catalog::Catalog;

/// The decision of here and now, with what it rests on.
#[derive(Debug)]
pub struct Gate {
    /// Whose telemetry it is about.
    pub product: Product,
    /// Where files are.
    pub paths: Paths,
    /// `config.json`, when it can be read.
    pub settings: Option<ConfigFile>,
    /// Where telemetry would go, when that can be known.
    pub endpoint: Option<Endpoint>,
    /// The layers that can only subtract.
    pub layers: Layers,
    /// The record about this catalog and endpoint.
    pub stored: Stored,
    /// What is wrong with local files and settings, each as one sentence.
    pub problems: Vec<String>,
    decision: Decision,
}

impl Gate {
    /// Reads settings, record and layers, and decides.
    ///
    /// # Errors
    /// Only when there is no place for files at all; every other problem makes the decision `broken`.
    pub fn open(host: &Host, asked: &Asked<'_>) -> Result<Self, ConfigError> {
        let product = asked.product();
        let paths = Paths::of(&host.env, &product)?;
        let argument = asked.project.map(|path| host.cwd.join(path));
        let projects = argument.iter().chain([&host.cwd]);
        Paths::check_outside(&host.env, projects.map(PathBuf::as_path))?;
        let layers = Layers::read(host, asked);
        let mut problems = Vec::new();
        let settings = keep(ConfigFile::load(&paths.config_file()), &mut problems);
        let endpoint = settings.as_ref().and_then(|settings| {
            let endpoint = Endpoint::resolve(asked.endpoint, &host.env, settings);
            keep(endpoint, &mut problems)
        });
        problems.extend(layers.problems().map(chain));
        let stored = stored(&paths, &product, endpoint.as_ref(), &mut problems);
        let decision = decide(&layers, &stored, host.clock.now(), |grant| {
            product.standing(grant.revision, &grant.sha256)
        });
        Ok(Self {
            product,
            paths,
            settings,
            endpoint,
            layers,
            stored,
            problems,
            decision,
        })
    }

    /// The catalog that consent is asked for. Loading it takes time, so ask only when something will be built from it.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.product.catalog()
    }

    /// The decision.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// What consent is about here.
    pub fn key(&self) -> Option<Key> {
        self.endpoint
            .as_ref()
            .map(|endpoint| self.key_of(&endpoint.origin))
    }

    /// What consent for `origin` (scheme, host and port) is about.
    pub fn key_of(&self, origin: &str) -> Key {
        Key::of(&self.product, origin)
    }

    /// Leave to record and send, while the decision is yes.
    pub fn permit(&self) -> Option<Permit> {
        self.decision
            .effective()
            .is_on()
            .then(|| self.grant_permit())?
    }

    /// Leave to show what would be sent: everything permits but `DECANTR_TELEMETRY=log`.
    pub fn shows(&self) -> bool {
        self.layers.switch == Switch::Log && self.decision.is_denied_only_by(Layer::Environment)
    }

    /// The grant, whether or not anything else says no.
    pub fn grant(&self) -> Option<&Grant> {
        match &self.stored {
            Stored::Granted(grant) => Some(grant),
            _ => None,
        }
    }

    fn grant_permit(&self) -> Option<Permit> {
        let grant = self.grant()?;
        Some(Permit {
            key: self.key()?,
            epoch: grant.epoch,
            revision: grant.revision,
        })
    }
}

fn stored(
    paths: &Paths,
    product: &Product,
    endpoint: Option<&Endpoint>,
    problems: &mut Vec<String>,
) -> Stored {
    let file = match ConsentFile::load(paths) {
        Ok(file) => file,
        Err(error) => {
            problems.push(chain(&error));
            return Stored::Broken(chain(&error));
        }
    };
    match endpoint {
        Some(endpoint) => file.stored(&Key::of(product, &endpoint.origin)),
        None => Stored::Broken(problems.first().cloned().unwrap_or_default()),
    }
}

/// The value, or its problem on the list.
fn keep<T>(result: Result<T, ConfigError>, problems: &mut Vec<String>) -> Option<T> {
    result.map_err(|error| problems.push(chain(&error))).ok()
}
