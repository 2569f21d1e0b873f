//! Whose telemetry a command is about: a catalog, and the source that its program reports as.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::fsx::{self, FsError};
use crate::model::catalog::{Catalog, CatalogError, is_released};

/// The name of the embedded catalog that decantr's own commands report by.
const OWN: &str = "decantr";

/// The source that programs on a person's machine report as.
const CLI: &str = "cli";

/// A product: decantr itself, or any other program that has a catalog.
///
/// Each has a consent of its own, and files and ids of its own, so that nobody can tell from two products' events that they
/// come from one machine.
#[derive(Debug, Clone)]
pub struct Product {
    catalog: Source,
    sources: Vec<Arc<str>>,
}

/// Where its catalog is.
#[derive(Debug, Clone)]
enum Source {
    /// In this program; read only where it is needed, since that takes time.
    Own,
    /// Loaded: an embedded one, or one from a file.
    Loaded {
        catalog: Arc<Catalog>,
        file: Option<PathBuf>,
    },
}

/// How a catalog stands to what somebody agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It expresses the same, or less.
    Same,
    /// It has grown; it was at `agreed` then and is at `current` now.
    Grown {
        /// The revision that was agreed to.
        agreed: u32,
        /// The catalog's.
        current: u32,
    },
    /// What that revision can express is not what it was; nobody agreed to this.
    Changed,
}

/// What is asked for is no product.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProductError {
    /// No embedded catalog has this name.
    #[error(
        "there is no catalog {name}; the names are {}, and a file is named by its path, for example ./my-catalog.toml",
        Catalog::IDS.join(", ")
    )]
    NoCatalog {
        /// What was asked for.
        name: String,
    },
    /// The catalog has no such source.
    #[error("the catalog {catalog} has no source {name}; it has {}", has.join(", "))]
    NoSource {
        /// The catalog.
        catalog: String,
        /// What was asked for.
        name: String,
        /// What there is.
        has: Vec<String>,
    },
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FsError),
    /// There is no such file.
    #[error("there is no catalog file {}", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// The file is no catalog.
    #[error("{} is not a catalog", path.display())]
    NotACatalog {
        /// The file.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<CatalogError>,
    },
    /// A catalog of somebody else's with a name that is taken.
    #[error(
        "a catalog file cannot have the id {id}: it belongs to a catalog of this program; give it an id of its own"
    )]
    Reserved {
        /// The id.
        id: String,
    },
}

impl ProductError {
    /// Whether something that does not exist was asked for by name.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoCatalog { .. } | Self::NoSource { .. })
    }
}

/// The variable that names the catalog where no option does.
pub const CATALOG_VARIABLE: &str = "DECANTR_CATALOG";

/// The largest catalog file that is read, in bytes; the largest embedded one has less than a tenth of it.
const MAX_BYTES: u64 = 1024 * 1024;

impl Default for Product {
    /// decantr itself, source `cli`.
    fn default() -> Self {
        Self {
            catalog: Source::Own,
            sources: vec![CLI.into()],
        }
    }
}

impl Product {
    /// decantr itself, source `cli`.
    pub fn own() -> Self {
        Self::default()
    }

    /// The product that `name` stands for: an embedded catalog by its id, or any catalog by the path of its file, from
    /// `folder` on. What ends in `.toml` or holds a slash is a path, so that no file can pass for an embedded catalog.
    ///
    /// # Errors
    /// When there is no such catalog, or it cannot be used.
    pub fn named(name: &str, folder: &Path) -> Result<Self, ProductError> {
        if name == OWN {
            return Ok(Self::own());
        }
        let (catalog, file) = find_catalog(name, folder)?;
        match file {
            Some(_) => Self::checked(catalog, file),
            None => Ok(Self::loaded(catalog, None)),
        }
    }

    /// The product with this catalog of its own, for a program that brings it along.
    ///
    /// # Errors
    /// When its id is that of an embedded catalog.
    pub fn of(catalog: Arc<Catalog>) -> Result<Self, ProductError> {
        Self::checked(catalog, None)
    }

    fn checked(catalog: Arc<Catalog>, file: Option<PathBuf>) -> Result<Self, ProductError> {
        if Catalog::IDS.contains(&&*catalog.id) {
            return Err(ProductError::Reserved {
                id: (*catalog.id).to_owned(),
            });
        }
        Ok(Self::loaded(catalog, file))
    }

    /// By default it is about source `cli`; where the catalog has no such source, about its first.
    fn loaded(catalog: Arc<Catalog>, file: Option<PathBuf>) -> Self {
        let source = catalog.source(CLI).or(catalog.sources.first()).cloned();
        Self {
            sources: source.into_iter().collect(),
            catalog: Source::Loaded { catalog, file },
        }
    }

    /// The same product as these sources see it; as it is when there are none.
    ///
    /// # Errors
    /// When its catalog does not have one of them.
    pub fn reporting_as(mut self, sources: &[String]) -> Result<Self, ProductError> {
        if sources.is_empty() {
            return Ok(self);
        }
        let catalog = self.catalog();
        let find = |name: &String| {
            let found = catalog.source(name).cloned();
            found.ok_or_else(|| ProductError::NoSource {
                catalog: self.id().to_owned(),
                name: name.clone(),
                has: catalog.sources.iter().map(ToString::to_string).collect(),
            })
        };
        let mut found = sources.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        found.sort();
        found.dedup();
        self.sources = found;
        Ok(self)
    }

    /// The catalog's name, which is the product's.
    pub fn id(&self) -> &str {
        match &self.catalog {
            Source::Own => OWN,
            Source::Loaded { catalog, .. } => &catalog.id,
        }
    }

    /// Whether it is decantr itself.
    pub fn is_own(&self) -> bool {
        matches!(self.catalog, Source::Own)
    }

    /// What it reports as, in order; never empty unless its catalog has no source at all.
    pub fn sources(&self) -> &[Arc<str>] {
        &self.sources
    }

    /// The first of its sources.
    pub fn source(&self) -> &str {
        self.sources.first().map_or(CLI, |source| source)
    }

    /// How another process can name its catalog: by the path of its file, or by the name of an embedded one.
    pub fn reference(&self) -> &Path {
        match &self.catalog {
            Source::Loaded {
                file: Some(file), ..
            } => file,
            _ => Path::new(self.id()),
        }
    }

    /// Its whole catalog. Loading decantr's own takes about 2 ms, so ask only when something will be built from it.
    pub fn catalog(&self) -> Arc<Catalog> {
        match &self.catalog {
            Source::Own => Catalog::decantr(),
            Source::Loaded { catalog, .. } => Arc::clone(catalog),
        }
    }

    /// Its catalog, as far as it is about these events; of a loaded one all of it.
    pub fn catalog_for(&self, events: &[&str]) -> Arc<Catalog> {
        match &self.catalog {
            Source::Own => Catalog::decantr_part(events),
            Source::Loaded { catalog, .. } => Arc::clone(catalog),
        }
    }

    /// How its catalog stands to what somebody agreed to: `revision`, and the digest of all that it could express.
    pub fn standing(&self, revision: u32, sha256: &str) -> Standing {
        let current = self.revision();
        let is_same = match &self.catalog {
            // What this program brings along is held to what was released by a test, so that a digest is enough; a newer
            // program may have had a later revision, of which this one knows a part.
            Source::Own => revision > current || is_released(revision, sha256),
            // A file can change under anybody's hands.
            Source::Loaded { catalog, .. } => {
                revision <= current && catalog.at(revision).wire_digest() == sha256
            }
        };
        match (is_same, revision < current) {
            (false, _) => Standing::Changed,
            (true, true) => Standing::Grown {
                agreed: revision,
                current,
            },
            (true, false) => Standing::Same,
        }
    }

    /// Its catalog's revision.
    pub fn revision(&self) -> u32 {
        match &self.catalog {
            Source::Own => Catalog::decantr_revision(),
            Source::Loaded { catalog, .. } => catalog.revision,
        }
    }
}

/// The catalog that `name` stands for, as [`Product::named`] says; with the path of its file if it has one.
///
/// # Errors
/// When there is no such catalog, or the file cannot be used.
pub fn find_catalog(
    name: &str,
    folder: &Path,
) -> Result<(Arc<Catalog>, Option<PathBuf>), ProductError> {
    if let Some(catalog) = Catalog::embedded(name) {
        return Ok((catalog, None));
    }
    if !is_path(name) {
        return Err(ProductError::NoCatalog {
            name: name.to_owned(),
        });
    }
    let path = folder.join(name);
    let catalog = read(&path)?;
    Ok((Arc::new(catalog), Some(path)))
}

fn is_path(name: &str) -> bool {
    let has_separator = name.contains(['/', '\\']);
    let extension = Path::new(name).extension();
    has_separator || extension.is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn read(path: &Path) -> Result<Catalog, ProductError> {
    let bytes = fsx::read_bounded(path, MAX_BYTES)?;
    let bytes = bytes.ok_or_else(|| ProductError::NoFile {
        path: path.to_owned(),
    })?;
    Catalog::parse(&String::from_utf8_lossy(&bytes)).map_err(|source| ProductError::NotACatalog {
        path: path.to_owned(),
        source: Box::new(source),
    })
}
