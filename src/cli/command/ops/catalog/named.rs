//! Which catalog a command is about: an embedded one by name, or anyone's own by the path of its file.

use std::sync::Arc;

use crate::cli::args::CatalogOption;
use crate::cli::error::CommandError;
use crate::cli::exit;
use crate::config::{CATALOG_VARIABLE, Host, find_catalog};
use crate::model::catalog::Catalog;

/// The catalog that the option or the variable names, else the decantr catalog.
///
/// # Errors
/// As [`named_or`].
pub(in crate::cli::command::ops) fn named(
    host: &Host,
    option: &CatalogOption,
) -> Result<Arc<Catalog>, CommandError> {
    named_or(host, option, "decantr")
}

/// The catalog that the option or the variable names, else the embedded one called `default`.
///
/// # Errors
/// Exit code 2 when there is no catalog of this name, 3 when the file cannot be read or is no catalog; the text says where.
pub(in crate::cli::command::ops) fn named_or(
    host: &Host,
    option: &CatalogOption,
    default: &str,
) -> Result<Arc<Catalog>, CommandError> {
    let variable = host.env.text(CATALOG_VARIABLE);
    let (name, origin) = match (option.catalog.as_deref(), variable.as_deref()) {
        (Some(name), _) => (name, "--catalog"),
        (None, Some(name)) => (name, CATALOG_VARIABLE),
        (None, None) => (default, ""),
    };
    let found = find_catalog(name, &host.cwd);
    let (catalog, _) = found.map_err(|error| CommandError::of_product(&error, origin))?;
    Ok(catalog)
}

/// The catalogs that these options name, the first one apart, else the one that [`named`] gives; each with another id.
///
/// # Errors
/// As [`named_or`]; exit code 2 when two of them have the same id.
pub(in crate::cli::command::ops) fn each_named(
    host: &Host,
    options: &[String],
) -> Result<(Arc<Catalog>, Vec<Arc<Catalog>>), CommandError> {
    let of = |name: Option<&String>| {
        let catalog = name.cloned();
        named(host, &CatalogOption { catalog })
    };
    let mut names = options.iter();
    let main = of(names.next())?;
    let mut others: Vec<Arc<Catalog>> = Vec::new();
    for name in names {
        let catalog = of(Some(name))?;
        let mut known = std::iter::once(&main).chain(&others);
        if known.any(|known| known.id == catalog.id) {
            let message = format!("two catalogs have the id {}", catalog.id);
            return Err(CommandError::new(exit::USAGE, message)
                .hint("name each catalog once; a file of your own needs an id of its own"));
        }
        others.push(catalog);
    }
    Ok((main, others))
}

/// The catalog of this name, or at this path.
///
/// # Errors
/// As [`named_or`].
pub(super) fn by_name(host: &Host, name: &str) -> Result<Arc<Catalog>, CommandError> {
    let found = find_catalog(name, &host.cwd);
    let (catalog, _) = found.map_err(|error| CommandError::of_product(&error, ""))?;
    Ok(catalog)
}
